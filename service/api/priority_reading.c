// Reads the lost time of a scope and of the rest, and writes the priority that follows with all that it was computed from.
#include "api/priority_reading.h"

#include "api/insight.h"
#include "api/view.h"
#include "base/instant.h"
#include "domain/priority.h"

enum { DECIMALS = 2, P_DECIMALS = 4, PRIORITY_BYTES_MAX = 16 * 1024, CALENDAR_MONTHS = 3 };

static const struct scope EVERYTHING = {NULL, 0};

// Where windows that overlap are not to be subtracted, whole calendar months.
static struct window window_of(const struct tenant *tenant) {
  if (tenant->calendar_periods) return window_months_before(tenant->today, CALENDAR_MONTHS);
  return (struct window){tenant->today - PRIORITY_WINDOW_DAYS + 1, tenant->today};
}

static struct reading_question question_of(const struct priority_inquiry *inquiry, const struct scope *scope) {
  return (struct reading_question){.scope = scope, .window = window_of(inquiry->tenant), .interval = INTERVAL_COUNT};
}

void priority_ask(struct job *job, const struct priority_inquiry *inquiry) {
  if (inquiry->scope.count == 0) return;
  struct reading_question scope = question_of(inquiry, &inquiry->scope), all = question_of(inquiry, &EVERYTHING);
  reading_ask(job, inquiry->tenant, &scope);
  reading_ask(job, inquiry->tenant, &all);
}

// False when memory is out.
static bool take_tally(const struct job *job, unsigned step, const struct priority_inquiry *inquiry, const struct scope *scope, struct tally *tally,
                       bool *hidden) {
  struct reading_question question = question_of(inquiry, scope);
  struct reading_group total;
  struct reading *reading = reading_open(job, step, inquiry->tenant, &question);
  if (!reading) return false;
  reading_total(reading, &total);
  reading_close(reading);
  *tally = *figures_of(&total.figures, "lost_time");
  *hidden = metric_set_has(&total.figures.hidden, metric_place(metric_find(TEXT("lost_time"))));
  return true;
}

static void write_number(struct json_writer *json, const char *name, double value, int decimals) {
  json_name(json, name);
  json_decimal(json, value, decimals);
}

static void write_lost_time(struct json_writer *json, const struct priority_inquiry *inquiry, const struct priority_question *question,
                            const struct priority *priority) {
  const struct metric *metric = metric_find(TEXT("lost_time"));
  const struct comparison *comparison = &priority->comparison;
  bool tested = comparison->has_test && comparison->sufficient;
  json_name(json, "lost_time");
  if (priority->gap == PRIORITY_NO_SCOPE || priority->gap == PRIORITY_WITHHELD) {
    json_null(json);
    return;
  }
  json_object(json);
  insight_write_figure(json, "scope", metric, &question->scope, inquiry->tenant);
  insight_write_figure(json, "rest", metric, &question->rest, inquiry->tenant);
  json_name(json, "p");
  if (tested)
    json_decimal(json, comparison->p, P_DECIMALS);
  else
    json_null(json);
  json_object_end(json);
}

static void write(struct json_writer *json, const struct priority_inquiry *inquiry, const struct priority_question *question,
                  const struct priority *priority) {
  json_object(json);
  json_name(json, "score");
  if (priority->score == ABSENT)
    json_null(json);
  else
    json_ratio(json, priority->score, PRIORITY_UNIT, DECIMALS);
  json_name(json, "reason");
  json_text(json, text_of(PRIORITY_GAP_NAMES[priority->gap]));
  json_member_string(json, "formula", "recoverable_hours * confidence / effort_weight");
  write_number(json, "recoverable_hours", priority->recoverable_hours, DECIMALS);
  write_number(json, "confidence", priority->confidence, DECIMALS);
  json_name(json, "certainty");
  json_text(json, text_of(PRIORITY_CERTAINTY_NAMES[priority->certainty]));
  json_member_int(json, "effort_weight", priority->effort_weight);
  write_lost_time(json, inquiry, question, priority);
  view_write_window(json, window_of(inquiry->tenant));
  json_member_instant(json, "as_of", instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND);
  json_object_end(json);
}

bool priority_take(const struct job *job, unsigned step, const struct priority_inquiry *inquiry, struct arena *arena,
                   struct initiative_priority *kept) {
  struct priority_question question = {.whole = inquiry->scope.count == 0, .effort = inquiry->effort};
  bool hidden = false, all_hidden = false;
  if (!question.whole && !(take_tally(job, step, inquiry, &inquiry->scope, &question.scope, &hidden) &&
                           take_tally(job, step + READING_STEPS, inquiry, &EVERYTHING, &question.rest, &all_hidden)))
    return false;
  question.withheld = hidden || all_hidden;
  tally_subtract(&question.rest, &question.scope);
  struct priority priority = priority_of(&question);
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, PRIORITY_BYTES_MAX);
  json_start(&json, &out);
  write(&json, inquiry, &question, &priority);
  *kept = (struct initiative_priority){out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out)), priority.score, inquiry->tenant->today};
  buffer_release(&out);
  return kept->json.at != NULL;
}
