// A ticket as an ITSM tool reports it, and the rules it has to obey.
#ifndef XLAD_DOMAIN_TICKET_H
#define XLAD_DOMAIN_TICKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/text.h"

enum { FUTURE_SECONDS_MAX = 300 };

extern const char *const TICKET_KINDS[];  // "incident", "request", NULL

// Facts of a ticket; ABSENT where not known. Instants in microseconds, cost in hundredths.
struct ticket_facts {
  int64_t kind;  // index into TICKET_KINDS
  int64_t opened_at, responded_at, repaired_at, resolved_at, closed_at;
  int64_t reassignments, reopens;
  int64_t sla_met;
  int64_t handle_minutes, cost;
  int64_t first_level_resolved, level0_solvable, miscategorised, known_problem, known_resolution;
  int64_t business_impact;
};

// Adds an issue for every impossible time: before `opened_at`, closed before resolved, or more than FUTURE_SECONDS_MAX after `now`.
void ticket_check(const struct ticket_facts *facts, int64_t now, struct issues *issues);

#endif
