-- What a tenant decides about its figures: its settings, and its metrics.

alter table tenants
  add column min_group integer not null default 5,
  add column min_group_comments integer not null default 10,
  add column lost_time_threshold integer not null default 120,
  add column sla_target integer not null default 9000,
  add column cost_per_hour bigint,
  add column calendar_periods boolean not null default false,
  add column agent_figures boolean not null default false,
  add column revision integer not null default 1,
  add constraint tenants_min_group_check check (min_group between 3 and 10),
  add constraint tenants_min_group_comments_check check (min_group_comments between min_group and 100),
  add constraint tenants_lost_time_threshold_check check (lost_time_threshold between 0 and 28800),
  add constraint tenants_sla_target_check check (sla_target between 0 and 10000),
  add constraint tenants_cost_per_hour_check check (cost_per_hour >= 0);
comment on column tenants.min_group is 'A figure of answers needs this many respondents.';
comment on column tenants.min_group_comments is 'Comments are shown of groups of this many respondents.';
comment on column tenants.lost_time_threshold is 'Minutes above which a response makes its ticket a watermelon, though the SLA was met.';
comment on column tenants.sla_target is 'Share of tickets to be resolved within the SLA, in hundredths of a percent.';
comment on column tenants.cost_per_hour is 'What an hour of work costs, in hundredths of the currency; null where nobody has said.';
comment on column tenants.calendar_periods is 'Dashboard keys read whole calendar months only.';
comment on column tenants.agent_figures is 'Figures by the people who work on tickets are allowed.';
comment on column tenants.revision is 'How often the settings were changed, from 1 on.';

-- Who has such a dimension already keeps it.
do $$
declare
  tenant uuid;
begin
  for tenant in select tenant_id from tenants loop
    perform set_config('xlad.tenant', tenant::text, true);
    update tenants set agent_figures = true where tenant_id = tenant
      and exists (select from dimensions where tenant_id = tenant and name in ('agent', 'agents', 'assignee', 'technician', 'handler'));
  end loop;
  perform set_config('xlad.tenant', '', true);
end
$$;

create table metrics (
  tenant_id uuid not null,
  metric_id smallint not null,
  revision integer not null default 1,
  version integer not null default 1,
  level text,
  wanted boolean,
  target bigint,
  supplier text,
  key text,
  title text,
  aggregation text,
  unit text,
  divisor integer,
  better text,
  low bigint,
  high bigint,
  edges bigint[],
  share_from bigint,
  maturity smallint,
  created_at timestamptz not null default now(),
  constraint metrics_pkey primary key (tenant_id, metric_id),
  constraint metrics_key_key unique (tenant_id, key),
  constraint metrics_level_check check (level in ('operational', 'tactical', 'strategic')),
  constraint metrics_own_check check (metric_id < 1000
    or num_nulls(key, title, aggregation, unit, divisor, better, low, high, maturity, level, wanted) = 0)
);
comment on table metrics is 'A tenant''s own metrics, from number 1000 on without a gap and never deleted; and below that what it has said about presets.';
comment on column metrics.revision is 'How often the row was changed, from 1 on.';
comment on column metrics.version is 'Counts what the metric''s values were made by, such as the cap of lost time: figures of different versions are not compared.';
comment on column metrics.level is 'Null, like wanted: as the preset has it.';
comment on column metrics.wanted is 'It should be measured.';
comment on column metrics.target is 'In hundredths of the unit that is shown.';
comment on column metrics.supplier is 'Who delivers its values.';
comment on column metrics.key is 'This column and those behind it are for own metrics only.';
comment on column metrics.divisor is 'Values are stored as whole numbers of this part of the unit.';
comment on column metrics.low is 'Of a bounded scale, in stored units; equal to high where there is no upper bound, and then 0.';
comment on column metrics.edges is 'Lower edges of the bins, ascending, in stored units; null without a histogram.';
comment on column metrics.share_from is 'Of a share: a value counts as one from here on.';

alter table metrics enable row level security;
alter table metrics force row level security;
create policy tenant_only on metrics using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update on metrics to xlad_app;

create table manual_measurements (
  tenant_id uuid not null,
  measurement_id uuid not null,
  metric_id smallint not null,
  value bigint not null,
  at timestamptz,
  day date,
  segment_id uuid not null,
  context json not null default '{}',
  ref text,
  note text,
  body_hash bytea not null,
  created_at timestamptz not null default now(),
  constraint manual_measurements_pkey primary key (measurement_id, tenant_id),
  constraint manual_measurements_day_check check (num_nonnulls(at, day) = 1)
);
-- Partial for the reason that 0005 gives.
create index manual_measurements_created_idx on manual_measurements (tenant_id, created_at, measurement_id) where created_at > '-infinity';
comment on table manual_measurements is 'Values of metrics that neither tickets nor responses yield, as they were entered.';
comment on column manual_measurements.measurement_id is 'Made from ref or from the Idempotency-Key where there is one, so that what comes again finds itself.';
comment on column manual_measurements.value is 'In whole numbers of the metric''s smallest unit.';
comment on column manual_measurements.day is 'Given instead of a time: then it counts on that day, whatever the time zone.';
comment on column manual_measurements.segment_id is 'The context that counts.';
comment on column manual_measurements.context is 'As it was sent, for showing.';
comment on column manual_measurements.ref is 'The sender''s own name of it.';
comment on column manual_measurements.body_hash is 'SHA-256 of the canonical body: tells a repetition from a contradiction.';

comment on table queue is 'Tickets whose facts or responses have changed since they were measured, and manual measurements that came or went: written in the transaction of the change. A measurement''s ref is U+001F and its id; no ticket''s ref holds a control character.';
comment on column measurements.response_id is 'The nil UUID for the ticket itself; of a manual measurement, its own id.';
comment on column measurements.day is 'On which a response or a manual measurement counts; null for a ticket.';

alter table manual_measurements enable row level security;
alter table manual_measurements force row level security;
create policy tenant_only on manual_measurements using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, delete on manual_measurements to xlad_app;

-- The trail is read newest first.
create index audit_at_idx on audit (tenant_id, at, audit_id) where at > '-infinity';
