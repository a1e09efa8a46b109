// A metric that a tenant adds: what it may be, and what is filled in.
#ifndef XLAD_DOMAIN_OWN_METRIC_H
#define XLAD_DOMAIN_OWN_METRIC_H

#include "base/errors.h"
#include "domain/metric.h"

// Numbers that a tenant gives, in the unit that is shown, are whole numbers of 1/OWN_METRIC_UNIT: four decimals.
enum { OWN_METRIC_UNIT = 10000, OWN_METRIC_DECIMALS_MAX = 4 };

// As it was asked for; ABSENT (edges: NULL) where nothing was said.
struct own_metric {
  struct text key, title, unit;
  int64_t aggregation;  // enum aggregation
  int64_t decimals;     // of values
  int64_t better;       // enum better
  int64_t low, high;    // of a bounded scale
  const int64_t *edges;
  size_t edges_count;
  int64_t share_from;
  int64_t level;  // enum metric_level
  int64_t maturity;
};

// The names of what an own metric may be: a stock would need comings and goings. In the order of enum aggregation.
extern const char *const OWN_AGGREGATION_NAMES[];

// Fills *metric (all but its id) and `edges`, to which it points, as it does to the texts; texts->unit may be the aggregation's own. False after
// issues, each with a JSON pointer.
bool own_metric_make(const struct own_metric *asked, struct metric *metric, int64_t edges[METRIC_BINS_MAX], struct issues *issues);

// A value of a metric, in 1/OWN_METRIC_UNIT of its shown unit, as it is stored. False after an issue at `pointer` where it has too many decimals or
// lies outside of the scale.
bool metric_store_value(const struct metric *metric, int64_t value, struct text pointer, int64_t *stored, struct issues *issues);

// How many decimals a value may have; −1 where its parts are no decimal ones (seconds of minutes).
int metric_decimals(const struct metric *metric);

#endif
