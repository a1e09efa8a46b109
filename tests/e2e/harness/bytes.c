// Growable bytes for requests, answers and captured output.
#include "bytes.h"

#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *bytes_room(struct bytes *bytes, size_t length) {
  if (length > BYTES_MAX - bytes->length) {
    harness_fail("more than %d bytes in one piece", BYTES_MAX);
  }
  size_t needed = bytes->length + length + 1;
  if (needed > bytes->capacity) {
    size_t capacity = bytes->capacity == 0 ? 4096 : bytes->capacity;
    while (capacity < needed) {
      capacity *= 2;
    }
    char *at = realloc(bytes->at, capacity);
    if (at == NULL) {
      harness_fail("out of memory for %zu bytes", capacity);
    }
    bytes->at = at;
    bytes->capacity = capacity;
  }
  return bytes->at + bytes->length;
}

void bytes_add(struct bytes *bytes, const char *more, size_t length) {
  char *room = bytes_room(bytes, length);
  if (length > 0) {
    memcpy(room, more, length);
  }
  bytes->length += length;
  bytes->at[bytes->length] = '\0';
}

void bytes_add_text(struct bytes *bytes, const char *text) { bytes_add(bytes, text, strlen(text)); }

void bytes_format(struct bytes *bytes, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int needed = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (needed < 0) {
    harness_fail("can't format '%s'", format);
  }
  char *room = bytes_room(bytes, (size_t)needed);
  va_start(arguments, format);
  (void)vsnprintf(room, (size_t)needed + 1, format, arguments);
  va_end(arguments);
  bytes->length += (size_t)needed;
}

void bytes_shift(struct bytes *bytes, size_t length) {
  if (length == 0) {
    return;
  }
  memmove(bytes->at, bytes->at + length, bytes->length - length + 1);
  bytes->length -= length;
}

void bytes_clear(struct bytes *bytes) {
  bytes->length = 0;
  if (bytes->at != NULL) {
    bytes->at[0] = '\0';
  }
}

void bytes_release(struct bytes *bytes) {
  free(bytes->at);
  *bytes = (struct bytes){0};
}

const char *bytes_text(const struct bytes *bytes) { return bytes->at == NULL ? "" : bytes->at; }

void bytes_read_file(struct bytes *bytes, const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    harness_fail("can't open %s: %s", path, strerror(errno));
  }
  ssize_t got = 0;
  do {
    char piece[64 * 1024];
    got = read(file, piece, sizeof piece);
    if (got > 0) {
      bytes_add(bytes, piece, (size_t)got);
    }
  } while (got > 0);
  close(file);
  if (got < 0) {
    harness_fail("can't read %s: %s", path, strerror(errno));
  }
}
