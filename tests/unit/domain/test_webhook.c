// Checks signatures against the vector of the Standard Webhooks libraries, and how long an event is tried.
#include "domain/webhook.h"

#include <string.h>

#include "base/limits.h"
#include "unit.h"

enum { HOUR_MS = 3600 * 1000 };

// whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
static const uint8_t SECRET[] = {0x31, 0xf2, 0x90, 0xf6, 0xbf, 0x06, 0x29, 0x8a, 0xab, 0x4f, 0x08, 0xd4,
                                 0x3c, 0x3f, 0x08, 0x2c, 0xf6, 0x48, 0xa3, 0x62, 0xda, 0x2d, 0xa4, 0xb0};

START_TEST(signs_as_the_standard_webhooks_libraries_do) {
  char signature[WEBHOOK_SIGNATURE_CHARS + 1];
  struct text secret = {(const char *)SECRET, sizeof SECRET};
  webhook_sign(secret, TEXT("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330, TEXT("{\"test\": 2432232314}"), signature);
  ck_assert_str_eq(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}
END_TEST

START_TEST(signs_each_part) {
  static const struct {
    const char *id;
    int64_t timestamp;
    const char *body;
  } OTHERS[] = {{"b", 1, "x"}, {"a", 2, "x"}, {"a", 1, "y"}, {"a", 11, "x"}, {"", 1, "x"}};
  char one[WEBHOOK_SIGNATURE_CHARS + 1], other[WEBHOOK_SIGNATURE_CHARS + 1];
  struct text secret = {(const char *)SECRET, sizeof SECRET};
  webhook_sign(secret, TEXT("a"), 1, TEXT("x"), one);
  EACH(row, OTHERS) {
    webhook_sign(secret, text_of(row->id), row->timestamp, text_of(row->body), other);
    ck_assert_str_ne(one, other);
  }
  secret.length--;
  webhook_sign(secret, TEXT("a"), 1, TEXT("x"), other);
  ck_assert_str_ne(one, other);
}
END_TEST

START_TEST(writes_secrets_with_their_prefix) {
  uint8_t secret[WEBHOOK_SECRET_BYTES];
  char out[WEBHOOK_SECRET_CHARS + 1];
  memset(secret, 0xff, sizeof secret);
  webhook_secret_write(secret, out);
  ck_assert_str_eq(out, "whsec_//////////////////////////////////////////8=");
}
END_TEST

static const struct {
  int64_t tried_ms, retry_after, least, most;
} PAUSES[] = {
    {0, ABSENT, 4000, 6000},
    {-50, ABSENT, 4000, 6000},  // a clock that stepped back
    {2500, ABSENT, 4000, 6000},
    {10000, ABSENT, 16000, 24000},
    {HOUR_MS, ABSENT, HOUR_MS * 8 / 5, HOUR_MS * 12 / 5},
    {6 * HOUR_MS, ABSENT, 12 * HOUR_MS * 4 / 5, 12 * HOUR_MS * 6 / 5},
    {48 * HOUR_MS, ABSENT, 12 * HOUR_MS * 4 / 5, 12 * HOUR_MS * 6 / 5},
    {0, 0, 5000, 6000},
    {HOUR_MS, 60, 60000, 72000},
    {0, INT64_MAX, 12 * HOUR_MS, 12 * HOUR_MS * 6 / 5},
    {0, -3, 5000, 6000},
};

START_TEST(waits_longer_each_time_and_as_receivers_ask) {
  EACH(row, PAUSES) {
    int64_t most = webhook_pause_ms(row->tried_ms, row->retry_after, UINT32_MAX);
    ck_assert_int_eq(webhook_pause_ms(row->tried_ms, row->retry_after, 0), row->least);
    ck_assert_int_le(most, row->most);
    ck_assert_int_ge(most, row->most - 2);
  }
}
END_TEST

START_TEST(gives_up_after_three_days) {
  ck_assert_int_eq(webhook_pause_ms(WEBHOOK_TRIED_MS_MAX, ABSENT, 0), -1);
  ck_assert_int_eq(webhook_pause_ms(WEBHOOK_TRIED_MS_MAX - HOUR_MS, 60, UINT32_MAX), 72000 - 1);
  ck_assert_int_eq(webhook_pause_ms(WEBHOOK_TRIED_MS_MAX - HOUR_MS, 3600, UINT32_MAX), -1);
  // Between a dozen and a score of attempts, whatever chance says.
  for (uint32_t chance = 0, step = UINT32_MAX / 4; chance <= UINT32_MAX - step; chance += step) {
    int64_t tried = 0, pause, attempts = 1;
    for (; (pause = webhook_pause_ms(tried, ABSENT, chance)) >= 0; attempts++)
      tried += pause;
    ck_assert_int_ge(attempts, 12);
    ck_assert_int_le(attempts, 20);
    ck_assert_int_ge(tried, WEBHOOK_TRIED_MS_MAX - 15 * HOUR_MS);
  }
}
END_TEST

int main(void) {
  return unit_tests("domain/webhook", (const TTest *[]){
                                          signs_as_the_standard_webhooks_libraries_do,
                                          signs_each_part,
                                          writes_secrets_with_their_prefix,
                                          waits_longer_each_time_and_as_receivers_ask,
                                          gives_up_after_three_days,
                                          NULL,
                                      });
}
