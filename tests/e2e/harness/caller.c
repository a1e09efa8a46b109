// Calls the daemon over raw sockets, with a limit on every wait.
#include "caller.h"

#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1000, CLOSE_MS_MAX = 2000, EXCHANGE_MS_MAX = 10000 };

int raw_try(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int socket_made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_made < 0) {
    harness_fail("can't make a socket: %s", strerror(errno));
  }
  if (connect(socket_made, (const struct sockaddr *)&address, sizeof address) != 0) {
    close(socket_made);
    return -1;
  }
  int yes = 1;
  struct timeval limit = {.tv_sec = CALL_MS_MAX / 1000};
  (void)setsockopt(socket_made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  (void)setsockopt(socket_made, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  (void)setsockopt(socket_made, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  return socket_made;
}

int raw_open(int port) {
  int socket_made = raw_try(port);
  if (socket_made < 0) {
    harness_fail("nobody listens at port %d: %s", port, strerror(errno));
  }
  return socket_made;
}

bool raw_send(int socket, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent <= 0) {
      return false;
    }
    bytes += sent;
    length -= (size_t)sent;
  }
  return true;
}

// More than 0: bytes; 0: the other side has ended; less: the time is over.
static int receive_some(int socket, long long end, struct bytes *into) {
  long long left = end - clock_ms();
  struct pollfd watch = {.fd = socket, .events = POLLIN};
  int ready = poll(&watch, 1, left < 0 ? 0 : (int)left);
  if (ready <= 0) {
    return -1;
  }
  enum { PIECE = 64 * 1024 };
  char *room = bytes_room(into, PIECE);
  ssize_t got = recv(socket, room, PIECE, 0);
  if (got <= 0) {
    return 0;
  }
  into->length += (size_t)got;
  into->at[into->length] = '\0';
  return 1;
}

// Reads one answer behind what `unread` holds already.
static enum answer_state receive_answer(int socket, long long end, bool to_head, struct bytes *unread, struct answer *answer, const char **why) {
  bool ended = false;
  for (;;) {
    size_t used = 0;
    enum answer_state state = ANSWER_PARTIAL;
    if (unread->length > 0 || ended) {
      state = answer_read(answer, bytes_text(unread), unread->length, to_head, ended, &used);
    }
    if (state == ANSWER_WHOLE) {
      bytes_shift(unread, used);
    }
    if (state != ANSWER_PARTIAL) {
      *why = ended ? "the connection ended within the answer" : "the answer is not well-formed HTTP";
      return state;
    }
    int got = receive_some(socket, end, unread);
    if (got < 0) {
      *why = "no whole answer came in time";
      return ANSWER_PARTIAL;
    }
    if (got == 0 && unread->length == 0) {
      *why = "the connection ended without an answer";
      return ANSWER_PARTIAL;
    }
    ended = got == 0;
  }
}

bool raw_receive(int socket, int milliseconds, struct answer *answer) {
  struct bytes unread = {0};
  const char *why = NULL;
  answer->status = 0;
  enum answer_state state = receive_answer(socket, clock_ms() + milliseconds, false, &unread, answer, &why);
  bytes_release(&unread);
  return state == ANSWER_WHOLE;
}

bool raw_is_closed(int socket) {
  char byte = 0;
  ssize_t got = recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

// Drops what comes until the other side ends (true) or the time is over, and counts it.
static bool receive_end(int socket, int milliseconds, size_t *dropped_bytes) {
  long long end = clock_ms() + milliseconds;
  struct bytes dropped = {0};
  int got = 0;
  do {
    bytes_clear(&dropped);
    got = receive_some(socket, end, &dropped);
    *dropped_bytes += dropped.length;
  } while (got > 0);
  bytes_release(&dropped);
  return got == 0;
}

bool raw_closed(int socket, int milliseconds) {
  size_t dropped_bytes = 0;
  return receive_end(socket, milliseconds, &dropped_bytes);
}

void raw_exchange(int port, const char *bytes, size_t length, struct exchange *exchange) {
  int socket_made = raw_open(port);
  struct bytes unread = {0};
  const char *why = NULL;
  exchange->answer.status = 0;
  (void)raw_send(socket_made, bytes, length);  // a daemon may answer and close before it has read all
  (void)receive_answer(socket_made, clock_ms() + EXCHANGE_MS_MAX, false, &unread, &exchange->answer, &why);
  exchange->surplus = exchange->answer.status == 0 ? 0 : unread.length;
  exchange->closed = receive_end(socket_made, CLOSE_MS_MAX, &exchange->surplus);
  bytes_release(&unread);
  close(socket_made);
}

void caller_init(struct caller *caller, int port) { *caller = (struct caller){.port = port, .socket = -1}; }

void caller_close(struct caller *caller) {
  if (caller->socket >= 0) {
    close(caller->socket);
  }
  caller->socket = -1;
  caller->calls = 0;
  bytes_release(&caller->unread);
}

static void headers_write(const struct caller *caller, const struct call *call, struct bytes *out) {
  bytes_format(out, "%s %s HTTP/1.1\r\n", call->method, call->path);
  const char *headers = call->headers == NULL ? "" : call->headers;
  if (strncasecmp(headers, "Host:", 5) != 0 && strcasestr(headers, "\nHost:") == NULL) {
    bytes_format(out, "Host: 127.0.0.1:%d\r\n", caller->port);
  }
  while (*headers != '\0') {
    size_t length = strcspn(headers, "\r\n");
    if (length > 0) {
      bytes_add(out, headers, length);
      bytes_add_text(out, "\r\n");
    }
    headers += length + strspn(headers + length, "\r\n");
  }
}

static void body_write(const struct call *call, struct bytes *out) {
  if (call->body == NULL) {
    bytes_add_text(out, "\r\n");
    return;
  }
  size_t length = call->body_length == 0 ? strlen(call->body) : call->body_length;
  if (!call->chunked) {
    bytes_format(out, "Content-Length: %zu\r\n\r\n", length);
    bytes_add(out, call->body, length);
    return;
  }
  bytes_add_text(out, "Transfer-Encoding: chunked\r\n\r\n");
  for (size_t at = 0; at < length; at += CHUNK_BYTES) {
    size_t piece = length - at < CHUNK_BYTES ? length - at : CHUNK_BYTES;
    bytes_format(out, "%zx\r\n", piece);
    bytes_add(out, call->body + at, piece);
    bytes_add_text(out, "\r\n");
  }
  bytes_add_text(out, "0\r\n\r\n");
}

static bool call_once(struct caller *caller, const struct bytes *request, const struct call *call, struct answer *answer, const char **why) {
  if (caller->socket < 0) {
    caller->socket = raw_try(caller->port);
  }
  if (caller->socket < 0) {
    *why = "nobody listens";
    return false;
  }
  int limit = call->milliseconds == 0 ? CALL_MS_MAX : call->milliseconds;
  (void)raw_send(caller->socket, request->at, request->length);  // an early answer may be there even when this fails
  bool to_head = strcmp(call->method, "HEAD") == 0;
  enum answer_state state = receive_answer(caller->socket, clock_ms() + limit, to_head, &caller->unread, answer, why);
  return state == ANSWER_WHOLE;
}

bool caller_call(struct caller *caller, const struct call *call, struct answer *answer, const char **why) {
  struct bytes request = {0};
  headers_write(caller, call, &request);
  body_write(call, &request);
  if (caller->socket >= 0 && raw_is_closed(caller->socket)) {
    caller_close(caller);
  }
  answer->status = 0;
  long long start = clock_ms();
  bool done = call_once(caller, &request, call, answer, why);
  answer->seconds = (double)(clock_ms() - start) / 1000.0;
  if (done && caller->unread.length > 0) {
    *why = "bytes follow the answer that nobody asked for";
    answer->status = 0;
    done = false;
  }
  caller->calls++;
  if (!done || answer->closes) {
    caller_close(caller);
  }
  bytes_release(&request);
  return done;
}
