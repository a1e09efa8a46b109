// /v1/insights/carry-over: what an experience leaves behind for the same person's next one.
#include "api/analysis_rows.h"
#include "api/endpoints.h"
#include "api/insight.h"

#include "store/analysis_store.h"

enum { STEP_WHOLE, STEP_ANSWERS = STEP_WHOLE + READING_STEPS };

static const double LEVEL = 0.05;

static const char *const BAND_NAMES[] = {[BAND_POSITIVE] = "positive", [BAND_NEUTRAL] = "neutral", [BAND_NEGATIVE] = "negative"};
static const char NOTE[] = "An association, not a cause: who answers often, and about what, differs as well.";

static const int64_t YES_NO_EDGES[] = {0, 1};
// The share of negative answers whose next one, by the same respondent, is positive.
static const struct metric RECOVERY_RATE = {
    .key = "recovery_rate",
    .title = "Recovered",
    .aggregation = AGGREGATE_SHARE,
    .unit = "percent",
    .divisor = 1,
    .better = BETTER_HIGHER,
    .low = 0,
    .high = 1,
    .edges = YES_NO_EDGES,
    .bins = sizeof YES_NO_EDGES / sizeof *YES_NO_EDGES,
    .source = SOURCE_RESPONSE,
    .maturity = 3,
    .share_from = 1,
    .hidden = true,
};

struct memory {
  struct request *request;
  const struct view *view;
  struct analysis_rows rows;  // by band of the answer before, which is list's index
  struct carry_over taken;
  struct reading_group total;
  bool hidden;
};

static void ask_carry_over(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct analysis_question answers = analysis_question_of(request, view);
  reading_ask(job, tenant_of(request), &question);
  carry_over_ask(job, tenant_of(request), &answers);
}

// The answers that have one before, by its band: each compared with the others of them. Of what is withheld nothing is compared.
static bool make_rows(struct memory *memory) {
  if (!analysis_rows_take(&memory->rows, BAND_COUNT, &memory->request->arena)) return false;
  memory->rows.count = BAND_COUNT;
  for (int band = 0; band < BAND_COUNT; band++) {
    struct analysis_row *row = &memory->rows.list[band];
    *row = (struct analysis_row){.key = text_of(BAND_NAMES[band]), .hidden = {memory->hidden, true}};
    row->n[RANKING_HAPPINESS] = memory->taken.happiness[band].n;
    if (!memory->hidden) row->tallies[RANKING_HAPPINESS] = memory->taken.happiness[band];
    tally_add(&memory->rows.question.total[RANKING_HAPPINESS], &row->tallies[RANKING_HAPPINESS]);
  }
  return analysis_rows_rank(&memory->rows, &memory->request->arena);
}

static void write_difference(struct json_writer *json, const struct memory *memory) {
  struct arena *arena = &memory->request->arena;
  const struct metric *happiness = metric_find(TEXT("happiness"));
  const struct tally *positive = &memory->taken.happiness[BAND_POSITIVE], *negative = &memory->taken.happiness[BAND_NEGATIVE];
  struct comparison comparison = comparison_of(happiness, negative, positive, false);
  int direction = comparison_direction(happiness, &comparison, LEVEL);
  if (memory->hidden) {
    insight_write_suppressed(json, "difference", ABSENT);
    json_member_bool(json, "confirmed", false);
    insight_write_sentence(json, arena, "Too few people have answered repeatedly to tell what they remember.");
    return;
  }
  insight_write_comparison(json, "difference", &comparison);
  json_member_bool(json, "confirmed", direction != 0);
  struct text after_good = insight_value(arena, &comparison.after), after_bad = insight_value(arena, &comparison.before);
  if (comparison.difference.denominator == 0)
    insight_write_sentence(json, arena, "Nobody has answered both after a positive and after a negative answer.");
  else
    insight_write_sentence(json, arena,
                           "After a positive answer the same people's next happiness is %.*s points, after a negative one %.*s, within %d days; %s.",
                           INSIGHT_TEXT(after_good), INSIGHT_TEXT(after_bad), CARRY_OVER_DAYS,
                           direction > 0   ? "bad experiences go on being felt, or the same people have them again"
                           : direction < 0 ? "they are happier after bad ones"
                                           : "that these differ is not certain");
}

static void write_recovery(struct json_writer *json, const struct memory *memory) {
  struct bands next = bands_of(&memory->taken.happiness[BAND_NEGATIVE]);
  struct tally recovered = {0};
  tally_add_value(&recovered, &RECOVERY_RATE, 1, next.positive);
  tally_add_value(&recovered, &RECOVERY_RATE, 0, next.neutral + next.negative);
  if (memory->hidden)
    insight_write_suppressed(json, RECOVERY_RATE.key, memory->view->style.tells_n ? recovered.n : ABSENT);
  else
    insight_write_figure(json, RECOVERY_RATE.key, &RECOVERY_RATE, &recovered, memory->view->style.tenant);
}

static void write_row(struct json_writer *json, size_t rank, const void *context) {
  const struct memory *memory = context;
  struct arena *arena = &memory->request->arena;
  const struct ranking_row *ranked = &memory->rows.ranked[rank];
  const struct analysis_row *row = &memory->rows.list[ranked->key];
  const struct metric *happiness = metric_find(TEXT("happiness"));
  struct estimate estimate = estimate_of(happiness, &row->tallies[RANKING_HAPPINESS]);
  struct comparison comparison = ranking_compare(&memory->rows.question, ranked, RANKING_HAPPINESS);
  struct text value = insight_value(arena, &estimate);
  json_member_text(json, "key", row->key);
  if (memory->hidden) {
    insight_write_suppressed(json, "happiness", memory->view->style.tells_n ? row->n[RANKING_HAPPINESS] : ABSENT);
    insight_write_suppressed(json, "happiness_difference", ABSENT);
    insight_write_suppressed(json, "respondents", ABSENT);
    insight_write_sentence(json, arena, "Too few people have answered repeatedly to tell.");
  } else {
    insight_write_figure(json, "happiness", happiness, &row->tallies[RANKING_HAPPINESS], memory->view->style.tenant);
    insight_write_comparison(json, "happiness_difference", &comparison);
    json_member_int(json, "respondents", memory->taken.respondents[ranked->key]);
    insight_write_sentence(json, arena, "After a %.*s answer the next happiness is %.*s points in %lld answers%s.", INSIGHT_TEXT(row->key),
                           INSIGHT_TEXT(value), (long long)estimate.n, ranked->confirmed ? "" : "; that it differs from the others' is not certain");
  }
  json_member_bool(json, "confirmed", ranked->confirmed);
  insight_write_evidence(json, arena, &(struct insight_evidence){&memory->view->scope, memory->view->window, NULL, 0});
}

static enum err carry_over_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct analysis_outcome outcome = analysis_take_outcome(job, STEP_ANSWERS);
  enum err error = analysis_check(request, &outcome);
  struct memory *memory = error ? NULL : arena_take(&request->arena, sizeof *memory);
  if (!memory) return error ? error : ERR_UNAVAILABLE;
  *memory = (struct memory){.request = request, .view = view};
  struct reading_question question = view_question(view);
  struct reading *reading = reading_open(job, STEP_WHOLE, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, &memory->total);
  reading_close(reading);
  memory->hidden = !outcome.answered || analysis_hides(&memory->total, "happiness");
  carry_over_take(job, STEP_ANSWERS, &memory->taken);
  if (!make_rows(memory)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &memory->total);
  json_member_int(json, "within_days", CARRY_OVER_DAYS);
  json_member_string(json, "note", NOTE);
  write_difference(json, memory);
  write_recovery(json, memory);
  analysis_write_rows(json, BAND_COUNT, write_row, memory);
  return view_end(request, json);
}

enum err carry_over_get(struct request *request) {
  struct view *view = analysis_view(request);
  if (!view) return ERR_UNAVAILABLE;
  view->ask = ask_carry_over;
  view->done = carry_over_done;
  return view_serve(request, view);
}
