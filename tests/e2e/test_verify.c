// xlad verify: finds nothing on sound data, and each kind of damage by its name.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// A resolved ticket with a response, one that was reopened and resolved again, and a response to an open one.
static void data_make(const char *prefix) {
  static const char *const OPEN = "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"context\": {\"service\": \"verify\"}}";
  static const char *const RESOLVED =
      "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": \"2026-03-02T09:00:00Z\", \"sla_met\": true, \"reassignments\": 2,"
      " \"context\": {\"service\": \"verify\"}}";
  static const char *const BODIES[][3] = {{RESOLVED}, {RESOLVED, OPEN, RESOLVED}, {OPEN}};
  for (size_t i = 0; i < 3; i++) {
    char path[100], body[200];
    (void)snprintf(path, sizeof path, "/v1/tickets/%s-%zu", prefix, i);
    (void)snprintf(body, sizeof body, "{\"ticket\": \"%s-%zu\", \"happiness\": 9, \"submitted_at\": \"2026-03-02T10:00:00Z\"}", prefix, i);
    for (size_t j = 0; j < 3 && BODIES[i][j]; j++) {
      int status = request(PORTAL, "PUT", path, NULL, BODIES[i][j])->status;
      ck_assert(status == 200 || status == 201);
    }
    EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 201, "(body) present");
  }
}

static const struct {
  const char *name, *harm, *mend, *found;
} DAMAGES[] = {
    {"a derived dimension", "update tickets set derived = '{2,3,2,2}' where ref = 'V-0'",
     "update tickets set derived = '{1,3,2,2}' where ref = 'V-0'", "acme: ticket V-0: derived is {2,3,2,2}, its facts give {1,3,2,2}"},
    {"a number", "update tickets set resolution_no = 3 where ref = 'V-1'", "update tickets set resolution_no = 2 where ref = 'V-1'",
     "acme: ticket V-1: resolution_no is 3, its resolutions count to 2"},
    {"a resolution", "update resolutions set resolved_at = resolved_at + interval '1 s' where ref = 'V-0'",
     "update resolutions set resolved_at = resolved_at - interval '1 s' where ref = 'V-0'",
     "acme: ticket V-0: its resolution 1 differs from it in time, context, or derived dimensions"},
    {"an adoption", "update responses set resolution_no = 0 where ref = 'V-0'", "update responses set resolution_no = 1 where ref = 'V-0'",
     "the first resolution of V-0 has not adopted it"},
    {"a missing resolution", "update responses set resolution_no = 7 where ref = 'V-0'", "update responses set resolution_no = 1 where ref = 'V-0'",
     "its resolution 7 of V-0 is not there"},
    {"a missing ticket", "update responses set ref = 'V-9' where ref = 'V-2'", "update responses set ref = 'V-2' where ref = 'V-9'",
     "its ticket V-9 is not there"},
    {"a segment", "update segments set value_ids = value_ids || 999999::bigint", "update segments set value_ids = trim_array(value_ids, 1)",
     "which have another id"},
};

START_TEST(finds_each_damage_by_name) {
  data_make("V");
  const struct outcome *outcome = cli("verify");
  ck_assert_int_eq(outcome->code, 0);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "acme: 3 tickets, 3 resolutions, 3 responses, 1 segments: 0 differences"));
  for (size_t i = 0; i < sizeof DAMAGES / sizeof *DAMAGES; i++) {
    sql_run(DAMAGES[i].harm);
    outcome = cli("verify", "--tenant", "acme");
    ck_assert_msg(outcome->code == 1, "%s was not found", DAMAGES[i].name);
    ck_assert_msg(strstr(bytes_text(&outcome->out), DAMAGES[i].found) != NULL, "%s is told as: %s", DAMAGES[i].name, bytes_text(&outcome->out));
    sql_run(DAMAGES[i].mend);
    ck_assert_int_eq(cli("verify")->code, 0);
  }
}
END_TEST

START_TEST(refuses_wrong_usage) {
  ck_assert_int_eq(cli("verify", "--tenant", "nobody")->code, 1);
  ck_assert_int_eq(cli("verify", "acme")->code, 2);
  ck_assert_int_eq(cli("verify", "--help")->code, 0);
}
END_TEST

// A fact that is not known is not known, however PostgreSQL's functions treat nulls.
START_TEST(leaves_unknown_facts_unknown) {
  EXPECT(request(PORTAL, "PUT", "/v1/tickets/V-3", NULL, "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"reopens\": 0}"), 201, "(body) present");
  ck_assert_str_eq(sql_text("select derived::text from tickets where ref = 'V-3'"), "{0,0,2,0}");
  ck_assert_str_eq(sql_text("select ticket_derived(null, null, null, null, null)::text"), "{0,0,0,0}");
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("verify");
  TCase *cases = tcase_create("verify");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, finds_each_damage_by_name);
  tcase_add_test(cases, refuses_wrong_usage);
  tcase_add_test(cases, leaves_unknown_facts_unknown);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
