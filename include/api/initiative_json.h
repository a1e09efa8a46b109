// Initiatives and what belongs to them, as JSON.
#ifndef XLAD_API_INITIATIVE_JSON_H
#define XLAD_API_INITIATIVE_JSON_H

#include "store/initiative_store.h"
#include "json/writer.h"

// One that was just made: nothing belongs to it yet.
void initiative_write_new(struct json_writer *json, const struct initiative *initiative);
// One as it is read, from the steps of initiative_ask_find() from `first` on, the first of which has a row. Its ETag is that of this.
void initiative_write(struct json_writer *json, const struct job *job, unsigned first);

// One of a list: `body` is its content, and `shown` what is shown of that.
struct field_table;
void initiative_write_listed(struct json_writer *json, const struct initiative *initiative, const struct field_table *shown, const void *body);
void initiative_write_move(struct json_writer *json, const struct initiative_move_row *move);

void initiative_write_action(struct json_writer *json, const struct initiative_action *action);
void initiative_write_note(struct json_writer *json, const struct initiative_note *note);

#endif
