// When people of an invented organisation work and call: its clock, its holidays, its busy and its quiet times.
#ifndef XLAD_COMMAND_DEMO_CALENDAR_H
#define XLAD_COMMAND_DEMO_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A Sunday: the nth of a month, or its last when `nth` is 0.
struct demo_sunday {
  int month, nth;
};

// Summer may begin after it ends: south of the equator it lies around New Year.
struct demo_clock {
  int standard_minutes;  // ahead of UTC in winter; an hour more in summer
  struct demo_sunday summer_begins, summer_ends;
};

// From a day of each year on; `month` 0: `day` counts from Easter Sunday.
struct demo_holiday {
  int month, day, days;
  unsigned percent;  // of the calls of an ordinary day
};

// Weights compare with each other only.
struct demo_calendar {
  struct demo_clock clock;
  unsigned hours[24], weekdays[7], months[12];
  const struct demo_holiday *holidays;
  size_t holidays_count;
  int work_begins, work_ends;  // hours at which tickets are resolved
  bool works_weekends;
};

// What the calendar says of a day, in local time.
struct demo_day {
  int month;       // from 0
  bool month_end;  // the last three days of a month and the first
  bool works;
  unsigned weight;  // how many calls come
};

// The microseconds that a day is ahead of UTC, on the day of a change what holds after it.
int64_t demo_utc_offset(const struct demo_clock *clock, int32_t day);
// The instant of a moment of a local day, in microseconds after midnight; a later moment is never an earlier instant.
int64_t demo_instant(const struct demo_clock *clock, int32_t day, int64_t moment);
// Easter Sunday by the anonymous Gregorian algorithm (Nature, 20 April 1876), years from 1583.
int32_t demo_easter(int year);
struct demo_day demo_day_of(const struct demo_calendar *calendar, int32_t day);

// The moment of a local day that lies behind `part` of its `whole` calls, in microseconds.
int64_t demo_moment(const struct demo_calendar *calendar, uint64_t part, uint64_t whole);

// The next moment from the instant on at which somebody works; `late` microseconds after work begins when that is another day's.
int64_t demo_working_time(const struct demo_calendar *calendar, int64_t at, int64_t late);

#endif
