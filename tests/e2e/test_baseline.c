// Figures held against others: the window before, another window, another scope, a frozen baseline, a published benchmark.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__

#define READ(sentence, target, ...) {.says = sentence, .key = DASHBOARD, .path = target, .status = 200, .expects = {__VA_ARGS__}}
#define REFUSED(sentence, target, pointer, broken) \
  {.says = sentence, .key = DASHBOARD, .path = target, .status = 422, .expects = {"errors.0.pointer = " pointer, "errors.0.rule = " broken}}
#define FREEZE_REFUSED(sentence, json, pointer, broken) \
  {.says = sentence, .key = ADMIN, .method = "POST", .path = "/v1/baselines", .body = json, .status = 422, \
   .expects = {"errors.0.pointer = " pointer, "errors.0.rule = " broken}}

#define HAPPINESS "metrics.happiness."
#define COMPARED  HAPPINESS "comparison."

// --- What there is ----------------------------------------------------------------------------------------------------

// One answer of each of so many respondents.
struct answers {
  const char *name, *day, *service;
  int positive, neutral, negative;
};

static const struct answers ANSWERS[] = {
    {"A1", "2024-01-15", NULL, 120, 60, 120},
    {"A2", "2024-02-15", NULL, 150, 60, 90},
    {"B1", "2024-04-15", NULL, 38, 22, 40},
    {"B2", "2024-05-15", NULL, 48, 22, 30},
    {"V", "2024-07-15", "vpn", 30, 20, 50},
    {"M", "2024-07-15", "mail", 50, 30, 20},
    {"S", "2024-08-15", "print", 3, 0, 1},
    {"O", "2024-08-15", "mail", 20, 20, 20},
    {"T", "2024-09-15", "vpn", 60, 20, 20},
    {"Q", "2024-10-15", "a,b;c:d\\\\e", 12, 6, 6},
};

static void import(const char *path, const struct bytes *lines, int count) {
  const struct answer *answer = request(PORTAL, "POST", path, "Content-Type: application/x-ndjson", bytes_text(lines));
  int stored = 0;
  for (const char *at = bytes_text(&answer->body); (at = strstr(at, "\"status\":201")) != NULL; at++)
    stored++;
  if (stored != count) harness_fail("%d of %d lines of %s were stored: %.600s", stored, count, path, bytes_text(&answer->body));
}

static void tickets_make(const struct answers *answers, int count) {
  struct bytes lines = {0};
  for (int i = 0; i < count; i++)
    bytes_format(&lines, "{\"ref\":\"%s-%d\",\"opened_at\":\"%sT08:00:00Z\",\"resolved_at\":\"%sT09:00:00Z\",\"context\":{\"service\":\"%s\"}}\n",
                 answers->name, i, answers->day, answers->day, answers->service);
  import("/v1/tickets/import", &lines, count);
  bytes_release(&lines);
}

static void answers_make(const struct answers *answers) {
  struct bytes lines = {0};
  int count = answers->positive + answers->neutral + answers->negative;
  if (answers->service) tickets_make(answers, count);
  for (int i = 0; i < count; i++)
    bytes_format(&lines,
                 "{\"ticket\":\"%s-%d\",\"create\":true,\"respondent\":\"%s-%d\",\"happiness\":%d,\"csat\":%d,\"lost_minutes\":%d,"
                 "\"submitted_at\":\"%sT12:00:00Z\"}\n",
                 answers->name, i, answers->name, i, i < answers->positive ? 10 : i < answers->positive + answers->neutral ? 8 : 2,
                 i < answers->positive ? 5 : 3, i % 2 ? 10 : 30, answers->day);
  import("/v1/responses/import", &lines, count);
  bytes_release(&lines);
}

// --- Comparisons -------------------------------------------------------------------------------------------------------

START_TEST(computes_the_published_comparisons) {
  static const struct step story[] = {
      READ("120 of 300 positive and negative each became 150 and 90", "/v1/experience?from=2024-02-01&to=2024-02-29&compare=2024-01-01..2024-01-31",
           "compared_with = {\"kind\":\"window\",\"window\":{\"from\":\"2024-01-01\",\"to\":\"2024-01-31\"}}", HAPPINESS "value = 20",
           HAPPINESS "change = 20", HAPPINESS "compared_with.value = 0", HAPPINESS "compared_with.n = 300", COMPARED "change = 20",
           COMPARED "test = two_sample", COMPARED "se = 7.16", COMPARED "p = 0.0057", COMPARED "interval = [5.76,33.84]",
           COMPARED "verdict = improved", COMPARED "n_min = 10", COMPARED "needed_per_group = null", COMPARED "relative = false",
           "metrics.csat.change = 10", "metrics.csat.comparison.verdict = improved", "metrics.lost_time.comparison.relative = true",
           "metrics.lost_time.comparison.change = 0", "metrics.lost_time.comparison.verdict = inconclusive",
           "metrics.ticket_volume.comparison.verdict = null"),
      READ("The same change of fewer answers is not sure", "/v1/experience?metrics=happiness&from=2024-05-01&to=2024-05-31&compare=2024-04-01..2024-04-30",
           HAPPINESS "change = 20", COMPARED "p = 0.1091", COMPARED "interval = [-4.34,43.17]", COMPARED "verdict = inconclusive",
           COMPARED "needed_per_group = 300", COMPARED "needed_after = null", COMPARED "baseline_too_small = true"),
      READ("The other way round it has worsened", "/v1/experience?metrics=happiness&from=2024-01-01&to=2024-01-31&compare=2024-02-01..2024-02-29",
           COMPARED "change = -20", COMPARED "verdict = worsened"),
      READ("Of windows that overlap there is the difference only",
           "/v1/experience?metrics=happiness&from=2024-02-01&to=2024-02-29&compare=2024-01-01..2024-02-29", HAPPINESS "change = 10",
           COMPARED "change = 10", COMPARED "test = null", COMPARED "p = null", COMPARED "verdict = null"),
      READ("Nothing can be told from nothing", "/v1/experience?metrics=happiness&from=2024-02-01&to=2024-02-29&compare=2023-02-01..2023-02-28",
           HAPPINESS "change = null", HAPPINESS "compared_with.n = 0", COMPARED "verdict = insufficient_data", COMPARED "p = null"),
      READ("A breakdown and a trend have the other window beside them",
           "/v1/experience/breakdown?by=service&metrics=happiness&from=2024-09-01&to=2024-09-30&compare=2024-07-01..2024-07-31",
           "rows.2.key = vpn", "rows.2.metrics.happiness.value = 40", "compared_with.kind = window", "compared_with.rows.length = 2",
           "compared_with.rows.0.key = mail", "compared_with.rows.0.metrics.happiness.value = 30"),
      READ("each with its own days",
           "/v1/experience/trend?metrics=happiness&interval=month&from=2024-02-01&to=2024-02-29&compare=2024-01-01..2024-01-31",
           "points.length = 1", "compared_with.points.length = 1", "compared_with.points.0.from = 2024-01-01"),
      REFUSED("A window has two days", "/v1/experience?compare=2024-01-01", "compare", "enum"),
      REFUSED("which both exist", "/v1/experience?compare=2024-01-01..2024-02-30", "compare", "format"),
      REFUSED("in their order", "/v1/experience?compare=2024-02-01..2024-01-01", "compare", "order"),
      REFUSED("and a baseline an id", "/v1/experience?compare=baseline:x", "compare", "format"),
      REFUSED("that is known", "/v1/experience?compare=baseline:01890a5d-ac96-774b-bcce-b302099a8057", "compare", "unknown"),
      REFUSED("It has no parts", "/v1/experience/trend?compare=baseline:01890a5d-ac96-774b-bcce-b302099a8057", "compare", "enum"),
  };
  STEPS(story);
}
END_TEST

START_TEST(compares_scopes) {
  static const struct step story[] = {
      READ("From mail to vpn", "/v1/experience?metrics=happiness&from=2024-07-01&to=2024-07-31&scope=service:vpn&compare_scope=service:mail",
           "compared_with = {\"kind\":\"scope\",\"scope\":{\"service\":[\"mail\"]}}", HAPPINESS "value = -20", HAPPINESS "change = -50",
           HAPPINESS "compared_with.value = 30", COMPARED "verdict = worsened", COMPARED "test = two_sample"),
      READ("A part of what it is compared with is in both", "/v1/experience?metrics=happiness&from=2024-07-01&to=2024-07-31&scope=service:vpn&compare_scope=",
           HAPPINESS "change = -25", COMPARED "test = null", COMPARED "verdict = null"),
      READ("and what lies across may be", "/v1/experience?metrics=happiness&from=2024-07-01&to=2024-07-31&scope=service:vpn&compare_scope=sla:met",
           COMPARED "verdict = null"),
      READ("A breakdown has the other scope's rows",
           "/v1/experience/breakdown?by=service&metrics=happiness&from=2024-07-01&to=2024-07-31&scope=service:vpn&compare_scope=service:mail",
           "rows.0.key = vpn", "compared_with.rows.0.key = mail"),
      REFUSED("One thing at a time", "/v1/experience?compare=previous&compare_scope=service:mail", "compare_scope", "conflict"),
      REFUSED("of dimensions that exist", "/v1/experience?compare_scope=nothing:mail", "compare_scope", "unknown"),
      REFUSED("in the form of a scope", "/v1/experience?compare_scope=mail", "compare_scope", "required"),
  };
  STEPS(story);
}
END_TEST

START_TEST(says_nothing_of_what_is_withheld) {
  static const struct step story[] = {
      READ("Four people are too few on the other side", "/v1/experience?metrics=happiness&scope=service:vpn&from=2024-09-01&to=2024-09-30&compare_scope=",
           HAPPINESS "value = 40"),
      READ("so there is nothing to compare with",
           "/v1/experience?metrics=happiness&scope=service:print,vpn&from=2024-09-01&to=2024-09-30&compare=2024-08-01..2024-08-31", HAPPINESS "value = 40",
           HAPPINESS "change = null", HAPPINESS "compared_with = {\"suppressed\":true}", COMPARED "verdict = insufficient_data", COMPARED "change = null",
           COMPARED "p = null", COMPARED "n_min = null"),
      READ("nor to compare", "/v1/experience?metrics=happiness&scope=service:print&from=2024-08-01&to=2024-08-31&compare=2024-07-01..2024-07-31",
           "metrics.happiness = {\"suppressed\":true}"),
  };
  STEPS(story);
}
END_TEST

// --- Baselines ---------------------------------------------------------------------------------------------------------

#define JANUARY JSON({"name": "Before the new desk", "from": "2024-01-01", "to": "2024-01-31", "note": "All of it"})

START_TEST(freezes_a_window) {
  static const struct step story[] = {
      {.says = "January", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .body = JANUARY, .status = 201,
       .expects = {"kind = measured", "name = Before the new desk", "note = All of it", "source = null", "scope = {}",
                   "window = {\"from\":\"2024-01-01\",\"to\":\"2024-01-31\"}", "time_zone = Europe/Oslo", "hash = ~^[0-9a-f]{64}$", "content.kind = measured",
                   "content.min_group = 5", "content.exclusions = 0", "content.metrics.happiness.value = 0", "content.metrics.happiness.n = 300",
                   "content.metrics.happiness.count = 300", "content.metrics.happiness.sum = \"1920\"",
                   "content.metrics.happiness.sum_squares = \"16320\"", "content.metrics.happiness.bins = [0,0,120,0,0,0,0,0,60,0,120]",
                   "content.metrics.happiness.definition = {\"version\":1}", "content.metrics.lost_time.definition.cap = 2400",
                   "content.metrics.ces absent", "content.response_rate.uninvited = 300"},
       .saves = {"id <- id", "hash <- hash", "content <- content", "where <- header Location"}},
      READ("is there for dashboards", "${where}", "id = ${id}", "hash = ${hash}", "content = ${content}"),
      READ("and in the list, without its content", "/v1/baselines?kind=measured&limit=500", "items.0.id = ${id}", "items.0.hash = ${hash}",
           "items.0.content absent", "next = null"),
      READ("of its kind", "/v1/baselines?kind=external&limit=1", "items.0.kind != measured"),
      {.says = "Later answers of that time don't change it", .key = PORTAL, .method = "POST", .path = "/v1/responses",
       .body = JSON({"ticket": "LATE", "create": true, "respondent": "late", "happiness": 0, "submitted_at": "2024-01-20T12:00:00Z"}), .status = 201,
       .saves = {"late <- id"}},
      READ("nor its hash", "${where}", "content = ${content}", "hash = ${hash}"),
      READ("though the window has changed", "/v1/experience?metrics=happiness&from=2024-01-01&to=2024-01-31&compare=baseline:${id}",
           HAPPINESS "n = 301", HAPPINESS "compared_with.n = 300", "compared_with.kind = baseline", "compared_with.hash = ${hash}", COMPARED "test = null"),
      {.says = "(it goes again)", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${late}", .status = 204},
      {.says = "Nothing changes a baseline", .key = ADMIN, .method = "PATCH", .path = "${where}", .body = "{}", .status = 405,
       .expects = {"header Allow = GET, HEAD, OPTIONS"}},
      {.says = "or deletes it", .key = ADMIN, .method = "DELETE", .path = "${where}", .status = 405},
      {.says = "Dashboards freeze nothing", .key = DASHBOARD, .method = "POST", .path = "/v1/baselines", .body = JANUARY, .status = 403},
      {.says = "What isn't there isn't found", .key = DASHBOARD, .path = "/v1/baselines/01890a5d-ac96-774b-bcce-b302099a8057", .status = 404},
      {.says = "nor compared with", .key = DASHBOARD, .path = "/v1/baselines/01890a5d-ac96-774b-bcce-b302099a8057/comparison", .status = 404},
      {.says = "nor is what is no id", .key = DASHBOARD, .path = "/v1/baselines/first", .status = 404},
  };
  STEPS(story);
}
END_TEST

START_TEST(lets_anybody_recompute_the_hash) {
  char query[200];
  struct outcome outcome = {0};
  struct bytes program = {0};
  const struct answer *answer = request(ADMIN, "POST", "/v1/baselines", NULL, JSON({"name": "Ünïcode \"quoted\"\\", "scope": "service:vpn,mail", "note": "a\tb\nc",
                                                                                  "from": "2024-07-01", "to": "2024-07-31"}));
  EXPECT(answer, 201, "content.scope = {\"service\":[\"mail\",\"vpn\"]}");
  char hash[80], id[40];
  (void)snprintf(hash, sizeof hash, "%s", answer_text(answer, "hash"));
  (void)snprintf(id, sizeof id, "%s", answer_text(answer, "id"));
  (void)snprintf(query, sizeof query, "/v1/baselines/%s", id);
  answer = request(DASHBOARD, "GET", query, NULL, NULL);
  bytes_format(&program, "import hashlib, json\ncontent = json.loads(r'''%s''', strict=False)['content']\n"
                         "text = json.dumps(content, sort_keys=True, separators=(',', ':'), ensure_ascii=False)\n"
                         "print(hashlib.sha256(text.encode()).hexdigest())\n", bytes_text(&answer->body));
  process_run(&(struct launch){.argv = (const char *const[]){"python3", "-c", bytes_text(&program), NULL}}, 30, &outcome);
  ck_assert_msg(outcome.code == 0, "%s", bytes_text(&outcome.err));
  ck_assert_msg(strncmp(bytes_text(&outcome.out), hash, 64) == 0, "%s instead of %s", bytes_text(&outcome.out), hash);
  // Nobody whom the daemon could be changes a row, and what somebody else changed is not served.
  ck_assert_str_eq(sql_text("select string_agg(privilege_type, ' ' order by privilege_type) from information_schema.role_table_grants"
                            " where grantee = 'xlad_app' and table_name = 'baselines'"), "INSERT SELECT");
  sql_run("alter table baselines drop constraint baselines_hash_check");
  sql_run("update baselines set content = replace(content::text, '\"n\":200', '\"n\":201')::json where content ->> 'name' like '%quoted%'");
  ck_assert_int_eq(request(DASHBOARD, "GET", query, NULL, NULL)->status, 500);
  outcome_release(&outcome);
  bytes_release(&program);
}
END_TEST

START_TEST(holds_now_against_then) {
  static const struct step story[] = {
      {.says = "What vpn was", .key = ADMIN, .method = "POST", .path = "/v1/baselines",
       .body = JSON({"name": "vpn in July", "scope": "service:vpn", "from": "2024-07-01", "to": "2024-07-31"}), .status = 201,
       .expects = {"content.metrics.happiness.value = -20"}, .saves = {"id <- id", "hash <- hash"}},
      READ("and what it is", "/v1/baselines/${id}/comparison?from=2024-09-01&to=2024-09-30", "scope = {\"service\":[\"vpn\"]}",
           "window = {\"from\":\"2024-09-01\",\"to\":\"2024-09-30\"}", "compared_with.kind = baseline", "compared_with.id = ${id}",
           "compared_with.name = vpn in July", "compared_with.hash = ${hash}", "compared_with.window.from = 2024-07-01",
           "compared_with.scope = {\"service\":[\"vpn\"]}", HAPPINESS "value = 40", HAPPINESS "change = 60", HAPPINESS "compared_with.value = -20",
           HAPPINESS "compared_with.n = 100", COMPARED "verdict = improved", "metrics.csat.change = 30"),
      READ("is the same by the other way", "/v1/experience?metrics=happiness&scope=service:vpn&from=2024-09-01&to=2024-09-30&compare=baseline:${id}",
           HAPPINESS "change = 60", COMPARED "verdict = improved"),
      READ("Another scope has nothing in common with it", "/v1/experience?metrics=happiness&scope=service:mail&from=2024-07-01&to=2024-07-31&compare=baseline:${id}",
           HAPPINESS "change = 50", COMPARED "verdict = improved"),
      REFUSED("The scope is the baseline's", "/v1/baselines/${id}/comparison?scope=service:mail", "scope", "conflict"),
      REFUSED("and so is what it is compared with", "/v1/baselines/${id}/comparison?compare=previous", "compare", "unknown"),
      REFUSED("Excluded responses are not in it", "/v1/baselines/${id}/comparison?with_excluded=true", "with_excluded", "conflict"),
  };
  static const struct step quoted[] = {
      {.says = "A scope that needs every escape", .key = ADMIN, .method = "POST", .path = "/v1/baselines",
       .body = JSON({"name": "odd", "scope": "service:a\\,b\\;c\\:d\\\\e", "from": "2024-10-01", "to": "2024-10-31"}), .status = 201,
       .expects = {"scope = {\"service\":[\"a,b;c:d\\\\e\"]}"}, .saves = {"odd <- id"}},
      READ("is found again", "/v1/baselines/${odd}/comparison?metrics=happiness&from=2024-10-01&to=2024-10-31",
           "scope = {\"service\":[\"a,b;c:d\\\\e\"]}", HAPPINESS "n = 24", HAPPINESS "change = 0", HAPPINESS "compared_with.n = 24",
           COMPARED "test = null"),
  };
  static const struct step redefined[] = {
      {.says = "Settings can be changed", .key = ADMIN, .path = "/v1/settings", .status = 200, .saves = {"tag <- header ETag"}},
      {.says = "such as the cap of lost time", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${tag}",
       .body = JSON({"lost_time_cap": 20}), .status = 200},
      {.says = "Another cap makes another lost time", .key = DASHBOARD, .path = "/v1/baselines/${id}/comparison?from=2024-09-01&to=2024-09-30", .status = 200,
       .expects = {"metrics.lost_time.value = 15", "metrics.lost_time.definition_changed = true", "metrics.lost_time.change = null",
                   "metrics.lost_time.comparison = null", "metrics.lost_time.compared_with.value = 20", HAPPINESS "definition_changed absent",
                   HAPPINESS "change = 60"}, .within_seconds = 5},
      {.says = "Dashboards may be kept to whole months", .key = ADMIN, .path = "/v1/settings", .status = 200, .saves = {"tag <- header ETag"}},
      {.says = "by a setting", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${tag}",
       .body = JSON({"calendar_periods": true}), .status = 200},
      {.says = "which holds of what they are compared with", .key = DASHBOARD, .status = 422, .within_seconds = 5,
       .path = "/v1/experience?from=2024-09-01&to=2024-09-30&compare=2024-07-01..2024-07-30",
       .expects = {"errors.0.pointer = compare", "errors.0.rule = calendar_periods"}},
      READ("as of what they ask for", "/v1/experience?metrics=happiness&from=2024-09-01&to=2024-09-30&compare=2024-07-01..2024-07-31", HAPPINESS "value = 40"),
      FREEZE_REFUSED("and of what is frozen for them", JSON({"name": "x", "from": "2024-07-01", "to": "2024-07-30"}), "/from", "calendar_periods"),
      {.says = "(no longer)", .key = ADMIN, .path = "/v1/settings", .status = 200, .saves = {"tag <- header ETag"}},
      {.says = "(no longer)", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${tag}",
       .body = JSON({"calendar_periods": false, "lost_time_cap": 2400}), .status = 200},
  };
  STEPS(story);
  STEPS(quoted);
  STEPS(redefined);
}
END_TEST

START_TEST(keeps_what_was_withheld_withheld) {
  static const struct step story[] = {
      {.says = "Four people are withheld from a baseline, too", .key = ADMIN, .method = "POST", .path = "/v1/baselines",
       .body = JSON({"name": "print", "scope": "service:print", "from": "2024-08-01", "to": "2024-08-31"}), .status = 201,
       .expects = {"content.metrics.happiness = {\"suppressed\":true}", "content.metrics.ticket_volume.value = 4"}, .saves = {"id <- id"}},
      READ("so nothing is held against them", "/v1/baselines/${id}/comparison?from=2024-09-01&to=2024-09-30", "metrics.happiness.n = 0",
           HAPPINESS "change = null", HAPPINESS "compared_with = {\"suppressed\":true}", COMPARED "verdict = insufficient_data"),
      {.says = "for administrators as well", .key = ADMIN, .path = "/v1/baselines/${id}/comparison?from=2024-09-01&to=2024-09-30", .status = 200,
       .expects = {HAPPINESS "compared_with = {\"suppressed\":true}"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(holds_figures_against_a_benchmark) {
  static const struct step story[] = {
      {.says = "A published benchmark", .key = ADMIN, .method = "POST", .path = "/v1/baselines",
       .body = JSON({"kind": "external", "name": "Industry 2023", "source": "https://example.org/report",
                     "metrics": [{"metric": "happiness", "value": -10.5}, {"metric": "csat", "value": 40, "n": 1000}]}), .status = 201,
       .expects = {"kind = external", "source = https://example.org/report", "scope = null", "window = null", "time_zone = null",
                   "content.metrics.happiness = {\"n\":null,\"value\":-10.5}", "content.metrics.csat = {\"n\":1000,\"value\":40}"},
       .saves = {"id <- id"}},
      READ("is marked as one", "/v1/baselines/${id}/comparison?scope=service:vpn&from=2024-09-01&to=2024-09-30", "scope = {\"service\":[\"vpn\"]}",
           "metrics.length = 2", "compared_with.kind = external", "compared_with.source = https://example.org/report", HAPPINESS "value = 40",
           HAPPINESS "change = 50.5", HAPPINESS "compared_with.kind = external", HAPPINESS "compared_with.value = -10.5", HAPPINESS "compared_with.n = null",
           HAPPINESS "compared_with.interval = null", COMPARED "test = target", COMPARED "verdict = improved", COMPARED "change = 50.5",
           "metrics.csat.change = 20", "metrics.csat.compared_with.n = 1000", "metrics.csat.comparison.test = two_sample",
           "metrics.csat.comparison.verdict = improved"),
      READ("What it doesn't tell of is not compared", "/v1/experience?metrics=ces,happiness&from=2024-09-01&to=2024-09-30&compare=baseline:${id}",
           "metrics.ces.comparison = null", "metrics.ces.compared_with.value = null", HAPPINESS "change = 50.5"),
      READ("It is in the list", "/v1/baselines?kind=external", "items.0.id = ${id}", "items.0.scope = null"),
      FREEZE_REFUSED("It has a source", JSON({"kind": "external", "name": "x", "metrics": [{"metric": "happiness", "value": 1}]}), "/source", "required"),
      FREEZE_REFUSED("and values", JSON({"kind": "external", "name": "x", "source": "s"}), "/metrics", "required"),
      FREEZE_REFUSED("of metrics", JSON({"kind": "external", "name": "x", "source": "s", "metrics": [{"metric": "luck", "value": 1}]}), "/metrics/0/metric", "unknown"),
      FREEZE_REFUSED("each once",
                     JSON({"kind": "external", "name": "x", "source": "s", "metrics": [{"metric": "ces", "value": 1}, {"metric": "ces", "value": 1}]}),
                     "/metrics/1/metric", "unique"),
      FREEZE_REFUSED("that they can have", JSON({"kind": "external", "name": "x", "source": "s", "metrics": [{"metric": "ces", "value": 7.01}]}), "/metrics/0/value", "range"),
      FREEZE_REFUSED("and nothing else", JSON({"kind": "external", "name": "x", "source": "s", "metrics": [{"metric": "ces", "value": 7, "m": 1}]}), "/metrics/0/m", "unknown"),
      FREEZE_REFUSED("and no window", JSON({"kind": "external", "name": "x", "source": "s", "from": "2024-01-01", "metrics": [{"metric": "ces", "value": 7}]}),
                     "/from", "conflict"),
  };
  STEPS(story);
}
END_TEST

START_TEST(refuses_what_cannot_be_frozen) {
  static const struct step story[] = {
      FREEZE_REFUSED("A baseline has a name", JSON({"from": "2024-01-01", "to": "2024-01-31"}), "/name", "required"),
      FREEZE_REFUSED("a window that is over", JSON({"name": "x", "from": "2024-01-01", "to": "2999-01-01"}), "/from", "range"),
      FREEZE_REFUSED("in days", JSON({"name": "x", "from": "yesterday"}), "/from", "format"),
      FREEZE_REFUSED("one way or the other", JSON({"name": "x", "from": "2024-01-01", "last": "30d"}), "/last", "conflict"),
      FREEZE_REFUSED("a scope", JSON({"name": "x", "scope": "nothing:vpn"}), "/scope", "unknown"),
      FREEZE_REFUSED("with data", JSON({"name": "x", "scope": "service:vqn", "from": "2024-07-01", "to": "2024-07-31"}), "/scope", "empty"),
      FREEZE_REFUSED("and no published values", JSON({"name": "x", "from": "2024-01-01", "to": "2024-01-31", "metrics": []}), "/metrics", "conflict"),
  };
  static const struct step today[] = {
      FREEZE_REFUSED("Today is not over", "${body}", "/to", "order"),
  };
  char body[120];
  STEPS(story);
  (void)snprintf(body, sizeof body, "{\"name\": \"x\", \"to\": \"%s\"}", sql_text("select (now() at time zone 'Europe/Oslo')::date"));
  steps_set("body", body);
  STEPS(today);
}
END_TEST

START_TEST(keeps_tenants_apart) {
#define BETA "Authorization: Bearer ${beta}"
  static const struct step story[] = {
      {.says = "A baseline of one tenant", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .body = JANUARY, .status = 201, .saves = {"id <- id"}},
      {.says = "isn't there for another", .path = "/v1/baselines/${id}", .headers = BETA, .status = 404},
      {.says = "nor in its list", .path = "/v1/baselines", .headers = BETA, .status = 200, .expects = {"items = []"}},
      {.says = "nor compared with", .path = "/v1/baselines/${id}/comparison", .headers = BETA, .status = 404},
      {.says = "by either way", .path = "/v1/experience?compare=baseline:${id}", .headers = BETA, .status = 422, .expects = {"errors.0.rule = unknown"}},
  };
  (void)cli_text("tenant", "create", "beta", "--name", "Beta", "--time-zone", "UTC");
  steps_set("beta", cli_text("key", "create", "--tenant", "beta", "--role", "admin"));
  STEPS(story);
}
END_TEST

START_TEST(freezes_once_however_often_it_is_asked) {
  static const struct step story[] = {
      {.says = "A POST with a key", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .headers = "Idempotency-Key: freeze-1", .body = JANUARY,
       .status = 201, .saves = {"id <- id", "all <- (body)"}},
      {.says = "comes again", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .headers = "Idempotency-Key: freeze-1", .body = JANUARY,
       .status = 201, .expects = {"header Idempotency-Replayed = true", "id = ${id}", "(body) = ${all}"}},
      {.says = "but not for something else", .key = ADMIN, .method = "POST", .path = "/v1/baselines", .headers = "Idempotency-Key: freeze-1",
       .body = JSON({"kind": "external", "name": "x", "source": "s", "metrics": [{"metric": "ces", "value": 7}]}), .status = 422,
       .expects = {"type = urn:xlad:problem:idempotency-key-reused"}},
      {.says = "The newest come first", .key = ADMIN, .path = "/v1/baselines?limit=1", .status = 200,
       .expects = {"items.0.id = ${id}", "items.length = 1"}, .saves = {"next <- next"}},
      {.says = "then the others", .key = ADMIN, .path = "/v1/baselines?limit=1&cursor=${next}", .status = 200, .expects = {"items.0.id != ${id}"}},
      {.says = "A cursor is passed on unchanged", .key = ADMIN, .path = "/v1/baselines?cursor=3a7a", .status = 422, .expects = {"errors.0.pointer = cursor"}},
  };
  STEPS(story);
}
END_TEST

// clang-format on

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  for (size_t i = 0; i < sizeof ANSWERS / sizeof ANSWERS[0]; i++)
    answers_make(&ANSWERS[i]);
  Suite *suite = suite_create("baseline");
  TCase *comparisons = tcase_create("comparisons");
  tcase_add_test(comparisons, computes_the_published_comparisons);
  tcase_add_test(comparisons, compares_scopes);
  tcase_add_test(comparisons, says_nothing_of_what_is_withheld);
  suite_add_tcase(suite, comparisons);
  TCase *baselines = tcase_create("baselines");
  tcase_add_test(baselines, holds_figures_against_a_benchmark);
  tcase_add_test(baselines, freezes_a_window);
  tcase_add_test(baselines, holds_now_against_then);
  tcase_add_test(baselines, keeps_what_was_withheld_withheld);
  tcase_add_test(baselines, refuses_what_cannot_be_frozen);
  tcase_add_test(baselines, freezes_once_however_often_it_is_asked);
  tcase_add_test(baselines, keeps_tenants_apart);
  tcase_add_test(baselines, lets_anybody_recompute_the_hash);
  suite_add_tcase(suite, baselines);
  return house_run(suite);
}
