// Reads experience: sums of days as they were folded, and what the queue changes of them, in one snapshot.
#include "store/experience_store.h"

#include "domain/dimension.h"
#include "store/fold_store.h"
#include "store/measured_sql.h"
#include "store/scope_sql.h"

// Parameters of both statements: $1 tenant, $2 to $5 scope, $6 and $7 first and last day, $8 slot, $9 by: break down by the slot's values, $10 piece
// of time or null, $11 and $12 edges of the bins.

#define TERMS         SCOPE_TERMS("$1", "$2", "$3", "$4")
#define BINS          EDGES("$11", "$12")
#define CHANGED_VALUE SLOT_VALUE("$8::int2", "g.value_ids", "m.derived")
#define FOUND_VALUE   SLOT_VALUE("$8::int2", "m.value_ids", "m.derived")
#define FOUND_HOLDS   SCOPE_HOLDS("$5", "m.value_ids", "m.derived")
#define EARLIER_VALUE SLOT_VALUE("$8::int2", "s.value_ids", "m.derived")
#define EARLIER_HOLDS SCOPE_HOLDS("$5", "s.value_ids", "k.derived")

// Tickets whose measurements are out of date, what they count with, and what they are counted with.
#define QUEUED \
  " wanted as materialized (select q.ref, bool_or(q.ticket) as ticket from queue q where q.tenant_id = $1::uuid group by q.ref)," MEASURED "," WAS

// The piece of time that a day lies in; null for a day before the window.
#define PIECE(day) "case when " day " >= $6::date then coalesce(date_trunc($10::text, " day "::timestamp)::date, $6::date) end"
#define PIECE_OF_I PIECE("i.day")
#define PIECE_OF_R PIECE("r.day")

// From `cells` to the answer: one row for each metric, piece, and value.
#define ANSWER                                                                                                                             \
  " summed as ("                                                                                                                           \
  " select metric_id, piece, case when $9::bool then value_id end as value_id, " SUMS_OF_SUMS " from cells group by 1, 2, 3)"              \
  " select c.metric_id::int4, c.piece, v.value, (case when $8::int2 < 0 then coalesce(c.value_id, 0) else 0 end)::int4, c.n, c.sum::text," \
  " c.sum_squares::text, c.bins"                                                                                                           \
  " from summed c left join dimension_values v on $8::int2 > 0 and v.tenant_id = $1::uuid and v.value_id = c.value_id"                     \
  " where c.n <> 0 order by v.value collate \"C\", nullif(c.value_id, 0), c.piece nulls first, c.metric_id"

// From `singles` to `cells`: equal values are counted before they are looked at, because there are few of them.
#define CELLS                                                                                                                         \
  " counted as materialized ("                                                                                                        \
  " select value_id, metric_id, piece, value, sum(weight)::int4 as weight from singles group by 1, 2, 3, 4 having sum(weight) <> 0)," \
  " cells as ("                                                                                                                       \
  " select value_id, metric_id, piece, " SUMS " from (select c.*, c.value::numeric * c.value * c.weight as squares,"                  \
  " width_bucket(c.value, e.edges) as bin from counted c left join edges e on e.metric_id = c.metric_id) c group by 1, 2, 3"

// At most one dimension is concerned: its marginals answer, or those of the total.
static const struct statement MARGINALS = {
    "experience_marginals",
    "with " TERMS "," BINS "," QUEUED ","
    " keys as materialized ("
    " select x.value_id from terms x where x.value_id is not null"
    " union all select 0 where $5::int4 = 0 and $8::int2 >= 0"
    " union all select v.value_id from dimension_values v where $5::int4 = 0 and v.tenant_id = $1::uuid and v.dimension_id = $8::int2"
    " union all select c from generate_series(0, 9) as c where $5::int4 = 0 and $8::int2 < 0),"
    " changes as ("
    " select m.*, " CHANGED_VALUE " as value_id from moved m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g),"
    " singles as ("
    " select m.value_id, i.metric_id, " PIECE_OF_I " as piece, i.value, m.weight from changes m " SINGLES
    " where m.value_id in (select k.value_id from keys k) and m.last_day >= $6::date and i.label = '' and i.day <= $7::date"
    " and (i.day >= $6::date or i.metric_id = {backlog}))," CELLS " union all"
    " select k.value_id, i.metric_id, m.piece, i.n, i.sum, i.sum_squares, i.bins::int8[] from keys k"
    " cross join lateral (select " PIECE_OF_R " as piece, r.sums from marginals r where r.tenant_id = $1::uuid and r.slot = $8::int2"
    " and r.value_id = k.value_id and not r.labelled and r.day >= $6::date and r.day <= $7::date offset 0) m"
    " cross join lateral unnest(m.sums) i"
    " union all"
    " select k.value_id, {backlog}, null, m.n, m.sum, 0, '{}' from keys k"
    " cross join lateral (select sum(r.backlog_n)::int8 as n, sum(r.backlog) as sum from marginals r where r.tenant_id = $1::uuid"
    " and r.slot = $8::int2 and r.value_id = k.value_id and not r.labelled and r.day < $6::date offset 0) m where m.n > 0"
    " union all"
    " select m.value_id, {backlog}, null, 2 * sum(m.weight)::int8, 0, 0, '{}' from changes m"
    " where m.last_day < $6::date and m.day is null and m.value_id in (select k.value_id from keys k) group by m.value_id)," ANSWER};

// Several dimensions are concerned: the measurements of the contexts that the scope holds. Whether a ticket left the backlog before the window or was
// never there makes the difference between 0 and nothing; one that is queued says so by what it counts with now.
static const struct statement SLICE = {
    "experience_slice",
    "with " TERMS "," BINS "," QUEUED ","
    " slice as materialized ("
    " select g.segment_id, g.value_ids from segments g where g.tenant_id = $1::uuid"
    " and (select count(*) from terms x where x.slot > 0 and x.value_id = g.value_ids[x.slot])"
    " = (select count(distinct x.slot) from terms x where x.slot > 0)),"
    " found as ("
    " select s.value_ids, m.derived, m.metric_ids, m.metric_values, m.metric_days, m.labels, 1 as weight from slice s"
    " cross join lateral (select * from measurements k where k.tenant_id = $1::uuid and k.segment_id = s.segment_id"
    " and k.last_day >= $6::date and k.last_day > '-infinity' offset 0) m"
    " union all select s.value_ids, m.derived, m.metric_ids, m.metric_values, m.metric_days, m.labels, m.weight"
    " from moved m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) s"
    " where m.weight > 0 or m.last_day >= $6::date),"
    " singles as ("
    " select " FOUND_VALUE " as value_id, i.metric_id, " PIECE_OF_I " as piece, i.value, m.weight from found m " SINGLES " where " FOUND_HOLDS
    " and i.label = '' and i.day <= $7::date and (i.day >= $6::date or i.metric_id = {backlog}))," CELLS " union all"
    " select distinct " EARLIER_VALUE ", {backlog}, null::date, 1::int8, 0::numeric, 0::numeric,"
    " '{}'::int8[] from slice s"
    " cross join lateral (select k.derived from measurements k where k.tenant_id = $1::uuid and k.segment_id = s.segment_id"
    " and k.last_day < $6::date and k.last_day > '-infinity' and k.response_id = " TICKET_ID " and " EARLIER_HOLDS
    " and k.ref not in (select w.ref from wanted w where w.ticket)"
    " limit case when $8::int2 < 0 then null else 1 end) m)," ANSWER};

const struct statement *const EXPERIENCE_STATEMENTS[] = {&MARGINALS, &SLICE, NULL};

// The slot that is broken down by or held to one value each; 0 for the total. False when more than one is concerned.
static bool one_slot(const struct tenant *tenant, const struct experience_question *question, int *slot) {
  const struct scope *scope = question->scope;
  *slot = question->by;
  if (scope->count == 0) return true;
  int held = tenant_dimension_slot(tenant, scope->terms[0].dimension);
  bool one = scope->count == 1 && (question->by == 0 || question->by == held);
  if (one) *slot = held;
  return one;
}

void experience_ask(struct job *job, const struct tenant *tenant, const struct experience_question *question) {
  int slot;
  job_step(job, one_slot(tenant, question, &slot) ? &MARGINALS : &SLICE);
  job_uuid(job, &tenant->id);
  job_scope(job, tenant, question->scope);
  job_day(job, question->window.from);
  job_day(job, question->window.to);
  job_int2(job, slot);
  job_bool(job, question->by != 0);
  job_text(job, question->interval < INTERVAL_COUNT ? text_of(INTERVAL_NAMES[question->interval]) : TEXT_NONE);
  job_edges(job);
}

size_t experience_cells(const struct job *job, unsigned step) { return job_rows(job, step); }

bool experience_take_cell(const struct job *job, const struct tenant *tenant, unsigned step, size_t row, struct experience_cell *cell) {
  cell->metric = tenant_metric_by_id(tenant, metric_id_of((int)row_int(job, step, row, 0), &cell->excluded));
  if (!cell->metric) return false;
  cell->before = row_null(job, step, row, 1);
  cell->day = cell->before ? 0 : row_day(job, step, row, 1);
  cell->key = row_text(job, step, row, 2);
  cell->code = row_int(job, step, row, 3);
  cell->tally = (struct tally){.n = row_int(job, step, row, 4), .sum = row_wide(job, step, row, 5), .sum_squares = row_wide(job, step, row, 6)};
  (void)row_int_array(job, step, row, 7, cell->tally.bins, METRIC_BINS_MAX);
  return true;
}
