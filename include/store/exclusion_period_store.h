// Days that agreements leave out, in the database.
#ifndef XLAD_STORE_EXCLUSION_PERIOD_STORE_H
#define XLAD_STORE_EXCLUSION_PERIOD_STORE_H

#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const EXCLUSION_PERIOD_STATEMENTS[];

struct exclusion_period_row {
  struct uuid id;
  struct window days;
  struct text reason;
  int64_t created_at;
  struct text created_by;
};

enum { EXCLUSION_PERIOD_STEPS = 2 };

// Two steps: the agreement (a row where there is one), and its periods by their days.
void exclusion_period_ask_list(struct job *job, const struct uuid *tenant, struct text slug);
void exclusion_period_take_row(const struct job *job, unsigned step, size_t row, struct exclusion_period_row *period);

// The steps of exclusion_period_ask_list before, and one with a row where it was made: not when there is no such agreement, it was retired, it has
// EXCLUSION_PERIODS_MAX already, or one of these days. Holds the agreement locked.
void exclusion_period_ask_make(struct job *job, const struct uuid *tenant, struct text slug, const struct exclusion_period_row *period);
// A step with a row where there was one.
void exclusion_period_ask_end(struct job *job, const struct uuid *tenant, struct text slug, const struct uuid *id, struct text actor);

#endif
