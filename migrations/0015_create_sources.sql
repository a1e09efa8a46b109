-- Sources: tools that send what happens in them, how it is understood, and what could not be.

create table sources (
  tenant_id uuid not null,
  name text not null,
  revision integer not null default 1,
  content json not null,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz,
  failed bigint not null default 0,
  dropped bigint not null default 0,
  created_at timestamptz not null default now(),
  constraint sources_pkey primary key (tenant_id, name),
  constraint sources_name_check check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$' and name = content ->> 'name'),
  constraint sources_secret_check check (octet_length(secret) between 16 and 2000 and octet_length(old_secret) between 16 and 2000),
  constraint sources_old_secret_check check (num_nulls(old_secret, old_secret_until) in (0, 2))
);
comment on table sources is 'Tools whose own webhooks are taken, with the rules by which their bodies become tickets or responses.';
comment on column sources.revision is 'How often the content was changed, from 1 on; a new secret is no change.';
comment on column sources.content is 'The rules, with every member and default, as they are shown; json, not jsonb, keeps their bytes.';
comment on column sources.secret is 'What the tool proves itself by; an HMAC needs it as it is. It is shown once.';
comment on column sources.old_secret is 'Taken too until old_secret_until, so that there is time to tell the tool the new one.';
comment on column sources.failed is 'Records that became nothing, since the source was made.';
comment on column sources.dropped is 'Of those, the ones that there was no room to keep.';

create table source_failures (
  tenant_id uuid not null,
  name text not null,
  failure_id uuid not null,
  received_at timestamptz not null,
  last_at timestamptz not null,
  times integer not null default 1,
  reason text not null,
  errors json not null,
  query json not null,
  body bytea not null,
  body_hash bytea not null,
  record text,
  constraint source_failures_pkey primary key (tenant_id, name, failure_id),
  constraint source_failures_body_key unique (tenant_id, name, body_hash),
  constraint source_failures_source_fkey foreign key (tenant_id, name) references sources (tenant_id, name) on delete cascade,
  constraint source_failures_body_hash_check check (octet_length(body_hash) = 32)
);
create index source_failures_last_idx on source_failures (tenant_id, last_at);
comment on table source_failures is 'Bodies that became nothing, for some days, so that they can be replayed after the rules were mended.';
comment on column source_failures.failure_id is 'A UUID of version 7, so that ids are in the order of arrival.';
comment on column source_failures.last_at is 'When the same body came last; it is kept from then on.';
comment on column source_failures.reason is 'The slug of the error.';
comment on column source_failures.query is 'The parameters of the address that it was sent to, which rules may look at, too.';
comment on column source_failures.body is 'As it came: bytes, because it may be anything. It may name people, and goes after some days.';
comment on column source_failures.record is 'Of one record of a list, or of a body that is one: what it was taken for; null: the body as a whole was not understood.';

alter table sources enable row level security;
alter table sources force row level security;
create policy tenant_only on sources using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table source_failures enable row level security;
alter table source_failures force row level security;
create policy tenant_only on source_failures using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update, delete on sources to xlad_app;
grant select, insert, update, delete on source_failures to xlad_app;
