// Experience level agreements in the database: what was agreed as one JSON text, and each version of what it demands.
#ifndef XLAD_STORE_XLA_STORE_H
#define XLAD_STORE_XLA_STORE_H

#include "store/job.h"

extern const struct statement *const XLA_STATEMENTS[];

struct xla_row {
  struct text slug;
  struct text content;  // JSON
  int64_t revision, version;
  int64_t created_at, retired_at;
};
// Two steps: the agreement, and its versions.
void xla_ask_find(struct job *job, const struct uuid *tenant, struct text slug);
void xla_take_row(const struct job *job, unsigned step, size_t row, struct xla_row *xla);

enum { XLA_VERSIONS_STEP = 1 };  // behind the step of the agreement

struct xla_version_row {
  int64_t version;
  int32_t valid_from;
  struct text terms;  // JSON
};
void xla_take_version(const struct job *job, unsigned step, size_t row, struct xla_version_row *version);

struct xla_draft {
  struct text slug, content, terms;  // the latter two JSON
  int32_t today;                     // of the tenant: a new version is valid from then on
  int64_t created_at;
  int64_t revision;     // that is changed
  bool new_version;     // the terms differ
  struct text changes;  // JSON, for the audit trail
};
// Step 0 has a row where it was made, or changed: not when the slug is taken, the revision is another one by now, or it was retired.
void xla_ask_create(struct job *job, const struct uuid *tenant, const struct xla_draft *draft, struct text actor);
void xla_ask_change(struct job *job, const struct uuid *tenant, const struct xla_draft *draft, struct text actor);
// Step 0 has a row where there is such an agreement, retired before or not.
void xla_ask_retire(struct job *job, const struct uuid *tenant, struct text slug, struct text actor);

struct xla_filter {
  struct text metric, owner;  // absent: any
  int64_t retired;            // ABSENT: any
  struct text status;         // of its state; absent: any
  int32_t today;              // the tenant's: one that has begun before lacks data, until a day is evaluated
  struct text after;          // slug of the last row before; absent: from the beginning
  int64_t limit;
};
// One step: with the state of the last day that was evaluated, as it is now.
void xla_ask_list(struct job *job, const struct uuid *tenant, const struct xla_filter *filter);
// The JSON of a listed one's state; absent where no day has been evaluated.
struct text xla_take_state(const struct job *job, unsigned step, size_t row);

#endif
