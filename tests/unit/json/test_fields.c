// Records by field table: what is taken from JSON and cells, each issue with pointer, rule and sentence, and what is written back.
#include "json/fields.h"

#include "../unit.h"
#include "base/buffer.h"
#include "base/limits.h"

#include <stdio.h>
#include <string.h>

struct sample {
  int64_t happiness;
  int64_t huge;
  int64_t sla_met;
  int64_t opened_at;
  int64_t cost;
  struct text ref;
  struct text comment;
  int64_t kind;
  struct text_list factors;
  struct text_map context;
  int64_t made_at;
  struct text secret;
};

static const char *const KINDS[] = {"incident", "service_request", NULL};

static const struct field ROWS_OF_SAMPLE[] = {
    {.name = "happiness", .kind = FIELD_INT, .offset = offsetof(struct sample, happiness), .min = 0, .max = 10},
    {.name = "huge", .kind = FIELD_INT, .flags = FIELD_OMIT_NULL, .offset = offsetof(struct sample, huge), .min = -INT64_MAX, .max = INT64_MAX},
    {.name = "sla_met", .kind = FIELD_BOOL, .offset = offsetof(struct sample, sla_met)},
    {.name = "opened_at", .kind = FIELD_INSTANT, .offset = offsetof(struct sample, opened_at)},
    {.name = "cost", .kind = FIELD_MONEY, .offset = offsetof(struct sample, cost), .min = -500, .max = 1000000},
    {.name = "ref", .kind = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, .offset = offsetof(struct sample, ref), .min = 1, .max = 5},
    {.name = "comment", .kind = FIELD_TEXT, .offset = offsetof(struct sample, comment), .min = 0, .max = 4000},
    {.name = "kind", .kind = FIELD_ENUM, .offset = offsetof(struct sample, kind), .choices = KINDS},
    {.name = "factors",
     .kind = FIELD_TEXT_LIST,
     .flags = FIELD_NO_CONTROL,
     .offset = offsetof(struct sample, factors),
     .min = 1,
     .max = 4,
     .count_max = 3},
    {.name = "context",
     .kind = FIELD_TEXT_MAP,
     .flags = FIELD_NO_CONTROL,
     .offset = offsetof(struct sample, context),
     .min = 1,
     .max = 6,
     .count_max = 3},
    {.name = "made_at", .kind = FIELD_INSTANT, .flags = FIELD_READ_ONLY | FIELD_REQUIRED, .offset = offsetof(struct sample, made_at)},
    {.name = "secret", .kind = FIELD_TEXT, .flags = FIELD_WRITE_ONLY, .offset = offsetof(struct sample, secret), .min = 1, .max = 9},
};
static const struct field_table SAMPLE = {ROWS_OF_SAMPLE, ROWS(ROWS_OF_SAMPLE)};

struct desk {
  struct arena arena;
  struct issues issues;
  struct sample sample;
  uint64_t present;
};

static void desk_init(struct desk *desk) {
  memset(&desk->sample, 0x5a, sizeof desk->sample);
  arena_init(&desk->arena, REQUEST_ARENA_BYTES_MAX);
  issues_init(&desk->issues, &desk->arena);
}

// A copy of exactly the body's size, freed before the record is looked at.
static enum err desk_read(struct desk *desk, const char *body) {
  desk_init(desk);
  size_t length = strlen(body);
  char *copy = malloc(length + 1);
  ck_assert_ptr_nonnull(copy);
  copy = realloc(memcpy(copy, body, length), length > 0 ? length : 1);
  enum err error = fields_read(&SAMPLE, (struct text){copy, length}, &desk->sample, &desk->present, &desk->arena, &desk->issues);
  free(copy);
  return error;
}

static void assert_issue(const struct desk *desk, size_t i, const char *pointer, const char *rule, const char *detail) {
  ck_assert_uint_lt(i, desk->issues.count);
  ASSERT_TEXT(desk->issues.list[i].pointer, pointer);
  ASSERT_TEXT(desk->issues.list[i].rule, rule);
  ASSERT_TEXT(desk->issues.list[i].detail, detail);
}

START_TEST(reads_every_kind) {
  struct desk desk;
  enum err error =
      desk_read(&desk, "{\"happiness\":9,\"huge\":-9007199254740992,\"sla_met\":true,\"opened_at\":\"2026-03-02T09:01:00+01:00\","
                       "\"cost\":\"17.5\",\"ref\":\"\\u00e9\\ud83d\\ude00abc\",\"comment\":\"\",\"kind\":\"service_request\","
                       "\"factors\":[\"fast\",\"kind\"],\"context\":{\"service\":\"vpn\",\"gone\":null,\"a/~\":\"b\"},\"secret\":\"s\"}");
  ck_assert_msg(error == ERR_NONE, "%.*s", (int)desk.issues.list[0].detail.length, desk.issues.list[0].detail.at);
  const struct sample *s = &desk.sample;
  ck_assert_int_eq(s->happiness, 9);
  ck_assert_int_eq(s->huge, -INT64_C(9007199254740992));
  ck_assert_int_eq(s->sla_met, 1);
  ck_assert_int_eq(s->opened_at, INT64_C(1772438460000000));
  ck_assert_int_eq(s->cost, 1750);
  ASSERT_TEXT(s->ref, "\xc3\xa9\xf0\x9f\x98\x80"
                      "abc");
  ASSERT_TEXT(s->comment, "");
  ck_assert_int_eq(s->kind, 1);
  ck_assert_uint_eq(s->factors.count, 2);
  ASSERT_TEXT(s->factors.items[1], "kind");
  ck_assert_uint_eq(s->context.count, 2);
  ASSERT_TEXT(s->context.items[0].name, "service");
  ASSERT_TEXT(s->context.items[1].name, "a/~");
  ASSERT_TEXT(s->context.items[1].value, "b");
  ck_assert_int_eq(s->made_at, ABSENT);
  ASSERT_TEXT(s->secret, "s");
  ck_assert_uint_eq(desk.present, 0xbff);
  arena_release(&desk.arena);
}
END_TEST

START_TEST(sets_what_is_missing_or_null_to_absent) {
  struct desk desk;
  ck_assert_int_eq(desk_read(&desk, "{\"ref\":\"a\",\"happiness\":null,\"factors\":null,\"context\":{}}"), ERR_NONE);
  ck_assert_int_eq(desk.sample.happiness, ABSENT);
  ck_assert_int_eq(desk.sample.sla_met, ABSENT);
  ck_assert_int_eq(desk.sample.opened_at, ABSENT);
  ck_assert_int_eq(desk.sample.cost, ABSENT);
  ck_assert_int_eq(desk.sample.kind, ABSENT);
  ck_assert_ptr_null(desk.sample.comment.at);
  ck_assert_ptr_null(desk.sample.factors.items);
  ck_assert_ptr_nonnull(desk.sample.context.items);
  ck_assert_uint_eq(desk.sample.context.count, 0);
  ck_assert_uint_eq(desk.present, 1 | 1 << 5 | 1 << 8 | 1 << 9);
  arena_release(&desk.arena);
}
END_TEST

#define INT_RULE     "must be a whole number from 0 to 10"
#define HUGE_RULE    "must be a whole number from -9007199254740992 to 9007199254740992"
#define TIME_RULE    "must be a time such as \"2026-03-02T12:00:00Z\""
#define COST_RULE    "must be a decimal string with at most two decimals from \"-5.00\" to \"10000.00\""
#define LIST_RULE    "must be a list of at most 3 texts of 1 to 4 characters"
#define MAP_RULE     "must be an object of at most 3 texts of 1 to 6 characters"
#define UNKNOWN_RULE "is not a member that is taken here"
#define CONTROL_RULE "must not hold control characters"

START_TEST(names_place_rule_and_remedy_of_a_wrong_value) {
  static const struct {
    const char *member;
    const char *pointer;
    const char *rule;
    const char *detail;
  } CASES[] = {
      {"\"happiness\":11", "/happiness", "range", INT_RULE},
      {"\"happiness\":-1", "/happiness", "range", INT_RULE},
      {"\"happiness\":1e300", "/happiness", "range", INT_RULE},
      {"\"happiness\":5.5", "/happiness", "type", INT_RULE},
      {"\"happiness\":5.000000000000000000001", "/happiness", "type", INT_RULE},
      {"\"happiness\":\"5\"", "/happiness", "type", INT_RULE},
      {"\"happiness\":true", "/happiness", "type", INT_RULE},
      {"\"happiness\":[5]", "/happiness", "type", INT_RULE},
      {"\"huge\":9007199254740993", "/huge", "range", HUGE_RULE},
      {"\"huge\":-9007199254740993", "/huge", "range", HUGE_RULE},
      {"\"huge\":1e16", "/huge", "range", HUGE_RULE},
      {"\"Happiness\":5", "/Happiness", "unknown", UNKNOWN_RULE},
      {"\"a/b~c\":5", "/a~1b~0c", "unknown", UNKNOWN_RULE},
      {"\"\":5", "/", "unknown", UNKNOWN_RULE},
      {"\"made_at\":null", "/made_at", "unknown", UNKNOWN_RULE},
      {"\"sla_met\":1", "/sla_met", "type", "must be true or false"},
      {"\"sla_met\":\"true\"", "/sla_met", "type", "must be true or false"},
      {"\"opened_at\":\"2026-02-30T12:00:00Z\"", "/opened_at", "format", TIME_RULE},
      {"\"opened_at\":1772438460", "/opened_at", "type", TIME_RULE},
      {"\"cost\":17.5", "/cost", "type", COST_RULE},
      {"\"cost\":\"17.505\"", "/cost", "format", COST_RULE},
      {"\"cost\":\"10000.01\"", "/cost", "range", COST_RULE},
      {"\"cost\":\"-5.01\"", "/cost", "range", COST_RULE},
      {"\"comment\":{}", "/comment", "type", "must be a text of at most 4000 characters"},
      {"\"kind\":\"Incident\"", "/kind", "enum", "must be one of \"incident\", \"service_request\""},
      {"\"kind\":0", "/kind", "type", "must be one of \"incident\", \"service_request\""},
      {"\"factors\":\"fast\"", "/factors", "type", LIST_RULE},
      {"\"factors\":[\"a\",\"b\",\"c\",\"d\"]", "/factors", "length", LIST_RULE},
      {"\"factors\":[\"a\",\"b\",3]", "/factors/2", "type", "must be a text of 1 to 4 characters"},
      {"\"factors\":[\"a\",null]", "/factors/1", "type", "must be a text of 1 to 4 characters"},
      {"\"factors\":[\"a\",\"\"]", "/factors/1", "length", "must be a text of 1 to 4 characters"},
      {"\"factors\":[\"abcde\"]", "/factors/0", "length", "must be a text of 1 to 4 characters"},
      {"\"factors\":[\"a\\n\"]", "/factors/0", "format", CONTROL_RULE},
      {"\"factors\":[\"a\",\"b\",\"\\u0061\"]", "/factors/2", "unique", "must not occur twice in the list"},
      {"\"context\":[]", "/context", "type", MAP_RULE},
      {"\"context\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\"}", "/context", "length", MAP_RULE},
      {"\"context\":{\"a/b\":7}", "/context/a~1b", "type", "must be a text of 1 to 6 characters"},
      {"\"context\":{\"a\":\"\"}", "/context/a", "length", "must be a text of 1 to 6 characters"},
      {"\"context\":{\"a\":\"\\u007f\"}", "/context/a", "format", CONTROL_RULE},
      {"\"context\":{\"a\\t\":\"b\"}", "/context/a\t", "format", CONTROL_RULE},
  };
  EACH(row, CASES) {
    char body[256];
    snprintf(body, sizeof body, "{\"ref\":\"r\",%s}", row->member);
    struct desk desk;
    ck_assert_msg(desk_read(&desk, body) == ERR_INVALID, "%s", body);
    ck_assert_msg(desk.issues.total == 1, "%s: %zu issues", body, desk.issues.total);
    assert_issue(&desk, 0, row->pointer, row->rule, row->detail);
    arena_release(&desk.arena);
  }
}
END_TEST

START_TEST(insists_on_what_is_required) {
  static const struct {
    const char *body;
    const char *rule;
    const char *detail;
  } CASES[] = {
      {"{}", "required", "is required"},
      {"{\"ref\":null}", "required", "is required"},
      {"{\"ref\":\"\"}", "length", "must be a text of 1 to 5 characters"},
      {"{\"ref\":\"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"}", "length", "must be a text of 1 to 5 characters"},
      {"{\"ref\":\"a\\u0001\"}", "format", CONTROL_RULE},
      {"{\"ref\":5}", "type", "must be a text of 1 to 5 characters"},
  };
  EACH(row, CASES) {
    struct desk desk;
    ck_assert_int_eq(desk_read(&desk, row->body), ERR_INVALID);
    ck_assert_uint_eq(desk.issues.total, 1);
    assert_issue(&desk, 0, "/ref", row->rule, row->detail);
    arena_release(&desk.arena);
  }
}
END_TEST

START_TEST(collects_all_issues_at_once) {
  struct desk desk;
  ck_assert_int_eq(desk_read(&desk, "{\"x\":1,\"happiness\":12,\"kind\":\"no\"}"), ERR_INVALID);
  ck_assert_uint_eq(desk.issues.total, 4);
  assert_issue(&desk, 0, "/x", "unknown", UNKNOWN_RULE);
  assert_issue(&desk, 1, "/happiness", "range", INT_RULE);
  assert_issue(&desk, 2, "/kind", "enum", "must be one of \"incident\", \"service_request\"");
  assert_issue(&desk, 3, "/ref", "required", "is required");
  arena_release(&desk.arena);
}
END_TEST

START_TEST(refuses_what_is_not_json_or_no_object) {
  static const struct {
    const char *body;
    enum err error;
    const char *rule;
    const char *detail;
  } CASES[] = {
      {"", ERR_NOT_JSON, "json", "the body is empty, at byte 0"},
      {"{\"ref\":\"a\",\"ref\":\"a\"}", ERR_NOT_JSON, "json", "a member name occurs twice, at byte 11"},
      {"{\"ref\":\"a\"} x", ERR_NOT_JSON, "json", "something follows the value, at byte 12"},
      {"{\"ref\":\"a\\u0000\"}", ERR_NOT_JSON, "json", "the character U+0000 is not taken, at byte 9"},
      {"[]", ERR_INVALID, "type", "must be a JSON object"},
      {"null", ERR_INVALID, "type", "must be a JSON object"},
      {"12", ERR_INVALID, "type", "must be a JSON object"},
  };
  EACH(row, CASES) {
    struct desk desk;
    ck_assert_int_eq(desk_read(&desk, row->body), row->error);
    ck_assert_uint_eq(desk.issues.total, 1);
    assert_issue(&desk, 0, "", row->rule, row->detail);
    ck_assert_int_eq(desk.sample.happiness, ABSENT);
    arena_release(&desk.arena);
  }
}
END_TEST

START_TEST(cuts_long_names_in_pointers_between_characters) {
  static const char begin[] = "{\"ref\":\"r\",\"x", end[] = "\":1}";
  char body[1024], *at = body;
  memcpy(at, begin, sizeof begin - 1);
  at += sizeof begin - 1;
  for (int i = 0; i < 100; i++, at += 2)
    memcpy(at, "\xc3\xa9", 2);
  memcpy(at, end, sizeof end);
  struct desk desk;
  ck_assert_int_eq(desk_read(&desk, body), ERR_INVALID);
  struct text pointer = desk.issues.list[0].pointer;
  ck_assert(text_is_utf8(pointer));
  ck_assert_uint_eq(text_chars(pointer), 1 + 1 + 59 + 1);
  arena_release(&desk.arena);
}
END_TEST

START_TEST(reads_bodies_larger_than_its_inline_copy) {
  struct buffer body;
  buffer_init(&body, BODY_BYTES_MAX);
  buffer_string(&body, "{\"ref\":\"r\",\"comment\":\"");
  for (int i = 0; i < 4000; i++)
    buffer_string(&body, "\\u00e9");
  buffer_string(&body, "\",\"happiness\":7.00}");
  struct desk desk;
  ck_assert_int_eq(desk_read(&desk, body.bytes), ERR_NONE);
  ck_assert_uint_eq(desk.sample.comment.length, 8000);
  ck_assert_int_eq(desk.sample.happiness, 7);
  arena_release(&desk.arena);
  buffer_release(&body);
}
END_TEST

START_TEST(fails_when_the_arena_is_full) {
  static const char *const BODIES[] = {
      "{\"ref\":\"r\",\"comment\":\"0123456789012345678901234567890123456789\"}",
      "{\"ref\":\"r\",\"factors\":[\"a\"]}",
      "{\"ref\":\"r\",\"context\":{\"a\":\"b\"}}",
  };
  EACH(body, BODIES) {
    struct desk desk;
    desk_init(&desk);
    desk.arena.bytes_max = 12;
    ck_assert_int_eq(fields_read(&SAMPLE, text_of(*body), &desk.sample, NULL, &desk.arena, &desk.issues), ERR_INTERNAL);
    arena_release(&desk.arena);
  }
}
END_TEST

enum { CELLS_MAX = 8 };

// Reads one cell beside a valid ref; `value` NULL is an absent cell.
static enum err desk_read_cell(struct desk *desk, const char *name, struct text value, const char *pattern) {
  desk_init(desk);
  const struct text names[] = {TEXT("ref"), text_of(name)};
  const struct text values[] = {TEXT("r"), value};
  struct field_cells cells = {.names = names, .values = values, .count = 2, .instant_pattern = pattern};
  return fields_read_cells(&SAMPLE, &cells, &desk->sample, &desk->arena, &desk->issues);
}

START_TEST(reads_cells_of_every_kind) {
  static const struct {
    const char *name;
    const char *value;
    const char *pattern;
    const char *canonical;
  } CASES[] = {
      {"happiness", "9", NULL, "\"happiness\":9,"},   {"happiness", "9.0", NULL, "\"happiness\":9,"},   {"happiness", NULL, NULL, ""},
      {"sla_met", "TRUE", NULL, "\"sla_met\":true,"}, {"sla_met", "Yes", NULL, "\"sla_met\":true,"},    {"sla_met", "1", NULL, "\"sla_met\":true,"},
      {"sla_met", "no", NULL, "\"sla_met\":false,"},  {"sla_met", "False", NULL, "\"sla_met\":false,"}, {"sla_met", "0", NULL, "\"sla_met\":false,"},
  };
  EACH(row, CASES) {
    struct desk desk;
    ck_assert_msg(desk_read_cell(&desk, row->name, text_of(row->value), row->pattern) == ERR_NONE, "%s", row->value ? row->value : "null");
    char expected[128];
    snprintf(expected, sizeof expected, "{%s\"ref\":\"r\"}", row->canonical);
    struct buffer out;
    buffer_init(&out, 4096);
    fields_canonical(&SAMPLE, &desk.sample, &out);
    ASSERT_TEXT(buffer_view(&out), expected);
    buffer_release(&out);
    arena_release(&desk.arena);
  }
}
END_TEST

START_TEST(reads_a_row_of_cells_into_one_record) {
  static const char *const NAMES[] = {"context.service", "ref", "opened_at", "cost", "factors", "context.a.b", "context.gone", "kind"};
  static const char *const VALUES[] = {"vpn", "INC1", "2/3/2026 8:01", "17.50", "a|b|c", "x", NULL, "incident"};
  struct text names[CELLS_MAX];
  struct text values[CELLS_MAX];
  for (size_t i = 0; i < CELLS_MAX; i++) {
    names[i] = text_of(NAMES[i]);
    values[i] = text_of(VALUES[i]);
  }
  struct desk desk;
  desk_init(&desk);
  struct field_cells cells = {.names = names, .values = values, .count = CELLS_MAX, .instant_pattern = "%d/%m/%Y %H:%M"};
  ck_assert_int_eq(fields_read_cells(&SAMPLE, &cells, &desk.sample, &desk.arena, &desk.issues), ERR_NONE);
  ck_assert_int_eq(desk.sample.opened_at, INT64_C(1772438460000000));
  ck_assert_int_eq(desk.sample.cost, 1750);
  ck_assert_uint_eq(desk.sample.factors.count, 3);
  ck_assert_uint_eq(desk.sample.context.count, 2);
  ASSERT_TEXT(desk.sample.context.items[1].name, "a.b");
  ck_assert_int_eq(desk.sample.kind, 0);
  arena_release(&desk.arena);
}
END_TEST

START_TEST(names_place_rule_and_remedy_of_a_wrong_cell) {
  static const struct {
    const char *name;
    struct text value;
    const char *pointer;
    const char *rule;
    const char *detail;
  } CASES[] = {
      {"happiness", {"11", 2}, "/happiness", "range", INT_RULE},
      {"happiness", {"", 0}, "/happiness", "type", INT_RULE},
      {"happiness", {" 7", 2}, "/happiness", "type", INT_RULE},
      {"happiness", {"1e0", 3}, "/happiness", "type", INT_RULE},
      {"happiness", {"7.5", 3}, "/happiness", "type", INT_RULE},
      {"huge", {"9007199254740993", 16}, "/huge", "range", HUGE_RULE},
      {"sla_met", {"maybe", 5}, "/sla_met", "type", "must be true or false"},
      {"sla_met", {"yess", 4}, "/sla_met", "type", "must be true or false"},
      {"opened_at", {"2.3.2026", 8}, "/opened_at", "format", TIME_RULE},
      {"cost", {"17,50", 5}, "/cost", "format", COST_RULE},
      {"factors", {"a||b", 4}, "/factors/1", "length", "must be a text of 1 to 4 characters"},
      {"factors", {"a|b|a", 5}, "/factors/2", "unique", "must not occur twice in the list"},
      {"factors", {"a|b|c|d", 7}, "/factors", "length", LIST_RULE},
      {"context.a", {"", 0}, "/context/a", "length", "must be a text of 1 to 6 characters"},
      {"context", {"a", 1}, "/context", "unknown", UNKNOWN_RULE},
      {"context.", {"a", 1}, "/context.", "unknown", UNKNOWN_RULE},
      {"happiness.a", {"1", 1}, "/happiness.a", "unknown", UNKNOWN_RULE},
      {"nothing", {"1", 1}, "/nothing", "unknown", UNKNOWN_RULE},
      {"made_at", {NULL, 0}, "/made_at", "unknown", UNKNOWN_RULE},
      {"b\xff/", {"1", 1}, "/b?~1", "unknown", UNKNOWN_RULE},
      {"context.\xff", {"1", 1}, "/context.?", "unknown", UNKNOWN_RULE},
      {"ref", {"x", 1}, "/ref", "unique", "must not be given twice"},
      {"comment", {"\xff", 1}, "/comment", "format", "must be UTF-8 without the character U+0000"},
      {"comment", {"a\0b", 3}, "/comment", "format", "must be UTF-8 without the character U+0000"},
  };
  EACH(row, CASES) {
    struct desk desk;
    ck_assert_msg(desk_read_cell(&desk, row->name, row->value, NULL) == ERR_INVALID, "%s", row->name);
    ck_assert_uint_eq(desk.issues.total, 1);
    assert_issue(&desk, 0, row->pointer, row->rule, row->detail);
    arena_release(&desk.arena);
  }
}
END_TEST

START_TEST(refuses_repeated_and_too_many_map_columns) {
  static const struct text NAMES[] = {{"context.a", 9}, {"context.a", 9}, {"context.b", 9}, {"context.c", 9}, {"context.d", 9}, {"ref", 3}};
  static const struct text VALUES[] = {{"1", 1}, {"2", 1}, {"3", 1}, {"4", 1}, {"5", 1}, {"r", 1}};
  struct desk desk;
  desk_init(&desk);
  struct field_cells cells = {.names = NAMES, .values = VALUES, .count = ROWS(NAMES)};
  ck_assert_int_eq(fields_read_cells(&SAMPLE, &cells, &desk.sample, &desk.arena, &desk.issues), ERR_INVALID);
  ck_assert_uint_eq(desk.issues.total, 2);
  assert_issue(&desk, 0, "/context/a", "unique", "must not be given twice");
  assert_issue(&desk, 1, "/context", "length", MAP_RULE);
  arena_release(&desk.arena);
}
END_TEST

START_TEST(names_the_pattern_that_a_cell_misses) {
  struct desk desk;
  ck_assert_int_eq(desk_read_cell(&desk, "opened_at", TEXT("x"), "%d/%m/%Y"), ERR_INVALID);
  assert_issue(&desk, 0, "/opened_at", "format", "must be a time by the pattern \"%d/%m/%Y\"");
  arena_release(&desk.arena);
}
END_TEST

static void assert_written(const struct sample *sample, const char *expected) {
  struct buffer out;
  struct json_writer writer;
  buffer_init(&out, 4096);
  json_start(&writer, &out);
  json_object(&writer);
  fields_write(&SAMPLE, sample, &writer);
  json_object_end(&writer);
  ASSERT_TEXT(buffer_view(&out), expected);
  buffer_release(&out);
}

START_TEST(writes_all_but_write_only_rows) {
  struct desk desk;
  ck_assert_int_eq(desk_read(&desk, "{\"ref\":\"r\",\"secret\":\"s\"}"), ERR_NONE);
  assert_written(&desk.sample, "{\"happiness\":null,\"sla_met\":null,\"opened_at\":null,\"cost\":null,\"ref\":\"r\",\"comment\":null,\"kind\":null,"
                               "\"factors\":null,\"context\":null,\"made_at\":null}");
  arena_release(&desk.arena);
  ck_assert_int_eq(
      desk_read(&desk, "{\"huge\":1e3,\"context\":{\"b\":\"\\\"\",\"a\":\"x\"},\"factors\":[\"b\",\"a\"],\"kind\":\"incident\",\"sla_met\":false,"
                       "\"cost\":\"-0.5\",\"ref\":\"r\",\"happiness\":0,\"opened_at\":\"2026-03-02T08:01:00.5Z\",\"comment\":\"\"}"),
      ERR_NONE);
  desk.sample.made_at = 0;
  assert_written(&desk.sample,
                 "{\"happiness\":0,\"huge\":1000,\"sla_met\":false,\"opened_at\":\"2026-03-02T08:01:00.5Z\",\"cost\":\"-0.50\",\"ref\":\"r\","
                 "\"comment\":\"\",\"kind\":\"incident\",\"factors\":[\"b\",\"a\"],\"context\":{\"b\":\"\\\"\",\"a\":\"x\"},"
                 "\"made_at\":\"1970-01-01T00:00:00Z\"}");
  arena_release(&desk.arena);
}
END_TEST

static void canonical_of(const char *body, struct buffer *out) {
  struct desk desk;
  buffer_init(out, 4096);
  ck_assert_int_eq(desk_read(&desk, body), ERR_NONE);
  desk.sample.made_at = 7;
  fields_canonical(&SAMPLE, &desk.sample, out);
  arena_release(&desk.arena);
}

START_TEST(gives_equal_records_one_canonical_form) {
  static const struct {
    const char *a;
    const char *b;
    bool equal;
  } CASES[] = {
      {"{\"ref\":\"r\",\"happiness\":9}", " { \"happiness\" : 9.0 , \"\\u0072ef\" : \"\\u0072\", \"cost\":null } ", true},
      {"{\"ref\":\"r\",\"context\":{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\"}}", "{\"context\":{\"c\":\"3\",\"a\":\"1\",\"b\":\"2\"},\"ref\":\"r\"}",
       true},
      {"{\"ref\":\"r\",\"context\":{\"a\":\"1\"}}", "{\"context\":{\"a\":\"1\",\"b\":null},\"ref\":\"r\"}", true},
      {"{\"ref\":\"r\",\"cost\":\"1.5\"}", "{\"ref\":\"r\",\"cost\":\"1.50\"}", true},
      {"{\"ref\":\"r\",\"opened_at\":\"2026-03-02T08:01:00Z\"}", "{\"ref\":\"r\",\"opened_at\":\"2026-03-02T09:01:00.000+01:00\"}", true},
      {"{\"ref\":\"r\",\"happiness\":9}", "{\"ref\":\"r\",\"happiness\":8}", false},
      {"{\"ref\":\"r\",\"factors\":[\"a\",\"b\"]}", "{\"ref\":\"r\",\"factors\":[\"b\",\"a\"]}", false},
      {"{\"ref\":\"r\",\"factors\":[]}", "{\"ref\":\"r\"}", false},
      {"{\"ref\":\"r\",\"secret\":\"a\"}", "{\"ref\":\"r\",\"secret\":\"b\"}", false},
      {"{\"ref\":\"r\",\"context\":{\"a\":\"1\",\"b\":\"2\"}}", "{\"ref\":\"r\",\"context\":{\"a\":\"2\",\"b\":\"1\"}}", false},
  };
  EACH(row, CASES) {
    struct buffer a;
    struct buffer b;
    canonical_of(row->a, &a);
    canonical_of(row->b, &b);
    ck_assert_msg(text_equals(buffer_view(&a), buffer_view(&b)) == row->equal, "%s / %s", a.bytes, b.bytes);
    buffer_release(&a);
    buffer_release(&b);
  }
}
END_TEST

struct measure {
  int64_t value;
  int64_t day;
  struct decimal_list edges;
};

static const struct field ROWS_OF_MEASURE[] = {
    {.name = "value", .kind = FIELD_DECIMAL, .offset = offsetof(struct measure, value), .min = -5000, .max = 1000000},
    {.name = "day", .kind = FIELD_DAY, .offset = offsetof(struct measure, day)},
    {.name = "edges", .kind = FIELD_DECIMAL_LIST, .offset = offsetof(struct measure, edges), .min = 0, .max = 100000, .count_max = 3},
};
static const struct field_table MEASURE = {ROWS_OF_MEASURE, ROWS(ROWS_OF_MEASURE)};

#define VALUE_RULE "must be a number of at most 4 decimals from -0.5 to 100"
#define EDGES_RULE "must be a list of at most 3 numbers of at most 4 decimals from 0 to 10"
#define EDGE_RULE  "must be a number of at most 4 decimals from 0 to 10"
#define DAY_RULE   "must be a day, YYYY-MM-DD"

// As JSON, and the same as cells where there are any: what is written back, or what is complained of.
static const struct {
  const char *body, *value, *day, *edges;
  const char *written;
  const char *pointer, *rule, *detail;
} MEASURES[] = {
    {"{\"value\":62.5,\"day\":\"2026-03-02\",\"edges\":[0,0.25,10]}", "62.5", "2026-03-02", "0|0.25|10",
     "\"value\":62.5,\"day\":\"2026-03-02\",\"edges\":[0,0.25,10]", NULL, NULL, NULL},
    {"{\"value\":-0.0001,\"edges\":[]}", "-0.0001", NULL, "", "\"value\":-0.0001,\"day\":null,\"edges\":[]", NULL, NULL, NULL},
    {"{\"value\":null}", NULL, NULL, NULL, "\"value\":null,\"day\":null,\"edges\":null", NULL, NULL, NULL},
    {"{\"value\":0.00001}", "0.00001", NULL, NULL, NULL, "/value", "decimals", VALUE_RULE},
    {"{\"value\":0.12345678901234567}", "0.12345678901234567", NULL, NULL, NULL, "/value", "decimals", VALUE_RULE},
    {"{\"value\":100.0001}", "100.0001", NULL, NULL, NULL, "/value", "range", VALUE_RULE},
    {"{\"value\":-0.5001}", "-0.5001", NULL, NULL, NULL, "/value", "range", VALUE_RULE},
    {"{\"value\":1e99}", NULL, NULL, NULL, NULL, "/value", "range", VALUE_RULE},
    {"{\"value\":\"62.5\"}", "many", NULL, NULL, NULL, "/value", "type", VALUE_RULE},
    {"{\"day\":\"2026-02-30\"}", NULL, "2026-02-30", NULL, NULL, "/day", "format", DAY_RULE},
    {"{\"day\":20260302}", NULL, NULL, NULL, NULL, "/day", "type", DAY_RULE},
    {"{\"edges\":[0,11]}", NULL, NULL, "0|11", NULL, "/edges/1", "range", EDGE_RULE},
    {"{\"edges\":[0,\"1\"]}", NULL, NULL, "0|x", NULL, "/edges/1", "type", EDGE_RULE},
    {"{\"edges\":[1,2,3,4]}", NULL, NULL, "1|2|3|4", NULL, "/edges", "length", EDGES_RULE},
    {"{\"edges\":7}", NULL, NULL, NULL, NULL, "/edges", "type", EDGES_RULE},
};

static void assert_measured(enum err error, const struct measure *measure, const struct desk *desk, size_t row) {
  if (!MEASURES[row].written) {
    ck_assert_int_eq(error, ERR_INVALID);
    assert_issue(desk, 0, MEASURES[row].pointer, MEASURES[row].rule, MEASURES[row].detail);
    return;
  }
  ck_assert_msg(error == ERR_NONE, "%s: %.*s", MEASURES[row].body, (int)desk->issues.list[0].detail.length, desk->issues.list[0].detail.at);
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, 1024);
  json_start(&json, &out);
  fields_write(&MEASURE, measure, &json);
  ASSERT_TEXT(buffer_view(&out), MEASURES[row].written);
  buffer_release(&out);
}

START_TEST(reads_decimals_and_days_from_json_and_cells) {
  static const struct text NAMES[] = {TEXT_INIT("value"), TEXT_INIT("day"), TEXT_INIT("edges")};
  for (size_t i = 0; i < ROWS(MEASURES); i++) {
    struct desk desk;
    struct measure measure;
    desk_init(&desk);
    enum err error = fields_read(&MEASURE, text_of(MEASURES[i].body), &measure, NULL, &desk.arena, &desk.issues);
    assert_measured(error, &measure, &desk, i);
    arena_release(&desk.arena);
    // What has no spelling in cells.
    if (MEASURES[i].pointer && !MEASURES[i].value && !MEASURES[i].day && !MEASURES[i].edges) continue;
    struct text values[] = {text_of(MEASURES[i].value), text_of(MEASURES[i].day), text_of(MEASURES[i].edges)};
    struct field_cells cells = {.names = NAMES, .values = values, .count = ROWS(NAMES)};
    desk_init(&desk);
    error = fields_read_cells(&MEASURE, &cells, &measure, &desk.arena, &desk.issues);
    assert_measured(error, &measure, &desk, i);
    arena_release(&desk.arena);
  }
}
END_TEST

struct line {
  struct text metric;
  int64_t n;
};

struct order {
  struct record_list lines;
};

static const struct field ROWS_OF_LINE[] = {
    {.name = "metric", .kind = FIELD_TEXT, .flags = FIELD_REQUIRED, .offset = offsetof(struct line, metric), .min = 1, .max = 9},
    {.name = "n", .kind = FIELD_INT, .offset = offsetof(struct line, n), .min = 1, .max = 9},
};
static const struct field_table LINE = {ROWS_OF_LINE, ROWS(ROWS_OF_LINE)};
static const struct field ROWS_OF_ORDER[] = {
    {.name = "lines",
     .kind = FIELD_RECORD_LIST,
     .offset = offsetof(struct order, lines),
     .count_max = 2,
     .table = &LINE,
     .size = sizeof(struct line)},
};
static const struct field_table ORDER = {ROWS_OF_ORDER, ROWS(ROWS_OF_ORDER)};

static const struct {
  const char *body, *canonical;
  const char *pointer, *rule;
} ORDERS[] = {
    {"{}", "{}", NULL, NULL},
    {"{\"lines\":null}", "{}", NULL, NULL},
    {"{\"lines\":[]}", "{\"lines\":[]}", NULL, NULL},
    {"{\"lines\":[{\"n\":2,\"metric\":\"a\"},{\"metric\":\"b\",\"n\":null}]}", "{\"lines\":[{\"metric\":\"a\",\"n\":2},{\"metric\":\"b\"}]}", NULL,
     NULL},
    {"{\"lines\":{}}", NULL, "/lines", "type"},
    {"{\"lines\":[1]}", NULL, "/lines/0", "type"},
    {"{\"lines\":[{\"metric\":\"a\"},{\"metric\":\"a\"},{\"metric\":\"a\"}]}", NULL, "/lines", "length"},
    {"{\"lines\":[{\"metric\":\"a\"},{}]}", NULL, "/lines/1/metric", "required"},
    {"{\"lines\":[{\"metric\":\"a\",\"n\":10}]}", NULL, "/lines/0/n", "range"},
    {"{\"lines\":[{\"metric\":\"a\",\"m/\":1}]}", NULL, "/lines/0/m~1", "unknown"},
};

START_TEST(reads_records_in_records) {
  for (size_t i = 0; i < ROWS(ORDERS); i++) {
    struct desk desk;
    struct order order;
    struct buffer out;
    desk_init(&desk);
    enum err error = fields_read(&ORDER, text_of(ORDERS[i].body), &order, NULL, &desk.arena, &desk.issues);
    ck_assert_int_eq(error, ORDERS[i].canonical ? ERR_NONE : ERR_INVALID);
    if (error) {
      ck_assert_uint_eq(desk.issues.total, 1);
      ASSERT_TEXT(desk.issues.list[0].pointer, ORDERS[i].pointer);
      ASSERT_TEXT(desk.issues.list[0].rule, ORDERS[i].rule);
    } else {
      buffer_init(&out, 1024);
      fields_canonical(&ORDER, &order, &out);
      ASSERT_TEXT(buffer_view(&out), ORDERS[i].canonical);
      buffer_release(&out);
    }
    arena_release(&desk.arena);
  }
}
END_TEST

struct pact {
  int64_t warn_burn, warn_days;
  struct text_lists scope;
  struct text name;
};

static const struct field ROWS_OF_WARN[] = {
    {.name = "burn", .kind = FIELD_DECIMAL, .flags = FIELD_REQUIRED, .offset = 0, .min = 0, .max = 1000000},
    {.name = "days", .kind = FIELD_INT, .offset = sizeof(int64_t), .min = 1, .max = 9},
};
static const struct field_table WARN = {ROWS_OF_WARN, ROWS(ROWS_OF_WARN)};
static const struct field ROWS_OF_PACT[] = {
    {.name = "warn", .kind = FIELD_RECORD, .offset = offsetof(struct pact, warn_burn), .table = &WARN},
    {.name = "scope", .kind = FIELD_LISTS, .flags = FIELD_NO_CONTROL, .offset = offsetof(struct pact, scope), .min = 1, .max = 4, .count_max = 3},
    {.name = "name", .kind = FIELD_TEXT, .offset = offsetof(struct pact, name), .min = 1, .max = 9},
    {.name = "state", .kind = FIELD_TEXT, .flags = FIELD_IGNORED},
};
static const struct field_table PACT = {ROWS_OF_PACT, ROWS(ROWS_OF_PACT)};

static const struct {
  const char *body, *written;
  const char *pointer, *rule;
} PACTS[] = {
    {"{}", "{\"warn\":null,\"scope\":null,\"name\":null}", NULL, NULL},
    {"{\"warn\":null,\"scope\":{},\"state\":{\"any\":[1]}}", "{\"warn\":null,\"scope\":{},\"name\":null}", NULL, NULL},
    {"{\"warn\":{\"days\":3,\"burn\":1.5}}", "{\"warn\":{\"burn\":1.5,\"days\":3},\"scope\":null,\"name\":null}", NULL, NULL},
    {"{\"scope\":{\"b\":[\"y\",\"x\"],\"a\":[\"z\"]}}", "{\"warn\":null,\"scope\":{\"b\":[\"y\",\"x\"],\"a\":[\"z\"]},\"name\":null}", NULL, NULL},
    {"{\"warn\":[]}", NULL, "/warn", "type"},
    {"{\"warn\":{}}", NULL, "/warn/burn", "required"},
    {"{\"warn\":{\"burn\":1,\"days\":10}}", NULL, "/warn/days", "range"},
    {"{\"warn\":{\"burn\":1,\"mood\":1}}", NULL, "/warn/mood", "unknown"},
    {"{\"scope\":[]}", NULL, "/scope", "type"},
    {"{\"scope\":{\"a\":\"x\"}}", NULL, "/scope", "type"},
    {"{\"scope\":{\"a\":[]}}", NULL, "/scope", "type"},
    {"{\"scope\":{\"a\":[1]}}", NULL, "/scope/a/0", "type"},
    {"{\"scope\":{\"a\":[\"x\",\"x\"]}}", NULL, "/scope/a/1", "unique"},
    {"{\"scope\":{\"a\":[\"12345\"]}}", NULL, "/scope/a/0", "length"},
    {"{\"scope\":{\"a\":[\"\\n\"]}}", NULL, "/scope/a/0", "format"},
    {"{\"scope\":{\"a\":[\"1\",\"2\"],\"b\":[\"1\",\"2\"]}}", NULL, "/scope", "length"},
};

static void assert_record(const struct field_table *table, const void *record, const char *wanted) {
  struct buffer out;
  struct json_writer writer;
  buffer_init(&out, 1024);
  json_start(&writer, &out);
  json_object(&writer);
  fields_write(table, record, &writer);
  json_object_end(&writer);
  ASSERT_TEXT(buffer_view(&out), wanted);
  buffer_release(&out);
}

START_TEST(reads_objects_and_lists_within) {
  for (size_t i = 0; i < ROWS(PACTS); i++) {
    struct desk desk;
    struct pact pact;
    desk_init(&desk);
    enum err error = fields_read(&PACT, text_of(PACTS[i].body), &pact, NULL, &desk.arena, &desk.issues);
    ck_assert_msg(error == (PACTS[i].written ? ERR_NONE : ERR_INVALID), "%s", PACTS[i].body);
    if (error) {
      ck_assert_uint_eq(desk.issues.total, 1);
      ASSERT_TEXT(desk.issues.list[0].pointer, PACTS[i].pointer);
      ASSERT_TEXT(desk.issues.list[0].rule, PACTS[i].rule);
    } else {
      assert_record(&PACT, &pact, PACTS[i].written);
    }
    arena_release(&desk.arena);
  }
}
END_TEST

static const struct {
  const char *body, *patch, *written;
  uint64_t present;
} PATCHES[] = {
    {"{\"name\":\"a\"}", "{}", "{\"warn\":null,\"scope\":null,\"name\":\"a\"}", 0},
    {"{\"name\":\"a\"}", "{\"name\":null,\"state\":1}", "{\"warn\":null,\"scope\":null,\"name\":null}", 12},
    {"{\"warn\":{\"burn\":1,\"days\":2}}", "{\"warn\":{\"burn\":0.25}}", "{\"warn\":{\"burn\":0.25,\"days\":2},\"scope\":null,\"name\":null}", 1},
    {"{\"warn\":{\"burn\":1,\"days\":2}}", "{\"warn\":{\"days\":null}}", "{\"warn\":{\"burn\":1},\"scope\":null,\"name\":null}", 1},
    {"{\"scope\":{\"a\":[\"x\"],\"b\":[\"x\"]}}", "{\"scope\":{\"a\":[\"y\"],\"b\":null}}", "{\"warn\":null,\"scope\":{\"a\":[\"y\"]},\"name\":null}",
     2},
    {"{\"name\":\"a\"}", "{\"warn\":{\"burn\":null}}", NULL, 1},
    {"{\"name\":\"a\"}", "[]", NULL, 0},
};

START_TEST(merges_a_patch_before_it_reads) {
  for (size_t i = 0; i < ROWS(PATCHES); i++) {
    struct desk desk;
    struct pact pact;
    desk_init(&desk);
    enum err error = fields_read_patched(&PACT, text_of(PATCHES[i].body), text_of(PATCHES[i].patch), &pact, &desk.present, &desk.arena, &desk.issues);
    ck_assert_msg(error == (PATCHES[i].written ? ERR_NONE : ERR_INVALID), "%s", PATCHES[i].patch);
    ck_assert_uint_eq(desk.present, PATCHES[i].present);
    if (!error) assert_record(&PACT, &pact, PATCHES[i].written);
    arena_release(&desk.arena);
  }
}
END_TEST

struct ballot {
  struct decimal_map answers;
};

static const struct field ROWS_OF_BALLOT[] = {
    {.name = "answers", .kind = FIELD_DECIMAL_MAP, .offset = offsetof(struct ballot, answers), .min = -5000, .max = 100000, .count_max = 2},
};
static const struct field_table BALLOT = {ROWS_OF_BALLOT, ROWS(ROWS_OF_BALLOT)};

#define EDGE_OF_BALLOT "must be a number of at most 4 decimals from -0.5 to 10"
#define ANSWERS_RULE   "must be an object of at most 2 numbers of at most 4 decimals from -0.5 to 10"

// What is written back, or what is complained of.
static const struct {
  const char *body, *written, *pointer, *rule, *detail;
} BALLOTS[] = {
    {"{\"answers\":{\"b\":2.5,\"a\":-0.5}}", "{\"answers\":{\"a\":-0.5,\"b\":2.5}}", NULL, NULL, NULL},
    {"{\"answers\":{\"b\":null,\"a\":1}}", "{\"answers\":{\"a\":1}}", NULL, NULL, NULL},
    {"{\"answers\":{}}", "{\"answers\":{}}", NULL, NULL, NULL},
    {"{\"answers\":null}", "{}", NULL, NULL, NULL},
    {"{\"answers\":{\"a\":11}}", NULL, "/answers/a", "range", EDGE_OF_BALLOT},
    {"{\"answers\":{\"a\":0.00001}}", NULL, "/answers/a", "decimals", EDGE_OF_BALLOT},
    {"{\"answers\":{\"a\":\"1\"}}", NULL, "/answers/a", "type", EDGE_OF_BALLOT},
    {"{\"answers\":{\"a\":1,\"b\":1,\"c\":1}}", NULL, "/answers", "length", ANSWERS_RULE},
    {"{\"answers\":[1]}", NULL, "/answers", "type", ANSWERS_RULE},
};

START_TEST(reads_objects_of_numbers_in_their_one_order) {
  for (size_t i = 0; i < ROWS(BALLOTS); i++) {
    struct desk desk;
    struct ballot ballot;
    desk_init(&desk);
    enum err error = fields_read(&BALLOT, text_of(BALLOTS[i].body), &ballot, NULL, &desk.arena, &desk.issues);
    ck_assert_int_eq(error, BALLOTS[i].written ? ERR_NONE : ERR_INVALID);
    if (BALLOTS[i].written) {
      struct buffer out;
      buffer_init(&out, 1024);
      fields_canonical(&BALLOT, &ballot, &out);
      ASSERT_TEXT(buffer_view(&out), BALLOTS[i].written);
      buffer_release(&out);
    } else {
      assert_issue(&desk, 0, BALLOTS[i].pointer, BALLOTS[i].rule, BALLOTS[i].detail);
    }
    arena_release(&desk.arena);
  }
  const struct text name = TEXT("answers"), value = TEXT("1");
  struct field_cells cells = {.names = &name, .values = &value, .count = 1};
  struct desk desk;
  struct ballot ballot;
  desk_init(&desk);
  ck_assert_int_eq(fields_read_cells(&BALLOT, &cells, &ballot, &desk.arena, &desk.issues), ERR_INVALID);
  arena_release(&desk.arena);
}
END_TEST

int main(void) {
  return unit_tests("fields", (const TTest *[]){
                                  reads_every_kind,
                                  sets_what_is_missing_or_null_to_absent,
                                  names_place_rule_and_remedy_of_a_wrong_value,
                                  insists_on_what_is_required,
                                  collects_all_issues_at_once,
                                  refuses_what_is_not_json_or_no_object,
                                  cuts_long_names_in_pointers_between_characters,
                                  reads_bodies_larger_than_its_inline_copy,
                                  fails_when_the_arena_is_full,
                                  reads_cells_of_every_kind,
                                  reads_a_row_of_cells_into_one_record,
                                  names_place_rule_and_remedy_of_a_wrong_cell,
                                  refuses_repeated_and_too_many_map_columns,
                                  names_the_pattern_that_a_cell_misses,
                                  writes_all_but_write_only_rows,
                                  gives_equal_records_one_canonical_form,
                                  reads_decimals_and_days_from_json_and_cells,
                                  reads_objects_of_numbers_in_their_one_order,
                                  reads_records_in_records,
                                  reads_objects_and_lists_within,
                                  merges_a_patch_before_it_reads,
                                  NULL,
                              });
}
