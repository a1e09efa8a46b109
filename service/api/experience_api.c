// /v1/experience: what dashboards poll.
#include "api/endpoints.h"
#include "api/trend_line.h"
#include "api/view.h"

enum { STEP_NOW, STEP_PREVIOUS = READING_STEPS };

static void ask_readings(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  question.window = view->previous;
  if (view->compare) reading_ask(job, tenant_of(request), &question);
}

static struct reading *open_reading(const struct request *request, const struct job *job, unsigned step) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  if (step == STEP_PREVIOUS) question.window = view->previous;
  return reading_open(job, step, tenant_of(request), &question);
}

// What an answer is written from: of the window, and of the previous one where they are compared.
struct pair {
  struct reading *now, *previous;
  struct reading_group total, before;  // their totals
};

static void close_pair(struct pair *pair) {
  reading_close(pair->now);
  reading_close(pair->previous);
}

static bool open_pair(const struct request *request, const struct job *job, struct pair *pair) {
  const struct view *view = request->state;
  *pair = (struct pair){.now = open_reading(request, job, STEP_NOW)};
  if (view->compare && pair->now) pair->previous = open_reading(request, job, STEP_PREVIOUS);
  if (pair->now && (pair->previous || !view->compare)) {
    reading_total(pair->now, &pair->total);
    if (view->compare) reading_total(pair->previous, &pair->before);
    return true;
  }
  close_pair(pair);
  return false;
}

static enum err experience_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct pair pair;
  if (!open_pair(request, job, &pair)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &pair.total);
  if (view->compare) {
    json_name(json, "previous");
    json_object(json);
    view_write_window(json, view->previous);
    if (view->style.distribution) {
      json_name(json, "metrics");
      figures_write(json, &pair.before.figures, NULL, &view->style);
    }
    json_object_end(json);
  }
  json_name(json, "metrics");
  figures_write(json, &pair.total.figures, view->compare ? &pair.before.figures : NULL, &view->style);
  close_pair(&pair);
  return view_end(request, json);
}

static enum err serve(struct request *request, struct view *view, enum err (*done)(struct request *, struct job *)) {
  view->ask = ask_readings;
  view->done = done;
  return view_serve(request, view);
}

enum err experience_get(struct request *request) {
  struct view *view = view_read(request);
  return view ? serve(request, view, experience_done) : ERR_UNAVAILABLE;
}

enum err experience_distribution(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
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
  if (view->compare) {
    json_name(json, "previous");
    json_object(json);
    view_write_window(json, view->previous);
    write_rows(json, view, pair.previous, &pair.before);
    json_object_end(json);
  }
  close_pair(&pair);
  return view_end(request, json);
}

enum err experience_breakdown(struct request *request) {
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  view_read_by(request, view, NULL);
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
  if (view->compare) {
    json_name(json, "previous");
    json_object(json);
    view_write_window(json, view->previous);
    write_points(json, view, view->previous, pair.previous);
    json_object_end(json);
  }
  bool drawn = trend_line_write(request, json, job, view->compare ? 2 * READING_STEPS : READING_STEPS, &pair.total);
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
  view->style.scarce = view->style.shown;
  view->ask = ask_trend;
  view->done = trend_done;
  return view_serve(request, view);
}
