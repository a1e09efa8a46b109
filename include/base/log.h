// The log: lines of name=value on stderr, gathered and written once per round of the loop, never waited for.
#ifndef XLAD_BASE_LOG_H
#define XLAD_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

// Sets the least level by name; false when there is no such level.
bool log_set_level(const char *name);
bool log_wanted(enum log_level level);

// One line: time, level, and message="…".
void log_message(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

// One line of fields: log_begin, log_field_* …, log_end. Values are quoted where needed; control characters are escaped.
void log_begin(enum log_level level, const char *event);
void log_field_text(const char *name, struct text value);
void log_field_int(const char *name, int64_t value);
void log_end(void);

// Writes what is gathered, as far as stderr takes it without waiting; the rest stays for the next time, and what exceeds the
// buffer is dropped and counted.
void log_flush(void);
// Writes all, waiting if need be. For the end of the process.
void log_finish(void);

#endif
