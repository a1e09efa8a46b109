// Writes tickets in batches, by the rules of a ticket's life, and reads them.
#include "store/ticket_store.h"

#include "store/context_store.h"
#include "store/scope_sql.h"

#include <stdlib.h>

static const struct statement LOCK_TICKETS = {
    "ticket_lock", "select t.ref from (select s.ref from unnest($2::text[]) as s(ref) order by s.ref) i cross join lateral ("
                   " select k.ref from tickets k where k.tenant_id = $1::uuid and k.ref = i.ref limit 1 for update) t"};

#define FILED CONTEXTS_FILED("$24", "$25", "$26", "$27", "$28")

// One statement decides and writes. A ticket that another writer inserts meanwhile is in neither `inserted` nor `updated`, and is tried again.
static const struct statement WRITE = {
    "ticket_write",
    "with input as ("
    " select * from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],"
    " $8::timestamptz[], $9::int4[], $10::int4[], $11::bool[], $12::int4[], $13::int8[], $14::bool[], $15::bool[], $16::bool[],"
    " $17::bool[], $18::bool[], $19::int2[], $20::bytea[], $21::bytea[], $22::text[], $23::int4[]) with ordinality"
    " as i(ref, kind, opened_at, responded_at, repaired_at, resolved_at, closed_at, reassignments, reopens, sla_met, handle_minutes,"
    " cost_cents, first_level_resolved, level0_solvable, miscategorised, known_problem, known_resolution, business_impact, requester,"
    " agents, context, context_no, ord))," FILED " sent as ("
    " select i.*, coalesce(i.resolved_at, i.closed_at) as settled_at, h.segment_id as sent_segment_id"
    " from input i join hashed h on h.no = i.context_no),"
    " stepped as ("
    " select s.*, t.ref is not null as known, coalesce(t.resolution_no, 0) as no_before, coalesce(t.revision, 0) + 1 as revision,"
    " t.segment_id as frozen_segment_id, t.created_at,"
    " case when s.settled_at is null then 'open' when coalesce(t.resolved_at, t.closed_at) is null then 'resolved' else 'corrected' end as step"
    " from sent s left join lateral (select * from tickets k where k.tenant_id = $1::uuid and k.ref = s.ref limit 1) t on true),"
    " decided as materialized ("
    " select s.*, s.no_before + (s.step = 'resolved')::int4 as no,"
    " case when s.step = 'corrected' then s.frozen_segment_id else s.sent_segment_id end as segment_id,"
    " coalesce(s.reopens, greatest(s.no_before - (s.step = 'corrected')::int4, 0)) as counted_reopens,"
    " ticket_derived(s.sla_met, s.reassignments, coalesce(s.reopens, greatest(s.no_before - (s.step = 'corrected')::int4, 0)),"
    " s.opened_at, s.resolved_at) as derived"
    " from stepped s),"
    " inserted as ("
    " insert into tickets (tenant_id, ref, revision, kind, opened_at, responded_at, repaired_at, resolved_at, closed_at, reassignments,"
    " reopens, sla_met, handle_minutes, cost_cents, first_level_resolved, level0_solvable, miscategorised, known_problem,"
    " known_resolution, business_impact, requester, agents, context, segment_id, derived, resolution_no)"
    " select $1::uuid, d.ref, d.revision, d.kind, d.opened_at, d.responded_at, d.repaired_at, d.resolved_at, d.closed_at,"
    " d.reassignments, d.counted_reopens, d.sla_met, d.handle_minutes, d.cost_cents, d.first_level_resolved, d.level0_solvable,"
    " d.miscategorised, d.known_problem, d.known_resolution, d.business_impact, d.requester, d.agents, d.context::json, d.segment_id,"
    " d.derived, d.no from decided d where not d.known order by d.ref on conflict do nothing returning ref),"
    " updated as ("
    " update tickets t set revision = d.revision, kind = d.kind, opened_at = d.opened_at, responded_at = d.responded_at,"
    " repaired_at = d.repaired_at, resolved_at = d.resolved_at, closed_at = d.closed_at, reassignments = d.reassignments,"
    " reopens = d.counted_reopens, sla_met = d.sla_met, handle_minutes = d.handle_minutes, cost_cents = d.cost_cents,"
    " first_level_resolved = d.first_level_resolved, level0_solvable = d.level0_solvable, miscategorised = d.miscategorised,"
    " known_problem = d.known_problem, known_resolution = d.known_resolution, business_impact = d.business_impact,"
    " requester = d.requester, agents = d.agents, context = d.context::json, context_frozen = d.segment_id <> d.sent_segment_id,"
    " segment_id = d.segment_id, derived = d.derived, resolution_no = d.no, updated_at = now()"
    " from decided d where t.tenant_id = $1::uuid and t.ref = any($2::text[]) and t.ref = d.ref and d.known returning t.ref),"
    " written as (select ref from inserted union all select ref from updated),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, w.ref, true from written w returning ref),"
    " begun as ("
    " insert into resolutions (tenant_id, ref, no, resolved_at, segment_id, derived)"
    " select $1::uuid, d.ref, d.no, d.settled_at, d.segment_id, d.derived from decided d join written w on w.ref = d.ref"
    " where d.step = 'resolved' order by d.ref returning ref),"
    " corrected as ("
    " update resolutions r set resolved_at = d.settled_at, derived = d.derived from decided d"
    " where r.tenant_id = $1::uuid and r.ref = any($2::text[]) and r.ref = d.ref and r.no = d.no and d.step = 'corrected'),"
    " adopted as ("
    " update responses p set resolution_no = 1 from decided d"
    " where p.tenant_id = $1::uuid and p.ref = any($2::text[]) and p.ref = d.ref and p.resolution_no = 0 and d.known and d.step = "
    "'resolved' and d.no_before = 0)"
    " select d.ord, w.ref is not null, not d.known, d.segment_id <> d.sent_segment_id, d.revision, d.no, d.counted_reopens,"
    " coalesce(d.created_at, now()), now()"
    " from decided d left join written w on w.ref = d.ref order by d.ord"};

#define TICKET_COLUMNS                                                                                                                 \
  "t.ref, t.kind, t.opened_at, t.responded_at, t.repaired_at, t.resolved_at, t.closed_at, t.reassignments, t.reopens, t.sla_met,"      \
  " t.handle_minutes, t.cost_cents, t.first_level_resolved, t.level0_solvable, t.miscategorised, t.known_problem, t.known_resolution," \
  " t.business_impact, t.requester, t.agents, t.context::text, t.context_frozen, t.revision, t.resolution_no, t.created_at, t.updated_at"

static const struct statement FIND = {"ticket_find", "select " TICKET_COLUMNS " from tickets t where t.tenant_id = $1::uuid and t.ref = $2::text"};

#define OF_ZONE(day)       "(" day ")::timestamp at time zone $11::text"
#define OPENED_FROM        OF_ZONE("$9::date")
#define OPENED_BEFORE      OF_ZONE("$10::date + 1")
#define SETTLED_FROM       OF_ZONE("$15::date")
#define SETTLED_BEFORE     OF_ZONE("$16::date + 1")
#define WALKED             "coalesce(t.opened_at, '-infinity')"
#define SETTLED            "coalesce(t.resolved_at, t.closed_at)"
#define LISTED_TERMS       SCOPE_TERMS("$1", "$2", "$3", "$4")
#define LISTED_SCOPE_HOLDS SCOPE_HOLDS("$5", "g.value_ids", "t.derived")

// A page walks along the index until it is full. Of so many filters a planner expects so few rows that it would rather sort all that they leave.
static const struct statement WALK = {"ticket_walk", "select set_config('enable_sort', 'off', true)"};

static const struct statement LIST = {
    "ticket_list", "with " LISTED_TERMS " select " TICKET_COLUMNS " from tickets t"
                   " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = t.segment_id limit 1) g"
                   " where t.tenant_id = $1::uuid and t.revision >= 0 and " LISTED_SCOPE_HOLDS " and ($6::text is null or t.kind = $6::text)"
                   " and ($7::bool is null or (" SETTLED " is not null) = $7::bool)"
                   " and ($8::bool is null or t.sla_met = $8::bool)"
                   " and ($9::date is null or t.opened_at >= " OPENED_FROM ") and ($10::date is null or t.opened_at < " OPENED_BEFORE ")"
                   " and ($15::date is null or " SETTLED " >= " SETTLED_FROM ") and ($16::date is null or " SETTLED " < " SETTLED_BEFORE ")"
                   " and ($13::text is null or (" WALKED ", t.ref) < (coalesce($12::timestamptz, '-infinity'), $13::text))"
                   " order by " WALKED " desc, t.ref desc limit $14::int8"};

const struct statement *const TICKET_STATEMENTS[] = {&LOCK_TICKETS, &WRITE, &FIND, &WALK, &LIST, NULL};

static const struct ticket_write *ticket_of(struct batch_row *const *rows, size_t i) { return (const struct ticket_write *)(const void *)rows[i]; }

static size_t count_values(struct batch_row *const *rows, size_t count) {
  size_t values = 0;
  for (size_t i = 0; i < count; i++)
    values += ticket_of(rows, i)->values_count;
  return values;
}

// How each fact travels, in the order of WRITE's parameters from $4 on.
static const struct {
  size_t offset;
  enum pg_type type;
} FACTS[] = {
#define FACT(name, type) \
  { offsetof(struct ticket_facts, name), type }
    FACT(opened_at, PG_TIMESTAMPTZ),
    FACT(responded_at, PG_TIMESTAMPTZ),
    FACT(repaired_at, PG_TIMESTAMPTZ),
    FACT(resolved_at, PG_TIMESTAMPTZ),
    FACT(closed_at, PG_TIMESTAMPTZ),
    FACT(reassignments, PG_INT4),
    FACT(reopens, PG_INT4),
    FACT(sla_met, PG_BOOL),
    FACT(handle_minutes, PG_INT4),
    FACT(cost, PG_INT8),
    FACT(first_level_resolved, PG_BOOL),
    FACT(level0_solvable, PG_BOOL),
    FACT(miscategorised, PG_BOOL),
    FACT(known_problem, PG_BOOL),
    FACT(known_resolution, PG_BOOL),
    FACT(business_impact, PG_INT2),
#undef FACT
};
enum { FACTS_COUNT = sizeof FACTS / sizeof *FACTS };

static int64_t *fact_at(struct ticket_facts *facts, size_t i) { return (int64_t *)(void *)((char *)facts + FACTS[i].offset); }

static int64_t fact_of(const struct ticket_facts *facts, size_t i) { return *(const int64_t *)(const void *)((const char *)facts + FACTS[i].offset); }

static void add_refs(struct job *job, struct batch_row *const *rows, size_t count) {
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, ticket_of(rows, i)->ref);
}

// Columns that nobody fills travel as empty arrays, which unnest() fills up with nulls for less.
static size_t fact_items(struct batch_row *const *rows, size_t count, size_t fact) {
  for (size_t i = 0; i < count; i++)
    if (fact_of(&ticket_of(rows, i)->facts, fact) != ABSENT) return count;
  return 0;
}

static void add_facts(struct job *job, struct batch_row *const *rows, size_t count) {
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, text_of(TICKET_KINDS[ticket_of(rows, i)->facts.kind]));
  for (size_t k = 0; k < FACTS_COUNT; k++) {
    size_t items = fact_items(rows, count, k);
    job_array(job, FACTS[k].type, items);
    for (size_t i = 0; i < items; i++) {
      int64_t value = fact_of(&ticket_of(rows, i)->facts, k);
      if (FACTS[k].type == PG_TIMESTAMPTZ)
        job_item_instant(job, value);
      else
        job_item_int(job, value);
    }
  }
}

// How each text travels, in the order of WRITE's parameters behind the facts.
static const struct {
  size_t offset;
  enum pg_type type;
} TEXTS[] = {
    {offsetof(struct ticket_write, requester), PG_BYTEA},
    {offsetof(struct ticket_write, agents), PG_BYTEA},
    {offsetof(struct ticket_write, context), PG_TEXT},
};

static void add_texts(struct job *job, struct batch_row *const *rows, size_t count) {
  for (size_t k = 0; k < sizeof TEXTS / sizeof *TEXTS; k++) {
    job_array(job, TEXTS[k].type, count);
    for (size_t i = 0; i < count; i++)
      job_item_text(job, *(const struct text *)(const void *)((const char *)ticket_of(rows, i) + TEXTS[k].offset));
  }
}

static void build_steps(struct job *job, struct batch_row *const *rows, size_t count, struct context_set *set) {
  int64_t context_nos[BATCH_ROWS_MAX];
  for (size_t i = 0; i < count; i++)
    context_nos[i] = (int64_t)context_set_add(set, ticket_of(rows, i)->values, ticket_of(rows, i)->values_count);
  context_ask_values(job, rows[0]->tenant, set);
  job_step(job, &LOCK_TICKETS);
  job_uuid(job, rows[0]->tenant);
  add_refs(job, rows, count);
  job_step(job, &WRITE);
  job_uuid(job, rows[0]->tenant);
  add_refs(job, rows, count);
  add_facts(job, rows, count);
  add_texts(job, rows, count);
  job_array(job, PG_INT4, count);
  for (size_t i = 0; i < count; i++)
    job_item_int(job, context_nos[i]);
  job_contexts(job, set);
}

// Whoever has no surveys pays nothing for them.
static bool asks(struct batch_row *const *rows, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (ticket_of(rows, i)->asks) return true;
  return false;
}

static bool build_offers(struct job *job, struct batch_row *const *rows, size_t count) {
  struct invitation_case *cases = malloc(count * sizeof *cases);
  if (!cases) return false;
  for (size_t i = 0; i < count; i++)
    if (ticket_of(rows, i)->asks)
      cases[i] = (struct invitation_case){ticket_of(rows, i)->ref, ticket_of(rows, i)->requester, ticket_of(rows, i)->offer};
    else
      cases[i] = (struct invitation_case){.ref = TEXT_NONE, .requester = TEXT_NONE};
  invitation_ask_offers(job, rows[0]->tenant, cases, count);
  free(cases);
  return true;
}

static bool build(struct job *job, struct batch_row **rows, size_t count) {
  struct context_set set;
  bool good = context_set_init(&set, count, count_values(rows, count));
  if (good) build_steps(job, rows, count, &set);
  context_set_release(&set);
  return good && (!asks(rows, count) || build_offers(job, rows, count));
}

static unsigned write_step(const struct job *job) {
  unsigned step = job->steps_count - 1;
  while (job->steps[step].statement != &WRITE)
    step--;
  return step;
}

static bool outcome(const struct job *job, struct batch_row *row, size_t index) {
  struct ticket_write *ticket = (struct ticket_write *)(void *)row;
  unsigned step = write_step(job);
  if (row_int(job, step, index, 1) != 1) return false;
  ticket->created = row_int(job, step, index, 2) == 1;
  ticket->context_frozen = row_int(job, step, index, 3) == 1;
  ticket->revision = row_int(job, step, index, 4);
  ticket->resolution_no = row_int(job, step, index, 5);
  ticket->reopens = row_int(job, step, index, 6);
  ticket->created_at = row_instant(job, step, index, 7);
  ticket->updated_at = row_instant(job, step, index, 8);
  if (step + 1 < job->steps_count) ticket->invitation = invitation_take_told(job, job->steps_count - 1, index);
  return true;
}

const struct batch_type TICKET_BATCH = {.name = "tickets", .build = build, .outcome = outcome};

void ticket_ask_find(struct job *job, const struct uuid *tenant, struct text ref) {
  job_step(job, &FIND);
  job_uuid(job, tenant);
  job_text(job, ref);
}

void ticket_ask_list(struct job *job, const struct tenant *tenant, const struct ticket_filter *filter) {
  job_step(job, &WALK);
  job_step(job, &LIST);
  job_uuid(job, &tenant->id);
  job_scope(job, tenant, filter->scope);
  job_text(job, filter->kind == ABSENT ? TEXT_NONE : text_of(TICKET_KINDS[filter->kind]));
  job_bool(job, filter->resolved);
  job_bool(job, filter->sla_met);
  job_day(job, filter->opened_from);
  job_day(job, filter->opened_to);
  job_text(job, text_of(tenant->time_zone));
  job_instant(job, filter->before_opened_at);
  job_text(job, filter->before_ref);
  job_int8(job, filter->limit);
  job_day(job, filter->from);
  job_day(job, filter->to);
}

void ticket_take_row(const struct job *job, unsigned step, size_t row, struct ticket_row *ticket) {
  ticket->ref = row_text(job, step, row, 0);
  struct text kind = row_text(job, step, row, 1);
  ticket->facts.kind = text_is(kind, TICKET_KINDS[1]) ? 1 : 0;
  for (size_t i = 0; i < FACTS_COUNT; i++) {
    int column = (int)i + 2;
    *fact_at(&ticket->facts, i) = FACTS[i].type == PG_TIMESTAMPTZ ? row_instant(job, step, row, column) : row_int(job, step, row, column);
  }
  int column = FACTS_COUNT + 2;
  ticket->requester = row_text(job, step, row, column);
  ticket->agents = row_text(job, step, row, column + 1);
  ticket->context = row_text(job, step, row, column + 2);
  ticket->context_frozen = row_int(job, step, row, column + 3) == 1;
  ticket->revision = row_int(job, step, row, column + 4);
  ticket->resolution_no = row_int(job, step, row, column + 5);
  ticket->created_at = row_instant(job, step, row, column + 6);
  ticket->updated_at = row_instant(job, step, row, column + 7);
}
