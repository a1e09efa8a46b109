// The charts of weeks that signals are looked for in: of each metric, or of each metric and value of a dimension, from a reading by week.
#ifndef XLAD_API_SIGNAL_CHARTS_H
#define XLAD_API_SIGNAL_CHARTS_H

#include "api/reading.h"
#include "domain/signal.h"

struct signal_chart {
  const struct metric *metric;
  struct text key;  // the value of the dimension; absent where it is missing, and without a breakdown
  struct signal_point *points;
  size_t count;
  struct signal_limits limits;
  int64_t n;               // answers or tickets in its points
  size_t suppressed, few;  // weeks that are withheld, and with less than SIGNAL_ANSWERS_MIN
};

struct signal_charts {
  struct arena *arena;
  struct window window;
  size_t weeks_max;
  const struct metric *metrics[METRICS_MAX];
  size_t metrics_count;
  size_t each_max;              // charts of one metric
  struct signal_chart *charts;  // each_max for each metric, of which `counts` are there
  size_t counts[METRICS_MAX];
  size_t left_out;
};

// Charts of the `asked` metrics. Weeks that don't lie whole in the window and those that the reading withholds aren't in them, so that nothing is
// told that the weeks shown don't tell. Where there are many values, those with the most answers are charted, SIGNAL_CHARTS_MAX in all: not those
// that stand out, which would be a look more. Signals are confirmed as signal_confirm() does for so many charts as there are. False when memory is
// out.
bool signal_charts_read(struct signal_charts *charts, struct reading *reading, const struct reading_question *question, const struct tenant *tenant,
                        const struct metric_set *asked, struct arena *arena);

// A thing to be told: points in a row that stand out.
struct signal_row {
  const struct signal_chart *chart;
  struct signal_episode episode;
};
// All of them, ranked: confirmed ones first, the latest first. NULL when memory is out.
struct signal_row *signal_charts_rows(const struct signal_charts *charts, size_t *count);

#endif
