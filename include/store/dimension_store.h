// A tenant's own dimensions in the database; the derived ones are facts of the domain.
#ifndef XLAD_STORE_DIMENSION_STORE_H
#define XLAD_STORE_DIMENSION_STORE_H

#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const DIMENSION_STATEMENTS[];

// All of a tenant, by id, with the number of values each holds when `count_values`; one of them when `name` is given.
void dimension_ask_list(struct job *job, const struct uuid *tenant, struct text name, bool count_values);
struct dimension_row {
  int id;
  struct text name;
  int64_t max_values;
  int64_t values;  // ABSENT when not asked for
  int64_t created_at;
};
void dimension_take_row(const struct job *job, unsigned step, size_t row, struct dimension_row *dimension);
// Fills the tenant's list from the rows of `step`.
void dimension_take_all(const struct job *job, unsigned step, struct tenant *tenant);

// Two steps; the second has one row (id, created_at) when made, none when the tenant has DIMENSIONS_MAX already. ERR_CONFLICT when the name is taken.
// Waits for what is being folded.
enum { DIMENSION_MADE_STEP = 1 };
void dimension_ask_create(struct job *job, const struct uuid *tenant, struct text name, int64_t max_values, struct text actor);
// One row when the dimension exists. Raising or lowering files nothing anew.
void dimension_ask_change(struct job *job, const struct uuid *tenant, struct text name, int64_t max_values, struct text actor);

#endif
