// How a scope is asked of the database: four parameters, one common table expression, one condition.
#ifndef XLAD_STORE_SCOPE_SQL_H
#define XLAD_STORE_SCOPE_SQL_H

#include "domain/scope.h"
#include "domain/tenant.h"
#include "store/job.h"

// The CTE `terms`, from the tenant's parameter and the first three of the scope's.
#define SCOPE_TERMS(tenant, slots, values, codes)                                                          \
  "terms as materialized (select s.slot, case when s.slot > 0 then v.value_id else s.code end as value_id" \
  " from unnest(" slots "::int2[], " values "::text[], " codes "::int2[]) as s(slot, value, code)"         \
  " left join dimension_values v on v.tenant_id = " tenant "::uuid and v.dimension_id = s.slot and v.value = s.value)"

// True for a row whose context holds one value of every term; `count` is the scope's fourth parameter.
#define SCOPE_HOLDS(count, value_ids, derived)                               \
  "(" count "::int4 = 0 or (select count(*) from terms x where x.value_id =" \
  " case when x.slot > 0 then (" value_ids ")[x.slot] else (" derived ")[-x.slot] end) = " count "::int4)"

// Adds the four parameters: slots, values, codes, number of terms. Every dimension of the scope must exist.
void job_scope(struct job *job, const struct tenant *tenant, const struct scope *scope);

#endif
