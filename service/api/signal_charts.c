// Collects charts of weeks from a reading, and ranks what stands out in them.
#include "api/signal_charts.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

enum { WEEK_DAYS = 7 };

// The weeks of one group while it is read, by metric.
struct gathered {
  struct text key;
  struct tally_day *weeks;  // weeks_max for each metric
  size_t counts[METRICS_MAX], suppressed[METRICS_MAX];
};

static bool prepare(struct signal_charts *charts, const struct tenant *tenant, const struct metric_set *asked) {
  for (size_t place = 0; place < tenant_metrics_count(tenant); place++)
    if (metric_set_has(asked, place)) charts->metrics[charts->metrics_count++] = tenant_metric(tenant, place);
  charts->weeks_max = (size_t)window_days(charts->window) / WEEK_DAYS + 1;
  charts->each_max = charts->metrics_count > 0 ? SIGNAL_CHARTS_MAX / charts->metrics_count : 0;
  if (charts->each_max == 0) charts->each_max = 1;
  charts->charts = arena_take_array(charts->arena, charts->metrics_count * charts->each_max + 1, sizeof *charts->charts);
  return charts->charts != NULL;
}

static bool is_whole_week(const struct signal_charts *charts, int32_t day) {
  return window_days(window_piece(charts->window, INTERVAL_WEEK, day)) == WEEK_DAYS;
}

static void gather(const struct signal_charts *charts, const struct reading_group *group, struct gathered *gathered) {
  if (!is_whole_week(charts, group->day)) return;
  for (size_t i = 0; i < charts->metrics_count; i++) {
    size_t place = metric_place(charts->metrics[i]);
    const struct tally *tally = &group->figures.tallies[place];
    if (tally->n == 0) continue;
    if (metric_set_has(&group->figures.hidden, place))
      gathered->suppressed[i]++;
    else
      gathered->weeks[i * charts->weeks_max + gathered->counts[i]++] = (struct tally_day){.day = group->day, .tally = *tally};
  }
}

// Where the next chart of a metric goes: behind the others, or in place of the smallest when it has more answers. NULL: nowhere.
static struct signal_chart *place_for(struct signal_charts *charts, size_t i, int64_t n) {
  struct signal_chart *first = &charts->charts[i * charts->each_max], *smallest = first;
  if (charts->counts[i] < charts->each_max) {
    struct signal_chart *chart = &first[charts->counts[i]++];
    chart->points = arena_take_array(charts->arena, charts->weeks_max, sizeof *chart->points);
    return chart->points ? chart : NULL;
  }
  charts->left_out++;
  for (size_t k = 1; k < charts->each_max; k++)
    if (first[k].n < smallest->n) smallest = &first[k];
  return smallest->n < n ? smallest : NULL;
}

static bool add_chart(struct signal_charts *charts, size_t i, const struct gathered *gathered, struct signal_point *points) {
  struct signal_chart chart = {.metric = charts->metrics[i], .key = gathered->key, .suppressed = gathered->suppressed[i]};
  chart.count = signal_points(chart.metric, &gathered->weeks[i * charts->weeks_max], gathered->counts[i], points);
  chart.few = gathered->counts[i] - chart.count;
  for (size_t k = 0; k < chart.count; k++)
    chart.n += points[k].tally.n;
  bool first = charts->counts[i] < charts->each_max;
  struct signal_chart *place = place_for(charts, i, chart.n);
  if (!place) return !first;
  chart.points = place->points;
  memcpy(chart.points, points, chart.count * sizeof *points);
  *place = chart;
  return true;
}

// Files what was gathered of one group, and begins the next.
static bool end_group(struct signal_charts *charts, struct gathered *gathered, struct signal_point *points) {
  for (size_t i = 0; i < charts->metrics_count; i++) {
    bool any = gathered->counts[i] + gathered->suppressed[i] > 0 && charts->metrics[i]->aggregation != AGGREGATE_STOCK;
    if (any && !add_chart(charts, i, gathered, points)) return false;
    gathered->counts[i] = gathered->suppressed[i] = 0;
  }
  return true;
}

static bool same_key(struct text a, struct text b) { return (a.at == NULL) == (b.at == NULL) && text_equals(a, b); }

static bool read_groups(struct signal_charts *charts, struct reading *reading, struct gathered *gathered) {
  struct signal_point *points = arena_take_array(charts->arena, charts->weeks_max, sizeof *points);
  struct reading_group *group = arena_take(charts->arena, sizeof *group);
  gathered->weeks = arena_take_array(charts->arena, charts->metrics_count * charts->weeks_max + 1, sizeof *gathered->weeks);
  if (!points || !group || !gathered->weeks) return false;
  while (reading_next(reading, group)) {
    if (!same_key(group->key, gathered->key) && !end_group(charts, gathered, points)) return false;
    gathered->key = group->key;
    gather(charts, group, gathered);
  }
  return end_group(charts, gathered, points);
}

static void judge(struct signal_charts *charts) {
  size_t known = 0;
  for (size_t i = 0; i < charts->metrics_count; i++) {
    for (size_t k = 0; k < charts->counts[i]; k++) {
      struct signal_chart *chart = &charts->charts[i * charts->each_max + k];
      chart->limits = signal_chart(chart->metric, chart->points, chart->count);
      known += chart->limits.known;
    }
  }
  for (size_t i = 0; i < charts->metrics_count; i++) {
    for (size_t k = 0; k < charts->counts[i]; k++) {
      struct signal_chart *chart = &charts->charts[i * charts->each_max + k];
      if (chart->limits.known) signal_confirm(chart->points, chart->count, known);
    }
  }
}

bool signal_charts_read(struct signal_charts *charts, struct reading *reading, const struct reading_question *question, const struct tenant *tenant,
                        const struct metric_set *asked, struct arena *arena) {
  *charts = (struct signal_charts){.arena = arena, .window = question->window};
  struct gathered *gathered = arena_take(arena, sizeof *gathered);
  if (!gathered || !prepare(charts, tenant, asked) || !read_groups(charts, reading, gathered)) return false;
  judge(charts);
  return true;
}

static const struct signal_point *told(const struct signal_row *row) { return &row->chart->points[row->episode.told]; }

static int by_rank(const void *left, const void *right) {
  const struct signal_row *a = left, *b = right;
  if (told(a)->confirmed != told(b)->confirmed) return told(a)->confirmed ? -1 : 1;
  if (told(a)->week != told(b)->week) return told(a)->week > told(b)->week ? -1 : 1;
  return (a->chart > b->chart) - (a->chart < b->chart);
}

struct signal_row *signal_charts_rows(const struct signal_charts *charts, size_t *count) {
  size_t all = 0, most = charts->metrics_count * charts->each_max * charts->weeks_max;
  struct signal_episode *episodes = arena_take_array(charts->arena, charts->weeks_max, sizeof *episodes);
  struct signal_row *rows = arena_take_array(charts->arena, most + 1, sizeof *rows);
  if (!episodes || !rows) return NULL;
  for (size_t i = 0; i < charts->metrics_count; i++) {
    for (size_t k = 0; k < charts->counts[i]; k++) {
      const struct signal_chart *chart = &charts->charts[i * charts->each_max + k];
      size_t found = signal_episodes(chart->points, chart->count, episodes);
      for (size_t e = 0; e < found; e++)
        rows[all++] = (struct signal_row){chart, episodes[e]};
    }
  }
  qsort(rows, all, sizeof *rows, by_rank);
  *count = all;
  return rows;
}
