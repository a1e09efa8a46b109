// Reads, completes and checks what is agreed.
#include "api/xla_body.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/figures.h"
#include "domain/composite.h"
#include "domain/dimension.h"
#include "domain/xla.h"

enum { UNIT = FIELD_DECIMAL_UNIT, WINDOW_DAYS = 30, RESPONSES_MIN = 20, BURN_MAX = 100, COMPONENTS_MIN = 2 };

#define NUMBER_MAX (INT64_C(1000000000) * UNIT)

static const char *const COMMITMENTS[] = {"result", "improvement", "digital", "service", NULL};

#define COMPONENT(member) .name = #member, .offset = offsetof(struct xla_component, member)
#define BODY(member)      .name = #member, .offset = offsetof(struct xla_body, member)
#define NUMBER            .kind = FIELD_DECIMAL, .min = -NUMBER_MAX, .max = NUMBER_MAX
#define LINE(most)        .kind = FIELD_TEXT, .min = 1, .max = (most)
#define PROSE             .kind = FIELD_TEXT, .min = 1, .max = XLA_TEXT_CHARS_MAX

static const struct field COMPONENT_ROWS[] = {
    {COMPONENT(metric), LINE(METRIC_KEY_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {COMPONENT(weight), .kind = FIELD_DECIMAL, .flags = FIELD_REQUIRED, .min = 1, .max = COMPOSITE_WEIGHT_MAX},
    {COMPONENT(worst), NUMBER},
    {COMPONENT(best), NUMBER},
};
static const struct field_table COMPONENT_FIELDS = {COMPONENT_ROWS, sizeof COMPONENT_ROWS / sizeof *COMPONENT_ROWS};

static const struct field WARN_ROWS[] = {{.name = "burn", .kind = FIELD_DECIMAL, .min = UNIT, .max = BURN_MAX * UNIT}};
static const struct field_table WARN_FIELDS = {WARN_ROWS, 1};

static const struct field PAIR_ROWS[] = {
    {.name = "metric", LINE(METRIC_KEY_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {.name = "target",
     NUMBER,
     .flags = FIELD_REQUIRED,
     .offset = offsetof(struct xla_body, paired_sla.target) - offsetof(struct xla_body, paired_sla)},
};
static const struct field_table PAIR_FIELDS = {PAIR_ROWS, sizeof PAIR_ROWS / sizeof *PAIR_ROWS};

#define METRIC_ROW \
  { BODY(metric), LINE(METRIC_KEY_CHARS_MAX), .flags = FIELD_NO_CONTROL }
#define COMPONENTS_ROW \
  { BODY(components), .kind = FIELD_RECORD_LIST, .count_max = COMPOSITE_PARTS_MAX, .table = &COMPONENT_FIELDS, .size = sizeof(struct xla_component) }
#define SCOPE_ROW \
  { BODY(scope), .kind = FIELD_LISTS, .flags = FIELD_NO_CONTROL, .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, .count_max = SCOPE_VALUES_MAX }
#define TARGET_ROW \
  { BODY(target), NUMBER }
#define WINDOW_ROW \
  { BODY(window_days), .kind = FIELD_INT, .min = 1, .max = XLA_WINDOW_DAYS_MAX }

static const struct field ROWS[] = {
    {BODY(slug), LINE(SLUG_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(name), LINE(NAME_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {BODY(owner), LINE(NAME_CHARS_MAX), .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {BODY(provider), LINE(NAME_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(customer), LINE(NAME_CHARS_MAX), .flags = FIELD_NO_CONTROL},
    {BODY(commitment), .kind = FIELD_ENUM, .choices = COMMITMENTS},
    METRIC_ROW,
    COMPONENTS_ROW,
    SCOPE_ROW,
    TARGET_ROW,
    WINDOW_ROW,
    {BODY(baseline), LINE(UUID_CHARS), .flags = FIELD_NO_CONTROL},
    {BODY(difference), NUMBER},
    {BODY(min_responses), .kind = FIELD_INT, .min = MIN_GROUP_MIN, .max = XLA_RESPONSES_MAX},
    {BODY(warn), .kind = FIELD_RECORD, .table = &WARN_FIELDS},
    {BODY(paired_sla), .kind = FIELD_RECORD, .table = &PAIR_FIELDS},
    {BODY(starts_on), .kind = FIELD_DAY},
    {BODY(review_by), .kind = FIELD_DAY},
    {BODY(rewards), PROSE},
    {BODY(consequences), PROSE},
    {BODY(notes), PROSE},
    {BODY(created_at), .kind = FIELD_INSTANT, .flags = FIELD_WRITE_ONLY},
    {BODY(retired_at), .kind = FIELD_INSTANT, .flags = FIELD_WRITE_ONLY},
    {.name = "version", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "versions", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "state", .kind = FIELD_INT, .flags = FIELD_IGNORED},
};
const struct field_table XLA_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

static const struct field TERMS_ROWS[] = {METRIC_ROW, COMPONENTS_ROW, SCOPE_ROW, TARGET_ROW, WINDOW_ROW};
const struct field_table XLA_TERMS_FIELDS = {TERMS_ROWS, sizeof TERMS_ROWS / sizeof *TERMS_ROWS};

bool xla_member_computed(size_t row) {
  return (ROWS[row].flags & (FIELD_IGNORED | FIELD_WRITE_ONLY)) != 0 || ROWS[row].offset == offsetof(struct xla_body, slug);
}

// What is being settled, and where its issues go.
struct desk {
  struct xla_body *body;
  const struct tenant *tenant;
  struct issues *issues;
};

static struct text pointer_to(const struct desk *desk, const char *list, size_t i, const char *member) {
  return arena_format(desk->issues->arena, "/%s/%zu/%s", list, i, member);
}

// A metric that an agreement can be about. NULL after an issue.
static const struct metric *metric_of(const struct desk *desk, struct text key, struct text pointer) {
  const struct metric *metric = figures_find(desk->tenant, key);
  if (!metric)
    issues_add(desk->issues, pointer, "unknown", "names no metric; GET /v1/metrics lists them");
  else if (metric->better == BETTER_NEITHER)
    issues_add(desk->issues, pointer, "direction", "names a metric of which neither more nor less is better, so that no target can be attained");
  else
    return metric;
  return NULL;
}

static void check_range(const struct desk *desk, const struct metric *metric, int64_t value, struct text pointer) {
  struct composite_anchors scale;
  if (xla_target_possible(metric, xla_ratio(value))) return;
  if (!composite_scale(metric, &scale)) {
    issues_add(desk->issues, pointer, "range", "must not be negative, as %s never is", metric->key);
    return;
  }
  double worst = ratio_value(scale.worst), best = ratio_value(scale.best);
  issues_add(desk->issues, pointer, "range", "must be from %g to %g, the scale of %s", fmin(worst, best), fmax(worst, best), metric->key);
}

static bool named_before(const struct xla_component *components, size_t i) {
  for (size_t k = 0; k < i; k++)
    if (text_equals(components[k].metric, components[i].metric)) return true;
  return false;
}

static struct composite_anchors anchors_of(const struct xla_component *component) {
  return (struct composite_anchors){xla_ratio(component->worst), xla_ratio(component->best)};
}

// The ends of a scale where none were stated. False after an issue.
static bool settle_anchors(const struct desk *desk, const struct metric *metric, struct xla_component *component, size_t i) {
  struct composite_anchors scale;
  if (component->worst != ABSENT && component->best != ABSENT) return true;
  if (!composite_scale(metric, &scale)) {
    issues_add(desk->issues, pointer_to(desk, "components", i, component->worst == ABSENT ? "worst" : "best"), "required",
               "must be given: %s has no scale of its own", metric->key);
    return false;
  }
  if (component->worst == ABSENT) component->worst = (int64_t)(scale.worst.numerator * UNIT / scale.worst.denominator);
  if (component->best == ABSENT) component->best = (int64_t)(scale.best.numerator * UNIT / scale.best.denominator);
  return true;
}

static void check_component(const struct desk *desk, struct xla_component *components, size_t i) {
  struct xla_component *component = &components[i];
  const struct metric *metric = metric_of(desk, component->metric, pointer_to(desk, "components", i, "metric"));
  if (!metric || !settle_anchors(desk, metric, component, i)) return;
  struct composite_anchors anchors = anchors_of(component);
  if (named_before(components, i)) issues_add(desk->issues, pointer_to(desk, "components", i, "metric"), "unique", "names a metric a second time");
  check_range(desk, metric, component->worst, pointer_to(desk, "components", i, "worst"));
  check_range(desk, metric, component->best, pointer_to(desk, "components", i, "best"));
  if (!composite_anchors_valid(metric, &anchors))
    issues_add(desk->issues, pointer_to(desk, "components", i, "best"), "order", "must be better than worst: of %s, %s is better", metric->key,
               metric->better == BETTER_HIGHER ? "more" : "less");
}

bool xla_baseline(const struct xla_body *body, struct uuid *id) { return body->baseline.at && uuid_read(body->baseline, id); }

// An improvement's target follows from what there was and how much better it is to be.
static void settle_improvement(const struct desk *desk, const struct xla_baseline_value *baseline) {
  struct xla_body *body = desk->body;
  const struct metric *metric = body->metric.at ? figures_find(desk->tenant, body->metric) : NULL;
  if (!body->baseline.at) issues_add(desk->issues, TEXT("/baseline"), "required", "is required of an improvement");
  if (body->difference == ABSENT) issues_add(desk->issues, TEXT("/difference"), "required", "is required of an improvement");
  if (!metric) issues_add(desk->issues, TEXT("/metric"), "required", "must name what is to be improved");
  if (!body->baseline.at || body->difference == ABSENT || !metric) return;
  if (metric->better == BETTER_HIGHER ? body->difference <= 0 : body->difference >= 0)
    issues_add(desk->issues, TEXT("/difference"), "direction", "must be an improvement: of %s, %s is better", metric->key,
               metric->better == BETTER_HIGHER ? "more" : "less");
  if (!baseline || !baseline->there) {
    issues_add(desk->issues, TEXT("/baseline"), "unknown", "must be the id of a baseline that has a value of %s", metric->key);
    return;
  }
  if (baseline->version != ABSENT && baseline->version != tenant_metric_terms(desk->tenant, metric).version)
    issues_add(desk->issues, TEXT("/baseline"), "version", "was made by another definition of %s", metric->key);
  struct ratio exact = ratio_sum(baseline->value, xla_ratio(body->difference));
  int64_t target = (int64_t)llround(ratio_value(exact) * UNIT);
  if (body->target != ABSENT && body->target != target)
    issues_add(desk->issues, TEXT("/target"), "computed", "must be left out, or be the baseline's value and the difference: %.10g",
               (double)target / UNIT);
  body->target = target;
}

static void settle_target(const struct desk *desk, const struct xla_baseline_value *baseline) {
  const struct xla_body *body = desk->body;
  if (body->commitment == COMMITMENT_IMPROVEMENT) {
    settle_improvement(desk, baseline);
    return;
  }
  if (body->baseline.at) issues_add(desk->issues, TEXT("/baseline"), "commitment", "is of an improvement only");
  if (body->difference != ABSENT) issues_add(desk->issues, TEXT("/difference"), "commitment", "is of an improvement only");
  if (body->target == ABSENT) issues_add(desk->issues, TEXT("/target"), "required", "is required");
}

static void check_measure(const struct desk *desk) {
  const struct xla_body *body = desk->body;
  struct xla_component *components = body->components.items;
  if ((body->metric.at != NULL) == (components != NULL)) {
    issues_add(desk->issues, TEXT("/metric"), "required", "must be given, or components: one of both");
    return;
  }
  if (components && body->components.count < COMPONENTS_MIN)
    issues_add(desk->issues, TEXT("/components"), "length", "must be at least two; use metric for one");
  if (components && body->target != ABSENT && (body->target < 0 || body->target > 100 * UNIT))
    issues_add(desk->issues, TEXT("/target"), "range", "must be from 0 to 100, the scale of a composite index");
  for (size_t i = 0; components && i < body->components.count; i++)
    check_component(desk, components, i);
  const struct metric *metric = body->metric.at ? metric_of(desk, body->metric, TEXT("/metric")) : NULL;
  if (metric && body->target != ABSENT) check_range(desk, metric, body->target, TEXT("/target"));
}

static void check_pair(const struct desk *desk) {
  const struct xla_body *body = desk->body;
  if (!body->paired_sla.metric.at) return;
  const struct metric *metric = metric_of(desk, body->paired_sla.metric, TEXT("/paired_sla/metric"));
  if (metric) check_range(desk, metric, body->paired_sla.target, TEXT("/paired_sla/target"));
}

static int compare_names(const void *a, const void *b) {
  return text_compare(((const struct named_texts *)a)->name, ((const struct named_texts *)b)->name);
}

static int compare_texts(const void *a, const void *b) { return text_compare(*(const struct text *)a, *(const struct text *)b); }

static void settle_scope(const struct desk *desk) {
  static struct named_texts nothing[1];
  struct text_lists *scope = &desk->body->scope;
  if (!scope->items) *scope = (struct text_lists){nothing, 0};
  qsort(scope->items, scope->count, sizeof *scope->items, compare_names);
  for (size_t i = 0; i < scope->count; i++) {
    const struct named_texts *term = &scope->items[i];
    int slot = tenant_dimension_slot(desk->tenant, term->name);
    qsort(term->items, term->count, sizeof *term->items, compare_texts);
    struct text pointer = arena_format(desk->issues->arena, "/scope/%.*s", (int)term->name.length, term->name.at);
    if (slot == 0) issues_add(desk->issues, pointer, "unknown", "is not a dimension of this tenant");
    for (size_t k = 0; slot < 0 && k < term->count; k++)
      if (derived_dimension_code(-slot - 1, term->items[k]) == 0)
        issues_add(desk->issues, pointer, "enum", "holds \"%.*s\", which is no value of it", (int)term->items[k].length, term->items[k].at);
  }
}

// An agreement can't have been kept or broken before it was made.
static void settle_days(const struct desk *desk, const struct xla_body *stored) {
  struct xla_body *body = desk->body;
  int32_t today = desk->tenant->today;
  if (body->starts_on == ABSENT) body->starts_on = stored ? stored->starts_on : today;
  bool moved = !stored || body->starts_on != stored->starts_on;
  if (moved && stored && stored->starts_on <= today)
    issues_add(desk->issues, TEXT("/starts_on"), "begun", "can't be changed any more: the agreement has begun");
  else if (moved && body->starts_on < today)
    issues_add(desk->issues, TEXT("/starts_on"), "past", "must not lie in the past: an agreement never starts before it was made");
  if (body->review_by == ABSENT) body->review_by = stored ? stored->review_by : xla_review_day(today);
  if (body->review_by < body->starts_on) issues_add(desk->issues, TEXT("/review_by"), "order", "must not be before starts_on");
}

bool xla_body_settle(struct xla_body *body, const struct xla_body *stored, const struct xla_baseline_value *baseline, const struct tenant *tenant,
                     struct issues *issues) {
  struct desk desk = {body, tenant, issues};
  size_t before = issues->total;
  if (!tenant_slug_valid(body->slug))
    issues_add(issues, TEXT("/slug"), "format", "must be up to %d of a-z, 0-9 and -, and not begin with -", SLUG_CHARS_MAX);
  if (body->commitment == ABSENT) body->commitment = COMMITMENT_RESULT;
  if (body->window_days == ABSENT) body->window_days = WINDOW_DAYS;
  if (body->min_responses == ABSENT) body->min_responses = RESPONSES_MIN;
  if (body->warn.burn == ABSENT) body->warn.burn = XLA_BURN_FACTOR * UNIT;
  if (body->min_responses < tenant->min_group)
    issues_add(issues, TEXT("/min_responses"), "range", "must be at least min_group, which is %d", (int)tenant->min_group);
  settle_scope(&desk);
  settle_days(&desk, stored);
  settle_target(&desk, baseline);
  check_measure(&desk);
  check_pair(&desk);
  return issues->total == before;
}

bool xla_scope(const struct xla_body *body, struct arena *arena, struct scope *scope) {
  *scope = (struct scope){arena_take_array(arena, body->scope.count + 1, sizeof *scope->terms), body->scope.count};
  for (size_t i = 0; scope->terms && i < scope->count; i++)
    scope->terms[i] = (struct scope_term){body->scope.items[i].name, body->scope.items[i].items, body->scope.items[i].count};
  return scope->terms != NULL;
}

void xla_write(struct json_writer *json, const struct xla_row *xla) {
  // Members that follow go on within its braces.
  json_raw(json, (struct text){xla->content.at, xla->content.length - 1});
  json->comma = true;
  json_member_int(json, "version", xla->version);
  json_member_instant(json, "created_at", xla->created_at);
  json_member_instant(json, "retired_at", xla->retired_at);
}
