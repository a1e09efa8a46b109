// What is known of agreements in force that tells whether a metric has become its own goal.
#ifndef XLAD_STORE_MATURITY_STORE_H
#define XLAD_STORE_MATURITY_STORE_H

#include "domain/maturity.h"
#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const MATURITY_STATEMENTS[];

// One step: agreements with the last state that was evaluated, and the interval of a whole window earlier, `limit` at most, by slug.
void maturity_ask_agreements(struct job *job, const struct uuid *tenant, int64_t limit);
// Texts are views into the job's result. Metrics are looked for in `catalogue`.
void maturity_take_agreement(const struct job *job, unsigned step, size_t row, const struct tenant *catalogue, struct maturity_agreement *agreement);

#endif
