// Stores the days that agreements leave out.
#include "store/exclusion_period_store.h"

static const struct statement FIND = {"exclusion_period_find",
                                      "select retired_at is not null from xlas where tenant_id = $1::uuid and slug = $2::text"};

// Who else adds one waits.
static const struct statement LOCK = {"exclusion_period_lock",
                                      "select retired_at is not null from xlas where tenant_id = $1::uuid and slug = $2::text for update"};

static const struct statement LIST = {"exclusion_period_list",
                                      "select period_id, from_day, to_day, reason, created_at, created_by from xla_exclusion_periods"
                                      " where tenant_id = $1::uuid and slug = $2::text order by from_day, to_day"};

static const struct statement MAKE = {
    "exclusion_period_make",
    "with made as (insert into xla_exclusion_periods (tenant_id, slug, period_id, from_day, to_day, reason, created_at, created_by)"
    " select $1::uuid, x.slug, $3::uuid, $4::date, $5::date, $6::text, $7::timestamptz, $8::text from xlas x"
    " where x.tenant_id = $1::uuid and x.slug = $2::text and x.retired_at is null and"
    " (select count(*) from xla_exclusion_periods p where p.tenant_id = $1::uuid and p.slug = $2::text) < $9::int4"
    " on conflict (tenant_id, slug, from_day, to_day) do nothing returning slug),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $10::uuid, $11::text, 'xla.exclude', slug,"
    " jsonb_build_object('id', $3::uuid, 'from', $4::date, 'to', $5::date, 'reason', $6::text) from made returning audit_id)"
    " select slug from made"};

static const struct statement END = {
    "exclusion_period_end",
    "with ended as (delete from xla_exclusion_periods"
    " where tenant_id = $1::uuid and slug = $2::text and period_id = $3::uuid returning slug, period_id, from_day, to_day, reason),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $4::uuid, $5::text, 'xla.readmit', slug,"
    " jsonb_build_object('id', period_id, 'from', from_day, 'to', to_day, 'reason', reason) from ended returning audit_id)"
    " select slug from ended"};

const struct statement *const EXCLUSION_PERIOD_STATEMENTS[] = {&FIND, &LOCK, &LIST, &MAKE, &END, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, struct text slug) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_text(job, slug);
}

void exclusion_period_ask_list(struct job *job, const struct uuid *tenant, struct text slug) {
  begin(job, &FIND, tenant, slug);
  begin(job, &LIST, tenant, slug);
}

void exclusion_period_take_row(const struct job *job, unsigned step, size_t row, struct exclusion_period_row *period) {
  *period = (struct exclusion_period_row){
      .id = row_uuid(job, step, row, 0),
      .days = {row_day(job, step, row, 1), row_day(job, step, row, 2)},
      .reason = row_text(job, step, row, 3),
      .created_at = row_instant(job, step, row, 4),
      .created_by = row_text(job, step, row, 5),
  };
}

void exclusion_period_ask_make(struct job *job, const struct uuid *tenant, struct text slug, const struct exclusion_period_row *period) {
  begin(job, &LOCK, tenant, slug);
  begin(job, &LIST, tenant, slug);
  begin(job, &MAKE, tenant, slug);
  job_uuid(job, &period->id);
  job_day(job, period->days.from);
  job_day(job, period->days.to);
  job_text(job, period->reason);
  job_instant(job, period->created_at);
  job_text(job, period->created_by);
  job_int4(job, EXCLUSION_PERIODS_MAX);
  job_audit(job, period->created_by);
}

void exclusion_period_ask_end(struct job *job, const struct uuid *tenant, struct text slug, const struct uuid *id, struct text actor) {
  begin(job, &END, tenant, slug);
  job_uuid(job, id);
  job_audit(job, actor);
}
