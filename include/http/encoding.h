// The forms in which an answer can be sent, and which of them a client takes (RFC 9110, 12.5.3).
#ifndef XLAD_HTTP_ENCODING_H
#define XLAD_HTTP_ENCODING_H

#include <stddef.h>

#include "base/text.h"

enum encoding {
  ENCODING_NONE,   // there is one form only, whoever asks
  ENCODING_PLAIN,  // another one would be sent to who asks for it
  ENCODING_GZIP,
};

// What to send a body of `length` bytes as, by the value of Accept-Encoding, absent when there was none: plain unless gzip is admitted, by its name
// or by *, and plain isn't preferred. A weight that is malformed refuses. Short bodies are plain always, and so are those that would hold up the
// loop.
enum encoding encoding_choose(struct text accepted, size_t length);

#endif
