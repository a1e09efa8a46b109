// When each metric was gathered last.
#ifndef XLAD_API_GATHERED_H
#define XLAD_API_GATHERED_H

#include "domain/maturity.h"
#include "domain/tenant.h"
#include "store/job.h"

struct gathered {
  int32_t to;
  bool any[METRICS_MAX];  // by place
  int32_t last_day[METRICS_MAX];
  bool answered[MATURITY_DAYS_MAX];  // whether responses came, by day; the last one is `to`
};

// One step of a job of a LANE_READ or LANE_ANALYSIS: the MATURITY_DAYS_MAX days up to `to`.
void gathered_ask(struct job *job, const struct tenant *tenant, int32_t to);
void gathered_take(const struct job *job, unsigned step, const struct tenant *tenant, int32_t to, struct gathered *gathered);
// Whether something of a metric was gathered within the days that a metric of this level stays current; the costs of tickets also by the budget that
// they share.
bool gathered_current(const struct gathered *gathered, const struct metric *metric, enum metric_level level);
// Whether there is a source that could yield it: tickets or responses that came, or somebody who supplies it, or has done so.
bool gathered_sourced(const struct gathered *gathered, const struct metric *metric, struct text supplier);

#endif
