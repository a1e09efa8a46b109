// Stores a tenant's metrics.
#include "store/metric_store.h"

#include <string.h>

static const struct statement LIST = {
    "metric_list", "select metric_id, revision, created_at, supplier, version, level, wanted, target, key, title, unit, aggregation, divisor, better,"
                   " low, high, edges, share_from, maturity from metrics"
                   " where tenant_id = $1::uuid and ($2::int2 = 0 or metric_id = $2::int2) order by metric_id"};

const struct statement *const METRIC_STATEMENTS[] = {&LIST, NULL};

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
  if (!row_null(job, step, row, WANTED)) metric->terms.wanted = row_int(job, step, row, WANTED) == 1;
  metric->terms.target = row_int(job, step, row, TARGET);
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
