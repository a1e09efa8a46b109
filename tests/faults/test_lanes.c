// Lanes that are lost, held up or fed with a bad row: what can be retried is, the rest is told to come again, and nothing is stored twice.
#include "faults/faults.h"

#include <signal.h>

enum { ROWS = 600, POISON_EVERY = 25, CLIENTS = 64, LOAD_SECONDS = 60, LOCK_SECONDS = 1, ANSWER_GRACE_SECONDS = 5 };

static const char *const short_statements[] = {"XLAD_STATEMENT_SECONDS=1", NULL};

START_TEST(starts_without_postgresql_and_serves_when_it_comes) {
  server_stop(house_server());
  cluster_shut(house_cluster());
  server_launch(house_server(), house_url(), NULL);
  wait_for_readiness(house_server(), 503, 10);
  EXPECT(request(NO_KEY, "GET", "/healthz", NULL, NULL), 200, "status = ok");
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, "{\"ticket\": \"EARLY\", \"happiness\": 9}"), 503, "type = urn:xlad:problem:unavailable",
         "header Retry-After present");
  assert_alive(house_server());
  cluster_restart(house_cluster());
  wait_for_readiness(house_server(), 200, 15);
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, "{\"ticket\": \"EARLY\", \"happiness\": 9, \"create\": true}"), 201, "happiness = 9");
}
END_TEST

// --- Locks ----------------------------------------------------------------------------------------------------------

// Asked again until it is stored, since what timed out may have to wait for the lock's end.
static void assert_recovers(const char *ref) {
  char body[128];
  int status = 0;
  (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"happiness\": 8, \"create\": true}", ref);
  for (long long end = clock_ms() + 10000; status != 201 && status != 200 && clock_ms() < end; sleep_ms(20)) {
    status = request(PORTAL, "POST", "/v1/responses", NULL, body)->status;
  }
  ck_assert_msg(status == 201 || status == 200, "%s is answered with %d after the lock", ref, status);
  ck_assert_int_eq(number_of("select count(*) from responses where ref = '%s'", ref), 1);
}

START_TEST(gives_up_on_a_lock_and_recovers) {
  static const char *const tables[] = {"responses", "tickets", "segments"};
  house_restart_with(short_statements);
  for (size_t i = 0; i < COUNT_OF(tables); i++) {
    char lock[128];
    char ref[32];
    char body[128];
    (void)snprintf(lock, sizeof lock, "lock table %s in access exclusive mode", tables[i]);
    (void)snprintf(ref, sizeof ref, "LOCK-%zu", i);
    (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"happiness\": 8, \"create\": true}", ref);
    sql_run("begin");
    sql_run(lock);
    const struct answer *answer = request(PORTAL, "POST", "/v1/responses", NULL, body);
    int status = answer->status;
    bool says_when = answer_header(answer, "Retry-After") != NULL;
    double seconds = answer->seconds;
    int read_status = request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL)->status;
    int alive = status_at(house_server(), "/healthz");
    sql_run("rollback");
    ck_assert_msg((status == 503 || status == 504) && says_when, "%s: %d, Retry-After %d", tables[i], status, says_when);
    ck_assert_msg(seconds < LOCK_SECONDS + 2, "%s: answered after %.1f s", tables[i], seconds);
    ck_assert_msg(i > 0 ? read_status == 200 : read_status == 503 || read_status == 504, "%s: read answered with %d", tables[i], read_status);
    ck_assert_int_eq(alive, 200);
    assert_recovers(ref);
  }
  house_restart_with(NULL);
}
END_TEST

// --- Bad rows -------------------------------------------------------------------------------------------------------

static bool is_poison(size_t item) { return item % POISON_EVERY == 3; }

static void row_make(void *prefix, size_t item, struct load_request *request) {
  (void)snprintf(request->path, sizeof request->path, "/v1/responses");
  (void)snprintf(request->headers, sizeof request->headers, "Idempotency-Key: %s-%zu", (const char *)prefix, item);
  (void)snprintf(request->body, sizeof request->body, "{\"ticket\": \"%s-%zu\", \"happiness\": 5, \"comment\": \"%s\"}", (const char *)prefix, item,
                 is_poison(item) ? "poison" : "fine");
}

static void rows_post(struct load *load, char *prefix, bool retry) {
  struct load_plan plan = {.items = ROWS,
                           .clients = CLIENTS,
                           .ports = {house_port()},
                           .ports_count = 1,
                           .method = "POST",
                           .headers = headers_of(PORTAL),
                           .make = row_make,
                           .context = prefix,
                           .retry = retry,
                           .seconds = LOAD_SECONDS};
  load_start(load, &plan);
}

START_TEST(refuses_bad_rows_and_stores_their_neighbours) {
  char prefix[] = "BAD";
  struct load load;
  tickets_make(prefix, ROWS);
  sql_run("alter table responses add constraint no_poison check (comment <> 'poison')");
  rows_post(&load, prefix, false);
  load_finish(&load);
  sql_run("alter table responses drop constraint no_poison");
  for (size_t i = 0; i < ROWS; i++) {
    int status = atomic_load(&load_item(&load, i)->status);
    ck_assert_msg(status == (is_poison(i) ? 500 : 201), "row %zu: status %d", i, status);
  }
  load_report(&load, "bad rows");
  load_release(&load);
  long long stored = ROWS - ROWS / POISON_EVERY;
  ck_assert_int_eq(sql_number("select count(*) from responses where ref like 'BAD-%'"), stored);
  ck_assert_int_eq(sql_number("select count(distinct ref) from responses where ref like 'BAD-%' and comment = 'fine'"), stored);
  ck_assert(strstr(bytes_text(&request(NO_KEY, "GET", "/metrics", NULL, NULL)->body), "xlad_batch_splits_total 0\n") == NULL);
}
END_TEST

// --- Ended backends -------------------------------------------------------------------------------------------------

// In the order in which they connected; a busy one first where the query asks for that.
static void end_one(const char *order) {
  (void)number_of("select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity where application_name = 'xlad'"
                  " and datname = current_database() order by %s limit 1) as one",
                  order);
}

START_TEST(retries_reads_whose_connection_ended) {
  struct load load;
  char prefix[] = "READ";
  tickets_make(prefix, ROWS);
  struct load_plan plan = {.items = ROWS,
                           .clients = 16,
                           .ports = {house_port()},
                           .ports_count = 1,
                           .method = "GET",
                           .headers = headers_of(DASHBOARD),
                           .make = ticket_make,
                           .context = prefix,
                           .seconds = LOAD_SECONDS};
  int ended = 0;
  for (int round = 0; round < counted(10, 200); round++) {
    load_start(&load, &plan);
    load_wait_for(&load, chance_below(ROWS / 2), LOAD_SECONDS);
    // One of the reading lanes at a time: the others go on.
    end_one("query like '%read%' desc, state = 'active' desc, backend_start");
    ended++;
    load_finish(&load);
    size_t good = load_count(&load, 200, 200);
    size_t late = load_count(&load, 503, 503);
    load_release(&load);
    ck_assert_msg(good == ROWS, "%zu of %d reads succeeded, %zu were answered 503", good, ROWS, late);
    sleep_ms(150);
  }
  ck_assert_int_gt(ended, 0);
  assert_alive(house_server());
}
END_TEST

START_TEST(stores_once_what_is_posted_while_connections_end) {
  for (int round = 0; round < counted(10, 200); round++) {
    char prefix[32];
    struct load load;
    (void)snprintf(prefix, sizeof prefix, "ENDED%d", round);
    tickets_make(prefix, ROWS);
    rows_post(&load, prefix, true);
    for (int i = 0; i < 5; i++) {
      load_wait_for(&load, (size_t)(i * ROWS) / 8 + chance_below(ROWS / 8), LOAD_SECONDS);
      end_one("state <> 'idle' desc, query_start desc");
    }
    load_finish(&load);
    ck_assert_uint_eq(load_count(&load, 200, 299), ROWS);
    load_release(&load);
    ck_assert_int_eq(number_of("select count(*) from responses where ref like '%s-%%'", prefix), ROWS);
    ck_assert_int_eq(number_of("select count(distinct ref) from responses where ref like '%s-%%'", prefix), ROWS);
  }
  assert_alive(house_server());
  wait_for_readiness(house_server(), 200, 10);
}
END_TEST

// All connections at once, again and again, also while they connect and prepare.
START_TEST(survives_the_end_of_all_connections) {
  char prefix[] = "ALL";
  struct load load;
  tickets_make(prefix, ROWS);
  rows_post(&load, prefix, true);
  for (int i = 0; i < counted(100, 3000); i++) {
    (void)sql_number("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()");
    sleep_ms((int)chance_below(30));
  }
  load_finish(&load);
  ck_assert_uint_eq(load_count(&load, 200, 299), ROWS);
  load_release(&load);
  assert_alive(house_server());
  wait_for_readiness(house_server(), 200, 10);
  ck_assert_int_eq(sql_number("select count(*) from responses where ref like 'ALL-%'"), ROWS);
}
END_TEST

// --- Long questions ---------------------------------------------------------------------------------------------------

enum { INSIGHTS = 12, READS_MEANWHILE = 50 };

static void insight_make(void *context, size_t item, struct load_request *request) {
  (void)context;
  (void)snprintf(request->path, sizeof request->path, "/v1/insights/%s?last=%zud", item % 2 ? "watermelon" : "concentration", item + 1);
  (void)snprintf(request->headers, sizeof request->headers, "Cache-Control: no-cache");
}

// The backend of the analyses, which waits for a lock: only then it shows what it does.
static pid_t backend_analysing(void) {
  long long pid = 0;
  for (long long end = clock_ms() + 10000; pid == 0 && clock_ms() < end; sleep_ms(5)) {
    (void)sql_text("select pg_stat_clear_snapshot()");
    pid = sql_number("select coalesce(max(pid), 0) from pg_stat_activity where application_name = 'xlad' and datname = current_database()"
                     " and wait_event_type = 'Lock' and query like 'with terms as materialized%'");
  }
  return (pid_t)pid;
}

// That backend stands still, with several analyses waiting for it: figures and single rows are read as if nothing were.
START_TEST(reads_go_on_while_analyses_wait) {
  char prefix[] = "ANALYSED";
  struct load load;
  tickets_make(prefix, 1);
  struct load_plan plan = {.items = INSIGHTS,
                           .clients = INSIGHTS,
                           .ports = {house_port()},
                           .ports_count = 1,
                           .method = "GET",
                           .headers = headers_of(DASHBOARD),
                           .make = insight_make,
                           .seconds = LOAD_SECONDS};
  sql_run("begin");
  sql_run("lock table responses in access exclusive mode");
  load_start(&load, &plan);
  pid_t backend = backend_analysing();
  ck_assert_int_gt(backend, 0);
  ck_assert_int_eq(kill(backend, SIGSTOP), 0);
  sql_run("rollback");
  int read = 0;
  for (int i = 0; i < READS_MEANWHILE; i++) {
    read += request(DASHBOARD, "GET", "/v1/experience", "Cache-Control: no-cache", NULL)->status == 200;
    read += request(DASHBOARD, "GET", "/v1/tickets/ANALYSED-0", NULL, NULL)->status == 200;
  }
  size_t answered = load_count(&load, 200, 599);
  ck_assert_int_eq(kill(backend, SIGCONT), 0);
  load_finish(&load);
  size_t good = load_count(&load, 200, 200);
  load_release(&load);
  ck_assert_int_eq(read, 2 * READS_MEANWHILE);
  ck_assert_uint_eq(answered, 0);
  ck_assert_uint_eq(good, INSIGHTS);
}
END_TEST

// --- Standing still -------------------------------------------------------------------------------------------------

// A server that neither answers nor closes: no wait is without end.
START_TEST(gives_up_on_a_server_that_stands_still) {
  house_restart_with(short_statements);
  ck_assert_int_eq(request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL)->status, 200);
  struct bytes pids = {0};
  bytes_add_text(&pids, sql_text("select string_agg(pid::text, ' ') from pg_stat_activity where application_name = 'xlad'"));
  for (char *at = pids.at, *end = NULL; *at != '\0'; at = end + strspn(end, " ")) {
    (void)kill((pid_t)strtol(at, &end, 10), SIGSTOP);
  }
  struct caller caller;
  struct answer answer = {0};
  const char *why = "";
  caller_init(&caller, house_port());
  struct call call = {.method = "POST",
                      .path = "/v1/responses",
                      .headers = headers_of(ADMIN),
                      .body = "{\"ticket\": \"STILL\", \"happiness\": 8, \"create\": true}",
                      .milliseconds = (LOCK_SECONDS + ANSWER_GRACE_SECONDS + 5) * 1000};
  bool answered = caller_call(&caller, &call, &answer, &why);
  int status = answer.status;
  for (char *at = pids.at, *end = NULL; *at != '\0'; at = end + strspn(end, " ")) {
    (void)kill((pid_t)strtol(at, &end, 10), SIGCONT);
  }
  caller_close(&caller);
  answer_release(&answer);
  bytes_release(&pids);
  ck_assert_msg(answered && status == 503, "answered with %d: %s", status, why);
  wait_for_readiness(house_server(), 200, 10);
  assert_recovers("STILL");
  house_restart_with(NULL);
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.cluster_flags = CLUSTER_PRIVATE | CLUSTER_NO_FSYNC, .seconds_max = counted(300, 7000)});
  Suite *suite = suite_create("lanes");
  TCase *lanes = tcase_create("lanes");
  tcase_add_test(lanes, starts_without_postgresql_and_serves_when_it_comes);
  tcase_add_test(lanes, gives_up_on_a_lock_and_recovers);
  tcase_add_test(lanes, refuses_bad_rows_and_stores_their_neighbours);
  tcase_add_test(lanes, retries_reads_whose_connection_ended);
  tcase_add_test(lanes, stores_once_what_is_posted_while_connections_end);
  tcase_add_test(lanes, survives_the_end_of_all_connections);
  tcase_add_test(lanes, reads_go_on_while_analyses_wait);
  tcase_add_test(lanes, gives_up_on_a_server_that_stands_still);
  suite_add_tcase(suite, lanes);
  return house_run(suite);
}
