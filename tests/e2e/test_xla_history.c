// The history of agreements: a row a day, evaluated once, as a second implementation in SQL finds it in the raw answers; through a change of version,
// days that are left out, a change of the clocks, and data that comes late.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

enum { SWEEP_MS_MAX = 20000, POLL_MS = 50 };

#define TENANT "(select tenant_id from tenants where slug = 'acme')"

static void wait_for_sweep(void) {
  long long end = clock_ms() + SWEEP_MS_MAX;
  for (;;) {
    const struct answer *answer = request(NO_KEY, "GET", "/metrics", NULL, NULL);
    const char *at = strstr(bytes_text(&answer->body), "\nxlad_xla_sweeps_total ");
    if (at != NULL && strncmp(at, "\nxlad_xla_sweeps_total 0", 24) != 0) return;
    ck_assert_msg(clock_ms() < end, "the daemon does not look for days to evaluate");
    sleep_ms(POLL_MS);
  }
}

// An agreement that began long ago can't be made by HTTP.
static void agree(const char *slug, const char *terms, const char *starts_on) {
  char statement[2000];
  (void)snprintf(statement, sizeof statement,
                 "insert into xlas (tenant_id, slug, content) select " TENANT
                 ", '%s', (jsonb_build_object('slug', '%s', 'name', 'VPN', 'owner', 'anna',"
                 " 'commitment', 'result', 'min_responses', 10, 'warn', jsonb_build_object('burn', 2), 'starts_on', '%s', 'review_by', '2026-04-15',"
                 " 'paired_sla', jsonb_build_object('metric', 'sla_met', 'target', 50)) || '%s')::json",
                 slug, slug, starts_on, terms);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement,
                 "insert into xla_versions (tenant_id, slug, version, valid_from, terms) select " TENANT ", '%s', 1, '%s', '%s'", slug, starts_on,
                 terms);
  sql_run(statement);
}

static void renew(const char *slug, const char *terms, const char *day) {
  char statement[2000];
  (void)snprintf(statement, sizeof statement,
                 "update xlas set version = 2, revision = revision + 1, content = (content::jsonb || '%s')::json where slug = '%s'", terms, slug);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement,
                 "insert into xla_versions (tenant_id, slug, version, valid_from, terms) select " TENANT ", '%s', 2, '%s', '%s'", slug, day, terms);
  sql_run(statement);
}

// Responses of one local day; some late in the evening, where the clocks decide the day.
static void respond(const char *from, const char *to, int salt) {
  struct bytes body = {0};
  char query[2000];
  (void)snprintf(query, sizeof query,
                 "select string_agg(json_build_object('ticket', (case when i = 3 then 'MAIL' else 'VPN' end), 'respondent', 'p' || d || i || %d,"
                 " 'happiness', (hashtext(d::text || i || %d) & 1023) %% 11, 'submitted_at',"
                 " to_char(d + (case i when 0 then time '07:15' when 1 then time '21:40' when 2 then time '22:40' else time '12:00' end),"
                 " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))::text, E'\\n') from generate_series(date '%s', date '%s', '1 day') g(at)"
                 " cross join lateral (select g.at::date as d) x cross join generate_series(0, 3) i",
                 salt, salt, from, to);
  bytes_add_text(&body, sql_text(query));
  const struct answer *answer = request(PORTAL, "POST", "/v1/responses/import", "Content-Type: application/x-ndjson", bytes_text(&body));
  ck_assert_int_eq(answer->status, 200);
  ck_assert_ptr_null(strstr(bytes_text(&answer->body), "\"status\":4"));
  bytes_release(&body);
}

static const char *evaluate(const char *day) { return cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "vpn", "--day", day); }

// What every row should say, from the raw answers: number, value, and whether the target is attained.
#define EXPECTED                                                                                                                                     \
  "with days as (select k.day, v.version, (v.terms ->> 'target')::numeric as target, (v.terms ->> 'window_days')::int as wide"                       \
  " from xla_days k cross join lateral (select * from xla_versions v where v.slug = k.slug and v.valid_from <= k.day order by version desc"          \
  " limit 1) v where k.slug = 'vpn'),"                                                                                                               \
  " answers as (select (r.submitted_at at time zone 'Europe/Oslo')::date as day, r.happiness from responses r where r.ref = 'VPN'),"                 \
  " sums as (select d.*, count(a.happiness) as n,"                                                                                                   \
  " count(*) filter (where a.happiness >= 9) - count(*) filter (where a.happiness <= 6) as net"                                                      \
  " from days d left join answers a on a.day between d.day - d.wide + 1 and d.day and not exists (select from xla_exclusion_periods p"               \
  " where p.slug = 'vpn' and a.day between p.from_day and p.to_day) group by d.day, d.version, d.target, d.wide),"                                   \
  " wanted as (select s.day, s.version, s.n, trim_scale(round(100.0 * net / nullif(n, 0), 2)) as value,"                                             \
  " case when n < 10 then 'insufficient_data' when 100.0 * net < target * n then 'breached' else 'attained' end as status from sums s),"             \
  " found as (select k.day, k.version, coalesce(k.revised_state, k.state) as s, k.revised_at is not null as revised from xla_days k where k.slug = " \
  "'vpn')"

static void compare(const char *when) {
  const char *wrong =
      sql_text(EXPECTED " select string_agg(format('%s: %s %s %s %s instead of %s %s %s %s', w.day, f.version, f.s ->> 'n', f.s ->> 'value',"
                        " f.s ->> 'status', w.version, w.n, w.value, w.status), E'\\n' order by w.day) from wanted w join found f on f.day = w.day"
                        " where (w.version, w.n, coalesce(w.value::text, '')) is distinct from"
                        " (f.version, (f.s ->> 'n')::int, coalesce(trim_scale((f.s ->> 'value')::numeric)::text, ''))"
                        " or w.status <> case when f.s ->> 'status' in ('met', 'at_risk') then 'attained' else f.s ->> 'status' end");
  ck_assert_msg(wrong == NULL || wrong[0] == '\0', "%s:\n%s", when, wrong);
}

#define FIRST  "{\"metric\": \"happiness\", \"components\": null, \"scope\": {\"service\": [\"vpn\"]}, \"target\": -30, \"window_days\": 14}"
#define SECOND "{\"metric\": \"happiness\", \"components\": null, \"scope\": {\"service\": [\"vpn\"]}, \"target\": -25.5, \"window_days\": 9}"

START_TEST(is_what_the_raw_answers_say) {
  wait_for_sweep();
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/VPN", NULL,
                 "{\"opened_at\": \"2026-02-01T08:00:00Z\", \"resolved_at\": \"2026-02-02T08:00:00Z\", \"sla_met\": true, \"context\": {\"service\": "
                 "\"vpn\"}}"),
         201, "ref = VPN");
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/MAIL", NULL,
                 "{\"opened_at\": \"2026-02-01T08:00:00Z\", \"resolved_at\": \"2026-02-02T08:00:00Z\", \"context\": {\"service\": \"mail\"}}"),
         201, "ref = MAIL");
  agree("vpn", FIRST, "2026-03-05");
  respond("2026-03-01", "2026-03-20", 1);
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas/vpn/status", NULL, NULL), 200, "status = insufficient_data", "state = null");
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas?status=insufficient_data", NULL, NULL), 200, "items.0.slug = vpn");
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas?status=not_started", NULL, NULL), 200, "items.length = 0");

  ck_assert_str_eq(evaluate("2026-03-20"), "acme: 16 days evaluated, 0 revised");
  ck_assert_str_eq(evaluate("2026-03-20"), "acme: 0 days evaluated, 0 revised");
  compare("until 20 March");
  EXPECT(request(ADMIN, "POST", "/v1/xlas/vpn/exclusion-periods", NULL, "{\"from\": \"2026-03-22\", \"to\": \"2026-03-24\", \"reason\": \"Outage\"}"),
         201, "from = 2026-03-22");
  // Over the last Sunday of March, when the clocks change; and of a day that has no row, because the agreement began after it.
  respond("2026-03-21", "2026-04-09", 2);
  respond("2026-03-02", "2026-03-02", 8);
  ck_assert_str_eq(evaluate("2026-04-09"), "acme: 20 days evaluated, 11 revised");
  compare("until 9 April");
  renew("vpn", SECOND, "2026-04-10");
  respond("2026-04-10", "2026-04-25", 3);
  ck_assert_str_eq(evaluate("2026-04-20"), "acme: 11 days evaluated, 0 revised");
  compare("until 20 April");
}
END_TEST

START_TEST(says_what_came_late) {
  const char *before = sql_text("select string_agg(state ->> 'n', ' ' order by day) from xla_days where slug = 'vpn'");
  char kept[2000];
  (void)snprintf(kept, sizeof kept, "%s", before);
  respond("2026-04-06", "2026-04-06", 9);
  (void)evaluate("2026-04-21");
  compare("after a late import");
  // The last of them count on 7 April, and the windows that have it end by 15 April.
  ck_assert_str_eq(sql_text("select min(day) || ' ' || max(day) || ' ' || count(*) from xla_days where slug = 'vpn' and revised_at is not null"
                            " and day > '2026-03-20'"),
                   "2026-04-06 2026-04-15 10");
  ck_assert_str_eq(sql_text("select string_agg(state ->> 'n', ' ' order by day) from xla_days where slug = 'vpn' and day < '2026-04-21'"), kept);
  const struct step story[] = {
      {.says = "A row shows what it said, and what it would say now",
       .key = DASHBOARD,
       .path = "/v1/xlas/vpn/history?from=2026-04-05&to=2026-04-06",
       .status = 200,
       .expects = {"items.length = 2", "items.0.revised = null", "items.0.version = 1", "items.0.state.day = 2026-04-05", "items.1.day = 2026-04-06",
                   "items.1.revised.revised_at present", "items.1.revised.state.target = -30", "next = null"}},
      {.says = "Rows come by day and page by page, each under the version in force",
       .key = DASHBOARD,
       .path = "/v1/xlas/vpn/history?from=2026-04-09&limit=1",
       .status = 200,
       .expects = {"items.length = 1", "items.0.version = 1"},
       .saves = {"next <- next"}},
      {.says = "the next one",
       .key = DASHBOARD,
       .path = "/v1/xlas/vpn/history?from=2026-04-09&limit=1&cursor=${next}",
       .status = 200,
       .expects = {"items.0.day = 2026-04-10", "items.0.version = 2", "items.0.state.target = -25.5", "items.0.state.window.from = 2026-04-02"}},
      {.says = "The status is that of the last day, and past its review",
       .key = DASHBOARD,
       .path = "/v1/xlas/vpn/status",
       .status = 200,
       .expects = {"state.day = 2026-04-21", "stale = true", "version = 2", "state.budget.left present", "state.burn.alert present",
                   "state.paired_sla.metric = sla_met", "state.paired_sla.n = 0", "state.watermelon = null", "state.integrity.length = 3",
                   "state.integrity.0.flag = lost_time_rose_with_happiness", "state.integrity.1.flag = bare_ratings_rose",
                   "state.integrity.2.flag = responses_excluded", "state.integrity.2.by = service", "state.integrity.2.key = null",
                   "state.integrity.2.groups = 0"}},
      {.says = "A list has it, too",
       .key = DASHBOARD,
       .path = "/v1/xlas?retired=false",
       .status = 200,
       .expects = {"items.0.slug = vpn", "items.0.state.day = 2026-04-21"}},
      {.says = "There is no history of what is not there", .key = DASHBOARD, .path = "/v1/xlas/none/history", .status = 404},
      {.says = "nor a status", .key = DASHBOARD, .path = "/v1/xlas/none/status", .status = 404},
  };
  STEPS(story);
}
END_TEST

START_TEST(leaves_days_out_that_are_declared_later) {
  EXPECT(request(ADMIN, "POST", "/v1/xlas/vpn/exclusion-periods", NULL, "{\"from\": \"2026-04-17\", \"to\": \"2026-04-18\", \"reason\": \"A move\"}"),
         201, "from = 2026-04-17");
  (void)evaluate("2026-04-21");
  compare("after an exclusion period");
  ck_assert_str_eq(sql_text("select min(day) || ' ' || max(day) from xla_days where slug = 'vpn' and revised_at is not null and day > '2026-04-15'"),
                   "2026-04-17 2026-04-21");
}
END_TEST

START_TEST(revises_all_that_rests_on_a_day_that_is_looked_at) {
  respond("2026-04-12", "2026-04-12", 4);
  // What the next look finds changed is to be found by the rows behind, too.
  (void)evaluate("2026-04-12");
  (void)evaluate("2026-04-21");
  compare("after a look at an earlier day");
}
END_TEST

#define INDEX_TERMS                                                                                                                           \
  "{\"metric\": null, \"components\": [{\"metric\": \"happiness\", \"weight\": 3, \"worst\": -100, \"best\": 100}, {\"metric\": \"sla_met\"," \
  " \"weight\": 1, \"worst\": 50, \"best\": 100}], \"scope\": {\"service\": [\"vpn\"]}, \"target\": 40, \"window_days\": 9}"

START_TEST(weighs_several_metrics) {
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/VPN-2", NULL,
                 "{\"opened_at\": \"2026-04-17T08:00:00Z\", \"resolved_at\": \"2026-04-18T08:00:00Z\", \"sla_met\": true, \"context\": {\"service\": "
                 "\"vpn\"}}"),
         201, "ref = VPN-2");
  agree("index", INDEX_TERMS, "2026-04-19");
  ck_assert_str_eq(cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "index", "--day", "2026-04-19"), "acme: 1 day evaluated, 0 revised");
  // Three parts of four are happiness, from 0 to 100; the other one is at its best.
  ck_assert_str_eq(
      sql_text("select (state ->> 'value')::numeric = round((3 * ((state #>> '{components,0,score}')::numeric) + 100) / 4, 2) from xla_days"
               " where slug = 'index'"),
      "t");
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas/index/status", NULL, NULL), 200, "status = insufficient_data", "state.components.0.weight = 0.75",
         "state.components.1.score = 100", "state.components.1.n = 1", "state.n = 1", "state.budget = null");
  sql_run("update xlas set retired_at = '2026-04-20T12:00:00Z' where slug = 'index'");
}
END_TEST

#define FALLING(best)                                                                                                                      \
  "{\"metric\": null, \"components\": [{\"metric\": \"happiness\", \"weight\": 1, \"worst\": -100, \"best\": 100}, {\"metric\": \"csat\"," \
  " \"weight\": 1, \"worst\": 0, \"best\": " best "}], \"scope\": {\"service\": [\"falling\"]}, \"target\": 40, \"window_days\": 28}"

// From day to day one of thirty people more is unhappy.
START_TEST(foresees_when_an_index_misses_its_target) {
  struct bytes body = {0};
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/FALLING", NULL, "{\"opened_at\": \"2026-01-01T08:00:00Z\", \"context\": {\"service\": \"falling\"}}"),
         201, "ref = FALLING");
  bytes_add_text(
      &body,
      sql_text("select string_agg(json_build_object('ticket', 'FALLING', 'respondent', 'f' || d || '-' || i, 'happiness', case when i < 28 - d then"
               " 9 else 2 end, 'csat', case when i < 29 - d then 5 else 1 end, 'submitted_at', to_char(date '2026-02-01' + d + time '12:00',"
               " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'))::text, E'\\n') from generate_series(0, 27) d cross join generate_series(0, 29) i"));
  ck_assert_int_eq(request(PORTAL, "POST", "/v1/responses/import", "Content-Type: application/x-ndjson", bytes_text(&body))->status, 200);
  bytes_release(&body);
  agree("falls", FALLING("100"), "2026-02-28");
  agree("beyond", FALLING("90"), "2026-02-28");
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "falls", "--day", "2026-02-28");
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "beyond", "--day", "2026-02-28");
  // (406 + 434) ÷ 2 of 840 are happy, 50 %. Trailing seven days go from 95 % to 13.3 % along a line that is at 40 before the window ends.
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas/falls/history", NULL, NULL), 200, "items.0.state.value = 50", "items.0.status = at_risk",
         "items.0.state.projection = 2026-03-01");
  // Its csat was better than the best that counts.
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas/beyond/history", NULL, NULL), 200, "items.0.status = met", "items.0.state.projection = null");
  sql_run("update xlas set retired_at = '2026-03-01T12:00:00Z' where slug in ('falls', 'beyond')");
}
END_TEST

#define SMALL_TERMS "{\"metric\": \"happiness\", \"components\": null, \"scope\": {\"service\": [\"vpn\"]}, \"target\": -30, \"window_days\": 1}"

START_TEST(withholds_what_few_have_answered) {
  sql_run("update tenants set min_group = 5 where slug = 'acme'");
  agree("few", SMALL_TERMS, "2026-04-19");
  sql_run("update xlas set content = (content::jsonb || '{\"min_responses\": 3}')::json where slug = 'few'");
  ck_assert_str_eq(cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "few", "--day", "2026-04-19"), "acme: 1 day evaluated, 0 revised");
  for (int key = DASHBOARD; key <= ADMIN; key++)
    EXPECT(request((enum key)key, "GET", "/v1/xlas/few/status", NULL, NULL), 200, "status = insufficient_data", "state.suppressed = true",
           "state.value = null", "state.n = null", "state.interval = null", "state.budget = null", "state.burn = null", "state.projection = null",
           "state.confirmed = null");
  // The same answers are enough once fewer people are.
  sql_run("update tenants set min_group = 1 where slug = 'acme'");
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "few", "--day", "2026-04-19");
  EXPECT(request(DASHBOARD, "GET", "/v1/xlas/few/status", NULL, NULL), 200, "status != insufficient_data", "state.suppressed = false", "state.n = 3");
  sql_run("update xlas set retired_at = '2026-04-20T12:00:00Z' where slug = 'few'");
}
END_TEST

START_TEST(is_evaluated_by_the_daemon_once) {
  sql_run("update xlas set retired_at = '2026-05-20T12:00:00Z' where slug = 'vpn'");
  house_restart_with(NULL);
  wait_for_sweep();
  ck_assert_str_eq(sql_text("select count(*) || ' ' || min(day) || ' ' || max(day) from xla_days where slug = 'vpn'"), "76 2026-03-05 2026-05-19");
  compare("after the daemon");
  ck_assert_str_eq(evaluate("2026-06-01"), "acme: 0 days evaluated, 0 revised");
}
END_TEST

START_TEST(tells_changes_of_the_status_in_its_transaction) {
  sql_run("insert into webhooks (tenant_id, webhook_id, url, events, secret) select " TENANT ", gen_random_uuid(), 'http://127.0.0.1:1/',"
          " array['xla.met', 'xla.at_risk', 'xla.breached', 'xla.stale'], repeat('s', 32)::bytea");
  sql_run("insert into xlas (tenant_id, slug, content) select tenant_id, 'told', (content::jsonb || '{\"slug\": \"told\"}')::json from xlas"
          " where slug = 'vpn'");
  sql_run(
      "insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, 'told', version, valid_from, terms from xla_versions"
      " where slug = 'vpn'");
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "told", "--day", "2026-04-20");
  ck_assert_str_eq(
      sql_text("select string_agg(o.type, ' ' order by o.body::json -> 'data' -> 'state' ->> 'day') from outbox o where o.type <> 'xla.stale'"),
      sql_text("select string_agg('xla.' || status, ' ' order by day) from (select day, status, lag(status) over (order by day) as was"
               " from xla_days where slug = 'told') s where status is distinct from was and status <> 'insufficient_data'"));
  ck_assert_int_eq(sql_number("select count(*) from outbox where type = 'xla.stale'"), 1);
}
END_TEST

// The line of /metrics that begins so, once it is there; valid until the next request.
static const char *metric_line(const char *begins) {
  long long end = clock_ms() + SWEEP_MS_MAX;
  for (;;) {
    const struct answer *answer = request(NO_KEY, "GET", "/metrics", NULL, NULL);
    const char *at = strstr(bytes_text(&answer->body), begins);
    if (at != NULL) return at;
    ck_assert_msg(clock_ms() < end, "/metrics lacks %s", begins);
    sleep_ms(POLL_MS);
  }
}

START_TEST(is_shown_to_prometheus) {
  char wanted[200];
  sql_run("update xlas set content = (content::jsonb || '{\"starts_on\": \"2999-01-01\"}')::json where slug = 'told'");
  house_restart_with(NULL);
  (void)snprintf(wanted, sizeof wanted, "xlad_xla_value{tenant=\"acme\",xla=\"told\"} %s\n",
                 sql_text("select state ->> 'value' from xla_days where slug = 'told' order by day desc limit 1"));
  const char *line = metric_line("xlad_xla_value{tenant=\"acme\",xla=\"told\"}");
  ck_assert_msg(strncmp(line, wanted, strlen(wanted)) == 0, "%.100s instead of %s", line, wanted);
  (void)metric_line("xlad_xla_target{tenant=\"acme\",xla=\"told\"} -25.5\n");
  (void)metric_line("xlad_xla_status{tenant=\"acme\",xla=\"told\",status=\"");
  (void)metric_line("xlad_xla_budget_remaining{tenant=\"acme\",xla=\"told\"}");
  (void)metric_line("xlad_xla_burn{tenant=\"acme\",xla=\"told\",window=\"week\"}");
  (void)metric_line("xlad_xla_stale{tenant=\"acme\",xla=\"told\"} 1\n");
  ck_assert_ptr_null(strstr(bytes_text(&request(NO_KEY, "GET", "/metrics", NULL, NULL)->body), "xla=\"vpn\""));
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("xla_history");
  TCase *cases = tcase_create("xla_history");
  tcase_set_timeout(cases, 300);
  tcase_add_test(cases, is_what_the_raw_answers_say);
  tcase_add_test(cases, says_what_came_late);
  tcase_add_test(cases, leaves_days_out_that_are_declared_later);
  tcase_add_test(cases, revises_all_that_rests_on_a_day_that_is_looked_at);
  tcase_add_test(cases, weighs_several_metrics);
  tcase_add_test(cases, foresees_when_an_index_misses_its_target);
  tcase_add_test(cases, withholds_what_few_have_answered);
  tcase_add_test(cases, is_evaluated_by_the_daemon_once);
  tcase_add_test(cases, tells_changes_of_the_status_in_its_transaction);
  tcase_add_test(cases, is_shown_to_prometheus);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
