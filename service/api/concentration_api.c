// /v1/insights/concentration: how few tickets, and which values of a dimension, hold most of the lost time.
#include "api/analysis_rows.h"
#include "api/endpoints.h"
#include "api/insight.h"

#include <stdlib.h>

#include "store/analysis_store.h"

enum { STEP_ROWS, STEP_ANSWERS = STEP_ROWS + READING_STEPS, MINUTES_PER_HOUR = 60 };

struct losses {
  struct request *request;
  const struct view *view;
  struct analysis_rows rows;
  const struct ranking_row **order;  // the most lost time first
  struct ratio *cumulative;          // by that order: share of all lost time up to this row
  struct reading_group total;
  struct concentration concentration;
};

static void ask_concentration(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct reading_question question = view_question(view);
  struct analysis_question answers = analysis_question_of(request, view);
  reading_ask(job, tenant_of(request), &question);
  concentration_ask(job, tenant_of(request), &answers);
}

static bool total_hidden(const struct losses *losses) { return losses->rows.total_hidden[RANKING_LOST_TIME]; }

static const struct tally *lost_of(const struct ranking_row *row) { return &row->figures[RANKING_LOST_TIME].tally; }

static int by_sum(const void *left, const void *right) {
  const struct ranking_row *a = *(const struct ranking_row *const *)left, *b = *(const struct ranking_row *const *)right;
  int128 order = lost_of(b)->sum - lost_of(a)->sum;
  if (order == 0) order = lost_of(b)->n - lost_of(a)->n;
  if (order != 0) return order < 0 ? -1 : 1;
  return (a->key > b->key) - (a->key < b->key);
}

// What is withheld counts as nothing, and so comes last.
static bool put_in_order(struct losses *losses) {
  size_t count = losses->rows.count;
  int128 sum = 0;
  losses->order = arena_take_array(&losses->request->arena, count + 1, sizeof *losses->order);
  losses->cumulative = arena_take_array(&losses->request->arena, count + 1, sizeof *losses->cumulative);
  if (!losses->order || !losses->cumulative) return false;
  for (size_t i = 0; i < count; i++)
    losses->order[i] = &losses->rows.ranked[i];
  qsort(losses->order, count, sizeof *losses->order, by_sum);
  for (size_t i = 0; i < count; i++) {
    sum += lost_of(losses->order[i])->sum;
    losses->cumulative[i] = (struct ratio){100 * sum, losses->rows.question.total[RANKING_LOST_TIME].sum};
  }
  return true;
}

static struct ratio percent_of(int128 part, int128 whole) { return (struct ratio){100 * part, whole > 0 ? whole : 0}; }

static void write_ratio(struct json_writer *json, const char *name, struct ratio ratio) {
  json_name(json, name);
  if (ratio.denominator > 0)
    json_ratio(json, ratio.numerator, ratio.denominator, 2);
  else
    json_null(json);
}

// A share of a sum has no interval.
static void write_share(struct json_writer *json, const char *name, struct ratio share, int64_t n, const char *formula) {
  json_name(json, name);
  json_object(json);
  write_ratio(json, "value", share);
  json_member_int(json, "n", n);
  json_member_null(json, "interval");
  json_member_string(json, "unit", "percent");
  json_member_string(json, "formula", formula);
  json_object_end(json);
}

static void write_whole(struct json_writer *json, const struct losses *losses) {
  struct arena *arena = &losses->request->arena;
  const struct tally *lost = figures_of(&losses->total.figures, "lost_time");
  struct ratio share = {0, 0};
  if (total_hidden(losses)) {
    insight_write_suppressed(json, "concentration", losses->view->style.tells_n ? lost->n : ABSENT);
    insight_write_sentence(json, arena, "Too few people have answered to tell how much time they lose.");
    return;
  }
  (void)concentration_share(&losses->concentration, &share.numerator, &share.denominator);
  json_name(json, "concentration");
  json_object(json);
  write_ratio(json, "value", share);
  json_member_int(json, "n", losses->concentration.answers);
  json_member_null(json, "interval");
  json_member_string(json, "unit", "percent");
  json_member_string(json, "formula", "concentration");
  json_name(json, "tickets");
  if (share.denominator > 0)
    json_int(json, losses->concentration.tickets);
  else
    json_null(json);
  write_ratio(json, "lost_hours", (struct ratio){losses->concentration.total, MINUTES_PER_HOUR});
  json_object_end(json);
  struct text value = insight_ratio(arena, share),
              hours = insight_ratio(arena, (struct ratio){4 * losses->concentration.total, 5 * MINUTES_PER_HOUR});
  if (share.denominator > 0)
    insight_write_sentence(json, arena, "%lld tickets, as many as %.*s %% of the %lld answers, hold four fifths of the lost time: %.*s hours.",
                           (long long)losses->concentration.tickets, INSIGHT_TEXT(value), (long long)losses->concentration.answers,
                           INSIGHT_TEXT(hours));
  else
    insight_write_sentence(json, arena, "Nobody has told of any lost time.");
}

static void write_sentence(struct json_writer *json, const struct losses *losses, const struct ranking_row *ranked, struct ratio share,
                           struct ratio answers) {
  struct arena *arena = &losses->request->arena;
  struct text name = insight_name(losses->rows.list[ranked->key].key);
  struct text hours = insight_ratio(arena, (struct ratio){lost_of(ranked)->sum, MINUTES_PER_HOUR});
  struct text of_time = insight_ratio(arena, share), of_answers = insight_ratio(arena, answers);
  int direction = ranked->figures[RANKING_LOST_TIME].direction;
  const char *than_the_rest = direction < 0   ? "each loses more than the rest, by more than chance"
                              : direction > 0 ? "each loses less than the rest, by more than chance"
                                              : "that each loses more or less than the rest is not certain";
  if (share.denominator > 0 && lost_of(ranked)->n > 0)
    insight_write_sentence(json, arena, "%.*s holds %.*s %% of the lost time, %.*s hours, with %.*s %% of the answers; %s.", INSIGHT_TEXT(name),
                           INSIGHT_TEXT(of_time), INSIGHT_TEXT(hours), INSIGHT_TEXT(of_answers), than_the_rest);
  else
    insight_write_sentence(json, arena, "%.*s: nobody has told of any lost time.", INSIGHT_TEXT(name));
}

static void write_row(struct json_writer *json, size_t rank, const void *context) {
  const struct losses *losses = context;
  const struct ranking_row *ranked = losses->order[rank];
  const struct analysis_row *row = &losses->rows.list[ranked->key];
  const struct tally *whole = &losses->rows.question.total[RANKING_LOST_TIME], *lost = lost_of(ranked);
  bool hidden = row->hidden[RANKING_LOST_TIME] || total_hidden(losses);
  struct ratio share = percent_of(lost->sum, whole->sum), answers = percent_of(lost->n, whole->n);
  struct text key[] = {row->key};
  const struct scope_term narrowed = {losses->view->by_name, key, 1};
  struct comparison comparison = ranking_compare(&losses->rows.question, ranked, RANKING_LOST_TIME);
  json_member_text(json, "key", row->key);
  if (hidden) {
    static const char *const WITHHELD[] = {"lost_share", "cumulative_share", "answer_share", "lost_time", "lost_time_difference"};
    for (size_t i = 0; i < sizeof WITHHELD / sizeof *WITHHELD; i++)
      insight_write_suppressed(json, WITHHELD[i], losses->view->style.tells_n ? row->n[RANKING_LOST_TIME] : ABSENT);
    json_member_bool(json, "confirmed", false);
    struct text name = insight_name(row->key);
    insight_write_sentence(json, &losses->request->arena, "%.*s: too few people have answered to tell how much time they lose.", INSIGHT_TEXT(name));
  } else {
    write_share(json, "lost_share", share, lost->n, "share of sum");
    write_share(json, "cumulative_share", losses->cumulative[rank], lost->n, "share of sum");
    write_share(json, "answer_share", answers, lost->n, "share of n");
    insight_write_figure(json, "lost_time", metric_find(TEXT("lost_time")), lost, losses->view->style.tenant);
    insight_write_comparison(json, "lost_time_difference", &comparison);
    json_member_bool(json, "confirmed", ranked->figures[RANKING_LOST_TIME].direction < 0);
    write_sentence(json, losses, ranked, share, answers);
  }
  insight_write_evidence(json, &losses->request->arena, &(struct insight_evidence){&losses->view->scope, losses->view->window, &narrowed, 1});
}

static enum err concentration_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct analysis_outcome outcome = analysis_take_outcome(job, STEP_ANSWERS);
  enum err error = analysis_check(request, &outcome);
  if (error) return error;
  struct losses *losses = arena_take(&request->arena, sizeof *losses);
  if (!losses) return ERR_UNAVAILABLE;
  *losses = (struct losses){.request = request, .view = view};
  struct reading_question question = view_question(view);
  struct reading *reading = reading_open(job, STEP_ROWS, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  error = analysis_rows_read(request, reading, &losses->rows);
  reading_total(reading, &losses->total);
  reading_close(reading);
  if (error) return error;
  losses->concentration = concentration_take(job, STEP_ANSWERS);
  if (!analysis_rows_rank(&losses->rows, &request->arena) || !put_in_order(losses)) return ERR_UNAVAILABLE;
  struct json_writer *json = view_head(request, view, &losses->total);
  json_member_text(json, "by", view->by_name);
  write_whole(json, losses);
  analysis_write_rows(json, losses->rows.count, write_row, losses);
  return view_end(request, json);
}

enum err concentration_get(struct request *request) {
  struct view *view = analysis_view(request);
  if (!view) return ERR_UNAVAILABLE;
  view_read_by(request, view, "service");
  view->ask = ask_concentration;
  view->done = concentration_done;
  return view_serve(request, view);
}
