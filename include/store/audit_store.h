// The audit trail, read: it is written by the statements that make the changes.
#ifndef XLAD_STORE_AUDIT_STORE_H
#define XLAD_STORE_AUDIT_STORE_H

#include "store/job.h"

extern const struct statement *const AUDIT_STATEMENTS[];

// Absent filters hold for all.
struct audit_filter {
  struct text action, subject, actor;
  int64_t before_at;  // cursor: newest first, behind (at, id)
  struct uuid before_id;
  int64_t limit;
};
void audit_ask_list(struct job *job, const struct uuid *tenant, const struct audit_filter *filter);

struct audit_row {
  struct uuid id;
  int64_t at;
  struct text actor, action, subject;
  struct text detail;  // JSON; absent where there is none
};
void audit_take_row(const struct job *job, unsigned step, size_t row, struct audit_row *entry);

#endif
