// The rows of an insight that compares values of a dimension, or factors, with the rest of the scope by happiness and lost time.
#ifndef XLAD_API_ANALYSIS_ROWS_H
#define XLAD_API_ANALYSIS_ROWS_H

#include "api/analysis.h"
#include "domain/ranking.h"

struct analysis_row {
  struct text key;
  struct tally tallies[RANKING_METRICS];  // of what is withheld nothing
  bool hidden[RANKING_METRICS];
  int64_t n[RANKING_METRICS];  // answers, of what is withheld too
  struct tally sla_met;        // tickets, answered or not
};

struct analysis_rows {
  struct analysis_row *list;
  size_t count;
  struct ranking_question question;
  bool total_hidden[RANKING_METRICS];  // then nothing is compared with the rest, which would give it away
  struct ranking_row *ranked;          // once analysis_rows_rank was called: by rank; `key` is the index into list
};

// Both withheld: nothing is known of how it feels.
static inline bool analysis_row_hidden(const struct analysis_row *row) { return row->hidden[RANKING_HAPPINESS] && row->hidden[RANKING_LOST_TIME]; }

// Room for `count` rows; false when memory is out.
bool analysis_rows_take(struct analysis_rows *rows, size_t count, struct arena *arena);
// The groups of a reading and its total. ERR_INVALID, with an issue about `by`, when there are more than INSIGHT_VALUES_MAX.
enum err analysis_rows_read(struct request *request, struct reading *reading, struct analysis_rows *rows);
// The row of a group, looked for from `near` on, which is where it is when both come in the same order; rows.count when there is none.
size_t analysis_rows_find(const struct analysis_rows *rows, struct text key, size_t near);
// Compares each row with the rest, and ranks them. False when memory is out.
bool analysis_rows_rank(struct analysis_rows *rows, struct arena *arena);

// Figures and differences from the rest: members "happiness", "lost_time", "happiness_difference", "lost_time_difference".
void analysis_write_feelings(struct json_writer *json, const struct view *view, const struct analysis_rows *rows, const struct ranking_row *ranked);
// In words: "happiness 20 points below the rest, and 12.5 % more lost time a response", of the metrics that have been confirmed in this direction
// (−1: worse, 1: better); absent where there is none.
struct text analysis_feelings(struct arena *arena, const struct analysis_rows *rows, const struct ranking_row *ranked, int direction);

// "rows": the first INSIGHT_ROWS_MAX by `write`, which writes the members of the object of the row with this rank, from 0; then "more", how many are
// left out.
void analysis_write_rows(struct json_writer *json, size_t count, void (*write)(struct json_writer *json, size_t rank, const void *context),
                         const void *context);

#endif
