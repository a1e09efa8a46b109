// Did it change? Two tallies of one metric, or one and a target: the change, and how sure it is. Pure. "Comparison of two windows or scopes" of the
// rules.
#ifndef XLAD_DOMAIN_COMPARISON_H
#define XLAD_DOMAIN_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/ratio.h"

struct comparison {
  struct estimate before, after;  // against a target `before` is the target, its n 0
  struct ratio difference;        // after − before in the shown unit, unadjusted; none where either has no value
  struct ratio change;            // the difference; of a skewed mean in percent of `before`, none where that is 0
  bool relative;                  // a skewed mean: `change`, `low` and `high` are percent
  bool judged;                    // false for counts, stocks and overlapping sides: the difference is all there is
  int64_t n_min;                  // answers that each side needs; 0 unless judged
  bool sufficient;                // judged, and has them
  bool approximate;               // leans on more normality than n gives
  bool has_test;                  // then the rest is set
  double statistic;               // adjusted change ÷ se; its sign tells the direction
  double se;                      // of the adjusted change in the shown unit; of a skewed mean: of the log of the ratio
  double freedom;                 // degrees of it; INFINITY: normal
  double p;                       // two-sided
  double low, high;               // 95 % interval of the adjusted change, clipped to what the scale allows
};

// Answers of a metric that a comparison needs on each side: 10 for net and share, 20 for a mean, 50 for a skewed one; 0 for counts and stocks.
int64_t comparison_n_min(const struct metric *metric);
// s² of one answer in the shown unit squared, unadjusted: net and share as they are, means with n − 1. False for counts and stocks, and below n = 1,
// for means n = 2.
bool comparison_variance(const struct metric *metric, const struct tally *tally, double *variance);

// From `before` to `after`. Adjusted estimates make p and interval:
// net      ¾ positive, ¾ negative and 1½ neutral answers added to each side; normal
// share    a one and a zero added to each side; normal (A. Agresti and B. Caffo, Am. Stat. 54 (2000), 280–288)
// mean     of a bounded scale: Student's t with Welch's degrees of freedom (B. L. Welch, Biometrika 34 (1947), 28–35); n ≥ 2
// mean     of a non-negative quantity: the log of the ratio of the means, its se by the delta method or from the pooled spread, whichever is
//          larger; Student's t with Welch's degrees of freedom of the means; n ≥ 2, both means > 0
// No test for counts and stocks, for overlapping windows or scopes (which aren't independent), and where se is 0. There is a test below n_min as
// well; it is not to be trusted. Changes are exact while 100 × n before × n after × the largest value stays below 2^127.
struct comparison comparison_of(const struct metric *metric, const struct tally *before, const struct tally *after, bool overlapping);

// From `target` (in the shown unit) to `tally`: the test whose 95 % interval is the estimate's own, shifted by the target (or as percent of it). net:
// normal, by the adjusted estimate; share: score test; means: one-sample t, for a skewed one on the log scale. No test for counts and stocks, where
// se is 0 (a share's target of 0 or 100), or for a skewed mean's target that isn't above 0.
struct comparison comparison_with_target(const struct metric *metric, const struct tally *tally, struct ratio target);

// The change here less the change there, of one metric, in scopes that share no answers: what is left when whatever changed both is taken out. se =
// √(se₁² + se₂²); degrees of freedom by F. E. Satterthwaite, Biometrics Bulletin 2 (1946), 110–114. Of a skewed mean the logs of the ratios are
// subtracted: `change` is the percentage by which the ratio here exceeds the one there. `before` and `after` are those of here, `difference` is that
// of both differences; both are exact while each side's n before × n after × divisor stays below 2^50. Judged, sufficient and tested where both are.
struct comparison comparison_difference(const struct metric *metric, const struct comparison *here, const struct comparison *there);

// 1: p is below `level` in the metric's better direction, −1: in the other; 0: neither, insufficient, no test, or no direction is better.
int comparison_direction(const struct metric *metric, const struct comparison *comparison, double level);

// True when value reaches the target in the metric's better direction; equality does. Compared exactly. False without a value or a better direction.
bool estimate_reaches(const struct metric *metric, const struct estimate *value, struct ratio target);

#endif
