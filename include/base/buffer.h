// A growing run of bytes with a mandatory maximum. A failed append leaves it marked; check once at the end.
#ifndef XLAD_BASE_BUFFER_H
#define XLAD_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct buffer {
  char *bytes;  // always NUL-terminated once anything was appended
  size_t length;
  size_t capacity;
  size_t bytes_max;
  bool failed;  // an append did not fit or memory was out; nothing is appended any more
};

void buffer_init(struct buffer *buffer, size_t bytes_max);
void buffer_release(struct buffer *buffer);
// Forgets the content and the failure, keeps the memory.
void buffer_clear(struct buffer *buffer);
// Room for `more` bytes behind the content, or NULL (and failed). The caller adds to length what it wrote; a NUL stands behind the room, so
// who writes less than `more` sets one.
char *buffer_room(struct buffer *buffer, size_t more);
void buffer_append(struct buffer *buffer, const void *bytes, size_t n);
void buffer_text(struct buffer *buffer, struct text a);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_char(struct buffer *buffer, char c);
void buffer_int(struct buffer *buffer, int64_t value);
void buffer_format(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Drops the first n bytes.
void buffer_drop(struct buffer *buffer, size_t n);
// The content, never absent; good until the next change.
struct text buffer_view(const struct buffer *buffer);

#endif
