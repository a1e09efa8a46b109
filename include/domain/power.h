// How many answers a comparison of two groups needs, to find a difference that is there.
#ifndef XLAD_DOMAIN_POWER_H
#define XLAD_DOMAIN_POWER_H

#include <stdint.h>

// 80 % point of the standard normal distribution.
#define NORMAL_800 0.8416212335729143

enum { POWER_ENDLESS = -1 };  // no number of answers does

// Both for a two-sided test at the 5 % level that finds a true difference with a chance of 80 %, from the variance of one answer in each group and
// the difference, in the same unit (squared). The usual normal approximation: J. M. Lachin, Controlled Clinical Trials 2 (1981), 93–113.

// Answers in each of two groups of equal size: ⌈(σ₁² + σ₂²) (2.801585 / δ)²⌉; POWER_ENDLESS for δ = 0 and for more than 2^53.
int64_t power_per_group(double variance_before, double variance_after, double difference);

// Answers in the group after, when the one before has `n_before` and gets no more: ⌈σ₂² / ((δ / 2.801585)² − σ₁² / n₁)⌉. POWER_ENDLESS where
// the denominator isn't positive (the baseline is too small), and for more than 2^53.
int64_t power_after(double variance_before, int64_t n_before, double variance_after, double difference);

#endif
