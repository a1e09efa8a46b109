// Evaluates one agreement for one day, job by job.
#include "api/xla_evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "api/reading.h"
#include "api/xla_body.h"
#include "api/xla_measured.h"
#include "base/log.h"
#include "domain/exclusion_period.h"
#include "domain/webhook.h"
#include "store/outbox_store.h"
#include "store/xla_day_store.h"

enum { WEEK_DAYS = 7, READINGS_A_JOB = 4, EVALUATION_BYTES_MAX = 64 * 1024 * 1024, VERSIONS_CHECKED_MAX = 4 };

enum phase { PHASE_OPEN, PHASE_READ, PHASE_STORE, PHASE_DONE };

// What a reading is for: a part of what is measured, single days, or groups.
enum { READ_DAYS = XLA_PARTS, READ_GROUPS };

// What a version demands, and what each day that is read adds to its figures.
struct demand {
  int64_t version;
  struct xla_body body;
  struct scope scope;
  uint8_t (*digests)[DIGEST_BYTES];  // from the first day that is read on
};

struct plan {
  int purpose;
  struct reading_question question;
  const struct demand *demand;
};

struct known_day {
  int32_t day;
  int64_t version;
  uint8_t digest[DIGEST_BYTES];
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
  struct demand *demands;  // the first is in force on the day
  size_t demands_count;
  int32_t valid_from;  // of the version in force
  struct window *periods;
  size_t periods_count;
  struct known_day *known;  // ascending
  size_t known_count;
  int32_t compared_from;  // the first row that is held against what its figures rest on now
  struct window read;     // days
  struct text before;     // status of the day before; absent: none
  struct plan *plans;
  size_t plans_count, at;  // plans that have been read
  struct xla_part *parts;  // XLA_PARTS
  struct integrity_grouping grouping;
  struct integrity_gathered gathered;
  bool gathers;  // groups are read
  struct tally_day *days;
  size_t days_count;
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

// --- What is known --------------------------------------------------------------------------------------------------

// Terms over the content: what holds now is in both, and older versions have only terms of their own.
static bool read_demand(struct xla_evaluation *evaluation, struct text content, struct text terms, int64_t version, struct demand *demand) {
  struct issues issues;
  issues_init(&issues, &evaluation->arena);
  demand->version = version;
  return !fields_read(&XLA_FIELDS, content, &demand->body, NULL, &evaluation->arena, &issues) &&
         !fields_read(&XLA_TERMS_FIELDS, terms, &demand->body, NULL, &evaluation->arena, &issues) &&
         xla_scope(&demand->body, &evaluation->arena, &demand->scope);
}

static bool is_known_version(const struct xla_evaluation *evaluation, int64_t version) {
  for (size_t i = 0; i < evaluation->known_count; i++)
    if (evaluation->known[i].version == version) return true;
  return false;
}

static bool take_demands(struct xla_evaluation *evaluation, const struct job *job) {
  struct xla_open open;
  size_t versions = job_rows(job, XLA_OPEN_VERSIONS);
  xla_day_take_open(job, &open);
  evaluation->demands = arena_take_array(&evaluation->arena, VERSIONS_CHECKED_MAX, sizeof *evaluation->demands);
  if (!evaluation->demands || !read_demand(evaluation, open.content, open.terms, open.version, evaluation->demands)) return false;
  evaluation->demands_count = 1;
  evaluation->valid_from = open.valid_from;
  for (size_t i = 0; i < versions && evaluation->demands_count < VERSIONS_CHECKED_MAX; i++) {
    int64_t version = row_int(job, XLA_OPEN_VERSIONS, i, 0);
    if (version == open.version || !is_known_version(evaluation, version)) continue;
    struct demand *demand = &evaluation->demands[evaluation->demands_count++];
    if (!read_demand(evaluation, open.content, row_text(job, XLA_OPEN_VERSIONS, i, 1), version, demand)) return false;
  }
  return true;
}

static bool take_known(struct xla_evaluation *evaluation, const struct job *job) {
  size_t rows = job_rows(job, XLA_OPEN_DAYS);
  evaluation->known = arena_take_array(&evaluation->arena, rows + 1, sizeof *evaluation->known);
  if (!evaluation->known) return false;
  for (size_t i = 0; i < rows; i++) {
    struct xla_known_day row;
    xla_day_take_known(job, i, &row);
    struct known_day *known = &evaluation->known[evaluation->known_count++];
    known->day = row.day;
    known->version = row.version;
    if (row.digest.length == DIGEST_BYTES) memcpy(known->digest, row.digest.at, DIGEST_BYTES);
    if (row.day == evaluation->day - 1) evaluation->before = arena_copy(&evaluation->arena, row.status);
  }
  return true;
}

static bool take_periods(struct xla_evaluation *evaluation, const struct job *job) {
  size_t rows = job_rows(job, XLA_OPEN_PERIODS);
  evaluation->periods = arena_take_array(&evaluation->arena, rows + 1, sizeof *evaluation->periods);
  if (!evaluation->periods) return false;
  for (; evaluation->periods_count < rows; evaluation->periods_count++)
    evaluation->periods[evaluation->periods_count] =
        (struct window){row_day(job, XLA_OPEN_PERIODS, evaluation->periods_count, 0), row_day(job, XLA_OPEN_PERIODS, evaluation->periods_count, 1)};
  return true;
}

// --- What is read ---------------------------------------------------------------------------------------------------

static struct window window_of(const struct xla_evaluation *evaluation) {
  return window_rolling(evaluation->day, (int32_t)evaluation->demands[0].body.window_days);
}

// The first day that the figures of a window rest on: its trend's first point reaches back.
static int32_t rests_from(int32_t day, const struct demand *demand) {
  return window_rolling(day, (int32_t)demand->body.window_days).from - (TREND_DAYS - 1);
}

static const struct known_day *find_known(const struct xla_evaluation *evaluation, int32_t day) {
  for (size_t i = 0; i < evaluation->known_count; i++)
    if (evaluation->known[i].day == day) return &evaluation->known[i];
  return NULL;
}

// NULL for versions beyond those that are checked.
static const struct demand *find_demand(const struct xla_evaluation *evaluation, int64_t version) {
  for (size_t i = 0; i < evaluation->demands_count; i++)
    if (evaluation->demands[i].version == version) return &evaluation->demands[i];
  return NULL;
}

// Changes of a day are noticed by its row. Where there is none of the same version the day before, those of all that the figures rest on.
static int32_t noticed_from(const struct xla_evaluation *evaluation, int32_t day, const struct demand *demand) {
  const struct known_day *before = find_known(evaluation, day - 1);
  return before && before->version == demand->version ? day : rests_from(day, demand);
}

static void read_from(struct xla_evaluation *evaluation, int32_t day) {
  if (evaluation->read.from > day) evaluation->read.from = day;
}

// Which rows are compared, and which days are read for that and for the figures.
static void set_extent(struct xla_evaluation *evaluation) {
  evaluation->compared_from = rests_from(evaluation->day, evaluation->demands);
  evaluation->read = (struct window){evaluation->compared_from, evaluation->day};
  if (evaluation->kind == XLA_REVISE) return;
  if (evaluation->compared_from > evaluation->day - XLA_LATE_DAYS + 1) evaluation->compared_from = evaluation->day - XLA_LATE_DAYS + 1;
  read_from(evaluation, evaluation->compared_from);
  for (size_t i = 0; i < evaluation->known_count; i++) {
    const struct known_day *known = &evaluation->known[i];
    const struct demand *demand = find_demand(evaluation, known->version);
    if (demand && known->day >= evaluation->compared_from && known->day <= evaluation->day)
      read_from(evaluation, noticed_from(evaluation, known->day, demand));
  }
}

static struct window week_of(const struct xla_evaluation *evaluation) {
  struct window window = window_of(evaluation);
  return window_days(window) < WEEK_DAYS ? window : window_rolling(evaluation->day, WEEK_DAYS);
}

static void add_plan(struct xla_evaluation *evaluation, int purpose, const struct demand *demand, struct window window) {
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
  struct window *pieces = arena_take_array(&evaluation->arena, evaluation->periods_count + 1, sizeof *pieces);
  size_t count = pieces ? exclusion_periods_cut(window, evaluation->periods, evaluation->periods_count, pieces) : 0;
  for (size_t i = 0; i < count; i++)
    add_plan(evaluation, purpose, &evaluation->demands[0], pieces[i]);
  return pieces != NULL;
}

static bool plan_all(struct xla_evaluation *evaluation) {
  struct window window = window_of(evaluation);
  set_extent(evaluation);
  size_t days = (size_t)window_days(evaluation->read);
  evaluation->plans =
      arena_take_array(&evaluation->arena, (XLA_PARTS + 1) * (evaluation->periods_count + 1) + VERSIONS_CHECKED_MAX, sizeof *evaluation->plans);
  evaluation->grouping = integrity_grouping_of(evaluation->tenant, &evaluation->demands[0].scope);
  evaluation->days = arena_take_array(&evaluation->arena, days, sizeof *evaluation->days);
  if (!evaluation->plans || !evaluation->days) return false;
  // First, so that what comes meanwhile is noticed by the next look.
  for (size_t i = 0; i < evaluation->demands_count; i++) {
    struct demand *demand = &evaluation->demands[i];
    demand->digests = arena_take_array(&evaluation->arena, days, sizeof *demand->digests);
    if (!demand->digests) return false;
    add_plan(evaluation, READ_DAYS, demand, evaluation->read);
  }
  return plan_pieces(evaluation, XLA_PART_WHOLE, window) && plan_pieces(evaluation, XLA_PART_WEEK, week_of(evaluation)) &&
         plan_pieces(evaluation, XLA_PART_DAY, (struct window){evaluation->day, evaluation->day}) &&
         plan_pieces(evaluation, XLA_PART_REFERENCE, window_rolling(evaluation->valid_from - 1, window_days(window)));
}

static void open_taken(struct xla_evaluation *evaluation, const struct job *job) {
  if (job_rows(job, XLA_OPEN_AGREEMENT) == 0) {
    fail(evaluation, ERR_NOT_FOUND);
    return;
  }
  if (!take_known(evaluation, job) || !take_periods(evaluation, job) || !take_demands(evaluation, job) || !plan_all(evaluation)) {
    fail(evaluation, ERR_INTERNAL);
    return;
  }
  evaluation->phase = PHASE_READ;
}

static const struct metric *metric_named(const struct xla_evaluation *evaluation, struct text key) {
  return key.at ? tenant_metric_find(evaluation->tenant, key) : NULL;
}

// What makes one day count as it does: digests tell a day that has changed since.
struct digest_text {
  struct buffer text;
};

static void add_tally(struct digest_text *digest, const struct metric *metric, const struct figures *figures) {
  const struct tally *tally = metric ? &figures->tallies[metric_place(metric)] : NULL;
  if (!tally) return;
  buffer_format(&digest->text, "%s %lld %lld %lld", metric->key, (long long)tally->n, (long long)tally->sum, (long long)tally->sum_squares);
  for (size_t i = 0; i < metric->bins; i++)
    buffer_format(&digest->text, " %lld", (long long)tally->bins[i]);
  buffer_char(&digest->text, '\n');
}

static void digest_day(const struct xla_evaluation *evaluation, const struct demand *demand, int32_t day, const struct figures *figures) {
  const struct xla_component *components = demand->body.components.items;
  struct digest_text digest;
  buffer_init(&digest.text, BODY_BYTES_MAX);
  buffer_format(&digest.text, "%d\n", exclusion_periods_cover(evaluation->periods, evaluation->periods_count, day));
  add_tally(&digest, metric_named(evaluation, demand->body.metric), figures);
  for (size_t i = 0; i < demand->body.components.count; i++)
    add_tally(&digest, metric_named(evaluation, components[i].metric), figures);
  add_tally(&digest, metric_named(evaluation, demand->body.paired_sla.metric), figures);
  struct text text = buffer_view(&digest.text);
  digest_sha256(text.at, text.length, demand->digests[day - evaluation->read.from]);
  buffer_release(&digest.text);
}

// Of all days whose changes a row notices.
static void digest_row(const struct xla_evaluation *evaluation, int32_t day, const struct demand *demand, uint8_t out[DIGEST_BYTES]) {
  int32_t from = noticed_from(evaluation, day, demand);
  const uint8_t *first = demand->digests[from - evaluation->read.from];
  if (from == day)
    memcpy(out, first, DIGEST_BYTES);
  else
    digest_sha256(first, (size_t)(day - from + 1) * DIGEST_BYTES, out);
}

// What a revised row notices changes by: as it was when that was looked at, because rows behind it have been revised since. One that was not
// looked at keeps what it has.
static void digest_revised(const struct xla_evaluation *looked, int32_t day, uint8_t out[DIGEST_BYTES]) {
  const struct known_day *known = find_known(looked, day);
  const struct demand *demand = known ? find_demand(looked, known->version) : NULL;
  if (demand && day >= looked->compared_from && day <= looked->day)
    digest_row(looked, day, demand, out);
  else if (known)
    memcpy(out, known->digest, DIGEST_BYTES);
}

static void take_days(struct xla_evaluation *evaluation, struct reading *reading, const struct plan *plan) {
  static const struct figures nothing;
  struct reading_group group;
  const struct metric *metric = metric_named(evaluation, plan->demand->body.metric);
  // Days without anything don't come.
  for (int32_t day = plan->question.window.from; day <= plan->question.window.to; day++)
    digest_day(evaluation, plan->demand, day, &nothing);
  while (reading_next(reading, &group)) {
    digest_day(evaluation, plan->demand, group.day, &group.figures);
    if (plan->demand != evaluation->demands || !metric) continue;
    const struct tally *tally = &group.figures.tallies[metric_place(metric)];
    if (tally->n > 0) evaluation->days[evaluation->days_count++] = (struct tally_day){group.day, *tally};
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
      .body = &evaluation->demands[0].body,
      .version = evaluation->demands[0].version,
      .valid_from = evaluation->valid_from,
      .day = evaluation->day,
      .window = window_of(evaluation),
      .grouping = &evaluation->grouping,
      .gathered = evaluation->gathers ? &evaluation->gathered : NULL,
      .parts = evaluation->parts,
      .days = evaluation->days,
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
  measured.days_count = exclusion_periods_keep(evaluation->periods, evaluation->periods_count, evaluation->days, evaluation->days_count);
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
  json_member_text(&json, "name", evaluation->demands[0].body.name);
  json_member_text(&json, "owner", evaluation->demands[0].body.owner);
  json_member_text(&json, "before", evaluation->before);
  json_name(&json, "state");
  json_raw(&json, state);
  json_object_end(&json);
  outbox_ask(job, &evaluation->tenant->id, type, buffer_view(&out));
  buffer_release(&out);
}

static void add_events(const struct xla_evaluation *evaluation, struct job *job, const struct xla_state *state, struct text text) {
  static const char *const EVENTS[XLA_STATUS_COUNT] = {
      [XLA_BREACHED] = EVENT_XLA_BREACHED, [XLA_AT_RISK] = EVENT_XLA_AT_RISK, [XLA_MET] = EVENT_XLA_MET};
  bool changed = !evaluation->before.at || !text_is(evaluation->before, XLA_STATUS_NAMES[state->status]);
  if (changed && EVENTS[state->status]) add_event(evaluation, job, EVENTS[state->status], text);
  // It is stale from the day after on.
  if (evaluation->demands[0].body.review_by == evaluation->day) add_event(evaluation, job, EVENT_XLA_STALE, text);
}

// Whether answers that are kept are made of it: watermelons show what is breached.
static bool tells(const struct xla_evaluation *evaluation, const struct xla_state *state) {
  const char *breached = XLA_STATUS_NAMES[XLA_BREACHED];
  return state->status == XLA_BREACHED || evaluation->kind == XLA_REVISE || (evaluation->before.at && text_is(evaluation->before, breached));
}

static struct job *store_job(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job)) {
  struct xla_state state;
  struct xla_day_draft draft = {.slug = evaluation->slug, .day = evaluation->day, .version = evaluation->demands[0].version};
  draft.state = state_text(evaluation, &state);
  struct job *job = draft.state.at ? job_new(store, LANE_WRITE, &evaluation->tenant->id, owner, done) : NULL;
  if (!job) return NULL;
  draft.status = XLA_STATUS_NAMES[state.status];
  job->unseen = !tells(evaluation, &state);
  if (evaluation->kind == XLA_REVISE) {
    digest_revised(evaluation->looked, evaluation->day, draft.digest);
    xla_day_ask_revise(job, &evaluation->tenant->id, &draft);
    return job;
  }
  digest_row(evaluation, evaluation->day, evaluation->demands, draft.digest);
  xla_day_ask_add(job, &evaluation->tenant->id, &draft);
  add_events(evaluation, job, &state, draft.state);
  return job;
}

bool xla_evaluation_outdated(const struct xla_evaluation *evaluation, struct window *rows) {
  int32_t last = evaluation->kind == XLA_EVALUATE ? evaluation->day - 1 : evaluation->day;
  if (evaluation->error || evaluation->phase != PHASE_DONE) return false;
  for (size_t i = 0; i < evaluation->known_count; i++) {
    const struct known_day *known = &evaluation->known[i];
    const struct demand *demand = find_demand(evaluation, known->version);
    uint8_t digest[DIGEST_BYTES];
    if (!demand || known->day < evaluation->compared_from || known->day > last) continue;
    digest_row(evaluation, known->day, demand, digest);
    if (memcmp(known->digest, digest, DIGEST_BYTES) == 0) continue;
    *rows = (struct window){known->day, evaluation->known[evaluation->known_count - 1].day};
    return true;
  }
  return false;
}

// --- Job by job -----------------------------------------------------------------------------------------------------

static struct job *read_job(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job)) {
  struct job *job = job_new(store, LANE_READ, &evaluation->tenant->id, owner, done);
  for (size_t i = 0; job && i < readings_now(evaluation); i++)
    reading_ask(job, evaluation->tenant, &evaluation->plans[evaluation->at + i].question);
  return job;
}

// Rows that an evaluation has to know: the one before the first that is compared, and those behind the day that rest on it.
static struct window reach_of(const struct xla_evaluation *evaluation) {
  int32_t day = evaluation->day, far = XLA_WINDOW_DAYS_MAX + TREND_DAYS;
  return evaluation->kind == XLA_REVISE ? (struct window){day, day} : (struct window){day - far, day + far};
}

struct job *xla_evaluation_next(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job)) {
  struct job *job = NULL;
  if (evaluation->phase == PHASE_DONE) return NULL;
  if (evaluation->phase == PHASE_READ) job = read_job(evaluation, store, owner, done);
  if (evaluation->phase == PHASE_STORE) job = store_job(evaluation, store, owner, done);
  if (evaluation->phase == PHASE_OPEN) {
    job = job_new(store, LANE_READ, &evaluation->tenant->id, owner, done);
    if (job) xla_day_ask_open(job, &evaluation->tenant->id, evaluation->slug, evaluation->day, reach_of(evaluation));
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
