// Recomputes what other statements have derived, and mends what is summed.
#include "store/verify_store.h"

#include "store/fold_store.h"
#include "store/measured_sql.h"

// Each branch is one rule of a ticket's life, and finds the rows that break it.
static const struct statement DIFFERENCES = {
    "verify_differences",
    "(select 'ticket ' || t.ref, 'derived is ' || t.derived::text || ', its facts give '"
    " || ticket_derived(t.sla_met, t.reassignments, t.reopens, t.opened_at, t.resolved_at)::text"
    " from tickets t where t.tenant_id = $1::uuid"
    " and t.derived is distinct from ticket_derived(t.sla_met, t.reassignments, t.reopens, t.opened_at, t.resolved_at) limit $2::int8)"
    " union all"
    " (select 'ticket ' || t.ref, 'resolution_no is ' || t.resolution_no || ', its resolutions count to ' || count(r.no)"
    " from tickets t left join resolutions r on r.tenant_id = $1::uuid and r.ref = t.ref where t.tenant_id = $1::uuid"
    " group by t.ref, t.resolution_no having t.resolution_no <> count(r.no) or t.resolution_no <> coalesce(max(r.no), 0) limit $2::int8)"
    " union all"
    " (select 'ticket ' || t.ref, 'its resolution ' || r.no || ' differs from it in time, context, or derived dimensions'"
    " from tickets t join resolutions r on r.tenant_id = $1::uuid and r.ref = t.ref and r.no = t.resolution_no"
    " where t.tenant_id = $1::uuid and coalesce(t.resolved_at, t.closed_at) is not null"
    " and (r.resolved_at, r.segment_id, r.derived) is distinct from (coalesce(t.resolved_at, t.closed_at), t.segment_id, t.derived) limit $2::int8)"
    " union all"
    " (select 'ticket ' || t.ref, 'its context is no segment' from tickets t where t.tenant_id = $1::uuid"
    " and not exists (select from segments g where g.tenant_id = $1::uuid and g.segment_id = t.segment_id) limit $2::int8)"
    " union all"
    " (select 'resolution ' || r.ref || ' ' || r.no, 'its context is no segment' from resolutions r where r.tenant_id = $1::uuid"
    " and not exists (select from segments g where g.tenant_id = $1::uuid and g.segment_id = r.segment_id) limit $2::int8)"
    " union all"
    " (select 'measurement ' || k.measurement_id, 'its context is no segment' from manual_measurements k where k.tenant_id = $1::uuid"
    " and not exists (select from segments g where g.tenant_id = $1::uuid and g.segment_id = k.segment_id) limit $2::int8)"
    " union all"
    " (select 'response ' || p.response_id, 'its ticket ' || p.ref || ' is not there' from responses p where p.tenant_id = $1::uuid"
    " and not exists (select from tickets t where t.tenant_id = $1::uuid and t.ref = p.ref) limit $2::int8)"
    " union all"
    " (select 'response ' || p.response_id, 'its resolution ' || p.resolution_no || ' of ' || p.ref || ' is not there' from responses p"
    " where p.tenant_id = $1::uuid and p.resolution_no > 0"
    " and not exists (select from resolutions r where r.tenant_id = $1::uuid and r.ref = p.ref and r.no = p.resolution_no) limit $2::int8)"
    " union all"
    " (select 'response ' || p.response_id, 'the first resolution of ' || p.ref || ' has not adopted it' from responses p"
    " where p.tenant_id = $1::uuid and p.resolution_no = 0"
    " and exists (select from resolutions r where r.tenant_id = $1::uuid and r.ref = p.ref) limit $2::int8)"
    " union all"
    " (select 'segment ' || g.segment_id, 'its values are ' || g.value_ids::text || ', which have another id' from segments g"
    " where g.tenant_id = $1::uuid and g.segment_id <> md5(g.value_ids::text)::uuid limit $2::int8)"
    " union all"
    " (select 'segment ' || g.segment_id, 'value ' || x.value_id || ' is none of its dimension' from segments g"
    " cross join lateral unnest(g.value_ids) with ordinality as x(value_id, dimension_id)"
    " where g.tenant_id = $1::uuid and x.value_id is not null and not exists (select from dimension_values v"
    " where v.tenant_id = $1::uuid and v.value_id = x.value_id and v.dimension_id = x.dimension_id) limit $2::int8)"};

static const struct statement COUNTS = {"verify_counts", "select (select count(*) from tickets where tenant_id = $1::uuid),"
                                                         " (select count(*) from resolutions where tenant_id = $1::uuid),"
                                                         " (select count(*) from responses where tenant_id = $1::uuid),"
                                                         " (select count(*) from segments where tenant_id = $1::uuid)"};

// The CTE `unlike`: measurements that the raw rows don't give, or give otherwise. What is in the queue is out of date, and known to be: the responses
// of each ticket that is queued, and the ticket itself where it has changed.
#define UNLIKE                                                                                                                                      \
  " wanted as materialized (select t.ref, true as ticket from tickets t where t.tenant_id = $1::uuid"                                               \
  " union all select " MEASUREMENT_REF(                                                                                                             \
      "k.measurement_id") ", true from manual_measurements k where k.tenant_id = $1::uuid)," MEASURED ","                                           \
                          " was as (select m.* from measurements m where m.tenant_id = $1::uuid),"                                                  \
                          " differing as ("                                                                                                         \
                          " select coalesce(n.ref, m.ref) as ref, coalesce(n.response_id, m.response_id) as response_id, n.ref is null as extra, "  \
                          "m.ref is null as missing"                                                                                                \
                          " from measured n full join was m on m.ref = n.ref and m.response_id = n.response_id"                                     \
                          " where (n.ref, n.segment_id, n.derived, n.respondent, n.day, n.last_day, n.metric_ids, n.metric_values, n.metric_days, " \
                          "n.labels)"                                                                                                               \
                          " is distinct from"                                                                                                       \
                          " (m.ref, m.segment_id, m.derived, m.respondent, m.day, m.last_day, m.metric_ids, m.metric_values, m.metric_days, "       \
                          "m.labels)),"                                                                                                             \
                          " unlike as ("                                                                                                            \
                          " select d.* from differing d where d.ref not in (select q.ref from queue q where q.tenant_id = $1::uuid and q.ticket)"   \
                          " and (d.response_id = " TICKET_ID " or d.ref not in (select q.ref from queue q where q.tenant_id = $1::uuid)))"

static const struct statement MEASURED_DIFFERENCES = {
    "verify_measured_differences", "with" UNLIKE " select case when response_id = " TICKET_ID " then 'ticket ' || ref"
                                   " when left(ref, 1) = chr(31) then 'measurement ' || response_id else 'response ' || response_id end,"
                                   " case when missing then 'it is not measured' when extra then 'it is measured and should not be'"
                                   " else 'its measurements are not what it gives' end from unlike limit $2::int8"};

#define VALUE SLOT_VALUE("$2::int2", "g.value_ids", "m.derived")

// The CTE `wrong`: sums of the slot $2 that are not those of the measurements, in `good`. A sum has n null where it should not be there, and `have`
// null where it is missing.
#define WRONG                                                                                                                                    \
  " good as materialized ("                                                                                                                      \
  " select value_id, day, metric_id, label, n, sum, sum_squares, coalesce(bins[1:cardinality(edges)]::int4[], '{}') as bins, respondents from (" \
  " select s.value_id, s.day, s.metric_id, s.label, e.edges, " SUMS ","                                                                          \
  " (array_agg(distinct s.respondent order by s.respondent) filter (where s.respondent is not null))[1:10] as respondents from ("                \
  " select " VALUE " as value_id, i.day, i.metric_id, i.label, i.value, 1 as weight,"                                                            \
  " i.value::numeric * i.value as squares, case when " HAS_RESPONDENT " then m.respondent end as respondent"                                     \
  " from measurements m join segments g on g.tenant_id = $1::uuid and g.segment_id = m.segment_id " SINGLES                                      \
  " where m.tenant_id = $1::uuid) s left join edges e on e.metric_id = s.metric_id"                                                              \
  " cross join lateral (select width_bucket(s.value, e.edges) as bin) b"                                                                         \
  " group by s.value_id, s.day, s.metric_id, s.label, e.edges) x),"                                                                              \
  " wrong as materialized ("                                                                                                                     \
  " select coalesce(g.value_id, k.value_id) as value_id, coalesce(g.day, k.day) as day, coalesce(g.metric_id, k.metric_id) as metric_id,"        \
  " coalesce(g.label, k.label) as label, k.n as have, g.n from good g"                                                                           \
  " full join (select r.value_id, r.labelled, r.day, r.backlog_n, r.backlog, i.* from marginals r cross join lateral unnest(r.sums) i"           \
  " where r.tenant_id = $1::uuid and r.slot = $2::int2) k"                                                                                       \
  " on k.value_id = g.value_id and k.day = g.day and k.metric_id = g.metric_id and k.label = g.label"                                            \
  " where (g.n, g.sum, g.sum_squares, g.bins, g.respondents, g.label <> '')"                                                                     \
  " is distinct from (k.n, k.sum, k.sum_squares, k.bins, k.respondents, k.labelled)"                                                             \
  " or (g.metric_id = {backlog} and (g.n, g.sum) is distinct from (k.backlog_n, k.backlog)))"

#define LISTED_BINS EDGES("$4", "$5")
#define MENDED_BINS EDGES("$3", "$4")

static const struct statement SUM_DIFFERENCES = {
    "verify_sum_differences", "with " LISTED_BINS "," WRONG " select w.metric_id::int4, w.day, w.label,"
                              " coalesce(v.value, case when $2::int2 > 0 and w.value_id = 0 then '(missing)' else w.value_id::text end),"
                              " case when w.n is null then 'is there and should not be' when w.have is null then 'is missing'"
                              " when w.n <> w.have then 'counts ' || w.have || ', its measurements are ' || w.n"
                              " else 'differs from the sums of its ' || w.n || ' measurements' end"
                              " from wrong w left join dimension_values v on $2::int2 > 0 and v.tenant_id = $1::uuid and v.value_id = w.value_id"
                              " limit $3::int8"};

static const struct statement REMEASURE = {"repair_measure", "with" UNLIKE ","
                                                             " queued as (insert into queue (tenant_id, ref, ticket)"
                                                             " select distinct $1::uuid, u.ref, true from unlike u returning ref)"
                                                             " select (select count(*) from queued)"};

static const struct statement RESUM = {
    "repair_sum", "with " MENDED_BINS "," WRONG ","
                  " rows as materialized ("
                  " select w.value_id, w.labelled, w.day, (sum(g.n) filter (where g.metric_id = {backlog}))::int8 as backlog_n,"
                  " (sum(g.sum) filter (where g.metric_id = {backlog}))::int8 as backlog,"
                  " array_agg(row(g.metric_id, g.label, g.n, g.sum, g.sum_squares, g.bins, g.respondents)::metric_sum order by g.metric_id, g.label)"
                  " filter (where g.n is not null) as sums"
                  " from (select distinct value_id, label <> '' as labelled, day from wrong) w"
                  " left join good g on g.value_id = w.value_id and g.day = w.day and (g.label <> '') = w.labelled"
                  " group by w.value_id, w.labelled, w.day),"
                  " emptied as (delete from marginals k using rows w where w.sums is null and k.tenant_id = $1::uuid and k.slot = $2::int2"
                  " and k.value_id = w.value_id and k.labelled = w.labelled and k.day = w.day returning k.slot),"
                  " mended as ("
                  " insert into marginals (tenant_id, slot, value_id, labelled, day, backlog_n, backlog, sums)"
                  " select $1::uuid, $2::int2, w.* from rows w where w.sums is not null"
                  " on conflict (tenant_id, slot, value_id, labelled, day) do update"
                  " set backlog_n = excluded.backlog_n, backlog = excluded.backlog, sums = excluded.sums"
                  " returning slot)"
                  " select (select count(*) from wrong)"};

const struct statement *const VERIFY_STATEMENTS[] = {&DIFFERENCES, &COUNTS, &MEASURED_DIFFERENCES, &SUM_DIFFERENCES, &REMEASURE, &RESUM, NULL};

enum { STEP_DIFFERENCES, STEP_COUNTS };

static void ask_listed(struct job *job, const struct statement *statement, const struct uuid *tenant) {
  job_step(job, statement);
  job_uuid(job, tenant);
  job_int8(job, DIFFERENCES_MAX);
}

void verify_ask(struct job *job, const struct uuid *tenant) {
  ask_listed(job, &DIFFERENCES, tenant);
  job_step(job, &COUNTS);
  job_uuid(job, tenant);
}

void verify_ask_measured(struct job *job, const struct uuid *tenant) { ask_listed(job, &MEASURED_DIFFERENCES, tenant); }

size_t verify_differences(const struct job *job) { return job_rows(job, STEP_DIFFERENCES); }

void verify_take_difference(const struct job *job, size_t row, struct difference *difference) {
  difference->subject = row_text(job, STEP_DIFFERENCES, row, 0);
  difference->detail = row_text(job, STEP_DIFFERENCES, row, 1);
}

void verify_take_counts(const struct job *job, struct verified *counts) {
  counts->tickets = row_int(job, STEP_COUNTS, 0, 0);
  counts->resolutions = row_int(job, STEP_COUNTS, 0, 1);
  counts->responses = row_int(job, STEP_COUNTS, 0, 2);
  counts->segments = row_int(job, STEP_COUNTS, 0, 3);
}

void verify_ask_sums(struct job *job, const struct uuid *tenant, int slot) {
  job_step(job, &SUM_DIFFERENCES);
  job_uuid(job, tenant);
  job_int2(job, slot);
  job_int8(job, DIFFERENCES_MAX);
  job_edges(job);
}

void verify_take_sum(const struct job *job, const struct tenant *tenant, size_t row, struct sum_difference *difference) {
  difference->metric = tenant_metric_by_id(tenant, metric_id_of((int)row_int(job, 0, row, 0), &difference->excluded));
  difference->day = row_day(job, 0, row, 1);
  difference->label = row_text(job, 0, row, 2);
  difference->value = row_text(job, 0, row, 3);
  difference->detail = row_text(job, 0, row, 4);
}

void repair_ask_measurements(struct job *job, const struct uuid *tenant) {
  job_step(job, &REMEASURE);
  job_uuid(job, tenant);
}

void repair_ask_sums(struct job *job, const struct uuid *tenant, int slot) {
  fold_ask_lock(job, tenant);
  job_step(job, &RESUM);
  job_uuid(job, tenant);
  job_int2(job, slot);
  job_edges(job);
}

int64_t repair_mended(const struct job *job) { return row_int(job, job->steps_count - 1, 0, 0); }
