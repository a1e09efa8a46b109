// Decides when which priority is computed anew: a tenant's, once its day has begun; one initiative after the other, whichever daemon is first.
#include "api/priority_keeper.h"

#include <stdlib.h>

#include "api/initiative_body.h"
#include "api/priority_reading.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/dimension_store.h"
#include "store/initiative_store.h"
#include "store/metric_store.h"
#include "store/tenant_store.h"
#include "store/xla_day_store.h"

enum { ONE_BYTES_MAX = 1024 * 1024 };
enum { STEP_DIMENSIONS, STEP_METRICS, STEP_DUE };

// Kept for good: there are as many as tenants.
struct ward {
  struct ward *next;
  struct uuid id;
  int64_t rest_until;  // nothing is due before
  int64_t noted;       // the sweep that has seen it last
};

struct priority_keeper {
  struct store *store;
  struct loop *loop;
  struct timer timer;
  struct job *job;  // under way
  bool stopped;
  int64_t sweep;
  struct ward *wards;
  // The tenant at work.
  struct ward *ward;
  struct tenant tenant;
  struct tenant_metrics metrics;
  struct uuid after;  // the initiative at work, or the last one
  bool begun;         // there is such a one
  bool failed;        // some could not be computed
  // The initiative at work.
  int64_t revision;
  struct arena arena;
  struct priority_inquiry inquiry;
};

static void look_for_tenants(struct priority_keeper *keeper);
static void look_for_due(struct priority_keeper *keeper);

static struct ward *find_ward(struct priority_keeper *keeper, const struct uuid *id) {
  for (struct ward *ward = keeper->wards; ward; ward = ward->next)
    if (uuid_equal(&ward->id, id)) return ward;
  struct ward *ward = calloc(1, sizeof *ward);
  if (!ward) return NULL;
  ward->id = *id;
  ward->next = keeper->wards;
  keeper->wards = ward;
  return ward;
}

// Until the next sweep; without a database, not for long.
static void wait(struct priority_keeper *keeper, bool swept) {
  keeper->ward = NULL;
  if (!keeper->stopped) (void)loop_timer_start(keeper->loop, &keeper->timer, swept ? PRIORITY_SWEEP_MS : PRIORITY_BEGIN_MS);
}

// Hands the job over, or drops it and waits.
static void submit(struct priority_keeper *keeper, struct job *job) {
  if (job && !keeper->stopped && !store_submit(job)) {
    keeper->job = job;
    return;
  }
  job_free(job);
  wait(keeper, false);
}

// --- One initiative -------------------------------------------------------------------------------------------------

static void go_on(struct priority_keeper *keeper, enum err error) {
  if (error && !keeper->stopped) {
    keeper->failed = true;
    log_message(LOG_WARNING, "a priority of %s could not be computed: %s", keeper->tenant.slug, error_fact(error)->title);
  }
  if (keeper->stopped || error == ERR_UNAVAILABLE)
    wait(keeper, false);
  else
    look_for_due(keeper);
}

static void kept(struct job *job) {
  struct priority_keeper *keeper = job->owner;
  enum err error = job->error;
  keeper->job = NULL;
  job_free(job);
  go_on(keeper, error);
}

// The revision stays, and no figure is made of it.
static void keep(struct priority_keeper *keeper, const struct initiative_priority *priority) {
  struct job *job = job_new(keeper->store, LANE_BULK, &keeper->tenant.id, keeper, kept);
  if (job) {
    job->unseen = true;
    initiative_ask_keep_priority(job, &keeper->tenant.id, &keeper->after, keeper->revision, priority);
  }
  submit(keeper, job);
}

static void compute(struct priority_keeper *keeper, const struct job *job) {
  struct initiative_priority priority;
  if (priority_take(job, 0, &keeper->inquiry, &keeper->arena, &priority))
    keep(keeper, &priority);
  else
    go_on(keeper, ERR_UNAVAILABLE);
}

static void weighed(struct job *job) {
  struct priority_keeper *keeper = job->owner;
  keeper->job = NULL;
  if (job->error)
    go_on(keeper, job->error);
  else
    compute(keeper, job);
  job_free(job);
}

static void weigh(struct priority_keeper *keeper, struct text content) {
  struct initiative_body body;
  arena_clear(&keeper->arena);
  enum err error = initiative_body_read(content, &keeper->arena, &body);
  keeper->inquiry = (struct priority_inquiry){.tenant = &keeper->tenant, .effort = error ? ABSENT : body.effort};
  if (!error && !initiative_scope(&body.scope, &keeper->arena, &keeper->inquiry.scope)) error = ERR_UNAVAILABLE;
  if (error) {
    go_on(keeper, error);
    return;
  }
  if (keeper->inquiry.scope.count == 0) {
    compute(keeper, NULL);
    return;
  }
  struct job *job = job_new(keeper->store, LANE_READ, &keeper->tenant.id, keeper, weighed);
  if (job) priority_ask(job, &keeper->inquiry);
  submit(keeper, job);
}

// --- One tenant -----------------------------------------------------------------------------------------------------

static void due_found(struct job *job) {
  struct priority_keeper *keeper = job->owner;
  struct initiative_due due;
  keeper->job = NULL;
  if (job->error) {
    wait(keeper, false);
  } else if (job_rows(job, STEP_DUE) == 0) {
    // Rests until its day ends; where one failed it is tried again at the next sweep.
    if (!keeper->failed) keeper->ward->rest_until = keeper->tenant.next_midnight;
    look_for_tenants(keeper);
  } else {
    dimension_take_all(job, STEP_DIMENSIONS, &keeper->tenant);
    metric_take_all(job, STEP_METRICS, &keeper->metrics);
    keeper->tenant.metrics = &keeper->metrics;
    initiative_take_due(job, STEP_DUE, 0, &due);
    keeper->after = due.id;
    keeper->begun = true;
    keeper->revision = due.revision;
    weigh(keeper, due.content);
  }
  job_free(job);
}

static void look_for_due(struct priority_keeper *keeper) {
  const struct uuid *tenant = &keeper->tenant.id;
  struct job *job = job_new(keeper->store, LANE_READ, tenant, keeper, due_found);
  if (job) {
    dimension_ask_list(job, tenant, TEXT_NONE, false);
    metric_ask_list(job, tenant, 0);
    initiative_ask_due(job, tenant, keeper->tenant.today, keeper->begun ? &keeper->after : NULL, 1);
  }
  submit(keeper, job);
}

// --- All tenants ----------------------------------------------------------------------------------------------------

static void tenants_listed(struct job *job) {
  struct priority_keeper *keeper = job->owner;
  bool failed = job->error != ERR_NONE;
  keeper->job = NULL;
  keeper->ward = NULL;
  for (size_t i = 0; !failed && i < job_rows(job, 0) && !keeper->ward; i++) {
    tenant_take_columns(job, 0, i, 0, &keeper->tenant);
    struct ward *ward = find_ward(keeper, &keeper->tenant.id);
    if (!ward || ward->noted == keeper->sweep || instant_now() < ward->rest_until) continue;
    ward->noted = keeper->sweep;
    keeper->ward = ward;
    keeper->failed = keeper->begun = false;
  }
  job_free(job);
  if (keeper->ward)
    look_for_due(keeper);
  else
    wait(keeper, !failed);
}

static void look_for_tenants(struct priority_keeper *keeper) {
  struct job *job = job_new(keeper->store, LANE_READ, NULL, keeper, tenants_listed);
  if (job) xla_day_ask_tenants(job);
  submit(keeper, job);
}

static void sweep(struct timer *timer) {
  struct priority_keeper *keeper = timer->owner;
  keeper->sweep++;
  if (!keeper->job) look_for_tenants(keeper);
}

struct priority_keeper *priority_keeper_new(struct store *store, struct loop *loop) {
  struct priority_keeper *keeper = calloc(1, sizeof *keeper);
  if (!keeper) return NULL;
  keeper->store = store;
  keeper->loop = loop;
  arena_init(&keeper->arena, ONE_BYTES_MAX);
  keeper->timer = (struct timer){.fire = sweep, .owner = keeper};
  if (loop_timer_start(loop, &keeper->timer, PRIORITY_BEGIN_MS)) return keeper;
  priority_keeper_free(keeper);
  return NULL;
}

void priority_keeper_stop(struct priority_keeper *keeper) {
  if (!keeper) return;
  keeper->stopped = true;
  loop_timer_stop(keeper->loop, &keeper->timer);
}

void priority_keeper_free(struct priority_keeper *keeper) {
  if (!keeper) return;
  while (keeper->wards) {
    struct ward *ward = keeper->wards;
    keeper->wards = ward->next;
    free(ward);
  }
  arena_release(&keeper->arena);
  free(keeper);
}
