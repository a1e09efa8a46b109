// Metrics of the catalogue as JSON.
#ifndef XLAD_API_METRIC_BODY_H
#define XLAD_API_METRIC_BODY_H

#include "domain/own_metric.h"
#include "store/metric_store.h"
#include "json/fields.h"

enum { SUPPLIER_CHARS_MAX = NAME_CHARS_MAX };
#define METRIC_NUMBER_MAX (INT64_C(100000000000) * OWN_METRIC_UNIT)  // of what is shown

// The body of a POST.
struct metric_body {
  struct own_metric asked;
  struct decimal_list bins;
  int64_t wanted;
  int64_t target;
  struct text supplier;
};
extern const struct field_table METRIC_FIELDS;

// The body of a PATCH; bits of `present` are in the order of the enum.
struct metric_change {
  struct text title;
  int64_t level, wanted, target;
  struct text supplier;
};
enum { CHANGE_TITLE, CHANGE_LEVEL, CHANGE_WANTED, CHANGE_TARGET, CHANGE_SUPPLIER };
extern const struct field_table METRIC_CHANGE_FIELDS;

// A target in hundredths from one as it travels; an issue where it has more decimals.
int64_t metric_target(int64_t given, struct issues *issues);

// A tenant's catalogue as the database has it, from the rows of metric_ask_list: its metrics alone are filled in. NULL when memory is out.
const struct tenant *catalogue_take(const struct job *job, unsigned step, struct arena *arena);
// What a tenant has said about a metric, else the defaults.
void catalogue_row(const struct job *job, unsigned step, const struct metric *metric, struct metric_row *row);

void metric_write(const struct metric *metric, const struct metric_row *row, const struct tenant *tenant, struct json_writer *json);

#endif
