-- Tenants and the keys that open them: the only two tables without a tenant policy, because a request has no tenant before its key is known.

do $$
begin
  create role xlad_app nologin;
exception
  when duplicate_object or unique_violation then null;  -- roles are the cluster's: another database, or another daemon, was first
end
$$;

do $$
begin
  execute format('grant xlad_app to %I', current_user);
  execute format('grant usage on schema %I to xlad_app', current_schema());
end
$$;

create table tenants (
  tenant_id uuid not null,
  slug text not null,
  name text not null,
  time_zone text not null,
  currency text not null default 'EUR',
  lost_time_cap integer not null default 2400,
  amend_minutes integer not null default 720,
  respondent_secret bytea not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint tenants_pkey primary key (tenant_id),
  constraint tenants_slug_key unique (slug),
  constraint tenants_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  constraint tenants_lost_time_cap_check check (lost_time_cap between 1 and 28800),
  constraint tenants_amend_minutes_check check (amend_minutes between 0 and 525600)
);
comment on table tenants is 'An organisation. Nothing of one tenant is ever visible to another.';
comment on column tenants.lost_time_cap is 'Minutes at which one lost-time answer is capped in figures.';
comment on column tenants.amend_minutes is 'How long after its arrival a response may be amended.';
comment on column tenants.respondent_secret is 'Key of the hash by which alone a person is known.';
comment on column tenants.revoked_at is 'From then on no key of this tenant works; its data stays.';

create table credentials (
  credential_id text not null,
  tenant_id uuid not null,
  purpose text not null default 'key',
  role text not null,
  secret_hash bytea not null,
  label text,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint credentials_pkey primary key (credential_id),
  constraint credentials_tenant_fkey foreign key (tenant_id) references tenants (tenant_id),
  constraint credentials_purpose_check check (purpose in ('key')),
  constraint credentials_role_check check (role in ('portal', 'dashboard', 'admin')),
  constraint credentials_secret_hash_check check (octet_length(secret_hash) = 32)
);
create index credentials_tenant_idx on credentials (tenant_id, created_at, credential_id);
comment on table credentials is 'API keys, found by their public id.';
comment on column credentials.secret_hash is 'SHA-256 of the secret, which is 256 random bits and is stored nowhere.';

grant select, insert, update on tenants to xlad_app;
grant select, insert, update on credentials to xlad_app;
