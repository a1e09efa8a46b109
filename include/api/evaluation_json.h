// An evaluation as it is shown, and as it is kept.
#ifndef XLAD_API_EVALUATION_JSON_H
#define XLAD_API_EVALUATION_JSON_H

#include "api/evaluation_reading.h"

// What somebody says at the final one.
struct evaluation_words {
  int64_t evaluated_at;    // ABSENT of an interim look, like the next
  int64_t still_relevant;  // 0 or 1
  struct text note;
};

void evaluation_write(struct json_writer *json, const struct evaluation_reading *reading, const struct evaluation_words *words, struct arena *arena);

#endif
