// Makes the tokens of invitations, draws samples, and tells in which state an invitation is.
#include "domain/invitation.h"

#include <string.h>

#include "base/base64.h"
#include "base/instant.h"

enum { TOKEN_BYTES = 20, PLACES = 100 };

const char *const REFUSAL_NAMES[] = {
    [REFUSED_NO_SURVEY] = "no_survey",
    [REFUSED_TOO_OLD] = "too_old",
    [REFUSED_NO_REQUESTER] = "no_requester",
    [REFUSED_WORKED_ON_IT] = "worked_on_it",
    [REFUSED_AUDIENCE] = "audience",
    [REFUSED_ANSWERED] = "answered",
    [REFUSED_SAMPLE] = "sample",
    [REFUSED_QUIET_DAYS] = "quiet_days",
    [REFUSED_INTERVAL] = "interval",
    [REFUSALS] = NULL,
};

const char *const INVITATION_STATE_NAMES[] = {
    [INVITATION_DUE] = "due",       [INVITATION_ANSWERED] = "answered", [INVITATION_EXPIRED] = "expired",
    [INVITATION_VOIDED] = "voided", [INVITATION_REFUSED] = "refused",   [INVITATION_STATES] = NULL,
};

enum invitation_state invitation_state(const struct invitation_life *life, int64_t now) {
  if (life->refused != ABSENT) {
    return INVITATION_REFUSED;
  }
  if (life->answered_at != ABSENT) {
    return INVITATION_ANSWERED;
  }
  if (life->voided_at != ABSENT) {
    return INVITATION_VOIDED;
  }
  return life->expires_at <= now ? INVITATION_EXPIRED : INVITATION_DUE;
}

void invitation_token(struct text secret, const struct uuid *id, char out[INVITATION_TOKEN_CHARS]) {
  const struct text parts[] = {TEXT("invitation"), {(const char *)id->bytes, UUID_BYTES}};
  uint8_t digest[DIGEST_BYTES];
  char padded[BASE64_CHARS(TOKEN_BYTES)];
  digest_hmac(secret, parts, sizeof parts / sizeof *parts, digest);
  (void)base64_write(digest, TOKEN_BYTES, padded);
  for (int i = 0; i < INVITATION_TOKEN_CHARS; i++) {
    out[i] = padded[i] == '+' ? '-' : padded[i] == '/' ? '_' : padded[i];
  }
}

static bool is_token_char(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; }

bool invitation_token_hash(struct text token, uint8_t out[DIGEST_BYTES]) {
  if (token.length != INVITATION_TOKEN_CHARS) {
    return false;
  }
  for (size_t i = 0; i < token.length; i++) {
    if (!is_token_char(token.at[i])) {
      return false;
    }
  }
  digest_sha256(token.at, token.length, out);
  return true;
}

int invitation_draw(struct text secret, struct text ref) {
  const struct text parts[] = {TEXT("sample"), ref};
  uint8_t digest[DIGEST_BYTES];
  uint64_t number = 0;
  digest_hmac(secret, parts, sizeof parts / sizeof *parts, digest);
  for (size_t i = 0; i < sizeof number; i++) {
    number = number << 8 | digest[i];
  }
  return (int)(number % PLACES);
}
