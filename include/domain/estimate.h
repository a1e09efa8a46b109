// From a tally of stored values to a figure with its 95 % interval. Pure. Every rule is one row of "Values and their 95 % intervals".
#ifndef XLAD_DOMAIN_ESTIMATE_H
#define XLAD_DOMAIN_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "domain/metric.h"

// What is known of many values of one metric: enough for every aggregation. Tallies of the same metric add up.
struct tally {
  int64_t n;
  int128 sum;  // of stored values
  int128 sum_squares;
  int64_t bins[METRIC_BINS_MAX];  // how many values fell in each bin of the metric
};

// Adds `more` to `tally`.
void tally_add(struct tally *tally, const struct tally *more);
// Takes `part`, which was added before, out of `tally`: what is left is the rest of the scope.
void tally_subtract(struct tally *tally, const struct tally *part);
// Adds `count` equal values; the bin is found by the metric's edges.
void tally_add_value(struct tally *tally, const struct metric *metric, int64_t value, int64_t count);

// Σ(x − x̄)² of n ≥ 1 stored values, in stored units squared; zero exactly when all are equal.
double tally_deviations(const struct tally *tally);
// Values that count as one in a share metric.
int64_t tally_ones(const struct metric *metric, const struct tally *tally);

// What one day adds to a metric.
struct tally_day {
  int32_t day;  // days since 1970-01-01
  struct tally tally;
};

struct estimate {
  int64_t n;
  bool has_value;      // false when there is nothing to count
  int128 numerator;    // value = numerator / denominator in the metric's shown unit, exact, not rounded
  int128 denominator;  // > 0
  bool has_interval;
  double low, high;  // 95 %, in the shown unit
  bool approximate;  // the interval leans on more normality than n gives
};

// The figure of a tally. AGGREGATE_NET: (positive − negative) / n in points, adjusted Wald interval (add 3/4, 3/4 and 3/2 of an answer), clipped to
// ±100. AGGREGATE_SHARE: percent, Wilson score interval. AGGREGATE_MEAN of a bounded scale: Student's t, clipped to the scale, null unless n ≥ 2 and
// s > 0. AGGREGATE_MEAN of a non-negative quantity: x̄·exp(±t·s/(x̄·√n)), null for n < 2, s = 0 or a zero mean, approximate below n = 200. Sum, count
// and stock: no interval. A count is n; a sum and a stock are `sum`. Nothing to count: no value. Exact integers decide the variance (no
// cancellation).
struct estimate estimate_of(const struct metric *metric, const struct tally *tally);
// The same without its interval, which costs most of the time: for many figures that only take part in another one.
struct estimate estimate_without_interval(const struct metric *metric, const struct tally *tally);

// Answers by band of a net metric: 9 and 10, 7 and 8, 0 to 6.
struct bands {
  int64_t positive, neutral, negative;
};
struct bands bands_of(const struct tally *tally);

// value as a double, for arithmetic; only when has_value.
double estimate_value(const struct estimate *estimate);

#endif
