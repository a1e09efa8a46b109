-- Surveys, and every version of what they ask.

create table surveys (
  tenant_id uuid not null,
  slug text not null,
  revision integer not null default 1,
  version integer not null default 1,
  content json not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint surveys_pkey primary key (tenant_id, slug),
  constraint surveys_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$' and slug = content ->> 'slug'),
  constraint surveys_kind_check check (content ->> 'kind' in ('ticket', 'pulse', 'it_staff'))
);
comment on table surveys is 'What people are asked, about whom, and how often. A retired one keeps its slug and its versions.';
comment on column surveys.revision is 'How often it was changed, from 1 on.';
comment on column surveys.version is 'The newest of survey_versions.';
comment on column surveys.content is 'The survey with every member and default, as it is shown; json, not jsonb, keeps its bytes.';

create table survey_versions (
  tenant_id uuid not null,
  slug text not null,
  version integer not null,
  made_at timestamptz not null,
  form json not null,
  constraint survey_versions_pkey primary key (tenant_id, slug, version),
  constraint survey_versions_survey_fkey foreign key (tenant_id, slug) references surveys (tenant_id, slug)
);
comment on table survey_versions is 'What was asked, and in which words; never changed, because answers name the version that they were given to.';
comment on column survey_versions.form is 'Those members of the content whose change makes a version.';

alter table surveys enable row level security;
alter table surveys force row level security;
create policy tenant_only on surveys using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table survey_versions enable row level security;
alter table survey_versions force row level security;
create policy tenant_only on survey_versions using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update on surveys to xlad_app;
grant select, insert on survey_versions to xlad_app;
