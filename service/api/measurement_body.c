// Reads, checks and writes manual measurements.
#include "api/measurement_body.h"

#include <string.h>

#include "api/context_body.h"
#include "base/buffer.h"
#include "base/instant.h"
#include "domain/own_metric.h"
#include "domain/ticket.h"

enum { CANONICAL_BYTES_MAX = 2 * BODY_BYTES_MAX };

#define VALUE_MAX  (INT64_C(100000000000) * OWN_METRIC_UNIT)
#define AT(member) .name = #member, .offset = offsetof(struct measurement_body, member)

static const struct field ROWS[] = {
    {AT(metric), .kind = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, .min = 1, .max = METRIC_KEY_CHARS_MAX},
    {AT(value), .kind = FIELD_DECIMAL, .flags = FIELD_REQUIRED, .min = -VALUE_MAX, .max = VALUE_MAX},
    {AT(at), .kind = FIELD_INSTANT},
    {AT(day), .kind = FIELD_DAY},
    {AT(context), .kind = FIELD_TEXT_MAP, .flags = FIELD_NO_CONTROL, .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, .count_max = DIMENSIONS_MAX},
    {AT(ref), .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .min = 1, .max = REF_CHARS_MAX},
    {AT(note), .kind = FIELD_TEXT, .min = 0, .max = COMMENT_CHARS_MAX},
};
const struct field_table MEASUREMENT_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

// The same body, however it is spelled, has the same hash.
static bool hash_body(const struct measurement_body *body, uint8_t out[DIGEST_BYTES]) {
  struct buffer canonical;
  buffer_init(&canonical, CANONICAL_BYTES_MAX);
  fields_canonical(&MEASUREMENT_FIELDS, body, &canonical);
  digest_sha256(canonical.bytes, canonical.length, out);
  bool good = !canonical.failed;
  buffer_release(&canonical);
  return good;
}

// An id of version 8 (RFC 9562: of one's own making) from what names the measurement; a new one where nothing does.
static void make_id(struct text ref, struct text idempotency_key, struct uuid *id) {
  uint8_t digest[DIGEST_BYTES];
  char name[8 + 4 * (REF_CHARS_MAX + IDEMPOTENCY_KEY_CHARS_MAX)];
  struct text given = ref.at ? ref : idempotency_key;
  if (!given.at || given.length > sizeof name - 1) {
    uuid_make(id);
    return;
  }
  name[0] = ref.at ? 'r' : 'k';
  memcpy(name + 1, given.at, given.length);
  digest_sha256(name, given.length + 1, digest);
  memcpy(id->bytes, digest, UUID_BYTES);
  id->bytes[6] = (uint8_t)(id->bytes[6] & 0x0f) | 0x80;
  id->bytes[8] = (uint8_t)(id->bytes[8] & 0x3f) | 0x80;
}

// The metric, and the value as it is stored; NULL after an issue.
static const struct metric *find_metric(const struct measurement_body *body, const struct tenant *tenant, struct issues *issues) {
  const struct metric *metric = tenant_metric_find(tenant, body->metric);
  if (!metric || metric->hidden) {
    issues_add(issues, TEXT("/metric"), "unknown", "is no metric of this tenant; POST /v1/metrics adds one");
    return NULL;
  }
  if (metric->source != SOURCE_MANUAL) {
    issues_add(issues, TEXT("/metric"), "source", "is measured by %s, and can't be entered", SOURCE_NAMES[metric->source]);
    return NULL;
  }
  return metric;
}

static void check_time(const struct measurement_body *body, const struct tenant *tenant, int64_t now, struct issues *issues) {
  if (body->at != ABSENT && body->day != ABSENT) issues_add(issues, TEXT("/day"), "exclusive", "must not be given beside at");
  if (body->at != ABSENT && body->at > now + FUTURE_SECONDS_MAX * MICROS_PER_SECOND)
    issues_add(issues, TEXT("/at"), "future", "must not be more than 5 minutes in the future");
  if (body->day != ABSENT && body->day > tenant->today) issues_add(issues, TEXT("/day"), "future", "must not be in the future");
}

enum err measurement_body_file(const struct measurement_body *body, struct text idempotency_key, const struct tenant *tenant, struct arena *arena,
                               struct issues *issues, struct measurement_write *measurement) {
  int64_t now = instant_now();
  struct context_body context;
  const struct metric *metric = find_metric(body, tenant, issues);
  if (metric) (void)metric_store_value(metric, body->value, TEXT("/value"), &measurement->value, issues);
  check_time(body, tenant, now, issues);
  if (!context_body_file(&body->context, tenant, arena, issues, &context)) return ERR_UNAVAILABLE;
  if (issues->total > 0) return ERR_INVALID;
  make_id(body->ref, idempotency_key, &measurement->id);
  measurement->row.tenant = &tenant->id;
  measurement->row.hash = text_hash(TEXT_HASH, (struct text){(const char *)measurement->id.bytes, UUID_BYTES});
  measurement->metric_id = metric->id;
  measurement->day = body->day;
  measurement->at = body->at == ABSENT && body->day == ABSENT ? now : body->at;
  measurement->ref = body->ref;
  measurement->note = body->note;
  measurement->context = context.json;
  measurement->values = context.values;
  measurement->values_count = context.count;
  return hash_body(body, measurement->body_hash) ? ERR_NONE : ERR_UNAVAILABLE;
}

enum err measurement_outcome_error(const struct measurement_write *measurement, struct issues *issues) {
  if (measurement->outcome != MEASUREMENT_TAKEN) return ERR_NONE;
  if (!measurement->ref.at) {
    issues_add(issues, TEXT("Idempotency-Key"), "unique", "came with another body before; use a new key for a new request");
    return ERR_KEY_REUSED;
  }
  issues_add(issues, TEXT("/ref"), "unique", "names another measurement; DELETE that one first, or use another ref");
  return ERR_CONFLICT;
}

void measurement_row_write(const struct measurement_row *measurement, const struct metric *metric, struct json_writer *json) {
  char id[UUID_CHARS];
  uuid_write(&measurement->id, id);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_string(json, "metric", metric ? metric->key : NULL);
  json_name(json, "value");
  if (metric)
    json_ratio(json, measurement->value, metric->divisor, OWN_METRIC_DECIMALS_MAX);
  else
    json_null(json);
  json_member_instant(json, "at", measurement->at);
  json_name(json, "day");
  if (measurement->day == ABSENT)
    json_null(json);
  else
    json_day(json, (int32_t)measurement->day);
  json_name(json, "context");
  json_raw(json, measurement->context);
  json_member_text(json, "ref", measurement->ref);
  json_member_text(json, "note", measurement->note);
  json_member_instant(json, "created_at", measurement->created_at);
  json_object_end(json);
}
