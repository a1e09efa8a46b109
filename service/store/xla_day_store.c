// Stores the history of agreements.
#include "store/xla_day_store.h"

#include "store/tenant_store.h"

static const struct statement TENANTS = {"xla_day_tenants", "select " TENANT_COLUMNS " from tenants t where t.revoked_at is null"};

static const struct statement DUE = {
    "xla_day_due", "select x.slug, d.day from xlas x cross join lateral (select greatest((x.content ->> 'starts_on')::date,"
                   " (select k.day + 1 from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug order by k.day desc limit 1)) as day) d"
                   " where x.tenant_id = $1::uuid and d.day <= $2::date and ($4::text is null or x.slug = $4::text)"
                   " and (x.retired_at is null or d.day < (x.retired_at at time zone $3::text)::date)"
                   " order by hashint8extended(hashtext(x.slug), $5::int8) limit $6::int8"};

static const struct statement OPEN = {
    "xla_day_open", "select x.content, v.terms, v.version, x.retired_at is not null, v.valid_from from xlas x cross join lateral"
                    " (select k.terms, k.version, k.valid_from from xla_versions k where k.tenant_id = $1::uuid and k.slug = x.slug"
                    " order by k.valid_from > $3::date, case when k.valid_from > $3::date then k.version else -k.version end limit 1) v"
                    " where x.tenant_id = $1::uuid and x.slug = $2::text"};

static const struct statement PERIODS = {"xla_day_periods",
                                         "select from_day, to_day from xla_exclusion_periods where tenant_id = $1::uuid and slug = $2::text"};

static const struct statement KNOWN = {"xla_day_known", "select day, version, digest, coalesce(revised_status, status) from xla_days"
                                                        " where tenant_id = $1::uuid and slug = $2::text and day between $3::date and $4::date"
                                                        " order by day"};

static const struct statement EVALUATED = {"xla_day_evaluated",
                                           "select slug from xla_days where tenant_id = $1::uuid and ($2::text is null or slug = $2::text)"
                                           " and day = $3::date order by slug"};

static const struct statement VERSIONS = {"xla_day_versions", "select version, terms from xla_versions"
                                                              " where tenant_id = $1::uuid and slug = $2::text order by version desc"};

static const struct statement ADD = {"xla_day_add", "insert into xla_days (tenant_id, slug, day, version, status, state, digest)"
                                                    " values ($1::uuid, $2::text, $3::date, $4::int4, $5::text, $6::text::json, $7::bytea)"};

static const struct statement REVISE = {
    "xla_day_revise", "with was as materialized (select k.slug, coalesce(k.revised_state, k.state)::text <> $5::text as differs from xla_days k"
                      " where k.tenant_id = $1::uuid and k.slug = $2::text and k.day = $3::date for update)"
                      " update xla_days k set digest = $6::bytea,"
                      " revised_at = case when w.differs then now() else k.revised_at end,"
                      " revised_status = case when w.differs then $4::text else k.revised_status end,"
                      " revised_state = case when w.differs then $5::text::json else k.revised_state end"
                      " from was w where k.tenant_id = $1::uuid and k.slug = $2::text and k.day = $3::date returning w.differs"};

#define DAY_COLUMNS "day, version, status, state, evaluated_at, revised_at, revised_status, revised_state"

static const struct statement LIST = {
    "xla_day_list", "select " DAY_COLUMNS " from xla_days where tenant_id = $1::uuid and slug = $2::text"
                    " and ($3::date is null or day >= $3::date) and ($4::date is null or day <= $4::date) order by day limit $5::int8"};

static const struct statement LAST = {"xla_day_last", "select " DAY_COLUMNS
                                                      " from xla_days where tenant_id = $1::uuid and slug = $2::text order by day desc limit 1"};

// In the order of enum xla_gauge_column.
static const struct statement GAUGES = {
    "xla_day_gauges",
    "select x.slug, d.state ->> 'status', d.state ->> 'value', d.state ->> 'target', d.state #>> '{budget,left}', d.state #>> '{burn,week}',"
    " d.state #>> '{burn,day}', (d.state #>> '{burn,alert}')::bool::int::text,"
    " ((x.content ->> 'review_by')::date < (now() at time zone t.time_zone)::date)::int::text"
    " from xlas x join tenants t on t.tenant_id = x.tenant_id cross join lateral"
    " (select coalesce(k.revised_state, k.state) as state from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug"
    " order by k.day desc limit 1) d where x.tenant_id = $1::uuid and x.retired_at is null order by x.slug limit $2::int8"};

static const struct statement BREACHED = {
    "xla_day_breached",
    "select x.content -> 'scope' -> $3::text ->> 0, x.slug, x.content ->> 'metric', d.day, d.state ->> 'value', d.state ->> 'target'"
    " from xlas x cross join lateral (select k.day, k.version, coalesce(k.revised_status, k.status) as status,"
    " coalesce(k.revised_state, k.state) as state from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug order by k.day desc limit 1) d"
    " where x.tenant_id = $1::uuid and x.retired_at is null and x.content ->> 'metric' in ('happiness', 'lost_time')"
    " and json_array_length(x.content -> 'scope' -> $3::text) = 1 and (x.content -> 'scope')::jsonb - $3::text = $2::text::jsonb"
    " and d.version = x.version and d.status = 'breached' order by (x.content -> 'scope' -> $3::text ->> 0) collate \"C\", 2 limit $4::int8"};

const struct statement *const XLA_DAY_STATEMENTS[] = {&TENANTS, &DUE,    &OPEN, &PERIODS, &KNOWN,  &EVALUATED, &VERSIONS,
                                                      &ADD,     &REVISE, &LIST, &LAST,    &GAUGES, &BREACHED,  NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, struct text slug) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_text(job, slug);
}

void xla_day_ask_tenants(struct job *job) { job_step(job, &TENANTS); }

void xla_day_ask_due(struct job *job, const struct tenant *tenant, int32_t until, struct text slug, int64_t order, int64_t limit) {
  job_step(job, &DUE);
  job_uuid(job, &tenant->id);
  job_day(job, until);
  job_text(job, text_of(tenant->time_zone));
  job_text(job, slug);
  job_int8(job, order);
  job_int8(job, limit);
}

void xla_day_take_due(const struct job *job, unsigned step, size_t row, struct xla_due *due) {
  *due = (struct xla_due){row_text(job, step, row, 0), row_day(job, step, row, 1)};
}

void xla_day_ask_known(struct job *job, const struct uuid *tenant, struct text slug, int32_t day) {
  begin(job, &EVALUATED, tenant, slug);
  job_day(job, day);
}

void xla_day_ask_open(struct job *job, const struct uuid *tenant, struct text slug, int32_t day, struct window rows) {
  begin(job, &OPEN, tenant, slug);
  job_day(job, day);
  begin(job, &PERIODS, tenant, slug);
  begin(job, &KNOWN, tenant, slug);
  job_day(job, rows.from);
  job_day(job, rows.to);
  begin(job, &VERSIONS, tenant, slug);
}

void xla_day_take_open(const struct job *job, struct xla_open *open) {
  *open = (struct xla_open){
      .content = row_text(job, XLA_OPEN_AGREEMENT, 0, 0),
      .terms = row_text(job, XLA_OPEN_AGREEMENT, 0, 1),
      .version = row_int(job, XLA_OPEN_AGREEMENT, 0, 2),
      .retired = row_int(job, XLA_OPEN_AGREEMENT, 0, 3) == 1,
      .valid_from = row_day(job, XLA_OPEN_AGREEMENT, 0, 4),
  };
}

void xla_day_take_known(const struct job *job, size_t row, struct xla_known_day *known) {
  *known = (struct xla_known_day){row_day(job, XLA_OPEN_DAYS, row, 0), row_int(job, XLA_OPEN_DAYS, row, 1), row_text(job, XLA_OPEN_DAYS, row, 2),
                                  row_text(job, XLA_OPEN_DAYS, row, 3)};
}

void xla_day_ask_add(struct job *job, const struct uuid *tenant, const struct xla_day_draft *draft) {
  begin(job, &ADD, tenant, draft->slug);
  job_day(job, draft->day);
  job_int4(job, draft->version);
  job_text(job, text_of(draft->status));
  job_text(job, draft->state);
  job_bytes(job, draft->digest, sizeof draft->digest);
}

void xla_day_ask_revise(struct job *job, const struct uuid *tenant, const struct xla_day_draft *draft) {
  begin(job, &REVISE, tenant, draft->slug);
  job_day(job, draft->day);
  job_text(job, text_of(draft->status));
  job_text(job, draft->state);
  job_bytes(job, draft->digest, sizeof draft->digest);
}

void xla_day_ask_list(struct job *job, const struct uuid *tenant, struct text slug, int64_t from, int64_t to, int64_t limit) {
  begin(job, &LIST, tenant, slug);
  job_day(job, from);
  job_day(job, to);
  job_int8(job, limit);
}

void xla_day_ask_last(struct job *job, const struct uuid *tenant, struct text slug) { begin(job, &LAST, tenant, slug); }

void xla_day_take_row(const struct job *job, unsigned step, size_t row, struct xla_day_row *day) {
  *day = (struct xla_day_row){
      .day = row_day(job, step, row, 0),
      .version = row_int(job, step, row, 1),
      .status = row_text(job, step, row, 2),
      .state = row_text(job, step, row, 3),
      .evaluated_at = row_instant(job, step, row, 4),
      .revised_at = row_instant(job, step, row, 5),
      .revised_status = row_text(job, step, row, 6),
      .revised_state = row_text(job, step, row, 7),
  };
}

void xla_day_ask_gauges(struct job *job, const struct uuid *tenant, int64_t limit) {
  job_step(job, &GAUGES);
  job_uuid(job, tenant);
  job_int8(job, limit);
}

void xla_day_take_gauge(const struct job *job, size_t row, struct xla_gauge_row *gauge) {
  gauge->slug = row_text(job, 0, row, 0);
  for (int i = 0; i < XLA_GAUGE_COLUMNS; i++)
    gauge->columns[i] = row_text(job, 0, row, 1 + i);
}

void xla_day_ask_breached(struct job *job, const struct uuid *tenant, struct text scope, struct text by) {
  begin(job, &BREACHED, tenant, scope);
  job_text(job, by);
  job_int8(job, XLA_GAUGES_MAX);
}

void xla_day_take_breach(const struct job *job, unsigned step, size_t row, struct xla_breach *breach) {
  *breach = (struct xla_breach){
      .key = row_text(job, step, row, 0),
      .slug = row_text(job, step, row, 1),
      .metric = row_text(job, step, row, 2),
      .day = row_day(job, step, row, 3),
      .value = row_text(job, step, row, 4),
      .target = row_text(job, step, row, 5),
  };
}
