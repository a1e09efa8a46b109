// GET /v1/metrics/coverage: what should be measured against what is, and what is missing.
#include "api/endpoints.h"
#include "api/metric_body.h"
#include "api/view.h"

enum { STEP_READING, STEP_METRICS = READING_STEPS, MATURITY_MAX = 5 };

// What a window holds of each metric.
struct coverage {
  struct reading_group total;
  int32_t last_day[METRICS_MAX];
  bool by_source[SOURCE_MANUAL];  // anything at all came from responses, from tickets
};

struct covered {
  const struct metric *metric;
  size_t basis;  // place of the metric that it is computed from
  struct metric_row row;
  bool has_data;
};

static void ask_coverage(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  metric_ask_list(job, &tenant_of(request)->id, 0);
}

static bool take_coverage(const struct request *request, const struct job *job, struct coverage *coverage) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct reading *reading = reading_open(job, STEP_READING, tenant_of(request), &question);
  struct reading_group *group = &coverage->total;
  if (!reading) return false;
  while (reading_next(reading, group))
    for (size_t i = 0; i < METRICS_MAX; i++)
      if (group->figures.tallies[i].n > 0) coverage->last_day[i] = group->day;
  reading_total(reading, &coverage->total);
  reading_close(reading);
  const struct figures *figures = &coverage->total.figures;
  coverage->by_source[SOURCE_RESPONSE] = figures_of(figures, "responses")->n > 0;
  coverage->by_source[SOURCE_TICKET] = figures_of(figures, "ticket_volume")->n > 0 || figures_of(figures, "resolved_tickets")->n > 0;
  return true;
}

// A sentence that says what to do; absent where nothing is missing.
static struct text gap_of(struct request *request, const struct coverage *coverage, const struct covered *covered) {
  const struct metric *metric = covered->metric;
  struct text supplier = covered->row.supplier;
  if (covered->has_data || !covered->row.terms.wanted) return TEXT_NONE;
  if (metric->source == SOURCE_MANUAL && supplier.at)
    return arena_format(&request->arena, "Nothing was entered in this window; %.*s supplies it.", (int)supplier.length, supplier.at);
  if (metric->source == SOURCE_MANUAL)
    return TEXT("Nothing was entered in this window, and nobody is named who supplies it: PATCH the metric, then POST /v1/measurements.");
  bool of_responses = metric->source == SOURCE_RESPONSE;
  if (!coverage->by_source[metric->source])
    return of_responses ? TEXT("No response came in this window: POST /v1/responses, or import them.")
                        : TEXT("No ticket was reported in this window: PUT /v1/tickets/{ref}, or import them.");
  return arena_format(&request->arena, of_responses ? "Responses came, but none with %s." : "Tickets were reported, but none with %s.",
                      metric->member ? metric->member : metric->key);
}

static void write_row(struct request *request, const struct view *view, const struct coverage *coverage, const struct covered *covered) {
  struct json_writer *json = &request->writer;
  const struct metric *metric = covered->metric;
  bool hidden = metric_set_has(&coverage->total.figures.hidden, covered->basis) && !view->style.tells_n;
  json_object(json);
  json_member_string(json, "key", metric->key);
  json_member_string(json, "title", metric->title);
  json_member_string(json, "source", SOURCE_NAMES[metric->source]);
  json_member_text(json, "supplier", covered->row.supplier);
  json_member_string(json, "level", LEVEL_NAMES[covered->row.terms.level]);
  json_member_bool(json, "wanted", covered->row.terms.wanted);
  json_member_bool(json, "has_source",
                   metric->source == SOURCE_MANUAL ? covered->row.supplier.at != NULL || covered->has_data : coverage->by_source[metric->source]);
  json_member_bool(json, "has_data", covered->has_data);
  json_member_int(json, "n", hidden ? ABSENT : coverage->total.figures.tallies[covered->basis].n);
  json_name(json, "last_day");
  if (covered->has_data)
    json_day(json, coverage->last_day[covered->basis]);
  else
    json_null(json);
  json_member_text(json, "gap", gap_of(request, coverage, covered));
  json_object_end(json);
}

// The next metric of a maturity level from *place on; false behind the last.
static bool next_covered(const struct view *view, const struct job *job, const struct tenant *catalogue, const struct coverage *coverage,
                         int maturity, size_t *place, struct covered *covered) {
  for (; *place < tenant_metrics_count(catalogue); (*place)++) {
    const struct metric *metric = tenant_metric(catalogue, *place);
    if (metric->maturity != maturity || !metric_set_has(&view->style.shown, *place)) continue;
    covered->metric = metric;
    covered->basis = metric_place(figures_basis(&coverage->total.figures, metric));
    covered->has_data = coverage->total.figures.tallies[covered->basis].n > 0;
    catalogue_row(job, STEP_METRICS, metric, &covered->row);
    (*place)++;
    return true;
  }
  return false;
}

static void write_level(struct request *request, const struct job *job, const struct tenant *catalogue, const struct coverage *coverage,
                        int maturity) {
  const struct view *view = request->state;
  struct json_writer *json = &request->writer;
  struct covered covered;
  int64_t wanted = 0, measured = 0;
  size_t place = 0;
  json_object(json);
  json_member_int(json, "maturity", maturity);
  json_name(json, "rows");
  json_array(json);
  while (next_covered(view, job, catalogue, coverage, maturity, &place, &covered)) {
    wanted += covered.row.terms.wanted;
    measured += covered.row.terms.wanted && covered.has_data;
    write_row(request, view, coverage, &covered);
  }
  json_array_end(json);
  json_member_int(json, "wanted", wanted);
  json_member_int(json, "measured", measured);
  json_object_end(json);
}

static enum err coverage_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct coverage *coverage = arena_take(&request->arena, sizeof *coverage);
  const struct tenant *catalogue = catalogue_take(job, STEP_METRICS, &request->arena);
  if (!coverage || !catalogue || !take_coverage(request, job, coverage)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &coverage->total);
  json_name(json, "levels");
  json_array(json);
  for (int maturity = 1; maturity <= MATURITY_MAX; maturity++)
    write_level(request, job, catalogue, coverage, maturity);
  json_array_end(json);
  return view_end(request, json);
}

enum err metric_coverage(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view->interval = INTERVAL_DAY;
  view->ask = ask_coverage;
  view->done = coverage_done;
  return view_serve(request, view);
}
