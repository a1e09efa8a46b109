// What became of initiatives, as stories are told of them: those that have ended, and those that were finally evaluated.
#ifndef XLAD_STORE_STORY_STORE_H
#define XLAD_STORE_STORY_STORE_H

#include "store/job.h"

extern const struct statement *const STORY_STATEMENTS[];

enum story_text {
  STORY_TITLE,
  STORY_OBJECTIVE,  // slug
  STORY_STATUS,
  STORY_SOURCE,     // kind
  STORY_REFERENCE,  // of the source
  STORY_REASON,     // why it was cancelled
  STORY_LEARNED,
  STORY_SHARED_HOW,
  STORY_DONE,     // titles of actions that are done, in their order, between semicolons
  STORY_ACTIONS,  // JSON: a list of these
  STORY_SCOPE,    // JSON: {"scope": …}, of the evaluation where there is one
  // Of the last final evaluation; absent without one.
  STORY_VERDICT,
  STORY_METRIC,
  STORY_SENTENCE,
  STORY_TARGET,  // JSON, and so are all behind it
  STORY_REACHED,
  STORY_BEFORE,
  STORY_AFTER,
  STORY_HOURS,
  STORY_MONEY,
  STORY_VALUE,  // of `before`, as a number
  STORY_N,      // and how many it is of
  STORY_WON,    // hours, as a number
  STORY_TEXTS
};

struct story_row {
  struct uuid id;
  int64_t iteration;               // evaluated; else the present one
  int64_t told_at;                 // when it was evaluated or has ended, whichever was later
  bool has_windows;                // it was evaluated
  int32_t before[2];               // first and last day of the baseline
  int32_t after[2];                // and of what it was held against
  int64_t still_relevant;          // ABSENT: not evaluated
  struct text texts[STORY_TEXTS];  // absent where there is none
};

struct story_filter {
  struct text verdict;  // absent: any
  int64_t told_at;      // of the last row before; ABSENT: from the newest on
  struct uuid id;       // and its id
  int64_t limit;
};
// One step: newest first. Texts are views into the job's result.
void story_ask_list(struct job *job, const struct uuid *tenant, const struct story_filter *filter);
void story_take(const struct job *job, unsigned step, size_t row, struct story_row *story);

#endif
