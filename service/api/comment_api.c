// /v1/experience/comments: what people wrote, as long as it can't be told who.
#include "api/endpoints.h"
#include "api/page.h"
#include "api/quotable.h"
#include "api/view.h"
#include "store/comment_store.h"
#include "store/key_store.h"

enum { STEP_WEIGHED = READING_STEPS };

// From the first question to the answer.
struct comments {
  struct page page;
  struct reading_group total;
  bool suppressed, incomplete, more;
  size_t count;  // on this page
  struct uuid *ids;
  int32_t *days;
  struct text last_mark;
};

// Behind the last comment of the page before.
static bool is_behind(const struct page *page, const struct comment_place *place) {
  if (!page->text.at || place->day < page->instant) return true;
  return place->day == page->instant && text_compare(place->mark, page->text) > 0;
}

static void add_to_page(struct request *request, struct comments *comments, const struct comment_place *place) {
  if (comments->count == (size_t)comments->page.limit) {
    comments->more = true;
    return;
  }
  comments->ids[comments->count] = place->id;
  comments->days[comments->count++] = place->day;
  if (comments->count == (size_t)comments->page.limit) comments->last_mark = arena_copy(&request->arena, place->mark);
}

static enum err choose(struct request *request, const struct job *job, struct comments *comments) {
  struct quotable quotable;
  struct comment_place place;
  enum err error = quotable_find(job, STEP_WEIGHED, tenant_of(request), &comments->total, &request->arena, &quotable);
  if (error) return error;
  for (size_t i = 0; i < quotable.count; i++) {
    comment_take_place(job, STEP_WEIGHED, i, &place);
    if (quotable.shown[i] && is_behind(&comments->page, &place)) add_to_page(request, comments, &place);
  }
  comments->suppressed = quotable.held > 0 && quotable.listed == 0;
  comments->incomplete = quotable.listed < quotable.held || quotable.count == COMMENTS_WEIGHED_MAX;
  return ERR_NONE;
}

static void write_comment(struct request *request, struct json_writer *json, const struct comment_row *comment, int32_t day) {
  char id[UUID_CHARS];
  json_object(json);
  json_member_text(json, "comment", comment->comment);
  json_member_string(json, "band", comment_band(comment->happiness));
  json_member_day(json, "day", day);
  json_member_text(json, "language", comment->language);
  if (request->role == ROLE_ADMIN) {
    uuid_write(&comment->id, id);
    json_member_text(json, "response", (struct text){id, sizeof id});
  }
  json_object_end(json);
}

// Those that are still there come in the order in which they were asked for.
static void write_items(struct request *request, struct json_writer *json, const struct comments *comments, const struct job *job) {
  struct comment_row comment;
  size_t at = 0;
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; comments->count > 0 && i < job_rows(job, 0); i++) {
    comment_take_row(job, 0, i, &comment);
    while (at + 1 < comments->count && !uuid_equal(&comments->ids[at], &comment.id))
      at++;
    write_comment(request, json, &comment, comments->days[at]);
  }
  json_array_end(json);
}

static enum err write_answer(struct request *request, const struct job *job) {
  const struct view *view = request->state;
  const struct comments *comments = view->state;
  struct json_writer *json = view_head(request, view, &comments->total);
  json_member_bool(json, "suppressed", comments->suppressed);
  json_member_bool(json, "incomplete", comments->incomplete);
  write_items(request, json, comments, job);
  page_end(request, json, comments->more, comments->count > 0 ? comments->days[comments->count - 1] : 0, comments->last_mark);
  return view_end(request, json);
}

static enum err texts_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  return job->error ? job->error : write_answer(request, job);
}

static enum err weighed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct view *view = request->state;
  struct comments *comments = view->state;
  struct reading_question question = view_question(view);
  if (job->error) return job->error;
  struct reading *reading = reading_open(job, 0, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, &comments->total);
  reading_close(reading);
  enum err error = choose(request, job, comments);
  if (error) return error;
  if (comments->count == 0) return write_answer(request, job);
  struct job *next = request_job(request, LANE_READ);
  if (!next) return ERR_UNAVAILABLE;
  comment_ask_texts(next, &tenant_of(request)->id, comments->ids, comments->count);
  return request_submit(request, next, texts_found);
}

static void refuse_parameter(struct request *request, const char *name) {
  if (request_query(request, name).at) issues_add(&request->issues, text_of(name), "unknown", "is not a parameter here");
}

// Not from the cache: there are too many pages, and too few readers of each.
enum err experience_comments(struct request *request) {
  struct view *view = view_read(request);
  struct comments *comments = arena_take(&request->arena, sizeof *comments);
  if (!view || !comments) return ERR_UNAVAILABLE;
  view->state = comments;
  comments->page = page_read(request);
  if (comments->page.text.at && comments->page.instant == ABSENT)
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  refuse_parameter(request, "metrics");
  refuse_parameter(request, "with_excluded");
  if (!request_query_ends(request)) return ERR_INVALID;
  comments->ids = arena_take_array(&request->arena, (size_t)comments->page.limit, sizeof *comments->ids);
  comments->days = arena_take_array(&request->arena, (size_t)comments->page.limit, sizeof *comments->days);
  struct job *job = request_job(request, LANE_READ);
  if (!comments->ids || !comments->days || !job) return ERR_UNAVAILABLE;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  comment_ask_weigh(job, tenant_of(request), &view->scope, view->window);
  return request_submit(request, job, weighed);
}
