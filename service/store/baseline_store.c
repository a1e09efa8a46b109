// Stores and finds baselines.
#include "store/baseline_store.h"

#include <string.h>

const char *const BASELINE_KINDS[] = {[BASELINE_MEASURED] = "measured", [BASELINE_EXTERNAL] = "external", NULL};

static const struct statement CREATE = {
    "baseline_create",
    "with made as ("
    " insert into baselines (tenant_id, baseline_id, kind, content, hash, created_at, created_by)"
    " values ($1::uuid, $2::uuid, $3::text, $4::text::json, $5::bytea, $6::timestamptz, $8::text) returning baseline_id),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $7::uuid, $8::text, 'baseline.create', baseline_id::text, jsonb_build_object('hash', encode($5::bytea, 'hex')) from made"
    " returning audit_id)"
    " select baseline_id from made"};

#define ROW_COLUMNS                                                                                                       \
  "b.baseline_id, b.kind, b.content ->> 'name', b.content ->> 'note', b.content ->> 'source', b.content ->> 'time_zone'," \
  " (b.content -> 'scope')::text, (b.content -> 'window')::text, b.hash, b.created_at"
enum { COLUMN_CONTENT = 10 };

static const struct statement LIST = {
    "baseline_list", "select " ROW_COLUMNS " from baselines b where b.tenant_id = $1::uuid and ($2::text is null or b.kind = $2::text)"
                     " and ($3::uuid is null or b.baseline_id < $3::uuid) order by b.baseline_id desc limit $4::int8"};

static const struct statement FIND = {
    "baseline_find", "select " ROW_COLUMNS ", b.content::text,"
                     " (select string_agg(t.key || ':' || (select string_agg(regexp_replace(v.value, '([,;:\\\\])', '\\\\\\1', 'g'), ',')"
                     " from json_array_elements_text(t.value) as v(value)), ';') from json_each(b.content -> 'scope') t),"
                     " (b.content -> 'window' ->> 'from')::date, (b.content -> 'window' ->> 'to')::date"
                     " from baselines b where b.tenant_id = $1::uuid and b.baseline_id = $2::uuid"};

static const struct statement METRICS = {
    "baseline_metrics",
    "select m.key, (m.value -> 'definition' ->> 'version')::int8, coalesce((m.value ->> 'suppressed')::bool, false),"
    " coalesce(m.value ->> 'count', m.value ->> 'n', '0')::int8, m.value ->> 'sum', m.value ->> 'sum_squares',"
    " case when b.kind = 'external' then round((m.value ->> 'value')::numeric * 10000)::int8 end,"
    " array(select i.value::int8 from json_array_elements_text(m.value -> 'bins') with ordinality as i(value, ord) order by i.ord)"
    " from baselines b cross join lateral json_each(b.content -> 'metrics') m"
    " where b.tenant_id = $1::uuid and b.baseline_id = $2::uuid"};

const struct statement *const BASELINE_STATEMENTS[] = {&CREATE, &LIST, &FIND, &METRICS, NULL};

void baseline_ask_create(struct job *job, const struct uuid *tenant, const struct baseline_draft *draft, struct text actor) {
  uint8_t hash[DIGEST_BYTES];
  digest_sha256(draft->content.at, draft->content.length, hash);
  job_step(job, &CREATE);
  job_uuid(job, tenant);
  job_uuid(job, &draft->id);
  job_text(job, text_of(BASELINE_KINDS[draft->kind]));
  job_text(job, draft->content);
  job_bytes(job, hash, sizeof hash);
  job_instant(job, draft->created_at);
  job_audit(job, actor);
}

void baseline_ask_list(struct job *job, const struct uuid *tenant, int64_t kind, const struct uuid *after, int64_t limit) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_text(job, kind == ABSENT ? TEXT_NONE : text_of(BASELINE_KINDS[kind]));
  job_uuid(job, after);
  job_int8(job, limit);
}

void baseline_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *id) {
  job_step(job, &FIND);
  job_uuid(job, tenant);
  job_uuid(job, id);
}

static bool is_intact(const struct baseline_row *baseline) {
  uint8_t hash[DIGEST_BYTES];
  digest_sha256(baseline->content.at, baseline->content.length, hash);
  return baseline->hash.length == DIGEST_BYTES && memcmp(hash, baseline->hash.at, DIGEST_BYTES) == 0;
}

bool baseline_take_row(const struct job *job, unsigned step, size_t row, struct baseline_row *baseline) {
  *baseline = (struct baseline_row){
      .id = row_uuid(job, step, row, 0),
      .kind = text_is(row_text(job, step, row, 1), BASELINE_KINDS[BASELINE_EXTERNAL]) ? BASELINE_EXTERNAL : BASELINE_MEASURED,
      .name = row_text(job, step, row, 2),
      .note = row_text(job, step, row, 3),
      .source = row_text(job, step, row, 4),
      .time_zone = row_text(job, step, row, 5),
      .scope = row_text(job, step, row, 6),
      .window = row_text(job, step, row, 7),
      .hash = row_text(job, step, row, 8),
      .created_at = row_instant(job, step, row, 9),
  };
  if (job->steps[step].statement != &FIND) return true;
  baseline->content = row_text(job, step, row, COLUMN_CONTENT);
  baseline->scope_query = row_text(job, step, row, COLUMN_CONTENT + 1);
  if (baseline->kind == BASELINE_MEASURED)
    baseline->days = (struct window){row_day(job, step, row, COLUMN_CONTENT + 2), row_day(job, step, row, COLUMN_CONTENT + 3)};
  return is_intact(baseline);
}

void baseline_ask_metrics(struct job *job, const struct uuid *tenant, const struct uuid *id) {
  job_step(job, &METRICS);
  job_uuid(job, tenant);
  job_uuid(job, id);
}

void baseline_take_metric(const struct job *job, unsigned step, size_t row, struct baseline_metric *metric) {
  *metric = (struct baseline_metric){
      .key = row_text(job, step, row, 0),
      .version = row_int(job, step, row, 1),
      .withheld = row_int(job, step, row, 2) == 1,
      .tally = {.n = row_int(job, step, row, 3), .sum = row_wide(job, step, row, 4), .sum_squares = row_wide(job, step, row, 5)},
      .scaled = row_int(job, step, row, 6),
  };
  (void)row_int_array(job, step, row, 7, metric->tally.bins, METRIC_BINS_MAX);
}
