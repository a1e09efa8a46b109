// Collects, compares, ranks and writes the rows of insights.
#include "api/analysis_rows.h"

#include "api/insight.h"

#include <stdlib.h>

static const char *const METRICS[RANKING_METRICS] = {[RANKING_HAPPINESS] = "happiness", [RANKING_LOST_TIME] = "lost_time"};
static const char *const DIFFERENCES[RANKING_METRICS] = {[RANKING_HAPPINESS] = "happiness_difference", [RANKING_LOST_TIME] = "lost_time_difference"};

bool analysis_rows_take(struct analysis_rows *rows, size_t count, struct arena *arena) {
  *rows = (struct analysis_rows){.list = arena_take_array(arena, count + 1, sizeof *rows->list)};
  return rows->list != NULL;
}

static void take_group(const struct reading_group *group, struct analysis_row *row) {
  *row = (struct analysis_row){.key = group->key, .sla_met = *figures_of(&group->figures, "sla_met")};
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    const struct tally *tally = figures_of(&group->figures, METRICS[metric]);
    row->n[metric] = tally->n;
    row->hidden[metric] = analysis_hides(group, METRICS[metric]);
    if (!row->hidden[metric]) row->tallies[metric] = *tally;
  }
}

// A group that holds neither answers nor tickets whose outcome is known says nothing.
static bool says_something(const struct analysis_row *row) {
  return row->n[RANKING_HAPPINESS] > 0 || row->n[RANKING_LOST_TIME] > 0 || row->sla_met.n > 0;
}

enum err analysis_rows_read(struct request *request, struct reading *reading, struct analysis_rows *rows) {
  struct reading_group group;
  struct analysis_row total;
  if (!analysis_rows_take(rows, INSIGHT_VALUES_MAX, &request->arena)) return ERR_UNAVAILABLE;
  while (reading_next(reading, &group)) {
    if (rows->count == INSIGHT_VALUES_MAX)
      return request_refuse(request, ERR_INVALID, TEXT("by"), "size", "must name a dimension with at most %d values in this scope and window",
                            INSIGHT_VALUES_MAX);
    take_group(&group, &rows->list[rows->count]);
    rows->count += says_something(&rows->list[rows->count]);
  }
  reading_total(reading, &group);
  take_group(&group, &total);
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    rows->question.total[metric] = total.tallies[metric];
    rows->total_hidden[metric] = total.hidden[metric];
  }
  return ERR_NONE;
}

static bool same_key(struct text a, struct text b) { return (a.at == NULL) == (b.at == NULL) && text_equals(a, b); }

size_t analysis_rows_find(const struct analysis_rows *rows, struct text key, size_t near) {
  for (size_t looked = 0; looked < rows->count; looked++) {
    size_t at = (near + looked) % rows->count;
    if (same_key(rows->list[at].key, key)) return at;
  }
  return rows->count;
}

bool analysis_rows_rank(struct analysis_rows *rows, struct arena *arena) {
  struct hypothesis *hypotheses = arena_take_array(arena, rows->count * RANKING_METRICS + 1, sizeof *hypotheses);
  rows->ranked = arena_take_array(arena, rows->count + 1, sizeof *rows->ranked);
  if (!hypotheses || !rows->ranked) return false;
  rows->question.reference = RANKING_REST;
  for (size_t i = 0; i < rows->count; i++) {
    rows->ranked[i].key = i;
    for (int metric = 0; metric < RANKING_METRICS; metric++)
      if (!rows->total_hidden[metric]) rows->ranked[i].figures[metric].tally = rows->list[i].tallies[metric];
  }
  ranking_sort(&rows->question, rows->ranked, rows->count, hypotheses);
  return true;
}

void analysis_write_feelings(struct json_writer *json, const struct view *view, const struct analysis_rows *rows, const struct ranking_row *ranked) {
  const struct analysis_row *row = &rows->list[ranked->key];
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    struct comparison comparison = ranking_compare(&rows->question, ranked, (enum ranking_metric)metric);
    if (row->hidden[metric])
      insight_write_suppressed(json, METRICS[metric], view->style.tells_n ? row->n[metric] : ABSENT);
    else
      insight_write_figure(json, METRICS[metric], metric_find(text_of(METRICS[metric])), &row->tallies[metric], view->style.tenant);
    if (row->hidden[metric] || rows->total_hidden[metric])
      insight_write_suppressed(json, DIFFERENCES[metric], ABSENT);
    else
      insight_write_comparison(json, DIFFERENCES[metric], &comparison);
  }
}

// "happiness 20 points below the rest's", "25 % more lost time a response than the rest's"
static struct text feeling(struct arena *arena, const struct analysis_rows *rows, const struct ranking_row *ranked, enum ranking_metric metric) {
  struct ratio change = ranking_compare(&rows->question, ranked, metric).change;
  bool more = change.numerator > 0;
  if (!more) change.numerator = -change.numerator;
  struct text size = insight_ratio(arena, change);
  if (metric == RANKING_HAPPINESS) return arena_format(arena, "a happiness %.*s points %s the rest's", INSIGHT_TEXT(size), more ? "above" : "below");
  return arena_format(arena, "%.*s %% %s lost time a response than the rest", INSIGHT_TEXT(size), more ? "more" : "less");
}

struct text analysis_feelings(struct arena *arena, const struct analysis_rows *rows, const struct ranking_row *ranked, int direction) {
  struct text words = TEXT_NONE;
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    if (ranked->figures[metric].direction != direction) continue;
    struct text more = feeling(arena, rows, ranked, (enum ranking_metric)metric);
    words = words.at ? arena_format(arena, "%.*s and %.*s", INSIGHT_TEXT(words), INSIGHT_TEXT(more)) : more;
  }
  return words;
}

void analysis_write_rows(struct json_writer *json, size_t count, void (*write)(struct json_writer *json, size_t rank, const void *context),
                         const void *context) {
  size_t shown = count < INSIGHT_ROWS_MAX ? count : INSIGHT_ROWS_MAX;
  json_name(json, "rows");
  json_array(json);
  for (size_t rank = 0; rank < shown; rank++) {
    json_object(json);
    json_member_int(json, "rank", (int64_t)rank + 1);
    write(json, rank, context);
    json_object_end(json);
  }
  json_array_end(json);
  json_member_int(json, "more", (int64_t)(count - shown));
}
