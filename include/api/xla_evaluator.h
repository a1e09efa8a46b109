// Evaluates agreements in the background: each for each complete day, once, whichever daemon is first.
#ifndef XLAD_API_XLA_EVALUATOR_H
#define XLAD_API_XLA_EVALUATOR_H

#include "base/loop.h"
#include "store/store.h"

struct xla_evaluator;

// Begins as soon as the store is ready. NULL when memory is out.
struct xla_evaluator *xla_evaluator_new(struct store *store, struct loop *loop);
// Asks for nothing more.
void xla_evaluator_stop(struct xla_evaluator *evaluator);
// Once the store has been stopped. NULL is allowed.
void xla_evaluator_free(struct xla_evaluator *evaluator);

#endif
