// Checks trailing points, the line through them, and its significance: by hand, against values computed with 30 digits by normal equations
// (mpmath 1.3), and on noise.
#include "domain/trend.h"

#include "unit.h"

#include <math.h>

enum { DAYS_MAX = 64, MONDAY = 20000 };

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

// n answers that sum up to `sum`.
static struct tally_day day_of(int32_t day, int64_t n, int64_t sum) {
  return (struct tally_day){.day = day, .tally = {.n = n, .sum = sum, .sum_squares = sum * sum}};
}

static void assert_point(const struct trend_point *point, int32_t day, int64_t numerator, int64_t denominator) {
  ck_assert_int_eq(point->day, day);
  ck_assert(point->estimate.has_value && point->estimate.numerator * denominator == numerator * point->estimate.denominator);
}

START_TEST(point_pools_its_seven_days_from_before_the_window_on) {
  const struct tally_day days[] = {day_of(93, 50, 50), day_of(94, 1, 7), day_of(97, 2, 6), day_of(100, 3, 12), day_of(102, 1, 1), day_of(103, 9, 63)};
  struct trend_point points[3];
  ck_assert_uint_eq(trend_points(named("ces"), (struct window){100, 102}, days, ROWS(days), points), 3);
  assert_point(&points[0], 100, 7 + 6 + 12, 6);
  assert_point(&points[1], 101, 6 + 12, 5);
  assert_point(&points[2], 102, 6 + 12 + 1, 6);
}
END_TEST

START_TEST(no_data_is_no_point) {
  const struct tally_day days[] = {day_of(100, 2, 8), day_of(101, 0, 0), day_of(110, 1, 5)};
  struct trend_point points[14];
  size_t count = trend_points(named("ces"), (struct window){99, 112}, days, ROWS(days), points);
  ck_assert_uint_eq(count, 7 + 3);
  assert_point(&points[0], 100, 4, 1);
  assert_point(&points[6], 106, 4, 1);
  assert_point(&points[7], 110, 5, 1);
  struct trend trend = trend_of(named("ces"), (struct window){99, 112}, days, ROWS(days), points, count);
  ck_assert_int_eq(trend.data_days, 2);
  ck_assert(trend.has_line && !trend.has_p);
  ck_assert(trend.from == 100 && trend.to == 112);
}
END_TEST

START_TEST(counts_and_stocks_have_no_trend) {
  const char *keys[] = {"ticket_volume", "backlog"};
  const struct tally_day days[] = {day_of(100, 2, 2), day_of(101, 3, 3), day_of(102, 9, 9), day_of(103, 9, 9)};
  struct trend_point points[4];
  for (size_t i = 0; i < ROWS(keys); i++) {
    struct window window = {100, 103};
    ck_assert_uint_eq(trend_points(named(keys[i]), window, days, ROWS(days), points), 0);
    struct trend trend = trend_of(named(keys[i]), window, days, ROWS(days), points, 0);
    ck_assert(!trend.has_line && !trend.has_p && !trend.significant);
  }
}
END_TEST

START_TEST(one_point_or_none_is_no_line) {
  const struct tally_day day = day_of(100, 2, 8);
  struct trend_point point;
  struct window window = {100, 100};
  ck_assert_uint_eq(trend_points(named("ces"), window, &day, 1, &point), 1);
  ck_assert(!trend_of(named("ces"), window, &day, 1, &point, 1).has_line);
  ck_assert(!trend_of(named("ces"), window, NULL, 0, NULL, 0).has_line);
}
END_TEST

static const struct {
  int64_t n, sum;
} EASE[] = {{3, 14}, {5, 24}, {2, 9},  {8, 41}, {6, 30}, {1, 3},  {4, 22}, {7, 36},
            {5, 27}, {9, 45}, {3, 17}, {6, 33}, {5, 26}, {8, 45}, {4, 23}, {2, 13}};

struct slope_case {
  int32_t days;
  double p;
  bool significant;
};

static const struct slope_case SLOPES[] = {
    {3, 0.757924563353, false},
    {13, 0.0764369935151, false},
    {14, 0.0209362833993, true},
    {16, 0.00340609391422, true},
};

// The days after the window, though given, change nothing.
START_TEST(significance_weighs_days_by_their_answers) {
  const struct slope_case *row = &SLOPES[_i];
  struct tally_day days[ROWS(EASE)];
  for (size_t i = 0; i < ROWS(EASE); i++) {
    days[i] = day_of(MONDAY + (int32_t)i, EASE[i].n, EASE[i].sum);
  }
  struct window window = {MONDAY, MONDAY + row->days - 1};
  struct trend_point points[ROWS(EASE)];
  size_t count = trend_points(named("ces"), window, days, ROWS(days), points);
  ck_assert_uint_eq(count, (size_t)row->days);
  struct trend trend = trend_of(named("ces"), window, days, ROWS(days), points, count);
  ck_assert_int_eq(trend.data_days, row->days);
  ck_assert(trend.has_p);
  ck_assert_double_eq_tol(trend.p, row->p, 1e-10);
  ck_assert_int_eq(trend.significant, row->significant);
  if (row->days == ROWS(EASE)) {
    ck_assert_double_eq_tol(trend.begin, 4.65850790501, 1e-10);
    ck_assert_double_eq_tol(trend.end, 5.43182790801, 1e-10);
    ck_assert_double_eq_tol(trend.change, 5.43182790801 - 4.65850790501, 1e-10);
  }
}
END_TEST

// Each day costs one minute more than the last: so do the points, three days late.
static struct trend straight(int32_t length, int64_t slope) {
  struct tally_day days[DAYS_MAX];
  for (int32_t i = 0; i < length + 6; i++) {
    days[i] = day_of(MONDAY - 6 + i, 10, 10 * (1000 + slope * i));
  }
  struct trend_point points[DAYS_MAX];
  struct window window = {MONDAY, MONDAY + length - 1};
  size_t count = trend_points(named("lost_time"), window, days, (size_t)length + 6, points);
  return trend_of(named("lost_time"), window, days, (size_t)length + 6, points, count);
}

START_TEST(straight_days_make_a_straight_line) {
  struct trend trend = straight(30, 1);
  ck_assert(trend.has_line && trend.significant);
  ck_assert_double_eq_tol(trend.begin, 1003, 1e-9);
  ck_assert_double_eq_tol(trend.end, 1032, 1e-9);
  ck_assert_double_eq_tol(trend.change, 29, 1e-9);
  ck_assert_double_eq_tol(trend_at(&trend, MONDAY), 1003, 1e-9);
  ck_assert_double_eq_tol(trend_at(&trend, MONDAY + 59), 1062, 1e-9);
  ck_assert_double_le(trend.p, 1e-30);
}
END_TEST

START_TEST(thirteen_days_are_too_few_however_straight) {
  ck_assert(!straight(13, 5).significant);
  ck_assert(straight(14, 5).significant);
}
END_TEST

START_TEST(equal_days_have_no_slope_and_no_p) {
  struct tally_day days[30];
  for (int32_t i = 0; i < 30; i++) {
    days[i] = day_of(MONDAY + i, 3 * (i + 1), 10 * (i + 1));
  }
  struct trend_point points[30];
  struct window window = {MONDAY, MONDAY + 29};
  size_t count = trend_points(named("ces"), window, days, ROWS(days), points);
  struct trend trend = trend_of(named("ces"), window, days, ROWS(days), points, count);
  ck_assert(trend.has_line && !trend.has_p && !trend.significant);
  ck_assert_double_eq(trend.change, 0);
}
END_TEST

static uint64_t next(uint64_t *state) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return *state >> 33;
}

// Smoothed points drift even where nothing does; single days don't. 400 × 5 % = 20, and 4 standard deviations.
START_TEST(noise_is_seldom_called_a_trend) {
  enum { RUNS = 400, LENGTH = 30 };
  const struct metric *metric = named("happiness");
  uint64_t state = 42;
  int significant = 0;
  for (int run = 0; run < RUNS; run++) {
    struct tally_day days[LENGTH] = {0};
    for (int32_t i = 0; i < LENGTH; i++) {
      days[i].day = MONDAY + i;
      for (uint64_t n = 5 + next(&state) % 40; n > 0; n--) {
        tally_add_value(&days[i].tally, metric, (int64_t)(next(&state) % 11), 1);
      }
    }
    struct trend_point points[LENGTH];
    struct window window = {MONDAY, MONDAY + LENGTH - 1};
    size_t count = trend_points(metric, window, days, LENGTH, points);
    significant += trend_of(metric, window, days, LENGTH, points, count).significant;
  }
  ck_assert_int_ge(significant, 4);
  ck_assert_int_le(significant, 37);
}
END_TEST

static Suite *trend_suite(void) {
  Suite *suite = suite_create("trend");
  TCase *tests = tcase_create("trend");
  tcase_set_timeout(tests, 30);
  tcase_add_test(tests, point_pools_its_seven_days_from_before_the_window_on);
  tcase_add_test(tests, no_data_is_no_point);
  tcase_add_test(tests, counts_and_stocks_have_no_trend);
  tcase_add_test(tests, one_point_or_none_is_no_line);
  tcase_add_loop_test(tests, significance_weighs_days_by_their_answers, 0, ROWS(SLOPES));
  tcase_add_test(tests, straight_days_make_a_straight_line);
  tcase_add_test(tests, thirteen_days_are_too_few_however_straight);
  tcase_add_test(tests, equal_days_have_no_slope_and_no_p);
  tcase_add_test(tests, noise_is_seldom_called_a_trend);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(trend_suite()); }
