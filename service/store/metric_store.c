// Stores a tenant's metrics.
#include "store/metric_store.h"

#include <string.h>

#include "store/fold_store.h"

static const struct statement LIST = {
    "metric_list", "select metric_id, revision, created_at, supplier, version, level, wanted, target, key, title, unit, aggregation, divisor, better,"
                   " low, high, edges, share_from, maturity from metrics"
                   " where tenant_id = $1::uuid and ($2::int2 = 0 or metric_id = $2::int2) order by metric_id"};

static const struct statement CREATE = {
    "metric_create", "with made as ("
                     " insert into metrics (tenant_id, metric_id, key, title, aggregation, unit, divisor, better, low, high, edges, share_from,"
                     " maturity, level, wanted, target, supplier, created_at)"
                     " select $1::uuid, coalesce(max(m.metric_id), 999) + 1, $2::text, $3::text, $4::text, $5::text, $6::int4, $7::text, $8::int8,"
                     " $9::int8, nullif($10::int8[], '{}'), $11::int8, $12::int2, $13::text, $14::bool, $15::int8, $16::text, $18::timestamptz"
                     " from metrics m where m.tenant_id = $1::uuid and m.metric_id >= 1000"
                     " having coalesce(max(m.metric_id), 999) < 999 + $17::int4 returning metric_id),"
                     " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                     " select $1::uuid, $19::uuid, $20::text, 'metric.create', $2::text from made returning audit_id)"
                     " select metric_id from made"};

#define METRIC_NOTED                                                                                                            \
  " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"                                          \
  " select $1::uuid, $9::uuid, $10::text, 'metric.change', $8::text, jsonb_build_object('level', $3::text, 'wanted', $4::bool," \
  " 'target', trim_scale($5::int8 / 100.0), 'supplier', $6::text) from changed returning audit_id)"

static const struct statement CHANGE_PRESET = {"metric_change_preset",
                                               "with changed as ("
                                               " insert into metrics as m (tenant_id, metric_id, level, wanted, target, supplier)"
                                               " values ($1::uuid, $2::int2, $3::text, $4::bool, $5::int8, $6::text)"
                                               " on conflict (tenant_id, metric_id) do update set level = excluded.level, wanted = excluded.wanted,"
                                               " target = excluded.target, supplier = excluded.supplier, revision = m.revision + 1"
                                               " where m.revision = $7::int4 returning m.metric_id)," METRIC_NOTED " select metric_id from changed"};

static const struct statement CHANGE_OWN = {
    "metric_change_own", "with changed as ("
                         " update metrics m set level = $3::text, wanted = $4::bool, target = $5::int8, supplier = $6::text, title = $11::text,"
                         " revision = m.revision + 1"
                         " where m.tenant_id = $1::uuid and m.metric_id = $2::int2 and m.revision = $7::int4 returning m.metric_id)," METRIC_NOTED
                         " select metric_id from changed"};

const struct statement *const METRIC_STATEMENTS[] = {&LIST, &CREATE, &CHANGE_PRESET, &CHANGE_OWN, NULL};

// Columns of LIST.
enum {
  ID,
  REVISION,
  CREATED_AT,
  SUPPLIER,
  VERSION,
  LEVEL,
  WANTED,
  TARGET,
  KEY,
  TITLE,
  UNIT,
  AGGREGATION,
  DIVISOR,
  BETTER,
  LOW,
  HIGH,
  EDGES_OF,
  SHARE,
  MATURITY
};

void metric_ask_list(struct job *job, const struct uuid *tenant, int id) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_int2(job, id);
}

// The place of a text in a list of names; `otherwise` where it is null or not there.
static int name_of(struct text text, const char *const *names, int otherwise) {
  for (int i = 0; names[i]; i++)
    if (text_is(text, names[i])) return i;
  return otherwise;
}

void metric_take_row(const struct job *job, unsigned step, size_t row, struct metric_row *metric) {
  metric->id = (int)row_int(job, step, row, ID);
  metric->revision = row_int(job, step, row, REVISION);
  metric->created_at = row_instant(job, step, row, CREATED_AT);
  metric->supplier = row_text(job, step, row, SUPPLIER);
  const struct metric *preset = metric_by_id(metric->id);
  if (preset) metric->terms = metric_terms_default(preset);
  metric->terms.version = row_int(job, step, row, VERSION);
  metric->terms.level = (enum metric_level)name_of(row_text(job, step, row, LEVEL), LEVEL_NAMES, preset ? (int)preset->level : 0);
  metric->level_said = !row_null(job, step, row, LEVEL);
  metric->wanted_said = !row_null(job, step, row, WANTED);
  if (metric->wanted_said) metric->terms.wanted = row_int(job, step, row, WANTED) == 1;
  metric->terms.target = row_int(job, step, row, TARGET);
}

bool metric_find_row(const struct job *job, unsigned step, int id, struct metric_row *metric) {
  for (size_t i = 0; i < job_rows(job, step); i++)
    if (row_int(job, step, i, ID) == id) {
      metric_take_row(job, step, i, metric);
      return true;
    }
  return false;
}

static void copy_text(char *out, size_t room, struct text a) {
  size_t length = a.length < room - 1 ? a.length : room - 1;
  memcpy(out, a.at, length);
  out[length] = '\0';
}

static void take_own(const struct job *job, unsigned step, size_t row, struct metric *metric, struct metric_texts *texts) {
  copy_text(texts->key, sizeof texts->key, row_text(job, step, row, KEY));
  copy_text(texts->title, sizeof texts->title, row_text(job, step, row, TITLE));
  copy_text(texts->unit, sizeof texts->unit, row_text(job, step, row, UNIT));
  size_t bins = row_int_array(job, step, row, EDGES_OF, texts->edges, METRIC_BINS_MAX);
  *metric = (struct metric){
      .id = (int)row_int(job, step, row, ID),
      .key = texts->key,
      .title = texts->title,
      .unit = texts->unit,
      .aggregation = (enum aggregation)name_of(row_text(job, step, row, AGGREGATION), AGGREGATION_NAMES, AGGREGATE_MEAN),
      .divisor = row_int(job, step, row, DIVISOR),
      .better = (enum better)name_of(row_text(job, step, row, BETTER), BETTER_NAMES, BETTER_NEITHER),
      .low = row_int(job, step, row, LOW),
      .high = row_int(job, step, row, HIGH),
      .edges = texts->edges,
      .bins = bins < METRIC_BINS_MAX ? bins : METRIC_BINS_MAX,
      .share_from = row_null(job, step, row, SHARE) ? 0 : row_int(job, step, row, SHARE),
      .source = SOURCE_MANUAL,
      .level = (enum metric_level)name_of(row_text(job, step, row, LEVEL), LEVEL_NAMES, LEVEL_TACTICAL),
      .maturity = (int)row_int(job, step, row, MATURITY),
  };
}

void metric_take_all(const struct job *job, unsigned step, struct tenant_metrics *metrics) {
  size_t presets;
  const struct metric *preset = metric_presets(&presets);
  for (size_t i = 0; i < presets; i++)
    metrics->terms[i] = metric_terms_default(&preset[i]);
  metrics->own_count = 0;
  for (size_t i = 0; i < job_rows(job, step); i++) {
    struct metric_row row;
    metric_take_row(job, step, i, &row);
    const struct metric *metric = metric_by_id(row.id);
    size_t own = metrics->own_count;
    if (!metric && own < METRICS_OWN_MAX && row.id == METRIC_OWN_ID_MIN + (int)own) {
      take_own(job, step, i, &metrics->own[own], &metrics->texts[own]);
      metric = &metrics->own[metrics->own_count++];
    }
    if (metric) metrics->terms[metric_place(metric)] = row.terms;
  }
}

void metric_ask_create(struct job *job, const struct uuid *tenant, const struct metric *metric, const struct metric_row *row, struct text actor) {
  // Who else adds one waits, so that ids have no gap.
  fold_ask_lock(job, tenant);
  job_step(job, &CREATE);
  job_uuid(job, tenant);
  job_text(job, text_of(metric->key));
  job_text(job, text_of(metric->title));
  job_text(job, text_of(AGGREGATION_NAMES[metric->aggregation]));
  job_text(job, text_of(metric->unit));
  job_int4(job, metric->divisor);
  job_text(job, text_of(BETTER_NAMES[metric->better]));
  job_int8(job, metric->low);
  job_int8(job, metric->high);
  job_array(job, PG_INT8, metric->bins);
  for (size_t i = 0; i < metric->bins; i++)
    job_item_int(job, metric->edges[i]);
  job_int8(job, metric->aggregation == AGGREGATE_SHARE ? metric->share_from : ABSENT);
  job_int2(job, metric->maturity);
  job_text(job, text_of(LEVEL_NAMES[row->terms.level]));
  job_bool(job, row->terms.wanted);
  job_int8(job, row->terms.target);
  job_text(job, row->supplier);
  job_int4(job, METRICS_OWN_MAX);
  job_instant(job, row->created_at);
  job_audit(job, actor);
}

void metric_ask_change(struct job *job, const struct uuid *tenant, const struct metric *metric, struct text title, const struct metric_row *row,
                       struct text actor) {
  bool own = metric->id >= METRIC_OWN_ID_MIN;
  job_step(job, own ? &CHANGE_OWN : &CHANGE_PRESET);
  job_uuid(job, tenant);
  job_int2(job, metric->id);
  job_text(job, row->level_said ? text_of(LEVEL_NAMES[row->terms.level]) : TEXT_NONE);
  job_bool(job, row->wanted_said ? row->terms.wanted : ABSENT);
  job_int8(job, row->terms.target);
  job_text(job, row->supplier);
  job_int4(job, row->revision);
  job_text(job, text_of(metric->key));
  job_audit(job, actor);
  if (own) job_text(job, title);
}
