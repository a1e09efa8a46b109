// Opens the database for a command.
#include "command/session.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "command/command.h"
#include "store/dimension_store.h"
#include "store/tenant_store.h"

enum { CONNECT_MS = 5000 };

int session_open(struct session *session) {
  memset(session, 0, sizeof *session);
  if (!settings_load(&session->settings) || !log_set_level("error")) return EXIT_USAGE;
  session->settings.read_lanes = 1;
  session->settings.cache_ms = 0;  // a command may end with its last commit, so each tells the daemons at once
  (void)signal(SIGPIPE, SIG_IGN);
  session->loop = loop_new();
  session->store = session->loop ? store_open(session->loop, &session->settings) : NULL;
  if (session->store && store_wait_ready(session->store, CONNECT_MS)) return EXIT_DONE;
  if (session->store && store_behind(session->store))
    fprintf(stderr, "xlad: the database is behind this version; run `xlad migrate`\n");
  else
    fprintf(stderr, "xlad: can't reach the database: %s\n", session->store ? store_trouble(session->store) : "out of memory");
  session_close(session);
  return EXIT_FAILED;
}

void session_close(struct session *session) {
  store_close(session->store);
  loop_free(session->loop);
  log_finish();
}

static bool list_dimensions(struct session *session, struct tenant *tenant) {
  struct job *job = job_new(session->store, LANE_READ, &tenant->id, NULL, NULL);
  if (!job) return false;
  dimension_ask_list(job, &tenant->id, TEXT_NONE, false);
  bool good = store_run(session->store, job) == ERR_NONE;
  if (good) dimension_take_all(job, 0, tenant);
  job_free(job);
  return good;
}

bool session_tenant(struct session *session, const char *slug, struct tenant *tenant) {
  memset(tenant, 0, sizeof *tenant);
  struct job *job = job_new(session->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return false;
  tenant_ask_find(job, text_of(slug));
  enum err error = store_run(session->store, job);
  bool found = !error && tenant_take_found(job, tenant, NULL);
  job_free(job);
  if (found && list_dimensions(session, tenant)) return true;
  if (!error && !found)
    fprintf(stderr, "xlad: there is no tenant \"%s\"\n", slug);
  else
    fprintf(stderr, "xlad: the database did not answer\n");
  return false;
}
