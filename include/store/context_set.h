// The distinct contexts of a batch of tickets, and the distinct values in them: what occurs often travels once and is looked up once.
#ifndef XLAD_STORE_CONTEXT_SET_H
#define XLAD_STORE_CONTEXT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"

struct context_set {
  struct arena arena;
  // Values in order of arrival.
  struct context_value {
    size_t dimension_id;
    struct text value;
  } * values;
  size_t values_count;
  // Contexts one behind the other: each takes the places from where the one before ends up to its own end. A place names the value that the
  // context has in the dimension of that id, by its number from 1 on; 0 where it is missing.
  uint32_t *places;
  size_t *ends;
  size_t contexts_count;
  // Numbers by hash.
  uint32_t *value_slots, *context_slots;
  size_t value_slots_count, context_slots_count;
};

// Room for adding so many contexts, equal ones counted too, with so many values altogether. False when memory is out; to be released all the same.
bool context_set_init(struct context_set *set, size_t contexts_max, size_t values_max) __attribute__((warn_unused_result));
void context_set_release(struct context_set *set);

// Gives the context's number, from 1 on. values[i] belongs to the dimension with id i + 1, absent where missing, and must outlive the set.
size_t context_set_add(struct context_set *set, const struct text *values, size_t count);

// All places there are.
static inline size_t context_set_places(const struct context_set *set) { return set->contexts_count ? set->ends[set->contexts_count - 1] : 0; }

#endif
