// Holds the catalogue of preset metrics: ids, scales, histograms, directions and maturity levels.
#include "domain/metric.h"

#include <assert.h>

#define COUNT_OF(array)     (sizeof(array) / sizeof((array)[0]))
#define SECONDS_OF(minutes) (INT64_C(60) * (minutes))

static const int64_t RATING_EDGES[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const int64_t STARS_EDGES[] = {1, 2, 3, 4, 5};
static const int64_t EASE_EDGES[] = {1, 2, 3, 4, 5, 6, 7};
static const int64_t COMPARED_EDGES[] = {-2, -1, 0, 1, 2};
static const int64_t YES_NO_EDGES[] = {0, 1};
static const int64_t LOST_EDGES[] = {0, 1, 15, 30, 60, 120, 240, 480, 960, 2400};
static const int64_t HANDLE_EDGES[] = {0, 5, 15, 30, 60, 120, 240, 480, 960};
static const int64_t DURATION_EDGES[] = {SECONDS_OF(0),    SECONDS_OF(15),   SECONDS_OF(60),    SECONDS_OF(240),   SECONDS_OF(480),
                                         SECONDS_OF(1440), SECONDS_OF(4320), SECONDS_OF(10080), SECONDS_OF(20160), SECONDS_OF(43200)};
// Cents: 0, 5, 10, 25, 50, 100, 250, 500, 1000, 2500 of the currency.
static const int64_t COST_EDGES[] = {0, 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000};

static const int64_t DAYS_EDGES[] = {0, 7, 14, 30, 60, 90, 180, 365};
// Hundredths of a percent.
static const int64_t PERCENT_EDGES[] = {0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000};
static const int64_t AVAILABLE_EDGES[] = {0, 9000, 9500, 9800, 9900, 9950, 9990, 9995, 9999};

static_assert(COUNT_OF(RATING_EDGES) <= METRIC_BINS_MAX, "the longest histogram fits a tally");
static_assert(METRICS_MAX == 128, "a set of metrics has two words");

const char *const AGGREGATION_NAMES[] = {"net", "share", "mean", "sum", "count", "stock", NULL};
const char *const BETTER_NAMES[] = {"higher", "lower", "neither", NULL};
const char *const SOURCE_NAMES[] = {"responses", "tickets", "measurements", NULL};
const char *const LEVEL_NAMES[] = {"operational", "tactical", "strategic", NULL};

// Parts of the rows below: what metrics of one kind have in common.
#define HISTOGRAM(array)              .edges = (array), .bins = COUNT_OF(array)
#define SCALE(lowest, highest, array) .low = (lowest), .high = (highest), HISTOGRAM(array)
#define NET                           .aggregation = AGGREGATE_NET, .unit = "points", .divisor = 1, SCALE(0, 10, RATING_EDGES)
#define SHARE_FROM(least)             .aggregation = AGGREGATE_SHARE, .unit = "percent", .divisor = 1, .share_from = (least)
#define YES_NO                        SHARE_FROM(1), SCALE(0, 1, YES_NO_EDGES)
#define SCORE                         .aggregation = AGGREGATE_MEAN, .unit = "score", .divisor = 1
#define COMPARED                      SCORE, SCALE(-2, 2, COMPARED_EDGES)
#define MINUTES(array)                .aggregation = AGGREGATE_MEAN, .unit = "minutes", .divisor = 1, HISTOGRAM(array)
#define DURATION                      .aggregation = AGGREGATE_MEAN, .unit = "minutes", .divisor = 60, HISTOGRAM(DURATION_EDGES)
#define MONEY                         .aggregation = AGGREGATE_MEAN, .unit = "currency", .divisor = 100, HISTOGRAM(COST_EDGES)
#define MINUTES_ONLY                  .aggregation = AGGREGATE_MEAN, .unit = "minutes", .divisor = 1
#define RESPONSES                     .aggregation = AGGREGATE_COUNT, .unit = "responses", .divisor = 1, NEITHER
#define TICKETS(kind)                 .aggregation = (kind), .unit = "tickets", .divisor = 1
#define PERCENT(array)                .aggregation = AGGREGATE_MEAN, .unit = "percent", .divisor = 100, SCALE(0, 10000, array)
#define PERCENTS                      PERCENT(PERCENT_EDGES)
#define STARS                         SCORE, SCALE(1, 5, STARS_EDGES)
#define DAYS                          .aggregation = AGGREGATE_MEAN, .unit = "days", .divisor = 1, HISTOGRAM(DAYS_EDGES)
#define SUM_OF(what, parts)           .aggregation = AGGREGATE_SUM, .unit = (what), .divisor = (parts)
#define HIGHER                        .better = BETTER_HIGHER
#define NEITHER                       .better = BETTER_NEITHER
#define LOWER                         .better = BETTER_LOWER
#define ANSWER                        .source = SOURCE_RESPONSE, .maturity = 3, .level = LEVEL_TACTICAL
#define TICKET(at)                    .source = SOURCE_TICKET, .maturity = (at), .level = LEVEL_OPERATIONAL
#define MANUAL(at, who)               .source = SOURCE_MANUAL, .maturity = (at), .level = (who)
#define TACTICAL(at)                  MANUAL(at, LEVEL_TACTICAL)
#define STRATEGIC(at)                 MANUAL(at, LEVEL_STRATEGIC)
#define FROM(name)                    .member = #name
#define OPTIONAL                      .optional = true

// Shown in this order. Ids are stored in the database for good: a dropped metric's id (3, 4) stays unused.
static const struct metric PRESETS[] = {
    {.id = 1, .key = "happiness", .title = "Happiness", FROM(happiness), NET, HIGHER, ANSWER},
    {.id = 2, .key = "lost_time", .title = "Lost time", FROM(lost_minutes), MINUTES(LOST_EDGES), LOWER, ANSWER},
    {.id = 5, .key = "csat", .title = "Customer satisfaction", FROM(csat), SHARE_FROM(4), SCALE(1, 5, STARS_EDGES), HIGHER, ANSWER},
    {.id = 6, .key = "ces", .title = "Customer effort (ease)", FROM(ces), SCORE, SCALE(1, 7, EASE_EDGES), HIGHER, ANSWER},
    {.id = 7, .key = "nps", .title = "Net promoter score", FROM(nps), NET, HIGHER, ANSWER},
    {.id = 8, .key = "expectation", .title = "Experience against expectation", FROM(expectation), COMPARED, HIGHER, ANSWER, OPTIONAL},
    {.id = 9, .key = "promise_kept", .title = "Experience against the promise made", FROM(promise_kept), COMPARED, HIGHER, ANSWER, OPTIONAL},
    {.id = 10, .key = "brand_promise", .title = "Experience against what IT stands for", FROM(brand_promise), COMPARED, HIGHER, ANSWER, OPTIONAL},

    {.id = 20, .key = "ticket_volume", .title = "Tickets opened", FROM(opened_at), TICKETS(AGGREGATE_COUNT), NEITHER, TICKET(1)},
    {.id = 21, .key = "backlog", .title = "Unresolved tickets", FROM(opened_at), TICKETS(AGGREGATE_STOCK), LOWER, TICKET(1)},
    {.id = 22, .key = "sla_met", .title = "Resolved within the SLA", FROM(sla_met), YES_NO, HIGHER, TICKET(1)},
    {.id = 23, .key = "resolution_time", .title = "Time to resolve", FROM(resolved_at), DURATION, LOWER, TICKET(1)},
    {.id = 24, .key = "response_time", .title = "Time to respond", FROM(responded_at), DURATION, LOWER, TICKET(1)},
    {.id = 25, .key = "repair_time", .title = "Time to repair", FROM(repaired_at), DURATION, LOWER, TICKET(1)},
    {.id = 26, .key = "reassigned", .title = "Reassigned at least once", FROM(reassignments), YES_NO, LOWER, TICKET(1)},
    {.id = 27, .key = "reopened", .title = "Reopened", FROM(reopens), YES_NO, LOWER, TICKET(1), OPTIONAL},
    {.id = 28, .key = "first_level_resolved", .title = "Resolved at the first level", FROM(first_level_resolved), YES_NO, HIGHER, TICKET(1)},
    // Tickets that self-service could have spared their requesters: what reaches the desk should be little.
    {.id = 29, .key = "level0_solvable", .title = "Solvable at level 0", FROM(level0_solvable), YES_NO, LOWER, TICKET(1)},
    {.id = 30, .key = "miscategorised", .title = "Miscategorised", FROM(miscategorised), YES_NO, LOWER, TICKET(2)},
    // Higher: a controlled organisation recognises the cause behind an incident.
    {.id = 31, .key = "known_problem", .title = "Linked to a known problem", FROM(known_problem), YES_NO, HIGHER, TICKET(2)},
    {.id = 32, .key = "known_resolution", .title = "Resolved by a known resolution", FROM(known_resolution), YES_NO, HIGHER, TICKET(2), OPTIONAL},
    {.id = 33, .key = "business_impact", .title = "Business impact", FROM(business_impact), STARS, LOWER, TICKET(2), OPTIONAL},
    {.id = 34, .key = "handle_time", .title = "Handle time", FROM(handle_minutes), MINUTES(HANDLE_EDGES), LOWER, TICKET(1)},
    {.id = 35, .key = "cost_per_ticket", .title = "Cost per ticket", FROM(cost), MONEY, LOWER, TICKET(1)},

    // What neither tickets nor responses yield.
    {.id = 40, .key = "procedures_automated", .title = "Procedures automated", PERCENTS, HIGHER, TACTICAL(2)},
    {.id = 41, .key = "service_availability", .title = "Service availability", PERCENT(AVAILABLE_EDGES), HIGHER, MANUAL(2, LEVEL_OPERATIONAL)},
    {.id = 42, .key = "suppliers_reviewed", .title = "Suppliers reviewed", PERCENTS, HIGHER, TACTICAL(2)},
    {.id = 43, .key = "planned_services_satisfaction", .title = "Stakeholders satisfied with planned services", PERCENTS, HIGHER, STRATEGIC(4)},
    {.id = 44, .key = "executive_satisfaction", .title = "Executives' satisfaction with IT's responsiveness", STARS, HIGHER, STRATEGIC(4)},
    {.id = 45, .key = "objective_to_initiative_time", .title = "Time from objective to approved initiative", DAYS, LOWER, STRATEGIC(4)},
    {.id = 46, .key = "idea_satisfaction", .title = "Stakeholders' satisfaction with IT's ideas", STARS, HIGHER, STRATEGIC(4)},
    {.id = 47, .key = "innovative_initiatives", .title = "Initiatives approved from IT's ideas", SUM_OF("initiatives", 1), HIGHER, STRATEGIC(4)},
    {.id = 48, .key = "objectives_in_it_strategy", .title = "Enterprise objectives addressed in the IT strategy", PERCENTS, HIGHER, STRATEGIC(5)},
    {.id = 49, .key = "self_funding_initiatives", .title = "Self-funding initiatives", PERCENTS, HIGHER, STRATEGIC(5)},
    {.id = 50, .key = "it_strategy_satisfaction", .title = "Satisfaction with the IT strategy", STARS, HIGHER, STRATEGIC(5)},
    {.id = 51, .key = "objectives_attained_by_it", .title = "Objectives attained because of IT initiatives", PERCENTS, HIGHER, STRATEGIC(5)},
    {.id = 52, .key = "projects_championed", .title = "Projects championed by business executives", PERCENTS, HIGHER, STRATEGIC(5)},
    {.id = 53, .key = "service_desk_budget", .title = "Budget of the service desk", SUM_OF("currency", 100), NEITHER, TACTICAL(1), OPTIONAL},

    {.id = 11, .key = "responses", .title = "Responses", RESPONSES, ANSWER, .hidden = true},
    {.id = 12, .key = "lost_time_excess", .title = "Lost time above the cap", MINUTES_ONLY, LOWER, ANSWER, .hidden = true},
    {.id = 13, .key = "factors_positive", .title = "Factors ticked beside 9 and 10", RESPONSES, ANSWER, .hidden = true},
    {.id = 14, .key = "factors_neutral", .title = "Factors ticked beside 7 and 8", RESPONSES, ANSWER, .hidden = true},
    {.id = 15, .key = "factors_negative", .title = "Factors ticked beside 0 to 6", RESPONSES, ANSWER, .hidden = true},
    {.id = 16, .key = "factors_unrated", .title = "Factors ticked without happiness", RESPONSES, ANSWER, .hidden = true},
    {.id = 17, .key = "bare_ratings", .title = "9 and 10 with neither factor nor comment", YES_NO, NEITHER, ANSWER, .hidden = true},
    // A share of the two below: its own id is never stored.
    {.id = 36, .key = "ticket_response_share", .title = "Resolved tickets with a response", YES_NO, HIGHER, TICKET(3), .hidden = true},
    {.id = 37, .key = "resolved_tickets", .title = "Tickets resolved", TICKETS(AGGREGATE_COUNT), NEITHER, TICKET(1), .hidden = true},
    {.id = 38, .key = "answered_tickets", .title = "Tickets resolved and answered", TICKETS(AGGREGATE_COUNT), NEITHER, TICKET(3), .hidden = true},
};

static_assert(COUNT_OF(PRESETS) + METRICS_OWN_MAX <= METRICS_MAX, "there is a place for each metric");

const struct metric *metric_presets(size_t *count) {
  *count = COUNT_OF(PRESETS);
  return PRESETS;
}

const struct metric *metric_find(struct text key) {
  for (size_t i = 0; i < COUNT_OF(PRESETS); i++) {
    if (text_is(key, PRESETS[i].key)) {
      return &PRESETS[i];
    }
  }
  return NULL;
}

const struct metric *metric_by_id(int id) {
  for (size_t i = 0; i < COUNT_OF(PRESETS); i++) {
    if (PRESETS[i].id == id) {
      return &PRESETS[i];
    }
  }
  return NULL;
}

size_t metric_place(const struct metric *metric) {
  if (metric->id >= METRIC_OWN_ID_MIN) {
    return COUNT_OF(PRESETS) + (size_t)(metric->id - METRIC_OWN_ID_MIN);
  }
  return (size_t)(metric - PRESETS);
}
