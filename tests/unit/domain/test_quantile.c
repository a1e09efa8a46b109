// Checks Student's t and the normal distribution against values computed with 40 digits.
#include "domain/quantile.h"

#include "unit.h"

#include <math.h>

struct quantile_case {
  double p, freedom, t;
};

static const struct quantile_case QUANTILES[] = {
    {0.975, 0.5, 164.55767348048824},
    {0.995, 0.5, 4113.9645888041738},
    {0.6, 0.5, 0.39797542678479059},
    {0.9, 0.5, 10.270324410234511},
    {0.999999, 0.5, 102849115625.71901},
    {0.975, 1, 12.706204736174693},
    {0.995, 1, 63.656741162871524},
    {0.999999, 1, 318309.88617359026},
    {0.975, 1.5, 6.0166631044279283},
    {0.995, 1.5, 17.820310514462797},
    {0.999999, 1.5, 5219.4693246068863},
    {0.975, 2, 4.3026527297494618},
    {0.995, 2, 9.9248432009182886},
    {0.999999, 2, 707.10572051576712},
    {0.975, 2.7, 3.3921483831737509},
    {0.995, 2.7, 6.5331284334084523},
    {0.6, 2.7, 0.27932846331796929},
    {0.9, 2.7, 1.688108175146643},
    {0.999999, 2.7, 156.89075300754452},
    {0.975, 4, 2.7764451051977935},
    {0.995, 4, 4.604094871349992},
    {0.999999, 4, 41.577854150151499},
    {0.975, 5, 2.5705818356363148},
    {0.995, 5, 4.0321429835552272},
    {0.999999, 5, 24.771029720372489},
    {0.975, 9, 2.262157162798205},
    {0.995, 9, 3.2498355415921257},
    {0.999999, 9, 10.720160409872825},
    {0.975, 10.25, 2.2207944107448077},
    {0.995, 10.25, 3.1520327747509844},
    {0.999999, 10.25, 9.5548554492564796},
    {0.975, 29, 2.0452296421327039},
    {0.995, 29, 2.7563859036706051},
    {0.999999, 29, 5.9171055404491024},
    {0.975, 58.3, 2.0014981978788361},
    {0.995, 58.3, 2.6628228172932185},
    {0.999999, 58.3, 5.2798017425128784},
    {0.975, 127.9, 1.9786856127227611},
    {0.995, 127.9, 2.6148157877127379},
    {0.999999, 127.9, 4.9817529601039108},
    {0.975, 128.1, 1.9786561102165417},
    {0.995, 128.1, 2.614754058699454},
    {0.999999, 128.1, 4.9813818592330885},
    {0.975, 199, 1.9719565442517534},
    {0.995, 199, 2.6007602160585159},
    {0.6, 199, 0.25368607538177208},
    {0.9, 199, 1.2858202092594091},
    {0.999999, 199, 4.8980440593915125},
    {0.975, 1000, 1.9623390808264081},
    {0.995, 1000, 2.5807546980659508},
    {0.999999, 1000, 4.7816086204524386},
    {0.975, 12345.6, 1.9601561582595101},
    {0.995, 12345.6, 2.5762276044252137},
    {0.999999, 12345.6, 4.7556964556598218},
    {0.975, 1000000.0, 1.9599663568141067},
    {0.995, 1000000.0, 2.5758342201053338},
    {0.6, 1000000.0, 0.25334717053784162},
    {0.9, 1000000.0, 1.2815524121299386},
    {0.999999, 1000000.0, 4.7534523482738695},
    {0.975, 300000000.0, 1.9599639924476247},
    {0.995, 300000000.0, 2.5758293199373925},
    {0.999999, 300000000.0, 4.7534244022814638},
};

struct cdf_case {
  double t, freedom, p;
};

static const struct cdf_case CDFS[] = {
    {0.5, 1, 0.64758361765043327},
    {2, 3.5, 0.93693073871204323},
    {-2, 3.5, 0.063069261287956767},
    {1e-05, 7, 0.50000384991450825},
    {-40, 5, 9.2059810858864772e-8},
    {1.4999, 40, 0.92925369907584649},
    {1.5001, 40, 0.92927952216557342},
    {-6, 100000.0, 9.8996472780088128e-10},
    {12.7062, 1, 0.9749999907196448},
    {-10000000000.0, 0.5, 3.207009754142229e-6},
    {3, 10000000.0, 0.99865009864448142},
    // Half of what tests call p.
    {-1.679, 318.2, 0.047066843542680517},
    {-2, 1, 0.14758361765043327},
    {-2, 0.3, 0.28213484948039137},
    {-30, 2.5, 0.00014553235457869771},
    {-8, 9, 1.1067408404700077e-5},
    {-8, 48.7, 9.9648751243631419e-11},
    {-15, 199, 7.9362863318686196e-35},
    {-38, 318.2, 1.3316204683397897e-120},
    {-100, 1.5, 0.00037705494496244677},
    {-1.96, 2998, 0.025044146674472153},
    {-1e-8, 4, 0.49999999625},
    {-1.5, 0.2, 0.34502776657647084},
    {-1.5, 77.7, 0.068833466986588682},
    {-25, 12345.6, 6.6010629859224676e-135},
    {-1e6, 19, 1.2705176504037878e-103},
    {-0.674, 6, 0.26270593961732072},
};

// argument, value
static const double NORMAL_QUANTILES[][2] = {
    {0.51, 0.025068908258711058}, {0.925, 1.4395314709384562},   {0.926, 1.4466320671589788},
    {0.975, 1.9599639845400539},  {0.001, -3.0902323061678135},  {1e-10, -6.3613409024040562},
    {1e-16, -8.2220822161304356}, {1e-300, -37.047096299361199}, {0.9999999, 5.1993375822906611},
};
static const double NORMAL_CDFS[][2] = {
    {0, 0.5},
    {1, 0.84134474606854295},
    {-1, 0.15865525393145705},
    {1.959963984540054, 0.975},
    {-8, 6.2209605742717841e-16},
    {-20, 2.7536241186062337e-89},
    {-37, 5.7255712225245768e-300},
    {5, 0.99999971334842812},
};

static void assert_close(double value, double expected, double relative) { ck_assert_double_le(fabs(value - expected), relative * fabs(expected)); }

START_TEST(student_quantile_matches_reference) {
  const struct quantile_case *row = &QUANTILES[_i];
  assert_close(student_quantile(row->p, row->freedom), row->t, 1e-12);
}
END_TEST

START_TEST(student_quantile_is_odd_around_one_half) {
  const double freedoms[] = {0.7, 3, 41.5, 1e7};
  for (size_t i = 0; i < 4; i++) {
    assert_close(student_quantile(0.25, freedoms[i]), -student_quantile(0.75, freedoms[i]), 1e-14);
    ck_assert_double_eq(student_quantile(0.5, freedoms[i]), 0);
  }
}
END_TEST

// t with one and with two degrees of freedom has closed forms: tan(π(p − ½)) and (2p − 1)/√(2p(1 − p)).
START_TEST(student_quantile_matches_closed_forms) {
  for (int k = 1; k < 64; k++) {
    double p = k / 64.0;
    assert_close(student_quantile(p, 1), tan(acos(-1) * (p - 0.5)), 1e-12);
    assert_close(student_quantile(p, 2), (2 * p - 1) / sqrt(2 * p * (1 - p)), 1e-12);
  }
}
END_TEST

START_TEST(student_quantile_becomes_normal_for_endless_freedom) {
  assert_close(student_quantile(0.975, INFINITY), NORMAL_975, 1e-14);
  assert_close(student_quantile(0.975, 1e17), NORMAL_975, 1e-14);
  assert_close(student_quantile(1e-12, INFINITY), normal_quantile(1e-12), 1e-12);
}
END_TEST

START_TEST(student_quantile_inverts_cdf) {
  const double freedoms[] = {0.3, 1, 1.01, 2.5, 8, 63.9, 64.1, 500, 1e5, 1e9};
  const double ps[] = {1e-14, 1e-6, 0.025, 0.2, 0.2500001, 0.4999, 0.5001, 0.7, 0.95, 0.999};
  for (size_t i = 0; i < 10; i++) {
    for (size_t j = 0; j < 10; j++) {
      assert_close(student_cdf(student_quantile(ps[j], freedoms[i]), freedoms[i]), ps[j], 1e-11);
    }
  }
}
END_TEST

START_TEST(student_quantile_beyond_doubles_is_infinite) {
  ck_assert(isinf(student_quantile(0.975, 1e-4)));
  ck_assert_double_lt(student_quantile(0.025, 1e-4), 0);
}
END_TEST

START_TEST(student_cdf_matches_reference) {
  const struct cdf_case *row = &CDFS[_i];
  assert_close(student_cdf(row->t, row->freedom), row->p, 1e-12);
}
END_TEST

START_TEST(student_cdf_reaches_its_ends) {
  ck_assert_double_eq(student_cdf(-INFINITY, 3), 0);
  ck_assert_double_eq(student_cdf(0, 3), 0.5);
  ck_assert_double_eq(student_cdf(INFINITY, 3), 1);
}
END_TEST

START_TEST(normal_quantile_matches_reference) { assert_close(normal_quantile(NORMAL_QUANTILES[_i][0]), NORMAL_QUANTILES[_i][1], 1e-12); }
END_TEST

START_TEST(normal_quantile_of_one_half_is_zero) { ck_assert_double_eq(normal_quantile(0.5), 0); }
END_TEST

START_TEST(normal_cdf_matches_reference) { assert_close(normal_cdf(NORMAL_CDFS[_i][0]), NORMAL_CDFS[_i][1], 1e-12); }
END_TEST

static Suite *quantile_suite(void) {
  Suite *suite = suite_create("quantile");
  TCase *tests = tcase_create("quantile");
  tcase_add_loop_test(tests, student_quantile_matches_reference, 0, ROWS(QUANTILES));
  tcase_add_test(tests, student_quantile_is_odd_around_one_half);
  tcase_add_test(tests, student_quantile_matches_closed_forms);
  tcase_add_test(tests, student_quantile_becomes_normal_for_endless_freedom);
  tcase_add_test(tests, student_quantile_inverts_cdf);
  tcase_add_test(tests, student_quantile_beyond_doubles_is_infinite);
  tcase_add_loop_test(tests, student_cdf_matches_reference, 0, ROWS(CDFS));
  tcase_add_test(tests, student_cdf_reaches_its_ends);
  tcase_add_loop_test(tests, normal_quantile_matches_reference, 0, ROWS(NORMAL_QUANTILES));
  tcase_add_test(tests, normal_quantile_of_one_half_is_zero);
  tcase_add_loop_test(tests, normal_cdf_matches_reference, 0, ROWS(NORMAL_CDFS));
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(quantile_suite()); }
