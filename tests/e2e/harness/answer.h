// An HTTP/1.1 answer, read strictly from bytes: a daemon that frames wrongly must not pass.
#ifndef XLAD_E2E_ANSWER_H
#define XLAD_E2E_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

struct answer {
  int status;         // 0: none came
  struct bytes head;  // status line and header lines, as sent
  struct bytes body;  // decoded
  bool chunked;
  bool closes;     // the connection can't be used again
  double seconds;  // from the first byte sent to the last received
};

enum answer_state { ANSWER_WHOLE, ANSWER_PARTIAL, ANSWER_BROKEN };

// Reads one answer at the front of `bytes`; `to_head` tells that a HEAD request is answered, `ended` that no more bytes will
// come. When whole, `*used` is its length; interim 1xx answers are skipped. `answer` is overwritten, its memory reused.
enum answer_state answer_read(struct answer *answer, const char *bytes, size_t length, bool to_head, bool ended, size_t *used);

// The header's value, or NULL; valid until four more calls. A header sent twice is joined with ", ".
const char *answer_header(const struct answer *answer, const char *name);
void answer_release(struct answer *answer);

#endif
