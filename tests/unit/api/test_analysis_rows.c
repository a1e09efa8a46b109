// The rows of analyses: what is compared with the rest, what is not, and how few of many are written.
#include "api/analysis_rows.h"

#include "unit.h"

#include <stdio.h>

enum { OUT_BYTES_MAX = 256 * 1024 };

static const struct metric *metric_of(int metric) { return metric_find(metric == RANKING_HAPPINESS ? TEXT("happiness") : TEXT("lost_time")); }

// Of two rows the first is unhappier and loses more.
static void fill(struct analysis_rows *rows, struct arena *arena) {
  static const char *const KEYS[] = {"vpn", "mail"};
  ck_assert(analysis_rows_take(rows, 2, arena));
  rows->count = 2;
  for (size_t i = 0; i < rows->count; i++) {
    struct analysis_row *row = &rows->list[i];
    row->key = text_of(KEYS[i]);
    tally_add_value(&row->tallies[RANKING_HAPPINESS], metric_of(RANKING_HAPPINESS), i == 0 ? 2 : 9, 60);
    for (int minutes = 0; minutes < 60; minutes++)
      tally_add_value(&row->tallies[RANKING_LOST_TIME], metric_of(RANKING_LOST_TIME), (i == 0 ? 200 : 10) + minutes, 1);
    for (int metric = 0; metric < RANKING_METRICS; metric++) {
      row->n[metric] = 60;
      tally_add(&rows->question.total[metric], &row->tallies[metric]);
    }
  }
}

START_TEST(says_what_is_worse_and_what_is_better_than_the_rest) {
  struct arena arena;
  struct analysis_rows rows;
  arena_init(&arena, OUT_BYTES_MAX);
  fill(&rows, &arena);
  ck_assert(analysis_rows_rank(&rows, &arena));
  ck_assert_uint_eq(rows.ranked[0].key, 0);
  ck_assert(rows.ranked[0].worse && rows.ranked[0].confirmed && !rows.ranked[1].worse && rows.ranked[1].confirmed);
  ASSERT_TEXT(analysis_feelings(&arena, &rows, &rows.ranked[0], -1),
              "a happiness 200 points below the rest's and 481.01 % more lost time a response than the rest");
  ASSERT_TEXT(analysis_feelings(&arena, &rows, &rows.ranked[1], 1),
              "a happiness 200 points above the rest's and 82.79 % less lost time a response than the rest");
  ASSERT_TEXT(analysis_feelings(&arena, &rows, &rows.ranked[0], 1), NULL);
  arena_release(&arena);
}
END_TEST

// Else the rest, and so the total, would follow from the difference.
START_TEST(compares_nothing_where_the_total_is_withheld) {
  struct arena arena;
  struct analysis_rows rows;
  struct buffer out;
  struct json_writer json;
  struct tenant tenant = {.currency = "EUR"};
  struct view view = {.style = {.tenant = &tenant}};
  arena_init(&arena, OUT_BYTES_MAX);
  fill(&rows, &arena);
  rows.total_hidden[RANKING_HAPPINESS] = rows.total_hidden[RANKING_LOST_TIME] = true;
  rows.list[1].hidden[RANKING_LOST_TIME] = true;
  ck_assert(analysis_rows_rank(&rows, &arena));
  ck_assert(!rows.ranked[0].confirmed && !rows.ranked[1].confirmed);
  buffer_init(&out, OUT_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  analysis_write_feelings(&json, &view, &rows, &rows.ranked[1]);
  json_object_end(&json);
  ASSERT_TEXT(buffer_view(&out), "{\"happiness\":{\"value\":100,\"n\":60,\"interval\":[88.74,100],\"unit\":\"points\",\"formula\":\"net\"},"
                                 "\"happiness_difference\":{\"suppressed\":true},\"lost_time\":{\"suppressed\":true},"
                                 "\"lost_time_difference\":{\"suppressed\":true}}");
  buffer_release(&out);
  arena_release(&arena);
}
END_TEST

START_TEST(finds_rows_in_order_and_out_of_it) {
  struct arena arena;
  struct analysis_rows rows;
  arena_init(&arena, OUT_BYTES_MAX);
  fill(&rows, &arena);
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT("vpn"), 0), 0);
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT("vpn"), 1), 0);
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT("mail"), 7), 1);
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT_NONE, 0), 2);
  rows.list[1].key = TEXT_NONE;
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT_NONE, 0), 1);
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT(""), 0), 2);
  rows.count = 0;
  ck_assert_uint_eq(analysis_rows_find(&rows, TEXT("vpn"), 0), 0);
  arena_release(&arena);
}
END_TEST

static void write_key(struct json_writer *json, size_t rank, const void *context) {
  (void)context;
  json_member_int(json, "key", (int64_t)rank);
}

START_TEST(writes_the_first_rows_and_counts_the_others) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, OUT_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  analysis_write_rows(&json, INSIGHT_ROWS_MAX + 7, write_key, NULL);
  json_object_end(&json);
  char last[80];
  int length = snprintf(last, sizeof last, "{\"rank\":%d,\"key\":%d}],\"more\":7}", INSIGHT_ROWS_MAX, INSIGHT_ROWS_MAX - 1);
  ck_assert(!out.failed && out.length > (size_t)length);
  ASSERT_TEXT(((struct text){out.bytes + out.length - length, (size_t)length}), last);
  buffer_release(&out);
}
END_TEST

int main(void) {
  return unit_tests("analysis_rows", (const TTest *[]){
                                         says_what_is_worse_and_what_is_better_than_the_rest,
                                         compares_nothing_where_the_total_is_withheld,
                                         finds_rows_in_order_and_out_of_it,
                                         writes_the_first_rows_and_counts_the_others,
                                         NULL,
                                     });
}
