// Checks the fewest tickets that hold 80 % of lost time: by hand, at the edge, and against adding up tickets one by one.
#include "domain/concentration.h"

#include "unit.h"

enum { GROUPS_MAX = 5 };

struct group {
  int64_t minutes, tickets;
};

struct concentration_case {
  int64_t answers;
  struct group groups[GROUPS_MAX];  // largest first, up to the first without tickets
  bool has_share;
  int64_t tickets;
};

static const struct concentration_case CASES[] = {
    // 480 of 585 minutes are 82 %: one ticket of five answers.
    {5, {{480, 1}, {60, 1}, {30, 1}, {15, 1}, {0, 1}}, true, 1},
    // 80 % exactly, and one minute less than that.
    {10, {{80, 1}, {20, 1}, {0, 8}}, true, 1},
    {10, {{79, 1}, {21, 1}, {0, 8}}, true, 2},
    // Equal tickets: 4 of 5, and of 6 the fifth is taken whole.
    {5, {{30, 5}}, true, 4},
    {6, {{30, 6}}, true, 5},
    // Of 1000 the 500 at 60 hold 30000 of 31500; 420 of them reach 25200.
    {1000, {{60, 500}, {3, 500}}, true, 420},
    // The first group alone falls short: 24000 − 20000 = 4000 minutes more take 400 at 10.
    {5000, {{400, 50}, {10, 1000}, {0, 3950}}, true, 450},
    {1, {{1, 1}}, true, 1},
    // Nothing lost, nobody asked.
    {5, {{0, 5}}, false, 0},
    {0, {{0, 0}}, false, 0},
};

static int128 total_of(const struct group *groups) {
  int128 total = 0;
  for (size_t i = 0; i < GROUPS_MAX; i++) {
    total += groups[i].minutes * groups[i].tickets;
  }
  return total;
}

START_TEST(share_counts_the_fewest_whole_tickets) {
  const struct concentration_case *row = &CASES[_i];
  struct concentration concentration;
  concentration_init(&concentration, row->answers, total_of(row->groups));
  for (size_t i = 0; i < GROUPS_MAX && row->groups[i].tickets > 0; i++) {
    concentration_add(&concentration, row->groups[i].minutes, row->groups[i].tickets);
  }
  int128 numerator = 0;
  int128 denominator = 0;
  ck_assert_int_eq(concentration_share(&concentration, &numerator, &denominator), row->has_share);
  if (row->has_share) {
    ck_assert_int_eq(concentration.tickets, row->tickets);
    ck_assert(numerator == 100 * row->tickets && denominator == row->answers);
  }
}
END_TEST

// The order within equal tickets doesn't matter, so one by one must come to the same.
START_TEST(groups_and_single_tickets_come_to_the_same) {
  const struct concentration_case *row = &CASES[_i];
  struct concentration grouped, single;
  concentration_init(&grouped, row->answers, total_of(row->groups));
  concentration_init(&single, row->answers, total_of(row->groups));
  for (size_t i = 0; i < GROUPS_MAX; i++) {
    bool reached = row->groups[i].tickets > 0 && concentration_add(&grouped, row->groups[i].minutes, row->groups[i].tickets);
    for (int64_t k = 0; k < row->groups[i].tickets; k++) {
      concentration_add(&single, row->groups[i].minutes, 1);
    }
    ck_assert(row->groups[i].tickets == 0 || single.reached == reached);
    ck_assert_int_eq(grouped.tickets, single.tickets);
    ck_assert(grouped.gathered == single.gathered);
  }
}
END_TEST

START_TEST(rows_cut_short_have_no_share) {
  struct concentration concentration;
  concentration_init(&concentration, 100, 1000);
  ck_assert(!concentration_add(&concentration, 79, 10));
  int128 numerator, denominator;
  ck_assert(!concentration_share(&concentration, &numerator, &denominator));
}
END_TEST

START_TEST(what_comes_after_eighty_percent_is_ignored) {
  struct concentration concentration;
  concentration_init(&concentration, 100, 1000);
  ck_assert(concentration_add(&concentration, 100, 10));
  ck_assert(concentration_add(&concentration, 50, 10));
  ck_assert_int_eq(concentration.tickets, 8);
}
END_TEST

static Suite *concentration_suite(void) {
  Suite *suite = suite_create("concentration");
  TCase *tests = tcase_create("concentration");
  tcase_add_loop_test(tests, share_counts_the_fewest_whole_tickets, 0, ROWS(CASES));
  tcase_add_loop_test(tests, groups_and_single_tickets_come_to_the_same, 0, ROWS(CASES));
  tcase_add_test(tests, rows_cut_short_have_no_share);
  tcase_add_test(tests, what_comes_after_eighty_percent_is_ignored);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(concentration_suite()); }
