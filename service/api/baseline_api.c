// /v1/baselines: freezes figures, and holds later ones against them. There is nothing that changes or deletes one.
#include "api/baseline_content.h"
#include "api/endpoints.h"
#include "api/experience.h"
#include "api/idempotency.h"
#include "api/page.h"
#include "api/reference.h"
#include "api/scope_query.h"
#include "api/service.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/baseline_store.h"
#include "json/fields.h"
#include "json/number.h"

struct value_body {
  struct text metric;
  int64_t value, n;
};

struct baseline_body {
  int64_t kind;
  struct text name, note, source;
  struct text scope, from, to, last;
  struct record_list metrics;
};

#define VALUE(member)    .offset = offsetof(struct value_body, member)
#define BASELINE(member) .offset = offsetof(struct baseline_body, member)
#define ONE_LINE(most)   .kind = FIELD_TEXT, .min = 1, .max = (most)

static const struct field VALUE_ROWS[] = {
    {.name = "metric", .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, ONE_LINE(METRIC_KEY_CHARS_MAX), VALUE(metric)},
    {.name = "value", .kind = FIELD_DECIMAL, .flags = FIELD_REQUIRED, VALUE(value), .min = -BENCHMARK_SCALED_MAX, .max = BENCHMARK_SCALED_MAX},
    {.name = "n", .kind = FIELD_INT, VALUE(n), .min = 1, .max = NUMBER_WHOLE_MAX},
};
static const struct field_table VALUE_FIELDS = {VALUE_ROWS, sizeof VALUE_ROWS / sizeof *VALUE_ROWS};

static const struct field ROWS[] = {
    {.name = "kind", .kind = FIELD_ENUM, BASELINE(kind), .choices = BASELINE_KINDS},
    {.name = "name", .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, ONE_LINE(NAME_CHARS_MAX), BASELINE(name)},
    {.name = "note", ONE_LINE(COMMENT_CHARS_MAX), BASELINE(note)},
    {.name = "scope", .kind = FIELD_TEXT, BASELINE(scope), .max = REQUEST_TARGET_BYTES_MAX},
    {.name = "from", ONE_LINE(DAY_CHARS), BASELINE(from)},
    {.name = "to", ONE_LINE(DAY_CHARS), BASELINE(to)},
    {.name = "last", ONE_LINE(DAY_CHARS), BASELINE(last)},
    {.name = "source", .flags = FIELD_NO_CONTROL, ONE_LINE(SOURCE_CHARS_MAX), BASELINE(source)},
    {.name = "metrics",
     .kind = FIELD_RECORD_LIST,
     BASELINE(metrics),
     .count_max = METRICS_MAX,
     .table = &VALUE_FIELDS,
     .size = sizeof(struct value_body)},
};
static const struct field_table BASELINE_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

// From the body to the answer.
struct baseline_work {
  struct baseline_terms terms;
  struct baseline_draft draft;
  struct post post;
  bool has_post;
  struct buffer answer;
};

static void write_raw(struct json_writer *json, const char *name, struct text value) {
  json_name(json, name);
  if (value.at)
    json_raw(json, value);
  else
    json_null(json);
}

// The object stays open.
static void baseline_write(struct json_writer *json, const struct baseline_row *baseline) {
  char id[UUID_CHARS], hash[2 * DIGEST_BYTES];
  uuid_write(&baseline->id, id);
  text_hex((const uint8_t *)baseline->hash.at, DIGEST_BYTES, hash);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_string(json, "kind", BASELINE_KINDS[baseline->kind]);
  json_member_text(json, "name", baseline->name);
  json_member_text(json, "note", baseline->note);
  json_member_text(json, "source", baseline->source);
  write_raw(json, "scope", baseline->scope);
  write_raw(json, "window", baseline->window);
  json_member_text(json, "time_zone", baseline->time_zone);
  json_member_instant(json, "created_at", baseline->created_at);
  json_member_text(json, "hash", (struct text){hash, sizeof hash});
}

static void refuse_member(struct request *request, bool given, const char *pointer, const char *kind) {
  if (given) issues_add(&request->issues, text_of(pointer), "conflict", "must not be given of %s", kind);
}

static void require_member(struct request *request, bool given, const char *pointer, const char *kind) {
  if (!given) issues_add(&request->issues, text_of(pointer), "required", "is required of %s", kind);
}

// Whether the metric can have this value.
static bool value_fits(const struct metric *metric, int64_t scaled) {
  int64_t low = 0, high = BENCHMARK_SCALED_MAX;
  if (metric->aggregation == AGGREGATE_NET) low = -100 * BENCHMARK_SCALE;
  if (metric->aggregation == AGGREGATE_NET || metric->aggregation == AGGREGATE_SHARE) high = 100 * BENCHMARK_SCALE;
  if (metric->aggregation == AGGREGATE_MEAN && metric->low < metric->high) {
    low = metric->low * BENCHMARK_SCALE / metric->divisor;
    high = metric->high * BENCHMARK_SCALE / metric->divisor;
  }
  return scaled >= low && scaled <= high;
}

static void check_value(struct request *request, const struct value_body *body, size_t i, const struct benchmark_value *values) {
  const struct metric *metric = values[i].metric;
  const char *rule = !metric ? "unknown" : !value_fits(metric, body->value) ? "range" : NULL;
  const char *detail = !metric ? "names no metric" : "has a value that its metric can't have";
  for (size_t k = 0; metric && k < i; k++)
    if (values[k].metric == metric) {
      rule = "unique";
      detail = "names a metric that was named before";
    }
  if (!rule) return;
  struct text pointer = arena_format(&request->arena, "/metrics/%zu/%s", i, metric && text_is(text_of(rule), "range") ? "value" : "metric");
  issues_add(&request->issues, pointer, rule, "%s", detail);
}

static void read_values(struct request *request, const struct baseline_body *body, struct baseline_terms *terms) {
  const struct value_body *given = body->metrics.items;
  struct benchmark_value *values = arena_take_array(&request->arena, body->metrics.count + 1, sizeof *values);
  for (size_t i = 0; values && i < body->metrics.count; i++) {
    values[i] = (struct benchmark_value){figures_find(tenant_of(request), given[i].metric), given[i].value, given[i].n};
    check_value(request, &given[i], i, values);
  }
  terms->values = values;
  terms->values_count = values ? body->metrics.count : 0;
  require_member(request, terms->values_count > 0, "/metrics", "an external baseline");
}

static void read_external(struct request *request, const struct baseline_body *body, struct baseline_terms *terms) {
  static const char KIND[] = "an external baseline";
  refuse_member(request, body->scope.at, "/scope", KIND);
  refuse_member(request, body->from.at, "/from", KIND);
  refuse_member(request, body->to.at, "/to", KIND);
  refuse_member(request, body->last.at, "/last", KIND);
  require_member(request, body->source.at, "/source", KIND);
  terms->source = body->source;
  read_values(request, body, terms);
}

// Only what is over can be frozen.
static void read_measured(struct request *request, const struct baseline_body *body, struct baseline_terms *terms) {
  static const char KIND[] = "a measured baseline";
  struct issues found;
  int32_t yesterday = tenant_of(request)->today - 1;
  refuse_member(request, body->source.at, "/source", KIND);
  refuse_member(request, body->metrics.items, "/metrics", KIND);
  scope_take(request, body->scope, "/", &terms->scope);
  issues_init(&found, &request->arena);
  if (window_parse(body->from, body->to, body->last, yesterday, &terms->window, &found) && terms->window.to > yesterday)
    issues_add(&found, TEXT("to"), "order", "must be before today, so that the window is complete");
  else if (found.total == 0 && tenant_of(request)->calendar_periods && window_months(terms->window) == 0)
    issues_add(&found, TEXT("from"), "calendar_periods",
               "must begin a month, and to end one: dashboard keys of this tenant read whole calendar months");
  issues_add_all(&request->issues, &found, "/");
}

static enum err baseline_stored(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct baseline_work *work = request->state;
  char id[UUID_CHARS];
  if (job->error == ERR_CONFLICT)
    return request_refuse(request, ERR_IN_PROGRESS, TEXT("Idempotency-Key"), "unique", "is being worked on; repeat the request for its answer");
  if (job->error) return job->error;
  uuid_write(&work->draft.id, id);
  request_add_header(request, "Location", arena_format(&request->arena, "/v1/baselines/%.*s", UUID_CHARS, id));
  return request_answer(request, 201);
}

static void window_write(struct json_writer *json, struct window window) {
  json_object(json);
  json_member_day(json, "from", window.from);
  json_member_day(json, "to", window.to);
  json_object_end(json);
}

static struct text written(struct request *request, const struct baseline_terms *terms, bool window) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  if (window)
    window_write(&json, terms->window);
  else
    scope_write(&terms->scope, &json);
  struct text copy = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  return copy;
}

// Writes the answer before it is asked for: a repetition is to get the same.
static void write_answer(struct request *request, const struct baseline_work *work) {
  const struct baseline_terms *terms = &work->terms;
  uint8_t hash[DIGEST_BYTES];
  digest_sha256(work->draft.content.at, work->draft.content.length, hash);
  struct baseline_row row = {.id = work->draft.id,
                             .kind = work->draft.kind,
                             .name = terms->name,
                             .note = terms->note,
                             .source = terms->source,
                             .created_at = terms->created_at,
                             .hash = {(const char *)hash, sizeof hash}};
  if (row.kind == BASELINE_MEASURED) {
    row.scope = written(request, terms, false);
    row.window = written(request, terms, true);
    row.time_zone = text_of(tenant_of(request)->time_zone);
  }
  struct json_writer *json = request_json(request);
  baseline_write(json, &row);
  write_raw(json, "content", work->draft.content);
  json_object_end(json);
}

static enum err baseline_store(struct request *request, struct buffer *content, bool good) {
  struct baseline_work *work = request->state;
  work->draft.content = good ? arena_copy(&request->arena, buffer_view(content)) : TEXT_NONE;
  buffer_release(content);
  struct job *job = work->draft.content.at ? request_job(request, LANE_WRITE) : NULL;
  if (!job) return ERR_UNAVAILABLE;
  write_answer(request, work);
  baseline_ask_create(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  if (work->has_post) post_ask_keep(job, &tenant_of(request)->id, &work->post, 201, buffer_view(&request->answer));
  return request_submit(request, job, baseline_stored);
}

static struct reading_question question_of(const struct baseline_work *work) {
  return (struct reading_question){.scope = &work->terms.scope, .window = work->terms.window, .interval = INTERVAL_COUNT};
}

static enum err baseline_captured(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct baseline_work *work = request->state;
  struct reading_question question = question_of(work);
  struct reading_group total;
  struct buffer content;
  if (job->error) return job->error;
  struct reading *reading = reading_open(job, 0, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, &total);
  reading_close(reading);
  struct metric_set scarce, all = figures_all(tenant_of(request), &scarce);
  if (!figures_any(&total.figures, &all))
    return request_refuse(request, ERR_INVALID, TEXT("/scope"), "empty", "has no data in this window, so there is nothing to freeze");
  buffer_init(&content, BODY_BYTES_MAX);
  bool good = baseline_content_measured(&work->terms, &total, tenant_of(request), &content);
  return baseline_store(request, &content, good);
}

static enum err baseline_make(struct request *request) {
  struct baseline_work *work = request->state;
  uuid_make(&work->draft.id);
  work->terms.created_at = work->draft.created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND;
  if (work->draft.kind == BASELINE_EXTERNAL) {
    struct buffer content;
    buffer_init(&content, BODY_BYTES_MAX);
    bool good = baseline_content_external(&work->terms, &content);
    return baseline_store(request, &content, good);
  }
  struct reading_question question = question_of(work);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  reading_ask(job, tenant_of(request), &question);
  return request_submit(request, job, baseline_captured);
}

static enum err baseline_looked_up(struct request *request) {
  bool answered;
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  enum err error = idempotency_answer(request, &answered);
  return answered ? error : baseline_make(request);
}

enum err baseline_post(struct request *request) {
  struct baseline_body body;
  struct baseline_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  request->state = work;
  (void)request_query_ends(request);
  enum err error = fields_read(&BASELINE_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  work->has_post = idempotency_read(request, &BASELINE_FIELDS, &body, &work->post);
  work->draft.kind = body.kind == BASELINE_EXTERNAL ? BASELINE_EXTERNAL : BASELINE_MEASURED;
  work->terms.name = body.name;
  work->terms.note = body.note;
  if (work->draft.kind == BASELINE_EXTERNAL)
    read_external(request, &body, &work->terms);
  else
    read_measured(request, &body, &work->terms);
  if (request->issues.total > 0) return ERR_INVALID;
  if (!work->has_post) return baseline_make(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  post_ask_find(job, &tenant_of(request)->id, &work->post);
  return request_submit(request, job, baseline_looked_up);
}

static enum err id_read(struct request *request, struct uuid *id) {
  if (uuid_read(request->path_values[0], id)) return ERR_NONE;
  return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of a baseline");
}

static enum err baseline_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct baseline_row row;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return ERR_NOT_FOUND;
  if (!baseline_take_row(job, 0, 0, &row)) {
    log_message(LOG_ERROR, "the content of a baseline is not what was hashed");
    return ERR_INTERNAL;
  }
  struct json_writer *json = request_json(request);
  baseline_write(json, &row);
  write_raw(json, "content", row.content);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err baseline_get(struct request *request) {
  struct uuid id;
  enum err error = id_read(request, &id);
  if (error) return error;
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  baseline_ask_find(job, &tenant_of(request)->id, &id);
  return request_submit(request, job, baseline_found);
}

static enum err baselines_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct baseline_row row = {.created_at = ABSENT};
  char id[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown && baseline_take_row(job, 0, i, &row); i++) {
    baseline_write(json, &row);
    json_object_end(json);
  }
  json_array_end(json);
  uuid_write(&row.id, id);
  page_end(request, json, rows > shown, ABSENT, (struct text){id, sizeof id});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err baseline_list(struct request *request) {
  struct uuid after;
  struct page page = page_read(request);
  int64_t kind = choice_read(request, "kind", BASELINE_KINDS);
  if (page.text.at && !uuid_read(page.text, &after))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  baseline_ask_list(job, &tenant_of(request)->id, kind, page.text.at ? &after : NULL, page_rows(&page));
  return request_submit(request, job, baselines_listed);
}

// A benchmark has no scope, and few metrics.
static void take_benchmark(struct request *request, struct view *view) {
  if (request_query(request, "metrics").at) return;
  view->style.shown = (struct metric_set){{0}};
  for (size_t i = 0; i < METRICS_MAX; i++)
    if (view->reference->values[i].metric) metric_set_add(&view->style.shown, i);
}

// The scope is the baseline's.
static void take_scope(struct request *request, struct view *view) {
  const struct reference *reference = view->reference;
  if (view->scope.count > 0 && !scopes_equal(&view->scope, &reference->scope))
    issues_add(&request->issues, TEXT("scope"), "conflict", "must be left out: it is the baseline's");
  view->scope = reference->scope;
}

static enum err reference_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct view *view = request->state;
  enum err error = job->error ? job->error : reference_take(request, job, view->reference);
  if (error) return error;
  if (view->reference->kind == REFERENCE_EXTERNAL)
    take_benchmark(request, view);
  else
    take_scope(request, view);
  return experience_serve(request, view);
}

enum err baseline_comparison(struct request *request) {
  struct uuid id;
  enum err error = id_read(request, &id);
  if (error) return error;
  struct view *view = view_read(request);
  if (!view) return ERR_UNAVAILABLE;
  reference_set(request, view, &id);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  reference_ask(job, tenant_of(request), view->reference);
  return request_submit(request, job, reference_found);
}
