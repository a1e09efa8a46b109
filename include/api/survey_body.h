// A survey as JSON.
#ifndef XLAD_API_SURVEY_BODY_H
#define XLAD_API_SURVEY_BODY_H

#include "domain/survey.h"
#include "domain/tenant.h"
#include "http/request.h"
#include "store/survey_store.h"
#include "json/fields.h"

// Texts stand by language; after survey_body_settle() in their one order.
struct survey_label {
  int64_t value;  // 1/FIELD_DECIMAL_UNIT of the metric's shown unit
  struct text_map texts;
};
struct survey_question {
  struct text key, metric;
  int64_t required, required_below;  // the latter in 1/FIELD_DECIMAL_UNIT of the first question's unit
  struct text_map texts;
  struct record_list labels;  // struct survey_label
};
struct survey_factor {
  struct text key;
  struct text_map texts;
};
struct survey_comment {
  int64_t asked, required, required_below;
  struct text_map texts;
};

struct survey_body {
  struct text slug, name;
  int64_t kind;                // enum survey_kind
  struct text_list languages;  // the first is shown where there is no nearer one
  struct text_map title, intro, thanks;
  struct record_list questions;              // struct survey_question
  struct record_list factors[SURVEY_BANDS];  // struct survey_factor
  struct survey_comment comment;
  int64_t percentage, interval_days, expires_days;
  struct text_lists audience;
};

// All of it; and what a version is made of: what is asked, and in which words.
extern const struct field_table SURVEY_FIELDS, SURVEY_FORM_FIELDS;
// Members that only the service sets: a patch can't hold them.
bool survey_member_computed(size_t row);

// Fills what was left open, brings texts and the audience into their one order, and checks; `stored` is what holds now, NULL of a new one. False
// after issues, with JSON pointers.
bool survey_body_settle(struct survey_body *body, const struct survey_body *stored, struct request *request);

// Writes content and what the service adds; the object stays open.
void survey_write(struct json_writer *json, const struct survey_row *survey);

#endif
