// Who has answered: counts and respondents of each group, by which it is decided what is withheld. Exact and current as the figures are.
#ifndef XLAD_STORE_ANSWERS_STORE_H
#define XLAD_STORE_ANSWERS_STORE_H

#include "domain/privacy.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const ANSWERS_STATEMENTS[];

enum { ANSWERS_SLOTS_MAX = DIMENSIONS_MAX + 1, ANSWERS_KEYS = 2 };

struct answers_question {
  int slots[ANSWERS_SLOTS_MAX];  // of the dimensions whose table is asked for; all different
  size_t slots_count;
  struct window window;
  enum interval interval;  // pieces of time; INTERVAL_COUNT: the window as one
};

// Adds one step without rows.
void answers_ask_nothing(struct job *job);

// Adds one step. Rows come by metric and piece, and there by the values of the first two slots.
void answers_ask(struct job *job, const struct tenant *tenant, const struct answers_question *question);

// The answers to one metric in one cell of the table in one piece.
struct answers_row {
  int metric_id;
  int32_t day;  // first of the piece
  struct answers_key {
    struct text value;   // absent where it is missing, and for derived dimensions
    int64_t code;        // of a derived dimension; 0 where not known
  } keys[ANSWERS_KEYS];  // of the first two slots; more are told apart, but not named
  int64_t n;             // with several slots: at least RESPONDENTS_KEPT where there are so many respondents
  int64_t hashes[RESPONDENTS_KEPT];
  size_t respondents;
};

// There are so many cells, or responses, that not all of them were read: with several dimensions in pieces of time, or with several derived ones.
bool answers_too_many(const struct job *job, unsigned step);
void answers_take(const struct job *job, unsigned step, size_t row, struct answers_row *out);

#endif
