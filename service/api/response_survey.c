// Turns answers to a survey's questions into answers of a response.
#include "api/response_survey.h"

#include <string.h>

#include "api/survey_body.h"
#include "domain/own_metric.h"

// The member that a metric is made of; NULL where it is none of a response's.
static const struct field *member_of(const struct metric *metric) {
  for (size_t i = 0; metric && metric->member && i < RESPONSE_FIELDS.count; i++)
    if (strcmp(RESPONSE_FIELDS.rows[i].name, metric->member) == 0) return &RESPONSE_FIELDS.rows[i];
  return NULL;
}

static int64_t *answer_at(struct response_body *body, const struct field *member) { return (int64_t *)(void *)((char *)body + member->offset); }

static const struct survey_question *find_question(const struct survey_body *survey, struct text key) {
  const struct survey_question *questions = survey->questions.items;
  for (size_t i = 0; i < survey->questions.count; i++)
    if (text_equals(questions[i].key, key)) return &questions[i];
  return NULL;
}

// By question, in 1/FIELD_DECIMAL_UNIT of its metric's unit; ABSENT where it wasn't answered.
static int64_t answer_to(const struct response_body *body, struct text key) {
  for (size_t i = 0; i < body->survey_answers.count; i++)
    if (text_equals(body->survey_answers.items[i].name, key)) return body->survey_answers.items[i].value;
  return ABSENT;
}

static void place_answer(struct response_body *body, const struct decimal_pair *answer, const struct survey_body *survey, const struct tenant *tenant,
                         struct issues *issues) {
  struct text pointer = arena_format(issues->arena, "/answers/%.*s", (int)answer->name.length, answer->name.at);
  const struct survey_question *question = find_question(survey, answer->name);
  const struct metric *metric = question ? tenant_metric_find(tenant, question->metric) : NULL;
  const struct field *member = member_of(metric);
  int64_t stored;
  if (!question || !member) {
    issues_add(issues, survey_key_valid(answer->name) ? pointer : TEXT("/answers"), "unknown", "is not what the survey asks");
    return;
  }
  if (!metric_store_value(metric, answer->value, pointer, &stored, issues)) return;
  if (stored > member->max)
    issues_add(issues, pointer, "range", "must be at most %lld", (long long)member->max);
  else
    *answer_at(body, member) = stored;
}

static void check_required(const struct response_body *body, const struct survey_body *survey, struct issues *issues) {
  const struct survey_question *questions = survey->questions.items;
  const struct survey_comment *comment = &survey->comment;
  int64_t rating = answer_to(body, questions[0].key);
  for (size_t i = 0; i < survey->questions.count; i++)
    if (survey_must_answer(questions[i].required == 1, questions[i].required_below, rating) && answer_to(body, questions[i].key) == ABSENT)
      issues_add(issues, arena_format(issues->arena, "/answers/%.*s", (int)questions[i].key.length, questions[i].key.at), "required",
                 "is required by the survey");
  if (survey_must_answer(comment->required == 1, comment->required_below, rating) && (!body->comment.at || body->comment.length == 0))
    issues_add(issues, TEXT("/comment"), "required", "is required by the survey");
}

// An answer has one place: by its question.
static void refuse_direct(struct response_body *body, const struct tenant *tenant, struct issues *issues) {
  for (size_t place = 0; place < tenant_metrics_count(tenant); place++) {
    const struct metric *metric = tenant_metric(tenant, place);
    const struct field *member = metric && metric->source == SOURCE_RESPONSE ? member_of(metric) : NULL;
    if (member && *answer_at(body, member) != ABSENT)
      issues_add(issues, arena_format(issues->arena, "/%s", member->name), "survey", "must be given in answers, by the survey's question");
  }
}

bool response_survey_settle(struct response_body *body, const struct survey_asked *asked, const struct tenant *tenant, struct arena *arena,
                            struct issues *issues) {
  struct survey_body survey;
  size_t before = issues->total;
  if (fields_read(&SURVEY_FORM_FIELDS, asked->form, &survey, NULL, arena, issues)) return false;
  refuse_direct(body, tenant, issues);
  for (size_t i = 0; i < body->survey_answers.count; i++)
    place_answer(body, &body->survey_answers.items[i], &survey, tenant, issues);
  check_required(body, &survey, issues);
  return issues->total == before;
}
