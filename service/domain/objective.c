// Names the levels of objectives.
#include "domain/objective.h"

#include <stddef.h>

const char *const OBJECTIVE_LEVEL_NAMES[] = {
    [OBJECTIVE_VISION] = "vision",           [OBJECTIVE_STRATEGIC] = "strategic", [OBJECTIVE_TACTICAL] = "tactical",
    [OBJECTIVE_OPERATIONAL] = "operational", [OBJECTIVE_LEVELS] = NULL,
};
