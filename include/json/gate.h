// The strict gate: decides on raw bytes whether a body is JSON by RFC 8259 as xlad takes it, before any parser builds anything.
#ifndef XLAD_JSON_GATE_H
#define XLAD_JSON_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

// Why and where a body was refused.
struct gate_refusal {
  const char *reason;  // literal, lower case, no full stop: "a member name occurs twice"
  size_t offset;       // of the first byte that could not be; of a bad escape, UTF-8 sequence or member name: its first byte
  bool out_of_memory;  // nothing is known about the body: memory for its member names was out
};

// True when `body` is one JSON value and nothing else: UTF-8 without BOM, nesting at most JSON_DEPTH_MAX, numbers of at most
// JSON_NUMBER_CHARS_MAX characters, no U+0000 in any string (escaped or raw), only paired surrogate escapes, no duplicate member in one object
// (compared after unescaping), at most JSON_MEMBERS_MAX members in one. Otherwise false and *refusal says why.
// Iterative. Takes memory only when more than a handful of members are open at once, at most JSON_DEPTH_MAX × JSON_MEMBERS_MAX names, and frees it.
// Time is O(n log m) for m members, whatever their names: names are sorted, not hashed, so there are no collisions to provoke.
bool gate_check(struct text body, struct gate_refusal *refusal) __attribute__((warn_unused_result));

#endif
