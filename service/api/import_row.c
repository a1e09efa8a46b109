// Reads one record of an import, hands it to the store, and words its answer.
#include "api/import_row.h"

#include "api/measurement_body.h"
#include "api/response_body.h"
#include "api/ticket_body.h"
#include "json/writer.h"

enum { ERRORS_BYTES_MAX = 256 * 1024 };

union body {
  struct ticket_body ticket;
  struct response_body response;
  struct measurement_body measurement;
};

// From the fields to what is written. A refusal for want of memory is the service's, not the line's.
static enum err file(struct import_row *row, enum err error, const union body *body, const struct tenant *tenant, struct arena *arena,
                     struct issues *issues) {
  if (error) return error == ERR_INTERNAL ? ERR_UNAVAILABLE : error;
  if (row->kind == IMPORT_MEASUREMENTS) return measurement_body_file(&body->measurement, TEXT_NONE, tenant, arena, issues, &row->write.measurement);
  if (row->kind == IMPORT_RESPONSES) return response_body_file(&body->response, TEXT_NONE, NULL, tenant, arena, issues, &row->write.response);
  return ticket_body_file(&body->ticket, body->ticket.ref, tenant, arena, issues, &row->write.ticket);
}

enum err import_row_read_json(struct import_row *row, const struct tenant *tenant, struct text json, struct arena *arena, struct issues *issues) {
  union body body;
  enum err error = fields_read(import_kind_table(row->kind), json, &body, NULL, arena, issues);
  return file(row, error, &body, tenant, arena, issues);
}

enum err import_row_read_cells(struct import_row *row, const struct tenant *tenant, const struct field_cells *cells, struct arena *arena,
                               struct issues *issues) {
  union body body;
  enum err error = fields_read_cells(import_kind_table(row->kind), cells, &body, arena, issues);
  return file(row, error, &body, tenant, arena, issues);
}

enum err import_row_write(struct import_row *row, struct store *store) {
  if (row->kind == IMPORT_RESPONSES) return store_write(store, LANE_BULK, &RESPONSE_BATCH, &row->write.row);
  if (row->kind == IMPORT_MEASUREMENTS) return store_write(store, LANE_BULK, &MEASUREMENT_BATCH, &row->write.row);
  // A ticket's lines keep their order: they all take the same lane.
  enum lane_kind lane = row->write.row.hash >> 32 & 1 ? LANE_BULK_OTHER : LANE_BULK;
  return store_write(store, lane, &TICKET_BATCH, &row->write.row);
}

static void write_issue(struct json_writer *json, struct text pointer, struct text rule, struct text detail) {
  json_object(json);
  json_member_text(json, "pointer", pointer);
  json_member_text(json, "rule", rule);
  json_member_text(json, "detail", detail);
  json_object_end(json);
}

void import_row_refuse(struct import_row *row, enum err error, const struct issues *issues, struct arena *arena) {
  const struct error_fact *fact = error_fact(error);
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, ERRORS_BYTES_MAX);
  json_start(&json, &out);
  json_array(&json);
  for (size_t i = 0; i < issues->count; i++)
    write_issue(&json, issues->list[i].pointer, issues->list[i].rule, issues->list[i].detail);
  if (issues->count == 0) write_issue(&json, TEXT(""), text_of(fact->slug), text_of(fact->title));
  json_array_end(&json);
  row->status = fact->status;
  row->errors = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  if (!row->errors.at) row->errors = TEXT("[]");
  buffer_release(&out);
}

static bool is_fresh(const struct import_row *row) {
  if (row->kind == IMPORT_TICKETS) return row->write.ticket.created;
  return row->kind == IMPORT_RESPONSES ? row->write.response.outcome == RESPONSE_STORED : row->write.measurement.outcome == MEASUREMENT_STORED;
}

void import_row_settle(struct import_row *row, enum err error, struct arena *arena) {
  struct issues issues;
  issues_init(&issues, arena);
  if (!error && row->kind == IMPORT_RESPONSES) error = response_outcome_error(&row->write.response, &issues);
  if (!error && row->kind == IMPORT_MEASUREMENTS) error = measurement_outcome_error(&row->write.measurement, &issues);
  if (error) {
    import_row_refuse(row, error, &issues, arena);
    return;
  }
  row->status = is_fresh(row) ? 201 : 200;
}

void import_row_answer(const struct import_row *row, struct buffer *out) {
  struct json_writer json;
  json_start(&json, out);
  json_object(&json);
  json_name(&json, "line");
  json_int(&json, row->line);
  json_name(&json, "status");
  json_int(&json, row->status);
  if (row->errors.at) {
    json_name(&json, "errors");
    json_raw(&json, row->errors);
  } else if (row->kind == IMPORT_TICKETS) {
    json_name(&json, "ref");
    json_text(&json, row->write.ticket.ref);
  } else {
    char id[UUID_CHARS];
    uuid_write(row->kind == IMPORT_RESPONSES ? &row->write.response.stored_id : &row->write.measurement.id, id);
    json_name(&json, "id");
    json_text(&json, (struct text){id, sizeof id});
  }
  json_object_end(&json);
  buffer_char(out, '\n');
}
