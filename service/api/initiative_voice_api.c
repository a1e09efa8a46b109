// /v1/initiatives/{id}/notes and /votes: what was remarked on the way, and who of the business wants it.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/initiative_check.h"
#include "api/initiative_json.h"
#include "api/service.h"
#include "base/digest.h"
#include "base/instant.h"

enum { TRIES_MAX = 3 };

// --- Notes ----------------------------------------------------------------------------------------------------------

struct note_body {
  int64_t principle;
  struct text text;
};

static const struct field NOTE_ROWS[] = {
    {.name = "principle", .offset = offsetof(struct note_body, principle), .kind = FIELD_ENUM, .choices = IMPROVEMENT_PRINCIPLE_NAMES},
    {.name = "text",
     .offset = offsetof(struct note_body, text),
     .kind = FIELD_TEXT,
     .flags = FIELD_REQUIRED,
     .min = 1,
     .max = INITIATIVE_WORD_CHARS_MAX},
};
static const struct field_table NOTE_FIELDS = {NOTE_ROWS, sizeof NOTE_ROWS / sizeof *NOTE_ROWS};

struct note_work {
  struct uuid initiative;
  struct initiative_note note;
  struct post post;
  bool has_post;  // then its look-up is the first step of the job that reads
  unsigned tries;
};

static enum err note_compared(struct request *request);

static enum err ask_noted(struct request *request) {
  const struct note_work *work = request->state;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  if (work->has_post) post_ask_find(job, &tenant_of(request)->id, &work->post);
  initiative_ask_find(job, tenant_of(request), &work->initiative);
  return request_submit(request, job, note_compared);
}

static enum err note_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct note_work *work = request->state;
  if (job->error == ERR_CONFLICT && work->has_post)
    return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
  if (job->error) return job->error;
  if (job_rows(job, 0) == 1) return request_answer(request, 201);
  // It has moved on since, and the note says where it was.
  buffer_clear(&request->answer);
  return ++work->tries < TRIES_MAX ? ask_noted(request) : ERR_UNAVAILABLE;
}

static enum err note_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct note_work *work = request->state;
  struct initiative initiative;
  bool answered = false;
  if (job->error) return job->error;
  enum err error = work->has_post ? idempotency_answer(request, &answered) : ERR_NONE;
  if (answered) return error;
  unsigned first = work->has_post;
  if (job_rows(job, first + INITIATIVE_ROW_STEP) == 0) return ERR_NOT_FOUND;
  if (job_rows(job, first + INITIATIVE_NOTES_STEP) >= INITIATIVE_NOTES_MAX)
    return request_refuse(request, ERR_CONFLICT, TEXT(""), "count", "can't be added: an initiative has at most %d notes", INITIATIVE_NOTES_MAX);
  initiative_take_row(job, first + INITIATIVE_ROW_STEP, 0, &initiative);
  work->note.iteration = initiative.iteration;
  work->note.step = initiative.step;
  initiative_write_note(request_json(request), &work->note);
  struct job *next = request_job(request, LANE_WRITE);
  if (!next) return ERR_UNAVAILABLE;
  initiative_ask_add_note(next, &tenant_of(request)->id, &work->initiative, initiative.revision, &work->note);
  if (work->has_post) post_ask_keep(next, &tenant_of(request)->id, &work->post, 201, buffer_view(&request->answer));
  return request_submit(request, next, note_stored);
}

enum err note_post(struct request *request) {
  struct note_body body;
  struct note_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  request->state = work;
  enum err error = initiative_id_read(request, &work->initiative);
  if (error) return error;
  (void)request_query_ends(request);
  error = fields_read(&NOTE_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (text_trimmed(body.text).length == 0) issues_add(&request->issues, TEXT("/text"), "required", "must say something");
  work->has_post = idempotency_read(request, &NOTE_FIELDS, &body, &work->post);
  work->note = (struct initiative_note){
      .principle = body.principle,
      .text = body.text,
      .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
      .created_by = actor_of(request),
  };
  uuid_make(&work->note.id);
  return request->issues.total > 0 ? ERR_INVALID : ask_noted(request);
}

// --- Votes ----------------------------------------------------------------------------------------------------------

struct vote_body {
  struct text voter, unit;
};

static const struct field VOTE_ROWS[] = {
    {.name = "voter",
     .offset = offsetof(struct vote_body, voter),
     .kind = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_NO_CONTROL,
     .min = 1,
     .max = PERSON_CHARS_MAX},
    {.name = "unit", .offset = offsetof(struct vote_body, unit), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .min = 1, .max = NAME_CHARS_MAX},
};
static const struct field_table VOTE_FIELDS = {VOTE_ROWS, sizeof VOTE_ROWS / sizeof *VOTE_ROWS};

static enum err vote_counted(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct vote_body *body = request->state;
  struct initiative initiative;
  char id[UUID_CHARS];
  if (job->error) return job->error;
  if (job_rows(job, INITIATIVE_VOTED_ROW_STEP) == 0) return ERR_NOT_FOUND;
  initiative_take_row(job, INITIATIVE_VOTED_ROW_STEP, 0, &initiative);
  if (job_rows(job, INITIATIVE_VOTED_STEP) == 0 && initiative.status != IMPROVEMENT_OPEN)
    return request_refuse(request, ERR_CONFLICT, TEXT("/status"), "ended", "is %s: there is nothing to vote for any more",
                          IMPROVEMENT_STATUS_NAMES[initiative.status]);
  if (job_rows(job, INITIATIVE_VOTED_STEP) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT(""), "count", "can't be added: an initiative has at most %d votes", INITIATIVE_VOTES_MAX);
  bool first = row_int(job, INITIATIVE_VOTED_STEP, 0, 0) == 1;
  struct json_writer *json = request_json(request);
  uuid_write(&initiative.id, id);
  json_object(json);
  json_member_text(json, "initiative", (struct text){id, sizeof id});
  json_member_text(json, "unit", body->unit);
  json_member_int(json, "votes", initiative.votes);
  json_object_end(json);
  return request_answer(request, first ? 201 : 200);
}

enum err vote_post(struct request *request) {
  struct uuid id;
  struct vote_body *body = arena_take(&request->arena, sizeof *body);
  uint8_t *person = arena_take(&request->arena, PERSON_BYTES);
  if (!body || !person) return ERR_UNAVAILABLE;
  request->state = body;
  enum err error = initiative_id_read(request, &id);
  if (error) return error;
  (void)request_query_ends(request);
  (void)idempotency_key_read(request);  // not needed: a voter has one vote
  error = fields_read(&VOTE_FIELDS, buffer_view(&request->body), body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (text_trimmed(body->voter).length == 0) issues_add(&request->issues, TEXT("/voter"), "required", "must name a person");
  if (request->issues.total > 0) return ERR_INVALID;
  const struct tenant *tenant = tenant_of(request);
  digest_person(tenant->secret, sizeof tenant->secret, body->voter, person);
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  initiative_ask_vote(job, &tenant->id, &id, &(struct initiative_vote){{(const char *)person, PERSON_BYTES}, body->unit}, actor_of(request));
  return request_submit(request, job, vote_counted);
}
