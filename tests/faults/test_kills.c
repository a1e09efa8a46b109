// kill -9 under load, of daemons and of PostgreSQL: what was acknowledged is stored exactly once, what was refused is not.
#include "faults/faults.h"

enum {
  ITEMS = 1000,
  CLIENTS = 64,
  LOAD_SECONDS = 120,
  RESPONSES = ITEMS - ITEMS / 10,  // the rest is refused
};

static struct server second;

// Every tenth names a ticket that nobody knows; of the others every fourth brings its ticket along.
static bool is_refused(size_t item) { return item % 10 == 7; }

static bool brings_ticket(size_t item) { return item % 4 == 1; }

static void response_make(void *prefix, size_t item, struct load_request *request) {
  const char *round = prefix;
  (void)snprintf(request->path, sizeof request->path, "/v1/responses");
  (void)snprintf(request->headers, sizeof request->headers, "Idempotency-Key: %s-%zu", round, item);
  (void)snprintf(request->body, sizeof request->body,
                 "{\"ticket\": \"%s%s-%zu\", \"respondent\": \"person-%zu\", \"happiness\": %zu, \"comment\": \"round %s\"%s}",
                 is_refused(item)      ? "UNKNOWN-"
                 : brings_ticket(item) ? "NEW-"
                                       : "",
                 round, item, item, item % 11, round, brings_ticket(item) && !is_refused(item) ? ", \"create\": true" : "");
}

// Two daemons; a client that loses one goes to the other, with the same Idempotency-Key.
static void responses_post(struct load *load, char *prefix) {
  struct load_plan plan = {.items = ITEMS,
                           .clients = CLIENTS,
                           .ports = {house_port(), second.port},
                           .ports_count = 2,
                           .method = "POST",
                           .headers = headers_of(PORTAL),
                           .make = response_make,
                           .context = prefix,
                           .retry = true,
                           .seconds = LOAD_SECONDS};
  load_start(load, &plan);
}

// Each item got the answer it deserves, and the database agrees with the answers.
static void assert_balanced(const struct load *load, const char *round) {
  for (size_t i = 0; i < ITEMS; i++) {
    int status = atomic_load(&load_item(load, i)->status);
    ck_assert_msg(is_refused(i) ? status == 404 : status == 200 || status == 201, "item %zu of round %s: status %d", i, round, status);
  }
  char where[64];
  (void)snprintf(where, sizeof where, "round %s", round);
  ck_assert_int_eq(number_of("select count(*) from responses where comment = '%s'", where), RESPONSES);
  ck_assert_int_eq(number_of("select count(distinct idempotency_key) from responses where comment = '%s'", where), RESPONSES);
  ck_assert_int_eq(number_of("select count(distinct ref) from responses where comment = '%s'", where), RESPONSES);
  // What is stored is what was sent, of tickets that exist, and nothing of what was refused.
  ck_assert_int_eq(number_of("select count(*) from responses where comment = '%s' and (ref !~ (idempotency_key || '$')"
                             " or happiness <> substring(ref from '[0-9]+$')::int %% 11 or substring(ref from '[0-9]+$')::int %% 10 = 7)",
                             where),
                   0);
  ck_assert_int_eq(number_of("select count(*) from responses r where comment = '%s'"
                             " and not exists (select from tickets t where t.tenant_id = r.tenant_id and t.ref = r.ref)",
                             where),
                   0);
  ck_assert_int_eq(sql_number("select count(*) from tickets where ref like 'UNKNOWN-%'"), 0);
}

// Both give how much was acknowledged when it struck.
static size_t daemon_hit(const struct load *load) {
  struct server *victim = chance_below(2) == 0 ? house_server() : &second;
  server_kill(victim);
  size_t acknowledged = load_acknowledged(load);
  sleep_ms((int)chance_below(60));
  server_start(victim, house_url(), NULL);
  return acknowledged;
}

static size_t postgres_hit(const struct load *load) {
  cluster_kill(house_cluster());
  size_t acknowledged = load_acknowledged(load);
  wait_for_readiness(house_server(), 503, 10);
  wait_for_readiness(&second, 503, 10);
  cluster_restart(house_cluster());
  wait_for_readiness(house_server(), 200, 30);
  wait_for_readiness(&second, 200, 30);
  assert_alive(house_server());
  assert_alive(&second);
  return acknowledged;
}

// Strikes when a random part of the load is acknowledged; true when it struck before all was.
static bool round_run(const char *kind, int number, size_t (*hit)(const struct load *load)) {
  char round[32];
  struct load load;
  (void)snprintf(round, sizeof round, "%s%d", kind, number);
  tickets_make(round, ITEMS);
  responses_post(&load, round);
  load_wait_for(&load, chance_below(RESPONSES * 2 / 3), LOAD_SECONDS);
  bool in_time = hit(&load) < RESPONSES;
  load_finish(&load);
  assert_balanced(&load, round);
  if (number == 0) {
    load_report(&load, round);
  }
  load_release(&load);
  return in_time;
}

static void rounds_run(const char *kind, int rounds, size_t (*hit)(const struct load *load)) {
  int in_time = 0;
  for (int i = 0; i < rounds; i++) {
    in_time += round_run(kind, i, hit) ? 1 : 0;
  }
  ck_assert_msg(in_time > rounds / 2, "only %d of %d kills met a load that still ran", in_time, rounds);
}

START_TEST(stores_what_it_acknowledged_once_when_daemons_are_killed) { rounds_run("DAEMON", counted(10, 500), daemon_hit); }
END_TEST

START_TEST(stores_what_it_acknowledged_once_when_postgresql_is_killed) { rounds_run("POSTGRES", counted(10, 500), postgres_hit); }
END_TEST

START_TEST(answers_everything_again_and_stores_nothing_again) {
  char round[] = "POSTGRES0";
  long long before = sql_number("select count(*) from responses");
  struct load load;
  responses_post(&load, round);
  load_finish(&load);
  assert_balanced(&load, round);
  load_release(&load);
  ck_assert_int_eq(sql_number("select count(*) from responses"), before);
}
END_TEST

// Both at once: the daemon comes back before its database does.
START_TEST(stores_what_it_acknowledged_once_when_both_are_killed) {
  char round[] = "BOTH0";
  struct load load;
  tickets_make(round, ITEMS);
  responses_post(&load, round);
  load_wait_for(&load, RESPONSES / 3, LOAD_SECONDS);
  cluster_kill(house_cluster());
  server_kill(&second);
  server_launch(&second, house_url(), NULL);
  wait_for_readiness(&second, 503, 10);
  cluster_restart(house_cluster());
  load_finish(&load);
  wait_for_readiness(&second, 200, 30);
  assert_alive(house_server());
  assert_balanced(&load, round);
  load_release(&load);
}
END_TEST

START_TEST(ends_in_order_after_all_that) {
  server_stop(&second);
  server_release(&second);
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.cluster_flags = CLUSTER_PRIVATE, .seconds_max = counted(300, 14000)});
  server_start(&second, house_url(), NULL);
  Suite *suite = suite_create("kills");
  TCase *kills = tcase_create("kills");
  tcase_add_test(kills, stores_what_it_acknowledged_once_when_daemons_are_killed);
  tcase_add_test(kills, stores_what_it_acknowledged_once_when_postgresql_is_killed);
  tcase_add_test(kills, answers_everything_again_and_stores_nothing_again);
  tcase_add_test(kills, stores_what_it_acknowledged_once_when_both_are_killed);
  tcase_add_test(kills, ends_in_order_after_all_that);
  suite_add_tcase(suite, kills);
  return house_run(suite);
}
