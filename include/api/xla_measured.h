// What was measured of an agreement, and what state that makes.
#ifndef XLAD_API_XLA_MEASURED_H
#define XLAD_API_XLA_MEASURED_H

#include "api/figures.h"
#include "api/xla_body.h"
#include "domain/xla.h"

enum xla_part_kind {
  XLA_PART_WHOLE,      // the window
  XLA_PART_WEEK,       // its last seven days
  XLA_PART_DAY,        // its last one
  XLA_PART_REFERENCE,  // the equal window before the version began
  XLA_PARTS
};

// The figures of a part without the days that are left out: of its pieces between them together.
struct xla_part {
  struct figures figures;
  struct metric_set seen, shown;  // metrics with answers in some piece; in some in which they aren't withheld
};
// Pieces come in their order.
void xla_part_add(struct xla_part *part, const struct figures *figures, const struct tenant *tenant);

struct xla_measured {
  const struct tenant *tenant;
  const struct xla_body *body;  // with the terms of the version
  int64_t version;
  int32_t valid_from;
  int32_t day;  // whose state it is
  struct window window;
  int32_t counted_days;          // of the window
  const struct xla_part *parts;  // XLA_PARTS
  const struct tally_day *days;  // of the metric, ascending, without those that are left out
  size_t days_count;
};

// The state, also as the JSON that is shown, in the arena; absent when memory is out.
struct text xla_measured_state(const struct xla_measured *measured, struct arena *arena, struct xla_state *state);

#endif
