// /v1/responses: posted by portals, durable before they are acknowledged; single ones are read by administrators.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/response_survey.h"
#include "api/service.h"
#include "base/instant.h"
#include "store/invitation_store.h"
#include "store/key_store.h"

struct response_post_work {
  struct response_write write;
  struct response_body body;
  struct invitation_row invitation;  // without a survey: there is none
  struct response_survey survey;
  struct text idempotency_key;
  enum err error;
};

static void written(struct batch_row *row, enum err error) {
  struct request *request = row->owner;
  struct response_post_work *work = request->state;
  work->error = error;
  request_resume(request);
}

static struct text location_of(struct request *request, const struct uuid *id) {
  char chars[UUID_CHARS];
  uuid_write(id, chars);
  return arena_format(&request->arena, "/v1/responses/%.*s", UUID_CHARS, chars);
}

static enum err answer_row(struct request *request, const struct response_row *row, int status) {
  response_row_write(row, request->role == ROLE_ADMIN, request_json(request), &request->arena);
  return request_answer(request, status);
}

static enum err stored_found(struct request *request, int status) {
  const struct job *job = request_job_ended(request);
  struct response_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0)
    return request_refuse(request, ERR_CONFLICT, TEXT("/ticket"), "withdrawn", "was answered by a response that was withdrawn meanwhile");
  response_take_row(job, 0, 0, &request->arena, &row);
  return answer_row(request, &row, status);
}

static enum err repeated_found(struct request *request) { return stored_found(request, 200); }

static enum err replayed_found(struct request *request) {
  request_add_header(request, "Idempotency-Replayed", TEXT("true"));
  return stored_found(request, 201);
}

// The answer is what is stored, which may have been amended since.
static enum err find_stored(struct request *request, const struct response_write *write) {
  enum err (*next)(struct request *) = write->outcome == RESPONSE_REPLAYED ? replayed_found : repeated_found;
  struct uuid id = write->stored_id;
  request_add_header(request, "Location", location_of(request, &id));
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  response_ask_find(job, &tenant_of(request)->id, &id);
  return request_submit(request, job, next);
}

static enum err response_post_done(struct request *request) {
  const struct response_post_work *work = request->state;
  const struct response_write *write = &work->write;
  if (work->error) return work->error;
  enum err error = response_outcome_error(write, &request->issues);
  if (error == ERR_ALREADY_ANSWERED) request_add_header(request, "Location", location_of(request, &write->stored_id));
  if (error) return error;
  if (write->outcome != RESPONSE_STORED) return find_stored(request, write);
  struct response_row row = {.id = write->id,
                             .ref = write->ref,
                             .resolution_no = write->resolution_no,
                             .answers = write->answers,
                             .factors = work->body.factors.items,
                             .factors_count = work->body.factors.count,
                             .comment = write->comment,
                             .language = write->language,
                             .submitted_at = write->submitted_at,
                             .received_at = write->received_at,
                             .amended_at = ABSENT,
                             .exclusion = {.at = ABSENT},
                             .survey = write->survey,
                             .survey_version = write->survey_version};
  if (write->has_respondent) row.respondent = (struct text){(const char *)write->stored_respondent, PERSON_BYTES};
  request_add_header(request, "Location", location_of(request, &write->id));
  return answer_row(request, &row, 201);
}

static enum err file_response(struct request *request, const struct response_survey *survey) {
  struct response_post_work *work = request->state;
  enum err error =
      response_body_file(&work->body, work->idempotency_key, survey, tenant_of(request), &request->arena, &request->issues, &work->write);
  if (error) return error;
  if (work->invitation.survey.at) response_body_invite(&work->invitation, &work->write);
  work->write.row.done = written;
  work->write.row.owner = request;
  error = store_write(service_of(request)->store, LANE_WRITE, &RESPONSE_BATCH, &work->write.row);
  return error ? error : request_wait(request, response_post_done);
}

static enum err survey_asked_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct response_post_work *work = request->state;
  struct survey_asked asked;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return request_refuse(request, ERR_INVALID, TEXT("/survey"), "unknown", "names no survey, or no such version of it");
  survey_take_asked(job, 0, &asked);
  if (!response_survey_settle(&work->body, &asked, tenant_of(request), &request->arena, &request->issues))
    return request->issues.total > 0 ? ERR_INVALID : ERR_UNAVAILABLE;
  work->survey = (struct response_survey){work->body.survey, asked.version};
  return file_response(request, &work->survey);
}

static enum err find_survey(struct request *request) {
  const struct response_post_work *work = request->state;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  survey_ask_version(job, &tenant_of(request)->id, work->body.survey, work->body.survey_version);
  return request_submit(request, job, survey_asked_found);
}

static enum err refuse_invitation(struct request *request, enum err error, const char *rule, const char *detail) {
  return request_refuse(request, error, TEXT("/invitation"), rule, "%s", detail);
}

// The invitation says what is answered, and by whom. One that is answered goes on: the same answer again is answered again, and another one refused.
static enum err invitation_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct response_post_work *work = request->state;
  struct invitation_row *invitation = &work->invitation;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return refuse_invitation(request, ERR_INVALID, "unknown", "is the token of no invitation");
  invitation_take_row(job, 0, 0, invitation);
  switch (invitation_state(&invitation->life, instant_now())) {
  case INVITATION_EXPIRED:
    return refuse_invitation(request, ERR_INVITATION_OVER, "expired", "has expired");
  case INVITATION_VOIDED:
    return refuse_invitation(request, ERR_INVITATION_OVER, "voided", "does not hold any more, because its ticket was reopened");
  default:
    break;
  }
  work->body.ticket = arena_copy(&request->arena, invitation->ref);
  work->body.survey = invitation->survey = arena_copy(&request->arena, invitation->survey);
  work->body.survey_version = invitation->survey_version;
  invitation->respondent = arena_copy(&request->arena, invitation->respondent);
  return work->body.ticket.at && work->body.survey.at && invitation->respondent.at ? find_survey(request) : ERR_UNAVAILABLE;
}

static void refuse_beside(struct request *request, bool given, const char *pointer) {
  if (given) issues_add(&request->issues, text_of(pointer), "exclusive", "is what the invitation says already");
}

static enum err find_invitation(struct request *request) {
  const struct response_body *body = &((struct response_post_work *)request->state)->body;
  uint8_t token_hash[DIGEST_BYTES];
  refuse_beside(request, body->ticket.at != NULL, "/ticket");
  refuse_beside(request, body->respondent.at != NULL, "/respondent");
  refuse_beside(request, body->create != ABSENT, "/create");
  refuse_beside(request, body->survey.at != NULL, "/survey");
  refuse_beside(request, body->survey_version != ABSENT, "/survey_version");
  if (!invitation_token_hash(body->invitation, token_hash))
    issues_add(&request->issues, TEXT("/invitation"), "format", "must be the token of an invitation: the last part of its link");
  if (request->issues.total > 0) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  invitation_ask_find(job, &tenant_of(request)->id, token_hash);
  return request_submit(request, job, invitation_found);
}

// Bits of what a body names, by the rows of RESPONSE_POST_FIELDS.
#define NAMES_TICKET     UINT64_C(1)
#define NAMES_INVITATION (UINT64_C(1) << (RESPONSE_POST_FIELDS.count - 1))

enum err response_post(struct request *request) {
  struct response_post_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  request->state = work;
  work->invitation = (struct invitation_row){.survey = TEXT_NONE};
  work->idempotency_key = idempotency_key_read(request);
  uint64_t present = 0;
  enum err error = fields_read(&RESPONSE_POST_FIELDS, buffer_view(&request->body), &work->body, &present, &request->arena, &request->issues);
  if (error && error != ERR_INVALID) return error;
  bool named = work->body.ticket.at || work->body.invitation.at;
  if (!named && (!error || (present & (NAMES_TICKET | NAMES_INVITATION)) == 0))
    error = request_refuse(request, ERR_INVALID, TEXT("/ticket"), "required", "is required where no invitation is given");
  if (error) return error;
  if (work->body.invitation.at) return find_invitation(request);
  return work->body.survey.at ? find_survey(request) : file_response(request, NULL);
}

static enum err response_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct response_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  response_take_row(job, 0, 0, &request->arena, &row);
  return answer_row(request, &row, 200);
}

enum err response_get(struct request *request) {
  struct uuid id;
  enum err error = response_id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  response_ask_read(job, &tenant_of(request)->id, &id, actor_of(request));
  return request_submit(request, job, response_found);
}

static enum err responses_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct response_row row = {.submitted_at = ABSENT};
  char id[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    response_take_row(job, 0, i, &request->arena, &row);
    response_row_write(&row, true, json, &request->arena);
  }
  json_array_end(json);
  uuid_write(&row.id, id);
  page_end(request, json, rows > shown, row.submitted_at, (struct text){id, sizeof id});
  json_object_end(json);
  return request_answer(request, 200);
}

// A list may take long, and so is read where it delays no writes, once it is noted that it will be.
static enum err list_noted(struct request *request) {
  const struct job *noted = request_job_ended(request);
  const struct response_filter *filter = request->state;
  if (noted->error) return noted->error;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  response_ask_list(job, tenant_of(request), filter);
  return request_submit(request, job, responses_listed);
}

enum err response_list(struct request *request) {
  static const char *const ANSWERS[] = {"false", "true", NULL};
  struct response_filter *filter = arena_take(&request->arena, sizeof *filter);
  if (!filter) return ERR_UNAVAILABLE;
  struct page page = page_read(request);
  request->state = filter;
  *filter = (struct response_filter){.ref = request_query(request, "ticket"),
                                     .excluded = choice_read(request, "excluded", ANSWERS),
                                     .before_submitted_at = page.instant,
                                     .shown = page.limit};
  days_read(request, &filter->submitted_from, &filter->submitted_to);
  if (page.text.at && (page.instant == ABSENT || !uuid_read(page.text, &filter->before_id)))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  response_ask_note_list(job, &tenant_of(request)->id, filter, actor_of(request));
  return request_submit(request, job, list_noted);
}

static enum err response_amended(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct response_row row;
  if (job->error) return job->error;
  switch (response_take_amended(job)) {
  case AMEND_UNKNOWN:
    return ERR_NOT_FOUND;
  case AMEND_TOO_LATE:
    return request_refuse(request, ERR_WINDOW_CLOSED, TEXT("id"), "window", "can be amended for %lld minutes after it arrived",
                          (long long)tenant_of(request)->amend_minutes);
  case AMEND_EMPTY:
    return request_refuse(request, ERR_INVALID, TEXT(""), "required", "needs at least one answer or a comment afterwards");
  case AMEND_DONE:
    break;
  }
  response_take_row(job, RESPONSE_AMENDED_ROW_STEP, 0, &request->arena, &row);
  return answer_row(request, &row, 200);
}

enum err response_patch(struct request *request) {
  struct uuid id;
  struct response_body body;
  struct response_amendment amendment;
  uint64_t present = 0;
  enum err error = response_id_read(request, &id);
  if (error) return error;
  (void)request_query_ends(request);
  error = fields_read(&AMENDMENT_FIELDS, buffer_view(&request->body), &body, &present, &request->arena, &request->issues);
  if (!error) error = response_body_amend(&body, present, &request->arena, &request->issues, &amendment);
  if (error) return error;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  response_ask_amend(job, tenant_of(request), &id, &amendment, actor_of(request));
  return request_submit(request, job, response_amended);
}

static enum err response_withdrawn(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err response_delete(struct request *request) {
  struct uuid id;
  enum err error = response_id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  response_ask_withdraw(job, &tenant_of(request)->id, &id, actor_of(request));
  return request_submit(request, job, response_withdrawn);
}
