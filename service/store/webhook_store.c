// Stores, changes and ends webhooks.
#include "store/webhook_store.h"

#include "store/fold_store.h"

#define COLUMNS "webhook_id, revision, url, events, label, enabled, disabled_reason, created_at, old_secret_until"

static const struct statement LIST = {"webhook_list",
                                      "select " COLUMNS " from webhooks where tenant_id = $1::uuid"
                                      " and ($2::uuid is null or webhook_id = $2::uuid) and ($3::uuid is null or webhook_id > $3::uuid)"
                                      " order by webhook_id limit $4::int8"};

static const struct statement CREATE = {
    "webhook_create",
    "with made as (insert into webhooks (tenant_id, webhook_id, url, events, label, enabled, secret, created_at)"
    " select $1::uuid, $2::uuid, $3::text, $4::text[], $5::text, $6::bool, $7::bytea, $8::timestamptz"
    " where (select count(*) from webhooks where tenant_id = $1::uuid) < $9::int8 returning webhook_id),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $10::uuid, $11::text, 'webhook.create', webhook_id::text, jsonb_build_object('url', $3::text, 'events', $4::text[]) from made"
    " returning audit_id) select webhook_id from made"};

static const struct statement CHANGE = {
    "webhook_change", "with changed as (update webhooks set url = $4::text, events = $5::text[], label = $6::text, enabled = $7::bool,"
                      " disabled_reason = case when $7::bool then null else disabled_reason end, revision = revision + 1"
                      " where tenant_id = $1::uuid and webhook_id = $2::uuid and revision = $3::int4 returning webhook_id),"
                      " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                      " select $1::uuid, $8::uuid, $9::text, 'webhook.change', webhook_id::text,"
                      " jsonb_build_object('url', $4::text, 'events', $5::text[], 'enabled', $7::bool) from changed returning audit_id)"
                      " select webhook_id from changed"};

static const struct statement ROTATE = {
    "webhook_rotate", "with rotated as (update webhooks set old_secret = secret, old_secret_until = $4::timestamptz, secret = $3::bytea"
                      " where tenant_id = $1::uuid and webhook_id = $2::uuid returning webhook_id),"
                      " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                      " select $1::uuid, $5::uuid, $6::text, 'webhook.rotate', webhook_id::text from rotated returning audit_id)"
                      " select webhook_id from rotated"};

static const struct statement DELETE = {
    "webhook_delete", "with gone as (delete from webhooks where tenant_id = $1::uuid and webhook_id = $2::uuid returning webhook_id, url),"
                      " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                      " select $1::uuid, $3::uuid, $4::text, 'webhook.delete', webhook_id::text, jsonb_build_object('url', url) from gone"
                      " returning audit_id) select webhook_id from gone"};

const struct statement *const WEBHOOK_STATEMENTS[] = {&LIST, &CREATE, &CHANGE, &ROTATE, &DELETE, NULL};

void webhook_ask_list(struct job *job, const struct uuid *tenant, const struct uuid *id, const struct uuid *after, int64_t limit) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_uuid(job, after);
  job_int8(job, limit);
}

void webhook_take_row(const struct job *job, unsigned step, size_t row, struct arena *arena, struct webhook_row *webhook) {
  *webhook = (struct webhook_row){
      .id = row_uuid(job, step, row, 0),
      .revision = row_int(job, step, row, 1),
      .url = row_text(job, step, row, 2),
      .label = row_text(job, step, row, 4),
      .enabled = row_int(job, step, row, 5) == 1,
      .disabled_reason = row_text(job, step, row, 6),
      .created_at = row_instant(job, step, row, 7),
      .old_secret_until = row_instant(job, step, row, 8),
  };
  webhook->events_count = row_text_array(job, step, row, 3, arena, &webhook->events);
}

static void add_events(struct job *job, const struct webhook_row *webhook) {
  job_array(job, PG_TEXT, webhook->events_count);
  for (size_t i = 0; i < webhook->events_count; i++)
    job_item_text(job, webhook->events[i]);
}

void webhook_ask_create(struct job *job, const struct uuid *tenant, const struct webhook_row *webhook, const uint8_t secret[WEBHOOK_SECRET_BYTES],
                        struct text actor) {
  // Who else adds one waits, so that the limit holds.
  fold_ask_lock(job, tenant);
  job_step(job, &CREATE);
  job_uuid(job, tenant);
  job_uuid(job, &webhook->id);
  job_text(job, webhook->url);
  add_events(job, webhook);
  job_text(job, webhook->label);
  job_bool(job, webhook->enabled);
  job_bytes(job, secret, WEBHOOK_SECRET_BYTES);
  job_instant(job, webhook->created_at);
  job_int8(job, WEBHOOKS_MAX);
  job_audit(job, actor);
}

void webhook_ask_change(struct job *job, const struct uuid *tenant, const struct webhook_row *webhook, struct text actor) {
  // What waited while it was switched off is due.
  job->posts = webhook->enabled;
  job_step(job, &CHANGE);
  job_uuid(job, tenant);
  job_uuid(job, &webhook->id);
  job_int4(job, webhook->revision);
  job_text(job, webhook->url);
  add_events(job, webhook);
  job_text(job, webhook->label);
  job_bool(job, webhook->enabled);
  job_audit(job, actor);
}

void webhook_ask_rotate(struct job *job, const struct uuid *tenant, const struct webhook_row *webhook, const uint8_t secret[WEBHOOK_SECRET_BYTES],
                        struct text actor) {
  job_step(job, &ROTATE);
  job_uuid(job, tenant);
  job_uuid(job, &webhook->id);
  job_bytes(job, secret, WEBHOOK_SECRET_BYTES);
  job_instant(job, webhook->old_secret_until);
  job_audit(job, actor);
}

void webhook_ask_delete(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor) {
  job_step(job, &DELETE);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_audit(job, actor);
}
