// A scope: a filter over contexts. Values of one dimension are alternatives; dimensions all have to hold.
#ifndef XLAD_DOMAIN_SCOPE_H
#define XLAD_DOMAIN_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/errors.h"
#include "base/text.h"

struct scope_term {
  struct text dimension;
  struct text *values;  // sorted, without repetition; at least one
  size_t count;
};

// Terms are sorted by dimension, so that equal scopes are equal texts. No terms: everything.
struct scope {
  struct scope_term *terms;
  size_t count;
};

// Reads "service:vpn,mail;location:oslo" (already percent-decoded). A backslash takes the next character as itself, so that values may hold
// , ; : and \. An absent or empty text is the empty scope. Problems (no value, an empty or invalid name, a dimension named twice, more than
// SCOPE_VALUES_MAX values) are added to `issues` with pointer "scope". False then, and when memory is out.
bool scope_parse(struct text a, struct scope *scope, struct arena *arena, struct issues *issues);

// True when no context can be in both: some dimension has values in each, and none in common. Otherwise some answers may count on both sides.
bool scopes_disjoint(const struct scope *a, const struct scope *b);
// True when they filter the same.
bool scopes_equal(const struct scope *a, const struct scope *b);

#endif
