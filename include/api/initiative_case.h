// An initiative with all that a move or an evaluation depends on: what is written down, its baseline, its actions, its evaluation.
#ifndef XLAD_API_INITIATIVE_CASE_H
#define XLAD_API_INITIATIVE_CASE_H

#include "api/initiative_body.h"
#include "api/reference.h"
#include "domain/improvement_step.h"
#include "store/improvement_store.h"
#include "store/initiative_store.h"

// Texts live in the request's arena.
struct initiative_case {
  struct uuid id;
  int64_t revision, iteration;
  struct initiative_body body;
  struct scope scope, group;     // the comparison group's
  bool grouped;                  // one is named
  const struct metric *metric;   // NULL: none is named, or this binary doesn't know it
  struct reference *baseline;    // NULL: none is named
  int64_t last_done;             // the tenant's day on which the last action of this iteration was done; ABSENT: none is
  size_t unfinished;             // actions that have begun, and aren't done
  bool evaluated;                // the iteration that was asked for
  struct evaluation_row result;  // then
  struct improvement_facts facts;
  // What it was opened with.
  int64_t asked;                                              // iteration; ABSENT: the present one
  enum { CASE_READ, CASE_MATCH_IF_GIVEN, CASE_MATCH } match;  // whether an If-Match has to hold
  enum err (*ready)(struct request *request);
};

// Reads it in one or two jobs, then calls `ready`. It is the first member of request->state. ERR_NOT_FOUND where there is no such initiative.
// Without an If-Match that holds: ERR_UNGUARDED, ERR_STALE.
enum err initiative_case_open(struct request *request, struct initiative_case *file);

// The window after: as long as the baseline's, from the day after the last action was done; of tenants whose dashboards read calendar months, the
// same of months. Needs both.
struct window initiative_case_after(const struct request *request, const struct initiative_case *file);

// Refuses a move, with all that is missing for it.
enum err initiative_case_refuse(struct request *request, const struct initiative_case *file, enum improvement_refusal refusal, uint32_t missing);

// Of a job that made a move and failed.
enum err initiative_case_failed(struct request *request, const struct job *job);

// Answers with the initiative as it is now, and its ETag.
enum err initiative_case_answer(struct request *request, const struct uuid *id, int status);

#endif
