// A read: figures by group and piece of time, each with what has to be withheld of it for the sake of who answered.
#ifndef XLAD_API_READING_H
#define XLAD_API_READING_H

#include "api/figures.h"
#include "domain/scope.h"
#include "domain/window.h"
#include "store/job.h"

struct reading_question {
  const struct scope *scope;
  struct window window;
  int by;                  // slot of the dimension to break down by; 0: not
  enum interval interval;  // pieces of time; INTERVAL_COUNT: the window as one
  bool excluded;           // with the responses that were excluded
  bool unseen;             // nobody is shown them: nothing is withheld, and nothing is spent on finding out
};

enum { READING_STEPS = 4 };

// Adds READING_STEPS steps to a job of a LANE_READ, whose steps all see the same.
void reading_ask(struct job *job, const struct tenant *tenant, const struct reading_question *question);

struct reading;
// Reads the verdicts from the ended job, whose steps from `step` on are this reading's; all that is pointed to has to stay. NULL when memory is out.
struct reading *reading_open(const struct job *job, unsigned step, const struct tenant *tenant, const struct reading_question *question);
// NULL is allowed.
void reading_close(struct reading *reading);

struct reading_group {
  struct text key;         // the value of the dimension: a derived one's by its label; absent where it is missing, and without a breakdown
  int32_t day;             // first of the piece
  struct figures figures;  // with what is withheld of them
  int64_t excluded;        // responses that were excluded
  bool excluded_hidden;    // how many is withheld
};

// The next group, all its pieces one after the other; those without anything to count are left out. Groups come by value, the missing one last. False
// at the end.
bool reading_next(struct reading *reading, struct reading_group *group);
// The next group is the first again.
void reading_rewind(struct reading *reading);
// All groups and pieces together. May be called at any time.
void reading_total(struct reading *reading, struct reading_group *total);

#endif
