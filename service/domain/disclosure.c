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

// The rows of one list that belong to one piece, or to the whole window.
struct rows {
  const struct disclosure_row *at;
  size_t count;
};

// What is known of one piece, or of the whole window.
struct part {
  struct rows cells, sides[DISCLOSURE_SIDES];
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
  for (size_t i = 0; i < part.cells.count; i++)
    privacy_crowd_add(&crowd, &part.cells.at[i].answers);
  *hidden = privacy_small(crowd.respondents, judge->question->min);
}

// Each value's answers by its index; NULL when memory is out.
static const struct privacy_answers *answers_by_value(const struct judge *judge, struct rows rows, size_t values) {
  struct privacy_answers *answers = arena_take_array(judge->arena, values, sizeof *answers);
  for (size_t i = 0; answers && i < rows.count; i++)
    answers[rows.at[i].at[0]] = rows.at[i].answers;
  return answers;
}

static bool judge_groups(const struct judge *judge, struct part part, bool *hidden) {
  const struct disclosure_side *side = &judge->question->sides[0];
  struct privacy_groups groups;
  const struct privacy_answers *answers = answers_by_value(judge, part.cells, side->count);
  if (!answers) return false;
  if (!privacy_groups_init(&groups, side->keys, answers, side->count, judge->question->min, judge->arena)) return false;
  size_t shown = disclosure_groups(judge->question);
  for (size_t i = 0; i < shown; i++)
    hidden[i] = !privacy_groups_answered(&groups, &i, 1);
  hidden[shown] = !privacy_groups_answered(&groups, judge->lists[0], judge->counts[0]);
  return true;
}

static bool judge_table(const struct judge *judge, struct part part, bool *hidden) {
  const struct disclosure_question *question = judge->question;
  struct privacy_keys keys = {{question->sides[0].keys, question->sides[1].keys}, {question->sides[0].count, question->sides[1].count}, {NULL, NULL}};
  for (size_t side = 0; side < DISCLOSURE_SIDES; side++) {
    if (!part.sides[side].at) continue;
    keys.answers[side] = answers_by_value(judge, part.sides[side], keys.counts[side]);
    if (!keys.answers[side]) return false;
  }
  struct privacy_rectangle rectangle = {{judge->lists[0], judge->lists[1]}, {judge->counts[0], judge->counts[1]}};
  struct privacy_table table;
  struct privacy_cell *cells = arena_take_array(judge->arena, part.cells.count, sizeof *cells);
  if (!cells) return false;
  for (size_t i = 0; i < part.cells.count; i++)
    cells[i] = (struct privacy_cell){{part.cells.at[i].at[0], part.cells.at[i].at[1]}, part.cells.at[i].answers};
  if (!privacy_table_init(&table, &keys, cells, part.cells.count, question->min, judge->arena)) return false;
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
  struct privacy_answers *answers = arena_take_array(judge->arena, part.cells.count, sizeof *answers);
  if (!answers) return false;
  for (size_t i = 0; i < part.cells.count; i++)
    answers[i] = part.cells.at[i].answers;
  *hidden = !privacy_cells_answered(answers, part.cells.count, judge->question->min);
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
static bool join_pieces(const struct judge *judge, struct rows all, struct rows *whole) {
  struct disclosure_row *rows = arena_take_array(judge->arena, all.count + 1, sizeof *rows);
  struct privacy_crowd *crowds = arena_take_array(judge->arena, all.count + 1, sizeof *crowds);
  size_t count = 0;
  if (!rows || !crowds) return false;
  if (all.count > 0) memcpy(rows, all.at, all.count * sizeof *rows);
  qsort(rows, all.count, sizeof *rows, compare_cells);
  for (size_t i = 0; i < all.count; i++) {
    if (count == 0 || compare_cells(&rows[count - 1], &rows[i]) != 0) rows[count++] = rows[i];
    privacy_crowd_add(&crowds[count - 1], &rows[i].answers);
  }
  for (size_t i = 0; i < count; i++)
    rows[i].answers = (struct privacy_answers){crowds[i].n, crowds[i].hashes, crowds[i].respondents};
  *whole = (struct rows){rows, count};
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
static bool complete_pieces(const struct judge *judge, struct rows all, size_t group, bool *hidden) {
  static const int64_t LONE = 0;
  const struct disclosure_question *question = judge->question;
  size_t places = disclosure_groups(question) + 1;
  struct privacy_crowd *crowds = arena_take_array(judge->arena, question->pieces, sizeof *crowds);
  struct privacy_answers *answers = arena_take_array(judge->arena, question->pieces, sizeof *answers);
  struct text *keys = arena_take_array(judge->arena, question->pieces, sizeof *keys);
  struct privacy_groups groups;
  if (!crowds || !answers || !keys) return false;
  for (size_t i = 0; i < all.count; i++)
    if (counts_with(question, &all.at[i], group)) privacy_crowd_add(&crowds[all.at[i].piece], &all.at[i].answers);
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
static bool judge_whole(const struct judge *judge, const struct part *all, bool *hidden) {
  const struct disclosure_question *question = judge->question;
  size_t places = disclosure_groups(question) + 1;
  bool *withheld = hidden + question->pieces * places;
  struct part whole = {.cells = {NULL, 0}};
  if (!join_pieces(judge, all->cells, &whole.cells)) return false;
  for (size_t side = 0; side < DISCLOSURE_SIDES; side++)
    if (all->sides[side].at && !join_pieces(judge, all->sides[side], &whole.sides[side])) return false;
  if (!judge_part(judge, whole, withheld)) return false;
  for (size_t group = 0; group < places; group++) {
    if (!complete_pieces(judge, all->cells, group, hidden)) return false;
    for (size_t i = 0; withheld[group] && i < question->pieces; i++)
      hidden[i * places + group] = true;
  }
  return true;
}

// Takes the rows of a piece off the front of a list.
static struct rows take_piece(struct rows *rest, size_t piece) {
  struct rows taken = {rest->at, 0};
  while (taken.count < rest->count && taken.at[taken.count].piece == piece)
    taken.count++;
  if (rest->at) rest->at += taken.count;
  rest->count -= taken.count;
  return taken;
}

bool disclosure_judge(const struct disclosure_question *question, const struct disclosure_answers *answers, bool *hidden, struct arena *arena) {
  struct judge judge = {.question = question, .arena = arena};
  const struct part all = {{answers->rows, answers->count},
                           {{answers->sides[0], answers->side_counts[0]}, {answers->sides[1], answers->side_counts[1]}}};
  struct part rest = all;
  size_t places = disclosure_groups(question) + 1;
  bool any = false;
  if (answers->count == 0) return true;
  if (!list_scope(&judge)) return false;
  for (size_t piece = 0; piece < question->pieces; piece++) {
    struct part part = {take_piece(&rest.cells, piece), {take_piece(&rest.sides[0], piece), take_piece(&rest.sides[1], piece)}};
    if (!judge_part(&judge, part, hidden + piece * places)) return false;
    any |= hidden[piece * places];
  }
  if (question->pieces == 1)
    memcpy(hidden + places, hidden, places * sizeof *hidden);
  else if (tabled(question))
    return judge_whole(&judge, &all, hidden);
  else
    memset(hidden, any, (question->pieces + 1) * sizeof *hidden);
  return true;
}
