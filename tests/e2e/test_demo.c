// xlad demo: makes each invented tenant once, of the size that was asked for, and data that verify finds sound.
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

START_TEST(refuses_sizes_that_cannot_be) {
  static const char *const ARGUMENTS[][5] = {
      {"demo", "--tickets", "0"}, {"demo", "--tickets", "12000001"}, {"demo", "--responses", "10000001"},        {"demo", "--responses", "-1"},
      {"demo", "--days", "3661"}, {"demo", "--seed", "x"},           {"demo", "--tickets=100", "--responses=91"}};
  for (size_t i = 0; i < sizeof ARGUMENTS / sizeof *ARGUMENTS; i++)
    ck_assert_msg(cli_run(ARGUMENTS[i])->code == 2, "%s %s was taken", ARGUMENTS[i][1], ARGUMENTS[i][2]);
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("demo");
  TCase *cases = tcase_create("demo");
  tcase_set_timeout(cases, 60);
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, makes_two_tenants_once);
  tcase_add_test(cases, refuses_sizes_that_cannot_be);
  return house_run(suite);
}
