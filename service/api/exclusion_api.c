// /v1/responses/{id}/exclusion: administrators leave a response out of figures, with a reason, and readmit it.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/response_body.h"
#include "api/service.h"
#include "store/exclusion_store.h"
#include "json/fields.h"

struct exclusion_body {
  struct text reason;
};

static const struct field ROWS[] = {
    {.name = "reason",
     .kind = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_NO_CONTROL,
     .offset = offsetof(struct exclusion_body, reason),
     .min = 1,
     .max = EXCLUSION_REASON_CHARS_MAX},
};
static const struct field_table EXCLUSION_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

static enum err exclusion_made(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct exclusion exclusion;
  if (job->error) return job->error;
  enum exclusion_outcome outcome = exclusion_take_made(job, &exclusion);
  if (outcome == EXCLUSION_UNKNOWN) return ERR_NOT_FOUND;
  if (outcome == EXCLUSION_OTHER)
    return request_refuse(request, ERR_CONFLICT, TEXT("/reason"), "unique",
                          "differs from the one that the response is excluded for; DELETE %.*s first", (int)request->path.length, request->path.at);
  exclusion_write(&exclusion, request_json(request));
  return request_answer(request, outcome == EXCLUSION_MADE ? 201 : 200);
}

enum err exclusion_post(struct request *request) {
  struct uuid id;
  struct exclusion_body body;
  enum err error = response_id_read(request, &id);
  if (error) return error;
  (void)request_query_ends(request);
  error = fields_read(&EXCLUSION_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (text_trimmed(body.reason).length == 0) issues_add(&request->issues, TEXT("/reason"), "required", "must say something");
  (void)idempotency_key_read(request);  // not needed: a response has one exclusion
  if (request->issues.total > 0) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  exclusion_ask_make(job, &tenant_of(request)->id, &id, body.reason, actor_of(request));
  return request_submit(request, job, exclusion_made);
}

static enum err exclusion_ended(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err exclusion_delete(struct request *request) {
  struct uuid id;
  enum err error = response_id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  exclusion_ask_end(job, &tenant_of(request)->id, &id, actor_of(request));
  return request_submit(request, job, exclusion_ended);
}
