// Holds two records against each other, member by member.
#include "json/changes.h"

#include "base/limits.h"

#include <string.h>

struct changes {
  struct json_writer *writer;
  size_t count;
};

// The member's value as it is written; null without a record. `out` is the caller's, cleared.
static struct text value_of(const struct field *row, const void *record, struct buffer *out) {
  struct field one = *row;
  struct json_writer writer;
  if (!record) return TEXT("null");
  one.flags &= ~(unsigned)FIELD_OMIT_NULL;
  json_start(&writer, out);
  fields_write(&(struct field_table){&one, 1}, record, &writer);
  // Behind the quoted name and a colon.
  size_t skip = strlen(row->name) + 3;
  struct text all = buffer_view(out);
  return all.length > skip ? (struct text){all.at + skip, all.length - skip} : TEXT("null");
}

static void note(struct changes *changes, const struct field *parent, const struct field *row, struct text from, struct text to) {
  struct buffer pointer;
  buffer_init(&pointer, BODY_BYTES_MAX);
  if (parent) buffer_format(&pointer, "/%s", parent->name);
  buffer_format(&pointer, "/%s", row->name);
  json_object(changes->writer);
  json_member_text(changes->writer, "pointer", buffer_view(&pointer));
  json_name(changes->writer, "from");
  json_raw(changes->writer, from);
  json_name(changes->writer, "to");
  json_raw(changes->writer, to);
  json_object_end(changes->writer);
  buffer_release(&pointer);
  changes->count++;
}

static void compare_row(struct changes *changes, const struct field *parent, const struct field *row, const void *before, const void *after) {
  struct buffer old, new;
  if ((row->flags & (FIELD_WRITE_ONLY | FIELD_IGNORED)) != 0) return;
  buffer_init(&old, BODY_BYTES_MAX);
  buffer_init(&new, BODY_BYTES_MAX);
  struct text from = value_of(row, before, &old), to = value_of(row, after, &new);
  if (!text_equals(from, to)) note(changes, parent, row, from, to);
  buffer_release(&old);
  buffer_release(&new);
}

size_t fields_write_changes(const struct field_table *table, const void *before, const void *after, struct json_writer *writer) {
  struct changes changes = {.writer = writer};
  json_array(writer);
  for (size_t i = 0; i < table->count; i++) {
    const struct field *row = &table->rows[i];
    if (row->kind != FIELD_RECORD) {
      compare_row(&changes, NULL, row, before, after);
      continue;
    }
    for (size_t k = 0; k < row->table->count; k++)
      compare_row(&changes, row, &row->table->rows[k], before ? (const char *)before + row->offset : NULL, (const char *)after + row->offset);
  }
  json_array_end(writer);
  return changes.count;
}
