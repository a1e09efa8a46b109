// Quantiles of the distributions that intervals need.
#ifndef XLAD_DOMAIN_QUANTILE_H
#define XLAD_DOMAIN_QUANTILE_H

// 97.5 % point of the standard normal distribution.
#define NORMAL_975 1.959963984540054

// p-quantile (0 < p < 1) of Student's t with `freedom` > 0 degrees of freedom (fractions allowed), accurate to 1e-9 relative.
double student_quantile(double p, double freedom);
// Cumulative distribution function of Student's t.
double student_cdf(double t, double freedom);
// Standard normal, both accurate to 1e-12.
double normal_quantile(double p);
double normal_cdf(double z);

#endif
