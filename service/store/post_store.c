// Keeps and finds the answers of idempotent POSTs.
#include "store/post_store.h"

static const struct statement FIND = {
    "post_find", "select body_hash = $4::bytea, status, answer from posts"
                 " where tenant_id = $1::uuid and path = $2::text and idempotency_key = $3::text and posted_at > now() - interval '24 hours'"};
static const struct statement DROP_OLD = {"post_drop_old",
                                          "delete from posts where tenant_id = $1::uuid and posted_at <= now() - interval '24 hours'"};
static const struct statement KEEP = {"post_keep", "insert into posts (tenant_id, path, idempotency_key, body_hash, status, answer)"
                                                   " values ($1::uuid, $2::text, $3::text, $4::bytea, $5::int2, $6::text)"};

const struct statement *const POST_STATEMENTS[] = {&FIND, &DROP_OLD, &KEEP, NULL};

static void add_post(struct job *job, const struct uuid *tenant, const struct post *post) {
  job_uuid(job, tenant);
  job_text(job, post->path);
  job_text(job, post->key);
  job_bytes(job, post->body_hash, sizeof post->body_hash);
}

void post_ask_find(struct job *job, const struct uuid *tenant, const struct post *post) {
  job_step(job, &FIND);
  add_post(job, tenant, post);
}

bool post_take_found(const struct job *job, unsigned step, bool *same, int *status, struct text *answer) {
  if (job_rows(job, step) == 0) return false;
  *same = row_int(job, step, 0, 0) == 1;
  *status = (int)row_int(job, step, 0, 1);
  *answer = row_text(job, step, 0, 2);
  return true;
}

void post_ask_keep(struct job *job, const struct uuid *tenant, const struct post *post, int status, struct text answer) {
  job_step(job, &DROP_OLD);
  job_uuid(job, tenant);
  job_step(job, &KEEP);
  add_post(job, tenant, post);
  job_int2(job, status);
  job_text(job, answer);
}
