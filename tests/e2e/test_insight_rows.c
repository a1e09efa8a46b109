// Insights that read the answers of a window themselves: their figures by hand, what they withhold, and how much they read.
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver.h"

#define FRESH    "Cache-Control: no-cache"
#define MARCH    "from=2025-03-01&to=2025-03-31"
#define WITHHELD "{\"suppressed\":true}"

enum { NONE = -1, UNKNOWN_SLA = -1, MISSED = 0, MET = 1 };

// Answers alike by as many people, each about a ticket of their own.
struct crowd {
  const char *service, *location;
  int sla, count, happiness, lost;
  const char *factors;  // as JSON; NULL: none
};

static struct bytes tickets, responses;
static int next_ticket;

static const char *headers_of(const char *key, const char *more) {
  static char headers[2][400];
  static size_t turn;
  char *text = headers[turn++ % 2];
  (void)snprintf(text, sizeof headers[0], "Authorization: Bearer %s\n%s", saved(key), more);
  return text;
}

// ${dashboard} and ${admin} are keys of this tenant from here on.
static void tenant_make(const char *slug, int min_group) {
  char statement[200];
  (void)cli_text("tenant", "create", slug, "--name", slug, "--time-zone", "UTC");
  (void)snprintf(statement, sizeof statement, "update tenants set min_group = %d where slug = '%s'", min_group, slug);
  sql_run(statement);
  steps_set("dashboard", cli_text("key", "create", "--tenant", slug, "--role", "dashboard"));
  steps_set("admin", cli_text("key", "create", "--tenant", slug, "--role", "admin"));
}

static const struct answer *see_as(const char *key, const char *path) { return request(NO_KEY, "GET", path, headers_of(key, FRESH), NULL); }
static const struct answer *see(const char *path) { return see_as("dashboard", path); }

static void member(struct bytes *line, const char *name, int value) {
  if (value != NONE) bytes_format(line, ", \"%s\": %d", name, value);
}

// Resolved on the 5th of March.
static int add_ticket(const char *service, const char *location, int sla) {
  bytes_format(&tickets, "{\"ref\": \"T%d\", \"opened_at\": \"2025-03-05T08:00:00Z\", \"resolved_at\": \"2025-03-05T09:00:00Z\"", ++next_ticket);
  if (sla != UNKNOWN_SLA) bytes_format(&tickets, ", \"sla_met\": %s", sla == MET ? "true" : "false");
  bytes_format(&tickets, ", \"context\": {\"service\": \"%s\", \"location\": \"%s\"}}\n", service, location);
  return next_ticket;
}

static void add_response(int ticket, const char *person, const char *at, int happiness, int lost, const char *factors) {
  bytes_format(&responses, "{\"ticket\": \"T%d\", \"respondent\": \"%s\", \"submitted_at\": \"%s\", \"csat\": 3", ticket, person, at);
  member(&responses, "happiness", happiness);
  member(&responses, "lost_minutes", lost);
  if (factors) bytes_format(&responses, ", \"factors\": %s", factors);
  bytes_add_text(&responses, "}\n");
}

static void import(const char *path, struct bytes *lines) {
  const struct answer *answer =
      request_bytes(NO_KEY, "POST", path, headers_of("admin", "Content-Type: application/x-ndjson"), bytes_text(lines), lines->length);
  ck_assert_int_eq(answer->status, 200);
  ck_assert_msg(!strstr(bytes_text(&answer->body), "\"errors\""), "%s: %s", path, bytes_text(&answer->body));
  bytes_clear(lines);
}

static void import_all(void) {
  import("/v1/tickets/import", &tickets);
  if (responses.length > 0) import("/v1/responses/import", &responses);
}

static void add_crowds(const struct crowd *crowds, size_t count) {
  static int next_person;
  for (size_t i = 0; i < count; i++) {
    for (int k = 0; k < crowds[i].count; k++) {
      char person[40];
      (void)snprintf(person, sizeof person, "person-%d", ++next_person);
      add_response(add_ticket(crowds[i].service, crowds[i].location, crowds[i].sla), person, "2025-03-10T10:00:00Z", crowds[i].happiness,
                   crowds[i].lost, crowds[i].factors);
    }
  }
  import_all();
}
#define ADD(crowds) add_crowds(crowds, sizeof(crowds) / sizeof *(crowds))

// vpn met its SLA 55 times of 57; 40 of the 55 are negative or lost more than 120 minutes.
static const struct crowd MELON[] = {
    {"vpn", "oslo", MET, 30, 2, 200, NULL},   {"vpn", "oslo", MET, 10, 8, 121, NULL},        {"vpn", "bergen", MET, 10, 9, 120, NULL},
    {"vpn", "oslo", MET, 5, 10, NONE, NULL},  {"vpn", "oslo", MISSED, 2, 0, 3000, NULL},     {"mail", "oslo", MET, 60, 9, 10, NULL},
    {"mail", "oslo", MISSED, 3, 7, 30, NULL}, {"mail", "oslo", UNKNOWN_SLA, 4, 3, 60, NULL}, {"mail", "oslo", MET, 2, NONE, NONE, NULL},
};

START_TEST(a_watermelon_is_green_outside_and_red_inside) {
  tenant_make("melon", 1);
  ADD(MELON);
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "by = service", "threshold_minutes = 120", "sla_target = 90", "unbanded = 6", "rows.length = 2",
         "more = 0", "table.met.positive = {\"n\":75,\"lost_time\":25.71}", "table.met.neutral = {\"n\":10,\"lost_time\":121}",
         "table.met.negative = {\"n\":30,\"lost_time\":200}", "table.missed.positive = {\"n\":0,\"lost_time\":null}",
         "table.missed.neutral = {\"n\":3,\"lost_time\":30}", "table.missed.negative = {\"n\":2,\"lost_time\":2400}",
         "watermelon_share.value = 34.78", "watermelon_share.n = 115", "watermelon_share.interval = [26.7,43.85]");
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "rows.0.rank = 1", "rows.0.key = vpn", "rows.0.watermelon = true", "rows.0.confirmed = true",
         "rows.0.watermelon_share.value = 72.73", "rows.0.watermelon_share.n = 55", "rows.0.watermelon_share.interval = [59.77,82.72]",
         "rows.0.sla_met.value = 96.49", "rows.0.sla_met.n = 57", "rows.0.happiness.value = -29.82", "rows.0.happiness_difference.value = -113.41",
         "rows.0.lost_time.value = 254.04", "rows.0.lost_time_difference.value = 1730.17", "rows.0.lost_time_difference.relative = true",
         "rows.0.evidence = /v1/tickets?scope=service%3Avpn%3Bsla%3Amet&from=2025-03-01&to=2025-03-31",
         "rows.0.sentence = ~^vpn is a watermelon, green outside and red inside: 96.49 % of 57 tickets met the SLA, and 72.73 % of 55 answers .* a "
         "happiness "
         "113.41 points below the rest's and 1730.17 % more lost time");
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "rows.1.key = mail", "rows.1.watermelon = false", "rows.1.confirmed = false",
         "rows.1.watermelon_share.value = 0", "rows.1.watermelon_share.n = 60", "rows.1.sla_met.n = 65",
         "rows.1.sentence = ~that it feels worse than the rest is not certain");
  EXPECT(see("/v1/insights/watermelon?scope=service:vpn&by=location&" MARCH), 200, "table.met.positive = {\"n\":15,\"lost_time\":120}",
         "unbanded = 0", "watermelon_share.n = 55", "rows.0.key = oslo", "rows.0.watermelon_share.value = 88.89", "rows.1.key = bergen",
         "rows.1.watermelon_share.value = 0",
         "rows.1.evidence = /v1/tickets?scope=service%3Avpn%3Blocation%3Abergen%3Bsla%3Amet&from=2025-03-01&to=2025-03-31");
  EXPECT(see("/v1/insights/watermelon?by=supplier&" MARCH), 200, "rows.0.key = null", "rows.0.evidence = null",
         "rows.0.watermelon_share.value = 34.78");
  EXPECT(see("/v1/insights/watermelon?from=2025-04-01&to=2025-04-30"), 200, "table.met.positive = {\"n\":0,\"lost_time\":null}", "unbanded = 0",
         "watermelon_share.value = null", "rows = []");
}
END_TEST

// Evaluated for 20 March 2025, and for no other day.
static void agree(const char *slug, const char *metric, const char *scope, int target, const char *change) {
  char statement[1500];
  (void)snprintf(statement, sizeof statement,
                 "insert into xlas (tenant_id, slug, retired_at, content) select tenant_id, '%s', '2025-03-21T12:00:00Z', json_build_object('slug', "
                 "'%s', 'name', 'X', 'owner', 'anna',"
                 " 'commitment', 'result', 'min_responses', 5, 'warn', json_build_object('burn', 2), 'starts_on', '2025-03-20', 'review_by',"
                 " '2025-12-15', 'metric', '%s', 'components', null, 'scope', '%s'::json, 'target', %d, 'window_days', 14) from tenants"
                 " where slug = 'melon'",
                 slug, slug, metric, scope, target);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement,
                 "insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, slug, 1, '2025-03-20',"
                 " json_build_object('metric', '%s', 'components', null, 'scope', content -> 'scope', 'target', %d, 'window_days', 14)"
                 " from xlas where slug = '%s'",
                 metric, target, slug);
  sql_run(statement);
  (void)cli_text("xla", "evaluate", "--tenant", "melon", "--xla", slug, "--day", "2025-03-20");
  (void)snprintf(statement, sizeof statement,
                 "update xlas set retired_at = null, content = (content::jsonb || '{\"starts_on\": \"2999-01-01\"}')::json%s%s where slug = '%s'",
                 change ? ", " : "", change ? change : "", slug);
  sql_run(statement);
}

START_TEST(an_agreement_that_is_breached_makes_a_watermelon) {
  agree("other-metric", "csat", "{\"service\": [\"mail\"]}", 90, NULL);
  agree("met", "happiness", "{\"service\": [\"mail\"]}", 50, NULL);
  agree("retired", "happiness", "{\"service\": [\"mail\"]}", 90, "revision = 2");
  sql_run("update xlas set retired_at = now() where slug = 'retired'");
  agree("changed", "happiness", "{\"service\": [\"mail\"]}", 90, "version = 2");
  agree("wider", "happiness", "{\"service\": [\"mail\", \"none\"]}", 90, NULL);
  agree("narrower", "happiness", "{\"location\": [\"oslo\"], \"service\": [\"mail\"]}", 90, NULL);
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "rows.0.breached_xlas = []", "rows.1.key = mail", "rows.1.watermelon = false",
         "rows.1.breached_xlas = []");
  // Kept, unless somebody tells of a change.
  EXPECT(request(NO_KEY, "GET", "/v1/insights/watermelon?" MARCH, headers_of("dashboard", "Accept: application/json"), NULL), 200,
         "rows.1.breached_xlas = []");
  agree("mail-happiness", "happiness", "{\"service\": [\"mail\"]}", 90, NULL);
  EXPECT(
      see("/v1/insights/watermelon?" MARCH), 200, "rows.0.key = vpn", "rows.1.key = mail", "rows.1.watermelon = true", "rows.1.confirmed = false",
      "rows.1.breached_xlas = [{\"slug\":\"mail-happiness\",\"metric\":\"happiness\",\"day\":\"2025-03-20\",\"value\":83.58,\"target\":90}]",
      "rows.1.sentence = ~^mail is a watermelon, green outside and red inside: 95.38 % of 65 tickets met the SLA, and 0 % of 60 answers .*, and the "
      "agreement mail-happiness is breached\\.$");
  long long end = clock_ms() + 20000;
  while (
      !strstr(bytes_text(&request(NO_KEY, "GET", "/v1/insights/watermelon?" MARCH, headers_of("dashboard", "Accept: application/json"), NULL)->body),
              "mail-happiness")) {
    ck_assert_msg(clock_ms() < end, "the answer that was kept stays");
    sleep_ms(20);
  }
  agree("vpn-lost-time", "lost_time", "{\"service\": [\"vpn\"]}", 30, NULL);
  agree("vpn-happiness", "happiness", "{\"service\": [\"vpn\"]}", 30, NULL);
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "rows.0.key = vpn", "rows.0.confirmed = true", "rows.0.breached_xlas.length = 2",
         "rows.0.breached_xlas.0.slug = vpn-happiness", "rows.0.breached_xlas.1.slug = vpn-lost-time", "rows.0.breached_xlas.1.metric = lost_time",
         "rows.0.sentence = ~more lost time a response than the rest, and 2 agreements on it are breached\\.$");
  // Of the rows of a narrower view only an agreement that is as narrow, whichever of its dimensions the rows are.
  EXPECT(see("/v1/insights/watermelon?scope=location:oslo&" MARCH), 200, "rows.1.key = mail", "rows.1.breached_xlas.length = 1",
         "rows.1.breached_xlas.0.slug = narrower", "rows.0.breached_xlas = []");
  EXPECT(see("/v1/insights/watermelon?scope=service:mail&by=location&" MARCH), 200, "rows.0.key = oslo", "rows.0.watermelon = true",
         "rows.0.breached_xlas.0.slug = narrower");
  EXPECT(see("/v1/insights/watermelon?scope=service:mail&" MARCH), 200, "rows.length = 1", "rows.0.breached_xlas.0.slug = mail-happiness");
  sql_run("update tenants set sla_target = 9900 where slug = 'melon'");
  end = clock_ms() + 20000;
  while (strstr(bytes_text(&see("/v1/insights/watermelon?" MARCH)->body), "\"sla_target\":90,")) {
    ck_assert_msg(clock_ms() < end, "the settings do not change");
    sleep_ms(20);
  }
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "rows.1.key = mail", "rows.1.watermelon = false",
         "rows.1.sentence = ~^mail is no watermelon, as it is not green outside, though the agreement mail-happiness is breached: ");
  sql_run("update tenants set sla_target = 9000 where slug = 'melon'");
  sql_run("update xlas set retired_at = now()");
}
END_TEST

START_TEST(what_is_excluded_does_not_count) {
  static const char exclude[] = "{\"reason\": \"a test\"}";
  char path[120];
  const char *id = sql_text("select response_id from responses r join tenants t using (tenant_id) where t.slug = 'melon' and happiness = 8 limit 1");
  (void)snprintf(path, sizeof path, "/v1/responses/%s/exclusion", id);
  EXPECT(request(NO_KEY, "POST", path, headers_of("admin", "Content-Type: application/json"), exclude), 201, "(body) present");
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "exclusions = 1", "table.met.neutral.n = 9", "watermelon_share.n = 114");
  EXPECT(see("/v1/insights/concentration?" MARCH), 200, "concentration.n = 118");
  ck_assert(request(NO_KEY, "DELETE", path, headers_of("admin", FRESH), NULL)->status < 300);
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "exclusions = 0", "table.met.neutral.n = 10");
}
END_TEST

// 14,140 minutes, capped: 2 tickets of 2400, 30 of 200 and 5 of 121 are the first that hold four fifths.
START_TEST(few_tickets_hold_most_of_the_lost_time) {
  EXPECT(see("/v1/insights/concentration?" MARCH), 200, "by = service", "concentration.tickets = 37", "concentration.n = 119",
         "concentration.value = 31.09", "concentration.interval = null", "concentration.lost_hours = 235.67", "rows.0.key = vpn",
         "rows.0.lost_share.value = 93.42", "rows.0.cumulative_share.value = 93.42", "rows.0.answer_share.value = 43.7", "rows.0.lost_time.n = 52",
         "rows.0.confirmed = true", "rows.1.key = mail", "rows.1.lost_share.value = 6.58", "rows.1.cumulative_share.value = 100",
         "rows.1.confirmed = false", "rows.1.evidence = /v1/tickets?scope=service%3Amail&from=2025-03-01&to=2025-03-31",
         "sentence = ~^37 tickets, as many as 31.09 % of the 119 answers, hold four fifths");
  EXPECT(see("/v1/insights/concentration?scope=service:mail&" MARCH), 200, "concentration.tickets = 49", "concentration.n = 67",
         "concentration.value = 73.13");
  EXPECT(see("/v1/insights/concentration?scope=service:nothing&" MARCH), 200, "concentration.value = null", "concentration.n = 0", "rows = []");
}
END_TEST

// Two people about one ticket are one ticket and two answers.
START_TEST(a_ticket_is_what_all_its_people_lost) {
  tenant_make("tickets", 1);
  int both = add_ticket("vpn", "oslo", MET);
  add_response(both, "anna", "2025-03-10T10:00:00Z", 5, 40, NULL);
  add_response(both, "ben", "2025-03-10T10:00:00Z", 5, 50, NULL);
  add_response(add_ticket("vpn", "oslo", MET), "carl", "2025-03-10T10:00:00Z", 5, 10, NULL);
  add_response(add_ticket("vpn", "oslo", MET), "dora", "2025-03-10T10:00:00Z", 5, 0, NULL);
  import_all();
  EXPECT(see("/v1/insights/concentration?" MARCH), 200, "concentration.tickets = 1", "concentration.n = 4", "concentration.value = 25");
}
END_TEST

static void add_chain(const char *person, const char *first, int before, const char *second, int after) {
  add_response(add_ticket("mail", "oslo", MET), person, first, before, NONE, NULL);
  add_response(add_ticket("vpn", "oslo", MET), person, second, after, NONE, NULL);
}

START_TEST(an_experience_is_remembered_for_ninety_days) {
  char person[40];
  tenant_make("memory", 1);
  for (int i = 0; i < 11; i++) {
    (void)snprintf(person, sizeof person, "burnt-%d", i);
    add_chain(person, "2025-01-10T10:00:00Z", 2, "2025-03-01T10:00:00Z", i == 0 ? 5 : 9);
  }
  for (int i = 0; i < 10; i++) {
    (void)snprintf(person, sizeof person, "glad-%d", i);
    add_chain(person, "2025-02-01T10:00:00Z", 9, "2025-03-02T10:00:00Z", i == 0 ? 7 : 10);
  }
  // To the second ninety days, and a second more.
  add_chain("just", "2024-12-31T10:00:00Z", 8, "2025-03-31T10:00:00Z", 3);
  add_chain("late", "2024-12-31T09:59:59Z", 8, "2025-03-31T10:00:00Z", 3);
  // Only the answer right before counts; within the window, too; and one without happiness is none.
  add_chain("thrice", "2025-01-20T10:00:00Z", 10, "2025-02-20T10:00:00Z", 1);
  add_response(add_ticket("vpn", "oslo", MET), "thrice", "2025-03-05T10:00:00Z", NONE, 5, NULL);
  add_response(add_ticket("vpn", "oslo", MET), "thrice", "2025-03-10T10:00:00Z", 2, NONE, NULL);
  add_response(add_ticket("vpn", "oslo", MET), "thrice", "2025-03-12T10:00:00Z", 9, NONE, NULL);
  // After a negative answer: 9 ten times of burnt, 5 once, 2 and 9 of thrice.
  import_all();
  EXPECT(see("/v1/insights/carry-over?" MARCH), 200, "within_days = 90", "note = ~association", "recovery_rate.n = 13", "recovery_rate.value = 84.62",
         "difference.value = 20.77", "confirmed = false", "rows.length = 3",
         "sentence = ~^After a positive answer .* 90 points, after a negative one 69.23");
  EXPECT(see("/v1/insights/carry-over?" MARCH), 200, "rows.0.key = neutral", "rows.0.happiness.n = 1", "rows.0.happiness.value = -100",
         "rows.0.respondents = 1", "rows.1.key = negative", "rows.1.happiness.n = 13", "rows.1.happiness.value = 69.23", "rows.1.respondents = 12",
         "rows.2.key = positive", "rows.2.happiness.n = 10", "rows.2.happiness.value = 90", "rows.2.confirmed = false",
         "rows.2.evidence = /v1/tickets?from=2025-03-01&to=2025-03-31");
  // The scope is that of the later answer.
  EXPECT(see("/v1/insights/carry-over?scope=service:mail&" MARCH), 200, "recovery_rate.n = 0", "recovery_rate.value = null",
         "difference.value = null");
}
END_TEST

static const struct crowd TICKED[] = {
    {"vpn", "oslo", MET, 20, 2, 300, "[\"slow\"]"},
    {"vpn", "oslo", MET, 10, 3, 200, "[\"slow\", \"friendly\"]"},
    {"mail", "oslo", MISSED, 30, 9, 10, "[\"fast\"]"},
    {"mail", "oslo", MET, 20, 10, 20, "[\"fast\", \"friendly\"]"},
    {"mail", "oslo", MET, 20, 8, 30, NULL},
};

// slow: 30 negative of 30 against 50 positive of 70; its lost time 8000/30 against 1300/70.
START_TEST(factors_go_with_good_or_bad_experiences) {
  tenant_make("drivers", 1);
  ADD(TICKED);
  EXPECT(see("/v1/insights/drivers?" MARCH), 200, "by = factors", "rows.length = 3", "rows.0.key = slow", "rows.0.happiness.value = -100",
         "rows.0.happiness.n = 30", "rows.0.happiness_difference.value = -171.43", "rows.0.lost_time.value = 266.67",
         "rows.0.lost_time_difference.value = 1335.9", "rows.0.lost_time_difference.p = null", "rows.0.goes_with = bad", "rows.0.confirmed = true",
         "rows.0.bands = {\"positive\":0,\"neutral\":0,\"negative\":30}", "rows.0.evidence = /v1/tickets?from=2025-03-01&to=2025-03-31",
         "rows.0.sentence = Where people tick slow, experiences are worse: a happiness 171.43 points below the rest's.");
  // friendly: 20 positive and 10 negative of 30, against 30, 20 and 20 of 70.
  EXPECT(see("/v1/insights/drivers?" MARCH), 200, "rows.1.key = fast", "rows.1.goes_with = good", "rows.1.confirmed = true", "rows.2.key = friendly",
         "rows.2.happiness.value = 33.33", "rows.2.happiness_difference.value = 19.05", "rows.2.goes_with = null", "rows.2.confirmed = false",
         "rows.2.sentence = ~is not certain");
  EXPECT(see("/v1/insights/drivers?by=sla&" MARCH), 200, "by = sla", "rows.length = 2", "rows.0.key = met", "rows.0.happiness.n = 70",
         "rows.0.goes_with = bad", "rows.0.bands absent", "rows.0.evidence = /v1/tickets?scope=sla%3Amet&from=2025-03-01&to=2025-03-31",
         "rows.1.key = missed", "rows.1.goes_with = good");
  EXPECT(see("/v1/insights/drivers?scope=service:mail&" MARCH), 200, "rows.length = 2", "rows.0.key = friendly",
         "rows.0.happiness_difference.value = 40", "rows.1.key = fast");
}
END_TEST

// --- Privacy, with a minimum of five

// Four people missed and happy; five or more everywhere else.
static const struct crowd PARTED[] = {
    {"apps", "oslo", MET, 9, 9, 10, NULL},    {"apps", "oslo", MISSED, 4, 2, 90, NULL},   {"bank", "oslo", MET, 9, 9, 10, NULL},
    {"bank", "oslo", MISSED, 6, 2, 90, NULL}, {"cloud", "oslo", MET, 20, 9, 10, NULL},    {"cloud", "oslo", MISSED, 20, 2, 90, NULL},
    {"desk", "bergen", MET, 20, 9, 10, NULL}, {"desk", "bergen", MISSED, 9, 2, 90, NULL},
};

START_TEST(a_small_cell_withholds_the_table_and_that_of_another_value) {
  tenant_make("parted", 5);
  ADD(PARTED);
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "table.missed.negative.n = 39", "unbanded = 0", "watermelon_share.n = 58");
  EXPECT(see("/v1/insights/watermelon?scope=service:apps&" MARCH), 200, "table = " WITHHELD, "unbanded = " WITHHELD, "watermelon_share = " WITHHELD);
  EXPECT(see("/v1/insights/watermelon?scope=service:bank&" MARCH), 200, "table = " WITHHELD, "unbanded = " WITHHELD, "watermelon_share = " WITHHELD);
  EXPECT(see("/v1/insights/watermelon?scope=service:cloud&" MARCH), 200, "table.missed.negative.n = 20", "watermelon_share.n = 20");
  // Both together are not told either where /v1/experience doesn't tell of their missed SLAs; how many of them met theirs it does.
  EXPECT(see("/v1/insights/watermelon?scope=service:apps,bank&" MARCH), 200, "table = " WITHHELD, "watermelon_share.n = 18");
  EXPECT(see("/v1/insights/watermelon?scope=service:bank,cloud,desk&" MARCH), 200, "table = " WITHHELD, "watermelon_share = " WITHHELD);
}
END_TEST

START_TEST(rows_have_the_verdicts_of_scopes) {
  // Withheld ones come last, by name; their SLA is no answer of anybody.
  EXPECT(see("/v1/insights/watermelon?" MARCH), 200, "rows.2.key = apps", "rows.2.watermelon_share = " WITHHELD, "rows.2.sla_met.n = 13",
         "rows.2.happiness.n = 13", "rows.2.watermelon = false", "rows.3.key = bank", "rows.3.watermelon_share = " WITHHELD);
  EXPECT(see_as("admin", "/v1/insights/watermelon?" MARCH), 200, "rows.2.watermelon_share = {\"suppressed\":true,\"n\":9}");
  // Of two dimensions some cell is too small, so nobody's share is told.
  EXPECT(see("/v1/insights/watermelon?scope=location:oslo&" MARCH), 200, "rows.0.watermelon_share = " WITHHELD, "rows.1.watermelon_share = " WITHHELD,
         "rows.2.watermelon_share = " WITHHELD);
}
END_TEST

static const struct crowd FEW[] = {
    {"apps", "oslo", MET, 4, 9, 10, "[\"rare\"]"},
    {"apps", "oslo", MET, 20, 9, 10, "[\"usual\", \"common\"]"},
    {"bank", "oslo", MET, 20, 3, 10, "[\"usual\", \"common\"]"},
    {"bank", "oslo", MET, 20, 3, 10, "[\"usual\"]"},
    {"bank", "oslo", MET, 4, 8, 10, "[\"usual\", \"common\"]"},
};

START_TEST(factors_of_few_and_of_all_but_few_are_withheld) {
  tenant_make("few", 5);
  ADD(FEW);
  // "usual" was ticked by all but four; of "common" four are neutral.
  EXPECT(see("/v1/insights/drivers?" MARCH), 200, "rows.length = 3", "rows.0.key = common", "rows.0.happiness.n = 44", "rows.0.bands = " WITHHELD,
         "rows.1.key = usual", "rows.1.happiness = " WITHHELD, "rows.1.bands = " WITHHELD, "rows.2.key = rare", "rows.2.happiness = " WITHHELD,
         "rows.2.happiness_difference = " WITHHELD, "rows.2.lost_time = " WITHHELD, "rows.2.goes_with = null");
  EXPECT(see_as("admin", "/v1/insights/drivers?" MARCH), 200, "rows.2.happiness = {\"suppressed\":true,\"n\":4}");
  // In apps the others are the four.
  EXPECT(see("/v1/insights/drivers?scope=service:apps&" MARCH), 200, "rows.0.happiness = " WITHHELD, "rows.1.happiness = " WITHHELD);
}
END_TEST

START_TEST(few_who_answer_again_are_not_told) {
  char person[40];
  tenant_make("again", 5);
  for (int i = 0; i < 10; i++) {
    (void)snprintf(person, sizeof person, "burnt-%d", i);
    add_chain(person, "2025-02-10T10:00:00Z", 2, "2025-03-01T10:00:00Z", 9);
    (void)snprintf(person, sizeof person, "glad-%d", i);
    if (i < 4) add_chain(person, "2025-02-10T10:00:00Z", 9, "2025-03-01T10:00:00Z", 9);
  }
  import_all();
  EXPECT(see("/v1/insights/carry-over?" MARCH), 200, "difference = " WITHHELD, "recovery_rate = " WITHHELD, "rows.0.happiness = " WITHHELD,
         "rows.0.respondents = " WITHHELD, "confirmed = false");
  add_chain("glad-4", "2025-02-10T10:00:00Z", 9, "2025-03-01T10:00:00Z", 9);
  import_all();
  EXPECT(see("/v1/insights/carry-over?" MARCH), 200, "recovery_rate.n = 10", "recovery_rate.value = 100");
}
END_TEST

// --- An attacker who asks for every list of services

enum { SERVICES = 4, SLAS = 3, BANDS = 4, CELLS = SLAS * BANDS, LISTS = 1 << SERVICES, SETS = 12, POOL = 24 };
static const char *const SERVICE_NAMES[SERVICES] = {"apps", "bank", "cloud", "desk"};
static const int BAND_VALUES[BANDS] = {9, 7, 2, NONE};

struct world {
  unsigned long long chance;
  unsigned people[SERVICES][CELLS];  // bits of a service's pool: who told their lost time
  unsigned raters[SERVICES][SLAS];   // and who told their happiness
  unsigned tickers[SERVICES][2];     // of these, who ticked the factor, and who answered without it
};

static unsigned below(struct world *world, unsigned n) {
  world->chance = world->chance * 6364136223846793005ULL + 1442695040888963407ULL;
  return (unsigned)(world->chance >> 33) % n;
}

static void invent(struct world *world) {
  for (int service = 0; service < SERVICES; service++) {
    for (int cell = 0; cell < CELLS; cell++) {
      unsigned kind = below(world, 24), people = kind == 0 ? 1 + below(world, 4) : kind < 10 ? 0 : 7 + below(world, 12);
      for (; people > 0; people--) {
        char person[40];
        unsigned who = below(world, POOL), lost = below(world, 9), ticks = below(world, 8) == 0;
        (void)snprintf(person, sizeof person, "%s-%u", SERVICE_NAMES[service], who);
        int ticket = add_ticket(SERVICE_NAMES[service], "oslo", cell / BANDS == 2 ? UNKNOWN_SLA : cell / BANDS == 1 ? MISSED : MET);
        add_response(ticket, person, "2025-03-10T10:00:00Z", BAND_VALUES[cell % BANDS], lost ? (int)lost * 60 : NONE, ticks ? "[\"late\"]" : NULL);
        if (lost) world->people[service][cell] |= 1U << who;
        if (cell % BANDS < 3) world->raters[service][cell / BANDS] |= 1U << who;
        if (cell % BANDS < 3) world->tickers[service][!ticks] |= 1U << who;
      }
    }
  }
  import_all();
}

static void list_path(char *path, size_t size, const char *what, int list) {
  size_t used = (size_t)snprintf(path, size, "%s%sscope=service:", what, strchr(what, '?') ? "&" : "?");
  for (int service = 0, first = 1; service < SERVICES; service++) {
    if (!(list >> service & 1)) continue;
    used += (size_t)snprintf(path + used, size - used, "%s%s", first ? "" : ",", SERVICE_NAMES[service]);
    first = 0;
  }
  (void)snprintf(path + used, size - used, "&" MARCH);
}

static bool shown(const struct answer *answer, const char *what) {
  const char *text = answer_text(answer, what);
  return text && !strstr(text, "suppressed");
}

// What a list of services makes known: sums over cells (of lost time) and over SLA outcomes (of how many rated).
static void publish(struct span *span, int list, int from, int to, int width) {
  uint8_t row[UNKNOWNS_MAX] = {0};
  for (int service = 0; service < SERVICES; service++)
    for (int cell = from; cell < to; cell++)
      if (list >> service & 1) row[service * width + cell] = 1;
  span_publish(span, row, 0);
}

static void publish_breakdown(const struct answer *answer, int list, struct span *lost, struct span *raters) {
  char what[80];
  bool given[SLAS] = {false};
  for (int row = 0; row < SLAS; row++) {
    (void)snprintf(what, sizeof what, "rows.%d.key", row);
    const char *key = answer_text(answer, what);
    int sla = !key ? SLAS : strcmp(key, "met") == 0 ? 0 : strcmp(key, "missed") == 0 ? 1 : 2;
    if (sla == SLAS) continue;
    given[sla] = true;
    (void)snprintf(what, sizeof what, "rows.%d.metrics.lost_time", row);
    if (shown(answer, what)) publish(lost, list, sla * BANDS, (sla + 1) * BANDS, CELLS);
    (void)snprintf(what, sizeof what, "rows.%d.metrics.happiness", row);
    if (shown(answer, what)) publish(raters, list, sla, sla + 1, SLAS);
  }
  for (int sla = 0; sla < SLAS; sla++) {
    if (given[sla]) continue;
    publish(lost, list, sla * BANDS, (sla + 1) * BANDS, CELLS);
    publish(raters, list, sla, sla + 1, SLAS);
  }
  if (shown(answer, "total.metrics.lost_time")) publish(lost, list, 0, CELLS, CELLS);
  if (shown(answer, "total.metrics.happiness")) publish(raters, list, 0, SLAS, SLAS);
}

// The table's cells, and the lost time of the unbanded as what is left.
static bool publish_melon(const struct answer *answer, int list, struct span *lost, struct span *raters) {
  bool table = shown(answer, "table");
  for (int cell = 0; table && cell < 2 * BANDS; cell++)
    if (cell % BANDS < 3) publish(lost, list, cell, cell + 1, CELLS);
  if (shown(answer, "watermelon_share")) publish(raters, list, 0, 1, SLAS);
  for (int row = 0; row < SERVICES; row++) {
    char what[80];
    (void)snprintf(what, sizeof what, "rows.%d.key", row);
    const char *key = answer_text(answer, what);
    (void)snprintf(what, sizeof what, "rows.%d.watermelon_share", row);
    if (!key || !shown(answer, what)) continue;
    for (int service = 0; service < SERVICES; service++)
      if (strcmp(key, SERVICE_NAMES[service]) == 0) publish(raters, 1 << service, 0, 1, SLAS);
  }
  return table;
}

// The factor's happiness, and that of all.
static bool publish_factor(const struct answer *answer, int list, struct span *ticks) {
  bool told = shown(answer, "rows.0.happiness");
  if (told) publish(ticks, list, 0, 1, 2);
  return told;
}

static int people_of(const unsigned *people, size_t stride, int list) {
  int count = 0;
  for (int service = 0; service < SERVICES; service++)
    if (list >> service & 1) count += __builtin_popcount(people[(size_t)service * stride]);
  return count;
}

static void expect_safe(const struct span *span, const unsigned *people, int width) {
  for (int list = 1; list < LISTS; list++) {
    for (int cell = 0; cell < width; cell++) {
      uint8_t row[UNKNOWNS_MAX] = {0};
      int known = people_of(people + cell, (size_t)width, list);
      if (known == 0 || known >= 5) continue;
      for (int service = 0; service < SERVICES; service++)
        row[service * width + cell] = list >> service & 1;
      ck_assert_msg(!span_holds(span, row), "services %x, cell %d of %d: the sum over %d people can be worked out", (unsigned)list, cell, width,
                    known);
    }
  }
}

START_TEST(no_list_of_services_gives_a_small_cell_away) {
  int tables = 0, withheld = 0, factors = 0;
  for (int set = 0; set < SETS; set++) {
    char slug[40], path[300];
    struct world world = {.chance = (unsigned long long)set + 1};
    struct span *lost = calloc(1, sizeof *lost), *raters = calloc(1, sizeof *raters), *ticks = calloc(1, sizeof *ticks);
    ck_assert(lost && raters && ticks);
    ticks->unknowns = (size_t)SERVICES * 2;
    lost->unknowns = SERVICES * CELLS;
    raters->unknowns = SERVICES * SLAS;
    (void)snprintf(slug, sizeof slug, "world-%d", set);
    tenant_make(slug, 5);
    invent(&world);
    for (int list = 1; list < LISTS; list++) {
      list_path(path, sizeof path, "/v1/insights/watermelon", list);
      const struct answer *answer = see(path);
      ck_assert_int_eq(answer->status, 200);
      if (publish_melon(answer, list, lost, raters))
        tables++;
      else
        withheld++;
      list_path(path, sizeof path, "/v1/experience/breakdown?by=sla", list);
      answer = see(path);
      publish_breakdown(answer, list, lost, raters);
      if (shown(answer, "total.metrics.happiness")) publish(ticks, list, 0, 2, 2);
      list_path(path, sizeof path, "/v1/insights/drivers", list);
      factors += publish_factor(see(path), list, ticks);
    }
    factors += publish_factor(see("/v1/insights/drivers?" MARCH), LISTS - 1, ticks);
    (void)publish_melon(see("/v1/insights/watermelon?" MARCH), LISTS - 1, lost, raters);
    publish_breakdown(see("/v1/experience/breakdown?by=sla&" MARCH), LISTS - 1, lost, raters);
    expect_safe(lost, &world.people[0][0], CELLS);
    expect_safe(raters, &world.raters[0][0], SLAS);
    free(lost);
    expect_safe(ticks, &world.tickers[0][0], 2);
    free(raters);
    free(ticks);
  }
  // Or nothing was tried.
  ck_assert_int_gt(tables, SETS);
  ck_assert_int_gt(withheld, SETS);
  ck_assert_int_gt(factors, SETS);
}
END_TEST

// --- The invented organisations

static void use_tenant(const char *slug) { steps_set("dashboard", cli_text("key", "create", "--tenant", slug, "--role", "dashboard")); }

START_TEST(the_demo_names_the_planted_watermelons_first) {
  ck_assert_int_eq(cli("demo", "--tickets", "3000", "--responses", "1500", "--days", "80")->code, 0);
  use_tenant("demo");
  EXPECT(see("/v1/insights/watermelon?last=90d"), 200, "rows.0.key = vpn", "rows.0.watermelon = true", "rows.0.confirmed = true");
  EXPECT(see("/v1/insights/concentration?last=90d"), 200, "rows.0.key = vpn", "rows.0.confirmed = true");
  EXPECT(see("/v1/insights/drivers?last=90d"), 200, "rows.0.goes_with = bad", "rows.0.confirmed = true");
  use_tenant("harbour");
  EXPECT(see("/v1/insights/watermelon?last=90d"), 200, "rows.0.key = terminal-system", "rows.0.watermelon = true", "rows.0.confirmed = true");
}
END_TEST

// Of the demo, in days of its zone, with its reopened tickets and answers above the cap.
START_TEST(the_table_agrees_with_the_sums) {
  static const char *const BAND_NAMES[] = {"positive", "neutral", "negative"};
  use_tenant("demo");
  struct bytes expected = {0};
  for (int sla = 0; sla < 2; sla++) {
    for (int band = 0; band < 3; band++) {
      char what[100], expectation[200];
      (void)snprintf(what, sizeof what, "rows.%d.metrics.happiness.bands.%s", sla, BAND_NAMES[band]);
      const char *n = answer_text(see("/v1/experience/breakdown?by=sla&last=60d"), what);
      ck_assert(n);
      (void)snprintf(expectation, sizeof expectation, "table.%s.%s.n = %s", sla == 0 ? "met" : "missed", BAND_NAMES[band], n);
      EXPECT(see("/v1/insights/watermelon?last=60d"), 200, expectation);
    }
  }
  const char *lost = answer_text(see("/v1/experience?last=60d"), "metrics.lost_time.n");
  ck_assert(lost);
  bytes_format(&expected, "concentration.n = %s", lost);
  EXPECT(see("/v1/insights/concentration?last=60d"), 200, bytes_text(&expected));
  bytes_release(&expected);
}
END_TEST

// --- What is refused

START_TEST(what_it_cannot_answer_is_refused_with_the_reason) {
  static const struct {
    const char *path, *pointer, *rule;
  } REFUSED[] = {
      {"/v1/insights/watermelon?by=mood", "by", "unknown"},
      {"/v1/insights/watermelon?by=sla", "by", "enum"},
      {"/v1/insights/watermelon?scope=sla:met", "scope", "enum"},
      {"/v1/insights/watermelon?metrics=happiness", "metrics", "unknown"},
      {"/v1/insights/concentration?compare=previous", "compare", "unknown"},
      {"/v1/insights/carry-over?by=service", "by", "unknown"},
      {"/v1/insights/carry-over?with_excluded=true", "with_excluded", "unknown"},
      {"/v1/insights/drivers?by=mood", "by", "unknown"},
      {"/v1/insights/drivers?scope=mood:x", "scope", "unknown"},
      {"/v1/insights/drivers?last=0d", "last", "range"},
  };
  for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++) {
    char pointer[80], rule[80];
    (void)snprintf(pointer, sizeof pointer, "errors.0.pointer = %s", REFUSED[i].pointer);
    (void)snprintf(rule, sizeof rule, "errors.0.rule = %s", REFUSED[i].rule);
    EXPECT(request(DASHBOARD, "GET", REFUSED[i].path, FRESH, NULL), 422, pointer, rule);
  }
  EXPECT(request(PORTAL, "GET", "/v1/insights/drivers", FRESH, NULL), 403, "type = ~forbidden");
}
END_TEST

// The house reads 2,000 responses at most; carry-over reads ninety days more.
START_TEST(a_window_with_too_many_responses_is_refused) {
  static const struct crowd MANY[] = {{"vpn", "oslo", MET, 2001, 9, 10, NULL}};
  tenant_make("many", 5);
  ADD(MANY);
  static const char *const PATHS[] = {"watermelon", "concentration", "carry-over", "drivers"};
  for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
    char path[120];
    (void)snprintf(path, sizeof path, "/v1/insights/%s?" MARCH, PATHS[i]);
    EXPECT(see(path), 422, "errors.0.pointer = from", "errors.0.rule = analysis_rows", "errors.0.detail = ~ 2001 responses, and at most 2000 ");
    (void)snprintf(path, sizeof path, "/v1/insights/%s?from=2025-04-01&to=2025-04-30", PATHS[i]);
    EXPECT(see(path), i == 2 ? 422 : 200, "(body) present");
  }
  // Sums have no such limit.
  EXPECT(see("/v1/insights/drivers?by=service&" MARCH), 200, "rows.0.happiness.n = 2001");
}
END_TEST

static Suite *insight_suite(void) {
  Suite *suite = suite_create("insight_rows");
  TCase *tests = tcase_create("insight_rows");
  tcase_set_timeout(tests, 0);
  tcase_add_test(tests, a_watermelon_is_green_outside_and_red_inside);
  tcase_add_test(tests, few_tickets_hold_most_of_the_lost_time);
  tcase_add_test(tests, an_agreement_that_is_breached_makes_a_watermelon);
  tcase_add_test(tests, what_is_excluded_does_not_count);
  tcase_add_test(tests, a_ticket_is_what_all_its_people_lost);
  tcase_add_test(tests, an_experience_is_remembered_for_ninety_days);
  tcase_add_test(tests, factors_go_with_good_or_bad_experiences);
  tcase_add_test(tests, a_small_cell_withholds_the_table_and_that_of_another_value);
  tcase_add_test(tests, rows_have_the_verdicts_of_scopes);
  tcase_add_test(tests, factors_of_few_and_of_all_but_few_are_withheld);
  tcase_add_test(tests, few_who_answer_again_are_not_told);
  tcase_add_test(tests, no_list_of_services_gives_a_small_cell_away);
  tcase_add_test(tests, the_demo_names_the_planted_watermelons_first);
  tcase_add_test(tests, the_table_agrees_with_the_sums);
  tcase_add_test(tests, what_it_cannot_answer_is_refused_with_the_reason);
  tcase_add_test(tests, a_window_with_too_many_responses_is_refused);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) {
  static const char *const few_rows[] = {"XLAD_ANALYSIS_ROWS=2000", NULL};
  house_start(&(struct house_plan){.min_group = true, .settings = few_rows});
  sql_run("alter table tenants drop constraint tenants_min_group_check");
  int code = house_run(insight_suite());
  bytes_release(&tickets);
  bytes_release(&responses);
  return code;
}
