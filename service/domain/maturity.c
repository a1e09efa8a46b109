// Judges levels of maturity, and finds metrics that have become their own goal.
#include "domain/maturity.h"

#include "domain/ratio.h"

enum { TARGET_PARTS = 100 };

const char *const MATURITY_TITLES[] = {
    "Cost-centre", "Controlled service delivery", "Customer-centric", "Business alignment", "Business partner", NULL,
};

static const struct {
  int32_t days;
  int months;
} CURRENCY[] = {
    [LEVEL_OPERATIONAL] = {31, 1},
    [LEVEL_TACTICAL] = {92, 3},
    [LEVEL_STRATEGIC] = {MATURITY_DAYS_MAX, 12},
};

const char *const MATURITY_SIGNS[] = {
    [MATURITY_INTEGRITY] = "integrity_flag",
    [MATURITY_WATERMELON] = "watermelon",
    [MATURITY_WORSENED] = "experience_worsened",
    [MATURITY_WORSENED + 1] = NULL,
};

int32_t maturity_days(enum metric_level level) { return CURRENCY[level].days; }
int maturity_months(enum metric_level level) { return CURRENCY[level].months; }

static enum maturity_answer answer_of(bool yes) { return yes ? MATURITY_YES : MATURITY_NO; }

enum maturity_answer maturity_attains(const struct maturity_metric *metric) {
  const struct estimate *value = &metric->value;
  if (metric->metric->better == BETTER_NEITHER || metric->target == ABSENT || metric->hidden || !metric->current || !value->has_value)
    return MATURITY_UNKNOWN;
  int order = ratio_compare((struct ratio){value->numerator, value->denominator}, (struct ratio){metric->target, TARGET_PARTS});
  return answer_of(metric->metric->better == BETTER_HIGHER ? order >= 0 : order <= 0);
}

void maturity_add(struct maturity_level *level, const struct maturity_metric *metric) {
  enum maturity_answer attains = maturity_attains(metric);
  level->current += metric->current;
  if (!metric->wanted) return;
  level->wanted++;
  level->wanted_current += metric->current;
  level->attained += attains == MATURITY_YES;
  level->missed += attains == MATURITY_NO;
  level->untold += attains == MATURITY_UNKNOWN && metric->current && metric->metric->better != BETTER_NEITHER;
}

enum maturity_answer maturity_measured(const struct maturity_level *level) {
  return level->wanted == 0 ? MATURITY_UNKNOWN : answer_of(level->wanted_current == level->wanted);
}

enum maturity_answer maturity_reached(const struct maturity_level *level) {
  enum maturity_answer measured = maturity_measured(level);
  if (measured != MATURITY_YES) return measured;
  if (level->missed > 0) return MATURITY_NO;
  return level->untold > 0 || level->attained == 0 ? MATURITY_UNKNOWN : MATURITY_YES;
}

int maturity_up_to(const struct maturity_level levels[MATURITY_LEVELS], enum maturity_answer (*answer)(const struct maturity_level *level)) {
  int up_to = 0;
  while (up_to < MATURITY_LEVELS && answer(&levels[up_to]) == MATURITY_YES)
    up_to++;
  return up_to;
}

bool maturity_only_first(const struct maturity_level levels[MATURITY_LEVELS]) {
  int64_t above = 0;
  for (int i = 1; i < MATURITY_LEVELS; i++)
    above += levels[i].current;
  return levels[0].current > 0 && above == 0;
}

// --- Own goals

bool maturity_worsened(const struct maturity_agreement *agreement) {
  if (!agreement->metric || !agreement->has_interval || !agreement->had_interval) return false;
  if (agreement->metric->better == BETTER_HIGHER) return agreement->high < agreement->low_before;
  return agreement->metric->better == BETTER_LOWER && agreement->low > agreement->high_before;
}

struct search {
  const struct maturity_agreement *agreements;
  size_t count;
  struct maturity_own_goal *found;
  size_t found_count, max;
};

static void note(struct search *search, enum maturity_sign sign, const struct metric *metric, size_t agreement, size_t experience) {
  if (search->found_count < search->max) search->found[search->found_count] = (struct maturity_own_goal){sign, metric, agreement, experience};
  search->found_count++;
}

static bool is_experience(const struct maturity_agreement *agreement) { return agreement->metric && agreement->metric->source == SOURCE_RESPONSE; }

// The target of `metric` is attained: what becomes of the experience of agreement `suffering`?
static void look_at(struct search *search, const struct metric *metric, size_t agreement, size_t suffering) {
  const struct maturity_agreement *experience = &search->agreements[suffering];
  bool of_answers = metric->source == SOURCE_RESPONSE;
  if (experience->breached && !of_answers)
    note(search, MATURITY_WATERMELON, metric, agreement, suffering);
  else if (maturity_worsened(experience))
    note(search, MATURITY_WORSENED, metric, agreement, suffering);
}

static void look_beside(struct search *search, size_t place) {
  const struct maturity_agreement *agreement = &search->agreements[place];
  for (size_t i = 0; i < search->count; i++) {
    const struct maturity_agreement *other = &search->agreements[i];
    if (i != place && is_experience(other) && other->metric != agreement->metric && text_equals(other->scope, agreement->scope))
      look_at(search, agreement->metric, place, i);
  }
}

size_t maturity_own_goals(const struct maturity_agreement *agreements, size_t count, struct maturity_own_goal *found, size_t max) {
  struct search search = {agreements, count, found, 0, max};
  for (size_t i = 0; i < count; i++) {
    const struct maturity_agreement *agreement = &agreements[i];
    if (agreement->flags) note(&search, MATURITY_INTEGRITY, agreement->metric, i, i);
    if (agreement->paired && agreement->paired_attained && is_experience(agreement)) look_at(&search, agreement->paired, i, i);
    if (agreement->attained && agreement->metric) look_beside(&search, i);
  }
  return search.found_count;
}
