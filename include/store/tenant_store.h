// Tenants in the database.
#ifndef XLAD_STORE_TENANT_STORE_H
#define XLAD_STORE_TENANT_STORE_H

#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const TENANT_STATEMENTS[];

struct tenant_draft {
  struct uuid id;
  struct text slug, name, time_zone, currency;
  uint8_t secret[SECRET_BYTES];
};

// Makes the tenant and its preset dimensions; the job must be for draft->id. Error ERR_CONFLICT when the slug is taken, ERR_INVALID never: an unknown
// time zone gives no rows in step 0.
void tenant_ask_create(struct job *job, const struct tenant_draft *draft);

// By slug, whether revoked or not; for the command line.
void tenant_ask_find(struct job *job, struct text slug);
// Fills everything but dimensions and metrics; false when there is no such tenant. *revoked may be NULL.
bool tenant_take_found(const struct job *job, struct tenant *tenant, bool *revoked);

// One step: the settings as they are now. Rows: one.
void tenant_ask_settings(struct job *job, const struct uuid *tenant, struct text time_zone);
// Fills everything but dimensions and metrics; false when PostgreSQL does not know `time_zone` (absent: nothing to know).
bool tenant_take_settings(const struct job *job, struct tenant *tenant);
// Two steps: stores the settings of `tenant` over those of its revision, and queues what is measured otherwise by them. Waits for what is being
// folded. Rows of the second: one, with false when agent_figures can't be switched off for there is such a dimension; none when the settings were
// changed meanwhile.
enum { TENANT_CHANGED_STEP = 1 };
void tenant_ask_change(struct job *job, const struct tenant *tenant, struct text actor);

// All tenants: slug, name, time zone, created, revoked.
void tenant_ask_list(struct job *job);

// From now on no key of the tenant works. Rows of the step: one when it changed, none when there is no such tenant or it was revoked before.
void tenant_ask_revoke(struct job *job, struct text slug);

// Reads the columns of TENANT_COLUMNS from `first` on.
#define TENANT_COLUMNS                                                                                                                         \
  "t.tenant_id, t.slug, t.time_zone, t.currency, t.lost_time_cap, t.amend_minutes, t.respondent_secret,"                                       \
  " (now() at time zone t.time_zone)::date, ((now() at time zone t.time_zone)::date + 1)::timestamp at time zone t.time_zone,"                 \
  " t.min_group, t.min_group_comments, t.lost_time_threshold, t.sla_target, t.cost_per_hour, t.calendar_periods, t.agent_figures, t.revision," \
  " t.quiet_days"
enum { TENANT_COLUMNS_COUNT = 18 };
void tenant_take_columns(const struct job *job, unsigned step, size_t row, int first, struct tenant *tenant);

#endif
