// Reads who has answered: from the sums where at most one dimension is concerned, else from the measurements of the window.
#include "store/answers_store.h"

#include "store/measured_sql.h"

// Parameters of both statements: $1 tenant, $2 and $3 first and last day, $4 slot or slots, $5 piece of time or null, $6 most rows. Of BY_ROWS also
// $7 and $8, the most responses that are all read where less would do, and at all; and $9, how many of a context are looked at first.

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

#define IN_WINDOW    "m.day >= $2::date and m.day <= $3::date and m.respondent is not null and not exists (select from wanted w where w.ref = m.ref)"
#define ANSWERED                                                                                                                                  \
  "(select array_agg(u.metric_id) from (select unnest(m.metric_ids) as metric_id, unnest(m.metric_values) as value, unnest(m.labels) as label) u" \
  " where u.value is not null and u.label is null and u.metric_id not in ({answered_tickets}, {+answered_tickets}))"
#define TUPLE                                                                           \
  "case when cardinality($4::int2[]) = 2 then array[" FIRST_VALUE ", " SECOND_VALUE "]" \
  " else (select array_agg(" EACH_VALUE ") from unnest($4::int2[]) as s(slot)) end"
#define EXCLUDED "m.metric_ids @> array[{+responses}]::int2[]"

// A cell that has ten respondents has enough, so of many responses not all are read. `sampled` are the first of each context (and value of a derived
// dimension, of which there is one at most). A cell of whose contexts there is more, and that lacks ten respondents to a metric that is answered in
// its row and in its column, is read in full (`opened`). Excluded responses are few, and are all read. Responses that answer the same metrics are put
// together before their metrics are taken apart.
static const struct statement BY_ROWS = {
    "answers_by_rows",
    "with" QUEUED ","
    " size as materialized ("
    " select coalesce(sum(i.n), 0) as n, (select count(*) from unnest($4::int2[]) s(slot) where s.slot < 0) as derived,"
    " (select max(-s.slot) from unnest($4::int2[]) s(slot) where s.slot < 0) as place"
    " from marginals r cross join lateral unnest(r.sums) i where r.tenant_id = $1::uuid and r.slot = 0 and r.value_id = 0 and not r.labelled"
    " and r.day >= $2::date and r.day <= $3::date and i.metric_id = {responses}),"
    " way as materialized (select z.n <= $7::int8 or $5::text is not null or z.derived > 1 as whole, z.place, z.n from size z),"
    " asked as materialized ("
    " select s.slot, r.value_id, i.metric_id from unnest($4::int2[]) s(slot) join marginals r on r.tenant_id = $1::uuid and r.slot = s.slot"
    " and not r.labelled and r.day >= $2::date and r.day <= $3::date cross join lateral unnest(r.sums) i"
    " where i.respondents is not null and i.metric_id < {+responses} - {responses} and i.metric_id <> {lost_time_excess}"
    " and not (select y.whole from way y) group by 1, 2, 3),"
    " codes as (select null::int2 as code from way y where y.place is null"
    " union all select c::int2 from generate_series(0, 9) as c where (select y.place from way y) is not null),"
    " sampled as materialized ("
    " select s.segment_id, c.code, m.*, row_number() over (partition by s.segment_id, c.code) as place from segments s cross join codes c"
    " cross join lateral (select m.ref, m.response_id, m.derived, m.respondent, m.day, m.metric_ids, m.metric_values, m.labels from measurements m"
    " where m.tenant_id = $1::uuid and m.segment_id = s.segment_id and m.day > '-infinity' and " IN_WINDOW " and not " EXCLUDED
    " and (c.code is null or m.derived[(select y.place from way y)] = c.code) order by m.day limit $9::int8) m"
    " where s.tenant_id = $1::uuid and not (select y.whole from way y)),"
    " more as materialized ("
    " select m.segment_id, m.code, t.value_ids from sampled m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"
    " cross join lateral (select " TUPLE " as value_ids) t where m.place = $9::int8),"
    " enough as materialized ("
    " select t.value_ids, i.metric_id from sampled m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"
    " cross join lateral (select " TUPLE " as value_ids) t cross join lateral unnest(" ANSWERED ") as i(metric_id)"
    " group by 1, 2 having count(distinct m.respondent) >= 10),"
    " lacking as materialized ("
    " select distinct t.value_ids from (select distinct value_ids from more) t"
    " cross join lateral (select a.metric_id from unnest($4::int2[], t.value_ids) s(slot, value_id)"
    " join asked a on a.slot = s.slot and a.value_id = s.value_id group by a.metric_id having count(*) = cardinality($4::int2[])) n"
    " where not exists (select from enough e where e.value_ids = t.value_ids and e.metric_id = n.metric_id)),"
    " opened as materialized (select distinct m.segment_id, m.code from more m join lacking l on l.value_ids = m.value_ids),"
    " present as ("
    " select m.segment_id, m.derived, m.respondent, m.day, m.metric_ids, m.metric_values, m.labels from measurements m"
    " where m.tenant_id = $1::uuid and " IN_WINDOW " and (select y.whole and y.n <= $8::int8 from way y)"
    " union all select m.segment_id, m.derived, m.respondent, m.day, m.metric_ids, m.metric_values, m.labels from sampled m"
    " where not exists (select from opened o where o.segment_id = m.segment_id and o.code is not distinct from m.code)"
    " union all select o.segment_id, m.derived, m.respondent, m.day, m.metric_ids, m.metric_values, m.labels from opened o"
    " cross join lateral (select m.* from measurements m where m.tenant_id = $1::uuid and m.segment_id = o.segment_id and m.day > '-infinity'"
    " and " IN_WINDOW " and not " EXCLUDED " and (o.code is null or m.derived[(select y.place from way y)] = o.code) offset 0) m"
    " union all select m.segment_id, m.derived, m.respondent, m.day, m.metric_ids, m.metric_values, m.labels"
    " from (select r.ref, r.response_id from responses r where r.tenant_id = $1::uuid and r.excluded_at is not null"
    " and r.submitted_at >= $2::date - interval '2 days' and r.submitted_at < $3::date + interval '3 days' and not (select y.whole from way y)) r"
    " cross join lateral (select m.* from measurements m where m.tenant_id = $1::uuid and m.ref = r.ref and m.response_id = r.response_id"
    " and " IN_WINDOW " and " EXCLUDED " limit 1) m"
    " union all select m.segment_id, m.derived, m.respondent, m.day, m.metric_ids, m.metric_values, m.labels from measured m"
    " where m.respondent is not null and m.day >= $2::date and m.day <= $3::date),"
    " crowds as ("
    " select x.value_ids, " PIECE_OF_M " as piece, m.respondent, " ANSWERED " as metric_ids, count(*) as n from present m"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = m.segment_id limit 1) g"
    " cross join lateral (select " TUPLE " as value_ids offset 0) x group by 1, 2, 3, 4),"
    " alike as (select value_ids, piece, metric_ids, sum(n)::int8 as n, " ROW_TEN " as respondents from crowds group by 1, 2, 3),"
    " spread as materialized ("
    " select a.value_ids, a.piece, i.metric_id, a.n, a.respondents from alike a cross join lateral unnest(a.metric_ids) as i(metric_id)),"
    " counted as (select value_ids, piece, metric_id, sum(n)::int8 as n from spread group by 1, 2, 3),"
    " told as (select value_ids, piece, metric_id, " UNION_TEN
    " as respondents from spread cross join lateral unnest(respondents) h group by 1, 2, 3)"
    " select c.metric_id::int4, c.piece, v.value, case when ($4::int2[])[1] < 0 then c.value_ids[1] else 0 end, w.value,"
    " case when ($4::int2[])[2] < 0 then c.value_ids[2] else 0 end, c.n, t.respondents"
    " from counted c join told t on t.value_ids = c.value_ids and t.piece = c.piece and t.metric_id = c.metric_id"
    " left join dimension_values v on ($4::int2[])[1] > 0 and v.tenant_id = $1::uuid and v.value_id = c.value_ids[1]"
    " left join dimension_values w on ($4::int2[])[2] > 0 and w.tenant_id = $1::uuid and w.value_id = c.value_ids[2]"
    " union all select 0, $2::date, null, 0, null, 0, 0, null where (select y.whole and y.n > $8::int8 from way y)"
    " order by 1, 2, 4, 6, 3, 5 limit $6::int8"};

// Keeps the place of a step.
static const struct statement NOTHING = {"answers_nothing", "select where false"};

const struct statement *const ANSWERS_STATEMENTS[] = {&BY_SUMS, &BY_ROWS, &NOTHING, NULL};

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
  if (sums) return;
  job_int8(job, ANSWERS_WHOLE_MAX);
  job_int8(job, ANSWERS_READ_MAX);
  job_int8(job, ANSWERS_SAMPLE);
}

void answers_ask_nothing(struct job *job) { job_step(job, &NOTHING); }

bool answers_too_many(const struct job *job, unsigned step) {
  size_t rows = job_rows(job, step);
  return rows > ANSWERS_ROWS_MAX || (rows > 0 && row_int(job, step, 0, 0) == 0);
}

void answers_take(const struct job *job, unsigned step, size_t row, struct answers_row *out) {
  *out = (struct answers_row){.metric_id = (int)row_int(job, step, row, 0), .day = row_day(job, step, row, 1), .n = row_int(job, step, row, 6)};
  for (int i = 0; i < ANSWERS_KEYS; i++)
    out->keys[i] = (struct answers_key){row_text(job, step, row, 2 + 2 * i), row_int(job, step, row, 3 + 2 * i)};
  size_t found = row_int_array(job, step, row, 7, out->hashes, RESPONDENTS_KEPT);
  out->respondents = found < RESPONDENTS_KEPT ? found : RESPONDENTS_KEPT;
}
