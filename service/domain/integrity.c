// Looks for signs that a figure is being made rather than earned.
#include "domain/integrity.h"

#include <assert.h>
#include <math.h>

const char *const INTEGRITY_NAMES[] = {
    [INTEGRITY_RESPONSE_RATE] = "response_rate_fell",
    [INTEGRITY_LOST_TIME] = "lost_time_rose_with_happiness",
    [INTEGRITY_BARE_RATINGS] = "bare_ratings_rose",
    [INTEGRITY_SUPPRESSIONS] = "invitations_suppressed",
    [INTEGRITY_EXCLUSIONS] = "responses_excluded",
    [INTEGRITY_RAPID_RATINGS] = "rapid_ratings",
    [INTEGRITY_KINDS] = NULL,
};

static const int64_t SHARE_EDGES[] = {0, 1};

const struct metric INTEGRITY_SHARE = {
    .key = "cases",
    .title = "Share of cases",
    .aggregation = AGGREGATE_SHARE,
    .unit = "percent",
    .divisor = 1,
    .better = BETTER_NEITHER,
    .low = 0,
    .high = 1,
    .edges = SHARE_EDGES,
    .bins = 2,
    .share_from = 1,
    .hidden = true,
};

static struct tally tally_of(int64_t cases, int64_t of) {
  assert(cases >= 0 && cases <= of);
  struct tally tally = {0};
  tally_add_value(&tally, &INTEGRITY_SHARE, 1, cases);
  tally_add_value(&tally, &INTEGRITY_SHARE, 0, of - cases);
  return tally;
}

static void add_evidence(struct integrity_flag *flag, const struct comparison *comparison) { flag->evidence[flag->evidence_count++] = *comparison; }

static bool rose(const struct comparison *comparison) { return comparison->has_test && comparison->statistic > 0 && comparison->p < INTEGRITY_LEVEL; }

// False where a comparison can't tell.
static bool compare_counts(const struct integrity_question *question, const struct integrity_count *before, const struct integrity_count *after,
                           struct comparison *comparison) {
  if (!before->known || !after->known) {
    return false;
  }
  struct tally tallies[] = {tally_of(before->cases, before->of), tally_of(after->cases, after->of)};
  *comparison = comparison_of(&INTEGRITY_SHARE, &tallies[0], &tallies[1], question->overlapping);
  return comparison->sufficient;
}

static bool compare_tallies(const struct integrity_question *question, const char *key, const struct integrity_tally *before,
                            const struct integrity_tally *after, struct comparison *comparison) {
  if (!before->known || !after->known) {
    return false;
  }
  *comparison = comparison_of(metric_find(text_of(key)), &before->tally, &after->tally, question->overlapping);
  return comparison->sufficient;
}

static struct integrity_flag check_response_rate(const struct integrity_question *question) {
  struct integrity_flag flag = {0};
  const struct integrity_count *before = &question->reference.answered;
  const struct integrity_count *after = &question->window.answered;
  struct comparison comparison;
  if (compare_counts(question, before, after, &comparison)) {
    bool fell = before->cases > 0 && (int128)3 * after->cases * before->of <= (int128)2 * before->cases * after->of;
    flag.verdict = fell ? INTEGRITY_RAISED : INTEGRITY_CLEAR;
    add_evidence(&flag, &comparison);
  }
  return flag;
}

static struct integrity_flag check_lost_time(const struct integrity_question *question) {
  struct integrity_flag flag = {0};
  const struct integrity_period *before = &question->reference;
  const struct integrity_period *after = &question->window;
  struct comparison happiness, lost_time;
  if (!compare_tallies(question, "happiness", &before->happiness, &after->happiness, &happiness) ||
      !compare_tallies(question, "lost_time", &before->lost_time, &after->lost_time, &lost_time)) {
    return flag;
  }
  // Where lost time can't be tested, it can't have risen beside a happiness that didn't.
  if (rose(&happiness) && !lost_time.has_test) {
    return flag;
  }
  flag.verdict = rose(&happiness) && rose(&lost_time) ? INTEGRITY_RAISED : INTEGRITY_CLEAR;
  add_evidence(&flag, &happiness);
  add_evidence(&flag, &lost_time);
  return flag;
}

static struct integrity_flag check_bare_ratings(const struct integrity_question *question) {
  struct integrity_flag flag = {0};
  struct comparison comparison;
  if (compare_counts(question, &question->reference.bare, &question->window.bare, &comparison)) {
    flag.verdict = rose(&comparison) ? INTEGRITY_RAISED : INTEGRITY_CLEAR;
    add_evidence(&flag, &comparison);
  }
  return flag;
}

// Gives each group its evidence against all others. False where there is none to compare with others.
static bool compare_groups(const struct integrity_groups *groups, struct hypothesis *hypotheses) {
  struct tally total = {0};
  size_t filled = 0;
  size_t asked = 0;
  for (size_t i = 0; i < groups->count; i++) {
    struct tally tally = tally_of(groups->groups[i].cases, groups->groups[i].of);
    tally_add(&total, &tally);
    filled += tally.n > 0;
    asked += tally.n > 0 && !groups->groups[i].beside;
  }
  for (size_t i = 0; i < groups->count; i++) {
    struct integrity_group *group = &groups->groups[i];
    struct tally tally = tally_of(group->cases, group->of);
    struct tally others = total;
    tally_subtract(&others, &tally);
    group->evidence = group->beside ? (struct comparison){0} : comparison_of(&INTEGRITY_SHARE, &others, &tally, false);
    hypotheses[i].p = group->evidence.has_test ? group->evidence.p : (double)NAN;
  }
  return filled >= 2 && asked >= 1;
}

static bool is_conspicuous(const struct integrity_group *group) {
  const struct estimate *others = &group->evidence.before;
  const struct estimate *own = &group->evidence.after;
  return group->cases >= INTEGRITY_CASES_MIN && group->evidence.has_test && group->evidence.statistic > 0 && group->adjusted < INTEGRITY_LEVEL &&
         own->numerator * others->denominator >= INTEGRITY_TIMES * others->numerator * own->denominator;
}

static struct integrity_flag check_groups(const struct integrity_groups *groups, struct hypothesis *hypotheses) {
  struct integrity_flag flag = {0};
  if (groups->known && groups->few) {
    flag.verdict = INTEGRITY_CLEAR;
    return flag;
  }
  if (!groups->known || !compare_groups(groups, hypotheses)) {
    return flag;
  }
  holm_adjust(hypotheses, groups->count);
  for (size_t i = 0; i < groups->count; i++) {
    struct integrity_group *group = &groups->groups[i];
    group->adjusted = hypotheses[i].adjusted;
    group->raised = is_conspicuous(group);
    if (group->raised && (flag.raised == 0 || group->evidence.p < groups->groups[flag.group].evidence.p)) {
      flag.group = i;
    }
    flag.raised += group->raised;
  }
  flag.verdict = flag.raised > 0 ? INTEGRITY_RAISED : INTEGRITY_CLEAR;
  if (flag.raised > 0) {
    add_evidence(&flag, &groups->groups[flag.group].evidence);
  }
  return flag;
}

static struct integrity_flag check_rapid_ratings(const struct integrity_question *question) {
  struct integrity_flag flag = {0};
  if (question->rapid.known) {
    struct tally tally = tally_of(question->rapid.cases, question->rapid.of);
    flag.verdict = question->rapid.cases > 0 ? INTEGRITY_RAISED : INTEGRITY_CLEAR;
    add_evidence(&flag, &(struct comparison){.after = estimate_of(&INTEGRITY_SHARE, &tally)});
  }
  return flag;
}

void integrity_check(const struct integrity_question *question, struct hypothesis *hypotheses, struct integrity_flag flags[INTEGRITY_KINDS]) {
  flags[INTEGRITY_RESPONSE_RATE] = check_response_rate(question);
  flags[INTEGRITY_LOST_TIME] = check_lost_time(question);
  flags[INTEGRITY_BARE_RATINGS] = check_bare_ratings(question);
  flags[INTEGRITY_SUPPRESSIONS] = check_groups(&question->suppressed, hypotheses);
  flags[INTEGRITY_EXCLUSIONS] = check_groups(&question->excluded, hypotheses);
  flags[INTEGRITY_RAPID_RATINGS] = check_rapid_ratings(question);
}
