// Computes Student's t and the normal distribution: probabilities and quantiles.
#include "domain/quantile.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { TERMS_MAX = 20000, STEPS_MAX = 200 };

static const double SQRT_HALF = 0.70710678118654752440;
static const double SQRT_PI = 1.77245385090551602730;

// From here on Student's t and the normal distribution are the same doubles; it stands for infinity too.
static const double FREEDOM_MAX = 1e18;

// Value of (((c[7] x + c[6]) x + …) x + c[0]).
static double polynomial(const double c[8], double x) {
  double sum = c[7];
  for (int i = 6; i >= 0; i--) {
    sum = sum * x + c[i];
  }
  return sum;
}

// M. J. Wichura, Algorithm AS 241: The percentage points of the normal distribution, Applied Statistics 37 (1988),
// 477–484; routine PPND16, accurate to about 1 part in 10^16.
double normal_quantile(double p) {
  static const double A[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
                              4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static const double B[8] = {1.0,
                              4.2313330701600911252e+1,
                              6.8718700749205790830e+2,
                              5.3941960214247511077e+3,
                              2.1213794301586595867e+4,
                              3.9307895800092710610e+4,
                              2.8729085735721942674e+4,
                              5.2264952788528545610e+3};
  static const double C[8] = {1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
                              1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static const double D[8] = {1.0,
                              2.05319162663775882187e0,
                              1.67638483018380384940e0,
                              6.89767334985100004550e-1,
                              1.48103976427480074590e-1,
                              1.51986665636164571966e-2,
                              5.47593808499534494600e-4,
                              1.05075007164441684324e-9};
  static const double E[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
                              2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static const double F[8] = {1.0,
                              5.99832206555887937690e-1,
                              1.36929880922735805310e-1,
                              1.48753612908506148525e-2,
                              7.86869131145613259100e-4,
                              1.84631831751005468180e-5,
                              1.42151175831644588870e-7,
                              2.04426310338993978564e-15};
  assert(p > 0 && p < 1);
  double q = p - 0.5;
  if (fabs(q) <= 0.425) {
    double r = 0.180625 - q * q;
    return q * polynomial(A, r) / polynomial(B, r);
  }
  double r = sqrt(-log(q < 0 ? p : 1 - p));
  double z = r <= 5 ? polynomial(C, r - 1.6) / polynomial(D, r - 1.6) : polynomial(E, r - 5) / polynomial(F, r - 5);
  return q < 0 ? -z : z;
}

double normal_cdf(double z) { return 0.5 * erfc(-z * SQRT_HALF); }

// Γ(a + ½) / Γ(a). The series (Graham, Knuth, Patashnik, Concrete Mathematics, exercise 9.60) takes over where the
// quotient of two huge numbers would lose digits; at 64 its first dropped term is below 1e-15.
static double gamma_half_step(double a) {
  if (a < 64) {
    return tgamma(a + 0.5) / tgamma(a);
  }
  double r = 1 / a;
  return sqrt(a) * (1 + r * (-1.0 / 8 + r * (1.0 / 128 + r * (5.0 / 1024 + r * (-21.0 / 32768 + r * -399.0 / 262144)))));
}

static double student_density(double t, double freedom) {
  double ratio = t / sqrt(freedom);
  // log(1 + ratio²) without the overflow of the square.
  double logarithm = ratio < 1 ? log1p(ratio * ratio) : 2 * log(ratio) + log1p(1 / ratio / ratio);
  return gamma_half_step(freedom / 2) / (SQRT_PI * sqrt(freedom)) * exp(-(freedom + 1) / 2 * logarithm);
}

// P(0 < T < t) = t f(t) Σ Π (v + 1 + 2k) / (3 + 2k) y, y = t² / (v + t²): the power series of the incomplete beta function
// I_y(½, v/2) (DLMF 8.17.8). All terms are positive, so nothing cancels.
static double student_centre(double t, double freedom) {
  double y = t * t / (freedom + t * t);
  double term = 1;
  double sum = 1;
  for (int k = 0; k < TERMS_MAX && term > sum * DBL_EPSILON / 4; k++) {
    term *= (freedom + 1 + 2 * k) / (3 + 2 * k) * y;
    sum += term;
  }
  return t * student_density(t, freedom) * sum;
}

// A continued fraction 1 + c1/(1 + c2/(1 + …)) evaluated from its head by the modified Lentz method (Thompson and Barnett,
// J. Comput. Phys. 64 (1986), 490–509). With positive coefficients no term can vanish.
struct fraction {
  double value, numerator, denominator;
};

static void fraction_extend(struct fraction *fraction, double coefficient) {
  fraction->numerator = 1 + coefficient / fraction->numerator;
  fraction->denominator = 1 / (1 + coefficient * fraction->denominator);
  fraction->value *= fraction->numerator * fraction->denominator;
}

// P(T > t) = f(t) (1/t + t/v) F(1, ½; v/2 + 1; −v/t²): the incomplete beta function I_x(v/2, ½) after Pfaff's transformation
// (DLMF 8.17.7, 15.8.1), its F by Gauss's continued fraction (DLMF 15.7.1). All coefficients are positive, whatever the freedom;
// for endless freedom they become Laplace's fraction for the normal tail.
static double student_tail(double t, double freedom) {
  double w = freedom / t / t;
  double c = freedom / 2 + 1;
  struct fraction fraction = {.value = 1, .numerator = 1, .denominator = 0};
  fraction_extend(&fraction, 0.5 / c * w);
  for (int k = 1; k < TERMS_MAX; k++) {
    double before = fraction.value;
    fraction_extend(&fraction, k * (c + k - 1.5) / (c + 2 * k - 2) / (c + 2 * k - 1) * w);
    fraction_extend(&fraction, (k + 0.5) * (c + k - 1) / (c + 2 * k - 1) / (c + 2 * k) * w);
    if (fabs(fraction.value - before) <= DBL_EPSILON / 2 * before) {
      break;
    }
  }
  return student_density(t, freedom) * (1 / t + t / freedom) / fraction.value;
}

// P(T > t) (upper) or P(0 < T < t), t > 0, by whichever expansion converges quickly there.
static double student_mass(double t, double freedom, bool upper) {
  if (t < 1.5 && t * t < 9 * freedom) {
    double centre = student_centre(t, freedom);
    return upper ? 0.5 - centre : centre;
  }
  double tail = student_tail(t, freedom);
  return upper ? tail : 0.5 - tail;
}

double student_cdf(double t, double freedom) {
  assert(freedom > 0);
  freedom = fmin(freedom, FREEDOM_MAX);
  if (t == 0) {
    return 0.5;
  }
  if (isinf(t)) {
    return t < 0 ? 0 : 1;
  }
  return t < 0 ? student_mass(-t, freedom, true) : 0.5 + student_mass(t, freedom, false);
}

// Newton's method on log(mass) as a function of log(t): that function is concave, and nearly straight in a heavy tail, so a
// handful of steps do. A bracket, halved on the logarithmic scale, catches every step that leaves it.
double student_quantile(double p, double freedom) {
  assert(p > 0 && p < 1 && freedom > 0);
  freedom = fmin(freedom, FREEDOM_MAX);
  double centre = fabs(p - 0.5);
  if (centre == 0) {
    return 0;
  }
  bool upper = centre > 0.25;
  double wanted = upper ? fmin(p, 1 - p) : centre;
  double low = DBL_MIN;
  double high = DBL_MAX;
  double t = fabs(normal_quantile(p));
  for (int step = 0; step < STEPS_MAX; step++) {
    double mass = student_mass(t, freedom, upper);
    bool beyond = upper ? mass < wanted : mass > wanted;
    *(beyond ? &high : &low) = t;
    double move = log(wanted / mass) * mass / (t * student_density(t, freedom));
    double next = t * exp(upper ? -move : move);
    if (!(next > low && next < high)) {
      next = sqrt(low) * sqrt(high);
    }
    bool settled = fabs(next - t) <= 4 * DBL_EPSILON * t;
    t = next;
    if (settled) {
      break;
    }
  }
  // Below about 0.005 degrees of freedom a quantile may lie beyond every double.
  double size = t < DBL_MAX / 2 ? t : INFINITY;
  return p < 0.5 ? -size : size;
}
