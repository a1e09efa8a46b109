// How initiatives move through the seven steps, in the database, and what their evaluations found.
#ifndef XLAD_STORE_IMPROVEMENT_STORE_H
#define XLAD_STORE_IMPROVEMENT_STORE_H

#include "domain/improvement_model.h"
#include "domain/initiative.h"
#include "domain/scope.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const IMPROVEMENT_STATEMENTS[];

struct improvement_move {
  struct uuid initiative;
  int64_t revision;  // that was read
  enum initiative_move kind;
  enum improvement_step from, to;
  enum improvement_status status;  // after it
  int64_t iteration;               // after it
  struct text content;             // JSON, where it changes; else absent
  struct text reason;              // absent where none is needed
};
// One step: moves it, notes how, and what the audit trail says of that. Where it isn't open any more, or has another revision by now, the whole job
// fails: improvement_outrun() tells.
void improvement_ask_move(struct job *job, const struct uuid *tenant, const struct improvement_move *move, struct text actor);

struct evaluation_draft {
  struct uuid initiative;
  int64_t revision;  // that was read
  int64_t iteration;
  int64_t evaluated_at;
  struct window window;  // after
  const char *verdict;
  bool still_relevant;
  struct text note;
  struct text content;  // JSON
};
// The same of a final evaluation. A second one of the iteration fails with ERR_CONFLICT on constraint EVALUATION_MADE.
void evaluation_ask_create(struct job *job, const struct uuid *tenant, const struct evaluation_draft *draft, struct text actor);
#define EVALUATION_MADE "evaluations_pkey"

// Whether a job of one of these failed because somebody else was first.
bool improvement_outrun(const struct job *job);

// One step with a row where this iteration was evaluated; iteration ABSENT: the present one.
void evaluation_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *initiative, int64_t iteration);
// Views into the job.
struct evaluation_row {
  int64_t iteration;
  struct text verdict, note;
  bool still_relevant;
  struct window window;
  struct text content;  // JSON
};
void evaluation_take(const struct job *job, unsigned step, struct evaluation_row *evaluation);

// One step with a row: whether an agreement on this metric and exactly this scope (JSON) was breached on a day of the window.
void evaluation_ask_breach(struct job *job, const struct uuid *tenant, struct text metric, struct text scope, struct window window);

#endif
