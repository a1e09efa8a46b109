// SHA-256 and what is made of it. libcrypto does the work.
#ifndef XLAD_BASE_DIGEST_H
#define XLAD_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { DIGEST_BYTES = 32, PERSON_BYTES = 16 };

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_BYTES]);
// The first PERSON_BYTES of HMAC-SHA256 over `person`, trimmed and with ASCII letters in lower case: the only form in which a person is kept.
void digest_person(const uint8_t *secret, size_t secret_bytes, struct text person, uint8_t out[PERSON_BYTES]);
// HMAC-SHA256 over the parts, one behind the other.
void digest_hmac(struct text secret, const struct text *parts, size_t count, uint8_t out[DIGEST_BYTES]);
// HMAC-SHA1, which is what some tools sign with. As a signature it is not broken; as a hash it is, so there is none.
enum { DIGEST_SHA1_BYTES = 20 };
void digest_hmac_sha1(struct text secret, const struct text *parts, size_t count, uint8_t out[DIGEST_SHA1_BYTES]);
// Takes the same time wherever the difference is.
bool digest_equal(const void *a, const void *b, size_t n);

#endif
