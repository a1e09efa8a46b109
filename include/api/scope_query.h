// The query parameter `scope`, held against the tenant's dimensions.
#ifndef XLAD_API_SCOPE_QUERY_H
#define XLAD_API_SCOPE_QUERY_H

#include "domain/scope.h"
#include "http/request.h"

// Adds issues for what can't be read, for unknown dimensions, and for unknown values of derived ones.
void scope_read(struct request *request, struct scope *scope);
// The same of a text that came otherwise, as `prefix` and "scope".
void scope_take(struct request *request, struct text given, const char *prefix, struct scope *scope);
// As a member's value: {"service": ["vpn"]}.
void scope_write(const struct scope *scope, struct json_writer *json);

#endif
