// Exact fractions: figures and targets as they are, before anything is rounded.
#ifndef XLAD_DOMAIN_RATIO_H
#define XLAD_DOMAIN_RATIO_H

#include "base/wide.h"

// Exact and not rounded; denominator 0: there is no such value, else > 0.
struct ratio {
  int128 numerator, denominator;
};

// The largest number that divides both, which are not negative and not both 0.
int128 ratio_common_divisor(int128 a, int128 b);
// The same value in lowest terms; that of denominator 0 stays as it is.
struct ratio ratio_reduce(struct ratio ratio);
// In lowest terms; there is none where either isn't there. Exact while both denominators multiplied, and each numerator with the other's denominator,
// stay below 2^126.
struct ratio ratio_sum(struct ratio a, struct ratio b);
// −1, 0 or 1: a below, equal to, above b, both there. Exact within the bounds of ratio_sum().
int ratio_compare(struct ratio a, struct ratio b);
// For arithmetic; NAN where there is none.
double ratio_value(struct ratio ratio);

#endif
