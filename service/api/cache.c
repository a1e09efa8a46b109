// Keeps the answers of reads and knows when they are old.
#include "api/cache.h"

#include <stdlib.h>
#include <string.h>

#include "base/gzip.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "http/reply.h"

enum { BUCKETS = 4096, ENTRY_MS_MAX = 10000, BUMPS_AT_ONCE = 100, BUMPS_QUIET = 10 };

// A request that waits for another one's answer; in its own arena.
struct waiter {
  struct waiter *next;
  struct request *request;
  struct text key;
  enum err (*compute)(struct request *request);
  bool later;      // what is being computed began before the last change: it waits for its end, and then for the next
  enum err error;  // ERR_PENDING: try again
};

// How often a tenant's data was seen to change. Kept for good: there are as many as tenants.
struct version {
  struct version *next;
  struct uuid tenant;
  uint64_t number;
  int64_t spent_ms;  // a bump costs a pause; this is until when those so far are paid for
  bool bump_due;     // when the next one can be afforded
  bool streaming;    // at the last change: bumps couldn't be afforded any more, and not yet BUMPS_QUIET of them again
};

// What a computation can have seen: everything before it began.
struct sight {
  uint64_t number;  // the version's
  int64_t began_ms;
  int64_t young_ms;  // how long after that it will do in a stream of changes
};

struct entry {
  struct entry *next;           // in its bucket
  struct entry *older, *newer;  // by last use
  struct version *version;
  uint64_t hash;
  struct sight kept, coming;  // of the body; of what is being computed
  bool computing, filled;
  struct waiter *waiters;
  char *bytes;  // the key, then the body
  size_t key_length, body_length;
  char *packed;  // the body as gzip, once somebody has asked for it
  size_t packed_length;
  char tag[ENTITY_TAG_CHARS_MAX];
};

struct cache {
  struct service *service;
  struct store_watcher watcher;
  struct entry *buckets[BUCKETS];
  struct entry *oldest, *newest;
  struct version *versions;
  size_t bytes;
  struct timer timer;  // for the bumps that are due
};

static void bump(const struct cache *cache, struct version *version) {
  int64_t now = clock_ms();
  version->number++;
  version->spent_ms = (version->spent_ms > now ? version->spent_ms : now) + cache->service->settings->cache_ms;
  version->bump_due = false;
}

static void bump_due(struct timer *timer) {
  struct cache *cache = timer->owner;
  for (struct version *version = cache->versions; version; version = version->next)
    if (version->bump_due) bump(cache, version);
}

// A few changes in a row are seen at once, so that who writes and then reads sees it; a stream of changes is seen once in a pause.
static void note_change(struct cache *cache, struct version *version) {
  int64_t pause = cache->service->settings->cache_ms;
  if (version->bump_due) return;
  version->bump_due = true;
  int64_t owed_ms = version->spent_ms - clock_ms();
  bool afforded = owed_ms < BUMPS_AT_ONCE * pause;
  version->streaming = !afforded || (version->streaming && owed_ms >= (BUMPS_AT_ONCE - BUMPS_QUIET) * pause);
  if (afforded || (cache->timer.slot == 0 && !loop_timer_start(cache->service->loop, &cache->timer, pause))) bump(cache, version);
}

static void changed(void *context, const struct uuid *tenant) {
  struct cache *cache = context;
  for (struct version *version = cache->versions; version; version = version->next)
    if (!tenant || uuid_equal(&version->tenant, tenant)) note_change(cache, version);
}

struct cache *cache_new(struct service *service) {
  struct cache *cache = calloc(1, sizeof *cache);
  if (!cache) return NULL;
  cache->service = service;
  cache->timer = (struct timer){.fire = bump_due, .owner = cache};
  cache->watcher = (struct store_watcher){.changed = changed, .context = cache};
  store_watch(service->store, &cache->watcher);
  return cache;
}

static struct version *find_version(struct cache *cache, const struct uuid *tenant) {
  for (struct version *version = cache->versions; version; version = version->next)
    if (uuid_equal(&version->tenant, tenant)) return version;
  struct version *version = calloc(1, sizeof *version);
  if (!version) return NULL;
  version->tenant = *tenant;
  version->next = cache->versions;
  cache->versions = version;
  return version;
}

static uint64_t hash_of(const struct version *version, struct text key) { return text_hash(TEXT_HASH ^ (uintptr_t)version, key); }

static size_t size_of(const struct entry *entry) { return sizeof *entry + entry->key_length + entry->body_length + entry->packed_length; }

static void unlink_use(struct cache *cache, struct entry *entry) {
  if (entry->older)
    entry->older->newer = entry->newer;
  else
    cache->oldest = entry->newer;
  if (entry->newer)
    entry->newer->older = entry->older;
  else
    cache->newest = entry->older;
}

static void link_use(struct cache *cache, struct entry *entry) {
  entry->older = cache->newest;
  entry->newer = NULL;
  if (cache->newest)
    cache->newest->newer = entry;
  else
    cache->oldest = entry;
  cache->newest = entry;
}

static void drop(struct cache *cache, struct entry *entry) {
  struct entry **link = &cache->buckets[entry->hash % BUCKETS];
  while (*link != entry)
    link = &(*link)->next;
  *link = entry->next;
  unlink_use(cache, entry);
  cache->bytes -= size_of(entry);
  free(entry->bytes);
  free(entry->packed);
  free(entry);
}

// Drops what was not used for longest, but nothing that is being computed.
static void make_room(struct cache *cache) {
  size_t most = (size_t)cache->service->settings->cache_mebibytes * 1024 * 1024;
  struct entry *entry = cache->oldest;
  while (entry && cache->bytes > most) {
    struct entry *newer = entry->newer;
    if (!entry->computing) drop(cache, entry);
    entry = newer;
  }
}

static struct entry *find_entry(struct cache *cache, struct version *version, struct text key) {
  uint64_t hash = hash_of(version, key);
  struct entry **bucket = &cache->buckets[hash % BUCKETS], *entry;
  for (entry = *bucket; entry; entry = entry->next)
    if (entry->hash == hash && entry->version == version && text_equals((struct text){entry->bytes, entry->key_length}, key)) break;
  if (entry) {
    unlink_use(cache, entry);
    link_use(cache, entry);
    return entry;
  }
  entry = calloc(1, sizeof *entry);
  char *bytes = malloc(key.length + 1);
  if (!entry || !bytes) {
    free(entry);
    free(bytes);
    return NULL;
  }
  memcpy(bytes, key.at, key.length);
  *entry = (struct entry){.next = *bucket, .version = version, .hash = hash, .bytes = bytes, .key_length = key.length};
  *bucket = entry;
  link_use(cache, entry);
  cache->bytes += size_of(entry);
  return entry;
}

// While other daemons are not heard, nothing that is kept can be trusted.
static bool is_current(const struct cache *cache, const struct entry *entry) {
  return entry->filled && entry->kept.number == entry->version->number && clock_ms() - entry->kept.began_ms < ENTRY_MS_MAX &&
         store_hears(cache->service->store);
}

// Whether what began then will do, though something has changed since: in a stream of changes that is always so, and who always waited for the next
// computation would see nothing else. No change is missing that was there for longer.
static bool will_do(const struct cache *cache, const struct entry *entry, const struct sight *sight) {
  return entry->version->streaming && clock_ms() - sight->began_ms < sight->young_ms && store_hears(cache->service->store);
}

static bool pack(struct cache *cache, struct entry *entry) {
  if (entry->packed) return true;
  size_t length = 0;
  entry->packed = gzip_pack((struct text){entry->bytes + entry->key_length, entry->body_length}, &length);
  if (!entry->packed) return false;
  entry->packed_length = length;
  cache->bytes += length;
  return true;
}

static void unpack(struct cache *cache, struct entry *entry) {
  free(entry->packed);
  entry->packed = NULL;
  cache->bytes -= entry->packed_length;
  entry->packed_length = 0;
}

// Gives the kept answer, in the form that the client takes; of what it holds already nothing but the tag.
static enum err give(struct request *request, struct entry *entry) {
  struct cache *cache = service_of(request)->cache;
  buffer_clear(&request->answer);
  request->content_type = MEDIA_TYPES[request->media];
  request->status = 200;
  request->volatile_from = request->volatile_to = 0;
  request->entity_tag = arena_copy(&request->arena, text_of(entry->tag));
  if (!request->entity_tag.at) return ERR_UNAVAILABLE;
  request->encoding = encoding_choose(request_header(request, "Accept-Encoding"), entry->body_length);
  if (reply_unchanged(request)) return ERR_NONE;
  if (request->encoding == ENCODING_GZIP && !pack(cache, entry)) request->encoding = ENCODING_PLAIN;
  if (request->encoding == ENCODING_GZIP)
    buffer_append(&request->answer, entry->packed, entry->packed_length);
  else
    buffer_append(&request->answer, entry->bytes + entry->key_length, entry->body_length);
  return ERR_NONE;
}

static enum err answer_from(struct request *request, struct entry *entry) {
  telemetry_add(COUNT_CACHE_HITS, 1);
  return give(request, entry);
}

static enum err serve(struct request *request, struct text key, enum err (*compute)(struct request *request), bool again);

static enum err answer_waiter(struct request *request) {
  const struct waiter *waiter = request->cached;
  request->cached = NULL;
  return waiter->error == ERR_PENDING ? serve(request, waiter->key, waiter->compute, true) : waiter->error;
}

// What is wrong is wrong for all who asked the same.
static void tell_issues(const struct issues *issues, struct request *request) {
  for (size_t i = 0; i < issues->count; i++)
    issues_add(&request->issues, issues->list[i].pointer, issues->list[i].rule.at, "%.*s", (int)issues->list[i].detail.length,
               issues->list[i].detail.at);
}

// Ends the request's computation, and hands its outcome to those who wait for it while it is at hand.
static void settle(const struct request *request, struct entry *entry, enum err error) {
  struct waiter *waiters = entry->waiters;
  entry->computing = false;
  entry->waiters = NULL;
  for (; waiters; waiters = waiters->next) {
    if (error && !waiters->later) tell_issues(&request->issues, waiters->request);
    waiters->error = waiters->later ? ERR_PENDING : error ? error : answer_from(waiters->request, entry);
    request_resume(waiters->request);
  }
}

// The client went while its answer was computed: who waits for the same computes it anew.
static void abandoned(struct request *request) { settle(request, request->cached, ERR_PENDING); }

static enum err wait_for(struct entry *entry, struct request *request, struct text key, enum err (*compute)(struct request *request), bool later) {
  struct waiter *waiter = arena_take(&request->arena, sizeof *waiter);
  struct text copy = arena_copy(&request->arena, key);
  if (!waiter || !copy.at) return ERR_UNAVAILABLE;
  *waiter = (struct waiter){.next = entry->waiters, .request = request, .key = copy, .compute = compute, .later = later};
  entry->waiters = waiter;
  request->cached = waiter;
  return request_wait(request, answer_waiter);
}

static enum err begin(struct request *request, struct entry *entry, enum err (*compute)(struct request *request)) {
  entry->computing = true;
  int64_t young_ms = entry->kept.young_ms > ANSWER_STALE_MS_MAX ? entry->kept.young_ms : ANSWER_STALE_MS_MAX;
  entry->coming = (struct sight){entry->version->number, clock_ms(), young_ms};
  request->cached = entry;
  request->abandoned = abandoned;
  telemetry_add(COUNT_CACHE_MISSES, 1);
  enum err error = compute(request);
  return error == ERR_PENDING ? error : cache_keep(request, error);
}

// `again`: it has waited already, so whatever is being computed now began after it had come, and is fresh enough for everybody.
static enum err serve(struct request *request, struct text key, enum err (*compute)(struct request *request), bool again) {
  struct cache *cache = service_of(request)->cache;
  struct version *version = find_version(cache, &tenant_of(request)->id);
  struct entry *entry = version ? find_entry(cache, version, key) : NULL;
  if (!entry) return ERR_UNAVAILABLE;
  bool fresh = text_is(request_header(request, "Cache-Control"), "no-cache");
  bool kept_does = !fresh && (is_current(cache, entry) || (entry->computing && entry->filled && !again && will_do(cache, entry, &entry->kept)));
  if (kept_does) {
    enum err error = answer_from(request, entry);
    make_room(cache);
    return error;
  }
  if (!entry->computing) return begin(request, entry, compute);
  bool coming_does = again || (!fresh && (entry->coming.number == version->number || will_do(cache, entry, &entry->coming)));
  return wait_for(entry, request, key, compute, !coming_does);
}

enum err cache_serve(struct request *request, struct text key, enum err (*compute)(struct request *request)) {
  return serve(request, key, compute, false);
}

static enum err fill(struct cache *cache, struct entry *entry, struct request *request) {
  if (request->answer.failed) log_message(LOG_ERROR, "an answer exceeds its limit");
  if (request->answer.failed || request->status != 200) return ERR_INTERNAL;
  struct text body = buffer_view(&request->answer), tag = reply_entity_tag(request);
  char *bytes = tag.at ? realloc(entry->bytes, entry->key_length + body.length + 1) : NULL;
  if (!bytes) return ERR_UNAVAILABLE;
  unpack(cache, entry);
  memcpy(bytes + entry->key_length, body.at, body.length);
  cache->bytes += body.length - entry->body_length;
  entry->bytes = bytes;
  entry->body_length = body.length;
  memcpy(entry->tag, tag.at, tag.length + 1);
  entry->kept = entry->coming;
  // Until the next one can be there, however long that takes: else everybody would wait for it all the time.
  int64_t took_ms = clock_ms() - entry->kept.began_ms;
  entry->kept.young_ms = took_ms > ANSWER_STALE_MS_MAX / ANSWER_STALE_TIMES ? took_ms * ANSWER_STALE_TIMES : ANSWER_STALE_MS_MAX;
  return ERR_NONE;
}

enum err cache_keep(struct request *request, enum err error) {
  struct cache *cache = service_of(request)->cache;
  struct entry *entry = request->cached;
  request->cached = NULL;
  request->abandoned = NULL;
  if (!error) error = fill(cache, entry, request);
  entry->filled |= !error;
  settle(request, entry, error);
  if (!error) error = give(request, entry);
  make_room(cache);
  return error;
}

void cache_free(struct cache *cache) {
  if (!cache) return;
  loop_timer_stop(cache->service->loop, &cache->timer);
  store_watch(cache->service->store, NULL);
  for (struct entry *entry = cache->oldest, *newer; entry; entry = newer) {
    newer = entry->newer;
    free(entry->bytes);
    free(entry->packed);
    free(entry);
  }
  while (cache->versions) {
    struct version *version = cache->versions;
    cache->versions = version->next;
    free(version);
  }
  free(cache);
}
