// Moves through the seven steps: all pairs of steps, each with each item missing.
#include "domain/improvement_step.h"

#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "unit.h"

static struct improvement_facts facts;
static struct arena arena;
static struct issues issues;

// Holds all there is to hold.
static void hold_all(void) {
  const struct metric *happiness = metric_find(TEXT("happiness"));
  struct tally tally = {.n = 0};
  tally_add_value(&tally, happiness, 10, 120);
  tally_add_value(&tally, happiness, 8, 60);
  tally_add_value(&tally, happiness, 2, 120);
  facts = (struct improvement_facts){
      .vision = true,
      .objective = true,
      .owner = true,
      .asks_experience = true,
      .experience = true,
      .metric = happiness,
      .baseline = true,
      .same_scope = true,
      .before = estimate_of(happiness, &tally),
      .baseline_to = 19753,
      .target = {15, 1},
      .due = true,
      .success_factors = 1,
      .planned = 1,
      .done = 1,
      .first_started = 19754,
      .evaluated = true,
      .relevance = true,
      .unachieved = true,
      .lessons = true,
      .lessons_shared = true,
  };
}

static void start(void) {
  arena_init(&arena, 1 << 16);
  issues_init(&issues, &arena);
  hold_all();
}

static void stop(void) { arena_release(&arena); }

// Takes one item away, and no other.
static void take_away(enum improvement_item item) {
  switch (item) {
  case ITEM_VISION:
    facts.vision = false;
    break;
  case ITEM_OBJECTIVE:
    facts.objective = false;
    break;
  case ITEM_OWNER:
    facts.owner = false;
    break;
  case ITEM_EXPERIENCE:
    facts.experience = false;
    break;
  case ITEM_BASELINE:
    facts.baseline = false;
    break;
  case ITEM_BASELINE_MEASURED:
    facts.baseline_external = true;
    break;
  case ITEM_BASELINE_SCOPE:
    facts.same_scope = false;
    break;
  case ITEM_BASELINE_ANSWERS:
    facts.before.n = 9;
    break;
  case ITEM_BASELINE_BEFORE_ACTION:
    facts.first_started = facts.baseline_to;
    break;
  case ITEM_METRIC:
    facts.metric = NULL;
    break;
  case ITEM_METRIC_COMPARABLE:
    facts.metric = metric_find(TEXT("ticket_volume"));
    break;
  case ITEM_METRIC_DEFINITION:
    facts.redefined = true;
    break;
  case ITEM_TARGET:
    facts.target = (struct ratio){0, 0};
    break;
  case ITEM_TARGET_BETTER:
    facts.target = (struct ratio){0, 1};
    break;
  case ITEM_DUE:
    facts.due = false;
    break;
  case ITEM_SUCCESS_FACTORS:
    facts.success_factors = 0;
    break;
  case ITEM_ACTION_PLANNED:
    facts.planned = 0;
    break;
  case ITEM_ACTION_DONE:
    facts.done = 0;
    break;
  case ITEM_EVALUATION:
    facts.evaluated = false;
    break;
  case ITEM_STILL_RELEVANT:
    facts.relevance = false;
    break;
  case ITEM_LESSONS:
    facts.lessons = false;
    break;
  case ITEM_LESSONS_SHARED:
    facts.lessons_shared = false;
    break;
  case IMPROVEMENT_ITEMS:
    break;
  }
}

START_TEST(advances_by_one_step_and_never_otherwise) {
  for (int from = 0; from < IMPROVEMENT_STEPS; from++) {
    for (int to = 0; to <= IMPROVEMENT_STEPS; to++) {
      uint32_t missing;
      facts.step = (enum improvement_step)from;
      enum improvement_refusal refusal = improvement_advance(&facts, (enum improvement_step)to, &missing);
      ck_assert_msg(refusal == (to == from + 1 ? REFUSAL_NONE : to <= from ? REFUSAL_BACKWARDS : REFUSAL_SKIPS), "%d to %d: %d", from, to, refusal);
      ck_assert_uint_eq(missing, 0);
    }
  }
}
END_TEST

START_TEST(returns_to_earlier_steps_only) {
  for (int from = 0; from < IMPROVEMENT_STEPS; from++) {
    for (int to = 0; to < IMPROVEMENT_STEPS; to++) {
      facts.step = (enum improvement_step)from;
      enum improvement_refusal refusal = improvement_return(&facts, (enum improvement_step)to);
      ck_assert_msg(refusal == (to < from ? REFUSAL_NONE : REFUSAL_FORWARDS), "%d to %d: %d", from, to, refusal);
    }
  }
}
END_TEST

START_TEST(leaves_no_step_without_what_it_asks_for) {
  for (int from = 0; from < IMPROVEMENT_STEPS; from++) {
    for (int to = 0; to <= IMPROVEMENT_STEPS; to++) {
      for (enum improvement_item item = 0; item < IMPROVEMENT_ITEMS; item++) {
        const struct improvement_item_row *row = &IMPROVEMENT_ITEM_ROWS[item];
        bool asked = (int)row->step < to && to > from;
        uint32_t missing;
        hold_all();
        facts.step = (enum improvement_step)from;
        take_away(item);
        enum improvement_refusal refusal = improvement_advance(&facts, (enum improvement_step)to, &missing);
        ck_assert_msg(missing == (asked ? UINT32_C(1) << item : 0), "%d to %d without %s: %x", from, to, row->name, missing);
        enum improvement_refusal expected = to <= from ? REFUSAL_BACKWARDS : to > from + 1 ? REFUSAL_SKIPS : asked ? REFUSAL_MISSING : REFUSAL_NONE;
        ck_assert_msg(refusal == expected, "%d to %d without %s: %d", from, to, row->name, refusal);
      }
    }
  }
}
END_TEST

START_TEST(says_of_each_missing_item_what_has_to_be) {
  for (enum improvement_item item = 0; item < IMPROVEMENT_ITEMS; item++) {
    const struct improvement_item_row *row = &IMPROVEMENT_ITEM_ROWS[item];
    hold_all();
    take_away(item);
    issues_init(&issues, &arena);
    improvement_complain(&facts, improvement_missing(&facts, IMPROVEMENT_MOMENTUM), &issues);
    ck_assert_msg(issues.total == 1, "%s: %zu", row->name, issues.total);
    ASSERT_TEXT(issues.list[0].pointer, row->pointer);
    ASSERT_TEXT(issues.list[0].rule, row->rule);
    ck_assert(text_starts(issues.list[0].detail, "must "));
  }
}
END_TEST

START_TEST(says_by_how_much_it_is_missing) {
  facts.before.n = 9;
  facts.first_started = facts.baseline_to - 1;
  facts.target = (struct ratio){-1, 2};
  improvement_complain(&facts, improvement_missing(&facts, IMPROVEMENT_TARGET), &issues);
  ck_assert_uint_eq(issues.total, 3);
  ASSERT_TEXT(issues.list[0].detail, "must hold 10 answers of happiness, and holds 9");
  ASSERT_TEXT(issues.list[1].detail,
              "must have ended before the day on which the first action began: it ends on 2024-01-31, and an action began on 2024-01-30");
  ASSERT_TEXT(issues.list[2].detail, "must be a value that the metric can have, better than the baseline's, which is 0.00 (higher is better)");
}
END_TEST

START_TEST(says_everything_that_a_new_one_lacks) {
  facts = (struct improvement_facts){.first_started = ABSENT};
  uint32_t missing;
  ck_assert_int_eq(improvement_advance(&facts, IMPROVEMENT_STEPS, &missing), REFUSAL_SKIPS);
  improvement_refuse(&facts, REFUSAL_SKIPS, &issues);
  improvement_complain(&facts, missing, &issues);
  static const char *const POINTERS[] = {
      "to",      "/vision",          "/objective", "/owner",   "/baseline",   "/metric",          "/target",
      "/due_on", "/success_factors", "/actions",   "/actions", "/evaluation", "/lessons/learned", "/lessons/shared_how"};
  ck_assert_uint_eq(issues.total, ROWS(POINTERS));
  for (size_t i = 0; i < ROWS(POINTERS); i++)
    ASSERT_TEXT(issues.list[i].pointer, POINTERS[i]);
  ASSERT_TEXT(issues.list[0].detail, "must be baseline, the next step: none is skipped");
}
END_TEST

// Each metric has its own minimum; without one the largest group of answers counts.
START_TEST(needs_as_many_answers_as_the_metric_does) {
  static const struct {
    const char *metric;
    int64_t least;
  } CASES[] = {{"happiness", 10}, {"csat", 10}, {"ces", 20}, {"lost_time", 50}, {NULL, IMPROVEMENT_ANSWERS_MIN}};
  EACH(row, CASES) {
    facts.metric = row->metric ? metric_find(text_of(row->metric)) : NULL;
    for (int64_t n = row->least - 1; n <= row->least; n++) {
      facts.before.n = n;
      uint32_t missing = improvement_missing(&facts, IMPROVEMENT_BASELINE);
      ck_assert_msg((missing == 0) == (n == row->least), "%s: %d", row->metric ? row->metric : "none", (int)n);
    }
  }
  facts.withheld = true;
  ck_assert_uint_eq(improvement_missing(&facts, IMPROVEMENT_BASELINE), UINT32_C(1) << ITEM_BASELINE_ANSWERS);
}
END_TEST

START_TEST(wants_targets_on_the_better_side) {
  static const struct {
    const char *metric;
    int64_t before;
    struct ratio target;
    bool good;
  } CASES[] = {
      {"happiness", 8, {1, 100}, true}, {"happiness", 8, {0, 1}, false},   {"happiness", 8, {-1, 1}, false}, {"happiness", 8, {101, 1}, false},
      {"lost_time", 60, {59, 1}, true}, {"lost_time", 60, {60, 1}, false}, {"lost_time", 60, {0, 1}, true},  {"lost_time", 60, {-1, 1}, false},
      {"ces", 4, {401, 100}, true},     {"ces", 4, {4, 1}, false},         {"ces", 4, {8, 1}, false},
  };
  EACH(row, CASES) {
    struct tally tally = {.n = 0};
    facts.metric = metric_find(text_of(row->metric));
    tally_add_value(&tally, facts.metric, row->before, 100);
    facts.before = estimate_of(facts.metric, &tally);
    facts.target = row->target;
    uint32_t missing = improvement_missing(&facts, IMPROVEMENT_TARGET);
    ck_assert_msg(missing == (row->good ? 0 : UINT32_C(1) << ITEM_TARGET_BETTER), "%s %d", row->metric, (int)(row - CASES));
  }
}
END_TEST

START_TEST(asks_of_ai_and_budgets_how_experience_gains) {
  facts.experience = false;
  ck_assert_uint_eq(improvement_missing(&facts, IMPROVEMENT_VISION), UINT32_C(1) << ITEM_EXPERIENCE);
  facts.asks_experience = false;
  ck_assert_uint_eq(improvement_missing(&facts, IMPROVEMENT_VISION), 0);
}
END_TEST

START_TEST(moves_nothing_that_is_over) {
  for (enum improvement_status status = IMPROVEMENT_CLOSED; status < IMPROVEMENT_STATUSES; status++) {
    enum improvement_refusal expected = status == IMPROVEMENT_CLOSED ? REFUSAL_CLOSED : REFUSAL_CANCELLED;
    facts.status = status;
    for (enum improvement_step step = 0; step < IMPROVEMENT_STEPS; step++) {
      uint32_t missing;
      facts.step = step;
      for (enum improvement_step to = 0; to <= IMPROVEMENT_STEPS; to++)
        ck_assert_int_eq(improvement_advance(&facts, to, &missing), expected);
      for (enum improvement_step to = 0; to < IMPROVEMENT_STEPS; to++)
        ck_assert_int_eq(improvement_return(&facts, to), expected);
      ck_assert_int_eq(improvement_cancel(&facts), expected);
      ck_assert_int_eq(improvement_iterate(&facts), expected);
    }
  }
}
END_TEST

START_TEST(cancels_anything_that_is_open) {
  for (enum improvement_step step = 0; step < IMPROVEMENT_STEPS; step++) {
    facts = (struct improvement_facts){.step = step, .first_started = ABSENT};
    ck_assert_int_eq(improvement_cancel(&facts), REFUSAL_NONE);
  }
}
END_TEST

START_TEST(begins_anew_after_an_evaluation) {
  for (enum improvement_step step = 0; step < IMPROVEMENT_STEPS; step++) {
    facts.step = step;
    for (unsigned bits = 0; bits < 4; bits++) {
      facts.evaluated = bits & 1;
      facts.unachieved = bits & 2;
      enum improvement_refusal expected = step < IMPROVEMENT_EVALUATION || !facts.evaluated     ? REFUSAL_UNEVALUATED
                                          : step == IMPROVEMENT_EVALUATION && !facts.unachieved ? REFUSAL_ACHIEVED
                                                                                                : REFUSAL_NONE;
      ck_assert_int_eq(improvement_iterate(&facts), expected);
    }
  }
}
END_TEST

START_TEST(gives_a_reason_for_each_refusal) {
  for (enum improvement_refusal refusal = REFUSAL_CLOSED; refusal <= REFUSAL_ACHIEVED; refusal++) {
    issues_init(&issues, &arena);
    facts.step = IMPROVEMENT_PLAN;
    improvement_refuse(&facts, refusal, &issues);
    ck_assert_uint_eq(issues.total, refusal == REFUSAL_MISSING ? 0 : 1);
  }
}
END_TEST

int main(void) {
  const TTest *const tests[] = {
      advances_by_one_step_and_never_otherwise,
      returns_to_earlier_steps_only,
      leaves_no_step_without_what_it_asks_for,
      says_of_each_missing_item_what_has_to_be,
      says_by_how_much_it_is_missing,
      says_everything_that_a_new_one_lacks,
      needs_as_many_answers_as_the_metric_does,
      wants_targets_on_the_better_side,
      asks_of_ai_and_budgets_how_experience_gains,
      moves_nothing_that_is_over,
      cancels_anything_that_is_open,
      begins_anew_after_an_evaluation,
      gives_a_reason_for_each_refusal,
  };
  Suite *suite = suite_create("improvement_step");
  TCase *cases = tcase_create("improvement_step");
  tcase_add_checked_fixture(cases, start, stop);
  for (size_t i = 0; i < ROWS(tests); i++)
    tcase_add_test(cases, tests[i]);
  suite_add_tcase(suite, cases);
  return unit_run(suite);
}
