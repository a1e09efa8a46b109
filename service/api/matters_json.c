// Writes what matters.
#include "api/matters_json.h"

#include <math.h>

#include "api/insight.h"

enum { DECIMALS = 2, P_DECIMALS = 4, MINUTES_PER_HOUR = 60, SENTENCE_CHARS_MAX = 4000 };

// How sentences call each reference.
static const struct {
  const char *value, *level;
} WORDS[] = {
    [RANKING_REST] = {"elsewhere", "elsewhere"},
    [RANKING_TARGET] = {"is the target", "the target allows"},
    [RANKING_PREVIOUS] = {"in the period before", "in the period before"},
};
static const char *const KEYS[RANKING_METRICS] = {[RANKING_HAPPINESS] = "happiness", [RANKING_LOST_TIME] = "lost_time"};

const struct metric *matters_metric(int metric) { return metric_find(text_of(KEYS[metric])); }

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
static void write_comparisons(struct json_writer *json, const struct matters_answer *answer, const struct ranking_row *row) {
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

static void write_hours(struct json_writer *json, const struct matters_answer *answer, const struct ranking_row *row) {
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

static void say_figure(struct buffer *out, struct arena *arena, const struct matters_answer *answer, const struct ranking_row *row, int metric) {
  struct estimate estimate = estimate_without_interval(matters_metric(metric), &row->figures[metric].tally);
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

static void say_hours(struct buffer *out, struct arena *arena, const struct matters_answer *answer, const struct ranking_row *row) {
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

static void write_sentence(struct json_writer *json, struct matters_answer *answer, const struct ranking_row *row) {
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

static void write_metrics(struct json_writer *json, const struct matters_answer *answer, const struct matter *matter, struct figures *figures) {
  *figures = (struct figures){.hidden = {{0}}};
  for (int i = 0; i < RANKING_METRICS; i++) {
    figures_add(figures, matters_metric(i), &matter->tallies[i]);
    if (matter->hidden[i]) metric_set_add(&figures->hidden, metric_place(matters_metric(i)));
  }
  figures_add(figures, metric_find(TEXT("lost_time_excess")), &matter->excess);
  json_name(json, "metrics");
  figures_write(json, figures, NULL, &answer->view->style);
}

static void write_row(struct json_writer *json, struct matters_answer *answer, const struct ranking_row *row, size_t rank) {
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

static void write_withheld(struct json_writer *json, const struct matters_answer *answer, const struct matter *matter) {
  json_object(json);
  json_member_text(json, "key", matter->key);
  json_member_bool(json, "suppressed", true);
  if (answer->view->style.tells_n) json_member_int(json, "n", matter->tallies[RANKING_HAPPINESS].n);
  json_object_end(json);
}

void matters_write_rows(struct json_writer *json, const char *name, struct matters_answer *answer, size_t most) {
  struct matters *matters = &answer->matters;
  size_t shown = matters->ranked_count < most ? matters->ranked_count : most;
  json_name(json, name);
  json_array(json);
  for (size_t i = 0; i < shown; i++)
    write_row(json, answer, &matters->ranked[i], i + 1);
  for (size_t i = 0; i < matters->count && shown < most; i++) {
    if (!matters->list[i].withheld) continue;
    write_withheld(json, answer, &matters->list[i]);
    shown++;
  }
  json_array_end(json);
}
