// /v1/sources: tools that send what happens in them, as code (PUT) and by hand. A patch is the document with what it changes, put.
#include "api/endpoints.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/service.h"
#include "api/source_body.h"
#include "base/instant.h"
#include "http/reply.h"
#include "json/changes.h"
#include "json/gate.h"

enum { TRIES_MAX = 3, SECRET_MADE_BYTES = 32, SECRET_MADE_CHARS = 2 * SECRET_MADE_BYTES };

struct source_work {
  struct text name;
  struct source_body body, stored;
  struct source_row row;  // what is stored, but for its texts
  bool there;             // something is
  bool dry_run;
  struct text content, changes;
  size_t changed;
  struct text secret;  // that was made
  int status;          // of the answer, once it is done
  unsigned tries;      // somebody else was first
};

static enum err ask_source(struct request *request, struct text name, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  source_ask_list(job, &tenant_of(request)->id, name, TEXT_NONE, 1);
  return request_submit(request, job, next);
}

static void write_found(const struct job *job, const struct text *secret, struct json_writer *json) {
  struct source_row source;
  source_take_row(job, 0, 0, &source);
  source_write(json, &source, secret);
}

static enum err source_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  write_found(job, NULL, request_json(request));
  return request_answer(request, 200);
}

enum err source_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_source(request, request->path_values[0], source_found);
}

// Answers a write with what is there now. The secret is no part of what the ETag stands for.
static enum err source_answered(struct request *request) {
  const struct source_work *work = request->state;
  enum err error = source_found(request);
  if (error) return error;
  struct text tag = reply_entity_tag(request);
  if (tag.at) request_add_header(request, "ETag", tag);
  if (work->status == 201)
    request_add_header(request, "Location", arena_format(&request->arena, "/v1/sources/%.*s", (int)work->name.length, work->name.at));
  if (work->secret.at) {
    buffer_clear(&request->answer);
    write_found(request_job_ended(request), &work->secret, request_json(request));
  }
  return request_answer(request, work->status);
}

static enum err make_secret(struct request *request, struct text *secret) {
  uint8_t bytes[SECRET_MADE_BYTES];
  char hex[SECRET_MADE_CHARS];
  random_bytes(bytes, sizeof bytes);
  text_hex(bytes, sizeof bytes, hex);
  *secret = arena_copy(&request->arena, (struct text){hex, sizeof hex});
  return secret->at ? ERR_NONE : ERR_UNAVAILABLE;
}

// --- Writing

static enum err source_dry(struct request *request) {
  const struct source_work *work = request->state;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_bool(json, "dry_run", true);
  json_member_bool(json, "creates", !work->there);
  json_name(json, "changes");
  json_raw(json, work->changes);
  json_name(json, "source");
  json_raw(json, work->content);
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err source_compared(struct request *request);

static enum err source_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct source_work *work = request->state;
  if (job->error) return job->error;
  if (job_rows(job, work->there ? 0 : SOURCE_MADE_STEP) > 0) return ask_source(request, work->name, source_answered);
  // Somebody else was first: their state is what counts now. Or there are too many.
  if (++work->tries < TRIES_MAX) return ask_source(request, work->name, source_compared);
  if (work->there) return ERR_UNAVAILABLE;
  return request_refuse(request, ERR_CONFLICT, TEXT("/name"), "count", "can't be added: a tenant has at most %d sources", SOURCES_MAX);
}

static enum err write_source(struct request *request) {
  struct source_work *work = request->state;
  struct source_row draft = {.name = work->name, .content = work->content, .revision = work->row.revision};
  if (work->dry_run) return source_dry(request);
  if (work->there && work->changed == 0) return ask_source(request, work->name, source_answered);
  if (work->there && request->method == METHOD_POST)
    return request_refuse(request, ERR_CONFLICT, TEXT("/name"), "unique", "is taken by another source; PUT or PATCH changes it");
  work->status = work->there ? 200 : 201;
  draft.created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND;
  enum err error = work->there ? ERR_NONE : make_secret(request, &work->secret);
  struct job *job = error ? NULL : request_job(request, work->there ? LANE_WRITE : LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  job->unseen = true;
  if (work->there)
    source_ask_change(job, &tenant_of(request)->id, &draft, work->changes, actor_of(request));
  else
    source_ask_create(job, &tenant_of(request)->id, &draft, work->secret, work->changes, actor_of(request));
  return request_submit(request, job, source_stored);
}

static enum err zone_looked_up(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (!source_take_zone(job, 0)) return request_refuse(request, ERR_INVALID, TEXT("/time_zone"), "unknown", "is not a time zone such as Europe/Oslo");
  return write_source(request);
}

static bool write_changes(struct request *request) {
  struct source_work *work = request->state;
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  work->changed = fields_write_changes(&SOURCE_FIELDS, work->there ? &work->stored : NULL, &work->body, &json);
  work->changes = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  work->content = source_body_text(&work->body, &request->arena);
  return work->changes.at && work->content.at;
}

// What lies between the document that is there and the one that is wanted.
static enum err settle(struct request *request) {
  struct source_work *work = request->state;
  int64_t created_at = work->there ? work->row.created_at : ABSENT;
  if (work->body.created_at != ABSENT && work->body.created_at != created_at)
    issues_add(&request->issues, TEXT("/created_at"), "read_only", "is set by the service; leave it out, or as it was read");
  (void)source_body_settle(&work->body, tenant_of(request), &request->issues);
  if (request->issues.total > 0) return ERR_INVALID;
  if (!write_changes(request)) return ERR_UNAVAILABLE;
  if (text_is(work->body.time_zone, "UTC") || (work->there && text_equals(work->body.time_zone, work->stored.time_zone)))
    return write_source(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  source_ask_zone(job, work->body.time_zone);
  return request_submit(request, job, zone_looked_up);
}

static enum err read_stored(struct request *request) {
  struct source_work *work = request->state;
  struct arena *arena = &request->arena;
  uint64_t patched = 0;
  enum err error = fields_read(&SOURCE_FIELDS, work->row.content, &work->stored, NULL, arena, &request->issues);
  if (error || request->method != METHOD_PATCH) return error ? ERR_INTERNAL : ERR_NONE;
  error = fields_read_patched(&SOURCE_FIELDS, work->row.content, buffer_view(&request->body), &work->body, &patched, arena, &request->issues);
  if (error) return error;
  for (size_t i = 0; i < SOURCE_FIELDS.count; i++)
    if (patched >> i & 1 && source_member_computed(i))
      issues_add(&request->issues, arena_format(arena, "/%s", SOURCE_FIELDS.rows[i].name), "read_only", "can't be changed");
  return ERR_NONE;
}

static enum err source_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct source_work *work = request->state;
  bool guarded = request_header(request, "If-Match").at != NULL;
  if (job->error) return job->error;
  work->there = job_rows(job, 0) == 1;
  if (!work->there && request->method == METHOD_PATCH) return ERR_NOT_FOUND;
  if (!work->there && guarded) return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is given, but there is no such source yet");
  if (!work->there) return settle(request);
  if (request->method == METHOD_PATCH || guarded) {
    write_found(job, NULL, request_json(request));
    enum err error = reply_match(request);
    if (error) return error;
  }
  source_take_row(job, 0, 0, &work->row);
  enum err error = read_stored(request);
  return error ? error : settle(request);
}

static struct source_work *work_new(struct request *request) {
  struct source_work *work = arena_take(&request->arena, sizeof *work);
  if (work) work->status = 200;
  request->state = work;
  return work;
}

// The whole document, in a PUT's or POST's body.
static enum err read_document(struct request *request, struct source_work *work) {
  enum err error = fields_read(&SOURCE_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (request->method == METHOD_PUT && work->body.name.at && !text_equals(work->body.name, work->name))
    issues_add(&request->issues, TEXT("/name"), "path", "must be that of the path, or left out");
  if (request->method == METHOD_PUT) work->body.name = work->name;
  if (!work->body.name.at) issues_add(&request->issues, TEXT("/name"), "required", "is required");
  return request->issues.total > 0 ? ERR_INVALID : ERR_NONE;
}

enum err source_put(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct source_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->name = request->path_values[0];
  work->dry_run = choice_read(request, "dry_run", BOOLEANS) == 1;
  (void)request_query_ends(request);
  enum err error = read_document(request, work);
  return error ? error : ask_source(request, work->name, source_compared);
}

enum err source_post(struct request *request) {
  struct source_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  (void)idempotency_key_read(request);  // not needed: the name is one
  enum err error = read_document(request, work);
  if (error) return error;
  work->name = work->body.name;
  return ask_source(request, work->name, source_compared);
}

// A patch can't be read before it is known what it changes; what is no JSON is refused at once.
static enum err check_json(struct request *request) {
  struct gate_refusal refusal;
  if (gate_check(buffer_view(&request->body), &refusal)) return ERR_NONE;
  if (refusal.out_of_memory) return ERR_UNAVAILABLE;
  return request_refuse(request, ERR_NOT_JSON, TEXT(""), "json", "%s, at byte %zu", refusal.reason, refusal.offset);
}

enum err source_patch(struct request *request) {
  struct source_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->name = request->path_values[0];
  (void)request_query_ends(request);
  enum err error = check_json(request);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : ask_source(request, work->name, source_compared);
}

// --- Another secret

static const struct field SECRET_ROWS[] = {
    {.name = "secret", .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .min = SOURCE_SECRET_CHARS_MIN, .max = SOURCE_SECRET_CHARS_MAX}};
static const struct field_table SECRET_FIELDS = {SECRET_ROWS, 1};

static enum err secret_changed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct source_work *work = request->state;
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? ask_source(request, work->name, source_answered) : ERR_NOT_FOUND;
}

// One that a tool has made, or a new one, which is shown. What was taken before is taken for a while.
enum err source_secret(struct request *request) {
  struct text given;
  struct source_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->name = request->path_values[0];
  (void)request_query_ends(request);
  (void)idempotency_key_read(request);  // not needed: what was shown and lost is replaced by the next
  enum err error = fields_read(&SECRET_FIELDS, buffer_view(&request->body), &given, NULL, &request->arena, &request->issues);
  if (error || request->issues.total > 0) return error ? error : ERR_INVALID;
  if (!given.at) error = make_secret(request, &work->secret);
  struct job *job = error ? NULL : request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  job->unseen = true;
  int64_t old_until = (instant_now() / MICROS_PER_SECOND + INT64_C(3600) * SOURCE_OLD_SECRET_HOURS) * MICROS_PER_SECOND;
  source_ask_secret(job, &tenant_of(request)->id, work->name, given.at ? given : work->secret, old_until, actor_of(request));
  return request_submit(request, job, secret_changed);
}

// --- Ending and listing

static enum err source_deleted(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err source_delete(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  // What is kept goes, too, which other writes need not wait for.
  struct job *job = request_job(request, LANE_BULK);
  if (!job) return ERR_UNAVAILABLE;
  job->unseen = true;
  source_ask_delete(job, &tenant_of(request)->id, request->path_values[0], actor_of(request));
  return request_submit(request, job, source_deleted);
}

static enum err sources_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct source_row source = {.name = TEXT_NONE};
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    source_take_row(job, 0, i, &source);
    source_write(json, &source, NULL);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, source.name);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err source_list(struct request *request) {
  struct page page = page_read(request);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  source_ask_list(job, &tenant_of(request)->id, TEXT_NONE, page.text, page_rows(&page));
  return request_submit(request, job, sources_listed);
}
