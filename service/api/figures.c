// Writes figures so that they explain themselves.
#include "api/figures.h"

#include "api/comparison_json.h"

void figures_add(struct figures *figures, const struct metric *metric, const struct tally *tally) {
  tally_add(&figures->tallies[metric_place(metric)], tally);
}

void figures_add_all(struct figures *figures, const struct figures *more) {
  for (size_t i = 0; i < FIGURES_METRICS_MAX; i++)
    tally_add(&figures->tallies[i], &more->tallies[i]);
}

const struct tally *figures_of(const struct figures *figures, const char *key) { return &figures->tallies[metric_place(metric_find(text_of(key)))]; }

const struct metric *figures_basis(const struct figures *figures, const struct metric *metric) {
  bool shares = text_is(text_of(metric->key), "cost_per_ticket") && figures_of(figures, "cost_per_ticket")->n == 0 &&
                figures_of(figures, "service_desk_budget")->n > 0 && figures_of(figures, "ticket_volume")->n > 0;
  return shares ? metric_find(TEXT("service_desk_budget")) : metric;
}

bool figures_any(const struct figures *figures, const struct metric_set *shown) {
  const struct metric *cost = metric_find(TEXT("cost_per_ticket"));
  for (size_t i = 0; i < FIGURES_METRICS_MAX; i++)
    if (metric_set_has(shown, i) && figures->tallies[i].n > 0) return true;
  return metric_set_has(shown, metric_place(cost)) && figures_basis(figures, cost) != cost;
}

struct metric_set figures_all(const struct tenant *tenant, struct metric_set *scarce) {
  struct metric_set shown = {{0}};
  *scarce = shown;
  for (size_t i = 0; i < tenant_metrics_count(tenant); i++) {
    const struct metric *metric = tenant_metric(tenant, i);
    if (metric->hidden) continue;
    metric_set_add(&shown, i);
    if (metric->source == SOURCE_MANUAL) metric_set_add(scarce, i);
  }
  return shown;
}

const struct metric *figures_find(const struct tenant *tenant, struct text key) {
  const struct metric *metric = tenant_metric_find(tenant, key);
  return metric && !metric->hidden ? metric : NULL;
}

static void write_value(struct json_writer *json, const struct estimate *estimate) {
  if (estimate->has_value)
    json_ratio(json, estimate->numerator, estimate->denominator, 2);
  else
    json_null(json);
}

static bool is_money(const struct metric *metric) { return text_is(text_of(metric->unit), "currency"); }

const char *figures_unit(const struct metric *metric, const struct tenant *tenant) { return is_money(metric) ? tenant->currency : metric->unit; }

// An estimate, and how it was come by.
struct figure {
  struct estimate estimate;
  const char *formula;
};

static struct figure figure_of(const struct figures *figures, const struct metric *metric) {
  if (figures_basis(figures, metric) == metric)
    return (struct figure){estimate_of(metric, &figures->tallies[metric_place(metric)]), AGGREGATION_NAMES[metric->aggregation]};
  const struct tally *budget = figures_of(figures, "service_desk_budget"), *tickets = figures_of(figures, "ticket_volume");
  struct estimate shared = {.n = tickets->n, .has_value = true, .numerator = budget->sum, .denominator = (int128)tickets->n * metric->divisor};
  return (struct figure){shared, "budget ÷ tickets"};
}

static void write_unit(struct json_writer *json, const struct metric *metric, const char *formula, const struct tenant *tenant) {
  json_member_string(json, "unit", figures_unit(metric, tenant));
  json_member_string(json, "formula", formula);
}

// Value, n, interval, unit, formula: members of the object that is open.
static void write_estimate(struct json_writer *json, const struct metric *metric, const struct figure *figure, const struct tenant *tenant) {
  const struct estimate *estimate = &figure->estimate;
  json_name(json, "value");
  write_value(json, estimate);
  json_name(json, "n");
  // The level of a stock counts tickets, not their comings and goings.
  if (metric->aggregation == AGGREGATE_STOCK)
    json_int(json, estimate->has_value ? (int64_t)(estimate->numerator / estimate->denominator) : 0);
  else
    json_int(json, estimate->n);
  json_name(json, "interval");
  if (estimate->has_interval) {
    json_array(json);
    json_decimal(json, estimate->low, 2);
    json_decimal(json, estimate->high, 2);
    json_array_end(json);
  } else {
    json_null(json);
  }
  write_unit(json, metric, figure->formula, tenant);
  if (estimate->approximate) {
    json_member_bool(json, "approximate", true);
  }
}

void figures_write_estimate(struct json_writer *json, const struct metric *metric, const struct estimate *estimate, const struct tenant *tenant) {
  write_estimate(json, metric, &(struct figure){*estimate, AGGREGATION_NAMES[metric->aggregation]}, tenant);
}

struct estimate figures_estimate(const struct figures *figures, const struct metric *metric) {
  return figure_of(figures, metric).estimate;
}

static void write_bands(struct json_writer *json, const struct tally *tally) {
  struct bands bands = bands_of(tally);
  json_name(json, "bands");
  json_object(json);
  json_member_int(json, "positive", bands.positive);
  json_member_int(json, "neutral", bands.neutral);
  json_member_int(json, "negative", bands.negative);
  json_object_end(json);
}

// Lost time comes twice: `value` over capped answers, `raw` over uncapped ones, which are the capped ones and what was cut off.
static void write_lost_time(struct json_writer *json, const struct figures *figures, const struct tenant *tenant) {
  const struct tally *capped = figures_of(figures, "lost_time"), *excess = figures_of(figures, "lost_time_excess");
  struct tally uncapped = {.n = capped->n, .sum = capped->sum + excess->sum};
  struct estimate raw = estimate_of(metric_find(TEXT("lost_time_excess")), &uncapped);
  json_name(json, "raw");
  write_value(json, &raw);
  json_member_int(json, "cap", tenant->lost_time_cap);
  json_member_int(json, "capped", excess->n);
  json_member_int(json, "sum", (int64_t)capped->sum);
}

// A stored value in the shown unit.
static void write_edge(struct json_writer *json, const struct metric *metric, int64_t stored) { json_ratio(json, stored, metric->divisor, 2); }

// Each value has a bin of its own.
static bool is_discrete(const struct metric *metric) { return (int64_t)metric->bins == metric->high - metric->low + 1; }

// Bins as [from, to), the last of a scale up to its top; where each value is a bin of its own, `to` is that value.
static void write_histogram(struct json_writer *json, const struct metric *metric, const struct tally *tally, const struct tenant *tenant) {
  json_member_int(json, "n", tally->n);
  json_member_string(json, "unit", figures_unit(metric, tenant));
  json_name(json, "bins");
  json_array(json);
  for (size_t i = 0; i < metric->bins; i++) {
    json_object(json);
    json_name(json, "from");
    write_edge(json, metric, metric->edges[i]);
    json_name(json, "to");
    if (is_discrete(metric))
      write_edge(json, metric, metric->edges[i]);
    else if (i + 1 < metric->bins)
      write_edge(json, metric, metric->edges[i + 1]);
    else if (metric->low < metric->high)
      write_edge(json, metric, metric->high);
    else
      json_null(json);
    json_member_int(json, "count", tally->bins[i]);
    json_object_end(json);
  }
  json_array_end(json);
}

// As one that has data, but not for everybody's eyes.
static void write_withheld(struct json_writer *json, int64_t n, const struct figures_style *style) {
  json_member_bool(json, "suppressed", true);
  // A baseline doesn't keep how many.
  if (style->tells_n && n > 0) json_member_int(json, "n", n);
}

static bool is_hidden(const struct figures *figures, const struct metric *metric) { return metric_set_has(&figures->hidden, metric_place(metric)); }

// As a reader would subtract: after minus before, from the exact values.
static struct ratio change_of(const struct estimate *after, const struct estimate *before) {
  if (!after->has_value || !before->has_value) return (struct ratio){0, 0};
  return (struct ratio){after->numerator * before->denominator - before->numerator * after->denominator, after->denominator * before->denominator};
}

static void write_change(struct json_writer *json, struct ratio change) {
  json_name(json, "change");
  if (change.denominator > 0)
    json_ratio(json, change.numerator, change.denominator, 2);
  else
    json_null(json);
}

// Of a share, n tells how many ones there were; of anything else the spread is not known.
static void write_benchmark_comparison(struct json_writer *json, const struct metric *metric, const struct tally *after,
                                       const struct benchmark_value *value) {
  if (metric->aggregation == AGGREGATE_SHARE && value->n != ABSENT) {
    int128 ones = ((int128)value->scaled * value->n + 50 * BENCHMARK_SCALE) / (100 * BENCHMARK_SCALE);
    struct tally before = {.n = value->n};
    before.bins[metric->bins - 1] = (int64_t)ones;
    before.bins[0] = value->n - (int64_t)ones;
    comparison_write(json, metric, &before, after, false);
  } else {
    comparison_write_target(json, metric, after, (struct ratio){value->scaled, BENCHMARK_SCALE});
  }
}

static void write_benchmark(struct json_writer *json, const struct metric *metric, const struct figures *figures, const struct benchmark_value *value,
                            const struct tenant *tenant) {
  struct estimate earlier = {.has_value = value->metric != NULL, .numerator = value->scaled, .denominator = BENCHMARK_SCALE};
  struct figure later = figure_of(figures, metric);
  write_change(json, change_of(&later.estimate, &earlier));
  json_name(json, "compared_with");
  json_object(json);
  json_member_string(json, "kind", "external");
  json_name(json, "value");
  write_value(json, &earlier);
  json_member_int(json, "n", value->metric ? value->n : ABSENT);
  json_member_null(json, "interval");
  write_unit(json, metric, AGGREGATION_NAMES[metric->aggregation], tenant);
  json_object_end(json);
  json_name(json, "comparison");
  if (value->metric)
    write_benchmark_comparison(json, metric, &figures->tallies[metric_place(metric)], value);
  else
    json_null(json);
}

static void write_comparison(struct json_writer *json, const struct metric *metric, const struct figures *figures,
                             const struct figures_compared *compared, struct ratio change) {
  size_t place = metric_place(metric);
  bool measured = figures_basis(figures, metric) == metric && figures_basis(compared->figures, metric) == metric;
  if (is_hidden(compared->figures, metric))
    comparison_write_withheld(json);
  else if (metric_set_has(&compared->redefined, place))
    json_null(json);
  else if (measured)
    comparison_write(json, metric, &compared->figures->tallies[place], &figures->tallies[place], compared->overlapping);
  else
    comparison_write_difference(json, change);
}

// What is withheld on either side is not compared, nor what was defined otherwise then.
static void write_compared(struct json_writer *json, const struct metric *metric, const struct figures *figures,
                           const struct figures_compared *compared, const struct figures_style *style) {
  struct figure earlier = figure_of(compared->figures, metric), later = figure_of(figures, metric);
  bool hidden = is_hidden(compared->figures, metric), redefined = metric_set_has(&compared->redefined, metric_place(metric));
  struct ratio change = hidden || redefined ? (struct ratio){0, 0} : change_of(&later.estimate, &earlier.estimate);
  write_change(json, change);
  json_name(json, "compared_with");
  json_object(json);
  if (hidden)
    write_withheld(json, earlier.estimate.n, style);
  else
    write_estimate(json, metric, &earlier, style->tenant);
  json_object_end(json);
  if (redefined) json_member_bool(json, "definition_changed", true);
  json_name(json, "comparison");
  write_comparison(json, metric, figures, compared, change);
}

void figures_write_figure(struct json_writer *json, const struct metric *metric, const struct figures *figures,
                          const struct figures_compared *compared, const struct figures_style *style) {
  const struct tally *tally = &figures->tallies[metric_place(metric)];
  json_object(json);
  if (is_hidden(figures, metric)) {
    write_withheld(json, tally->n, style);
  } else if (style->distribution) {
    write_histogram(json, metric, tally, style->tenant);
  } else {
    struct figure figure = figure_of(figures, metric);
    write_estimate(json, metric, &figure, style->tenant);
    if (metric->aggregation == AGGREGATE_NET) write_bands(json, tally);
    if (text_is(text_of(metric->key), "lost_time")) write_lost_time(json, figures, style->tenant);
    if (compared && compared->values)
      write_benchmark(json, metric, figures, &compared->values[metric_place(metric)], style->tenant);
    else if (compared)
      write_compared(json, metric, figures, compared, style);
  }
  json_object_end(json);
}

void figures_write_plain(struct json_writer *json, const struct metric *metric, const struct figures *figures, const struct figures_style *style) {
  struct figure figure = figure_of(figures, metric);
  json_object(json);
  if (is_hidden(figures, metric))
    write_withheld(json, figure.estimate.n, style);
  else
    write_estimate(json, metric, &figure, style->tenant);
  json_object_end(json);
}

static bool is_written(const struct figures *figures, const struct metric *metric, size_t place, const struct figures_style *style) {
  if (!metric_set_has(&style->shown, place) || (style->distribution && metric->bins == 0)) return false;
  return figures->tallies[place].n > 0 || !metric_set_has(&style->scarce, place) || figures_basis(figures, metric) != metric;
}

void figures_write(struct json_writer *json, const struct figures *figures, const struct figures_compared *compared,
                   const struct figures_style *style) {
  json_object(json);
  for (size_t i = 0; i < tenant_metrics_count(style->tenant); i++) {
    const struct metric *metric = tenant_metric(style->tenant, i);
    if (!is_written(figures, metric, i, style)) continue;
    json_name(json, metric->key);
    figures_write_figure(json, metric, figures, compared, style);
  }
  json_object_end(json);
}

void figures_write_response_rate(struct json_writer *json, const struct figures *figures, const struct figures_style *style) {
  const struct metric *share = metric_find(TEXT("ticket_response_share")), *responses = metric_find(TEXT("responses"));
  int64_t resolved = figures_of(figures, "resolved_tickets")->n, ones = figures_of(figures, "answered_tickets")->n;
  struct figure answered = {estimate_of(share, &(struct tally){.n = resolved, .bins = {resolved - ones, ones}}),
                            AGGREGATION_NAMES[share->aggregation]};
  json_object(json);
  // Nobody was invited: every response came by itself.
  json_member_null(json, "value");
  json_member_int(json, "n", 0);
  json_member_int(json, "pending", 0);
  json_name(json, "uninvited");
  if (is_hidden(figures, responses) && !style->tells_n)
    json_null(json);
  else
    json_int(json, figures_of(figures, "responses")->n);
  json_name(json, "ticket_response_share");
  json_object(json);
  if (is_hidden(figures, share))
    write_withheld(json, resolved, style);
  else
    write_estimate(json, share, &answered, style->tenant);
  json_object_end(json);
  json_object_end(json);
}
