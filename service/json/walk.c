// Steps through well-formed JSON.
#include "json/walk.h"

#include <stdio.h>
#include <string.h>

static struct text without_space(struct text a) {
  while (a.length > 0 && strchr(" \t\r\n", a.at[0]) && a.at[0] != '\0')
    a = (struct text){a.at + 1, a.length - 1};
  return a;
}

// The length of the string that begins here, quotes included.
static size_t string_length(struct text json) {
  size_t i = 1;
  while (i < json.length && json.at[i] != '"')
    i += json.at[i] == '\\' ? 2 : 1;
  return i < json.length ? i + 1 : json.length;
}

// The length of the value that begins here.
static size_t value_length(struct text json) {
  size_t i = 0, depth = 0;
  while (i < json.length) {
    char c = json.at[i];
    bool closes = c == '}' || c == ']';
    if (depth == 0 && (closes || c == ',' || c == ':' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) return i;
    i += c == '"' ? string_length((struct text){json.at + i, json.length - i}) : 1;
    depth += c == '{' || c == '[';
    depth -= closes;
    if (depth == 0 && (closes || c == '"')) return i;
  }
  return i;
}

static struct text take(struct text *rest) {
  size_t length = value_length(*rest);
  struct text taken = {rest->at, length};
  *rest = without_space((struct text){rest->at + length, rest->length - length});
  return taken;
}

void walk_begin(struct walk *walk, struct text json) {
  *walk = (struct walk){.has_names = json.length > 0 && json.at[0] == '{'};
  if (walk_is_within(json)) walk->rest = without_space((struct text){json.at + 1, json.length - 1});
}

bool walk_next(struct walk *walk) {
  struct text rest = walk->rest;
  if (rest.length > 0 && rest.at[0] == ',') rest = without_space((struct text){rest.at + 1, rest.length - 1});
  if (rest.length == 0 || rest.at[0] == '}' || rest.at[0] == ']') return false;
  if (walk->has_names) {
    walk->token = take(&rest);
    if (rest.length > 0) rest = without_space((struct text){rest.at + 1, rest.length - 1});
  }
  walk->value = take(&rest);
  walk->position++;
  walk->rest = rest;
  return walk->value.length > 0;
}

struct text walk_name(struct walk *walk) {
  if (walk->has_names) return (struct text){walk->token.at + 1, walk->token.length - 2};
  int length = snprintf(walk->digits, sizeof walk->digits, "%zu", walk->position - 1);
  return (struct text){walk->digits, (size_t)length};
}

struct text walk_find(struct text json, struct text name) {
  struct walk walk;
  walk_begin(&walk, json);
  while (walk_next(&walk))
    if (text_equals(walk_name(&walk), name)) return walk.value;
  return TEXT_NONE;
}

bool walk_is_within(struct text json) { return json.length > 0 && (json.at[0] == '{' || json.at[0] == '['); }

// --- Strings

static unsigned hex_value(char c) { return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10) & 0xf; }

static unsigned four_digits(const char *at) { return hex_value(at[0]) << 12 | hex_value(at[1]) << 8 | hex_value(at[2]) << 4 | hex_value(at[3]); }

static void append_point(struct buffer *out, unsigned point) {
  if (point >= 0x10000) {
    buffer_char(out, (char)(0xf0 | point >> 18));
    buffer_char(out, (char)(0x80 | (point >> 12 & 0x3f)));
  } else if (point >= 0x800) {
    buffer_char(out, (char)(0xe0 | point >> 12));
  } else if (point >= 0x80) {
    buffer_char(out, (char)(0xc0 | point >> 6));
  } else {
    buffer_char(out, (char)point);
    return;
  }
  if (point >= 0x800) buffer_char(out, (char)(0x80 | (point >> 6 & 0x3f)));
  buffer_char(out, (char)(0x80 | (point & 0x3f)));
}

// Appends the character whose escape begins `escaped` (behind the backslash), and gives how long that is. Two surrogates are one character.
static size_t append_escaped(struct buffer *out, struct text escaped) {
  static const char LETTERS[] = "bfnrt", MEANT[] = "\b\f\n\r\t";
  if (escaped.at[0] != 'u' || escaped.length < 5) {
    const char *letter = strchr(LETTERS, escaped.at[0]);
    buffer_char(out, letter && *letter ? MEANT[letter - LETTERS] : escaped.at[0]);
    return 1;
  }
  unsigned point = four_digits(escaped.at + 1);
  if (point < 0xd800 || point > 0xdbff || escaped.length < 11) {
    append_point(out, point);
    return 5;
  }
  append_point(out, 0x10000 + ((point & 0x3ff) << 10) + (four_digits(escaped.at + 7) & 0x3ff));
  return 11;
}

void walk_text(struct text json, struct buffer *out) {
  if (json.length < 2 || json.at[0] != '"') {
    buffer_text(out, json);
    return;
  }
  struct text rest = {json.at + 1, json.length - 2};
  while (rest.length > 0) {
    const char *backslash = memchr(rest.at, '\\', rest.length);
    size_t plain = backslash ? (size_t)(backslash - rest.at) : rest.length;
    buffer_append(out, rest.at, plain);
    rest = (struct text){rest.at + plain, rest.length - plain};
    if (rest.length < 2) return;
    size_t used = 1 + append_escaped(out, (struct text){rest.at + 1, rest.length - 1});
    rest = (struct text){rest.at + used, rest.length - used};
  }
}
