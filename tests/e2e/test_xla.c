// Experience level agreements: as code and by hand, their versions, the days that they leave out, and who may.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

#define JSON(...) #__VA_ARGS__

// clang-format off
#define VPN JSON({"name": "VPN is a pleasure", "owner": "anna", "provider": "IT", "customer": "Sales", "metric": "happiness", \
                  "scope": {"service": ["vpn", "mail"], "location": ["oslo"]}, "target": 30})
#define INDEX JSON({"name": "Index", "owner": "bo", "commitment": "digital", "target": 70, "scope": {}, "components": [ \
    {"metric": "happiness", "weight": 2, "worst": -100, "best": 100}, {"metric": "lost_time", "weight": 1, "worst": 240, "best": 0}]})
// clang-format on

static const char *today(void) { return sql_text("select (now() at time zone 'Europe/Oslo')::date::text"); }

START_TEST(applies_a_document_as_often_as_you_like) {
  steps_set("today", today());
  steps_set("review", sql_text("select ((now() at time zone 'Europe/Oslo')::date + interval '9 months')::date::text"));
  const struct step made[] = {
      {.says = "What would be made is told first",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn?dry_run=true",
       .body = VPN,
       .status = 200,
       .expects = {"dry_run = true", "creates = true", "new_version = true", "changes.0 = {\"pointer\":\"/slug\",\"from\":null,\"to\":\"vpn\"}"}},
      {.says = "and nothing is there yet", .key = ADMIN, .path = "/v1/xlas/vpn", .status = 404},
      {.says = "The document makes it, with every default",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn",
       .body = VPN,
       .status = 201,
       .expects = {"header Location = /v1/xlas/vpn", "slug = vpn", "commitment = result", "components = null",
                   "scope = {\"location\":[\"oslo\"],\"service\":[\"mail\",\"vpn\"]}", "target = 30", "window_days = 30", "min_responses = 20",
                   "warn = {\"burn\":2}", "paired_sla = null", "starts_on = ${today}", "review_by = ${review}", "version = 1", "versions.length = 1",
                   "versions.0.valid_from = ${today}", "versions.0.metric = happiness", "retired_at = null"},
       .saves = {"tag <- header ETag", "document <- (body)"}},
      {.says = "Reading it gives the same",
       .key = DASHBOARD,
       .path = "/v1/xlas/vpn",
       .status = 200,
       .expects = {"(body) = ${document}", "header ETag = ~^${tag}$"}},
      {.says = "Applied again it changes nothing",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn",
       .body = VPN,
       .status = 200,
       .expects = {"header ETag = ~^${tag}$", "(body) = ${document}"}},
      {.says = "and so does the document that was read",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn",
       .body = "${document}",
       .status = 200,
       .expects = {"header ETag = ~^${tag}$", "(body) = ${document}"}},
      {.says = "posted, too",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas",
       .body = "${document}",
       .status = 200,
       .expects = {"(body) = ${document}"}},
      {.says = "A state within is left alone",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn?dry_run=true",
       .body = JSON({
         "name" : "VPN is a pleasure",
         "owner" : "anna",
         "provider" : "IT",
         "customer" : "Sales",
         "metric" : "happiness",
         "target" : 30.0,
         "scope" : {"location" : ["oslo"], "service" : [ "vpn", "mail" ]},
         "state" : {"status" : "met"},
         "version" : 7
       }),
       .status = 200,
       .expects = {"creates = false", "new_version = false", "changes = []"}},
      {.says = "What was made at another time is another agreement",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "created_at" : "2020-01-01T00:00:00Z", "slug" : "mail"}),
       .status = 422,
       .expects = {"errors.0.pointer = /slug"}},
      {.says = "and can't be had",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "created_at" : "2020-01-01T00:00:00Z"}),
       .status = 422,
       .expects = {"errors.0.pointer = /created_at"}},
      {.says = "Another agreement can't have the slug",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas",
       .body = JSON({"slug" : "vpn", "name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1}),
       .status = 409,
       .expects = {"errors.0.pointer = /slug"}},
  };
  STEPS(made);
  ck_assert_int_eq(sql_number("select count(*) from audit where subject = 'vpn' and action like 'xla.%'"), 1);
}
END_TEST

START_TEST(makes_a_version_of_what_is_demanded_only) {
  const struct step story[] = {
      {.says = "An agreement", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/terms", .body = VPN, .status = 201, .saves = {"tag <- header ETag"}},
      {.says = "changes only under its ETag",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/terms",
       .body = "{\"owner\": \"carl\"}",
       .status = 428},
      {.says = "the newest one",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/terms",
       .headers = "If-Match: \"old\"",
       .body = "{\"owner\": \"carl\"}",
       .status = 412},
      {.says = "Another owner is no new version",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/terms",
       .headers = "If-Match: ${tag}",
       .body = "{\"owner\": \"carl\", \"warn\": {\"burn\": 1.5}, \"notes\": \"agreed by mail\"}",
       .status = 200,
       .expects = {"owner = carl", "version = 1", "versions.length = 1", "warn.burn = 1.5"},
       .saves = {"tag <- header ETag"}},
      {.says = "A scope is merged by its dimensions, and is one",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/terms",
       .headers = "If-Match: ${tag}",
       .body = "{\"scope\": {\"location\": null, \"channel\": [\"phone\"]}}",
       .status = 200,
       .expects = {"scope = {\"channel\":[\"phone\"],\"service\":[\"mail\",\"vpn\"]}", "version = 2", "versions.length = 2",
                   "versions.0.scope.location = [\"oslo\"]", "versions.1.scope.channel = [\"phone\"]"}},
      {.says = "Each of the others is one, as PUT tells beforehand",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/terms?dry_run=true",
       .body = JSON({
         "name" : "VPN is a pleasure",
         "owner" : "carl",
         "metric" : "csat",
         "scope" : {"service" : [ "mail", "vpn" ], "channel" : ["phone"]},
         "target" : 31,
         "window_days" : 31,
         "notes" : "agreed by mail",
         "warn" : {"burn" : 1.5}
       }),
       .status = 200,
       .expects = {"new_version = true", "changes.length = 5", "changes.0 = {\"pointer\":\"/provider\",\"from\":\"IT\",\"to\":null}",
                   "changes.2 = {\"pointer\":\"/metric\",\"from\":\"happiness\",\"to\":\"csat\"}",
                   "changes.3 = {\"pointer\":\"/target\",\"from\":30,\"to\":31}",
                   "changes.4 = {\"pointer\":\"/window_days\",\"from\":30,\"to\":31}"}},
      {.says = "a PUT may be guarded, too",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/terms",
       .headers = "If-Match: ${tag}",
       .body = VPN,
       .status = 412},
      {.says = "and a guarded one makes nothing",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/none",
       .headers = "If-Match: ${tag}",
       .body = VPN,
       .status = 412},
      {.says = "Nothing was done",
       .key = DASHBOARD,
       .path = "/v1/xlas/terms",
       .status = 200,
       .expects = {"version = 2"},
       .saves = {"tag <- header ETag"}},
      {.says = "What the service sets can't be patched",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/terms",
       .headers = "If-Match: ${tag}",
       .body = "{\"version\": 9, \"slug\": \"x\", \"state\": null}",
       .status = 422,
       .expects = {"errors.length = 3", "errors.0.rule = read_only"}},
      {.says = "An agreement that has begun keeps its beginning",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/terms",
       .headers = "If-Match: ${tag}",
       .body = "{\"starts_on\": \"2999-01-01\", \"review_by\": \"2999-02-01\"}",
       .status = 422,
       .expects = {"errors.0.pointer = /starts_on", "errors.0.rule = begun"}},
  };
  STEPS(story);
  ck_assert_str_eq(
      sql_text("select string_agg(detail ->> 'changes', '' order by audit_id) from audit where subject = 'terms' and action = 'xla.change'"
               " and detail ->> 'version' = '2'"),
      "[{\"to\": {\"channel\": [\"phone\"], \"service\": [\"mail\", \"vpn\"]}, \"from\": {\"service\": [\"mail\", \"vpn\"], \"location\":"
      " [\"oslo\"]}, \"pointer\": \"/scope\"}]");
}
END_TEST

START_TEST(never_starts_in_the_past_but_keeps_its_beginning) {
  sql_run("insert into xlas (tenant_id, slug, content) select tenant_id, 'old', json_build_object('slug', 'old', 'name', 'n', 'owner', 'o',"
          " 'commitment', 'result', 'metric', 'happiness', 'scope', json_build_object(), 'target', 1, 'window_days', 30, 'min_responses', 20,"
          " 'starts_on', '2020-02-03', 'review_by', '2021-01-01') from tenants where slug = 'acme'");
  const struct step story[] = {
      {.says = "A past beginning is refused",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/late",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "starts_on" : "2020-02-03"}),
       .status = 422,
       .expects = {"errors.0.pointer = /starts_on", "errors.0.rule = past"}},
      {.says = "and taken unchanged",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/old",
       .body = JSON({"name" : "m", "owner" : "o", "metric" : "happiness", "target" : 1, "starts_on" : "2020-02-03"}),
       .status = 200,
       .expects = {"name = m", "starts_on = 2020-02-03", "review_by = 2021-01-01", "version = 1"}},
      {.says = "and nothing else",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/old",
       .body = JSON({"name" : "m", "owner" : "o", "metric" : "happiness", "target" : 1, "starts_on" : "2020-02-04"}),
       .status = 422,
       .expects = {"errors.0.rule = begun"}},
      {.says = "What lies ahead may be moved",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/soon",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "starts_on" : "2998-01-01", "review_by" : "2999-01-01"}),
       .status = 201},
      {.says = "further ahead",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/soon",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "starts_on" : "2998-02-01"}),
       .status = 200,
       .expects = {"starts_on = 2998-02-01", "review_by = 2999-01-01", "version = 1"}},
      {.says = "not back",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/soon",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "starts_on" : "2020-02-01"}),
       .status = 422,
       .expects = {"errors.0.rule = past"}},
  };
  STEPS(story);
}
END_TEST

#define REFUSED(document, at, why)                                                                                                         \
  {                                                                                                                                        \
    .says = "What can't be agreed is refused, and why is told", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/bad", .body = (document), \
    .status = 422, .expects = {                                                                                                            \
      "errors.0.pointer = " at,                                                                                                            \
      "errors.0.rule = " why                                                                                                               \
    }                                                                                                                                      \
  }

START_TEST(refuses_what_cannot_be_agreed) {
  static const struct step story[] = {
      REFUSED(JSON({"owner" : "o", "metric" : "happiness", "target" : 1}), "/name", "required"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "metric" : "happiness"}), "/target", "required"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1}), "/metric", "required"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "mood"}), "/metric", "unknown"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "responses"}), "/metric", "unknown"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "ticket_volume"}), "/metric", "direction"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 101, "metric" : "happiness"}), "/target", "range"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : -1, "metric" : "lost_time"}), "/target", "range"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 0.5, "metric" : "ces"}), "/target", "range"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "scope" : {"mood" : ["x"]}}), "/scope/mood", "unknown"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "scope" : {"sla" : ["perhaps"]}}), "/scope/sla", "enum"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "scope" : "service:vpn"}), "/scope", "type"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "window_days" : 367}), "/window_days", "range"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "warn" : {"burn" : 0.5}}), "/warn/burn", "range"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "paired_sla" : {"metric" : "sla_met"}}), "/paired_sla/target",
              "required"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "review_by" : "2020-01-01"}), "/review_by", "order"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "metric" : "happiness", "retired_at" : "2020-01-01T00:00:00Z"}), "/retired_at",
              "read_only"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "components" : [ {"metric" : "happiness", "weight" : 1, "worst" : 0, "best" : 1} ]}),
              "/components", "length"),
      REFUSED(
          JSON({
            "name" : "n",
            "owner" : "o",
            "target" : 1,
            "components" :
                [ {"metric" : "happiness", "weight" : 1, "worst" : 0, "best" : 1}, {"metric" : "happiness", "weight" : 1, "worst" : 0, "best" : 1} ]
          }),
          "/components/1/metric", "unique"),
      REFUSED(
          JSON({
            "name" : "n",
            "owner" : "o",
            "target" : 1,
            "components" :
                [ {"metric" : "happiness", "weight" : 1, "worst" : 0, "best" : 1}, {"metric" : "lost_time", "weight" : 1, "worst" : 0, "best" : 1} ]
          }),
          "/components/1/best", "order"),
      REFUSED(JSON({"name" : "n", "owner" : "o", "target" : 1, "components" : [ {"metric" : "happiness", "weight" : 0, "worst" : 0, "best" : 1} ]}),
              "/components/0/weight", "range"),
      {.says = "A slug has letters, digits and hyphens",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/Bad",
       .body = VPN,
       .status = 422,
       .expects = {"errors.0.pointer = /slug"}},
      {.says = "Nothing of it was kept", .key = ADMIN, .path = "/v1/xlas/bad", .status = 404},
      {.says = "Dashboards don't write", .key = DASHBOARD, .method = "PUT", .path = "/v1/xlas/bad", .body = VPN, .status = 403},
  };
  STEPS(story);
}
END_TEST

START_TEST(lists_by_what_they_are_about) {
  static const struct step story[] = {
      {.says = "An index", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/a-index", .body = INDEX, .status = 201, .expects = {"metric = null"}},
      {.says = "and a plain one", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/a-plain", .body = VPN, .status = 201},
      {.says = "are listed by slug",
       .key = DASHBOARD,
       .path = "/v1/xlas?limit=1",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = a-index", "items.0.components.1.worst = 240", "next present"},
       .saves = {"next <- next"}},
      {.says = "page by page",
       .key = DASHBOARD,
       .path = "/v1/xlas?limit=1&cursor=${next}",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = a-plain"}},
      {.says = "by a metric within an index",
       .key = DASHBOARD,
       .path = "/v1/xlas?metric=lost_time",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = a-index"}},
      {.says = "by owner", .key = DASHBOARD, .path = "/v1/xlas?owner=bo", .status = 200, .expects = {"items.length = 1", "items.0.slug = a-index"}},
      {.says = "One is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/a-index", .status = 204},
      {.says = "for good", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/a-index", .status = 204},
      {.says = "and stays",
       .key = DASHBOARD,
       .path = "/v1/xlas/a-index",
       .status = 200,
       .expects = {"retired_at present"},
       .saves = {"document <- (body)"}},
      {.says = "as it was", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/a-index", .body = "${document}", .status = 200},
      {.says = "and not otherwise", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/a-index", .body = VPN, .status = 409},
      {.says = "Retired ones are told apart",
       .key = DASHBOARD,
       .path = "/v1/xlas?retired=true&limit=2000",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = a-index"}},
      {.says = "No more than that at once", .key = DASHBOARD, .path = "/v1/xlas?limit=2001", .status = 422},
      {.says = "What was never there can't be retired", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/none", .status = 404},
  };
  STEPS(story);
  ck_assert_int_eq(sql_number("select count(*) from audit where subject = 'a-index' and action = 'xla.retire'"), 1);
}
END_TEST

START_TEST(leaves_days_out_with_a_reason) {
  static const char period[] = "{\"from\": \"2026-03-01\", \"to\": \"2026-03-07\", \"reason\": \"The great outage\"}";
  const struct step story[] = {
      {.says = "An agreement", .key = ADMIN, .method = "PUT", .path = "/v1/xlas/out", .body = VPN, .status = 201},
      {.says = "leaves days out",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas/out/exclusion-periods",
       .body = period,
       .status = 201,
       .expects = {"from = 2026-03-01", "to = 2026-03-07", "reason = The great outage", "created_by present"},
       .saves = {"period <- id", "whole <- (body)"}},
      {.says = "once",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas/out/exclusion-periods",
       .body = period,
       .status = 200,
       .expects = {"(body) = ${whole}"}},
      {.says = "for one reason",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas/out/exclusion-periods",
       .body = "{\"from\": \"2026-03-01\", \"to\": \"2026-03-07\", \"reason\": \"Another\"}",
       .status = 409},
      {.says = "Days have an order",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas/out/exclusion-periods",
       .body = "{\"from\": \"2026-03-02\", \"to\": \"2026-03-01\", \"reason\": \" \"}",
       .status = 422,
       .expects = {"errors.length = 2"}},
      {.says = "They are listed",
       .key = DASHBOARD,
       .path = "/v1/xlas/out/exclusion-periods",
       .status = 200,
       .expects = {"items.length = 1", "items.0 = ${whole}"}},
      {.says = "and count again", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/out/exclusion-periods/${period}", .status = 204},
      {.says = "once", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/out/exclusion-periods/${period}", .status = 404},
      {.says = "None is left", .key = DASHBOARD, .path = "/v1/xlas/out/exclusion-periods", .status = 200, .expects = {"items = []"}},
      {.says = "Without an agreement there is nothing to leave out of",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/xlas/none/exclusion-periods",
       .body = period,
       .status = 404},
      {.says = "nor to list", .key = ADMIN, .path = "/v1/xlas/none/exclusion-periods", .status = 404},
      {.says = "Once it is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/out", .status = 204},
      {.says = "it stays as it is", .key = ADMIN, .method = "POST", .path = "/v1/xlas/out/exclusion-periods", .body = period, .status = 409},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text("select string_agg(action || ' ' || (detail ->> 'reason'), ', ' order by audit_id) from audit"
                            " where subject = 'out' and action in ('xla.exclude', 'xla.readmit')"),
                   "xla.exclude The great outage, xla.readmit The great outage");
}
END_TEST

START_TEST(improves_on_a_baseline) {
  static const struct step story[] = {
      {.says = "A benchmark",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/baselines",
       .body = JSON({
         "kind" : "external",
         "name" : "Industry",
         "source" : "https://example.org",
         "metrics" : [ {"metric" : "happiness", "value" : 12.25}, {"metric" : "csat", "value" : 99} ]
       }),
       .status = 201,
       .saves = {"baseline <- id"}},
      {.says = "is to be surpassed: the target follows",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/better",
       .body =
           JSON({"name" : "n", "owner" : "o", "commitment" : "improvement", "metric" : "happiness", "baseline" : "${baseline}", "difference" : 5.5}),
       .status = 201,
       .expects = {"target = 17.75", "difference = 5.5", "baseline = ${baseline}"},
       .saves = {"document <- (body)", "tag <- header ETag"}},
      {.says = "and is taken back as it was read",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/better",
       .body = "${document}",
       .status = 200,
       .expects = {"header ETag = ~^${tag}$"}},
      {.says = "Another difference with the old target contradicts itself",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/better",
       .headers = "If-Match: ${tag}",
       .body = "{\"difference\": 6}",
       .status = 422,
       .expects = {"errors.0.pointer = /target", "errors.0.rule = computed"}},
      {.says = "without it, it is a new version",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/xlas/better",
       .headers = "If-Match: ${tag}",
       .body = "{\"difference\": 6, \"target\": null}",
       .status = 200,
       .expects = {"target = 18.25", "version = 2"}},
      {.says = "Worse is no improvement",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/worse",
       .body =
           JSON({"name" : "n", "owner" : "o", "commitment" : "improvement", "metric" : "happiness", "baseline" : "${baseline}", "difference" : -1}),
       .status = 422,
       .expects = {"errors.0.pointer = /difference", "errors.0.rule = direction"}},
      {.says = "nor is more than there can be",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/worse",
       .body = JSON({"name" : "n", "owner" : "o", "commitment" : "improvement", "metric" : "csat", "baseline" : "${baseline}", "difference" : 2}),
       .status = 422,
       .expects = {"errors.0.pointer = /target", "errors.0.rule = range", "errors.0.detail = ~must be from 0 to 100, the scale of csat"}},
      {.says = "The baseline has to know the metric",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/worse",
       .body = JSON({"name" : "n", "owner" : "o", "commitment" : "improvement", "metric" : "ces", "baseline" : "${baseline}", "difference" : 2}),
       .status = 422,
       .expects = {"errors.0.pointer = /baseline", "errors.0.rule = unknown"}},
      {.says = "and to be there",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/worse",
       .body = JSON({"name" : "n", "owner" : "o", "commitment" : "improvement", "metric" : "ces", "baseline" : "none", "difference" : 2}),
       .status = 422,
       .expects = {"errors.0.pointer = /baseline"}},
      {.says = "Only improvements have one",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/worse",
       .body = JSON({"name" : "n", "owner" : "o", "metric" : "happiness", "target" : 1, "baseline" : "${baseline}", "difference" : 2}),
       .status = 422,
       .expects = {"errors.length = 2", "errors.0.pointer = /baseline", "errors.1.pointer = /difference"}},
      {.says = "and have to",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/worse",
       .body = JSON({"name" : "n", "owner" : "o", "commitment" : "improvement", "metric" : "happiness", "target" : 1}),
       .status = 422,
       .expects = {"errors.length = 2"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(belongs_to_its_tenant_alone) {
  char headers[300];
  (void)cli_text("tenant", "create", "other", "--name", "Other", "--time-zone", "UTC");
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s", cli_text("key", "create", "--tenant", "other", "--role", "admin"));
  EXPECT(request(ADMIN, "PUT", "/v1/xlas/mine", NULL, VPN), 201, "slug = mine");
  EXPECT(request(NO_KEY, "GET", "/v1/xlas/mine", headers, NULL), 404, "(body) present");
  EXPECT(request(NO_KEY, "GET", "/v1/xlas", headers, NULL), 200, "items = []");
  EXPECT(request(NO_KEY, "PUT", "/v1/xlas/mine", headers, VPN), 201, "slug = mine");
  EXPECT(request(NO_KEY, "DELETE", "/v1/xlas/mine", headers, NULL), 204, "(body) = ");
  EXPECT(request(ADMIN, "GET", "/v1/xlas/mine", NULL, NULL), 200, "retired_at = null");
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("xla");
  TCase *cases = tcase_create("xla");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, applies_a_document_as_often_as_you_like);
  tcase_add_test(cases, makes_a_version_of_what_is_demanded_only);
  tcase_add_test(cases, never_starts_in_the_past_but_keeps_its_beginning);
  tcase_add_test(cases, refuses_what_cannot_be_agreed);
  tcase_add_test(cases, lists_by_what_they_are_about);
  tcase_add_test(cases, leaves_days_out_with_a_reason);
  tcase_add_test(cases, improves_on_a_baseline);
  tcase_add_test(cases, belongs_to_its_tenant_alone);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
