// A month's report: what it is written from, and its parts as JSON. Pages and tables are made of that JSON, so they say what it says.
#ifndef XLAD_API_REPORT_H
#define XLAD_API_REPORT_H

#include "api/matters_json.h"
#include "domain/comparison.h"
#include "domain/verdict.h"

enum { MONTH_CHARS_MAX = 24 };

// One metric, against the month before.
struct report_move {
  const struct metric *metric;
  bool hidden, hidden_before;  // withheld
  bool measured;               // in both months as the same thing, so that it can be compared
  struct comparison comparison;
  enum verdict verdict;  // of this metric alone
  double adjusted;       // its p, for that so many metrics are looked at; NAN where there is none to be trusted
};

struct report {
  struct request *request;
  const struct view *view;  // of the month; `previous` is the month before
  const struct job *job;
  unsigned step;  // where report_ask() began
  bool complete;  // the month is over
  struct reading_group before;
  struct matters_answer matters;  // its total is the month's
  struct report_move *moves;      // those that certainly changed first, the surest of them first of all
  size_t moves_count;
  char month[MONTH_CHARS_MAX], month_before[MONTH_CHARS_MAX];  // "October 2026"
};

// "October 2026" of a day in it.
void report_month_name(int32_t day, char name[MONTH_CHARS_MAX]);

// Finds out what moved. False when memory is out.
bool report_find_moves(struct report *report) __attribute__((warn_unused_result));
// True where chance is no explanation, also of one among so many.
bool report_move_certain(const struct report_move *move);

// The members "moved", "xlas" and "initiatives".
void report_write_moves(struct report *report, struct json_writer *json);
void report_write_xlas(struct report *report, struct json_writer *json);
void report_write_initiatives(struct report *report, struct json_writer *json);
// The member "summary": a few sentences of what the parts say at length.
void report_write_summary(struct report *report, struct json_writer *json);

#endif
