// Reads who has answered: from the sums where at most one dimension is concerned, else from the measurements of the window.
#include "store/answers_store.h"

#include "store/measured_sql.h"

// Parameters of both statements: $1 tenant, $2 and $3 first and last day, $4 slot or slots, $5 piece of time or null, $6 most rows.

#define QUEUED \
  " wanted as materialized (select q.ref, bool_or(q.ticket) as ticket from queue q where q.tenant_id = $1::uuid group by q.ref)," MEASURED "," WAS

#define PIECE(day)    "greatest(date_trunc($5::text, " day "::timestamp)::date, $2::date)"
#define PIECE_OF_I    PIECE("i.day")
#define PIECE_OF_R    PIECE("r.day")
#define PIECE_OF_M    PIECE("m.day")
#define PRESENT_VALUE SLOT_VALUE("$4::int2", "g.value_ids", "m.derived")
#define UNION_TEN     LEAST_TEN("h")

// Responses that are no longer what their measurements say: somebody may have left the cells of their days, so those days' respondents are read from
// the measurements. On all other days whoever was there still is. Of a cell that has ten on one day no other day has to be looked at.
static const struct statement BY_SUMS = {
    "answers_by_sums",
    "with" QUEUED ","
    " keys as materialized ("
    " select 0::int8 as value_id where $4::int2 >= 0"
    " union all select v.value_id from dimension_values v where v.tenant_id = $1::uuid and v.dimension_id = $4::int2"
    " union all select c from generate_series(0, 9) as c where $4::int2 < 0),"
    " left_days as materialized ("
    " select distinct w.day from was w where w.respondent is not null and w.day >= $2::date and w.day <= $3::date and not exists (select from "
    "measured n"
    " where (n.ref, n.response_id, n.segment_id, n.derived, n.respondent, n.day, n.metric_ids, n.metric_values)"
    " is not distinct from (w.ref, w.response_id, w.segment_id, w.derived, w.respondent, w.day, w.metric_ids, w.metric_values))),"
    " added as ("
    " select " PRESENT_VALUE " as value_id, i.metric_id, i.day, m.respondent, m.weight, m.weight > 0 as here"
    " from moved m cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"
    " " SINGLES " where m.respondent is not null and i.label = '' and i.day >= $2::date and i.day <= $3::date"
    " union all"
    " select " PRESENT_VALUE ", i.metric_id, i.day, m.respondent, 0, true from left_days d"
    " cross join lateral (select * from measurements k where k.tenant_id = $1::uuid and k.day = d.day offset 0) m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"
    " " SINGLES " where m.respondent is not null and i.label = '' and i.day = d.day and not exists (select from wanted w where w.ref = m.ref)),"
    " parts as materialized ("
    " select m.value_id, i.metric_id, m.piece, i.n, case when m.day not in (select d.day from left_days d) then i.respondents end as respondents"
    " from (select k.value_id, r.day, " PIECE_OF_R " as piece, r.sums from keys k"
    " cross join lateral (select b.day, b.sums from marginals b where b.tenant_id = $1::uuid and b.slot = $4::int2 and b.value_id = k.value_id"
    " and not b.labelled and b.day >= $2::date and b.day <= $3::date offset 0) r) m"
    " cross join lateral unnest(m.sums) i where i.respondents is not null or i.metric_id in ({answered_tickets}, {+answered_tickets})"
    " union all"
    " select i.value_id, i.metric_id, " PIECE_OF_I ", i.weight,"
    " case when i.here and i.respondent is not null and " HAS_RESPONDENT " then array[i.respondent] end from added i),"
    " counted as materialized ("
    " select value_id, metric_id, piece, sum(n)::int8 as n, max(respondents) filter (where cardinality(respondents) >= 10) as ten"
    " from parts group by value_id, metric_id, piece having sum(n) > 0),"
    " few as ("
    " select p.value_id, p.metric_id, p.piece, " UNION_TEN " as respondents from counted c"
    " join parts p on p.value_id = c.value_id and p.metric_id = c.metric_id and p.piece = c.piece cross join lateral unnest(p.respondents) h"
    " where c.ten is null group by p.value_id, p.metric_id, p.piece)"
    " select c.metric_id::int4, c.piece, v.value, case when $4::int2 < 0 then c.value_id else 0 end, null::text, 0::int8, c.n,"
    " coalesce(c.ten, f.respondents) from counted c"
    " left join few f on f.value_id = c.value_id and f.metric_id = c.metric_id and f.piece = c.piece"
    " left join dimension_values v on $4::int2 > 0 and v.tenant_id = $1::uuid and v.value_id = c.value_id"
    " order by c.metric_id, c.piece, c.value_id limit $6::int8"};

#define FIRST_VALUE  SLOT_VALUE("($4::int2[])[1]", "g.value_ids", "m.derived")
#define SECOND_VALUE SLOT_VALUE("($4::int2[])[2]", "g.value_ids", "m.derived")
#define EACH_VALUE   SLOT_VALUE("s.slot", "g.value_ids", "m.derived")
#define ROW_TEN      "(array_agg(respondent order by respondent))[1:10]"

// Rows that answer the same metrics are put together before their metrics are taken apart.
static const struct statement BY_ROWS = {
    "answers_by_rows",
    "with" QUEUED ","
    " present as ("
    " select m.* from measurements m where m.tenant_id = $1::uuid and m.day >= $2::date and m.day <= $3::date"
    " and not exists (select from wanted w where w.ref = m.ref)"
    " union all select $1::uuid, n.* from measured n where n.day >= $2::date and n.day <= $3::date),"
    " crowds as ("
    " select x.value_ids, " PIECE_OF_M " as piece, m.respondent,"
    " (select array_agg(u.metric_id) from (select unnest(m.metric_ids) as metric_id, unnest(m.metric_values) as value, unnest(m.labels) as label) u"
    " where u.value is not null and u.label is null and u.metric_id not in ({answered_tickets}, {+answered_tickets})) as metric_ids, count(*) as n"
    " from present m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"
    " cross join lateral (select case when cardinality($4::int2[]) = 2 then array[" FIRST_VALUE ", " SECOND_VALUE "]"
    " else (select array_agg(" EACH_VALUE ") from unnest($4::int2[]) as s(slot)) end as value_ids offset 0) x"
    " where m.respondent is not null group by 1, 2, 3, 4),"
    " alike as (select value_ids, piece, metric_ids, sum(n)::int8 as n, " ROW_TEN " as respondents from crowds group by 1, 2, 3),"
    " spread as materialized ("
    " select a.value_ids, a.piece, i.metric_id, a.n, a.respondents from alike a cross join lateral unnest(a.metric_ids) as i(metric_id)),"
    " counted as (select value_ids, piece, metric_id, sum(n)::int8 as n from spread group by 1, 2, 3),"
    " told as (select value_ids, piece, metric_id, " UNION_TEN
    " as respondents from spread cross join lateral unnest(respondents) h group by 1, 2, 3)"
    " select c.metric_id::int4, c.piece, v.value, case when ($4::int2[])[1] < 0 then c.value_ids[1] else 0 end, w.value,"
    " case when ($4::int2[])[2] < 0 then c.value_ids[2] else 0 end, c.n, t.respondents from counted c"
    " join told t on t.value_ids = c.value_ids and t.piece = c.piece and t.metric_id = c.metric_id"
    " left join dimension_values v on ($4::int2[])[1] > 0 and v.tenant_id = $1::uuid and v.value_id = c.value_ids[1]"
    " left join dimension_values w on ($4::int2[])[2] > 0 and w.tenant_id = $1::uuid and w.value_id = c.value_ids[2]"
    " order by c.metric_id, c.piece, c.value_ids limit $6::int8"};

const struct statement *const ANSWERS_STATEMENTS[] = {&BY_SUMS, &BY_ROWS, NULL};

void answers_ask(struct job *job, const struct tenant *tenant, const struct answers_question *question) {
  bool sums = question->slots_count <= 1;
  job_step(job, sums ? &BY_SUMS : &BY_ROWS);
  job_uuid(job, &tenant->id);
  job_day(job, question->window.from);
  job_day(job, question->window.to);
  if (sums) {
    job_int2(job, question->slots_count == 1 ? question->slots[0] : 0);
  } else {
    job_array(job, PG_INT2, question->slots_count);
    for (size_t i = 0; i < question->slots_count; i++)
      job_item_int(job, question->slots[i]);
  }
  job_text(job, question->interval < INTERVAL_COUNT ? text_of(INTERVAL_NAMES[question->interval]) : TEXT_NONE);
  job_int8(job, ANSWERS_ROWS_MAX + 1);
}

bool answers_too_many(const struct job *job, unsigned step) { return job_rows(job, step) > ANSWERS_ROWS_MAX; }

void answers_take(const struct job *job, unsigned step, size_t row, struct answers_row *out) {
  *out = (struct answers_row){.metric_id = (int)row_int(job, step, row, 0), .day = row_day(job, step, row, 1), .n = row_int(job, step, row, 6)};
  for (int i = 0; i < ANSWERS_KEYS; i++)
    out->keys[i] = (struct answers_key){row_text(job, step, row, 2 + 2 * i), row_int(job, step, row, 3 + 2 * i)};
  size_t found = row_int_array(job, step, row, 7, out->hashes, RESPONDENTS_KEPT);
  out->respondents = found < RESPONDENTS_KEPT ? found : RESPONDENTS_KEPT;
}
