// What people wrote: who may read it, in which form, and that no list of comments tells who wrote one.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// clang-format off
#define COMMENTS "/v1/experience/comments"

#define READ(sentence, query, ...) {.says = sentence, .key = DASHBOARD, .path = COMMENTS "?" query, .status = 200, .expects = {__VA_ARGS__}}
#define LISTS(sentence, query, count) READ(sentence, query, "suppressed = false", "items.length = " #count)
#define WITHHOLDS(sentence, query)    READ(sentence, query, "suppressed = true", "items = []", "next = null")
#define REFUSED(sentence, query, pointer, broken) \
  {.says = sentence, .key = DASHBOARD, .path = COMMENTS "?" query, .status = 422, .expects = {"errors.0.pointer = " pointer, "errors.0.rule = " broken}}

#define MONTH(month) "from=2024-" month "-01&to=2024-" month "-28"

// So many people of one context, each with so many comments, all on one day.
static const struct group {
  const char *name, *day, *service, *location;
  int people, comments;
} GROUPS[] = {
    {"ten", "2024-01-10", "vpn", "oslo", 10, 1},
    {"nine", "2024-02-10", "vpn", "oslo", 9, 1},
    {"busy", "2024-03-10", "vpn", "oslo", 9, 3},
    {"many", "2024-04-10", "vpn", "oslo", 12, 1},
    {"few", "2024-04-11", "mail", "oslo", 3, 1},
    {"large", "2024-05-10", "vpn", "oslo", 13, 1},
    {"middle", "2024-05-11", "mail", "oslo", 12, 1},
    {"small", "2024-05-12", "print", "oslo", 8, 1},
    {"vo", "2024-06-10", "vpn", "oslo", 10, 1},
    {"vb", "2024-06-10", "vpn", "bergen", 2, 1},
    {"mo", "2024-06-10", "mail", "oslo", 2, 1},
    {"mb", "2024-06-10", "mail", "bergen", 10, 1},
    {"vo7", "2024-07-10", "vpn", "oslo", 10, 1},
    {"vb7", "2024-07-11", "vpn", "bergen", 2, 1},
    {"mo7", "2024-07-12", "mail", "oslo", 2, 1},
    {"mb7", "2024-07-13", "mail", "bergen", 10, 1},
    {"po7", "2024-07-14", "print", "oslo", 10, 1},
    {"late", "2024-08-20", "vpn", "oslo", 6, 1},
    {"early", "2024-08-10", "vpn", "oslo", 6, 1},
};

static void import(const char *path, struct bytes *lines, int count) {
  const struct answer *answer = request(PORTAL, "POST", path, "Content-Type: application/x-ndjson", bytes_text(lines));
  int stored = 0;
  for (const char *at = bytes_text(&answer->body); (at = strstr(at, "\"status\":201")) != NULL; at++)
    stored++;
  if (stored != count) harness_fail("%d of %d lines of %s were stored: %.600s", stored, count, path, bytes_text(&answer->body));
  bytes_clear(lines);
}

// Each second one rates the experience well, the first of them not at all; and everybody writes the group's name.
static void group_make(const struct group *group) {
  struct bytes lines = {0};
  int count = group->people * group->comments;
  for (int i = 0; i < count; i++)
    bytes_format(&lines, "{\"ref\":\"%s-%d\",\"opened_at\":\"%sT08:00:00Z\",\"resolved_at\":\"%sT08:30:00Z\","
                 "\"context\":{\"service\":\"%s\",\"location\":\"%s\"}}\n", group->name, i, group->day, group->day, group->service, group->location);
  import("/v1/tickets/import", &lines, count);
  for (int i = 0; i < count; i++)
    bytes_format(&lines, "{\"ticket\":\"%s-%d\",\"respondent\":\"%s-%d\",\"happiness\":%s,\"comment\":\"%s %d\",\"language\":\"en\","
                 "\"submitted_at\":\"%sT12:%02d:00Z\"}\n", group->name, i, group->name, i % group->people, i == 0 ? "null" : i % 2 ? "10" : "3", group->name, i,
                 group->day, i);
  import("/v1/responses/import", &lines, count);
  bytes_release(&lines);
}

START_TEST(lists_comments_of_enough_people) {
  static const struct step story[] = {
      LISTS("Ten people are enough", MONTH("01"), 10),
      LISTS("in the scope of all of them, too", MONTH("01") "&scope=service:vpn;location:oslo", 10),
      WITHHOLDS("Nine are not", MONTH("02")),
      WITHHOLDS("however much they write", MONTH("03")),
      {.says = "not even for administrators", .key = ADMIN, .path = COMMENTS "?" MONTH("02"), .status = 200,
       .expects = {"suppressed = true", "items = []"}},
      READ("Where nobody wrote nothing is withheld", MONTH("01") "&scope=service:mail", "suppressed = false", "incomplete = false", "items = []"),
      {.says = "Portals read none", .key = PORTAL, .path = COMMENTS, .status = 403},
  };
  STEPS(story);
}
END_TEST

START_TEST(tells_what_was_written_and_not_by_whom) {
  static const struct step story[] = {
      READ("A comment, how it was felt, and the day", MONTH("01") "&limit=500", "scope = {}", "window.from = 2024-01-01", "time_zone = Europe/Oslo",
           "items.0.comment = ~^ten [0-9]$", "items.0.day = 2024-01-10", "items.0.language = en", "items.0.response absent", "items.0.id absent",
           "(body) = ~\"comment\":\"ten 0\",\"band\":null", "(body) = ~\"comment\":\"ten 1\",\"band\":\"positive\"",
           "(body) = ~\"comment\":\"ten 2\",\"band\":\"negative\""),
      {.says = "Who administers may look the response up", .key = ADMIN, .path = COMMENTS "?" MONTH("01"), .status = 200,
       .expects = {"items.0.response = ~^[0-9a-f-]{36}$"}, .saves = {"id <- items.0.response", "comment <- items.0.comment"}},
      {.says = "by its id", .key = ADMIN, .path = "/v1/responses/${id}", .status = 200, .expects = {"comment = ${comment}"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(gives_nobody_away_by_what_is_left) {
  static const struct step story[] = {
      LISTS("Three of mail are among fifteen", MONTH("04"), 15),
      WITHHOLDS("so the twelve of vpn aren't listed alone", MONTH("04") "&scope=service:vpn"),
      WITHHOLDS("nor are they", MONTH("04") "&scope=service:mail"),
      LISTS("but all together are", MONTH("04") "&scope=service:mail,vpn", 15),
      LISTS("With eight of print the next smallest goes along", MONTH("05") "&scope=service:vpn", 13),
      WITHHOLDS("which is mail", MONTH("05") "&scope=service:mail"),
      LISTS("and listed with it", MONTH("05") "&scope=service:mail,print", 20),
      READ("A list that takes a part of them leaves that out", MONTH("05") "&scope=service:vpn,print", "suppressed = false", "incomplete = true",
           "items.length = 13"),
  };
  STEPS(story);
}
END_TEST

START_TEST(gives_nobody_away_by_lists_over_two_dimensions) {
  static const struct step story[] = {
      LISTS("Twelve wrote about vpn", MONTH("06") "&scope=service:vpn", 12),
      LISTS("and twelve about mail", MONTH("06") "&scope=service:mail", 12),
      WITHHOLDS("Twelve are in Oslo, but who had both lists would know the two of mail", MONTH("06") "&scope=location:oslo"),
      WITHHOLDS("nor is the part listed that is large enough", MONTH("06") "&scope=service:vpn;location:oslo"),
      LISTS("Everywhere is no place", MONTH("06") "&scope=location:oslo,bergen", 24),
      READ("Who is told apart by nothing else is listed", MONTH("07") "&scope=location:oslo", "suppressed = false", "incomplete = true", "items.length = 10",
           "items.0.comment = ~^po7"),
  };
  STEPS(story);
}
END_TEST

START_TEST(pages_from_the_newest_day_on) {
  static const struct step story[] = {
      READ("The newest", MONTH("08") "&limit=5", "items.length = 5", "items.0.day = 2024-08-20", "items.4.day = 2024-08-20", "header Link present"),
      {.says = "then the others", .key = DASHBOARD, .path = COMMENTS "?" MONTH("08") "&limit=5", .status = 200, .saves = {"next <- next", "first <- items.4.comment"}},
      READ("once each", MONTH("08") "&limit=5&cursor=${next}", "items.length = 5", "items.0.day = 2024-08-20", "items.0.comment != ${first}",
           "items.1.day = 2024-08-10", "items.4.day = 2024-08-10"),
      {.says = "to the end", .key = DASHBOARD, .path = COMMENTS "?" MONTH("08") "&limit=5&cursor=${next}", .status = 200, .saves = {"last <- next"}},
      READ("where nothing follows", MONTH("08") "&limit=5&cursor=${last}", "items.length = 2", "next = null", "header Link absent"),
      REFUSED("A cursor is passed on unchanged", MONTH("08") "&cursor=3a61", "cursor", "format"),
      REFUSED("A page has a size", "limit=0", "limit", "range"),
      REFUSED("Comments have no metrics", "metrics=happiness", "metrics", "unknown"),
      REFUSED("and are compared with nothing", "compare=previous", "compare", "unknown"),
      REFUSED("A scope has dimensions", "scope=nothing:vpn", "scope", "unknown"),
  };
  STEPS(story);
}
END_TEST

START_TEST(leaves_out_what_is_gone) {
  static const struct step story[] = {
      LISTS("Of twelve", MONTH("08"), 12),
  };
  static const struct step less[] = {
      READ("one is excluded, and one has lost its text", MONTH("08"), "items.length = 10"),
      {.says = "An administrator withdraws one", .key = ADMIN, .path = COMMENTS "?" MONTH("08"), .status = 200, .saves = {"id <- items.0.response"}},
      {.says = "as well", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${id}", .status = 204},
      WITHHOLDS("and the rest are too few", MONTH("08")),
  };
  STEPS(story);
  sql_run("update responses set excluded_at = now(), excluded_by = 'x', exclusion_reason = 'test' where comment = 'late 1'");
  sql_run("update responses set comment = null where comment = 'late 2'");
  STEPS(less);
}
END_TEST

// clang-format on

int main(void) {
  house_start(&(struct house_plan){.min_group = true});
  for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
    group_make(&GROUPS[i]);
  Suite *suite = suite_create("comments");
  TCase *comments = tcase_create("comments");
  tcase_add_test(comments, lists_comments_of_enough_people);
  tcase_add_test(comments, tells_what_was_written_and_not_by_whom);
  tcase_add_test(comments, gives_nobody_away_by_what_is_left);
  tcase_add_test(comments, gives_nobody_away_by_lists_over_two_dimensions);
  tcase_add_test(comments, pages_from_the_newest_day_on);
  tcase_add_test(comments, leaves_out_what_is_gone);
  suite_add_tcase(suite, comments);
  return house_run(suite);
}
