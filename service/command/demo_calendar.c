// Knows the invented organisations' local time: summer time, holidays, how busy a day and an hour is.
#include "command/demo_calendar.h"

#include "base/instant.h"

#define MICROS_PER_HOUR (3600 * MICROS_PER_SECOND)

enum { HOURS = 24, CHANGE_HOUR = 3, WORKS_PERCENT_MIN = 50, SHUT_DAYS_MAX = 30 };

static int32_t find_sunday(const struct demo_sunday *sunday, int year) {
  if (sunday->nth > 0) {
    int32_t first = day_from_civil(year, sunday->month, 1);
    return first + 6 - day_weekday(first) + 7 * (sunday->nth - 1);
  }
  int32_t next = sunday->month == 12 ? day_from_civil(year + 1, 1, 1) : day_from_civil(year, sunday->month + 1, 1);
  return next - 1 - day_weekday(next);
}

int64_t demo_utc_offset(const struct demo_clock *clock, int32_t day) {
  int year, month, day_of_month;
  day_to_civil(day, &year, &month, &day_of_month);
  int32_t begins = find_sunday(&clock->summer_begins, year), ends = find_sunday(&clock->summer_ends, year);
  bool summer = begins < ends ? day >= begins && day < ends : day >= begins || day < ends;
  return (clock->standard_minutes + (summer ? 60 : 0)) * 60 * MICROS_PER_SECOND;
}

int64_t demo_instant(const struct demo_clock *clock, int32_t day, int64_t moment) {
  // Clocks are changed at 2 or 3 in the morning. What the skipped hour would hold is at its end.
  int64_t midnight = day * MICROS_PER_DAY, change = CHANGE_HOUR * MICROS_PER_HOUR, after = demo_utc_offset(clock, day);
  if (moment >= change) return midnight + moment - after;
  int64_t as_before = midnight + moment - demo_utc_offset(clock, day - 1), changed = midnight + change - after;
  return as_before < changed ? as_before : changed;
}

int32_t demo_easter(int year) {
  int a = year % 19, b = year / 100, c = year % 100;
  int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  int m = (a + 11 * h + 22 * l) / 451;
  int at = h + l - 7 * m + 114;
  return day_from_civil(year, at / 31, at % 31 + 1);
}

static unsigned holiday_percent(const struct demo_calendar *calendar, int year, int32_t day) {
  int32_t easter = demo_easter(year);
  for (size_t i = 0; i < calendar->holidays_count; i++) {
    const struct demo_holiday *holiday = &calendar->holidays[i];
    int32_t first = holiday->month == 0 ? easter + holiday->day : day_from_civil(year, holiday->month, holiday->day);
    if (day >= first && day < first + holiday->days) return holiday->percent;
  }
  return 100;
}

struct demo_day demo_day_of(const struct demo_calendar *calendar, int32_t day) {
  int year, month, day_of_month, later_year, later_month, later_day;
  day_to_civil(day, &year, &month, &day_of_month);
  day_to_civil(day + 3, &later_year, &later_month, &later_day);
  unsigned percent = holiday_percent(calendar, year, day);
  int weekday = day_weekday(day);
  return (struct demo_day){.month = month - 1,
                           .month_end = day_of_month == 1 || later_month != month,
                           .works = percent >= WORKS_PERCENT_MIN && (weekday < 5 || calendar->works_weekends),
                           .weight = calendar->weekdays[weekday] * calendar->months[month - 1] * percent / 1000};
}

int64_t demo_moment(const struct demo_calendar *calendar, uint64_t part, uint64_t whole) {
  uint64_t total = 0, before = 0;
  for (size_t i = 0; i < HOURS; i++)
    total += calendar->hours[i];
  uint64_t at = part * total;  // of whole × total
  size_t hour = 0;
  for (; hour + 1 < HOURS && at >= (before + calendar->hours[hour]) * whole; hour++)
    before += calendar->hours[hour];
  uint64_t within = (at - before * whole) * 3600 / (calendar->hours[hour] * whole);
  return (int64_t)hour * MICROS_PER_HOUR + (int64_t)within * MICROS_PER_SECOND;
}

int64_t demo_working_time(const struct demo_calendar *calendar, int64_t at, int64_t late) {
  int64_t offset = demo_utc_offset(&calendar->clock, (int32_t)(at / MICROS_PER_DAY)), local = at + offset;
  int32_t day = (int32_t)(local / MICROS_PER_DAY);
  int64_t hour = local % MICROS_PER_DAY / MICROS_PER_HOUR;
  if (hour >= calendar->work_begins && hour < calendar->work_ends && demo_day_of(calendar, day).works) return at;
  if (hour >= calendar->work_ends) day++;
  for (int shut = 0; shut < SHUT_DAYS_MAX && !demo_day_of(calendar, day).works; shut++)
    day++;
  int64_t moved = day * MICROS_PER_DAY + calendar->work_begins * MICROS_PER_HOUR + late - offset;
  return moved > at ? moved : at;
}
