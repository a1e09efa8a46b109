// Adds, compares and reduces exact fractions.
#include "domain/ratio.h"

#include <math.h>

int128 ratio_common_divisor(int128 a, int128 b) {
  while (b != 0) {
    int128 rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

struct ratio ratio_reduce(struct ratio ratio) {
  if (ratio.denominator == 0) {
    return ratio;
  }
  int128 size = ratio.numerator < 0 ? -ratio.numerator : ratio.numerator;
  int128 shared = ratio_common_divisor(size, ratio.denominator);
  return (struct ratio){ratio.numerator / shared, ratio.denominator / shared};
}

struct ratio ratio_sum(struct ratio a, struct ratio b) {
  if (a.denominator == 0 || b.denominator == 0) {
    return (struct ratio){0};
  }
  int128 shared = ratio_common_divisor(a.denominator, b.denominator);
  int128 numerator = a.numerator * (b.denominator / shared) + b.numerator * (a.denominator / shared);
  return ratio_reduce((struct ratio){numerator, a.denominator / shared * b.denominator});
}

int ratio_compare(struct ratio a, struct ratio b) {
  int128 shared = ratio_common_divisor(a.denominator, b.denominator);
  int128 left = a.numerator * (b.denominator / shared);
  int128 right = b.numerator * (a.denominator / shared);
  return (left > right) - (left < right);
}

double ratio_value(struct ratio ratio) {
  return ratio.denominator == 0 ? (double)NAN : (double)((long double)ratio.numerator / (long double)ratio.denominator);
}
