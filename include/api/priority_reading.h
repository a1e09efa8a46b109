// What the priority of an initiative is computed from, read, and the priority as it is kept and shown.
#ifndef XLAD_API_PRIORITY_READING_H
#define XLAD_API_PRIORITY_READING_H

#include "api/reading.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "store/initiative_store.h"

// The scope may be empty: then nothing is read.
struct priority_inquiry {
  const struct tenant *tenant;
  struct scope scope;
  int64_t effort;  // enum initiative_effort; ABSENT
};

enum { PRIORITY_STEPS = 2 * READING_STEPS };
// Adds PRIORITY_STEPS steps to a job of a LANE_READ, where the scope isn't empty.
void priority_ask(struct job *job, const struct priority_inquiry *inquiry);
// From the ended job, whose steps from `step` on are these; the job may be NULL where the scope is empty. The JSON lives in the arena. False when
// memory is out.
bool priority_take(const struct job *job, unsigned step, const struct priority_inquiry *inquiry, struct arena *arena,
                   struct initiative_priority *priority) __attribute__((warn_unused_result));

#endif
