// Finds out what the programme is judged by.
#include "api/programme_facts.h"

#include "api/metric_body.h"

enum { STEP_GATHERED = READING_STEPS, STEP_METRICS, STEP_COUNTS, STEP_USES, STEP_ANSWERS, PERCENT = 100 };

// Insights that are made of the answers to one question.
static const struct {
  const char *metric, *paths[5];
} INSIGHTS[] = {
    {"happiness", {"what-matters", "watermelon", "drivers", "carry-over"}},
    {"lost_time", {"what-matters", "watermelon", "drivers", "concentration"}},
};

void programme_ask(struct request *request, struct job *job) {
  const struct view *view = request->state;
  const struct tenant *tenant = tenant_of(request);
  struct reading_question question = view_question(view);
  reading_ask(job, tenant, &question);
  gathered_ask(job, tenant, view->window.to);
  metric_ask_list(job, &tenant->id, 0);
  programme_ask_counts(job, tenant, view->window);
  programme_ask_uses(job, &tenant->id);
  programme_ask_answers(job, tenant, view->window);
}

static void list_metric(struct metric_list *list, const struct metric *metric) { list->keys[list->count++] = metric->key; }

// What is wanted, and how far that is so.
static void assess_metrics(struct programme *programme) {
  for (size_t place = 0; place < tenant_metrics_count(programme->catalogue); place++) {
    const struct metric *metric = tenant_metric(programme->catalogue, place);
    struct metric_row row;
    catalogue_row(programme->job, STEP_METRICS, metric, &row);
    if (programme->gathered.any[place] && programme->gathered.last_day[place] > programme->last_day)
      programme->last_day = programme->gathered.last_day[place];
    if (metric->hidden || !row.terms.wanted) continue;
    bool sourced = gathered_sourced(&programme->gathered, metric, row.supplier);
    bool current = gathered_current(&programme->gathered, metric, row.terms.level);
    programme->facts.wanted++;
    programme->facts.targeted += row.terms.target != ABSENT;
    programme->facts.current += current;
    programme->facts.sourceless += !sourced;
    if (row.terms.target == ABSENT && metric->better != BETTER_NEITHER) list_metric(&programme->untargeted, metric);
    if (!sourced)
      list_metric(&programme->sourceless, metric);
    else if (!current)
      list_metric(&programme->missing, metric);
  }
}

static const char *const *insights_of(const struct metric *metric) {
  for (size_t i = 0; i < sizeof INSIGHTS / sizeof *INSIGHTS; i++)
    if (text_is(text_of(metric->key), INSIGHTS[i].metric)) return INSIGHTS[i].paths;
  return NULL;
}

static void find_uses(const struct programme *programme, struct programme_question *question) {
  for (size_t row = 0; row < job_rows(programme->job, STEP_USES); row++) {
    struct programme_use use;
    programme_take_use(programme->job, STEP_USES, row, &use);
    if (!text_is(use.metric, question->metric->key)) continue;
    question->agreements = use.agreements;
    question->initiatives = use.initiatives;
  }
}

bool programme_question_used(const struct programme_question *question) {
  return question->agreements > 0 || question->initiatives > 0 || question->insights;
}

static bool is_seldom(const struct programme *programme, const struct programme_question *question) {
  return !programme->hidden && !question->hidden && question->n * PERCENT < PROGRAMME_ANSWER_PERCENT * programme->facts.responses;
}

// Questions that were answered at all.
static void assess_questions(struct programme *programme) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t place = 0; place < count; place++) {
    int64_t n = programme->total.figures.tallies[place].n;
    if (presets[place].hidden || presets[place].source != SOURCE_RESPONSE || n == 0) continue;
    struct programme_question *question = &programme->questions[programme->questions_count++];
    *question = (struct programme_question){.metric = &presets[place],
                                            .hidden = metric_set_has(&programme->total.figures.hidden, place),
                                            .n = n,
                                            .insights = insights_of(&presets[place])};
    find_uses(programme, question);
    programme->facts.asked++;
    programme->facts.unused += !programme_question_used(question);
    programme->facts.seldom += is_seldom(programme, question);
  }
}

// Today may still be answered.
static void assess_days(struct programme *programme) {
  const struct view *view = programme->request->state;
  int32_t today = tenant_of(programme->request)->today;
  programme->past = view->window;
  if (programme->past.to >= today) programme->past.to = today - 1;
  if (programme->past.to < programme->past.from) return;
  size_t first = (size_t)(MATURITY_DAYS_MAX - 1 - (view->window.to - programme->past.from));
  programme->facts.gap_days = programme_longest_gap(programme->gathered.answered + first, (size_t)window_days(programme->past));
}

static void assess_answers(struct programme *programme) {
  int64_t min_group = tenant_of(programme->request)->min_group;
  const struct programme_answers *answers = &programme->answers;
  programme_take_answers(programme->job, STEP_ANSWERS, &programme->answers);
  bool told = answers->median_seconds != ABSENT && answers->timed_people >= min_group;
  programme->facts.median_minutes = told ? (answers->median_seconds + 30) / 60 : ABSENT;
  programme->facts.context_percent = programme_percent(&answers->whole, min_group);
}

bool programme_dimension(const struct programme *programme, size_t place, struct text *name, struct programme_part *part) {
  return programme_take_dimension(programme->job, STEP_ANSWERS, place, name, part);
}

static bool assess(struct programme *programme) {
  const struct view *view = programme->request->state;
  struct reading_question question = view_question(view);
  struct reading *reading = reading_open(programme->job, 0, tenant_of(programme->request), &question);
  if (!reading) return false;
  reading_total(reading, &programme->total);
  reading_close(reading);
  programme_take_counts(programme->job, STEP_COUNTS, &programme->facts);
  gathered_take(programme->job, STEP_GATHERED, tenant_of(programme->request), view->window.to, &programme->gathered);
  programme->facts.responses = figures_of(&programme->total.figures, "responses")->n;
  programme->hidden = metric_set_has(&programme->total.figures.hidden, metric_place(metric_find(TEXT("responses"))));
  assess_metrics(programme);
  assess_questions(programme);
  assess_days(programme);
  assess_answers(programme);
  return true;
}

struct programme *programme_assess(struct request *request, const struct job *job) {
  struct programme *programme = arena_take(&request->arena, sizeof *programme);
  if (!programme) return NULL;
  *programme =
      (struct programme){.request = request, .job = job, .catalogue = catalogue_take(job, STEP_METRICS, &request->arena), .last_day = INT32_MIN};
  return programme->catalogue && assess(programme) ? programme : NULL;
}
