// /v1/surveys/{slug}/form: the texts of one language, for portals that draw their own form.
#include "api/endpoints.h"
#include "api/service.h"
#include "api/survey_body.h"
#include "domain/own_metric.h"

// What is being written, in the language that was picked.
struct form_sheet {
  struct json_writer *json;
  struct text language, fallback;
};

static struct text find_text(const struct text_map *texts, struct text language) {
  for (size_t i = 0; i < texts->count; i++)
    if (text_equals(texts->items[i].name, language)) return texts->items[i].value;
  return TEXT_NONE;
}

static void write_text(const struct form_sheet *sheet, const char *name, const struct text_map *texts) {
  struct text text = find_text(texts, sheet->language);
  json_member_text(sheet->json, name, text.at ? text : find_text(texts, sheet->fallback));
}

static void write_number(struct json_writer *json, const char *name, int64_t value) {
  json_name(json, name);
  if (value == ABSENT)
    json_null(json);
  else
    json_ratio(json, value, FIELD_DECIMAL_UNIT, FIELD_DECIMALS);
}

// From where to where an answer may lie; no end where the scale has none.
static void write_scale(struct json_writer *json, const struct metric *metric) {
  bool bounded = metric->low < metric->high;
  json_name(json, "scale");
  json_object(json);
  json_name(json, "low");
  json_ratio(json, metric->low, metric->divisor, FIELD_DECIMALS);
  json_name(json, "high");
  if (bounded)
    json_ratio(json, metric->high, metric->divisor, FIELD_DECIMALS);
  else
    json_null(json);
  json_member_int(json, "decimals", metric_decimals(metric));
  json_member_string(json, "unit", metric->unit);
  json_object_end(json);
}

static void write_question(const struct form_sheet *sheet, const struct survey_question *question, const struct metric *metric) {
  struct json_writer *json = sheet->json;
  const struct survey_label *labels = question->labels.items;
  json_object(json);
  json_member_text(json, "key", question->key);
  json_member_text(json, "metric", question->metric);
  write_text(sheet, "text", &question->texts);
  json_member_bool(json, "required", question->required == 1);
  write_number(json, "required_below", question->required_below);
  write_scale(json, metric);
  json_name(json, "labels");
  json_array(json);
  for (size_t i = 0; i < question->labels.count; i++) {
    json_object(json);
    write_number(json, "value", labels[i].value);
    write_text(sheet, "text", &labels[i].texts);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
}

static void write_factors(const struct form_sheet *sheet, const struct survey_body *body) {
  struct json_writer *json = sheet->json;
  json_name(json, "factors");
  json_object(json);
  // An answer that is kept under its ETag has one order for all: who draws the form shuffles.
  json_member_bool(json, "shuffle", true);
  for (int band = 0; band < SURVEY_BANDS; band++) {
    const struct survey_factor *factors = body->factors[band].items;
    json_name(json, SURVEY_BAND_NAMES[band]);
    json_array(json);
    for (size_t i = 0; i < body->factors[band].count; i++) {
      json_object(json);
      json_member_text(json, "key", factors[i].key);
      write_text(sheet, "text", &factors[i].texts);
      json_object_end(json);
    }
    json_array_end(json);
  }
  json_object_end(json);
}

static void write_comment(const struct form_sheet *sheet, const struct survey_comment *comment) {
  struct json_writer *json = sheet->json;
  json_name(json, "comment");
  if (comment->asked != 1) {
    json_null(json);
    return;
  }
  json_object(json);
  write_text(sheet, "text", &comment->texts);
  json_member_bool(json, "required", comment->required == 1);
  write_number(json, "required_below", comment->required_below);
  json_object_end(json);
}

static void write_form(struct request *request, const struct survey_asked *asked, const struct survey_body *body, struct text slug) {
  struct json_writer *json = request_json(request);
  size_t picked = survey_language_pick(body->languages.items, body->languages.count, request_query(request, "language"));
  struct form_sheet sheet = {json, body->languages.items[picked], body->languages.items[0]};
  const struct survey_question *questions = body->questions.items;
  json_object(json);
  json_member_text(json, "survey", slug);
  json_member_int(json, "version", asked->version);
  json_member_text(json, "language", sheet.language);
  json_name(json, "languages");
  json_array(json);
  for (size_t i = 0; i < body->languages.count; i++)
    json_text(json, body->languages.items[i]);
  json_array_end(json);
  write_text(&sheet, "title", &body->title);
  write_text(&sheet, "intro", &body->intro);
  write_text(&sheet, "thanks", &body->thanks);
  json_name(json, "questions");
  json_array(json);
  for (size_t i = 0; i < body->questions.count; i++) {
    const struct metric *metric = tenant_metric_find(tenant_of(request), questions[i].metric);
    if (metric) write_question(&sheet, &questions[i], metric);
  }
  json_array_end(json);
  write_factors(&sheet, body);
  write_comment(&sheet, &body->comment);
  json_object_end(json);
}

static enum err form_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct survey_asked asked;
  struct survey_body body;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  survey_take_asked(job, 0, &asked);
  if (asked.retired_at != ABSENT)
    return request_refuse(request, ERR_NOT_FOUND, TEXT("slug"), "retired", "is that of a survey that asks nobody any more");
  if (fields_read(&SURVEY_FORM_FIELDS, asked.form, &body, NULL, &request->arena, &request->issues)) return ERR_INTERNAL;
  write_form(request, &asked, &body, request->path_values[0]);
  return request_answer(request, 200);
}

enum err survey_form(struct request *request) {
  struct text language = request_query(request, "language");
  if (language.at && !survey_language_valid(language))
    issues_add(&request->issues, TEXT("language"), "format", "must be a language tag such as \"en\" or \"pt-BR\"");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  survey_ask_version(job, &tenant_of(request)->id, request->path_values[0], ABSENT);
  return request_submit(request, job, form_found);
}
