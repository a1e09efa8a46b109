// Writes initiatives.
#include "api/initiative_json.h"

#include "json/fields.h"

static void write_id(struct json_writer *json, const char *name, const struct uuid *id) {
  char text[UUID_CHARS];
  uuid_write(id, text);
  json_member_text(json, name, (struct text){text, sizeof text});
}

static void write_name(struct json_writer *json, const char *name, const char *const *names, int64_t index) {
  json_name(json, name);
  json_text(json, index == ABSENT ? TEXT_NONE : text_of(names[index]));
}

static void write_day(struct json_writer *json, const char *name, int64_t day) {
  if (day == ABSENT)
    json_member_null(json, name);
  else
    json_member_day(json, name, (int32_t)day);
}

static void write_state(struct json_writer *json, const struct initiative *initiative) {
  write_name(json, "step", IMPROVEMENT_STEP_NAMES, initiative->step);
  write_name(json, "status", IMPROVEMENT_STATUS_NAMES, initiative->status);
  json_member_int(json, "iteration", initiative->iteration);
  json_member_bool(json, "evaluated", initiative->evaluated);
  json_member_instant(json, "created_at", initiative->created_at);
  json_member_text(json, "created_by", initiative->created_by);
  json_member_instant(json, "changed_at", initiative->changed_at);
  json_member_instant(json, "ended_at", initiative->ended_at);
  json_name(json, "priority");
  json_raw(json, initiative->priority.at ? initiative->priority : TEXT("null"));
}

// The object stays open.
static void write_head(struct json_writer *json, const struct initiative *initiative) {
  json_object(json);
  write_id(json, "id", &initiative->id);
  // The content's own members go on within these braces.
  buffer_char(json->out, ',');
  buffer_append(json->out, initiative->content.at + 1, initiative->content.length - 2);
  write_state(json, initiative);
}

void initiative_write_listed(struct json_writer *json, const struct initiative *initiative, const struct field_table *shown, const void *body) {
  json_object(json);
  write_id(json, "id", &initiative->id);
  fields_write(shown, body, json);
  write_state(json, initiative);
  json_name(json, "votes");
  json_object(json);
  json_member_int(json, "count", initiative->votes);
  json_object_end(json);
  json_object_end(json);
}

void initiative_write_move(struct json_writer *json, const struct initiative_move_row *move) {
  json_object(json);
  json_member_int(json, "seq", move->seq);
  json_member_instant(json, "at", move->at);
  write_name(json, "kind", INITIATIVE_MOVE_NAMES, move->kind);
  write_name(json, "from", IMPROVEMENT_STEP_NAMES, move->from);
  write_name(json, "to", IMPROVEMENT_STEP_NAMES, move->to);
  json_member_int(json, "iteration", move->iteration);
  json_member_text(json, "reason", move->reason);
  json_member_text(json, "by", move->by);
  json_object_end(json);
}

void initiative_write_action(struct json_writer *json, const struct initiative_action *action) {
  json_object(json);
  write_id(json, "id", &action->id);
  json_member_text(json, "title", action->title);
  json_member_text(json, "description", action->description);
  json_member_text(json, "owner", action->owner);
  write_day(json, "due_on", action->due_on);
  json_member_instant(json, "started_at", action->started_at);
  json_member_instant(json, "done_at", action->done_at);
  json_member_bool(json, "experiment", action->experiment);
  json_member_text(json, "outcome", action->outcome);
  json_member_int(json, "iteration", action->iteration);
  json_member_instant(json, "created_at", action->created_at);
  json_member_text(json, "created_by", action->created_by);
  json_object_end(json);
}

void initiative_write_note(struct json_writer *json, const struct initiative_note *note) {
  json_object(json);
  write_id(json, "id", &note->id);
  write_name(json, "principle", IMPROVEMENT_PRINCIPLE_NAMES, note->principle);
  json_member_text(json, "text", note->text);
  write_name(json, "step", IMPROVEMENT_STEP_NAMES, note->step);
  json_member_int(json, "iteration", note->iteration);
  json_member_instant(json, "created_at", note->created_at);
  json_member_text(json, "created_by", note->created_by);
  json_object_end(json);
}

static void begin_list(struct json_writer *json, const char *name) {
  json_name(json, name);
  json_array(json);
}

static void begin_votes(struct json_writer *json, int64_t count) {
  json_name(json, "votes");
  json_object(json);
  json_member_int(json, "count", count);
  begin_list(json, "units");
}

static void end_votes(struct json_writer *json) {
  json_array_end(json);
  json_object_end(json);
}

void initiative_write_new(struct json_writer *json, const struct initiative *initiative) {
  write_head(json, initiative);
  begin_votes(json, 0);
  end_votes(json);
  begin_list(json, "actions");
  json_array_end(json);
  begin_list(json, "notes");
  json_array_end(json);
  json_object_end(json);
}

static void write_votes(struct json_writer *json, const struct job *job, unsigned step, int64_t count) {
  begin_votes(json, count);
  for (size_t i = 0; i < job_rows(job, step); i++) {
    struct initiative_unit unit;
    initiative_take_unit(job, step, i, &unit);
    json_object(json);
    json_member_text(json, "unit", unit.unit);
    json_member_int(json, "votes", unit.votes);
    json_object_end(json);
  }
  end_votes(json);
}

void initiative_write(struct json_writer *json, const struct job *job, unsigned first) {
  struct initiative initiative;
  initiative_take_row(job, first + INITIATIVE_ROW_STEP, 0, &initiative);
  write_head(json, &initiative);
  write_votes(json, job, first + INITIATIVE_UNITS_STEP, initiative.votes);
  begin_list(json, "actions");
  for (size_t i = 0; i < job_rows(job, first + INITIATIVE_ACTIONS_STEP); i++) {
    struct initiative_action action;
    initiative_take_action(job, first + INITIATIVE_ACTIONS_STEP, i, &action);
    initiative_write_action(json, &action);
  }
  json_array_end(json);
  begin_list(json, "notes");
  for (size_t i = 0; i < job_rows(job, first + INITIATIVE_NOTES_STEP); i++) {
    struct initiative_note note;
    initiative_take_note(job, first + INITIATIVE_NOTES_STEP, i, &note);
    initiative_write_note(json, &note);
  }
  json_array_end(json);
  json_object_end(json);
}
