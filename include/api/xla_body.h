// What is agreed in an experience level agreement, as JSON.
#ifndef XLAD_API_XLA_BODY_H
#define XLAD_API_XLA_BODY_H

#include "domain/ratio.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "store/xla_store.h"
#include "json/fields.h"

// Numbers of metrics are in 1/FIELD_DECIMAL_UNIT of the shown unit.
struct xla_component {
  struct text metric;
  int64_t weight, worst, best;
};

struct xla_body {
  struct text slug, name, owner, provider, customer;
  int64_t commitment;             // enum commitment
  struct text metric;             // absent of a composite index
  struct record_list components;  // struct xla_component; of a composite index
  struct text_lists scope;
  int64_t target, window_days, min_responses;
  struct text baseline;  // UUID; of an improvement, as the difference
  int64_t difference;
  struct {
    int64_t burn;
  } warn;
  struct {
    struct text metric;
    int64_t target;
  } paired_sla;
  int64_t starts_on, review_by;  // days
  struct text rewards, consequences, notes;
  int64_t created_at, retired_at;  // as a client says
};

static inline struct ratio xla_ratio(int64_t number) { return (struct ratio){number, FIELD_DECIMAL_UNIT}; }

enum commitment { COMMITMENT_RESULT, COMMITMENT_IMPROVEMENT, COMMITMENT_DIGITAL, COMMITMENT_SERVICE };

// All that can be agreed; and those members whose change makes a version, of the same struct.
extern const struct field_table XLA_FIELDS, XLA_TERMS_FIELDS;
// Members that only the service sets: a patch can't hold them.
bool xla_member_computed(size_t row);

// The id of the baseline that an improvement is held against; false when there is none, or it is no id.
bool xla_baseline(const struct xla_body *body, struct uuid *id);
// What the baseline says of the agreement's metric.
struct xla_baseline_value {
  bool there;       // it has a value, which isn't withheld
  int64_t version;  // of the metric's definition; ABSENT: of a benchmark
  struct ratio value;
};

// Fills what was left open, brings the scope into its one order, and checks; `stored` is what holds now, NULL of a new one; `baseline` is
// needed of an improvement. The arena is that of `issues`. False after issues, with JSON pointers.
bool xla_body_settle(struct xla_body *body, const struct xla_body *stored, const struct xla_baseline_value *baseline, const struct tenant *tenant,
                     struct issues *issues);

// The scope of a body that was settled. False when memory is out.
bool xla_scope(const struct xla_body *body, struct arena *arena, struct scope *scope) __attribute__((warn_unused_result));

// Writes content and what the service adds; the object stays open.
void xla_write(struct json_writer *json, const struct xla_row *xla);

#endif
