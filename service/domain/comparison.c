// Compares two tallies of one metric, or a tally with a target: how large the change is, and how sure.
#include "domain/comparison.h"

#include <math.h>

#include "domain/quantile.h"

enum { ANSWERS_MIN = 10, MEAN_ANSWERS_MIN = 20, SKEWED_ANSWERS_MIN = 50 };

// One side as a test sees it, in the shown unit.
struct side {
  double n;
  double value;       // adjusted
  double se_squared;  // of that value
  double freedom;     // INFINITY: normal
};

static bool is_skewed(const struct metric *metric) { return metric->aggregation == AGGREGATE_MEAN && metric->low >= metric->high; }

int64_t comparison_n_min(const struct metric *metric) {
  switch (metric->aggregation) {
  case AGGREGATE_NET:
  case AGGREGATE_SHARE:
    return ANSWERS_MIN;
  case AGGREGATE_MEAN:
    return is_skewed(metric) ? SKEWED_ANSWERS_MIN : MEAN_ANSWERS_MIN;
  case AGGREGATE_SUM:
  case AGGREGATE_COUNT:
  case AGGREGATE_STOCK:
    break;
  }
  return 0;
}

// Variance of 100 × (positive − negative), for one of n answers.
static double net_variance(double positive, double negative, double n) {
  double p = positive / n;
  double q = negative / n;
  return 1e4 * (p + q - (p - q) * (p - q));
}

static double share_variance(double ones, double n) { return 1e4 * (ones / n) * (1 - ones / n); }

bool comparison_variance(const struct metric *metric, const struct tally *tally, double *variance) {
  double n = (double)tally->n;
  if (tally->n < (metric->aggregation == AGGREGATE_MEAN ? 2 : 1)) {
    return false;
  }
  if (metric->aggregation == AGGREGATE_NET) {
    struct bands bands = bands_of(tally);
    *variance = net_variance((double)bands.positive, (double)bands.negative, n);
    return true;
  }
  if (metric->aggregation == AGGREGATE_SHARE) {
    *variance = share_variance((double)tally_ones(metric, tally), n);
    return true;
  }
  if (metric->aggregation == AGGREGATE_MEAN) {
    *variance = fmax(tally_deviations(tally), 0) / (n - 1) / ((double)metric->divisor * (double)metric->divisor);
    return true;
  }
  return false;
}

// Adds to each side of a comparison what keeps its error near 5 % where n is small or shares are extreme. False where nothing can be tested.
static bool side_of(const struct metric *metric, const struct tally *tally, struct side *side) {
  double variance;
  if (!comparison_variance(metric, tally, &variance)) {
    return false;
  }
  *side = (struct side){.n = (double)tally->n, .freedom = INFINITY};
  if (metric->aggregation == AGGREGATE_NET) {
    struct bands bands = bands_of(tally);
    double positive = (double)bands.positive + 0.75;
    double negative = (double)bands.negative + 0.75;
    double n = side->n + 3;
    side->value = 100 * (positive - negative) / n;
    side->se_squared = net_variance(positive, negative, n) / n;
  } else if (metric->aggregation == AGGREGATE_SHARE) {
    double ones = (double)tally_ones(metric, tally) + 1;
    double n = side->n + 2;
    side->value = 100 * ones / n;
    side->se_squared = share_variance(ones, n) / n;
  } else {
    struct estimate estimate = estimate_without_interval(metric, tally);
    side->value = estimate_value(&estimate);
    side->se_squared = variance / side->n;
    side->freedom = side->n - 1;
  }
  return true;
}

// The widest change that the scale allows.
static double span_of(const struct metric *metric) {
  switch (metric->aggregation) {
  case AGGREGATE_NET:
    return 200;
  case AGGREGATE_SHARE:
    return 100;
  default:
    return (double)(metric->high - metric->low) / (double)metric->divisor;
  }
}

// Two-sided p of `statistic`.
static double p_of(double statistic, double freedom) {
  double size = fabs(statistic);
  return 2 * (isinf(freedom) ? normal_cdf(-size) : student_cdf(-size, freedom));
}

static double half_width(double se, double freedom) { return se * (isinf(freedom) ? NORMAL_975 : student_quantile(0.975, freedom)); }

static void set_test(struct comparison *comparison, double change, double se, double freedom) {
  double half = half_width(se, freedom);
  comparison->has_test = true;
  comparison->se = se;
  comparison->freedom = freedom;
  comparison->statistic = change / se;
  comparison->p = p_of(comparison->statistic, freedom);
  comparison->low = change - half;
  comparison->high = change + half;
}

// Welch's degrees of freedom; of normal sides: endless.
static double freedom_of(const struct side *before, const struct side *after) {
  if (isinf(before->freedom)) {
    return INFINITY;
  }
  double a = before->se_squared;
  double b = after->se_squared;
  return (a + b) * (a + b) / (a * a / before->freedom + b * b / after->freedom);
}

static void test_change(struct comparison *comparison, const struct metric *metric, const struct side *before, const struct side *after) {
  double se = sqrt(before->se_squared + after->se_squared);
  if (!(se > 0)) {
    return;
  }
  set_test(comparison, after->value - before->value, se, freedom_of(before, after));
  double span = span_of(metric);
  comparison->low = fmax(comparison->low, -span);
  comparison->high = fmin(comparison->high, span);
}

static double percent_of(double logarithm) { return 100 * expm1(logarithm); }

static void test_ratio(struct comparison *comparison, const struct side *before, const struct side *after) {
  if (!(before->value > 0 && after->value > 0)) {
    return;
  }
  double a = before->se_squared;
  double b = after->se_squared;
  double n = before->n;
  double m = after->n;
  double unpooled = sqrt(a / before->value / before->value + b / after->value / after->value);
  // se² × n is s².
  double spread = sqrt(((n - 1) * n * a + (m - 1) * m * b) / (n + m - 2));
  double mean = (n * before->value + m * after->value) / (n + m);
  double pooled = spread * sqrt(1 / n + 1 / m) / mean;
  double se = fmax(unpooled, pooled);
  if (!(se > 0)) {
    return;
  }
  set_test(comparison, log(after->value / before->value), se, freedom_of(before, after));
  comparison->low = percent_of(comparison->low);
  comparison->high = percent_of(comparison->high);
}

// What both comparisons know without a test.
static struct comparison compare_values(const struct metric *metric, const struct estimate *before, const struct estimate *after) {
  struct comparison comparison = {.before = *before, .after = *after, .relative = is_skewed(metric)};
  if (!before->has_value || !after->has_value) {
    return comparison;
  }
  int128 shared = ratio_common_divisor(before->denominator, after->denominator);
  int128 old = before->numerator * (after->denominator / shared);
  int128 new = after->numerator *(before->denominator / shared);
  comparison.difference = (struct ratio){new - old, before->denominator / shared * after->denominator};
  comparison.change = comparison.difference;
  if (comparison.relative) {
    comparison.change = old > 0 ? (struct ratio){100 * (new - old), old} : (struct ratio){0};
  }
  comparison.approximate = before->approximate || after->approximate;
  return comparison;
}

struct comparison comparison_of(const struct metric *metric, const struct tally *before, const struct tally *after, bool overlapping) {
  struct estimate old = estimate_of(metric, before);
  struct estimate new = estimate_of(metric, after);
  struct comparison comparison = compare_values(metric, &old, &new);
  int64_t n_min = comparison_n_min(metric);
  comparison.judged = n_min > 0 && !overlapping;
  if (!comparison.judged) {
    return comparison;
  }
  comparison.n_min = n_min;
  comparison.sufficient = before->n >= n_min && after->n >= n_min;
  struct side sides[2];
  if (!side_of(metric, before, &sides[0]) || !side_of(metric, after, &sides[1])) {
    return comparison;
  }
  if (comparison.relative) {
    test_ratio(&comparison, &sides[0], &sides[1]);
  } else {
    test_change(&comparison, metric, &sides[0], &sides[1]);
  }
  return comparison;
}

// Small enough for products of two: beyond 2^50 the last places go.
static struct ratio shortened(struct ratio ratio) {
  static const int128 DENOMINATOR_MAX = (int128)1 << 50;
  struct ratio reduced = ratio_reduce(ratio);
  while (reduced.denominator > DENOMINATOR_MAX) {
    reduced.numerator /= 2;
    reduced.denominator /= 2;
  }
  return reduced;
}

static struct ratio subtract(struct ratio here, struct ratio there) {
  struct ratio less = shortened(there);
  less.numerator = -less.numerator;
  return ratio_sum(shortened(here), less);
}

// Of two changes in percent: by how many percent one ratio exceeds the other.
static struct ratio divide_changes(struct ratio here, struct ratio there) {
  struct ratio a = shortened(here);
  struct ratio b = shortened(there);
  if (a.denominator <= 0 || b.denominator <= 0 || 100 * b.denominator + b.numerator <= 0) {
    return (struct ratio){0, 0};
  }
  int128 above = (100 * a.denominator + a.numerator) * b.denominator;
  int128 below = (100 * b.denominator + b.numerator) * a.denominator;
  return ratio_reduce((struct ratio){100 * (above - below), below});
}

struct comparison comparison_difference(const struct metric *metric, const struct comparison *here, const struct comparison *there) {
  struct comparison comparison = {
      .before = here->before,
      .after = here->after,
      .difference = subtract(here->difference, there->difference),
      .relative = here->relative,
      .judged = here->judged && there->judged,
      .n_min = here->n_min,
      .sufficient = here->sufficient && there->sufficient,
      .approximate = here->approximate || there->approximate,
  };
  comparison.change = here->relative ? divide_changes(here->change, there->change) : comparison.difference;
  if (!comparison.judged || !here->has_test || !there->has_test) {
    return comparison;
  }
  double a = here->se * here->se;
  double b = there->se * there->se;
  double freedom = (a + b) * (a + b) / (a * a / here->freedom + b * b / there->freedom);
  set_test(&comparison, here->statistic * here->se - there->statistic * there->se, sqrt(a + b), freedom);
  double span = comparison.relative ? INFINITY : 2 * span_of(metric);
  comparison.low = comparison.relative ? percent_of(comparison.low) : fmax(comparison.low, -span);
  comparison.high = comparison.relative ? percent_of(comparison.high) : fmin(comparison.high, span);
  return comparison;
}

// The score test: its standard error is the one that the target would have.
static void test_share_target(struct comparison *comparison, double target) {
  double p = target / 100;
  if (p > 0 && p < 1) {
    double se = 100 * sqrt(p * (1 - p) / (double)comparison->after.n);
    set_test(comparison, estimate_value(&comparison->after) - target, se, INFINITY);
  }
}

static void test_target(struct comparison *comparison, const struct metric *metric, const struct side *side, double target) {
  double se = sqrt(side->se_squared);
  if (metric->aggregation == AGGREGATE_SHARE) {
    test_share_target(comparison, target);
  } else if (!comparison->relative && se > 0) {
    set_test(comparison, side->value - target, se, side->freedom);
  } else if (se > 0 && side->value > 0 && target > 0) {
    set_test(comparison, log(side->value / target), se / side->value, side->freedom);
  }
}

struct comparison comparison_with_target(const struct metric *metric, const struct tally *tally, struct ratio target) {
  struct estimate wanted = {.has_value = target.denominator > 0, .numerator = target.numerator, .denominator = target.denominator};
  struct estimate value = estimate_of(metric, tally);
  struct comparison comparison = compare_values(metric, &wanted, &value);
  comparison.n_min = comparison_n_min(metric);
  comparison.judged = comparison.n_min > 0;
  comparison.sufficient = comparison.judged && tally->n >= comparison.n_min;
  struct side side;
  if (!wanted.has_value || !side_of(metric, tally, &side)) {
    return comparison;
  }
  double aim = estimate_value(&wanted);
  test_target(&comparison, metric, &side, aim);
  if (comparison.has_test) {
    comparison.low = comparison.relative ? 100 * (value.low / aim - 1) : value.low - aim;
    comparison.high = comparison.relative ? 100 * (value.high / aim - 1) : value.high - aim;
  }
  return comparison;
}

int comparison_direction(const struct metric *metric, const struct comparison *comparison, double level) {
  if (!comparison->sufficient || !comparison->has_test || !(comparison->p < level) || metric->better == BETTER_NEITHER) {
    return 0;
  }
  return (comparison->statistic > 0) == (metric->better == BETTER_HIGHER) ? 1 : -1;
}

bool estimate_reaches(const struct metric *metric, const struct estimate *value, struct ratio target) {
  if (!value->has_value || target.denominator <= 0 || metric->better == BETTER_NEITHER) {
    return false;
  }
  int128 have = value->numerator * target.denominator;
  int128 want = target.numerator * value->denominator;
  return metric->better == BETTER_HIGHER ? have >= want : have <= want;
}
