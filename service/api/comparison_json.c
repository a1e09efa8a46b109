// Writes comparisons.
#include "api/comparison_json.h"

#include "domain/power.h"

static void write_ratio(struct json_writer *json, const char *name, struct ratio ratio) {
  json_name(json, name);
  if (ratio.denominator > 0)
    json_ratio(json, ratio.numerator, ratio.denominator, 2);
  else
    json_null(json);
}

static void write_number(struct json_writer *json, const char *name, bool known, double value, int decimals) {
  json_name(json, name);
  if (known)
    json_decimal(json, value, decimals);
  else
    json_null(json);
}

// A test of too few answers is not to be trusted, so it isn't shown.
static bool is_tested(const struct comparison *comparison) { return comparison->has_test && comparison->sufficient; }

static void write_interval(struct json_writer *json, const struct comparison *comparison) {
  json_name(json, "interval");
  if (!is_tested(comparison)) {
    json_null(json);
    return;
  }
  json_array(json);
  json_decimal(json, comparison->low, 2);
  json_decimal(json, comparison->high, 2);
  json_array_end(json);
}

static void write_count(struct json_writer *json, const char *name, bool known, int64_t count) {
  json_member_int(json, name, known && count != POWER_ENDLESS ? count : ABSENT);
}

void comparison_write_judged(struct json_writer *json, const struct comparison *comparison, const char *test, enum verdict verdict,
                             struct verdict_needs needs) {
  json_object(json);
  write_ratio(json, "change", comparison->change);
  json_member_bool(json, "relative", comparison->relative);
  json_member_string(json, "test", is_tested(comparison) ? test : NULL);
  write_number(json, "se", is_tested(comparison), comparison->se, 2);
  write_number(json, "p", is_tested(comparison), comparison->p, 4);
  write_interval(json, comparison);
  json_member_string(json, "verdict", VERDICT_NAMES[verdict]);
  json_member_int(json, "n_min", comparison->judged ? comparison->n_min : ABSENT);
  write_count(json, "needed_per_group", needs.known, needs.per_group);
  write_count(json, "needed_after", needs.known, needs.after);
  json_member_bool(json, "baseline_too_small", needs.known && needs.after == POWER_ENDLESS);
  json_member_bool(json, "approximate", comparison->approximate);
  json_object_end(json);
}

void comparison_write(struct json_writer *json, const struct metric *metric, const struct tally *before, const struct tally *after,
                      bool overlapping) {
  struct ratio none = {0, 0};
  struct comparison comparison = comparison_of(metric, before, after, overlapping);
  enum verdict verdict = verdict_of(metric, &comparison, none, NULL, 0);
  struct verdict_needs needs = {0};
  if (verdict == VERDICT_INCONCLUSIVE) needs = verdict_needs_of(metric, before, after, none);
  comparison_write_judged(json, &comparison, "two_sample", verdict, needs);
}

void comparison_write_target(struct json_writer *json, const struct metric *metric, const struct tally *after, struct ratio target) {
  struct comparison comparison = comparison_with_target(metric, after, target);
  comparison_write_judged(json, &comparison, "target", verdict_of(metric, &comparison, (struct ratio){0, 0}, NULL, 0), (struct verdict_needs){0});
}

void comparison_write_difference(struct json_writer *json, struct ratio change) {
  struct comparison difference = {.change = change};
  comparison_write_judged(json, &difference, NULL, VERDICT_NONE, (struct verdict_needs){0});
}

void comparison_write_withheld(struct json_writer *json) {
  struct comparison nothing = {0};
  comparison_write_judged(json, &nothing, NULL, VERDICT_INSUFFICIENT_DATA, (struct verdict_needs){0});
}
