// How concentrated lost time is: which part of all answers holds most of it. Pure. "Lost time" of the rules.
#ifndef XLAD_DOMAIN_CONCENTRATION_H
#define XLAD_DOMAIN_CONCENTRATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"

// The fewest whole tickets that together reach 80 % of all lost time, divided by all answers, those without lost time included. Takes a million
// tickets in bounded memory: they come as distinct sums of capped minutes with how many tickets have each, the largest sum first, as `select minutes,
// count(*) … group by minutes order by minutes desc` hands them over; reading may end as soon as it is reached.
struct concentration {
  int64_t answers;
  int128 total;     // minutes of all tickets
  int128 gathered;  // of those taken so far
  int64_t tickets;  // taken so far
  bool reached;
};

// `answers`: all that gave their lost time; `total`: the sum over all tickets, minutes, both of the same rows.
void concentration_init(struct concentration *concentration, int64_t answers, int128 total);
// `tickets` ≥ 1 that lost `minutes` each, no more than those added before. True once 80 % are reached; what is added then is ignored.
bool concentration_add(struct concentration *concentration, int64_t minutes, int64_t tickets);
// 100 × tickets / answers in percent, exact: numerator and denominator. False where nothing was lost, or 80 % weren't reached.
bool concentration_share(const struct concentration *concentration, int128 *numerator, int128 *denominator);

#endif
