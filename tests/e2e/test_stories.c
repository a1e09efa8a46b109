// Stories: what was said, what was done, and what became of it; of failures too, with comments only where nobody can be told from them.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__
#define ISSUE(i, at, broken) "errors." #i ".pointer = " at, "errors." #i ".rule = " broken
#define TENANT "(select tenant_id from tenants where slug = 'acme')"
#define STORIES(who, sentence, query, ...) {.says = sentence, .key = who, .path = "/v1/stories" query, .status = 200, .expects = {__VA_ARGS__}}

// Somebody writes about a service, at noon of a day.
static void write_about(const char *service, int month, int day, int who) {
  char ref[40], path[100], body[400];
  (void)snprintf(ref, sizeof ref, "%s-%d-%d-%d", service, month, day, who);
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  (void)snprintf(body, sizeof body, "{\"opened_at\": \"2026-%02d-%02dT08:00:00Z\", \"resolved_at\": \"2026-%02d-%02dT10:00:00Z\", \"context\": {\"service\": \"%s\"}}",
                 month, day, month, day, service);
  EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "ref present");
  (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"respondent\": \"%s %d\", \"happiness\": 3, \"language\": \"en\", \"comment\": \"About %s, by %d\","
                 " \"submitted_at\": \"2026-%02d-%02dT12:00:00Z\"}", ref, service, who, service, who, month, day);
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 201, "id present");
}

// What an initiative leaves behind once it is over.
static void initiate(char which, const char *status, const char *ended, const char *content) {
  char statement[2000];
  (void)snprintf(statement, sizeof statement,
                 "insert into initiatives (tenant_id, initiative_id, content, created_by, status, ended_at) values (" TENANT ","
                 " '01900000-0000-7000-8000-00000000000%c', '%s', 'key', '%s', %s)", which, content, status, ended);
  sql_run(statement);
}

static void evaluate(char which, const char *at, const char *verdict, const char *content) {
  char statement[3000];
  (void)snprintf(statement, sizeof statement,
                 "insert into evaluations (tenant_id, initiative_id, iteration, evaluated_at, window_from, window_to, verdict, still_relevant, content, created_by)"
                 " values (" TENANT ", '01900000-0000-7000-8000-00000000000%c', 1, '%s', '2026-05-04', '2026-05-17', '%s', true, (json_build_object('scope',"
                 " json_build_object('service', json_build_array('vpn')), 'baseline', json_build_object('window', json_build_object('from', '2026-04-06', 'to',"
                 " '2026-04-19')))::jsonb || '%s')::json, 'key')", which, at, verdict, content);
  sql_run(statement);
}

static void act(char which, const char *title, const char *done, const char *outcome) {
  char statement[1000];
  (void)snprintf(statement, sizeof statement,
                 "insert into initiative_actions (tenant_id, initiative_id, action_id, iteration, title, started_at, done_at, outcome, created_by) values (" TENANT ","
                 " '01900000-0000-7000-8000-00000000000%c', gen_random_uuid(), 1, '%s', '2026-04-20T08:00:00Z', %s, %s, 'key')", which, title, done, outcome);
  sql_run(statement);
}

START_TEST(tells_nothing_before_anything_is_over) {
  initiate('9', "open", "null", JSON({"title": "Goes on", "scope": {}}));
  static const struct step story[] = {
      STORIES(DASHBOARD, "What goes on is no story yet", "", "items = []", "next = null"),
      {.says = "It is not for portals", .key = PORTAL, .path = "/v1/stories", .status = 403},
      {.says = "A page has a size", .key = DASHBOARD, .path = "/v1/stories?limit=51&verdict=great&cursor=3a61&scope=service:vpn", .status = 422,
       .expects = {ISSUE(0, "limit", "range"), ISSUE(1, "cursor", "format"), ISSUE(2, "verdict", "enum"), ISSUE(3, "scope", "unknown")}},
  };
  STEPS(story);
}
END_TEST

START_TEST(tells_what_was_said_and_done_and_what_became_of_it) {
  for (int who = 0; who < 12; who++) {
    write_about("vpn", 4, 6 + who, who);
    write_about("mail", 4, 6 + who, who);
  }
  for (int who = 0; who < 9; who++) write_about("vpn", 5, 4 + who, who);
  initiate('1', "closed", "'2026-06-02T12:00:00Z'", JSON({"title": "A VPN that holds", "objective": null, "scope": {"service": ["vpn"]}, "source": {"kind": "insight",
           "reference": "what-matters"}, "lessons": {"learned": "Ask first", "shared_how": "Town hall"}}));
  evaluate('1', "2026-06-01T12:00:00Z", "achieved", JSON({"metric": "happiness", "sentence": "Happiness was 10 points before, and 60 after.", "target": 50,
           "reached": true, "before": {"value": 10, "n": 120, "interval": [0, 100], "unit": "points", "formula": "net"}, "after": {"value": 60, "n": 110, "interval": [0, 100], "unit": "points", "formula": "net"}, "hours_won": {"value": 12.5, "interval": [3, 20]},
           "money_won": {"value": "625.00", "interval": ["150.00", "1000.00"], "currency": "EUR"}}));
  act('1', "Renewed the gateway", "'2026-04-30T08:00:00Z'", "'No more drops'");
  act('1', "Wrote a guide", "'2026-04-25T22:30:00Z'", "null");
  act('1', "Never done", "null", "null");
  static const struct step achieved[] = {
      STORIES(DASHBOARD, "What worked is told", "", "items.length = 1", "items.0.initiative = 01900000-0000-7000-8000-000000000001", "items.0.title = A VPN that holds",
              "items.0.status = closed", "items.0.verdict = achieved", "items.0.told_at = 2026-06-02T12:00:00Z", "items.0.iteration = 1",
              "items.0.sentence = You said: What people answered pointed at it. Happiness was 10 points in 120 answers. We did: Wrote a guide; Renewed the gateway. "
              "It worked. Happiness was 10 points before, and 60 after. Hours of work won: 12.5.",
              "items.0.lessons = {\"learned\":\"Ask first\",\"shared_how\":\"Town hall\"}"),
      STORIES(DASHBOARD, "with its figures", "", "items.0.you_said.source = insight", "items.0.you_said.reference = what-matters",
              "items.0.you_said.window = {\"from\":\"2026-04-06\",\"to\":\"2026-04-19\"}", "items.0.you_said.metric = happiness",
              "items.0.you_said.before.value = 10", "items.0.outcome.window.from = 2026-05-04", "items.0.outcome.after.value = 60", "items.0.outcome.target = 50",
              "items.0.outcome.reached = true", "items.0.outcome.hours_won.value = 12.5", "items.0.outcome.money_won.value = \"625.00\"",
              "items.0.outcome.still_relevant = true"),
      STORIES(DASHBOARD, "its actions, in the tenant's days", "", "items.0.we_did.actions.length = 2", "items.0.we_did.actions.0.title = Wrote a guide",
              "items.0.we_did.actions.0.done_on = 2026-04-26", "items.0.we_did.actions.1.outcome = No more drops", "items.0.we_did.actions.1.experiment = false"),
      STORIES(DASHBOARD, "and with comments of many, from there and then", "", "items.0.you_said.quotes.length = 3", "items.0.you_said.quotes_withheld = false",
              "items.0.you_said.quotes.0.comment = ~^About vpn, by [0-9]+$", "items.0.you_said.quotes.1.comment = ~^About vpn", "items.0.you_said.quotes.2.band = negative",
              "items.0.you_said.quotes.0.language = en", "items.0.you_said.quotes.0.response absent"),
      {.says = "as a table, too", .key = DASHBOARD, .path = "/v1/stories", .headers = "Accept: text/csv", .status = 200,
       .expects = {"header Content-Type = ~^text/csv", "(body) = ~initiative,title,objective", "(body) = ~,10,120,0,100,points,net,"}},
      STORIES(ADMIN, "but not of nine, to nobody", "", "items.0.outcome.quotes = []", "items.0.outcome.quotes_withheld = true"),
  };
  STEPS(achieved);
  write_about("vpn", 5, 16, 9);
  static const struct step ten[] = {
      STORIES(DASHBOARD, "Of ten they are shown", "", "items.0.outcome.quotes.length = 3", "items.0.outcome.quotes_withheld = false"),
  };
  STEPS(ten);
}
END_TEST

START_TEST(tells_failures_like_successes) {
  initiate('2', "closed", "'2026-06-03T12:00:00Z'", JSON({"title": "Faster", "scope": {}, "source": {"kind": "xla", "reference": "joy"}}));
  evaluate('2', "2026-06-03T11:00:00Z", "worsened", JSON({"metric": "happiness", "sentence": "It is worse now.", "target": 50, "reached": null,
           "before": {"suppressed": true}, "after": {"suppressed": true}, "hours_won": {"value": -3.25, "interval": null}, "money_won": null}));
  initiate('3', "cancelled", "'2026-06-04T12:00:00Z'", JSON({"title": "Free lunch", "scope": {}, "source": {"kind": "suggestion", "reference": null}}));
  sql_run("insert into initiative_steps (tenant_id, initiative_id, seq, kind, from_step, to_step, iteration, reason, by_key) values (" TENANT ","
          " '01900000-0000-7000-8000-000000000003', 2, 'cancel', 'vision', 'vision', 1, 'There is no such thing.', 'key')");
  initiate('4', "open", "null", JSON({"title": "Second try", "scope": {}}));
  evaluate('4', "2026-06-05T12:00:00Z", "inconclusive", JSON({"metric": "happiness", "sentence": "Chance may explain it.", "target": 50, "reached": false,
           "before": {"value": 1, "n": 2, "interval": [0, 100], "unit": "points", "formula": "net"}, "after": {"value": 2, "n": 3, "interval": [0, 100], "unit": "points", "formula": "net"}, "hours_won": {"value": 0, "interval": null}, "money_won": null}));
  static const struct step story[] = {
      STORIES(DASHBOARD, "Newest first", "?limit=2", "items.length = 2", "items.0.title = Second try", "items.0.status = open",
              "items.0.sentence = You said: Happiness was 1 points in 2 answers. We finished no action. Whether it helped can't be told. Chance may explain it.",
              "items.0.we_did.actions = []", "items.1.title = Free lunch", "items.1.verdict = null", "items.1.outcome.reason = There is no such thing.",
              "items.1.sentence = You said: Somebody suggested it. We finished no action. It was given up: There is no such thing.",
              "items.1.you_said.before = null", "items.1.you_said.window = null", "items.1.you_said.quotes_withheld = false", "header Link present"),
      {.says = "with a way to the next", .key = DASHBOARD, .path = "/v1/stories?limit=2", .status = 200, .saves = {"next <- next"}},
      STORIES(DASHBOARD, "and so on", "?limit=2&cursor=${next}", "items.length = 2", "items.0.title = Faster", "items.1.title = A VPN that holds", "next = null",
              "items.0.sentence = You said: An experience level agreement was at stake. Happiness can't be shown, for the sake of the few who answered. "
              "We finished no action. It made things worse. It is worse now. Hours of work lost: 3.25.", "items.0.you_said.before = {\"suppressed\":true}"),
      STORIES(DASHBOARD, "Some are asked for", "?verdict=worsened", "items.length = 1", "items.0.title = Faster"),
  };
  STEPS(story);
}
END_TEST

START_TEST(quotes_no_windows_that_may_not_be_read) {
  static const struct step story[] = {
      {.says = "Dashboards are to read whole months", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: *",
       .body = JSON({"calendar_periods": true}), .status = 200},
      {.says = "Then a fortnight has no quotes", .key = DASHBOARD, .path = "/v1/stories?verdict=achieved", .status = 200, .within_seconds = 10,
       .expects = {"items.0.you_said.quotes = []", "items.0.you_said.quotes_withheld = true", "items.0.outcome.quotes_withheld = true"}},
      STORIES(ADMIN, "but for administrators", "?verdict=achieved", "items.0.you_said.quotes.length = 3"),
  };
  STEPS(story);
}
END_TEST

#define ADVANCES(sentence) \
  {.says = sentence, .key = ADMIN, .method = "POST", .path = "/v1/initiatives/${id}/advance", .headers = "If-Match: *", .status = 200}

START_TEST(tells_what_was_evaluated) {
  static const struct step story[] = {
      {.says = "There is an objective", .key = ADMIN, .method = "PUT", .path = "/v1/objectives/calm", .body = JSON({"title": "Calm", "level": "strategic"}),
       .status = 201},
      {.says = "It is known how it was", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .body = JSON({"name": "Before", "scope": "service:vpn",
       "from": "2026-04-06", "to": "2026-04-19"}), .status = 201, .saves = {"baseline <- id"}},
      {.says = "which is to be better", .key = ADMIN, .method = "POST", .path = "/v1/initiatives", .status = 201, .saves = {"id <- id"},
       .body = JSON({"title": "Really", "vision": "Calm", "objective": "calm", "owner": "anna", "scope": {"service": ["vpn"]}, "baseline": "${baseline}",
       "metric": "happiness", "target": 20, "due_on": "2026-12-31", "success_factors": [{"text": "Time"}], "source": {"kind": "focus_group"}})},
      {.says = "by something", .key = ADMIN, .method = "POST", .path = "/v1/initiatives/${id}/actions", .status = 201, .body = JSON({"title": "Did it",
       "owner": "bo", "due_on": "2026-05-01", "started_at": "2026-04-20T08:00:00Z", "done_at": "2026-05-03T08:00:00Z"})},
      ADVANCES("So it goes"), ADVANCES("step"), ADVANCES("by"), ADVANCES("step"), ADVANCES("to its evaluation"),
      {.says = "which is made", .key = ADMIN, .method = "POST", .path = "/v1/initiatives/${id}/evaluation", .body = JSON({"still_relevant": false}), .status = 201,
       .expects = {"verdict = inconclusive", "window.from = 2026-05-04", "window.to = 2026-05-17"}},
      STORIES(DASHBOARD, "and told at once", "?limit=1", "items.0.title = Really", "items.0.objective = calm", "items.0.status = open", "items.0.verdict = inconclusive",
              "items.0.sentence = ~^You said: A focus group asked for it. Happiness was -100 points in 12 answers. We did: Did it. Whether it helped can't be told. "
              "Happiness was -100 points before, and -100 after", "items.0.you_said.window.from = 2026-04-06", "items.0.you_said.before.n = 12",
              "items.0.you_said.quotes.length = 3", "items.0.outcome.window.to = 2026-05-17", "items.0.outcome.after.n = 10", "items.0.outcome.target = 20",
              "items.0.outcome.reached = false", "items.0.outcome.hours_won = null", "items.0.outcome.still_relevant = false", "items.0.outcome.quotes.length = 3"),
  };
  STEPS(story);
}
END_TEST

// A dimension that is gone.
START_TEST(quotes_only_what_is_there) {
  sql_run("update evaluations set content = (content::jsonb || '{\"scope\": {\"planet\": [\"mars\"]}}')::json where verdict = 'achieved'");
  static const struct step story[] = {
      STORIES(ADMIN, "Where the scope can't be asked for nothing is quoted", "?verdict=achieved", "items.0.you_said.quotes = []",
              "items.0.you_said.quotes_withheld = true"),
  };
  STEPS(story);
}
END_TEST
// clang-format on

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  Suite *suite = suite_create("stories");
  TCase *cases = tcase_create("stories");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, tells_nothing_before_anything_is_over);
  tcase_add_test(cases, tells_what_was_said_and_done_and_what_became_of_it);
  tcase_add_test(cases, tells_failures_like_successes);
  tcase_add_test(cases, tells_what_was_evaluated);
  tcase_add_test(cases, quotes_no_windows_that_may_not_be_read);
  tcase_add_test(cases, quotes_only_what_is_there);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
