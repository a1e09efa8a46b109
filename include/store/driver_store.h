// What those who ticked a factor say, read from the responses of a window as analysis_store.h does. For LANE_ANALYSIS.
#ifndef XLAD_STORE_DRIVER_STORE_H
#define XLAD_STORE_DRIVER_STORE_H

#include "store/analysis_store.h"

extern const struct statement *const DRIVER_STATEMENTS[];

// Adds one step, whose outcome analysis_take_outcome() gives. The factors that were ticked most come, and all answers of the scope together.
void drivers_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question);
struct driver {
  struct text factor;  // absent: all answers of the scope together
  struct tally happiness, lost_time;
  bool happiness_answered, bands_answered, lost_time_answered;  // by the groups that ticked it, and those that did not
};
size_t drivers_count(const struct job *job, unsigned step);
// False for a row that holds nothing.
bool drivers_take(const struct job *job, unsigned step, size_t row, struct driver *factor);

#endif
