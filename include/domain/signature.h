// How a tool proves that a body is from it: by a signature of the body, or by a word that only it knows.
#ifndef XLAD_DOMAIN_SIGNATURE_H
#define XLAD_DOMAIN_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum signature_scheme {
  SIGNATURE_HMAC,   // a header holds an HMAC over the body, perhaps with a timestamp before or behind it
  SIGNATURE_BASIC,  // RFC 7617: a user and the secret as password, in the header Authorization
  SIGNATURE_TOKEN,  // a header holds the secret
};
enum signature_algorithm { SIGNATURE_SHA256, SIGNATURE_SHA1 };
enum signature_encoding { SIGNATURE_HEX, SIGNATURE_BASE64 };
enum signature_content { SIGNATURE_BODY, SIGNATURE_TIMESTAMP_BODY, SIGNATURE_BODY_TIMESTAMP };

// NULL-terminated, in the order of the enums.
extern const char *const SIGNATURE_SCHEMES[], *const SIGNATURE_ALGORITHMS[], *const SIGNATURE_ENCODINGS[], *const SIGNATURE_CONTENTS[];

struct signature {
  int64_t scheme, algorithm, encoding, content;  // of the enums above; ABSENT where it doesn't matter
  struct text header;                            // that holds the signature
  struct text prefix;                            // before it, such as "sha256="; absent: none
  struct text timestamp_header;                  // of what is signed with the body
  struct text user;                              // of SIGNATURE_BASIC
};

// The name of the header that is looked at.
struct text signature_header(const struct signature *signature);
// Whether `given`, which that header says, proves `body`; `timestamp` is what its own header says. Absent headers prove nothing. The secret's
// characters are the key of an HMAC. Takes the same time wherever the difference is, and whatever the length of the secret.
bool signature_proves(const struct signature *signature, struct text secret, struct text given, struct text timestamp, struct text body);

#endif
