// Opens the database for a command.
#include "command/connection.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "command/command.h"
#include "store/dimension_store.h"
#include "store/metric_store.h"
#include "store/tenant_store.h"

enum { CONNECT_MS = 5000 };

int connection_open(struct connection *connection) {
  memset(connection, 0, sizeof *connection);
  if (!settings_load(&connection->settings) || !log_set_level("error")) return EXIT_USAGE;
  connection->settings.read_lanes = 1;
  connection->settings.cache_ms = 0;  // a command may end with its last commit, so each tells the daemons at once
  (void)signal(SIGPIPE, SIG_IGN);
  connection->loop = loop_new();
  connection->store = connection->loop ? store_open(connection->loop, &connection->settings) : NULL;
  if (connection->store && store_wait_ready(connection->store, CONNECT_MS)) return EXIT_DONE;
  if (connection->store && store_behind(connection->store))
    fprintf(stderr, "xlad: the database is behind this version; run `xlad migrate`\n");
  else
    fprintf(stderr, "xlad: can't reach the database: %s\n", connection->store ? store_trouble(connection->store) : "out of memory");
  connection_close(connection);
  return EXIT_FAILED;
}

void connection_close(struct connection *connection) {
  store_close(connection->store);
  loop_free(connection->loop);
  log_finish();
}

static bool list_parts(struct connection *connection, struct tenant *tenant) {
  struct job *job = job_new(connection->store, LANE_READ, &tenant->id, NULL, NULL);
  if (!job) return false;
  dimension_ask_list(job, &tenant->id, TEXT_NONE, false);
  metric_ask_list(job, &tenant->id, 0);
  bool good = store_run(connection->store, job) == ERR_NONE;
  if (good) {
    dimension_take_all(job, 0, tenant);
    metric_take_all(job, 1, &connection->metrics);
    tenant->metrics = &connection->metrics;
  }
  job_free(job);
  return good;
}

bool connection_tenant(struct connection *connection, const char *slug, struct tenant *tenant) {
  memset(tenant, 0, sizeof *tenant);
  struct job *job = job_new(connection->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return false;
  tenant_ask_find(job, text_of(slug));
  enum err error = store_run(connection->store, job);
  bool found = !error && tenant_take_found(job, tenant, NULL);
  job_free(job);
  if (found && list_parts(connection, tenant)) return true;
  if (!error && !found)
    fprintf(stderr, "xlad: there is no tenant \"%s\"\n", slug);
  else
    fprintf(stderr, "xlad: the database did not answer\n");
  return false;
}
