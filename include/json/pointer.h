// JSON pointers by RFC 6901, for bodies that nobody has described: what many of them lead to, found in one walk.
#ifndef XLAD_JSON_POINTER_H
#define XLAD_JSON_POINTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct pointer {
  struct text path;   // "" is the whole; "/a/0/b~1c": the member a, its first item, of that the member b/c
  struct text value;  // as it is written, without white space around it (json/walk.h); absent: it leads nowhere
  struct text rest;   // of the path, while it is looked for
  int level;          // how many of its steps were found
};

// Whether a text is a pointer: empty, or steps that begin with '/', in which '~' is followed by 0 or 1.
bool pointer_valid(struct text path);
// Sets the value of each. `json` must have passed the gate, which bounds its nesting and sees to it that a name occurs once; the paths are valid.
// Time is linear in `json`, times the number of pointers at worst.
void pointers_find(struct text json, struct pointer *pointers, size_t count);

// What a value is, by how it begins.
enum pointer_shape { POINTER_NOWHERE, POINTER_NULL, POINTER_TRUTH, POINTER_NUMBER, POINTER_STRING, POINTER_ARRAY, POINTER_OBJECT };
enum pointer_shape pointer_shape(struct text value);

#endif
