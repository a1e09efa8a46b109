// Tells the state of an experience level agreement from what was agreed and what was measured.
#include "domain/xla.h"

#include <assert.h>

#include "base/instant.h"
#include "domain/comparison.h"

// As far as JSON's numbers are exact. No window comes near it: what lies beyond is as good as endless.
static const int64_t LEFT_MAX = INT64_C(1) << 53;

const char *const XLA_STATUS_NAMES[] = {
    [XLA_RETIRED] = "retired",   [XLA_NOT_STARTED] = "not_started", [XLA_INSUFFICIENT_DATA] = "insufficient_data",
    [XLA_BREACHED] = "breached", [XLA_AT_RISK] = "at_risk",         [XLA_MET] = "met",
    [XLA_STATUS_COUNT] = NULL,
};

// What one answer can count with, in the shown unit. False for what has no budget.
static bool answers_of(const struct metric *metric, int *best, int *worst) {
  if (metric->aggregation != AGGREGATE_NET && metric->aggregation != AGGREGATE_SHARE) {
    return false;
  }
  int high = 100;
  int low = metric->aggregation == AGGREGATE_NET ? -100 : 0;
  *best = metric->better == BETTER_HIGHER ? high : low;
  *worst = metric->better == BETTER_HIGHER ? low : high;
  return true;
}

static int sign_of(const struct metric *metric) {
  assert(metric->better != BETTER_NEITHER);
  return metric->better == BETTER_HIGHER ? 1 : -1;
}

static void set_room(struct xla_budget *budget, enum xla_room room, int128 left) {
  bool endless = left > LEFT_MAX || left < -LEFT_MAX;
  budget->room = !endless ? room : left > 0 ? XLA_ROOM_UNBOUNDED : XLA_ROOM_UNATTAINABLE;
  budget->left = budget->room == XLA_ROOM_LEFT ? (int64_t)left : 0;
}

struct xla_budget xla_budget_of(const struct metric *metric, const struct estimate *value, struct ratio target) {
  struct xla_budget budget = {0};
  int best, worst;
  if (!value->has_value || !answers_of(metric, &best, &worst)) {
    return budget;
  }
  int sign = sign_of(metric);
  assert(value->denominator == value->n);
  // All three times the target's denominator.
  int128 slack = sign * (value->numerator * target.denominator - target.numerator * value->n);
  int128 cost = sign * (target.numerator - worst * target.denominator);
  int128 gain = sign * (best * target.denominator - target.numerator);
  if (slack >= 0) {
    set_room(&budget, cost > 0 ? XLA_ROOM_LEFT : XLA_ROOM_UNBOUNDED, cost > 0 ? slack / cost : 0);
  } else {
    set_room(&budget, gain > 0 ? XLA_ROOM_LEFT : XLA_ROOM_UNATTAINABLE, gain > 0 ? -((-slack + gain - 1) / gain) : 0);
  }
  if (gain > 0) {
    int128 short_of_best = sign * (best * value->denominator - value->numerator);
    budget.used = ratio_reduce((struct ratio){short_of_best * target.denominator, value->denominator * gain});
  }
  return budget;
}

static struct ratio used_of(const struct xla_terms *terms, const struct xla_figure *figure) {
  return figure->hidden ? (struct ratio){0} : xla_budget_of(terms->metric, &figure->estimate, terms->target).used;
}

static struct xla_burn burn_of(const struct xla_terms *terms, const struct xla_readings *readings) {
  struct xla_burn burn = {.week = used_of(terms, &readings->week), .day = used_of(terms, &readings->day)};
  struct ratio factor = terms->burn_factor.denominator > 0 ? terms->burn_factor : (struct ratio){XLA_BURN_FACTOR, 1};
  burn.alert = burn.week.denominator > 0 && burn.day.denominator > 0 && ratio_compare(burn.week, factor) > 0 && ratio_compare(burn.day, factor) > 0 &&
               readings->day.estimate.n >= XLA_BURN_ANSWERS_MIN;
  return burn;
}

static bool interval_contains(const struct estimate *value, struct ratio target) {
  double at = ratio_value(target);
  return value->low <= at && at <= value->high;
}

// Where the trend takes a value that attains the target, or doesn't, to the other side.
static void set_projection(struct xla_state *state, const struct xla_terms *terms, const struct xla_readings *readings, bool attained) {
  const struct trend *trend = &readings->trend;
  double sign = sign_of(terms->metric);
  double worsening = -sign * trend->change;
  if (!trend->has_line || !trend->significant || worsening == 0 || (worsening > 0) != attained) {
    return;
  }
  double target = ratio_value(terms->target);
  int32_t last = readings->window.to + window_days(readings->window);
  for (int32_t day = readings->window.to + 1; day <= last; day++) {
    bool attains = sign * trend_at(trend, day) >= sign * target;
    if (attains != attained) {
      state->has_projection = true;
      state->projection = day;
      return;
    }
  }
}

// Of an agreement in force with data enough.
static void judge(struct xla_state *state, const struct xla_terms *terms, const struct xla_readings *readings) {
  bool attained = estimate_reaches(terms->metric, &state->value, terms->target);
  bool contains = state->value.has_interval && interval_contains(&state->value, terms->target);
  set_projection(state, terms, readings, attained);
  state->status = !attained ? XLA_BREACHED : contains || state->has_projection ? XLA_AT_RISK : XLA_MET;
  state->has_confirmed = state->value.has_interval;
  state->confirmed = state->has_confirmed && !contains;
  const struct xla_figure *pair = &readings->paired_figure;
  state->has_watermelon = readings->paired && pair->estimate.has_value && !pair->hidden;
  state->watermelon = state->has_watermelon && !attained && estimate_reaches(readings->paired, &pair->estimate, readings->paired_target);
}

struct xla_state xla_state_of(const struct xla_terms *terms, const struct xla_readings *readings, int32_t today) {
  bool active = !terms->retired && readings->window.to >= terms->starts_on;
  struct xla_state state = {
      .status = terms->retired ? XLA_RETIRED
                : !active      ? XLA_NOT_STARTED
                               : XLA_INSUFFICIENT_DATA,
      .excluded = readings->counted_days == 0,
      .hidden = readings->whole.hidden,
      .value = {.n = readings->whole.estimate.n, .denominator = 1},
      .stale = !terms->retired && today > terms->review_by,
  };
  if (state.hidden || state.excluded) {
    return state;
  }
  state.value = readings->whole.estimate;
  state.budget = xla_budget_of(terms->metric, &state.value, terms->target);
  state.burn = burn_of(terms, readings);
  state.burn.alert = state.burn.alert && active;
  if (active && state.value.has_value && state.value.n >= terms->min_responses) {
    judge(&state, terms, readings);
  }
  return state;
}

struct ratio xla_improvement_target(const struct estimate *baseline, struct ratio difference) {
  struct ratio value = {baseline->numerator, baseline->has_value ? baseline->denominator : 0};
  return ratio_sum(value, difference);
}

bool xla_target_possible(const struct metric *metric, struct ratio target) {
  if (target.denominator <= 0 || metric->better == BETTER_NEITHER) {
    return false;
  }
  struct ratio low = {metric->low, metric->divisor};
  struct ratio high = {metric->high, metric->divisor};
  int best, worst;
  if (answers_of(metric, &best, &worst)) {
    low = (struct ratio){best < worst ? best : worst, 1};
    high = (struct ratio){best < worst ? worst : best, 1};
  }
  bool bounded = ratio_compare(low, high) < 0;
  return bounded ? ratio_compare(target, low) >= 0 && ratio_compare(target, high) <= 0 : target.numerator >= 0;
}

int32_t xla_review_day(int32_t agreed) {
  int year, month, day;
  day_to_civil(agreed, &year, &month, &day);
  int months = month - 1 + XLA_REVIEW_MONTHS;
  int32_t first = day_from_civil(year + months / 12, months % 12 + 1, 1);
  int32_t next = day_from_civil(year + (months + 1) / 12, (months + 1) % 12 + 1, 1);
  return first + day - 1 < next ? first + day - 1 : next - 1;
}
