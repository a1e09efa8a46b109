// Checks what stories say in words: each source, outcome and end, with and without figures.
#include "api/story_json.h"

#include <string.h>

#include "unit.h"

enum { BYTES_MAX = 256 * 1024 };

static struct arena arena;
static struct buffer out;

static void setup(void) {
  arena_init(&arena, BYTES_MAX);
  buffer_init(&out, BYTES_MAX);
}

static void teardown(void) {
  arena_release(&arena);
  buffer_release(&out);
}

static const struct tenant TENANT = {.currency = "EUR"};

// The whole story holds `sentence` as its own.
static void assert_tells(const struct story *story, const char *sentence) {
  struct json_writer json;
  buffer_clear(&out);
  json_start(&json, &out);
  story_write(&json, story, &TENANT, &arena);
  struct text wanted = arena_format(&arena, "\"sentence\":\"%s\"", sentence);
  struct text said = buffer_view(&out);
  ck_assert_msg(!out.failed && memmem(said.at, said.length, wanted.at, wanted.length) != NULL, "%.*s\ndoes not say\n%.*s", (int)said.length, said.at,
                (int)wanted.length, wanted.at);
}

static struct story told(const char *status) {
  struct story story = {.row = {.iteration = 1, .still_relevant = ABSENT}};
  story.row.texts[STORY_TITLE] = TEXT("A story");
  story.row.texts[STORY_STATUS] = text_of(status);
  return story;
}

struct source_case {
  const char *kind, *sentence;
};

static const struct source_case SOURCES[] = {
    {"insight", "You said: What people answered pointed at it. We finished no action. It was closed without a final look."},
    {"xla", "You said: An experience level agreement was at stake. We finished no action. It was closed without a final look."},
    {"suggestion", "You said: Somebody suggested it. We finished no action. It was closed without a final look."},
    {"focus_group", "You said: A focus group asked for it. We finished no action. It was closed without a final look."},
    {"other", "You said nothing that was measured. We finished no action. It was closed without a final look."},
    {NULL, "You said nothing that was measured. We finished no action. It was closed without a final look."},
};

START_TEST(says_where_it_came_from) {
  EACH(row, SOURCES) {
    struct story story = told("closed");
    story.row.texts[STORY_SOURCE] = text_of(row->kind);
    assert_tells(&story, row->sentence);
  }
}
END_TEST

static struct story evaluated(const char *verdict, const char *won) {
  struct story story = told("closed");
  story.row.texts[STORY_VERDICT] = text_of(verdict);
  story.row.texts[STORY_METRIC] = TEXT("lost_time");
  story.row.texts[STORY_VALUE] = TEXT("40");
  story.row.texts[STORY_N] = TEXT("12");
  story.row.texts[STORY_SENTENCE] = TEXT("It was so.");
  story.row.texts[STORY_DONE] = TEXT("One; Two");
  story.row.texts[STORY_WON] = text_of(won);
  return story;
}

#define FELT_AND_DID "You said: Lost time was 40 minutes in 12 answers. We did: One; Two. "

struct outcome_case {
  const char *verdict, *won, *sentence;
};

static const struct outcome_case OUTCOMES[] = {
    {"achieved", "3.5", FELT_AND_DID "It worked. It was so. Hours of work won: 3.5."},
    {"improved", "0", FELT_AND_DID "It helped. It was so."},
    {"worsened", "-2", FELT_AND_DID "It made things worse. It was so. Hours of work lost: 2."},
    {"inconclusive", NULL, FELT_AND_DID "Whether it helped can't be told. It was so."},
    {"insufficient_data", NULL, FELT_AND_DID "Too few people answered to tell whether it helped. It was so."},
};

START_TEST(says_what_became_of_it) {
  EACH(row, OUTCOMES) {
    struct story story = evaluated(row->verdict, row->won);
    assert_tells(&story, row->sentence);
  }
}
END_TEST

START_TEST(says_why_it_was_given_up) {
  struct story story = evaluated("worsened", NULL);
  story.row.texts[STORY_STATUS] = TEXT("cancelled");
  story.row.texts[STORY_REASON] = TEXT("Too dear.");
  assert_tells(&story, FELT_AND_DID "It made things worse. It was so. It was given up: Too dear.");
}
END_TEST

START_TEST(says_that_few_have_answered) {
  struct story story = evaluated("improved", NULL);
  story.row.texts[STORY_VALUE] = story.row.texts[STORY_N] = TEXT_NONE;
  assert_tells(&story, "You said: Lost time can't be shown, for the sake of the few who answered. We did: One; Two. It helped. It was so.");
}
END_TEST

START_TEST(quotes_what_is_still_there) {
  struct story story = evaluated("improved", NULL);
  struct story_quotes *quotes = &story.quotes[STORY_AFTER_QUOTES];
  *quotes = (struct story_quotes){.count = 3, .found = 1, .comments = {{.comment = TEXT("Fine \"now\""), .happiness = 9}}};
  struct json_writer json;
  json_start(&json, &out);
  story_write(&json, &story, &TENANT, &arena);
  static const char WANTED[] = "\"quotes\":[{\"comment\":\"Fine \\\"now\\\"\",\"band\":\"positive\",\"language\":null}],\"quotes_withheld\":false}";
  ck_assert_ptr_nonnull(memmem(buffer_view(&out).at, out.length, WANTED, sizeof WANTED - 1));
}
END_TEST

int main(void) {
  Suite *suite = suite_create("story_json");
  TCase *cases = tcase_create("story_json");
  tcase_add_checked_fixture(cases, setup, teardown);
  tcase_add_test(cases, says_where_it_came_from);
  tcase_add_test(cases, says_what_became_of_it);
  tcase_add_test(cases, says_why_it_was_given_up);
  tcase_add_test(cases, says_that_few_have_answered);
  tcase_add_test(cases, quotes_what_is_still_there);
  suite_add_tcase(suite, cases);
  return unit_run(suite);
}
