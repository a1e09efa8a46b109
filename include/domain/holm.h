// Holm's correction of p values for having asked many questions at once.
#ifndef XLAD_DOMAIN_HOLM_H
#define XLAD_DOMAIN_HOLM_H

#include <stddef.h>

struct hypothesis {
  double p;         // 0 to 1; NAN where nothing could be tested
  double adjusted;  // written by holm_adjust; NAN where p is
  size_t place;     // holm_adjust's own
};

// Sets each `adjusted` so that adjusted < α is Holm's decision at level α: any wrong one among all of them has a chance of at most α, however they
// depend on each other. The i-th smallest of m values becomes the largest of (m − j + 1) p_j over j ≤ i, at most 1. Untested ones don't count in m.
// S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Statist. 6 (1979), 65–70. The order of the array is kept.
void holm_adjust(struct hypothesis *hypotheses, size_t count);

#endif
