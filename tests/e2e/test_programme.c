// The programme: whether it measures, shares, identifies and improves, answered from what is there.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__
#define ISSUE(i, at, broken) "errors." #i ".pointer = " at, "errors." #i ".rule = " broken
#define TENANT "(select tenant_id from tenants where slug = 'acme')"
#define PROGRAMME(who, sentence, query, ...) \
  {.says = sentence, .key = who, .path = "/v1/programme" query, .headers = "Cache-Control: no-cache", .status = 200, .expects = {__VA_ARGS__}}
#define CHANGE(sentence, metric, json) \
  {.says = sentence, .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/" metric, .headers = "If-Match: *", .body = json, .status = 200}

START_TEST(begins_with_nothing) {
  static const struct step story[] = {
      PROGRAMME(DASHBOARD, "Who has done nothing is told where to begin", "", "cycle.length = 4", "cycle.0.phase = measure", "cycle.0.state = not_started",
                "cycle.0.next = ~^Ask for experience", "cycle.2.phase = identify", "cycle.2.state = not_started", "cycle.3.state = not_started"),
      PROGRAMME(DASHBOARD, "but for the dashboard that reads it", "", "cycle.1.phase = share", "cycle.1.state = in_progress", "csi.5.step = present",
                "csi.5.state = in_progress", "csi.5.sentence = Dashboards with a key: 1; webhooks that are told of changes: 0; events that arrived in this window: 0."),
      PROGRAMME(DASHBOARD, "No condition can be told", "", "conditions.continuous.holds = null", "conditions.continuous.gap_days = null",
                "conditions.continuous.days = 89", "conditions.right_time.holds = null", "conditions.right_time.median_minutes = null",
                "conditions.in_context.holds = null", "conditions.in_context.percent = null", "conditions.adding_value.holds = null",
                "conditions.adding_value.questions = []", "conditions.before_changes.holds = null", "conditions.before_changes.percent = null"),
      PROGRAMME(DASHBOARD, "Presets are wanted, and have no source", "", "csi.length = 7", "csi.0.step = define_wanted", "csi.0.state = in_progress",
                "csi.0.lacking.0 = happiness", "csi.1.state = in_progress", "csi.1.lacking.0 = happiness", "csi.2.state = not_started",
                "csi.2.last_day = null", "csi.3.state = not_started", "csi.4.state = not_started", "csi.6.state = not_started", "csi.6.number = 7"),
      {.says = "It is the organisation's", .key = DASHBOARD, .path = "/v1/programme?scope=service:vpn&metrics=ces&with_excluded=true", .status = 422,
       .expects = {ISSUE(0, "scope", "unknown"), ISSUE(1, "metrics", "unknown"), ISSUE(2, "with_excluded", "unknown")}},
      {.says = "of a year at most", .key = DASHBOARD, .path = "/v1/programme?last=367d", .status = 422, .expects = {ISSUE(0, "from", "range")}},
      PROGRAMME(DASHBOARD, "which it may have", "?last=366d", "conditions.continuous.days = 365"),
      {.says = "and nothing for a portal", .key = PORTAL, .path = "/v1/programme", .status = 403},
  };
  STEPS(story);
}
END_TEST

// A ticket of May 2026 with its answer, `delay` minutes after it was resolved at ten.
static void answer_after(const char *ref, int day, int delay, const char *context, const char *answers) {
  char path[100], body[400];
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  (void)snprintf(body, sizeof body, "{\"opened_at\": \"2026-05-%02dT08:00:00Z\", \"resolved_at\": \"2026-05-%02dT10:00:00Z\", \"context\": {%s}}", day, day, context);
  EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "ref present");
  (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"respondent\": \"%s\", %s, \"submitted_at\": \"2026-05-%02dT%02d:%02d:00Z\"}", ref, ref, answers, day,
                 10 + delay / 60, delay % 60);
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 201, "id present");
}

#define MAY "?from=2026-05-01&to=2026-05-31"

START_TEST(finds_gaps_delays_and_contexts) {
  answer_after("A-1", 3, 30, "\"service\": \"vpn\"", "\"happiness\": 9");
  answer_after("A-2", 4, 60, "\"service\": \"vpn\"", "\"happiness\": 9");
  answer_after("A-3", 12, 90, "\"service\": \"mail\"", "\"happiness\": 9");
  answer_after("A-4", 20, 600, "\"service\": \"mail\"", "\"happiness\": 9, \"csat\": 4");
  static const struct step four[] = {
      PROGRAMME(DASHBOARD, "Days with feedback are known of few", MAY, "conditions.continuous.gap_days = 11", "conditions.continuous.days = 31",
                "conditions.continuous.holds = false", "conditions.continuous.sentence = The longest gap without feedback was 11 of 31 days; at most 7 are "
                "continuous."),
      PROGRAMME(DASHBOARD, "What they did is withheld", MAY, "conditions.right_time.median_minutes = null", "conditions.right_time.n = null",
                "conditions.right_time.holds = null", "conditions.adding_value.questions.0.metric = happiness",
                "conditions.adding_value.questions.0.suppressed = true", "conditions.adding_value.questions.0.answer_rate = null"),
  };
  STEPS(four);
  answer_after("A-5", 28, 40, "\"service\": \"mail\", \"location\": \"oslo\"", "\"happiness\": 3");
  static const struct step five[] = {
      PROGRAMME(DASHBOARD, "Of five people it is told", MAY, "conditions.right_time.median_minutes = 60", "conditions.right_time.n = 5",
                "conditions.right_time.holds = true", "conditions.continuous.gap_days = 7", "conditions.continuous.holds = true",
                "conditions.right_time.sentence = Half of the answers came within 60 minutes of their ticket's closure; at most 1440 are the right time."),
      PROGRAMME(DASHBOARD, "but not that one of them has a location", MAY, "conditions.in_context.percent = null"),
      PROGRAMME(DASHBOARD, "A question is answered by all, another one by too few to tell", MAY, "conditions.adding_value.questions.length = 2",
                "conditions.adding_value.questions.0.answer_rate = 100", "conditions.adding_value.questions.0.insights.length = 4",
                "conditions.adding_value.questions.0.used = true", "conditions.adding_value.questions.1.metric = csat",
                "conditions.adding_value.questions.1.suppressed = true", "conditions.adding_value.questions.1.used = false",
                "conditions.adding_value.holds = false"),
      PROGRAMME(DASHBOARD, "So it is measured, but not as it should be", MAY, "cycle.0.state = in_progress", "csi.2.state = in_progress",
                "csi.2.last_day = 2026-05-28", "csi.3.state = done", "csi.3.next = null"),
      PROGRAMME(DASHBOARD, "Where nothing was answered, nothing is known", "?from=2026-03-01&to=2026-03-31", "conditions.continuous.holds = null",
                "conditions.adding_value.questions = []"),
  };
  STEPS(five);
}
END_TEST

START_TEST(rounds_what_is_in_context_and_withholds_small_groups) {
  for (int i = 0; i < 55; i++) {
    char ref[20];
    (void)snprintf(ref, sizeof ref, "B-%d", i);
    answer_after(ref, 1 + i % 28, 600, i < 30 ? "\"service\": \"vpn\", \"location\": \"oslo\"" : "\"service\": \"vpn\"", "\"happiness\": 8, \"ces\": 5");
  }
  static const struct step sixty[] = {
      PROGRAMME(DASHBOARD, "Of sixty answers all have a service and half have a location, so half have both", MAY, "conditions.in_context.percent = 50",
                "conditions.in_context.holds = false", "conditions.in_context.dimensions.length = 9"),
      PROGRAMME(DASHBOARD, "The median is that of all", MAY, "conditions.right_time.median_minutes = 600", "conditions.right_time.n = 60"),
      PROGRAMME(DASHBOARD, "Who has a supplier is nobody", MAY, "conditions.in_context.dimensions.6.name = supplier",
                "conditions.in_context.dimensions.6.percent = 0", "conditions.in_context.dimensions.0.name = service",
                "conditions.in_context.dimensions.0.percent = 100", "conditions.in_context.dimensions.4.name = location",
                "conditions.in_context.dimensions.4.percent = 50"),
      PROGRAMME(DASHBOARD, "Feedback came every day or so", MAY, "conditions.continuous.holds = true", "conditions.continuous.gap_days = 3"),
      PROGRAMME(DASHBOARD, "Nobody uses ease", MAY, "conditions.adding_value.questions.2.metric = ces", "conditions.adding_value.questions.2.answer_rate = 91.67",
                "conditions.adding_value.questions.2.used = false"),
      {.says = "until it is agreed on", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/ease", .body = JSON({"name": "Easy", "owner": "anna", "target": 60,
       "components": [{"metric": "ces", "weight": 1}, {"metric": "csat", "weight": 1}]}), .status = 201},
      PROGRAMME(DASHBOARD, "as a part of an index", MAY, "conditions.adding_value.questions.2.xlas = 1", "conditions.adding_value.questions.2.used = true",
                "conditions.adding_value.questions.1.xlas = 1", "conditions.adding_value.holds = true", "csi.4.state = in_progress",
                "csi.4.sentence = Agreements in force: 1; of these judged: 0; initiatives evaluated in this window: 0."),
  };
  STEPS(sixty);
}
END_TEST

static void initiate(const char *id, const char *content, const char *started, const char *status) {
  char statement[1000];
  (void)snprintf(statement, sizeof statement,
                 "insert into initiatives (tenant_id, initiative_id, content, created_at, created_by, status, ended_at) values (" TENANT ", '%s', '%s',"
                 " '2026-05-10T12:00:00Z', 'key', '%s', %s)", id, content, status, strcmp(status, "open") == 0 ? "null" : "now()");
  sql_run(statement);
  if (!started) return;
  (void)snprintf(statement, sizeof statement,
                 "insert into initiative_actions (tenant_id, initiative_id, action_id, iteration, title, started_at, created_by) values (" TENANT ", '%s', '%s', 1,"
                 " 'Act', '%s', 'key'), (" TENANT ", '%s', gen_random_uuid(), 1, 'Plan', null, 'key')", id, id, started, id);
  sql_run(statement);
}

#define ONE   "01900000-0000-7000-8000-000000000001"
#define TWO   "01900000-0000-7000-8000-000000000002"
#define THREE "01900000-0000-7000-8000-000000000003"

START_TEST(knows_which_initiatives_were_measured_before) {
  static const struct step baseline[] = {
      {.says = "A baseline is captured of early May", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .body = JSON({"name": "Before", "from": "2026-05-01",
       "to": "2026-05-09"}), .status = 201, .saves = {"baseline <- id"}},
  };
  char content[400];
  STEPS(baseline);
  (void)snprintf(content, sizeof content, "{\"baseline\": \"%s\", \"metric\": \"nps\", \"source\": {\"kind\": \"insight\"}}", saved("baseline"));
  // Late on the 9th in UTC it is the 10th in Oslo.
  initiate(ONE, content, "2026-05-09T22:30:00Z", "open");
  static const struct step measured[] = {
      PROGRAMME(DASHBOARD, "An initiative that begins the day after was measured before", MAY, "conditions.before_changes.begun = 1",
                "conditions.before_changes.measured_before = 1", "conditions.before_changes.percent = 100", "conditions.before_changes.holds = true"),
      PROGRAMME(DASHBOARD, "It came from an insight, and goes on", MAY, "cycle.2.state = done", "cycle.3.state = in_progress", "csi.6.state = in_progress",
                "csi.6.next = ~^Take the open initiatives"),
      PROGRAMME(DASHBOARD, "In June nothing began", "?from=2026-06-01&to=2026-06-30", "conditions.before_changes.begun = 0", "cycle.2.state = in_progress"),
  };
  STEPS(measured);
  initiate(TWO, content, "2026-05-09T12:00:00Z", "open");
  initiate(THREE, "{\"guardrails\": [\"ces\"], \"success_factors\": [{\"text\": \"x\", \"metric\": \"csat\"}]}", "2026-05-20T12:00:00Z", "cancelled");
  static const struct step late[] = {
      PROGRAMME(DASHBOARD, "One that began on the baseline's last day, and one without any, were not", MAY, "conditions.before_changes.begun = 3",
                "conditions.before_changes.measured_before = 1", "conditions.before_changes.percent = 33.33", "conditions.before_changes.holds = false"),
      PROGRAMME(DASHBOARD, "What was cancelled uses nothing", MAY, "conditions.adding_value.questions.2.metric = ces",
                "conditions.adding_value.questions.2.initiatives = 0", "conditions.adding_value.questions.0.initiatives = 0"),
  };
  STEPS(late);
  sql_run("update initiatives set status = 'open', ended_at = null where initiative_id = '" THREE "'");
  sql_run("insert into evaluations (tenant_id, initiative_id, iteration, evaluated_at, window_from, window_to, verdict, still_relevant, content, created_by)"
          " values (" TENANT ", '" ONE "', 1, '2026-05-30T12:00:00Z', '2026-05-20', '2026-05-29', 'improved', true, '{}', 'key')");
  static const struct step done[] = {
      PROGRAMME(DASHBOARD, "What goes on uses what it looks after", MAY, "conditions.adding_value.questions.2.initiatives = 1",
                "conditions.adding_value.questions.1.initiatives = 1"),
      PROGRAMME(DASHBOARD, "An evaluation closes the circle", MAY, "cycle.3.state = done", "cycle.3.next = null", "csi.6.state = done", "csi.4.state = done",
                "csi.6.sentence = Initiatives that go on: 3; evaluated in this window: 1."),
  };
  STEPS(done);
}
END_TEST

START_TEST(knows_what_was_defined_and_shown) {
  sql_run("insert into objectives (tenant_id, slug, content) values (" TENANT ", 'joy', '{\"slug\": \"joy\", \"level\": \"vision\", \"parent\": null}')");
  sql_run("insert into webhooks (tenant_id, webhook_id, url, events, secret) values (" TENANT ", '" ONE "', 'https://example.org', '{}', repeat('x', 32)::bytea)");
  sql_run("insert into outbox (tenant_id, webhook_id, event_id, type, body, state, created_at, attempted_at, next_attempt_at) values"
          " (" TENANT ", '" ONE "', '" ONE "', 'webhook.test', '{}', 'delivered', now(), '2026-05-20T12:00:00Z', null),"
          " (" TENANT ", '" ONE "', '" TWO "', 'xla.met', '{}', 'dead', now(), '2026-05-20T12:00:00Z', null)");
  static const struct step story[] = {
      CHANGE("A target is set", "happiness", JSON({"target": 40})),
      PROGRAMME(DASHBOARD, "Then it is defined what is good, and what for", MAY, "csi.0.state = done", "csi.0.sentence = ~; of these with a target: 1; objectives that say what for: 1"),
      PROGRAMME(DASHBOARD, "A test that arrived shows nothing to anybody", MAY, "csi.5.state = in_progress",
                "csi.5.sentence = Dashboards with a key: 1; webhooks that are told of changes: 1; events that arrived in this window: 0."),
  };
  STEPS(story);
  sql_run("update outbox set state = 'delivered' where type = 'xla.met'");
  static const struct step shown[] = {PROGRAMME(DASHBOARD, "an event does", MAY, "csi.5.state = done", "cycle.1.state = done", "cycle.1.next = null")};
  STEPS(shown);
}
END_TEST
// clang-format on

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  Suite *suite = suite_create("programme");
  TCase *cases = tcase_create("programme");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, begins_with_nothing);
  tcase_add_test(cases, finds_gaps_delays_and_contexts);
  tcase_add_test(cases, rounds_what_is_in_context_and_withholds_small_groups);
  tcase_add_test(cases, knows_which_initiatives_were_measured_before);
  tcase_add_test(cases, knows_what_was_defined_and_shown);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
