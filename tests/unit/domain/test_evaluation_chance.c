// How often evaluations err: 2,000 simulated initiatives that change nothing, and as many that do what they promise, with as many answers as planned.
#include "domain/evaluation.h"

#include <math.h>

#include "domain/power.h"
#include "unit.h"

enum { INITIATIVES = 2000, ANSWERS_MOST = 400, SCALE_MAX = 11 };

static uint64_t state;

static double random_unit(void) {
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return ((double)(state >> 11) + 0.5) / 9007199254740992.0;
}

static int64_t random_below(int64_t bound) { return (int64_t)(random_unit() * (double)bound); }

// What people would answer: the chance of each value of a scale, or the mean of an exponential distribution of minutes.
struct population {
  const struct metric *metric;
  size_t values;
  double chances[SCALE_MAX];
  double mean;
};

static bool is_scale(const struct metric *metric) { return metric->low < metric->high; }

static struct population population_of(const struct metric *metric) {
  struct population population = {.metric = metric, .values = is_scale(metric) ? (size_t)(metric->high - metric->low) + 1 : 0};
  double sum = 0;
  population.mean = 20 + 200 * random_unit();
  for (size_t i = 0; i < population.values; i++)
    sum += population.chances[i] = random_unit();
  for (size_t i = 0; i < population.values; i++)
    population.chances[i] /= sum;
  return population;
}

// So many of the lower half's people give the best answer, or so much of the time is not lost.
static struct population improved(struct population population, double part) {
  population.mean *= 1 - part;
  for (size_t i = 0; i < population.values / 2; i++) {
    population.chances[population.values - 1] += population.chances[i] * part;
    population.chances[i] *= 1 - part;
  }
  return population;
}

static int64_t draw(const struct population *population) {
  double at = random_unit();
  if (population->values == 0) return (int64_t)fmin(-log(at) * population->mean, 2400);
  size_t i = 0;
  while (i + 1 < population->values && (at -= population->chances[i]) > 0)
    i++;
  return population->metric->low + (int64_t)i;
}

static struct tally sample(const struct population *population, int64_t n) {
  struct tally tally = {.n = 0};
  for (int64_t i = 0; i < n; i++)
    tally_add_value(&tally, population->metric, draw(population), 1);
  return tally;
}

static const struct metric *any_metric(void) {
  static const char *const KEYS[] = {"happiness", "csat", "ces", "lost_time", "expectation", "nps"};
  return metric_find(text_of(KEYS[random_below((int64_t)ROWS(KEYS))]));
}

static int64_t any_count(const struct metric *metric) {
  int64_t least = comparison_n_min(metric);
  return least + random_below(ANSWERS_MOST - least);
}

static struct evaluation_pair unchanged(const struct metric *metric) {
  struct population people = population_of(metric);
  return (struct evaluation_pair){.metric = metric, .before = sample(&people, any_count(metric)), .after = sample(&people, any_count(metric))};
}

// Better than the baseline by up to a tenth of the scale, or by up to half of the minutes.
static struct ratio any_target(const struct evaluation_pair *pair) {
  struct estimate before = estimate_of(pair->metric, &pair->before);
  double value = estimate_value(&before), step = pair->metric->aggregation == AGGREGATE_MEAN && is_scale(pair->metric) ? 0.6 : 15;
  double target = pair->metric->better == BETTER_HIGHER ? value + step * random_unit() : value * (1 - 0.5 * random_unit());
  return (struct ratio){(int128)round(target * 10000), 10000};
}

static bool is_success(const struct evaluation_question *question) {
  struct evaluation evaluation;
  evaluation_of(question, &evaluation);
  return evaluation.verdict == VERDICT_ACHIEVED || evaluation.verdict == VERDICT_IMPROVED;
}

static struct evaluation_question blank(const struct metric *metric) {
  const struct metric *lost_time = metric_find(TEXT("lost_time"));
  const struct evaluation_pair pair = {.metric = metric};
  return (struct evaluation_question){
      .metric = pair, .lost_time = {.metric = lost_time}, .group_metric = pair, .group_lost_time = {.metric = lost_time}, .cost_per_hour = ABSENT};
}

START_TEST(finds_hardly_any_success_where_nothing_changed) {
  int successes = 0;
  state = 20261122;
  for (int i = 0; i < INITIATIVES; i++) {
    const struct metric *metric = any_metric();
    struct evaluation_question question = blank(metric);
    question.metric = unchanged(metric);
    question.target = any_target(&question.metric);
    question.guardrails_count = (size_t)random_below(3);
    for (size_t k = 0; k < question.guardrails_count; k++)
      question.guardrails[k] = unchanged(any_metric());
    successes += is_success(&question);
  }
  ck_assert_msg(successes * 1000 <= 35 * INITIATIVES, "%d of %d", successes, INITIATIVES);
  // Nor is the test so shy that it never finds any: 2.5 % are its due.
  ck_assert_msg(successes * 1000 >= 10 * INITIATIVES, "%d of %d", successes, INITIATIVES);
}
END_TEST

// The season lifts everybody, and a comparison group tells that apart.
START_TEST(finds_hardly_any_success_in_a_season) {
  int alone = 0, beside = 0;
  state = 7;
  for (int i = 0; i < INITIATIVES; i++) {
    const struct metric *metric = any_metric();
    struct population before = population_of(metric), after = improved(before, 0.3);
    struct evaluation_question question = blank(metric);
    question.metric.before = sample(&before, any_count(metric));
    question.metric.after = sample(&after, any_count(metric));
    question.target = any_target(&question.metric);
    alone += is_success(&question);
    question.grouped = true;
    question.group_metric.before = sample(&before, any_count(metric));
    question.group_metric.after = sample(&after, any_count(metric));
    beside += is_success(&question);
  }
  ck_assert_msg(beside * 1000 <= 35 * INITIATIVES, "%d of %d", beside, INITIATIVES);
  ck_assert_msg(alone * 4 > INITIATIVES, "%d of %d", alone, INITIATIVES);
}
END_TEST

// The value and the variance of one answer, by as many draws as make no difference.
static void known(const struct population *population, double *value, double *variance) {
  struct tally tally = sample(population, 5000);
  struct estimate estimate = estimate_of(population->metric, &tally);
  *value = estimate_value(&estimate);
  ck_assert(comparison_variance(population->metric, &tally, variance));
}

static int64_t planned(const struct population *before, const struct population *after) {
  double values[2], variances[2];
  known(before, &values[0], &variances[0]);
  known(after, &values[1], &variances[1]);
  int64_t n = power_per_group(variances[0], variances[1], values[1] - values[0]), least = comparison_n_min(before->metric);
  return n > least ? n : least;
}

START_TEST(finds_most_true_effects_with_as_many_answers_as_planned) {
  static const char *const KEYS[] = {"happiness", "csat", "ces", "lost_time", "expectation"};
  int successes = 0, by_metric[ROWS(KEYS)] = {0};
  state = 4711;
  for (size_t i = 0; i < INITIATIVES; i++) {
    const struct metric *metric = metric_find(text_of(KEYS[i % ROWS(KEYS)]));
    struct population before = population_of(metric), after = improved(before, 0.2 + 0.4 * random_unit());
    int64_t n = planned(&before, &after);
    struct evaluation_question question = blank(metric);
    question.metric.before = sample(&before, n);
    question.metric.after = sample(&after, n);
    question.target = any_target(&question.metric);
    bool success = is_success(&question);
    successes += success;
    by_metric[i % ROWS(KEYS)] += success;
  }
  ck_assert_msg(successes * 100 >= 75 * INITIATIVES, "%d of %d", successes, INITIATIVES);
  for (size_t i = 0; i < ROWS(KEYS); i++)
    ck_assert_msg(by_metric[i] * 100 * (int)ROWS(KEYS) >= 70 * INITIATIVES, "%s: %d of %d", KEYS[i], by_metric[i], INITIATIVES / (int)ROWS(KEYS));
}
END_TEST

int main(void) {
  return unit_tests("evaluation_chance", (const TTest *[]){finds_hardly_any_success_where_nothing_changed, finds_hardly_any_success_in_a_season,
                                                           finds_most_true_effects_with_as_many_answers_as_planned, NULL});
}
