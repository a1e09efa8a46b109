// The invented organisations' clocks and calendars: summer time in both hemispheres, movable holidays, working hours.
#include "command/demo_calendar.h"

#include "base/instant.h"
#include "unit.h"

#define HOUR INT64_C(3600000000)

static const struct demo_clock OSLO = {60, {3, 0}, {10, 0}}, SYDNEY = {600, {10, 1}, {4, 1}};

static const struct demo_holiday HOLIDAYS[] = {{0, -2, 4, 10}, {12, 24, 3, 5}};
static const struct demo_calendar OFFICE = {.clock = {60, {3, 0}, {10, 0}},
                                            .hours = {[9] = 30, [13] = 10},
                                            .weekdays = {100, 100, 100, 100, 100, 10, 10},
                                            .months = {100, 100, 100, 100, 100, 100, 50, 100, 100, 100, 100, 100},
                                            .holidays = HOLIDAYS,
                                            .holidays_count = 2,
                                            .work_begins = 8,
                                            .work_ends = 17};

// What `date -d` and zdump say.
START_TEST(knows_summer_time_on_both_sides_of_the_equator) {
  static const struct {
    const struct demo_clock *clock;
    int year, month, day, hours;
  } rows[] = {{&OSLO, 2026, 3, 28, 1},   {&OSLO, 2026, 3, 29, 2},    {&OSLO, 2026, 10, 24, 2},    {&OSLO, 2026, 10, 25, 1},
              {&OSLO, 2024, 3, 31, 2},   {&OSLO, 2024, 3, 30, 1},    {&OSLO, 2027, 10, 31, 1},    {&OSLO, 2027, 10, 30, 2},
              {&SYDNEY, 2026, 4, 4, 11}, {&SYDNEY, 2026, 4, 5, 10},  {&SYDNEY, 2026, 10, 3, 10},  {&SYDNEY, 2026, 10, 4, 11},
              {&SYDNEY, 2026, 1, 1, 11}, {&SYDNEY, 2027, 10, 3, 11}, {&SYDNEY, 2026, 12, 31, 11}, {&SYDNEY, 2026, 7, 1, 10}};
  EACH(row, rows)
  ck_assert_msg(demo_utc_offset(row->clock, day_from_civil(row->year, row->month, row->day)) == row->hours * HOUR, "%d-%02d-%02d", row->year,
                row->month, row->day);
}
END_TEST

START_TEST(never_goes_back_in_time_through_a_day_of_change) {
  static const struct demo_clock *const CLOCKS[] = {&OSLO, &SYDNEY};
  EACH(clock, CLOCKS) {
    int64_t last = 0;
    for (int32_t day = day_from_civil(2026, 1, 1); day < day_from_civil(2027, 1, 1); day++) {
      for (int64_t moment = 0; moment < MICROS_PER_DAY; moment += HOUR / 2) {
        int64_t at = demo_instant(*clock, day, moment);
        ck_assert_int_ge(at, last);
        last = at;
      }
    }
  }
  int32_t spring = day_from_civil(2026, 3, 29), autumn = day_from_civil(2026, 10, 25);
  ck_assert_int_eq(demo_instant(&OSLO, spring, HOUR), spring * MICROS_PER_DAY);
  ck_assert_int_eq(demo_instant(&OSLO, spring, 4 * HOUR), spring * MICROS_PER_DAY + 2 * HOUR);
  ck_assert_int_eq(demo_instant(&OSLO, autumn, HOUR), autumn * MICROS_PER_DAY - HOUR);
  ck_assert_int_eq(demo_instant(&OSLO, autumn, 4 * HOUR), autumn * MICROS_PER_DAY + 3 * HOUR);
}
END_TEST

START_TEST(finds_easter) {
  static const struct {
    int year, month, day;
  } rows[] = {{2000, 4, 23}, {2008, 3, 23}, {2011, 4, 24}, {2019, 4, 21}, {2024, 3, 31}, {2025, 4, 20}, {2026, 4, 5}, {2027, 3, 28}, {2038, 4, 25}};
  EACH(row, rows)
  ck_assert_int_eq(demo_easter(row->year), day_from_civil(row->year, row->month, row->day));
}
END_TEST

START_TEST(weighs_days_by_weekday_month_and_holiday) {
  static const struct {
    int year, month, day;
    unsigned weight;
    bool works, month_end;
  } rows[] = {
      {2026, 3, 4, 1000, true, false},   {2026, 3, 7, 100, false, false},  {2026, 7, 8, 500, true, false},  {2026, 4, 3, 100, false, false},
      {2026, 4, 6, 100, false, false},   {2026, 4, 7, 1000, true, false},  {2026, 4, 2, 1000, true, false}, {2026, 12, 24, 50, false, false},
      {2026, 12, 28, 1000, true, false}, {2026, 12, 29, 1000, true, true}, {2026, 9, 1, 1000, true, true},  {2026, 9, 2, 1000, true, false},
      {2026, 2, 26, 1000, true, true},
  };
  EACH(row, rows) {
    struct demo_day day = demo_day_of(&OFFICE, day_from_civil(row->year, row->month, row->day));
    ck_assert_msg(day.weight == row->weight && day.works == row->works && day.month_end == row->month_end && day.month == row->month - 1,
                  "%d-%02d-%02d: %u, %d, %d", row->year, row->month, row->day, day.weight, day.works, day.month_end);
  }
}
END_TEST

START_TEST(shares_a_day_out_by_the_hours) {
  ck_assert_int_eq(demo_moment(&OFFICE, 0, 40), 9 * HOUR);
  ck_assert_int_eq(demo_moment(&OFFICE, 15, 40), 9 * HOUR + HOUR / 2);
  ck_assert_int_eq(demo_moment(&OFFICE, 30, 40), 13 * HOUR);
  ck_assert_int_eq(demo_moment(&OFFICE, 39, 40), 13 * HOUR + 54 * HOUR / 60);
}
END_TEST

// Local times in winter, an hour ahead of UTC.
START_TEST(waits_for_somebody_who_works) {
  static const struct {
    int day, hour, works_day, works_hour;
  } rows[] = {{4, 10, 4, 10}, {4, 7, 4, 8}, {4, 17, 5, 8}, {6, 20, 9, 8}, {7, 12, 9, 8}, {8, 3, 9, 8}};
  int32_t before = day_from_civil(2026, 2, 28);  // a Saturday
  EACH(row, rows) {
    int64_t at = (before + row->day) * MICROS_PER_DAY + (row->hour - 1) * HOUR, late = row->day == row->works_day && row->hour >= 8 ? 0 : 60;
    ck_assert_int_eq(demo_working_time(&OFFICE, at, 60), (before + row->works_day) * MICROS_PER_DAY + (row->works_hour - 1) * HOUR + late);
  }
  int64_t christmas = day_from_civil(2026, 12, 23) * MICROS_PER_DAY + 20 * HOUR;
  ck_assert_int_eq(demo_working_time(&OFFICE, christmas, 0), day_from_civil(2026, 12, 28) * MICROS_PER_DAY + 7 * HOUR);
}
END_TEST

int main(void) {
  return unit_tests("demo_calendar",
                    (const TTest *[]){knows_summer_time_on_both_sides_of_the_equator, never_goes_back_in_time_through_a_day_of_change, finds_easter,
                                      weighs_days_by_weekday_month_and_holiday, shares_a_day_out_by_the_hours, waits_for_somebody_who_works, NULL});
}
