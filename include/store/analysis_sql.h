// What insights read, in SQL: the answers of a window in their contexts, and whether what is computed from them may be told. Used by the store only.
//
// Parameters of every analysis: $1 tenant, $2 to $5 scope, $6 and $7 first and last day, $8 how many rows may be read, $9 slots of the scope's
// dimensions, $10 the least group.
#ifndef XLAD_STORE_ANALYSIS_SQL_H
#define XLAD_STORE_ANALYSIS_SQL_H

#include "store/measured_sql.h"
#include "store/scope_sql.h"

// Which responses count with their answers.
#define ANSWER_COUNTS "r.excluded_at is null"

// Which responses lie in the window. Where in the index is told by instants that the planner knows, a day more at each end as zones need it; and the
// days by an expression that it takes for a coin's toss, because it expects next to nothing of ranges that it can't look up.
#define IN_WINDOW(from)                                                                                                        \
  "r.tenant_id = $1::uuid and r.submitted_at > '-infinity' and r.submitted_at >= (" from " - 1)::timestamp at time zone 'UTC'" \
  " and r.submitted_at < ($7::date + 2)::timestamp at time zone 'UTC' and " ANSWER_COUNTS                                      \
  " and case when (r.submitted_at at time zone z.time_zone)::date between " from " and $7::date then true else false end"
// The CTE `settings`. And `counted`: n, how many rows there are; beyond what may be read, `answers` stays empty.
#define COUNTED(from)                                                                                    \
  " settings as materialized (select time_zone, lost_time_cap from tenants where tenant_id = $1::uuid)," \
  " counted as materialized (select count(*) as n from settings z cross join responses r where " IN_WINDOW(from) ")"
#define MAY_BE_READ                   "(select c.n from counted c) <= $8::int8"

// The CTE `answers`: each response of the window with what it counts with, as `measured` has it: lost time capped, the context of its resolution.
// `cell` is that context seen by the scope's dimensions; `asked`: the scope holds it; lost_raw is not capped.
#define SLOT_OF_S(value_ids, derived) SLOT_VALUE("s.slot", value_ids, derived)
#define CELL_OF(slots, value_ids, derived) \
  "array(select " SLOT_OF_S(value_ids, derived) "::int8 from unnest(" slots ") with ordinality as s(slot, place) order by s.place)"
#define CELL              CELL_OF("$9::int2[]", "g.value_ids", "k.derived")
#define ASKED             SCOPE_HOLDS("$5", "g.value_ids", "k.derived")
// Only what was never resolved has the context of its ticket.
#define OF_TICKET(column) "(select t." column " from tickets t where t.tenant_id = $1::uuid and t.ref = r.ref)"
#define TICKET_SEGMENT    OF_TICKET("segment_id")
#define TICKET_DERIVED    OF_TICKET("derived")
#define CONTEXT                                                                                                                                 \
  " left join resolutions n on n.tenant_id = $1::uuid and n.ref = r.ref and n.no = r.resolution_no"                                             \
  " cross join lateral (select coalesce(n.segment_id, " TICKET_SEGMENT ") as segment_id, coalesce(n.derived, " TICKET_DERIVED ") as derived) k" \
  " join segments g on g.tenant_id = $1::uuid and g.segment_id = k.segment_id"
#define ANSWERS(from)                                                                              \
  " answers as materialized (select r.ref, r.respondent, r.happiness, r.lost_minutes as lost_raw," \
  " case when " ABOVE_CAP " then z.lost_time_cap else r.lost_minutes end as lost, r.factors,"      \
  " r.submitted_at, r.response_id, (r.submitted_at at time zone z.time_zone)::date as day,"        \
  " k.derived, g.value_ids, " CELL " as cell, " ASKED " as asked"                                  \
  " from settings z cross join responses r" CONTEXT " where " MAY_BE_READ " and " IN_WINDOW(from) ")"
#define ANALYSED(from) "with " SCOPE_TERMS("$1", "$2", "$3", "$4") "," COUNTED(from) "," ANSWERS(from)

#define BAND           "case when happiness is null then 3 when happiness >= 9 then 0 when happiness >= 7 then 1 else 2 end"

// The CTE `verdicts` (part, answered), from `cells` (part, cell, asked, respondents > 0, size). A part is a group of answers that is shown as a
// figure of its own, such as the negatives about missed SLAs; its answers in all cells of the scope's dimensions are looked at, whatever the scope
// asks for, so that no scope's part can be had by taking others' from the whole. One dimension: the cells with too few respondents are hidden and, so
// that they are not alone, the one of the others with the fewest responses (size, of all parts); a scope is answered that holds all of the hidden
// ones with that other, or none. More dimensions: only where no cell is too small. It is the rule of domain/privacy.h, or stricter: there the other
// one isn't always needed.
#define SMALL          "c.respondents < $10::int4"
#define VERDICTS                                                                                                             \
  " beside as materialized (select distinct on (c.part) c.part, c.cell from cells c"                                         \
  " where not " SMALL " and c.part in (select c.part from cells c where " SMALL ") order by c.part, c.size, c.cell),"        \
  " verdicts as (select h.part, not bool_or(h.small) or (cardinality($9::int2[]) < 2 and (not bool_or(h.asked and h.hidden)" \
  " or (not bool_or(h.hidden and not h.asked) and bool_or(h.hidden and not h.small)))) as answered"                          \
  " from (select c.part, c.asked, " SMALL " as small, " SMALL " or b.part is not null as hidden"                             \
  " from cells c left join beside b on b.part = c.part and b.cell = c.cell) h group by h.part)"

// The first columns of every row: how many rows the window holds, and whether all parts are answered for. There is one row at least, whose others are
// null where there is nothing.
#define OUTCOME_BEGIN                                                                                                                         \
  " select o.n, o.answered, a.* from (select (select c.n from counted c) as n, coalesce((select bool_and(v.answered) from verdicts v), true)" \
  " as answered) o left join ("
#define OUTCOME_END ") a on true"

#endif
