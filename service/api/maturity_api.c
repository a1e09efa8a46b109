// GET /v1/maturity: which levels of service excellence are measured and reached, where the measuring effort sits, and what has become its own goal.
#include "api/endpoints.h"
#include "api/gathered.h"
#include "api/insight.h"
#include "api/metric_body.h"
#include "api/view.h"
#include "base/instant.h"
#include "domain/integrity.h"
#include "store/maturity_store.h"

enum { SPANS = LEVEL_STRATEGIC + 1, STEP_GATHERED = SPANS * READING_STEPS, STEP_METRICS, STEP_AGREEMENTS, STEP_INITIATIVES, TARGET_PARTS = 100 };

static const struct scope EVERYTHING = {NULL, 0};

// From the first question to the answer.
struct maturity {
  struct request *request;
  const struct job *job;
  const struct tenant *catalogue;
  struct window windows[SPANS];  // by metric level
  struct reading_group totals[SPANS];
  struct gathered gathered;
  struct maturity_level levels[MATURITY_LEVELS];
  struct maturity_agreement *agreements;
  size_t agreements_count;
};

// A metric with what is said about it.
struct assessed {
  struct maturity_metric known;
  struct metric_row row;
  size_t basis;  // place of the metric that it is computed from
};

static struct window span_of(const struct request *request, enum metric_level level) {
  int32_t today = tenant_of(request)->today;
  if (view_months_only(request)) return window_months_before(today, maturity_months(level));
  return (struct window){today - maturity_days(level) + 1, today};
}

static struct reading_question question_of(const struct request *request, enum metric_level level) {
  return (struct reading_question){.scope = &EVERYTHING, .window = span_of(request, level), .interval = INTERVAL_COUNT};
}

static void ask_maturity(struct request *request, struct job *job) {
  const struct tenant *tenant = tenant_of(request);
  for (int level = 0; level < SPANS; level++) {
    struct reading_question question = question_of(request, (enum metric_level)level);
    reading_ask(job, tenant, &question);
  }
  gathered_ask(job, tenant, span_of(request, LEVEL_OPERATIONAL).to);
  metric_ask_list(job, &tenant->id, 0);
  maturity_ask_agreements(job, &tenant->id, XLAS_LISTED_MAX);
  maturity_ask_initiatives(job, &tenant->id, MATURITY_WARNINGS_MAX);
}

static bool take_totals(struct maturity *maturity) {
  for (int level = 0; level < SPANS; level++) {
    struct reading_question question = question_of(maturity->request, (enum metric_level)level);
    struct reading *reading = reading_open(maturity->job, (unsigned)level * READING_STEPS, tenant_of(maturity->request), &question);
    if (!reading) return false;
    maturity->windows[level] = question.window;
    reading_total(reading, &maturity->totals[level]);
    reading_close(reading);
  }
  return true;
}

static bool take_agreements(struct maturity *maturity) {
  maturity->agreements_count = job_rows(maturity->job, STEP_AGREEMENTS);
  maturity->agreements = arena_take_array(&maturity->request->arena, maturity->agreements_count + 1, sizeof *maturity->agreements);
  for (size_t i = 0; maturity->agreements && i < maturity->agreements_count; i++)
    maturity_take_agreement(maturity->job, STEP_AGREEMENTS, i, maturity->catalogue, &maturity->agreements[i]);
  return maturity->agreements != NULL;
}

// The tenant's own target for tickets resolved within their SLA stands where none is set for the metric.
static int64_t target_of(const struct maturity *maturity, const struct metric *metric, int64_t said) {
  if (said != ABSENT || !text_is(text_of(metric->key), "sla_met")) return said;
  return tenant_of(maturity->request)->sla_target;
}

// The next metric of a level from *place on; false behind the last.
static bool next_metric(const struct maturity *maturity, int level, size_t *place, struct assessed *assessed) {
  for (; *place < tenant_metrics_count(maturity->catalogue); (*place)++) {
    const struct metric *metric = tenant_metric(maturity->catalogue, *place);
    if (metric->maturity != level || metric->hidden) continue;
    catalogue_row(maturity->job, STEP_METRICS, metric, &assessed->row);
    const struct figures *figures = &maturity->totals[assessed->row.terms.level].figures;
    assessed->basis = metric_place(figures_basis(figures, metric));
    assessed->known = (struct maturity_metric){.metric = metric,
                                               .wanted = assessed->row.terms.wanted,
                                               .current = figures->tallies[assessed->basis].n > 0,
                                               .hidden = metric_set_has(&figures->hidden, *place),
                                               .value = figures_estimate(figures, metric),
                                               .target = target_of(maturity, metric, assessed->row.terms.target)};
    (*place)++;
    return true;
  }
  return false;
}

static void add_levels(struct maturity *maturity) {
  struct assessed assessed;
  for (int level = 1; level <= MATURITY_LEVELS; level++)
    for (size_t place = 0; next_metric(maturity, level, &place, &assessed);)
      maturity_add(&maturity->levels[level - 1], &assessed.known);
}

// --- Writing

static void write_answer(struct json_writer *json, const char *name, enum maturity_answer answer) {
  json_name(json, name);
  if (answer == MATURITY_UNKNOWN)
    json_null(json);
  else
    json_bool(json, answer == MATURITY_YES);
}

static struct text not_gathered(const struct maturity *maturity, const struct assessed *assessed) {
  static const char *const HOW[] = {[SOURCE_RESPONSE] = "ask for it in responses (POST /v1/responses)",
                                    [SOURCE_TICKET] = "report it with tickets (PUT /v1/tickets/{ref})",
                                    [SOURCE_MANUAL] = "enter it (POST /v1/measurements)"};
  struct arena *arena = &maturity->request->arena;
  const struct metric *metric = assessed->known.metric;
  struct text supplier = assessed->row.supplier;
  char day[DAY_CHARS];
  if (!maturity->gathered.any[assessed->basis])
    return arena_format(arena, "Nothing was gathered within %d days: %s%s%.*s.", MATURITY_DAYS_MAX, HOW[metric->source],
                        supplier.at ? ", which is up to " : "", INSIGHT_TEXT(supplier));
  day_format(maturity->gathered.last_day[assessed->basis], day);
  return arena_format(arena, "It was gathered last on %.*s, which is too long ago: %s%s%.*s.", DAY_CHARS, day, HOW[metric->source],
                      supplier.at ? ", which is up to " : "", INSIGHT_TEXT(supplier));
}

// What a wanted metric lacks, in a sentence; absent where that is nothing.
static struct text gap_of(const struct maturity *maturity, const struct assessed *assessed) {
  const struct maturity_metric *known = &assessed->known;
  if (!known->wanted) return TEXT_NONE;
  if (!known->current) return not_gathered(maturity, assessed);
  if (known->metric->better == BETTER_NEITHER) return TEXT_NONE;
  if (known->target == ABSENT) return arena_format(&maturity->request->arena, "It has no target: PATCH /v1/metrics/%s with one.", known->metric->key);
  if (known->hidden) return TEXT("It is withheld for the sake of the few who answered: whether it attains its target can't be told.");
  return maturity_attains(known) == MATURITY_NO ? TEXT("It misses its target.") : TEXT_NONE;
}

static void write_row(const struct maturity *maturity, const struct assessed *assessed) {
  const struct view *view = maturity->request->state;
  struct json_writer *json = &maturity->request->writer;
  const struct metric *metric = assessed->known.metric;
  enum metric_level level = assessed->row.terms.level;
  json_object(json);
  json_member_string(json, "key", metric->key);
  json_member_string(json, "title", metric->title);
  json_member_string(json, "source", SOURCE_NAMES[metric->source]);
  json_member_string(json, "level", LEVEL_NAMES[level]);
  json_member_bool(json, "wanted", assessed->known.wanted);
  json_name(json, "last_day");
  if (maturity->gathered.any[assessed->basis])
    json_day(json, maturity->gathered.last_day[assessed->basis]);
  else
    json_null(json);
  view_write_window(json, maturity->windows[level]);
  json_member_bool(json, "current", assessed->known.current);
  json_name(json, "figure");
  figures_write_plain(json, metric, &maturity->totals[level].figures, &view->style);
  json_name(json, "target");
  if (assessed->known.target == ABSENT)
    json_null(json);
  else
    json_ratio(json, assessed->known.target, TARGET_PARTS, 2);
  write_answer(json, "attains", maturity_attains(&assessed->known));
  json_member_text(json, "gap", gap_of(maturity, assessed));
  json_object_end(json);
}

static int64_t all_current(const struct maturity *maturity) {
  int64_t current = 0;
  for (int i = 0; i < MATURITY_LEVELS; i++)
    current += maturity->levels[i].current;
  return current;
}

static void write_level(const struct maturity *maturity, int level) {
  struct json_writer *json = &maturity->request->writer;
  const struct maturity_level *known = &maturity->levels[level - 1];
  int64_t all = all_current(maturity);
  struct assessed assessed;
  json_object(json);
  json_member_int(json, "maturity", level);
  json_member_string(json, "title", MATURITY_TITLES[level - 1]);
  write_answer(json, "measured", maturity_measured(known));
  write_answer(json, "reached", maturity_reached(known));
  json_member_int(json, "wanted", known->wanted);
  json_member_int(json, "current", known->wanted_current);
  json_member_int(json, "attained", known->attained);
  json_member_int(json, "missed", known->missed);
  json_name(json, "effort");
  json_object(json);
  json_member_int(json, "metrics", known->current);
  json_name(json, "share");
  if (all > 0)
    json_ratio(json, (int128)known->current * 100, all, 2);
  else
    json_null(json);
  json_object_end(json);
  json_name(json, "rows");
  json_array(json);
  for (size_t place = 0; next_metric(maturity, level, &place, &assessed);)
    write_row(maturity, &assessed);
  json_array_end(json);
  json_object_end(json);
}

static void write_flags(struct json_writer *json, unsigned flags) {
  json_name(json, "flags");
  json_array(json);
  for (unsigned kind = 0; kind < INTEGRITY_KINDS; kind++)
    if (flags >> kind & 1) json_string(json, INTEGRITY_NAMES[kind]);
  json_array_end(json);
}

static void write_general(const struct maturity *maturity, const char *warning, const char *sentence) {
  struct json_writer *json = &maturity->request->writer;
  json_object(json);
  json_member_string(json, "warning", warning);
  json_member_string(json, "sentence", sentence);
  json_object_end(json);
}

static struct text own_goal_sentence(const struct maturity *maturity, const struct maturity_own_goal *goal) {
  const struct maturity_agreement *agreement = &maturity->agreements[goal->agreement], *experience = &maturity->agreements[goal->experience];
  const char *title = goal->metric ? goal->metric->title : "The index";
  if (goal->sign == MATURITY_INTEGRITY)
    return arena_format(&maturity->request->arena, "%s may have become its own goal: the agreement %.*s raises integrity flags.", title,
                        INSIGHT_TEXT(agreement->slug));
  return arena_format(&maturity->request->arena,
                      "%s may have become its own goal: it attains the target in %.*s, while the experience agreed on in %.*s %s.", title,
                      INSIGHT_TEXT(agreement->slug), INSIGHT_TEXT(experience->slug),
                      goal->sign == MATURITY_WATERMELON ? "misses its own" : "is worse than a window earlier");
}

// What all warnings about goals say: members of the one that is open.
static void write_goal(const struct maturity *maturity, enum maturity_sign sign, struct text metric, unsigned flags, struct text sentence) {
  struct json_writer *json = &maturity->request->writer;
  json_member_string(json, "warning", "own_goal");
  json_member_string(json, "sign", MATURITY_SIGNS[sign]);
  json_member_text(json, "metric", metric);
  write_flags(json, sign == MATURITY_INTEGRITY ? flags : 0);
  json_member_text(json, "sentence", sentence);
}

static void write_own_goal(const struct maturity *maturity, const struct maturity_own_goal *goal) {
  struct json_writer *json = &maturity->request->writer;
  const struct maturity_agreement *agreement = &maturity->agreements[goal->agreement], *experience = &maturity->agreements[goal->experience];
  json_object(json);
  write_goal(maturity, goal->sign, text_of(goal->metric ? goal->metric->key : NULL), agreement->flags, own_goal_sentence(maturity, goal));
  json_member_text(json, "xla", agreement->slug);
  json_member_text(json, "experience", goal->sign == MATURITY_INTEGRITY ? TEXT_NONE : experience->slug);
  json_member_null(json, "initiative");
  json_object_end(json);
}

static void write_initiative(const struct maturity *maturity, const struct maturity_initiative *initiative, enum maturity_sign sign) {
  struct json_writer *json = &maturity->request->writer;
  const struct metric *metric = tenant_metric_find(maturity->catalogue, initiative->metric);
  char id[UUID_CHARS];
  uuid_write(&initiative->id, id);
  struct text says = sign == MATURITY_INTEGRITY
                         ? TEXT("the evaluation of its initiative raises integrity flags")
                         : arena_format(&maturity->request->arena, "its initiative reaches the target, while what it was to keep worsens: %.*s",
                                        INSIGHT_TEXT(initiative->guardrails));
  json_object(json);
  write_goal(maturity, sign, initiative->metric, initiative->flags,
             arena_format(&maturity->request->arena, "%s may have become its own goal: %.*s (%.*s).", metric ? metric->title : "A metric",
                          INSIGHT_TEXT(says), INSIGHT_TEXT(initiative->title)));
  json_member_null(json, "xla");
  json_member_null(json, "experience");
  json_member_text(json, "initiative", (struct text){id, sizeof id});
  json_object_end(json);
}

static void write_initiatives(const struct maturity *maturity) {
  for (size_t row = 0; row < job_rows(maturity->job, STEP_INITIATIVES); row++) {
    struct maturity_initiative initiative;
    maturity_take_initiative(maturity->job, STEP_INITIATIVES, row, &initiative);
    if (initiative.flags) write_initiative(maturity, &initiative, MATURITY_INTEGRITY);
    if (initiative.guardrails.at) write_initiative(maturity, &initiative, MATURITY_WORSENED);
  }
}

static void write_warnings(const struct maturity *maturity) {
  struct json_writer *json = &maturity->request->writer;
  struct maturity_own_goal goals[MATURITY_WARNINGS_MAX];
  size_t count = maturity_own_goals(maturity->agreements, maturity->agreements_count, goals, MATURITY_WARNINGS_MAX);
  size_t shown = count < MATURITY_WARNINGS_MAX ? count : MATURITY_WARNINGS_MAX;
  json_name(json, "warnings");
  json_array(json);
  if (all_current(maturity) == 0) write_general(maturity, "nothing_current", "Nothing is measured: no metric has current data.");
  if (maturity_only_first(maturity->levels))
    write_general(maturity, "only_level_1",
                  "All that is measured belongs to level 1: what IT costs and how fast it works, not how that is experienced.");
  for (size_t i = 0; i < shown; i++)
    write_own_goal(maturity, &goals[i]);
  write_initiatives(maturity);
  json_array_end(json);
  json_member_int(json, "more", (int64_t)(count - shown));
}

static enum err maturity_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct maturity *maturity = arena_take(&request->arena, sizeof *maturity);
  if (!maturity) return ERR_UNAVAILABLE;
  maturity->request = request;
  maturity->job = job;
  maturity->catalogue = catalogue_take(job, STEP_METRICS, &request->arena);
  if (!maturity->catalogue || !take_totals(maturity) || !take_agreements(maturity)) return ERR_UNAVAILABLE;
  gathered_take(job, STEP_GATHERED, tenant_of(request), span_of(request, LEVEL_OPERATIONAL).to, &maturity->gathered);
  add_levels(maturity);
  struct json_writer *json = view_head(request, view, &maturity->totals[LEVEL_STRATEGIC]);
  json_member_int(json, "measured_up_to", maturity_up_to(maturity->levels, maturity_measured));
  json_member_int(json, "reached_up_to", maturity_up_to(maturity->levels, maturity_reached));
  json_name(json, "levels");
  json_array(json);
  for (int level = 1; level <= MATURITY_LEVELS; level++)
    write_level(maturity, level);
  json_array_end(json);
  write_warnings(maturity);
  return view_end(request, json);
}

enum err maturity_get(struct request *request) {
  static const char *const OTHERS[] = {"scope", "from", "to", "last", "metrics", "with_excluded"};
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
    view_takes_no(request, OTHERS[i]);
  // It is the organisation's, as of today.
  view->window = span_of(request, LEVEL_STRATEGIC);
  view->ask = ask_maturity;
  view->done = maturity_done;
  return view_serve(request, view);
}
