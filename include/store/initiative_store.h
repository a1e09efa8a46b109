// The improvement register in the database: initiatives as one JSON text each, with their actions, notes and votes.
#ifndef XLAD_STORE_INITIATIVE_STORE_H
#define XLAD_STORE_INITIATIVE_STORE_H

#include "domain/improvement_model.h"
#include "domain/initiative.h"
#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const INITIATIVE_STATEMENTS[];

// Views into the job.
struct initiative {
  struct uuid id;
  int64_t revision;
  enum improvement_step step;
  enum improvement_status status;
  int64_t iteration;
  struct text content;   // JSON: struct initiative_body (api/initiative_body.h)
  struct text priority;  // JSON; absent until it has been computed
  int64_t created_at, changed_at;
  struct text created_by;
  int64_t ended_at;  // ABSENT while it is open
  int64_t votes;
};

struct initiative_action {
  struct uuid id;
  int64_t iteration;
  struct text title, description, owner;
  int64_t due_on;               // day; ABSENT
  int64_t started_at, done_at;  // instants; ABSENT
  bool experiment;
  struct text outcome;
  int64_t created_at;
  struct text created_by;
  int64_t started_on, done_on;  // the tenant's days of started_at and done_at; ABSENT
};

struct initiative_note {
  struct uuid id;
  int64_t iteration;
  enum improvement_step step;
  int64_t principle;  // enum improvement_principle; ABSENT
  struct text text;
  int64_t created_at;
  struct text created_by;
};

struct initiative_unit {
  struct text unit;  // absent: of those who have named none
  int64_t votes;
};

// INITIATIVE_FIND_STEPS steps: the initiative (no row: there is none), its actions and its notes, oldest first, and its votes by unit, the most
// first. Counted from `first`, the step that initiative_ask_find() began with.
enum { INITIATIVE_ROW_STEP, INITIATIVE_ACTIONS_STEP, INITIATIVE_NOTES_STEP, INITIATIVE_UNITS_STEP, INITIATIVE_FIND_STEPS };
void initiative_ask_find(struct job *job, const struct tenant *tenant, const struct uuid *id);
void initiative_take_row(const struct job *job, unsigned step, size_t row, struct initiative *initiative);
void initiative_take_action(const struct job *job, unsigned step, size_t row, struct initiative_action *action);
void initiative_take_note(const struct job *job, unsigned step, size_t row, struct initiative_note *note);
void initiative_take_unit(const struct job *job, unsigned step, size_t row, struct initiative_unit *unit);

// One step, the first of a job that changes an initiative: locks it, so that whoever changes it or its children waits. Rows: its revision, status,
// and iteration.
void initiative_ask_lock(struct job *job, const struct uuid *tenant, const struct uuid *id);

#endif
