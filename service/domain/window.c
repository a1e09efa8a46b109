// Reads windows of days from a query, and cuts them into days, weeks and months.
#include "domain/window.h"

#include <assert.h>

#include "base/instant.h"
#include "base/limits.h"

const char *const INTERVAL_NAMES[] = {[INTERVAL_DAY] = "day", [INTERVAL_WEEK] = "week", [INTERVAL_MONTH] = "month", [INTERVAL_COUNT] = NULL};

static void read_last(struct text last, int32_t today, struct window *window, struct issues *issues) {
  int64_t days = 0;
  bool well_formed = last.length >= 2 && last.at[0] >= '0' && last.at[0] <= '9' && last.at[last.length - 1] == 'd' &&
                     text_to_int((struct text){last.at, last.length - 1}, &days);
  if (!well_formed) {
    issues_add(issues, TEXT("last"), "format", "must be a number of days, as in last=30d");
    return;
  }
  if (days < 1 || days > WINDOW_DAYS_MAX) {
    issues_add(issues, TEXT("last"), "range", "must be from 1d to %dd", WINDOW_DAYS_MAX);
    return;
  }
  *window = (struct window){.from = today - (int32_t)days + 1, .to = today};
}

// True when the day was given and is one.
static bool read_day(const char *name, struct text a, int32_t *day, struct issues *issues) {
  if (!a.at) {
    return false;
  }
  if (!day_parse(a, day)) {
    issues_add(issues, text_of(name), "format", "must be a day that exists, YYYY-MM-DD, as in %s=2026-03-31", name);
    return false;
  }
  return true;
}

static void read_days(struct text from, struct text to, int32_t today, struct window *window, struct issues *issues) {
  bool has_from = read_day("from", from, &window->from, issues);
  bool has_to = read_day("to", to, &window->to, issues);
  if (has_from != (from.at != NULL) || has_to != (to.at != NULL)) {
    return;
  }
  if (!has_to) {
    window->to = today;
  }
  if (!has_from) {
    window->from = window->to - WINDOW_DAYS_DEFAULT + 1;
  }
  if (window->from > window->to) {
    issues_add(issues, has_to ? TEXT("to") : TEXT("from"), "order",
               has_to ? "must not be before from" : "must not be after today unless to is given as well");
  } else if (window_days(*window) > WINDOW_DAYS_MAX) {
    issues_add(issues, TEXT("from"), "range", "must be less than %d days before to", WINDOW_DAYS_MAX);
  }
}

bool window_parse(struct text from, struct text to, struct text last, int32_t today, struct window *window, struct issues *issues) {
  size_t found = issues->total;
  if (!last.at) {
    read_days(from, to, today, window, issues);
  } else if (from.at || to.at) {
    issues_add(issues, TEXT("last"), "conflict", "must not be given along with from or to");
  } else {
    read_last(last, today, window, issues);
  }
  return issues->total == found;
}

struct window window_previous(struct window window) {
  return (struct window){.from = window.from - window_days(window), .to = window.from - 1};
}

int32_t window_days(struct window window) { return window.to - window.from + 1; }

bool windows_overlap(struct window a, struct window b) { return a.from <= b.to && b.from <= a.to; }

bool window_parse_range(struct text a, const char *pointer, struct window *window, struct issues *issues) {
  struct text to = a;
  struct text from = text_cut(&to, '.');
  bool sound = to.length > 0 && to.at[0] == '.' && day_parse(from, &window->from) && day_parse((struct text){to.at + 1, to.length - 1}, &window->to);
  if (!sound) {
    issues_add(issues, text_of(pointer), "format", "must be two days that exist, as in 2026-01-01..2026-03-31");
  } else if (window->from > window->to) {
    issues_add(issues, text_of(pointer), "order", "must not end before it begins");
  } else if (window_days(*window) > WINDOW_DAYS_MAX) {
    issues_add(issues, text_of(pointer), "range", "must have at most %d days", WINDOW_DAYS_MAX);
  } else {
    return true;
  }
  return false;
}

enum { MONTHS_IN_YEAR = 12 };

static struct window month_of(int32_t day) {
  int year, month, day_of_month;
  day_to_civil(day, &year, &month, &day_of_month);
  int32_t next = month == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, month + 1, 1);
  return (struct window){.from = day - day_of_month + 1, .to = next - 1};
}

int window_months(struct window window) {
  int year, month, day, last_year, last_month;
  if (month_of(window.from).from != window.from || month_of(window.to).to != window.to) return 0;
  day_to_civil(window.from, &year, &month, &day);
  day_to_civil(window.to, &last_year, &last_month, &day);
  return (last_year - year) * MONTHS_IN_YEAR + last_month - month + 1;
}

struct window window_months_before(int32_t day, int months) {
  struct window window = {.from = month_of(day).from, .to = month_of(day).from - 1};
  for (int i = 0; i < months; i++)
    window.from = month_of(window.from - 1).from;
  return window;
}

struct window window_following(int32_t day, struct window like, bool months) {
  int count = months ? window_months(like) : 0;
  struct window window = {.from = day + 1, .to = day + window_days(like)};
  if (count == 0) return window;
  // The month that the next day lies in, where that is its first.
  window.from = month_of(day).to + 1;
  for (window.to = window.from - 1; count > 0; count--)
    window.to = month_of(window.to + 1).to;
  return window;
}

struct window window_piece(struct window window, enum interval interval, int32_t day) {
  assert(day >= window.from && day <= window.to);
  struct window piece = {.from = day, .to = day};
  if (interval == INTERVAL_WEEK) {
    piece.from = day - day_weekday(day);
    piece.to = piece.from + 6;
  } else if (interval == INTERVAL_MONTH) {
    piece = month_of(day);
  }
  piece.from = piece.from < window.from ? window.from : piece.from;
  piece.to = piece.to > window.to ? window.to : piece.to;
  return piece;
}
