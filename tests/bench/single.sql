-- The work of one POST as one statement, for pgbench -M prepared -D tenant=… -D tickets=…
\set ticket random(1, :tickets)
\set key random(1, 9223372036854775806)
with ticket as (select ref, resolution_no from tickets where tenant_id = :tenant::uuid and ref = 'B-' || :ticket::text),
stored as (
  insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, comment, submitted_at,
    body_hash, idempotency_key)
  select :tenant::uuid, gen_random_uuid(), ref, resolution_no, uuid_send(gen_random_uuid()), 7, 30, 4, 'quick and friendly', now(),
    sha256(:key::text::bytea), :key::text from ticket on conflict do nothing returning received_at)
select (select resolution_no from ticket), (select received_at from stored);
