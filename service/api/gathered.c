// Finds out when each metric was gathered last.
#include "api/gathered.h"

#include "store/experience_store.h"

static const struct scope EVERYTHING = {NULL, 0};

void gathered_ask(struct job *job, const struct tenant *tenant, int32_t to) {
  experience_ask(job, tenant,
                 &(struct experience_question){.scope = &EVERYTHING, .window = {to - MATURITY_DAYS_MAX + 1, to}, .interval = INTERVAL_DAY});
}

void gathered_take(const struct job *job, unsigned step, const struct tenant *tenant, int32_t to, struct gathered *gathered) {
  size_t responses = metric_place(metric_find(TEXT("responses")));
  *gathered = (struct gathered){.to = to};
  for (size_t row = 0; row < experience_cells(job, step); row++) {
    struct experience_cell cell;
    if (!experience_take_cell(job, tenant, step, row, &cell) || cell.excluded || cell.before || cell.tally.n <= 0) continue;
    size_t place = metric_place(cell.metric);
    if (!gathered->any[place] || cell.day > gathered->last_day[place]) gathered->last_day[place] = cell.day;
    gathered->any[place] = true;
    if (place == responses) gathered->answered[MATURITY_DAYS_MAX - 1 - (to - cell.day)] = true;
  }
}

static bool came_within(const struct gathered *gathered, const char *key, int32_t days) {
  size_t place = metric_place(metric_find(text_of(key)));
  return gathered->any[place] && gathered->to - gathered->last_day[place] < days;
}

bool gathered_current(const struct gathered *gathered, const struct metric *metric, enum metric_level level) {
  int32_t days = maturity_days(level);
  size_t place = metric_place(metric);
  if (gathered->any[place] && gathered->to - gathered->last_day[place] < days) return true;
  return text_is(text_of(metric->key), "cost_per_ticket") && came_within(gathered, "service_desk_budget", days) &&
         came_within(gathered, "ticket_volume", days);
}

bool gathered_sourced(const struct gathered *gathered, const struct metric *metric, struct text supplier) {
  switch (metric->source) {
  case SOURCE_RESPONSE:
    return came_within(gathered, "responses", MATURITY_DAYS_MAX);
  case SOURCE_TICKET:
    return came_within(gathered, "ticket_volume", MATURITY_DAYS_MAX) || came_within(gathered, "resolved_tickets", MATURITY_DAYS_MAX);
  case SOURCE_MANUAL:
    break;
  }
  return supplier.at || gathered->any[metric_place(metric)];
}
