-- What people answered, who changed what, and the answers of requests that may come again.

create table responses (
  tenant_id uuid not null,
  response_id uuid not null,
  ref text not null,
  resolution_no integer not null,
  respondent bytea not null,
  happiness smallint,
  lost_minutes integer,
  csat smallint,
  ces smallint,
  nps smallint,
  expectation smallint,
  promise_kept smallint,
  brand_promise smallint,
  factors text[] not null default '{}',
  comment text,
  language text,
  submitted_at timestamptz not null,
  received_at timestamptz not null default now(),
  amended_at timestamptz,
  body_hash bytea not null,
  idempotency_key text,
  constraint responses_pkey primary key (tenant_id, response_id),
  constraint responses_resolution_key unique (tenant_id, ref, resolution_no, respondent)
);
create unique index responses_idempotency_key on responses (tenant_id, idempotency_key) where idempotency_key is not null;
create index responses_submitted_idx on responses (tenant_id, submitted_at, response_id);
comment on table responses is 'One per resolution and respondent. No foreign key to tickets: the writing statement locks the ticket it found, and tickets are never deleted.';
comment on column responses.resolution_no is '0 until the ticket''s first resolution adopts it.';
comment on column responses.respondent is 'Keyed hash of the person; empty when nobody is known.';
comment on column responses.body_hash is 'SHA-256 of the canonical body of the POST: tells a repetition from a contradiction.';
comment on column responses.idempotency_key is 'Of the POST; freed for use again after 24 hours.';

create table posts (
  tenant_id uuid not null,
  path text not null,
  idempotency_key text not null,
  body_hash bytea not null,
  status smallint not null,
  answer text not null,
  posted_at timestamptz not null default now(),
  constraint posts_pkey primary key (tenant_id, path, idempotency_key)
);
comment on table posts is 'Answers to POSTs with an Idempotency-Key, other than of responses, kept for 24 hours.';

create table audit (
  tenant_id uuid not null,
  audit_id uuid not null,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb,
  constraint audit_pkey primary key (tenant_id, audit_id)
);
comment on table audit is 'Who changed what that is not simply added: written in the transaction of the change, never updated.';
comment on column audit.actor is 'Id of the key, or command for the command line.';

alter table responses enable row level security;
alter table responses force row level security;
create policy tenant_only on responses using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table posts enable row level security;
alter table posts force row level security;
create policy tenant_only on posts using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table audit enable row level security;
alter table audit force row level security;
create policy tenant_only on audit using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update, delete on responses to xlad_app;
grant select, insert, delete on posts to xlad_app;
grant select, insert on audit to xlad_app;
