// /v1/insights/what-matters: where people lose most time and happiness.
#include <math.h>

#include "api/endpoints.h"
#include "api/insight.h"
#include "api/matters.h"
#include "api/page.h"
#include "api/view.h"
#include "store/factor_store.h"

enum { DECIMALS = 2, P_DECIMALS = 4, MINUTES_PER_HOUR = 60, SENTENCE_CHARS_MAX = 4000 };
enum { STEP_READING, STEP_FACTORS = READING_STEPS, STEP_PREVIOUS };

// How each reference is called, and in sentences.
static const char *const REFERENCES[] = {[RANKING_REST] = "rest", [RANKING_TARGET] = "target", [RANKING_PREVIOUS] = "previous", NULL};
static const struct {
  const char *value, *level;
} WORDS[] = {
    [RANKING_REST] = {"elsewhere", "elsewhere"},
    [RANKING_TARGET] = {"is the target", "the target allows"},
    [RANKING_PREVIOUS] = {"in the period before", "in the period before"},
};
static const char *const KEYS[RANKING_METRICS] = {[RANKING_HAPPINESS] = "happiness", [RANKING_LOST_TIME] = "lost_time"};

static const struct metric *metric_of(int metric) { return metric_find(text_of(KEYS[metric])); }

static enum ranking_reference reference_of(const struct view *view) { return *(const enum ranking_reference *)view->state; }

static void ask(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  factor_ask(job, tenant_of(request), &(struct factor_question){.scope = &view->scope, .window = view->window, .by = view->by});
  question.window = view->previous;
  if (reference_of(view) == RANKING_PREVIOUS) reading_ask(job, tenant_of(request), &question);
}

// What an answer is written from.
struct answer {
  const struct view *view;
  struct matters matters;
  struct reading_group total;
  struct arena arena;
};

static void write_number(struct json_writer *json, const char *name, double value, int decimals) {
  json_name(json, name);
  json_decimal(json, value, decimals);
}

static void write_ratio(struct json_writer *json, const char *name, int128 numerator, int128 denominator) {
  json_name(json, name);
  if (denominator > 0)
    json_ratio(json, numerator, denominator, DECIMALS);
  else
    json_null(json);
}

static struct ratio reference_value(const struct comparison *comparison) {
  const struct estimate *before = &comparison->before;
  return before->has_value ? (struct ratio){before->numerator, before->denominator} : (struct ratio){0, 0};
}

// What the row is compared with, and how it does.
static void write_comparisons(struct json_writer *json, const struct answer *answer, const struct ranking_row *row) {
  json_name(json, "against");
  json_object(json);
  for (int i = 0; i < RANKING_METRICS; i++) {
    struct comparison comparison = ranking_compare(&answer->matters.question, row, (enum ranking_metric)i);
    struct ratio value = isnan(row->figures[i].impact) ? (struct ratio){0, 0} : reference_value(&comparison);
    write_ratio(json, KEYS[i], value.numerator, value.denominator);
  }
  json_object_end(json);
  json_name(json, "impact");
  json_object(json);
  for (int i = 0; i < RANKING_METRICS; i++)
    write_number(json, KEYS[i], row->figures[i].impact, DECIMALS);
  json_object_end(json);
  json_name(json, "p");
  json_object(json);
  for (int i = 0; i < RANKING_METRICS; i++)
    write_number(json, KEYS[i], row->figures[i].adjusted, P_DECIMALS);
  json_object_end(json);
}

static int64_t cost_of(const struct ranking_row *row, const struct tenant *tenant) {
  bool known = tenant->cost_per_hour != ABSENT && !isnan(row->recoverable_hours);
  return known ? llround(row->recoverable_hours * (double)tenant->cost_per_hour) : ABSENT;
}

static void write_hours(struct json_writer *json, const struct answer *answer, const struct ranking_row *row) {
  const struct matter *matter = &answer->matters.list[row->key];
  const struct tally *lost = &matter->tallies[RANKING_LOST_TIME], *all = &answer->matters.question.total[RANKING_LOST_TIME];
  bool shown = !matter->hidden[RANKING_LOST_TIME] && lost->n > 0;
  write_ratio(json, "lost_hours", lost->sum, shown ? MINUTES_PER_HOUR : 0);
  write_ratio(json, "share_of_lost_hours", 100 * lost->sum, shown ? all->sum : 0);
  write_number(json, "recoverable_hours", row->recoverable_hours, DECIMALS);
  json_name(json, "cost");
  json_money(json, cost_of(row, answer->view->style.tenant));
}

static int64_t negatives_of(const struct matter *matter) { return bands_of(&matter->tallies[RANKING_HAPPINESS]).negative; }

static void write_factors(struct json_writer *json, const struct matter *matter) {
  json_name(json, "factors");
  json_array(json);
  for (size_t i = 0; i < matter->factors_count; i++) {
    json_object(json);
    json_member_text(json, "factor", matter->factors[i].name);
    json_member_int(json, "n", matter->factors[i].n);
    write_ratio(json, "share", (int128)100 * matter->factors[i].n, negatives_of(matter));
    json_object_end(json);
  }
  json_array_end(json);
}

// --- The sentence

static void say_figure(struct buffer *out, struct arena *arena, const struct answer *answer, const struct ranking_row *row, int metric) {
  struct estimate estimate = estimate_without_interval(metric_of(metric), &row->figures[metric].tally);
  struct text value = insight_value(arena, &estimate);
  bool compared = !isnan(row->figures[metric].impact);
  if (!estimate.has_value) return;
  if (metric == RANKING_LOST_TIME)
    buffer_format(out, " People lose %.*s minutes per answer", INSIGHT_TEXT(value));
  else
    buffer_format(out, " Happiness is %.*s points", INSIGHT_TEXT(value));
  if (compared) {
    struct comparison comparison = ranking_compare(&answer->matters.question, row, (enum ranking_metric)metric);
    struct text reference = insight_ratio(arena, reference_value(&comparison));
    buffer_format(out, ", %.*s %s", INSIGHT_TEXT(reference), WORDS[answer->matters.question.reference].value);
  }
  buffer_char(out, '.');
}

static void say_hours(struct buffer *out, struct arena *arena, const struct answer *answer, const struct ranking_row *row) {
  const struct tenant *tenant = answer->view->style.tenant;
  if (!(row->recoverable_hours > 0)) return;
  struct text hours = insight_decimal(arena, row->recoverable_hours);
  buffer_format(out, " With as little lost per answer as %s, %.*s hours would have been saved", WORDS[answer->matters.question.reference].level,
                INSIGHT_TEXT(hours));
  if (cost_of(row, tenant) != ABSENT) {
    struct text cost = insight_ratio(arena, (struct ratio){cost_of(row, tenant), 100});
    buffer_format(out, " (%.*s %s)", INSIGHT_TEXT(cost), tenant->currency);
  }
  buffer_char(out, '.');
}

static const char *certainty_of(const struct ranking_row *row) {
  if (row->confirmed) return row->worse ? " That it is worse is confirmed." : " That it is better is confirmed.";
  bool compared = !isnan(row->figures[RANKING_HAPPINESS].impact) || !isnan(row->figures[RANKING_LOST_TIME].impact);
  return compared ? " The difference is not certain." : " There is nothing to compare it with.";
}

static void write_sentence(struct json_writer *json, struct answer *answer, const struct ranking_row *row) {
  const struct matter *matter = &answer->matters.list[row->key];
  struct text name = insight_name(matter->key);
  struct buffer out;
  buffer_init(&out, SENTENCE_CHARS_MAX);
  buffer_format(&out, "%.*s:", INSIGHT_TEXT(name));
  say_figure(&out, &answer->arena, answer, row, RANKING_LOST_TIME);
  say_figure(&out, &answer->arena, answer, row, RANKING_HAPPINESS);
  say_hours(&out, &answer->arena, answer, row);
  buffer_string(&out, certainty_of(row));
  if (matter->factors_count > 0)
    buffer_format(&out, " Unhappy people name \"%.*s\" most often (%lld of %lld).", INSIGHT_TEXT(matter->factors[0].name),
                  (long long)matter->factors[0].n, (long long)negatives_of(matter));
  json_member_text(json, "sentence", out.failed ? TEXT_NONE : buffer_view(&out));
  buffer_release(&out);
}

// --- Rows

static void write_metrics(struct json_writer *json, const struct answer *answer, const struct matter *matter, struct figures *figures) {
  *figures = (struct figures){.hidden = {{0}}};
  for (int i = 0; i < RANKING_METRICS; i++) {
    figures_add(figures, metric_of(i), &matter->tallies[i]);
    if (matter->hidden[i]) metric_set_add(&figures->hidden, metric_place(metric_of(i)));
  }
  figures_add(figures, metric_find(TEXT("lost_time_excess")), &matter->excess);
  json_name(json, "metrics");
  figures_write(json, figures, NULL, &answer->view->style);
}

static void write_row(struct json_writer *json, struct answer *answer, const struct ranking_row *row, size_t rank) {
  struct matter *matter = &answer->matters.list[row->key];
  const struct view *view = answer->view;
  const struct scope_term term = {.dimension = view->by_name, .values = &matter->key, .count = 1};
  struct figures figures;
  json_object(json);
  json_member_int(json, "rank", (int64_t)rank);
  json_member_text(json, "key", matter->key);
  write_metrics(json, answer, matter, &figures);
  write_comparisons(json, answer, row);
  write_hours(json, answer, row);
  json_member_bool(json, "confirmed", row->confirmed);
  json_member_bool(json, "worse", row->worse);
  write_factors(json, matter);
  write_sentence(json, answer, row);
  insight_write_evidence(json, &answer->arena,
                         &(struct insight_evidence){.scope = &view->scope, .window = view->window, .narrowed = &term, .narrowed_count = 1});
  json_object_end(json);
}

static void write_withheld(struct json_writer *json, const struct answer *answer, const struct matter *matter) {
  json_object(json);
  json_member_text(json, "key", matter->key);
  json_member_bool(json, "suppressed", true);
  if (answer->view->style.tells_n) json_member_int(json, "n", matter->tallies[RANKING_HAPPINESS].n);
  json_object_end(json);
}

static void write_rows(struct json_writer *json, struct answer *answer) {
  struct matters *matters = &answer->matters;
  json_name(json, "rows");
  json_array(json);
  for (size_t i = 0; i < matters->ranked_count; i++)
    write_row(json, answer, &matters->ranked[i], i + 1);
  for (size_t i = 0; i < matters->count; i++)
    if (matters->list[i].withheld) write_withheld(json, answer, &matters->list[i]);
  json_array_end(json);
}

static void write_answer(struct request *request, struct answer *answer) {
  const struct view *view = answer->view;
  struct json_writer *json = view_head(request, view, &answer->total);
  json_member_text(json, "by", view->by_name);
  json_member_string(json, "reference", REFERENCES[reference_of(view)]);
  if (reference_of(view) == RANKING_PREVIOUS) {
    json_name(json, "previous");
    json_object(json);
    view_write_window(json, view->previous);
    json_object_end(json);
  }
  write_rows(json, answer);
  json_name(json, "total");
  json_object(json);
  json_name(json, "metrics");
  figures_write(json, &answer->total.figures, NULL, &view->style);
  json_object_end(json);
}

static void set_targets(struct ranking_question *question, const struct tenant *tenant) {
  for (int i = 0; i < RANKING_METRICS; i++) {
    int64_t target = tenant_metric_terms(tenant, metric_of(i)).target;
    question->target[i] = target == ABSENT ? (struct ratio){0, 0} : (struct ratio){target, 100};
  }
}

static bool read_previous(struct answer *answer, const struct job *job) {
  const struct view *view = answer->view;
  struct reading_question question = view_question(view);
  question.window = view->previous;
  struct reading *previous = reading_open(job, STEP_PREVIOUS, view->style.tenant, &question);
  if (previous) matters_read_previous(&answer->matters, previous);
  reading_close(previous);
  return previous != NULL;
}

static bool read_answer(struct answer *answer, struct reading *reading, const struct job *job) {
  const struct view *view = answer->view;
  struct matters *matters = &answer->matters;
  matters->question.reference = reference_of(view);
  set_targets(&matters->question, view->style.tenant);
  reading_total(reading, &answer->total);
  // With the excluded responses there are no factors: few may have ticked one, and the difference would tell.
  return matters_read(matters, reading, &answer->total, &answer->arena) &&
         (view->with_excluded || matters_read_factors(matters, job, STEP_FACTORS, view->by, view->style.tenant, &answer->arena)) &&
         (reference_of(view) != RANKING_PREVIOUS || read_previous(answer, job)) && matters_rank(matters, &answer->arena);
}

static enum err done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct answer answer = {.view = view};
  struct reading *reading = reading_open(job, STEP_READING, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  arena_init(&answer.arena, INSIGHT_BYTES_MAX);
  bool good = read_answer(&answer, reading, job);
  if (good) write_answer(request, &answer);
  arena_release(&answer.arena);
  reading_close(reading);
  return good ? view_end(request, &request->writer) : ERR_UNAVAILABLE;
}

enum err insight_what_matters(struct request *request) {
  struct view *view = view_read(request);
  enum ranking_reference *reference = arena_take(&request->arena, sizeof *reference);
  if (!view || !reference) return ERR_UNAVAILABLE;
  view_takes_no(request, "compare");
  view_takes_no(request, "metrics");
  view_read_by(request, view, "service");
  int64_t chosen = choice_read(request, "reference", REFERENCES);
  *reference = chosen == ABSENT ? RANKING_REST : (enum ranking_reference)chosen;
  view->style.shown = view->style.scarce = (struct metric_set){{0}};
  for (int i = 0; i < RANKING_METRICS; i++)
    metric_set_add(&view->style.shown, metric_place(metric_of(i)));
  view->state = reference;
  view->more = text_of(REFERENCES[*reference]);
  view->ask = ask;
  view->done = done;
  return view_serve(request, view);
}
