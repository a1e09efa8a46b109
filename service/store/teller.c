// Decides when other daemons are told of changes.
#include "store/teller.h"

#include <stdlib.h>

#include "base/instant.h"
#include "store/store.h"

// When others were last told of a tenant's changes. Kept for good: there are as many as tenants.
struct telling {
  struct telling *next;
  struct uuid tenant;
  int64_t told_ms;
  bool due;  // something was committed since
};

static struct telling *find_telling(struct teller *teller, const struct uuid *tenant) {
  for (struct telling *telling = teller->tellings; telling; telling = telling->next)
    if (uuid_equal(&telling->tenant, tenant)) return telling;
  struct telling *telling = calloc(1, sizeof *telling);
  if (!telling) return NULL;
  telling->tenant = *tenant;
  telling->next = teller->tellings;
  teller->tellings = telling;
  return telling;
}

bool teller_claims(struct teller *teller, const struct job *job) {
  struct telling *telling = job->has_tenant ? find_telling(teller, &job->tenant) : NULL;
  int64_t now = clock_ms();
  if (!telling || telling->due || now - telling->told_ms < teller->pause_ms) return false;
  telling->told_ms = now;
  return true;
}

void teller_later(struct teller *teller, const struct uuid *tenant) {
  struct telling *telling = teller->stopped ? NULL : find_telling(teller, tenant);
  if (!telling) return;
  telling->due = true;
  if (teller->timer.slot == 0) (void)loop_timer_start(teller->loop, &teller->timer, teller->pause_ms);
}

static void told(struct job *job) {
  struct teller *teller = job->owner;
  if (job->error && job->has_tenant) teller_later(teller, &job->tenant);
  job_free(job);
}

// A transaction that only tells.
static bool tell(struct teller *teller, const struct uuid *tenant) {
  struct job *job = job_new(teller->store, LANE_WRITE, tenant, teller, told);
  if (!job) return false;
  job->tells = true;
  if (!store_submit(job)) return true;
  job_free(job);
  return false;
}

static void tell_due(struct timer *timer) {
  struct teller *teller = timer->owner;
  for (struct telling *telling = teller->tellings; telling; telling = telling->next) {
    if (!telling->due) continue;
    telling->due = false;
    telling->told_ms = clock_ms();
    if (!tell(teller, &telling->tenant)) teller_later(teller, &telling->tenant);
  }
}

void teller_announce(struct teller *teller) {
  if (!teller->announced && !teller->stopped) teller->announced = tell(teller, NULL);
}

size_t teller_due(const struct teller *teller) {
  size_t due = 0;
  for (const struct telling *telling = teller->tellings; telling; telling = telling->next)
    due += telling->due;
  return due;
}

void teller_init(struct teller *teller, struct store *store, struct loop *loop, int64_t pause_ms) {
  *teller = (struct teller){.store = store, .loop = loop, .pause_ms = pause_ms};
  teller->timer = (struct timer){.fire = tell_due, .owner = teller};
}

void teller_stop(struct teller *teller) {
  teller->stopped = true;
  loop_timer_stop(teller->loop, &teller->timer);
}

void teller_release(struct teller *teller) {
  while (teller->tellings) {
    struct telling *telling = teller->tellings;
    teller->tellings = telling->next;
    free(telling);
  }
}
