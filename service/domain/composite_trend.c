// Draws a line through the days of an index, and judges whether it can be trusted.
#include "domain/composite_trend.h"

#include <assert.h>

enum { SCORE_BEST = 100 };

// A part's points, or its days, as far as they have been looked at.
struct walk {
  const struct trend_point *points;
  const struct tally_day *days;
  size_t count, at;
};

static bool beyond_anchors(const struct composite_part *part, const struct estimate *estimate) {
  struct ratio value = {estimate->numerator, estimate->denominator};
  int sign = part->metric->better == BETTER_HIGHER ? 1 : -1;
  return sign * ratio_compare(value, part->anchors.worst) < 0 || sign * ratio_compare(value, part->anchors.best) > 0;
}

// Brings all parts to this day; false where one has nothing.
static bool reach(struct walk *walks, size_t count, int32_t day) {
  bool all = true;
  for (size_t i = 0; i < count; i++) {
    struct walk *walk = &walks[i];
    while (walk->at < walk->count && (walk->points ? walk->points[walk->at].day : walk->days[walk->at].day) < day) {
      walk->at++;
    }
    all = all && walk->at < walk->count &&
          (walk->points ? walk->points[walk->at].day == day : walk->days[walk->at].day == day && walk->days[walk->at].tally.n > 0);
  }
  return all;
}

// Writes the index's points; *linear: it follows its parts. NULL when memory is out.
static struct trend_point *points_of(const struct composite_part *parts, size_t count, struct window window, const struct composite_days *days,
                                     struct arena *arena, size_t *written, bool *linear) {
  size_t room = (size_t)window_days(window);
  struct trend_point *points = arena_take_array(arena, room, sizeof *points);
  struct walk walks[COMPOSITE_PARTS_MAX];
  struct composite_part now[COMPOSITE_PARTS_MAX];
  *written = 0;
  *linear = true;
  for (size_t i = 0; i < count; i++) {
    struct trend_point *own = arena_take_array(arena, room, sizeof *own);
    if (!own) {
      return NULL;
    }
    walks[i] = (struct walk){.points = own, .count = trend_points(parts[i].metric, window, days[i].days, days[i].count, own)};
    now[i] = (struct composite_part){.metric = parts[i].metric, .anchors = parts[i].anchors, .weight = parts[i].weight};
    for (size_t k = 0; k < walks[i].count; k++) {
      *linear = *linear && !beyond_anchors(&parts[i], &own[k].estimate);
    }
  }
  for (int32_t day = window.from; points && day <= window.to; day++) {
    if (!reach(walks, count, day)) {
      continue;
    }
    for (size_t i = 0; i < count; i++) {
      now[i].estimate = walks[i].points[walks[i].at].estimate;
    }
    points[(*written)++] = (struct trend_point){.day = day, .estimate = composite_of(now, count)};
  }
  return points;
}

// NULL when memory is out.
static struct trend_value *values_of(const struct composite_part *parts, size_t count, struct window window, const struct composite_days *days,
                                     struct arena *arena, size_t *written) {
  struct trend_value *values = arena_take_array(arena, (size_t)window_days(window), sizeof *values);
  struct walk walks[COMPOSITE_PARTS_MAX];
  double weights = 0;
  *written = 0;
  for (size_t i = 0; i < count; i++) {
    walks[i] = (struct walk){.days = days[i].days, .count = days[i].count};
    weights += (double)parts[i].weight;
  }
  for (int32_t day = window.from; values && day <= window.to; day++) {
    if (!reach(walks, count, day)) {
      continue;
    }
    struct trend_value value = {.day = day};
    for (size_t i = 0; i < count; i++) {
      const struct tally *tally = &walks[i].days[walks[i].at].tally;
      struct estimate estimate = estimate_without_interval(parts[i].metric, tally);
      double worst = ratio_value(parts[i].anchors.worst);
      double best = ratio_value(parts[i].anchors.best);
      value.value += (double)parts[i].weight / weights * SCORE_BEST * (estimate_value(&estimate) - worst) / (best - worst);
      value.weight = i == 0 || (double)tally->n < value.weight ? (double)tally->n : value.weight;
    }
    values[(*written)++] = value;
  }
  return values;
}

bool composite_trend(const struct composite_part *parts, size_t count, struct window window, const struct composite_days *days, struct arena *arena,
                     struct trend *trend) {
  assert(count >= 1 && count <= COMPOSITE_PARTS_MAX);
  *trend = (struct trend){0};
  for (size_t i = 0; i < count; i++) {
    if (!trend_possible(parts[i].metric)) {
      return true;
    }
  }
  size_t points_count;
  size_t values_count;
  bool linear;
  const struct trend_point *points = points_of(parts, count, window, days, arena, &points_count, &linear);
  const struct trend_value *values = values_of(parts, count, window, days, arena, &values_count);
  if (!points || !values) {
    return false;
  }
  *trend = trend_of_values(values, linear ? values_count : 0, points, points_count);
  return true;
}
