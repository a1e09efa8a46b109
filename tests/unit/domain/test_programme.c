// Checks conditions and steps of the programme at the edge of each rule, and that a coarse share gives no small group away.
#include "domain/programme.h"

#include "unit.h"

static struct programme_facts nothing(void) { return (struct programme_facts){.median_minutes = ABSENT, .context_percent = ABSENT}; }

// All is well.
static struct programme_facts everything(void) {
  return (struct programme_facts){.responses = 100,
                                  .gap_days = 2,
                                  .median_minutes = 60,
                                  .context_percent = 95,
                                  .asked = 3,
                                  .begun = 1,
                                  .begun_measured = 1,
                                  .wanted = 5,
                                  .targeted = 3,
                                  .current = 5,
                                  .objectives = 1,
                                  .agreements = 1,
                                  .evaluated = 1,
                                  .evaluations = 1,
                                  .dashboards = 1,
                                  .webhooks = 1,
                                  .delivered = 1,
                                  .found = 1,
                                  .open = 1};
}

START_TEST(tells_nothing_of_nothing) {
  struct programme_facts facts = nothing();
  for (int i = 0; i < PROGRAMME_CONDITIONS; i++)
    ck_assert_int_eq(programme_holds(&facts, (enum programme_condition)i), PROGRAMME_UNKNOWN);
  for (int i = 0; i < PROGRAMME_PHASES; i++)
    ck_assert_int_eq(programme_phase(&facts, (enum programme_phase)i), PROGRAMME_NOT_STARTED);
  for (int i = 0; i < PROGRAMME_STEPS; i++)
    ck_assert_int_eq(programme_step(&facts, (enum programme_step)i), PROGRAMME_NOT_STARTED);
}
END_TEST

START_TEST(is_done_when_all_is_well) {
  struct programme_facts facts = everything();
  for (int i = 0; i < PROGRAMME_CONDITIONS; i++)
    ck_assert_int_eq(programme_holds(&facts, (enum programme_condition)i), PROGRAMME_YES);
  for (int i = 0; i < PROGRAMME_PHASES; i++)
    ck_assert_int_eq(programme_phase(&facts, (enum programme_phase)i), PROGRAMME_DONE);
  for (int i = 0; i < PROGRAMME_STEPS; i++)
    ck_assert_int_eq(programme_step(&facts, (enum programme_step)i), PROGRAMME_DONE);
}
END_TEST

START_TEST(holds_up_to_the_edge) {
  struct programme_facts facts = everything();
  facts.gap_days = PROGRAMME_GAP_DAYS;
  facts.median_minutes = PROGRAMME_DELAY_MINUTES;
  facts.context_percent = PROGRAMME_CONTEXT_PERCENT;
  facts.waiting = PROGRAMME_BACKLOG;
  for (int i = 0; i < PROGRAMME_CONDITIONS; i++)
    ck_assert_int_eq(programme_holds(&facts, (enum programme_condition)i), PROGRAMME_YES);
  ck_assert_int_eq(programme_step(&facts, PROGRAMME_PROCESS), PROGRAMME_DONE);
  facts.gap_days++;
  facts.median_minutes++;
  facts.context_percent--;
  facts.waiting++;
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_CONTINUOUS), PROGRAMME_NO);
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_RIGHT_TIME), PROGRAMME_NO);
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_IN_CONTEXT), PROGRAMME_NO);
  ck_assert_int_eq(programme_step(&facts, PROGRAMME_PROCESS), PROGRAMME_IN_PROGRESS);
  ck_assert_int_eq(programme_phase(&facts, PROGRAMME_MEASURE), PROGRAMME_IN_PROGRESS);
}
END_TEST

START_TEST(asks_of_each_question_that_it_is_answered_and_used) {
  struct programme_facts facts = everything();
  facts.unused = 1;
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_ADDING_VALUE), PROGRAMME_NO);
  facts.unused = 0;
  facts.seldom = 1;
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_ADDING_VALUE), PROGRAMME_NO);
}
END_TEST

START_TEST(asks_of_each_initiative_that_it_was_measured_before) {
  struct programme_facts facts = everything();
  facts.begun = 2;
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_BEFORE_CHANGES), PROGRAMME_NO);
  facts.begun_measured = 2;
  ck_assert_int_eq(programme_holds(&facts, PROGRAMME_BEFORE_CHANGES), PROGRAMME_YES);
}
END_TEST

// What is unknown doesn't keep measuring from being done, what doesn't hold does.
START_TEST(measures_by_what_can_be_known) {
  struct programme_facts facts = everything();
  facts.median_minutes = facts.context_percent = ABSENT;
  facts.begun = facts.begun_measured = 0;
  ck_assert_int_eq(programme_phase(&facts, PROGRAMME_MEASURE), PROGRAMME_DONE);
  facts.seldom = 1;
  ck_assert_int_eq(programme_phase(&facts, PROGRAMME_MEASURE), PROGRAMME_IN_PROGRESS);
}
END_TEST

struct step_case {
  enum programme_step step;
  struct programme_facts facts;
  enum programme_state state;
};

static const struct step_case STEPS[] = {
    {PROGRAMME_DEFINE_WANTED, {.wanted = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_DEFINE_WANTED, {.wanted = 1, .targeted = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_DEFINE_WANTED, {.wanted = 1, .targeted = 1, .objectives = 1}, PROGRAMME_DONE},
    {PROGRAMME_DEFINE_POSSIBLE, {.wanted = 2, .sourceless = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_GATHER, {.wanted = 3, .sourceless = 1, .current = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_GATHER, {.wanted = 3, .sourceless = 1, .current = 2}, PROGRAMME_DONE},
    {PROGRAMME_GATHER, {.wanted = 1, .sourceless = 1}, PROGRAMME_NOT_STARTED},
    {PROGRAMME_ANALYSE, {.agreements = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_ANALYSE, {.agreements = 1, .evaluated = 1}, PROGRAMME_DONE},
    {PROGRAMME_ANALYSE, {.evaluations = 1}, PROGRAMME_DONE},
    {PROGRAMME_PRESENT, {.dashboards = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_PRESENT, {.webhooks = 1, .delivered = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_PRESENT, {.dashboards = 1, .webhooks = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_CORRECT, {.open = 1}, PROGRAMME_IN_PROGRESS},
    {PROGRAMME_CORRECT, {.evaluations = 1}, PROGRAMME_DONE},
};

START_TEST(knows_where_each_step_is) {
  EACH(row, STEPS) { ck_assert_msg(programme_step(&row->facts, row->step) == row->state, "row %zu", (size_t)(row - STEPS)); }
}
END_TEST

START_TEST(says_what_to_do_unless_it_is_done) {
  for (int i = 0; i < PROGRAMME_STEPS; i++) {
    ck_assert(PROGRAMME_STEP_ROWS[i].next[PROGRAMME_NOT_STARTED] && PROGRAMME_STEP_ROWS[i].next[PROGRAMME_IN_PROGRESS]);
    ck_assert_ptr_null(PROGRAMME_STEP_ROWS[i].next[PROGRAMME_DONE]);
  }
  for (int i = 0; i < PROGRAMME_CONDITIONS; i++) {
    ck_assert(PROGRAMME_CONDITION_ROWS[i].next[PROGRAMME_UNKNOWN] && PROGRAMME_CONDITION_ROWS[i].next[PROGRAMME_NO]);
    ck_assert_ptr_null(PROGRAMME_CONDITION_ROWS[i].next[PROGRAMME_YES]);
  }
  for (int i = 0; i < PROGRAMME_PHASES; i++) {
    ck_assert(PROGRAMME_PHASE_ROWS[i].next[PROGRAMME_NOT_STARTED] && PROGRAMME_PHASE_ROWS[i].next[PROGRAMME_IN_PROGRESS]);
    ck_assert_ptr_null(PROGRAMME_PHASE_ROWS[i].next[PROGRAMME_DONE]);
  }
}
END_TEST

START_TEST(finds_the_longest_gap) {
  static const bool ANSWERED[] = {false, true, false, false, true, true, false, false, false};
  ck_assert_int_eq(programme_longest_gap(ANSWERED, 9), 3);
  ck_assert_int_eq(programme_longest_gap(ANSWERED, 6), 2);
  ck_assert_int_eq(programme_longest_gap(ANSWERED + 1, 1), 0);
  ck_assert_int_eq(programme_longest_gap(ANSWERED, 1), 1);
  ck_assert_int_eq(programme_longest_gap(ANSWERED, 0), 0);
}
END_TEST

struct percent_case {
  int64_t part, whole, part_people, rest_people, percent;
};

// With a minimum group of 5 a step holds 10 answers.
static const struct percent_case PERCENTS[] = {
    {500, 1000, 400, 400, 50},                                                          // to 1 percent
    {996, 1000, 900, 5, 99},                                                            // 100 would mean all
    {4, 1000, 5, 900, 1},                                                               // and 0 none
    {504, 1000, 400, 400, 50}, {505, 1000, 400, 400, 51}, {500, 999, 400, 400, 50},     // to 2
    {0, 1000, 0, 900, 0},      {1000, 1000, 900, 0, 100}, {995, 1000, 900, 4, ABSENT},  // the rest is a small group
    {5, 1000, 4, 900, ABSENT}, {60, 200, 50, 90, 30},                                   // to 5
    {62, 100, 50, 30, 60},                                                              // to 10
    {30, 40, 20, 8, 75},                                                                // to 25
    {30, 39, 20, 8, ABSENT},                                                            // too few for a step
    {39, 39, 20, 0, ABSENT},   {0, 0, 0, 0, ABSENT},
};

START_TEST(rounds_shares_so_that_nobody_can_be_subtracted) {
  EACH(row, PERCENTS) {
    struct programme_part part = {row->part, row->whole, row->part_people, row->rest_people};
    ck_assert_msg(programme_percent(&part, 5) == row->percent, "%lld of %lld: %lld", (long long)row->part, (long long)row->whole,
                  (long long)programme_percent(&part, 5));
  }
}
END_TEST

// Whoever knows the percentage and all other answers still can't tell within twice the minimum group how large the part is.
START_TEST(leaves_as_many_parts_possible_as_two_groups_have) {
  enum { MIN = 5 };
  for (int64_t whole = 1; whole <= 600; whole++) {
    int64_t alike = 0, before = ABSENT;
    for (int64_t part = MIN; part <= whole - MIN; part++) {
      struct programme_part is = {part, whole, part, whole - part};
      int64_t percent = programme_percent(&is, MIN);
      if (percent == ABSENT) continue;
      ck_assert_int_ge(percent, before == ABSENT ? 0 : before);
      if (percent != before && before != ABSENT) ck_assert_int_ge(alike, MIN);
      alike = percent == before ? alike + 1 : 1;
      before = percent;
    }
  }
}
END_TEST

int main(void) {
  return unit_tests("programme",
                    (const TTest *[]){tells_nothing_of_nothing, is_done_when_all_is_well, holds_up_to_the_edge,
                                      asks_of_each_question_that_it_is_answered_and_used, asks_of_each_initiative_that_it_was_measured_before,
                                      measures_by_what_can_be_known, knows_where_each_step_is, says_what_to_do_unless_it_is_done,
                                      finds_the_longest_gap, rounds_shares_so_that_nobody_can_be_subtracted,
                                      leaves_as_many_parts_possible_as_two_groups_have, NULL});
}
