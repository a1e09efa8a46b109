// Several daemons evaluate the same agreements: each day once, and a receiver is told of each change of a status, though one of them is killed.
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAEMONS = 3, WAIT_MS_MAX = 120000, POLL_MS = 50, FEW_AGREEMENTS = 40, ALL_AGREEMENTS = 2000, DAYS = 6 };

#define TENANT "(select tenant_id from tenants where slug = 'acme')"

static const char *const SETTINGS[] = {"XLAD_WEBHOOK_PRIVATE=true", NULL};
static struct receiver receiver;

static int agreements(void) { return getenv("XLAD_SOAK") ? ALL_AGREEMENTS : FEW_AGREEMENTS; }

// Until a query's number is at least that.
static void wait_for(const char *query, long long wanted) {
  long long end = clock_ms() + (getenv("XLAD_SOAK") ? 20 : 1) * (long long)WAIT_MS_MAX;
  for (long long found; (found = sql_number(query)) < wanted; sleep_ms(POLL_MS))
    ck_assert_msg(clock_ms() < end, "%lld instead of %lld: %s", found, wanted, query);
}

#define DAYS_EVALUATED "select count(*) from xla_days"

// Ratings that fall from day to day, so that agreements of different targets are breached on different days.
static void fill(void) {
  char statement[2000];
  struct bytes body = {0};
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/T", NULL, "{\"opened_at\": \"2026-02-01T08:00:00Z\", \"context\": {\"service\": \"vpn\"}}"), 201,
         "ref = T");
  bytes_add_text(&body, sql_text("select string_agg(json_build_object('ticket', 'T', 'respondent', 'p' || d || '-' || i, 'happiness',"
                                 " case when i < 20 - 3 * d then 10 else 0 end, 'submitted_at', '2026-03-0' || d || 'T12:00:00Z')::text, E'\\n')"
                                 " from generate_series(1, 6) d cross join generate_series(0, 19) i"));
  ck_assert_int_eq(request(PORTAL, "POST", "/v1/responses/import", "Content-Type: application/x-ndjson", bytes_text(&body))->status, 200);
  bytes_release(&body);
  (void)snprintf(statement, sizeof statement,
                 "insert into webhooks (tenant_id, webhook_id, url, events, secret) select " TENANT
                 ", gen_random_uuid(), 'http://127.0.0.1:%d/changes/ok', array['xla.met', 'xla.at_risk', 'xla.breached'], repeat('s', 32)::bytea",
                 receiver.port);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement,
                 "with made as (insert into xlas (tenant_id, slug, retired_at, content) select " TENANT ", 'x' || i, '2026-03-07T12:00:00Z',"
                 " json_build_object('slug', 'x' || i, 'name', 'n', 'owner', 'o', 'commitment', 'result', 'metric', 'happiness', 'scope',"
                 " json_build_object('service', json_build_array('vpn')), 'target', i %% 100, 'window_days', 2, 'min_responses', 10, 'warn',"
                 " json_build_object('burn', 2), 'starts_on', '2026-03-01', 'review_by', '2026-12-01') from generate_series(1, %d) i"
                 " returning tenant_id, slug, content)"
                 " insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, slug, 1, '2026-03-01', content from made",
                 agreements());
  sql_run(statement);
  // What versions hold besides terms is no term.
  sql_run("update xla_versions set terms = json_build_object('metric', terms -> 'metric', 'scope', terms -> 'scope', 'target', terms -> 'target',"
          " 'window_days', terms -> 'window_days')");
}

START_TEST(evaluate_each_day_once_and_tell_each_change) {
  struct server daemons[DAEMONS] = {{0}};
  long long rows = (long long)agreements() * DAYS;
  fill();
  server_stop(house_server());
  for (int i = 0; i < DAEMONS; i++)
    server_start(&daemons[i], house_url(), SETTINGS);
  wait_for(DAYS_EVALUATED, rows / 4);
  server_kill(&daemons[0]);
  (void)server_wait(&daemons[0], WAIT_MS_MAX);
  wait_for(DAYS_EVALUATED, rows);
  ck_assert_int_eq(sql_number("select count(*) from xla_days"), rows);
  ck_assert_int_eq(
      sql_number("select count(*) from (select slug from xla_days group by slug having min(day) = '2026-03-01' and max(day) = '2026-03-06'"
                 " and count(*) = 6) s"),
      agreements());
  // The first day's status is a change, too.
  const char *changes = "select count(*) from (select status, lag(status) over (partition by slug order by day) as was from xla_days) s"
                        " where status is distinct from was and status in ('met', 'at_risk', 'breached')";
  ck_assert_int_eq(sql_number("select count(*) from outbox"), sql_number(changes));
  ck_assert_int_eq(sql_number("select count(distinct (type, body::json #>> '{data,xla}', body::json #>> '{data,state,day}')) from outbox"),
                   sql_number(changes));
  ck_assert(sql_number("select count(distinct status) from xla_days") >= 2);
  for (int i = 1; i < DAEMONS; i++)
    server_stop(&daemons[i]);
  for (int i = 0; i < DAEMONS; i++)
    server_release(&daemons[i]);
}
END_TEST

int main(void) {
  receiver_start(&receiver);
  house_start(NULL);
  Suite *suite = suite_create("xla_daemons");
  TCase *cases = tcase_create("xla_daemons");
  tcase_set_timeout(cases, 3000);
  tcase_add_test(cases, evaluate_each_day_once_and_tell_each_change);
  suite_add_tcase(suite, cases);
  int code = house_run(suite);
  receiver_stop(&receiver);
  return code;
}
