// /v1/webhooks: administrators say who is told of events.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/service.h"
#include "api/webhook_body.h"
#include "base/instant.h"
#include "http/reply.h"

// Of a POST that gives a secret. The secret is in its first answer only; what is kept for a repetition has null in its place.
struct webhook_post_state {
  struct webhook_row webhook;
  uint8_t secret[WEBHOOK_SECRET_BYTES];
  struct post post;
  bool has_post;
};

static struct job *webhook_job(struct request *request, enum lane_kind lane) {
  struct job *job = request_job(request, lane);
  if (job) job->unseen = true;
  return job;
}

static enum err ask_list(struct request *request, const struct uuid *id, const struct uuid *after, int64_t limit,
                         enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  webhook_ask_list(job, &tenant_of(request)->id, id, after, limit);
  return request_submit(request, job, next);
}

static enum err answer_with_secret(struct request *request, const struct webhook_row *webhook, const uint8_t *secret, int status) {
  char text[WEBHOOK_SECRET_CHARS + 1];
  webhook_secret_write(secret, text);
  webhook_write(webhook, &(struct text){text, WEBHOOK_SECRET_CHARS}, request_json(request));
  return request_answer(request, status);
}

static void keep_answer(struct request *request, struct job *job, const struct webhook_row *webhook, const struct post *post, int status) {
  struct buffer kept;
  struct json_writer json;
  buffer_init(&kept, BODY_BYTES_MAX);
  json_start(&json, &kept);
  webhook_write(webhook, &TEXT_NONE, &json);
  post_ask_keep(job, &tenant_of(request)->id, post, status, buffer_view(&kept));
  buffer_release(&kept);
}

static enum err refuse_twin(struct request *request) {
  return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
}

// The rows of the job that was read go with it.
static bool keep_texts(struct request *request, struct webhook_row *row) {
  row->url = arena_copy(&request->arena, row->url);
  row->label = arena_copy(&request->arena, row->label);
  for (size_t i = 0; i < row->events_count; i++)
    row->events[i] = arena_copy(&request->arena, row->events[i]);
  return row->url.at && row->events[row->events_count - 1].at;
}

// --- Making ---------------------------------------------------------------------------------------------------------

static enum err webhook_created(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct webhook_post_state *state = request->state;
  char id[UUID_CHARS];
  if (job->error == ERR_CONFLICT) return refuse_twin(request);
  if (job->error) return job->error;
  if (job_rows(job, WEBHOOK_MADE_STEP) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT("/url"), "count", "can't be added: a tenant has at most %d webhooks", WEBHOOKS_MAX);
  uuid_write(&state->webhook.id, id);
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/webhooks/%.*s", UUID_CHARS, id));
  return answer_with_secret(request, &state->webhook, state->secret, 201);
}

static enum err webhook_create(struct request *request) {
  const struct webhook_post_state *state = request->state;
  struct job *job = webhook_job(request, LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  webhook_ask_create(job, &tenant_of(request)->id, &state->webhook, state->secret, actor_of(request));
  if (state->has_post) keep_answer(request, job, &state->webhook, &state->post, 201);
  return request_submit(request, job, webhook_created);
}

static enum err webhook_post_looked_up(struct request *request) {
  bool answered;
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  enum err error = idempotency_answer(request, &answered);
  return answered ? error : webhook_create(request);
}

static enum err ask_post(struct request *request, const struct post *post, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  post_ask_find(job, &tenant_of(request)->id, post);
  return request_submit(request, job, next);
}

static void fill(struct webhook_post_state *state, const struct webhook_body *body) {
  state->webhook = (struct webhook_row){
      .url = body->url,
      .events = body->events.items,
      .events_count = body->events.count,
      .label = body->label,
      .enabled = body->enabled != 0,
      .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .old_secret_until = ABSENT,
  };
  uuid_make(&state->webhook.id);
  random_bytes(state->secret, sizeof state->secret);
}

enum err webhook_post(struct request *request) {
  struct webhook_body body;
  struct webhook_post_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  (void)request_query_ends(request);
  enum err error = fields_read(&WEBHOOK_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  webhook_check(request, &body);
  state->has_post = idempotency_read(request, &WEBHOOK_FIELDS, &body, &state->post);
  if (request->issues.total > 0) return ERR_INVALID;
  fill(state, &body);
  return state->has_post ? ask_post(request, &state->post, webhook_post_looked_up) : webhook_create(request);
}

// --- Reading --------------------------------------------------------------------------------------------------------

static enum err webhook_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct webhook_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  webhook_take_row(job, 0, 0, &request->arena, &row);
  webhook_write(&row, NULL, request_json(request));
  struct text tag = request->method == METHOD_PATCH ? reply_entity_tag(request) : TEXT_NONE;
  if (tag.at) request_add_header(request, "ETag", tag);
  return request_answer(request, 200);
}

enum err webhook_get(struct request *request) {
  struct uuid id;
  enum err error = webhook_id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_list(request, &id, NULL, 1, webhook_found);
}

static enum err webhooks_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  char last[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    struct webhook_row row;
    webhook_take_row(job, 0, i, &request->arena, &row);
    webhook_write(&row, NULL, json);
    uuid_write(&row.id, last);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, (struct text){last, sizeof last});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err webhook_list(struct request *request) {
  struct uuid after;
  struct page page = page_read(request);
  if (page.text.at && !uuid_read(page.text, &after))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_list(request, NULL, page.text.at ? &after : NULL, page_rows(&page), webhooks_listed);
}

// --- Changing -------------------------------------------------------------------------------------------------------

struct webhook_patch_state {
  struct uuid id;
  struct webhook_body body;
  uint64_t present;
};

static bool is_given(const struct webhook_patch_state *state, int member) { return state->present >> member & 1; }

static enum err webhook_changed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct webhook_patch_state *state = request->state;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0)
    return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is not the ETag of what is there now; read it again and change that");
  return ask_list(request, &state->id, NULL, 1, webhook_found);
}

static void merge(const struct webhook_patch_state *state, struct webhook_row *row) {
  if (is_given(state, WEBHOOK_URL)) row->url = state->body.url;
  if (is_given(state, WEBHOOK_LABEL)) row->label = state->body.label;
  if (is_given(state, WEBHOOK_ENABLED)) row->enabled = state->body.enabled == 1;
  if (!is_given(state, WEBHOOK_EVENTS)) return;
  row->events = state->body.events.items;
  row->events_count = state->body.events.count;
}

// The client changes what it has read; the revision holds until the change is stored.
static enum err webhook_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct webhook_patch_state *state = request->state;
  struct webhook_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  webhook_take_row(job, 0, 0, &request->arena, &row);
  webhook_write(&row, NULL, request_json(request));
  enum err error = reply_match(request);
  if (error) return error;
  merge(state, &row);
  if (!keep_texts(request, &row)) return ERR_UNAVAILABLE;
  struct job *next = webhook_job(request, LANE_WRITE);
  if (!next) return ERR_UNAVAILABLE;
  webhook_ask_change(next, &tenant_of(request)->id, &row, actor_of(request));
  return request_submit(request, next, webhook_changed);
}

static void check_given(struct request *request, const struct webhook_patch_state *state) {
  if (is_given(state, WEBHOOK_URL) && !state->body.url.at) issues_add(&request->issues, TEXT("/url"), "required", "must have a value");
  if (is_given(state, WEBHOOK_EVENTS) && !state->body.events.items) issues_add(&request->issues, TEXT("/events"), "required", "must have a value");
  if (is_given(state, WEBHOOK_ENABLED) && state->body.enabled == ABSENT)
    issues_add(&request->issues, TEXT("/enabled"), "required", "must have a value");
  webhook_check(request, &state->body);
}

enum err webhook_patch(struct request *request) {
  struct webhook_patch_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  enum err error = webhook_id_read(request, &state->id);
  if (error) return error;
  (void)request_query_ends(request);
  error = fields_read(&WEBHOOK_CHANGE_FIELDS, buffer_view(&request->body), &state->body, &state->present, &request->arena, &request->issues);
  if (error) return error;
  check_given(request, state);
  if (request->issues.total > 0) return ERR_INVALID;
  return ask_list(request, &state->id, NULL, 1, webhook_compared);
}

static enum err webhook_deleted(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err webhook_delete(struct request *request) {
  struct uuid id;
  enum err error = webhook_id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  // All that was sent goes, too, which other writes need not wait for.
  struct job *job = webhook_job(request, LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  webhook_ask_delete(job, &tenant_of(request)->id, &id, actor_of(request));
  return request_submit(request, job, webhook_deleted);
}

// --- Another secret -------------------------------------------------------------------------------------------------

static enum err webhook_rotated(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct webhook_post_state *state = request->state;
  if (job->error == ERR_CONFLICT) return refuse_twin(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? answer_with_secret(request, &state->webhook, state->secret, 200) : ERR_NOT_FOUND;
}

static enum err webhook_rotate_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct webhook_post_state *state = request->state;
  bool answered = false;
  if (job->error) return job->error;
  enum err error = state->has_post ? idempotency_answer(request, &answered) : ERR_NONE;
  if (answered) return error;
  if (job_rows(job, state->has_post) == 0) return ERR_NOT_FOUND;
  webhook_take_row(job, state->has_post, 0, &request->arena, &state->webhook);
  if (!keep_texts(request, &state->webhook)) return ERR_UNAVAILABLE;
  state->webhook.old_secret_until = (instant_now() / MICROS_PER_SECOND + INT64_C(3600) * WEBHOOK_OLD_SECRET_HOURS) * MICROS_PER_SECOND;
  random_bytes(state->secret, sizeof state->secret);
  struct job *next = webhook_job(request, LANE_WRITE);
  if (!next) return ERR_UNAVAILABLE;
  webhook_ask_rotate(next, &tenant_of(request)->id, &state->webhook, state->secret, actor_of(request));
  if (state->has_post) keep_answer(request, next, &state->webhook, &state->post, 200);
  return request_submit(request, next, webhook_rotated);
}

enum err webhook_rotate(struct request *request) {
  static const struct field_table NOTHING = {NULL, 0};
  struct webhook_post_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  enum err error = webhook_id_read(request, &state->webhook.id);
  if (error) return error;
  state->has_post = idempotency_read(request, &NOTHING, NULL, &state->post);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  if (state->has_post) post_ask_find(job, &tenant_of(request)->id, &state->post);
  webhook_ask_list(job, &tenant_of(request)->id, &state->webhook.id, NULL, 1);
  return request_submit(request, job, webhook_rotate_found);
}
