// Loads an initiative with what a move or an evaluation depends on, and refuses moves.
#include "api/initiative_case.h"

#include <strings.h>

#include "api/document.h"
#include "api/initiative_json.h"
#include "api/service.h"
#include "http/reply.h"

enum { STEP_RESULT = INITIATIVE_FIND_STEPS };

static bool asks_experience(struct text category) {
  static const char *const WORDS[] = {"ai", "budget"};
  for (size_t i = 0; category.at && i < sizeof WORDS / sizeof *WORDS; i++)
    if (category.length == text_of(WORDS[i]).length && strncasecmp(category.at, WORDS[i], category.length) == 0) return true;
  return false;
}

static void count_action(struct initiative_case *file, const struct initiative_action *action) {
  struct improvement_facts *facts = &file->facts;
  if (action->iteration != file->iteration) return;
  bool begun = action->started_on != ABSENT || action->done_on != ABSENT;
  int64_t began = action->started_on != ABSENT ? action->started_on : action->done_on;
  facts->planned += action->owner.at && action->due_on != ABSENT;
  facts->done += action->done_on != ABSENT;
  file->unfinished += begun && action->done_on == ABSENT;
  if (begun && (facts->first_started == ABSENT || began < facts->first_started)) facts->first_started = began;
  if (action->done_on != ABSENT && (file->last_done == ABSENT || action->done_on > file->last_done)) file->last_done = action->done_on;
}

static void take_actions(struct initiative_case *file, const struct job *job) {
  file->facts.first_started = file->last_done = ABSENT;
  for (size_t i = 0; i < job_rows(job, INITIATIVE_ACTIONS_STEP); i++) {
    struct initiative_action action;
    initiative_take_action(job, INITIATIVE_ACTIONS_STEP, i, &action);
    count_action(file, &action);
  }
}

static bool take_result(struct initiative_case *file, const struct job *job, struct arena *arena) {
  file->evaluated = job_rows(job, STEP_RESULT) == 1;
  if (!file->evaluated) return true;
  evaluation_take(job, STEP_RESULT, &file->result);
  file->result.content = arena_copy(arena, file->result.content);
  file->result.verdict = arena_copy(arena, file->result.verdict);
  if (file->result.note.at) file->result.note = arena_copy(arena, file->result.note);
  file->facts.evaluated = file->result.iteration == file->iteration;
  file->facts.relevance = file->facts.evaluated;
  file->facts.unachieved = file->facts.evaluated && !text_is(file->result.verdict, "achieved");
  return file->result.content.at && file->result.verdict.at;
}

static void take_words(struct initiative_case *file) {
  const struct initiative_body *body = &file->body;
  struct improvement_facts *facts = &file->facts;
  facts->vision = body->vision.at;
  facts->objective = body->objective.at;
  facts->owner = body->owner.at;
  facts->asks_experience = asks_experience(body->category);
  facts->experience = body->experience_answer.how.at && body->experience_answer.metric.at;
  facts->metric = file->metric;
  facts->target = initiative_target(body);
  facts->due = body->due_on != ABSENT;
  facts->success_factors = body->success_factors.count;
  facts->lessons = body->lessons.learned.at;
  facts->lessons_shared = body->lessons.shared_how.at;
}

// All but the baseline.
static enum err take_case(struct request *request, const struct job *job) {
  struct initiative_case *file = request->state;
  struct arena *arena = &request->arena;
  struct initiative initiative;
  initiative_take_row(job, INITIATIVE_ROW_STEP, 0, &initiative);
  file->revision = initiative.revision;
  file->iteration = initiative.iteration;
  file->facts = (struct improvement_facts){.status = initiative.status, .step = initiative.step};
  enum err error = initiative_body_read(initiative.content, arena, &file->body);
  if (error) return error;
  file->grouped = file->body.comparison_scope.items != NULL;
  if (!initiative_scope(&file->body.scope, arena, &file->scope) || !initiative_scope(&file->body.comparison_scope, arena, &file->group))
    return ERR_UNAVAILABLE;
  file->metric = file->body.metric.at ? tenant_metric_find(tenant_of(request), file->body.metric) : NULL;
  take_words(file);
  take_actions(file, job);
  return take_result(file, job, arena) ? ERR_NONE : ERR_UNAVAILABLE;
}

// Without a metric: the answers of the one with most.
static int64_t most_answers(const struct tenant *tenant, const struct figures *figures) {
  int64_t most = 0;
  for (size_t i = 0; i < tenant_metrics_count(tenant); i++)
    if (!metric_set_has(&figures->hidden, i) && figures->tallies[i].n > most) most = figures->tallies[i].n;
  return most;
}

static void take_baseline(const struct tenant *tenant, struct initiative_case *file) {
  const struct reference *baseline = file->baseline;
  struct improvement_facts *facts = &file->facts;
  facts->baseline = true;
  facts->baseline_external = baseline->kind == REFERENCE_EXTERNAL;
  facts->same_scope = scopes_equal(&baseline->scope, &file->scope);
  facts->baseline_to = baseline->window.to;
  if (!file->metric) {
    facts->before.n = most_answers(tenant, &baseline->figures);
    return;
  }
  size_t place = metric_place(file->metric);
  facts->withheld = metric_set_has(&baseline->figures.hidden, place);
  facts->redefined = metric_set_has(&baseline->redefined, place);
  facts->before = estimate_of(file->metric, &baseline->figures.tallies[place]);
}

static enum err baseline_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct initiative_case *file = request->state;
  enum err error = job->error ? job->error : reference_take(request, job, file->baseline);
  if (error) return error == ERR_NOT_FOUND ? ERR_INTERNAL : error;
  take_baseline(tenant_of(request), file);
  return file->ready(request);
}

static enum err ask_baseline(struct request *request) {
  struct initiative_case *file = request->state;
  struct uuid id;
  if (!initiative_baseline(&file->body, &id)) return file->ready(request);
  file->baseline = arena_take(&request->arena, sizeof *file->baseline);
  struct job *job = request_job(request, LANE_READ);
  if (!job || !file->baseline) return ERR_UNAVAILABLE;
  file->baseline->id = id;
  reference_ask(job, tenant_of(request), file->baseline);
  return request_submit(request, job, baseline_found);
}

static enum err case_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct initiative_case *file = request->state;
  if (job->error) return job->error;
  if (job_rows(job, INITIATIVE_ROW_STEP) == 0) return ERR_NOT_FOUND;
  bool guarded = file->match == CASE_MATCH || (file->match == CASE_MATCH_IF_GIVEN && request_header(request, "If-Match").at);
  enum err error = ERR_NONE;
  if (guarded) {
    initiative_write(request_json(request), job, 0);
    error = reply_match(request);
  }
  if (!error) error = take_case(request, job);
  return error ? error : ask_baseline(request);
}

enum err initiative_case_open(struct request *request, struct initiative_case *file) {
  if (!uuid_read(request->path_values[0], &file->id))
    return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of an initiative");
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  initiative_ask_find(job, tenant_of(request), &file->id);
  evaluation_ask_find(job, &tenant_of(request)->id, &file->id, file->asked);
  return request_submit(request, job, case_found);
}

struct window initiative_case_after(const struct request *request, const struct initiative_case *file) {
  return window_following((int32_t)file->last_done, file->baseline->window, tenant_of(request)->calendar_periods);
}

enum err initiative_case_refuse(struct request *request, const struct initiative_case *file, enum improvement_refusal refusal, uint32_t missing) {
  improvement_refuse(&file->facts, refusal, &request->issues);
  improvement_complain(&file->facts, missing, &request->issues);
  return ERR_STEP_REFUSED;
}

enum err initiative_case_failed(struct request *request, const struct job *job) {
  if (!improvement_outrun(job)) return job->error;
  return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is not the ETag of what is there now; read it again and change that");
}

// What an answer needs of the case is not there any more: the job takes its place.
struct answer_plan {
  struct text name;
  int status;
};

static enum err answer_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct answer_plan *plan = request->state;
  if (job->error) return job->error;
  if (job_rows(job, INITIATIVE_ROW_STEP) == 0) return ERR_NOT_FOUND;
  initiative_write(request_json(request), job, 0);
  return document_answer(request, plan->status, "/v1/initiatives", plan->name);
}

enum err initiative_case_answer(struct request *request, const struct uuid *id, int status) {
  struct answer_plan *plan = arena_take(&request->arena, sizeof *plan);
  struct job *job = request_job(request, LANE_READ);
  if (!plan || !job) return ERR_UNAVAILABLE;
  char chars[UUID_CHARS];
  uuid_write(id, chars);
  *plan = (struct answer_plan){arena_copy(&request->arena, (struct text){chars, sizeof chars}), status};
  request->state = plan;
  initiative_ask_find(job, tenant_of(request), id);
  return request_submit(request, job, answer_found);
}
