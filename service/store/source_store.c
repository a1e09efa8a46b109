// Stores sources, opens them for what their tools send, and keeps what became nothing.
#include "store/source_store.h"

#include <string.h>

#include "base/limits.h"
#include "store/fold_store.h"

#define COLUMNS         "name, content, revision, created_at, old_secret_until"
#define FAILURE_COLUMNS "failure_id, received_at, last_at, times, reason, errors, query, record, octet_length(body)"
#define FRESH           "last_at > now() - interval '7 days'"

_Static_assert(SOURCE_FAILURE_DAYS == 7, "adapt the statements");

static const struct statement LIST = {"source_list",
                                      "select " COLUMNS " from sources where tenant_id = $1::uuid and ($2::text is null or name = $2::text)"
                                      " and ($3::text is null or name > $3::text) order by name limit $4::int8"};

static const struct statement CREATE = {
    "source_create",
    "with made as (insert into sources (tenant_id, name, content, secret, created_at)"
    " select $1::uuid, $2::text, $3::text::json, $4::bytea, $5::timestamptz"
    " where (select count(*) from sources where tenant_id = $1::uuid) < $7::int8 on conflict (tenant_id, name) do nothing returning name),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $8::uuid, $9::text, 'source.create', name, jsonb_build_object('changes', $6::text::jsonb) from made"
    " returning audit_id) select name from made"};

static const struct statement CHANGE = {
    "source_change", "with changed as (update sources set content = $3::text::json, revision = revision + 1"
                     " where tenant_id = $1::uuid and name = $2::text and revision = $4::int4 returning name),"
                     " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                     " select $1::uuid, $6::uuid, $7::text, 'source.change', name, jsonb_build_object('changes', $5::text::jsonb) from changed"
                     " returning audit_id) select name from changed"};

static const struct statement SECRET = {
    "source_secret", "with changed as (update sources set old_secret = secret, old_secret_until = $4::timestamptz, secret = $3::bytea"
                     " where tenant_id = $1::uuid and name = $2::text returning name),"
                     " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                     " select $1::uuid, $5::uuid, $6::text, 'source.secret', name from changed returning audit_id) select name from changed"};

static const struct statement DELETE = {
    "source_delete", "with gone as (delete from sources where tenant_id = $1::uuid and name = $2::text returning name),"
                     " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                     " select $1::uuid, $3::uuid, $4::text, 'source.delete', name from gone returning audit_id) select name from gone"};

static const struct statement OPEN = {"source_open", "select content, secret, case when old_secret_until > now() then old_secret end from sources"
                                                     " where tenant_id = $1::uuid and name = $2::text"};

static const struct statement ZONE = {"source_zone", "select exists (select from pg_timezone_names where name = $1::text)"};

static const struct statement INSTANTS = {"source_instants", "select (s.at at time zone 'UTC') at time zone $1::text"
                                                             " from unnest($2::timestamptz[]) with ordinality s(at, n) order by s.n"};

static const struct statement NEWER = {
    "source_newer", "select t.ref from tickets t where t.tenant_id = $1::uuid and t.ref = any($2::text[]) and t.updated_at > $3::timestamptz"};

// A body that came before is the same failure. What there is no room for is counted only.
static const struct statement KEEP = {
    "source_keep",
    "with given as materialized (select distinct on (g.body_hash) g.* from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[],"
    " $8::bytea[], $9::text[]) with ordinality g(failure_id, reason, errors, query, body, body_hash, record, n) order by g.body_hash, g.n),"
    " known as materialized (select f.body_hash from source_failures f"
    " where f.tenant_id = $1::uuid and f.name = $2::text and f.body_hash = any($8::bytea[])),"
    " room as materialized (select count(*) as rows, coalesce(sum(octet_length(f.body)), 0) as bytes from source_failures f"
    " where f.tenant_id = $1::uuid and f.name = $2::text),"
    " fitting as materialized (select g.*, row_number() over (order by g.n) as place, sum(octet_length(g.body)) over (order by g.n) as sum from "
    "given g"
    " where g.body_hash not in (select body_hash from known)),"
    " chosen as materialized (select g.failure_id, g.reason, g.errors, g.query, g.body, g.body_hash, g.record from given g"
    " where g.body_hash in (select body_hash from known) union all"
    " select c.failure_id, c.reason, c.errors, c.query, c.body, c.body_hash, c.record from fitting c cross join room r"
    " where r.rows + c.place <= $11::int8 and r.bytes + c.sum <= $12::int8),"
    " counted as (update sources set failed = failed + cardinality($3::uuid[]),"
    " dropped = dropped + (select count(*) from given) - (select count(*) from chosen)"
    " where tenant_id = $1::uuid and name = $2::text returning name),"
    " kept as (insert into source_failures as f (tenant_id, name, failure_id, received_at, last_at, reason, errors, query, body, body_hash, record)"
    " select $1::uuid, $2::text, c.failure_id, $10::timestamptz, $10::timestamptz, c.reason, c.errors::json, c.query::json, c.body, c.body_hash,"
    " c.record from chosen c on conflict (tenant_id, name, body_hash) do update"
    " set times = f.times + 1, last_at = excluded.last_at, reason = excluded.reason, errors = excluded.errors"
    " returning f.failure_id, f.body_hash)"
    " select failure_id, body_hash from kept"};

static const struct statement FAILURES = {"source_failures",
                                          "select " FAILURE_COLUMNS ", case when $3::uuid is not null then body end from source_failures"
                                          " where tenant_id = $1::uuid and name = $2::text and ($3::uuid is null or failure_id = $3::uuid)"
                                          " and ($4::uuid is null or failure_id < $4::uuid) and " FRESH " order by failure_id desc limit $5::int8"};

static const struct statement COUNTS = {"source_counts",
                                        "select (select count(*) from source_failures f where f.tenant_id = $1::uuid and f.name = $2::text"
                                        " and f." FRESH "), s.failed, s.dropped from sources s"
                                        " where s.tenant_id = $1::uuid and s.name = $2::text"};

static const struct statement MENDED = {
    "source_mended", "with gone as (delete from source_failures where tenant_id = $1::uuid and name = $2::text and failure_id = $3::uuid"
                     " returning failure_id),"
                     " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                     " select $1::uuid, $4::uuid, $5::text, 'source.replay', $2::text, jsonb_build_object('failure', failure_id) from gone"
                     " returning audit_id) select failure_id from gone"};

static const struct statement FAILED_AGAIN = {"source_failed_again", "update source_failures set reason = $4::text, errors = $5::text::json"
                                                                     " where tenant_id = $1::uuid and name = $2::text and failure_id = $3::uuid"};

static const struct statement PURGE = {
    "source_purge", "with old as materialized (select name, failure_id from source_failures where tenant_id = $1::uuid"
                    " and last_at <= now() - interval '7 days' order by last_at limit $2::int8)"
                    " delete from source_failures f using old o where f.tenant_id = $1::uuid and f.name = any(array(select k.name from old k))"
                    " and f.failure_id = any(array(select k.failure_id from old k)) and f.name = o.name and f.failure_id = o.failure_id"};

const struct statement *const SOURCE_STATEMENTS[] = {&LIST,  &CREATE, &CHANGE,   &SECRET, &DELETE, &OPEN,         &ZONE,  &INSTANTS,
                                                     &NEWER, &KEEP,   &FAILURES, &COUNTS, &MENDED, &FAILED_AGAIN, &PURGE, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, struct text name) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_text(job, name);
}

void source_ask_list(struct job *job, const struct uuid *tenant, struct text name, struct text after, int64_t limit) {
  begin(job, &LIST, tenant, name);
  job_text(job, after);
  job_int8(job, limit);
}

void source_take_row(const struct job *job, unsigned step, size_t row, struct source_row *source) {
  *source = (struct source_row){
      .name = row_text(job, step, row, 0),
      .content = row_text(job, step, row, 1),
      .revision = row_int(job, step, row, 2),
      .created_at = row_instant(job, step, row, 3),
      .old_secret_until = row_instant(job, step, row, 4),
  };
}

void source_ask_create(struct job *job, const struct uuid *tenant, const struct source_row *source, struct text secret, struct text changes,
                       struct text actor) {
  // Who else adds one waits, so that the limit holds.
  fold_ask_lock(job, tenant);
  begin(job, &CREATE, tenant, source->name);
  job_text(job, source->content);
  job_text(job, secret);
  job_instant(job, source->created_at);
  job_text(job, changes);
  job_int8(job, SOURCES_MAX);
  job_audit(job, actor);
}

void source_ask_change(struct job *job, const struct uuid *tenant, const struct source_row *source, struct text changes, struct text actor) {
  begin(job, &CHANGE, tenant, source->name);
  job_text(job, source->content);
  job_int4(job, source->revision);
  job_text(job, changes);
  job_audit(job, actor);
}

void source_ask_secret(struct job *job, const struct uuid *tenant, struct text name, struct text secret, int64_t old_until, struct text actor) {
  begin(job, &SECRET, tenant, name);
  job_text(job, secret);
  job_instant(job, old_until);
  job_audit(job, actor);
}

void source_ask_delete(struct job *job, const struct uuid *tenant, struct text name, struct text actor) {
  begin(job, &DELETE, tenant, name);
  job_audit(job, actor);
}

void source_ask_open(struct job *job, const struct uuid *tenant, struct text name) { begin(job, &OPEN, tenant, name); }

void source_take_opened(const struct job *job, unsigned step, struct source_opened *opened) {
  *opened = (struct source_opened){row_text(job, step, 0, 0), row_text(job, step, 0, 1), row_text(job, step, 0, 2)};
}

void source_ask_zone(struct job *job, struct text time_zone) {
  job_step(job, &ZONE);
  job_text(job, time_zone);
}

bool source_take_zone(const struct job *job, unsigned step) { return row_int(job, step, 0, 0) == 1; }

void source_ask_instants(struct job *job, struct text time_zone, const int64_t *shown, size_t count) {
  job_step(job, &INSTANTS);
  job_text(job, time_zone);
  job_array(job, PG_TIMESTAMPTZ, count);
  for (size_t i = 0; i < count; i++)
    job_item_instant(job, shown[i]);
}

int64_t source_take_instant(const struct job *job, unsigned step, size_t i) { return row_instant(job, step, i, 0); }

void source_ask_newer(struct job *job, const struct uuid *tenant, const struct text *refs, size_t count, int64_t since) {
  job_step(job, &NEWER);
  job_uuid(job, tenant);
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, refs[i]);
  job_instant(job, since);
}

struct text source_take_newer(const struct job *job, unsigned step, size_t row) {
  return row_text(job, step, row, 0);
}

// An array of one text of each.
static void add_texts(struct job *job, enum pg_type type, const struct source_keep *keeps, size_t count, size_t offset) {
  job_array(job, type, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, *(const struct text *)(const void *)((const char *)&keeps[i].failure + offset));
}

void source_ask_keep(struct job *job, const struct uuid *tenant, struct text name, const struct source_keep *keeps, size_t count) {
  begin(job, &KEEP, tenant, name);
  job_array(job, PG_UUID, count);
  for (size_t i = 0; i < count; i++)
    job_item_uuid(job, &keeps[i].failure.id);
  add_texts(job, PG_TEXT, keeps, count, offsetof(struct source_failure, reason));
  add_texts(job, PG_TEXT, keeps, count, offsetof(struct source_failure, errors));
  add_texts(job, PG_TEXT, keeps, count, offsetof(struct source_failure, query));
  add_texts(job, PG_BYTEA, keeps, count, offsetof(struct source_failure, body));
  job_array(job, PG_BYTEA, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, (struct text){(const char *)keeps[i].hash, DIGEST_BYTES});
  add_texts(job, PG_TEXT, keeps, count, offsetof(struct source_failure, record));
  job_instant(job, count > 0 ? keeps[0].failure.received_at : ABSENT);
  job_int8(job, SOURCE_FAILURES_MAX);
  job_int8(job, SOURCE_FAILURE_BYTES_MAX);
}

void source_take_kept(const struct job *job, unsigned step, struct source_keep *keeps, size_t count) {
  size_t rows = job_rows(job, step);
  for (size_t i = 0; i < count; i++)
    for (size_t row = 0; row < rows && !keeps[i].kept; row++) {
      struct text hash = row_text(job, step, row, 1);
      if (hash.length != DIGEST_BYTES || memcmp(hash.at, keeps[i].hash, DIGEST_BYTES) != 0) continue;
      keeps[i].kept = true;
      keeps[i].failure.id = row_uuid(job, step, row, 0);
    }
}

void source_ask_failures(struct job *job, const struct uuid *tenant, struct text name, const struct uuid *id, const struct uuid *before,
                         int64_t limit) {
  begin(job, &FAILURES, tenant, name);
  job_uuid(job, id);
  job_uuid(job, before);
  job_int8(job, limit);
}

void source_take_failure(const struct job *job, unsigned step, size_t row, struct source_failure *failure) {
  *failure = (struct source_failure){
      .id = row_uuid(job, step, row, 0),
      .received_at = row_instant(job, step, row, 1),
      .last_at = row_instant(job, step, row, 2),
      .times = row_int(job, step, row, 3),
      .reason = row_text(job, step, row, 4),
      .errors = row_text(job, step, row, 5),
      .query = row_text(job, step, row, 6),
      .record = row_text(job, step, row, 7),
      .bytes = row_int(job, step, row, 8),
      .body = row_text(job, step, row, 9),
  };
}

void source_ask_counts(struct job *job, const struct uuid *tenant, struct text name) { begin(job, &COUNTS, tenant, name); }

void source_take_counts(const struct job *job, unsigned step, struct source_counts *counts) {
  *counts = (struct source_counts){row_int(job, step, 0, 0), row_int(job, step, 0, 1), row_int(job, step, 0, 2)};
}

void source_ask_mended(struct job *job, const struct uuid *tenant, struct text name, const struct uuid *id, struct text actor) {
  begin(job, &MENDED, tenant, name);
  job_uuid(job, id);
  job_audit(job, actor);
}

void source_ask_failed_again(struct job *job, const struct uuid *tenant, struct text name, const struct source_failure *failure) {
  begin(job, &FAILED_AGAIN, tenant, name);
  job_uuid(job, &failure->id);
  job_text(job, failure->reason);
  job_text(job, failure->errors);
}

void source_ask_purge(struct job *job, const struct uuid *tenant) {
  job_step(job, &PURGE);
  job_uuid(job, tenant);
  job_int8(job, SOURCE_PURGED_MAX);
}
