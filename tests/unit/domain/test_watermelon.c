// Checks the table of SLA outcomes and bands, its share, and the decision at its edges.
#include "domain/watermelon.h"

#include "unit.h"

struct group {
  enum sla sla;
  enum band band;
  bool over;
  int64_t n, lost_n, lost_sum;
};

static const struct group GROUPS[] = {
    {SLA_MET, BAND_POSITIVE, false, 50, 40, 400},     {SLA_MET, BAND_POSITIVE, true, 4, 4, 1000},  {SLA_MET, BAND_NEUTRAL, false, 20, 10, 300},
    {SLA_MET, BAND_NEUTRAL, true, 6, 6, 1800},        {SLA_MET, BAND_NEGATIVE, false, 9, 3, 90},   {SLA_MET, BAND_NEGATIVE, true, 11, 11, 5500},
    {SLA_MISSED, BAND_NEGATIVE, true, 30, 30, 30000}, {SLA_MISSED, BAND_POSITIVE, false, 8, 0, 0},
};

static struct watermelon table(void) {
  struct watermelon watermelon = {0};
  EACH(group, GROUPS) { watermelon_add(&watermelon, group->sla, group->band, group->over, group->n, group->lost_n, group->lost_sum); }
  return watermelon;
}

START_TEST(groups_of_one_cell_add_up) {
  struct watermelon watermelon = table();
  const struct watermelon_cell *cell = &watermelon.cells[SLA_MET][BAND_NEGATIVE];
  ck_assert(cell->n == 20 && cell->over == 11 && cell->lost_n == 14 && cell->lost_sum == 5590);
  cell = &watermelon.cells[SLA_MISSED][BAND_POSITIVE];
  ck_assert(cell->n == 8 && cell->over == 0 && cell->lost_n == 0 && cell->lost_sum == 0);
  ck_assert_int_eq(watermelon.cells[SLA_MISSED][BAND_NEUTRAL].n, 0);
}
END_TEST

// Negative ones, and of the others those over the threshold: 20 + 6 + 4 of the 100 that met their SLA. Missed ones don't count.
START_TEST(share_is_negative_or_over_the_threshold_of_sla_met) {
  struct watermelon watermelon = table();
  struct tally tally = watermelon_tally(&watermelon);
  ck_assert_int_eq(tally.n, 100);
  struct estimate estimate = estimate_of(&WATERMELON_SHARE, &tally);
  ck_assert(estimate.numerator == 30 * estimate.denominator);
  // Wilson's interval of 30 of 100.
  ck_assert_double_eq_tol(estimate.low, 21.895, 0.001);
  ck_assert_double_eq_tol(estimate.high, 39.585, 0.001);
}
END_TEST

START_TEST(no_sla_met_has_no_share) {
  struct watermelon watermelon = {0};
  watermelon_add(&watermelon, SLA_MISSED, BAND_NEGATIVE, true, 30, 30, 30000);
  struct tally tally = watermelon_tally(&watermelon);
  ck_assert(!estimate_of(&WATERMELON_SHARE, &tally).has_value);
}
END_TEST

struct decision_case {
  struct watermelon_signs signs;
  bool is;
};

static const struct decision_case DECISIONS[] = {
    {{90, 100, {90, 1}, true, false}, true},
    {{90, 100, {90, 1}, false, true}, true},
    {{90, 100, {90, 1}, true, true}, true},
    // Green inside too.
    {{90, 100, {90, 1}, false, false}, false},
    // Red outside, by one ticket or by a hundredth of a percent: an honest tomato.
    {{89, 100, {90, 1}, true, true}, false},
    {{899, 1000, {90, 1}, true, true}, false},
    {{90, 100, {9001, 100}, true, true}, false},
    // A third of 3 isn't 33.34 %, but it is 33.33 %.
    {{1, 3, {3333, 100}, true, false}, true},
    {{1, 3, {3334, 100}, true, false}, false},
    // Nothing known, or nothing wanted.
    {{0, 0, {90, 1}, true, true}, false},
    {{0, 0, {0, 1}, true, true}, false},
    {{90, 100, {0, 0}, true, true}, false},
};

START_TEST(decision_wants_green_outside_and_red_inside) { ck_assert_int_eq(watermelon_is(&DECISIONS[_i].signs), DECISIONS[_i].is); }
END_TEST

static Suite *watermelon_suite(void) {
  Suite *suite = suite_create("watermelon");
  TCase *tests = tcase_create("watermelon");
  tcase_add_test(tests, groups_of_one_cell_add_up);
  tcase_add_test(tests, share_is_negative_or_over_the_threshold_of_sla_met);
  tcase_add_test(tests, no_sla_met_has_no_share);
  tcase_add_loop_test(tests, decision_wants_green_outside_and_red_inside, 0, ROWS(DECISIONS));
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(watermelon_suite()); }
