// What is asked of an import: which kind of record, in which format, and how the columns of a CSV file become members.
#ifndef XLAD_API_IMPORT_PLAN_H
#define XLAD_API_IMPORT_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/errors.h"
#include "base/limits.h"
#include "domain/tenant.h"
#include "json/fields.h"

enum import_kind { IMPORT_TICKETS, IMPORT_RESPONSES, IMPORT_MEASUREMENTS };
enum import_format { IMPORT_NDJSON, IMPORT_CSV };

// A member and what it takes: a column, by the name the header gives it, or a constant.
struct import_pair {
  struct text member, source;
};
struct import_pairs {
  struct import_pair items[IMPORT_PAIRS_MAX];
  size_t count;
};

struct import_plan {
  enum import_kind kind;
  enum import_format format;
  struct import_pairs map, set;
  bool mapped;              // columns that the map doesn't name are ignored
  const char *date_format;  // pattern of every time; NULL: RFC 3339
  struct text null;         // the text that stands for null besides the empty cell; or absent
  struct arena arena;
  // Of a CSV file whose header was read: each member, and the cell it takes; constants come last.
  struct text *names, *values;
  size_t *cells;
  size_t members_count, cells_count;
};

// The options by name, as query parameters have them: "map", "set", "date_format", "null"; NULL-terminated.
extern const char *const IMPORT_OPTIONS[];

void import_plan_init(struct import_plan *plan, enum import_kind kind, enum import_format format);
void import_plan_release(struct import_plan *plan);

// Takes one option; adds issues with its name as pointer. `map` and `set` hold "member=column" or "member=constant" pairs between commas, may come
// several times, and take the character behind a backslash as itself. All options are for CSV only: NDJSON names its members itself.
void import_plan_option(struct import_plan *plan, const char *name, struct text value, struct issues *issues);
// The last step: members and dimensions have to exist, none may be given twice. False after issues.
bool import_plan_check(const struct import_plan *plan, const struct tenant *tenant, struct issues *issues);

// Binds the plan to a CSV file's header. False after issues: columns that are no members, mapped columns that are missing, required members that
// nothing fills.
bool import_plan_bind(struct import_plan *plan, const struct tenant *tenant, const struct text *header, size_t count, struct issues *issues);
// The cells of a record under their members' names; good until the next call. `cells` are plan->cells_count.
struct field_cells import_plan_cells(struct import_plan *plan, const struct text *cells);

const struct field_table *import_plan_table(const struct import_plan *plan);
// The members of a record of this kind.
const struct field_table *import_kind_table(enum import_kind kind);

#endif
