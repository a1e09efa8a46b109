// Maturity: what is measured and reached at each level, how current it is, where the effort sits, and what has become its own goal.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__
#define ISSUE(i, at, broken) "errors." #i ".pointer = " at, "errors." #i ".rule = " broken
#define TENANT "(select tenant_id from tenants where slug = 'acme')"
#define MATURITY(who, sentence, ...) \
  {.says = sentence, .key = who, .path = "/v1/maturity", .headers = "Cache-Control: no-cache", .status = 200, .expects = {__VA_ARGS__}}
#define CHANGE(sentence, metric, json) \
  {.says = sentence, .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/" metric, .headers = "If-Match: *", .body = json, .status = 200}
#define MEASURE(sentence, json) {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/measurements", .body = json, .status = 201}
#define TICKET(sentence, ref, json) {.says = sentence, .key = PORTAL, .method = "PUT", .path = "/v1/tickets/" ref, .body = json, .status = 201}
#define RESPONSE(sentence, json) {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = json, .status = 201}

// ${d1} is yesterday, ${d40} forty days ago, in the tenant's zone.
static void set_days(void) {
  static const int AGO[] = {0, 1, 2, 40, 100, 365, 366};
  for (size_t i = 0; i < sizeof AGO / sizeof *AGO; i++) {
    char name[20], query[200];
    (void)snprintf(name, sizeof name, "d%d", AGO[i]);
    (void)snprintf(query, sizeof query, "select ((now() at time zone 'Europe/Oslo')::date - %d)::text", AGO[i]);
    steps_set(name, sql_text(query));
  }
}

START_TEST(says_of_nothing_what_is_to_do) {
  static const struct step story[] = {
      MATURITY(DASHBOARD, "Who has measured nothing is warned", "measured_up_to = 0", "reached_up_to = 0", "levels.length = 5", "levels.0.title = Cost-centre",
               "levels.0.measured = false", "levels.0.reached = false", "levels.0.effort = {\"metrics\":0,\"share\":null}", "levels.4.title = Business partner",
               "warnings.length = 1", "warnings.0.warning = nothing_current", "more = 0", "window.to = ${d0}", "window.from = ${d365}"),
      MATURITY(DASHBOARD, "and told what to do about each metric", "levels.0.rows.0.key = ticket_volume", "levels.0.rows.0.current = false",
               "levels.0.rows.0.last_day = null", "levels.0.rows.0.figure.n = 0", "levels.0.rows.0.target = null", "levels.0.rows.0.attains = null",
               "levels.0.rows.0.gap = Nothing was gathered within 366 days: report it with tickets (PUT /v1/tickets/{ref}).",
               "levels.2.rows.0.key = happiness", "levels.2.rows.0.level = tactical",
               "levels.2.rows.0.gap = Nothing was gathered within 366 days: ask for it in responses (POST /v1/responses).",
               "levels.2.rows.5.key = expectation", "levels.2.rows.5.wanted = false", "levels.2.rows.5.gap = null"),
      {.says = "It is the organisation's, as of today", .key = DASHBOARD, .path = "/v1/maturity?scope=service:vpn&last=30d&metrics=happiness&compare=previous",
       .status = 422, .expects = {ISSUE(0, "scope", "unknown"), ISSUE(1, "last", "unknown"), ISSUE(2, "metrics", "unknown"), ISSUE(3, "compare", "unknown")}},
      {.says = "and nothing for a portal", .key = PORTAL, .path = "/v1/maturity", .status = 403},
  };
  STEPS(story);
}
END_TEST

START_TEST(warns_of_measuring_the_first_level_only) {
  static const struct step story[] = {
      TICKET("A ticket is reported", "M-1", JSON({"opened_at": "${d1}T08:00:00Z", "resolved_at": "${d1}T10:00:00Z", "sla_met": true})),
      MATURITY(DASHBOARD, "Then something is current", "levels.0.rows.0.key = ticket_volume", "levels.0.rows.0.current = true", "levels.0.rows.0.last_day = ${d1}",
               "levels.0.rows.0.gap = null", "levels.0.rows.2.key = sla_met", "levels.0.rows.2.figure.value = 100",
               "levels.0.rows.3.key = resolution_time", "levels.0.rows.3.figure.value = 120",
               "levels.0.rows.3.gap = It has no target: PATCH /v1/metrics/resolution_time with one.", "levels.0.effort.share = 100", "levels.1.effort.share = 0"),
      MATURITY(DASHBOARD, "all of it about how IT works", "warnings.length = 1", "warnings.0.warning = only_level_1"),
      MATURITY(DASHBOARD, "The settings' target stands where the metric has none", "levels.0.rows.2.target = 90", "levels.0.rows.2.attains = true",
               "levels.0.rows.2.gap = null"),
      CHANGE("until it has one", "sla_met", JSON({"target": 95.5})),
      CHANGE("and one is set for another", "resolution_time", JSON({"target": 90})),
      MATURITY(DASHBOARD, "which is missed", "levels.0.rows.2.target = 95.5", "levels.0.rows.3.target = 90", "levels.0.rows.3.attains = false",
               "levels.0.rows.3.gap = It misses its target.", "levels.0.missed = 1"),
  };
  STEPS(story);
}
END_TEST

START_TEST(knows_how_current_a_value_is_by_who_works_with_it) {
  static const struct step story[] = {
      MEASURE("A strategic value is entered a hundred days ago", JSON({"metric": "objectives_in_it_strategy", "value": 80, "day": "${d100}"})),
      MEASURE("a tactical one, too", JSON({"metric": "procedures_automated", "value": 40, "day": "${d100}"})),
      MEASURE("and an operational one forty days ago", JSON({"metric": "service_availability", "value": 99.5, "day": "${d40}"})),
      CHANGE("by somebody", "service_availability", JSON({"supplier": "Network team"})),
      MATURITY(DASHBOARD, "For a year the first is current", "levels.4.rows.0.key = objectives_in_it_strategy", "levels.4.rows.0.current = true",
               "levels.4.rows.0.last_day = ${d100}", "levels.4.rows.0.figure.value = 80", "levels.4.rows.0.window.from = ${d365}", "levels.4.effort.metrics = 1",
               "warnings.length = 0"),
      MATURITY(DASHBOARD, "for a quarter and a month the others were", "levels.1.rows.4.key = procedures_automated", "levels.1.rows.4.current = false",
               "levels.1.rows.4.last_day = ${d100}", "levels.1.rows.4.figure.value = null", "levels.1.rows.5.key = service_availability",
               "levels.1.rows.5.last_day = ${d40}",
               "levels.1.rows.5.gap = It was gathered last on ${d40}, which is too long ago: enter it (POST /v1/measurements), which is up to Network team."),
      CHANGE("Whoever looks at it quarterly", "service_availability", JSON({"level": "tactical"})),
      MATURITY(DASHBOARD, "finds it current", "levels.1.rows.5.current = true", "levels.1.rows.5.figure.value = 99.5"),
  };
  STEPS(story);
}
END_TEST

START_TEST(withholds_what_few_have_answered) {
  static const struct step four[] = {
      CHANGE("Of the third level happiness alone is wanted", "happiness", JSON({"target": 50})),
      CHANGE("not lost time", "lost_time", JSON({"wanted": false})),
      CHANGE("nor satisfaction", "csat", JSON({"wanted": false})),
      CHANGE("nor ease", "ces", JSON({"wanted": false})),
      CHANGE("nor promoters", "nps", JSON({"wanted": false})),
      RESPONSE("One answers", JSON({"ticket": "M-1", "respondent": "a", "happiness": 9, "submitted_at": "${d1}T11:00:00Z"})),
      RESPONSE("and another", JSON({"ticket": "M-1", "respondent": "b", "happiness": 9, "submitted_at": "${d1}T11:00:00Z"})),
      RESPONSE("and another", JSON({"ticket": "M-1", "respondent": "c", "happiness": 10, "submitted_at": "${d1}T11:00:00Z"})),
      RESPONSE("and another", JSON({"ticket": "M-1", "respondent": "d", "happiness": 7, "submitted_at": "${d1}T11:00:00Z"})),
      MATURITY(DASHBOARD, "These are too few to tell what they feel, but it is measured", "levels.2.rows.0.current = true",
               "levels.2.rows.0.figure = {\"suppressed\":true}", "levels.2.rows.0.attains = null", "levels.2.rows.0.gap = ~^It is withheld",
               "levels.2.measured = true", "levels.2.reached = null", "levels.2.wanted = 1", "levels.2.current = 1", "levels.2.attained = 0"),
      MATURITY(ADMIN, "An administrator sees how many", "levels.2.rows.0.figure = {\"suppressed\":true,\"n\":4}", "levels.2.rows.0.attains = null"),
      RESPONSE("A fifth answers", JSON({"ticket": "M-1", "respondent": "e", "happiness": 9, "submitted_at": "${d1}T11:00:00Z"})),
      MATURITY(DASHBOARD, "and the level is reached", "levels.2.rows.0.figure.value = 80", "levels.2.rows.0.figure.n = 5", "levels.2.rows.0.attains = true",
               "levels.2.reached = true", "levels.2.attained = 1", "measured_up_to = 0", "reached_up_to = 0"),
      CHANGE("Who wants more", "happiness", JSON({"target": 90})),
      MATURITY(DASHBOARD, "has not reached it", "levels.2.reached = false", "levels.2.missed = 1"),
  };
  STEPS(four);
}
END_TEST

// Agreements that began long ago can't be made by HTTP.
static void agree(const char *slug, const char *terms) {
  char statement[2000];
  (void)snprintf(statement, sizeof statement,
                 "insert into xlas (tenant_id, slug, content) select " TENANT ", '%s', (jsonb_build_object('slug', '%s', 'name', 'All', 'owner', 'anna',"
                 " 'commitment', 'result', 'min_responses', 5, 'warn', jsonb_build_object('burn', 2), 'starts_on', current_date - 20,"
                 " 'review_by', current_date + 90, 'scope', json_build_object(), 'window_days', 10) || '%s')::json", slug, slug, terms);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement, "insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, slug, 1,"
                 " (content ->> 'starts_on')::date, json_build_object('metric', content -> 'metric', 'components', null, 'scope', content -> 'scope',"
                 " 'target', content -> 'target', 'window_days', content -> 'window_days') from xlas where slug = '%s'", slug);
  sql_run(statement);
}

START_TEST(warns_when_a_target_is_met_while_the_experience_suffers) {
  agree("joy", JSON({"metric": "happiness", "target": 90, "paired_sla": {"metric": "sla_met", "target": 50}}));
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "joy", "--day", saved("d1"));
  static const struct step watermelon[] = {
      MATURITY(DASHBOARD, "Tickets are within their SLA, people are unhappy", "warnings.length = 1", "warnings.0.warning = own_goal",
               "warnings.0.sign = watermelon", "warnings.0.metric = sla_met", "warnings.0.xla = joy", "warnings.0.experience = joy", "warnings.0.flags = []",
               "warnings.0.sentence = Resolved within the SLA may have become its own goal: it attains the target in joy, while the experience agreed on in joy "
               "misses its own."),
  };
  STEPS(watermelon);
  static const struct step more[] = {
      TICKET("More tickets are resolved quickly", "M-2", JSON({"opened_at": "${d1}T08:00:00Z", "resolved_at": "${d1}T10:00:00Z"})),
      TICKET("and quickly", "M-3", JSON({"opened_at": "${d1}T08:00:00Z", "resolved_at": "${d1}T10:00:00Z"})),
      TICKET("and quickly", "M-4", JSON({"opened_at": "${d1}T08:00:00Z", "resolved_at": "${d1}T10:00:00Z"})),
      TICKET("and quickly", "M-5", JSON({"opened_at": "${d1}T08:00:00Z", "resolved_at": "${d1}T11:00:00Z"})),
  };
  STEPS(more);
  agree("quick", JSON({"metric": "resolution_time", "target": 500}));
  (void)cli_text("xla", "evaluate", "--tenant", "acme", "--xla", "quick", "--day", saved("d1"));
  // As if it had been evaluated so.
  sql_run("update xla_days set state = (state::jsonb || '{\"status\": \"met\", \"interval\": [40, 60]}')::json where slug = 'joy' and day = (select max(day)"
          " from xla_days where slug = 'joy')");
  sql_run("update xla_days set state = (state::jsonb || '{\"interval\": [60.01, 80]}')::json where slug = 'joy' and day = (select max(day) - 10 from xla_days"
          " where slug = 'joy')");
  static const struct step worse[] = {
      MATURITY(DASHBOARD, "Tickets are resolved quickly, people are less happy than ten days ago", "warnings.length = 2", "warnings.0.sign = experience_worsened",
               "warnings.0.metric = sla_met", "warnings.0.xla = joy", "warnings.1.sign = experience_worsened", "warnings.1.metric = resolution_time",
               "warnings.1.xla = quick", "warnings.1.experience = joy"),
  };
  STEPS(worse);
  sql_run("update xla_days set state = (state::jsonb || '{\"interval\": [60, 80]}')::json where slug = 'joy' and day = (select max(day) - 10 from xla_days"
          " where slug = 'joy')");
  static const struct step touching[] = {MATURITY(DASHBOARD, "That is not certain where intervals touch", "warnings.length = 0")};
  STEPS(touching);
  sql_run("update xla_days set revised_at = now(), revised_status = status, revised_state = (state::jsonb || '{\"integrity\": [{\"flag\": \"response_rate_fell\","
          " \"verdict\": \"clear\"}, {\"flag\": \"rapid_ratings\", \"verdict\": \"raised\"}]}')::json where slug = 'quick' and day = (select max(day) from xla_days"
          " where slug = 'quick')");
  static const struct step flagged[] = {
      MATURITY(DASHBOARD, "A flag is raised by data that came late", "warnings.length = 1", "warnings.0.sign = integrity_flag",
               "warnings.0.metric = resolution_time", "warnings.0.xla = quick", "warnings.0.experience = null", "warnings.0.flags = [\"rapid_ratings\"]"),
      {.says = "The agreement ends", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/quick", .status = 204},
      MATURITY(DASHBOARD, "and is no goal any more", "warnings.length = 0"),
  };
  STEPS(flagged);
}
END_TEST

#define ID "01900000-0000-7000-8000-000000000001"

START_TEST(warns_when_an_initiative_reaches_its_target_at_the_cost_of_something_else) {
  sql_run("insert into initiatives (tenant_id, initiative_id, content, created_by) values (" TENANT ", '" ID "', '{\"title\": \"Quicker\"}', 'key')");
  sql_run("insert into evaluations (tenant_id, initiative_id, iteration, evaluated_at, window_from, window_to, verdict, still_relevant, content, created_by)"
          " select " TENANT ", '" ID "', 1, now() - interval '366 days', current_date - 400, current_date - 380, 'worsened', true, '{\"metric\": \"ces\","
          " \"reached\": true, \"integrity\": [{\"flag\": \"rapid_ratings\", \"verdict\": \"raised\"}], \"guardrails\": [{\"metric\": \"csat\","
          " \"comparison\": {\"verdict\": \"worsened\"}}, {\"metric\": \"nps\", \"comparison\": {\"suppressed\": true}}]}', 'key'");
  static const struct step old[] = {MATURITY(DASHBOARD, "What was evaluated long ago is over", "warnings.length = 0")};
  STEPS(old);
  sql_run("update evaluations set evaluated_at = now() - interval '365 days'");
  static const struct step story[] = {
      MATURITY(DASHBOARD, "Flags and guardrails are both signs", "warnings.length = 2", "warnings.0.sign = integrity_flag", "warnings.0.metric = ces",
               "warnings.0.initiative = " ID, "warnings.0.xla = null", "warnings.0.flags = [\"rapid_ratings\"]", "warnings.1.sign = experience_worsened",
               "warnings.1.flags = []", "warnings.1.sentence = Customer effort (ease) may have become its own goal: its initiative reaches the target, while what it "
               "was to keep worsens: csat (Quicker)."),
  };
  STEPS(story);
  sql_run("update evaluations set content = (content::jsonb || '{\"reached\": false, \"integrity\": []}')::json");
  static const struct step missed[] = {MATURITY(DASHBOARD, "Who has not reached the target has not gamed it", "warnings.length = 0")};
  STEPS(missed);
}
END_TEST

START_TEST(reads_whole_months_for_who_may_read_nothing_else) {
  static const struct step months[] = {
      {.says = "Dashboards are to read whole months", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: *",
       .body = JSON({"calendar_periods": true}), .status = 200},
      MATURITY(DASHBOARD, "Then months are what values are of", "window.from = ~-01$", "levels.0.rows.0.window.from = ~-01$", "levels.0.rows.0.window.to = ${last}",
               "levels.2.rows.0.window.to = ${last}", "levels.4.rows.0.window.to = ${last}"),
      MATURITY(ADMIN, "not for administrators", "window.to = ${d0}"),
  };
  steps_set("last", sql_text("select (date_trunc('month', now() at time zone 'Europe/Oslo')::date - 1)::text"));
  STEPS(months);
}
END_TEST
// clang-format on

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  set_days();
  Suite *suite = suite_create("maturity");
  TCase *cases = tcase_create("maturity");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, says_of_nothing_what_is_to_do);
  tcase_add_test(cases, warns_of_measuring_the_first_level_only);
  tcase_add_test(cases, knows_how_current_a_value_is_by_who_works_with_it);
  tcase_add_test(cases, withholds_what_few_have_answered);
  tcase_add_test(cases, warns_when_a_target_is_met_while_the_experience_suffers);
  tcase_add_test(cases, warns_when_an_initiative_reaches_its_target_at_the_cost_of_something_else);
  tcase_add_test(cases, reads_whole_months_for_who_may_read_nothing_else);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
