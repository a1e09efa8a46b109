// Checks the priority of initiatives: every factor by hand, and each reason why there is none.
#include "domain/priority.h"

#include "unit.h"

#include <math.h>

#include "domain/initiative.h"

// `n` persons who lost `lost` minutes, `spread` more or less in turn.
struct answers {
  int64_t n, lost, spread;
};

static struct tally tally_of(struct answers answers) {
  const struct metric *metric = metric_find(TEXT("lost_time"));
  struct tally tally = {0};
  tally_add_value(&tally, metric, answers.lost - answers.spread, answers.n / 2);
  tally_add_value(&tally, metric, answers.lost + answers.spread, answers.n - answers.n / 2);
  return tally;
}

static struct priority priority_by(struct answers scope, struct answers rest, int64_t effort) {
  struct priority_question question = {.scope = tally_of(scope), .rest = tally_of(rest), .effort = effort};
  return priority_of(&question);
}

// 100 × (90 − 45) minutes are 75 hours.
static const struct answers SLOW = {100, 90, 20}, FAST = {400, 45, 20}, NOBODY = {0, 0, 0};

START_TEST(divides_the_hours_by_the_effort) {
  static const struct {
    enum initiative_effort effort;
    int64_t score;
  } CASES[] = {{EFFORT_S, 750000}, {EFFORT_M, 375000}, {EFFORT_L, 187500}, {EFFORT_XL, 93750}};
  EACH(row, CASES) {
    struct priority priority = priority_by(SLOW, FAST, row->effort);
    ck_assert_int_eq(priority.gap, PRIORITY_NO_GAP);
    ck_assert_double_eq_tol(priority.recoverable_hours, 75, 1e-9);
    ck_assert_int_eq(priority.certainty, PRIORITY_CONFIRMED);
    ck_assert_int_eq(priority.score, row->score);
  }
}
END_TEST

START_TEST(halves_what_may_be_chance_and_quarters_what_few_have_told) {
  // 60 × (50 − 45) minutes are 5 hours; minutes from 5 to 95 beside each other.
  struct priority uncertain = priority_by((struct answers){60, 50, 45}, (struct answers){60, 45, 40}, EFFORT_S);
  ck_assert_int_eq(uncertain.certainty, PRIORITY_UNCERTAIN);
  ck_assert_double_eq_tol(uncertain.recoverable_hours, 5, 1e-9);
  ck_assert_int_eq(uncertain.score, 25000);
  // Fewer than 50 answers are too few, however plain the difference looks: 40 × (90 − 45) minutes are 30 hours.
  struct priority few = priority_by((struct answers){40, 90, 20}, FAST, EFFORT_S);
  ck_assert_int_eq(few.certainty, PRIORITY_TOO_FEW);
  ck_assert_int_eq(few.score, 75000);
  ck_assert_int_eq(priority_by(SLOW, (struct answers){49, 45, 20}, EFFORT_S).certainty, PRIORITY_TOO_FEW);
}
END_TEST

START_TEST(has_nothing_to_win_where_less_is_lost_than_elsewhere) {
  struct priority priority = priority_by(FAST, SLOW, EFFORT_S);
  ck_assert_int_eq(priority.gap, PRIORITY_NO_GAP);
  ck_assert_double_eq(priority.recoverable_hours, 0);
  ck_assert_int_eq(priority.score, 0);
}
END_TEST

START_TEST(says_why_there_is_none) {
  static const struct {
    bool whole, withheld;
    const struct answers *scope, *rest;
    int64_t effort;
    enum priority_gap gap;
    bool hours;  // are known all the same
  } CASES[] = {
      {true, false, &SLOW, &FAST, EFFORT_S, PRIORITY_NO_SCOPE, false},      {true, true, &NOBODY, &NOBODY, ABSENT, PRIORITY_NO_SCOPE, false},
      {false, true, &SLOW, &FAST, EFFORT_S, PRIORITY_WITHHELD, false},      {false, true, &NOBODY, &FAST, ABSENT, PRIORITY_WITHHELD, false},
      {false, false, &NOBODY, &FAST, EFFORT_S, PRIORITY_NO_ANSWERS, false}, {false, false, &SLOW, &NOBODY, ABSENT, PRIORITY_NO_ANSWERS, false},
      {false, false, &SLOW, &FAST, ABSENT, PRIORITY_NO_EFFORT, true},
  };
  EACH(row, CASES) {
    struct priority_question question = {row->whole, row->withheld, tally_of(*row->scope), tally_of(*row->rest), row->effort};
    struct priority priority = priority_of(&question);
    ck_assert_int_eq(priority.gap, row->gap);
    ck_assert_int_eq(priority.score, ABSENT);
    ck_assert_int_eq(isnan(priority.recoverable_hours) == 0, row->hours);
    ck_assert_int_eq(isnan(priority.confidence) == 0, row->hours);
    ck_assert_int_eq(priority.effort_weight, row->effort == ABSENT ? ABSENT : 1);
  }
}
END_TEST

int main(void) {
  return unit_tests("priority", (const TTest *[]){divides_the_hours_by_the_effort, halves_what_may_be_chance_and_quarters_what_few_have_told,
                                                  has_nothing_to_win_where_less_is_lost_than_elsewhere, says_why_there_is_none, NULL});
}
