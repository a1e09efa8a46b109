// /v1/initiatives/{id}/actions: what is done for an initiative, by whom, until when, and when it was begun and done.
#include "api/document.h"
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/initiative_check.h"
#include "api/initiative_json.h"
#include "api/service.h"
#include "base/instant.h"
#include "http/reply.h"
#include "json/changes.h"

enum { TRIES_MAX = 3, FUTURE_MINUTES_MAX = 5 };

struct action_body {
  struct text title, description, owner;
  int64_t due_on, started_at, done_at;
  int64_t experiment;
  struct text outcome;
};

#define BODY(member) .name = #member, .offset = offsetof(struct action_body, member)
#define LINE(most)   .kind = FIELD_TEXT, .min = 1, .max = (most)

static const struct field ROWS[] = {
    {BODY(title), LINE(NAME_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {BODY(description), LINE(INITIATIVE_WORD_CHARS_MAX)},
    {BODY(owner), LINE(NAME_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(due_on), .kind = FIELD_DAY},
    {BODY(started_at), .kind = FIELD_INSTANT},
    {BODY(done_at), .kind = FIELD_INSTANT},
    {BODY(experiment), .kind = FIELD_BOOL},
    {BODY(outcome), LINE(INITIATIVE_WORD_CHARS_MAX)},
};
static const struct field_table ACTION_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

struct action_work {
  struct uuid initiative, action;
  bool changes;  // one that is there
  struct action_body body, stored;
  struct post post;
  bool has_post;  // then its look-up is the first step of a job that reads
  struct initiative_action_draft draft;
  unsigned tries;  // somebody else was first
};

static enum err action_compared(struct request *request);

static enum err ask_initiative(struct request *request) {
  const struct action_work *work = request->state;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  if (work->has_post) post_ask_find(job, &tenant_of(request)->id, &work->post);
  initiative_ask_find(job, tenant_of(request), &work->initiative);
  return request_submit(request, job, action_compared);
}

static enum err action_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct action_work *work = request->state;
  char id[UUID_CHARS];
  if (job->error == ERR_CONFLICT && work->has_post)
    return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) {
    buffer_clear(&request->answer);
    return ++work->tries < TRIES_MAX ? ask_initiative(request) : ERR_UNAVAILABLE;
  }
  if (work->changes) return request_answer(request, 200);
  uuid_write(&work->action, id);
  request_add_header(request, "Location", arena_format(&request->arena, "%.*s/%.*s", (int)request->path.length, request->path.at, UUID_CHARS, id));
  return request_answer(request, 201);
}

static void check(struct request *request, struct action_body *body) {
  if (body->experiment == ABSENT) body->experiment = 0;
  int64_t latest = instant_now() + FUTURE_MINUTES_MAX * 60 * MICROS_PER_SECOND;
  if (text_trimmed(body->title).length == 0) issues_add(&request->issues, TEXT("/title"), "required", "must say something");
  if (body->started_at != ABSENT && body->started_at > latest)
    issues_add(&request->issues, TEXT("/started_at"), "future", "must not be more than %d minutes in the future", FUTURE_MINUTES_MAX);
  if (body->done_at == ABSENT) return;
  if (body->done_at > latest)
    issues_add(&request->issues, TEXT("/done_at"), "future", "must not be more than %d minutes in the future", FUTURE_MINUTES_MAX);
  if (body->started_at == ABSENT)
    issues_add(&request->issues, TEXT("/started_at"), "required",
               "must be given for what is done: what lies before it is compared with what lies behind");
  else if (body->done_at < body->started_at)
    issues_add(&request->issues, TEXT("/done_at"), "order", "must not be before started_at");
}

static enum err store(struct request *request, const struct initiative *initiative) {
  struct action_work *work = request->state;
  struct initiative_action *action = &work->draft.action;
  size_t count;
  struct text created_by = arena_copy(&request->arena, action->created_by);
  work->draft.initiative = work->initiative;
  work->draft.revision = initiative->revision;
  work->draft.changes = document_changes(&ACTION_FIELDS, work->changes ? &work->stored : NULL, &work->body, &request->arena, &count);
  if (!work->draft.changes.at || !created_by.at) return ERR_UNAVAILABLE;
  *action = (struct initiative_action){
      .id = work->action,
      .iteration = action->iteration,
      .title = work->body.title,
      .description = work->body.description,
      .owner = work->body.owner,
      .due_on = work->body.due_on,
      .started_at = work->body.started_at,
      .done_at = work->body.done_at,
      .experiment = work->body.experiment == 1,
      .outcome = work->body.outcome,
      .created_at = action->created_at,
      .created_by = created_by,
  };
  initiative_write_action(request_json(request), action);
  if (work->changes && count == 0) return request_answer(request, 200);
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  if (work->changes)
    initiative_ask_change_action(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  else
    initiative_ask_add_action(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  if (work->has_post) post_ask_keep(job, &tenant_of(request)->id, &work->post, 201, buffer_view(&request->answer));
  return request_submit(request, job, action_stored);
}

// --- Adding ---------------------------------------------------------------------------------------------------------

static enum err add(struct request *request, const struct initiative *initiative, const struct job *job) {
  struct action_work *work = request->state;
  if (initiative->evaluated)
    return request_refuse(request, ERR_CONFLICT, TEXT("/iteration"), "evaluated",
                          "has its final evaluation: what is done from now on belongs to another");
  if (job_rows(job, work->has_post + INITIATIVE_ACTIONS_STEP) >= INITIATIVE_ACTIONS_MAX)
    return request_refuse(request, ERR_CONFLICT, TEXT(""), "count", "can't be added: an initiative has at most %d actions", INITIATIVE_ACTIONS_MAX);
  work->draft.action = (struct initiative_action){
      .iteration = initiative->iteration,
      .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .created_by = actor_of(request),
  };
  return store(request, initiative);
}

enum err action_post(struct request *request) {
  struct action_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  request->state = work;
  enum err error = initiative_id_read(request, &work->initiative);
  if (error) return error;
  (void)request_query_ends(request);
  error = fields_read(&ACTION_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  check(request, &work->body);
  work->has_post = idempotency_read(request, &ACTION_FIELDS, &work->body, &work->post);
  uuid_make(&work->action);
  return request->issues.total > 0 ? ERR_INVALID : ask_initiative(request);
}

// --- Changing -------------------------------------------------------------------------------------------------------

static bool find_action(const struct job *job, const struct uuid *id, struct initiative_action *action) {
  for (size_t i = 0; i < job_rows(job, INITIATIVE_ACTIONS_STEP); i++) {
    initiative_take_action(job, INITIATIVE_ACTIONS_STEP, i, action);
    if (uuid_equal(&action->id, id)) return true;
  }
  return false;
}

static enum err read_patch(struct request *request, const struct initiative_action *action) {
  struct action_work *work = request->state;
  uint64_t patched;
  work->stored = (struct action_body){action->title,      action->description, action->owner,      action->due_on,
                                      action->started_at, action->done_at,     action->experiment, action->outcome};
  struct text stored = document_text(&ACTION_FIELDS, &work->stored, &request->arena);
  if (!stored.at) return ERR_UNAVAILABLE;
  return fields_read_patched(&ACTION_FIELDS, stored, buffer_view(&request->body), &work->body, &patched, &request->arena, &request->issues);
}

// What an evaluation rests on stays as it was.
static enum err check_kept(struct request *request, const struct initiative *initiative, const struct initiative_action *action) {
  const struct action_work *work = request->state;
  if (action->iteration != initiative->iteration)
    return request_refuse(request, ERR_CONFLICT, TEXT("/iteration"), "passed", "is an earlier one: its actions don't change any more");
  bool same = work->body.started_at == work->stored.started_at && work->body.done_at == work->stored.done_at;
  if (initiative->evaluated && !same)
    return request_refuse(request, ERR_CONFLICT, work->body.started_at == work->stored.started_at ? TEXT("/done_at") : TEXT("/started_at"),
                          "evaluated", "can't be changed: the final evaluation rests on it");
  return ERR_NONE;
}

static enum err change(struct request *request, const struct initiative *initiative, const struct job *job) {
  struct action_work *work = request->state;
  struct initiative_action action;
  if (!find_action(job, &work->action, &action)) return ERR_NOT_FOUND;
  enum err error = read_patch(request, &action);
  if (error) return error;
  check(request, &work->body);
  if (request->issues.total > 0) return ERR_INVALID;
  error = check_kept(request, initiative, &action);
  if (error) return error;
  work->draft.action = action;
  return store(request, initiative);
}

// A change takes only what it names, so that nothing of anybody else is lost; who wants to be sure names the initiative's ETag.
static enum err action_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct action_work *work = request->state;
  struct initiative initiative;
  bool answered = false;
  if (job->error) return job->error;
  enum err error = work->has_post ? idempotency_answer(request, &answered) : ERR_NONE;
  if (answered) return error;
  unsigned first = work->has_post;
  if (job_rows(job, first + INITIATIVE_ROW_STEP) == 0) return ERR_NOT_FOUND;
  if (request_header(request, "If-Match").at) {
    initiative_write(request_json(request), job, first);
    error = reply_match(request);
    if (error) return error;
  }
  initiative_take_row(job, first + INITIATIVE_ROW_STEP, 0, &initiative);
  if (initiative.status != IMPROVEMENT_OPEN)
    return request_refuse(request, ERR_CONFLICT, TEXT("/status"), "ended", "is %s: the initiative doesn't change any more",
                          IMPROVEMENT_STATUS_NAMES[initiative.status]);
  return work->changes ? change(request, &initiative, job) : add(request, &initiative, job);
}

enum err action_patch(struct request *request) {
  struct action_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  request->state = work;
  enum err error = initiative_id_read(request, &work->initiative);
  if (error) return error;
  if (!uuid_read(request->path_values[1], &work->action))
    return request_refuse(request, ERR_NOT_FOUND, TEXT("action"), "format", "must be the id of an action");
  work->changes = true;
  (void)request_query_ends(request);
  error = document_check_patch(request);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : ask_initiative(request);
}
