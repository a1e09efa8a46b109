// What a month's report takes from the database besides figures: how agreements stood at its end, and how initiatives moved in it.
#ifndef XLAD_STORE_REPORT_STORE_H
#define XLAD_STORE_REPORT_STORE_H

#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const REPORT_STATEMENTS[];

struct report_question {
  struct window month;
  struct text scope;  // JSON: of agreements and initiatives with exactly this scope only; absent: of all
  int64_t limit;      // rows of each step
};

enum { REPORT_XLAS_STEP, REPORT_INITIATIVES_STEP, REPORT_STEPS };
// REPORT_STEPS steps: agreements by slug, and initiatives, the latest moved first.
void report_ask(struct job *job, const struct tenant *tenant, const struct report_question *question);

// Views into the job.
struct report_xla {
  struct text slug, name, owner;
  struct text metric;  // of the version that the day was judged by; absent: an index
  int32_t day;         // the month's last that was evaluated
  struct text status, state;
  struct text status_before;  // on the last day that was evaluated within a month before; absent: none was
};
void report_take_xla(const struct job *job, unsigned step, size_t row, struct report_xla *xla);

struct report_initiative {
  struct uuid id;
  struct text title, owner, objective, metric;
  struct text step, kind;  // at the month's end, and how it came there: as initiative_steps has them
  int64_t iteration;
  bool begun;           // it was made in the month
  int64_t moves;        // in the month
  struct text verdict;  // of the month's last evaluation; absent: there was none
};
void report_take_initiative(const struct job *job, unsigned step, size_t row, struct report_initiative *initiative);

#endif
