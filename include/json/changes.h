// What differs between two records of one field table.
#ifndef XLAD_JSON_CHANGES_H
#define XLAD_JSON_CHANGES_H

#include <stdbool.h>

#include "json/fields.h"

// Writes a list of {"pointer", "from", "to"}, an item for each member that differs, members of a FIELD_RECORD each for itself. `before` may be NULL:
// everything comes from null. Gives how many there are.
size_t fields_write_changes(const struct field_table *table, const void *before, const void *after, struct json_writer *writer);

#endif
