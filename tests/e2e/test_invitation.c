// Invitations: who is asked when a ticket is resolved and who isn't, what becomes of a reopened ticket's, and how they are answered.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// clang-format off
#define JSON(...) #__VA_ARGS__
#define CARE(more) "{\"name\": \"After a ticket\", \"kind\": \"ticket\", \"languages\": [\"en\"]," \
  " \"questions\": [{\"key\": \"happy\", \"metric\": \"happiness\", \"texts\": {\"en\": \"How happy?\"}}]" more "}"
#define SURVEYS(sentence, more) {.says = sentence, .key = ADMIN, .method = "PUT", .path = "/v1/surveys/care", .body = CARE(more)}

#define PUTS(sentence, ref, resolved, more, ...) {.says = sentence, .key = PORTAL, .method = "PUT", .path = "/v1/tickets/" ref, \
  .body = "{\"opened_at\": \"${opened}\", \"resolved_at\": " resolved more "}", .expects = {__VA_ARGS__}}
#define BY(person)       ", \"requester\": \"" person "\""
#define REFUSES(reason)  "invitation.state = refused", "invitation.refused = " reason, "invitation.link = null", "invitation.expires_at = null"
#define IS_DUE           "invitation.state = due", "invitation.refused = null", "invitation.link = ~^/s/[A-Za-z0-9_-]{27}$", "invitation.expires_at present"

#define RESOLVES(sentence, ref, more, ...) PUTS(sentence, ref, "\"${resolved}\"", more, __VA_ARGS__)
#define ASKS(sentence, ref, person)        RESOLVES(sentence, ref, BY(person), IS_DUE)
#define ASKS_NOT(sentence, ref, more, reason) RESOLVES(sentence, ref, more, REFUSES(reason))
#define REOPENS(sentence, ref, person)     PUTS(sentence, ref, "null", BY(person), "invitation = null", "state = open")

#define LISTS(sentence, query, ...) {.says = sentence, .key = PORTAL, .path = "/v1/invitations?" query, .status = 200, .expects = {__VA_ARGS__}}
#define ANSWERS(sentence, body_text, code, ...) {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = body_text, \
  .status = code, .expects = {__VA_ARGS__}}
#define TOKEN(name, more) "{\"invitation\": \"${" name "}\", \"answers\": {\"happy\": 9}" more "}"
// clang-format on

static void set_times(void) {
  steps_set("opened", sql_text("select to_char((now() - interval '3 days') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
  steps_set("resolved", sql_text("select to_char((now() - interval '1 hour') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
  steps_set("long_ago", sql_text("select to_char((now() - interval '15 days') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
}

// The token of the link that was saved as `link`, under `name`.
static void take_token(const char *link, const char *name) { steps_set(name, saved(link) + strlen("/s/")); }

START_TEST(asks_nobody_where_there_is_no_survey) {
  set_times();
  static const struct step story[] = {
      ASKS_NOT("Without a survey nobody is asked", "NONE-1", BY("nobody@x"), "no_survey"),
      PUTS("and nothing is said of a ticket that is open", "NONE-2", "null", BY("nobody@x"), "invitation = null"),
      LISTS("Nothing was decided", "", "items = []", "next = null"),
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from invitations"), 0);
}
END_TEST

START_TEST(asks_the_requester_once) {
  set_times();
  static const struct step story[] = {
      SURVEYS("A survey is made", ""),
      {.says = "Who resolves a ticket gets a link for its requester",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/ASK-1",
       .body = "{\"opened_at\": \"${opened}\", \"resolved_at\": \"${resolved}\", \"requester\": \"anna@x\"}",
       .status = 201,
       .expects = {IS_DUE},
       .saves = {"link <- invitation.link", "id <- invitation.id", "expires <- invitation.expires_at"}},
      RESOLVES("which is the same when it is asked again", "ASK-1", BY("anna@x"), "invitation.link = ${link}", "invitation.id = ${id}",
               "invitation.expires_at = ${expires}"),
      LISTS("It is due", "state=due&ticket=ASK-1", "items.length = 1", "items.0.link = ${link}", "items.0.id = ${id}", "items.0.ticket = ASK-1",
            "items.0.resolution = 1", "items.0.survey = care", "items.0.survey_version = 1", "items.0.state = due", "items.0.answered_at = null",
            "items.0.response = null", "items.0.refused = null", "next = null"),
      LISTS("and was issued", "state=issued&ticket=ASK-1", "items.length = 1"),
      LISTS("and is nothing else", "state=answered", "items = []"),
      {.says = "Dashboards see no links", .key = DASHBOARD, .path = "/v1/invitations", .status = 403},
      LISTS("A page holds as many as asked for", "limit=1", "items.length = 1"),
      {.says = "No other state is known", .key = ADMIN, .path = "/v1/invitations?state=lost", .status = 422, .expects = {"errors.0.pointer = state"}},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from invitations where ref = 'ASK-1'"), 1);
  ck_assert_int_eq(sql_number("select octet_length(token_hash) from invitations where ref = 'ASK-1'"), 32);
}
END_TEST

START_TEST(says_why_nobody_is_asked) {
  set_times();
  static const struct step story[] = {
      {.says = "A ticket resolved longer ago than an invitation lives asks nobody",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/WHY-1",
       .body = "{\"opened_at\": \"${long_ago}\", \"resolved_at\": \"${long_ago}\", \"requester\": \"w1@x\"}",
       .status = 201,
       .expects = {REFUSES("too_old")}},
      ASKS_NOT("nor does one without a requester", "WHY-2", "", "no_requester"),
      ASKS_NOT("nor one whose requester worked on it", "WHY-3", BY("w3@x") ", \"agents\": [\"other@x\", \"W3@x \"]", "worked_on_it"),
      ASKS("One person is asked", "WHY-4", "w4@x"),
      ASKS_NOT("but not again within the quiet days", "WHY-5", BY("w4@x"), "quiet_days"),
      ASKS_NOT("and what was decided stays decided", "WHY-5", BY("w4@x"), "quiet_days"),
      ASKS_NOT("also if somebody else is the requester by now", "WHY-5", BY("w5@x"), "quiet_days"),
      LISTS("Refusals are listed with their reasons", "state=refused&ticket=WHY-5", "items.length = 1", "items.0.refused = quiet_days",
            "items.0.state = refused", "items.0.link = null", "items.0.expires_at = null"),
      {.says = "A ticket is open",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/WHY-6",
       .body = "{\"opened_at\": \"${opened}\", \"requester\": \"w6@x\"}",
       .status = 201},
      ANSWERS("and rated before it is resolved", JSON({"ticket" : "WHY-6", "happiness" : 3}), 201, "resolution = 0"),
      ASKS_NOT("so nobody is asked for what is known", "WHY-6", BY("w6@x"), "answered"),
  };
  STEPS(story);
}
END_TEST

START_TEST(asks_again_after_the_quiet_days_but_not_within_the_interval) {
  set_times();
  static const struct step first[] = {
      SURVEYS("A survey has an interval", ", \"interval_days\": 30"),
      ASKS("A person is asked", "GAP-1", "gap@x"),
  };
  static const struct step second[] = {ASKS_NOT("After the quiet days the survey's own interval holds", "GAP-2", BY("gap@x"), "interval")};
  static const struct step third[] = {
      ASKS("until it is over, too", "GAP-3", "gap@x"),
      SURVEYS("(and there is no interval any more)", ""),
  };
  STEPS(first);
  sql_run("update invitations set issued_at = issued_at - interval '8 days' where ref = 'GAP-1'");
  STEPS(second);
  sql_run("update invitations set issued_at = issued_at - interval '23 days' where ref = 'GAP-1'");
  STEPS(third);
}
END_TEST

START_TEST(asks_again_at_once_where_there_are_no_quiet_days) {
  set_times();
#define QUIET(sentence, days)                                                                                                                 \
  {                                                                                                                                           \
    .says = sentence, .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: *", .body = JSON({"quiet_days" : days}), \
    .status = 200, .expects = {                                                                                                               \
      "quiet_days = " #days                                                                                                                   \
    }                                                                                                                                         \
  }
  static const struct step story[] = {
      ASKS("A person is asked", "LOUD-1", "loud@x"),
      ASKS_NOT("and then left alone for a week", "LOUD-2", BY("loud@x"), "quiet_days"),
      QUIET("A tenant wants no quiet days", 0),
      ASKS("so the person is asked again", "LOUD-3", "loud@x"),
      QUIET("(and wants them again)", 7),
      ASKS_NOT("and so they hold", "LOUD-4", BY("loud@x"), "quiet_days"),
  };
  STEPS(story);
#undef QUIET
}
END_TEST

START_TEST(asks_whom_the_audience_holds) {
  set_times();
#define IN(service) ", \"context\": {\"service\": \"" service "\"}"
  static const struct step story[] = {
      SURVEYS("A survey is about some services", ", \"audience\": {\"service\": [\"vpn\", \"mail\"], \"reopened\": [\"no\"]}"),
      RESOLVES("A ticket of one of them asks", "AUD-1", BY("a1@x") IN("mail"), IS_DUE),
      ASKS_NOT("one of another doesn't", "AUD-2", BY("a2@x") IN("print"), "audience"),
      ASKS_NOT("nor one of none", "AUD-3", BY("a3@x"), "audience"),
      ASKS_NOT("nor one that holds in one dimension alone", "AUD-4", BY("a4@x") IN("vpn") ", \"reopens\": 2", "audience"),
      SURVEYS("(and it is about all of them again)", ", \"audience\": {}"),
  };
  STEPS(story);
#undef IN
}
END_TEST

// So many tickets, each of another person; how many of them ask.
static int count_asked(const char *name, int tickets) {
  char path[64], body[256];
  int asked = 0;
  for (int i = 0; i < tickets; i++) {
    (void)snprintf(path, sizeof path, "/v1/tickets/%s-%d", name, i);
    (void)snprintf(body, sizeof body, "{\"opened_at\": \"%s\", \"resolved_at\": \"%s\", \"requester\": \"%s-%d@x\"}", saved("opened"),
                   saved("resolved"), name, i);
    const struct answer *answer = request(PORTAL, "PUT", path, NULL, body);
    asked += strcmp(answer_text(answer, "invitation.state"), "due") == 0;
  }
  return asked;
}

START_TEST(asks_a_sample) {
  set_times();
  static const struct step less[] = {SURVEYS("A survey asks a part", ", \"percentage\": 30")};
  static const struct step more[] = {
      LISTS("The others are refused for that", "state=refused&ticket=PART-A", "items = []"),
      SURVEYS("(and all again)", ""),
  };
  STEPS(less);
  int asked = count_asked("PART", 200);
  ck_assert_msg(asked > 35 && asked < 85, "%d of 200 are asked", asked);
  ck_assert_int_eq(sql_number("select count(*) from invitations where ref like 'PART-%' and refused = 'sample'"), 200 - asked);
  STEPS(more);
}
END_TEST

START_TEST(asks_one_person_once_however_many_tickets_come_together) {
  set_times();
  struct bytes lines = {0};
  for (int i = 0; i < 40; i++)
    bytes_format(&lines, "{\"ref\":\"MANY-%d\",\"opened_at\":\"%s\",\"resolved_at\":\"%s\",\"requester\":\"many@x\"}\n", i, saved("opened"),
                 saved("resolved"));
  (void)request(PORTAL, "POST", "/v1/tickets/import", "Content-Type: application/x-ndjson", bytes_text(&lines));
  bytes_release(&lines);
  ck_assert_int_eq(sql_number("select count(*) from invitations where ref like 'MANY-%'"), 40);
  ck_assert_int_eq(sql_number("select count(*) from invitations where ref like 'MANY-%' and refused is null"), 1);
  ck_assert_int_eq(sql_number("select count(*) from invitations where ref like 'MANY-%' and refused = 'quiet_days'"), 39);
}
END_TEST

START_TEST(voids_what_waits_when_a_ticket_is_reopened) {
  set_times();
  static const struct step first[] = {
      {.says = "A requester is asked",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/VOID-1",
       .body = "{\"opened_at\": \"${opened}\", \"resolved_at\": \"${resolved}\", \"requester\": \"void@x\"}",
       .expects = {IS_DUE},
       .saves = {"void_link <- invitation.link"}},
      REOPENS("The ticket is reopened", "VOID-1", "void@x"),
      LISTS("so the invitation doesn't hold", "ticket=VOID-1", "items.length = 1", "items.0.state = voided", "items.0.void_reason = reopened",
            "items.0.voided_at present", "items.0.link = null"),
      LISTS("and isn't due", "state=due&ticket=VOID-1", "items = []"),
  };
  static const struct step second[] = {
      ANSWERS("Its link is told that it is over", TOKEN("void_token", ""), 410, "type = urn:xlad:problem:invitation-over",
              "errors.0.pointer = /invitation", "errors.0.rule = voided"),
      ASKS("The next resolution asks again", "VOID-1", "void@x"),
      LISTS("with an invitation of its own", "state=issued&ticket=VOID-1", "items.length = 2", "items.0.resolution = 2", "items.0.state = due",
            "items.1.resolution = 1", "items.1.state = voided"),
  };
  STEPS(first);
  take_token("void_link", "void_token");
  sql_run("update invitations set issued_at = issued_at - interval '8 days' where ref = 'VOID-1'");
  STEPS(second);
}
END_TEST

START_TEST(takes_an_answer_by_its_token) {
  set_times();
  static const struct step first[] = {
      {.says = "A requester is asked",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/TOK-1",
       .body = "{\"opened_at\": \"${opened}\", \"resolved_at\": \"${resolved}\", \"requester\": \"tok@x\"}",
       .expects = {IS_DUE},
       .saves = {"tok_link <- invitation.link"}},
  };
  static const struct step second[] = {
      ANSWERS("What is no token is refused", JSON({"invitation" : "abc", "answers" : {"happy" : 9}}), 422, "errors.0.pointer = /invitation",
              "errors.0.rule = format"),
      ANSWERS("as is a token of nothing", JSON({"invitation" : "abcdefghijklmnopqrstuvwxyz0", "answers" : {"happy" : 9}}), 422,
              "errors.0.rule = unknown"),
      ANSWERS("A token says whose answer it is and of what, so nothing else does",
              TOKEN("tok_token", ", \"ticket\": \"TOK-1\", \"respondent\": \"x\""), 422, "errors.length = 2", "errors.0.pointer = /ticket",
              "errors.1.pointer = /respondent"),
      ANSWERS("An answer needs a ticket or a token", JSON({"happiness" : 9}), 422, "errors.length = 1", "errors.0.pointer = /ticket",
              "errors.0.rule = required"),
      {.says = "The requester answers",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = TOKEN("tok_token", ""),
       .status = 201,
       .expects = {"ticket = TOK-1", "resolution = 1", "happiness = 9"},
       .saves = {"tok_response <- id"}},
      LISTS("and the invitation is answered", "state=answered&ticket=TOK-1", "items.length = 1", "items.0.response = ${tok_response}",
            "items.0.answered_at present", "items.0.link = null"),
      ANSWERS("The same answer again is the same response", TOKEN("tok_token", ""), 200, "id = ${tok_response}"),
      ANSWERS("also when it names the ticket and the survey",
              JSON({"ticket" : "TOK-1", "survey" : "care", "survey_version" : 1, "answers" : {"happy" : 9}}), 200, "id = ${tok_response}"),
      ANSWERS("another is refused", JSON({"invitation" : "${tok_token}", "answers" : {"happy" : 1}}), 409,
              "type = urn:xlad:problem:already-answered"),
      REOPENS("A reopened ticket leaves the answer as it is", "TOK-1", "tok@x"),
      LISTS("and the invitation", "ticket=TOK-1", "items.length = 1", "items.0.state = answered"),
      {.says = "Imports need no invitation and take none",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses/import",
       .headers = "Content-Type: application/x-ndjson",
       .body = JSON({"ticket" : "TOK-1", "invitation" : "abcdefghijklmnopqrstuvwxyz0", "happiness" : 9}),
       .status = 200,
       .expects = {"status = 422", "errors.0.pointer = /invitation"}},
  };
  STEPS(first);
  take_token("tok_link", "tok_token");
  STEPS(second);
}
END_TEST

START_TEST(takes_an_answer_of_the_same_person_without_its_token) {
  set_times();
  static const struct step story[] = {
      ASKS("A requester is asked", "SAME-1", "same@x"),
      ANSWERS("Somebody else answers", JSON({"ticket" : "SAME-1", "respondent" : "colleague@x", "happiness" : 2}), 201, "resolution = 1"),
      LISTS("which leaves the invitation as it is", "ticket=SAME-1", "items.0.state = due"),
      ANSWERS("The requester answers in the portal", JSON({"ticket" : "SAME-1", "happiness" : 10}), 201, "resolution = 1"),
      LISTS("which is an answer to the invitation", "ticket=SAME-1", "items.length = 1", "items.0.state = answered"),
  };
  STEPS(story);
}
END_TEST

START_TEST(expires) {
  set_times();
  static const struct step first[] = {
      SURVEYS("A survey waits for two days", ", \"expires_days\": 2"),
      {.says = "A requester is asked",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/LATE-1",
       .body = "{\"opened_at\": \"${opened}\", \"resolved_at\": \"${resolved}\", \"requester\": \"late@x\"}",
       .expects = {IS_DUE},
       .saves = {"late_link <- invitation.link"}},
  };
  static const struct step second[] = {
      ANSWERS("After them it is too late for the link", TOKEN("late_token", ""), 410, "type = urn:xlad:problem:invitation-over",
              "errors.0.pointer = /invitation", "errors.0.rule = expired"),
      LISTS("The invitation has expired", "state=expired&ticket=LATE-1", "items.length = 1", "items.0.link = null"),
      RESOLVES("which the ticket's owner is told, too", "LATE-1", BY("late@x"), "invitation.state = expired", "invitation.link = null"),
      ANSWERS("The portal's own form is never closed", JSON({"ticket" : "LATE-1", "happiness" : 4}), 201, "resolution = 1"),
      LISTS("but what comes too late answers no invitation", "ticket=LATE-1", "items.0.state = expired", "items.0.answered_at = null"),
      SURVEYS("(and surveys wait as long as usual)", ""),
  };
  STEPS(first);
  take_token("late_link", "late_token");
  sql_run("update invitations set issued_at = issued_at - interval '3 days', expires_at = expires_at - interval '3 days' where ref = 'LATE-1'");
  STEPS(second);
}
END_TEST

START_TEST(tells_webhooks_whom_to_ask) {
  set_times();
  static const struct step story[] = {
      {.says = "A receiver wants to know",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/webhooks",
       .body = JSON({"url" : "https://hooks.example/invitations", "events" : ["invitation.issued"]}),
       .status = 201},
      {.says = "Somebody is asked",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/TELL-1",
       .body = "{\"opened_at\": \"${opened}\", \"resolved_at\": \"${resolved}\", \"requester\": \"tell@x\"}",
       .expects = {IS_DUE},
       .saves = {"tell_link <- invitation.link", "tell_id <- invitation.id"}},
      ASKS_NOT("and somebody isn't", "TELL-2", "", "no_requester"),
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from outbox"), 1);
  ck_assert_str_eq(sql_text("select type from outbox"), "invitation.issued");
  ck_assert_str_eq(sql_text("select body::json -> 'data' ->> 'link' from outbox"), saved("tell_link"));
  ck_assert_str_eq(sql_text("select body::json -> 'data' ->> 'id' from outbox"), saved("tell_id"));
  ck_assert_str_eq(sql_text("select body::json -> 'data' ->> 'ticket' from outbox"), "TELL-1");
  ck_assert_int_eq(sql_number("select count(*) from outbox o join invitations v on v.invitation_id = o.event_id"
                              " where (o.body::json -> 'data' ->> 'expires_at')::timestamptz = v.expires_at"),
                   1);
  ck_assert_str_eq(sql_text("select body::json ->> 'type' from outbox"), "invitation.issued");
}
END_TEST

START_TEST(asks_nobody_any_more_after_the_last_survey_retired) {
  set_times();
  static const struct step story[] = {
      ASKS("Somebody is asked", "LAST-1", "last1@x"),
      {.says = "The survey retires", .key = ADMIN, .method = "DELETE", .path = "/v1/surveys/care"},
      ASKS_NOT("so nobody is asked", "LAST-2", BY("last2@x"), "no_survey"),
      REOPENS("but what is reopened", "LAST-1", "last1@x"),
      LISTS("is voided as ever", "ticket=LAST-1", "items.0.state = voided"),
  };
  STEPS(story);
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("invitation");
  TCase *tests = tcase_create("invitation");
  tcase_add_test(tests, asks_nobody_where_there_is_no_survey);
  tcase_add_test(tests, asks_the_requester_once);
  tcase_add_test(tests, says_why_nobody_is_asked);
  tcase_add_test(tests, asks_again_after_the_quiet_days_but_not_within_the_interval);
  tcase_add_test(tests, asks_again_at_once_where_there_are_no_quiet_days);
  tcase_add_test(tests, asks_whom_the_audience_holds);
  tcase_add_test(tests, asks_a_sample);
  tcase_add_test(tests, asks_one_person_once_however_many_tickets_come_together);
  tcase_add_test(tests, voids_what_waits_when_a_ticket_is_reopened);
  tcase_add_test(tests, takes_an_answer_by_its_token);
  tcase_add_test(tests, takes_an_answer_of_the_same_person_without_its_token);
  tcase_add_test(tests, expires);
  tcase_add_test(tests, tells_webhooks_whom_to_ask);
  tcase_add_test(tests, asks_nobody_any_more_after_the_last_survey_retired);
  suite_add_tcase(suite, tests);
  return house_run(suite);
}
