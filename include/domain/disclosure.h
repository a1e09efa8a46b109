// What of a read is withheld: the verdicts of privacy.h on the groups and the pieces of time that an answer shows, and on its totals. Pure.
#ifndef XLAD_DOMAIN_DISCLOSURE_H
#define XLAD_DOMAIN_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>

#include "domain/privacy.h"

enum { DISCLOSURE_SIDES = 2 };  // dimensions whose table is looked at; more are answered from as a whole or not at all

// What is shown: a scope over `dimensions` different dimensions, the one that the answer is broken down by included, in pieces of time.
struct disclosure_question {
  size_t dimensions;
  size_t pieces;  // 1: the window as one
  size_t min;     // respondents
  struct disclosure_side {
    const struct text *keys;  // of all values that occur in the window, different ones; absent for the missing value
    const bool *in_scope;     // of these
    size_t count;
  } sides[DISCLOSURE_SIDES];  // the first min(dimensions, 2); of no use with more than two
  int by;                     // the side whose values are shown as groups; −1: none
};

// The answers of one cell of the table in one piece; without dimensions there is one cell. With more than two dimensions `at` is not looked at.
struct disclosure_row {
  size_t piece;
  uint32_t at[DISCLOSURE_SIDES];
  struct privacy_answers answers;
};

// The answers to one metric: ascending by piece, no cell of a piece twice, those without answers left out.
struct disclosure_answers {
  const struct disclosure_row *rows;
  size_t count;
  // Of two dimensions, each by itself: at[0] is the value. Where NULL, what the cells sum up to. Of cells with RESPONDENTS_KEPT respondents it is
  // enough then to know them, and as small an n.
  const struct disclosure_row *sides[DISCLOSURE_SIDES];
  size_t side_counts[DISCLOSURE_SIDES];
};

// Groups that are shown: 0 when the answer isn't broken down, or its dimensions are more than two (then what holds of the total holds of each group).
size_t disclosure_groups(const struct disclosure_question *question);

// Judges one metric. hidden[piece × (groups + 1) + group] is set where the group is withheld; the place behind the last group is the total's, and the
// piece behind the last one is the window as a whole.
//
// Each piece is a window of its own and is judged as one. Within one answer its pieces are not given away either: where the whole window is withheld
// so are they all, and where some are, others are until those withheld are two and have min respondents together. What answers about different
// scopes or intervals give together is not judged: windows that overlap can be subtracted.
// False when memory is out: the arena serves for all that is needed meanwhile.
bool disclosure_judge(const struct disclosure_question *question, const struct disclosure_answers *answers, bool *hidden, struct arena *arena)
    __attribute__((warn_unused_result));

#endif
