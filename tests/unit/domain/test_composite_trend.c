// Checks the trend of an index: by hand, against that of its only part, on noise, and that none is claimed where the index doesn't follow its parts.
#include "domain/composite_trend.h"

#include "unit.h"

#include <math.h>

enum { DAYS_MAX = 64, PARTS_MAX = 3, FIRST = 20000, ARENA_BYTES = 1024 * 1024 };

struct series {
  struct tally_day days[DAYS_MAX];
  size_t count;
};

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

static struct composite_part part_of(const char *key, int64_t weight) {
  struct composite_part part = {.metric = named(key), .weight = weight};
  ck_assert(composite_scale(part.metric, &part.anchors));
  return part;
}

// `ones` of n answers count as one; of csat a 5, and a 1 otherwise.
static void add_share(struct series *series, int32_t day, int64_t ones, int64_t n) {
  struct tally_day *added = &series->days[series->count++];
  *added = (struct tally_day){.day = day};
  tally_add_value(&added->tally, named("csat"), 5, ones);
  tally_add_value(&added->tally, named("csat"), 1, n - ones);
}

static struct trend trend_with(const struct composite_part *parts, size_t count, struct window window, const struct series *series) {
  struct composite_days days[PARTS_MAX];
  struct arena arena;
  struct trend trend;
  for (size_t i = 0; i < count; i++) {
    days[i] = (struct composite_days){series[i].days, series[i].count};
  }
  arena_init(&arena, ARENA_BYTES);
  ck_assert(composite_trend(parts, count, window, days, &arena, &trend));
  arena_release(&arena);
  return trend;
}

START_TEST(one_part_has_the_trend_of_that_part) {
  struct series series = {.count = 0};
  struct window window = {FIRST, FIRST + 29};
  for (int i = -6; i < 30; i++) {
    add_share(&series, FIRST + i, 10 - i / 5 + i % 3, 20 + i % 7);
  }
  struct trend_point points[DAYS_MAX];
  const struct metric *metric = named("csat");
  size_t count = trend_points(metric, window, series.days, series.count, points);
  struct trend own = trend_of(metric, window, series.days, series.count, points, count);
  struct composite_part part = part_of("csat", 7);
  struct trend trend = trend_with(&part, 1, window, &series);
  ck_assert(own.has_line && own.has_p && own.significant);
  ck_assert(trend.has_line && trend.has_p && trend.significant);
  ck_assert_int_eq(trend.data_days, own.data_days);
  ck_assert_double_eq_tol(trend.begin, own.begin, 1e-5);
  ck_assert_double_eq_tol(trend.end, own.end, 1e-5);
  ck_assert_double_eq_tol(trend.p, own.p, 1e-12);
}
END_TEST

// csat stays at 50 %; happiness falls from 100 to −100 within two points: of weights 3 and 1 the index falls from 62.5 to 37.5.
START_TEST(parts_count_by_their_weights) {
  struct series series[2] = {{.count = 0}};
  for (int i = 0; i < 8; i += 7) {
    add_share(&series[0], FIRST + i, 5, 10);
    struct tally_day *day = &series[1].days[series[1].count++];
    *day = (struct tally_day){.day = FIRST + i};
    tally_add_value(&day->tally, named("happiness"), i == 0 ? 10 : 0, 4);
  }
  struct composite_part parts[] = {part_of("csat", 3), part_of("happiness", 1)};
  struct trend trend = trend_with(parts, 2, (struct window){FIRST, FIRST}, series);
  ck_assert(!trend.has_line && trend.data_days == 1);
  trend = trend_with(parts, 2, (struct window){FIRST, FIRST + 7}, series);
  ck_assert(trend.has_line && !trend.has_p);
  ck_assert_int_eq(trend.data_days, 2);
  // The first seven points are 62.5, the eighth is 37.5: least squares by hand.
  ck_assert_double_eq_tol((trend.end - trend.begin) / 7, 3.5 * (37.5 - 62.5) / 42, 1e-4);
}
END_TEST

START_TEST(a_day_needs_all_parts) {
  struct series series[2] = {{.count = 0}};
  for (int i = 0; i < 20; i++) {
    add_share(&series[0], FIRST + i, 5 + i % 2, 10);
    if (i % 2 == 0) {
      add_share(&series[1], FIRST + i, 3 + i % 3, 10);
    }
  }
  struct composite_part parts[] = {part_of("csat", 1), part_of("csat", 1)};
  struct trend trend = trend_with(parts, 2, (struct window){FIRST, FIRST + 19}, series);
  ck_assert_int_eq(trend.data_days, 10);
  ck_assert(trend.has_p && !trend.significant);
}
END_TEST

// Anchors at 40 and 100: a day of one answer lies far beyond them. Held to 0 to 100, days of one answer would seem to be better than those of many,
// though half of all answers are good on the first days and on the last.
START_TEST(no_trend_comes_from_the_number_of_answers) {
  struct series series = {.count = 0};
  for (int i = -6; i < 40; i++) {
    if (i < 20) {
      add_share(&series, FIRST + i, (i + 6) % 2, 1);
    } else {
      add_share(&series, FIRST + i, 50, 100);
    }
  }
  struct composite_part part = part_of("csat", 1);
  part.anchors.worst = (struct ratio){40, 1};
  struct trend trend = trend_with(&part, 1, (struct window){FIRST, FIRST + 39}, &series);
  ck_assert(trend.has_line && trend.has_p);
  ck_assert_double_gt(trend.p, 0.5);
}
END_TEST

START_TEST(none_is_claimed_beyond_an_anchor) {
  struct series series = {.count = 0};
  for (int i = 0; i < 30; i++) {
    add_share(&series, FIRST + i, 90 - i, 100);
  }
  struct composite_part part = part_of("csat", 1);
  struct window window = {FIRST, FIRST + 29};
  ck_assert(trend_with(&part, 1, window, &series).significant);
  part.anchors.best = (struct ratio){90, 1};
  ck_assert(trend_with(&part, 1, window, &series).significant);
  part.anchors.best = (struct ratio){89, 1};
  struct trend trend = trend_with(&part, 1, window, &series);
  ck_assert(trend.has_line && !trend.has_p && !trend.significant);
}
END_TEST

START_TEST(lower_is_better_has_its_anchors_the_other_way_round) {
  struct series series = {.count = 0};
  for (int i = 0; i < 30; i++) {
    struct tally_day *day = &series.days[series.count++];
    *day = (struct tally_day){.day = FIRST + i};
    tally_add_value(&day->tally, named("lost_time"), 30 + i + i % 2, 10);
  }
  struct composite_part part = {.metric = named("lost_time"), .weight = 1, .anchors = {{120, 1}, {0, 1}}};
  struct trend trend = trend_with(&part, 1, (struct window){FIRST, FIRST + 29}, &series);
  ck_assert(trend.significant && trend.change < 0);
  part.anchors.best = (struct ratio){35, 1};
  ck_assert(!trend_with(&part, 1, (struct window){FIRST, FIRST + 29}, &series).significant);
}
END_TEST

START_TEST(what_adds_up_over_a_window_has_none) {
  struct series series[2] = {{.count = 0}};
  for (int i = 0; i < 30; i++) {
    add_share(&series[0], FIRST + i, 90 - i, 100);
    series[1].days[series[1].count++] = (struct tally_day){.day = FIRST + i, .tally = {.n = 5, .sum = 5}};
  }
  struct composite_part parts[] = {part_of("csat", 1), {.metric = named("backlog"), .weight = 1, .anchors = {{1000, 1}, {0, 1}}}};
  struct trend trend = trend_with(parts, 2, (struct window){FIRST, FIRST + 29}, series);
  ck_assert(!trend.has_line && !trend.has_p && !trend.significant);
}
END_TEST

static uint64_t state = UINT64_C(88172645463325252);
static double chance(void) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (double)(state >> 11) / (double)(UINT64_C(1) << 53);
}

static int64_t hits(int64_t n, double rate) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) {
    count += chance() < rate;
  }
  return count;
}

// Two parts that share their answers' moods, with few answers on some days and many on others; nothing changes but their number.
START_TEST(noise_is_seldom_taken_for_a_trend) {
  enum { ROUNDS = 1000 };
  struct composite_part parts[] = {part_of("csat", 2), part_of("csat", 1)};
  int found = 0;
  for (int round = 0; round < ROUNDS; round++) {
    struct series series[2] = {{.count = 0}};
    for (int i = 0; i < 30; i++) {
      int64_t n = 2 + (int64_t)(chance() * 20) + i / 2;
      int64_t both = hits(n, 0.7);
      add_share(&series[0], FIRST + i, both, n);
      add_share(&series[1], FIRST + i, both + hits(3 * n, 0.6), 4 * n);
    }
    found += trend_with(parts, 2, (struct window){FIRST, FIRST + 29}, series).significant;
  }
  ck_assert_msg(found >= ROUNDS * 3 / 100 && found <= ROUNDS * 7 / 100, "%d of %d", found, ROUNDS);
}
END_TEST

int main(void) {
  return unit_tests("composite_trend", (const TTest *[]){one_part_has_the_trend_of_that_part, parts_count_by_their_weights, a_day_needs_all_parts,
                                                         no_trend_comes_from_the_number_of_answers, none_is_claimed_beyond_an_anchor,
                                                         lower_is_better_has_its_anchors_the_other_way_round, what_adds_up_over_a_window_has_none,
                                                         noise_is_seldom_taken_for_a_trend, NULL});
}
