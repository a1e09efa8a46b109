// Surveys: as code, in versions, with the texts of each language.
#include "harness/harness.h"

#define JSON(...)   #__VA_ARGS__

// clang-format off
#define CARE JSON({"name": "After a ticket", "kind": "ticket", "languages": ["en", "de"], "title": {"de": "Danke", "en": "Thank you"}, \
  "questions": [ \
    {"key": "happy", "metric": "happiness", "required": true, "texts": {"en": "How happy are you?", "de": "Wie zufrieden?"}, \
     "labels": [{"value": 0, "texts": {"en": "not at all"}}, {"value": 10, "texts": {"de": "sehr", "en": "very"}}]}, \
    {"key": "lost", "metric": "lost_time", "required_below": 7, "texts": {"en": "Minutes lost?"}}], \
  "factors": {"negative": [{"key": "slow", "texts": {"en": "It took long", "de": "Es dauerte"}}]}, \
  "comment": {"required_below": 5, "texts": {"en": "Why?"}}})
#define SHORT(more) "{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"en\"], \"questions\": [" more "]}"
#define ASKS(key, metric, more) "{\"key\": \"" key "\", \"metric\": \"" metric "\", \"texts\": {\"en\": \"?\"}" more "}"
// clang-format on

#define PUT(slug)   .key = ADMIN, .method = "PUT", .path = "/v1/surveys/" slug
#define PATCH(slug) .key = ADMIN, .method = "PATCH", .path = "/v1/surveys/" slug, .headers = "If-Match: ${tag}"

START_TEST(applies_a_survey_as_often_as_you_like) {
  static const struct step story[] = {
      {.says = "What would be made is told first",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/surveys/care?dry_run=true",
       .body = CARE,
       .status = 200,
       .expects = {"dry_run = true", "creates = true", "new_version = true"}},
      {.says = "and nothing is there yet", .key = ADMIN, .path = "/v1/surveys/care", .status = 404},
      {.says = "The document makes it, with what it left open",
       PUT("care"),
       .body = CARE,
       .status = 201,
       .expects = {"header Location = /v1/surveys/care", "slug = care", "kind = ticket", "version = 1", "versions.length = 1", "percentage = 100",
                   "interval_days = 0", "expires_days = 14", "audience = {}", "comment.asked = true", "comment.required = false",
                   "questions.0.required = true", "questions.1.required = false", "questions.1.required_below = 7", "factors.positive = []",
                   "title = {\"de\":\"Danke\",\"en\":\"Thank you\"}", "retired_at = null"},
       .saves = {"tag <- header ETag", "document <- (body)"}},
      {.says = "Reading it gives the same",
       .key = DASHBOARD,
       .path = "/v1/surveys/care",
       .status = 200,
       .expects = {"(body) = ${document}", "header ETag = ~^${tag}$"}},
      {.says = "What was read can be put again, and changes nothing",
       PUT("care"),
       .headers = "If-Match: ${tag}",
       .body = "${document}",
       .status = 200,
       .expects = {"(body) = ${document}"}},
      {.says = "It is listed",
       .key = DASHBOARD,
       .path = "/v1/surveys?kind=ticket&retired=false",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = care", "items.0.version = 1", "next = null"}},
      {.says = "among its kind", .key = DASHBOARD, .path = "/v1/surveys?kind=pulse", .status = 200, .expects = {"items.length = 0"}},
      {.says = "also as a table", .key = DASHBOARD, .path = "/v1/surveys?format=csv", .status = 200},
      {.says = "A slug is taken once",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/surveys",
       .body = "{\"slug\": \"care\", \"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"en\"], \"questions\": [" ASKS("happy", "happiness",
                                                                                                                            "") "]}",
       .status = 409,
       .expects = {"errors.0.rule = unique"}},
      {.says = "Dashboards read only", .key = DASHBOARD, .method = "PUT", .path = "/v1/surveys/care", .body = CARE, .status = 403},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text("select string_agg(action, ' ' order by audit_id) from audit where subject = 'care'"), "survey.create");
}
END_TEST

START_TEST(makes_a_version_of_what_is_asked_otherwise) {
  static const struct step story[] = {
      {.says = "A survey", PUT("after"), .body = CARE, .status = 201, .saves = {"tag <- header ETag"}},
      {.says = "asked of fewer people is asked the same",
       PATCH("after"),
       .body = "{\"percentage\": 20, \"interval_days\": 30, \"name\": \"After tickets\"}",
       .status = 200,
       .expects = {"version = 1", "percentage = 20", "name = After tickets"},
       .saves = {"tag <- header ETag"}},
      {.says = "Other words would be another version",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/surveys/after?dry_run=true",
       .body = SHORT(ASKS("happy", "happiness", "")),
       .status = 200,
       .expects = {"creates = false", "new_version = true"}},
      {.says = "and are",
       PATCH("after"),
       .body = "{\"title\": {\"en\": \"Thanks\"}}",
       .status = 200,
       .expects = {"version = 2", "versions.length = 2", "versions.1.version = 2", "title = {\"de\":\"Danke\",\"en\":\"Thanks\"}"},
       .saves = {"old <- header ETag"}},
      {.says = "A change is held against what was read", PATCH("after"), .body = "{\"percentage\": 30}", .status = 412},
      {.says = "A survey stays of its kind",
       PUT("after"),
       .body = "{\"name\": \"x\", \"kind\": \"pulse\", \"languages\": [\"en\"], \"questions\": [" ASKS("happy", "happiness", "") "]}",
       .status = 422,
       .expects = {"errors.0.pointer = /kind", "errors.0.rule = fixed"}},
      {.says = "Texts in another order are the same texts",
       PUT("order"),
       .body = "{\"name\": \"x\", \"kind\": \"pulse\", \"languages\": [\"en\", \"de\"], \"title\": {\"en\": \"a\", \"de\": \"b\"},"
               " \"questions\": [" ASKS("happy", "happiness", "") "]}",
       .status = 201},
      {.says = "whoever writes them",
       PUT("order"),
       .body = "{\"name\": \"x\", \"kind\": \"pulse\", \"languages\": [\"en\", \"de\"], \"title\": {\"de\": \"b\", \"en\": \"a\"},"
               " \"questions\": [" ASKS("happy", "happiness", "") "]}",
       .status = 200,
       .expects = {"version = 1"}},
      {.says = "It is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/surveys/after", .status = 204},
      {.says = "for good", .key = ADMIN, .method = "DELETE", .path = "/v1/surveys/after", .status = 204},
      {.says = "and doesn't change any more", PUT("after"), .body = CARE, .status = 409, .expects = {"errors.0.rule = retired"}},
      {.says = "but is there", .key = DASHBOARD, .path = "/v1/surveys/after", .status = 200, .expects = {"retired_at present", "version = 2"}},
      {.says = "What was never there can't be retired", .key = ADMIN, .method = "DELETE", .path = "/v1/surveys/none", .status = 404},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text("select string_agg(action, ' ' order by audit_id) from audit where subject = 'after'"),
                   "survey.create survey.change survey.change survey.retire");
  ck_assert_str_eq(sql_text("select string_agg(form -> 'title' ->> 'en', ', ' order by version) from survey_versions where slug = 'after'"),
                   "Thank you, Thanks");
}
END_TEST

#define REFUSED(body_, pointer, rule_)                                                                                              \
  {                                                                                                                                 \
    .says = rule_, PUT("bad"), .body = body_, .status = 422, .expects = { "errors.0.pointer = " pointer, "errors.0.rule = " rule_ } \
  }
#define HAPPY ASKS("happy", "happiness", "")

START_TEST(refuses_what_nobody_could_answer) {
  static const struct step story[] = {
      REFUSED(SHORT(""), "/questions", "length"),
      REFUSED(SHORT(ASKS("Happy", "happiness", "")), "/questions/0/key", "format"),
      REFUSED(SHORT(ASKS("happy", "mood", "")), "/questions/0/metric", "unknown"),
      REFUSED(SHORT(ASKS("happy", "responses", "")), "/questions/0/metric", "unknown"),
      REFUSED(SHORT(ASKS("fast", "sla_met", "")), "/questions/0/metric", "source"),
      REFUSED(SHORT(HAPPY ", " ASKS("happy", "csat", "")), "/questions/1/key", "unique"),
      REFUSED(SHORT(HAPPY ", " ASKS("again", "happiness", "")), "/questions/1/metric", "unique"),
      REFUSED(SHORT(ASKS("happy", "happiness", ", \"required_below\": 5")), "/questions/0/required_below", "order"),
      REFUSED(SHORT(HAPPY ", " ASKS("lost", "lost_time", ", \"required_below\": 11")), "/questions/1/required_below", "range"),
      REFUSED(SHORT(ASKS("lost", "lost_time", "") ", " ASKS("happy", "happiness", ", \"required_below\": 5")), "/questions/1/required_below",
              "scale"),
      REFUSED(SHORT(ASKS("happy", "happiness", ", \"labels\": [{\"value\": 11, \"texts\": {\"en\": \"!\"}}]")), "/questions/0/labels/0/value",
              "range"),
      REFUSED(SHORT(ASKS("happy", "happiness", ", \"labels\": [{\"value\": 1, \"texts\": {\"de\": \"!\"}}]")), "/questions/0/labels/0/texts/de",
              "unknown"),
      REFUSED(SHORT(HAPPY "], \"x\": ["), "/x", "unknown"),
      REFUSED("{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"e\"], \"questions\": [" HAPPY "]}", "/languages/0", "format"),
      REFUSED("{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [], \"questions\": [" HAPPY "]}", "/languages", "length"),
      REFUSED("{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"en\"], \"audience\": {\"planet\": [\"earth\"]}, \"questions\": [" HAPPY "]}",
              "/audience/planet", "unknown"),
      REFUSED("{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"en\"], \"comment\": {\"required\": true}, \"questions\": [" HAPPY "]}",
              "/comment/asked", "required"),
      REFUSED("{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"en\"], \"factors\": {\"neutral\": [{\"key\": \"a|b\","
              " \"texts\": {\"en\": \"!\"}}]}, \"questions\": [" HAPPY "]}",
              "/factors/neutral/0/key", "format"),
      REFUSED("{\"name\": \"x\", \"kind\": \"ticket\", \"languages\": [\"en\"], \"factors\": {\"neutral\": [{\"key\": \"a\","
              " \"texts\": {\"en\": \"!\"}}]}, \"questions\": [" ASKS("stars", "csat", "") "]}",
              "/factors/neutral", "scale"),
      REFUSED("{\"name\": \"x\", \"kind\": \"it_staff\", \"languages\": [\"en\"], \"questions\": [" HAPPY "]}", "/questions/0/metric", "source"),
  };
  STEPS(story);
}
END_TEST

#define FORM(query) .key = PORTAL, .path = "/v1/surveys/form/form" query

START_TEST(gives_portals_what_they_draw) {
  static const struct step story[] = {
      {.says = "A survey", PUT("form"), .body = CARE, .status = 201},
      {.says = "in its first language",
       FORM(""),
       .status = 200,
       .expects = {"survey = form", "version = 1", "language = en", "languages = [\"en\",\"de\"]", "title = Thank you", "intro = null",
                   "questions.length = 2", "questions.0.text = How happy are you?", "questions.0.required = true",
                   "questions.0.scale = {\"low\":0,\"high\":10,\"decimals\":0,\"unit\":\"points\"}",
                   "questions.0.labels.0 = {\"value\":0,\"text\":\"not at all\"}", "questions.1.scale.high = null", "questions.1.required_below = 7",
                   "factors.shuffle = true", "factors.positive = []", "factors.negative.0.text = It took long",
                   "comment = {\"text\":\"Why?\",\"required\":false,\"required_below\":5}"},
       .saves = {"tag <- header ETag"}},
      {.says = "which a portal may keep", .key = PORTAL, .path = "/v1/surveys/form/form", .headers = "If-None-Match: ${tag}", .status = 304},
      {.says = "In another, with what isn't translated in the first",
       FORM("?language=de-AT"),
       .status = 200,
       .expects = {"language = de", "title = Danke", "questions.0.text = Wie zufrieden?", "questions.0.labels.0.text = not at all",
                   "questions.0.labels.1.text = sehr", "questions.1.text = Minutes lost?", "factors.negative.0.key = slow",
                   "factors.negative.0.text = Es dauerte"}},
      {.says = "One that it doesn't have", FORM("?language=fr"), .status = 200, .expects = {"language = en"}},
      {.says = "One that there isn't", FORM("?language=e"), .status = 422, .expects = {"errors.0.pointer = language"}},
      {.says = "Portals see forms, not surveys", .key = PORTAL, .path = "/v1/surveys/form", .status = 403},
      {.says = "and dashboards don't answer", .key = DASHBOARD, .path = "/v1/surveys/form/form", .status = 403},
      {.says = "Retired,", .key = ADMIN, .method = "DELETE", .path = "/v1/surveys/form", .status = 204},
      {.says = "it asks nobody", FORM(""), .status = 404},
  };
  STEPS(story);
}
END_TEST

#define POST(ref, more) \
  .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = "{\"ticket\": \"" ref "\", \"create\": true, \"survey\": \"asked\"" more "}"
#define ANSWERS(list) ", \"answers\": {" list "}"

START_TEST(takes_answers_by_question) {
  static const struct step story[] = {
      {.says = "A survey", PUT("asked"), .body = CARE, .status = 201, .saves = {"tag <- header ETag"}},
      {.says = "is answered",
       POST("SURVEY-1", ANSWERS("\"happy\": 9")),
       .status = 201,
       .expects = {"happiness = 9", "lost_minutes = null", "survey = asked", "survey_version = 1"},
       .saves = {"response <- id"}},
      {.says = "once", POST("SURVEY-1", ANSWERS("\"happy\": 9")), .status = 200, .expects = {"id = ${response}"}},
      {.says = "as an administrator sees",
       .key = ADMIN,
       .path = "/v1/responses/${response}",
       .status = 200,
       .expects = {"happiness = 9", "survey = asked", "survey_version = 1"}},
      {.says = "Who was unhappy tells how much time it cost",
       POST("SURVEY-2", ANSWERS("\"happy\": 6")),
       .status = 422,
       .expects = {"errors.length = 1", "errors.0.pointer = /answers/lost", "errors.0.rule = required"}},
      {.says = "and who was very unhappy, why",
       POST("SURVEY-2", ANSWERS("\"happy\": 4, \"lost\": 30")),
       .status = 422,
       .expects = {"errors.0.pointer = /comment", "errors.0.rule = required"}},
      {.says = "Then it is taken",
       POST("SURVEY-2", ANSWERS("\"happy\": 4, \"lost\": 30") ", \"comment\": \"It broke\", \"factors\": [\"slow\"]"),
       .status = 201,
       .expects = {"happiness = 4", "lost_minutes = 30", "factors = [\"slow\"]"}},
      {.says = "The first question was required", POST("SURVEY-3", ANSWERS("")), .status = 422, .expects = {"errors.0.pointer = /answers/happy"}},
      {.says = "Answers lie on their scale",
       POST("SURVEY-3", ANSWERS("\"happy\": 11")),
       .status = 422,
       .expects = {"errors.0.pointer = /answers/happy", "errors.0.rule = range"}},
      {.says = "with as many decimals as it has",
       POST("SURVEY-3", ANSWERS("\"happy\": 8.5")),
       .status = 422,
       .expects = {"errors.0.pointer = /answers/happy", "errors.0.rule = decimals"}},
      {.says = "and minutes below their limit",
       POST("SURVEY-3", ANSWERS("\"happy\": 9, \"lost\": 28801")),
       .status = 422,
       .expects = {"errors.0.pointer = /answers/lost", "errors.0.rule = range"}},
      {.says = "Nobody answers what wasn't asked",
       POST("SURVEY-3", ANSWERS("\"happy\": 9, \"mood\": 1")),
       .status = 422,
       .expects = {"errors.0.pointer = /answers/mood", "errors.0.rule = unknown"}},
      {.says = "nor beside the questions",
       POST("SURVEY-3", ANSWERS("\"happy\": 9") ", \"csat\": 5"),
       .status = 422,
       .expects = {"errors.0.pointer = /csat", "errors.0.rule = survey"}},
      {.says = "nor by words",
       POST("SURVEY-3", ANSWERS("\"happy\": \"9\"")),
       .status = 422,
       .expects = {"errors.0.pointer = /answers/happy", "errors.0.rule = type"}},
      {.says = "nor a version that isn't there",
       POST("SURVEY-3", ANSWERS("\"happy\": 9") ", \"survey_version\": 2"),
       .status = 422,
       .expects = {"errors.0.pointer = /survey"}},
      {.says = "nor nobody's questions",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = "{\"ticket\": \"SURVEY-3\", \"create\": true, \"answers\": {\"happy\": 9}}",
       .status = 422,
       .expects = {"errors.0.pointer = /survey", "errors.0.rule = required"}},
      {.says = "An import can't look questions up",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses/import",
       .headers = "Content-Type: application/x-ndjson",
       .body = "{\"ticket\": \"SURVEY-3\", \"create\": true, \"survey\": \"asked\", \"answers\": {\"happy\": 9}}\n",
       .status = 200},
      {.says = "The survey asks otherwise by now",
       PATCH("asked"),
       .body = "{\"comment\": null, \"questions\": [" ASKS("stars", "csat", "") "]}",
       .status = 422},
      {.says = "without reasons",
       PATCH("asked"),
       .body = "{\"comment\": null, \"factors\": null, \"questions\": [" ASKS("stars", "csat", "") "]}",
       .status = 200,
       .expects = {"version = 2"}},
      {.says = "which is what is answered", POST("SURVEY-4", ANSWERS("\"stars\": 5")), .status = 201, .expects = {"csat = 5", "survey_version = 2"}},
      {.says = "but for those who were asked before",
       POST("SURVEY-5", ANSWERS("\"happy\": 10") ", \"survey_version\": 1"),
       .status = 201,
       .expects = {"happiness = 10", "survey_version = 1"}},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text("select string_agg(survey_version::text, ' ' order by ref) from responses where survey = 'asked'"), "1 1 2 1");
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("survey");
  TCase *tests = tcase_create("surveys");
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, applies_a_survey_as_often_as_you_like);
  tcase_add_test(tests, makes_a_version_of_what_is_asked_otherwise);
  tcase_add_test(tests, refuses_what_nobody_could_answer);
  tcase_add_test(tests, gives_portals_what_they_draw);
  tcase_add_test(tests, takes_answers_by_question);
  suite_add_tcase(suite, tests);
  return house_run(suite);
}
