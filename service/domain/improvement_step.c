// Decides which moves an initiative may make, and what it lacks for them.
#include "domain/improvement_step.h"

#include <inttypes.h>

#include "base/instant.h"
#include "base/text.h"
#include "domain/comparison.h"
#include "domain/xla.h"

static bool is_comparable(const struct metric *metric) { return comparison_n_min(metric) > 0 && metric->better != BETTER_NEITHER; }

static int64_t answers_min(const struct improvement_facts *facts) {
  int64_t needed = facts->metric ? comparison_n_min(facts->metric) : 0;
  return needed > 0 ? needed : IMPROVEMENT_ANSWERS_MIN;
}

static bool has_measured(const struct improvement_facts *facts) { return facts->baseline && !facts->baseline_external; }

static bool target_is_better(const struct improvement_facts *facts) {
  return xla_target_possible(facts->metric, facts->target) &&
         (!facts->before.has_value || !estimate_reaches(facts->metric, &facts->before, facts->target));
}

// An item about a property holds where what it is a property of is missing: that is what is to be told then.
static bool item_holds(const struct improvement_facts *facts, enum improvement_item item) {
  bool comparable = facts->metric && is_comparable(facts->metric);
  switch (item) {
  case ITEM_VISION:
    return facts->vision;
  case ITEM_OBJECTIVE:
    return facts->objective;
  case ITEM_OWNER:
    return facts->owner;
  case ITEM_EXPERIENCE:
    return facts->experience || !facts->asks_experience;
  case ITEM_BASELINE:
    return facts->baseline;
  case ITEM_BASELINE_MEASURED:
    return !facts->baseline || !facts->baseline_external;
  case ITEM_BASELINE_SCOPE:
    return !has_measured(facts) || facts->same_scope;
  case ITEM_BASELINE_ANSWERS:
    return !has_measured(facts) || (!facts->withheld && facts->before.n >= answers_min(facts));
  case ITEM_BASELINE_BEFORE_ACTION:
    return !has_measured(facts) || facts->first_started == ABSENT || facts->baseline_to < facts->first_started;
  case ITEM_METRIC:
    return facts->metric != NULL;
  case ITEM_METRIC_COMPARABLE:
    return !facts->metric || comparable;
  case ITEM_METRIC_DEFINITION:
    return !facts->metric || !has_measured(facts) || !facts->redefined;
  case ITEM_TARGET:
    return facts->target.denominator > 0;
  case ITEM_TARGET_BETTER:
    return facts->target.denominator <= 0 || !comparable || target_is_better(facts);
  case ITEM_DUE:
    return facts->due;
  case ITEM_SUCCESS_FACTORS:
    return facts->success_factors > 0;
  case ITEM_ACTION_PLANNED:
    return facts->planned > 0;
  case ITEM_ACTION_DONE:
    return facts->done > 0;
  case ITEM_EVALUATION:
    return facts->evaluated;
  case ITEM_STILL_RELEVANT:
    return !facts->evaluated || facts->relevance;
  case ITEM_LESSONS:
    return facts->lessons;
  case ITEM_LESSONS_SHARED:
    return facts->lessons_shared;
  case IMPROVEMENT_ITEMS:
    break;
  }
  return true;
}

uint32_t improvement_missing(const struct improvement_facts *facts, enum improvement_step step) {
  uint32_t missing = 0;
  for (enum improvement_item item = 0; item < IMPROVEMENT_ITEMS; item++)
    if (IMPROVEMENT_ITEM_ROWS[item].step <= step && !item_holds(facts, item)) missing |= UINT32_C(1) << item;
  return missing;
}

static void complain_answers(const struct improvement_facts *facts, const struct improvement_item_row *row, struct issues *issues) {
  const char *subject = facts->metric ? facts->metric->key : "any metric";
  if (facts->withheld)
    issues_add(issues, text_of(row->pointer), row->rule, "must hold %" PRId64 " answers of %s, not withheld; too few people have answered",
               answers_min(facts), subject);
  else
    issues_add(issues, text_of(row->pointer), row->rule, "must hold %" PRId64 " answers of %s, and holds %" PRId64, answers_min(facts), subject,
               facts->before.n);
}

static void complain_order(const struct improvement_facts *facts, const struct improvement_item_row *row, struct issues *issues) {
  char ended[DAY_CHARS], began[DAY_CHARS];
  day_format(facts->baseline_to, ended);
  day_format((int32_t)facts->first_started, began);
  issues_add(issues, text_of(row->pointer), row->rule, "%s: it ends on %.*s, and an action began on %.*s", row->sentence, DAY_CHARS, ended, DAY_CHARS,
             began);
}

static void complain_target(const struct improvement_facts *facts, const struct improvement_item_row *row, struct issues *issues) {
  if (!facts->before.has_value || !xla_target_possible(facts->metric, facts->target)) {
    issues_add(issues, text_of(row->pointer), row->rule, "%s", row->sentence);
    return;
  }
  issues_add(issues, text_of(row->pointer), row->rule, "%s, which is %.2f (%s is better)", row->sentence, estimate_value(&facts->before),
             BETTER_NAMES[facts->metric->better]);
}

void improvement_complain(const struct improvement_facts *facts, uint32_t missing, struct issues *issues) {
  for (enum improvement_item item = 0; item < IMPROVEMENT_ITEMS; item++) {
    const struct improvement_item_row *row = &IMPROVEMENT_ITEM_ROWS[item];
    if (!(missing >> item & 1)) continue;
    if (item == ITEM_BASELINE_ANSWERS)
      complain_answers(facts, row, issues);
    else if (item == ITEM_BASELINE_BEFORE_ACTION)
      complain_order(facts, row, issues);
    else if (item == ITEM_TARGET_BETTER)
      complain_target(facts, row, issues);
    else
      issues_add(issues, text_of(row->pointer), row->rule, "%s", row->sentence);
  }
}

static enum improvement_refusal refuse_over(const struct improvement_facts *facts) {
  if (facts->status == IMPROVEMENT_CLOSED) return REFUSAL_CLOSED;
  return facts->status == IMPROVEMENT_CANCELLED ? REFUSAL_CANCELLED : REFUSAL_NONE;
}

enum improvement_refusal improvement_advance(const struct improvement_facts *facts, enum improvement_step to, uint32_t *missing) {
  enum improvement_refusal over = refuse_over(facts);
  *missing = 0;
  if (over) return over;
  if (to <= facts->step) return REFUSAL_BACKWARDS;
  *missing = improvement_missing(facts, to - 1);
  if (to > facts->step + 1) return REFUSAL_SKIPS;
  return *missing ? REFUSAL_MISSING : REFUSAL_NONE;
}

enum improvement_refusal improvement_return(const struct improvement_facts *facts, enum improvement_step to) {
  enum improvement_refusal over = refuse_over(facts);
  if (over) return over;
  return to >= facts->step ? REFUSAL_FORWARDS : REFUSAL_NONE;
}

enum improvement_refusal improvement_cancel(const struct improvement_facts *facts) { return refuse_over(facts); }

enum improvement_refusal improvement_iterate(const struct improvement_facts *facts) {
  enum improvement_refusal over = refuse_over(facts);
  if (over) return over;
  if (facts->step < IMPROVEMENT_EVALUATION || !facts->evaluated) return REFUSAL_UNEVALUATED;
  return facts->step == IMPROVEMENT_EVALUATION && !facts->unachieved ? REFUSAL_ACHIEVED : REFUSAL_NONE;
}

void improvement_refuse(const struct improvement_facts *facts, enum improvement_refusal refusal, struct issues *issues) {
  static const struct {
    const char *pointer, *rule, *detail;
  } ROWS[] = {
      [REFUSAL_CLOSED] = {"/status", "closed", "is closed: what comes next is an initiative of its own"},
      [REFUSAL_CANCELLED] = {"/status", "cancelled", "is cancelled: what comes next is an initiative of its own"},
      [REFUSAL_UNEVALUATED] = {"/evaluation", "required", "must be made before another iteration: its window is the next baseline"},
      [REFUSAL_ACHIEVED] = {"/evaluation", "achieved",
                            "found the target reached: advance to momentum instead, from where another iteration may begin"},
  };
  const char *name = IMPROVEMENT_STEP_NAMES[facts->step];
  switch (refusal) {
  case REFUSAL_NONE:
  case REFUSAL_MISSING:
    break;
  case REFUSAL_BACKWARDS:
    issues_add(issues, TEXT("to"), "order", "must lie behind %s, where it is; return goes back, with a reason", name);
    break;
  case REFUSAL_SKIPS:
    issues_add(issues, TEXT("to"), "order", "must be %s, the next step: none is skipped", IMPROVEMENT_STEP_NAMES[facts->step + 1]);
    break;
  case REFUSAL_FORWARDS:
    issues_add(issues, TEXT("/to"), "order", "must lie before %s, where it is; advance goes on", name);
    break;
  default:
    issues_add(issues, text_of(ROWS[refusal].pointer), ROWS[refusal].rule, "%s", ROWS[refusal].detail);
  }
}
