-- The state of each agreement at the end of each of the tenant's days, evaluated once.

create table xla_days (
  tenant_id uuid not null,
  slug text not null,
  day date not null,
  version integer not null,
  status text not null,
  state json not null,
  digest bytea not null,
  evaluated_at timestamptz not null default now(),
  revised_at timestamptz,
  revised_status text,
  revised_state json,
  constraint xla_days_pkey primary key (tenant_id, slug, day),
  constraint xla_days_version_fkey foreign key (tenant_id, slug, version) references xla_versions (tenant_id, slug, version),
  constraint xla_days_revised_check check (num_nulls(revised_at, revised_status, revised_state) in (0, 3))
);
comment on table xla_days is 'History of agreements. What was evaluated stays; where the data it rests on came or changed later, what it would be now stands beside it.';
comment on column xla_days.version is 'Of xla_versions: the one that was in force on that day.';
comment on column xla_days.state is 'As it is shown; json, not jsonb, keeps its bytes.';
comment on column xla_days.digest is 'Of what this one day adds to the figures, as it was when the row was evaluated or revised last: tells a day whose data has changed.';

alter table xla_days enable row level security;
alter table xla_days force row level security;
create policy tenant_only on xla_days using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update on xla_days to xlad_app;
