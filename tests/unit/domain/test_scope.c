// Checks how scopes are read from text: order, repetition, escapes, limits, and what is refused.
#include "domain/scope.h"

#include "unit.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"

enum { ARENA_BYTES = 1 << 20 };

static struct arena arena;
static struct issues issues;
static struct scope scope;

static void setup(void) {
  arena_init(&arena, ARENA_BYTES);
  issues_init(&issues, &arena);
}

static void teardown(void) { arena_release(&arena); }

// What was read, as "name=value|value name=value".
static const char *shown(void) {
  static char out[512];
  struct buffer buffer;
  buffer_init(&buffer, sizeof out);
  for (size_t i = 0; i < scope.count; i++) {
    buffer_string(&buffer, i > 0 ? " " : "");
    buffer_text(&buffer, scope.terms[i].dimension);
    for (size_t k = 0; k < scope.terms[i].count; k++) {
      buffer_string(&buffer, k > 0 ? "|" : "=");
      buffer_text(&buffer, scope.terms[i].values[k]);
    }
  }
  ck_assert(!buffer.failed && buffer.length < sizeof out);
  struct text view = buffer_view(&buffer);
  memset(out, 0, sizeof out);
  if (view.length > 0) {
    memcpy(out, view.at, view.length);
  }
  buffer_release(&buffer);
  return out;
}

static const struct {
  const char *text, *shown;
} READ[] = {
    {"", ""},
    {"service:vpn", "service=vpn"},
    {"service:vpn,mail;location:oslo", "location=oslo service=mail|vpn"},
    {"location:oslo;service:mail,vpn", "location=oslo service=mail|vpn"},
    {"service:vpn,mail,vpn,vpn", "service=mail|vpn"},
    {"service:b,a,ab,B", "service=B|a|ab|b"},
    {"resolution_time:under 1 h", "resolution_time=under 1 h"},
    {"service: vpn ", "service= vpn "},
    {"service:a\\,b", "service=a,b"},
    {"service:a\\;b;kind:incident", "kind=incident service=a;b"},
    {"service:10\\:30", "service=10:30"},
    {"service:a\\\\,b", "service=a\\|b"},
    {"service:\\v\\pn", "service=vpn"},
    {"service:\\,", "service=,"},
    {"location:T\xc3\xb8nsberg", "location=T\xc3\xb8nsberg"},
};

static const struct {
  const char *text, *rule;
  size_t issues;
} REFUSED[] = {
    {"service", "required", 1},
    {"service:", "required", 1},
    {"service:vpn,", "required", 1},
    {"service:,vpn", "required", 1},
    {"service:vpn,,mail", "required", 1},
    {"service:;kind:incident", "required", 1},
    {"service;kind", "required", 2},
    {":vpn", "format", 1},
    {"vpn,mail", "required", 1},
    {";", "format", 2},
    {"service:vpn;", "format", 1},
    {"Service:vpn", "format", 1},
    {"ser vice:vpn", "format", 1},
    {" service:vpn", "format", 1},
    {"ser\\vice:vpn", "format", 1},
    {"service\\:vpn", "format", 1},
    {"service\\;kind:incident", "format", 1},
    {"a2345678901234567890123456789012345678901:x", "format", 1},
    {"service:vpn\\", "format", 1},
    {"service:vpn,location:oslo", "format", 1},
    {"service:vpn;service:mail", "unique", 1},
    {"service:a;kind:b;service:c;kind:d", "unique", 2},
};

START_TEST(reads_terms_in_order) {
  ck_assert(scope_parse(text_of(READ[_i].text), &scope, &arena, &issues));
  ck_assert_str_eq(shown(), READ[_i].shown);
  ck_assert_uint_eq(issues.total, 0);
}
END_TEST

START_TEST(absent_text_is_everything) {
  ck_assert(scope_parse(TEXT_NONE, &scope, &arena, &issues));
  ck_assert_uint_eq(scope.count, 0);
}
END_TEST

START_TEST(refuses_with_rule) {
  ck_assert(!scope_parse(text_of(REFUSED[_i].text), &scope, &arena, &issues));
  ck_assert_uint_eq(issues.total, REFUSED[_i].issues);
  for (size_t i = 0; i < issues.count; i++) {
    ck_assert(text_is(issues.list[i].pointer, "scope"));
    ck_assert(text_is(issues.list[i].rule, REFUSED[_i].rule));
    ck_assert_uint_gt(issues.list[i].detail.length, 0);
  }
}
END_TEST

// "service:1,2,…,count"
static struct text numbered(struct buffer *buffer, int count) {
  buffer_init(buffer, 1 << 16);
  for (int i = 1; i <= count; i++) {
    buffer_string(buffer, i == 1 ? "service:" : ",");
    buffer_int(buffer, i);
  }
  return buffer_view(buffer);
}

START_TEST(takes_values_up_to_the_limit) {
  struct buffer buffer;
  ck_assert(scope_parse(numbered(&buffer, SCOPE_VALUES_MAX), &scope, &arena, &issues));
  ck_assert_uint_eq(scope.count, 1);
  ck_assert_uint_eq(scope.terms[0].count, SCOPE_VALUES_MAX);
  buffer_release(&buffer);
}
END_TEST

START_TEST(refuses_values_beyond_the_limit) {
  struct buffer buffer;
  ck_assert(!scope_parse(numbered(&buffer, SCOPE_VALUES_MAX + 1), &scope, &arena, &issues));
  ck_assert_uint_eq(issues.total, 1);
  ck_assert(text_is(issues.list[0].rule, "length"));
  buffer_release(&buffer);
}
END_TEST

START_TEST(fails_without_memory) {
  struct arena small;
  arena_init(&small, 16);
  ck_assert(!scope_parse(TEXT("service:vpn,mail;location:oslo"), &scope, &small, &issues));
  ck_assert_uint_eq(issues.total, 0);
  arena_release(&small);
}
END_TEST

START_TEST(outlives_the_text_it_was_read_from) {
  char request[] = "service:vpn,mail";
  ck_assert(scope_parse((struct text){request, strlen(request)}, &scope, &arena, &issues));
  memset(request, 'x', sizeof request);
  ck_assert_str_eq(shown(), "service=mail|vpn");
}
END_TEST

// All short texts over the characters that mean something, each in a block of its own size, so that a sanitizer sees a step too far.
START_TEST(survives_every_short_text) {
  static const char ALPHABET[] = {'a', ':', ',', ';', '\\', 'B'};
  enum { LENGTH_MAX = 6 };
  for (size_t length = 1; length <= LENGTH_MAX; length++) {
    size_t texts = 1;
    for (size_t i = 0; i < length; i++) {
      texts *= ROWS(ALPHABET);
    }
    for (size_t code = 0; code < texts; code++) {
      char *bytes = malloc(length);
      ck_assert_ptr_nonnull(bytes);
      size_t rest = code;
      for (size_t i = 0; i < length; i++, rest /= ROWS(ALPHABET)) {
        bytes[i] = ALPHABET[rest % ROWS(ALPHABET)];
      }
      issues_init(&issues, &arena);
      bool read = scope_parse((struct text){bytes, length}, &scope, &arena, &issues);
      ck_assert_int_eq(read, issues.total == 0);
      ck_assert(!read || scope.count > 0);
      free(bytes);
      arena_clear(&arena);
    }
  }
}
END_TEST

// Two scopes, whether they are the same filter, and whether no context can be in both.
static const struct {
  const char *a, *b;
  bool equal, disjoint;
} PAIRS[] = {
    {"", "", true, false},
    {"", "service:vpn", false, false},
    {"service:vpn", "service:vpn", true, false},
    {"service:vpn,mail", "service:mail,vpn", true, false},
    {"service:vpn;location:oslo", "location:oslo;service:vpn", true, false},
    {"service:vpn", "service:mail", false, true},
    {"service:a,c,e", "service:b,d,f", false, true},
    {"service:a,c,e", "service:b,d,e", false, false},
    {"service:vpn", "service:vpn,mail", false, false},
    {"service:vpn", "location:oslo", false, false},
    {"service:vpn;location:oslo", "service:vpn;location:bergen", false, true},
    {"service:vpn;location:oslo", "service:vpn", false, false},
    {"location:oslo;service:vpn", "kind:incident;service:mail", false, true},
    {"service:vpn", "service:vpn2", false, true},
};

START_TEST(knows_which_scopes_share_nothing) {
  struct scope a, b;
  ck_assert(scope_parse(text_of(PAIRS[_i].a), &a, &arena, &issues) && scope_parse(text_of(PAIRS[_i].b), &b, &arena, &issues));
  ck_assert_int_eq(scopes_equal(&a, &b), PAIRS[_i].equal);
  ck_assert_int_eq(scopes_equal(&b, &a), PAIRS[_i].equal);
  ck_assert_int_eq(scopes_disjoint(&a, &b), PAIRS[_i].disjoint);
  ck_assert_int_eq(scopes_disjoint(&b, &a), PAIRS[_i].disjoint);
}
END_TEST

static Suite *scope_suite(void) {
  Suite *suite = suite_create("scope");
  TCase *tests = tcase_create("scope");
  tcase_set_timeout(tests, 30);
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, reads_terms_in_order, 0, ROWS(READ));
  tcase_add_test(tests, absent_text_is_everything);
  tcase_add_loop_test(tests, refuses_with_rule, 0, ROWS(REFUSED));
  tcase_add_test(tests, takes_values_up_to_the_limit);
  tcase_add_test(tests, refuses_values_beyond_the_limit);
  tcase_add_test(tests, fails_without_memory);
  tcase_add_test(tests, outlives_the_text_it_was_read_from);
  tcase_add_test(tests, survives_every_short_text);
  tcase_add_loop_test(tests, knows_which_scopes_share_nothing, 0, ROWS(PAIRS));
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(scope_suite()); }
