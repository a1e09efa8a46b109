// /v1/surveys: what people are asked, as code (PUT) and by hand. A patch is the document with what it changes, put.
#include "api/directory.h"
#include "api/document.h"
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/service.h"
#include "api/survey_body.h"
#include "base/instant.h"
#include "http/reply.h"
#include "json/changes.h"

enum { TRIES_MAX = 3 };

static const char *const BOOLEANS[] = {"false", "true", NULL};

struct survey_work {
  struct text slug;
  struct survey_body body, stored;
  struct survey_row row;  // what is stored
  bool there;             // something is
  bool dry_run;
  struct survey_draft draft;
  int status;      // of the answer, once it is done
  unsigned tries;  // somebody else was first
};

// --- Reading --------------------------------------------------------------------------------------------------------

// The document that the job has found, which a PUT takes again.
static void write_found(const struct job *job, struct json_writer *json) {
  struct survey_row survey;
  survey_take_row(job, 0, 0, &survey);
  survey_write(json, &survey);
  json_name(json, "versions");
  json_array(json);
  for (size_t i = 0; i < job_rows(job, SURVEY_VERSIONS_STEP); i++) {
    struct survey_version_row version;
    survey_take_version(job, SURVEY_VERSIONS_STEP, i, &version);
    json_object(json);
    json_member_int(json, "version", version.version);
    json_member_instant(json, "made_at", version.made_at);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
}

static enum err ask_survey(struct request *request, struct text slug, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  survey_ask_find(job, &tenant_of(request)->id, slug);
  return request_submit(request, job, next);
}

static enum err survey_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  write_found(job, request_json(request));
  return request_answer(request, 200);
}

enum err survey_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_survey(request, request->path_values[0], survey_found);
}

static enum err surveys_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct page *page = request->state;
  if (job->error) return job->error;
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page->limit ? (size_t)page->limit : rows;
  struct json_writer *json = request_json(request);
  struct survey_row survey = {.slug = TEXT_NONE};
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    survey_take_row(job, 0, i, &survey);
    survey_write(json, &survey);
    json_object_end(json);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, survey.slug);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err survey_list(struct request *request) {
  struct page *page = arena_take(&request->arena, sizeof *page);
  if (!page) return ERR_UNAVAILABLE;
  request->state = page;
  *page = page_read(request);
  int64_t kind = choice_read(request, "kind", SURVEY_KIND_NAMES);
  struct survey_filter filter = {
      .kind = kind == ABSENT ? TEXT_NONE : text_of(SURVEY_KIND_NAMES[kind]),
      .retired = choice_read(request, "retired", BOOLEANS),
      .after = page->text,
      .limit = page_rows(page),
  };
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  survey_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, surveys_listed);
}

// --- Writing --------------------------------------------------------------------------------------------------------

static enum err survey_answered(struct request *request) {
  const struct survey_work *work = request->state;
  enum err error = survey_found(request);
  return error ? error : document_answer(request, work->status, "/v1/surveys", work->slug);
}

static enum err survey_compared(struct request *request);

static enum err survey_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct survey_work *work = request->state;
  if (job->error) return job->error;
  // What is resolved from now on is decided about.
  directory_forget(service_of(request)->directory, tenant_of(request));
  if (job_rows(job, work->there ? 0 : SURVEY_MADE_STEP) == 1) return ask_survey(request, work->slug, survey_answered);
  // Somebody else was first: what is stored by now is what counts. Or there are too many.
  if (++work->tries < TRIES_MAX) return ask_survey(request, work->slug, survey_compared);
  if (work->there) return ERR_UNAVAILABLE;
  return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "count", "can't be added: a tenant has at most %d surveys", SURVEYS_MAX);
}

static enum err answer_dry(struct request *request) {
  const struct survey_work *work = request->state;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_bool(json, "dry_run", true);
  json_member_bool(json, "creates", !work->there);
  json_member_bool(json, "new_version", work->draft.new_version);
  json_name(json, "changes");
  json_raw(json, work->draft.changes);
  json_object_end(json);
  return request_answer(request, 200);
}

// Fills the draft; *count: members that differ.
static bool make_draft(struct request *request, size_t *count) {
  struct survey_work *work = request->state;
  struct survey_draft *draft = &work->draft;
  const struct survey_body *stored = work->there ? &work->stored : NULL;
  struct text form = stored ? document_text(&SURVEY_FORM_FIELDS, stored, &request->arena) : TEXT_NONE;
  *draft = (struct survey_draft){
      .slug = work->slug,
      .content = document_text(&SURVEY_FIELDS, &work->body, &request->arena),
      .form = document_text(&SURVEY_FORM_FIELDS, &work->body, &request->arena),
      .changes = document_changes(&SURVEY_FIELDS, stored, &work->body, &request->arena, count),
      .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .revision = work->row.revision,
  };
  draft->new_version = !stored || !text_equals(form, draft->form);
  return draft->content.at && draft->form.at && draft->changes.at && (!stored || form.at);
}

// What lies between the document that is there and the one that is wanted. A write without If-Match is held against what is stored when it is done.
static enum err settle(struct request *request) {
  struct survey_work *work = request->state;
  size_t count;
  if (!survey_body_settle(&work->body, work->there ? &work->stored : NULL, request)) return ERR_INVALID;
  if (!make_draft(request, &count)) return ERR_UNAVAILABLE;
  work->status = work->there ? 200 : 201;
  if (work->dry_run) return answer_dry(request);
  if (work->there && count == 0) return ask_survey(request, work->slug, survey_answered);
  if (work->there && request->method == METHOD_POST)
    return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "unique", "is taken by another survey; PUT or PATCH changes it");
  if (work->there && work->row.retired_at != ABSENT)
    return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "retired", "is that of a retired survey, which doesn't change any more");
  struct job *job = request_job(request, work->there ? LANE_WRITE : LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  if (work->there)
    survey_ask_change(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  else
    survey_ask_create(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  return request_submit(request, job, survey_stored);
}

static enum err read_patch(struct request *request) {
  struct survey_work *work = request->state;
  struct arena *arena = &request->arena;
  uint64_t patched = 0;
  enum err error =
      fields_read_patched(&SURVEY_FIELDS, work->row.content, buffer_view(&request->body), &work->body, &patched, arena, &request->issues);
  if (error) return error;
  for (size_t i = 0; i < SURVEY_FIELDS.count; i++)
    if (patched >> i & 1 && survey_member_computed(i))
      issues_add(&request->issues, arena_format(arena, "/%s", SURVEY_FIELDS.rows[i].name), "read_only", "can't be changed");
  return ERR_NONE;
}

static enum err survey_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct survey_work *work = request->state;
  bool patches = request->method == METHOD_PATCH, guarded = patches || request_header(request, "If-Match").at != NULL;
  if (job->error) return job->error;
  work->there = job_rows(job, 0) == 1;
  if (!work->there && patches) return ERR_NOT_FOUND;
  if (!work->there && guarded) return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is given, but there is no such survey yet");
  if (!work->there) return settle(request);
  if (guarded) {
    write_found(job, request_json(request));
    enum err error = reply_match(request);
    if (error) return error;
  }
  survey_take_row(job, 0, 0, &work->row);
  enum err error = fields_read(&SURVEY_FIELDS, work->row.content, &work->stored, NULL, &request->arena, &request->issues);
  if (error) return ERR_INTERNAL;
  if (patches) error = read_patch(request);
  return error ? error : settle(request);
}

static struct survey_work *work_new(struct request *request) {
  struct survey_work *work = arena_take(&request->arena, sizeof *work);
  request->state = work;
  return work;
}

// The whole document, in a PUT's or POST's body.
static enum err read_document(struct request *request, struct survey_work *work) {
  enum err error = fields_read(&SURVEY_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (request->method == METHOD_PUT && work->body.slug.at && !text_equals(work->body.slug, work->slug))
    issues_add(&request->issues, TEXT("/slug"), "path", "must be that of the path, or left out");
  if (request->method == METHOD_PUT) work->body.slug = work->slug;
  if (!work->body.slug.at) issues_add(&request->issues, TEXT("/slug"), "required", "is required");
  return request->issues.total > 0 ? ERR_INVALID : ERR_NONE;
}

enum err survey_put(struct request *request) {
  struct survey_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->slug = request->path_values[0];
  work->dry_run = choice_read(request, "dry_run", BOOLEANS) == 1;
  (void)request_query_ends(request);
  enum err error = read_document(request, work);
  return error ? error : ask_survey(request, work->slug, survey_compared);
}

enum err survey_post(struct request *request) {
  struct survey_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  (void)idempotency_key_read(request);  // not needed: the slug is one
  enum err error = read_document(request, work);
  if (error) return error;
  work->slug = work->body.slug;
  return ask_survey(request, work->slug, survey_compared);
}

enum err survey_patch(struct request *request) {
  struct survey_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->slug = request->path_values[0];
  (void)request_query_ends(request);
  enum err error = document_check_patch(request);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : ask_survey(request, work->slug, survey_compared);
}

static enum err survey_retired(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err survey_delete(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  survey_ask_retire(job, &tenant_of(request)->id, request->path_values[0], actor_of(request));
  return request_submit(request, job, survey_retired);
}
