// Tables made of answers: which rows, which cells, and what is withheld.
#include "json/table.h"

#include <stdio.h>

#include "unit.h"

enum { OUT_MAX = 100000 };

static const struct table_part *const ITEMS = NULL;

static void assert_table(const char *columns, const struct table_part *parts, const char *json, const char *expected) {
  static const struct text NAMES[] = {TEXT_INIT("service"), TEXT_INIT("site")};
  const struct table table = {columns, parts};
  struct buffer out;
  buffer_init(&out, OUT_MAX);
  ck_assert(table_write(&table, text_of(json), NAMES, ROWS(NAMES), &out));
  struct text written = buffer_view(&out);
  ck_assert(text_starts(written, "\xef\xbb\xbf"));
  ASSERT_TEXT(((struct text){written.at + 3, written.length - 3}), expected);
  buffer_release(&out);
}

START_TEST(a_row_for_each_item) {
  assert_table("id name", ITEMS, "{\"items\":[{\"id\":1,\"name\":\"a\"},{\"name\":\"b\",\"id\":2,\"more\":3}],\"next\":null}",
               "id,name\r\n1,a\r\n2,b\r\n");
  assert_table("id", ITEMS, "{\"items\":[],\"next\":null}", "id\r\n");
}
END_TEST

START_TEST(cells_are_what_the_answer_says) {
  static const struct {
    const char *json, *cell;
  } CASES[] = {
      {"-12.50", "-12.50"},
      {"1e+21", "1e+21"},
      {"true", "true"},
      {"null", ""},
      {"\"\"", ""},
      {"\"a, b\"", "\"a, b\""},
      {"\"say \\\"hi\\\"\"", "\"say \"\"hi\"\"\""},
      {"\"two\\nlines\"", "\"two\nlines\""},
      {"\"=1+1\"", "'=1+1"},
      {"\"\\u003d1\"", "'=1"},
      {"\"-3.20\"", "-3.20"},
      {"\"-3.20x\"", "'-3.20x"},
      {"[]", ""},
      {"[\"a\",\"b\",3]", "a|b|3"},
      {"[\"=a\",\"b\"]", "'=a|b"},
      {"[ \"a\", \"b\" ]", "a|b"},
      {"[{\"a\":1}]", "\"[{\"\"a\"\":1}]\""},
      {"{\"a\": 1}", "\"{\"\"a\"\": 1}\""},
      {"{\"suppressed\":true}", ""},
      {"{\"suppressed\":true,\"n\":3}", ""},
      {"{\"suppressed\":false}", "\"{\"\"suppressed\"\":false}\""},
  };
  EACH(row, CASES) {
    char json[200], expected[200];
    (void)snprintf(json, sizeof json, "{\"items\":[{\"a\":%s}]}", row->json);
    (void)snprintf(expected, sizeof expected, "a\r\n%s\r\n", row->cell);
    assert_table("a", ITEMS, json, expected);
  }
}
END_TEST

START_TEST(columns_lead_inwards_and_outwards) {
  static const struct table_part ROWS_OF[] = {{"row", "", "rows.*.metrics.*"}, {"total", "", "total.metrics.*"}, {NULL, NULL, NULL}};
  assert_table(
      "part=# by=/by key=^key metric=@ value low=interval.0 high=interval.1 /window.from", ROWS_OF,
      "{\"window\":{\"from\":\"2026-01-01\"},\"by\":\"site\",\"rows\":[{\"key\":\"oslo\",\"metrics\":{\"a\":{\"value\":1,\"interval\":[0,2]},"
      "\"b\":{\"value\":2,\"interval\":null}}},{\"key\":null,\"metrics\":{\"a\":{\"value\":3}}}],\"total\":{\"metrics\":{\"a\":{\"value\":4}}}}",
      "part,by,key,metric,value,low,high,window.from\r\n"
      "row,site,oslo,a,1,0,2,2026-01-01\r\n"
      "row,site,oslo,b,2,,,2026-01-01\r\n"
      "row,site,,a,3,,,2026-01-01\r\n"
      "total,site,,a,4,,,2026-01-01\r\n");
}
END_TEST

START_TEST(parts_have_bases_that_may_be_missing) {
  static const struct table_part BOTH[] = {{"now", "", "metrics.*"}, {"then", "then", "metrics.*"}, {"whole", "", ""}, {NULL, NULL, NULL}};
  assert_table("part=# metric=@ value day=/day|/days.0 note", BOTH,
               "{\"day\":1,\"note\":\"x\",\"metrics\":{\"a\":{\"value\":5}},\"then\":{\"days\":[2],\"metrics\":{\"a\":{\"value\":6}}}}",
               "part,metric,value,day,note\r\nnow,a,5,1,\r\nthen,a,6,2,\r\nwhole,,,1,x\r\n");
  assert_table("part=# value", BOTH, "{\"metrics\":{}}", "part,value\r\nwhole,\r\n");
}
END_TEST

START_TEST(what_is_withheld_has_a_row_that_says_so) {
  static const struct table_part BINS[] = {{"bin", "", "metrics.*.bins.*"}, {NULL, NULL, NULL}};
  static const struct table_part CELLS[] = {{"cell", "", "table.*.*"}, {NULL, NULL, NULL}};
  assert_table("metric=^@ from count n=^n suppressed=!", BINS,
               "{\"metrics\":{\"a\":{\"n\":7,\"bins\":[{\"from\":0,\"count\":3},{\"from\":1,\"count\":4}]},\"b\":{\"suppressed\":true,\"n\":2},"
               "\"c\":{\"n\":1,\"bins\":[{\"from\":0,\"count\":1}]}}}",
               "metric,from,count,n,suppressed\r\na,0,3,7,false\r\na,1,4,7,false\r\nb,,,2,true\r\nc,0,1,1,false\r\n");
  assert_table("sla=^@ band=@ n suppressed=!", CELLS, "{\"table\":{\"met\":{\"good\":{\"n\":1},\"bad\":{\"n\":2}}}}",
               "sla,band,n,suppressed\r\nmet,good,1,false\r\nmet,bad,2,false\r\n");
  assert_table("sla=^@ band=@ n suppressed=!", CELLS, "{\"table\":{\"suppressed\":true}}", "sla,band,n,suppressed\r\n,,,true\r\n");
  assert_table("id suppressed=!", ITEMS, "{\"suppressed\":true}", "id,suppressed\r\n,true\r\n");
  assert_table("id suppressed=!", ITEMS, "{\"suppressed\":true,\"items\":[{\"id\":1}]}", "id,suppressed\r\n1,false\r\n");
  assert_table("id suppressed=!", ITEMS, "{\"suppressed\":false}", "id,suppressed\r\n");
}
END_TEST

START_TEST(nothing_of_an_earlier_row_is_left) {
  static const struct table_part POINTS[] = {{"p", "", "charts.*.points.*"}, {NULL, NULL, NULL}};
  assert_table("key=^key n value", POINTS, "{\"charts\":[{\"key\":\"a\",\"points\":[{\"n\":1,\"value\":2},{\"n\":3}]},{\"points\":[{\"value\":4}]}]}",
               "key,n,value\r\na,1,2\r\na,3,\r\n,,4\r\n");
}
END_TEST

START_TEST(a_column_for_each_name) {
  assert_table("id context.* end", ITEMS,
               "{\"items\":[{\"id\":1,\"context\":{\"site\":\"oslo\",\"service\":\"vpn\",\"old\":\"x\"},\"end\":9},{\"id\":2,\"context\":{}}]}",
               "id,context.service,context.site,end\r\n1,vpn,oslo,9\r\n2,,,\r\n");
}
END_TEST

START_TEST(more_columns_than_can_be_read_back_are_refused) {
  char columns[4000] = "";
  size_t length = 0;
  struct buffer out;
  for (int i = 0; i < 257; i++)
    length += (size_t)snprintf(columns + length, sizeof columns - length, "c%d ", i);
  const struct table table = {columns, NULL};
  buffer_init(&out, OUT_MAX);
  ck_assert(!table_write(&table, TEXT("{}"), NULL, 0, &out));
  buffer_release(&out);
}
END_TEST

int main(void) {
  return unit_tests("table", (const TTest *[]){
                                 a_row_for_each_item,
                                 cells_are_what_the_answer_says,
                                 columns_lead_inwards_and_outwards,
                                 parts_have_bases_that_may_be_missing,
                                 what_is_withheld_has_a_row_that_says_so,
                                 nothing_of_an_earlier_row_is_left,
                                 a_column_for_each_name,
                                 more_columns_than_can_be_read_back_are_refused,
                                 NULL,
                             });
}
