// Keys and limits: what is revoked ends within a second on every daemon, and neither invented keys nor connections wear one out.
// Migrations: once, unchanged, complete; and the role that the daemon works as sees one tenant at most.
#include "faults/faults.h"

#include <libpq-fe.h>

#include <signal.h>
#include <unistd.h>

enum { REVOKED_MS_MAX = 1000, WATCHED_MS = 2200, KEYS_INVENTED = 12000, GROWTH_KIB_MAX = 24 * 1024, CONNECTIONS = 64 };

static struct server second;

// --- Revocation -----------------------------------------------------------------------------------------------------

// Clients that ask with one key all the time, one on each daemon.
struct watch_pair {
  struct caller callers[2];
  char header[300];
  long long last_good_ms;  // when the last request that was answered 2xx had been sent
  struct answer answer;
};

static void pair_open(struct watch_pair *pair, const char *key) {
  *pair = (struct watch_pair){0};
  caller_init(&pair->callers[0], house_port());
  caller_init(&pair->callers[1], second.port);
  (void)snprintf(pair->header, sizeof pair->header, "Authorization: Bearer %s", key);
}

static void pair_close(struct watch_pair *pair) {
  caller_close(&pair->callers[0]);
  caller_close(&pair->callers[1]);
  answer_release(&pair->answer);
}

static int pair_ask(struct watch_pair *pair, size_t daemon) {
  const char *why = "";
  struct call call = {.method = "GET", .path = "/v1/responses?limit=1", .headers = pair->header};
  long long sent_ms = clock_ms();
  ck_assert_msg(caller_call(&pair->callers[daemon], &call, &pair->answer, &why), "%s", why);
  if (pair->answer.status == 200) {
    pair->last_good_ms = sent_ms;
  }
  return pair->answer.status;
}

// Both daemons know the key and use it all the time, also while `revoke` runs; from a second after its end on it is worth nothing.
static void assert_revoked(const char *key, void (*revoke)(const char *), const char *what) {
  struct watch_pair pair;
  pair_open(&pair, key);
  for (int i = 0; i < 50; i++) {
    ck_assert_int_eq(pair_ask(&pair, 0), 200);
    ck_assert_int_eq(pair_ask(&pair, 1), 200);
  }
  revoke(what);
  long long revoked_ms = clock_ms();
  int statuses[2] = {0, 0};
  while (clock_ms() - revoked_ms < WATCHED_MS) {
    for (size_t daemon = 0; daemon < 2; daemon++) {
      statuses[daemon] = pair_ask(&pair, daemon);
      ck_assert_msg(statuses[daemon] == 200 || statuses[daemon] == 401, "daemon %zu answered %d", daemon, statuses[daemon]);
    }
    sleep_ms(2);
  }
  long long late_ms = pair.last_good_ms - revoked_ms;
  pair_close(&pair);
  ck_assert_msg(late_ms < REVOKED_MS_MAX, "a request sent %lld ms after the revocation was answered 200", late_ms);
  ck_assert_int_eq(statuses[0], 401);
  ck_assert_int_eq(statuses[1], 401);
}

static void key_id(const char *key, char into[32]) { (void)snprintf(into, 32, "%.*s", (int)strcspn(key + 5, "_"), key + 5); }

static void revoke_by_command(const char *id) { (void)cli_text("key", "revoke", "--tenant", "acme", id); }

static void revoke_by_request(const char *id) {
  char path[64];
  (void)snprintf(path, sizeof path, "/v1/keys/%s", id);
  ck_assert_int_eq(request(ADMIN, "DELETE", path, NULL, NULL)->status, 204);
}

static void revoke_tenant(const char *slug) { (void)cli_text("tenant", "revoke", slug); }

static void key_create(const char *tenant, char into[256]) {
  (void)snprintf(into, 256, "%s", cli_text("key", "create", "--tenant", tenant, "--role", "admin"));
}

START_TEST(revokes_a_key_by_command_within_a_second) {
  char key[256];
  char id[32];
  key_create("acme", key);
  key_id(key, id);
  assert_revoked(key, revoke_by_command, id);
}
END_TEST

START_TEST(revokes_a_key_by_request_within_a_second) {
  char key[256];
  char id[32];
  key_create("acme", key);
  key_id(key, id);
  assert_revoked(key, revoke_by_request, id);
}
END_TEST

START_TEST(revokes_a_tenant_within_a_second) {
  char key[256];
  (void)cli_text("tenant", "create", "gone", "--name", "Gone", "--time-zone", "UTC");
  key_create("gone", key);
  assert_revoked(key, revoke_tenant, "gone");
  ck_assert_int_eq(request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL)->status, 200);
}
END_TEST

// The head of a request comes before the revocation, the end of its body after it.
START_TEST(revokes_a_key_also_for_a_body_that_is_still_coming) {
  char key[256];
  char id[32];
  char head[512];
  struct answer answer = {0};
  static const char body[] = "{\"ticket\": \"LATE\", \"happiness\": 9, \"create\": true}";
  key_create("acme", key);
  key_id(key, id);
  // Known already, so that the head alone is enough to let it in.
  struct watch_pair pair;
  pair_open(&pair, key);
  ck_assert_int_eq(pair_ask(&pair, 0), 200);
  pair_close(&pair);
  int socket = raw_open(house_port());
  int length = snprintf(head, sizeof head,
                        "POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n%.10s",
                        key, strlen(body), body);
  ck_assert(raw_send(socket, head, (size_t)length));
  sleep_ms(300);
  revoke_by_command(id);
  sleep_ms(REVOKED_MS_MAX);
  ck_assert(raw_send(socket, body + 10, strlen(body) - 10));
  ck_assert(raw_receive(socket, 10000, &answer));
  int status = answer.status;
  answer_release(&answer);
  close(socket);
  ck_assert_int_eq(status, 401);
  ck_assert_int_eq(sql_number("select count(*) from responses where ref = 'LATE'"), 0);
}
END_TEST

// What is known of a key is no longer good when the database can't confirm it.
START_TEST(trusts_no_key_for_long_without_the_database) {
  struct watch_pair pair;
  pair_open(&pair, house_key(ADMIN));
  ck_assert_int_eq(pair_ask(&pair, 0), 200);
  cluster_shut(house_cluster());
  wait_for_readiness(house_server(), 503, 10);
  sleep_ms(REVOKED_MS_MAX);
  int status = pair_ask(&pair, 0);
  cluster_restart(house_cluster());
  pair_close(&pair);
  ck_assert_int_eq(status, 503);
  wait_for_readiness(house_server(), 200, 15);
  wait_for_readiness(&second, 200, 15);
  ck_assert_int_eq(request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL)->status, 200);
}
END_TEST

// --- Invented keys --------------------------------------------------------------------------------------------------

static void invented_make(void *context, size_t item, struct load_request *request) {
  (void)context;
  (void)snprintf(request->path, sizeof request->path, "/v1/responses");
  // The shape of a key: 16 digits for the id, 64 for the secret.
  (void)snprintf(request->headers, sizeof request->headers, "Authorization: Bearer xlad_%016zx_%064zx", item * 2654435761U, item);
}

static long resident_kib(const struct server *server) {
  char path[64];
  char line[256];
  long kib = -1;
  (void)snprintf(path, sizeof path, "/proc/%d/status", (int)server->process);
  FILE *file = fopen(path, "re");
  while (file != NULL && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, "VmRSS:", 6) == 0) {
      kib = strtol(line + 6, NULL, 10);
    }
  }
  if (file != NULL) {
    (void)fclose(file);
  }
  ck_assert_int_gt(kib, 0);
  return kib;
}

static void flood_finish(struct load *load, size_t items) {
  load_finish(load);
  load_report(load, "invented keys");
  ck_assert_uint_eq(load_count(load, 401, 401), items);
  load_release(load);
}

START_TEST(outlives_a_flood_of_invented_keys) {
  ck_assert_uint_eq(strlen(house_key(ADMIN)), strlen("xlad_") + 16 + 1 + 64);
  struct load load;
  struct load_plan plan = {.items = KEYS_INVENTED,
                           .clients = 200,
                           .ports = {house_port()},
                           .ports_count = 1,
                           .method = "GET",
                           .make = invented_make,
                           .retry = true,
                           .seconds = 120};
  load_start(&load, &plan);
  flood_finish(&load, KEYS_INVENTED);
  long before = resident_kib(house_server());
  // The cache is full now. Others are served meanwhile, and three times as many keys take no more memory.
  plan.items = (size_t)counted(3, 30) * KEYS_INVENTED;
  load_start(&load, &plan);
  double slowest = 0;
  for (int i = 0; i < 50; i++) {
    const struct answer *answer = request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL);
    ck_assert_int_eq(answer->status, 200);
    slowest = answer->seconds > slowest ? answer->seconds : slowest;
  }
  flood_finish(&load, plan.items);
  long grown = resident_kib(house_server()) - before;
  (void)fprintf(stderr, "slowest request beside them %.3f s, memory grew by %ld KiB\n", slowest, grown);
  ck_assert_msg(grown < GROWTH_KIB_MAX, "memory grew by %ld KiB", grown);
  ck_assert_msg(slowest < 2, "a request took %.3f s", slowest);
}
END_TEST

// --- Connections ----------------------------------------------------------------------------------------------------

static const char ping[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

static bool pinged(int socket, int milliseconds) {
  struct answer answer = {0};
  bool good = raw_send(socket, ping, strlen(ping)) && raw_receive(socket, milliseconds, &answer) && answer.status == 200;
  answer_release(&answer);
  return good;
}

START_TEST(serves_no_more_connections_than_allowed) {
  static const char *const few[] = {"XLAD_CONNECTIONS=64", NULL};
  house_restart_with(few);
  int sockets[CONNECTIONS];
  int served = 0;
  for (int i = 0; i < CONNECTIONS; i++) {
    sockets[i] = raw_open(house_port());
    served += pinged(sockets[i], 5000) ? 1 : 0;
  }
  int next = raw_open(house_port());
  bool too_early = pinged(next, 500);
  close(sockets[17]);
  struct answer answer = {0};
  bool in_turn = raw_receive(next, 5000, &answer) && answer.status == 200;
  answer_release(&answer);
  for (int i = 0; i < CONNECTIONS; i++) {
    if (i != 17) {
      close(sockets[i]);
    }
  }
  close(next);
  ck_assert_int_eq(served, CONNECTIONS);
  ck_assert_msg(!too_early, "connection %d was served beside %d others", CONNECTIONS + 1, CONNECTIONS);
  ck_assert_msg(in_turn, "connection %d was not served when another had gone", CONNECTIONS + 1);
  house_restart_with(NULL);
}
END_TEST

START_TEST(serves_no_more_connections_of_an_address_than_allowed) {
  static const char *const few[] = {"XLAD_CONNECTIONS_PER_ADDRESS=4", NULL};
  house_restart_with(few);
  int sockets[4];
  // The connection that asked for readiness may still be counted.
  sleep_ms(100);
  for (size_t i = 0; i < COUNT_OF(sockets); i++) {
    sockets[i] = raw_open(house_port());
    ck_assert_msg(pinged(sockets[i], 5000), "connection %zu is not served", i + 1);
  }
  int next = raw_open(house_port());
  bool too_many = pinged(next, 500);
  close(next);
  close(sockets[0]);
  sleep_ms(100);
  next = raw_open(house_port());
  bool in_turn = pinged(next, 5000);
  close(next);
  for (size_t i = 1; i < COUNT_OF(sockets); i++) {
    close(sockets[i]);
  }
  ck_assert(!too_many);
  ck_assert(in_turn);
  house_restart_with(NULL);
}
END_TEST

// --- Migrations -----------------------------------------------------------------------------------------------------

// The URL of another database of the house's server, as a setting.
static const char *database_setting(const char *name) {
  static char setting[600];
  char front[512];
  (void)snprintf(front, sizeof front, "%s", house_cluster()->server_url);
  char *database = strstr(front, "/postgres?");
  ck_assert_ptr_nonnull(database);
  *database = '\0';
  (void)snprintf(setting, sizeof setting, "XLAD_DATABASE_URL=%s/%s?%s", front, name, database + strlen("/postgres?"));
  return setting;
}

static pid_t xlad_start(const char *verb, const char *database) {
  const char *const argv[] = {binary_path(), verb, NULL};
  const char *const settings[] = {database_setting(database), NULL};
  return process_start(&(struct launch){.argv = argv, .settings = settings, .death_signal = SIGKILL});
}

START_TEST(migrates_once_when_several_start_at_once) {
  for (int round = 0; round < counted(3, 50); round++) {
    char name[32];
    char statement[64];
    pid_t runs[4];
    (void)snprintf(name, sizeof name, "at_once_%d", round);
    (void)snprintf(statement, sizeof statement, "create database %s", name);
    sql_run(statement);
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
      runs[i] = xlad_start("migrate", name);
    }
    for (size_t i = 0; i < COUNT_OF(runs); i++) {
      int code = process_wait(runs[i], 60000);
      ck_assert_msg(code == 0, "migration %zu ended with %d", i, code);
    }
    const char *url = database_setting(name) + strlen("XLAD_DATABASE_URL=");
    PGconn *connection = PQconnectdb(url);
    PGresult *result = PQexec(connection, "select count(*) from schema_migrations");
    ck_assert_str_eq(PQgetvalue(result, 0, 0), sql_text("select count(*) from schema_migrations"));
    PQclear(result);
    PQfinish(connection);
  }
}
END_TEST

START_TEST(refuses_to_migrate_over_a_changed_migration) {
  sql_run("create table kept as select * from schema_migrations");
  sql_run("update schema_migrations set checksum = repeat('0', 64) where name = (select min(name) from schema_migrations)");
  const struct outcome *outcome = cli("migrate");
  int code = outcome->code;
  bool says_why = strstr(bytes_text(&outcome->err), "must not be changed") != NULL && strstr(bytes_text(&outcome->err), "0001_") != NULL;
  sql_run("update schema_migrations m set checksum = k.checksum from kept k where k.name = m.name");
  sql_run("drop table kept");
  ck_assert_int_eq(code, 1);
  ck_assert(says_why);
  (void)cli_text("migrate");
}
END_TEST

static void assert_not_served(const char *database) {
  const char *const argv[] = {binary_path(), "serve", NULL};
  char listen[64];
  struct outcome outcome;
  (void)snprintf(listen, sizeof listen, "XLAD_LISTEN=127.0.0.1:%d", port_reserve());
  const char *const settings[] = {database_setting(database), listen, NULL};
  process_run(&(struct launch){.argv = argv, .settings = settings}, 20, &outcome);
  bool says_what = strstr(bytes_text(&outcome.err), "run `xlad migrate`") != NULL;
  int code = outcome.code;
  outcome_release(&outcome);
  ck_assert_int_eq(code, 1);
  ck_assert(says_what);
}

START_TEST(serves_no_database_that_is_behind) {
  sql_run("create database empty");
  assert_not_served("empty");
  sql_run("create database behind");
  ck_assert_int_eq(process_wait(xlad_start("migrate", "behind"), 60000), 0);
  PGconn *connection = PQconnectdb(database_setting("behind") + strlen("XLAD_DATABASE_URL="));
  PQclear(PQexec(connection, "delete from schema_migrations where name = (select max(name) from schema_migrations)"));
  PQfinish(connection);
  assert_not_served("behind");
}
END_TEST

// --- Tenants --------------------------------------------------------------------------------------------------------

START_TEST(shows_the_application_role_one_tenant_at_most) {
  (void)cli_text("tenant", "create", "other", "--name", "Other", "--time-zone", "UTC");
  ck_assert_int_eq(request(PORTAL, "POST", "/v1/responses", NULL, "{\"ticket\": \"RLS\", \"happiness\": 9, \"create\": true}")->status, 201);
  // Each table with a tenant has a policy that binds its owner too; keys are looked up before the tenant is known.
  ck_assert_int_eq(sql_number("select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'"
                              " where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace"
                              " and not (c.relrowsecurity and c.relforcerowsecurity) and c.relname not in ('tenants', 'credentials')"),
                   0);
  static const char *const tables[] = {"responses", "tickets", "segments", "audit"};
  for (size_t i = 0; i < COUNT_OF(tables); i++) {
    ck_assert_int_gt(number_of("select count(*) from %s", tables[i]), 0);
    sql_run("begin");
    sql_run("set local role xlad_app");
    ck_assert_int_eq(number_of("select count(*) from %s", tables[i]), 0);
    sql_run("commit");
    sql_run("begin");
    char set[128];
    (void)snprintf(set, sizeof set, "set local xlad.tenant = '%s'", sql_text("select tenant_id from tenants where slug = 'other'"));
    sql_run(set);
    sql_run("set local role xlad_app");
    long long foreign = number_of("select count(*) from %s where tenant_id <> nullif(current_setting('xlad.tenant'), '')::uuid", tables[i]);
    sql_run("commit");
    ck_assert_int_eq(foreign, 0);
  }
}
END_TEST

START_TEST(ends_in_order_after_all_that) {
  server_stop(&second);
  server_release(&second);
}
END_TEST

int main(void) {
  // A daemon built with AddressSanitizer keeps what it freed for a while; that is not what is measured here.
  (void)setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 0);
  house_start(&(struct house_plan){.cluster_flags = CLUSTER_PRIVATE | CLUSTER_NO_FSYNC, .seconds_max = counted(300, 7000)});
  server_start(&second, house_url(), NULL);
  Suite *suite = suite_create("keys");
  TCase *keys = tcase_create("keys, connections, migrations");
  tcase_add_test(keys, revokes_a_key_by_command_within_a_second);
  tcase_add_test(keys, revokes_a_key_by_request_within_a_second);
  tcase_add_test(keys, revokes_a_tenant_within_a_second);
  tcase_add_test(keys, revokes_a_key_also_for_a_body_that_is_still_coming);
  tcase_add_test(keys, trusts_no_key_for_long_without_the_database);
  tcase_add_test(keys, outlives_a_flood_of_invented_keys);
  tcase_add_test(keys, serves_no_more_connections_than_allowed);
  tcase_add_test(keys, serves_no_more_connections_of_an_address_than_allowed);
  tcase_add_test(keys, migrates_once_when_several_start_at_once);
  tcase_add_test(keys, refuses_to_migrate_over_a_changed_migration);
  tcase_add_test(keys, serves_no_database_that_is_behind);
  tcase_add_test(keys, shows_the_application_role_one_tenant_at_most);
  tcase_add_test(keys, ends_in_order_after_all_that);
  suite_add_tcase(suite, keys);
  return house_run(suite);
}
