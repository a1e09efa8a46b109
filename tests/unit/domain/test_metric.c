// Checks that the catalogue is sound, and that its permanent ids, directions and scales stay what they are.
#include "domain/metric.h"

#include "unit.h"

#include <string.h>

// What stored data relies on; a row here may never change.
static const struct {
  int id;
  const char *key;
  enum aggregation aggregation;
  const char *unit;
  int64_t divisor, low, high, share_from;
  enum better better;
  int maturity;
  bool hidden;
} KEPT[] = {
    {1, "happiness", AGGREGATE_NET, "points", 1, 0, 10, 0, BETTER_HIGHER, 3, false},
    {2, "lost_time", AGGREGATE_MEAN, "minutes", 1, 0, 0, 0, BETTER_LOWER, 3, false},
    {5, "csat", AGGREGATE_SHARE, "percent", 1, 1, 5, 4, BETTER_HIGHER, 3, false},
    {6, "ces", AGGREGATE_MEAN, "score", 1, 1, 7, 0, BETTER_HIGHER, 3, false},
    {7, "nps", AGGREGATE_NET, "points", 1, 0, 10, 0, BETTER_HIGHER, 3, false},
    {8, "expectation", AGGREGATE_MEAN, "score", 1, -2, 2, 0, BETTER_HIGHER, 3, false},
    {9, "promise_kept", AGGREGATE_MEAN, "score", 1, -2, 2, 0, BETTER_HIGHER, 3, false},
    {10, "brand_promise", AGGREGATE_MEAN, "score", 1, -2, 2, 0, BETTER_HIGHER, 3, false},
    {11, "responses", AGGREGATE_COUNT, "responses", 1, 0, 0, 0, BETTER_NEITHER, 3, true},
    {12, "lost_time_excess", AGGREGATE_MEAN, "minutes", 1, 0, 0, 0, BETTER_LOWER, 3, true},
    {13, "factors_positive", AGGREGATE_COUNT, "responses", 1, 0, 0, 0, BETTER_NEITHER, 3, true},
    {14, "factors_neutral", AGGREGATE_COUNT, "responses", 1, 0, 0, 0, BETTER_NEITHER, 3, true},
    {15, "factors_negative", AGGREGATE_COUNT, "responses", 1, 0, 0, 0, BETTER_NEITHER, 3, true},
    {16, "factors_unrated", AGGREGATE_COUNT, "responses", 1, 0, 0, 0, BETTER_NEITHER, 3, true},
    {17, "bare_ratings", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_NEITHER, 3, true},
    {20, "ticket_volume", AGGREGATE_COUNT, "tickets", 1, 0, 0, 0, BETTER_NEITHER, 1, false},
    {21, "backlog", AGGREGATE_STOCK, "tickets", 1, 0, 0, 0, BETTER_LOWER, 1, false},
    {22, "sla_met", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_HIGHER, 1, false},
    {23, "resolution_time", AGGREGATE_MEAN, "minutes", 60, 0, 0, 0, BETTER_LOWER, 1, false},
    {24, "response_time", AGGREGATE_MEAN, "minutes", 60, 0, 0, 0, BETTER_LOWER, 1, false},
    {25, "repair_time", AGGREGATE_MEAN, "minutes", 60, 0, 0, 0, BETTER_LOWER, 1, false},
    {26, "reassigned", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_LOWER, 1, false},
    {27, "reopened", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_LOWER, 1, false},
    {28, "first_level_resolved", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_HIGHER, 1, false},
    {29, "level0_solvable", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_LOWER, 1, false},
    {30, "miscategorised", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_LOWER, 2, false},
    {31, "known_problem", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_HIGHER, 2, false},
    {32, "known_resolution", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_HIGHER, 2, false},
    {33, "business_impact", AGGREGATE_MEAN, "score", 1, 1, 5, 0, BETTER_LOWER, 2, false},
    {34, "handle_time", AGGREGATE_MEAN, "minutes", 1, 0, 0, 0, BETTER_LOWER, 1, false},
    {35, "cost_per_ticket", AGGREGATE_MEAN, "currency", 100, 0, 0, 0, BETTER_LOWER, 1, false},
    {40, "procedures_automated", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 2, false},
    {41, "service_availability", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 2, false},
    {42, "suppliers_reviewed", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 2, false},
    {43, "planned_services_satisfaction", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 4, false},
    {44, "executive_satisfaction", AGGREGATE_MEAN, "score", 1, 1, 5, 0, BETTER_HIGHER, 4, false},
    {45, "objective_to_initiative_time", AGGREGATE_MEAN, "days", 1, 0, 0, 0, BETTER_LOWER, 4, false},
    {46, "idea_satisfaction", AGGREGATE_MEAN, "score", 1, 1, 5, 0, BETTER_HIGHER, 4, false},
    {47, "innovative_initiatives", AGGREGATE_SUM, "initiatives", 1, 0, 0, 0, BETTER_HIGHER, 4, false},
    {48, "objectives_in_it_strategy", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 5, false},
    {49, "self_funding_initiatives", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 5, false},
    {50, "it_strategy_satisfaction", AGGREGATE_MEAN, "score", 1, 1, 5, 0, BETTER_HIGHER, 5, false},
    {51, "objectives_attained_by_it", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 5, false},
    {52, "projects_championed", AGGREGATE_MEAN, "percent", 100, 0, 10000, 0, BETTER_HIGHER, 5, false},
    {53, "service_desk_budget", AGGREGATE_SUM, "currency", 100, 0, 0, 0, BETTER_NEITHER, 1, false},
    {36, "ticket_response_share", AGGREGATE_SHARE, "percent", 1, 0, 1, 1, BETTER_HIGHER, 3, true},
    {37, "resolved_tickets", AGGREGATE_COUNT, "tickets", 1, 0, 0, 0, BETTER_NEITHER, 1, true},
    {38, "answered_tickets", AGGREGATE_COUNT, "tickets", 1, 0, 0, 0, BETTER_NEITHER, 3, true},
};

START_TEST(keeps_what_stored_data_relies_on) {
  const struct metric *metric = metric_by_id(KEPT[_i].id);
  ck_assert_ptr_nonnull(metric);
  ck_assert_ptr_eq(metric, metric_find(text_of(KEPT[_i].key)));
  ck_assert_str_eq(metric->key, KEPT[_i].key);
  ck_assert_int_eq(metric->aggregation, KEPT[_i].aggregation);
  ck_assert_str_eq(metric->unit, KEPT[_i].unit);
  ck_assert_int_eq(metric->divisor, KEPT[_i].divisor);
  ck_assert_int_eq(metric->low, KEPT[_i].low);
  ck_assert_int_eq(metric->high, KEPT[_i].high);
  ck_assert_int_eq(metric->share_from, KEPT[_i].share_from);
  ck_assert_int_eq(metric->better, KEPT[_i].better);
  ck_assert_int_eq(metric->maturity, KEPT[_i].maturity);
  ck_assert_int_eq(metric->hidden, KEPT[_i].hidden);
  ck_assert_int_eq(metric->source, KEPT[_i].id < 20 ? SOURCE_RESPONSE : KEPT[_i].id < 40 ? SOURCE_TICKET : SOURCE_MANUAL);
}
END_TEST

START_TEST(holds_every_preset_once) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  ck_assert_uint_eq(count, ROWS(KEPT));
  for (size_t i = 0; i < count; i++) {
    // Finding by id and by key both lead back to the row, so neither repeats.
    ck_assert_ptr_eq(metric_by_id(presets[i].id), &presets[i]);
    ck_assert_ptr_eq(metric_find(text_of(presets[i].key)), &presets[i]);
    ck_assert_uint_gt(strlen(presets[i].title), 0);
  }
}
END_TEST

START_TEST(has_ascending_edges_that_fit_the_scale) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    const struct metric *metric = &presets[i];
    bool counted = metric->aggregation == AGGREGATE_SUM || metric->aggregation == AGGREGATE_COUNT || metric->aggregation == AGGREGATE_STOCK;
    ck_assert(metric->hidden || (metric->bins == 0) == counted);
    ck_assert(metric->bins == 0 || !counted);
    ck_assert_uint_le(metric->bins, METRIC_BINS_MAX);
    if (metric->bins == 0) {
      continue;
    }
    ck_assert_int_eq(metric->edges[0], metric->low);
    for (size_t bin = 1; bin < metric->bins; bin++) {
      ck_assert_int_gt(metric->edges[bin], metric->edges[bin - 1]);
    }
    if (metric->low < metric->high) {
      ck_assert_int_le(metric->edges[metric->bins - 1], metric->high);
      // Where each value can have a bin of its own, it has.
      ck_assert((int64_t)metric->bins == metric->high - metric->low + 1 || metric->high - metric->low >= METRIC_BINS_MAX);
    }
  }
}
END_TEST

START_TEST(has_published_edges_of_lost_time_and_durations) {
  static const int64_t LOST[] = {0, 1, 15, 30, 60, 120, 240, 480, 960, 2400};
  static const int64_t MINUTES[] = {0, 15, 60, 240, 480, 1440, 4320, 10080, 20160, 43200};
  static const int64_t HANDLE[] = {0, 5, 15, 30, 60, 120, 240, 480, 960};
  for (size_t i = 0; i < 10; i++) {
    ck_assert_int_eq(metric_by_id(2)->edges[i], LOST[i]);
    ck_assert_int_eq(metric_by_id(23)->edges[i], 60 * MINUTES[i]);
    ck_assert_int_eq(metric_by_id(24)->edges[i], 60 * MINUTES[i]);
    ck_assert_int_eq(metric_by_id(25)->edges[i], 60 * MINUTES[i]);
  }
  for (size_t i = 0; i < 9; i++) {
    ck_assert_int_eq(metric_by_id(34)->edges[i], HANDLE[i]);
  }
  ck_assert_uint_eq(metric_by_id(2)->bins, 10);
  ck_assert_uint_eq(metric_by_id(23)->bins, 10);
  ck_assert_uint_eq(metric_by_id(34)->bins, 9);
}
END_TEST

START_TEST(shows_hidden_metrics_last) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  ck_assert_str_eq(presets[0].key, "happiness");
  for (size_t i = 1; i < count; i++) {
    ck_assert(presets[i].hidden || !presets[i - 1].hidden);
  }
}
END_TEST

START_TEST(does_not_find_what_is_not_there) {
  static const char *const STRANGERS[] = {"", "happines", "happiness2", "Happiness", "csat ", NULL};
  for (size_t i = 0; STRANGERS[i]; i++) {
    ck_assert_ptr_null(metric_find(text_of(STRANGERS[i])));
  }
  ck_assert_ptr_null(metric_find(TEXT_NONE));
  ck_assert_ptr_null(metric_by_id(0));
  ck_assert_ptr_null(metric_by_id(-1));
  ck_assert_ptr_null(metric_by_id(3));
  ck_assert_ptr_null(metric_by_id(18));
}
END_TEST

START_TEST(leaves_ids_for_what_excluded_responses_count_with) {
  size_t count;
  bool excluded;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    ck_assert_int_lt(presets[i].id, METRIC_EXCLUDED);
    ck_assert_int_eq(metric_id_of(presets[i].id, &excluded), presets[i].id);
    ck_assert(!excluded);
    ck_assert_int_eq(metric_id_of(presets[i].id + METRIC_EXCLUDED, &excluded), presets[i].id);
    ck_assert(excluded);
  }
  ck_assert_int_eq(metric_id_of(2 * METRIC_EXCLUDED, &excluded), 2 * METRIC_EXCLUDED);
  ck_assert(!excluded);
}
END_TEST

START_TEST(gives_each_metric_a_place_of_its_own) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    ck_assert_uint_eq(metric_place(&presets[i]), i);
  }
  struct metric first = {.id = METRIC_OWN_ID_MIN}, last = {.id = METRIC_OWN_ID_MIN + METRICS_OWN_MAX - 1};
  ck_assert_uint_eq(metric_place(&first), count);
  ck_assert_uint_eq(metric_place(&last), count + METRICS_OWN_MAX - 1);
  ck_assert_uint_lt(metric_place(&last), METRICS_MAX);
}
END_TEST

START_TEST(keeps_places_in_sets) {
  static const size_t PLACES[] = {0, 1, 63, 64, METRICS_MAX - 1};
  struct metric_set set = {{0}}, other = {{0}};
  ck_assert(metric_set_empty(&set));
  for (size_t i = 0; i < ROWS(PLACES); i++) {
    ck_assert(!metric_set_has(&set, PLACES[i]));
    metric_set_add(&set, PLACES[i]);
    ck_assert(metric_set_has(&set, PLACES[i]) && !metric_set_empty(&set));
  }
  ck_assert(!metric_set_has(&set, 62) && !metric_set_has(&set, 65));
  ck_assert(!metric_set_equal(&set, &other));
  metric_set_join(&other, &set);
  ck_assert(metric_set_equal(&set, &other));
  for (size_t i = 0; i < ROWS(PLACES); i++) {
    metric_set_remove(&set, PLACES[i]);
    ck_assert(!metric_set_has(&set, PLACES[i]));
  }
  ck_assert(metric_set_empty(&set));
}
END_TEST

static Suite *metric_suite(void) {
  Suite *suite = suite_create("metric");
  TCase *tests = tcase_create("metric");
  tcase_add_loop_test(tests, keeps_what_stored_data_relies_on, 0, ROWS(KEPT));
  tcase_add_test(tests, holds_every_preset_once);
  tcase_add_test(tests, has_ascending_edges_that_fit_the_scale);
  tcase_add_test(tests, has_published_edges_of_lost_time_and_durations);
  tcase_add_test(tests, shows_hidden_metrics_last);
  tcase_add_test(tests, does_not_find_what_is_not_there);
  tcase_add_test(tests, leaves_ids_for_what_excluded_responses_count_with);
  tcase_add_test(tests, gives_each_metric_a_place_of_its_own);
  tcase_add_test(tests, keeps_places_in_sets);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(metric_suite()); }
