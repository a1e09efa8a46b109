// Figures as they are shown: every number with its n, its interval and its formula.
#ifndef XLAD_API_FIGURES_H
#define XLAD_API_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "domain/estimate.h"
#include "domain/tenant.h"
#include "json/writer.h"

enum { FIGURES_METRICS_MAX = METRICS_MAX };

// Published values come in ten thousandths of the shown unit.
enum { BENCHMARK_SCALE = 10000 };
#define BENCHMARK_SCALED_MAX (INT64_C(1000000000) * BENCHMARK_SCALE)

// A published value, of which no more is known.
struct benchmark_value {
  const struct metric *metric;  // NULL: none
  int64_t scaled;
  int64_t n;  // ABSENT: not told
};

// The tallies of all metrics for one window, group or point, by metric_place().
struct figures {
  struct tally tallies[FIGURES_METRICS_MAX];
  struct metric_set hidden;  // withheld for the sake of who answered: of these nothing is shown
};

struct figures_style {
  const struct tenant *tenant;
  struct metric_set shown;
  struct metric_set scarce;  // of the shown ones, those that are left out where there is nothing to count
  bool distribution;         // histograms instead of values
  bool tells_n;              // how many answers a withheld figure has
};

// What figures are compared with.
struct figures_compared {
  const struct figures *figures;
  bool overlapping;                      // some answers may count on both sides
  struct metric_set redefined;           // their definition has changed since, so they are not compared
  const struct benchmark_value *values;  // by place, instead of figures; or NULL
};

void figures_add(struct figures *figures, const struct metric *metric, const struct tally *tally);
void figures_add_all(struct figures *figures, const struct figures *more);
const struct tally *figures_of(const struct figures *figures, const char *key);

// What a figure is computed from: the metric itself, or the service desk's budget, which tickets without costs of their own share.
const struct metric *figures_basis(const struct figures *figures, const struct metric *metric);

// The figure of one metric, whether it is withheld or not.
struct estimate figures_estimate(const struct figures *figures, const struct metric *metric);

// True when any of the `shown` metrics has something to count.
bool figures_any(const struct figures *figures, const struct metric_set *shown);

// All metrics that are shown where nobody asks for some of them; *scarce: those that were entered by hand, which few tenants do.
struct metric_set figures_all(const struct tenant *tenant, struct metric_set *scarce);
// One that may be shown; NULL when there is none of that name.
const struct metric *figures_find(const struct tenant *tenant, struct text key);

// "points", "minutes", or the tenant's currency.
const char *figures_unit(const struct metric *metric, const struct tenant *tenant);
// The members of "metrics". With `compared` (may be NULL) each figure tells its change since then, and what it means.
void figures_write(struct json_writer *json, const struct figures *figures, const struct figures_compared *compared,
                   const struct figures_style *style);
// Value, n, interval, unit, formula: members of the object that is open.
void figures_write_estimate(struct json_writer *json, const struct metric *metric, const struct estimate *estimate, const struct tenant *tenant);
// One figure of them.
void figures_write_figure(struct json_writer *json, const struct metric *metric, const struct figures *figures,
                          const struct figures_compared *compared, const struct figures_style *style);
// One figure as an object: its estimate alone, or that it is withheld.
void figures_write_plain(struct json_writer *json, const struct metric *metric, const struct figures *figures, const struct figures_style *style);
// "response_rate": invitations answered, answers without one, and tickets with an answer.
void figures_write_response_rate(struct json_writer *json, const struct figures *figures, const struct figures_style *style);

#endif
