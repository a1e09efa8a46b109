-- Who is told of events, and what is still to be sent to them.

create table webhooks (
  tenant_id uuid not null,
  webhook_id uuid not null,
  revision integer not null default 1,
  url text not null,
  events text[] not null,
  label text,
  enabled boolean not null default true,
  disabled_reason text,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamptz,
  created_at timestamptz not null default now(),
  constraint webhooks_pkey primary key (tenant_id, webhook_id),
  constraint webhooks_disabled_reason_check check (disabled_reason is null or not enabled),
  constraint webhooks_secret_check check (octet_length(secret) between 24 and 64 and octet_length(old_secret) between 24 and 64),
  constraint webhooks_old_secret_check check (num_nulls(old_secret, old_secret_until) in (0, 2))
);
comment on table webhooks is 'Receivers of events, by HTTP.';
comment on column webhooks.revision is 'How often it was changed, from 1 on; a new secret is no change.';
comment on column webhooks.events is 'The types of events that it is told of.';
comment on column webhooks.disabled_reason is 'Why the service switched it off; null where somebody did.';
comment on column webhooks.secret is 'Signs what is sent; a signature by HMAC needs it as it is. Nothing but the sender reads it.';
comment on column webhooks.old_secret is 'Signs too until old_secret_until, so that a receiver has time to take the new one.';

create table outbox (
  tenant_id uuid not null,
  webhook_id uuid not null,
  event_id uuid not null,
  type text not null,
  body text not null,
  state text not null default 'pending',
  created_at timestamptz not null,
  begun_at timestamptz not null default now(),
  attempts integer not null default 0,
  attempted_at timestamptz,
  next_attempt_at timestamptz default now(),
  claim uuid,
  status smallint,
  error text,
  constraint outbox_pkey primary key (tenant_id, webhook_id, event_id),
  constraint outbox_webhook_fkey foreign key (tenant_id, webhook_id) references webhooks (tenant_id, webhook_id) on delete cascade,
  constraint outbox_state_check check (state in ('pending', 'delivered', 'failed', 'dead')),
  constraint outbox_next_attempt_check check ((next_attempt_at is null) = (state in ('delivered', 'dead')))
);
create index outbox_due_idx on outbox (tenant_id, webhook_id, next_attempt_at) where next_attempt_at is not null;
comment on table outbox is 'One row per event and webhook that wants it, written in the transaction of what the event tells; kept for some weeks.';
comment on column outbox.event_id is 'A UUID of version 7, the same for all webhooks and all attempts, so that receivers can drop repeats.';
comment on column outbox.body is 'As it is sent: text, because what is signed must stay the same to the byte.';
comment on column outbox.begun_at is 'From then on it is tried for three days: when it was put there, or was asked for again.';
comment on column outbox.attempts is 'Counted when they begin.';
comment on column outbox.next_attempt_at is 'While it is being sent, when others may: by then its sender has ended it, or is gone.';
comment on column outbox.claim is 'Of the sender that began the last attempt.';
comment on column outbox.status is 'The last attempt''s HTTP status; null where no answer came.';
comment on column outbox.error is 'What went wrong at the last attempt.';

alter table webhooks enable row level security;
alter table webhooks force row level security;
create policy tenant_only on webhooks using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update, delete on webhooks to xlad_app;
alter table outbox enable row level security;
alter table outbox force row level security;
create policy tenant_only on outbox using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update, delete on outbox to xlad_app;
