// Checks what a baseline freezes: all of a tally, exactly; nothing of what is withheld; and the same bytes for the same facts.
#include "api/baseline_content.h"

#include "unit.h"

enum { BYTES_MAX = 1 << 16 };

static struct tenant tenant = {.time_zone = "Europe/Oslo", .currency = "EUR", .lost_time_cap = 2400, .min_group = 5};
static struct reading_group total;

static size_t place_of(const char *key) { return metric_place(metric_find(text_of(key))); }

#define HEAD "{\"created_at\":\"1970-01-01T00:00:01Z\",\"exclusions\":2,\"kind\":\"measured\",\"metrics\":{"
#define TAIL                                                                                                                                   \
  "},\"min_group\":5,\"name\":\"n\",\"note\":null,\"response_rate\":{\"n\":0,\"pending\":0,\"ticket_response_share\":{\"formula\":\"share\","  \
  "\"interval\":null,\"n\":0,\"unit\":\"percent\",\"value\":null},\"uninvited\":0,\"value\":null},\"scope\":{},\"time_zone\":\"Europe/Oslo\"," \
  "\"window\":{\"from\":\"1970-01-02\",\"to\":\"1970-01-03\"}}"

START_TEST(freezes_whole_tallies_in_canonical_order) {
  struct buffer out;
  struct baseline_terms terms = {.name = TEXT("n"), .created_at = 1000000, .window = {1, 2}};
  total.excluded = 2;
  total.figures.tallies[place_of("happiness")] = (struct tally){.n = 2, .sum = 12, .sum_squares = 104, .bins = {[2] = 1, [10] = 1}};
  // More than an int64_t holds.
  total.figures.tallies[place_of("resolution_time")] =
      (struct tally){.n = INT64_C(1) << 40, .sum = INT64_C(1) << 50, .sum_squares = ((int128)1 << 64) + 1, .bins = {[1] = INT64_C(1) << 40}};
  total.figures.tallies[place_of("backlog")] = (struct tally){.n = 3, .sum = -1, .sum_squares = 3};
  total.figures.tallies[place_of("csat")] = (struct tally){.n = 1, .sum = 5, .sum_squares = 25, .bins = {[4] = 1}};
  metric_set_add(&total.figures.hidden, place_of("csat"));
  buffer_init(&out, BYTES_MAX);
  ck_assert(baseline_content_measured(&terms, &total, &tenant, &out));
  ASSERT_TEXT(
      buffer_view(&out), HEAD
      "\"backlog\":{\"bins\":[],\"count\":3,\"definition\":{\"version\":1},\"formula\":\"stock\",\"interval\":null,\"n\":-1,\"sum\":\"-1\","
      "\"sum_squares\":\"3\",\"unit\":\"tickets\",\"value\":-1},"
      "\"csat\":{\"suppressed\":true},"
      "\"happiness\":{\"bins\":[0,0,1,0,0,0,0,0,0,0,1],\"count\":2,\"definition\":{\"version\":1},\"formula\":\"net\",\"interval\":[-73.34,73.34],"
      "\"n\":2,\"sum\":\"12\",\"sum_squares\":\"104\",\"unit\":\"points\",\"value\":0},"
      "\"resolution_time\":{\"bins\":[0,1099511627776,0,0,0,0,0,0,0,0],\"count\":1099511627776,\"definition\":{\"version\":1},"
      "\"formula\":\"mean\",\"interval\":[17.07,17.07],\"n\":1099511627776,\"sum\":\"1125899906842624\","
      "\"sum_squares\":\"18446744073709551617\",\"unit\":\"minutes\",\"value\":17.07}" TAIL);
  buffer_release(&out);
}
END_TEST

START_TEST(freezes_published_values_as_told) {
  struct buffer out;
  const struct benchmark_value values[] = {{metric_find(TEXT("happiness")), -123456, ABSENT}, {metric_find(TEXT("csat")), 400000, 12}};
  struct baseline_terms terms = {
      .name = TEXT("n"), .note = TEXT("o"), .source = TEXT("s"), .created_at = 1000000, .values = values, .values_count = ROWS(values)};
  buffer_init(&out, BYTES_MAX);
  ck_assert(baseline_content_external(&terms, &out));
  ASSERT_TEXT(buffer_view(&out), "{\"created_at\":\"1970-01-01T00:00:01Z\",\"kind\":\"external\",\"metrics\":{\"csat\":{\"n\":12,\"value\":40},"
                                 "\"happiness\":{\"n\":null,\"value\":-12.3456}},\"name\":\"n\",\"note\":\"o\",\"source\":\"s\"}");
  buffer_release(&out);
}
END_TEST

int main(void) {
  return unit_tests("baseline_content", (const TTest *[]){freezes_whole_tallies_in_canonical_order, freezes_published_values_as_told, NULL});
}
