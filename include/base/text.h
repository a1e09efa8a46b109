// Text as (pointer, length): never owned, never assumed to end in NUL.
#ifndef XLAD_BASE_TEXT_H
#define XLAD_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A view of bytes that somebody else owns. `at == NULL` means absent, which differs from empty.
struct text {
  const char *at;
  size_t length;
};

// Absent value of every whole-number field: integers, booleans, instants, money.
#define ABSENT INT64_MIN

// In the initialiser of a static table; elsewhere TEXT.
#define TEXT_INIT(literal) \
  { "" literal, sizeof(literal) - 1 }
#define TEXT(literal) ((struct text)TEXT_INIT(literal))
#define TEXT_NONE     ((struct text){NULL, 0})

// View of a NUL-terminated string; NULL gives the absent text.
struct text text_of(const char *string);
bool text_equals(struct text a, struct text b);
bool text_is(struct text a, const char *string);
bool text_starts(struct text a, const char *prefix);
// memcmp order, the shorter first when one begins the other.
int text_compare(struct text a, struct text b);
// FNV-1a over the bytes, from `hash` on: TEXT_HASH begins one, an earlier result goes on. For tables, not for secrets.
#define TEXT_HASH UINT64_C(14695981039346656037)
uint64_t text_hash(uint64_t hash, struct text a);
// Without ASCII white space at both ends.
struct text text_trimmed(struct text a);
// Cuts *rest at the first `separator`: returns what stands before it and moves *rest behind it. Without a separator
// returns all and makes *rest absent (at == NULL), which ends `while (rest.at)` loops.
struct text text_cut(struct text *rest, char separator);

// Well-formed UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool text_is_utf8(struct text a);
// Code points of well-formed UTF-8.
size_t text_chars(struct text a);
// True when any byte is below 0x20 or is 0x7f.
bool text_has_control(struct text a);

// Whole decimal number with an optional '-', nothing else around it; false when malformed or outside int64_t
// (INT64_MIN itself is outside, being ABSENT).
bool text_to_int(struct text a, int64_t *value);
// Decimal number with at most `decimals` fraction digits, scaled by 10^decimals: "17.5" with 2 gives 1750. No exponent.
bool text_to_decimal(struct text a, int decimals, int64_t *value);

// Decodes %XX in place-independent fashion into out (at least a.length bytes). False on a bad or cut escape, on a
// decoded NUL, and when the result is not UTF-8. *out_length is the decoded length.
bool text_percent_decode(struct text a, char *out, size_t *out_length);

// Lower-case hexadecimal of n bytes into out (2n chars, no NUL).
void text_hex(const uint8_t *bytes, size_t n, char *out);
// The reverse; false unless a is exactly 2n hexadecimal digits.
bool text_unhex(struct text a, uint8_t *bytes, size_t n);

#endif
