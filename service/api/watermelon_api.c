// /v1/insights/watermelon: green outside, red inside.
#include "api/analysis_rows.h"
#include "api/endpoints.h"
#include "api/insight.h"
#include "api/scope_query.h"

#include <stdlib.h>

#include "domain/dimension.h"
#include "domain/watermelon.h"
#include "store/analysis_store.h"
#include "store/xla_day_store.h"

// Readings: the scope by value, and by SLA outcome. Then the answers themselves, and the agreements that are breached.
enum { STEP_ROWS, STEP_SLA = STEP_ROWS + READING_STEPS, STEP_ANSWERS = STEP_SLA + READING_STEPS, STEP_BREACHES };

static const char *const SLA_NAMES[] = {[SLA_MET] = "met", [SLA_MISSED] = "missed"};
static const char *const BAND_NAMES[] = {[BAND_POSITIVE] = "positive", [BAND_NEUTRAL] = "neutral", [BAND_NEGATIVE] = "negative"};

struct melon {
  struct tally share;  // of SLA-met answers
  bool share_hidden;
  bool is, known;
  const struct ranking_row *ranked;
  size_t breaches_from, breaches;  // agreements on exactly this scope that are breached: rows of their step
};

// What an answer is written from.
struct patch {
  struct request *request;
  const struct view *view;
  const struct job *job;
  struct analysis_rows rows;
  struct melon *melons;  // as rows.list; after order_melons by rank
  struct reading_group total;
  struct watermelon whole;
  int64_t unbanded;
  bool whole_hidden, share_hidden;
};

static int sla_slot(const struct request *request) { return tenant_dimension_slot(tenant_of(request), TEXT("sla")); }

// What the scopes of all rows have in common, as JSON; absent when memory is out.
static struct text common_scope(struct request *request) {
  const struct view *view = request->state;
  struct scope common = {arena_take_array(&request->arena, view->scope.count + 1, sizeof *common.terms), 0};
  struct buffer out;
  struct json_writer json;
  if (!common.terms) return TEXT_NONE;
  for (size_t i = 0; i < view->scope.count; i++)
    if (!text_equals(view->scope.terms[i].dimension, view->by_name)) common.terms[common.count++] = view->scope.terms[i];
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  scope_write(&common, &json);
  struct text text = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}

static void ask_watermelon(struct request *request, struct job *job) {
  const struct view *view = request->state;
  const struct tenant *tenant = tenant_of(request);
  struct reading_question rows = view_question(view), sla = rows;
  struct analysis_question question = analysis_question_of(request, view);
  sla.by = sla_slot(request);
  reading_ask(job, tenant, &rows);
  reading_ask(job, tenant, &sla);
  watermelon_ask(job, tenant, &question, view->by, tenant->lost_time_threshold);
  xla_day_ask_breached(job, &tenant->id, common_scope(request), view->by_name);
}

// --- What may be told

static bool hides_feelings(const struct reading_group *group) { return analysis_hides(group, "happiness") || analysis_hides(group, "lost_time"); }

// The table's rows are the scope's answers by SLA outcome, which have verdicts of their own; beside it stands how many answers there are in all.
static bool judge_table(struct patch *patch, const struct job *job) {
  struct reading_question question = view_question(patch->view);
  struct reading_group group;
  question.by = sla_slot(patch->request);
  struct reading *sla = reading_open(job, STEP_SLA, tenant_of(patch->request), &question);
  if (!sla) return false;
  reading_total(sla, &group);
  patch->whole_hidden = patch->whole_hidden || hides_feelings(&group) || analysis_hides(&group, "responses");
  while (reading_next(sla, &group))
    patch->whole_hidden = patch->whole_hidden || hides_feelings(&group);
  reading_close(sla);
  return true;
}

// --- From rows to figures

static void add_up(struct watermelon *whole, const struct watermelon *part) {
  for (int sla = 0; sla < SLA_COUNT; sla++) {
    for (int band = 0; band < BAND_COUNT; band++) {
      const struct watermelon_cell *cell = &part->cells[sla][band];
      watermelon_add(whole, (enum sla)sla, (enum band)band, true, cell->over, 0, 0);
      watermelon_add(whole, (enum sla)sla, (enum band)band, false, cell->n - cell->over, cell->lost_n, cell->lost_sum);
    }
  }
}

static struct text label_of(int by, const struct analysis_value *value) {
  return by < 0 && value->code > 0 ? text_of(DERIVED_DIMENSIONS[-by - 1].values[value->code - 1]) : value->key;
}

// A share is made of happiness and lost time, and is withheld where they are; and by the verdict of the SLA-met answers and the others beside them.
static void take_values(struct patch *patch, const struct job *job) {
  struct analysis_walk walk = {job, STEP_ANSWERS, 0};
  struct analysis_value value;
  patch->share_hidden = hides_feelings(&patch->total);
  for (size_t i = 0; i < patch->rows.count; i++)
    patch->melons[i].share_hidden = patch->rows.list[i].hidden[RANKING_HAPPINESS] || patch->rows.list[i].hidden[RANKING_LOST_TIME];
  for (size_t near = 0, at; watermelon_next(&walk, &value); near = at + 1) {
    add_up(&patch->whole, &value.watermelon);
    patch->unbanded += value.unbanded;
    at = analysis_rows_find(&patch->rows, label_of(patch->view->by, &value), near);
    if (!value.whole_share_answered) patch->share_hidden = true;
    if (at == patch->rows.count) continue;
    patch->melons[at].share = watermelon_tally(&value.watermelon);
    patch->melons[at].share_hidden = patch->melons[at].share_hidden || !value.share_answered;
  }
}

// Both come by value.
static void take_breaches(struct patch *patch) {
  size_t count = job_rows(patch->job, STEP_BREACHES);
  struct xla_breach breach;
  for (size_t i = 0, near = 0; i < count; i++) {
    xla_day_take_breach(patch->job, STEP_BREACHES, i, &breach);
    size_t at = analysis_rows_find(&patch->rows, breach.key, near);
    if (at == patch->rows.count) continue;
    if (patch->melons[at].breaches++ == 0) patch->melons[at].breaches_from = i;
    near = at;
  }
}

static void tell_melons(struct patch *patch) {
  const struct tenant *tenant = tenant_of(patch->request);
  for (size_t i = 0; i < patch->rows.count; i++) {
    const struct ranking_row *ranked = &patch->rows.ranked[i];
    const struct analysis_row *row = &patch->rows.list[ranked->key];
    struct melon *melon = &patch->melons[ranked->key];
    bool breached = melon->breaches > 0;
    const struct watermelon_signs signs = {.sla_met = tally_ones(metric_find(TEXT("sla_met")), &row->sla_met),
                                           .sla_known = row->sla_met.n,
                                           .sla_target = {tenant->sla_target, 100},
                                           .experience_below = ranked->worse,
                                           .xla_breached = breached};
    melon->ranked = ranked;
    // What an agreement's state says may be told: it withholds what has to be.
    melon->known = !analysis_row_hidden(row) || breached;
    melon->is = watermelon_is(&signs);
  }
}

// Watermelons first, then by their share, the largest first; what has none or may not tell it comes last.
static int by_share(const void *left, const void *right) {
  const struct melon *a = left, *b = right;
  if (a->is != b->is) return a->is ? -1 : 1;
  bool a_shown = !a->share_hidden && a->share.n > 0, b_shown = !b->share_hidden && b->share.n > 0;
  if (a_shown != b_shown) return a_shown ? -1 : 1;
  int128 order = a_shown ? b->share.sum * a->share.n - a->share.sum * b->share.n : 0;
  if (order != 0) return order < 0 ? -1 : 1;
  return (a->ranked->key > b->ranked->key) - (a->ranked->key < b->ranked->key);
}

// --- Writing

static void write_share(struct json_writer *json, const struct view *view, const struct tally *share, bool hidden) {
  if (hidden)
    insight_write_suppressed(json, "watermelon_share", view->style.tells_n ? share->n : ABSENT);
  else
    insight_write_figure(json, "watermelon_share", &WATERMELON_SHARE, share, view->style.tenant);
}

static void write_cell(struct json_writer *json, const struct watermelon_cell *cell) {
  struct tally lost = {.n = cell->lost_n, .sum = cell->lost_sum};
  struct estimate mean = estimate_without_interval(metric_find(TEXT("lost_time")), &lost);
  json_object(json);
  json_member_int(json, "n", cell->n);
  json_name(json, "lost_time");
  if (mean.has_value)
    json_ratio(json, mean.numerator, mean.denominator, 2);
  else
    json_null(json);
  json_object_end(json);
}

// One row, or one column, would be enough to find a small cell by, so the table is withheld as a whole.
static void write_table(struct json_writer *json, const struct patch *patch) {
  if (patch->whole_hidden) {
    insight_write_suppressed(json, "table", ABSENT);
    insight_write_suppressed(json, "unbanded", ABSENT);
    return;
  }
  json_name(json, "table");
  json_object(json);
  for (int sla = 0; sla < SLA_COUNT; sla++) {
    json_name(json, SLA_NAMES[sla]);
    json_object(json);
    for (int band = 0; band < BAND_COUNT; band++) {
      json_name(json, BAND_NAMES[band]);
      write_cell(json, &patch->whole.cells[sla][band]);
    }
    json_object_end(json);
  }
  json_object_end(json);
  json_member_int(json, "unbanded", patch->unbanded);
}

// "the agreement vpn-happiness is breached"; absent where none is.
static struct text breach_words(struct arena *arena, const struct patch *patch, const struct melon *melon) {
  struct xla_breach breach;
  if (melon->breaches == 0) return TEXT_NONE;
  if (melon->breaches > 1) return arena_format(arena, "%zu agreements on it are breached", melon->breaches);
  xla_day_take_breach(patch->job, STEP_BREACHES, melon->breaches_from, &breach);
  return arena_format(arena, "the agreement %.*s is breached", INSIGHT_TEXT(breach.slug));
}

static void write_sentence(struct json_writer *json, const struct patch *patch, const struct melon *melon) {
  struct arena *arena = &patch->request->arena;
  const struct analysis_row *row = &patch->rows.list[melon->ranked->key];
  struct estimate sla = estimate_of(metric_find(TEXT("sla_met")), &row->sla_met), share = estimate_of(&WATERMELON_SHARE, &melon->share);
  struct text name = insight_name(row->key), met = insight_value(arena, &sla), red = insight_value(arena, &share);
  struct text worse = analysis_feelings(arena, &patch->rows, melon->ranked, -1), breach = breach_words(arena, patch, melon);
  struct text inside = arena_format(arena, ", and %.*s %% of %lld answers about those are negative or lost more than %lld minutes", INSIGHT_TEXT(red),
                                    (long long)share.n, (long long)tenant_of(patch->request)->lost_time_threshold);
  if (melon->share_hidden || share.n == 0) inside = TEXT("");
  struct text outside = arena_format(arena, "%.*s %% of %lld tickets met the SLA%.*s", INSIGHT_TEXT(met), (long long)sla.n, INSIGHT_TEXT(inside));
  if (sla.n == 0) outside = TEXT("whether the SLA was met is not known of any ticket");
  if (!melon->known)
    insight_write_sentence(json, arena, "%.*s: %.*s; too few people have answered to tell how it feels.", INSIGHT_TEXT(name), INSIGHT_TEXT(outside));
  else if (melon->is)
    insight_write_sentence(json, arena, "%.*s is a watermelon, green outside and red inside: %.*s%s%.*s%s%.*s.", INSIGHT_TEXT(name),
                           INSIGHT_TEXT(outside), worse.at ? ", with " : "", INSIGHT_TEXT(worse), breach.at ? ", and " : "", INSIGHT_TEXT(breach));
  else if (worse.at)
    insight_write_sentence(json, arena, "%.*s feels worse than the rest, but is no watermelon, as it is not green outside: %.*s, with %.*s.",
                           INSIGHT_TEXT(name), INSIGHT_TEXT(outside), INSIGHT_TEXT(worse));
  else if (breach.at)
    insight_write_sentence(json, arena, "%.*s is no watermelon, as it is not green outside, though %.*s: %.*s.", INSIGHT_TEXT(name),
                           INSIGHT_TEXT(breach), INSIGHT_TEXT(outside));
  else
    insight_write_sentence(json, arena, "%.*s: %.*s; that it feels worse than the rest is not certain.", INSIGHT_TEXT(name), INSIGHT_TEXT(outside));
}

static void write_breaches(struct json_writer *json, const struct patch *patch, const struct melon *melon) {
  struct xla_breach breach;
  json_name(json, "breached_xlas");
  json_array(json);
  for (size_t i = 0; i < melon->breaches; i++) {
    xla_day_take_breach(patch->job, STEP_BREACHES, melon->breaches_from + i, &breach);
    json_object(json);
    json_member_text(json, "slug", breach.slug);
    json_member_text(json, "metric", breach.metric);
    json_member_day(json, "day", breach.day);
    json_name(json, "value");
    json_raw(json, breach.value);
    json_name(json, "target");
    json_raw(json, breach.target);
    json_object_end(json);
  }
  json_array_end(json);
}

static void write_row(struct json_writer *json, size_t rank, const void *context) {
  static struct text MET[] = {TEXT_INIT("met")};
  const struct patch *patch = context;
  const struct melon *melon = &patch->melons[rank];
  const struct analysis_row *row = &patch->rows.list[melon->ranked->key];
  struct text key[] = {row->key};
  const struct scope_term narrowed[] = {{patch->view->by_name, key, 1}, {TEXT("sla"), MET, 1}};
  json_member_text(json, "key", row->key);
  write_share(json, patch->view, &melon->share, melon->share_hidden);
  insight_write_figure(json, "sla_met", metric_find(TEXT("sla_met")), &row->sla_met, patch->view->style.tenant);
  analysis_write_feelings(json, patch->view, &patch->rows, melon->ranked);
  json_name(json, "watermelon");
  if (melon->known)
    json_bool(json, melon->is);
  else
    json_null(json);
  write_breaches(json, patch, melon);
  json_member_bool(json, "confirmed", melon->ranked->worse);
  write_sentence(json, patch, melon);
  insight_write_evidence(json, &patch->request->arena,
                         &(struct insight_evidence){&patch->view->scope, patch->view->window, narrowed, sizeof narrowed / sizeof *narrowed});
}

static enum err write_patch(struct patch *patch) {
  const struct tenant *tenant = tenant_of(patch->request);
  struct tally share = watermelon_tally(&patch->whole);
  struct json_writer *json = view_head(patch->request, patch->view, &patch->total);
  json_member_text(json, "by", patch->view->by_name);
  write_table(json, patch);
  write_share(json, patch->view, &share, patch->share_hidden);
  json_member_int(json, "threshold_minutes", tenant->lost_time_threshold);
  json_name(json, "sla_target");
  json_ratio(json, tenant->sla_target, 100, 2);
  analysis_write_rows(json, patch->rows.count, write_row, patch);
  return view_end(patch->request, json);
}

static enum err watermelon_done(struct request *request, struct job *job) {
  const struct view *view = request->state;
  struct analysis_outcome outcome = analysis_take_outcome(job, STEP_ANSWERS);
  enum err error = analysis_check(request, &outcome);
  if (error) return error;
  struct patch *patch = arena_take(&request->arena, sizeof *patch);
  if (!patch) return ERR_UNAVAILABLE;
  *patch = (struct patch){.request = request, .view = view, .job = job, .whole_hidden = !outcome.answered};
  struct reading_question question = view_question(view);
  struct reading *reading = reading_open(job, STEP_ROWS, tenant_of(request), &question);
  if (!reading) return ERR_UNAVAILABLE;
  error = analysis_rows_read(request, reading, &patch->rows);
  reading_total(reading, &patch->total);
  reading_close(reading);
  if (error) return error;
  patch->melons = arena_take_array(&request->arena, patch->rows.count + 1, sizeof *patch->melons);
  if (!patch->melons || !analysis_rows_rank(&patch->rows, &request->arena)) return ERR_UNAVAILABLE;
  if (!judge_table(patch, job)) return ERR_UNAVAILABLE;
  take_values(patch, job);
  take_breaches(patch);
  tell_melons(patch);
  qsort(patch->melons, patch->rows.count, sizeof *patch->melons, by_share);
  return write_patch(patch);
}

enum err watermelon_get(struct request *request) {
  struct view *view = analysis_view(request);
  if (!view) return ERR_UNAVAILABLE;
  view_read_by(request, view, "service");
  for (size_t i = 0; i < view->scope.count; i++)
    if (text_is(view->scope.terms[i].dimension, "sla"))
      issues_add(&request->issues, TEXT("scope"), "enum", "can't name sla: whether it was met is what is compared");
  if (view->by != 0 && view->by == sla_slot(request))
    issues_add(&request->issues, TEXT("by"), "enum", "can't be sla: whether it was met is what is compared");
  view->ask = ask_watermelon;
  view->done = watermelon_done;
  return view_serve(request, view);
}
