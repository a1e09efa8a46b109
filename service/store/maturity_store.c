// Reads what the last states of agreements say of each other, and what evaluations say of their metrics.
#include "store/maturity_store.h"

#include "domain/integrity.h"
#include "domain/xla.h"

// Numbers of states as they are shown, in ten thousandths: they have four decimals at most. What is out of all measure stays in an int8.
enum { STATE_UNIT = 10000 };
#define SCALED(number)       "(least(greatest((" number ")::numeric, -1e14), 1e14) * 10000)::int8"

// What is in force is shown as of today; a revised state is what the day would be now.
#define STATE                "coalesce(k.revised_state, k.state) as state"
#define PAIRED_VALUE_OF_D    SCALED("d.state #>> '{paired_sla,value}'")
#define PAIRED_TARGET_OF_D   SCALED("d.state #>> '{paired_sla,target}'")
#define LOW_OF_D             SCALED("d.state #>> '{interval,0}'")
#define HIGH_OF_D            SCALED("d.state #>> '{interval,1}'")
#define LOW_OF_B             SCALED("b.state #>> '{interval,0}'")
#define HIGH_OF_B            SCALED("b.state #>> '{interval,1}'")

#define RAISED(flags)        "(select string_agg(f ->> 'flag', ',') from json_array_elements(" flags ") f where f ->> 'verdict' = 'raised')"
#define RAISED_IN_STATE      RAISED("d.state -> 'integrity'")
#define RAISED_IN_EVALUATION RAISED("e.content -> 'integrity'")

static const struct statement AGREEMENTS = {
    "maturity_agreements",
    "select x.slug, (x.content -> 'scope')::text, x.content ->> 'metric', d.state ->> 'status', " RAISED_IN_STATE ","
    " d.state #>> '{paired_sla,metric}', " PAIRED_VALUE_OF_D ", " PAIRED_TARGET_OF_D ", " LOW_OF_D ", " HIGH_OF_D ", " LOW_OF_B ", " HIGH_OF_B
    " from xlas x cross join lateral (select k.day, k.version, " STATE " from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug"
    " order by k.day desc limit 1) d"
    " left join lateral (select " STATE " from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug"
    " and k.day = d.day - (x.content ->> 'window_days')::int4 and k.version = d.version) b on true"
    " where x.tenant_id = $1::uuid and x.retired_at is null order by x.slug limit $2::int8"};

static const struct statement INITIATIVES = {
    "maturity_initiatives",
    "select i.initiative_id, i.content ->> 'title', e.content ->> 'metric', s.flags, s.guardrails from initiatives i cross join lateral"
    " (select k.content, k.evaluated_at from evaluations k where k.tenant_id = $1::uuid and k.initiative_id = i.initiative_id"
    " order by k.iteration desc limit 1) e cross join lateral (select " RAISED_IN_EVALUATION " as flags,"
    " (select string_agg(g ->> 'metric', ',') from json_array_elements(e.content -> 'guardrails') g"
    " where e.content ->> 'reached' = 'true' and g #>> '{comparison,verdict}' = 'worsened') as guardrails) s"
    " where i.tenant_id = $1::uuid and i.status <> 'cancelled' and e.evaluated_at >= now() - $3::int4 * interval '1 day'"
    " and num_nonnulls(s.flags, s.guardrails) > 0 order by e.evaluated_at desc, i.initiative_id limit $2::int8"};

const struct statement *const MATURITY_STATEMENTS[] = {&AGREEMENTS, &INITIATIVES, NULL};

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

void maturity_ask_initiatives(struct job *job, const struct uuid *tenant, int64_t limit) {
  job_step(job, &INITIATIVES);
  job_uuid(job, tenant);
  job_int8(job, limit);
  job_int4(job, MATURITY_DAYS_MAX);
}

void maturity_take_initiative(const struct job *job, unsigned step, size_t row, struct maturity_initiative *initiative) {
  *initiative = (struct maturity_initiative){.id = row_uuid(job, step, row, 0),
                                             .title = row_text(job, step, row, 1),
                                             .metric = row_text(job, step, row, 2),
                                             .flags = flags_of(row_text(job, step, row, 3)),
                                             .guardrails = row_text(job, step, row, 4)};
}
