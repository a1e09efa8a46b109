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

#endif
