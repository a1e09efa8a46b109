// GET /v1/stories: "you said, we did", of all initiatives that came to an end or a final look, whatever came of them.
#include "api/endpoints.h"
#include "api/initiative_body.h"
#include "api/page.h"
#include "api/quotable.h"
#include "api/story_json.h"
#include "api/view.h"

static const char *const VERDICTS[] = {"achieved", "improved", "worsened", "inconclusive", "insufficient_data", NULL};

// Of the job about one story: what was answered and what was written in both windows.
enum { STEPS_OF_SIDE = READING_STEPS + 1 };

struct stories {
  struct page page;
  struct story *list;
  struct scope *scopes;  // of each
  size_t count, at;      // at: whose comments are looked at
  bool more;
};

static const struct field SCOPE_ROWS[] = {
    {.name = "scope", .kind = FIELD_LISTS, .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, .count_max = SCOPE_VALUES_MAX},
};
static const struct field_table SCOPE_FIELDS = {SCOPE_ROWS, sizeof SCOPE_ROWS / sizeof *SCOPE_ROWS};

// --- Writing

// Those that are still there come in the order in which they were asked for.
static void take_comments(struct stories *stories, const struct job *job) {
  size_t row = 0, rows = job_rows(job, 0);
  for (size_t place = 0; place < stories->count * STORY_SIDES; place++) {
    struct story_quotes *quotes = &stories->list[place / STORY_SIDES].quotes[place % STORY_SIDES];
    for (size_t i = 0; i < quotes->count && row < rows; i++) {
      struct comment_row *comment = &quotes->comments[quotes->found];
      comment_take_row(job, 0, row, comment);
      if (!uuid_equal(&comment->id, &quotes->ids[i])) continue;
      quotes->found++;
      row++;
    }
  }
}

static enum err write_stories(struct request *request) {
  const struct stories *stories = request->state;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < stories->count; i++)
    story_write(json, &stories->list[i], tenant_of(request), &request->arena);
  json_array_end(json);
  const struct story_row *last = stories->count > 0 ? &stories->list[stories->count - 1].row : NULL;
  char id[UUID_CHARS];
  if (last) uuid_write(&last->id, id);
  page_end(request, json, stories->more, last ? last->told_at : 0, (struct text){id, sizeof id});
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err comments_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  take_comments(request->state, job);
  return write_stories(request);
}

static enum err ask_comments(struct request *request) {
  const struct stories *stories = request->state;
  struct uuid *ids = arena_take_array(&request->arena, stories->count * STORY_SIDES * STORY_QUOTES_MAX + 1, sizeof *ids);
  size_t count = 0;
  if (!ids) return ERR_UNAVAILABLE;
  for (size_t place = 0; place < stories->count * STORY_SIDES; place++) {
    const struct story_quotes *quotes = &stories->list[place / STORY_SIDES].quotes[place % STORY_SIDES];
    for (size_t i = 0; i < quotes->count; i++)
      ids[count++] = quotes->ids[i];
  }
  if (count == 0) return write_stories(request);
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  comment_ask_texts(job, &tenant_of(request)->id, ids, count);
  return request_submit(request, job, comments_found);
}

// --- Which comments may be quoted

static struct reading_question question_of(const struct stories *stories, int side) {
  const struct story_row *row = &stories->list[stories->at].row;
  const int32_t *days = side == STORY_BEFORE_QUOTES ? row->before : row->after;
  return (struct reading_question){.scope = &stories->scopes[stories->at], .window = {days[0], days[1]}, .interval = INTERVAL_COUNT};
}

// The first by their marks, which are as good as drawn by lot: nobody can pick the pretty ones.
static void draw(const struct job *job, unsigned step, const struct quotable *quotable, struct story_quotes *quotes) {
  struct comment_place drawn[STORY_QUOTES_MAX] = {{.day = 0}};
  for (size_t i = 0; i < quotable->count; i++) {
    struct comment_place place;
    size_t at = quotes->count;
    if (!quotable->shown[i]) continue;
    comment_take_place(job, step, i, &place);
    for (; at > 0 && text_compare(place.mark, drawn[at - 1].mark) < 0; at--)
      if (at < STORY_QUOTES_MAX) drawn[at] = drawn[at - 1];
    if (at < STORY_QUOTES_MAX) drawn[at] = place;
    if (quotes->count < STORY_QUOTES_MAX) quotes->count++;
  }
  for (size_t i = 0; i < quotes->count; i++)
    quotes->ids[i] = drawn[i].id;
}

static enum err judge(struct request *request, const struct job *job, int side, struct arena *arena) {
  struct stories *stories = request->state;
  const struct tenant *tenant = tenant_of(request);
  struct reading_question question = question_of(stories, side);
  struct story_quotes *quotes = &stories->list[stories->at].quotes[side];
  unsigned first = (unsigned)side * STEPS_OF_SIDE;
  struct quotable quotable;
  struct reading_group *total = arena_take(arena, sizeof *total);
  struct reading *reading = total ? reading_open(job, first, tenant, &question) : NULL;
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, total);
  reading_close(reading);
  enum err error = quotable_find(job, first + READING_STEPS, tenant, total, arena, &quotable);
  if (error) return error;
  quotes->withheld = quotable.held > 0 && quotable.listed == 0;
  draw(job, first + READING_STEPS, &quotable, quotes);
  return ERR_NONE;
}

static enum err next_story(struct request *request);

static enum err weighed(struct request *request) {
  struct stories *stories = request->state;
  const struct job *job = request_job_ended(request);
  enum err error = job->error;
  for (int side = 0; side < STORY_SIDES && !error; side++) {
    struct arena arena;
    arena_init(&arena, READING_BYTES_MAX);
    error = judge(request, job, side, &arena);
    arena_release(&arena);
  }
  stories->at++;
  return error ? error : next_story(request);
}

// Whose comments could be quoted at all: of an evaluated one, with dimensions that there are, in windows that may be read.
static bool can_be_quoted(const struct request *request, const struct stories *stories) {
  const struct scope *scope = &stories->scopes[stories->at];
  if (!stories->list[stories->at].row.has_windows) return false;
  for (size_t i = 0; i < scope->count; i++)
    if (tenant_dimension_slot(tenant_of(request), scope->terms[i].dimension) == 0) return false;
  for (int side = 0; side < STORY_SIDES; side++)
    if (view_months_only(request) && window_months(question_of(stories, side).window) == 0) return false;
  return true;
}

static enum err next_story(struct request *request) {
  struct stories *stories = request->state;
  const struct tenant *tenant = tenant_of(request);
  for (; stories->at < stories->count && !can_be_quoted(request, stories); stories->at++)
    for (int side = 0; side < STORY_SIDES; side++)
      stories->list[stories->at].quotes[side].withheld = stories->list[stories->at].row.has_windows;
  if (stories->at == stories->count) return ask_comments(request);
  struct job *job = request_job(request, LANE_ANALYSIS);
  if (!job) return ERR_UNAVAILABLE;
  for (int side = 0; side < STORY_SIDES; side++) {
    struct reading_question question = question_of(stories, side);
    reading_ask(job, tenant, &question);
    comment_ask_weigh(job, tenant, question.scope, question.window);
  }
  return request_submit(request, job, weighed);
}

// --- Which stories

// The job goes before the story is told.
static bool keep(struct story_row *row, struct arena *arena) {
  for (int i = 0; i < STORY_TEXTS; i++) {
    bool there = row->texts[i].at != NULL;
    row->texts[i] = arena_copy(arena, row->texts[i]);
    if (there && !row->texts[i].at) return false;
  }
  return true;
}

static bool read_scope(struct text json, struct arena *arena, struct scope *scope) {
  struct text_lists lists;
  struct issues issues;
  issues_init(&issues, arena);
  return !fields_read(&SCOPE_FIELDS, json, &lists, NULL, arena, &issues) && initiative_scope(&lists, arena, scope);
}

static enum err listed(struct request *request) {
  struct stories *stories = request->state;
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  size_t rows = job_rows(job, 0), limit = (size_t)stories->page.limit;
  stories->more = rows > limit;
  stories->count = stories->more ? limit : rows;
  stories->list = arena_take_array(&request->arena, stories->count + 1, sizeof *stories->list);
  stories->scopes = arena_take_array(&request->arena, stories->count + 1, sizeof *stories->scopes);
  if (!stories->list || !stories->scopes) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < stories->count; i++) {
    struct story_row *row = &stories->list[i].row;
    story_take(job, 0, i, row);
    if (!keep(row, &request->arena) || !read_scope(row->texts[STORY_SCOPE], &request->arena, &stories->scopes[i])) return ERR_UNAVAILABLE;
  }
  return next_story(request);
}

enum err stories_get(struct request *request) {
  struct stories *stories = arena_take(&request->arena, sizeof *stories);
  if (!stories) return ERR_UNAVAILABLE;
  request->state = stories;
  struct story_filter filter = {.told_at = ABSENT};
  stories->page = page_read_most(request, STORIES_LISTED_MAX);
  if (!request_query(request, "limit").at) stories->page.limit = STORIES_DEFAULT;
  filter.limit = page_rows(&stories->page);
  if (stories->page.text.at) {
    filter.told_at = stories->page.instant;
    if (filter.told_at == ABSENT || !uuid_read(stories->page.text, &filter.id))
      issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  }
  int64_t verdict = choice_read(request, "verdict", VERDICTS);
  if (verdict != ABSENT) filter.verdict = text_of(VERDICTS[verdict]);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  story_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, listed);
}
