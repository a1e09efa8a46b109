// Looks at, compares, cuts and converts text that somebody else owns.
#include "base/text.h"

#include <string.h>

enum { ASCII_STRIDE = sizeof(uint64_t) };

#define HIGH_BITS UINT64_C(0x8080808080808080)

static const char HEX_DIGITS[] = "0123456789abcdef";

struct text text_of(const char *string) {
  if (string == NULL) {
    return TEXT_NONE;
  }
  return (struct text){string, strlen(string)};
}

// memcmp may not be given NULL, not even for no bytes.
static int bytes_compare(const char *a, const char *b, size_t n) { return n == 0 ? 0 : memcmp(a, b, n); }

bool text_equals(struct text a, struct text b) {
  return (a.at == NULL) == (b.at == NULL) && a.length == b.length && bytes_compare(a.at, b.at, a.length) == 0;
}

bool text_is(struct text a, const char *string) { return text_equals(a, text_of(string)); }

bool text_starts(struct text a, const char *prefix) {
  size_t n = strlen(prefix);
  return a.at != NULL && a.length >= n && bytes_compare(a.at, prefix, n) == 0;
}

int text_compare(struct text a, struct text b) {
  size_t shared = a.length < b.length ? a.length : b.length;
  int order = bytes_compare(a.at, b.at, shared);
  if (order != 0) {
    return order;
  }
  if (a.length != b.length) {
    return a.length < b.length ? -1 : 1;
  }
  return (a.at != NULL) - (b.at != NULL);
}

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

uint64_t text_hash(uint64_t hash, struct text a) {
  for (size_t i = 0; i < a.length; i++)
    hash = (hash ^ (unsigned char)a.at[i]) * UINT64_C(1099511628211);
  return hash;
}

struct text text_trimmed(struct text a) {
  while (a.length > 0 && is_space(a.at[0])) {
    a.at++;
    a.length--;
  }
  while (a.length > 0 && is_space(a.at[a.length - 1])) {
    a.length--;
  }
  return a;
}

struct text text_cut(struct text *rest, char separator) {
  struct text whole = *rest;
  const char *found = whole.length == 0 ? NULL : memchr(whole.at, separator, whole.length);
  if (found == NULL) {
    *rest = TEXT_NONE;
    return whole;
  }
  size_t before = (size_t)(found - whole.at);
  *rest = (struct text){found + 1, whole.length - before - 1};
  return (struct text){whole.at, before};
}

static bool in_range(unsigned char c, unsigned char low, unsigned char high) { return c >= low && c <= high; }

// Length of the multi-byte sequence at `at`, 0 when it is malformed: table 3-7 of the Unicode standard.
static size_t sequence_length(const unsigned char *at, size_t left) {
  unsigned char lead = at[0];
  if (in_range(lead, 0xc2, 0xdf)) {
    return left >= 2 && in_range(at[1], 0x80, 0xbf) ? 2 : 0;
  }
  if (in_range(lead, 0xe0, 0xef)) {
    unsigned char low = lead == 0xe0 ? 0xa0 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : 0xbf;
    return left >= 3 && in_range(at[1], low, high) && in_range(at[2], 0x80, 0xbf) ? 3 : 0;
  }
  if (in_range(lead, 0xf0, 0xf4)) {
    unsigned char low = lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xf4 ? 0x8f : 0xbf;
    bool tail = left >= 4 && in_range(at[2], 0x80, 0xbf) && in_range(at[3], 0x80, 0xbf);
    return tail && in_range(at[1], low, high) ? 4 : 0;
  }
  return 0;
}

// Bytes at the beginning that are ASCII: eight at a time, for nearly all text is nothing else.
static size_t ascii_run(const unsigned char *at, size_t n) {
  size_t run = 0;
  while (n - run >= ASCII_STRIDE) {
    uint64_t word;
    memcpy(&word, at + run, sizeof word);
    if ((word & HIGH_BITS) != 0) {
      break;
    }
    run += ASCII_STRIDE;
  }
  while (run < n && at[run] < 0x80) {
    run++;
  }
  return run;
}

bool text_is_utf8(struct text a) {
  const unsigned char *at = (const unsigned char *)a.at;
  size_t left = a.length;
  while (left > 0) {
    size_t step = *at < 0x80 ? ascii_run(at, left) : sequence_length(at, left);
    if (step == 0) {
      return false;
    }
    at += step;
    left -= step;
  }
  return true;
}

size_t text_chars(struct text a) {
  size_t chars = 0;
  for (size_t i = 0; i < a.length; i++) {
    chars += ((unsigned char)a.at[i] & 0xc0) != 0x80;
  }
  return chars;
}

bool text_has_control(struct text a) {
  for (size_t i = 0; i < a.length; i++) {
    unsigned char c = (unsigned char)a.at[i];
    if (c < 0x20 || c == 0x7f) {
      return true;
    }
  }
  return false;
}

bool text_to_int(struct text a, int64_t *value) { return text_to_decimal(a, 0, value); }

// Appends one decimal digit to *value; false when c is none or the number outgrows int64_t.
static bool push_digit(int64_t *value, char c) {
  if (c < '0' || c > '9') {
    return false;
  }
  return !__builtin_mul_overflow(*value, INT64_C(10), value) && !__builtin_add_overflow(*value, c - '0', value);
}

// All of `digits` pushed; at least one is needed.
static bool push_digits(int64_t *value, struct text digits) {
  for (size_t i = 0; i < digits.length; i++) {
    if (!push_digit(value, digits.at[i])) {
      return false;
    }
  }
  return digits.length > 0;
}

bool text_to_decimal(struct text a, int decimals, int64_t *value) {
  bool negative = text_starts(a, "-");
  struct text fraction = negative ? (struct text){a.at + 1, a.length - 1} : a;
  struct text whole = text_cut(&fraction, '.');
  int64_t magnitude = 0;
  if (!push_digits(&magnitude, whole)) {
    return false;
  }
  if (fraction.at != NULL && (fraction.length > (size_t)decimals || !push_digits(&magnitude, fraction))) {
    return false;
  }
  for (size_t i = fraction.length; i < (size_t)decimals; i++) {
    if (!push_digit(&magnitude, '0')) {
      return false;
    }
  }
  *value = negative ? -magnitude : magnitude;
  return true;
}

// Value of a hexadecimal digit, or -1.
static int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

// Value of two hexadecimal digits, or -1.
static int hex_pair(const char *at) {
  int high = hex_value(at[0]);
  int low = hex_value(at[1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool text_percent_decode(struct text a, char *out, size_t *out_length) {
  size_t n = 0;
  for (size_t i = 0; i < a.length; i++) {
    int c = (unsigned char)a.at[i];
    if (c == '%') {
      c = a.length - i > 2 ? hex_pair(a.at + i + 1) : -1;
      i += 2;
    }
    if (c <= 0) {
      return false;
    }
    out[n++] = (char)c;
  }
  *out_length = n;
  return text_is_utf8((struct text){out, n});
}

void text_hex(const uint8_t *bytes, size_t n, char *out) {
  for (size_t i = 0; i < n; i++) {
    out[2 * i] = HEX_DIGITS[bytes[i] >> 4];
    out[2 * i + 1] = HEX_DIGITS[bytes[i] & 0x0f];
  }
}

bool text_unhex(struct text a, uint8_t *bytes, size_t n) {
  if (a.length / 2 != n || a.length % 2 != 0) {
    return false;
  }
  for (size_t i = 0; i < n; i++) {
    int value = hex_pair(a.at + 2 * i);
    if (value < 0) {
      return false;
    }
    bytes[i] = (uint8_t)value;
  }
  return true;
}
