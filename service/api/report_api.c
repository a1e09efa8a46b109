// /v1/reports/{month}: a calendar month in plain sentences, with the numbers behind them.
#include "api/endpoints.h"
#include "api/report.h"
#include "api/scope_query.h"
#include "base/instant.h"
#include "store/factor_store.h"
#include "store/report_store.h"

enum { STEP_NOW, STEP_FACTORS = READING_STEPS, STEP_BEFORE, STEP_PARTS = STEP_BEFORE + READING_STEPS, MATTERS_SHOWN = 5, MONTH_CHARS = 7 };

static bool month_read(struct text given, int32_t today, struct window *month) {
  char first[DAY_CHARS] = "YYYY-MM-01";
  int year, number, day;
  if (given.length != MONTH_CHARS) return false;
  for (size_t i = 0; i < MONTH_CHARS; i++)
    first[i] = given.at[i];
  if (!day_parse((struct text){first, DAY_CHARS}, &month->from) || month->from > today) return false;
  day_to_civil(month->from, &year, &number, &day);
  month->to = (number == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, number + 1, 1)) - 1;
  return true;
}

static struct reading_question question_before(const struct view *view) {
  struct reading_question question = view_question(view);
  question.window = view->previous;
  question.by = 0;
  return question;
}

// The scope as agreements and initiatives hold it; absent where it is everything.
static struct text scope_text(struct request *request, const struct scope *scope) {
  struct buffer out;
  struct json_writer json;
  if (scope->count == 0) return TEXT_NONE;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  scope_write(scope, &json);
  struct text text = out.failed ? TEXT("") : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}

static void ask(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  factor_ask(job, tenant_of(request), &(struct factor_question){.scope = &view->scope, .window = view->window, .by = view->by});
  question = question_before(view);
  reading_ask(job, tenant_of(request), &question);
  report_ask(job, tenant_of(request),
             &(struct report_question){.month = view->window, .scope = scope_text(request, &view->scope), .limit = REPORT_ROWS_MAX + 1});
}

// What matters looks at happiness and lost time only.
static struct view *narrowed(struct request *request, const struct view *view) {
  struct view *narrow = arena_take(&request->arena, sizeof *narrow);
  if (!narrow) return NULL;
  *narrow = *view;
  narrow->style.shown = (struct metric_set){{0}};
  for (int i = 0; i < RANKING_METRICS; i++)
    metric_set_add(&narrow->style.shown, metric_place(matters_metric(i)));
  narrow->style.scarce = narrow->style.shown;
  return narrow;
}

static bool read_before(struct report *report) {
  struct reading_question question = question_before(report->view);
  struct reading *reading = reading_open(report->job, STEP_BEFORE, report->view->style.tenant, &question);
  if (reading) reading_total(reading, &report->before);
  reading_close(reading);
  return reading != NULL;
}

static bool read_report(struct report *report, struct reading *reading) {
  struct matters_answer *answer = &report->matters;
  const struct view *view = report->view;
  reading_total(reading, &answer->total);
  answer->matters.question.reference = RANKING_REST;
  return answer->view && matters_read(&answer->matters, reading, &answer->total, &answer->arena) &&
         matters_read_factors(&answer->matters, report->job, STEP_FACTORS, view->by, view->style.tenant, &answer->arena) &&
         matters_rank(&answer->matters, &answer->arena) && read_before(report) && report_find_moves(report);
}

static void write_compared(struct json_writer *json, const struct view *view) {
  json_name(json, "compared_with");
  json_object(json);
  json_member_string(json, "kind", "previous");
  view_write_window(json, view->previous);
  json_object_end(json);
}

static void write_report(struct report *report) {
  struct request *request = report->request;
  const struct view *view = report->view;
  struct json_writer *json = view_head(request, view, &report->matters.total);
  json_member_text(json, "month", request->path_values[0]);
  json_member_string(json, "title", report->month);
  json_member_bool(json, "complete", report->complete);
  write_compared(json, view);
  report_write_summary(report, json);
  report_write_moves(report, json);
  json_member_text(json, "by", view->by_name);
  matters_write_rows(json, "matters", &report->matters, MATTERS_SHOWN);
  report_write_xlas(report, json);
  report_write_initiatives(report, json);
}

static enum err done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct report *report = arena_take(&request->arena, sizeof *report);
  struct reading *reading = report ? reading_open(job, STEP_NOW, tenant_of(request), &question) : NULL;
  if (!reading) return ERR_UNAVAILABLE;
  *report = (struct report){.request = request,
                            .view = view,
                            .job = job,
                            .step = STEP_PARTS,
                            .complete = view->window.to < tenant_of(request)->today,
                            .matters = {.view = narrowed(request, view)}};
  report_month_name(view->window.from, report->month);
  report_month_name(view->previous.from, report->month_before);
  arena_init(&report->matters.arena, INSIGHT_BYTES_MAX);
  bool good = read_report(report, reading);
  if (good) write_report(report);
  arena_release(&report->matters.arena);
  reading_close(reading);
  return good ? view_end(request, &request->writer) : ERR_UNAVAILABLE;
}

enum err report_get(struct request *request) {
  static const char *const NOT_TAKEN[] = {"from", "to", "last", "metrics", "with_excluded"};
  struct window month;
  if (!month_read(request->path_values[0], tenant_of(request)->today, &month))
    return request_refuse(request, ERR_NOT_FOUND, TEXT("month"), "format", "must be a month that has begun, YYYY-MM");
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < sizeof NOT_TAKEN / sizeof *NOT_TAKEN; i++)
    view_takes_no(request, NOT_TAKEN[i]);
  view_read_by(request, view, "service");
  view->window = month;
  view->previous = window_months_before(month.from, 1);
  view->ask = ask;
  view->done = done;
  return view_serve(request, view);
}
