// Writes JSON into a buffer: punctuation, escapes, and numbers that are rounded as people round.
#include "json/writer.h"

#include "base/instant.h"
#include "json/plain.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

enum {
  DECIMALS_MAX = 9,
  WIDE_CHARS_MAX = 40,      // digits of 2^128 and a sign
  DOUBLE_DIGITS_MIN = 15,   // so many significant digits survive a double in any case,
  DOUBLE_DIGITS_MAX = 17,   // and so many always bring the double back
  PLAIN_EXPONENT_MAX = 20,  // from 10^21 on a double is written with an exponent
  TINY_EXPONENT_MIN = -11,  // below 10^-10 nothing is left after rounding
};

static const uint64_t POWERS[DECIMALS_MAX + 1] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

// Writes the comma that is due before a value or a member, and notes whether one is due after it.
static void separate(struct json_writer *writer, bool comma_after) {
  if (writer->comma) buffer_char(writer->out, ',');
  writer->comma = comma_after;
}

void json_start(struct json_writer *writer, struct buffer *out) { *writer = (struct json_writer){.out = out, .comma = false}; }

void json_object(struct json_writer *writer) {
  separate(writer, false);
  buffer_char(writer->out, '{');
}

void json_object_end(struct json_writer *writer) {
  buffer_char(writer->out, '}');
  writer->comma = true;
}

void json_array(struct json_writer *writer) {
  separate(writer, false);
  buffer_char(writer->out, '[');
}

void json_array_end(struct json_writer *writer) {
  buffer_char(writer->out, ']');
  writer->comma = true;
}

void json_name(struct json_writer *writer, const char *name) {
  size_t length = strlen(name);
  separate(writer, false);
  char *room = buffer_room(writer->out, length + 3);
  if (!room) return;
  room[0] = '"';
  memcpy(room + 1, name, length);
  memcpy(room + 1 + length, "\":", 2);
  writer->out->length += length + 3;
}

static void append_escape(struct buffer *out, unsigned char c) {
  static const char SHORT[0x20] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
  static const char HEX[] = "0123456789abcdef";
  char letter = c < 0x20 ? SHORT[c] : (char)c;
  if (letter != '\0')
    buffer_append(out, (const char[]){'\\', letter}, 2);
  else
    buffer_append(out, (const char[]){'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 0xf]}, 6);
}

static void append_quoted(struct buffer *out, struct text value) {
  size_t plain = plain_run(value.at, value.length, false);
  if (plain == value.length) {
    char *room = buffer_room(out, value.length + 2);
    if (!room) return;
    room[0] = '"';
    memcpy(room + 1, value.at, value.length);
    room[1 + value.length] = '"';
    out->length += value.length + 2;
    return;
  }
  buffer_char(out, '"');
  const char *at = value.at;
  const char *end = value.at + value.length;
  while (at < end) {
    buffer_append(out, at, plain);
    at += plain;
    if (at < end) append_escape(out, (unsigned char)*at++);
    plain = plain_run(at, (size_t)(end - at), false);
  }
  buffer_char(out, '"');
}

void json_name_text(struct json_writer *writer, struct text name) {
  assert(name.at);
  separate(writer, false);
  append_quoted(writer->out, name);
  buffer_char(writer->out, ':');
}

void json_null(struct json_writer *writer) {
  separate(writer, true);
  buffer_append(writer->out, "null", 4);
}

void json_text(struct json_writer *writer, struct text value) {
  if (!value.at) {
    json_null(writer);
    return;
  }
  separate(writer, true);
  append_quoted(writer->out, value);
}

void json_string(struct json_writer *writer, const char *value) { json_text(writer, text_of(value)); }

void json_int(struct json_writer *writer, int64_t value) {
  if (value == ABSENT) {
    json_null(writer);
    return;
  }
  separate(writer, true);
  buffer_int(writer->out, value);
}

void json_bool(struct json_writer *writer, bool value) {
  separate(writer, true);
  buffer_string(writer->out, value ? "true" : "false");
}

void json_raw(struct json_writer *writer, struct text value) {
  separate(writer, true);
  buffer_text(writer->out, value);
}

void json_instant(struct json_writer *writer, int64_t instant) {
  if (instant == ABSENT) {
    json_null(writer);
    return;
  }
  char chars[INSTANT_CHARS_MAX];
  json_text(writer, (struct text){chars, instant_format(instant, chars)});
}

void json_day(struct json_writer *writer, int32_t day) {
  char chars[DAY_CHARS];
  day_format(day, chars);
  json_text(writer, (struct text){chars, DAY_CHARS});
}

void json_money(struct json_writer *writer, int64_t hundredths) {
  if (hundredths == ABSENT) {
    json_null(writer);
    return;
  }
  int64_t size = hundredths < 0 ? -hundredths : hundredths;
  separate(writer, true);
  buffer_format(writer->out, "\"%s%" PRId64 ".%02d\"", hundredths < 0 ? "-" : "", size / 100, (int)(size % 100));
}

// Writes ±(whole + fraction / 10^decimals) without trailing zeros.
static void append_rounded(struct buffer *out, bool negative, uint128 whole, uint64_t fraction, int decimals) {
  char chars[WIDE_CHARS_MAX + 1 + DECIMALS_MAX];
  char *const end = chars + sizeof chars;
  char *at = end;
  bool zero = whole == 0 && fraction == 0;
  while (decimals > 0 && fraction % 10 == 0) {
    fraction /= 10;
    decimals--;
  }
  for (int i = 0; i < decimals; i++, fraction /= 10)
    *--at = (char)('0' + fraction % 10);
  if (decimals > 0) *--at = '.';
  // 64-bit division is many times faster, and nearly always enough.
  for (; whole > UINT64_MAX; whole /= 10)
    *--at = (char)('0' + (int)(whole % 10));
  uint64_t low = (uint64_t)whole;
  do {
    *--at = (char)('0' + low % 10);
    low /= 10;
  } while (low > 0);
  if (negative && !zero) *--at = '-';
  buffer_append(out, at, (size_t)(end - at));
}

// floor(10 × *rest / denominator) for *rest < denominator < 2^127; *rest becomes the remainder.
static unsigned next_digit(uint128 *rest, uint128 denominator) {
  if (denominator <= ~(uint128)0 / 10) {
    uint128 tenfold = *rest * 10;
    *rest = tenfold % denominator;
    return (unsigned)(tenfold / denominator);
  }
  // Ten times the rest would not fit: add it up, taking the denominator off in time.
  unsigned digit = 0;
  uint128 sum = 0;
  for (int i = 0; i < 10; i++) {
    sum += *rest;
    if (sum >= denominator) {
      sum -= denominator;
      digit++;
    }
  }
  *rest = sum;
  return digit;
}

static void append_ratio(struct buffer *out, bool negative, uint128 numerator, uint128 denominator, int decimals) {
  uint128 whole = numerator / denominator;
  uint128 rest = numerator % denominator;
  uint64_t fraction = 0;
  for (int i = 0; i < decimals; i++)
    fraction = fraction * 10 + next_digit(&rest, denominator);
  if (rest >= denominator - rest && ++fraction == POWERS[decimals]) {
    fraction = 0;
    whole++;
  }
  append_rounded(out, negative, whole, fraction, decimals);
}

void json_ratio(struct json_writer *writer, int128 numerator, int128 denominator, int decimals) {
  assert(denominator > 0 && decimals >= 0 && decimals <= DECIMALS_MAX);
  separate(writer, true);
  uint128 size = numerator < 0 ? -(uint128)numerator : (uint128)numerator;
  append_ratio(writer->out, numerator < 0, size, (uint128)denominator, decimals);
}

static uint128 power_of_ten(int exponent) {
  uint128 power = 1;
  while (exponent-- > 0)
    power *= 10;
  return power;
}

// Writes "d.ddd00e+xx" without the trailing zeros.
static void append_with_exponent(struct buffer *out, bool negative, const char *chars, int exponent) {
  size_t length = strcspn(chars, "e");
  while (length > 1 && chars[length - 1] == '0')
    length--;
  if (chars[length - 1] == '.') length--;
  buffer_format(out, "%s%.*se+%d", negative ? "-" : "", (int)length, chars, exponent);
}

// Rounds the shortest decimal number that reads back as `value` (not 0, finite).
static void append_shortest(struct buffer *out, double value, int decimals) {
  char chars[32];
  int digits = DOUBLE_DIGITS_MIN;
  for (;; digits++) {
    snprintf(chars, sizeof chars, "%.*e", digits - 1, fabs(value));
    if (digits == DOUBLE_DIGITS_MAX || strtod(chars, NULL) == fabs(value)) break;
  }
  // chars is "d.ddde±xx"
  int exponent = (int)strtol(strchr(chars, 'e') + 1, NULL, 10);
  if (exponent > PLAIN_EXPONENT_MAX) {
    append_with_exponent(out, value < 0, chars, exponent);
    return;
  }
  if (exponent < TINY_EXPONENT_MIN) {
    append_rounded(out, false, 0, 0, decimals);
    return;
  }
  uint128 significand = 0;
  for (const char *at = chars; *at != 'e'; at++)
    if (*at != '.') significand = significand * 10 + (unsigned)(*at - '0');
  int scale = exponent - (digits - 1);
  if (scale >= 0)
    append_ratio(out, value < 0, significand * power_of_ten(scale), 1, decimals);
  else
    append_ratio(out, value < 0, significand, power_of_ten(-scale), decimals);
}

void json_decimal(struct json_writer *writer, double value, int decimals) {
  assert(decimals >= 0 && decimals <= DECIMALS_MAX);
  if (!isfinite(value)) {
    json_null(writer);
    return;
  }
  separate(writer, true);
  // The shortest decimal form lies within 2^-53 of the double (relatively), the product adds another 2^-53: unless the product is so close to
  // a half that these could matter, rounding it is right.
  double scaled = fabs(value) * (double)POWERS[decimals];
  double below = floor(scaled);
  if (scaled < 0x1p50 && fabs(scaled - below - 0.5) > scaled * 0x1p-50) {
    uint64_t rounded = (uint64_t)below + (scaled - below > 0.5);
    append_rounded(writer->out, value < 0, rounded / POWERS[decimals], rounded % POWERS[decimals], decimals);
    return;
  }
  append_shortest(writer->out, value, decimals);
}
