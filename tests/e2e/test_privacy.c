// Privacy: what few people answered is withheld in every read alike, and comes back when there are more of them.
#include "harness/harness.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEOPLE_MAX = 40, POLL_MS = 20, DRAIN_MS_MAX = 20000, BODY_CHARS = 200000 };

#define WINDOW     "from=2025-03-01&to=2025-03-31"
#define FRESH      "Cache-Control: no-cache"
#define WITHHELD   "{\"suppressed\":true}"
#define ROW_OF(at) "rows." #at ".metrics.happiness"

static const char *fresh_as(const char *name) {
  static char headers[2][400];
  static size_t turn;
  char *text = headers[turn++ % 2];
  (void)snprintf(text, sizeof headers[0], "Authorization: Bearer %s\n" FRESH, saved(name));
  return text;
}

// ${dashboard} and ${admin} are keys of this tenant from here on.
static void tenant_make(const char *slug) {
  (void)cli_text("tenant", "create", slug, "--name", slug, "--time-zone", "UTC");
  steps_set("dashboard", cli_text("key", "create", "--tenant", slug, "--role", "dashboard"));
  steps_set("admin", cli_text("key", "create", "--tenant", slug, "--role", "admin"));
}

static const struct answer *see(const char *path) { return request(NO_KEY, "GET", path, fresh_as("dashboard"), NULL); }
static const struct answer *see_all(const char *path) { return request(NO_KEY, "GET", path, fresh_as("admin"), NULL); }

static void send(const char *method, const char *path, const char *body) {
  const struct answer *answer = request(NO_KEY, method, path, fresh_as("admin"), body);
  ck_assert_msg(answer->status >= 200 && answer->status < 300, "%s %s: %d %s", method, path, answer->status, bytes_text(&answer->body));
}

// One ticket of this service and place, resolved and answered by this person on this day of March.
static void answer_by(const char *ref, const char *service, const char *location, const char *person, int day, int happiness) {
  char path[100], body[400];
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  (void)snprintf(body, sizeof body,
                 "{\"opened_at\": \"2025-03-%02dT08:00:00Z\", \"resolved_at\": \"2025-03-%02dT09:00:00Z\","
                 " \"context\": {\"service\": \"%s\", \"location\": \"%s\"}}",
                 day, day, service, location);
  send("PUT", path, body);
  (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"respondent\": \"%s\", \"happiness\": %d, \"submitted_at\": \"2025-03-%02dT10:00:00Z\"}",
                 ref, person, happiness, day);
  send("POST", "/v1/responses", body);
}

// `count` answers of as many people, on one day.
static void answers_by(const char *prefix, const char *service, const char *location, int count, int day) {
  for (int i = 0; i < count; i++) {
    char ref[40], person[40];
    (void)snprintf(ref, sizeof ref, "%s-%d", prefix, i);
    (void)snprintf(person, sizeof person, "%s-person-%d", prefix, i);
    answer_by(ref, service, location, person, day, i % 11);
  }
}

static void response_of(const char *ref, char path[100]) {
  char query[200];
  (void)snprintf(query, sizeof query, "select response_id::text from responses where ref = '%s'", ref);
  (void)snprintf(path, 100, "/v1/responses/%s", sql_text(query));
}

START_TEST(a_small_group_is_withheld_wherever_it_is_asked_for) {
  tenant_make("groups");
  answers_by("a", "apps", "oslo", 4, 3);
  answers_by("b", "bank", "oslo", 9, 4);
  answers_by("c", "cloud", "oslo", 20, 5);
  EXPECT(see("/v1/experience/breakdown?by=service&" WINDOW), 200, ROW_OF(0) " = " WITHHELD, ROW_OF(1) " = " WITHHELD, ROW_OF(2) ".n = 20",
         "rows.0.metrics.csat.n = 0", "rows.0.metrics.ticket_volume.value = 4", "total.metrics.happiness.n = 33");
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness = " WITHHELD, "response_rate.uninvited = null",
         "response_rate.ticket_response_share = " WITHHELD, "metrics.ticket_volume.value = 4", "metrics.csat.n = 0");
  EXPECT(see("/v1/experience?scope=service:bank&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  EXPECT(see("/v1/experience?scope=service:cloud&" WINDOW), 200, "metrics.happiness.n = 20", "response_rate.uninvited = 20");
  EXPECT(see("/v1/experience?scope=service:apps,bank&" WINDOW), 200, "metrics.happiness.n = 13");
  EXPECT(see("/v1/experience?scope=service:bank,cloud&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  EXPECT(see("/v1/experience/distribution?scope=service:apps&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  EXPECT(see("/v1/experience?scope=service:nothing&" WINDOW), 200, "metrics.happiness.n = 0", "metrics.happiness.value = null");
}
END_TEST

START_TEST(administrators_see_how_many_but_not_what) {
  tenant_make("counted");
  answers_by("a", "apps", "oslo", 3, 3);
  EXPECT(see_all("/v1/experience?" WINDOW), 200, "metrics.happiness = {\"suppressed\":true,\"n\":3}", "response_rate.uninvited = 3");
  EXPECT(see("/v1/experience?" WINDOW), 200, "metrics.happiness = " WITHHELD, "response_rate.uninvited = null");
}
END_TEST

START_TEST(administrators_see_how_many_are_excluded) {
  char path[200], exclusion[220];
  tenant_make("left-out");
  answers_by("lo", "apps", "oslo", 9, 3);
  response_of("lo-0", path);
  (void)snprintf(exclusion, sizeof exclusion, "%s/exclusion", path);
  send("POST", exclusion, "{\"reason\": \"a test\"}");
  EXPECT(see_all("/v1/experience?" WINDOW), 200, "exclusions = 1");
  EXPECT(see("/v1/experience?" WINDOW), 200, "exclusions = null");
}
END_TEST

// Withheld is another thing than nothing to count, also where the values asked for are withheld together.
START_TEST(a_group_without_answers_shows_that_it_has_none) {
  tenant_make("unanswered");
  answers_by("a", "apps", "oslo", 2, 3);
  answers_by("b", "bank", "oslo", 2, 4);
  answers_by("c", "cloud", "oslo", 20, 5);
  send("PUT", "/v1/tickets/d-0", "{\"opened_at\": \"2025-03-03T08:00:00Z\", \"context\": {\"service\": \"desk\"}}");
  EXPECT(see("/v1/experience/breakdown?by=service&" WINDOW), 200, "rows.3.key = desk", ROW_OF(3) ".n = 0");
  EXPECT(see("/v1/experience/breakdown?by=service&scope=service:apps,desk&" WINDOW), 200, ROW_OF(0) " = " WITHHELD, "rows.1.key = desk",
         ROW_OF(1) ".n = 0", "total.metrics.happiness = " WITHHELD);
}
END_TEST

// Their tickets count in March, their responses in April.
START_TEST(tickets_with_late_answers_give_nobody_away) {
  tenant_make("late");
  for (int i = 0; i < 2; i++) {
    char path[100], body[200];
    (void)snprintf(path, sizeof path, "/v1/tickets/late-%d", i);
    send("PUT", path,
         "{\"opened_at\": \"2025-03-03T08:00:00Z\", \"resolved_at\": \"2025-03-03T09:00:00Z\","
         " \"context\": {\"service\": \"apps\", \"location\": \"oslo\"}}");
    (void)snprintf(body, sizeof body,
                   "{\"ticket\": \"late-%d\", \"respondent\": \"late %d\", \"happiness\": 9, \"submitted_at\": \"2025-04-03T10:00:00Z\"}", i, i);
    send("POST", "/v1/responses", body);
  }
  EXPECT(see("/v1/experience?" WINDOW), 200, "response_rate.uninvited = 0", "response_rate.ticket_response_share = " WITHHELD);
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "response_rate.ticket_response_share = " WITHHELD);
  EXPECT(see("/v1/experience?scope=service:apps;location:oslo&" WINDOW), 200, "response_rate.ticket_response_share = " WITHHELD);
}
END_TEST

START_TEST(people_count_not_answers) {
  tenant_make("people");
  for (int i = 0; i < 8; i++) {
    char ref[20];
    (void)snprintf(ref, sizeof ref, "p-%d", i);
    answer_by(ref, "apps", "oslo", i < 5 ? "anna" : "bob", 3, 9);
  }
  EXPECT(see("/v1/experience?" WINDOW), 200, "metrics.happiness = " WITHHELD);
  answers_by("q", "apps", "oslo", 3, 3);
  EXPECT(see("/v1/experience?" WINDOW), 200, "metrics.happiness.n = 11");
}
END_TEST

START_TEST(a_second_dimension_gives_nobody_away) {
  tenant_make("table");
  answers_by("ao", "apps", "oslo", 2, 3);
  answers_by("ab", "apps", "bergen", 10, 3);
  answers_by("bo", "bank", "oslo", 10, 3);
  answers_by("bb", "bank", "bergen", 10, 3);
  answers_by("co", "cloud", "oslo", 10, 3);
  answers_by("cb", "cloud", "bergen", 10, 3);
  EXPECT(see("/v1/experience?scope=service:apps;location:oslo&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  EXPECT(see("/v1/experience?scope=service:apps;location:bergen&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  EXPECT(see("/v1/experience/breakdown?by=location&scope=service:apps&" WINDOW), 200, ROW_OF(0) " = " WITHHELD, ROW_OF(1) " = " WITHHELD,
         "total.metrics.happiness.n = 12");
  EXPECT(see("/v1/experience/breakdown?by=service&scope=location:oslo&" WINDOW), 200, ROW_OF(0) " = " WITHHELD, "total.metrics.happiness.n = 22");
  EXPECT(see("/v1/experience/breakdown?by=service&" WINDOW), 200, ROW_OF(0) ".n = 12", ROW_OF(1) ".n = 20", ROW_OF(2) ".n = 20");
  // One of the other services covers the small cell, the third is free.
  char *bank = strdup(answer_text(see("/v1/experience?scope=service:bank;location:oslo&" WINDOW), "metrics.happiness"));
  const char *cloud = answer_text(see("/v1/experience?scope=service:cloud;location:oslo&" WINDOW), "metrics.happiness");
  ck_assert_int_eq((strcmp(bank, WITHHELD) == 0) + (strcmp(cloud, WITHHELD) == 0), 1);
  free(bank);
  EXPECT(see("/v1/experience?scope=service:apps;location:oslo;kind:incident&" WINDOW), 200, "metrics.happiness = " WITHHELD);
}
END_TEST

START_TEST(pieces_of_time_are_windows_of_their_own) {
  tenant_make("pieces");
  answers_by("a", "apps", "oslo", 9, 3);
  answers_by("b", "apps", "oslo", 2, 4);
  answers_by("c", "apps", "oslo", 6, 5);
  answers_by("d", "apps", "oslo", 30, 6);
  EXPECT(see("/v1/experience/trend?interval=day&" WINDOW), 200, "points.0.metrics.happiness.n = 9", "points.1.metrics.happiness = " WITHHELD,
         "points.2.metrics.happiness = " WITHHELD, "points.3.metrics.happiness.n = 30");
  EXPECT(see("/v1/experience/trend?interval=month&" WINDOW), 200, "points.0.metrics.happiness.n = 47");
  EXPECT(see("/v1/experience?from=2025-03-04&to=2025-03-04&compare=previous"), 200, "metrics.happiness = " WITHHELD);
  EXPECT(see("/v1/experience?from=2025-03-05&to=2025-03-05&compare=previous"), 200, "metrics.happiness.n = 6", "metrics.happiness.change = null",
         "metrics.happiness.compared_with = " WITHHELD);
}
END_TEST

// --- Queued and folded ----------------------------------------------------------------------------------------------

static PGconn *holder;

static void hold(void) {
  holder = PQconnectdb(house_url());
  PQclear(PQexec(holder, "begin"));
  PGresult *result = PQexec(holder, "select tenant_id from folds for update");
  ck_assert_int_gt(PQntuples(result), 0);
  PQclear(result);
}

static void drain(void) {
  PQclear(PQexec(holder, "rollback"));
  PQfinish(holder);
  long long end = clock_ms() + DRAIN_MS_MAX;
  for (int i = 0; sql_number("select count(*) from queue") > 0; i++) {
    if (i % 25 == 0) (void)sql_text("select pg_notify('xlad_changes', 'test ' || tenant_id)::text from tenants");
    ck_assert_msg(clock_ms() < end, "the queue does not become empty");
    sleep_ms(POLL_MS);
  }
}

static const char *const VIEWS[] = {
    "/v1/experience?" WINDOW,
    "/v1/experience/breakdown?by=service&" WINDOW,
    "/v1/experience/breakdown?by=location&scope=service:apps&" WINDOW,
    "/v1/experience/breakdown?by=kind&scope=service:apps;location:oslo&" WINDOW,
    "/v1/experience/trend?interval=day&scope=service:apps&" WINDOW,
    "/v1/experience/trend?interval=week&" WINDOW,
};
enum { VIEWS_COUNT = sizeof VIEWS / sizeof *VIEWS };

static void see_each(char *seen[VIEWS_COUNT]) {
  for (size_t i = 0; i < VIEWS_COUNT; i++) {
    const char *body = bytes_text(&see(VIEWS[i])->body), *rest = strstr(body, "\"response_rate\"");
    ck_assert_ptr_nonnull(rest);
    seen[i] = strdup(rest);
  }
}

// The same is withheld whether a change stands in the queue or in the sums.
static void expect_same_folded(const char *when) {
  char *queued[VIEWS_COUNT], *folded[VIEWS_COUNT];
  see_each(queued);
  drain();
  see_each(folded);
  for (size_t i = 0; i < VIEWS_COUNT; i++) {
    ck_assert_msg(strcmp(queued[i], folded[i]) == 0, "%s, %s: queued %s, folded %s", when, VIEWS[i], queued[i], folded[i]);
    free(queued[i]);
    free(folded[i]);
  }
  hold();
}

START_TEST(who_leaves_and_who_comes_counts_at_once) {
  char path[100];
  tenant_make("queued");
  hold();
  answers_by("fa", "apps", "oslo", 5, 3);
  answers_by("fb", "bank", "bergen", 9, 4);
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness.n = 5");
  expect_same_folded("new ones");
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness.n = 5");
  response_of("fa-0", path);
  send("DELETE", path, NULL);
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  expect_same_folded("one withdrawn");
  answer_by("fa-9", "apps", "oslo", "fa-person-1", 3, 9);
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness = " WITHHELD);
  expect_same_folded("the same person again");
  answer_by("fa-10", "apps", "bergen", "fa-person-0", 5, 9);
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness.n = 6");
  expect_same_folded("another person");
  response_of("fa-9", path);
  send("PATCH", path, "{\"happiness\": 2}");
  expect_same_folded("amended");
  response_of("fa-1", path);
  send("DELETE", path, NULL);
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness.n = 5");
  expect_same_folded("who is there twice leaves once");
  response_of("fa-2", path);
  send("PATCH", path, "{\"happiness\": null, \"csat\": 5}");
  EXPECT(see("/v1/experience?scope=service:apps&" WINDOW), 200, "metrics.happiness = " WITHHELD, "metrics.csat = " WITHHELD);
  expect_same_folded("one answers something else");
  drain();
}
END_TEST

static Suite *privacy_suite(void) {
  Suite *suite = suite_create("privacy");
  TCase *tests = tcase_create("privacy");
  tcase_set_timeout(tests, 0);
  tcase_add_test(tests, a_small_group_is_withheld_wherever_it_is_asked_for);
  tcase_add_test(tests, administrators_see_how_many_but_not_what);
  tcase_add_test(tests, administrators_see_how_many_are_excluded);
  tcase_add_test(tests, a_group_without_answers_shows_that_it_has_none);
  tcase_add_test(tests, tickets_with_late_answers_give_nobody_away);
  tcase_add_test(tests, people_count_not_answers);
  tcase_add_test(tests, a_second_dimension_gives_nobody_away);
  tcase_add_test(tests, pieces_of_time_are_windows_of_their_own);
  tcase_add_test(tests, who_leaves_and_who_comes_counts_at_once);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  return house_run(privacy_suite());
}
