// Writes what a month's report says of agreements and initiatives, and its summary.
#include "api/report.h"

#include "api/insight.h"
#include "api/service.h"
#include "domain/xla.h"
#include "store/report_store.h"
#include "json/walk.h"

enum { SUMMARY_CHARS_MAX = 4000, NAMED_MAX = 3, VERDICTS_MAX = 8 };

// A number of a stored state as it is written there; "nothing" where there is none.
static struct text number_of(struct text state, const char *name) {
  struct text number = walk_find(state, text_of(name));
  return !number.at || text_is(number, "null") ? TEXT("nothing") : number;
}

// "35.2 points (target 30)"
static struct text say_state(struct report *report, const struct report_xla *xla) {
  struct arena *arena = &report->matters.arena;
  const struct tenant *tenant = report->view->style.tenant;
  const struct metric *metric = xla->metric.at ? figures_find(tenant, xla->metric) : NULL;
  struct text value = number_of(xla->state, "value"), target = number_of(xla->state, "target");
  if (text_is(walk_find(xla->state, TEXT("suppressed")), "true")) return TEXT(": its value is withheld, as too few people answered");
  if (text_is(value, "nothing")) return TEXT("");
  return arena_format(arena, ": %.*s %s (target %.*s)", INSIGHT_TEXT(value), metric ? figures_unit(metric, tenant) : "points", INSIGHT_TEXT(target));
}

static void write_xla(struct report *report, struct json_writer *json, const struct report_xla *xla) {
  struct arena *arena = &report->matters.arena;
  struct text state = say_state(report, xla);
  bool changed = xla->status_before.at && !text_equals(xla->status, xla->status_before);
  struct text before = changed ? arena_format(arena, ", a month before %.*s", INSIGHT_TEXT(xla->status_before)) : TEXT("");
  json_object(json);
  json_member_text(json, "slug", xla->slug);
  json_member_text(json, "name", xla->name);
  json_member_text(json, "owner", xla->owner);
  json_member_text(json, "metric", xla->metric);
  json_member_day(json, "day", xla->day);
  json_member_text(json, "status", xla->status);
  json_member_text(json, "status_before", xla->status_before);
  json_name(json, "state");
  json_raw(json, xla->state);
  insight_write_sentence(json, arena, "%.*s (%.*s) was %.*s%.*s%.*s.", INSIGHT_TEXT(xla->name), INSIGHT_TEXT(xla->owner), INSIGHT_TEXT(xla->status),
                         INSIGHT_TEXT(before), INSIGHT_TEXT(state));
  json_object_end(json);
}

// As many as a report shows; the step has one row more where there are more.
static size_t rows_shown(const struct report *report, unsigned step, int most) {
  size_t rows = job_rows(report->job, report->step + step);
  return rows > (size_t)most ? (size_t)most : rows;
}

void report_write_xlas(struct report *report, struct json_writer *json) {
  size_t shown = rows_shown(report, REPORT_XLAS_STEP, REPORT_ROWS_MAX);
  json_name(json, "xlas");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    struct report_xla xla;
    report_take_xla(report->job, report->step + REPORT_XLAS_STEP, i, &xla);
    write_xla(report, json, &xla);
  }
  json_array_end(json);
  json_member_bool(json, "xlas_cut", job_rows(report->job, report->step + REPORT_XLAS_STEP) > shown);
}

// --- Initiatives

// How words of `verdict` are said.
static const char *say_verdict(struct text verdict) {
  static const struct {
    const char *verdict, *words;
  } VERDICTS[] = {{"achieved", "reached its target"},
                  {"improved", "improved experience, without reaching its target"},
                  {"worsened", "made things worse"},
                  {"inconclusive", "may have changed nothing"},
                  {"insufficient_data", "could not be judged, for want of data"}};
  for (size_t i = 0; i < sizeof VERDICTS / sizeof *VERDICTS; i++)
    if (text_is(verdict, VERDICTS[i].verdict)) return VERDICTS[i].words;
  return "was evaluated";
}

static struct text say_step(struct arena *arena, const struct report_initiative *initiative) {
  if (text_is(initiative->kind, "cancel")) return TEXT("was cancelled");
  if (text_is(initiative->kind, "close")) return TEXT("was closed");
  return arena_format(arena, "%s at the step %.*s", initiative->begun ? "is new, and" : "is", INSIGHT_TEXT(initiative->step));
}

static void write_initiative(struct report *report, struct json_writer *json, const struct report_initiative *initiative) {
  struct arena *arena = &report->matters.arena;
  struct text step = say_step(arena, initiative);
  char id[UUID_CHARS];
  uuid_write(&initiative->id, id);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_text(json, "title", initiative->title);
  json_member_text(json, "owner", initiative->owner);
  json_member_text(json, "objective", initiative->objective);
  json_member_text(json, "metric", initiative->metric);
  json_member_text(json, "step", initiative->step);
  json_member_text(json, "kind", initiative->kind);
  json_member_int(json, "iteration", initiative->iteration);
  json_member_bool(json, "begun", initiative->begun);
  json_member_int(json, "moves", initiative->moves);
  json_member_text(json, "verdict", initiative->verdict);
  if (initiative->verdict.at)
    insight_write_sentence(json, arena, "\"%.*s\" was evaluated: it %s.", INSIGHT_TEXT(initiative->title), say_verdict(initiative->verdict));
  else
    insight_write_sentence(json, arena, "\"%.*s\" %.*s.", INSIGHT_TEXT(initiative->title), INSIGHT_TEXT(step));
  json_object_end(json);
}

void report_write_initiatives(struct report *report, struct json_writer *json) {
  size_t shown = rows_shown(report, REPORT_INITIATIVES_STEP, REPORT_ROWS_MAX);
  json_name(json, "initiatives");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    struct report_initiative initiative;
    report_take_initiative(report->job, report->step + REPORT_INITIATIVES_STEP, i, &initiative);
    write_initiative(report, json, &initiative);
  }
  json_array_end(json);
  json_member_bool(json, "initiatives_cut", job_rows(report->job, report->step + REPORT_INITIATIVES_STEP) > shown);
}

// --- The summary

static void write_line(struct json_writer *json, struct buffer *line) {
  json_object(json);
  json_member_text(json, "sentence", line->failed ? TEXT_NONE : buffer_view(line));
  json_object_end(json);
  buffer_clear(line);
}

static bool hides(const struct figures *figures, const char *key) {
  return metric_set_has(&figures->hidden, metric_place(metric_find(text_of(key))));
}

static void say_responses(struct report *report, struct buffer *line) {
  const struct figures *now = &report->matters.total.figures;
  const struct metric *share = metric_find(TEXT("ticket_response_share"));
  long long responses = (long long)figures_of(now, "responses")->n, resolved = (long long)figures_of(now, "resolved_tickets")->n;
  int64_t ones = figures_of(now, "answered_tickets")->n;
  struct text percent = insight_ratio(&report->matters.arena, (struct ratio){(int128)100 * ones, resolved});
  buffer_format(line, "%s %s", report->complete ? "In" : "So far in", report->month);
  if (hides(now, "responses"))
    buffer_string(line, " so few people answered that nothing of it is told");
  else
    buffer_format(line, " there were %lld responses", responses);
  if (resolved > 0 && !metric_set_has(&now->hidden, metric_place(share)))
    buffer_format(line, ", to %.*s %% of %lld resolved tickets", INSIGHT_TEXT(percent), resolved);
  buffer_char(line, '.');
}

// "2 metrics improved (Happiness, Lost time)"
static void say_moved(const struct report *report, struct buffer *line, bool worse, const char *words) {
  size_t count = 0;
  for (size_t i = 0; i < report->moves_count; i++)
    count += report_move_certain(&report->moves[i]) && (report->moves[i].verdict == VERDICT_WORSENED) == worse;
  buffer_format(line, "%zu %s", count, words);
  size_t named = 0;
  for (size_t i = 0; i < report->moves_count && count > 0; i++) {
    const struct report_move *move = &report->moves[i];
    if (!report_move_certain(move) || (move->verdict == VERDICT_WORSENED) != worse || named == NAMED_MAX) continue;
    buffer_format(line, "%s%s", named++ == 0 ? " (" : ", ", move->metric->title);
  }
  if (named > 0) buffer_string(line, count > named ? ", …)" : ")");
}

static void say_moves(const struct report *report, struct buffer *line) {
  buffer_format(line, "Of %zu metrics, compared with %s and by more than chance, also for so many at once, ", report->moves_count,
                report->month_before);
  say_moved(report, line, false, "improved");
  buffer_string(line, " and ");
  say_moved(report, line, true, "got worse");
  buffer_char(line, '.');
}

static void say_matters(struct report *report, struct buffer *line) {
  const struct matters *matters = &report->matters.matters;
  const struct ranking_row *first = matters->ranked_count > 0 ? &matters->ranked[0] : NULL;
  if (!first || !(first->recoverable_hours > 0)) {
    buffer_format(line, "By %.*s there is nowhere that people are seen to lose more than elsewhere.", INSIGHT_TEXT(report->view->by_name));
    return;
  }
  struct text name = insight_name(matters->list[first->key].key), hours = insight_decimal(&report->matters.arena, first->recoverable_hours);
  buffer_format(line, "Most is to be won at %.*s: people lost %.*s hours more than at the level elsewhere; %s.", INSIGHT_TEXT(name),
                INSIGHT_TEXT(hours), first->confirmed && first->worse ? "that it is worse there is confirmed" : "the difference is not certain");
}

static void say_xlas(const struct report *report, struct buffer *line) {
  size_t rows = rows_shown(report, REPORT_XLAS_STEP, REPORT_ROWS_MAX), named = 0;
  if (rows == 0) {
    buffer_string(line, "No agreement was in force.");
    return;
  }
  buffer_format(line, "Of %zu agreements, at the end,", rows);
  for (size_t status = 0; XLA_STATUS_NAMES[status]; status++) {
    size_t count = 0;
    for (size_t i = 0; i < rows; i++) {
      struct report_xla xla;
      report_take_xla(report->job, report->step + REPORT_XLAS_STEP, i, &xla);
      count += text_is(xla.status, XLA_STATUS_NAMES[status]);
    }
    if (count > 0) buffer_format(line, "%s %s: %zu", named++ == 0 ? "" : ",", XLA_STATUS_NAMES[status], count);
  }
  buffer_char(line, '.');
}

static void say_initiatives(const struct report *report, struct buffer *line) {
  size_t rows = rows_shown(report, REPORT_INITIATIVES_STEP, REPORT_ROWS_MAX), evaluated = 0, achieved = 0, begun = 0;
  for (size_t i = 0; i < rows; i++) {
    struct report_initiative initiative;
    report_take_initiative(report->job, report->step + REPORT_INITIATIVES_STEP, i, &initiative);
    evaluated += initiative.verdict.at != NULL;
    achieved += text_is(initiative.verdict, "achieved");
    begun += initiative.begun;
  }
  if (rows == 0)
    buffer_string(line, "No initiative moved.");
  else
    buffer_format(line, "Initiatives that moved: %zu, of them new: %zu, evaluated: %zu, of those with their target reached: %zu.", rows, begun,
                  evaluated, achieved);
}

void report_write_summary(struct report *report, struct json_writer *json) {
  struct buffer line;
  buffer_init(&line, SUMMARY_CHARS_MAX);
  json_name(json, "summary");
  json_array(json);
  say_responses(report, &line);
  write_line(json, &line);
  say_moves(report, &line);
  write_line(json, &line);
  say_matters(report, &line);
  write_line(json, &line);
  say_xlas(report, &line);
  write_line(json, &line);
  say_initiatives(report, &line);
  write_line(json, &line);
  json_array_end(json);
  buffer_release(&line);
}
