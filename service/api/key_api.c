// /v1/keys: administrators make, list and revoke their tenant's keys.
#include "api/directory.h"
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/service.h"
#include "store/key_store.h"
#include "json/fields.h"

struct key_body {
  int64_t role;
  struct text label;
};

static const struct field ROWS[] = {
    {.name = "role", .kind = FIELD_ENUM, .flags = FIELD_REQUIRED, .offset = offsetof(struct key_body, role), .choices = ROLE_NAMES},
    {.name = "label", .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .offset = offsetof(struct key_body, label), .min = 1, .max = NAME_CHARS_MAX},
};
static const struct field_table KEY_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

struct key_post_state {
  struct key_draft draft;
  struct post post;
  bool has_post;
};

static void key_write(struct json_writer *json, const struct key_row *key) {
  json_object(json);
  json_member_text(json, "id", key->id);
  json_member_text(json, "role", key->role);
  json_member_text(json, "label", key->label);
  json_member_instant(json, "created_at", key->created_at);
  json_member_instant(json, "revoked_at", key->revoked_at);
}

// The key itself is in the first answer only; what is kept for a repetition has null in its place.
static void key_post_write(struct json_writer *json, const struct key_draft *draft, bool with_key) {
  struct key_row row = {.id = text_of(draft->id),
                        .role = text_of(ROLE_NAMES[draft->role]),
                        .label = draft->label,
                        .created_at = draft->created_at,
                        .revoked_at = ABSENT};
  key_write(json, &row);
  json_member_text(json, "key", with_key ? text_of(draft->key) : TEXT_NONE);
  json_object_end(json);
}

static enum err key_created(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct key_post_state *state = request->state;
  if (job->error == ERR_CONFLICT)
    return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
  if (job->error) return job->error;
  key_post_write(request_json(request), &state->draft, true);
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/keys/%s", state->draft.id));
  return request_answer(request, 201);
}

static enum err key_create(struct request *request) {
  struct key_post_state *state = request->state;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  key_make(&state->draft);
  key_ask_create(job, &tenant_of(request)->id, &state->draft, actor_of(request));
  if (state->has_post) {
    struct buffer kept;
    struct json_writer json;
    buffer_init(&kept, BODY_BYTES_MAX);
    json_start(&json, &kept);
    key_post_write(&json, &state->draft, false);
    post_ask_keep(job, &tenant_of(request)->id, &state->post, 201, buffer_view(&kept));
    buffer_release(&kept);
  }
  return request_submit(request, job, key_created);
}

static enum err key_post_looked_up(struct request *request) {
  bool answered;
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  enum err error = idempotency_answer(request, &answered);
  return answered ? error : key_create(request);
}

enum err key_post(struct request *request) {
  struct key_body body;
  struct key_post_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  (void)request_query_ends(request);
  enum err error = fields_read(&KEY_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  state->draft.role = (int)body.role;
  state->draft.label = body.label;
  state->has_post = idempotency_read(request, &KEY_FIELDS, &body, &state->post);
  if (request->issues.total > 0) return ERR_INVALID;
  if (!state->has_post) return key_create(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  post_ask_find(job, &tenant_of(request)->id, &state->post);
  return request_submit(request, job, key_post_looked_up);
}

static enum err key_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct key_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  key_take_row(job, 0, 0, &row);
  key_write(request_json(request), &row);
  json_object_end(&request->writer);
  return request_answer(request, 200);
}

enum err key_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  key_ask_list(job, &tenant_of(request)->id, request->path_values[0], ABSENT, TEXT_NONE, 1);
  return request_submit(request, job, key_found);
}

static enum err keys_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct key_row row = {.created_at = ABSENT};
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    key_take_row(job, 0, i, &row);
    key_write(json, &row);
    json_object_end(json);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, row.created_at, row.id);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err key_list(struct request *request) {
  struct page page = page_read(request);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  key_ask_list(job, &tenant_of(request)->id, TEXT_NONE, page.instant, page.text, page_rows(&page));
  return request_submit(request, job, keys_listed);
}

static enum err key_revoked(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  directory_forget(service_of(request)->directory, tenant_of(request));
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err key_delete(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  key_ask_revoke(job, &tenant_of(request)->id, request->path_values[0], actor_of(request));
  return request_submit(request, job, key_revoked);
}
