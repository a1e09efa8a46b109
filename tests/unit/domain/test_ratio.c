// Checks exact fractions at their signs, in lowest terms, and near the ends of what fits.
#include "domain/ratio.h"

#include "unit.h"

#include <math.h>
#include <stdint.h>

static void assert_ratio(struct ratio actual, int64_t numerator, int64_t denominator) {
  ck_assert(actual.numerator == numerator && actual.denominator == denominator);
}

START_TEST(reduces_to_lowest_terms) {
  assert_ratio(ratio_reduce((struct ratio){12, 18}), 2, 3);
  assert_ratio(ratio_reduce((struct ratio){-12, 18}), -2, 3);
  assert_ratio(ratio_reduce((struct ratio){0, 18}), 0, 1);
  assert_ratio(ratio_reduce((struct ratio){7, 0}), 7, 0);
}
END_TEST

START_TEST(sums_are_exact) {
  assert_ratio(ratio_sum((struct ratio){1, 3}, (struct ratio){2, 3}), 1, 1);
  assert_ratio(ratio_sum((struct ratio){1, 6}, (struct ratio){-1, 10}), 1, 15);
  // 38.46… + 5 of 13 answers.
  assert_ratio(ratio_sum((struct ratio){500, 13}, (struct ratio){500, 100}), 565, 13);
  assert_ratio(ratio_sum((struct ratio){1, 0}, (struct ratio){1, 2}), 0, 0);
  assert_ratio(ratio_sum((struct ratio){1, 2}, (struct ratio){1, 0}), 0, 0);
}
END_TEST

START_TEST(compares_what_doubles_cannot_tell_apart) {
  const int64_t large = INT64_C(1) << 60;
  ck_assert_int_eq(ratio_compare((struct ratio){large, large - 1}, (struct ratio){large + 1, large}), 1);
  ck_assert_int_eq(ratio_compare((struct ratio){large + 1, large}, (struct ratio){large, large - 1}), -1);
  ck_assert_int_eq(ratio_compare((struct ratio){2, 6}, (struct ratio){1, 3}), 0);
  ck_assert_int_eq(ratio_compare((struct ratio){-1, 3}, (struct ratio){-1, 4}), -1);
}
END_TEST

START_TEST(none_is_no_number) {
  ck_assert(isnan(ratio_value((struct ratio){1, 0})));
  ck_assert_double_eq(ratio_value((struct ratio){-3, 4}), -0.75);
}
END_TEST

int main(void) {
  return unit_tests("ratio",
                    (const TTest *[]){reduces_to_lowest_terms, sums_are_exact, compares_what_doubles_cannot_tell_apart, none_is_no_number, NULL});
}
