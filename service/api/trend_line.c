// Draws the lines of a trend from the sums of its days.
#include "api/trend_line.h"

#include "domain/trend.h"
#include "store/experience_store.h"

enum { DECIMALS = 2, P_DECIMALS = 4 };

// The cells of one step, those of a metric together, in the order of their days.
struct sorted {
  const struct job *job;
  unsigned step;
  uint32_t *rows;
  size_t starts[METRICS_MAX + 1];
};

// Room for one metric at a time.
struct room {
  struct tally_day *days;
  struct trend_point *points;
};

static struct window days_of(const struct request *request, const struct view *view) {
  struct window window = view->window;
  if (!view_months_only(request)) window.from -= TREND_DAYS - 1;
  return window;
}

void trend_line_ask(struct request *request, struct job *job, const struct view *view) {
  experience_ask(job, tenant_of(request),
                 &(struct experience_question){.scope = &view->scope, .window = days_of(request, view), .interval = INTERVAL_DAY});
}

static bool take(const struct sorted *sorted, const struct tenant *tenant, size_t row, bool excluded, struct experience_cell *cell) {
  return experience_take_cell(sorted->job, tenant, sorted->step, row, cell) && !cell->before && (excluded || !cell->excluded);
}

// Counts each metric's cells, then files them.
static bool sort(struct sorted *sorted, const struct tenant *tenant, bool excluded, struct arena *arena) {
  size_t rows = experience_cells(sorted->job, sorted->step), ends[METRICS_MAX + 1] = {0};
  struct experience_cell cell;
  sorted->rows = arena_take_array(arena, rows + 1, sizeof *sorted->rows);
  if (!sorted->rows) return false;
  for (size_t i = 0; i < rows; i++)
    if (take(sorted, tenant, i, excluded, &cell)) sorted->starts[metric_place(cell.metric) + 1]++;
  for (size_t i = 1; i <= METRICS_MAX; i++)
    ends[i] = sorted->starts[i] += sorted->starts[i - 1];
  for (size_t i = 0; i < rows; i++)
    if (take(sorted, tenant, i, excluded, &cell)) sorted->rows[ends[metric_place(cell.metric)]++] = (uint32_t)i;
  return true;
}

static size_t collect_days(const struct sorted *sorted, const struct tenant *tenant, size_t place, struct tally_day *days) {
  size_t count = 0;
  struct experience_cell cell;
  for (size_t i = sorted->starts[place]; i < sorted->starts[place + 1]; i++) {
    (void)experience_take_cell(sorted->job, tenant, sorted->step, sorted->rows[i], &cell);
    if (count == 0 || days[count - 1].day != cell.day) days[count++] = (struct tally_day){.day = cell.day};
    tally_add(&days[count - 1].tally, &cell.tally);
  }
  return count;
}

static void write_line(struct json_writer *json, const struct trend *trend) {
  json_object(json);
  json_member_day(json, "from", trend->from);
  json_member_day(json, "to", trend->to);
  json_name(json, "begin");
  json_decimal(json, trend->begin, DECIMALS);
  json_name(json, "end");
  json_decimal(json, trend->end, DECIMALS);
  json_name(json, "change");
  json_decimal(json, trend->change, DECIMALS);
  json_name(json, "p");
  if (trend->has_p)
    json_decimal(json, trend->p, P_DECIMALS);
  else
    json_null(json);
  json_member_bool(json, "significant", trend->significant);
  json_member_int(json, "data_days", trend->data_days);
  json_object_end(json);
}

static void write_withheld(struct json_writer *json) {
  json_object(json);
  json_member_bool(json, "suppressed", true);
  json_object_end(json);
}

static void write_metric(struct json_writer *json, const struct view *view, const struct metric *metric, const struct sorted *sorted,
                         const struct room *room, const struct reading_group *total) {
  const struct tenant *tenant = view->style.tenant;
  size_t place = metric_place(metric), count = collect_days(sorted, tenant, place, room->days);
  size_t points = trend_points(metric, view->window, room->days, count, room->points);
  struct trend trend = trend_of(metric, view->window, room->days, count, room->points, points);
  bool answered = !metric_set_has(&total->figures.hidden, place);
  bool enough = metric->source != SOURCE_RESPONSE || trend.data_days >= TREND_DATA_DAYS_MIN;
  json_name(json, metric->key);
  if (total->figures.tallies[place].n == 0 || !trend.has_line)
    json_null(json);
  else if (answered && enough)
    write_line(json, &trend);
  else
    write_withheld(json);
}

static bool has_line(const struct view *view, const struct metric *metric, const struct figures *total) {
  size_t place = metric_place(metric);
  bool pooled = metric->aggregation == AGGREGATE_NET || metric->aggregation == AGGREGATE_SHARE || metric->aggregation == AGGREGATE_MEAN;
  bool left_out = metric_set_has(&view->style.scarce, place) && total->tallies[place].n == 0;
  return pooled && metric_set_has(&view->style.shown, place) && !left_out;
}

bool trend_line_write(struct request *request, struct json_writer *json, const struct job *job, unsigned step, const struct reading_group *total) {
  const struct view *view = request->state;
  struct sorted sorted = {.job = job, .step = step};
  struct arena arena;
  struct room room;
  struct window window = days_of(request, view);
  arena_init(&arena, TREND_LINE_BYTES_MAX);
  room.days = arena_take_array(&arena, (size_t)window_days(window), sizeof *room.days);
  room.points = arena_take_array(&arena, (size_t)window_days(window), sizeof *room.points);
  bool ready = room.days && room.points && sort(&sorted, view->style.tenant, view->with_excluded, &arena);
  json_name(json, "trend");
  json_object(json);
  for (size_t place = 0; ready && place < tenant_metrics_count(view->style.tenant); place++) {
    const struct metric *metric = tenant_metric(view->style.tenant, place);
    if (has_line(view, metric, &total->figures)) write_metric(json, view, metric, &sorted, &room, total);
  }
  json_object_end(json);
  arena_release(&arena);
  return ready;
}
