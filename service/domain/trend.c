// Draws a line through a metric's days, and judges whether it can be trusted.
#include "domain/trend.h"

#include <math.h>

#include "domain/quantile.h"

static const double LEVEL = 0.05;

bool trend_possible(const struct metric *metric) {
  return metric->aggregation == AGGREGATE_NET || metric->aggregation == AGGREGATE_SHARE || metric->aggregation == AGGREGATE_MEAN;
}

size_t trend_points(const struct metric *metric, struct window window, const struct tally_day *days, size_t count, struct trend_point *points) {
  size_t written = 0;
  size_t first = 0;
  for (int32_t day = window.from; trend_possible(metric) && day <= window.to; day++) {
    while (first < count && days[first].day <= day - TREND_DAYS) {
      first++;
    }
    struct tally pooled = {0};
    for (size_t i = first; i < count && days[i].day <= day; i++) {
      tally_add(&pooled, &days[i].tally);
    }
    if (pooled.n > 0) {
      points[written++] = (struct trend_point){.day = day, .estimate = estimate_without_interval(metric, &pooled)};
    }
  }
  return written;
}

// Sums of a weighted least squares line, about the first pair of values, so that equal values leave nothing to rounding.
struct sums {
  double x0, y0;
  double w, x, y;  // Σw, and Σwx/Σw, Σwy/Σw once divided
  double xx, xy;   // about the means
};

struct pair {
  double w, x, y;
};

static void sum_means(struct sums *sums, struct pair pair) {
  if (sums->w == 0) {
    sums->x0 = pair.x;
    sums->y0 = pair.y;
  }
  sums->w += pair.w;
  sums->x += pair.w * (pair.x - sums->x0);
  sums->y += pair.w * (pair.y - sums->y0);
}

static void end_means(struct sums *sums) {
  sums->x /= sums->w;
  sums->y /= sums->w;
}

static void sum_squares(struct sums *sums, struct pair pair) {
  double x = pair.x - sums->x0 - sums->x;
  double y = pair.y - sums->y0 - sums->y;
  sums->xx += pair.w * x * x;
  sums->xy += pair.w * x * y;
}

static double residual(const struct sums *sums, struct pair pair) {
  return pair.y - sums->y0 - sums->y - sums->xy / sums->xx * (pair.x - sums->x0 - sums->x);
}

static struct pair pair_of_point(const struct trend_point *point) { return (struct pair){1, point->day, estimate_value(&point->estimate)}; }

static void set_line(struct trend *trend, const struct trend_point *points, size_t count) {
  struct sums sums = {0};
  for (size_t i = 0; i < count; i++) {
    sum_means(&sums, pair_of_point(&points[i]));
  }
  end_means(&sums);
  for (size_t i = 0; i < count; i++) {
    sum_squares(&sums, pair_of_point(&points[i]));
  }
  double slope = sums.xy / sums.xx;
  trend->has_line = true;
  trend->from = points[0].day;
  trend->to = points[count - 1].day;
  trend->begin = sums.y0 + sums.y - slope * sums.x;
  trend->change = slope * (trend->to - trend->from);
  trend->end = trend->begin + trend->change;
}

// Where single days come from: the tallies of a metric, or values.
struct source {
  const struct metric *metric;  // NULL: values
  struct window window;
  const struct tally_day *days;
  const struct trend_value *values;
  size_t count;
};

// False for a day that says nothing.
static bool pair_at(const struct source *source, size_t i, struct pair *pair) {
  if (!source->metric) {
    *pair = (struct pair){source->values[i].weight, source->values[i].day, source->values[i].value};
    return true;
  }
  const struct tally_day *day = &source->days[i];
  if (day->day < source->window.from || day->day > source->window.to || day->tally.n <= 0) {
    return false;
  }
  struct estimate estimate = estimate_without_interval(source->metric, &day->tally);
  *pair = (struct pair){(double)day->tally.n, day->day, estimate_value(&estimate)};
  return true;
}

static void set_significance(struct trend *trend, const struct source *source) {
  struct sums sums = {0};
  struct pair pair;
  for (size_t i = 0; i < source->count; i++) {
    if (pair_at(source, i, &pair)) {
      sum_means(&sums, pair);
      trend->data_days++;
    }
  }
  if (trend->data_days < 3) {
    return;
  }
  end_means(&sums);
  for (size_t i = 0; i < source->count; i++) {
    if (pair_at(source, i, &pair)) {
      sum_squares(&sums, pair);
    }
  }
  double rest = 0;
  for (size_t i = 0; i < source->count; i++) {
    if (pair_at(source, i, &pair)) {
      rest += pair.w * residual(&sums, pair) * residual(&sums, pair);
    }
  }
  double freedom = trend->data_days - 2;
  double statistic = fabs(sums.xy / sums.xx) / sqrt(rest / freedom / sums.xx);
  if (isnan(statistic)) {
    return;
  }
  trend->has_p = true;
  trend->p = 2 * student_cdf(-statistic, freedom);
  trend->significant = trend->p < LEVEL && trend->data_days >= TREND_DATA_DAYS_MIN;
}

static struct trend trend_from(const struct source *source, const struct trend_point *points, size_t point_count) {
  struct trend trend = {0};
  set_significance(&trend, source);
  if (point_count >= 2) {
    set_line(&trend, points, point_count);
  }
  return trend;
}

struct trend trend_of_values(const struct trend_value *values, size_t count, const struct trend_point *points, size_t point_count) {
  return trend_from(&(struct source){.values = values, .count = count}, points, point_count);
}

struct trend trend_of(const struct metric *metric, struct window window, const struct tally_day *days, size_t count, const struct trend_point *points,
                      size_t point_count) {
  struct source source = {.metric = metric, .window = window, .days = days, .count = trend_possible(metric) ? count : 0};
  return trend_from(&source, points, point_count);
}

double trend_at(const struct trend *trend, int32_t day) { return trend->begin + trend->change / (trend->to - trend->from) * (day - trend->from); }
