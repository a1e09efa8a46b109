// One index of several metrics, for who contracts on one: each is mapped linearly to 0 (worst) to 100 (best), and the index is their weighted mean.
// Pure. Metrics of any source take part: a digital agreement is an ordinary one on a ticket metric or on a manual one.
#ifndef XLAD_DOMAIN_COMPOSITE_H
#define XLAD_DOMAIN_COMPOSITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/ratio.h"

// What is mapped to 0 and to 100, in the shown unit.
struct composite_anchors {
  struct ratio worst, best;
};

// The ends of a bounded scale, the worst first. False for what has none (lost time, durations, costs, sums, counts, stocks): their anchors have to be
// stated. False for a metric without a better direction, too, which can't take part.
bool composite_scale(const struct metric *metric, struct composite_anchors *anchors);
// Whether stated anchors will do: they differ, in the metric's better direction, lie below 2^32 in size, and have four decimals at most.
bool composite_anchors_valid(const struct metric *metric, const struct composite_anchors *anchors);

struct composite_part {
  const struct metric *metric;
  struct composite_anchors anchors;
  int64_t weight;            // 1 to COMPOSITE_WEIGHT_MAX; shown as its part of the sum of all
  struct estimate estimate;  // of the metric, with its interval
  bool hidden;               // privacy withholds it
  // The rest is found out.
  bool has_score;
  struct ratio score;  // 100 (value − worst) / (best − worst), 0 to 100: what lies beyond an anchor counts as the anchor
};

// The index as a metric: for estimate_reaches() and an agreement's terms. Higher is better; not one of the presets and never stored.
extern const struct metric COMPOSITE_INDEX;

// Sets each part's score and returns the index, Σ wᵢ scoreᵢ / Σ wᵢ, for 1 to COMPOSITE_PARTS_MAX parts.
//
// No value where any part has none or is withheld: an index without a part would be another index. n is the least n of the parts.
//
// Value: the exact index, told apart at a millionth: a whole number of millionths is given as it is, and what lies between two as half-way. So any
// comparison with a target of up to six decimals and any rounding to up to five come out as of the exact one, whose own denominator is the product of
// all the parts' n and wouldn't fit. Exact while a part's n × divisor stays below 2^50.
//
// Interval: the delta method, exact for what is linear: with cᵢ = wᵢ / Σ w a deviation of the index is Σ cᵢ × deviation of scoreᵢ, and its variance
// Σᵢ Σⱼ cᵢ cⱼ cov(i, j). Variances are recovered from each part's own interval, separately downwards and upwards (G. Y. Zou and A. Donner,
// Construction of confidence limits about effect measures, Stat. Med. 27 (2008), 1693–1702), so that skewed and clipped ones keep their shape and the
// index of one part has that part's interval. What is measured about tickets and their responses goes together, in a way that sums per day don't
// tell: among those the largest covariance is taken that there can be, √(var × var). Manual measurements count as independent of all else:
//   low = value − √((Σ of tickets and responses cᵢ (scoreᵢ − lowᵢ))² + Σ of manual ones (cᵢ (scoreᵢ − lowᵢ))²), high likewise; clipped to 0 to 100.
// No interval where a part has none; approximate where a part's is.
struct estimate composite_of(struct composite_part *parts, size_t count);

#endif
