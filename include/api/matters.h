// What matters by the values of a dimension: what a reading says of each, ranked, and the reasons that its people gave.
#ifndef XLAD_API_MATTERS_H
#define XLAD_API_MATTERS_H

#include "api/reading.h"
#include "domain/ranking.h"

enum { MATTER_FACTORS_MAX = 3 };

// A factor that was ticked beside ratings of 0 to 6.
struct matter_factor {
  struct text name;
  int64_t n;
};

// One value of the dimension.
struct matter {
  struct text key;
  struct tally tallies[RANKING_METRICS], previous[RANKING_METRICS];
  struct tally excess;  // of lost time, above the cap
  bool hidden[RANKING_METRICS], has_previous[RANKING_METRICS];
  bool withheld;                                     // nothing of it is shown
  struct matter_factor factors[MATTER_FACTORS_MAX];  // most ticked first
  size_t factors_count;
};

struct matters {
  struct matter *list;  // in the reading's order
  size_t count;
  struct matter **by_key;
  struct ranking_question question;
  struct ranking_row *ranked;  // those of which something is shown; `key` is the place in the list
  size_t ranked_count;
};

// The tallies of a figure that is withheld take no part in anything: not in the ranking, and where the total of a metric is withheld, not as the rest
// of other rows either (the rest is the total without the row; the total and the rows that are shown tell as much already). False when memory is out.
bool matters_read(struct matters *matters, struct reading *reading, const struct reading_group *total, struct arena *arena)
    __attribute__((warn_unused_result));
// What the rows were in the window before, for RANKING_PREVIOUS.
void matters_read_previous(struct matters *matters, struct reading *previous);
// The factors of a step of factor_ask(). Each is judged as a metric of its own over all the values of the dimension: where few have ticked it, it is
// withheld, and with the next smallest, so that none is what is missing to a sum.
bool matters_read_factors(struct matters *matters, const struct job *job, unsigned step, int by, const struct tenant *tenant, struct arena *arena)
    __attribute__((warn_unused_result));
// Ranks them by question.reference and question.target.
bool matters_rank(struct matters *matters, struct arena *arena) __attribute__((warn_unused_result));

#endif
