// Tells what moved from one month to the next.
#include "api/report.h"

#include <math.h>
#include <stdio.h>

#include "api/insight.h"
#include "base/instant.h"
#include "domain/holm.h"

enum { P_DECIMALS = 4 };

static const double LEVEL = 0.05;

void report_month_name(int32_t day, char name[MONTH_CHARS_MAX]) {
  static const char *const MONTHS[] = {"January", "February", "March",     "April",   "May",      "June",
                                       "July",    "August",   "September", "October", "November", "December"};
  int year, month, day_of_month;
  day_to_civil(day, &year, &month, &day_of_month);
  (void)snprintf(name, MONTH_CHARS_MAX, "%s %d", MONTHS[month - 1], year);
}

static bool is_hidden(const struct figures *figures, const struct metric *metric) { return metric_set_has(&figures->hidden, metric_place(metric)); }

static bool take_move(const struct report *report, const struct metric *metric, struct report_move *move) {
  const struct figures *now = &report->matters.total.figures, *before = &report->before.figures;
  *move = (struct report_move){.metric = metric, .hidden = is_hidden(now, metric), .hidden_before = is_hidden(before, metric)};
  bool valued = figures_estimate(now, metric).has_value, valued_before = figures_estimate(before, metric).has_value;
  if (!move->hidden && !move->hidden_before && !valued && !valued_before) return false;
  move->measured = !move->hidden && !move->hidden_before && figures_basis(now, metric) == metric && figures_basis(before, metric) == metric;
  if (!move->measured) return true;
  size_t place = metric_place(metric);
  move->comparison = comparison_of(metric, &before->tallies[place], &now->tallies[place], false);
  move->verdict = verdict_of(metric, &move->comparison, (struct ratio){0, 0}, NULL, 0);
  return true;
}

static bool has_direction(const struct report_move *move) {
  return move->verdict == VERDICT_IMPROVED || move->verdict == VERDICT_ACHIEVED || move->verdict == VERDICT_WORSENED;
}

bool report_move_certain(const struct report_move *move) { return has_direction(move) && move->adjusted < LEVEL; }

static bool goes_before(const struct report_move *a, const struct report_move *b) {
  if (report_move_certain(a) != report_move_certain(b)) return report_move_certain(a);
  return report_move_certain(a) && a->comparison.p < b->comparison.p;
}

static bool adjust(struct report *report) {
  struct hypothesis *hypotheses = arena_take_array(&report->matters.arena, report->moves_count + 1, sizeof *hypotheses);
  if (!hypotheses) return false;
  for (size_t i = 0; i < report->moves_count; i++) {
    const struct comparison *comparison = &report->moves[i].comparison;
    hypotheses[i].p = comparison->has_test && comparison->sufficient ? comparison->p : (double)NAN;
  }
  holm_adjust(hypotheses, report->moves_count);
  for (size_t i = 0; i < report->moves_count; i++)
    report->moves[i].adjusted = hypotheses[i].adjusted;
  return true;
}

// What certainly changed comes first; the rest stays in the catalogue's order.
static void sort(struct report *report) {
  for (size_t i = 1; i < report->moves_count; i++) {
    struct report_move move = report->moves[i];
    size_t at = i;
    for (; at > 0 && goes_before(&move, &report->moves[at - 1]); at--)
      report->moves[at] = report->moves[at - 1];
    report->moves[at] = move;
  }
}

bool report_find_moves(struct report *report) {
  const struct view *view = report->view;
  size_t metrics = tenant_metrics_count(view->style.tenant);
  report->moves = arena_take_array(&report->matters.arena, metrics + 1, sizeof *report->moves);
  for (size_t i = 0; report->moves && i < metrics; i++) {
    struct report_move move;
    if (!metric_set_has(&view->style.shown, i) || !take_move(report, tenant_metric(view->style.tenant, i), &move)) continue;
    report->moves[report->moves_count++] = move;
  }
  if (!report->moves || !adjust(report)) return false;
  sort(report);
  return true;
}

// "12.5 points, after 10.2 in September 2026"
static struct text say_values(struct report *report, const struct report_move *move) {
  struct arena *arena = &report->matters.arena;
  struct estimate now = figures_estimate(&report->matters.total.figures, move->metric);
  struct estimate before = figures_estimate(&report->before.figures, move->metric);
  struct text value = insight_value(arena, &now), value_before = insight_value(arena, &before);
  const char *unit = figures_unit(move->metric, report->view->style.tenant);
  if (move->hidden_before || !before.has_value) return arena_format(arena, "%.*s %s", INSIGHT_TEXT(value), unit);
  return arena_format(arena, "%.*s %s, after %.*s in %s", INSIGHT_TEXT(value), unit, INSIGHT_TEXT(value_before), report->month_before);
}

static const char *say_verdict(const struct report_move *move) {
  if (has_direction(move) && !report_move_certain(move)) return "among so many metrics that may be chance";
  switch (move->verdict) {
  case VERDICT_IMPROVED:
  case VERDICT_ACHIEVED:
    return "it improved, by more than chance";
  case VERDICT_WORSENED:
    return "it got worse, by more than chance";
  case VERDICT_INCONCLUSIVE:
    return "that may be chance";
  case VERDICT_INSUFFICIENT_DATA:
    return "too little data to tell whether it changed";
  case VERDICT_NONE:
  case VERDICT_COUNT:
    break;
  }
  return NULL;
}

static void write_sentence(struct report *report, struct json_writer *json, const struct report_move *move) {
  struct arena *arena = &report->matters.arena;
  const char *title = move->metric->title, *verdict = move->measured ? say_verdict(move) : NULL;
  if (move->hidden) {
    insight_write_sentence(json, arena, "%s: withheld, as too few people answered.", title);
    return;
  }
  if (!figures_estimate(&report->matters.total.figures, move->metric).has_value) {
    insight_write_sentence(json, arena, "%s: nothing in %s.", title, report->month);
    return;
  }
  struct text values = say_values(report, move);
  insight_write_sentence(json, arena, "%s: %.*s%s%s%s.", title, INSIGHT_TEXT(values), verdict ? "; " : "", verdict ? verdict : "",
                         move->hidden_before ? "; what it was before is withheld" : "");
}

void report_write_moves(struct report *report, struct json_writer *json) {
  const struct figures_compared compared = {.figures = &report->before.figures};
  json_name(json, "moved");
  json_array(json);
  for (size_t i = 0; i < report->moves_count; i++) {
    const struct report_move *move = &report->moves[i];
    json_object(json);
    json_member_string(json, "metric", move->metric->key);
    json_member_string(json, "title", move->metric->title);
    json_name(json, "figure");
    figures_write_figure(json, move->metric, &report->matters.total.figures, &compared, &report->view->style);
    json_name(json, "p_adjusted");
    json_decimal(json, move->measured ? move->adjusted : (double)NAN, P_DECIMALS);
    json_member_bool(json, "certain", report_move_certain(move));
    write_sentence(report, json, move);
    json_object_end(json);
  }
  json_array_end(json);
}
