-- Baselines: what experience was, frozen, to hold every later state against; and published benchmarks.

create table baselines (
  tenant_id uuid not null,
  baseline_id uuid not null,
  kind text not null,
  content json not null,
  hash bytea not null,
  created_at timestamptz not null,
  created_by text not null,
  constraint baselines_pkey primary key (tenant_id, baseline_id),
  constraint baselines_kind_check check (kind in ('measured', 'external') and kind = content ->> 'kind'),
  constraint baselines_hash_check check (hash = sha256(convert_to(content::text, 'UTF8')))
);
comment on table baselines is 'Snapshots of metrics over a scope and a window, and benchmarks that others have published. Never changed: the serving role can''t.';
comment on column baselines.baseline_id is 'A UUID of version 7: younger ones are greater.';
comment on column baselines.content is 'All that is frozen, in the canonical form of RFC 8785; json, not jsonb, keeps its bytes.';
comment on column baselines.hash is 'SHA-256 of content.';
comment on column baselines.created_by is 'Id of the key.';

alter table baselines enable row level security;
alter table baselines force row level security;
create policy tenant_only on baselines using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert on baselines to xlad_app;
