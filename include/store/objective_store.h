// Objectives in the database: what was said of each as one JSON text, and what serves it.
#ifndef XLAD_STORE_OBJECTIVE_STORE_H
#define XLAD_STORE_OBJECTIVE_STORE_H

#include "domain/objective.h"
#include "store/job.h"

extern const struct statement *const OBJECTIVE_STATEMENTS[];

struct objective_row {
  struct text slug;
  struct text content;  // JSON
  int64_t revision;
  int64_t created_at, retired_at;
  // What serves it, as JSON lists: its metrics; those of its agreements that aren't retired; its initiatives that aren't cancelled, the newest
  // OBJECTIVE_SERVANTS_MAX of `initiatives_count`.
  struct text metrics, xlas, initiatives;
  int64_t initiatives_count;
  struct text below;  // slugs of the objectives right below it that aren't retired, as a JSON list
  bool unserved;      // by anything, and so are all below it
};
void objective_take_row(const struct job *job, unsigned step, size_t row, struct objective_row *objective);

// One step.
void objective_ask_find(struct job *job, const struct uuid *tenant, struct text slug);

// One step with a row where there is such an objective: whether it is retired.
void objective_ask_state(struct job *job, const struct uuid *tenant, struct text slug);

struct objective_filter {
  int64_t level;       // enum objective_level; ABSENT: any
  struct text parent;  // absent: any
  struct text owner;   // absent: any
  int64_t retired;     // ABSENT: any
  int64_t unserved;    // ABSENT: any
  struct text after;   // slug of the last row before; absent: from the beginning
  int64_t limit;
};
void objective_ask_list(struct job *job, const struct uuid *tenant, const struct objective_filter *filter);

// What an objective has to be held against before it is written.
struct objective_draft {
  struct text slug, content;  // the latter JSON
  enum objective_level level;
  struct text parent;  // slug; absent: none
  const struct text *xlas;
  size_t xlas_count;
  int64_t created_at;
  int64_t revision;     // that is changed
  struct text changes;  // JSON, for the audit trail
};
// Two steps: what it stands between, and which of its agreements there are.
enum { OBJECTIVE_PLACE_STEP, OBJECTIVE_XLAS_STEP, OBJECTIVE_CHECK_STEPS };
void objective_ask_check(struct job *job, const struct uuid *tenant, const struct objective_draft *draft);
struct objective_place {
  bool parent_there, parent_retired;
  int64_t parent_level;  // ABSENT where it isn't there
  int64_t highest;       // level of those below it that aren't retired; ABSENT: there are none
};
void objective_take_place(const struct job *job, unsigned first, struct objective_place *place);
bool objective_xla_there(const struct job *job, unsigned first, struct text slug);

// Step OBJECTIVE_WRITTEN_STEP has a row where it was made, or changed: not when the slug is taken, there are OBJECTIVES_MAX, the revision is another
// one by now, it was retired, or what it stands between has changed.
enum { OBJECTIVE_WRITTEN_STEP = 1 };
void objective_ask_create(struct job *job, const struct uuid *tenant, const struct objective_draft *draft, struct text actor);
void objective_ask_change(struct job *job, const struct uuid *tenant, const struct objective_draft *draft, struct text actor);
// Step 0 has a row where there is such an objective, retired before or not.
void objective_ask_retire(struct job *job, const struct uuid *tenant, struct text slug, struct text actor);

#endif
