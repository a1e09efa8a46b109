// Brings measurements and their sums up to date with the raw rows, a few tickets of the queue at a time.
#include "store/fold_store.h"

#include "domain/metric.h"
#include "store/measured_sql.h"

// Nobody waits for who is at it already.
static const struct statement HOLD = {"fold_hold", "update folds f set holder = $2::uuid from (select k.tenant_id from folds k"
                                                   " where k.tenant_id = $1::uuid and exists (select from queue q where q.tenant_id = $1::uuid)"
                                                   " for update skip locked) l"
                                                   " where f.tenant_id = $1::uuid and f.tenant_id = l.tenant_id"};

// A segment's values, 0 for each that is missing.
#define PADDED "(select array_agg(coalesce(g.value_ids[d], 0) order by d) from unnest(a.ids) as d)"

// The contexts of the rows in `changes`, as the slots that their measurements are summed by.
#define CONTEXTS                                                                                                                            \
  " dims as materialized (select array_agg(d.dimension_id order by d.dimension_id) as ids from dimensions d where d.tenant_id = $1::uuid)," \
  " contexts as materialized ("                                                                                                             \
  " select c.segment_id, " PADDED " as value_ids"                                                                                           \
  " from (select distinct segment_id from changes) c cross join dims a"                                                                     \
  " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = c.segment_id limit 1) g)"
#define SLOTS(value_ids, derived)                                                                 \
  "cross join lateral (select unnest('{0}'::int2[] || a.ids || '{-1,-2,-3,-4}'::int2[]) as slot," \
  " unnest('{0}'::int8[] || " value_ids " || " derived "::int8[]) as value_id) s"

#define BINS          EDGES("$4", "$5")
#define CHANGED_SLOTS SLOTS("x.value_ids", "c.derived")
#define PRESENT_SLOTS SLOTS("x.value_ids", "m.derived")
#define CHANGED_TEN   LEAST_TEN("respondent")
#define JOINED_TEN    LEAST_TEN("h")
#define REREAD_TEN    "(array_agg(distinct t.respondent order by t.respondent) filter (where t.respondent is not null))[1:10]"
#define UNION_TEN     LEAST_TEN("h")

// Holding the lock, this statement alone writes measurements and marginals, so what it has read is still true when it writes. A respondent who leaves
// a cell may have been there by another response too: then the cell's respondents are read anew from the day's measurements.
static const struct statement FOLD = {
    "fold",
    "with " BINS ","
    " taken as ("
    " delete from queue q using (select k.queue_id from queue k where k.tenant_id = $1::uuid order by k.queue_id limit $3::int8) l"
    " where q.tenant_id = $1::uuid and q.queue_id = l.queue_id"
    " and exists (select from folds f where f.tenant_id = $1::uuid and f.holder = $2::uuid) returning q.ref, q.ticket),"
    " wanted as materialized (select ref, bool_or(ticket) as ticket from taken group by ref)," MEASURED "," WAS ","
    " kept as ("
    " insert into measurements as m (tenant_id, ref, response_id, segment_id, derived, respondent, day, last_day, metric_ids, metric_values,"
    " metric_days, labels)"
    " select $1::uuid, n.* from measured n order by n.ref, n.response_id on conflict (tenant_id, ref, response_id) do update"
    " set segment_id = excluded.segment_id, derived = excluded.derived, respondent = excluded.respondent, day = excluded.day,"
    " last_day = excluded.last_day, metric_ids = excluded.metric_ids, metric_values = excluded.metric_values,"
    " metric_days = excluded.metric_days, labels = excluded.labels"
    " where (m.segment_id, m.derived, m.respondent, m.day, m.last_day, m.metric_ids, m.metric_values, m.metric_days, m.labels) is distinct from"
    " (excluded.segment_id, excluded.derived, excluded.respondent, excluded.day, excluded.last_day, excluded.metric_ids, excluded.metric_values,"
    " excluded.metric_days, excluded.labels) returning m.ref),"
    " gone as ("
    " delete from measurements m using was w where m.tenant_id = $1::uuid and m.ref = w.ref and m.response_id = w.response_id"
    " and (w.ref, w.response_id) not in (select n.ref, n.response_id from measured n) returning m.ref),"
    " changes as materialized ("
    " select m.segment_id, m.derived, case when " HAS_RESPONDENT " then m.respondent end as respondent, i.metric_id, i.value, i.day,"
    " i.label, sum(m.weight)::int4 as weight"
    " from moved m " SINGLES " group by 1, 2, 3, 4, 5, 6, 7 having sum(m.weight) <> 0)," CONTEXTS ","
    " cells as materialized ("
    " select s.slot, s.value_id, day, metric_id, label, " SUMS
    " from (select c.segment_id, c.derived, c.day, c.metric_id, c.label, c.value, c.weight, c.value::numeric * c.value * c.weight as squares,"
    " width_bucket(c.value, e.edges) as bin"
    " from (select segment_id, derived, day, metric_id, label, value, sum(weight)::int4 as weight from changes"
    " group by segment_id, derived, day, metric_id, label, value) c left join edges e on e.metric_id = c.metric_id) c"
    " join contexts x on x.segment_id = c.segment_id cross join dims a " CHANGED_SLOTS " group by s.slot, s.value_id, day, metric_id, label),"
    " joined as ("
    " select s.slot, s.value_id, c.day, c.metric_id, c.label, " JOINED_TEN " as respondents"
    " from (select segment_id, derived, day, metric_id, label, " CHANGED_TEN " as respondents from changes"
    " where respondent is not null and weight > 0 group by segment_id, derived, day, metric_id, label) c"
    " join contexts x on x.segment_id = c.segment_id cross join dims a " CHANGED_SLOTS " cross join lateral unnest(c.respondents) h"
    " group by s.slot, s.value_id, c.day, c.metric_id, c.label),"
    " left_by as ("
    " select s.slot, s.value_id, c.day, c.metric_id, c.label, c.respondent"
    " from changes c join contexts x on x.segment_id = c.segment_id cross join dims a " CHANGED_SLOTS
    " where c.respondent in (select g.respondent from changes g where g.weight < 0 and g.respondent is not null)"
    " group by s.slot, s.value_id, c.day, c.metric_id, c.label, c.respondent having sum(c.weight) < 0),"
    " missed as materialized ("
    " select distinct c.slot, c.value_id, c.day, c.metric_id, c.label from left_by c"
    " cross join lateral (select k.sums from marginals k where k.tenant_id = $1::uuid and k.slot = c.slot and k.value_id = c.value_id"
    " and k.labelled = (c.label <> '') and k.day = c.day limit 1) o"
    " cross join lateral unnest(o.sums) i"
    " where i.metric_id = c.metric_id and i.label = c.label and c.respondent = any(i.respondents)),"
    " days as materialized (select distinct day from missed),"
    " present as materialized ("
    " select m.* from days d cross join lateral (select * from measurements k where k.tenant_id = $1::uuid and k.day = d.day offset 0) m"
    " where not exists (select from wanted w where w.ref = m.ref)"
    " union all select $1::uuid, n.* from days d join measured n on n.day = d.day),"
    " there as ("
    " select s.slot, s.value_id, i.day, i.metric_id, i.label, m.respondent from present m cross join dims a"
    " cross join lateral (select " PADDED " as value_ids"
    " from segments g where g.tenant_id = $1::uuid and g.segment_id = m.segment_id limit 1) x " SINGLES " " PRESENT_SLOTS " where " HAS_RESPONDENT
    "),"
    " reread as ("
    " select l.slot, l.value_id, l.day, l.metric_id, l.label, true as missed, " REREAD_TEN " as respondents from missed l"
    " left join there t on t.slot = l.slot and t.value_id = l.value_id and t.day = l.day and t.metric_id = l.metric_id and t.label = l.label"
    " group by l.slot, l.value_id, l.day, l.metric_id, l.label),"
    " touched as materialized (select distinct slot, value_id, label <> '' as labelled, day from cells),"
    " before as ("
    " select t.slot, t.value_id, t.day, i.metric_id, i.label, i.n, i.sum, i.sum_squares, i.bins, i.respondents from touched t"
    " cross join lateral (select k.sums from marginals k where k.tenant_id = $1::uuid and k.slot = t.slot and k.value_id = t.value_id"
    " and k.labelled = t.labelled and k.day = t.day limit 1) o cross join lateral unnest(o.sums) i),"
    " totals as ("
    " select slot, value_id, day, metric_id, label, " SUMS_OF_SUMS ", max(respondents) as respondents from ("
    " select slot, value_id, day, metric_id, label, n, sum, sum_squares, bins, null::int8[] as respondents from cells"
    " union all select slot, value_id, day, metric_id, label, n, sum, sum_squares, bins::int8[], respondents from before) b"
    " group by slot, value_id, day, metric_id, label),"
    " rows as materialized ("
    " select t.slot, t.value_id, t.label <> '' as labelled, t.day,"
    " (sum(t.n) filter (where t.metric_id = {backlog} and t.n <> 0))::int8 as backlog_n,"
    " (sum(t.sum) filter (where t.metric_id = {backlog} and t.n <> 0))::int8 as backlog,"
    " array_agg(row(t.metric_id, t.label, t.n, t.sum, t.sum_squares, coalesce(t.bins[1:cardinality(e.edges)], '{}')::int4[],"
    " case when r.missed then r.respondents when j.respondents is null then t.respondents"
    " else (select " UNION_TEN " from unnest(t.respondents || j.respondents) as h) end)::metric_sum order by t.metric_id, t.label)"
    " filter (where t.n <> 0) as sums from totals t left join edges e on e.metric_id = t.metric_id"
    " left join joined j on j.slot = t.slot and j.value_id = t.value_id and j.day = t.day and j.metric_id = t.metric_id and j.label = t.label"
    " left join reread r on r.slot = t.slot and r.value_id = t.value_id and r.day = t.day and r.metric_id = t.metric_id and r.label = t.label"
    " group by t.slot, t.value_id, t.label <> '', t.day),"
    " emptied as ("
    " delete from marginals k using rows w where w.sums is null and k.tenant_id = $1::uuid and k.slot = w.slot and k.value_id = w.value_id"
    " and k.labelled = w.labelled and k.day = w.day returning k.slot),"
    " summed as ("
    " insert into marginals (tenant_id, slot, value_id, labelled, day, backlog_n, backlog, sums)"
    " select $1::uuid, w.* from rows w where w.sums is not null order by w.slot, w.value_id, w.labelled, w.day"
    " on conflict (tenant_id, slot, value_id, labelled, day) do update"
    " set backlog_n = excluded.backlog_n, backlog = excluded.backlog, sums = excluded.sums returning slot)"
    " select (select count(*) from taken),"
    " (select count(*) from (select from queue q where q.tenant_id = $1::uuid limit $6::int8) q) - (select count(*) from taken)"};

static const struct statement LOCK = {"fold_lock", "select tenant_id from folds where tenant_id = $1::uuid for update"};
static const struct statement TENANTS = {"fold_tenants", "select tenant_id from tenants"};

static const struct statement QUEUED = {"fold_queued", "select from queue where tenant_id = $1::uuid limit 1"};

const struct statement *const FOLD_STATEMENTS[] = {&HOLD, &FOLD, &LOCK, &TENANTS, &QUEUED, NULL};

// Under how many ids a metric counts: excluded responses do under another one.
static int ids_of(const struct metric *metric) { return metric->source == SOURCE_RESPONSE ? 2 : 1; }

void job_edges(struct job *job) {
  size_t metrics, edges = 0;
  const struct metric *metric = metric_presets(&metrics);
  for (size_t i = 0; i < metrics; i++)
    edges += metric[i].bins * (size_t)ids_of(&metric[i]);
  for (int values = 0; values < 2; values++) {
    job_array(job, values ? PG_INT8 : PG_INT2, edges);
    for (size_t i = 0; i < metrics; i++)
      for (size_t j = 0; j < metric[i].bins * (size_t)ids_of(&metric[i]); j++)
        job_item_int(job, values ? metric[i].edges[j % metric[i].bins] : metric[i].id + METRIC_EXCLUDED * (int)(j / metric[i].bins));
  }
}

void fold_ask(struct job *job, const struct uuid *tenant, int64_t rows) {
  struct uuid holder;
  uuid_make(&holder);
  job_step(job, &HOLD);
  job_uuid(job, tenant);
  job_uuid(job, &holder);
  job_step(job, &FOLD);
  job_uuid(job, tenant);
  job_uuid(job, &holder);
  job_int8(job, rows);
  job_edges(job);
  job_int8(job, FOLD_ROWS_MAX + FOLD_LEFT_MAX);
}

int64_t fold_taken(const struct job *job) { return row_int(job, 1, 0, 0); }

int64_t fold_left(const struct job *job) { return row_int(job, 1, 0, 1); }

void fold_ask_tenants(struct job *job) { job_step(job, &TENANTS); }

void fold_ask_queued(struct job *job, const struct uuid *tenant) {
  job_step(job, &QUEUED);
  job_uuid(job, tenant);
}

void fold_ask_lock(struct job *job, const struct uuid *tenant) {
  job_step(job, &LOCK);
  job_uuid(job, tenant);
}
