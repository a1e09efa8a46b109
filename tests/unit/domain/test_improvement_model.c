// The continual improvement model: its table is whole, in the order of the steps, and says what domain's vocabulary says.
#include "domain/improvement_model.h"

#include <string.h>

#include "unit.h"

START_TEST(names_seven_steps_with_their_questions) {
  static const struct {
    const char *name, *question;
  } STEPS[] = {
      {"vision", "What is the vision?"},
      {"baseline", "Where are we now?"},
      {"target", "Where do we want to be?"},
      {"plan", "How do we get there?"},
      {"action", "Take action"},
      {"evaluation", "Did we get there?"},
      {"momentum", "How do we keep the momentum going?"},
  };
  ck_assert_uint_eq(ROWS(STEPS), IMPROVEMENT_STEPS);
  for (size_t i = 0; i < IMPROVEMENT_STEPS; i++) {
    ck_assert_str_eq(IMPROVEMENT_STEP_NAMES[i], STEPS[i].name);
    ck_assert_str_eq(IMPROVEMENT_STEP_ROWS[i].question, STEPS[i].question);
    ck_assert_uint_ne(IMPROVEMENT_STEP_ROWS[i].principles, 0);
    ck_assert_uint_lt(IMPROVEMENT_STEP_ROWS[i].principles, 1U << IMPROVEMENT_PRINCIPLES);
  }
  ck_assert_ptr_null(IMPROVEMENT_STEP_NAMES[IMPROVEMENT_STEPS]);
}
END_TEST

START_TEST(gives_each_principle_a_step_in_which_it_matters) {
  unsigned all = 0;
  for (size_t i = 0; i < IMPROVEMENT_STEPS; i++)
    all |= IMPROVEMENT_STEP_ROWS[i].principles;
  ck_assert_uint_eq(all, (1U << IMPROVEMENT_PRINCIPLES) - 1);
  for (size_t i = 0; i < IMPROVEMENT_PRINCIPLES; i++)
    ck_assert(IMPROVEMENT_PRINCIPLE_NAMES[i] && IMPROVEMENT_PRINCIPLE_TITLES[i]);
  ck_assert_ptr_null(IMPROVEMENT_PRINCIPLE_NAMES[IMPROVEMENT_PRINCIPLES]);
}
END_TEST

START_TEST(demands_something_in_every_step) {
  size_t counts[IMPROVEMENT_STEPS] = {0};
  for (size_t i = 0; i < IMPROVEMENT_ITEMS; i++) {
    const struct improvement_item_row *row = &IMPROVEMENT_ITEM_ROWS[i];
    ck_assert_msg(row->name && row->rule && row->pointer && row->pointer[0] == '/', "item %zu is not whole", i);
    ck_assert_msg(strncmp(row->sentence, "must ", 5) == 0, "%s: a sentence goes on behind its pointer", row->name);
    ck_assert_msg(i == 0 || IMPROVEMENT_ITEM_ROWS[i - 1].step <= row->step, "%s stands before its time", row->name);
    for (size_t k = 0; k < i; k++)
      ck_assert_str_ne(IMPROVEMENT_ITEM_ROWS[k].name, row->name);
    counts[row->step]++;
  }
  for (size_t i = 0; i < IMPROVEMENT_STEPS; i++)
    ck_assert_uint_gt(counts[i], 0);
}
END_TEST

int main(void) {
  return unit_tests("improvement_model", (const TTest *[]){names_seven_steps_with_their_questions, gives_each_principle_a_step_in_which_it_matters,
                                                           demands_something_in_every_step, NULL});
}
