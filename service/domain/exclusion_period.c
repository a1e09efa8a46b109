// Cuts declared exclusion periods out of a window of days.
#include "domain/exclusion_period.h"

#include <assert.h>

struct window window_rolling(int32_t last, int32_t days) {
  assert(days >= 1);
  return (struct window){.from = last - days + 1, .to = last};
}

bool exclusion_periods_cover(const struct window *periods, size_t count, int32_t day) {
  for (size_t i = 0; i < count; i++) {
    if (day >= periods[i].from && day <= periods[i].to) {
      return true;
    }
  }
  return false;
}

// The first day from `day` on that no period covers. Each turn passes the end of a period, which none covers again.
static int32_t first_counting(const struct window *periods, size_t count, int32_t day) {
  for (size_t i = 0; i < count;) {
    if (day >= periods[i].from && day <= periods[i].to) {
      day = periods[i].to + 1;
      i = 0;
    } else {
      i++;
    }
  }
  return day;
}

// The last day from `day`, which counts, up to `last` that does so without a gap.
static int32_t last_counting(const struct window *periods, size_t count, int32_t day, int32_t last) {
  for (size_t i = 0; i < count; i++) {
    if (periods[i].from > day && periods[i].from <= last && periods[i].from <= periods[i].to) {
      last = periods[i].from - 1;
    }
  }
  return last;
}

size_t exclusion_periods_cut(struct window window, const struct window *periods, size_t count, struct window *pieces) {
  size_t written = 0;
  int32_t day = first_counting(periods, count, window.from);
  while (day <= window.to) {
    int32_t last = last_counting(periods, count, day, window.to);
    pieces[written++] = (struct window){.from = day, .to = last};
    day = first_counting(periods, count, last + 1);
  }
  return written;
}

int32_t windows_days(const struct window *pieces, size_t count) {
  int32_t days = 0;
  for (size_t i = 0; i < count; i++) {
    days += window_days(pieces[i]);
  }
  return days;
}

size_t exclusion_periods_keep(const struct window *periods, size_t count, struct tally_day *days, size_t days_count) {
  size_t kept = 0;
  for (size_t i = 0; i < days_count; i++) {
    if (!exclusion_periods_cover(periods, count, days[i].day)) {
      days[kept++] = days[i];
    }
  }
  return kept;
}
