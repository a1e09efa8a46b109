// Judges the conditions and steps of measuring and improving by what is known.
#include "domain/programme.h"

#include "base/text.h"

enum { PERCENT = 100 };

const char *const PROGRAMME_STATE_NAMES[] = {
    [PROGRAMME_NOT_STARTED] = "not_started",
    [PROGRAMME_IN_PROGRESS] = "in_progress",
    [PROGRAMME_DONE] = "done",
    [PROGRAMME_STATES] = NULL,
};

const struct programme_row PROGRAMME_PHASE_ROWS[] = {
    [PROGRAMME_MEASURE] =
        {"measure",
         "Is experience measured continuously, at the right time, in context, with questions that add value, before changes are made?",
         {"Ask for experience after each ticket: POST /v1/responses.", "See which of the conditions don't hold."}},
    [PROGRAMME_SHARE] = {"share",
                         "Is what was measured shared with business, IT and suppliers?",
                         {"Give a dashboard its key (POST /v1/keys), and have changes announced (POST /v1/webhooks).",
                          "Let both read it and be told of it: a dashboard key (POST /v1/keys), and a webhook that arrives (POST /v1/webhooks)."}},
    [PROGRAMME_IDENTIFY] = {"identify",
                            "Is it known where people are most frustrated and lose most time?",
                            {"Look at GET /v1/insights/what-matters.",
                             "Begin an initiative from what GET /v1/insights/what-matters names first: POST /v1/initiatives with its source."}},
    [PROGRAMME_IMPROVE] = {"improve",
                           "Is something done about it, and does it help?",
                           {"Begin an initiative: POST /v1/initiatives.",
                            "Take the open initiatives to their evaluation: POST /v1/initiatives/{id}/advance."}},
};

const struct programme_row PROGRAMME_CONDITION_ROWS[] = {
    [PROGRAMME_CONTINUOUS] = {"continuous",
                              "Does feedback come all the time?",
                              {"No response came in the window: POST /v1/responses.",
                               "Ask after every ticket, so that no week passes without feedback."}},
    [PROGRAMME_RIGHT_TIME] = {"right_time",
                              "Do people answer while they remember?",
                              {"Too few answers belong to a resolved ticket to tell.",
                               "Ask as soon as the ticket is closed, so that half of the answers come within a day."}},
    [PROGRAMME_IN_CONTEXT] = {"in_context",
                              "Do answers come with all that is known of their ticket?",
                              {"Too few answers to tell.", "Send the dimensions that are missing with the ticket: PUT /v1/tickets/{ref}."}},
    [PROGRAMME_ADDING_VALUE] = {"adding_value",
                                "Is each question answered, and its answer used?",
                                {"No question was answered.",
                                 "Leave out what hardly anybody answers or nobody uses, or agree on it: POST /v1/xlas."}},
    [PROGRAMME_BEFORE_CHANGES] = {"before_changes",
                                  "Is it known how things were before they are changed?",
                                  {"No initiative has begun to act in the window.",
                                   "Capture a baseline before the first action: POST /v1/baselines."}},
};

const struct programme_row PROGRAMME_STEP_ROWS[] = {
    [PROGRAMME_DEFINE_WANTED] =
        {"define_wanted",
         "What should be measured?",
         {"Say which metrics are wanted: PATCH /v1/metrics/{key}.",
          "Say what good is, by a target (PATCH /v1/metrics/{key}), and what for, by an objective (PUT /v1/objectives/{slug})."}},
    [PROGRAMME_DEFINE_POSSIBLE] = {"define_possible",
                                   "What can be measured, and what is the gap?",
                                   {"Say which metrics are wanted first.",
                                    "Name who supplies the metrics without a source (PATCH /v1/metrics/{key}), or don't want them."}},
    [PROGRAMME_GATHER] = {"gather",
                          "Is it gathered?",
                          {"Report tickets and responses: PUT /v1/tickets/{ref}, POST /v1/responses.",
                           "Gather what is not current: GET /v1/maturity names it."}},
    [PROGRAMME_PROCESS] = {"process",
                           "Is it made into figures?",
                           {"Nothing has been gathered yet.", "Wait until the changed tickets have been summed; figures count them already."}},
    [PROGRAMME_ANALYSE] = {"analyse",
                           "What was concluded from it?",
                           {"Agree on an experience level, which is judged daily: PUT /v1/xlas/{slug}.",
                            "The first judgement comes when a day of an agreement has ended."}},
    [PROGRAMME_PRESENT] = {"present",
                           "Who was shown it?",
                           {"Give a dashboard its key (POST /v1/keys), and have changes announced (POST /v1/webhooks).",
                            "Let both read it and be told of it: a dashboard key (POST /v1/keys), and a webhook that arrives (POST /v1/webhooks)."}},
    [PROGRAMME_CORRECT] = {"correct",
                           "Which improvement followed?",
                           {"Begin an initiative: POST /v1/initiatives.",
                            "Take the open initiatives to their evaluation: POST /v1/initiatives/{id}/advance."}},
};

static enum programme_answer answer_of(bool known, bool yes) { return !known ? PROGRAMME_UNKNOWN : yes ? PROGRAMME_YES : PROGRAMME_NO; }
static enum programme_state state_of(bool begun, bool done) { return done ? PROGRAMME_DONE : begun ? PROGRAMME_IN_PROGRESS : PROGRAMME_NOT_STARTED; }

enum programme_answer programme_holds(const struct programme_facts *facts, enum programme_condition condition) {
  switch (condition) {
  case PROGRAMME_CONTINUOUS:
    return answer_of(facts->responses > 0, facts->gap_days <= PROGRAMME_GAP_DAYS);
  case PROGRAMME_RIGHT_TIME:
    return answer_of(facts->median_minutes != ABSENT, facts->median_minutes <= PROGRAMME_DELAY_MINUTES);
  case PROGRAMME_IN_CONTEXT:
    return answer_of(facts->context_percent != ABSENT, facts->context_percent >= PROGRAMME_CONTEXT_PERCENT);
  case PROGRAMME_ADDING_VALUE:
    return answer_of(facts->asked > 0, facts->unused + facts->seldom == 0);
  case PROGRAMME_BEFORE_CHANGES:
    return answer_of(facts->begun > 0, facts->begun_measured == facts->begun);
  case PROGRAMME_CONDITIONS:
    break;
  }
  return PROGRAMME_UNKNOWN;
}

static enum programme_state measuring(const struct programme_facts *facts) {
  bool all = facts->responses > 0;
  for (int condition = 0; condition < PROGRAMME_CONDITIONS; condition++)
    all = all && programme_holds(facts, (enum programme_condition)condition) != PROGRAMME_NO;
  return state_of(facts->responses > 0, all);
}

enum programme_state programme_phase(const struct programme_facts *facts, enum programme_phase phase) {
  switch (phase) {
  case PROGRAMME_MEASURE:
    return measuring(facts);
  case PROGRAMME_SHARE:
    return programme_step(facts, PROGRAMME_PRESENT);
  case PROGRAMME_IDENTIFY:
    return state_of(facts->evaluated > 0 || facts->open > 0, facts->found > 0);
  case PROGRAMME_IMPROVE:
    return programme_step(facts, PROGRAMME_CORRECT);
  case PROGRAMME_PHASES:
    break;
  }
  return PROGRAMME_NOT_STARTED;
}

enum programme_state programme_step(const struct programme_facts *facts, enum programme_step step) {
  switch (step) {
  case PROGRAMME_DEFINE_WANTED:
    return state_of(facts->wanted > 0, facts->targeted > 0 && facts->objectives > 0);
  case PROGRAMME_DEFINE_POSSIBLE:
    return state_of(facts->wanted > 0, facts->wanted > 0 && facts->sourceless == 0);
  case PROGRAMME_GATHER:
    return state_of(facts->current > 0, facts->current > 0 && facts->current + facts->sourceless >= facts->wanted);
  case PROGRAMME_PROCESS:
    return state_of(facts->current > 0, facts->current > 0 && facts->waiting <= PROGRAMME_BACKLOG);
  case PROGRAMME_ANALYSE:
    return state_of(facts->agreements > 0, facts->evaluated + facts->evaluations > 0);
  case PROGRAMME_PRESENT:
    return state_of(facts->dashboards + facts->webhooks > 0, facts->dashboards > 0 && facts->delivered > 0);
  case PROGRAMME_CORRECT:
    return state_of(facts->open > 0, facts->evaluations > 0);
  case PROGRAMME_STEPS:
    break;
  }
  return PROGRAMME_NOT_STARTED;
}

int32_t programme_longest_gap(const bool *answered, size_t days) {
  int32_t longest = 0, gap = 0;
  for (size_t i = 0; i < days; i++) {
    gap = answered[i] ? 0 : gap + 1;
    if (gap > longest) longest = gap;
  }
  return longest;
}

// Of how many percent a step has to be to hold twice the minimum group; 0: of none.
static int64_t step_of(int64_t whole, int64_t min_group) {
  static const int64_t STEPS[] = {1, 2, 5, 10, 25};
  for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++)
    if (STEPS[i] * whole >= 2 * PERCENT * min_group) return STEPS[i];
  return 0;
}

int64_t programme_percent(const struct programme_part *part, int64_t min_group) {
  int64_t rest = part->whole - part->part, step = step_of(part->whole, min_group);
  if (step == 0 || (part->part > 0 && part->part_people < min_group) || (rest > 0 && part->rest_people < min_group)) return ABSENT;
  if (part->part == 0) return 0;
  if (rest == 0) return PERCENT;
  int64_t steps = (2 * PERCENT * part->part + step * part->whole) / (2 * step * part->whole), most = PERCENT / step - 1;
  return step * (steps < 1 ? 1 : steps > most ? most : steps);
}
