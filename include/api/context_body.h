// The context of a ticket or a measurement, from what was sent to what is stored.
#ifndef XLAD_API_CONTEXT_BODY_H
#define XLAD_API_CONTEXT_BODY_H

#include "domain/tenant.h"
#include "json/fields.h"

struct context_body {
  struct text json;     // as sent, for showing
  struct text *values;  // the same for counting: values[i] belongs to the dimension with id i + 1; absent where missing
  size_t count;
};

// Sorts the context into the places of its dimensions, in memory of the arena; an issue for each that the tenant does not have or that is derived.
// False when memory is out.
bool context_body_file(const struct text_map *context, const struct tenant *tenant, struct arena *arena, struct issues *issues,
                       struct context_body *filed);
// Adds a value, or replaces one.
void context_body_place(struct context_body *filed, int slot, struct text value);

#endif
