// Responses in the database: written by batches, amended and withdrawn singly.
#ifndef XLAD_STORE_RESPONSE_STORE_H
#define XLAD_STORE_RESPONSE_STORE_H

#include "base/digest.h"
#include "domain/response.h"
#include "domain/tenant.h"
#include "store/store.h"

extern const struct statement *const RESPONSE_STATEMENTS[];

enum response_outcome {
  RESPONSE_RETRY,  // 0, as the writing statement has it: another writer was first; the batch tries again
  RESPONSE_STORED,
  RESPONSE_REPEATED,    // this resolution and respondent have the same body already
  RESPONSE_ANSWERED,    // they have another one
  RESPONSE_REPLAYED,    // this Idempotency-Key came with the same body before
  RESPONSE_KEY_REUSED,  // it came with another one
  RESPONSE_NO_TICKET,
  RESPONSE_OWN_TICKET,  // the respondent worked on the ticket
};

// A response to be written, and after the commit what became of it. Everything it points to must outlive `row.done`.
struct response_write {
  struct batch_row row;
  struct uuid id;
  struct text ref;
  bool create;  // make a minimal ticket when there is none
  struct answers answers;
  struct text factors;  // separated by '|', or absent
  struct text comment, language;
  struct text respondent;  // PERSON_BYTES, or absent: the ticket's requester, or nobody
  int64_t submitted_at;
  struct text survey;      // slug, or absent
  int64_t survey_version;  // ABSENT without a survey
  uint8_t body_hash[DIGEST_BYTES];
  struct text idempotency_key;  // or absent
  bool asked;                   // the tenant issues invitations, of which it may answer one
  // Outcome.
  enum response_outcome outcome;
  struct uuid stored_id;  // of the stored one, whether it is this or an earlier one; nil for the last three outcomes
  int64_t resolution_no;
  uint8_t stored_respondent[PERSON_BYTES];
  bool has_respondent;
  int64_t received_at;
};

// One response per resolution and respondent; the resolution is the latest not after `submitted_at`, else number 0 (or the first, when there is one
// by now).
extern const struct batch_type RESPONSE_BATCH;

// Why a response is left out of figures.
struct exclusion {
  struct text reason;
  int64_t at;      // ABSENT: it is not
  struct text by;  // key id
};

struct response_row {
  struct uuid id;
  struct text ref;
  int64_t resolution_no;
  struct text respondent;  // PERSON_BYTES; empty when nobody is known
  struct answers answers;
  struct text *factors;
  size_t factors_count;
  struct text comment, language;
  int64_t submitted_at, received_at, amended_at;
  struct exclusion exclusion;
  struct text survey;      // slug, or absent
  int64_t survey_version;  // ABSENT without a survey
};

void response_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *id);
// The same, audited: for a lane that writes.
void response_ask_read(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor);

struct response_filter {
  struct text ref;                       // absent: any
  int64_t submitted_from, submitted_to;  // days, both included; ABSENT
  int64_t excluded;                      // 1: excluded ones only, 0: all others; ABSENT: any
  int64_t before_submitted_at;           // cursor: newest first, behind (submitted_at, id); ABSENT: from the beginning
  struct uuid before_id;
  int64_t shown;  // rows at most; one more is asked for, which tells whether there are more
};
void response_ask_list(struct job *job, const struct tenant *tenant, const struct response_filter *filter);
// Notes in the audit trail that a list is about to be read, and which.
void response_ask_note_list(struct job *job, const struct uuid *tenant, const struct response_filter *filter, struct text actor);
void response_take_row(const struct job *job, unsigned step, size_t row, struct arena *arena, struct response_row *response);

// What an amendment gives; a bit of `present` says which members it names, in the order of the fields here.
enum amended {
  AMEND_HAPPINESS,
  AMEND_LOST_MINUTES,
  AMEND_CSAT,
  AMEND_CES,
  AMEND_NPS,
  AMEND_EXPECTATION,
  AMEND_PROMISE_KEPT,
  AMEND_BRAND_PROMISE,
  AMEND_FACTORS,
  AMEND_COMMENT,
  AMEND_LANGUAGE,
  AMEND_COUNT
};
struct response_amendment {
  struct answers answers;
  struct text factors;  // separated by '|'
  struct text comment, language;
  uint64_t present;
};
enum amend_outcome { AMEND_UNKNOWN, AMEND_DONE, AMEND_TOO_LATE, AMEND_EMPTY /* nothing would be left */ };
// Two steps: the amendment with its audit row, and the response as it then is.
void response_ask_amend(struct job *job, const struct tenant *tenant, const struct uuid *id, const struct response_amendment *amendment,
                        struct text actor);
enum amend_outcome response_take_amended(const struct job *job);
enum { RESPONSE_AMENDED_ROW_STEP = 2 };

// One row when it was there. Audited; the answers are gone.
void response_ask_withdraw(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor);

#endif
