// A body is proved by exactly the signature that its tool's scheme asks for.
#include "domain/signature.h"

#include "unit.h"

#define HMAC_HEX .scheme = SIGNATURE_HMAC, .encoding = SIGNATURE_HEX, .header = TEXT_INIT("X-Hub-Signature")

struct proof {
  struct signature signature;
  const char *secret, *given, *timestamp, *body;
};

static bool proves(const struct proof *proof) {
  return signature_proves(&proof->signature, text_of(proof->secret), text_of(proof->given), text_of(proof->timestamp), text_of(proof->body));
}

#define PANGRAM "The quick brown fox jumps over the lazy dog"

// The pangram's HMACs by the key "key", as everybody has them; the last two by Python's hmac.
START_TEST(each_scheme_takes_its_proof) {
  static const struct proof CASES[] = {
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256, .prefix = TEXT_INIT("sha256=")},
       "key",
       "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
       NULL,
       PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256}, "key", "F7BC83F430538424B13298E6AA6FB143EF4D59A14946175997479DBC2D1A3CD8", NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA1, .prefix = TEXT_INIT("sha1=")}, "key", "sha1=de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9", NULL, PANGRAM},
      {{.scheme = SIGNATURE_HMAC,
        .algorithm = SIGNATURE_SHA256,
        .encoding = SIGNATURE_BASE64,
        .content = SIGNATURE_TIMESTAMP_BODY,
        .header = TEXT_INIT("X-Zendesk-Webhook-Signature")},
       "key",
       "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=",
       "The quick ",
       "brown fox jumps over the lazy dog"},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256, .content = SIGNATURE_BODY_TIMESTAMP},
       "key",
       "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8",
       " dog",
       "The quick brown fox jumps over the lazy"},
      {{.scheme = SIGNATURE_BASIC, .user = TEXT_INIT("Aladdin")}, "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", NULL, "{}"},
      {{.scheme = SIGNATURE_BASIC, .user = TEXT_INIT("Aladdin")}, "open sesame", "basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", NULL, "{}"},
      {{.scheme = SIGNATURE_TOKEN, .header = TEXT_INIT("X-Xlad-Token")}, "word", "word", NULL, "{}"},
      {{.scheme = SIGNATURE_TOKEN, .header = TEXT_INIT("Authorization"), .prefix = TEXT_INIT("Bearer ")}, "word", "bearer word", NULL, "{}"},
  };
  EACH(row, CASES) { ck_assert_msg(proves(row), "case %d", (int)(row - CASES)); }
}
END_TEST

START_TEST(nothing_else_proves_anything) {
  static const char RIGHT[] = "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8";
  static const struct proof CASES[] = {
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256}, "key", NULL, NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256}, "key", "", NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256}, "key", RIGHT, NULL, PANGRAM "."},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256}, "Key", RIGHT, NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA1}, "key", RIGHT, NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256, .prefix = TEXT_INIT("sha256=")}, "key", RIGHT, NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256, .content = SIGNATURE_TIMESTAMP_BODY}, "key", RIGHT, NULL, PANGRAM},
      {{HMAC_HEX, .algorithm = SIGNATURE_SHA256}, "", RIGHT, NULL, PANGRAM},
      {{.scheme = SIGNATURE_BASIC, .user = TEXT_INIT("Aladdin")}, "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ==", NULL, "{}"},
      {{.scheme = SIGNATURE_BASIC, .user = TEXT_INIT("aladdin")}, "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", NULL, "{}"},
      {{.scheme = SIGNATURE_TOKEN, .header = TEXT_INIT("X-Xlad-Token")}, "word", "words", NULL, "{}"},
      {{.scheme = SIGNATURE_TOKEN, .header = TEXT_INIT("X-Xlad-Token")}, "word", "wor", NULL, "{}"},
      {{.scheme = ABSENT, .header = TEXT_INIT("X-Xlad-Token")}, "word", "word", NULL, "{}"},
  };
  EACH(row, CASES) { ck_assert_msg(!proves(row), "case %d", (int)(row - CASES)); }
}
END_TEST

START_TEST(the_header_is_the_schemes) {
  const struct signature basic = {.scheme = SIGNATURE_BASIC, .header = TEXT("X-Other")},
                         token = {.scheme = SIGNATURE_TOKEN, .header = TEXT("X-Other")};
  ASSERT_TEXT(signature_header(&basic), "Authorization");
  ASSERT_TEXT(signature_header(&token), "X-Other");
}
END_TEST

int main(void) {
  return unit_tests("signature", (const TTest *[]){each_scheme_takes_its_proof, nothing_else_proves_anything, the_header_is_the_schemes, NULL});
}
