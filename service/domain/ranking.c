// Ranks the values of a dimension by the time and happiness they cost.
#include "domain/ranking.h"

#include <math.h>
#include <stdlib.h>

static const double LEVEL = 0.05;
static const double MINUTES_PER_HOUR = 60;

static const struct metric *metric_of(enum ranking_metric metric) {
  return metric_find(metric == RANKING_HAPPINESS ? TEXT("happiness") : TEXT("lost_time"));
}

struct comparison ranking_compare(const struct ranking_question *question, const struct ranking_row *row, enum ranking_metric metric) {
  const struct ranking_figure *figure = &row->figures[metric];
  struct tally reference = {0};
  switch (question->reference) {
  case RANKING_TARGET:
    return comparison_with_target(metric_of(metric), &figure->tally, question->target[metric]);
  case RANKING_REST:
    reference = question->total[metric];
    tally_subtract(&reference, &figure->tally);
    break;
  case RANKING_PREVIOUS:
    reference = figure->previous ? *figure->previous : reference;
    break;
  }
  return comparison_of(metric_of(metric), &reference, &figure->tally, false);
}

// Until all p values are known, `direction` is where the figure lies, sure or not.
static void judge(const struct ranking_question *question, struct ranking_row *row, enum ranking_metric metric) {
  struct ranking_figure *figure = &row->figures[metric];
  struct comparison comparison = ranking_compare(question, row, metric);
  figure->impact = NAN;
  if (comparison.difference.denominator > 0) {
    double sign = metric_of(metric)->better == BETTER_HIGHER ? 1 : -1;
    long double difference = (long double)comparison.difference.numerator / (long double)comparison.difference.denominator;
    figure->impact = sign * (double)(difference * (long double)figure->tally.n);
  }
  bool tested = comparison.has_test && comparison.sufficient;
  figure->p = tested ? comparison.p : NAN;
  figure->direction = comparison_direction(metric_of(metric), &comparison, INFINITY);
}

static void conclude(struct ranking_row *row, const struct hypothesis *hypotheses) {
  row->confirmed = false;
  row->worse = false;
  for (int metric = 0; metric < RANKING_METRICS; metric++) {
    struct ranking_figure *figure = &row->figures[metric];
    figure->adjusted = hypotheses[metric].adjusted;
    if (!(figure->adjusted < LEVEL)) {
      figure->direction = 0;
    }
    row->confirmed = row->confirmed || figure->direction != 0;
    row->worse = row->worse || figure->direction < 0;
  }
  double impact = row->figures[RANKING_LOST_TIME].impact;
  row->recoverable_hours = isnan(impact) ? NAN : fmax(0, -impact) / MINUTES_PER_HOUR;
}

static double or_zero(double a) { return isnan(a) ? 0 : a; }

static int by_rank(const void *a, const void *b) {
  const struct ranking_row *left = a;
  const struct ranking_row *right = b;
  if (left->confirmed != right->confirmed) {
    return left->confirmed ? -1 : 1;
  }
  double hours = or_zero(right->recoverable_hours) - or_zero(left->recoverable_hours);
  double impact = or_zero(left->figures[RANKING_HAPPINESS].impact) - or_zero(right->figures[RANKING_HAPPINESS].impact);
  double order = hours != 0 ? hours : impact;
  if (order != 0) {
    return order < 0 ? -1 : 1;
  }
  return (left->key > right->key) - (left->key < right->key);
}

void ranking_sort(const struct ranking_question *question, struct ranking_row *rows, size_t count, struct hypothesis *hypotheses) {
  if (count == 0) {
    return;
  }
  for (size_t i = 0; i < count * RANKING_METRICS; i++) {
    enum ranking_metric metric = (enum ranking_metric)(i % RANKING_METRICS);
    struct ranking_row *row = &rows[i / RANKING_METRICS];
    judge(question, row, metric);
    hypotheses[i].p = row->figures[metric].p;
  }
  holm_adjust(hypotheses, count * RANKING_METRICS);
  for (size_t i = 0; i < count; i++) {
    conclude(&rows[i], &hypotheses[i * RANKING_METRICS]);
  }
  qsort(rows, count, sizeof *rows, by_rank);
}
