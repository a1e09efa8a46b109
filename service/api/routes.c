// Lists every path with who may use it and what does the work. openapi/openapi.yaml lists the same.
#include "api/routes.h"

#include "api/endpoints.h"
#include "api/import_api.h"
#include "store/key_store.h"

enum { ANYBODY = 0, PORTAL = ROLE_PORTAL | ROLE_ADMIN, DASHBOARD = ROLE_DASHBOARD | ROLE_ADMIN, ADMIN = ROLE_ADMIN };

const struct route ROUTES[] = {
    // Measure
    {METHOD_PUT, "/v1/tickets/{ref}", PORTAL, BODY_JSON, ticket_put, NULL},
    {METHOD_GET, "/v1/tickets/{ref}", DASHBOARD, BODY_NONE, ticket_get, NULL},
    {METHOD_GET, "/v1/tickets", DASHBOARD, BODY_NONE, ticket_list, NULL},
    {METHOD_POST, "/v1/tickets/import", PORTAL, BODY_BULK, import_tickets_end, import_tickets_chunk},
    {METHOD_POST, "/v1/responses", PORTAL, BODY_JSON, response_post, NULL},
    {METHOD_GET, "/v1/responses", ADMIN, BODY_NONE, response_list, NULL},
    {METHOD_GET, "/v1/responses/{id}", ADMIN, BODY_NONE, response_get, NULL},
    {METHOD_PATCH, "/v1/responses/{id}", PORTAL, BODY_PATCH, response_patch, NULL},
    {METHOD_DELETE, "/v1/responses/{id}", ADMIN, BODY_NONE, response_delete, NULL},
    {METHOD_POST, "/v1/responses/{id}/exclusion", ADMIN, BODY_JSON, exclusion_post, NULL},
    {METHOD_DELETE, "/v1/responses/{id}/exclusion", ADMIN, BODY_NONE, exclusion_delete, NULL},
    {METHOD_POST, "/v1/responses/import", PORTAL, BODY_BULK, import_responses_end, import_responses_chunk},
    {METHOD_POST, "/v1/measurements", PORTAL, BODY_JSON, measurement_post, NULL},
    {METHOD_GET, "/v1/measurements", DASHBOARD, BODY_NONE, measurement_list, NULL},
    {METHOD_GET, "/v1/measurements/{id}", DASHBOARD, BODY_NONE, measurement_get, NULL},
    {METHOD_DELETE, "/v1/measurements/{id}", ADMIN, BODY_NONE, measurement_delete, NULL},
    {METHOD_POST, "/v1/measurements/import", PORTAL, BODY_BULK, import_measurements_end, import_measurements_chunk},
    // Read
    {METHOD_GET, "/v1/experience", DASHBOARD, BODY_NONE, experience_get, NULL},
    {METHOD_GET, "/v1/experience/breakdown", DASHBOARD, BODY_NONE, experience_breakdown, NULL},
    {METHOD_GET, "/v1/experience/trend", DASHBOARD, BODY_NONE, experience_trend, NULL},
    {METHOD_GET, "/v1/experience/distribution", DASHBOARD, BODY_NONE, experience_distribution, NULL},
    {METHOD_GET, "/v1/experience/comments", DASHBOARD, BODY_NONE, experience_comments, NULL},
    {METHOD_POST, "/v1/baselines", ADMIN, BODY_JSON, baseline_post, NULL},
    {METHOD_GET, "/v1/baselines", DASHBOARD, BODY_NONE, baseline_list, NULL},
    {METHOD_GET, "/v1/baselines/{id}", DASHBOARD, BODY_NONE, baseline_get, NULL},
    {METHOD_GET, "/v1/baselines/{id}/comparison", DASHBOARD, BODY_NONE, baseline_comparison, NULL},
    // Identify
    {METHOD_GET, "/v1/insights/watermelon", DASHBOARD, BODY_NONE, watermelon_get, NULL},
    {METHOD_GET, "/v1/insights/drivers", DASHBOARD, BODY_NONE, drivers_get, NULL},
    {METHOD_GET, "/v1/insights/concentration", DASHBOARD, BODY_NONE, concentration_get, NULL},
    {METHOD_GET, "/v1/insights/carry-over", DASHBOARD, BODY_NONE, carry_over_get, NULL},
    {METHOD_GET, "/v1/insights/what-matters", DASHBOARD, BODY_NONE, insight_what_matters, NULL},
    {METHOD_GET, "/v1/insights/signals", DASHBOARD, BODY_NONE, insight_signals, NULL},
    // Agree
    {METHOD_PUT, "/v1/xlas/{slug}", ADMIN, BODY_JSON, xla_put, NULL},
    {METHOD_POST, "/v1/xlas", ADMIN, BODY_JSON, xla_post, NULL},
    {METHOD_GET, "/v1/xlas", DASHBOARD, BODY_NONE, xla_list, NULL},
    {METHOD_GET, "/v1/xlas/{slug}", DASHBOARD, BODY_NONE, xla_get, NULL},
    {METHOD_PATCH, "/v1/xlas/{slug}", ADMIN, BODY_PATCH, xla_patch, NULL},
    {METHOD_DELETE, "/v1/xlas/{slug}", ADMIN, BODY_NONE, xla_delete, NULL},
    {METHOD_GET, "/v1/xlas/{slug}/status", DASHBOARD, BODY_NONE, xla_status, NULL},
    {METHOD_GET, "/v1/xlas/{slug}/history", DASHBOARD, BODY_NONE, xla_history, NULL},
    {METHOD_POST, "/v1/xlas/{slug}/exclusion-periods", ADMIN, BODY_JSON, exclusion_period_post, NULL},
    {METHOD_GET, "/v1/xlas/{slug}/exclusion-periods", DASHBOARD, BODY_NONE, exclusion_period_list, NULL},
    {METHOD_DELETE, "/v1/xlas/{slug}/exclusion-periods/{id}", ADMIN, BODY_NONE, exclusion_period_delete, NULL},
    // Improve
    {METHOD_PUT, "/v1/objectives/{slug}", ADMIN, BODY_JSON, objective_put, NULL},
    {METHOD_GET, "/v1/objectives", DASHBOARD, BODY_NONE, objective_list, NULL},
    {METHOD_GET, "/v1/objectives/{slug}", DASHBOARD, BODY_NONE, objective_get, NULL},
    {METHOD_DELETE, "/v1/objectives/{slug}", ADMIN, BODY_NONE, objective_delete, NULL},
    {METHOD_GET, "/v1/programme", DASHBOARD, BODY_NONE, programme_get, NULL},
    {METHOD_GET, "/v1/maturity", DASHBOARD, BODY_NONE, maturity_get, NULL},
    // Administer
    {METHOD_POST, "/v1/keys", ADMIN, BODY_JSON, key_post, NULL},
    {METHOD_GET, "/v1/keys", ADMIN, BODY_NONE, key_list, NULL},
    {METHOD_GET, "/v1/keys/{id}", ADMIN, BODY_NONE, key_get, NULL},
    {METHOD_DELETE, "/v1/keys/{id}", ADMIN, BODY_NONE, key_delete, NULL},
    {METHOD_POST, "/v1/dimensions", ADMIN, BODY_JSON, dimension_post, NULL},
    {METHOD_GET, "/v1/dimensions", DASHBOARD, BODY_NONE, dimension_list, NULL},
    {METHOD_GET, "/v1/dimensions/{name}", DASHBOARD, BODY_NONE, dimension_get, NULL},
    {METHOD_PATCH, "/v1/dimensions/{name}", ADMIN, BODY_PATCH, dimension_patch, NULL},
    {METHOD_POST, "/v1/metrics", ADMIN, BODY_JSON, metric_post, NULL},
    {METHOD_GET, "/v1/metrics", DASHBOARD, BODY_NONE, metric_list, NULL},
    {METHOD_GET, "/v1/metrics/{key}", DASHBOARD, BODY_NONE, metric_get, NULL},
    {METHOD_GET, "/v1/metrics/coverage", DASHBOARD, BODY_NONE, metric_coverage, NULL},
    {METHOD_PATCH, "/v1/metrics/{key}", ADMIN, BODY_PATCH, metric_patch, NULL},
    {METHOD_GET, "/v1/settings", ADMIN, BODY_NONE, settings_get, NULL},
    {METHOD_PATCH, "/v1/settings", ADMIN, BODY_PATCH, settings_patch, NULL},
    {METHOD_GET, "/v1/audit", ADMIN, BODY_NONE, audit_list, NULL},
    {METHOD_POST, "/v1/webhooks", ADMIN, BODY_JSON, webhook_post, NULL},
    {METHOD_GET, "/v1/webhooks", ADMIN, BODY_NONE, webhook_list, NULL},
    {METHOD_GET, "/v1/webhooks/{id}", ADMIN, BODY_NONE, webhook_get, NULL},
    {METHOD_PATCH, "/v1/webhooks/{id}", ADMIN, BODY_PATCH, webhook_patch, NULL},
    {METHOD_DELETE, "/v1/webhooks/{id}", ADMIN, BODY_NONE, webhook_delete, NULL},
    {METHOD_POST, "/v1/webhooks/{id}/rotate", ADMIN, BODY_NONE, webhook_rotate, NULL},
    {METHOD_POST, "/v1/webhooks/{id}/test", ADMIN, BODY_NONE, delivery_test, NULL},
    {METHOD_GET, "/v1/webhooks/{id}/deliveries", ADMIN, BODY_NONE, delivery_list, NULL},
    {METHOD_POST, "/v1/webhooks/{id}/deliveries/{delivery}/resend", ADMIN, BODY_NONE, delivery_resend, NULL},
    // Operate
    {METHOD_GET, "/healthz", ANYBODY, BODY_NONE, health_get, NULL},
    {METHOD_GET, "/readyz", ANYBODY, BODY_NONE, ready_get, NULL},
    {METHOD_GET, "/metrics", ANYBODY, BODY_NONE, metrics_get, NULL},
    {METHOD_GET, "/openapi.json", ANYBODY, BODY_NONE, openapi_get, NULL},
};
const size_t ROUTES_COUNT = sizeof ROUTES / sizeof *ROUTES;
