// Reports of months: what moved, what matters, and how agreements stood; as JSON, as a table, and as a page.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#define FRESH "Cache-Control: no-cache"
#define PAGE  "Accept: text/html"
#define NASTY "<script>alert('x')</script> & \\\"co\\\""

static struct bytes tickets, responses;

// As many tickets of a service, resolved on this day and answered so, each by a person of their own.
static void answers(const char *day, const char *service, int count, int happiness, int lost) {
  static int number;
  for (int i = 0; i < count; i++) {
    number++;
    bytes_format(&tickets,
                 "{\"ref\": \"T%d\", \"opened_at\": \"%sT08:00:00Z\", \"resolved_at\": \"%sT09:00:00Z\", \"context\": {\"service\": \"%s\"}}\n",
                 number, day, day, service);
    bytes_format(&responses,
                 "{\"ticket\": \"T%d\", \"respondent\": \"p%d\", \"submitted_at\": \"%sT10:00:00Z\", \"happiness\": %d, \"lost_minutes\": %d}\n",
                 number, number, day, happiness, lost);
  }
}

static void import(const char *path, struct bytes *lines) {
  const struct answer *answer = request_bytes(ADMIN, "POST", path, "Content-Type: application/x-ndjson", bytes_text(lines), lines->length);
  ck_assert_msg(answer->status == 200 && !strstr(bytes_text(&answer->body), "\"errors\""), "%s: %s", path, bytes_text(&answer->body));
  bytes_clear(lines);
}

// Happiness falls in March, above all for who has a name that no page may run.
static void report_data(void) {
  answers("2025-02-10", "mail", 60, 9, 5);
  answers("2025-02-11", NASTY, 60, 9, 10);
  answers("2025-03-10", "mail", 60, 9, 5);
  answers("2025-03-11", NASTY, 60, 2, 200);
  answers("2025-03-12", "rare", 2, 10, 1);
  answers("2025-03-12", "few", 8, 9, 1);
  import("/v1/tickets/import", &tickets);
  import("/v1/responses/import", &responses);
}

// An agreement as it would be, had it been made then; retired since, so that nobody evaluates it now.
static void xla_evaluated(const char *slug, const char *retired, const char *day, const char *status, const char *value) {
  char statement[1500];
  (void)snprintf(
      statement, sizeof statement,
      "with t as (select tenant_id from tenants where slug = 'acme'), x as (insert into xlas (tenant_id, slug, retired_at, content) select tenant_id,"
      " '%s', '%s', '{\"slug\":\"%s\",\"name\":\"%s is <b>\",\"owner\":\"anna\",\"metric\":\"happiness\",\"scope\":{},\"target\":30,"
      "\"window_days\":30,\"min_responses\":20,\"starts_on\":\"2025-01-01\",\"review_by\":\"2025-12-31\"}' from t on conflict do nothing),"
      " v as (insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, '%s', 1, '2025-01-01',"
      " '{\"metric\":\"happiness\",\"components\":null,\"scope\":{},\"target\":30,\"window_days\":30}' from t on conflict do nothing)"
      " insert into xla_days (tenant_id, slug, day, version, status, state, digest) select tenant_id, '%s', '%s', 1, '%s',"
      " '{\"value\":%s,\"n\":60,\"interval\":null,\"target\":30,\"suppressed\":false}', '' from t",
      slug, retired, slug, slug, slug, slug, day, status, value);
  sql_run(statement);
}

START_TEST(a_month_in_plain_sentences) {
  report_data();
  xla_evaluated("vpn", "2025-04-02", "2025-02-28", "met", "41.5");
  xla_evaluated("vpn", "2025-04-02", "2025-03-30", "at_risk", "31");
  xla_evaluated("vpn", "2025-04-02", "2025-03-31", "breached", "12.5");
  xla_evaluated("vpn", "2025-04-02", "2025-04-01", "met", "50");
  xla_evaluated("old", "2025-02-01", "2025-01-31", "met", "60");
  EXPECT(request(DASHBOARD, "GET", "/v1/reports/2025-03", FRESH, NULL), 200, "month = 2025-03", "title = March 2025", "complete = true",
         "window = {\"from\":\"2025-03-01\",\"to\":\"2025-03-31\"}", "compared_with.window = {\"from\":\"2025-02-01\",\"to\":\"2025-02-28\"}",
         "summary.0.sentence = In March 2025 there were 130 responses, to 100 % of 130 resolved tickets.",
         "summary.1.sentence = ~compared with February 2025 and by more than chance, .*: 0 improved|0 improved and 2 got worse \\(",
         "summary.2.sentence = ~^Most is to be won at <script>alert.*: people lost 195.57 hours more than at the level elsewhere; that it is worse "
         "there is "
         "confirmed",
         "summary.3.sentence = Of 1 agreements, at the end, breached: 1.", "summary.4.sentence = No initiative moved.");
  EXPECT(request(DASHBOARD, "GET", "/v1/reports/2025-03", NULL, NULL), 200, "moved.0.certain = true", "moved.1.certain = true",
         "moved.0.figure.comparison.verdict = worsened", "moved.0.sentence = ~it got worse, by more than chance", "by = service",
         "matters.length = 4", "matters.0.confirmed = true", "matters.3 = {\"key\":\"rare\",\"suppressed\":true}", "xlas.length = 1",
         "xlas.0.slug = vpn", "xlas.0.day = 2025-03-31", "xlas.0.status = breached", "xlas.0.status_before = met", "xlas.0.state.value = 12.5",
         "xlas.0.sentence = vpn is <b> (anna) was breached, a month before met: 12.5 points (target 30).", "initiatives = []", "xlas_cut = false");
}
END_TEST

START_TEST(nothing_moves_where_nothing_was_measured) {
  EXPECT(request(DASHBOARD, "GET", "/v1/reports/2024-03", NULL, NULL), 200, "moved = []", "matters = []", "xlas = []",
         "summary.0.sentence = In March 2024 there were 0 responses.", "summary.3.sentence = No agreement was in force.");
  EXPECT(request(DASHBOARD, "GET", "/v1/reports/2025-03?scope=service:mail", NULL, NULL), 200, "scope = {\"service\":[\"mail\"]}", "xlas = []",
         "summary.1.sentence = ~0 improved and 0 got worse");
}
END_TEST

START_TEST(what_is_withheld_stays_so) {
  const struct answer *answer = request(DASHBOARD, "GET", "/v1/reports/2025-03?scope=service:rare", NULL, NULL);
  EXPECT(answer, 200, "summary.0.sentence = In March 2025 so few people answered that nothing of it is told.", "matters.0.suppressed = true");
  ck_assert_msg(strstr(bytes_text(&answer->body), "\"Happiness: withheld, as too few people answered.\""), "%s", bytes_text(&answer->body));
  answer = request(DASHBOARD, "GET", "/v1/reports/2025-03?scope=service:rare", PAGE, NULL);
  ck_assert_msg(strstr(bytes_text(&answer->body), "<th scope=\"row\">Happiness</th><td class=\"number\">withheld</td>"), "%s",
                bytes_text(&answer->body));
  answer = request(DASHBOARD, "GET", "/v1/reports/2025-03?scope=service:rare&format=csv", NULL, NULL);
  ck_assert_msg(
      strstr(bytes_text(&answer->body), "\r\nmoved,2025-03,,service,,happiness,Happiness,,\"Happiness: withheld, as too few people answered.\",,,"),
      "%s", bytes_text(&answer->body));
}
END_TEST

START_TEST(a_page_is_complete_and_only_shows) {
  const struct answer *answer = request(DASHBOARD, "GET", "/v1/reports/2025-03", PAGE "\n" FRESH, NULL);
  const char *page = bytes_text(&answer->body);
  EXPECT(answer, 200, "header Content-Type = text/html; charset=utf-8", "header Vary = Accept, Accept-Encoding",
         "header X-Content-Type-Options = nosniff", "header Content-Disposition absent",
         "header Content-Security-Policy = ~^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]*'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'$");
  ck_assert_msg(strncmp(page, "<!doctype html>\n<html lang=\"en\">", 32) == 0, "%s", page);
  ck_assert_msg(strstr(page, "<title>Experience report, March 2025</title>"), "%s", page);
  ck_assert_msg(strstr(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;co&quot;"), "%s", page);
  ck_assert_msg(!strstr(page, "<script") && !strstr(page, "is <b>") && !strstr(page, "http:") && !strstr(page, "src=") && !strstr(page, "url("), "%s",
                page);
  ck_assert_msg(strstr(page, "<td class=\"bad\">breached</td>"), "%s", page);
  ck_assert_msg(strstr(page, "</main></body></html>\n"), "%s", page);
}
END_TEST

START_TEST(a_page_changes_with_what_it_says_only) {
  char tag[100], headers[200];
  (void)snprintf(tag, sizeof tag, "%s", answer_header(request(DASHBOARD, "GET", "/v1/reports/2025-03", PAGE, NULL), "ETag"));
  sql_run("do $$ begin perform pg_sleep(1.1); end $$");  // as_of is another one
  const struct answer *answer = request(DASHBOARD, "GET", "/v1/reports/2025-03", PAGE "\n" FRESH, NULL);
  ck_assert_str_eq(answer_header(answer, "ETag"), tag);
  (void)snprintf(headers, sizeof headers, PAGE "\nIf-None-Match: %s", tag);
  ck_assert_int_eq(request(DASHBOARD, "GET", "/v1/reports/2025-03", headers, NULL)->status, 304);
}
END_TEST

START_TEST(initiatives_that_moved_are_told) {
  char path[100];
  (void)snprintf(path, sizeof path, "/v1/reports/%s", sql_text("select to_char(now() at time zone 'Europe/Oslo', 'YYYY-MM')"));
  EXPECT(request(ADMIN, "POST", "/v1/initiatives", NULL, "{\"title\": \"Faster VPN\", \"owner\": \"anna\"}"), 201, "step = vision");
  EXPECT(request(DASHBOARD, "GET", path, FRESH, NULL), 200, "initiatives.length = 1", "initiatives.0.title = Faster VPN",
         "initiatives.0.owner = anna", "initiatives.0.begun = true", "initiatives.0.moves = 1", "initiatives.0.step = vision",
         "initiatives.0.verdict = null", "initiatives.0.sentence = \"\\\"Faster VPN\\\" is new, and at the step vision.\"",
         "summary.4.sentence = Initiatives that moved: 1, of them new: 1, evaluated: 0, of those with their target reached: 0.");
  EXPECT(request(DASHBOARD, "GET", "/v1/reports/2025-03", FRESH, NULL), 200, "initiatives = []");
}
END_TEST

START_TEST(only_months_that_have_begun_are_reported) {
  static const char *const NONE[] = {"2999-01", "2025-13", "2025-00", "2025-1", "2025-03-01", "march"};
  char path[100], month[20];
  for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++) {
    (void)snprintf(path, sizeof path, "/v1/reports/%s", NONE[i]);
    EXPECT(request(DASHBOARD, "GET", path, NULL, NULL), 404, "errors.0.pointer = month");
  }
  (void)snprintf(month, sizeof month, "%s", sql_text("select to_char(now() at time zone 'Europe/Oslo', 'YYYY-MM')"));
  (void)snprintf(path, sizeof path, "/v1/reports/%s", month);
  EXPECT(request(DASHBOARD, "GET", path, NULL, NULL), 200, "complete = false", "summary.0.sentence = ~^So far in ");
  EXPECT(request(DASHBOARD, "GET", "/v1/reports/2025-03?from=2025-01-01", NULL, NULL), 422, "errors.0.pointer = from");
  EXPECT(request(PORTAL, "GET", "/v1/reports/2025-03", NULL, NULL), 403, "status = 403");
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  Suite *suite = suite_create("report");
  TCase *cases = tcase_create("report");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, a_month_in_plain_sentences);
  tcase_add_test(cases, nothing_moves_where_nothing_was_measured);
  tcase_add_test(cases, what_is_withheld_stays_so);
  tcase_add_test(cases, a_page_is_complete_and_only_shows);
  tcase_add_test(cases, a_page_changes_with_what_it_says_only);
  tcase_add_test(cases, initiatives_that_moved_are_told);
  tcase_add_test(cases, only_months_that_have_begun_are_reported);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
