// A growable run of bytes with a hard end, always followed by a NUL that does not count.
#ifndef XLAD_E2E_BYTES_H
#define XLAD_E2E_BYTES_H

#include <stddef.h>

enum { BYTES_MAX = 64 * 1024 * 1024 };

// All zero is the empty one; bytes_release makes it empty again.
struct bytes {
  char *at;
  size_t length;
  size_t capacity;
};

// All of these end the program's test when memory or BYTES_MAX is exhausted.
void bytes_add(struct bytes *bytes, const char *more, size_t length);
void bytes_add_text(struct bytes *bytes, const char *text);
void bytes_format(struct bytes *bytes, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));
// Room for at least `length` more bytes behind the last one.
char *bytes_room(struct bytes *bytes, size_t length);
// Forgets the first `length` bytes.
void bytes_shift(struct bytes *bytes, size_t length);
void bytes_clear(struct bytes *bytes);
void bytes_release(struct bytes *bytes);
// The whole file; ends the test when it can't be read.
void bytes_read_file(struct bytes *bytes, const char *path);
// Never NULL.
const char *bytes_text(const struct bytes *bytes);

#endif
