// The harness itself: an expectation that can't fail, or an answer that is read too kindly, would make every other test worthless.
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAW(text) text, sizeof(text) - 1

static const struct {
  const char *says;
  const char *bytes;
  size_t length;
  bool to_head;
  bool ended;
  enum answer_state state;
  int status;
  const char *body;
} answers[] = {
    {"a length", RAW("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"), false, false, ANSWER_WHOLE, 200, "ab"},
    {"another behind it", RAW("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabHTTP/1.1"), false, false, ANSWER_WHOLE, 200, "ab"},
    {"too short a body", RAW("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), false, false, ANSWER_PARTIAL, 0, NULL},
    {"a body cut off", RAW("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), false, true, ANSWER_BROKEN, 0, NULL},
    {"chunks", RAW("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: x\r\n\r\n"), false, false, ANSWER_WHOLE,
     200, "abc"},
    {"chunks without an end", RAW("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"), false, false, ANSWER_PARTIAL, 0, NULL},
    {"a wrong chunk size", RAW("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"), false, false, ANSWER_BROKEN, 0, NULL},
    {"two framings", RAW("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n"), false, false, ANSWER_BROKEN, 0,
     NULL},
    {"two lengths", RAW("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"), false, false, ANSWER_BROKEN, 0, NULL},
    {"an interim answer", RAW("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"), false, false, ANSWER_WHOLE, 201, ""},
    {"an answer to HEAD", RAW("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), true, false, ANSWER_WHOLE, 200, ""},
    {"not modified", RAW("HTTP/1.1 304 Not Modified\r\n\r\n"), false, false, ANSWER_WHOLE, 304, ""},
    {"up to the end", RAW("HTTP/1.1 200 OK\r\n\r\nab"), false, true, ANSWER_WHOLE, 200, "ab"},
    {"the end not yet seen", RAW("HTTP/1.1 200 OK\r\n\r\nab"), false, false, ANSWER_PARTIAL, 0, NULL},
    {"no HTTP", RAW("SSH-2.0-x\r\n\r\n"), false, false, ANSWER_BROKEN, 0, NULL},
    {"a status of two digits", RAW("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"), false, false, ANSWER_BROKEN, 0, NULL},
    {"NUL in the head", RAW("HTTP/1.1 200 OK\r\nX: a\0\r\nContent-Length: 0\r\n\r\n"), false, false, ANSWER_BROKEN, 0, NULL},
};

START_TEST(reads_answers_strictly) {
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    struct answer answer = {0};
    size_t used = 0;
    enum answer_state state = answer_read(&answer, answers[i].bytes, answers[i].length, answers[i].to_head, answers[i].ended, &used);
    ck_assert_msg(state == answers[i].state && answer.status == answers[i].status, "%s: state %d, status %d", answers[i].says, (int)state,
                  answer.status);
    if (answers[i].body != NULL) {
      ck_assert_str_eq(bytes_text(&answer.body), answers[i].body);
    }
    answer_release(&answer);
  }
}
END_TEST

static const char *const document =
    "{\"n\": 16.67, \"s\": \"a\\\"b\\u00e9\\ud83d\\ude00\", \"t\": true, \"z\": null, \"e\": \"\", \"num\": \"17.50\", \"a.b\": 1,\n"
    " \"list\": [{\"ref\": \"A\"}, {\"ref\": \"B\"}], \"none\": [], \"o\": { \"x\" : [1, 2] }, \"length\": 7}";

static const struct {
  const char *expectation;
  bool met;
} expectations[] = {
    {"n = 16.67", true},
    {"n = 16.670", false},
    {"n = \"16.67\"", false},
    {"n != 16.67", false},
    {"n != 16.7", true},
    {"num = \"17.50\"", true},
    {"num = 17.50", false},
    {"s = a\"b\xc3\xa9\xf0\x9f\x98\x80", true},
    {"s = \"a\\\"b\xc3\xa9\\ud83d\\ude00\"", true},
    {"s = a", false},
    {"t = true", true},
    {"t = \"true\"", false},
    {"t = false", false},
    {"z = null", true},
    {"z present", true},
    {"z absent", false},
    {"gone absent", true},
    {"gone present", false},
    {"gone = null", false},
    {"gone != 1", false},
    {"gone = ~.*", false},
    {"e = \"\"", true},
    {"a\\.b = 1", true},
    {"a.b absent", true},
    {"list.length = 2", true},
    {"list.length = 3", false},
    {"none.length = 0", true},
    {"length = 7", true},
    {"list.1.ref = B", true},
    {"list.0.ref = B", false},
    {"list.2 absent", true},
    {"list.-1 absent", true},
    {"o = {\"x\":[1,2]}", true},
    {"o = {\"x\": [1, 3]}", false},
    {"o.x.1 = 2", true},
    {"n.x absent", true},
    {"n = ~^16\\.", true},
    {"n = ~^17", false},
    {"header Allow = GET, POST", true},
    {"header allow = ~POST$", true},
    {"header Vary absent", true},
    {"header Content-Length = 2", true},
    {"(body) = ~\"list\"", true},
    {"(body) = ~nowhere", false},
};

START_TEST(holds_answers_against_expectations) {
  struct answer answer = {.status = 200};
  bytes_add_text(&answer.head, "HTTP/1.1 200 OK\r\nAllow: GET\r\nContent-Length:  2 \r\nAllow: POST\r\n");
  bytes_add_text(&answer.body, document);
  for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
    struct bytes finding = {0};
    bool met = answer_meets(&answer, expectations[i].expectation, &finding);
    ck_assert_msg(met == expectations[i].met, "'%s' is %s, found %s", expectations[i].expectation, met ? "met" : "not met", bytes_text(&finding));
    bytes_release(&finding);
  }
  answer_release(&answer);
}
END_TEST

START_TEST(meets_nothing_in_a_body_that_is_not_json) {
  static const char *const bodies[] = {"", "{", "{\"a\": 1,}", "{\"a\": 01}", "{\"a\": 1} x", "{'a': 1}", "{\"a\": 1.}", "[1 2]"};
  for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    struct answer answer = {.status = 200};
    struct bytes finding = {0};
    bytes_add_text(&answer.body, bodies[i]);
    ck_assert_msg(!answer_meets(&answer, "a = 1", &finding), "%s", bodies[i]);
    ck_assert_msg(!answer_meets(&answer, "b absent", &finding), "%s", bodies[i]);
    bytes_release(&finding);
    answer_release(&answer);
  }
}
END_TEST

START_TEST(quotes_what_it_reads_back) {
  static const char text[] = "a\"b\\c\n\x01\xc3\xa9";
  struct bytes json = {0};
  struct bytes back = {0};
  value_quote(text, sizeof text - 1, &json);
  ck_assert(value_is_json(json.at, json.length));
  value_text((struct value){json.at, json.length}, &back);
  ck_assert_str_eq(back.at, text);
  bytes_release(&json);
  bytes_release(&back);
}
END_TEST

START_TEST(tells_exit_codes_and_output_of_programs) {
  const char *const argv[] = {"sh", "-c", "echo out $XLAD_A $XLAD_B; echo err >&2; exit 3", NULL};
  const char *const settings[] = {"XLAD_A=a", NULL};
  struct outcome outcome;
  (void)setenv("XLAD_B", "inherited", 1);
  process_run(&(struct launch){.argv = argv, .settings = settings}, 10, &outcome);
  ck_assert_int_eq(outcome.code, 3);
  ck_assert_str_eq(bytes_text(&outcome.out), "out a\n");
  ck_assert_str_eq(bytes_text(&outcome.err), "err\n");
  outcome_release(&outcome);
  const char *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
  process_run(&(struct launch){.argv = killed}, 10, &outcome);
  ck_assert_int_eq(outcome.code, 128 + 9);
  outcome_release(&outcome);
}
END_TEST

// A misspelt path would read 0 everywhere.
START_TEST(reads_every_figure) {
  static const char BODY[] =
      "{\"by\":\"service\",\"rows\":[{\"key\":\"vpn\",\"metrics\":{\"happiness\":{\"value\":16.67,\"n\":6,\"bands\":{\"positive\":2,\"neutral\":3,"
      "\"negative\":1}},\"lost_time\":{\"n\":4,\"raw\":null,\"sum\":90},\"ticket_volume\":{\"n\":7},\"backlog\":{\"n\":-1},\"sla_met\":{\"n\":5}}},"
      "{\"key\":null,\"metrics\":{\"happiness\":{\"n\":0}}},{\"key\":\"\\u00e5\",\"metrics\":{\"backlog\":{\"n\":1}}}],"
      "\"total\":{\"metrics\":{\"ticket_volume\":{\"n\":8}}}}";
  struct answer answer = {.status = 200};
  struct figures_view view;
  struct bytes text = {0};
  bytes_add_text(&answer.body, BODY);
  figures_read(&answer, &view);
  figures_print_view(&view, &text);
  ck_assert_str_eq(bytes_text(&text), "vpn: happiness 6 (2 3 1), lost_time 4 (90), volume 7, backlog -1, sla 5\n"
                                      "\xc3\xa5: happiness 0 (0 0 0), lost_time 0 (0), volume 0, backlog 1, sla 0\n"
                                      "total: happiness 0 (0 0 0), lost_time 0 (0), volume 8, backlog 0, sla 0\n");
  struct figures vpn = figures_row(&view, "vpn"), none = figures_row(&view, "nobody");
  ck_assert(figures_equal(&vpn, &view.rows[0].figures) && !figures_equal(&vpn, &none));
  bytes_release(&text);
  answer_release(&answer);
}
END_TEST

static void add_one(struct crew *crew, size_t worker, void *shared) {
  atomic_fetch_add(&((_Atomic size_t *)shared)[worker], 1);
  while (!crew_stops(crew))
    sleep_ms(1);
}

START_TEST(runs_workers_until_they_are_told_to_stop) {
  struct crew crew;
  _Atomic size_t *shared = crew_share(3 * sizeof *shared);
  crew_start(&crew, 3, add_one, (void *)(uintptr_t)shared);
  for (size_t i = 0; i < 3; i++)
    while (atomic_load(&shared[i]) == 0)
      crew_check(&crew);
  crew_stop(&crew, 10);
  for (size_t i = 0; i < 3; i++)
    ck_assert_uint_eq(atomic_load(&shared[i]), 1);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("harness");
  TCase *harness = tcase_create("harness");
  tcase_add_test(harness, reads_answers_strictly);
  tcase_add_test(harness, holds_answers_against_expectations);
  tcase_add_test(harness, meets_nothing_in_a_body_that_is_not_json);
  tcase_add_test(harness, quotes_what_it_reads_back);
  tcase_add_test(harness, tells_exit_codes_and_output_of_programs);
  tcase_add_test(harness, reads_every_figure);
  tcase_add_test(harness, runs_workers_until_they_are_told_to_stop);
  suite_add_tcase(suite, harness);
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  harness_in_tests(true);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
