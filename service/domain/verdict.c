// Says what a comparison means for who asked.
#include "domain/verdict.h"

#include "domain/power.h"

static const double LEVEL = 0.05;

const char *const VERDICT_NAMES[] = {
    [VERDICT_NONE] = NULL,           [VERDICT_INSUFFICIENT_DATA] = "insufficient_data",
    [VERDICT_WORSENED] = "worsened", [VERDICT_ACHIEVED] = "achieved",
    [VERDICT_IMPROVED] = "improved", [VERDICT_INCONCLUSIVE] = "inconclusive",
};

static bool any_worsened(const enum verdict *guardrails, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (guardrails[i] == VERDICT_WORSENED) {
      return true;
    }
  }
  return false;
}

enum verdict verdict_of(const struct metric *metric, const struct comparison *comparison, struct ratio target, const enum verdict *guardrails,
                        size_t count) {
  if (!comparison->judged || metric->better == BETTER_NEITHER) {
    return VERDICT_NONE;
  }
  if (!comparison->sufficient) {
    return VERDICT_INSUFFICIENT_DATA;
  }
  int direction = comparison_direction(metric, comparison, LEVEL);
  if (direction < 0 || any_worsened(guardrails, count)) {
    return VERDICT_WORSENED;
  }
  if (direction == 0) {
    return VERDICT_INCONCLUSIVE;
  }
  return estimate_reaches(metric, &comparison->after, target) ? VERDICT_ACHIEVED : VERDICT_IMPROVED;
}

static int64_t at_least(int64_t needed, int64_t n_min) { return needed == POWER_ENDLESS || needed >= n_min ? needed : n_min; }

struct verdict_needs verdict_needs_of(const struct metric *metric, const struct tally *before, const struct tally *after, struct ratio target) {
  double old, new;
  if (!comparison_variance(metric, before, &old) || !comparison_variance(metric, after, &new)) {
    return (struct verdict_needs){0};
  }
  struct estimate value = estimate_without_interval(metric, before);
  struct estimate aim = estimate_without_interval(metric, after);
  if (target.denominator > 0) {
    aim = (struct estimate){.numerator = target.numerator, .denominator = target.denominator};
  }
  // Equal values are the same double: both quotients are rounded from exact integers.
  double difference = estimate_value(&aim) - estimate_value(&value);
  if (difference == 0) {
    return (struct verdict_needs){0};
  }
  int64_t n_min = comparison_n_min(metric);
  return (struct verdict_needs){
      .known = true,
      .per_group = at_least(power_per_group(old, new, difference), n_min),
      .after = at_least(power_after(old, before->n, new, difference), n_min),
  };
}
