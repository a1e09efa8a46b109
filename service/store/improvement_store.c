// Moves initiatives, and stores their evaluations.
#include "store/improvement_store.h"

#include <string.h>

// Whoever has read another revision names no initiative: the foreign key refuses that, and with it all that the job does.
#define CHANGED       "coalesce((select initiative_id from changed), '00000000-0000-0000-0000-000000000000'::uuid)"
#define STEP_OUTRUN   "initiative_steps_initiative_fkey"
#define RESULT_OUTRUN "evaluations_initiative_fkey"

static const struct statement MOVE = {
    "improvement_move",
    "with changed as (update initiatives i set step = $5::text, status = $6::text, iteration = $7::int4, content = coalesce($8::text::json, "
    "i.content),"
    " revision = i.revision + 1, changed_at = now(), ended_at = case when $6::text = 'open' then null else now() end"
    " where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid and i.revision = $3::int4 and i.status = 'open' returning i.initiative_id),"
    " moved as (insert into initiative_steps (tenant_id, initiative_id, seq, kind, from_step, to_step, iteration, reason, by_key)"
    " values ($1::uuid, " CHANGED ", $3::int4 + 1, $4::text, $9::text, $5::text, $7::int4, $10::text, $12::text) returning seq),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $11::uuid, $12::text, 'initiative.' || $4::text, initiative_id::text, jsonb_strip_nulls(jsonb_build_object("
    "'from', $9::text, 'to', $5::text, 'iteration', $7::int4, 'reason', $10::text)) from changed returning audit_id)"
    " select seq from moved"};

static const struct statement CREATE = {
    "evaluation_create",
    "with changed as (update initiatives i set revision = i.revision + 1, changed_at = now() where i.tenant_id = $1::uuid and i.initiative_id = "
    "$2::uuid"
    " and i.revision = $3::int4 and i.status = 'open' and i.iteration = $4::int4 returning i.initiative_id),"
    " made as (insert into evaluations (tenant_id, initiative_id, iteration, evaluated_at, window_from, window_to, verdict, still_relevant, note,"
    " content, created_by)"
    " values ($1::uuid, " CHANGED ", $4::int4, $5::timestamptz, $6::date, $7::date, $8::text, $9::bool, $10::text, $11::text::json, $13::text)"
    " returning iteration),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $12::uuid, $13::text, 'initiative.evaluate', initiative_id::text, jsonb_build_object("
    "'iteration', $4::int4, 'verdict', $8::text, 'still_relevant', $9::bool) from changed returning audit_id)"
    " select iteration from made"};

static const struct statement FIND = {
    "evaluation_find", "select e.iteration, e.verdict, e.note, e.still_relevant, e.window_from, e.window_to, e.content from evaluations e"
                       " where e.tenant_id = $1::uuid and e.initiative_id = $2::uuid and e.iteration = coalesce($3::int4,"
                       " (select i.iteration from initiatives i where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid))"};

static const struct statement BREACH = {
    "evaluation_breach", "select exists (select from xlas x join xla_days d on d.tenant_id = x.tenant_id and d.slug = x.slug"
                         " where x.tenant_id = $1::uuid and x.content ->> 'metric' = $2::text and (x.content ->> 'scope')::jsonb = $3::text::jsonb"
                         " and d.day between $4::date and $5::date and coalesce(d.revised_status, d.status) = 'breached')"};

const struct statement *const IMPROVEMENT_STATEMENTS[] = {&MOVE, &CREATE, &FIND, &BREACH, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct uuid *initiative) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_uuid(job, initiative);
}

void improvement_ask_move(struct job *job, const struct uuid *tenant, const struct improvement_move *move, struct text actor) {
  begin(job, &MOVE, tenant, &move->initiative);
  job_int4(job, move->revision);
  job_text(job, text_of(INITIATIVE_MOVE_NAMES[move->kind]));
  job_text(job, text_of(IMPROVEMENT_STEP_NAMES[move->to]));
  job_text(job, text_of(IMPROVEMENT_STATUS_NAMES[move->status]));
  job_int4(job, move->iteration);
  job_text(job, move->content);
  job_text(job, text_of(IMPROVEMENT_STEP_NAMES[move->from]));
  job_text(job, move->reason);
  job_audit(job, actor);
}

void evaluation_ask_create(struct job *job, const struct uuid *tenant, const struct evaluation_draft *draft, struct text actor) {
  begin(job, &CREATE, tenant, &draft->initiative);
  job_int4(job, draft->revision);
  job_int4(job, draft->iteration);
  job_instant(job, draft->evaluated_at);
  job_day(job, draft->window.from);
  job_day(job, draft->window.to);
  job_text(job, text_of(draft->verdict));
  job_bool(job, draft->still_relevant);
  job_text(job, draft->note);
  job_text(job, draft->content);
  job_audit(job, actor);
}

bool improvement_outrun(const struct job *job) {
  return job->error == ERR_CONFLICT && (strcmp(job->constraint, STEP_OUTRUN) == 0 || strcmp(job->constraint, RESULT_OUTRUN) == 0);
}

void evaluation_ask_find(struct job *job, const struct uuid *tenant, const struct uuid *initiative, int64_t iteration) {
  begin(job, &FIND, tenant, initiative);
  job_int4(job, iteration);
}

void evaluation_take(const struct job *job, unsigned step, struct evaluation_row *evaluation) {
  *evaluation = (struct evaluation_row){
      .iteration = row_int(job, step, 0, 0),
      .verdict = row_text(job, step, 0, 1),
      .note = row_text(job, step, 0, 2),
      .still_relevant = row_int(job, step, 0, 3) == 1,
      .window = {row_day(job, step, 0, 4), row_day(job, step, 0, 5)},
      .content = row_text(job, step, 0, 6),
  };
}

void evaluation_ask_breach(struct job *job, const struct uuid *tenant, struct text metric, struct text scope, struct window window) {
  job_step(job, &BREACH);
  job_uuid(job, tenant);
  job_text(job, metric);
  job_text(job, scope);
  job_day(job, window.from);
  job_day(job, window.to);
}
