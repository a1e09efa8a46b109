// Finds equal contexts, and equal values in them, among the tickets of a batch.
#include "store/context_set.h"

#include <string.h>

enum { CONTEXT_SET_BYTES_MAX = 64 * 1024 * 1024 };

// A power of two, at most half of it used.
static size_t slots_for(size_t count) {
  size_t slots = 2;
  while (slots < 2 * count)
    slots *= 2;
  return slots;
}

bool context_set_init(struct context_set *set, size_t contexts_max, size_t values_max) {
  *set = (struct context_set){.value_slots_count = slots_for(values_max), .context_slots_count = slots_for(contexts_max)};
  arena_init(&set->arena, CONTEXT_SET_BYTES_MAX);
  set->values = arena_take_array(&set->arena, values_max + 1, sizeof *set->values);
  set->places = arena_take_array(&set->arena, values_max + 1, sizeof *set->places);
  set->ends = arena_take_array(&set->arena, contexts_max + 1, sizeof *set->ends);
  set->value_slots = arena_take_array(&set->arena, set->value_slots_count, sizeof *set->value_slots);
  set->context_slots = arena_take_array(&set->arena, set->context_slots_count, sizeof *set->context_slots);
  return set->values && set->places && set->ends && set->value_slots && set->context_slots;
}

void context_set_release(struct context_set *set) { arena_release(&set->arena); }

// FNV's low bits alone are good enough for a table; folding in the high ones makes short values spread.
static size_t slot_at(uint64_t hash, size_t slots) { return (size_t)(hash ^ hash >> 32) & (slots - 1); }

static uint32_t number_of(struct context_set *set, size_t dimension_id, struct text value) {
  uint64_t hash = text_hash(TEXT_HASH + dimension_id, value);
  size_t at = slot_at(hash, set->value_slots_count);
  for (; set->value_slots[at]; at = (at + 1) & (set->value_slots_count - 1)) {
    const struct context_value *known = &set->values[set->value_slots[at] - 1];
    if (known->dimension_id == dimension_id && text_equals(known->value, value)) return set->value_slots[at];
  }
  set->values[set->values_count++] = (struct context_value){dimension_id, value};
  return set->value_slots[at] = (uint32_t)set->values_count;
}

static bool same_places(const struct context_set *set, size_t context, const uint32_t *places, size_t count) {
  size_t first = context > 0 ? set->ends[context - 1] : 0;
  return set->ends[context] - first == count && memcmp(set->places + first, places, count * sizeof *places) == 0;
}

size_t context_set_add(struct context_set *set, const struct text *values, size_t count) {
  size_t first = context_set_places(set);
  uint32_t *places = set->places + first;
  for (size_t i = 0; i < count; i++)
    places[i] = values[i].at ? number_of(set, i + 1, values[i]) : 0;
  uint64_t hash = text_hash(TEXT_HASH, (struct text){(const char *)places, count * sizeof *places});
  size_t at = slot_at(hash, set->context_slots_count);
  for (; set->context_slots[at]; at = (at + 1) & (set->context_slots_count - 1))
    if (same_places(set, set->context_slots[at] - 1, places, count)) return set->context_slots[at];
  set->ends[set->contexts_count++] = first + count;
  set->context_slots[at] = (uint32_t)set->contexts_count;
  return set->contexts_count;
}
