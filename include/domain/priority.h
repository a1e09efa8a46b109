// Which initiative first: the hours that it could win back, how sure that is, and how much work it takes. Pure.
#ifndef XLAD_DOMAIN_PRIORITY_H
#define XLAD_DOMAIN_PRIORITY_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/comparison.h"
#include "domain/estimate.h"

enum { PRIORITY_UNIT = 10000 };  // scores are whole numbers of 1/PRIORITY_UNIT

// How far the difference between its scope and the rest can be trusted.
enum priority_certainty {
  PRIORITY_CONFIRMED,    // p < 0.05: counts 1
  PRIORITY_UNCERTAIN,    // enough answers, but it may be chance: counts 0.5
  PRIORITY_TOO_FEW,      // fewer answers than a comparison needs: counts 0.25
  PRIORITY_CERTAINTIES,  // nothing to trust
};
extern const char *const PRIORITY_CERTAINTY_NAMES[];

// Why there is no score. The first that holds.
enum priority_gap {
  PRIORITY_NO_GAP,
  PRIORITY_NO_SCOPE,    // its scope is everything, so that there is no rest to compare it with
  PRIORITY_WITHHELD,    // for the sake of who answered
  PRIORITY_NO_ANSWERS,  // nobody in its scope, or in the rest, told what time was lost
  PRIORITY_NO_EFFORT,   // nobody said how much work it is
};
extern const char *const PRIORITY_GAP_NAMES[];  // by gap; NULL for none

// Lost time, capped, of the scope and of everything without it.
struct priority_question {
  bool whole;  // the scope is everything
  bool withheld;
  struct tally scope, rest;
  int64_t effort;  // enum initiative_effort; ABSENT
};

struct priority {
  enum priority_gap gap;
  struct comparison comparison;  // from the rest to the scope; meaningless unless there are answers in both
  double recoverable_hours;      // max(0, mean of the scope − mean of the rest) × answers of the scope ÷ 60; NAN where not known
  enum priority_certainty certainty;
  double confidence;      // what the certainty counts; NAN
  int64_t effort_weight;  // S 1, M 2, L 4, XL 8; ABSENT
  int64_t score;          // recoverable hours × confidence ÷ effort, in 1/PRIORITY_UNIT, rounded half away from zero; ABSENT with a gap
};

struct priority priority_of(const struct priority_question *question);

#endif
