// /v1/xlas/{slug}/status and /history: how an agreement stands, and how it stood on each day.
#include "api/endpoints.h"
#include "api/page.h"
#include "api/service.h"
#include "api/xla_body.h"
#include "base/instant.h"
#include "domain/xla.h"
#include "store/xla_day_store.h"
#include "store/xla_store.h"

enum { STEP_XLA, STEP_DAYS = 2 };

static void write_raw(struct json_writer *json, const char *name, struct text value) {
  json_name(json, name);
  json_raw(json, value.at ? value : TEXT("null"));
}

// What holds before anything has been evaluated, and after the last evaluation.
static struct text status_of(const struct xla_row *xla, const struct xla_body *body, const struct xla_day_row *last, int32_t today) {
  if (xla->retired_at != ABSENT) return text_of(XLA_STATUS_NAMES[XLA_RETIRED]);
  if (last) return last->revised_status.at ? last->revised_status : last->status;
  // Its first day has not ended, or has ended just now.
  return text_of(XLA_STATUS_NAMES[body->starts_on < today ? XLA_INSUFFICIENT_DATA : XLA_NOT_STARTED]);
}

static enum err status_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct xla_row xla;
  struct xla_body body;
  struct xla_day_row day;
  if (job->error) return job->error;
  if (job_rows(job, STEP_XLA) == 0) return ERR_NOT_FOUND;
  bool known = job_rows(job, STEP_DAYS) == 1;
  int32_t today = tenant_of(request)->today;
  xla_take_row(job, STEP_XLA, 0, &xla);
  if (known) xla_day_take_row(job, STEP_DAYS, 0, &day);
  if (fields_read(&XLA_FIELDS, xla.content, &body, NULL, &request->arena, &request->issues)) return ERR_INTERNAL;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_text(json, "slug", xla.slug);
  json_member_text(json, "name", body.name);
  json_member_text(json, "status", status_of(&xla, &body, known ? &day : NULL, today));
  json_member_int(json, "version", xla.version);
  json_member_day(json, "review_by", (int32_t)body.review_by);
  json_member_bool(json, "stale", xla.retired_at == ABSENT && today > body.review_by);
  json_member_instant(json, "evaluated_at", known ? day.revised_at != ABSENT ? day.revised_at : day.evaluated_at : ABSENT);
  write_raw(json, "state", !known ? TEXT_NONE : day.revised_state.at ? day.revised_state : day.state);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err xla_status(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_find(job, &tenant_of(request)->id, request->path_values[0]);
  xla_day_ask_last(job, &tenant_of(request)->id, request->path_values[0]);
  return request_submit(request, job, status_found);
}

static void day_write(struct json_writer *json, const struct xla_day_row *day) {
  json_object(json);
  json_member_day(json, "day", day->day);
  json_member_int(json, "version", day->version);
  json_member_text(json, "status", day->status);
  json_member_instant(json, "evaluated_at", day->evaluated_at);
  write_raw(json, "state", day->state);
  json_name(json, "revised");
  if (day->revised_status.at) {
    json_object(json);
    json_member_instant(json, "revised_at", day->revised_at);
    json_member_text(json, "status", day->revised_status);
    write_raw(json, "state", day->revised_state);
    json_object_end(json);
  } else {
    json_null(json);
  }
  json_object_end(json);
}

static enum err history_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct page *page = request->state;
  char last[DAY_CHARS];
  if (job->error) return job->error;
  if (job_rows(job, STEP_XLA) == 0) return ERR_NOT_FOUND;
  size_t rows = job_rows(job, STEP_DAYS), shown = rows > (size_t)page->limit ? (size_t)page->limit : rows;
  struct xla_day_row day = {.day = 0};
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    xla_day_take_row(job, STEP_DAYS, i, &day);
    day_write(json, &day);
  }
  json_array_end(json);
  day_format(day.day, last);
  page_end(request, json, rows > shown, ABSENT, (struct text){last, sizeof last});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err xla_history(struct request *request) {
  int64_t from, to;
  int32_t after;
  struct page *page = arena_take(&request->arena, sizeof *page);
  if (!page) return ERR_UNAVAILABLE;
  request->state = page;
  *page = page_read(request);
  days_read(request, &from, &to);
  if (page->text.at && !day_parse(page->text, &after))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  else if (page->text.at)
    from = after + 1;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_find(job, &tenant_of(request)->id, request->path_values[0]);
  xla_day_ask_list(job, &tenant_of(request)->id, request->path_values[0], from, to, page_rows(page));
  return request_submit(request, job, history_listed);
}
