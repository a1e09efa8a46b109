// Checks the beta distribution against values computed with 60 digits (mpmath 1.3: betainc, for large parameters DLMF 8.17.8 summed; quantiles by
// bisection) at the doubles nearest to the arguments.
#include "domain/beta.h"

#include "unit.h"

#include <float.h>
#include <math.h>

struct cdf_case {
  double x, a, b, p;
};

static const struct cdf_case CDFS[] = {
    {0.5, 0.5, 0.5, 0.5},
    {0.1, 0.001, 2, 0.99859799387999362},
    {0.9, 0.25, 0.75, 0.9448150440321393},
    {0.3, 2, 5, 0.57982499999999998},
    {0.001, 3, 1, 1.0000000000000001e-9},
    {0.999, 1, 3, 0.999999999},
    {0.02, 0.5, 40, 0.79496813499250736},
    {0.31, 81, 183, 0.5513100934029143},
    {0.2, 81, 183, 2.1930900879896736e-5},
    {0.45, 81.5, 183.25, 0.9999989426639218},
    {0.5, 1000, 1000, 0.5},
    {0.52, 1000, 1000, 0.96322051672136043},
    {0.0001, 10, 100000, 0.54218914041501203},
    {0.9999, 100000, 10, 0.45781085958512583},
    {0.3005, 30000, 70000, 0.63526948179975955},
    {0.25, 30000, 70000, 1.1245486787082835e-280},
    {0.5001, 5000000, 5000000, 0.73645536846855899},
    {0.000001, 0.05, 0.05, 0.25155617375910426},
    {0.97, 20, 0.3, 0.15715393452606247},
    {1e-30, 2.5, 7, 4.985449218750001e-74},
};

struct quantile_case {
  double p, a, b, x;
};

static const struct quantile_case QUANTILES[] = {
    {1e-10, 0.5, 0.5, 2.4674011002723398e-20},   {0.005, 0.5, 0.5, 6.1683759169700683e-5},
    {0.025, 0.5, 0.5, 0.0015413331334360121},    {0.5, 0.5, 0.5, 0.5},
    {0.975, 0.5, 0.5, 0.99845866686656399},      {0.999999, 0.5, 0.5, 0.9999999999975326},
    {1e-10, 0.05, 3, 2.3000470006648896e-201},   {0.005, 0.05, 3, 2.1934957510612904e-47},
    {0.025, 0.05, 3, 2.0918805609333877e-33},    {0.5, 0.05, 3, 2.1934966675234507e-7},
    {0.975, 0.05, 3, 0.19944031921524433},       {0.999999, 0.05, 3, 0.96214608166446198},
    {1e-10, 1, 20, 5.0000000002375002e-12},      {0.005, 1, 20, 0.0002505956868314462},
    {0.025, 1, 20, 0.0012650894979498038},       {0.5, 1, 20, 0.034063671075154449},
    {0.975, 1, 20, 0.1684334709830853},          {0.999999, 1, 20, 0.49881276637200712},
    {1e-10, 2.5, 7, 2.0937936082009941e-5},      {0.005, 2.5, 7, 0.026314718138879203},
    {0.025, 2.5, 7, 0.052422577666035016},       {0.5, 2.5, 7, 0.24603732885541797},
    {0.975, 2.5, 7, 0.56679302118680292},        {0.999999, 2.5, 7, 0.90620621398093761},
    {1e-10, 81, 183, 0.15080639494219223},       {0.005, 81, 183, 0.23683735816553863},
    {0.025, 81, 183, 0.25273674558527116},       {0.5, 81, 183, 0.30632968858614325},
    {0.975, 81, 183, 0.36367197761346735},       {0.999999, 81, 183, 0.44947482137724752},
    {1e-10, 82, 182, 0.1536607849144752},        {0.005, 82, 182, 0.24032417127984389},
    {0.025, 82, 182, 0.2563082220890138},        {0.5, 82, 182, 0.31012714220365466},
    {0.975, 82, 182, 0.36762192260135135},       {0.999999, 82, 182, 0.45350413093192726},
    {1e-10, 0.3, 0.2, 7.7231208355871709e-33},   {0.005, 0.3, 0.2, 3.5565267748706506e-7},
    {0.025, 0.3, 0.2, 7.6016150953998589e-5},    {0.5, 0.3, 0.2, 0.76086496385201792},
    {0.975, 0.3, 0.2, 0.99999991271633561},      {1e-10, 1500, 40, 0.93989551132593553},
    {0.005, 1500, 40, 0.96244460488526253},      {0.025, 1500, 40, 0.96551942546717954},
    {0.5, 1500, 40, 0.97423094981416116},        {0.975, 1500, 40, 0.98136826412412567},
    {0.999999, 1500, 40, 0.98903467793516746},   {1e-10, 20.5, 0.75, 0.33925310585917485},
    {0.005, 20.5, 0.75, 0.7953720266171041},     {0.025, 20.5, 0.75, 0.85728172261428546},
    {0.5, 20.5, 0.75, 0.97795739676875951},      {0.975, 20.5, 0.75, 0.99967827401277025},
    {0.999999, 20.5, 0.75, 0.99999999956145914},
};

static void assert_close(double value, double expected, double relative) { ck_assert_double_le(fabs(value - expected), relative * fabs(expected)); }

START_TEST(cdf_matches_reference) { assert_close(beta_cdf(CDFS[_i].x, CDFS[_i].a, CDFS[_i].b), CDFS[_i].p, 1e-11); }
END_TEST

START_TEST(cdf_reaches_its_ends) {
  ck_assert_double_eq(beta_cdf(0, 0.5, 3), 0);
  ck_assert_double_eq(beta_cdf(1, 0.5, 3), 1);
}
END_TEST

START_TEST(quantile_matches_reference) { assert_close(beta_quantile(QUANTILES[_i].p, QUANTILES[_i].a, QUANTILES[_i].b), QUANTILES[_i].x, 1e-11); }
END_TEST

// With b = 1 the quantile is p^(1/a), with a = 1 it is 1 − (1 − p)^(1/b).
START_TEST(quantile_matches_closed_forms) {
  const double shapes[] = {0.02, 0.5, 1, 3.25, 40, 1e4};
  for (size_t i = 0; i < ROWS(shapes); i++) {
    for (int k = 1; k < 32; k++) {
      double p = k / 32.0;
      assert_close(beta_quantile(p, shapes[i], 1), exp(log(p) / shapes[i]), 1e-11);
      assert_close(beta_quantile(p, 1, shapes[i]), -expm1(log1p(-p) / shapes[i]), 1e-11);
    }
  }
}
END_TEST

START_TEST(quantile_inverts_cdf) {
  const double shapes[] = {0.1, 0.9, 1, 7.5, 250, 1e6};
  const double ps[] = {1e-12, 0.001, 0.3, 0.5, 0.6, 0.9};
  for (size_t i = 0; i < ROWS(shapes) * ROWS(shapes) * ROWS(ps); i++) {
    double a = shapes[i % ROWS(shapes)];
    double b = shapes[i / ROWS(shapes) % ROWS(shapes)];
    double p = ps[i / ROWS(shapes) / ROWS(shapes)];
    double x = beta_quantile(p, a, b);
    // Next to 1 doubles stand too far apart to hold p.
    if (x < 0.99) {
      assert_close(beta_cdf(x, a, b), p, 1e-9);
    }
  }
}
END_TEST

START_TEST(quantile_beyond_doubles_is_next_to_its_end) {
  ck_assert_double_lt(beta_quantile(0.01, 0.001, 5), DBL_MIN);
  ck_assert_double_eq(beta_quantile(0.99, 5, 0.001), 1);
}
END_TEST

static Suite *beta_suite(void) {
  Suite *suite = suite_create("beta");
  TCase *tests = tcase_create("beta");
  tcase_set_timeout(tests, 30);
  tcase_add_loop_test(tests, cdf_matches_reference, 0, ROWS(CDFS));
  tcase_add_test(tests, cdf_reaches_its_ends);
  tcase_add_loop_test(tests, quantile_matches_reference, 0, ROWS(QUANTILES));
  tcase_add_test(tests, quantile_matches_closed_forms);
  tcase_add_test(tests, quantile_inverts_cdf);
  tcase_add_test(tests, quantile_beyond_doubles_is_next_to_its_end);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(beta_suite()); }
