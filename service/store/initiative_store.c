// Stores initiatives with their actions, notes and votes.
#include "store/initiative_store.h"

#define COLUMNS                                                                                                                              \
  "i.initiative_id, i.revision, i.step, i.status, i.iteration, i.content, i.priority, i.created_at, i.changed_at, i.created_by, i.ended_at," \
  " (select count(*) from initiative_votes v where v.tenant_id = $1::uuid and v.initiative_id = i.initiative_id),"                           \
  " exists (select from evaluations e where e.tenant_id = $1::uuid and e.initiative_id = i.initiative_id and e.iteration = i.iteration)"
enum { COLUMNS_COUNT = 13 };

static const struct statement FIND = {"initiative_find",
                                      "select " COLUMNS " from initiatives i where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid"};

static const struct statement ACTIONS = {
    "initiative_actions",
    "select action_id, iteration, title, description, owner, due_on, started_at, done_at, experiment, outcome, created_at, created_by,"
    " (started_at at time zone $3::text)::date, (done_at at time zone $3::text)::date"
    " from initiative_actions where tenant_id = $1::uuid and initiative_id = $2::uuid order by action_id"};

static const struct statement NOTES = {"initiative_notes", "select note_id, iteration, step, principle, text, created_at, created_by"
                                                           " from initiative_notes where tenant_id = $1::uuid and initiative_id = $2::uuid"
                                                           " order by note_id"};

static const struct statement UNITS = {"initiative_units", "select unit, count(*) from initiative_votes"
                                                           " where tenant_id = $1::uuid and initiative_id = $2::uuid"
                                                           " group by unit order by count(*) desc, unit limit $3::int8"};

static const struct statement CREATE = {
    "initiative_create",
    "with made as (insert into initiatives"
    " (tenant_id, initiative_id, content, priority_score, priority, priority_day, created_at, changed_at, created_by)"
    " select $1::uuid, $2::uuid, $3::text::json, $4::int8, $5::text::json, $6::date, $8::timestamptz, $8::timestamptz, $11::text"
    " where (select count(*) from initiatives where tenant_id = $1::uuid) < $9::int8 returning initiative_id),"
    " begun as (insert into initiative_steps (tenant_id, initiative_id, seq, at, kind, to_step, iteration, by_key)"
    " select $1::uuid, initiative_id, 1, $8::timestamptz, 'create', 'vision', 1, $11::text from made returning seq),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $10::uuid, $11::text, 'initiative.create', initiative_id::text, jsonb_build_object('changes', $7::text::jsonb) from made"
    " returning audit_id)"
    " select initiative_id from made"};

static const struct statement CHANGE = {
    "initiative_change",
    "with changed as (update initiatives i set content = $3::text::json, priority_score = $4::int8, priority = $5::text::json,"
    " priority_day = $6::date, revision = i.revision + 1, changed_at = now()"
    " where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid and i.revision = $8::int4 and i.status = 'open' returning i.initiative_id),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
    " select $1::uuid, $9::uuid, $10::text, 'initiative.change', initiative_id::text, jsonb_build_object('changes', $7::text::jsonb) from changed"
    " returning audit_id)"
    " select initiative_id from changed"};

// $3: the revision of the initiative that was read.
#define CHANGED_WHERE                                                                                                                  \
  "update initiatives i set revision = i.revision + 1, changed_at = now() where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid" \
  " and i.revision = $3::int4 and i.status = 'open'"
#define NOTED_ACTION                                                                                                            \
  " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"                                          \
  " select $1::uuid, $14::uuid, $15::text, 'initiative.action', $2::uuid::text, jsonb_build_object('id', action_id, 'changes'," \
  " $13::text::jsonb) from done returning audit_id) select action_id from done"

static const struct statement ADD_ACTION = {
    "initiative_add_action",
    "with changed as (" CHANGED_WHERE " and (select count(*) from initiative_actions a where a.tenant_id = $1::uuid"
    " and a.initiative_id = $2::uuid) < $16::int8 returning i.initiative_id, i.iteration),"
    " done as (insert into initiative_actions (tenant_id, initiative_id, action_id, iteration, title, description, owner, due_on, started_at, "
    "done_at,"
    " experiment, outcome, created_at, created_by)"
    " select $1::uuid, initiative_id, $4::uuid, iteration, $5::text, $6::text, $7::text, $8::date, $9::timestamptz, $10::timestamptz, $11::bool,"
    " $12::text, $17::timestamptz, $15::text from changed returning action_id)," NOTED_ACTION};

static const struct statement CHANGE_ACTION = {
    "initiative_change_action",
    "with changed as (" CHANGED_WHERE " returning i.initiative_id),"
    " done as (update initiative_actions a set title = $5::text, description = $6::text, owner = $7::text, due_on = $8::date,"
    " started_at = $9::timestamptz, done_at = $10::timestamptz, experiment = $11::bool, outcome = $12::text"
    " where a.tenant_id = $1::uuid and a.initiative_id = $2::uuid and a.action_id = $4::uuid and exists (select from changed)"
    " returning a.action_id)," NOTED_ACTION};

static const struct statement ADD_NOTE = {
    "initiative_add_note",
    "with made as (insert into initiative_notes (tenant_id, initiative_id, note_id, iteration, step, principle, text, created_at, created_by)"
    " select $1::uuid, i.initiative_id, $4::uuid, i.iteration, i.step, $5::text, $6::text, $7::timestamptz, $8::text from initiatives i"
    " where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid and i.revision = $3::int4 and (select count(*) from initiative_notes n"
    " where n.tenant_id = $1::uuid and n.initiative_id = $2::uuid) < $9::int8 returning note_id) select note_id from made"};

static const struct statement VOTE = {
    "initiative_vote",
    "with voted as (insert into initiative_votes (tenant_id, initiative_id, voter, unit, voted_at, created_by)"
    " select $1::uuid, i.initiative_id, $3::bytea, $4::text, now(), $5::text from initiatives i"
    " where i.tenant_id = $1::uuid and i.initiative_id = $2::uuid and i.status = 'open' and (select count(*) from initiative_votes v"
    " where v.tenant_id = $1::uuid and v.initiative_id = $2::uuid and v.voter <> $3::bytea) < $6::int8"
    " on conflict (tenant_id, initiative_id, voter) do update set unit = excluded.unit, voted_at = excluded.voted_at, created_by = "
    "excluded.created_by"
    " returning xmax::text = '0' as first) select first from voted"};

// Names are those of members; a score that isn't there is −1.
#define TEXTS                                                                                                               \
  "lower(concat_ws(' ', i.content ->> 'title', i.content ->> 'description', i.content ->> 'vision', i.content ->> 'owner'," \
  " i.content ->> 'category', i.content -> 'source' ->> 'reference', i.content -> 'lessons' ->> 'learned'))"
// Most rows are told apart without looking into their JSON, unless that is where the query would be written otherwise.
#define ESCAPED "$2::text ~ '[\"\\\\[:cntrl:]]'"
#define LISTED                                                                                                                                 \
  "select " COLUMNS ", coalesce(i.priority_score, -1) from initiatives i where i.tenant_id = $1::uuid"                                         \
  " and ($2::text is null or ((" ESCAPED " or position(lower($2::text) in lower(i.content::text)) > 0) and position(lower($2::text) in " TEXTS \
  ") > 0)) and ($3::text is null or i.step = $3::text)"                                                                                        \
  " and ($4::text is null or i.status = $4::text) and ($5::text is null or i.content ->> 'owner' = $5::text)"                                  \
  " and ($6::text is null or i.content ->> 'category' = $6::text) and ($7::text is null or i.objective = $7::text)"                            \
  " and ($8::text is null or i.content ->> 'metric' = $8::text) and ($9::text is null or i.content -> 'source' ->> 'kind' = $9::text)"

static const struct statement LIST_NEWEST = {"initiative_list_newest", LISTED " and ($11::uuid is null or i.initiative_id < $11::uuid)"
                                                                              " order by i.initiative_id desc limit $10::int8"};

static const struct statement LIST_FIRST = {"initiative_list_first", LISTED
                                            " and ($11::uuid is null or (coalesce(i.priority_score, -1), i.initiative_id) < ($12::int8, $11::uuid))"
                                            " order by coalesce(i.priority_score, -1) desc, i.initiative_id desc limit $10::int8"};

static const struct statement THERE = {"initiative_there", "select 1 from initiatives where tenant_id = $1::uuid and initiative_id = $2::uuid"};

static const struct statement MOVES = {"initiative_moves", "select seq, at, kind, from_step, to_step, iteration, reason, by_key from initiative_steps"
                                                           " where tenant_id = $1::uuid and initiative_id = $2::uuid and seq > $3::int4"
                                                           " order by seq limit $4::int8"};

static const struct statement DUE = {"initiative_due", "select initiative_id, revision, content from initiatives where tenant_id = $1::uuid"
                                                       " and status = 'open' and (priority_day is null or priority_day < $2::date)"
                                                       " and ($3::uuid is null or initiative_id > $3::uuid) order by initiative_id limit $4::int8"};

static const struct statement KEEP_PRIORITY = {
    "initiative_keep_priority",
    "update initiatives set priority_score = $4::int8, priority = $5::text::json, priority_day = $6::date"
    " where tenant_id = $1::uuid and initiative_id = $2::uuid and revision = $3::int4 and (priority_day is null or priority_day < $6::date)"};

const struct statement *const INITIATIVE_STATEMENTS[] = {&FIND,       &ACTIONS,       &NOTES,    &UNITS,         &CREATE,      &CHANGE,
                                                         &ADD_ACTION, &CHANGE_ACTION, &ADD_NOTE, &VOTE,          &LIST_NEWEST, &LIST_FIRST,
                                                         &THERE,      &MOVES,         &DUE,      &KEEP_PRIORITY, NULL};

// A check constraint of the database lets nothing else in.
static int64_t name_index(const char *const *names, struct text name) {
  for (int64_t i = 0; names[i]; i++)
    if (text_is(name, names[i])) return i;
  return ABSENT;
}

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct uuid *id) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_uuid(job, id);
}

void initiative_ask_find(struct job *job, const struct tenant *tenant, const struct uuid *id) {
  begin(job, &FIND, &tenant->id, id);
  begin(job, &ACTIONS, &tenant->id, id);
  job_text(job, text_of(tenant->time_zone));
  begin(job, &NOTES, &tenant->id, id);
  begin(job, &UNITS, &tenant->id, id);
  job_int8(job, INITIATIVE_UNITS_MAX);
}

void initiative_take_row(const struct job *job, unsigned step, size_t row, struct initiative *initiative) {
  *initiative = (struct initiative){
      .id = row_uuid(job, step, row, 0),
      .revision = row_int(job, step, row, 1),
      .step = (enum improvement_step)name_index(IMPROVEMENT_STEP_NAMES, row_text(job, step, row, 2)),
      .status = (enum improvement_status)name_index(IMPROVEMENT_STATUS_NAMES, row_text(job, step, row, 3)),
      .iteration = row_int(job, step, row, 4),
      .content = row_text(job, step, row, 5),
      .priority = row_text(job, step, row, 6),
      .created_at = row_instant(job, step, row, 7),
      .changed_at = row_instant(job, step, row, 8),
      .created_by = row_text(job, step, row, 9),
      .ended_at = row_instant(job, step, row, 10),
      .votes = row_int(job, step, row, 11),
      .evaluated = row_int(job, step, row, 12) == 1,
  };
}

static int64_t day_of(const struct job *job, unsigned step, size_t row, int column) {
  return row_null(job, step, row, column) ? ABSENT : row_day(job, step, row, column);
}

void initiative_take_action(const struct job *job, unsigned step, size_t row, struct initiative_action *action) {
  *action = (struct initiative_action){
      .id = row_uuid(job, step, row, 0),
      .iteration = row_int(job, step, row, 1),
      .title = row_text(job, step, row, 2),
      .description = row_text(job, step, row, 3),
      .owner = row_text(job, step, row, 4),
      .due_on = day_of(job, step, row, 5),
      .started_at = row_instant(job, step, row, 6),
      .done_at = row_instant(job, step, row, 7),
      .experiment = row_int(job, step, row, 8) == 1,
      .outcome = row_text(job, step, row, 9),
      .created_at = row_instant(job, step, row, 10),
      .created_by = row_text(job, step, row, 11),
      .started_on = day_of(job, step, row, 12),
      .done_on = day_of(job, step, row, 13),
  };
}

void initiative_take_note(const struct job *job, unsigned step, size_t row, struct initiative_note *note) {
  *note = (struct initiative_note){
      .id = row_uuid(job, step, row, 0),
      .iteration = row_int(job, step, row, 1),
      .step = (enum improvement_step)name_index(IMPROVEMENT_STEP_NAMES, row_text(job, step, row, 2)),
      .principle = name_index(IMPROVEMENT_PRINCIPLE_NAMES, row_text(job, step, row, 3)),
      .text = row_text(job, step, row, 4),
      .created_at = row_instant(job, step, row, 5),
      .created_by = row_text(job, step, row, 6),
  };
}

void initiative_take_unit(const struct job *job, unsigned step, size_t row, struct initiative_unit *unit) {
  *unit = (struct initiative_unit){row_text(job, step, row, 0), row_int(job, step, row, 1)};
}

static void add_priority(struct job *job, const struct initiative_priority *priority) {
  job_int8(job, priority->score);
  job_text(job, priority->json);
  job_day(job, priority->day);
}

static void add_draft(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct initiative_draft *draft) {
  begin(job, statement, tenant, &draft->id);
  job_text(job, draft->content);
  add_priority(job, &draft->priority);
  job_text(job, draft->changes);
}

void initiative_ask_create(struct job *job, const struct uuid *tenant, const struct initiative_draft *draft, struct text actor) {
  add_draft(job, &CREATE, tenant, draft);
  job_instant(job, draft->created_at);
  job_int8(job, INITIATIVES_MAX);
  job_audit(job, actor);
}

void initiative_ask_change(struct job *job, const struct uuid *tenant, const struct initiative_draft *draft, struct text actor) {
  add_draft(job, &CHANGE, tenant, draft);
  job_int4(job, draft->revision);
  job_audit(job, actor);
}

static void add_action(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct initiative_action_draft *draft,
                       struct text actor) {
  const struct initiative_action *action = &draft->action;
  begin(job, statement, tenant, &draft->initiative);
  job_int4(job, draft->revision);
  job_uuid(job, &action->id);
  job_text(job, action->title);
  job_text(job, action->description);
  job_text(job, action->owner);
  job_day(job, action->due_on);
  job_instant(job, action->started_at);
  job_instant(job, action->done_at);
  job_bool(job, action->experiment);
  job_text(job, action->outcome);
  job_text(job, draft->changes);
  job_audit(job, actor);
}

void initiative_ask_add_action(struct job *job, const struct uuid *tenant, const struct initiative_action_draft *draft, struct text actor) {
  add_action(job, &ADD_ACTION, tenant, draft, actor);
  job_int8(job, INITIATIVE_ACTIONS_MAX);
  job_instant(job, draft->action.created_at);
}

void initiative_ask_change_action(struct job *job, const struct uuid *tenant, const struct initiative_action_draft *draft, struct text actor) {
  add_action(job, &CHANGE_ACTION, tenant, draft, actor);
}

void initiative_ask_add_note(struct job *job, const struct uuid *tenant, const struct uuid *initiative, int64_t revision,
                             const struct initiative_note *note) {
  begin(job, &ADD_NOTE, tenant, initiative);
  job_int4(job, revision);
  job_uuid(job, &note->id);
  job_text(job, note->principle == ABSENT ? TEXT_NONE : text_of(IMPROVEMENT_PRINCIPLE_NAMES[note->principle]));
  job_text(job, note->text);
  job_instant(job, note->created_at);
  job_text(job, note->created_by);
  job_int8(job, INITIATIVE_NOTES_MAX);
}

void initiative_ask_vote(struct job *job, const struct uuid *tenant, const struct uuid *initiative, const struct initiative_vote *vote,
                         struct text actor) {
  begin(job, &VOTE, tenant, initiative);
  job_bytes(job, vote->voter.at, vote->voter.length);
  job_text(job, vote->unit);
  job_text(job, actor);
  job_int8(job, INITIATIVE_VOTES_MAX);
  begin(job, &FIND, tenant, initiative);
  begin(job, &UNITS, tenant, initiative);
  job_int8(job, INITIATIVE_UNITS_MAX);
}

static struct text name_of(const char *const *names, int64_t index) { return index == ABSENT ? TEXT_NONE : text_of(names[index]); }

void initiative_ask_list(struct job *job, const struct uuid *tenant, const struct initiative_filter *filter) {
  job_step(job, filter->by_priority ? &LIST_FIRST : &LIST_NEWEST);
  job_uuid(job, tenant);
  job_text(job, filter->query);
  job_text(job, name_of(IMPROVEMENT_STEP_NAMES, filter->step));
  job_text(job, name_of(IMPROVEMENT_STATUS_NAMES, filter->status));
  job_text(job, filter->owner);
  job_text(job, filter->category);
  job_text(job, filter->objective);
  job_text(job, filter->metric);
  job_text(job, name_of(INITIATIVE_SOURCE_NAMES, filter->source));
  job_int8(job, filter->limit);
  job_uuid(job, filter->after ? &filter->after_id : NULL);
  if (filter->by_priority) job_int8(job, filter->after ? filter->after_score : ABSENT);
}

int64_t initiative_take_score(const struct job *job, unsigned step, size_t row) { return row_int(job, step, row, COLUMNS_COUNT); }

void initiative_ask_moves(struct job *job, const struct uuid *tenant, const struct uuid *id, int64_t after, int64_t limit) {
  begin(job, &THERE, tenant, id);
  begin(job, &MOVES, tenant, id);
  job_int4(job, after);
  job_int8(job, limit);
}

void initiative_take_move(const struct job *job, size_t row, struct initiative_move_row *move) {
  *move = (struct initiative_move_row){
      .seq = row_int(job, INITIATIVE_MOVES_STEP, row, 0),
      .at = row_instant(job, INITIATIVE_MOVES_STEP, row, 1),
      .kind = (enum initiative_move)name_index(INITIATIVE_MOVE_NAMES, row_text(job, INITIATIVE_MOVES_STEP, row, 2)),
      .from = name_index(IMPROVEMENT_STEP_NAMES, row_text(job, INITIATIVE_MOVES_STEP, row, 3)),
      .to = name_index(IMPROVEMENT_STEP_NAMES, row_text(job, INITIATIVE_MOVES_STEP, row, 4)),
      .iteration = row_int(job, INITIATIVE_MOVES_STEP, row, 5),
      .reason = row_text(job, INITIATIVE_MOVES_STEP, row, 6),
      .by = row_text(job, INITIATIVE_MOVES_STEP, row, 7),
  };
}

void initiative_ask_due(struct job *job, const struct uuid *tenant, int32_t today, const struct uuid *after, int64_t limit) {
  job_step(job, &DUE);
  job_uuid(job, tenant);
  job_day(job, today);
  job_uuid(job, after);
  job_int8(job, limit);
}

void initiative_take_due(const struct job *job, unsigned step, size_t row, struct initiative_due *due) {
  *due = (struct initiative_due){row_uuid(job, step, row, 0), row_int(job, step, row, 1), row_text(job, step, row, 2)};
}

void initiative_ask_keep_priority(struct job *job, const struct uuid *tenant, const struct uuid *id, int64_t revision,
                                  const struct initiative_priority *priority) {
  begin(job, &KEEP_PRIORITY, tenant, id);
  job_int4(job, revision);
  add_priority(job, priority);
}
