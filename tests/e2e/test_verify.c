// xlad verify: finds nothing on sound data, and each kind of damage by its name.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

enum { DRAIN_MS_MAX = 30000, POLL_MS = 20, MORE_RESPONSES = 300, MORE_PER_SECOND = 60, TOLD_CHARS = 1500 };

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

static void drain(const char *slug) {
  char left[200];
  long long end = clock_ms() + DRAIN_MS_MAX;
  (void)snprintf(left, sizeof left, "select count(*) from queue where tenant_id = (select tenant_id from tenants where slug = '%s')", slug);
  while (sql_number(left) > 0) {
    ck_assert_msg(clock_ms() < end, "the queue does not become empty");
    sleep_ms(POLL_MS);
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
  drain("acme");
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

// --- Measurements and sums ------------------------------------------------------------------------------------------

#define OF_SUMS "tenant_id = (select tenant_id from tenants where slug = 'sums')"
#define NIL     "'00000000-0000-0000-0000-000000000000'"

static char admin[300];

// Three resolved tickets of one service, each with the answer of another person.
static void sums_make(void) {
  (void)cli_text("tenant", "create", "sums", "--name", "Sums", "--time-zone", "UTC");
  (void)snprintf(admin, sizeof admin, "Authorization: Bearer %s", cli_text("key", "create", "--tenant", "sums", "--role", "admin"));
  for (int i = 0; i < 3; i++) {
    char path[100], body[300];
    (void)snprintf(path, sizeof path, "/v1/tickets/S-%d", i);
    EXPECT(request(NO_KEY, "PUT", path, admin,
                   "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": \"2026-03-02T09:00:00Z\", \"sla_met\": true,"
                   " \"context\": {\"service\": \"verify\"}}"),
           201, "(body) present");
    (void)snprintf(
        body, sizeof body,
        "{\"ticket\": \"S-%d\", \"respondent\": \"p%d\", \"happiness\": 9, \"factors\": [\"fast\"], \"submitted_at\": \"2026-03-02T10:00:00Z\"}", i,
        i);
    EXPECT(request(NO_KEY, "POST", "/v1/responses", admin, body), 201, "(body) present");
  }
}

#define ROWS_OF(table)   "select md5(string_agg(r::text, '' order by r::text)) from " table " r where " OF_SUMS
// Also where and by which transactions they were written.
#define PLACES_OF(table) "select md5(string_agg(ctid::text || xmin, '' order by ctid)) from " table " where " OF_SUMS

// The sum of a metric with other fields, in the marginals of a slot.
#define CHANGED(metric, fields, slot)                                                                                                        \
  "update marginals set sums = (select array_agg(case when i.metric_id = " metric " then row(metric_id, " fields ")::metric_sum else i end)" \
  " from unnest(sums) i) where " slot " and " OF_SUMS

static const struct {
  const char *name, *harm, *found, *also;
} HARMS[] = {
    {"a number", CHANGED("1", "label, n + 1, sum, sum_squares, bins, respondents", "slot = 0"),
     "sums: sum of all on 2026-03-02, happiness: counts 4, its measurements are 3", NULL},
    {"a sum", CHANGED("23", "label, n, sum + 1, sum_squares, bins, respondents", "slot = 0"),
     "sums: sum of all on 2026-03-02, resolution_time: differs from the sums of its 3 measurements", NULL},
    {"a sum of squares", CHANGED("23", "label, n, sum, 0, bins, respondents", "slot = -1 and value_id = 1"),
     "sums: sum of sla met on 2026-03-02, resolution_time: differs", NULL},
    {"bins", CHANGED("1", "label, n, sum, sum_squares, array[5], respondents", "slot = -2"),
     "sums: sum of reassignments (missing) on 2026-03-02, happiness: differs", NULL},
    {"respondents", CHANGED("1", "label, n, sum, sum_squares, bins, respondents[2:]", "slot = 1"),
     "sums: sum of service verify on 2026-03-02, happiness: differs", NULL},
    {"respondents of what has none", CHANGED("38", "label, n, sum, sum_squares, bins, '{1}'", "slot = 0"),
     "sums: sum of all on 2026-03-02, answered_tickets: differs", NULL},
    {"a missing sum", "update marginals set sums = (select array_agg(i) from unnest(sums) i where i.metric_id <> 1) where slot = 1 and " OF_SUMS,
     "sums: sum of service verify on 2026-03-02, happiness: is missing", NULL},
    {"a sum too many",
     "insert into marginals select tenant_id, slot, value_id, labelled, day + 1, backlog_n, backlog, sums from marginals"
     " where slot = -3 and not labelled and " OF_SUMS,
     "sums: sum of reopened no on 2026-03-03, happiness: is there and should not be", NULL},
    {"a factor", CHANGED("13", "'quick', n, sum, sum_squares, bins, respondents", "slot = 0"),
     "sums: sum of all on 2026-03-02, factors_positive fast: is missing",
     "sums: sum of all on 2026-03-02, factors_positive quick: is there and should not be"},
    {"a change of the backlog", "update marginals set backlog = backlog + 1 where slot = 0 and backlog is not null and " OF_SUMS,
     "sums: sum of all on 2026-03-02, backlog: differs", NULL},
    {"a missing dimension", CHANGED("1", "label, n + 1, sum, sum_squares, bins, respondents", "slot = 5"),
     "sums: sum of location (missing) on 2026-03-02, happiness: counts 4", NULL},
    {"all sums", "delete from marginals where " OF_SUMS, "sums: sum of sla met on 2026-03-02, sla_met: is missing", NULL},
    {"a measured value", "update measurements set metric_values[6] = 1 where ref = 'S-0' and response_id = " NIL " and " OF_SUMS,
     "sums: ticket S-0: its measurements are not what it gives", "sums: sum of all on 2026-03-02, resolution_time: differs"},
    {"a measured day", "update measurements set metric_days[1] = '2026-03-01' where ref = 'S-0' and response_id = " NIL " and " OF_SUMS,
     "sums: ticket S-0: its measurements are not what it gives", "sums: sum of all on 2026-03-01, ticket_volume: is missing"},
    {"a measured factor", "update measurements set labels = '{slow}' where ref = 'S-1' and response_id <> " NIL " and " OF_SUMS,
     ": its measurements are not what it gives", "sums: sum of all on 2026-03-02, factors_positive slow: is missing"},
    {"a measured respondent", "update measurements set respondent = respondent + 1 where ref = 'S-1' and response_id <> " NIL " and " OF_SUMS,
     ": its measurements are not what it gives", "sums: sum of all on 2026-03-02, happiness: differs"},
    {"a context that is not there", "update measurements set segment_id = " NIL " where ref = 'S-2' and " OF_SUMS,
     "sums: ticket S-2: its measurements are not what it gives", "sums: sum of all on 2026-03-02, happiness: counts 3, its measurements are 2"},
    {"a derived dimension", "update measurements set derived = '{2,0,2,2}' where ref = 'S-2' and response_id = " NIL " and " OF_SUMS,
     "sums: ticket S-2: its measurements are not what it gives", "sums: sum of sla missed on 2026-03-02, ticket_volume: is missing"},
    {"the day of a response", "update measurements set day = day - 1 where ref = 'S-0' and response_id <> " NIL " and " OF_SUMS,
     ": its measurements are not what it gives", NULL},
    {"a last day", "update measurements set last_day = 'infinity' where ref = 'S-0' and response_id = " NIL " and " OF_SUMS,
     "sums: ticket S-0: its measurements are not what it gives", NULL},
    {"a missing measurement", "delete from measurements where ref = 'S-0' and response_id = " NIL " and " OF_SUMS,
     "sums: ticket S-0: it is not measured", "sums: sum of all on 2026-03-02, ticket_volume: counts 3, its measurements are 2"},
    {"all measurements", "delete from measurements where " OF_SUMS, "sums: ticket S-2: it is not measured",
     "sums: sum of all on 2026-03-02, happiness: is there and should not be"},
    {"a measurement too many",
     "insert into measurements select tenant_id, 'S-9', response_id, segment_id, derived, respondent, day, last_day, metric_ids, metric_values,"
     " metric_days, labels from measurements where ref = 'S-0' and " OF_SUMS,
     "sums: ticket S-9: it is measured and should not be", "sums: sum of all on 2026-03-02, happiness: counts 3, its measurements are 4"},
    {"a measurement of no response",
     "insert into measurements select tenant_id, ref, '11111111-1111-1111-1111-111111111111', segment_id, derived, respondent, day, last_day, "
     "metric_ids,"
     " metric_values, metric_days, labels from measurements where ref = 'S-0' and response_id <> " NIL " and " OF_SUMS,
     "sums: response 11111111-1111-1111-1111-111111111111: it is measured and should not be", NULL},
};

// Tells what is found, mends it, and tells that nothing is left.
static const char *harm_mend(const char *name) {
  const struct outcome *outcome = cli("verify", "--tenant", "sums", "--repair");
  const char *told = bytes_text(&outcome->out);
  size_t length = strlen(told);
  ck_assert_msg(outcome->code == 0, "%s is not mended: …%s", name, told + (length > TOLD_CHARS ? length - TOLD_CHARS : 0));
  ck_assert_msg(strstr(told, "\nsums: repaired: ") != NULL, "%s is not found: %.1000s", name, told);
  ck_assert_msg(strstr(told, ": 0 differences\n") != NULL, "%s leaves something: %.1000s", name, told);
  return told;
}

START_TEST(mends_each_damage_of_measurements_and_sums) {
  char measurements[64], marginals[64];
  sums_make();
  drain("sums");
  (void)snprintf(measurements, sizeof measurements, "%s", sql_text(ROWS_OF("measurements")));
  (void)snprintf(marginals, sizeof marginals, "%s", sql_text(ROWS_OF("marginals")));
  for (size_t i = 0; i < sizeof HARMS / sizeof *HARMS; i++) {
    sql_run(HARMS[i].harm);
    const char *told = harm_mend(HARMS[i].name);
    ck_assert_msg(strstr(told, HARMS[i].found) != NULL, "%s is told as: %.1000s", HARMS[i].name, told);
    ck_assert_msg(!HARMS[i].also || strstr(told, HARMS[i].also) != NULL, "%s is told as: %.1000s", HARMS[i].name, told);
    ck_assert_msg(strcmp(sql_text(ROWS_OF("measurements")), measurements) == 0, "%s leaves other measurements", HARMS[i].name);
    ck_assert_msg(strcmp(sql_text(ROWS_OF("marginals")), marginals) == 0, "%s leaves other sums", HARMS[i].name);
  }
}
END_TEST

// Needs the tenant of the test before it, as the next one does.
START_TEST(changes_nothing_where_nothing_differs) {
  char measurements[64], marginals[64];
  (void)snprintf(measurements, sizeof measurements, "%s", sql_text(PLACES_OF("measurements")));
  (void)snprintf(marginals, sizeof marginals, "%s", sql_text(PLACES_OF("marginals")));
  const struct outcome *outcome = cli("verify", "--tenant", "sums", "--repair");
  ck_assert_int_eq(outcome->code, 0);
  ck_assert_ptr_null(strstr(bytes_text(&outcome->out), "repaired"));
  ck_assert_str_eq(sql_text(PLACES_OF("measurements")), measurements);
  ck_assert_str_eq(sql_text(PLACES_OF("marginals")), marginals);
  ck_assert_int_eq(sql_number("select count(*) from queue where " OF_SUMS), 0);
}
END_TEST

static void response_more(void *context, size_t item, struct load_request *asked) {
  (void)context;
  (void)snprintf(asked->path, sizeof asked->path, "/v1/responses");
  (void)snprintf(asked->body, sizeof asked->body,
                 "{\"ticket\": \"S-%zu\", \"respondent\": \"more%zu\", \"happiness\": 8, \"submitted_at\": \"2026-03-02T11:00:00Z\"}", item % 3,
                 item);
}

START_TEST(mends_while_daemons_write) {
  static const size_t MEANWHILE[] = {0, 6, 11, 12, 16, 20, 21};
  struct load load;
  char headers[400];
  (void)snprintf(headers, sizeof headers, "%s\nContent-Type: application/json", admin);
  load_start(&load, &(struct load_plan){.items = MORE_RESPONSES,
                                        .clients = 2,
                                        .ports = {house_port()},
                                        .ports_count = 1,
                                        .method = "POST",
                                        .headers = headers,
                                        .make = response_more,
                                        .rate = MORE_PER_SECOND,
                                        .seconds = 60});
  for (size_t i = 0; i < sizeof MEANWHILE / sizeof *MEANWHILE; i++) {
    sql_run(HARMS[MEANWHILE[i]].harm);
    (void)harm_mend(HARMS[MEANWHILE[i]].name);
  }
  load_finish(&load);
  ck_assert_uint_eq(load_acknowledged(&load), MORE_RESPONSES);
  load_release(&load);
  drain("sums");
  ck_assert_int_eq(cli("verify", "--tenant", "sums")->code, 0);
  EXPECT(request(NO_KEY, "GET", "/v1/experience?from=2026-03-01&to=2026-03-31", admin, NULL), 200, "metrics.happiness.n = 303",
         "metrics.ticket_volume.value = 3");
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
  tcase_add_test(cases, mends_each_damage_of_measurements_and_sums);
  tcase_add_test(cases, changes_nothing_where_nothing_differs);
  tcase_add_test(cases, mends_while_daemons_write);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
