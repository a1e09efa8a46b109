// Computes the priority of an initiative.
#include "domain/priority.h"

#include <math.h>

#include "domain/initiative.h"

static const double LEVEL = 0.05;
static const double MINUTES_PER_HOUR = 60;

const char *const PRIORITY_CERTAINTY_NAMES[] = {
    [PRIORITY_CONFIRMED] = "confirmed",
    [PRIORITY_UNCERTAIN] = "uncertain",
    [PRIORITY_TOO_FEW] = "too_little_data",
    [PRIORITY_CERTAINTIES] = NULL,
};

const char *const PRIORITY_GAP_NAMES[] = {
    [PRIORITY_NO_GAP] = NULL,           [PRIORITY_NO_SCOPE] = "no_scope", [PRIORITY_WITHHELD] = "withheld", [PRIORITY_NO_ANSWERS] = "no_answers",
    [PRIORITY_NO_EFFORT] = "no_effort",
};

static const double CONFIDENCES[] = {
    [PRIORITY_CONFIRMED] = 1,
    [PRIORITY_UNCERTAIN] = 0.5,
    [PRIORITY_TOO_FEW] = 0.25,
    [PRIORITY_CERTAINTIES] = NAN,
};

static const int64_t WEIGHTS[] = {[EFFORT_S] = 1, [EFFORT_M] = 2, [EFFORT_L] = 4, [EFFORT_XL] = 8};

static enum priority_certainty certainty_of(const struct metric *metric, const struct comparison *comparison) {
  if (!comparison->sufficient) return PRIORITY_TOO_FEW;
  return comparison_direction(metric, comparison, LEVEL) != 0 ? PRIORITY_CONFIRMED : PRIORITY_UNCERTAIN;
}

// The gap that data leaves; sets what is known of the rest.
static enum priority_gap weigh(const struct priority_question *question, struct priority *priority) {
  const struct metric *metric = metric_find(TEXT("lost_time"));
  if (question->whole) return PRIORITY_NO_SCOPE;
  if (question->withheld) return PRIORITY_WITHHELD;
  if (question->scope.n == 0 || question->rest.n == 0) return PRIORITY_NO_ANSWERS;
  priority->comparison = comparison_of(metric, &question->rest, &question->scope, false);
  struct ratio difference = priority->comparison.difference;
  long double minutes = (long double)difference.numerator / (long double)difference.denominator * (long double)question->scope.n;
  priority->recoverable_hours = fmax(0, (double)minutes) / MINUTES_PER_HOUR;
  priority->certainty = certainty_of(metric, &priority->comparison);
  priority->confidence = CONFIDENCES[priority->certainty];
  return question->effort == ABSENT ? PRIORITY_NO_EFFORT : PRIORITY_NO_GAP;
}

struct priority priority_of(const struct priority_question *question) {
  struct priority priority = {
      .recoverable_hours = NAN,
      .certainty = PRIORITY_CERTAINTIES,
      .confidence = NAN,
      .effort_weight = question->effort == ABSENT ? ABSENT : WEIGHTS[question->effort],
      .score = ABSENT,
  };
  priority.gap = weigh(question, &priority);
  if (priority.gap == PRIORITY_NO_GAP)
    priority.score = llround(priority.recoverable_hours * priority.confidence / (double)priority.effort_weight * PRIORITY_UNIT);
  return priority;
}
