// /v1/insights/what-matters: where people lose most time and happiness.
#include "api/endpoints.h"
#include "api/matters_json.h"
#include "api/page.h"
#include "store/factor_store.h"

enum { STEP_READING, STEP_FACTORS = READING_STEPS, STEP_PREVIOUS };

// How each reference is called.
static const char *const REFERENCES[] = {[RANKING_REST] = "rest", [RANKING_TARGET] = "target", [RANKING_PREVIOUS] = "previous", NULL};

static enum ranking_reference reference_of(const struct view *view) { return *(const enum ranking_reference *)view->state; }

static void ask(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  factor_ask(job, tenant_of(request), &(struct factor_question){.scope = &view->scope, .window = view->window, .by = view->by});
  question.window = view->previous;
  if (reference_of(view) == RANKING_PREVIOUS) reading_ask(job, tenant_of(request), &question);
}

static void write_answer(struct request *request, struct matters_answer *answer) {
  const struct view *view = answer->view;
  struct json_writer *json = view_head(request, view, &answer->total);
  json_member_text(json, "by", view->by_name);
  json_member_string(json, "reference", REFERENCES[reference_of(view)]);
  if (reference_of(view) == RANKING_PREVIOUS) {
    json_name(json, "previous");
    json_object(json);
    view_write_window(json, view->previous);
    json_object_end(json);
  }
  matters_write_rows(json, "rows", answer, SIZE_MAX);
  json_name(json, "total");
  json_object(json);
  json_name(json, "metrics");
  figures_write(json, &answer->total.figures, NULL, &view->style);
  json_object_end(json);
}

static void set_targets(struct ranking_question *question, const struct tenant *tenant) {
  for (int i = 0; i < RANKING_METRICS; i++) {
    int64_t target = tenant_metric_terms(tenant, matters_metric(i)).target;
    question->target[i] = target == ABSENT ? (struct ratio){0, 0} : (struct ratio){target, 100};
  }
}

static bool read_previous(struct matters_answer *answer, const struct job *job) {
  const struct view *view = answer->view;
  struct reading_question question = view_question(view);
  question.window = view->previous;
  struct reading *previous = reading_open(job, STEP_PREVIOUS, view->style.tenant, &question);
  if (previous) matters_read_previous(&answer->matters, previous);
  reading_close(previous);
  return previous != NULL;
}

static bool read_answer(struct matters_answer *answer, struct reading *reading, const struct job *job) {
  const struct view *view = answer->view;
  struct matters *matters = &answer->matters;
  matters->question.reference = reference_of(view);
  set_targets(&matters->question, view->style.tenant);
  reading_total(reading, &answer->total);
  // With the excluded responses there are no factors: few may have ticked one, and the difference would tell.
  return matters_read(matters, reading, &answer->total, &answer->arena) &&
         (view->with_excluded || matters_read_factors(matters, job, STEP_FACTORS, view->by, view->style.tenant, &answer->arena)) &&
         (reference_of(view) != RANKING_PREVIOUS || read_previous(answer, job)) && matters_rank(matters, &answer->arena);
}

static enum err done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct matters_answer answer = {.view = view};
  struct reading *reading = reading_open(job, STEP_READING, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  arena_init(&answer.arena, INSIGHT_BYTES_MAX);
  bool good = read_answer(&answer, reading, job);
  if (good) write_answer(request, &answer);
  arena_release(&answer.arena);
  reading_close(reading);
  return good ? view_end(request, &request->writer) : ERR_UNAVAILABLE;
}

enum err insight_what_matters(struct request *request) {
  struct view *view = view_read(request);
  enum ranking_reference *reference = arena_take(&request->arena, sizeof *reference);
  if (!view || !reference) return ERR_UNAVAILABLE;
  view_takes_no(request, "compare");
  view_takes_no(request, "metrics");
  view_read_by(request, view, "service");
  int64_t chosen = choice_read(request, "reference", REFERENCES);
  *reference = chosen == ABSENT ? RANKING_REST : (enum ranking_reference)chosen;
  view->style.shown = view->style.scarce = (struct metric_set){{0}};
  for (int i = 0; i < RANKING_METRICS; i++)
    metric_set_add(&view->style.shown, metric_place(matters_metric(i)));
  view->state = reference;
  view->more = text_of(REFERENCES[*reference]);
  view->ask = ask;
  view->done = done;
  return view_serve(request, view);
}
