-- Experience level agreements, every version of what they demand, and the days that they leave out.

create table xlas (
  tenant_id uuid not null,
  slug text not null,
  revision integer not null default 1,
  version integer not null default 1,
  content json not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint xlas_pkey primary key (tenant_id, slug),
  constraint xlas_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$' and slug = content ->> 'slug')
);
comment on table xlas is 'Experience level agreements. A retired one keeps its slug, its versions and its history.';
comment on column xlas.revision is 'How often it was changed, from 1 on.';
comment on column xlas.version is 'The newest of xla_versions.';
comment on column xlas.content is 'What was agreed, with every member and default, as it is shown; json, not jsonb, keeps its bytes.';

create table xla_versions (
  tenant_id uuid not null,
  slug text not null,
  version integer not null,
  valid_from date not null,
  terms json not null,
  constraint xla_versions_pkey primary key (tenant_id, slug, version),
  constraint xla_versions_xla_fkey foreign key (tenant_id, slug) references xlas (tenant_id, slug)
);
comment on table xla_versions is 'What was demanded from when on. A day is judged by the highest version whose valid_from is not after it.';
comment on column xla_versions.valid_from is 'The tenant''s day on which it was agreed.';
comment on column xla_versions.terms is 'Those members of the content whose change makes a version.';

create table xla_exclusion_periods (
  tenant_id uuid not null,
  slug text not null,
  period_id uuid not null,
  from_day date not null,
  to_day date not null,
  reason text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint xla_exclusion_periods_pkey primary key (tenant_id, slug, period_id),
  constraint xla_exclusion_periods_days_key unique (tenant_id, slug, from_day, to_day),
  constraint xla_exclusion_periods_xla_fkey foreign key (tenant_id, slug) references xlas (tenant_id, slug),
  constraint xla_exclusion_periods_days_check check (from_day <= to_day)
);
comment on table xla_exclusion_periods is 'Days that don''t count for an agreement, both ends included. Who removed one stands in the audit trail.';
comment on column xla_exclusion_periods.created_by is 'Id of the key.';

alter table xlas enable row level security;
alter table xlas force row level security;
create policy tenant_only on xlas using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table xla_versions enable row level security;
alter table xla_versions force row level security;
create policy tenant_only on xla_versions using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table xla_exclusion_periods enable row level security;
alter table xla_exclusion_periods force row level security;
create policy tenant_only on xla_exclusion_periods using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update on xlas to xlad_app;
grant select, insert on xla_versions to xlad_app;
grant select, insert, delete on xla_exclusion_periods to xlad_app;
