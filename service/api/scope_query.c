// Reads and writes scopes.
#include "api/scope_query.h"

#include "api/service.h"
#include "domain/dimension.h"

static void check_term(struct request *request, const struct scope_term *term) {
  int slot = tenant_dimension_slot(tenant_of(request), term->dimension);
  if (slot == 0)
    issues_add(&request->issues, TEXT("scope"), "unknown", "names \"%.*s\", which is not a dimension of this tenant", (int)term->dimension.length,
               term->dimension.at);
  for (size_t i = 0; slot < 0 && i < term->count; i++)
    if (derived_dimension_code(-slot - 1, term->values[i]) == 0)
      issues_add(&request->issues, TEXT("scope"), "enum", "names \"%.*s\", which is no value of %.*s", (int)term->values[i].length,
                 term->values[i].at, (int)term->dimension.length, term->dimension.at);
}

void scope_read(struct request *request, struct scope *scope) {
  *scope = (struct scope){NULL, 0};
  if (!scope_parse(request_query(request, "scope"), scope, &request->arena, &request->issues)) {
    if (request->issues.total == 0) issues_add(&request->issues, TEXT("scope"), "size", "is too large");
    *scope = (struct scope){NULL, 0};
  }
  for (size_t i = 0; i < scope->count; i++)
    check_term(request, &scope->terms[i]);
}

void scope_write(const struct scope *scope, struct json_writer *json) {
  json_object(json);
  for (size_t i = 0; i < scope->count; i++) {
    json_name_text(json, scope->terms[i].dimension);
    json_array(json);
    for (size_t j = 0; j < scope->terms[i].count; j++)
      json_text(json, scope->terms[i].values[j]);
    json_array_end(json);
  }
  json_object_end(json);
}
