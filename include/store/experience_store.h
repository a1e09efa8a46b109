// Experience as it is read: tallies by metric, group, and piece of time. Exact and current: what was committed before is in it.
#ifndef XLAD_STORE_EXPERIENCE_STORE_H
#define XLAD_STORE_EXPERIENCE_STORE_H

#include "domain/estimate.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const EXPERIENCE_STATEMENTS[];

struct experience_question {
  const struct scope *scope;
  struct window window;
  int by;                  // slot of the dimension to break down by; 0: not
  enum interval interval;  // pieces of time; INTERVAL_COUNT: the window as one
};

// Adds one step.
void experience_ask(struct job *job, const struct tenant *tenant, const struct experience_question *question);

// One metric in one group and piece.
struct experience_cell {
  const struct metric *metric;
  bool excluded;  // of the excluded responses; otherwise of all others
  struct tally tally;
  struct text key;  // value of the dimension; absent where it is missing or there is no breakdown
  int64_t code;     // of a derived dimension; 0 where not known
  bool before;      // of a stock: what lies before the window
  int32_t day;      // first day of the piece, perhaps before the window; meaningless for `before`
};
size_t experience_cells(const struct job *job, unsigned step);
// False for a metric that this binary doesn't know.
bool experience_take_cell(const struct job *job, const struct tenant *tenant, unsigned step, size_t row, struct experience_cell *cell);

#endif
