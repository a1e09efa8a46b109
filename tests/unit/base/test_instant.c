// Checks base/instant.
#include "base/instant.h"

#include "corpus.h"
#include "unit.h"

#include <time.h>

#define AT(seconds, micros) ((seconds)*MICROS_PER_SECOND + (micros))
#define LAST_SECOND         INT64_C(253402300799)  // 9999-12-31T23:59:59Z

enum { DAY_LAST = 2932896 };

START_TEST(reads_rfc_3339) {
  static const struct {
    const char *input;
    int64_t expected;
  } CASES[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"2026-03-02T08:01:00Z", AT(1772438460, 0)},
      {"2026-03-02t08:01:00z", AT(1772438460, 0)},
      {"2026-03-02T10:01:00+02:00", AT(1772438460, 0)},
      {"2026-03-01T22:31:00-09:30", AT(1772438460, 0)},
      {"2026-03-02T08:01:00-00:00", AT(1772438460, 0)},
      {"2026-03-03T08:00:00+23:59", AT(1772438460, 0)},
      {"2026-03-02T08:01:00.5Z", AT(1772438460, 500000)},
      {"2026-03-02T08:01:00.1234569Z", AT(1772438460, 123456)},
      {"2026-03-02T08:01:00.99999999999999999999+00:00", AT(1772438460, 999999)},
      {"2024-02-29T00:00:00Z", AT(1709164800, 0)},
      {"2000-02-29T00:00:00Z", AT(951782400, 0)},
      {"2016-12-31T23:59:60Z", AT(1483228800, 0)},
      {"2016-12-31T23:59:60.25Z", AT(1483228800, 250000)},
      {"2017-01-01T05:29:60+05:30", AT(1483228800, 0)},
      {"2016-12-31T15:59:60-08:00", AT(1483228800, 0)},
      {"1969-12-31T23:00:00-01:00", 0},
      {"9999-12-31T23:59:59.999999Z", AT(LAST_SECOND, 999999)},
  };
  EACH(row, CASES) {
    int64_t instant = ABSENT;
    ck_assert_msg(instant_parse(text_of(row->input), &instant), "%s", row->input);
    ck_assert_msg(instant == row->expected, "%s: %lld", row->input, (long long)instant);
  }
}
END_TEST

START_TEST(rejects_what_is_no_rfc_3339) {
  const struct text CASES[] = {
      TEXT_NONE,
      TEXT(""),
      TEXT("2026-03-02"),
      TEXT("2026-03-02T08:01Z"),
      TEXT("2026-03-02T08:01:00"),
      TEXT("2026-03-02 08:01:00Z"),
      TEXT("2026-03-02T08:01:00.Z"),
      TEXT("2026-03-02T08:01:00,5Z"),
      TEXT("2026-03-02T08:01:00.5"),
      TEXT("2026-03-02T08:01:00+0100"),
      TEXT("2026-03-02T08:01:00+01"),
      TEXT("2026-03-02T08:01:00+24:00"),
      TEXT("2026-03-02T08:01:00+10:60"),
      TEXT("2026-03-02T08:01:00+-1:00"),
      TEXT("2026-03-02T08:01:00ZZ"),
      TEXT("2026-03-02T08:01:00Z "),
      TEXT(" 2026-03-02T08:01:00Z"),
      TEXT("2026-03-02T08:01:00Z\0"),
      TEXT("2026/03/02T08:01:00Z"),
      TEXT("2026-03-02T08.01.00Z"),
      TEXT("+026-03-02T08:01:00Z"),
      TEXT("2026-+3-02T08:01:00Z"),
      TEXT("2026-00-02T08:01:00Z"),
      TEXT("2026-13-02T08:01:00Z"),
      TEXT("2026-03-00T08:01:00Z"),
      TEXT("2026-04-31T08:01:00Z"),
      TEXT("2026-02-29T08:01:00Z"),
      TEXT("2100-02-29T08:01:00Z"),
      TEXT("2026-03-02T24:00:00Z"),
      TEXT("2026-03-02T08:60:00Z"),
      TEXT("2026-03-02T08:01:61Z"),
      TEXT("2026-03-02T08:01:60Z"),
      TEXT("2016-12-31T23:59:60+01:00"),
      TEXT("1969-12-31T23:59:59Z"),
      TEXT("1970-01-01T00:59:59+01:00"),
      TEXT("0000-01-01T00:00:00Z"),
      TEXT("9999-12-31T23:59:59-00:01"),
      TEXT("9999-12-31T23:59:60Z"),
      TEXT("10000-01-01T00:00:00Z"),
  };
  EACH(row, CASES) {
    int64_t instant = 4711;
    ck_assert_msg(!instant_parse(*row, &instant), "%.*s", (int)row->length, row->at);
    ck_assert_int_eq(instant, 4711);
  }
}
END_TEST

static void check_corpus_case(struct text value, bool valid) {
  // The corpus counts years from 0 on; ours begin with 1970.
  bool before_1970 = value.length >= 4 && text_compare((struct text){value.at, 4}, TEXT("1970")) < 0;
  int64_t instant;
  ck_assert_msg(instant_parse(value, &instant) == (valid && !before_1970), "%.*s", (int)value.length, value.at);
}

START_TEST(agrees_with_the_json_schema_test_suite) { corpus_each("jsonschema-date-time.json", check_corpus_case); }
END_TEST

START_TEST(reads_by_pattern) {
  static const struct {
    const char *pattern;
    const char *input;
    int64_t expected;
  } CASES[] = {
      {"%d.%m.%Y %H:%M", "02.03.2026 08:01", AT(1772438460, 0)},
      {"%d.%m.%Y %H:%M", "2.3.2026 8:1", AT(1772438460, 0)},
      {"%m/%d/%y %I:%M %p", "03/02/26 08:01 AM", AT(1772438460, 0)},
      {"%m/%d/%y %I:%M%p", "3/2/26 8:01pm", AT(1772438460 + 43200, 0)},
      {"%Y-%m-%d %I%p", "2026-03-02 12AM", AT(1772409600, 0)},
      {"%Y-%m-%d %I%p", "2026-03-02 12PM", AT(1772452800, 0)},
      {"%H:%M %p %Y-%m-%d", "08:01 PM 2026-03-02", AT(1772438460, 0)},
      {"%Y-%m-%dT%H:%M:%S%z", "2026-03-02T10:01:00+0200", AT(1772438460, 0)},
      {"%Y-%m-%dT%H:%M:%S%z", "2026-03-02T10:01:00+02:00", AT(1772438460, 0)},
      {"%Y-%m-%dT%H:%M:%S%z", "2026-03-02T08:01:00Z", AT(1772438460, 0)},
      {"%Y-%m-%dT%H:%M:%S.%f%z", "2026-03-02T08:01:00.123+0000", AT(1772438460, 123000)},
      {"%z %Y%m%d%H%M%S", "-0930 20260301223100", AT(1772438460, 0)},
      {"%d-%b-%Y", "02-mar-2026", AT(1772409600, 0)},
      {"%d %b %Y", "2 March 2026", AT(1772409600, 0)},
      {"%b%d, %Y", "MAY31, 2026", AT(1780185600, 0)},
      {"%d %m %Y", "02\t 03  2026", AT(1772409600, 0)},
      {"100%% %Y-%m-%d", "100% 2026-03-02", AT(1772409600, 0)},
      {"%d.%m.%y", "01.01.70", 0},
      {"%d.%m.%y", "01.01.68", AT(3092601600, 0)},
      {"%Y-%m-%d %H:%M:%S", "2016-12-31 23:59:60", AT(1483228800, 0)},
  };
  EACH(row, CASES) {
    int64_t instant = ABSENT;
    ck_assert_msg(instant_pattern_valid(row->pattern), "%s", row->pattern);
    ck_assert_msg(instant_parse_pattern(text_of(row->input), row->pattern, &instant), "%s", row->input);
    ck_assert_msg(instant == row->expected, "%s: %lld", row->input, (long long)instant);
  }
}
END_TEST

START_TEST(rejects_what_does_not_fit_the_pattern) {
  static const struct {
    const char *pattern;
    const char *input;
  } CASES[] = {
      {"%d.%m.%Y", NULL},
      {"%d.%m.%Y", ""},
      {"%d.%m.%Y", "02.03.2026 "},
      {"%d.%m.%Y", "02.03.2026 08:01"},
      {"%d.%m.%Y", "02.03."},
      {"%d.%m.%Y", "02-03-2026"},
      {"%d.%m.%Y", "30.02.2026"},
      {"%d.%m.%Y", "02.13.2026"},
      {"%d.%m.%Y", "0.03.2026"},
      {"%d.%m.%Y", "-2.03.2026"},
      {"%d.%m.%Y", "02.03.26"},
      {"%d.%m.%Y", "02.03.20260"},
      {"%d.%m.%y", "02.03.2026"},
      {"%d.%m.%y", "31.12.69"},
      {"%Y-%m-%d %H", "2026-03-02 24"},
      {"%Y-%m-%d %H:%M:%S", "2026-03-02 08:01:60"},
      {"%Y-%m-%d %I%p", "2026-03-02 13PM"},
      {"%Y-%m-%d %I%p", "2026-03-02 0AM"},
      {"%Y-%m-%d %I%p", "2026-03-02 1XM"},
      {"%Y-%m-%d %H%z", "2026-03-02 08+2400"},
      {"%Y-%m-%d %H%z", "2026-03-02 08+02"},
      {"%Y-%m-%d %H%z", "2026-03-02 08"},
      {"%Y-%m-%d %S.%f", "2026-03-02 08."},
      {"%d %b %Y", "02 Mrz 2026"},
      {"%d %b %Y", "02 Marc 2026"},
      {"%d %b %Y", "02 Ma"},
  };
  EACH(row, CASES) {
    int64_t instant = 4711;
    ck_assert_msg(instant_pattern_valid(row->pattern), "%s", row->pattern);
    ck_assert_msg(!instant_parse_pattern(text_of(row->input), row->pattern, &instant), "%s by %s", row->input, row->pattern);
    ck_assert_int_eq(instant, 4711);
  }
}
END_TEST

START_TEST(refuses_patterns_that_leave_doubt) {
  static const char *const CASES[] = {
      "",         "%H:%M",      "%Y-%m",       "%m-%d",       "%Y-%d",       "%Y-%m-%d %",        "%Y-%m-%d %Q", "%Y-%m-%d %B", "%F", "%Y-%m-%d %T",
      "%Y%%m%%d", "%Y-%m-%d%d", "%Y-%m-%d %y", "%Y-%m-%d %b", "%Y-%m-%d %I", "%Y-%m-%d %H %I %p", "%-d.%m.%Y",
  };
  EACH(row, CASES) {
    int64_t instant;
    ck_assert_msg(!instant_pattern_valid(*row), "%s", *row);
    ck_assert(!instant_parse_pattern(TEXT("2026-03-02"), *row, &instant));
  }
}
END_TEST

START_TEST(writes_shortest_fraction) {
  static const struct {
    int64_t instant;
    const char *expected;
  } CASES[] = {
      {0, "1970-01-01T00:00:00Z"},
      {-1, "1969-12-31T23:59:59.999999Z"},
      {AT(1772438460, 0), "2026-03-02T08:01:00Z"},
      {AT(1772438460, 500000), "2026-03-02T08:01:00.5Z"},
      {AT(1772438460, 120), "2026-03-02T08:01:00.00012Z"},
      {AT(LAST_SECOND, 999999), "9999-12-31T23:59:59.999999Z"},
      {AT(LAST_SECOND + 1, 0), "9999-12-31T23:59:59.999999Z"},
      {INT64_MAX, "9999-12-31T23:59:59.999999Z"},
      {INT64_MIN, "0000-01-01T00:00:00Z"},
  };
  EACH(row, CASES) {
    char out[INSTANT_CHARS_MAX];
    size_t n = instant_format(row->instant, out);
    ASSERT_TEXT(((struct text){out, n}), row->expected);
  }
}
END_TEST

START_TEST(reads_back_what_it_wrote) {
  // A step that is prime to second, minute, hour and day meets all their values.
  const int64_t step = INT64_C(2520000000013);
  for (int64_t instant = 0; instant <= AT(LAST_SECOND, 0); instant += step) {
    char out[INSTANT_CHARS_MAX];
    int64_t back = ABSENT;
    size_t n = instant_format(instant, out);
    if (!instant_parse((struct text){out, n}, &back) || back != instant) {
      ck_abort_msg("%.*s is not %lld", (int)n, out, (long long)instant);
    }
  }
}
END_TEST

START_TEST(agrees_with_the_c_library_on_every_day) {
  for (int32_t day = 0; day <= DAY_LAST; day++) {
    time_t seconds = (time_t)day * 86400;
    struct tm tm;
    gmtime_r(&seconds, &tm);
    int year;
    int month;
    int day_of_month;
    day_to_civil(day, &year, &month, &day_of_month);
    bool same = year == tm.tm_year + 1900 && month == tm.tm_mon + 1 && day_of_month == tm.tm_mday;
    if (!same || day_from_civil(year, month, day_of_month) != day || day_weekday(day) != (tm.tm_wday + 6) % 7) {
      ck_abort_msg("day %d is %d-%d-%d", day, year, month, day_of_month);
    }
  }
}
END_TEST

START_TEST(counts_days_before_1970_too) {
  static const struct {
    int32_t day;
    int year, month, day_of_month, weekday;
  } CASES[] = {
      {-1, 1969, 12, 31, 2}, {-4, 1969, 12, 28, 6}, {-719468, 0, 3, 1, 2}, {-719469, 0, 2, 29, 1}, {-719528, 0, 1, 1, 5}, {-719529, -1, 12, 31, 4},
  };
  EACH(row, CASES) {
    int year;
    int month;
    int day_of_month;
    day_to_civil(row->day, &year, &month, &day_of_month);
    ck_assert_int_eq(year, row->year);
    ck_assert_int_eq(month, row->month);
    ck_assert_int_eq(day_of_month, row->day_of_month);
    ck_assert_int_eq(day_from_civil(year, month, day_of_month), row->day);
    ck_assert_int_eq(day_weekday(row->day), row->weekday);
  }
}
END_TEST

START_TEST(day_conversion_survives_any_number) {
  static const int32_t DAYS[] = {INT32_MIN, INT32_MAX};
  EACH(day, DAYS) {
    int year;
    int month;
    int day_of_month;
    day_to_civil(*day, &year, &month, &day_of_month);
    ck_assert(month >= 1 && month <= 12 && day_of_month >= 1 && day_of_month <= 31);
    int weekday = day_weekday(*day);
    ck_assert(weekday >= 0 && weekday <= 6);
  }
}
END_TEST

START_TEST(reads_and_writes_days) {
  static const struct {
    const char *input;
    int32_t day;
  } CASES[] = {{"1970-01-01", 0}, {"2024-02-29", 19782}, {"2026-03-02", 20514}, {"9999-12-31", DAY_LAST}};
  EACH(row, CASES) {
    int32_t day = -1;
    char out[DAY_CHARS + 1];
    out[DAY_CHARS] = '!';
    ck_assert_msg(day_parse(text_of(row->input), &day), "%s", row->input);
    ck_assert_int_eq(day, row->day);
    day_format(day, out);
    ASSERT_TEXT(((struct text){out, DAY_CHARS}), row->input);
    ck_assert_int_eq(out[DAY_CHARS], '!');
  }
}
END_TEST

START_TEST(writes_nearest_day_outside_of_four_digit_years) {
  static const struct {
    int32_t day;
    const char *expected;
  } CASES[] = {{-1, "1969-12-31"}, {DAY_LAST + 1, "9999-12-31"}, {INT32_MAX, "9999-12-31"}, {INT32_MIN, "0000-01-01"}};
  EACH(row, CASES) {
    char out[DAY_CHARS];
    day_format(row->day, out);
    ASSERT_TEXT(((struct text){out, DAY_CHARS}), row->expected);
  }
}
END_TEST

START_TEST(rejects_what_is_no_day) {
  static const char *const CASES[] = {
      NULL,         "",           "2026-3-2",   "2026-03-2",  "2026-03-02 ", " 2026-03-02", "2026/03/02", "20260302",   "2026-02-29",
      "2026-04-31", "2026-00-01", "2026-13-01", "2026-01-00", "1969-12-31",  "0000-01-01",  "2026-03-0a", "-026-03-02", "2026-03-02T00:00:00Z",
  };
  EACH(row, CASES) {
    int32_t day = 4711;
    ck_assert_msg(!day_parse(text_of(*row), &day), "%s", *row);
    ck_assert_int_eq(day, 4711);
  }
}
END_TEST

START_TEST(clocks_go_forward) {
  int64_t before = instant_now();
  int64_t ms = clock_ms();
  nanosleep(&(struct timespec){.tv_nsec = 20 * 1000000}, NULL);
  ck_assert_int_ge(clock_ms() - ms, 19);
  ck_assert_int_gt(instant_now(), before);
  ck_assert_int_le(llabs(instant_now() / MICROS_PER_SECOND - (int64_t)time(NULL)), 1);
}
END_TEST

int main(void) {
  return unit_tests("instant", (const TTest *[]){
                                   reads_rfc_3339,
                                   rejects_what_is_no_rfc_3339,
                                   agrees_with_the_json_schema_test_suite,
                                   reads_by_pattern,
                                   rejects_what_does_not_fit_the_pattern,
                                   refuses_patterns_that_leave_doubt,
                                   writes_shortest_fraction,
                                   reads_back_what_it_wrote,
                                   agrees_with_the_c_library_on_every_day,
                                   counts_days_before_1970_too,
                                   day_conversion_survives_any_number,
                                   reads_and_writes_days,
                                   writes_nearest_day_outside_of_four_digit_years,
                                   rejects_what_is_no_day,
                                   clocks_go_forward,
                                   NULL,
                               });
}
