// Stores and finds tenants.
#include "store/tenant_store.h"

#include <string.h>

#include "domain/dimension.h"
#include "store/fold_store.h"
#include "store/measured_sql.h"

static const struct statement CREATE = {"tenant_create", "insert into tenants (tenant_id, slug, name, time_zone, currency, respondent_secret)"
                                                         " select $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::bytea"
                                                         " where exists (select from pg_timezone_names where name = $4::text)"
                                                         " returning tenant_id"};
static const struct statement CREATE_PRESETS = {"tenant_create_presets",
                                                "insert into dimensions (tenant_id, dimension_id, name)"
                                                " select $1::uuid, ord, name from unnest($2::text[]) with ordinality as p(name, ord)"
                                                " where exists (select from tenants where tenant_id = $1::uuid) returning dimension_id"};
static const struct statement CREATE_FOLD = {
    "tenant_create_fold", "insert into folds (tenant_id) select tenant_id from tenants where tenant_id = $1::uuid returning tenant_id"};
static const struct statement FIND = {"tenant_find", "select " TENANT_COLUMNS ", t.revoked_at is not null from tenants t where t.slug = $1::text"};
static const struct statement SETTINGS = {"tenant_settings", "select " TENANT_COLUMNS ","
                                                             " $2::text is null or exists (select from pg_timezone_names z where z.name = $2::text)"
                                                             " from tenants t where t.tenant_id = $1::uuid"};

// Whether a time lies on another day by the time zone that a tenant changes to.
#define MOVES(instant)  "(" instant " at time zone c.time_zone)::date is distinct from (" instant " at time zone o.time_zone)::date"
#define OPENED_MOVES    MOVES("t.opened_at")
#define SETTLED_MOVES   MOVES("coalesce(t.resolved_at, t.closed_at)")
#define SUBMITTED_MOVES MOVES("p.submitted_at")
#define ENTERED_MOVES   MOVES("k.at")
#define ENTERED         MEASUREMENT_REF("k.measurement_id")

// What another time zone moves to another day, or another cap caps otherwise, is queued to be measured anew. The names of tenants' columns are those
// of the settings, so the trail says what was there and what is there now: "lost_time_cap": [2400, 480].
static const struct statement CHANGE = {
    "tenant_change",
    "with old as materialized (select t.* from tenants t where t.tenant_id = $1::uuid and t.revision = $2::int4),"
    " allowed as materialized (select $12::bool or not exists (select from dimensions d where d.tenant_id = $1::uuid and d.name = any($13::text[]))"
    " as allowed),"
    " changed as ("
    " update tenants t set revision = t.revision + 1, time_zone = $3::text, currency = $4::text, lost_time_cap = $5::int4, amend_minutes = $6::int4,"
    " min_group = $7::int4, min_group_comments = $8::int4, lost_time_threshold = $9::int4, sla_target = $10::int4, cost_per_hour = $11::int8,"
    " agent_figures = $12::bool, calendar_periods = $14::bool, quiet_days = $15::int4"
    " where t.tenant_id = $1::uuid and t.revision = $2::int4 and (select allowed from allowed) returning t.*),"
    " versioned as ("
    " insert into metrics as m (tenant_id, metric_id, version)"
    " select $1::uuid, {lost_time}, 2 from changed c cross join old o where c.lost_time_cap <> o.lost_time_cap"
    " on conflict (tenant_id, metric_id) do update set version = m.version + 1, revision = m.revision + 1 returning m.metric_id),"
    " queued as ("
    " insert into queue (tenant_id, ref, ticket)"
    " select $1::uuid, r.ref, bool_or(r.ticket) from changed c cross join old o cross join lateral ("
    " select t.ref, true as ticket from tickets t where t.tenant_id = $1::uuid and c.time_zone <> o.time_zone"
    " and (" OPENED_MOVES " or " SETTLED_MOVES ")"
    " union all select p.ref, false from responses p where p.tenant_id = $1::uuid and ((c.time_zone <> o.time_zone and " SUBMITTED_MOVES ")"
    " or (c.lost_time_cap <> o.lost_time_cap and p.lost_minutes > least(c.lost_time_cap, o.lost_time_cap)))"
    " union all select " ENTERED ", true from manual_measurements k where k.tenant_id = $1::uuid and c.time_zone <> o.time_zone"
    " and k.at is not null and " ENTERED_MOVES ") r group by r.ref returning queue_id),"
    " noted as ("
    " insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $16::uuid, $17::text, 'settings.change', c.slug,"
    " (select jsonb_object_agg(n.key, jsonb_build_array(b.value, n.value)) from jsonb_each(to_jsonb(c)) n join jsonb_each(to_jsonb(o)) b"
    " on b.key = n.key where n.value <> b.value and n.key <> 'revision')"
    " from changed c cross join old o returning audit_id)"
    " select a.allowed from old o cross join allowed a"
    " where not a.allowed or (exists (select from changed) and (select count(*) from queued) >= 0)"};
static const struct statement LIST = {"tenant_list", "select slug, name, time_zone, created_at, revoked_at from tenants order by slug"};
static const struct statement REVOKE = {"tenant_revoke",
                                        "update tenants set revoked_at = now() where slug = $1::text and revoked_at is null returning tenant_id"};

const struct statement *const TENANT_STATEMENTS[] = {&CREATE, &CREATE_PRESETS, &CREATE_FOLD, &FIND, &SETTINGS, &CHANGE, &LIST, &REVOKE, NULL};

void tenant_ask_create(struct job *job, const struct tenant_draft *draft) {
  job_step(job, &CREATE);
  job_uuid(job, &draft->id);
  job_text(job, draft->slug);
  job_text(job, draft->name);
  job_text(job, draft->time_zone);
  job_text(job, draft->currency);
  job_bytes(job, draft->secret, sizeof draft->secret);
  size_t count = 0;
  while (PRESET_DIMENSIONS[count])
    count++;
  job_step(job, &CREATE_PRESETS);
  job_uuid(job, &draft->id);
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, text_of(PRESET_DIMENSIONS[i]));
  job_step(job, &CREATE_FOLD);
  job_uuid(job, &draft->id);
}

void tenant_ask_find(struct job *job, struct text slug) {
  job_step(job, &FIND);
  job_text(job, slug);
}

static void copy_text(char *out, size_t room, struct text a) {
  size_t length = a.length < room - 1 ? a.length : room - 1;
  memcpy(out, a.at, length);
  out[length] = '\0';
}

void tenant_take_columns(const struct job *job, unsigned step, size_t row, int first, struct tenant *tenant) {
  tenant->id = row_uuid(job, step, row, first);
  copy_text(tenant->slug, sizeof tenant->slug, row_text(job, step, row, first + 1));
  copy_text(tenant->time_zone, sizeof tenant->time_zone, row_text(job, step, row, first + 2));
  copy_text(tenant->currency, sizeof tenant->currency, row_text(job, step, row, first + 3));
  tenant->lost_time_cap = row_int(job, step, row, first + 4);
  tenant->amend_minutes = row_int(job, step, row, first + 5);
  struct text secret = row_text(job, step, row, first + 6);
  memcpy(tenant->secret, secret.at, secret.length < SECRET_BYTES ? secret.length : SECRET_BYTES);
  tenant->today = row_day(job, step, row, first + 7);
  tenant->next_midnight = row_instant(job, step, row, first + 8);
  tenant->min_group = row_int(job, step, row, first + 9);
  tenant->min_group_comments = row_int(job, step, row, first + 10);
  tenant->lost_time_threshold = row_int(job, step, row, first + 11);
  tenant->sla_target = row_int(job, step, row, first + 12);
  tenant->cost_per_hour = row_int(job, step, row, first + 13);
  tenant->calendar_periods = row_int(job, step, row, first + 14) == 1;
  tenant->agent_figures = row_int(job, step, row, first + 15) == 1;
  tenant->revision = row_int(job, step, row, first + 16);
  tenant->quiet_days = row_int(job, step, row, first + 17);
}

bool tenant_take_found(const struct job *job, struct tenant *tenant, bool *revoked) {
  if (job_rows(job, 0) == 0) return false;
  tenant_take_columns(job, 0, 0, 0, tenant);
  if (revoked) *revoked = row_int(job, 0, 0, TENANT_COLUMNS_COUNT) == 1;
  return true;
}

void tenant_ask_settings(struct job *job, const struct uuid *tenant, struct text time_zone) {
  job_step(job, &SETTINGS);
  job_uuid(job, tenant);
  job_text(job, time_zone);
}

bool tenant_take_settings(const struct job *job, struct tenant *tenant) {
  memset(tenant, 0, sizeof *tenant);
  tenant_take_columns(job, 0, 0, 0, tenant);
  return row_int(job, 0, 0, TENANT_COLUMNS_COUNT) == 1;
}

void tenant_ask_change(struct job *job, const struct tenant *tenant, struct text actor) {
  size_t names = 0;
  while (AGENT_DIMENSIONS[names])
    names++;
  // What is written while this looks for what to queue stays in the queue itself until the new settings hold.
  fold_ask_lock(job, &tenant->id);
  job_step(job, &CHANGE);
  job_uuid(job, &tenant->id);
  job_int4(job, tenant->revision);
  job_text(job, text_of(tenant->time_zone));
  job_text(job, text_of(tenant->currency));
  job_int4(job, tenant->lost_time_cap);
  job_int4(job, tenant->amend_minutes);
  job_int4(job, tenant->min_group);
  job_int4(job, tenant->min_group_comments);
  job_int4(job, tenant->lost_time_threshold);
  job_int4(job, tenant->sla_target);
  job_int8(job, tenant->cost_per_hour);
  job_bool(job, tenant->agent_figures);
  job_array(job, PG_TEXT, names);
  for (size_t i = 0; i < names; i++)
    job_item_text(job, text_of(AGENT_DIMENSIONS[i]));
  job_bool(job, tenant->calendar_periods);
  job_int4(job, tenant->quiet_days);
  job_audit(job, actor);
}

void tenant_ask_list(struct job *job) { job_step(job, &LIST); }

void tenant_ask_revoke(struct job *job, struct text slug) {
  job_step(job, &REVOKE);
  job_text(job, slug);
}
