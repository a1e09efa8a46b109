// The outbox: events that wait to be sent to webhooks, and what became of those that were.
#ifndef XLAD_STORE_OUTBOX_STORE_H
#define XLAD_STORE_OUTBOX_STORE_H

#include "store/job.h"

extern const struct statement *const OUTBOX_STATEMENTS[];

// One step: puts an event into the outbox, within the transaction of the change that it tells of; one row per webhook that wants the type.
// `type` is one of EVENT_NAMES (domain/webhook.h); `payload_json` is a whole JSON value of at most WEBHOOK_PAYLOAD_BYTES_MAX, which becomes the
// member "data" of what is sent. The event gets its id and its time here.
void outbox_ask(struct job *job, const struct uuid *tenant, const char *type, struct text payload_json);
// One step: puts one into the outbox for this webhook alone, whichever types it wants. Rows: one delivery; none where it is switched off, or
// WEBHOOK_TESTS_MAX wait for it already.
void outbox_ask_for(struct job *job, const struct uuid *tenant, const struct uuid *webhook, const char *type, struct text payload_json);

// One step: the tenants whose events are sent, which are those that are not revoked; rows: their ids.
void outbox_ask_tenants(struct job *job);

// For the sender. Whoever has claimed a row sends it; who hasn't ended that when the lease is over has lost it to the next.
struct outbox_claim {
  struct uuid id;
  int64_t rows_max, of_webhook_max;
  const struct uuid *busy;  // webhook of each that is being sent already, and counts against of_webhook_max
  size_t busy_count;
  int64_t lease_ms;
  int64_t count_max;  // how far what waits is counted
  bool purge;         // drop what is older than WEBHOOK_KEPT_DAYS, too
};
// Two steps, or three: takes rows that are due, the longest due first, without waiting for other senders.
void outbox_ask_claim(struct job *job, const struct uuid *tenant, const struct outbox_claim *claim);
// Of the rows of the first step; views into the job.
struct outbox_row {
  struct uuid webhook, event;
  struct text body, url, secret;
  struct text old_secret;  // absent when it doesn't sign any more
  int64_t tried_ms;
};
void outbox_take_row(const struct job *job, size_t row, struct outbox_row *claimed);
// How many have not been delivered or given up, up to count_max; and in how many milliseconds the next is due, ABSENT when none is.
struct outbox_left {
  int64_t waiting, due_ms;
};
struct outbox_left outbox_take_left(const struct job *job);

enum outbox_state { OUTBOX_PENDING, OUTBOX_DELIVERED, OUTBOX_FAILED, OUTBOX_DEAD };
extern const char *const OUTBOX_STATE_NAMES[];
// What came of an attempt.
struct outbox_end {
  struct uuid webhook, event, claim;
  enum outbox_state state;
  int64_t pause_ms;  // OUTBOX_FAILED: until it is tried again
  int64_t status;    // ABSENT where no answer came
  struct text error;
  struct text gone;  // present: the receiver at this URL wants nothing more, so its webhook is switched off
};
// One step, or two: notes it, unless another sender has claimed the row since; a delivery is noted in any case.
void outbox_ask_end(struct job *job, const struct uuid *tenant, const struct outbox_end *end);

// One step: deliveries of a webhook, the newest first, from behind an event; state: an enum outbox_state or ABSENT.
void outbox_ask_list(struct job *job, const struct uuid *tenant, const struct uuid *webhook, const struct uuid *before, int64_t state, int64_t limit);
// One step: is sent again from now on for as long as if it were new. Rows: one delivery; none where there is no such one, or the webhook is switched
// off.
void outbox_ask_again(struct job *job, const struct uuid *tenant, const struct uuid *webhook, const struct uuid *event, struct text actor);
// A row of these, or of outbox_ask_for.
struct outbox_delivery {
  struct uuid event;
  struct text type, state, error;
  int64_t attempts, status, created_at, attempted_at, next_attempt_at;
};
void outbox_take_delivery(const struct job *job, unsigned step, size_t row, struct outbox_delivery *delivery);

#endif
