// Writes JSON straight into a buffer: commas and escapes are its business, the order of calls is the caller's.
// Texts must be well-formed UTF-8; escaped is only what RFC 8259 requires.
#ifndef XLAD_JSON_WRITER_H
#define XLAD_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/wide.h"

struct json_writer {
  struct buffer *out;  // not owned; its `failed` tells whether everything fitted
  bool comma;          // a comma is due before the next item
};

void json_start(struct json_writer *writer, struct buffer *out);
void json_object(struct json_writer *writer);      // {
void json_object_end(struct json_writer *writer);  // }
void json_array(struct json_writer *writer);       // [
void json_array_end(struct json_writer *writer);   // ]
// Member name; the next call writes its value. `name` is a literal that needs no escape.
void json_name(struct json_writer *writer, const char *name);
// Member name that is escaped.
void json_name_text(struct json_writer *writer, struct text name);
// Values. Absent text and ABSENT are written as null.
void json_text(struct json_writer *writer, struct text value);
void json_string(struct json_writer *writer, const char *value);
void json_int(struct json_writer *writer, int64_t value);
void json_bool(struct json_writer *writer, bool value);
void json_null(struct json_writer *writer);
void json_instant(struct json_writer *writer, int64_t instant);
void json_day(struct json_writer *writer, int32_t day);
// A whole JSON value that somebody else wrote.
void json_raw(struct json_writer *writer, struct text value);
// Hundredths as a decimal string: 1750 → "17.50".
void json_money(struct json_writer *writer, int64_t hundredths);
// Rounded half away from zero to `decimals` (0 to 9) and printed without trailing zeros ("52", "16.67", "-0.5", never "-0"); not finite → null.
// What is rounded is the shortest decimal number that reads back as `value`, which is what people take the double for: 2.675 gives "2.68",
// though the double lies below. From 10^21 on an exponent is written ("1e+21").
void json_decimal(struct json_writer *writer, double value, int decimals);
// numerator / denominator (denominator > 0), rounded half away from zero to `decimals` from the exact ratio in integers.
void json_ratio(struct json_writer *writer, int128 numerator, int128 denominator, int decimals);

// A member whole: name and value.
static inline void json_member_text(struct json_writer *writer, const char *name, struct text value) {
  json_name(writer, name);
  json_text(writer, value);
}

static inline void json_member_string(struct json_writer *writer, const char *name, const char *value) {
  json_name(writer, name);
  json_string(writer, value);
}

static inline void json_member_int(struct json_writer *writer, const char *name, int64_t value) {
  json_name(writer, name);
  json_int(writer, value);
}

static inline void json_member_bool(struct json_writer *writer, const char *name, bool value) {
  json_name(writer, name);
  json_bool(writer, value);
}

static inline void json_member_instant(struct json_writer *writer, const char *name, int64_t value) {
  json_name(writer, name);
  json_instant(writer, value);
}

static inline void json_member_day(struct json_writer *writer, const char *name, int32_t value) {
  json_name(writer, name);
  json_day(writer, value);
}

static inline void json_member_null(struct json_writer *writer, const char *name) {
  json_name(writer, name);
  json_null(writer);
}

#endif
