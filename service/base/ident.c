// Makes, reads and writes identifiers, and fetches random bytes from the kernel.
#include "base/ident.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <uuid/uuid.h>

enum {
  COUNTER_BITS = 26,       // 12 beside the version, 14 behind the variant
  COUNTER_SEED_BITS = 25,  // a start in the lower half leaves room for 2^25 ids in each millisecond
  RANDOM_BYTES = 6,        // the rest
  POOL_BYTES = 1024,
};

#define MILLIS_MAX ((INT64_C(1) << 48) - 1)

// The daemon has one thread, so this state of the process needs no lock.
static struct {
  uint8_t pool[POOL_BYTES];  // random bytes fetched ahead, because a system call for each id would cost more than the id
  size_t pool_left;
  bool fork_watched;
  int64_t last_ms;
  uint32_t counter;
} maker;

void random_bytes(void *out, size_t n) {
  uint8_t *at = out;
  while (n > 0) {
    ssize_t got = getrandom(at, n, 0);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      perror("getrandom");
      abort();
    }
    at += got;
    n -= (size_t)got;
  }
}

// A child that went on with the parent's pool would make the parent's ids.
static void pool_forget(void) { maker.pool_left = 0; }

static void pool_fill(void) {
  if (!maker.fork_watched) {
    if (pthread_atfork(NULL, NULL, pool_forget) != 0) {
      perror("pthread_atfork");
      abort();
    }
    maker.fork_watched = true;
  }
  random_bytes(maker.pool, sizeof maker.pool);
  maker.pool_left = sizeof maker.pool;
}

static void pool_take(uint8_t *out, size_t n) {
  if (maker.pool_left < n) {
    pool_fill();
  }
  maker.pool_left -= n;
  memcpy(out, maker.pool + maker.pool_left, n);
}

static uint32_t counter_seed(void) {
  uint8_t bytes[sizeof(uint32_t)];
  uint32_t seed;
  pool_take(bytes, sizeof bytes);
  memcpy(&seed, bytes, sizeof seed);
  return seed >> (32 - COUNTER_SEED_BITS);
}

// Moves to the next pair of millisecond and counter. A counter that is used up borrows from the next millisecond.
static void maker_step(int64_t now_ms) {
  if (now_ms > maker.last_ms) {
    maker.last_ms = now_ms < MILLIS_MAX ? now_ms : MILLIS_MAX;
    maker.counter = counter_seed();
    return;
  }
  maker.counter++;
  if (maker.counter >> COUNTER_BITS != 0) {
    maker.last_ms++;
    maker.counter = counter_seed();
  }
}

void uuid_make(struct uuid *id) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uuid_make_at(id, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

void uuid_make_at(struct uuid *id, int64_t now_ms) {
  maker_step(now_ms);
  for (int i = 0; i < 6; i++) {
    id->bytes[i] = (uint8_t)(maker.last_ms >> (40 - 8 * i));
  }
  id->bytes[6] = (uint8_t)(0x70 | maker.counter >> 22);
  id->bytes[7] = (uint8_t)(maker.counter >> 14);
  id->bytes[8] = (uint8_t)(0x80 | (maker.counter >> 8 & 0x3f));
  id->bytes[9] = (uint8_t)maker.counter;
  pool_take(id->bytes + UUID_BYTES - RANDOM_BYTES, RANDOM_BYTES);
}

bool uuid_read(struct text a, struct uuid *id) {
  char string[UUID_CHARS + 1];
  if (a.length != UUID_CHARS) {
    return false;
  }
  memcpy(string, a.at, UUID_CHARS);
  string[UUID_CHARS] = '\0';
  struct uuid parsed;
  if (uuid_parse(string, parsed.bytes) != 0 || uuid_is_null(parsed.bytes)) {
    return false;
  }
  *id = parsed;
  return true;
}

void uuid_write(const struct uuid *id, char *out) {
  char string[UUID_CHARS + 1];
  uuid_unparse_lower(id->bytes, string);
  memcpy(out, string, UUID_CHARS);
}

bool uuid_equal(const struct uuid *a, const struct uuid *b) { return memcmp(a->bytes, b->bytes, UUID_BYTES) == 0; }
