// The edge of the service: what it answers to wrong paths, wrong methods, malformed HTTP, wrong keys and wrong bodies.
#include "harness/harness.h"

#include <cjson/cJSON.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_BYTES_LIMIT = 1024 * 1024, CORPUS_FILES_MIN = 300, NAUGHTY_STORED_SHARE_MIN = 90 };

static const char *const UNKNOWN_RESPONSE = "/v1/responses/018f0000-0000-7000-8000-000000000000";

static const char *shared_path(const char *name, char *into, size_t capacity) {
  const char *folder = getenv("XLAD_SHARED");
  (void)snprintf(into, capacity, "%s/%s", folder == NULL ? "../shared" : folder, name);
  return into;
}

// Says what is wrong and counts it, so that one run shows all that is wrong in a long list.
#define COMPLAIN(count, ...) ((count)++, (void)fprintf(stderr, __VA_ARGS__))

// --- Paths and methods ----------------------------------------------------------------------------------------------

START_TEST(answers_unknown_paths_with_404) {
  static const char *const paths[] = {
      "/nothing",      "/v1",        "/v1/nothing", "/v2/responses", "/v1/responses/a/b/c/d",
      "/V1/responses", "/healthz/x", "/index.php",  "/..",           "/v1/../healthz",
  };
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    EXPECT(request(ADMIN, "GET", paths[i], NULL, NULL), 404, "status = 404", "type = urn:xlad:problem:not-found");
  }
}
END_TEST

START_TEST(decodes_path_segments_strictly) {
  static const char *const paths[] = {"/v1/tickets/%",     "/v1/tickets/%4",  "/v1/tickets/%zz",
                                      "/v1/tickets/a%00b", "/v1/tickets/%ff", "/v1/tickets/%c0%af"};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    int status = request(ADMIN, "GET", paths[i], NULL, NULL)->status;
    ck_assert_msg(status == 400 || status == 404, "%s answered with %d", paths[i], status);
  }
}
END_TEST

START_TEST(keeps_an_encoded_slash_within_its_segment) {
  static const struct step story[] = {
      {.says = "a ticket whose number holds a slash is created",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/EDGE%2F1",
       .body = "{\"kind\": \"request\", \"opened_at\": \"2026-03-02T08:00:00Z\", \"context\": {\"service\": \"edge\"}}",
       .status = 201,
       .expects = {"ref = EDGE/1"}},
      {.says = "and read under the same path", .key = ADMIN, .path = "/v1/tickets/EDGE%2F1", .status = 200, .expects = {"ref = EDGE/1"}},
      {.says = "while the plain slash leads elsewhere", .key = ADMIN, .path = "/v1/tickets/EDGE/1", .status = 404},
  };
  STEPS(story);
}
END_TEST

static const struct {
  const char *method;
  const char *path;
  const char *allowed[5];
} wrong_methods[] = {
    {"DELETE", "/v1/responses", {"GET", "HEAD", "POST", "OPTIONS"}},
    {"PUT", "/v1/responses", {"GET", "HEAD", "POST", "OPTIONS"}},
    {"POST", "/v1/tickets/EDGE", {"GET", "HEAD", "PUT", "OPTIONS"}},
    {"POST", "/v1/experience", {"GET", "HEAD", "OPTIONS"}},
    {"PATCH", "/healthz", {"GET", "HEAD", "OPTIONS"}},
    {"POST", "/readyz", {"GET", "HEAD", "OPTIONS"}},
    {"BREW", "/v1/responses", {"GET", "HEAD", "POST", "OPTIONS"}},
    {"get", "/healthz", {"GET", "HEAD", "OPTIONS"}},
};

static bool lists_method(const char *allow, const char *method) {
  size_t length = strlen(method);
  for (const char *at = allow; at != NULL && *at != '\0';) {
    at += strspn(at, ", ");
    size_t word = strcspn(at, ", ");
    if (word == length && memcmp(at, method, length) == 0) {
      return true;
    }
    at += word;
  }
  return false;
}

START_TEST(answers_wrong_methods_with_405_and_allow) {
  for (size_t i = 0; i < sizeof wrong_methods / sizeof wrong_methods[0]; i++) {
    const struct answer *answer = request(ADMIN, wrong_methods[i].method, wrong_methods[i].path, NULL, NULL);
    ck_assert_msg(answer->status == 405, "%s %s answered with %d", wrong_methods[i].method, wrong_methods[i].path, answer->status);
    const char *allow = answer_header(answer, "Allow");
    for (const char *const *method = wrong_methods[i].allowed; *method != NULL; method++) {
      ck_assert_msg(lists_method(allow, *method), "Allow of %s lacks %s: %s", wrong_methods[i].path, *method, allow == NULL ? "(absent)" : allow);
    }
    ck_assert_msg(!lists_method(allow, wrong_methods[i].method), "Allow of %s names the refused method", wrong_methods[i].path);
  }
}
END_TEST

START_TEST(answers_head_like_get_without_a_body) {
  static const char *const paths[] = {"/healthz", "/v1/responses", "/nothing"};
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    const struct answer *answer = request(ADMIN, "GET", paths[i], NULL, NULL);
    int status = answer->status;
    char *type = strdup(answer_header(answer, "Content-Type") == NULL ? "" : answer_header(answer, "Content-Type"));
    // Bytes behind the answer would fail the request.
    answer = request(ADMIN, "HEAD", paths[i], NULL, NULL);
    ck_assert_int_eq(answer->status, status);
    ck_assert_str_eq(answer_header(answer, "Content-Type") == NULL ? "" : answer_header(answer, "Content-Type"), type);
    free(type);
  }
}
END_TEST

START_TEST(tells_the_methods_on_options) {
  const struct answer *answer = request(NO_KEY, "OPTIONS", "/v1/responses", NULL, NULL);
  ck_assert_msg(answer->status == 200 || answer->status == 204, "OPTIONS answered with %d", answer->status);
  ck_assert(lists_method(answer_header(answer, "Allow"), "POST"));
  ck_assert(lists_method(answer_header(answer, "Allow"), "GET"));
  ck_assert(!lists_method(answer_header(answer, "Allow"), "DELETE"));
  EXPECT(request(NO_KEY, "OPTIONS", "/nothing", NULL, NULL), 404, "status = 404");
}
END_TEST

START_TEST(refuses_a_target_over_8_kib) {
  char path[9 * 1024] = "/v1/responses?cursor=";
  size_t length = strlen(path);
  memset(path + length, 'a', sizeof path - 1 - length);
  int status = request(ADMIN, "GET", path, NULL, NULL)->status;
  ck_assert_int_eq(status, 414);
}
END_TEST

// --- Malformed HTTP -------------------------------------------------------------------------------------------------

#define RAW(text) text, sizeof(text) - 1
#define HOST      "Host: localhost\r\n"
#define POST_LINE "POST /v1/responses HTTP/1.1\r\n"

// What the library lets through and the screen must stop: 400, and the connection is closed, so that nothing behind it is
// ever taken for another request.
static const struct {
  const char *says;
  const char *bytes;
  size_t length;
} screened[] = {
    {"two Hosts", RAW("GET /healthz HTTP/1.1\r\n" HOST "Host: elsewhere\r\n\r\n")},
    {"the same Host twice", RAW("GET /healthz HTTP/1.1\r\n" HOST HOST "\r\n")},
    {"no Host", RAW("GET /healthz HTTP/1.1\r\n\r\n")},
    {"two Content-Lengths", RAW(POST_LINE HOST "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ")},
    {"a Content-Length with plus", RAW(POST_LINE HOST "Content-Length: +2\r\n\r\n{}")},
    {"a Content-Length with minus", RAW(POST_LINE HOST "Content-Length: -2\r\n\r\n{}")},
    {"a hexadecimal Content-Length", RAW(POST_LINE HOST "Content-Length: 0x2\r\n\r\n{}")},
    {"a Content-Length with a blank within", RAW(POST_LINE HOST "Content-Length: 2 2\r\n\r\n{}")},
    {"an unlike list as Content-Length", RAW(POST_LINE HOST "Content-Length: 2, 3\r\n\r\n{}")},
    {"an empty Content-Length", RAW(POST_LINE HOST "Content-Length: \r\n\r\n")},
    {"a Content-Length beyond 64 bits", RAW(POST_LINE HOST "Content-Length: 18446744073709551618\r\n\r\n{}")},
    {"Transfer-Encoding gzip", RAW(POST_LINE HOST "Transfer-Encoding: gzip\r\n\r\n")},
    {"Transfer-Encoding identity", RAW(POST_LINE HOST "Transfer-Encoding: identity\r\n\r\n")},
    {"Transfer-Encoding gzip, chunked", RAW(POST_LINE HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
    {"Transfer-Encoding chunked, gzip", RAW(POST_LINE HOST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")},
    {"Transfer-Encoding chunked twice", RAW(POST_LINE HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {"Transfer-Encoding xchunked", RAW(POST_LINE HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")},
    {"Transfer-Encoding in quotes", RAW(POST_LINE HOST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")},
    {"an empty Transfer-Encoding", RAW(POST_LINE HOST "Transfer-Encoding: \r\n\r\n")},
    {"Transfer-Encoding with Content-Length", RAW(POST_LINE HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")},
    {"Content-Length with Transfer-Encoding", RAW(POST_LINE HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {"a smuggled request", RAW(POST_LINE HOST "Content-Length: 54\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                                              "GET /healthz HTTP/1.1\r\n" HOST "X-Padding: 12345\r\n\r\n")},
    {"NUL in a value", RAW("GET /healthz HTTP/1.1\r\n" HOST "X-Request-Id: a\0b\r\n\r\n")},
    {"control byte 1 in a value", RAW("GET /healthz HTTP/1.1\r\n" HOST "X-Request-Id: a\001b\r\n\r\n")},
    {"backspace in a value", RAW("GET /healthz HTTP/1.1\r\n" HOST "User-Agent: a\bb\r\n\r\n")},
    {"escape in a value", RAW("GET /healthz HTTP/1.1\r\n" HOST "User-Agent: \033[31m\r\n\r\n")},
    {"delete in a value", RAW("GET /healthz HTTP/1.1\r\n" HOST "User-Agent: a\177b\r\n\r\n")},
};

// A Content-Length that is no number is answered by the library itself, before anybody is asked; its answer (0.9.75) has its head twice.
static bool is_librarys_own(const struct answer *answer) {
  return (answer->status == 400 || answer->status == 413) && answer_header(answer, "X-Request-Id") == NULL;
}

START_TEST(screens_malformed_headers_with_400_and_closes) {
  int wrong = 0;
  for (size_t i = 0; i < sizeof screened / sizeof screened[0]; i++) {
    struct exchange exchange = {0};
    raw_exchange(house_port(), screened[i].bytes, screened[i].length, &exchange);
    if (exchange.closed && is_librarys_own(&exchange.answer)) {
      answer_release(&exchange.answer);
      continue;
    }
    if (exchange.answer.status != 400) {
      COMPLAIN(wrong, "%s: status %d instead of 400\n", screened[i].says, exchange.answer.status);
    }
    if (!exchange.closed || exchange.surplus > 0) {
      COMPLAIN(wrong, "%s: %s, %zu bytes behind the answer\n", screened[i].says, exchange.closed ? "closed" : "the connection stays open",
               exchange.surplus);
    }
    answer_release(&exchange.answer);
  }
  ck_assert_int_eq(wrong, 0);
}
END_TEST

// The library treats later requests of a connection differently from the first one.
START_TEST(screens_later_requests_of_a_connection_too) {
  static const char good[] = "GET /healthz HTTP/1.1\r\n" HOST "\r\n";
  int wrong = 0;
  for (size_t i = 0; i < sizeof screened / sizeof screened[0]; i++) {
    int socket = raw_open(house_port());
    struct answer answer = {0};
    ck_assert(raw_send(socket, good, sizeof good - 1) && raw_receive(socket, CALL_MS_MAX, &answer));
    ck_assert_int_eq(answer.status, 200);
    (void)raw_send(socket, screened[i].bytes, screened[i].length);
    (void)raw_receive(socket, 10000, &answer);
    if (answer.status != 400 && !is_librarys_own(&answer)) {
      COMPLAIN(wrong, "%s, as the second request: status %d instead of 400\n", screened[i].says, answer.status);
    }
    if (!raw_closed(socket, 2000)) {
      COMPLAIN(wrong, "%s, as the second request: the connection stays open\n", screened[i].says);
    }
    answer_release(&answer);
    close(socket);
  }
  ck_assert_int_eq(wrong, 0);
}
END_TEST

// What the library itself must refuse, in whatever words: any error, or the end of the connection.
static const struct {
  const char *says;
  const char *bytes;
  size_t length;
} garbage[] = {
    {"no HTTP at all", RAW("\026\003\001\002\000\001\000\001\374\003\003\r\n\r\n")},
    {"a line without version", RAW("GET /healthz\r\n" HOST "\r\n")},
    {"an unknown version", RAW("GET /healthz HTTP/9.9\r\n" HOST "\r\n")},
    {"a line without colon", RAW("GET /healthz HTTP/1.1\r\n" HOST "nonsense\r\n\r\n")},
    {"a blank before the colon", RAW(POST_LINE HOST "Content-Length : 2\r\n\r\n{}")},
    {"an empty name", RAW("GET /healthz HTTP/1.1\r\n: x\r\n" HOST "\r\n")},
    {"NUL in the target", RAW("GET /heal\0thz HTTP/1.1\r\n" HOST "\r\n")},
    {"a chunk size that is no number", RAW(POST_LINE HOST "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n")},
    {"a chunk size beyond 64 bits", RAW(POST_LINE HOST "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n")},
};

START_TEST(refuses_what_is_not_http) {
  int wrong = 0;
  for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
    struct exchange exchange = {0};
    raw_exchange(house_port(), garbage[i].bytes, garbage[i].length, &exchange);
    int status = exchange.answer.status;
    if (status != 0 && (status < 400 || (status > 431 && status != 505))) {
      COMPLAIN(wrong, "%s: status %d\n", garbage[i].says, status);
    }
    if (!exchange.closed) {
      COMPLAIN(wrong, "%s: the connection stays open\n", garbage[i].says);
    }
    answer_release(&exchange.answer);
  }
  ck_assert_int_eq(wrong, 0);
  EXPECT(request(NO_KEY, "GET", "/healthz", NULL, NULL), 200, "header Content-Type present");
}
END_TEST

// --- Sizes and media types ------------------------------------------------------------------------------------------

START_TEST(refuses_a_declared_body_over_1_mib_before_it_is_sent) {
  struct bytes head = {0};
  bytes_format(&head, POST_LINE HOST "Authorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", house_key(PORTAL),
               BODY_BYTES_LIMIT + 1);
  struct exchange exchange = {0};
  raw_exchange(house_port(), head.at, head.length, &exchange);
  ck_assert_int_eq(exchange.answer.status, 413);
  ck_assert(exchange.closed);
  answer_release(&exchange.answer);
  bytes_release(&head);
}
END_TEST

START_TEST(refuses_a_chunked_body_over_1_mib) {
  struct bytes message = {0};
  bytes_format(&message, POST_LINE HOST "Authorization: Bearer %s\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
               house_key(PORTAL));
  for (int sent = 0; sent <= BODY_BYTES_LIMIT; sent += 4096) {
    bytes_add_text(&message, "1000\r\n");
    memset(bytes_room(&message, 4096), ' ', 4096);
    message.length += 4096;
    bytes_add_text(&message, "\r\n");
  }
  bytes_add_text(&message, "0\r\n\r\n");
  struct exchange exchange = {0};
  raw_exchange(house_port(), message.at, message.length, &exchange);
  ck_assert_int_eq(exchange.answer.status, 413);
  answer_release(&exchange.answer);
  bytes_release(&message);
}
END_TEST

// One byte less than what is refused reaches the fields: the comment is too long there.
START_TEST(takes_a_body_of_exactly_1_mib) {
  static const char front[] = "{\"ticket\": \"EDGE\", \"happiness\": 9, \"comment\": \"";
  struct bytes body = {0};
  bytes_add_text(&body, front);
  size_t filling = BODY_BYTES_LIMIT - strlen(front) - 2;
  memset(bytes_room(&body, filling), 'a', filling);
  body.length += filling;
  bytes_add_text(&body, "\"}");
  ck_assert_uint_eq(body.length, BODY_BYTES_LIMIT);
  EXPECT(request_bytes(PORTAL, "POST", "/v1/responses", NULL, body.at, body.length), 422, "errors.0.pointer = /comment");
  bytes_release(&body);
}
END_TEST

START_TEST(refuses_other_media_types_with_415) {
  static const char *const types[] = {
      "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/jsonp", "multipart/form-data; boundary=x", "json"};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    char header[128];
    (void)snprintf(header, sizeof header, "Content-Type: %s", types[i]);
    EXPECT(request(PORTAL, "POST", "/v1/responses", header, "{}"), 415, "type = urn:xlad:problem:unsupported-media-type");
  }
}
END_TEST

START_TEST(takes_json_with_parameters_and_any_case) {
  static const char *const types[] = {"application/json", "application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8"};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
    char header[128];
    (void)snprintf(header, sizeof header, "Content-Type: %s", types[i]);
    EXPECT(request(PORTAL, "POST", "/v1/responses", header, "{\"happiness\": 11}"), 422, "status = 422");
  }
}
END_TEST

// --- Keys -----------------------------------------------------------------------------------------------------------

START_TEST(answers_401_without_a_valid_key) {
  char altered[300];
  (void)snprintf(altered, sizeof altered, "Authorization: Bearer %s", house_key(PORTAL));
  char *last = altered + strlen(altered) - 1;
  *last = *last == 'a' ? 'b' : 'a';
  char long_key[5000] = "Authorization: Bearer xlad_";
  size_t length = strlen(long_key);
  memset(long_key + length, 'a', sizeof long_key - 1 - length);
  const char *const headers[] = {
      NULL,
      "Authorization: Bearer",
      "Authorization: Bearer xlad_",
      "Authorization: Bearer xlad_nobody_nothing",
      "Authorization: Bearer ' or 1=1 --",
      "Authorization: Basic YWRtaW46YWRtaW4=",
      "Authorization: \xff\xfe",
      altered,
      long_key,
  };
  for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
    EXPECT(request(NO_KEY, "POST", "/v1/responses", headers[i], "{}"), 401, "type = urn:xlad:problem:unauthenticated", "status = 401",
           "header WWW-Authenticate = ~^Bearer");
  }
}
END_TEST

START_TEST(answers_401_to_two_authorizations) {
  char header[600];
  (void)snprintf(header, sizeof header, "Authorization: Bearer %s", house_key(DASHBOARD));
  int status = request(PORTAL, "POST", "/v1/responses", header, "{\"happiness\": 11}")->status;
  ck_assert_msg(status == 400 || status == 401, "two Authorization headers answered with %d", status);
}
END_TEST

START_TEST(answers_403_to_a_key_of_another_role) {
  EXPECT(request(DASHBOARD, "POST", "/v1/responses", NULL, "{\"ticket\": \"EDGE\", \"happiness\": 9}"), 403, "type = urn:xlad:problem:forbidden");
  EXPECT(request(PORTAL, "DELETE", UNKNOWN_RESPONSE, NULL, NULL), 403, "status = 403");
  EXPECT(request(DASHBOARD, "DELETE", UNKNOWN_RESPONSE, NULL, NULL), 403, "status = 403");
  EXPECT(request(DASHBOARD, "PUT", "/v1/tickets/EDGE-403", NULL, "{}"), 403, "status = 403");
  EXPECT(request(ADMIN, "GET", "/v1/tickets/EDGE-403", NULL, NULL), 404, "status = 404");
}
END_TEST

// --- JSON -----------------------------------------------------------------------------------------------------------

enum verdict { MUST_PARSE, MUST_NOT_PARSE, MAY_PARSE };

// JSONTestSuite tells by a name's first letter; xlad refuses NUL and duplicate members besides.
static enum verdict corpus_verdict(const char *name, const struct bytes *body) {
  if (name[0] == 'n') {
    return MUST_NOT_PARSE;
  }
  // An escaped backslash before u0000 is no NUL.
  const char *escape = memmem(bytes_text(body), body->length, "\\u0000", 6);
  bool nul = escape != NULL && (escape == bytes_text(body) || escape[-1] != '\\');
  if (nul || strstr(name, "duplicated_key") != NULL) {
    return MUST_NOT_PARSE;
  }
  return name[0] == 'y' ? MUST_PARSE : MAY_PARSE;
}

static int corpus_post(const char *folder, const char *name) {
  char path[1024];
  struct bytes body = {0};
  int wrong = 0;
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  bytes_read_file(&body, path);
  enum verdict verdict = corpus_verdict(name, &body);
  int status = request_bytes(PORTAL, "POST", "/v1/responses", NULL, bytes_text(&body), body.length)->status;
  bool refused = status == 400;
  bool as_wanted = verdict == MAY_PARSE || refused == (verdict == MUST_NOT_PARSE);
  if (!as_wanted || status < 400 || status >= 500) {
    COMPLAIN(wrong, "%s: status %d\n", name, status);
  }
  bytes_release(&body);
  return wrong;
}

START_TEST(reads_json_strictly) {
  char folder[512];
  DIR *directory = opendir(shared_path("corpora/json", folder, sizeof folder));
  ck_assert_msg(directory != NULL, "can't read %s", folder);
  int wrong = 0;
  int files = 0;
  for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    if (strstr(entry->d_name, ".json") != NULL) {
      files++;
      wrong += corpus_post(folder, entry->d_name);
    }
  }
  (void)closedir(directory);
  ck_assert_int_ge(files, CORPUS_FILES_MIN);
  ck_assert_int_eq(wrong, 0);
}
END_TEST

static void resolved_ticket(const char *ref) {
  char path[128];
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  EXPECT(request(PORTAL, "PUT", path, NULL,
                 "{\"kind\": \"incident\", \"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": \"2026-03-02T11:00:00Z\","
                 " \"context\": {\"service\": \"edge\"}}"),
         201, "(body) present");
}

// Posts the comment (a JSON literal) and reads it back. 1: stored; 0: refused; -1: wrong.
static int naughty_round_trip(size_t number, struct value literal) {
  struct bytes body = {0};
  bytes_format(&body, "{\"ticket\": \"NAUGHTY\", \"respondent\": \"person-%zu\", \"happiness\": 7, \"comment\": ", number);
  bytes_add(&body, literal.at, literal.length);
  bytes_add_text(&body, "}");
  const struct answer *answer = request(PORTAL, "POST", "/v1/responses", NULL, body.at);
  int outcome = answer->status == 422 ? 0 : -1;
  if (answer->status == 201) {
    char path[160];
    struct bytes wanted = {0};
    value_text(literal, &wanted);
    (void)snprintf(path, sizeof path, "/v1/responses/%s", answer_text(answer, "id"));
    answer = request(ADMIN, "GET", path, NULL, NULL);
    const char *comment = answer_text(answer, "comment");
    outcome = answer->status == 200 && comment != NULL && strcmp(comment, bytes_text(&wanted)) == 0 ? 1 : -1;
    bytes_release(&wanted);
  }
  if (outcome < 0) {
    (void)fprintf(stderr, "naughty string %zu, %.*s: status %d: %.300s\n", number, (int)literal.length, literal.at, answer->status,
                  bytes_text(&answer->body));
  }
  bytes_release(&body);
  return outcome;
}

START_TEST(keeps_naughty_comments_byte_for_byte) {
  char path[512];
  struct bytes file = {0};
  struct bytes count = {0};
  resolved_ticket("NAUGHTY");
  bytes_read_file(&file, shared_path("corpora/naughty_strings.json", path, sizeof path));
  struct value value = {0};
  ck_assert_int_eq(value_find(file.at, file.length, "length", &value, &count), VALUE_FOUND);
  int strings = (int)strtol(bytes_text(&count), NULL, 10);
  ck_assert_int_gt(strings, 500);
  int stored = 0;
  int wrong = 0;
  for (int i = 0; i < strings; i++) {
    char index[16];
    (void)snprintf(index, sizeof index, "%d", i);
    ck_assert_int_eq(value_find(file.at, file.length, index, &value, &count), VALUE_FOUND);
    int outcome = naughty_round_trip((size_t)i, value);
    stored += outcome == 1 ? 1 : 0;
    wrong += outcome < 0 ? 1 : 0;
  }
  bytes_release(&file);
  bytes_release(&count);
  ck_assert_int_eq(wrong, 0);
  // Refusing everything would be no achievement.
  ck_assert_int_ge(stored * 100, strings * NAUGHTY_STORED_SHARE_MIN);
}
END_TEST

START_TEST(refuses_deep_nesting_with_400) {
  char body[200];
  int length = 0;
  for (int i = 0; i < 33; i++) {
    body[length++] = '[';
  }
  for (int i = 0; i < 33; i++) {
    body[length++] = ']';
  }
  body[length] = '\0';
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 400, "type = urn:xlad:problem:not-json");
  body[length - 1] = '\0';
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body + 1), 422, "status = 422");
}
END_TEST

// --- Problems -------------------------------------------------------------------------------------------------------

static const struct {
  enum key key;
  const char *method;
  const char *path;
  const char *headers;
  const char *body;
  int status;
} problems[] = {
    {PORTAL, "POST", "/v1/responses", NULL, "{\"happiness\": ", 400},
    {NO_KEY, "GET", "/v1/responses", NULL, NULL, 401},
    {DASHBOARD, "POST", "/v1/responses", NULL, "{}", 403},
    {ADMIN, "GET", "/nothing", NULL, NULL, 404},
    {PORTAL, "POST", "/v1/responses", NULL, "{\"ticket\": \"UNKNOWN\", \"happiness\": 9}", 404},
    {ADMIN, "PUT", "/v1/responses", NULL, "{}", 405},
    {PORTAL, "POST", "/v1/responses", "Content-Type: text/plain", "x", 415},
    {PORTAL, "POST", "/v1/responses", NULL, "{\"happiness\": 11}", 422},
};

START_TEST(describes_every_problem_alike) {
  for (size_t i = 0; i < sizeof problems / sizeof problems[0]; i++) {
    const struct answer *answer = request(problems[i].key, problems[i].method, problems[i].path, problems[i].headers, problems[i].body);
    char status[32];
    char instance[128];
    (void)snprintf(status, sizeof status, "status = %d", problems[i].status);
    const char *id = answer_header(answer, "X-Request-Id");
    (void)snprintf(instance, sizeof instance, "instance = ~%s$", id == NULL ? "(no X-Request-Id)" : id);
    EXPECT(answer, problems[i].status, "header Content-Type = ~^application/problem\\+json", status, "type = ~^urn:xlad:problem:[a-z0-9-]+$",
           "title = ~^[A-Z].*[^.]$", "detail = ~.", instance, "header X-Request-Id = ~^[[:graph:]]{1,64}$");
    // Members of RFC 9457 and errors, nothing else; cJSON as a second opinion on the syntax.
    cJSON *tree = cJSON_ParseWithLengthOpts(bytes_text(&answer->body), answer->body.length + 1, NULL, 1);
    ck_assert_ptr_nonnull(tree);
    static const char *const members[] = {"type", "title", "status", "detail", "instance", "errors"};
    for (const cJSON *member = tree->child; member != NULL; member = member->next) {
      bool known = false;
      for (size_t m = 0; m < sizeof members / sizeof members[0]; m++) {
        known = known || strcmp(members[m], member->string) == 0;
      }
      ck_assert_msg(known, "a problem has a member %s", member->string);
    }
    cJSON_Delete(tree);
  }
}
END_TEST

START_TEST(names_all_wrong_fields_at_once) {
  static const struct step story[] = {
      {.says = "each wrong field is named with its pointer, rule and what to do",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = "{\"ticket\": \"NAUGHTY\", \"happiness\": 11, \"csat\": \"five\", \"lost_minutes\": -1, \"colour\": \"red\"}",
       .status = 422,
       .expects = {"errors.length = 4", "(body) = ~\"pointer\": ?\"/happiness\"", "(body) = ~\"pointer\": ?\"/csat\"",
                   "(body) = ~\"pointer\": ?\"/lost_minutes\"", "(body) = ~\"pointer\": ?\"/colour\"", "errors.0.rule = ~^[a-z-]+$",
                   "errors.0.detail = ~."}},
  };
  STEPS(story);
}
END_TEST

START_TEST(leaves_no_trace_of_what_it_refused) {
  resolved_ticket("EDGE-TRACE");
  long long before = sql_number("select count(*) from responses");
  static const char *const bodies[] = {
      "{\"ticket\": \"EDGE-TRACE\", \"happiness\": 11}",         "{\"ticket\": \"EDGE-TRACE\", \"happiness\": 9, \"happiness\": 8}",
      "{\"ticket\": \"EDGE-TRACE\", \"happiness\": 9} trailing", "{\"ticket\": \"EDGE-TRACE\", \"happiness\": 9, \"comment\": \"a\\u0000b\"}",
      "{\"ticket\": \"EDGE-UNKNOWN\", \"happiness\": 9}",        "{\"ticket\": \"EDGE-TRACE\"}",
  };
  for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
    int status = request(PORTAL, "POST", "/v1/responses", NULL, bodies[i])->status;
    ck_assert_msg(status >= 400 && status < 500, "%s: status %d", bodies[i], status);
  }
  ck_assert_int_eq(sql_number("select count(*) from responses"), before);
}
END_TEST

START_TEST(echoes_the_request_id) {
  EXPECT(request(NO_KEY, "GET", "/healthz", "X-Request-Id: abc-123.DEF_9", NULL), 200, "header X-Request-Id = abc-123.DEF_9");
  EXPECT(request(ADMIN, "GET", "/nothing", "X-Request-Id: abc-124", NULL), 404, "header X-Request-Id = abc-124", "instance = ~abc-124$");
  EXPECT(request(NO_KEY, "GET", "/healthz", NULL, NULL), 200, "header X-Request-Id = ~^[[:graph:]]{8,64}$");
}
END_TEST

START_TEST(replaces_an_unfit_request_id) {
  char long_id[300] = "X-Request-Id: ";
  size_t length = strlen(long_id);
  memset(long_id + length, 'a', 65);
  const char *const headers[] = {long_id, "X-Request-Id: a b", "X-Request-Id: \"quoted\"", "X-Request-Id: \xc3\xa9"};
  for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
    const struct answer *answer = request(NO_KEY, "GET", "/healthz", headers[i], NULL);
    const char *id = answer_header(answer, "X-Request-Id");
    ck_assert_ptr_nonnull(id);
    ck_assert_str_ne(id, headers[i] + strlen("X-Request-Id: "));
  }
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("edge");
  TCase *paths = tcase_create("paths and methods");
  tcase_add_test(paths, answers_unknown_paths_with_404);
  tcase_add_test(paths, decodes_path_segments_strictly);
  tcase_add_test(paths, keeps_an_encoded_slash_within_its_segment);
  tcase_add_test(paths, answers_wrong_methods_with_405_and_allow);
  tcase_add_test(paths, answers_head_like_get_without_a_body);
  tcase_add_test(paths, tells_the_methods_on_options);
  tcase_add_test(paths, refuses_a_target_over_8_kib);
  suite_add_tcase(suite, paths);
  TCase *http = tcase_create("malformed HTTP");
  tcase_add_test(http, screens_malformed_headers_with_400_and_closes);
  tcase_add_test(http, screens_later_requests_of_a_connection_too);
  tcase_add_test(http, refuses_what_is_not_http);
  suite_add_tcase(suite, http);
  TCase *bodies = tcase_create("bodies and keys");
  tcase_add_test(bodies, refuses_a_declared_body_over_1_mib_before_it_is_sent);
  tcase_add_test(bodies, refuses_a_chunked_body_over_1_mib);
  tcase_add_test(bodies, takes_a_body_of_exactly_1_mib);
  tcase_add_test(bodies, refuses_other_media_types_with_415);
  tcase_add_test(bodies, takes_json_with_parameters_and_any_case);
  tcase_add_test(bodies, answers_401_without_a_valid_key);
  tcase_add_test(bodies, answers_401_to_two_authorizations);
  tcase_add_test(bodies, answers_403_to_a_key_of_another_role);
  suite_add_tcase(suite, bodies);
  TCase *json = tcase_create("JSON and problems");
  tcase_add_test(json, reads_json_strictly);
  tcase_add_test(json, keeps_naughty_comments_byte_for_byte);
  tcase_add_test(json, refuses_deep_nesting_with_400);
  tcase_add_test(json, describes_every_problem_alike);
  tcase_add_test(json, names_all_wrong_fields_at_once);
  tcase_add_test(json, leaves_no_trace_of_what_it_refused);
  tcase_add_test(json, echoes_the_request_id);
  tcase_add_test(json, replaces_an_unfit_request_id);
  suite_add_tcase(suite, json);
  return house_run(suite);
}
