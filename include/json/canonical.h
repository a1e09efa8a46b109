// One form for equal JSON: what RFC 8785 calls canonical, of texts that the writer wrote.
#ifndef XLAD_JSON_CANONICAL_H
#define XLAD_JSON_CANONICAL_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/text.h"

// Appends `json` with the members of every object in the order of their names. It must come from the writer, whose strings, numbers and lack of
// white space are canonical already; names are ordered by bytes, which RFC 8785 does too as long as they are below U+D800. False when nesting exceeds
// JSON_DEPTH_MAX, an object has more than JSON_MEMBERS_MAX members, or memory is out.
bool json_canonical(struct text json, struct buffer *out) __attribute__((warn_unused_result));

#endif
