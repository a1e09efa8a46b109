// /v1/initiatives/{id}/iterations: tries again, from what was measured after the last try.
#include "api/baseline_content.h"
#include "api/document.h"
#include "api/endpoints.h"
#include "api/initiative_case.h"
#include "api/service.h"
#include "base/instant.h"

struct iteration_work {
  struct initiative_case file;  // the first
  struct baseline_terms terms;
  struct baseline_draft draft;
};

static enum err iterated(struct request *request) {
  const struct job *job = request_job_ended(request);
  const struct iteration_work *work = request->state;
  if (job->error) return initiative_case_failed(request, job);
  struct uuid id = work->file.id;
  return initiative_case_answer(request, &id, 201);
}

static enum err iterate(struct request *request) {
  struct iteration_work *work = request->state;
  struct initiative_case *file = &work->file;
  char id[UUID_CHARS];
  uuid_write(&work->draft.id, id);
  file->body.baseline = arena_copy(&request->arena, (struct text){id, sizeof id});
  struct improvement_move move = {
      .initiative = file->id,
      .revision = file->revision,
      .kind = MOVE_ITERATION,
      .from = file->facts.step,
      .to = IMPROVEMENT_TARGET,
      .status = IMPROVEMENT_OPEN,
      .iteration = file->iteration + 1,
      .content = document_text(&INITIATIVE_FIELDS, &file->body, &request->arena),
  };
  struct job *job = file->body.baseline.at && move.content.at ? request_job(request, LANE_WRITE) : NULL;
  if (!job) return ERR_UNAVAILABLE;
  improvement_ask_move(job, &tenant_of(request)->id, &move, actor_of(request));
  baseline_ask_create(job, &tenant_of(request)->id, &work->draft, actor_of(request));
  return request_submit(request, job, iterated);
}

static struct reading_question question_of(const struct iteration_work *work) {
  return (struct reading_question){.scope = &work->terms.scope, .window = work->terms.window, .interval = INTERVAL_COUNT};
}

static enum err measured(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct iteration_work *work = request->state;
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
    return request_refuse(request, ERR_STEP_REFUSED, TEXT("/evaluation"), "empty", "is of a window without data, so there is nothing to begin from");
  buffer_init(&content, BODY_BYTES_MAX);
  bool good = baseline_content_measured(&work->terms, &total, tenant_of(request), &content);
  work->draft.content = good ? arena_copy(&request->arena, buffer_view(&content)) : TEXT_NONE;
  buffer_release(&content);
  return work->draft.content.at ? iterate(request) : ERR_UNAVAILABLE;
}

// A baseline's name is no longer than others are.
static struct text name_of(struct arena *arena, const struct initiative_case *file) {
  struct text title = file->body.title;
  while (text_chars(title) > NAME_CHARS_MAX / 2) {
    title.length--;
    while (title.length > 0 && ((unsigned char)title.at[title.length] & 0xc0) == 0x80)
      title.length--;
  }
  return arena_format(arena, "After iteration %lld of: %.*s", (long long)file->iteration, (int)title.length, title.at);
}

static enum err try_again(struct request *request) {
  struct iteration_work *work = request->state;
  const struct initiative_case *file = &work->file;
  enum improvement_refusal refusal = improvement_iterate(&file->facts);
  if (refusal) return initiative_case_refuse(request, file, refusal, 0);
  uuid_make(&work->draft.id);
  work->draft.kind = BASELINE_MEASURED;
  work->draft.created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND;
  work->terms = (struct baseline_terms){
      .name = name_of(&request->arena, file), .scope = file->scope, .window = file->result.window, .created_at = work->draft.created_at};
  struct reading_question question = question_of(work);
  struct job *job = request_job(request, LANE_READ);
  if (!job || !work->terms.name.at) return ERR_UNAVAILABLE;
  reading_ask(job, tenant_of(request), &question);
  return request_submit(request, job, measured);
}

enum err iteration_post(struct request *request) {
  struct iteration_work *work = arena_take(&request->arena, sizeof *work);
  request->state = work;
  if (!work) return ERR_UNAVAILABLE;
  work->file.asked = ABSENT;
  work->file.match = CASE_MATCH_IF_GIVEN;
  work->file.ready = try_again;
  return request_query_ends(request) ? initiative_case_open(request, &work->file) : ERR_INVALID;
}
