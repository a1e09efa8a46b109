// /v1/insights/signals: which weeks stand out from the ordinary.
#include "api/endpoints.h"
#include "api/insight.h"
#include "api/signal_charts.h"
#include "api/view.h"
#include "base/instant.h"

enum { DECIMALS = 2, P_DECIMALS = 4, WEEK_DAYS = 7 };

static const char *const DEFAULT_METRICS[] = {"happiness", "lost_time", "csat", "sla_met", "resolution_time", NULL};

// How each rule is called, and what it says.
static const struct {
  enum signal_rule rule;
  const char *name, *words;
} RULES[] = {
    {SIGNAL_OUTSIDE, "outside", "beyond the limits of its ordinary variation"},
    {SIGNAL_RUN, "run", "the eighth week or more in a row on one side of the mean"},
    {SIGNAL_SLOPE, "slope", "the sixth week or more in a row that goes further the same way"},
};
enum { RULES_COUNT = sizeof RULES / sizeof *RULES };

static void ask(struct request *request, struct job *job) {
  struct reading_question question = view_question(request->state);
  reading_ask(job, tenant_of(request), &question);
}

static void write_decimal(struct json_writer *json, const char *name, bool known, double value) {
  json_name(json, name);
  if (known)
    json_decimal(json, value, DECIMALS);
  else
    json_null(json);
}

static void write_limits(struct json_writer *json, const struct signal_limits *limits) {
  write_decimal(json, "mean", limits->known, limits->mean);
  write_decimal(json, "low", limits->known, limits->low);
  write_decimal(json, "high", limits->known, limits->high);
  json_member_bool(json, "provisional", limits->provisional);
}

static void write_rules(struct json_writer *json, const struct signal_point *point) {
  json_name(json, "rules");
  json_array(json);
  for (size_t i = 0; i < RULES_COUNT; i++)
    if (point->rules & RULES[i].rule) json_string(json, RULES[i].name);
  json_array_end(json);
}

static const char *direction_of(const struct signal_point *point) { return point->direction > 0 ? "up" : "down"; }

static void write_point(struct json_writer *json, const struct metric *metric, const struct signal_point *point) {
  struct estimate estimate = estimate_without_interval(metric, &point->tally);
  json_object(json);
  json_member_day(json, "week", point->week);
  json_name(json, "value");
  json_ratio(json, estimate.numerator, estimate.denominator, DECIMALS);
  json_member_int(json, "n", point->tally.n);
  if (point->rules) {
    write_rules(json, point);
    json_member_string(json, "direction", direction_of(point));
    json_member_bool(json, "confirmed", point->confirmed);
  }
  json_object_end(json);
}

static void write_subject(struct json_writer *json, const struct view *view, const struct signal_chart *chart) {
  json_member_string(json, "metric", chart->metric->key);
  if (view->by) json_member_text(json, "key", chart->key);
}

static void write_chart(struct json_writer *json, const struct view *view, const struct signal_chart *chart) {
  json_object(json);
  write_subject(json, view, chart);
  write_limits(json, &chart->limits);
  json_member_int(json, "suppressed_weeks", (int64_t)chart->suppressed);
  json_member_int(json, "small_weeks", (int64_t)chart->few);
  json_name(json, "points");
  json_array(json);
  for (size_t i = 0; i < chart->count; i++)
    write_point(json, chart->metric, &chart->points[i]);
  json_array_end(json);
  json_object_end(json);
}

static void write_charts(struct json_writer *json, const struct view *view, const struct signal_charts *charts) {
  json_name(json, "charts");
  json_array(json);
  for (size_t i = 0; i < charts->metrics_count; i++)
    for (size_t k = 0; k < charts->counts[i]; k++)
      write_chart(json, view, &charts->charts[i * charts->each_max + k]);
  json_array_end(json);
  json_member_int(json, "charts_left_out", (int64_t)charts->left_out);
}

static const char *words_of(const struct signal_point *point) {
  for (size_t i = 0; i < RULES_COUNT; i++)
    if (point->rules & RULES[i].rule) return RULES[i].words;
  return "";
}

static const char *certainty_of(const struct signal_point *point) {
  if (point->confirmed) return "The four weeks after it confirm the change.";
  if (!point->has_after) return "It is not certain yet: four more weeks have to follow.";
  return "The four weeks after it don't confirm a change, so it is not certain.";
}

static const char *side_of(const struct metric *metric, int direction) {
  if (metric->better == BETTER_NEITHER) return direction > 0 ? "upwards" : "downwards";
  return (metric->better == BETTER_HIGHER) == (direction > 0) ? "for the better" : "for the worse";
}

static void write_sentence(struct json_writer *json, struct arena *arena, const struct view *view, const struct signal_chart *chart,
                           const struct signal_point *point) {
  struct estimate estimate = estimate_without_interval(chart->metric, &point->tally);
  struct text value = insight_value(arena, &estimate), mean = insight_decimal(arena, chart->limits.mean), key = insight_name(chart->key);
  struct text low = insight_decimal(arena, chart->limits.low), high = insight_decimal(arena, chart->limits.high);
  struct text subject = text_of(chart->metric->title);
  if (view->by) subject = arena_format(arena, "%.*s: %s", INSIGHT_TEXT(key), chart->metric->title);
  char day[DAY_CHARS];
  day_format(point->week, day);
  insight_write_sentence(json, arena, "%.*s was %.*s %s in the week from %.*s: %s (mean %.*s, limits %.*s to %.*s), %s. %s", INSIGHT_TEXT(subject),
                         INSIGHT_TEXT(value), figures_unit(chart->metric, view->style.tenant), DAY_CHARS, day, words_of(point), INSIGHT_TEXT(mean),
                         INSIGHT_TEXT(low), INSIGHT_TEXT(high), side_of(chart->metric, point->direction), certainty_of(point));
}

static void write_evidence(struct json_writer *json, struct arena *arena, const struct view *view, const struct signal_chart *chart, int32_t week) {
  struct text key = chart->key;
  const struct scope_term term = {.dimension = view->by_name, .values = &key, .count = 1};
  insight_write_evidence(json, arena,
                         &(struct insight_evidence){
                             .scope = &view->scope, .window = {week, week + WEEK_DAYS - 1}, .narrowed = &term, .narrowed_count = view->by ? 1 : 0});
}

static void write_row(struct json_writer *json, struct arena *arena, const struct view *view, const struct signal_row *row, size_t rank) {
  const struct signal_chart *chart = row->chart;
  const struct signal_point *point = &chart->points[row->episode.told];
  struct estimate estimate = estimate_of(chart->metric, &point->tally);
  json_object(json);
  json_member_int(json, "rank", (int64_t)rank);
  write_subject(json, view, chart);
  json_member_day(json, "week", point->week);
  figures_write_estimate(json, chart->metric, &estimate, view->style.tenant);
  write_limits(json, &chart->limits);
  write_rules(json, point);
  json_member_string(json, "rule", words_of(point));
  json_member_string(json, "direction", direction_of(point));
  json_member_day(json, "since", chart->points[row->episode.first].week);
  json_member_int(json, "weeks", (int64_t)row->episode.count);
  json_member_bool(json, "confirmed", point->confirmed);
  json_name(json, "p");
  json_decimal(json, point->p, P_DECIMALS);
  write_sentence(json, arena, view, chart, point);
  write_evidence(json, arena, view, chart, point->week);
  json_object_end(json);
}

static bool write_rows(struct json_writer *json, const struct view *view, const struct signal_charts *charts) {
  size_t count = 0;
  const struct signal_row *rows = signal_charts_rows(charts, &count);
  size_t shown = count < SIGNAL_ROWS_MAX ? count : SIGNAL_ROWS_MAX;
  json_name(json, "rows");
  json_array(json);
  for (size_t i = 0; rows && i < shown; i++)
    write_row(json, charts->arena, view, &rows[i], i + 1);
  json_array_end(json);
  json_member_int(json, "rows_left_out", (int64_t)(count - shown));
  return rows != NULL;
}

static bool write_answer(struct json_writer *json, struct reading *reading, const struct view *view) {
  struct reading_question question = view_question(view);
  struct signal_charts charts;
  struct arena arena;
  arena_init(&arena, INSIGHT_BYTES_MAX);
  bool good = signal_charts_read(&charts, reading, &question, view->style.tenant, &view->style.shown, &arena);
  if (good) {
    if (view->by) json_member_text(json, "by", view->by_name);
    write_charts(json, view, &charts);
    good = write_rows(json, view, &charts);
  }
  arena_release(&arena);
  return good;
}

static enum err done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct reading_group total;
  struct reading *reading = reading_open(job, 0, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, &total);
  struct json_writer *json = view_head(request, view, &total);
  bool good = write_answer(json, reading, view);
  reading_close(reading);
  return good ? view_end(request, json) : ERR_UNAVAILABLE;
}

enum err insight_signals(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view_takes_no(request, "compare");
  if (request_query(request, "by").at) view_read_by(request, view, NULL);
  if (!request_query(request, "metrics").at) {
    view->style.shown = (struct metric_set){{0}};
    for (size_t i = 0; DEFAULT_METRICS[i]; i++)
      metric_set_add(&view->style.shown, metric_place(metric_find(text_of(DEFAULT_METRICS[i]))));
  }
  if (view_months_only(request))
    issues_add(&request->issues, TEXT("window"), "calendar_periods", "is of weeks: dashboard keys of this tenant read whole calendar months");
  view->interval = INTERVAL_WEEK;
  view->ask = ask;
  view->done = done;
  return view_serve(request, view);
}
