// Rules take the first place that holds anything, translate its words, read its times, and say what they can't take.
#include "domain/source.h"

#include "base/arena.h"
#include "base/instant.h"
#include "domain/source_preset.h"
#include "unit.h"

#define PLACE(path) .from = {{TEXT_INIT(path)}}

static struct arena arena;
static struct issues issues;
static struct source_made made;

static void begin(void) {
  arena_init(&arena, REQUEST_ARENA_BYTES_MAX);
  issues_init(&issues, &arena);
}

// What one rule makes of one value; NULL: nothing.
static const struct source_fact *make(enum source_record record, const struct source_rule *rule, struct source_value value) {
  const struct source_mapping mapping = {.rules = rule, .rules_count = 1};
  struct text paths[SOURCE_PATHS_MAX];
  ck_assert_uint_eq(source_paths(&mapping, paths), rule->from.at[0].at ? 1 : 0);
  source_map(record, &mapping, &value, &issues, &made);
  return made.count > 0 ? &made.facts[0] : NULL;
}

static struct source_value word(const char *text) { return (struct source_value){.shape = text ? SHAPE_TEXT : SHAPE_NOTHING, .text = text_of(text)}; }

START_TEST(members_are_known_by_name) {
  static const struct {
    enum source_record record;
    const char *member;
    bool known;
    enum source_kind kind;
    const char *dimension;
  } CASES[] = {
      {RECORD_TICKET, "opened_at", true, MEMBER_TIME, NULL}, {RECORD_TICKET, "context.service", true, MEMBER_TEXT, "service"},
      {RECORD_TICKET, "context.", false, MEMBER_TEXT, ""},   {RECORD_TICKET, "csat", false, MEMBER_TEXT, NULL},
      {RECORD_RESPONSE, "csat", true, MEMBER_WHOLE, NULL},   {RECORD_RESPONSE, "context.service", false, MEMBER_TEXT, NULL},
      {RECORD_RESPONSE, "factors", true, MEMBER_LIST, NULL}, {RECORD_RESPONSE, "lost_minutes", true, MEMBER_MINUTES, NULL},
      {RECORD_TICKET, "sla_met", true, MEMBER_TRUTH, NULL},  {RECORD_TICKET, "", false, MEMBER_TEXT, NULL},
  };
  EACH(row, CASES) {
    enum source_kind kind;
    struct text dimension;
    ck_assert_msg(source_member_find(row->record, text_of(row->member), &kind, &dimension) == row->known, "%s", row->member);
    if (row->known) ck_assert_int_eq(kind, row->kind);
    ASSERT_TEXT(dimension, row->dimension);
  }
}
END_TEST

// 1772438400 is 2026-03-02T08:00:00Z.
START_TEST(times_are_read_in_many_ways) {
  static const struct {
    const char *format, *value;
    bool taken, local;
  } CASES[] = {
      {NULL, "2026-03-02T08:00:00Z", true, false},
      {NULL, "2026-03-02T10:00:00+02:00", true, false},
      {NULL, "2026-03-02T10:00:00+0200", true, false},
      {NULL, "2026-03-02T10:00:00.000+0200", true, false},
      {NULL, "2026-03-02 03:00:00 -0500", true, false},
      {NULL, "2026-03-02 08:00:00 UTC", true, false},
      {NULL, "2026-03-02 08:00:00", true, true},
      {NULL, "2026-03-02T08:00", true, true},
      {NULL, "2026-03-02T08:00:00.000", true, true},
      {NULL, " 2026-03-02T08:00:00Z ", true, false},
      {NULL, "2026-03-02", false, false},
      {NULL, "1772438400", false, false},
      {"unix", "1772438400", true, false},
      {"unix", "-1", false, false},
      {"unix", "99999999999999999", false, false},
      {"unix_ms", "1772438400000", true, false},
      {"%d.%m.%Y %H:%M", "02.03.2026 08:00", true, true},
      {"%d.%m.%Y %H:%M %z", "02.03.2026 09:00 +01:00", true, false},
      {"%d.%m.%Y %H:%M", "2026-03-02T08:00:00Z", false, false},
  };
  EACH(row, CASES) {
    begin();
    const struct source_rule rule = {.member = TEXT("opened_at"), PLACE("/at"), .format = text_of(row->format)};
    const struct source_fact *fact = make(RECORD_TICKET, &rule, word(row->value));
    ck_assert_msg((fact != NULL) == row->taken, "%s", row->value);
    ck_assert_uint_eq(issues.total, row->taken ? 0 : 1);
    if (fact) {
      ck_assert_int_eq(fact->form, FORM_INSTANT);
      ck_assert_msg(fact->number == INT64_C(1772438400) * MICROS_PER_SECOND, "%s", row->value);
      ck_assert_msg(fact->local == row->local, "%s", row->value);
    }
    arena_release(&arena);
  }
}
END_TEST

START_TEST(minutes_may_be_written_otherwise) {
  static const struct {
    const char *format, *value;
    int64_t minutes;  // ABSENT: refused
  } CASES[] = {{"seconds", "90", 2},
               {"seconds", "89", 1},
               {"seconds", "0", 0},
               {"seconds", "-60", ABSENT},
               {"duration", "1970-01-02 00:01:00", 1441},
               {"duration", "an hour", ABSENT}};
  EACH(row, CASES) {
    begin();
    const struct source_rule rule = {.member = TEXT("handle_minutes"), PLACE("/t"), .format = text_of(row->format)};
    const struct source_fact *fact = make(RECORD_TICKET, &rule, word(row->value));
    ck_assert_int_eq(fact ? fact->number : ABSENT, row->minutes);
    arena_release(&arena);
  }
}
END_TEST

START_TEST(words_mean_what_the_table_says) {
  static const struct source_pair PAIRS[] = {{TEXT_INIT("Good"), TEXT_INIT("5")}, {TEXT_INIT("none"), TEXT_INIT("")}};
  static const struct {
    enum source_unlisted unlisted;
    const char *otherwise, *value, *becomes;
    size_t issues;
  } CASES[] = {
      {UNLISTED_REFUSE, NULL, "good", "5", 0}, {UNLISTED_REFUSE, NULL, "NONE", NULL, 0}, {UNLISTED_REFUSE, "3", "none", "3", 0},
      {UNLISTED_REFUSE, "3", "odd", NULL, 1},  {UNLISTED_KEEP, NULL, "4", "4", 0},       {UNLISTED_DROP, NULL, "4", NULL, 0},
      {UNLISTED_DROP, "1", "4", "1", 0},       {UNLISTED_REFUSE, "2", NULL, "2", 0},     {UNLISTED_REFUSE, NULL, NULL, NULL, 0},
  };
  EACH(row, CASES) {
    begin();
    const struct source_rule rule = {.member = TEXT("csat"),
                                     PLACE("/score"),
                                     .values = PAIRS,
                                     .values_count = ROWS(PAIRS),
                                     .unlisted = row->unlisted,
                                     .otherwise = text_of(row->otherwise)};
    const struct source_fact *fact = make(RECORD_RESPONSE, &rule, word(row->value));
    ck_assert_uint_eq(issues.total, row->issues);
    ASSERT_TEXT(fact ? fact->text : TEXT_NONE, row->becomes);
    arena_release(&arena);
  }
}
END_TEST

START_TEST(numbers_and_truths_come_as_texts) {
  static const struct {
    const char *member, *value;
    enum source_form form;
  } CASES[] = {{"reopens", "0", FORM_NUMBER},   {"reopens", "-1", FORM_NUMBER}, {"reopens", "1.0", FORM_NUMBER}, {"reopens", "07", FORM_TEXT},
               {"reopens", "1e3", FORM_TEXT},   {"reopens", ".5", FORM_TEXT},   {"reopens", "5.", FORM_TEXT},    {"reopens", "-", FORM_TEXT},
               {"sla_met", "TRUE", FORM_TRUTH}, {"sla_met", "no", FORM_TRUTH},  {"sla_met", "2", FORM_TEXT},     {"ref", "7", FORM_TEXT},
               {"cost", "17.5", FORM_TEXT}};
  EACH(row, CASES) {
    begin();
    const struct source_rule rule = {.member = text_of(row->member), PLACE("/v")};
    const struct source_fact *fact = make(RECORD_TICKET, &rule, word(row->value));
    ck_assert_ptr_nonnull(fact);
    ck_assert_msg(fact->form == row->form, "%s %s", row->member, row->value);
    arena_release(&arena);
  }
}
END_TEST

START_TEST(the_first_place_that_holds_anything_counts) {
  const struct source_rule rule = {.member = TEXT("requester"), .from = {{TEXT("/a"), TEXT("/b"), TEXT("/c")}}};
  const struct source_mapping mapping = {.rules = &rule, .rules_count = 1};
  struct source_value values[] = {{.shape = SHAPE_OBJECT}, {.shape = SHAPE_NOTHING}, {.shape = SHAPE_NUMBER, .text = TEXT("7")}};
  begin();
  source_map(RECORD_TICKET, &mapping, values, &issues, &made);
  ck_assert_uint_eq(issues.total, 0);
  ASSERT_TEXT(made.facts[0].text, "7");
  values[2].shape = SHAPE_NOTHING;
  source_map(RECORD_TICKET, &mapping, values, &issues, &made);
  ck_assert_uint_eq(made.count, 0);
  ck_assert_uint_eq(issues.total, 1);
  ASSERT_TEXT(issues.list[0].pointer, "/requester");
  ASSERT_TEXT(issues.list[0].rule, "type");
  values[1] = (struct source_value){.shape = SHAPE_TEXT, .text = TEXT("  ")};
  source_map(RECORD_TICKET, &mapping, values, &issues, &made);
  ck_assert_uint_eq(issues.total, 1);
  arena_release(&arena);
}
END_TEST

START_TEST(states_tell_what_is_resolved) {
  static const struct source_rule RULES[] = {{.member = TEXT_INIT("ref"), PLACE("/no")}, {.member = TEXT_INIT("resolved_at"), PLACE("/at")}};
  static const struct text DONE[] = {TEXT_INIT("done")};
  const struct source_mapping mapping = {.resolved = {PLACE("/state"), .values = DONE, .values_count = 1}, .rules = RULES, .rules_count = 2};
  static const struct {
    const char *state, *at;
    size_t facts, issues;
  } CASES[] = {{"Done", "2026-03-02T08:00:00Z", 2, 0},
               {"open", "2026-03-02T08:00:00Z", 1, 0},
               {NULL, "2026-03-02T08:00:00Z", 2, 0},
               {"done", NULL, 1, 1},
               {"open", NULL, 1, 0},
               {"open", "nonsense", 1, 0}};
  EACH(row, CASES) {
    begin();
    const struct source_value values[] = {word(row->state), word("INC1"), word(row->at)};
    source_map(RECORD_TICKET, &mapping, values, &issues, &made);
    ck_assert_uint_eq(made.count, row->facts);
    ck_assert_uint_eq(issues.total, row->issues);
    arena_release(&arena);
  }
}
END_TEST

START_TEST(formats_belong_to_kinds) {
  static const struct {
    enum source_kind kind;
    const char *format;
    bool valid;
  } CASES[] = {{MEMBER_TIME, "unix", true},         {MEMBER_TIME, "%Y-%m-%d", true},   {MEMBER_TIME, "%Y-%m", false},
               {MEMBER_TIME, "seconds", false},     {MEMBER_MINUTES, "seconds", true}, {MEMBER_MINUTES, "duration", true},
               {MEMBER_MINUTES, "%Y-%m-%d", false}, {MEMBER_TEXT, "unix", false},      {MEMBER_WHOLE, "seconds", false}};
  EACH(row, CASES) { ck_assert_msg(source_format_valid(row->kind, text_of(row->format)) == row->valid, "%s", row->format); }
}
END_TEST

// Every preset has rules for what its records need, once for each member, with formats that its members may have.
START_TEST(presets_are_sound) {
  size_t count;
  const char *before = "";
  for (size_t i = 0; source_preset_at(i, &count); i++) {
    const struct source_preset *preset = source_preset_at(i, &count);
    ck_assert_str_lt(before, preset->name);
    before = preset->name;
    ck_assert_ptr_eq(source_preset_find(text_of(preset->name)), preset);
    for (int record = 0; record < RECORD_KINDS; record++) {
      const struct source_mapping *mapping = preset->mappings[record];
      for (size_t k = 0; mapping && k < mapping->rules_count; k++) {
        const struct source_rule *rule = &mapping->rules[k];
        enum source_kind kind;
        struct text dimension;
        ck_assert(source_member_find((enum source_record)record, rule->member, &kind, &dimension));
        ck_assert(!rule->format.at || source_format_valid(kind, rule->format));
        ck_assert(rule->from.at[0].at || rule->otherwise.at);
        for (size_t m = 0; m < k; m++)
          ck_assert(!text_equals(rule->member, mapping->rules[m].member));
      }
    }
  }
  ck_assert_uint_eq(count, 6);
  ck_assert_ptr_null(source_preset_find(TEXT("remedy")));
}
END_TEST

int main(void) {
  return unit_tests("source",
                    (const TTest *[]){members_are_known_by_name, times_are_read_in_many_ways, minutes_may_be_written_otherwise,
                                      words_mean_what_the_table_says, numbers_and_truths_come_as_texts, the_first_place_that_holds_anything_counts,
                                      states_tell_what_is_resolved, formats_belong_to_kinds, presets_are_sound, NULL});
}
