// The dimensions every tenant has: nine presets that tickets send, and four that xlad derives from the ticket.
#ifndef XLAD_DOMAIN_DIMENSION_H
#define XLAD_DOMAIN_DIMENSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

// The value under which a full dimension files what it has no room for.
#define DIMENSION_OTHER "(other)"

// A derived dimension: its values are codes 1, 2, … into `values`; 0 means not known (a missing value).
// The same order is kept in the database's ticket_derived().
struct derived_dimension {
  const char *name;
  const char *const *values;  // NULL-terminated; values[code - 1] is the label of `code`
};

enum { DERIVED_COUNT = 4 };
extern const struct derived_dimension DERIVED_DIMENSIONS[DERIVED_COUNT];  // sla, reassignments, reopened, resolution_time

// Names of the presets, NULL-terminated.
extern const char *const PRESET_DIMENSIONS[];

// Index into DERIVED_DIMENSIONS, or −1.
int derived_dimension_find(struct text name);
// Code of a label, or 0.
int derived_dimension_code(int index, struct text label);
// Names under which the people who work on tickets are found, NULL-terminated: figures by them are off unless a tenant switches them on.
extern const char *const AGENT_DIMENSIONS[];
bool dimension_names_agents(struct text name);
// A lower-case letter, then up to 39 of a-z, 0-9 and _.
bool dimension_name_valid(struct text name);

#endif
