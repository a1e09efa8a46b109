// Whole numbers and decimals exactly as the text says: cJSON makes a double of every number, and older ones refuse long numbers.
#ifndef XLAD_JSON_NUMBER_H
#define XLAD_JSON_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

// Whole numbers are taken up to this size: the range in which doubles count without gaps, so that every JSON reader agrees.
#define NUMBER_WHOLE_MAX (INT64_C(1) << 53)

enum number_kind {
  NUMBER_WHOLE,     // a whole number of at most NUMBER_WHOLE_MAX: "7", "-0", "1.0", "12e2"
  NUMBER_FRACTION,  // anything between two whole numbers, however close: "5.0000000000000000000001"
  NUMBER_BEYOND,    // larger than NUMBER_WHOLE_MAX
  NUMBER_NONE,      // no decimal number
};

// Judges a decimal number: digits with an optional '-', fraction and exponent, of at most JSON_NUMBER_CHARS_MAX characters. Beyond JSON's grammar it
// takes leading zeros. *value is set for NUMBER_WHOLE only.
enum number_kind number_read(struct text a, int64_t *value);
// The same of the number times 10^decimals: with 2 "17.5" is NUMBER_WHOLE and 1750, and "0.001" a fraction.
enum number_kind number_read_scaled(struct text a, int decimals, int64_t *value);
// The same of what cJSON read of a tamed body.
enum number_kind number_of_double(double tamed, int decimals, int64_t *value);

// Rewrites in place the numbers of json[0, length), which passed the gate, so that cJSON reads each of them and what matters here survives as a
// double: whole numbers exactly, fractions of at most 15 digits too, longer ones as 1e-9, numbers beyond as 1e99 or −1e99. The length stays, blanks
// fill up.
void numbers_tame(char *json, size_t length);

#endif
