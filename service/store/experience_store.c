// Turns raw rows into measurements and counts them.
#include "store/experience_store.h"

#include "store/scope_sql.h"

// $1 tenant, $2 to $5 scope, $6 and $7 first and last day, $8 time zone, $9 slot to break down by, $10 piece of time or null, $11 cap of lost time,
// $12 and $13 edges of the bins. A ticket counts on the day it was resolved (or closed, where no resolution is known), in ticket_volume on the day it
// was opened, in backlog from then until it is resolved. A response counts on the day it was submitted, in the context of its resolution.
static const struct statement TALLY = {
    "experience_tally",
    "with " SCOPE_TERMS(
        "$1", "$2", "$3",
        "$4") ","
              " bounds as materialized ("
              " select ($6::date)::timestamp at time zone $8::text as since, ($7::date + 1)::timestamp at time zone $8::text as until),"
              " edges as materialized ("
              " select metric_id, array_agg(edge order by edge) as edges from unnest($12::int2[], $13::int8[]) as e(metric_id, edge) group by "
              "metric_id),"
              " ticket_rows as ("
              " select t.*, coalesce(t.resolved_at, t.closed_at) as settled_at, g.value_ids"
              " from bounds b join tickets t on t.tenant_id = $1::uuid"
              " join segments g on g.tenant_id = $1::uuid and g.segment_id = t.segment_id"
              " where t.opened_at < b.until and " SCOPE_HOLDS(
                  "$5", "g.value_ids",
                  "t.derived") "),"
                               " response_rows as ("
                               " select r.*, coalesce(s.derived, t.derived) as derived, g.value_ids"
                               " from bounds b join responses r on r.tenant_id = $1::uuid and r.submitted_at >= b.since and r.submitted_at < b.until"
                               " join tickets t on t.tenant_id = $1::uuid and t.ref = r.ref"
                               " left join resolutions s on s.tenant_id = $1::uuid and s.ref = r.ref and s.no = r.resolution_no"
                               " join segments g on g.tenant_id = $1::uuid and g.segment_id = coalesce(s.segment_id, t.segment_id)"
                               " where " SCOPE_HOLDS(
                                   "$5", "g.value_ids",
                                   "coalesce(s.derived, t.derived)") "),"
                                                                     " measurements as ("
                                                                     " select t.value_ids, t.derived, m.metric_id, m.at, m.value from ticket_rows t "
                                                                     "cross join lateral (values"
                                                                     " ({ticket_volume}, t.opened_at, 1::int8),"
                                                                     " ({backlog}, t.opened_at, 1),"
                                                                     " ({backlog}, t.settled_at, -1),"
                                                                     " ({sla_met}, t.settled_at, t.sla_met::int4),"
                                                                     " ({resolution_time}, t.settled_at, floor(extract(epoch from t.resolved_at - "
                                                                     "t.opened_at))::int8),"
                                                                     " ({response_time}, t.settled_at, floor(extract(epoch from t.responded_at - "
                                                                     "t.opened_at))::int8),"
                                                                     " ({repair_time}, t.settled_at, floor(extract(epoch from t.repaired_at - "
                                                                     "t.opened_at))::int8),"
                                                                     " ({reassigned}, t.settled_at, (t.reassignments > 0)::int4),"
                                                                     " ({reopened}, t.settled_at, (t.reopens > 0)::int4),"
                                                                     " ({first_level_resolved}, t.settled_at, t.first_level_resolved::int4),"
                                                                     " ({level0_solvable}, t.settled_at, t.level0_solvable::int4),"
                                                                     " ({miscategorised}, t.settled_at, t.miscategorised::int4),"
                                                                     " ({known_problem}, t.settled_at, t.known_problem::int4),"
                                                                     " ({known_resolution}, t.settled_at, t.known_resolution::int4),"
                                                                     " ({business_impact}, t.settled_at, t.business_impact),"
                                                                     " ({handle_time}, t.settled_at, t.handle_minutes),"
                                                                     " ({cost_per_ticket}, t.settled_at, t.cost_cents),"
                                                                     " ({ticket_response_share}, t.settled_at, (exists (select from responses r"
                                                                     " where r.tenant_id = $1::uuid and r.ref = t.ref and r.resolution_no = "
                                                                     "t.resolution_no))::int4)"
                                                                     ") as m(metric_id, at, value)"
                                                                     " union all"
                                                                     " select r.value_ids, r.derived, m.metric_id, r.submitted_at, m.value from "
                                                                     "response_rows r cross join lateral (values"
                                                                     " ({responses}, 1),"
                                                                     " ({happiness}, r.happiness),"
                                                                     " ({lost_time}, case when r.lost_minutes > $11::int4 then $11::int4 else "
                                                                     "r.lost_minutes end),"
                                                                     " ({lost_time_raw}, r.lost_minutes),"
                                                                     " ({lost_time_capped}, (r.lost_minutes > $11::int4)::int4),"
                                                                     " ({csat}, r.csat),"
                                                                     " ({ces}, r.ces),"
                                                                     " ({nps}, r.nps),"
                                                                     " ({expectation}, r.expectation),"
                                                                     " ({promise_kept}, r.promise_kept),"
                                                                     " ({brand_promise}, r.brand_promise)"
                                                                     ") as m(metric_id, value)),"
                                                                     " cells as ("
                                                                     " select m.metric_id, case when m.at >= b.since then "
                                                                     "coalesce(date_trunc($10::text, m.at at time zone $8::text)::date, $6::date) "
                                                                     "end as piece,"
                                                                     " case when $9::int2 > 0 then m.value_ids[$9::int2] end as value_id,"
                                                                     " case when $9::int2 < 0 then m.derived[-$9::int2] else 0 end as code,"
                                                                     " width_bucket(m.value, e.edges) as bin, count(*) as n, sum(m.value) as total, "
                                                                     "sum(m.value * m.value) as squares"
                                                                     " from measurements m cross join bounds b left join edges e on e.metric_id = "
                                                                     "m.metric_id"
                                                                     " where m.value is not null and m.at < b.until and (m.at >= b.since or "
                                                                     "m.metric_id = {backlog})"
                                                                     " group by 1, 2, 3, 4, 5)"
                                                                     " select c.metric_id::int4, c.piece, v.value, c.code::int4, coalesce(c.bin, 0), "
                                                                     "c.n, c.total::text, c.squares::text"
                                                                     " from cells c left join dimension_values v on v.tenant_id = $1::uuid and "
                                                                     "v.value_id = c.value_id"
                                                                     " order by v.value collate \"C\", c.value_id, nullif(c.code, 0), c.piece nulls "
                                                                     "first, c.metric_id, c.bin"};

const struct statement *const EXPERIENCE_STATEMENTS[] = {&TALLY, NULL};

static void add_edges(struct job *job, bool ids) {
  size_t metrics, edges = 0;
  const struct metric *metric = metric_presets(&metrics);
  for (size_t i = 0; i < metrics; i++)
    edges += metric[i].bins;
  job_array(job, ids ? PG_INT2 : PG_INT8, edges);
  for (size_t i = 0; i < metrics; i++)
    for (size_t j = 0; j < metric[i].bins; j++)
      job_item_int(job, ids ? metric[i].id : metric[i].edges[j]);
}

void experience_ask(struct job *job, const struct tenant *tenant, const struct experience_question *question) {
  job_step(job, &TALLY);
  job_uuid(job, &tenant->id);
  job_scope(job, tenant, question->scope);
  job_day(job, question->window.from);
  job_day(job, question->window.to);
  job_text(job, text_of(tenant->time_zone));
  job_int2(job, question->by);
  job_text(job, question->interval < INTERVAL_COUNT ? text_of(INTERVAL_NAMES[question->interval]) : TEXT_NONE);
  job_int4(job, tenant->lost_time_cap);
  add_edges(job, true);
  add_edges(job, false);
}

size_t experience_cells(const struct job *job, unsigned step) { return job_rows(job, step); }

static int128 wide_of(struct text digits) {
  bool negative = digits.length > 0 && digits.at[0] == '-';
  int128 value = 0;
  for (size_t i = negative; i < digits.length; i++)
    value = value * 10 + (digits.at[i] - '0');
  return negative ? -value : value;
}

bool experience_take_cell(const struct job *job, unsigned step, size_t row, struct experience_cell *cell) {
  cell->metric = metric_by_id((int)row_int(job, step, row, 0));
  if (!cell->metric) return false;
  cell->before = row_null(job, step, row, 1);
  cell->day = cell->before ? 0 : row_day(job, step, row, 1);
  cell->key = row_text(job, step, row, 2);
  cell->code = row_int(job, step, row, 3);
  int64_t bin = row_int(job, step, row, 4);
  cell->bin = bin > 0 ? (size_t)bin - 1 : 0;
  cell->tally = (struct tally){
      .n = row_int(job, step, row, 5), .sum = wide_of(row_text(job, step, row, 6)), .sum_squares = wide_of(row_text(job, step, row, 7))};
  cell->tally.bins[cell->bin] = cell->tally.n;
  return true;
}
