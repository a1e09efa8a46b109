-- Responses say which survey, in which version, they were given to.

alter table responses
  add column survey text,
  add column survey_version integer,
  add constraint responses_survey_check check (num_nulls(survey, survey_version) in (0, 2)),
  add constraint responses_survey_fkey foreign key (tenant_id, survey, survey_version) references survey_versions (tenant_id, slug, version);
comment on column responses.survey is 'What was asked; null: the portal''s own questions.';
comment on column responses.survey_version is 'Of survey_versions.';
