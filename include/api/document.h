// Documents that are stored whole as JSON: their texts, what differs between two of them, and patches that can't be read yet.
#ifndef XLAD_API_DOCUMENT_H
#define XLAD_API_DOCUMENT_H

#include "http/request.h"
#include "json/fields.h"

// A record by a table as a JSON object; absent when memory is out.
struct text document_text(const struct field_table *table, const void *record, struct arena *arena);
// What differs, as fields_write_changes() writes it, and in how many members; `before` may be NULL. Absent when memory is out.
struct text document_changes(const struct field_table *table, const void *before, const void *after, struct arena *arena, size_t *count);

// Dimensions, and the values in each, in their one order, so that equal scopes are equal texts; adds an issue for each that the tenant doesn't have,
// and for unknown values of derived ones, below `pointer`.
void document_settle_scope(struct request *request, struct text_lists *scope, const char *pointer);

// A patch can't be read before it is known what it changes; what is no JSON is refused at once.
enum err document_check_patch(struct request *request);

// Answers a write with what the request's answer holds, its ETag, and for a 201 its place.
enum err document_answer(struct request *request, int status, const char *folder, struct text name);

#endif
