// Which comments may be shown: those of crowds that a scope holds as a whole (domain/crowd.h).
#ifndef XLAD_API_QUOTABLE_H
#define XLAD_API_QUOTABLE_H

#include "api/reading.h"

struct quotable {
  const bool *shown;    // by row of the step of comment_ask_weigh()
  size_t count;         // rows
  size_t held, listed;  // rows that the scope holds, and of these those that are shown
};

// What the rows of `step` allow; `total` is of the same scope and window: where it says nothing about responses nothing is shown either. All that
// comes back lives in the arena. ERR_UNAVAILABLE when memory is out.
enum err quotable_find(const struct job *job, unsigned step, const struct tenant *tenant, const struct reading_group *total, struct arena *arena,
                       struct quotable *quotable);

// How the experience was rated beside a comment, by band; NULL where it wasn't.
const char *comment_band(int64_t happiness);

#endif
