// The evaluation of one agreement for one complete day: which jobs it takes, and what comes of them. Whoever drives it (the daemon in its loop, the
// command line one by one) runs each job that it asks for and gives it back.
#ifndef XLAD_API_XLA_EVALUATION_H
#define XLAD_API_XLA_EVALUATION_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/tenant.h"
#include "domain/window.h"
#include "store/store.h"

enum xla_evaluation_kind {
  XLA_EVALUATE,  // a day that has no row yet: it gets one, and an event tells of a change against the day before, in one transaction
  XLA_LOOK,      // a day that has one: nothing is stored, but what changed up to it since is found
  XLA_REVISE,    // a day that has one: what it would be now is put beside it where it differs
};

struct xla_evaluation;

// The tenant has to stay as it is. NULL when memory is out.
struct xla_evaluation *xla_evaluation_new(const struct tenant *tenant, struct text slug, int32_t day, enum xla_evaluation_kind kind);
// The revision of a row because of what an evaluation of another kind has found, which has to stay as it is, too.
struct xla_evaluation *xla_evaluation_new_revision(const struct xla_evaluation *looked, int32_t day);
void xla_evaluation_free(struct xla_evaluation *evaluation);

// The next job, to be submitted; NULL when there is none, because it is done or has failed.
struct job *xla_evaluation_next(struct xla_evaluation *evaluation, struct store *store, void *owner, void (*done)(struct job *job));
// Takes what came of it; the job is freed.
void xla_evaluation_take(struct xla_evaluation *evaluation, struct job *job);

// How it ended: ERR_NONE, or why not. ERR_CONFLICT: somebody else has evaluated the day.
enum err xla_evaluation_error(const struct xla_evaluation *evaluation);
// The row was written, or revised.
bool xla_evaluation_changed(const struct xla_evaluation *evaluation);
// The rows that are to be revised, when there are any: from the first that rests on something that is not what it was when that row was evaluated, to
// the last that there is. The last one first, because only the first remembers the change: what is cut short is found again.
bool xla_evaluation_outdated(const struct xla_evaluation *evaluation, struct window *rows);

#endif
