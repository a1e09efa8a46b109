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
  bool evaluated;  // its present iteration has its final evaluation
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

// A priority as it is kept.
struct initiative_priority {
  struct text json;
  int64_t score;  // 1/PRIORITY_UNIT; ABSENT
  int32_t day;    // the tenant's, on which it was computed
};

struct initiative_draft {
  struct uuid id;
  struct text content;  // JSON
  struct initiative_priority priority;
  int64_t created_at;
  int64_t revision;     // that is changed
  struct text changes;  // JSON, for the audit trail
};
// One step each, with a row where it was made: not when there are INITIATIVES_MAX; or changed: not when the revision is another one by now, or it
// is over. Its first step in the register's history is written with it.
void initiative_ask_create(struct job *job, const struct uuid *tenant, const struct initiative_draft *draft, struct text actor);
void initiative_ask_change(struct job *job, const struct uuid *tenant, const struct initiative_draft *draft, struct text actor);

// One step each: adds an action, or changes what is stored of one, with a row where that was done: not when the initiative's revision is another one
// by now, it is over, or has INITIATIVE_ACTIONS_MAX already. The initiative's revision goes up by one.
struct initiative_action_draft {
  struct uuid initiative;
  int64_t revision;  // of the initiative
  struct initiative_action action;
  struct text changes;  // JSON, for the audit trail
};
void initiative_ask_add_action(struct job *job, const struct uuid *tenant, const struct initiative_action_draft *draft, struct text actor);
void initiative_ask_change_action(struct job *job, const struct uuid *tenant, const struct initiative_action_draft *draft, struct text actor);

// One step, with a row where it was added: not when the initiative's revision is another one by now, or has INITIATIVE_NOTES_MAX already.
void initiative_ask_add_note(struct job *job, const struct uuid *tenant, const struct uuid *initiative, int64_t revision,
                             const struct initiative_note *note);

// INITIATIVE_VOTE_STEPS steps: the vote, the initiative (no row: there is none), and its votes by unit. The first has a row where the vote counts:
// whether it is the voter's first; not when the initiative is over, or has INITIATIVE_VOTES_MAX already.
struct initiative_vote {
  struct text voter;  // PERSON_BYTES
  struct text unit;
};
enum { INITIATIVE_VOTED_STEP, INITIATIVE_VOTED_ROW_STEP, INITIATIVE_VOTED_UNITS_STEP, INITIATIVE_VOTE_STEPS };
void initiative_ask_vote(struct job *job, const struct uuid *tenant, const struct uuid *initiative, const struct initiative_vote *vote,
                         struct text actor);

struct initiative_filter {
  struct text query;     // that some text of it holds, in any case; absent: any
  int64_t step, status;  // enums; ABSENT: any
  struct text owner, category, objective, metric;
  int64_t source;    // enum initiative_source; ABSENT: any
  bool by_priority;  // the highest first, those without one last; else the newest first
  bool after;        // behind this row
  int64_t after_score;
  struct uuid after_id;
  int64_t limit;
};
// One step: as initiative_take_row() takes them.
void initiative_ask_list(struct job *job, const struct uuid *tenant, const struct initiative_filter *filter);
// Of a listed one, for the cursor: −1 where it has none.
int64_t initiative_take_score(const struct job *job, unsigned step, size_t row);

// Two steps: whether there is such an initiative, and how it came to where it is, behind the move with number `after` (0: from the beginning).
enum { INITIATIVE_THERE_STEP, INITIATIVE_MOVES_STEP };
void initiative_ask_moves(struct job *job, const struct uuid *tenant, const struct uuid *id, int64_t after, int64_t limit);
struct initiative_move_row {
  int64_t seq, at;
  enum initiative_move kind;
  int64_t from, to;  // enum improvement_step; from: ABSENT of the first
  int64_t iteration;
  struct text reason, by;
};
void initiative_take_move(const struct job *job, size_t row, struct initiative_move_row *move);

// One step: open initiatives whose priority was last computed before `today`, or never, behind one (NULL: from the beginning). Rows: id, revision,
// content.
void initiative_ask_due(struct job *job, const struct uuid *tenant, int32_t today, const struct uuid *after, int64_t limit);
struct initiative_due {
  struct uuid id;
  int64_t revision;
  struct text content;
};
void initiative_take_due(const struct job *job, unsigned step, size_t row, struct initiative_due *due);
// One step: keeps a priority, unless the initiative was changed since; its revision stays.
void initiative_ask_keep_priority(struct job *job, const struct uuid *tenant, const struct uuid *id, int64_t revision,
                                  const struct initiative_priority *priority);

#endif
