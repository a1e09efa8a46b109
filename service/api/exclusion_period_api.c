// /v1/xlas/{slug}/exclusion-periods: days that an agreement leaves out, with the reason.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/service.h"
#include "base/instant.h"
#include "store/exclusion_period_store.h"
#include "json/fields.h"

enum { STEP_XLA, STEP_PERIODS, STEP_MADE };

struct period_body {
  int64_t from, to;
  struct text reason;
};

#define BODY(member) .name = #member, .offset = offsetof(struct period_body, member)

static const struct field ROWS[] = {
    {BODY(from), .kind = FIELD_DAY, .flags = FIELD_REQUIRED},
    {BODY(to), .kind = FIELD_DAY, .flags = FIELD_REQUIRED},
    {BODY(reason), .kind = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, .min = 1, .max = EXCLUSION_REASON_CHARS_MAX},
};
static const struct field_table PERIOD_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

static void period_write(struct json_writer *json, const struct exclusion_period_row *period) {
  char id[UUID_CHARS];
  uuid_write(&period->id, id);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_day(json, "from", period->days.from);
  json_member_day(json, "to", period->days.to);
  json_member_text(json, "reason", period->reason);
  json_member_instant(json, "created_at", period->created_at);
  json_member_text(json, "created_by", period->created_by);
  json_object_end(json);
}

static enum err periods_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, STEP_XLA) == 0) return ERR_NOT_FOUND;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < job_rows(job, STEP_PERIODS); i++) {
    struct exclusion_period_row period;
    exclusion_period_take_row(job, STEP_PERIODS, i, &period);
    period_write(json, &period);
  }
  json_array_end(json);
  json_member_null(json, "next");
  json_object_end(json);
  return request_answer(request, 200);
}

enum err exclusion_period_list(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  exclusion_period_ask_list(job, &tenant_of(request)->id, request->path_values[0]);
  return request_submit(request, job, periods_listed);
}

// The same days again find the period that they made.
static enum err answer_known(struct request *request, const struct exclusion_period_row *wanted) {
  const struct job *job = request_job_ended(request);
  for (size_t i = 0; i < job_rows(job, STEP_PERIODS); i++) {
    struct exclusion_period_row period;
    exclusion_period_take_row(job, STEP_PERIODS, i, &period);
    if (period.days.from != wanted->days.from || period.days.to != wanted->days.to) continue;
    if (!text_equals(period.reason, wanted->reason))
      return request_refuse(request, ERR_CONFLICT, TEXT("/reason"), "unique", "differs from the one for which these days are left out already");
    period_write(request_json(request), &period);
    return request_answer(request, 200);
  }
  return request_refuse(request, ERR_CONFLICT, TEXT("/from"), "count", "can't be added: an agreement has at most %d exclusion periods",
                        EXCLUSION_PERIODS_MAX);
}

static enum err period_made(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct exclusion_period_row *period = request->state;
  if (job->error) return job->error;
  if (job_rows(job, STEP_XLA) == 0) return ERR_NOT_FOUND;
  if (row_int(job, STEP_XLA, 0, 0) == 1)
    return request_refuse(request, ERR_CONFLICT, TEXT("slug"), "retired", "is that of a retired agreement, which doesn't change any more");
  if (job_rows(job, STEP_MADE) == 0) return answer_known(request, period);
  period_write(request_json(request), period);
  return request_answer(request, 201);
}

enum err exclusion_period_post(struct request *request) {
  struct period_body body;
  struct exclusion_period_row *period = arena_take(&request->arena, sizeof *period);
  if (!period) return ERR_UNAVAILABLE;
  request->state = period;
  (void)request_query_ends(request);
  (void)idempotency_key_read(request);  // not needed: the days are one
  enum err error = fields_read(&PERIOD_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (body.to < body.from) issues_add(&request->issues, TEXT("/to"), "order", "must not be before from");
  if (text_trimmed(body.reason).length == 0) issues_add(&request->issues, TEXT("/reason"), "required", "must say something");
  if (request->issues.total > 0) return ERR_INVALID;
  *period = (struct exclusion_period_row){
      .days = {(int32_t)body.from, (int32_t)body.to},
      .reason = body.reason,
      .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .created_by = actor_of(request),
  };
  uuid_make(&period->id);
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  exclusion_period_ask_make(job, &tenant_of(request)->id, request->path_values[0], period);
  return request_submit(request, job, period_made);
}

static enum err period_ended(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err exclusion_period_delete(struct request *request) {
  struct uuid id;
  if (!uuid_read(request->path_values[1], &id)) return ERR_NOT_FOUND;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  exclusion_period_ask_end(job, &tenant_of(request)->id, request->path_values[0], &id, actor_of(request));
  return request_submit(request, job, period_ended);
}
