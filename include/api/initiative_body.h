// What is written down about an initiative, as JSON.
#ifndef XLAD_API_INITIATIVE_BODY_H
#define XLAD_API_INITIATIVE_BODY_H

#include "domain/ratio.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "json/fields.h"

struct success_factor {
  struct text text, metric;  // what has to go right, and by which metric that is seen
};

// Texts are absent, numbers and days ABSENT where nothing was said.
struct initiative_body {
  struct text title, description, vision;
  struct text objective;    // slug
  struct text_lists scope;  // in its one order; empty: everything
  struct text owner;
  struct text_list stakeholders;
  struct text category;
  int64_t effort;  // enum initiative_effort
  struct {
    int64_t hours;  // 1/FIELD_DECIMAL_UNIT
    int64_t money;  // hundredths
  } expected_benefit;
  struct {
    int64_t kind;  // enum initiative_source
    struct text reference;
  } source;
  struct text metric;                  // key; of a net score, a share or a mean
  struct text baseline;                // UUID of a measured one
  int64_t target;                      // 1/FIELD_DECIMAL_UNIT of the metric's shown unit
  int64_t due_on;                      // day
  struct record_list success_factors;  // struct success_factor
  struct text_list guardrails;         // keys of metrics that must not worsen
  struct {
    struct text people, processes, technology, culture;
  } assessment;
  int64_t value_chain_activity;  // index into VALUE_CHAIN_ACTIVITY_NAMES
  struct {
    struct text how, metric;  // how it will improve experience, and by which metric that will be seen
  } experience_answer;
  struct text_lists comparison_scope;  // where nothing is changed; absent: there is none
  struct {
    struct text learned, shared_how;
  } lessons;
};

// All of it; and what a list shows of it.
extern const struct field_table INITIATIVE_FIELDS, INITIATIVE_LIST_FIELDS;

// A stored target as comparisons take it; denominator 0: none.
static inline struct ratio initiative_target(const struct initiative_body *body) {
  return body->target == ABSENT ? (struct ratio){0, 0} : (struct ratio){body->target, FIELD_DECIMAL_UNIT};
}

// From the content that is stored. ERR_INTERNAL when it can't be read.
enum err initiative_body_read(struct text content, struct arena *arena, struct initiative_body *body) __attribute__((warn_unused_result));
// The baseline's id; false when there is none.
bool initiative_baseline(const struct initiative_body *body, struct uuid *id);
// A scope of a body that was checked. False when memory is out.
bool initiative_scope(const struct text_lists *lists, struct arena *arena, struct scope *scope) __attribute__((warn_unused_result));

#endif
