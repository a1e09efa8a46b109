// Holds what a tool has sent as proof against what it should be.
#include "domain/signature.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buffer.h"
#include "base/digest.h"

const char *const SIGNATURE_SCHEMES[] = {"hmac", "basic", "token", NULL};
const char *const SIGNATURE_ALGORITHMS[] = {"sha256", "sha1", NULL};
const char *const SIGNATURE_ENCODINGS[] = {"hex", "base64", NULL};
const char *const SIGNATURE_CONTENTS[] = {"body", "timestamp_body", "body_timestamp", NULL};

enum { PROOF_BYTES_MAX = 8 * 1024 };

struct text signature_header(const struct signature *signature) {
  return signature->scheme == SIGNATURE_BASIC ? TEXT("Authorization") : signature->header;
}

// Their hashes are compared, so that neither a length nor a beginning shows.
static bool same(struct text a, struct text b) {
  uint8_t hash_a[DIGEST_BYTES], hash_b[DIGEST_BYTES];
  digest_sha256(a.at, a.length, hash_a);
  digest_sha256(b.at, b.length, hash_b);
  return digest_equal(hash_a, hash_b, DIGEST_BYTES);
}

// Removes what has to stand before a proof, in any case: "Bearer ", "sha256=".
static bool strip(struct text *given, struct text prefix) {
  if (given->length < prefix.length || (prefix.length > 0 && strncasecmp(given->at, prefix.at, prefix.length) != 0)) return false;
  *given = text_trimmed((struct text){given->at + prefix.length, given->length - prefix.length});
  return true;
}

static bool proves_hmac(const struct signature *signature, struct text secret, struct text given, struct text timestamp, struct text body) {
  const struct text orders[][2] = {
      [SIGNATURE_BODY] = {body, TEXT("")}, [SIGNATURE_TIMESTAMP_BODY] = {timestamp, body}, [SIGNATURE_BODY_TIMESTAMP] = {body, timestamp}};
  uint8_t digest[DIGEST_BYTES];
  char expected[2 * DIGEST_BYTES], lower[2 * DIGEST_BYTES];
  size_t content = signature->content == ABSENT ? SIGNATURE_BODY : (size_t)signature->content;
  size_t bytes = signature->algorithm == SIGNATURE_SHA1 ? DIGEST_SHA1_BYTES : DIGEST_BYTES;
  if (content != SIGNATURE_BODY && !timestamp.at) return false;
  if (signature->algorithm == SIGNATURE_SHA1)
    digest_hmac_sha1(secret, orders[content], 2, digest);
  else
    digest_hmac(secret, orders[content], 2, digest);
  if (signature->encoding == SIGNATURE_BASE64) return same(given, (struct text){expected, base64_write(digest, bytes, expected)});
  text_hex(digest, bytes, expected);
  if (given.length != 2 * bytes) return false;
  for (size_t i = 0; i < given.length; i++)
    lower[i] = given.at[i] >= 'A' && given.at[i] <= 'F' ? (char)(given.at[i] + ('a' - 'A')) : given.at[i];
  return same((struct text){lower, given.length}, (struct text){expected, 2 * bytes});
}

static bool proves_basic(const struct signature *signature, struct text secret, struct text given) {
  struct buffer plain, encoded;
  buffer_init(&plain, PROOF_BYTES_MAX);
  buffer_init(&encoded, 2 * PROOF_BYTES_MAX);
  buffer_text(&plain, signature->user);
  buffer_char(&plain, ':');
  buffer_text(&plain, secret);
  char *room = plain.failed ? NULL : buffer_room(&encoded, BASE64_CHARS(plain.length));
  if (room) encoded.length = base64_write((const uint8_t *)plain.bytes, plain.length, room);
  bool good = room && same(given, buffer_view(&encoded));
  buffer_release(&plain);
  buffer_release(&encoded);
  return good;
}

bool signature_proves(const struct signature *signature, struct text secret, struct text given, struct text timestamp, struct text body) {
  struct text proof = text_trimmed(given), prefix = signature->scheme == SIGNATURE_BASIC ? TEXT("Basic ") : signature->prefix;
  if (!given.at || secret.length == 0 || !strip(&proof, prefix)) return false;
  switch (signature->scheme) {
  case SIGNATURE_HMAC:
    return proves_hmac(signature, secret, proof, timestamp, body);
  case SIGNATURE_BASIC:
    return proves_basic(signature, secret, proof);
  case SIGNATURE_TOKEN:
    return same(proof, secret);
  default:
    return false;
  }
}
