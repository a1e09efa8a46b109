// Checks verdicts in their order, and what would settle an open comparison.
#include "domain/verdict.h"

#include "domain/power.h"
#include "unit.h"

enum { GUARDRAILS_MAX = 3 };

// Positive, neutral and negative answers for happiness; n, sum and sum of squares for lost time.
struct sample {
  int64_t a, b, c;
};

struct verdict_case {
  const char *metric;
  struct sample before, after;
  struct ratio target;
  enum verdict guardrails[GUARDRAILS_MAX];  // up to the first none
  bool overlapping;
  enum verdict verdict;
};

#define NO_TARGET \
  { 0, 0 }
#define NO_GUARDRAIL \
  { VERDICT_NONE }

static const struct verdict_case CASES[] = {
    // 0 → +20 with p 0.0057.
    {"happiness", {120, 60, 120}, {150, 60, 90}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_IMPROVED},
    {"happiness", {120, 60, 120}, {150, 60, 90}, {20, 1}, NO_GUARDRAIL, false, VERDICT_ACHIEVED},
    {"happiness", {120, 60, 120}, {150, 60, 90}, {2001, 100}, NO_GUARDRAIL, false, VERDICT_IMPROVED},
    {"happiness", {150, 60, 90}, {120, 60, 120}, {-10, 1}, NO_GUARDRAIL, false, VERDICT_WORSENED},
    // The same change of fewer answers: p 0.1090. A target that is reached doesn't make it sure.
    {"happiness", {38, 22, 40}, {48, 22, 30}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INCONCLUSIVE},
    {"happiness", {38, 22, 40}, {48, 22, 30}, {10, 1}, NO_GUARDRAIL, false, VERDICT_INCONCLUSIVE},
    // A guardrail decides only when it worsened.
    {"happiness", {120, 60, 120}, {150, 60, 90}, {20, 1}, {VERDICT_IMPROVED, VERDICT_WORSENED}, false, VERDICT_WORSENED},
    {"happiness", {38, 22, 40}, {48, 22, 30}, NO_TARGET, {VERDICT_WORSENED}, false, VERDICT_WORSENED},
    {"happiness", {120, 60, 120}, {150, 60, 90}, {20, 1}, {VERDICT_INSUFFICIENT_DATA, VERDICT_INCONCLUSIVE}, false, VERDICT_ACHIEVED},
    // Nine answers are too few, whatever they say and whatever else worsened; ten are enough.
    {"happiness", {0, 0, 9}, {100, 0, 0}, NO_TARGET, {VERDICT_WORSENED}, false, VERDICT_INSUFFICIENT_DATA},
    {"happiness", {0, 0, 100}, {9, 0, 0}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INSUFFICIENT_DATA},
    {"happiness", {0, 0, 10}, {10, 0, 0}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_IMPROVED},
    {"happiness", {0, 0, 0}, {10, 0, 0}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INSUFFICIENT_DATA},
    // Less is better; 50 answers are needed; −40 % with p 0.0941; nothing to test where nothing was lost.
    {"lost_time", {200, 20000, 17601600}, {150, 9000, 3892500}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INCONCLUSIVE},
    {"lost_time", {2000, 200000, 176016000}, {1500, 90000, 38925000}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_IMPROVED},
    {"lost_time", {2000, 200000, 176016000}, {1500, 90000, 38925000}, {60, 1}, NO_GUARDRAIL, false, VERDICT_ACHIEVED},
    {"lost_time", {2000, 200000, 176016000}, {1500, 90000, 38925000}, {5999, 100}, NO_GUARDRAIL, false, VERDICT_IMPROVED},
    {"lost_time", {1500, 90000, 38925000}, {2000, 200000, 176016000}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_WORSENED},
    {"lost_time", {49, 4900, 700000}, {1500, 90000, 38925000}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INSUFFICIENT_DATA},
    {"lost_time", {60, 0, 0}, {60, 0, 0}, {30, 1}, NO_GUARDRAIL, false, VERDICT_INCONCLUSIVE},
    {"ces", {19, 95, 500}, {40, 180, 900}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INSUFFICIENT_DATA},
    {"ces", {20, 100, 540}, {40, 180, 900}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_INCONCLUSIVE},
    // The difference only.
    {"happiness", {120, 60, 120}, {150, 60, 90}, {20, 1}, {VERDICT_WORSENED}, true, VERDICT_NONE},
    {"ticket_volume", {100, 100, 100}, {900, 900, 900}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_NONE},
    {"backlog", {100, 50, 100}, {900, 20, 900}, NO_TARGET, NO_GUARDRAIL, false, VERDICT_NONE},
};

static struct tally tally_of(const struct metric *metric, struct sample sample) {
  struct tally tally = {.n = sample.a, .sum = sample.b, .sum_squares = sample.c};
  if (metric->aggregation == AGGREGATE_NET) {
    tally = (struct tally){0};
    tally_add_value(&tally, metric, 9, sample.a);
    tally_add_value(&tally, metric, 8, sample.b);
    tally_add_value(&tally, metric, 6, sample.c);
  }
  return tally;
}

START_TEST(verdict_is_the_first_that_holds) {
  const struct verdict_case *row = &CASES[_i];
  const struct metric *metric = metric_find(text_of(row->metric));
  struct tally before = tally_of(metric, row->before);
  struct tally after = tally_of(metric, row->after);
  struct comparison comparison = comparison_of(metric, &before, &after, row->overlapping);
  size_t count = 0;
  while (count < GUARDRAILS_MAX && row->guardrails[count] != VERDICT_NONE) {
    count++;
  }
  ck_assert_int_eq(verdict_of(metric, &comparison, row->target, row->guardrails, count), row->verdict);
}
END_TEST

START_TEST(every_verdict_but_none_has_a_name) {
  ck_assert_ptr_null(VERDICT_NAMES[VERDICT_NONE]);
  for (int verdict = VERDICT_NONE + 1; verdict < VERDICT_COUNT; verdict++) {
    ck_assert_ptr_nonnull(VERDICT_NAMES[verdict]);
  }
}
END_TEST

struct needs_case {
  const char *metric;
  struct sample before, after;
  struct ratio target;
  struct verdict_needs needs;
};

static const struct needs_case NEEDS[] = {
    // A published vector; 100 answers before are too few for 20 points.
    {"happiness", {38, 22, 40}, {48, 22, 30}, NO_TARGET, {true, 300, POWER_ENDLESS}},
    // 4 × as many before: 0.7476 / ((0.2 / 2.801585)² − 0.7796 / 400) = 237.54.
    {"happiness", {152, 88, 160}, {48, 22, 30}, NO_TARGET, {true, 300, 238}},
    // 38 points from −2 to a target of 36: 1.5272 × (2.801585 / 0.38)² = 83.01; 0.7476 / ((0.38 / 2.801585)² − 0.007796) = 70.52.
    {"happiness", {38, 22, 40}, {48, 22, 30}, {36, 1}, {true, 84, 71}},
    // Never fewer than a comparison takes: 10, 20, 50.
    {"happiness", {0, 10, 90}, {90, 10, 0}, NO_TARGET, {true, 10, 10}},
    {"ces", {40, 80, 170}, {40, 240, 1450}, NO_TARGET, {true, 20, 20}},
    {"lost_time", {400, 40000, 4010000}, {400, 400, 800}, NO_TARGET, {true, 50, 50}},
    // Nothing to find, or nothing to go by.
    {"happiness", {38, 22, 40}, {76, 44, 80}, NO_TARGET, {false, 0, 0}},
    {"happiness", {38, 22, 40}, {48, 22, 30}, {-2, 1}, {false, 0, 0}},
    {"happiness", {0, 0, 0}, {48, 22, 30}, {36, 1}, {false, 0, 0}},
    {"ces", {40, 180, 900}, {1, 5, 25}, NO_TARGET, {false, 0, 0}},
    {"ticket_volume", {100, 100, 100}, {900, 900, 900}, NO_TARGET, {false, 0, 0}},
    // n/mean/s 200/100/280 and 150/60/150: (78400 + 22500) × (2.801585 / 40)² = 494.97; 22500 / ((40 / 2.801585)² − 392) is negative.
    {"lost_time", {200, 20000, 17601600}, {150, 9000, 3892500}, NO_TARGET, {true, 495, POWER_ENDLESS}},
};

START_TEST(needs_match_those_by_hand) {
  const struct needs_case *row = &NEEDS[_i];
  const struct metric *metric = metric_find(text_of(row->metric));
  struct tally before = tally_of(metric, row->before);
  struct tally after = tally_of(metric, row->after);
  struct verdict_needs needs = verdict_needs_of(metric, &before, &after, row->target);
  ck_assert_int_eq(needs.known, row->needs.known);
  ck_assert_int_eq(needs.per_group, row->needs.per_group);
  ck_assert_int_eq(needs.after, row->needs.after);
}
END_TEST

static Suite *verdict_suite(void) {
  Suite *suite = suite_create("verdict");
  TCase *tests = tcase_create("verdict");
  tcase_add_loop_test(tests, verdict_is_the_first_that_holds, 0, ROWS(CASES));
  tcase_add_test(tests, every_verdict_but_none_has_a_name);
  tcase_add_loop_test(tests, needs_match_those_by_hand, 0, ROWS(NEEDS));
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(verdict_suite()); }
