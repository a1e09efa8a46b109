// /v1/measurements: values that neither tickets nor responses yield.
#include "api/endpoints.h"
#include "api/figures.h"
#include "api/idempotency.h"
#include "api/measurement_body.h"
#include "api/page.h"
#include "api/service.h"

struct measurement_post_work {
  struct measurement_write write;
  enum err error;
};

static void written(struct batch_row *row, enum err error) {
  struct request *request = row->owner;
  struct measurement_post_work *work = request->state;
  work->error = error;
  request_resume(request);
}

static enum err measurement_post_done(struct request *request) {
  const struct measurement_post_work *work = request->state;
  const struct measurement_write *write = &work->write;
  if (work->error) return work->error;
  enum err error = measurement_outcome_error(write, &request->issues);
  if (error) return error;
  bool replayed = write->outcome == MEASUREMENT_REPEATED && !write->ref.at;
  struct measurement_row row = {.id = write->id,
                                .metric_id = write->metric_id,
                                .value = write->value,
                                .at = write->stored_at,
                                .day = write->day,
                                .context = write->context,
                                .ref = write->ref,
                                .note = write->note,
                                .created_at = write->created_at};
  char id[UUID_CHARS];
  uuid_write(&write->id, id);
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/measurements/%.*s", UUID_CHARS, id));
  if (replayed) request_add_header(request, "Idempotency-Replayed", TEXT("true"));
  measurement_row_write(&row, tenant_metric_by_id(tenant_of(request), row.metric_id), request_json(request));
  return request_answer(request, write->outcome == MEASUREMENT_STORED || replayed ? 201 : 200);
}

enum err measurement_post(struct request *request) {
  struct measurement_body body;
  struct measurement_post_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  struct text key = idempotency_key_read(request);
  enum err error = fields_read(&MEASUREMENT_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (!error) error = measurement_body_file(&body, key, tenant_of(request), &request->arena, &request->issues, &work->write);
  if (error) return error;
  work->write.row.done = written;
  work->write.row.owner = request;
  request->state = work;
  error = store_write(service_of(request)->store, LANE_WRITE, &MEASUREMENT_BATCH, &work->write.row);
  return error ? error : request_wait(request, measurement_post_done);
}

static enum err measurements_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct measurement_row row = {.created_at = ABSENT};
  char id[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    measurement_take_row(job, 0, i, &row);
    measurement_row_write(&row, tenant_metric_by_id(tenant_of(request), row.metric_id), json);
  }
  json_array_end(json);
  uuid_write(&row.id, id);
  page_end(request, json, rows > shown, row.created_at, (struct text){id, sizeof id});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err measurement_list(struct request *request) {
  struct page page = page_read(request);
  struct measurement_filter filter = {.before_created_at = page.instant, .limit = page_rows(&page)};
  struct text key = request_query(request, "metric");
  const struct metric *metric = key.at ? figures_find(tenant_of(request), key) : NULL;
  days_read(request, &filter.from, &filter.to);
  if (metric) filter.metric_id = metric->id;
  if (key.at && !metric) issues_add(&request->issues, TEXT("metric"), "enum", "names \"%.*s\", which is no metric", (int)key.length, key.at);
  if (page.text.at && (page.instant == ABSENT || !uuid_read(page.text, &filter.before_id)))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  measurement_ask_list(job, tenant_of(request), &filter);
  return request_submit(request, job, measurements_listed);
}

static enum err measurement_deleted(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

static enum err ask_one(struct request *request, enum err (*next)(struct request *)) {
  struct uuid id;
  if (!uuid_read(request->path_values[0], &id))
    return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of a measurement");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  measurement_ask_find(job, &tenant_of(request)->id, &id);
  return request_submit(request, job, next);
}

static enum err measurement_shown(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct measurement_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  measurement_take_row(job, 0, 0, &row);
  measurement_row_write(&row, tenant_metric_by_id(tenant_of(request), row.metric_id), request_json(request));
  return request_answer(request, 200);
}

enum err measurement_get(struct request *request) { return ask_one(request, measurement_shown); }

// The trail names the metric, which the row does by its number only.
static enum err measurement_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct measurement_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  measurement_take_row(job, 0, 0, &row);
  const struct metric *metric = tenant_metric_by_id(tenant_of(request), row.metric_id);
  struct job *next = metric ? request_job(request, LANE_WRITE) : NULL;
  if (!next) return ERR_UNAVAILABLE;
  measurement_ask_delete(next, &tenant_of(request)->id, &row.id, metric, actor_of(request));
  return request_submit(request, next, measurement_deleted);
}

enum err measurement_delete(struct request *request) { return ask_one(request, measurement_found); }
