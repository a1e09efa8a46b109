// Stores initiatives with their actions, notes and votes.
#include "store/initiative_store.h"

#define COLUMNS                                                                                                                              \
  "i.initiative_id, i.revision, i.step, i.status, i.iteration, i.content, i.priority, i.created_at, i.changed_at, i.created_by, i.ended_at," \
  " (select count(*) from initiative_votes v where v.tenant_id = $1::uuid and v.initiative_id = i.initiative_id)"

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

static const struct statement LOCK = {"initiative_lock", "select revision, status, iteration from initiatives"
                                                         " where tenant_id = $1::uuid and initiative_id = $2::uuid for update"};

const struct statement *const INITIATIVE_STATEMENTS[] = {&FIND, &ACTIONS, &NOTES, &UNITS, &LOCK, NULL};

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

void initiative_ask_lock(struct job *job, const struct uuid *tenant, const struct uuid *id) { begin(job, &LOCK, tenant, id); }
