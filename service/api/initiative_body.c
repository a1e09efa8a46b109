// Reads what is written down about an initiative.
#include "api/initiative_body.h"

#include "base/ident.h"
#include "base/limits.h"
#include "domain/initiative.h"

enum { UNIT = FIELD_DECIMAL_UNIT, HOURS_MAX = 100000000 };

#define NUMBER_MAX           (INT64_C(1000000000) * UNIT)
#define MONEY_MAX            (INT64_C(1000000000000) * 100)

#define BODY(member)         .name = #member, .offset = offsetof(struct initiative_body, member)
// A member of a record within the body.
#define PART(record, member) .name = #member, .offset = offsetof(struct initiative_body, record.member) - offsetof(struct initiative_body, record)
#define LINE(most)           .kind = FIELD_TEXT, .min = 1, .max = (most), .flags = FIELD_NO_CONTROL
#define PROSE                .kind = FIELD_TEXT, .min = 1, .max = INITIATIVE_TEXT_CHARS_MAX
#define KEY                  .min = 1, .max = METRIC_KEY_CHARS_MAX
#define SCOPE                .kind = FIELD_LISTS, .flags = FIELD_NO_CONTROL, .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, .count_max = SCOPE_VALUES_MAX

static const struct field BENEFIT_ROWS[] = {
    {PART(expected_benefit, hours), .kind = FIELD_DECIMAL, .min = 0, .max = (int64_t)HOURS_MAX * UNIT},
    {PART(expected_benefit, money), .kind = FIELD_MONEY, .min = 0, .max = MONEY_MAX},
};
static const struct field_table BENEFIT_FIELDS = {BENEFIT_ROWS, sizeof BENEFIT_ROWS / sizeof *BENEFIT_ROWS};

static const struct field SOURCE_ROWS[] = {
    {PART(source, kind), .kind = FIELD_ENUM, .flags = FIELD_REQUIRED, .choices = INITIATIVE_SOURCE_NAMES},
    {PART(source, reference), LINE(INITIATIVE_LINE_CHARS_MAX)},
};
static const struct field_table SOURCE_FIELDS = {SOURCE_ROWS, sizeof SOURCE_ROWS / sizeof *SOURCE_ROWS};

static const struct field FACTOR_ROWS[] = {
    {.name = "text",
     .offset = offsetof(struct success_factor, text),
     .kind = FIELD_TEXT,
     .flags = FIELD_REQUIRED | FIELD_NO_CONTROL,
     .min = 1,
     .max = INITIATIVE_LINE_CHARS_MAX},
    {.name = "metric", .offset = offsetof(struct success_factor, metric), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, KEY},
};
static const struct field_table FACTOR_FIELDS = {FACTOR_ROWS, sizeof FACTOR_ROWS / sizeof *FACTOR_ROWS};

static const struct field ASSESSMENT_ROWS[] = {
    {PART(assessment, people), PROSE},
    {PART(assessment, processes), PROSE},
    {PART(assessment, technology), PROSE},
    {PART(assessment, culture), PROSE},
};
static const struct field_table ASSESSMENT_FIELDS = {ASSESSMENT_ROWS, sizeof ASSESSMENT_ROWS / sizeof *ASSESSMENT_ROWS};

static const struct field ANSWER_ROWS[] = {
    {PART(experience_answer, how), PROSE},
    {PART(experience_answer, metric), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, KEY},
};
static const struct field_table ANSWER_FIELDS = {ANSWER_ROWS, sizeof ANSWER_ROWS / sizeof *ANSWER_ROWS};

static const struct field LESSONS_ROWS[] = {
    {PART(lessons, learned), PROSE},
    {PART(lessons, shared_how), PROSE},
};
static const struct field_table LESSONS_FIELDS = {LESSONS_ROWS, sizeof LESSONS_ROWS / sizeof *LESSONS_ROWS};

#define TITLE_ROW \
  { BODY(title), .kind = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, .min = 1, .max = NAME_CHARS_MAX }
#define OBJECTIVE_ROW \
  { BODY(objective), LINE(SLUG_CHARS_MAX) }
#define SCOPE_ROW \
  { BODY(scope), SCOPE }
#define OWNER_ROW \
  { BODY(owner), LINE(NAME_CHARS_MAX) }
#define CATEGORY_ROW \
  { BODY(category), LINE(NAME_CHARS_MAX) }
#define EFFORT_ROW \
  { BODY(effort), .kind = FIELD_ENUM, .choices = EFFORT_NAMES }
#define BENEFIT_ROW \
  { BODY(expected_benefit), .kind = FIELD_RECORD, .table = &BENEFIT_FIELDS }
#define SOURCE_ROW \
  { BODY(source), .kind = FIELD_RECORD, .table = &SOURCE_FIELDS }
#define METRIC_ROW \
  { BODY(metric), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, KEY }
#define BASELINE_ROW \
  { BODY(baseline), LINE(UUID_CHARS) }
#define TARGET_ROW \
  { BODY(target), .kind = FIELD_DECIMAL, .min = -NUMBER_MAX, .max = NUMBER_MAX }
#define DUE_ROW \
  { BODY(due_on), .kind = FIELD_DAY }

static const struct field ROWS[] = {
    TITLE_ROW,
    {BODY(description), PROSE},
    {BODY(vision), PROSE},
    OBJECTIVE_ROW,
    SCOPE_ROW,
    OWNER_ROW,
    {BODY(stakeholders), .kind = FIELD_TEXT_LIST, .flags = FIELD_NO_CONTROL, .min = 1, .max = NAME_CHARS_MAX, .count_max = STAKEHOLDERS_MAX},
    CATEGORY_ROW,
    EFFORT_ROW,
    BENEFIT_ROW,
    SOURCE_ROW,
    METRIC_ROW,
    BASELINE_ROW,
    TARGET_ROW,
    DUE_ROW,
    {BODY(success_factors), .kind = FIELD_RECORD_LIST, .count_max = SUCCESS_FACTORS_MAX, .table = &FACTOR_FIELDS,
     .size = sizeof(struct success_factor)},
    {BODY(guardrails), .kind = FIELD_TEXT_LIST, .flags = FIELD_NO_CONTROL, KEY, .count_max = GUARDRAILS_MAX},
    {BODY(assessment), .kind = FIELD_RECORD, .table = &ASSESSMENT_FIELDS},
    {BODY(value_chain_activity), .kind = FIELD_ENUM, .choices = VALUE_CHAIN_ACTIVITY_NAMES},
    {BODY(experience_answer), .kind = FIELD_RECORD, .table = &ANSWER_FIELDS},
    {BODY(comparison_scope), SCOPE},
    {BODY(lessons), .kind = FIELD_RECORD, .table = &LESSONS_FIELDS},
};
const struct field_table INITIATIVE_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

static const struct field LIST_ROWS[] = {TITLE_ROW,   OBJECTIVE_ROW, SCOPE_ROW,  OWNER_ROW,    CATEGORY_ROW, EFFORT_ROW,
                                         BENEFIT_ROW, SOURCE_ROW,    METRIC_ROW, BASELINE_ROW, TARGET_ROW,   DUE_ROW};
const struct field_table INITIATIVE_LIST_FIELDS = {LIST_ROWS, sizeof LIST_ROWS / sizeof *LIST_ROWS};

enum err initiative_body_read(struct text content, struct arena *arena, struct initiative_body *body) {
  struct issues issues;
  issues_init(&issues, arena);
  return fields_read(&INITIATIVE_FIELDS, content, body, NULL, arena, &issues) ? ERR_INTERNAL : ERR_NONE;
}

bool initiative_baseline(const struct initiative_body *body, struct uuid *id) { return body->baseline.at && uuid_read(body->baseline, id); }

bool initiative_scope(const struct text_lists *lists, struct arena *arena, struct scope *scope) {
  *scope = (struct scope){arena_take_array(arena, lists->count + 1, sizeof *scope->terms), lists->count};
  for (size_t i = 0; scope->terms && i < scope->count; i++)
    scope->terms[i] = (struct scope_term){lists->items[i].name, lists->items[i].items, lists->items[i].count};
  return scope->terms != NULL;
}
