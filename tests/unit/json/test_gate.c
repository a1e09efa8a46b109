// The gate's verdicts: each rule by example, the JSON parsing corpus where it is at hand, and inputs made to be slow.
#include "json/gate.h"

#include "../corpus.h"
#include "../unit.h"
#include "base/limits.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

// Checks a copy of exactly the body's size, so that a sanitizer sees every read past its end.
static bool accepts(struct text body, struct gate_refusal *refusal) {
  char *copy = malloc(body.length > 0 ? body.length : 1);
  ck_assert_ptr_nonnull(copy);
  memcpy(copy, body.at, body.length);
  bool accepted = gate_check((struct text){copy, body.length}, refusal);
  free(copy);
  return accepted;
}

static void assert_refused(struct text body, const char *reason, size_t offset) {
  struct gate_refusal refusal;
  ck_assert_msg(!accepts(body, &refusal), "accepted: %.*s", (int)body.length, body.at);
  ck_assert_msg(strcmp(refusal.reason, reason) == 0 && refusal.offset == offset && !refusal.out_of_memory,
                "%.*s: \"%s\" at %zu instead of \"%s\" at %zu", (int)body.length, body.at, refusal.reason, refusal.offset, reason, offset);
}

static void assert_accepted(struct text body) {
  struct gate_refusal refusal;
  ck_assert_msg(accepts(body, &refusal), "%.*s: %s at %zu", (int)body.length, body.at, refusal.reason, refusal.offset);
}

START_TEST(accepts_every_form_of_value) {
  static const char *const BODIES[] = {
      "null",
      "true",
      "false",
      "0",
      "-0",
      "-1.5e+10",
      "1E5",
      "1e-0",
      "\"\"",
      "[]",
      "{}",
      " \t\r\n[ 1 , 2 ]\n",
      "{\"a\":{\"a\":[{\"a\":1}]}}",
      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
      "\"\x7f\"",
      "\"\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"",
      "{\"\":1,\" \":2}",
      "\"\\\\u0000\"",
      "[\"a\",\"a\"]",
      "{\"a\":1,\"A\":2}",
  };
  EACH(body, BODIES) { assert_accepted(text_of(*body)); }
}
END_TEST

static const char TWICE[] = "a member name occurs twice";
static const char CUT[] = "the body ends too early";
static const char NOT_UTF8[] = "the body is not UTF-8";
static const char VALUE[] = "a value was expected";
static const char DIGIT[] = "a number needs a digit here";
static const char FOLLOWS[] = "something follows the value";
static const char ALONE[] = "half of a surrogate pair stands alone";
static const char ESCAPE[] = "this escape does not exist";
static const char HEX[] = "an escape needs four hexadecimal digits";
static const char CONTROL[] = "a control character in a string must be escaped";

START_TEST(refuses_with_reason_and_place) {
  static const struct {
    const char *body;
    const char *reason;
    size_t offset;
  } CASES[] = {
      {"", "the body is empty", 0},
      {" ", CUT, 1},
      {"\xef\xbb\xbf{}", "a byte order mark is not taken", 0},
      {"{}\xef\xbb\xbf", FOLLOWS, 2},
      {"nul", CUT, 3},
      {"nulL", VALUE, 3},
      {"True", VALUE, 0},
      {"NaN", VALUE, 0},
      {"+1", VALUE, 0},
      {".5", VALUE, 0},
      {"'a'", VALUE, 0},
      {"\f1", VALUE, 0},
      {"\xc2\xa0[]", VALUE, 0},
      {"/**/1", VALUE, 0},
      {"-", CUT, 1},
      {"-x", DIGIT, 1},
      {"-.5", DIGIT, 1},
      {"1.", CUT, 2},
      {"1.e1", DIGIT, 2},
      {"1e", CUT, 2},
      {"1e+]", DIGIT, 3},
      {"007", FOLLOWS, 1},
      {"-01", FOLLOWS, 2},
      {"0x10", FOLLOWS, 1},
      {"1 2", FOLLOWS, 2},
      {"[1]]", FOLLOWS, 3},
      {"[01]", "a comma or ] was expected", 2},
      {"[1,]", VALUE, 3},
      {"[,1]", VALUE, 1},
      {"[1}", "a comma or ] was expected", 2},
      {"[1", CUT, 2},
      {"[", CUT, 1},
      {"{", CUT, 1},
      {"{\"a\"", CUT, 4},
      {"{\"a\" 1}", "a colon was expected", 5},
      {"{\"a\":}", VALUE, 5},
      {"{\"a\":1,}", "a member name was expected", 7},
      {"{a:1}", "a member name was expected", 1},
      {"{1:1}", "a member name was expected", 1},
      {"{\"a\":1]", "a comma or } was expected", 6},
      {"\"abc", CUT, 4},
      {"\"abc\\", CUT, 5},
      {"\"\\x\"", ESCAPE, 1},
      {"\"\\U0041\"", ESCAPE, 1},
      {"\"\\uZZZZ\"", HEX, 1},
      {"\"\\u12\"", HEX, 1},
      {"\"\\u\"", HEX, 1},
      {"\"a\\u0000\"", "the character U+0000 is not taken", 2},
      {"{\"a\\u0000\":1}", "the character U+0000 is not taken", 3},
      {"\"\\ud800\"", ALONE, 1},
      {"\"\\udc00\"", ALONE, 1},
      {"\"\\ud800\\ud800\"", ALONE, 1},
      {"\"\\ud800\\n\"", ALONE, 1},
      {"\"\\udc00\\ud800\"", ALONE, 1},
      {"\"a\nb\"", CONTROL, 2},
      {"\"\x1f\"", CONTROL, 1},
      {"\"\x80\"", NOT_UTF8, 1},
      {"\"\xc0\xaf\"", NOT_UTF8, 1},
      {"\"\xc1\xbf\"", NOT_UTF8, 1},
      {"\"\xe0\x9f\xbf\"", NOT_UTF8, 1},
      {"\"\xed\xa0\x80\"", NOT_UTF8, 1},
      {"\"\xf0\x8f\xbf\xbf\"", NOT_UTF8, 1},
      {"\"\xf4\x90\x80\x80\"", NOT_UTF8, 1},
      {"\"\xf5\x80\x80\x80\"", NOT_UTF8, 1},
      {"\"ab\xe2\x82\"", NOT_UTF8, 3},
      {"\"ab\xe2\x82", NOT_UTF8, 3},
      {"\"\xff\"", NOT_UTF8, 1},
      {"{\"a\":1,\"a\":1}", TWICE, 7},
      {"{\"a\":1,\"b\":2,\"a\":3,\"b\":4}", TWICE, 13},
      {"{\"a\":1,\"\\u0061\":2}", TWICE, 7},
      {"{\"\\u0061bcdefghi\":1,\"abcdefgh\\u0069\":2}", TWICE, 20},
      {"{\"\\ud83d\\uDE00\":1,\"\xf0\x9f\x98\x80\":2}", TWICE, 18},
      {"{\"\xc3\xa9\":1,\"\\u00E9\":2}", TWICE, 8},
      {"{\"\xe2\x82\xac\":1,\"\\u20aC\":2}", TWICE, 9},
      {"{\"/\\n\":1,\"\\/\\u000a\":2}", TWICE, 9},
      {"{\"\":1,\"\":2}", TWICE, 6},
      {"[{\"x\":{\"a\":1,\"a\":2}}]", TWICE, 13},
      {"{\"a\":{\"b\":1},\"a\":2}", TWICE, 13},
      // The repeated name comes before the other fault, also from an outer object.
      {"{\"a\":1,\"a\":2,]", TWICE, 7},
      {"{\"a\":1,\"a\":{\"b\":[tru", TWICE, 7},
      {"{\"a\":1,\"a\":{\"b\":1,\"b\":2}}", TWICE, 7},
  };
  EACH(row, CASES) { assert_refused(text_of(row->body), row->reason, row->offset); }
}
END_TEST

START_TEST(refuses_raw_nul_bytes) {
  assert_refused(TEXT("\"a\0b\""), CONTROL, 2);
  assert_refused(TEXT("1\0"), FOLLOWS, 1);
  assert_refused(TEXT("\0"), VALUE, 0);
}
END_TEST

START_TEST(refuses_an_absent_body) {
  struct gate_refusal refusal;
  ck_assert(!gate_check(TEXT_NONE, &refusal));
  ck_assert_str_eq(refusal.reason, "the body is empty");
}
END_TEST

START_TEST(tells_long_alike_names_apart) {
  assert_accepted(TEXT("{\"first_level_resolved\":1,\"first_level_resolve\":2,\"first_level_resolved_\":3,\"first_level_resolveD\":4}"));
  assert_accepted(TEXT("{\"\\u0061bcdefghi\":1,\"abcdefghij\":2,\"abcdefgh\":3}"));
}
END_TEST

START_TEST(refuses_nesting_deeper_than_the_limit) {
  char body[2 * (JSON_DEPTH_MAX + 1)];
  memset(body, '[', JSON_DEPTH_MAX + 1);
  memset(body + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
  assert_accepted((struct text){body + 1, 2 * JSON_DEPTH_MAX});
  assert_refused((struct text){body, sizeof body}, "nesting is deeper than 32 levels", JSON_DEPTH_MAX);
  struct buffer objects;
  buffer_init(&objects, 4096);
  for (int i = 0; i < JSON_DEPTH_MAX; i++)
    buffer_string(&objects, "{\"a\":");
  size_t before = objects.length;
  buffer_string(&objects, "{}");
  assert_refused(buffer_view(&objects), "nesting is deeper than 32 levels", before);
  buffer_release(&objects);
}
END_TEST

START_TEST(refuses_numbers_longer_than_the_limit) {
  char digits[JSON_NUMBER_CHARS_MAX + 1];
  memset(digits, '1', sizeof digits);
  assert_accepted((struct text){digits, JSON_NUMBER_CHARS_MAX});
  assert_refused((struct text){digits, sizeof digits}, "a number is longer than 128 characters", JSON_NUMBER_CHARS_MAX);
}
END_TEST

// {"<prefix>0":0,"<prefix>1":0,…}
static void append_members(struct buffer *out, const char *prefix, int count) {
  for (int i = 0; i < count; i++)
    buffer_format(out, "%s\"%s%d\":0", i == 0 ? "{" : ",", prefix, i);
}

START_TEST(finds_a_repeated_name_in_objects_of_every_size) {
  struct buffer body;
  buffer_init(&body, BODY_BYTES_MAX);
  for (int count = 1; count < JSON_MEMBERS_MAX; count = count < 130 ? count + 1 : count * 2) {
    for (int repeated = 0; repeated < count; repeated += count / 3 + 1) {
      buffer_clear(&body);
      append_members(&body, "a name ", count);
      size_t offset = body.length + 1;
      buffer_format(&body, ",\"\\u0061 name %d\":0}", repeated);
      assert_refused(buffer_view(&body), TWICE, offset);
    }
    buffer_clear(&body);
    append_members(&body, "a name ", count);
    buffer_char(&body, '}');
    assert_accepted(buffer_view(&body));
  }
  buffer_release(&body);
}
END_TEST

START_TEST(refuses_more_members_than_the_limit) {
  struct buffer body;
  buffer_init(&body, BODY_BYTES_MAX);
  append_members(&body, "", JSON_MEMBERS_MAX);
  size_t length = body.length;
  buffer_char(&body, '}');
  assert_accepted(buffer_view(&body));
  body.length = length;
  buffer_string(&body, ",\"x\":0}");
  assert_refused(buffer_view(&body), "an object has more than 1024 members", length + 1);
  buffer_release(&body);
}
END_TEST

static double seconds_of_gate(struct text body) {
  struct timespec begin, end;
  struct gate_refusal refusal;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
  (void)!gate_check(body, &refusal);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
  return (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
}

START_TEST(stays_fast_on_names_made_to_collide) {
  // Full objects of names that share their first kilobyte, escaped, at every depth.
  struct buffer body;
  buffer_init(&body, BODY_BYTES_MAX);
  char prefix[301];
  for (size_t i = 0; i < 300; i += 6)
    memcpy(prefix + i, "\\u0061", 6);
  prefix[300] = '\0';
  buffer_char(&body, '[');
  for (int i = 0; i < 3; i++) {
    buffer_string(&body, i == 0 ? "" : ",");
    append_members(&body, prefix, JSON_MEMBERS_MAX);
    buffer_char(&body, '}');
  }
  buffer_char(&body, ']');
  assert_accepted(buffer_view(&body));
  ck_assert_double_lt(seconds_of_gate(buffer_view(&body)), 1.0);
  buffer_clear(&body);
  for (int i = 0; i < JSON_DEPTH_MAX; i++) {
    append_members(&body, "", JSON_MEMBERS_MAX - 1);
    buffer_string(&body, ",\"x\":");
  }
  ck_assert(!body.failed);
  assert_refused(buffer_view(&body), CUT, body.length);
  ck_assert_double_lt(seconds_of_gate(buffer_view(&body)), 1.0);
  buffer_release(&body);
}
END_TEST

START_TEST(refuses_every_cut_of_an_object) {
  static const char BODY[] = "{\"a\\u00e9\\ud83d\\ude00\xc3\xa9\":[-1.5e+3,true,null,{\"b\":\"\\n\"}],\"c\":false}";
  assert_accepted(text_of(BODY));
  for (size_t length = 0; length < sizeof BODY - 1; length++) {
    struct gate_refusal refusal;
    ck_assert(!accepts((struct text){BODY, length}, &refusal));
    ck_assert_uint_le(refusal.offset, length);
  }
}
END_TEST

// The corpus: files named y_ are JSON, n_ are not, i_ are left to the implementation. The first row whose prefix fits decides.
enum outcome { ACCEPT, REFUSE };
static const struct {
  const char *prefix;
  enum outcome outcome;
} OUTCOMES[] = {
    {"y_object_duplicated_key", REFUSE},       // a member that comes twice
    {"y_object_escaped_null_in_key", REFUSE},  // U+0000
    {"y_string_null_escape", REFUSE},          // U+0000
    {"y_", ACCEPT},
    {"n_", REFUSE},
    {"i_number_huge_exp", REFUSE},  // more than 128 characters
    {"i_number_", ACCEPT},          // grammar only: whoever reads the number decides on its size
    {"i_object_key_lone", REFUSE},  // lone surrogate
    {"i_string_", REFUSE},          // lone surrogates, not UTF-8, UTF-16
    {"i_structure_", REFUSE},       // 500 levels, byte order mark
};

static void check_corpus_file(const char *name) {
  struct buffer path;
  struct buffer body;
  buffer_init(&path, 4096);
  buffer_init(&body, CORPUS_BYTES_MAX);
  buffer_format(&path, "json/%s", name);
  ck_assert_msg(corpus_read(path.bytes, &body), "can't read %s", name);
  struct gate_refusal refusal = {.reason = "accepted"};
  bool accepted = accepts(buffer_view(&body), &refusal);
  bool ruled = false;
  EACH(row, OUTCOMES) {
    if (strncmp(name, row->prefix, strlen(row->prefix)) == 0) {
      ck_assert_msg(accepted == (row->outcome == ACCEPT), "%s: %s", name, refusal.reason);
      ruled = true;
      break;
    }
  }
  ck_assert_msg(ruled, "no rule for %s", name);
  buffer_release(&path);
  buffer_release(&body);
}

START_TEST(judges_the_parsing_corpus_by_its_rules) {
  const char *shared = getenv("XLAD_SHARED");
  struct buffer path;
  buffer_init(&path, 4096);
  buffer_format(&path, "%s/corpora/json", shared ? shared : "../shared");
  DIR *folder = opendir(path.bytes);
  if (!folder) {
    fprintf(stderr, "skipped: no corpus %s\n", path.bytes);
    buffer_release(&path);
    return;
  }
  int files = 0;
  for (const struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
    if (strstr(entry->d_name, ".json")) {
      check_corpus_file(entry->d_name);
      files++;
    }
  }
  closedir(folder);
  buffer_release(&path);
  ck_assert_int_gt(files, 0);
}
END_TEST

int main(void) {
  return unit_tests("gate", (const TTest *[]){
                                accepts_every_form_of_value,
                                refuses_with_reason_and_place,
                                refuses_raw_nul_bytes,
                                refuses_an_absent_body,
                                tells_long_alike_names_apart,
                                refuses_nesting_deeper_than_the_limit,
                                refuses_numbers_longer_than_the_limit,
                                finds_a_repeated_name_in_objects_of_every_size,
                                refuses_more_members_than_the_limit,
                                stays_fast_on_names_made_to_collide,
                                refuses_every_cut_of_an_object,
                                judges_the_parsing_corpus_by_its_rules,
                                NULL,
                            });
}
