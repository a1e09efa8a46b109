// Names the dimensions that every tenant has, and the values of those that xlad derives from a ticket.
#include "domain/dimension.h"

enum { NAME_LENGTH_MAX = 40 };

static const char *const SLA_VALUES[] = {"met", "missed", NULL};
static const char *const REASSIGNMENTS_VALUES[] = {"0", "1", "2", "3", "4+", NULL};
static const char *const REOPENED_VALUES[] = {"yes", "no", NULL};
static const char *const RESOLUTION_TIME_VALUES[] = {"under 1 h", "1 to 4 h", "4 to 8 h", "8 to 24 h", "1 to 3 d", "over 3 d", NULL};

const struct derived_dimension DERIVED_DIMENSIONS[DERIVED_COUNT] = {
    {"sla", SLA_VALUES},
    {"reassignments", REASSIGNMENTS_VALUES},
    {"reopened", REOPENED_VALUES},
    {"resolution_time", RESOLUTION_TIME_VALUES},
};

const char *const PRESET_DIMENSIONS[] = {"service",  "category", "channel", "assignment_group", "location", "department", "supplier",
                                         "priority", "kind",     NULL};

const char *const AGENT_DIMENSIONS[] = {"agent", "agents", "assignee", "technician", "handler", NULL};

bool dimension_names_agents(struct text name) {
  for (size_t i = 0; AGENT_DIMENSIONS[i]; i++) {
    if (text_is(name, AGENT_DIMENSIONS[i])) {
      return true;
    }
  }
  return false;
}

int derived_dimension_find(struct text name) {
  for (int i = 0; i < DERIVED_COUNT; i++) {
    if (text_is(name, DERIVED_DIMENSIONS[i].name)) {
      return i;
    }
  }
  return -1;
}

int derived_dimension_code(int index, struct text label) {
  if (index < 0 || index >= DERIVED_COUNT) {
    return 0;
  }
  const char *const *values = DERIVED_DIMENSIONS[index].values;
  for (int i = 0; values[i]; i++) {
    if (text_is(label, values[i])) {
      return i + 1;
    }
  }
  return 0;
}

static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

bool dimension_name_valid(struct text name) {
  if (name.length == 0 || name.length > NAME_LENGTH_MAX || !is_lower(name.at[0])) {
    return false;
  }
  for (size_t i = 1; i < name.length; i++) {
    char c = name.at[i];
    if (!is_lower(c) && !(c >= '0' && c <= '9') && c != '_') {
      return false;
    }
  }
  return true;
}
