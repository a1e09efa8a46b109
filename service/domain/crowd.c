// Cuts comments into crowds that are large enough to be shown.
#include "domain/crowd.h"

#include <stdlib.h>

// A row on its way: sorted by crowd, value and respondent.
struct item {
  int64_t value, respondent;
  uint32_t crowd, row;
};

// Items of one crowd that have the same value.
struct group {
  size_t from, to;
  size_t respondents;
};

struct cutting {
  const struct crowd_rows *rows;
  size_t min;
  struct item *items;
  struct group *groups;  // of the crowd that is being cut
  int64_t *people;
  size_t crowds;
};

static int order_of(int64_t a, int64_t b) { return (a > b) - (a < b); }

static int compare_items(const void *a, const void *b) {
  const struct item *left = a;
  const struct item *right = b;
  int order = order_of(left->crowd, right->crowd);
  if (order == 0) {
    order = order_of(left->value, right->value);
  }
  return order ? order : order_of(left->respondent, right->respondent);
}

static int compare_people(const void *a, const void *b) { return order_of(*(const int64_t *)a, *(const int64_t *)b); }

// The smallest first; of equals the one with the lesser value, which stands first.
static int compare_groups(const void *a, const void *b) {
  const struct group *left = a;
  const struct group *right = b;
  int order = order_of((int64_t)left->respondents, (int64_t)right->respondents);
  return order ? order : order_of((int64_t)left->from, (int64_t)right->from);
}

// Items of a group are sorted by respondent.
static struct group group_from(const struct item *items, size_t from, size_t end) {
  struct group group = {.from = from, .to = from};
  for (; group.to < end && items[group.to].value == items[from].value; group.to++) {
    group.respondents += group.to == from || items[group.to].respondent != items[group.to - 1].respondent;
  }
  return group;
}

// Distinct respondents of several groups together.
static size_t count_people(const struct cutting *cutting, size_t groups) {
  size_t n = 0;
  for (size_t i = 0; i < groups; i++) {
    for (size_t k = cutting->groups[i].from; k < cutting->groups[i].to; k++) {
      cutting->people[n++] = cutting->items[k].respondent;
    }
  }
  qsort(cutting->people, n, sizeof cutting->people[0], compare_people);
  size_t distinct = 0;
  for (size_t i = 0; i < n; i++) {
    distinct += i == 0 || cutting->people[i] != cutting->people[i - 1];
  }
  return distinct;
}

// How many of the smallest groups have to stay together.
static size_t together(const struct cutting *cutting, size_t groups) {
  size_t small = 0;
  while (small < groups && cutting->groups[small].respondents < cutting->min) {
    small++;
  }
  bool one_more = small > 0 && small < groups && count_people(cutting, small) < cutting->min;
  return small + one_more;
}

// Cuts the crowd whose items are [from, to). What stays together keeps its number, unless there is nothing of that kind: then the first does.
static void cut(struct cutting *cutting, size_t from, size_t to) {
  size_t groups = 0;
  for (size_t at = from; at < to; at = cutting->groups[groups++].to) {
    cutting->groups[groups] = group_from(cutting->items, at, to);
  }
  qsort(cutting->groups, groups, sizeof cutting->groups[0], compare_groups);
  size_t kept = together(cutting, groups);
  for (size_t i = kept > 0 ? kept : 1; i < groups; i++) {
    for (size_t k = cutting->groups[i].from; k < cutting->groups[i].to; k++) {
      cutting->items[k].crowd = (uint32_t)cutting->crowds;
    }
    cutting->crowds++;
  }
}

static void cut_all(struct cutting *cutting, size_t dimension) {
  const struct crowd_rows *rows = cutting->rows;
  for (size_t i = 0; i < rows->count; i++) {
    cutting->items[i].value = rows->values[cutting->items[i].row * rows->dimensions + dimension];
  }
  qsort(cutting->items, rows->count, sizeof cutting->items[0], compare_items);
  for (size_t from = 0, to; from < rows->count; from = to) {
    // The crowd's number changes while it is cut.
    uint32_t crowd = cutting->items[from].crowd;
    for (to = from; to < rows->count && cutting->items[to].crowd == crowd; to++) {
    }
    cut(cutting, from, to);
  }
}

bool crowds_find(const struct crowd_rows *rows, size_t min, uint32_t *crowds, size_t *count, struct arena *arena) {
  *count = 0;
  if (rows->count == 0) {
    return true;
  }
  struct cutting cutting = {.rows = rows, .min = min, .crowds = 1};
  cutting.items = arena_take_array(arena, rows->count, sizeof cutting.items[0]);
  cutting.groups = arena_take_array(arena, rows->count, sizeof cutting.groups[0]);
  cutting.people = arena_take_array(arena, rows->count, sizeof cutting.people[0]);
  if (!cutting.items || !cutting.groups || !cutting.people) {
    return false;
  }
  for (size_t i = 0; i < rows->count; i++) {
    cutting.items[i] = (struct item){.respondent = rows->respondents[i], .row = (uint32_t)i};
    crowds[i] = 0;
  }
  cutting.groups[0] = (struct group){.from = 0, .to = rows->count};
  if (count_people(&cutting, 1) < min) {
    return true;
  }
  for (size_t dimension = 0; dimension < rows->dimensions; dimension++) {
    cut_all(&cutting, dimension);
  }
  for (size_t i = 0; i < rows->count; i++) {
    crowds[cutting.items[i].row] = cutting.items[i].crowd;
  }
  *count = cutting.crowds;
  return true;
}
