// Asks for analyses, and refuses what is too much to read.
#include "api/analysis.h"

#include <inttypes.h>

struct view *analysis_view(struct request *request) {
  static const char *const OTHERS[] = {"metrics", "compare", "with_excluded"};
  struct view *view = view_read(request);
  for (size_t i = 0; view && i < sizeof OTHERS / sizeof *OTHERS; i++)
    if (request_query(request, OTHERS[i]).at) issues_add(&request->issues, text_of(OTHERS[i]), "unknown", "is not a parameter here");
  if (view) view->lane = LANE_ANALYSIS;
  return view;
}

struct analysis_question analysis_question_of(const struct request *request, const struct view *view) {
  return (struct analysis_question){.scope = &view->scope,
                                    .window = view->window,
                                    .rows_max = service_of(request)->settings->analysis_rows,
                                    .min_group = tenant_of(request)->min_group};
}

enum err analysis_check(struct request *request, const struct analysis_outcome *outcome) {
  int64_t most = service_of(request)->settings->analysis_rows;
  if (outcome->rows <= most) return ERR_NONE;
  return request_refuse(request, ERR_INVALID, TEXT("from"), "analysis_rows",
                        "must begin a shorter window: it holds %" PRId64 " responses, and at most %" PRId64 " are read (XLAD_ANALYSIS_ROWS)",
                        outcome->rows, most);
}

bool analysis_hides(const struct reading_group *group, const char *metric) {
  return metric_set_has(&group->figures.hidden, metric_place(metric_find(text_of(metric))));
}
