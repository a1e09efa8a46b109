// /v1/webhooks/{id}/test and …/deliveries: what was sent to a webhook, and what is to be sent again.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/service.h"
#include "api/webhook_body.h"

// Both steps of what puts something into the outbox: the webhook, and the delivery.
enum { WEBHOOK_STEP, DELIVERY_STEP };

static enum err refuse_missing(struct request *request, const struct job *job, const char *reason) {
  struct webhook_row webhook;
  if (job_rows(job, WEBHOOK_STEP) == 0) return ERR_NOT_FOUND;
  webhook_take_row(job, WEBHOOK_STEP, 0, &request->arena, &webhook);
  if (!webhook.enabled)
    return request_refuse(request, ERR_CONFLICT, TEXT("id"), "disabled", "names a webhook that is switched off; PATCH it with enabled true first");
  return reason ? request_refuse(request, ERR_CONFLICT, TEXT("id"), "count", "%s", reason) : ERR_NOT_FOUND;
}

static enum err accept(struct request *request, const struct job *job) {
  struct outbox_delivery delivery;
  outbox_take_delivery(job, DELIVERY_STEP, 0, &delivery);
  delivery_write(&delivery, request_json(request));
  return request_answer(request, 202);
}

static enum err test_put(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, DELIVERY_STEP) == 0) return refuse_missing(request, job, "names a webhook for which too many events wait already");
  return accept(request, job);
}

// A job that puts something into the outbox of the webhook that the path names.
static struct job *outbox_job(struct request *request, const struct uuid *id) {
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return NULL;
  job->unseen = true;
  webhook_ask_list(job, &tenant_of(request)->id, id, NULL, 1);
  return job;
}

enum err delivery_test(struct request *request) {
  struct uuid id;
  char text[UUID_CHARS];
  enum err error = webhook_id_read(request, &id);
  if (error) return error;
  (void)idempotency_key_read(request);  // not needed: another test does no harm
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = outbox_job(request, &id);
  if (!job) return ERR_UNAVAILABLE;
  uuid_write(&id, text);
  struct text payload = arena_format(&request->arena, "{\"webhook\":\"%.*s\"}", UUID_CHARS, text);
  if (!payload.at) return ERR_UNAVAILABLE;
  outbox_ask_for(job, &tenant_of(request)->id, &id, EVENT_WEBHOOK_TEST, payload);
  return request_submit(request, job, test_put);
}

static enum err resend_put(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, DELIVERY_STEP) == 0 ? refuse_missing(request, job, NULL) : accept(request, job);
}

enum err delivery_resend(struct request *request) {
  struct uuid id, event;
  enum err error = webhook_id_read(request, &id);
  if (error) return error;
  if (!uuid_read(request->path_values[1], &event))
    return request_refuse(request, ERR_NOT_FOUND, TEXT("delivery"), "format", "must be the id of a delivery");
  (void)idempotency_key_read(request);  // not needed: receivers drop repeats
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = outbox_job(request, &id);
  if (!job) return ERR_UNAVAILABLE;
  outbox_ask_again(job, &tenant_of(request)->id, &id, &event, actor_of(request));
  return request_submit(request, job, resend_put);
}

static enum err deliveries_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, WEBHOOK_STEP) == 0) return ERR_NOT_FOUND;
  struct page page = page_read(request);
  size_t rows = job_rows(job, DELIVERY_STEP), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  char last[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    struct outbox_delivery delivery;
    outbox_take_delivery(job, DELIVERY_STEP, i, &delivery);
    delivery_write(&delivery, json);
    uuid_write(&delivery.event, last);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, (struct text){last, sizeof last});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err delivery_list(struct request *request) {
  struct uuid id, before;
  enum err error = webhook_id_read(request, &id);
  if (error) return error;
  struct page page = page_read(request);
  int64_t state = choice_read(request, "state", OUTBOX_STATE_NAMES);
  if (page.text.at && !uuid_read(page.text, &before))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  webhook_ask_list(job, &tenant_of(request)->id, &id, NULL, 1);
  outbox_ask_list(job, &tenant_of(request)->id, &id, page.text.at ? &before : NULL, state, page_rows(&page));
  return request_submit(request, job, deliveries_listed);
}
