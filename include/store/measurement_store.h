// Manual measurements in the database: written by batches, read and deleted singly.
#ifndef XLAD_STORE_MEASUREMENT_STORE_H
#define XLAD_STORE_MEASUREMENT_STORE_H

#include "base/digest.h"
#include "domain/tenant.h"
#include "store/store.h"

extern const struct statement *const MEASUREMENT_STATEMENTS[];

enum measurement_outcome {
  MEASUREMENT_RETRY,  // 0, as the writing statement has it: another writer was first; the batch tries again
  MEASUREMENT_STORED,
  MEASUREMENT_REPEATED,  // there is the same already
  MEASUREMENT_TAKEN,     // its id belongs to another one
};

// A measurement to be written, and after the commit what became of it. Everything it points to must outlive `row.done`.
struct measurement_write {
  struct batch_row row;
  struct uuid id;  // what comes again has the same
  int metric_id;
  int64_t value;  // as it is stored
  int64_t at;     // ABSENT where it has a day
  int64_t day;    // ABSENT where it has a time
  struct text ref, note;
  struct text context;        // as sent: a JSON object, for showing
  const struct text *values;  // the same for counting: values[i] belongs to the dimension with id i + 1; absent where missing
  size_t values_count;
  uint8_t body_hash[DIGEST_BYTES];
  // Outcome.
  enum measurement_outcome outcome;
  int64_t stored_at, created_at;  // of the stored one: its time, and when it came
};

extern const struct batch_type MEASUREMENT_BATCH;

struct measurement_row {
  struct uuid id;
  int metric_id;
  int64_t value, at, day;
  struct text context, ref, note;
  int64_t created_at;
};

void measurement_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *id);

// Filters of a list; absent ones hold for all.
struct measurement_filter {
  int metric_id;              // 0: all
  int64_t from, to;           // days on which they count, both included
  int64_t before_created_at;  // cursor: newest first, behind (created_at, id)
  struct uuid before_id;
  int64_t limit;
};
void measurement_ask_list(struct job *job, const struct tenant *tenant, const struct measurement_filter *filter);
void measurement_take_row(const struct job *job, unsigned step, size_t row, struct measurement_row *measurement);

// Rows of the step: one when it was there. The metric is for the audit trail.
void measurement_ask_delete(struct job *job, const struct uuid *tenant, const struct uuid *id, const struct metric *metric, struct text actor);

#endif
