// The beta distribution: what exact limits of a share rest on.
#ifndef XLAD_DOMAIN_BETA_H
#define XLAD_DOMAIN_BETA_H

// P(X ≤ x) for X of the beta distribution with a, b > 0: the regularised incomplete beta function I_x(a, b), 0 ≤ x ≤ 1. Accurate to 1e-11 relative
// for a, b from 0.001 to 1e7 wherever the answer or its complement is a normal double; beyond, the continued fraction is cut.
double beta_cdf(double x, double a, double b);
// The x with beta_cdf(x, a, b) = p, 0 < p < 1, accurate to 1e-10 relative. Below DBL_MIN it is only known to be there.
double beta_quantile(double p, double a, double b);

#endif
