// /v1/insights/drivers: what goes with good and with bad experiences, among the factors that people tick or the values of a dimension.
#include "api/analysis_rows.h"
#include "api/endpoints.h"
#include "api/insight.h"

#include "store/driver_store.h"

enum { STEP_READING, STEP_FACTORS = STEP_READING + READING_STEPS };

struct drivers {
  struct request *request;
  const struct view *view;
  struct analysis_rows rows;
  bool *bands_hidden;  // of factors; as rows.list
  struct reading_group total;
};

static bool is_about_factors(const struct view *view) { return view->by == 0; }

static void ask_drivers(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  reading_ask(job, tenant_of(request), &question);
  struct analysis_question answers = analysis_question_of(request, view);
  if (is_about_factors(view)) drivers_ask(job, tenant_of(request), &answers);
}

// Values of dimensions come from the sums; factors overlap, so each has a rest of its own.
static bool take_factors(struct drivers *drivers, const struct job *job) {
  static const char *const METRICS[] = {[RANKING_HAPPINESS] = "happiness", [RANKING_LOST_TIME] = "lost_time"};
  struct analysis_rows *rows = &drivers->rows;
  size_t count = drivers_count(job, STEP_FACTORS);
  struct driver factor;
  drivers->bands_hidden = arena_take_array(&drivers->request->arena, count + 1, sizeof *drivers->bands_hidden);
  if (!drivers->bands_hidden || !analysis_rows_take(rows, count, &drivers->request->arena)) return false;
  for (int metric = 0; metric < RANKING_METRICS; metric++)
    rows->total_hidden[metric] = analysis_hides(&drivers->total, METRICS[metric]);
  for (size_t i = 0; i < count; i++) {
    if (!drivers_take(job, STEP_FACTORS, i, &factor)) continue;
    if (!factor.factor.at) {
      rows->question.total[RANKING_HAPPINESS] = factor.happiness;
      rows->question.total[RANKING_LOST_TIME] = factor.lost_time;
      continue;
    }
    bool hidden[] = {!factor.happiness_answered || rows->total_hidden[RANKING_HAPPINESS],
                     !factor.lost_time_answered || rows->total_hidden[RANKING_LOST_TIME]};
    struct analysis_row *row = &rows->list[rows->count];
    *row = (struct analysis_row){.key = factor.factor, .hidden = {hidden[0], hidden[1]}, .n = {factor.happiness.n, factor.lost_time.n}};
    if (!hidden[RANKING_HAPPINESS]) row->tallies[RANKING_HAPPINESS] = factor.happiness;
    if (!hidden[RANKING_LOST_TIME]) row->tallies[RANKING_LOST_TIME] = factor.lost_time;
    drivers->bands_hidden[rows->count++] = hidden[RANKING_HAPPINESS] || !factor.bands_answered;
  }
  return true;
}

static void write_bands(struct json_writer *json, const struct drivers *drivers, size_t index) {
  struct bands bands = bands_of(&drivers->rows.list[index].tallies[RANKING_HAPPINESS]);
  if (drivers->bands_hidden[index]) {
    insight_write_suppressed(json, "bands", ABSENT);
    return;
  }
  json_name(json, "bands");
  json_object(json);
  json_member_int(json, "positive", bands.positive);
  json_member_int(json, "neutral", bands.neutral);
  json_member_int(json, "negative", bands.negative);
  json_object_end(json);
}

static void write_sentence(struct json_writer *json, const struct drivers *drivers, const struct ranking_row *ranked) {
  struct arena *arena = &drivers->request->arena;
  const struct analysis_row *row = &drivers->rows.list[ranked->key];
  struct text name = insight_name(row->key), worse = analysis_feelings(arena, &drivers->rows, ranked, -1);
  struct text better = analysis_feelings(arena, &drivers->rows, ranked, 1);
  struct text what =
      is_about_factors(drivers->view) ? TEXT("Where people tick") : arena_format(arena, "Where %.*s is", INSIGHT_TEXT(drivers->view->by_name));
  if (analysis_row_hidden(row))
    insight_write_sentence(json, arena, "%.*s %.*s, too few people have answered to tell.", INSIGHT_TEXT(what), INSIGHT_TEXT(name));
  else if (worse.at && better.at)
    insight_write_sentence(json, arena, "%.*s %.*s, experiences are worse by one measure and better by the other: %.*s, but %.*s.",
                           INSIGHT_TEXT(what), INSIGHT_TEXT(name), INSIGHT_TEXT(worse), INSIGHT_TEXT(better));
  else if (worse.at)
    insight_write_sentence(json, arena, "%.*s %.*s, experiences are worse: %.*s.", INSIGHT_TEXT(what), INSIGHT_TEXT(name), INSIGHT_TEXT(worse));
  else if (better.at)
    insight_write_sentence(json, arena, "%.*s %.*s, experiences are better: %.*s.", INSIGHT_TEXT(what), INSIGHT_TEXT(name), INSIGHT_TEXT(better));
  else
    insight_write_sentence(json, arena, "%.*s %.*s, that experiences are better or worse than the rest is not certain.", INSIGHT_TEXT(what),
                           INSIGHT_TEXT(name));
}

static const char *companion(const struct ranking_row *ranked) {
  bool worse = false, better = false;
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    worse = worse || ranked->figures[metric].direction < 0;
    better = better || ranked->figures[metric].direction > 0;
  }
  return worse && better ? "both" : worse ? "bad" : better ? "good" : NULL;
}

static void write_row(struct json_writer *json, size_t rank, const void *context) {
  const struct drivers *drivers = context;
  const struct ranking_row *ranked = &drivers->rows.ranked[rank];
  const struct analysis_row *row = &drivers->rows.list[ranked->key];
  struct text key[] = {row->key};
  const struct scope_term narrowed = {drivers->view->by_name, key, 1};
  json_member_text(json, "key", row->key);
  analysis_write_feelings(json, drivers->view, &drivers->rows, ranked);
  if (is_about_factors(drivers->view)) write_bands(json, drivers, ranked->key);
  json_member_string(json, "goes_with", companion(ranked));
  json_member_bool(json, "confirmed", ranked->confirmed);
  write_sentence(json, drivers, ranked);
  // Who ticked what is nobody's to know, so a factor leads to the tickets of the scope.
  insight_write_evidence(
      json, &drivers->request->arena,
      &(struct insight_evidence){&drivers->view->scope, drivers->view->window, &narrowed, is_about_factors(drivers->view) ? 0 : 1});
}

static enum err take_rows(struct drivers *drivers, struct job *job) {
  struct request *request = drivers->request;
  struct reading_question question = view_question(drivers->view);
  struct reading *reading = reading_open(job, STEP_READING, tenant_of(request), &question);
  enum err error = ERR_NONE;
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, &drivers->total);
  if (is_about_factors(drivers->view))
    error = take_factors(drivers, job) ? ERR_NONE : ERR_UNAVAILABLE;
  else
    error = analysis_rows_read(request, reading, &drivers->rows);
  reading_close(reading);
  if (error) return error;
  return analysis_rows_rank(&drivers->rows, &request->arena) ? ERR_NONE : ERR_UNAVAILABLE;
}

static enum err drivers_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  enum err error = ERR_NONE;
  if (is_about_factors(view)) {
    struct analysis_outcome outcome = analysis_take_outcome(job, STEP_FACTORS);
    error = analysis_check(request, &outcome);
  }
  struct drivers *drivers = error ? NULL : arena_take(&request->arena, sizeof *drivers);
  if (!drivers) return error ? error : ERR_UNAVAILABLE;
  drivers->request = request;
  drivers->view = view;
  error = take_rows(drivers, job);
  if (error) return error;
  struct json_writer *json = view_head(request, view, &drivers->total);
  json_member_text(json, "by", view->by_name);
  analysis_write_rows(json, drivers->rows.count, write_row, drivers);
  return view_end(request, json);
}

enum err drivers_get(struct request *request) {
  static const char FACTORS[] = "factors";
  struct view *view = analysis_view(request);
  if (!view) return ERR_UNAVAILABLE;
  struct text by = request_query(request, "by");
  view->by_name = text_of(FACTORS);
  if (by.at && !text_is(by, FACTORS)) view_read_by(request, view, NULL);
  if (!is_about_factors(view)) view->lane = LANE_READ;
  view->ask = ask_drivers;
  view->done = drivers_done;
  return view_serve(request, view);
}
