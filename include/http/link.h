// A client's connection and what it may take its time for. Used by the server and the request only.
#ifndef XLAD_HTTP_LINK_H
#define XLAD_HTTP_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

struct request;
struct server;

// What a connection is waiting for; each has one total time for all, so each is a list in order of deadlines.
enum wait_kind { WAIT_IDLE, WAIT_HEAD, WAIT_BODY, WAIT_SEND, WAIT_KINDS, WAIT_NONE = WAIT_KINDS };

struct link {
  struct link *previous, *next;
  enum wait_kind wait;
  bool asked;  // in this wait, whether the client is still there
  int64_t due_ms;
  int fd;
  struct request *request;
};

// Begins (again) the time of `wait`; WAIT_NONE: the service is at work, the client owes nothing.
void link_wait(struct server *server, struct link *link, enum wait_kind wait);

// The request's side, called by the server.
struct request *request_begin(struct server *server, struct link *link, const char *target);
// Frees it; `finished` when its answer was sent whole.
void request_end(struct request *request, int finished);

struct route;
struct server_parts {
  const struct route *routes;
  size_t routes_count;
  enum err (*authenticate)(struct request *request);
  enum err (*convert)(struct request *request);
  const unsigned *media;  // by route
  int64_t bulk_bytes_per_second, body_ms;
  int draining;
};
const struct server_parts *server_parts(const struct server *server);

// Ended requests, kept with their memory.
struct request *server_spare_request(struct server *server);
void server_keep_request(struct server *server, struct request *request);

#endif
