-- Responses that are left out of figures, with who did so and why.
--
-- An excluded response counts with the same metrics under other ids (domain/metric.h), so sums without and with excluded responses are both there.
-- Nothing is excluded yet, and what is not excluded counts as before, so nothing has to be measured anew. Daemons of an earlier version would fold an
-- excluded response into the figures: they must have been stopped.

alter table responses
  add column excluded_at timestamptz,
  add column excluded_by text,
  add column exclusion_reason text,
  add constraint responses_exclusion_check check (num_nulls(excluded_at, excluded_by, exclusion_reason) in (0, 3));
-- Partial, so that no other look-up uses it (see 0005).
create index responses_excluded_idx on responses (tenant_id, submitted_at, response_id) where excluded_at is not null;
comment on column responses.excluded_at is 'Null for a response that counts.';
comment on column responses.excluded_by is 'Id of the key.';
comment on column responses.exclusion_reason is 'As given; the audit trail has it too, and also that a response was readmitted.';
