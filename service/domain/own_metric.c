// Judges metrics that tenants add, and their values.
#include "domain/own_metric.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/wide.h"
#include "domain/dimension.h"

enum { PARTS_DEFAULT = 10, RATING_TOP = 10 };

const char *const OWN_AGGREGATION_NAMES[] = {"net", "share", "mean", "sum", "count", NULL};

static const char UNIT_OF_SHARE[] = "percent", UNIT_OF_NET[] = "points";

static int64_t power_of_ten(int64_t exponent) {
  int64_t power = 1;
  for (; exponent > 0; exponent--) {
    power *= 10;
  }
  return power;
}

// In stored units; false when it has too many decimals.
static bool to_stored(int64_t value, int64_t divisor, int64_t *stored) {
  int128 parts = (int128)value * divisor;
  *stored = (int64_t)(parts / OWN_METRIC_UNIT);
  return parts % OWN_METRIC_UNIT == 0;
}

static void refuse_given(const struct own_metric *asked, const char *what, struct issues *issues) {
  const struct {
    bool given;
    const char *pointer;
  } MEMBERS[] = {
      {asked->low != ABSENT, "/low"},
      {asked->high != ABSENT, "/high"},
      {asked->edges != NULL, "/bins"},
      {asked->share_from != ABSENT, "/share_from"},
      {asked->decimals != ABSENT && asked->decimals > 0 && asked->aggregation != AGGREGATE_SUM, "/decimals"},
  };
  for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
    if (MEMBERS[i].given) {
      issues_add(issues, text_of(MEMBERS[i].pointer), "aggregation", "must not be given: %s", what);
    }
  }
}

static void make_own_bins(struct metric *metric, int64_t *edges) {
  metric->bins = (size_t)(metric->high - metric->low + 1);
  for (size_t i = 0; i < metric->bins; i++) {
    edges[i] = metric->low + (int64_t)i;
  }
}

// A bounded scale: each value has a bin of its own where that is possible, else ten of equal width.
static void make_default_bins(struct metric *metric, int64_t *edges) {
  int64_t width = metric->high - metric->low;
  if (width == 0) {
    return;
  }
  if (width < METRIC_BINS_MAX) {
    make_own_bins(metric, edges);
    return;
  }
  metric->bins = PARTS_DEFAULT;
  for (int64_t i = 0; i < PARTS_DEFAULT; i++) {
    edges[i] = metric->low + (int64_t)((int128)width * i / PARTS_DEFAULT);
  }
}

static void make_bins(const struct own_metric *asked, struct metric *metric, int64_t *edges, struct issues *issues) {
  if (!asked->edges) {
    make_default_bins(metric, edges);
    return;
  }
  if (asked->edges_count < 2 || asked->edges_count > METRIC_BINS_MAX) {
    issues_add(issues, TEXT("/bins"), "length", "must be the lower edges of 2 to %d bins", METRIC_BINS_MAX);
    return;
  }
  bool bounded = metric->low < metric->high;
  for (size_t i = 0; i < asked->edges_count; i++) {
    char chars[32];
    int length = snprintf(chars, sizeof chars, "/bins/%zu", i);
    struct text pointer = {chars, (size_t)length};
    if (!to_stored(asked->edges[i], metric->divisor, &edges[i])) {
      issues_add(issues, pointer, "decimals", "must have as few decimals as values have");
    } else if (i == 0 && edges[i] != metric->low) {
      issues_add(issues, pointer, "range", "must be where the scale begins, so that each value has a bin");
    } else if (i > 0 && edges[i] <= edges[i - 1]) {
      issues_add(issues, pointer, "order", "must be larger than the one before");
    } else if (bounded && edges[i] > metric->high) {
      issues_add(issues, pointer, "range", "must not lie above the scale");
    }
  }
  metric->bins = asked->edges_count;
}

static void make_scale(const struct own_metric *asked, struct metric *metric, struct issues *issues) {
  if ((asked->low == ABSENT) != (asked->high == ABSENT)) {
    issues_add(issues, asked->low == ABSENT ? TEXT("/low") : TEXT("/high"), "required", "must be given, too: a scale has two ends");
    return;
  }
  if (asked->low == ABSENT) {
    return;
  }
  if (!to_stored(asked->low, metric->divisor, &metric->low)) {
    issues_add(issues, TEXT("/low"), "decimals", "must have as few decimals as values have");
  } else if (!to_stored(asked->high, metric->divisor, &metric->high)) {
    issues_add(issues, TEXT("/high"), "decimals", "must have as few decimals as values have");
  } else if (metric->low >= metric->high) {
    issues_add(issues, TEXT("/high"), "order", "must be larger than low");
  }
}

static void make_share(const struct own_metric *asked, struct metric *metric, int64_t *edges, struct issues *issues) {
  metric->unit = UNIT_OF_SHARE;
  metric->high = 1;
  make_scale(asked, metric, issues);
  if (metric->high - metric->low >= METRIC_BINS_MAX) {
    issues_add(issues, TEXT("/high"), "range", "must leave at most %d values, of which those from share_from on are counted", METRIC_BINS_MAX);
    return;
  }
  if (asked->edges) {
    issues_add(issues, TEXT("/bins"), "aggregation", "must not be given: each value of a share has a bin of its own");
  }
  make_own_bins(metric, edges);
  metric->share_from = metric->high;
  if (asked->share_from != ABSENT && (!to_stored(asked->share_from, metric->divisor, &metric->share_from) || metric->share_from <= metric->low ||
                                      metric->share_from > metric->high)) {
    issues_add(issues, TEXT("/share_from"), "range", "must be a value above low, up to high");
  }
}

static void make_mean(const struct own_metric *asked, struct metric *metric, int64_t *edges, struct issues *issues) {
  if (asked->share_from != ABSENT) {
    issues_add(issues, TEXT("/share_from"), "aggregation", "must not be given: it is for shares");
  }
  make_scale(asked, metric, issues);
  if (issues->total == 0) {
    make_bins(asked, metric, edges, issues);
  }
}

static void make_net(const struct own_metric *asked, struct metric *metric, int64_t *edges, struct issues *issues) {
  refuse_given(asked, "a net score is of ratings from 0 to 10", issues);
  metric->unit = UNIT_OF_NET;
  metric->high = RATING_TOP;
  make_own_bins(metric, edges);
}

static void check_key(struct text key, struct issues *issues) {
  if (!dimension_name_valid(key)) {
    issues_add(issues, TEXT("/key"), "format", "must be a lower-case letter, then up to %d of a-z, 0-9 and _", METRIC_KEY_CHARS_MAX - 1);
  } else if (text_is(key, "coverage")) {
    issues_add(issues, TEXT("/key"), "reserved", "is the path of something else");
  }
}

bool own_metric_make(const struct own_metric *asked, struct metric *metric, int64_t edges[METRIC_BINS_MAX], struct issues *issues) {
  check_key(asked->key, issues);
  *metric = (struct metric){
      .key = asked->key.at,
      .title = asked->title.at,
      .unit = asked->unit.at,
      .aggregation = (enum aggregation)asked->aggregation,
      .divisor = power_of_ten(asked->decimals == ABSENT ? 0 : asked->decimals),
      .better = asked->better == ABSENT ? BETTER_HIGHER : (enum better)asked->better,
      .edges = edges,
      .source = SOURCE_MANUAL,
      .level = asked->level == ABSENT ? LEVEL_TACTICAL : (enum metric_level)asked->level,
      .maturity = (int)asked->maturity,
  };
  bool has_unit = metric->aggregation == AGGREGATE_SHARE || metric->aggregation == AGGREGATE_NET;
  if (has_unit && asked->unit.at) {
    issues_add(issues, TEXT("/unit"), "aggregation", "must not be given: a share is shown in percent, a net score in points");
  } else if (!has_unit && !asked->unit.at) {
    issues_add(issues, TEXT("/unit"), "required", "must say what is counted or measured: minutes, days, percent, score, currency, …");
  }
  switch (metric->aggregation) {
  case AGGREGATE_NET:
    make_net(asked, metric, edges, issues);
    break;
  case AGGREGATE_SHARE:
    if (asked->decimals != ABSENT && asked->decimals > 0) {
      issues_add(issues, TEXT("/decimals"), "aggregation", "must not be given: a share is of whole values");
    }
    metric->divisor = 1;
    make_share(asked, metric, edges, issues);
    break;
  case AGGREGATE_MEAN:
    make_mean(asked, metric, edges, issues);
    break;
  default:
    refuse_given(asked, "sums and counts have no scale", issues);
  }
  return issues->total == 0;
}

static bool is_counted(const struct metric *metric) { return metric->aggregation == AGGREGATE_COUNT; }

bool metric_store_value(const struct metric *metric, int64_t value, struct text pointer, int64_t *stored, struct issues *issues) {
  if (!to_stored(value, metric->divisor, stored)) {
    if (metric_decimals(metric) > 0)
      issues_add(issues, pointer, "decimals", "must have at most %d decimal%s", metric_decimals(metric), metric_decimals(metric) == 1 ? "" : "s");
    else
      issues_add(issues, pointer, "decimals", "must be a whole number");
    return false;
  }
  if (is_counted(metric) && *stored != 1) {
    issues_add(issues, pointer, "range", "must be 1: a count is of measurements");
    return false;
  }
  bool bounded = metric->low < metric->high;
  if (!bounded && *stored < 0) {
    issues_add(issues, pointer, "range", "must not be negative");
    return false;
  }
  if (bounded && (*stored < metric->low || *stored > metric->high)) {
    issues_add(issues, pointer, "range", "must be from %g to %g", (double)metric->low / (double)metric->divisor,
               (double)metric->high / (double)metric->divisor);
    return false;
  }
  return true;
}

int metric_decimals(const struct metric *metric) {
  int64_t parts = metric->divisor;
  int decimals = 0;
  for (; parts % 10 == 0; decimals++) {
    parts /= 10;
  }
  return parts == 1 ? decimals : -1;
}
