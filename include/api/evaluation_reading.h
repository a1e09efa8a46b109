// What an evaluation of an initiative rests on, read in two jobs, and what comes of it.
#ifndef XLAD_API_EVALUATION_READING_H
#define XLAD_API_EVALUATION_READING_H

#include "api/initiative_case.h"
#include "api/integrity_reading.h"
#include "domain/evaluation.h"

struct evaluation_reading {
  const struct initiative_case *file;
  const struct tenant *tenant;
  struct window window;    // after, whole
  struct window measured;  // its days that are over
  bool begun;              // there are such
  bool interim;            // it hasn't passed
  struct integrity_inquiry inquiry;
  // Of the baseline, and of `measured`; those of the comparison group in both windows.
  struct figures after, group_before, group_after;
  struct evaluation_question question;
  struct evaluation evaluation;
  struct integrity_findings integrity;
  bool signal, breach;  // in the baseline's window
};

// Begins one of an initiative that lacks nothing until its evaluation.
void evaluation_reading_init(struct evaluation_reading *reading, const struct request *request, const struct initiative_case *file);

// Two jobs of a LANE_READ, one after the other; each is taken when it has ended. ERR_UNAVAILABLE when memory is out.
void evaluation_ask_figures(struct job *job, const struct evaluation_reading *reading);
enum err evaluation_take_figures(const struct job *job, struct evaluation_reading *reading);
void evaluation_ask_signs(struct job *job, const struct evaluation_reading *reading);
enum err evaluation_take_signs(const struct job *job, struct evaluation_reading *reading, struct arena *arena);

// A metric by its key before and after; its metric is NULL where this binary doesn't know it.
struct evaluation_pair evaluation_pair_of(const struct evaluation_reading *reading, struct text key);

#endif
