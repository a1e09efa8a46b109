// A tenant's own metrics, and what it has said about presets, in the database; presets themselves are facts of the domain.
#ifndef XLAD_STORE_METRIC_STORE_H
#define XLAD_STORE_METRIC_STORE_H

#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const METRIC_STATEMENTS[];

// One step: all rows of a tenant by id; with an id of a metric (not 0), that one.
void metric_ask_list(struct job *job, const struct uuid *tenant, int id);
struct metric_row {
  int id;
  int64_t revision, created_at;
  struct text supplier;
  struct metric_terms terms;  // of a preset, too: what it has where the row says nothing
};
void metric_take_row(const struct job *job, unsigned step, size_t row, struct metric_row *metric);
// Fills a tenant's own metrics and its terms from the rows of `step`.
void metric_take_all(const struct job *job, unsigned step, struct tenant_metrics *metrics);

#endif
