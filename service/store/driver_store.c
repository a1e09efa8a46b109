// Reads what those who ticked a factor say.
#include "store/driver_store.h"

#include "store/analysis_sql.h"

// Parts of a factor: of those who answered about happiness (h), by its band (p, u, d), and about lost time (l): who ticked the factor (1), and who
// answered without ticking it (0), whom it is compared with. $11 is how many factors are given.
#define KINDS                                                                                                                   \
  "count(a.happiness) as h, count(*) filter (where a.happiness >= 9) as p, count(*) filter (where a.happiness in (7, 8)) as u," \
  " count(*) filter (where a.happiness <= 6) as d, count(a.lost) as l"
#define LOST_SUMS   "coalesce(sum(a.lost), 0)::int8 as lost_sum, coalesce(sum(a.lost * a.lost), 0)::int8 as lost_squares"
// Of a cell: its respondents of each kind, and their answers.
#define CROWD(kind) "count(*) filter (where c." kind " > 0) as " kind "_people"
#define CROWDS      CROWD("h") ", " CROWD("p") ", " CROWD("u") ", " CROWD("d") ", " CROWD("l")
// Of those who ticked the factor in a cell: also how many did so in all their answers of the kind, and so are not among the others.
#define TICKER(kind)                                           \
  "count(*) filter (where t." kind " > 0) as " kind "_people," \
  " count(*) filter (where t." kind " > 0 and t." kind " = c." kind ") as " kind "_whole"
#define TICKERS        TICKER("h") ", " TICKER("p") ", " TICKER("u") ", " TICKER("d") ", " TICKER("l")
#define PARTS_OF(kind) "('" kind "1', s." kind "_people), ('" kind "0', w." kind "_people - s." kind "_whole)"
#define PARTS          PARTS_OF("h") ", " PARTS_OF("p") ", " PARTS_OF("u") ", " PARTS_OF("d") ", " PARTS_OF("l")
#define IN_DAYS        ANALYSED("$6::date")

static const struct statement FACTORS = {
    "analysis_factors", IN_DAYS
    ","
    " crowd as materialized (select a.cell, a.respondent, count(*) as size, " KINDS " from answers a group by 1, 2),"
    " crowds as materialized (select c.cell, sum(c.size) as size, " CROWDS " from crowd c group by 1),"
    " ticked as materialized (select f.factor, a.* from answers a cross join lateral (select distinct unnest(a.factors) as factor) f),"
    " ticks as materialized (select a.factor, a.cell, a.respondent, bool_or(a.asked) as asked, " KINDS " from ticked a group by 1, 2, 3),"
    " sums as materialized (select t.factor, t.cell, bool_or(t.asked) as asked, " TICKERS " from ticks t"
    " join crowd c on c.cell = t.cell and c.respondent = t.respondent group by 1, 2),"
    " cells as materialized (select array[s.factor, k.kind] as part, s.cell, s.asked, k.respondents, w.size from sums s"
    " join crowds w on w.cell = s.cell cross join lateral (values " PARTS ") as k(kind, respondents) where k.respondents > 0)," VERDICTS ","
    " judged as (select v.part[1] as factor, bool_and(v.answered) filter (where v.part[2] in ('h1', 'h0')) as happiness,"
    " bool_and(v.answered) filter (where v.part[2] not in ('l1', 'l0')) as bands,"
    " bool_and(v.answered) filter (where v.part[2] in ('l1', 'l0')) as lost from verdicts v group by 1),"
    " given as (select a.factor, " KINDS ", " LOST_SUMS " from ticked a where a.asked group by 1 order by count(*) desc, 1 limit $11::int8),"
    " whole as (select null::text as factor, " KINDS ", " LOST_SUMS " from answers a where a.asked)" OUTCOME_BEGIN
    "select true as filled, g.factor, g.p, g.u, g.d, g.l, g.lost_sum, g.lost_squares, coalesce(j.happiness, true), coalesce(j.bands, true),"
    " coalesce(j.lost, true) from (select * from given union all select * from whole) g left join judged j on j.factor = g.factor" OUTCOME_END};

const struct statement *const DRIVER_STATEMENTS[] = {&FACTORS, NULL};

void drivers_ask(struct job *job, const struct tenant *tenant, const struct analysis_question *question) {
  analysis_ask(job, &FACTORS, tenant, question);
  job_int8(job, INSIGHT_VALUES_MAX);
}

size_t drivers_count(const struct job *job, unsigned step) { return job_rows(job, step); }

enum {
  FACTOR_NAME = ANALYSIS_COLUMNS + 1,
  FACTOR_POSITIVE,
  FACTOR_NEUTRAL,
  FACTOR_NEGATIVE,
  FACTOR_LOST_N,
  FACTOR_LOST_SUM,
  FACTOR_LOST_SQUARES,
  FACTOR_HAPPINESS,
  FACTOR_BANDS,
  FACTOR_LOST
};

bool drivers_take(const struct job *job, unsigned step, size_t row, struct driver *factor) {
  const struct metric *happiness = metric_find(TEXT("happiness"));
  if (!analysis_filled(job, step, row)) return false;
  *factor = (struct driver){.factor = row_text(job, step, row, FACTOR_NAME),
                            .happiness_answered = row_int(job, step, row, FACTOR_HAPPINESS) == 1,
                            .bands_answered = row_int(job, step, row, FACTOR_BANDS) == 1,
                            .lost_time_answered = row_int(job, step, row, FACTOR_LOST) == 1};
  // A net score knows bands only: any value of each will do.
  tally_add_value(&factor->happiness, happiness, 10, row_int(job, step, row, FACTOR_POSITIVE));
  tally_add_value(&factor->happiness, happiness, 8, row_int(job, step, row, FACTOR_NEUTRAL));
  tally_add_value(&factor->happiness, happiness, 0, row_int(job, step, row, FACTOR_NEGATIVE));
  factor->lost_time = (struct tally){.n = row_int(job, step, row, FACTOR_LOST_N),
                                     .sum = row_int(job, step, row, FACTOR_LOST_SUM),
                                     .sum_squares = row_int(job, step, row, FACTOR_LOST_SQUARES)};
  return true;
}
