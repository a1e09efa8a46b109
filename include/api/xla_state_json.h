// The state of an agreement as JSON.
#ifndef XLAD_API_XLA_STATE_JSON_H
#define XLAD_API_XLA_STATE_JSON_H

#include "api/integrity_reading.h"
#include "domain/composite.h"
#include "domain/xla.h"
#include "json/writer.h"

struct xla_state_head {
  int32_t day;
  int64_t version;
  const struct composite_part *parts;  // of an index
  size_t parts_count;                  // 0: it isn't one
  const struct integrity_findings *findings;
};

void xla_state_write(struct json_writer *json, const struct xla_state_head *head, const struct xla_terms *terms, const struct xla_readings *readings,
                     const struct xla_state *state);

#endif
