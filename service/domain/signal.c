// Charts weeks against their ordinary variation, and marks those that stand out.
#include "domain/signal.h"

#include <math.h>

#include "base/instant.h"
#include "domain/comparison.h"

enum { WEEK_DAYS = 7 };

// 3 / d₂ and D₄ of the tables for moving ranges of two values.
static const double LIMIT_FACTOR = 2.66;
static const double RANGE_FACTOR = 3.267;

static const double CONFIRMED_LEVEL = 0.01;

size_t signal_weeks(struct window window, const struct tally_day *days, size_t count, struct tally_day *weeks) {
  size_t written = 0;
  for (size_t i = 0; i < count; i++) {
    int32_t monday = days[i].day - day_weekday(days[i].day);
    if (monday < window.from || monday + WEEK_DAYS - 1 > window.to || days[i].tally.n == 0) {
      continue;
    }
    if (written == 0 || weeks[written - 1].day != monday) {
      weeks[written++] = (struct tally_day){.day = monday};
    }
    tally_add(&weeks[written - 1].tally, &days[i].tally);
  }
  return written;
}

size_t signal_points(const struct metric *metric, const struct tally_day *weeks, size_t count, struct signal_point *points) {
  size_t written = 0;
  for (size_t i = 0; metric->aggregation != AGGREGATE_STOCK && i < count; i++) {
    if (weeks[i].tally.n >= SIGNAL_ANSWERS_MIN) {
      struct estimate estimate = estimate_without_interval(metric, &weeks[i].tally);
      points[written++] = (struct signal_point){.week = weeks[i].day, .tally = weeks[i].tally, .value = estimate_value(&estimate)};
    }
  }
  return written;
}

size_t signal_split(const struct signal_point *points, size_t count, int32_t day) {
  size_t before = 0;
  while (before < count && points[before].week < day) {
    before++;
  }
  return before;
}

// The mean of the moving ranges that aren't above `most`.
static double mean_range(const struct signal_point *points, size_t count, double most) {
  double sum = 0;
  size_t used = 0;
  for (size_t i = 1; i < count; i++) {
    double range = fabs(points[i].value - points[i - 1].value);
    if (range <= most) {
      sum += range;
      used++;
    }
  }
  return sum / (double)used;
}

// Summed about the first value, so that equal ones have exactly that mean.
static double mean_value(const struct signal_point *points, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    sum += points[i].value - points[0].value;
  }
  return points[0].value + sum / (double)count;
}

static struct signal_limits limits_of(const struct signal_point *points, size_t count) {
  struct signal_limits limits = {.provisional = count < SIGNAL_WEEKS_MIN};
  if (count < 2) {
    return limits;
  }
  limits.known = true;
  limits.mean = mean_value(points, count);
  limits.range = mean_range(points, count, INFINITY);
  double screened = mean_range(points, count, RANGE_FACTOR * limits.range);
  limits.range = screened > 0 ? screened : limits.range;
  limits.low = limits.mean - LIMIT_FACTOR * limits.range;
  limits.high = limits.mean + LIMIT_FACTOR * limits.range;
  return limits;
}

static int sign_of(double a) { return (a > 0) - (a < 0); }

// Points so far in a row that have the same sign.
struct row {
  int sign;
  int length;
};

static void row_extend(struct row *row, int sign, int first) {
  row->length = sign == 0 ? 0 : sign == row->sign ? row->length + 1 : first;
  row->sign = sign;
}

static void mark(struct signal_point *point, enum signal_rule rule, int direction) {
  if (point->rules == 0) {
    point->direction = direction;
  }
  point->rules |= rule;
}

static void mark_rules(const struct signal_limits *limits, struct signal_point *points, size_t count) {
  struct row side = {0};
  struct row slope = {0};
  for (size_t i = 0; i < count; i++) {
    double value = points[i].value;
    row_extend(&side, sign_of(value - limits->mean), 1);
    // Two points make the first step.
    row_extend(&slope, i == 0 ? 0 : sign_of(value - points[i - 1].value), 2);
    if (value < limits->low || value > limits->high) {
      mark(&points[i], SIGNAL_OUTSIDE, side.sign);
    }
    if (side.length >= SIGNAL_RUN_WEEKS) {
      mark(&points[i], SIGNAL_RUN, side.sign);
    }
    if (slope.length >= SIGNAL_SLOPE_WEEKS) {
      mark(&points[i], SIGNAL_SLOPE, slope.sign);
    }
  }
}

static double p_of_after(const struct metric *metric, const struct signal_point *point, const struct tally *before) {
  struct tally after = {0};
  for (int i = 1; i <= SIGNAL_AFTER_WEEKS; i++) {
    tally_add(&after, &point[i].tally);
  }
  struct comparison comparison = comparison_of(metric, before, &after, false);
  bool tested = comparison.sufficient && comparison.has_test && sign_of(comparison.statistic) == point->direction;
  return tested ? comparison.p : NAN;
}

void signal_confirm(struct signal_point *points, size_t count, size_t charts) {
  for (size_t i = 0; i < count; i++) {
    points[i].confirmed = points[i].rules != 0 && points[i].p < CONFIRMED_LEVEL / (double)charts;
  }
}

struct signal_limits signal_chart(const struct metric *metric, struct signal_point *points, size_t count) {
  struct signal_limits limits = limits_of(points, count);
  if (!limits.known) {
    return limits;
  }
  mark_rules(&limits, points, count);
  struct tally before = {0};
  for (size_t i = 0; i < count; i++) {
    points[i].has_after = i + SIGNAL_AFTER_WEEKS < count;
    points[i].p = points[i].rules != 0 && points[i].has_after ? p_of_after(metric, &points[i], &before) : NAN;
    tally_add(&before, &points[i].tally);
  }
  signal_confirm(points, count, 1);
  return limits;
}

size_t signal_episodes(const struct signal_point *points, size_t count, struct signal_episode *episodes) {
  size_t written = 0;
  for (size_t i = 0; i < count; i++) {
    if (points[i].rules == 0) {
      continue;
    }
    bool goes_on = i > 0 && points[i - 1].rules != 0 && points[i - 1].direction == points[i].direction;
    if (!goes_on) {
      episodes[written++] = (struct signal_episode){.first = i, .told = i};
    }
    struct signal_episode *episode = &episodes[written - 1];
    episode->count++;
    if (points[i].confirmed && !points[episode->told].confirmed) {
      episode->told = i;
    }
  }
  return written;
}
