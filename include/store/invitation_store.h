// Invitations in the database: decided when a ticket is resolved, in the transaction that resolves it.
#ifndef XLAD_STORE_INVITATION_STORE_H
#define XLAD_STORE_INVITATION_STORE_H

#include "domain/invitation.h"
#include "store/job.h"

extern const struct statement *const INVITATION_STATEMENTS[];

// Rows: one, that says whether the tenant has a survey of tickets, retired or not: if not, nothing that is resolved needs a decision.
void invitation_ask_asks(struct job *job, const struct uuid *tenant);
bool invitation_take_asks(const struct job *job, unsigned step);

// What an invitation will be if it is issued.
struct invitation_offer {
  struct uuid id;
  char token[INVITATION_TOKEN_CHARS];
  uint8_t token_hash[DIGEST_BYTES];
  int draw;
};

// What was decided of a ticket's present resolution.
struct invitation_told {
  bool known;  // false: it is not resolved
  struct uuid id;
  struct invitation_life life;
};

struct invitation_case {
  struct text ref;        // absent: nothing is asked about
  struct text requester;  // PERSON_BYTES, or absent
  struct invitation_offer offer;
};
// Two steps behind the one that writes the tickets: issues or refuses for those that are resolved and have no decision yet, voids what waits of those
// that are not, and puts events into the outbox. Rows of the second: one for each case, in their order.
void invitation_ask_offers(struct job *job, const struct uuid *tenant, const struct invitation_case *cases, size_t count);
struct invitation_told invitation_take_told(const struct job *job, unsigned step, size_t row);

// One step behind the one that writes the responses: notes which invitations they answer. An answer that came too late answers none.
void invitation_ask_answered(struct job *job, const struct uuid *tenant, const struct uuid *responses, size_t count);

struct invitation_row {
  struct uuid id;
  struct text ref, survey;
  int64_t resolution_no, survey_version;
  struct text respondent;  // PERSON_BYTES; empty when nobody is known
  struct invitation_life life;
  int64_t issued_at;
  struct text void_reason;
  struct uuid response;  // nil: none
};
// One step: the invitation of a token; rows: one or none.
void invitation_ask_find(struct job *job, const struct uuid *tenant, const uint8_t token_hash[DIGEST_BYTES]);

struct invitation_filter {
  int64_t state;             // enum invitation_state; ABSENT: any
  bool issued;               // whatever became of it, but not refused
  struct text ref;           // absent: any
  int64_t before_issued_at;  // cursor: newest first, behind (issued_at, id); ABSENT: from the beginning
  struct uuid before_id;
  int64_t limit;
};
void invitation_ask_list(struct job *job, const struct uuid *tenant, const struct invitation_filter *filter);
void invitation_take_row(const struct job *job, unsigned step, size_t row, struct invitation_row *invitation);

#endif
