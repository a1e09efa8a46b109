-- Tickets as mirrored from the ITSM tool, and each time one was resolved.

-- What xlad derives from a ticket, as codes in the order of its derived dimensions: sla, reassignments, reopened, resolution_time.
-- 0 stands for not known.
create function ticket_derived(sla_met boolean, reassignments integer, reopens integer, opened_at timestamptz, resolved_at timestamptz)
  returns smallint[] language sql immutable parallel safe
  return array[
    case when sla_met then 1 when not sla_met then 2 else 0 end,
    case when reassignments is null then 0 else least(reassignments, 4) + 1 end,  -- least() passes over nulls
    case when reopens > 0 then 1 when reopens = 0 then 2 else 0 end,
    case
      when resolved_at is null or opened_at is null then 0
      when resolved_at - opened_at < interval '1 hour' then 1
      when resolved_at - opened_at < interval '4 hours' then 2
      when resolved_at - opened_at < interval '8 hours' then 3
      when resolved_at - opened_at < interval '24 hours' then 4
      when resolved_at - opened_at <= interval '72 hours' then 5
      else 6
    end
  ]::smallint[];

create table tickets (
  tenant_id uuid not null,
  ref text not null,
  revision integer not null default 0,
  kind text not null default 'incident',
  opened_at timestamptz,
  responded_at timestamptz,
  repaired_at timestamptz,
  resolved_at timestamptz,
  closed_at timestamptz,
  reassignments integer,
  reopens integer,
  sla_met boolean,
  handle_minutes integer,
  cost_cents bigint,
  first_level_resolved boolean,
  level0_solvable boolean,
  miscategorised boolean,
  known_problem boolean,
  known_resolution boolean,
  business_impact smallint,
  requester bytea,
  agents bytea,
  context json not null default '{}',
  context_frozen boolean not null default false,
  segment_id uuid not null,
  derived smallint[] not null default '{0,0,0,0}',
  resolution_no integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tickets_pkey primary key (tenant_id, ref),
  constraint tickets_kind_check check (kind in ('incident', 'request'))
);
create index tickets_opened_idx on tickets (tenant_id, opened_at, ref);
comment on table tickets is 'Incidents and service requests, mirrored; ref is the tool''s own number.';
comment on column tickets.revision is 'How often it was written; 0 exists only within the transaction that makes it.';
comment on column tickets.opened_at is 'Null for a ticket that is known only from a response.';
comment on column tickets.requester is 'Keyed hash of the person.';
comment on column tickets.agents is 'Keyed hashes of who worked on it, 16 bytes each, one after the other.';
comment on column tickets.context is 'As last sent, for showing.';
comment on column tickets.context_frozen is 'The context shown differs from the one that counts, which froze at resolution.';
comment on column tickets.segment_id is 'The context that counts.';
comment on column tickets.derived is 'ticket_derived() of the latest facts.';
comment on column tickets.resolution_no is 'Number of the latest resolution; 0 before the first.';

create table resolutions (
  tenant_id uuid not null,
  ref text not null,
  no integer not null,
  resolved_at timestamptz not null,
  segment_id uuid not null,
  derived smallint[] not null,
  constraint resolutions_pkey primary key (tenant_id, ref, no),
  constraint resolutions_no_check check (no >= 1)
);
comment on table resolutions is 'Each time a ticket was resolved (or closed, where no resolution is known): what its responses are counted under.';

alter table tickets enable row level security;
alter table tickets force row level security;
create policy tenant_only on tickets using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table resolutions enable row level security;
alter table resolutions force row level security;
create policy tenant_only on resolutions using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update on tickets to xlad_app;
grant select, insert, update on resolutions to xlad_app;
