// What an answer of /v1/experience or of /v1/experience/breakdown and /trend says, as whole numbers that can be compared.
#ifndef XLAD_E2E_FIGURES_H
#define XLAD_E2E_FIGURES_H

#include <stdbool.h>

#include "answer.h"

// What a question must name so that an answer has them all; a metric that is not shown counts as 0.
#define FIGURES_METRICS "metrics=happiness,lost_time,ticket_volume,backlog,sla_met"

enum figure { HAPPINESS, POSITIVE, NEUTRAL, NEGATIVE, LOST_TIME, LOST_SUM, VOLUME, BACKLOG, SLA, FIGURES };

struct figures {
  long long of[FIGURES];  // each n, beside happiness its bands, and the sum of lost minutes as capped
};

enum { FIGURES_ROWS_MAX = 64, FIGURES_KEY_BYTES = 64 };

struct figures_row {
  char key[FIGURES_KEY_BYTES];  // "-" for null; a point's first day
  struct figures figures;
};

struct figures_view {
  struct figures_row rows[FIGURES_ROWS_MAX];  // or points
  size_t count;
  struct figures total;  // all zero in a trend
};

// Fails on an answer that is none of these.
void figures_read(const struct answer *answer, struct figures_view *view);
// The row with this key; all zero where there is none.
struct figures figures_row(const struct figures_view *view, const char *key);
bool figures_equal(const struct figures *left, const struct figures *right);
void figures_add(struct figures *sum, const struct figures *more);
// One line "key: n …" as printed in findings; nothing when all are zero, so that a row of nothing equals none.
void figures_print(const char *key, const struct figures *figures, struct bytes *text);
// All rows, then the total.
void figures_print_view(const struct figures_view *view, struct bytes *text);

#endif
