// Writes evaluations.
#include "api/evaluation_json.h"

#include "api/comparison_json.h"
#include "api/insight.h"
#include "api/scope_query.h"
#include "domain/power.h"

enum { DECIMALS = 2 };

static void write_id(struct json_writer *json, const char *name, const struct uuid *id) {
  char chars[UUID_CHARS];
  uuid_write(id, chars);
  json_member_text(json, name, (struct text){chars, sizeof chars});
}

static void write_baseline(struct json_writer *json, const struct reference *baseline) {
  json_name(json, "baseline");
  json_object(json);
  write_id(json, "id", &baseline->id);
  json_member_text(json, "name", baseline->name);
  json_member_text(json, "hash", (struct text){baseline->hash, 2 * DIGEST_BYTES});
  view_write_window(json, baseline->window);
  json_object_end(json);
}

// "before" and "after".
static void write_sides(struct json_writer *json, const struct evaluation_reading *reading, const struct evaluation_pair *pair) {
  if (!pair->metric) {
    json_member_null(json, "before");
    json_member_null(json, "after");
  } else if (pair->hidden) {
    insight_write_suppressed(json, "before", ABSENT);
    insight_write_suppressed(json, "after", ABSENT);
  } else {
    insight_write_figure(json, "before", pair->metric, &pair->before, reading->tenant);
    insight_write_figure(json, "after", pair->metric, &pair->after, reading->tenant);
  }
  json_member_bool(json, "definition_changed", pair->redefined);
}

static void write_outcome(struct json_writer *json, const char *name, const struct evaluation_outcome *outcome, const char *test,
                          struct verdict_needs needs) {
  json_name(json, name);
  if (outcome->measured)
    comparison_write_judged(json, &outcome->comparison, test, outcome->verdict, needs);
  else
    comparison_write_withheld(json);
}

static const char TWO_SAMPLE[] = "two_sample", DIFFERENCE[] = "difference";
static const struct verdict_needs NO_NEEDS = {.known = false};

static void write_group(struct json_writer *json, const struct evaluation_reading *reading) {
  const struct evaluation *evaluation = &reading->evaluation;
  json_name(json, "comparison_group");
  if (!reading->question.grouped) {
    json_null(json);
    return;
  }
  json_object(json);
  json_name(json, "scope");
  scope_write(&reading->file->group, json);
  write_sides(json, reading, &reading->question.group_metric);
  write_outcome(json, "comparison", &evaluation->group, TWO_SAMPLE, NO_NEEDS);
  write_outcome(json, "difference", &evaluation->less, DIFFERENCE, evaluation->needs);
  json_object_end(json);
}

static bool is_unmeasured(enum verdict verdict) { return verdict == VERDICT_NONE || verdict == VERDICT_INSUFFICIENT_DATA; }

static void write_guardrails(struct json_writer *json, const struct evaluation_reading *reading) {
  const struct text *keys = reading->file->body.guardrails.items;
  json_name(json, "guardrails");
  json_array(json);
  for (size_t i = 0; i < reading->question.guardrails_count; i++) {
    json_object(json);
    json_member_text(json, "metric", keys[i]);
    write_sides(json, reading, &reading->question.guardrails[i]);
    write_outcome(json, "comparison", &reading->evaluation.guardrails[i], TWO_SAMPLE, NO_NEEDS);
    json_object_end(json);
  }
  json_array_end(json);
  json_name(json, "unmeasured_guardrails");
  json_array(json);
  for (size_t i = 0; i < reading->question.guardrails_count; i++)
    if (is_unmeasured(reading->evaluation.guardrails[i].verdict)) json_text(json, keys[i]);
  json_array_end(json);
}

// They are told, not judged.
static void write_factors(struct json_writer *json, const struct evaluation_reading *reading) {
  const struct record_list *list = &reading->file->body.success_factors;
  const struct success_factor *factors = list->items;
  json_name(json, "success_factors");
  json_array(json);
  for (size_t i = 0; i < list->count; i++) {
    json_object(json);
    json_member_text(json, "text", factors[i].text);
    json_member_text(json, "metric", factors[i].metric);
    struct evaluation_pair pair = {.metric = NULL};
    if (factors[i].metric.at) pair = evaluation_pair_of(reading, factors[i].metric);
    write_sides(json, reading, &pair);
    json_name(json, "comparison");
    if (!pair.metric)
      json_null(json);
    else if (pair.hidden || pair.redefined)
      comparison_write_withheld(json);
    else
      comparison_write(json, pair.metric, &pair.before, &pair.after, reading->question.overlapping);
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_hours(struct json_writer *json, const struct evaluation_gain *hours) {
  json_name(json, "hours_won");
  if (!hours->known) {
    json_null(json);
    return;
  }
  json_object(json);
  json_name(json, "value");
  json_decimal(json, hours->value, DECIMALS);
  json_name(json, "interval");
  if (hours->has_interval) {
    json_array(json);
    json_decimal(json, hours->low, DECIMALS);
    json_decimal(json, hours->high, DECIMALS);
    json_array_end(json);
  } else {
    json_null(json);
  }
  json_object_end(json);
}

static int64_t rounded(double value) { return (int64_t)(value < 0 ? value - 0.5 : value + 0.5); }

static void write_money(struct json_writer *json, const struct evaluation_gain *money, const char *currency) {
  json_name(json, "money_won");
  if (!money->known) {
    json_null(json);
    return;
  }
  json_object(json);
  json_name(json, "value");
  json_money(json, rounded(money->value));
  json_name(json, "interval");
  if (money->has_interval) {
    json_array(json);
    json_money(json, rounded(money->low));
    json_money(json, rounded(money->high));
    json_array_end(json);
  } else {
    json_null(json);
  }
  json_member_string(json, "currency", currency);
  json_object_end(json);
}

static void write_needs(struct json_writer *json, const struct evaluation *evaluation) {
  const struct verdict_needs *needs = &evaluation->needs;
  bool after = needs->known && needs->after != POWER_ENDLESS;
  json_member_int(json, "needed_per_group", needs->known && needs->per_group != POWER_ENDLESS ? needs->per_group : ABSENT);
  json_member_int(json, "needed_after", after ? needs->after : ABSENT);
  json_member_int(json, "still_needed", evaluation->still_needed);
}

static void write_regression(struct json_writer *json, const struct evaluation_reading *reading) {
  json_member_bool(json, "regression_to_mean", reading->signal || reading->breach);
  json_name(json, "regression_evidence");
  json_object(json);
  json_member_bool(json, "signal", reading->signal);
  json_member_bool(json, "breach", reading->breach);
  json_object_end(json);
}

// --- In words -------------------------------------------------------------------------------------------------------

// How the change ends the sentence.
static struct text ending_of(const struct evaluation_reading *reading, struct arena *arena) {
  const struct evaluation *evaluation = &reading->evaluation;
  const struct evaluation_outcome *deciding = reading->question.grouped ? &evaluation->less : &evaluation->metric;
  const char *beside = reading->question.grouped ? ", measured against the comparison group" : "";
  struct text target = insight_ratio(arena, reading->question.target), p = insight_decimal(arena, deciding->comparison.p);
  if (deciding->measured && deciding->comparison.p < 0.01) p = TEXT("less than 0.01");
  switch (evaluation->verdict) {
  case VERDICT_ACHIEVED:
    return arena_format(arena, "The target of %.*s is reached, and chance hardly explains it (p %.*s)%s.", INSIGHT_TEXT(target), INSIGHT_TEXT(p),
                        beside);
  case VERDICT_IMPROVED:
    return arena_format(arena, "Chance hardly explains the gain (p %.*s)%s, but the target of %.*s is not reached.", INSIGHT_TEXT(p), beside,
                        INSIGHT_TEXT(target));
  case VERDICT_WORSENED:
    if (deciding->verdict != VERDICT_WORSENED) return TEXT("But a guardrail has worsened.");
    return arena_format(arena, "It has worsened, and chance hardly explains that (p %.*s)%s.", INSIGHT_TEXT(p), beside);
  case VERDICT_INCONCLUSIVE:
    if (!evaluation->needs.known || evaluation->needs.per_group == POWER_ENDLESS) return arena_format(arena, "Chance may explain it%s.", beside);
    return arena_format(arena, "Chance may explain it (p %.*s)%s: %lld answers in each window would tell.", INSIGHT_TEXT(p), beside,
                        (long long)evaluation->needs.per_group);
  default:
    return TEXT("There are too few answers to tell.");
  }
}

static void write_sentence(struct json_writer *json, const struct evaluation_reading *reading, struct arena *arena) {
  const struct evaluation_outcome *outcome = &reading->evaluation.metric;
  const struct metric *metric = reading->file->metric;
  struct text ending = ending_of(reading, arena);
  if (!outcome->measured) {
    insight_write_sentence(json, arena, "%s can't be compared: it is withheld, or not what it was. %.*s", metric->title, INSIGHT_TEXT(ending));
    return;
  }
  struct text before = insight_value(arena, &outcome->comparison.before), after = insight_value(arena, &outcome->comparison.after);
  const char *unit = figures_unit(metric, reading->tenant);
  insight_write_sentence(json, arena, "%s%s was %.*s %s before, and %.*s after. %.*s", reading->interim ? "So far: " : "", metric->title,
                         INSIGHT_TEXT(before), unit, INSIGHT_TEXT(after), INSIGHT_TEXT(ending));
}

// --- All of it ------------------------------------------------------------------------------------------------------

static const char *verdict_name(enum verdict verdict) { return VERDICT_NAMES[verdict == VERDICT_NONE ? VERDICT_INSUFFICIENT_DATA : verdict]; }

static void write_head(struct json_writer *json, const struct evaluation_reading *reading, const struct evaluation_words *words,
                       struct arena *arena) {
  const struct initiative_case *file = reading->file;
  write_id(json, "initiative", &file->id);
  json_member_text(json, "title", file->body.title);
  json_member_int(json, "iteration", file->iteration);
  json_member_bool(json, "interim", words->evaluated_at == ABSENT);
  json_member_instant(json, "evaluated_at", words->evaluated_at);
  json_member_string(json, "verdict", verdict_name(reading->evaluation.verdict));
  write_sentence(json, reading, arena);
  json_name(json, "scope");
  scope_write(&file->scope, json);
  write_baseline(json, file->baseline);
  view_write_window(json, reading->window);
  json_name(json, "measured_to");
  if (reading->begun)
    json_day(json, reading->measured.to);
  else
    json_null(json);
  json_member_int(json, "days_left", reading->interim ? reading->window.to - reading->tenant->today + 1 : 0);
  json_member_int(json, "unfinished_actions", (int64_t)file->unfinished);
}

static void write_metric(struct json_writer *json, const struct evaluation_reading *reading) {
  const struct evaluation *evaluation = &reading->evaluation;
  const struct evaluation_pair *pair = &reading->question.metric;
  json_member_text(json, "metric", reading->file->body.metric);
  json_name(json, "target");
  json_ratio(json, reading->question.target.numerator, reading->question.target.denominator, DECIMALS);
  json_name(json, "reached");
  if (evaluation->metric.measured && evaluation->metric.comparison.after.has_value)
    json_bool(json, estimate_reaches(pair->metric, &evaluation->metric.comparison.after, reading->question.target));
  else
    json_null(json);
  write_sides(json, reading, pair);
  write_outcome(json, "comparison", &evaluation->metric, TWO_SAMPLE, reading->question.grouped ? NO_NEEDS : evaluation->needs);
}

static void write_words(struct json_writer *json, const struct evaluation_words *words) {
  json_name(json, "still_relevant");
  if (words->still_relevant == ABSENT)
    json_null(json);
  else
    json_bool(json, words->still_relevant == 1);
  json_member_text(json, "note", words->note);
}

void evaluation_write(struct json_writer *json, const struct evaluation_reading *reading, const struct evaluation_words *words, struct arena *arena) {
  json_object(json);
  write_head(json, reading, words, arena);
  write_metric(json, reading);
  write_group(json, reading);
  write_guardrails(json, reading);
  write_factors(json, reading);
  write_needs(json, &reading->evaluation);
  json_name(json, "lost_time");
  json_object(json);
  write_sides(json, reading, &reading->question.lost_time);
  write_outcome(json, "comparison", &reading->evaluation.lost_time, TWO_SAMPLE, NO_NEEDS);
  json_object_end(json);
  write_hours(json, &reading->evaluation.hours);
  write_money(json, &reading->evaluation.money, reading->tenant->currency);
  write_regression(json, reading);
  integrity_write(json, &reading->integrity);
  write_words(json, words);
  json_object_end(json);
}
