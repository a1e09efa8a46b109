// Checks which windows of days a query means, and how they are cut into days, weeks and months.
#include "domain/window.h"

#include "unit.h"

#include "base/arena.h"
#include "base/instant.h"
#include "base/limits.h"

static const char *const TODAY = "2026-03-31";  // a Tuesday

static struct arena arena;
static struct issues issues;

static void setup(void) {
  arena_init(&arena, 1 << 16);
  issues_init(&issues, &arena);
}

static void teardown(void) { arena_release(&arena); }

static int32_t day_of(const char *text) {
  int32_t day = 0;
  ck_assert(day_parse(text_of(text), &day));
  return day;
}

static struct window window_of(const char *from, const char *to) { return (struct window){day_of(from), day_of(to)}; }

static void assert_window(struct window window, const char *from, const char *to) {
  char first[DAY_CHARS + 1] = {0};
  char last[DAY_CHARS + 1] = {0};
  day_format(window.from, first);
  day_format(window.to, last);
  ck_assert_str_eq(first, from);
  ck_assert_str_eq(last, to);
}

static const struct {
  const char *from, *to, *last;  // NULL: absent
  const char *first_day, *last_day;
} READ[] = {
    {NULL, NULL, NULL, "2026-01-01", "2026-03-31"},
    {"2026-01-01", "2026-03-31", NULL, "2026-01-01", "2026-03-31"},
    {"2026-03-31", "2026-03-31", NULL, "2026-03-31", "2026-03-31"},
    {"2026-02-10", NULL, NULL, "2026-02-10", "2026-03-31"},
    {"2026-03-31", NULL, NULL, "2026-03-31", "2026-03-31"},
    {NULL, "2025-12-31", NULL, "2025-10-03", "2025-12-31"},
    {"2026-03-01", "2026-12-31", NULL, "2026-03-01", "2026-12-31"},
    {"2016-03-25", "2026-04-01", NULL, "2016-03-25", "2026-04-01"},
    {NULL, NULL, "1d", "2026-03-31", "2026-03-31"},
    {NULL, NULL, "30d", "2026-03-02", "2026-03-31"},
    {NULL, NULL, "3660d", "2016-03-24", "2026-03-31"},
};

static const struct {
  const char *from, *to, *last;
  const char *pointer, *rule;
  size_t issues;
} REFUSED[] = {
    {"2026-02-30", NULL, NULL, "from", "format", 1},
    {"", NULL, NULL, "from", "format", 1},
    {"2026-01-01", "soon", NULL, "to", "format", 1},
    {NULL, "2026-1-1", NULL, "to", "format", 1},
    {"x", "y", NULL, "from", "format", 2},
    {"2026-03-02", "2026-03-01", NULL, "to", "order", 1},
    {"2026-04-01", NULL, NULL, "from", "order", 1},
    {"2016-03-25", "2026-04-02", NULL, "from", "range", 1},
    {"1970-01-01", NULL, NULL, "from", "range", 1},
    {NULL, NULL, "0d", "last", "range", 1},
    {NULL, NULL, "3661d", "last", "range", 1},
    {NULL, NULL, "30", "last", "format", 1},
    {NULL, NULL, "d", "last", "format", 1},
    {NULL, NULL, "", "last", "format", 1},
    {NULL, NULL, "-3d", "last", "format", 1},
    {NULL, NULL, "+3d", "last", "format", 1},
    {NULL, NULL, "3.5d", "last", "format", 1},
    {NULL, NULL, "3 d", "last", "format", 1},
    {NULL, NULL, "3D", "last", "format", 1},
    {NULL, NULL, "4w", "last", "format", 1},
    {NULL, NULL, "99999999999999999999d", "last", "format", 1},
    {"2026-01-01", NULL, "30d", "last", "conflict", 1},
    {NULL, "2026-01-01", "30d", "last", "conflict", 1},
};

static const struct {
  enum interval interval;
  const char *day, *first_day, *last_day;
} PIECES[] = {
    // Of the window 2025-12-31 (a Wednesday) to 2026-03-10 (a Tuesday).
    {INTERVAL_DAY, "2026-01-15", "2026-01-15", "2026-01-15"},   {INTERVAL_WEEK, "2026-01-15", "2026-01-12", "2026-01-18"},
    {INTERVAL_WEEK, "2026-01-12", "2026-01-12", "2026-01-18"},  {INTERVAL_WEEK, "2026-01-18", "2026-01-12", "2026-01-18"},
    {INTERVAL_WEEK, "2026-01-02", "2025-12-31", "2026-01-04"},  {INTERVAL_WEEK, "2026-03-09", "2026-03-09", "2026-03-10"},
    {INTERVAL_MONTH, "2025-12-31", "2025-12-31", "2025-12-31"}, {INTERVAL_MONTH, "2026-01-01", "2026-01-01", "2026-01-31"},
    {INTERVAL_MONTH, "2026-02-28", "2026-02-01", "2026-02-28"}, {INTERVAL_MONTH, "2026-03-03", "2026-03-01", "2026-03-10"},
};

START_TEST(reads_window) {
  struct window window = {0};
  bool read = window_parse(text_of(READ[_i].from), text_of(READ[_i].to), text_of(READ[_i].last), day_of(TODAY), &window, &issues);
  ck_assert(read);
  ck_assert_uint_eq(issues.total, 0);
  assert_window(window, READ[_i].first_day, READ[_i].last_day);
}
END_TEST

START_TEST(refuses_with_pointer_and_rule) {
  struct window window = {0};
  bool read = window_parse(text_of(REFUSED[_i].from), text_of(REFUSED[_i].to), text_of(REFUSED[_i].last), day_of(TODAY), &window, &issues);
  ck_assert(!read);
  ck_assert_uint_eq(issues.total, REFUSED[_i].issues);
  ck_assert(text_is(issues.list[0].pointer, REFUSED[_i].pointer));
  ck_assert(text_is(issues.list[0].rule, REFUSED[_i].rule));
  ck_assert_uint_gt(issues.list[0].detail.length, 0);
}
END_TEST

START_TEST(default_window_has_default_length) {
  struct window window = {0};
  ck_assert(window_parse(TEXT_NONE, TEXT_NONE, TEXT_NONE, 20000, &window, &issues));
  ck_assert_int_eq(window_days(window), WINDOW_DAYS_DEFAULT);
  ck_assert_int_eq(window.to, 20000);
}
END_TEST

START_TEST(previous_window_ends_the_day_before) {
  struct window march = window_of("2024-03-01", "2024-03-31");
  assert_window(window_previous(march), "2024-01-30", "2024-02-29");
  ck_assert_int_eq(window_days(window_previous(march)), window_days(march));
  struct window day = window_of("2026-01-01", "2026-01-01");
  assert_window(window_previous(day), "2025-12-31", "2025-12-31");
}
END_TEST

START_TEST(piece_is_cut_to_the_window) {
  struct window window = window_of("2025-12-31", "2026-03-10");
  assert_window(window_piece(window, PIECES[_i].interval, day_of(PIECES[_i].day)), PIECES[_i].first_day, PIECES[_i].last_day);
}
END_TEST

START_TEST(december_ends_with_the_year) {
  assert_window(window_piece(window_of("2025-11-05", "2026-02-01"), INTERVAL_MONTH, day_of("2025-12-24")), "2025-12-01", "2025-12-31");
}
END_TEST

START_TEST(pieces_cover_the_window_without_gap_or_overlap) {
  struct window window = window_of("2023-12-29", "2025-03-04");
  static const int COUNTS[] = {[INTERVAL_DAY] = 432, [INTERVAL_WEEK] = 63, [INTERVAL_MONTH] = 16};
  int count = 0;
  for (int32_t day = window.from; day <= window.to; count++) {
    struct window piece = window_piece(window, (enum interval)_i, day);
    ck_assert_int_eq(piece.from, day);
    ck_assert_int_ge(piece.to, day);
    struct window same = window_piece(window, (enum interval)_i, piece.to);
    ck_assert(same.from == piece.from && same.to == piece.to);
    day = piece.to + 1;
  }
  ck_assert_int_eq(count, COUNTS[_i]);
}
END_TEST

// "from..to", and the rule it breaks; NULL: none.
static const struct {
  const char *text, *rule;
} RANGES[] = {
    {"2026-01-01..2026-03-31", NULL},
    {"2026-01-01..2026-01-01", NULL},
    {"2016-01-01..2026-01-07", NULL},  // 3660 days
    {"2015-12-31..2026-01-07", "range"},
    {"2026-01-02..2026-01-01", "order"},
    {"2026-02-29..2026-03-01", "format"},
    {"2026-01-01..", "format"},
    {"..2026-01-01", "format"},
    {"2026-01-01.2026-03-31", "format"},
    {"2026-01-01...2026-03-31", "format"},
    {"2026-01-01", "format"},
    {"..", "format"},
    {"", "format"},
};

START_TEST(reads_range) {
  struct window window = {0};
  ck_assert_int_eq(window_parse_range(text_of(RANGES[_i].text), "compare", &window, &issues), RANGES[_i].rule == NULL);
  ck_assert_uint_eq(issues.total, RANGES[_i].rule ? 1 : 0);
  if (!RANGES[_i].rule) return;
  ASSERT_TEXT(issues.list[0].pointer, "compare");
  ASSERT_TEXT(issues.list[0].rule, RANGES[_i].rule);
}
END_TEST

START_TEST(range_has_both_its_days) {
  struct window window = {0};
  ck_assert(window_parse_range(TEXT("2024-02-29..2024-03-01"), "compare", &window, &issues));
  assert_window(window, "2024-02-29", "2024-03-01");
}
END_TEST

START_TEST(windows_overlap_by_a_day) {
  struct window march = window_of("2024-03-01", "2024-03-31");
  ck_assert(windows_overlap(march, march));
  ck_assert(windows_overlap(march, window_of("2024-03-31", "2024-04-30")));
  ck_assert(windows_overlap(window_of("2024-02-01", "2024-03-01"), march));
  ck_assert(windows_overlap(march, window_of("2024-03-10", "2024-03-11")));
  ck_assert(!windows_overlap(march, window_of("2024-04-01", "2024-04-30")));
  ck_assert(!windows_overlap(window_previous(march), march));
}
END_TEST

START_TEST(names_every_interval) {
  ck_assert_str_eq(INTERVAL_NAMES[INTERVAL_DAY], "day");
  ck_assert_str_eq(INTERVAL_NAMES[INTERVAL_WEEK], "week");
  ck_assert_str_eq(INTERVAL_NAMES[INTERVAL_MONTH], "month");
  ck_assert_ptr_null(INTERVAL_NAMES[INTERVAL_COUNT]);
}
END_TEST

START_TEST(follows_with_as_many_days_or_months) {
  static const struct {
    int day[3], from[3], to[3];
    bool months;
    int first[3], last[3];
  } CASES[] = {
      {{2024, 2, 10}, {2024, 1, 1}, {2024, 1, 31}, false, {2024, 2, 11}, {2024, 3, 12}},
      {{2024, 2, 10}, {2024, 1, 1}, {2024, 1, 31}, true, {2024, 3, 1}, {2024, 3, 31}},
      {{2024, 2, 29}, {2023, 11, 1}, {2024, 1, 31}, true, {2024, 3, 1}, {2024, 5, 31}},
      {{2024, 12, 31}, {2024, 1, 1}, {2024, 2, 29}, true, {2025, 1, 1}, {2025, 2, 28}},
      // What isn't months is days.
      {{2024, 2, 10}, {2024, 1, 2}, {2024, 1, 31}, true, {2024, 2, 11}, {2024, 3, 11}},
  };
  EACH(row, CASES) {
    struct window like = {day_from_civil(row->from[0], row->from[1], row->from[2]), day_from_civil(row->to[0], row->to[1], row->to[2])};
    struct window window = window_following(day_from_civil(row->day[0], row->day[1], row->day[2]), like, row->months);
    ck_assert_int_eq(window.from, day_from_civil(row->first[0], row->first[1], row->first[2]));
    ck_assert_int_eq(window.to, day_from_civil(row->last[0], row->last[1], row->last[2]));
  }
}
END_TEST

static Suite *window_suite(void) {
  Suite *suite = suite_create("window");
  TCase *tests = tcase_create("window");
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, reads_window, 0, ROWS(READ));
  tcase_add_loop_test(tests, refuses_with_pointer_and_rule, 0, ROWS(REFUSED));
  tcase_add_test(tests, default_window_has_default_length);
  tcase_add_test(tests, previous_window_ends_the_day_before);
  tcase_add_loop_test(tests, piece_is_cut_to_the_window, 0, ROWS(PIECES));
  tcase_add_test(tests, december_ends_with_the_year);
  tcase_add_loop_test(tests, pieces_cover_the_window_without_gap_or_overlap, 0, INTERVAL_COUNT);
  tcase_add_loop_test(tests, reads_range, 0, ROWS(RANGES));
  tcase_add_test(tests, range_has_both_its_days);
  tcase_add_test(tests, windows_overlap_by_a_day);
  tcase_add_test(tests, names_every_interval);
  tcase_add_test(tests, follows_with_as_many_days_or_months);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(window_suite()); }
