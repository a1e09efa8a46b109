// Metrics: one row says everything about how a metric is stored, computed and shown. The catalogue of presets, and sets of metrics.
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
  AGGREGATE_SUM,
  AGGREGATE_COUNT,
  AGGREGATE_STOCK,  // running level: +1 and −1, summed from the beginning to the window's end
};

enum better { BETTER_HIGHER, BETTER_LOWER, BETTER_NEITHER };

enum metric_source {
  SOURCE_RESPONSE,
  SOURCE_TICKET,
  SOURCE_MANUAL,  // entered as measurements
};

// Who works with it.
enum metric_level { LEVEL_OPERATIONAL, LEVEL_TACTICAL, LEVEL_STRATEGIC };

// Names of aggregations, directions, sources and levels, each NULL-terminated and in the order of its enum.
extern const char *const AGGREGATION_NAMES[], *const BETTER_NAMES[], *const SOURCE_NAMES[], *const LEVEL_NAMES[];

enum {
  METRIC_BINS_MAX = 12,
  METRICS_MAX = 128,        // presets and a tenant's own
  METRICS_OWN_MAX = 48,     // of one tenant
  METRIC_OWN_ID_MIN = 1000  // a tenant's own metrics have ids from here on, without a gap
};

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
  const char *unit;  // "points", "percent", "minutes", "days", "tickets", "score", "currency" (shown as the tenant's); or a tenant's own word
  int64_t divisor;   // stored values are whole numbers of unit/divisor: seconds for minutes → 60, cents → 100
  enum better better;
  int64_t low, high;  // bounded scale of stored values; low == high: not bounded above, not negative
  const int64_t
      *edges;   // lower edges of the bins, ascending, in stored units; bin i is [edges[i], edges[i + 1]), the last is open (or the scale's top)
  size_t bins;  // count of edges; 0 for count and stock
  enum metric_source source;
  const char *member;  // of a ticket or a response: what yields it. NULL: several, or it is entered
  enum metric_level level;
  int maturity;        // level 1 to 5 of domain vocabulary's maturity model
  int64_t share_from;  // AGGREGATE_SHARE: a stored value counts as one when ≥ this (csat: 4; zeros and ones: 1)
  bool hidden;         // helps to compute another one, never shown by itself
  bool optional;       // of a preset: not wanted until a tenant says so
};

// All presets in the order in which they are shown.
const struct metric *metric_presets(size_t *count);
const struct metric *metric_find(struct text key);
const struct metric *metric_by_id(int id);

// Where a metric stands among all of a tenant, below METRICS_MAX: presets as in their table, own ones behind them in the order of their ids. It needs
// no tenant, because own ids have no gap.
size_t metric_place(const struct metric *metric);

// A set of places.
struct metric_set {
  uint64_t words[METRICS_MAX / 64];
};

static inline void metric_set_add(struct metric_set *set, size_t place) { set->words[place / 64] |= UINT64_C(1) << place % 64; }
static inline void metric_set_remove(struct metric_set *set, size_t place) { set->words[place / 64] &= ~(UINT64_C(1) << place % 64); }
static inline bool metric_set_has(const struct metric_set *set, size_t place) { return set->words[place / 64] >> place % 64 & 1; }
static inline bool metric_set_empty(const struct metric_set *set) { return (set->words[0] | set->words[1]) == 0; }

static inline bool metric_set_equal(const struct metric_set *a, const struct metric_set *b) {
  return a->words[0] == b->words[0] && a->words[1] == b->words[1];
}

static inline void metric_set_join(struct metric_set *set, const struct metric_set *more) {
  set->words[0] |= more->words[0];
  set->words[1] |= more->words[1];
}

#endif
