// A small reader of JSON text that never converts numbers; written apart from the service's own, which it helps to test.
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 64 };

struct cursor {
  const char *at;
  const char *end;
};

static void skip_space(struct cursor *cursor) {
  while (cursor->at < cursor->end && memchr(" \t\r\n", *cursor->at, 4) != NULL) {
    cursor->at++;
  }
}

static bool take(struct cursor *cursor, char wanted) {
  skip_space(cursor);
  if (cursor->at >= cursor->end || *cursor->at != wanted) {
    return false;
  }
  cursor->at++;
  return true;
}

static bool skip_string(struct cursor *cursor) {
  if (!take(cursor, '"')) {
    return false;
  }
  for (; cursor->at < cursor->end; cursor->at++) {
    if (*cursor->at == '"') {
      cursor->at++;
      return true;
    }
    if ((unsigned char)*cursor->at < 0x20) {
      return false;
    }
    if (*cursor->at == '\\') {
      cursor->at++;
    }
  }
  return false;
}

static size_t skip_digits(struct cursor *cursor) {
  const char *from = cursor->at;
  while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
    cursor->at++;
  }
  return (size_t)(cursor->at - from);
}

static bool skip_number(struct cursor *cursor) {
  if (*cursor->at == '-') {
    cursor->at++;
  }
  const char *whole = cursor->at;
  size_t digits = skip_digits(cursor);
  if (digits == 0 || (digits > 1 && *whole == '0')) {
    return false;
  }
  if (cursor->at < cursor->end && *cursor->at == '.') {
    cursor->at++;
    if (skip_digits(cursor) == 0) {
      return false;
    }
  }
  if (cursor->at < cursor->end && (*cursor->at == 'e' || *cursor->at == 'E')) {
    cursor->at++;
    if (cursor->at < cursor->end && (*cursor->at == '+' || *cursor->at == '-')) {
      cursor->at++;
    }
    return skip_digits(cursor) > 0;
  }
  return true;
}

static bool skip_value(struct cursor *cursor, int depth);

// An element of an array or object; the name is absent in arrays.
struct element {
  struct value name;
  struct value value;
};

// The next element behind '[' or '{'; `first` is changed. False at the closing bracket (*closed) or where it is not JSON.
static bool next_element(struct cursor *cursor, bool object, bool *first, int depth, struct element *element, bool *closed) {
  *closed = take(cursor, object ? '}' : ']');
  if (*closed) {
    return false;
  }
  if (!*first && !take(cursor, ',')) {
    return false;
  }
  *first = false;
  *element = (struct element){0};
  skip_space(cursor);
  if (object) {
    element->name.at = cursor->at;
    if (!skip_string(cursor)) {
      return false;
    }
    element->name.length = (size_t)(cursor->at - element->name.at);
    if (!take(cursor, ':')) {
      return false;
    }
    skip_space(cursor);
  }
  element->value.at = cursor->at;
  if (!skip_value(cursor, depth + 1)) {
    return false;
  }
  element->value.length = (size_t)(cursor->at - element->value.at);
  return true;
}

static bool skip_value(struct cursor *cursor, int depth) {
  skip_space(cursor);
  if (cursor->at >= cursor->end || depth > DEPTH_MAX) {
    return false;
  }
  char front = *cursor->at;
  if (front == '{' || front == '[') {
    cursor->at++;
    bool first = true;
    bool closed = false;
    struct element element;
    while (next_element(cursor, front == '{', &first, depth, &element, &closed)) {
    }
    return closed;
  }
  if (front == '"') {
    return skip_string(cursor);
  }
  static const char *const words[] = {"true", "false", "null"};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    size_t length = strlen(words[i]);
    if ((size_t)(cursor->end - cursor->at) >= length && memcmp(cursor->at, words[i], length) == 0) {
      cursor->at += length;
      return true;
    }
  }
  return skip_number(cursor);
}

bool value_is_json(const char *text, size_t length) {
  struct cursor cursor = {text, text + length};
  bool whole = skip_value(&cursor, 0);
  skip_space(&cursor);
  return whole && cursor.at == cursor.end;
}

bool value_is_string(struct value value) { return value.length > 0 && value.at[0] == '"'; }

static void add_code_point(unsigned long point, struct bytes *text) {
  char utf8[4];
  size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  static const unsigned char marks[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
  for (size_t i = length; i-- > 1;) {
    utf8[i] = (char)(0x80 | (point & 0x3F));
    point >>= 6;
  }
  utf8[0] = (char)(marks[length] | point);
  bytes_add(text, utf8, length);
}

static unsigned long hex4(const char *at, const char *end) {
  char digits[5] = "";
  if (end - at >= 4) {
    memcpy(digits, at, 4);
  }
  return strtoul(digits, NULL, 16);
}

// `at` stands behind "\u"; returns where it ends.
static const char *add_unicode_escape(const char *at, const char *end, struct bytes *text) {
  unsigned long point = hex4(at, end);
  at += end - at >= 4 ? 4 : end - at;
  if (point >= 0xD800 && point < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
    point = 0x10000 + ((point - 0xD800) << 10) + (hex4(at + 2, end) - 0xDC00);
    at += 6;
  }
  add_code_point(point, text);
  return at;
}

void value_text(struct value value, struct bytes *text) {
  if (!value_is_string(value)) {
    bytes_add(text, value.at, value.length);
    return;
  }
  static const char names[] = "bfnrt";
  static const char meant[] = "\b\f\n\r\t";
  const char *end = value.at + value.length - 1;
  for (const char *at = value.at + 1; at < end;) {
    if (*at != '\\') {
      bytes_add(text, at++, 1);
      continue;
    }
    char escape = at[1];
    at += 2;
    const char *name = strchr(names, escape);
    if (escape == 'u') {
      at = add_unicode_escape(at, end, text);
    } else {
      bytes_add(text, name == NULL ? &escape : &meant[name - names], 1);
    }
  }
  bytes_add(text, "", 0);
}

void value_compact(struct value value, struct bytes *text) {
  struct cursor cursor = {value.at, value.at + value.length};
  while (skip_space(&cursor), cursor.at < cursor.end) {
    const char *from = cursor.at;
    if (*from != '"' || !skip_string(&cursor)) {
      cursor.at = from + 1;
    }
    bytes_add(text, from, (size_t)(cursor.at - from));
  }
}

void value_quote(const char *text, size_t length, struct bytes *json) {
  bytes_add_text(json, "\"");
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte == '"' || byte == '\\') {
      bytes_format(json, "\\%c", byte);
    } else if (byte < 0x20) {
      bytes_format(json, "\\u%04x", byte);
    } else {
      bytes_add(json, &text[i], 1);
    }
  }
  bytes_add_text(json, "\"");
}

// The first name of the path, unescaped; returns the rest.
static const char *path_segment(const char *path, struct bytes *segment) {
  bytes_clear(segment);
  bytes_add(segment, "", 0);
  for (; *path != '\0' && *path != '.'; path++) {
    if (*path == '\\' && path[1] != '\0') {
      path++;
    }
    bytes_add(segment, path, 1);
  }
  return *path == '.' ? path + 1 : path;
}

static bool names_element(const struct element *element, size_t index, const char *segment, struct bytes *name) {
  bytes_clear(name);
  if (element->name.at != NULL) {
    value_text(element->name, name);
  } else {
    bytes_format(name, "%zu", index);
  }
  return strcmp(bytes_text(name), segment) == 0;
}

// One step down from `*value`.
static enum value_state descend(struct value *value, const char *segment, struct bytes *count) {
  struct cursor cursor = {value->at, value->at + value->length};
  bool object = take(&cursor, '{');
  if (!object && !take(&cursor, '[')) {
    return VALUE_ABSENT;
  }
  struct bytes name = {0};
  struct element element;
  struct value found = {0};
  bool first = true;
  bool closed = false;
  size_t elements = 0;
  for (; next_element(&cursor, object, &first, 0, &element, &closed); elements++) {
    if (names_element(&element, elements, segment, &name)) {
      found = element.value;
    }
  }
  bytes_release(&name);
  if (found.at == NULL && strcmp(segment, "length") == 0) {
    bytes_clear(count);
    bytes_format(count, "%zu", elements);
    found = (struct value){count->at, count->length};
  }
  *value = found;
  return found.at == NULL ? VALUE_ABSENT : VALUE_FOUND;
}

enum value_state value_find(const char *json, size_t length, const char *path, struct value *found, struct bytes *count) {
  if (!value_is_json(json, length)) {
    return VALUE_NOT_JSON;
  }
  struct cursor cursor = {json, json + length};
  skip_space(&cursor);
  *found = (struct value){cursor.at, (size_t)(cursor.end - cursor.at)};
  struct bytes segment = {0};
  enum value_state state = VALUE_FOUND;
  while (state == VALUE_FOUND && *path != '\0') {
    path = path_segment(path, &segment);
    state = descend(found, segment.at, count);
  }
  bytes_release(&segment);
  return state;
}
