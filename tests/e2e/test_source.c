// Sources: what tools send of themselves becomes tickets and responses, once it is proved to be theirs; what becomes nothing is kept, mended,
// replayed.
#include "harness/harness.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Valid until eight more calls.
static const char *text(const char *format, ...) {
  static char texts[8][4096];
  static size_t turn;
  char *out = texts[turn++ % 8];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(out, sizeof texts[0], format, arguments);
  va_end(arguments);
  return out;
}

// Hexadecimal of OpenSSL's own HMAC; valid until the next call.
static const char *hmac_hex(const EVP_MD *md, const char *secret, const char *content) {
  static char hex[2 * EVP_MAX_MD_SIZE + 1];
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  ck_assert(HMAC(md, secret, (int)strlen(secret), (const unsigned char *)content, strlen(content), mac, &length) != NULL);
  for (unsigned i = 0; i < length; i++)
    (void)snprintf(hex + 2 * i, 3, "%02x", mac[i]);
  return hex;
}

// Makes a source and saves its secret as ${name}.
static void make_source(const char *name, const char *document) {
  const struct answer *answer = request(ADMIN, "PUT", text("/v1/sources/%s", name), NULL, document);
  EXPECT(answer, 201, text("name = %s", name), "secret = ~^[0-9a-f]{64}$", "header ETag = ~^\"", text("header Location = /v1/sources/%s", name));
  steps_set(name, answer_text(answer, "secret"));
}

#define HOOK(name) "/v1/hooks/acme/" name

// --- As code

START_TEST(a_source_is_kept_as_code) {
  static const struct step STORY[] = {
      {.says = "A preset is seen without being made",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/desk?dry_run=true",
       .body = "{\"preset\": \"servicenow\"}",
       .status = 200,
       .expects = {"dry_run = true", "creates = true", "source.ticket.members.0.member = ref", "source.signature.scheme = token",
                   "source.time_zone = UTC", "secret absent"}},
      {.says = "It is not there yet", .key = ADMIN, .path = "/v1/sources/desk", .status = 404},
      {.says = "It is made, with a secret that is shown once",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/desk",
       .body = "{\"preset\": \"servicenow\"}",
       .status = 201,
       .expects = {"secret = ~^[0-9a-f]{64}$", "preset = servicenow", "revision = 1", "old_secret_until = null", "response = null"},
       .saves = {"etag <- header ETag"}},
      {.says = "Read, it has the same ETag and no secret",
       .key = ADMIN,
       .path = "/v1/sources/desk",
       .status = 200,
       .expects = {"header ETag = ~^${etag}$", "secret absent", "ticket.at.0 = /result"},
       .saves = {"document <- (body)"}},
      {.says = "What was read can be put, and changes nothing",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/desk",
       .headers = "If-Match: ${etag}",
       .body = "${document}",
       .status = 200,
       .expects = {"header ETag = ~^${etag}$", "revision = 1", "secret absent"}},
      {.says = "A patch needs the ETag", .key = ADMIN, .method = "PATCH", .path = "/v1/sources/desk", .body = "{\"title\": \"Desk\"}", .status = 428},
      {.says = "and changes what it says",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/sources/desk",
       .headers = "If-Match: ${etag}",
       .body = "{\"title\": \"Desk\", \"time_zone\": \"Europe/Oslo\"}",
       .status = 200,
       .expects = {"title = Desk", "time_zone = Europe/Oslo", "revision = 2", "ticket.at.0 = /result"}},
      {.says = "The old ETag is stale",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/desk",
       .headers = "If-Match: ${etag}",
       .body = "{\"preset\": \"zammad\"}",
       .status = 412},
      {.says = "A zone that nobody knows is refused",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/desk",
       .body = "{\"preset\": \"zammad\", \"time_zone\": \"Mars/Olympus\"}",
       .status = 422,
       .expects = {"errors.0.pointer = /time_zone"}},
      {.says = "A POST of its name is in conflict",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources",
       .body = "{\"name\": \"desk\", \"preset\": \"zammad\"}",
       .status = 409},
      {.says = "but is as good as a PUT where nothing differs",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources",
       .body = "{\"name\": \"desk\", \"title\": \"Desk\", \"preset\": \"servicenow\", \"time_zone\": \"Europe/Oslo\"}",
       .status = 200,
       .expects = {"revision = 2", "secret absent"}},
      {.says = "All that is wrong is told at once",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/other",
       .body = "{\"ticket\": {\"at\": [\"x\"], \"members\": [{\"member\": \"ref\", \"from\": [\"no\"]}, {\"member\": \"colour\", \"from\": [\"/c\"]},"
               " {\"member\": \"context.planet\", \"from\": [\"/p\"]}, {\"member\": \"kind\"}, {\"member\": \"cost\", \"from\": [\"/c\"], \"format\":"
               " \"unix\"}]}}",
       .status = 422,
       .expects = {"errors.0.pointer = /signature", "errors.1.pointer = /ticket/members", "errors.2.pointer = /ticket/at/0",
                   "errors.3.pointer = /ticket/members/0/from/0", "errors.4.pointer = /ticket/members/1/member",
                   "errors.5.pointer = /ticket/members/2/member", "errors.6.pointer = /ticket/members/3/from",
                   "errors.7.pointer = /ticket/members/4/format"}},
      {.says = "It is listed", .key = ADMIN, .path = "/v1/sources", .status = 200, .expects = {"items.0.name = desk", "next = null"}},
      {.says = "Who reads dashboards doesn't see it", .key = DASHBOARD, .path = "/v1/sources", .status = 403},
      {.says = "It ends", .key = ADMIN, .method = "DELETE", .path = "/v1/sources/desk", .status = 204},
      {.says = "and is gone", .key = ADMIN, .path = "/v1/sources/desk", .status = 404},
  };
  STEPS(STORY);
  ck_assert_int_eq(sql_number("select count(*) from audit where subject = 'desk' and action like 'source.%'"), 3);
}
END_TEST

// --- Taking what comes

#define INCIDENT(ref, more) \
  "{\"result\": [{\"number\": \"" ref "\", \"sys_class_name\": \"incident\", \"opened_at\": \"2026-03-02 08:00:00\"" more "}]}"

START_TEST(a_ticket_comes_by_a_hook) {
  make_source("servicenow", "{\"preset\": \"servicenow\"}");
  static const struct step STORY[] = {
      {.says = "With the token it is taken, unknown fields and all",
       .method = "POST",
       .path = HOOK("servicenow"),
       .headers = "X-Xlad-Token: ${servicenow}",
       .body = INCIDENT("INC1", ", \"business_service\": \"vpn\", \"made_sla\": \"true\", \"u_colour\": {\"a\": [1, 2]}"),
       .status = 200,
       .expects = {"source = servicenow", "items.length = 1", "items.0.record = ticket", "items.0.outcome = created", "items.0.ref = INC1"}},
      {.says = "and is a ticket",
       .key = DASHBOARD,
       .path = "/v1/tickets/INC1",
       .status = 200,
       .expects = {"opened_at = 2026-03-02T08:00:00Z", "context.service = vpn", "context.kind absent", "sla_met = true", "state = open"}},
      {.says = "Resolved, it is the same ticket",
       .method = "POST",
       .path = HOOK("servicenow"),
       .headers = "X-Xlad-Token: ${servicenow}",
       .body = INCIDENT("INC1", ", \"incident_state\": \"6\", \"resolved_at\": \"2026-03-02 09:00:00\""),
       .status = 200,
       .expects = {"items.0.outcome = updated"}},
      {.says = "and resolved", .key = DASHBOARD, .path = "/v1/tickets/INC1", .status = 200, .expects = {"state = resolved", "resolution = 1"}},
      {.says = "Reopened, its date is left behind by the tool",
       .method = "POST",
       .path = HOOK("servicenow"),
       .headers = "X-Xlad-Token: ${servicenow}",
       .body = INCIDENT("INC1", ", \"incident_state\": \"2\", \"resolved_at\": \"2026-03-02 09:00:00\""),
       .status = 200},
      {.says = "and it is open", .key = DASHBOARD, .path = "/v1/tickets/INC1", .status = 200, .expects = {"state = open", "resolved_at = null"}},
      {.says = "Without the token nothing is taken", .method = "POST", .path = HOOK("servicenow"), .body = INCIDENT("INC9", ""), .status = 401},
      {.says = "nor with a wrong one",
       .method = "POST",
       .path = HOOK("servicenow"),
       .headers = "X-Xlad-Token: ${servicenow}0",
       .body = INCIDENT("INC9", ""),
       .status = 401,
       .saves = {"refusal <- errors"}},
      {.says = "An unknown source is refused likewise",
       .method = "POST",
       .path = HOOK("nothing"),
       .headers = "X-Xlad-Token: ${servicenow}",
       .body = INCIDENT("INC9", ""),
       .status = 401,
       .expects = {"errors = ${refusal}"}},
      {.says = "and an unknown tenant",
       .method = "POST",
       .path = "/v1/hooks/nobody/servicenow",
       .headers = "X-Xlad-Token: ${servicenow}",
       .body = INCIDENT("INC9", ""),
       .status = 401,
       .expects = {"errors = ${refusal}"}},
      {.says = "An API key is no proof", .key = ADMIN, .method = "POST", .path = HOOK("servicenow"), .body = INCIDENT("INC9", ""), .status = 401},
      {.says = "Nothing came of these", .key = DASHBOARD, .path = "/v1/tickets/INC9", .status = 404},
  };
  STEPS(STORY);
}
END_TEST

START_TEST(responses_come_in_a_list) {
  static const char BODY[] = "{\"satisfaction_ratings\": [{\"ticket_id\": 208, \"requester_id\": 7881, \"score\": \"good\", \"comment\": \"Thanks\","
                             " \"updated_at\": \"2026-03-02T08:00:00Z\"}, {\"ticket_id\": 209, \"requester_id\": 7881, \"score\": \"offered\"},"
                             " {\"ticket_id\": 210, \"requester_id\": 7881, \"score\": \"bad\", \"updated_at\": \"2026-03-02T08:00:00Z\"}]}";
  unsigned char mac[32];
  char encoded[64];
  unsigned length = 0;
  make_source("zendesk", "{\"preset\": \"zendesk\"}");
  EXPECT(request(ADMIN, "POST", "/v1/sources/zendesk/secret", NULL, "{\"secret\": \"a secret of Zendesk's own\"}"), 200, "secret absent",
         "old_secret_until = ~^20");
  const char *content = text("2026-03-02T08:00:01Z%s", BODY);
  ck_assert(HMAC(EVP_sha256(), "a secret of Zendesk's own", 25, (const unsigned char *)content, strlen(content), mac, &length) != NULL);
  (void)EVP_EncodeBlock((unsigned char *)encoded, mac, 32);
  const char *headers = text("X-Zendesk-Webhook-Signature: %s\nX-Zendesk-Webhook-Signature-Timestamp: 2026-03-02T08:00:01Z", encoded);
  EXPECT(request(NO_KEY, "POST", HOOK("zendesk"), headers, BODY), 200, "items.length = 3", "items.0.record = response", "items.0.outcome = created",
         "items.1.outcome = ignored", "items.2.outcome = created");
  EXPECT(request(NO_KEY, "POST", HOOK("zendesk"), headers, BODY), 200, "items.0.outcome = repeated", "items.2.outcome = repeated");
  EXPECT(request(ADMIN, "GET", "/v1/responses?ticket=208", NULL, NULL), 200, "items.0.csat = 5", "items.0.comment = Thanks",
         "items.0.submitted_at = 2026-03-02T08:00:00Z");
  EXPECT(request(ADMIN, "GET", "/v1/responses?ticket=210", NULL, NULL), 200, "items.0.csat = 1");
  EXPECT(request(NO_KEY, "POST", HOOK("zendesk"), "X-Zendesk-Webhook-Signature: x", BODY), 401, "errors.0.rule = signature");
}
END_TEST

START_TEST(who_rates_anew_amends) {
  make_source("rated", "{\"preset\": \"zendesk\", \"signature\": {\"scheme\": \"token\"}}");
#define RATING(score, comment, at)                                                                                               \
  "{\"satisfaction_rating\": {\"ticket_id\": \"RATED1\", \"requester_id\": 7, \"score\": \"" score "\", \"comment\": \"" comment \
  "\", \"updated_at\": "                                                                                                         \
  "\"2026-03-02T0" at ":00:00Z\"}}"
  static const struct step STORY[] = {
      {.says = "A bad rating comes",
       .method = "POST",
       .path = HOOK("rated"),
       .headers = "X-Xlad-Token: ${rated}",
       .body = RATING("bad", "Slow", "8"),
       .status = 200,
       .expects = {"items.0.outcome = created"},
       .saves = {"id <- items.0.id"}},
      {.says = "Its person has changed their mind",
       .method = "POST",
       .path = HOOK("rated"),
       .headers = "X-Xlad-Token: ${rated}",
       .body = RATING("good", "Slow, but kind", "9"),
       .status = 200,
       .expects = {"items.0.outcome = amended", "items.0.id = ${id}"}},
      {.says = "which is one response",
       .key = ADMIN,
       .path = "/v1/responses?ticket=RATED1",
       .status = 200,
       .expects = {"items.length = 1", "items.0.csat = 5", "items.0.comment = Slow, but kind", "items.0.amended_at = ~^20"}},
      {.says = "Said again, it changes nothing",
       .method = "POST",
       .path = HOOK("rated"),
       .headers = "X-Xlad-Token: ${rated}",
       .body = RATING("good", "Slow, but kind", "9"),
       .status = 200,
       .expects = {"items.0.outcome = repeated"}},
      {.says = "nor does what is older",
       .method = "POST",
       .path = HOOK("rated"),
       .headers = "X-Xlad-Token: ${rated}",
       .body = RATING("bad", "Late", "7"),
       .status = 200,
       .expects = {"items.0.outcome = repeated"}},
  };
  STEPS(STORY);
  sql_run("update responses set received_at = received_at - interval '1 year' where ref = 'RATED1'");
  EXPECT(request(NO_KEY, "POST", HOOK("rated"), text("X-Xlad-Token: %s", saved("rated")), RATING("bad", "No", "9")), 202, "items.0.outcome = kept",
         "items.0.reason = window-closed");
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'response.amend' and actor = 'hook'"), 1);
}
END_TEST

START_TEST(each_scheme_is_taken) {
  static const char BODY[] = "{\"ticket\": {\"number\": \"Z1\", \"created_at\": \"2026-03-02T08:00:00.000Z\", \"state\": \"open\"}}";
  make_source("zammad", "{\"preset\": \"zammad\"}");
  const char *signature = hmac_hex(EVP_sha1(), saved("zammad"), BODY);
  EXPECT(request(NO_KEY, "POST", HOOK("zammad"), text("X-Hub-Signature: sha1=%s", signature), BODY), 200, "items.0.ref = Z1");
  EXPECT(request(NO_KEY, "POST", HOOK("zammad"), text("X-Hub-Signature: sha1=%s", signature), text("%s ", BODY)), 401, "status = 401");
  make_source("basic", "{\"preset\": \"zammad\", \"signature\": {\"scheme\": \"basic\", \"user\": \"desk\"}}");
  char pair[128], encoded[256];
  (void)snprintf(pair, sizeof pair, "desk:%s", saved("basic"));
  (void)EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)pair, (int)strlen(pair));
  EXPECT(request(NO_KEY, "POST", HOOK("basic"), text("Authorization: Basic %s", encoded), BODY), 200, "items.0.outcome = updated");
  EXPECT(request(NO_KEY, "POST", HOOK("basic"), "Authorization: Basic ZGVzazp4", BODY), 401, "status = 401");
}
END_TEST

START_TEST(another_secret_is_taken_beside_the_old_one) {
  make_source("rotated", "{\"preset\": \"servicenow\"}");
  steps_set("old", saved("rotated"));
  const struct answer *answer = request(ADMIN, "POST", "/v1/sources/rotated/secret", NULL, "{}");
  EXPECT(answer, 200, "secret = ~^[0-9a-f]{64}$", text("secret != %s", saved("old")), "old_secret_until = ~^20");
  steps_set("rotated", answer_text(answer, "secret"));
  EXPECT(request(NO_KEY, "POST", HOOK("rotated"), text("X-Xlad-Token: %s", saved("old")), INCIDENT("R1", "")), 200, "items.0.outcome = created");
  EXPECT(request(NO_KEY, "POST", HOOK("rotated"), text("X-Xlad-Token: %s", saved("rotated")), INCIDENT("R1", "")), 200, "items.0.outcome = updated");
  sql_run("update sources set old_secret_until = now() where name = 'rotated'");
  EXPECT(request(NO_KEY, "POST", HOOK("rotated"), text("X-Xlad-Token: %s", saved("old")), INCIDENT("R1", "")), 401, "status = 401");
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'source.secret' and subject = 'rotated' and detail is null"), 1);
}
END_TEST

// PostgreSQL says what Oslo's clocks have shown, summer and winter.
START_TEST(times_without_zone_are_those_of_the_source) {
  make_source("oslo", "{\"preset\": \"servicenow\", \"time_zone\": \"Europe/Oslo\"}");
  steps_set("summer", INCIDENT("OSLO1", ", \"incident_state\": \"6\", \"resolved_at\": \"2026-07-02 08:00:00\""));
  static const struct step STORY[] = {
      {.says = "A test tells",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/oslo/test",
       .body = "${summer}",
       .status = 200,
       .expects = {"items.0.outcome = mapped", "items.0.body.opened_at = 2026-03-02T07:00:00Z", "items.0.body.resolved_at = 2026-07-02T06:00:00Z"}},
      {.says = "and stores nothing", .key = DASHBOARD, .path = "/v1/tickets/OSLO1", .status = 404},
      {.says = "The hook does the same",
       .method = "POST",
       .path = HOOK("oslo"),
       .headers = "X-Xlad-Token: ${oslo}",
       .body = "${summer}",
       .status = 200,
       .expects = {"items.0.outcome = created"}},
      {.says = "and stores it",
       .key = DASHBOARD,
       .path = "/v1/tickets/OSLO1",
       .status = 200,
       .expects = {"opened_at = 2026-03-02T07:00:00Z", "resolved_at = 2026-07-02T06:00:00Z"}},
  };
  STEPS(STORY);
}
END_TEST

START_TEST(the_address_may_say_what_the_body_does_not) {
  make_source("freshservice", "{\"preset\": \"freshservice\"}");
  static const struct step STORY[] = {
      {.says = "Freshservice's satisfaction names no ticket, so the address does",
       .method = "POST",
       .path = HOOK("freshservice") "?ticket=INC%2D7&other=1",
       .headers = "X-Xlad-Token: ${freshservice}",
       .body = "{\"csat_response\": {\"created_at\": \"2025-11-18T18:59:15Z\", \"overall_rating_text\": \"1/4\"}}",
       .status = 200,
       .expects = {"items.0.outcome = created"},
       .saves = {"id <- items.0.id"}},
      {.says = "and it is a response", .key = ADMIN, .path = "/v1/responses/${id}", .status = 200, .expects = {"ticket = INC-7", "csat = 1"}},
  };
  STEPS(STORY);
}
END_TEST

// --- What becomes nothing

START_TEST(a_test_tells_all_that_is_wrong) {
  make_source("tested", "{\"preset\": \"servicenow\"}");
  static const struct step STORY[] = {
      {.says = "Of several records each is told",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/tested/test",
       .body = "{\"result\": [{\"number\": \"T1\", \"opened_at\": \"yesterday\", \"reopen_count\": \"x\"}, {\"number\": \"T2\", \"opened_at\":"
               " \"2026-03-02 08:00:00\"}, {\"number\": \"T3\", \"opened_at\": \"2026-03-02 08:00:00\", \"resolved_at\": \"2026-03-01 08:00:00\"}]}",
       .status = 200,
       .expects = {"items.length = 3", "items.0.outcome = refused", "items.0.errors.0.pointer = /opened_at", "items.0.errors.0.rule = format",
                   "items.0.errors.1.pointer = /reopens", "items.0.errors.length = 2", "items.0.body.ref = T1", "items.1.outcome = mapped",
                   "items.1.body.ref = T2", "items.2.outcome = refused", "items.2.errors.0.pointer = /resolved_at"}},
      {.says = "What is no JSON is told so",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/tested/test",
       .body = "{\"result\": ",
       .status = 400,
       .expects = {"type = urn:xlad:problem:not-json"}},
      {.says = "and what has no place where the rules look, too",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/tested/test",
       .body = "7",
       .status = 200,
       .expects = {"items.0.record = null", "items.0.outcome = refused", "items.0.reason = invalid", "items.0.body = null"}},
      {.says = "There is nothing to test of no source", .key = ADMIN, .method = "POST", .path = "/v1/sources/none/test", .body = "{}", .status = 404},
  };
  STEPS(STORY);
  ck_assert_int_eq(sql_number("select count(*) from source_failures where name = 'tested'"), 0);
}
END_TEST

START_TEST(what_becomes_nothing_is_kept_and_replayed) {
  make_source("mended",
              "{\"signature\": {\"scheme\": \"token\"}, \"ticket\": {\"at\": [\"/list\"], \"members\": [{\"member\": \"ref\", \"from\": [\"/no\"]},"
              " {\"member\": \"opened_at\", \"from\": [\"/opened\"]}]}}");
  static const struct step STORY[] = {
      {.says = "One of two records has a time that the rules don't know",
       .method = "POST",
       .path = HOOK("mended") "?from=test",
       .headers = "X-Xlad-Token: ${mended}",
       .body = "{\"list\": [{\"no\": \"M1\", \"opened\": \"2026-03-02T08:00:00Z\"}, {\"no\": \"M2\", \"opened\": \"02.03.2026 08:00\"}]}",
       .status = 202,
       .expects = {"items.0.outcome = created", "items.1.outcome = kept", "items.1.reason = invalid", "items.1.errors.0.pointer = /opened_at"},
       .saves = {"failure <- items.1.failure"}},
      {.says = "The same again is the same failure",
       .method = "POST",
       .path = HOOK("mended") "?from=test",
       .headers = "X-Xlad-Token: ${mended}",
       .body = "{\"list\": [{\"no\": \"M1\", \"opened\": \"2026-03-02T08:00:00Z\"}, {\"no\": \"M2\", \"opened\": \"02.03.2026 08:00\"}]}",
       .status = 202,
       .expects = {"items.0.outcome = updated", "items.1.failure = ${failure}"}},
      {.says = "It is listed with its reason, without its body",
       .key = ADMIN,
       .path = "/v1/sources/mended/failures",
       .status = 200,
       .expects = {"kept = 1", "failed = 2", "dropped = 0", "items.length = 1", "items.0.id = ${failure}", "items.0.times = 2",
                   "items.0.record = ticket", "items.0.reason = invalid", "items.0.errors.0.rule = format", "items.0.body absent", "next = null"}},
      {.says = "and read with it",
       .key = ADMIN,
       .path = "/v1/sources/mended/failures/${failure}",
       .status = 200,
       .expects = {"body = ~^.\"no\": \"M2\", \"opened\": \"02.03.2026 08:00\".$", "query = {\"from\":\"test\"}"}},
      {.says = "Replayed as things are, it stays",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/mended/failures/${failure}/replay",
       .status = 202,
       .expects = {"items.0.outcome = kept", "items.0.failure = ${failure}"}},
      {.says = "The rules are mended",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/mended",
       .body = "{\"signature\": {\"scheme\": \"token\"}, \"ticket\": {\"at\": [\"/list\"], \"members\": [{\"member\": \"ref\", \"from\": [\"/no\"]},"
               " {\"member\": \"opened_at\", \"from\": [\"/opened\"], \"format\": \"%d.%m.%Y %H:%M\"}]}}",
       .status = 200},
      {.says = "and the replay makes a ticket",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/mended/failures/${failure}/replay",
       .status = 200,
       .expects = {"items.0.outcome = created", "items.0.ref = M2"}},
      {.says = "of the time it said", .key = DASHBOARD, .path = "/v1/tickets/M2", .status = 200, .expects = {"opened_at = 2026-03-02T08:00:00Z"}},
      {.says = "Then it is gone", .key = ADMIN, .path = "/v1/sources/mended/failures/${failure}", .status = 404},
      {.says = "and can't be replayed", .key = ADMIN, .method = "POST", .path = "/v1/sources/mended/failures/${failure}/replay", .status = 404},
      {.says = "What is no JSON is kept, too",
       .method = "POST",
       .path = HOOK("mended"),
       .headers = "X-Xlad-Token: ${mended}",
       .body = "<xml/>",
       .status = 202,
       .expects = {"items.0.record = null", "items.0.outcome = kept", "items.0.reason = not-json"}},
      {.says = "Others don't see it", .key = PORTAL, .path = "/v1/sources/mended/failures", .status = 403},
  };
  STEPS(STORY);
}
END_TEST

START_TEST(a_replay_undoes_nothing_newer) {
  make_source("newer", "{\"preset\": \"servicenow\"}");
  static const struct step STORY[] = {
      {.says = "A body fails",
       .method = "POST",
       .path = HOOK("newer"),
       .headers = "X-Xlad-Token: ${newer}",
       .body = INCIDENT("N1", ", \"location\": {\"name\": \"Oslo\"}"),
       .status = 202,
       .saves = {"failure <- items.0.failure"}},
      {.says = "A later one of the same ticket doesn't",
       .method = "POST",
       .path = HOOK("newer"),
       .headers = "X-Xlad-Token: ${newer}",
       .body = INCIDENT("N1", ", \"reassignment_count\": \"2\""),
       .status = 200},
      {.says = "The rules are mended",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/sources/newer",
       .body = "{\"preset\": \"servicenow\", \"ticket\": {\"at\": [\"/result\"], \"members\": [{\"member\": \"ref\", \"from\": [\"/number\"]},"
               " {\"member\": \"opened_at\", \"from\": [\"/opened_at\"]}]}}",
       .status = 200},
      {.says = "The older body is held back",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/newer/failures/${failure}/replay",
       .status = 202,
       .expects = {"items.0.outcome = kept", "items.0.reason = conflict", "items.0.errors.0.rule = newer"}},
      {.says = "so the ticket stays", .key = DASHBOARD, .path = "/v1/tickets/N1", .status = 200, .expects = {"reassignments = 2"}},
      {.says = "unless it is forced",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/sources/newer/failures/${failure}/replay?force=true",
       .status = 200,
       .expects = {"items.0.outcome = updated"}},
      {.says = "and then it is as the body says", .key = DASHBOARD, .path = "/v1/tickets/N1", .status = 200, .expects = {"reassignments = null"}},
  };
  STEPS(STORY);
}
END_TEST

START_TEST(there_is_room_for_so_many_failures) {
  make_source("full", "{\"preset\": \"servicenow\"}");
  sql_run("insert into source_failures (tenant_id, name, failure_id, received_at, last_at, reason, errors, query, body, body_hash)"
          " select tenant_id, 'full', gen_random_uuid(), now(), now(), 'invalid', '[]', '{}', '', sha256(i::text::bytea) from tenants,"
          " generate_series(1, 999) i where slug = 'acme'");
  static const struct step STORY[] = {
      {.says = "The last place is taken, and no other one",
       .method = "POST",
       .path = HOOK("full"),
       .headers = "X-Xlad-Token: ${full}",
       .body = "{\"result\": [{\"number\": \"F1\"}, {\"number\": \"F2\"}]}",
       .status = 202,
       .expects = {"items.0.outcome = kept", "items.1.outcome = refused", "items.1.failure absent"}},
      {.says = "and is counted",
       .key = ADMIN,
       .path = "/v1/sources/full/failures?limit=1",
       .status = 200,
       .expects = {"kept = 1000", "failed = 2", "dropped = 1", "next != null"}},
  };
  STEPS(STORY);
  sql_run("update source_failures set last_at = now() - interval '8 days' where name = 'full'");
  EXPECT(request(ADMIN, "GET", "/v1/sources/full/failures", NULL, NULL), 200, "kept = 0", "items = []", "failed = 2");
  // What is no longer shown is dropped, so many at a sweep; a daemon that starts begins with one.
  house_restart_with(NULL);
  long long left = 1000;
  for (int i = 0; i < 300 && left == 1000; i++) {
    (void)usleep(100000);
    left = sql_number("select count(*) from source_failures where name = 'full'");
  }
  ck_assert_int_eq(left, 800);
}
END_TEST

static Suite *source_suite(void) {
  Suite *suite = suite_create("source");
  TCase *cases = tcase_create("source");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, a_source_is_kept_as_code);
  tcase_add_test(cases, a_ticket_comes_by_a_hook);
  tcase_add_test(cases, responses_come_in_a_list);
  tcase_add_test(cases, who_rates_anew_amends);
  tcase_add_test(cases, each_scheme_is_taken);
  tcase_add_test(cases, another_secret_is_taken_beside_the_old_one);
  tcase_add_test(cases, times_without_zone_are_those_of_the_source);
  tcase_add_test(cases, the_address_may_say_what_the_body_does_not);
  tcase_add_test(cases, a_test_tells_all_that_is_wrong);
  tcase_add_test(cases, what_becomes_nothing_is_kept_and_replayed);
  tcase_add_test(cases, a_replay_undoes_nothing_newer);
  tcase_add_test(cases, there_is_room_for_so_many_failures);
  suite_add_tcase(suite, cases);
  return suite;
}

int main(void) {
  house_start(NULL);
  return house_run(source_suite());
}
