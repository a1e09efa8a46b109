// Keeps what is known of keys and their tenants, and asks again in time.
#include "api/directory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "http/handler.h"
#include "store/dimension_store.h"
#include "store/invitation_store.h"
#include "store/key_store.h"
#include "store/metric_store.h"

enum { BUCKETS = 1024, FAILURE_MS = 100 };

struct waiter {
  struct waiter *next;
  struct request *request;
};

// What the database last said of one key id, at `asked_ms`.
struct entry {
  struct entry *next;
  char id[KEY_ID_CHARS + 1];
  bool known;  // false: there is no such key, or no longer
  uint8_t secret_hash[DIGEST_BYTES];
  enum role role;
  struct principal principal;
  int64_t asked_ms;   // when the question of the last answer was put; 0: never
  int64_t asking_ms;  // when the question under way was put; 0: none
  int64_t failed_ms;  // when the last question failed; 0: it didn't
  struct job *job;
  struct waiter *waiters;
  struct directory *directory;
};

// One per tenant that a valid key was seen of; kept for good, so that requests may point at it.
struct resident {
  struct resident *next;
  struct tenant tenant;
  struct tenant_metrics metrics;
};

struct directory {
  struct service *service;
  struct entry *buckets[BUCKETS];
  size_t entries;
  struct resident *residents;
};

struct directory *directory_new(struct service *service) {
  struct directory *directory = calloc(1, sizeof *directory);
  if (directory) directory->service = service;
  return directory;
}

void directory_free(struct directory *directory) {
  if (!directory) return;
  for (size_t i = 0; i < BUCKETS; i++)
    while (directory->buckets[i]) {
      struct entry *entry = directory->buckets[i];
      directory->buckets[i] = entry->next;
      free(entry);
    }
  while (directory->residents) {
    struct resident *resident = directory->residents;
    directory->residents = resident->next;
    free(resident);
  }
  free(directory);
}

static size_t bucket_of(struct text id) {
  size_t hash = 5381;
  for (size_t i = 0; i < id.length; i++)
    hash = hash * 33 ^ (unsigned char)id.at[i];
  return hash % BUCKETS;
}

// Makes room by dropping ids that turned out to be no keys; ids are cheap to invent.
static void drop_unknown(struct directory *directory) {
  for (size_t i = 0; i < BUCKETS; i++)
    for (struct entry **link = &directory->buckets[i]; *link;) {
      struct entry *entry = *link;
      if (entry->known || entry->asking_ms) {
        link = &entry->next;
        continue;
      }
      *link = entry->next;
      free(entry);
      directory->entries--;
    }
}

static struct entry *find_entry(struct directory *directory, struct text id) {
  struct entry **bucket = &directory->buckets[bucket_of(id)];
  for (struct entry *entry = *bucket; entry; entry = entry->next)
    if (text_is(id, entry->id)) return entry;
  if (directory->entries >= KEY_CACHE_ENTRIES_MAX) drop_unknown(directory);
  struct entry *entry = calloc(1, sizeof *entry);
  if (!entry) return NULL;
  memcpy(entry->id, id.at, KEY_ID_CHARS);
  memcpy(entry->principal.key_id, id.at, KEY_ID_CHARS);
  entry->directory = directory;
  entry->next = *bucket;
  *bucket = entry;
  directory->entries++;
  return entry;
}

static struct resident *find_resident(struct directory *directory, const struct uuid *id) {
  for (struct resident *resident = directory->residents; resident; resident = resident->next)
    if (uuid_equal(&resident->tenant.id, id)) return resident;
  struct resident *resident = calloc(1, sizeof *resident);
  if (!resident) return NULL;
  resident->next = directory->residents;
  directory->residents = resident;
  return resident;
}

// Ends the question and wakes who waits for it.
static void settle(struct entry *entry, enum err error) {
  job_free(entry->job);
  entry->job = NULL;
  if (error)
    entry->failed_ms = clock_ms();
  else {
    entry->asked_ms = entry->asking_ms;
    entry->failed_ms = 0;
  }
  entry->asking_ms = 0;
  struct waiter *waiters = entry->waiters;
  entry->waiters = NULL;
  for (; waiters; waiters = waiters->next)
    request_resume(waiters->request);
}

enum { STEP_DIMENSIONS, STEP_METRICS, STEP_ASKS };

static void listed(struct job *job) {
  struct entry *entry = job->owner;
  struct resident *resident = job->error ? NULL : find_resident(entry->directory, &job->tenant);
  if (resident) {
    dimension_take_all(job, STEP_DIMENSIONS, &resident->tenant);
    metric_take_all(job, STEP_METRICS, &resident->metrics);
    resident->tenant.metrics = &resident->metrics;
    resident->tenant.asks = invitation_take_asks(job, STEP_ASKS);
  }
  settle(entry, job->error);
}

// The key is known; the tenant's dimensions, metrics and surveys are behind its policy, so they are a second question.
static void key_found(struct job *job) {
  struct entry *entry = job->owner;
  struct tenant found;
  memset(&found, 0, sizeof found);
  if (job->error) {
    settle(entry, job->error);
    return;
  }
  entry->known = key_take_found(job, entry->secret_hash, &entry->role, &found);
  if (!entry->known) {
    settle(entry, ERR_NONE);
    return;
  }
  struct resident *resident = find_resident(entry->directory, &found.id);
  struct tenant *tenant = resident ? &resident->tenant : NULL;
  if (tenant) {
    memcpy(found.dimensions, tenant->dimensions, sizeof found.dimensions);
    found.dimensions_count = tenant->dimensions_count;
    found.metrics = tenant->metrics;
    found.asks = tenant->asks;
    *tenant = found;
    entry->principal.tenant = tenant;
  }
  struct job *next = tenant ? job_new(job->store, LANE_LISTEN, &tenant->id, entry, listed) : NULL;
  job_free(job);
  entry->job = next;
  if (next) dimension_ask_list(next, &tenant->id, TEXT_NONE, false);
  if (next) metric_ask_list(next, &tenant->id, 0);
  if (next) invitation_ask_asks(next, &tenant->id);
  if (!next || store_submit(next)) settle(entry, ERR_UNAVAILABLE);
}

static void ask(struct entry *entry) {
  entry->asking_ms = clock_ms();
  telemetry_add(COUNT_KEY_LOOKUPS, 1);
  entry->job = job_new(entry->directory->service->store, LANE_LISTEN, NULL, entry, key_found);
  if (entry->job) key_ask_find(entry->job, text_of(entry->id));
  if (!entry->job || store_submit(entry->job)) settle(entry, ERR_UNAVAILABLE);
}

static bool midnight_passed(const struct entry *entry) { return entry->known && instant_now() >= entry->principal.tenant->next_midnight; }

// ERR_NONE: what is known may be used.
static enum err consult(struct entry *entry, struct request *request) {
  int64_t age = clock_ms() - entry->asked_ms;
  bool usable = entry->asked_ms && age < KEY_STALE_MS_MAX && !midnight_passed(entry);
  bool failed = entry->failed_ms && clock_ms() - entry->failed_ms < FAILURE_MS;
  if (!entry->asking_ms && !failed && (!usable || age >= KEY_FRESH_MS_MAX)) ask(entry);
  if (usable) return ERR_NONE;
  if (!entry->asking_ms) return ERR_UNAVAILABLE;
  // While its body is still coming a request can go at any time; it asks again when it can wait.
  if (!request->may_wait) return ERR_PENDING;
  struct waiter *waiter = arena_take(&request->arena, sizeof *waiter);
  if (!waiter) return ERR_UNAVAILABLE;
  *waiter = (struct waiter){entry->waiters, request};
  entry->waiters = waiter;
  return ERR_PENDING;
}

static struct text bearer_of(const struct request *request) {
  struct text value = request_header(request, "Authorization");
  if (value.length < 7 || strncasecmp(value.at, "Bearer ", 7) != 0) return TEXT_NONE;
  return text_trimmed((struct text){value.at + 7, value.length - 7});
}

enum err directory_authenticate(struct request *request) {
  uint8_t secret_hash[DIGEST_BYTES];
  struct text id;
  struct directory *directory = service_of(request)->directory;
  if (!key_split(bearer_of(request), &id, secret_hash)) return ERR_UNAUTHENTICATED;
  struct entry *entry = find_entry(directory, id);
  if (!entry) return ERR_UNAVAILABLE;
  enum err error = consult(entry, request);
  if (error) return error;
  if (!entry->known || !digest_equal(entry->secret_hash, secret_hash, DIGEST_BYTES)) return ERR_UNAUTHENTICATED;
  // A copy: the entry may go before the request does.
  struct principal *principal = arena_take(&request->arena, sizeof *principal);
  if (!principal) return ERR_UNAVAILABLE;
  *principal = entry->principal;
  request->principal = principal;
  request->role = entry->role;
  return ERR_NONE;
}

void directory_forget(struct directory *directory, const struct tenant *tenant) {
  for (size_t i = 0; i < BUCKETS; i++)
    for (struct entry *entry = directory->buckets[i]; entry; entry = entry->next)
      if (entry->principal.tenant == tenant) {
        entry->asked_ms = 0;
        if (entry->asking_ms) entry->asking_ms = 1;  // the answer under way may be from before the change
      }
}

void log_principal(const struct request *request) {
  if (!request->principal) return;
  log_field_text("tenant", text_of(request->principal->tenant->slug));
  log_field_text("key", text_of(request->principal->key_id));
}
