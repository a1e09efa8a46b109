// /v1/metrics: the catalogue of what is measured, and what a tenant has added to it and said about it.
#include <string.h>

#include "api/directory.h"
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/metric_body.h"
#include "api/page.h"
#include "api/service.h"
#include "base/instant.h"
#include "http/reply.h"

static enum err ask_catalogue(struct request *request, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  metric_ask_list(job, &tenant_of(request)->id, 0);
  return request_submit(request, job, next);
}

struct metric_filter {
  int64_t source, level, maturity;
};

static bool is_listed(const struct metric *metric, const struct metric_row *row, const struct metric_filter *filter) {
  if (metric->hidden || (filter->source != ABSENT && filter->source != (int64_t)metric->source)) return false;
  if (filter->level != ABSENT && filter->level != (int64_t)row->terms.level) return false;
  return filter->maturity == ABSENT || filter->maturity == metric->maturity - 1;
}

static enum err metrics_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct metric_filter *filter = request->state;
  if (job->error) return job->error;
  const struct tenant *catalogue = catalogue_take(job, 0, &request->arena);
  if (!catalogue) return ERR_UNAVAILABLE;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < tenant_metrics_count(catalogue); i++) {
    const struct metric *metric = tenant_metric(catalogue, i);
    struct metric_row row;
    catalogue_row(job, 0, metric, &row);
    if (is_listed(metric, &row, filter)) metric_write(metric, &row, tenant_of(request), json);
  }
  json_array_end(json);
  json_member_null(json, "next");
  json_object_end(json);
  return request_answer(request, 200);
}

enum err metric_list(struct request *request) {
  static const char *const MATURITIES[] = {"1", "2", "3", "4", "5", NULL};
  struct metric_filter *filter = arena_take(&request->arena, sizeof *filter);
  if (!filter) return ERR_UNAVAILABLE;
  request->state = filter;
  *filter = (struct metric_filter){choice_read(request, "source", SOURCE_NAMES), choice_read(request, "level", LEVEL_NAMES),
                                   choice_read(request, "maturity", MATURITIES)};
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_catalogue(request, metrics_listed);
}

// The metric that the path names, and what is said about it; NULL when there is none, or memory is out.
static const struct metric *find_metric(struct request *request, struct metric_row *row) {
  const struct job *job = request_job_ended(request);
  const struct tenant *catalogue = catalogue_take(job, 0, &request->arena);
  const struct metric *metric = catalogue ? tenant_metric_find(catalogue, request->path_values[0]) : NULL;
  if (!metric || metric->hidden) return NULL;
  catalogue_row(job, 0, metric, row);
  return metric;
}

static enum err metric_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct metric_row row;
  if (job->error) return job->error;
  const struct metric *metric = find_metric(request, &row);
  if (!metric) return ERR_NOT_FOUND;
  metric_write(metric, &row, tenant_of(request), request_json(request));
  struct text tag = request->method == METHOD_PATCH ? reply_entity_tag(request) : TEXT_NONE;
  if (tag.at) request_add_header(request, "ETag", tag);
  return request_answer(request, 200);
}

enum err metric_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_catalogue(request, metric_found);
}

struct metric_post_state {
  struct metric metric;
  int64_t edges[METRIC_BINS_MAX];
  struct metric_row row;
  struct post post;
  bool has_post;
};

static enum err metric_created(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct metric_post_state *state = request->state;
  directory_forget(service_of(request)->directory, tenant_of(request));
  if (job->error == ERR_CONFLICT && strcmp(job->constraint, METRIC_KEY_TAKEN) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT("/key"), "unique", "is taken by another metric");
  if (job->error == ERR_CONFLICT)
    return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
  if (job->error) return job->error;
  if (job_rows(job, METRIC_MADE_STEP) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT("/key"), "count", "can't be added: a tenant has at most %d metrics of its own",
                          METRICS_OWN_MAX);
  metric_write(&state->metric, &state->row, tenant_of(request), request_json(request));
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/metrics/%s", state->metric.key));
  return request_answer(request, 201);
}

static enum err metric_create(struct request *request) {
  const struct metric_post_state *state = request->state;
  struct job *job = request_job(request, LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  metric_ask_create(job, &tenant_of(request)->id, &state->metric, &state->row, actor_of(request));
  if (state->has_post) {
    struct buffer kept;
    struct json_writer json;
    buffer_init(&kept, BODY_BYTES_MAX);
    json_start(&json, &kept);
    metric_write(&state->metric, &state->row, tenant_of(request), &json);
    post_ask_keep(job, &tenant_of(request)->id, &state->post, 201, buffer_view(&kept));
    buffer_release(&kept);
  }
  return request_submit(request, job, metric_created);
}

static enum err metric_post_looked_up(struct request *request) {
  bool answered;
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  enum err error = idempotency_answer(request, &answered);
  return answered ? error : metric_create(request);
}

enum err metric_post(struct request *request) {
  struct metric_body body;
  struct metric_post_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  (void)request_query_ends(request);
  enum err error = fields_read(&METRIC_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  state->has_post = idempotency_read(request, &METRIC_FIELDS, &body, &state->post);
  body.asked.edges = body.bins.items;
  body.asked.edges_count = body.bins.count;
  int64_t target = metric_target(body.target, &request->issues);
  if (!own_metric_make(&body.asked, &state->metric, state->edges, &request->issues)) return ERR_INVALID;
  state->metric.id = METRIC_OWN_ID_MIN;
  state->row = (struct metric_row){
      .id = METRIC_OWN_ID_MIN,
      .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .supplier = body.supplier,
      .terms = {.version = 1, .level = state->metric.level, .wanted = body.wanted != 0, .target = target},
  };
  if (metric_find(body.asked.key)) return request_refuse(request, ERR_CONFLICT, TEXT("/key"), "unique", "is taken by a preset");
  if (!state->has_post) return metric_create(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  post_ask_find(job, &tenant_of(request)->id, &state->post);
  return request_submit(request, job, metric_post_looked_up);
}

struct metric_patch_state {
  struct metric_change change;
  uint64_t present;
};

static bool is_given(const struct metric_patch_state *state, int member) { return state->present >> member & 1; }

static enum err metric_changed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0)
    return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is not the ETag of what is there now; read it again and change that");
  directory_forget(service_of(request)->directory, tenant_of(request));
  return ask_catalogue(request, metric_found);
}

// What a preset lacks goes back to what it was; an own metric has to have it.
static void merge(struct request *request, const struct metric *metric, struct metric_row *row) {
  const struct metric_patch_state *state = request->state;
  const struct metric_change *change = &state->change;
  bool own = metric->id >= METRIC_OWN_ID_MIN;
  if (is_given(state, CHANGE_TITLE) && !own)
    issues_add(&request->issues, TEXT("/title"), "preset", "can't be changed: of a preset, level, wanted, target and supplier can");
  if (is_given(state, CHANGE_TITLE) && own && !change->title.at) issues_add(&request->issues, TEXT("/title"), "required", "must have a value");
  if (is_given(state, CHANGE_LEVEL) && own && change->level == ABSENT) issues_add(&request->issues, TEXT("/level"), "required", "must have a value");
  if (is_given(state, CHANGE_WANTED) && own && change->wanted == ABSENT)
    issues_add(&request->issues, TEXT("/wanted"), "required", "must have a value");
  if (is_given(state, CHANGE_LEVEL)) {
    row->level_said = change->level != ABSENT;
    if (row->level_said) row->terms.level = (enum metric_level)change->level;
  }
  if (is_given(state, CHANGE_WANTED)) {
    row->wanted_said = change->wanted != ABSENT;
    row->terms.wanted = change->wanted == 1;
  }
  if (is_given(state, CHANGE_TARGET)) row->terms.target = metric_target(change->target, &request->issues);
  if (is_given(state, CHANGE_SUPPLIER)) row->supplier = change->supplier;
}

// The client changes what it has read; the revision holds until the change is stored.
static enum err metric_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct metric_patch_state *state = request->state;
  struct metric_row row;
  if (job->error) return job->error;
  const struct metric *metric = find_metric(request, &row);
  if (!metric) return ERR_NOT_FOUND;
  metric_write(metric, &row, tenant_of(request), request_json(request));
  enum err error = reply_match(request);
  if (error) return error;
  merge(request, metric, &row);
  if (request->issues.total > 0) return ERR_INVALID;
  struct text title = state->change.title.at ? state->change.title : text_of(metric->title);
  // The rows of this job go with it.
  row.supplier = row.supplier.at ? arena_copy(&request->arena, row.supplier) : TEXT_NONE;
  struct job *next = request_job(request, LANE_WRITE);
  if (!next) return ERR_UNAVAILABLE;
  metric_ask_change(next, &tenant_of(request)->id, metric, title, &row, actor_of(request));
  return request_submit(request, next, metric_changed);
}

enum err metric_patch(struct request *request) {
  struct metric_patch_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  (void)request_query_ends(request);
  enum err error =
      fields_read(&METRIC_CHANGE_FIELDS, buffer_view(&request->body), &state->change, &state->present, &request->arena, &request->issues);
  if (error) return error;
  if (request->issues.total > 0) return ERR_INVALID;
  return ask_catalogue(request, metric_compared);
}
