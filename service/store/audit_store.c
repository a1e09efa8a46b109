// Reads the audit trail.
#include "store/audit_store.h"

static const struct statement LIST = {"audit_list",
                                      "select a.audit_id, a.at, a.actor, a.action, a.subject, a.detail::text from audit a"
                                      " where a.tenant_id = $1::uuid and a.at > '-infinity' and ($2::text is null or a.action = $2::text)"
                                      " and ($3::text is null or a.subject = $3::text) and ($4::text is null or a.actor = $4::text)"
                                      " and ($5::timestamptz is null or (a.at, a.audit_id) < ($5::timestamptz, $6::uuid))"
                                      " order by a.at desc, a.audit_id desc limit $7::int8"};

const struct statement *const AUDIT_STATEMENTS[] = {&LIST, NULL};

void audit_ask_list(struct job *job, const struct uuid *tenant, const struct audit_filter *filter) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_text(job, filter->action);
  job_text(job, filter->subject);
  job_text(job, filter->actor);
  job_instant(job, filter->before_at);
  job_uuid(job, &filter->before_id);
  job_int8(job, filter->limit);
}

void audit_take_row(const struct job *job, unsigned step, size_t row, struct audit_row *entry) {
  entry->id = row_uuid(job, step, row, 0);
  entry->at = row_instant(job, step, row, 1);
  entry->actor = row_text(job, step, row, 2);
  entry->action = row_text(job, step, row, 3);
  entry->subject = row_text(job, step, row, 4);
  entry->detail = row_text(job, step, row, 5);
}
