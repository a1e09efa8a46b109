// Webhooks and what was sent to them as JSON.
#ifndef XLAD_API_WEBHOOK_BODY_H
#define XLAD_API_WEBHOOK_BODY_H

#include "http/request.h"
#include "store/webhook_store.h"
#include "json/fields.h"

// The body of a POST, and of a PATCH; bits of `present` are in the order of the enum.
struct webhook_body {
  struct text url;
  struct text_list events;
  struct text label;
  int64_t enabled;
};
enum { WEBHOOK_URL, WEBHOOK_EVENTS, WEBHOOK_LABEL, WEBHOOK_ENABLED };
extern const struct field_table WEBHOOK_FIELDS;
extern const struct field_table WEBHOOK_CHANGE_FIELDS;

// Adds issues for a URL that nothing may be sent to, and for events that there are none of; what is absent is not looked at.
void webhook_check(struct request *request, const struct webhook_body *body);
// The id in the path; else ERR_NOT_FOUND.
enum err webhook_id_read(struct request *request, struct uuid *id);
// `secret`: "whsec_…" in the answer that shows it, absent in the form of it that is kept, NULL where the member isn't there.
void webhook_write(const struct webhook_row *webhook, const struct text *secret, struct json_writer *json);
void delivery_write(const struct outbox_delivery *delivery, struct json_writer *json);

#endif
