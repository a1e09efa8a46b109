// Webhooks by the Standard Webhooks specification 1.0.0 (github.com/standard-webhooks/standard-webhooks): what is told, how it is signed, and how
// long it is tried.
#ifndef XLAD_DOMAIN_WEBHOOK_H
#define XLAD_DOMAIN_WEBHOOK_H

#include <stddef.h>
#include <stdint.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/text.h"

// Types of events, by name; NULL-terminated.
#define EVENT_XLA_AT_RISK          "xla.at_risk"
#define EVENT_XLA_BREACHED         "xla.breached"
#define EVENT_XLA_MET              "xla.met"
#define EVENT_XLA_STALE            "xla.stale"
#define EVENT_INITIATIVE_EVALUATED "initiative.evaluated"
#define EVENT_INVITATION_ISSUED    "invitation.issued"
#define EVENT_WEBHOOK_TEST         "webhook.test"
enum { EVENT_NAMES_COUNT = 7, EVENT_NAME_CHARS_MAX = 32 };
extern const char *const EVENT_NAMES[];

enum {
  WEBHOOK_SECRET_BYTES = 32,
  WEBHOOK_SECRET_CHARS = 6 + BASE64_CHARS(WEBHOOK_SECRET_BYTES),
  WEBHOOK_SIGNATURE_CHARS = 3 + BASE64_CHARS(DIGEST_BYTES),
};

// A secret as its receiver is given it: "whsec_" and Base64, with NUL.
void webhook_secret_write(const uint8_t secret[WEBHOOK_SECRET_BYTES], char out[WEBHOOK_SECRET_CHARS + 1]);
// "v1," and Base64 of HMAC-SHA256 over id.timestamp.body, with NUL. `timestamp` in seconds, of the attempt.
void webhook_sign(struct text secret, struct text id, int64_t timestamp, struct text body, char out[WEBHOOK_SIGNATURE_CHARS + 1]);

// How long to wait after an attempt that failed, in milliseconds, when it has been tried for tried_ms since the first was due; −1: it is given up.
// Twice as long as it has been tried, so that the pauses grow threefold, between WEBHOOK_PAUSE_MS_MIN and _MAX; a fifth more or less by `chance`,
// which is random. A receiver that asks for a pause (retry_after, in seconds, else ABSENT) gets that one within the same limits, or up to a fifth
// more.
int64_t webhook_pause_ms(int64_t tried_ms, int64_t retry_after, uint32_t chance);

#endif
