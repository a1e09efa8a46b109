// Writes what the rows of all insights have in common.
#include "api/insight.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "api/figures.h"
#include "base/instant.h"

enum { NUMBER_CHARS_MAX = 64, DECIMALS = 2, P_DECIMALS = 4 };

// What json_ratio and json_decimal write is what a reader sees, so sentences say the same.
static struct text number_taken(struct arena *arena, struct buffer *out) {
  struct text number = out->failed ? TEXT_NONE : arena_copy(arena, buffer_view(out));
  buffer_release(out);
  return number;
}

struct text insight_ratio(struct arena *arena, struct ratio ratio) {
  struct buffer out;
  struct json_writer json;
  if (ratio.denominator == 0) return TEXT("nothing");
  buffer_init(&out, NUMBER_CHARS_MAX);
  json_start(&json, &out);
  json_ratio(&json, ratio.numerator, ratio.denominator, DECIMALS);
  return number_taken(arena, &out);
}

struct text insight_decimal(struct arena *arena, double value) {
  struct buffer out;
  struct json_writer json;
  if (!isfinite(value)) return TEXT("nothing");
  buffer_init(&out, NUMBER_CHARS_MAX);
  json_start(&json, &out);
  json_decimal(&json, value, DECIMALS);
  return number_taken(arena, &out);
}

struct text insight_value(struct arena *arena, const struct estimate *estimate) {
  if (!estimate->has_value) return TEXT("nothing");
  return insight_ratio(arena, (struct ratio){estimate->numerator, estimate->denominator});
}

struct text insight_name(struct text key) {
  return key.at ? key : TEXT("(no value)");
}

void insight_write_sentence(struct json_writer *json, struct arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  struct text sentence = arena_vformat(arena, format, arguments);
  va_end(arguments);
  json_member_text(json, "sentence", sentence);
}

void insight_write_figure(struct json_writer *json, const char *name, const struct metric *metric, const struct tally *tally,
                          const struct tenant *tenant) {
  struct estimate estimate = estimate_of(metric, tally);
  json_name(json, name);
  json_object(json);
  figures_write_estimate(json, metric, &estimate, tenant);
  json_object_end(json);
}

void insight_write_suppressed(struct json_writer *json, const char *name, int64_t n) {
  json_name(json, name);
  json_object(json);
  json_member_bool(json, "suppressed", true);
  if (n != ABSENT) json_member_int(json, "n", n);
  json_object_end(json);
}

void insight_write_comparison(struct json_writer *json, const char *name, const struct comparison *comparison) {
  bool tested = comparison->has_test && comparison->sufficient;
  json_name(json, name);
  json_object(json);
  json_name(json, "value");
  if (comparison->change.denominator > 0)
    json_ratio(json, comparison->change.numerator, comparison->change.denominator, DECIMALS);
  else
    json_null(json);
  json_name(json, "interval");
  if (tested) {
    json_array(json);
    json_decimal(json, comparison->low, DECIMALS);
    json_decimal(json, comparison->high, DECIMALS);
    json_array_end(json);
  } else {
    json_null(json);
  }
  json_name(json, "p");
  if (tested)
    json_decimal(json, comparison->p, P_DECIMALS);
  else
    json_null(json);
  json_member_bool(json, "relative", comparison->relative);
  json_object_end(json);
}

// --- Evidence

// RFC 3986: what is not unreserved is escaped.
static void append_escaped(struct buffer *out, char c) {
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  if (letter || (c != '\0' && strchr("-._~", c)))
    buffer_char(out, c);
  else
    buffer_format(out, "%%%02X", (unsigned char)c);
}

static void append_all_escaped(struct buffer *out, const char *string) {
  for (; *string; string++)
    append_escaped(out, *string);
}

// A value as scope_parse() reads it.
static void append_value(struct buffer *out, struct text value) {
  for (size_t i = 0; i < value.length; i++) {
    if (strchr(",;:\\", value.at[i])) append_escaped(out, '\\');
    append_escaped(out, value.at[i]);
  }
}

static void append_term(struct buffer *out, const struct scope_term *term, bool first) {
  append_all_escaped(out, first ? "" : ";");
  buffer_text(out, term->dimension);
  for (size_t i = 0; i < term->count; i++) {
    append_all_escaped(out, i == 0 ? ":" : ",");
    append_value(out, term->values[i]);
  }
}

static bool is_narrowed(const struct insight_evidence *evidence, const struct scope_term *term) {
  for (size_t i = 0; i < evidence->narrowed_count; i++)
    if (text_equals(evidence->narrowed[i].dimension, term->dimension)) return true;
  return false;
}

static bool can_be_asked(const struct insight_evidence *evidence) {
  for (size_t i = 0; i < evidence->narrowed_count; i++)
    for (size_t j = 0; j < evidence->narrowed[i].count; j++)
      if (!evidence->narrowed[i].values[j].at) return false;
  return true;
}

static void append_path(struct buffer *out, const struct insight_evidence *evidence) {
  char from[DAY_CHARS], to[DAY_CHARS];
  size_t terms = 0;
  day_format(evidence->window.from, from);
  day_format(evidence->window.to, to);
  buffer_string(out, "/v1/tickets?");
  if (evidence->scope->count + evidence->narrowed_count > 0) buffer_string(out, "scope=");
  for (size_t i = 0; i < evidence->scope->count; i++)
    if (!is_narrowed(evidence, &evidence->scope->terms[i])) append_term(out, &evidence->scope->terms[i], terms++ == 0);
  for (size_t i = 0; i < evidence->narrowed_count; i++)
    append_term(out, &evidence->narrowed[i], terms++ == 0);
  buffer_format(out, "%sfrom=%.*s&to=%.*s", terms > 0 ? "&" : "", DAY_CHARS, from, DAY_CHARS, to);
}

void insight_write_evidence(struct json_writer *json, struct arena *arena, const struct insight_evidence *evidence) {
  struct buffer out;
  struct text path = TEXT_NONE;
  buffer_init(&out, REQUEST_ARENA_BYTES_MAX);
  if (can_be_asked(evidence)) append_path(&out, evidence);
  if (!out.failed && out.length > 0) path = arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  json_member_text(json, "evidence", path);
}
