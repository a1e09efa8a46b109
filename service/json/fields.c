// Reads a record from JSON or from text cells by its field table, and writes it back.
#include "json/fields.h"

#include "base/limits.h"
#include "json/field_value.h"
#include "json/gate.h"
#include "json/merge.h"
#include "json/number.h"

#include <cjson/cJSON.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
  ROWS_MAX = 64,                   // a row is a bit in a uint64_t
  SOURCE_INLINE_BYTES = 4 * 1024,  // a body up to this size is copied to the stack
};

static const size_t NO_ROW = SIZE_MAX;

static uint64_t bit_of(size_t row) { return UINT64_C(1) << row; }

static void reader_init(struct field_reader *reader, const struct field_table *table, void *record, struct arena *arena, struct issues *issues) {
  assert(table->count <= ROWS_MAX);
  *reader = (struct field_reader){.table = table, .record = record, .arena = arena, .issues = issues};
  for (size_t i = 0; i < table->count; i++)
    field_set_absent(&table->rows[i], reader->record);
}

// The row of a member that may be sent, or NO_ROW. The search begins at `hint`, as members mostly come in the table's order.
static size_t row_find(const struct field_table *table, struct text name, size_t hint) {
  for (size_t i = 0; i < table->count; i++) {
    size_t row = hint + i < table->count ? hint + i : hint + i - table->count;
    if ((table->rows[row].flags & FIELD_READ_ONLY) == 0 && text_is(name, table->rows[row].name)) return row;
  }
  return NO_ROW;
}

static void complain_unknown(struct field_reader *reader, struct text member) {
  field_complain(reader, (struct field_place){.member = member}, "unknown", "is not a member that is taken here");
}

// The last step of reading: what was required and not given, and the verdict.
static enum err reader_finish(struct field_reader *reader, uint64_t given, size_t issues_before) {
  for (size_t i = 0; i < reader->table->count; i++) {
    const struct field *row = &reader->table->rows[i];
    bool required = (row->flags & (FIELD_REQUIRED | FIELD_READ_ONLY)) == FIELD_REQUIRED;
    if (required && (given & bit_of(i)) == 0) field_complain(reader, (struct field_place){.member = text_of(row->name)}, "required", "is required");
  }
  if (reader->out_of_memory) return ERR_INTERNAL;
  return reader->issues->total > issues_before ? ERR_INVALID : ERR_NONE;
}

static enum number_kind number_of(const cJSON *value, int decimals, int64_t *number) {
  *number = 0;
  return cJSON_IsNumber(value) ? number_of_double(value->valuedouble, decimals, number) : NUMBER_NONE;
}

static void read_number(struct field_reader *reader, const struct field *row, const cJSON *value) {
  int64_t number;
  enum number_kind kind = number_of(value, row->kind == FIELD_DECIMAL ? FIELD_DECIMALS : 0, &number);
  if (row->kind == FIELD_DECIMAL)
    field_put_decimal(reader, row, kind, number);
  else
    field_put_number(reader, row, kind, number);
}

static void read_bool(struct field_reader *reader, const struct field *row, const cJSON *value) {
  if (cJSON_IsBool(value))
    field_put_int(reader, row, cJSON_IsTrue(value) ? 1 : 0);
  else
    field_complain_value(reader, row, "type");
}

static void read_list(struct field_reader *reader, const struct field *row, const cJSON *value) {
  if (!cJSON_IsArray(value)) {
    field_complain_value(reader, row, "type");
    return;
  }
  if (!field_begin_entries(reader, row, (size_t)cJSON_GetArraySize(value))) return;
  size_t index = 0;
  for (const cJSON *item = value->child; item; item = item->next, index++) {
    int64_t number;
    enum number_kind kind = number_of(item, FIELD_DECIMALS, &number);
    if (row->kind == FIELD_DECIMAL_LIST)
      field_add_decimal(reader, row, index, kind, number);
    else if (cJSON_IsString(item))
      field_add_item(reader, row, index, text_of(item->valuestring));
    else
      field_complain_entry(reader, row, TEXT_NONE, &index, "type");
  }
}

static void read_map(struct field_reader *reader, const struct field *row, const cJSON *value) {
  if (!cJSON_IsObject(value)) {
    field_complain_value(reader, row, "type");
    return;
  }
  if (!field_begin_entries(reader, row, (size_t)cJSON_GetArraySize(value))) return;
  for (const cJSON *member = value->child; member; member = member->next) {
    int64_t number;
    if (row->kind == FIELD_DECIMAL_MAP && !cJSON_IsNull(member)) {
      enum number_kind kind = number_of(member, FIELD_DECIMALS, &number);
      field_add_number(reader, row, text_of(member->string), kind, number);
    } else if (cJSON_IsString(member))
      field_add_pair(reader, row, text_of(member->string), text_of(member->valuestring));
    else if (!cJSON_IsNull(member))
      field_complain_entry(reader, row, text_of(member->string), NULL, "type");
  }
}

// Stores a text by the kinds that are texts in JSON and in cells alike.
static void put_by_kind(struct field_reader *reader, const struct field *row, struct text value) {
  switch (row->kind) {
  case FIELD_DAY:
    field_put_day(reader, row, value);
    return;
  case FIELD_INSTANT:
    field_put_instant(reader, row, value);
    return;
  case FIELD_MONEY:
    field_put_money(reader, row, value);
    return;
  case FIELD_ENUM:
    field_put_enum(reader, row, value);
    return;
  default:
    field_put_text(reader, row, value);
    return;
  }
}

static enum err read_tree(struct field_reader *reader, const cJSON *tree, uint64_t *present);

// Tables hold no table of their own kind, so this goes no deeper than they do.
static void read_records(struct field_reader *reader, const struct field *row, const cJSON *value) {
  size_t count = cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 0, index = 0;
  if (!cJSON_IsArray(value) || count > row->count_max) {
    field_complain_value(reader, row, cJSON_IsArray(value) ? "length" : "type");
    return;
  }
  // Never of size 0: items of an empty list differ from NULL.
  char *items = arena_take_array(reader->arena, count > 0 ? count : 1, row->size);
  reader->out_of_memory |= !items;
  if (!items) return;
  *field_records(row, reader->record) = (struct record_list){.items = items, .count = count};
  for (const cJSON *item = value->child; item; item = item->next, index++) {
    struct field_reader nested;
    uint64_t ignored = 0;
    reader_init(&nested, row->table, items + index * row->size, reader->arena, reader->issues);
    nested.prefix =
        arena_format(reader->arena, "%.*s/%s/%zu", (int)reader->prefix.length, reader->prefix.at ? reader->prefix.at : "", row->name, index);
    reader->out_of_memory |= read_tree(&nested, item, &ignored) == ERR_INTERNAL;
  }
}

static void read_record(struct field_reader *reader, const struct field *row, const cJSON *value) {
  struct field_reader nested;
  uint64_t ignored = 0;
  if (!cJSON_IsObject(value)) {
    field_complain_value(reader, row, "type");
    return;
  }
  reader_init(&nested, row->table, reader->record + row->offset, reader->arena, reader->issues);
  nested.prefix = arena_format(reader->arena, "%.*s/%s", (int)reader->prefix.length, reader->prefix.at ? reader->prefix.at : "", row->name);
  reader->out_of_memory |= read_tree(&nested, value, &ignored) == ERR_INTERNAL;
}

static bool listed(const struct named_texts *list, struct text value) {
  for (size_t i = 0; i < list->count; i++)
    if (text_equals(list->items[i], value)) return true;
  return false;
}

// One of the lists, into room that was taken for all of its items.
static void read_named(struct field_reader *reader, const struct field *row, const cJSON *value, struct named_texts *list) {
  struct text name = text_of(value->string);
  size_t at = 0;
  list->name = arena_copy(reader->arena, name);
  list->items = arena_take_array(reader->arena, (size_t)cJSON_GetArraySize(value), sizeof *list->items);
  reader->out_of_memory |= !list->name.at || !list->items;
  for (const cJSON *item = value->child; item && list->items; item = item->next, at++) {
    struct text text = text_of(cJSON_GetStringValue(item));
    size_t chars = text.at ? text_chars(text) : 0;
    if (!text.at || (int64_t)chars < row->min || (int64_t)chars > row->max)
      field_complain_entry(reader, row, name, &at, text.at ? "length" : "type");
    else if (listed(list, text) || ((row->flags & FIELD_NO_CONTROL) && text_has_control(text)))
      field_complain(reader, (struct field_place){text_of(row->name), name, &at}, listed(list, text) ? "unique" : "format",
                     listed(list, text) ? "must not occur twice in the list" : "must not hold control characters");
    else
      list->items[list->count++] = arena_copy(reader->arena, text);
  }
}

static void read_lists(struct field_reader *reader, const struct field *row, const cJSON *value) {
  size_t count = cJSON_IsObject(value) ? (size_t)cJSON_GetArraySize(value) : 0, texts = 0;
  bool sound = cJSON_IsObject(value);
  for (const cJSON *list = sound ? value->child : NULL; list; list = list->next) {
    sound = sound && cJSON_IsArray(list) && list->child;
    texts += (size_t)cJSON_GetArraySize(list);
  }
  if (!sound || texts > row->count_max) {
    field_complain_value(reader, row, sound ? "length" : "type");
    return;
  }
  // Never of size 0: items of an empty object differ from NULL.
  struct text_lists *lists = field_lists(row, reader->record);
  lists->items = arena_take_array(reader->arena, count > 0 ? count : 1, sizeof *lists->items);
  reader->out_of_memory |= !lists->items;
  for (const cJSON *list = value->child; list && lists->items; list = list->next)
    read_named(reader, row, list, &lists->items[lists->count++]);
}

static void read_value(struct field_reader *reader, const struct field *row, const cJSON *value) {
  switch (row->kind) {
  case FIELD_INT:
  case FIELD_DECIMAL:
    read_number(reader, row, value);
    return;
  case FIELD_BOOL:
    read_bool(reader, row, value);
    return;
  case FIELD_DECIMAL_LIST:
  case FIELD_TEXT_LIST:
    read_list(reader, row, value);
    return;
  case FIELD_TEXT_MAP:
  case FIELD_DECIMAL_MAP:
    read_map(reader, row, value);
    return;
  case FIELD_RECORD_LIST:
    read_records(reader, row, value);
    return;
  case FIELD_RECORD:
    read_record(reader, row, value);
    return;
  case FIELD_LISTS:
    read_lists(reader, row, value);
    return;
  default:
    if (cJSON_IsString(value))
      put_by_kind(reader, row, text_of(value->valuestring));
    else
      field_complain_value(reader, row, "type");
  }
}

static enum err read_tree(struct field_reader *reader, const cJSON *tree, uint64_t *present) {
  size_t issues_before = reader->issues->total;
  if (!cJSON_IsObject(tree)) {
    field_complain(reader, (struct field_place){.member = TEXT_NONE}, "type", "must be a JSON object");
    return ERR_INVALID;
  }
  uint64_t given = 0;
  size_t hint = 0;
  for (const cJSON *member = tree->child; member; member = member->next) {
    size_t row = row_find(reader->table, text_of(member->string), hint);
    if (row == NO_ROW) {
      complain_unknown(reader, text_of(member->string));
      continue;
    }
    hint = row + 1;
    *present |= bit_of(row);
    if (cJSON_IsNull(member) || (reader->table->rows[row].flags & FIELD_IGNORED) != 0) continue;
    given |= bit_of(row);
    read_value(reader, &reader->table->rows[row], member);
  }
  return reader_finish(reader, given, issues_before);
}

// Gate and parser. NULL after an error.
static cJSON *parse(struct text body, struct issues *issues, enum err *error) {
  struct gate_refusal refusal;
  *error = ERR_INTERNAL;
  if (!gate_check(body, &refusal)) {
    if (refusal.out_of_memory) return NULL;
    issues_add(issues, TEXT(""), "json", "%s, at byte %zu", refusal.reason, refusal.offset);
    *error = ERR_NOT_JSON;
    return NULL;
  }
  // cJSON reads on past the end of what has no NUL, and its numbers need care.
  char inlined[SOURCE_INLINE_BYTES];
  char *source = body.length < sizeof inlined ? inlined : malloc(body.length + 1);
  if (!source) return NULL;
  memcpy(source, body.at, body.length);
  source[body.length] = '\0';
  numbers_tame(source, body.length);
  // With the NUL counted in the length, nothing may follow the value. Whatever passed the gate is parsed, unless memory is out.
  cJSON *tree = cJSON_ParseWithLengthOpts(source, body.length + 1, NULL, true);
  if (tree) *error = ERR_NONE;
  if (source != inlined) free(source);
  return tree;
}

enum err fields_read(const struct field_table *table, struct text body, void *record, uint64_t *present, struct arena *arena, struct issues *issues) {
  struct field_reader reader;
  enum err error;
  uint64_t ignored = 0;
  reader_init(&reader, table, record, arena, issues);
  present = present ? present : &ignored;
  *present = 0;
  cJSON *tree = parse(body, issues, &error);
  if (tree) error = read_tree(&reader, tree, present);
  cJSON_Delete(tree);
  return error;
}

enum err fields_read_patched(const struct field_table *table, struct text body, struct text patch, void *record, uint64_t *present,
                             struct arena *arena, struct issues *issues) {
  struct field_reader reader;
  enum err error;
  uint64_t ignored = 0;
  reader_init(&reader, table, record, arena, issues);
  *present = 0;
  cJSON *change = parse(patch, issues, &error), *tree = change ? parse(body, issues, &error) : NULL;
  for (const cJSON *member = change ? change->child : NULL; member; member = member->next) {
    size_t row = member->string ? row_find(table, text_of(member->string), 0) : NO_ROW;
    if (row != NO_ROW) *present |= bit_of(row);
  }
  if (tree) {
    tree = merge_patch(tree, change);
    error = tree ? read_tree(&reader, tree, &ignored) : ERR_INTERNAL;
  }
  cJSON_Delete(change);
  cJSON_Delete(tree);
  return error;
}

// Plain decimals: without an exponent.
static enum number_kind number_of_cell(struct text value, int decimals, int64_t *number) {
  *number = 0;
  bool exponent = memchr(value.at, 'e', value.length) || memchr(value.at, 'E', value.length);
  return exponent ? NUMBER_NONE : number_read_scaled(value, decimals, number);
}

static void read_number_cell(struct field_reader *reader, const struct field *row, struct text value) {
  int64_t number;
  enum number_kind kind = number_of_cell(value, row->kind == FIELD_DECIMAL ? FIELD_DECIMALS : 0, &number);
  if (row->kind == FIELD_DECIMAL)
    field_put_decimal(reader, row, kind, number);
  else
    field_put_number(reader, row, kind, number);
}

static void read_bool_cell(struct field_reader *reader, const struct field *row, struct text value) {
  static const struct {
    const char *word;
    int64_t value;
  } WORDS[] = {{"true", 1}, {"false", 0}, {"yes", 1}, {"no", 0}, {"1", 1}, {"0", 0}};
  for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++) {
    if (strlen(WORDS[i].word) == value.length && strncasecmp(WORDS[i].word, value.at, value.length) == 0) {
      field_put_int(reader, row, WORDS[i].value);
      return;
    }
  }
  field_complain_value(reader, row, "type");
}

// Items between '|'; an empty cell is an empty list.
static void read_list_cell(struct field_reader *reader, const struct field *row, struct text value) {
  size_t count = value.length > 0 ? 1 : 0;
  for (size_t i = 0; i < value.length; i++)
    count += value.at[i] == '|' ? 1 : 0;
  if (!field_begin_entries(reader, row, count)) return;
  struct text rest = value;
  for (size_t i = 0; i < count; i++) {
    int64_t number;
    struct text item = text_cut(&rest, '|');
    enum number_kind kind = number_of_cell(item, FIELD_DECIMALS, &number);
    if (row->kind == FIELD_DECIMAL_LIST)
      field_add_decimal(reader, row, i, kind, number);
    else
      field_add_item(reader, row, i, item);
  }
}

// Begins the map with its first cell. Room is made for all entries it may have.
static void read_map_cell(struct field_reader *reader, const struct field *row, struct text key, struct text value) {
  const struct text_map *map = field_map(row, reader->record);
  if (!map->items && !field_begin_entries(reader, row, row->count_max)) return;
  if (map->count < row->count_max)
    field_add_pair(reader, row, key, value);
  else
    field_complain_value(reader, row, "length");
}

static void read_cell(struct field_reader *reader, const struct field *row, struct text key, struct text value) {
  // In JSON the gate has seen to this.
  if (!text_is_utf8(value) || memchr(value.at, '\0', value.length)) {
    struct field_place place = {.member = text_of(row->name), .key = key};
    field_complain(reader, place, "format", "must be UTF-8 without the character U+0000");
    return;
  }
  switch (row->kind) {
  case FIELD_INT:
  case FIELD_DECIMAL:
    read_number_cell(reader, row, value);
    return;
  case FIELD_BOOL:
    read_bool_cell(reader, row, value);
    return;
  case FIELD_DECIMAL_LIST:
  case FIELD_TEXT_LIST:
    read_list_cell(reader, row, value);
    return;
  case FIELD_TEXT_MAP:
    read_map_cell(reader, row, key, value);
    return;
  case FIELD_DECIMAL_MAP:
  case FIELD_RECORD_LIST:
  case FIELD_RECORD:
  case FIELD_LISTS:
    field_complain_value(reader, row, "type");
    return;
  default:
    put_by_kind(reader, row, value);
  }
}

// The row a column belongs to, or NO_ROW: by its whole name, or a map's by what stands before the first dot; *key is then what follows.
static size_t column_find(const struct field_table *table, struct text name, size_t hint, struct text *key) {
  *key = TEXT_NONE;
  size_t row = row_find(table, name, hint);
  if (row != NO_ROW) return table->rows[row].kind == FIELD_TEXT_MAP ? NO_ROW : row;
  struct text rest = name;
  struct text map = text_cut(&rest, '.');
  if (!rest.at || rest.length == 0 || !text_is_utf8(rest) || memchr(rest.at, '\0', rest.length)) return NO_ROW;
  *key = rest;
  row = row_find(table, map, hint);
  return row != NO_ROW && table->rows[row].kind == FIELD_TEXT_MAP ? row : NO_ROW;
}

enum err fields_read_cells(const struct field_table *table, const struct field_cells *cells, void *record, struct arena *arena,
                           struct issues *issues) {
  struct field_reader reader;
  reader_init(&reader, table, record, arena, issues);
  reader.instant_pattern = cells->instant_pattern;
  size_t issues_before = issues->total;
  uint64_t given = 0;
  uint64_t seen = 0;
  size_t hint = 0;
  for (size_t i = 0; i < cells->count; i++) {
    struct text key;
    size_t row = column_find(table, cells->names[i], hint, &key);
    if (row == NO_ROW) {
      complain_unknown(&reader, cells->names[i]);
      continue;
    }
    hint = row;
    if (!key.at && (seen & bit_of(row)) != 0) {
      field_complain(&reader, (struct field_place){.member = cells->names[i]}, "unique", "must not be given twice");
      continue;
    }
    seen |= bit_of(row);
    if (!cells->values[i].at) continue;
    given |= bit_of(row);
    read_cell(&reader, &table->rows[row], key, cells->values[i]);
  }
  return reader_finish(&reader, given, issues_before);
}

// The typed accessors want a record that may be changed; nobody changes it here.
static char *readable(const void *record) {
  union {
    const void *given;
    char *bytes;
  } view = {.given = record};
  return view.bytes;
}

static void write_list(struct json_writer *writer, const struct text_list *list) {
  json_array(writer);
  for (size_t i = 0; i < list->count; i++)
    json_text(writer, list->items[i]);
  json_array_end(writer);
}

static void write_decimal(struct json_writer *writer, int64_t scaled) { json_ratio(writer, scaled, FIELD_DECIMAL_UNIT, FIELD_DECIMALS); }

static void write_decimals(struct json_writer *writer, const struct decimal_list *list) {
  json_array(writer);
  for (size_t i = 0; i < list->count; i++)
    write_decimal(writer, list->items[i]);
  json_array_end(writer);
}

static void write_pair(struct json_writer *writer, const struct text_pair *pair) {
  json_name_text(writer, pair->name);
  json_text(writer, pair->value);
}

static void write_map(struct json_writer *writer, const struct text_map *map) {
  json_object(writer);
  for (size_t i = 0; i < map->count; i++)
    write_pair(writer, &map->items[i]);
  json_object_end(writer);
}

static void write_numbers(struct json_writer *writer, const struct decimal_map *map) {
  json_object(writer);
  for (size_t i = 0; i < map->count; i++) {
    json_name_text(writer, map->items[i].name);
    write_decimal(writer, map->items[i].value);
  }
  json_object_end(writer);
}

static void write_canonical(struct json_writer *writer, const struct field_table *table, char *record);

static void write_records(struct json_writer *writer, const struct field *row, const struct record_list *list) {
  json_array(writer);
  for (size_t i = 0; i < list->count; i++)
    write_canonical(writer, row->table, (char *)list->items + i * row->size);
  json_array_end(writer);
}

static void write_lists(struct json_writer *writer, const struct text_lists *lists) {
  json_object(writer);
  for (size_t i = 0; i < lists->count; i++) {
    json_name_text(writer, lists->items[i].name);
    write_list(writer, &(struct text_list){lists->items[i].items, lists->items[i].count});
  }
  json_object_end(writer);
}

static void write_value(struct json_writer *writer, const struct field *row, char *record) {
  switch (row->kind) {
  case FIELD_INT:
    json_int(writer, *field_int(row, record));
    return;
  case FIELD_BOOL:
    json_bool(writer, *field_int(row, record) != 0);
    return;
  case FIELD_DECIMAL:
    write_decimal(writer, *field_int(row, record));
    return;
  case FIELD_DAY:
    json_day(writer, (int32_t)*field_int(row, record));
    return;
  case FIELD_DECIMAL_LIST:
    write_decimals(writer, field_decimals(row, record));
    return;
  case FIELD_INSTANT:
    json_instant(writer, *field_int(row, record));
    return;
  case FIELD_MONEY:
    json_money(writer, *field_int(row, record));
    return;
  case FIELD_TEXT:
    json_text(writer, *field_text(row, record));
    return;
  case FIELD_ENUM:
    json_string(writer, row->choices[*field_int(row, record)]);
    return;
  case FIELD_TEXT_LIST:
    write_list(writer, field_list(row, record));
    return;
  case FIELD_TEXT_MAP:
    write_map(writer, field_map(row, record));
    return;
  case FIELD_DECIMAL_MAP:
    write_numbers(writer, field_numbers(row, record));
    return;
  case FIELD_RECORD_LIST:
    write_records(writer, row, field_records(row, record));
    return;
  case FIELD_RECORD:
    write_canonical(writer, row->table, record + row->offset);
    return;
  case FIELD_LISTS:
    write_lists(writer, field_lists(row, record));
    return;
  }
}

void fields_write(const struct field_table *table, const void *record, struct json_writer *writer) {
  char *bytes = readable(record);
  for (size_t i = 0; i < table->count; i++) {
    const struct field *row = &table->rows[i];
    bool absent = field_absent(row, bytes);
    if ((row->flags & (FIELD_WRITE_ONLY | FIELD_IGNORED)) != 0 || (absent && (row->flags & FIELD_OMIT_NULL) != 0)) continue;
    json_name(writer, row->name);
    if (absent)
      json_null(writer);
    else
      write_value(writer, row, bytes);
  }
}

// By name, since the order of an object's members means nothing. Quadratic, in at most count_max members, to need no memory.
static void write_map_sorted(struct json_writer *writer, const struct text_map *map) {
  json_object(writer);
  const struct text_pair *last = NULL;
  for (size_t written = 0; written < map->count; written++) {
    const struct text_pair *next = NULL;
    for (size_t i = 0; i < map->count; i++) {
      const struct text_pair *pair = &map->items[i];
      bool after_last = !last || text_compare(pair->name, last->name) > 0;
      if (after_last && (!next || text_compare(pair->name, next->name) < 0)) next = pair;
    }
    if (!next) break;
    write_pair(writer, next);
    last = next;
  }
  json_object_end(writer);
}

static void write_canonical(struct json_writer *writer, const struct field_table *table, char *record) {
  json_object(writer);
  for (size_t i = 0; i < table->count; i++) {
    const struct field *row = &table->rows[i];
    // What is absent leaves no trace, so that a table may grow without changing older hashes.
    if ((row->flags & (FIELD_READ_ONLY | FIELD_IGNORED)) != 0 || field_absent(row, record)) continue;
    json_name(writer, row->name);
    if (row->kind == FIELD_TEXT_MAP)
      write_map_sorted(writer, field_map(row, record));
    else
      write_value(writer, row, record);
  }
  json_object_end(writer);
}

void fields_canonical(const struct field_table *table, const void *record, struct buffer *out) {
  struct json_writer writer;
  json_start(&writer, out);
  write_canonical(&writer, table, readable(record));
}
