// Pointers lead where RFC 6901 says, many of them in one walk, and nowhere without harm.
#include "json/pointer.h"

#include "unit.h"

START_TEST(pointers_are_empty_or_begin_with_a_slash) {
  static const struct {
    const char *path;
    bool valid;
  } CASES[] = {{"", true},     {"/", true},    {"/a/b", true}, {"/a~0b~1c", true}, {"a", false},
               {"/a~", false}, {"/~2", false}, {"#/a", false}, {"?ticket", false}};
  EACH(row, CASES) { ck_assert_msg(pointer_valid(text_of(row->path)) == row->valid, "%s", row->path); }
  ck_assert(!pointer_valid(TEXT_NONE));
}
END_TEST

// The document and the pointers of RFC 6901, section 5, in one walk.
START_TEST(the_pointers_of_the_standard_lead_where_it_says) {
  static const char BODY[] = " {\"foo\": [\"bar\", \"baz\"], \"\": 0, \"a/b\": 1, \"c%d\": 2, \"e^f\": 3, \"g|h\": 4, \"i\\\\j\": 5, \"k\\\"l\": 6,"
                             " \" \": 7, \"m~n\": 8} ";
  static const char *const CASES[][2] = {{"/foo", "[\"bar\", \"baz\"]"},
                                         {"/foo/0", "\"bar\""},
                                         {"/", "0"},
                                         {"/a~1b", "1"},
                                         {"/c%d", "2"},
                                         {"/e^f", "3"},
                                         {"/g|h", "4"},
                                         {"/i\\j", "5"},
                                         {"/k\"l", "6"},
                                         {"/ ", "7"},
                                         {"/m~0n", "8"},
                                         {"/foo/2", NULL},
                                         {"/foo/00", NULL},
                                         {"/foo/-", NULL},
                                         {"/foo/0/x", NULL},
                                         {"/Foo", NULL},
                                         {"/foo/", NULL}};
  struct pointer pointers[ROWS(CASES)];
  for (size_t i = 0; i < ROWS(CASES); i++)
    pointers[i] = (struct pointer){.path = text_of(CASES[i][0])};
  pointers_find(((struct text){BODY, sizeof BODY - 1}), pointers, ROWS(CASES));
  for (size_t i = 0; i < ROWS(CASES); i++)
    ASSERT_TEXT(pointers[i].value, CASES[i][1]);
}
END_TEST

START_TEST(pointers_that_share_steps_are_all_found) {
  static const char BODY[] = "{\"x\": {\"a\": {\"b\": 1, \"c\": [10, {\"d\": \"deep\"}]}, \"a2\": null}, \"a\": {\"b\": 2}, \"\\u00e9\": true}";
  struct pointer pointers[] = {{.path = TEXT("/x/a/c/1/d")}, {.path = TEXT("/x/a/b")}, {.path = TEXT("/a/b")},
                               {.path = TEXT("/x/a")},       {.path = TEXT("/x/a2")},  {.path = TEXT("/\xc3\xa9")},
                               {.path = TEXT("/x/a/b")},     {.path = TEXT("/x/b")},   {.path = TEXT("")}};
  pointers_find(((struct text){BODY, sizeof BODY - 1}), pointers, ROWS(pointers));
  ASSERT_TEXT(pointers[0].value, "\"deep\"");
  ASSERT_TEXT(pointers[1].value, "1");
  ASSERT_TEXT(pointers[2].value, "2");
  ASSERT_TEXT(pointers[3].value, "{\"b\": 1, \"c\": [10, {\"d\": \"deep\"}]}");
  ASSERT_TEXT(pointers[4].value, "null");
  ASSERT_TEXT(pointers[5].value, "true");
  ASSERT_TEXT(pointers[6].value, "1");
  ASSERT_TEXT(pointers[7].value, NULL);
  ASSERT_TEXT(pointers[8].value, BODY);
}
END_TEST

START_TEST(a_value_says_what_it_is) {
  static const struct {
    const char *value;
    enum pointer_shape shape;
  } CASES[] = {{NULL, POINTER_NOWHERE}, {"null", POINTER_NULL},   {"true", POINTER_TRUTH}, {"false", POINTER_TRUTH}, {"-1.5", POINTER_NUMBER},
               {"0", POINTER_NUMBER},   {"\"\"", POINTER_STRING}, {"[]", POINTER_ARRAY},   {"{}", POINTER_OBJECT}};
  EACH(row, CASES) { ck_assert_int_eq(pointer_shape(text_of(row->value)), row->shape); }
}
END_TEST

int main(void) {
  return unit_tests("pointer", (const TTest *[]){pointers_are_empty_or_begin_with_a_slash, the_pointers_of_the_standard_lead_where_it_says,
                                                 pointers_that_share_steps_are_all_found, a_value_says_what_it_is, NULL});
}
