// SIGTERM under load: whatever was sent completely is answered whole, what is not answered was not acted on, and the end comes in time.
#include "faults/faults.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 64, ID_CHARS = 48, REQUEST_BYTES = 1024, BURST = 150, DRAIN_SECONDS = 2, MARGIN_MS = 3000 };

// One client: a kept-alive connection, or one connection for each request.
struct client {
  int socket;  // -1: gone for good
  bool keeps;
  bool waiting;      // a request was sent whole and is not answered
  bool sent_before;  // the signal was sent
  char id[ID_CHARS];
  struct bytes unread;
};

struct crowd {
  struct client clients[CLIENTS];
  int round;
  int sent;
  bool signalled;
  int answered;
  int silent;                 // requests without a byte of an answer, all sent after the signal
  struct bytes silent_ids;    // as a list for SQL
  struct bytes answered_ids;  // each followed by a space
};

static size_t request_write(char *into, size_t capacity, const char *id, bool keeps) {
  char body[256];
  (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"happiness\": 7, \"create\": true}", id);
  int length = snprintf(into, capacity,
                        "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                        "X-Request-Id: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
                        house_key(PORTAL), id, keeps ? "" : "Connection: close\r\n", strlen(body), body);
  ck_assert_int_lt(length, (int)capacity);
  return (size_t)length;
}

// A request goes out in one piece or not at all, so that what was sent is never in doubt.
static bool send_whole(int socket, const char *bytes, size_t length) {
  ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent == (ssize_t)length;
}

static void client_leave(struct client *client) {
  if (client->socket >= 0) {
    close(client->socket);
  }
  client->socket = -1;
  bytes_release(&client->unread);
}

// What it waits for will not come.
static void client_silenced(struct crowd *crowd, struct client *client) {
  if (client->waiting) {
    ck_assert_msg(client->unread.length == 0, "%s got a part of an answer: %.300s", client->id, bytes_text(&client->unread));
    ck_assert_msg(!client->sent_before, "%s was sent before the signal and got no answer", client->id);
    bytes_format(&crowd->silent_ids, "%s'%s'", crowd->silent > 0 ? ", " : "", client->id);
    crowd->silent++;
  }
  client_leave(client);
}

static void client_send(struct crowd *crowd, struct client *client) {
  char request_bytes_sent[REQUEST_BYTES];
  if (client->socket < 0 && (crowd->signalled || (client->socket = raw_try(house_port())) < 0)) {
    return;
  }
  (void)snprintf(client->id, sizeof client->id, "DRAIN-%d-%d", crowd->round, crowd->sent++);
  size_t length = request_write(request_bytes_sent, sizeof request_bytes_sent, client->id, client->keeps);
  // Looked at before: what is sent while the signal is on its way may meet a closing daemon.
  client->sent_before = !crowd->signalled;
  client->waiting = send_whole(client->socket, request_bytes_sent, length);
  if (!client->waiting) {
    client_leave(client);
  }
}

static void client_answered(struct crowd *crowd, struct client *client, struct answer *answer) {
  ck_assert_msg(answer->status == 201, "%s was answered with %d: %s", client->id, answer->status, bytes_text(&answer->body));
  ck_assert_str_eq(answer_header(answer, "X-Request-Id"), client->id);
  bytes_format(&crowd->answered_ids, "%s ", client->id);
  crowd->answered++;
  client->waiting = false;
  if (answer->closes) {
    client_leave(client);
  }
  client_send(crowd, client);
}

static void client_read(struct crowd *crowd, struct client *client, struct answer *answer) {
  char *room = bytes_room(&client->unread, 4096);
  ssize_t got = recv(client->socket, room, 4096, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) {
    return;
  }
  if (got <= 0) {
    client_silenced(crowd, client);
    return;
  }
  client->unread.length += (size_t)got;
  client->unread.at[client->unread.length] = '\0';
  size_t used = 0;
  enum answer_state state = answer_read(answer, client->unread.at, client->unread.length, false, false, &used);
  ck_assert_msg(state != ANSWER_BROKEN, "%s got: %.300s", client->id, client->unread.at);
  if (state == ANSWER_WHOLE) {
    ck_assert_uint_eq(used, client->unread.length);
    bytes_clear(&client->unread);
    client_answered(crowd, client, answer);
  }
}

// Serves all clients once; false when all have gone.
static bool crowd_turn(struct crowd *crowd, struct answer *answer, int milliseconds) {
  struct pollfd watches[CLIENTS];
  size_t places[CLIENTS];
  nfds_t count = 0;
  for (size_t i = 0; i < CLIENTS; i++) {
    if (crowd->clients[i].socket >= 0) {
      watches[count] = (struct pollfd){.fd = crowd->clients[i].socket, .events = POLLIN};
      places[count++] = i;
    }
  }
  (void)poll(watches, count, count == 0 ? 0 : milliseconds);
  for (nfds_t i = 0; i < count; i++) {
    if (watches[i].revents != 0) {
      client_read(crowd, &crowd->clients[places[i]], answer);
    }
  }
  return count > 0;
}

// No request that was answered may be logged as aborted.
static void assert_log_agrees(const struct crowd *crowd) {
  for (const char *line = server_log(house_server()); line != NULL && *line != '\0';) {
    const char *end = strchr(line, '\n');
    size_t length = end == NULL ? strlen(line) : (size_t)(end - line);
    const char *aborted = memmem(line, length, " end=aborted", strlen(" end=aborted"));
    const char *id = aborted == NULL ? NULL : memmem(line, length, " id=", strlen(" id="));
    if (id != NULL) {
      char name[ID_CHARS + 2];
      (void)snprintf(name, sizeof name, "%.*s ", (int)strcspn(id + 4, " \n"), id + 4);
      ck_assert_msg(strstr(bytes_text(&crowd->answered_ids), name) == NULL, "%swas answered and is logged as aborted", name);
    }
    line = end == NULL ? NULL : end + 1;
  }
}

static void assert_books_balance(const struct crowd *crowd) {
  char prefix[32];
  (void)snprintf(prefix, sizeof prefix, "DRAIN-%d-%%", crowd->round);
  ck_assert_int_eq(number_of("select count(*) from responses where ref like '%s'", prefix), crowd->answered);
  if (crowd->silent > 0) {
    struct bytes query = {0};
    bytes_format(&query, "select count(*) from responses where ref in (%s)", crowd->silent_ids.at);
    ck_assert_int_eq(sql_number(query.at), 0);
    bytes_release(&query);
  }
}

// Each test ends its daemon; one that failed on the way may have left one.
static void daemon_renew(void) {
  server_kill(house_server());
  server_start(house_server(), house_url(), NULL);
}

static void drain_once(int round, int *answered, int *silent) {
  static struct crowd crowd;
  struct answer answer = {0};
  crowd = (struct crowd){.round = round};
  daemon_renew();
  for (size_t i = 0; i < CLIENTS; i++) {
    crowd.clients[i] = (struct client){.socket = -1, .keeps = i % 4 != 0};
    client_send(&crowd, &crowd.clients[i]);
  }
  for (long long end = clock_ms() + 10 + chance_below(60); clock_ms() < end;) {
    (void)crowd_turn(&crowd, &answer, 1);
  }
  crowd.signalled = true;
  long long began = clock_ms();
  server_signal(house_server(), SIGTERM);
  while (crowd_turn(&crowd, &answer, 1000)) {
    ck_assert_msg(clock_ms() - began < 20000, "clients are still connected 20 s after SIGTERM");
  }
  int code = server_wait(house_server(), 20000);
  ck_assert_msg(code == 0, "the daemon ended with %d", code);
  assert_log_agrees(&crowd);
  assert_books_balance(&crowd);
  *answered += crowd.answered;
  *silent += crowd.silent;
  bytes_release(&crowd.silent_ids);
  bytes_release(&crowd.answered_ids);
  answer_release(&answer);
}

START_TEST(answers_every_request_sent_before_the_signal) {
  int rounds = counted(25, 1000);
  int answered = 0;
  int silent = 0;
  for (int round = 0; round < rounds; round++) {
    drain_once(round, &answered, &silent);
  }
  (void)fprintf(stderr, "%d drains: %d requests answered, %d met a connection that was closing and were not acted on\n", rounds, answered, silent);
  ck_assert_int_gt(answered, rounds * CLIENTS);
}
END_TEST

// The daemon stands still while requests and the signal come in, so all of them wait for it at once.
static void signal_while_stopped(int sockets[BURST], const char *name, size_t cut) {
  for (int i = 0; i < BURST; i++) {
    char id[ID_CHARS];
    char bytes[REQUEST_BYTES];
    (void)snprintf(id, sizeof id, "%s-%d", name, i);
    size_t length = request_write(bytes, sizeof bytes, id, true);
    ck_assert(raw_send(sockets[i], bytes, length - cut));
  }
  server_signal(house_server(), SIGTERM);
  server_signal(house_server(), SIGCONT);
  for (int i = 0; cut > 0 && i < BURST; i++) {
    char id[ID_CHARS];
    char bytes[REQUEST_BYTES];
    (void)snprintf(id, sizeof id, "%s-%d", name, i);
    size_t length = request_write(bytes, sizeof bytes, id, true);
    sleep_ms(i == 0 ? 50 : 0);
    ck_assert(raw_send(sockets[i], bytes + length - cut, cut));
  }
}

static void assert_burst_answered(int sockets[BURST], const char *name) {
  struct answer answer = {0};
  int missing = 0;
  for (int i = 0; i < BURST; i++) {
    bool whole = raw_receive(sockets[i], 10000, &answer);
    missing += whole && answer.status == 201 && answer.closes ? 0 : 1;
    close(sockets[i]);
  }
  answer_release(&answer);
  int code = server_wait(house_server(), 20000);
  ck_assert_msg(missing == 0, "%d of %d requests got no answer, or none that closes", missing, BURST);
  ck_assert_int_eq(code, 0);
  ck_assert_int_eq(number_of("select count(*) from responses where ref like '%s-%%'", name), BURST);
}

START_TEST(answers_requests_of_idle_connections_that_came_with_the_signal) {
  int sockets[BURST];
  struct answer answer = {0};
  daemon_renew();
  for (int i = 0; i < BURST; i++) {
    static const char first[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    sockets[i] = raw_open(house_port());
    ck_assert(raw_send(sockets[i], first, strlen(first)));
    ck_assert(raw_receive(sockets[i], 10000, &answer));
  }
  answer_release(&answer);
  server_signal(house_server(), SIGSTOP);
  signal_while_stopped(sockets, "IDLE", 0);
  assert_burst_answered(sockets, "IDLE");
}
END_TEST

START_TEST(answers_connections_that_the_kernel_took_before_the_signal) {
  int sockets[BURST];
  daemon_renew();
  server_signal(house_server(), SIGSTOP);
  for (int i = 0; i < BURST; i++) {
    sockets[i] = raw_open(house_port());
  }
  signal_while_stopped(sockets, "BACKLOG", 0);
  assert_burst_answered(sockets, "BACKLOG");
}
END_TEST

START_TEST(answers_requests_whose_body_was_still_coming) {
  int sockets[BURST];
  daemon_renew();
  for (int i = 0; i < BURST; i++) {
    sockets[i] = raw_open(house_port());
  }
  server_signal(house_server(), SIGSTOP);
  signal_while_stopped(sockets, "BODY", 10);
  assert_burst_answered(sockets, "BODY");
}
END_TEST

// Clients that hold their connections open hold up nobody: idle ones, new ones, and some that read no answer.
START_TEST(ends_soon_when_nothing_is_in_flight) {
  int sockets[BURST];
  struct answer answer = {0};
  daemon_renew();
  for (int i = 0; i < BURST; i++) {
    static const char first[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    sockets[i] = raw_open(house_port());
    ck_assert(i % 3 == 0 || raw_send(sockets[i], first, strlen(first)));
    ck_assert(i % 3 != 1 || raw_receive(sockets[i], 10000, &answer));
  }
  answer_release(&answer);
  server_signal(house_server(), SIGTERM);
  int code = server_wait(house_server(), MARGIN_MS);
  for (int i = 0; i < BURST; i++) {
    close(sockets[i]);
  }
  ck_assert_msg(code == 0, "the daemon ended with %d (-1: not within %d ms)", code, MARGIN_MS);
}
END_TEST

// The end of a kept-alive connection's idle time, without a signal: a request that came at the last moment is not acted on in vain.
START_TEST(answers_requests_that_came_as_their_connections_timed_out) {
  static const char *const short_idle[] = {"XLAD_IDLE_SECONDS=1", NULL};
  static const char first[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  int sockets[BURST];
  int missing = 0;
  struct answer answer = {0};
  server_kill(house_server());
  server_start(house_server(), house_url(), short_idle);
  for (int i = 0; i < BURST; i++) {
    sockets[i] = raw_open(house_port());
    ck_assert(raw_send(sockets[i], first, strlen(first)) && raw_receive(sockets[i], 10000, &answer));
  }
  server_signal(house_server(), SIGSTOP);
  sleep_ms(1200);
  for (int i = 0; i < BURST; i++) {
    char id[ID_CHARS];
    char bytes[REQUEST_BYTES];
    (void)snprintf(id, sizeof id, "TIMEOUT-%d", i);
    ck_assert(raw_send(sockets[i], bytes, request_write(bytes, sizeof bytes, id, true)));
  }
  server_signal(house_server(), SIGCONT);
  for (int i = 0; i < BURST; i++) {
    missing += raw_receive(sockets[i], 10000, &answer) && answer.status == 201 ? 0 : 1;
    close(sockets[i]);
  }
  answer_release(&answer);
  ck_assert_msg(missing == 0, "%d of %d requests got no answer, and %lld of them were acted on", missing, BURST,
                number_of("select count(*) - %d from responses where ref like 'TIMEOUT-%%'", BURST - missing));
}
END_TEST

// A lock that another session holds delays the write beyond the signal, not beyond the answer.
START_TEST(answers_what_waits_for_the_database) {
  int sockets[BURST];
  daemon_renew();
  sql_run("begin");
  sql_run("lock table responses in access exclusive mode");
  for (int i = 0; i < BURST; i++) {
    char id[ID_CHARS];
    char bytes[REQUEST_BYTES];
    (void)snprintf(id, sizeof id, "LOCKED-%d", i);
    sockets[i] = raw_open(house_port());
    ck_assert(raw_send(sockets[i], bytes, request_write(bytes, sizeof bytes, id, true)));
  }
  sleep_ms(300);
  server_signal(house_server(), SIGTERM);
  int code = server_wait(house_server(), 700);
  sql_run("commit");
  ck_assert_msg(code == -1, "the daemon ended with %d before its requests were answered", code);
  assert_burst_answered(sockets, "LOCKED");
}
END_TEST

// --- With a database that stands still ------------------------------------------------------------------------------

// A signal to all of the daemon's backends and to the postmaster, so that nothing is taken over.
static void postgres_signal(const char *pids, int signal) {
  for (const char *at = pids; *at != '\0';) {
    char *end = NULL;
    long pid = strtol(at, &end, 10);
    (void)kill((pid_t)pid, signal);
    at = end + strspn(end, " ");
  }
  cluster_signal(house_cluster(), signal);
}

START_TEST(ends_in_time_when_postgresql_stands_still) {
  static const char *const short_drain[] = {"XLAD_DRAIN_SECONDS=2", NULL};
  server_kill(house_server());
  server_start(house_server(), house_url(), short_drain);
  int sockets[BURST];
  int answered = 0;
  struct answer answer = {0};
  struct bytes pids = {0};
  // Keys that are known: their requests get as far as the database.
  ck_assert_int_eq(request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL)->status, 200);
  ck_assert_int_eq(request(PORTAL, "POST", "/v1/responses", NULL, "{}")->status, 422);
  bytes_add_text(&pids, sql_text("select string_agg(pid::text, ' ') from pg_stat_activity where application_name = 'xlad'"));
  postgres_signal(pids.at, SIGSTOP);
  for (int i = 0; i < BURST; i++) {
    char id[ID_CHARS];
    char bytes[REQUEST_BYTES];
    (void)snprintf(id, sizeof id, "STILL-%d", i);
    sockets[i] = raw_open(house_port());
    size_t length = request_write(bytes, sizeof bytes, id, true);
    // Some read instead, and some never end what they send.
    if (i % 3 == 0) {
      length = (size_t)snprintf(bytes, sizeof bytes, "GET /v1/responses?limit=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n",
                                house_key(ADMIN));
    }
    (void)raw_send(sockets[i], bytes, i % 10 == 9 ? length - 2 : length);
  }
  sleep_ms(200);
  long long began = clock_ms();
  server_signal(house_server(), SIGTERM);
  int code = server_wait(house_server(), DRAIN_SECONDS * 1000 + MARGIN_MS);
  long long took = clock_ms() - began;
  postgres_signal(pids.at, SIGCONT);
  bytes_release(&pids);
  for (int i = 0; i < BURST; i++) {
    answered += i % 10 != 9 && raw_receive(sockets[i], 1000, &answer) && answer.status == 503 ? 1 : 0;
    close(sockets[i]);
  }
  answer_release(&answer);
  if (code < 0) {
    server_kill(house_server());
  }
  ck_assert_msg(code == 0, "the daemon ended with %d after %lld ms", code, took);
  ck_assert_int_ge(took, DRAIN_SECONDS * 1000 - 100);
  ck_assert_int_eq(answered, BURST - BURST / 10);
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.cluster_flags = CLUSTER_PRIVATE | CLUSTER_NO_FSYNC, .seconds_max = counted(300, 7000)});
  Suite *suite = suite_create("drain");
  TCase *drain = tcase_create("drain");
  tcase_add_test(drain, answers_every_request_sent_before_the_signal);
  tcase_add_test(drain, answers_requests_of_idle_connections_that_came_with_the_signal);
  tcase_add_test(drain, answers_connections_that_the_kernel_took_before_the_signal);
  tcase_add_test(drain, answers_requests_whose_body_was_still_coming);
  tcase_add_test(drain, ends_soon_when_nothing_is_in_flight);
  tcase_add_test(drain, answers_requests_that_came_as_their_connections_timed_out);
  tcase_add_test(drain, answers_what_waits_for_the_database);
  tcase_add_test(drain, ends_in_time_when_postgresql_stands_still);
  suite_add_tcase(suite, drain);
  return house_run(suite);
}
