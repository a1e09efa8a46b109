// Evaluates improvements.
#include "domain/evaluation.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "domain/power.h"

enum { MINUTES_PER_HOUR = 60, PERCENT = 100 };

static const struct ratio NO_TARGET = {0, 0};

static struct evaluation_outcome outcome_of(const struct evaluation_pair *pair, bool overlapping, struct ratio target) {
  struct evaluation_outcome outcome = {.measured = pair->metric && !pair->hidden && !pair->redefined, .verdict = VERDICT_INSUFFICIENT_DATA};
  if (!outcome.measured) return outcome;
  outcome.comparison = comparison_of(pair->metric, &pair->before, &pair->after, overlapping);
  outcome.verdict = verdict_of(pair->metric, &outcome.comparison, target, NULL, 0);
  return outcome;
}

static struct evaluation_outcome less_of(const struct metric *metric, const struct evaluation_outcome *here, const struct evaluation_outcome *there,
                                         struct ratio target) {
  struct evaluation_outcome less = {.measured = here->measured && there->measured, .verdict = VERDICT_INSUFFICIENT_DATA};
  if (!less.measured) return less;
  less.comparison = comparison_difference(metric, &here->comparison, &there->comparison);
  less.verdict = verdict_of(metric, &less.comparison, target, NULL, 0);
  return less;
}

// What decides: the change, or the difference of both changes.
static enum verdict decide(const struct evaluation_question *question, const struct evaluation *evaluation) {
  const struct evaluation_outcome *deciding = question->grouped ? &evaluation->less : &evaluation->metric;
  enum verdict verdicts[EVALUATION_GUARDRAILS_MAX];
  for (size_t i = 0; i < question->guardrails_count; i++)
    verdicts[i] = evaluation->guardrails[i].verdict;
  if (!deciding->measured) return VERDICT_INSUFFICIENT_DATA;
  return verdict_of(question->metric.metric, &deciding->comparison, question->target, verdicts, question->guardrails_count);
}

static int64_t at_least(int64_t needed, int64_t least) { return needed == POWER_ENDLESS || needed >= least ? needed : least; }

// Both groups' variances take part in their difference, so that each counts as part of one.
static struct verdict_needs needs_of_both(const struct evaluation_question *question, const struct evaluation *evaluation) {
  const struct evaluation_pair *here = &question->metric, *there = &question->group_metric;
  double before, after, before_there, after_there;
  if (!comparison_variance(here->metric, &here->before, &before) || !comparison_variance(here->metric, &here->after, &after) ||
      !comparison_variance(here->metric, &there->before, &before_there) || !comparison_variance(here->metric, &there->after, &after_there))
    return (struct verdict_needs){.known = false};
  const struct comparison *less = &evaluation->less.comparison;
  double aim = question->target.denominator > 0 ? ratio_value(question->target) - estimate_value(&less->before) : ratio_value(less->difference);
  if (aim == 0) return (struct verdict_needs){.known = false};
  // σ² ÷ n of both befores, as if all came from the one here.
  double joined = before + before_there * (double)here->before.n / (double)there->before.n;
  return (struct verdict_needs){
      .known = true,
      .per_group = at_least(power_per_group(before + before_there, after + after_there, aim), less->n_min),
      .after = at_least(power_after(joined, here->before.n, after + after_there, aim), less->n_min),
  };
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t fewest_after(const struct evaluation_question *question) {
  int64_t here = question->metric.after.n, there = question->group_metric.after.n;
  return question->grouped && there < here ? there : here;
}

static int64_t fewest_before(const struct evaluation_question *question) {
  int64_t here = question->metric.before.n, there = question->group_metric.before.n;
  return question->grouped && there < here ? there : here;
}

static void set_needs(const struct evaluation_question *question, struct evaluation *evaluation) {
  bool measured = evaluation->metric.measured && (!question->grouped || evaluation->group.measured);
  int64_t n_min = evaluation->metric.comparison.n_min;
  evaluation->still_needed = ABSENT;
  if (!measured) return;
  if (evaluation->verdict == VERDICT_INSUFFICIENT_DATA && fewest_before(question) >= n_min)
    evaluation->still_needed = larger(n_min - fewest_after(question), 0);
  if (evaluation->verdict != VERDICT_INCONCLUSIVE) return;
  evaluation->needs = question->grouped
                          ? needs_of_both(question, evaluation)
                          : verdict_needs_of(question->metric.metric, &question->metric.before, &question->metric.after, question->target);
  if (evaluation->needs.known && evaluation->needs.after != POWER_ENDLESS)
    evaluation->still_needed = larger(evaluation->needs.after - fewest_after(question), 0);
}

// −change × mean × answers, from minutes to hours.
static double hours_of(double percent, double mean, int64_t n) { return -percent / PERCENT * mean * (double)n / MINUTES_PER_HOUR; }

static void set_gains(const struct evaluation_question *question, struct evaluation *evaluation) {
  struct evaluation_outcome there = outcome_of(&question->group_lost_time, question->overlapping, NO_TARGET);
  struct evaluation_outcome less = evaluation->lost_time;
  if (question->grouped) less = less_of(question->lost_time.metric, &evaluation->lost_time, &there, NO_TARGET);
  const struct comparison *change = &less.comparison;
  if (!less.measured || change->change.denominator <= 0) return;
  // What the mean would be, had it changed as it did there.
  double expected = estimate_value(&change->before);
  if (question->grouped) expected *= 1 + ratio_value(there.comparison.change) / PERCENT;
  int64_t n = change->after.n;
  evaluation->hours = (struct evaluation_gain){
      .known = true, .value = hours_of(ratio_value(change->change), expected, n), .has_interval = change->has_test && change->sufficient};
  if (evaluation->hours.has_interval) {
    evaluation->hours.low = hours_of(change->high, expected, n);
    evaluation->hours.high = hours_of(change->low, expected, n);
  }
  if (question->cost_per_hour == ABSENT) return;
  double cost = (double)question->cost_per_hour;
  evaluation->money = evaluation->hours;
  evaluation->money.value *= cost;
  evaluation->money.low *= cost;
  evaluation->money.high *= cost;
}

void evaluation_of(const struct evaluation_question *question, struct evaluation *evaluation) {
  assert(question->guardrails_count <= EVALUATION_GUARDRAILS_MAX);
  memset(evaluation, 0, sizeof *evaluation);
  evaluation->metric = outcome_of(&question->metric, question->overlapping, question->target);
  if (question->grouped) {
    evaluation->group = outcome_of(&question->group_metric, question->overlapping, NO_TARGET);
    evaluation->less = less_of(question->metric.metric, &evaluation->metric, &evaluation->group, question->target);
  }
  for (size_t i = 0; i < question->guardrails_count; i++)
    evaluation->guardrails[i] = outcome_of(&question->guardrails[i], question->overlapping, NO_TARGET);
  evaluation->lost_time = outcome_of(&question->lost_time, question->overlapping, NO_TARGET);
  evaluation->verdict = decide(question, evaluation);
  set_needs(question, evaluation);
  set_gains(question, evaluation);
}
