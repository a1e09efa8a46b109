// The house of a test program: what its tests stand in, made once and removed at the end.
#include "house.h"

#include <libpq-fe.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COMMAND_SECONDS_MAX = 300, PROGRAM_SECONDS_MAX = 900, TEXT_SLOTS = 8, ARGUMENTS_MAX = 32 };

// The only state of the harness that is not passed around: the house of this program.
static struct {
  struct house_plan plan;
  struct cluster cluster;
  struct server server;
  struct caller caller;
  struct answer answer;
  struct outcome outcome;
  char keys[KEY_COUNT][256];
  PGconn *sql;
} house;

const char *house_url(void) { return house.cluster.url; }

const char *house_key(enum key key) { return house.keys[key]; }

struct cluster *house_cluster(void) {
  return &house.cluster;
}

struct server *house_server(void) {
  return &house.server;
}

int house_port(void) { return house.server.port; }

// --- Commands -------------------------------------------------------------------------------------------------------

const struct outcome *cli_run(const char *const *arguments) {
  const char *argv[ARGUMENTS_MAX + 2] = {binary_path()};
  for (size_t i = 0; arguments[i] != NULL; i++) {
    if (i == ARGUMENTS_MAX) {
      harness_fail("more than %d arguments", ARGUMENTS_MAX);
    }
    argv[i + 1] = arguments[i];
  }
  char url[600];
  (void)snprintf(url, sizeof url, "XLAD_DATABASE_URL=%s", house.cluster.url);
  const char *settings[SERVER_SETTINGS_MAX + 2] = {url};
  for (size_t i = 0; house.plan.settings != NULL && house.plan.settings[i] != NULL && i < SERVER_SETTINGS_MAX; i++) {
    settings[i + 1] = house.plan.settings[i];
  }
  outcome_release(&house.outcome);
  process_run(&(struct launch){.argv = argv, .settings = settings}, COMMAND_SECONDS_MAX, &house.outcome);
  return &house.outcome;
}

const char *cli_run_text(const char *const *arguments) {
  const struct outcome *outcome = cli_run(arguments);
  if (outcome->code != 0) {
    harness_fail("xlad %s %s … ended with %d: %s%s", arguments[0], arguments[1] == NULL ? "" : arguments[1], outcome->code, bytes_text(&outcome->err),
                 bytes_text(&outcome->out));
  }
  struct bytes *out = &house.outcome.out;
  while (out->length > 0 && (out->at[out->length - 1] == '\n' || out->at[out->length - 1] == '\r')) {
    out->at[--out->length] = '\0';
  }
  return bytes_text(out);
}

// --- SQL ------------------------------------------------------------------------------------------------------------

static void notice_ignore(void *context, const char *message) {
  (void)context;
  (void)message;
}

// A connection that a killed server took along is opened again.
static PGresult *sql_execute(const char *statement, ExecStatusType wanted) {
  if (house.sql != NULL && PQstatus(house.sql) != CONNECTION_OK) {
    PQfinish(house.sql);
    house.sql = NULL;
  }
  PGresult *result = NULL;
  for (int i = 0; i < 2; i++) {
    if (house.sql == NULL) {
      house.sql = PQconnectdb(house.cluster.url);
      (void)PQsetNoticeProcessor(house.sql, notice_ignore, NULL);
    }
    result = PQexec(house.sql, statement);
    if (PQstatus(house.sql) == CONNECTION_OK) {
      break;
    }
    if (i == 0) {
      PQclear(result);
      PQfinish(house.sql);
      house.sql = NULL;
    }
  }
  if (PQresultStatus(result) != wanted) {
    char reason[1024];
    (void)snprintf(reason, sizeof reason, "%s", PQerrorMessage(house.sql));
    PQclear(result);
    harness_fail("%s: %s", statement, reason);
  }
  return result;
}

const char *sql_text(const char *query) {
  static struct bytes slots[TEXT_SLOTS];
  static size_t turn;
  PGresult *result = sql_execute(query, PGRES_TUPLES_OK);
  struct bytes *slot = &slots[turn++ % TEXT_SLOTS];
  bytes_clear(slot);
  bool is_null = PQntuples(result) == 0 || PQgetisnull(result, 0, 0) != 0;
  bytes_add_text(slot, is_null ? "" : PQgetvalue(result, 0, 0));
  PQclear(result);
  return is_null ? NULL : slot->at;
}

long long sql_number(const char *query) {
  const char *text = sql_text(query);
  char *end = NULL;
  long long number = text == NULL ? 0 : strtoll(text, &end, 10);
  if (text == NULL || end == text || *end != '\0') {
    harness_fail("%s: '%s' is no whole number", query, text == NULL ? "null" : text);
  }
  return number;
}

void sql_run(const char *statement) { PQclear(sql_execute(statement, PGRES_COMMAND_OK)); }

// --- Requests -------------------------------------------------------------------------------------------------------

const struct answer *request_bytes(enum key key, const char *method, const char *path, const char *headers, const char *body, size_t length) {
  struct bytes lines = {0};
  if (key != NO_KEY) {
    bytes_format(&lines, "Authorization: Bearer %s\n", house_key(key));
  }
  if (body != NULL && (headers == NULL || strcasestr(headers, "Content-Type:") == NULL)) {
    bytes_add_text(&lines, "Content-Type: application/json\n");
  }
  bytes_add_text(&lines, headers == NULL ? "" : headers);
  struct call call = {.method = method, .path = path, .headers = bytes_text(&lines), .body = body, .body_length = length};
  if (house.caller.port != house.server.port) {
    caller_close(&house.caller);
    caller_init(&house.caller, house.server.port);
  }
  const char *why = NULL;
  bool answered = caller_call(&house.caller, &call, &house.answer, &why);
  bytes_release(&lines);
  if (!answered) {
    server_show_log(&house.server);
    harness_fail("%s %.200s: %s", method, path, why);
  }
  return &house.answer;
}

const struct answer *request(enum key key, const char *method, const char *path, const char *headers, const char *body) {
  return request_bytes(key, method, path, headers, body, body == NULL ? 0 : strlen(body));
}

// --- Beginning and end ----------------------------------------------------------------------------------------------

static void keys_make(void) {
  static const char *const roles[KEY_COUNT] = {NULL, "portal", "dashboard", "admin"};
  for (enum key key = PORTAL; key < KEY_COUNT; key++) {
    const char *text = cli_text("key", "create", "--tenant", "acme", "--role", roles[key]);
    if (text[0] == '\0' || strpbrk(text, " \r\n") != NULL || strlen(text) >= sizeof house.keys[key]) {
      harness_fail("`key create --role %s` does not print the key alone: '%s'", roles[key], text);
    }
    (void)snprintf(house.keys[key], sizeof house.keys[key], "%s", text);
  }
}

void house_start(const struct house_plan *plan) {
  house.plan = plan == NULL ? (struct house_plan){0} : *plan;
  // No-fork mode has no time limit of its own. The default action ends this program, and all that it started with it.
  (void)alarm((unsigned)(house.plan.seconds_max == 0 ? PROGRAM_SECONDS_MAX : house.plan.seconds_max));
  (void)signal(SIGPIPE, SIG_IGN);
  if (access(binary_path(), X_OK) != 0) {
    harness_fail("there is no program %s: build it, or name it in XLAD_BINARY", binary_path());
  }
  caller_init(&house.caller, 0);
  cluster_start(&house.cluster, house.plan.cluster_flags);
  (void)cli_text("migrate");
  if (!house.plan.min_group) {
    sql_run(GROUPS_OF_ONE);
  }
  (void)cli_text("tenant", "create", "acme", "--name", "Acme", "--time-zone", "Europe/Oslo");
  keys_make();
  if (!house.plan.without_daemon) {
    server_start(&house.server, house.cluster.url, house.plan.settings);
  }
}

void house_restart_with(const char *const *settings) {
  caller_close(&house.caller);
  server_stop(&house.server);
  server_start(&house.server, house.cluster.url, settings == NULL ? house.plan.settings : settings);
}

void house_stop(void) {
  caller_close(&house.caller);
  answer_release(&house.answer);
  PQfinish(house.sql);
  house.sql = NULL;
  server_stop(&house.server);
  server_release(&house.server);
  outcome_release(&house.outcome);
  cluster_stop(&house.cluster);
}

int house_run(Suite *suite) {
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  harness_in_tests(true);
  srunner_run_all(runner, CK_ENV);
  harness_in_tests(false);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  if (failed > 0) {
    server_show_log(&house.server);
  }
  house_stop();
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
