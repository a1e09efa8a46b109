// Checks the preset and derived dimensions, and which names an administrator may give.
#include "domain/dimension.h"

#include "unit.h"

// Codes are stored in the database; a row here may never change.
static const struct {
  const char *dimension, *label;
  int index, code;
} CODES[] = {
    {"sla", "met", 0, 1},
    {"sla", "missed", 0, 2},
    {"reassignments", "0", 1, 1},
    {"reassignments", "1", 1, 2},
    {"reassignments", "2", 1, 3},
    {"reassignments", "3", 1, 4},
    {"reassignments", "4+", 1, 5},
    {"reopened", "yes", 2, 1},
    {"reopened", "no", 2, 2},
    {"resolution_time", "under 1 h", 3, 1},
    {"resolution_time", "1 to 4 h", 3, 2},
    {"resolution_time", "4 to 8 h", 3, 3},
    {"resolution_time", "8 to 24 h", 3, 4},
    {"resolution_time", "1 to 3 d", 3, 5},
    {"resolution_time", "over 3 d", 3, 6},
};

static const struct {
  const char *name;
  bool valid;
} NAMES[] = {
    {"company", true},
    {"a", true},
    {"cost_centre_2", true},
    {"a234567890123456789012345678901234567890", true},
    {"a2345678901234567890123456789012345678901", false},
    {"", false},
    {"_company", false},
    {"2nd", false},
    {"Company", false},
    {"comPany", false},
    {"cost-centre", false},
    {"cost centre", false},
    {"caf\xc3\xa9", false},
};

START_TEST(derived_codes_keep_their_meaning) {
  int index = derived_dimension_find(text_of(CODES[_i].dimension));
  ck_assert_int_eq(index, CODES[_i].index);
  ck_assert_int_eq(derived_dimension_code(index, text_of(CODES[_i].label)), CODES[_i].code);
  ck_assert_str_eq(DERIVED_DIMENSIONS[index].values[CODES[_i].code - 1], CODES[_i].label);
}
END_TEST

START_TEST(derived_dimensions_have_no_further_values) {
  size_t values = 0;
  for (int i = 0; i < DERIVED_COUNT; i++) {
    for (const char *const *value = DERIVED_DIMENSIONS[i].values; *value; value++) {
      values++;
    }
  }
  ck_assert_uint_eq(values, ROWS(CODES));
}
END_TEST

START_TEST(unknown_labels_have_code_0) {
  for (int i = 0; i < DERIVED_COUNT; i++) {
    ck_assert_int_eq(derived_dimension_code(i, TEXT("Met")), 0);
    ck_assert_int_eq(derived_dimension_code(i, TEXT("")), 0);
    ck_assert_int_eq(derived_dimension_code(i, TEXT_NONE), 0);
  }
  ck_assert_int_eq(derived_dimension_code(0, TEXT("0")), 0);
  ck_assert_int_eq(derived_dimension_code(-1, TEXT("met")), 0);
  ck_assert_int_eq(derived_dimension_code(DERIVED_COUNT, TEXT("met")), 0);
}
END_TEST

START_TEST(sent_dimensions_are_not_derived) {
  size_t count = 0;
  for (; PRESET_DIMENSIONS[count]; count++) {
    ck_assert_int_eq(derived_dimension_find(text_of(PRESET_DIMENSIONS[count])), -1);
    ck_assert(dimension_name_valid(text_of(PRESET_DIMENSIONS[count])));
  }
  ck_assert_uint_eq(count, 9);
  ck_assert_int_eq(derived_dimension_find(TEXT("company")), -1);
  ck_assert_int_eq(derived_dimension_find(TEXT_NONE), -1);
}
END_TEST

START_TEST(presets_are_those_tickets_send) {
  static const char *const SENT[] = {"service", "category", "channel", "assignment_group", "location", "department", "supplier", "priority", "kind"};
  for (size_t i = 0; i < ROWS(SENT); i++) {
    ck_assert_str_eq(PRESET_DIMENSIONS[i], SENT[i]);
  }
}
END_TEST

START_TEST(name_is_judged_by_its_characters) { ck_assert_int_eq(dimension_name_valid(text_of(NAMES[_i].name)), NAMES[_i].valid); }
END_TEST

START_TEST(absent_name_is_refused) { ck_assert(!dimension_name_valid(TEXT_NONE)); }
END_TEST

START_TEST(knows_names_of_who_works_on_tickets) {
  for (size_t i = 0; AGENT_DIMENSIONS[i]; i++) {
    ck_assert(dimension_names_agents(text_of(AGENT_DIMENSIONS[i])));
    ck_assert(dimension_name_valid(text_of(AGENT_DIMENSIONS[i])));
  }
  ck_assert(!dimension_names_agents(TEXT("assignment_group")));
  ck_assert(!dimension_names_agents(TEXT("agent_")));
  ck_assert(!dimension_names_agents(TEXT_NONE));
}
END_TEST

static Suite *dimension_suite(void) {
  Suite *suite = suite_create("dimension");
  TCase *tests = tcase_create("dimension");
  tcase_add_loop_test(tests, derived_codes_keep_their_meaning, 0, ROWS(CODES));
  tcase_add_test(tests, derived_dimensions_have_no_further_values);
  tcase_add_test(tests, unknown_labels_have_code_0);
  tcase_add_test(tests, sent_dimensions_are_not_derived);
  tcase_add_test(tests, presets_are_those_tickets_send);
  tcase_add_loop_test(tests, name_is_judged_by_its_characters, 0, ROWS(NAMES));
  tcase_add_test(tests, absent_name_is_refused);
  tcase_add_test(tests, knows_names_of_who_works_on_tickets);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(dimension_suite()); }
