// One record of an import on its way from the text to the store and to its answer line.
#ifndef XLAD_API_IMPORT_ROW_H
#define XLAD_API_IMPORT_ROW_H

#include "api/import_plan.h"
#include "store/measurement_store.h"
#include "store/response_store.h"
#include "store/ticket_store.h"

struct import_row {
  // What the store writes; all begin with the batch_row.
  union {
    struct batch_row row;
    struct ticket_write ticket;
    struct response_write response;
    struct measurement_write measurement;
  } write;
  enum import_kind kind;
  int64_t line;
  int status;          // of the answer; 0: under way
  struct text errors;  // of a refused one, as a JSON array
  void *owner;
};

// Fills the row from a JSON object or from cells; everything it points to lives in the arena. Not ERR_NONE: the issues say why.
enum err import_row_read_json(struct import_row *row, const struct tenant *tenant, struct text json, struct arena *arena, struct issues *issues)
    __attribute__((warn_unused_result));
enum err import_row_read_cells(struct import_row *row, const struct tenant *tenant, const struct field_cells *cells, struct arena *arena,
                               struct issues *issues) __attribute__((warn_unused_result));

// Gives it to the store, as store_write does; write.row.done tells the end.
enum err import_row_write(struct import_row *row, struct store *store) __attribute__((warn_unused_result));

// Sets the answer of a row that was refused for `error` (not ERR_NONE) and these issues.
void import_row_refuse(struct import_row *row, enum err error, const struct issues *issues, struct arena *arena);
// Sets the answer by what the store made of the row.
void import_row_settle(struct import_row *row, enum err error, struct arena *arena);

// The answer line with its line end: {"line":8,"status":201,"ref":"INC1"}.
void import_row_answer(const struct import_row *row, struct buffer *out);

#endif
