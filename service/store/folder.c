// Decides when whose changes are folded.
#include "store/folder.h"

#include <stdlib.h>

#include "base/instant.h"
#include "base/telemetry.h"
#include "store/fold_store.h"
#include "store/store.h"

// Kept for good: there are as many as tenants.
struct foldable {
  struct foldable *next;
  struct uuid tenant;
  int64_t rows;      // of its queue folded by one transaction
  int64_t noted_ms;  // when the first change was heard of that has not been folded
  bool due;
  bool guessed;  // nothing was heard of it: whether anything is queued is to be seen first, which costs far less than folding nothing
};

static struct foldable *find_foldable(struct folder *folder, const struct uuid *tenant) {
  for (struct foldable *foldable = folder->tenants; foldable; foldable = foldable->next)
    if (uuid_equal(&foldable->tenant, tenant)) return foldable;
  struct foldable *foldable = calloc(1, sizeof *foldable);
  if (!foldable) return NULL;
  foldable->tenant = *tenant;
  foldable->rows = FOLD_ROWS_MAX;
  foldable->next = folder->tenants;
  folder->tenants = foldable;
  return foldable;
}

static void wait_for_next(struct folder *folder, int64_t pause_ms) {
  if (folder->started && !folder->busy && folder->timer.slot == 0) (void)loop_timer_start(folder->loop, &folder->timer, pause_ms);
}

// Folding costs the database more than the writes that made it necessary. While there are writes, it rests FOLD_REST times as long as it has worked,
// less the longer the queue: that grows under their peak, and shrinks after it. Readers are right all the time, but pay for what is queued.
static int64_t rest_of(const struct folder *folder, int64_t taken, int64_t left) {
  if (taken == 0 && left > 0) return FOLD_RETRY_MS;  // another daemon is at it
  if (folder->noted_ms < folder->began_ms || left >= FOLD_LEFT_MAX) return 1;
  return 1 + FOLD_REST * (clock_ms() - folder->began_ms) * (FOLD_LEFT_MAX - left) / FOLD_LEFT_MAX;
}

// The first that is due behind the one that was folded last.
static struct foldable *next_due(struct folder *folder) {
  struct foldable *start = folder->last && folder->last->next ? folder->last->next : folder->tenants, *at = start;
  while (at && !at->due) {
    at = at->next ? at->next : folder->tenants;
    if (at == start) return NULL;
  }
  return at;
}

// Behind a rest, what is due next waits until FOLD_PAUSE_MS have passed since its change.
static void go_on(struct folder *folder, int64_t rest_ms) {
  const struct foldable *next = next_due(folder);
  if (!next) return;
  int64_t pause_ms = next->noted_ms + FOLD_PAUSE_MS - clock_ms();
  wait_for_next(folder, pause_ms > rest_ms ? pause_ms : rest_ms);
}

// What was too much for the time that a statement has would be too much again: half of it is tried next, and more again little by little.
static void note_folded(struct foldable *foldable, bool failed, int64_t taken, int64_t left) {
  if (failed || left > 0) foldable->due = true;
  if (failed)
    foldable->rows -= foldable->rows / 2;
  else if (taken == foldable->rows)
    foldable->rows += foldable->rows / 4 + 1;
  if (foldable->rows > FOLD_ROWS_MAX) foldable->rows = FOLD_ROWS_MAX;
}

static void folded(struct job *job) {
  struct folder *folder = job->owner;
  bool failed = job->error != ERR_NONE;
  int64_t taken = failed ? 0 : fold_taken(job), left = failed ? 0 : fold_left(job);
  struct foldable *foldable = find_foldable(folder, &job->tenant);
  folder->busy = false;
  if (foldable) note_folded(foldable, failed, taken, left);
  telemetry_add(COUNT_FOLDS, taken > 0);
  telemetry_add(COUNT_FOLDED, taken);
  job_free(job);
  go_on(folder, failed ? FOLD_RETRY_MS : rest_of(folder, taken, left));
}

static void guess_ended(struct job *job) {
  struct folder *folder = job->owner;
  struct foldable *foldable = find_foldable(folder, &job->tenant);
  bool queued = job->error || job_rows(job, 0) > 0;
  folder->busy = false;
  if (foldable) foldable->due |= queued;
  go_on(folder, job->error ? FOLD_RETRY_MS : 1);
  job_free(job);
}

static void fold_next(struct timer *timer) {
  struct folder *folder = timer->owner;
  struct foldable *foldable = next_due(folder);
  if (!foldable) return;
  struct job *job = job_new(folder->store, LANE_FOLD, &foldable->tenant, folder, foldable->guessed ? guess_ended : folded);
  if (job && foldable->guessed) fold_ask_queued(job, &foldable->tenant);
  if (job && !foldable->guessed) fold_ask(job, &foldable->tenant, foldable->rows);
  foldable->guessed = false;
  folder->last = foldable;
  folder->began_ms = clock_ms();
  folder->busy = job && !store_submit(job);
  foldable->due = !folder->busy;
  if (folder->busy) return;
  job_free(job);
  wait_for_next(folder, FOLD_RETRY_MS);
}

void folder_note(struct folder *folder, const struct uuid *tenant) {
  struct foldable *foldable = folder->started ? find_foldable(folder, tenant) : NULL;
  if (!foldable) return;
  folder->noted_ms = clock_ms();
  if (!foldable->due || foldable->guessed) foldable->noted_ms = folder->noted_ms;
  foldable->due = true;
  foldable->guessed = false;
  wait_for_next(folder, FOLD_PAUSE_MS);
}

static void listed(struct job *job) {
  struct folder *folder = job->owner;
  for (size_t i = 0; !job->error && i < job_rows(job, 0); i++) {
    struct uuid tenant = row_uuid(job, 0, i, 0);
    struct foldable *foldable = find_foldable(folder, &tenant);
    if (!foldable || foldable->due) continue;
    foldable->due = foldable->guessed = true;
    foldable->noted_ms = 0;
  }
  go_on(folder, 1);
  job_free(job);
}

void folder_sweep(struct folder *folder) {
  if (!folder->started) return;
  struct job *job = job_new(folder->store, LANE_FOLD, NULL, folder, listed);
  if (job) fold_ask_tenants(job);
  if (job && store_submit(job)) job_free(job);
  if (folder->sweep.slot == 0) (void)loop_timer_start(folder->loop, &folder->sweep, FOLD_SWEEP_MS);
}

static void sweep_due(struct timer *timer) { folder_sweep(timer->owner); }

void folder_init(struct folder *folder, struct store *store, struct loop *loop) {
  *folder = (struct folder){.store = store, .loop = loop};
  folder->timer = (struct timer){.fire = fold_next, .owner = folder};
  folder->sweep = (struct timer){.fire = sweep_due, .owner = folder};
}

void folder_start(struct folder *folder) {
  folder->started = true;
  folder_sweep(folder);
}

void folder_stop(struct folder *folder) {
  folder->started = false;
  loop_timer_stop(folder->loop, &folder->timer);
  loop_timer_stop(folder->loop, &folder->sweep);
}

void folder_release(struct folder *folder) {
  while (folder->tenants) {
    struct foldable *foldable = folder->tenants;
    folder->tenants = foldable->next;
    free(foldable);
  }
}
