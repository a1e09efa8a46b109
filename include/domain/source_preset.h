// Presets: how the payloads of well-known tools are mapped, and how those tools sign.
#ifndef XLAD_DOMAIN_SOURCE_PRESET_H
#define XLAD_DOMAIN_SOURCE_PRESET_H

#include "domain/source.h"

struct source_preset {
  const char *name;
  struct signature signature;
  const struct source_mapping *mappings[RECORD_KINDS];  // NULL: the tool has no such bodies
};

// By name; NULL when there is none.
const struct source_preset *source_preset_find(struct text name);
// All of them, in the order of their names.
const struct source_preset *source_preset_at(size_t i, size_t *count);

#endif
