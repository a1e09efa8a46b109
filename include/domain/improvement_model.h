// The continual improvement model (ITIL 4): seven steps, what each asks, the guiding principles that matter most in it, and what an initiative has to
// hold before the next may begin. One table, which the daemon both enforces and prints.
#ifndef XLAD_DOMAIN_IMPROVEMENT_MODEL_H
#define XLAD_DOMAIN_IMPROVEMENT_MODEL_H

enum improvement_step {
  IMPROVEMENT_VISION,
  IMPROVEMENT_BASELINE,
  IMPROVEMENT_TARGET,
  IMPROVEMENT_PLAN,
  IMPROVEMENT_ACTION,
  IMPROVEMENT_EVALUATION,
  IMPROVEMENT_MOMENTUM,
  IMPROVEMENT_STEPS
};
extern const char *const IMPROVEMENT_STEP_NAMES[];  // by step, then NULL

enum improvement_status { IMPROVEMENT_OPEN, IMPROVEMENT_CLOSED, IMPROVEMENT_CANCELLED, IMPROVEMENT_STATUSES };
extern const char *const IMPROVEMENT_STATUS_NAMES[];  // by status, then NULL

enum improvement_principle {
  PRINCIPLE_VALUE,
  PRINCIPLE_START,
  PRINCIPLE_ITERATE,
  PRINCIPLE_VISIBILITY,
  PRINCIPLE_HOLISTIC,
  PRINCIPLE_SIMPLE,
  PRINCIPLE_AUTOMATE,
  IMPROVEMENT_PRINCIPLES
};
extern const char *const IMPROVEMENT_PRINCIPLE_NAMES[];   // by principle, then NULL
extern const char *const IMPROVEMENT_PRINCIPLE_TITLES[];  // by principle

struct improvement_step_row {
  const char *question;
  unsigned principles;  // 1 << enum improvement_principle
};
extern const struct improvement_step_row IMPROVEMENT_STEP_ROWS[];  // by step

// What an initiative has to hold, in the order of the steps.
enum improvement_item {
  ITEM_VISION,
  ITEM_OBJECTIVE,
  ITEM_OWNER,
  ITEM_EXPERIENCE,
  ITEM_BASELINE,
  ITEM_BASELINE_MEASURED,
  ITEM_BASELINE_SCOPE,
  ITEM_BASELINE_ANSWERS,
  ITEM_BASELINE_BEFORE_ACTION,
  ITEM_METRIC,
  ITEM_METRIC_COMPARABLE,
  ITEM_METRIC_DEFINITION,
  ITEM_TARGET,
  ITEM_TARGET_BETTER,
  ITEM_DUE,
  ITEM_SUCCESS_FACTORS,
  ITEM_ACTION_PLANNED,
  ITEM_ACTION_DONE,
  ITEM_EVALUATION,
  ITEM_STILL_RELEVANT,
  ITEM_LESSONS,
  ITEM_LESSONS_SHARED,
  IMPROVEMENT_ITEMS
};

struct improvement_item_row {
  const char *name;
  enum improvement_step step;  // which isn't left without it
  const char *pointer;         // the member of an initiative that it is about
  const char *rule;            // that is broken where it is missing
  const char *sentence;        // what holds then, beginning with a verb
};
extern const struct improvement_item_row IMPROVEMENT_ITEM_ROWS[];  // by item

#endif
