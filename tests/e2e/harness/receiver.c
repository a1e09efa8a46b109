// Receives webhooks in a loop of its own over many connections.
#include "receiver.h"

#include "bytes.h"
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 256, POLL_MS = 50, LONG_BYTES = 1024 * 1024, WAIT_MS = 20 };

struct connection {
  int socket;  // 0: none
  bool silent;
  struct bytes bytes;
};

static void header_copy(const char *head, const char *name, char *out, size_t room) {
  size_t length = strlen(name);
  out[0] = '\0';
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
    line += 2;
    if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
      const char *value = line + length + 1 + strspn(line + length + 1, " ");
      (void)snprintf(out, room, "%.*s", (int)strcspn(value, "\r"), value);
      return;
    }
  }
}

// The body's place, or NULL while it isn't whole.
static const char *whole_body(const struct bytes *bytes) {
  char length[16];
  const char *text = bytes_text(bytes), *end = strstr(text, "\r\n\r\n");
  if (end == NULL) {
    return NULL;
  }
  header_copy(text, "Content-Length", length, sizeof length);
  return bytes->length >= (size_t)(end + 4 - text) + strtoul(length, NULL, 10) ? end + 4 : NULL;
}

static size_t came_before(const struct receiver_board *board, const struct receiver_note *note) {
  size_t count = atomic_load(&board->count), before = 0;
  for (size_t i = 0; i < count; i++) {
    before += strcmp(board->notes[i].path, note->path) == 0 && strcmp(board->notes[i].id, note->id) == 0;
  }
  return before;
}

// How this request is to be answered: the path's last segment, or "ok" when that was done often enough.
static void choose(const struct receiver_board *board, const struct receiver_note *note, char *how, size_t room) {
  const char *last = strrchr(note->path, '/'), *dot = last == NULL ? NULL : strchr(last, '.');
  (void)snprintf(how, room, "%.*s", last == NULL ? 0 : (int)strcspn(last + 1, "."), last == NULL ? "" : last + 1);
  if (dot != NULL && came_before(board, note) >= strtoul(dot + 1, NULL, 10)) {
    (void)snprintf(how, room, "ok");
  }
}

static const struct {
  const char *how, *answer;
} ANSWERS[] = {
    {"ok", "HTTP/1.1 204 No Content\r\n\r\n"},
    {"error", "HTTP/1.1 500 Oh\r\nContent-Length: 12\r\n\r\nit's\nbroken\x01"},
    {"gone", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"},
    {"moved", "HTTP/1.1 302 Found\r\nLocation: /moved/ok\r\nContent-Length: 0\r\n\r\n"},
    {"later", "HTTP/1.1 503 Later\r\nRetry-After: 100\r\nContent-Length: 0\r\n\r\n"},
    {"long", "HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n"},
};

static void answer(int socket, const char *how) {
  static char filler[LONG_BYTES];
  for (size_t i = 0; i < sizeof ANSWERS / sizeof *ANSWERS; i++) {
    if (strcmp(how, ANSWERS[i].how) == 0) {
      (void)send(socket, ANSWERS[i].answer, strlen(ANSWERS[i].answer), MSG_NOSIGNAL);
    }
  }
  if (strcmp(how, "long") == 0) {
    (void)send(socket, filler, sizeof filler, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
}

static void drop(struct connection *connection) {
  (void)close(connection->socket);
  bytes_release(&connection->bytes);
  *connection = (struct connection){0};
}

static void take_request(struct receiver_board *board, struct connection *connection, const char *body) {
  struct receiver_note note = {0};
  char how[16];
  size_t count = atomic_load(&board->count);
  const char *head = bytes_text(&connection->bytes), *path = strchr(head, ' ');
  if (path == NULL || strncmp(head, "POST ", 5) != 0 || count == RECEIVER_NOTES_MAX) {
    drop(connection);
    return;
  }
  (void)snprintf(note.path, sizeof note.path, "%.*s", (int)strcspn(path + 1, " "), path + 1);
  (void)snprintf(note.body, sizeof note.body, "%s", body);
  header_copy(head, "webhook-id", note.id, sizeof note.id);
  header_copy(head, "webhook-timestamp", note.timestamp, sizeof note.timestamp);
  header_copy(head, "webhook-signature", note.signature, sizeof note.signature);
  header_copy(head, "content-type", note.type, sizeof note.type);
  choose(board, &note, how, sizeof how);
  note.answered_ok = strcmp(how, "ok") == 0;
  board->notes[count] = note;
  atomic_store(&board->count, count + 1);
  connection->silent = strcmp(how, "silent") == 0;
  if (!connection->silent) {
    answer(connection->socket, how);
    drop(connection);
  }
}

static void read_more(struct receiver_board *board, struct connection *connection) {
  char more[4096];
  ssize_t n = recv(connection->socket, more, sizeof more, 0);
  if (n <= 0) {
    drop(connection);
    return;
  }
  bytes_add(&connection->bytes, more, (size_t)n);
  const char *body = connection->silent ? NULL : whole_body(&connection->bytes);
  if (body != NULL) {
    take_request(board, connection, body);
  }
}

static void accept_one(int listener, struct connection *connections) {
  int socket = accept(listener, NULL, NULL);
  for (size_t i = 0; socket > 0 && i < CONNECTIONS_MAX; i++) {
    if (connections[i].socket == 0) {
      connections[i].socket = socket;
      return;
    }
  }
  (void)close(socket);
}

static void receive(struct crew *crew, size_t worker, void *context) {
  static struct connection connections[CONNECTIONS_MAX];
  struct receiver *receiver = context;
  (void)worker;
  while (!crew_stops(crew)) {
    struct pollfd fds[CONNECTIONS_MAX + 1] = {{.fd = receiver->listener, .events = POLLIN}};
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
      fds[i + 1] = (struct pollfd){.fd = connections[i].socket > 0 ? connections[i].socket : -1, .events = POLLIN};
    }
    if (poll(fds, CONNECTIONS_MAX + 1, POLL_MS) <= 0) {
      continue;
    }
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
      if (fds[i + 1].revents != 0) {
        read_more(receiver->board, &connections[i]);
      }
    }
    if (fds[0].revents != 0) {
      accept_one(receiver->listener, connections);
    }
  }
}

void receiver_start(struct receiver *receiver) {
  int on = 1;
  *receiver = (struct receiver){.port = port_reserve(), .listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)receiver->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  (void)setsockopt(receiver->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(receiver->listener, (const struct sockaddr *)(const void *)&address, sizeof address) != 0 || listen(receiver->listener, 512) != 0) {
    harness_fail("the receiver can't listen on %d: %s", receiver->port, strerror(errno));
  }
  receiver->board = crew_share(sizeof *receiver->board);
  crew_start(&receiver->crew, 1, receive, receiver);
}

void receiver_stop(struct receiver *receiver) {
  crew_stop(&receiver->crew, 10);
  (void)close(receiver->listener);
}

static bool is_of(const struct receiver_note *note, const char *path, const char *id) {
  return (path == NULL || strcmp(note->path, path) == 0) && (id == NULL || strcmp(note->id, id) == 0);
}

size_t receiver_count(const struct receiver *receiver, const char *path, const char *id) {
  size_t all = atomic_load(&receiver->board->count), count = 0;
  for (size_t i = 0; i < all; i++) {
    count += is_of(&receiver->board->notes[i], path, id);
  }
  return count;
}

const struct receiver_note *receiver_note(const struct receiver *receiver, const char *path, size_t n) {
  size_t all = atomic_load(&receiver->board->count);
  for (size_t i = 0; i < all; i++) {
    if (is_of(&receiver->board->notes[i], path, NULL) && n-- == 0) {
      return &receiver->board->notes[i];
    }
  }
  harness_fail("%s was not sent as many events", path);
}

void receiver_wait(const struct receiver *receiver, const char *path, size_t count, int seconds) {
  for (long long end = clock_ms() + 1000LL * seconds; receiver_count(receiver, path, NULL) < count; sleep_ms(WAIT_MS)) {
    if (clock_ms() > end) {
      harness_fail("%s was sent %zu events instead of %zu", path, receiver_count(receiver, path, NULL), count);
    }
  }
}

size_t receiver_events(const struct receiver *receiver, const char *path) {
  size_t all = atomic_load(&receiver->board->count), count = 0;
  for (size_t i = 0; i < all; i++) {
    const struct receiver_note *note = &receiver->board->notes[i];
    bool known = !is_of(note, path, NULL);
    for (size_t k = 0; k < i && !known; k++) {
      known = is_of(&receiver->board->notes[k], path, note->id);
    }
    count += !known;
  }
  return count;
}
