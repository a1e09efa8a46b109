// Decides when which outbox is looked into, sends what is claimed there, and has noted what came of it.
#include "api/sender.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "domain/webhook.h"
#include "http/client.h"
#include "store/source_store.h"
#include "store/webhook_store.h"

// How many outboxes are looked into at once.
enum { LOOKS_MAX = 8 };

// A tenant's. Kept for good: there are as many as tenants.
struct outbox {
  struct outbox *next;
  struct sender *sender;
  struct uuid tenant;
  int64_t look_ms;    // when it is to be looked into; INT64_MAX: not before something is heard
  int64_t waiting;    // as last counted
  int64_t room;       // of SENDS_MAX, taken by the look that is under way
  int64_t count_max;  // of that look
  unsigned sending;
  bool looking;
  bool noted;    // while it was being looked into
  bool overdue;  // the last look has left something that is due
  bool purge;
  bool known;  // its tenant was not revoked at the last sweep, or something was heard of it since
};

// An attempt, until it has been noted what came of it.
struct sending {
  struct sending *next, **link;
  struct outbox *outbox;
  struct post_request post;
  struct outbox_end end;
  int64_t tried_ms, began_ms;
  bool posted;   // it is under way
  char texts[];  // the URL with its NUL, then the body
};

struct sender {
  struct service *service;
  struct client *client;
  struct outbox *outboxes;
  struct sending *sendings;
  size_t sending, looks;
  int64_t reserved;  // places of SENDS_MAX for what is being claimed
  int64_t lease_ms;
  bool draining;
  struct timer timer, sweep;
  struct store_watcher watcher;
};

static struct outbox *find_outbox(struct sender *sender, const struct uuid *tenant) {
  for (struct outbox *outbox = sender->outboxes; outbox; outbox = outbox->next)
    if (uuid_equal(&outbox->tenant, tenant)) return outbox;
  struct outbox *outbox = calloc(1, sizeof *outbox);
  if (!outbox) return NULL;
  *outbox = (struct outbox){.next = sender->outboxes, .sender = sender, .tenant = *tenant, .look_ms = INT64_MAX};
  sender->outboxes = outbox;
  return outbox;
}

static int64_t room_of(const struct sender *sender, const struct outbox *outbox) {
  int64_t all = SENDS_MAX - (int64_t)sender->sending - sender->reserved, of_tenant = SENDS_OF_TENANT_MAX - (int64_t)outbox->sending;
  return all < of_tenant ? all : of_tenant;
}

static struct outbox *next_outbox(const struct sender *sender) {
  struct outbox *first = NULL;
  for (struct outbox *outbox = sender->outboxes; outbox; outbox = outbox->next)
    if (outbox->known && !outbox->looking && outbox->look_ms < (first ? first->look_ms : INT64_MAX) && room_of(sender, outbox) > 0) first = outbox;
  return first;
}

static void schedule(struct sender *sender) {
  struct outbox *outbox = sender->draining || sender->looks >= LOOKS_MAX ? NULL : next_outbox(sender);
  int64_t pause_ms = outbox ? outbox->look_ms - clock_ms() : 0;
  loop_timer_stop(sender->service->loop, &sender->timer);
  if (outbox) (void)loop_timer_start(sender->service->loop, &sender->timer, pause_ms > 0 ? pause_ms : 0);
}

static void look_by(struct outbox *outbox, int64_t look_ms) {
  if (look_ms < outbox->look_ms) outbox->look_ms = look_ms;
}

static void count_waiting(struct outbox *outbox, int64_t waiting) {
  telemetry_add(GAUGE_OUTBOX, waiting - outbox->waiting);
  outbox->waiting = waiting;
}

// --- What came of an attempt ----------------------------------------------------------------------------------------

static void free_sending(struct sending *sending) {
  struct outbox *outbox = sending->outbox;
  *sending->link = sending->next;
  if (sending->next) sending->next->link = sending->link;
  outbox->sending--;
  outbox->sender->sending--;
  free(sending);
}

// There is room for another one.
static void end_sending(struct sending *sending) {
  struct outbox *outbox = sending->outbox;
  bool failed = sending->end.state == OUTBOX_FAILED;
  if (failed) look_by(outbox, clock_ms() + sending->end.pause_ms);
  if (outbox->overdue) look_by(outbox, clock_ms());
  free_sending(sending);
  schedule(outbox->sender);
}

static void end_noted(struct job *job) {
  struct sending *sending = job->owner;
  if (!job->error && (sending->end.state == OUTBOX_DELIVERED || sending->end.state == OUTBOX_DEAD))
    count_waiting(sending->outbox, sending->outbox->waiting > 0 ? sending->outbox->waiting - 1 : 0);
  job_free(job);
  end_sending(sending);
}

static void log_given_up(const struct sending *sending) {
  char id[UUID_CHARS];
  log_begin(LOG_WARNING, "webhook");
  uuid_write(&sending->end.webhook, id);
  log_field_text("webhook", (struct text){id, UUID_CHARS});
  uuid_write(&sending->end.event, id);
  log_field_text("event_id", (struct text){id, UUID_CHARS});
  log_field_text("message", sending->end.gone.at ? TEXT("switched off: the receiver is gone") : TEXT("given up"));
  log_field_text("error", sending->end.error);
  log_end();
}

// 410 says that the receiver wants nothing more; 429 and 503 may say when it wants to be asked again.
static void judge(struct sending *sending) {
  const struct post_request *post = &sending->post;
  struct outbox_end *end = &sending->end;
  uint32_t chance;
  end->status = post->status ? post->status : ABSENT;
  end->error = post->error[0] ? text_of(post->error) : TEXT_NONE;
  if (post->status >= 200 && post->status < 300) {
    end->state = OUTBOX_DELIVERED;
    return;
  }
  random_bytes(&chance, sizeof chance);
  int64_t asked = post->status == 429 || post->status == 503 ? post->retry_after : ABSENT;
  end->pause_ms = post->status == 410 ? -1 : webhook_pause_ms(sending->tried_ms + clock_ms() - sending->began_ms, asked, chance);
  end->state = end->pause_ms < 0 ? OUTBOX_DEAD : OUTBOX_FAILED;
  if (post->status == 410) end->gone = text_of(post->url);
  if (end->state == OUTBOX_DEAD) log_given_up(sending);
}

// Where it can't be noted, the lease brings it back.
static void posted(struct post_request *post) {
  static const enum telemetry COUNTS[] = {
      [OUTBOX_DELIVERED] = COUNT_WEBHOOK_DELIVERED, [OUTBOX_FAILED] = COUNT_WEBHOOK_FAILED, [OUTBOX_DEAD] = COUNT_WEBHOOK_DEAD};
  struct sending *sending = post->owner;
  struct outbox *outbox = sending->outbox;
  sending->posted = false;
  judge(sending);
  telemetry_add(COUNTS[sending->end.state], 1);
  struct job *job = job_new(outbox->sender->service->store, LANE_FOLD, &outbox->tenant, sending, end_noted);
  if (job) outbox_ask_end(job, &outbox->tenant, &sending->end);
  if (job && !store_submit(job)) return;
  job_free(job);
  end_sending(sending);
}

// --- Sending --------------------------------------------------------------------------------------------------------

static void write_headers(struct sending *sending, const struct outbox_row *row) {
  char id[UUID_CHARS], signature[WEBHOOK_SIGNATURE_CHARS + 1], old_signature[WEBHOOK_SIGNATURE_CHARS + 1] = "";
  struct text event = {id, sizeof id};
  int64_t now = instant_now() / MICROS_PER_SECOND;
  uuid_write(&row->event, id);
  webhook_sign(row->secret, event, now, row->body, signature);
  if (row->old_secret.at) webhook_sign(row->old_secret, event, now, row->body, old_signature);
  (void)snprintf(sending->post.headers[0], POST_HEADER_CHARS_MAX, "webhook-id: %.*s", UUID_CHARS, id);
  (void)snprintf(sending->post.headers[1], POST_HEADER_CHARS_MAX, "webhook-timestamp: %" PRId64, now);
  (void)snprintf(sending->post.headers[2], POST_HEADER_CHARS_MAX, "webhook-signature: %s%s%s", signature, old_signature[0] ? " " : "", old_signature);
}

static struct sending *make_sending(struct outbox *outbox, const struct outbox_row *row, const struct uuid *claim) {
  struct sender *sender = outbox->sender;
  struct sending *sending = calloc(1, sizeof *sending + row->url.length + 1 + row->body.length);
  if (!sending) return NULL;
  char *body = sending->texts + row->url.length + 1;
  memcpy(sending->texts, row->url.at, row->url.length);
  memcpy(body, row->body.at, row->body.length);
  sending->outbox = outbox;
  sending->end = (struct outbox_end){.webhook = row->webhook, .event = row->event, .claim = *claim};
  sending->tried_ms = row->tried_ms;
  sending->began_ms = clock_ms();
  sending->post.url = sending->texts;
  sending->post.body = (struct text){body, row->body.length};
  sending->post.done = posted;
  sending->post.owner = sending;
  write_headers(sending, row);
  sending->link = &sender->sendings;
  sending->next = sender->sendings;
  if (sending->next) sending->next->link = &sending->next;
  sender->sendings = sending;
  outbox->sending++;
  sender->sending++;
  return sending;
}

static void send_row(struct outbox *outbox, const struct outbox_row *row, const struct uuid *claim) {
  struct sending *sending = make_sending(outbox, row, claim);
  if (!sending) return;
  sending->posted = client_post(outbox->sender->client, &sending->post);
  if (!sending->posted) free_sending(sending);
}

// --- Looking --------------------------------------------------------------------------------------------------------

struct look {
  struct outbox *outbox;
  struct uuid claim;
};

static void take_claimed(struct outbox *outbox, const struct job *job, const struct uuid *claim) {
  size_t rows = job_rows(job, 0);
  for (size_t i = 0; i < rows && !outbox->sender->draining; i++) {
    struct outbox_row row;
    outbox_take_row(job, i, &row);
    send_row(outbox, &row, claim);
  }
  struct outbox_left left = outbox_take_left(job);
  if (left.waiting < outbox->count_max || outbox->count_max == OUTBOX_COUNT_MAX) count_waiting(outbox, left.waiting);
  outbox->overdue = left.due_ms != ABSENT && left.due_ms <= 0;
  if (outbox->overdue)
    outbox->look_ms = clock_ms() + (rows > 0 ? SEND_LOOK_MS_MIN : SEND_RETRY_MS);
  else if (left.due_ms != ABSENT)
    outbox->look_ms = clock_ms() + left.due_ms + 1;
}

static void looked(struct job *job) {
  struct look *look = job->owner;
  struct outbox *outbox = look->outbox;
  struct sender *sender = outbox->sender;
  outbox->looking = false;
  outbox->look_ms = INT64_MAX;
  sender->looks--;
  sender->reserved -= outbox->room;
  if (job->error)
    outbox->look_ms = clock_ms() + SEND_RETRY_MS;
  else
    take_claimed(outbox, job, &look->claim);
  if (outbox->noted) look_by(outbox, clock_ms());
  outbox->noted = false;
  job_free(job);
  free(look);
  schedule(sender);
}

static void ask_claim(struct job *job, struct outbox *outbox, const struct uuid *id) {
  struct uuid busy[SENDS_OF_TENANT_MAX];
  struct outbox_claim claim = {.id = *id,
                               .rows_max = outbox->room,
                               .of_webhook_max = SENDS_OF_WEBHOOK_MAX,
                               .busy = busy,
                               .lease_ms = outbox->sender->lease_ms,
                               .count_max = outbox->purge ? OUTBOX_COUNT_MAX : OUTBOX_GLANCE_MAX,
                               .purge = outbox->purge};
  for (const struct sending *sending = outbox->sender->sendings; sending; sending = sending->next)
    if (sending->outbox == outbox) busy[claim.busy_count++] = sending->end.webhook;
  assert(claim.busy_count == outbox->sending);
  outbox->count_max = claim.count_max;
  outbox_ask_claim(job, &outbox->tenant, &claim);
  // Last, as the claim's steps are counted from the first. What sources keep goes by the same broom.
  if (claim.purge) source_ask_purge(job, &outbox->tenant);
  outbox->purge = false;
}

static bool look_into(struct outbox *outbox) {
  struct sender *sender = outbox->sender;
  struct look *look = calloc(1, sizeof *look);
  struct job *job = look ? job_new(sender->service->store, LANE_FOLD, &outbox->tenant, look, looked) : NULL;
  if (job) {
    look->outbox = outbox;
    uuid_make(&look->claim);
    outbox->room = room_of(sender, outbox);
    ask_claim(job, outbox, &look->claim);
  }
  if (!job || store_submit(job)) {
    job_free(job);
    free(look);
    outbox->look_ms = clock_ms() + SEND_RETRY_MS;
    return false;
  }
  outbox->looking = true;
  sender->looks++;
  sender->reserved += outbox->room;
  return true;
}

static void look_next(struct timer *timer) {
  struct sender *sender = timer->owner;
  struct outbox *outbox;
  while (sender->looks < LOOKS_MAX && (outbox = next_outbox(sender)) && outbox->look_ms <= clock_ms() && look_into(outbox)) {
  }
  schedule(sender);
}

static void note(void *context, const struct uuid *tenant) {
  struct sender *sender = context;
  struct outbox *outbox = sender->draining ? NULL : find_outbox(sender, tenant);
  if (!outbox) return;
  outbox->known = true;
  outbox->noted = outbox->looking;
  look_by(outbox, clock_ms());
  schedule(sender);
}

// --- All outboxes ---------------------------------------------------------------------------------------------------

static void sweep_after(struct sender *sender, int64_t pause_ms) {
  if (!sender->draining) (void)loop_timer_start(sender->service->loop, &sender->sweep, pause_ms);
}

static void listed(struct job *job) {
  struct sender *sender = job->owner;
  for (struct outbox *outbox = sender->outboxes; outbox && !job->error; outbox = outbox->next)
    outbox->known = false;
  for (size_t i = 0; !job->error && i < job_rows(job, 0); i++) {
    struct uuid tenant = row_uuid(job, 0, i, 0);
    struct outbox *outbox = find_outbox(sender, &tenant);
    if (outbox) outbox->purge = true;
    note(sender, &tenant);
  }
  sweep_after(sender, job->error ? SEND_RETRY_MS : SEND_SWEEP_MS);
  job_free(job);
}

// For what a daemon that is gone has left, or was heard of by one only.
static void sweep_due(struct timer *timer) {
  struct sender *sender = timer->owner;
  struct job *job = job_new(sender->service->store, LANE_FOLD, NULL, sender, listed);
  if (job) outbox_ask_tenants(job);
  if (job && !store_submit(job)) return;
  job_free(job);
  sweep_after(sender, SEND_RETRY_MS);
}

struct sender *sender_new(struct service *service) {
  struct sender *sender = calloc(1, sizeof *sender);
  if (!sender) return NULL;
  int64_t total_ms = service->settings->webhook_seconds * 1000;
  // Time for the claim to come back and for the end to be noted, besides.
  *sender = (struct sender){.service = service, .lease_ms = 2 * total_ms + 5000};
  sender->client = client_open(service->loop, service->settings->webhook_private, total_ms);
  if (!sender->client) {
    free(sender);
    return NULL;
  }
  sender->timer = (struct timer){.fire = look_next, .owner = sender};
  sender->sweep = (struct timer){.fire = sweep_due, .owner = sender};
  sender->watcher = (struct store_watcher){.changed = note, .context = sender};
  store_watch_outbox(service->store, &sender->watcher);
  sweep_after(sender, 0);
  return sender;
}

void sender_drain(struct sender *sender) {
  sender->draining = true;
  loop_timer_stop(sender->service->loop, &sender->timer);
  loop_timer_stop(sender->service->loop, &sender->sweep);
}

size_t sender_pending(const struct sender *sender) { return sender->sending; }

void sender_free(struct sender *sender) {
  if (!sender) return;
  sender_drain(sender);
  for (struct sending *sending = sender->sendings, *next; sending; sending = next) {
    next = sending->next;
    if (sending->posted) client_drop(&sending->post);
    free_sending(sending);
  }
  client_close(sender->client);
  while (sender->outboxes) {
    struct outbox *outbox = sender->outboxes;
    sender->outboxes = outbox->next;
    free(outbox);
  }
  free(sender);
}
