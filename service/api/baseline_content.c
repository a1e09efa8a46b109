// Writes what a baseline freezes.
#include "api/baseline_content.h"

#include "api/scope_query.h"
#include "api/view.h"
#include "base/limits.h"
#include "json/canonical.h"

enum { BENCHMARK_DECIMALS = 4, WIDE_CHARS_MAX = 41 };

// As text: it may be more than a double holds.
static void write_wide(struct json_writer *json, const char *name, int128 value) {
  char chars[WIDE_CHARS_MAX], *at = chars + sizeof chars;
  int128 rest = value < 0 ? -value : value;
  do {
    *--at = (char)('0' + (int)(rest % 10));
    rest /= 10;
  } while (rest > 0);
  if (value < 0) *--at = '-';
  json_name(json, name);
  json_text(json, (struct text){at, (size_t)(chars + sizeof chars - at)});
}

static void write_definition(struct json_writer *json, const struct metric *metric, const struct tenant *tenant) {
  json_name(json, "definition");
  json_object(json);
  json_member_int(json, "version", tenant_metric_terms(tenant, metric).version);
  if (text_is(text_of(metric->key), "lost_time")) json_member_int(json, "cap", tenant->lost_time_cap);
  json_object_end(json);
}

static void write_tally(struct json_writer *json, const struct metric *metric, const struct tally *tally) {
  write_wide(json, "sum", tally->sum);
  write_wide(json, "sum_squares", tally->sum_squares);
  json_name(json, "bins");
  json_array(json);
  for (size_t i = 0; i < metric->bins; i++)
    json_int(json, tally->bins[i]);
  json_array_end(json);
}

static void write_metric(struct json_writer *json, const struct metric *metric, const struct figures *figures, const struct tenant *tenant) {
  const struct tally *tally = &figures->tallies[metric_place(metric)];
  json_name(json, metric->key);
  json_object(json);
  if (metric_set_has(&figures->hidden, metric_place(metric))) {
    json_member_bool(json, "suppressed", true);
  } else {
    struct estimate estimate = estimate_of(metric, tally);
    write_definition(json, metric, tenant);
    figures_write_estimate(json, metric, &estimate, tenant);
    // What is counted, which of a stock is not what it is.
    json_member_int(json, "count", tally->n);
    write_tally(json, metric, tally);
  }
  json_object_end(json);
}

static void write_metrics(struct json_writer *json, const struct figures *figures, const struct tenant *tenant) {
  json_name(json, "metrics");
  json_object(json);
  for (size_t i = 0; i < tenant_metrics_count(tenant); i++) {
    const struct metric *metric = tenant_metric(tenant, i);
    if (!metric->hidden && figures->tallies[i].n != 0) write_metric(json, metric, figures, tenant);
  }
  json_object_end(json);
}

static void begin(struct json_writer *json, struct buffer *draft, const struct baseline_terms *terms, const char *kind) {
  buffer_init(draft, BODY_BYTES_MAX);
  json_start(json, draft);
  json_object(json);
  json_member_string(json, "kind", kind);
  json_member_text(json, "name", terms->name);
  json_member_text(json, "note", terms->note);
  json_member_instant(json, "created_at", terms->created_at);
}

static bool end(struct json_writer *json, struct buffer *draft, struct buffer *out) {
  json_object_end(json);
  bool good = !draft->failed && json_canonical(buffer_view(draft), out);
  buffer_release(draft);
  return good;
}

bool baseline_content_measured(const struct baseline_terms *terms, const struct reading_group *total, const struct tenant *tenant,
                               struct buffer *out) {
  // The same for everybody: what is withheld is so from whoever made it, too.
  const struct figures_style style = {.tenant = tenant};
  struct json_writer json;
  struct buffer draft;
  begin(&json, &draft, terms, "measured");
  json_name(&json, "scope");
  scope_write(&terms->scope, &json);
  view_write_window(&json, terms->window);
  json_member_string(&json, "time_zone", tenant->time_zone);
  json_member_int(&json, "min_group", tenant->min_group);
  json_name(&json, "response_rate");
  figures_write_response_rate(&json, &total->figures, &style);
  json_member_int(&json, "exclusions", total->excluded_hidden ? ABSENT : total->excluded);
  write_metrics(&json, &total->figures, tenant);
  return end(&json, &draft, out);
}

bool baseline_content_external(const struct baseline_terms *terms, struct buffer *out) {
  struct json_writer json;
  struct buffer draft;
  begin(&json, &draft, terms, "external");
  json_member_text(&json, "source", terms->source);
  json_name(&json, "metrics");
  json_object(&json);
  for (size_t i = 0; i < terms->values_count; i++) {
    json_name(&json, terms->values[i].metric->key);
    json_object(&json);
    json_name(&json, "value");
    json_ratio(&json, terms->values[i].scaled, BENCHMARK_SCALE, BENCHMARK_DECIMALS);
    json_member_int(&json, "n", terms->values[i].n);
    json_object_end(&json);
  }
  json_object_end(&json);
  return end(&json, &draft, out);
}
