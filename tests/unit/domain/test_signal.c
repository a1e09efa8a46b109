// Checks the chart of weeks: a published vector, each rule at its edge, screening, rebasing and confirmation.
#include "domain/signal.h"

#include "unit.h"

#include <math.h>
#include <string.h>

enum { WEEKS_MAX = 24, MONDAY = 20458 };  // 2026-01-05

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

// A week of lost time: n answers that differ by ±5 minutes around `value`.
static struct tally_day week_of(int32_t number, int64_t value, int64_t n) {
  struct tally_day week = {.day = MONDAY + 7 * number};
  tally_add_value(&week.tally, named("lost_time"), value - 5, n / 2);
  tally_add_value(&week.tally, named("lost_time"), value + 5, n - n / 2);
  return week;
}

// Charts weeks of twenty answers with these values, up to the first below 0.
static struct signal_limits chart(const int *values, struct signal_point *points, size_t *count) {
  struct tally_day weeks[WEEKS_MAX];
  size_t length = 0;
  while (length < WEEKS_MAX && values[length] >= 0) {
    weeks[length] = week_of((int32_t)length, values[length], 20);
    length++;
  }
  *count = signal_points(named("lost_time"), weeks, length, points);
  ck_assert_uint_eq(*count, length);
  return signal_chart(named("lost_time"), points, *count);
}

struct limits_case {
  int values[WEEKS_MAX];
  double mean, range, low, high;
  bool provisional;
};

static const struct limits_case LIMITS[] = {
    // A published vector.
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 45, 43, -1}, 43.25, 3.727, 33.34, 53.16, false},
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 45, -1}, 43.273, 3.9, 32.90, 53.65, true},
    {{10, 14, -1}, 12, 4, 1.36, 22.64, true},
    {{20, 20, 20, 20, -1}, 20, 0, 20, 20, true},
    // Ranges 1 × 9, 50, 50: their mean 10.818 × 3.267 = 35.3 screens both out.
    {{40, 41, 40, 41, 40, 90, 40, 41, 40, 41, 40, 41, -1}, 44.583, 1, 41.923, 47.243, false},
    // Once only: ranges 1 × 7, 10, 100, 100, 10: 227 / 11 × 3.267 = 67.4 leaves 27 / 9 = 3; 10 would exceed 9.8, but stays.
    {{40, 41, 40, 41, 51, 151, 51, 41, 40, 41, 40, 41, -1}, 51.5, 3, 43.52, 59.48, false},
    // Where nothing else varied nothing is screened out.
    {{40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 73, -1}, 42.75, 3, 34.77, 50.73, false},
};

START_TEST(limits_match_vector) {
  const struct limits_case *row = &LIMITS[_i];
  struct signal_point points[WEEKS_MAX];
  size_t count;
  struct signal_limits limits = chart(row->values, points, &count);
  ck_assert(limits.known);
  ck_assert_double_eq_tol(limits.mean, row->mean, 0.0005);
  ck_assert_double_eq_tol(limits.range, row->range, 0.0005);
  ck_assert_double_eq_tol(limits.low, row->low, 0.005);
  ck_assert_double_eq_tol(limits.high, row->high, 0.005);
  ck_assert_int_eq(limits.provisional, row->provisional);
}
END_TEST

struct rules_case {
  int values[WEEKS_MAX];
  const char *rules;       // one character a week: the sum of its rules
  const char *directions;  // +, - or space
};

static const struct rules_case RULES[] = {
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 45, 43, -1}, "000000000000", "            "},
    {{20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, -1}, "000000000000", "            "},
    // Eleven below the mean that the twelfth raised, which lies beyond 50.73.
    {{40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 73, -1}, "000000022221", "       ----+"},
    // Seven in a row are ordinary, the eighth isn't, nor is a ninth; the mean is 44.
    {{42, 43, 42, 43, 42, 43, 42, 45, 46, 45, 46, 45, 46, 46, -1}, "00000000000000", "              "},
    {{42, 43, 42, 43, 42, 43, 42, 43, 45, 46, 45, 46, 45, 46, 45, 46, -1}, "0000000200000002", "       -       +"},
    {{40, 43, 40, 43, 40, 43, 40, 43, 40, 45, 48, 45, 48, 45, 48, 45, 48, 45, -1}, "000000022000000022", "       --       ++"},
    // A week on the mean, 44, breaks the row.
    {{42, 43, 41, 42, 44, 42, 43, 41, 42, 46, 45, 47, 46, 44, 46, 45, 47, 46, -1}, "000000000000000000", "                  "},
    // Five in a row each beyond the last are ordinary, the sixth isn't; equal ones break the row.
    {{40, 44, 38, 39, 40, 41, 42, 36, 40, 44, 38, 40, -1}, "000000000000", "            "},
    {{40, 44, 38, 39, 40, 41, 42, 43, 36, 44, 38, 40, -1}, "000000040000", "       +    "},
    {{40, 44, 43, 42, 41, 40, 39, 38, 42, 44, 38, 40, -1}, "000000440000", "      --    "},
    {{40, 44, 38, 39, 40, 40, 41, 42, 36, 44, 38, 40, -1}, "000000000000", "            "},
};

START_TEST(rules_hold_from_their_edge_on) {
  const struct rules_case *row = &RULES[_i];
  struct signal_point points[WEEKS_MAX];
  size_t count;
  chart(row->values, points, &count);
  ck_assert_uint_eq(strlen(row->rules), count);
  for (size_t i = 0; i < count; i++) {
    ck_assert_msg(points[i].rules == (unsigned)(row->rules[i] - '0'), "week %zu: %u", i, points[i].rules);
    int direction = row->directions[i] == '+' ? 1 : row->directions[i] == '-' ? -1 : 0;
    ck_assert_int_eq(points[i].direction, direction);
  }
}
END_TEST

START_TEST(only_weeks_that_lie_whole_in_the_window_count) {
  struct tally_day days[30];
  size_t count = 0;
  for (int32_t day = MONDAY - 3; day < MONDAY + 26; day++) {
    if (day < MONDAY + 7 || day >= MONDAY + 14) {
      days[count++] = (struct tally_day){.day = day, .tally = {.n = 1, .sum = day, .sum_squares = 1}};
    }
  }
  struct tally_day weeks[4];
  // From Friday to Thursday: three whole weeks, one of them without data.
  ck_assert_uint_eq(signal_weeks((struct window){MONDAY - 3, MONDAY + 24}, days, count, weeks), 2);
  ck_assert_int_eq(weeks[0].day, MONDAY);
  ck_assert_int_eq(weeks[0].tally.n, 7);
  ck_assert(weeks[0].tally.sum == 7 * MONDAY + 21);
  ck_assert_int_eq(weeks[1].day, MONDAY + 14);
  ck_assert_int_eq(weeks[1].tally.n, 7);
  ck_assert_uint_eq(signal_weeks((struct window){MONDAY + 1, MONDAY + 12}, days, count, weeks), 0);
}
END_TEST

START_TEST(weeks_with_fewer_than_twenty_answers_are_no_points) {
  const struct tally_day weeks[] = {week_of(0, 40, 20), week_of(1, 90, 19), week_of(2, 44, 21)};
  struct signal_point points[3];
  ck_assert_uint_eq(signal_points(named("lost_time"), weeks, 3, points), 2);
  ck_assert_int_eq(points[0].week, MONDAY);
  ck_assert_int_eq(points[1].week, MONDAY + 14);
  ck_assert_double_eq(points[0].value, 40);
  ck_assert_uint_eq(signal_points(named("backlog"), weeks, 3, points), 0);
}
END_TEST

START_TEST(one_point_has_no_limits) {
  struct tally_day week = week_of(0, 40, 20);
  struct signal_point point;
  ck_assert_uint_eq(signal_points(named("lost_time"), &week, 1, &point), 1);
  ck_assert(!signal_chart(named("lost_time"), &point, 1).known);
  ck_assert_uint_eq(point.rules, 0);
  ck_assert(!signal_chart(named("lost_time"), NULL, 0).known);
}
END_TEST

START_TEST(rebased_parts_have_limits_of_their_own) {
  const int values[] = {42, 45, 39, 44, 47, 41, 43, 46, 82, 85, 79, 84, 87, 81, 83, 86, -1};
  struct signal_point points[WEEKS_MAX];
  size_t count;
  chart(values, points, &count);
  ck_assert_uint_ne(points[7].rules, 0);
  struct tally_day weeks[WEEKS_MAX];
  for (int32_t i = 0; i < 16; i++) {
    weeks[i] = week_of(i, values[i], 20);
  }
  count = signal_points(named("lost_time"), weeks, 16, points);
  // On the Tuesday of the eighth week: that week belongs to what was before.
  size_t split = signal_split(points, count, MONDAY + 7 * 7 + 1);
  ck_assert_uint_eq(split, 8);
  ck_assert_uint_eq(signal_split(points, count, MONDAY + 7 * 8), 8);
  ck_assert_uint_eq(signal_split(points, count, MONDAY + 7 * 8 + 1), 9);
  ck_assert_uint_eq(signal_split(points, count, MONDAY - 1), 0);
  ck_assert_uint_eq(signal_split(points, count, MONDAY + 700), 16);
  struct signal_limits before = signal_chart(named("lost_time"), points, split);
  struct signal_limits after = signal_chart(named("lost_time"), points + split, count - split);
  ck_assert_double_eq_tol(before.mean, 43.375, 1e-12);
  ck_assert_double_eq_tol(after.mean, 83.375, 1e-12);
  ck_assert(before.provisional && after.provisional);
  for (size_t i = 0; i < count; i++) {
    ck_assert_uint_eq(points[i].rules, 0);
  }
}
END_TEST

struct confirmed_case {
  int values[WEEKS_MAX];
  size_t week;  // that stands out
  bool has_after, confirmed;
};

static const struct confirmed_case CONFIRMED[] = {
    // It stays up, it falls back, it falls below what was before, three weeks follow only, nothing came before.
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 70, 72, 69, 71, 70, -1}, 10, true, true},
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 70, 43, 42, 45, 44, -1}, 10, true, false},
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 90, 35, 34, 35, 36, -1}, 10, true, false},
    {{42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 70, 72, 69, 71, -1}, 10, false, false},
    {{90, 45, 39, 44, 47, 41, 43, 46, 40, 44, 42, 43, 39, 41, -1}, 0, true, false},
};

START_TEST(signal_is_confirmed_by_the_four_weeks_after) {
  const struct confirmed_case *row = &CONFIRMED[_i];
  struct signal_point points[WEEKS_MAX];
  size_t count;
  chart(row->values, points, &count);
  ck_assert_uint_ne(points[row->week].rules & SIGNAL_OUTSIDE, 0);
  ck_assert_int_eq(points[row->week].direction, 1);
  ck_assert_int_eq(points[row->week].has_after, row->has_after);
  ck_assert_int_eq(points[row->week].confirmed, row->confirmed);
}
END_TEST

START_TEST(signal_among_many_charts_must_be_surer) {
  static const int values[] = {42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 70, 44, 48, 45, 47, -1};
  struct signal_point points[WEEKS_MAX];
  size_t count;
  chart(values, points, &count);
  ck_assert(points[10].has_after);
  double p = points[10].p;
  ck_assert_double_gt(p, 1e-12);
  ck_assert_double_lt(p, 0.01);
  ck_assert(isnan(points[9].p) && isnan(points[11].p));
  signal_confirm(points, count, (size_t)(0.01 / p));
  ck_assert(points[10].confirmed && !points[9].confirmed);
  signal_confirm(points, count, (size_t)(0.01 / p) + 1);
  ck_assert(!points[10].confirmed);
}
END_TEST

START_TEST(points_in_a_row_are_one_episode) {
  struct signal_point points[] = {{.rules = 0},
                                  {.rules = 1, .direction = 1},
                                  {.rules = 2, .direction = 1, .confirmed = true},
                                  {.rules = 1, .direction = 1, .confirmed = true},
                                  {.rules = 4, .direction = -1},
                                  {.rules = 0},
                                  {.rules = 1, .direction = -1},
                                  {.rules = 1, .direction = -1}};
  struct signal_episode episodes[ROWS(points)];
  ck_assert_uint_eq(signal_episodes(points, ROWS(points), episodes), 3);
  ck_assert(episodes[0].first == 1 && episodes[0].count == 3 && episodes[0].told == 2);
  ck_assert(episodes[1].first == 4 && episodes[1].count == 1 && episodes[1].told == 4);
  ck_assert(episodes[2].first == 6 && episodes[2].count == 2 && episodes[2].told == 6);
  ck_assert_uint_eq(signal_episodes(points, 1, episodes), 0);
}
END_TEST

// Happiness and lost time that never change, week by week; how many of RUNS looks at so many charts confirm anything.
enum { RUNS = 200, CHANCE_WEEKS = 78, CHARTS = 24, CLAIMS_MAX = 4 };

static uint64_t next(uint64_t *state) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return *state >> 33;
}

static int64_t invent(const struct metric *metric, uint64_t *state) {
  if (metric->aggregation == AGGREGATE_NET) {
    return (int64_t)(next(state) % 4 + next(state) % 8);
  }
  double exponent = (double)(next(state) % 1000 + next(state) % 1000 + next(state) % 1000) / 500 - 3;
  return next(state) % 2 == 0 ? 0 : (int64_t)fmin(45 * exp(1.3 * exponent), 2400);
}

static bool confirms_anything(const struct metric *metric, size_t charts, uint64_t *state) {
  static struct tally_day weeks[CHANCE_WEEKS];
  static struct signal_point points[CHANCE_WEEKS];
  for (int32_t i = 0; i < CHANCE_WEEKS; i++) {
    weeks[i] = (struct tally_day){.day = MONDAY + 7 * i};
    for (uint64_t n = 20 + next(state) % 40; n > 0; n--) {
      tally_add_value(&weeks[i].tally, metric, invent(metric, state), 1);
    }
  }
  size_t count = signal_points(metric, weeks, CHANCE_WEEKS, points);
  (void)signal_chart(metric, points, count);
  signal_confirm(points, count, charts);
  for (size_t i = 0; i < count; i++) {
    if (points[i].confirmed) {
      return true;
    }
  }
  return false;
}

static int claims_of(size_t charts, uint64_t seed) {
  uint64_t state = seed;
  int claims = 0;
  for (int run = 0; run < RUNS; run++) {
    bool any = false;
    for (size_t i = 0; i < charts; i++) {
      any = confirms_anything(named(i % 2 == 0 ? "happiness" : "lost_time"), charts, &state) || any;
    }
    claims += any;
  }
  return claims;
}

START_TEST(chance_is_seldom_confirmed) {
  ck_assert_int_le(claims_of(1, (uint64_t)_i * 7919 + 1), CLAIMS_MAX);
  ck_assert_int_le(claims_of(CHARTS, (uint64_t)_i * 104729 + 3), CLAIMS_MAX);
}
END_TEST

static Suite *signal_suite(void) {
  Suite *suite = suite_create("signal");
  TCase *tests = tcase_create("signal");
  tcase_add_loop_test(tests, limits_match_vector, 0, ROWS(LIMITS));
  tcase_add_loop_test(tests, rules_hold_from_their_edge_on, 0, ROWS(RULES));
  tcase_add_test(tests, only_weeks_that_lie_whole_in_the_window_count);
  tcase_add_test(tests, weeks_with_fewer_than_twenty_answers_are_no_points);
  tcase_add_test(tests, one_point_has_no_limits);
  tcase_add_test(tests, rebased_parts_have_limits_of_their_own);
  tcase_add_loop_test(tests, signal_is_confirmed_by_the_four_weeks_after, 0, ROWS(CONFIRMED));
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, signal_among_many_charts_must_be_surer);
  tcase_add_test(tests, points_in_a_row_are_one_episode);
  tcase_add_loop_test(tests, chance_is_seldom_confirmed, 0, 3);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(signal_suite()); }
