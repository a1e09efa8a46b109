// Reads what the last states of agreements say of each other.
#include "store/maturity_store.h"

#include "domain/integrity.h"
#include "domain/xla.h"

// Numbers of states as they are shown, in ten thousandths: they have four decimals at most. What is out of all measure stays in an int8.
enum { STATE_UNIT = 10000 };
#define SCALED(number) "(least(greatest((" number ")::numeric, -1e14), 1e14) * 10000)::int8"

// What is in force is shown as of today; a revised state is what the day would be now.
#define STATE_OF(row)  "coalesce(" row ".revised_state, " row ".state)"

static const struct statement AGREEMENTS = {
    "maturity_agreements",
    "select x.slug, (x.content -> 'scope')::text, x.content ->> 'metric', d.state ->> 'status',"
    " (select string_agg(f ->> 'flag', ',') from json_array_elements(d.state -> 'integrity') f where f ->> 'verdict' = 'raised'),"
    " d.state #>> '{paired_sla,metric}', " SCALED("d.state #>> '{paired_sla,value}'") ", " SCALED(
        "d.state #>> '{paired_sla,target}'") ","
                                             " " SCALED("d.state #>> '{interval,0}'") ", " SCALED(
                                                 "d.state #>> '{interval,1}'") ","
                                                                               " " SCALED("b.state #>> '{interval,0}'") ", " SCALED(
                                                                                   "b.state "
                                                                                   "#>> "
                                                                                   "'{"
                                                                                   "interval"
                                                                                   ",1}'") " from xlas x cross join lateral (select k.day, "
                                                                                           "k.version, " STATE_OF("k") " as state from xla_days k"
                                                                                                                       " where k.tenant_id = "
                                                                                                                       "$1::uuid and k.slug = x.slug "
                                                                                                                       "order by k.day desc limit 1) "
                                                                                                                       "d"
                                                                                                                       " left join lateral "
                                                                                                                       "(select " STATE_OF(
                                                                                                                           "k") " as state from "
                                                                                                                                "xla_days k where "
                                                                                                                                "k.tenant_id = "
                                                                                                                                "$1::uuid and k.slug "
                                                                                                                                "= x.slug"
                                                                                                                                " and k.day = d.day "
                                                                                                                                "- (x.content ->> "
                                                                                                                                "'window_days')::"
                                                                                                                                "int4 and k.version "
                                                                                                                                "= "
                                                                                                                                "d.version) b on true"
                                                                                                                                " where x.tenant_id "
                                                                                                                                "= $1::uuid and "
                                                                                                                                "x.retired_at is "
                                                                                                                                "null order by "
                                                                                                                                "x.slug limit "
                                                                                                                                "$2::int8"};

const struct statement *const MATURITY_STATEMENTS[] = {&AGREEMENTS, NULL};

enum { SLUG, SCOPE, METRIC, STATUS, FLAGS, PAIRED, PAIRED_VALUE, PAIRED_TARGET, LOW, HIGH, LOW_BEFORE, HIGH_BEFORE };

void maturity_ask_agreements(struct job *job, const struct uuid *tenant, int64_t limit) {
  job_step(job, &AGREEMENTS);
  job_uuid(job, tenant);
  job_int8(job, limit);
}

static unsigned flags_of(struct text names) {
  unsigned flags = 0;
  while (names.at) {
    struct text name = text_cut(&names, ',');
    for (unsigned kind = 0; kind < INTEGRITY_KINDS; kind++)
      if (text_is(name, INTEGRITY_NAMES[kind])) flags |= 1U << kind;
  }
  return flags;
}

static bool attains(const struct metric *metric, int64_t value, int64_t target) {
  if (!metric || value == ABSENT || target == ABSENT) return false;
  return metric->better == BETTER_LOWER ? value <= target : value >= target;
}

// False without an interval.
static bool take_interval(const struct job *job, unsigned step, size_t row, int column, double *low, double *high) {
  int64_t ends[] = {row_int(job, step, row, column), row_int(job, step, row, column + 1)};
  if (ends[0] == ABSENT || ends[1] == ABSENT) return false;
  *low = (double)ends[0] / STATE_UNIT;
  *high = (double)ends[1] / STATE_UNIT;
  return true;
}

static const struct metric *metric_named(const struct tenant *catalogue, struct text key) {
  return key.at ? tenant_metric_find(catalogue, key) : NULL;
}

void maturity_take_agreement(const struct job *job, unsigned step, size_t row, const struct tenant *catalogue, struct maturity_agreement *agreement) {
  struct text status = row_text(job, step, row, STATUS);
  *agreement = (struct maturity_agreement){
      .slug = row_text(job, step, row, SLUG),
      .scope = row_text(job, step, row, SCOPE),
      .metric = metric_named(catalogue, row_text(job, step, row, METRIC)),
      .attained = text_is(status, XLA_STATUS_NAMES[XLA_MET]) || text_is(status, XLA_STATUS_NAMES[XLA_AT_RISK]),
      .breached = text_is(status, XLA_STATUS_NAMES[XLA_BREACHED]),
      .flags = flags_of(row_text(job, step, row, FLAGS)),
      .paired = metric_named(catalogue, row_text(job, step, row, PAIRED)),
  };
  agreement->paired_attained = attains(agreement->paired, row_int(job, step, row, PAIRED_VALUE), row_int(job, step, row, PAIRED_TARGET));
  agreement->has_interval = take_interval(job, step, row, LOW, &agreement->low, &agreement->high);
  agreement->had_interval = take_interval(job, step, row, LOW_BEFORE, &agreement->low_before, &agreement->high_before);
}
