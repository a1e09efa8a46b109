// What tickets, responses and manual measurements count with, in SQL: the one place that turns raw rows into measurements, and measurements into
// sums. Used by the store only. In all of it $1 is the tenant.
#ifndef XLAD_STORE_MEASURED_SQL_H
#define XLAD_STORE_MEASURED_SQL_H

#define TICKET_ID           "'00000000-0000-0000-0000-000000000000'::uuid"  // measurements.response_id of the ticket itself

// The id of a manual measurement from its ref, U+001F and the id; null for a ticket's. And the reverse.
#define MEASUREMENT_OF(ref) "(case when left(" ref ", 1) = chr(31) then substr(" ref ", 2) end)::uuid"
#define MEASUREMENT_REF(id) "chr(31) || " id

// A ticket that is known only from a response has no opened_at, and counts with nothing.
#define TICKET_METRICS                                                                                                                           \
  "array[{ticket_volume}, {backlog}, {backlog}, {resolved_tickets}, {sla_met}, {resolution_time}, {response_time}, {repair_time}, {reassigned}," \
  " {reopened}, {first_level_resolved}, {level0_solvable}, {miscategorised}, {known_problem}, {known_resolution}, {business_impact},"            \
  " {handle_time}, {cost_per_ticket}]::int2[]"
#define SECONDS_SINCE_OPENED(column) "floor(extract(epoch from t." column " - t.opened_at))"
#define TICKET_VALUES                                                                                                                               \
  "array[1, 1, -1, 1, t.sla_met::int4, " SECONDS_SINCE_OPENED("resolved_at") ", " SECONDS_SINCE_OPENED(                                             \
      "responded_at") ","                                                                                                                           \
                      " " SECONDS_SINCE_OPENED("repaired_at") ", (t.reassignments > 0)::int4, (t.reopens > 0)::int4, t.first_level_resolved::int4," \
                                                              " t.level0_solvable::int4, t.miscategorised::int4, t.known_problem::int4, "           \
                                                              "t.known_resolution::int4, t.business_impact, t.handle_minutes,"                      \
                                                              " t.cost_cents]::int8[]"
// Counted on the day it was opened: volume and the beginning in the backlog. All else on the day it was resolved, or closed where no resolution is
// known.
#define TICKET_DAYS "array[c.opened, c.opened] || array_fill(c.settled, array[16])"

// Behind one measurement for each factor, by band of happiness. `of` is "+" for a response that is excluded: it counts with the same under other ids.
#define METRICS_OF(of)                                                                                                                   \
  "array_fill((case when r.happiness is null then {" of "factors_unrated} when r.happiness >= 9 then {" of "factors_positive}"           \
  " when r.happiness >= 7 then {" of "factors_neutral} else {" of "factors_negative} end)::int2, array[cardinality(r.factors)])"         \
  " || array[{" of "responses}, {" of "happiness}, {" of "lost_time}, {" of "lost_time_excess}, {" of "csat}, {" of "ces}, {" of "nps}," \
  " {" of "expectation}, {" of "promise_kept}, {" of "brand_promise}, {" of "bare_ratings}, {" of "answered_tickets}]::int2[]"
#define RESPONSE_METRICS "case when r.excluded_at is null then " METRICS_OF("") " else " METRICS_OF("+") " end"
// Of a 9 or a 10: whether it stands alone, without a reason that was ticked or told.
#define BARE             "case when r.happiness >= 9 then (cardinality(r.factors) = 0 and coalesce(r.comment, '') = '')::int4 end"
#define ABOVE_CAP        "r.lost_minutes > z.lost_time_cap"
#define RESPONSE_VALUES                                                                                               \
  "array_fill(1::int8, array[cardinality(r.factors)]) || array[1, r.happiness, case when " ABOVE_CAP                  \
  " then z.lost_time_cap else r.lost_minutes end, case when " ABOVE_CAP " then r.lost_minutes - z.lost_time_cap end," \
  " r.csat, r.ces, r.nps, r.expectation, r.promise_kept, r.brand_promise, " BARE ", 1]::int8[]"
// On the day it was submitted. That its ticket has an answer counts on the day the ticket was resolved, by the first response of the latest
// resolution, so that it is a share of the tickets resolved then. An excluded response answers no ticket; where there is no other, the first of them
// counts as excluded, so that with them each ticket still counts once.
#define RESPONSE_DAYS "array_fill(c.day, array[cardinality(r.factors) + 11]) || c.answered"

// The CTE `measured`: rows of measurements as the raw rows give them now, of the tickets and manual measurements in the CTE `wanted` (ref; ticket:
// not a ticket's responses only).
#define MEASURED                                                                                                                                 \
  " settings as materialized (select time_zone, lost_time_cap from tenants where tenant_id = $1::uuid),"                                         \
  " answers as materialized ("                                                                                                                   \
  " select r.*, row_number() over (partition by r.ref, r.resolution_no order by r.excluded_at is not null, r.response_id) = 1 as first"          \
  " from wanted w cross join lateral (select * from responses p where p.tenant_id = $1::uuid and p.ref = w.ref offset 0) r),"                    \
  " measured as materialized ("                                                                                                                  \
  " select t.ref, " TICKET_ID " as response_id, t.segment_id, t.derived, null::int8 as respondent, null::date as day,"                           \
  " case when c.settled is null then 'infinity'::date else greatest(c.opened, c.settled) end as last_day,"                                       \
  " " TICKET_METRICS " as metric_ids, " TICKET_VALUES " as metric_values, " TICKET_DAYS " as metric_days, '{}'::text[] as labels"                \
  " from wanted w cross join settings z"                                                                                                         \
  " cross join lateral (select * from tickets k where k.tenant_id = $1::uuid and k.ref = w.ref limit 1) t"                                       \
  " cross join lateral (select (t.opened_at at time zone z.time_zone)::date as opened,"                                                          \
  " (coalesce(t.resolved_at, t.closed_at) at time zone z.time_zone)::date as settled) c"                                                         \
  " where w.ticket and t.opened_at is not null"                                                                                                  \
  " union all"                                                                                                                                   \
  " select r.ref, r.response_id, coalesce(s.segment_id, t.segment_id), coalesce(s.derived, t.derived),"                                          \
  " ('x' || encode(substr(r.respondent, 1, 8), 'hex'))::bit(64)::int8, c.day, greatest(c.day, c.answered),"                                      \
  " " RESPONSE_METRICS ", " RESPONSE_VALUES ", " RESPONSE_DAYS ", r.factors"                                                                     \
  " from answers r cross join settings z"                                                                                                        \
  " cross join lateral (select * from tickets k where k.tenant_id = $1::uuid and k.ref = r.ref limit 1) t"                                       \
  " left join lateral (select * from resolutions n where n.tenant_id = $1::uuid and n.ref = r.ref and n.no = r.resolution_no limit 1) s on true" \
  " cross join lateral (select (r.submitted_at at time zone z.time_zone)::date as day, case when r.first and r.resolution_no = t.resolution_no"  \
  " then (coalesce(t.resolved_at, t.closed_at) at time zone z.time_zone)::date end as answered) c"                                               \
  " union all"                                                                                                                                   \
  " select w.ref, x.measurement_id, x.segment_id, '{0,0,0,0}'::int2[], null::int8, c.day, c.day, array[x.metric_id], array[x.value],"            \
  " array[c.day], '{}'::text[]"                                                                                                                  \
  " from wanted w cross join settings z"                                                                                                         \
  " cross join lateral (select * from manual_measurements k where k.tenant_id = $1::uuid and k.measurement_id = " MEASUREMENT_OF(                \
      "w.ref") " limit 1) x"                                                                                                                     \
               " cross join lateral (select coalesce(x.day, (x.at at time zone z.time_zone)::date) as day) c"                                    \
               " where left(w.ref, 1) = chr(31))"

// The CTE `was`: what the measurements have of them. And `moved`: what has to be added to sums (weight 1) and taken from them (-1).
#define WAS                                                                                                                \
  " was as materialized ("                                                                                                 \
  " select m.ref, m.response_id, m.segment_id, m.derived, m.respondent, m.day, m.last_day, m.metric_ids, m.metric_values," \
  " m.metric_days, m.labels"                                                                                               \
  " from wanted w cross join lateral (select * from measurements k where k.tenant_id = $1::uuid and k.ref = w.ref"         \
  " and (w.ticket or k.response_id <> " TICKET_ID ") offset 0) m),"                                                        \
  " moved as (select n.*, 1 as weight from measured n union all select w.*, -1 from was w)"

// Single measurements of rows `m`, one a row: metric_id, value, day, label ('' where there is none).
#define SINGLES                                                                                                      \
  "cross join lateral (select u.metric_id, u.value, u.day, coalesce(u.label, '') collate \"C\" as label"             \
  " from (select unnest(m.metric_ids) as metric_id, unnest(m.metric_values) as value, unnest(m.metric_days) as day," \
  " unnest(m.labels) as label) u where u.value is not null and u.day is not null) i"

// Respondents are kept of what counts on the day of their response.
#define HAS_RESPONDENT "i.metric_id not in ({answered_tickets}, {+answered_tickets})"

// The CTE `edges`: those of presets from the two parameters that job_edges adds, and those of the tenant's own metrics.
#define EDGES(ids, values)                                                                     \
  "edges as materialized (select e.metric_id, array_agg(e.edge order by e.edge) as edges from" \
  " unnest(" ids "::int2[], " values "::int8[]) as e(metric_id, edge) group by e.metric_id"    \
  " union all select k.metric_id, k.edges from metrics k where k.tenant_id = $1::uuid and k.edges is not null)"

// A slot's value in a context: what marginals.value_id says.
#define SLOT_VALUE(slot, value_ids, derived) \
  "case when " slot " > 0 then coalesce((" value_ids ")[" slot "], 0) when " slot " < 0 then (" derived ")[-" slot "] else 0 end"

// Sums of rows with value, squares (weighted), bin and weight; an int4 is summed several times as fast as an int8.
#define IN_BIN(number) "coalesce(sum(weight) filter (where bin = " number "), 0)"
#define SUMS                                                                                                                               \
  "sum(weight)::int8 as n, sum(value * weight) as sum, sum(squares) as sum_squares,"                                                       \
  " array[" IN_BIN("1") ", " IN_BIN("2") ", " IN_BIN("3") ", " IN_BIN("4") ", " IN_BIN("5") ", " IN_BIN("6") ", " IN_BIN("7") ", " IN_BIN( \
      "8") ", " IN_BIN("9") ", " IN_BIN("10") ", " IN_BIN("11") ", " IN_BIN("12") "]::int8[] as bins"

// Sums of rows that are sums.
#define SUM_OF_BIN(number) "coalesce(sum(bins[" number "]), 0)"
#define SUMS_OF_SUMS                                                                                                                                 \
  "sum(n)::int8 as n, sum(sum) as sum, sum(sum_squares) as sum_squares,"                                                                             \
  " array[" SUM_OF_BIN("1") ", " SUM_OF_BIN("2") ", " SUM_OF_BIN("3") ", " SUM_OF_BIN("4") ", " SUM_OF_BIN("5") ", " SUM_OF_BIN(                     \
      "6") ", " SUM_OF_BIN("7") ", " SUM_OF_BIN("8") ", " SUM_OF_BIN("9") ", " SUM_OF_BIN("10") ", " SUM_OF_BIN("11") ", " SUM_OF_BIN("12") "]::"    \
                                                                                                                                            "int8[]" \
                                                                                                                                            " as "   \
                                                                                                                                            "bins"

// The least ten of them, in order.
#define LEAST_TEN(hash) "(array_agg(distinct " hash " order by " hash "))[1:10]"

#endif
