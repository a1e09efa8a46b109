// Takes a tool's body through reading and writing, and tells what became of it.
#include "api/source_flow.h"

#include "api/response_body.h"
#include "api/service.h"
#include "base/telemetry.h"

_Static_assert(offsetof(struct source_item, row.write.row) == 0, "written() wants it so");

static enum err instants_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct source_delivery *delivery = request->state;
  if (job->error) return job->error;
  delivery->instants = arena_take_array(delivery->arena, delivery->times + 1, sizeof *delivery->instants);
  if (!delivery->instants || job_rows(job, 0) != delivery->times) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < delivery->times; i++)
    delivery->instants[i] = source_take_instant(job, 0, i);
  enum err error = source_delivery_read(delivery);
  return error ? error : delivery->next(request);
}

enum err source_flow_read(struct request *request, enum err (*next)(struct request *request)) {
  struct source_delivery *delivery = request->state;
  enum err error = source_delivery_read(delivery);
  if (error != ERR_PENDING) return error ? error : next(request);
  struct job *job = request_job_of(request, LANE_LISTEN, &delivery->tenant->id);
  if (!job) return ERR_UNAVAILABLE;
  delivery->next = next;
  source_ask_instants(job, delivery->time_zone, delivery->shown, delivery->times);
  return request_submit(request, job, instants_found);
}

static void settle(struct source_delivery *delivery, struct source_item *item, enum err error) {
  struct issues issues;
  issues_init(&issues, delivery->arena);
  if (!error && item->row.kind == IMPORT_RESPONSES) error = response_outcome_error(&item->row.write.response, &issues);
  item->error = error;
  if (error)
    import_row_refuse(&item->row, error, &issues, delivery->arena);
  else
    import_row_settle(&item->row, ERR_NONE, delivery->arena);
}

// The row is the first thing in its item.
static void written(struct batch_row *row, enum err error) {
  struct source_delivery *delivery = row->owner;
  settle(delivery, (struct source_item *)(void *)row, error);
  if (--delivery->pending == 0) request_resume(delivery->request);
}

// --- Who has changed their mind

static enum err all_settled(struct request *request) {
  const struct source_delivery *delivery = request->state;
  for (size_t i = 0; i < delivery->count; i++)
    telemetry_add(source_item_failed(&delivery->items[i]) ? COUNT_SOURCE_FAILURES : COUNT_SOURCE_RECORDS, !delivery->items[i].ignored);
  return delivery->next(request);
}

static bool same_factors(const struct response_write *given, const struct response_row *stored) {
  struct text rest = given->factors;
  for (size_t i = 0; i < stored->factors_count; i++)
    if (!rest.at || !text_equals(text_cut(&rest, '|'), stored->factors[i])) return false;
  return !rest.at;
}

// What the given one names, as bits of enum amended; *differs: the stored one says something else there.
static uint64_t named_by(const struct response_write *given, const struct response_row *stored, bool *differs) {
  const struct answers *a = &given->answers, *b = &stored->answers;
  const int64_t values[][2] = {{a->happiness, b->happiness},
                               {a->lost_minutes, b->lost_minutes},
                               {a->csat, b->csat},
                               {a->ces, b->ces},
                               {a->nps, b->nps},
                               {a->expectation, b->expectation},
                               {a->promise_kept, b->promise_kept},
                               {a->brand_promise, b->brand_promise}};
  uint64_t present = 0;
  *differs = false;
  for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
    if (values[i][0] == ABSENT) continue;
    present |= UINT64_C(1) << i;
    *differs |= values[i][0] != values[i][1];
  }
  if (given->factors.at) present |= UINT64_C(1) << AMEND_FACTORS;
  if (given->comment.at) present |= UINT64_C(1) << AMEND_COMMENT;
  if (given->language.at) present |= UINT64_C(1) << AMEND_LANGUAGE;
  *differs |= given->factors.at && !same_factors(given, stored);
  *differs |= given->comment.at && !text_equals(given->comment, stored->comment);
  *differs |= given->language.at && !text_equals(given->language, stored->language);
  return present;
}

static void mark_stored(struct source_item *item, bool amended) {
  item->error = ERR_NONE;
  item->amended = amended;
  item->row.status = 200;
  item->row.errors = TEXT_NONE;
}

static enum err look_at_next(struct request *request);

static enum err amended(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct source_delivery *delivery = request->state;
  struct source_item *item = &delivery->items[delivery->at++];
  struct issues issues;
  issues_init(&issues, delivery->arena);
  enum amend_outcome outcome = job->error ? AMEND_UNKNOWN : response_take_amended(job);
  if (outcome == AMEND_DONE) mark_stored(item, true);
  if (outcome == AMEND_TOO_LATE)
    issues_add(&issues, TEXT("/ticket"), "window",
               "has another response of this respondent, which could be amended for %lld minutes after it arrived",
               (long long)delivery->tenant->amend_minutes);
  if (job->error || outcome == AMEND_TOO_LATE) {
    item->error = job->error ? job->error : ERR_WINDOW_CLOSED;
    import_row_refuse(&item->row, item->error, &issues, delivery->arena);
  }
  return look_at_next(request);
}

static enum err stored_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct source_delivery *delivery = request->state;
  struct source_item *item = &delivery->items[delivery->at];
  const struct response_write *given = &item->row.write.response;
  struct response_row stored;
  bool differs = false;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) {
    delivery->at++;
    return look_at_next(request);
  }
  response_take_row(job, 0, 0, delivery->arena, &stored);
  struct response_amendment amendment = {
      .answers = given->answers, .factors = given->factors, .comment = given->comment, .language = given->language};
  amendment.present = named_by(given, &stored, &differs);
  if (!differs || given->submitted_at < stored.submitted_at) {
    mark_stored(item, false);
    delivery->at++;
    return look_at_next(request);
  }
  struct job *next = request_job(request, LANE_WRITE);
  if (!next) return ERR_UNAVAILABLE;
  response_ask_amend(next, delivery->tenant, &given->stored_id, &amendment, actor_of(request));
  return request_submit(request, next, amended);
}

// One after the other; there are few.
static enum err look_at_next(struct request *request) {
  struct source_delivery *delivery = request->state;
  while (delivery->at < delivery->count && delivery->items[delivery->at].error != ERR_ALREADY_ANSWERED)
    delivery->at++;
  if (delivery->at == delivery->count) return all_settled(request);
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  job->unseen = true;
  response_ask_find(job, &delivery->tenant->id, &delivery->items[delivery->at].row.write.response.stored_id);
  return request_submit(request, job, stored_found);
}

// --- Writing

static enum err write_item(struct source_delivery *delivery, struct source_item *item) {
  const struct batch_type *type = item->row.kind == IMPORT_RESPONSES ? &RESPONSE_BATCH : &TICKET_BATCH;
  item->row.write.row.done = written;
  item->row.write.row.owner = delivery;
  return store_write(service_of(delivery->request)->store, LANE_WRITE, type, &item->row.write.row);
}

enum err source_flow_write(struct request *request, enum err (*next)(struct request *request)) {
  struct source_delivery *delivery = request->state;
  delivery->request = request;
  delivery->next = next;
  for (size_t i = 0; i < delivery->count; i++) {
    struct source_item *item = &delivery->items[i];
    if (item->ignored || item->row.status != 0) continue;
    enum err error = write_item(delivery, item);
    if (error)
      settle(delivery, item, error);
    else
      delivery->pending++;
  }
  return delivery->pending > 0 ? request_wait(request, look_at_next) : look_at_next(request);
}

bool source_item_failed(const struct source_item *item) { return item->row.status >= 400; }

enum err source_flow_failure(const struct source_delivery *delivery) {
  for (size_t i = 0; i < delivery->count; i++)
    if (delivery->items[i].row.status >= 500) return delivery->items[i].error;
  return ERR_NONE;
}

static const char *outcome_of(const struct source_item *item, const struct uuid *kept) {
  if (item->ignored) return "ignored";
  if (source_item_failed(item)) return kept ? "kept" : "refused";
  if (item->row.status == 0) return "mapped";
  if (item->row.status == 201) return "created";
  if (item->amended) return "amended";
  return item->row.kind == IMPORT_TICKETS ? "updated" : "repeated";
}

static void write_id(struct json_writer *json, const char *name, const struct uuid *id) {
  char text[UUID_CHARS];
  uuid_write(id, text);
  json_member_text(json, name, (struct text){text, sizeof text});
}

void source_item_write(struct json_writer *json, const struct source_item *item, const struct uuid *kept) {
  bool stored = item->row.status != 0 && !source_item_failed(item);
  json_member_string(json, "record", item->whole ? NULL : item->row.kind == IMPORT_TICKETS ? "ticket" : "response");
  json_member_string(json, "outcome", outcome_of(item, kept));
  if (stored && item->row.kind == IMPORT_TICKETS) json_member_text(json, "ref", item->row.write.ticket.ref);
  if (stored && item->row.kind == IMPORT_RESPONSES) write_id(json, "id", &item->row.write.response.stored_id);
  if (kept) write_id(json, "failure", kept);
  if (!source_item_failed(item)) return;
  json_member_string(json, "reason", error_fact(item->error)->slug);
  json_name(json, "errors");
  json_raw(json, item->row.errors);
}
