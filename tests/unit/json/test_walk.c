// Steps through JSON as the writer, or PostgreSQL, writes it.
#include "json/walk.h"

#include "unit.h"

static void assert_found(const char *json, const char *name, const char *expected) { ASSERT_TEXT(walk_find(text_of(json), text_of(name)), expected); }

START_TEST(finds_members_and_items) {
  static const char OBJECT[] = "{\"a\":1,\"b\":{\"a\":2,\"c\":[3,4]},\"c\":\"x,}\\\"]\",\"d\":null,\"e\":true,\"a\":9}";
  assert_found(OBJECT, "a", "1");
  assert_found(OBJECT, "b", "{\"a\":2,\"c\":[3,4]}");
  assert_found(OBJECT, "c", "\"x,}\\\"]\"");
  assert_found(OBJECT, "d", "null");
  assert_found(OBJECT, "e", "true");
  assert_found(OBJECT, "f", NULL);
  assert_found("[10,\"b\",[1],{}]", "0", "10");
  assert_found("[10,\"b\",[1],{}]", "2", "[1]");
  assert_found("[10,\"b\",[1],{}]", "3", "{}");
  assert_found("[10,\"b\",[1],{}]", "4", NULL);
}
END_TEST

START_TEST(steps_over_white_space) {
  static const char OBJECT[] = "{ \"a\" : 1 , \"b\": [ 1,\n 2 ] ,\t\"c\": { } }";
  assert_found(OBJECT, "a", "1");
  assert_found(OBJECT, "b", "[ 1,\n 2 ]");
  assert_found(OBJECT, "c", "{ }");
  assert_found("[ 1 , 2 ]", "1", "2");
}
END_TEST

START_TEST(finds_nothing_in_what_holds_nothing) {
  static const char *const NOTHING[] = {"", "{}", "[]", "{ }", "[ ]", "1", "\"a\"", "null", "true"};
  EACH(json, NOTHING) {
    struct walk walk;
    walk_begin(&walk, text_of(*json));
    ck_assert_msg(!walk_next(&walk), "%s", *json);
    ck_assert(!walk_next(&walk));
  }
}
END_TEST

START_TEST(counts_items_and_names_members) {
  struct walk walk;
  walk_begin(&walk, TEXT("{\"x\":0,\"y z\":1}"));
  ck_assert(walk_next(&walk));
  ASSERT_TEXT(walk_name(&walk), "x");
  ck_assert(walk_next(&walk));
  ASSERT_TEXT(walk_name(&walk), "y z");
  ASSERT_TEXT(walk.token, "\"y z\"");
  ck_assert(!walk_next(&walk));
}
END_TEST

START_TEST(says_what_strings_say) {
  static const struct {
    const char *json, *text;
  } CASES[] = {
      {"\"\"", ""},
      {"\"plain\"", "plain"},
      {"\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d"},
      {"\"\\b\\f\\n\\r\\t\"", "\b\f\n\r\t"},
      {"\"\\u0041\\u00e4\\u20AC\\ud83d\\ude00.\"", "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80."},
      {"\"\\u001f\"", "\x1f"},
      {"\"\xc3\xa4\"", "\xc3\xa4"},
      {"-12.50", "-12.50"},
      {"true", "true"},
  };
  EACH(row, CASES) {
    struct buffer out;
    buffer_init(&out, 100);
    walk_text(text_of(row->json), &out);
    ASSERT_TEXT(buffer_view(&out), row->text);
    buffer_release(&out);
  }
}
END_TEST

int main(void) {
  return unit_tests("walk", (const TTest *[]){
                                finds_members_and_items,
                                steps_over_white_space,
                                finds_nothing_in_what_holds_nothing,
                                counts_items_and_names_members,
                                says_what_strings_say,
                                NULL,
                            });
}
