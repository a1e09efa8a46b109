// Reads and writes scopes.
#include "api/scope_query.h"

#include "api/service.h"
#include "domain/dimension.h"

static void check_term(const struct tenant *tenant, const struct scope_term *term, struct issues *issues) {
  int slot = tenant_dimension_slot(tenant, term->dimension);
  if (slot == 0)
    issues_add(issues, TEXT("scope"), "unknown", "names \"%.*s\", which is not a dimension of this tenant", (int)term->dimension.length,
               term->dimension.at);
  for (size_t i = 0; slot < 0 && i < term->count; i++)
    if (derived_dimension_code(-slot - 1, term->values[i]) == 0)
      issues_add(issues, TEXT("scope"), "enum", "names \"%.*s\", which is no value of %.*s", (int)term->values[i].length, term->values[i].at,
                 (int)term->dimension.length, term->dimension.at);
}

static void take(struct request *request, struct text given, struct scope *scope, struct issues *issues) {
  *scope = (struct scope){NULL, 0};
  if (!scope_parse(given, scope, &request->arena, issues)) {
    if (issues->total == 0) issues_add(issues, TEXT("scope"), "size", "is too large");
    *scope = (struct scope){NULL, 0};
  }
  for (size_t i = 0; i < scope->count; i++)
    check_term(tenant_of(request), &scope->terms[i], issues);
}

void scope_read(struct request *request, struct scope *scope) { take(request, request_query(request, "scope"), scope, &request->issues); }

void scope_take(struct request *request, struct text given, const char *prefix, struct scope *scope) {
  struct issues found;
  issues_init(&found, &request->arena);
  take(request, given, scope, &found);
  issues_add_all(&request->issues, &found, prefix);
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
