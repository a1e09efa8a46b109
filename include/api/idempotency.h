// The header Idempotency-Key.
#ifndef XLAD_API_IDEMPOTENCY_H
#define XLAD_API_IDEMPOTENCY_H

#include "http/request.h"
#include "store/post_store.h"

// Absent when there is none; adds an issue when it is empty, too long, or holds more than visible ASCII.
struct text idempotency_key_read(struct request *request);

// For POSTs that aren't written in batches: `post` describes the request when it carries a key. Its hash is of `record` by `table`.
struct field_table;
bool idempotency_read(struct request *request, const struct field_table *table, const void *record, struct post *post);
// Answers from what step 0 of the ended job found: *answered when there was an earlier answer, with its error or ERR_NONE.
enum err idempotency_answer(struct request *request, bool *answered);

#endif
