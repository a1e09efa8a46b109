// Computes the beta distribution: probabilities and quantiles.
#include "domain/beta.h"

#include <assert.h>
#include <float.h>
#include <math.h>

enum { TERMS_MAX = 20000, STEPS_MAX = 200 };

static const double HALF_LOG_2PI = 0.91893853320467274178;

// log Γ(z + 1) less Stirling's formula for it. From 15 on by its asymptotic series (DLMF 5.11.1), whose first dropped term is below 1e-15 there.
static double stirling_rest(double z) {
  if (z < 15) {
    return log(tgamma(z + 1)) - (z + 0.5) * log(z) + z - HALF_LOG_2PI;
  }
  double r = 1 / (z * z);
  return (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188 - r * 691.0 / 360360))))) / z;
}

// k log(k/m) + m − k, which vanishes with k − m: near there by its series, so that no digits are lost.
static double deviance(double k, double m) {
  double difference = k - m;
  if (!(fabs(difference) < 0.1 * (k + m))) {
    return k * log(k / m) - difference;
  }
  double v = difference / (k + m);
  double sum = difference * v;
  double term = 2 * k * v;
  for (int j = 1; j < TERMS_MAX; j++) {
    term *= v * v;
    double next = sum + term / (2 * j + 1);
    if (next == sum) {
      break;
    }
    sum = next;
  }
  return sum;
}

// x^a y^b / B(a, b), x + y = 1, by C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000): a quotient of gamma functions
// would lose as many digits as a and b have.
static double beta_power(double x, double y, double a, double b) {
  double n = a + b;
  double logarithm = stirling_rest(n) - stirling_rest(a) - stirling_rest(b) - deviance(a, n * x) - deviance(b, n * y);
  return exp(logarithm - HALF_LOG_2PI) * sqrt(a / n) * sqrt(b);
}

// The continued fraction of DLMF 8.17.22 by the modified Lentz method (Thompson and Barnett, J. Comput. Phys. 64 (1986), 490–509). Converges
// quickly for x below the mean, in O(√max(a, b)) terms at worst.
static double beta_fraction(double x, double a, double b) {
  const double tiny = 1e-300;
  double value = 1;
  double numerator = 1;
  double denominator = 0;
  for (int k = 1; k < TERMS_MAX; k++) {
    int m = k / 2;
    double odd = -(a + m) / (a + 2 * m) * ((a + b + m) / (a + 2 * m + 1));
    double even = m * (b - m) / (a + 2 * m - 1) / (a + 2 * m);
    double coefficient = (k % 2 == 0 ? even : odd) * x;
    denominator = 1 + coefficient * denominator;
    denominator = 1 / (denominator == 0 ? tiny : denominator);
    numerator = 1 + coefficient / numerator;
    numerator = numerator == 0 ? tiny : numerator;
    value *= numerator * denominator;
    if (k > 1 && fabs(numerator * denominator - 1) <= DBL_EPSILON) {
      break;
    }
  }
  return 1 / value;
}

// I_x(a, b) with y = 1 − x given beside x, so that neither end of the scale loses digits.
static double beta_mass(double x, double y, double a, double b) {
  if (x <= 0 || y <= 0) {
    return x <= 0 ? 0 : 1;
  }
  double power = beta_power(x, y, a, b);
  return x < (a + 1) / (a + b + 2) ? power / a * beta_fraction(x, a, b) : 1 - power / b * beta_fraction(y, b, a);
}

double beta_cdf(double x, double a, double b) {
  assert(a > 0 && b > 0 && x >= 0 && x <= 1);
  return beta_mass(x, 1 - x, a, b);
}

// The lower quantile for p ≤ ½, as x and y = 1 − x. Newton's method on log(mass) as a function of u = log(x/y): that function is concave and
// nearly straight in the tail. A bracket, halved, catches every step that leaves it.
static void lower_quantile(double p, double a, double b, double *x, double *y) {
  double high = -log(DBL_TRUE_MIN);
  double low = -high;
  double u = fmin(fmax(log(a / b), low), high);
  for (int step = 0; step < STEPS_MAX; step++) {
    double smaller = exp(-fabs(u)) / (1 + exp(-fabs(u)));
    *x = u < 0 ? smaller : 1 - smaller;
    *y = u < 0 ? 1 - smaller : smaller;
    double mass = beta_mass(*x, *y, a, b);
    *(mass > p ? &high : &low) = u;
    double next = u + log(p / mass) * mass / beta_power(*x, *y, a, b);
    if (!(next > low && next < high)) {
      next = low + (high - low) / 2;
    }
    if (fabs(next - u) <= 2 * DBL_EPSILON * fmax(fabs(u), 1)) {
      break;
    }
    u = next;
  }
}

double beta_quantile(double p, double a, double b) {
  assert(p > 0 && p < 1 && a > 0 && b > 0);
  double x, y;
  if (p <= 0.5) {
    lower_quantile(p, a, b, &x, &y);
    return x;
  }
  lower_quantile(1 - p, b, a, &y, &x);
  return x;
}
