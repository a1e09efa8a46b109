// The history of agreements in the database: which days are to be evaluated, what an evaluation needs to know, and what came out.
#ifndef XLAD_STORE_XLA_DAY_STORE_H
#define XLAD_STORE_XLA_DAY_STORE_H

#include "base/digest.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const XLA_DAY_STATEMENTS[];

// One step, of a job without a tenant: all that are not revoked, in the columns of TENANT_COLUMNS.
void xla_day_ask_tenants(struct job *job);

// One step: agreements with their first day up to `until` that has not been evaluated, at most `limit`; in an order that differs by `order`, so that
// daemons seldom meet. An absent slug: all agreements.
void xla_day_ask_due(struct job *job, const struct tenant *tenant, int32_t until, struct text slug, int64_t order, int64_t limit);
struct xla_due {
  struct text slug;
  int32_t day;
};
void xla_day_take_due(const struct job *job, unsigned step, size_t row, struct xla_due *due);

// One step: slugs of agreements (an absent one: all) that have been evaluated for the day.
void xla_day_ask_known(struct job *job, const struct uuid *tenant, struct text slug, int32_t day);

// Four steps: the agreement with the version in force on the day (a row where there is one), its exclusion periods, rows of those days,
// and the versions.
void xla_day_ask_open(struct job *job, const struct uuid *tenant, struct text slug, int32_t day, struct window rows);
enum { XLA_OPEN_AGREEMENT, XLA_OPEN_PERIODS, XLA_OPEN_DAYS, XLA_OPEN_VERSIONS };
struct xla_open {
  struct text content, terms;  // JSON
  int64_t version;
  int32_t valid_from;  // of the version
  bool retired;
};
void xla_day_take_open(const struct job *job, struct xla_open *open);
struct xla_known_day {
  int32_t day;
  int64_t version;
  struct text digest;
  struct text status;  // as it was revised last
};
void xla_day_take_known(const struct job *job, size_t row, struct xla_known_day *known);

struct xla_day_draft {
  struct text slug;
  int32_t day;
  int64_t version;
  const char *status;
  struct text state;  // JSON
  uint8_t digest[DIGEST_BYTES];
};
// One step. ERR_CONFLICT where somebody else has evaluated the day: then nothing of the job is done.
void xla_day_ask_add(struct job *job, const struct uuid *tenant, const struct xla_day_draft *draft);
// One step: what there is stays, and the draft stands beside it where it differs. A row with true where it does.
void xla_day_ask_revise(struct job *job, const struct uuid *tenant, const struct xla_day_draft *draft);

struct xla_day_row {
  int32_t day;
  int64_t version;
  struct text status, state;
  int64_t evaluated_at, revised_at;
  struct text revised_status, revised_state;  // absent: it was not revised
};
// One step: days from `from` to `to` (ABSENT: open) in their order, `limit` at most.
void xla_day_ask_list(struct job *job, const struct uuid *tenant, struct text slug, int64_t from, int64_t to, int64_t limit);
// One step: the last day, where there is one.
void xla_day_ask_last(struct job *job, const struct uuid *tenant, struct text slug);
void xla_day_take_row(const struct job *job, unsigned step, size_t row, struct xla_day_row *day);

// One step: agreements on happiness or lost time that are not retired, and are breached as they are agreed now; with exactly one value of the
// dimension `by`, and for the rest exactly this scope (JSON, without `by`). By that value, XLA_GAUGES_MAX at most.
void xla_day_ask_breached(struct job *job, const struct uuid *tenant, struct text scope, struct text by);
struct xla_breach {
  struct text key;  // the value
  struct text slug, metric;
  int32_t day;                // of the state
  struct text value, target;  // numbers, as they are shown
};
void xla_day_take_breach(const struct job *job, unsigned step, size_t row, struct xla_breach *breach);

// One step: how agreements that are not retired stand, at most `limit`, for those that have a state.
void xla_day_ask_gauges(struct job *job, const struct uuid *tenant, int64_t limit);
enum xla_gauge_column {
  XLA_GAUGE_STATUS,  // a word; all others are numbers
  XLA_GAUGE_VALUE,
  XLA_GAUGE_TARGET,
  XLA_GAUGE_LEFT,
  XLA_GAUGE_WEEK,
  XLA_GAUGE_DAY,
  XLA_GAUGE_ALERT,
  XLA_GAUGE_STALE,
  XLA_GAUGE_COLUMNS
};
struct xla_gauge_row {
  struct text slug;
  struct text columns[XLA_GAUGE_COLUMNS];  // absent where not known
};
void xla_day_take_gauge(const struct job *job, size_t row, struct xla_gauge_row *gauge);

#endif
