// Reads factors: from the labelled sums where one dimension is concerned, else from the measurements of the window.
#include "store/factor_store.h"

#include "store/measured_sql.h"
#include "store/scope_sql.h"

// Parameters of both statements: $1 tenant, $2 and $3 first and last day, $4 slot, $5 most rows; of BY_ROWS also $6 to $9, the scope.

#define QUEUED \
  " wanted as materialized (select q.ref, bool_or(q.ticket) as ticket from queue q where q.tenant_id = $1::uuid group by q.ref)," MEASURED "," WAS

#define PRESENT_VALUE SLOT_VALUE("$4::int2", "g.value_ids", "m.derived")
#define IS_NEGATIVE   "i.metric_id = {factors_negative}"
#define TERMS         SCOPE_TERMS("$1", "$6", "$7", "$8")
#define SCOPED        SCOPE_HOLDS("$9", "g.value_ids", "m.derived")
#define UNION_TEN     LEAST_TEN("h")
#define SEGMENT_OF_M  "cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"

// From `counted` (value_id, label, n) and `told` (value_id, label, respondents) to the answer.
#define ANSWER                                                                                                     \
  " select v.value, case when $4::int2 < 0 then c.value_id else 0 end, c.label, c.n, t.respondents from counted c" \
  " left join told t on t.value_id = c.value_id and t.label = c.label"                                             \
  " left join dimension_values v on $4::int2 > 0 and v.tenant_id = $1::uuid and v.value_id = c.value_id"           \
  " order by c.label, c.value_id limit $5::int8"

// As in answers_store: on days of which a response is no longer what its measurement says somebody may have left, so that their respondents are read
// from the measurements; on all others whoever was there still is.
static const struct statement BY_SUMS = {
    "factors_by_sums",
    "with" QUEUED ","
    " keys as materialized ("
    " select 0::int8 as value_id"
    " union all select v.value_id from dimension_values v where v.tenant_id = $1::uuid and v.dimension_id = $4::int2"
    " union all select c from generate_series(1, 9) as c where $4::int2 < 0),"
    " left_days as materialized ("
    " select distinct w.day from was w where w.day >= $2::date and w.day <= $3::date and not exists (select from measured n"
    " where (n.ref, n.response_id, n.segment_id, n.derived, n.respondent, n.day, n.metric_ids, n.labels)"
    " is not distinct from (w.ref, w.response_id, w.segment_id, w.derived, w.respondent, w.day, w.metric_ids, w.labels))),"
    " parts as materialized ("
    " select k.value_id, i.label, i.n, case when r.day not in (select d.day from left_days d) then i.respondents end as respondents from keys k"
    " cross join lateral (select b.day, b.sums from marginals b where b.tenant_id = $1::uuid and b.slot = $4::int2 and b.value_id = k.value_id"
    " and b.labelled and b.day >= $2::date and b.day <= $3::date offset 0) r"
    " cross join lateral unnest(r.sums) i where " IS_NEGATIVE " union all"
    " select " PRESENT_VALUE ", i.label, m.weight, case when m.weight > 0 then array[m.respondent] end from moved m " SEGMENT_OF_M " " SINGLES
    " where " IS_NEGATIVE " and i.label <> '' and i.day >= $2::date and i.day <= $3::date"
    " union all"
    " select " PRESENT_VALUE ", i.label, 0, array[m.respondent] from left_days d"
    " cross join lateral (select * from measurements k where k.tenant_id = $1::uuid and k.day = d.day offset 0) m " SEGMENT_OF_M " " SINGLES
    " where " IS_NEGATIVE " and i.label <> '' and i.day = d.day and not exists (select from wanted w where w.ref = m.ref)),"
    " counted as (select value_id, label, sum(n)::int8 as n from parts group by value_id, label having sum(n) > 0),"
    " told as (select value_id, label, " UNION_TEN
    " as respondents from parts cross join lateral unnest(respondents) h group by value_id, label)" ANSWER};

static const struct statement BY_ROWS = {
    "factors_by_rows",
    "with " TERMS "," QUEUED ","
    " present as ("
    " select m.segment_id, m.derived, m.respondent, m.metric_ids, m.metric_values, m.metric_days, m.labels from measurements m"
    " where m.tenant_id = $1::uuid and m.day >= $2::date and m.day <= $3::date and not exists (select from wanted w where w.ref = m.ref)"
    " union all select n.segment_id, n.derived, n.respondent, n.metric_ids, n.metric_values, n.metric_days, n.labels from measured n"
    " where n.day >= $2::date and n.day <= $3::date),"
    " ticked as materialized ("
    " select " PRESENT_VALUE " as value_id, i.label, m.respondent from present m " SEGMENT_OF_M " " SINGLES
    " where cardinality(m.labels) > 0 and " IS_NEGATIVE " and i.label <> '' and " SCOPED "),"
    " counted as (select value_id, label, count(*)::int8 as n from ticked group by value_id, label),"
    " told as (select value_id, label, " LEAST_TEN("respondent") " as respondents from ticked group by value_id, label)" ANSWER};

const struct statement *const FACTOR_STATEMENTS[] = {&BY_SUMS, &BY_ROWS, NULL};

static bool only_by(const struct tenant *tenant, const struct factor_question *question) {
  const struct scope *scope = question->scope;
  return scope->count == 0 || (scope->count == 1 && tenant_dimension_slot(tenant, scope->terms[0].dimension) == question->by);
}

void factor_ask(struct job *job, const struct tenant *tenant, const struct factor_question *question) {
  bool sums = only_by(tenant, question);
  job_step(job, sums ? &BY_SUMS : &BY_ROWS);
  job_uuid(job, &tenant->id);
  job_day(job, question->window.from);
  job_day(job, question->window.to);
  job_int2(job, question->by);
  job_int8(job, FACTOR_ROWS_MAX + 1);
  if (!sums) job_scope(job, tenant, question->scope);
}

bool factor_too_many(const struct job *job, unsigned step) { return job_rows(job, step) > FACTOR_ROWS_MAX; }

void factor_take(const struct job *job, unsigned step, size_t row, struct factor_row *out) {
  *out = (struct factor_row){.value = row_text(job, step, row, 0),
                             .code = row_int(job, step, row, 1),
                             .factor = row_text(job, step, row, 2),
                             .n = row_int(job, step, row, 3)};
  size_t found = row_int_array(job, step, row, 4, out->hashes, RESPONDENTS_KEPT);
  out->respondents = found < RESPONDENTS_KEPT ? found : RESPONDENTS_KEPT;
}
