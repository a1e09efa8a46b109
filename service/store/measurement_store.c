// Writes manual measurements in batches, and reads and deletes them.
#include "store/measurement_store.h"

#include "store/context_store.h"
#include "store/measured_sql.h"

#define FILED CONTEXTS_FILED("$12", "$13", "$14", "$15", "$16")

// The numbers are those of enum measurement_outcome. What stands in the way of a row is looked for only where it could not be stored.
static const struct statement WRITE = {
    "measurement_write",
    "with input as materialized ("
    " select * from unnest($2::uuid[], $3::int2[], $4::int8[], $5::timestamptz[], $6::date[], $7::text[], $8::text[], $9::text[], $10::bytea[],"
    " $11::int4[]) with ordinality as i(measurement_id, metric_id, value, at, day, context, ref, note, body_hash, context_no, ord))," FILED
    " stored as ("
    " insert into manual_measurements (tenant_id, measurement_id, metric_id, value, at, day, segment_id, context, ref, note, body_hash)"
    " select $1::uuid, i.measurement_id, i.metric_id, i.value, i.at, i.day, h.segment_id, i.context::json, i.ref, i.note, i.body_hash"
    " from input i join hashed h on h.no = i.context_no order by i.measurement_id on conflict do nothing returning measurement_id),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, " MEASUREMENT_REF(
        "s.measurement_id") ", true from stored s returning ref)"
                            " select i.ord, case when s.measurement_id is not null then 1 when e.measurement_id is null then 0 when e.body_hash = "
                            "i.body_hash then 2"
                            " else 3 end::int4, coalesce(e.at, i.at), coalesce(e.created_at, now())"
                            " from input i left join stored s on s.measurement_id = i.measurement_id"
                            " left join lateral (select * from manual_measurements k where s.measurement_id is null and k.tenant_id = $1::uuid"
                            " and k.measurement_id = i.measurement_id limit 1) e on true order by i.ord"};

#define MEASUREMENT_COLUMNS "m.measurement_id, m.metric_id::int4, m.value, m.at, m.day, m.context::text, m.ref, m.note, m.created_at"

static const struct statement FIND = {"measurement_find", "select " MEASUREMENT_COLUMNS
                                                          " from manual_measurements m where m.tenant_id = $1::uuid and m.measurement_id = $2::uuid"};

static const struct statement LIST = {
    "measurement_list", "select " MEASUREMENT_COLUMNS
                        " from manual_measurements m cross join lateral (select coalesce(m.day, (m.at at time zone $5::text)::date) as day) c"
                        " where m.tenant_id = $1::uuid and m.created_at > '-infinity' and ($2::int2 = 0 or m.metric_id = $2::int2)"
                        " and ($3::date is null or c.day >= $3::date) and ($4::date is null or c.day <= $4::date)"
                        " and ($6::timestamptz is null or (m.created_at, m.measurement_id) < ($6::timestamptz, $7::uuid))"
                        " order by m.created_at desc, m.measurement_id desc limit $8::int8"};

static const struct statement DELETE = {
    "measurement_delete",
    "with gone as (delete from manual_measurements where tenant_id = $1::uuid and measurement_id = $2::uuid returning *),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, " MEASUREMENT_REF(
        "g.measurement_id") ", true from gone g returning ref),"
                            " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                            " select $1::uuid, $5::uuid, $6::text, 'measurement.delete', g.measurement_id::text, jsonb_build_object('metric', "
                            "$3::text, 'value',"
                            " trim_scale(g.value::numeric / $4::int8), 'at', g.at, 'day', g.day) from gone g returning audit_id)"
                            " select measurement_id from gone"};

const struct statement *const MEASUREMENT_STATEMENTS[] = {&WRITE, &FIND, &LIST, &DELETE, NULL};

static const struct measurement_write *measurement_of(struct batch_row *const *rows, size_t i) {
  return (const struct measurement_write *)(const void *)rows[i];
}

static void add_texts(struct job *job, struct batch_row *const *rows, size_t count, size_t offset) {
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, *(const struct text *)(const void *)((const char *)measurement_of(rows, i) + offset));
}

static void add_numbers(struct job *job, struct batch_row *const *rows, size_t count) {
  job_array(job, PG_INT2, count);
  for (size_t i = 0; i < count; i++)
    job_item_int(job, measurement_of(rows, i)->metric_id);
  job_array(job, PG_INT8, count);
  for (size_t i = 0; i < count; i++)
    job_item_int(job, measurement_of(rows, i)->value);
  job_array(job, PG_TIMESTAMPTZ, count);
  for (size_t i = 0; i < count; i++)
    job_item_instant(job, measurement_of(rows, i)->at);
  job_array(job, PG_DATE, count);
  for (size_t i = 0; i < count; i++)
    job_item_day(job, measurement_of(rows, i)->day);
}

static void build_steps(struct job *job, struct batch_row *const *rows, size_t count, struct context_set *set) {
  int64_t context_nos[BATCH_ROWS_MAX];
  for (size_t i = 0; i < count; i++)
    context_nos[i] = (int64_t)context_set_add(set, measurement_of(rows, i)->values, measurement_of(rows, i)->values_count);
  context_ask_values(job, rows[0]->tenant, set);
  job_step(job, &WRITE);
  job_uuid(job, rows[0]->tenant);
  job_array(job, PG_UUID, count);
  for (size_t i = 0; i < count; i++)
    job_item_uuid(job, &measurement_of(rows, i)->id);
  add_numbers(job, rows, count);
  add_texts(job, rows, count, offsetof(struct measurement_write, context));
  add_texts(job, rows, count, offsetof(struct measurement_write, ref));
  add_texts(job, rows, count, offsetof(struct measurement_write, note));
  job_array(job, PG_BYTEA, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, (struct text){(const char *)measurement_of(rows, i)->body_hash, DIGEST_BYTES});
  job_array(job, PG_INT4, count);
  for (size_t i = 0; i < count; i++)
    job_item_int(job, context_nos[i]);
  job_contexts(job, set);
}

static bool build(struct job *job, struct batch_row **rows, size_t count) {
  struct context_set set;
  size_t values = 0;
  for (size_t i = 0; i < count; i++)
    values += measurement_of(rows, i)->values_count;
  bool good = context_set_init(&set, count, values);
  if (good) build_steps(job, rows, count, &set);
  context_set_release(&set);
  return good;
}

static bool outcome(const struct job *job, struct batch_row *row, size_t index) {
  struct measurement_write *measurement = (struct measurement_write *)(void *)row;
  unsigned step = job->steps_count - 1;
  measurement->outcome = (enum measurement_outcome)row_int(job, step, index, 1);
  measurement->stored_at = row_instant(job, step, index, 2);
  measurement->created_at = row_instant(job, step, index, 3);
  return measurement->outcome != MEASUREMENT_RETRY;
}

const struct batch_type MEASUREMENT_BATCH = {.name = "measurements", .build = build, .outcome = outcome};

void measurement_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *id) {
  job_step(job, &FIND);
  job_uuid(job, tenant);
  job_uuid(job, id);
}

void measurement_ask_list(struct job *job, const struct tenant *tenant, const struct measurement_filter *filter) {
  job_step(job, &LIST);
  job_uuid(job, &tenant->id);
  job_int2(job, filter->metric_id);
  job_day(job, filter->from);
  job_day(job, filter->to);
  job_text(job, text_of(tenant->time_zone));
  job_instant(job, filter->before_created_at);
  job_uuid(job, &filter->before_id);
  job_int8(job, filter->limit);
}

void measurement_take_row(const struct job *job, unsigned step, size_t row, struct measurement_row *measurement) {
  measurement->id = row_uuid(job, step, row, 0);
  measurement->metric_id = (int)row_int(job, step, row, 1);
  measurement->value = row_int(job, step, row, 2);
  measurement->at = row_instant(job, step, row, 3);
  measurement->day = row_null(job, step, row, 4) ? ABSENT : row_day(job, step, row, 4);
  measurement->context = row_text(job, step, row, 5);
  measurement->ref = row_text(job, step, row, 6);
  measurement->note = row_text(job, step, row, 7);
  measurement->created_at = row_instant(job, step, row, 8);
}

void measurement_ask_delete(struct job *job, const struct uuid *tenant, const struct uuid *id, const struct metric *metric, struct text actor) {
  job_step(job, &DELETE);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_text(job, text_of(metric->key));
  job_int8(job, metric->divisor);
  job_audit(job, actor);
}
