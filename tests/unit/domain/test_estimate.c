// Checks figures and their intervals: published vectors, exact ratios, the ends of scales, and true coverage by enumeration.
#include "domain/estimate.h"

#include "unit.h"

#include <math.h>

enum { VALUES_MAX = 8, LONG_COUNT = 200 };

// `count` times `value`.
struct run {
  int64_t value, count;
};

struct figure_case {
  const char *metric;
  struct run runs[VALUES_MAX];     // up to the first count of 0
  int64_t numerator, denominator;  // the value, as any equal ratio
  bool has_interval, approximate;
  double low, high;  // to two decimals
};

static const struct figure_case FIGURES[] = {
    // Published vectors.
    {"happiness", {{1, 1}, {7, 2}, {8, 1}, {9, 1}, {10, 1}}, 100, 6, true, false, -34.51, 56.73},
    {"happiness", {{9, 76}, {6, 24}}, 52, 1, true, false, 33.98, 66.99},
    {"nps", {{10, 50}, {8, 20}, {0, 10}}, 50, 1, true, false, 32.85, 63.54},
    {"ces", {{1, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}, {7, 2}}, 33, 7, true, false, 2.67, 6.76},
    {"sla_met", {{1, 81}, {0, 182}}, 8100, 263, true, false, 25.53, 36.62},
    {"sla_met", {{0, 20}}, 0, 1, true, false, 0, 16.11},
    {"sla_met", {{1, 10}}, 100, 1, true, false, 72.25, 100},
    {"lost_time", {{0, 1}, {15, 1}, {30, 1}, {60, 1}, {480, 1}}, 117, 1, true, true, 13.41, 1020.99},
    // CSAT counts 4 and 5: 3 of 8.
    {"csat", {{1, 2}, {3, 3}, {4, 2}, {5, 1}}, 75, 2, true, false, 13.68, 69.43},
    // One answer says next to nothing, and no interval leaves its scale.
    {"happiness", {{10, 1}}, 100, 1, true, false, -48.50, 98.50},
    {"happiness", {{0, 1}}, -100, 1, true, false, -98.50, 48.50},
    {"happiness", {{9, 20}}, 100, 1, true, false, 69.68, 100},
    {"happiness", {{6, 20}}, -100, 1, true, false, -100, -69.68},
    {"ces", {{1, 1}, {7, 1}}, 4, 1, true, false, 1, 7},
    {"expectation", {{-2, 1}, {2, 1}}, 0, 1, true, false, -2, 2},
    {"expectation", {{-2, 3}, {-1, 1}}, -7, 4, true, false, -2, -0.95},
    // No spread, one value, or nothing lost: no interval.
    {"ces", {{5, 30}}, 5, 1, false, false, 0, 0},
    {"ces", {{5, 1}}, 5, 1, false, false, 0, 0},
    {"lost_time", {{45, 9}}, 45, 1, false, false, 0, 0},
    {"lost_time", {{45, 1}}, 45, 1, false, false, 0, 0},
    {"lost_time", {{0, 250}}, 0, 1, false, false, 0, 0},
    // Stored seconds are shown as minutes, cents as currency; the same spread gives the same interval.
    {"resolution_time", {{0, 1}, {900, 1}, {1800, 1}, {3600, 1}, {28800, 1}}, 117, 1, true, true, 13.41, 1020.99},
    {"cost_per_ticket", {{0, 1}, {1500, 1}, {3000, 1}, {6000, 1}, {48000, 1}}, 117, 1, true, true, 13.41, 1020.99},
    {"resolution_time", {{100, 1}, {200, 2}}, 500, 180, true, true, 1.17, 6.57},
    // From 200 values on a skewed mean's interval isn't approximate.
    {"lost_time", {{0, 100}, {60, 99}}, 5940, 199, true, true, 25.93, 34.36},
    {"lost_time", {{0, 100}, {60, 100}}, 30, 1, true, false, 26.09, 34.50},
    // Counts and stocks have no interval.
    {"ticket_volume", {{1, 7}}, 7, 1, false, false, 0, 0},
    {"backlog", {{1, 9}, {-1, 4}}, 5, 1, false, false, 0, 0},
    {"backlog", {{1, 4}, {-1, 4}}, 0, 1, false, false, 0, 0},
};

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

static struct tally tally_of(const struct metric *metric, const struct run *runs, size_t count) {
  struct tally tally = {0};
  for (size_t i = 0; i < count && runs[i].count != 0; i++) {
    tally_add_value(&tally, metric, runs[i].value, runs[i].count);
  }
  return tally;
}

// Exactly equal as ratios.
static bool value_is(const struct estimate *estimate, int64_t numerator, int64_t denominator) {
  return estimate->has_value && estimate->denominator > 0 && estimate->numerator * denominator == (int128)numerator * estimate->denominator;
}

START_TEST(figure_and_interval_match_vector) {
  const struct figure_case *row = &FIGURES[_i];
  const struct metric *metric = named(row->metric);
  struct tally tally = tally_of(metric, row->runs, VALUES_MAX);
  struct estimate estimate = estimate_of(metric, &tally);
  ck_assert(value_is(&estimate, row->numerator, row->denominator));
  ck_assert_double_eq_tol(estimate_value(&estimate), (double)row->numerator / (double)row->denominator, 1e-12);
  ck_assert_int_eq(estimate.n, tally.n);
  ck_assert_int_eq(estimate.has_interval, row->has_interval);
  ck_assert_int_eq(estimate.approximate, row->approximate);
  if (row->has_interval) {
    ck_assert_double_eq_tol(estimate.low, row->low, 0.005);
    ck_assert_double_eq_tol(estimate.high, row->high, 0.005);
  }
  struct estimate bare = estimate_without_interval(metric, &tally);
  ck_assert(value_is(&bare, row->numerator, row->denominator));
  ck_assert(bare.n == tally.n && !bare.has_interval && !bare.approximate);
}
END_TEST

START_TEST(share_reaches_its_ends_exactly) {
  const struct metric *metric = named("reopened");
  for (int64_t n = 1; n <= 3000; n += 7) {
    struct tally none = tally_of(metric, &(struct run){0, n}, 1);
    struct tally all = tally_of(metric, &(struct run){1, n}, 1);
    ck_assert_double_eq(estimate_of(metric, &none).low, 0);
    ck_assert_double_eq(estimate_of(metric, &all).high, 100);
  }
}
END_TEST

START_TEST(nothing_to_count_has_no_value) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    struct tally empty = {0};
    struct estimate estimate = estimate_of(&presets[i], &empty);
    ck_assert_int_eq(estimate.n, 0);
    ck_assert(!estimate.has_value && !estimate.has_interval && !estimate.approximate);
  }
}
END_TEST

// 298,339 answers at 3 h 01 m and 207,198 at 2 h 32 m: 169.1 minutes, not the 166.5 of a mean of means.
START_TEST(pools_sums_and_never_averages_means) {
  const struct metric *metric = named("lost_time");
  struct tally tally = tally_of(metric, &(struct run){181, 298339}, 1);
  struct tally more = tally_of(metric, &(struct run){152, 207198}, 1);
  tally_add(&tally, &more);
  struct estimate estimate = estimate_of(metric, &tally);
  ck_assert(value_is(&estimate, 298339 * INT64_C(181) + 207198 * INT64_C(152), 298339 + 207198));
  ck_assert_double_eq_tol(estimate_value(&estimate), 169.1, 0.05);
}
END_TEST

START_TEST(a_sum_has_no_interval) {
  const struct metric *metric = named("service_desk_budget");
  struct tally tally = tally_of(metric, (const struct run[]){{1250050, 1}, {1000000, 2}}, 2);
  struct estimate estimate = estimate_of(metric, &tally);
  ck_assert(value_is(&estimate, 3250050, 100));
  ck_assert_int_eq(estimate.n, 3);
  ck_assert(!estimate.has_interval && !estimate.approximate);
}
END_TEST

START_TEST(tallies_add_up_to_the_tally_of_all) {
  const struct metric *metric = named("lost_time");
  static const struct run RUNS[] = {{0, 3}, {14, 1}, {15, 2}, {2399, 5}, {2400, 1}, {28800, 2}};
  struct tally together = tally_of(metric, RUNS, ROWS(RUNS));
  struct tally first = tally_of(metric, RUNS, 3);
  struct tally second = tally_of(metric, RUNS + 3, 3);
  tally_add(&first, &second);
  ck_assert_int_eq(first.n, together.n);
  ck_assert(first.sum == together.sum && first.sum_squares == together.sum_squares);
  ck_assert_int_eq(together.n, 14);
  ck_assert(together.sum == 14 + 30 + 5 * 2399 + 2400 + 2 * 28800);
  static const int64_t BINS[METRIC_BINS_MAX] = {3, 1, 2, 0, 0, 0, 0, 0, 5, 3};
  for (size_t i = 0; i < METRIC_BINS_MAX; i++) {
    ck_assert_int_eq(first.bins[i], BINS[i]);
    ck_assert_int_eq(together.bins[i], BINS[i]);
  }
}
END_TEST

START_TEST(a_correction_takes_a_value_out_again) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    int64_t value = presets[i].low < presets[i].high ? presets[i].high : 987;
    struct tally tally = {0};
    tally_add_value(&tally, &presets[i], value, 3);
    tally_add_value(&tally, &presets[i], value, -3);
    ck_assert(tally.n == 0 && tally.sum == 0 && tally.sum_squares == 0);
    for (size_t bin = 0; bin < METRIC_BINS_MAX; bin++) {
      ck_assert_int_eq(tally.bins[bin], 0);
    }
  }
}
END_TEST

START_TEST(subtracting_a_part_leaves_the_rest) {
  const struct metric *metric = named("lost_time");
  static const struct run RUNS[] = {{0, 3}, {14, 1}, {15, 2}, {2399, 5}, {2400, 1}, {28800, 2}};
  struct tally together = tally_of(metric, RUNS, ROWS(RUNS));
  struct tally part = tally_of(metric, RUNS, 4);
  struct tally rest = tally_of(metric, RUNS + 4, 2);
  tally_subtract(&together, &part);
  ck_assert_int_eq(together.n, rest.n);
  ck_assert(together.sum == rest.sum && together.sum_squares == rest.sum_squares);
  ck_assert_mem_eq(together.bins, rest.bins, sizeof rest.bins);
}
END_TEST

START_TEST(every_rating_falls_in_its_band) {
  const struct metric *metric = named("happiness");
  for (int rating = 0; rating <= 10; rating++) {
    struct tally tally = tally_of(metric, &(struct run){rating, 1}, 1);
    struct bands bands = bands_of(&tally);
    ck_assert_int_eq(bands.positive, rating >= 9);
    ck_assert_int_eq(bands.neutral, rating == 7 || rating == 8);
    ck_assert_int_eq(bands.negative, rating <= 6);
  }
}
END_TEST

// In floating point the squares (about 1e18 × n) would drown a spread of one second.
START_TEST(spread_of_huge_equal_values_does_not_cancel) {
  const struct metric *metric = named("resolution_time");
  const int64_t base = INT64_C(1000000000) * 60;
  struct tally equal = tally_of(metric, &(struct run){base, 1000000}, 1);
  ck_assert(!estimate_of(metric, &equal).has_interval);
  struct run runs[] = {{base, 500000}, {base + 2, 500000}};
  struct tally tally = tally_of(metric, runs, 2);
  struct estimate estimate = estimate_of(metric, &tally);
  ck_assert(estimate.has_interval);
  // s = 1 second, n = 10^6: a half width of 1.959966 / 1000 seconds.
  ck_assert_double_eq_tol((estimate.high - estimate.low) * 60, 2 * 1.959966e-3, 2e-5);
}
END_TEST

// n Σ(x − x̄)² is beyond 128 bits here: 10^4 × 10^4 × 10^30.
START_TEST(spread_beyond_128_bits_keeps_its_size) {
  const struct metric *metric = named("cost_per_ticket");
  const int64_t unit = INT64_C(1000000000000000);
  struct run runs[] = {{unit, 5000}, {3 * unit, 5000}};
  struct tally tally = tally_of(metric, runs, 2);
  struct estimate estimate = estimate_of(metric, &tally);
  // x̄ = 2, s = √(n / (n − 1)), half width t s / √n with t = 1.960201 at 9999.
  double mean = 2e13;
  double factor = exp(1.960201264 / sqrt(9999) / 2);
  ck_assert_double_eq_tol(estimate.high / mean, factor, 1e-9);
  ck_assert_double_eq_tol(estimate.low / mean, 1 / factor, 1e-9);
}
END_TEST

static const struct { double positive, negative; } TRUTHS[] = {{.85, .05}, {.9, .03}, {.5, .3}, {.76, .24}, {.3, .5}, {.97, .01}};

static const int SIZES[] = {10, 20, 50, LONG_COUNT};

// Probability that a sample of n has `positive` and `negative` answers of each kind, the rest being neutral.
static double trinomial(const double *log_factorials, int n, int positive, int negative, double p, double q) {
  int neutral = n - positive - negative;
  double r = 1 - p - q;
  if (neutral > 0 && r < 1e-12) {
    return 0;
  }
  return exp(log_factorials[n] - log_factorials[positive] - log_factorials[negative] - log_factorials[neutral] + positive * log(p) +
             negative * log(q) + (neutral > 0 ? neutral * log(r) : 0));
}

static bool interval_holds(const struct metric *metric, int n, int positive, int negative, double truth) {
  struct run runs[] = {{10, positive}, {3, negative}, {8, n - positive - negative}};
  struct tally tally = {0};
  for (size_t i = 0; i < ROWS(runs); i++) {
    tally_add_value(&tally, metric, runs[i].value, runs[i].count);
  }
  struct estimate estimate = estimate_of(metric, &tally);
  return estimate.low <= truth && truth <= estimate.high;
}

// Every outcome is weighed, none is drawn.
START_TEST(net_interval_covers_the_truth) {
  double p = TRUTHS[_i].positive;
  double q = TRUTHS[_i].negative;
  const struct metric *metric = named("happiness");
  double log_factorials[LONG_COUNT + 1] = {0};
  for (int k = 1; k <= LONG_COUNT; k++) {
    log_factorials[k] = log_factorials[k - 1] + log(k);
  }
  for (size_t i = 0; i < ROWS(SIZES); i++) {
    int n = SIZES[i];
    double total = 0;
    double covered = 0;
    for (int positive = 0; positive <= n; positive++) {
      for (int negative = 0; negative <= n - positive; negative++) {
        double chance = trinomial(log_factorials, n, positive, negative, p, q);
        total += chance;
        covered += interval_holds(metric, n, positive, negative, 100 * (p - q)) ? chance : 0;
      }
    }
    ck_assert_double_eq_tol(total, 1, 1e-9);
    ck_assert_double_ge(covered, 0.92);
    ck_assert_double_le(covered, 0.99);
  }
}
END_TEST

static Suite *estimate_suite(void) {
  Suite *suite = suite_create("estimate");
  TCase *tests = tcase_create("estimate");
  tcase_set_timeout(tests, 30);
  tcase_add_loop_test(tests, figure_and_interval_match_vector, 0, ROWS(FIGURES));
  tcase_add_test(tests, share_reaches_its_ends_exactly);
  tcase_add_test(tests, nothing_to_count_has_no_value);
  tcase_add_test(tests, pools_sums_and_never_averages_means);
  tcase_add_test(tests, a_sum_has_no_interval);
  tcase_add_test(tests, tallies_add_up_to_the_tally_of_all);
  tcase_add_test(tests, subtracting_a_part_leaves_the_rest);
  tcase_add_test(tests, a_correction_takes_a_value_out_again);
  tcase_add_test(tests, every_rating_falls_in_its_band);
  tcase_add_test(tests, spread_of_huge_equal_values_does_not_cancel);
  tcase_add_test(tests, spread_beyond_128_bits_keeps_its_size);
  tcase_add_loop_test(tests, net_interval_covers_the_truth, 0, ROWS(TRUTHS));
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(estimate_suite()); }
