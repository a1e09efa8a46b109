// How a metric moves over a window: smoothed points, a line through them, and whether the line can be trusted. Pure. "Trend and signals" of the
// rules.
#ifndef XLAD_DOMAIN_TREND_H
#define XLAD_DOMAIN_TREND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/window.h"

enum {
  TREND_DAYS = 7,            // pooled in a point
  TREND_DATA_DAYS_MIN = 14,  // with data, for a line to be significant
};

struct trend_point {
  int32_t day;
  struct estimate estimate;  // of this day and the six before it; it has a value, and no interval
};

// Net scores, shares and means have trends. Counts and stocks have none: a day without tickets is no gap, and a level isn't pooled.
bool trend_possible(const struct metric *metric);

// Writes a point for each day of the window with data in its trailing seven days, ascending, and returns how many; `points` has room for
// window_days(). `days`: the tallies of single days, ascending, no day twice, days without data may be left out; they should reach back six days
// before the window, and what lies outside is ignored. None where there is no trend.
size_t trend_points(const struct metric *metric, struct window window, const struct tally_day *days, size_t count, struct trend_point *points);

struct trend {
  bool has_line;      // two points at least
  int32_t from, to;   // days of its first and last point
  double begin, end;  // the line there, in the shown unit
  double change;      // end − begin
  int32_t data_days;  // days of the window with data
  bool has_p;
  double p;          // two-sided, of the slope of the unsmoothed days
  bool significant;  // p < 0.05, from TREND_DATA_DAYS_MIN days on
};

// The line is unweighted least squares over the points. Its significance is judged by the single days of the window, weighted with their number of
// answers (weighted least squares, e.g. Draper and Smith, Applied Regression Analysis, 3rd ed., 9.2; t with two degrees of freedom less than days),
// because smoothed points depend on each other. No p below three days with data, nor where all days are equal.
struct trend trend_of(const struct metric *metric, struct window window, const struct tally_day *days, size_t count, const struct trend_point *points,
                      size_t point_count);

// What a single day says, in the shown unit; weight > 0.
struct trend_value {
  int32_t day;
  double weight, value;
};
// The same of what has no tallies, such as an index: values of the window's days, ascending.
struct trend trend_of_values(const struct trend_value *values, size_t count, const struct trend_point *points, size_t point_count);

// The line at a day, also after the window; only when has_line.
double trend_at(const struct trend *trend, int32_t day);

#endif
