// Checks that a tenant's metrics are found beside the presets.
#include "domain/tenant.h"

#include "unit.h"

static struct tenant_metrics metrics;
static struct tenant tenant;

// A tenant with two metrics of its own, and a target for happiness.
static void settle(void) {
  size_t presets;
  const struct metric *preset = metric_presets(&presets);
  metrics = (struct tenant_metrics){.own_count = 2};
  for (size_t i = 0; i < presets; i++) {
    metrics.terms[i] = metric_terms_default(&preset[i]);
  }
  metrics.own[0] = (struct metric){.id = METRIC_OWN_ID_MIN, .key = "laptops_replaced"};
  metrics.own[1] = (struct metric){.id = METRIC_OWN_ID_MIN + 1, .key = "trees_planted"};
  metrics.terms[presets + 1] = (struct metric_terms){.version = 1, .wanted = true, .target = 5000};
  metrics.terms[metric_place(metric_find(TEXT("happiness")))].target = 4000;
  tenant = (struct tenant){.metrics = &metrics};
}

START_TEST(finds_own_metrics_by_key_id_and_place) {
  size_t presets;
  (void)metric_presets(&presets);
  settle();
  ck_assert_uint_eq(tenant_metrics_count(&tenant), presets + 2);
  for (size_t i = 0; i < tenant_metrics_count(&tenant); i++) {
    const struct metric *metric = tenant_metric(&tenant, i);
    ck_assert_ptr_nonnull(metric);
    ck_assert_uint_eq(metric_place(metric), i);
    ck_assert_ptr_eq(tenant_metric_by_id(&tenant, metric->id), metric);
    ck_assert_ptr_eq(tenant_metric_find(&tenant, text_of(metric->key)), metric);
  }
}
END_TEST

START_TEST(has_the_presets_alone_where_none_were_added) {
  size_t presets;
  (void)metric_presets(&presets);
  tenant = (struct tenant){.metrics = NULL};
  ck_assert_uint_eq(tenant_metrics_count(&tenant), presets);
  ck_assert_ptr_eq(tenant_metric_find(&tenant, TEXT("happiness")), metric_find(TEXT("happiness")));
  ck_assert_ptr_null(tenant_metric_find(&tenant, TEXT("trees_planted")));
  ck_assert_ptr_null(tenant_metric_by_id(&tenant, METRIC_OWN_ID_MIN));
  ck_assert_ptr_null(tenant_metric(&tenant, presets));
  struct metric_terms terms = tenant_metric_terms(&tenant, metric_find(TEXT("happiness")));
  ck_assert(terms.version == 1 && terms.wanted && terms.target == ABSENT);
  ck_assert(!tenant_metric_terms(&tenant, metric_find(TEXT("brand_promise"))).wanted);
  ck_assert(!tenant_metric_terms(&tenant, metric_find(TEXT("responses"))).wanted);
}
END_TEST

START_TEST(does_not_find_own_metrics_behind_the_last) {
  settle();
  ck_assert_ptr_null(tenant_metric_by_id(&tenant, METRIC_OWN_ID_MIN + 2));
  ck_assert_ptr_null(tenant_metric_by_id(&tenant, METRIC_OWN_ID_MIN - 1));
  ck_assert_ptr_null(tenant_metric_find(&tenant, TEXT("trees")));
  ck_assert_ptr_null(tenant_metric(&tenant, tenant_metrics_count(&tenant)));
}
END_TEST

START_TEST(knows_what_was_said_about_presets_and_own_ones) {
  settle();
  ck_assert_int_eq(tenant_metric_terms(&tenant, metric_find(TEXT("happiness"))).target, 4000);
  ck_assert_int_eq(tenant_metric_terms(&tenant, metric_find(TEXT("nps"))).target, ABSENT);
  ck_assert_int_eq(tenant_metric_terms(&tenant, &metrics.own[1]).target, 5000);
}
END_TEST

static Suite *tenant_suite(void) {
  Suite *suite = suite_create("tenant");
  TCase *tests = tcase_create("tenant");
  tcase_add_test(tests, finds_own_metrics_by_key_id_and_place);
  tcase_add_test(tests, has_the_presets_alone_where_none_were_added);
  tcase_add_test(tests, does_not_find_own_metrics_behind_the_last);
  tcase_add_test(tests, knows_what_was_said_about_presets_and_own_ones);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(tenant_suite()); }
