// /v1/xlas: experience level agreements, as code (PUT) and by hand. A patch is the document with what it changes, put.
#include "api/document.h"
#include "api/endpoints.h"
#include "api/figures.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/service.h"
#include "api/xla_body.h"
#include "base/instant.h"
#include "domain/estimate.h"
#include "domain/xla.h"
#include "http/reply.h"
#include "store/baseline_store.h"
#include "json/changes.h"
#include "json/gate.h"

enum { TRIES_MAX = 3 };

struct xla_work {
  struct text slug;
  struct xla_body body, stored;
  struct xla_row row;  // what is stored, but for its texts
  bool there;          // something is
  struct xla_baseline_value baseline;
  uint64_t patched;  // rows of XLA_FIELDS
  bool dry_run;
  struct xla_draft draft;
  int status;      // of the answer, once it is done
  unsigned tries;  // somebody else was first
};

static void write_versions(const struct job *job, struct json_writer *json) {
  json_name(json, "versions");
  json_array(json);
  for (size_t i = 0; i < job_rows(job, XLA_VERSIONS_STEP); i++) {
    struct xla_version_row version;
    xla_take_version(job, XLA_VERSIONS_STEP, i, &version);
    json_object(json);
    json_member_int(json, "version", version.version);
    json_member_day(json, "valid_from", version.valid_from);
    // The terms' own members go on within these braces.
    if (version.terms.length > 2) {
      buffer_char(json->out, ',');
      buffer_append(json->out, version.terms.at + 1, version.terms.length - 2);
    }
    json_object_end(json);
  }
  json_array_end(json);
}

// The document that the job has found, which a PUT takes again.
static void write_found(const struct job *job, struct json_writer *json) {
  struct xla_row xla;
  xla_take_row(job, 0, 0, &xla);
  xla_write(json, &xla);
  write_versions(job, json);
  json_object_end(json);
}

static enum err ask_xla(struct request *request, struct text slug, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_find(job, &tenant_of(request)->id, slug);
  return request_submit(request, job, next);
}

static enum err xla_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  write_found(job, request_json(request));
  return request_answer(request, 200);
}

enum err xla_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask_xla(request, request->path_values[0], xla_found);
}

// Answers a write with what is there now.
static enum err xla_answered(struct request *request) {
  const struct xla_work *work = request->state;
  enum err error = xla_found(request);
  if (error) return error;
  struct text tag = reply_entity_tag(request);
  if (tag.at) request_add_header(request, "ETag", tag);
  if (work->status == 201)
    request_add_header(request, "Location", arena_format(&request->arena, "/v1/xlas/%.*s", (int)work->slug.length, work->slug.at));
  return request_answer(request, work->status);
}

static enum err xla_dry(struct request *request, bool creates) {
  const struct xla_work *work = request->state;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_bool(json, "dry_run", true);
  json_member_bool(json, "creates", creates);
  json_member_bool(json, "new_version", creates || work->draft.new_version);
  json_name(json, "changes");
  (void)fields_write_changes(&XLA_FIELDS, creates ? NULL : &work->stored, &work->body, json);
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err xla_compared(struct request *request);

static enum err xla_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct xla_work *work = request->state;
  if (job->error) return job->error;
  // Somebody else was first: their state is what counts now.
  if (job_rows(job, 0) == 0) return ++work->tries < TRIES_MAX ? ask_xla(request, work->slug, xla_compared) : ERR_UNAVAILABLE;
  return ask_xla(request, work->slug, xla_answered);
}

// Fills the draft; *count: members that differ.
static bool make_draft(struct request *request, const struct xla_body *stored, size_t *count) {
  struct xla_work *work = request->state;
  struct text terms = stored ? document_text(&XLA_TERMS_FIELDS, stored, &request->arena) : TEXT_NONE;
  work->draft.terms = document_text(&XLA_TERMS_FIELDS, &work->body, &request->arena);
  work->draft.new_version = stored && !text_equals(terms, work->draft.terms);
  work->draft.slug = work->slug;
  work->draft.today = tenant_of(request)->today;
  work->draft.changes = document_changes(&XLA_FIELDS, stored, &work->body, &request->arena, count);
  work->draft.content = document_text(&XLA_FIELDS, &work->body, &request->arena);
  return work->draft.content.at && work->draft.terms.at && work->draft.changes.at && (!stored || terms.at);
}

static enum err xla_create(struct request *request) {
  struct xla_work *work = request->state;
  size_t count;
  if (work->body.created_at != ABSENT || work->body.retired_at != ABSENT)
    issues_add(&request->issues, work->body.created_at != ABSENT ? TEXT("/created_at") : TEXT("/retired_at"), "read_only",
               "is set by the service, and there is no such agreement yet");
  (void)xla_body_settle(&work->body, NULL, &work->baseline, tenant_of(request), &request->issues);
  if (request->issues.total > 0) return ERR_INVALID;
  if (!make_draft(request, NULL, &count)) return ERR_UNAVAILABLE;
  if (work->dry_run) return xla_dry(request, true);
  work->status = 201;
  work->draft.created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_create(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  return request_submit(request, job, xla_stored);
}

// A document that somebody has kept says when it was made; another time means another agreement.
static void check_read_only(struct request *request, const struct xla_row *xla) {
  const struct xla_body *body = &((const struct xla_work *)request->state)->body;
  if (body->created_at != ABSENT && body->created_at != xla->created_at)
    issues_add(&request->issues, TEXT("/created_at"), "read_only", "is set by the service; leave it out, or as it was read");
  if (body->retired_at != ABSENT && body->retired_at != xla->retired_at)
    issues_add(&request->issues, TEXT("/retired_at"), "read_only", "is set by DELETE; leave it out, or as it was read");
}

static enum err read_body(struct request *request, const struct xla_row *xla) {
  struct xla_work *work = request->state;
  struct arena *arena = &request->arena;
  enum err error = fields_read(&XLA_FIELDS, xla->content, &work->stored, NULL, arena, &request->issues);
  if (error || request->method != METHOD_PATCH) return error ? ERR_INTERNAL : ERR_NONE;
  error = fields_read_patched(&XLA_FIELDS, xla->content, buffer_view(&request->body), &work->body, &work->patched, arena, &request->issues);
  if (error) return error;
  for (size_t i = 0; i < XLA_FIELDS.count; i++)
    if (work->patched >> i & 1 && xla_member_computed(i))
      issues_add(&request->issues, arena_format(arena, "/%s", XLA_FIELDS.rows[i].name), "read_only", "can't be changed");
  return ERR_NONE;
}

// What lies between the document that is there and the one that is wanted. A write without If-Match holds what it does against what is stored when it
// is done.
static enum err xla_change(struct request *request) {
  struct xla_work *work = request->state;
  const struct xla_row *xla = &work->row;
  size_t count;
  bool kept = work->body.review_by == ABSENT;
  check_read_only(request, xla);
  (void)xla_body_settle(&work->body, &work->stored, &work->baseline, tenant_of(request), &request->issues);
  if (request->issues.total > 0) return ERR_INVALID;
  if (!make_draft(request, &work->stored, &count)) return ERR_UNAVAILABLE;
  // What is agreed anew is reviewed anew.
  if (kept && work->draft.new_version) work->body.review_by = xla_review_day(tenant_of(request)->today);
  if (kept && work->draft.new_version && !make_draft(request, &work->stored, &count)) return ERR_UNAVAILABLE;
  work->status = 200;
  if (work->dry_run) return xla_dry(request, false);
  if (count == 0) return ask_xla(request, work->slug, xla_answered);
  if (request->method == METHOD_POST)
    return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "unique", "is taken by another agreement; PUT or PATCH changes it");
  if (xla->retired_at != ABSENT)
    return request_refuse(request, ERR_CONFLICT, TEXT("/slug"), "retired", "is that of a retired agreement, which doesn't change any more");
  work->draft.revision = xla->revision;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_change(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  return request_submit(request, job, xla_stored);
}

static enum err settle(struct request *request) {
  const struct xla_work *work = request->state;
  return work->there ? xla_change(request) : xla_create(request);
}

static enum err baseline_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct xla_work *work = request->state;
  if (job->error) return job->error;
  const struct metric *metric = work->body.metric.at ? tenant_metric_find(tenant_of(request), work->body.metric) : NULL;
  for (size_t i = 0; metric && i < job_rows(job, 0); i++) {
    struct baseline_metric frozen;
    baseline_take_metric(job, 0, i, &frozen);
    if (!text_is(frozen.key, metric->key) || frozen.withheld) continue;
    struct estimate estimate = estimate_of(metric, &frozen.tally);
    bool external = frozen.scaled != ABSENT;
    work->baseline = (struct xla_baseline_value){
        .there = external || estimate.has_value,
        .version = frozen.version,
        .value = external ? (struct ratio){frozen.scaled, BENCHMARK_SCALE} : (struct ratio){estimate.numerator, estimate.denominator},
    };
  }
  return settle(request);
}

static enum err ask_baseline(struct request *request) {
  const struct xla_work *work = request->state;
  struct uuid id;
  if (!xla_baseline(&work->body, &id)) return settle(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  baseline_ask_metrics(job, &tenant_of(request)->id, &id);
  return request_submit(request, job, baseline_found);
}

static enum err xla_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct xla_work *work = request->state;
  bool guarded = request_header(request, "If-Match").at != NULL;
  if (job->error) return job->error;
  work->there = job_rows(job, 0) == 1;
  if (!work->there && request->method == METHOD_PATCH) return ERR_NOT_FOUND;
  if (!work->there && guarded) return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is given, but there is no such agreement yet");
  if (!work->there) return ask_baseline(request);
  if (request->method == METHOD_PATCH || guarded) {
    write_found(job, request_json(request));
    enum err error = reply_match(request);
    if (error) return error;
  }
  xla_take_row(job, 0, 0, &work->row);
  enum err error = read_body(request, &work->row);
  return error ? error : ask_baseline(request);
}

static struct xla_work *work_new(struct request *request) {
  struct xla_work *work = arena_take(&request->arena, sizeof *work);
  request->state = work;
  return work;
}

// The whole document, in a PUT's or POST's body.
static enum err read_document(struct request *request, struct xla_work *work) {
  enum err error = fields_read(&XLA_FIELDS, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  if (request->method == METHOD_PUT && work->body.slug.at && !text_equals(work->body.slug, work->slug))
    issues_add(&request->issues, TEXT("/slug"), "path", "must be that of the path, or left out");
  if (request->method == METHOD_PUT) work->body.slug = work->slug;
  if (!work->body.slug.at) issues_add(&request->issues, TEXT("/slug"), "required", "is required");
  return request->issues.total > 0 ? ERR_INVALID : ERR_NONE;
}

enum err xla_put(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct xla_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->slug = request->path_values[0];
  work->dry_run = choice_read(request, "dry_run", BOOLEANS) == 1;
  (void)request_query_ends(request);
  enum err error = read_document(request, work);
  return error ? error : ask_xla(request, work->slug, xla_compared);
}

enum err xla_post(struct request *request) {
  struct xla_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  (void)idempotency_key_read(request);  // not needed: the slug is one
  enum err error = read_document(request, work);
  if (error) return error;
  work->slug = work->body.slug;
  return ask_xla(request, work->slug, xla_compared);
}

// A patch can't be read before it is known what it changes; what is no JSON is refused at once.
static enum err check_json(struct request *request) {
  struct gate_refusal refusal;
  if (gate_check(buffer_view(&request->body), &refusal)) return ERR_NONE;
  if (refusal.out_of_memory) return ERR_UNAVAILABLE;
  return request_refuse(request, ERR_NOT_JSON, TEXT(""), "json", "%s, at byte %zu", refusal.reason, refusal.offset);
}

enum err xla_patch(struct request *request) {
  struct xla_work *work = work_new(request);
  if (!work) return ERR_UNAVAILABLE;
  work->slug = request->path_values[0];
  (void)request_query_ends(request);
  enum err error = check_json(request);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : ask_xla(request, work->slug, xla_compared);
}

static enum err xla_retired(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  return job_rows(job, 0) == 1 ? request_answer_empty(request, 204) : ERR_NOT_FOUND;
}

enum err xla_delete(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_retire(job, &tenant_of(request)->id, request->path_values[0], actor_of(request));
  return request_submit(request, job, xla_retired);
}

static enum err xlas_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct page *page = request->state;
  if (job->error) return job->error;
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page->limit ? (size_t)page->limit : rows;
  struct json_writer *json = request_json(request);
  struct xla_row xla = {.slug = TEXT_NONE};
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    xla_take_row(job, 0, i, &xla);
    struct text state = xla_take_state(job, 0, i);
    xla_write(json, &xla);
    json_name(json, "state");
    json_raw(json, state.at ? state : TEXT("null"));
    json_object_end(json);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, xla.slug);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err xla_list(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct page *page = arena_take(&request->arena, sizeof *page);
  if (!page) return ERR_UNAVAILABLE;
  request->state = page;
  *page = page_read_most(request, XLAS_LISTED_MAX);
  int64_t status = choice_read(request, "status", XLA_STATUS_NAMES);
  struct xla_filter filter = {
      .metric = request_query(request, "metric"),
      .owner = request_query(request, "owner"),
      .retired = choice_read(request, "retired", BOOLEANS),
      .status = status == ABSENT ? TEXT_NONE : text_of(XLA_STATUS_NAMES[status]),
      .today = tenant_of(request)->today,
      .after = page->text,
      .limit = page_rows(page),
  };
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, xlas_listed);
}
