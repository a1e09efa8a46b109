// What matters as JSON: a row for each value, with what it is compared with, the hours, a sentence, and the tickets behind it.
#ifndef XLAD_API_MATTERS_JSON_H
#define XLAD_API_MATTERS_JSON_H

#include "api/matters.h"
#include "api/view.h"

// What an answer is written from.
struct matters_answer {
  const struct view *view;
  struct matters matters;
  struct reading_group total;
  struct arena arena;
};

const struct metric *matters_metric(int metric);  // by enum ranking_metric

// The member `name`, a list of rows: ranked, those that are withheld last; at most `most`.
void matters_write_rows(struct json_writer *json, const char *name, struct matters_answer *answer, size_t most);

#endif
