// Finds a tenant's dimensions and metrics.
#include "domain/tenant.h"

#include "domain/dimension.h"

int tenant_dimension_slot(const struct tenant *tenant, struct text name) {
  for (size_t i = 0; i < tenant->dimensions_count; i++)
    if (text_is(name, tenant->dimensions[i].name)) return tenant->dimensions[i].id;
  return -(derived_dimension_find(name) + 1);
}

bool tenant_slug_valid(struct text slug) {
  if (slug.length == 0 || slug.length > SLUG_CHARS_MAX || slug.at[0] == '-') return false;
  for (size_t i = 0; i < slug.length; i++) {
    char c = slug.at[i];
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) return false;
  }
  return true;
}

const struct metric *tenant_metric(const struct tenant *tenant, size_t place) {
  size_t presets;
  const struct metric *preset = metric_presets(&presets);
  if (place < presets) return &preset[place];
  return place < tenant_metrics_count(tenant) ? &tenant->metrics->own[place - presets] : NULL;
}

size_t tenant_metrics_count(const struct tenant *tenant) {
  size_t presets;
  (void)metric_presets(&presets);
  return presets + (tenant->metrics ? tenant->metrics->own_count : 0);
}

const struct metric *tenant_metric_find(const struct tenant *tenant, struct text key) {
  const struct metric *preset = metric_find(key);
  if (preset || !tenant->metrics) return preset;
  for (size_t i = 0; i < tenant->metrics->own_count; i++)
    if (text_is(key, tenant->metrics->own[i].key)) return &tenant->metrics->own[i];
  return NULL;
}

const struct metric *tenant_metric_by_id(const struct tenant *tenant, int id) {
  if (id < METRIC_OWN_ID_MIN) return metric_by_id(id);
  size_t i = (size_t)(id - METRIC_OWN_ID_MIN);
  return tenant->metrics && i < tenant->metrics->own_count ? &tenant->metrics->own[i] : NULL;
}

struct metric_terms metric_terms_default(const struct metric *metric) {
  return (struct metric_terms){.version = 1, .level = metric->level, .wanted = !metric->hidden && !metric->optional, .target = ABSENT};
}

struct metric_terms tenant_metric_terms(const struct tenant *tenant, const struct metric *metric) {
  return tenant->metrics ? tenant->metrics->terms[metric_place(metric)] : metric_terms_default(metric);
}
