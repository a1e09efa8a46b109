// Kept answers: computed once for all that wait, old as soon as data changed (here or by another daemon), and never a mixture.
#include "harness/harness.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { AT_ONCE = 64, NEWS_MS_MAX = 1000, STREAM_POSTS = 300, WINDOW_BITS = 15, GZIP_ONLY = 16 };

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

static long count_in(const struct answer *answer) {
  ck_assert_int_eq(answer->status, 200);
  const char *n = strstr(bytes_text(&answer->body), "\"happiness\":");
  ck_assert_ptr_nonnull(n);
  n = strstr(n, "\"n\":");
  ck_assert_ptr_nonnull(n);
  return strtol(n + 4, NULL, 10);
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
  long count = count_in(&answer);
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

// --- Forms ----------------------------------------------------------------------------------------------------------

#define WHOLE "/v1/experience?from=2026-01-01&to=2026-12-31&scope=service:forms"

// The body as it was before it was packed.
static void unpack(const struct answer *answer, struct bytes *plain) {
  enum { MOST = 65536 };
  bytes_clear(plain);
  z_stream stream = {.next_in = (Bytef *)answer->body.at, .avail_in = (uInt)answer->body.length, .avail_out = MOST};
  stream.next_out = (Bytef *)bytes_room(plain, MOST);
  ck_assert_int_eq(inflateInit2(&stream, WINDOW_BITS + GZIP_ONLY), Z_OK);
  ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
  ck_assert_uint_eq(stream.avail_in, 0);
  plain->length = stream.total_out;
  plain->at[plain->length] = '\0';
  (void)inflateEnd(&stream);
}

#define PLAIN_FORM "header Vary = Accept, Accept-Encoding", "header Content-Encoding absent"
#define GZIP_FORM  "header Vary = Accept, Accept-Encoding", "header Content-Encoding = gzip"

START_TEST(sends_each_client_the_form_it_takes) {
  static const struct step story[] = {
      {.says = "Who doesn't ask is answered plain",
       .key = DASHBOARD,
       .path = WHOLE,
       .status = 200,
       .expects = {PLAIN_FORM, "header ETag = ~^\"[0-9a-f]{32}\"$"},
       .saves = {"plain <- header ETag", "plain_bytes <- header Content-Length", "as_of <- as_of"}},
      {.says = "who asks for gzip gets it",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip, deflate",
       .status = 200,
       .expects = {GZIP_FORM, "header ETag = ~^\"[0-9a-f]{32}-gzip\"$", "header Content-Length != ${plain_bytes}"},
       .saves = {"gzip <- header ETag", "gzip_bytes <- header Content-Length"}},
      {.says = "the same in each case",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: *",
       .status = 200,
       .expects = {GZIP_FORM, "header ETag = ~^${gzip}$", "header Content-Length = ${gzip_bytes}"}},
      {.says = "who refuses it doesn't",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip;q=0, *",
       .status = 200,
       .expects = {PLAIN_FORM, "header ETag = ~^${plain}$", "header Content-Length = ${plain_bytes}"}},
      {.says = "HEAD is answered as GET is",
       .key = DASHBOARD,
       .method = "HEAD",
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip",
       .status = 200,
       .expects = {GZIP_FORM, "header ETag = ~^${gzip}$", "header Content-Length = ${gzip_bytes}", "(body) = \"\""}},
      {.says = "in both forms",
       .key = DASHBOARD,
       .method = "HEAD",
       .path = WHOLE,
       .status = 200,
       .expects = {PLAIN_FORM, "header ETag = ~^${plain}$", "header Content-Length = ${plain_bytes}", "(body) = \"\""}},
      {.says = "What is computed for no-cache has the same forms",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nCache-Control: no-cache",
       .status = 200,
       .expects = {GZIP_FORM, "header ETag = ~^${gzip}$"}},
      {.says = "and tags",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Cache-Control: no-cache",
       .status = 200,
       .expects = {PLAIN_FORM, "header ETag = ~^${plain}$"}},
      {.says = "A short answer is plain",
       .key = DASHBOARD,
       .path = VIEW "service:forms",
       .headers = "Accept-Encoding: gzip",
       .status = 200,
       .expects = {PLAIN_FORM}},
      {.says = "what is not kept has one form",
       .key = DASHBOARD,
       .path = "/v1/tickets?limit=500",
       .headers = "Accept-Encoding: gzip",
       .status = 200,
       .expects = {"header Vary = Accept", "header Content-Encoding absent", "items present"}},
      {.says = "and so has a refusal",
       .key = DASHBOARD,
       .path = "/v1/experience?nonsense=1",
       .headers = "Accept-Encoding: gzip",
       .status = 422,
       .expects = {"header Vary absent", "header Content-Encoding absent", "header ETag absent", "status = 422"}},
  };
  ticket_make("CACHE-6", "forms");
  respond("CACHE-6", 1);
  STEPS(story);
}
END_TEST

START_TEST(confirms_the_form_that_the_client_holds) {
  static const struct step story[] = {
      {.says = "A client holds the plain form", .key = DASHBOARD, .path = WHOLE, .status = 200, .saves = {"plain <- header ETag"}},
      {.says = "another one gzip",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip",
       .status = 200,
       .saves = {"gzip <- header ETag"}},
      {.says = "What is held is confirmed",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "If-None-Match: ${plain}",
       .status = 304,
       .expects = {PLAIN_FORM, "header ETag = ~^${plain}$", "(body) = \"\""}},
      {.says = "as gzip",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nIf-None-Match: ${gzip}",
       .status = 304,
       .expects = {PLAIN_FORM, "header ETag = ~^${gzip}$", "(body) = \"\""}},
      {.says = "also to who takes another form now",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "If-None-Match: ${gzip}",
       .status = 304,
       .expects = {PLAIN_FORM, "header ETag = ~^${gzip}$"}},
      {.says = "of either kind",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nIf-None-Match: \"x\", W/${plain}",
       .status = 304,
       .expects = {PLAIN_FORM, "header ETag = ~^${plain}$"}},
      {.says = "Who holds both gets the tag of what would be sent",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nIf-None-Match: ${plain}, ${gzip}",
       .status = 304,
       .expects = {"header ETag = ~^${gzip}$"}},
      {.says = "Computed anew it is still the same",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nIf-None-Match: ${gzip}\nCache-Control: no-cache",
       .status = 304,
       .expects = {"header ETag = ~^${gzip}$"}},
      {.says = "with HEAD too",
       .key = DASHBOARD,
       .method = "HEAD",
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nIf-None-Match: ${gzip}",
       .status = 304,
       .expects = {PLAIN_FORM, "header ETag = ~^${gzip}$"}},
      {.says = "A change",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = "{\"ticket\": \"CACHE-7\", \"respondent\": \"late\", \"happiness\": 1, \"submitted_at\": \"2026-03-02T10:00:00Z\"}",
       .status = 201},
      {.says = "ends them",
       .key = DASHBOARD,
       .path = WHOLE,
       .headers = "Accept-Encoding: gzip\nIf-None-Match: ${gzip}, ${plain}",
       .status = 200,
       .expects = {GZIP_FORM, "header ETag != ~^${gzip}$"}},
  };
  ticket_make("CACHE-7", "forms");
  respond("CACHE-7", 1);
  STEPS(story);
}
END_TEST

// Both forms are of one answer, `as_of` included; and those who wait for one computation get theirs each.
START_TEST(packs_what_it_would_have_sent_plain) {
  int sockets[AT_ONCE];
  struct bytes first = {0}, plain = {0};
  ticket_make("CACHE-8", "forms");
  for (int i = 0; i < AT_ONCE; i++)
    sockets[i] = raw_open(house_port());
  respond("CACHE-8", 1);
  for (int i = 0; i < AT_ONCE; i++) {
    bytes_clear(&plain);
    bytes_format(&plain, "GET " WHOLE " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n", house_key(DASHBOARD),
                 i % 2 ? "Accept-Encoding: gzip\r\n" : "");
    ck_assert(raw_send(sockets[i], plain.at, plain.length));
  }
  for (int i = 0; i < AT_ONCE; i++) {
    struct answer answer = {0};
    ck_assert(raw_receive(sockets[i], CALL_MS_MAX, &answer));
    ck_assert_int_eq(answer.status, 200);
    ck_assert_int_eq(answer_header(&answer, "Content-Encoding") != NULL, i % 2);
    if (i == 0) bytes_add(&first, answer.body.at, answer.body.length);
    if (i % 2) {
      ck_assert_uint_lt(answer.body.length, first.length / 2);
      unpack(&answer, &plain);
      ck_assert_msg(strcmp(bytes_text(&plain), bytes_text(&first)) == 0, "the forms differ");
    }
    answer_release(&answer);
    close(sockets[i]);
  }
  bytes_release(&first);
  bytes_release(&plain);
}
END_TEST

// --- Computations that stand still ----------------------------------------------------------------------------------

enum { LOOK_MS = 5, LOOKS_MAX = CALL_MS_MAX / LOOK_MS };

// While held, nothing that asks about responses goes on.
static void hold(void) {
  sql_run("begin");
  sql_run("lock table responses in access exclusive mode");
}

// Also after each test, for one that failed in between.
static void let_go(void) { sql_run("rollback"); }

// A connection on which the question was sent.
static int asked(const char *service, const char *headers) {
  char question[512];
  int length = snprintf(question, sizeof question, "GET " VIEW "service:%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n", service,
                        house_key(DASHBOARD), headers);
  int socket = raw_open(house_port());
  ck_assert(raw_send(socket, question, (size_t)length));
  return socket;
}

// Until that many computations have begun.
static void await_misses(long misses) {
  for (int i = 0; counter_of("xlad_cache_misses_total") < misses; i++) {
    ck_assert_msg(i < LOOKS_MAX, "no computation began");
    sleep_ms(LOOK_MS);
  }
}

START_TEST(keeps_nothing_of_a_computation_whose_client_left) {
  ticket_make("CACHE-9", "left");
  respond("CACHE-9", 1);
  ck_assert_int_eq(answers_at(house_port(), "left", NULL), 1);
  respond("CACHE-9", 2);
  long misses = counter_of("xlad_cache_misses_total");
  hold();
  int socket = asked("left", "");
  await_misses(misses + 1);
  close(socket);
  let_go();
  ck_assert_int_eq(answers_at(house_port(), "left", NULL), 2);
}
END_TEST

// --- Streams --------------------------------------------------------------------------------------------------------

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

// --- Streams that computations can't keep up with

enum { STREAM_BEGINS = 150, STREAM_GOES_ON = 5, ATTEMPTS_MAX = 40, OTHERS = 8, KEPT_MS_MAX = 200, QUIET_MS = 3000 };

// Bumps are spent as long as changes come within 200 ms, and given back after two seconds of quiet.
static const char *const slow_renewal[] = {"XLAD_CACHE_MS=200", NULL};

static int people;

static void respond_often(const char *ref, int times) {
  for (int i = 0; i < times; i++)
    respond(ref, ++people);
}

static bool is_answered(int socket) { return poll(&(struct pollfd){.fd = socket, .events = POLLIN}, 1, 0) > 0; }

// What the answer on that connection counts; −1 when none comes in time. Closes it.
static long count_answered(int socket, int milliseconds) {
  struct answer answer = {0};
  long count = raw_receive(socket, milliseconds, &answer) ? count_in(&answer) : -1;
  answer_release(&answer);
  close(socket);
  return count;
}

// Asks until an answer is out of date, so that its computation begins, and stands still.
static int asked_first(const char *service, long misses) {
  for (int i = 0; i < LOOKS_MAX; i++) {
    int socket = asked(service, "");
    while (!is_answered(socket))
      if (counter_of("xlad_cache_misses_total") > misses) return socket;
    close(socket);
    sleep_ms(LOOK_MS);
  }
  ck_abort_msg("no answer became old");
}

// False when this took longer than a kept answer may be served for, so that the others had to wait.
static bool serves_what_is_kept(const char *ref, const char *service) {
  int others = 0;
  long kept = answers_at(house_port(), service, "Cache-Control: no-cache");
  ck_assert_int_eq(kept, people);
  respond(ref, ++people);
  hold();
  long misses = counter_of("xlad_cache_misses_total");
  int first = asked_first(service, misses), strict = asked(service, "Cache-Control: no-cache\r\n");
  for (long count = kept; others < OTHERS && count >= 0; others += count >= 0) {
    count = count_answered(asked(service, ""), KEPT_MS_MAX);
    ck_assert(count == kept || count < 0);
  }
  ck_assert(!is_answered(first));
  ck_assert(!is_answered(strict));
  ck_assert_int_eq(counter_of("xlad_cache_misses_total"), misses + 1);
  let_go();
  ck_assert_int_eq(count_answered(first, CALL_MS_MAX), people);
  ck_assert_int_eq(count_answered(strict, CALL_MS_MAX), people);
  ck_assert_int_eq(counter_of("xlad_cache_misses_total"), misses + 2);
  return others == OTHERS;
}

START_TEST(serves_what_is_kept_in_a_stream_while_one_computes) {
  int attempts = 0;
  people = 0;
  house_restart_with(slow_renewal);
  ticket_make("CACHE-10", "busy");
  respond_often("CACHE-10", STREAM_BEGINS);
  do {
    ck_assert_msg(attempts++ < ATTEMPTS_MAX, "everybody waits for a computation");
    respond_often("CACHE-10", STREAM_GOES_ON);
  } while (!serves_what_is_kept("CACHE-10", "busy"));
  // After a quiet time everybody sees at once what was written.
  sleep_ms(QUIET_MS);
  ck_assert_int_eq(answers_at(house_port(), "busy", "Cache-Control: no-cache"), people);
  respond("CACHE-10", ++people);
  long misses = counter_of("xlad_cache_misses_total");
  hold();
  int first = asked_first("busy", misses), other = asked("busy", "");
  EXPECT(request(NO_KEY, "GET", "/healthz", NULL, NULL), 200, "header X-Request-Id present");
  ck_assert(!is_answered(other));
  let_go();
  ck_assert_int_eq(count_answered(first, CALL_MS_MAX), people);
  ck_assert_int_eq(count_answered(other, CALL_MS_MAX), people);
  house_restart_with(NULL);
}
END_TEST

int main(void) {
  house_start(NULL);
  server_start(&second, house_url(), NULL);
  Suite *suite = suite_create("kept answers");
  TCase *cases = tcase_create("kept answers");
  tcase_set_timeout(cases, 120);
  tcase_add_checked_fixture(cases, NULL, let_go);
  tcase_add_test(cases, computes_once_what_is_asked_twice);
  tcase_add_test(cases, shows_who_writes_and_then_reads_what_was_written);
  tcase_add_test(cases, hears_within_a_second_what_another_daemon_wrote);
  tcase_add_test(cases, computes_once_for_all_that_wait);
  tcase_add_test(cases, sends_each_client_the_form_it_takes);
  tcase_add_test(cases, confirms_the_form_that_the_client_holds);
  tcase_add_test(cases, packs_what_it_would_have_sent_plain);
  tcase_add_test(cases, keeps_nothing_of_a_computation_whose_client_left);
  tcase_add_test(cases, never_goes_back_in_a_stream_of_writes);
  tcase_add_test(cases, serves_what_is_kept_in_a_stream_while_one_computes);
  suite_add_tcase(suite, cases);
  int code = house_run(suite);
  server_release(&second);
  return code;
}
