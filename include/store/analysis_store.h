// What joins several answers of one response or of one person, read from the responses of a window. Each question is one step, which says how many
// rows the window holds; when these are too many, it has read none. For LANE_ANALYSIS.
#ifndef XLAD_STORE_ANALYSIS_STORE_H
#define XLAD_STORE_ANALYSIS_STORE_H

#include "domain/concentration.h"
#include "domain/estimate.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "domain/watermelon.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const ANALYSIS_STATEMENTS[];

struct analysis_question {
  const struct scope *scope;
  struct window window;
  int64_t rows_max;   // responses that may be read
  int64_t min_group;  // respondents
};

struct analysis_outcome {
  int64_t rows;   // responses in the window, of all scopes
  bool answered;  // nothing that the step gives has to be withheld by the step's own verdict; what the scope's figures have comes on top
};
struct analysis_outcome analysis_take_outcome(const struct job *job, unsigned step);

// For other files of the store that ask about the same rows. What every analysis begins with: a step with the parameters of analysis_sql.h; the
// number of columns of its outcome; and whether a row has anything behind them.
enum { ANALYSIS_COLUMNS = 2 };
void analysis_ask(struct job *job, const struct statement *statement, const struct tenant *tenant, const struct analysis_question *question);
bool analysis_filled(const struct job *job, unsigned step, size_t row);

// --- Watermelon: answers by value of a dimension (a slot), SLA and band.

void watermelon_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question, int by, int64_t threshold_minutes);

// Where the reading is: the values come one after the other, in the order of experience_store.h.
struct analysis_walk {
  const struct job *job;
  unsigned step;
  size_t row;
};
struct analysis_value {
  struct text key;  // absent where it is missing
  int64_t code;     // of a derived dimension; 0 where not known
  struct watermelon watermelon;
  int64_t unbanded;                           // responses without a known SLA outcome, or without happiness
  bool share_answered, whole_share_answered;  // that of this value, and that of the scope, may be told
};
// False at the end.
bool watermelon_next(struct analysis_walk *walk, struct analysis_value *value);

// --- Concentration: the tickets that lost most.

void concentration_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question);
struct concentration concentration_take(const struct job *job, unsigned step);

// --- Carry-over: happiness by the band of the same respondent's answer before, at most 90 days earlier.

enum { CARRY_OVER_DAYS = 90 };
struct carry_over {
  struct tally happiness[BAND_COUNT];
  int64_t respondents[BAND_COUNT];
};
void carry_over_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question);
void carry_over_take(const struct job *job, unsigned step, struct carry_over *carry_over);

#endif
