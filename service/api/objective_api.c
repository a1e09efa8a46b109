// /v1/objectives: what the organisation wants, as code, and what serves each.
#include "api/document.h"
#include "api/endpoints.h"
#include "api/figures.h"
#include "api/page.h"
#include "api/service.h"
#include "base/instant.h"
#include "domain/objective.h"
#include "http/reply.h"
#include "store/objective_store.h"
#include "json/changes.h"

enum { TRIES_MAX = 3 };

struct objective_body {
  struct text slug;
  int64_t level;
  struct text title, description, parent, owner;
  struct text_list metrics, xlas;
};

#define BODY(member) .name = #member, .offset = offsetof(struct objective_body, member)
#define LINE(most)   .kind = FIELD_TEXT, .min = 1, .max = (most)
#define LIST(most)   .kind = FIELD_TEXT_LIST, .flags = FIELD_NO_CONTROL, .min = 1, .max = (most), .count_max = OBJECTIVE_SERVANTS_MAX

static const struct field ROWS[] = {
    {BODY(slug), LINE(SLUG_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(level), .kind = FIELD_ENUM, .flags = FIELD_REQUIRED, .choices = OBJECTIVE_LEVEL_NAMES},
    {BODY(title), LINE(NAME_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {BODY(description), LINE(INITIATIVE_TEXT_CHARS_MAX)},
    {BODY(parent), LINE(SLUG_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(owner), LINE(NAME_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(metrics), LIST(METRIC_KEY_CHARS_MAX)},
    {BODY(xlas), LIST(SLUG_CHARS_MAX)},
    // What a read answers with, too, so that a PUT takes it again.
    {.name = "served_by", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "unserved", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "below", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "created_at", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "retired_at", .kind = FIELD_INT, .flags = FIELD_IGNORED},
};
static const struct field_table OBJECTIVE_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

struct objective_work {
  struct text slug;
  struct objective_body body, stored;
  bool there;  // something is stored
  bool dry_run;
  int64_t revision, retired_at;  // of what is stored
  struct objective_draft draft;
  int status;      // of the answer, once it is done
  unsigned tries;  // somebody else was first
};

static void objective_write(struct json_writer *json, const struct objective_row *objective) {
  // Members that follow go on within its braces.
  json_raw(json, (struct text){objective->content.at, objective->content.length - 1});
  json->comma = true;
  json_name(json, "served_by");
  json_object(json);
  json_name(json, "metrics");
  json_raw(json, objective->metrics);
  json_name(json, "xlas");
  json_raw(json, objective->xlas);
  json_name(json, "initiatives");
  json_raw(json, objective->initiatives);
  json_member_int(json, "initiatives_count", objective->initiatives_count);
  json_object_end(json);
  json_member_bool(json, "unserved", objective->unserved);
  json_name(json, "below");
  json_raw(json, objective->below);
  json_member_instant(json, "created_at", objective->created_at);
  json_member_instant(json, "retired_at", objective->retired_at);
  json_object_end(json);
}

// --- Reading --------------------------------------------------------------------------------------------------------

static enum err ask_objective(struct request *request, struct text slug, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  objective_ask_find(job, &tenant_of(request)->id, slug);
  return request_submit(request, job, next);
}

static enum err objective_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct objective_row objective;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  objective_take_row(job, 0, 0, &objective);
  objective_write(request_json(request), &objective);
  return request_answer(request, 200);
}

enum err objective_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_objective(request, request->path_values[0], objective_found);
}

static enum err objectives_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct page *page = request->state;
  if (job->error) return job->error;
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page->limit ? (size_t)page->limit : rows;
  struct json_writer *json = request_json(request);
  struct objective_row objective = {.slug = TEXT_NONE};
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    objective_take_row(job, 0, i, &objective);
    objective_write(json, &objective);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, objective.slug);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err objective_list(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct page *page = arena_take(&request->arena, sizeof *page);
  if (!page) return ERR_UNAVAILABLE;
  request->state = page;
  *page = page_read(request);
  struct objective_filter filter = {
      .level = choice_read(request, "level", OBJECTIVE_LEVEL_NAMES),
      .parent = request_query(request, "parent"),
      .owner = request_query(request, "owner"),
      .retired = choice_read(request, "retired", BOOLEANS),
      .unserved = choice_read(request, "unserved", BOOLEANS),
      .after = page->text,
      .limit = page_rows(page),
  };
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  objective_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, objectives_listed);
}

// --- Writing --------------------------------------------------------------------------------------------------------

static enum err objective_answered(struct request *request) {
  const struct objective_work *work = request->state;
  enum err error = objective_found(request);
  return error ? error : document_answer(request, work->status, "/v1/objectives", work->slug);
}

static enum err objective_compared(struct request *request);

static enum err objective_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct objective_work *work = request->state;
  if (job->error) return job->error;
  if (job_rows(job, OBJECTIVE_WRITTEN_STEP) == 1) return ask_objective(request, work->slug, objective_answered);
  // Somebody else was first: what is stored by now is what counts.
  if (++work->tries < TRIES_MAX) return ask_objective(request, work->slug, objective_compared);
  if (work->there) return ERR_UNAVAILABLE;
  return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "count", "can't be added: a tenant has at most %d objectives", OBJECTIVES_MAX);
}

static void check_parent(struct request *request, const struct objective_place *place) {
  const struct objective_work *work = request->state;
  const struct objective_body *body = &work->body;
  bool kept = work->there && text_equals(body->parent, work->stored.parent);
  if (place->highest != ABSENT && place->highest <= body->level)
    issues_add(&request->issues, TEXT("/level"), "order", "must be higher than those of the objectives below it, one of which is %s",
               OBJECTIVE_LEVEL_NAMES[place->highest]);
  if (!body->parent.at) return;
  if (!place->parent_there)
    issues_add(&request->issues, TEXT("/parent"), "unknown", "names no objective");
  else if (place->parent_retired && !kept)
    issues_add(&request->issues, TEXT("/parent"), "retired", "is retired");
  else if (place->parent_level >= body->level)
    issues_add(&request->issues, TEXT("/parent"), "order", "is %s: it must be of a higher level than this one",
               OBJECTIVE_LEVEL_NAMES[place->parent_level]);
}

static void check_servants(struct request *request, const struct job *job) {
  const struct objective_body *body = &((const struct objective_work *)request->state)->body;
  for (size_t i = 0; i < body->metrics.count; i++)
    if (!figures_find(tenant_of(request), body->metrics.items[i]))
      issues_add(&request->issues, arena_format(&request->arena, "/metrics/%zu", i), "unknown", "names no metric; GET /v1/metrics lists them");
  for (size_t i = 0; i < body->xlas.count; i++)
    if (!objective_xla_there(job, 0, body->xlas.items[i]))
      issues_add(&request->issues, arena_format(&request->arena, "/xlas/%zu", i), "unknown", "names no experience level agreement");
}

static enum err answer_dry(struct request *request) {
  const struct objective_work *work = request->state;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_bool(json, "dry_run", true);
  json_member_bool(json, "creates", !work->there);
  json_name(json, "changes");
  (void)fields_write_changes(&OBJECTIVE_FIELDS, work->there ? &work->stored : NULL, &work->body, json);
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err objective_checked(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct objective_work *work = request->state;
  struct objective_place place;
  size_t count;
  if (job->error) return job->error;
  objective_take_place(job, 0, &place);
  check_parent(request, &place);
  check_servants(request, job);
  if (request->issues.total > 0) return ERR_INVALID;
  work->draft.changes = document_changes(&OBJECTIVE_FIELDS, work->there ? &work->stored : NULL, &work->body, &request->arena, &count);
  work->draft.content = document_text(&OBJECTIVE_FIELDS, &work->body, &request->arena);
  if (!work->draft.changes.at || !work->draft.content.at) return ERR_UNAVAILABLE;
  work->status = work->there ? 200 : 201;
  if (work->dry_run) return answer_dry(request);
  if (work->there && count == 0) return ask_objective(request, work->slug, objective_answered);
  if (work->there && work->retired_at != ABSENT)
    return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "retired", "is that of a retired objective, which doesn't change any more");
  struct job *next = request_job(request, LANE_WRITE);
  if (!next) return ERR_UNAVAILABLE;
  work->draft.revision = work->revision;
  work->draft.created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND;
  if (work->there)
    objective_ask_change(next, &tenant_of(request)->id, &work->draft, actor_of(request));
  else
    objective_ask_create(next, &tenant_of(request)->id, &work->draft, actor_of(request));
  return request_submit(request, next, objective_stored);
}

// What is stored is what a write without If-Match is held against, too.
static enum err objective_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct objective_work *work = request->state;
  bool guarded = request_header(request, "If-Match").at != NULL;
  if (job->error) return job->error;
  work->there = job_rows(job, 0) == 1;
  if (!work->there && guarded) return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is given, but there is no such objective yet");
  if (work->there) {
    struct objective_row row;
    objective_take_row(job, 0, 0, &row);
    if (guarded) objective_write(request_json(request), &row);
    enum err error = guarded ? reply_match(request) : ERR_NONE;
    if (!error) error = fields_read(&OBJECTIVE_FIELDS, row.content, &work->stored, NULL, &request->arena, &request->issues);
    if (error) return error;
    work->revision = row.revision;
    work->retired_at = row.retired_at;
  }
  work->draft = (struct objective_draft){
      .slug = work->slug,
      .level = (enum objective_level)work->body.level,
      .parent = work->body.parent,
      .xlas = work->body.xlas.items,
      .xlas_count = work->body.xlas.count,
  };
  struct job *next = request_job(request, LANE_READ);
  if (!next) return ERR_UNAVAILABLE;
  objective_ask_check(next, &tenant_of(request)->id, &work->draft);
  return request_submit(request, next, objective_checked);
}

enum err objective_put(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct objective_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  request->state = work;
  work->slug = request->path_values[0];
  work->dry_run = choice_read(request, "dry_run", BOOLEANS) == 1;
  (void)request_query_ends(request);
  enum err error = fields_read(&OBJECTIVE_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (work->body.slug.at && !text_equals(work->body.slug, work->slug))
    issues_add(&request->issues, TEXT("/slug"), "path", "must be that of the path, or left out");
  if (!tenant_slug_valid(work->slug))
    issues_add(&request->issues, TEXT("/slug"), "format", "must be up to %d of a-z, 0-9 and -, and not begin with -", SLUG_CHARS_MAX);
  work->body.slug = work->slug;
  return request->issues.total > 0 ? ERR_INVALID : ask_objective(request, work->slug, objective_compared);
}

static enum err objective_retired(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err objective_delete(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  objective_ask_retire(job, &tenant_of(request)->id, request->path_values[0], actor_of(request));
  return request_submit(request, job, objective_retired);
}
