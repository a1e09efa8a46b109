-- The work of one POST as one statement, for pgbench -M prepared -D tenant=… -D tickets=…
\set ticket random(1, :tickets)
\set key random(1, 9223372036854775806)
with ticket as materialized (
  select ref, resolution_no, coalesce(resolved_at, closed_at) as settled_at from tickets
  where tenant_id = :tenant::uuid and ref = 'B-' || :ticket::text for share),
placed as (
  select t.ref, case when t.resolution_no = 0 then 0 when t.settled_at <= now() then t.resolution_no
    else coalesce((select max(r.no) from resolutions r where r.tenant_id = :tenant::uuid and r.ref = t.ref and r.resolved_at <= now()), 1)
    end as no from ticket t),
stored as (
  insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, comment, submitted_at,
    body_hash, idempotency_key)
  select :tenant::uuid, gen_random_uuid(), ref, no, uuid_send(gen_random_uuid()), 7, 30, 4, 'quick and friendly', now(),
    sha256(:key::text::bytea), :key::text from placed on conflict do nothing returning ref, received_at),
queued as (insert into queue (tenant_id, ref, ticket) select :tenant::uuid, ref, false from stored returning ref)
select (select no from placed), (select received_at from stored);
