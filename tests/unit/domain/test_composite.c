// Checks an index of several metrics: scales, scores, its exact value against fractions, and its interval by hand.
#include "domain/composite.h"

#include "domain/comparison.h"
#include "unit.h"

#include <math.h>

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

struct scale_case {
  const char *metric;
  bool bounded;
  int64_t worst, best;
};

static const struct scale_case SCALES[] = {
    {"happiness", true, -100, 100},
    {"csat", true, 0, 100},
    {"reopened", true, 100, 0},
    {"ces", true, 1, 7},
    {"business_impact", true, 5, 1},
    {"service_availability", true, 0, 100},
    {"lost_time", false, 0, 0},
    {"backlog", false, 0, 0},
    {"innovative_initiatives", false, 0, 0},
    {"ticket_volume", false, 0, 0},
    {"service_desk_budget", false, 0, 0},
};

START_TEST(bounded_metrics_have_a_scale) {
  const struct scale_case *row = &SCALES[_i];
  struct composite_anchors anchors;
  ck_assert_int_eq(composite_scale(named(row->metric), &anchors), row->bounded);
  if (row->bounded) {
    ck_assert_int_eq(ratio_compare(anchors.worst, (struct ratio){row->worst, 1}), 0);
    ck_assert_int_eq(ratio_compare(anchors.best, (struct ratio){row->best, 1}), 0);
    ck_assert(composite_anchors_valid(named(row->metric), &anchors));
  }
}
END_TEST

struct anchors_case {
  const char *metric;
  struct composite_anchors anchors;
  bool valid;
};

#define HUGE_ANCHOR (INT64_C(1) << 32)

static const struct anchors_case ANCHORS[] = {
    {"lost_time", {{240, 1}, {0, 1}}, true},
    {"lost_time", {{24005, 100}, {1, 10000}}, true},
    {"lost_time", {{0, 1}, {240, 1}}, false},
    {"lost_time", {{240, 1}, {240, 1}}, false},
    {"lost_time", {{2400, 10}, {240, 1}}, false},
    {"innovative_initiatives", {{0, 1}, {12, 1}}, true},
    {"innovative_initiatives", {{12, 1}, {0, 1}}, false},
    {"innovative_initiatives", {{-5, 1}, {12, 1}}, true},
    {"ticket_volume", {{0, 1}, {12, 1}}, false},
    {"lost_time", {{240, 0}, {0, 1}}, false},
    {"lost_time", {{240, 1}, {0, 0}}, false},
    {"lost_time", {{700, 3}, {0, 1}}, false},
    {"lost_time", {{HUGE_ANCHOR - 1, 1}, {0, 1}}, true},
    {"lost_time", {{HUGE_ANCHOR, 1}, {0, 1}}, false},
};

START_TEST(anchors_lie_in_the_better_direction) {
  ck_assert_int_eq(composite_anchors_valid(named(ANCHORS[_i].metric), &ANCHORS[_i].anchors), ANCHORS[_i].valid);
}
END_TEST

static struct composite_part part_of(const char *key, int64_t weight, const struct tally *tally) {
  struct composite_part part = {.metric = named(key), .weight = weight, .estimate = estimate_of(named(key), tally)};
  composite_scale(part.metric, &part.anchors);
  return part;
}

static struct composite_part share_part(int64_t weight, int64_t ones, int64_t n) {
  struct tally tally = {0};
  tally_add_value(&tally, named("sla_met"), 1, ones);
  tally_add_value(&tally, named("sla_met"), 0, n - ones);
  return part_of("sla_met", weight, &tally);
}

// Ratings 1, 7, 7, 8, 9, 10: 16.67.
static struct composite_part happiness_part(int64_t weight) {
  static const int RATINGS[] = {1, 7, 7, 8, 9, 10};
  struct tally tally = {0};
  EACH(rating, RATINGS) { tally_add_value(&tally, named("happiness"), *rating, 1); }
  return part_of("happiness", weight, &tally);
}

// 0, 15, 30, 60, 480 minutes: 117.
static struct composite_part lost_part(int64_t weight, int64_t worst, int64_t best) {
  static const int MINUTES[] = {0, 15, 30, 60, 480};
  struct tally tally = {0};
  EACH(minutes, MINUTES) { tally_add_value(&tally, named("lost_time"), *minutes, 1); }
  struct composite_part part = part_of("lost_time", weight, &tally);
  part.anchors = (struct composite_anchors){{worst, 1}, {best, 1}};
  return part;
}

START_TEST(index_is_the_weighted_mean_of_scores) {
  struct composite_part parts[] = {happiness_part(2), lost_part(1, 240, 0)};
  struct estimate index = composite_of(parts, ROWS(parts));
  // (50/3 + 100)/2 and 100 × 123/240.
  ck_assert(parts[0].has_score && ratio_compare(parts[0].score, (struct ratio){175, 3}) == 0);
  ck_assert(parts[1].has_score && ratio_compare(parts[1].score, (struct ratio){5125, 100}) == 0);
  // (350/3 + 51.25)/3 = 55.972222…, between two millionths.
  ck_assert(index.has_value && index.n == 5);
  ck_assert(index.numerator == 2 * 55972222 + 1 && index.denominator == 2000000);
}
END_TEST

START_TEST(value_beyond_an_anchor_counts_as_the_anchor) {
  struct composite_part parts[] = {lost_part(1, 100, 0), lost_part(1, 480, 117), lost_part(1, 480, 120), lost_part(1, 117, 0)};
  struct estimate index = composite_of(parts, ROWS(parts));
  static const int64_t SCORES[] = {0, 100, 100, 0};
  for (size_t i = 0; i < ROWS(parts); i++) {
    ck_assert_int_eq(ratio_compare(parts[i].score, (struct ratio){SCORES[i], 1}), 0);
  }
  ck_assert(index.numerator == 50 * index.denominator);
}
END_TEST

// 100/3 and 200/3.
START_TEST(equality_is_seen_where_fractions_do_not_end) {
  struct composite_part parts[] = {share_part(7, 1, 3), share_part(7, 2, 3)};
  struct estimate index = composite_of(parts, ROWS(parts));
  ck_assert(estimate_reaches(&COMPOSITE_INDEX, &index, (struct ratio){50, 1}));
  ck_assert(!estimate_reaches(&COMPOSITE_INDEX, &index, (struct ratio){50000001, 1000000}));
}
END_TEST

// As many parts as there may be, whose common denominator has some 450 bits, that miss 50 by one answer in a milliard, or hit it.
START_TEST(one_answer_is_seen_whatever_the_denominators) {
  for (int64_t more = -1; more <= 1; more++) {
    struct composite_part parts[COMPOSITE_PARTS_MAX];
    for (size_t i = 0; i < COMPOSITE_PARTS_MAX; i += 2) {
      int64_t n = 4000000007 + (int64_t)i * 1000003;
      int64_t ones = 1234567891 + (int64_t)i * 7919;
      parts[i] = share_part(COMPOSITE_WEIGHT_MAX - (int64_t)i, ones, n);
      parts[i + 1] = share_part(COMPOSITE_WEIGHT_MAX - (int64_t)i, n - ones + (i == 4 ? more : 0), n);
    }
    struct estimate index = composite_of(parts, ROWS(parts));
    ck_assert(index.numerator == 50 * 2000000 + more && index.denominator == 2000000);
    ck_assert_int_eq(estimate_reaches(&COMPOSITE_INDEX, &index, (struct ratio){50, 1}), more >= 0);
  }
}
END_TEST

// x/b − y/d = 1/(b d) for d = b + 2, x = (b + 1)/2, y = (b + 3)/2: less cannot be between two fractions that differ.
START_TEST(least_difference_is_seen) {
  const int64_t b = (INT64_C(1) << 49) + 1;
  for (int sign = -1; sign <= 1; sign += 2) {
    int64_t x = (b + 1) / 2;
    int64_t y = (b + 3) / 2;
    struct composite_part parts[] = {share_part(1, sign > 0 ? x : b - x, b), share_part(1, sign > 0 ? b + 2 - y : y, b + 2)};
    struct estimate index = composite_of(parts, ROWS(parts));
    ck_assert(index.numerator == 50 * 2000000 + sign && index.denominator == 2000000);
  }
}
END_TEST

// The same numbers in each run: 0 to below − 1.
static int64_t draw(uint64_t *state, int64_t below) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return (int64_t)(*state >> 33) % below;
}

// floor, for a value that isn't negative, and half more where something is left.
static int128 half_millionths(struct ratio value) {
  int128 scaled = value.numerator * 1000000;
  return 2 * (scaled / value.denominator) + (scaled % value.denominator != 0);
}

START_TEST(index_equals_a_sum_of_fractions) {
  enum { ROUNDS = 5000, PARTS = 5 };
  uint64_t state = 11;
  int whole = 0;
  for (int round = 0; round < ROUNDS; round++) {
    struct composite_part parts[PARTS];
    size_t count = 1 + (size_t)draw(&state, PARTS);
    struct ratio sum = {0, 1};
    int64_t weights = 0;
    for (size_t i = 0; i < count; i++) {
      int64_t n = 1 + draw(&state, 60);
      int64_t ones = draw(&state, n + 1);
      int64_t weight = 1 + draw(&state, 30);
      parts[i] = share_part(weight, ones, n);
      sum = ratio_sum(sum, (struct ratio){100 * weight * ones, n});
      weights += weight;
    }
    struct estimate index = composite_of(parts, count);
    int128 expected = half_millionths((struct ratio){sum.numerator, sum.denominator * weights});
    ck_assert(index.numerator == expected && index.denominator == 2000000);
    whole += expected % 2 == 0;
  }
  ck_assert_int_gt(whole, ROUNDS / 50);
}
END_TEST

START_TEST(index_without_a_part_is_none) {
  for (int missing = 0; missing < 3; missing++) {
    struct composite_part parts[] = {happiness_part(2), share_part(1, 30, 40), lost_part(1, 240, 0)};
    parts[missing].hidden = true;
    struct estimate index = composite_of(parts, ROWS(parts));
    ck_assert(!index.has_value && !index.has_interval && index.n == 5);
    ck_assert(!parts[missing].has_score && parts[(missing + 1) % 3].has_score);
    parts[missing].hidden = false;
    parts[missing].estimate = (struct estimate){.denominator = 1};
    index = composite_of(parts, ROWS(parts));
    ck_assert(!index.has_value && !index.has_interval && index.n == 0);
  }
}
END_TEST

START_TEST(index_of_one_part_has_its_interval) {
  struct composite_part part = happiness_part(3);
  struct estimate index = composite_of(&part, 1);
  ck_assert(index.has_interval && !index.approximate);
  ck_assert_double_eq_tol(index.low, (part.estimate.low + 100) / 2, 1e-6);
  ck_assert_double_eq_tol(index.high, (part.estimate.high + 100) / 2, 1e-6);
  // Upside down and skewed: 13.41 to 1020.99 minutes, of which only 240 count.
  part = lost_part(1, 240, 0);
  index = composite_of(&part, 1);
  ck_assert(index.has_interval && index.approximate);
  ck_assert_double_eq_tol(index.low, 0, 1e-6);
  ck_assert_double_eq_tol(index.high, 100 * (1 - part.estimate.low / 240), 1e-6);
}
END_TEST

// One that is measured by hand, with a mean of 50 % and an interval of 40 to 70 %.
static struct composite_part manual_part(int64_t weight) {
  struct composite_part part = {.metric = named("procedures_automated"), .weight = weight};
  composite_scale(part.metric, &part.anchors);
  part.estimate = (struct estimate){.n = 30, .has_value = true, .numerator = 50, .denominator = 1, .has_interval = true, .low = 40, .high = 70};
  return part;
}

START_TEST(parts_of_the_same_tickets_add_up_and_manual_ones_by_squares) {
  struct composite_part parts[] = {share_part(1, 50, 100), share_part(3, 50, 100), manual_part(2), manual_part(4)};
  double half = 50 - parts[0].estimate.low;
  // Both shares have the same interval: together a tenth of their weights, as if they were one.
  struct estimate index = composite_of(parts, ROWS(parts));
  double together = 0.4 * half;
  ck_assert_double_eq_tol(index.low, 50 - sqrt(together * together + 0.2 * 10 * 0.2 * 10 + 0.4 * 10 * 0.4 * 10), 1e-6);
  ck_assert_double_eq_tol(index.high, 50 + sqrt(together * together + 0.2 * 20 * 0.2 * 20 + 0.4 * 20 * 0.4 * 20), 1e-6);
  index = composite_of(parts, 2);
  ck_assert_double_eq_tol(index.low, 50 - half, 1e-6);
}
END_TEST

START_TEST(interval_needs_that_of_each_part) {
  struct composite_part parts[] = {happiness_part(2), manual_part(1)};
  ck_assert(composite_of(parts, ROWS(parts)).has_interval);
  parts[1].estimate.has_interval = false;
  struct estimate index = composite_of(parts, ROWS(parts));
  ck_assert(index.has_value && !index.has_interval);
}
END_TEST

static Suite *composite_suite(void) {
  Suite *suite = suite_create("composite");
  TCase *tests = tcase_create("composite");
  tcase_add_loop_test(tests, bounded_metrics_have_a_scale, 0, ROWS(SCALES));
  tcase_add_loop_test(tests, anchors_lie_in_the_better_direction, 0, ROWS(ANCHORS));
  tcase_add_test(tests, index_is_the_weighted_mean_of_scores);
  tcase_add_test(tests, value_beyond_an_anchor_counts_as_the_anchor);
  tcase_add_test(tests, equality_is_seen_where_fractions_do_not_end);
  tcase_add_test(tests, one_answer_is_seen_whatever_the_denominators);
  tcase_add_test(tests, least_difference_is_seen);
  tcase_add_test(tests, index_equals_a_sum_of_fractions);
  tcase_add_test(tests, index_without_a_part_is_none);
  tcase_add_test(tests, index_of_one_part_has_its_interval);
  tcase_add_test(tests, parts_of_the_same_tickets_add_up_and_manual_ones_by_squares);
  tcase_add_test(tests, interval_needs_that_of_each_part);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(composite_suite()); }
