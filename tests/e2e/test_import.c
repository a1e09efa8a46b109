// Bulk import over HTTP and by the command line: what is stored, what is refused, how it is answered, and that memory stays bounded.
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NDJSON "Content-Type: application/x-ndjson"
#define CSV    "Content-Type: text/csv"

// A sanitizer keeps freed memory for a while, so that nothing can be said about how much there is.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { MEMORY_IS_MEASURED = 0 };
#else
enum { MEMORY_IS_MEASURED = 1 };
#endif

enum { LONG_LINE_BYTES = 1024 * 1024 + 1, MANY_LINES = 15000, MANY_LINE_BYTES = 3000, MEMORY_KIB_MAX = 32 * 1024 };

// --- Answer lines

// The given line of an answer's body, from 0; absent behind the last one.
static struct value line_at(const struct answer *answer, size_t number) {
  const char *at = bytes_text(&answer->body), *end = at + answer->body.length;
  for (; at < end; number--) {
    const char *feed = memchr(at, '\n', (size_t)(end - at));
    ck_assert_msg(feed != NULL, "the last answer line has no line end");
    if (number == 0) return (struct value){at, (size_t)(feed - at)};
    at = feed + 1;
  }
  return (struct value){NULL, 0};
}

// What a line says at a path, as text; valid until eight more calls.
static const char *line_text(struct value line, const char *path) {
  static struct bytes slots[8];
  static size_t turn;
  struct bytes *slot = &slots[turn++ % 8], count = {0};
  struct value found = {NULL, 0};
  bytes_clear(slot);
  ck_assert_msg(value_find(line.at, line.length, path, &found, &count) != VALUE_NOT_JSON, "no JSON: %.*s", (int)line.length, line.at);
  if (found.at != NULL) value_text(found, slot);
  bytes_release(&count);
  return bytes_text(slot);
}

// One expected answer line: its number and status, and of a refused one the first issue's pointer and rule.
struct expected {
  long line;
  int status;
  const char *pointer, *rule;
};

static void expect_lines(const struct answer *answer, const struct expected *expected, size_t count) {
  ck_assert_msg(answer->status == 200, "answered with %d: %s", answer->status, bytes_text(&answer->body));
  ck_assert_str_eq(answer_header(answer, "Content-Type"), "application/x-ndjson");
  for (size_t i = 0; i < count; i++) {
    struct value line = line_at(answer, i);
    ck_assert_msg(line.at != NULL, "there are only %zu answer lines:\n%s", i, bytes_text(&answer->body));
    ck_assert_msg(strtol(line_text(line, "line"), NULL, 10) == expected[i].line && strtol(line_text(line, "status"), NULL, 10) == expected[i].status,
                  "not line %ld with %d: %.*s", expected[i].line, expected[i].status, (int)line.length, line.at);
    if (expected[i].rule != NULL) {
      ck_assert_str_eq(line_text(line, "errors.0.rule"), expected[i].rule);
      ck_assert_str_eq(line_text(line, "errors.0.pointer"), expected[i].pointer);
      ck_assert_str_ne(line_text(line, "errors.0.detail"), "");
    }
  }
  ck_assert_msg(line_at(answer, count).at == NULL, "more than %zu answer lines:\n%s", count, bytes_text(&answer->body));
}
#define EXPECT_LINES(answer, ...) \
  expect_lines(answer, (const struct expected[]){__VA_ARGS__}, sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))

static long long tickets_like(const char *pattern) {
  char query[256];
  (void)snprintf(query, sizeof query, "select count(*) from tickets where ref like '%s'", pattern);
  return sql_number(query);
}

// --- NDJSON

START_TEST(stores_good_tickets_beside_bad_ones) {
  static const char body[] = "{\"ref\":\"GOOD-1\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"context\":{\"service\":\"vpn\"}}\n"
                             "\n"
                             "{\"ref\":\"GOOD-2\"}\n"
                             "not json\r\n"
                             "{\"ref\":\"GOOD-3\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"context\":{\"planet\":\"mars\"}}\n"
                             "   \r\n"
                             "{\"ref\":\"GOOD-4\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"resolved_at\":\"2026-03-02T07:00:00Z\"}\n"
                             "{\"ref\":\"GOOD-5\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"colour\":1}\r\n"
                             "{\"ref\":\"GOOD-1\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"reassignments\":3}\n"
                             "{\"ref\":\"GOOD-6\",\"opened_at\":\"2026-03-02T08:00:00Z\"}";
  const struct answer *answer = request(PORTAL, "POST", "/v1/tickets/import", NDJSON, body);
  EXPECT_LINES(answer, {1, 201, NULL, NULL}, {3, 422, "/opened_at", "required"}, {4, 400, "", "json"}, {5, 422, "/context/planet", "unknown"},
               {7, 422, "/resolved_at", "order"}, {8, 422, "/colour", "unknown"}, {9, 200, NULL, NULL}, {10, 201, NULL, NULL});
  ck_assert_str_eq(line_text(line_at(answer, 0), "ref"), "GOOD-1");
  ck_assert_int_eq(tickets_like("GOOD-%"), 2);
  EXPECT(request(ADMIN, "GET", "/v1/tickets/GOOD-1", NULL, NULL), 200, "reassignments = 3", "revision = 2");
}
END_TEST

START_TEST(stores_responses_and_tells_what_became_of_each) {
  static const char tickets[] = "{\"ref\":\"R-1\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"resolved_at\":\"2026-03-02T09:00:00Z\","
                                "\"requester\":\"anna\",\"agents\":[\"a17\"]}\n";
  static const char body[] = "{\"ticket\":\"R-1\",\"happiness\":9,\"submitted_at\":\"2026-03-02T10:00:00Z\"}\n"
                             "{\"ticket\":\"R-1\",\"happiness\":9,\"submitted_at\":\"2026-03-02T10:00:00Z\"}\n"
                             "{\"ticket\":\"R-1\",\"happiness\":2,\"submitted_at\":\"2026-03-02T10:00:00Z\"}\n"
                             "{\"ticket\":\"R-1\",\"happiness\":11}\n"
                             "{\"ticket\":\"R-unknown\",\"happiness\":5}\n"
                             "{\"ticket\":\"R-1\",\"respondent\":\"a17\",\"happiness\":10}\n"
                             "{\"ticket\":\"R-new\",\"create\":true,\"comment\":\"na\xc3\xafve\"}\n"
                             "{\"ticket\":\"R-1\",\"respondent\":\"bo\"}\n";
  EXPECT_LINES(request(PORTAL, "POST", "/v1/tickets/import", NDJSON, tickets), {1, 201, NULL, NULL});
  const struct answer *answer = request(PORTAL, "POST", "/v1/responses/import", NDJSON, body);
  EXPECT_LINES(answer, {1, 201, NULL, NULL}, {2, 200, NULL, NULL}, {3, 409, "/ticket", "unique"}, {4, 422, "/happiness", "range"},
               {5, 404, "/ticket", "known"}, {6, 422, "/respondent", "own_ticket"}, {7, 201, NULL, NULL}, {8, 422, "", "required"});
  ck_assert_str_eq(line_text(line_at(answer, 0), "id"), line_text(line_at(answer, 1), "id"));
  ck_assert_int_eq((int)sql_number("select count(*) from responses where ref in ('R-1', 'R-new')"), 2);
}
END_TEST

START_TEST(refuses_a_line_that_is_too_long_and_goes_on_behind_it) {
  struct bytes body = {0};
  bytes_add_text(&body, "\xef\xbb\xbf{\"ref\":\"LONG-1\",\"opened_at\":\"2026-03-02T08:00:00Z\"}\n{\"ref\":\"LONG-2\",\"requester\":\"");
  for (size_t i = 0; i < LONG_LINE_BYTES; i++)
    bytes_add(&body, "x", 1);
  bytes_add_text(&body, "\"}\n{\"ref\":\"LONG-3\",\"opened_at\":\"2026-03-02T08:00:00Z\"}\n");
  const struct answer *answer = request_bytes(PORTAL, "POST", "/v1/tickets/import", NDJSON, body.at, body.length);
  EXPECT_LINES(answer, {1, 201, NULL, NULL}, {2, 413, "", "size"}, {3, 201, NULL, NULL});
  bytes_release(&body);
}
END_TEST

START_TEST(takes_an_empty_body_for_no_lines) {
  EXPECT(request(PORTAL, "POST", "/v1/tickets/import", NDJSON, ""), 200, "(body) = ~^$");
  EXPECT(request(PORTAL, "POST", "/v1/tickets/import", NDJSON, "\n\r\n"), 200, "(body) = ~^$");
}
END_TEST

// --- CSV

START_TEST(reads_csv_with_quotes_bom_and_crlf) {
  static const char body[] = "\xef\xbb\xbfref,opened_at,context.service,agents,sla_met\r\n"
                             "\"CSV,1\",2026-03-02T08:00:00Z,\"say \"\"vpn\"\"\",a1|a2,YES\r\n"
                             "\r\n"
                             "CSV-2,2026-03-02T08:00:00Z,,,\r\n"
                             "\"CSV\r\n3\",2026-03-02T08:00:00Z,mail,,no\r\n"
                             "CSV-4,2026-03-02T08:00:00Z,mail,,perhaps\r\n"
                             "CSV-5,2026-03-02T08:00:00Z,mail\r\n"
                             "CSV-6,2026-03-02T08:00:00Z,mail,,0";
  EXPECT_LINES(request(PORTAL, "POST", "/v1/tickets/import", CSV, body), {2, 201, NULL, NULL}, {4, 201, NULL, NULL}, {5, 422, "/ref", "format"},
               {7, 422, "/sla_met", "type"}, {8, 422, "", "columns"}, {9, 201, NULL, NULL});
  EXPECT(request(ADMIN, "GET", "/v1/tickets/CSV%2C1", NULL, NULL), 200, "context.service = say \"vpn\"", "sla_met = true", "agent_ids.length = 2");
  EXPECT(request(ADMIN, "GET", "/v1/tickets/CSV-2", NULL, NULL), 200, "context = {}", "sla_met = null", "agent_ids = []");
}
END_TEST

START_TEST(goes_on_behind_a_broken_csv_record) {
  static const char body[] = "ref,opened_at\n"
                             "\"BROKEN-1,2026-03-02T08:00:00Z\n"
                             "BROKEN-2,2026-03-02T08:00:00Z\n"
                             "BRO\"KEN-3,2026-03-02T08:00:00Z\n"
                             "BROKEN-4,2026-03-02T08:00:00Z\n"
                             "\"BROKEN-5\n";
  EXPECT_LINES(request(PORTAL, "POST", "/v1/tickets/import", CSV, body), {2, 422, "", "csv"}, {3, 201, NULL, NULL}, {4, 422, "", "csv"},
               {5, 201, NULL, NULL}, {6, 422, "", "csv"});
}
END_TEST

START_TEST(maps_columns_dates_nulls_and_constants) {
  static const char body[] = "Number,Opened,Desk,Site,ignored\nMAP-1,5/3/2026 8:05,net,?,x\nMAP-2,?,net,oslo,x\n";
  static const char path[] =
      "/v1/tickets/import?map=ref=Number,opened_at=Opened,context.assignment_group=Desk,context.supplier=Desk,context.location=Site"
      "&set=kind=request,context.service=a%5C%2Cb&date_format=%25d/%25m/%25Y%20%25H:%25M&null=?";
  EXPECT_LINES(request(PORTAL, "POST", path, CSV, body), {2, 201, NULL, NULL}, {3, 422, "/opened_at", "required"});
  EXPECT(request(ADMIN, "GET", "/v1/tickets/MAP-1", NULL, NULL), 200, "kind = request", "opened_at = 2026-03-05T08:05:00Z", "context.service = a,b",
         "context.assignment_group = net", "context.supplier = net", "context.location absent");
}
END_TEST

static const struct {
  const char *kind, *query, *body, *pointer, *rule;
} refusals[] = {
    {"tickets", "?date_format=%25d", "ref,opened_at\n", "date_format", "format"},
    {"tickets", "?map=ref", "ref,opened_at\n", "map", "format"},
    {"tickets", "?map=ref=", "ref,opened_at\n", "map", "format"},
    {"tickets", "?map=number=ref", "ref,opened_at\n", "map", "unknown"},
    {"tickets", "?map=context.planet=ref", "ref,opened_at\n", "map", "unknown"},
    {"tickets", "?map=context.sla=ref", "ref,opened_at\n", "map", "derived"},
    {"tickets", "?map=ref=ref,ref=opened_at", "ref,opened_at\n", "map", "unique"},
    {"tickets", "?map=ref=ref&set=ref=1", "ref,opened_at\n", "set", "unique"},
    {"tickets", "?set=colour=red", "ref,opened_at\n", "set", "unknown"},
    {"tickets", "?set=ref=1", "ref,opened_at\n", "set", "unique"},
    {"tickets", "?mop=ref=ref", "ref,opened_at\n", "mop", "unknown"},
    {"tickets", "?map=ref=Number,opened_at=opened_at", "ref,opened_at\n", "map", "unknown"},
    {"tickets", "?map=ref=ref,opened_at=opened_at", "ref,ref,opened_at\n", "map", "unique"},
    {"tickets", "?map=ref=ref", "ref,opened_at\n", "map", "required"},
    {"tickets", "", "ref,opened_at,colour\n", "header", "unknown"},
    {"tickets", "", "ref,opened_at,context.planet\n", "header", "unknown"},
    {"tickets", "", "ref,opened_at,ref\n", "header", "unique"},
    {"tickets", "", "ref,closed_at\n", "header", "required"},
    {"tickets", "", "ref,\"opened\"_at\n", "header", "csv"},
    {"tickets", "", "ref,\xff\n", "header", "format"},
    {"tickets", "", "", "header", "required"},
    {"responses", "", "ref,happiness\n", "header", "unknown"},
};

START_TEST(refuses_options_and_headers_before_anything_is_stored) {
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
    char path[256], body[256], pointer[64], rule[64];
    (void)snprintf(path, sizeof path, "/v1/%s/import%s", refusals[i].kind, refusals[i].query);
    (void)snprintf(body, sizeof body, "%s%s", refusals[i].body, refusals[i].body[0] ? "REFUSED-1,2026-03-02T08:00:00Z,2026-03-02T08:00:00Z\n" : "");
    (void)snprintf(pointer, sizeof pointer, "errors.0.pointer = %s", refusals[i].pointer);
    (void)snprintf(rule, sizeof rule, "errors.0.rule = %s", refusals[i].rule);
    EXPECT(request(PORTAL, "POST", path, CSV, body), 422, pointer, rule, "errors.length = 1");
  }
  EXPECT(request(PORTAL, "POST", "/v1/tickets/import?map=ref=ref", NDJSON, "{}\n"), 422, "errors.0.pointer = map");
  ck_assert_int_eq(tickets_like("REFUSED%"), 0);
}
END_TEST

START_TEST(is_for_the_portal_and_for_its_media_types) {
  EXPECT(request(DASHBOARD, "POST", "/v1/tickets/import", NDJSON, "{}\n"), 403, "status = 403");
  EXPECT(request(NO_KEY, "POST", "/v1/responses/import", NDJSON, "{}\n"), 401, "status = 401");
  EXPECT(request(PORTAL, "POST", "/v1/tickets/import", "Content-Type: application/json", "{}"), 415, "status = 415");
}
END_TEST

// --- Much

static long daemon_memory_kib(const char *name) {
  char path[64], line[256];
  long kib = 0;
  (void)snprintf(path, sizeof path, "/proc/%d/status", (int)house_server()->process);
  FILE *status = fopen(path, "r");
  ck_assert_ptr_nonnull(status);
  while (fgets(line, sizeof line, status) != NULL) {
    if (strncmp(line, name, strlen(name)) == 0) kib = strtol(line + strlen(name), NULL, 10);
  }
  (void)fclose(status);
  return kib;
}

static void open_import(int *socket, const char *length) {
  struct bytes head = {0};
  *socket = raw_open(house_port());
  bytes_format(&head, "POST /v1/tickets/import HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" NDJSON "\r\n%s\r\n\r\n",
               house_key(PORTAL), length);
  ck_assert(raw_send(*socket, head.at, head.length));
  bytes_release(&head);
}

// One line of MANY_LINE_BYTES, of which most is white space.
static void make_line(struct bytes *line, const char *prefix, size_t number) {
  bytes_clear(line);
  bytes_format(line, "{\"ref\":\"%s-%zu\",", prefix, number);
  for (size_t i = 0; i < MANY_LINE_BYTES; i++)
    bytes_add(line, " ", 1);
  bytes_add_text(line, "\"opened_at\":\"2026-02-02T08:00:00Z\",\"context\":{\"service\":\"many\"}}\n");
}

START_TEST(answers_many_lines_in_order_and_in_bounded_memory) {
  int socket;
  char length[64];
  struct bytes line = {0};
  struct answer answer = {0};
  size_t total = 0;
  for (size_t i = 0; i < MANY_LINES; i++) {
    make_line(&line, "MANY", i);
    total += line.length;
  }
  (void)snprintf(length, sizeof length, "Content-Length: %zu", total);
  long before = daemon_memory_kib("VmRSS:");
  open_import(&socket, length);
  for (size_t i = 0; i < MANY_LINES; i++) {
    make_line(&line, "MANY", i);
    ck_assert_msg(raw_send(socket, line.at, line.length), "the daemon took only %zu lines", i);
  }
  ck_assert(raw_receive(socket, CALL_MS_MAX * 4, &answer));
  (void)close(socket);
  ck_assert_int_eq(answer.status, 200);
  const char *at = bytes_text(&answer.body);
  for (size_t i = 0; i < MANY_LINES; i++) {
    char wanted[96];
    int n = snprintf(wanted, sizeof wanted, "{\"line\":%zu,\"status\":201,\"ref\":\"MANY-%zu\"}\n", i + 1, i);
    ck_assert_msg(strncmp(at, wanted, (size_t)n) == 0, "instead of %s%.100s", wanted, at);
    at += n;
  }
  ck_assert_str_eq(at, "");
  ck_assert_int_eq(tickets_like("MANY-%"), MANY_LINES);
  long grown = daemon_memory_kib("VmHWM:") - before;
  ck_assert_msg(!MEMORY_IS_MEASURED || grown < MEMORY_KIB_MAX, "the daemon grew by %ld KiB over %zu bytes of body", grown, total);
  bytes_release(&line);
  answer_release(&answer);
}
END_TEST

START_TEST(survives_a_client_that_leaves_in_mid_import) {
  enum { ROUNDS = 20, SENT = 900 };
  struct bytes line = {0};
  for (size_t round = 0; round < ROUNDS; round++) {
    int socket;
    open_import(&socket, round % 2 ? "Transfer-Encoding: chunked" : "Content-Length: 100000000");
    // Of the chunked ones the framing breaks at once, of the others the rest never comes.
    for (size_t i = 0; i < SENT; i++) {
      make_line(&line, "GONE", i);
      if (!raw_send(socket, line.at, line.length)) break;
    }
    (void)close(socket);
  }
  bytes_release(&line);
  ck_assert_int_eq(request(NO_KEY, "GET", "/healthz", NULL, NULL)->status, 200);
  // A client that closed right behind its last byte is noticed at the latest when its time to send the body is over.
  bool ended = false;
  for (int i = 0; i < 200 && !ended; i++) {
    sleep_ms(50);
    ended = strstr(bytes_text(&request(NO_KEY, "GET", "/metrics", NULL, NULL)->body), "\nxlad_http_requests_in_flight 1\n") != NULL;
  }
  ck_assert_msg(ended, "requests of clients that are gone are still there");
  // What had arrived is stored.
  long long stored = 0;
  for (int i = 0; i < 100 && stored < 1; i++) {
    sleep_ms(50);
    stored = tickets_like("GONE-%");
  }
  ck_assert_msg(stored >= 1 && stored <= SENT, "%lld are stored", stored);
  ck_assert_int_eq((int)sql_number("select count(*) from (select ref from tickets where ref like 'GONE-%' group by ref having count(*) > 1) x"), 0);
}
END_TEST

// --- Command line

static const char *make_file(const char *ending, const char *content) {
  static char path[128];
  (void)snprintf(path, sizeof path, "/tmp/xlad-test-import-XXXXXX%s", ending);
  int fd = mkstemps(path, (int)strlen(ending));
  ck_assert_int_ge(fd, 0);
  ck_assert_int_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
  (void)close(fd);
  return path;
}

START_TEST(imports_a_file_and_tells_by_the_exit_code) {
  const char *path = make_file(".csv", "ref,opened_at\nFILE-1,2026-03-02T08:00:00Z\nFILE-2,yesterday\n");
  const struct outcome *outcome = cli("import", "tickets", "--tenant", "acme", path);
  ck_assert_int_eq(outcome->code, 1);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "{\"line\":2,\"status\":201,\"ref\":\"FILE-1\"}\n{\"line\":3,\"status\":422,"));
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->err), "2 lines: 1 created, 0 updated, 1 refused, "));
  outcome = cli("import", "tickets", "--tenant", "acme", "--quiet", path);
  ck_assert_int_eq(outcome->code, 1);
  ck_assert(strncmp(bytes_text(&outcome->out), "{\"line\":3,", 10) == 0);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->err), "2 lines: 0 created, 1 updated, 1 refused, "));
  (void)unlink(path);
  path = make_file(".jsonl", "{\"ticket\":\"FILE-1\",\"happiness\":8,\"submitted_at\":\"2026-03-03T08:00:00Z\"}\n");
  ck_assert_ptr_nonnull(strstr(cli_text("import", "responses", "--tenant", "acme", path), "\"status\":201,\"id\":\""));
  outcome = cli("import", "responses", "--tenant", "acme", "--format", "ndjson", path);
  ck_assert_int_eq(outcome->code, 0);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->err), "1 lines: 0 created, 1 repeated, 0 refused, "));
  (void)unlink(path);
  path = make_file(".csv", "metric,value,day,ref\nservice_availability,99.5,2026-03-01,FILE-3\nhappiness,9,2026-03-01,\n");
  outcome = cli("import", "measurements", "--tenant", "acme", path);
  ck_assert_int_eq(outcome->code, 1);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "{\"line\":2,\"status\":201,\"id\":\""));
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "\"pointer\":\"/metric\",\"rule\":\"source\""));
  outcome = cli("import", "measurements", "--tenant", "acme", path);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->err), "2 lines: 0 created, 1 repeated, 1 refused, "));
  (void)unlink(path);
}
END_TEST

START_TEST(refuses_wrong_usage_of_the_command) {
  char path[128];
  (void)snprintf(path, sizeof path, "%s", make_file(".csv", "ref,opened_at\n"));
  const char *const cases[][8] = {
      {"import"},
      {"import", "tickets", path},
      {"import", "people", "--tenant", "acme", path},
      {"import", "tickets", "--tenant", "acme", "/nowhere/x.csv"},
      {"import", "tickets", "--tenant", "acme", "-"},
      {"import", "tickets", "--tenant", "acme", "--format", "xml", path},
      {"import", "tickets", "--tenant", "acme", "--date-format", "%Q", path},
      {"import", "tickets", "--tenant", "acme", "--map", "number=ref", path},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct outcome *outcome = cli_run(cases[i]);
    ck_assert_msg(outcome->code == 2 && outcome->err.length > 0, "case %zu ended with %d", i, outcome->code);
  }
  ck_assert_int_eq(cli("import", "tickets", "--tenant", "nobody", path)->code, 1);
  ck_assert_ptr_nonnull(strstr(cli_text("import", "--help"), "--map"));
  (void)unlink(path);
}
END_TEST

// --- The UCI incidents

// Counted from the file itself: its cells hold neither quotes nor commas.
struct uci_counts {
  long long tickets, sla_met, reassigned, reopened, resolved;
};

static bool count_uci(const char *path, struct uci_counts *counts) {
  char line[1024];
  FILE *file = fopen(path, "r");
  if (file == NULL) return false;
  *counts = (struct uci_counts){0};
  ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
  while (fgets(line, sizeof line, file) != NULL) {
    const char *cells[23] = {NULL};
    char *rest = line;
    for (size_t i = 0; i < 23; i++)
      cells[i] = strsep(&rest, ",");
    counts->tickets++;
    counts->reassigned += strcmp(cells[2], "0") != 0;
    counts->reopened += strcmp(cells[3], "0") != 0;
    counts->sla_met += strcmp(cells[4], "true") == 0;
    counts->resolved += strcmp(cells[21], "?") != 0;
  }
  (void)fclose(file);
  return true;
}

// "what = 63.42" for a share, as the service rounds.
static const char *share_expected(char *into, size_t size, const char *metric, long long part, long long whole) {
  long long hundredths = (part * 20000 + whole) / (2 * whole);
  int n = snprintf(into, size, "metrics.%s.value = %lld", metric, hundredths / 100);
  if (hundredths % 100 != 0)
    n += snprintf(into + n, size - (size_t)n, hundredths % 10 ? ".%02lld" : ".%lld", hundredths % 10 ? hundredths % 100 : hundredths % 100 / 10);
  (void)n;
  return into;
}

static const struct outcome *import_uci(const char *path) {
  return cli("import", "tickets", "--tenant", "acme", "--map",
             "ref=number,opened_at=opened_at,resolved_at=resolved_at,closed_at=closed_at,reassignments=reassignment_count,reopens=reopen_count,"
             "sla_met=made_sla",
             "--map",
             "requester=caller_id,context.channel=contact_type,context.location=location,context.category=category,context.priority=priority,"
             "context.assignment_group=assignment_group",
             "--date-format", "%d/%m/%Y %H:%M", "--null", "?", "--quiet", path);
}

static void expect_uci(const struct uci_counts *counts) {
  char volume[96], sla[96], sla_n[96], reopened[96], reassigned[96], resolved[96];
  (void)snprintf(volume, sizeof volume, "metrics.ticket_volume.value = %lld", counts->tickets);
  (void)snprintf(sla_n, sizeof sla_n, "metrics.sla_met.n = %lld", counts->tickets);
  (void)snprintf(resolved, sizeof resolved, "metrics.resolution_time.n = %lld", counts->resolved);
  EXPECT(request(DASHBOARD, "GET", "/v1/experience?from=2016-01-01&to=2017-12-31", NULL, NULL), 200, volume, sla_n, resolved,
         share_expected(sla, sizeof sla, "sla_met", counts->sla_met, counts->tickets),
         share_expected(reopened, sizeof reopened, "reopened", counts->reopened, counts->tickets),
         share_expected(reassigned, sizeof reassigned, "reassigned", counts->reassigned, counts->tickets));
}

START_TEST(loads_the_uci_incidents_twice_with_the_same_figures) {
  char path[512], summary[128];
  struct uci_counts counts;
  const char *folder = getenv("XLAD_SHARED");
  (void)snprintf(path, sizeof path, "%s/data/uci_incidents.csv", folder == NULL ? "../shared" : folder);
  if (!count_uci(path, &counts)) {
    (void)fprintf(stderr, "skipped: there is no %s\n", path);
    return;
  }
  ck_assert_int_eq(counts.tickets, 24918);
  ck_assert_int_eq(counts.sla_met, 15803);
  ck_assert_int_eq(counts.reopened, 275);
  ck_assert_int_eq(counts.reassigned, 11369);
  ck_assert_int_eq(counts.tickets - counts.resolved, 1556);
  const struct outcome *outcome = import_uci(path);
  (void)snprintf(summary, sizeof summary, "%lld lines: %lld created, 0 updated, 0 refused, ", counts.tickets, counts.tickets);
  ck_assert_msg(outcome->code == 0 && strstr(bytes_text(&outcome->err), summary) != NULL, "%s", bytes_text(&outcome->err));
  ck_assert_uint_eq(outcome->out.length, 0);
  expect_uci(&counts);
  outcome = import_uci(path);
  (void)snprintf(summary, sizeof summary, "%lld lines: 0 created, %lld updated, 0 refused, ", counts.tickets, counts.tickets);
  ck_assert_msg(outcome->code == 0 && strstr(bytes_text(&outcome->err), summary) != NULL, "%s", bytes_text(&outcome->err));
  expect_uci(&counts);
}
END_TEST

int main(void) {
  static const char *const settings[] = {"XLAD_BODY_SECONDS=2", NULL};
  house_start(&(struct house_plan){.settings = settings});
  Suite *suite = suite_create("import");
  TCase *cases = tcase_create("import");
  tcase_add_test(cases, stores_good_tickets_beside_bad_ones);
  tcase_add_test(cases, stores_responses_and_tells_what_became_of_each);
  tcase_add_test(cases, refuses_a_line_that_is_too_long_and_goes_on_behind_it);
  tcase_add_test(cases, takes_an_empty_body_for_no_lines);
  tcase_add_test(cases, reads_csv_with_quotes_bom_and_crlf);
  tcase_add_test(cases, goes_on_behind_a_broken_csv_record);
  tcase_add_test(cases, maps_columns_dates_nulls_and_constants);
  tcase_add_test(cases, refuses_options_and_headers_before_anything_is_stored);
  tcase_add_test(cases, is_for_the_portal_and_for_its_media_types);
  tcase_add_test(cases, answers_many_lines_in_order_and_in_bounded_memory);
  tcase_add_test(cases, survives_a_client_that_leaves_in_mid_import);
  tcase_add_test(cases, imports_a_file_and_tells_by_the_exit_code);
  tcase_add_test(cases, refuses_wrong_usage_of_the_command);
  tcase_add_test(cases, loads_the_uci_incidents_twice_with_the_same_figures);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
