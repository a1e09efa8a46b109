// Checks that equal contexts and equal values get one number each.
#include "store/context_set.h"

#include <stdio.h>

#include "unit.h"

enum { MANY = 512, WIDE = 9 };

static struct context_set set;

static void start(size_t contexts, size_t values) { ck_assert(context_set_init(&set, contexts, values)); }

static void expect_value(size_t number, size_t dimension_id, const char *value) {
  ck_assert_uint_eq(set.values[number - 1].dimension_id, dimension_id);
  ck_assert(text_is(set.values[number - 1].value, value));
}

START_TEST(numbers_contexts_and_values_in_order_of_arrival) {
  const struct text a[] = {TEXT("vpn"), TEXT("mail")}, b[] = {TEXT("erp"), TEXT("mail")}, again[] = {TEXT("vpn"), TEXT("mail")};
  start(3, 6);
  ck_assert_uint_eq(context_set_add(&set, a, 2), 1);
  ck_assert_uint_eq(context_set_add(&set, b, 2), 2);
  ck_assert_uint_eq(context_set_add(&set, again, 2), 1);
  ck_assert_uint_eq(set.contexts_count, 2);
  ck_assert_uint_eq(set.values_count, 3);
  expect_value(1, 1, "vpn");
  expect_value(2, 2, "mail");
  expect_value(3, 1, "erp");
  static const uint32_t PLACES[] = {1, 2, 3, 2};
  ck_assert_uint_eq(context_set_places(&set), 4);
  ck_assert_mem_eq(set.places, PLACES, sizeof PLACES);
  ck_assert_uint_eq(set.ends[0], 2);
  context_set_release(&set);
}
END_TEST

START_TEST(tells_the_same_value_of_two_dimensions_apart) {
  const struct text values[] = {TEXT("mail"), TEXT("mail")};
  start(1, 2);
  ck_assert_uint_eq(context_set_add(&set, values, 2), 1);
  ck_assert_uint_eq(set.values_count, 2);
  expect_value(1, 1, "mail");
  expect_value(2, 2, "mail");
  context_set_release(&set);
}
END_TEST

START_TEST(keeps_missing_dimensions_apart_from_empty_and_shorter_contexts) {
  const struct text missing[] = {TEXT_NONE, TEXT("b")}, empty[] = {TEXT(""), TEXT("b")}, shorter[] = {TEXT_NONE};
  start(6, 6);
  ck_assert_uint_eq(context_set_add(&set, missing, 2), 1);
  ck_assert_uint_eq(context_set_add(&set, empty, 2), 2);
  ck_assert_uint_eq(context_set_add(&set, shorter, 1), 3);
  ck_assert_uint_eq(context_set_add(&set, NULL, 0), 4);
  ck_assert_uint_eq(context_set_add(&set, NULL, 0), 4);
  ck_assert_uint_eq(context_set_add(&set, missing, 2), 1);
  ck_assert_uint_eq(set.places[0], 0);
  ck_assert_uint_eq(set.ends[3], set.ends[2]);
  context_set_release(&set);
}
END_TEST

START_TEST(finds_each_of_many_again) {
  static char names[MANY][WIDE][16];
  struct text values[WIDE];
  start(2 * MANY, (size_t)2 * MANY * WIDE);
  for (size_t round = 0; round < 2; round++)
    for (size_t i = 0; i < MANY; i++) {
      for (size_t k = 0; k < WIDE; k++) {
        (void)snprintf(names[i][k], sizeof names[i][k], "%zu.%zu", i, k);
        values[k] = text_of(names[i][k]);
      }
      ck_assert_uint_eq(context_set_add(&set, values, WIDE), i + 1);
    }
  ck_assert_uint_eq(set.contexts_count, MANY);
  ck_assert_uint_eq(set.values_count, (size_t)MANY * WIDE);
  context_set_release(&set);
}
END_TEST

int main(void) {
  return unit_tests("store/context_set",
                    (const TTest *[]){numbers_contexts_and_values_in_order_of_arrival, tells_the_same_value_of_two_dimensions_apart,
                                      keeps_missing_dimensions_apart_from_empty_and_shorter_contexts, finds_each_of_many_again, NULL});
}
