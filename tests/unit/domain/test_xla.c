// Checks the states of an agreement over every combination of what they depend on, and its burn, targets and days at their edges.
#include "domain/xla.h"

#include "base/instant.h"
#include "domain/composite.h"
#include "unit.h"

enum { TARGET = 30, MIN_RESPONSES = 20, LAST = 20000, WINDOW_DAYS = 30, ANY = -1 };

enum life { ACTIVE, AHEAD, RETIRED, LIVES };
enum data { NOTHING, WITHHELD, TOO_FEW, ENOUGH, DATA };
enum value { MISSES, EQUALS, EXCEEDS, VALUES };  // in the better direction
enum interval_kind { WITHOUT, CONTAINS, CLEAR, INTERVALS };
enum line {
  NO_LINE,
  INSIGNIFICANT,
  WORSE_IN_TIME,   // crosses on the last day on which that counts
  WORSE_TOO_LATE,  // a day later
  WORSE_ALREADY,   // before the window's end
  BETTER_IN_TIME,
  BETTER_TOO_LATE,
  BETTER_ALREADY,
  LINES
};
enum excluded { NO_DAY, SOME_DAYS, ALL_DAYS, EXCLUDED };
enum pair { NO_PAIR, PAIR_EMPTY, PAIR_HIDDEN, PAIR_MISSES, PAIR_ATTAINS, PAIRS };

struct combination {
  int life, data, value, interval, line, excluded, pair, stale;
};

static const char *const METRICS[] = {"happiness", "reopened", "ces", "lost_time"};

// NULL, false or true.
enum { UNKNOWN = -1, NO, YES };

struct rule {
  int life, data, value, interval, projected, excluded;  // ANY matches all
  enum xla_status status;
  int confirmed;
};

// The first that matches.
static const struct rule RULES[] = {
    {RETIRED, ANY, ANY, ANY, ANY, ANY, XLA_RETIRED, UNKNOWN},
    {AHEAD, ANY, ANY, ANY, ANY, ANY, XLA_NOT_STARTED, UNKNOWN},
    {ACTIVE, ANY, ANY, ANY, ANY, ALL_DAYS, XLA_INSUFFICIENT_DATA, UNKNOWN},
    {ACTIVE, NOTHING, ANY, ANY, ANY, ANY, XLA_INSUFFICIENT_DATA, UNKNOWN},
    {ACTIVE, WITHHELD, ANY, ANY, ANY, ANY, XLA_INSUFFICIENT_DATA, UNKNOWN},
    {ACTIVE, TOO_FEW, ANY, ANY, ANY, ANY, XLA_INSUFFICIENT_DATA, UNKNOWN},
    {ACTIVE, ENOUGH, MISSES, WITHOUT, ANY, ANY, XLA_BREACHED, UNKNOWN},
    {ACTIVE, ENOUGH, MISSES, CONTAINS, ANY, ANY, XLA_BREACHED, NO},
    {ACTIVE, ENOUGH, MISSES, CLEAR, ANY, ANY, XLA_BREACHED, YES},
    {ACTIVE, ENOUGH, ANY, CONTAINS, ANY, ANY, XLA_AT_RISK, NO},
    {ACTIVE, ENOUGH, ANY, WITHOUT, YES, ANY, XLA_AT_RISK, UNKNOWN},
    {ACTIVE, ENOUGH, ANY, CLEAR, YES, ANY, XLA_AT_RISK, YES},
    {ACTIVE, ENOUGH, ANY, WITHOUT, NO, ANY, XLA_MET, UNKNOWN},
    {ACTIVE, ENOUGH, ANY, CLEAR, NO, ANY, XLA_MET, YES},
};

// The day on which the trend takes the value to the other side of the target; 0: it doesn't.
static const int32_t PROJECTIONS[VALUES][LINES] = {
    [MISSES] = {[BETTER_IN_TIME] = LAST + WINDOW_DAYS, [BETTER_ALREADY] = LAST + 1},
    [EQUALS] = {[WORSE_IN_TIME] = LAST + WINDOW_DAYS, [WORSE_ALREADY] = LAST + 1},
    [EXCEEDS] = {[WORSE_IN_TIME] = LAST + WINDOW_DAYS, [WORSE_ALREADY] = LAST + 1},
};

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

static int sign_of(const struct metric *metric) { return metric->better == BETTER_HIGHER ? 1 : -1; }

static struct estimate whole_number(int64_t n, int value) {
  return (struct estimate){.n = n, .has_value = n > 0, .numerator = (int128)value * n, .denominator = n > 0 ? n : 1};
}

static struct xla_figure figure_of(const struct combination *at, int sign) {
  int64_t n = at->data == NOTHING ? 0 : at->data == TOO_FEW ? MIN_RESPONSES - 1 : MIN_RESPONSES;
  int side = at->value == MISSES ? -sign : sign;
  struct estimate estimate = whole_number(n, at->value == EQUALS ? TARGET : TARGET + side);
  estimate.has_interval = at->interval != WITHOUT && n > 0;
  // Clear of the target by a half, or reaching beyond it on both sides.
  double near = TARGET + (at->interval == CONTAINS ? -0.5 : 0.5) * side;
  double far = TARGET + 3.0 * side;
  estimate.low = near < far ? near : far;
  estimate.high = near < far ? far : near;
  return (struct xla_figure){estimate, at->data == WITHHELD};
}

// Moves by one point a day, and equals the target on day `at`.
static struct trend line_through(int32_t at, int slope) {
  struct trend trend = {
      .has_line = true, .from = LAST - WINDOW_DAYS + 1, .to = LAST, .change = (double)slope * (WINDOW_DAYS - 1), .significant = true};
  trend.begin = TARGET + (double)slope * (trend.from - at);
  trend.end = trend.begin + trend.change;
  return trend;
}

static struct trend trend_for(int line, int sign) {
  struct trend insignificant = line_through(LAST + 3, -sign);
  insignificant.significant = false;
  switch (line) {
  case INSIGNIFICANT:
    return insignificant;
  case WORSE_IN_TIME:  // equality still attains
    return line_through(LAST + WINDOW_DAYS - 1, -sign);
  case WORSE_TOO_LATE:
    return line_through(LAST + WINDOW_DAYS, -sign);
  case WORSE_ALREADY:
    return line_through(LAST - 5, -sign);
  case BETTER_IN_TIME:
    return line_through(LAST + WINDOW_DAYS, sign);
  case BETTER_TOO_LATE:
    return line_through(LAST + WINDOW_DAYS + 1, sign);
  case BETTER_ALREADY:
    return line_through(LAST - 5, sign);
  default:
    return (struct trend){0};
  }
}

static struct xla_state state_at(const struct metric *metric, const struct combination *at) {
  int32_t today = LAST + 1;
  struct xla_terms terms = {
      .metric = metric,
      .target = {TARGET, 1},
      .min_responses = MIN_RESPONSES,
      .starts_on = at->life == AHEAD ? LAST + 1 : LAST,
      .review_by = at->stale ? today - 1 : today,
      .retired = at->life == RETIRED,
  };
  static const int32_t COUNTED[] = {[NO_DAY] = WINDOW_DAYS, [SOME_DAYS] = 1, [ALL_DAYS] = 0};
  struct xla_readings readings = {
      .window = {LAST - WINDOW_DAYS + 1, LAST},
      .counted_days = COUNTED[at->excluded],
      .whole = figure_of(at, sign_of(metric)),
      .trend = trend_for(at->line, sign_of(metric)),
      .paired = at->pair == NO_PAIR ? NULL : named("sla_met"),
      .paired_figure = {whole_number(at->pair == PAIR_EMPTY ? 0 : 100, at->pair == PAIR_MISSES ? 89 : 90), at->pair == PAIR_HIDDEN},
      .paired_target = {90, 1},
  };
  return xla_state_of(&terms, &readings, today);
}

static bool fits(int wanted, int actual) { return wanted == ANY || wanted == actual; }

static size_t rule_of(const struct combination *at) {
  bool projected = PROJECTIONS[at->value][at->line] != 0;
  for (size_t i = 0; i < ROWS(RULES); i++) {
    const struct rule *rule = &RULES[i];
    if (fits(rule->life, at->life) && fits(rule->data, at->data) && fits(rule->value, at->value) && fits(rule->interval, at->interval) &&
        fits(rule->projected, projected) && fits(rule->excluded, at->excluded)) {
      return i;
    }
  }
  ck_abort_msg("a combination without a rule");
}

static void assert_state(const struct metric *metric, const struct combination *at, const struct rule *rule) {
  struct xla_state state = state_at(metric, at);
  bool judged = rule->status >= XLA_BREACHED;
  int32_t projection = judged ? PROJECTIONS[at->value][at->line] : 0;
  bool paired = judged && (at->pair == PAIR_MISSES || at->pair == PAIR_ATTAINS);
  ck_assert_int_eq(state.status, rule->status);
  ck_assert_int_eq(state.has_confirmed ? state.confirmed : UNKNOWN, rule->confirmed);
  ck_assert_int_eq(state.has_projection ? state.projection : 0, projection);
  ck_assert_int_eq(state.has_watermelon ? state.watermelon : UNKNOWN, !paired ? UNKNOWN : at->pair == PAIR_ATTAINS && rule->status == XLA_BREACHED);
  bool shown = at->data != WITHHELD && at->data != NOTHING && at->excluded != ALL_DAYS;
  bool budgeted = metric->aggregation == AGGREGATE_NET || metric->aggregation == AGGREGATE_SHARE;
  ck_assert(state.stale == (at->stale && at->life != RETIRED) && state.hidden == (at->data == WITHHELD) &&
            state.excluded == (at->excluded == ALL_DAYS) && state.value.has_value == shown &&
            (state.budget.room != XLA_ROOM_NONE) == (shown && budgeted) && (state.budget.left < 0) == (shown && budgeted && at->value == MISSES));
}

// The digits of `number` in mixed radix are a combination.
static struct combination combination_of(int number, int *rest) {
  static const int COUNTS[] = {LIVES, DATA, VALUES, INTERVALS, LINES, EXCLUDED, PAIRS, 2};
  int digits[ROWS(COUNTS)];
  for (size_t i = 0; i < ROWS(COUNTS); i++) {
    digits[i] = number % COUNTS[i];
    number /= COUNTS[i];
  }
  *rest = number;
  return (struct combination){digits[0], digits[1], digits[2], digits[3], digits[4], digits[5], digits[6], digits[7]};
}

START_TEST(every_combination_has_its_state) {
  const struct metric *metric = named(METRICS[_i]);
  int seen[ROWS(RULES)] = {0};
  int rest = 0;
  int number = 0;
  for (; rest == 0; number++) {
    struct combination at = combination_of(number, &rest);
    if (rest == 0) {
      size_t rule = rule_of(&at);
      seen[rule]++;
      assert_state(metric, &at, &RULES[rule]);
    }
  }
  ck_assert_int_eq(number - 1, LIVES * DATA * VALUES * INTERVALS * LINES * EXCLUDED * PAIRS * 2);
  EACH(count, seen) { ck_assert_int_gt(*count, 0); }
}
END_TEST

// Equality attains: at 30 with the target 30 an unrounded 29.999… misses.
START_TEST(value_is_compared_unrounded) {
  struct combination at = {ACTIVE, ENOUGH, EQUALS, WITHOUT, NO_LINE, NO_DAY, NO_PAIR, 0};
  ck_assert_int_eq(state_at(named("happiness"), &at).status, XLA_MET);
  struct xla_terms terms = {.metric = named("ces"), .target = {333333, 100000}, .min_responses = 3};
  struct xla_readings readings = {
      .window = {1, 30}, .counted_days = 30, .whole = {{.n = 3, .has_value = true, .numerator = 10, .denominator = 3}, false}};
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_MET);
  terms.target = (struct ratio){333334, 100000};
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_BREACHED);
  terms.target = (struct ratio){10, 3};
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_MET);
}
END_TEST

START_TEST(interval_that_ends_at_the_target_contains_it) {
  struct xla_terms terms = {.metric = named("happiness"), .target = {TARGET, 1}};
  struct xla_readings readings = {.window = {1, 30}, .counted_days = 30, .whole = {whole_number(50, 35), false}};
  readings.whole.estimate.has_interval = true;
  readings.whole.estimate.low = TARGET;
  readings.whole.estimate.high = 40;
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_AT_RISK);
  readings.whole.estimate.low = TARGET + 1e-9;
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_MET);
}
END_TEST

// Half of what sla_met and reopened can reach.
START_TEST(composite_index_is_judged_like_any_figure) {
  struct composite_part parts[] = {{.metric = named("sla_met"), .weight = 1, .estimate = whole_number(60, 80)},
                                   {.metric = named("reopened"), .weight = 1, .estimate = whole_number(40, 80)}};
  ck_assert(composite_scale(parts[0].metric, &parts[0].anchors) && composite_scale(parts[1].metric, &parts[1].anchors));
  struct xla_terms terms = {.metric = &COMPOSITE_INDEX, .target = {50, 1}, .min_responses = 40};
  struct xla_readings readings = {.window = {1, 30}, .counted_days = 30, .whole = {composite_of(parts, ROWS(parts)), false}};
  struct xla_state state = xla_state_of(&terms, &readings, 31);
  ck_assert(state.status == XLA_MET && state.budget.room == XLA_ROOM_NONE && state.value.n == 40);
  terms.target = (struct ratio){500001, 10000};
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_BREACHED);
  terms.min_responses = 41;
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_INSUFFICIENT_DATA);
  parts[0].hidden = true;
  readings.whole.estimate = composite_of(parts, ROWS(parts));
  terms.min_responses = 1;
  ck_assert_int_eq(xla_state_of(&terms, &readings, 31).status, XLA_INSUFFICIENT_DATA);
  ck_assert(xla_target_possible(&COMPOSITE_INDEX, (struct ratio){100, 1}) && !xla_target_possible(&COMPOSITE_INDEX, (struct ratio){101, 1}));
}
END_TEST

// A line that stands still, on either side.
START_TEST(level_line_crosses_nothing) {
  for (int offset = -1; offset <= 1; offset++) {
    struct xla_terms terms = {.metric = named("happiness"), .target = {TARGET, 1}};
    struct xla_readings readings = {.window = {1, 30}, .counted_days = 30, .whole = {whole_number(50, TARGET), false}};
    readings.trend = (struct trend){.has_line = true, .from = 1, .to = 30, .begin = TARGET + offset, .end = TARGET + offset, .significant = true};
    ck_assert(!xla_state_of(&terms, &readings, 31).has_projection);
  }
}
END_TEST

struct burn_case {
  int64_t week_n, week_ones, day_n, day_ones;
  struct ratio factor;
  bool week_hidden, day_hidden, retired, alert;
};

// At most 20 % reopened: 40 % use twice the budget.
static const struct burn_case BURNS[] = {
    {50, 21, 10, 5, {0, 0}, false, false, false, true},
    // Both have to exceed the factor; equality does not.
    {50, 20, 10, 5, {0, 0}, false, false, false, false},
    {50, 21, 10, 4, {0, 0}, false, false, false, false},
    {50, 20, 10, 5, {199, 100}, false, false, false, true},
    {50, 21, 10, 5, {3, 1}, false, false, false, false},
    // Five answers in the day.
    {50, 21, 5, 3, {0, 0}, false, false, false, true},
    {50, 21, 4, 4, {0, 0}, false, false, false, false},
    {50, 21, 0, 0, {0, 0}, false, false, false, false},
    {50, 21, 10, 5, {0, 0}, true, false, false, false},
    {50, 21, 10, 5, {0, 0}, false, true, false, false},
    {50, 21, 10, 5, {0, 0}, false, false, true, false},
};

static struct xla_figure share_of(int64_t n, int64_t ones, bool hidden) {
  struct tally tally = {0};
  const struct metric *metric = named("reopened");
  tally_add_value(&tally, metric, 1, ones);
  tally_add_value(&tally, metric, 0, n - ones);
  return (struct xla_figure){estimate_of(metric, &tally), hidden};
}

START_TEST(burn_alerts_when_week_and_day_exceed_the_factor) {
  const struct burn_case *row = &BURNS[_i];
  struct xla_terms terms = {.metric = named("reopened"), .target = {20, 1}, .retired = row->retired, .burn_factor = row->factor};
  struct xla_readings readings = {
      .window = {1, 30},
      .counted_days = 30,
      .whole = share_of(200, 30, false),
      .week = share_of(row->week_n, row->week_ones, row->week_hidden),
      .day = share_of(row->day_n, row->day_ones, row->day_hidden),
  };
  struct xla_state state = xla_state_of(&terms, &readings, 31);
  ck_assert_int_eq(state.burn.alert, row->alert);
  struct ratio week = ratio_reduce((struct ratio){5 * row->week_ones, row->week_n});
  ck_assert(row->week_hidden ? state.burn.week.denominator == 0 : ratio_compare(state.burn.week, week) == 0);
  ck_assert_int_eq(state.burn.day.denominator == 0, row->day_hidden || row->day_n == 0);
  // Nothing shows through where the window is withheld.
  readings.whole.hidden = true;
  state = xla_state_of(&terms, &readings, 31);
  ck_assert(!state.burn.alert && state.burn.week.denominator == 0 && state.burn.day.denominator == 0 && state.value.numerator == 0);
  ck_assert_int_eq(state.value.n, 200);
}
END_TEST

START_TEST(improvement_adds_to_the_baseline_exactly) {
  struct estimate baseline = {.n = 13, .has_value = true, .numerator = 500, .denominator = 13};
  struct ratio target = xla_improvement_target(&baseline, (struct ratio){25, 10});
  ck_assert_int_eq(ratio_compare(target, (struct ratio){1065, 26}), 0);
  target = xla_improvement_target(&baseline, (struct ratio){-25, 10});
  ck_assert_int_eq(ratio_compare(target, (struct ratio){935, 26}), 0);
  baseline.has_value = false;
  ck_assert(xla_improvement_target(&baseline, (struct ratio){25, 10}).denominator == 0);
}
END_TEST

struct possible_case {
  const char *metric;
  struct ratio target;
  bool possible;
};

static const struct possible_case POSSIBLE[] = {
    {"happiness", {100, 1}, true},
    {"happiness", {10001, 100}, false},
    {"happiness", {-100, 1}, true},
    {"happiness", {-10001, 100}, false},
    {"reopened", {0, 1}, true},
    {"reopened", {-1, 100}, false},
    {"reopened", {100, 1}, true},
    {"reopened", {101, 1}, false},
    {"ces", {7, 1}, true},
    {"ces", {1, 1}, true},
    {"ces", {701, 100}, false},
    {"ces", {99, 100}, false},
    {"lost_time", {100000, 1}, true},
    {"lost_time", {0, 1}, true},
    {"lost_time", {-1, 1}, false},
    {"happiness", {30, 0}, false},
    {"ticket_volume", {5, 1}, false},
    {"backlog", {5, 1}, true},
    {"service_availability", {999, 10}, true},
    {"service_availability", {1001, 10}, false},
};

START_TEST(target_lies_on_the_scale) {
  const struct possible_case *row = &POSSIBLE[_i];
  ck_assert_int_eq(xla_target_possible(named(row->metric), row->target), row->possible);
}
END_TEST

static void assert_review(int year, int month, int day, int review_year, int review_month, int review_day) {
  ck_assert_int_eq(xla_review_day(day_from_civil(year, month, day)), day_from_civil(review_year, review_month, review_day));
}

START_TEST(review_is_due_nine_months_later) {
  assert_review(2026, 1, 15, 2026, 10, 15);
  assert_review(2026, 3, 31, 2026, 12, 31);
  assert_review(2026, 4, 1, 2027, 1, 1);
  assert_review(2026, 12, 31, 2027, 9, 30);
  assert_review(2026, 5, 31, 2027, 2, 28);
  assert_review(2027, 5, 30, 2028, 2, 29);
}
END_TEST

START_TEST(every_status_has_a_name) {
  for (int status = 0; status < XLA_STATUS_COUNT; status++) {
    ck_assert_ptr_nonnull(XLA_STATUS_NAMES[status]);
  }
  ck_assert_ptr_null(XLA_STATUS_NAMES[XLA_STATUS_COUNT]);
}
END_TEST

static Suite *xla_suite(void) {
  Suite *suite = suite_create("xla");
  TCase *tests = tcase_create("xla");
  tcase_add_loop_test(tests, every_combination_has_its_state, 0, ROWS(METRICS));
  tcase_add_test(tests, value_is_compared_unrounded);
  tcase_add_test(tests, interval_that_ends_at_the_target_contains_it);
  tcase_add_test(tests, composite_index_is_judged_like_any_figure);
  tcase_add_test(tests, level_line_crosses_nothing);
  tcase_add_loop_test(tests, burn_alerts_when_week_and_day_exceed_the_factor, 0, ROWS(BURNS));
  tcase_add_test(tests, improvement_adds_to_the_baseline_exactly);
  tcase_add_loop_test(tests, target_lies_on_the_scale, 0, ROWS(POSSIBLE));
  tcase_add_test(tests, review_is_due_nine_months_later);
  tcase_add_test(tests, every_status_has_a_name);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(xla_suite()); }
