// A manual measurement as JSON or as a line of an import, and the way from there to the store.
#ifndef XLAD_API_MEASUREMENT_BODY_H
#define XLAD_API_MEASUREMENT_BODY_H

#include "store/measurement_store.h"
#include "json/fields.h"

struct measurement_body {
  struct text metric;
  int64_t value;  // as FIELD_DECIMAL
  int64_t at, day;
  struct text_map context;
  struct text ref, note;
};
extern const struct field_table MEASUREMENT_FIELDS;

// Checks what the fields can't, and fills `measurement` for the tenant. ERR_INVALID with all issues; ERR_UNAVAILABLE out of memory. What comes again
// is known by its ref, else by the idempotency_key (absent: by nothing).
enum err measurement_body_file(const struct measurement_body *body, struct text idempotency_key, const struct tenant *tenant, struct arena *arena,
                               struct issues *issues, struct measurement_write *measurement);
// What is wrong with a measurement that was not stored: its id belongs to another one.
enum err measurement_outcome_error(const struct measurement_write *measurement, struct issues *issues);

// The measurement as GET gives it. `metric` may be NULL where this daemon has not heard of it yet.
void measurement_row_write(const struct measurement_row *measurement, const struct metric *metric, struct json_writer *json);

#endif
