// Reads what became of initiatives.
#include "store/story_store.h"

// $1 tenant, $2 verdict or null, $3 and $4 when and which the last one before was, $5 how many. An action belongs to the story when it was done in
// the iteration that was evaluated, or in an earlier one. The order of columns is that of enum story_text, behind those that are no texts.
#define DONE                                                                                                                \
  " from initiative_actions a where a.tenant_id = $1::uuid and a.initiative_id = i.initiative_id and a.done_at is not null" \
  " and a.iteration <= i.told_iteration)"

static const struct statement LIST = {
    "story_list",
    "with z as materialized (select time_zone from tenants where tenant_id = $1::uuid),"
    " told as materialized (select i.initiative_id, i.status, i.content, coalesce(e.iteration, i.iteration) as told_iteration,"
    " greatest(e.evaluated_at, i.ended_at) as told_at, e.verdict, e.still_relevant, e.content as evaluation, e.window_from, e.window_to"
    " from initiatives i left join lateral (select k.* from evaluations k where k.tenant_id = $1::uuid and k.initiative_id = i.initiative_id"
    " order by k.iteration desc limit 1) e on true"
    " where i.tenant_id = $1::uuid and (i.status <> 'open' or e.iteration is not null) and ($2::text is null or e.verdict = $2::text))"
    " select i.initiative_id, i.told_iteration, i.told_at, (i.evaluation #>> '{baseline,window,from}')::date,"
    " (i.evaluation #>> '{baseline,window,to}')::date, i.window_from, i.window_to, i.still_relevant,"
    " i.content ->> 'title', i.content ->> 'objective', i.status, i.content #>> '{source,kind}', i.content #>> '{source,reference}',"
    " (select s.reason from initiative_steps s where s.tenant_id = $1::uuid and s.initiative_id = i.initiative_id and s.kind = 'cancel'"
    " order by s.seq desc limit 1), i.content #>> '{lessons,learned}', i.content #>> '{lessons,shared_how}',"
    " (select string_agg(a.title, '; ' order by a.done_at, a.action_id)" DONE ","
    " (select json_agg(json_build_object('title', a.title, 'done_on', (a.done_at at time zone z.time_zone)::date, 'experiment', a.experiment,"
    " 'outcome', a.outcome) order by a.done_at, a.action_id)::text" DONE ","
    " json_build_object('scope', coalesce(i.evaluation -> 'scope', i.content -> 'scope'))::text, i.verdict, i.evaluation ->> 'metric',"
    " i.evaluation ->> 'sentence', (i.evaluation -> 'target')::text, (i.evaluation -> 'reached')::text, (i.evaluation -> 'before')::text,"
    " (i.evaluation -> 'after')::text, (i.evaluation -> 'hours_won')::text, (i.evaluation -> 'money_won')::text,"
    " i.evaluation #>> '{before,value}', i.evaluation #>> '{before,n}', i.evaluation #>> '{hours_won,value}'"
    " from told i cross join z where $3::timestamptz is null or (i.told_at, i.initiative_id) < ($3::timestamptz, $4::uuid)"
    " order by i.told_at desc, i.initiative_id desc limit $5::int8"};

const struct statement *const STORY_STATEMENTS[] = {&LIST, NULL};

enum { ID, ITERATION, TOLD_AT, BEFORE_FROM, BEFORE_TO, AFTER_FROM, AFTER_TO, STILL_RELEVANT, FIRST_TEXT };

void story_ask_list(struct job *job, const struct uuid *tenant, const struct story_filter *filter) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_text(job, filter->verdict);
  job_instant(job, filter->told_at);
  job_uuid(job, &filter->id);
  job_int8(job, filter->limit);
}

static int32_t take_day(const struct job *job, unsigned step, size_t row, int column) {
  return row_null(job, step, row, column) ? 0 : row_day(job, step, row, column);
}

void story_take(const struct job *job, unsigned step, size_t row, struct story_row *story) {
  *story = (struct story_row){
      .id = row_uuid(job, step, row, ID),
      .iteration = row_int(job, step, row, ITERATION),
      .told_at = row_instant(job, step, row, TOLD_AT),
      .has_windows = !row_null(job, step, row, BEFORE_FROM) && !row_null(job, step, row, BEFORE_TO) && !row_null(job, step, row, AFTER_FROM),
      .before = {take_day(job, step, row, BEFORE_FROM), take_day(job, step, row, BEFORE_TO)},
      .after = {take_day(job, step, row, AFTER_FROM), take_day(job, step, row, AFTER_TO)},
      .still_relevant = row_int(job, step, row, STILL_RELEVANT),
  };
  for (int text = 0; text < STORY_TEXTS; text++)
    story->texts[text] = row_text(job, step, row, FIRST_TEXT + text);
}
