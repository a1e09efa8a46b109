// Which comments may be shown together, so that nobody's can be told from the lists that are shown. Pure.
//
// A comment is recognised wherever it is shown. So lists give more away than sums: who sees those of one service and those of one location knows
// which ones are of both, and who leaves the lists of all other locations out knows the rest. Therefore comments are cut into crowds, once for a
// window and whatever is asked: each has the comments of `min` respondents or more. A list shows a crowd as a whole when all of its comments are in
// the scope, and none of it otherwise. Whatever is put together from lists, over any dimensions, is then made of whole crowds.
#ifndef XLAD_DOMAIN_CROWD_H
#define XLAD_DOMAIN_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct crowd_rows {
  size_t count, dimensions;
  const int64_t *respondents;  // by row; everybody unknown is one
  const int64_t *values;       // row by row one for each dimension; a missing value is a value like any other
};

// Sets the crowd of each row and how many crowds there are: 0 where all rows together have fewer than `min` respondents. Crowds are cut by one
// dimension after the other: a value that would have too few goes with the others of that kind and, as long as they are too few, with the next
// smallest. So the first dimensions are told apart best. False when memory is out.
bool crowds_find(const struct crowd_rows *rows, size_t min, uint32_t *crowds, size_t *count, struct arena *arena) __attribute__((warn_unused_result));

#endif
