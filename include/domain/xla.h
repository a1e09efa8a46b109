// The state of an experience level agreement: whether its target is attained, how surely, how much room is left, and what is coming. Pure. "XLA
// state" of the rules; each figure is that of the rolling window that ends with the last complete day, without the days of exclusion periods
// (exclusion_period.h).
#ifndef XLAD_DOMAIN_XLA_H
#define XLAD_DOMAIN_XLA_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/ratio.h"
#include "domain/trend.h"
#include "domain/window.h"

enum {
  XLA_BURN_FACTOR = 2,       // unless agreed otherwise
  XLA_BURN_ANSWERS_MIN = 5,  // in the day, for an alert
  XLA_REVIEW_MONTHS = 9,     // unless agreed otherwise: an experience target ages fast
};

// The first that holds.
enum xla_status {
  XLA_RETIRED,
  XLA_NOT_STARTED,        // the day whose state it is lies before starts_on: an agreement never starts in the past
  XLA_INSUFFICIENT_DATA,  // fewer answers than agreed, withheld, or all days are excluded
  XLA_BREACHED,           // misses the target; equality attains it
  XLA_AT_RISK,            // attains it, but the interval contains the target, or the trend is about to cross it
  XLA_MET,
  XLA_STATUS_COUNT
};
extern const char *const XLA_STATUS_NAMES[];  // by status, then NULL

// What was agreed, as far as the state needs it.
struct xla_terms {
  const struct metric *metric;  // has a better direction; of a composite one COMPOSITE_INDEX
  struct ratio target;          // in the shown unit, there
  int64_t min_responses;        // at least the tenant's min_group
  int32_t starts_on, review_by;
  bool retired;
  struct ratio burn_factor;  // denominator 0: XLA_BURN_FACTOR
};

// A figure and whether privacy withholds it. One of a composite agreement comes from composite_of().
struct xla_figure {
  struct estimate estimate;
  bool hidden;
};

// What was measured. All figures leave excluded days out.
struct xla_readings {
  struct window window;  // whole; its last day is the day whose state it is
  int32_t counted_days;  // of the window: those that aren't excluded
  struct xla_figure whole;
  struct xla_figure week;           // the last 7 days of the window
  struct xla_figure day;            // its last one
  struct trend trend;               // over the window, of an index from composite_trend(); all zeros where none can be drawn
  const struct metric *paired;      // the paired SLA metric; NULL: there is no pair
  struct xla_figure paired_figure;  // in the same window
  struct ratio paired_target;
};

enum xla_room {
  XLA_ROOM_NONE,          // nothing to count; or neither a net nor a share
  XLA_ROOM_LEFT,          // `left` says how much
  XLA_ROOM_UNBOUNDED,     // worst answers never miss the target
  XLA_ROOM_UNATTAINABLE,  // best answers never attain it
};

struct xla_budget {
  enum xla_room room;
  int64_t left;       // how many further worst answers leave the target attained; negative: how many best ones would be needed to attain it again
  struct ratio used;  // (best − value) / (best − target) in lowest terms; none where the target is the best there is
};

struct xla_burn {
  struct ratio week, day;  // `used`, computed over the last 7 days and over the last day
  bool alert;              // both exceed the factor, and the day holds XLA_BURN_ANSWERS_MIN answers; never of one that has not started or is retired
};

struct xla_state {
  enum xla_status status;
  bool excluded;             // no day of the window counts
  bool hidden;               // withheld: then no figure is there but `value.n`
  struct estimate value;     // of the window
  bool has_confirmed;        // there is an interval, and the status is breached, at risk or met
  bool confirmed;            // the interval does not contain the target
  struct xla_budget budget;  // of net and share
  struct xla_burn burn;
  bool has_projection;  // the trend crosses the target before the window has passed again
  int32_t projection;   // the day on which it does
  bool has_watermelon;  // there is a pair, with a figure, and the status is as for has_confirmed
  bool watermelon;      // the pair attains its target while this is breached
  bool stale;           // today is past review_by, and it is not retired
};

// `today` follows the window's last day; for a state in the past it is the day on which that was evaluated.
// The projection is the first day after the window, and at most as many days after it as the window has, on which the line of a significant trend is
// on the other side of the target than the value: of a value that attains it on the missing side, falling (in the worse direction); of one that
// misses it on the attaining side, rising. A line that is there already when the window ends crosses on the next day.
struct xla_state xla_state_of(const struct xla_terms *terms, const struct xla_readings *readings, int32_t today);

// The budget of a figure of a net or a share. With s = 1 (lower is better: −1), A the sum of n answers that score b at best and w at worst, and the
// target T: S = s (A − n T) ≥ 0 attains, a worst answer takes s (T − w) from S and a best one adds s (b − T). left = ⌊S / (s (T − w))⌋, or
// −⌈−S / (s (b − T))⌉ where S < 0. Best is 100 (net, share), where lower is better −100 (net) or 0 (share), worst its opposite end.
struct xla_budget xla_budget_of(const struct metric *metric, const struct estimate *value, struct ratio target);

// The target of an `improvement`: the baseline's value and the difference agreed, both in the shown unit. None where the baseline has no value.
struct ratio xla_improvement_target(const struct estimate *baseline, struct ratio difference);
// Whether a value can be the target at all: within the scale of a bounded metric, not negative elsewhere, of one with a better direction.
bool xla_target_possible(const struct metric *metric, struct ratio target);

// The day XLA_REVIEW_MONTHS calendar months after the one on which it was agreed; the month's last where it has no such day.
int32_t xla_review_day(int32_t agreed);

#endif
