// Puts events into the outbox.
#include "store/outbox_store.h"

#include <assert.h>

#include "base/instant.h"

static const struct statement PUT = {"outbox_put", "insert into outbox (tenant_id, webhook_id, event_id, type, body, created_at)"
                                                   " select $1::uuid, w.webhook_id, $2::uuid, $3::text, $4::text, $5::timestamptz from webhooks w"
                                                   " where w.tenant_id = $1::uuid and w.enabled and $3::text = any(w.events) returning webhook_id"};

const struct statement *const OUTBOX_STATEMENTS[] = {&PUT, NULL};

// What is sent, in the form of Standard Webhooks: {"type": …, "timestamp": …, "data": …}.
static void job_body(struct job *job, const char *type, int64_t at, struct text payload_json) {
  char instant[INSTANT_CHARS_MAX];
  struct buffer body;
  buffer_init(&body, WEBHOOK_PAYLOAD_BYTES_MAX + 256);
  buffer_format(&body, "{\"type\":\"%s\",\"timestamp\":\"%.*s\",\"data\":", type, (int)instant_format(at, instant), instant);
  buffer_text(&body, payload_json);
  buffer_char(&body, '}');
  // Without memory the job fails as a whole, and with it the change.
  job->bytes.failed |= body.failed;
  job_text(job, buffer_view(&body));
  buffer_release(&body);
}

void outbox_ask(struct job *job, const struct uuid *tenant, const char *type, struct text payload_json) {
  assert(payload_json.length > 0 && payload_json.length <= WEBHOOK_PAYLOAD_BYTES_MAX);
  struct uuid event;
  int64_t now = instant_now();
  uuid_make(&event);
  job->posts = true;
  job_step(job, &PUT);
  job_uuid(job, tenant);
  job_uuid(job, &event);
  job_text(job, text_of(type));
  job_body(job, type, now, payload_json);
  job_instant(job, now);
}
