// Writes, compares and checks documents.
#include "api/document.h"

#include <stdlib.h>

#include "api/service.h"
#include "domain/dimension.h"
#include "http/reply.h"
#include "json/changes.h"
#include "json/gate.h"

struct text document_text(const struct field_table *table, const void *record, struct arena *arena) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  fields_write(table, record, &json);
  json_object_end(&json);
  struct text text = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}

struct text document_changes(const struct field_table *table, const void *before, const void *after, struct arena *arena, size_t *count) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, 2 * BODY_BYTES_MAX);
  json_start(&json, &out);
  *count = fields_write_changes(table, before, after, &json);
  struct text changes = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  return changes;
}

static int compare_names(const void *a, const void *b) {
  return text_compare(((const struct named_texts *)a)->name, ((const struct named_texts *)b)->name);
}

static int compare_texts(const void *a, const void *b) { return text_compare(*(const struct text *)a, *(const struct text *)b); }

void document_settle_scope(struct request *request, struct text_lists *scope, const char *pointer) {
  const struct tenant *tenant = tenant_of(request);
  if (scope->count > 0) qsort(scope->items, scope->count, sizeof *scope->items, compare_names);
  for (size_t i = 0; i < scope->count; i++) {
    const struct named_texts *term = &scope->items[i];
    int slot = tenant_dimension_slot(tenant, term->name);
    qsort(term->items, term->count, sizeof *term->items, compare_texts);
    struct text place = arena_format(&request->arena, "%s/%.*s", pointer, (int)term->name.length, term->name.at);
    if (slot == 0) issues_add(&request->issues, place, "unknown", "is not a dimension of this tenant");
    for (size_t k = 0; slot < 0 && k < term->count; k++)
      if (derived_dimension_code(-slot - 1, term->items[k]) == 0)
        issues_add(&request->issues, place, "enum", "holds \"%.*s\", which is no value of it", (int)term->items[k].length, term->items[k].at);
  }
}

enum err document_check_patch(struct request *request) {
  struct gate_refusal refusal;
  if (gate_check(buffer_view(&request->body), &refusal)) return ERR_NONE;
  if (refusal.out_of_memory) return ERR_UNAVAILABLE;
  return request_refuse(request, ERR_NOT_JSON, TEXT(""), "json", "%s, at byte %zu", refusal.reason, refusal.offset);
}

enum err document_answer(struct request *request, int status, const char *folder, struct text name) {
  struct text tag = reply_entity_tag(request);
  if (tag.at) request_add_header(request, "ETag", tag);
  if (status == 201) request_add_header(request, "Location", arena_format(&request->arena, "%s/%.*s", folder, (int)name.length, name.at));
  return request_answer(request, status);
}
