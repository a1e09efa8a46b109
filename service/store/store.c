// Schedules: which job flies on which lane, which rows are written together, and what is tried again.
#include "store/store.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "store/folder.h"
#include "store/lane.h"
#include "store/sqlstate.h"
#include "store/teller.h"

enum {
  LANES_MAX = 16 + LANE_KINDS - 1,
  READ_FLIGHT_JOBS_MAX = 4,
  BATCH_TYPES_MAX = 8,
  SPARE_JOBS_MAX = 64,
  SPARE_BYTES_MAX = 256 * 1024,
  JOB_BYTES_MAX = 256 * 1024 * 1024
};

struct queue {
  struct job *first, **end;
  size_t count;
};

// Rows of one type that wait for one kind of lane.
struct batch_queue {
  const struct batch_type *type;
  enum lane_kind lane;
  struct batch_row *first, **end;
  size_t count;
};

// The rows of one job that writes several together.
struct batch {
  const struct batch_type *type;
  size_t count;
  struct batch_row *rows[];
};

struct store {
  struct loop *loop;
  struct lane lanes[LANES_MAX];
  size_t lanes_count;
  struct queue queues[LANE_KINDS];
  struct queue paused;  // wait to be tried again
  struct batch_queue batches[BATCH_TYPES_MAX];
  size_t batches_count;
  struct job *spare;  // ended jobs, kept with their memory
  size_t spare_count;
  size_t pending;
  char origin[17];  // tells this daemon's tellings from others'
  const struct store_watcher *watcher, *outbox_watcher;
  struct teller teller;
  struct folder folder;
  bool behind, closing;
  struct turn turn;
};

static void queue_init(struct queue *queue) { *queue = (struct queue){.end = &queue->first}; }

static void queue_add(struct queue *queue, struct job *job) {
  job->next = NULL;
  *queue->end = job;
  queue->end = &job->next;
  queue->count++;
}

static struct job *queue_take(struct queue *queue) {
  struct job *job = queue->first;
  if (!job) return NULL;
  queue->first = job->next;
  if (!queue->first) queue->end = &queue->first;
  queue->count--;
  job->next = NULL;
  return job;
}

struct job *job_new(struct store *store, enum lane_kind lane, const struct uuid *tenant, void *owner, void (*done)(struct job *job)) {
  struct job *job = store->spare;
  if (job) {
    store->spare = job->next;
    store->spare_count--;
    struct buffer bytes = job->bytes;
    memset(job, 0, sizeof *job);
    job->bytes = bytes;
    buffer_clear(&job->bytes);
  } else {
    job = calloc(1, sizeof *job);
    if (!job) return NULL;
    buffer_init(&job->bytes, JOB_BYTES_MAX);
  }
  job->store = store;
  job->lane = lane;
  job->has_tenant = tenant != NULL;
  if (tenant) job->tenant = *tenant;
  job->owner = owner;
  job->done = done;
  return job;
}

static void drop_results(struct job *job) {
  for (size_t i = 0; i < JOB_STEPS_MAX; i++) {
    PQclear(job->results[i]);
    job->results[i] = NULL;
  }
}

void job_free(struct job *job) {
  if (!job) return;
  drop_results(job);
  struct store *store = job->store;
  if (store->spare_count >= SPARE_JOBS_MAX || job->bytes.capacity > SPARE_BYTES_MAX || store->closing) {
    buffer_release(&job->bytes);
    free(job);
    return;
  }
  job->next = store->spare;
  store->spare = job;
  store->spare_count++;
}

static bool kind_up(const struct store *store, enum lane_kind kind) {
  for (size_t i = 0; i < store->lanes_count; i++)
    if (store->lanes[i].kind == kind && lane_up(&store->lanes[i])) return true;
  return false;
}

bool store_ready(const struct store *store) {
  for (unsigned kind = 0; kind < LANE_KINDS; kind++)
    if (!kind_up(store, (enum lane_kind)kind)) return false;
  return true;
}

bool store_behind(const struct store *store) { return store->behind; }

void store_watch(struct store *store, const struct store_watcher *watcher) { store->watcher = watcher; }

void store_watch_outbox(struct store *store, const struct store_watcher *watcher) { store->outbox_watcher = watcher; }

bool store_hears(const struct store *store) { return kind_up(store, LANE_LISTEN); }

size_t store_pending(const struct store *store) { return store->pending + teller_due(&store->teller); }

const char *store_trouble(const struct store *store) {
  for (size_t i = 0; i < store->lanes_count; i++)
    if (store->lanes[i].trouble[0]) return store->lanes[i].trouble;
  return "";
}

static void end_job(struct job *job, enum err error) {
  if (error) job->error = error;
  job->store->pending--;
  job->done(job);
}

static void queue_remove(struct queue *queue, struct job *job) {
  struct job **link = &queue->first;
  while (*link != job)
    link = &(*link)->next;
  *link = job->next;
  if (!*link) queue->end = link;
  queue->count--;
}

static void pause_over(struct timer *timer) {
  struct job *job = timer->owner;
  queue_remove(&job->store->paused, job);
  queue_add(&job->store->queues[job->lane], job);
}

// Sends the job again after a few jittered milliseconds, with the same parameters.
static void try_again(struct job *job) {
  drop_results(job);
  job->error = ERR_NONE;
  job->sqlstate[0] = job->constraint[0] = '\0';
  job->got = job->syncs = 0;
  job->committed = false;
  uint8_t jitter;
  random_bytes(&jitter, sizeof jitter);
  job->pause = (struct timer){.fire = pause_over, .owner = job};
  telemetry_add(COUNT_JOB_RETRIES, 1);
  if (loop_timer_start(job->store->loop, &job->pause, 1 + jitter % (8 << job->tries)))
    queue_add(&job->store->paused, job);
  else
    end_job(job, ERR_UNAVAILABLE);
}

// `tenant` is NULL when it isn't known whose.
static void note_change(struct store *store, const struct uuid *tenant) {
  if (tenant) folder_note(&store->folder, tenant);
  if (store->watcher) store->watcher->changed(store->watcher->context, tenant);
}

static void lane_heard(struct lane *lane, struct text payload) {
  struct uuid tenant;
  note_change(lane->store, uuid_read(payload, &tenant) ? &tenant : NULL);
}

static void lane_ended(struct lane *lane, struct job *job, bool lost) {
  struct store *store = lane->store;
  // What is lost may have been committed.
  if (lane_kind_changes(job->lane) && !job->unseen && job->has_tenant && job->steps_count > 0 && (lost || !job->error)) {
    note_change(store, &job->tenant);
    if (lost || !job->tells) teller_later(&store->teller, &job->tenant);
  }
  if (job->posts && (lost || !job->error) && store->outbox_watcher) store->outbox_watcher->changed(store->outbox_watcher->context, &job->tenant);
  bool again = lost ? lane_kind_reads(job->lane) : job->error && sqlstate_retriable(job->sqlstate);
  if (again && !store->closing && ++job->tries < JOB_TRIES_MAX)
    try_again(job);
  else
    end_job(job, lost ? ERR_UNAVAILABLE : ERR_NONE);
}

static void fail_rows(struct batch_queue *batch, enum err error) {
  while (batch->first) {
    struct batch_row *row = batch->first;
    batch->first = row->next;
    if (!batch->first) batch->end = &batch->first;
    batch->count--;
    row->done(row, error);
  }
}

// Without any lane of a kind, what waits for one is answered rather than kept waiting.
static void lane_changed(struct lane *lane) {
  struct store *store = lane->store;
  // What was told while nobody listened is not heard again.
  if (lane->kind == LANE_LISTEN) note_change(store, NULL);
  if (lane->kind == LANE_WRITE && lane_up(lane)) teller_announce(&store->teller);
  if (lane->kind == LANE_FOLD && lane_up(lane)) folder_sweep(&store->folder);
  if (lane_up(lane) || kind_up(store, lane->kind)) return;
  struct job *job;
  while ((job = queue_take(&store->queues[lane->kind])))
    end_job(job, ERR_UNAVAILABLE);
  for (size_t i = 0; i < store->batches_count; i++)
    if (store->batches[i].lane == lane->kind) fail_rows(&store->batches[i], ERR_UNAVAILABLE);
}

static void lane_behind(struct lane *lane) {
  lane->store->behind = true;
  loop_stop(lane->store->loop);
}

enum err store_submit(struct job *job) {
  struct store *store = job->store;
  assert(job->array_items == 0);
  size_t waiting_max = job->lane == LANE_ANALYSIS ? ANALYSIS_QUEUE_MAX : LANE_QUEUE_MAX;
  if (job->bytes.failed || store->closing || !kind_up(store, job->lane) || store->queues[job->lane].count >= waiting_max) return ERR_UNAVAILABLE;
  store->pending++;
  queue_add(&store->queues[job->lane], job);
  return ERR_NONE;
}

static struct batch_queue *find_batch(struct store *store, enum lane_kind lane, const struct batch_type *type) {
  for (size_t i = 0; i < store->batches_count; i++)
    if (store->batches[i].type == type && store->batches[i].lane == lane) return &store->batches[i];
  assert(store->batches_count < BATCH_TYPES_MAX);
  struct batch_queue *batch = &store->batches[store->batches_count++];
  *batch = (struct batch_queue){.type = type, .lane = lane};
  batch->end = &batch->first;
  return batch;
}

static void batch_add(struct batch_queue *batch, struct batch_row *row) {
  row->next = NULL;
  *batch->end = row;
  batch->end = &row->next;
  batch->count++;
}

enum err store_write(struct store *store, enum lane_kind lane, const struct batch_type *type, struct batch_row *row) {
  struct batch_queue *batch = find_batch(store, lane, type);
  if (store->closing || !kind_up(store, lane) || batch->count >= BATCH_QUEUE_MAX) return ERR_UNAVAILABLE;
  batch_add(batch, row);
  return ERR_NONE;
}

static void batch_done(struct job *job);

static struct job *batch_job(struct store *store, const struct batch_queue *queue, struct batch_row **rows, size_t count) {
  struct batch *batch = malloc(sizeof *batch + count * sizeof *batch->rows);
  struct job *job = batch ? job_new(store, queue->lane, rows[0]->tenant, batch, batch_done) : NULL;
  if (!job) {
    free(batch);
    return NULL;
  }
  batch->type = queue->type;
  batch->count = count;
  memcpy(batch->rows, rows, count * sizeof *rows);
  if (queue->type->build(job, batch->rows, count) && !job->bytes.failed) return job;
  free(batch);
  job_free(job);
  return NULL;
}

// A batch that failed for the data of one row: each row flies alone, so that one bad row never spoils its neighbours.
static void split(struct store *store, const struct batch_queue *queue, struct batch *batch) {
  telemetry_add(COUNT_BATCH_SPLITS, 1);
  for (size_t i = 0; i < batch->count; i++) {
    struct job *job = batch_job(store, queue, &batch->rows[i], 1);
    enum err error = job ? store_submit(job) : ERR_UNAVAILABLE;
    if (!error) continue;
    if (job) {
      free(job->owner);
      job_free(job);
    }
    batch->rows[i]->done(batch->rows[i], error);
  }
}

static void batch_done(struct job *job) {
  struct store *store = job->store;
  struct batch *batch = job->owner;
  struct batch_queue *queue = find_batch(store, job->lane, batch->type);
  if (job->error && batch->count > 1 && sqlstate_blames_row(job->sqlstate)) {
    split(store, queue, batch);
  } else {
    if (!job->error) {
      telemetry_add(COUNT_BATCHES, 1);
      telemetry_add(COUNT_BATCH_ROWS, (int64_t)batch->count);
    }
    for (size_t i = 0; i < batch->count; i++) {
      struct batch_row *row = batch->rows[i];
      bool settled = job->error || batch->type->outcome(job, row, i);
      if (settled || store->closing || ++row->tries >= JOB_TRIES_MAX)
        row->done(row, job->error ? job->error : settled ? ERR_NONE : ERR_UNAVAILABLE);
      else
        batch_add(queue, row);
    }
  }
  free(batch);
  job_free(job);
}

enum { SEEN_SLOTS = 4 * BATCH_ROWS_MAX };

// Remembers a hash; false when it is there already.
static bool see(uint64_t *seen, uint64_t hash) {
  if (hash == 0) hash = 1;
  size_t at = (size_t)(hash % SEEN_SLOTS);
  for (; seen[at]; at = (at + 1) % SEEN_SLOTS)
    if (seen[at] == hash) return false;
  seen[at] = hash;
  return true;
}

// The next job of a queue of rows: the oldest row's tenant, all of it that fits and may go together.
static struct job *gather(struct store *store, struct batch_queue *queue) {
  struct batch_row *rows[BATCH_ROWS_MAX];
  uint64_t seen[SEEN_SLOTS] = {0};
  size_t count = 0;
  if (!queue->first) return NULL;
  const struct uuid tenant = *queue->first->tenant;
  struct batch_row **link = &queue->first;
  while (*link && count < BATCH_ROWS_MAX) {
    struct batch_row *row = *link;
    if (!uuid_equal(row->tenant, &tenant) || !see(seen, row->hash)) {
      link = &row->next;
      continue;
    }
    *link = row->next;
    rows[count++] = row;
  }
  assert(count > 0);
  queue->count -= count;
  while (*link)
    link = &(*link)->next;
  queue->end = link;
  struct job *job = batch_job(store, queue, rows, count);
  if (job) {
    store->pending++;
    return job;
  }
  for (size_t i = 0; i < count; i++)
    rows[i]->done(rows[i], ERR_UNAVAILABLE);
  return NULL;
}

// Everything that may fly together on a writing lane: single jobs first, then what each queue of rows gives, one job a tenant.
static struct job *write_flight(struct store *store, enum lane_kind kind) {
  struct queue flight;
  queue_init(&flight);
  struct job *job;
  while (flight.count < FLIGHT_JOBS_MAX / 2 && (job = queue_take(&store->queues[kind])))
    queue_add(&flight, job);
  for (size_t i = 0; i < store->batches_count; i++) {
    if (store->batches[i].lane != kind) continue;
    while (flight.count < FLIGHT_JOBS_MAX && (job = gather(store, &store->batches[i])))
      queue_add(&flight, job);
  }
  return flight.first;
}

static struct job *read_flight(struct store *store, enum lane_kind kind) {
  struct queue flight;
  queue_init(&flight);
  struct job *job;
  while (flight.count < READ_FLIGHT_JOBS_MAX && (job = queue_take(&store->queues[kind]))) {
    queue_add(&flight, job);
    // Keep the other lanes busy too before one takes several.
    if (store->queues[kind].count < store->lanes_count) break;
  }
  return flight.first;
}

// A bulk lane has its next jobs at hand when the last in flight ends, provided that they are worth it. On the other writing lane, what gathers
// meanwhile makes larger batches.
static bool wants_jobs(const struct store *store, const struct lane *lane) {
  if (lane->state != LANE_BUSY || !lane_kind_bulk(lane->kind) || lane->flight->next) return lane->state == LANE_IDLE;
  for (size_t i = 0; i < store->batches_count; i++)
    if (store->batches[i].lane == lane->kind && store->batches[i].count >= BATCH_ROWS_MAX) return true;
  return false;
}

static int64_t store_turn(struct turn *turn) {
  struct store *store = turn->owner;
  int64_t queued = 0;
  for (size_t i = 0; i < store->lanes_count; i++) {
    struct lane *lane = &store->lanes[i];
    if (!wants_jobs(store, lane)) continue;
    struct job *jobs = lane_kind_reads(lane->kind) ? read_flight(store, lane->kind) : write_flight(store, lane->kind);
    for (struct job *job = jobs; job && lane_kind_changes(lane->kind); job = job->next)
      job->tells = job->tells || (!job->unseen && teller_claims(&store->teller, job));
    if (jobs) lane_send(lane, jobs);
  }
  for (size_t i = 0; i < LANE_KINDS; i++)
    queued += (int64_t)store->queues[i].count;
  for (size_t i = 0; i < store->batches_count; i++)
    queued += (int64_t)store->batches[i].count;
  telemetry_add(GAUGE_QUEUED, queued - telemetry_get(GAUGE_QUEUED));
  return -1;
}

struct store *store_open(struct loop *loop, const struct settings *settings) {
  struct store *store = calloc(1, sizeof *store);
  if (!store) return NULL;
  store->loop = loop;
  for (size_t i = 0; i < LANE_KINDS; i++)
    queue_init(&store->queues[i]);
  queue_init(&store->paused);
  teller_init(&store->teller, store, loop, settings->cache_ms);
  folder_init(&store->folder, store, loop);
  store->lanes_count = (size_t)settings->read_lanes + LANE_KINDS - 1;
  uint8_t origin[8];
  random_bytes(origin, sizeof origin);
  text_hex(origin, sizeof origin, store->origin);
  assert(store->lanes_count <= LANES_MAX);
  for (size_t i = 0; i < store->lanes_count; i++) {
    struct lane *lane = &store->lanes[i];
    *lane = (struct lane){.loop = loop,
                          .url = settings->database_url,
                          .statement_seconds = settings->statement_seconds,
                          .kind = i < LANE_KINDS ? (enum lane_kind)i : LANE_READ,
                          .changed = lane_changed,
                          .ended = lane_ended,
                          .behind = lane_behind,
                          .heard = lane_heard,
                          .origin = store->origin,
                          .store = store};
    lane_start(lane);
  }
  store->turn = (struct turn){.run = store_turn, .owner = store};
  loop_add_turn(loop, &store->turn);
  return store;
}

void store_fold(struct store *store) { folder_start(&store->folder); }

void store_stop(struct store *store) {
  if (store->closing) return;
  store->closing = true;
  loop_remove_turn(store->loop, &store->turn);
  teller_stop(&store->teller);
  folder_stop(&store->folder);
  for (size_t i = 0; i < store->lanes_count; i++)
    lane_stop(&store->lanes[i]);
  struct job *paused;
  while ((paused = queue_take(&store->paused))) {
    loop_timer_stop(store->loop, &paused->pause);
    end_job(paused, ERR_UNAVAILABLE);
  }
}

void store_close(struct store *store) {
  if (!store) return;
  store_stop(store);
  while (store->spare) {
    struct job *job = store->spare;
    store->spare = job->next;
    buffer_release(&job->bytes);
    free(job);
  }
  teller_release(&store->teller);
  folder_release(&store->folder);
  free(store);
}

static void run_done(struct job *job) { loop_stop(job->store->loop); }

enum err store_run(struct store *store, struct job *job) {
  job->done = run_done;
  enum err error = store_submit(job);
  if (error) return error;
  loop_run(store->loop);
  return job->error;
}

struct patience {
  struct timer timer;
  struct store *store;
};

static void patience_over(struct timer *timer) {
  struct patience *patience = timer->owner;
  loop_stop(patience->store->loop);
}

bool store_wait_ready(struct store *store, int64_t wait_ms) {
  struct patience patience = {.store = store};
  patience.timer = (struct timer){.fire = patience_over, .owner = &patience};
  // Ready is looked at in short steps: this is for the start of a command only.
  for (int64_t waited = 0; waited < wait_ms && !store_ready(store) && !store->behind; waited += 5) {
    if (!loop_timer_start(store->loop, &patience.timer, 5)) return false;
    loop_run(store->loop);
    loop_timer_stop(store->loop, &patience.timer);
  }
  return store_ready(store) && !store->behind;
}
