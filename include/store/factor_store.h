// What people were unhappy about: the factors ticked beside ratings of 0 to 6, by the values of a dimension. Exact and current as the figures are;
// responses that were excluded don't count.
#ifndef XLAD_STORE_FACTOR_STORE_H
#define XLAD_STORE_FACTOR_STORE_H

#include "domain/scope.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const FACTOR_STATEMENTS[];

struct factor_question {
  const struct scope *scope;
  struct window window;
  int by;  // slot of a dimension
};

// Adds one step. Rows come by factor. Where the scope names no other dimension than `by`, all values of that one are answered for, in the scope or
// not: whether one may be shown depends on the others.
void factor_ask(struct job *job, const struct tenant *tenant, const struct factor_question *question);

struct factor_row {
  struct text value;  // absent where it is missing, and for derived dimensions
  int64_t code;       // of a derived dimension; 0 where not known
  struct text factor;
  int64_t n;  // responses that ticked it
  int64_t hashes[RESPONDENTS_KEPT];
  size_t respondents;
};

// There are so many rows that not all of them came.
bool factor_too_many(const struct job *job, unsigned step);
void factor_take(const struct job *job, unsigned step, size_t row, struct factor_row *out);

#endif
