// Kept answers: computed once for all that wait, old as soon as data changed (here or by another daemon), and never a mixture.
#include "harness/harness.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 64, NEWS_MS_MAX = 1000, STREAM_POSTS = 300 };

#define VIEW "/v1/experience?from=2026-01-01&to=2026-12-31&metrics=happiness&scope="

static struct server second;

static void ticket_make(const char *ref, const char *service) {
  char path[128], body[256];
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  (void)snprintf(body, sizeof body,
                 "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": \"2026-03-02T09:00:00Z\", \"context\": {\"service\": \"%s\"}}", service);
  EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "(body) present");
}

static void respond(const char *ref, int person) {
  char body[256];
  (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"respondent\": \"p%d\", \"happiness\": 9, \"submitted_at\": \"2026-03-02T10:00:00Z\"}",
                 ref, person);
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 201, "(body) present");
}

// What a daemon says about `happiness` of a service: its n.
static long answers_at(int port, const char *service, const char *header) {
  struct caller caller;
  struct answer answer = {0};
  const char *why = "";
  char path[256], headers[400];
  caller_init(&caller, port);
  (void)snprintf(path, sizeof path, VIEW "service:%s", service);
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s%s%s", house_key(DASHBOARD), header ? "\n" : "", header ? header : "");
  ck_assert_msg(caller_call(&caller, &(struct call){.method = "GET", .path = path, .headers = headers}, &answer, &why), "%s", why);
  ck_assert_int_eq(answer.status, 200);
  const char *n = strstr(bytes_text(&answer.body), "\"happiness\":");
  ck_assert_ptr_nonnull(n);
  n = strstr(n, "\"n\":");
  ck_assert_ptr_nonnull(n);
  long count = strtol(n + 4, NULL, 10);
  caller_close(&caller);
  answer_release(&answer);
  return count;
}

static long counter_of(const char *name) {
  const char *text = bytes_text(&request(NO_KEY, "GET", "/metrics", NULL, NULL)->body);
  char line[100];
  (void)snprintf(line, sizeof line, "\n%s ", name);
  const char *at = strstr(text, line);
  ck_assert_msg(at != NULL, "%s is not among the metrics", name);
  return strtol(at + strlen(line), NULL, 10);
}

START_TEST(computes_once_what_is_asked_twice) {
  ticket_make("CACHE-1", "twice");
  respond("CACHE-1", 1);
  long misses = counter_of("xlad_cache_misses_total"), hits = counter_of("xlad_cache_hits_total");
  ck_assert_int_eq(answers_at(house_port(), "twice", NULL), 1);
  ck_assert_int_eq(answers_at(house_port(), "twice", NULL), 1);
  ck_assert_int_eq(counter_of("xlad_cache_misses_total") - misses, 1);
  ck_assert_int_eq(counter_of("xlad_cache_hits_total") - hits, 1);
  ck_assert_int_eq(answers_at(house_port(), "twice", "Cache-Control: no-cache"), 1);
  ck_assert_int_eq(counter_of("xlad_cache_misses_total") - misses, 2);
}
END_TEST

START_TEST(shows_who_writes_and_then_reads_what_was_written) {
  ticket_make("CACHE-2", "mine");
  for (int i = 1; i <= 20; i++) {
    respond("CACHE-2", i);
    ck_assert_int_eq(answers_at(house_port(), "mine", NULL), i);
  }
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/CACHE-2", NULL,
                 "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": \"2026-03-02T09:00:00Z\", \"context\": {\"service\": \"mine\"}}"),
         200, "(body) present");
  ck_assert_int_eq(answers_at(house_port(), "mine", NULL), 20);
}
END_TEST

START_TEST(hears_within_a_second_what_another_daemon_wrote) {
  ticket_make("CACHE-3", "theirs");
  for (int i = 1; i <= 5; i++) {
    (void)answers_at(second.port, "theirs", NULL);
    respond("CACHE-3", i);
    long long written_ms = clock_ms();
    while (answers_at(second.port, "theirs", NULL) != i)
      ck_assert_msg(clock_ms() - written_ms < NEWS_MS_MAX, "not heard within a second");
  }
}
END_TEST

START_TEST(computes_once_for_all_that_wait) {
  int sockets[AT_ONCE];
  char question[512];
  ticket_make("CACHE-4", "crowd");
  respond("CACHE-4", 1);
  int length =
      snprintf(question, sizeof question, "GET " VIEW "service:crowd HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", house_key(DASHBOARD));
  for (int i = 0; i < AT_ONCE; i++)
    sockets[i] = raw_open(house_port());
  long misses = counter_of("xlad_cache_misses_total");
  for (int i = 0; i < AT_ONCE; i++)
    ck_assert(raw_send(sockets[i], question, (size_t)length));
  for (int i = 0; i < AT_ONCE; i++) {
    struct answer answer = {0};
    ck_assert(raw_receive(sockets[i], CALL_MS_MAX, &answer));
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(bytes_text(&answer.body), "\"happiness\":{\"value\":100,\"n\":1"));
    answer_release(&answer);
    close(sockets[i]);
  }
  ck_assert_int_eq(counter_of("xlad_cache_misses_total") - misses, 1);
}
END_TEST

// In a stream of writes a reader sees counts that only grow, and with no-cache everything that was acknowledged before it asked.
START_TEST(never_goes_back_in_a_stream_of_writes) {
  long seen = 0;
  ticket_make("CACHE-5", "stream");
  for (int i = 1; i <= STREAM_POSTS; i++) {
    respond("CACHE-5", i);
    long now = answers_at(house_port(), "stream", NULL);
    ck_assert_msg(now >= seen && now <= i, "%ld after %ld, of %d", now, seen, i);
    seen = now;
    if (i % 50 == 0) ck_assert_int_eq(answers_at(house_port(), "stream", "Cache-Control: no-cache"), i);
  }
}
END_TEST

int main(void) {
  house_start(NULL);
  server_start(&second, house_url(), NULL);
  Suite *suite = suite_create("kept answers");
  TCase *cases = tcase_create("kept answers");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, computes_once_what_is_asked_twice);
  tcase_add_test(cases, shows_who_writes_and_then_reads_what_was_written);
  tcase_add_test(cases, hears_within_a_second_what_another_daemon_wrote);
  tcase_add_test(cases, computes_once_for_all_that_wait);
  tcase_add_test(cases, never_goes_back_in_a_stream_of_writes);
  suite_add_tcase(suite, cases);
  int code = house_run(suite);
  server_release(&second);
  return code;
}
