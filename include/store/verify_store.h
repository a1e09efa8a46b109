// Holds what is derived against what it is derived from.
#ifndef XLAD_STORE_VERIFY_STORE_H
#define XLAD_STORE_VERIFY_STORE_H

#include "store/job.h"

extern const struct statement *const VERIFY_STATEMENTS[];

enum { DIFFERENCES_MAX = 100 };  // that are listed of each kind

// Two steps: the differences of one tenant, and how many rows were looked at.
void verify_ask(struct job *job, const struct uuid *tenant);

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

#endif
