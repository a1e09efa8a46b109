// Turns a tally into a figure with its 95 % interval.
#include "domain/estimate.h"

#include <math.h>

#include "domain/quantile.h"

enum { SKEWED_N_MIN = 200 };  // fewer values of a skewed quantity make its interval approximate

// A happiness or NPS rating is its own bin.
enum { RATING_NEUTRAL = 7, RATING_POSITIVE = 9, RATING_TOP = 10 };

void tally_add(struct tally *tally, const struct tally *more) {
  tally->n += more->n;
  tally->sum += more->sum;
  tally->sum_squares += more->sum_squares;
  for (size_t i = 0; i < METRIC_BINS_MAX; i++) {
    tally->bins[i] += more->bins[i];
  }
}

void tally_subtract(struct tally *tally, const struct tally *part) {
  tally->n -= part->n;
  tally->sum -= part->sum;
  tally->sum_squares -= part->sum_squares;
  for (size_t i = 0; i < METRIC_BINS_MAX; i++) {
    tally->bins[i] -= part->bins[i];
  }
}

void tally_add_value(struct tally *tally, const struct metric *metric, int64_t value, int64_t count) {
  tally->n += count;
  tally->sum += (int128)value * count;
  tally->sum_squares += (int128)value * value * count;
  if (metric->bins == 0) {
    return;
  }
  size_t bin = 0;
  while (bin + 1 < metric->bins && value >= metric->edges[bin + 1]) {
    bin++;
  }
  tally->bins[bin] += count;
}

int64_t tally_ones(const struct metric *metric, const struct tally *tally) {
  int64_t ones = 0;
  for (size_t i = 0; i < metric->bins; i++) {
    ones += metric->edges[i] >= metric->share_from ? tally->bins[i] : 0;
  }
  return ones;
}

struct bands bands_of(const struct tally *tally) {
  struct bands bands = {0};
  for (int rating = 0; rating <= RATING_TOP; rating++) {
    int64_t *band = rating >= RATING_POSITIVE ? &bands.positive : rating >= RATING_NEUTRAL ? &bands.neutral : &bands.negative;
    *band += tally->bins[rating];
  }
  return bands;
}

static void set_interval(struct estimate *estimate, double low, double high) {
  estimate->has_interval = true;
  estimate->low = low;
  estimate->high = high;
}

// Adjusted Wald for a difference of two multinomial shares: three answers are added, 3/4 positive, 3/2 neutral, 3/4 negative.
static void estimate_net(struct estimate *estimate, const struct tally *tally) {
  struct bands bands = bands_of(tally);
  double n = (double)tally->n + 3;
  double p = ((double)bands.positive + 0.75) / n;
  double q = ((double)bands.negative + 0.75) / n;
  double d = p - q;
  double half = NORMAL_975 * sqrt((p + q - d * d) / n);
  set_interval(estimate, fmax(100 * (d - half), -100), fmin(100 * (d + half), 100));
}

// E. B. Wilson, J. Am. Stat. Assoc. 22 (1927), 209–212: the score interval.
static void estimate_share(struct estimate *estimate, const struct metric *metric, const struct tally *tally) {
  int64_t ones = tally_ones(metric, tally);
  double n = (double)tally->n;
  double k = (double)ones;
  double zz = NORMAL_975 * NORMAL_975;
  double centre = (k + zz / 2) / (n + zz);
  double half = NORMAL_975 * sqrt(k * (n - k) / n + zz / 4) / (n + zz);
  // At the ends the bound is exact; rounding must not move it inside.
  set_interval(estimate, ones == 0 ? 0 : 100 * (centre - half), ones == tally->n ? 100 : 100 * (centre + half));
}

// Taken about the whole part of the mean, so that no two large numbers that are nearly the same are subtracted, except as integers.
double tally_deviations(const struct tally *tally) {
  int128 n = tally->n;
  int128 whole = tally->sum / n;
  int128 rest = tally->sum % n;
  int128 about_whole = tally->sum_squares - whole * (tally->sum + rest);
  if (about_whole < ((int128)1 << 126) / n) {
    return (double)(n * about_whole - rest * rest) / (double)n;
  }
  // n × about_whole does not fit; then about_whole exceeds rest² / n < n by far and no digits are lost.
  return (double)about_whole - (double)rest * (double)rest / (double)n;
}

static void estimate_mean(struct estimate *estimate, const struct metric *metric, const struct tally *tally) {
  double deviations = tally->n >= 2 ? tally_deviations(tally) : 0;
  if (!(deviations > 0)) {
    return;
  }
  double n = (double)tally->n;
  double divisor = (double)metric->divisor;
  double mean = estimate_value(estimate);
  double half = student_quantile(0.975, n - 1) * sqrt(deviations / (n - 1) / n) / divisor;
  if (metric->low < metric->high) {
    set_interval(estimate, fmax(mean - half, (double)metric->low / divisor), fmin(mean + half, (double)metric->high / divisor));
  } else if (mean > 0) {
    double factor = exp(half / mean);
    set_interval(estimate, mean / factor, mean * factor);
    estimate->approximate = tally->n < SKEWED_N_MIN;
  }
}

static void set_value(struct estimate *estimate, int128 numerator, int128 denominator) {
  estimate->has_value = true;
  estimate->numerator = numerator;
  estimate->denominator = denominator;
}

struct estimate estimate_without_interval(const struct metric *metric, const struct tally *tally) {
  struct estimate estimate = {.n = tally->n, .denominator = 1};
  if (tally->n <= 0) {
    return estimate;
  }
  struct bands bands;
  switch (metric->aggregation) {
  case AGGREGATE_NET:
    bands = bands_of(tally);
    set_value(&estimate, (int128)100 * (bands.positive - bands.negative), tally->n);
    break;
  case AGGREGATE_SHARE:
    set_value(&estimate, (int128)100 * tally_ones(metric, tally), tally->n);
    break;
  case AGGREGATE_MEAN:
    set_value(&estimate, tally->sum, (int128)tally->n * metric->divisor);
    break;
  case AGGREGATE_COUNT:
    set_value(&estimate, tally->n, metric->divisor);
    break;
  case AGGREGATE_SUM:
  case AGGREGATE_STOCK:
    set_value(&estimate, tally->sum, metric->divisor);
    break;
  }
  return estimate;
}

struct estimate estimate_of(const struct metric *metric, const struct tally *tally) {
  struct estimate estimate = estimate_without_interval(metric, tally);
  if (!estimate.has_value) {
    return estimate;
  }
  if (metric->aggregation == AGGREGATE_NET) {
    estimate_net(&estimate, tally);
  } else if (metric->aggregation == AGGREGATE_SHARE) {
    estimate_share(&estimate, metric, tally);
  } else if (metric->aggregation == AGGREGATE_MEAN) {
    estimate_mean(&estimate, metric, tally);
  }
  return estimate;
}

double estimate_value(const struct estimate *estimate) { return (double)((long double)estimate->numerator / (long double)estimate->denominator); }
