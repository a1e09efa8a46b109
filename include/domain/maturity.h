// The five levels of service excellence, as far as they can be measured; and signs that a metric has become its own goal. Pure. "Maturity" of the
// rules.
#ifndef XLAD_DOMAIN_MATURITY_H
#define XLAD_DOMAIN_MATURITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "domain/estimate.h"
#include "domain/metric.h"

enum { MATURITY_LEVELS = 5, MATURITY_DAYS_MAX = 366 };
extern const char *const MATURITY_TITLES[];  // of level 1 to 5, from place 0 on; then NULL

// How long a value stays current, and over how many days it is computed: operational metrics are looked at monthly, tactical ones quarterly,
// strategic ones yearly. In days, and in calendar months for those who may read nothing else.
int32_t maturity_days(enum metric_level level);
int maturity_months(enum metric_level level);

enum maturity_answer { MATURITY_UNKNOWN, MATURITY_NO, MATURITY_YES };

// What is known of one metric.
struct maturity_metric {
  const struct metric *metric;
  bool wanted;
  bool current;           // something was gathered within its days
  bool hidden;            // the value is withheld
  struct estimate value;  // over its days
  int64_t target;         // hundredths of the shown unit; ABSENT: none
};

// Whether the value attains the target, unrounded; equality does. Unknown without either, and of a metric of which neither direction is better.
enum maturity_answer maturity_attains(const struct maturity_metric *metric);

// A level, made by maturity_add() of each of its metrics; begins with zeros.
struct maturity_level {
  int64_t current;                   // metrics with current data, wanted or not: where the measuring effort sits
  int64_t wanted, wanted_current;    // of those that are wanted
  int64_t attained, missed, untold;  // wanted and current: untold has a better direction, but no target, or is withheld
};
void maturity_add(struct maturity_level *level, const struct maturity_metric *metric);
// All that is wanted has current data. Unknown where nothing is wanted.
enum maturity_answer maturity_measured(const struct maturity_level *level);
// It is measured, and all of it attains its target. Unknown where nothing misses its target, but not everything, or nothing, can be told.
enum maturity_answer maturity_reached(const struct maturity_level *level);
// The highest level up to which `answer` says yes of all; 0: not even of the first.
int maturity_up_to(const struct maturity_level levels[MATURITY_LEVELS], enum maturity_answer (*answer)(const struct maturity_level *level));
// Everything that has current data belongs to the first level: IT is measured as a cost, and nobody is asked.
bool maturity_only_first(const struct maturity_level levels[MATURITY_LEVELS]);

// --- When a measure becomes a target, it ceases to be a good measure.

// An agreement in force, as its last evaluated state has it.
struct maturity_agreement {
  struct text slug;
  struct text scope;            // as agreed, in its one order
  const struct metric *metric;  // NULL: of an index
  bool attained, breached;      // neither: there are too few answers, or it has not started
  unsigned flags;               // integrity flags that are raised: bits by enum integrity_kind
  const struct metric *paired;  // SLA metric that it is paired with; NULL: none
  bool paired_attained;
  bool has_interval, had_interval;  // of the value now, and of the one a whole window earlier under the same version
  double low, high, low_before, high_before;
};

enum maturity_sign {
  MATURITY_INTEGRITY,   // a flag is raised on its agreement
  MATURITY_WATERMELON,  // it attains its target while an experience agreed on misses its own
  MATURITY_WORSENED,    // it attains its target while an experience agreed on has got worse than a window earlier
};
extern const char *const MATURITY_SIGNS[];  // by sign, then NULL

struct maturity_own_goal {
  enum maturity_sign sign;
  const struct metric *metric;  // that has become the goal; NULL: an index
  size_t agreement;             // on it, or that it is paired with
  size_t experience;            // whose agreement's experience suffers; the same where there is no other
};

// An experience has got worse when the intervals of now and of a window earlier don't touch, in the worse direction: two 95 % intervals apart are
// stronger than p < 0.05.
bool maturity_worsened(const struct maturity_agreement *agreement);

// Finds all signs, of which at most `max` are stored, in the order of the agreements; returns how many there are. The experience that belongs to a
// target: of a paired SLA metric the agreement that is paired with it, of an agreement on another metric than those of answers the agreements of the
// same scope on metrics of answers. An agreement on a metric of answers has the others of these, and of them only what has got worse.
size_t maturity_own_goals(const struct maturity_agreement *agreements, size_t count, struct maturity_own_goal *found, size_t max);

#endif
