// /v1/dimensions: what experience can be broken down by.
#include "api/directory.h"
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/service.h"
#include "domain/dimension.h"
#include "store/dimension_store.h"
#include "json/fields.h"

struct dimension_body {
  struct text name;
  int64_t max_values;
};

#define MAX_VALUES \
  { .name = "max_values", .kind = FIELD_INT, .offset = offsetof(struct dimension_body, max_values), .min = 1, .max = DIMENSION_VALUES_MAX }

static const struct field ROWS[] = {
    {.name = "name",
     .kind = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct dimension_body, name),
     .min = 1,
     .max = DIMENSION_NAME_CHARS_MAX},
    MAX_VALUES,
};
static const struct field CHANGE_ROWS[] = {MAX_VALUES};
static const struct field_table DIMENSION_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};
static const struct field_table CHANGE_FIELDS = {CHANGE_ROWS, sizeof CHANGE_ROWS / sizeof *CHANGE_ROWS};

static const char *source_of(struct text name) {
  for (size_t i = 0; PRESET_DIMENSIONS[i]; i++)
    if (text_is(name, PRESET_DIMENSIONS[i])) return "preset";
  return "own";
}

static void dimension_write(struct json_writer *json, const struct dimension_row *dimension) {
  json_object(json);
  json_member_text(json, "name", dimension->name);
  json_member_string(json, "source", source_of(dimension->name));
  json_member_int(json, "max_values", dimension->max_values);
  json_member_int(json, "values", dimension->values);
  json_member_instant(json, "created_at", dimension->created_at);
  json_object_end(json);
}

static void derived_write(struct json_writer *json, const struct derived_dimension *dimension) {
  int64_t count = 0;
  while (dimension->values[count])
    count++;
  json_object(json);
  json_member_string(json, "name", dimension->name);
  json_member_string(json, "source", "derived");
  json_member_int(json, "max_values", count);
  json_member_int(json, "values", count);
  json_member_null(json, "created_at");
  json_object_end(json);
}

static enum err dimensions_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < job_rows(job, 0); i++) {
    struct dimension_row row;
    dimension_take_row(job, 0, i, &row);
    dimension_write(json, &row);
  }
  for (size_t i = 0; i < DERIVED_COUNT; i++)
    derived_write(json, &DERIVED_DIMENSIONS[i]);
  json_array_end(json);
  json_member_null(json, "next");
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err ask_list(struct request *request, struct text name, enum err (*next)(struct request *)) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  dimension_ask_list(job, &tenant_of(request)->id, name, true);
  return request_submit(request, job, next);
}

enum err dimension_list(struct request *request) { return ask_list(request, TEXT_NONE, dimensions_listed); }

static enum err dimension_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct dimension_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  dimension_take_row(job, 0, 0, &row);
  dimension_write(request_json(request), &row);
  return request_answer(request, 200);
}

enum err dimension_get(struct request *request) {
  int derived = derived_dimension_find(request->path_values[0]);
  if (derived < 0) return ask_list(request, request->path_values[0], dimension_found);
  if (!request_query_ends(request)) return ERR_INVALID;
  derived_write(request_json(request), &DERIVED_DIMENSIONS[derived]);
  return request_answer(request, 200);
}

static void created_write(struct json_writer *json, const struct dimension_body *body, int64_t created_at) {
  dimension_write(json, &(struct dimension_row){.name = body->name, .max_values = body->max_values, .values = 0, .created_at = created_at});
}

static enum err dimension_created(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct dimension_body *body = request->state;
  directory_forget(service_of(request)->directory, tenant_of(request));
  if (job->error == ERR_CONFLICT) return request_refuse(request, ERR_CONFLICT, TEXT("/name"), "unique", "is taken by another dimension");
  if (job->error) return job->error;
  if (job_rows(job, DIMENSION_MADE_STEP) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT("/name"), "count", "can't be added: a tenant has at most %d dimensions", DIMENSIONS_MAX);
  created_write(request_json(request), body, row_instant(job, DIMENSION_MADE_STEP, 0, 1));
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/dimensions/%.*s", (int)body->name.length, body->name.at));
  return request_answer(request, 201);
}

static enum err dimension_create(struct request *request) {
  const struct dimension_body *body = request->state;
  struct job *job = request_job(request, LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  dimension_ask_create(job, &tenant_of(request)->id, body->name, body->max_values, actor_of(request));
  return request_submit(request, job, dimension_created);
}

// A POST that comes again finds the dimension it made: the same body is answered with it, whoever sent it first.
static enum err dimension_post_looked_up(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct dimension_body *body = request->state;
  struct dimension_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return dimension_create(request);
  dimension_take_row(job, 0, 0, &row);
  if (row.max_values != body->max_values) return request_refuse(request, ERR_CONFLICT, TEXT("/name"), "unique", "is taken by another dimension");
  dimension_write(request_json(request), &row);
  return request_answer(request, 200);
}

enum err dimension_post(struct request *request) {
  struct dimension_body *body = arena_take(&request->arena, sizeof *body);
  if (!body) return ERR_UNAVAILABLE;
  request->state = body;
  (void)request_query_ends(request);
  enum err error = fields_read(&DIMENSION_FIELDS, buffer_view(&request->body), body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (body->max_values == ABSENT) body->max_values = DIMENSION_VALUES_DEFAULT;
  if (!dimension_name_valid(body->name))
    issues_add(&request->issues, TEXT("/name"), "format", "must be a lower-case letter, then up to %d of a-z, 0-9 and _",
               DIMENSION_NAME_CHARS_MAX - 1);
  if (derived_dimension_find(body->name) >= 0) issues_add(&request->issues, TEXT("/name"), "derived", "is the name of a dimension that xlad derives");
  if (dimension_names_agents(body->name) && !tenant_of(request)->agent_figures)
    issues_add(&request->issues, TEXT("/name"), "agent_figures",
               "names the people who work on tickets, and figures by them are off; PATCH /v1/settings switches them on");
  (void)idempotency_key_read(request);  // not needed: the name is one
  if (request->issues.total > 0) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  dimension_ask_list(job, &tenant_of(request)->id, body->name, true);
  return request_submit(request, job, dimension_post_looked_up);
}

static enum err dimension_changed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  return ask_list(request, request->path_values[0], dimension_found);
}

enum err dimension_patch(struct request *request) {
  struct dimension_body body;
  (void)request_query_ends(request);
  enum err error = fields_read(&CHANGE_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (body.max_values == ABSENT) return request_refuse(request, ERR_INVALID, TEXT("/max_values"), "required", "must be given");
  if (derived_dimension_find(request->path_values[0]) >= 0)
    return request_refuse(request, ERR_CONFLICT, TEXT("name"), "derived", "is derived by xlad and can't be changed");
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  dimension_ask_change(job, &tenant_of(request)->id, request->path_values[0], body.max_values, actor_of(request));
  return request_submit(request, job, dimension_changed);
}
