// Finds what has to be withheld so that sums of what is shown give no small group away.
#include "domain/privacy.h"

#include <assert.h>
#include <stdlib.h>

static_assert((int)PRIVACY_MIN_MOST <= (int)RESPONDENTS_KEPT, "the largest minimum can be told from the hashes kept");

// Why it holds. One dimension: what is answered are sums of shown groups, and of all hidden ones together. Two dimensions: what can be computed about
// the inside of the box are the sums of its rows, the hidden rows only together, and of its columns, likewise; a sum of such sums that is a scope is
// made of whole rows or of whole columns. Each of these is of nobody or of min respondents. Any table leaves four cells of the box free to change
// against each other (+1, -1, -1, +1), so it tells nothing else, not even beside tables that share a dimension with it: seen by one dimension,
// whatever is constant over the box is constant over that dimension's hidden groups. Not below zero: drop the rows and columns of the box that are
// known to be empty. Two rows and two columns left: r × c / total is a solution in which everything is positive, so everything can change. One row
// left: its cells are sums of columns, so they aren't small, or they share a sum with others. That all in such a sum have an answer (they are shown
// as withheld, not as empty) pins them when there is one answer for each: hence "more than groups".

// One dimension of the table while its box is found.
struct side {
  const struct privacy_groups *groups;
  bool *boxed;
  size_t *boxed_count;
  struct privacy_crowd *inside;  // of each row or column: what lies in the box
  struct privacy_crowd hidden;   // of those that are hidden by themselves: what lies in the box, together
  uint32_t *starts;              // cells of index i: cells[starts[i]] to cells[starts[i + 1] - 1]
  uint32_t *cells;
};

struct box {
  const struct privacy_cell *cells;
  size_t count;
  size_t min;
  struct side sides[2];
  uint32_t *found;  // room for one index for each cell
};

struct ranked {
  const struct privacy_crowd *crowd;
  struct text key;
  uint32_t index;
};

bool privacy_small(size_t respondents, size_t min) { return respondents > 0 && respondents < min; }

void privacy_crowd_add(struct privacy_crowd *crowd, const struct privacy_answers *answers) {
  crowd->n += answers->n;
  for (size_t i = 0; i < answers->respondents && crowd->respondents < RESPONDENTS_KEPT; i++) {
    size_t at = 0;
    while (at < crowd->respondents && crowd->hashes[at] != answers->hashes[i])
      at++;
    crowd->hashes[at] = answers->hashes[i];
    crowd->respondents += at == crowd->respondents;
  }
}

void privacy_crowd_join(struct privacy_crowd *crowd, const struct privacy_crowd *other) {
  privacy_crowd_add(crowd, &(struct privacy_answers){.n = other->n, .hashes = other->hashes, .respondents = other->respondents});
}

// Whether the sum of so many groups may be known.
static bool sum_safe(const struct privacy_crowd *sum, size_t groups, size_t min) {
  return sum->n == 0 || (sum->respondents >= min && (uint64_t)sum->n > groups);
}

static int order_of(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int compare_keys(struct text a, struct text b) {
  if (!a.at || !b.at) return (a.at != NULL) - (b.at != NULL);
  return text_compare(a, b);
}

static int compare_ranked(const void *left, const void *right) {
  const struct ranked *a = left, *b = right;
  int order = order_of((int64_t)a->crowd->respondents, (int64_t)b->crowd->respondents);
  if (order == 0) order = order_of(a->crowd->n, b->crowd->n);
  return order == 0 ? compare_keys(a->key, b->key) : order;
}

static bool rank(struct privacy_groups *groups, const struct text *keys, const struct privacy_crowd *crowds, struct arena *arena) {
  struct ranked *ranked = arena_take_array(arena, groups->count, sizeof *ranked);
  groups->ranks = arena_take_array(arena, groups->count, sizeof *groups->ranks);
  groups->order = arena_take_array(arena, groups->count, sizeof *groups->order);
  if (!ranked || !groups->ranks || !groups->order) return false;
  for (uint32_t i = 0; i < groups->count; i++)
    ranked[i] = (struct ranked){&crowds[i], keys[i], i};
  qsort(ranked, groups->count, sizeof *ranked, compare_ranked);
  for (uint32_t i = 0; i < groups->count; i++) {
    groups->order[i] = ranked[i].index;
    groups->ranks[ranked[i].index] = i;
  }
  return true;
}

// Ordered by size, the hidden groups come first among those that have answers. One alone is small, and so they are two at least.
static void hide(struct privacy_groups *groups, const struct privacy_crowd *crowds, size_t min) {
  struct privacy_crowd together = {.n = 0};
  for (size_t i = 0; i < groups->count; i++) {
    size_t index = groups->order[i];
    const struct privacy_crowd *crowd = &crowds[index];
    if (crowd->n == 0) continue;
    groups->filled[index] = true;
    groups->filled_count++;
    if (!privacy_small(crowd->respondents, min) && sum_safe(&together, groups->hidden_count, min)) continue;
    groups->hidden[index] = true;
    groups->hidden_count++;
    privacy_crowd_join(&together, crowd);
  }
  groups->everything = privacy_small(together.respondents, min);
}

static bool groups_judge(struct privacy_groups *groups, const struct text *keys, const struct privacy_crowd *crowds, size_t count, size_t min,
                         struct arena *arena) {
  assert(min >= 1 && min <= PRIVACY_MIN_MOST && count <= UINT32_MAX);
  *groups = (struct privacy_groups){.count = count};
  groups->hidden = arena_take_array(arena, count, sizeof *groups->hidden);
  groups->filled = arena_take_array(arena, count, sizeof *groups->filled);
  if (!groups->hidden || !groups->filled || !rank(groups, keys, crowds, arena)) return false;
  hide(groups, crowds, min);
  return true;
}

bool privacy_groups_init(struct privacy_groups *groups, const struct text *keys, const struct privacy_answers *answers, size_t count, size_t min,
                         struct arena *arena) {
  struct privacy_crowd *crowds = arena_take_array(arena, count, sizeof *crowds);
  if (!crowds) return false;
  for (size_t i = 0; i < count; i++)
    privacy_crowd_add(&crowds[i], &answers[i]);
  return groups_judge(groups, keys, crowds, count, min, arena);
}

static size_t marked(const bool *marks, const size_t *list, size_t count) {
  size_t found = 0;
  for (size_t i = 0; i < count; i++)
    found += marks[list[i]];
  return found;
}

bool privacy_groups_answered(const struct privacy_groups *groups, const size_t *list, size_t count) {
  size_t hidden = marked(groups->hidden, list, count);
  return hidden == 0 || (hidden == groups->hidden_count && !groups->everything);
}

// Sums up the rows, or the columns, and judges them by themselves.
static bool side_judge(struct privacy_groups *groups, const struct privacy_keys *keys, int side, const struct box *box, struct arena *arena) {
  if (keys->answers[side]) return privacy_groups_init(groups, keys->keys[side], keys->answers[side], keys->counts[side], box->min, arena);
  struct privacy_crowd *crowds = arena_take_array(arena, keys->counts[side], sizeof *crowds);
  if (!crowds) return false;
  for (size_t i = 0; i < box->count; i++)
    privacy_crowd_add(&crowds[box->cells[i].at[side]], &box->cells[i].answers);
  return groups_judge(groups, keys->keys[side], crowds, keys->counts[side], box->min, arena);
}

// Lists the cells of each row, or of each column.
static bool side_list(struct side *side, int which, const struct box *box, struct arena *arena) {
  size_t count = side->groups->count;
  side->inside = arena_take_array(arena, count, sizeof *side->inside);
  side->starts = arena_take_array(arena, count + 1, sizeof *side->starts);
  side->cells = arena_take_array(arena, box->count, sizeof *side->cells);
  if (!side->inside || !side->starts || !side->cells) return false;
  for (size_t i = 0; i < box->count; i++)
    side->starts[box->cells[i].at[which]]++;
  for (size_t i = 1; i <= count; i++)
    side->starts[i] += side->starts[i - 1];
  for (size_t i = box->count; i-- > 0;)
    side->cells[--side->starts[box->cells[i].at[which]]] = (uint32_t)i;
  return true;
}

static void cell_enters(struct box *box, const struct privacy_cell *cell) {
  for (int which = 0; which < 2; which++) {
    struct side *side = &box->sides[which];
    privacy_crowd_add(&side->inside[cell->at[which]], &cell->answers);
    if (side->groups->hidden[cell->at[which]]) privacy_crowd_add(&side->hidden, &cell->answers);
  }
}

static void enlarge(struct box *box, int which, size_t index) {
  struct side *side = &box->sides[which];
  if (side->boxed[index]) return;
  side->boxed[index] = true;
  ++*side->boxed_count;
  for (size_t i = side->starts[index]; i < side->starts[index + 1]; i++) {
    const struct privacy_cell *cell = &box->cells[side->cells[i]];
    if (box->sides[!which].boxed[cell->at[!which]]) cell_enters(box, cell);
  }
}

// The rows and columns that are hidden or hold a small cell, and two of each where there are two.
static void begin(struct box *box) {
  for (size_t i = 0; i < box->count; i++) {
    if (!privacy_small(box->cells[i].answers.respondents, box->min)) continue;
    enlarge(box, 0, box->cells[i].at[0]);
    enlarge(box, 1, box->cells[i].at[1]);
  }
  for (int which = 0; which < 2; which++) {
    const struct privacy_groups *groups = box->sides[which].groups;
    for (size_t i = 0; i < groups->count; i++)
      if (groups->hidden[i]) enlarge(box, which, i);
    for (size_t i = 0; i < groups->count && *box->sides[which].boxed_count == 1; i++)
      if (groups->filled[groups->order[i]]) enlarge(box, which, groups->order[i]);
  }
}

// Where else the row or column has answers: adds to box->found.
static size_t find_beside(const struct box *box, int which, size_t index, size_t count) {
  const struct side *side = &box->sides[which], *other = &box->sides[!which];
  for (size_t i = side->starts[index]; i < side->starts[index + 1]; i++) {
    const struct privacy_cell *cell = &box->cells[side->cells[i]];
    if (cell->answers.n > 0 && !other->boxed[cell->at[!which]]) box->found[count++] = other->groups->ranks[cell->at[!which]];
  }
  return count;
}

static int compare_ranks(const void *a, const void *b) { return order_of(*(const uint32_t *)a, *(const uint32_t *)b); }

// Enlarges the other side by what was found, the smallest first, until the sum is safe. True if it had to. All small cells are in the box from the
// beginning, so that one addition is enough, but for "more than groups".
static bool enlarge_until(struct box *box, int which, size_t count, const struct privacy_crowd *sum, size_t groups) {
  qsort(box->found, count, sizeof *box->found, compare_ranks);
  for (size_t i = 0; i < count && !sum_safe(sum, groups, box->min); i++)
    enlarge(box, !which, box->sides[!which].groups->order[box->found[i]]);
  return count > 0;
}

// Makes safe what can be computed of each row's, or each column's, part in the box. True if the box had to be enlarged.
static bool secure(struct box *box, int which) {
  struct side *side = &box->sides[which];
  const struct privacy_groups *groups = side->groups;
  bool enlarged = false;
  size_t found = 0;
  for (size_t i = 0; i < groups->count; i++) {
    size_t index = groups->order[i];
    if (!side->boxed[index] || groups->hidden[index] || sum_safe(&side->inside[index], 1, box->min)) continue;
    enlarged = enlarge_until(box, which, find_beside(box, which, index, 0), &side->inside[index], 1) || enlarged;
  }
  if (sum_safe(&side->hidden, groups->hidden_count, box->min)) return enlarged;
  for (size_t i = 0; i < groups->count; i++)
    if (groups->hidden[i]) found = find_beside(box, which, i, found);
  return enlarge_until(box, which, found, &side->hidden, groups->hidden_count) || enlarged;
}

bool privacy_table_init(struct privacy_table *table, const struct privacy_keys *keys, const struct privacy_cell *cells, size_t count, size_t min,
                        struct arena *arena) {
  struct box box = {.cells = cells, .count = count, .min = min};
  assert(count <= UINT32_MAX);
  *table = (struct privacy_table){.boxed_count = {0}};
  box.found = arena_take_array(arena, count, sizeof *box.found);
  if (!box.found) return false;
  for (int which = 0; which < 2; which++) {
    struct side *side = &box.sides[which];
    if (!side_judge(&table->sides[which], keys, which, &box, arena)) return false;
    table->boxed[which] = arena_take_array(arena, keys->counts[which], sizeof *table->boxed[which]);
    *side = (struct side){.groups = &table->sides[which], .boxed = table->boxed[which], .boxed_count = &table->boxed_count[which]};
    if (!table->boxed[which] || !side_list(side, which, &box, arena)) return false;
  }
  begin(&box);
  bool enlarged = true;
  while (enlarged) {
    enlarged = secure(&box, 0);
    enlarged = secure(&box, 1) || enlarged;
  }
  return true;
}

bool privacy_cell_hidden(const struct privacy_table *table, size_t row, size_t column) { return table->boxed[0][row] && table->boxed[1][column]; }

bool privacy_rectangle_answered(const struct privacy_table *table, const struct privacy_rectangle *rectangle) {
  size_t boxed[2];
  for (int which = 0; which < 2; which++) {
    const struct privacy_groups *groups = &table->sides[which];
    if (marked(groups->filled, rectangle->lists[which], rectangle->counts[which]) == groups->filled_count)
      return privacy_groups_answered(&table->sides[!which], rectangle->lists[!which], rectangle->counts[!which]);
    boxed[which] = marked(table->boxed[which], rectangle->lists[which], rectangle->counts[which]);
  }
  if (boxed[0] == 0 || boxed[1] == 0) return true;
  return boxed[0] == table->boxed_count[0] && boxed[1] == table->boxed_count[1];
}

bool privacy_cells_answered(const struct privacy_answers *cells, size_t count, size_t min) {
  for (size_t i = 0; i < count; i++)
    if (privacy_small(cells[i].respondents, min)) return false;
  return true;
}
