// Stores surveys and their versions.
#include "store/survey_store.h"

#include "store/fold_store.h"

#define SURVEY_COLUMNS "s.slug, s.content, s.revision, s.version, s.created_at, s.retired_at"

static const struct statement FIND = {"survey_find", "select " SURVEY_COLUMNS " from surveys s where s.tenant_id = $1::uuid and s.slug = $2::text"};

static const struct statement VERSIONS = {"survey_versions", "select version, made_at, form from survey_versions"
                                                             " where tenant_id = $1::uuid and slug = $2::text order by version"};

static const struct statement VERSION = {"survey_version",
                                         "select v.version, s.version, s.content, v.form, s.created_at, s.retired_at"
                                         " from surveys s join survey_versions v on v.tenant_id = $1::uuid and v.slug = s.slug"
                                         " and v.version = coalesce($3::int4, s.version) where s.tenant_id = $1::uuid and s.slug = $2::text"};

static const struct statement CREATE = {
    "survey_create", "with made as (insert into surveys (tenant_id, slug, content, created_at)"
                     " select $1::uuid, $2::text, $3::text::json, $5::timestamptz"
                     " where (select count(*) from surveys where tenant_id = $1::uuid) < $7::int8"
                     " on conflict (tenant_id, slug) do nothing returning slug),"
                     " asked as (insert into survey_versions (tenant_id, slug, version, made_at, form)"
                     " select $1::uuid, slug, 1, $5::timestamptz, $4::text::json from made returning version),"
                     " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                     " select $1::uuid, $8::uuid, $9::text, 'survey.create', slug, jsonb_build_object('changes', $6::text::jsonb) from made"
                     " returning audit_id)"
                     " select slug from made"};

static const struct statement CHANGE = {
    "survey_change",
    "with changed as (update surveys s set content = $3::text::json, revision = s.revision + 1, version = s.version + $8::bool::int"
    " where s.tenant_id = $1::uuid and s.slug = $2::text and s.revision = $7::int4 and s.retired_at is null returning s.slug, s.version),"
    " asked as (insert into survey_versions (tenant_id, slug, version, made_at, form)"
    " select $1::uuid, slug, version, $5::timestamptz, $4::text::json from changed where $8::bool returning version),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $9::uuid, $10::text, 'survey.change', slug, jsonb_build_object('version', version, 'changes', $6::text::jsonb) from changed"
    " returning audit_id)"
    " select slug from changed"};

static const struct statement RETIRE = {"survey_retire",
                                        "with retired as (update surveys s set retired_at = now(), revision = s.revision + 1"
                                        " where s.tenant_id = $1::uuid and s.slug = $2::text and s.retired_at is null returning s.slug),"
                                        " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                                        " select $1::uuid, $3::uuid, $4::text, 'survey.retire', slug from retired returning audit_id)"
                                        " select slug from surveys where tenant_id = $1::uuid and slug = $2::text"};

static const struct statement LIST = {"survey_list", "select " SURVEY_COLUMNS " from surveys s where s.tenant_id = $1::uuid"
                                                     " and ($2::text is null or s.slug > $2::text)"
                                                     " and ($4::text is null or s.content ->> 'kind' = $4::text)"
                                                     " and ($5::bool is null or (s.retired_at is not null) = $5::bool)"
                                                     " order by s.slug limit $3::int8"};

const struct statement *const SURVEY_STATEMENTS[] = {&FIND, &VERSIONS, &VERSION, &CREATE, &CHANGE, &RETIRE, &LIST, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, struct text slug) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_text(job, slug);
}

void survey_ask_find(struct job *job, const struct uuid *tenant, struct text slug) {
  begin(job, &FIND, tenant, slug);
  begin(job, &VERSIONS, tenant, slug);
}

void survey_take_row(const struct job *job, unsigned step, size_t row, struct survey_row *survey) {
  *survey = (struct survey_row){
      .slug = row_text(job, step, row, 0),
      .content = row_text(job, step, row, 1),
      .revision = row_int(job, step, row, 2),
      .version = row_int(job, step, row, 3),
      .created_at = row_instant(job, step, row, 4),
      .retired_at = row_instant(job, step, row, 5),
  };
}

void survey_take_version(const struct job *job, unsigned step, size_t row, struct survey_version_row *version) {
  *version = (struct survey_version_row){row_int(job, step, row, 0), row_instant(job, step, row, 1), row_text(job, step, row, 2)};
}

void survey_ask_version(struct job *job, const struct uuid *tenant, struct text slug, int64_t version) {
  begin(job, &VERSION, tenant, slug);
  job_int4(job, version);
}

void survey_take_asked(const struct job *job, unsigned step, struct survey_asked *asked) {
  *asked = (struct survey_asked){
      .version = row_int(job, step, 0, 0),
      .newest = row_int(job, step, 0, 1),
      .content = row_text(job, step, 0, 2),
      .form = row_text(job, step, 0, 3),
      .created_at = row_instant(job, step, 0, 4),
      .retired_at = row_instant(job, step, 0, 5),
  };
}

static void add_draft(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct survey_draft *draft) {
  begin(job, statement, tenant, draft->slug);
  job_text(job, draft->content);
  job_text(job, draft->form);
  job_instant(job, draft->created_at);
  job_text(job, draft->changes);
}

void survey_ask_create(struct job *job, const struct uuid *tenant, const struct survey_draft *draft, struct text actor) {
  // Who else adds one waits, so that the limit holds.
  fold_ask_lock(job, tenant);
  add_draft(job, &CREATE, tenant, draft);
  job_int8(job, SURVEYS_MAX);
  job_audit(job, actor);
}

void survey_ask_change(struct job *job, const struct uuid *tenant, const struct survey_draft *draft, struct text actor) {
  add_draft(job, &CHANGE, tenant, draft);
  job_int4(job, draft->revision);
  job_bool(job, draft->new_version);
  job_audit(job, actor);
}

void survey_ask_retire(struct job *job, const struct uuid *tenant, struct text slug, struct text actor) {
  begin(job, &RETIRE, tenant, slug);
  job_audit(job, actor);
}

void survey_ask_list(struct job *job, const struct uuid *tenant, const struct survey_filter *filter) {
  begin(job, &LIST, tenant, filter->after);
  job_int8(job, filter->limit);
  job_text(job, filter->kind);
  job_bool(job, filter->retired);
}
