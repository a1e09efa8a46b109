// How an initiative moves through the seven steps: what it lacks to leave one, and which moves there are. Pure.
#ifndef XLAD_DOMAIN_IMPROVEMENT_STEP_H
#define XLAD_DOMAIN_IMPROVEMENT_STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "domain/estimate.h"
#include "domain/improvement_model.h"
#include "domain/metric.h"
#include "domain/ratio.h"

// Without a metric a baseline needs so many answers of some metric.
enum { IMPROVEMENT_ANSWERS_MIN = 10 };

// What is known of an initiative in its present iteration.
struct improvement_facts {
  enum improvement_status status;
  enum improvement_step step;
  bool vision, objective, owner;
  bool asks_experience;         // it is about AI or a budget
  bool experience;              // and says how it improves experience
  const struct metric *metric;  // NULL: none is named
  // Of its baseline.
  bool baseline;           // it has one
  bool baseline_external;  // a benchmark
  bool same_scope;         // as the initiative's
  bool redefined;          // the metric, since it was captured
  bool withheld;           // the metric's figure
  struct estimate before;  // of the metric; without a metric only n, that of the metric with most answers
  int32_t baseline_to;     // its last day
  struct ratio target;     // denominator 0: none
  bool due;
  size_t success_factors;
  // Of its actions in this iteration.
  size_t planned;  // with owner and due date
  size_t done;
  int64_t first_started;  // the tenant's day on which the first one began; ABSENT: none has
  // Of the final evaluation of this iteration.
  bool evaluated;
  bool relevance;   // it says whether the objective is still relevant
  bool unachieved;  // its verdict is not achieved
  bool lessons, lessons_shared;
};

// What it lacks to leave `step`: 1 << enum improvement_item. What earlier steps asked for has to hold still. Where an item is missing, those that are
// about its properties aren't.
uint32_t improvement_missing(const struct improvement_facts *facts, enum improvement_step step);
// Adds an issue for each missing item, with the numbers that it is missing by.
void improvement_complain(const struct improvement_facts *facts, uint32_t missing, struct issues *issues);

enum improvement_refusal {
  REFUSAL_NONE,
  REFUSAL_CLOSED,  // it is over
  REFUSAL_CANCELLED,
  REFUSAL_BACKWARDS,    // only `return` goes back
  REFUSAL_SKIPS,        // one step at a time
  REFUSAL_FORWARDS,     // only `advance` goes on
  REFUSAL_MISSING,      // something is
  REFUSAL_UNEVALUATED,  // an iteration ends with its evaluation
  REFUSAL_ACHIEVED,     // there is nothing to try again
};

// On to the step `to`; IMPROVEMENT_STEPS closes it. *missing: what it lacks for every step until there, also where it is refused for another reason.
enum improvement_refusal improvement_advance(const struct improvement_facts *facts, enum improvement_step to, uint32_t *missing);
// Back to the step `to`.
enum improvement_refusal improvement_return(const struct improvement_facts *facts, enum improvement_step to);
enum improvement_refusal improvement_cancel(const struct improvement_facts *facts);
// A new iteration, whose baseline is what was measured after this one's actions: from the evaluation when it was not achieved, and from momentum.
enum improvement_refusal improvement_iterate(const struct improvement_facts *facts);

// Adds an issue that says why, and what to do; of REFUSAL_MISSING improvement_complain() says it.
void improvement_refuse(const struct improvement_facts *facts, enum improvement_refusal refusal, struct issues *issues);

#endif
