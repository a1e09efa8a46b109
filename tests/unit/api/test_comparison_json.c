// Checks comparisons as they are shown: the vectors of the rules, what is null where there is no test, and what tells what would settle it.
#include "api/comparison_json.h"

#include "unit.h"

#include "base/buffer.h"

enum { BYTES_MAX = 4096 };

static struct tally net_of(int64_t positive, int64_t neutral, int64_t negative) {
  const struct metric *happiness = metric_find(TEXT("happiness"));
  struct tally tally = {0};
  tally_add_value(&tally, happiness, 10, positive);
  tally_add_value(&tally, happiness, 8, neutral);
  tally_add_value(&tally, happiness, 2, negative);
  return tally;
}

static struct tally share_of(int64_t ones, int64_t n) {
  const struct metric *met = metric_find(TEXT("sla_met"));
  struct tally tally = {0};
  tally_add_value(&tally, met, 1, ones);
  tally_add_value(&tally, met, 0, n - ones);
  return tally;
}

// By n, mean and the sum of squares that s² × (n − 1) makes.
static struct tally mean_of(int64_t n, int64_t sum, int64_t sum_squares) { return (struct tally){.n = n, .sum = sum, .sum_squares = sum_squares}; }

static void assert_written(const struct buffer *out, const char *expected) {
  ck_assert(!out->failed);
  ASSERT_TEXT(buffer_view(out), expected);
}

static const struct {
  const char *metric;
  struct tally (*make)(int64_t a, int64_t b, int64_t c);
  int64_t before[3], after[3];
  bool overlapping;
  const char *expected;
} VECTORS[] = {
    {"happiness",
     net_of,
     {120, 60, 120},
     {150, 60, 90},
     false,
     "{\"change\":20,\"relative\":false,\"test\":\"two_sample\",\"se\":7.16,\"p\":0.0057,\"interval\":[5.76,33.84],\"verdict\":\"improved\",\"n_"
     "min\":10,"
     "\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}"},
    {"happiness",
     net_of,
     {38, 22, 40},
     {48, 22, 30},
     false,
     "{\"change\":20,\"relative\":false,\"test\":\"two_sample\",\"se\":12.12,\"p\":0.1091,\"interval\":[-4.34,43.17],\"verdict\":\"inconclusive\","
     "\"n_min\":10,\"needed_per_group\":300,\"needed_after\":null,\"baseline_too_small\":true,\"approximate\":false}"},
    {"happiness",
     net_of,
     {120, 60, 120},
     {150, 60, 90},
     true,
     "{\"change\":20,\"relative\":false,\"test\":null,\"se\":null,\"p\":null,\"interval\":null,\"verdict\":null,\"n_min\":null,"
     "\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}"},
    {"happiness",
     net_of,
     {5, 2, 2},
     {150, 60, 90},
     false,
     "{\"change\":-13.33,\"relative\":false,\"test\":null,\"se\":null,\"p\":null,\"interval\":null,\"verdict\":\"insufficient_data\","
     "\"n_min\":10,\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}"},
    {"happiness",
     net_of,
     {0, 0, 0},
     {150, 60, 90},
     false,
     "{\"change\":null,\"relative\":false,\"test\":null,\"se\":null,\"p\":null,\"interval\":null,\"verdict\":\"insufficient_data\",\"n_min\":10,"
     "\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}"},
    {"lost_time",
     mean_of,
     {200, 20000, 17601600},
     {150, 9000, 3892500},
     false,
     "{\"change\":-40,\"relative\":true,\"test\":\"two_sample\",\"se\":0.3,\"p\":0.0941,\"interval\":[-67.02,9.17],\"verdict\":\"inconclusive\",\"n_"
     "min\":50,"
     "\"needed_per_group\":495,\"needed_after\":null,\"baseline_too_small\":true,\"approximate\":true}"},
    {"ticket_volume",
     mean_of,
     {100, 100, 100},
     {130, 130, 130},
     false,
     "{\"change\":30,\"relative\":false,\"test\":null,\"se\":null,\"p\":null,\"interval\":null,\"verdict\":null,\"n_min\":null,"
     "\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}"},
};

START_TEST(shows_vector_of_the_rules) {
  struct buffer out;
  struct json_writer json;
  struct tally before = VECTORS[_i].make(VECTORS[_i].before[0], VECTORS[_i].before[1], VECTORS[_i].before[2]);
  struct tally after = VECTORS[_i].make(VECTORS[_i].after[0], VECTORS[_i].after[1], VECTORS[_i].after[2]);
  buffer_init(&out, BYTES_MAX);
  json_start(&json, &out);
  comparison_write(&json, metric_find(text_of(VECTORS[_i].metric)), &before, &after, VECTORS[_i].overlapping);
  assert_written(&out, VECTORS[_i].expected);
  buffer_release(&out);
}
END_TEST

START_TEST(shows_share) {
  struct buffer out;
  struct json_writer json;
  struct tally before = share_of(120, 200), after = share_of(150, 200);
  buffer_init(&out, BYTES_MAX);
  json_start(&json, &out);
  comparison_write(&json, metric_find(TEXT("sla_met")), &before, &after, false);
  assert_written(
      &out, "{\"change\":15,\"relative\":false,\"test\":\"two_sample\",\"se\":4.61,\"p\":0.0013,\"interval\":[5.82,23.88],\"verdict\":\"improved\","
            "\"n_min\":10,\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}");
  buffer_release(&out);
}
END_TEST

// 81 of 263 is 25.53 to 36.62, which lies above 20.
START_TEST(shows_target) {
  struct buffer out;
  struct json_writer json;
  struct tally after = share_of(81, 263);
  buffer_init(&out, BYTES_MAX);
  json_start(&json, &out);
  comparison_write_target(&json, metric_find(TEXT("sla_met")), &after, (struct ratio){2000, 100});
  assert_written(&out,
                 "{\"change\":10.8,\"relative\":false,\"test\":\"target\",\"se\":2.47,\"p\":0,\"interval\":[5.53,16.62],\"verdict\":\"improved\","
                 "\"n_min\":10,\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}");
  buffer_release(&out);
}
END_TEST

START_TEST(says_nothing_of_what_is_withheld) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BYTES_MAX);
  json_start(&json, &out);
  comparison_write_withheld(&json);
  assert_written(&out, "{\"change\":null,\"relative\":false,\"test\":null,\"se\":null,\"p\":null,\"interval\":null,\"verdict\":\"insufficient_data\","
                       "\"n_min\":null,\"needed_per_group\":null,\"needed_after\":null,\"baseline_too_small\":false,\"approximate\":false}");
  buffer_release(&out);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("comparison_json");
  TCase *tests = tcase_create("comparison_json");
  tcase_add_loop_test(tests, shows_vector_of_the_rules, 0, ROWS(VECTORS));
  tcase_add_test(tests, shows_share);
  tcase_add_test(tests, shows_target);
  tcase_add_test(tests, says_nothing_of_what_is_withheld);
  suite_add_tcase(suite, tests);
  return unit_run(suite);
}
