// A response as JSON or as a line of an import, and the way from there to the store.
#ifndef XLAD_API_RESPONSE_BODY_H
#define XLAD_API_RESPONSE_BODY_H

#include "domain/tenant.h"
#include "http/request.h"
#include "store/invitation_store.h"
#include "store/response_store.h"
#include "json/fields.h"

struct response_body {
  struct text ticket;
  struct text respondent;
  struct answers answers;
  struct text_list factors;
  struct text comment, language;
  int64_t submitted_at;
  int64_t create;
  // To a survey's questions; response_survey_settle() turns them into answers.
  struct text survey;
  int64_t survey_version;
  struct decimal_map survey_answers;
  struct text invitation;  // of POST only
};

// The version of a survey that answers were held against.
struct response_survey {
  struct text slug;
  int64_t version;
};

extern const struct field_table RESPONSE_FIELDS;       // of imports
extern const struct field_table RESPONSE_POST_FIELDS;  // of POST: an invitation may stand for ticket and respondent
extern const struct field_table AMENDMENT_FIELDS;      // of PATCH: bit i of `present` is enum amended i

// Checks what the fields can't, and fills `response` for the tenant, with a new id. `survey`: what the body names, once it was settled; NULL: a body
// that names one is refused. ERR_INVALID with all issues; ERR_UNAVAILABLE out of memory.
enum err response_body_file(const struct response_body *body, struct text idempotency_key, const struct response_survey *survey,
                            const struct tenant *tenant, struct arena *arena, struct issues *issues, struct response_write *response);
// Makes it the answer to an invitation, which says whose it is; both texts must last.
void response_body_invite(const struct invitation_row *invitation, struct response_write *response);
// The same for an amendment.
enum err response_body_amend(const struct response_body *body, uint64_t present, struct arena *arena, struct issues *issues,
                             struct response_amendment *amendment);

// The response as GET gives it; what it is excluded for is for administrators only.
void response_row_write(const struct response_row *response, bool to_admin, struct json_writer *json, struct arena *arena);
// The object alone: reason, at, by.
void exclusion_write(const struct exclusion *exclusion, struct json_writer *json);

// The id in the path; refuses what is none.
enum err response_id_read(struct request *request, struct uuid *id);

// What became of a response that was not stored as new; ERR_NONE for the other outcomes. Adds the issue.
enum err response_outcome_error(const struct response_write *response, struct issues *issues);

#endif
