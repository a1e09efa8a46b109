// Every statement of the daemon, by the store file it stands in; lanes prepare them all when they connect.
#ifndef XLAD_STORE_STATEMENTS_H
#define XLAD_STORE_STATEMENTS_H

#include <stddef.h>

#include "base/buffer.h"
#include "store/job.h"

extern const struct statement *const *const STATEMENT_LISTS[];  // NULL-terminated lists, NULL-terminated

// The SQL that is sent: {metric_key} replaced by the metric's id, {+metric_key} by the one of excluded responses.
void statement_expand(const struct statement *statement, struct buffer *out);

#endif
