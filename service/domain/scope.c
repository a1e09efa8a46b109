// Reads the text form of a scope into sorted terms, or says what is wrong with it.
#include "domain/scope.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "domain/dimension.h"

// What scope_parse works with: the unread text, and the terms read so far.
struct reader {
  struct text rest;
  char *out;            // where the next value's characters go
  struct text *values;  // where the next value goes
  struct scope *scope;
  struct issues *issues;
};

static int compare_values(const void *a, const void *b) { return text_compare(*(const struct text *)a, *(const struct text *)b); }

static int compare_terms(const void *a, const void *b) {
  return text_compare(((const struct scope_term *)a)->dimension, ((const struct scope_term *)b)->dimension);
}

// Unescaped `separator`s in the text.
static size_t count_of(struct text a, char separator) {
  size_t count = 0;
  for (size_t i = 0; i < a.length; i++) {
    if (a.at[i] == '\\') {
      i++;
    } else if (a.at[i] == separator) {
      count++;
    }
  }
  return count;
}

// Takes characters up to an unescaped ',' or ';' into one value. False when an escape is cut short or a ':' stands bare, as in
// "service:vpn,location:oslo", which is a slip of the pen for two dimensions.
static bool read_value(struct reader *reader, struct text *value) {
  *value = (struct text){reader->out, 0};
  struct text *rest = &reader->rest;
  bool sound = true;
  while (rest->length > 0 && rest->at[0] != ',' && rest->at[0] != ';') {
    bool escaped = rest->at[0] == '\\';
    sound = sound && (escaped ? rest->length > 1 : rest->at[0] != ':');
    size_t taken = escaped && rest->length > 1 ? 2 : 1;
    *reader->out++ = rest->at[taken - 1];
    value->length++;
    rest->at += taken;
    rest->length -= taken;
  }
  return sound;
}

// Takes the next character of the rest if it is `c`.
static bool skip(struct text *rest, char c) {
  bool there = rest->length > 0 && rest->at[0] == c;
  rest->at += there;
  rest->length -= there;
  return there;
}

static bool read_values(struct reader *reader, struct scope_term *term) {
  term->values = reader->values;
  bool sound = true;
  bool empty = false;
  do {
    struct text *value = &term->values[term->count++];
    sound = read_value(reader, value) && sound;
    empty = empty || value->length == 0;
  } while (skip(&reader->rest, ','));
  reader->values += term->count;
  int length = (int)term->dimension.length;
  if (!sound) {
    issues_add(reader->issues, TEXT("scope"), "format",
               "must have \\: for a colon and \\\\ for a backslash in a value of %.*s, and ; before the next dimension", length, term->dimension.at);
  } else if (empty) {
    issues_add(reader->issues, TEXT("scope"), "required", "must have a value after each : and , of %.*s", length, term->dimension.at);
  }
  return sound && !empty;
}

static size_t without_repetition(struct text *values, size_t count) {
  size_t kept = 1;
  for (size_t i = 1; i < count; i++) {
    if (!text_equals(values[i], values[kept - 1])) {
      values[kept++] = values[i];
    }
  }
  return kept;
}

// Takes characters up to ':', ',', ';' or a backslash (names need no escapes) as a dimension's name, and says whether it is one.
static bool read_name(struct reader *reader, struct text *name) {
  struct text *rest = &reader->rest;
  *name = (struct text){reader->out, 0};
  while (rest->length > 0 && !memchr(":,;\\", rest->at[0], 4)) {
    *reader->out++ = *rest->at++;
    rest->length--;
    name->length++;
  }
  bool escaped = rest->length > 0 && rest->at[0] == '\\';
  if (!escaped && dimension_name_valid(*name)) {
    return true;
  }
  issues_add(reader->issues, TEXT("scope"), "format",
             "must begin part %zu with the name of a dimension: a lower-case letter, then up to 39 of a-z, 0-9 and _", reader->scope->count + 1);
  return false;
}

static bool read_term(struct reader *reader) {
  struct scope_term *term = &reader->scope->terms[reader->scope->count];
  *term = (struct scope_term){0};
  bool sound = read_name(reader, &term->dimension);
  reader->scope->count++;
  if (!sound) {
    return false;
  }
  if (skip(&reader->rest, ':')) {
    return read_values(reader, term);
  }
  int length = (int)term->dimension.length;
  issues_add(reader->issues, TEXT("scope"), "required", "must give %.*s a value, as in %.*s:value", length, term->dimension.at, length,
             term->dimension.at);
  return false;
}

static void skip_term(struct text *rest) {
  while (rest->length > 0 && rest->at[0] != ';') {
    size_t taken = rest->at[0] == '\\' && rest->length > 1 ? 2 : 1;
    rest->at += taken;
    rest->length -= taken;
  }
}

// Sorts terms that were read without a problem, and refuses dimensions that occur twice.
static bool put_in_order(struct scope *scope, struct issues *issues) {
  bool unique = true;
  qsort(scope->terms, scope->count, sizeof scope->terms[0], compare_terms);
  for (size_t i = 0; i < scope->count; i++) {
    struct scope_term *term = &scope->terms[i];
    qsort(term->values, term->count, sizeof term->values[0], compare_values);
    term->count = without_repetition(term->values, term->count);
    if (i > 0 && text_equals(term->dimension, scope->terms[i - 1].dimension)) {
      unique = false;
      issues_add(issues, TEXT("scope"), "unique", "must name %.*s once, with its values separated by commas", (int)term->dimension.length,
                 term->dimension.at);
    }
  }
  return unique;
}

bool scope_parse(struct text a, struct scope *scope, struct arena *arena, struct issues *issues) {
  *scope = (struct scope){0};
  if (a.length == 0) {
    return true;
  }
  size_t terms = count_of(a, ';') + 1;
  size_t values = count_of(a, ',') + terms;
  if (values > SCOPE_VALUES_MAX) {
    issues_add(issues, TEXT("scope"), "length", "must have at most %d values", SCOPE_VALUES_MAX);
    return false;
  }
  struct reader reader = {.rest = a, .scope = scope, .issues = issues};
  reader.out = arena_take(arena, a.length);
  reader.values = arena_take_array(arena, values, sizeof reader.values[0]);
  scope->terms = arena_take_array(arena, terms, sizeof scope->terms[0]);
  if (!reader.out || !reader.values || !scope->terms) {
    return false;
  }
  bool sound = true;
  do {
    sound = read_term(&reader) && sound;
    skip_term(&reader.rest);
  } while (skip(&reader.rest, ';'));
  return sound && put_in_order(scope, issues);
}

// Both lists are sorted.
static bool share_value(const struct scope_term *a, const struct scope_term *b) {
  size_t i = 0, j = 0;
  while (i < a->count && j < b->count) {
    int order = text_compare(a->values[i], b->values[j]);
    if (order == 0) {
      return true;
    }
    i += order < 0;
    j += order > 0;
  }
  return false;
}

static const struct scope_term *find_term(const struct scope *scope, struct text dimension) {
  for (size_t i = 0; i < scope->count; i++) {
    if (text_equals(scope->terms[i].dimension, dimension)) {
      return &scope->terms[i];
    }
  }
  return NULL;
}

bool scopes_disjoint(const struct scope *a, const struct scope *b) {
  for (size_t i = 0; i < a->count; i++) {
    const struct scope_term *other = find_term(b, a->terms[i].dimension);
    if (other && !share_value(&a->terms[i], other)) {
      return true;
    }
  }
  return false;
}

static bool terms_equal(const struct scope_term *a, const struct scope_term *b) {
  bool equal = a->count == b->count && text_equals(a->dimension, b->dimension);
  for (size_t i = 0; equal && i < a->count; i++) {
    equal = text_equals(a->values[i], b->values[i]);
  }
  return equal;
}

bool scopes_equal(const struct scope *a, const struct scope *b) {
  bool equal = a->count == b->count;
  for (size_t i = 0; equal && i < a->count; i++) {
    equal = terms_equal(&a->terms[i], &b->terms[i]);
  }
  return equal;
}
