// Reads what an evaluation rests on.
#include "api/evaluation_reading.h"

#include "api/scope_query.h"
#include "api/service.h"
#include "api/signal_charts.h"
#include "base/limits.h"

_Static_assert((int)EVALUATION_GUARDRAILS_MAX == (int)GUARDRAILS_MAX, "each guardrail that can be named is judged");

enum { WEEK_DAYS = 7, CHART_WEEKS = 26, SCOPE_BYTES_MAX = 256 * 1024 };

// --- Figures --------------------------------------------------------------------------------------------------------

void evaluation_reading_init(struct evaluation_reading *reading, const struct request *request, const struct initiative_case *file) {
  int32_t yesterday = tenant_of(request)->today - 1;
  reading->file = file;
  reading->tenant = tenant_of(request);
  reading->window = reading->measured = initiative_case_after(request, file);
  reading->interim = reading->window.to > yesterday;
  if (reading->interim) reading->measured.to = yesterday;
  reading->begun = reading->measured.from <= reading->measured.to;
  reading->inquiry = (struct integrity_inquiry){
      .tenant = reading->tenant, .scope = &file->scope, .window = reading->measured, .has_reference = true, .reference = file->baseline->window};
}

// What is read: figures of the window after, and of the comparison group in both.
static size_t questions_of(const struct evaluation_reading *reading, struct reading_question questions[3], bool *befores) {
  const struct initiative_case *file = reading->file;
  size_t count = 0;
  for (int i = 0; i < 3; i++) {
    bool before = i == 1;
    if ((i > 0 && !file->grouped) || (!before && !reading->begun)) continue;
    befores[count] = before;
    questions[count++] = (struct reading_question){
        .scope = i > 0 ? &file->group : &file->scope, .window = before ? file->baseline->window : reading->measured, .interval = INTERVAL_COUNT};
  }
  return count;
}

void evaluation_ask_figures(struct job *job, const struct evaluation_reading *reading) {
  struct reading_question questions[3];
  bool befores[3];
  size_t count = questions_of(reading, questions, befores);
  for (size_t i = 0; i < count; i++)
    reading_ask(job, reading->tenant, &questions[i]);
}

static enum err take_total(const struct job *job, unsigned step, const struct tenant *tenant, const struct reading_question *question,
                           struct figures *figures) {
  struct reading *reading = reading_open(job, step, tenant, question);
  struct reading_group total;
  if (!reading) return ERR_UNAVAILABLE;
  reading_total(reading, &total);
  reading_close(reading);
  *figures = total.figures;
  return ERR_NONE;
}

static struct evaluation_pair pair_of(const struct metric *metric, const struct figures *before, const struct figures *after) {
  struct evaluation_pair pair = {.metric = metric};
  if (!metric) return pair;
  size_t place = metric_place(metric);
  pair.hidden = metric_set_has(&before->hidden, place) || metric_set_has(&after->hidden, place);
  pair.before = before->tallies[place];
  pair.after = after->tallies[place];
  return pair;
}

struct evaluation_pair evaluation_pair_of(const struct evaluation_reading *reading, struct text key) {
  const struct reference *baseline = reading->file->baseline;
  const struct metric *metric = figures_find(reading->tenant, key);
  struct evaluation_pair pair = pair_of(metric, &baseline->figures, &reading->after);
  pair.redefined = metric && metric_set_has(&baseline->redefined, metric_place(metric));
  return pair;
}

static void make_question(struct evaluation_reading *reading) {
  const struct initiative_case *file = reading->file;
  struct evaluation_question *question = &reading->question;
  question->metric = evaluation_pair_of(reading, file->body.metric);
  question->target = initiative_target(&file->body);
  question->lost_time = evaluation_pair_of(reading, TEXT("lost_time"));
  question->overlapping = windows_overlap(file->baseline->window, reading->window);
  question->cost_per_hour = reading->tenant->cost_per_hour;
  for (size_t i = 0; i < file->body.guardrails.count && i < EVALUATION_GUARDRAILS_MAX; i++)
    question->guardrails[question->guardrails_count++] = evaluation_pair_of(reading, file->body.guardrails.items[i]);
  question->grouped = file->grouped;
  question->group_metric = pair_of(file->metric, &reading->group_before, &reading->group_after);
  question->group_lost_time = pair_of(question->lost_time.metric, &reading->group_before, &reading->group_after);
  // A scope that shares answers with this one is no comparison.
  if (!scopes_disjoint(&file->scope, &file->group)) question->group_metric.hidden = question->group_lost_time.hidden = true;
}

enum err evaluation_take_figures(const struct job *job, struct evaluation_reading *reading) {
  struct reading_question questions[3];
  bool befores[3];
  size_t count = questions_of(reading, questions, befores);
  for (size_t i = 0; i < count; i++) {
    bool group = questions[i].scope == &reading->file->group;
    struct figures *figures = !group ? &reading->after : befores[i] ? &reading->group_before : &reading->group_after;
    enum err error = take_total(job, (unsigned)i * READING_STEPS, reading->tenant, &questions[i], figures);
    if (error) return error;
  }
  make_question(reading);
  evaluation_of(&reading->question, &reading->evaluation);
  return ERR_NONE;
}

// --- Signs that the figures mean something else ---------------------------------------------------------------------

// Whether it stood out can only be told from more than the baseline's own weeks.
static struct reading_question weeks_of(const struct evaluation_reading *reading) {
  struct window window = reading->file->baseline->window;
  if (window.from > window.to - CHART_WEEKS * WEEK_DAYS + 1) window.from = window.to - CHART_WEEKS * WEEK_DAYS + 1;
  return (struct reading_question){.scope = &reading->file->scope, .window = window, .interval = INTERVAL_WEEK};
}

static void ask_breach(struct job *job, const struct evaluation_reading *reading) {
  const struct initiative_case *file = reading->file;
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, SCOPE_BYTES_MAX);
  json_start(&json, &out);
  scope_write(&file->scope, &json);
  evaluation_ask_breach(job, &reading->tenant->id, file->body.metric, out.failed ? TEXT_NONE : buffer_view(&out), file->baseline->window);
  buffer_release(&out);
}

enum { STEP_WEEKS, STEP_BREACH = READING_STEPS, STEP_INTEGRITY };

void evaluation_ask_signs(struct job *job, const struct evaluation_reading *reading) {
  struct reading_question question = weeks_of(reading);
  reading_ask(job, reading->tenant, &question);
  ask_breach(job, reading);
  if (reading->begun) integrity_ask(job, &reading->inquiry);
}

static bool stands_out(const struct signal_charts *charts, struct window window) {
  for (size_t i = 0; i < charts->counts[0]; i++) {
    const struct signal_chart *chart = &charts->charts[i];
    for (size_t k = 0; k < chart->count; k++) {
      int32_t week = chart->points[k].week;
      if (chart->points[k].rules && week <= window.to && week + WEEK_DAYS - 1 >= window.from) return true;
    }
  }
  return false;
}

static bool find_signal(const struct job *job, struct evaluation_reading *reading) {
  struct reading_question question = weeks_of(reading);
  struct metric_set asked = {{0}};
  struct signal_charts charts;
  struct arena arena;
  struct reading *weeks = reading_open(job, STEP_WEEKS, reading->tenant, &question);
  if (!weeks) return false;
  arena_init(&arena, INSIGHT_BYTES_MAX);
  metric_set_add(&asked, metric_place(reading->file->metric));
  bool good = signal_charts_read(&charts, weeks, &question, reading->tenant, &asked, &arena);
  reading->signal = good && stands_out(&charts, reading->file->baseline->window);
  arena_release(&arena);
  reading_close(weeks);
  return good;
}

enum err evaluation_take_signs(const struct job *job, struct evaluation_reading *reading, struct arena *arena) {
  reading->breach = row_int(job, STEP_BREACH, 0, 0) == 1;
  if (!find_signal(job, reading)) return ERR_UNAVAILABLE;
  return !reading->begun || integrity_take(job, STEP_INTEGRITY, &reading->inquiry, arena, &reading->integrity) ? ERR_NONE : ERR_UNAVAILABLE;
}
