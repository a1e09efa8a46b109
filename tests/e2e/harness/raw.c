// Counts raw rows.
#include "raw.h"

#include "house.h"

#include <stdio.h>

// One row for everything that counts on a day; the backlog counts at the end. A function of the session, which a killed server takes along.
static const char ROWS[] =
    "create or replace function pg_temp.raw_rows(slug text, first date, last date) returns table (month text, service text, sla text, happiness int,"
    " lost int, volume int, backlog int, settled int) language sql as $$"
    " with o as (select tenant_id, time_zone, lost_time_cap from tenants where tenants.slug = $1),"
    // Which service a segment names.
    " named as (select g.segment_id, (select v.value from dimension_values v join dimensions d using (tenant_id, dimension_id)"
    " where v.tenant_id = o.tenant_id and d.name = 'service' and v.value_id = g.value_ids[d.dimension_id]) as service"
    " from o join segments g using (tenant_id)),"
    " t as (select k.*, n.service, case when k.sla_met then 'met' when not k.sla_met then 'missed' end as sla,"
    " (k.opened_at at time zone o.time_zone)::date as opened,"
    " (coalesce(k.resolved_at, k.closed_at) at time zone o.time_zone)::date as settled"
    " from o join tickets k using (tenant_id) join named n using (segment_id)),"
    // A response counts where its resolution does; before the first, where its ticket does.
    " r as (select p.*, n.service, case when s.ref is null then t.sla else (array['met', 'missed'])[s.derived[1]] end as sla,"
    " (p.submitted_at at time zone o.time_zone)::date as submitted, case when p.lost_minutes > o.lost_time_cap then o.lost_time_cap else "
    "p.lost_minutes end as lost"
    " from o join responses p using (tenant_id) join t on t.ref = p.ref"
    " left join resolutions s on s.tenant_id = o.tenant_id and s.ref = p.ref and s.no = p.resolution_no"
    " join named n on n.segment_id = coalesce(s.segment_id, t.segment_id) where p.excluded_at is null),"
    " e as (select submitted as day, service, sla, happiness, lost, 0 as volume, 0 as backlog, 0 as settled from r"
    " union all select opened, service, sla, null, null, 1, 0, 0 from t"
    " union all select settled, service, sla, null, null, 0, 0, 1 from t where sla is not null"
    " union all select $3, service, sla, null, null, 0, 1, 0 from t where opened <= $3 and (settled is null or settled > $3))"
    " select greatest(date_trunc('month', day)::date, $2)::text, service, sla, happiness, lost, volume, backlog, settled"
    " from e where day between $2 and $3 $$";

const char *raw_figures(struct raw_window window, const char *key) {
  char query[2000];
  const char *by = key == NULL ? "null::text" : key;
  sql_run(ROWS);
  (void)snprintf(query, sizeof query,
                 "select coalesce(string_agg(line, '' order by is_total, key collate \"C\" nulls last), '') from ("
                 "select %s as key, grouping(%s) as is_total, format(e'%%s: happiness %%s (%%s %%s %%s), lost_time %%s (%%s), volume %%s,"
                 " backlog %%s, sla %%s\\n', case when grouping(%s) = 1 then 'total' else coalesce(%s, '-') end, count(happiness),"
                 " count(*) filter (where happiness >= 9), count(*) filter (where happiness in (7, 8)), count(*) filter (where happiness < 7),"
                 " count(lost), coalesce(sum(lost), 0), coalesce(sum(volume), 0), coalesce(sum(backlog), 0), coalesce(sum(settled), 0)) as line"
                 " from pg_temp.raw_rows('%s', '%s', '%s') where %s group by grouping sets ((%s), ())"
                 " having count(happiness) + count(lost) + sum(volume + backlog + settled) > 0) as lines where %s",
                 by, by, by, by, window.slug, window.from, window.to, window.no_backlog ? "backlog = 0" : "true", by,
                 key == NULL ? "is_total = 1" : "true");
  return sql_text(query);
}

const char *raw_histogram(struct raw_window window) {
  char query[512];
  sql_run(ROWS);
  (void)snprintf(query, sizeof query,
                 "select string_agg((select count(*) from pg_temp.raw_rows('%s', '%s', '%s') where happiness = bin)::text, ' ' order by bin)"
                 " from generate_series(0, 10) as bin",
                 window.slug, window.from, window.to);
  return sql_text(query);
}
