// Takes what an agreement's history knows, and finds the rows that rest on data which has changed since.
#include "api/xla_record.h"

#include <string.h>

#include "base/buffer.h"
#include "domain/exclusion_period.h"
#include "domain/trend.h"
#include "store/xla_day_store.h"

enum { VERSIONS_CHECKED_MAX = 4, REACH_DAYS = XLA_WINDOW_DAYS_MAX + TREND_DAYS };

// A comparison needs the row before the first that it compares, and rows behind the day that rest on it.
void xla_record_ask(struct job *job, const struct tenant *tenant, struct text slug, int32_t day, bool compares) {
  struct window rows = {day - (compares ? REACH_DAYS : 0), day + (compares ? REACH_DAYS : 0)};
  xla_day_ask_open(job, &tenant->id, slug, day, rows);
}

// --- What is known --------------------------------------------------------------------------------------------------

// Terms over the content: what holds now is in both, and older versions have only terms of their own.
static bool read_demand(struct xla_record *record, struct text content, struct text terms, int64_t version, struct xla_demand *demand) {
  struct issues issues;
  issues_init(&issues, record->arena);
  demand->version = version;
  return !fields_read(&XLA_FIELDS, content, &demand->body, NULL, record->arena, &issues) &&
         !fields_read(&XLA_TERMS_FIELDS, terms, &demand->body, NULL, record->arena, &issues) &&
         xla_scope(&demand->body, record->arena, &demand->scope);
}

static bool is_known_version(const struct xla_record *record, int64_t version) {
  for (size_t i = 0; i < record->known_count; i++)
    if (record->known[i].version == version) return true;
  return false;
}

static bool take_demands(struct xla_record *record, const struct job *job) {
  struct xla_open open;
  size_t versions = job_rows(job, XLA_OPEN_VERSIONS);
  xla_day_take_open(job, &open);
  record->demands = arena_take_array(record->arena, VERSIONS_CHECKED_MAX, sizeof *record->demands);
  if (!record->demands || !read_demand(record, open.content, open.terms, open.version, record->demands)) return false;
  record->demands_count = 1;
  record->valid_from = open.valid_from;
  for (size_t i = 0; i < versions && record->demands_count < VERSIONS_CHECKED_MAX; i++) {
    int64_t version = row_int(job, XLA_OPEN_VERSIONS, i, 0);
    if (version == open.version || !is_known_version(record, version)) continue;
    struct xla_demand *demand = &record->demands[record->demands_count++];
    if (!read_demand(record, open.content, row_text(job, XLA_OPEN_VERSIONS, i, 1), version, demand)) return false;
  }
  return true;
}

static bool take_known(struct xla_record *record, const struct job *job) {
  size_t rows = job_rows(job, XLA_OPEN_DAYS);
  record->known = arena_take_array(record->arena, rows + 1, sizeof *record->known);
  if (!record->known) return false;
  for (size_t i = 0; i < rows; i++) {
    struct xla_known_day row;
    xla_day_take_known(job, i, &row);
    struct xla_known_row *known = &record->known[record->known_count++];
    known->day = row.day;
    known->version = row.version;
    if (row.digest.length == DIGEST_BYTES) memcpy(known->digest, row.digest.at, DIGEST_BYTES);
    if (row.day == record->day - 1) record->before = arena_copy(record->arena, row.status);
  }
  return true;
}

static bool take_periods(struct xla_record *record, const struct job *job) {
  size_t rows = job_rows(job, XLA_OPEN_PERIODS);
  record->periods = arena_take_array(record->arena, rows + 1, sizeof *record->periods);
  if (!record->periods) return false;
  for (size_t i = 0; i < rows; i++)
    record->periods[record->periods_count++] = (struct window){row_day(job, XLA_OPEN_PERIODS, i, 0), row_day(job, XLA_OPEN_PERIODS, i, 1)};
  return true;
}

// --- Which days a row rests on --------------------------------------------------------------------------------------

// The first day that the figures of a window rest on: its trend's first point reaches back.
static int32_t rests_from(int32_t day, const struct xla_demand *demand) {
  return window_rolling(day, (int32_t)demand->body.window_days).from - (TREND_DAYS - 1);
}

static const struct xla_known_row *find_known(const struct xla_record *record, int32_t day) {
  for (size_t i = 0; i < record->known_count; i++)
    if (record->known[i].day == day) return &record->known[i];
  return NULL;
}

// That by which a row is compared. NULL for rows that aren't, which are also those of versions beyond the ones that are checked.
static const struct xla_demand *compared_by(const struct xla_record *record, const struct xla_known_row *known) {
  for (size_t i = 0; i < record->demands_count && known->day >= record->compared_from && known->day <= record->day; i++)
    if (record->demands[i].version == known->version) return &record->demands[i];
  return NULL;
}

// Changes of a day are told by its row. Where there is none of the same version the day before, those of all that it rests on.
static int32_t told_from(const struct xla_record *record, int32_t day, const struct xla_demand *demand) {
  const struct xla_known_row *before = find_known(record, day - 1);
  return before && before->version == demand->version ? day : rests_from(day, demand);
}

static int32_t earlier(int32_t a, int32_t b) { return a < b ? a : b; }

static void set_extent(struct xla_record *record, bool compares) {
  record->compared_from = rests_from(record->day, record->demands);
  record->read = (struct window){record->compared_from, record->day};
  if (!compares) return;
  record->compared_from = earlier(record->compared_from, record->day - XLA_LATE_DAYS + 1);
  record->read.from = record->compared_from;
  for (size_t i = 0; i < record->known_count; i++) {
    const struct xla_known_row *known = &record->known[i];
    const struct xla_demand *demand = compared_by(record, known);
    if (demand) record->read.from = earlier(record->read.from, told_from(record, known->day, demand));
  }
}

bool xla_record_take(struct xla_record *record, const struct job *job, bool compares) {
  static const struct figures nothing;
  if (!take_known(record, job) || !take_periods(record, job) || !take_demands(record, job)) return false;
  set_extent(record, compares);
  for (size_t i = 0; i < record->demands_count; i++) {
    struct xla_demand *demand = &record->demands[i];
    demand->digests = arena_take_array(record->arena, (size_t)window_days(record->read), sizeof *demand->digests);
    if (!demand->digests) return false;
    for (int32_t day = record->read.from; day <= record->read.to; day++)
      xla_record_note(record, demand, day, &nothing);
  }
  return true;
}

// --- Digests --------------------------------------------------------------------------------------------------------

static void add_tally(struct buffer *out, const struct xla_record *record, struct text key, const struct figures *figures) {
  const struct metric *metric = key.at ? tenant_metric_find(record->tenant, key) : NULL;
  if (!metric) return;
  const struct tally *tally = &figures->tallies[metric_place(metric)];
  buffer_format(out, "%s %lld %lld %lld", metric->key, (long long)tally->n, (long long)tally->sum, (long long)tally->sum_squares);
  for (size_t i = 0; i < metric->bins; i++)
    buffer_format(out, " %lld", (long long)tally->bins[i]);
  buffer_char(out, '\n');
}

void xla_record_note(struct xla_record *record, const struct xla_demand *demand, int32_t day, const struct figures *figures) {
  const struct xla_component *components = demand->body.components.items;
  struct buffer out;
  buffer_init(&out, BODY_BYTES_MAX);
  buffer_format(&out, "%d\n", exclusion_periods_cover(record->periods, record->periods_count, day));
  add_tally(&out, record, demand->body.metric, figures);
  for (size_t i = 0; i < demand->body.components.count; i++)
    add_tally(&out, record, components[i].metric, figures);
  add_tally(&out, record, demand->body.paired_sla.metric, figures);
  struct text text = buffer_view(&out);
  digest_sha256(text.at, text.length, demand->digests[day - record->read.from]);
  buffer_release(&out);
}

static void digest_row(const struct xla_record *record, int32_t day, const struct xla_demand *demand, uint8_t out[DIGEST_BYTES]) {
  int32_t from = told_from(record, day, demand);
  const uint8_t *first = demand->digests[from - record->read.from];
  if (from == day)
    memcpy(out, first, DIGEST_BYTES);
  else
    digest_sha256(first, (size_t)(day - from + 1) * DIGEST_BYTES, out);
}

void xla_record_digest(const struct xla_record *record, uint8_t out[DIGEST_BYTES]) { digest_row(record, record->day, record->demands, out); }

void xla_record_digest_seen(const struct xla_record *record, int32_t day, uint8_t out[DIGEST_BYTES]) {
  const struct xla_known_row *known = find_known(record, day);
  const struct xla_demand *demand = known ? compared_by(record, known) : NULL;
  if (demand)
    digest_row(record, day, demand, out);
  else if (known)
    memcpy(out, known->digest, DIGEST_BYTES);
}

bool xla_record_outdated(const struct xla_record *record, struct window *rows) {
  for (size_t i = 0; i < record->known_count; i++) {
    const struct xla_known_row *known = &record->known[i];
    const struct xla_demand *demand = compared_by(record, known);
    uint8_t digest[DIGEST_BYTES];
    if (!demand) continue;
    digest_row(record, known->day, demand, digest);
    if (memcmp(known->digest, digest, DIGEST_BYTES) == 0) continue;
    *rows = (struct window){known->day, record->known[record->known_count - 1].day};
    return true;
  }
  return false;
}
