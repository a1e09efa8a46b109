// The outbox: events that wait to be sent to webhooks, and what became of those that were.
#ifndef XLAD_STORE_OUTBOX_STORE_H
#define XLAD_STORE_OUTBOX_STORE_H

#include "store/job.h"

extern const struct statement *const OUTBOX_STATEMENTS[];

// One step: puts an event into the outbox, within the transaction of the change that it tells of; one row per webhook that wants the type.
// `type` is one of EVENT_NAMES (domain/webhook.h); `payload_json` is a whole JSON value of at most WEBHOOK_PAYLOAD_BYTES_MAX, which becomes the
// member "data" of what is sent. The event gets its id and its time here.
void outbox_ask(struct job *job, const struct uuid *tenant, const char *type, struct text payload_json);

#endif
