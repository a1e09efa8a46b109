// Signs that figures are made rather than earned: what each is told from, against the raw answers; and that it gives no small group away.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#define TENANT "(select tenant_id from tenants where slug = 'acme')"

// Windows are of 14 days. The version began on 15 March, so the one that ends on 28 March is held against the first 14 days of the month.
#define BEGAN  "2026-03-15"
#define DAY    "2026-03-28"

// Agreements end with the day, so that the daemon finds nothing else to evaluate.
static void agree_without(const char *slug, const char *scope, const char *from_day, const char *to_day) {
  char statement[2000];
  (void)snprintf(statement, sizeof statement,
                 "insert into xlas (tenant_id, slug, content, retired_at) select " TENANT
                 ", '%s', json_build_object('slug', '%s', 'name', 'X', 'owner', 'anna', 'commitment', 'result', 'min_responses', 5, 'warn',"
                 " json_build_object('burn', 2), 'starts_on', '" DAY "', 'review_by', '2026-12-15', 'metric', 'happiness', 'components', null,"
                 " 'scope', '%s'::json, 'target', -30, 'window_days', 14), '2026-03-29T12:00:00Z'",
                 slug, slug, scope);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement,
                 "insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, slug, 1, '" BEGAN "',"
                 " json_build_object('metric', 'happiness', 'components', null, 'scope', content -> 'scope', 'target', -30, 'window_days', 14)"
                 " from xlas where slug = '%s'",
                 slug);
  sql_run(statement);
  if (from_day) {
    (void)snprintf(statement, sizeof statement,
                   "insert into xla_exclusion_periods (tenant_id, slug, period_id, from_day, to_day, reason, created_by) select " TENANT
                   ", '%s', gen_random_uuid(), '%s', '%s', 'Move', 'test'",
                   slug, from_day, to_day);
    sql_run(statement);
  }
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", slug, "--day", DAY);
}

static void agree(const char *slug, const char *scope) { agree_without(slug, scope, NULL, NULL); }

// The expectations are of the flags in the state: 0 lost time, 1 bare ratings, 2 excluded responses.
#define FLAGS(slug, ...)                                                                                                                      \
  do {                                                                                                                                        \
    agree(slug, SCOPE);                                                                                                                       \
    EXPECT(request(DASHBOARD, "GET", "/v1/xlas/" slug "/history", NULL, NULL), 200, "items.length = 1", "items.0.state.integrity.length = 3", \
           __VA_ARGS__);                                                                                                                      \
  } while (0)
#define AT(path) "items.0.state.integrity." path

static void ticket(const char *ref, const char *service, const char *group) {
  char path[100], body[400];
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  (void)snprintf(body, sizeof body,
                 "{\"opened_at\": \"2026-02-01T08:00:00Z\", \"resolved_at\": \"2026-02-02T08:00:00Z\","
                 " \"context\": {\"service\": \"%s\", \"assignment_group\": \"%s\"}}",
                 service, group);
  EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "ref present");
}

// `answers` is the JSON of what respondent i of day d says; so many a day.
static void respond(const char *ref, const char *from, const char *to, int a_day, const char *answers) {
  struct bytes body = {0};
  char query[2000];
  (void)snprintf(query, sizeof query,
                 "select string_agg((jsonb_build_object('ticket', '%s', 'respondent', '%s' || d || i, 'submitted_at',"
                 " to_char(d + time '12:00', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')) || jsonb_strip_nulls(%s))::text, E'\\n')"
                 " from generate_series(date '%s', date '%s', '1 day') g(at) cross join lateral (select g.at::date as d) x"
                 " cross join generate_series(0, %d) i",
                 ref, ref, answers, from, to, a_day - 1);
  bytes_add_text(&body, sql_text(query));
  const struct answer *answer = request(PORTAL, "POST", "/v1/responses/import", "Content-Type: application/x-ndjson", bytes_text(&body));
  ck_assert_int_eq(answer->status, 200);
  ck_assert_ptr_null(strstr(bytes_text(&answer->body), "\"status\":4"));
  bytes_release(&body);
}

// So many of the window's about one ticket.
static void exclude(const char *ref, int count) {
  for (int i = 0; i < count; i++) {
    char query[400], path[200];
    (void)snprintf(
        query, sizeof query,
        "select response_id from responses where ref = '%s' and excluded_at is null and submitted_at >= '" BEGAN "' order by happiness limit 1", ref);
    (void)snprintf(path, sizeof path, "/v1/responses/%s/exclusion", sql_text(query));
    EXPECT(request(ADMIN, "POST", path, NULL, "{\"reason\": \"Not about us\"}"), 201, "reason = Not about us");
  }
}

// Eight of ten rate it 9, the others 2. A reason is ticked, or told, by each second of them before, and by each fourth afterwards.
#define BEFORE                                                                                                                \
  "jsonb_build_object('happiness', case when i < 8 then 9 else 2 end, 'lost_minutes', 10 + i, 'comment', case when i % 4 = 0" \
  " then 'Thanks' end, 'factors', case when i % 4 = 1 then jsonb_build_array('speed') end)"
#define AFTER                                                                                                                 \
  "jsonb_build_object('happiness', case when i < 8 then 9 else 2 end, 'lost_minutes', 10 + i, 'comment', case when i % 8 = 0" \
  " then 'Thanks' end, 'factors', case when i % 8 = 1 then jsonb_build_array('speed') end)"

#define SCOPE "{\"service\": [\"vpn\"]}"
START_TEST(ratings_without_a_reason_rise) {
  ticket("VPN", "vpn", "net");
  ticket("MAIL", "mail", "desk");
  ticket("PRINT", "print", "desk");
  respond("VPN", "2026-03-01", "2026-03-14", 10, BEFORE);
  respond("VPN", "2026-03-15", DAY, 10, AFTER);
  respond("MAIL", "2026-03-01", DAY, 10, BEFORE);
  respond("PRINT", "2026-03-01", DAY, 2, "jsonb_build_object('happiness', 9, 'comment', 'Fine')");
  FLAGS("bare", AT("0.flag = lost_time_rose_with_happiness"), AT("0.verdict = clear"), AT("0.evidence.length = 2"), AT("1.flag = bare_ratings_rose"),
        AT("1.verdict = raised"), AT("1.evidence.length = 1"), AT("1.evidence.0.before.value = 50"), AT("1.evidence.0.before.n = 112"),
        AT("1.evidence.0.after.value = 75"), AT("1.evidence.0.after.n = 112"), AT("1.evidence.0.p = 0.0001"), AT("1.by absent"),
        AT("2.flag = responses_excluded"), AT("2.verdict = clear"), AT("2.evidence.length = 0"), AT("2.by = service"), AT("2.key = null"),
        AT("2.groups = 0"));
}
END_TEST
#undef SCOPE

#define SCOPE "{\"service\": [\"mail\"]}"
START_TEST(ratings_that_stay_as_they_were_raise_nothing) {
  FLAGS("stays", AT("1.verdict = clear"), AT("1.evidence.0.before.value = 50"), AT("1.evidence.0.after.value = 50"), AT("1.evidence.0.p = 1"));
}
END_TEST
#undef SCOPE

#define SCOPE "{\"service\": [\"vpn\"]}"
START_TEST(a_comment_that_is_added_counts) {
  char path[200];
  (void)snprintf(path, sizeof path, "/v1/responses/%s",
                 sql_text("select response_id from responses where ref = 'VPN' and submitted_at >= '" BEGAN "' and happiness = 9 and factors = '{}'"
                          " and comment is null limit 1"));
  EXPECT(request(PORTAL, "PATCH", path, NULL, "{\"comment\": \"It was quick\"}"), 200, "comment = It was quick");
  // 83 of 112.
  FLAGS("amended", AT("1.evidence.0.after.value = 74.11"));
  EXPECT(request(PORTAL, "PATCH", path, NULL, "{\"comment\": null}"), 200, "comment = null");
}
END_TEST

START_TEST(what_is_excluded_often_stands_out_from_the_rest) {
  exclude("VPN", 4);
  FLAGS("four", AT("2.verdict = clear"), AT("2.evidence.length = 0"));
  exclude("VPN", 16);
  exclude("MAIL", 3);
  // 20 of 140; of mail and print 3 of 168.
  FLAGS("twenty", AT("2.verdict = raised"), AT("2.by = service"), AT("2.key = vpn"), AT("2.groups = 1"), AT("2.evidence.length = 1"),
        AT("2.evidence.0.before.value = 1.79"), AT("2.evidence.0.before.n = 168"), AT("2.evidence.0.after.value = 14.29"),
        AT("2.evidence.0.after.n = 140"), AT("2.evidence.0.p = 0.0001"));
}
END_TEST

// What the raw answers say of a service in two pieces of the window.
#define OF(service)                                                                                                           \
  "(select round(100.0 * count(excluded_at) / count(*), 2) || ' ' || count(*) from responses where (ref = 'VPN') = " #service \
  " and (submitted_at at time zone 'Europe/Oslo')::date between '" BEGAN "' and '" DAY "' and (submitted_at at time zone"     \
  " 'Europe/Oslo')::date not between '2026-03-20' and '2026-03-21')"
#define EVIDENCE "state #> '{integrity,2,evidence,0}' #>> "

START_TEST(pieces_between_days_that_are_left_out_are_counted_together) {
  agree_without("pieces", SCOPE, "2026-03-20", "2026-03-21");
  ck_assert_str_eq(sql_text("select state #>> '{integrity,2,key}' from xla_days where slug = 'pieces'"), "vpn");
  ck_assert_str_eq(sql_text("select concat_ws(' ', to_char((" EVIDENCE "'{before,value}')::numeric, 'FM990.00'), " EVIDENCE "'{before,n}')"
                            " from xla_days where slug = 'pieces'"),
                   sql_text("select " OF(false)));
  ck_assert_str_eq(sql_text("select concat_ws(' ', to_char((" EVIDENCE "'{after,value}')::numeric, 'FM990.00'), " EVIDENCE "'{after,n}')"
                            " from xla_days where slug = 'pieces'"),
                   sql_text("select " OF(true)));
  ck_assert_str_eq(sql_text("select state #>> '{integrity,2,evidence,0,after,n}' from xla_days where slug = 'pieces'"), "120");
}
END_TEST
#undef SCOPE

#define SCOPE "{\"service\": [\"mail\"]}"
START_TEST(others_are_not_blamed) {
  exclude("MAIL", 3);
  FLAGS("others", AT("2.verdict = clear"), AT("2.key = null"), AT("2.groups = 0"), AT("2.evidence.length = 0"));
}
END_TEST
#undef SCOPE

#define SCOPE "{}"
START_TEST(what_is_about_everything_is_looked_at_by_team) {
  FLAGS("all", AT("2.verdict = raised"), AT("2.by = assignment_group"), AT("2.key = net"), AT("2.evidence.0.before.n = 168"),
        AT("2.evidence.0.after.n = 140"));
}
END_TEST
#undef SCOPE

#define SCOPE "{\"assignment_group\": [\"desk\"], \"service\": [\"print\"]}"
START_TEST(a_group_may_have_nothing_left) {
  ticket("PRINT-2", "print", "net");
  respond("PRINT-2", "2026-03-15", DAY, 2, "jsonb_build_object('happiness', 1)");
  exclude("PRINT", 28);
  FLAGS("nothing", "items.0.status = insufficient_data", AT("2.verdict = raised"), AT("2.by = assignment_group"), AT("2.key = desk"),
        AT("2.evidence.0.before.value = 0"), AT("2.evidence.0.before.n = 28"), AT("2.evidence.0.after.value = 100"));
}
END_TEST
#undef SCOPE

#define SCOPE "{\"assignment_group\": [\"lab\"], \"service\": [\"scan\"]}"
START_TEST(a_few_peoples_answers_are_not_told_of) {
  char ref[20];
  // Eight answers of one person, that are excluded, among those of many.
  ticket("SCAN", "scan", "lab");
  ticket("SCANS", "scan", "net");
  respond("SCAN", "2026-03-01", DAY, 3, "jsonb_build_object('happiness', 9)");
  respond("SCANS", "2026-03-01", DAY, 3, "jsonb_build_object('happiness', 9)");
  for (int i = 0; i < 8; i++) {
    (void)snprintf(ref, sizeof ref, "SCAN-%d", i);
    ticket(ref, "scan", "lab");
    respond(ref, "2026-03-20", "2026-03-20", 1, "jsonb_build_object('happiness', 1, 'respondent', 'ann')");
    exclude(ref, 1);
  }
  FLAGS("told", AT("2.verdict = raised"), AT("2.key = lab"), AT("2.evidence.0.before.n = 42"), AT("2.evidence.0.after.n = 50"));
  sql_run("update tenants set min_group = 5 where slug = 'acme'");
  FLAGS("withheld", AT("2.verdict = no_data"), AT("2.key = null"), AT("2.groups = 0"), AT("2.evidence.length = 0"));
}
END_TEST
#undef SCOPE

#define SCOPE "{\"service\": [\"chat\"]}"
START_TEST(a_few_peoples_ratings_are_not_told_of) {
  // Eight people, of whom four rate it 9.
  ticket("CHAT", "chat", "net");
  for (int day = 1; day <= 28; day++) {
    char date[20];
    (void)snprintf(date, sizeof date, "2026-03-%02d", day);
    char ref[20];
    (void)snprintf(ref, sizeof ref, "CHAT-%d", day);
    ticket(ref, "chat", "net");
    respond(ref, date, date, 8, "jsonb_build_object('respondent', 'p' || i, 'happiness', case when i < 4 then 9 else 2 end)");
  }
  FLAGS("ratings", "items.0.state.n = 112", AT("1.verdict = no_data"), AT("1.evidence.length = 0"));
  sql_run("update tenants set min_group = 1 where slug = 'acme'");
  FLAGS("shown", "items.0.state.n = 112", AT("1.verdict = clear"), AT("1.evidence.0.after.n = 56"), AT("1.evidence.0.after.value = 100"));
}
END_TEST
#undef SCOPE

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("integrity");
  TCase *cases = tcase_create("integrity");
  tcase_set_timeout(cases, 300);
  tcase_add_test(cases, ratings_without_a_reason_rise);
  tcase_add_test(cases, ratings_that_stay_as_they_were_raise_nothing);
  tcase_add_test(cases, a_comment_that_is_added_counts);
  tcase_add_test(cases, what_is_excluded_often_stands_out_from_the_rest);
  tcase_add_test(cases, pieces_between_days_that_are_left_out_are_counted_together);
  tcase_add_test(cases, others_are_not_blamed);
  tcase_add_test(cases, what_is_about_everything_is_looked_at_by_team);
  tcase_add_test(cases, a_group_may_have_nothing_left);
  tcase_add_test(cases, a_few_peoples_answers_are_not_told_of);
  tcase_add_test(cases, a_few_peoples_ratings_are_not_told_of);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
