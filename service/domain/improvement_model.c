// The continual improvement model as tables.
#include "domain/improvement_model.h"

#include <stddef.h>

const char *const IMPROVEMENT_STEP_NAMES[] = {
    [IMPROVEMENT_VISION] = "vision", [IMPROVEMENT_BASELINE] = "baseline",     [IMPROVEMENT_TARGET] = "target",     [IMPROVEMENT_PLAN] = "plan",
    [IMPROVEMENT_ACTION] = "action", [IMPROVEMENT_EVALUATION] = "evaluation", [IMPROVEMENT_MOMENTUM] = "momentum", [IMPROVEMENT_STEPS] = NULL,
};

const char *const IMPROVEMENT_STATUS_NAMES[] = {
    [IMPROVEMENT_OPEN] = "open",
    [IMPROVEMENT_CLOSED] = "closed",
    [IMPROVEMENT_CANCELLED] = "cancelled",
    [IMPROVEMENT_STATUSES] = NULL,
};

const char *const IMPROVEMENT_PRINCIPLE_NAMES[] = {
    [PRINCIPLE_VALUE] = "focus_on_value",
    [PRINCIPLE_START] = "start_where_you_are",
    [PRINCIPLE_ITERATE] = "progress_iteratively_with_feedback",
    [PRINCIPLE_VISIBILITY] = "collaborate_and_promote_visibility",
    [PRINCIPLE_HOLISTIC] = "think_and_work_holistically",
    [PRINCIPLE_SIMPLE] = "keep_it_simple_and_practical",
    [PRINCIPLE_AUTOMATE] = "optimise_and_automate",
    [IMPROVEMENT_PRINCIPLES] = NULL,
};

const char *const IMPROVEMENT_PRINCIPLE_TITLES[] = {
    [PRINCIPLE_VALUE] = "Focus on value",
    [PRINCIPLE_START] = "Start where you are",
    [PRINCIPLE_ITERATE] = "Progress iteratively with feedback",
    [PRINCIPLE_VISIBILITY] = "Collaborate and promote visibility",
    [PRINCIPLE_HOLISTIC] = "Think and work holistically",
    [PRINCIPLE_SIMPLE] = "Keep it simple and practical",
    [PRINCIPLE_AUTOMATE] = "Optimise and automate",
};

enum {
  VALUE = 1U << PRINCIPLE_VALUE,
  START = 1U << PRINCIPLE_START,
  ITERATE = 1U << PRINCIPLE_ITERATE,
  VISIBILITY = 1U << PRINCIPLE_VISIBILITY,
  HOLISTIC = 1U << PRINCIPLE_HOLISTIC,
  SIMPLE = 1U << PRINCIPLE_SIMPLE,
  AUTOMATE = 1U << PRINCIPLE_AUTOMATE,
};

const struct improvement_step_row IMPROVEMENT_STEP_ROWS[] = {
    [IMPROVEMENT_VISION] = {"What is the vision?", VALUE | VISIBILITY | HOLISTIC},
    [IMPROVEMENT_BASELINE] = {"Where are we now?", START | VISIBILITY},
    [IMPROVEMENT_TARGET] = {"Where do we want to be?", ITERATE | HOLISTIC | SIMPLE | AUTOMATE},
    [IMPROVEMENT_PLAN] = {"How do we get there?", ITERATE | VISIBILITY | HOLISTIC | SIMPLE},
    [IMPROVEMENT_ACTION] = {"Take action", VALUE | ITERATE | VISIBILITY},
    [IMPROVEMENT_EVALUATION] = {"Did we get there?", VALUE | VISIBILITY | HOLISTIC},
    [IMPROVEMENT_MOMENTUM] = {"How do we keep the momentum going?", VALUE | VISIBILITY | HOLISTIC | AUTOMATE},
};

const struct improvement_item_row IMPROVEMENT_ITEM_ROWS[] = {
    [ITEM_VISION] = {"vision", IMPROVEMENT_VISION, "/vision", "required", "must say what is to be better, and for whom"},
    [ITEM_OBJECTIVE] = {"objective", IMPROVEMENT_VISION, "/objective", "required", "must name the objective of the organisation that it serves"},
    [ITEM_OWNER] = {"owner", IMPROVEMENT_VISION, "/owner", "required", "must name who answers for it"},
    [ITEM_EXPERIENCE] = {"experience", IMPROVEMENT_VISION, "/experience_answer", "required",
                         "must say how experience will be improved and by which measure that shows, where it is about AI or a budget"},
    [ITEM_BASELINE] = {"baseline", IMPROVEMENT_BASELINE, "/baseline", "required", "must name a baseline: what is to be improved is measured first"},
    [ITEM_BASELINE_MEASURED] = {"baseline_measured", IMPROVEMENT_BASELINE, "/baseline", "measured",
                                "must be a baseline that was measured here; a benchmark says where others are"},
    [ITEM_BASELINE_SCOPE] = {"baseline_scope", IMPROVEMENT_BASELINE, "/baseline", "scope", "must be a baseline of the initiative's own scope"},
    [ITEM_BASELINE_ANSWERS] =
        {"baseline_answers", IMPROVEMENT_BASELINE, "/baseline", "min_answers",
         "must hold as many answers as a comparison of the metric needs (10 of a net or a share, 20 of a mean, 50 of a quantity "
         "such as minutes), not withheld"},
    [ITEM_BASELINE_BEFORE_ACTION] = {"baseline_before_action", IMPROVEMENT_BASELINE, "/baseline", "order",
                                     "must have ended before the day on which the first action began"},
    [ITEM_METRIC] = {"metric", IMPROVEMENT_TARGET, "/metric", "required", "must name the metric that will show it"},
    [ITEM_METRIC_COMPARABLE] = {"metric_comparable", IMPROVEMENT_TARGET, "/metric", "comparable",
                                "must be a net, a share or a mean of which higher or lower is better"},
    [ITEM_METRIC_DEFINITION] = {"metric_definition", IMPROVEMENT_TARGET, "/metric", "definition",
                                "must be defined today as it was when the baseline was captured"},
    [ITEM_TARGET] = {"target", IMPROVEMENT_TARGET, "/target", "required", "must say which value is to be reached"},
    [ITEM_TARGET_BETTER] = {"target_better", IMPROVEMENT_TARGET, "/target", "better",
                            "must be a value that the metric can have, better than the baseline's"},
    [ITEM_DUE] = {"due_on", IMPROVEMENT_TARGET, "/due_on", "required", "must say by when"},
    [ITEM_SUCCESS_FACTORS] = {"success_factors", IMPROVEMENT_TARGET, "/success_factors", "required",
                              "must name at least one critical success factor"},
    [ITEM_ACTION_PLANNED] = {"action_planned", IMPROVEMENT_PLAN, "/actions", "required",
                             "must hold at least one action with an owner and a due date"},
    [ITEM_ACTION_DONE] = {"action_done", IMPROVEMENT_ACTION, "/actions", "done", "must hold at least one action that is done"},
    [ITEM_EVALUATION] = {"evaluation", IMPROVEMENT_EVALUATION, "/evaluation", "required",
                         "must be made, once the window after the last action has passed; interim looks don't count"},
    [ITEM_STILL_RELEVANT] = {"still_relevant", IMPROVEMENT_EVALUATION, "/evaluation/still_relevant", "required",
                             "must say whether the objective is still relevant"},
    [ITEM_LESSONS] = {"lessons", IMPROVEMENT_MOMENTUM, "/lessons/learned", "required", "must say what was learned"},
    [ITEM_LESSONS_SHARED] = {"lessons_shared", IMPROVEMENT_MOMENTUM, "/lessons/shared_how", "required", "must say with whom and how that was shared"},
};
