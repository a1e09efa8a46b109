// Stores and finds tenants.
#include "store/tenant_store.h"

#include <string.h>

#include "domain/dimension.h"

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
static const struct statement LIST = {"tenant_list", "select slug, name, time_zone, created_at, revoked_at from tenants order by slug"};
static const struct statement REVOKE = {"tenant_revoke",
                                        "update tenants set revoked_at = now() where slug = $1::text and revoked_at is null returning tenant_id"};

const struct statement *const TENANT_STATEMENTS[] = {&CREATE, &CREATE_PRESETS, &CREATE_FOLD, &FIND, &LIST, &REVOKE, NULL};

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
}

bool tenant_take_found(const struct job *job, struct tenant *tenant, bool *revoked) {
  if (job_rows(job, 0) == 0) return false;
  tenant_take_columns(job, 0, 0, 0, tenant);
  if (revoked) *revoked = row_int(job, 0, 0, TENANT_COLUMNS_COUNT) == 1;
  return true;
}

void tenant_ask_list(struct job *job) { job_step(job, &LIST); }

void tenant_ask_revoke(struct job *job, struct text slug) {
  job_step(job, &REVOKE);
  job_text(job, slug);
}
