// Brings the history of one agreement up to date with one day: evaluates it, and revises the rows of which data came or changed later.
#ifndef XLAD_API_XLA_CATCH_UP_H
#define XLAD_API_XLA_CATCH_UP_H

#include "api/xla_evaluation.h"

struct xla_catch_up {
  const struct tenant *tenant;
  struct xla_evaluation *looked;      // the first, once it has ended: it knows what is to be revised
  struct xla_evaluation *evaluation;  // under way
  char slug[SLUG_CHARS_MAX + 1];
  struct window rows;  // that are to be revised; those behind `to` have been
  enum err error;
  int64_t evaluated, revised;  // rows that were written, and that came out differently
};

// The tenant has to stay as it is until it is stopped. XLA_EVALUATE: a day that has no row. XLA_LOOK: one that has one, which is revised, and with it
// all rows that rest on what has changed up to it.
void xla_catch_up_start(struct xla_catch_up *catch_up, const struct tenant *tenant, struct text slug, int32_t day, enum xla_evaluation_kind kind);
// As for an evaluation: the next job, NULL at the end, which `error` tells of; that somebody else was first is no error.
struct job *xla_catch_up_next(struct xla_catch_up *catch_up, struct store *store, void *owner, void (*done)(struct job *job));
void xla_catch_up_take(struct xla_catch_up *catch_up, struct job *job);
void xla_catch_up_stop(struct xla_catch_up *catch_up);

#endif
