// The improvement register: initiatives and suggestions, their priority, what can't be taken away again, actions, notes, votes, lists.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#define JSON(...) #__VA_ARGS__

// clang-format off
#define POST(what, json) .key = ADMIN, .method = "POST", .path = what, .body = (json)
#define CHANGE(tag, json) .key = ADMIN, .method = "PATCH", .path = "/v1/initiatives/${id}", .headers = "If-Match: ${" tag "}", .body = (json)

#define WHOLE JSON({"title": "Wait less for VPN", "description": "People wait.", "vision": "Nobody waits", "objective": "work", \
  "scope": {"service": ["vpn", "mail"], "location": ["oslo"]}, "owner": "anna", "stakeholders": ["bo", "carl"], "category": "network", \
  "effort": "M", "expected_benefit": {"hours": 120.5, "money": "9000.00"}, "source": {"kind": "insight", "reference": "what-matters?by=service"}, \
  "metric": "happiness", "target": 20, "due_on": "2030-06-30", \
  "success_factors": [{"text": "The team has time", "metric": "backlog"}, {"text": "Users are asked"}], "guardrails": ["lost_time", "csat"], \
  "assessment": {"people": "willing", "processes": "slow", "technology": "old", "culture": "open"}, "value_chain_activity": "improve", \
  "experience_answer": {"how": "Less waiting", "metric": "lost_time"}, "comparison_scope": {"location": ["bergen"]}, \
  "lessons": {"learned": null, "shared_how": null}})
// clang-format on

static void objective_make(const char *slug) {
  char path[80];
  (void)snprintf(path, sizeof path, "/v1/objectives/%s", slug);
  int status = request(ADMIN, "PUT", path, NULL, "{\"level\": \"tactical\", \"title\": \"People get on with their work\"}")->status;
  ck_assert(status == 200 || status == 201);
}

START_TEST(keeps_what_is_written_down) {
  objective_make("work");
  static const struct step story[] = {
      {.says = "An initiative with everything",
       POST("/v1/initiatives", WHOLE),
       .status = 201,
       .expects = {"header Location = ~^/v1/initiatives/[0-9a-f-]{36}$",
                   "title = Wait less for VPN",
                   "step = vision",
                   "status = open",
                   "iteration = 1",
                   "evaluated = false",
                   "scope = {\"location\":[\"oslo\"],\"service\":[\"mail\",\"vpn\"]}",
                   "effort = M",
                   "target = 20",
                   "expected_benefit = {\"hours\":120.5,\"money\":\"9000.00\"}",
                   "success_factors.1 = {\"text\":\"Users are asked\"}",
                   "assessment.culture = open",
                   "comparison_scope.location = [\"bergen\"]",
                   "lessons = null",
                   "baseline = null",
                   "votes = {\"count\":0,\"units\":[]}",
                   "actions = []",
                   "notes = []",
                   "priority.score = null",
                   "priority.reason = no_answers"},
       .saves = {"id <- id", "tag <- header ETag", "document <- (body)"}},
      {.says = "is read as it was answered",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${id}",
       .status = 200,
       .expects = {"(body) = ${document}", "header ETag = ~^${tag}$"}},
      {.says = "It is changed under its ETag", .key = ADMIN, .method = "PATCH", .path = "/v1/initiatives/${id}", .body = "{}", .status = 428},
      {.says = "member by member",
       CHANGE("tag", JSON({
                "owner" : "dina",
                "scope" : {"location" : null},
                "assessment" : {"people" : null},
                "guardrails" : ["csat"],
                "comparison_scope" : null
              })),
       .status = 200,
       .expects = {"owner = dina", "scope = {\"service\":[\"mail\",\"vpn\"]}", "assessment.people absent", "assessment.processes = slow",
                   "guardrails = [\"csat\"]", "title = Wait less for VPN"},
       .saves = {"newer <- header ETag"}},
      {.says = "which is another one then", CHANGE("tag", "{\"owner\": \"eli\"}"), .status = 412},
      {.says = "Nothing changes nothing", CHANGE("newer", "{\"owner\": \"dina\"}"), .status = 200, .expects = {"header ETag = ~^${newer}$"}},
      {.says = "What the steps move can't be written",
       CHANGE("newer", "{\"step\": \"plan\"}"),
       .status = 422,
       .expects = {"errors.0.rule = unknown"}},
      {.says = "An initiative has a title", CHANGE("newer", "{\"title\": null}"), .status = 422, .expects = {"errors.0.pointer = /title"}},
      {.says = "Its history begins",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${id}/history",
       .status = 200,
       .expects = {"items.length = 1", "items.0.kind = create", "items.0.from = null", "items.0.to = vision", "items.0.by present", "next = null"}},
      {.says = "What isn't there has none", .key = DASHBOARD, .path = "/v1/initiatives/01900000-0000-7000-8000-000000000000/history", .status = 404},
      {.says = "nor can it be read", .key = DASHBOARD, .path = "/v1/initiatives/01900000-0000-7000-8000-000000000000", .status = 404},
      {.says = "An id is one", .key = DASHBOARD, .path = "/v1/initiatives/vpn", .status = 404},
      {.says = "Dashboards write nothing", .key = DASHBOARD, .method = "POST", .path = "/v1/initiatives", .body = WHOLE, .status = 403},
      {.says = "Portals read nothing", .key = PORTAL, .path = "/v1/initiatives/${id}", .status = 403},
      {.says = "Once the objective is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/objectives/work", .status = 204},
      {.says = "nothing new serves it", POST("/v1/initiatives", WHOLE), .status = 422, .expects = {"errors.0.pointer = /objective"}},
      {.says = "what did may stay", CHANGE("newer", "{\"owner\": \"fay\"}"), .status = 200, .expects = {"objective = work"}},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text("select string_agg(action, ' ' order by audit_id) from audit a join initiatives i on a.subject = i.initiative_id::text"
                            " where i.content ->> 'title' = 'Wait less for VPN'"),
                   "initiative.create initiative.change initiative.change");
}
END_TEST

START_TEST(makes_one_of_a_repeated_post) {
  static const struct step story[] = {
      {.says = "A post with a key",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives",
       .headers = "Idempotency-Key: once",
       .body = "{\"title\": \"Only once\"}",
       .status = 201,
       .saves = {"answer <- (body)", "once <- id"}},
      {.says = "is answered again",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives",
       .headers = "Idempotency-Key: once",
       .body = "{ \"title\":\"Only once\" }",
       .status = 201,
       .expects = {"(body) = ${answer}"}},
      {.says = "and stands for one body",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives",
       .headers = "Idempotency-Key: once",
       .body = "{\"title\": \"Twice\"}",
       .status = 422},
      {.says = "An action, too",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives/${once}/actions",
       .headers = "Idempotency-Key: once",
       .body = "{\"title\": \"Act\"}",
       .status = 201,
       .saves = {"answer <- (body)"}},
      {.says = "is one",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives/${once}/actions",
       .headers = "Idempotency-Key: once",
       .body = "{\"title\": \"Act\"}",
       .status = 201,
       .expects = {"(body) = ${answer}"}},
      {.says = "and a note",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives/${once}/notes",
       .headers = "Idempotency-Key: once",
       .body = "{\"text\": \"Note\"}",
       .status = 201,
       .saves = {"answer <- (body)"}},
      {.says = "as well",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives/${once}/notes",
       .headers = "Idempotency-Key: once",
       .body = "{\"text\": \"Note\"}",
       .status = 201,
       .expects = {"(body) = ${answer}"}},
      {.says = "There is one of each",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${once}",
       .status = 200,
       .expects = {"actions.length = 1", "notes.length = 1"}},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from initiatives where content ->> 'title' = 'Only once'"), 1);
}
END_TEST

#define REFUSED(members, at, broken)                                                                                                             \
  {                                                                                                                                              \
    .says = "What can't be is refused, and why is told", POST("/v1/initiatives", "{\"title\": \"t\", " members "}"), .status = 422, .expects = { \
      "errors.0.pointer = " at,                                                                                                                  \
      "errors.0.rule = " broken                                                                                                                  \
    }                                                                                                                                            \
  }

START_TEST(refuses_what_means_nothing) {
  static const struct step story[] = {
      REFUSED("\"title2\": 1", "/title2", "unknown"),
      REFUSED("\"metric\": \"mood\"", "/metric", "unknown"),
      REFUSED("\"guardrails\": [\"csat\", \"mood\"]", "/guardrails/1", "unknown"),
      REFUSED("\"success_factors\": [{\"text\": \"x\", \"metric\": \"mood\"}]", "/success_factors/0/metric", "unknown"),
      REFUSED("\"success_factors\": [{\"metric\": \"csat\"}]", "/success_factors/0/text", "required"),
      REFUSED("\"experience_answer\": {\"metric\": \"mood\"}", "/experience_answer/metric", "unknown"),
      REFUSED("\"scope\": {\"mood\": [\"good\"]}", "/scope/mood", "unknown"),
      REFUSED("\"scope\": {\"sla\": [\"perhaps\"]}", "/scope/sla", "enum"),
      REFUSED("\"scope\": {\"service\": [\"vpn\"]}, \"comparison_scope\": {\"location\": [\"oslo\"]}", "/comparison_scope", "overlap"),
      REFUSED("\"comparison_scope\": {}", "/comparison_scope", "overlap"),
      REFUSED("\"objective\": \"none\"", "/objective", "unknown"),
      REFUSED("\"baseline\": \"then\"", "/baseline", "format"),
      REFUSED("\"baseline\": \"01900000-0000-7000-8000-000000000000\"", "/baseline", "unknown"),
      REFUSED("\"effort\": \"XS\"", "/effort", "enum"),
      REFUSED("\"source\": {\"reference\": \"x\"}", "/source/kind", "required"),
      REFUSED("\"value_chain_activity\": \"think\"", "/value_chain_activity", "enum"),
      REFUSED("\"expected_benefit\": {\"hours\": -1}", "/expected_benefit/hours", "range"),
      REFUSED("\"due_on\": \"tomorrow\"", "/due_on", "format"),
      {.says = "A title says something", POST("/v1/initiatives", "{\"title\": \" \"}"), .status = 422, .expects = {"errors.0.pointer = /title"}},
  };
  STEPS(story);
}
END_TEST

// --- What stays -----------------------------------------------------------------------------------------------------

// Puts it where the steps would.
static void move(const char *to) {
  char statement[200];
  (void)snprintf(statement, sizeof statement, "update initiatives set step = '%s' where initiative_id = '%s'", to, saved("id"));
  sql_run(statement);
  const struct step story[] = {
      {.says = "It moves on", .key = ADMIN, .path = "/v1/initiatives/${id}", .status = 200, .saves = {"tag <- header ETag"}}};
  STEPS(story);
}

#define PASSED(members, at)                                                                                                                        \
  {                                                                                                                                                \
    .says = "What a step rests on stays", CHANGE("tag", members), .status = 409, .expects = { "errors.0.pointer = " at, "errors.0.rule = passed" } \
  }

START_TEST(lets_nothing_be_taken_away_that_a_passed_step_rests_on) {
  objective_make("stay");
  static const struct step vision[] = {
      {.says = "An initiative at its vision",
       POST("/v1/initiatives", JSON({
              "title" : "Stay",
              "vision" : "v",
              "objective" : "stay",
              "owner" : "o",
              "scope" : {"service" : ["vpn"]},
              "metric" : "happiness",
              "target" : 10,
              "due_on" : "2030-01-01",
              "success_factors" : [ {"text" : "s"} ],
              "guardrails" : ["csat"]
            })),
       .status = 201,
       .saves = {"id <- id", "tag <- header ETag"}},
      {.says = "may lose it", CHANGE("tag", "{\"vision\": null}"), .status = 200, .saves = {"tag <- header ETag"}},
      {.says = "and have another one", CHANGE("tag", "{\"vision\": \"w\"}"), .status = 200, .saves = {"tag <- header ETag"}},
  };
  static const struct step baseline[] = {
      PASSED("{\"vision\": null}", "/vision"),
      PASSED("{\"objective\": null}", "/objective"),
      PASSED("{\"owner\": null, \"title\": \"x\"}", "/owner"),
      {.says = "but may be said otherwise",
       CHANGE("tag", "{\"vision\": \"x\", \"owner\": \"p\", \"metric\": null, \"target\": null}"),
       .status = 200,
       .saves = {"tag <- header ETag"}},
      {.says = "and what comes later is open", CHANGE("tag", "{\"metric\": \"csat\", \"target\": 80}"), .status = 200},
  };
  static const struct step plan[] = {
      PASSED("{\"metric\": null}", "/metric"),
      PASSED("{\"metric\": \"happiness\"}", "/metric"),
      PASSED("{\"target\": 70}", "/target"),
      PASSED("{\"target\": null}", "/target"),
      PASSED("{\"scope\": {\"service\": [\"mail\"]}}", "/scope"),
      PASSED("{\"comparison_scope\": {\"service\": [\"mail\"]}}", "/comparison_scope"),
      PASSED("{\"guardrails\": null}", "/guardrails"),
      PASSED("{\"due_on\": null}", "/due_on"),
      PASSED("{\"success_factors\": []}", "/success_factors"),
      {.says = "All of it is told at once", CHANGE("tag", "{\"target\": 70, \"owner\": null}"), .status = 409, .expects = {"errors.length = 2"}},
      {.says = "What it doesn't rest on may change",
       CHANGE("tag", "{\"due_on\": \"2031-01-01\", \"success_factors\": [{\"text\": \"t\"}], \"stakeholders\": [\"q\"]}"),
       .status = 200,
       .expects = {"due_on = 2031-01-01"}},
  };
  STEPS(vision);
  move("baseline");
  STEPS(baseline);
  move("plan");
  STEPS(plan);
  sql_run("update initiatives set status = 'cancelled', ended_at = now() where content ->> 'title' = 'Stay'");
  move("plan");
  static const struct step over[] = {
      {.says = "What is over doesn't change", CHANGE("tag", "{\"due_on\": \"2032-01-01\"}"), .status = 409, .expects = {"errors.0.rule = ended"}},
      {.says = "gets no actions",
       POST("/v1/initiatives/${id}/actions", "{\"title\": \"late\"}"),
       .status = 409,
       .expects = {"errors.0.rule = ended"}},
      {.says = "and no votes", POST("/v1/initiatives/${id}/votes", "{\"voter\": \"zoe\"}"), .status = 409, .expects = {"errors.0.rule = ended"}},
  };
  STEPS(over);
}
END_TEST

// --- Actions, notes, votes ------------------------------------------------------------------------------------------

START_TEST(records_what_is_done) {
  const struct step story[] = {
      {.says = "An initiative", POST("/v1/initiatives", "{\"title\": \"Act\"}"), .status = 201, .saves = {"id <- id", "old <- header ETag"}},
      {.says = "gets an action",
       POST("/v1/initiatives/${id}/actions", JSON({"title" : "Try it", "owner" : "bo", "due_on" : "2030-01-01", "experiment" : true})),
       .status = 201,
       .expects = {"header Location = ~^/v1/initiatives/${id}/actions/[0-9a-f-]{36}$", "title = Try it", "owner = bo", "experiment = true",
                   "iteration = 1", "started_at = null", "done_at = null", "created_by present"},
       .saves = {"action <- id", "whole <- (body)"}},
      {.says = "that is part of it",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${id}",
       .status = 200,
       .expects = {"actions.length = 1", "actions.0 = ${whole}", "header ETag != ~^${old}$"},
       .saves = {"tag <- header ETag"}},
      {.says = "so that who has read it before is told", CHANGE("old", "{\"owner\": \"x\"}"), .status = 412},
      {.says = "It begins",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"started_at\": \"2026-03-02T08:00:00Z\"}",
       .status = 200,
       .expects = {"started_at = 2026-03-02T08:00:00Z", "owner = bo", "experiment = true"}},
      {.says = "under the initiative's ETag, where one is given",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .headers = "If-Match: ${tag}",
       .body = "{\"outcome\": \"?\"}",
       .status = 412},
      {.says = "and ends",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"done_at\": \"2026-03-09T08:00:00Z\", \"outcome\": \"It works\"}",
       .status = 200,
       .expects = {"done_at = 2026-03-09T08:00:00Z", "outcome = It works"}},
      {.says = "not before it began",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"done_at\": \"2026-03-01T08:00:00Z\"}",
       .status = 422,
       .expects = {"errors.0.pointer = /done_at", "errors.0.rule = order"}},
      {.says = "nor without having begun",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"started_at\": null}",
       .status = 422,
       .expects = {"errors.0.pointer = /started_at", "errors.0.rule = required"}},
      {.says = "nor in days to come",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"started_at\": \"2999-01-01T00:00:00Z\", \"done_at\": \"2999-01-01T00:00:00Z\"}",
       .status = 422,
       .expects = {"errors.length = 2", "errors.0.rule = future"}},
      {.says = "What isn't there doesn't change",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${id}",
       .body = "{}",
       .status = 404},
      {.says = "and gets nothing", POST("/v1/initiatives/${action}/actions", "{\"title\": \"x\"}"), .status = 404},
  };
  STEPS(story);
  char evaluated[400];
  (void)snprintf(
      evaluated, sizeof evaluated,
      "insert into evaluations (tenant_id, initiative_id, iteration, evaluated_at, window_from, window_to, verdict, still_relevant, content,"
      " created_by) select tenant_id, initiative_id, 1, now(), '2026-03-10', '2026-04-10', 'improved', true, '{}', 'x' from initiatives"
      " where initiative_id = '%s'",
      saved("id"));
  sql_run(evaluated);
  static const struct step after[] = {
      {.says = "What an evaluation rests on",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"done_at\": \"2026-03-08T08:00:00Z\"}",
       .status = 409,
       .expects = {"errors.0.pointer = /done_at", "errors.0.rule = evaluated"}},
      {.says = "stays, and nothing is added", POST("/v1/initiatives/${id}/actions", "{\"title\": \"x\"}"), .status = 409},
      {.says = "but words",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/initiatives/${id}/actions/${action}",
       .body = "{\"outcome\": \"It worked\"}",
       .status = 200},
  };
  STEPS(after);
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'initiative.action' and detail ->> 'id' is not null"), 5);
}
END_TEST

START_TEST(keeps_notes_and_counts_votes) {
  static const struct step story[] = {
      {.says = "An initiative", POST("/v1/initiatives", "{\"title\": \"Heard\"}"), .status = 201, .saves = {"id <- id"}},
      {.says = "gets a note by principle",
       POST("/v1/initiatives/${id}/notes", JSON({"principle" : "focus_on_value", "text" : "Who has something of it?"})),
       .status = 201,
       .expects = {"principle = focus_on_value", "step = vision", "iteration = 1", "created_by present"},
       .saves = {"note <- (body)"}},
      {.says = "or none",
       POST("/v1/initiatives/${id}/notes", JSON({"text" : "Ask Bo."})),
       .status = 201,
       .expects = {"principle = null", "text = Ask Bo."}},
      {.says = "that says something", POST("/v1/initiatives/${id}/notes", JSON({"text" : "  "})), .status = 422},
      {.says = "by a principle that there is",
       POST("/v1/initiatives/${id}/notes", JSON({"principle" : "luck", "text" : "x"})),
       .status = 422,
       .expects = {"errors.0.rule = enum"}},
      {.says = "Anybody with a key passes votes on",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/initiatives/${id}/votes",
       .body = "{\"voter\": \"anna@example.org\", \"unit\": \"Sales\"}",
       .status = 201,
       .expects = {"initiative = ${id}", "unit = Sales", "votes = 1"}},
      {.says = "one of each person",
       .key = DASHBOARD,
       .method = "POST",
       .path = "/v1/initiatives/${id}/votes",
       .body = "{\"voter\": \" Anna@Example.org\", \"unit\": \"Finance\"}",
       .status = 200,
       .expects = {"votes = 1"}},
      {.says = "and of another",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/initiatives/${id}/votes",
       .body = "{\"voter\": \"bo@example.org\"}",
       .status = 201,
       .expects = {"unit = null", "votes = 2"}},
      {.says = "beside the priority",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${id}",
       .status = 200,
       .expects = {"notes.length = 2", "notes.0 = ${note}", "votes.count = 2", "votes.units.length = 2",
                   "votes.units = [{\"unit\":\"Finance\",\"votes\":1},{\"unit\":null,\"votes\":1}]", "priority.score = null"}},
      {.says = "Without an initiative there is nothing to vote for",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/initiatives/01900000-0000-7000-8000-000000000000/votes",
       .body = "{\"voter\": \"bo\"}",
       .status = 404},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from initiative_votes where length(voter) <> 16"), 0);
}
END_TEST

START_TEST(takes_suggestions_of_anybody_with_a_key) {
  static const struct step story[] = {
      {.says = "A portal passes on what somebody suggests",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/suggestions",
       .headers = "Idempotency-Key: idea",
       .body = JSON({
         "title" : "Print from phones",
         "description" : "I walk a lot.",
         "scope" : {"service" : ["print"]},
         "category" : "workplace",
         "suggested_by" : "zoe"
       }),
       .status = 201,
       .expects = {"header Location = ~^/v1/initiatives/", "title = Print from phones", "scope.service = [\"print\"]", "step = vision",
                   "status = open", "suggested_by = zoe", "priority absent"},
       .saves = {"id <- id", "said <- (body)"}},
      {.says = "once",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/suggestions",
       .headers = "Idempotency-Key: idea",
       .body = JSON({
         "title" : "Print from phones",
         "description" : "I walk a lot.",
         "scope" : {"service" : ["print"]},
         "category" : "workplace",
         "suggested_by" : "zoe"
       }),
       .status = 201,
       .expects = {"(body) = ${said}"}},
      {.says = "It is an initiative",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${id}",
       .status = 200,
       .expects = {"source = {\"kind\":\"suggestion\",\"reference\":\"zoe\"}", "description = I walk a lot.", "owner = null", "category = workplace",
                   "priority.reason = no_answers"}},
      {.says = "found among suggestions",
       .key = DASHBOARD,
       .path = "/v1/initiatives?source=suggestion&q=PHONES",
       .status = 200,
       .expects = {"items.length = 1", "items.0.id = ${id}"}},
      {.says = "A suggestion says what",
       .key = DASHBOARD,
       .method = "POST",
       .path = "/v1/suggestions",
       .body = "{\"text\": \"x\"}",
       .status = 422,
       .expects = {"errors.length = 2"}},
      {.says = "and where", POST("/v1/suggestions", "{\"title\": \"t\", \"scope\": {\"mood\": [\"x\"]}}"), .status = 422},
  };
  STEPS(story);
}
END_TEST

// --- Priority and lists ---------------------------------------------------------------------------------------------

// `count` persons lose `minutes`, 20 more or less in turn, with this service.
static void lose(const char *service, int count, int minutes) {
  struct bytes lines = {0};
  char ticket[400];
  (void)snprintf(ticket, sizeof ticket, "{\"opened_at\": \"%s\", \"resolved_at\": \"%s\", \"context\": {\"service\": \"%s\"}}",
                 sql_text("select to_char(now() at time zone 'UTC' - interval '3 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"),
                 sql_text("select to_char(now() at time zone 'UTC' - interval '2 days', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"), service);
  char path[80];
  (void)snprintf(path, sizeof path, "/v1/tickets/LOST-%s", service);
  ck_assert_int_eq(request(PORTAL, "PUT", path, NULL, ticket)->status, 201);
  for (int i = 0; i < count; i++)
    bytes_format(&lines, "{\"ticket\":\"LOST-%s\",\"respondent\":\"%s-%d\",\"happiness\":5,\"lost_minutes\":%d}\n", service, service, i,
                 i % 2 ? minutes + 20 : minutes - 20);
  ck_assert_int_eq(request(PORTAL, "POST", "/v1/responses/import", "Content-Type: application/x-ndjson", bytes_text(&lines))->status, 200);
  bytes_release(&lines);
}

#define RANKED "/v1/initiatives?category=ranked"

START_TEST(computes_and_explains_the_priority) {
  lose("slow", 100, 90);
  lose("fast", 400, 45);
  static const struct step story[] = {
      {.says = "100 people lose 45 minutes more than the rest: 75 hours, which is sure",
       POST("/v1/initiatives", JSON({"title" : "Big", "category" : "ranked", "effort" : "M", "scope" : {"service" : ["slow"]}})),
       .status = 201,
       .expects = {"priority.score = 37.5", "priority.reason = null", "priority.recoverable_hours = 75", "priority.confidence = 1",
                   "priority.certainty = confirmed", "priority.effort_weight = 2", "priority.lost_time.scope.value = 90",
                   "priority.lost_time.scope.n = 100", "priority.lost_time.rest.value = 45", "priority.lost_time.rest.n = 400",
                   "priority.lost_time.p = 0", "priority.window present", "priority.as_of present"},
       .saves = {"id <- id", "tag <- header ETag"}},
      {.says = "What costs more work",
       CHANGE("tag", "{\"effort\": \"XL\"}"),
       .status = 200,
       .expects = {"priority.score = 9.38", "priority.effort_weight = 8"},
       .saves = {"tag <- header ETag"}},
      {.says = "comes later than what costs less",
       POST("/v1/initiatives", JSON({"title" : "Small", "category" : "ranked", "effort" : "S", "scope" : {"service" : ["slow"]}})),
       .status = 201,
       .expects = {"priority.score = 75"}},
      {.says = "What wins nothing",
       POST("/v1/initiatives", JSON({"title" : "Idle", "category" : "ranked", "effort" : "S", "scope" : {"service" : ["fast"]}})),
       .status = 201,
       .expects = {"priority.score = 0", "priority.recoverable_hours = 0"}},
      {.says = "comes before what nobody can tell",
       POST("/v1/initiatives", JSON({"title" : "Vague", "category" : "ranked", "scope" : {"service" : ["slow"]}})),
       .status = 201,
       .expects = {"priority.score = null", "priority.reason = no_effort", "priority.recoverable_hours = 75"}},
      {.says = "of which the newest is first",
       POST("/v1/initiatives", JSON({"title" : "Wide", "category" : "ranked", "effort" : "S"})),
       .status = 201,
       .expects = {"priority.reason = no_scope", "priority.lost_time = null"}},
      {.says = "So they are listed",
       .key = DASHBOARD,
       .path = RANKED,
       .status = 200,
       .expects = {"items.length = 5", "items.0.title = Small", "items.1.title = Big", "items.2.title = Idle", "items.3.title = Wide",
                   "items.4.title = Vague", "items.1.priority.score = 9.38", "items.1.votes = {\"count\":0}", "items.1.effort = XL",
                   "items.1.description absent", "next = null"}},
      {.says = "page by page",
       .key = DASHBOARD,
       .path = RANKED "&limit=4",
       .status = 200,
       .expects = {"items.length = 4", "header Link present"},
       .saves = {"next <- next"}},
      {.says = "to the end",
       .key = DASHBOARD,
       .path = RANKED "&limit=4&cursor=${next}",
       .status = 200,
       .expects = {"items.length = 1", "items.0.title = Vague"}},
      {.says = "or the newest first",
       .key = DASHBOARD,
       .path = RANKED "&order=created&limit=2",
       .status = 200,
       .expects = {"items.0.title = Wide", "items.1.title = Vague"},
       .saves = {"next <- next"}},
      {.says = "on and on",
       .key = DASHBOARD,
       .path = RANKED "&order=created&limit=2&cursor=${next}",
       .status = 200,
       .expects = {"items.0.title = Idle", "items.1.title = Small"}},
      {.says = "with a cursor of the same order", .key = DASHBOARD, .path = RANKED "&cursor=${next}", .status = 422},
      {.says = "By words of it, in any case",
       .key = DASHBOARD,
       .path = RANKED "&q=bIg",
       .status = 200,
       .expects = {"items.length = 1", "items.0.id = ${id}"}},
      {.says = "by state", .key = DASHBOARD, .path = RANKED "&step=vision&status=open&source=insight", .status = 200, .expects = {"items = []"}},
      {.says = "and by nothing that it doesn't have", .key = DASHBOARD, .path = RANKED "&step=dream&mood=x", .status = 422},
  };
  STEPS(story);
}
END_TEST

START_TEST(computes_each_priority_once_a_day) {
  const struct step made[] = {
      {.says = "Yesterday somebody put one into the register",
       POST("/v1/initiatives", JSON({"title" : "Daily", "category" : "daily", "effort" : "S", "scope" : {"service" : ["daily"]}})),
       .status = 201,
       .expects = {"priority.reason = no_answers"},
       .saves = {"id <- id"}},
  };
  STEPS(made);
  lose("daily", 60, 200);
  sql_run("update initiatives set priority_day = priority_day - 1 where content ->> 'category' = 'daily'");
  // A daemon that has looked at this day rests until the next.
  house_restart_with(NULL);
  const struct step story[] = {
      {.says = "Today its priority is another one, and it is the same otherwise",
       .key = DASHBOARD,
       .path = "/v1/initiatives/${id}",
       .status = 200,
       .expects = {"priority.certainty = confirmed", "priority.lost_time.scope.n = 60"},
       .within_seconds = 60},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select revision from initiatives where content ->> 'category' = 'daily'"), 1);
}
END_TEST

START_TEST(tells_no_priority_of_few_people) {
  lose("few", 4, 200);
  lose("many", 40, 30);
  sql_run("update tenants set min_group = 5 where slug = 'acme'");
  house_restart_with(NULL);
  static const struct step story[] = {
      {.says = "Four people are too few to tell what they lost",
       POST("/v1/initiatives", JSON({"title" : "Few", "effort" : "S", "scope" : {"service" : ["few"]}})),
       .status = 201,
       .expects = {"priority.score = null", "priority.reason = withheld", "priority.recoverable_hours = null", "priority.confidence = null",
                   "priority.lost_time = null"},
       .saves = {"id <- id", "tag <- header ETag"}},
      {.says = "nor with others, or a subtraction would tell it",
       CHANGE("tag", "{\"scope\": {\"service\": [\"few\", \"slow\"]}}"),
       .status = 200,
       .expects = {"priority.reason = withheld", "priority.lost_time = null"}},
      {.says = "A hundred are not",
       POST("/v1/initiatives", JSON({"title" : "Hundred", "effort" : "S", "scope" : {"service" : ["slow"]}})),
       .status = 201,
       .expects = {"priority.lost_time.scope.n = 100"}},
  };
  STEPS(story);
  sql_run("update tenants set min_group = 1 where slug = 'acme'");
  house_restart_with(NULL);
}
END_TEST

START_TEST(belongs_to_its_tenant_alone) {
  char headers[300], path[120];
  (void)cli_text("tenant", "create", "other", "--name", "Other", "--time-zone", "UTC");
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s", cli_text("key", "create", "--tenant", "other", "--role", "admin"));
  const struct step story[] = {
      {.says = "One of acme's", POST("/v1/initiatives", "{\"title\": \"Mine\"}"), .status = 201, .saves = {"id <- id"}},
  };
  STEPS(story);
  (void)snprintf(path, sizeof path, "/v1/initiatives/%s", saved("id"));
  EXPECT(request(NO_KEY, "GET", path, headers, NULL), 404, "(body) present");
  EXPECT(request(NO_KEY, "GET", "/v1/initiatives", headers, NULL), 200, "items = []");
  (void)snprintf(path, sizeof path, "/v1/initiatives/%s/votes", saved("id"));
  EXPECT(request(NO_KEY, "POST", path, headers, "{\"voter\": \"x\"}"), 404, "(body) present");
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("initiative");
  TCase *tests = tcase_create("initiatives");
  tcase_set_timeout(tests, 180);
  tcase_add_test(tests, keeps_what_is_written_down);
  tcase_add_test(tests, makes_one_of_a_repeated_post);
  tcase_add_test(tests, refuses_what_means_nothing);
  tcase_add_test(tests, lets_nothing_be_taken_away_that_a_passed_step_rests_on);
  tcase_add_test(tests, records_what_is_done);
  tcase_add_test(tests, keeps_notes_and_counts_votes);
  tcase_add_test(tests, takes_suggestions_of_anybody_with_a_key);
  tcase_add_test(tests, computes_and_explains_the_priority);
  tcase_add_test(tests, computes_each_priority_once_a_day);
  tcase_add_test(tests, tells_no_priority_of_few_people);
  tcase_add_test(tests, belongs_to_its_tenant_alone);
  suite_add_tcase(suite, tests);
  return house_run(suite);
}
