// The programme: whether measuring, sharing, identifying and improving go on as they should. The ITXM cycle with its five conditions of measuring,
// and the seven steps of continual service improvement for measures (CSI). Pure; facts come from live data, nobody ticks a box.
#ifndef XLAD_DOMAIN_PROGRAMME_H
#define XLAD_DOMAIN_PROGRAMME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  PROGRAMME_GAP_DAYS = 7,             // without feedback is the most that is still continuous
  PROGRAMME_DELAY_MINUTES = 24 * 60,  // from closure to the median answer is the most that is the right time
  PROGRAMME_CONTEXT_PERCENT = 80,     // of answers with their full context is the least that is in context
  PROGRAMME_ANSWER_PERCENT = 10,      // of responses is the least that answers a question worth asking
  PROGRAMME_BACKLOG = 10000,          // changed tickets that wait to be summed is the most that is processed
};

enum programme_answer { PROGRAMME_UNKNOWN, PROGRAMME_NO, PROGRAMME_YES };
enum programme_state { PROGRAMME_NOT_STARTED, PROGRAMME_IN_PROGRESS, PROGRAMME_DONE, PROGRAMME_STATES };
extern const char *const PROGRAMME_STATE_NAMES[];  // by state, then NULL

// What is known. Counts are of the window where nothing else is said.
struct programme_facts {
  int64_t responses;
  int32_t gap_days;         // longest run of days without a response
  int64_t median_minutes;   // from closure to answer; ABSENT: unknown or withheld
  int64_t context_percent;  // of answers with their full context; ABSENT: unknown or withheld
  int64_t asked;            // questions that were answered at all
  int64_t unused;           // of those no agreement, initiative or insight uses
  int64_t seldom;           // of those fewer than PROGRAMME_ANSWER_PERCENT of the responses answer
  int64_t begun;            // initiatives with an action begun in the window
  int64_t begun_measured;   // of those with a baseline whose window had ended before their first action
  // As of the window's end, or now.
  int64_t wanted;      // metrics that should be measured
  int64_t targeted;    // of those with a target
  int64_t sourceless;  // of those without a source
  int64_t current;     // of those with current data
  int64_t objectives;
  int64_t waiting;      // changed tickets that have not been summed yet
  int64_t baselines;    // measured ones
  int64_t agreements;   // in force
  int64_t evaluated;    // of those with a state
  int64_t evaluations;  // final ones of initiatives, of the window
  int64_t dashboards;   // keys
  int64_t webhooks;     // enabled
  int64_t delivered;    // events that arrived
  int64_t found;        // initiatives begun from an insight, an agreement or what somebody said
  int64_t open;         // initiatives that go on
};

// --- The cycle

enum programme_phase { PROGRAMME_MEASURE, PROGRAMME_SHARE, PROGRAMME_IDENTIFY, PROGRAMME_IMPROVE, PROGRAMME_PHASES };
enum programme_condition {
  PROGRAMME_CONTINUOUS,
  PROGRAMME_RIGHT_TIME,
  PROGRAMME_IN_CONTEXT,
  PROGRAMME_ADDING_VALUE,
  PROGRAMME_BEFORE_CHANGES,
  PROGRAMME_CONDITIONS
};

// --- CSI

enum programme_step {
  PROGRAMME_DEFINE_WANTED,
  PROGRAMME_DEFINE_POSSIBLE,
  PROGRAMME_GATHER,
  PROGRAMME_PROCESS,
  PROGRAMME_ANALYSE,
  PROGRAMME_PRESENT,
  PROGRAMME_CORRECT,
  PROGRAMME_STEPS
};

// How they are called, what they ask, and what to do next while that isn't so: of a condition by answer, of the others by state.
struct programme_row {
  const char *key, *asks;
  const char *next[PROGRAMME_STATES];  // NULL: nothing
};
extern const struct programme_row PROGRAMME_PHASE_ROWS[PROGRAMME_PHASES], PROGRAMME_CONDITION_ROWS[PROGRAMME_CONDITIONS],
    PROGRAMME_STEP_ROWS[PROGRAMME_STEPS];

// Whether a condition holds. Unknown where there is nothing yet that it could hold of, or it is withheld.
enum programme_answer programme_holds(const struct programme_facts *facts, enum programme_condition condition);
// Measure is done when it holds of what can be known; share is CSI's step to present, improve its step to correct.
enum programme_state programme_phase(const struct programme_facts *facts, enum programme_phase phase);
enum programme_state programme_step(const struct programme_facts *facts, enum programme_step step);

// --- What the facts are made of

// The longest run of days without an answer; all days where there is none.
int32_t programme_longest_gap(const bool *answered, size_t days);

// A part of all answers, in percent, that can't be subtracted from what others show of groups: rounded so that a step holds at least twice the
// minimum group of answers (to 1, 2, 5, 10 or 25 percent; 0 and 100 mean none and all), and ABSENT where one of both sides is smaller than the
// minimum group, where there are too few answers for a step, or none at all.
struct programme_part {
  int64_t part, whole;               // answers
  int64_t part_people, rest_people;  // distinct respondents of the part, and of the rest
};
int64_t programme_percent(const struct programme_part *part, int64_t min_group);

#endif
