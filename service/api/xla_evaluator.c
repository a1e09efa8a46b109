// Decides whose agreements are evaluated when: a tenant's, once its day has ended; one agreement after the other.
#include "api/xla_evaluator.h"

#include <stdlib.h>
#include <string.h>

#include "api/xla_catch_up.h"
#include "base/ident.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "store/dimension_store.h"
#include "store/metric_store.h"
#include "store/tenant_store.h"
#include "store/xla_day_store.h"

enum { DUE_AT_ONCE = 64 };

// Kept for good: there are as many as tenants.
struct ward {
  struct ward *next;
  struct uuid id;
  int64_t rest_until;  // nothing is due before
  int64_t noted;       // the sweep that has seen it last
};

struct xla_evaluator {
  struct store *store;
  struct loop *loop;
  struct timer timer;
  struct job *job;  // under way
  bool stopped;
  int64_t order;  // of this daemon
  int64_t sweep;
  struct ward *wards;
  // The tenant at work.
  struct ward *ward;
  struct tenant tenant;
  struct tenant_metrics metrics;
  char slugs[DUE_AT_ONCE][SLUG_CHARS_MAX + 1];
  int32_t days[DUE_AT_ONCE];
  size_t due_count, due_at;
  size_t done;  // of those that were listed last
  bool failed;  // some could not be evaluated
  struct xla_catch_up catch_up;
};

static void step(struct xla_evaluator *evaluator);

static struct ward *find_ward(struct xla_evaluator *evaluator, const struct uuid *id) {
  for (struct ward *ward = evaluator->wards; ward; ward = ward->next)
    if (uuid_equal(&ward->id, id)) return ward;
  struct ward *ward = calloc(1, sizeof *ward);
  if (!ward) return NULL;
  ward->id = *id;
  ward->next = evaluator->wards;
  evaluator->wards = ward;
  return ward;
}

// Until the next sweep; without a database, not for long.
static void wait(struct xla_evaluator *evaluator, bool swept) {
  if (evaluator->stopped) return;
  telemetry_add(COUNT_XLA_SWEEPS, swept);
  (void)loop_timer_start(evaluator->loop, &evaluator->timer, swept ? XLA_SWEEP_MS : XLA_BEGIN_MS);
}

// Hands the job over, or drops it. False when there is none under way then.
static bool submit(struct xla_evaluator *evaluator, struct job *job) {
  if (job && !evaluator->stopped && !store_submit(job)) {
    evaluator->job = job;
    return true;
  }
  job_free(job);
  return false;
}

// --- One agreement --------------------------------------------------------------------------------------------------

static void caught_up(struct job *job) {
  struct xla_evaluator *evaluator = job->owner;
  evaluator->job = NULL;
  xla_catch_up_take(&evaluator->catch_up, job);
  step(evaluator);
}

// True while a job of it is under way.
static bool catch_up(struct xla_evaluator *evaluator) {
  struct job *job = xla_catch_up_next(&evaluator->catch_up, evaluator->store, evaluator, caught_up);
  if (job && submit(evaluator, job)) return true;
  if (job) evaluator->catch_up.error = ERR_UNAVAILABLE;
  xla_catch_up_stop(&evaluator->catch_up);
  telemetry_add(COUNT_XLA_DAYS, evaluator->catch_up.evaluated);
  telemetry_add(COUNT_XLA_REVISIONS, evaluator->catch_up.revised);
  evaluator->done += !evaluator->catch_up.error;
  if (evaluator->catch_up.error && !evaluator->stopped) {
    log_message(LOG_WARNING, "an agreement could not be evaluated: %s of %s: %s", evaluator->catch_up.slug, evaluator->tenant.slug,
                error_fact(evaluator->catch_up.error)->title);
    evaluator->failed = true;
  }
  return false;
}

// --- One tenant -----------------------------------------------------------------------------------------------------

enum { STEP_DIMENSIONS, STEP_METRICS, STEP_DUE };

static void due_listed(struct job *job) {
  struct xla_evaluator *evaluator = job->owner;
  evaluator->job = NULL;
  evaluator->due_count = evaluator->due_at = evaluator->done = 0;
  if (!job->error) {
    dimension_take_all(job, STEP_DIMENSIONS, &evaluator->tenant);
    metric_take_all(job, STEP_METRICS, &evaluator->metrics);
    evaluator->tenant.metrics = &evaluator->metrics;
  }
  for (size_t i = 0; !job->error && i < job_rows(job, STEP_DUE) && i < DUE_AT_ONCE; i++) {
    struct xla_due due;
    xla_day_take_due(job, STEP_DUE, i, &due);
    size_t length = due.slug.length < SLUG_CHARS_MAX ? due.slug.length : SLUG_CHARS_MAX;
    memcpy(evaluator->slugs[i], due.slug.at, length);
    evaluator->slugs[i][length] = '\0';
    evaluator->days[i] = due.day;
    evaluator->due_count++;
  }
  // A tenant without any left rests until its day ends; one that failed is tried again at the next sweep.
  if (evaluator->due_count == 0 && !job->error && !evaluator->failed) evaluator->ward->rest_until = evaluator->tenant.next_midnight;
  if (evaluator->due_count == 0) evaluator->ward = NULL;
  job_free(job);
  step(evaluator);
}

static bool ask_due(struct xla_evaluator *evaluator) {
  struct job *job = job_new(evaluator->store, LANE_READ, &evaluator->tenant.id, evaluator, due_listed);
  if (job) {
    dimension_ask_list(job, &evaluator->tenant.id, TEXT_NONE, false);
    metric_ask_list(job, &evaluator->tenant.id, 0);
    xla_day_ask_due(job, &evaluator->tenant, evaluator->tenant.today - 1, TEXT_NONE, evaluator->order, DUE_AT_ONCE);
  }
  return submit(evaluator, job);
}

// --- All tenants ----------------------------------------------------------------------------------------------------

static void tenants_listed(struct job *job) {
  struct xla_evaluator *evaluator = job->owner;
  bool failed = job->error != ERR_NONE;
  evaluator->job = NULL;
  for (size_t i = 0; !failed && i < job_rows(job, 0) && !evaluator->ward; i++) {
    tenant_take_columns(job, 0, i, 0, &evaluator->tenant);
    struct ward *ward = find_ward(evaluator, &evaluator->tenant.id);
    if (!ward || ward->noted == evaluator->sweep || instant_now() < ward->rest_until) continue;
    ward->noted = evaluator->sweep;
    evaluator->ward = ward;
    evaluator->failed = false;
  }
  job_free(job);
  bool due = evaluator->ward != NULL;
  if (due && ask_due(evaluator)) return;
  evaluator->ward = NULL;
  wait(evaluator, !failed && !due);
}

static bool ask_tenants(struct xla_evaluator *evaluator) {
  struct job *job = job_new(evaluator->store, LANE_READ, NULL, evaluator, tenants_listed);
  if (job) xla_day_ask_tenants(job);
  return submit(evaluator, job);
}

// What comes next: the agreement at work, the next one that is due, what is due after that, the next tenant. At most one job is under way.
static void step(struct xla_evaluator *evaluator) {
  while (!evaluator->stopped) {
    if (evaluator->catch_up.evaluation && catch_up(evaluator)) return;
    if (evaluator->ward && evaluator->due_at < evaluator->due_count) {
      size_t at = evaluator->due_at++;
      xla_catch_up_start(&evaluator->catch_up, &evaluator->tenant, text_of(evaluator->slugs[at]), evaluator->days[at], XLA_EVALUATE);
      continue;
    }
    // Without any progress the same ones would come again.
    if (evaluator->ward && evaluator->done > 0 && ask_due(evaluator)) return;
    evaluator->ward = NULL;
    if (ask_tenants(evaluator)) return;
    break;
  }
  wait(evaluator, false);
}

static void sweep(struct timer *timer) {
  struct xla_evaluator *evaluator = timer->owner;
  evaluator->sweep++;
  if (!evaluator->job) step(evaluator);
}

struct xla_evaluator *xla_evaluator_new(struct store *store, struct loop *loop) {
  struct xla_evaluator *evaluator = calloc(1, sizeof *evaluator);
  if (!evaluator) return NULL;
  evaluator->store = store;
  evaluator->loop = loop;
  random_bytes(&evaluator->order, sizeof evaluator->order);
  evaluator->timer = (struct timer){.fire = sweep, .owner = evaluator};
  if (loop_timer_start(loop, &evaluator->timer, XLA_BEGIN_MS)) return evaluator;
  free(evaluator);
  return NULL;
}

void xla_evaluator_stop(struct xla_evaluator *evaluator) {
  if (!evaluator) return;
  evaluator->stopped = true;
  loop_timer_stop(evaluator->loop, &evaluator->timer);
}

void xla_evaluator_free(struct xla_evaluator *evaluator) {
  if (!evaluator) return;
  xla_catch_up_stop(&evaluator->catch_up);
  while (evaluator->wards) {
    struct ward *ward = evaluator->wards;
    evaluator->wards = ward->next;
    free(ward);
  }
  free(evaluator);
}
