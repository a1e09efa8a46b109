// GET /v1/initiatives and /v1/initiatives/{id}/history: what is in the register, and how it came to where it is.
#include "api/endpoints.h"
#include "api/initiative_body.h"
#include "api/initiative_check.h"
#include "api/initiative_json.h"
#include "api/page.h"
#include "api/service.h"
#include "domain/initiative.h"

enum { QUERY_BYTES_MAX = 200, ONE_BYTES_MAX = 1024 * 1024 };

enum order { ORDER_PRIORITY, ORDER_CREATED };
static const char *const ORDERS[] = {[ORDER_PRIORITY] = "priority", [ORDER_CREATED] = "created", NULL};

struct list_state {
  struct page page;
  bool by_priority;
};

// --- The register ---------------------------------------------------------------------------------------------------

// Each with an arena of its own: many long ones are more than a request may hold at once.
static enum err write_listed(struct json_writer *json, const struct initiative *initiative) {
  struct arena arena;
  struct initiative_body body;
  arena_init(&arena, ONE_BYTES_MAX);
  enum err error = initiative_body_read(initiative->content, &arena, &body);
  if (!error) initiative_write_listed(json, initiative, &INITIATIVE_LIST_FIELDS, &body);
  arena_release(&arena);
  return error;
}

static enum err initiatives_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct list_state *state = request->state;
  struct initiative initiative = {.revision = 0};
  char last[UUID_CHARS];
  if (job->error) return job->error;
  size_t limit = (size_t)state->page.limit, rows = job_rows(job, 0), shown = rows > limit ? limit : rows;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    initiative_take_row(job, 0, i, &initiative);
    enum err error = write_listed(json, &initiative);
    if (error) return error;
  }
  json_array_end(json);
  uuid_write(&initiative.id, last);
  int64_t score = state->by_priority && shown > 0 ? initiative_take_score(job, 0, shown - 1) : ABSENT;
  page_end(request, json, rows > shown, score, (struct text){last, sizeof last});
  json_object_end(json);
  return request_answer(request, 200);
}

static void read_cursor(struct request *request, const struct list_state *state, struct initiative_filter *filter) {
  const struct page *page = &state->page;
  if (!page->text.at) return;
  filter->after = uuid_read(page->text, &filter->after_id) && (page->instant != ABSENT) == state->by_priority;
  filter->after_score = page->instant;
  if (!filter->after) issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page of the same order, unchanged");
}

enum err initiative_list(struct request *request) {
  struct list_state *state = arena_take(&request->arena, sizeof *state);
  if (!state) return ERR_UNAVAILABLE;
  request->state = state;
  state->page = page_read(request);
  state->by_priority = choice_read(request, "order", ORDERS) != ORDER_CREATED;
  struct initiative_filter filter = {
      .query = request_query(request, "q"),
      .step = choice_read(request, "step", IMPROVEMENT_STEP_NAMES),
      .status = choice_read(request, "status", IMPROVEMENT_STATUS_NAMES),
      .owner = request_query(request, "owner"),
      .category = request_query(request, "category"),
      .objective = request_query(request, "objective"),
      .metric = request_query(request, "metric"),
      .source = choice_read(request, "source", INITIATIVE_SOURCE_NAMES),
      .by_priority = state->by_priority,
      .limit = page_rows(&state->page),
  };
  if (filter.query.length > QUERY_BYTES_MAX) issues_add(&request->issues, TEXT("q"), "length", "must have at most %d bytes", QUERY_BYTES_MAX);
  read_cursor(request, state, &filter);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  initiative_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, initiatives_listed);
}

// --- The history of one ---------------------------------------------------------------------------------------------

static enum err moves_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct page *page = request->state;
  struct initiative_move_row move = {.seq = 0};
  if (job->error) return job->error;
  if (job_rows(job, INITIATIVE_THERE_STEP) == 0) return ERR_NOT_FOUND;
  size_t rows = job_rows(job, INITIATIVE_MOVES_STEP), shown = rows > (size_t)page->limit ? (size_t)page->limit : rows;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    initiative_take_move(job, i, &move);
    initiative_write_move(json, &move);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ABSENT, arena_format(&request->arena, "%lld", (long long)move.seq));
  json_object_end(json);
  return request_answer(request, 200);
}

enum err initiative_history(struct request *request) {
  struct uuid id;
  int64_t after = 0;
  struct page *page = arena_take(&request->arena, sizeof *page);
  if (!page) return ERR_UNAVAILABLE;
  enum err error = initiative_id_read(request, &id);
  if (error) return error;
  request->state = page;
  *page = page_read(request);
  if (page->text.at && (!text_to_int(page->text, &after) || after < 0 || after > INT32_MAX))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  initiative_ask_moves(job, &tenant_of(request)->id, &id, after, page_rows(page));
  return request_submit(request, job, moves_listed);
}
