// Reads, checks and writes responses.
#include "api/response_body.h"

#include <string.h>

#include "api/ticket_body.h"
#include "base/buffer.h"
#include "base/instant.h"

enum { CANONICAL_BYTES_MAX = 2 * BODY_BYTES_MAX };

#define SURVEY_ANSWER_MAX (INT64_C(1000000000) * FIELD_DECIMAL_UNIT)

#define AT(member)        .offset = offsetof(struct response_body, member)
#define ANSWER(member, least, most) \
  { .name = #member, .kind = FIELD_INT, .offset = offsetof(struct response_body, answers.member), .min = (least), .max = (most) }

// In the order of enum amended.
#define ANSWER_ROWS                                                                                                               \
  ANSWER(happiness, 0, 10), ANSWER(lost_minutes, 0, LOST_MINUTES_MAX), ANSWER(csat, 1, 5), ANSWER(ces, 1, 7), ANSWER(nps, 0, 10), \
      ANSWER(expectation, -2, 2), ANSWER(promise_kept, -2, 2), ANSWER(brand_promise, -2, 2),                                      \
      {.name = "factors",                                                                                                         \
       .kind = FIELD_TEXT_LIST,                                                                                                   \
       .flags = FIELD_NO_CONTROL,                                                                                                 \
       AT(factors),                                                                                                               \
       .min = 1,                                                                                                                  \
       .max = FACTOR_CHARS_MAX,                                                                                                   \
       .count_max = FACTORS_MAX},                                                                                                 \
      {.name = "comment", .kind = FIELD_TEXT, AT(comment), .min = 0, .max = COMMENT_CHARS_MAX}, {                                 \
    .name = "language", .kind = FIELD_TEXT, AT(language), .min = 2, .max = 35                                                     \
  }

#define RESPONSE_ROWS(needed)                                                                                                \
  {.name = "ticket", .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL | (needed), AT(ticket), .min = 1, .max = REF_CHARS_MAX},  \
      {.name = "respondent", .kind = FIELD_TEXT, AT(respondent), .min = 1, .max = PERSON_CHARS_MAX}, ANSWER_ROWS,            \
      {.name = "submitted_at", .kind = FIELD_INSTANT, AT(submitted_at)}, {.name = "create", .kind = FIELD_BOOL, AT(create)}, \
      {.name = "survey", .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, AT(survey), .min = 1, .max = SLUG_CHARS_MAX},        \
      {.name = "survey_version", .kind = FIELD_INT, AT(survey_version), .min = 1, .max = INT32_MAX}, {                       \
    .name = "answers", .kind = FIELD_DECIMAL_MAP, AT(survey_answers), .min = -SURVEY_ANSWER_MAX, .max = SURVEY_ANSWER_MAX,   \
    .count_max = SURVEY_QUESTIONS_MAX                                                                                        \
  }

static const struct field ROWS[] = {RESPONSE_ROWS(FIELD_REQUIRED)};
static const struct field POST_ROWS[] = {
    RESPONSE_ROWS(0),
    {.name = "invitation", .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, AT(invitation), .min = 1, .max = INVITATION_TOKEN_CHARS},
};
static const struct field AMENDMENT_ROWS[] = {ANSWER_ROWS};

const struct field_table RESPONSE_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};
const struct field_table RESPONSE_POST_FIELDS = {POST_ROWS, sizeof POST_ROWS / sizeof *POST_ROWS};
const struct field_table AMENDMENT_FIELDS = {AMENDMENT_ROWS, sizeof AMENDMENT_ROWS / sizeof *AMENDMENT_ROWS};

static bool join_factors(const struct text_list *factors, struct arena *arena, struct text *joined) {
  size_t length = 0;
  *joined = TEXT_NONE;
  for (size_t i = 0; i < factors->count; i++)
    length += factors->items[i].length + 1;
  if (length == 0) return true;
  char *bytes = arena_take(arena, length);
  if (!bytes) return false;
  joined->at = bytes;
  for (size_t i = 0; i < factors->count; i++) {
    if (i > 0) bytes[joined->length++] = '|';
    memcpy(bytes + joined->length, factors->items[i].at, factors->items[i].length);
    joined->length += factors->items[i].length;
  }
  return true;
}

static void check_answers(const struct response_body *body, struct issues *issues) {
  response_check_language(body->language, issues);
  response_check_factors(body->factors.items, body->factors.count, issues);
}

// Rows of one ticket and person may not be written by the same statement.
static uint64_t hash_of(const struct response_write *response) { return text_hash(text_hash(TEXT_HASH, response->ref), response->respondent); }

// The same body, however it is spelled, has the same hash.
static bool hash_body(const struct response_body *body, uint8_t out[DIGEST_BYTES]) {
  struct buffer canonical;
  buffer_init(&canonical, CANONICAL_BYTES_MAX);
  fields_canonical(&RESPONSE_FIELDS, body, &canonical);
  digest_sha256(canonical.bytes, canonical.length, out);
  bool good = !canonical.failed;
  buffer_release(&canonical);
  return good;
}

enum err response_body_file(const struct response_body *body, struct text idempotency_key, const struct response_survey *survey,
                            const struct tenant *tenant, struct arena *arena, struct issues *issues, struct response_write *response) {
  int64_t now = instant_now();
  if (body->survey.at && !survey) issues_add(issues, TEXT("/survey"), "single", "is for answers that are posted one by one");
  if (!body->survey.at && (body->survey_answers.items || body->survey_version > 0))
    issues_add(issues, TEXT("/survey"), "required", "must say whose questions are answered");
  response_check_answered(&body->answers, body->comment, issues);
  response_check_submitted(body->submitted_at, now, issues);
  check_answers(body, issues);
  if (issues->total > 0) return ERR_INVALID;
  uuid_make(&response->id);
  response->row.tenant = &tenant->id;
  response->ref = body->ticket;
  response->create = body->create == 1;
  response->asked = tenant->asks;
  response->answers = body->answers;
  response->comment = body->comment;
  response->language = body->language;
  response->respondent = TEXT_NONE;
  response->submitted_at = body->submitted_at == ABSENT ? now : body->submitted_at;
  response->idempotency_key = idempotency_key;
  response->survey = survey ? survey->slug : TEXT_NONE;
  response->survey_version = survey ? survey->version : ABSENT;
  if (body->respondent.at) {
    uint8_t *person = arena_take(arena, PERSON_BYTES);
    if (!person) return ERR_UNAVAILABLE;
    digest_person(tenant->secret, sizeof tenant->secret, body->respondent, person);
    response->respondent = (struct text){(const char *)person, PERSON_BYTES};
  }
  response->row.hash = hash_of(response);
  return join_factors(&body->factors, arena, &response->factors) && hash_body(body, response->body_hash) ? ERR_NONE : ERR_UNAVAILABLE;
}

void response_body_invite(const struct invitation_row *invitation, struct response_write *response) {
  response->respondent = invitation->respondent;
  response->asked = true;
  // Nobody answers before being asked; what a clock says that is behind would give the answer to an earlier resolution.
  if (response->submitted_at < invitation->issued_at) response->submitted_at = invitation->issued_at;
  response->row.hash = hash_of(response);
}

enum err response_body_amend(const struct response_body *body, uint64_t present, struct arena *arena, struct issues *issues,
                             struct response_amendment *amendment) {
  check_answers(body, issues);
  if (present == 0) issues_add(issues, TEXT(""), "required", "must name at least one member to change");
  if (issues->total > 0) return ERR_INVALID;
  amendment->answers = body->answers;
  amendment->comment = body->comment;
  amendment->language = body->language;
  amendment->present = present;
  return join_factors(&body->factors, arena, &amendment->factors) ? ERR_NONE : ERR_UNAVAILABLE;
}

void exclusion_write(const struct exclusion *exclusion, struct json_writer *json) {
  json_object(json);
  json_member_text(json, "reason", exclusion->reason);
  json_member_instant(json, "at", exclusion->at);
  json_member_text(json, "by", exclusion->by);
  json_object_end(json);
}

static void write_exclusion(const struct exclusion *exclusion, struct json_writer *json) {
  json_name(json, "exclusion");
  if (exclusion->at == ABSENT)
    json_null(json);
  else
    exclusion_write(exclusion, json);
}

void response_row_write(const struct response_row *response, bool to_admin, struct json_writer *json, struct arena *arena) {
  char id[UUID_CHARS];
  uuid_write(&response->id, id);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_text(json, "ticket", response->ref);
  json_member_int(json, "resolution", response->resolution_no);
  json_member_text(json, "respondent_id", person_id(response->respondent, arena));
  struct response_body body = {.answers = response->answers, .comment = response->comment, .language = response->language};
  static struct text none[1];
  body.factors.items = response->factors_count ? response->factors : none;
  body.factors.count = response->factors_count;
  fields_write(&AMENDMENT_FIELDS, &body, json);
  json_member_instant(json, "submitted_at", response->submitted_at);
  json_member_instant(json, "received_at", response->received_at);
  json_member_instant(json, "amended_at", response->amended_at);
  json_member_text(json, "survey", response->survey);
  json_member_int(json, "survey_version", response->survey_version);
  if (to_admin) write_exclusion(&response->exclusion, json);
  json_object_end(json);
}

enum err response_id_read(struct request *request, struct uuid *id) {
  if (uuid_read(request->path_values[0], id)) return ERR_NONE;
  return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of a response");
}

enum err response_outcome_error(const struct response_write *response, struct issues *issues) {
  char id[UUID_CHARS];
  uuid_write(&response->stored_id, id);
  switch (response->outcome) {
  case RESPONSE_ANSWERED:
    issues_add(issues, TEXT("/ticket"), "unique", "resolution %d has the response %.*s of this respondent; amend it by PATCH /v1/responses/%.*s",
               (int)response->resolution_no, UUID_CHARS, id, UUID_CHARS, id);
    return ERR_ALREADY_ANSWERED;
  case RESPONSE_KEY_REUSED:
    issues_add(issues, TEXT("Idempotency-Key"), "unique", "came with another body before; use a new key for a new request");
    return ERR_KEY_REUSED;
  case RESPONSE_NO_TICKET:
    issues_add(issues, TEXT("/ticket"), "known", "is not known; PUT /v1/tickets/{ref} first, or send \"create\": true");
    return ERR_NO_SUCH_TICKET;
  case RESPONSE_OWN_TICKET:
    issues_add(issues, TEXT("/respondent"), "own_ticket", "worked on this ticket and can't rate it");
    return ERR_INVALID;
  default:
    return ERR_NONE;
  }
}
