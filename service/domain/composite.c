// Puts several metrics on one scale and weighs them into one index.
#include "domain/composite.h"

#include <assert.h>
#include <math.h>

enum { SCORE_BEST = 100, MILLION = 1000000 };

const struct metric COMPOSITE_INDEX = {
    .key = "index",
    .title = "Index",
    .aggregation = AGGREGATE_MEAN,
    .unit = "score",
    .divisor = 1,
    .better = BETTER_HIGHER,
    .low = 0,
    .high = SCORE_BEST,
    .hidden = true,
};

bool composite_scale(const struct metric *metric, struct composite_anchors *anchors) {
  struct ratio low = {0, 1};
  struct ratio high = {100, 1};
  if (metric->aggregation == AGGREGATE_NET) {
    low.numerator = -100;
  } else if (metric->aggregation == AGGREGATE_MEAN) {
    low = (struct ratio){metric->low, metric->divisor};
    high = (struct ratio){metric->high, metric->divisor};
  }
  bool bounded = metric->aggregation == AGGREGATE_NET || metric->aggregation == AGGREGATE_SHARE ||
                 (metric->aggregation == AGGREGATE_MEAN && metric->low < metric->high);
  if (!bounded || metric->better == BETTER_NEITHER) {
    return false;
  }
  bool higher = metric->better == BETTER_HIGHER;
  *anchors = (struct composite_anchors){.worst = higher ? low : high, .best = higher ? high : low};
  return true;
}

static bool is_plain(struct ratio anchor) {
  const int128 size_max = (int128)1 << 32;
  const int128 denominator_max = 10000;
  return anchor.denominator > 0 && denominator_max % anchor.denominator == 0 && anchor.numerator < size_max * anchor.denominator &&
         anchor.numerator > -size_max * anchor.denominator;
}

bool composite_anchors_valid(const struct metric *metric, const struct composite_anchors *anchors) {
  if (metric->better == BETTER_NEITHER || !is_plain(anchors->worst) || !is_plain(anchors->best)) {
    return false;
  }
  return ratio_compare(anchors->best, anchors->worst) == (metric->better == BETTER_HIGHER ? 1 : -1);
}

static struct ratio score_of(const struct composite_part *part) {
  const struct composite_anchors *anchors = &part->anchors;
  // Differences to the worst, both positive in the better direction.
  struct ratio minus_worst = {-anchors->worst.numerator, anchors->worst.denominator};
  struct ratio way = ratio_sum((struct ratio){part->estimate.numerator, part->estimate.denominator}, minus_worst);
  struct ratio whole = ratio_sum(anchors->best, minus_worst);
  if (whole.numerator < 0) {
    way.numerator = -way.numerator;
    whole.numerator = -whole.numerator;
  }
  if (way.numerator <= 0) {
    return (struct ratio){0, 1};
  }
  if (ratio_compare(way, whole) >= 0) {
    return (struct ratio){SCORE_BEST, 1};
  }
  // Lowest terms crosswise first, so that the products stay small.
  int128 above = ratio_common_divisor(way.numerator, whole.numerator);
  int128 below = ratio_common_divisor(way.denominator, whole.denominator);
  return ratio_reduce(
      (struct ratio){SCORE_BEST * (way.numerator / above) * (whole.denominator / below), way.denominator / below * (whole.numerator / above)});
}

// The same for an end of an interval.
static double score_at(const struct composite_part *part, double value) {
  double worst = ratio_value(part->anchors.worst);
  double best = ratio_value(part->anchors.best);
  return fmin(fmax(SCORE_BEST * (value - worst) / (best - worst), 0), SCORE_BEST);
}

static int64_t weights_of(const struct composite_part *parts, size_t count) {
  int64_t weights = 0;
  for (size_t i = 0; i < count; i++) {
    weights += parts[i].weight;
  }
  return weights;
}

// Makes the next digit: multiplies all remainders by `base`, and returns the weighted sum of what is whole of them.
static int128 next_digit(const struct composite_part *parts, size_t count, int128 *remainders, int64_t base) {
  int128 digit = 0;
  for (size_t i = 0; i < count; i++) {
    int128 denominator = parts[i].score.denominator;
    int128 scaled = remainders[i] * base;
    digit += parts[i].weight * (scaled / denominator);
    remainders[i] = scaled % denominator;
  }
  return digit;
}

static bool any_left(const int128 *remainders, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (remainders[i] != 0) {
      return true;
    }
  }
  return false;
}

// The sign of 10^6 × Σ weight × score − whole, by long division of all parts at once: what is left of them is at least 0 and below the sum of the
// weights. Where digits don't decide, the difference is smaller than two different sums can have, whose common denominator is at most the product of
// all denominators: then it is 0.
static int sign_of_sum(const struct composite_part *parts, size_t count, int64_t weights, int128 whole) {
  enum { BITS = 24, DENOMINATOR_BITS = 100, WEIGHT_BITS = 24, DIGITS = (COMPOSITE_PARTS_MAX * DENOMINATOR_BITS + WEIGHT_BITS) / BITS + 1 };
  int128 remainders[COMPOSITE_PARTS_MAX];
  for (size_t i = 0; i < count; i++) {
    remainders[i] = parts[i].score.numerator;
  }
  int128 sum = next_digit(parts, count, remainders, MILLION) - whole;
  for (int digits = 0; digits < DIGITS && sum <= 0 && sum > -weights && any_left(remainders, count); digits++) {
    sum = sum * (1 << BITS) + next_digit(parts, count, remainders, 1 << BITS);
  }
  if (sum > 0 || sum <= -weights) {
    return sum > 0 ? 1 : -1;
  }
  return any_left(remainders, count) ? 0 : (sum > 0) - (sum < 0);
}

// In half millionths: even where the index is a whole number of millionths, odd between two.
static int128 half_millionths(const struct composite_part *parts, size_t count, int64_t weights) {
  long double sum = 0;
  for (size_t i = 0; i < count; i++) {
    sum += (long double)parts[i].weight * (long double)parts[i].score.numerator / (long double)parts[i].score.denominator;
  }
  // Off by one at most.
  int128 millionths = (int128)floorl(sum / (long double)weights * MILLION);
  while (sign_of_sum(parts, count, weights, millionths * weights) < 0) {
    millionths--;
  }
  while (sign_of_sum(parts, count, weights, (millionths + 1) * weights) >= 0) {
    millionths++;
  }
  return 2 * millionths + sign_of_sum(parts, count, weights, millionths * weights);
}

// How far the index may lie from its value to one side: parts that go together add up, others add their squares.
struct spread {
  double together;
  double squares;
};

static void spread_add(struct spread *spread, const struct composite_part *part, double distance) {
  // An adjusted interval may lie beside its value.
  distance = fmax(distance, 0);
  if (part->metric->source == SOURCE_MANUAL) {
    spread->squares += distance * distance;
  } else {
    spread->together += distance;
  }
}

static double spread_of(const struct spread *spread) { return sqrt(spread->together * spread->together + spread->squares); }

static void set_interval(struct estimate *index, const struct composite_part *parts, size_t count, int64_t weights) {
  struct spread down = {0};
  struct spread up = {0};
  for (size_t i = 0; i < count; i++) {
    const struct composite_part *part = &parts[i];
    if (!part->estimate.has_interval) {
      return;
    }
    double share = (double)part->weight / (double)weights;
    double score = ratio_value(part->score);
    double low = score_at(part, part->estimate.low);
    double high = score_at(part, part->estimate.high);
    spread_add(&down, part, share * (score - fmin(low, high)));
    spread_add(&up, part, share * (fmax(low, high) - score));
    index->approximate = index->approximate || part->estimate.approximate;
  }
  double value = estimate_value(index);
  index->has_interval = true;
  index->low = fmax(value - spread_of(&down), 0);
  index->high = fmin(value + spread_of(&up), SCORE_BEST);
}

struct estimate composite_of(struct composite_part *parts, size_t count) {
  assert(count >= 1 && count <= COMPOSITE_PARTS_MAX);
  struct estimate index = {.n = parts[0].estimate.n, .has_value = true, .denominator = 1};
  for (size_t i = 0; i < count; i++) {
    struct composite_part *part = &parts[i];
    assert(part->weight >= 1 && part->weight <= COMPOSITE_WEIGHT_MAX);
    index.n = part->estimate.n < index.n ? part->estimate.n : index.n;
    part->has_score = part->estimate.has_value && !part->hidden;
    part->score = part->has_score ? score_of(part) : (struct ratio){0};
    index.has_value = index.has_value && part->has_score;
  }
  if (!index.has_value) {
    return index;
  }
  int64_t weights = weights_of(parts, count);
  index.numerator = half_millionths(parts, count, weights);
  index.denominator = 2 * MILLION;
  set_interval(&index, parts, count, weights);
  return index;
}
