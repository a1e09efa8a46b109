// Puts events into the outbox, claims them for the sender, and notes what became of them.
#include "store/outbox_store.h"

#include <assert.h>
#include <endian.h>
#include <string.h>

#include "base/instant.h"

#define DELIVERY_COLUMNS(o) \
  o ".event_id, " o ".type, " o ".state, " o ".error, " o ".attempts, " o ".status, " o ".created_at, " o ".attempted_at, " o ".next_attempt_at"

static const struct statement PUT = {"outbox_put", "insert into outbox (tenant_id, webhook_id, event_id, type, body, created_at)"
                                                   " select $1::uuid, w.webhook_id, $2::uuid, $3::text, $4::text, $5::timestamptz from webhooks w"
                                                   " where w.tenant_id = $1::uuid and w.enabled and $3::text = any(w.events) returning webhook_id"};

static const struct statement PUT_FOR = {"outbox_put_for",
                                         "insert into outbox as o (tenant_id, webhook_id, event_id, type, body, created_at)"
                                         " select $1::uuid, w.webhook_id, $2::uuid, $3::text, $4::text, $5::timestamptz from webhooks w"
                                         " where w.tenant_id = $1::uuid and w.webhook_id = $6::uuid and w.enabled"
                                         " and (select count(*) from (select from outbox k where k.tenant_id = $1::uuid and k.webhook_id = $6::uuid"
                                         " and k.next_attempt_at is not null limit $7::int8) l) < $7::int8 returning " DELIVERY_COLUMNS("o")};

// The rows that are due are found for each webhook by itself, so that a long queue of one does not stand before another's.
static const struct statement CLAIM = {
    "outbox_claim", "with busy as materialized (select webhook_id, count(*) as count from unnest($4::uuid[]) as b(webhook_id) group by webhook_id),"
                    " due as materialized (select d.webhook_id, d.event_id from webhooks w left join busy b on b.webhook_id = w.webhook_id"
                    " cross join lateral (select o.webhook_id, o.event_id, o.next_attempt_at from outbox o"
                    " where o.tenant_id = $1::uuid and o.webhook_id = w.webhook_id and o.next_attempt_at <= now() order by o.next_attempt_at"
                    " limit greatest($3::int8 - coalesce(b.count, 0), 0) for update skip locked) d"
                    " where w.tenant_id = $1::uuid and w.enabled order by d.next_attempt_at limit $2::int8),"
                    " taken as (update outbox o set attempts = o.attempts + 1, attempted_at = now(), claim = $5::uuid,"
                    " next_attempt_at = now() + $6::int8 * interval '1 millisecond' from due d"
                    " where o.tenant_id = $1::uuid and o.webhook_id = any(array(select k.webhook_id from due k))"
                    " and o.event_id = any(array(select k.event_id from due k)) and o.webhook_id = d.webhook_id and o.event_id = d.event_id"
                    " returning o.webhook_id, o.event_id, o.body, o.begun_at)"
                    " select t.webhook_id, t.event_id, t.body, w.url, w.secret, case when w.old_secret_until > now() then w.old_secret end,"
                    " (extract(epoch from now() - t.begun_at) * 1000)::int8 from taken t"
                    " cross join lateral (select * from webhooks w where w.tenant_id = $1::uuid and w.webhook_id = t.webhook_id limit 1) w"};

// A statement of its own, to see what the claim has left.
static const struct statement LEFT = {
    "outbox_left",
    "select (select count(*) from (select from outbox o where o.tenant_id = $1::uuid and o.next_attempt_at is not null limit $2::int8) l),"
    " (select extract(epoch from min(d.next_attempt_at) - now()) * 1000 from webhooks w cross join lateral ("
    " select o.next_attempt_at from outbox o where o.tenant_id = $1::uuid and o.webhook_id = w.webhook_id"
    " and o.next_attempt_at is not null order by o.next_attempt_at limit 1) d where w.tenant_id = $1::uuid and w.enabled)::int8"};

// Ids are in the order of time.
static const struct statement PURGE = {
    "outbox_purge", "with old as materialized (select w.webhook_id, d.event_id from webhooks w cross join lateral ("
                    " select o.event_id from outbox o where o.tenant_id = $1::uuid and o.webhook_id = w.webhook_id and o.event_id < $2::uuid"
                    " order by o.event_id limit $3::int8) d where w.tenant_id = $1::uuid)"
                    " delete from outbox o using old g where o.tenant_id = $1::uuid and o.webhook_id = any(array(select k.webhook_id from old k))"
                    " and o.event_id = any(array(select k.event_id from old k)) and o.webhook_id = g.webhook_id and o.event_id = g.event_id"};

static const struct statement END = {
    "outbox_end", "update outbox set state = $5::text, claim = null, status = $7::int2, error = $8::text,"
                  " next_attempt_at = case $5::text when 'failed' then now() + $6::int8 * interval '1 millisecond' end"
                  " where tenant_id = $1::uuid and webhook_id = $2::uuid and event_id = $3::uuid and (claim = $4::uuid or $5::text = 'delivered')"};

static const struct statement SWITCH_OFF = {
    "outbox_switch_off",
    "with off as (update webhooks set enabled = false, disabled_reason = 'gone', revision = revision + 1"
    " where tenant_id = $1::uuid and webhook_id = $2::uuid and enabled and url = $3::text returning webhook_id),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $4::uuid, $5::text, 'webhook.disable', webhook_id::text, jsonb_build_object('reason', 'gone', 'url', $3::text) from off"
    " returning audit_id) select webhook_id from off"};

static const struct statement LIST = {
    "outbox_list", "select " DELIVERY_COLUMNS("o") " from outbox o where o.tenant_id = $1::uuid and o.webhook_id = $2::uuid"
                                                   " and ($3::uuid is null or o.event_id < $3::uuid) and ($4::text is null or o.state = $4::text)"
                                                   " order by o.event_id desc limit $5::int8"};

static const struct statement AGAIN = {
    "outbox_again", "with again as (update outbox o set state = 'pending', begun_at = now(), next_attempt_at = now(), claim = null"
                    " where o.tenant_id = $1::uuid and o.webhook_id = $2::uuid and o.event_id = $3::uuid"
                    " and exists (select from webhooks w where w.tenant_id = $1::uuid and w.webhook_id = $2::uuid and w.enabled)"
                    " returning " DELIVERY_COLUMNS("o") "),"
                                                        " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                                                        " select $1::uuid, $4::uuid, $5::text, 'webhook.resend', $2::uuid::text, "
                                                        "jsonb_build_object('event', event_id) from again returning audit_id)"
                                                        " select * from again"};

static const struct statement TENANTS = {"outbox_tenants", "select tenant_id from tenants where revoked_at is null"};

const struct statement *const OUTBOX_STATEMENTS[] = {&PUT, &PUT_FOR, &CLAIM, &LEFT, &PURGE, &END, &SWITCH_OFF, &LIST, &AGAIN, &TENANTS, NULL};

const char *const OUTBOX_STATE_NAMES[] = {"pending", "delivered", "failed", "dead", NULL};

enum { STEP_CLAIM, STEP_LEFT };

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

static void add_event(struct job *job, const struct statement *statement, const struct uuid *tenant, const char *type, struct text payload_json) {
  assert(payload_json.length > 0 && payload_json.length <= WEBHOOK_PAYLOAD_BYTES_MAX);
  struct uuid event;
  int64_t now = instant_now();
  uuid_make(&event);
  job->posts = true;
  job_step(job, statement);
  job_uuid(job, tenant);
  job_uuid(job, &event);
  job_text(job, text_of(type));
  job_body(job, type, now, payload_json);
  job_instant(job, now);
}

void outbox_ask(struct job *job, const struct uuid *tenant, const char *type, struct text payload_json) {
  add_event(job, &PUT, tenant, type, payload_json);
}

void outbox_ask_for(struct job *job, const struct uuid *tenant, const struct uuid *webhook, const char *type, struct text payload_json) {
  add_event(job, &PUT_FOR, tenant, type, payload_json);
  job_uuid(job, webhook);
  job_int8(job, WEBHOOK_TESTS_MAX);
}

void outbox_ask_tenants(struct job *job) { job_step(job, &TENANTS); }

// The least UUID of version 7 of that time.
static struct uuid uuid_at(int64_t instant) {
  struct uuid id = {{0}};
  uint64_t big = htobe64((uint64_t)(instant / 1000) << 16);
  memcpy(id.bytes, &big, 6);
  return id;
}

void outbox_ask_claim(struct job *job, const struct uuid *tenant, const struct outbox_claim *claim) {
  job_step(job, &CLAIM);
  job_uuid(job, tenant);
  job_int8(job, claim->rows_max);
  job_int8(job, claim->of_webhook_max);
  job_array(job, PG_UUID, claim->busy_count);
  for (size_t i = 0; i < claim->busy_count; i++)
    job_item_uuid(job, &claim->busy[i]);
  job_uuid(job, &claim->id);
  job_int8(job, claim->lease_ms);
  job_step(job, &LEFT);
  job_uuid(job, tenant);
  job_int8(job, claim->count_max);
  if (!claim->purge) return;
  struct uuid before = uuid_at(instant_now() - WEBHOOK_KEPT_DAYS * MICROS_PER_DAY);
  job_step(job, &PURGE);
  job_uuid(job, tenant);
  job_uuid(job, &before);
  job_int8(job, OUTBOX_PURGED_MAX);
}

void outbox_take_row(const struct job *job, size_t row, struct outbox_row *claimed) {
  *claimed = (struct outbox_row){
      .webhook = row_uuid(job, STEP_CLAIM, row, 0),
      .event = row_uuid(job, STEP_CLAIM, row, 1),
      .body = row_text(job, STEP_CLAIM, row, 2),
      .url = row_text(job, STEP_CLAIM, row, 3),
      .secret = row_text(job, STEP_CLAIM, row, 4),
      .old_secret = row_text(job, STEP_CLAIM, row, 5),
      .tried_ms = row_int(job, STEP_CLAIM, row, 6),
  };
}

struct outbox_left outbox_take_left(const struct job *job) {
  return (struct outbox_left){.waiting = row_int(job, STEP_LEFT, 0, 0), .due_ms = row_int(job, STEP_LEFT, 0, 1)};
}

void outbox_ask_end(struct job *job, const struct uuid *tenant, const struct outbox_end *end) {
  job_step(job, &END);
  job_uuid(job, tenant);
  job_uuid(job, &end->webhook);
  job_uuid(job, &end->event);
  job_uuid(job, &end->claim);
  job_text(job, text_of(OUTBOX_STATE_NAMES[end->state]));
  job_int8(job, end->pause_ms);
  job_int2(job, end->status);
  job_text(job, end->error);
  if (!end->gone.at) return;
  job_step(job, &SWITCH_OFF);
  job_uuid(job, tenant);
  job_uuid(job, &end->webhook);
  job_text(job, end->gone);
  job_audit(job, TEXT("sender"));
}

void outbox_ask_list(struct job *job, const struct uuid *tenant, const struct uuid *webhook, const struct uuid *before, int64_t state,
                     int64_t limit) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_uuid(job, webhook);
  job_uuid(job, before);
  job_text(job, state == ABSENT ? TEXT_NONE : text_of(OUTBOX_STATE_NAMES[state]));
  job_int8(job, limit);
}

void outbox_ask_again(struct job *job, const struct uuid *tenant, const struct uuid *webhook, const struct uuid *event, struct text actor) {
  job->posts = true;
  job_step(job, &AGAIN);
  job_uuid(job, tenant);
  job_uuid(job, webhook);
  job_uuid(job, event);
  job_audit(job, actor);
}

void outbox_take_delivery(const struct job *job, unsigned step, size_t row, struct outbox_delivery *delivery) {
  *delivery = (struct outbox_delivery){
      .event = row_uuid(job, step, row, 0),
      .type = row_text(job, step, row, 1),
      .state = row_text(job, step, row, 2),
      .error = row_text(job, step, row, 3),
      .attempts = row_int(job, step, row, 4),
      .status = row_int(job, step, row, 5),
      .created_at = row_instant(job, step, row, 6),
      .attempted_at = row_instant(job, step, row, 7),
      .next_attempt_at = row_instant(job, step, row, 8),
  };
}
