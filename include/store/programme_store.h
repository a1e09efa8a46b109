// What is known of measuring and improving as a programme: counts, who uses which metric, and what the newest answers of a window say about
// themselves.
#ifndef XLAD_STORE_PROGRAMME_STORE_H
#define XLAD_STORE_PROGRAMME_STORE_H

#include "domain/programme.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const PROGRAMME_STATEMENTS[];

// One step: sets the counts of `facts` from `begun` to `begun_measured`, and from `objectives` on. Nothing is counted beyond what a rule needs.
void programme_ask_counts(struct job *job, const struct tenant *tenant, struct window window);
void programme_take_counts(const struct job *job, unsigned step, struct programme_facts *facts);

// One step: metrics that an agreement in force or an initiative that was not cancelled speaks of, with how many do.
void programme_ask_uses(struct job *job, const struct uuid *tenant);
struct programme_use {
  struct text metric;
  int64_t agreements, initiatives;
};
void programme_take_use(const struct job *job, unsigned step, size_t row, struct programme_use *use);

// One step, for LANE_ANALYSIS: the newest PROGRAMME_ANSWERS_MAX responses of the window, without those that are excluded. Its cost is theirs, however
// many others there are.
void programme_ask_answers(struct job *job, const struct tenant *tenant, struct window window);
struct programme_answers {
  int64_t n;                    // looked at
  int64_t timed;                // of those whose ticket had been resolved, or closed
  int64_t timed_people;         // distinct respondents
  int64_t median_seconds;       // from then to the answer; ABSENT: none
  struct programme_part whole;  // with a value of every dimension in use: one that any of them has
};
void programme_take_answers(const struct job *job, unsigned step, struct programme_answers *answers);
// The dimensions, in their order, and how many answers have a value of each; false behind the last. Of many people some are counted, at least as many
// as a minimum group can ask for (MIN_GROUP_MAX).
bool programme_take_dimension(const struct job *job, unsigned step, size_t place, struct text *name, struct programme_part *part);

#endif
