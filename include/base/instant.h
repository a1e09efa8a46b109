// Instants (microseconds since 1970-01-01T00:00:00Z, int64_t) and calendar days (days since 1970-01-01, int32_t).
// Which day an instant belongs to in a tenant's time zone is PostgreSQL's business, not this file's.
#ifndef XLAD_BASE_INSTANT_H
#define XLAD_BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { INSTANT_CHARS_MAX = 32, DAY_CHARS = 10 };

#define MICROS_PER_SECOND INT64_C(1000000)
#define MICROS_PER_DAY    (INT64_C(86400) * MICROS_PER_SECOND)

// Wall clock.
int64_t instant_now(void);
// Monotonic clock in milliseconds, for deadlines.
int64_t clock_ms(void);
// The same in microseconds, for measuring.
int64_t clock_us(void);

// RFC 3339 date-time with 'T' (or 't') and an offset or 'Z'; fraction digits beyond six are cut. Years 1970 to 9999. A leap second
// (23:59:60 UTC) becomes the next second. False for anything else, for days that don't exist too. The years count in UTC, as stored.
bool instant_parse(struct text a, int64_t *instant);
// By a strptime-like pattern of %d %m %Y %y %H %I %M %S %p %f (fraction) %z (offset, +hhmm or +hh:mm or Z) %b (English month) %%;
// without %z the time is taken as UTC. Numbers may lack leading zeros. The whole text must be used up. White space in the pattern stands for
// any amount of it; month names may be whole or cut to three letters, in any case; %y from 69 on is of the last century.
bool instant_parse_pattern(struct text a, const char *pattern, int64_t *instant);
// False when `pattern` holds a conversion that instant_parse_pattern doesn't know, says the same part twice, misses year, month or day, or has
// %I without %p, which would leave the hour in doubt.
bool instant_pattern_valid(const char *pattern);
// "2026-03-02T08:01:00Z"; with ".123456" only when there is a fraction (trailing zeros cut). Returns the length; out has INSTANT_CHARS_MAX.
// Outside the years 0 to 9999 the nearest instant is written.
size_t instant_format(int64_t instant, char *out);

// "YYYY-MM-DD", a day that exists, years 1970 to 9999.
bool day_parse(struct text a, int32_t *day);
// Writes DAY_CHARS characters, no NUL. Outside the years 0 to 9999 the nearest day is written.
void day_format(int32_t day, char *out);
int32_t day_from_civil(int year, int month, int day);
void day_to_civil(int32_t day, int *year, int *month, int *day_of_month);
// 0 = Monday … 6 = Sunday.
int day_weekday(int32_t day);

#endif
