// Invitations: who is asked about what is resolved, the token of a link, and in which state an invitation is. Pure.
#ifndef XLAD_DOMAIN_INVITATION_H
#define XLAD_DOMAIN_INVITATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/ident.h"
#include "base/text.h"

// Why nobody is asked, in the order in which it is looked for; the first that holds is told.
enum refusal {
  REFUSED_NO_SURVEY,     // no survey asks about tickets
  REFUSED_TOO_OLD,       // resolved longer ago than an invitation lives
  REFUSED_NO_REQUESTER,  // nobody to ask is known
  REFUSED_WORKED_ON_IT,  // who asked for it worked on it
  REFUSED_AUDIENCE,      // its context is in no survey's audience
  REFUSED_ANSWERED,      // a response came without one
  REFUSED_SAMPLE,        // not among the survey's percentage
  REFUSED_QUIET_DAYS,    // the person was asked by any survey not long ago
  REFUSED_INTERVAL,      // or by this one
  REFUSALS
};
extern const char *const REFUSAL_NAMES[];  // by refusal, then NULL

enum invitation_state {
  INVITATION_DUE,  // waits for its answer
  INVITATION_ANSWERED,
  INVITATION_EXPIRED,
  INVITATION_VOIDED,
  INVITATION_REFUSED,
  INVITATION_STATES
};
extern const char *const INVITATION_STATE_NAMES[];  // by state, then NULL

// What happened to an invitation; ABSENT where it didn't.
struct invitation_life {
  int64_t refused;  // enum refusal
  int64_t expires_at, answered_at, voided_at;
};
enum invitation_state invitation_state(const struct invitation_life *life, int64_t now);

enum { INVITATION_TOKEN_CHARS = 27 };  // 160 bits in base64url

// The token of an invitation: the same whenever it is asked for, and nobody's guess who doesn't know the secret. No NUL.
void invitation_token(struct text secret, const struct uuid *id, char out[INVITATION_TOKEN_CHARS]);
// What is stored of it; false for what can be no token.
bool invitation_token_hash(struct text token, uint8_t out[DIGEST_BYTES]);

// A ticket's place in samples, from 0 to 99: below a survey's percentage it is asked about. Always the same, so that a retry decides the same.
int invitation_draw(struct text secret, struct text ref);

#endif
