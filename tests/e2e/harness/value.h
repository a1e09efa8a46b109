// Finds values in JSON text and keeps their exact digits: a number is what is printed, never what a double makes of it.
#ifndef XLAD_E2E_VALUE_H
#define XLAD_E2E_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

// A piece of the JSON text it was found in.
struct value {
  const char *at;  // NULL: absent
  size_t length;
};

enum value_state { VALUE_FOUND, VALUE_ABSENT, VALUE_NOT_JSON };

// `path`: member names and array indexes joined by dots ("metrics.happiness.value", "items.0.ref", a dot in a name as "\.");
// "" is the whole text. "length" of an array, or of an object without such a member, is the number of its elements; its
// digits are put into `count`, which must live as long as `found`.
enum value_state value_find(const char *json, size_t length, const char *path, struct value *found, struct bytes *count);

// The text of a string without its quotes and escapes, or any other value as it stands.
void value_text(struct value value, struct bytes *text);
// The value without white space between its tokens.
void value_compact(struct value value, struct bytes *text);
bool value_is_string(struct value value);
// True when the whole text is one JSON value.
bool value_is_json(const char *text, size_t length);
// A string as a JSON literal, quoted and escaped.
void value_quote(const char *text, size_t length, struct bytes *json);

#endif
