-- What the organisation wants, and the improvements that serve it: the improvement register with its seven steps.

create table objectives (
  tenant_id uuid not null,
  slug text not null,
  revision integer not null default 1,
  content json not null,
  level text not null generated always as (content ->> 'level') stored,
  parent text generated always as (content ->> 'parent') stored,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint objectives_pkey primary key (tenant_id, slug),
  constraint objectives_slug_check check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$' and slug = content ->> 'slug'),
  constraint objectives_level_check check (level in ('vision', 'strategic', 'tactical', 'operational')),
  constraint objectives_parent_fkey foreign key (tenant_id, parent) references objectives (tenant_id, slug)
);
create index objectives_parent_idx on objectives (tenant_id, parent);
comment on table objectives is 'What the organisation wants: its vision, and strategic, tactical and operational objectives below it.';
comment on column objectives.revision is 'How often it was changed, from 1 on.';
comment on column objectives.content is 'With every member and default, as it is shown; json, not jsonb, keeps its bytes.';

create table initiatives (
  tenant_id uuid not null,
  initiative_id uuid not null,
  revision integer not null default 1,
  step text not null default 'vision',
  status text not null default 'open',
  iteration integer not null default 1,
  content json not null,
  objective text generated always as (content ->> 'objective') stored,
  priority_score bigint,
  priority json,
  priority_day date,
  created_at timestamptz not null default now(),
  created_by text not null,
  changed_at timestamptz not null default now(),
  ended_at timestamptz,
  constraint initiatives_pkey primary key (tenant_id, initiative_id),
  constraint initiatives_objective_fkey foreign key (tenant_id, objective) references objectives (tenant_id, slug),
  constraint initiatives_step_check check (step in ('vision', 'baseline', 'target', 'plan', 'action', 'evaluation', 'momentum')),
  constraint initiatives_status_check check (status in ('open', 'closed', 'cancelled')),
  constraint initiatives_iteration_check check (iteration >= 1),
  constraint initiatives_priority_check check (num_nulls(priority, priority_day) in (0, 2)),
  constraint initiatives_ended_check check ((status = 'open') = (ended_at is null))
);
create index initiatives_objective_idx on initiatives (tenant_id, objective);
comment on table initiatives is 'The improvement register. Nothing is removed from it: what came to nothing is cancelled, with the reason.';
comment on column initiatives.initiative_id is 'A UUID of version 7: younger ones are greater.';
comment on column initiatives.revision is 'How often it, a step of it or one of its actions was changed, from 1 on; what is changed is the revision that was read.';
comment on column initiatives.step is 'Of the continual improvement model: the one that is worked on.';
comment on column initiatives.iteration is 'How often it has begun anew, from 1 on.';
comment on column initiatives.content is 'What was written down about it, with every member, as it is shown; json, not jsonb, keeps its bytes.';
comment on column initiatives.priority_score is 'Ten thousandths; null where it can''t be computed.';
comment on column initiatives.priority is 'The score with all that it was computed from, as it is shown.';
comment on column initiatives.priority_day is 'The tenant''s day on which it was computed.';
comment on column initiatives.created_by is 'Id of the key.';
comment on column initiatives.ended_at is 'When it was closed or cancelled.';

create table initiative_steps (
  tenant_id uuid not null,
  initiative_id uuid not null,
  seq integer not null,
  at timestamptz not null default now(),
  kind text not null,
  from_step text,
  to_step text not null,
  iteration integer not null,
  reason text,
  by_key text not null,
  constraint initiative_steps_pkey primary key (tenant_id, initiative_id, seq),
  constraint initiative_steps_initiative_fkey foreign key (tenant_id, initiative_id) references initiatives (tenant_id, initiative_id),
  constraint initiative_steps_kind_check check (kind in ('create', 'advance', 'return', 'cancel', 'iteration', 'close')),
  constraint initiative_steps_from_check check ((kind = 'create') = (from_step is null)),
  constraint initiative_steps_reason_check check (reason is not null or kind not in ('return', 'cancel'))
);
comment on table initiative_steps is 'How initiatives went through the seven steps. Never changed: the serving role can''t.';
comment on column initiative_steps.seq is 'The revision of the initiative that the change has made: ascending, with gaps.';
comment on column initiative_steps.to_step is 'Of a cancelled or closed one: the step that it ended in.';
comment on column initiative_steps.iteration is 'After the change.';
comment on column initiative_steps.by_key is 'Id of the key.';

create table initiative_actions (
  tenant_id uuid not null,
  initiative_id uuid not null,
  action_id uuid not null,
  iteration integer not null,
  title text not null,
  description text,
  owner text,
  due_on date,
  started_at timestamptz,
  done_at timestamptz,
  experiment boolean not null default false,
  outcome text,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint initiative_actions_pkey primary key (tenant_id, initiative_id, action_id),
  constraint initiative_actions_initiative_fkey foreign key (tenant_id, initiative_id) references initiatives (tenant_id, initiative_id),
  constraint initiative_actions_times_check check (done_at is null or started_at <= done_at)
);
comment on table initiative_actions is 'What is done for an initiative. The first start, and the last end, decide which days are before and which are after it.';
comment on column initiative_actions.action_id is 'A UUID of version 7: younger ones are greater.';
comment on column initiative_actions.iteration is 'The initiative''s when the action was planned.';
comment on column initiative_actions.experiment is 'It is tried first, on a small scale, to learn from.';
comment on column initiative_actions.outcome is 'What came of it.';

create table initiative_notes (
  tenant_id uuid not null,
  initiative_id uuid not null,
  note_id uuid not null,
  iteration integer not null,
  step text not null,
  principle text,
  text text not null,
  created_at timestamptz not null default now(),
  created_by text not null,
  constraint initiative_notes_pkey primary key (tenant_id, initiative_id, note_id),
  constraint initiative_notes_initiative_fkey foreign key (tenant_id, initiative_id) references initiatives (tenant_id, initiative_id)
);
comment on table initiative_notes is 'What was remarked on the way, by guiding principle. Never changed: the serving role can''t.';
comment on column initiative_notes.note_id is 'A UUID of version 7: younger ones are greater.';
comment on column initiative_notes.step is 'The one that was worked on then.';

create table initiative_votes (
  tenant_id uuid not null,
  initiative_id uuid not null,
  voter bytea not null,
  unit text,
  voted_at timestamptz not null default now(),
  created_by text not null,
  constraint initiative_votes_pkey primary key (tenant_id, initiative_id, voter),
  constraint initiative_votes_initiative_fkey foreign key (tenant_id, initiative_id) references initiatives (tenant_id, initiative_id)
);
comment on table initiative_votes is 'Who of the business wants an initiative: one vote each.';
comment on column initiative_votes.voter is 'Hash of the person, as for respondents.';
comment on column initiative_votes.unit is 'The part of the organisation that they speak for.';

create table evaluations (
  tenant_id uuid not null,
  initiative_id uuid not null,
  iteration integer not null,
  evaluated_at timestamptz not null,
  window_from date not null,
  window_to date not null,
  verdict text not null,
  still_relevant boolean not null,
  note text,
  content json not null,
  created_by text not null,
  constraint evaluations_pkey primary key (tenant_id, initiative_id, iteration),
  constraint evaluations_initiative_fkey foreign key (tenant_id, initiative_id) references initiatives (tenant_id, initiative_id),
  constraint evaluations_verdict_check check (verdict in ('achieved', 'improved', 'worsened', 'inconclusive', 'insufficient_data')),
  constraint evaluations_window_check check (window_from <= window_to)
);
comment on table evaluations is 'Whether initiatives got where they wanted: of each iteration one final look, at the end of its after-window. Never changed: the serving role can''t.';
comment on column evaluations.window_from is 'The after-window, both ends included.';
comment on column evaluations.still_relevant is 'Whether the objective is still what the organisation wants, as somebody said then.';
comment on column evaluations.content is 'The evaluation as it is shown, with all that it rests on; json, not jsonb, keeps its bytes.';

alter table objectives enable row level security;
alter table objectives force row level security;
create policy tenant_only on objectives using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update on objectives to xlad_app;
alter table initiatives enable row level security;
alter table initiatives force row level security;
create policy tenant_only on initiatives using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update on initiatives to xlad_app;
alter table initiative_steps enable row level security;
alter table initiative_steps force row level security;
create policy tenant_only on initiative_steps using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert on initiative_steps to xlad_app;
alter table initiative_actions enable row level security;
alter table initiative_actions force row level security;
create policy tenant_only on initiative_actions using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update on initiative_actions to xlad_app;
alter table initiative_notes enable row level security;
alter table initiative_notes force row level security;
create policy tenant_only on initiative_notes using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert on initiative_notes to xlad_app;
alter table initiative_votes enable row level security;
alter table initiative_votes force row level security;
create policy tenant_only on initiative_votes using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert, update on initiative_votes to xlad_app;
alter table evaluations enable row level security;
alter table evaluations force row level security;
create policy tenant_only on evaluations using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
grant select, insert on evaluations to xlad_app;
