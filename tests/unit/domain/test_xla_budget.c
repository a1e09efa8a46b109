// Checks the budget of an agreement: vectors by hand, and random windows against adding answers one by one.
#include "domain/comparison.h"
#include "domain/xla.h"

#include "unit.h"

static const struct metric *named(const char *key) {
  const struct metric *metric = metric_find(text_of(key));
  ck_assert_ptr_nonnull(metric);
  return metric;
}

// happiness and reopened, and the same the other way round.
enum kind { NET_HIGHER, SHARE_LOWER, SHARE_HIGHER, NET_LOWER, KINDS };

static struct metric metric_of(int kind) {
  struct metric metric = *named(kind == NET_HIGHER || kind == NET_LOWER ? "happiness" : "reopened");
  metric.better = kind == NET_HIGHER || kind == SHARE_HIGHER ? BETTER_HIGHER : BETTER_LOWER;
  return metric;
}

// Positive, neutral and negative answers; of a share: ones, none, zeros.
struct window_answers {
  int64_t positive, neutral, negative;
};

static struct estimate estimate_for(const struct metric *metric, const struct window_answers *answers) {
  struct tally tally = {0};
  bool net = metric->aggregation == AGGREGATE_NET;
  tally_add_value(&tally, metric, net ? 9 : 1, answers->positive);
  tally_add_value(&tally, metric, net ? 8 : 0, answers->neutral);
  tally_add_value(&tally, metric, 0, answers->negative);
  return estimate_without_interval(metric, &tally);
}

struct budget_case {
  int kind;
  struct window_answers answers;
  struct ratio target;
  enum xla_room room;
  int64_t left;
  struct ratio used;
};

static const struct budget_case CASES[] = {
    // 40 of 200 allowed, 42 of 212.
    {SHARE_LOWER, {30, 0, 170}, {20, 1}, XLA_ROOM_LEFT, 12, {3, 4}},
    // 71.43 %.
    {NET_HIGHER, {120, 60, 20}, {30, 1}, XLA_ROOM_LEFT, 30, {5, 7}},
    // Equality attains, and no worst answer fits.
    {SHARE_LOWER, {40, 0, 160}, {20, 1}, XLA_ROOM_LEFT, 0, {1, 1}},
    // Missed by one answer: 41 of 205.
    {SHARE_LOWER, {41, 0, 159}, {20, 1}, XLA_ROOM_LEFT, -5, {41, 40}},
    // 90 % wanted, 85 of 100: 135 of 150.
    {SHARE_HIGHER, {85, 0, 15}, {90, 1}, XLA_ROOM_LEFT, -50, {3, 2}},
    // 95 of 100, then of 105.
    {SHARE_HIGHER, {95, 0, 5}, {90, 1}, XLA_ROOM_LEFT, 5, {1, 2}},
    {NET_LOWER, {10, 0, 90}, {-70, 1}, XLA_ROOM_LEFT, 5, {2, 3}},
    // The worst there is can't be missed, the best neither be bettered nor, once missed, attained again.
    {NET_HIGHER, {0, 0, 5}, {-100, 1}, XLA_ROOM_UNBOUNDED, 0, {1, 1}},
    {NET_HIGHER, {5, 0, 0}, {-100, 1}, XLA_ROOM_UNBOUNDED, 0, {0, 1}},
    {SHARE_LOWER, {7, 0, 3}, {100, 1}, XLA_ROOM_UNBOUNDED, 0, {7, 10}},
    {NET_HIGHER, {5, 0, 0}, {100, 1}, XLA_ROOM_LEFT, 0, {0, 0}},
    {NET_HIGHER, {5, 1, 0}, {100, 1}, XLA_ROOM_UNATTAINABLE, 0, {0, 0}},
    {SHARE_LOWER, {0, 0, 9}, {0, 1}, XLA_ROOM_LEFT, 0, {0, 0}},
    {SHARE_LOWER, {1, 0, 9}, {0, 1}, XLA_ROOM_UNATTAINABLE, 0, {0, 0}},
    // Beyond the scale, as a difference to a baseline may lead to.
    {NET_HIGHER, {5, 0, 5}, {120, 1}, XLA_ROOM_UNATTAINABLE, 0, {0, 0}},
    {NET_HIGHER, {5, 0, 5}, {-120, 1}, XLA_ROOM_UNBOUNDED, 0, {5, 11}},
    // As good as endless: a target next to the end of the scale.
    {NET_HIGHER, {5000000, 0, 0}, {-999999999999999, 10000000000000}, XLA_ROOM_UNBOUNDED, 0, {0, 1}},
    {NET_HIGHER, {0, 0, 5000000}, {999999999999999, 10000000000000}, XLA_ROOM_UNATTAINABLE, 0, {2000000000000000, 1}},
    {NET_HIGHER, {0, 0, 0}, {30, 1}, XLA_ROOM_NONE, 0, {0, 0}},
};

START_TEST(budget_is_what_the_target_leaves) {
  const struct budget_case *row = &CASES[_i];
  struct metric metric = metric_of(row->kind);
  struct estimate value = estimate_for(&metric, &row->answers);
  struct xla_budget budget = xla_budget_of(&metric, &value, row->target);
  ck_assert_int_eq(budget.room, row->room);
  ck_assert_int_eq(budget.left, row->left);
  ck_assert(budget.used.numerator == row->used.numerator && budget.used.denominator == row->used.denominator);
}
END_TEST

START_TEST(means_and_counts_have_none) {
  static const char *const KEYS[] = {"ces", "lost_time", "backlog", "service_desk_budget"};
  EACH(key, KEYS) {
    struct estimate value = {.n = 10, .has_value = true, .numerator = 50, .denominator = 10};
    struct xla_budget budget = xla_budget_of(named(*key), &value, (struct ratio){4, 1});
    ck_assert(budget.room == XLA_ROOM_NONE && budget.used.denominator == 0);
  }
}
END_TEST

// The same numbers in each run: 0 to below − 1.
static int64_t draw(uint64_t *state, int64_t below) {
  *state = *state * 6364136223846793005U + 1442695040888963407U;
  return (int64_t)(*state >> 33) % below;
}

// A window of up to 120 answers, each band of which may be empty.
static struct window_answers random_answers(const struct metric *metric, uint64_t *state) {
  struct window_answers answers = {draw(state, 41), draw(state, 41), draw(state, 41)};
  switch (draw(state, 6)) {
  case 0:
    answers.positive = 0;
    break;
  case 1:
    answers.negative = 0;
    break;
  default:
    break;
  }
  if (metric->aggregation == AGGREGATE_SHARE) {
    answers.neutral = 0;
  }
  answers.neutral += answers.positive + answers.neutral + answers.negative == 0;
  return answers;
}

// Whole points, decimals, what a baseline yields, and the value itself.
static struct ratio random_target(const struct metric *metric, const struct estimate *value, uint64_t *state) {
  static const int64_t DENOMINATORS[] = {1, 10, 100, 7, 13, 60};
  int64_t denominator = DENOMINATORS[draw(state, ROWS(DENOMINATORS))];
  if (draw(state, 8) == 0) {
    return (struct ratio){value->numerator, value->denominator};
  }
  int64_t low = metric->aggregation == AGGREGATE_NET ? -100 : 0;
  return (struct ratio){low * denominator + draw(state, (100 - low) * denominator + 1), denominator};
}

static void add(const struct metric *metric, struct window_answers *answers, bool best) {
  bool up = best == (metric->better == BETTER_HIGHER);
  answers->positive += up;
  answers->negative += !up;
}

// How many answers, best or worst ones, until the target is attained or missed; `most` + 1 when so many don't suffice.
static int64_t answers_until(const struct metric *metric, struct window_answers answers, struct ratio target, bool best, int64_t most) {
  for (int64_t added = 0; added <= most; added++) {
    struct estimate value = estimate_for(metric, &answers);
    if (estimate_reaches(metric, &value, target) == best) {
      return added;
    }
    add(metric, &answers, best);
  }
  return most + 1;
}

START_TEST(left_equals_adding_answers_one_by_one) {
  enum { WINDOWS = 10000, MOST = 30000 };
  uint64_t state = 5;
  int64_t rooms[XLA_ROOM_UNATTAINABLE + 1] = {0};
  int64_t negative = 0;
  for (int i = 0; i < WINDOWS; i++) {
    struct metric metric = metric_of(i % KINDS);
    struct window_answers answers = random_answers(&metric, &state);
    struct estimate value = estimate_for(&metric, &answers);
    struct ratio target = random_target(&metric, &value, &state);
    struct xla_budget budget = xla_budget_of(&metric, &value, target);
    bool attained = estimate_reaches(&metric, &value, target);
    int64_t until = answers_until(&metric, answers, target, !attained, MOST);
    rooms[budget.room]++;
    negative += budget.left < 0;
    if (until > MOST) {
      bool endless = budget.room == (attained ? XLA_ROOM_UNBOUNDED : XLA_ROOM_UNATTAINABLE);
      ck_assert(endless || budget.left >= MOST || budget.left < -MOST);
      continue;
    }
    ck_assert_int_eq(budget.room, XLA_ROOM_LEFT);
    ck_assert_int_eq(budget.left, attained ? until - 1 : -until);
  }
  ck_assert_int_eq(rooms[XLA_ROOM_NONE], 0);
  ck_assert(rooms[XLA_ROOM_UNBOUNDED] > 0 && rooms[XLA_ROOM_UNATTAINABLE] > 0 && rooms[XLA_ROOM_LEFT] > WINDOWS * 9 / 10);
  ck_assert(negative > WINDOWS / 4 && negative < WINDOWS * 3 / 4);
}
END_TEST

static Suite *xla_budget_suite(void) {
  Suite *suite = suite_create("xla_budget");
  TCase *tests = tcase_create("xla_budget");
  tcase_set_timeout(tests, 60);
  tcase_add_loop_test(tests, budget_is_what_the_target_leaves, 0, ROWS(CASES));
  tcase_add_test(tests, means_and_counts_have_none);
  tcase_add_test(tests, left_equals_adding_answers_one_by_one);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(xla_budget_suite()); }
