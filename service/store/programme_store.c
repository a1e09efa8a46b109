// Reads what the programme of measuring and improving is judged by.
#include "store/programme_store.h"

#include "base/limits.h"

#define DAY_OF(instant)     "(" instant " at time zone z.time_zone)::date"
#define IN_WINDOW(instant)  DAY_OF(instant) " between $2::date and $3::date"
#define DAY_STARTED         DAY_OF("a.started_at")
#define EVALUATED_IN_WINDOW IN_WINDOW("e.evaluated_at")
#define CREATED_IN_WINDOW   IN_WINDOW("i.created_at")
#define ARRIVED_IN_WINDOW   IN_WINDOW("o.attempted_at")

// $1 tenant, $2 and $3 first and last day, $4 how many tickets that wait are counted, $5 how many deliveries. An initiative's baseline is held
// against the first action of the same iteration: a later one begins with a baseline of its own.
static const struct statement COUNTS = {
    "programme_counts",
    "with z as materialized (select time_zone from tenants where tenant_id = $1::uuid),"
    " first as materialized (select i.initiative_id, i.content ->> 'baseline' as baseline, min(" DAY_STARTED ") as day from z"
    " cross join initiatives i join initiative_actions a on a.tenant_id = $1::uuid and a.initiative_id = i.initiative_id"
    " and a.iteration = i.iteration where i.tenant_id = $1::uuid and a.started_at is not null group by i.tenant_id, i.initiative_id),"
    " begun as materialized (select f.day, b.content #>> '{window,to}' as measured_to from first f"
    " left join baselines b on b.tenant_id = $1::uuid and b.baseline_id = f.baseline::uuid where f.day between $2::date and $3::date),"
    " agreed as materialized (select exists (select from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug) as evaluated"
    " from xlas x where x.tenant_id = $1::uuid and x.retired_at is null)"
    " select (select count(*) from begun), (select count(*) from begun where measured_to::date < day),"
    " (select count(*) from objectives o where o.tenant_id = $1::uuid and o.retired_at is null),"
    " (select count(*) from (select from queue q where q.tenant_id = $1::uuid limit $4::int8) l),"
    " (select count(*) from baselines b where b.tenant_id = $1::uuid and b.kind = 'measured'),"
    " (select count(*) from agreed), (select count(*) from agreed where evaluated),"
    " (select count(*) from z cross join evaluations e where e.tenant_id = $1::uuid and " EVALUATED_IN_WINDOW "),"
    " (select count(*) from credentials c where c.tenant_id = $1::uuid and c.role = 'dashboard' and c.revoked_at is null),"
    " (select count(*) from webhooks w where w.tenant_id = $1::uuid and w.enabled),"
    " (select count(*) from (select from z cross join outbox o where o.tenant_id = $1::uuid and o.state = 'delivered'"
    " and o.type <> 'webhook.test' and " ARRIVED_IN_WINDOW " limit $5::int8) l),"
    " (select count(*) from z cross join initiatives i where i.tenant_id = $1::uuid and i.content #>> '{source,kind}' <> 'other'"
    " and " CREATED_IN_WINDOW "),"
    " (select count(*) from initiatives i where i.tenant_id = $1::uuid and i.status = 'open')"};

#define ITEMS_OF(list)  "json_array_elements(case when json_typeof(" list ") = 'array' then " list " else '[]' end)"
#define COMPONENTS      ITEMS_OF("x.content -> 'components'")
#define SUCCESS_FACTORS ITEMS_OF("i.content -> 'success_factors'")
#define GUARDRAILS      ITEMS_OF("i.content -> 'guardrails'")

static const struct statement USES = {
    "programme_uses",
    "with spoken as materialized (select k.key, true as agreed from xlas x cross join lateral (select x.content ->> 'metric' as key"
    " union select e ->> 'metric' from " COMPONENTS " e union select x.content #>> '{paired_sla,metric}') k"
    " where x.tenant_id = $1::uuid and x.retired_at is null"
    " union all select k.key, false from initiatives i cross join lateral (select i.content ->> 'metric' as key"
    " union select e ->> 'metric' from " SUCCESS_FACTORS " e union select e #>> '{}' from " GUARDRAILS " e) k"
    " where i.tenant_id = $1::uuid and i.status <> 'cancelled')"
    " select s.key, count(*) filter (where s.agreed), count(*) filter (where not s.agreed) from spoken s where s.key is not null group by s.key"
    " order by s.key"};

// $1 tenant, $2 and $3 first and last day, $4 how many responses. Contexts as answers count with them: that of the resolution, or of a ticket that
// was never resolved. Answers with values of the same dimensions are put together with ten of their respondents: as many as a minimum group can ask
// for, and enough to know it of any union. The first row is of all dimensions together.
#define DELAY "floor(extract(epoch from s.submitted_at - n.resolved_at))::int8"
static const struct statement ANSWERS = {
    "programme_answers",
    "with z as materialized (select time_zone from tenants where tenant_id = $1::uuid),"
    " sampled as materialized (select r.* from z cross join lateral (select p.ref, p.resolution_no, p.respondent, p.submitted_at from responses p"
    " where p.tenant_id = $1::uuid and p.submitted_at > '-infinity' and p.submitted_at >= ($2::date)::timestamp at time zone z.time_zone"
    " and p.submitted_at < ($3::date + 1)::timestamp at time zone z.time_zone and p.excluded_at is null"
    " order by p.submitted_at desc, p.response_id desc limit $4::int8) r),"
    " placed as materialized (select s.respondent, " DELAY " as delay, coalesce(n.segment_id,"
    " (select t.segment_id from tickets t where t.tenant_id = $1::uuid and t.ref = s.ref)) as segment_id from sampled s"
    " left join lateral (select k.resolved_at, k.segment_id from resolutions k where k.tenant_id = $1::uuid and k.ref = s.ref"
    " and k.no = s.resolution_no limit 1) n on true),"
    " answers as materialized (select p.respondent, p.delay, array(select u.place from unnest(g.value_ids) with ordinality as u(value_id, place)"
    " where u.value_id is not null) as dimensions from placed p cross join lateral"
    " (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = p.segment_id limit 1) g),"
    " alike as materialized (select a.dimensions, count(*) as n, (array_agg(distinct a.respondent order by a.respondent))[1:10] as people"
    " from answers a group by a.dimensions),"
    " parts as materialized (select d.dimension_id, d.name, coalesce(sum(a.n) filter (where h.has and u.place = 1), 0)::int8 as part,"
    " count(distinct u.person) filter (where h.has) as part_people, count(distinct u.person) filter (where not h.has) as rest_people"
    " from dimensions d cross join alike a cross join lateral (select d.dimension_id = any (a.dimensions) as has) h"
    " cross join lateral unnest(a.people) with ordinality as u(person, place) where d.tenant_id = $1::uuid group by d.dimension_id, d.name),"
    " used as materialized (select coalesce(array_agg(dimension_id::int8), '{}') as ids from parts where part > 0),"
    " judged as materialized (select a.n, u.person, u.place, cardinality(i.ids) > 0 and i.ids <@ a.dimensions as whole"
    " from alike a cross join used i cross join lateral unnest(a.people) with ordinality as u(person, place)),"
    " timed as materialized (select count(*) as n, count(distinct a.respondent) as people,"
    " percentile_disc(0.5) within group (order by a.delay) as median from answers a where a.delay >= 0),"
    " wholes as materialized (select coalesce(sum(j.n) filter (where j.whole and j.place = 1), 0)::int8 as part,"
    " count(distinct j.person) filter (where j.whole) as part_people, count(distinct j.person) filter (where not j.whole) as rest_people,"
    " coalesce(sum(j.n) filter (where j.place = 1), 0)::int8 as n from judged j)"
    " select null::text, w.part, w.part_people, w.rest_people, w.n, t.n, t.people, t.median, 0::int2 as place from wholes w cross join timed t"
    " union all select name, part, part_people, rest_people, null, null, null, null, dimension_id from parts order by place"};

const struct statement *const PROGRAMME_STATEMENTS[] = {&COUNTS, &USES, &ANSWERS, NULL};

static void ask_window(struct job *job, const struct statement *statement, const struct tenant *tenant, struct window window) {
  job_step(job, statement);
  job_uuid(job, &tenant->id);
  job_day(job, window.from);
  job_day(job, window.to);
}

void programme_ask_counts(struct job *job, const struct tenant *tenant, struct window window) {
  ask_window(job, &COUNTS, tenant, window);
  job_int8(job, PROGRAMME_BACKLOG + 1);
  job_int8(job, PROGRAMME_DELIVERIES_MAX);
}

void programme_take_counts(const struct job *job, unsigned step, struct programme_facts *facts) {
  int64_t *const counts[] = {&facts->begun,      &facts->begun_measured, &facts->objectives,  &facts->waiting,    &facts->baselines,
                             &facts->agreements, &facts->evaluated,      &facts->evaluations, &facts->dashboards, &facts->webhooks,
                             &facts->delivered,  &facts->found,          &facts->open};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
    *counts[i] = row_int(job, step, 0, (int)i);
}

void programme_ask_uses(struct job *job, const struct uuid *tenant) {
  job_step(job, &USES);
  job_uuid(job, tenant);
}

void programme_take_use(const struct job *job, unsigned step, size_t row, struct programme_use *use) {
  *use = (struct programme_use){row_text(job, step, row, 0), row_int(job, step, row, 1), row_int(job, step, row, 2)};
}

void programme_ask_answers(struct job *job, const struct tenant *tenant, struct window window) {
  ask_window(job, &ANSWERS, tenant, window);
  job_int8(job, PROGRAMME_ANSWERS_MAX);
}

enum { NAME, PART, PART_PEOPLE, REST_PEOPLE, N, TIMED, TIMED_PEOPLE, MEDIAN };

static struct programme_part take_part(const struct job *job, unsigned step, size_t row) {
  return (struct programme_part){.part = row_int(job, step, row, PART),
                                 .whole = row_int(job, step, 0, N),
                                 .part_people = row_int(job, step, row, PART_PEOPLE),
                                 .rest_people = row_int(job, step, row, REST_PEOPLE)};
}

void programme_take_answers(const struct job *job, unsigned step, struct programme_answers *answers) {
  *answers = (struct programme_answers){.n = row_int(job, step, 0, N),
                                        .timed = row_int(job, step, 0, TIMED),
                                        .timed_people = row_int(job, step, 0, TIMED_PEOPLE),
                                        .median_seconds = row_int(job, step, 0, MEDIAN),
                                        .whole = take_part(job, step, 0)};
}

bool programme_take_dimension(const struct job *job, unsigned step, size_t place, struct text *name, struct programme_part *part) {
  if (place + 1 >= job_rows(job, step)) return false;
  *name = row_text(job, step, place + 1, NAME);
  *part = take_part(job, step, place + 1);
  return true;
}
