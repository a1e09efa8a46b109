// What was measured of an agreement, and what state that makes.
#ifndef XLAD_API_XLA_MEASURED_H
#define XLAD_API_XLA_MEASURED_H

#include "api/integrity_reading.h"
#include "api/reading.h"
#include "api/xla_body.h"
#include "domain/composite_trend.h"
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
  struct figures figures;   // hidden: withheld in all pieces that have answers
  struct metric_set shown;  // metrics with answers in some piece in which they aren't withheld
  int64_t excluded;         // responses that were excluded
  bool excluded_hidden;     // how many is withheld in some piece
};
// Pieces come in their order.
void xla_part_add(struct xla_part *part, const struct reading_group *piece, const struct tenant *tenant);

struct xla_measured {
  const struct tenant *tenant;
  const struct xla_body *body;  // with the terms of the version
  int64_t version;
  int32_t valid_from;
  int32_t day;  // whose state it is
  struct window window;
  int32_t counted_days;  // of the window
  const struct integrity_grouping *grouping;
  const struct integrity_gathered *gathered;  // NULL: there was no need
  const struct xla_part *parts;               // XLA_PARTS
  const struct composite_days *days;          // of the metric, or of each of an index: ascending, without those that are left out
};

// What is known of signs that figures are made: the window against the equal one before the version began.
struct integrity_material xla_measured_material(const struct xla_measured *measured);

// The state, also as the JSON that is shown, in the arena; absent when memory is out.
struct text xla_measured_state(const struct xla_measured *measured, struct arena *arena, struct xla_state *state);

#endif
