// Checks comparisons of tallies, and of a tally with a target: published vectors, values computed with 30 digits (mpmath 1.3), exact changes, cases
// without a test, and the true error of the test by enumeration.
#include "domain/comparison.h"

#include "unit.h"

#include <math.h>

// What a tally holds: positive, neutral and negative answers, or ones and zeros, or n, sum and sum of squares.
struct sample {
  int64_t a, b, c;
};

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

static struct tally tally_of(const struct metric *metric, struct sample sample) {
  struct tally tally = {0};
  if (metric->aggregation == AGGREGATE_NET) {
    tally_add_value(&tally, metric, 10, sample.a);
    tally_add_value(&tally, metric, 7, sample.b);
    tally_add_value(&tally, metric, 0, sample.c);
  } else if (metric->aggregation == AGGREGATE_SHARE) {
    tally_add_value(&tally, metric, metric->high, sample.a);
    tally_add_value(&tally, metric, metric->low, sample.b);
  } else {
    tally = (struct tally){.n = sample.a, .sum = sample.b, .sum_squares = sample.c};
  }
  return tally;
}

static bool ratio_is(struct ratio ratio, int64_t numerator, int64_t denominator) {
  return ratio.denominator > 0 && ratio.numerator * denominator == (int128)numerator * ratio.denominator;
}

struct change_case {
  const char *metric;
  struct sample before, after;
  struct {
    int64_t numerator, denominator;
  } change;
  bool sufficient;
  double se, p, low, high;
};

static const struct change_case CHANGES[] = {
    // Published vectors.
    {"happiness", {120, 60, 120}, {150, 60, 90}, {20, 1}, true, 7.16345594814, 0.00570441155851, 5.76186453483, 33.8420958612},
    {"happiness", {38, 22, 40}, {48, 22, 30}, {20, 1}, true, 12.1190381182, 0.109104953852, -4.33540251072, 43.170353967},
    {"sla_met", {120, 80, 0}, {150, 50, 0}, {15, 1}, true, 4.6080457855, 0.00126879238351, 5.81988136982, 23.8830889272},
    {"lost_time", {200, 20000, 17601600}, {150, 9000, 3892500}, {-40, 1}, true, 0.304232357701, 0.0941211674357, -67.0238854123, 9.16992632418},
    // Net: few against many, all of one kind, too few, clipped at 200 points, worse.
    {"nps", {30, 0, 0}, {970, 20, 10}, {-4, 1}, true, 6.28018742889, 0.444325865102, -7.50517067013, 17.1127116835},
    {"happiness", {2, 3, 5}, {0, 0, 1}, {-70, 1}, false, 43.2231839141, 0.964512394262, -86.6389606919, 82.7928068458},
    {"happiness", {0, 0, 20}, {20, 0, 0}, {200, 1}, true, 12.4634750336, 2.98210906829e-44, 149.48508129, 198.341005666},
    {"happiness", {50, 10, 40}, {400, 100, 500}, {-20, 1}, true, 9.70538155295, 0.0425990267053, -38.7010258949, -0.65662929489},
    // Share: none of either, all of one, clipped at 100.
    {"reopened", {0, 10, 0}, {0, 500, 0}, {0, 1}, true, 7.98104067585, 0.308116740084, -23.7766824299, 7.50842213773},
    {"csat", {20, 0, 0}, {17, 23, 0}, {-115, 2}, true, 8.83351863215, 2.61190457247e-9, -69.9107809732, -35.2840242216},
    {"sla_met", {0, 15, 0}, {15, 0, 0}, {100, 1}, true, 8.07052165377, 8.01231290734e-28, 72.4173623398, 100},
    // Means of a bounded scale: unequal spread, one without spread, below zero, clipped at the scale's length.
    {"ces", {40, 180, 900}, {25, 130, 720}, {7, 10}, true, 0.361974641412, 0.0582403991055, -0.0252711983896, 1.42527119839},
    {"ces", {20, 100, 500}, {30, 120, 540}, {-1, 1}, true, 0.262612865719, 0.000672278766495, -1.53710361737, -0.462896382625},
    {"expectation", {20, -20, 60}, {20, 20, 60}, {2, 1}, true, 0.458831467741, 9.60335458929e-5, 1.07114425449, 2.92885574551},
    {"ces", {2, 3, 5}, {2, 13, 85}, {5, 1}, false, 0.707106781187, 0.0194193243091, 1.9575650777, 6},
    // Skewed means, in percent: the standard error of the two and the pooled one, one side without spread, seconds shown as minutes.
    {"lost_time", {60, 3600, 1000000}, {400, 30000, 4000000}, {25, 1}, true, 0.251929482204, 0.37902563374, -24.4216080155, 106.738984381},
    {"handle_time", {50, 500, 90000}, {5000, 20000, 1000000}, {-60, 1}, true, 0.590964665274, 0.12744337909, -87.8009859795, 31.1581409207},
    {"lost_time", {50, 3000, 180000}, {60, 4800, 500000}, {100, 3}, true, 0.08850155767, 0.00190493722298, 11.6937834551, 59.1653288826},
    {"resolution_time",
     {200, 1200000, 63365760000},
     {150, 540000, 14013000000},
     {-40, 1},
     true,
     0.304232357701,
     0.0941211674357,
     -67.0238854123,
     9.16992632418},
};

static void assert_close(double value, double expected) { ck_assert_double_le(fabs(value - expected), 1e-9 * fmax(fabs(expected), 1e-300)); }

START_TEST(change_and_interval_match_vector) {
  const struct change_case *row = &CHANGES[_i];
  const struct metric *metric = named(row->metric);
  struct tally before = tally_of(metric, row->before);
  struct tally after = tally_of(metric, row->after);
  struct comparison comparison = comparison_of(metric, &before, &after, false);
  ck_assert(ratio_is(comparison.change, row->change.numerator, row->change.denominator));
  ck_assert(comparison.judged && comparison.has_test);
  ck_assert_int_eq(comparison.sufficient, row->sufficient);
  assert_close(comparison.se, row->se);
  assert_close(comparison.p, row->p);
  assert_close(comparison.low, row->low);
  assert_close(comparison.high, row->high);
}
END_TEST

START_TEST(comparison_the_other_way_round_mirrors) {
  const struct change_case *row = &CHANGES[_i];
  const struct metric *metric = named(row->metric);
  struct tally before = tally_of(metric, row->before);
  struct tally after = tally_of(metric, row->after);
  struct comparison there = comparison_of(metric, &before, &after, false);
  struct comparison back = comparison_of(metric, &after, &before, false);
  assert_close(back.p, there.p);
  assert_close(back.se, there.se);
  assert_close(back.statistic, -there.statistic);
  ck_assert(back.difference.numerator * there.difference.denominator == -there.difference.numerator * back.difference.denominator);
  if (there.relative) {
    assert_close(1 + back.low / 100, 1 / (1 + there.high / 100));
  } else {
    assert_close(back.low, -there.high);
  }
}
END_TEST

struct open_case {
  const char *metric;
  struct sample before, after;
  bool overlapping, judged, sufficient, has_difference, has_change;
};

static const struct open_case OPEN[] = {
    // Counts, stocks and overlaps: the difference only.
    {"ticket_volume", {70, 70, 70}, {90, 90, 90}, false, false, false, true, true},
    {"backlog", {70, 30, 70}, {90, 10, 90}, false, false, false, true, true},
    {"happiness", {120, 60, 120}, {150, 60, 90}, true, false, false, true, true},
    {"lost_time", {200, 20000, 17601600}, {150, 9000, 3892500}, true, false, false, true, true},
    // Nothing on one side, or on both.
    {"happiness", {0, 0, 0}, {150, 60, 90}, false, true, false, false, false},
    {"sla_met", {5, 5, 0}, {0, 0, 0}, false, true, false, false, false},
    {"ces", {0, 0, 0}, {0, 0, 0}, false, true, false, false, false},
    // One answer has no spread, nor have equal ones.
    {"ces", {1, 5, 25}, {30, 120, 540}, false, true, false, true, true},
    {"ces", {20, 100, 500}, {20, 60, 180}, false, true, true, true, true},
    {"ces", {20, 100, 500}, {20, 100, 500}, false, true, true, true, true},
    {"lost_time", {50, 3000, 180000}, {60, 3000, 150000}, false, true, true, true, true},
    // Nothing lost: a change in percent from nothing isn't one, and to nothing it is −100, untested.
    {"lost_time", {60, 0, 0}, {60, 4800, 500000}, false, true, true, true, false},
    {"lost_time", {60, 4800, 500000}, {60, 0, 0}, false, true, true, true, true},
    {"lost_time", {60, 0, 0}, {60, 0, 0}, false, true, true, true, false},
};

START_TEST(what_cannot_be_tested_has_no_p) {
  const struct open_case *row = &OPEN[_i];
  const struct metric *metric = named(row->metric);
  struct tally before = tally_of(metric, row->before);
  struct tally after = tally_of(metric, row->after);
  struct comparison comparison = comparison_of(metric, &before, &after, row->overlapping);
  ck_assert(!comparison.has_test);
  ck_assert_int_eq(comparison.judged, row->judged);
  ck_assert_int_eq(comparison.sufficient, row->sufficient);
  ck_assert_int_eq(comparison.difference.denominator > 0, row->has_difference);
  ck_assert_int_eq(comparison.change.denominator > 0, row->has_change);
  ck_assert_int_eq(comparison_direction(metric, &comparison, 1), 0);
}
END_TEST

START_TEST(change_is_subtracted_exactly) {
  const struct metric *metric = named("resolution_time");
  struct tally before = {.n = 3, .sum = 200, .sum_squares = 20000};
  struct tally after = {.n = 7, .sum = 500, .sum_squares = 90000};
  struct comparison comparison = comparison_of(metric, &before, &after, false);
  // 500/(7 × 60) − 200/(3 × 60) = 100/1260 minutes, which is 7 1/7 % more.
  ck_assert(ratio_is(comparison.difference, 5, 63));
  ck_assert(ratio_is(comparison.change, 50, 7));
  metric = named("happiness");
  before = tally_of(metric, (struct sample){1, 1, 1});
  after = tally_of(metric, (struct sample){2, 4, 1});
  comparison = comparison_of(metric, &before, &after, false);
  ck_assert(ratio_is(comparison.change, 100, 7));
  ck_assert(ratio_is(comparison.difference, 100, 7));
}
END_TEST

struct target_case {
  const char *metric;
  struct sample sample;
  int64_t target, change_numerator, change_denominator;
  double se, p, low, high;
};

static const struct target_case TARGETS[] = {
    {"happiness", {120, 60, 20}, 30, 20, 1, 4.73108834589, 4.677679673e-5, 9.98832097822, 28.5338465095},
    {"nps", {50, 20, 30}, 45, -25, 1, 8.55342036597, 0.00278145991703, -42.3469201338, -8.81812840991},
    {"sla_met", {81, 182, 0}, 25, 1525, 263, 2.67007070441, 0.0298815059745, 0.528851987827, 11.6209576983},
    {"sla_met", {190, 10, 0}, 98, -3, 1, 0.989949493661, 0.00244183442028, -6.95781481388, -0.738264560076},
    {"ces", {40, 180, 900}, 5, -1, 2, 0.240192230708, 0.0439837869168, -0.985834644116, -0.0141653558843},
    {"lost_time", {200, 20000, 17601600}, 60, 200, 3, 0.197989898732, 0.0105986216719, 12.7945850745, 146.268717239},
    {"resolution_time", {60, 216000, 1308600000}, 50, 20, 1, 0.107582870728, 0.0954034161169, -3.24142913928, 48.8240253231},
};

START_TEST(comparison_with_target_matches_vector) {
  const struct target_case *row = &TARGETS[_i];
  const struct metric *metric = named(row->metric);
  struct tally tally = tally_of(metric, row->sample);
  struct comparison comparison = comparison_with_target(metric, &tally, (struct ratio){row->target, 1});
  ck_assert(ratio_is(comparison.change, row->change_numerator, row->change_denominator));
  ck_assert(comparison.judged && comparison.sufficient && comparison.has_test);
  assert_close(comparison.se, row->se);
  assert_close(comparison.p, row->p);
  assert_close(comparison.low, row->low);
  assert_close(comparison.high, row->high);
}
END_TEST

// The test and the figure's own interval never contradict each other.
START_TEST(p_against_target_is_small_where_interval_leaves_it_out) {
  const struct target_case *row = &TARGETS[_i];
  const struct metric *metric = named(row->metric);
  struct tally tally = tally_of(metric, row->sample);
  struct estimate estimate = estimate_of(metric, &tally);
  double width = estimate.high - estimate.low;
  for (int k = 0; k <= 400; k++) {
    double target = round((estimate.low + width * (k - 100) / 200) * 1e6);
    struct comparison comparison = comparison_with_target(metric, &tally, (struct ratio){(int128)target, 1000000});
    bool inside = estimate.low <= target / 1e6 && target / 1e6 <= estimate.high;
    if (comparison.has_test && fabs(comparison.p - 0.05) > 1e-6) {
      ck_assert_int_eq(comparison.p > 0.05, inside);
      ck_assert_int_eq(comparison.low <= 0 && 0 <= comparison.high, inside);
    }
  }
}
END_TEST

struct untested_target_case {
  const char *metric;
  struct sample sample;
  int64_t target;
};

static const struct untested_target_case UNTESTED_TARGETS[] = {
    {"sla_met", {190, 10, 0}, 100}, {"sla_met", {190, 10, 0}, 0},         {"ces", {30, 150, 750}, 4},          {"ces", {1, 5, 25}, 4},
    {"lost_time", {60, 0, 0}, 30},  {"lost_time", {60, 4800, 500000}, 0}, {"ticket_volume", {70, 70, 70}, 60}, {"happiness", {0, 0, 0}, 30},
};

START_TEST(target_at_an_end_or_without_spread_has_no_p) {
  const struct untested_target_case *row = &UNTESTED_TARGETS[_i];
  const struct metric *metric = named(row->metric);
  struct tally tally = tally_of(metric, row->sample);
  ck_assert(!comparison_with_target(metric, &tally, (struct ratio){row->target, 1}).has_test);
}
END_TEST

START_TEST(direction_follows_what_is_better) {
  struct sample low = {200, 20000, 17601600};
  struct sample high = {150, 45000, 20000000};
  const struct metric *metric = named("lost_time");
  struct tally before = tally_of(metric, low);
  struct tally after = tally_of(metric, high);
  struct comparison comparison = comparison_of(metric, &before, &after, false);
  ck_assert_int_eq(comparison_direction(metric, &comparison, 0.05), -1);
  ck_assert_int_eq(comparison_direction(metric, &comparison, comparison.p), 0);
  comparison = comparison_of(metric, &after, &before, false);
  ck_assert_int_eq(comparison_direction(metric, &comparison, 0.05), 1);
  comparison.sufficient = false;
  ck_assert_int_eq(comparison_direction(metric, &comparison, 0.05), 0);
}
END_TEST

START_TEST(equality_reaches_a_target) {
  const struct metric *metric = named("happiness");
  struct tally tally = tally_of(metric, (struct sample){2, 4, 1});
  struct estimate estimate = estimate_of(metric, &tally);
  ck_assert(estimate_reaches(metric, &estimate, (struct ratio){100, 7}));
  ck_assert(!estimate_reaches(metric, &estimate, (struct ratio){1429, 100}));
  ck_assert(estimate_reaches(metric, &estimate, (struct ratio){1428, 100}));
  ck_assert(!estimate_reaches(metric, &estimate, (struct ratio){0}));
  metric = named("lost_time");
  tally = (struct tally){.n = 3, .sum = 100, .sum_squares = 4000};
  estimate = estimate_of(metric, &tally);
  ck_assert(estimate_reaches(metric, &estimate, (struct ratio){100, 3}));
  ck_assert(!estimate_reaches(metric, &estimate, (struct ratio){3333, 100}));
  ck_assert(estimate_reaches(metric, &estimate, (struct ratio){3334, 100}));
}
END_TEST

enum { SMALL = 10, LARGE = 200 };

static double binomial(int n, int k, double p) { return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p)); }

// How often two samples of the same share differ with p < 0.05: every pair of outcomes is weighed.
static double share_error(const struct metric *metric, int n, int m, double share) {
  double error = 0;
  for (int k = 0; k <= n; k++) {
    struct tally before = tally_of(metric, (struct sample){k, n - k, 0});
    for (int l = 0; l <= m; l++) {
      struct tally after = tally_of(metric, (struct sample){l, m - l, 0});
      double chance = binomial(n, k, share) * binomial(m, l, share);
      error += comparison_of(metric, &before, &after, false).p < 0.05 ? chance : 0;
    }
  }
  return error;
}

START_TEST(test_of_shares_errs_about_as_often_as_it_says) {
  const double shares[] = {0.02, 0.1, 0.3, 0.5, 0.9, 0.97};
  const struct metric *metric = named("sla_met");
  ck_assert_double_le(share_error(metric, SMALL, LARGE, shares[_i]), 0.065);
  ck_assert_double_le(share_error(metric, SMALL, SMALL, shares[_i]), 0.065);
  ck_assert_double_le(share_error(metric, 50, 100, shares[_i]), 0.065);
}
END_TEST

static double trinomial(int n, int a, int c, double p, double q) {
  int b = n - a - c;
  return exp(lgamma(n + 1) - lgamma(a + 1) - lgamma(b + 1) - lgamma(c + 1) + a * log(p) + c * log(q) + b * log(1 - p - q));
}

static double net_error(const struct metric *metric, int n, int m, double p, double q) {
  double error = 0;
  for (int i = 0; i < (n + 1) * (n + 1); i++) {
    int a = i / (n + 1);
    int c = i % (n + 1);
    struct tally before = a + c <= n ? tally_of(metric, (struct sample){a, n - a - c, c}) : (struct tally){0};
    for (int j = 0; a + c <= n && j < (m + 1) * (m + 1); j++) {
      int x = j / (m + 1);
      int z = j % (m + 1);
      double chance = x + z <= m ? trinomial(n, a, c, p, q) * trinomial(m, x, z, p, q) : 0;
      if (chance > 1e-12) {
        struct tally after = tally_of(metric, (struct sample){x, m - x - z, z});
        error += comparison_of(metric, &before, &after, false).p < 0.05 ? chance : 0;
      }
    }
  }
  return error;
}

START_TEST(test_of_net_scores_errs_about_as_often_as_it_says) {
  const double truths[][2] = {{.85, .05}, {.9, .03}, {.5, .3}, {.76, .2}, {.3, .5}, {.97, .01}};
  const struct metric *metric = named("happiness");
  double small = net_error(metric, SMALL, 60, truths[_i][0], truths[_i][1]);
  double even = net_error(metric, 20, 20, truths[_i][0], truths[_i][1]);
  ck_assert_double_le(small, 0.057);
  ck_assert_double_le(even, 0.057);
}
END_TEST

struct difference_case {
  const char *metric;
  struct sample here[2], there[2];
  double change, se, p, low, high;
};

static const struct difference_case DIFFERENCES[] = {
    // Nothing changed there: the standard error is √2 of one change's, as far as both are alike.
    {"happiness",
     {{120, 60, 120}, {150, 60, 90}},
     {{120, 60, 120}, {120, 60, 120}},
     20,
     10.1943279543,
     0.0520825540354,
     -0.178535438929,
     39.782495835},
    // It changed more there.
    {"happiness",
     {{120, 60, 120}, {150, 60, 90}},
     {{100, 80, 120}, {150, 60, 90}},
     -20.0 / 3,
     10.0153869343,
     0.509862423788,
     -26.2304577484,
     13.0291376164},
    {"sla_met", {{120, 80, 0}, {150, 50, 0}}, {{300, 200, 0}, {310, 190, 0}}, 13, 5.54184579236, 0.0203177441623, 1.99763511511, 23.7212714369},
    {"ces",
     {{40, 160, 740}, {50, 260, 1450}},
     {{30, 120, 550}, {60, 246, 1140}},
     1.1,
     0.470830094923,
     0.0210321505506,
     0.168366557938,
     2.03163344206},
    // 45 of 75 minutes that were to be expected: −40 % here, −6.25 % there.
    {"lost_time",
     {{200, 20000, 17601600}, {150, 9000, 3892500}},
     {{100, 8000, 4000000}, {120, 9000, 4500000}},
     -36,
     0.440173112422,
     0.311131483103,
     -73.0484403997,
     51.9763628061},
};

static struct comparison compared(const struct metric *metric, const struct sample samples[2]) {
  struct tally before = tally_of(metric, samples[0]);
  struct tally after = tally_of(metric, samples[1]);
  return comparison_of(metric, &before, &after, false);
}

START_TEST(difference_of_changes_matches_vector) {
  const struct difference_case *row = &DIFFERENCES[_i];
  const struct metric *metric = named(row->metric);
  struct comparison here = compared(metric, row->here);
  struct comparison there = compared(metric, row->there);
  struct comparison less = comparison_difference(metric, &here, &there);
  ck_assert(less.judged && less.sufficient && less.has_test);
  ck_assert_double_eq_tol(ratio_value(less.change), row->change, 1e-12);
  assert_close(less.se, row->se);
  assert_close(less.p, row->p);
  assert_close(less.low, row->low);
  assert_close(less.high, row->high);
  // The other way round it is the opposite.
  struct comparison more = comparison_difference(metric, &there, &here);
  assert_close(more.p, row->p);
  ck_assert_double_eq_tol(more.statistic, -less.statistic, 1e-12);
}
END_TEST

START_TEST(difference_of_changes_needs_both) {
  const struct metric *metric = named("happiness");
  struct comparison here = compared(metric, DIFFERENCES[0].here);
  const struct sample few[2] = {{4, 4, 1}, {120, 60, 120}};
  struct comparison there = compared(metric, few);
  ck_assert(!comparison_difference(metric, &here, &there).sufficient);
  there = compared(metric, DIFFERENCES[0].there);
  there.judged = false;
  ck_assert(!comparison_difference(metric, &here, &there).judged);
  there = compared(metric, DIFFERENCES[0].there);
  there.has_test = false;
  ck_assert(!comparison_difference(metric, &here, &there).has_test);
  const struct sample none[2] = {{0, 0, 0}, {120, 60, 120}};
  there = compared(metric, none);
  ck_assert(comparison_difference(metric, &here, &there).change.denominator == 0);
}
END_TEST

// Millions of answers, and none in common: the last places go, and nothing overflows.
START_TEST(difference_of_changes_of_many_answers_is_near_enough) {
  const struct metric *metric = named("lost_time");
  const struct sample here[2] = {{200000033, 20000000089, 17601600000000}, {150000001, 9000000011, 3892500000000}};
  const struct sample there[2] = {{100000007, 8000000017, 4000000000000}, {120000007, 9000000001, 4500000000000}};
  struct comparison a = compared(metric, here);
  struct comparison b = compared(metric, there);
  struct comparison less = comparison_difference(metric, &a, &b);
  ck_assert_double_eq_tol(ratio_value(less.change), -36, 1e-4);
  ck_assert_double_eq_tol(ratio_value(less.difference), -35, 1e-4);
}
END_TEST

static Suite *comparison_suite(void) {
  Suite *suite = suite_create("comparison");
  TCase *tests = tcase_create("comparison");
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, change_and_interval_match_vector, 0, ROWS(CHANGES));
  tcase_add_loop_test(tests, comparison_the_other_way_round_mirrors, 0, ROWS(CHANGES));
  tcase_add_loop_test(tests, what_cannot_be_tested_has_no_p, 0, ROWS(OPEN));
  tcase_add_test(tests, change_is_subtracted_exactly);
  tcase_add_loop_test(tests, comparison_with_target_matches_vector, 0, ROWS(TARGETS));
  tcase_add_loop_test(tests, p_against_target_is_small_where_interval_leaves_it_out, 0, ROWS(TARGETS));
  tcase_add_loop_test(tests, target_at_an_end_or_without_spread_has_no_p, 0, ROWS(UNTESTED_TARGETS));
  tcase_add_test(tests, direction_follows_what_is_better);
  tcase_add_test(tests, equality_reaches_a_target);
  tcase_add_loop_test(tests, test_of_shares_errs_about_as_often_as_it_says, 0, 6);
  tcase_add_loop_test(tests, test_of_net_scores_errs_about_as_often_as_it_says, 0, 6);
  tcase_add_loop_test(tests, difference_of_changes_matches_vector, 0, ROWS(DIFFERENCES));
  tcase_add_test(tests, difference_of_changes_needs_both);
  tcase_add_test(tests, difference_of_changes_of_many_answers_is_near_enough);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(comparison_suite()); }
