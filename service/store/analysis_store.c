// Reads what joins several answers of one response or of one person.
#include "store/analysis_store.h"

#include <assert.h>

#include "store/analysis_sql.h"

#define IN_DAYS       ANALYSED("$6::date")

// --- Watermelon

// $11 is the slot of the rows, $12 the threshold, $13 the slots of the scope's dimensions and of the rows'.
#define ROW_VALUE     SLOT_VALUE("$11::int2", "a.value_ids", "a.derived")
#define ROW_CELL      CELL_OF("$13::int2[]", "a.value_ids", "a.derived")
// Parts of the table: an SLA outcome (or none) with a band (or none), those who answered at all and those who told their lost time. And from 100 on
// the parts of a share: who answered about happiness by SLA outcome, since the SLA-met ones are what a share is of and the others what is left of the
// row; and who told their lost time about an SLA that was met.
#define PART_OF(part) " select " part " as part, p.cell, bool_or(p.asked) as asked,"
#define TABLE_PARTS                                                         \
  PART_OF("p.sla * 8 + p.band * 2")                                         \
  " count(*) as respondents from people p group by 1, 2 union all" PART_OF( \
      "p.sla * 8 + p.band * 2 + 1") " count(*) from people p where p.lost group by 1, 2 union all"
#define SHARE_PARTS                                                                                              \
  PART_OF("100 + p.sla")                                                                                         \
  " count(distinct p.respondent) as respondents from people p where p.band < 3 group by 1, 2 union all" PART_OF( \
      "110") " count(distinct p.respondent) from people p where p.lost and p.sla = 1 group by 1, 2"
#define PEOPLE_OF(cell)                                                                                       \
  " people as materialized (select " cell " as cell, a.sla, a.band, a.respondent, bool_or(a.asked) as asked," \
  " bool_or(a.lost is not null) as lost from sorted a group by 1, 2, 3, 4),"                                  \
  " sizes as materialized (select " cell " as cell, count(*) as size from sorted a group by 1)"
#define PEOPLE_OF_SCOPE PEOPLE_OF("a.cell")
#define PEOPLE_OF_ROWS  PEOPLE_OF("a.row_cell")

static const struct statement WATERMELON = {
    "analysis_watermelon", IN_DAYS
    ","
    " sorted as materialized (select a.*, a.derived[1] as sla, " BAND " as band, " ROW_VALUE " as value_id, " ROW_CELL
    " as row_cell from answers a)," PEOPLE_OF_SCOPE ","
    " cells as materialized (select c.*, s.size from (" TABLE_PARTS SHARE_PARTS ") c join sizes s on s.cell = c.cell)," VERDICTS ","
    // The same rule for the rows: of one dimension, which then is theirs, some are hidden; of more all are when any of their cells is small.
    " row_cells as materialized (with" PEOPLE_OF_ROWS " select c.*, s.size from (" SHARE_PARTS ") c join sizes s on s.cell = c.cell),"
    " row_beside as materialized (select distinct on (c.part) c.part, c.cell from row_cells c where not " SMALL
    " and c.part in (select c.part from row_cells c where " SMALL ") order by c.part, c.size, c.cell),"
    " row_hidden as materialized (select c.cell[1] as value_id from row_cells c where " SMALL " union select b.cell[1] from row_beside b),"
    " counts as (select a.value_id, a.sla, a.band, count(*) as n, count(*) filter (where a.lost_raw > $12::int8) as over, count(a.lost) as lost_n,"
    " coalesce(sum(a.lost), 0) as lost_sum from sorted a where a.asked group by 1, 2, 3)" OUTCOME_BEGIN
    "select (select coalesce(bool_and(v.answered), true) from verdicts v where v.part >= 100) as whole, case when cardinality($13::int2[]) < 2"
    " then not exists (select from row_hidden h where h.value_id = c.value_id) else not exists (select from row_hidden h) end as shown,"
    " v.value, (case when $11::int2 < 0 then c.value_id else 0 end)::int8 as code, c.sla, c.band, c.n, c.over, c.lost_n, c.lost_sum from counts c"
    " left join dimension_values v on $11::int2 > 0 and v.tenant_id = $1::uuid and v.value_id = c.value_id"
    " order by v.value collate \"C\", nullif(c.value_id, 0)" OUTCOME_END};

// --- Concentration

// Only those that hold 80 % come, with the one that reaches it. What this gives is made of the scope's lost time alone, and has no parts.
static const struct statement CONCENTRATION = {
    "analysis_concentration",
    IN_DAYS ","
            " verdicts as (select null::int4 as part, $10::int4 > 0 as answered),"
            " losses as materialized (select a.ref, sum(a.lost) as minutes, count(*) as answers from answers a where a.asked and a.lost is not null"
            " group by a.ref),"
            " sums as (select l.minutes, count(*) as tickets from losses l group by l.minutes),"
            " ranked as (select s.minutes, s.tickets, sum(s.minutes * s.tickets) over (order by s.minutes desc) - s.minutes * s.tickets as before,"
            " sum(s.minutes * s.tickets) over () as total from sums s)" OUTCOME_BEGIN
            "select x.answers::int8, x.minutes::int8, r.minutes::int8, r.tickets from (select sum(l.answers) as answers, sum(l.minutes) as minutes"
            " from losses l) x left join ranked r on r.before * 5 < r.total * 4 order by r.minutes desc" OUTCOME_END};

// --- Carry-over

// Parts: the band of the answer before; 3 where there is none, or not within the days, or nobody knows whose it is.
#define DAYS_BEFORE   ANALYSED("($6::date - 91)")
#define PREVIOUS_BAND "case when b.happened is null then 3 when b.happened >= 9 then 0 when b.happened >= 7 then 1 else 2 end"
static const struct statement CARRY_OVER = {
    "analysis_carry_over", DAYS_BEFORE
    ","
    " chained as materialized (select a.*, lag(a.happiness) over w as before, lag(a.submitted_at) over w as before_at from answers a"
    " where a.happiness is not null window w as (partition by a.respondent order by a.submitted_at, a.response_id)),"
    " followed as materialized (select c.cell, c.asked, c.respondent, c.happiness, " PREVIOUS_BAND " as part from chained c"
    " cross join lateral (select case when c.respondent <> '' and c.before_at >= c.submitted_at - interval '90 days' then c.before end as happened) b"
    " where c.day >= $6::date),"
    " sizes as materialized (select f.cell, count(*) as size from followed f group by 1),"
    " cells as materialized (select f.part, f.cell, bool_or(f.asked) as asked, count(distinct f.respondent) as respondents, s.size from followed f"
    " join sizes s on s.cell = f.cell group by f.part, f.cell, s.size)," VERDICTS OUTCOME_BEGIN
    "select f.part::int8, p.respondents, f.happiness::int8, f.n"
    " from (select part, happiness, count(*) as n from followed where asked group by 1, 2) f"
    " join (select part, count(distinct respondent) as respondents from followed where asked group by 1) p on p.part = f.part where f.part < "
    "3" OUTCOME_END};

const struct statement *const ANALYSIS_STATEMENTS[] = {&WATERMELON, &CONCENTRATION, &CARRY_OVER, NULL};

void analysis_ask(struct job *job, const struct statement *statement, const struct tenant *tenant, const struct analysis_question *question) {
  job_step(job, statement);
  job_uuid(job, &tenant->id);
  job_scope(job, tenant, question->scope);
  job_day(job, question->window.from);
  job_day(job, question->window.to);
  job_int8(job, question->rows_max);
  job_array(job, PG_INT2, question->scope->count);
  for (size_t i = 0; i < question->scope->count; i++)
    job_item_int(job, tenant_dimension_slot(tenant, question->scope->terms[i].dimension));
  job_int4(job, question->min_group);
}

enum { COLUMN_ROWS, COLUMN_ANSWERED };
static_assert(COLUMN_ANSWERED + 1 == (int)ANALYSIS_COLUMNS, "the outcome is the first columns");

struct analysis_outcome analysis_take_outcome(const struct job *job, unsigned step) {
  return (struct analysis_outcome){.rows = row_int(job, step, 0, COLUMN_ROWS), .answered = row_int(job, step, 0, COLUMN_ANSWERED) == 1};
}

bool analysis_filled(const struct job *job, unsigned step, size_t row) {
  return row < job_rows(job, step) && !row_null(job, step, row, ANALYSIS_COLUMNS);
}

// --- Watermelon

void watermelon_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question, int by, int64_t threshold_minutes) {
  const struct scope *scope = question->scope;
  bool held = false;
  analysis_ask(job, &WATERMELON, tenant, question);
  job_int2(job, by);
  job_int8(job, threshold_minutes);
  for (size_t i = 0; i < scope->count; i++)
    held = held || tenant_dimension_slot(tenant, scope->terms[i].dimension) == by;
  job_array(job, PG_INT2, scope->count + !held);
  for (size_t i = 0; i < scope->count; i++)
    job_item_int(job, tenant_dimension_slot(tenant, scope->terms[i].dimension));
  if (!held) job_item_int(job, by);
}

enum { VALUE_WHOLE = ANALYSIS_COLUMNS, VALUE_SHOWN, VALUE_KEY, VALUE_CODE, VALUE_SLA, VALUE_BAND, VALUE_N, VALUE_OVER, VALUE_LOST_N, VALUE_LOST_SUM };

static void add_cell(struct analysis_value *value, const struct job *job, unsigned step, size_t row) {
  int64_t sla = row_int(job, step, row, VALUE_SLA), band = row_int(job, step, row, VALUE_BAND), n = row_int(job, step, row, VALUE_N);
  if (sla < 1 || sla > SLA_COUNT || band < 0 || band >= BAND_COUNT) {
    value->unbanded += n;
    return;
  }
  // SQL counts them whole; the cell takes those over the threshold and the others apart.
  int64_t over = row_int(job, step, row, VALUE_OVER);
  enum sla outcome = (enum sla)(sla - 1);
  watermelon_add(&value->watermelon, outcome, (enum band)band, true, over, 0, 0);
  watermelon_add(&value->watermelon, outcome, (enum band)band, false, n - over, row_int(job, step, row, VALUE_LOST_N),
                 row_int(job, step, row, VALUE_LOST_SUM));
}

bool watermelon_next(struct analysis_walk *walk, struct analysis_value *value) {
  const struct job *job = walk->job;
  *value = (struct analysis_value){.key = TEXT_NONE};
  if (!analysis_filled(job, walk->step, walk->row)) return false;
  value->key = row_text(job, walk->step, walk->row, VALUE_KEY);
  value->code = row_int(job, walk->step, walk->row, VALUE_CODE);
  value->share_answered = row_int(job, walk->step, walk->row, VALUE_SHOWN) == 1;
  value->whole_share_answered = row_int(job, walk->step, walk->row, VALUE_WHOLE) == 1;
  for (; analysis_filled(job, walk->step, walk->row); walk->row++) {
    struct text key = row_text(job, walk->step, walk->row, VALUE_KEY);
    bool same = (key.at == NULL) == (value->key.at == NULL) && text_equals(key, value->key);
    if (!same || row_int(job, walk->step, walk->row, VALUE_CODE) != value->code) break;
    add_cell(value, job, walk->step, walk->row);
  }
  return true;
}

// --- Concentration

void concentration_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question) {
  analysis_ask(job, &CONCENTRATION, tenant, question);
}

enum { LOSS_ANSWERS = ANALYSIS_COLUMNS, LOSS_TOTAL, LOSS_MINUTES, LOSS_COUNT };

struct concentration concentration_take(const struct job *job, unsigned step) {
  struct concentration concentration;
  concentration_init(&concentration, 0, 0);
  if (!analysis_filled(job, step, 0)) return concentration;
  concentration_init(&concentration, row_int(job, step, 0, LOSS_ANSWERS), row_int(job, step, 0, LOSS_TOTAL));
  for (size_t row = 0; row < job_rows(job, step) && !row_null(job, step, row, LOSS_MINUTES); row++)
    if (concentration_add(&concentration, row_int(job, step, row, LOSS_MINUTES), row_int(job, step, row, LOSS_COUNT))) break;
  return concentration;
}

// --- Carry-over

void carry_over_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question) {
  analysis_ask(job, &CARRY_OVER, tenant, question);
}

enum { FOLLOWED_BAND = ANALYSIS_COLUMNS, FOLLOWED_RESPONDENTS, FOLLOWED_HAPPINESS, FOLLOWED_N };

void carry_over_take(const struct job *job, unsigned step, struct carry_over *carry_over) {
  const struct metric *happiness = metric_find(TEXT("happiness"));
  *carry_over = (struct carry_over){.respondents = {0}};
  for (size_t row = 0; analysis_filled(job, step, row); row++) {
    int64_t band = row_int(job, step, row, FOLLOWED_BAND);
    if (band < 0 || band >= BAND_COUNT) continue;
    carry_over->respondents[band] = row_int(job, step, row, FOLLOWED_RESPONDENTS);
    tally_add_value(&carry_over->happiness[band], happiness, row_int(job, step, row, FOLLOWED_HAPPINESS), row_int(job, step, row, FOLLOWED_N));
  }
}
