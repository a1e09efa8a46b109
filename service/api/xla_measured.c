// Makes figures of what was read, and a state of the figures.
#include "api/xla_measured.h"

#include <string.h>

#include "api/xla_state_json.h"
#include "base/limits.h"
#include "domain/composite.h"

// An event's payload holds it, and what is told beside it.
enum { STATE_BYTES_MAX = WEBHOOK_PAYLOAD_BYTES_MAX / 2 };

// A stock is the level at the end of the last piece; everything else adds up.
void xla_part_add(struct xla_part *part, const struct reading_group *piece, const struct tenant *tenant) {
  const struct figures *figures = &piece->figures;
  part->excluded += piece->excluded;
  part->excluded_hidden = part->excluded_hidden || piece->excluded_hidden;
  for (size_t i = 0; i < tenant_metrics_count(tenant); i++) {
    if (tenant_metric(tenant, i)->aggregation == AGGREGATE_STOCK)
      part->figures.tallies[i] = figures->tallies[i];
    else
      tally_add(&part->figures.tallies[i], &figures->tallies[i]);
    if (figures->tallies[i].n == 0) continue;
    if (!metric_set_has(&figures->hidden, i)) {
      metric_set_add(&part->shown, i);
      metric_set_remove(&part->figures.hidden, i);
    } else if (!metric_set_has(&part->shown, i)) {
      metric_set_add(&part->figures.hidden, i);
    }
  }
}

static const struct metric *metric_named(const struct xla_measured *measured, struct text key) {
  return key.at ? tenant_metric_find(measured->tenant, key) : NULL;
}

static struct xla_figure figure_of(const struct xla_part *part, const struct metric *metric) {
  size_t place = metric_place(metric);
  return (struct xla_figure){estimate_of(metric, &part->figures.tallies[place]), metric_set_has(&part->figures.hidden, place)};
}

// An index is withheld with any of its parts.
static struct xla_figure index_of(const struct xla_measured *measured, const struct xla_part *part, struct composite_part *parts) {
  const struct record_list *list = &measured->body->components;
  const struct xla_component *components = list->items;
  struct xla_figure figure = {.hidden = false};
  for (size_t i = 0; components && i < list->count; i++) {
    const struct metric *metric = metric_named(measured, components[i].metric);
    struct xla_figure one = figure_of(part, metric);
    parts[i] = (struct composite_part){.metric = metric,
                                       .anchors = {xla_ratio(components[i].worst), xla_ratio(components[i].best)},
                                       .weight = components[i].weight,
                                       .estimate = one.estimate,
                                       .hidden = one.hidden};
    figure.hidden = figure.hidden || one.hidden;
  }
  figure.estimate = composite_of(parts, list->count);
  return figure;
}

static struct xla_figure measure(const struct xla_measured *measured, enum xla_part_kind kind, const struct metric *metric,
                                 struct composite_part *parts) {
  const struct xla_part *part = &measured->parts[kind];
  return metric == &COMPOSITE_INDEX ? index_of(measured, part, parts) : figure_of(part, metric);
}

// False when memory is out.
static bool set_trend(const struct xla_measured *measured, const struct metric *metric, const struct composite_part *parts, struct arena *arena,
                      struct trend *trend) {
  const struct composite_days *days = measured->days;
  if (metric == &COMPOSITE_INDEX) return composite_trend(parts, measured->body->components.count, measured->window, days, arena, trend);
  struct trend_point *points = arena_take_array(arena, (size_t)window_days(measured->window), sizeof *points);
  if (!points) return false;
  size_t count = trend_points(metric, measured->window, days->days, days->count, points);
  if (count > 0) *trend = trend_of(metric, measured->window, days->days, days->count, points, count);
  return true;
}

static bool set_readings(const struct xla_measured *measured, const struct metric *metric, struct arena *arena, struct xla_readings *readings,
                         struct composite_part *parts) {
  const struct xla_body *body = measured->body;
  memset(readings, 0, sizeof *readings);
  readings->window = measured->window;
  readings->counted_days = measured->counted_days;
  readings->week = measure(measured, XLA_PART_WEEK, metric, parts);
  readings->day = measure(measured, XLA_PART_DAY, metric, parts);
  // The last: its parts are shown.
  readings->whole = measure(measured, XLA_PART_WHOLE, metric, parts);
  if (!set_trend(measured, metric, parts, arena, &readings->trend)) return false;
  readings->paired = metric_named(measured, body->paired_sla.metric);
  if (!readings->paired) return true;
  readings->paired_figure = figure_of(&measured->parts[XLA_PART_WHOLE], readings->paired);
  readings->paired_target = xla_ratio(body->paired_sla.target);
  return true;
}

struct integrity_material xla_measured_material(const struct xla_measured *measured) {
  const struct xla_part *whole = &measured->parts[XLA_PART_WHOLE];
  return (struct integrity_material){
      .window = &whole->figures,
      .reference = &measured->parts[XLA_PART_REFERENCE].figures,
      .overlapping = measured->window.from < measured->valid_from,
      .excluded = whole->excluded,
      .excluded_hidden = whole->excluded_hidden,
      .grouping = measured->grouping,
      .gathered = measured->gathered,
  };
}

// NULL for what this binary doesn't know, in an index too.
static const struct metric *metric_of(const struct xla_measured *measured) {
  const struct xla_component *components = measured->body->components.items;
  if (!components) return metric_named(measured, measured->body->metric);
  for (size_t i = 0; i < measured->body->components.count; i++)
    if (!metric_named(measured, components[i].metric)) return NULL;
  return &COMPOSITE_INDEX;
}

struct text xla_measured_state(const struct xla_measured *measured, struct arena *arena, struct xla_state *state) {
  const struct xla_body *body = measured->body;
  const struct metric *metric = metric_of(measured);
  struct composite_part parts[COMPOSITE_PARTS_MAX];
  struct integrity_material material = xla_measured_material(measured);
  struct integrity_findings findings;
  struct xla_readings readings;
  struct buffer out;
  struct json_writer json;
  if (!metric) return TEXT_NONE;
  struct xla_terms terms = {
      .metric = metric,
      .target = xla_ratio(body->target),
      .min_responses = body->min_responses,
      .starts_on = (int32_t)body->starts_on,
      .review_by = (int32_t)body->review_by,
      .burn_factor = xla_ratio(body->warn.burn),
  };
  struct xla_state_head head = {
      .day = measured->day,
      .version = measured->version,
      .parts = parts,
      .parts_count = body->components.count,
      .findings = &findings,
  };
  if (!integrity_find(&material, arena, &findings) || !set_readings(measured, metric, arena, &readings, parts)) return TEXT_NONE;
  *state = xla_state_of(&terms, &readings, measured->day + 1);
  buffer_init(&out, STATE_BYTES_MAX);
  json_start(&json, &out);
  xla_state_write(&json, &head, &terms, &readings, state);
  struct text text = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}
