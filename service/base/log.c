// Gathers log lines and hands them to stderr without ever making the loop wait.
#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/telemetry.h"

enum { PENDING_BYTES_MAX = 1024 * 1024, CHUNK_BYTES = 4096 };  // a chunk of PIPE_BUF is taken whole by a writable pipe

static const char *const LEVEL_NAMES[] = {"debug", "info", "warning", "error"};

// The log is the one thing that a process has one of.
static enum log_level level_least = LOG_INFO;
static struct buffer pending = {.bytes_max = PENDING_BYTES_MAX};
static size_t line_start;

bool log_set_level(const char *name) {
  for (unsigned i = 0; i < sizeof LEVEL_NAMES / sizeof *LEVEL_NAMES; i++)
    if (text_is(text_of(name), LEVEL_NAMES[i])) {
      level_least = (enum log_level)i;
      return true;
    }
  return false;
}

bool log_wanted(enum log_level level) { return level >= level_least; }

void log_begin(enum log_level level, const char *event) {
  char time[INSTANT_CHARS_MAX];
  size_t length = instant_format(instant_now(), time);
  line_start = pending.length;
  buffer_string(&pending, "time=");
  buffer_append(&pending, time, length);
  buffer_string(&pending, " level=");
  buffer_string(&pending, LEVEL_NAMES[level]);
  buffer_string(&pending, " event=");
  buffer_string(&pending, event);
}

static bool is_plain(struct text value) {
  if (value.length == 0) return false;
  for (size_t i = 0; i < value.length; i++) {
    unsigned char c = (unsigned char)value.at[i];
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return false;
  }
  return true;
}

void log_field_text(const char *name, struct text value) {
  buffer_char(&pending, ' ');
  buffer_string(&pending, name);
  buffer_char(&pending, '=');
  if (is_plain(value)) {
    buffer_text(&pending, value);
    return;
  }
  buffer_char(&pending, '"');
  for (size_t i = 0; i < value.length; i++) {
    unsigned char c = (unsigned char)value.at[i];
    if (c < ' ' || c == 0x7f)
      buffer_format(&pending, "\\x%02x", c);
    else {
      if (c == '"' || c == '\\') buffer_char(&pending, '\\');
      buffer_char(&pending, (char)c);
    }
  }
  buffer_char(&pending, '"');
}

void log_field_int(const char *name, int64_t value) {
  buffer_char(&pending, ' ');
  buffer_string(&pending, name);
  buffer_char(&pending, '=');
  buffer_int(&pending, value);
}

void log_end(void) {
  buffer_char(&pending, '\n');
  if (!pending.failed) return;
  // The line did not fit: nobody reads as fast as we write. Whole lines stay whole.
  pending.length = line_start;
  pending.failed = false;
  telemetry_add(COUNT_LOG_LINES_DROPPED, 1);
}

void log_message(enum log_level level, const char *format, ...) {
  if (!log_wanted(level)) return;
  char message[1024];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  log_begin(level, "message");
  log_field_text("message", text_of(message));
  log_end();
}

static void flush(int wait_ms) {
  size_t done = 0;
  while (done < pending.length) {
    struct pollfd out = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&out, 1, wait_ms) <= 0) break;
    size_t chunk = pending.length - done < CHUNK_BYTES ? pending.length - done : CHUNK_BYTES;
    ssize_t written = write(STDERR_FILENO, pending.bytes + done, chunk);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    done += (size_t)written;
  }
  if (done > 0) buffer_drop(&pending, done);
}

void log_flush(void) {
  if (pending.length > 0) flush(0);
}

void log_finish(void) {
  flush(1000);
  buffer_release(&pending);
  pending.bytes_max = PENDING_BYTES_MAX;
}
