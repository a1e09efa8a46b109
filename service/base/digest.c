// Hashes bodies, secrets and people.
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

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

bool digest_equal(const void *a, const void *b, size_t n) { return CRYPTO_memcmp(a, b, n) == 0; }
