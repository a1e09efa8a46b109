// Thousands of connections held open without a request, while others are served: none is in the way, and each still answers in the end.
#include "faults/faults.h"

#include <sys/resource.h>
#include <unistd.h>

enum {
  DESCRIPTORS_LEFT = 300,  // for everything else
  IN_FLIGHT = 200,         // idle connections that are asked at the same time
  TICKETS = 500,
  CLIENTS = 64,
  SERVED_SECONDS_MAX = 300,
};

struct idle {
  int *sockets;
  size_t count;
};

// As many as are wanted and as the limit on open files allows, of this program and of the daemon, which inherits it.
static size_t connections_possible(void) {
  struct rlimit limit;
  size_t wanted = (size_t)counted(2000, 10000);
  ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
  ck_assert_uint_gt(limit.rlim_cur, 2 * DESCRIPTORS_LEFT);
  return limit.rlim_cur - DESCRIPTORS_LEFT < wanted ? limit.rlim_cur - DESCRIPTORS_LEFT : wanted;
}

// One request on each, on the very connection that was opened.
static void ask_all(const struct idle *idle, const char *path, int status) {
  char request[512];
  int length =
      snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", path, house_key(DASHBOARD));
  struct answer answer = {0};
  for (size_t from = 0; from < idle->count; from += IN_FLIGHT) {
    size_t to = from + IN_FLIGHT < idle->count ? from + IN_FLIGHT : idle->count;
    for (size_t i = from; i < to; i++)
      ck_assert_msg(!raw_is_closed(idle->sockets[i]) && raw_send(idle->sockets[i], request, (size_t)length), "idle connection %zu was closed", i);
    for (size_t i = from; i < to; i++) {
      ck_assert_msg(raw_receive(idle->sockets[i], CALL_MS_MAX, &answer), "idle connection %zu does not answer", i);
      ck_assert_msg(answer.status == status, "idle connection %zu answers %d: %s", i, answer.status, bytes_text(&answer.body));
      ck_assert(!answer.closes);
    }
  }
  answer_release(&answer);
}

static void idle_open(struct idle *idle) {
  idle->count = connections_possible();
  idle->sockets = calloc(idle->count, sizeof *idle->sockets);
  ck_assert_ptr_nonnull(idle->sockets);
  for (size_t i = 0; i < idle->count; i++)
    idle->sockets[i] = raw_open(house_port());
}

static void idle_close(struct idle *idle) {
  for (size_t i = 0; i < idle->count; i++)
    close(idle->sockets[i]);
  free(idle->sockets);
}

static void response_make(void *prefix, size_t item, struct load_request *request) {
  (void)snprintf(request->path, sizeof request->path, "/v1/responses");
  (void)snprintf(request->body, sizeof request->body, "{\"ticket\": \"%s-%zu\", \"respondent\": \"p%zu\", \"happiness\": 9}", (const char *)prefix,
                 item % TICKETS, item / TICKETS);
}

START_TEST(serves_others_beside_idle_connections_that_still_answer) {
  char prefix[] = "IDLE";
  struct idle idle;
  struct load load;
  idle_open(&idle);
  ask_all(&idle, "/healthz", 200);
  tickets_make(prefix, TICKETS);
  struct load_plan plan = {.items = (size_t)counted(4, 40) * TICKETS,
                           .clients = CLIENTS,
                           .ports = {house_port()},
                           .ports_count = 1,
                           .method = "POST",
                           .headers = headers_of(PORTAL),
                           .make = response_make,
                           .context = prefix,
                           .seconds = SERVED_SECONDS_MAX};
  load_start(&load, &plan);
  load_finish(&load);
  load_report(&load, "beside idle connections");
  ck_assert_uint_eq(load_count(&load, 201, 201), plan.items);
  load_release(&load);
  ask_all(&idle, "/v1/experience?last=7d&metrics=happiness", 200);
  ask_all(&idle, "/v1/tickets/IDLE-0", 200);
  (void)fprintf(stderr, "%zu idle connections\n", idle.count);
  idle_close(&idle);
  EXPECT(request(DASHBOARD, "GET", "/v1/experience?last=7d&metrics=happiness", NULL, NULL), 200, "(body) present");
}
END_TEST

int main(void) {
  static const char *const SETTINGS[] = {"XLAD_IDLE_SECONDS=3600", NULL};
  house_start(&(struct house_plan){.settings = SETTINGS, .cluster_flags = CLUSTER_NO_FSYNC, .seconds_max = counted(300, 1200)});
  Suite *suite = suite_create("idle connections");
  TCase *cases = tcase_create("idle connections");
  tcase_add_test(cases, serves_others_beside_idle_connections_that_still_answer);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}
