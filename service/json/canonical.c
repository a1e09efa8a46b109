// Puts the members of JSON objects in order.
#include "json/canonical.h"

#include "base/limits.h"

#include <stdlib.h>

struct member {
  struct text name;  // with its quotes
  struct text value;
};

static int compare_names(const void *a, const void *b) {
  struct text left = ((const struct member *)a)->name, right = ((const struct member *)b)->name;
  // Without the closing quote, which stands before letters.
  left.length--;
  right.length--;
  return text_compare(left, right);
}

// The length of the string that begins here, quotes included.
static size_t string_length(struct text json) {
  size_t i = 1;
  while (i < json.length && json.at[i] != '"')
    i += json.at[i] == '\\' ? 2 : 1;
  return i + 1;
}

// Takes what stands before the next ',', ':' or closing bracket of this level.
static struct text take_token(struct text *json) {
  size_t i = 0, depth = 0;
  while (i < json->length) {
    char c = json->at[i];
    if (depth == 0 && (c == ',' || c == ':' || c == '}' || c == ']')) break;
    depth += c == '{' || c == '[';
    depth -= c == '}' || c == ']';
    i += c == '"' ? string_length((struct text){json->at + i, json->length - i}) : 1;
  }
  struct text token = {json->at, i};
  json->at += i;
  json->length -= i;
  return token;
}

static bool skip(struct text *json, char c) {
  if (json->length == 0 || json->at[0] != c) return false;
  json->at++;
  json->length--;
  return true;
}

static bool write_value(struct text json, struct buffer *out, unsigned depth);

static bool write_array(struct text json, struct buffer *out, unsigned depth) {
  bool good = true;
  buffer_char(out, '[');
  (void)skip(&json, '[');
  for (size_t i = 0; good && json.length > 0 && !skip(&json, ']'); i++) {
    if (i > 0) buffer_char(out, ',');
    good = write_value(take_token(&json), out, depth);
    (void)skip(&json, ',');
  }
  buffer_char(out, ']');
  return good;
}

static bool write_members(const struct member *members, size_t count, struct buffer *out, unsigned depth) {
  bool good = true;
  buffer_char(out, '{');
  for (size_t i = 0; good && i < count; i++) {
    if (i > 0) buffer_char(out, ',');
    buffer_text(out, members[i].name);
    buffer_char(out, ':');
    good = write_value(members[i].value, out, depth);
  }
  buffer_char(out, '}');
  return good;
}

static bool write_object(struct text json, struct buffer *out, unsigned depth) {
  struct member *members = calloc(JSON_MEMBERS_MAX, sizeof *members);
  size_t count = 0;
  bool good = members != NULL;
  (void)skip(&json, '{');
  while (good && json.length > 0 && !skip(&json, '}')) {
    good = count < JSON_MEMBERS_MAX;
    if (!good) break;
    members[count].name = take_token(&json);
    (void)skip(&json, ':');
    members[count++].value = take_token(&json);
    (void)skip(&json, ',');
  }
  if (good) {
    qsort(members, count, sizeof *members, compare_names);
    good = write_members(members, count, out, depth);
  }
  free(members);
  return good;
}

static bool write_value(struct text json, struct buffer *out, unsigned depth) {
  if (depth == JSON_DEPTH_MAX) return false;
  if (json.length > 0 && json.at[0] == '{') return write_object(json, out, depth + 1);
  if (json.length > 0 && json.at[0] == '[') return write_array(json, out, depth + 1);
  buffer_text(out, json);
  return true;
}

bool json_canonical(struct text json, struct buffer *out) { return write_value(json, out, 0) && !out->failed; }
