// Checks the canonical form: members in order at every depth, everything else as it was, and its limits.
#include "json/canonical.h"

#include "unit.h"

#include <string.h>

#include "base/limits.h"

enum { BYTES_MAX = 1 << 20 };

static const struct {
  const char *json, *canonical;
} CASES[] = {
    {"{}", "{}"},
    {"[]", "[]"},
    {"null", "null"},
    {"-0.5", "-0.5"},
    {"\"a,b:c}\"", "\"a,b:c}\""},
    {"{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"},
    {"{\"aa\":1,\"a\":2,\"a_b\":3,\"ab\":4}", "{\"a\":2,\"a_b\":3,\"aa\":1,\"ab\":4}"},
    {"{\"b\":{\"d\":[{\"f\":1,\"e\":2}],\"c\":3},\"a\":[3,1,2]}", "{\"a\":[3,1,2],\"b\":{\"c\":3,\"d\":[{\"e\":2,\"f\":1}]}}"},
    {"{\"b\":\"}{,\\\"\",\"a\":\"\\\\\"}", "{\"a\":\"\\\\\",\"b\":\"}{,\\\"\"}"},
    {"{\"b\\\"\":[],\"b\":{}}", "{\"b\":{},\"b\\\"\":[]}"},
    {"[[],{},[[]],\"]\"]", "[[],{},[[]],\"]\"]"},
};

START_TEST(orders_members) {
  struct buffer out;
  buffer_init(&out, BYTES_MAX);
  ck_assert(json_canonical(text_of(CASES[_i].json), &out));
  ASSERT_TEXT(buffer_view(&out), CASES[_i].canonical);
  // What is canonical stays as it is.
  buffer_clear(&out);
  ck_assert(json_canonical(text_of(CASES[_i].canonical), &out));
  ASSERT_TEXT(buffer_view(&out), CASES[_i].canonical);
  buffer_release(&out);
}
END_TEST

static bool nested(int depth) {
  char json[2 * JSON_DEPTH_MAX + 3];
  struct buffer out;
  memset(json, '[', (size_t)depth);
  memset(json + depth, ']', (size_t)depth);
  json[2 * depth] = '\0';
  buffer_init(&out, BYTES_MAX);
  bool good = json_canonical(text_of(json), &out);
  buffer_release(&out);
  return good;
}

START_TEST(refuses_deep_nesting) {
  ck_assert(nested(JSON_DEPTH_MAX));
  ck_assert(!nested(JSON_DEPTH_MAX + 1));
}
END_TEST

static bool with_members(int count) {
  struct buffer json, out;
  buffer_init(&json, BYTES_MAX);
  buffer_init(&out, BYTES_MAX);
  for (int i = 0; i < count; i++)
    buffer_format(&json, "%s\"%d\":0", i ? "," : "{", i);
  buffer_char(&json, '}');
  bool good = json_canonical(buffer_view(&json), &out) && out.length == json.length;
  buffer_release(&json);
  buffer_release(&out);
  return good;
}

START_TEST(refuses_many_members) {
  ck_assert(with_members(JSON_MEMBERS_MAX));
  ck_assert(!with_members(JSON_MEMBERS_MAX + 1));
}
END_TEST

START_TEST(fails_where_it_does_not_fit) {
  struct buffer out;
  buffer_init(&out, 8);
  ck_assert(!json_canonical(TEXT("{\"a\":\"far too long\"}"), &out));
  buffer_release(&out);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("canonical");
  TCase *tests = tcase_create("canonical");
  tcase_add_loop_test(tests, orders_members, 0, ROWS(CASES));
  tcase_add_test(tests, refuses_deep_nesting);
  tcase_add_test(tests, refuses_many_members);
  tcase_add_test(tests, fails_where_it_does_not_fit);
  suite_add_tcase(suite, tests);
  return unit_run(suite);
}
