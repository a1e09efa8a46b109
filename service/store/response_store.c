// Writes responses in batches, and reads, amends and withdraws them.
#include "store/response_store.h"

#include "store/invitation_store.h"

#include <string.h>

// A ticket that is known only from a response has no facts and an empty context, and is counted in no ticket metric. A key that came
// before makes none: its request is answered again or refused.
static const struct statement CREATE_TICKETS = {
    "response_create_tickets",
    "with segment as (insert into segments (tenant_id, segment_id, value_ids) values ($1::uuid, md5('{}')::uuid, '{}') on conflict do nothing)"
    " insert into tickets (tenant_id, ref, revision, segment_id)"
    " select $1::uuid, r.ref, 1, md5('{}')::uuid from unnest($2::text[], $3::text[]) as r(ref, idempotency_key)"
    " where not exists (select from responses k where k.tenant_id = $1::uuid and k.idempotency_key = r.idempotency_key)"
    " order by r.ref on conflict do nothing"};

static const struct statement FREE_KEYS = {
    "response_free_keys", "update responses r set idempotency_key = null from unnest($2::text[]) as u(key)"
                          " cross join lateral (select k.response_id from responses k where k.tenant_id = $1::uuid and k.idempotency_key = u.key"
                          " and k.received_at < now() - interval '24 hours' limit 1) old"
                          " where r.tenant_id = $1::uuid and r.response_id = old.response_id"};

// The numbers are those of enum response_outcome. What stands in the way of a row is looked for only where it could not be stored. The ticket is
// locked for share, so that a resolution of it, which adopts responses, can't pass this statement unseen.
static const struct statement WRITE = {
    "response_write",
    "with input as materialized ("
    " select * from unnest($2::uuid[], $3::text[], $4::int2[], $5::int4[], $6::int2[], $7::int2[], $8::int2[], $9::int2[], $10::int2[],"
    " $11::int2[], $12::text[], $13::text[], $14::text[], $15::bytea[], $16::timestamptz[], $17::bytea[], $18::text[], $19::text[], $20::int4[]) "
    "with ordinality"
    " as i(response_id, ref, happiness, lost_minutes, csat, ces, nps, expectation, promise_kept, brand_promise, factors, comment, language,"
    " respondent, submitted_at, body_hash, idempotency_key, survey, survey_version, ord)),"
    " ticket as materialized ("
    " select t.ref, t.resolution_no, coalesce(t.resolved_at, t.closed_at) as settled_at, t.requester, t.agents from tickets t"
    " where t.tenant_id = $1::uuid and t.ref = any($3::text[]) order by t.ref for share),"
    " placed as materialized ("
    " select i.*, t.ref is not null as known, coalesce(i.respondent, t.requester, '') as person,"
    " case when t.resolution_no = 0 then 0 when t.settled_at <= i.submitted_at then t.resolution_no"
    " else coalesce((select max(r.no) from resolutions r where r.tenant_id = $1::uuid and r.ref = i.ref and r.resolved_at <= i.submitted_at), 1)"
    " end as no,"
    " coalesce(position(coalesce(i.respondent, t.requester) in t.agents) % 16 = 1, false) as own"
    " from input i left join ticket t on t.ref = i.ref),"
    " stored as ("
    " insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, ces, nps, expectation,"
    " promise_kept, brand_promise, factors, comment, language, submitted_at, body_hash, idempotency_key, survey, survey_version)"
    " select $1::uuid, p.response_id, p.ref, p.no, p.person, p.happiness, p.lost_minutes, p.csat, p.ces, p.nps, p.expectation,"
    " p.promise_kept, p.brand_promise, coalesce(string_to_array(p.factors, '|'), '{}'), p.comment, p.language, p.submitted_at, p.body_hash,"
    " p.idempotency_key, p.survey, p.survey_version from placed p where p.known and not p.own order by p.ref on conflict do nothing returning "
    "response_id, ref),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, s.ref, false from stored s returning ref),"
    " told as (select p.*, s.response_id as stored_id from placed p left join stored s on s.response_id = p.response_id)"
    " select p.ord, case when p.stored_id is not null then 1"
    " when k.received_at < now() - interval '24 hours' then 0"
    " when k.response_id is not null then case when k.body_hash = p.body_hash then 4 else 5 end"
    " when not p.known then 6 when p.own then 7"
    " when e.response_id is null then 0 when e.body_hash = p.body_hash then 2 else 3 end::int4,"
    " coalesce(p.stored_id, k.response_id, e.response_id), p.no, p.person, now() from told p"
    " left join lateral (select r.response_id, r.body_hash, r.received_at from responses r where p.stored_id is null"
    " and r.tenant_id = $1::uuid and r.idempotency_key = p.idempotency_key limit 1) k on true"
    " left join lateral (select r.response_id, r.body_hash from responses r where p.stored_id is null"
    " and r.tenant_id = $1::uuid and r.ref = p.ref and r.resolution_no = p.no and r.respondent = p.person limit 1) e on true"
    " order by p.ord"};

#define RESPONSE_COLUMNS                                                                                                            \
  "response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, ces, nps, expectation, promise_kept, brand_promise," \
  " factors, comment, language, submitted_at, received_at, amended_at, exclusion_reason, excluded_at, excluded_by, survey, survey_version"

static const struct statement FIND = {"response_find",
                                      "select " RESPONSE_COLUMNS " from responses where tenant_id = $1::uuid and response_id = $2::uuid"};

static const struct statement READ = {"response_read",
                                      "with noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                                      " select $1::uuid, $3::uuid, $4::text, 'response.read', response_id::text from responses"
                                      " where tenant_id = $1::uuid and response_id = $2::uuid returning audit_id)"
                                      " select " RESPONSE_COLUMNS " from responses where tenant_id = $1::uuid and response_id = $2::uuid"};

static const struct statement NOTE_LIST = {
    "response_note_list", "insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                          " values ($1::uuid, $2::uuid, $3::text, 'response.list', 'responses', jsonb_strip_nulls(jsonb_build_object("
                          "'ticket', $4::text, 'from', $5::date, 'to', $6::date, 'excluded', $7::bool, 'before', $8::timestamptz,"
                          " 'before_id', case when $8::timestamptz is not null then $9::uuid end, 'limit', $10::int8)))"};

// A statement for each choice of what is excluded, because only one that says so finds the few by their index.
#define LIST_OF(condition)                                                                                \
  "select " RESPONSE_COLUMNS " from responses where tenant_id = $1::uuid and submitted_at > '-infinity'"  \
  " and ($2::text is null or ref = $2::text)"                                                             \
  " and ($3::date is null or submitted_at >= ($3::date)::timestamp at time zone $5::text)"                \
  " and ($4::date is null or submitted_at < ($4::date + 1)::timestamp at time zone $5::text)"             \
  " and ($6::timestamptz is null or (submitted_at, response_id) < ($6::timestamptz, $7::uuid))" condition \
  " order by submitted_at desc, response_id desc limit $8::int8"
static const struct statement LIST = {"response_list", LIST_OF("")};
static const struct statement LIST_COUNTED = {"response_list_counted", LIST_OF(" and excluded_at is null")};
static const struct statement LIST_EXCLUDED = {"response_list_excluded", LIST_OF(" and excluded_at is not null")};

// Locks the response and says whether it may still be amended.
static const struct statement AMEND_CHECK = {
    "response_amend_check",
    "select received_at + make_interval(mins => $3::int4) > now() from responses where tenant_id = $1::uuid and response_id = $2::uuid for update"};

// Member by member: bit n of $14 says whether the body names it. Does nothing when it is too late or nothing would be left.
static const struct statement AMEND = {
    "response_amend",
    "with old as (select * from responses where tenant_id = $1::uuid and response_id = $2::uuid"
    " and received_at + make_interval(mins => $15::int4) > now()),"
    " new as ("
    " select response_id,"
    " case when $14::int4 & 1 <> 0 then $3::int2 else happiness end as happiness,"
    " case when $14::int4 & 2 <> 0 then $4::int4 else lost_minutes end as lost_minutes,"
    " case when $14::int4 & 4 <> 0 then $5::int2 else csat end as csat,"
    " case when $14::int4 & 8 <> 0 then $6::int2 else ces end as ces,"
    " case when $14::int4 & 16 <> 0 then $7::int2 else nps end as nps,"
    " case when $14::int4 & 32 <> 0 then $8::int2 else expectation end as expectation,"
    " case when $14::int4 & 64 <> 0 then $9::int2 else promise_kept end as promise_kept,"
    " case when $14::int4 & 128 <> 0 then $10::int2 else brand_promise end as brand_promise,"
    " case when $14::int4 & 256 <> 0 then coalesce(string_to_array($11::text, '|'), '{}') else factors end as factors,"
    " case when $14::int4 & 512 <> 0 then $12::text else comment end as comment,"
    " case when $14::int4 & 1024 <> 0 then $13::text else language end as language from old),"
    " amended as ("
    " update responses r set happiness = n.happiness, lost_minutes = n.lost_minutes, csat = n.csat, ces = n.ces, nps = n.nps,"
    " expectation = n.expectation, promise_kept = n.promise_kept, brand_promise = n.brand_promise, factors = n.factors,"
    " comment = n.comment, language = n.language, amended_at = now()"
    " from new n where r.tenant_id = $1::uuid and r.response_id = n.response_id"
    " and (coalesce(n.happiness, n.lost_minutes, n.csat, n.ces, n.nps, n.expectation, n.promise_kept, n.brand_promise) is not null"
    " or n.comment <> '') returning r.response_id, r.ref),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, a.ref, false from amended a returning ref),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $16::uuid, $17::text, 'response.amend', a.response_id::text,"
    " jsonb_strip_nulls(jsonb_build_object('happiness', o.happiness, 'lost_minutes', o.lost_minutes, 'csat', o.csat, 'ces', o.ces, 'nps', o.nps,"
    " 'expectation', o.expectation, 'promise_kept', o.promise_kept, 'brand_promise', o.brand_promise))"
    " from amended a join old o on o.response_id = a.response_id returning audit_id)"
    " select response_id from amended"};

static const struct statement WITHDRAW = {
    "response_withdraw",
    "with gone as (delete from responses where tenant_id = $1::uuid and response_id = $2::uuid returning response_id, ref, resolution_no),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, g.ref, false from gone g returning ref),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $3::uuid, $4::text, 'response.withdraw', response_id::text, jsonb_build_object('ticket', ref, 'resolution', resolution_no)"
    " from gone returning audit_id)"
    " select response_id from gone"};

const struct statement *const RESPONSE_STATEMENTS[] = {&CREATE_TICKETS, &FREE_KEYS,     &WRITE,       &FIND,  &READ,     &NOTE_LIST, &LIST,
                                                       &LIST_COUNTED,   &LIST_EXCLUDED, &AMEND_CHECK, &AMEND, &WITHDRAW, NULL};

static const struct response_write *response_of(struct batch_row *const *rows, size_t i) {
  return (const struct response_write *)(const void *)rows[i];
}

// How each answer travels, in the order of WRITE's and AMEND's parameters and of RESPONSE_COLUMNS.
static const struct {
  size_t offset;
  enum pg_type type;
} ANSWERS[] = {
#define ANSWER(name, type) \
  { offsetof(struct answers, name), type }
    ANSWER(happiness, PG_INT2), ANSWER(lost_minutes, PG_INT4), ANSWER(csat, PG_INT2),         ANSWER(ces, PG_INT2),
    ANSWER(nps, PG_INT2),       ANSWER(expectation, PG_INT2),  ANSWER(promise_kept, PG_INT2), ANSWER(brand_promise, PG_INT2),
#undef ANSWER
};
enum { ANSWERS_COUNT = sizeof ANSWERS / sizeof *ANSWERS };

static int64_t answer_of(const struct answers *answers, size_t i) {
  return *(const int64_t *)(const void *)((const char *)answers + ANSWERS[i].offset);
}

static void add_texts(struct job *job, struct batch_row *const *rows, size_t count, enum pg_type type, size_t offset) {
  job_array(job, type, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, *(const struct text *)(const void *)((const char *)response_of(rows, i) + offset));
}

static bool frees_key(const struct response_write *response) { return response->row.tries > 0 && response->idempotency_key.at; }

// An Idempotency-Key may be used again after 24 hours. That it stands in the way is found when its row could not be stored, so only what is tried
// again frees its key first.
static void add_free_keys(struct job *job, struct batch_row *const *rows, size_t count) {
  size_t wanted = 0;
  for (size_t i = 0; i < count; i++)
    wanted += frees_key(response_of(rows, i));
  if (wanted == 0) return;
  job_step(job, &FREE_KEYS);
  job_uuid(job, rows[0]->tenant);
  job_array(job, PG_TEXT, wanted);
  for (size_t i = 0; i < count; i++)
    if (frees_key(response_of(rows, i))) job_item_text(job, response_of(rows, i)->idempotency_key);
}

// And one that creates no ticket this one.
static void add_create_tickets(struct job *job, struct batch_row *const *rows, size_t count) {
  size_t tickets = 0;
  for (size_t i = 0; i < count; i++)
    tickets += response_of(rows, i)->create;
  if (tickets == 0) return;
  job_step(job, &CREATE_TICKETS);
  job_uuid(job, rows[0]->tenant);
  job_array(job, PG_TEXT, tickets);
  for (size_t i = 0; i < count; i++)
    if (response_of(rows, i)->create) job_item_text(job, response_of(rows, i)->ref);
  job_array(job, PG_TEXT, tickets);
  for (size_t i = 0; i < count; i++)
    if (response_of(rows, i)->create) job_item_text(job, response_of(rows, i)->idempotency_key);
}

// Nor one of a tenant that asks nobody this.
static void add_answered(struct job *job, struct batch_row *const *rows, size_t count) {
  struct uuid ids[BATCH_ROWS_MAX];
  size_t asked = 0;
  for (size_t i = 0; i < count; i++)
    if (response_of(rows, i)->asked) ids[asked++] = response_of(rows, i)->id;
  if (asked > 0) invitation_ask_answered(job, rows[0]->tenant, ids, asked);
}

static unsigned write_step(const struct job *job) {
  unsigned step = job->steps_count - 1;
  while (job->steps[step].statement != &WRITE)
    step--;
  return step;
}

static bool build(struct job *job, struct batch_row **rows, size_t count) {
  add_free_keys(job, rows, count);
  add_create_tickets(job, rows, count);
  job_step(job, &WRITE);
  job_uuid(job, rows[0]->tenant);
  job_array(job, PG_UUID, count);
  for (size_t i = 0; i < count; i++)
    job_item_uuid(job, &response_of(rows, i)->id);
  add_texts(job, rows, count, PG_TEXT, offsetof(struct response_write, ref));
  for (size_t k = 0; k < ANSWERS_COUNT; k++) {
    job_array(job, ANSWERS[k].type, count);
    for (size_t i = 0; i < count; i++)
      job_item_int(job, answer_of(&response_of(rows, i)->answers, k));
  }
  add_texts(job, rows, count, PG_TEXT, offsetof(struct response_write, factors));
  add_texts(job, rows, count, PG_TEXT, offsetof(struct response_write, comment));
  add_texts(job, rows, count, PG_TEXT, offsetof(struct response_write, language));
  add_texts(job, rows, count, PG_BYTEA, offsetof(struct response_write, respondent));
  job_array(job, PG_TIMESTAMPTZ, count);
  for (size_t i = 0; i < count; i++)
    job_item_instant(job, response_of(rows, i)->submitted_at);
  job_array(job, PG_BYTEA, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, (struct text){(const char *)response_of(rows, i)->body_hash, DIGEST_BYTES});
  add_texts(job, rows, count, PG_TEXT, offsetof(struct response_write, idempotency_key));
  add_texts(job, rows, count, PG_TEXT, offsetof(struct response_write, survey));
  job_array(job, PG_INT4, count);
  for (size_t i = 0; i < count; i++)
    job_item_int(job, response_of(rows, i)->survey_version);
  add_answered(job, rows, count);
  return true;
}

static bool outcome(const struct job *job, struct batch_row *row, size_t index) {
  struct response_write *response = (struct response_write *)(void *)row;
  unsigned step = write_step(job);
  response->outcome = (enum response_outcome)row_int(job, step, index, 1);
  response->stored_id = row_uuid(job, step, index, 2);
  response->resolution_no = row_int(job, step, index, 3);
  struct text person = row_text(job, step, index, 4);
  response->has_respondent = person.length == PERSON_BYTES;
  if (response->has_respondent) memcpy(response->stored_respondent, person.at, PERSON_BYTES);
  response->received_at = row_instant(job, step, index, 5);
  return response->outcome != RESPONSE_RETRY;
}

const struct batch_type RESPONSE_BATCH = {.name = "responses", .build = build, .outcome = outcome};

void response_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *id) {
  job_step(job, &FIND);
  job_uuid(job, tenant);
  job_uuid(job, id);
}

void response_ask_read(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor) {
  job->unseen = true;
  job_step(job, &READ);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_audit(job, actor);
}

void response_ask_note_list(struct job *job, const struct uuid *tenant, const struct response_filter *filter, struct text actor) {
  job->unseen = true;
  job_step(job, &NOTE_LIST);
  job_uuid(job, tenant);
  job_audit(job, actor);
  job_text(job, filter->ref);
  job_day(job, filter->submitted_from);
  job_day(job, filter->submitted_to);
  job_bool(job, filter->excluded);
  job_instant(job, filter->before_submitted_at);
  job_uuid(job, &filter->before_id);
  job_int8(job, filter->shown);
}

void response_ask_list(struct job *job, const struct tenant *tenant, const struct response_filter *filter) {
  job_step(job, filter->excluded == ABSENT ? &LIST : filter->excluded ? &LIST_EXCLUDED : &LIST_COUNTED);
  job_uuid(job, &tenant->id);
  job_text(job, filter->ref);
  job_day(job, filter->submitted_from);
  job_day(job, filter->submitted_to);
  job_text(job, text_of(tenant->time_zone));
  job_instant(job, filter->before_submitted_at);
  job_uuid(job, &filter->before_id);
  job_int8(job, filter->shown + 1);
}

void response_take_row(const struct job *job, unsigned step, size_t row, struct arena *arena, struct response_row *response) {
  response->id = row_uuid(job, step, row, 0);
  response->ref = row_text(job, step, row, 1);
  response->resolution_no = row_int(job, step, row, 2);
  response->respondent = row_text(job, step, row, 3);
  for (size_t i = 0; i < ANSWERS_COUNT; i++)
    *(int64_t *)(void *)((char *)&response->answers + ANSWERS[i].offset) = row_int(job, step, row, (int)i + 4);
  int column = ANSWERS_COUNT + 4;
  response->factors_count = row_text_array(job, step, row, column, arena, &response->factors);
  response->comment = row_text(job, step, row, column + 1);
  response->language = row_text(job, step, row, column + 2);
  response->submitted_at = row_instant(job, step, row, column + 3);
  response->received_at = row_instant(job, step, row, column + 4);
  response->amended_at = row_instant(job, step, row, column + 5);
  response->exclusion.reason = row_text(job, step, row, column + 6);
  response->exclusion.at = row_instant(job, step, row, column + 7);
  response->exclusion.by = row_text(job, step, row, column + 8);
  response->survey = row_text(job, step, row, column + 9);
  response->survey_version = row_int(job, step, row, column + 10);
}

void response_ask_amend(struct job *job, const struct tenant *tenant, const struct uuid *id, const struct response_amendment *amendment,
                        struct text actor) {
  job_step(job, &AMEND_CHECK);
  job_uuid(job, &tenant->id);
  job_uuid(job, id);
  job_int4(job, tenant->amend_minutes);
  job_step(job, &AMEND);
  job_uuid(job, &tenant->id);
  job_uuid(job, id);
  for (size_t i = 0; i < ANSWERS_COUNT; i++) {
    if (ANSWERS[i].type == PG_INT4)
      job_int4(job, answer_of(&amendment->answers, i));
    else
      job_int2(job, answer_of(&amendment->answers, i));
  }
  job_text(job, amendment->factors);
  job_text(job, amendment->comment);
  job_text(job, amendment->language);
  job_int4(job, (int64_t)amendment->present);
  job_int4(job, tenant->amend_minutes);
  job_audit(job, actor);
  response_ask_find(job, &tenant->id, id);
}

enum amend_outcome response_take_amended(const struct job *job) {
  if (job_rows(job, 0) == 0) return AMEND_UNKNOWN;
  if (row_int(job, 0, 0, 0) != 1) return AMEND_TOO_LATE;
  return job_rows(job, 1) == 1 ? AMEND_DONE : AMEND_EMPTY;
}

void response_ask_withdraw(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor) {
  job_step(job, &WITHDRAW);
  job_uuid(job, tenant);
  job_uuid(job, id);
  job_audit(job, actor);
}
