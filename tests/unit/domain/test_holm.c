// Checks Holm's correction: by hand, with ties and untested ones, and against all subsets by the closure principle.
#include "domain/holm.h"

#include "unit.h"

#include <math.h>
#include <stdbool.h>

enum { VALUES_MAX = 6 };

struct holm_case {
  size_t count;
  double p[VALUES_MAX], adjusted[VALUES_MAX];  // below 0: none
};

static const struct holm_case CASES[] = {
    {0, {0}, {0}},
    {1, {0.03}, {0.03}},
    {1, {-1}, {-1}},
    // 4 × 0.005, 3 × 0.01, 2 × 0.03, and 0.04 may not be less than 0.06.
    {4, {0.01, 0.04, 0.03, 0.005}, {0.03, 0.06, 0.06, 0.02}},
    {3, {0.02, 0.02, 0.02}, {0.06, 0.06, 0.06}},
    // Untested ones are no questions asked.
    {5, {-1, 0.02, -1, 0.03, -1}, {-1, 0.04, -1, 0.04, -1}},
    {3, {0.9, 0.8, 0.5}, {1, 1, 1}},
    {3, {0, 1, 0.2}, {0, 1, 0.4}},
};

static void adjust(const struct holm_case *row, struct hypothesis *hypotheses) {
  for (size_t i = 0; i < row->count; i++) {
    hypotheses[i] = (struct hypothesis){.p = row->p[i] < 0 ? NAN : row->p[i], .adjusted = -5, .place = 77};
  }
  holm_adjust(hypotheses, row->count);
}

START_TEST(adjusted_values_match_those_by_hand) {
  const struct holm_case *row = &CASES[_i];
  struct hypothesis hypotheses[VALUES_MAX];
  adjust(row, hypotheses);
  for (size_t i = 0; i < row->count; i++) {
    ck_assert_int_eq(isnan(hypotheses[i].adjusted) != 0, row->adjusted[i] < 0);
    ck_assert_int_eq(isnan(hypotheses[i].p) != 0, row->p[i] < 0);
    if (row->adjusted[i] >= 0) {
      ck_assert_double_eq_tol(hypotheses[i].adjusted, row->adjusted[i], 1e-15);
      ck_assert_double_eq(hypotheses[i].p, row->p[i]);
    }
  }
}
END_TEST

// The adjusted value of i is the largest Bonferroni value, size × smallest p, of any set of hypotheses that holds i.
static double closed(const double *p, size_t count, size_t i) {
  double largest = 0;
  for (unsigned set = 0; set < 1U << count; set++) {
    double smallest = 1;
    unsigned size = 0;
    for (size_t j = 0; j < count; j++) {
      bool in = set >> j & 1U;
      smallest = in ? fmin(smallest, p[j]) : smallest;
      size += in;
    }
    if (set >> i & 1U) {
      largest = fmax(largest, fmin(size * smallest, 1));
    }
  }
  return largest;
}

START_TEST(adjusted_values_match_the_closure_of_bonferroni) {
  struct holm_case row = {.count = VALUES_MAX};
  unsigned long long state = 20230601;
  for (int round = 0; round < 500; round++) {
    for (size_t i = 0; i < VALUES_MAX; i++) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      row.p[i] = (double)(state >> 40) / (1 << 24) / (i < 3 ? 10 : 1);
    }
    struct hypothesis hypotheses[VALUES_MAX];
    adjust(&row, hypotheses);
    for (size_t i = 0; i < VALUES_MAX; i++) {
      ck_assert_double_eq_tol(hypotheses[i].adjusted, closed(row.p, VALUES_MAX, i), 1e-14);
    }
  }
}
END_TEST

static Suite *holm_suite(void) {
  Suite *suite = suite_create("holm");
  TCase *tests = tcase_create("holm");
  tcase_add_loop_test(tests, adjusted_values_match_those_by_hand, 0, ROWS(CASES));
  tcase_add_test(tests, adjusted_values_match_the_closure_of_bonferroni);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(holm_suite()); }
