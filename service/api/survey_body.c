// Reads, completes and checks surveys.
#include "api/survey_body.h"

#include <stdlib.h>
#include <string.h>

#include "api/document.h"
#include "api/service.h"
#include "domain/own_metric.h"

enum { UNIT = FIELD_DECIMAL_UNIT, PERCENTAGE = 100, EXPIRES_DAYS = 14 };

#define NUMBER_MAX            (INT64_C(1000000000) * UNIT)

#define LABEL(member)         .name = #member, .offset = offsetof(struct survey_label, member)
#define QUESTION(member)      .name = #member, .offset = offsetof(struct survey_question, member)
#define FACTOR(member)        .name = #member, .offset = offsetof(struct survey_factor, member)
#define COMMENT(member)       .name = #member, .offset = offsetof(struct survey_comment, member)
#define BODY(member)          .name = #member, .offset = offsetof(struct survey_body, member)
#define LINE(most)            .kind = FIELD_TEXT, .min = 1, .max = (most)
#define TEXTS(most)           .kind = FIELD_TEXT_MAP, .min = 1, .max = (most), .count_max = SURVEY_LANGUAGES_MAX
#define NUMBER                .kind = FIELD_DECIMAL, .min = -NUMBER_MAX, .max = NUMBER_MAX
#define BOOLEAN               .kind = FIELD_BOOL
#define WHOLE(least, most)    .kind = FIELD_INT, .min = (least), .max = (most)
#define NEEDED                .flags = FIELD_REQUIRED
#define NEEDED_LINE(most)     LINE(most), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL
#define LIST_OF(record, most) .kind = FIELD_RECORD_LIST, .count_max = (most), .table = &record##_FIELDS, .size = sizeof(struct survey_##record)
#define TABLE(rows) \
  { rows, sizeof rows / sizeof *rows }

static const struct field LABEL_ROWS[] = {{LABEL(value), NUMBER, NEEDED}, {LABEL(texts), TEXTS(SURVEY_LABEL_CHARS_MAX), NEEDED}};
static const struct field_table label_FIELDS = TABLE(LABEL_ROWS);

static const struct field QUESTION_ROWS[] = {
    {QUESTION(key), NEEDED_LINE(METRIC_KEY_CHARS_MAX)},
    {QUESTION(metric), NEEDED_LINE(METRIC_KEY_CHARS_MAX)},
    {QUESTION(required), BOOLEAN},
    {QUESTION(required_below), NUMBER},
    {QUESTION(texts), TEXTS(SURVEY_TEXT_CHARS_MAX), NEEDED},
    {QUESTION(labels), LIST_OF(label, SURVEY_LABELS_MAX)},
};
static const struct field_table question_FIELDS = TABLE(QUESTION_ROWS);

static const struct field FACTOR_ROWS[] = {{FACTOR(key), NEEDED_LINE(FACTOR_CHARS_MAX)}, {FACTOR(texts), TEXTS(SURVEY_LABEL_CHARS_MAX), NEEDED}};
static const struct field_table factor_FIELDS = TABLE(FACTOR_ROWS);

#define BAND(name_, band) \
  { .name = (name_), .offset = (band) * sizeof(struct record_list), LIST_OF(factor, SURVEY_FACTORS_MAX) }
static const struct field BAND_ROWS[] = {BAND("positive", SURVEY_POSITIVE), BAND("neutral", SURVEY_NEUTRAL), BAND("negative", SURVEY_NEGATIVE)};
static const struct field_table BAND_FIELDS = TABLE(BAND_ROWS);

static const struct field COMMENT_ROWS[] = {
    {COMMENT(asked), BOOLEAN},
    {COMMENT(required), BOOLEAN},
    {COMMENT(required_below), NUMBER},
    {COMMENT(texts), TEXTS(SURVEY_TEXT_CHARS_MAX)},
};
static const struct field_table COMMENT_FIELDS = TABLE(COMMENT_ROWS);

// What a version is made of.
#define FORM_ROWS                                                                                                                             \
  {BODY(languages), .kind = FIELD_TEXT_LIST,          .flags = FIELD_REQUIRED | FIELD_NO_CONTROL,                                             \
   .min = 1,        .max = SURVEY_LANGUAGE_CHARS_MAX, .count_max = SURVEY_LANGUAGES_MAX},                                                     \
      {BODY(title), TEXTS(SURVEY_TEXT_CHARS_MAX)}, {BODY(intro), TEXTS(SURVEY_TEXT_CHARS_MAX)}, {BODY(thanks), TEXTS(SURVEY_TEXT_CHARS_MAX)}, \
      {BODY(questions), LIST_OF(question, SURVEY_QUESTIONS_MAX), NEEDED}, {BODY(factors), .kind = FIELD_RECORD, .table = &BAND_FIELDS}, {     \
    BODY(comment), .kind = FIELD_RECORD, .table = &COMMENT_FIELDS                                                                             \
  }

static const struct field ROWS[] = {
    {BODY(slug), LINE(SLUG_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(name), NEEDED_LINE(NAME_CHARS_MAX)},
    {BODY(kind), .kind = FIELD_ENUM, NEEDED, .choices = SURVEY_KIND_NAMES},
    FORM_ROWS,
    {BODY(percentage), WHOLE(1, PERCENTAGE)},
    {BODY(interval_days), WHOLE(0, SURVEY_INTERVAL_DAYS_MAX)},
    {BODY(expires_days), WHOLE(1, SURVEY_EXPIRES_DAYS_MAX)},
    {BODY(audience), .kind = FIELD_LISTS, .flags = FIELD_NO_CONTROL, .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, .count_max = SCOPE_VALUES_MAX},
    // What a read answers with, too, so that a PUT takes it again.
    {.name = "version", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "versions", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "created_at", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "retired_at", .kind = FIELD_INT, .flags = FIELD_IGNORED},
};
static const struct field FORM[] = {FORM_ROWS};

const struct field_table SURVEY_FIELDS = TABLE(ROWS), SURVEY_FORM_FIELDS = TABLE(FORM);

bool survey_member_computed(size_t row) { return (ROWS[row].flags & FIELD_IGNORED) != 0 || ROWS[row].offset == offsetof(struct survey_body, slug); }

struct desk {
  struct survey_body *body;
  const struct tenant *tenant;
  struct issues *issues;
  const struct metric *leading;  // of the first question; NULL where it has none
};

static int compare_languages(const void *a, const void *b) {
  return text_compare(((const struct text_pair *)a)->name, ((const struct text_pair *)b)->name);
}

static bool has_language(const struct survey_body *body, struct text language) {
  for (size_t i = 0; i < body->languages.count; i++)
    if (text_equals(body->languages.items[i], language)) return true;
  return false;
}

// Sorted, in languages of the survey, and at least in the first, to which others fall back.
static void settle_texts(const struct desk *desk, struct text_map *texts, struct text pointer) {
  const struct text_list *languages = &desk->body->languages;
  bool first = false;
  if (!texts->items || languages->count == 0) return;
  qsort(texts->items, texts->count, sizeof *texts->items, compare_languages);
  for (size_t i = 0; i < texts->count; i++) {
    struct text name = texts->items[i].name;
    first = first || text_equals(name, languages->items[0]);
    if (!has_language(desk->body, name))
      issues_add(desk->issues, arena_format(desk->issues->arena, "%.*s/%.*s", (int)pointer.length, pointer.at, (int)name.length, name.at), "unknown",
                 "is none of the survey's languages");
  }
  if (!first)
    issues_add(desk->issues, pointer, "required", "must have a text in %.*s, the first of the languages", (int)languages->items[0].length,
               languages->items[0].at);
}

static void check_languages(const struct desk *desk) {
  const struct text_list *languages = &desk->body->languages;
  if (languages->count == 0) issues_add(desk->issues, TEXT("/languages"), "length", "must be at least one");
  for (size_t i = 0; i < languages->count; i++) {
    struct text pointer = arena_format(desk->issues->arena, "/languages/%zu", i);
    if (!survey_language_valid(languages->items[i]))
      issues_add(desk->issues, pointer, "format", "must be a language tag such as \"en\" or \"pt-BR\"");
  }
}

// A value on a metric's scale, in its shown unit.
static void check_value(const struct desk *desk, const struct metric *metric, int64_t value, struct text pointer) {
  int64_t stored;
  if (metric && value != ABSENT) (void)metric_store_value(metric, value, pointer, &stored, desk->issues);
}

static void check_below(const struct desk *desk, int64_t below, struct text pointer) {
  if (below == ABSENT || !desk->leading) return;
  if (desk->leading->low >= desk->leading->high)
    issues_add(desk->issues, pointer, "scale", "needs a first question whose answers lie on a scale; %s has none", desk->leading->key);
  else
    check_value(desk, desk->leading, below, pointer);
}

static void settle_labels(const struct desk *desk, const struct record_list *labels, const struct metric *metric, struct text pointer) {
  struct survey_label *label = labels->items;
  for (size_t i = 0; i < labels->count; i++) {
    struct text place = arena_format(desk->issues->arena, "%.*s/labels/%zu", (int)pointer.length, pointer.at, i);
    struct text value = arena_format(desk->issues->arena, "%.*s/value", (int)place.length, place.at);
    check_value(desk, metric, label[i].value, value);
    for (size_t k = 0; k < i; k++)
      if (label[k].value == label[i].value) issues_add(desk->issues, value, "unique", "has a label already");
    settle_texts(desk, &label[i].texts, arena_format(desk->issues->arena, "%.*s/texts", (int)place.length, place.at));
  }
}

static const struct metric *check_metric(const struct desk *desk, struct text key, struct text pointer) {
  const struct metric *metric = tenant_metric_find(desk->tenant, key);
  if (!metric || metric->hidden) {
    issues_add(desk->issues, pointer, "unknown", "names no metric; GET /v1/metrics lists them");
    return NULL;
  }
  if (survey_may_feed((enum survey_kind)desk->body->kind, metric)) return metric;
  issues_add(desk->issues, pointer, "source", "is not what a survey of the kind %s can answer", SURVEY_KIND_NAMES[desk->body->kind]);
  return NULL;
}

static void settle_question(struct desk *desk, struct survey_question *questions, size_t i) {
  struct survey_question *question = &questions[i];
  struct text pointer = arena_format(desk->issues->arena, "/questions/%zu", i);
  struct text below = arena_format(desk->issues->arena, "/questions/%zu/required_below", i);
  const struct metric *metric = check_metric(desk, question->metric, arena_format(desk->issues->arena, "/questions/%zu/metric", i));
  if (i == 0) desk->leading = metric;
  if (question->required == ABSENT) question->required = 0;
  if (!survey_key_valid(question->key))
    issues_add(desk->issues, arena_format(desk->issues->arena, "/questions/%zu/key", i), "format",
               "must be a lower-case letter, then up to %d of a-z, 0-9 and _", METRIC_KEY_CHARS_MAX - 1);
  for (size_t k = 0; k < i; k++) {
    if (text_equals(questions[k].key, question->key))
      issues_add(desk->issues, arena_format(desk->issues->arena, "/questions/%zu/key", i), "unique", "is that of another question");
    if (text_equals(questions[k].metric, question->metric))
      issues_add(desk->issues, arena_format(desk->issues->arena, "/questions/%zu/metric", i), "unique", "is fed by another question already");
  }
  if (i == 0 && question->required_below != ABSENT)
    issues_add(desk->issues, below, "order", "is of what comes behind the first question, whose answer it is about");
  else
    check_below(desk, question->required_below, below);
  settle_texts(desk, &question->texts, arena_format(desk->issues->arena, "/questions/%zu/texts", i));
  settle_labels(desk, &question->labels, metric, pointer);
}

static void settle_factors(const struct desk *desk, enum survey_band band) {
  static struct survey_factor nothing[1];
  struct record_list *list = &desk->body->factors[band];
  if (!list->items) *list = (struct record_list){nothing, 0};
  struct survey_factor *factors = list->items;
  for (size_t i = 0; i < list->count; i++) {
    struct text key = arena_format(desk->issues->arena, "/factors/%s/%zu/key", SURVEY_BAND_NAMES[band], i);
    if (memchr(factors[i].key.at, '|', factors[i].key.length)) issues_add(desk->issues, key, "format", "must not hold the character |");
    for (size_t k = 0; k < i; k++)
      if (text_equals(factors[k].key, factors[i].key)) issues_add(desk->issues, key, "unique", "is that of another factor of the band");
    settle_texts(desk, &factors[i].texts, arena_format(desk->issues->arena, "/factors/%s/%zu/texts", SURVEY_BAND_NAMES[band], i));
  }
  if (list->count > 0 && desk->leading && desk->leading->aggregation != AGGREGATE_NET)
    issues_add(desk->issues, arena_format(desk->issues->arena, "/factors/%s", SURVEY_BAND_NAMES[band]), "scale",
               "needs a first question that is answered from 0 to 10: %s isn't", desk->leading->key);
}

static void settle_comment(const struct desk *desk) {
  struct survey_comment *comment = &desk->body->comment;
  if (comment->asked == ABSENT) comment->asked = comment->texts.items ? 1 : 0;
  if (comment->required == ABSENT) comment->required = 0;
  if (comment->asked == 0 && (comment->required == 1 || comment->required_below != ABSENT))
    issues_add(desk->issues, TEXT("/comment/asked"), "required", "must be true where a comment is required");
  if (comment->asked == 1 && !comment->texts.items)
    issues_add(desk->issues, TEXT("/comment/texts"), "required", "is required where one is asked for");
  check_below(desk, comment->required_below, TEXT("/comment/required_below"));
  settle_texts(desk, &comment->texts, TEXT("/comment/texts"));
}

bool survey_body_settle(struct survey_body *body, const struct survey_body *stored, struct request *request) {
  static struct named_texts nobody[1];
  struct issues *issues = &request->issues;
  struct desk desk = {.body = body, .tenant = tenant_of(request), .issues = issues};
  struct survey_question *questions = body->questions.items;
  size_t before = issues->total;
  if (!tenant_slug_valid(body->slug))
    issues_add(issues, TEXT("/slug"), "format", "must be up to %d of a-z, 0-9 and -, and not begin with -", SLUG_CHARS_MAX);
  if (stored && stored->kind != body->kind) issues_add(issues, TEXT("/kind"), "fixed", "can't be changed: it is %s", SURVEY_KIND_NAMES[stored->kind]);
  if (body->percentage == ABSENT) body->percentage = PERCENTAGE;
  if (body->interval_days == ABSENT) body->interval_days = 0;
  if (body->expires_days == ABSENT) body->expires_days = EXPIRES_DAYS;
  if (!body->audience.items) body->audience = (struct text_lists){nobody, 0};
  document_settle_scope(request, &body->audience, "/audience");
  check_languages(&desk);
  settle_texts(&desk, &body->title, TEXT("/title"));
  settle_texts(&desk, &body->intro, TEXT("/intro"));
  settle_texts(&desk, &body->thanks, TEXT("/thanks"));
  if (body->questions.count == 0) issues_add(issues, TEXT("/questions"), "length", "must be at least one");
  for (size_t i = 0; i < body->questions.count; i++)
    settle_question(&desk, questions, i);
  for (int band = 0; band < SURVEY_BANDS; band++)
    settle_factors(&desk, (enum survey_band)band);
  settle_comment(&desk);
  return issues->total == before;
}

void survey_write(struct json_writer *json, const struct survey_row *survey) {
  // Members that follow go on within its braces.
  json_raw(json, (struct text){survey->content.at, survey->content.length - 1});
  json->comma = true;
  json_member_int(json, "version", survey->version);
  json_member_instant(json, "created_at", survey->created_at);
  json_member_instant(json, "retired_at", survey->retired_at);
}
