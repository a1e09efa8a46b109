// Evaluates one agreement for one day, job by job.
#include "api/xla_evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "api/reading.h"
#include "api/xla_body.h"
#include "api/xla_measured.h"
#include "api/xla_record.h"
#include "base/log.h"
#include "domain/exclusion_period.h"
#include "domain/webhook.h"
#include "store/outbox_store.h"
#include "store/xla_day_store.h"

enum { WEEK_DAYS = 7, READINGS_A_JOB = 4, EVALUATION_BYTES_MAX = 64 * 1024 * 1024 };

enum phase { PHASE_OPEN, PHASE_READ, PHASE_STORE, PHASE_DONE };

// What a reading is for: a part of what is measured, single days, or groups.
enum { READ_DAYS = XLA_PARTS, READ_GROUPS };

// Single days of a metric; NULL for one that this binary doesn't know.
struct series {
  const struct metric *metric;
  struct tally_day *days;
  size_t count;
};

struct plan {
  int purpose;
  struct reading_question question;
  const struct xla_demand *demand;
};

struct xla_evaluation {
  const struct tenant *tenant;
  struct text slug;
  int32_t day;
  enum xla_evaluation_kind kind;
  const struct xla_evaluation *looked;  // of a revision: what found it due
  struct arena arena;
  enum phase phase;
  enum err error;
  bool changed;
  struct xla_record record;
  struct plan *plans;
  size_t plans_count, at;  // plans that have been read
  struct xla_part *parts;  // XLA_PARTS
  struct integrity_grouping grouping;
  struct integrity_gathered gathered;
  bool gathers;           // groups are read
  struct series *series;  // of the metric, or of each of an index
  size_t series_count;
};

struct xla_evaluation *xla_evaluation_new(const struct tenant *tenant, struct text slug, int32_t day, enum xla_evaluation_kind kind) {
  struct xla_evaluation *evaluation = calloc(1, sizeof *evaluation);
  if (!evaluation) return NULL;
  evaluation->tenant = tenant;
  evaluation->day = day;
  evaluation->kind = kind;
  arena_init(&evaluation->arena, EVALUATION_BYTES_MAX);
  evaluation->slug = arena_copy(&evaluation->arena, slug);
  evaluation->parts = arena_take_array(&evaluation->arena, XLA_PARTS, sizeof *evaluation->parts);
  if (evaluation->slug.at && evaluation->parts) return evaluation;
  xla_evaluation_free(evaluation);
  return NULL;
}

struct xla_evaluation *xla_evaluation_new_revision(const struct xla_evaluation *looked, int32_t day) {
  struct xla_evaluation *evaluation = xla_evaluation_new(looked->tenant, looked->slug, day, XLA_REVISE);
  if (evaluation) evaluation->looked = looked;
  return evaluation;
}

void xla_evaluation_free(struct xla_evaluation *evaluation) {
  if (!evaluation) return;
  arena_release(&evaluation->arena);
  free(evaluation);
}

enum err xla_evaluation_error(const struct xla_evaluation *evaluation) { return evaluation->error; }
bool xla_evaluation_changed(const struct xla_evaluation *evaluation) { return evaluation->changed; }

static void fail(struct xla_evaluation *evaluation, enum err error) {
  evaluation->error = error;
  evaluation->phase = PHASE_DONE;
}

// --- What is read ---------------------------------------------------------------------------------------------------

static struct window window_of(const struct xla_evaluation *evaluation) {
  return window_rolling(evaluation->day, (int32_t)evaluation->record.demands[0].body.window_days);
}

static struct window week_of(const struct xla_evaluation *evaluation) {
  struct window window = window_of(evaluation);
  return window_days(window) < WEEK_DAYS ? window : window_rolling(evaluation->day, WEEK_DAYS);
}

static void add_plan(struct xla_evaluation *evaluation, int purpose, const struct xla_demand *demand, struct window window) {
  struct plan *plan = &evaluation->plans[evaluation->plans_count++];
  *plan = (struct plan){
      .purpose = purpose,
      .demand = demand,
      .question = {.scope = &demand->scope,
                   .window = window,
                   .interval = purpose == READ_DAYS ? INTERVAL_DAY : INTERVAL_COUNT,
                   .unseen = purpose == READ_DAYS},
  };
  if (purpose == READ_GROUPS) plan->question = integrity_groups_question(&evaluation->grouping, window);
}

// Each piece between days that are left out is a window of its own.
static bool plan_pieces(struct xla_evaluation *evaluation, int purpose, struct window window) {
  const struct xla_record *record = &evaluation->record;
  struct window *pieces = arena_take_array(&evaluation->arena, record->periods_count + 1, sizeof *pieces);
  size_t count = pieces ? exclusion_periods_cut(window, record->periods, record->periods_count, pieces) : 0;
  for (size_t i = 0; i < count; i++)
    add_plan(evaluation, purpose, record->demands, pieces[i]);
  return pieces != NULL;
}

static bool take_series(struct xla_evaluation *evaluation) {
  const struct xla_body *body = &evaluation->record.demands[0].body;
  const struct xla_component *components = body->components.items;
  evaluation->series_count = components ? body->components.count : 1;
  evaluation->series = arena_take_array(&evaluation->arena, evaluation->series_count, sizeof *evaluation->series);
  for (size_t i = 0; evaluation->series && i < evaluation->series_count; i++) {
    struct series *series = &evaluation->series[i];
    struct text key = components ? components[i].metric : body->metric;
    series->metric = key.at ? tenant_metric_find(evaluation->tenant, key) : NULL;
    series->days = arena_take_array(&evaluation->arena, (size_t)window_days(evaluation->record.read), sizeof *series->days);
    if (!series->days) return false;
  }
  return evaluation->series != NULL;
}

static bool plan_all(struct xla_evaluation *evaluation) {
  const struct xla_record *record = &evaluation->record;
  struct window window = window_of(evaluation);
  evaluation->plans =
      arena_take_array(&evaluation->arena, (XLA_PARTS + 1) * (record->periods_count + 1) + record->demands_count, sizeof *evaluation->plans);
  evaluation->grouping = integrity_grouping_of(evaluation->tenant, &record->demands[0].scope);
  if (!evaluation->plans || !take_series(evaluation)) return false;
  // First, so that what comes meanwhile is noticed by the next look.
  for (size_t i = 0; i < record->demands_count; i++)
    add_plan(evaluation, READ_DAYS, &record->demands[i], record->read);
  if (evaluation->kind == XLA_LOOK) return true;
  return plan_pieces(evaluation, XLA_PART_WHOLE, window) && plan_pieces(evaluation, XLA_PART_WEEK, week_of(evaluation)) &&
         plan_pieces(evaluation, XLA_PART_DAY, (struct window){evaluation->day, evaluation->day}) &&
         plan_pieces(evaluation, XLA_PART_REFERENCE, window_rolling(record->valid_from - 1, window_days(window)));
}

static void open_taken(struct xla_evaluation *evaluation, const struct job *job) {
  if (job_rows(job, XLA_OPEN_AGREEMENT) == 0) {
    fail(evaluation, ERR_NOT_FOUND);
    return;
  }
  evaluation->record = (struct xla_record){.tenant = evaluation->tenant, .arena = &evaluation->arena, .day = evaluation->day};
  if (!xla_record_take(&evaluation->record, job, evaluation->kind != XLA_REVISE) || !plan_all(evaluation)) {
    fail(evaluation, ERR_INTERNAL);
    return;
  }
  evaluation->phase = PHASE_READ;
}

static void add_day(struct xla_evaluation *evaluation, const struct reading_group *group) {
  for (size_t i = 0; i < evaluation->series_count; i++) {
    struct series *series = &evaluation->series[i];
    const struct tally *tally = series->metric ? &group->figures.tallies[metric_place(series->metric)] : NULL;
    if (tally && tally->n > 0) series->days[series->count++] = (struct tally_day){group->day, *tally};
  }
}

static void take_days(struct xla_evaluation *evaluation, struct reading *reading, const struct plan *plan) {
  struct xla_record *record = &evaluation->record;
  struct reading_group group;
  while (reading_next(reading, &group)) {
    xla_record_note(record, plan->demand, group.day, &group.figures);
    if (plan->demand == record->demands) add_day(evaluation, &group);
  }
}

static bool take_reading(struct xla_evaluation *evaluation, const struct job *job, unsigned step, const struct plan *plan) {
  struct reading *reading = reading_open(job, step, evaluation->tenant, &plan->question);
  struct reading_group total;
  if (!reading) return false;
  bool good = true;
  if (plan->purpose == READ_DAYS) {
    take_days(evaluation, reading, plan);
  } else if (plan->purpose == READ_GROUPS) {
    good = integrity_gather(&evaluation->gathered, &evaluation->grouping, reading, &evaluation->arena);
  } else {
    reading_total(reading, &total);
    xla_part_add(&evaluation->parts[plan->purpose], &total, evaluation->tenant);
  }
  reading_close(reading);
  return good;
}

static size_t readings_now(const struct xla_evaluation *evaluation) {
  size_t left = evaluation->plans_count - evaluation->at;
  return left < READINGS_A_JOB ? left : READINGS_A_JOB;
}

static struct xla_measured measured_of(const struct xla_evaluation *evaluation) {
  return (struct xla_measured){
      .tenant = evaluation->tenant,
      .body = &evaluation->record.demands[0].body,
      .version = evaluation->record.demands[0].version,
      .valid_from = evaluation->record.valid_from,
      .day = evaluation->day,
      .window = window_of(evaluation),
      .grouping = &evaluation->grouping,
      .gathered = evaluation->gathers ? &evaluation->gathered : NULL,
      .parts = evaluation->parts,
  };
}

// Groups are read only where the figures say that there may be something to find, which is seldom.
static bool plan_groups(struct xla_evaluation *evaluation) {
  struct xla_measured measured = measured_of(evaluation);
  struct integrity_material material = xla_measured_material(&measured);
  if (evaluation->gathers || !integrity_wants_groups(&material)) return true;
  evaluation->gathers = true;
  return plan_pieces(evaluation, READ_GROUPS, window_of(evaluation));
}

static void readings_taken(struct xla_evaluation *evaluation, const struct job *job) {
  size_t count = readings_now(evaluation);
  for (size_t i = 0; i < count; i++)
    if (!take_reading(evaluation, job, (unsigned)(i * READING_STEPS), &evaluation->plans[evaluation->at + i])) {
      fail(evaluation, ERR_UNAVAILABLE);
      return;
    }
  evaluation->at += count;
  if (evaluation->at < evaluation->plans_count) return;
  if (evaluation->kind == XLA_LOOK)
    evaluation->phase = PHASE_DONE;
  else if (!plan_groups(evaluation))
    fail(evaluation, ERR_UNAVAILABLE);
  else if (evaluation->at == evaluation->plans_count)
    evaluation->phase = PHASE_STORE;
}

// --- What comes of it -----------------------------------------------------------------------------------------------

static struct text state_text(struct xla_evaluation *evaluation, struct xla_state *state) {
  struct xla_measured measured = measured_of(evaluation);
  const struct xla_record *record = &evaluation->record;
  struct composite_days *days = arena_take_array(&evaluation->arena, evaluation->series_count, sizeof *days);
  if (!days) return TEXT_NONE;
  for (size_t i = 0; i < evaluation->series_count; i++) {
    struct series *series = &evaluation->series[i];
    days[i] = (struct composite_days){series->days, exclusion_periods_keep(record->periods, record->periods_count, series->days, series->count)};
  }
  measured.days = days;
  for (size_t i = 0; i < evaluation->plans_count; i++)
    if (evaluation->plans[i].purpose == XLA_PART_WHOLE) measured.counted_days += window_days(evaluation->plans[i].question.window);
  return xla_measured_state(&measured, &evaluation->arena, state);
}

static void add_event(const struct xla_evaluation *evaluation, struct job *job, const char *type, struct text state) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, WEBHOOK_PAYLOAD_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  json_member_string(&json, "tenant", evaluation->tenant->slug);
  json_member_text(&json, "xla", evaluation->slug);
  json_member_text(&json, "name", evaluation->record.demands[0].body.name);
  json_member_text(&json, "owner", evaluation->record.demands[0].body.owner);
  json_member_text(&json, "before", evaluation->record.before);
  json_name(&json, "state");
  json_raw(&json, state);
  json_object_end(&json);
  outbox_ask(job, &evaluation->tenant->id, type, buffer_view(&out));
  buffer_release(&out);
}

static void add_events(const struct xla_evaluation *evaluation, struct job *job, const struct xla_state *state, struct text text) {
  static const char *const EVENTS[XLA_STATUS_COUNT] = {
      [XLA_BREACHED] = EVENT_XLA_BREACHED, [XLA_AT_RISK] = EVENT_XLA_AT_RISK, [XLA_MET] = EVENT_XLA_MET};
  bool changed = !evaluation->record.before.at || !text_is(evaluation->record.before, XLA_STATUS_NAMES[state->status]);
  if (changed && EVENTS[state->status]) add_event(evaluation, job, EVENTS[state->status], text);
  // It is stale from the day after on.
  if (evaluation->record.demands[0].body.review_by == evaluation->day) add_event(evaluation, job, EVENT_XLA_STALE, text);
}

// Whether answers that are kept are made of it: watermelons show what is breached.
static bool tells(const struct xla_evaluation *evaluation, const struct xla_state *state) {
  const char *breached = XLA_STATUS_NAMES[XLA_BREACHED];
  return state->status == XLA_BREACHED || evaluation->kind == XLA_REVISE ||
         (evaluation->record.before.at && text_is(evaluation->record.before, breached));
}

static struct job *store_job(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job)) {
  struct xla_state state;
  struct xla_day_draft draft = {.slug = evaluation->slug, .day = evaluation->day, .version = evaluation->record.demands[0].version};
  draft.state = state_text(evaluation, &state);
  struct job *job = draft.state.at ? job_new(store, LANE_WRITE, &evaluation->tenant->id, owner, done) : NULL;
  if (!job) return NULL;
  draft.status = XLA_STATUS_NAMES[state.status];
  job->unseen = !tells(evaluation, &state);
  if (evaluation->kind == XLA_REVISE) {
    xla_record_digest_seen(&evaluation->looked->record, evaluation->day, draft.digest);
    xla_day_ask_revise(job, &evaluation->tenant->id, &draft);
    return job;
  }
  xla_record_digest(&evaluation->record, draft.digest);
  xla_day_ask_add(job, &evaluation->tenant->id, &draft);
  add_events(evaluation, job, &state, draft.state);
  return job;
}

bool xla_evaluation_outdated(const struct xla_evaluation *evaluation, struct window *rows) {
  return !evaluation->error && evaluation->phase == PHASE_DONE && xla_record_outdated(&evaluation->record, rows);
}

// --- Job by job -----------------------------------------------------------------------------------------------------

static struct job *read_job(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job)) {
  struct job *job = job_new(store, LANE_READ, &evaluation->tenant->id, owner, done);
  for (size_t i = 0; job && i < readings_now(evaluation); i++)
    reading_ask(job, evaluation->tenant, &evaluation->plans[evaluation->at + i].question);
  return job;
}

struct job *xla_evaluation_next(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job)) {
  struct job *job = NULL;
  if (evaluation->phase == PHASE_DONE) return NULL;
  if (evaluation->phase == PHASE_READ) job = read_job(evaluation, store, owner, done);
  if (evaluation->phase == PHASE_STORE) job = store_job(evaluation, store, owner, done);
  if (evaluation->phase == PHASE_OPEN) {
    job = job_new(store, LANE_READ, &evaluation->tenant->id, owner, done);
    if (job) xla_record_ask(job, evaluation->tenant, evaluation->slug, evaluation->day, evaluation->kind != XLA_REVISE);
  }
  if (!job) fail(evaluation, ERR_UNAVAILABLE);
  return job;
}

void xla_evaluation_take(struct xla_evaluation *evaluation, struct job *job) {
  if (job->error) {
    fail(evaluation, job->error);
  } else if (evaluation->phase == PHASE_OPEN) {
    open_taken(evaluation, job);
  } else if (evaluation->phase == PHASE_READ) {
    readings_taken(evaluation, job);
  } else {
    evaluation->changed = evaluation->kind == XLA_EVALUATE || (job_rows(job, 0) == 1 && row_int(job, 0, 0, 0) == 1);
    evaluation->phase = PHASE_DONE;
  }
  job_free(job);
}
