// Evaluations of improvements: the published vectors, guardrails, comparison groups, what is won, and what is still needed.
#include "domain/evaluation.h"

#include <math.h>
#include <string.h>

#include "unit.h"

// Positive, neutral and negative answers; of lost time n, sum and sum of squares.
struct sample {
  int64_t a, b, c;
};

static struct tally tally_of(const struct metric *metric, struct sample sample) {
  struct tally tally = {.n = 0};
  if (metric->aggregation != AGGREGATE_NET) return (struct tally){.n = sample.a, .sum = sample.b, .sum_squares = sample.c};
  tally_add_value(&tally, metric, 10, sample.a);
  tally_add_value(&tally, metric, 7, sample.b);
  tally_add_value(&tally, metric, 0, sample.c);
  return tally;
}

static struct evaluation_pair pair_of(const char *key, struct sample before, struct sample after) {
  const struct metric *metric = metric_find(text_of(key));
  return (struct evaluation_pair){.metric = metric, .before = tally_of(metric, before), .after = tally_of(metric, after)};
}

static const struct sample OLD = {120, 60, 120}, NEW = {150, 60, 90}, FEW_OLD = {38, 22, 40}, FEW_NEW = {48, 22, 30}, NONE = {0, 0, 0};

static struct evaluation_question question_of(struct sample before, struct sample after, int64_t target) {
  return (struct evaluation_question){.metric = pair_of("happiness", before, after),
                                      .target = {target, 1},
                                      .lost_time = pair_of("lost_time", NONE, NONE),
                                      .group_metric = pair_of("happiness", NONE, NONE),
                                      .group_lost_time = pair_of("lost_time", NONE, NONE),
                                      .cost_per_hour = ABSENT};
}

static struct evaluation evaluate(const struct evaluation_question *question) {
  struct evaluation evaluation;
  evaluation_of(question, &evaluation);
  return evaluation;
}

static const struct {
  struct sample before, after;
  int64_t target;
  enum verdict verdict;
} VERDICTS[] = {
    {{120, 60, 120}, {150, 60, 90}, 15, VERDICT_ACHIEVED},
    {{120, 60, 120}, {150, 60, 90}, 20, VERDICT_ACHIEVED},
    {{120, 60, 120}, {150, 60, 90}, 21, VERDICT_IMPROVED},
    // The same 20 points of fewer answers.
    {{38, 22, 40}, {48, 22, 30}, 18, VERDICT_INCONCLUSIVE},
    {{150, 60, 90}, {120, 60, 120}, 30, VERDICT_WORSENED},
    {{120, 60, 120}, {9, 0, 0}, 15, VERDICT_INSUFFICIENT_DATA},
    {{9, 0, 0}, {150, 60, 90}, 15, VERDICT_INSUFFICIENT_DATA},
};

START_TEST(reaches_the_published_verdicts) {
  EACH(row, VERDICTS) {
    struct evaluation_question question = question_of(row->before, row->after, row->target);
    struct evaluation evaluation = evaluate(&question);
    ck_assert_msg(evaluation.verdict == row->verdict, "row %d: %s", (int)(row - VERDICTS), VERDICT_NAMES[evaluation.verdict]);
    ck_assert_int_eq(evaluation.metric.verdict, row->verdict);
  }
}
END_TEST

START_TEST(tells_how_many_answers_are_still_needed) {
  // With 100 answers before, none after would do.
  struct evaluation_question question = question_of(FEW_OLD, FEW_NEW, 18);
  struct evaluation evaluation = evaluate(&question);
  ck_assert(evaluation.needs.known);
  ck_assert_int_eq(evaluation.needs.per_group, 300);
  ck_assert_int_eq(evaluation.needs.after, -1);
  ck_assert_int_eq(evaluation.still_needed, ABSENT);
  // With 400: 0.7476 / ((0.2 / 2.801585)² − 0.7796 / 400) = 237.5, and 50 are there.
  question = question_of((struct sample){152, 88, 160}, (struct sample){24, 11, 15}, 18);
  evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_INCONCLUSIVE);
  ck_assert_int_eq(evaluation.needs.after, 238);
  ck_assert_int_eq(evaluation.still_needed, 188);
  // The minimum, where that isn't reached.
  question = question_of(OLD, (struct sample){3, 0, 0}, 18);
  evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.still_needed, 7);
  // A baseline without answers is not mended by any after.
  question = question_of((struct sample){3, 0, 0}, NEW, 18);
  ck_assert_int_eq(evaluate(&question).still_needed, ABSENT);
  // What is certain needs nothing.
  question = question_of(OLD, NEW, 18);
  evaluation = evaluate(&question);
  ck_assert(!evaluation.needs.known);
  ck_assert_int_eq(evaluation.still_needed, ABSENT);
}
END_TEST

START_TEST(lets_a_guardrail_spoil_it) {
  struct evaluation_question question = question_of(OLD, NEW, 15);
  question.guardrails[0] = pair_of("nps", OLD, NEW);
  question.guardrails[1] = pair_of("nps", NEW, OLD);
  question.guardrails_count = 1;
  ck_assert_int_eq(evaluate(&question).verdict, VERDICT_ACHIEVED);
  question.guardrails_count = 2;
  struct evaluation evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_WORSENED);
  ck_assert_int_eq(evaluation.metric.verdict, VERDICT_ACHIEVED);
  ck_assert_int_eq(evaluation.guardrails[0].verdict, VERDICT_IMPROVED);
  ck_assert_int_eq(evaluation.guardrails[1].verdict, VERDICT_WORSENED);
  // One that isn't sure doesn't count, nor one that isn't known.
  question.guardrails[1] = pair_of("nps", FEW_NEW, FEW_OLD);
  ck_assert_int_eq(evaluate(&question).verdict, VERDICT_ACHIEVED);
  question.guardrails[1] = pair_of("nps", NEW, (struct sample){0, 0, 9});
  evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_ACHIEVED);
  ck_assert_int_eq(evaluation.guardrails[1].verdict, VERDICT_INSUFFICIENT_DATA);
}
END_TEST

START_TEST(concludes_nothing_from_what_is_withheld_or_redefined) {
  struct evaluation_question question = question_of(OLD, NEW, 15);
  question.guardrails[0] = pair_of("nps", NEW, OLD);
  question.guardrails[0].hidden = true;
  question.guardrails[1] = pair_of("csat", NEW, OLD);
  question.guardrails[1].redefined = true;
  question.guardrails_count = 2;
  struct evaluation evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_ACHIEVED);
  ck_assert(!evaluation.guardrails[0].measured && !evaluation.guardrails[1].measured);
  question.metric.hidden = true;
  evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_INSUFFICIENT_DATA);
  ck_assert(!evaluation.metric.measured && !evaluation.needs.known);
  ck_assert_int_eq(evaluation.still_needed, ABSENT);
  question.metric.hidden = false;
  question.metric.redefined = true;
  ck_assert_int_eq(evaluate(&question).verdict, VERDICT_INSUFFICIENT_DATA);
}
END_TEST

START_TEST(lets_a_comparison_group_decide) {
  static const struct {
    struct sample before, after;
    enum verdict verdict;
    double p;
  } CASES[] = {
      // It stayed as it was: 19.80 with an error of 10.19.
      {{120, 60, 120}, {120, 60, 120}, VERDICT_INCONCLUSIVE, 0.0520825540354},
      // The same of ten times as many.
      {{1200, 600, 1200}, {1200, 600, 1200}, VERDICT_ACHIEVED, NAN},
      // It gained as much by itself: the season.
      {{120, 60, 120}, {150, 60, 90}, VERDICT_INCONCLUSIVE, 1},
      // It gained far more.
      {{120, 60, 120}, {210, 60, 30}, VERDICT_WORSENED, NAN},
      {{3, 3, 3}, {150, 60, 90}, VERDICT_INSUFFICIENT_DATA, NAN},
  };
  EACH(row, CASES) {
    struct evaluation_question question = question_of(OLD, NEW, 15);
    question.grouped = true;
    question.group_metric = pair_of("happiness", row->before, row->after);
    struct evaluation evaluation = evaluate(&question);
    ck_assert_msg(evaluation.verdict == row->verdict, "row %d: %s, p %g", (int)(row - CASES), VERDICT_NAMES[evaluation.verdict],
                  evaluation.less.comparison.p);
    ck_assert_int_eq(evaluation.metric.verdict, VERDICT_ACHIEVED);
    if (!isnan(row->p)) ck_assert_double_eq_tol(evaluation.less.comparison.p, row->p, 1e-9);
  }
  struct evaluation_question question = question_of(OLD, NEW, 15);
  question.grouped = true;
  question.group_metric = pair_of("happiness", OLD, OLD);
  question.group_metric.hidden = true;
  struct evaluation evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_INSUFFICIENT_DATA);
  ck_assert(!evaluation.less.measured);
}
END_TEST

// Four variances of 0.78 − 0.02² or 0.78 − 0.18² and the like take part.
START_TEST(needs_more_answers_for_two_groups) {
  struct evaluation_question question = question_of(FEW_OLD, FEW_NEW, 18);
  question.grouped = true;
  question.group_metric = pair_of("happiness", FEW_OLD, FEW_OLD);
  struct evaluation evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.verdict, VERDICT_INCONCLUSIVE);
  // (0.7796 × 3 + 0.7476) × (2.801585 / 0.2)² = 605.6.
  ck_assert_int_eq(evaluation.needs.per_group, 606);
  ck_assert_int_eq(evaluation.needs.after, -1);
  // With 4,000 before: (0.7476 + 0.7796) / ((0.2 / 2.801585)² − 2 × 0.7796 / 4000) = 324.4.
  question.metric.before = tally_of(question.metric.metric, (struct sample){1520, 880, 1600});
  question.group_metric.before = question.metric.before;
  evaluation = evaluate(&question);
  ck_assert_int_eq(evaluation.needs.after, 325);
  ck_assert_int_eq(evaluation.still_needed, 225);
}
END_TEST

#define LOST_OLD \
  { 200, 20000, 17601600 }
#define LOST_NEW \
  { 150, 9000, 3892500 }

START_TEST(counts_hours_and_money_won) {
  struct evaluation_question question = question_of(OLD, NEW, 15);
  question.lost_time = pair_of("lost_time", (struct sample)LOST_OLD, (struct sample)LOST_NEW);
  // 40 minutes less for each of 150 answers.
  struct evaluation evaluation = evaluate(&question);
  ck_assert(evaluation.hours.known && evaluation.hours.has_interval && !evaluation.money.known);
  ck_assert_double_eq_tol(evaluation.hours.value, 100, 1e-9);
  ck_assert_double_eq_tol(evaluation.hours.low, -22.9248158105, 1e-8);
  ck_assert_double_eq_tol(evaluation.hours.high, 167.559713531, 1e-8);
  question.cost_per_hour = 6500;
  evaluation = evaluate(&question);
  ck_assert_double_eq_tol(evaluation.money.value, 650000, 1e-6);
  ck_assert_double_eq_tol(evaluation.money.low, -22.9248158105 * 6500, 1e-4);
  // 93.75 minutes of 100 were to be expected.
  question.grouped = true;
  question.group_lost_time = pair_of("lost_time", (struct sample){100, 8000, 4000000}, (struct sample){120, 9000, 4500000});
  evaluation = evaluate(&question);
  ck_assert_double_eq_tol(evaluation.hours.value, 84.375, 1e-9);
  ck_assert_double_eq_tol(evaluation.hours.low, -121.819600327, 1e-8);
  ck_assert_double_eq_tol(evaluation.hours.high, 171.207282187, 1e-8);
}
END_TEST

START_TEST(counts_nothing_won_where_it_is_not_known) {
  struct evaluation_question question = question_of(OLD, NEW, 15);
  question.cost_per_hour = 6500;
  ck_assert(!evaluate(&question).hours.known && !evaluate(&question).money.known);
  question.lost_time = pair_of("lost_time", (struct sample)LOST_OLD, (struct sample)LOST_NEW);
  question.lost_time.hidden = true;
  ck_assert(!evaluate(&question).hours.known);
  // Of few answers there is a value, but no interval to trust.
  question.lost_time = pair_of("lost_time", (struct sample){40, 4000, 500000}, (struct sample){40, 2000, 150000});
  struct evaluation evaluation = evaluate(&question);
  ck_assert(evaluation.hours.known && !evaluation.hours.has_interval && evaluation.money.known && !evaluation.money.has_interval);
  // A named group that isn't known leaves nothing to subtract.
  question.grouped = true;
  ck_assert(!evaluate(&question).hours.known);
}
END_TEST

int main(void) {
  return unit_tests("evaluation",
                    (const TTest *[]){reaches_the_published_verdicts, tells_how_many_answers_are_still_needed, lets_a_guardrail_spoil_it,
                                      concludes_nothing_from_what_is_withheld_or_redefined, lets_a_comparison_group_decide,
                                      needs_more_answers_for_two_groups, counts_hours_and_money_won, counts_nothing_won_where_it_is_not_known, NULL});
}
