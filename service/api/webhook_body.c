// Reads and writes webhooks as JSON, and judges where they go.
#include "api/webhook_body.h"

#include "api/service.h"
#include "http/client.h"

#define AT(member) .name = #member, .offset = offsetof(struct webhook_body, member)
#define URL        AT(url), .kind = FIELD_TEXT, .min = 1, .max = WEBHOOK_URL_CHARS_MAX
#define EVENTS     AT(events), .kind = FIELD_TEXT_LIST, .min = 1, .max = EVENT_NAME_CHARS_MAX, .count_max = EVENT_NAMES_COUNT
#define LABEL      AT(label), .kind = FIELD_TEXT, .min = 1, .max = NAME_CHARS_MAX
#define ENABLED    AT(enabled), .kind = FIELD_BOOL

static const struct field ROWS[] = {
    {URL, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {EVENTS, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL},
    {LABEL, .flags = FIELD_NO_CONTROL},
    {ENABLED},
};
const struct field_table WEBHOOK_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

static const struct field CHANGE_ROWS[] = {
    [WEBHOOK_URL] = {URL, .flags = FIELD_NO_CONTROL},
    [WEBHOOK_EVENTS] = {EVENTS, .flags = FIELD_NO_CONTROL},
    [WEBHOOK_LABEL] = {LABEL, .flags = FIELD_NO_CONTROL},
    [WEBHOOK_ENABLED] = {ENABLED},
};
const struct field_table WEBHOOK_CHANGE_FIELDS = {CHANGE_ROWS, sizeof CHANGE_ROWS / sizeof *CHANGE_ROWS};

static const struct {
  const char *rule, *detail;
} FAULTS[] = {
    [URL_MALFORMED] = {"format", "must be an absolute URL such as https://example.com/hook"},
    [URL_SCHEME] = {"scheme", "must begin with https://"},
    [URL_CREDENTIALS] = {"credentials", "must not hold a user or a password: what is sent is signed"},
    [URL_FRAGMENT] = {"fragment", "must not have a fragment, which is never sent"},
    [URL_PRIVATE] = {"private", "must not lead to a private or local address"},
};

static bool is_event(struct text name) {
  for (size_t i = 0; EVENT_NAMES[i]; i++)
    if (text_is(name, EVENT_NAMES[i])) return true;
  return false;
}

void webhook_check(struct request *request, const struct webhook_body *body) {
  struct issues *issues = &request->issues;
  enum url_fault fault = body->url.at ? client_judge(body->url, service_of(request)->settings->webhook_private) : URL_GOOD;
  if (fault != URL_GOOD) issues_add(issues, TEXT("/url"), FAULTS[fault].rule, "%s", FAULTS[fault].detail);
  if (body->events.items && body->events.count == 0) issues_add(issues, TEXT("/events"), "count", "must name one at least");
  for (size_t i = 0; body->events.items && i < body->events.count; i++)
    if (!is_event(body->events.items[i]))
      issues_add(issues, arena_format(&request->arena, "/events/%zu", i), "enum", "must be one of %s, %s, %s, %s, %s, %s, %s", EVENT_XLA_AT_RISK,
                 EVENT_XLA_BREACHED, EVENT_XLA_MET, EVENT_XLA_STALE, EVENT_INITIATIVE_EVALUATED, EVENT_INVITATION_ISSUED, EVENT_WEBHOOK_TEST);
}

enum err webhook_id_read(struct request *request, struct uuid *id) {
  if (uuid_read(request->path_values[0], id)) return ERR_NONE;
  return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of a webhook");
}

static void write_id(struct json_writer *json, const struct uuid *id) {
  char text[UUID_CHARS];
  uuid_write(id, text);
  json_member_text(json, "id", (struct text){text, sizeof text});
}

void webhook_write(const struct webhook_row *webhook, const struct text *secret, struct json_writer *json) {
  json_object(json);
  write_id(json, &webhook->id);
  json_member_text(json, "url", webhook->url);
  json_name(json, "events");
  json_array(json);
  for (size_t i = 0; i < webhook->events_count; i++)
    json_text(json, webhook->events[i]);
  json_array_end(json);
  json_member_text(json, "label", webhook->label);
  json_member_bool(json, "enabled", webhook->enabled);
  json_member_text(json, "disabled_reason", webhook->disabled_reason);
  json_member_instant(json, "created_at", webhook->created_at);
  json_member_instant(json, "old_secret_until", webhook->old_secret_until);
  if (secret) json_member_text(json, "secret", *secret);
  json_object_end(json);
}

void delivery_write(const struct outbox_delivery *delivery, struct json_writer *json) {
  json_object(json);
  write_id(json, &delivery->event);
  json_member_text(json, "type", delivery->type);
  json_member_text(json, "state", delivery->state);
  json_member_int(json, "attempts", delivery->attempts);
  json_member_instant(json, "created_at", delivery->created_at);
  json_member_instant(json, "attempted_at", delivery->attempted_at);
  json_member_instant(json, "next_attempt_at", delivery->next_attempt_at);
  json_member_int(json, "status", delivery->status);
  json_member_text(json, "error", delivery->error);
  json_object_end(json);
}
