// /v1/initiatives/{id}/evaluation: whether an initiative got where it wanted. The final one is made once, when the window after it has passed.
#include "api/endpoints.h"
#include "api/evaluation_json.h"
#include "api/service.h"
#include "base/instant.h"
#include "domain/webhook.h"
#include "store/outbox_store.h"

struct evaluation_body {
  int64_t still_relevant;
  struct text note;
};

static const struct field ROWS[] = {
    {.name = "still_relevant", .kind = FIELD_BOOL, .flags = FIELD_REQUIRED, .offset = offsetof(struct evaluation_body, still_relevant)},
    {.name = "note", .kind = FIELD_TEXT, .min = 1, .max = INITIATIVE_TEXT_CHARS_MAX, .offset = offsetof(struct evaluation_body, note)},
};
static const struct field_table EVALUATION_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

struct evaluation_work {
  struct initiative_case file;  // the first
  struct evaluation_body body;
  struct evaluation_reading reading;
  struct evaluation_draft draft;
  enum err (*done)(struct request *request);  // once it has been read
};

// --- What is read ---------------------------------------------------------------------------------------------------

static enum err signs_taken(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct evaluation_work *work = request->state;
  enum err error = job->error ? job->error : evaluation_take_signs(job, &work->reading, &request->arena);
  if (error) return error;
  return work->done(request);
}

static enum err figures_taken(struct request *request) {
  struct job *job = request_job_ended(request);
  struct evaluation_work *work = request->state;
  enum err error = job->error ? job->error : evaluation_take_figures(job, &work->reading);
  if (error) return error;
  job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  evaluation_ask_signs(job, &work->reading);
  return request_submit(request, job, signs_taken);
}

static enum err evaluate(struct request *request, enum err (*done)(struct request *)) {
  struct evaluation_work *work = request->state;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  work->done = done;
  evaluation_ask_figures(job, &work->reading);
  return request_submit(request, job, figures_taken);
}

// What lacks something can't be evaluated; nor what is over.
static enum err check_ready(struct request *request, const struct initiative_case *file) {
  enum improvement_refusal over = improvement_cancel(&file->facts);
  uint32_t missing = improvement_missing(&file->facts, IMPROVEMENT_ACTION);
  if (over || missing) return initiative_case_refuse(request, file, over ? over : REFUSAL_MISSING, over ? 0 : missing);
  return ERR_NONE;
}

static struct evaluation_work *work_new(struct request *request, enum err (*ready)(struct request *)) {
  struct evaluation_work *work = arena_take(&request->arena, sizeof *work);
  request->state = work;
  if (!work) return NULL;
  work->file.asked = ABSENT;
  work->file.ready = ready;
  return work;
}

// --- A look ---------------------------------------------------------------------------------------------------------

static enum err looked(struct request *request) {
  const struct evaluation_work *work = request->state;
  const struct evaluation_words none = {.evaluated_at = ABSENT, .still_relevant = ABSENT};
  evaluation_write(request_json(request), &work->reading, &none, &request->arena);
  return request_answer(request, 200);
}

static enum err look(struct request *request) {
  struct evaluation_work *work = request->state;
  const struct initiative_case *file = &work->file;
  if (file->evaluated) {
    json_raw(request_json(request), file->result.content);
    return request_answer(request, 200);
  }
  if (file->asked != ABSENT && file->asked != file->iteration) return ERR_NOT_FOUND;
  // From one day to the next it is a window of a day.
  if (view_months_only(request))
    return request_refuse(request, ERR_INVALID, TEXT(""), "calendar_periods",
                          "is an interim look until the window has passed, and dashboard keys of this tenant read whole calendar months");
  enum err error = check_ready(request, file);
  if (error) return error;
  evaluation_reading_init(&work->reading, request, file);
  return evaluate(request, looked);
}

enum err evaluation_get(struct request *request) {
  struct evaluation_work *work = work_new(request, look);
  if (!work) return ERR_UNAVAILABLE;
  struct text iteration = request_query(request, "iteration");
  if (iteration.at && (!text_to_int(iteration, &work->file.asked) || work->file.asked < 1 || work->file.asked > INT32_MAX))
    issues_add(&request->issues, TEXT("iteration"), "range", "must be a whole number from 1 on");
  return request_query_ends(request) ? initiative_case_open(request, &work->file) : ERR_INVALID;
}

// --- The final one --------------------------------------------------------------------------------------------------

static enum err answer_final(struct request *request, struct text content, int status) {
  const struct evaluation_work *work = request->state;
  char id[UUID_CHARS];
  uuid_write(&work->file.id, id);
  json_raw(request_json(request), content);
  if (status == 201)
    request_add_header(
        request, "Location",
        arena_format(&request->arena, "/v1/initiatives/%.*s/evaluation?iteration=%lld", UUID_CHARS, id, (long long)work->file.iteration));
  return request_answer(request, status);
}

static enum err final_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct evaluation_work *work = request->state;
  if (job->error == ERR_CONFLICT && text_is(text_of(job->constraint), EVALUATION_MADE))
    return request_refuse(request, ERR_CONFLICT, TEXT("/evaluation"), "unique", "has just been made by somebody else; read it");
  if (job->error) return initiative_case_failed(request, job);
  return answer_final(request, work->draft.content, 201);
}

static void add_event(struct request *request, struct job *job) {
  const struct evaluation_work *work = request->state;
  char id[UUID_CHARS];
  uuid_write(&work->file.id, id);
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, WEBHOOK_PAYLOAD_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  json_member_string(&json, "tenant", tenant_of(request)->slug);
  json_member_text(&json, "initiative", (struct text){id, sizeof id});
  json_member_text(&json, "title", work->file.body.title);
  json_member_text(&json, "owner", work->file.body.owner);
  json_member_int(&json, "iteration", work->file.iteration);
  json_member_string(&json, "verdict", work->draft.verdict);
  json_name(&json, "evaluation");
  // The longest ones are read by who wants to.
  if (work->draft.content.length < WEBHOOK_PAYLOAD_BYTES_MAX / 2)
    json_raw(&json, work->draft.content);
  else
    json_null(&json);
  json_object_end(&json);
  outbox_ask(job, &tenant_of(request)->id, EVENT_INITIATIVE_EVALUATED, buffer_view(&out));
  buffer_release(&out);
}

static enum err store_final(struct request *request) {
  struct evaluation_work *work = request->state;
  struct evaluation_draft *draft = &work->draft;
  enum verdict verdict = work->reading.evaluation.verdict;
  *draft = (struct evaluation_draft){
      .initiative = work->file.id,
      .revision = work->file.revision,
      .iteration = work->file.iteration,
      .evaluated_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .window = work->reading.window,
      .verdict = VERDICT_NAMES[verdict == VERDICT_NONE ? VERDICT_INSUFFICIENT_DATA : verdict],
      .still_relevant = work->body.still_relevant == 1,
      .note = work->body.note,
  };
  const struct evaluation_words words = {draft->evaluated_at, work->body.still_relevant, work->body.note};
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  evaluation_write(&json, &work->reading, &words, &request->arena);
  draft->content = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  struct job *job = draft->content.at ? request_job(request, LANE_WRITE) : NULL;
  if (!job) return ERR_UNAVAILABLE;
  evaluation_ask_create(job, &tenant_of(request)->id, draft, actor_of(request));
  add_event(request, job);
  return request_submit(request, job, final_stored);
}

// There is one already: that of who asks again.
static enum err repeat(struct request *request) {
  const struct evaluation_work *work = request->state;
  const struct evaluation_row *result = &work->file.result;
  bool same = result->still_relevant == (work->body.still_relevant == 1) && (result->note.at != NULL) == (work->body.note.at != NULL) &&
              text_equals(result->note, work->body.note);
  if (same) return answer_final(request, result->content, 200);
  return request_refuse(request, ERR_CONFLICT, TEXT("/evaluation"), "unique",
                        "is made once in an iteration, and doesn't change; POST iterations to try again");
}

static enum err check_passed(struct request *request, const struct evaluation_reading *reading) {
  char day[DAY_CHARS];
  if (!reading->interim) return ERR_NONE;
  day_format(reading->window.to + 1, day);
  return request_refuse(
      request, ERR_STEP_REFUSED, TEXT("/evaluation"), "window",
      "can be made from %.*s on, when as many days have passed after the last action as the baseline has; GET looks at it meanwhile", DAY_CHARS, day);
}

static enum err make_final(struct request *request) {
  struct evaluation_work *work = request->state;
  const struct initiative_case *file = &work->file;
  if (file->evaluated) return repeat(request);
  enum err error = check_ready(request, file);
  if (error) return error;
  if (file->facts.step != IMPROVEMENT_EVALUATION)
    return request_refuse(request, ERR_STEP_REFUSED, TEXT("/step"), "order", "is %s: it is evaluated in the step evaluation",
                          IMPROVEMENT_STEP_NAMES[file->facts.step]);
  evaluation_reading_init(&work->reading, request, file);
  error = check_passed(request, &work->reading);
  return error ? error : evaluate(request, store_final);
}

enum err evaluation_post(struct request *request) {
  struct evaluation_work *work = work_new(request, make_final);
  if (!work) return ERR_UNAVAILABLE;
  work->file.match = CASE_MATCH_IF_GIVEN;
  (void)request_query_ends(request);
  enum err error = fields_read(&EVALUATION_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : initiative_case_open(request, &work->file);
}
