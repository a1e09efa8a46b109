// Reads what figures are compared with, and says what it was.
#include "api/reference.h"

#include <string.h>

#include "api/scope_query.h"
#include "base/log.h"

enum { STEP_BASELINE, STEP_METRICS };

static const char *const KIND_NAMES[] = {[REFERENCE_PREVIOUS] = "previous",
                                         [REFERENCE_WINDOW] = "window",
                                         [REFERENCE_SCOPE] = "scope",
                                         [REFERENCE_BASELINE] = "baseline",
                                         [REFERENCE_EXTERNAL] = "external"};

static const char BASELINE_PREFIX[] = "baseline:";

// A view has one at most, from here on.
static struct reference *reference_of(struct request *request, struct view *view, enum reference_kind kind) {
  struct reference *reference = arena_take(&request->arena, sizeof *reference);
  if (!reference) {
    issues_add(&request->issues, TEXT("compare"), "size", "can't be held in memory along with the rest");
    return NULL;
  }
  reference->kind = kind;
  reference->scope = view->scope;
  reference->window = view->previous;
  view->reference = reference;
  return reference;
}

static void read_baseline(struct request *request, struct view *view, struct text id, bool baselines) {
  struct uuid uuid;
  if (!baselines)
    issues_add(&request->issues, TEXT("compare"), "enum", "must be previous, or two days as in 2026-01-01..2026-03-31; a baseline has no parts");
  else if (!uuid_read(id, &uuid))
    issues_add(&request->issues, TEXT("compare"), "format", "must have the id of a baseline behind baseline:");
  else
    reference_set(request, view, &uuid);
}

static void read_compare(struct request *request, struct view *view, struct text given, bool baselines) {
  size_t prefix = sizeof BASELINE_PREFIX - 1;
  if (text_is(given, "previous")) {
    (void)reference_of(request, view, REFERENCE_PREVIOUS);
  } else if (text_starts(given, BASELINE_PREFIX)) {
    read_baseline(request, view, (struct text){given.at + prefix, given.length - prefix}, baselines);
  } else if (!memchr(given.at, '.', given.length)) {
    issues_add(&request->issues, TEXT("compare"), "enum", "must be previous, or two days as in 2026-01-01..2026-03-31%s",
               baselines ? ", or baseline: and its id" : "");
  } else {
    struct reference *reference = reference_of(request, view, REFERENCE_WINDOW);
    struct window window;
    if (!reference || !window_parse_range(given, "compare", &window, &request->issues)) return;
    reference->window = window;
    view_check_months(request, window, "compare");
  }
}

static void read_compare_scope(struct request *request, struct view *view, struct text given) {
  struct reference *reference = reference_of(request, view, REFERENCE_SCOPE);
  if (!reference) return;
  scope_take(request, given, "compare_", &reference->scope);
  reference->window = view->window;
}

static void add_to_key(struct request *request, struct view *view) {
  const struct reference *reference = view->reference;
  char id[UUID_CHARS];
  struct buffer out;
  struct json_writer json;
  uuid_write(&reference->id, id);
  buffer_init(&out, BODY_BYTES_MAX);
  buffer_format(&out, "%d %d %d %.*s ", (int)reference->kind, (int)reference->window.from, (int)reference->window.to, UUID_CHARS, id);
  json_start(&json, &out);
  scope_write(&reference->scope, &json);
  view->more = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  // Without it, answers would be taken for others.
  if (!view->more.at) issues_add(&request->issues, TEXT("compare"), "size", "can't be held in memory along with the rest");
}

void reference_read(struct request *request, struct view *view, bool baselines) {
  struct text compare = request_query(request, "compare"), scope = request_query(request, "compare_scope");
  if (compare.at && scope.at) {
    issues_add(&request->issues, TEXT("compare_scope"), "conflict", "must not be given along with compare");
    return;
  }
  if (compare.at) read_compare(request, view, compare, baselines);
  if (scope.at) read_compare_scope(request, view, scope);
  if (view->reference && request->issues.total == 0) add_to_key(request, view);
}

void reference_set(struct request *request, struct view *view, const struct uuid *id) {
  struct reference *reference = reference_of(request, view, REFERENCE_BASELINE);
  if (!reference) return;
  reference->id = *id;
  if (view->with_excluded)
    issues_add(&request->issues, TEXT("with_excluded"), "conflict", "must not be given along with a baseline, which is without excluded responses");
  add_to_key(request, view);
}

void reference_ask(struct job *job, const struct tenant *tenant, const struct reference *reference) {
  baseline_ask_find(job, &tenant->id, &reference->id);
  baseline_ask_metrics(job, &tenant->id, &reference->id);
}

static void take_metric(const struct tenant *tenant, const struct baseline_metric *row, struct reference *reference) {
  const struct metric *metric = tenant_metric_find(tenant, row->key);
  if (!metric) return;
  size_t place = metric_place(metric);
  if (reference->kind == REFERENCE_EXTERNAL) {
    reference->values[place] = (struct benchmark_value){metric, row->scaled, row->tally.n > 0 ? row->tally.n : ABSENT};
    return;
  }
  reference->figures.tallies[place] = row->tally;
  if (row->withheld)
    metric_set_add(&reference->figures.hidden, place);
  else if (row->version != tenant_metric_terms(tenant, metric).version)
    metric_set_add(&reference->redefined, place);
}

enum err reference_take(struct request *request, const struct job *job, struct reference *reference) {
  struct baseline_row row;
  struct baseline_metric metric;
  if (job_rows(job, STEP_BASELINE) == 0) return ERR_NOT_FOUND;
  if (!baseline_take_row(job, STEP_BASELINE, 0, &row)) {
    log_message(LOG_ERROR, "the content of a baseline is not what was hashed");
    return ERR_INTERNAL;
  }
  reference->kind = row.kind == BASELINE_EXTERNAL ? REFERENCE_EXTERNAL : REFERENCE_BASELINE;
  reference->name = arena_copy(&request->arena, row.name);
  reference->source = arena_copy(&request->arena, row.source);
  reference->time_zone = arena_copy(&request->arena, row.time_zone);
  reference->window = row.days;
  text_hex((const uint8_t *)row.hash.at, DIGEST_BYTES, reference->hash);
  reference->scope = (struct scope){NULL, 0};
  if (!reference->name.at || !scope_parse(row.scope_query, &reference->scope, &request->arena, &request->issues)) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < job_rows(job, STEP_METRICS); i++) {
    baseline_take_metric(job, STEP_METRICS, i, &metric);
    take_metric(tenant_of(request), &metric, reference);
  }
  return ERR_NONE;
}

bool reference_is_read(const struct reference *reference) {
  return reference && reference->kind != REFERENCE_BASELINE && reference->kind != REFERENCE_EXTERNAL;
}

bool reference_overlaps(const struct reference *reference, const struct view *view) {
  return reference->kind != REFERENCE_EXTERNAL && windows_overlap(reference->window, view->window) &&
         !scopes_disjoint(&reference->scope, &view->scope);
}

static void write_baseline(struct json_writer *json, const struct reference *reference) {
  char id[UUID_CHARS];
  uuid_write(&reference->id, id);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_text(json, "name", reference->name);
  json_member_text(json, "hash", (struct text){reference->hash, 2 * DIGEST_BYTES});
}

static void write_scope(struct json_writer *json, const struct reference *reference) {
  json_name(json, "scope");
  scope_write(&reference->scope, json);
}

void reference_write(struct json_writer *json, const struct reference *reference) {
  json_member_string(json, "kind", KIND_NAMES[reference->kind]);
  switch (reference->kind) {
  case REFERENCE_PREVIOUS:
  case REFERENCE_WINDOW:
    view_write_window(json, reference->window);
    return;
  case REFERENCE_SCOPE:
    write_scope(json, reference);
    return;
  case REFERENCE_EXTERNAL:
    write_baseline(json, reference);
    json_member_text(json, "source", reference->source);
    return;
  case REFERENCE_BASELINE:
    write_baseline(json, reference);
    write_scope(json, reference);
    view_write_window(json, reference->window);
    json_member_text(json, "time_zone", reference->time_zone);
    return;
  }
}
