// Reads how agreements and initiatives stood at the end of a month.
#include "store/report_store.h"

// What is shown of a day is what it would be now.
#define STATUS_OF "coalesce(k.revised_status, k.status) as status"
#define STATE_OF  "coalesce(k.revised_state, k.state)::text as state"

#define LIST_XLAS                                                                                                                    \
  "select x.slug, x.content ->> 'name', x.content ->> 'owner', v.terms ->> 'metric', d.day, d.status, d.state, b.status from xlas x" \
  " cross join lateral (select k.day, k.version, " STATUS_OF ", " STATE_OF " from xla_days k where k.tenant_id = $1::uuid"           \
  " and k.slug = x.slug and k.day between $2::date and $3::date order by k.day desc limit 1) d"                                      \
  " join xla_versions v on v.tenant_id = $1::uuid and v.slug = x.slug and v.version = d.version"                                     \
  " left join lateral (select " STATUS_OF " from xla_days k where k.tenant_id = $1::uuid and k.slug = x.slug"                        \
  " and k.day between $2::date - 31 and $2::date - 1 order by k.day desc limit 1) b on true"                                         \
  " where x.tenant_id = $1::uuid and ($4::text is null or (v.terms -> 'scope')::text = $4::text) order by x.slug limit $5::int8"

#define BEGINS "(($2::date)::timestamp at time zone $6::text)"
#define ENDS   "(($3::date + 1)::timestamp at time zone $6::text)"

#define LIST_INITIATIVES                                                                                                                       \
  "select i.initiative_id, i.content ->> 'title', i.content ->> 'owner', i.objective, i.content ->> 'metric', s.to_step, s.kind, s.iteration," \
  " i.created_at >= " BEGINS ", m.moves, e.verdict from initiatives i"                                                                         \
  " cross join lateral (select k.to_step, k.kind, k.iteration, k.at from initiative_steps k where k.tenant_id = $1::uuid"                      \
  " and k.initiative_id = i.initiative_id and k.at < " ENDS " order by k.seq desc limit 1) s"                                                  \
  " cross join lateral (select count(*) as moves from initiative_steps k where k.tenant_id = $1::uuid"                                         \
  " and k.initiative_id = i.initiative_id and k.at >= " BEGINS " and k.at < " ENDS ") m"                                                       \
  " left join lateral (select k.verdict from evaluations k where k.tenant_id = $1::uuid and k.initiative_id = i.initiative_id"                 \
  " and k.evaluated_at >= " BEGINS " and k.evaluated_at < " ENDS " order by k.iteration desc limit 1) e on true"                               \
  " where i.tenant_id = $1::uuid and (m.moves > 0 or e.verdict is not null) and ($4::text is null or (i.content -> 'scope')::text = $4::text)" \
  " order by s.at desc, i.initiative_id limit $5::int8"

static const struct statement XLAS = {"report_xlas", LIST_XLAS}, INITIATIVES = {"report_initiatives", LIST_INITIATIVES};

const struct statement *const REPORT_STATEMENTS[] = {&XLAS, &INITIATIVES, NULL};

static void ask(struct job *job, const struct statement *statement, const struct tenant *tenant, const struct report_question *question) {
  job_step(job, statement);
  job_uuid(job, &tenant->id);
  job_day(job, question->month.from);
  job_day(job, question->month.to);
  job_text(job, question->scope);
  job_int8(job, question->limit);
}

void report_ask(struct job *job, const struct tenant *tenant, const struct report_question *question) {
  ask(job, &XLAS, tenant, question);
  ask(job, &INITIATIVES, tenant, question);
  job_text(job, text_of(tenant->time_zone));
}

void report_take_xla(const struct job *job, unsigned step, size_t row, struct report_xla *xla) {
  *xla = (struct report_xla){.slug = row_text(job, step, row, 0),
                             .name = row_text(job, step, row, 1),
                             .owner = row_text(job, step, row, 2),
                             .metric = row_text(job, step, row, 3),
                             .day = row_day(job, step, row, 4),
                             .status = row_text(job, step, row, 5),
                             .state = row_text(job, step, row, 6),
                             .status_before = row_text(job, step, row, 7)};
}

void report_take_initiative(const struct job *job, unsigned step, size_t row, struct report_initiative *initiative) {
  *initiative = (struct report_initiative){.id = row_uuid(job, step, row, 0),
                                           .title = row_text(job, step, row, 1),
                                           .owner = row_text(job, step, row, 2),
                                           .objective = row_text(job, step, row, 3),
                                           .metric = row_text(job, step, row, 4),
                                           .step = row_text(job, step, row, 5),
                                           .kind = row_text(job, step, row, 6),
                                           .iteration = row_int(job, step, row, 7),
                                           .begun = row_int(job, step, row, 8) == 1,
                                           .moves = row_int(job, step, row, 9),
                                           .verdict = row_text(job, step, row, 10)};
}
