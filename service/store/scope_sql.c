// Hands a scope to the database.
#include "store/scope_sql.h"

#include <assert.h>

#include "domain/dimension.h"

static size_t value_count(const struct scope *scope) {
  size_t count = 0;
  for (size_t i = 0; i < scope->count; i++)
    count += scope->terms[i].count;
  return count;
}

// Slots, values and codes side by side, one entry for each value of each term.
enum part { PART_SLOT, PART_VALUE, PART_CODE };

static void add_part(struct job *job, const struct tenant *tenant, const struct scope *scope, enum part part) {
  job_array(job, part == PART_VALUE ? PG_TEXT : PG_INT2, value_count(scope));
  for (size_t i = 0; i < scope->count; i++) {
    const struct scope_term *term = &scope->terms[i];
    int slot = tenant_dimension_slot(tenant, term->dimension);
    assert(slot != 0);
    for (size_t j = 0; j < term->count; j++) {
      // An unknown label of a derived dimension has code 0, which must not match the rows where nothing is known.
      int code = slot < 0 ? derived_dimension_code(-slot - 1, term->values[j]) : 0;
      if (part == PART_SLOT)
        job_item_int(job, slot);
      else if (part == PART_VALUE)
        job_item_text(job, term->values[j]);
      else
        job_item_int(job, code ? code : -1);
    }
  }
}

void job_scope(struct job *job, const struct tenant *tenant, const struct scope *scope) {
  add_part(job, tenant, scope, PART_SLOT);
  add_part(job, tenant, scope, PART_VALUE);
  add_part(job, tenant, scope, PART_CODE);
  job_int4(job, (int64_t)scope->count);
}
