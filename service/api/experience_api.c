// /v1/experience: what dashboards poll.
#include <inttypes.h>

#include "api/cache.h"
#include "api/endpoints.h"
#include "api/figures.h"
#include "api/page.h"
#include "api/scope_query.h"
#include "api/service.h"
#include "base/instant.h"
#include "domain/dimension.h"
#include "domain/window.h"
#include "store/experience_store.h"

// What was asked, read once and kept until the answer.
struct view {
  struct scope scope;
  struct window window, previous;
  bool compare;
  int by;  // slot; 0: no breakdown
  struct text by_name;
  enum interval interval;
  struct figures_style style;
  enum err (*done)(struct request *request);  // writes the answer from the ended job
};

enum { STEP_NOW, STEP_PREVIOUS };

static void read_metrics(struct request *request, struct figures_style *style) {
  struct text given = request_query(request, "metrics"), rest = given;
  if (!given.at) style->shown = figures_all(tenant_of(request), &style->scarce);
  while (rest.at) {
    struct text key = text_trimmed(text_cut(&rest, ','));
    const struct metric *metric = figures_find(tenant_of(request), key);
    if (metric)
      metric_set_add(&style->shown, metric_place(metric));
    else
      issues_add(&request->issues, TEXT("metrics"), "enum", "names \"%.*s\", which is no metric", (int)key.length, key.at);
  }
}

static enum err view_computed(struct request *request) {
  const struct view *view = request->state;
  return cache_keep(request, view->done(request));
}

static struct view *view_read(struct request *request) {
  static const char *const COMPARED[] = {"previous", NULL};
  struct view *view = arena_take(&request->arena, sizeof *view);
  if (!view) return NULL;
  request->state = view;
  view->interval = INTERVAL_COUNT;
  view->style.tenant = tenant_of(request);
  read_metrics(request, &view->style);
  scope_read(request, &view->scope);
  (void)window_parse(request_query(request, "from"), request_query(request, "to"), request_query(request, "last"), tenant_of(request)->today,
                     &view->window, &request->issues);
  view->previous = window_previous(view->window);
  view->compare = choice_read(request, "compare", COMPARED) != ABSENT;
  return view;
}

// Sends the questions.
static enum err view_compute(struct request *request) {
  const struct view *view = request->state;
  struct experience_question question = {.scope = &view->scope, .window = view->window, .by = view->by, .interval = view->interval};
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  experience_ask(job, tenant_of(request), &question);
  question.window = view->previous;
  if (view->compare) experience_ask(job, tenant_of(request), &question);
  return request_submit(request, job, view_computed);
}

static void write_set(struct buffer *out, const struct metric_set *set) {
  buffer_format(out, "%" PRIx64 ".%" PRIx64 " ", set->words[0], set->words[1]);
}

// Everything the answer depends on but the data: dates instead of "the last days", the scope in its one order.
static struct text view_key(struct request *request, const struct view *view) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  buffer_format(&out, "%s %d %d %d %d %d ", request->route->pattern, (int)view->window.from, (int)view->window.to, view->compare, view->by,
                (int)view->interval);
  write_set(&out, &view->style.shown);
  write_set(&out, &view->style.scarce);
  json_start(&json, &out);
  scope_write(&view->scope, &json);
  struct text key = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  return key;
}

static enum err ask(struct request *request, struct view *view, enum err (*done)(struct request *)) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct text key = view_key(request, view);
  view->done = done;
  return key.at ? cache_serve(request, key, view_compute) : ERR_UNAVAILABLE;
}

static void write_window(struct json_writer *json, struct window window) {
  json_name(json, "window");
  json_object(json);
  json_member_day(json, "from", window.from);
  json_member_day(json, "to", window.to);
  json_object_end(json);
}

// Of what figures count. Excluded responses are no part of them.
static bool take_counted(const struct job *job, const struct tenant *tenant, unsigned step, size_t row, struct experience_cell *cell) {
  return experience_take_cell(job, tenant, step, row, cell) && !cell->excluded;
}

static void sum_cells(const struct job *job, const struct tenant *tenant, unsigned step, struct figures *figures) {
  struct experience_cell cell;
  for (size_t i = 0; i < experience_cells(job, step); i++)
    if (take_counted(job, tenant, step, i, &cell)) figures_add(figures, cell.metric, &cell.tally);
}

static int64_t count_excluded(const struct job *job, const struct tenant *tenant, unsigned step) {
  const struct metric *responses = metric_find(TEXT("responses"));
  struct experience_cell cell;
  int64_t count = 0;
  for (size_t i = 0; i < experience_cells(job, step); i++)
    if (experience_take_cell(job, tenant, step, i, &cell) && cell.excluded && cell.metric == responses) count += cell.tally.n;
  return count;
}

// What every answer begins with. The object stays open.
static struct json_writer *write_head(struct request *request, const struct view *view, const struct figures *total) {
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "scope");
  scope_write(&view->scope, json);
  write_window(json, view->window);
  json_member_string(json, "time_zone", tenant_of(request)->time_zone);
  request->volatile_from = request->answer.length;
  json_member_instant(json, "as_of", instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND);
  request->volatile_to = request->answer.length;
  json_name(json, "response_rate");
  figures_write_response_rate(json, total, tenant_of(request));
  json_member_int(json, "exclusions", count_excluded(request_job_ended(request), tenant_of(request), STEP_NOW));
  return json;
}

static enum err finish_body(struct request *request, struct json_writer *json) {
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err experience_done(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct view *view = request->state;
  struct figures now = {0}, before = {0};
  if (job->error) return job->error;
  sum_cells(job, tenant_of(request), STEP_NOW, &now);
  if (view->compare) sum_cells(job, tenant_of(request), STEP_PREVIOUS, &before);
  struct json_writer *json = write_head(request, view, &now);
  if (view->compare) {
    json_name(json, "previous");
    json_object(json);
    write_window(json, view->previous);
    if (view->style.distribution) {
      json_name(json, "metrics");
      figures_write(json, &before, NULL, &view->style);
    }
    json_object_end(json);
  }
  json_name(json, "metrics");
  figures_write(json, &now, view->compare ? &before : NULL, &view->style);
  return finish_body(request, json);
}

enum err experience_get(struct request *request) {
  struct view *view = view_read(request);
  return view ? ask(request, view, experience_done) : ERR_UNAVAILABLE;
}

enum err experience_distribution(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view->style.distribution = true;
  return ask(request, view, experience_done);
}

// The cells of one breakdown come group by group, so one group at a time is in memory.
struct groups {
  const struct job *job;
  const struct tenant *tenant;
  unsigned step;
  size_t at;
};

static bool same_group(const struct experience_cell *a, const struct experience_cell *b) {
  return a->code == b->code && (a->key.at == NULL) == (b->key.at == NULL) && text_equals(a->key, b->key);
}

// The next group's figures and its first cell; false at the end.
static bool next_group(struct groups *groups, struct experience_cell *first, struct figures *figures) {
  struct experience_cell cell;
  size_t rows = experience_cells(groups->job, groups->step);
  bool begun = false;
  *figures = (struct figures){0};
  for (; groups->at < rows; groups->at++) {
    if (!take_counted(groups->job, groups->tenant, groups->step, groups->at, &cell)) continue;
    if (!begun) *first = cell;
    if (!same_group(first, &cell)) break;
    begun = true;
    figures_add(figures, cell.metric, &cell.tally);
  }
  return begun;
}

static void write_key(struct json_writer *json, const struct view *view, const struct experience_cell *cell) {
  json_name(json, "key");
  if (view->by < 0 && cell->code > 0)
    json_string(json, DERIVED_DIMENSIONS[-view->by - 1].values[cell->code - 1]);
  else
    json_text(json, cell->key);
}

static void write_rows(struct json_writer *json, const struct view *view, const struct job *job, unsigned step, const struct figures *total) {
  struct groups groups = {.job = job, .tenant = view->style.tenant, .step = step};
  struct experience_cell first = {.metric = NULL};
  struct figures figures;
  json_name(json, "rows");
  json_array(json);
  while (next_group(&groups, &first, &figures)) {
    json_object(json);
    write_key(json, view, &first);
    json_name(json, "metrics");
    figures_write(json, &figures, NULL, &view->style);
    json_object_end(json);
  }
  json_array_end(json);
  json_name(json, "total");
  json_object(json);
  json_name(json, "metrics");
  figures_write(json, total, NULL, &view->style);
  json_object_end(json);
}

static enum err breakdown_done(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct view *view = request->state;
  struct figures total = {0}, before = {0};
  if (job->error) return job->error;
  sum_cells(job, tenant_of(request), STEP_NOW, &total);
  struct json_writer *json = write_head(request, view, &total);
  json_member_text(json, "by", view->by_name);
  write_rows(json, view, job, STEP_NOW, &total);
  if (view->compare) {
    sum_cells(job, tenant_of(request), STEP_PREVIOUS, &before);
    json_name(json, "previous");
    json_object(json);
    write_window(json, view->previous);
    write_rows(json, view, job, STEP_PREVIOUS, &before);
    json_object_end(json);
  }
  return finish_body(request, json);
}

enum err experience_breakdown(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view->by_name = request_query(request, "by");
  if (view->by_name.at) view->by = tenant_dimension_slot(tenant_of(request), view->by_name);
  if (!view->by_name.at)
    issues_add(&request->issues, TEXT("by"), "required", "must name a dimension");
  else if (view->by == 0)
    issues_add(&request->issues, TEXT("by"), "unknown", "names \"%.*s\", which is not a dimension of this tenant", (int)view->by_name.length,
               view->by_name.at);
  return ask(request, view, breakdown_done);
}

// Stocks run on from point to point; everything else is a point's own. None of them is a tenant's own.
static void carry_stocks(struct figures *level, struct figures *point) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    if (presets[i].aggregation != AGGREGATE_STOCK) continue;
    tally_add(&level->tallies[i], &point->tallies[i]);
    point->tallies[i] = level->tallies[i];
  }
}

// No data, no point.
static void write_point(struct json_writer *json, const struct view *view, struct window piece, const struct figures *figures) {
  if (!figures_any(figures, &view->style.shown)) return;
  json_object(json);
  json_member_day(json, "from", piece.from);
  json_member_day(json, "to", piece.to);
  json_name(json, "metrics");
  figures_write(json, figures, NULL, &view->style);
  json_object_end(json);
}

// Cells come piece by piece, what lies before the window first.
static void write_points(struct json_writer *json, const struct view *view, struct window window, const struct job *job, unsigned step) {
  const struct tenant *tenant = view->style.tenant;
  size_t rows = experience_cells(job, step), i = 0;
  struct experience_cell cell;
  struct figures level = {0}, point = {0};
  json_name(json, "points");
  json_array(json);
  for (; i < rows && take_counted(job, tenant, step, i, &cell) && cell.before; i++)
    figures_add(&level, cell.metric, &cell.tally);
  while (i < rows) {
    if (!take_counted(job, tenant, step, i, &cell)) {
      i++;
      continue;
    }
    int32_t day = cell.day;
    for (; i < rows; i++) {
      if (!take_counted(job, tenant, step, i, &cell)) continue;
      if (cell.day != day) break;
      figures_add(&point, cell.metric, &cell.tally);
    }
    carry_stocks(&level, &point);
    write_point(json, view, window_piece(window, view->interval, day < window.from ? window.from : day), &point);
    point = (struct figures){0};
  }
  json_array_end(json);
}

static enum err trend_done(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct view *view = request->state;
  struct figures total = {0};
  if (job->error) return job->error;
  sum_cells(job, tenant_of(request), STEP_NOW, &total);
  struct json_writer *json = write_head(request, view, &total);
  json_member_string(json, "interval", INTERVAL_NAMES[view->interval]);
  write_points(json, view, view->window, job, STEP_NOW);
  if (view->compare) {
    json_name(json, "previous");
    json_object(json);
    write_window(json, view->previous);
    write_points(json, view, view->previous, job, STEP_PREVIOUS);
    json_object_end(json);
  }
  return finish_body(request, json);
}

enum err experience_trend(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  int64_t interval = choice_read(request, "interval", INTERVAL_NAMES);
  view->interval = interval == ABSENT ? INTERVAL_DAY : (enum interval)interval;
  view->style.scarce = view->style.shown;
  return ask(request, view, trend_done);
}
