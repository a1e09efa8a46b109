// Hashes bodies, secrets and people.
#include "base/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>

#include "base/ident.h"

// Fetched once: looking the algorithm up takes twice as long as hashing a key.
static const EVP_MD *sha256(void) {
  static EVP_MD *fetched;
  if (!fetched) fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
  return fetched ? fetched : EVP_sha256();
}

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES]) { (void)EVP_Digest(n ? bytes : "", n, out, NULL, sha256(), NULL); }

void digest_person(const uint8_t *secret, size_t secret_bytes, struct text person, uint8_t out[PERSON_BYTES]) {
  uint8_t lower[4096], whole[DIGEST_BYTES];
  unsigned length = DIGEST_BYTES;
  person = text_trimmed(person);
  if (person.length > sizeof lower) person.length = sizeof lower;
  for (size_t i = 0; i < person.length; i++) {
    uint8_t c = (uint8_t)person.at[i];
    lower[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
  }
  (void)HMAC(sha256(), secret, (int)secret_bytes, lower, person.length, whole, &length);
  memcpy(out, whole, PERSON_BYTES);
}

static void hmac_by(const char *algorithm, struct text secret, const struct text *parts, size_t count, uint8_t *out, size_t bytes) {
  static EVP_MAC *hmac;
  char name[16];
  (void)snprintf(name, sizeof name, "%s", algorithm);
  const OSSL_PARAM digest[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0), OSSL_PARAM_construct_end()};
  size_t length = 0;
  if (!hmac) hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
  bool good = context && EVP_MAC_init(context, (const uint8_t *)secret.at, secret.length, digest) == 1;
  for (size_t i = 0; good && i < count; i++)
    good = EVP_MAC_update(context, (const uint8_t *)parts[i].at, parts[i].length) == 1;
  good = good && EVP_MAC_final(context, out, &length, bytes) == 1;
  EVP_MAC_CTX_free(context);
  // Out of memory: a signature that nobody accepts, so that it is sent again.
  if (!good || length != bytes) random_bytes(out, bytes);
}

void digest_hmac(struct text secret, const struct text *parts, size_t count, uint8_t out[DIGEST_BYTES]) {
  hmac_by("SHA256", secret, parts, count, out, DIGEST_BYTES);
}

void digest_hmac_sha1(struct text secret, const struct text *parts, size_t count, uint8_t out[DIGEST_SHA1_BYTES]) {
  hmac_by("SHA1", secret, parts, count, out, DIGEST_SHA1_BYTES);
}

bool digest_equal(const void *a, const void *b, size_t n) { return CRYPTO_memcmp(a, b, n) == 0; }
