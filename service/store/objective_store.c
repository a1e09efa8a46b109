// Stores objectives, and finds what serves them.
#include "store/objective_store.h"

// The number of a level, the highest first.
#define LEVEL(name) "array_position(array['vision', 'strategic', 'tactical', 'operational'], " name ")"

// Own servants: metrics that it names, agreements that are in force, initiatives that were not given up.
#define XLAS_OF(o)                                                                                                                                   \
  "from json_array_elements_text(case json_typeof(" o ".content -> 'xlas') when 'array' then " o ".content -> 'xlas' else '[]' end) as w(slug) join" \
  " xlas x on x.tenant_id = $1::uuid and x.slug = w.slug and x.retired_at is null"
#define INITIATIVES_OF(o) "from initiatives i where i.tenant_id = $1::uuid and i.objective = " o ".slug and i.status <> 'cancelled'"
#define SERVED(o)                                                                                                                       \
  "(case json_typeof(" o ".content -> 'metrics') when 'array' then json_array_length(" o ".content -> 'metrics') > 0 else false end or" \
  " exists (select " XLAS_OF(o) ") or exists (select " INITIATIVES_OF(o) "))"

#define COLUMNS                                                                                                                                    \
  "o.slug, o.content, o.revision, o.created_at, o.retired_at,"                                                                                     \
  " case json_typeof(o.content -> 'metrics') when 'array' then (o.content -> 'metrics')::text else '[]' end,"                                      \
  " (select coalesce(json_agg(x.slug order by x.slug), '[]')::text " XLAS_OF(                                                                      \
      "o") "),"                                                                                                                                    \
           " (select coalesce(json_agg(k.row order by k.initiative_id desc), '[]')::text from (select i.initiative_id,"                            \
           " json_build_object('id', i.initiative_id, 'title', i.content ->> 'title', 'step', i.step, 'status', i.status) as row " INITIATIVES_OF( \
               "o") " order by i.initiative_id desc limit $2::int8) k),"                                                                           \
                    " (select count(*) " INITIATIVES_OF(                                                                                           \
                        "o") "),"                                                                                                                  \
                             " (select coalesce(json_agg(c.slug order by c.slug), '[]')::text from objectives c"                                   \
                             " where c.tenant_id = $1::uuid and c.parent = o.slug and c.retired_at is null), u.unserved"

// It and all below it: levels end that.
#define UNSERVED                                                                                                                \
  " cross join lateral (with recursive below as (select o.slug, o.content union all select c.slug, c.content from below b join" \
  " objectives c on c.tenant_id = $1::uuid and c.parent = b.slug and c.retired_at is null)"                                     \
  " select not exists (select from below b where " SERVED("b") ") as unserved) u"

static const struct statement FIND = {"objective_find",
                                      "select " COLUMNS " from objectives o" UNSERVED " where o.tenant_id = $1::uuid and o.slug = $3::text"};

static const struct statement LIST = {"objective_list", "select " COLUMNS " from objectives o" UNSERVED
                                                        " where o.tenant_id = $1::uuid and ($3::text is null or o.slug > $3::text)"
                                                        " and ($5::text is null or o.level = $5::text) and ($6::text is null or o.parent = $6::text)"
                                                        " and ($7::text is null or o.content ->> 'owner' = $7::text)"
                                                        " and ($8::bool is null or (o.retired_at is not null) = $8::bool)"
                                                        " and ($9::bool is null or u.unserved = $9::bool) order by o.slug limit $4::int8"};

static const struct statement STATE = {"objective_state",
                                       "select retired_at is not null from objectives where tenant_id = $1::uuid and slug = $2::text"};

static const struct statement PLACE = {
    "objective_place", "select p.slug is not null, p.retired_at is not null, " LEVEL("p.level") " - 1, (select min(" LEVEL(
                           "c.level") ") - 1"
                                      " from objectives c where c.tenant_id = $1::uuid and c.parent = $2::text and c.retired_at is null)"
                                      " from (values (1)) one left join objectives p on p.tenant_id = $1::uuid and p.slug = $3::text"};

static const struct statement XLAS = {"objective_xlas", "select slug from xlas where tenant_id = $1::uuid and slug = any ($2::text[])"};

// Whoever else writes one of both waits, so that levels stay in their order.
static const struct statement LOCK = {"objective_lock", "select slug from objectives where tenant_id = $1::uuid and slug in ($2::text, $3::text)"
                                                        " order by slug for update"};

// $3: its level's name, $4: its parent.
#define FITS(kept)                                                                                                                              \
  "($4::text is null or exists (select from objectives p where p.tenant_id = $1::uuid and p.slug = $4::text and " LEVEL("p.level") " < " LEVEL( \
      "$3::text") " and (p.retired_at is null or " kept "))) and not exists (select from objectives c where c.tenant_id = $1::uuid"             \
                  " and c.parent = $2::text and c.retired_at is null and " LEVEL("c.level") " <= " LEVEL("$3::text") ")"

static const struct statement CREATE = {
    "objective_create",
    "with made as (insert into objectives (tenant_id, slug, content, created_at)"
    " select $1::uuid, $2::text, $5::text::json, $7::timestamptz where " FITS(
        "false") " and (select count(*) from objectives where tenant_id = $1::uuid) < $8::int8"
                 " on conflict (tenant_id, slug) do nothing returning slug),"
                 " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                 " select $1::uuid, $9::uuid, $10::text, 'objective.create', slug, jsonb_build_object('changes', $6::text::jsonb) from made"
                 " returning audit_id)"
                 " select slug from made"};

static const struct statement CHANGE = {
    "objective_change", "with changed as (update objectives o set content = $5::text::json, revision = o.revision + 1"
                        " where o.tenant_id = $1::uuid and o.slug = $2::text and o.revision = $7::int4 and o.retired_at is null and " FITS(
                            "o.parent = $4::text") " returning o.slug),"
                                                   " noted as (insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                                                   " select $1::uuid, $8::uuid, $9::text, 'objective.change', slug, jsonb_build_object('changes', "
                                                   "$6::text::jsonb) from changed"
                                                   " returning audit_id)"
                                                   " select slug from changed"};

static const struct statement RETIRE = {"objective_retire",
                                        "with retired as (update objectives o set retired_at = now(), revision = o.revision + 1"
                                        " where o.tenant_id = $1::uuid and o.slug = $2::text and o.retired_at is null returning o.slug),"
                                        " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
                                        " select $1::uuid, $3::uuid, $4::text, 'objective.retire', slug from retired returning audit_id)"
                                        " select slug from objectives where tenant_id = $1::uuid and slug = $2::text"};

const struct statement *const OBJECTIVE_STATEMENTS[] = {&FIND, &LIST, &STATE, &PLACE, &XLAS, &LOCK, &CREATE, &CHANGE, &RETIRE, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant) {
  job_step(job, statement);
  job_uuid(job, tenant);
}

void objective_ask_find(struct job *job, const struct uuid *tenant, struct text slug) {
  begin(job, &FIND, tenant);
  job_int8(job, OBJECTIVE_SERVANTS_MAX);
  job_text(job, slug);
}

void objective_ask_state(struct job *job, const struct uuid *tenant, struct text slug) {
  begin(job, &STATE, tenant);
  job_text(job, slug);
}

void objective_ask_list(struct job *job, const struct uuid *tenant, const struct objective_filter *filter) {
  begin(job, &LIST, tenant);
  job_int8(job, OBJECTIVE_SERVANTS_MAX);
  job_text(job, filter->after);
  job_int8(job, filter->limit);
  job_text(job, filter->level == ABSENT ? TEXT_NONE : text_of(OBJECTIVE_LEVEL_NAMES[filter->level]));
  job_text(job, filter->parent);
  job_text(job, filter->owner);
  job_bool(job, filter->retired);
  job_bool(job, filter->unserved);
}

void objective_take_row(const struct job *job, unsigned step, size_t row, struct objective_row *objective) {
  *objective = (struct objective_row){
      .slug = row_text(job, step, row, 0),
      .content = row_text(job, step, row, 1),
      .revision = row_int(job, step, row, 2),
      .created_at = row_instant(job, step, row, 3),
      .retired_at = row_instant(job, step, row, 4),
      .metrics = row_text(job, step, row, 5),
      .xlas = row_text(job, step, row, 6),
      .initiatives = row_text(job, step, row, 7),
      .initiatives_count = row_int(job, step, row, 8),
      .below = row_text(job, step, row, 9),
      .unserved = row_int(job, step, row, 10) == 1,
  };
}

void objective_ask_check(struct job *job, const struct uuid *tenant, const struct objective_draft *draft) {
  begin(job, &PLACE, tenant);
  job_text(job, draft->slug);
  job_text(job, draft->parent);
  begin(job, &XLAS, tenant);
  job_array(job, PG_TEXT, draft->xlas_count);
  for (size_t i = 0; i < draft->xlas_count; i++)
    job_item_text(job, draft->xlas[i]);
}

void objective_take_place(const struct job *job, unsigned first, struct objective_place *place) {
  unsigned step = first + OBJECTIVE_PLACE_STEP;
  *place = (struct objective_place){
      .parent_there = row_int(job, step, 0, 0) == 1,
      .parent_retired = row_int(job, step, 0, 1) == 1,
      .parent_level = row_int(job, step, 0, 2),
      .highest = row_int(job, step, 0, 3),
  };
}

bool objective_xla_there(const struct job *job, unsigned first, struct text slug) {
  for (size_t i = 0; i < job_rows(job, first + OBJECTIVE_XLAS_STEP); i++)
    if (text_equals(row_text(job, first + OBJECTIVE_XLAS_STEP, i, 0), slug)) return true;
  return false;
}

static void add_draft(struct job *job, const struct statement *statement, const struct uuid *tenant, const struct objective_draft *draft) {
  begin(job, &LOCK, tenant);
  job_text(job, draft->slug);
  job_text(job, draft->parent);
  begin(job, statement, tenant);
  job_text(job, draft->slug);
  job_text(job, text_of(OBJECTIVE_LEVEL_NAMES[draft->level]));
  job_text(job, draft->parent);
  job_text(job, draft->content);
  job_text(job, draft->changes);
}

void objective_ask_create(struct job *job, const struct uuid *tenant, const struct objective_draft *draft, struct text actor) {
  add_draft(job, &CREATE, tenant, draft);
  job_instant(job, draft->created_at);
  job_int8(job, OBJECTIVES_MAX);
  job_audit(job, actor);
}

void objective_ask_change(struct job *job, const struct uuid *tenant, const struct objective_draft *draft, struct text actor) {
  add_draft(job, &CHANGE, tenant, draft);
  job_int4(job, draft->revision);
  job_audit(job, actor);
}

void objective_ask_retire(struct job *job, const struct uuid *tenant, struct text slug, struct text actor) {
  begin(job, &RETIRE, tenant);
  job_text(job, slug);
  job_audit(job, actor);
}
