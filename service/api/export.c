// Lists what can be had as CSV, with its columns, and makes it of what the answer says in JSON.
#include "api/export.h"

#include <stdlib.h>
#include <string.h>

#include "api/report_page.h"
#include "api/service.h"
#include "json/table.h"

enum { EXPORT_BYTES_MAX = 64 * 1024 * 1024 };

// What a figure says, and what most reads begin with.
#define FIGURE "value n low=interval.0 high=interval.1 unit formula suppressed=! approximate "
#define MORE   "positive=bands.positive neutral=bands.neutral negative=bands.negative raw cap capped sum "
#define HEAD   "scope=/scope window.from=/window.from window.to=/window.to time_zone=/time_zone exclusions=/exclusions with_excluded=/with_excluded "
// A figure beside others, and a difference.
#define BESIDE(name) \
  name ".value " name ".n " name ".low=" name ".interval.0 " name ".high=" name ".interval.1 " name ".unit " name ".formula " name ".suppressed "
#define DIFFERENCE(name) \
  name ".value " name ".low=" name ".interval.0 " name ".high=" name ".interval.1 " name ".p " name ".relative " name ".suppressed "
#define LOST_TIME(path, name) name ".raw=" path ".raw " name ".cap=" path ".cap " name ".capped=" path ".capped " name ".sum=" path ".sum "
#define WITHIN(path, name)                                                                                                                  \
  name ".value=" path ".value " name ".n=" path ".n " name ".low=" path ".interval.0 " name ".high=" path ".interval.1 " name ".unit=" path \
       ".unit " name ".formula=" path ".formula " name ".suppressed=" path ".suppressed "
#define BANDS(path, name) name ".positive=" path ".bands.positive " name ".neutral=" path ".bands.neutral " name ".negative=" path ".bands.negative "
#define RATE \
  {"response_rate", "", "response_rate"}, { "ticket_response_share", "", "response_rate.ticket_response_share" }
#define END \
  { NULL, NULL, NULL }

// --- Figures

static const struct table_part METRICS[] = {{"metric", "", "metrics.*"}, RATE, END};
static const struct table_part GROUPS[] = {{"row", "", "rows.*.metrics.*"},
                                           {"total", "", "total.metrics.*"},
                                           {"compared", "compared_with", "rows.*.metrics.*"},
                                           {"compared_total", "compared_with", "total.metrics.*"},
                                           RATE,
                                           END};
static const struct table_part POINTS[] = {
    {"point", "", "points.*.metrics.*"}, {"trend", "", "trend.*"}, {"compared", "compared_with", "points.*.metrics.*"}, RATE, END};
static const struct table_part BINS[] = {{"bin", "", "metrics.*.bins.*"}, {"compared", "compared_with", "metrics.*.bins.*"}, RATE, END};

static const struct table_part WRITTEN[] = {{"comment", "", "items.*"}, RATE, END};

#define COMPARED(path)                                                                                                                             \
  "change=" path "change definition_changed=" path "definition_changed compared.value=" path "compared_with.value compared.n=" path                \
  "compared_with.n compared.low=" path "compared_with.interval.0 compared.high=" path "compared_with.interval.1 compared.formula=" path            \
  "compared_with.formula compared.unit=" path "compared_with.unit compared.suppressed=" path "compared_with.suppressed compared.approximate=" path \
  "compared_with.approximate comparison.change=" path "comparison.change comparison.relative=" path "comparison.relative comparison.test=" path    \
  "comparison.test comparison.se=" path "comparison.se comparison.p=" path "comparison.p comparison.low=" path                                     \
  "comparison.interval.0 comparison.high=" path "comparison.interval.1 comparison.verdict=" path "comparison.verdict comparison.n_min=" path       \
  "comparison.n_min comparison.needed_per_group=" path "comparison.needed_per_group comparison.needed_after=" path                                 \
  "comparison.needed_after comparison.baseline_too_small=" path "comparison.baseline_too_small comparison.approximate=" path                       \
  "comparison.approximate "
#define WITH                                                                                                                    \
  "compared_with.kind=/compared_with.kind|/kind compared_with.id=/compared_with.id compared_with.name=/compared_with.name "     \
  "compared_with.hash=/compared_with.hash compared_with.source=/compared_with.source compared_with.scope=/compared_with.scope " \
  "compared_with.window.from=/compared_with.window.from compared_with.window.to=/compared_with.window.to "                      \
  "compared_with.time_zone=/compared_with.time_zone "

static const struct table EXPERIENCE = {"part=# metric=@ " FIGURE MORE "pending uninvited " COMPARED("") WITH HEAD, METRICS};
static const struct table BREAKDOWN = {"part=# by=/by key=^key metric=@ " FIGURE MORE "pending uninvited " WITH HEAD, GROUPS};
static const struct table TREND = {"part=# interval=/interval from=^from|from to=^to|to metric=@ " FIGURE MORE
                                   "begin end change p significant data_days pending uninvited " WITH HEAD,
                                   POINTS};
static const struct table DISTRIBUTION = {"part=# metric=^@ from to count value n=^n|n low=interval.0 high=interval.1 unit=^unit|unit formula "
                                          "suppressed=! pending uninvited " WITH HEAD,
                                          BINS};
static const struct table COMMENTS = {
    "part=# day band language comment response value n low=interval.0 high=interval.1 unit formula suppressed=! pending "
    "uninvited comments.suppressed=/suppressed comments.incomplete=/incomplete " HEAD,
    WRITTEN};

// --- Insights

static const struct table_part RANKED[] = {{"row", "", "rows.*"}, {"whole", "", ""}, RATE, END};
static const struct table_part MELONS[] = {{"row", "", "rows.*"}, {"whole", "", ""}, {"table", "", "table.*.*"}, RATE, END};
static const struct table_part CHARTS[] = {{"row", "", "rows.*"}, {"chart", "", "charts.*"}, {"point", "", "charts.*.points.*"}, RATE, END};
static const struct table_part MATTERS[] = {{"row", "", "rows.*"}, {"total", "", "total"}, RATE, END};
static const struct table_part LEVELS[] = {{"metric", "", "levels.*.rows.*"}, {"level", "", "levels.*"}, RATE, END};

#define FEELINGS                                                                              \
  BESIDE("happiness")                                                                         \
  DIFFERENCE("happiness_difference")                                                          \
  "lost_time.value=lost_time.value|lost_time lost_time.n lost_time.low=lost_time.interval.0 " \
  "lost_time.high=lost_time.interval.1 lost_time.unit lost_time.formula lost_time.suppressed " DIFFERENCE("lost_time_difference")
#define RATED "value low=interval.0 high=interval.1 unit formula pending uninvited "

static const struct table WATERMELON = {
    "part=# rank by=/by key watermelon confirmed sentence sla=^@ band=@ n suppressed=! " BESIDE("watermelon_share") BESIDE("sla_met") FEELINGS
    "unbanded unbanded.suppressed threshold_minutes sla_target more evidence " RATED HEAD,
    MELONS};
static const struct table DRIVERS = {"part=# rank by=/by key goes_with confirmed sentence n suppressed=! " FEELINGS
                                     "bands.positive bands.neutral bands.negative bands.suppressed more evidence " RATED HEAD,
                                     RANKED};
static const struct table CONCENTRATION = {"part=# rank by=/by key confirmed sentence n suppressed=! " BESIDE(
                                               "concentration") "concentration.tickets concentration.lost_hours " BESIDE("lost_share")
                                               BESIDE("cumulative_share") BESIDE("answer_share") BESIDE("lost_time")
                                                   DIFFERENCE("lost_time_difference") "more evidence " RATED HEAD,
                                           RANKED};
static const struct table CARRY_OVER = {"part=# rank key confirmed sentence n suppressed=! " BESIDE("happiness")
                                            DIFFERENCE("happiness_difference") "respondents respondents.suppressed " DIFFERENCE("difference")
                                                BESIDE("recovery_rate") "within_days note more evidence " RATED HEAD,
                                        RANKED};
#define AGAINST                                                                                                                   \
  "against.happiness against.lost_time impact.happiness impact.lost_time p.happiness p.lost_time lost_hours share_of_lost_hours " \
  "recoverable_hours cost "
#define MATTER                             \
  WITHIN("metrics.happiness", "happiness") \
  BANDS("metrics.happiness", "happiness")  \
  WITHIN("metrics.lost_time", "lost_time") \
  LOST_TIME("metrics.lost_time", "lost_time") AGAINST "confirmed worse factors evidence "
static const struct table WHAT_MATTERS = {"part=# rank by=/by reference=/reference key sentence n suppressed=! " MATTER
                                          "previous.from=/previous.window.from previous.to=/previous.window.to " RATED HEAD,
                                          MATTERS};
static const struct table SIGNALS = {
    "part=# rank by=/by metric=metric|^metric key=key|^key week value n interval.low=interval.0 interval.high=interval.1 unit formula suppressed=! "
    "mean=mean|^mean low=low|^low high=high|^high provisional=provisional|^provisional rules rule direction since weeks confirmed p sentence "
    "suppressed_weeks small_weeks charts_left_out=/charts_left_out rows_left_out=/rows_left_out evidence pending uninvited " HEAD,
    CHARTS};
static const struct table_part MATURITY_PARTS[] = {
    {"metric", "", "levels.*.rows.*"}, {"level", "", "levels.*"}, {"warning", "", "warnings.*"}, {"whole", "", ""}, RATE, END};
static const struct table MATURITY = {
    "part=# maturity=^maturity|maturity key title source level wanted measured reached current attained missed attains target gap " WITHIN(
        "figure", "figure") "last_day warning sign metric xla experience initiative flags sentence effort.metrics effort.share measured_up_to "
                            "reached_up_to more "
                            "metric.from=window.from metric.to=window.to n suppressed=! " RATED HEAD,
    MATURITY_PARTS};
static const struct table COVERAGE = {
    "part=# maturity=^maturity|maturity key title source supplier level wanted measured has_source has_data n last_day gap "
    "suppressed=! " RATED HEAD,
    LEVELS};

// --- Lists

#define STATE(name)                                                                                                                               \
  name ".day " name ".version " name ".status " name ".confirmed " name ".value " name ".n " name ".low=" name ".interval.0 " name ".high=" name  \
       ".interval.1 " name ".suppressed " name ".target " name ".window.from " name ".window.to " name ".counted_days " name ".budget.left " name \
       ".budget.used " name ".burn.week " name ".burn.day " name ".burn.alert " name ".projection " name ".paired_sla.metric " name               \
       ".paired_sla.target " name ".paired_sla.value " name ".paired_sla.n " name ".paired_sla.low=" name ".paired_sla.interval.0 " name          \
       ".paired_sla.high=" name ".paired_sla.interval.1 " name ".components " name ".watermelon " name ".stale " name ".integrity "

static const struct table TICKETS = {
    "ref state resolution kind opened_at responded_at repaired_at resolved_at closed_at reassignments reopens sla_met handle_minutes cost "
    "first_level_resolved level0_solvable miscategorised known_problem known_resolution business_impact requester_id agent_ids context.* "
    "context_frozen "
    "revision created_at updated_at",
    NULL};
static const struct table RESPONSES = {
    "id ticket resolution respondent_id happiness lost_minutes csat ces nps expectation promise_kept brand_promise factors comment language "
    "submitted_at received_at amended_at exclusion.reason exclusion.at exclusion.by survey survey_version",
    NULL};
static const struct table MEASUREMENTS = {"id metric value at day context.* ref note created_at", NULL};
static const struct table BASELINES = {"id kind name note source scope window.from window.to time_zone created_at hash", NULL};
static const struct table XLAS = {
    "slug name owner provider customer commitment metric components scope target window_days baseline difference min_responses warn.burn "
    "paired_sla.metric paired_sla.target starts_on review_by rewards consequences notes version created_at retired_at " STATE("state"),
    NULL};
static const struct table INVITATIONS = {
    "id ticket resolution survey survey_version respondent_id state link issued_at expires_at answered_at response "
    "voided_at void_reason refused",
    NULL};
static const struct table SURVEYS = {"slug name kind languages title intro thanks questions factors.positive factors.neutral factors.negative "
                                     "comment.asked comment.required comment.required_below comment.texts percentage interval_days expires_days "
                                     "audience version created_at retired_at",
                                     NULL};
static const struct table XLA_HISTORY = {
    "day version status evaluated_at " STATE("state") "revised.revised_at revised.status " STATE("revised.state"), NULL};
static const struct table OBJECTIVES = {"slug level title description parent owner metrics xlas served_by.metrics served_by.xlas "
                                        "served_by.initiatives served_by.initiatives_count unserved "
                                        "below created_at retired_at",
                                        NULL};
static const struct table STORIES = {
    "initiative title objective status iteration told_at verdict sentence you_said.sentence you_said.source you_said.reference you_said.metric "
    "you_said.window.from you_said.window.to " BESIDE(
        "you_said.before") "you_said.before.approximate you_said.quotes you_said.quotes_withheld "
                           "we_did.sentence we_did.actions outcome.sentence outcome.window.from outcome.window.to " BESIDE(
                               "outcome.after") "outcome.after.approximate "
                                                "outcome.target outcome.reached outcome.hours_won.value "
                                                "outcome.hours_won.low=outcome.hours_won.interval.0 "
                                                "outcome.hours_won.high=outcome.hours_won.interval.1 outcome.money_won.value "
                                                "outcome.money_won.low=outcome.money_won.interval.0 "
                                                "outcome.money_won.high=outcome.money_won.interval.1 outcome.money_won.currency "
                                                "outcome.still_relevant outcome.reason outcome.quotes "
                                                "outcome.quotes_withheld lessons.learned lessons.shared_how",
    NULL};
static const struct table INITIATIVES = {
    "id title objective scope owner category effort expected_benefit.hours expected_benefit.money source.kind source.reference metric baseline "
    "target "
    "due_on step status iteration evaluated created_at created_by changed_at ended_at priority.score priority.reason priority.formula "
    "priority.recoverable_hours priority.confidence priority.certainty priority.effort_weight " BESIDE("priority.lost_time.scope")
        BESIDE("priority.lost_time.rest") "priority.lost_time.scope.approximate priority.lost_time.rest.approximate priority.lost_time.p "
                                          "priority.window.from priority.window.to priority.as_of votes.count",
    NULL};
static const struct table INITIATIVE_HISTORY = {"seq at kind from to iteration reason by", NULL};
static const struct table EXCLUSION_PERIODS = {"id from to reason created_at created_by", NULL};
static const struct table KEYS = {"id role label created_at revoked_at", NULL};
static const struct table DIMENSIONS = {"name source max_values values created_at", NULL};
static const struct table CATALOGUE = {
    "key title own source aggregation unit decimals better low high bins share_from level maturity wanted target supplier version created_at", NULL};
static const struct table AUDIT = {"id at actor action subject detail", NULL};
static const struct table WEBHOOKS = {"id url events label enabled disabled_reason created_at old_secret_until", NULL};
static const struct table DELIVERIES = {"id type state attempts created_at attempted_at next_attempt_at status error", NULL};
static const struct table SOURCES = {"name preset title signature time_zone ticket response revision created_at old_secret_until", NULL};
static const struct table SOURCE_FAILURES = {"id received_at last_at times record reason errors bytes kept=/kept failed=/failed dropped=/dropped",
                                             NULL};

// --- Reports

static const struct table_part REPORT_PARTS[] = {{"summary", "", "summary.*"},
                                                 {"moved", "", "moved.*"},
                                                 {"matters", "", "matters.*"},
                                                 {"xla", "", "xlas.*"},
                                                 {"initiative", "", "initiatives.*"},
                                                 RATE,
                                                 END};
// A row is a sentence, a figure, a value of the dimension, an agreement, or an initiative.
#define REPORT_FIGURE                                                                                                                  \
  "value=figure.value|value n=figure.n|n low=figure.interval.0|interval.0 high=figure.interval.1|interval.1 unit=figure.unit|unit "    \
  "formula=figure.formula|formula suppressed=figure.suppressed|state.suppressed|! approximate=figure.approximate|approximate pending " \
  "uninvited " BANDS("figure", "bands") LOST_TIME("figure", "minutes") COMPARED("figure.") "p_adjusted certain "
#define REPORT_REST                                                                                                                 \
  "day status status_before " STATE("state") "objective step kind iteration begun moves verdict complete=/complete heading=/title " \
                                             "xlas_cut=/xlas_cut initiatives_cut=/initiatives_cut "
static const struct table REPORT = {
    "part=# month=/month rank by=/by key=key|slug|id metric title=title|name owner sentence " REPORT_FIGURE MATTER REPORT_REST WITH HEAD,
    REPORT_PARTS};

static const struct {
  const char *pattern;  // of a GET in routes.c
  const struct table *table;
} EXPORTS[] = {
    {"/v1/tickets", &TICKETS},
    {"/v1/responses", &RESPONSES},
    {"/v1/measurements", &MEASUREMENTS},
    {"/v1/experience", &EXPERIENCE},
    {"/v1/experience/breakdown", &BREAKDOWN},
    {"/v1/experience/trend", &TREND},
    {"/v1/experience/distribution", &DISTRIBUTION},
    {"/v1/experience/comments", &COMMENTS},
    {"/v1/baselines", &BASELINES},
    {"/v1/baselines/{id}/comparison", &EXPERIENCE},
    {"/v1/insights/watermelon", &WATERMELON},
    {"/v1/insights/drivers", &DRIVERS},
    {"/v1/insights/concentration", &CONCENTRATION},
    {"/v1/insights/carry-over", &CARRY_OVER},
    {"/v1/insights/what-matters", &WHAT_MATTERS},
    {"/v1/insights/signals", &SIGNALS},
    {"/v1/xlas", &XLAS},
    {"/v1/xlas/{slug}/history", &XLA_HISTORY},
    {"/v1/xlas/{slug}/exclusion-periods", &EXCLUSION_PERIODS},
    {"/v1/keys", &KEYS},
    {"/v1/dimensions", &DIMENSIONS},
    {"/v1/metrics", &CATALOGUE},
    {"/v1/metrics/coverage", &COVERAGE},
    {"/v1/maturity", &MATURITY},
    {"/v1/objectives", &OBJECTIVES},
    {"/v1/invitations", &INVITATIONS},
    {"/v1/surveys", &SURVEYS},
    {"/v1/stories", &STORIES},
    {"/v1/initiatives", &INITIATIVES},
    {"/v1/initiatives/{id}/history", &INITIATIVE_HISTORY},
    {"/v1/reports/{month}", &REPORT},
    {"/v1/audit", &AUDIT},
    {"/v1/webhooks", &WEBHOOKS},
    {"/v1/webhooks/{id}/deliveries", &DELIVERIES},
    {"/v1/sources", &SOURCES},
    {"/v1/sources/{name}/failures", &SOURCE_FAILURES},
};

static const struct table *table_of(const struct route *route) {
  for (size_t i = 0; i < sizeof EXPORTS / sizeof *EXPORTS; i++)
    if (strcmp(EXPORTS[i].pattern, route->pattern) == 0) return EXPORTS[i].table;
  return NULL;
}

unsigned export_media(const struct route *route) {
  if (route->method != METHOD_GET || route->roles == 0) return 0;
  unsigned page = table_of(route) == &REPORT ? WITH_HTML : 0;
  return table_of(route) ? WITH_JSON | WITH_CSV | page : WITH_JSON;
}

static bool write_table(struct request *request, struct buffer *out) {
  const struct tenant *tenant = tenant_of(request);
  struct text *dimensions = arena_take_array(&request->arena, DIMENSIONS_MAX, sizeof *dimensions);
  if (!dimensions) return false;
  for (size_t i = 0; i < tenant->dimensions_count; i++)
    dimensions[i] = text_of(tenant->dimensions[i].name);
  return table_write(table_of(request->route), buffer_view(&request->answer), dimensions, tenant->dimensions_count, out);
}

enum err export_convert(struct request *request) {
  struct buffer out;
  size_t from = 0, to = 0;
  bool good = true;
  // Whoever sends it says so.
  if (request->answer.failed) return ERR_NONE;
  buffer_init(&out, EXPORT_BYTES_MAX);
  if (request->media == MEDIA_HTML)
    report_page_write(buffer_view(&request->answer), &out, &from, &to);
  else
    good = write_table(request, &out);
  if (!good) {
    buffer_release(&out);
    return ERR_UNAVAILABLE;
  }
  buffer_release(&request->answer);
  request->answer = out;
  request->content_type = MEDIA_TYPES[request->media];
  request->volatile_from = from;
  request->volatile_to = to;
  return ERR_NONE;
}
