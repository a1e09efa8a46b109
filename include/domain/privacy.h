// Which figures of answers are withheld, so that nobody's answers can be told from what is shown.
//
// A verdict is about one metric, one window, and the groups of one dimension or the table of two. It depends on nothing else, least of all on what is
// asked: a group gets the same verdict as a scope of its own, within a list of values, in a breakdown, and under a second dimension. What is withheld
// is all that is computed from the group's answers: value, n, bands, sums, rates. Metrics have verdicts of their own, because each has its own
// respondents. What only counts responses (response rate, ticket_response_share, uninvited) takes the verdict of the metric "responses".
//
// Small: one to min - 1 distinct respondents. Everybody unknown counts together as one, and a missing value's group is a group like any other.
//
// What holds. Every sum that can be computed from answers about any dimensions, by adding and subtracting, is either of nobody, or of min respondents
// or more, or of no scope at all: no scope with few respondents is determined. And where answers about two dimensions are put together, knowing that
// counts are not negative, and that a group which is withheld by itself is not empty, determines no more; but for the n of groups that have one
// response each, where all groups of a dimension do. The reasons stand in privacy.c.
// What isn't prevented: to conclude from what else is known. That a cell which is withheld is empty, because no location lies in two countries, or
// because it has no tickets; how windows that overlap differ; that all of a group answered what everybody answered.
#ifndef XLAD_DOMAIN_PRIVACY_H
#define XLAD_DOMAIN_PRIVACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/text.h"

// A tenant's minimum lies between these; more couldn't be told from RESPONDENTS_KEPT hashes.
enum { PRIVACY_MIN_LEAST = 3, PRIVACY_MIN_DEFAULT = 5, PRIVACY_MIN_MOST = 10 };

// The answers of a group or of a cell. `hashes` are its respondents', each once, in any order: all of them or, where there are more, any
// RESPONDENTS_KEPT. Read while the verdict is found, not kept.
struct privacy_answers {
  int64_t n;
  const int64_t *hashes;
  size_t respondents;  // how many hashes there are
};

// Answers of several groups or cells put together: respondents are counted up to RESPONDENTS_KEPT.
struct privacy_crowd {
  int64_t n;
  size_t respondents;
  int64_t hashes[RESPONDENTS_KEPT];
};
void privacy_crowd_add(struct privacy_crowd *crowd, const struct privacy_answers *answers);
void privacy_crowd_join(struct privacy_crowd *crowd, const struct privacy_crowd *other);

// True for one to min - 1 respondents. For what has no parts that add up to something shown: comments, the negatives behind a factor.
bool privacy_small(size_t respondents, size_t min);

// The verdict on the groups of one dimension, each known by its index.
struct privacy_groups {
  size_t count;
  bool *hidden;
  bool *filled;     // has answers; what has none isn't hidden: it shows that it has none
  uint32_t *ranks;  // from the smallest: by respondents up to RESPONDENTS_KEPT, then by n, then by key
  uint32_t *order;  // the indices by rank
  size_t hidden_count, filled_count;
  bool everything;  // all groups together are small: the total is withheld, too
};

// Hides the small groups and the next smallest until they are two and together have min respondents and more answers than groups. keys[i] (absent for
// the missing value) differ. False when memory is out. A minimum outside its bounds is a programmer's error.
bool privacy_groups_init(struct privacy_groups *groups, const struct text *keys, const struct privacy_answers *answers, size_t count, size_t min,
                         struct arena *arena) __attribute__((warn_unused_result));

// Whether these groups (indices, each once) are answered for together: when all the hidden ones are among them, or none.
bool privacy_groups_answered(const struct privacy_groups *groups, const size_t *list, size_t count);

// One cell of a table: where both dimensions have a value.
struct privacy_cell {
  uint32_t at[2];  // row and column
  struct privacy_answers answers;
};

// The verdict on the table of two dimensions: all that lies in a boxed row and a boxed column is withheld, empty cells too.
struct privacy_table {
  struct privacy_groups sides[2];  // rows and columns by themselves
  bool *boxed[2];
  size_t boxed_count[2];
};

// Rows and columns: [0] and [1].
struct privacy_keys {
  const struct text *keys[2];
  size_t counts[2];
  const struct privacy_answers *answers[2];  // of each row and each column as a whole; NULL: what their cells sum up to
};

// Boxes the rows and columns that hold a small cell or are hidden by themselves, and the smallest others until there are two of each and what can be
// computed about the inside of the box (each row's sum and each column's, those that are hidden only together) is of nobody, or of min respondents
// and more answers than groups. Cells come in any order, none twice; those left out are empty. At most UINT32_MAX cells; time and memory (13 bytes
// each) in proportion to them. False when memory is out.
bool privacy_table_init(struct privacy_table *table, const struct privacy_keys *keys, const struct privacy_cell *cells, size_t count, size_t min,
                        struct arena *arena) __attribute__((warn_unused_result));

bool privacy_cell_hidden(const struct privacy_table *table, size_t row, size_t column);

// Values of each dimension (indices, each once) that a scope with both names.
struct privacy_rectangle {
  const size_t *lists[2];
  size_t counts[2];
};

// Whether these rows of these columns are answered for together: when all that is withheld is among them, or nothing of it. All rows are the groups
// of the columns, and all columns those of the rows.
bool privacy_rectangle_answered(const struct privacy_table *table, const struct privacy_rectangle *rectangle);

// Three dimensions or more: their table is answered from as a whole, when no cell of it is small, or not at all. It isn't enough to look at a scope
// and at what is left of the scopes around it: of cells 2, 10 and 10 each ten has 12 beside it, and both together give the two away. No rule that
// looks at no more than that can tell this line from 6, 10 and 6. Part of the cells may be given at a time.
bool privacy_cells_answered(const struct privacy_answers *cells, size_t count, size_t min);

#endif
