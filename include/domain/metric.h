// The catalogue of preset metrics: one row says everything about how a metric is stored, computed and shown.
#ifndef XLAD_DOMAIN_METRIC_H
#define XLAD_DOMAIN_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum aggregation {
  AGGREGATE_NET,    // 100 × (share of positive − share of negative) of answers on 0 to 10
  AGGREGATE_SHARE,  // 100 × share of ones among zeros and ones
  AGGREGATE_MEAN,
  AGGREGATE_COUNT,
  AGGREGATE_STOCK,  // running level: +1 and −1, summed from the beginning to the window's end
};

enum better { BETTER_HIGHER, BETTER_LOWER, BETTER_NEITHER };

enum metric_source { SOURCE_RESPONSE, SOURCE_TICKET };

enum { METRIC_BINS_MAX = 12 };

// What an excluded response counts with is kept apart: under its metrics' ids, which are smaller than this, plus this. So the sums of both ids are
// the figures with excluded responses.
enum { METRIC_EXCLUDED = 100 };

// The metric's own id of one that is stored; *excluded tells which of the two it was.
static inline int metric_id_of(int stored, bool *excluded) {
  *excluded = stored >= METRIC_EXCLUDED && stored < 2 * METRIC_EXCLUDED;
  return *excluded ? stored - METRIC_EXCLUDED : stored;
}

struct metric {
  int id;  // stored in the database; never reused, never renumbered
  const char *key;
  const char *title;
  enum aggregation aggregation;
  const char *unit;  // "points", "percent", "minutes", "tickets", "score", "currency" (shown as the tenant's)
  int64_t divisor;   // stored values are whole numbers of unit/divisor: seconds for minutes → 60, cents → 100
  enum better better;
  int64_t low, high;  // bounded scale of stored values; low == high: not bounded above, not negative
  const int64_t
      *edges;   // lower edges of the bins, ascending, in stored units; bin i is [edges[i], edges[i + 1]), the last is open (or the scale's top)
  size_t bins;  // count of edges; 0 for count and stock
  enum metric_source source;
  int maturity;        // level 1 to 5 of domain vocabulary's maturity model
  int64_t share_from;  // AGGREGATE_SHARE: a stored value counts as one when ≥ this (csat: 4; zeros and ones: 1)
  bool hidden;         // helps to compute another one, never shown by itself
};

// All presets in the order in which they are shown.
const struct metric *metric_presets(size_t *count);
const struct metric *metric_find(struct text key);
const struct metric *metric_by_id(int id);

#endif
