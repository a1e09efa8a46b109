// The HTTP side of the loop: libmicrohttpd in external epoll mode, connections and their deadlines, requests and their answers.
#ifndef XLAD_HTTP_SERVER_H
#define XLAD_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/settings.h"
#include "http/request.h"

struct server_config {
  struct loop *loop;
  const struct settings *settings;
  const struct route *routes;
  size_t routes_count;
  // Finds out who asks: sets principal and role. ERR_PENDING: request_resume follows, and it is asked again.
  enum err (*authenticate)(struct request *request);
  // What a read can be given as, as a set (media.h); 0: something of its own, whatever is accepted.
  unsigned (*media)(const struct route *route);
  // Turns an answer in JSON into what the request has to be given.
  enum err (*convert)(struct request *request);
  void *context;  // for endpoints: server_context
};

// Listens and joins the loop; NULL (with a message on stderr) when the address can't be had.
struct server *server_open(const struct server_config *config);
void *server_context(const struct server *server);

// Takes no new connections, closes idle ones, and answers the rest with Connection: close.
void server_drain(struct server *server);
size_t server_connections(const struct server *server);
// No request may be suspended any more.
void server_close(struct server *server);

#endif
