// Steps through JSON that is known to be well-formed, and takes its values as they are written: a number keeps its digits.
#ifndef XLAD_JSON_WALK_H
#define XLAD_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"

// One object or array.
struct walk {
  struct text rest;
  bool has_names;
  size_t position;    // of the value, from 1 on
  struct text token;  // its name, in quotes; absent in an array
  struct text value;  // JSON, without white space around it
  char digits[24];    // of the position in an array
};

// Of anything else there is no first item.
void walk_begin(struct walk *walk, struct text json);
// Steps on to the next member or item; false behind the last.
bool walk_next(struct walk *walk);
// The member's name without its quotes (and with its escapes), or the item's position, from 0 on.
struct text walk_name(struct walk *walk);

// The value of a member (the first of that name), or of an item by its position; absent where there is none.
struct text walk_find(struct text json, struct text name);
// Whether it is an object or an array.
bool walk_is_within(struct text json);
// Appends what a string says, without quotes and escapes; anything else as it stands.
void walk_text(struct text json, struct buffer *out);

#endif
