// /v1/experience: what dashboards poll.
#include "api/endpoints.h"
#include "api/experience.h"
#include "api/reference.h"
#include "api/trend_line.h"

enum { STEP_NOW, STEP_REFERENCE = READING_STEPS };

static struct reading_question question_of(const struct view *view, unsigned step) {
  struct reading_question question = view_question(view);
  if (step == STEP_NOW) return question;
  question.window = view->reference->window;
  question.scope = &view->reference->scope;
  return question;
}

static void ask_readings(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = question_of(view, STEP_NOW);
  reading_ask(job, tenant_of(request), &question);
  if (!reference_is_read(view->reference)) return;
  question = question_of(view, STEP_REFERENCE);
  reading_ask(job, tenant_of(request), &question);
}

static struct reading *open_reading(const struct request *request, const struct job *job, unsigned step) {
  struct reading_question question = question_of(request->state, step);
  return reading_open(job, step, tenant_of(request), &question);
}

// What an answer is written from: what was asked for, and what it is compared with where that is read, too.
struct pair {
  struct reading *now, *reference;
  struct reading_group total, before;  // their totals
};

static void close_pair(struct pair *pair) {
  reading_close(pair->now);
  reading_close(pair->reference);
}

static bool open_pair(const struct request *request, const struct job *job, struct pair *pair) {
  const struct view *view = request->state;
  bool both = reference_is_read(view->reference);
  *pair = (struct pair){.now = open_reading(request, job, STEP_NOW)};
  if (both && pair->now) pair->reference = open_reading(request, job, STEP_REFERENCE);
  if (pair->now && (pair->reference || !both)) {
    reading_total(pair->now, &pair->total);
    if (both) reading_total(pair->reference, &pair->before);
    return true;
  }
  close_pair(pair);
  return false;
}

// Begins the object that says what is compared with; it stays open.
static void begin_reference(struct json_writer *json, const struct view *view) {
  json_name(json, "compared_with");
  json_object(json);
  reference_write(json, view->reference);
}

static struct figures_compared compared_of(const struct view *view, const struct pair *pair) {
  const struct reference *reference = view->reference;
  return (struct figures_compared){.figures = reference_is_read(reference) ? &pair->before.figures : &reference->figures,
                                   .overlapping = reference_overlaps(reference, view),
                                   .redefined = reference->redefined,
                                   .values = reference->kind == REFERENCE_EXTERNAL ? reference->values : NULL};
}

static enum err experience_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct figures_compared compared;
  struct pair pair;
  if (!open_pair(request, job, &pair)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &pair.total);
  if (view->reference) {
    compared = compared_of(view, &pair);
    begin_reference(json, view);
    if (view->style.distribution) {
      json_name(json, "metrics");
      figures_write(json, &pair.before.figures, NULL, &view->style);
    }
    json_object_end(json);
  }
  json_name(json, "metrics");
  figures_write(json, &pair.total.figures, view->reference ? &compared : NULL, &view->style);
  close_pair(&pair);
  return view_end(request, json);
}

static enum err serve(struct request *request, struct view *view, enum err (*done)(struct request *, struct job *)) {
  view->ask = ask_readings;
  view->done = done;
  return view_serve(request, view);
}

enum err experience_serve(struct request *request, struct view *view) { return serve(request, view, experience_done); }

static enum err baseline_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct view *view = request->state;
  enum err error = job->error ? job->error : reference_take(request, job, view->reference);
  if (error == ERR_NOT_FOUND) return request_refuse(request, ERR_INVALID, TEXT("compare"), "unknown", "names a baseline that doesn't exist");
  return error ? error : experience_serve(request, view);
}

enum err experience_get(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  reference_read(request, view, true);
  if (!request_query_ends(request)) return ERR_INVALID;
  if (!view->reference || reference_is_read(view->reference)) return experience_serve(request, view);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  reference_ask(job, tenant_of(request), view->reference);
  return request_submit(request, job, baseline_found);
}

enum err experience_distribution(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  reference_read(request, view, false);
  view->style.distribution = true;
  return serve(request, view, experience_done);
}

static void write_rows(struct json_writer *json, const struct view *view, struct reading *reading, const struct reading_group *total) {
  struct reading_group group;
  json_name(json, "rows");
  json_array(json);
  while (reading_next(reading, &group)) {
    json_object(json);
    json_member_text(json, "key", group.key);
    json_name(json, "metrics");
    figures_write(json, &group.figures, NULL, &view->style);
    json_object_end(json);
  }
  json_array_end(json);
  json_name(json, "total");
  json_object(json);
  json_name(json, "metrics");
  figures_write(json, &total->figures, NULL, &view->style);
  json_object_end(json);
}

static enum err breakdown_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct pair pair;
  if (!open_pair(request, job, &pair)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &pair.total);
  json_member_text(json, "by", view->by_name);
  write_rows(json, view, pair.now, &pair.total);
  if (view->reference) {
    begin_reference(json, view);
    write_rows(json, view, pair.reference, &pair.before);
    json_object_end(json);
  }
  close_pair(&pair);
  return view_end(request, json);
}

enum err experience_breakdown(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view_read_by(request, view, NULL);
  reference_read(request, view, false);
  return serve(request, view, breakdown_done);
}

// No data, no point.
static void write_points(struct json_writer *json, const struct view *view, struct window window, struct reading *reading) {
  struct reading_group point;
  json_name(json, "points");
  json_array(json);
  while (reading_next(reading, &point)) {
    struct window piece = window_piece(window, view->interval, point.day);
    if (!figures_any(&point.figures, &view->style.shown)) continue;
    json_object(json);
    json_member_day(json, "from", piece.from);
    json_member_day(json, "to", piece.to);
    json_name(json, "metrics");
    figures_write(json, &point.figures, NULL, &view->style);
    json_object_end(json);
  }
  json_array_end(json);
}

static enum err trend_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct pair pair;
  if (!open_pair(request, job, &pair)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &pair.total);
  json_member_string(json, "interval", INTERVAL_NAMES[view->interval]);
  write_points(json, view, view->window, pair.now);
  if (view->reference) {
    begin_reference(json, view);
    write_points(json, view, view->reference->window, pair.reference);
    json_object_end(json);
  }
  bool drawn = trend_line_write(request, json, job, reference_is_read(view->reference) ? 2 * READING_STEPS : READING_STEPS, &pair.total);
  close_pair(&pair);
  return drawn ? view_end(request, json) : ERR_UNAVAILABLE;
}

static void ask_trend(struct request *request, struct job *job) {
  ask_readings(request, job);
  trend_line_ask(request, job, request->state);
}

enum err experience_trend(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view_read_interval(request, view, INTERVAL_DAY);
  reference_read(request, view, false);
  view->style.scarce = view->style.shown;
  view->ask = ask_trend;
  view->done = trend_done;
  return view_serve(request, view);
}
