// Days that an agreement leaves out: which days of its rolling window count. Pure.
//
// "Excluding declared exclusion periods" of the rules means a thinner window: it always is the window_days days that end with the last complete one,
// and days that lie in a period don't count. It isn't extended backwards to make up for them. So a figure never rests on days that are older than
// agreed, a day that has left the window stays out of it, and a long period shows: as too few answers, not as old ones. A stock is the level at the
// end of the last piece.
#ifndef XLAD_DOMAIN_EXCLUSION_PERIOD_H
#define XLAD_DOMAIN_EXCLUSION_PERIOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/estimate.h"
#include "domain/window.h"

// Periods are windows of days in any order. They may overlap, and reach beyond what they are held against.

// The `days` ≥ 1 days that end with `last`.
struct window window_rolling(int32_t last, int32_t days);

bool exclusion_periods_cover(const struct window *periods, size_t count, int32_t day);

// What is left of `window`: writes its pieces, ascending, with an excluded day at least between two of them, and returns how many: at most count + 1,
// for which `pieces` has room. None when all of it is excluded.
size_t exclusion_periods_cut(struct window window, const struct window *periods, size_t count, struct window *pieces);

// How many days these pieces have together.
int32_t windows_days(const struct window *pieces, size_t count);

// Moves the days that count to the front, in their order, and returns how many there are: what a trend is drawn through.
size_t exclusion_periods_keep(const struct window *periods, size_t count, struct tally_day *days, size_t days_count);

#endif
