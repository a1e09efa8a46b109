// Excludes responses from figures, and readmits them.
#include "store/exclusion_store.h"

// Locks the response, so that what it says holds for the next step.
static const struct statement FIND = {"exclusion_find",
                                      "select exclusion_reason, excluded_at, excluded_by, exclusion_reason = $3::text from responses"
                                      " where tenant_id = $1::uuid and response_id = $2::uuid for update"};

static const struct statement MAKE = {
    "exclusion_make", "with made as (update responses set excluded_at = now(), excluded_by = $4::text, exclusion_reason = $5::text"
                      " where tenant_id = $1::uuid and response_id = $2::uuid and excluded_at is null"
                      " returning response_id, ref, resolution_no, exclusion_reason, excluded_at, excluded_by),"
                      " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, m.ref, false from made m returning ref),"
                      " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                      " select $1::uuid, $3::uuid, $4::text, 'response.exclude', response_id::text,"
                      " jsonb_build_object('ticket', ref, 'resolution', resolution_no, 'reason', exclusion_reason) from made returning audit_id)"
                      " select exclusion_reason, excluded_at, excluded_by from made"};

static const struct statement END = {
    "exclusion_end",
    "with ended as (update responses set excluded_at = null, excluded_by = null, exclusion_reason = null"
    " where tenant_id = $1::uuid and response_id = $2::uuid and excluded_at is not null returning response_id, ref, resolution_no),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, e.ref, false from ended e returning ref),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $3::uuid, $4::text, 'response.readmit', response_id::text, jsonb_build_object('ticket', ref, 'resolution', resolution_no)"
    " from ended returning audit_id)"
    " select response_id from ended"};

const struct statement *const EXCLUSION_STATEMENTS[] = {&FIND, &MAKE, &END, NULL};

enum { STEP_FIND, STEP_MAKE };

static void add_change(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct uuid *id, struct text actor) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_audit(job, actor);
}

void exclusion_ask_make(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text reason, struct text actor) {
  job_step(job, &FIND);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_text(job, reason);
  add_change(job, &MAKE, tenant, id, actor);
  job_text(job, reason);
}

enum exclusion_outcome exclusion_take_made(const struct job *job, struct exclusion *exclusion) {
  if (job_rows(job, STEP_FIND) == 0) return EXCLUSION_UNKNOWN;
  unsigned step = job_rows(job, STEP_MAKE) == 1 ? STEP_MAKE : STEP_FIND;
  exclusion->reason = row_text(job, step, 0, 0);
  exclusion->at = row_instant(job, step, 0, 1);
  exclusion->by = row_text(job, step, 0, 2);
  if (step == STEP_MAKE) return EXCLUSION_MADE;
  return row_int(job, STEP_FIND, 0, 3) == 1 ? EXCLUSION_SAME : EXCLUSION_OTHER;
}

void exclusion_ask_end(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor) {
  add_change(job, &END, tenant, id, actor);
}
