// Answers to POSTs that carried an Idempotency-Key: stored in the transaction of what they did, given again for 24 hours.
#ifndef XLAD_STORE_POST_STORE_H
#define XLAD_STORE_POST_STORE_H

#include "base/digest.h"
#include "store/job.h"

extern const struct statement *const POST_STATEMENTS[];

// A key at a path, with the hash of the body it came with.
struct post {
  struct text path;
  struct text key;
  uint8_t body_hash[DIGEST_BYTES];
};

// Looks for an earlier answer.
void post_ask_find(struct job *job, const struct uuid *tenant, const struct post *post);
// False when there was none. *same: it came with the same body.
bool post_take_found(const struct job *job, unsigned step, bool *same, int *status, struct text *answer);
// Keeps an answer; a second one under the same key fails with ERR_CONFLICT on constraint posts_pkey. An older one than 24 hours gives way.
void post_ask_keep(struct job *job, const struct uuid *tenant, const struct post *post, int status, struct text answer);

#endif
