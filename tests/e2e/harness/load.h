// Many clients at once: a child process with one epoll loop sends each item's request over N kept-alive connections and
// records what came back, while the test kills what it likes. The record lies in shared memory and outlives the child.
#ifndef XLAD_E2E_LOAD_H
#define XLAD_E2E_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { LOAD_PATH_BYTES = 512, LOAD_HEADER_BYTES = 512, LOAD_BODY_BYTES = 16 * 1024, LOAD_CLIENTS_MAX = 1000, LOAD_PORTS_MAX = 8 };

// What one item sends; filled by the plan's `make`, which must give the same each time it is asked for the same item.
struct load_request {
  char path[LOAD_PATH_BYTES];
  char headers[LOAD_HEADER_BYTES];  // beside the plan's, lines separated by '\n'; "" before `make`
  char body[LOAD_BODY_BYTES];
};

struct load_plan {
  size_t items;
  size_t clients;
  int ports[LOAD_PORTS_MAX];  // of one or more daemons; a client that loses its connection goes to the next one
  size_t ports_count;
  const char *method;
  const char *headers;  // NULL, or lines separated by '\n': Authorization, Content-Type
  void (*make)(void *context, size_t item, struct load_request *request);
  void *context;
  bool retry;   // asks again, after a pause, until an answer below 500 comes; otherwise each item is sent once
  int rate;     // requests started per second; 0: as fast as answers come
  int seconds;  // limit of the whole
};

// What became of an item. Written by the child only.
struct load_item {
  _Atomic uint16_t status;  // of the last answer; 0: none
  uint16_t sent;            // times its request was begun
  uint16_t acknowledged;    // 2xx answers
  uint32_t latency_us;      // of the last answer, from its last sending
};

struct load {
  struct load_plan plan;
  pid_t process;  // 0: finished
  struct load_shared *shared;
};

// Begins at once and returns.
void load_start(struct load *load, const struct load_plan *plan);
// How many items have been acknowledged with 2xx so far.
size_t load_acknowledged(const struct load *load);
// Waits until that many are acknowledged; fails the test when they are not in time, or the load has ended before.
void load_wait_for(const struct load *load, size_t acknowledged, int seconds);
// Waits for the end of all items; fails the test when the load did not end within its limit.
void load_finish(struct load *load);
// Ends it at once; what was recorded stays.
void load_cut(struct load *load);

const struct load_item *load_item(const struct load *load, size_t item);
// How many items' last answer had a status from `low` to `high`; 0 to 0 counts the unanswered.
size_t load_count(const struct load *load, int low, int high);
// The latency in milliseconds that this share (0 to 1) of the answered items did not exceed.
double load_latency_ms(const struct load *load, double share);
// Items per second until now, or until the end.
double load_rate(const struct load *load);
// One line on stderr: counts by class of status, rate, latencies.
void load_report(const struct load *load, const char *name);
void load_release(struct load *load);

#endif
