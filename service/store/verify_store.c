// Recomputes what other statements have derived.
#include "store/verify_store.h"

// Each branch is one rule of a ticket's life, and finds the rows that break it.
static const struct statement DIFFERENCES = {
    "verify_differences",
    "(select 'ticket ' || t.ref, 'derived is ' || t.derived::text || ', its facts give '"
    " || ticket_derived(t.sla_met, t.reassignments, t.reopens, t.opened_at, t.resolved_at)::text"
    " from tickets t where t.tenant_id = $1::uuid"
    " and t.derived is distinct from ticket_derived(t.sla_met, t.reassignments, t.reopens, t.opened_at, t.resolved_at) limit $2::int8)"
    " union all"
    " (select 'ticket ' || t.ref, 'resolution_no is ' || t.resolution_no || ', its resolutions count to ' || count(r.no)"
    " from tickets t left join resolutions r on r.tenant_id = $1::uuid and r.ref = t.ref where t.tenant_id = $1::uuid"
    " group by t.ref, t.resolution_no having t.resolution_no <> count(r.no) or t.resolution_no <> coalesce(max(r.no), 0) limit $2::int8)"
    " union all"
    " (select 'ticket ' || t.ref, 'its resolution ' || r.no || ' differs from it in time, context, or derived dimensions'"
    " from tickets t join resolutions r on r.tenant_id = $1::uuid and r.ref = t.ref and r.no = t.resolution_no"
    " where t.tenant_id = $1::uuid and coalesce(t.resolved_at, t.closed_at) is not null"
    " and (r.resolved_at, r.segment_id, r.derived) is distinct from (coalesce(t.resolved_at, t.closed_at), t.segment_id, t.derived) limit $2::int8)"
    " union all"
    " (select 'ticket ' || t.ref, 'its context is no segment' from tickets t where t.tenant_id = $1::uuid"
    " and not exists (select from segments g where g.tenant_id = $1::uuid and g.segment_id = t.segment_id) limit $2::int8)"
    " union all"
    " (select 'resolution ' || r.ref || ' ' || r.no, 'its context is no segment' from resolutions r where r.tenant_id = $1::uuid"
    " and not exists (select from segments g where g.tenant_id = $1::uuid and g.segment_id = r.segment_id) limit $2::int8)"
    " union all"
    " (select 'response ' || p.response_id, 'its ticket ' || p.ref || ' is not there' from responses p where p.tenant_id = $1::uuid"
    " and not exists (select from tickets t where t.tenant_id = $1::uuid and t.ref = p.ref) limit $2::int8)"
    " union all"
    " (select 'response ' || p.response_id, 'its resolution ' || p.resolution_no || ' of ' || p.ref || ' is not there' from responses p"
    " where p.tenant_id = $1::uuid and p.resolution_no > 0"
    " and not exists (select from resolutions r where r.tenant_id = $1::uuid and r.ref = p.ref and r.no = p.resolution_no) limit $2::int8)"
    " union all"
    " (select 'response ' || p.response_id, 'the first resolution of ' || p.ref || ' has not adopted it' from responses p"
    " where p.tenant_id = $1::uuid and p.resolution_no = 0"
    " and exists (select from resolutions r where r.tenant_id = $1::uuid and r.ref = p.ref) limit $2::int8)"
    " union all"
    " (select 'segment ' || g.segment_id, 'its values are ' || g.value_ids::text || ', which have another id' from segments g"
    " where g.tenant_id = $1::uuid and g.segment_id <> md5(g.value_ids::text)::uuid limit $2::int8)"
    " union all"
    " (select 'segment ' || g.segment_id, 'value ' || x.value_id || ' is none of its dimension' from segments g"
    " cross join lateral unnest(g.value_ids) with ordinality as x(value_id, dimension_id)"
    " where g.tenant_id = $1::uuid and x.value_id is not null and not exists (select from dimension_values v"
    " where v.tenant_id = $1::uuid and v.value_id = x.value_id and v.dimension_id = x.dimension_id) limit $2::int8)"};

static const struct statement COUNTS = {"verify_counts", "select (select count(*) from tickets where tenant_id = $1::uuid),"
                                                         " (select count(*) from resolutions where tenant_id = $1::uuid),"
                                                         " (select count(*) from responses where tenant_id = $1::uuid),"
                                                         " (select count(*) from segments where tenant_id = $1::uuid)"};

const struct statement *const VERIFY_STATEMENTS[] = {&DIFFERENCES, &COUNTS, NULL};

enum { STEP_DIFFERENCES, STEP_COUNTS };

void verify_ask(struct job *job, const struct uuid *tenant) {
  job_step(job, &DIFFERENCES);
  job_uuid(job, tenant);
  job_int8(job, DIFFERENCES_MAX);
  job_step(job, &COUNTS);
  job_uuid(job, tenant);
}

size_t verify_differences(const struct job *job) { return job_rows(job, STEP_DIFFERENCES); }

void verify_take_difference(const struct job *job, size_t row, struct difference *difference) {
  difference->subject = row_text(job, STEP_DIFFERENCES, row, 0);
  difference->detail = row_text(job, STEP_DIFFERENCES, row, 1);
}

void verify_take_counts(const struct job *job, struct verified *counts) {
  counts->tickets = row_int(job, STEP_COUNTS, 0, 0);
  counts->resolutions = row_int(job, STEP_COUNTS, 0, 1);
  counts->responses = row_int(job, STEP_COUNTS, 0, 2);
  counts->segments = row_int(job, STEP_COUNTS, 0, 3);
}
