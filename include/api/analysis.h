// An analysis: an insight that reads the responses of its window themselves.
#ifndef XLAD_API_ANALYSIS_H
#define XLAD_API_ANALYSIS_H

#include "api/view.h"
#include "store/analysis_store.h"

// Reads scope and window, and refuses what other reads take and insights don't. For LANE_ANALYSIS. NULL when memory is out.
struct view *analysis_view(struct request *request);
// What the store is asked of the view's scope and window.
struct analysis_question analysis_question_of(const struct request *request, const struct view *view);
// ERR_INVALID, with an issue, when the window holds more responses than may be read at once.
enum err analysis_check(struct request *request, const struct analysis_outcome *outcome);
// Whether a group's metric is withheld.
bool analysis_hides(const struct reading_group *group, const char *metric);

#endif
