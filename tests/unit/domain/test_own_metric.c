// Metrics that a tenant adds: what is filled in, what is refused, and how their values are stored.
#include "domain/own_metric.h"

#include <string.h>

#include "base/arena.h"
#include "unit.h"

static struct arena arena;
static struct issues issues;
static struct metric metric;
static int64_t edges[METRIC_BINS_MAX];

static void setup(void) {
  arena_init(&arena, 64 * 1024);
  issues_init(&issues, &arena);
}

static void teardown(void) { arena_release(&arena); }

// What is asked at least; everything else is left open.
static struct own_metric asked(enum aggregation aggregation) {
  bool has_unit = aggregation == AGGREGATE_NET || aggregation == AGGREGATE_SHARE;
  return (struct own_metric){
      .key = TEXT("training"),
      .title = TEXT("Training"),
      .unit = has_unit ? TEXT_NONE : TEXT("score"),
      .aggregation = aggregation,
      .decimals = ABSENT,
      .better = ABSENT,
      .low = ABSENT,
      .high = ABSENT,
      .share_from = ABSENT,
      .level = ABSENT,
      .maturity = 2,
  };
}

static void assert_made(const struct own_metric *own) {
  bool made = own_metric_make(own, &metric, edges, &issues);
  ck_assert_msg(made, "%.*s %.*s", (int)issues.list[0].pointer.length, issues.list[0].pointer.at, (int)issues.list[0].detail.length,
                issues.list[0].detail.at);
}

static void assert_refused(const struct own_metric *own, const char *pointer, const char *rule) {
  issues_init(&issues, &arena);
  ck_assert(!own_metric_make(own, &metric, edges, &issues));
  for (size_t i = 0; i < issues.count; i++) {
    if (text_is(issues.list[i].pointer, pointer) && text_is(issues.list[i].rule, rule)) return;
  }
  ck_abort_msg("%s is not refused for %s", pointer, rule);
}

START_TEST(fills_in_what_was_not_said) {
  struct own_metric own = asked(AGGREGATE_MEAN);
  assert_made(&own);
  ck_assert_str_eq(metric.key, "training");
  ck_assert_str_eq(metric.unit, "score");
  ck_assert_int_eq(metric.divisor, 1);
  ck_assert_int_eq(metric.better, BETTER_HIGHER);
  ck_assert_int_eq(metric.level, LEVEL_TACTICAL);
  ck_assert_int_eq(metric.maturity, 2);
  ck_assert_int_eq(metric.source, SOURCE_MANUAL);
  ck_assert(metric.low == 0 && metric.high == 0 && metric.bins == 0);
}
END_TEST

START_TEST(has_names_for_all_but_stocks) {
  size_t i = 0;
  for (; OWN_AGGREGATION_NAMES[i]; i++) {
    ck_assert_str_eq(OWN_AGGREGATION_NAMES[i], AGGREGATION_NAMES[i]);
  }
  ck_assert_uint_eq(i, AGGREGATE_STOCK);
}
END_TEST

START_TEST(keeps_scales_and_bins_in_stored_units) {
  static const int64_t BINS[] = {0, 25000, 50000, 75000};
  struct own_metric own = asked(AGGREGATE_MEAN);
  own.decimals = 1;
  own.low = 0;
  own.high = 100000;
  own.edges = BINS;
  own.edges_count = ROWS(BINS);
  assert_made(&own);
  ck_assert_int_eq(metric.divisor, 10);
  ck_assert_int_eq(metric.high, 100);
  ck_assert_uint_eq(metric.bins, 4);
  ck_assert(edges[0] == 0 && edges[1] == 25 && edges[2] == 50 && edges[3] == 75);
  ck_assert_int_eq(metric_decimals(&metric), 1);
}
END_TEST

START_TEST(gives_each_value_a_bin_or_makes_ten) {
  struct own_metric own = asked(AGGREGATE_MEAN);
  own.low = -20000;
  own.high = 20000;
  assert_made(&own);
  ck_assert_uint_eq(metric.bins, 5);
  ck_assert(edges[0] == -2 && edges[4] == 2);
  own.high = 100000;
  assert_made(&own);
  ck_assert_uint_eq(metric.bins, 10);
  ck_assert_int_eq(edges[0], -2);
  for (size_t i = 1; i < metric.bins; i++) {
    ck_assert_int_gt(edges[i], edges[i - 1]);
  }
  ck_assert_int_lt(edges[9], 10);
}
END_TEST

START_TEST(takes_ratings_for_a_net_score) {
  struct own_metric own = asked(AGGREGATE_NET);
  assert_made(&own);
  ck_assert_str_eq(metric.unit, "points");
  ck_assert(metric.low == 0 && metric.high == 10 && metric.bins == 11);
}
END_TEST

START_TEST(counts_part_of_the_values_of_a_share) {
  struct own_metric own = asked(AGGREGATE_SHARE);
  assert_made(&own);
  ck_assert_str_eq(metric.unit, "percent");
  ck_assert(metric.low == 0 && metric.high == 1 && metric.bins == 2 && metric.share_from == 1);
  own.low = 10000;
  own.high = 50000;
  own.share_from = 40000;
  assert_made(&own);
  ck_assert(metric.low == 1 && metric.high == 5 && metric.bins == 5 && metric.share_from == 4);
}
END_TEST

// Each changes one thing of a metric that would be good.
static const struct {
  enum aggregation aggregation;
  size_t offset;
  int64_t value;
  const char *pointer, *rule;
} REFUSED[] = {
    {AGGREGATE_MEAN, offsetof(struct own_metric, low), 0, "/high", "required"},
    {AGGREGATE_MEAN, offsetof(struct own_metric, high), 10000, "/low", "required"},
    {AGGREGATE_MEAN, offsetof(struct own_metric, share_from), 10000, "/share_from", "aggregation"},
    {AGGREGATE_SUM, offsetof(struct own_metric, low), 0, "/low", "aggregation"},
    {AGGREGATE_SUM, offsetof(struct own_metric, share_from), 0, "/share_from", "aggregation"},
    {AGGREGATE_COUNT, offsetof(struct own_metric, high), 0, "/high", "aggregation"},
    {AGGREGATE_COUNT, offsetof(struct own_metric, decimals), 1, "/decimals", "aggregation"},
    {AGGREGATE_NET, offsetof(struct own_metric, decimals), 1, "/decimals", "aggregation"},
    {AGGREGATE_NET, offsetof(struct own_metric, low), 10000, "/low", "aggregation"},
    {AGGREGATE_SHARE, offsetof(struct own_metric, decimals), 1, "/decimals", "aggregation"},
    {AGGREGATE_SHARE, offsetof(struct own_metric, share_from), 0, "/share_from", "range"},
    {AGGREGATE_SHARE, offsetof(struct own_metric, share_from), 20000, "/share_from", "range"},
    {AGGREGATE_SHARE, offsetof(struct own_metric, share_from), 5000, "/share_from", "range"},
};

START_TEST(refuses_what_does_not_go_together) {
  struct own_metric own = asked(REFUSED[_i].aggregation);
  *(int64_t *)(void *)((char *)&own + REFUSED[_i].offset) = REFUSED[_i].value;
  assert_refused(&own, REFUSED[_i].pointer, REFUSED[_i].rule);
}
END_TEST

START_TEST(refuses_scales_without_an_order) {
  struct own_metric own = asked(AGGREGATE_MEAN);
  own.low = own.high = 10000;
  assert_refused(&own, "/high", "order");
  own.high = 15000;
  assert_refused(&own, "/high", "decimals");
  own = asked(AGGREGATE_SHARE);
  own.low = 0;
  own.high = 120000;
  assert_refused(&own, "/high", "range");
}
END_TEST

static void assert_bins_refused(const int64_t *bins, size_t count, const char *pointer, const char *rule) {
  struct own_metric own = asked(AGGREGATE_MEAN);
  own.low = 0;
  own.high = 100000;
  own.edges = bins;
  own.edges_count = count;
  assert_refused(&own, pointer, rule);
}

START_TEST(refuses_bins_that_miss_values) {
  assert_bins_refused((const int64_t[]){0}, 1, "/bins", "length");
  assert_bins_refused((const int64_t[]){10000, 20000}, 2, "/bins/0", "range");
  assert_bins_refused((const int64_t[]){0, 20000, 20000}, 3, "/bins/2", "order");
  assert_bins_refused((const int64_t[]){0, 110000}, 2, "/bins/1", "range");
  assert_bins_refused((const int64_t[]){0, 5000}, 2, "/bins/1", "decimals");
}
END_TEST

START_TEST(refuses_keys_that_are_none) {
  static const char *const KEYS[] = {"", "X", "1x", "a-b", "a b", "coverage"};
  for (size_t i = 0; i < ROWS(KEYS); i++) {
    struct own_metric own = asked(AGGREGATE_MEAN);
    own.key = text_of(KEYS[i]);
    assert_refused(&own, "/key", strcmp(KEYS[i], "coverage") == 0 ? "reserved" : "format");
  }
}
END_TEST

START_TEST(asks_for_a_unit_where_there_is_none) {
  struct own_metric own = asked(AGGREGATE_SUM);
  own.unit = TEXT_NONE;
  assert_refused(&own, "/unit", "required");
  own = asked(AGGREGATE_SHARE);
  own.unit = TEXT("stars");
  assert_refused(&own, "/unit", "aggregation");
}
END_TEST

// Values in ten-thousandths of the unit.
static const struct {
  const char *key;
  int64_t value, stored;
  const char *rule;
} VALUES[] = {
    {"service_availability", 999500, 9995, NULL},
    {"service_availability", 0, 0, NULL},
    {"service_availability", 1000000, 10000, NULL},
    {"service_availability", 1000100, 0, "range"},
    {"service_availability", -100, 0, "range"},
    {"service_availability", 999950, 0, "decimals"},
    {"executive_satisfaction", 40000, 4, NULL},
    {"executive_satisfaction", 45000, 0, "decimals"},
    {"executive_satisfaction", 60000, 0, "range"},
    {"executive_satisfaction", 0, 0, "range"},
    {"service_desk_budget", INT64_C(1000000000000000), INT64_C(10000000000000), NULL},
    {"service_desk_budget", -1, 0, "decimals"},
    {"service_desk_budget", -100, 0, "range"},
    {"objective_to_initiative_time", 900000, 90, NULL},
};

START_TEST(stores_values_as_whole_numbers) {
  int64_t stored = 0;
  bool good = metric_store_value(metric_find(text_of(VALUES[_i].key)), VALUES[_i].value, TEXT("/value"), &stored, &issues);
  ck_assert_int_eq(good, VALUES[_i].rule == NULL);
  if (good)
    ck_assert_int_eq(stored, VALUES[_i].stored);
  else
    ck_assert(text_is(issues.list[0].rule, VALUES[_i].rule) && text_is(issues.list[0].pointer, "/value"));
}
END_TEST

START_TEST(counts_ones_only) {
  int64_t stored;
  struct own_metric own = asked(AGGREGATE_COUNT);
  assert_made(&own);
  ck_assert(metric_store_value(&metric, OWN_METRIC_UNIT, TEXT("/value"), &stored, &issues));
  ck_assert(!metric_store_value(&metric, 2 * OWN_METRIC_UNIT, TEXT("/value"), &stored, &issues));
}
END_TEST

START_TEST(knows_the_decimals_of_values) {
  ck_assert_int_eq(metric_decimals(metric_find(TEXT("happiness"))), 0);
  ck_assert_int_eq(metric_decimals(metric_find(TEXT("cost_per_ticket"))), 2);
  ck_assert_int_eq(metric_decimals(metric_find(TEXT("resolution_time"))), -1);
}
END_TEST

static Suite *own_metric_suite(void) {
  Suite *suite = suite_create("own_metric");
  TCase *tests = tcase_create("own_metric");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_test(tests, fills_in_what_was_not_said);
  tcase_add_test(tests, has_names_for_all_but_stocks);
  tcase_add_test(tests, keeps_scales_and_bins_in_stored_units);
  tcase_add_test(tests, gives_each_value_a_bin_or_makes_ten);
  tcase_add_test(tests, takes_ratings_for_a_net_score);
  tcase_add_test(tests, counts_part_of_the_values_of_a_share);
  tcase_add_loop_test(tests, refuses_what_does_not_go_together, 0, ROWS(REFUSED));
  tcase_add_test(tests, refuses_scales_without_an_order);
  tcase_add_test(tests, refuses_bins_that_miss_values);
  tcase_add_test(tests, refuses_keys_that_are_none);
  tcase_add_test(tests, asks_for_a_unit_where_there_is_none);
  tcase_add_loop_test(tests, stores_values_as_whole_numbers, 0, ROWS(VALUES));
  tcase_add_test(tests, counts_ones_only);
  tcase_add_test(tests, knows_the_decimals_of_values);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(own_metric_suite()); }
