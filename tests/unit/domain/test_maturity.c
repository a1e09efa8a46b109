// Checks levels of maturity over what is wanted, current and attained; and each sign that a metric has become its own goal.
#include "domain/maturity.h"

#include "domain/integrity.h"
#include "unit.h"

static const struct metric *named(const char *key) { return metric_find(text_of(key)); }

// A metric with a value of `value` units, against a target in hundredths.
static struct maturity_metric metric_of(const char *key, int64_t value, int64_t target) {
  return (struct maturity_metric){.metric = named(key),
                                  .wanted = true,
                                  .current = true,
                                  .value = {.n = 1, .has_value = true, .numerator = value, .denominator = 1},
                                  .target = target};
}

START_TEST(looks_at_strategic_metrics_least_often) {
  ck_assert_int_eq(maturity_days(LEVEL_OPERATIONAL), 31);
  ck_assert_int_eq(maturity_days(LEVEL_TACTICAL), 92);
  ck_assert_int_eq(maturity_days(LEVEL_STRATEGIC), MATURITY_DAYS_MAX);
  ck_assert_int_eq(maturity_months(LEVEL_OPERATIONAL), 1);
  ck_assert_int_eq(maturity_months(LEVEL_TACTICAL), 3);
  ck_assert_int_eq(maturity_months(LEVEL_STRATEGIC), 12);
}
END_TEST

struct attained_case {
  const char *metric;
  int64_t value, target;
  enum maturity_answer attains;
};

static const struct attained_case ATTAINED[] = {
    {"happiness", 31, 3000, MATURITY_YES},       {"happiness", 30, 3000, MATURITY_YES}, {"happiness", 29, 3000, MATURITY_NO},
    {"lost_time", 29, 3000, MATURITY_YES},       {"lost_time", 30, 3000, MATURITY_YES}, {"lost_time", 31, 3000, MATURITY_NO},
    {"happiness", -10, -1000, MATURITY_YES},     {"happiness", -10, -999, MATURITY_NO}, {"happiness", 31, ABSENT, MATURITY_UNKNOWN},
    {"ticket_volume", 5, 100, MATURITY_UNKNOWN},
};

START_TEST(attains_a_target_in_the_better_direction) {
  EACH(row, ATTAINED) {
    struct maturity_metric metric = metric_of(row->metric, row->value, row->target);
    ck_assert_msg(maturity_attains(&metric) == row->attains, "%s %lld", row->metric, (long long)row->value);
  }
}
END_TEST

START_TEST(compares_values_before_they_are_rounded) {
  struct maturity_metric metric = metric_of("happiness", 0, 6667);
  metric.value.numerator = 200;
  metric.value.denominator = 3;  // 66.666… is shown as 66.67
  ck_assert_int_eq(maturity_attains(&metric), MATURITY_NO);
}
END_TEST

START_TEST(tells_nothing_of_what_is_withheld_old_or_empty) {
  struct maturity_metric hidden = metric_of("happiness", 31, 3000), old = hidden, empty = hidden;
  hidden.hidden = true;
  old.current = false;
  empty.value.has_value = false;
  ck_assert_int_eq(maturity_attains(&hidden), MATURITY_UNKNOWN);
  ck_assert_int_eq(maturity_attains(&old), MATURITY_UNKNOWN);
  ck_assert_int_eq(maturity_attains(&empty), MATURITY_UNKNOWN);
}
END_TEST

// What is added: + attains, - misses, ? has no target, w is withheld, o is old, n has no better direction, u isn't wanted (and would miss).
struct level_case {
  const char *metrics;
  enum maturity_answer measured, reached;
  int64_t current;
};

static const struct level_case LEVELS[] = {
    {"", MATURITY_UNKNOWN, MATURITY_UNKNOWN, 0}, {"+", MATURITY_YES, MATURITY_YES, 1},         {"++n", MATURITY_YES, MATURITY_YES, 3},
    {"+-", MATURITY_YES, MATURITY_NO, 2},        {"-?", MATURITY_YES, MATURITY_NO, 2},         {"+?", MATURITY_YES, MATURITY_UNKNOWN, 2},
    {"+w", MATURITY_YES, MATURITY_UNKNOWN, 2},   {"n", MATURITY_YES, MATURITY_UNKNOWN, 1},     {"+o", MATURITY_NO, MATURITY_NO, 1},
    {"o", MATURITY_NO, MATURITY_NO, 0},          {"u", MATURITY_UNKNOWN, MATURITY_UNKNOWN, 1}, {"+u", MATURITY_YES, MATURITY_YES, 2},
};

static struct maturity_level level_of(const char *metrics) {
  struct maturity_level level = {0};
  for (; *metrics; metrics++) {
    struct maturity_metric metric = metric_of(*metrics == 'n' ? "ticket_volume" : "happiness", *metrics == '-' || *metrics == 'u' ? 29 : 31, 3000);
    if (*metrics == '?' || *metrics == 'n') metric.target = ABSENT;
    metric.hidden = *metrics == 'w';
    metric.current = *metrics != 'o';
    metric.wanted = *metrics != 'u';
    maturity_add(&level, &metric);
  }
  return level;
}

START_TEST(measures_a_level_by_what_is_wanted_and_reaches_it_by_targets) {
  EACH(row, LEVELS) {
    struct maturity_level level = level_of(row->metrics);
    ck_assert_msg(maturity_measured(&level) == row->measured, "\"%s\" measured", row->metrics);
    ck_assert_msg(maturity_reached(&level) == row->reached, "\"%s\" reached", row->metrics);
    ck_assert_int_eq(level.current, row->current);
  }
}
END_TEST

START_TEST(climbs_without_a_gap) {
  struct maturity_level levels[MATURITY_LEVELS] = {level_of("+"), level_of("+?"), level_of("o"), level_of("+"), level_of("+")};
  ck_assert_int_eq(maturity_up_to(levels, maturity_measured), 2);
  ck_assert_int_eq(maturity_up_to(levels, maturity_reached), 1);
  levels[2] = levels[1] = level_of("+");
  ck_assert_int_eq(maturity_up_to(levels, maturity_reached), MATURITY_LEVELS);
  levels[0] = level_of("");
  ck_assert_int_eq(maturity_up_to(levels, maturity_reached), 0);
}
END_TEST

START_TEST(warns_when_nothing_above_the_first_level_is_current) {
  struct maturity_level levels[MATURITY_LEVELS] = {level_of("+-?"), level_of("o"), level_of(""), level_of(""), level_of("")};
  ck_assert(maturity_only_first(levels));
  levels[4] = level_of("u");
  ck_assert(!maturity_only_first(levels));
  struct maturity_level nothing[MATURITY_LEVELS] = {level_of("o"), level_of(""), level_of(""), level_of(""), level_of("")};
  ck_assert(!maturity_only_first(nothing));
}
END_TEST

// --- Own goals

enum { FOUND_MAX = 8 };

// An agreement whose interval moved from [before, before + 5] to [now, now + 5].
static struct maturity_agreement agreement_on(const char *metric, double before, double now) {
  return (struct maturity_agreement){.slug = TEXT("it"),
                                     .scope = TEXT("{\"service\":[\"vpn\"]}"),
                                     .metric = named(metric),
                                     .attained = true,
                                     .has_interval = true,
                                     .had_interval = true,
                                     .low = now,
                                     .high = now + 5,
                                     .low_before = before,
                                     .high_before = before + 5};
}

START_TEST(worsens_when_intervals_lie_apart_in_the_worse_direction) {
  struct maturity_agreement happiness = agreement_on("happiness", 40, 34), lost = agreement_on("lost_time", 34, 40);
  ck_assert(maturity_worsened(&happiness) && maturity_worsened(&lost));
  struct maturity_agreement better = agreement_on("happiness", 34, 40), touching = agreement_on("happiness", 40, 35);
  ck_assert(!maturity_worsened(&better) && !maturity_worsened(&touching));
  happiness.had_interval = lost.has_interval = false;
  ck_assert(!maturity_worsened(&happiness) && !maturity_worsened(&lost));
  struct maturity_agreement neither = agreement_on("ticket_volume", 40, 30);
  ck_assert(!maturity_worsened(&neither));
}
END_TEST

static size_t find(const struct maturity_agreement *agreements, size_t count, struct maturity_own_goal *found) {
  return maturity_own_goals(agreements, count, found, FOUND_MAX);
}

START_TEST(names_a_metric_whose_agreement_raises_a_flag) {
  struct maturity_own_goal found[FOUND_MAX];
  struct maturity_agreement agreements[] = {agreement_on("happiness", 40, 40), agreement_on("csat", 40, 40)};
  ck_assert_uint_eq(find(agreements, 2, found), 0);
  agreements[1].flags = 1U << INTEGRITY_RESPONSE_RATE;
  agreements[1].attained = false;  // a flag is one whatever the status
  ck_assert_uint_eq(find(agreements, 2, found), 1);
  ck_assert(found[0].sign == MATURITY_INTEGRITY && found[0].metric == named("csat") && found[0].agreement == 1);
  agreements[1].metric = NULL;
  ck_assert_uint_eq(find(agreements, 2, found), 1);
  ck_assert(found[0].metric == NULL);
}
END_TEST

START_TEST(names_the_paired_metric_that_attains_while_the_experience_suffers) {
  struct maturity_own_goal found[FOUND_MAX];
  struct maturity_agreement agreement = agreement_on("happiness", 40, 40);
  agreement.paired = named("sla_met");
  agreement.paired_attained = true;
  ck_assert_uint_eq(find(&agreement, 1, found), 0);
  agreement.breached = true;
  agreement.attained = false;
  ck_assert_uint_eq(find(&agreement, 1, found), 1);
  ck_assert(found[0].sign == MATURITY_WATERMELON && found[0].metric == named("sla_met"));
  agreement = agreement_on("happiness", 40, 30);
  agreement.paired = named("sla_met");
  agreement.paired_attained = true;
  ck_assert_uint_eq(find(&agreement, 1, found), 1);
  ck_assert(found[0].sign == MATURITY_WORSENED && found[0].metric == named("sla_met"));
  agreement.paired_attained = false;
  ck_assert_uint_eq(find(&agreement, 1, found), 0);
}
END_TEST

START_TEST(holds_agreements_of_one_scope_against_each_other) {
  struct maturity_own_goal found[FOUND_MAX];
  struct maturity_agreement agreements[] = {agreement_on("resolution_time", 40, 30), agreement_on("happiness", 40, 30)};
  ck_assert_uint_eq(find(agreements, 2, found), 1);
  ck_assert(found[0].sign == MATURITY_WORSENED && found[0].metric == named("resolution_time"));
  ck_assert(found[0].agreement == 0 && found[0].experience == 1);
  agreements[1].scope = TEXT("{}");
  ck_assert_uint_eq(find(agreements, 2, found), 0);
  agreements[1].scope = agreements[0].scope;
  agreements[0].attained = false;  // who misses a target has not gamed it
  ck_assert_uint_eq(find(agreements, 2, found), 0);
}
END_TEST

START_TEST(counts_an_experience_against_another_only_when_it_got_worse) {
  struct maturity_own_goal found[FOUND_MAX];
  struct maturity_agreement agreements[] = {agreement_on("happiness", 40, 50), agreement_on("lost_time", 40, 40)};
  agreements[1].attained = false;
  agreements[1].breached = true;  // as it was agreed on, perhaps ambitiously
  ck_assert_uint_eq(find(agreements, 2, found), 0);
  agreements[1].low = 50;
  agreements[1].high = 55;
  ck_assert_uint_eq(find(agreements, 2, found), 1);
  ck_assert(found[0].sign == MATURITY_WORSENED && found[0].metric == named("happiness") && found[0].experience == 1);
  agreements[1].metric = named("happiness");  // two targets on one metric say nothing about each other
  ck_assert_uint_eq(find(agreements, 2, found), 0);
}
END_TEST

START_TEST(counts_what_it_has_no_room_for) {
  struct maturity_own_goal found[1];
  struct maturity_agreement agreements[3];
  for (size_t i = 0; i < ROWS(agreements); i++) {
    agreements[i] = agreement_on("happiness", 40, 40);
    agreements[i].flags = 1;
  }
  ck_assert_uint_eq(maturity_own_goals(agreements, ROWS(agreements), found, 1), ROWS(agreements));
  ck_assert_uint_eq(found[0].agreement, 0);
}
END_TEST

int main(void) {
  return unit_tests("maturity",
                    (const TTest *[]){looks_at_strategic_metrics_least_often, attains_a_target_in_the_better_direction,
                                      compares_values_before_they_are_rounded, tells_nothing_of_what_is_withheld_old_or_empty,
                                      measures_a_level_by_what_is_wanted_and_reaches_it_by_targets, climbs_without_a_gap,
                                      warns_when_nothing_above_the_first_level_is_current, worsens_when_intervals_lie_apart_in_the_worse_direction,
                                      names_a_metric_whose_agreement_raises_a_flag, names_the_paired_metric_that_attains_while_the_experience_suffers,
                                      holds_agreements_of_one_scope_against_each_other, counts_an_experience_against_another_only_when_it_got_worse,
                                      counts_what_it_has_no_room_for, NULL});
}
