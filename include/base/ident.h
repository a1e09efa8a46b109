// Identifiers: UUIDs of version 7, sortable by the time they were made. An id is not a secret.
#ifndef XLAD_BASE_IDENT_H
#define XLAD_BASE_IDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { UUID_BYTES = 16, UUID_CHARS = 36 };

struct uuid {
  uint8_t bytes[UUID_BYTES];
};

// A new version 7 UUID (RFC 9562): 48 bits of Unix milliseconds, then a counter that starts at random each millisecond and never steps back
// within the process, not even when the clock does; the rest random.
void uuid_make(struct uuid *id);
// The same from a given clock, for tests. `now_ms` may go backwards; results don't.
void uuid_make_at(struct uuid *id, int64_t now_ms);
// Any version but the nil UUID; upper case is taken. libuuid does the parsing.
bool uuid_read(struct text a, struct uuid *id);
// Lower case, UUID_CHARS characters, no NUL.
void uuid_write(const struct uuid *id, char *out);
bool uuid_equal(const struct uuid *a, const struct uuid *b);

// Cryptographically strong bytes from the kernel; ends the process when the kernel can't give any.
void random_bytes(void *out, size_t n);

#endif
