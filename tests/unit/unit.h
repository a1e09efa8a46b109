// What every unit test program shares: running its tests, walking a case table, comparing texts.
#ifndef XLAD_UNIT_H
#define XLAD_UNIT_H

#include <check.h>
#include <stdlib.h>

#include "base/text.h"

#define ROWS(table)                   (sizeof(table) / sizeof((table)[0]))
// Walks a case table: `EACH(row, CASES) { … row->input … }`.
// NOLINTNEXTLINE(bugprone-macro-parentheses): row becomes a variable
#define EACH(row, table)              for (const __typeof__((table)[0]) *row = (table), *row##_end = (table) + ROWS(table); row < row##_end; row++)

// Fails unless the text has exactly these bytes; NULL expects the absent text.
#define ASSERT_TEXT(actual, expected) unit_assert_text(__FILE__, __LINE__, (actual), (expected))

static inline void unit_assert_text(const char *file, int line, struct text actual, const char *expected) {
  if (!text_is(actual, expected)) {
    ck_abort_msg("%s:%d: \"%.*s\" instead of \"%s\"", file, line, (int)actual.length, actual.at == NULL ? "" : actual.at,
                 expected == NULL ? "(absent)" : expected);
  }
  mark_point();
}

// Runs one suite as the environment asks for (CK_FORK, CK_VERBOSITY, …); the result is the program's exit status.
static inline int unit_run(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

// A suite of the given tests (NULL ends them), run with a time limit each: `return unit_tests("text", (const TTest *[]){…, NULL});`
static inline int unit_tests(const char *name, const TTest *const *tests) {
  enum { SECONDS_MAX = 30 };
  Suite *suite = suite_create(name);
  TCase *cases = tcase_create(name);
  tcase_set_timeout(cases, SECONDS_MAX);
  for (; *tests != NULL; tests++) {
    tcase_add_test(cases, *tests);
  }
  suite_add_tcase(suite, cases);
  return unit_run(suite);
}

#endif
