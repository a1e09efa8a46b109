// Signs what webhooks are told, and paces the attempts.
#include "domain/webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"

const char *const EVENT_NAMES[] = {
    EVENT_XLA_AT_RISK,          EVENT_XLA_BREACHED,      EVENT_XLA_MET,      EVENT_XLA_STALE,
    EVENT_INITIATIVE_EVALUATED, EVENT_INVITATION_ISSUED, EVENT_WEBHOOK_TEST, NULL,
};

void webhook_secret_write(const uint8_t secret[WEBHOOK_SECRET_BYTES], char out[WEBHOOK_SECRET_CHARS + 1]) {
  memcpy(out, "whsec_", 6);
  out[6 + base64_write(secret, WEBHOOK_SECRET_BYTES, out + 6)] = '\0';
}

void webhook_sign(struct text secret, struct text id, int64_t timestamp, struct text body, char out[WEBHOOK_SIGNATURE_CHARS + 1]) {
  char seconds[24];
  uint8_t digest[DIGEST_BYTES];
  (void)snprintf(seconds, sizeof seconds, ".%" PRId64 ".", timestamp);
  const struct text parts[] = {id, text_of(seconds), body};
  digest_hmac(secret, parts, sizeof parts / sizeof *parts, digest);
  memcpy(out, "v1,", 3);
  out[3 + base64_write(digest, sizeof digest, out + 3)] = '\0';
}

static int64_t clamp(int64_t value, int64_t least, int64_t most) { return value < least ? least : value > most ? most : value; }

// A fifth of the pause, times a number from 0 to just below 1.
static int64_t jitter(int64_t pause_ms, uint32_t chance) { return (int64_t)((uint64_t)(pause_ms / 5) * chance >> 32); }

int64_t webhook_pause_ms(int64_t tried_ms, int64_t retry_after, uint32_t chance) {
  int64_t pause_ms;
  if (retry_after == ABSENT) {
    pause_ms = clamp(2 * clamp(tried_ms, 0, WEBHOOK_TRIED_MS_MAX), WEBHOOK_PAUSE_MS_MIN, WEBHOOK_PAUSE_MS_MAX);
    pause_ms += 2 * jitter(pause_ms, chance) - pause_ms / 5;
  } else {
    pause_ms = clamp(retry_after, WEBHOOK_PAUSE_MS_MIN / 1000, WEBHOOK_PAUSE_MS_MAX / 1000) * 1000;
    pause_ms += jitter(pause_ms, chance);
  }
  return tried_ms + pause_ms > WEBHOOK_TRIED_MS_MAX ? -1 : pause_ms;
}
