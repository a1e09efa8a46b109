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
  struct metric_terms terms;     // of a preset, too: what it has where the row says nothing
  bool level_said, wanted_said;  // by the row, and not by the preset
};
void metric_take_row(const struct job *job, unsigned step, size_t row, struct metric_row *metric);
// The row of one metric among those of `step`; false when nothing was said about it.
bool metric_find_row(const struct job *job, unsigned step, int id, struct metric_row *metric);
// Fills a tenant's own metrics and its terms from the rows of `step`.
void metric_take_all(const struct job *job, unsigned step, struct tenant_metrics *metrics);

// Two steps: an own metric (its id is given here) with its terms, created at that time. Rows of the second: one with the id, none when the tenant has
// METRICS_OWN_MAX already. ERR_CONFLICT by METRIC_KEY_TAKEN when there is one of that key.
enum { METRIC_MADE_STEP = 1 };
#define METRIC_KEY_TAKEN "metrics_key_key"
void metric_ask_create(struct job *job, const struct uuid *tenant, const struct metric *metric, const struct metric_row *row, struct text actor);
// One step: what is said about a metric, over what its revision (0: nothing yet) says; `title` is of own ones only. Rows: one, none when it was
// changed meanwhile.
void metric_ask_change(struct job *job, const struct uuid *tenant, const struct metric *metric, struct text title, const struct metric_row *row,
                       struct text actor);

#endif
