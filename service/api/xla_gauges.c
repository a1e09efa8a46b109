// Keeps the last state of each agreement, tenant by tenant, and prints it.
#include "api/xla_gauges.h"

#include <stdlib.h>
#include <string.h>

#include "domain/tenant.h"
#include "store/tenant_store.h"
#include "store/xla_day_store.h"

enum { NUMBER_CHARS = 32 };

struct gauge {
  char tenant[SLUG_CHARS_MAX + 1], xla[SLUG_CHARS_MAX + 1];
  char numbers[XLA_GAUGE_COLUMNS][NUMBER_CHARS];  // as they are printed; "": none
};

// A metric: of a column, with one more label where it has one.
static const struct {
  const char *name, *help;
  enum xla_gauge_column column;
  const char *label;
} SERIES[] = {
    {"xlad_xla_value", "What the metric of an agreement is, over its window.", XLA_GAUGE_VALUE, ""},
    {"xlad_xla_target", "What it should be.", XLA_GAUGE_TARGET, ""},
    {"xlad_xla_budget_remaining", "How many further worst answers leave the target attained; negative: best ones that are needed.", XLA_GAUGE_LEFT,
     ""},
    {"xlad_xla_burn", "How many times the budget is used by the answers of the last 7 days, and of the last day.", XLA_GAUGE_WEEK,
     ",window=\"week\""},
    {"xlad_xla_burn", NULL, XLA_GAUGE_DAY, ",window=\"day\""},
    {"xlad_xla_burn_alert", "1 where both exceed what was agreed, and the day has answers enough.", XLA_GAUGE_ALERT, ""},
    {"xlad_xla_stale", "1 where the agreement should have been reviewed.", XLA_GAUGE_STALE, ""},
};

struct list {
  struct gauge *gauges;
  size_t count;
};

struct xla_gauges {
  struct store *store;
  struct loop *loop;
  struct timer timer;
  bool stopped;
  struct tenant *tenants;  // of the round that is under way
  size_t tenants_count, at;
  struct list shown, next;  // room for XLA_GAUGES_MAX each
};

// Until the next round; without a database, not for long.
static void wait(struct xla_gauges *gauges, bool done) {
  if (!gauges->stopped) (void)loop_timer_start(gauges->loop, &gauges->timer, done ? XLA_GAUGES_MS : XLA_BEGIN_MS);
}

static bool submit(struct xla_gauges *gauges, struct job *job) {
  if (job && !gauges->stopped && !store_submit(job)) return true;
  job_free(job);
  return false;
}

static void copy(char *out, size_t room, struct text a) {
  size_t length = a.length < room - 1 ? a.length : room - 1;
  if (a.at) memcpy(out, a.at, length);
  out[a.at ? length : 0] = '\0';
}

static void go_on(struct xla_gauges *gauges);

static void read_tenant(struct job *job) {
  struct xla_gauges *gauges = job->owner;
  const struct tenant *tenant = &gauges->tenants[gauges->at++];
  bool failed = job->error != ERR_NONE;
  for (size_t i = 0; !failed && i < job_rows(job, 0) && gauges->next.count < XLA_GAUGES_MAX; i++) {
    struct gauge *gauge = &gauges->next.gauges[gauges->next.count++];
    struct xla_gauge_row row;
    xla_day_take_gauge(job, i, &row);
    copy(gauge->tenant, sizeof gauge->tenant, text_of(tenant->slug));
    copy(gauge->xla, sizeof gauge->xla, row.slug);
    for (size_t k = 0; k < XLA_GAUGE_COLUMNS; k++)
      copy(gauge->numbers[k], NUMBER_CHARS, row.columns[k]);
  }
  job_free(job);
  if (failed)
    wait(gauges, false);
  else
    go_on(gauges);
}

// The next tenant; behind the last, what was read is shown.
static void go_on(struct xla_gauges *gauges) {
  if (gauges->at < gauges->tenants_count) {
    const struct tenant *tenant = &gauges->tenants[gauges->at];
    struct job *job = job_new(gauges->store, LANE_READ, &tenant->id, gauges, read_tenant);
    if (job) xla_day_ask_gauges(job, &tenant->id, XLA_GAUGES_MAX);
    if (!submit(gauges, job)) wait(gauges, false);
    return;
  }
  struct list shown = gauges->next;
  gauges->next = gauges->shown;
  gauges->shown = shown;
  wait(gauges, true);
}

static void tenants_listed(struct job *job) {
  struct xla_gauges *gauges = job->owner;
  size_t rows = job->error ? 0 : job_rows(job, 0);
  struct tenant *tenants = calloc(rows + 1, sizeof *tenants);
  free(gauges->tenants);
  gauges->tenants = tenants;
  gauges->tenants_count = tenants ? rows : 0;
  gauges->at = gauges->next.count = 0;
  for (size_t i = 0; i < gauges->tenants_count; i++)
    tenant_take_columns(job, 0, i, 0, &gauges->tenants[i]);
  bool failed = job->error || !tenants;
  job_free(job);
  if (failed)
    wait(gauges, false);
  else
    go_on(gauges);
}

static void begin(struct timer *timer) {
  struct xla_gauges *gauges = timer->owner;
  struct job *job = job_new(gauges->store, LANE_READ, NULL, gauges, tenants_listed);
  if (job) xla_day_ask_tenants(job);
  if (!submit(gauges, job)) wait(gauges, false);
}

struct xla_gauges *xla_gauges_new(struct store *store, struct loop *loop) {
  struct xla_gauges *gauges = calloc(1, sizeof *gauges);
  if (!gauges) return NULL;
  gauges->store = store;
  gauges->loop = loop;
  gauges->shown.gauges = calloc(XLA_GAUGES_MAX, sizeof *gauges->shown.gauges);
  gauges->next.gauges = calloc(XLA_GAUGES_MAX, sizeof *gauges->next.gauges);
  gauges->timer = (struct timer){.fire = begin, .owner = gauges};
  if (gauges->shown.gauges && gauges->next.gauges && loop_timer_start(loop, &gauges->timer, XLA_BEGIN_MS)) return gauges;
  xla_gauges_free(gauges);
  return NULL;
}

void xla_gauges_stop(struct xla_gauges *gauges) {
  if (!gauges) return;
  gauges->stopped = true;
  loop_timer_stop(gauges->loop, &gauges->timer);
}

void xla_gauges_free(struct xla_gauges *gauges) {
  if (!gauges) return;
  free(gauges->shown.gauges);
  free(gauges->next.gauges);
  free(gauges->tenants);
  free(gauges);
}

static void print_head(struct buffer *out, const char *name, const char *help) {
  buffer_format(out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

void xla_gauges_print(const struct xla_gauges *gauges, struct buffer *out) {
  const struct list *shown = &gauges->shown;
  print_head(out, "xlad_xla_status", "1 for the status that an agreement has.");
  for (size_t i = 0; i < shown->count; i++)
    buffer_format(out, "xlad_xla_status{tenant=\"%s\",xla=\"%s\",status=\"%s\"} 1\n", shown->gauges[i].tenant, shown->gauges[i].xla,
                  shown->gauges[i].numbers[XLA_GAUGE_STATUS]);
  for (size_t k = 0; k < sizeof SERIES / sizeof *SERIES; k++) {
    if (SERIES[k].help) print_head(out, SERIES[k].name, SERIES[k].help);
    for (size_t i = 0; i < shown->count; i++)
      if (shown->gauges[i].numbers[SERIES[k].column][0])
        buffer_format(out, "%s{tenant=\"%s\",xla=\"%s\"%s} %s\n", SERIES[k].name, shown->gauges[i].tenant, shown->gauges[i].xla, SERIES[k].label,
                      shown->gauges[i].numbers[SERIES[k].column]);
  }
}
