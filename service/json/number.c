// Reads numbers exactly from their decimal text, and prepares them for cJSON.
#include "json/number.h"

#include "base/limits.h"
#include "json/plain.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
  WHOLE_DIGITS_MAX = 16,  // of NUMBER_WHOLE_MAX
  EXPONENT_MAX = 100000,  // larger ones are cut to this; a number has at most JSON_NUMBER_CHARS_MAX digits against it
  TAME_CHARS_MAX = 15,    // whole numbers without point and exponent up to this length need no second look
  EXACT_DIGITS_MAX = 15,  // a double gives that many back
  EXACT_POINT_MIN = -20,  // what is smaller by far could become 0
  CJSON_CHARS_MAX = 63,   // cJSON without the fix of CVE-2023-26819 refuses texts with longer numbers
};

// A number as 0.DIGITS × 10^point, without zeros at either end of the digits.
struct decimal {
  bool negative;
  char digits[JSON_NUMBER_CHARS_MAX];
  int count;
  int point;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The exponent's digits with their sign; false when there are none, or something else is there.
static bool exponent_read(const char *at, const char *end, int *exponent) {
  bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) at++;
  if (at == end) return false;
  int size = 0;
  for (; at < end; at++) {
    if (!is_digit(*at)) return false;
    size = size * 10 + (*at - '0');
    if (size > EXPONENT_MAX) size = EXPONENT_MAX;
  }
  *exponent = negative ? -size : size;
  return true;
}

// Digits, and perhaps a point and more digits, from *at on; *at moves behind them.
static bool mantissa_read(const char **at, const char *end, struct decimal *decimal) {
  int whole = 0;
  int fraction = 0;
  bool pointed = false;
  for (; *at < end && (is_digit(**at) || (**at == '.' && !pointed)); (*at)++) {
    if (**at == '.') {
      pointed = true;
      continue;
    }
    if (pointed)
      fraction++;
    else
      whole++;
    if (decimal->count > 0 || **at != '0')
      decimal->digits[decimal->count++] = **at;
    else
      decimal->point--;
  }
  decimal->point += whole;
  return whole > 0 && (!pointed || fraction > 0);
}

static bool decimal_read(struct text a, struct decimal *decimal) {
  decimal->negative = false;
  decimal->count = decimal->point = 0;
  if (!a.at || a.length > JSON_NUMBER_CHARS_MAX) return false;
  const char *at = a.at;
  const char *end = a.at + a.length;
  if (at < end && *at == '-') {
    decimal->negative = true;
    at++;
  }
  if (!mantissa_read(&at, end, decimal)) return false;
  int exponent = 0;
  if (at < end && (*at == 'e' || *at == 'E') ? !exponent_read(at + 1, end, &exponent) : at < end) return false;
  decimal->point += exponent;
  while (decimal->count > 0 && decimal->digits[decimal->count - 1] == '0')
    decimal->count--;
  return true;
}

static enum number_kind judge(const struct decimal *decimal, int64_t *value) {
  if (decimal->count == 0) {
    *value = 0;
    return NUMBER_WHOLE;
  }
  if (decimal->point > WHOLE_DIGITS_MAX) return NUMBER_BEYOND;
  if (decimal->count > decimal->point) return NUMBER_FRACTION;
  int64_t size = 0;
  for (int i = 0; i < decimal->point; i++)
    size = size * 10 + (i < decimal->count ? decimal->digits[i] - '0' : 0);
  if (size > NUMBER_WHOLE_MAX) return NUMBER_BEYOND;
  *value = decimal->negative ? -size : size;
  return NUMBER_WHOLE;
}

enum number_kind number_read_scaled(struct text a, int decimals, int64_t *value) {
  struct decimal decimal;
  if (!decimal_read(a, &decimal)) return NUMBER_NONE;
  decimal.point += decimals;
  return judge(&decimal, value);
}

enum number_kind number_read(struct text a, int64_t *value) { return number_read_scaled(a, 0, value); }

enum number_kind number_of_double(double tamed, int decimals, int64_t *value) {
  if (tamed == floor(tamed) && fabs(tamed) <= (double)NUMBER_WHOLE_MAX && decimals == 0) {
    *value = (int64_t)tamed;
    return NUMBER_WHOLE;
  }
  // The digits that were sent: more than a double gives back are only in whole numbers, which have no point here.
  char chars[40];
  bool whole = tamed == floor(tamed) && fabs(tamed) < 1e17;
  int length = snprintf(chars, sizeof chars, whole ? "%.0f" : "%.15g", tamed);
  return number_read_scaled((struct text){chars, (size_t)length}, decimals, value);
}

static bool is_exact(const struct decimal *fraction, size_t length) {
  return fraction->count <= EXACT_DIGITS_MAX && fraction->point > EXACT_POINT_MIN && length <= CJSON_CHARS_MAX;
}

// Never longer than what it replaces: nothing shorter than 1e16 is beyond, and only long fractions and whole numbers are replaced.
static void number_tame(char *number, size_t length) {
  struct decimal decimal;
  char tame[32];
  int64_t value = 0;
  int tame_length = 0;
  // What is no decimal number has not passed the gate.
  if (!decimal_read((struct text){number, length}, &decimal)) return;
  switch (judge(&decimal, &value)) {
  case NUMBER_BEYOND:
    tame_length = snprintf(tame, sizeof tame, "%s", number[0] == '-' ? "-1e99" : "1e99");
    break;
  case NUMBER_FRACTION:
    if (is_exact(&decimal, length)) return;
    tame_length = snprintf(tame, sizeof tame, "1e-9");
    break;
  default:
    if (length <= CJSON_CHARS_MAX) return;
    tame_length = snprintf(tame, sizeof tame, "%" PRId64, value);
  }
  memset(number, ' ', length);
  memcpy(number, tame, (size_t)tame_length);
}

// The closing quote's successor; `at` is behind the opening quote.
static char *string_end(char *at, const char *end) {
  for (;;) {
    at += plain_run(at, (size_t)(end - at), false);
    if (at >= end || *at == '"') return at < end ? at + 1 : at;
    at += *at == '\\' && end - at > 1 ? 2 : 1;
  }
}

void numbers_tame(char *json, size_t length) {
  char *at = json;
  const char *end = json + length;
  while (at < end) {
    if (*at == '"') {
      at = string_end(at + 1, end);
    } else if (*at == '-' || is_digit(*at)) {
      char *number = at;
      bool simple = true;
      for (; at < end && (is_digit(*at) || *at == '-' || *at == '+' || *at == '.' || *at == 'e' || *at == 'E'); at++)
        simple = simple && *at != '.' && *at != 'e' && *at != 'E';
      if (!simple || at - number > TAME_CHARS_MAX) number_tame(number, (size_t)(at - number));
    } else {
      at++;
    }
  }
}
