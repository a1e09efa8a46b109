// Reads and writes metrics of the catalogue as JSON.
#include "api/metric_body.h"

enum { HUNDREDTH = OWN_METRIC_UNIT / 100 };

#define ASKED(member)   .name = #member, .offset = offsetof(struct metric_body, asked.member)
#define BODY(member)    .name = #member, .offset = offsetof(struct metric_body, member)
#define CHANGED(member) .name = #member, .offset = offsetof(struct metric_change, member)
#define NUMBER          .kind = FIELD_DECIMAL, .min = -METRIC_NUMBER_MAX, .max = METRIC_NUMBER_MAX
#define WORDS(most)     .kind = FIELD_TEXT, .min = 1, .max = (most)
#define ONE_OF(names)   .kind = FIELD_ENUM, .choices = (names)

static const struct field ROWS[] = {
    {ASKED(key), WORDS(METRIC_KEY_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {ASKED(title), WORDS(METRIC_TITLE_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {ASKED(aggregation), ONE_OF(OWN_AGGREGATION_NAMES), .flags = FIELD_REQUIRED},
    {ASKED(unit), WORDS(METRIC_UNIT_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {ASKED(decimals), .kind = FIELD_INT, .min = 0, .max = OWN_METRIC_DECIMALS_MAX},
    {ASKED(better), ONE_OF(BETTER_NAMES)},
    {ASKED(low), NUMBER},
    {ASKED(high), NUMBER},
    {.name = "bins",
     .kind = FIELD_DECIMAL_LIST,
     .offset = offsetof(struct metric_body, bins),
     .min = -METRIC_NUMBER_MAX,
     .max = METRIC_NUMBER_MAX,
     .count_max = METRIC_BINS_MAX},
    {ASKED(share_from), NUMBER},
    {ASKED(level), ONE_OF(LEVEL_NAMES)},
    {ASKED(maturity), .kind = FIELD_INT, .flags = FIELD_REQUIRED, .min = 1, .max = 5},
    {BODY(wanted), .kind = FIELD_BOOL},
    {BODY(target), NUMBER},
    {BODY(supplier), WORDS(SUPPLIER_CHARS_MAX), .flags = FIELD_NO_CONTROL},
};
const struct field_table METRIC_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

static const struct field CHANGE_ROWS[] = {
    [CHANGE_TITLE] = {CHANGED(title), WORDS(METRIC_TITLE_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    [CHANGE_LEVEL] = {CHANGED(level), ONE_OF(LEVEL_NAMES)},
    [CHANGE_WANTED] = {CHANGED(wanted), .kind = FIELD_BOOL},
    [CHANGE_TARGET] = {CHANGED(target), NUMBER},
    [CHANGE_SUPPLIER] = {CHANGED(supplier), WORDS(SUPPLIER_CHARS_MAX), .flags = FIELD_NO_CONTROL},
};
const struct field_table METRIC_CHANGE_FIELDS = {CHANGE_ROWS, sizeof CHANGE_ROWS / sizeof *CHANGE_ROWS};

int64_t metric_target(int64_t given, struct issues *issues) {
  if (given == ABSENT) return ABSENT;
  if (given % HUNDREDTH != 0) issues_add(issues, TEXT("/target"), "decimals", "must have at most two decimals");
  return given / HUNDREDTH;
}

const struct tenant *catalogue_take(const struct job *job, unsigned step, struct arena *arena) {
  struct tenant *tenant = arena_take(arena, sizeof *tenant);
  struct tenant_metrics *metrics = arena_take(arena, sizeof *metrics);
  if (!tenant || !metrics) return NULL;
  metric_take_all(job, step, metrics);
  tenant->metrics = metrics;
  return tenant;
}

void catalogue_row(const struct job *job, unsigned step, const struct metric *metric, struct metric_row *row) {
  if (!metric_find_row(job, step, metric->id, row))
    *row = (struct metric_row){.id = metric->id, .created_at = ABSENT, .terms = metric_terms_default(metric)};
}

static void write_number(struct json_writer *json, const char *name, const struct metric *metric, bool there, int64_t stored) {
  json_name(json, name);
  if (there)
    json_ratio(json, stored, metric->divisor, OWN_METRIC_DECIMALS_MAX);
  else
    json_null(json);
}

static void write_bins(struct json_writer *json, const struct metric *metric) {
  json_name(json, "bins");
  json_array(json);
  for (size_t i = 0; i < metric->bins; i++)
    json_ratio(json, metric->edges[i], metric->divisor, OWN_METRIC_DECIMALS_MAX);
  json_array_end(json);
}

void metric_write(const struct metric *metric, const struct metric_row *row, const struct tenant *tenant, struct json_writer *json) {
  bool own = metric->id >= METRIC_OWN_ID_MIN, bounded = metric->low < metric->high;
  int decimals = metric_decimals(metric);
  json_object(json);
  json_member_string(json, "key", metric->key);
  json_member_string(json, "title", metric->title);
  json_member_bool(json, "own", own);
  json_member_string(json, "source", SOURCE_NAMES[metric->source]);
  json_member_string(json, "aggregation", AGGREGATION_NAMES[metric->aggregation]);
  json_member_string(json, "unit", text_is(text_of(metric->unit), "currency") ? tenant->currency : metric->unit);
  json_member_int(json, "decimals", decimals < 0 ? ABSENT : decimals);
  json_member_string(json, "better", BETTER_NAMES[metric->better]);
  write_number(json, "low", metric, bounded, metric->low);
  write_number(json, "high", metric, bounded, metric->high);
  write_bins(json, metric);
  write_number(json, "share_from", metric, metric->aggregation == AGGREGATE_SHARE, metric->share_from);
  json_member_string(json, "level", LEVEL_NAMES[row->terms.level]);
  json_member_int(json, "maturity", metric->maturity);
  json_member_bool(json, "wanted", row->terms.wanted);
  json_name(json, "target");
  if (row->terms.target == ABSENT)
    json_null(json);
  else
    json_ratio(json, row->terms.target, 100, 2);
  json_member_text(json, "supplier", row->supplier);
  json_member_int(json, "version", row->terms.version);
  json_member_instant(json, "created_at", own ? row->created_at : ABSENT);
  json_object_end(json);
}
