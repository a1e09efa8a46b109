-- Invitations: who is asked about what, and who was not asked, and why.

alter table tenants add column quiet_days integer not null default 7;
alter table tenants add constraint tenants_quiet_days_check check (quiet_days between 0 and 365);
comment on column tenants.quiet_days is 'How long after an invitation a person is asked by no survey again.';

create table invitations (
  tenant_id uuid not null,
  invitation_id uuid not null,
  ref text not null,
  resolution_no integer not null,
  survey text,
  survey_version integer,
  respondent bytea not null,
  refused text,
  token_hash bytea,
  issued_at timestamptz not null default now(),
  expires_at timestamptz,
  answered_at timestamptz,
  response_id uuid,
  voided_at timestamptz,
  void_reason text,
  constraint invitations_pkey primary key (tenant_id, invitation_id),
  constraint invitations_resolution_key unique (tenant_id, ref, resolution_no),
  constraint invitations_survey_fkey foreign key (tenant_id, survey, survey_version) references survey_versions (tenant_id, slug, version),
  constraint invitations_refused_check check (refused in ('no_survey', 'too_old', 'no_requester', 'worked_on_it', 'audience', 'answered', 'sample',
    'quiet_days', 'interval')),
  constraint invitations_issued_check check (case when refused is null then num_nulls(survey, survey_version, token_hash, expires_at) = 0
    else num_nonnulls(token_hash, expires_at, answered_at, voided_at) = 0 end),
  constraint invitations_answered_check check (num_nulls(answered_at, response_id) in (0, 2)),
  constraint invitations_voided_check check (num_nulls(voided_at, void_reason) in (0, 2) and (voided_at is null or answered_at is null))
);
create index invitations_issued_idx on invitations (tenant_id, issued_at, invitation_id);
create unique index invitations_token_key on invitations (tenant_id, token_hash) where token_hash is not null;
create index invitations_respondent_idx on invitations (tenant_id, respondent, issued_at) where refused is null;
comment on table invitations is 'One per resolution: issued, or refused with the reason. What was decided stays decided.';
comment on column invitations.respondent is 'Keyed hash of who is asked; empty where nobody is known.';
comment on column invitations.refused is 'Why nobody is asked; null: the invitation was issued.';
comment on column invitations.token_hash is 'SHA-256 of the token, which is made from the tenant''s secret and the id whenever it is handed out.';
comment on column invitations.voided_at is 'When it ceased to hold without an answer, as by a reopened ticket; it counts with nothing.';

alter table invitations enable row level security;
alter table invitations force row level security;
create policy tenant_only on invitations using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update on invitations to xlad_app;
