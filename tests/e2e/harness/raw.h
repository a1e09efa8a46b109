// What the raw rows hold, counted by plain SQL that has nothing in common with the daemon's: what figures are compared with.
#ifndef XLAD_E2E_RAW_H
#define XLAD_E2E_RAW_H

#include <stdbool.h>

// Whose rows, and the first and last day of the window, as YYYY-MM-DD in the tenant's time zone.
struct raw_window {
  const char *slug, *from, *to;
  bool no_backlog;  // counts as 0
};

// The figures by `key` ("service", "sla", "month"; NULL: none) and their total, as figures_print_view words them; rows of nothing are left out. In
// force until eight more of sql_text's calls, as is the next.
const char *raw_figures(struct raw_window window, const char *key);
// How many answered each happiness from 0 to 10, separated by spaces.
const char *raw_histogram(struct raw_window window);

#endif
