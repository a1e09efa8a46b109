// JSON objects by description: one table row per member reads it, checks it, and writes it.
#ifndef XLAD_JSON_FIELDS_H
#define XLAD_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/errors.h"
#include "base/text.h"
#include "json/writer.h"

// C type of each kind in the struct:
enum field_kind {
  FIELD_INT,      // int64_t in [min, max] within ±2^53; a JSON number that is whole exactly as written (also 1.0, 1e2); ABSENT when missing or null
  FIELD_BOOL,     // int64_t 0 or 1; ABSENT when missing or null
  FIELD_DECIMAL,  // int64_t in 1/FIELD_DECIMAL_UNIT in [min, max] from a JSON number of at most four decimals; ABSENT when missing or null
  FIELD_DAY,      // int64_t days (base/instant.h) from "YYYY-MM-DD"; ABSENT when missing or null
  FIELD_INSTANT,  // int64_t microseconds (base/instant.h) from an RFC 3339 string; ABSENT when missing or null
  FIELD_MONEY,    // int64_t hundredths in [min, max] from a decimal string such as "17.50"; ABSENT when missing or null
  FIELD_TEXT,     // struct text of [min, max] code points; absent when missing or null
  FIELD_ENUM,     // int64_t index into `choices` (NULL-terminated list of strings); ABSENT when missing or null
  FIELD_DECIMAL_LIST,  // struct decimal_list of [0, count_max] numbers as in FIELD_DECIMAL; items NULL when missing or null
  FIELD_TEXT_LIST,     // struct text_list of [0, count_max] different texts of [min, max] code points; items NULL when missing or null
  FIELD_TEXT_MAP,  // struct text_map: an object whose values are texts of [min, max] code points or null (dropped), at most count_max members; items
                   // NULL when missing or null
  FIELD_DECIMAL_MAP,  // struct decimal_map: an object whose values are numbers as in FIELD_DECIMAL or null (dropped), at most count_max members;
                      // items NULL when missing or null. In JSON bodies only
  FIELD_RECORD_LIST,  // struct record_list of [0, count_max] objects by `table`; items NULL when missing or null. In JSON bodies only, not in cells
  FIELD_RECORD,  // an object by `table`, whose struct stands at `offset`; when missing or null, each of its fields is absent. In JSON bodies only
  FIELD_LISTS,   // struct text_lists: an object whose values are lists of different texts of [min, max] code points, none of them empty, with at
                 // most count_max texts together; items NULL when missing or null. In JSON bodies only
};

enum { FIELD_DECIMALS = 4, FIELD_DECIMAL_UNIT = 10000 };

enum field_flag {
  FIELD_REQUIRED = 1,    // missing or null is an issue "required"
  FIELD_NO_CONTROL = 2,  // no control characters in the text(s)
  FIELD_READ_ONLY = 4,   // written in answers; in a body it is an unknown member
  FIELD_WRITE_ONLY = 8,  // taken in bodies, never written
  FIELD_OMIT_NULL = 16,  // left out of answers when absent, instead of null
  FIELD_IGNORED = 32,    // computed: taken in bodies, whatever it is, and never read, nor written
};

struct text_list {
  struct text *items;
  size_t count;
};

struct decimal_list {
  int64_t *items;
  size_t count;
};

struct record_list {
  void *items;
  size_t count;
};

struct named_texts {
  struct text name;
  struct text *items;
  size_t count;
};

struct text_lists {
  struct named_texts *items;
  size_t count;
};

struct text_pair {
  struct text name;
  struct text value;
};

struct decimal_pair {
  struct text name;
  int64_t value;
};

struct decimal_map {
  struct decimal_pair *items;
  size_t count;
};

struct text_map {
  struct text_pair *items;
  size_t count;
};

struct field {
  const char *name;  // JSON member
  enum field_kind kind;
  unsigned flags;  // of enum field_flag
  size_t offset;   // in the struct
  int64_t min;
  int64_t max;
  const char *const *choices;       // FIELD_ENUM
  size_t count_max;                 // FIELD_DECIMAL_LIST, FIELD_TEXT_LIST, FIELD_TEXT_MAP, FIELD_DECIMAL_MAP, FIELD_RECORD_LIST, FIELD_LISTS
  const struct field_table *table;  // FIELD_RECORD; FIELD_RECORD_LIST: of each item, which takes `size` bytes
  size_t size;
};

struct field_table {
  const struct field *rows;
  size_t count;  // at most 64
};

// Reads `body` (gate, parse, check) into *record, every field of the table set (absent ones to their absent value). All texts live in the arena.
// Gives ERR_NOT_JSON (one issue with pointer "" and the offset in the detail) when the gate refuses;
// ERR_INVALID with all issues when the value is no object or members are unknown, missing, of the wrong type, or out of range; ERR_INTERNAL out of
// memory. Whatever is not ERR_NONE leaves a record that must not be used. Rules of issues: "json", "type", "unknown", "required", "range", "length",
// "format", "enum", "unique".
// *present (may be NULL): bit i set when row i's member was there, null or not.
enum err fields_read(const struct field_table *table, struct text body, void *record, uint64_t *present, struct arena *arena, struct issues *issues)
    __attribute__((warn_unused_result));

// The same of what `patch` makes of `body`, by RFC 7396: its members replace those of the body, null removes them, objects are merged member by
// member. *present: members of the patch.
enum err fields_read_patched(const struct field_table *table, struct text body, struct text patch, void *record, uint64_t *present,
                             struct arena *arena, struct issues *issues) __attribute__((warn_unused_result));

// The same from text cells, for CSV: names[i] is a member name, or "<map>.<key>" for a FIELD_TEXT_MAP member; an absent cell is null. FIELD_BOOL
// takes true/false/yes/no/1/0 in any case, FIELD_MONEY, FIELD_INT and FIELD_DECIMAL plain decimals ("7.0" is whole), lists have items separated by
// '|' (an empty cell is the empty list), FIELD_INSTANT by `instant_pattern`, or RFC 3339 when that is NULL. Cells are taken as they are, white space
// included; they must be UTF-8 without U+0000. A column that comes twice is an issue "unique".
struct field_cells {
  const struct text *names;
  const struct text *values;
  size_t count;
  const char *instant_pattern;
};
enum err fields_read_cells(const struct field_table *table, const struct field_cells *cells, void *record, struct arena *arena, struct issues *issues)
    __attribute__((warn_unused_result));

// Writes every row but write-only ones as members of the object that is open in `writer`.
void fields_write(const struct field_table *table, const void *record, struct json_writer *writer);

// A canonical form, for hashing, of the rows of *record that may be sent: equal records give equal bytes whatever the spelling of their JSON, the
// order of its members, or null instead of missing; the order in a list counts. Appended to `out`.
struct buffer;
void fields_canonical(const struct field_table *table, const void *record, struct buffer *out);

#endif
