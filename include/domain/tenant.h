// A tenant: an organisation with its time zone, its settings, and the dimensions and metrics it uses.
#ifndef XLAD_DOMAIN_TENANT_H
#define XLAD_DOMAIN_TENANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ident.h"
#include "base/limits.h"
#include "base/text.h"
#include "domain/metric.h"

enum { SLUG_CHARS_MAX = 63, TIME_ZONE_CHARS_MAX = 63, DIMENSION_NAME_CHARS_MAX = 40, SECRET_BYTES = 32, CURRENCY_CHARS = 3 };

struct dimension {
  int id;  // 1 to DIMENSIONS_MAX: its place in a segment
  char name[DIMENSION_NAME_CHARS_MAX + 1];
};

// What a tenant has said about a metric, a preset or one of its own.
struct metric_terms {
  int64_t version;  // counts what its values were made by, such as the cap of lost time: figures of different versions are not compared
  enum metric_level level;
  bool wanted;     // it should be measured
  int64_t target;  // hundredths of the shown unit; ABSENT: none
};

// A tenant's own metrics, and its terms of all. Metrics point into it, so it is never copied; it is brought up to date in place, where metrics may
// come behind those that are there already.
struct tenant_metrics {
  struct metric own[METRICS_OWN_MAX];
  size_t own_count;
  struct metric_terms terms[METRICS_MAX];  // by place
  struct metric_texts {                    // what they point to, in UTF-8
    char key[METRIC_KEY_CHARS_MAX + 1];
    char title[4 * METRIC_TITLE_CHARS_MAX + 1];
    char unit[4 * METRIC_UNIT_CHARS_MAX + 1];
    int64_t edges[METRIC_BINS_MAX];
  } texts[METRICS_OWN_MAX];
};

// Kept by value, so that it can be brought up to date in place while requests look at it.
struct tenant {
  struct uuid id;
  char slug[SLUG_CHARS_MAX + 1];
  char time_zone[TIME_ZONE_CHARS_MAX + 1];
  char currency[CURRENCY_CHARS + 1];
  // Settings. Columns of `tenants` have the same names.
  int64_t lost_time_cap;  // minutes
  int64_t amend_minutes;
  int64_t min_group;             // respondents that a figure of answers needs
  int64_t min_group_comments;    // and that comments need
  int64_t lost_time_threshold;   // minutes, above which a response makes its ticket a watermelon
  int64_t sla_target;            // hundredths of a percent
  int64_t cost_per_hour;         // hundredths of the currency; ABSENT where it is not known
  int64_t quiet_days;            // that nobody is asked again within, by any survey
  bool calendar_periods;         // dashboard keys read whole calendar months only
  bool asks;                     // it has a survey of tickets, so that what is resolved is decided about (domain/invitation.h)
  bool agent_figures;            // figures by the people who work on tickets are allowed
  int64_t revision;              // of the settings
  uint8_t secret[SECRET_BYTES];  // keys the hashes of people
  int32_t today;                 // in its time zone, as PostgreSQL has it
  int64_t next_midnight;         // instant at which `today` ends
  struct dimension dimensions[DIMENSIONS_MAX];
  size_t dimensions_count;
  const struct tenant_metrics *metrics;  // NULL: none of its own, and presets as they are
};

// The slot of a dimension: its id; −1, −2, … for the derived ones in their order; 0 when the tenant has no such dimension.
int tenant_dimension_slot(const struct tenant *tenant, struct text name);
bool tenant_slug_valid(struct text slug);

// Metrics of a tenant: presets and its own, hidden ones too. NULL when there is none.
const struct metric *tenant_metric_find(const struct tenant *tenant, struct text key);
const struct metric *tenant_metric_by_id(const struct tenant *tenant, int id);
const struct metric *tenant_metric(const struct tenant *tenant, size_t place);  // place: metric_place()
size_t tenant_metrics_count(const struct tenant *tenant);                       // places are below
struct metric_terms tenant_metric_terms(const struct tenant *tenant, const struct metric *metric);
// What holds as long as a tenant has said nothing.
struct metric_terms metric_terms_default(const struct metric *metric);

#endif
