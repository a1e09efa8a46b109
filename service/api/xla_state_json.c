// Writes states of agreements.
#include "api/xla_state_json.h"

enum { SHOWN_DECIMALS = 2, SHARE_DECIMALS = 4 };

static void write_ratio(struct json_writer *json, const char *name, struct ratio ratio, int decimals) {
  json_name(json, name);
  if (ratio.denominator > 0)
    json_ratio(json, ratio.numerator, ratio.denominator, decimals);
  else
    json_null(json);
}

static void write_estimate(struct json_writer *json, const struct estimate *estimate, bool hidden) {
  bool shown = !hidden && estimate->has_value;
  write_ratio(json, "value", shown ? (struct ratio){estimate->numerator, estimate->denominator} : (struct ratio){0, 0}, SHOWN_DECIMALS);
  json_member_int(json, "n", hidden ? ABSENT : estimate->n);
  json_name(json, "interval");
  if (shown && estimate->has_interval) {
    json_array(json);
    json_decimal(json, estimate->low, SHOWN_DECIMALS);
    json_decimal(json, estimate->high, SHOWN_DECIMALS);
    json_array_end(json);
  } else {
    json_null(json);
  }
}

static void write_tri(struct json_writer *json, const char *name, bool known, bool value) {
  json_name(json, name);
  if (known)
    json_bool(json, value);
  else
    json_null(json);
}

static void write_budget(struct json_writer *json, const struct xla_budget *budget) {
  json_name(json, "budget");
  if (budget->room == XLA_ROOM_NONE) {
    json_null(json);
    return;
  }
  json_object(json);
  json_member_int(json, "left", budget->room == XLA_ROOM_LEFT ? budget->left : ABSENT);
  write_ratio(json, "used", budget->used, SHARE_DECIMALS);
  json_object_end(json);
}

static void write_burn(struct json_writer *json, const struct xla_burn *burn) {
  json_name(json, "burn");
  if (burn->week.denominator == 0 && burn->day.denominator == 0) {
    json_null(json);
    return;
  }
  json_object(json);
  write_ratio(json, "week", burn->week, SHARE_DECIMALS);
  write_ratio(json, "day", burn->day, SHARE_DECIMALS);
  json_member_bool(json, "alert", burn->alert);
  json_object_end(json);
}

static void write_pair(struct json_writer *json, const struct xla_readings *readings) {
  json_name(json, "paired_sla");
  if (!readings->paired) {
    json_null(json);
    return;
  }
  json_object(json);
  json_member_string(json, "metric", readings->paired->key);
  write_ratio(json, "target", readings->paired_target, SHARE_DECIMALS);
  write_estimate(json, &readings->paired_figure.estimate, readings->paired_figure.hidden);
  json_object_end(json);
}

// An index with what it is made of: weights as parts of one.
static void write_parts(struct json_writer *json, const struct xla_state_head *head) {
  int64_t weights = 0;
  json_name(json, "components");
  if (head->parts_count == 0) {
    json_null(json);
    return;
  }
  for (size_t i = 0; i < head->parts_count; i++)
    weights += head->parts[i].weight;
  json_array(json);
  for (size_t i = 0; i < head->parts_count; i++) {
    const struct composite_part *part = &head->parts[i];
    json_object(json);
    json_member_string(json, "metric", part->metric->key);
    write_ratio(json, "weight", (struct ratio){part->weight, weights}, SHARE_DECIMALS);
    write_estimate(json, &part->estimate, part->hidden);
    json_member_bool(json, "suppressed", part->hidden);
    write_ratio(json, "score", part->has_score && !part->hidden ? part->score : (struct ratio){0, 0}, SHOWN_DECIMALS);
    json_object_end(json);
  }
  json_array_end(json);
}

void xla_state_write(struct json_writer *json, const struct xla_state_head *head, const struct xla_terms *terms, const struct xla_readings *readings,
                     const struct xla_state *state) {
  json_object(json);
  json_member_day(json, "day", head->day);
  json_member_int(json, "version", head->version);
  json_member_string(json, "status", XLA_STATUS_NAMES[state->status]);
  write_tri(json, "confirmed", state->has_confirmed, state->confirmed);
  write_estimate(json, &state->value, state->hidden);
  json_member_bool(json, "suppressed", state->hidden);
  write_ratio(json, "target", terms->target, SHARE_DECIMALS);
  json_name(json, "window");
  json_object(json);
  json_member_day(json, "from", readings->window.from);
  json_member_day(json, "to", readings->window.to);
  json_object_end(json);
  json_member_int(json, "counted_days", readings->counted_days);
  write_budget(json, &state->budget);
  write_burn(json, &state->burn);
  json_name(json, "projection");
  if (state->has_projection)
    json_day(json, state->projection);
  else
    json_null(json);
  write_pair(json, readings);
  write_parts(json, head);
  write_tri(json, "watermelon", state->has_watermelon, state->watermelon);
  json_member_bool(json, "stale", state->stale);
  integrity_write(json, head->findings);
  json_object_end(json);
}
