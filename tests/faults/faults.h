// What the fault tests share: chance, waits for a state, and tickets to answer.
#ifndef XLAD_FAULTS_FAULTS_H
#define XLAD_FAULTS_FAULTS_H

#include "harness/harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static inline unsigned long long *chance_state(void) {
  static unsigned long long state = 20260302;
  return &state;
}

// From here on chance_below gives another row of numbers.
static inline void chance_seed(unsigned long long seed) { *chance_state() = seed; }

// Numbers below `limit` that look random and are the same in each run, so that a failure comes again.
static inline unsigned chance_below(unsigned limit) {
  unsigned long long *state = chance_state();
  *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
  return (unsigned)(*state >> 33) % limit;
}

// The status of GET `path` without a key on a connection of its own; 0: no answer came.
static inline int status_at(const struct server *server, const char *path) {
  struct caller caller;
  struct answer answer = {0};
  const char *why = NULL;
  caller_init(&caller, server->port);
  (void)caller_call(&caller, &(struct call){.method = "GET", .path = path, .milliseconds = 5000}, &answer, &why);
  int status = answer.status;
  caller_close(&caller);
  answer_release(&answer);
  return status;
}

static inline void wait_for_readiness(struct server *server, int status, int seconds) {
  int got = 0;
  for (long long end = clock_ms() + 1000LL * seconds; got != status && clock_ms() < end; sleep_ms(5)) {
    got = status_at(server, "/readyz");
  }
  if (got != status) {
    server_show_log(server);
    ck_abort_msg("/readyz answers %d, %d is wanted within %d s", got, status, seconds);
  }
}

static inline void assert_alive(struct server *server) {
  int code = server_wait(server, 0);
  if (code >= 0) {
    server_show_log(server);
    ck_abort_msg("the daemon at %s ended with %d", server->address, code);
  }
}

// sql_number of a formatted query.
__attribute__((format(printf, 1, 2))) static inline long long number_of(const char *query, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, query);
  (void)vsnprintf(text, sizeof text, query, arguments);
  va_end(arguments);
  return sql_number(text);
}

// "Authorization: …" of a key of the house, and JSON; the next call overwrites it.
static inline const char *headers_of(enum key key) {
  static char headers[400];
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\nContent-Type: application/json", house_key(key));
  return headers;
}

static inline void ticket_make(void *prefix, size_t item, struct load_request *request) {
  (void)snprintf(request->path, sizeof request->path, "/v1/tickets/%s-%zu", (const char *)prefix, item);
  (void)snprintf(request->body, sizeof request->body,
                 "{\"kind\": \"incident\", \"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": \"2026-03-02T11:00:00Z\","
                 " \"context\": {\"service\": \"faults\"}}");
}

// Tickets PREFIX-0 to PREFIX-(count - 1), all resolved.
static inline void tickets_make(char *prefix, size_t count) {
  struct load load;
  struct load_plan plan = {.items = count,
                           .clients = 32,
                           .ports = {house_port()},
                           .ports_count = 1,
                           .method = "PUT",
                           .headers = headers_of(PORTAL),
                           .make = ticket_make,
                           .context = prefix,
                           .retry = true,
                           .seconds = 120};
  load_start(&load, &plan);
  load_finish(&load);
  ck_assert_uint_eq(load_count(&load, 200, 299), count);
  load_release(&load);
}

#endif
