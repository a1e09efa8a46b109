// Checks one value against its row of the field table, stores it, and words the issues.
#include "json/field_value.h"

#include "base/instant.h"
#include "base/limits.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
  POINTER_TOKEN_BYTES_MAX = 120,  // of a name that a client made up
  POINTER_BYTES_MAX = 640,        // two names with every byte escaped, an ellipsis each, and a position
  SENTENCE_CHARS_MAX = 512,
};

int64_t *field_int(const struct field *row, char *record) { return (int64_t *)(void *)(record + row->offset); }

struct text *field_text(const struct field *row, char *record) {
  return (struct text *)(void *)(record + row->offset);
}

struct text_list *field_list(const struct field *row, char *record) {
  return (struct text_list *)(void *)(record + row->offset);
}

struct decimal_list *field_decimals(const struct field *row, char *record) {
  return (struct decimal_list *)(void *)(record + row->offset);
}

struct record_list *field_records(const struct field *row, char *record) {
  return (struct record_list *)(void *)(record + row->offset);
}

struct text_lists *field_lists(const struct field *row, char *record) {
  return (struct text_lists *)(void *)(record + row->offset);
}

struct decimal_map *field_numbers(const struct field *row, char *record) {
  return (struct decimal_map *)(void *)(record + row->offset);
}

struct text_map *field_map(const struct field *row, char *record) {
  return (struct text_map *)(void *)(record + row->offset);
}

// A bounded piece of text under construction; what does not fit is left out.
struct sentence {
  char *chars;
  size_t length;
  size_t size;
};

__attribute__((format(printf, 2, 3))) static void say(struct sentence *sentence, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int n = vsnprintf(sentence->chars + sentence->length, sentence->size - sentence->length, format, arguments);
  va_end(arguments);
  size_t left = sentence->size - sentence->length - 1;
  if (n > 0) sentence->length += (size_t)n < left ? (size_t)n : left;
}

static void say_byte(struct sentence *sentence, char c) {
  if (sentence->length + 1 < sentence->size) sentence->chars[sentence->length++] = c;
}

// "/" and the name with RFC 6901's escapes.
static void say_token(struct sentence *pointer, struct text name) {
  bool utf8 = text_is_utf8(name);
  size_t length = name.length;
  if (length > POINTER_TOKEN_BYTES_MAX) {
    length = POINTER_TOKEN_BYTES_MAX;
    while (length > 0 && ((unsigned char)name.at[length] & 0xc0) == 0x80)
      length--;
  }
  say_byte(pointer, '/');
  for (size_t i = 0; i < length; i++) {
    char c = name.at[i];
    if (c == '~' || c == '/') {
      say_byte(pointer, '~');
      say_byte(pointer, c == '~' ? '0' : '1');
    } else {
      say_byte(pointer, !utf8 && (unsigned char)c > 0x7f ? '?' : c);
    }
  }
  if (length < name.length) say(pointer, "…");
}

void field_complain(struct field_reader *reader, struct field_place place, const char *rule, const char *detail) {
  char chars[POINTER_BYTES_MAX];
  struct sentence pointer = {.chars = chars, .size = sizeof chars};
  if (reader->prefix.at) say(&pointer, "%.*s", (int)reader->prefix.length, reader->prefix.at);
  if (place.member.at) say_token(&pointer, place.member);
  if (place.key.at) say_token(&pointer, place.key);
  if (place.item) say(&pointer, "/%zu", *place.item);
  issues_add(reader->issues, (struct text){chars, pointer.length}, rule, "%s", detail);
}

static int64_t whole_min(const struct field *row) { return row->min < -NUMBER_WHOLE_MAX ? -NUMBER_WHOLE_MAX : row->min; }

static int64_t whole_max(const struct field *row) { return row->max > NUMBER_WHOLE_MAX ? NUMBER_WHOLE_MAX : row->max; }

static void say_text_length(struct sentence *sentence, const struct field *row) {
  if (row->min > 0 && row->min == row->max)
    say(sentence, "%" PRId64 " character%s", row->max, row->max == 1 ? "" : "s");
  else if (row->min > 0)
    say(sentence, "%" PRId64 " to %" PRId64 " characters", row->min, row->max);
  else
    say(sentence, "at most %" PRId64 " character%s", row->max, row->max == 1 ? "" : "s");
}

static void say_amount(struct sentence *sentence, int64_t hundredths) {
  uint64_t size = hundredths < 0 ? 0 - (uint64_t)hundredths : (uint64_t)hundredths;
  say(sentence, "\"%s%" PRIu64 ".%02u\"", hundredths < 0 ? "-" : "", size / 100, (unsigned)(size % 100));
}

static void say_decimal(struct sentence *sentence, int64_t scaled) {
  uint64_t size = scaled < 0 ? 0 - (uint64_t)scaled : (uint64_t)scaled;
  unsigned part = (unsigned)(size % FIELD_DECIMAL_UNIT);
  int digits = FIELD_DECIMALS;
  for (; digits > 0 && part % 10 == 0; digits--)
    part /= 10;
  say(sentence, "%s%" PRIu64, scaled < 0 ? "-" : "", size / FIELD_DECIMAL_UNIT);
  if (digits > 0) say(sentence, ".%0*u", digits, part);
}

static void say_number(struct sentence *sentence, const struct field *row) {
  say(sentence, "of at most %d decimals from ", FIELD_DECIMALS);
  say_decimal(sentence, row->min);
  say(sentence, " to ");
  say_decimal(sentence, row->max);
}

static void say_choices(struct sentence *sentence, const char *const *choices) {
  for (size_t i = 0; choices[i]; i++) {
    // An ellipsis instead of half a choice.
    if (sentence->size - sentence->length < strlen(choices[i]) + sizeof ", \"\", …") {
      say(sentence, ", …");
      return;
    }
    say(sentence, "%s\"%s\"", i == 0 ? "" : ", ", choices[i]);
  }
}

static void say_what_is_taken(struct sentence *sentence, const struct field_reader *reader, const struct field *row) {
  switch (row->kind) {
  case FIELD_INT:
    say(sentence, "must be a whole number from %" PRId64 " to %" PRId64, whole_min(row), whole_max(row));
    return;
  case FIELD_BOOL:
    say(sentence, "must be true or false");
    return;
  case FIELD_DECIMAL:
    say(sentence, "must be a number ");
    say_number(sentence, row);
    return;
  case FIELD_DECIMAL_LIST:
    say(sentence, "must be a list of at most %zu numbers ", row->count_max);
    say_number(sentence, row);
    return;
  case FIELD_DECIMAL_MAP:
    say(sentence, "must be an object of at most %zu numbers ", row->count_max);
    say_number(sentence, row);
    return;
  case FIELD_DAY:
    say(sentence, "must be a day, YYYY-MM-DD");
    return;
  case FIELD_INSTANT:
    if (reader->instant_pattern)
      say(sentence, "must be a time by the pattern \"%s\"", reader->instant_pattern);
    else
      say(sentence, "must be a time such as \"2026-03-02T12:00:00Z\"");
    return;
  case FIELD_MONEY:
    say(sentence, "must be a decimal string with at most two decimals from ");
    say_amount(sentence, row->min);
    say(sentence, " to ");
    say_amount(sentence, row->max);
    return;
  case FIELD_TEXT:
    say(sentence, "must be a text of ");
    break;
  case FIELD_ENUM:
    say(sentence, "must be one of ");
    say_choices(sentence, row->choices);
    return;
  case FIELD_TEXT_LIST:
    say(sentence, "must be a list of at most %zu texts of ", row->count_max);
    break;
  case FIELD_RECORD_LIST:
    say(sentence, "must be a list of at most %zu objects", row->count_max);
    return;
  case FIELD_RECORD:
    say(sentence, "must be an object");
    return;
  case FIELD_LISTS:
    say(sentence, "must be an object of lists, with at most %zu texts of ", row->count_max);
    break;
  case FIELD_TEXT_MAP:
    say(sentence, "must be an object of at most %zu texts of ", row->count_max);
    break;
  }
  say_text_length(sentence, row);
}

void field_complain_value(struct field_reader *reader, const struct field *row, const char *rule) {
  char chars[SENTENCE_CHARS_MAX];
  struct sentence sentence = {.chars = chars, .size = sizeof chars};
  say_what_is_taken(&sentence, reader, row);
  field_complain(reader, (struct field_place){.member = text_of(row->name)}, rule, chars);
}

void field_complain_entry(struct field_reader *reader, const struct field *row, struct text key, const size_t *item, const char *rule) {
  char chars[SENTENCE_CHARS_MAX];
  struct sentence sentence = {.chars = chars, .size = sizeof chars};
  if (row->kind == FIELD_DECIMAL_LIST || row->kind == FIELD_DECIMAL_MAP) {
    say(&sentence, "must be a number ");
    say_number(&sentence, row);
  } else {
    say(&sentence, "must be a text of ");
    say_text_length(&sentence, row);
  }
  field_complain(reader, (struct field_place){.member = text_of(row->name), .key = key, .item = item}, rule, chars);
}

static bool record_absent(const struct field *row, char *record) {
  for (size_t i = 0; i < row->table->count; i++)
    if (!field_absent(&row->table->rows[i], record + row->offset)) return false;
  return true;
}

bool field_absent(const struct field *row, char *record) {
  switch (row->kind) {
  case FIELD_TEXT:
    return !field_text(row, record)->at;
  case FIELD_DECIMAL_LIST:
    return !field_decimals(row, record)->items;
  case FIELD_DECIMAL_MAP:
    return !field_numbers(row, record)->items;
  case FIELD_RECORD_LIST:
    return !field_records(row, record)->items;
  case FIELD_RECORD:
    return record_absent(row, record);
  case FIELD_LISTS:
    return !field_lists(row, record)->items;
  case FIELD_TEXT_LIST:
    return !field_list(row, record)->items;
  case FIELD_TEXT_MAP:
    return !field_map(row, record)->items;
  default:
    return *field_int(row, record) == ABSENT;
  }
}

void field_set_absent(const struct field *row, char *record) {
  // It has no place in the record.
  if ((row->flags & FIELD_IGNORED) != 0) return;
  switch (row->kind) {
  case FIELD_TEXT:
    *field_text(row, record) = TEXT_NONE;
    return;
  case FIELD_TEXT_LIST:
    *field_list(row, record) = (struct text_list){.items = NULL, .count = 0};
    return;
  case FIELD_TEXT_MAP:
    *field_map(row, record) = (struct text_map){.items = NULL, .count = 0};
    return;
  case FIELD_DECIMAL_MAP:
    *field_numbers(row, record) = (struct decimal_map){.items = NULL, .count = 0};
    return;
  case FIELD_RECORD_LIST:
    *field_records(row, record) = (struct record_list){.items = NULL, .count = 0};
    return;
  case FIELD_RECORD:
    for (size_t i = 0; i < row->table->count; i++)
      field_set_absent(&row->table->rows[i], record + row->offset);
    return;
  case FIELD_LISTS:
    *field_lists(row, record) = (struct text_lists){.items = NULL, .count = 0};
    return;
  case FIELD_DECIMAL_LIST:
    *field_decimals(row, record) = (struct decimal_list){.items = NULL, .count = 0};
    return;
  case FIELD_INT:
  case FIELD_BOOL:
  case FIELD_DECIMAL:
  case FIELD_DAY:
  case FIELD_INSTANT:
  case FIELD_MONEY:
  case FIELD_ENUM:
    *field_int(row, record) = ABSENT;
    return;
  }
}

void field_put_int(struct field_reader *reader, const struct field *row, int64_t value) { *field_int(row, reader->record) = value; }

void field_put_number(struct field_reader *reader, const struct field *row, enum number_kind kind, int64_t value) {
  if (kind == NUMBER_NONE || kind == NUMBER_FRACTION)
    field_complain_value(reader, row, "type");
  else if (kind == NUMBER_BEYOND || value < row->min || value > row->max)
    field_complain_value(reader, row, "range");
  else
    field_put_int(reader, row, value);
}

// The rule that a number breaks; NULL when it is taken.
static const char *decimal_refused(const struct field *row, enum number_kind kind, int64_t value) {
  if (kind == NUMBER_NONE || kind == NUMBER_FRACTION) return kind == NUMBER_NONE ? "type" : "decimals";
  return kind == NUMBER_BEYOND || value < row->min || value > row->max ? "range" : NULL;
}

void field_put_decimal(struct field_reader *reader, const struct field *row, enum number_kind kind, int64_t value) {
  const char *rule = decimal_refused(row, kind, value);
  if (rule)
    field_complain_value(reader, row, rule);
  else
    field_put_int(reader, row, value);
}

void field_put_day(struct field_reader *reader, const struct field *row, struct text value) {
  int32_t day;
  if (day_parse(value, &day))
    field_put_int(reader, row, day);
  else
    field_complain_value(reader, row, "format");
}

void field_put_instant(struct field_reader *reader, const struct field *row, struct text value) {
  int64_t instant;
  bool good = reader->instant_pattern ? instant_parse_pattern(value, reader->instant_pattern, &instant) : instant_parse(value, &instant);
  if (good)
    field_put_int(reader, row, instant);
  else
    field_complain_value(reader, row, "format");
}

void field_put_money(struct field_reader *reader, const struct field *row, struct text value) {
  int64_t hundredths;
  if (!text_to_decimal(value, 2, &hundredths))
    field_complain_value(reader, row, "format");
  else if (hundredths < row->min || hundredths > row->max)
    field_complain_value(reader, row, "range");
  else
    field_put_int(reader, row, hundredths);
}

void field_put_enum(struct field_reader *reader, const struct field *row, struct text value) {
  for (size_t i = 0; row->choices[i]; i++) {
    if (text_is(value, row->choices[i])) {
      field_put_int(reader, row, (int64_t)i);
      return;
    }
  }
  field_complain_value(reader, row, "enum");
}

static const char NO_CONTROL[] = "must not hold control characters";

static bool length_taken(const struct field *row, struct text value) {
  size_t chars = text_chars(value);
  return chars <= INT64_MAX && (int64_t)chars >= row->min && (int64_t)chars <= row->max;
}

static bool control_refused(const struct field *row, struct text value) { return (row->flags & FIELD_NO_CONTROL) != 0 && text_has_control(value); }

// A copy in the arena; absent and noted when memory is out.
static struct text keep(struct field_reader *reader, struct text value) {
  struct text copy = arena_copy(reader->arena, value);
  if (!copy.at) reader->out_of_memory = true;
  return copy;
}

void field_put_text(struct field_reader *reader, const struct field *row, struct text value) {
  if (!length_taken(row, value))
    field_complain_value(reader, row, "length");
  else if (control_refused(row, value))
    field_complain(reader, (struct field_place){.member = text_of(row->name)}, "format", NO_CONTROL);
  else
    *field_text(row, reader->record) = keep(reader, value);
}

bool field_begin_entries(struct field_reader *reader, const struct field *row, size_t count) {
  if (count > row->count_max) {
    field_complain_value(reader, row, "length");
    return false;
  }
  bool list = row->kind == FIELD_TEXT_LIST, numbers = row->kind == FIELD_DECIMAL_LIST;
  // Never of size 0: items of an empty list differ from NULL.
  size_t size = numbers                          ? sizeof(int64_t)
                : list                           ? sizeof(struct text)
                : row->kind == FIELD_DECIMAL_MAP ? sizeof(struct decimal_pair)
                                                 : sizeof(struct text_pair);
  void *items = arena_take_array(reader->arena, count > 0 ? count : 1, size);
  if (!items) {
    reader->out_of_memory = true;
    return false;
  }
  if (numbers)
    *field_decimals(row, reader->record) = (struct decimal_list){.items = items, .count = 0};
  else if (row->kind == FIELD_DECIMAL_MAP)
    *field_numbers(row, reader->record) = (struct decimal_map){.items = items, .count = 0};
  else if (list)
    *field_list(row, reader->record) = (struct text_list){.items = items, .count = 0};
  else
    *field_map(row, reader->record) = (struct text_map){.items = items, .count = 0};
  return true;
}

// Complains about an entry's text where there is reason to.
static bool entry_taken(struct field_reader *reader, const struct field *row, struct text key, const size_t *item, struct text value) {
  if (!length_taken(row, value)) {
    field_complain_entry(reader, row, key, item, "length");
    return false;
  }
  if (control_refused(row, value) || (key.at && control_refused(row, key))) {
    struct field_place place = {.member = text_of(row->name), .key = key, .item = item};
    field_complain(reader, place, "format", NO_CONTROL);
    return false;
  }
  return true;
}

void field_add_item(struct field_reader *reader, const struct field *row, size_t item, struct text value) {
  struct text_list *list = field_list(row, reader->record);
  if (!entry_taken(reader, row, TEXT_NONE, &item, value)) return;
  for (size_t i = 0; i < list->count; i++) {
    if (text_equals(list->items[i], value)) {
      struct field_place place = {.member = text_of(row->name), .item = &item};
      field_complain(reader, place, "unique", "must not occur twice in the list");
      return;
    }
  }
  list->items[list->count++] = keep(reader, value);
}

void field_add_decimal(struct field_reader *reader, const struct field *row, size_t item, enum number_kind kind, int64_t value) {
  struct decimal_list *list = field_decimals(row, reader->record);
  const char *rule = decimal_refused(row, kind, value);
  if (rule)
    field_complain_entry(reader, row, TEXT_NONE, &item, rule);
  else
    list->items[list->count++] = value;
}

void field_add_number(struct field_reader *reader, const struct field *row, struct text name, enum number_kind kind, int64_t value) {
  struct decimal_map *map = field_numbers(row, reader->record);
  const char *rule = decimal_refused(row, kind, value);
  if (rule) {
    field_complain_entry(reader, row, name, NULL, rule);
    return;
  }
  size_t at = map->count++;
  for (; at > 0 && text_compare(map->items[at - 1].name, name) > 0; at--)
    map->items[at] = map->items[at - 1];
  map->items[at] = (struct decimal_pair){keep(reader, name), value};
}

void field_add_pair(struct field_reader *reader, const struct field *row, struct text name, struct text value) {
  struct text_map *map = field_map(row, reader->record);
  if (!entry_taken(reader, row, name, NULL, value)) return;
  for (size_t i = 0; i < map->count; i++) {
    if (text_equals(map->items[i].name, name)) {
      field_complain(reader, (struct field_place){.member = text_of(row->name), .key = name}, "unique", "must not be given twice");
      return;
    }
  }
  map->items[map->count++] = (struct text_pair){.name = keep(reader, name), .value = keep(reader, value)};
}
