// Checks the ranking of rows: impact, hours and order by hand, each kind of reference, and that chance alone is seldom confirmed.
#include "domain/ranking.h"

#include "unit.h"

#include <math.h>

enum { ROWS_MAX = 12 };

static const struct metric *metric_of(enum ranking_metric metric) {
  return metric_find(metric == RANKING_HAPPINESS ? TEXT("happiness") : TEXT("lost_time"));
}

// Answers of one row: positive, neutral, negative; and `lost` minutes, 20 more or less in turn, by `lost_n` persons.
struct answers {
  int64_t positive, neutral, negative, lost_n, lost;
};

static void set_row(struct ranking_row *row, size_t key, struct answers answers) {
  *row = (struct ranking_row){.key = key};
  struct tally *happiness = &row->figures[RANKING_HAPPINESS].tally;
  tally_add_value(happiness, metric_of(RANKING_HAPPINESS), 10, answers.positive);
  tally_add_value(happiness, metric_of(RANKING_HAPPINESS), 8, answers.neutral);
  tally_add_value(happiness, metric_of(RANKING_HAPPINESS), 2, answers.negative);
  struct tally *lost = &row->figures[RANKING_LOST_TIME].tally;
  tally_add_value(lost, metric_of(RANKING_LOST_TIME), answers.lost - 20, answers.lost_n / 2);
  tally_add_value(lost, metric_of(RANKING_LOST_TIME), answers.lost + 20, answers.lost_n - answers.lost_n / 2);
}

// The total of the rows as the question's, if it asks for the rest.
static void rank(struct ranking_question question, const struct answers *answers, size_t count, struct ranking_row *rows) {
  for (size_t i = 0; i < count; i++) {
    set_row(&rows[i], i, answers[i]);
    for (int metric = 0; metric < RANKING_METRICS; metric++) {
      tally_add(&question.total[metric], &rows[i].figures[metric].tally);
    }
  }
  struct hypothesis hypotheses[RANKING_METRICS * ROWS_MAX];
  ranking_sort(&question, rows, count, hypotheses);
}

static const struct ranking_question REST = {.reference = RANKING_REST};

// Against the rest: 100 × (90 − 45) minutes are 75 hours, and 100 × (−50 − 0) points.
START_TEST(impact_and_hours_are_those_by_hand) {
  const struct answers answers[] = {{20, 10, 70, 100, 90}, {110, 20, 70, 100, 30}, {60, 40, 100, 100, 60}};
  struct ranking_row rows[3];
  rank(REST, answers, 3, rows);
  ck_assert_uint_eq(rows[0].key, 0);
  ck_assert_double_eq_tol(rows[0].recoverable_hours, 75, 1e-9);
  ck_assert_double_eq_tol(rows[0].figures[RANKING_LOST_TIME].impact, -4500, 1e-9);
  // The rest: 170 positive and 170 negative of 400, 0 points; 100 × (−50 − 0).
  ck_assert_double_eq_tol(rows[0].figures[RANKING_HAPPINESS].impact, -5000, 1e-9);
  ck_assert(rows[0].confirmed && rows[0].worse);
  ck_assert_int_eq(rows[0].figures[RANKING_LOST_TIME].direction, -1);
  ck_assert_int_eq(rows[0].figures[RANKING_HAPPINESS].direction, -1);
  // Row 1 is better than the rest: confirmed, with nothing to be recovered.
  ck_assert_uint_eq(rows[1].key, 1);
  ck_assert(rows[1].confirmed && !rows[1].worse);
  ck_assert_double_eq(rows[1].recoverable_hours, 0);
  ck_assert_double_eq_tol(rows[1].figures[RANKING_LOST_TIME].impact, 4500, 1e-9);
  // 60 minutes are what the rest loses too: no hours, but 200 × (−20 − (−10 / 3)) points, which may be chance.
  ck_assert_uint_eq(rows[2].key, 2);
  ck_assert(!rows[2].confirmed && !rows[2].worse);
  ck_assert_double_eq(rows[2].recoverable_hours, 0);
  ck_assert_double_eq_tol(rows[2].figures[RANKING_HAPPINESS].impact, -200 * (20 - 10.0 / 3), 1e-9);
}
END_TEST

START_TEST(uncertain_rows_rank_behind_confirmed_ones) {
  const struct answers answers[] = {{0, 0, 2, 2, 900}, {10, 0, 90, 100, 62}, {50, 10, 40, 400, 60}, {50, 10, 40, 400, 59}};
  struct ranking_row rows[4];
  rank(REST, answers, 4, rows);
  for (size_t i = 0; i < 3; i++) {
    ck_assert(rows[i].confirmed && rows[i].key != 0);
  }
  ck_assert_uint_eq(rows[3].key, 0);
  ck_assert(!rows[3].confirmed && !rows[3].worse);
  ck_assert(isnan(rows[3].figures[RANKING_LOST_TIME].p) && isnan(rows[3].figures[RANKING_LOST_TIME].adjusted));
  ck_assert_double_gt(rows[3].recoverable_hours, rows[0].recoverable_hours);
}
END_TEST

START_TEST(ties_go_to_the_lower_key) {
  const struct answers answers[] = {{30, 10, 10, 60, 50}, {30, 10, 10, 60, 50}, {30, 10, 10, 60, 50}};
  struct ranking_row rows[3];
  rank(REST, answers, 3, rows);
  for (size_t i = 0; i < 3; i++) {
    ck_assert_uint_eq(rows[i].key, i);
    ck_assert_double_eq(rows[i].recoverable_hours, 0);
    ck_assert_double_eq(rows[i].figures[RANKING_HAPPINESS].impact, 0);
  }
}
END_TEST

START_TEST(a_row_without_a_rest_has_no_impact) {
  const struct answers answers[] = {{30, 10, 10, 60, 50}};
  struct ranking_row row;
  rank(REST, answers, 1, &row);
  ck_assert(isnan(row.recoverable_hours) && isnan(row.figures[RANKING_HAPPINESS].impact));
  ck_assert(!row.confirmed && !row.worse);
  struct hypothesis *none = NULL;
  ranking_sort(&REST, NULL, 0, none);
}
END_TEST

// 100 × (90 − 60) minutes; 100 × (−50 − 10) points. No target for a metric: no impact on it.
START_TEST(target_is_a_reference_for_each_row) {
  const struct answers answers[] = {{20, 10, 70, 100, 90}, {56, 0, 44, 100, 60}};
  struct ranking_question question = {.reference = RANKING_TARGET, .target = {{10, 1}, {60, 1}}};
  struct ranking_row rows[2];
  rank(question, answers, 2, rows);
  ck_assert_uint_eq(rows[0].key, 0);
  ck_assert_double_eq_tol(rows[0].recoverable_hours, 50, 1e-9);
  ck_assert_double_eq_tol(rows[0].figures[RANKING_HAPPINESS].impact, -6000, 1e-9);
  ck_assert(rows[0].confirmed && rows[0].worse);
  ck_assert_double_eq(rows[1].recoverable_hours, 0);
  ck_assert_double_eq_tol(rows[1].figures[RANKING_HAPPINESS].impact, 200, 1e-9);
  ck_assert(!rows[1].confirmed);
  question.target[RANKING_HAPPINESS] = (struct ratio){0};
  rank(question, answers, 2, rows);
  ck_assert(isnan(rows[0].figures[RANKING_HAPPINESS].impact) && rows[0].confirmed);
}
END_TEST

START_TEST(previous_period_is_a_reference_of_its_row) {
  struct ranking_row before, rows[2];
  set_row(&before, 9, (struct answers){60, 20, 20, 100, 30});
  set_row(&rows[0], 0, (struct answers){20, 10, 70, 100, 90});
  set_row(&rows[1], 1, (struct answers){20, 10, 70, 100, 400});
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    rows[0].figures[metric].previous = &before.figures[metric].tally;
  }
  struct ranking_question question = {.reference = RANKING_PREVIOUS};
  struct hypothesis hypotheses[2 * RANKING_METRICS];
  ranking_sort(&question, rows, 2, hypotheses);
  ck_assert_uint_eq(rows[0].key, 0);
  ck_assert_double_eq_tol(rows[0].recoverable_hours, 100, 1e-9);
  ck_assert_double_eq_tol(rows[0].figures[RANKING_HAPPINESS].impact, -9000, 1e-9);
  ck_assert(rows[0].worse);
  // What wasn't there before has nothing to be compared with.
  ck_assert(isnan(rows[1].recoverable_hours) && !rows[1].confirmed);
}
END_TEST

// With p = 0.0057 twice and nothing else asked it is sure; beside ten rows it isn't.
START_TEST(more_rows_make_each_less_sure) {
  struct ranking_question question = {.reference = RANKING_TARGET, .target = {{0, 1}, {0, 0}}};
  struct answers answers[ROWS_MAX];
  for (size_t i = 0; i < ROWS_MAX; i++) {
    answers[i] = (struct answers){i == 0 ? 105 : 75, 50, i == 0 ? 70 : 75, 0, 0};
  }
  struct ranking_row rows[ROWS_MAX];
  rank(question, answers, 1, rows);
  double p = rows[0].figures[RANKING_HAPPINESS].p;
  ck_assert(p < 0.05 && p > 0.05 / ROWS_MAX);
  ck_assert_double_eq(rows[0].figures[RANKING_HAPPINESS].adjusted, p);
  ck_assert(rows[0].confirmed);
  rank(question, answers, ROWS_MAX, rows);
  for (size_t i = 0; i < ROWS_MAX; i++) {
    ck_assert(!rows[i].confirmed);
    if (rows[i].key == 0) {
      ck_assert_double_eq_tol(rows[i].figures[RANKING_HAPPINESS].adjusted, ROWS_MAX * p, 1e-12);
    }
  }
}
END_TEST

// Answers of 3,000 persons dealt at random to rows of very different sizes: nothing is there to be found.
enum { PERSONS = 3000, RUNS = 200, CLAIMS_MAX = 18 };
static const int SIZES[ROWS_MAX] = {900, 700, 400, 300, 200, 150, 120, 80, 60, 50, 30, 10};

struct person {
  int64_t happiness, lost;
};

static uint64_t next(uint64_t *state) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return *state >> 33;
}

// Half lost nothing; the others' time is skewed as lost time is, up to the cap, and weighs on their rating.
static void invent(struct person *persons, uint64_t *state) {
  for (int i = 0; i < PERSONS; i++) {
    double exponent = (double)(next(state) % 1000 + next(state) % 1000 + next(state) % 1000) / 500 - 3;
    double lost = next(state) % 2 == 0 ? 0 : 45 * exp(1.3 * exponent);
    persons[i].lost = (int64_t)fmin(lost, 2400);
    persons[i].happiness = (int64_t)(next(state) % (lost > 60 ? 9 : 11)) + (lost > 60 ? 0 : next(state) % 3 == 0);
    persons[i].happiness = persons[i].happiness > 10 ? 10 : persons[i].happiness;
  }
}

static void shuffle(struct person *persons, uint64_t *state) {
  for (uint64_t i = PERSONS - 1; i > 0; i--) {
    uint64_t other = next(state) % (i + 1);
    struct person person = persons[i];
    persons[i] = persons[other];
    persons[other] = person;
  }
}

static bool claims_anything(const struct person *persons) {
  struct ranking_question question = REST;
  struct ranking_row rows[ROWS_MAX] = {0};
  for (size_t i = 0; i < ROWS_MAX; i++) {
    for (int k = 0; k < SIZES[i]; k++, persons++) {
      tally_add_value(&rows[i].figures[RANKING_HAPPINESS].tally, metric_of(RANKING_HAPPINESS), persons->happiness, 1);
      tally_add_value(&rows[i].figures[RANKING_LOST_TIME].tally, metric_of(RANKING_LOST_TIME), persons->lost, 1);
    }
    for (int metric = 0; metric < RANKING_METRICS; metric++) {
      tally_add(&question.total[metric], &rows[i].figures[metric].tally);
    }
  }
  struct hypothesis hypotheses[RANKING_METRICS * ROWS_MAX];
  ranking_sort(&question, rows, ROWS_MAX, hypotheses);
  return rows[0].confirmed;
}

START_TEST(chance_is_seldom_confirmed) {
  static struct person persons[PERSONS];
  uint64_t state = (uint64_t)_i * 7919 + 4;
  invent(persons, &state);
  int claims = 0;
  for (int run = 0; run < RUNS; run++) {
    shuffle(persons, &state);
    claims += claims_anything(persons);
  }
  ck_assert_int_le(claims, CLAIMS_MAX);
}
END_TEST

static Suite *ranking_suite(void) {
  Suite *suite = suite_create("ranking");
  TCase *tests = tcase_create("ranking");
  tcase_set_timeout(tests, 60);
  tcase_add_test(tests, impact_and_hours_are_those_by_hand);
  tcase_add_test(tests, uncertain_rows_rank_behind_confirmed_ones);
  tcase_add_test(tests, ties_go_to_the_lower_key);
  tcase_add_test(tests, a_row_without_a_rest_has_no_impact);
  tcase_add_test(tests, target_is_a_reference_for_each_row);
  tcase_add_test(tests, previous_period_is_a_reference_of_its_row);
  tcase_add_test(tests, more_rows_make_each_less_sure);
  tcase_add_loop_test(tests, chance_is_seldom_confirmed, 0, 3);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(ranking_suite()); }
