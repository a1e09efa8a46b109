// GET /v1/programme: whether measuring, sharing, identifying and improving go on as they should, answered from live data.
#include "api/endpoints.h"
#include "api/insight.h"
#include "api/programme_facts.h"

enum { PERCENT = 100 };

static struct json_writer *json_of(const struct programme *programme) { return &programme->request->writer; }

static void write_holds(struct json_writer *json, enum programme_answer holds) {
  json_name(json, "holds");
  if (holds == PROGRAMME_UNKNOWN)
    json_null(json);
  else
    json_bool(json, holds == PROGRAMME_YES);
}

static void write_list(struct json_writer *json, const char *name, const struct metric_list *list) {
  json_name(json, name);
  json_array(json);
  for (size_t i = 0; i < list->count; i++)
    json_string(json, list->keys[i]);
  json_array_end(json);
}

// A condition's members that all have; the object stays open.
static void begin_condition(const struct programme *programme, enum programme_condition condition, struct text sentence) {
  struct json_writer *json = json_of(programme);
  enum programme_answer holds = programme_holds(&programme->facts, condition);
  json_name(json, PROGRAMME_CONDITION_ROWS[condition].key);
  json_object(json);
  json_member_string(json, "asks", PROGRAMME_CONDITION_ROWS[condition].asks);
  write_holds(json, holds);
  json_member_text(json, "sentence", sentence);
  json_member_string(json, "next", PROGRAMME_CONDITION_ROWS[condition].next[holds]);
}

static void write_continuous(const struct programme *programme) {
  const struct programme_facts *facts = &programme->facts;
  struct json_writer *json = json_of(programme);
  int32_t days = programme->past.to < programme->past.from ? 0 : window_days(programme->past);
  begin_condition(programme, PROGRAMME_CONTINUOUS,
                  facts->responses == 0
                      ? TEXT("No feedback came in this window.")
                      : arena_format(&programme->request->arena, "The longest gap without feedback was %d of %d days; at most %d are continuous.",
                                     (int)facts->gap_days, (int)days, PROGRAMME_GAP_DAYS));
  json_member_int(json, "gap_days", facts->responses == 0 ? ABSENT : facts->gap_days);
  json_member_int(json, "days", days);
  json_member_int(json, "gap_days_max", PROGRAMME_GAP_DAYS);
  json_object_end(json);
}

static void write_right_time(const struct programme *programme) {
  const struct programme_facts *facts = &programme->facts;
  struct json_writer *json = json_of(programme);
  bool known = facts->median_minutes != ABSENT;
  begin_condition(programme, PROGRAMME_RIGHT_TIME,
                  known ? arena_format(&programme->request->arena,
                                       "Half of the answers came within %lld minutes of their ticket's closure; at most %d are the right time.",
                                       (long long)facts->median_minutes, PROGRAMME_DELAY_MINUTES)
                        : TEXT("Too few answers belong to a resolved ticket to tell how long people were waited with."));
  json_member_int(json, "median_minutes", facts->median_minutes);
  json_member_int(json, "n", known ? programme->answers.timed : ABSENT);
  json_member_int(json, "median_minutes_max", PROGRAMME_DELAY_MINUTES);
  json_object_end(json);
}

static void write_in_context(const struct programme *programme) {
  const struct programme_facts *facts = &programme->facts;
  struct json_writer *json = json_of(programme);
  struct text name;
  struct programme_part part;
  begin_condition(programme, PROGRAMME_IN_CONTEXT,
                  facts->context_percent == ABSENT
                      ? TEXT("Too few answers to tell how many have their full context, or to say so without giving somebody away.")
                      : arena_format(&programme->request->arena,
                                     "About %lld %% of the answers have a value of every dimension in use; at least %d %% are in context.",
                                     (long long)facts->context_percent, PROGRAMME_CONTEXT_PERCENT));
  json_member_int(json, "percent", facts->context_percent);
  json_member_int(json, "percent_min", PROGRAMME_CONTEXT_PERCENT);
  json_name(json, "dimensions");
  json_array(json);
  for (size_t place = 0; programme_dimension(programme, place, &name, &part); place++) {
    json_object(json);
    json_member_text(json, "name", name);
    json_member_int(json, "percent", programme_percent(&part, tenant_of(programme->request)->min_group));
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
}

static void write_question(const struct programme *programme, const struct programme_question *question) {
  struct json_writer *json = json_of(programme);
  bool hidden = question->hidden || programme->hidden;
  json_object(json);
  json_member_string(json, "metric", question->metric->key);
  json_member_string(json, "title", question->metric->title);
  json_name(json, "answer_rate");
  if (hidden || programme->facts.responses == 0)
    json_null(json);
  else
    json_ratio(json, (int128)question->n * PERCENT, programme->facts.responses, 2);
  json_member_bool(json, "suppressed", hidden);
  json_member_int(json, "xlas", question->agreements);
  json_member_int(json, "initiatives", question->initiatives);
  json_name(json, "insights");
  json_array(json);
  for (const char *const *path = question->insights; path && *path; path++)
    json_string(json, *path);
  json_array_end(json);
  json_member_bool(json, "used", programme_question_used(question));
  json_object_end(json);
}

static void write_adding_value(const struct programme *programme) {
  const struct programme_facts *facts = &programme->facts;
  struct json_writer *json = json_of(programme);
  begin_condition(
      programme, PROGRAMME_ADDING_VALUE,
      facts->asked == 0
          ? TEXT("No question was answered in this window.")
          : arena_format(&programme->request->arena,
                         "Questions that were answered: %lld; of these used by nothing: %lld; answered by fewer than %d %% of the responses: %lld.",
                         (long long)facts->asked, (long long)facts->unused, PROGRAMME_ANSWER_PERCENT, (long long)facts->seldom));
  json_member_int(json, "answer_rate_min", PROGRAMME_ANSWER_PERCENT);
  json_name(json, "questions");
  json_array(json);
  for (size_t i = 0; i < programme->questions_count; i++)
    write_question(programme, &programme->questions[i]);
  json_array_end(json);
  json_object_end(json);
}

static void write_before_changes(const struct programme *programme) {
  const struct programme_facts *facts = &programme->facts;
  struct json_writer *json = json_of(programme);
  begin_condition(programme, PROGRAMME_BEFORE_CHANGES,
                  facts->begun == 0
                      ? TEXT("No initiative began to act in this window.")
                      : arena_format(&programme->request->arena, "Initiatives that began to act: %lld; of these with a baseline before: %lld.",
                                     (long long)facts->begun, (long long)facts->begun_measured));
  json_member_int(json, "begun", facts->begun);
  json_member_int(json, "measured_before", facts->begun_measured);
  json_name(json, "percent");
  if (facts->begun > 0)
    json_ratio(json, (int128)facts->begun_measured * PERCENT, facts->begun, 2);
  else
    json_null(json);
  json_object_end(json);
}

// What a phase or a step has to show.
static struct text phase_sentence(const struct programme *programme, enum programme_phase phase) {
  const struct programme_facts *facts = &programme->facts;
  struct arena *arena = &programme->request->arena;
  int held = 0, known = 0;
  for (int i = 0; i < PROGRAMME_CONDITIONS; i++) {
    enum programme_answer holds = programme_holds(facts, (enum programme_condition)i);
    known += holds != PROGRAMME_UNKNOWN;
    held += holds == PROGRAMME_YES;
  }
  switch (phase) {
  case PROGRAMME_MEASURE:
    return arena_format(arena, "Of the five conditions %d can be told, and %d of these hold.", known, held);
  case PROGRAMME_SHARE:
    return arena_format(arena, "Dashboards with a key: %lld; webhooks that are told of changes: %lld; events that arrived in this window: %lld.",
                        (long long)facts->dashboards, (long long)facts->webhooks, (long long)facts->delivered);
  case PROGRAMME_IDENTIFY:
    return arena_format(
        arena,
        "Initiatives of this window that came from an insight, an agreement or what somebody said: %lld; agreements that are judged daily: %lld.",
        (long long)facts->found, (long long)facts->evaluated);
  case PROGRAMME_IMPROVE:
    return arena_format(arena, "Initiatives that go on: %lld; evaluated in this window: %lld.", (long long)facts->open,
                        (long long)facts->evaluations);
  case PROGRAMME_PHASES:
    break;
  }
  return TEXT_NONE;
}

static void write_row(const struct programme *programme, const struct programme_row *row, enum programme_state state, struct text sentence) {
  struct json_writer *json = json_of(programme);
  json_member_string(json, "asks", row->asks);
  json_member_string(json, "state", PROGRAMME_STATE_NAMES[state]);
  json_member_text(json, "sentence", sentence);
  json_member_string(json, "next", row->next[state]);
}

static void write_cycle(const struct programme *programme) {
  struct json_writer *json = json_of(programme);
  json_name(json, "cycle");
  json_array(json);
  for (int i = 0; i < PROGRAMME_PHASES; i++) {
    enum programme_phase phase = (enum programme_phase)i;
    json_object(json);
    json_member_string(json, "phase", PROGRAMME_PHASE_ROWS[i].key);
    write_row(programme, &PROGRAMME_PHASE_ROWS[i], programme_phase(&programme->facts, phase), phase_sentence(programme, phase));
    json_object_end(json);
  }
  json_array_end(json);
}

static struct text step_sentence(const struct programme *programme, enum programme_step step) {
  const struct programme_facts *facts = &programme->facts;
  struct arena *arena = &programme->request->arena;
  switch (step) {
  case PROGRAMME_DEFINE_WANTED:
    return arena_format(arena, "Wanted metrics: %lld; of these with a target: %lld; objectives that say what for: %lld.", (long long)facts->wanted,
                        (long long)facts->targeted, (long long)facts->objectives);
  case PROGRAMME_DEFINE_POSSIBLE:
    return arena_format(arena, "Wanted metrics: %lld; of these without a source: %lld.", (long long)facts->wanted, (long long)facts->sourceless);
  case PROGRAMME_GATHER:
    return arena_format(arena, "Wanted metrics: %lld; of these with current data: %lld.", (long long)facts->wanted, (long long)facts->current);
  case PROGRAMME_PROCESS:
    return arena_format(arena, "Changed tickets that wait to be summed, though figures count them already: %s%lld; baselines: %lld.",
                        facts->waiting > PROGRAMME_BACKLOG ? "more than " : "",
                        (long long)(facts->waiting > PROGRAMME_BACKLOG ? PROGRAMME_BACKLOG : facts->waiting), (long long)facts->baselines);
  case PROGRAMME_ANALYSE:
    return arena_format(arena, "Agreements in force: %lld; of these judged: %lld; initiatives evaluated in this window: %lld.",
                        (long long)facts->agreements, (long long)facts->evaluated, (long long)facts->evaluations);
  case PROGRAMME_PRESENT:
    return phase_sentence(programme, PROGRAMME_SHARE);
  case PROGRAMME_CORRECT:
    return phase_sentence(programme, PROGRAMME_IMPROVE);
  case PROGRAMME_STEPS:
    break;
  }
  return TEXT_NONE;
}

// The metrics that a step still lacks.
static const struct metric_list *lacking(const struct programme *programme, enum programme_step step) {
  static const struct metric_list NOTHING = {.count = 0};
  return step == PROGRAMME_DEFINE_WANTED     ? &programme->untargeted
         : step == PROGRAMME_DEFINE_POSSIBLE ? &programme->sourceless
         : step == PROGRAMME_GATHER          ? &programme->missing
                                             : &NOTHING;
}

static void write_csi(const struct programme *programme) {
  struct json_writer *json = json_of(programme);
  json_name(json, "csi");
  json_array(json);
  for (int i = 0; i < PROGRAMME_STEPS; i++) {
    enum programme_step step = (enum programme_step)i;
    json_object(json);
    json_member_int(json, "number", i + 1);
    json_member_string(json, "step", PROGRAMME_STEP_ROWS[i].key);
    write_row(programme, &PROGRAMME_STEP_ROWS[i], programme_step(&programme->facts, step), step_sentence(programme, step));
    write_list(json, "lacking", lacking(programme, step));
    json_name(json, "last_day");
    if (step == PROGRAMME_GATHER && programme->last_day > INT32_MIN)
      json_day(json, programme->last_day);
    else
      json_null(json);
    json_object_end(json);
  }
  json_array_end(json);
}

static enum err programme_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  const struct programme *programme = programme_assess(request, job);
  if (!programme) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &programme->total);
  write_cycle(programme);
  json_name(json, "conditions");
  json_object(json);
  write_continuous(programme);
  write_right_time(programme);
  write_in_context(programme);
  write_adding_value(programme);
  write_before_changes(programme);
  json_object_end(json);
  write_csi(programme);
  return view_end(request, json);
}

enum err programme_get(struct request *request) {
  static const char *const OTHERS[] = {"scope", "metrics", "with_excluded"};
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
    view_takes_no(request, OTHERS[i]);
  if (window_days(view->window) > MATURITY_DAYS_MAX)
    issues_add(&request->issues, TEXT("from"), "range", "must begin a window of at most %d days", MATURITY_DAYS_MAX);
  view->lane = LANE_ANALYSIS;
  view->ask = programme_ask;
  view->done = programme_done;
  return view_serve(request, view);
}
