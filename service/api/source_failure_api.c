// /v1/sources/{name}/failures: what became nothing, and its replay once the rules were mended.
#include <string.h>

#include "api/endpoints.h"
#include "api/page.h"
#include "api/service.h"
#include "api/source_flow.h"

struct replay_work {
  struct source_delivery delivery;  // first, for source_flow
  struct text name;
  struct uuid id;
  int64_t received_at;
  bool force;
};

static enum err id_read(struct request *request, struct uuid *id) {
  if (uuid_read(request->path_values[1], id)) return ERR_NONE;
  return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of a failure");
}

static void failure_write(struct json_writer *json, const struct source_failure *failure) {
  char id[UUID_CHARS];
  uuid_write(&failure->id, id);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_instant(json, "received_at", failure->received_at);
  json_member_instant(json, "last_at", failure->last_at);
  json_member_int(json, "times", failure->times);
  json_member_text(json, "record", failure->record);
  json_member_text(json, "reason", failure->reason);
  json_name(json, "errors");
  json_raw(json, failure->errors);
  json_member_int(json, "bytes", failure->bytes);
}

// --- Reading

enum { STEP_COUNTS, STEP_LIST };

static enum err failures_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, STEP_COUNTS) == 0) return ERR_NOT_FOUND;
  struct page page = page_read(request);
  size_t rows = job_rows(job, STEP_LIST), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct source_counts counts;
  char last[UUID_CHARS];
  source_take_counts(job, STEP_COUNTS, &counts);
  json_object(json);
  json_member_int(json, "kept", counts.kept);
  json_member_int(json, "failed", counts.failed);
  json_member_int(json, "dropped", counts.dropped);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    struct source_failure failure;
    source_take_failure(job, STEP_LIST, i, &failure);
    uuid_write(&failure.id, last);
    json_object(json);
    failure_write(json, &failure);
    json_object_end(json);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, (struct text){last, sizeof last});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err source_failure_list(struct request *request) {
  struct uuid before;
  struct page page = page_read(request);
  if (page.text.at && !uuid_read(page.text, &before))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  source_ask_counts(job, &tenant_of(request)->id, request->path_values[0]);
  source_ask_failures(job, &tenant_of(request)->id, request->path_values[0], NULL, page.text.at ? &before : NULL, page_rows(&page));
  return request_submit(request, job, failures_listed);
}

static enum err failure_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct source_failure failure;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  source_take_failure(job, 0, 0, &failure);
  struct json_writer *json = request_json(request);
  bool readable = text_is_utf8(failure.body) && !memchr(failure.body.at, '\0', failure.body.length);
  json_object(json);
  failure_write(json, &failure);
  json_name(json, "query");
  json_raw(json, failure.query);
  json_member_text(json, "body", readable ? failure.body : TEXT_NONE);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err source_failure_get(struct request *request) {
  struct uuid id;
  enum err error = id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  source_ask_failures(job, &tenant_of(request)->id, request->path_values[0], &id, NULL, 1);
  return request_submit(request, job, failure_found);
}

// --- Replaying

static const struct source_item *first_failed(const struct source_delivery *delivery) {
  for (size_t i = 0; i < delivery->count; i++)
    if (source_item_failed(&delivery->items[i])) return &delivery->items[i];
  return NULL;
}

static enum err replay_noted(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct replay_work *work = request->state;
  const struct source_delivery *delivery = &work->delivery;
  if (job->error) return job->error;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_text(json, "source", work->name);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < delivery->count; i++) {
    json_object(json);
    source_item_write(json, &delivery->items[i], source_item_failed(&delivery->items[i]) ? &work->id : NULL);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
  return request_answer(request, first_failed(delivery) ? 202 : 200);
}

// Replaying is safe to repeat: a body is kept until all of it has become something.
static enum err replay_written(struct request *request) {
  const struct replay_work *work = request->state;
  const struct source_item *failed = first_failed(&work->delivery);
  enum err error = source_flow_failure(&work->delivery);
  if (error) return error;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  job->unseen = true;
  if (failed) {
    struct source_failure failure = {.id = work->id, .reason = text_of(error_fact(failed->error)->slug), .errors = failed->row.errors};
    source_ask_failed_again(job, &tenant_of(request)->id, work->name, &failure);
  } else {
    source_ask_mended(job, &tenant_of(request)->id, work->name, &work->id, actor_of(request));
  }
  return request_submit(request, job, replay_noted);
}

static void refuse_older(struct source_delivery *delivery, struct source_item *item) {
  struct issues issues;
  issues_init(&issues, delivery->arena);
  issues_add(&issues, TEXT("/ref"), "newer", "is of a ticket that has changed since this body came; ?force=true replays it all the same");
  item->error = ERR_CONFLICT;
  import_row_refuse(&item->row, ERR_CONFLICT, &issues, delivery->arena);
}

static bool is_ticket(const struct source_item *item) {
  return item->row.kind == IMPORT_TICKETS && item->row.status == 0 && !item->ignored && !item->whole;
}

// What has come since is not undone by something older.
static enum err newer_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct replay_work *work = request->state;
  struct source_delivery *delivery = &work->delivery;
  if (job->error) return job->error;
  for (size_t row = 0; row < job_rows(job, 0); row++)
    for (size_t i = 0; i < delivery->count; i++)
      if (is_ticket(&delivery->items[i]) && text_equals(delivery->items[i].row.write.ticket.ref, source_take_newer(job, 0, row)))
        refuse_older(delivery, &delivery->items[i]);
  return source_flow_write(request, replay_written);
}

static enum err replay_read(struct request *request) {
  const struct replay_work *work = request->state;
  const struct source_delivery *delivery = &work->delivery;
  struct text *refs = arena_take_array(&request->arena, delivery->count + 1, sizeof *refs);
  size_t count = 0;
  if (!refs) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < delivery->count && !work->force; i++)
    if (is_ticket(&delivery->items[i])) refs[count++] = delivery->items[i].row.write.ticket.ref;
  if (count == 0) return source_flow_write(request, replay_written);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  source_ask_newer(job, &tenant_of(request)->id, refs, count, work->received_at);
  return request_submit(request, job, newer_found);
}

enum { STEP_OPEN, STEP_FAILURE };

// What was found goes with its job, so the body is copied.
static enum err replay_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct replay_work *work = request->state;
  struct source_delivery *delivery = &work->delivery;
  struct source_failure failure;
  struct source_opened opened;
  if (job->error) return job->error;
  if (job_rows(job, STEP_OPEN) == 0 || job_rows(job, STEP_FAILURE) == 0) return ERR_NOT_FOUND;
  source_take_opened(job, STEP_OPEN, &opened);
  source_take_failure(job, STEP_FAILURE, 0, &failure);
  work->received_at = failure.last_at;
  delivery->record = ABSENT;
  for (int i = 0; i < RECORD_KINDS; i++)
    if (failure.record.at && text_is(failure.record, SOURCE_RECORD_NAMES[i])) delivery->record = i;
  delivery->body = arena_copy(&request->arena, failure.body);
  delivery->query = arena_copy(&request->arena, failure.query);
  if (!delivery->body.at || !delivery->query.at || !source_delivery_open(delivery, opened.content)) return ERR_UNAVAILABLE;
  return source_flow_read(request, replay_read);
}

enum err source_failure_replay(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct replay_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  request->state = work;
  enum err error = id_read(request, &work->id);
  if (error) return error;
  work->force = choice_read(request, "force", BOOLEANS) == 1;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  work->name = request->path_values[0];
  work->delivery.arena = &request->arena;
  work->delivery.tenant = tenant_of(request);
  source_ask_open(job, &tenant_of(request)->id, work->name);
  source_ask_failures(job, &tenant_of(request)->id, work->name, &work->id, NULL, 1);
  return request_submit(request, job, replay_found);
}
