// Stores and lists dimensions.
#include "store/dimension_store.h"

#include <string.h>

#include "store/fold_store.h"

static const struct statement LIST = {
    "dimension_list", "select d.dimension_id, d.name, d.max_values,"
                      " case when $3::bool then (select count(*) from dimension_values v"
                      " where v.tenant_id = $1::uuid and v.dimension_id = d.dimension_id and v.value <> '(other)') end, d.created_at"
                      " from dimensions d where d.tenant_id = $1::uuid and ($2::text is null or d.name = $2::text) order by d.dimension_id"};
static const struct statement CREATE = {
    "dimension_create", "with made as ("
                        " insert into dimensions (tenant_id, dimension_id, name, max_values)"
                        " select $1::uuid, coalesce(max(dimension_id), 0) + 1, $2::text, $3::int4 from dimensions where tenant_id = $1::uuid"
                        " having coalesce(max(dimension_id), 0) < $4::int4 returning dimension_id, created_at),"
                        " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                        " select $1::uuid, $5::uuid, $6::text, 'dimension.create', $2::text from made returning audit_id),"
                        " summed as (insert into marginals (tenant_id, slot, value_id, labelled, day, backlog_n, backlog, sums)"
                        " select r.tenant_id, m.dimension_id, 0, r.labelled, r.day, r.backlog_n, r.backlog, r.sums"
                        " from made m cross join marginals r where r.tenant_id = $1::uuid and r.slot = 0 returning slot)"
                        " select dimension_id, created_at from made"};
static const struct statement CHANGE = {
    "dimension_change",
    "with changed as ("
    " update dimensions set max_values = $3::int4 where tenant_id = $1::uuid and name = $2::text returning dimension_id),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $4::uuid, $5::text, 'dimension.change', $2::text, jsonb_build_object('max_values', $3::int4) from changed returning audit_id)"
    " select dimension_id from changed"};

const struct statement *const DIMENSION_STATEMENTS[] = {&LIST, &CREATE, &CHANGE, NULL};

void dimension_ask_list(struct job *job, const struct uuid *tenant, struct text name, bool count_values) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_text(job, name);
  job_bool(job, count_values);
}

void dimension_take_row(const struct job *job, unsigned step, size_t row, struct dimension_row *dimension) {
  dimension->id = (int)row_int(job, step, row, 0);
  dimension->name = row_text(job, step, row, 1);
  dimension->max_values = row_int(job, step, row, 2);
  dimension->values = row_int(job, step, row, 3);
  dimension->created_at = row_instant(job, step, row, 4);
}

void dimension_take_all(const struct job *job, unsigned step, struct tenant *tenant) {
  tenant->dimensions_count = 0;
  for (size_t i = 0; i < job_rows(job, step) && i < DIMENSIONS_MAX; i++) {
    struct dimension_row row;
    dimension_take_row(job, step, i, &row);
    struct dimension *dimension = &tenant->dimensions[tenant->dimensions_count++];
    size_t length = row.name.length < DIMENSION_NAME_CHARS_MAX ? row.name.length : DIMENSION_NAME_CHARS_MAX;
    dimension->id = row.id;
    memcpy(dimension->name, row.name.at, length);
    dimension->name[length] = '\0';
  }
}

void dimension_ask_create(struct job *job, const struct uuid *tenant, struct text name, int64_t max_values, struct text actor) {
  // What is summed already lacks the new dimension, so nothing may be folded until it is there.
  fold_ask_lock(job, tenant);
  job_step(job, &CREATE);
  job_uuid(job, tenant);
  job_text(job, name);
  job_int4(job, max_values);
  job_int4(job, DIMENSIONS_MAX);
  job_audit(job, actor);
}

void dimension_ask_change(struct job *job, const struct uuid *tenant, struct text name, int64_t max_values, struct text actor) {
  job_step(job, &CHANGE);
  job_uuid(job, tenant);
  job_text(job, name);
  job_int4(job, max_values);
  job_audit(job, actor);
}
