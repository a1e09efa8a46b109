// Puts the verdicts on groups, tables and pieces of time together.
#include "domain/disclosure.h"

#include <stdlib.h>
#include <string.h>

// One metric while it is judged.
struct judge {
  const struct disclosure_question *question;
  struct arena *arena;
  size_t *lists[DISCLOSURE_SIDES];  // the values in the scope
  size_t counts[DISCLOSURE_SIDES];
};

// The rows of one piece, or of the whole window.
struct part {
  const struct disclosure_row *rows;
  size_t count;
};

static bool tabled(const struct disclosure_question *question) { return question->dimensions <= DISCLOSURE_SIDES; }

size_t disclosure_groups(const struct disclosure_question *question) {
  return question->by < 0 || !tabled(question) ? 0 : question->sides[question->by].count;
}

static bool list_scope(struct judge *judge) {
  for (size_t side = 0; side < DISCLOSURE_SIDES && side < judge->question->dimensions; side++) {
    const struct disclosure_side *given = &judge->question->sides[side];
    judge->lists[side] = arena_take_array(judge->arena, given->count + 1, sizeof *judge->lists[side]);
    if (!judge->lists[side]) return false;
    for (size_t i = 0; i < given->count; i++)
      if (given->in_scope[i]) judge->lists[side][judge->counts[side]++] = i;
  }
  return true;
}

static void judge_total(const struct judge *judge, struct part part, bool *hidden) {
  struct privacy_crowd crowd = {.n = 0};
  for (size_t i = 0; i < part.count; i++)
    privacy_crowd_add(&crowd, &part.rows[i].answers);
  *hidden = privacy_small(crowd.respondents, judge->question->min);
}

static bool judge_groups(const struct judge *judge, struct part part, bool *hidden) {
  const struct disclosure_side *side = &judge->question->sides[0];
  struct privacy_groups groups;
  struct privacy_answers *answers = arena_take_array(judge->arena, side->count, sizeof *answers);
  if (!answers) return false;
  for (size_t i = 0; i < part.count; i++)
    answers[part.rows[i].at[0]] = part.rows[i].answers;
  if (!privacy_groups_init(&groups, side->keys, answers, side->count, judge->question->min, judge->arena)) return false;
  size_t shown = disclosure_groups(judge->question);
  for (size_t i = 0; i < shown; i++)
    hidden[i] = !privacy_groups_answered(&groups, &i, 1);
  hidden[shown] = !privacy_groups_answered(&groups, judge->lists[0], judge->counts[0]);
  return true;
}

static bool judge_table(const struct judge *judge, struct part part, bool *hidden) {
  const struct disclosure_question *question = judge->question;
  const struct privacy_keys keys = {{question->sides[0].keys, question->sides[1].keys}, {question->sides[0].count, question->sides[1].count}};
  struct privacy_rectangle rectangle = {{judge->lists[0], judge->lists[1]}, {judge->counts[0], judge->counts[1]}};
  struct privacy_table table;
  struct privacy_cell *cells = arena_take_array(judge->arena, part.count, sizeof *cells);
  if (!cells) return false;
  for (size_t i = 0; i < part.count; i++)
    cells[i] = (struct privacy_cell){{part.rows[i].at[0], part.rows[i].at[1]}, part.rows[i].answers};
  if (!privacy_table_init(&table, &keys, cells, part.count, question->min, judge->arena)) return false;
  size_t shown = disclosure_groups(question);
  hidden[shown] = !privacy_rectangle_answered(&table, &rectangle);
  for (size_t i = 0; i < shown; i++) {
    rectangle.lists[question->by] = &i;
    rectangle.counts[question->by] = 1;
    hidden[i] = !privacy_rectangle_answered(&table, &rectangle);
  }
  return true;
}

static bool judge_cells(const struct judge *judge, struct part part, bool *hidden) {
  struct privacy_answers *answers = arena_take_array(judge->arena, part.count, sizeof *answers);
  if (!answers) return false;
  for (size_t i = 0; i < part.count; i++)
    answers[i] = part.rows[i].answers;
  *hidden = !privacy_cells_answered(answers, part.count, judge->question->min);
  return true;
}

// As a window of its own.
static bool judge_part(const struct judge *judge, struct part part, bool *hidden) {
  switch (judge->question->dimensions) {
  case 0:
    judge_total(judge, part, hidden);
    return true;
  case 1:
    return judge_groups(judge, part, hidden);
  case 2:
    return judge_table(judge, part, hidden);
  default:
    return judge_cells(judge, part, hidden);
  }
}

static int compare_cells(const void *left, const void *right) {
  const struct disclosure_row *a = left, *b = right;
  for (size_t side = 0; side < DISCLOSURE_SIDES; side++)
    if (a->at[side] != b->at[side]) return a->at[side] < b->at[side] ? -1 : 1;
  return 0;
}

// The rows of the window as one: equal cells put together.
static bool join_pieces(const struct judge *judge, struct part all, struct part *whole) {
  struct disclosure_row *rows = arena_take_array(judge->arena, all.count + 1, sizeof *rows);
  struct privacy_crowd *crowds = arena_take_array(judge->arena, all.count + 1, sizeof *crowds);
  size_t count = 0;
  if (!rows || !crowds) return false;
  if (all.count > 0) memcpy(rows, all.rows, all.count * sizeof *rows);
  qsort(rows, all.count, sizeof *rows, compare_cells);
  for (size_t i = 0; i < all.count; i++) {
    if (count == 0 || compare_cells(&rows[count - 1], &rows[i]) != 0) rows[count++] = rows[i];
    privacy_crowd_add(&crowds[count - 1], &rows[i].answers);
  }
  for (size_t i = 0; i < count; i++)
    rows[i].answers = (struct privacy_answers){crowds[i].n, crowds[i].hashes, crowds[i].respondents};
  *whole = (struct part){rows, count};
  return true;
}

static bool counts_with(const struct disclosure_question *question, const struct disclosure_row *row, size_t group) {
  for (size_t side = 0; side < DISCLOSURE_SIDES && side < question->dimensions; side++) {
    bool narrowed = (int)side == question->by && group < disclosure_groups(question);
    if (narrowed ? row->at[side] != group : !question->sides[side].in_scope[row->at[side]]) return false;
  }
  return true;
}

// Withholds further pieces of one group, so that those withheld don't follow from the sum. One that is large enough, but withheld for the sake of
// another group, is taken as one respondent, the least that may be behind it.
static bool complete_pieces(const struct judge *judge, struct part all, size_t group, bool *hidden) {
  static const int64_t LONE = 0;
  const struct disclosure_question *question = judge->question;
  size_t places = disclosure_groups(question) + 1;
  struct privacy_crowd *crowds = arena_take_array(judge->arena, question->pieces, sizeof *crowds);
  struct privacy_answers *answers = arena_take_array(judge->arena, question->pieces, sizeof *answers);
  struct text *keys = arena_take_array(judge->arena, question->pieces, sizeof *keys);
  struct privacy_groups groups;
  if (!crowds || !answers || !keys) return false;
  for (size_t i = 0; i < all.count; i++)
    if (counts_with(question, &all.rows[i], group)) privacy_crowd_add(&crowds[all.rows[i].piece], &all.rows[i].answers);
  for (size_t i = 0; i < question->pieces; i++) {
    bool given = hidden[i * places + group] && !privacy_small(crowds[i].respondents, question->min);
    answers[i] = given ? (struct privacy_answers){1, &LONE, 1} : (struct privacy_answers){crowds[i].n, crowds[i].hashes, crowds[i].respondents};
    keys[i] = arena_format(judge->arena, "%08zx", i);
    if (!keys[i].at) return false;
  }
  if (!privacy_groups_init(&groups, keys, answers, question->pieces, question->min, judge->arena)) return false;
  for (size_t i = 0; i < question->pieces; i++)
    hidden[i * places + group] |= groups.hidden[i];
  return true;
}

// The window as a whole, and what its verdict and those of the pieces mean for each other.
static bool judge_whole(const struct judge *judge, struct part all, bool *hidden) {
  const struct disclosure_question *question = judge->question;
  size_t places = disclosure_groups(question) + 1;
  bool *withheld = hidden + question->pieces * places;
  struct part whole;
  if (!join_pieces(judge, all, &whole) || !judge_part(judge, whole, withheld)) return false;
  for (size_t group = 0; group < places; group++) {
    if (!complete_pieces(judge, all, group, hidden)) return false;
    for (size_t i = 0; withheld[group] && i < question->pieces; i++)
      hidden[i * places + group] = true;
  }
  return true;
}

bool disclosure_judge(const struct disclosure_question *question, const struct disclosure_row *rows, size_t count, bool *hidden,
                      struct arena *arena) {
  struct judge judge = {.question = question, .arena = arena};
  size_t places = disclosure_groups(question) + 1, at = 0;
  bool any = false;
  if (count == 0) return true;
  if (!list_scope(&judge)) return false;
  for (size_t piece = 0; piece < question->pieces; piece++) {
    size_t from = at;
    while (at < count && rows[at].piece == piece)
      at++;
    if (!judge_part(&judge, (struct part){rows + from, at - from}, hidden + piece * places)) return false;
    any |= hidden[piece * places];
  }
  if (question->pieces == 1)
    memcpy(hidden + places, hidden, places * sizeof *hidden);
  else if (tabled(question))
    return judge_whole(&judge, (struct part){rows, count}, hidden);
  else
    memset(hidden, any, (question->pieces + 1) * sizeof *hidden);
  return true;
}
