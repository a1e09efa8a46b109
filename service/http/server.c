// Drives libmicrohttpd from the loop, keeps the list of connections, and cuts those that take too long.
#include "http/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "http/handler.h"
#include "http/link.h"
#include "http/router.h"

enum { REAP_MS = 200, ASK_AFTER_MS = 500, SPARE_REQUESTS_MAX = 1024, BACKLOG = 4096, OTHER_DESCRIPTORS = 64 };

struct server {
  struct loop *loop;
  struct MHD_Daemon *daemon;
  struct server_parts parts;
  unsigned *media;
  void *context;
  int listen_fd;
  struct watch watch;
  struct turn turn;
  struct timer reaper;
  int64_t wait_ms[WAIT_KINDS];
  struct link lists[WAIT_KINDS];  // rings, earliest deadline first
  size_t connections;
  struct request *spare;
  size_t spare_count;
};

const struct server_parts *server_parts(const struct server *server) { return &server->parts; }

void *server_context(const struct server *server) { return server->context; }

size_t server_connections(const struct server *server) { return server->connections; }

struct request *server_spare_request(struct server *server) {
  struct request *request = server->spare;
  if (!request) return NULL;
  server->spare = request->spare;
  server->spare_count--;
  request->spare = NULL;
  return request;
}

static void free_request(struct request *request) {
  arena_release(&request->arena);
  buffer_release(&request->body);
  buffer_release(&request->answer);
  free(request);
}

void server_keep_request(struct server *server, struct request *request) {
  if (server->spare_count >= SPARE_REQUESTS_MAX) {
    free_request(request);
    return;
  }
  request->spare = server->spare;
  server->spare = request;
  server->spare_count++;
}

static void unlink_wait(struct link *link) {
  if (link->wait == WAIT_NONE) return;
  link->previous->next = link->next;
  link->next->previous = link->previous;
  link->wait = WAIT_NONE;
}

void link_wait(struct server *server, struct link *link, enum wait_kind wait) {
  unlink_wait(link);
  if (wait == WAIT_NONE) return;
  struct link *ring = &server->lists[wait];
  link->wait = wait;
  link->asked = false;
  link->due_ms = clock_ms() + server->wait_ms[wait];
  link->previous = ring->previous;
  link->next = ring;
  ring->previous->next = link;
  ring->previous = link;
}

// True when nothing will ever come from the client again.
static bool peer_gone(const struct link *link) {
  char byte;
  ssize_t got = recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

// libmicrohttpd does not notice a client that went in the moment in which it sent: it takes a short read for the end of what is there, and the end of
// the stream announces itself only once. So every connection that waits for its client is asked, once in each wait.
static void drop_gone(struct link *link, int64_t waited_ms) {
  if (link->asked || waited_ms < ASK_AFTER_MS) return;
  link->asked = true;
  if (peer_gone(link)) (void)shutdown(link->fd, SHUT_RDWR);
}

// Lets a client go that has asked nothing; what has come already is read and answered. Both directions, because that makes the library close at once:
// after the end of reading alone it would act on a request that comes now, and then close instead of answering.
static void dismiss(struct server *server, struct link *link) {
  char byte;
  if (recv(link->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
    link_wait(server, link, WAIT_HEAD);
  else
    (void)shutdown(link->fd, SHUT_RDWR);
}

// libmicrohttpd measures inactivity only, so a client that dribbles would live forever: each wait has a total time.
static void reap(struct timer *timer) {
  struct server *server = timer->owner;
  int64_t now = clock_ms();
  for (unsigned wait = 0; wait < WAIT_KINDS; wait++) {
    struct link *ring = &server->lists[wait];
    while (ring->next != ring && ring->next->due_ms <= now) {
      struct link *link = ring->next;
      unlink_wait(link);
      if (wait == WAIT_IDLE) {
        dismiss(server, link);
        continue;
      }
      telemetry_add(COUNT_DEADLINES, 1);
      (void)shutdown(link->fd, SHUT_RDWR);
    }
    for (struct link *link = ring->next; wait != WAIT_SEND && link != ring; link = link->next)
      drop_gone(link, now - (link->due_ms - server->wait_ms[wait]));
  }
  (void)loop_timer_start(server->loop, timer, REAP_MS);
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code) {
  struct server *server = context;
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    struct link *link = calloc(1, sizeof *link);
    *slot = link;
    if (!link) return;
    link->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    link->wait = WAIT_NONE;
    link_wait(server, link, WAIT_HEAD);
    server->connections++;
    telemetry_add(GAUGE_CONNECTIONS, 1);
    telemetry_add(COUNT_CONNECTIONS, 1);
    return;
  }
  struct link *link = *slot;
  if (!link) return;
  unlink_wait(link);
  if (link->request) request_end(link->request, 0);
  free(link);
  *slot = NULL;
  server->connections--;
  telemetry_add(GAUGE_CONNECTIONS, -1);
}

// The request line is there, the rest of the head not yet. What is returned reaches the handler as its request.
static void *line_read(void *context, const char *target, struct MHD_Connection *connection) {
  struct server *server = context;
  struct link *link = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
  if (!link) return NULL;
  if (link->request) request_end(link->request, 0);
  link->request = request_begin(server, link, target);
  link_wait(server, link, WAIT_HEAD);
  return link->request;
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *bytes, size_t *size, void **slot) {
  (void)context;
  (void)url;
  return *slot ? (enum MHD_Result)request_handle(*slot, connection, method, version, bytes, size) : MHD_NO;
}

static void completed(void *context, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code) {
  struct server *server = context;
  (void)connection;
  struct request *request = *slot;
  if (!request) return;
  struct link *link = request->link;
  link->request = NULL;
  link_wait(server, link, WAIT_IDLE);
  request_end(request, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
  *slot = NULL;
}

// The target stays as it was sent; the router decodes it strictly.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *bytes) {
  (void)context;
  (void)connection;
  return strlen(bytes);
}

static void log_daemon(void *context, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
static void log_daemon(void *context, const char *format, va_list arguments) {
  (void)context;
  char message[256];
  (void)vsnprintf(message, sizeof message, format, arguments);
  log_message(LOG_DEBUG, "http: %s", message);
}

static int64_t server_turn(struct turn *turn) {
  struct server *server = turn->owner;
  MHD_UNSIGNED_LONG_LONG wait;
  (void)MHD_run(server->daemon);
  return MHD_get_timeout(server->daemon, &wait) == MHD_YES ? (int64_t)wait : -1;
}

// The turn does the work; this only ends the wait.
static void daemon_ready(struct watch *watch, uint32_t events) {
  (void)watch;
  (void)events;
}

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
static int listen_on(const char *address) {
  char host[256];
  const char *colon = strrchr(address, ':');
  size_t length = colon ? (size_t)(colon - address) : 0;
  if (!colon || length >= sizeof host) {
    fprintf(stderr, "xlad: XLAD_LISTEN is \"%s\"; it must be an address and a port such as 127.0.0.1:8080\n", address);
    return -1;
  }
  bool bracketed = length >= 2 && address[0] == '[' && address[length - 1] == ']';
  (void)snprintf(host, sizeof host, "%.*s", (int)(bracketed ? length - 2 : length), address + bracketed);
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
  int fault = getaddrinfo(host[0] ? host : NULL, colon + 1, &hints, &found);
  if (fault) {
    fprintf(stderr, "xlad: XLAD_LISTEN \"%s\": %s\n", address, gai_strerror(fault));
    return -1;
  }
  int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
  if (fd >= 0) (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bool good = fd >= 0 && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
  int reason = errno;
  freeaddrinfo(found);
  if (good) return fd;
  fprintf(stderr, "xlad: can't listen on %s: %s\n", address, strerror(reason));
  if (fd >= 0) close(fd);
  return -1;
}

static void raise_descriptors(int64_t connections) {
  struct rlimit limit;
  rlim_t wanted = (rlim_t)connections + OTHER_DESCRIPTORS;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= wanted ? wanted : limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
    log_message(LOG_WARNING, "only %lld descriptors are allowed, fewer than XLAD_CONNECTIONS asks for", (long long)limit.rlim_cur);
}

static struct MHD_Daemon *start_daemon(struct server *server, const struct settings *settings) {
  // Options are variable arguments: each is cast to the exact type that is read. The logger has to be the first.
  return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER,
                          log_daemon, (void *)server, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)server->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
                          (unsigned int)settings->connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned int)settings->connections_per_address,
                          MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)settings->connection_bytes, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)0,
                          MHD_OPTION_STRICT_FOR_CLIENT, (int)1, MHD_OPTION_NOTIFY_CONNECTION, connection_changed, (void *)server,
                          MHD_OPTION_NOTIFY_COMPLETED, completed, (void *)server, MHD_OPTION_URI_LOG_CALLBACK, line_read, (void *)server,
                          MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, (void *)server, MHD_OPTION_END);
}

static unsigned *media_of_routes(const struct server_config *config) {
  unsigned *media = calloc(config->routes_count, sizeof *media);
  for (size_t i = 0; media && i < config->routes_count; i++)
    media[i] = config->media(&config->routes[i]);
  return media;
}

struct server *server_open(const struct server_config *config) {
  const struct settings *settings = config->settings;
  const char *fault = router_fault(config->routes, config->routes_count);
  if (fault) {
    fprintf(stderr, "xlad: the route %s is not sound\n", fault);
    return NULL;
  }
  struct server *server = calloc(1, sizeof *server);
  if (!server) return NULL;
  raise_descriptors(settings->connections);
  server->media = media_of_routes(config);
  server->loop = config->loop;
  server->context = config->context;
  server->parts = (struct server_parts){.routes = config->routes,
                                        .routes_count = config->routes_count,
                                        .authenticate = config->authenticate,
                                        .convert = config->convert,
                                        .media = server->media,
                                        .bulk_bytes_per_second = settings->bulk_bytes_per_second};
  server->wait_ms[WAIT_IDLE] = settings->idle_seconds * 1000;
  server->wait_ms[WAIT_HEAD] = settings->header_seconds * 1000;
  server->wait_ms[WAIT_BODY] = settings->body_seconds * 1000;
  server->wait_ms[WAIT_SEND] = settings->send_seconds * 1000;
  for (size_t i = 0; i < WAIT_KINDS; i++)
    server->lists[i].next = server->lists[i].previous = &server->lists[i];
  server->listen_fd = listen_on(settings->listen);
  if (server->listen_fd >= 0 && server->media) server->daemon = start_daemon(server, settings);
  if (!server->daemon) {
    if (server->listen_fd >= 0) close(server->listen_fd);
    free(server->media);
    free(server);
    return NULL;
  }
  server->watch = (struct watch){
      .fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, .events = EPOLLIN, .ready = daemon_ready, .owner = server};
  server->turn = (struct turn){.run = server_turn, .owner = server};
  server->reaper = (struct timer){.fire = reap, .owner = server};
  (void)loop_watch(server->loop, &server->watch);
  loop_add_turn(server->loop, &server->turn);
  (void)loop_timer_start(server->loop, &server->reaper, REAP_MS);
  return server;
}

void server_drain(struct server *server) {
  server->parts.draining = 1;
  // What the kernel has accepted already is taken in first: closing the socket would reset it. The library takes a few at a time.
  int64_t taken = -1;
  for (int i = 0; i < BACKLOG && taken != telemetry_get(COUNT_CONNECTIONS); i++) {
    taken = telemetry_get(COUNT_CONNECTIONS);
    (void)MHD_run(server->daemon);
  }
  (void)MHD_quiesce_daemon(server->daemon);
  (void)shutdown(server->listen_fd, SHUT_RDWR);
  close(server->listen_fd);
  server->listen_fd = -1;
  struct link *fresh = &server->lists[WAIT_HEAD], *idle = &server->lists[WAIT_IDLE], *next;
  for (struct link *link = idle->next; link != idle; link = next) {
    next = link->next;
    dismiss(server, link);
  }
  for (struct link *link = fresh->next, *end = fresh->previous; link != fresh; link = next) {
    next = link == end ? fresh : link->next;
    if (!link->request) dismiss(server, link);
  }
  server->wait_ms[WAIT_IDLE] = 0;
}

void server_close(struct server *server) {
  if (!server) return;
  loop_unwatch(server->loop, &server->watch);
  loop_timer_stop(server->loop, &server->reaper);
  MHD_stop_daemon(server->daemon);
  if (server->listen_fd >= 0) close(server->listen_fd);
  while (server->spare)
    free_request(server_spare_request(server));
  free(server->media);
  free(server);
}
