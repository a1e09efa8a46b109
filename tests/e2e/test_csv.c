// Tables: what the JSON says as CSV, to who asks for it; nothing in them is a formula, and nothing withheld is told.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#define FRESH "Cache-Control: no-cache"
#define CSV   "Accept: text/csv"
#define MARK  "\xef\xbb\xbf"
#define MARCH "from=2025-03-01&to=2025-03-31"

static void send(const char *method, const char *path, const char *body) {
  const struct answer *answer = request(ADMIN, method, path, NULL, body);
  ck_assert_msg(answer->status >= 200 && answer->status < 300, "%s %s: %d %s", method, path, answer->status, bytes_text(&answer->body));
}

// The table that is answered, without its byte order mark.
static const char *table(enum key key, const char *path, const char *headers) {
  const struct answer *answer = request(key, "GET", path, headers, NULL);
  const char *text = bytes_text(&answer->body);
  ck_assert_msg(answer->status == 200, "%s: %d %s", path, answer->status, text);
  ck_assert_str_eq(answer_header(answer, "Content-Type"), "text/csv; charset=utf-8; header=present");
  ck_assert_msg(strncmp(text, MARK, strlen(MARK)) == 0, "%s: %s", path, text);
  return text + strlen(MARK);
}

static void assert_line(const char *text, const char *line) {
  char whole[2000];
  (void)snprintf(whole, sizeof whole, "\r\n%s\r\n", line);
  ck_assert_msg(strstr(text, whole), "there is no line\n%s\nin\n%s", line, text);
}

// The line that begins so, cut to as many cells; "" where there is none.
static const char *line_of(const char *text, const char *begin) {
  static char line[4000];
  char found[400];
  (void)snprintf(found, sizeof found, "\r\n%s", begin);
  const char *at = strstr(text, found);
  (void)snprintf(line, sizeof line, "%.*s", at ? (int)strcspn(at + 2, "\r") : 0, at ? at + 2 : "");
  return line;
}

START_TEST(a_list_is_a_table_without_formulas) {
  send("PUT", "/v1/tickets/%3D1%2B1",
       "{\"opened_at\": \"2025-01-05T08:00:00Z\", \"resolved_at\": \"2025-01-05T09:00:00Z\", \"reassignments\": 2, \"cost\": \"17.50\", \"sla_met\": "
       "true,"
       " \"context\": {\"service\": \"@SUM(1+1)*cmd|' /C calc'!A0\", \"location\": \"a, \\\"b\\\"\"}}");
  const char *text = table(DASHBOARD, "/v1/tickets?opened_to=2025-01-31", CSV "\n" FRESH);
  ck_assert_msg(strncmp(text, "ref,state,resolution,kind,opened_at,", 36) == 0, "%s", text);
  ck_assert_msg(strstr(text, ",context.service,") && strstr(text, ",context.location,"), "%s", text);
  const char *line = line_of(text, "'=1+1,resolved,1,incident,2025-01-05T08:00:00Z,,,2025-01-05T09:00:00Z,,2,");
  ck_assert_msg(strstr(line, ",true,,17.5"), "%s", text);
  ck_assert_msg(strstr(line, ",'@SUM(1+1)*cmd|' /C calc'!A0,"), "%s", text);
  ck_assert_msg(strstr(line, ",\"a, \"\"b\"\"\","), "%s", text);
}
END_TEST

START_TEST(a_cell_may_hold_quotes_lines_and_any_script) {
  send("POST", "/v1/responses",
       "{\"ticket\": \"=1+1\", \"respondent\": \"anna\", \"submitted_at\": \"2025-01-05T10:00:00Z\", \"happiness\": 3,"
       " \"factors\": [\"=slow\", \"rude\"], \"comment\": \"-2+3; \\\"wörk\\\"\\n\\t次\"}");
  const char *text = table(ADMIN, "/v1/responses", CSV);
  ck_assert_msg(strncmp(text, "id,ticket,resolution,respondent_id,happiness,lost_minutes,", 57) == 0, "%s", text);
  ck_assert_msg(strstr(text, ",'=1+1,1,"), "%s", text);
  ck_assert_msg(strstr(text, ",'=slow|rude,\"'-2+3; \"\"wörk\"\"\n\t次\","), "%s", text);
}
END_TEST

START_TEST(a_table_comes_in_pages) {
  char next[2000];
  send("PUT", "/v1/tickets/P1", "{\"opened_at\": \"2025-02-01T08:00:00Z\"}");
  send("PUT", "/v1/tickets/P2", "{\"opened_at\": \"2025-02-02T08:00:00Z\"}");
  const struct answer *answer = request(ADMIN, "GET", "/v1/tickets?opened_from=2025-02-01&opened_to=2025-02-02&limit=1&format=csv", FRESH, NULL);
  ck_assert_int_eq(answer->status, 200);
  ck_assert_msg(strstr(bytes_text(&answer->body), "\r\nP2,open,") && !strstr(bytes_text(&answer->body), "\r\nP1,"), "%s", bytes_text(&answer->body));
  const char *link = answer_header(answer, "Link");
  ck_assert_msg(link && link[0] == '<' && strstr(link, "format=csv"), "%s", link ? link : "no Link");
  (void)snprintf(next, sizeof next, "%.*s", (int)strcspn(link + 1, ">"), link + 1);
  answer = request(ADMIN, "GET", next, FRESH, NULL);
  ck_assert_msg(strstr(bytes_text(&answer->body), "\r\nP1,open,") && !strstr(bytes_text(&answer->body), "\r\nP2,"), "%s", bytes_text(&answer->body));
  ck_assert(!answer_header(answer, "Link"));
}
END_TEST

START_TEST(who_asks_says_what_for) {
  static const struct step story[] = {
      {.says = "JSON is what is had without a word",
       .key = ADMIN,
       .path = "/v1/keys",
       .status = 200,
       .expects = {"header Content-Type = application/json", "header Vary = Accept", "header Content-Disposition absent"}},
      {.says = "a table is a file with a name",
       .key = ADMIN,
       .path = "/v1/xlas?retired=false",
       .headers = CSV,
       .status = 200,
       .expects = {"header Content-Type = ~^text/csv", "header Content-Disposition = attachment; filename=\"xlas.csv\"", "header Vary = Accept"}},
      {.says = "whose name is taken from the path",
       .key = DASHBOARD,
       .path = "/v1/insights/what-matters",
       .headers = CSV,
       .status = 200,
       .expects = {"header Content-Disposition = attachment; filename=\"insights-what-matters.csv\"", "header Vary = Accept, Accept-Encoding"}},
      {.says = "the heavier one is given",
       .key = ADMIN,
       .path = "/v1/keys",
       .headers = "Accept: text/csv;q=0.5, application/json;q=0.4",
       .status = 200,
       .expects = {"header Content-Type = ~^text/csv"}},
      {.says = "the query overrules the header",
       .key = ADMIN,
       .path = "/v1/keys?format=json",
       .headers = CSV,
       .status = 200,
       .expects = {"header Content-Type = application/json"}},
      {.says = "both ways",
       .key = ADMIN,
       .path = "/v1/keys?format=csv",
       .headers = "Accept: application/json",
       .status = 200,
       .expects = {"header Content-Type = ~^text/csv"}},
      {.says = "what can't be given is not acceptable",
       .key = ADMIN,
       .path = "/v1/keys",
       .headers = "Accept: image/png",
       .status = 406,
       .expects = {"type = urn:xlad:problem:not-acceptable", "errors.0.pointer = Accept", "errors.0.detail = must admit application/json or text/csv",
                   "header Content-Type = application/problem+json"}},
      {.says = "nor is a table of what is none",
       .key = ADMIN,
       .path = "/v1/settings",
       .headers = CSV,
       .status = 406,
       .expects = {"errors.0.detail = must admit application/json"}},
      {.says = "a format that there isn't is an error",
       .key = ADMIN,
       .path = "/v1/keys?format=xml",
       .status = 422,
       .expects = {"errors.0.pointer = format", "errors.0.detail = must be json or csv"}},
      {.says = "and so is one where there is no choice",
       .key = ADMIN,
       .path = "/v1/settings?format=json",
       .status = 422,
       .expects = {"errors.0.pointer = format", "errors.0.rule = unknown"}},
      {.says = "an error is no table",
       .key = ADMIN,
       .path = "/v1/keys?limit=0",
       .headers = CSV,
       .status = 422,
       .expects = {"header Content-Type = application/problem+json", "header Content-Disposition absent"}},
      {.says = "operators' tools get what they always get",
       .path = "/metrics",
       .headers = "Accept: application/openmetrics-text",
       .status = 200,
       .expects = {"header Content-Type = ~^text/plain"}},
  };
  STEPS(story);
}
END_TEST

// Seven people in oslo, two in bergen; the score is -100.
static void answer_as_many(void) {
  for (int i = 0; i < 9; i++) {
    char path[60], body[300];
    (void)snprintf(path, sizeof path, "/v1/tickets/W%d", i);
    (void)snprintf(body, sizeof body,
                   "{\"opened_at\": \"2025-03-05T08:00:00Z\", \"resolved_at\": \"2025-03-05T09:00:00Z\", \"context\": {\"location\": \"%s\"}}",
                   i < 7 ? "oslo" : "bergen");
    send("PUT", path, body);
    (void)snprintf(body, sizeof body, "{\"ticket\": \"W%d\", \"respondent\": \"w%d\", \"submitted_at\": \"2025-03-05T10:00:00Z\", \"happiness\": 1}",
                   i, i);
    send("POST", "/v1/responses", body);
  }
}

START_TEST(what_is_withheld_stays_so) {
  answer_as_many();
  const char *text = table(DASHBOARD, "/v1/experience/breakdown?by=location&metrics=happiness,ticket_volume&" MARCH, CSV "\n" FRESH);
  ck_assert_msg(strncmp(text, "part,by,key,metric,value,n,low,high,unit,formula,suppressed,", 60) == 0, "%s", text);
  assert_line(text, "total,location,,ticket_volume,9,9,,,tickets,count,false,,,,,,,,,,,,,,,,,,,,{},2025-03-01,2025-03-31,Europe/Oslo,0,false");
  ck_assert_msg(strstr(text, "\r\nrow,location,bergen,happiness,,,,,,,true,"), "%s", text);
  ck_assert_msg(strstr(text, "\r\nrow,location,bergen,ticket_volume,2,2,"), "%s", text);
  ck_assert_msg(strstr(text, "\r\nrow,location,oslo,happiness,,,,,,,true,"), "%s", text);
  ck_assert_msg(strstr(text, "\r\ntotal,location,,happiness,-100,9,-100,"), "%s", text);
  text = table(ADMIN, "/v1/experience/breakdown?by=location&metrics=happiness&" MARCH, CSV "\n" FRESH);
  ck_assert_msg(strstr(text, "\r\nrow,location,bergen,happiness,,2,,,,,true,"), "%s", text);
  text = table(DASHBOARD, "/v1/experience/distribution?scope=location:bergen&metrics=happiness&" MARCH, CSV "\n" FRESH);
  ck_assert_msg(strstr(text, "\r\nbin,happiness,,,,,,,,,,true,") && !strstr(text, "\r\nbin,happiness,0"), "%s", text);
  text = table(DASHBOARD, "/v1/experience/comments?scope=location:bergen&" MARCH, CSV);
  ck_assert_msg(!strstr(text, "\r\ncomment,"), "%s", text);
}
END_TEST

START_TEST(each_form_has_an_etag_of_its_own) {
  static const char path[] = "/v1/experience/breakdown?by=location&" MARCH;
  char json[100], csv[100], packed[100], headers[300];
  (void)snprintf(json, sizeof json, "%s", answer_header(request(DASHBOARD, "GET", path, NULL, NULL), "ETag"));
  (void)snprintf(csv, sizeof csv, "%s", answer_header(request(DASHBOARD, "GET", path, CSV, NULL), "ETag"));
  const struct answer *answer = request(DASHBOARD, "GET", path, CSV "\nAccept-Encoding: gzip", NULL);
  (void)snprintf(packed, sizeof packed, "%s", answer_header(answer, "ETag"));
  ck_assert_str_eq(answer_header(answer, "Content-Encoding"), "gzip");
  ck_assert_str_ne(json, csv);
  ck_assert_msg(strncmp(csv, packed, strlen(csv) - 1) == 0 && strstr(packed, "-gzip\""), "%s, packed %s", csv, packed);
  (void)snprintf(headers, sizeof headers, CSV "\nIf-None-Match: %s", csv);
  answer = request(DASHBOARD, "GET", path, headers, NULL);
  ck_assert_int_eq(answer->status, 304);
  ck_assert(!answer_header(answer, "Content-Disposition"));
  (void)snprintf(headers, sizeof headers, CSV "\nIf-None-Match: %s", json);
  ck_assert_int_eq(request(DASHBOARD, "GET", path, headers, NULL)->status, 200);
  (void)snprintf(headers, sizeof headers, "If-None-Match: %s", csv);
  EXPECT(request(DASHBOARD, "GET", path, headers, NULL), 200, "by = location", "header Content-Type = application/json");
  EXPECT(request(DASHBOARD, "HEAD", path, CSV, NULL), 200, "header Content-Type = ~^text/csv");
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  Suite *suite = suite_create("csv");
  TCase *cases = tcase_create("csv");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, a_list_is_a_table_without_formulas);
  tcase_add_test(cases, a_cell_may_hold_quotes_lines_and_any_script);
  tcase_add_test(cases, a_table_comes_in_pages);
  tcase_add_test(cases, who_asks_says_what_for);
  tcase_add_test(cases, what_is_withheld_stays_so);
  tcase_add_test(cases, each_form_has_an_etag_of_its_own);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
