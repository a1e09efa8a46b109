// Objectives: as code, in their levels, what serves them, and which nothing does.
#include "harness/harness.h"

#define JSON(...) #__VA_ARGS__

// clang-format off
#define HAPPY JSON({"level": "vision", "title": "People like to work with IT", "owner": "cio", "metrics": ["happiness"]})
// clang-format on

START_TEST(applies_an_objective_as_often_as_you_like) {
  static const struct step story[] = {
      {.says = "What would be made is told first",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/happy?dry_run=true",
       .body = HAPPY,
       .status = 200,
       .expects = {"dry_run = true", "creates = true", "changes.0 = {\"pointer\":\"/slug\",\"from\":null,\"to\":\"happy\"}"}},
      {.says = "and nothing is there yet", .key = ADMIN, .path = "/v1/objectives/happy", .status = 404},
      {.says = "The document makes it",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/happy",
       .body = HAPPY,
       .status = 201,
       .expects = {"header Location = /v1/objectives/happy", "slug = happy", "level = vision", "parent = null", "metrics = [\"happiness\"]",
                   "xlas = null", "served_by.metrics = [\"happiness\"]", "served_by.xlas = []", "served_by.initiatives = []",
                   "served_by.initiatives_count = 0", "unserved = false", "below = []", "created_at present", "retired_at = null"},
       .saves = {"tag <- header ETag", "document <- (body)"}},
      {.says = "Reading it gives the same",
       .key = DASHBOARD,
       .path = "/v1/objectives/happy",
       .status = 200,
       .expects = {"(body) = ${document}", "header ETag = ~^${tag}$"}},
      {.says = "What was read can be put again, and changes nothing",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/happy",
       .headers = "If-Match: ${tag}",
       .body = "${document}",
       .status = 200,
       .expects = {"(body) = ${document}"}},
      {.says = "A change under its ETag",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/happy",
       .headers = "If-Match: ${tag}",
       .body = JSON({"level" : "vision", "title" : "People love to work with IT", "metrics" : [ "happiness", "lost_time" ]}),
       .status = 200,
       .expects = {"title = People love to work with IT", "owner = null", "served_by.metrics.length = 2"}},
      {.says = "makes it another one",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/happy",
       .headers = "If-Match: ${tag}",
       .body = HAPPY,
       .status = 412},
      {.says = "What isn't there can't be changed under an ETag",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/none",
       .headers = "If-Match: ${tag}",
       .body = HAPPY,
       .status = 412},
      {.says = "Another slug is another objective",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/objectives/other",
       .body = "${document}",
       .status = 422,
       .expects = {"errors.0.pointer = /slug", "errors.0.rule = path"}},
      {.says = "Dashboards read only", .key = DASHBOARD, .method = "PUT", .path = "/v1/objectives/happy", .body = HAPPY, .status = 403},
      {.says = "and portals don't", .key = PORTAL, .path = "/v1/objectives/happy", .status = 403},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text("select string_agg(action, ' ' order by audit_id) from audit where subject = 'happy'"),
                   "objective.create objective.change");
}
END_TEST

#define AT(name, level, more) \
  .key = ADMIN, .method = "PUT", .path = "/v1/objectives/" name, .body = "{\"level\": \"" level "\", \"title\": \"Some " name "\"" more "}"
#define BELOW(parent) ", \"parent\": \"" parent "\""

START_TEST(keeps_levels_in_their_order) {
  static const struct step story[] = {
      {.says = "A vision", AT("top", "vision", ""), .status = 201},
      {.says = "a strategy below it", AT("middle", "strategic", BELOW("top")), .status = 201, .expects = {"parent = top"}},
      {.says = "and what is done every day", AT("floor", "operational", BELOW("middle")), .status = 201},
      {.says = "are a tree", .key = DASHBOARD, .path = "/v1/objectives/top", .status = 200, .expects = {"below = [\"middle\"]"}},
      {.says = "Nothing stands below its own level",
       AT("beside", "strategic", BELOW("middle")),
       .status = 422,
       .expects = {"errors.0.pointer = /parent", "errors.0.rule = order"}},
      {.says = "not even itself", AT("alone", "vision", BELOW("alone")), .status = 422, .expects = {"errors.0.rule = unknown"}},
      {.says = "nor below what isn't there", AT("beside", "strategic", BELOW("nowhere")), .status = 422, .expects = {"errors.0.rule = unknown"}},
      {.says = "A level stays above those below it",
       AT("middle", "operational", BELOW("top")),
       .status = 422,
       .expects = {"errors.0.pointer = /level", "errors.0.rule = order"}},
      {.says = "which leaves room", AT("middle", "tactical", BELOW("top")), .status = 200},
      {.says = "By level", .key = DASHBOARD, .path = "/v1/objectives?level=operational", .status = 200, .expects = {"items.length = 1"}},
      {.says = "and by parent",
       .key = DASHBOARD,
       .path = "/v1/objectives?parent=top",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = middle"}},
      {.says = "What is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/objectives/floor", .status = 204},
      {.says = "for good", .key = ADMIN, .method = "DELETE", .path = "/v1/objectives/floor", .status = 204},
      {.says = "doesn't change", AT("floor", "operational", ""), .status = 409, .expects = {"errors.0.rule = retired"}},
      {.says = "isn't below anything", .key = DASHBOARD, .path = "/v1/objectives/middle", .status = 200, .expects = {"below = []"}},
      {.says = "and has nothing new below it", AT("middle", "strategic", BELOW("top")), .status = 200},
      {.says = "once its parent is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/objectives/top", .status = 204},
      {.says = "it may stay", AT("middle", "tactical", BELOW("top")), .status = 200},
      {.says = "but nothing new comes below", AT("late", "tactical", BELOW("top")), .status = 422, .expects = {"errors.0.rule = retired"}},
      {.says = "What was never there can't be retired", .key = ADMIN, .method = "DELETE", .path = "/v1/objectives/none", .status = 404},
  };
  STEPS(story);
}
END_TEST

START_TEST(tells_what_serves_it_and_what_is_unserved) {
  static const struct step story[] = {
      {.says = "A vision that names nothing", AT("v", "vision", ""), .status = 201, .expects = {"unserved = true"}},
      {.says = "nor does what stands below it", AT("t", "tactical", BELOW("v")), .status = 201, .expects = {"unserved = true"}},
      {.says = "Both are listed",
       .key = DASHBOARD,
       .path = "/v1/objectives?unserved=true&retired=false",
       .status = 200,
       .expects = {"items.length = 2", "items.0.slug = t", "items.1.slug = v"}},
      {.says = "An agreement",
       .key = ADMIN,
       .method = "PUT",
       .path = "/v1/xlas/vpn",
       .body = JSON({"name" : "VPN", "owner" : "o", "metric" : "happiness", "target" : 20}),
       .status = 201},
      {.says = "serves one",
       AT("t", "tactical", BELOW("v") ", \"xlas\": [\"vpn\"]"),
       .status = 200,
       .expects = {"unserved = false", "served_by.xlas = [\"vpn\"]"}},
      {.says = "and what stands above it", .key = DASHBOARD, .path = "/v1/objectives/v", .status = 200, .expects = {"unserved = false"}},
      {.says = "No more, once it is retired", .key = ADMIN, .method = "DELETE", .path = "/v1/xlas/vpn", .status = 204},
      {.says = "though it stays named",
       .key = DASHBOARD,
       .path = "/v1/objectives/t",
       .status = 200,
       .expects = {"unserved = true", "xlas = [\"vpn\"]", "served_by.xlas = []"}},
      {.says = "An initiative",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/initiatives",
       .body = "{\"title\": \"Do it\", \"objective\": \"t\"}",
       .status = 201,
       .saves = {"id <- id"}},
      {.says = "serves it, too",
       .key = DASHBOARD,
       .path = "/v1/objectives/t",
       .status = 200,
       .expects = {"unserved = false", "served_by.initiatives_count = 1",
                   "served_by.initiatives.0 = {\"id\":\"${id}\",\"title\":\"Do it\",\"step\":\"vision\",\"status\":\"open\"}"}},
      {.says = "Nothing is unserved",
       .key = DASHBOARD,
       .path = "/v1/objectives?unserved=true&retired=false",
       .status = 200,
       .expects = {"items = []"}},
      {.says = "What doesn't exist serves nothing",
       AT("t", "tactical", BELOW("v") ", \"xlas\": [\"mail\"], \"metrics\": [\"csat\", \"mood\"]"),
       .status = 422,
       .expects = {"errors.length = 2", "errors.0.pointer = /metrics/1", "errors.1.pointer = /xlas/0"}},
      {.says = "A slug is one", AT("Bad", "vision", ""), .status = 422, .expects = {"errors.0.pointer = /slug"}},
  };
  sql_run("update objectives set retired_at = now() where retired_at is null");
  STEPS(story);
}
END_TEST

START_TEST(lists_page_by_page) {
  static const struct step story[] = {
      {.says = "One", AT("page-a", "tactical", ", \"owner\": \"pam\""), .status = 201},
      {.says = "and another", AT("page-b", "tactical", ", \"owner\": \"pam\""), .status = 201},
      {.says = "come one by one",
       .key = DASHBOARD,
       .path = "/v1/objectives?owner=pam&limit=1",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = page-a", "next present"},
       .saves = {"next <- next"}},
      {.says = "until there are no more",
       .key = DASHBOARD,
       .path = "/v1/objectives?owner=pam&limit=1&cursor=${next}",
       .status = 200,
       .expects = {"items.length = 1", "items.0.slug = page-b", "next = null"}},
      {.says = "by what they are asked for only", .key = DASHBOARD, .path = "/v1/objectives?mood=good&level=high", .status = 422},
  };
  STEPS(story);
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("objective");
  TCase *tests = tcase_create("objectives");
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, applies_an_objective_as_often_as_you_like);
  tcase_add_test(tests, keeps_levels_in_their_order);
  tcase_add_test(tests, tells_what_serves_it_and_what_is_unserved);
  tcase_add_test(tests, lists_page_by_page);
  suite_add_tcase(suite, tests);
  return house_run(suite);
}
