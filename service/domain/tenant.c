// Finds a tenant's dimensions.
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
