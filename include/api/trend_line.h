// The lines through a trend: of each metric one, drawn by domain/trend.h through days pooled with the six before them.
#ifndef XLAD_API_TREND_LINE_H
#define XLAD_API_TREND_LINE_H

#include "api/view.h"

enum { TREND_LINE_STEPS = 1 };

// Adds TREND_LINE_STEPS steps: the sums of the window's days and, but for who reads whole months only, of the six days before it.
void trend_line_ask(struct request *request, struct job *job, const struct view *view);

// Writes the member "trend": by metric a line, null where there is none, or that it is withheld. `total`: of the whole window, with what is withheld
// of it. A line is a sum over single days, of which the answer may withhold some: over few of them it would give those away, which is why a metric of
// answers has none unless the window itself is answered and TREND_DATA_DAYS_MIN of its days hold data. What it gives together with the days that are
// shown, when few others aren't, is not promised. False when memory is out.
bool trend_line_write(struct request *request, struct json_writer *json, const struct job *job, unsigned step, const struct reading_group *total);

#endif
