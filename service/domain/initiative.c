// Names what initiatives are told apart by.
#include "domain/initiative.h"

#include <stddef.h>

const char *const INITIATIVE_MOVE_NAMES[] = {
    [MOVE_CREATE] = "create",
    [MOVE_ADVANCE] = "advance",
    [MOVE_RETURN] = "return",
    [MOVE_CANCEL] = "cancel",
    [MOVE_ITERATION] = "iteration",
    [MOVE_CLOSE] = "close",
    NULL,
};

const char *const EFFORT_NAMES[] = {[EFFORT_S] = "S", [EFFORT_M] = "M", [EFFORT_L] = "L", [EFFORT_XL] = "XL", [EFFORT_COUNT] = NULL};

const char *const INITIATIVE_SOURCE_NAMES[] = {
    [INITIATIVE_OF_INSIGHT] = "insight",         [INITIATIVE_OF_XLA] = "xla",     [INITIATIVE_OF_SUGGESTION] = "suggestion",
    [INITIATIVE_OF_FOCUS_GROUP] = "focus_group", [INITIATIVE_OF_OTHER] = "other", NULL,
};

const char *const VALUE_CHAIN_ACTIVITY_NAMES[] = {
    "plan", "improve", "engage", "design_and_transition", "obtain_build", "deliver_and_support", NULL,
};
