// Holds what is derived against what it is derived from.
#ifndef XLAD_STORE_VERIFY_STORE_H
#define XLAD_STORE_VERIFY_STORE_H

#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const VERIFY_STATEMENTS[];

enum { DIFFERENCES_MAX = 100 };  // that are listed of each kind

// Two steps: what breaks the rules of a ticket's life, and how many rows were looked at.
void verify_ask(struct job *job, const struct uuid *tenant);
// One step: measurements that differ from what the raw rows give, of the tickets that are not queued to be measured anew.
void verify_ask_measured(struct job *job, const struct uuid *tenant);

// Rows of the first step of either.
struct difference {
  struct text subject;  // "ticket INC1"
  struct text detail;   // what is there, and what should be
};
size_t verify_differences(const struct job *job);
void verify_take_difference(const struct job *job, size_t row, struct difference *difference);

struct verified {
  int64_t tickets, resolutions, responses, segments;
};
void verify_take_counts(const struct job *job, struct verified *counts);

// One step: sums by one slot (0: the total) that differ from those of the measurements.
void verify_ask_sums(struct job *job, const struct uuid *tenant, int slot);
struct sum_difference {
  const struct metric *metric;  // NULL when this binary doesn't know it
  bool excluded;                // the sum of excluded responses
  int32_t day;
  struct text label;  // factor; empty
  struct text value;  // of a dimension; the code of a derived one; "0" for the total
  struct text detail;
};
void verify_take_sum(const struct job *job, const struct tenant *tenant, size_t row, struct sum_difference *difference);

// One step: queues every ticket whose measurements differ. What is read is right from then on; folding makes the measurements right.
void repair_ask_measurements(struct job *job, const struct uuid *tenant);
// Two steps: replaces the sums by one slot that differ, while nothing is folded.
void repair_ask_sums(struct job *job, const struct uuid *tenant, int slot);
// How many tickets were queued, or sums replaced.
int64_t repair_mended(const struct job *job);

#endif
