// Reads comments, and what has to be known of them before they are shown.
#include "store/comment_store.h"

#include "domain/dimension.h"
#include "store/scope_sql.h"

#define TERMS SCOPE_TERMS("$1", "$2", "$3", "$4")
#define HOLDS SCOPE_HOLDS("$5", "g.value_ids", "c.derived")

// $6 and $7 are the window's days. From the raw rows, because the sums know no comments. Contexts are `placed` first: under row-level security only a
// plain column finds its way into an index.
static const struct statement WEIGH = {
    "comment_weigh",
    "with " TERMS ","
    " settings as materialized (select time_zone, respondent_secret from tenants where tenant_id = $1::uuid),"
    " found as materialized ("
    " select r.response_id, r.ref, r.resolution_no, r.respondent, (r.submitted_at at time zone z.time_zone)::date as day, z.respondent_secret"
    " from settings z cross join lateral (select * from responses p where p.tenant_id = $1::uuid and p.submitted_at > '-infinity'"
    " and p.submitted_at >= ($6::date)::timestamp at time zone z.time_zone"
    " and p.submitted_at < ($7::date + 1)::timestamp at time zone z.time_zone and p.comment <> '' and p.excluded_at is null"
    " order by p.submitted_at desc, p.response_id desc limit $8::int8) r),"
    " placed as materialized ("
    " select f.*, coalesce(s.segment_id, t.segment_id) as segment_id, coalesce(s.derived, t.derived) as derived from found f"
    " cross join lateral (select * from tickets k where k.tenant_id = $1::uuid and k.ref = f.ref limit 1) t"
    " left join lateral (select * from resolutions n where n.tenant_id = $1::uuid and n.ref = f.ref and n.no = f.resolution_no limit 1) s on true)"
    " select c.response_id, c.day, left(encode(sha256(c.respondent_secret || uuid_send(c.response_id)), 'hex'), 32) as mark, " HOLDS ","
    " ('x' || encode(substr(c.respondent, 1, 8), 'hex'))::bit(64)::int8, g.value_ids, c.derived"
    " from placed c"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = c.segment_id limit 1) g"
    " order by c.day desc, mark"};

static const struct statement TEXTS = {
    "comment_texts", "select r.response_id, r.comment, r.language, r.happiness from unnest($2::uuid[]) with ordinality as u(response_id, ord)"
                     " cross join lateral (select * from responses p where p.response_id = u.response_id and p.tenant_id = $1::uuid limit 1) r"
                     " where r.comment <> '' and r.excluded_at is null order by u.ord"};

const struct statement *const COMMENT_STATEMENTS[] = {&WEIGH, &TEXTS, NULL};

void comment_ask_weigh(struct job *job, const struct tenant *tenant, const struct scope *scope, struct window window) {
  job_step(job, &WEIGH);
  job_uuid(job, &tenant->id);
  job_scope(job, tenant, scope);
  job_day(job, window.from);
  job_day(job, window.to);
  job_int8(job, COMMENTS_WEIGHED_MAX);
}

void comment_take_place(const struct job *job, unsigned step, size_t row, struct comment_place *place) {
  place->id = row_uuid(job, step, row, 0);
  place->day = row_day(job, step, row, 1);
  place->mark = row_text(job, step, row, 2);
  place->held = row_int(job, step, row, 3) == 1;
}

bool comment_take_rows(const struct job *job, unsigned step, const struct tenant *tenant, struct arena *arena, struct crowd_rows *rows) {
  size_t count = job_rows(job, step), own = tenant->dimensions_count, all = own + DERIVED_COUNT;
  int64_t *respondents = arena_take_array(arena, count + 1, sizeof *respondents), *values = arena_take_array(arena, count * all + 1, sizeof *values);
  *rows = (struct crowd_rows){.count = count, .dimensions = all, .respondents = respondents, .values = values};
  if (!respondents || !values) return false;
  for (size_t i = 0; i < count; i++) {
    int64_t ids[DIMENSIONS_MAX];
    size_t found = row_int_array(job, step, i, 5, ids, DIMENSIONS_MAX);
    respondents[i] = row_int(job, step, i, 4);
    for (size_t k = 0; k < own; k++) {
      size_t place = (size_t)tenant->dimensions[k].id - 1;
      values[i * all + k] = place < found ? ids[place] : ABSENT;
    }
    (void)row_int_array(job, step, i, 6, values + i * all + own, DERIVED_COUNT);
  }
  return true;
}

void comment_ask_texts(struct job *job, const struct uuid *tenant, const struct uuid *ids, size_t count) {
  job_step(job, &TEXTS);
  job_uuid(job, tenant);
  job_array(job, PG_UUID, count);
  for (size_t i = 0; i < count; i++)
    job_item_uuid(job, &ids[i]);
}

void comment_take_row(const struct job *job, unsigned step, size_t row, struct comment_row *comment) {
  comment->id = row_uuid(job, step, row, 0);
  comment->comment = row_text(job, step, row, 1);
  comment->language = row_text(job, step, row, 2);
  comment->happiness = row_int(job, step, row, 3);
}
