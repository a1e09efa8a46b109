// Answers each request with a body of the size that its path names, by libmicrohttpd in external epoll mode and nothing else: what is left to a
// service.
//
//   hello PORT    serves 127.0.0.1; GET /1234 has 1,234 bytes. Ends on SIGTERM.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { BODY_BYTES_MAX = 1 << 20, CONNECTION_BYTES = 8192, CONNECTIONS = 12000, WAIT_MS_MAX = 100 };

static char body[BODY_BYTES_MAX];
static volatile sig_atomic_t ended;

static void end(int number) {
  (void)number;
  ended = 1;
}

// The answer is queued in the last call, as a service that reads bodies would do.
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
                              const char *bytes, size_t *size, void **slot) {
  (void)context;
  (void)method;
  (void)version;
  (void)bytes;
  (void)size;
  if (!*slot) {
    *slot = body;
    return MHD_YES;
  }
  size_t length = strtoul(url + 1, NULL, 10);
  if (length > sizeof body) length = sizeof body;
  struct MHD_Response *response = MHD_create_response_from_buffer(length, body, MHD_RESPMEM_PERSISTENT);
  if (!response) return MHD_NO;
  enum MHD_Result queued = MHD_NO;
  if (MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json") == MHD_YES)
    queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
  MHD_destroy_response(response);
  return queued;
}

// The library's own epoll descriptor is watched as a whole: taking events from it would take them from the library.
static void serve(struct MHD_Daemon *daemon, int watched) {
  struct pollfd ready = {.fd = watched, .events = POLLIN};
  while (!ended) {
    MHD_UNSIGNED_LONG_LONG wait;
    (void)MHD_run(daemon);
    int wait_ms = MHD_get_timeout(daemon, &wait) == MHD_YES && wait < WAIT_MS_MAX ? (int)wait : WAIT_MS_MAX;
    (void)poll(&ready, 1, wait_ms);
  }
}

int main(int argc, char **argv) {
  struct sigaction action = {.sa_handler = end};
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  if (argc != 2) {
    fprintf(stderr, "usage: hello PORT\n");
    return 2;
  }
  for (size_t i = 0; i < sizeof body; i++)
    body[i] = 'x';
  struct sockaddr_in at = {
      .sin_family = AF_INET, .sin_port = htons((in_port_t)strtoul(argv[1], NULL, 10)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *daemon =
      MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, handle, NULL, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&at, MHD_OPTION_CONNECTION_LIMIT,
                       (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES, MHD_OPTION_END);
  if (!daemon) {
    fprintf(stderr, "hello: port %s can't be served\n", argv[1]);
    return 1;
  }
  serve(daemon, MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
  MHD_stop_daemon(daemon);
  return 0;
}
