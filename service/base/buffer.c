// Appends bytes to memory that grows by doubling up to a maximum.
#include "base/buffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CAPACITY_MIN = 512,
  INT_CHARS_MAX = 20,  // "-9223372036854775808"
};

void buffer_init(struct buffer *buffer, size_t bytes_max) {
  assert(bytes_max < SIZE_MAX);
  *buffer = (struct buffer){.bytes_max = bytes_max};
}

void buffer_release(struct buffer *buffer) {
  free(buffer->bytes);
  buffer_init(buffer, buffer->bytes_max);
}

void buffer_clear(struct buffer *buffer) {
  buffer->length = 0;
  buffer->failed = false;
  if (buffer->bytes != NULL) {
    buffer->bytes[0] = '\0';
  }
}

// Doubles the memory until `need` bytes fit; never beyond the maximum and its NUL.
static bool buffer_grow(struct buffer *buffer, size_t need) {
  size_t limit = buffer->bytes_max + 1;
  size_t capacity = buffer->capacity < CAPACITY_MIN ? CAPACITY_MIN : buffer->capacity;
  while (capacity < need) {
    capacity = capacity > limit / 2 ? limit : capacity * 2;
  }
  capacity = capacity > limit ? limit : capacity;
  char *bytes = realloc(buffer->bytes, capacity);
  if (bytes == NULL) {
    return false;
  }
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return true;
}

char *buffer_room(struct buffer *buffer, size_t more) {
  if (buffer->failed) {
    return NULL;
  }
  if (more >= buffer->capacity - buffer->length) {
    bool fits = more <= buffer->bytes_max - buffer->length;
    if (!fits || !buffer_grow(buffer, buffer->length + more + 1)) {
      buffer->failed = true;
      return NULL;
    }
  }
  char *room = buffer->bytes + buffer->length;
  room[more] = '\0';
  return room;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t n) {
  char *room = buffer_room(buffer, n);
  if (room != NULL && n > 0) {
    memcpy(room, bytes, n);
    buffer->length += n;
  }
}

void buffer_text(struct buffer *buffer, struct text a) { buffer_append(buffer, a.at, a.length); }

void buffer_string(struct buffer *buffer, const char *string) { buffer_append(buffer, string, strlen(string)); }

void buffer_char(struct buffer *buffer, char c) { buffer_append(buffer, &c, 1); }

void buffer_int(struct buffer *buffer, int64_t value) {
  char digits[INT_CHARS_MAX];
  size_t at = sizeof digits;
  uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
  do {
    digits[--at] = (char)('0' + magnitude % 10);
    magnitude /= 10;
  } while (magnitude > 0);
  if (value < 0) {
    digits[--at] = '-';
  }
  buffer_append(buffer, digits + at, sizeof digits - at);
}

// Formats into the room that is there; only a text that doesn't fit is measured and formatted again.
void buffer_format(struct buffer *buffer, const char *format, ...) {
  if (buffer->failed) {
    return;
  }
  size_t spare = buffer->capacity - buffer->length;
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(spare == 0 ? NULL : buffer->bytes + buffer->length, spare, format, arguments);
  va_end(arguments);
  if (length < 0) {
    buffer->failed = true;
    return;
  }
  bool again = (size_t)length >= spare;
  char *room = buffer_room(buffer, (size_t)length);
  if (room == NULL) {
    if (buffer->bytes != NULL) {
      buffer->bytes[buffer->length] = '\0';
    }
    return;
  }
  if (again) {
    va_start(arguments, format);
    int second = vsnprintf(room, (size_t)length + 1, format, arguments);
    va_end(arguments);
    assert(second == length);
    (void)second;
  }
  buffer->length += (size_t)length;
}

void buffer_drop(struct buffer *buffer, size_t n) {
  assert(n <= buffer->length);
  if (n == 0) {
    return;
  }
  buffer->length -= n;
  memmove(buffer->bytes, buffer->bytes + n, buffer->length);
  buffer->bytes[buffer->length] = '\0';
}

struct text buffer_view(const struct buffer *buffer) {
  return buffer->bytes == NULL ? TEXT("") : (struct text){buffer->bytes, buffer->length};
}
