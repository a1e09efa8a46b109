// What differs between two records: each member by its pointer, from what to what.
#include "json/changes.h"

#include "../unit.h"

struct pact {
  struct text name;
  int64_t n, burn, days;
};

static const struct field WARN_ROWS[] = {
    {.name = "burn", .kind = FIELD_INT, .offset = 0},
    {.name = "days", .kind = FIELD_INT, .offset = sizeof(int64_t)},
};
static const struct field_table WARN = {WARN_ROWS, ROWS(WARN_ROWS)};
static const struct field PACT_ROWS[] = {
    {.name = "name", .kind = FIELD_TEXT, .offset = offsetof(struct pact, name)},
    {.name = "n", .kind = FIELD_INT, .flags = FIELD_OMIT_NULL, .offset = offsetof(struct pact, n)},
    {.name = "warn", .kind = FIELD_RECORD, .offset = offsetof(struct pact, burn), .table = &WARN},
    {.name = "state", .kind = FIELD_INT, .flags = FIELD_IGNORED},
};
static const struct field_table PACT = {PACT_ROWS, ROWS(PACT_ROWS)};

static void assert_changes(const struct pact *before, const struct pact *after, size_t count, const char *wanted) {
  struct buffer out;
  struct json_writer writer;
  buffer_init(&out, 1024);
  json_start(&writer, &out);
  ck_assert_uint_eq(fields_write_changes(&PACT, before, after, &writer), count);
  ASSERT_TEXT(buffer_view(&out), wanted);
  buffer_release(&out);
}

START_TEST(names_each_member_that_differs) {
  const struct pact one = {TEXT_INIT("a"), 1, 2, ABSENT}, other = {TEXT_INIT("a \"b\""), ABSENT, 2, 7};
  assert_changes(&one, &one, 0, "[]");
  assert_changes(&one, &other, 3,
                 "[{\"pointer\":\"/name\",\"from\":\"a\",\"to\":\"a \\\"b\\\"\"},{\"pointer\":\"/n\",\"from\":1,\"to\":null},"
                 "{\"pointer\":\"/warn/days\",\"from\":null,\"to\":7}]");
}
END_TEST

START_TEST(takes_everything_from_null_where_there_was_nothing) {
  const struct pact one = {TEXT_INIT("a"), ABSENT, 2, ABSENT};
  assert_changes(NULL, &one, 2, "[{\"pointer\":\"/name\",\"from\":null,\"to\":\"a\"},{\"pointer\":\"/warn/burn\",\"from\":null,\"to\":2}]");
}
END_TEST

int main(void) {
  return unit_tests("changes", (const TTest *[]){names_each_member_that_differs, takes_everything_from_null_where_there_was_nothing, NULL});
}
