// Slow clients: they neither hold up the others nor stay for ever.
#include "harness/harness.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  SLOW_CLIENTS = 200,
  REQUESTS = 1000,
  REQUESTS_PER_BYTE = 10,  // a slow client sends one byte in that many requests of the other one
  DEADLINE_SECONDS = 2,
  BYTE_MS = 100,       // far below any limit on inactivity
  CUT_MS_MAX = 15000,  // generous: a busy machine is late, a missing deadline never comes
};

// One that sends its request byte by byte: even ones a header that never ends, odd ones a body.
struct slow_client {
  int socket;
  size_t sent;  // of `filling`
  bool in_body;
};

static void slow_open(struct slow_client *client, int port, bool in_body) {
  struct bytes head = {0};
  *client = (struct slow_client){.socket = raw_open(port), .in_body = in_body};
  if (in_body) {
    bytes_format(&head,
                 "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                 "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"comment\": \"",
                 house_key(PORTAL));
  } else {
    bytes_add_text(&head, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  }
  ck_assert(raw_send(client->socket, head.at, head.length));
  bytes_release(&head);
}

static void slow_open_all(struct slow_client *clients, size_t count, int port) {
  for (size_t i = 0; i < count; i++) {
    slow_open(&clients[i], port, i % 2 == 1);
  }
}

// True while the daemon takes its bytes.
static bool slow_send(struct slow_client *client) {
  client->sent++;
  return !raw_is_closed(client->socket) && raw_send(client->socket, "a", 1);
}

static void slow_close_all(struct slow_client *clients, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (clients[i].socket >= 0) {
      close(clients[i].socket);
    }
    clients[i].socket = -1;
  }
}

static size_t slow_connected(const struct slow_client *clients, size_t count) {
  size_t connected = 0;
  for (size_t i = 0; i < count; i++) {
    connected += clients[i].socket >= 0 && !raw_is_closed(clients[i].socket) ? 1 : 0;
  }
  return connected;
}

START_TEST(serves_others_while_200_slow_clients_are_connected) {
  struct slow_client clients[SLOW_CLIENTS];
  slow_open_all(clients, SLOW_CLIENTS, house_port());
  double slowest = 0;
  for (int i = 0; i < REQUESTS; i++) {
    for (size_t c = 0; i % REQUESTS_PER_BYTE == 0 && c < SLOW_CLIENTS; c++) {
      (void)slow_send(&clients[c]);
    }
    // One that the loop answers alone, and one for which it asks the database. Neither may time out.
    const struct answer *answer =
        i % 2 == 0 ? request(NO_KEY, "GET", "/healthz", NULL, NULL) : request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL);
    ck_assert_int_eq(answer->status, 200);
    slowest = answer->seconds > slowest ? answer->seconds : slowest;
  }
  ck_assert_uint_eq(slow_connected(clients, SLOW_CLIENTS), SLOW_CLIENTS);
  slow_close_all(clients, SLOW_CLIENTS);
  (void)fprintf(stderr, "%d requests beside %d slow clients, the slowest took %.3f s\n", REQUESTS, SLOW_CLIENTS, slowest);
}
END_TEST

// The count of connections that a daemon's limits allow must not be used up by clients that went away in mid-request.
START_TEST(forgets_slow_clients_that_went_away) {
  for (int round = 0; round < 20; round++) {
    struct slow_client clients[SLOW_CLIENTS];
    slow_open_all(clients, SLOW_CLIENTS, house_port());
    slow_close_all(clients, SLOW_CLIENTS);
  }
  EXPECT(request(NO_KEY, "GET", "/readyz", NULL, NULL), 200, "header X-Request-Id present");
}
END_TEST

// Keeps all of them sending until each was cut or the time is over; the first cut's time is put into *first_ms.
static size_t dribble_until_cut(struct slow_client *clients, size_t count, long long *first_ms) {
  long long start = clock_ms();
  size_t connected = count;
  *first_ms = -1;
  while (connected > 0 && clock_ms() - start < CUT_MS_MAX) {
    for (size_t i = 0; i < count; i++) {
      if (clients[i].socket >= 0 && !slow_send(&clients[i])) {
        close(clients[i].socket);
        clients[i].socket = -1;
        connected--;
        *first_ms = *first_ms < 0 ? clock_ms() - start : *first_ms;
      }
    }
    EXPECT(request(NO_KEY, "GET", "/healthz", NULL, NULL), 200, "header X-Request-Id present");
    sleep_ms(BYTE_MS);
  }
  return connected;
}

static const char *const short_deadlines[] = {"XLAD_HEADER_SECONDS=2", "XLAD_BODY_SECONDS=2", NULL};
static const char *const long_deadlines[] = {"XLAD_HEADER_SECONDS=120", "XLAD_BODY_SECONDS=120", NULL};

START_TEST(cuts_slow_clients_at_their_total_deadline) {
  house_restart_with(short_deadlines);
  struct slow_client clients[SLOW_CLIENTS];
  slow_open_all(clients, SLOW_CLIENTS, house_port());
  long long first_ms = 0;
  size_t left = dribble_until_cut(clients, SLOW_CLIENTS, &first_ms);
  size_t left_in_body = 0;
  for (size_t i = 0; i < SLOW_CLIENTS; i++) {
    left_in_body += clients[i].socket >= 0 && clients[i].in_body ? 1 : 0;
  }
  slow_close_all(clients, SLOW_CLIENTS);
  ck_assert_msg(left == 0, "%zu slow clients were not cut, %zu of them in the body", left, left_in_body);
  // Nobody is cut long before the deadline; its clock may have begun while the others were still connecting.
  ck_assert_int_gt(first_ms, DEADLINE_SECONDS * 1000 / 2);
  house_restart_with(NULL);
}
END_TEST

// A deadline is for one request: a connection that keeps asking in time lives on.
START_TEST(keeps_a_connection_that_asks_in_time) {
  house_restart_with(short_deadlines);
  struct caller caller;
  struct answer answer = {0};
  const char *why = NULL;
  caller_init(&caller, house_port());
  long long end = clock_ms() + 2 * DEADLINE_SECONDS * 1000 + 1000;
  unsigned calls = 0;
  while (clock_ms() < end) {
    ck_assert_msg(caller_call(&caller, &(struct call){.method = "GET", .path = "/healthz"}, &answer, &why), "%s", why);
    ck_assert_int_eq(answer.status, 200);
    calls++;
    sleep_ms(BYTE_MS);
  }
  ck_assert_uint_eq(caller.calls, calls);  // the caller counts anew on a new connection
  caller_close(&caller);
  answer_release(&answer);
  house_restart_with(NULL);
}
END_TEST

// One that asks for much and reads nothing must not hold up the others either.
START_TEST(serves_others_while_answers_are_not_read) {
  struct bytes pipeline = {0};
  for (int i = 0; i < 500; i++) {
    bytes_format(&pipeline, "GET /v1/responses?limit=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", house_key(ADMIN));
  }
  int sockets[20];
  for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
    sockets[i] = raw_open(house_port());
    // As much as is taken without waiting: the daemon may stop reading when its answers aren't.
    struct pollfd watch = {.fd = sockets[i], .events = POLLOUT};
    for (size_t at = 0; at < pipeline.length && poll(&watch, 1, 0) == 1; at += 512) {
      size_t piece = pipeline.length - at < 512 ? pipeline.length - at : 512;
      ck_assert(raw_send(sockets[i], pipeline.at + at, piece));
    }
  }
  for (int i = 0; i < 100; i++) {
    ck_assert_int_eq(request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL)->status, 200);
  }
  for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
    close(sockets[i]);
  }
  bytes_release(&pipeline);
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.settings = long_deadlines});
  Suite *suite = suite_create("slow clients");
  TCase *slow = tcase_create("slow clients");
  tcase_add_test(slow, serves_others_while_200_slow_clients_are_connected);
  tcase_add_test(slow, forgets_slow_clients_that_went_away);
  tcase_add_test(slow, serves_others_while_answers_are_not_read);
  tcase_add_test(slow, cuts_slow_clients_at_their_total_deadline);
  tcase_add_test(slow, keeps_a_connection_that_asks_in_time);
  suite_add_tcase(suite, slow);
  return house_run(suite);
}
