// One value of one member: what it has to be, how it is stored in the record, and what a client is told when it is not so.
// Used by fields.c, which takes the values from JSON or from cells.
#ifndef XLAD_JSON_FIELD_VALUE_H
#define XLAD_JSON_FIELD_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/errors.h"
#include "base/text.h"
#include "json/fields.h"
#include "json/number.h"

// One record that is being read.
struct field_reader {
  const struct field_table *table;
  char *record;
  struct arena *arena;
  struct issues *issues;
  const char *instant_pattern;  // NULL: RFC 3339
  struct text prefix;           // JSON pointer of the record within the body
  bool out_of_memory;           // the arena refused; nothing else that was found counts
};

// Where an issue is: a member, an entry of it (a map's key or a list's position), or with an absent member the whole body.
struct field_place {
  struct text member;
  struct text key;     // absent: none
  const size_t *item;  // NULL: none
};

// Adds an issue at `place` as a JSON pointer; a name that is too long to be echoed is cut.
void field_complain(struct field_reader *reader, struct field_place place, const char *rule, const char *detail);
// The same for a row, with the sentence that says what the row takes: "must be a whole number from 0 to 10".
void field_complain_value(struct field_reader *reader, const struct field *row, const char *rule);
// The same for an entry of a list or map.
void field_complain_entry(struct field_reader *reader, const struct field *row, struct text key, const size_t *item, const char *rule);

// Whether nothing was stored.
bool field_absent(const struct field *row, char *record);
void field_set_absent(const struct field *row, char *record);

// Each stores a value of its kind, or complains and leaves the field absent (a list or map: without that entry). Texts are UTF-8 and are copied.
void field_put_number(struct field_reader *reader, const struct field *row, enum number_kind kind, int64_t value);
void field_put_int(struct field_reader *reader, const struct field *row, int64_t value);  // without check
void field_put_instant(struct field_reader *reader, const struct field *row, struct text value);
void field_put_decimal(struct field_reader *reader, const struct field *row, enum number_kind kind, int64_t value);  // value: scaled
void field_put_day(struct field_reader *reader, const struct field *row, struct text value);
void field_put_money(struct field_reader *reader, const struct field *row, struct text value);
void field_put_enum(struct field_reader *reader, const struct field *row, struct text value);
void field_put_text(struct field_reader *reader, const struct field *row, struct text value);
// Begins an empty list or map with room for `count` entries, at most count_max; false after a complaint.
bool field_begin_entries(struct field_reader *reader, const struct field *row, size_t count);
// `item` is the position in the source, for the pointer.
void field_add_item(struct field_reader *reader, const struct field *row, size_t item, struct text value);
void field_add_decimal(struct field_reader *reader, const struct field *row, size_t item, enum number_kind kind, int64_t value);
// Stands in the order of names, which means nothing in an object. JSON's gate has seen to it that no name comes twice.
void field_add_number(struct field_reader *reader, const struct field *row, struct text name, enum number_kind kind, int64_t value);
// Needs a name that is UTF-8; complains about one that is there already.
void field_add_pair(struct field_reader *reader, const struct field *row, struct text name, struct text value);

// Typed access to a row's field.
int64_t *field_int(const struct field *row, char *record);
struct text *field_text(const struct field *row, char *record);
struct text_list *field_list(const struct field *row, char *record);
struct decimal_list *field_decimals(const struct field *row, char *record);
struct record_list *field_records(const struct field *row, char *record);
struct text_lists *field_lists(const struct field *row, char *record);
struct decimal_map *field_numbers(const struct field *row, char *record);
struct text_map *field_map(const struct field *row, char *record);

#endif
