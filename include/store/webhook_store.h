// Webhooks in the database: who is told of events. What is told goes through the outbox.
#ifndef XLAD_STORE_WEBHOOK_STORE_H
#define XLAD_STORE_WEBHOOK_STORE_H

#include "base/arena.h"
#include "domain/webhook.h"
#include "store/outbox_store.h"

extern const struct statement *const WEBHOOK_STATEMENTS[];

struct webhook_row {
  struct uuid id;
  int64_t revision;
  struct text url;
  struct text *events;
  size_t events_count;
  struct text label, disabled_reason;
  bool enabled;
  int64_t created_at, old_secret_until;
};

// One step: webhooks in the order of their making from behind one of them (NULL: from the first); with an id, that one.
void webhook_ask_list(struct job *job, const struct uuid *tenant, const struct uuid *id, const struct uuid *after, int64_t limit);
// Texts are views into the job, the list of events is in the arena.
void webhook_take_row(const struct job *job, unsigned step, size_t row, struct arena *arena, struct webhook_row *webhook);

// Two steps: makes one with the id, secret and time given here. Rows of the second: one, none when the tenant has WEBHOOKS_MAX already.
enum { WEBHOOK_MADE_STEP = 1 };
void webhook_ask_create(struct job *job, const struct uuid *tenant, const struct webhook_row *webhook, const uint8_t secret[WEBHOOK_SECRET_BYTES],
                        struct text actor);
// One step: url, events, label and enabled, over what its revision says. Rows: one, none when it was changed meanwhile.
void webhook_ask_change(struct job *job, const struct uuid *tenant, const struct webhook_row *webhook, struct text actor);
// One step: a new secret; the one before signs too until webhook->old_secret_until. Rows: one, none when there is none.
void webhook_ask_rotate(struct job *job, const struct uuid *tenant, const struct webhook_row *webhook, const uint8_t secret[WEBHOOK_SECRET_BYTES],
                        struct text actor);
// One step: drops it with all that was or should have been sent to it. Rows: one, none when there is none.
void webhook_ask_delete(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor);

#endif
