// What a baseline freezes, as canonical JSON: what its hash is of.
#ifndef XLAD_API_BASELINE_CONTENT_H
#define XLAD_API_BASELINE_CONTENT_H

#include <stdbool.h>

#include "api/reading.h"
#include "base/buffer.h"

struct baseline_terms {
  struct text name, note;
  struct text source;                    // of a benchmark
  const struct benchmark_value *values;  // of a benchmark
  size_t values_count;
  struct scope scope;    // of a measured baseline
  struct window window;  // the same
  int64_t created_at;
};

// Every metric that has data: its definition, its whole tally, and its figure; or that it was withheld, and nothing else of it.
bool baseline_content_measured(const struct baseline_terms *terms, const struct reading_group *total, const struct tenant *tenant, struct buffer *out)
    __attribute__((warn_unused_result));
bool baseline_content_external(const struct baseline_terms *terms, struct buffer *out) __attribute__((warn_unused_result));

#endif
