// Collects the statements of all store files.
#include "store/statements.h"

#include <assert.h>
#include <string.h>

#include "domain/metric.h"
#include "store/analysis_store.h"
#include "store/answers_store.h"
#include "store/audit_store.h"
#include "store/baseline_store.h"
#include "store/comment_store.h"
#include "store/context_store.h"
#include "store/dimension_store.h"
#include "store/driver_store.h"
#include "store/exclusion_period_store.h"
#include "store/exclusion_store.h"
#include "store/experience_store.h"
#include "store/factor_store.h"
#include "store/fold_store.h"
#include "store/improvement_store.h"
#include "store/initiative_store.h"
#include "store/invitation_store.h"
#include "store/key_store.h"
#include "store/maturity_store.h"
#include "store/measurement_store.h"
#include "store/metric_store.h"
#include "store/objective_store.h"
#include "store/outbox_store.h"
#include "store/post_store.h"
#include "store/programme_store.h"
#include "store/report_store.h"
#include "store/response_store.h"
#include "store/source_store.h"
#include "store/story_store.h"
#include "store/survey_store.h"
#include "store/tenant_store.h"
#include "store/ticket_store.h"
#include "store/verify_store.h"
#include "store/webhook_store.h"
#include "store/xla_day_store.h"
#include "store/xla_store.h"

const struct statement *const *const STATEMENT_LISTS[] = {
    TENANT_STATEMENTS,   KEY_STATEMENTS,        DIMENSION_STATEMENTS,   TICKET_STATEMENTS,    RESPONSE_STATEMENTS,   EXCLUSION_STATEMENTS,
    FOLD_STATEMENTS,     EXPERIENCE_STATEMENTS, POST_STATEMENTS,        VERIFY_STATEMENTS,    ANSWERS_STATEMENTS,    METRIC_STATEMENTS,
    CONTEXT_STATEMENTS,  AUDIT_STATEMENTS,      MEASUREMENT_STATEMENTS, ANALYSIS_STATEMENTS,  DRIVER_STATEMENTS,     FACTOR_STATEMENTS,
    BASELINE_STATEMENTS, COMMENT_STATEMENTS,    OUTBOX_STATEMENTS,      WEBHOOK_STATEMENTS,   XLA_STATEMENTS,        EXCLUSION_PERIOD_STATEMENTS,
    XLA_DAY_STATEMENTS,  INITIATIVE_STATEMENTS, MATURITY_STATEMENTS,    OBJECTIVE_STATEMENTS, PROGRAMME_STATEMENTS,  IMPROVEMENT_STATEMENTS,
    STORY_STATEMENTS,    REPORT_STATEMENTS,     SOURCE_STATEMENTS,      SURVEY_STATEMENTS,    INVITATION_STATEMENTS, NULL,
};

// The metric that stands between braces: {key}, or {+key} for the id under which excluded responses count.
static const struct metric *metric_named(struct text name, int *offset) {
  bool excluded = name.length > 0 && name.at[0] == '+';
  *offset = excluded ? METRIC_EXCLUDED : 0;
  return metric_find((struct text){name.at + excluded, name.length - excluded});
}

void statement_expand(const struct statement *statement, struct buffer *out) {
  for (const char *at = statement->sql; *at; at++) {
    const char *end = *at == '{' ? strchr(at, '}') : NULL;
    int offset = 0;
    const struct metric *metric = end ? metric_named((struct text){at + 1, (size_t)(end - at - 1)}, &offset) : NULL;
    if (metric) {
      buffer_int(out, metric->id + offset);
      at = end;
    } else {
      buffer_char(out, *at);
    }
  }
}
