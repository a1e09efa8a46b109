// Which weeks stand out from the ordinary: an XmR chart (individual values and moving ranges) over complete weeks. Pure. "Trend and signals" of the
// rules; W. A. Shewhart's limits as in D. J. Wheeler, Understanding Variation (1993), the runs after the Western Electric Handbook (1956).
#ifndef XLAD_DOMAIN_SIGNAL_H
#define XLAD_DOMAIN_SIGNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/window.h"

enum {
  SIGNAL_ANSWERS_MIN = 20,  // in a week that makes a point
  SIGNAL_WEEKS_MIN = 12,    // fewer make limits provisional
  SIGNAL_RUN_WEEKS = 8,
  SIGNAL_SLOPE_WEEKS = 6,
  SIGNAL_AFTER_WEEKS = 4,  // that confirm a signal
};

// Pools single days (ascending, none twice, days without data may be left out) into the weeks, Monday to Sunday, that lie in the window with all
// their days. Writes those with data, each with its Monday, ascending, and returns how many; `weeks` has room for window_days() / 7.
size_t signal_weeks(struct window window, const struct tally_day *days, size_t count, struct tally_day *weeks);

// Which rules hold at a point; bits.
enum signal_rule {
  SIGNAL_OUTSIDE = 1,  // beyond a limit
  SIGNAL_RUN = 2,      // the eighth or a later one in a row on one side of the mean; a point on the mean ends the row
  SIGNAL_SLOPE = 4,    // the sixth or a later one in a row of which each lies strictly beyond the last, in one direction
};

struct signal_point {
  int32_t week;  // its Monday
  struct tally tally;
  double value;  // in the shown unit
  unsigned rules;
  int direction;   // of a point with rules: 1 up, −1 down
  bool has_after;  // SIGNAL_AFTER_WEEKS points follow
  double p;        // of a point with rules: that these differ from all points before it, in its direction; NAN where that can't be tested
  bool confirmed;  // p < 0.01
};

// Writes a point without rules for each week with answers enough, and returns how many. None for stocks.
size_t signal_points(const struct metric *metric, const struct tally_day *weeks, size_t count, struct signal_point *points);

// How many points come before the first week that begins on `day` or later: there a chart is rebased, and each part is charted alone.
size_t signal_split(const struct signal_point *points, size_t count, int32_t day);

struct signal_limits {
  bool known;        // two points at least
  double mean;       // X̄, in the shown unit, like the rest
  double range;      // mR̄, after moving ranges above 3.267 mR̄ were screened out once (unless those left are all 0)
  double low, high;  // X̄ ± 2.66 mR̄; not clipped to the scale
  bool provisional;
};

// Limits over all points, and each point's rules and confirmation.
struct signal_limits signal_chart(const struct metric *metric, struct signal_point *points, size_t count);

// Judges the points of a chart again that is looked at beside others, `charts` in all: confirmed is p < 0.01 / charts. Each look has its own chance
// to find what isn't there; with the level divided by their number (C. E. Bonferroni's inequality) all have that of one together. Of metrics that
// never change, over a year and a half, less than 1 answer in 100 confirms anything; the unit test counts.
void signal_confirm(struct signal_point *points, size_t count, size_t charts);

// Points in a row that stand out in one direction: one thing to be told.
struct signal_episode {
  size_t first, count;  // points
  size_t told;          // the first confirmed one, else the first
};
// Writes them in order and returns how many; `episodes` has room for `count`.
size_t signal_episodes(const struct signal_point *points, size_t count, struct signal_episode *episodes);

#endif
