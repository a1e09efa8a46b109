// Checks which days of a rolling window count: pieces by hand, and any periods against a look at each day.
#include "domain/exclusion_period.h"

#include "unit.h"

enum { PERIODS_MAX = 5, PIECES_MAX = PERIODS_MAX + 1 };

struct cut_case {
  struct window periods[PERIODS_MAX];
  size_t count;
  struct window pieces[PIECES_MAX];
  size_t pieces_count;
};

// Of the window 100 to 129.
static const struct cut_case CASES[] = {
    {{{0, 0}}, 0, {{100, 129}}, 1},
    {{{90, 99}, {130, 140}}, 2, {{100, 129}}, 1},
    {{{110, 110}}, 1, {{100, 109}, {111, 129}}, 2},
    // At the ends, and beyond them.
    {{{90, 104}, {125, 200}}, 2, {{105, 124}}, 1},
    {{{100, 100}, {129, 129}}, 2, {{101, 128}}, 1},
    // In any order, side by side, one in another, overlapping, twice.
    {{{120, 122}, {105, 106}}, 2, {{100, 104}, {107, 119}, {123, 129}}, 3},
    {{{111, 115}, {105, 110}}, 2, {{100, 104}, {116, 129}}, 2},
    {{{105, 120}, {110, 112}, {118, 125}, {105, 120}}, 4, {{100, 104}, {126, 129}}, 2},
    // All of it.
    {{{100, 129}}, 1, {{0, 0}}, 0},
    {{{115, 300}, {-5, 114}}, 2, {{0, 0}}, 0},
    {{{101, 128}}, 1, {{100, 100}, {129, 129}}, 2},
};

START_TEST(window_is_cut_by_its_periods) {
  const struct cut_case *row = &CASES[_i];
  struct window pieces[PIECES_MAX];
  ck_assert_uint_eq(exclusion_periods_cut((struct window){100, 129}, row->periods, row->count, pieces), row->pieces_count);
  for (size_t i = 0; i < row->pieces_count; i++) {
    ck_assert_int_eq(pieces[i].from, row->pieces[i].from);
    ck_assert_int_eq(pieces[i].to, row->pieces[i].to);
  }
}
END_TEST

START_TEST(window_gets_thinner_and_not_longer) {
  struct window window = window_rolling(129, 30);
  ck_assert(window.from == 100 && window.to == 129);
  const struct window periods[] = {{103, 109}, {120, 140}};
  struct window pieces[3];
  size_t count = exclusion_periods_cut(window, periods, ROWS(periods), pieces);
  ck_assert_int_eq(windows_days(pieces, count), 30 - 7 - 10);
  ck_assert_int_eq(pieces[0].from, 100);
}
END_TEST

// The same numbers in each run: 0 to below − 1.
static int64_t draw(uint64_t *state, int64_t below) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return (int64_t)(*state >> 33) % below;
}

START_TEST(pieces_agree_with_a_look_at_each_day) {
  enum { ROUNDS = 5000, DAYS = 12 };
  uint64_t state = 1;
  for (int round = 0; round < ROUNDS; round++) {
    struct window periods[PERIODS_MAX];
    size_t count = (size_t)draw(&state, PERIODS_MAX + 1);
    for (size_t i = 0; i < count; i++) {
      periods[i].from = (int32_t)draw(&state, 16) - 2;
      periods[i].to = periods[i].from + (int32_t)draw(&state, 5);
    }
    struct window pieces[PIECES_MAX];
    size_t found = exclusion_periods_cut(window_rolling(DAYS - 1, DAYS), periods, count, pieces);
    ck_assert_uint_le(found, count + 1);
    int32_t counting = 0;
    for (int32_t day = 0; day < DAYS; day++) {
      bool inside = exclusion_periods_cover(pieces, found, day);
      ck_assert_int_eq(inside, !exclusion_periods_cover(periods, count, day));
      counting += inside;
    }
    ck_assert_int_eq(windows_days(pieces, found), counting);
    for (size_t i = 1; i < found; i++) {
      ck_assert_int_gt(pieces[i].from, pieces[i - 1].to + 1);
    }
  }
}
END_TEST

START_TEST(days_of_periods_are_left_out_of_a_trend) {
  struct tally_day days[] = {{.day = 1}, {.day = 2}, {.day = 4}, {.day = 7}, {.day = 9}};
  const struct window periods[] = {{7, 8}, {0, 1}};
  ck_assert_uint_eq(exclusion_periods_keep(periods, ROWS(periods), days, ROWS(days)), 3);
  ck_assert(days[0].day == 2 && days[1].day == 4 && days[2].day == 9);
}
END_TEST

static Suite *exclusion_period_suite(void) {
  Suite *suite = suite_create("exclusion_period");
  TCase *tests = tcase_create("exclusion_period");
  tcase_add_loop_test(tests, window_is_cut_by_its_periods, 0, ROWS(CASES));
  tcase_add_test(tests, window_gets_thinner_and_not_longer);
  tcase_add_test(tests, pieces_agree_with_a_look_at_each_day);
  tcase_add_test(tests, days_of_periods_are_left_out_of_a_trend);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(exclusion_period_suite()); }
