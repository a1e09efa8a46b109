// xlad demo: makes each invented tenant once, of the size that was asked for, data that verify finds sound, and in which insights find what was
// planted.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

static bool tells(const struct outcome *outcome, const char *words) { return strstr(bytes_text(&outcome->err), words) != NULL; }

static long long count_of(const char *slug, const char *what) {
  char query[200];
  (void)snprintf(query, sizeof query, "select count(*) from %s join tenants t using (tenant_id) where t.slug = '%s'", what, slug);
  return sql_number(query);
}

START_TEST(makes_two_tenants_once) {
  const struct outcome *outcome = cli("demo", "--tickets", "600", "--responses", "300", "--days", "90");
  ck_assert_int_eq(outcome->code, 0);
  ck_assert(tells(outcome, "tenant demo, invented data: 480 tickets and "));
  ck_assert(tells(outcome, "tenant harbour, invented data: 120 tickets and "));
  ck_assert_int_eq(count_of("demo", "tickets"), 480);
  ck_assert_int_eq(count_of("harbour", "tickets"), 120);
  ck_assert_int_gt(count_of("demo", "responses"), 160);
  ck_assert_int_gt(count_of("harbour", "responses"), 40);
  ck_assert_int_eq(cli("verify")->code, 0);

  outcome = cli("demo");
  ck_assert_int_eq(outcome->code, 0);
  ck_assert(tells(outcome, "the tenant \"demo\" exists already; nothing was done"));
  ck_assert(tells(outcome, "the tenant \"harbour\" exists already; nothing was done"));
  ck_assert_int_eq(count_of("demo", "tickets"), 480);

  sql_run("update tenants set slug = 'other' where slug = 'harbour'");
  outcome = cli("demo", "--tickets", "600");
  ck_assert_int_eq(outcome->code, 0);
  ck_assert(tells(outcome, "the tenant \"demo\" exists already; nothing was done"));
  ck_assert(tells(outcome, "tenant harbour, invented data: 120 tickets and "));
  ck_assert_int_eq(count_of("demo", "tickets"), 480);
  ck_assert_int_eq(count_of("harbour", "tickets"), 120);
}
END_TEST

enum { DAYS = 182 };

// Half a year, of which the last 40 percent feel otherwise for who uses the workplace. Read by a key of its own.
static void make_half_a_year(void) {
  static char header[200];
  sql_run("update tenants set slug = slug || '-before'");
  ck_assert_int_eq(cli("demo", "--tickets", "15000", "--responses", "6000", "--days", "182")->code, 0);
  (void)snprintf(header, sizeof header, "Authorization: Bearer %s", cli_text("key", "create", "--tenant", "demo", "--role", "dashboard"));
  steps_set("demo", header);
}

static bool holds(const struct answer *answer, size_t row, const char *member, const char *value) {
  char place[80];
  (void)snprintf(place, sizeof place, "rows.%zu.%s", row, member);
  const char *found = answer_text(answer, place);
  return found && strcmp(found, value) == 0;
}

// A confirmed row about this metric of the workplace, in the week of the change or one of the three behind it.
static bool finds_change(const struct answer *answer, const char *metric, const char *direction) {
  for (size_t row = 0;; row++) {
    char place[80], query[400];
    (void)snprintf(place, sizeof place, "rows.%zu.week", row);
    const char *week = answer_text(answer, place);
    if (!week) return false;
    (void)snprintf(
        query, sizeof query,
        "select ('%s'::date - d.change between -6 and 21)::int from (select (now() at time zone 'Europe/Oslo')::date - %d + %d * 600 / 1000"
        " as change) d",
        week, DAYS, DAYS);
    if (holds(answer, row, "key", "workplace") && holds(answer, row, "metric", metric) && holds(answer, row, "direction", direction) &&
        holds(answer, row, "confirmed", "true") && sql_number(query) == 1)
      return true;
  }
}

START_TEST(shows_what_was_planted) {
  make_half_a_year();
  const struct answer *answer = request(NO_KEY, "GET", "/v1/insights/what-matters", saved("demo"), NULL);
  EXPECT(answer, 200, "rows.0.key = vpn", "rows.0.confirmed = true", "rows.0.worse = true", "rows.0.factors.0.factor present");
  answer = request(NO_KEY, "GET", "/v1/insights/signals?by=service&last=190d", saved("demo"), NULL);
  EXPECT(answer, 200, "by = service");
  ck_assert_msg(finds_change(answer, "happiness", "up"), "the workplace got better, and no signal says so within three weeks");
  ck_assert_msg(finds_change(answer, "lost_time", "down"), "less time is lost at the workplace, and no signal says so within three weeks");
}
END_TEST

// Agreed on by nobody, but for a day that is over.
START_TEST(has_agreements_with_a_state) {
  ck_assert_int_eq(cli("xla", "evaluate", "--tenant", "demo")->code, 0);
  EXPECT(request(NO_KEY, "GET", "/v1/xlas", saved("demo"), NULL), 200, "items.0.slug = remote-work", "items.0.state.status = breached",
         "items.0.state.watermelon = true", "items.1.slug = workplace", "items.1.state.value present", "items.2 absent");
}
END_TEST

START_TEST(refuses_sizes_that_cannot_be) {
  static const char *const ARGUMENTS[][5] = {
      {"demo", "--tickets", "0"}, {"demo", "--tickets", "12000001"}, {"demo", "--responses", "10000001"},        {"demo", "--responses", "-1"},
      {"demo", "--days", "3661"}, {"demo", "--seed", "x"},           {"demo", "--tickets=100", "--responses=91"}};
  for (size_t i = 0; i < sizeof ARGUMENTS / sizeof *ARGUMENTS; i++)
    ck_assert_msg(cli_run(ARGUMENTS[i])->code == 2, "%s %s was taken", ARGUMENTS[i][1], ARGUMENTS[i][2]);
}
END_TEST

int main(void) {
  static const struct house_plan plan = {.min_group = true};
  house_start(&plan);
  Suite *suite = suite_create("demo");
  TCase *cases = tcase_create("demo");
  tcase_set_timeout(cases, 60);
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, makes_two_tenants_once);
  tcase_add_test(cases, shows_what_was_planted);
  tcase_add_test(cases, has_agreements_with_a_state);
  tcase_add_test(cases, refuses_sizes_that_cannot_be);
  return house_run(suite);
}
