// Files contexts: adds the values that dimensions do not have yet, and sends contexts along with what they belong to.
#include "store/context_store.h"

// Only a dimension that meets a value it does not know is locked, so that its maximum holds among several writers.
static const struct statement LOCK_DIMENSIONS = {"context_lock_dimensions",
                                                 "select d.dimension_id from dimensions d where d.tenant_id = $1::uuid and d.dimension_id in ("
                                                 " select s.dimension_id"
                                                 " from unnest($2::int2[], $3::text[]) with ordinality as s(dimension_id, value, arrival)" KNOWN_VALUE
                                                 " where v.value_id is null)"
                                                 " order by d.dimension_id for update"};

// New values in order of arrival, as far as there is room; what finds none is filed under (other).
static const struct statement ADD_VALUES = {
    "context_add_values",
    "with missing as (select s.dimension_id, s.value, s.arrival"
    " from unnest($2::int2[], $3::text[]) with ordinality as s(dimension_id, value, arrival)" KNOWN_VALUE " where v.value_id is null),"
    " ranked as (select m.*, row_number() over (partition by m.dimension_id order by m.arrival) as place from missing m),"
    " room as ("
    " select d.dimension_id, d.max_values - (select count(*) from dimension_values v"
    " where v.tenant_id = $1::uuid and v.dimension_id = d.dimension_id and v.value <> '(other)') as free"
    " from dimensions d where d.tenant_id = $1::uuid and d.dimension_id in (select m.dimension_id from missing m))"
    " insert into dimension_values (tenant_id, dimension_id, value)"
    " select $1::uuid, r.dimension_id, case when r.place <= o.free then r.value else '(other)' end"
    " from ranked r join room o on o.dimension_id = r.dimension_id order by r.dimension_id, r.arrival"
    " on conflict do nothing"};

const struct statement *const CONTEXT_STATEMENTS[] = {&LOCK_DIMENSIONS, &ADD_VALUES, NULL};

static void add_values(struct job *job, const struct context_set *set) {
  job_array(job, PG_INT2, set->values_count);
  for (size_t i = 0; i < set->values_count; i++)
    job_item_int(job, (int64_t)set->values[i].dimension_id);
  job_array(job, PG_TEXT, set->values_count);
  for (size_t i = 0; i < set->values_count; i++)
    job_item_text(job, set->values[i].value);
}

void context_ask_values(struct job *job, const struct uuid *tenant, const struct context_set *set) {
  static const struct statement *const FILING[] = {&LOCK_DIMENSIONS, &ADD_VALUES};
  for (size_t i = 0; i < 2 && set->values_count > 0; i++) {
    job_step(job, FILING[i]);
    job_uuid(job, tenant);
    add_values(job, set);
  }
}

void job_contexts(struct job *job, const struct context_set *set) {
  add_values(job, set);
  job_array(job, PG_INT4, context_set_places(set));
  for (size_t i = 0; i < context_set_places(set); i++)
    job_item_int(job, set->places[i]);
  job_array(job, PG_INT4, set->contexts_count);
  for (size_t i = 0; i < set->contexts_count; i++)
    job_item_int(job, i > 0 ? (int64_t)set->ends[i - 1] + 1 : 1);
  job_array(job, PG_INT4, set->contexts_count);
  for (size_t i = 0; i < set->contexts_count; i++)
    job_item_int(job, (int64_t)set->ends[i]);
}
