// Initiatives on their way through the seven steps: what is refused and why, what an evaluation finds, and how it goes on.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__

#define ME "/v1/initiatives/${id}"
#define MATCHES .headers = "If-Match: ${tag}"
#define TAGGED  .saves = {"tag <- header ETag"}

#define BEGINS(sentence, json) {.says = sentence, .key = ADMIN, .method = "POST", .path = "/v1/initiatives", .body = json, .status = 201, \
  .expects = {"step = vision", "status = open", "iteration = 1"}, .saves = {"id <- id", "tag <- header ETag"}}
#define READS(sentence, ...) {.says = sentence, .key = ADMIN, .path = ME, .status = 200, .expects = {__VA_ARGS__}, TAGGED}
#define CHANGES(sentence, json) {.says = sentence, .key = ADMIN, .method = "PATCH", .path = ME, MATCHES, .body = json, .status = 200, TAGGED}
#define ADVANCES(sentence, to) {.says = sentence, .key = ADMIN, .method = "POST", .path = ME "/advance", MATCHES, .status = 200, \
  .expects = {"step = " to, "status = open", "header ETag present"}, TAGGED}
#define REFUSES(sentence, query, ...) {.says = sentence, .key = ADMIN, .method = "POST", .path = ME "/advance" query, MATCHES, .status = 409, \
  .expects = {"type = urn:xlad:problem:step-refused", __VA_ARGS__}}
#define MISSES(i, at, broken) "errors." #i ".pointer = " at, "errors." #i ".rule = " broken
#define ACTS(sentence, json) {.says = sentence, .key = ADMIN, .method = "POST", .path = ME "/actions", .body = json, .status = 201, \
  .saves = {"action <- id"}}
#define MENDS(sentence, json) {.says = sentence, .key = ADMIN, .method = "PATCH", .path = ME "/actions/${action}", .body = json, .status = 200}
#define FREEZES(sentence, json, name) {.says = sentence, .key = ADMIN, .method = "POST", .path = "/v1/baselines", .body = json, .status = 201, \
  .saves = {name " <- id"}}
#define LOOKS(sentence, ...) {.says = sentence, .key = DASHBOARD, .path = ME "/evaluation", .status = 200, .expects = {__VA_ARGS__}}
#define CONCLUDES(sentence, json, ...) {.says = sentence, .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = json, .status = 201, \
  .expects = {"interim = false", __VA_ARGS__}}

// --- What there is ----------------------------------------------------------------------------------------------------

// One answer of each of so many respondents: their happiness, so many satisfied ones, and minutes lost, half more or half less.
struct answers {
  const char *service, *day;
  int positive, neutral, negative, satisfied, lost;
};

static const struct answers ANSWERS[] = {
    {"vpn", "2024-01-15", 120, 60, 120, 150, 100},
    {"vpn", "2024-02-15", 150, 60, 90, 150, 60},
    {"mail", "2024-01-15", 38, 22, 40, 50, 60},
    {"mail", "2024-02-15", 48, 22, 30, 50, 50},
    // Happier, and less satisfied.
    {"print", "2024-01-15", 120, 60, 120, 200, 100},
    {"print", "2024-02-15", 150, 60, 90, 150, 60},
    // Where nothing was changed, and where everybody gained as much.
    {"desk", "2024-01-15", 1200, 600, 1200, 1500, 100},
    {"desk", "2024-02-15", 1200, 600, 1200, 1500, 100},
    {"phone", "2024-01-15", 120, 60, 120, 150, 100},
    {"phone", "2024-02-15", 150, 60, 90, 150, 60},
    // Weeks that are much alike, but for a bad one.
    {"radio", "2023-11-07", 13, 0, 12, 20, 20},
    {"radio", "2023-11-14", 12, 0, 13, 20, 20},
    {"radio", "2023-11-21", 13, 0, 12, 20, 20},
    {"radio", "2023-11-28", 12, 0, 13, 20, 20},
    {"radio", "2023-12-05", 13, 0, 12, 20, 20},
    {"radio", "2023-12-12", 12, 0, 13, 20, 20},
    {"radio", "2023-12-19", 13, 0, 12, 20, 20},
    {"radio", "2024-01-09", 12, 0, 13, 20, 20},
    {"radio", "2024-01-16", 0, 0, 25, 20, 20},
    {"radio", "2024-02-13", 20, 0, 5, 20, 20},
    // Few people.
    {"fax", "2024-01-15", 20, 20, 20, 30, 20},
    {"fax", "2024-02-15", 2, 1, 1, 2, 20},
    {"telex", "2024-01-15", 2, 2, 1, 2, 20},
    // Withheld together with the fax, so that nobody else has to be.
    {"telex", "2024-02-15", 1, 1, 1, 2, 20},
};

static void import(const char *path, const struct bytes *lines, int count) {
  const struct answer *answer = request(PORTAL, "POST", path, "Content-Type: application/x-ndjson", bytes_text(lines));
  int stored = 0;
  for (const char *at = bytes_text(&answer->body); (at = strstr(at, "\"status\":201")) != NULL; at++)
    stored++;
  if (stored != count) harness_fail("%d of %d lines of %s were stored: %.600s", stored, count, path, bytes_text(&answer->body));
}

static void answers_make(const struct answers *answers) {
  struct bytes tickets = {0}, lines = {0};
  int count = answers->positive + answers->neutral + answers->negative;
  for (int i = 0; i < count; i++) {
    bytes_format(&tickets, "{\"ref\":\"%s-%s-%d\",\"opened_at\":\"%sT08:00:00Z\",\"resolved_at\":\"%sT09:00:00Z\",\"context\":{\"service\":\"%s\"}}\n",
                 answers->service, answers->day, i, answers->day, answers->day, answers->service);
    bytes_format(&lines,
                 "{\"ticket\":\"%s-%s-%d\",\"respondent\":\"%s-%s-%d\",\"happiness\":%d,\"csat\":%d,\"lost_minutes\":%d,"
                 "\"submitted_at\":\"%sT12:00:00Z\"}\n",
                 answers->service, answers->day, i, answers->service, answers->day, i,
                 i < answers->positive ? 10 : i < answers->positive + answers->neutral ? 8 : 2, i < answers->satisfied ? 5 : 3,
                 i % 2 ? answers->lost / 2 : answers->lost * 3 / 2, answers->day);
  }
  import("/v1/tickets/import", &tickets, count);
  import("/v1/responses/import", &lines, count);
  bytes_release(&tickets);
  bytes_release(&lines);
}

static void objective_make(void) {
  static const struct step story[] = {
      {.says = "The organisation wants something", .key = ADMIN, .method = "PUT", .path = "/v1/objectives/calm",
       .body = JSON({"title": "Work is calm", "level": "strategic"}), .status = 201},
  };
  STEPS(story);
}

// --- The model ---------------------------------------------------------------------------------------------------------

START_TEST(prints_the_model_that_it_enforces) {
  static const struct step story[] = {
      {.says = "Seven steps", .key = DASHBOARD, .path = "/v1/improvement-model", .status = 200,
       .expects = {"steps.length = 7", "steps.0.number = 1", "steps.0.step = vision", "steps.0.question = What is the vision?",
                   "steps.0.principles = [\"focus_on_value\",\"collaborate_and_promote_visibility\",\"think_and_work_holistically\"]",
                   "steps.0.requires.0 = {\"item\":\"vision\",\"pointer\":\"/vision\",\"rule\":\"required\",\"detail\":\"must say what is to be better, and for whom\"}",
                   "steps.5.question = Did we get there?", "steps.6.requires.length = 2", "principles.length = 7",
                   "principles.0 = {\"principle\":\"focus_on_value\",\"title\":\"Focus on value\"}"}},
      {.says = "that are no secret", .key = NO_KEY, .path = "/v1/improvement-model", .status = 200},
  };
  STEPS(story);
}
END_TEST

// --- From vision to momentum ------------------------------------------------------------------------------------------

#define JANUARY(scope) "{\"name\": \"Before\", \"scope\": \"" scope "\", \"from\": \"2024-01-01\", \"to\": \"2024-01-31\"}"
#define RELEVANT JSON({"still_relevant": true, "note": "It is what people ask for."})

START_TEST(leads_from_vision_to_momentum) {
  static const struct step vision[] = {
      BEGINS("It begins with a title", JSON({"title": "VPN is a pleasure", "category": "AI", "scope": {"service": ["vpn"]}})),
      REFUSES("A vision is missing, and more", "", "errors.length = 4", MISSES(0, "/vision", "required"), MISSES(1, "/objective", "required"),
              MISSES(2, "/owner", "required"), MISSES(3, "/experience_answer", "required"), "detail = ~^/vision must say"),
      REFUSES("No step is skipped, and all is told that they would need", "?to=plan", "errors.length = 10", MISSES(0, "to", "order"),
              "errors.0.detail = must be baseline, the next step: none is skipped", MISSES(5, "/baseline", "required"), MISSES(6, "/metric", "required"),
              MISSES(7, "/target", "required"), MISSES(8, "/due_on", "required"), MISSES(9, "/success_factors", "required")),
      REFUSES("Nor is it where it is", "?to=vision", "errors.length = 1", MISSES(0, "to", "order")),
      {.says = "There are seven steps", .key = ADMIN, .method = "POST", .path = ME "/advance?to=heaven", MATCHES, .status = 422},
      {.says = "Who advances has read it", .key = ADMIN, .method = "POST", .path = ME "/advance", .status = 428, .expects = {MISSES(0, "If-Match", "required")}},
      CHANGES("Most of it is said", JSON({"vision": "Working from home feels like the office", "objective": "calm", "owner": "anna"})),
      REFUSES("Of an AI case one asks what people gain", "", "errors.length = 1", MISSES(0, "/experience_answer", "required")),
      CHANGES("which is answered with the measure", JSON({"experience_answer": {"how": "Fewer calls for help", "metric": "happiness"}})),
      {.says = "Others can't advance it", .key = DASHBOARD, .method = "POST", .path = ME "/advance", MATCHES, .status = 403},
      {.says = "nor with an old ETag", .key = ADMIN, .method = "POST", .path = ME "/advance", .headers = "If-Match: \"00000000000000000000000000000000\"",
       .status = 412},
      ADVANCES("So there is a vision", "baseline"),
  };
  static const struct step baseline[] = {
      REFUSES("Where are we now?", "", "errors.length = 1", MISSES(0, "/baseline", "required")),
      {.says = "A benchmark", .key = ADMIN, .method = "POST", .path = "/v1/baselines",
       .body = JSON({"kind": "external", "name": "World", "source": "A report", "metrics": [{"metric": "happiness", "value": 50}]}), .status = 201,
       .saves = {"world <- id"}},
      CHANGES("is taken", JSON({"baseline": "${world}"})),
      REFUSES("but says where others are", "", "errors.length = 1", MISSES(0, "/baseline", "measured")),
      FREEZES("The wrong scope", JANUARY("service:mail"), "other"),
      CHANGES("is taken", JSON({"baseline": "${other}"})),
      REFUSES("but is another one", "", "errors.length = 1", MISSES(0, "/baseline", "scope")),
      FREEZES("The right one", JANUARY("service:vpn"), "baseline"),
      CHANGES("is taken", JSON({"baseline": "${baseline}"})),
      ACTS("Somebody has begun already", JSON({"title": "New client", "started_at": "2024-01-31T22:00:00Z"})),
      READS("as is seen", "actions.length = 1", "step = baseline"),
      REFUSES("so it isn't before", "", "errors.length = 1", MISSES(0, "/baseline", "order"),
              "errors.0.detail = ~ends on 2024-01-31, and an action began on 2024-01-31$"),
      // The tenant's day, not UTC's.
      MENDS("which was a mistake by an hour", JSON({"started_at": "2024-01-31T23:00:00Z"})),
      READS("(the ETag)", "step = baseline"),
      ADVANCES("So it is known where we are", "target"),
  };
  static const struct step target[] = {
      REFUSES("Where do we want to be?", "", "errors.length = 4", MISSES(0, "/metric", "required"), MISSES(1, "/target", "required"),
              MISSES(2, "/due_on", "required"), MISSES(3, "/success_factors", "required")),
      CHANGES("Some metrics can't tell", JSON({"metric": "ticket_volume", "target": 15, "due_on": "2024-06-30", "success_factors": [{"text": "Few calls"}]})),
      REFUSES("a change from chance", "", "errors.length = 1", MISSES(0, "/metric", "comparable")),
      CHANGES("Some targets", JSON({"metric": "happiness", "target": 0})),
      REFUSES("are no better", "", "errors.length = 1", MISSES(0, "/target", "better"), "errors.0.detail = ~which is 0.00 .higher is better.$"),
      CHANGES("15 points are, with a guardrail", JSON({"target": 15, "guardrails": ["csat"], "success_factors": [{"text": "Few calls", "metric": "lost_time"}]})),
      ADVANCES("So it is known where to be", "plan"),
  };
  static const struct step plan[] = {
      REFUSES("How do we get there?", "", "errors.length = 1", MISSES(0, "/actions", "required")),
      MENDS("The action has an owner, and a day", JSON({"owner": "bo", "due_on": "2024-02-20"})),
      READS("(the ETag)", "step = plan"),
      ADVANCES("So there is a plan", "action"),
  };
  static const struct step action[] = {
      REFUSES("Take action", "", "errors.length = 1", MISSES(0, "/actions", "done")),
      {.says = "Nothing can be seen before", .key = DASHBOARD, .path = ME "/evaluation", .status = 409, .expects = {MISSES(0, "/actions", "done")}},
      MENDS("It is done", JSON({"done_at": "2024-02-02T15:00:00Z"})),
      READS("(the ETag)", "step = action"),
      LOOKS("which makes a first look possible", "interim = true", "verdict = achieved"),
      {.says = "that closes nothing", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = RELEVANT, .status = 409,
       .expects = {MISSES(0, "/step", "order")}},
      ADVANCES("So action was taken", "evaluation"),
  };
  static const struct step evaluation[] = {
      REFUSES("Did we get there?", "", "errors.length = 1", MISSES(0, "/evaluation", "required")),
      {.says = "A word on relevance is needed", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = "{}", .status = 422,
       .expects = {MISSES(0, "/still_relevant", "required")}},
      {.says = "and the right ETag, if any", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .headers = "If-Match: \"x\"", .body = RELEVANT,
       .status = 412},
      CONCLUDES("We did", RELEVANT, "verdict = achieved", "iteration = 1", "window = {\"from\":\"2024-02-03\",\"to\":\"2024-03-04\"}",
                "measured_to = 2024-03-04", "days_left = 0", "baseline.id = ${baseline}", "target = 15", "reached = true", "before.value = 0", "before.n = 300",
                "after.value = 20", "comparison.change = 20", "comparison.se = 7.16", "comparison.p = 0.0057", "comparison.interval = [5.76,33.84]",
                "comparison.verdict = achieved", "needed_per_group = null", "still_needed = null", "still_relevant = true", "hours_won.value = 200",
                "money_won = null", "guardrails.0.comparison.verdict = inconclusive"),
      LOOKS("as can be read", "interim = false", "verdict = achieved", "unmeasured_guardrails = []", "success_factors.0.metric = lost_time",
            "success_factors.0.comparison.verdict = improved", "regression_to_mean = false", "comparison_group = null", "note = It is what people ask for.",
            "integrity.length = 3", "unfinished_actions = 0", "definition_changed = false", "lost_time.comparison.change = -40",
            "sentence = Happiness was 0 points before, and 20 after. The target of 15 is reached, and chance hardly explains it (p less than 0.01)."),
      {.says = "by its iteration", .key = DASHBOARD, .path = ME "/evaluation?iteration=1", .status = 200, .expects = {"interim = false"}},
      {.says = "of which there is one", .key = DASHBOARD, .path = ME "/evaluation?iteration=2", .status = 404},
      {.says = "Said again it is the same", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = RELEVANT, .status = 200,
       .expects = {"verdict = achieved"}},
      {.says = "but not anew", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = JSON({"still_relevant": false}), .status = 409,
       .expects = {"type = urn:xlad:problem:conflict", MISSES(0, "/evaluation", "unique")}},
      {.says = "There is nothing to try again", .key = ADMIN, .method = "POST", .path = ME "/iterations", .status = 409,
       .expects = {MISSES(0, "/evaluation", "achieved")}},
      READS("(the ETag)", "step = evaluation", "evaluated = true"),
      ADVANCES("So it is known whether we are there", "momentum"),
  };
  static const struct step momentum[] = {
      REFUSES("How do we keep the momentum going?", "", "errors.length = 2", MISSES(0, "/lessons/learned", "required"),
              MISSES(1, "/lessons/shared_how", "required")),
      CHANGES("By what was learned", JSON({"lessons": {"learned": "Ask first", "shared_how": "In the town hall"}})),
      {.says = "So it is closed", .key = ADMIN, .method = "POST", .path = ME "/advance", MATCHES, .status = 200,
       .expects = {"step = momentum", "status = closed", "ended_at != null"}, TAGGED},
      REFUSES("for good", "", "errors.length = 1", MISSES(0, "/status", "closed")),
      {.says = "It doesn't go back", .key = ADMIN, .method = "POST", .path = ME "/return", MATCHES, .body = JSON({"to": "plan", "reason": "x"}), .status = 409},
      {.says = "It isn't cancelled", .key = ADMIN, .method = "POST", .path = ME "/cancel", MATCHES, .body = JSON({"reason": "x"}), .status = 409},
      {.says = "nor tried again", .key = ADMIN, .method = "POST", .path = ME "/iterations", .status = 409, .expects = {MISSES(0, "/status", "closed")}},
      {.says = "but its evaluation stays", .key = DASHBOARD, .path = ME "/evaluation", .status = 200, .expects = {"verdict = achieved"}},
      {.says = "and how it came about", .key = DASHBOARD, .path = ME "/history", .status = 200,
       .expects = {"items.length = 8", "items.0.kind = create", "items.1.kind = advance", "items.1.from = vision", "items.1.to = baseline",
                   "items.7.kind = close", "items.7.to = momentum"}},
  };
  STEPS(vision);
  STEPS(baseline);
  STEPS(target);
  STEPS(plan);
  STEPS(action);
  STEPS(evaluation);
  STEPS(momentum);
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'initiative.evaluate' and detail ->> 'verdict' = 'achieved'"), 1);
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'initiative.close'"), 1);
}
END_TEST

// --- What an evaluation finds -----------------------------------------------------------------------------------------

// An initiative in its evaluation, after an action on the first two days of February; members are those besides.
#define LEADS(name, service, members) \
  FREEZES("Frozen", JANUARY("service:" name), "baseline"), \
  {.says = "An initiative", .key = ADMIN, .method = "POST", .path = "/v1/initiatives", .status = 201, .saves = {"id <- id", "tag <- header ETag"}, \
   .body = "{\"title\": \"Better " name "\", \"vision\": \"Calm\", \"objective\": \"calm\", \"owner\": \"anna\", \"scope\": {\"service\": [\"" service "\"]}," \
           " \"baseline\": \"${baseline}\", \"metric\": \"happiness\", \"due_on\": \"2024-06-30\", \"success_factors\": [{\"text\": \"Time\"}], " members "}"}, \
  ACTS("acted upon", JSON({"title": "Do it", "owner": "bo", "due_on": "2024-02-10", "started_at": "2024-02-01T08:00:00Z", "done_at": "2024-02-02T08:00:00Z"})), \
  READS("as is known", "actions.length = 1"), ADVANCES("goes", "baseline"), ADVANCES("step", "target"), ADVANCES("by", "plan"), ADVANCES("step", "action"), \
  ADVANCES("until it is evaluated", "evaluation")

START_TEST(tells_twenty_points_of_few_from_those_of_many) {
  static const struct step story[] = {
      LEADS("mail", "mail", "\"target\": 18"),
      CONCLUDES("The same 20 points prove nothing", RELEVANT, "verdict = inconclusive", "target = 18", "reached = true", "before.value = -2", "after.value = 18",
                "comparison.change = 20", "comparison.p = 0.1091", "comparison.interval = [-4.34,43.17]", "comparison.verdict = inconclusive",
                "needed_per_group = 300", "needed_after = null", "comparison.needed_per_group = 300", "comparison.baseline_too_small = true", "still_needed = null",
                "sentence = ~Chance may explain it \\(p 0.11\\): 300 answers in each window would tell"),
      READS("(the ETag)", "evaluated = true"),
      ADVANCES("which is something to learn from", "momentum"),
  };
  STEPS(story);
}
END_TEST

START_TEST(lets_a_guardrail_spoil_it) {
  static const struct step story[] = {
      LEADS("print", "print", "\"target\": 15, \"guardrails\": [\"csat\", \"ces\"]"),
      CONCLUDES("Happier, but less satisfied", RELEVANT, "verdict = worsened", "reached = true", "comparison.verdict = achieved",
                "guardrails.length = 2", "guardrails.0.metric = csat", "guardrails.0.comparison.verdict = worsened", "guardrails.0.comparison.change = -16.67",
                "guardrails.1.comparison.verdict = insufficient_data", "unmeasured_guardrails = [\"ces\"]",
                "sentence = ~But a guardrail has worsened.$"),
  };
  STEPS(story);
}
END_TEST

START_TEST(holds_a_change_against_a_comparison_group) {
  static const struct step story[] = {
      LEADS("vpn", "vpn", "\"target\": 15, \"comparison_scope\": {\"service\": [\"desk\"]}"),
      LOOKS("Where nothing was changed nothing changed", "verdict = achieved", "comparison_group.scope = {\"service\":[\"desk\"]}",
            "comparison_group.before.n = 3000", "comparison_group.comparison.verdict = inconclusive", "comparison_group.difference.change = 20",
            "comparison_group.difference.test = difference", "comparison_group.difference.verdict = achieved", "comparison.verdict = achieved",
            "sentence = ~against the comparison group.$"),
      LEADS("vpn", "vpn", "\"target\": 15, \"comparison_scope\": {\"service\": [\"phone\"]}"),
      CONCLUDES("Where as much came by itself", RELEVANT, "verdict = inconclusive", "comparison.verdict = achieved", "comparison.needed_per_group = null",
                "comparison_group.difference.change = 0", "comparison_group.difference.p = 1", "comparison_group.difference.verdict = inconclusive",
                "hours_won.value = 0"),
      LEADS("vpn", "vpn", "\"target\": 15, \"comparison_scope\": {\"service\": [\"fax\"]}"),
      CONCLUDES("and where few have answered", RELEVANT, "verdict = insufficient_data", "comparison.verdict = achieved",
                "comparison_group.after = {\"suppressed\":true}", "comparison_group.difference.verdict = insufficient_data", "hours_won = null"),
  };
  STEPS(story);
}
END_TEST

START_TEST(says_nothing_of_few_people) {
  static const struct step story[] = {
      LEADS("fax", "fax", "\"target\": 50"),
      CONCLUDES("Four people", RELEVANT, "verdict = insufficient_data", "before = {\"suppressed\":true}", "after = {\"suppressed\":true}",
                "comparison.change = null", "comparison.verdict = insufficient_data", "reached = null", "still_needed = null", "hours_won = null",
                "lost_time.after = {\"suppressed\":true}", "sentence = ~withheld"),
      FREEZES("Five of them are too few for a baseline", JANUARY("service:telex"), "baseline"),
      BEGINS("of an initiative", "{\"title\": \"Telex\", \"vision\": \"Calm\", \"objective\": \"calm\", \"owner\": \"anna\", \"baseline\": \"${baseline}\","
                                 " \"scope\": {\"service\": [\"telex\"]}, \"metric\": \"happiness\"}"),
      ADVANCES("which may have a vision", "baseline"),
      REFUSES("but has to wait", "", MISSES(0, "/baseline", "min_answers"), "errors.0.detail = must hold 10 answers of happiness, and holds 5"),
  };
  STEPS(story);
}
END_TEST

START_TEST(doubts_what_was_measured_in_a_bad_month) {
  static const struct step story[] = {
      LEADS("vpn", "vpn", "\"target\": 15"),
      LOOKS("After an agreement was breached it may just be back to normal", "verdict = achieved", "regression_to_mean = true",
            "regression_evidence = {\"signal\":false,\"breach\":true}"),
      LEADS("radio", "radio", "\"target\": 15"),
      LOOKS("and so after a bad week", "verdict = achieved", "regression_to_mean = true", "regression_evidence = {\"signal\":true,\"breach\":false}"),
  };
  sql_run("insert into xlas (tenant_id, slug, content) select tenant_id, 'was-bad', '{\"slug\": \"was-bad\", \"metric\": \"happiness\","
          " \"scope\": {\"service\": [\"vpn\"]}}' from tenants where slug = 'acme'");
  sql_run("insert into xla_versions (tenant_id, slug, version, valid_from, terms) select tenant_id, 'was-bad', 1, '2023-12-01', '{}' from xlas"
          " where slug = 'was-bad'");
  sql_run("insert into xla_days (tenant_id, slug, day, version, status, state, digest) select tenant_id, 'was-bad', '2024-01-20', 1, 'breached', '{}', ''"
          " from xlas where slug = 'was-bad'");
  STEPS(story);
}
END_TEST

// --- Looks before the time --------------------------------------------------------------------------------------------

START_TEST(closes_nothing_by_an_interim_look) {
  steps_set("from", sql_text("select ((now() at time zone 'Europe/Oslo')::date - 60)::text"));
  steps_set("to", sql_text("select ((now() at time zone 'Europe/Oslo')::date - 31)::text"));
  steps_set("noon", sql_text("select to_char((now() at time zone 'Europe/Oslo')::date - 40, 'YYYY-MM-DD') || 'T11:00:00Z'"));
  steps_set("ago", sql_text("select to_char((now() at time zone 'Europe/Oslo')::date - 11, 'YYYY-MM-DD') || 'T11:00:00Z'"));
  steps_set("begin", sql_text("select ((now() at time zone 'Europe/Oslo')::date - 10)::text"));
  steps_set("end", sql_text("select ((now() at time zone 'Europe/Oslo')::date + 19)::text"));
  steps_set("yesterday", sql_text("select ((now() at time zone 'Europe/Oslo')::date - 1)::text"));
  steps_set("final", sql_text("select ((now() at time zone 'Europe/Oslo')::date + 20)::text"));
  struct bytes tickets = {0}, lines = {0};
  for (int i = 0; i < 30; i++) {
    bytes_format(&tickets, "{\"ref\":\"now-%d\",\"opened_at\":\"%s\",\"resolved_at\":\"%s\",\"context\":{\"service\":\"now\"}}\n", i, saved("noon"), saved("noon"));
    bytes_format(&lines, "{\"ticket\":\"now-%d\",\"respondent\":\"now-%d\",\"happiness\":%d,\"submitted_at\":\"%s\"}\n", i, i, i % 11, saved("noon"));
  }
  import("/v1/tickets/import", &tickets, 30);
  import("/v1/responses/import", &lines, 30);
  bytes_release(&tickets);
  bytes_release(&lines);
  static const struct step story[] = {
      FREEZES("A month", JSON({"name": "Before", "scope": "service:now", "from": "${from}", "to": "${to}"}), "baseline"),
      {.says = "An initiative", .key = ADMIN, .method = "POST", .path = "/v1/initiatives", .status = 201, .saves = {"id <- id", "tag <- header ETag"},
       .body = JSON({"title": "Now", "vision": "Calm", "objective": "calm", "owner": "anna", "scope": {"service": ["now"]}, "baseline": "${baseline}",
                     "metric": "happiness", "target": 90, "due_on": "2099-06-30", "success_factors": [{"text": "Time"}]})},
      ACTS("acted upon ten days ago", JSON({"title": "Do it", "owner": "bo", "due_on": "2099-02-10", "started_at": "${ago}", "done_at": "${ago}"})),
      ACTS("and not yet done with", JSON({"title": "And that", "owner": "bo", "due_on": "2099-02-10", "started_at": "${ago}"})),
      READS("as is known", "actions.length = 2"), ADVANCES("goes", "baseline"), ADVANCES("step", "target"), ADVANCES("by", "plan"),
      ADVANCES("step", "action"), ADVANCES("until it is evaluated", "evaluation"),
      LOOKS("before its time", "interim = true", "evaluated_at = null", "window = {\"from\":\"${begin}\",\"to\":\"${end}\"}", "measured_to = ${yesterday}",
            "days_left = 20", "unfinished_actions = 1", "verdict = insufficient_data", "still_needed = 10", "still_relevant = null", "after.n = 0",
            "sentence = ~^So far: "),
      {.says = "which decides nothing", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = RELEVANT, .status = 409,
       .expects = {"type = urn:xlad:problem:step-refused", MISSES(0, "/evaluation", "window"), "errors.0.detail = ~^can be made from ${final} on"}},
      REFUSES("nor does it let it on", "", "errors.length = 1", MISSES(0, "/evaluation", "required")),
      {.says = "or begin anew", .key = ADMIN, .method = "POST", .path = ME "/iterations", .status = 409, .expects = {MISSES(0, "/evaluation", "required")}},
      {.says = "Where dashboards read whole months", .key = ADMIN, .path = "/v1/settings", .status = 200, .saves = {"settings <- header ETag"}},
      {.says = "(set)", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${settings}", .body = JSON({"calendar_periods": true}),
       .status = 200, .saves = {"settings <- header ETag"}},
      {.says = "they have no look from day to day", .key = DASHBOARD, .path = ME "/evaluation", .status = 422, .expects = {"errors.0.rule = calendar_periods"}},
      {.says = "but an administrator has", .key = ADMIN, .path = ME "/evaluation", .status = 200, .expects = {"interim = true"}},
      {.says = "(set back)", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${settings}",
       .body = JSON({"calendar_periods": false}), .status = 200},
  };
  STEPS(story);
}
END_TEST

// --- How it goes on -----------------------------------------------------------------------------------------------------

START_TEST(tries_again_from_what_was_measured) {
  static const struct step story[] = {
      LEADS("mail", "mail", "\"target\": 18"),
      {.says = "It isn't tried again before it is evaluated", .key = ADMIN, .method = "POST", .path = ME "/iterations", .status = 409,
       .expects = {"type = urn:xlad:problem:step-refused", MISSES(0, "/evaluation", "required")}},
      CONCLUDES("Nothing was proven", RELEVANT, "verdict = inconclusive"),
      {.says = "An old ETag is refused", .key = ADMIN, .method = "POST", .path = ME "/iterations", .headers = "If-Match: ${tag}", .status = 412},
      {.says = "so it is tried again", .key = ADMIN, .method = "POST", .path = ME "/iterations", .status = 201,
       .expects = {"step = target", "iteration = 2", "status = open", "evaluated = false", "header Location = " ME, "baseline != ${baseline}", "target = 18"},
       .saves = {"second <- baseline", "tag <- header ETag"}},
      {.says = "from what was measured then", .key = DASHBOARD, .path = "/v1/baselines/${second}", .status = 200,
       .expects = {"name = After iteration 1 of: Better mail", "window = {\"from\":\"2024-02-03\",\"to\":\"2024-03-04\"}",
                   "content.metrics.happiness.value = 18", "scope = {\"service\":[\"mail\"]}"}},
      {.says = "only once", .key = ADMIN, .method = "POST", .path = ME "/iterations", .status = 409, .expects = {MISSES(0, "/evaluation", "required")}},
      REFUSES("The target was reached by then", "", "errors.length = 1", MISSES(0, "/target", "better")),
      CHANGES("so it is a higher one", JSON({"target": 40})),
      ADVANCES("that leads on", "plan"),
      REFUSES("Actions of before don't count", "", "errors.length = 1", MISSES(0, "/actions", "required")),
      ACTS("others do", JSON({"title": "Again", "owner": "bo", "due_on": "2024-04-10", "started_at": "2024-03-05T08:00:00Z", "done_at": "2024-03-06T08:00:00Z"})),
      READS("(the ETag)", "actions.length = 2"),
      ADVANCES("so it", "action"),
      ADVANCES("goes on", "evaluation"),
      LOOKS("with a look of its own", "interim = true", "iteration = 2", "before.value = 18", "baseline.id = ${second}",
            "window = {\"from\":\"2024-03-07\",\"to\":\"2024-04-06\"}"),
      {.says = "beside the one before", .key = DASHBOARD, .path = ME "/evaluation?iteration=1", .status = 200, .expects = {"interim = false", "iteration = 1"}},
      {.says = "(an iteration is a number)", .key = DASHBOARD, .path = ME "/evaluation?iteration=first", .status = 422},
      {.says = "All of it is known", .key = DASHBOARD, .path = ME "/history", .status = 200,
       .expects = {"items.6.kind = iteration", "items.6.from = evaluation", "items.6.to = target", "items.6.iteration = 2"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(goes_back_and_gives_up_for_a_reason) {
  static const struct step story[] = {
      LEADS("vpn", "vpn", "\"target\": 15"),
      {.says = "One goes back for a reason", .key = ADMIN, .method = "POST", .path = ME "/return", MATCHES, .body = JSON({"to": "plan"}), .status = 422,
       .expects = {MISSES(0, "/reason", "required")}},
      {.says = "and not on", .key = ADMIN, .method = "POST", .path = ME "/return", MATCHES, .body = JSON({"to": "momentum", "reason": "Hurry"}), .status = 409,
       .expects = {"type = urn:xlad:problem:step-refused", MISSES(0, "/to", "order")}},
      {.says = "nor to where it is", .key = ADMIN, .method = "POST", .path = ME "/return", MATCHES, .body = JSON({"to": "evaluation", "reason": "x"}), .status = 409},
      {.says = "with the ETag of what was read", .key = ADMIN, .method = "POST", .path = ME "/return", .body = JSON({"to": "plan", "reason": "x"}), .status = 428},
      {.says = "back to any step", .key = ADMIN, .method = "POST", .path = ME "/return", MATCHES, .body = JSON({"to": "target", "reason": "Too low a target"}),
       .status = 200, .expects = {"step = target", "status = open"}, TAGGED},
      CHANGES("from where it is mended", JSON({"target": 20})),
      ADVANCES("and goes on", "plan"),
      {.says = "It is given up for a reason", .key = ADMIN, .method = "POST", .path = ME "/cancel", MATCHES, .body = JSON({}), .status = 422,
       .expects = {MISSES(0, "/reason", "required")}},
      {.says = "with the ETag", .key = ADMIN, .method = "POST", .path = ME "/cancel", .body = JSON({"reason": "No money"}), .status = 428},
      {.says = "by an administrator", .key = DASHBOARD, .method = "POST", .path = ME "/cancel", MATCHES, .body = JSON({"reason": "No money"}), .status = 403},
      {.says = "So it ends", .key = ADMIN, .method = "POST", .path = ME "/cancel", MATCHES, .body = JSON({"reason": "No money"}), .status = 200,
       .expects = {"step = plan", "status = cancelled", "ended_at != null"}, TAGGED},
      REFUSES("for good", "", "errors.length = 1", MISSES(0, "/status", "cancelled")),
      {.says = "and there is nothing to evaluate", .key = DASHBOARD, .path = ME "/evaluation", .status = 409, .expects = {MISSES(0, "/status", "cancelled")}},
      {.says = "The reasons stay", .key = DASHBOARD, .path = ME "/history", .status = 200,
       .expects = {"items.6.kind = return", "items.6.reason = Too low a target", "items.8.kind = cancel", "items.8.reason = No money"}},
      {.says = "What isn't there doesn't move", .key = ADMIN, .method = "POST", .path = "/v1/initiatives/01890a5d-ac96-774b-bcce-b302099a8057/advance",
       .headers = "If-Match: *", .status = 404},
      {.says = "nor what is no id", .key = ADMIN, .method = "POST", .path = "/v1/initiatives/first/advance", .headers = "If-Match: *", .status = 404},
      {.says = "nor is it evaluated", .key = DASHBOARD, .path = "/v1/initiatives/01890a5d-ac96-774b-bcce-b302099a8057/evaluation", .status = 404},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'initiative.cancel' and detail ->> 'reason' = 'No money'"), 1);
}
END_TEST

START_TEST(tells_webhooks_what_was_found) {
  static const struct step story[] = {
      {.says = "Somebody wants to be told", .key = ADMIN, .method = "POST", .path = "/v1/webhooks",
       .body = JSON({"url": "https://receiver.example.org/x", "events": ["initiative.evaluated"]}), .status = 201},
      LEADS("vpn", "vpn", "\"target\": 15"),
      LOOKS("Looks aren't told", "interim = true"),
      CONCLUDES("but findings are", RELEVANT, "verdict = achieved"),
      {.says = "once", .key = ADMIN, .method = "POST", .path = ME "/evaluation", .body = RELEVANT, .status = 200},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from outbox where type = 'initiative.evaluated'"), 1);
  ck_assert_str_eq(sql_text("select body::json -> 'data' ->> 'verdict' from outbox where type = 'initiative.evaluated'"), "achieved");
  ck_assert_str_eq(sql_text("select body::json -> 'data' -> 'evaluation' ->> 'interim' from outbox where type = 'initiative.evaluated'"), "false");
}
END_TEST
// clang-format on

// Both have read the same, and send at once.
static void race(const char *path, const char *body, int *moved, int *stale) {
  struct bytes bytes = {0};
  int sockets[2];
  bytes_format(&bytes,
               "POST /v1/initiatives/%s/%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nIf-Match: %s\r\nContent-Type: application/json\r\n"
               "Content-Length: %zu\r\n\r\n%s",
               saved("id"), path, house_key(ADMIN), saved("tag"), strlen(body), body);
  for (int i = 0; i < 2; i++) {
    sockets[i] = raw_open(house_port());
    ck_assert(raw_send(sockets[i], bytes_text(&bytes), strlen(bytes_text(&bytes)) - 1));
  }
  for (int i = 0; i < 2; i++)
    ck_assert(raw_send(sockets[i], bytes_text(&bytes) + strlen(bytes_text(&bytes)) - 1, 1));
  for (int i = 0; i < 2; i++) {
    struct answer answer = {0};
    ck_assert(raw_receive(sockets[i], CALL_MS_MAX, &answer));
    *moved += answer.status == 200;
    *stale += answer.status == 412;
    answer_release(&answer);
    (void)close(sockets[i]);
  }
  bytes_release(&bytes);
}

START_TEST(moves_once_when_two_want_it) {
  enum { ROUNDS = 20 };
  // clang-format off
  static const struct step story[] = {
      LEADS("vpn", "vpn", "\"target\": 15"),
  };
  static const struct step look[] = {READS("(the ETag)", "status = open")};
  // clang-format on
  int moved = 0, stale = 0;
  STEPS(story);
  for (int i = 0; i < ROUNDS; i++) {
    race("return", "{\"to\":\"action\",\"reason\":\"once more\"}", &moved, &stale);
    STEPS(look);
    race("advance", " ", &moved, &stale);
    STEPS(look);
  }
  ck_assert_int_eq(moved, 2 * ROUNDS);
  ck_assert_int_eq(stale, 2 * ROUNDS);
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  objective_make();
  for (size_t i = 0; i < sizeof ANSWERS / sizeof ANSWERS[0]; i++)
    answers_make(&ANSWERS[i]);
  Suite *suite = suite_create("improvement");
  TCase *tests = tcase_create("improvement");
  tcase_add_test(tests, prints_the_model_that_it_enforces);
  tcase_add_test(tests, leads_from_vision_to_momentum);
  tcase_add_test(tests, tells_twenty_points_of_few_from_those_of_many);
  tcase_add_test(tests, lets_a_guardrail_spoil_it);
  tcase_add_test(tests, holds_a_change_against_a_comparison_group);
  tcase_add_test(tests, says_nothing_of_few_people);
  tcase_add_test(tests, closes_nothing_by_an_interim_look);
  tcase_add_test(tests, tries_again_from_what_was_measured);
  tcase_add_test(tests, goes_back_and_gives_up_for_a_reason);
  tcase_add_test(tests, tells_webhooks_what_was_found);
  tcase_add_test(tests, moves_once_when_two_want_it);
  // The last: it breaches an agreement in January.
  tcase_add_test(tests, doubts_what_was_measured_in_a_bad_month);
  suite_add_tcase(suite, tests);
  return house_run(suite);
}
