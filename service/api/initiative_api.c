// /v1/initiatives, /v1/suggestions: the improvement register: what is written down about an initiative, and by whom it was thought of.
#include <string.h>

#include "api/document.h"
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/initiative_body.h"
#include "api/initiative_check.h"
#include "api/initiative_json.h"
#include "api/priority_reading.h"
#include "api/service.h"
#include "base/instant.h"
#include "domain/initiative.h"
#include "http/reply.h"
#include "store/baseline_store.h"
#include "store/objective_store.h"

enum { TRIES_MAX = 3 };

struct initiative_work {
  struct uuid id;
  struct initiative_body body, stored;
  bool there;             // something is stored: it is changed
  struct initiative row;  // of which texts live in the arena
  struct post post;
  bool has_post;
  struct priority_inquiry inquiry;
  struct initiative_draft draft;
  unsigned tries;  // somebody else was first
  // How a new one is answered.
  void (*write)(struct json_writer *json, const struct initiative_work *work);
  bool whole;  // as it is read
};

static enum err ask_initiative(struct request *request, const struct uuid *id, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  initiative_ask_find(job, tenant_of(request), id);
  return request_submit(request, job, next);
}

// --- Reading --------------------------------------------------------------------------------------------------------

static enum err initiative_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, INITIATIVE_ROW_STEP) == 0) return ERR_NOT_FOUND;
  initiative_write(request_json(request), job, 0);
  return request_answer(request, 200);
}

enum err initiative_get(struct request *request) {
  struct uuid id;
  enum err error = initiative_id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_initiative(request, &id, initiative_found);
}

// --- Storing --------------------------------------------------------------------------------------------------------

static enum err initiative_compared(struct request *request);

static enum err initiative_answered(struct request *request) {
  enum err error = initiative_found(request);
  return error ? error : document_answer(request, 200, NULL, TEXT_NONE);
}

static enum err initiative_changed(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct initiative_work *work = request->state;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 1) return ask_initiative(request, &work->id, initiative_answered);
  // Somebody else was first: that shows in the ETag.
  return ++work->tries < TRIES_MAX ? ask_initiative(request, &work->id, initiative_compared) : ERR_UNAVAILABLE;
}

static enum err initiative_made(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct initiative_work *work = request->state;
  char id[UUID_CHARS];
  if (job->error == ERR_CONFLICT && work->has_post)
    return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT(""), "count", "can't be added: a register holds at most %d initiatives", INITIATIVES_MAX);
  uuid_write(&work->id, id);
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/initiatives/%.*s", UUID_CHARS, id));
  // A suggestion isn't what a read answers.
  struct text tag = work->whole ? reply_entity_tag(request) : TEXT_NONE;
  if (tag.at) request_add_header(request, "ETag", tag);
  return request_answer(request, 201);
}

static enum err create(struct request *request, struct job *job) {
  struct initiative_work *work = request->state;
  work->row = (struct initiative){
      .id = work->id,
      .revision = 1,
      .iteration = 1,
      .content = work->draft.content,
      .priority = work->draft.priority.json,
      .created_at = work->draft.created_at,
      .changed_at = work->draft.created_at,
      .created_by = actor_of(request),
      .ended_at = ABSENT,
  };
  work->write(request_json(request), work);
  initiative_ask_create(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  if (work->has_post) post_ask_keep(job, &tenant_of(request)->id, &work->post, 201, buffer_view(&request->answer));
  return request_submit(request, job, initiative_made);
}

static enum err store(struct request *request) {
  struct initiative_work *work = request->state;
  size_t count;
  work->draft.id = work->id;
  work->draft.revision = work->row.revision;
  work->draft.content = document_text(&INITIATIVE_FIELDS, &work->body, &request->arena);
  work->draft.changes = document_changes(&INITIATIVE_FIELDS, work->there ? &work->stored : NULL, &work->body, &request->arena, &count);
  if (!work->draft.content.at || !work->draft.changes.at) return ERR_UNAVAILABLE;
  if (work->there && count == 0) return ask_initiative(request, &work->id, initiative_answered);
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  if (!work->there) return create(request, job);
  initiative_ask_change(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  return request_submit(request, job, initiative_changed);
}

// --- Weighing -------------------------------------------------------------------------------------------------------

static enum err weigh(struct request *request, const struct job *job) {
  struct initiative_work *work = request->state;
  return priority_take(job, 0, &work->inquiry, &request->arena, &work->draft.priority) ? store(request) : ERR_UNAVAILABLE;
}

static enum err initiative_weighed(struct request *request) {
  const struct job *job = request_job_ended(request);
  return job->error ? job->error : weigh(request, job);
}

static enum err ask_priority(struct request *request) {
  struct initiative_work *work = request->state;
  work->inquiry = (struct priority_inquiry){.tenant = tenant_of(request), .effort = work->body.effort};
  if (!initiative_scope(&work->body.scope, &request->arena, &work->inquiry.scope)) return ERR_UNAVAILABLE;
  if (work->inquiry.scope.count == 0) return weigh(request, NULL);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  priority_ask(job, &work->inquiry);
  return request_submit(request, job, initiative_weighed);
}

// --- What it refers to ----------------------------------------------------------------------------------------------

static bool asks_objective(const struct initiative_work *work) {
  return work->body.objective.at && !(work->there && text_equals(work->body.objective, work->stored.objective));
}

static bool asks_baseline(const struct initiative_work *work) {
  return work->body.baseline.at && !(work->there && text_equals(work->body.baseline, work->stored.baseline));
}

static enum err references_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct initiative_work *work = request->state;
  bool answered = false;
  if (job->error) return job->error;
  enum err error = work->has_post ? idempotency_answer(request, &answered) : ERR_NONE;
  if (answered) return error;
  unsigned step = work->has_post;
  if (asks_objective(work)) {
    if (job_rows(job, step) == 0)
      issues_add(&request->issues, TEXT("/objective"), "unknown", "names no objective; GET /v1/objectives lists them");
    else if (row_int(job, step, 0, 0) == 1)
      issues_add(&request->issues, TEXT("/objective"), "retired", "is retired");
    step++;
  }
  if (asks_baseline(work) && job_rows(job, step) == 0)
    issues_add(&request->issues, TEXT("/baseline"), "unknown", "is the id of no baseline; POST /v1/baselines captures one");
  return request->issues.total > 0 ? ERR_INVALID : ask_priority(request);
}

static enum err ask_references(struct request *request) {
  const struct initiative_work *work = request->state;
  const struct uuid *tenant = &tenant_of(request)->id;
  struct uuid baseline;
  if (!work->has_post && !asks_objective(work) && !asks_baseline(work)) return ask_priority(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  if (work->has_post) post_ask_find(job, tenant, &work->post);
  if (asks_objective(work)) objective_ask_state(job, tenant, work->body.objective);
  if (asks_baseline(work) && initiative_baseline(&work->body, &baseline)) baseline_ask_find(job, tenant, &baseline);
  return request_submit(request, job, references_found);
}

// --- Making ---------------------------------------------------------------------------------------------------------

static struct initiative_work *work_new(struct request *request) {
  struct initiative_work *work = arena_take(&request->arena, sizeof *work);
  request->state = work;
  return work;
}

static enum err make(struct request *request) {
  struct initiative_work *work = request->state;
  initiative_check(request, &work->body);
  if (request->issues.total > 0) return ERR_INVALID;
  uuid_make(&work->id);
  work->draft.created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND;
  return ask_references(request);
}

static void write_whole(struct json_writer *json, const struct initiative_work *work) { initiative_write_new(json, &work->row); }

enum err initiative_post(struct request *request) {
  struct initiative_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  enum err error = fields_read(&INITIATIVE_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  work->has_post = idempotency_read(request, &INITIATIVE_FIELDS, &work->body, &work->post);
  work->write = write_whole;
  work->whole = true;
  return make(request);
}

// --- Suggesting -----------------------------------------------------------------------------------------------------

struct suggestion_body {
  struct text title, description;
  struct text_lists scope;
  struct text category, suggested_by;
};

#define BODY(member) .name = #member, .offset = offsetof(struct suggestion_body, member)
#define LINE(most)   .kind = FIELD_TEXT, .min = 1, .max = (most)

static const struct field SUGGESTION_ROWS[] = {
    {BODY(title), LINE(NAME_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {BODY(description), LINE(INITIATIVE_TEXT_CHARS_MAX)},
    {BODY(scope), .kind = FIELD_LISTS, .flags = FIELD_NO_CONTROL, .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, .count_max = SCOPE_VALUES_MAX},
    {BODY(category), LINE(NAME_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(suggested_by), LINE(NAME_CHARS_MAX), .flags = FIELD_NO_CONTROL},
};
static const struct field_table SUGGESTION_FIELDS = {SUGGESTION_ROWS, sizeof SUGGESTION_ROWS / sizeof *SUGGESTION_ROWS};

// What was said, and where to find it: whoever may suggest something need not be one who may read figures.
static void write_suggestion(struct json_writer *json, const struct initiative_work *work) {
  char id[UUID_CHARS];
  struct suggestion_body said = {work->body.title, work->body.description, work->body.scope, work->body.category, work->body.source.reference};
  uuid_write(&work->id, id);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  fields_write(&SUGGESTION_FIELDS, &said, json);
  json_member_string(json, "step", IMPROVEMENT_STEP_NAMES[IMPROVEMENT_VISION]);
  json_member_string(json, "status", IMPROVEMENT_STATUS_NAMES[IMPROVEMENT_OPEN]);
  json_member_instant(json, "created_at", work->draft.created_at);
  json_object_end(json);
}

enum err suggestion_post(struct request *request) {
  struct suggestion_body said;
  struct initiative_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  enum err error = fields_read(&SUGGESTION_FIELDS, buffer_view(&request->body), &said, NULL, &request->arena, &request->issues);
  if (error) return error;
  error = initiative_body_read(TEXT("{\"title\":\"-\"}"), &request->arena, &work->body);
  if (error) return error;
  work->has_post = idempotency_read(request, &SUGGESTION_FIELDS, &said, &work->post);
  work->body.title = said.title;
  work->body.description = said.description;
  work->body.scope = said.scope;
  work->body.category = said.category;
  work->body.source.kind = INITIATIVE_OF_SUGGESTION;
  work->body.source.reference = said.suggested_by;
  work->write = write_suggestion;
  return make(request);
}

// --- Changing -------------------------------------------------------------------------------------------------------

static enum err read_patch(struct request *request, struct text content) {
  struct initiative_work *work = request->state;
  struct arena *arena = &request->arena;
  uint64_t patched;
  enum err error = initiative_body_read(content, arena, &work->stored);
  if (error) return error;
  return fields_read_patched(&INITIATIVE_FIELDS, content, buffer_view(&request->body), &work->body, &patched, arena, &request->issues);
}

static enum err initiative_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct initiative_work *work = request->state;
  if (job->error) return job->error;
  if (job_rows(job, INITIATIVE_ROW_STEP) == 0) return ERR_NOT_FOUND;
  initiative_write(request_json(request), job, 0);
  enum err error = reply_match(request);
  if (error) return error;
  initiative_take_row(job, INITIATIVE_ROW_STEP, 0, &work->row);
  if (work->row.status != IMPROVEMENT_OPEN)
    return request_refuse(request, ERR_CONFLICT, TEXT("/status"), "ended", "is %s: the initiative doesn't change any more",
                          IMPROVEMENT_STATUS_NAMES[work->row.status]);
  error = read_patch(request, work->row.content);
  if (error) return error;
  initiative_check(request, &work->body);
  if (request->issues.total > 0) return ERR_INVALID;
  if (!initiative_check_kept(request, work->row.step, &work->stored, &work->body)) return ERR_CONFLICT;
  return ask_references(request);
}

enum err initiative_patch(struct request *request) {
  struct initiative_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  enum err error = initiative_id_read(request, &work->id);
  if (error) return error;
  work->there = true;
  (void)request_query_ends(request);
  error = document_check_patch(request);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : ask_initiative(request, &work->id, initiative_compared);
}
