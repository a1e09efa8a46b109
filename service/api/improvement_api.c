// /v1/improvement-model, and the moves of initiatives through its steps.
#include "api/endpoints.h"
#include "api/initiative_case.h"
#include "api/page.h"
#include "api/service.h"

// --- The model ------------------------------------------------------------------------------------------------------

static void write_principles(struct json_writer *json, unsigned principles) {
  json_name(json, "principles");
  json_array(json);
  for (unsigned i = 0; i < IMPROVEMENT_PRINCIPLES; i++)
    if (principles >> i & 1) json_string(json, IMPROVEMENT_PRINCIPLE_NAMES[i]);
  json_array_end(json);
}

static void write_items(struct json_writer *json, enum improvement_step step) {
  json_name(json, "requires");
  json_array(json);
  for (int i = 0; i < IMPROVEMENT_ITEMS; i++) {
    const struct improvement_item_row *row = &IMPROVEMENT_ITEM_ROWS[i];
    if (row->step != step) continue;
    json_object(json);
    json_member_string(json, "item", row->name);
    json_member_string(json, "pointer", row->pointer);
    json_member_string(json, "rule", row->rule);
    json_member_string(json, "detail", row->sentence);
    json_object_end(json);
  }
  json_array_end(json);
}

// The same for everybody, so no key is needed.
enum err improvement_model(struct request *request) {
  struct json_writer *json = request_json(request);
  json_object(json);
  json_name(json, "steps");
  json_array(json);
  for (int i = 0; i < IMPROVEMENT_STEPS; i++) {
    json_object(json);
    json_member_int(json, "number", i + 1);
    json_member_string(json, "step", IMPROVEMENT_STEP_NAMES[i]);
    json_member_string(json, "question", IMPROVEMENT_STEP_ROWS[i].question);
    write_principles(json, IMPROVEMENT_STEP_ROWS[i].principles);
    write_items(json, (enum improvement_step)i);
    json_object_end(json);
  }
  json_array_end(json);
  json_name(json, "principles");
  json_array(json);
  for (int i = 0; i < IMPROVEMENT_PRINCIPLES; i++) {
    json_object(json);
    json_member_string(json, "principle", IMPROVEMENT_PRINCIPLE_NAMES[i]);
    json_member_string(json, "title", IMPROVEMENT_PRINCIPLE_TITLES[i]);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
  return request_answer(request, 200);
}

// --- Moves ----------------------------------------------------------------------------------------------------------

struct move_body {
  int64_t to;
  struct text reason;
};

#define REASON                                                                                                 \
  {                                                                                                            \
    .name = "reason", .kind = FIELD_TEXT, .flags = FIELD_REQUIRED, .min = 1, .max = INITIATIVE_TEXT_CHARS_MAX, \
    .offset = offsetof(struct move_body, reason)                                                               \
  }

static const struct field RETURN_ROWS[] = {
    {.name = "to", .kind = FIELD_ENUM, .flags = FIELD_REQUIRED, .choices = IMPROVEMENT_STEP_NAMES, .offset = offsetof(struct move_body, to)},
    REASON,
};
static const struct field_table RETURN_FIELDS = {RETURN_ROWS, sizeof RETURN_ROWS / sizeof *RETURN_ROWS};
static const struct field CANCEL_ROWS[] = {REASON};
static const struct field_table CANCEL_FIELDS = {CANCEL_ROWS, sizeof CANCEL_ROWS / sizeof *CANCEL_ROWS};

struct move_work {
  struct initiative_case file;  // the first
  struct move_body body;
};

static enum err moved(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct move_work *work = request->state;
  if (job->error) return initiative_case_failed(request, job);
  struct uuid id = work->file.id;
  return initiative_case_answer(request, &id, 200);
}

static enum err move(struct request *request, enum initiative_move kind, enum improvement_step to) {
  const struct move_work *work = request->state;
  const struct initiative_case *file = &work->file;
  struct improvement_move draft = {
      .initiative = file->id,
      .revision = file->revision,
      .kind = kind,
      .from = file->facts.step,
      .to = to,
      .status = kind == MOVE_CLOSE    ? IMPROVEMENT_CLOSED
                : kind == MOVE_CANCEL ? IMPROVEMENT_CANCELLED
                                      : IMPROVEMENT_OPEN,
      .iteration = file->iteration,
      .reason = work->body.reason,
  };
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  improvement_ask_move(job, &tenant_of(request)->id, &draft, actor_of(request));
  return request_submit(request, job, moved);
}

static enum err advance(struct request *request) {
  const struct move_work *work = request->state;
  const struct improvement_facts *facts = &work->file.facts;
  enum improvement_step to = work->body.to == ABSENT ? facts->step + 1 : (enum improvement_step)work->body.to;
  uint32_t missing;
  enum improvement_refusal refusal = improvement_advance(facts, to, &missing);
  if (refusal) return initiative_case_refuse(request, &work->file, refusal, missing);
  return to == IMPROVEMENT_STEPS ? move(request, MOVE_CLOSE, facts->step) : move(request, MOVE_ADVANCE, to);
}

static enum err go_back(struct request *request) {
  const struct move_work *work = request->state;
  enum improvement_refusal refusal = improvement_return(&work->file.facts, (enum improvement_step)work->body.to);
  return refusal ? initiative_case_refuse(request, &work->file, refusal, 0) : move(request, MOVE_RETURN, (enum improvement_step)work->body.to);
}

static enum err cancel(struct request *request) {
  const struct move_work *work = request->state;
  enum improvement_refusal refusal = improvement_cancel(&work->file.facts);
  return refusal ? initiative_case_refuse(request, &work->file, refusal, 0) : move(request, MOVE_CANCEL, work->file.facts.step);
}

static struct move_work *work_new(struct request *request, enum err (*ready)(struct request *)) {
  struct move_work *work = arena_take(&request->arena, sizeof *work);
  request->state = work;
  if (!work) return NULL;
  work->file.asked = ABSENT;
  work->file.match = CASE_MATCH;
  work->file.ready = ready;
  return work;
}

enum err initiative_advance(struct request *request) {
  struct move_work *work = work_new(request, advance);
  if (!work) return ERR_UNAVAILABLE;
  work->body.to = choice_read(request, "to", IMPROVEMENT_STEP_NAMES);
  return request_query_ends(request) ? initiative_case_open(request, &work->file) : ERR_INVALID;
}

static enum err read_and_open(struct request *request, const struct field_table *table, enum err (*ready)(struct request *)) {
  struct move_work *work = work_new(request, ready);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  enum err error = fields_read(table, buffer_view(&request->body), &work->body, NULL, &request->arena, &request->issues);
  if (error) return error;
  return request->issues.total > 0 ? ERR_INVALID : initiative_case_open(request, &work->file);
}

enum err initiative_return(struct request *request) { return read_and_open(request, &RETURN_FIELDS, go_back); }

enum err initiative_cancel(struct request *request) { return read_and_open(request, &CANCEL_FIELDS, cancel); }
