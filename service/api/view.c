// Reads what was asked of a read, has it answered from the cache, and writes what all answers begin with.
#include "api/view.h"

#include <inttypes.h>

#include "api/cache.h"
#include "api/page.h"
#include "api/scope_query.h"
#include "base/instant.h"
#include "store/key_store.h"

enum { MONTHS_DEFAULT = 3 };

static void read_metrics(struct request *request, struct figures_style *style) {
  struct text given = request_query(request, "metrics"), rest = given;
  if (!given.at) style->shown = figures_all(tenant_of(request), &style->scarce);
  while (rest.at) {
    struct text key = text_trimmed(text_cut(&rest, ','));
    const struct metric *metric = figures_find(tenant_of(request), key);
    if (metric)
      metric_set_add(&style->shown, metric_place(metric));
    else
      issues_add(&request->issues, TEXT("metrics"), "enum", "names \"%.*s\", which is no metric", (int)key.length, key.at);
  }
}

bool view_months_only(const struct request *request) { return request->role == ROLE_DASHBOARD && tenant_of(request)->calendar_periods; }

void view_check_months(struct request *request, struct window window, const char *pointer) {
  if (view_months_only(request) && window_months(window) == 0)
    issues_add(&request->issues, text_of(pointer), "calendar_periods",
               "must begin and end with a month: dashboard keys of this tenant read whole calendar months");
}

static void read_months(struct request *request, struct view *view) {
  struct text from = request_query(request, "from"), to = request_query(request, "to");
  if (request_query(request, "last").at)
    issues_add(&request->issues, TEXT("last"), "calendar_periods", "isn't allowed: dashboard keys of this tenant read whole calendar months");
  if (!from.at && !to.at) {
    view->window = window_months_before(tenant_of(request)->today, MONTHS_DEFAULT);
  } else if (window_parse(from, to, TEXT_NONE, tenant_of(request)->today, &view->window, &request->issues) && window_months(view->window) == 0) {
    issues_add(&request->issues, TEXT("from"), "calendar_periods",
               "must be the first day of a month, and to the last day of one: dashboard keys of this tenant read whole calendar months");
  }
  int months = window_months(view->window);
  view->previous = months > 0 ? window_months_before(view->window.from, months) : window_previous(view->window);
}

static void read_window(struct request *request, struct view *view) {
  if (view_months_only(request)) {
    read_months(request, view);
    return;
  }
  (void)window_parse(request_query(request, "from"), request_query(request, "to"), request_query(request, "last"), tenant_of(request)->today,
                     &view->window, &request->issues);
  view->previous = window_previous(view->window);
}

struct view *view_read(struct request *request) {
  static const char *const BOOLEANS[] = {"false", "true", NULL};
  struct view *view = arena_take(&request->arena, sizeof *view);
  if (!view) return NULL;
  request->state = view;
  view->lane = LANE_READ;
  view->interval = INTERVAL_COUNT;
  view->style.tenant = tenant_of(request);
  view->style.tells_n = request->role == ROLE_ADMIN;
  read_metrics(request, &view->style);
  scope_read(request, &view->scope);
  read_window(request, view);
  view->with_excluded = choice_read(request, "with_excluded", BOOLEANS) == 1;
  return view;
}

void view_takes_no(struct request *request, const char *name) {
  if (request_query(request, name).at) issues_add(&request->issues, text_of(name), "unknown", "is not a parameter here");
}

void view_read_by(struct request *request, struct view *view, const char *otherwise) {
  view->by_name = request_query(request, "by");
  if (!view->by_name.at) view->by_name = text_of(otherwise);
  if (view->by_name.at) view->by = tenant_dimension_slot(tenant_of(request), view->by_name);
  if (!view->by_name.at)
    issues_add(&request->issues, TEXT("by"), "required", "must name a dimension");
  else if (view->by == 0)
    issues_add(&request->issues, TEXT("by"), "unknown", "names \"%.*s\", which is not a dimension of this tenant", (int)view->by_name.length,
               view->by_name.at);
}

void view_read_interval(struct request *request, struct view *view, enum interval otherwise) {
  int64_t interval = choice_read(request, "interval", INTERVAL_NAMES);
  if (interval == ABSENT) interval = view_months_only(request) ? INTERVAL_MONTH : otherwise;
  view->interval = (enum interval)interval;
  if (view_months_only(request) && view->interval != INTERVAL_MONTH)
    issues_add(&request->issues, TEXT("interval"), "calendar_periods", "must be month: dashboard keys of this tenant read whole calendar months");
}

static enum err view_computed(struct request *request) {
  const struct view *view = request->state;
  struct job *job = request_job_ended(request);
  return cache_keep(request, job->error ? job->error : view->done(request, job));
}

// Sends the questions.
static enum err view_compute(struct request *request) {
  const struct view *view = request->state;
  struct job *job = request_job(request, view->lane);
  if (!job) return ERR_UNAVAILABLE;
  view->ask(request, job);
  return request_submit(request, job, view_computed);
}

static void write_set(struct buffer *out, const struct metric_set *set) {
  buffer_format(out, "%" PRIx64 ".%" PRIx64 " ", set->words[0], set->words[1]);
}

// Everything the answer depends on but the data: dates instead of "the last days", the scope in its one order.
static struct text view_key(struct request *request, const struct view *view) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  buffer_format(&out, "%s %d %d %d %d %d %d %d ", request->route->pattern, (int)request->media, view->style.tells_n, (int)view->window.from,
                (int)view->window.to, view->with_excluded, view->by, (int)view->interval);
  write_set(&out, &view->style.shown);
  write_set(&out, &view->style.scarce);
  json_start(&json, &out);
  scope_write(&view->scope, &json);
  buffer_append(&out, view->more.at, view->more.length);
  struct text key = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  return key;
}

enum err view_serve(struct request *request, struct view *view) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct text key = view_key(request, view);
  return key.at ? cache_serve(request, key, view_compute) : ERR_UNAVAILABLE;
}

struct reading_question view_question(const struct view *view) {
  return (struct reading_question){
      .scope = &view->scope, .window = view->window, .by = view->by, .interval = view->interval, .excluded = view->with_excluded};
}

void view_write_window(struct json_writer *json, struct window window) {
  json_name(json, "window");
  json_object(json);
  json_member_day(json, "from", window.from);
  json_member_day(json, "to", window.to);
  json_object_end(json);
}

struct json_writer *view_head(struct request *request, const struct view *view, const struct reading_group *total) {
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "scope");
  scope_write(&view->scope, json);
  view_write_window(json, view->window);
  json_member_string(json, "time_zone", tenant_of(request)->time_zone);
  request->volatile_from = request->answer.length;
  json_member_instant(json, "as_of", instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND);
  request->volatile_to = request->answer.length;
  json_name(json, "response_rate");
  figures_write_response_rate(json, &total->figures, &view->style);
  if (total->excluded_hidden && !view->style.tells_n)
    json_member_null(json, "exclusions");
  else
    json_member_int(json, "exclusions", total->excluded);
  json_member_bool(json, "with_excluded", view->with_excluded);
  return json;
}

enum err view_end(struct request *request, struct json_writer *json) {
  json_object_end(json);
  return request_answer(request, 200);
}
