// Did we get there? What was measured before an improvement and after it, and what that proves. Pure. "Comparison of two windows or scopes" of the
// rules.
#ifndef XLAD_DOMAIN_EVALUATION_H
#define XLAD_DOMAIN_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/ratio.h"
#include "domain/verdict.h"

enum { EVALUATION_GUARDRAILS_MAX = 10 };

// One metric in both windows.
struct evaluation_pair {
  const struct metric *metric;
  bool hidden;     // privacy withholds one of them: nothing is concluded from either
  bool redefined;  // the metric is not what it was
  struct tally before, after;
};

struct evaluation_question {
  struct evaluation_pair metric;
  struct ratio target;  // denominator 0: none
  struct evaluation_pair guardrails[EVALUATION_GUARDRAILS_MAX];
  size_t guardrails_count;
  struct evaluation_pair lost_time;
  // A comparison group is a scope, apart from this one, in which nothing was changed.
  bool grouped;
  struct evaluation_pair group_metric, group_lost_time;
  bool overlapping;       // some answers may count before and after
  int64_t cost_per_hour;  // hundredths of the currency; ABSENT: not known
};

// What became of one metric.
struct evaluation_outcome {
  bool measured;  // neither withheld nor redefined; else nothing more is known
  struct comparison comparison;
  enum verdict verdict;
};

// What was won: positive is better.
struct evaluation_gain {
  bool known;
  double value;
  bool has_interval;
  double low, high;  // 95 %
};

struct evaluation {
  enum verdict verdict;
  struct evaluation_outcome metric;  // as if there were no guardrails and no comparison group
  struct evaluation_outcome group;   // the same of the comparison group
  struct evaluation_outcome less;    // the change here less that of the comparison group; it decides, where one is named
  struct evaluation_outcome guardrails[EVALUATION_GUARDRAILS_MAX];  // verdicts are insufficient_data where they could not be measured
  struct verdict_needs needs;                                       // of what is inconclusive
  int64_t still_needed;  // more answers after, until it can be told; ABSENT where that isn't known, or none help
  struct evaluation_outcome lost_time;
  struct evaluation_gain hours;  // of lost time, in the window after
  struct evaluation_gain money;  // hundredths of the currency
};

// The verdict is that of verdict.h: on the change, or with a comparison group on comparison_difference().
// needs: of a difference of differences the four variances take part, each group with the same number of answers; `after` is of each of the two
// after. Hours won are what those who answered after would have lost by the mean before, changed as it changed in the comparison group, less what
// they have lost. Their interval is that of the ratio of the means.
void evaluation_of(const struct evaluation_question *question, struct evaluation *evaluation);

#endif
