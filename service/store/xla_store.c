// Stores experience level agreements.
#include "store/xla_store.h"

#define XLA_COLUMNS "x.slug, x.content, x.revision, x.version, x.created_at, x.retired_at"

static const struct statement FIND = {"xla_find", "select " XLA_COLUMNS " from xlas x where x.tenant_id = $1::uuid and x.slug = $2::text"};

static const struct statement VERSIONS = {"xla_versions", "select version, valid_from, terms from xla_versions"
                                                          " where tenant_id = $1::uuid and slug = $2::text order by version"};

static const struct statement CREATE = {
    "xla_create", "with made as (insert into xlas (tenant_id, slug, content, created_at)"
                  " values ($1::uuid, $2::text, $3::text::json, $6::timestamptz) on conflict (tenant_id, slug) do nothing returning slug),"
                  " demanded as (insert into xla_versions (tenant_id, slug, version, valid_from, terms)"
                  " select $1::uuid, slug, 1, $5::date, $4::text::json from made returning version),"
                  " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                  " select $1::uuid, $8::uuid, $9::text, 'xla.create', slug, jsonb_build_object('changes', $7::text::jsonb) from made"
                  " returning audit_id)"
                  " select slug from made"};

static const struct statement CHANGE = {
    "xla_change",
    "with changed as (update xlas x set content = $3::text::json, revision = x.revision + 1, version = x.version + $7::bool::int"
    " where x.tenant_id = $1::uuid and x.slug = $2::text and x.revision = $6::int4 and x.retired_at is null returning x.slug, x.version),"
    " demanded as (insert into xla_versions (tenant_id, slug, version, valid_from, terms)"
    " select $1::uuid, slug, version, $5::date, $4::text::json from changed where $7::bool returning version),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $9::uuid, $10::text, 'xla.change', slug, jsonb_build_object('version', version, 'changes', $8::text::jsonb) from changed"
    " returning audit_id)"
    " select slug from changed"};

static const struct statement RETIRE = {"xla_retire",
                                        "with retired as (update xlas x set retired_at = now(), revision = x.revision + 1"
                                        " where x.tenant_id = $1::uuid and x.slug = $2::text and x.retired_at is null returning x.slug),"
                                        " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                                        " select $1::uuid, $3::uuid, $4::text, 'xla.retire', slug from retired returning audit_id)"
                                        " select slug from xlas where tenant_id = $1::uuid and slug = $2::text"};

// The state by the primary key: one look-up for each that is listed, however long its history is. Only who filters by status looks at more than a
// page.
static const struct statement LIST = {
    "xla_list", "select " XLA_COLUMNS ", d.state from (select * from xlas k where k.tenant_id = $1::uuid and ($2::text is null or k.slug > $2::text)"
                " and ($4::text is null or k.content ->> 'metric' = $4::text or exists (select from json_array_elements("
                " case json_typeof(k.content -> 'components') when 'array' then k.content -> 'components' else '[]' end) c"
                " where c.value ->> 'metric' = $4::text))"
                " and ($5::text is null or k.content ->> 'owner' = $5::text)"
                " and ($6::bool is null or (k.retired_at is not null) = $6::bool)"
                " order by k.slug limit case when $7::text is null then $3::int8 end) x left join lateral"
                " (select coalesce(k.revised_status, k.status) as status, coalesce(k.revised_state, k.state) as state from xla_days k"
                " where k.tenant_id = $1::uuid and k.slug = x.slug order by k.day desc limit 1) d on true"
                " where $7::text is null or $7::text = case when x.retired_at is not null then 'retired' else coalesce(d.status,"
                " case when (x.content ->> 'starts_on')::date < $8::date then 'insufficient_data' else 'not_started' end) end"
                " order by x.slug limit $3::int8"};

const struct statement *const XLA_STATEMENTS[] = {&FIND, &VERSIONS, &CREATE, &CHANGE, &RETIRE, &LIST, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, struct text slug) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_text(job, slug);
}

void xla_ask_find(struct job *job, const struct uuid *tenant, struct text slug) {
  begin(job, &FIND, tenant, slug);
  begin(job, &VERSIONS, tenant, slug);
}

void xla_take_row(const struct job *job, unsigned step, size_t row, struct xla_row *xla) {
  *xla = (struct xla_row){
      .slug = row_text(job, step, row, 0),
      .content = row_text(job, step, row, 1),
      .revision = row_int(job, step, row, 2),
      .version = row_int(job, step, row, 3),
      .created_at = row_instant(job, step, row, 4),
      .retired_at = row_instant(job, step, row, 5),
  };
}

void xla_take_version(const struct job *job, unsigned step, size_t row, struct xla_version_row *version) {
  *version = (struct xla_version_row){row_int(job, step, row, 0), row_day(job, step, row, 1), row_text(job, step, row, 2)};
}

static void add_draft(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct xla_draft *draft) {
  begin(job, statement, tenant, draft->slug);
  job_text(job, draft->content);
  job_text(job, draft->terms);
  job_day(job, draft->today);
}

void xla_ask_create(struct job *job, const struct uuid *tenant, const struct xla_draft *draft, struct text actor) {
  add_draft(job, &CREATE, tenant, draft);
  job_instant(job, draft->created_at);
  job_text(job, draft->changes);
  job_audit(job, actor);
}

void xla_ask_change(struct job *job, const struct uuid *tenant, const struct xla_draft *draft, struct text actor) {
  add_draft(job, &CHANGE, tenant, draft);
  job_int4(job, draft->revision);
  job_bool(job, draft->new_version);
  job_text(job, draft->changes);
  job_audit(job, actor);
}

void xla_ask_retire(struct job *job, const struct uuid *tenant, struct text slug, struct text actor) {
  begin(job, &RETIRE, tenant, slug);
  job_audit(job, actor);
}

void xla_ask_list(struct job *job, const struct uuid *tenant, const struct xla_filter *filter) {
  begin(job, &LIST, tenant, filter->after);
  job_int8(job, filter->limit);
  job_text(job, filter->metric);
  job_text(job, filter->owner);
  job_bool(job, filter->retired);
  job_text(job, filter->status);
  job_day(job, filter->today);
}

struct text xla_take_state(const struct job *job, unsigned step, size_t row) {
  return row_text(job, step, row, 6);
}
