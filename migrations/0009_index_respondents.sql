-- To find who has answered in each context within a window, without reading everything that counts in it.
--
-- Partial, so that no other look-up uses it (see 0005).
create index measurements_respondent_idx on measurements (tenant_id, segment_id, day) where day > '-infinity';
