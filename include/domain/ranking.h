// What matters most: which values of a dimension cost most time and happiness, and which of them surely do. Pure. "What matters most" of the rules.
#ifndef XLAD_DOMAIN_RANKING_H
#define XLAD_DOMAIN_RANKING_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/holm.h"

enum ranking_metric { RANKING_HAPPINESS, RANKING_LOST_TIME, RANKING_METRICS };

enum ranking_reference {
  RANKING_REST,      // the scope without the row
  RANKING_TARGET,    // one-sample
  RANKING_PREVIOUS,  // the row's own period before
};

struct ranking_question {
  enum ranking_reference reference;
  struct tally total[RANKING_METRICS];   // RANKING_REST: of the whole scope, each row included
  struct ratio target[RANKING_METRICS];  // RANKING_TARGET: in the shown unit; denominator 0: none for this metric
};

// One metric of one row.
struct ranking_figure {
  struct tally tally;            // given; lost time capped
  const struct tally *previous;  // given for RANKING_PREVIOUS; NULL: none
  // The rest is found out. NAN where there is no value or no reference.
  double impact;    // responses × (value − reference), positive in the better direction
  double p;         // of the comparison with the reference; NAN also below its minimum of answers
  double adjusted;  // by Holm, over all rows and both metrics
  int direction;    // where adjusted < 0.05: 1 better than the reference, −1 worse; else 0
};

struct ranking_row {
  size_t key;  // given: whose row it is; decides ties, the lower first
  struct ranking_figure figures[RANKING_METRICS];
  double recoverable_hours;  // max(0, mean − reference) × answers / 60; NAN without a reference
  bool confirmed;            // one of the directions isn't 0: better or worse
  bool worse;                // one is −1: its experience is significantly below the reference
};

// Fills all rows in and sorts them: confirmed before uncertain ones, then by recoverable hours, the most first, then by the impact on happiness, the
// worst first. NANs count as 0 there. `hypotheses` has room for RANKING_METRICS × count; its content afterwards is of no use. With RANKING_REST rows
// that overlap (values of one response in several rows) are compared each with its own rest.
void ranking_sort(const struct ranking_question *question, struct ranking_row *rows, size_t count, struct hypothesis *hypotheses);

// A row's comparison with its reference, as ranking_sort() makes it: for what is shown of a row beside its rank.
struct comparison ranking_compare(const struct ranking_question *question, const struct ranking_row *row, enum ranking_metric metric);

#endif
