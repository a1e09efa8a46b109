// Recognises a POST that comes again.
#include "api/idempotency.h"

#include "api/service.h"
#include "json/fields.h"

struct text idempotency_key_read(struct request *request) {
  struct text key = request_header(request, "Idempotency-Key");
  if (!key.at) return key;
  bool good = key.length > 0 && key.length <= IDEMPOTENCY_KEY_CHARS_MAX;
  for (size_t i = 0; good && i < key.length; i++)
    good = key.at[i] > ' ' && key.at[i] < 0x7f;
  if (good) return arena_copy(&request->arena, key);
  issues_add(&request->issues, TEXT("Idempotency-Key"), "format", "must have 1 to %d visible ASCII characters", IDEMPOTENCY_KEY_CHARS_MAX);
  return TEXT_NONE;
}

bool idempotency_read(struct request *request, const struct field_table *table, const void *record, struct post *post) {
  post->key = idempotency_key_read(request);
  post->path = request->path;
  if (!post->key.at) return false;
  struct buffer canonical;
  buffer_init(&canonical, 2 * BODY_BYTES_MAX);
  fields_canonical(table, record, &canonical);
  digest_sha256(canonical.bytes, canonical.length, post->body_hash);
  bool good = !canonical.failed;
  buffer_release(&canonical);
  return good;
}

enum err idempotency_answer(struct request *request, bool *answered) {
  bool same;
  int status;
  struct text answer;
  *answered = post_take_found(request_job_ended(request), 0, &same, &status, &answer);
  if (!*answered) return ERR_NONE;
  if (!same)
    return request_refuse(request, ERR_KEY_REUSED, TEXT("Idempotency-Key"), "unique",
                          "came with another body before; use a new key for a new request");
  (void)request_json(request);
  buffer_text(&request->answer, answer);
  request_add_header(request, "Idempotency-Replayed", TEXT("true"));
  return request_answer(request, status);
}
