// Baselines in the database: written once, never changed. Their content is one JSON text; what comparisons need is taken out of it by the database.
#ifndef XLAD_STORE_BASELINE_STORE_H
#define XLAD_STORE_BASELINE_STORE_H

#include "base/digest.h"
#include "domain/estimate.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const BASELINE_STATEMENTS[];

enum baseline_kind { BASELINE_MEASURED, BASELINE_EXTERNAL };
extern const char *const BASELINE_KINDS[];  // "measured", "external", NULL

struct baseline_draft {
  struct uuid id;
  enum baseline_kind kind;
  struct text content;  // canonical JSON
  int64_t created_at;
};
void baseline_ask_create(struct job *job, const struct uuid *tenant, const struct baseline_draft *draft, struct text actor);

// Newest first, behind the one with id `after` (NULL: from the beginning), `limit` at most; kind: ABSENT for all.
void baseline_ask_list(struct job *job, const struct uuid *tenant, int64_t kind, const struct uuid *after, int64_t limit);
// One step with a row where there is such a baseline, which has its content as well.
void baseline_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *id);
struct baseline_row {
  struct uuid id;
  enum baseline_kind kind;
  struct text name, note, source, time_zone;
  struct text scope, window;  // JSON; absent for an external one
  struct text hash;           // DIGEST_BYTES
  struct text content;        // absent in a list
  struct text scope_query;    // as scope_parse takes it; absent in a list
  struct window days;         // of a measured one; not in a list
  int64_t created_at;
};
// False when the content is not what was hashed.
bool baseline_take_row(const struct job *job, unsigned step, size_t row, struct baseline_row *baseline) __attribute__((warn_unused_result));

// One step: what is frozen of each metric, a row each.
void baseline_ask_metrics(struct job *job, const struct uuid *tenant, const struct uuid *id);
struct baseline_metric {
  struct text key;
  int64_t version;     // of the metric's definition; ABSENT in an external one
  bool withheld;       // then nothing else is known
  struct tally tally;  // of an external one: n only, 0 where it wasn't told
  int64_t scaled;      // ten thousandths of an external one's value in the shown unit; else ABSENT
};
void baseline_take_metric(const struct job *job, unsigned step, size_t row, struct baseline_metric *metric);

#endif
