// Checks each flag at its edges, with its evidence, and that what has no data gives none but says so.
#include "domain/integrity.h"

#include "unit.h"

#include <math.h>

enum { GROUPS_MAX = 8 };

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

static void check(const struct integrity_question *question, struct integrity_flag *flags) {
  struct hypothesis hypotheses[GROUPS_MAX];
  integrity_check(question, hypotheses, flags);
}

START_TEST(nothing_known_raises_nothing_and_says_so) {
  struct integrity_question question = {0};
  struct integrity_flag flags[INTEGRITY_KINDS];
  check(&question, flags);
  EACH(flag, flags) {
    ck_assert_int_eq(flag->verdict, INTEGRITY_NO_DATA);
    ck_assert_uint_eq(flag->evidence_count, 0);
  }
}
END_TEST

START_TEST(every_flag_has_a_name) {
  for (int kind = 0; kind < INTEGRITY_KINDS; kind++) {
    ck_assert_ptr_nonnull(INTEGRITY_NAMES[kind]);
  }
  ck_assert_ptr_null(INTEGRITY_NAMES[INTEGRITY_KINDS]);
}
END_TEST

struct count_case {
  struct integrity_count before, after;
  bool overlapping;
  enum integrity_verdict verdict;
};

static const struct count_case RATES[] = {
    {{true, 60, 100}, {true, 40, 100}, false, INTEGRITY_RAISED},
    // By one answer less than a third.
    {{true, 60, 100}, {true, 41, 100}, false, INTEGRITY_CLEAR},
    {{true, 600000, 1000000}, {true, 400001, 1000000}, false, INTEGRITY_CLEAR},
    // A third of a rate, not of a number.
    {{true, 300, 1000}, {true, 20, 100}, false, INTEGRITY_RAISED},
    {{true, 60, 100}, {true, 600, 1000}, false, INTEGRITY_CLEAR},
    {{true, 60, 100}, {true, 0, 100}, false, INTEGRITY_RAISED},
    {{true, 40, 100}, {true, 60, 100}, false, INTEGRITY_CLEAR},
    // From nothing it can't fall.
    {{true, 0, 100}, {true, 0, 100}, false, INTEGRITY_CLEAR},
    // Ten matured invitations on each side; nine are too few.
    {{true, 9, 10}, {true, 6, 10}, false, INTEGRITY_RAISED},
    {{true, 9, 9}, {true, 0, 10}, false, INTEGRITY_NO_DATA},
    {{true, 9, 10}, {true, 0, 9}, false, INTEGRITY_NO_DATA},
    {{true, 9, 10}, {true, 0, 0}, false, INTEGRITY_NO_DATA},
    {{false, 60, 100}, {true, 40, 100}, false, INTEGRITY_NO_DATA},
    {{true, 60, 100}, {false, 40, 100}, false, INTEGRITY_NO_DATA},
    {{true, 60, 100}, {true, 40, 100}, true, INTEGRITY_NO_DATA},
};

static struct integrity_flag flag_of(const struct integrity_question *question, enum integrity_kind kind) {
  struct integrity_flag flags[INTEGRITY_KINDS];
  check(question, flags);
  for (int other = 0; other < INTEGRITY_KINDS; other++) {
    ck_assert(other == (int)kind || flags[other].verdict == INTEGRITY_NO_DATA);
  }
  return flags[kind];
}

static void assert_share(const struct estimate *estimate, int64_t cases, int64_t of) {
  ck_assert(estimate->has_value && estimate->n == of && estimate->numerator * of == (int128)100 * cases * estimate->denominator);
}

START_TEST(response_rate_falls_by_a_third) {
  const struct count_case *row = &RATES[_i];
  struct integrity_question question = {.reference.answered = row->before, .window.answered = row->after, .overlapping = row->overlapping};
  struct integrity_flag flag = flag_of(&question, INTEGRITY_RESPONSE_RATE);
  ck_assert_int_eq(flag.verdict, row->verdict);
  ck_assert_uint_eq(flag.evidence_count, row->verdict != INTEGRITY_NO_DATA);
  if (flag.evidence_count > 0) {
    assert_share(&flag.evidence[0].before, row->before.cases, row->before.of);
    assert_share(&flag.evidence[0].after, row->after.cases, row->after.of);
    ck_assert(flag.evidence[0].has_test);
  }
}
END_TEST

// Agresti–Caffo: 41/102 → 61/102 has p 0.0042; 43/102 → 61/102 p 0.0104, 81/202 → 110/202 p 0.0035.
static const struct count_case BARES[] = {
    {{true, 40, 100}, {true, 60, 100}, false, INTEGRITY_RAISED},   {{true, 42, 100}, {true, 60, 100}, false, INTEGRITY_CLEAR},
    {{true, 80, 200}, {true, 109, 200}, false, INTEGRITY_RAISED},  {{true, 60, 100}, {true, 40, 100}, false, INTEGRITY_CLEAR},
    {{true, 0, 9}, {true, 100, 100}, false, INTEGRITY_NO_DATA},    {{true, 0, 10}, {true, 100, 100}, false, INTEGRITY_RAISED},
    {{true, 40, 100}, {true, 60, 100}, true, INTEGRITY_NO_DATA},   {{false, 40, 100}, {true, 60, 100}, false, INTEGRITY_NO_DATA},
    {{true, 40, 100}, {false, 60, 100}, false, INTEGRITY_NO_DATA},
};

START_TEST(bare_ratings_rise_significantly) {
  const struct count_case *row = &BARES[_i];
  struct integrity_question question = {.reference.bare = row->before, .window.bare = row->after, .overlapping = row->overlapping};
  struct integrity_flag flag = flag_of(&question, INTEGRITY_BARE_RATINGS);
  ck_assert_int_eq(flag.verdict, row->verdict);
  ck_assert_uint_eq(flag.evidence_count, row->verdict != INTEGRITY_NO_DATA);
  if (flag.evidence_count > 0) {
    ck_assert_int_eq(flag.evidence[0].statistic > 0 && flag.evidence[0].p < 0.01, row->verdict == INTEGRITY_RAISED);
  }
}
END_TEST

START_TEST(p_is_that_of_agresti_and_caffo) {
  struct integrity_question question = {.reference.bare = {true, 40, 100}, .window.bare = {true, 60, 100}};
  struct integrity_flag flag = flag_of(&question, INTEGRITY_BARE_RATINGS);
  // (61 − 41)/102 ÷ √(2 × (61 × 41)/102³) = 2.8560…
  double z = 20.0 / 102 / sqrt(2 * 61.0 * 41 / (102.0 * 102 * 102));
  ck_assert_double_eq_tol(flag.evidence[0].statistic, z, 1e-9);
  ck_assert_double_eq_tol(flag.evidence[0].p, erfc(z / sqrt(2)), 1e-9);
}
END_TEST

// n ratings of which so many are 9, the others 0; minutes that n answers lost, half of them twice as much.
struct experience {
  int64_t n, positive, minutes;
};

struct lost_case {
  struct experience before, after;
  bool happiness_known, lost_time_known, overlapping;
  enum integrity_verdict verdict;
};

static const struct lost_case LOST[] = {
    {{200, 80, 30}, {200, 120, 60}, true, true, false, INTEGRITY_RAISED},
    // One rises, the other doesn't, or falls.
    {{200, 80, 30}, {200, 82, 60}, true, true, false, INTEGRITY_CLEAR},
    {{200, 120, 30}, {200, 80, 60}, true, true, false, INTEGRITY_CLEAR},
    {{200, 80, 60}, {200, 120, 60}, true, true, false, INTEGRITY_CLEAR},
    {{200, 80, 60}, {200, 120, 30}, true, true, false, INTEGRITY_CLEAR},
    {{200, 120, 60}, {200, 80, 30}, true, true, false, INTEGRITY_CLEAR},
    // Lost time needs 50 answers.
    {{200, 80, 30}, {49, 40, 60}, true, true, false, INTEGRITY_NO_DATA},
    {{200, 80, 30}, {200, 120, 60}, false, true, false, INTEGRITY_NO_DATA},
    {{200, 80, 30}, {200, 120, 60}, true, false, false, INTEGRITY_NO_DATA},
    {{200, 80, 30}, {200, 120, 60}, true, true, true, INTEGRITY_NO_DATA},
    // Nothing lost before can't be tested: it says something only where happiness didn't rise.
    {{200, 80, 0}, {200, 120, 60}, true, true, false, INTEGRITY_NO_DATA},
    {{200, 80, 0}, {200, 80, 60}, true, true, false, INTEGRITY_CLEAR},
};

static struct integrity_period period_of(const struct experience *experience, const struct lost_case *row) {
  struct integrity_period period = {.happiness.known = row->happiness_known, .lost_time.known = row->lost_time_known};
  tally_add_value(&period.happiness.tally, named("happiness"), 9, experience->positive);
  tally_add_value(&period.happiness.tally, named("happiness"), 0, experience->n - experience->positive);
  tally_add_value(&period.lost_time.tally, named("lost_time"), experience->minutes, experience->n / 2);
  tally_add_value(&period.lost_time.tally, named("lost_time"), 2 * experience->minutes, experience->n - experience->n / 2);
  return period;
}

START_TEST(lost_time_rises_beside_happiness) {
  const struct lost_case *row = &LOST[_i];
  struct integrity_question question = {
      .window = period_of(&row->after, row), .reference = period_of(&row->before, row), .overlapping = row->overlapping};
  struct integrity_flag flag = flag_of(&question, INTEGRITY_LOST_TIME);
  ck_assert_int_eq(flag.verdict, row->verdict);
  ck_assert_uint_eq(flag.evidence_count, row->verdict == INTEGRITY_NO_DATA ? 0 : 2);
}
END_TEST

struct group_case {
  struct integrity_group groups[GROUPS_MAX];
  size_t count;
  enum integrity_verdict verdict;
  size_t group, raised;
};

#define GROUP(excluded, all) \
  { .cases = (excluded), .of = (all) }
#define BESIDE(excluded, all) \
  { .cases = (excluded), .of = (all), .beside = true }

static const struct group_case GROUPS[] = {
    {{GROUP(30, 100), GROUP(10, 100), GROUP(10, 100)}, 3, INTEGRITY_RAISED, 0, 1},
    // Three times the others' rate, exactly; a case less.
    {{GROUP(10, 100), GROUP(30, 100)}, 2, INTEGRITY_RAISED, 1, 1},
    {{GROUP(10, 100), GROUP(29, 100)}, 2, INTEGRITY_CLEAR, 0, 0},
    {{GROUP(1000, 10000), GROUP(29999, 100000)}, 2, INTEGRITY_CLEAR, 0, 0},
    // Five cases.
    {{GROUP(0, 1000), GROUP(5, 10)}, 2, INTEGRITY_RAISED, 1, 1},
    {{GROUP(0, 1000), GROUP(4, 8)}, 2, INTEGRITY_CLEAR, 0, 0},
    // Six times as often, but not significantly.
    {{GROUP(1, 30), GROUP(6, 30)}, 2, INTEGRITY_CLEAR, 0, 0},
    // Significant alone (p 0.0023), and among four (0.0093), but not among five (0.0116).
    {{GROUP(8, 50), GROUP(12, 1000)}, 2, INTEGRITY_RAISED, 0, 1},
    {{GROUP(8, 50), GROUP(4, 334), GROUP(4, 333), GROUP(4, 333)}, 4, INTEGRITY_RAISED, 0, 1},
    {{GROUP(8, 50), GROUP(3, 250), GROUP(3, 250), GROUP(3, 250), GROUP(3, 250)}, 5, INTEGRITY_CLEAR, 0, 0},
    // The most striking of two comes first.
    {{GROUP(40, 100), GROUP(60, 100), GROUP(5, 1000), GROUP(5, 1000)}, 4, INTEGRITY_RAISED, 1, 2},
    // Seldom is no flag.
    {{GROUP(0, 200), GROUP(60, 200), GROUP(60, 200)}, 3, INTEGRITY_CLEAR, 0, 0},
    {{GROUP(0, 200), GROUP(0, 200)}, 2, INTEGRITY_CLEAR, 0, 0},
    // Nobody to compare with.
    {{GROUP(90, 100)}, 1, INTEGRITY_NO_DATA, 0, 0},
    {{GROUP(90, 100), GROUP(0, 0)}, 2, INTEGRITY_NO_DATA, 0, 0},
    {{GROUP(0, 0)}, 0, INTEGRITY_NO_DATA, 0, 0},
    // A withheld group, or one that nobody asks about, isn't named, but is one of the others: 30 of 100 against 10 of 100, and against 30 of 130.
    {{BESIDE(30, 100), GROUP(10, 100), GROUP(10, 100)}, 3, INTEGRITY_CLEAR, 0, 0},
    {{GROUP(30, 100), GROUP(10, 100)}, 2, INTEGRITY_RAISED, 0, 1},
    {{GROUP(30, 100), GROUP(10, 100), BESIDE(20, 30)}, 3, INTEGRITY_CLEAR, 0, 0},
    // Nothing can be told where all groups are such, or those that aren't hold nothing.
    {{BESIDE(30, 100), BESIDE(10, 100)}, 2, INTEGRITY_NO_DATA, 0, 0},
    {{BESIDE(30, 100), BESIDE(10, 100), GROUP(0, 0)}, 3, INTEGRITY_NO_DATA, 0, 0},
};

static void assert_groups(const struct group_case *row, enum integrity_kind kind) {
  struct integrity_group groups[GROUPS_MAX];
  for (size_t i = 0; i < GROUPS_MAX; i++) {
    groups[i] = row->groups[i];
  }
  struct integrity_question question = {0};
  *(kind == INTEGRITY_EXCLUSIONS ? &question.excluded : &question.suppressed) =
      (struct integrity_groups){.known = true, .groups = groups, .count = row->count};
  struct integrity_flag flag = flag_of(&question, kind);
  ck_assert_int_eq(flag.verdict, row->verdict);
  ck_assert_uint_eq(flag.raised, row->raised);
  ck_assert_uint_eq(flag.evidence_count, row->raised > 0);
  if (row->raised > 0) {
    const struct integrity_group *group = &groups[row->group];
    ck_assert_uint_eq(flag.group, row->group);
    ck_assert(group->raised && group->adjusted < 0.01);
    assert_share(&flag.evidence[0].after, group->cases, group->of);
  }
}

START_TEST(group_stands_out_from_the_others) {
  assert_groups(&GROUPS[_i], INTEGRITY_EXCLUSIONS);
  assert_groups(&GROUPS[_i], INTEGRITY_SUPPRESSIONS);
}
END_TEST

START_TEST(too_few_cases_are_clear_without_a_look_at_groups) {
  struct integrity_question question = {.excluded = {.known = true, .few = true}};
  ck_assert_int_eq(flag_of(&question, INTEGRITY_EXCLUSIONS).verdict, INTEGRITY_CLEAR);
  question.excluded.known = false;
  ck_assert_int_eq(flag_of(&question, INTEGRITY_EXCLUSIONS).verdict, INTEGRITY_NO_DATA);
}
END_TEST

START_TEST(ratings_of_one_invitation_come_too_fast) {
  struct integrity_question question = {.rapid = {true, 0, 500}};
  ck_assert_int_eq(flag_of(&question, INTEGRITY_RAPID_RATINGS).verdict, INTEGRITY_CLEAR);
  question.rapid.cases = 1;
  struct integrity_flag flag = flag_of(&question, INTEGRITY_RAPID_RATINGS);
  ck_assert_int_eq(flag.verdict, INTEGRITY_RAISED);
  assert_share(&flag.evidence[0].after, 1, 500);
  question.rapid = (struct integrity_count){true, 0, 0};
  ck_assert_int_eq(flag_of(&question, INTEGRITY_RAPID_RATINGS).verdict, INTEGRITY_CLEAR);
}
END_TEST

static Suite *integrity_suite(void) {
  Suite *suite = suite_create("integrity");
  TCase *tests = tcase_create("integrity");
  tcase_add_test(tests, nothing_known_raises_nothing_and_says_so);
  tcase_add_test(tests, every_flag_has_a_name);
  tcase_add_loop_test(tests, response_rate_falls_by_a_third, 0, ROWS(RATES));
  tcase_add_loop_test(tests, bare_ratings_rise_significantly, 0, ROWS(BARES));
  tcase_add_test(tests, p_is_that_of_agresti_and_caffo);
  tcase_add_loop_test(tests, lost_time_rises_beside_happiness, 0, ROWS(LOST));
  tcase_add_loop_test(tests, group_stands_out_from_the_others, 0, ROWS(GROUPS));
  tcase_add_test(tests, too_few_cases_are_clear_without_a_look_at_groups);
  tcase_add_test(tests, ratings_of_one_invitation_come_too_fast);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(integrity_suite()); }
