// /v1/settings: what a tenant decides about its figures.
#include "api/directory.h"
#include "api/endpoints.h"
#include "api/service.h"
#include "http/reply.h"
#include "store/tenant_store.h"
#include "json/fields.h"

#include <string.h>

// Numbers in the units that travel.
struct settings_body {
  struct text time_zone, currency;
  int64_t lost_time_cap, amend_minutes, min_group, min_group_comments, lost_time_threshold, quiet_days;
  int64_t sla_target;  // as FIELD_DECIMAL
  int64_t cost_per_hour;
  int64_t calendar_periods, agent_figures;
};

#define AT(member) .name = #member, .offset = offsetof(struct settings_body, member)
#define WHOLE(member, lo, hi) \
  { AT(member), .kind = FIELD_INT, .min = (lo), .max = (hi) }

enum { HUNDREDTH = FIELD_DECIMAL_UNIT / 100, COST_MAX = 100000000 };

static const struct field ROWS[] = {
    {AT(time_zone), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .min = 1, .max = TIME_ZONE_CHARS_MAX},
    {AT(currency), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .min = CURRENCY_CHARS, .max = CURRENCY_CHARS},
    WHOLE(lost_time_cap, 1, LOST_MINUTES_MAX),
    WHOLE(amend_minutes, 0, AMEND_MINUTES_MAX),
    WHOLE(min_group, MIN_GROUP_MIN, MIN_GROUP_MAX),
    WHOLE(min_group_comments, MIN_GROUP_MIN, MIN_GROUP_COMMENTS_MAX),
    WHOLE(lost_time_threshold, 0, LOST_MINUTES_MAX),
    WHOLE(quiet_days, 0, QUIET_DAYS_MAX),
    {AT(sla_target), .kind = FIELD_DECIMAL, .min = 0, .max = 100 * FIELD_DECIMAL_UNIT},
    {AT(cost_per_hour), .kind = FIELD_MONEY, .min = 0, .max = COST_MAX},
    {AT(calendar_periods), .kind = FIELD_BOOL},
    {AT(agent_figures), .kind = FIELD_BOOL},
};
enum { ROWS_COUNT = sizeof ROWS / sizeof *ROWS };
static const struct field_table SETTINGS_FIELDS = {ROWS, ROWS_COUNT};

struct settings_change {
  struct settings_body body;
  uint64_t present;
  struct tenant tenant;  // with the new settings
};

static void settings_write(const struct tenant *tenant, struct json_writer *json) {
  struct settings_body body = {
      .time_zone = text_of(tenant->time_zone),
      .currency = text_of(tenant->currency),
      .lost_time_cap = tenant->lost_time_cap,
      .amend_minutes = tenant->amend_minutes,
      .min_group = tenant->min_group,
      .min_group_comments = tenant->min_group_comments,
      .lost_time_threshold = tenant->lost_time_threshold,
      .quiet_days = tenant->quiet_days,
      .sla_target = tenant->sla_target * HUNDREDTH,
      .cost_per_hour = tenant->cost_per_hour,
      .calendar_periods = tenant->calendar_periods,
      .agent_figures = tenant->agent_figures,
  };
  json_object(json);
  fields_write(&SETTINGS_FIELDS, &body, json);
  json_object_end(json);
}

static enum err answer(struct request *request, const struct tenant *tenant) {
  settings_write(tenant, request_json(request));
  return request_answer(request, 200);
}

static enum err settings_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct tenant tenant;
  if (job->error) return job->error;
  (void)tenant_take_settings(job, &tenant);
  return answer(request, &tenant);
}

static enum err ask(struct request *request, struct text time_zone, enum err (*next)(struct request *)) {
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  tenant_ask_settings(job, &tenant_of(request)->id, time_zone);
  return request_submit(request, job, next);
}

enum err settings_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  return ask(request, TEXT_NONE, settings_found);
}

static void put_text(char *out, size_t room, struct text given) {
  if (!given.at || given.length >= room) return;
  memcpy(out, given.at, given.length);
  out[given.length] = '\0';
}

static int64_t either(int64_t given, int64_t kept) { return given == ABSENT ? kept : given; }

// What the body gives over what is there.
static void merge(const struct settings_change *change, struct tenant *tenant) {
  const struct settings_body *body = &change->body;
  put_text(tenant->time_zone, sizeof tenant->time_zone, body->time_zone);
  put_text(tenant->currency, sizeof tenant->currency, body->currency);
  tenant->lost_time_cap = either(body->lost_time_cap, tenant->lost_time_cap);
  tenant->amend_minutes = either(body->amend_minutes, tenant->amend_minutes);
  tenant->min_group = either(body->min_group, tenant->min_group);
  tenant->min_group_comments = either(body->min_group_comments, tenant->min_group_comments);
  tenant->lost_time_threshold = either(body->lost_time_threshold, tenant->lost_time_threshold);
  tenant->quiet_days = either(body->quiet_days, tenant->quiet_days);
  if (body->sla_target != ABSENT) tenant->sla_target = body->sla_target / HUNDREDTH;
  tenant->calendar_periods = either(body->calendar_periods, tenant->calendar_periods) == 1;
  tenant->agent_figures = either(body->agent_figures, tenant->agent_figures) == 1;
  for (size_t i = 0; i < ROWS_COUNT; i++)
    if (ROWS[i].offset == offsetof(struct settings_body, cost_per_hour) && change->present >> i & 1) tenant->cost_per_hour = body->cost_per_hour;
}

static enum err settings_changed(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct settings_change *change = request->state;
  if (job->error) return job->error;
  if (job_rows(job, TENANT_CHANGED_STEP) == 0)
    return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is not the ETag of what is there now; read it again and change that");
  if (row_int(job, TENANT_CHANGED_STEP, 0, 0) != 1)
    return request_refuse(request, ERR_CONFLICT, TEXT("/agent_figures"), "agent_figures",
                          "can't be switched off while there is a dimension that names the people who work on tickets");
  directory_forget(service_of(request)->directory, tenant_of(request));
  enum err error = answer(request, &change->tenant);
  struct text tag = reply_entity_tag(request);
  if (tag.at) request_add_header(request, "ETag", tag);
  return error;
}

// The client changes what it has read; the revision holds until the change is stored.
static enum err settings_compared(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct settings_change *change = request->state;
  if (job->error) return job->error;
  bool zone_known = tenant_take_settings(job, &change->tenant);
  settings_write(&change->tenant, request_json(request));
  enum err error = reply_match(request);
  if (error) return error;
  if (!zone_known) issues_add(&request->issues, TEXT("/time_zone"), "unknown", "is not known; use a name such as Europe/Oslo");
  merge(change, &change->tenant);
  if (change->tenant.min_group_comments < change->tenant.min_group)
    issues_add(&request->issues, TEXT("/min_group_comments"), "order", "must be at least min_group, which is %d", (int)change->tenant.min_group);
  if (request->issues.total > 0) return ERR_INVALID;
  // It waits for folding, and looks at everything there is, which other writes need not wait for.
  struct job *next = request_job(request, LANE_BULK);
  if (!next) return ERR_UNAVAILABLE;
  tenant_ask_change(next, &change->tenant, actor_of(request));
  return request_submit(request, next, settings_changed);
}

static bool is_currency(struct text code) {
  for (size_t i = 0; i < code.length; i++)
    if (code.at[i] < 'A' || code.at[i] > 'Z') return false;
  return true;
}

static void check(struct request *request, const struct settings_change *change) {
  for (size_t i = 0; i < ROWS_COUNT; i++) {
    bool given = ROWS[i].kind == FIELD_TEXT ? ((const struct text *)(const void *)((const char *)&change->body + ROWS[i].offset))->at != NULL
                                            : *(const int64_t *)(const void *)((const char *)&change->body + ROWS[i].offset) != ABSENT;
    bool nullable = ROWS[i].offset == offsetof(struct settings_body, cost_per_hour);
    if (change->present >> i & 1 && !given && !nullable)
      issues_add(&request->issues, arena_format(&request->arena, "/%s", ROWS[i].name), "required", "must have a value");
  }
  if (!is_currency(change->body.currency)) issues_add(&request->issues, TEXT("/currency"), "format", "must be a code of three letters such as EUR");
  if (change->body.sla_target != ABSENT && change->body.sla_target % HUNDREDTH != 0)
    issues_add(&request->issues, TEXT("/sla_target"), "decimals", "must have at most two decimals");
}

enum err settings_patch(struct request *request) {
  struct settings_change *change = arena_take(&request->arena, sizeof *change);
  if (!change) return ERR_UNAVAILABLE;
  request->state = change;
  (void)request_query_ends(request);
  enum err error = fields_read(&SETTINGS_FIELDS, buffer_view(&request->body), &change->body, &change->present, &request->arena, &request->issues);
  if (error) return error;
  check(request, change);
  if (request->issues.total > 0) return ERR_INVALID;
  return ask(request, change->body.time_zone, settings_compared);
}
