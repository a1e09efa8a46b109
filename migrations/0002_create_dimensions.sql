-- Along what experience is broken down: registered names, the values that occur, and the distinct contexts (segments).

create sequence dimension_value_ids;
grant usage on sequence dimension_value_ids to xlad_app;

create table dimensions (
  tenant_id uuid not null,
  dimension_id smallint not null,
  name text not null,
  max_values integer not null default 2000,
  created_at timestamptz not null default now(),
  constraint dimensions_pkey primary key (tenant_id, dimension_id),
  constraint dimensions_name_key unique (tenant_id, name),
  constraint dimensions_name_check check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  constraint dimensions_max_values_check check (max_values between 1 and 1000000),
  constraint dimensions_id_check check (dimension_id between 1 and 64)
);
comment on table dimensions is 'Names along which a tenant breaks experience down. Those that xlad derives from the ticket are not listed here.';
comment on column dimensions.dimension_id is 'Its place in segments.value_ids.';
comment on column dimensions.max_values is 'Values beyond this many are filed under (other), in order of arrival.';

create table dimension_values (
  tenant_id uuid not null,
  dimension_id smallint not null,
  value_id bigint not null default nextval('dimension_value_ids'),
  value text not null,
  constraint dimension_values_pkey primary key (tenant_id, value_id),
  constraint dimension_values_value_key unique (tenant_id, dimension_id, value)
);
comment on table dimension_values is 'The values a dimension keeps. The row with value (other) takes what came after it was full.';

create table segments (
  tenant_id uuid not null,
  segment_id uuid not null,
  value_ids bigint[] not null,
  constraint segments_pkey primary key (tenant_id, segment_id)
);
comment on table segments is 'Each distinct context that occurs.';
comment on column segments.segment_id is 'MD5 of value_ids as text, so that equal contexts find each other without a look-up.';
comment on column segments.value_ids is 'dimension_values.value_id by dimension_id; null where the dimension is missing.';

alter table dimensions enable row level security;
alter table dimensions force row level security;
create policy tenant_only on dimensions using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table dimension_values enable row level security;
alter table dimension_values force row level security;
create policy tenant_only on dimension_values using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);
alter table segments enable row level security;
alter table segments force row level security;
create policy tenant_only on segments using (tenant_id = nullif(current_setting('xlad.tenant', true), '')::uuid);

grant select, insert, update on dimensions to xlad_app;
grant select, insert on dimension_values to xlad_app;
grant select, insert on segments to xlad_app;
