// What a comparison means for who asked: a verdict, and what would settle an open one. Pure.
#ifndef XLAD_DOMAIN_VERDICT_H
#define XLAD_DOMAIN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/metric.h"

enum verdict {
  VERDICT_NONE,  // the difference only: a count, a stock, an overlap, or no direction is better
  VERDICT_INSUFFICIENT_DATA,
  VERDICT_WORSENED,
  VERDICT_ACHIEVED,
  VERDICT_IMPROVED,
  VERDICT_INCONCLUSIVE,
  VERDICT_COUNT
};
extern const char *const VERDICT_NAMES[];  // by verdict; NULL for none

// The first that holds, at p < 0.05 in the metric's better direction: insufficient data on either side; worsened, or one of the guardrails did (their
// own verdicts; those without data don't count); achieved, if improved and the value after reaches the target (denominator 0: there is none);
// improved; else inconclusive.
enum verdict verdict_of(const struct metric *metric, const struct comparison *comparison, struct ratio target, const enum verdict *guardrails,
                        size_t count);

// What would settle a comparison with a power of 80 % (power.h).
struct verdict_needs {
  bool known;         // false without a spread to go by, or where the difference to be found is 0
  int64_t per_group;  // answers, at least the metric's minimum; POWER_ENDLESS
  int64_t after;      // the same with the baseline as it is; POWER_ENDLESS: the baseline is too small
};

// The difference to be found is target − before; without a target (denominator 0) the one seen.
struct verdict_needs verdict_needs_of(const struct metric *metric, const struct tally *before, const struct tally *after, struct ratio target);

#endif
