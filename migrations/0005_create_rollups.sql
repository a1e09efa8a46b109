-- What is read: measurements of each ticket and response, their sums by day, and the tickets whose measurements are out of date.
--
-- Two things hold in every snapshot. The sums are those of the measurements. The measurements of a ticket that is not in the queue are what its raw
-- rows give. So a reader adds to the sums what the tickets in the queue give now, and takes away their measurements; folding does the same for good.

create sequence queue_ids;
grant usage on sequence queue_ids to xlad_app;

create table queue (
  tenant_id uuid not null,
  queue_id bigint not null default nextval('queue_ids'),
  ref text not null,
  ticket boolean not null,
  constraint queue_pkey primary key (tenant_id, queue_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
comment on table queue is 'Tickets whose facts or responses have changed since they were measured: written in the transaction of the change.';
comment on column queue.ticket is 'False when only its responses have changed.';

create table folds (
  tenant_id uuid not null,
  holder uuid,
  constraint folds_pkey primary key (tenant_id)
);
comment on table folds is 'Whoever changes measurements and sums of a tenant locks its row first, in a statement of its own.';
comment on column folds.holder is 'Made anew by each who has locked the row without waiting, so that the statement behind it knows.';

create table measurements (
  tenant_id uuid not null,
  ref text not null,
  response_id uuid not null,
  segment_id uuid not null,
  derived smallint[] not null,
  respondent bigint,
  day date,
  last_day date not null,
  metric_ids smallint[] not null,
  metric_values bigint[] not null,
  metric_days date[] not null,
  labels text[] collate "C" not null,
  constraint measurements_pkey primary key (tenant_id, ref, response_id)
);
-- Partial, though nothing is left out: see below.
create index measurements_segment_idx on measurements (tenant_id, segment_id, last_day) where last_day > '-infinity';
create index measurements_day_idx on measurements (tenant_id, day) where day is not null;
comment on table measurements is 'What each ticket and each response counts with, as far as it is in the sums. Each has a context of its own nearly always, so summing by context would save nothing.';
comment on column measurements.response_id is 'The nil UUID for the ticket itself.';
comment on column measurements.respondent is 'The first 64 bits of the person''s hash; 0 where nobody is known, null for a ticket.';
comment on column measurements.day is 'On which a response counts; null for a ticket.';
comment on column measurements.last_day is 'The last of its days; infinity for a ticket that is not resolved, because it is still in the backlog.';
comment on column measurements.metric_ids is 'Parallel to metric_values (whole numbers of the metric''s smallest unit) and metric_days; what has no value or no day does not count.';
comment on column measurements.labels is 'Parallel to the first of metric_ids: the factor that was ticked.';

create type metric_sum as (
  metric_id smallint,
  label text collate "C",
  n bigint,
  sum numeric,
  sum_squares numeric,
  bins integer[],
  respondents bigint[]
);
comment on type metric_sum is 'The values of one metric: of one factor where there is a label. How many fell into each bin of the metric, and the ten smallest hashes of its respondents: enough to know of any union whether it has ten respondents.';

create table marginals (
  tenant_id uuid not null,
  slot smallint not null,
  value_id bigint not null,
  labelled boolean not null,
  day date not null,
  backlog_n bigint,
  backlog bigint,
  sums metric_sum[] not null,
  constraint marginals_pkey primary key (tenant_id, slot, value_id, labelled, day)
);
comment on table marginals is 'Sums of the measurements of a day: of all, and of those with one value of one dimension.';
comment on column marginals.slot is 'dimensions.dimension_id; -1, -2, ... for the derived dimensions; 0 for the total.';
comment on column marginals.value_id is 'dimension_values.value_id, or the code of a derived dimension; 0 where it is missing, and for the total.';
comment on column marginals.labelled is 'Whether these are the sums with a label, which few readers want.';
comment on column marginals.backlog is 'By how much the backlog grew, once more: its level is the sum over all days before. Null when no ticket came or went.';
comment on column marginals.backlog_n is 'How many tickets came or went.';
comment on column marginals.sums is 'In order of metric and label.';

alter table queue enable row level security;
alter table queue force row level security;
create policy tenant_only on queue using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table folds enable row level security;
alter table folds force row level security;
create policy tenant_only on folds using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table measurements enable row level security;
alter table measurements force row level security;
create policy tenant_only on measurements using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table marginals enable row level security;
alter table marginals force row level security;
create policy tenant_only on marginals using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, delete on queue to xlad_app;
grant select, insert, update on folds to xlad_app;
grant select, insert, update, delete on measurements to xlad_app;
grant select, insert, update, delete on marginals to xlad_app;

-- Planned while a tenant has few rows, a look-up by one key might use another index that begins with tenant_id, and would read all of the tenant's
-- entries long after there are many. So such an index is the only one of its table, or begins with another column, or is partial: then only who names
-- its condition may use it.
alter table responses drop constraint responses_pkey, add constraint responses_pkey primary key (response_id, tenant_id),
  drop constraint responses_resolution_key, add constraint responses_resolution_key unique (ref, tenant_id, resolution_no, respondent);
drop index responses_submitted_idx;
create index responses_submitted_idx on responses (tenant_id, submitted_at, response_id) where submitted_at > '-infinity';
drop index tickets_opened_idx;
create index tickets_listed_idx on tickets (tenant_id, coalesce(opened_at, '-infinity'), ref) where revision >= 0;

-- What is there already is measured by the first daemon that serves. Who is writing ends first; whoever writes afterwards has to queue what it writes,
-- so daemons of an earlier version must have been stopped.
lock table tickets, resolutions, responses in share row exclusive mode;
do $$
declare
  tenant uuid;
begin
  for tenant in select tenant_id from tenants loop
    perform set_config('xlad.tenant', tenant::text, true);
    insert into folds (tenant_id) values (tenant);
    insert into queue (tenant_id, ref, ticket) select tenant_id, ref, true from tickets where tenant_id = tenant;
  end loop;
  perform set_config('xlad.tenant', '', true);
end
$$;
