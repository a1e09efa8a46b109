// What is known of agreements in force and of evaluated initiatives that tells whether a metric has become its own goal.
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

// One step: initiatives that were not cancelled, of whose metric the last final evaluation, at most MATURITY_DAYS_MAX days ago, tells that it may
// have become its own goal; `limit` at most, the latest first.
void maturity_ask_initiatives(struct job *job, const struct uuid *tenant, int64_t limit);
struct maturity_initiative {
  struct uuid id;
  struct text title, metric;
  unsigned flags;          // integrity flags that were raised: bits by enum integrity_kind
  struct text guardrails;  // keys of metrics that worsened while the target was reached, with commas between; absent: none
};
void maturity_take_initiative(const struct job *job, unsigned step, size_t row, struct maturity_initiative *initiative);

#endif
