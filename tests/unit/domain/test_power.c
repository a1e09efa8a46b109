// Checks sample sizes: published vectors, limits of the formulas, and the power that the sizes give.
#include "domain/power.h"

#include "unit.h"

#include <math.h>

#include "domain/quantile.h"

struct per_group_case {
  double before, after, difference;
  int64_t needed;
};

static const struct per_group_case PER_GROUP[] = {
    // A third each of positive, neutral and negative answers, more or less: σ² = 5/9; 5, 10, 15 and 20 points.
    {5.0 / 9, 5.0 / 9, 0.05, 3489},
    {5.0 / 9, 5.0 / 9, 0.10, 873},
    {5.0 / 9, 5.0 / 9, 0.15, 388},
    {5.0 / 9, 5.0 / 9, 0.20, 219},
    // The same in points, and for a worsening.
    {50000.0 / 9, 50000.0 / 9, 10, 873},
    {50000.0 / 9, 50000.0 / 9, -10, 873},
    // P/N/D 38/22/40 and 48/22/30: 0.78 − 0.02² and 0.78 − 0.18².
    {0.7796, 0.7476, 0.20, 300},
    {0, 0, 1, 0},
    {1, 1, 0, POWER_ENDLESS},
    {1, 1, 1e-12, POWER_ENDLESS},
};

struct after_case {
  double before;
  int64_t n_before;
  double after, difference;
  int64_t needed;
};

static const struct after_case AFTER[] = {
    // The group before is as large as two equal ones need: so must the other be.
    {5.0 / 9, 873, 5.0 / 9, 0.10, 872},
    // 0.7476 / ((0.2 / 2.801585)² − 0.7796 / 400) = 0.7476 / (0.00509630 − 0.001949) = 237.5.
    {0.7796, 400, 0.7476, 0.20, 238},
    // 0.7796 / 100 exceeds 0.00509630: however many answers follow, they can't settle it.
    {0.7796, 100, 0.7476, 0.20, POWER_ENDLESS},
    {0.7796, 100, 0.7476, 0, POWER_ENDLESS},
    {0, 10, 0, 1, 0},
    {0, 10, 1, 2.8015853, 1},
};

START_TEST(size_of_two_groups_matches_vector) {
  const struct per_group_case *row = &PER_GROUP[_i];
  ck_assert_int_eq(power_per_group(row->before, row->after, row->difference), row->needed);
}
END_TEST

START_TEST(size_of_the_group_after_matches_vector) {
  const struct after_case *row = &AFTER[_i];
  ck_assert_int_eq(power_after(row->before, row->n_before, row->after, row->difference), row->needed);
}
END_TEST

static double power_at(double before, double n_before, double after, double n_after, double difference) {
  return normal_cdf(difference / sqrt(before / n_before + after / n_after) - NORMAL_975);
}

START_TEST(needed_size_is_the_least_that_has_80_percent_power) {
  const double variances[] = {0.1, 0.75, 3};
  for (int i = 0; i < 9; i++) {
    double before = variances[i / 3];
    double after = variances[i % 3];
    double n = (double)power_per_group(before, after, 0.3);
    ck_assert_double_ge(power_at(before, n, after, n, 0.3), 0.8 - 1e-12);
    ck_assert_double_lt(power_at(before, n - 1, after, n - 1, 0.3), 0.8);
    double m = (double)power_after(before, 500, after, 0.3);
    ck_assert_double_ge(power_at(before, 500, after, m, 0.3), 0.8 - 1e-12);
    ck_assert_double_lt(power_at(before, 500, after, m - 1, 0.3), 0.8);
  }
}
END_TEST

static Suite *power_suite(void) {
  Suite *suite = suite_create("power");
  TCase *tests = tcase_create("power");
  tcase_add_loop_test(tests, size_of_two_groups_matches_vector, 0, ROWS(PER_GROUP));
  tcase_add_loop_test(tests, size_of_the_group_after_matches_vector, 0, ROWS(AFTER));
  tcase_add_test(tests, needed_size_is_the_least_that_has_80_percent_power);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(power_suite()); }
