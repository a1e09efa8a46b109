// Windows of days, both ends included, and how a trend cuts them.
#ifndef XLAD_DOMAIN_WINDOW_H
#define XLAD_DOMAIN_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/text.h"

// Days since 1970-01-01 in the tenant's time zone, from ≤ to.
struct window {
  int32_t from, to;
};

enum interval { INTERVAL_DAY, INTERVAL_WEEK, INTERVAL_MONTH, INTERVAL_COUNT };
extern const char *const INTERVAL_NAMES[];  // "day", "week", "month", NULL

// From the query's from, to and last (absent ones as absent texts) and the tenant's today. Nothing given: the last WINDOW_DAYS_DEFAULT days, today
// included. `from` alone reaches to today; `to` alone reaches back WINDOW_DAYS_DEFAULT days; last is "<n>d" with 1 ≤ n ≤ WINDOW_DAYS_MAX and excludes
// the others. Problems (format, order, longer than WINDOW_DAYS_MAX) go to `issues` with pointers "from", "to", "last"; false then.
bool window_parse(struct text from, struct text to, struct text last, int32_t today, struct window *window, struct issues *issues);

// The window of equal length that ends the day before.
struct window window_previous(struct window window);
int32_t window_days(struct window window);
// How many calendar months it is; 0 where it doesn't begin and end with one.
int window_months(struct window window);
// So many whole calendar months before the one that `day` lies in.
struct window window_months_before(int32_t day, int months);
// As many days as `like`, from the day after `day` on. With `months`, where `like` is whole calendar months: as many, from the first that begins
// after `day`.
struct window window_following(int32_t day, struct window like, bool months);
// True when some day lies in both.
bool windows_overlap(struct window a, struct window b);
// From "2026-01-01..2026-03-31", both ends included. Problems go to `issues` with this pointer; false then.
bool window_parse_range(struct text a, const char *pointer, struct window *window, struct issues *issues);

// The part of `window` that shares a day, an ISO week (from Monday) or a calendar month with `day`, which lies in the window: first and last points
// of a trend are cut to the window.
struct window window_piece(struct window window, enum interval interval, int32_t day);

#endif
