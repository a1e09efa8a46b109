// Makes, breaks and removes the PostgreSQL of a test program; tests/tools/cluster does the work on the server's side.
#include "cluster.h"

#include "process.h"

#include <libpq-fe.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOOL_SECONDS_MAX = 180, GONE_MS_MAX = 30000, START_TRIES = 20 };

static const char *const TOOL = "tests/tools/cluster";

static bool database_run(const char *url, const char *statement) {
  PGconn *connection = PQconnectdb(url);
  PGresult *result = PQexec(connection, statement);
  bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  if (!done) {
    (void)fprintf(stderr, "harness: %s: %s\n", statement, PQerrorMessage(connection));
  }
  PQclear(result);
  PQfinish(connection);
  return done;
}

static void tool_run(const char *const *argv, struct outcome *outcome) { process_run(&(struct launch){.argv = argv}, TOOL_SECONDS_MAX, outcome); }

// Leaves the terminal's process group, so that an interrupt from the keyboard ends the tests and not the cleaning.
_Noreturn static void warden_main(const struct cluster *cluster, int line) {
  (void)setsid();
  char byte = 0;
  ssize_t got = 0;
  do {
    got = read(line, &byte, 1);
  } while (got > 0 || (got < 0 && errno == EINTR));
  if (cluster->folder[0] != '\0') {
    struct outcome outcome;
    tool_run((const char *const[]){TOOL, "destroy", cluster->folder, NULL}, &outcome);
  } else {
    char statement[128];
    (void)snprintf(statement, sizeof statement, "drop database if exists %s with (force)", cluster->database);
    (void)database_run(cluster->server_url, statement);
  }
  _exit(EXIT_SUCCESS);
}

static void warden_start(struct cluster *cluster) {
  int line[2];
  if (pipe2(line, O_CLOEXEC) != 0) {
    harness_fail("can't make a pipe: %s", strerror(errno));
  }
  (void)fflush(NULL);
  cluster->warden = fork();
  if (cluster->warden < 0) {
    harness_fail("can't fork: %s", strerror(errno));
  }
  if (cluster->warden == 0) {
    close(line[1]);
    // A pipeline that waits for the tests' output must not wait for the warden.
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    (void)dup2(nothing, STDIN_FILENO);
    (void)dup2(nothing, STDOUT_FILENO);
    (void)dup2(nothing, STDERR_FILENO);
    warden_main(cluster, line[0]);
  }
  close(line[0]);
  cluster->warden_line = line[1];
}

// False when the server did not start.
static bool server_start(struct cluster *cluster, struct outcome *outcome) {
  bool fast = (cluster->flags & CLUSTER_NO_FSYNC) != 0;
  const char *const safely[] = {TOOL, "start", cluster->folder, NULL};
  const char *const quickly[] = {TOOL, "start", "--fast", cluster->folder, NULL};
  tool_run(fast ? quickly : safely, outcome);
  return outcome->code == 0;
}

static void private_start(struct cluster *cluster) {
  (void)snprintf(cluster->folder, sizeof cluster->folder, "/tmp/xlad-e2e-XXXXXX");
  if (mkdtemp(cluster->folder) == NULL) {
    harness_fail("can't make a folder in /tmp: %s", strerror(errno));
  }
  warden_start(cluster);
  struct outcome outcome;
  if (!server_start(cluster, &outcome)) {
    harness_fail("PostgreSQL does not start: %s", bytes_text(&outcome.err));
  }
  const char *url = bytes_text(&outcome.out);
  (void)snprintf(cluster->server_url, sizeof cluster->server_url, "%.*s", (int)strcspn(url, "\r\n"), url);
  outcome_release(&outcome);
}

// The same server, another database: scheme://authority[/database][?parameters].
static void url_of_database(const char *server_url, const char *database, char *into, size_t capacity) {
  const char *authority = strstr(server_url, "://");
  if (authority == NULL) {
    harness_fail("not a libpq URL: %s", server_url);
  }
  authority += 3;
  int front = (int)(authority - server_url) + (int)strcspn(authority, "/?");
  const char *parameters = strchr(authority, '?');
  (void)snprintf(into, capacity, "%.*s/%s%s", front, server_url, database, parameters == NULL ? "" : parameters);
}

void cluster_start(struct cluster *cluster, unsigned flags) {
  *cluster = (struct cluster){.flags = flags, .warden_line = -1};
  (void)snprintf(cluster->database, sizeof cluster->database, "xlad_e2e_%d_%lld", (int)getpid(), clock_ms());
  const char *shared = getenv("XLAD_TEST_CLUSTER_URL");
  bool is_private = (flags & CLUSTER_PRIVATE) != 0 || shared == NULL || shared[0] == '\0';
  if (is_private) {
    private_start(cluster);
  } else {
    (void)snprintf(cluster->server_url, sizeof cluster->server_url, "%s", shared);
    warden_start(cluster);
  }
  url_of_database(cluster->server_url, cluster->database, cluster->url, sizeof cluster->url);
  char statement[128];
  (void)snprintf(statement, sizeof statement, "create database %s encoding 'UTF8' template template0", cluster->database);
  if (!database_run(cluster->server_url, statement)) {
    harness_fail("can't make the database at %s", cluster->server_url);
  }
}

void cluster_stop(struct cluster *cluster) {
  if (cluster->warden <= 0) {
    return;
  }
  close(cluster->warden_line);
  if (process_wait(cluster->warden, 1000 * TOOL_SECONDS_MAX) < 0) {
    (void)fprintf(stderr, "harness: %s is still being removed\n", cluster->folder[0] == '\0' ? cluster->database : cluster->folder);
  }
  cluster->warden = 0;
}

// The running postmaster, or 0. The pid file may be stale and the number another program's by now; the folder that a
// process works in tells, and a dead one that nobody has collected has none.
static pid_t postmaster_find(const struct cluster *cluster) {
  char path[PATH_MAX];
  (void)snprintf(path, sizeof path, "%s/data/postmaster.pid", cluster->folder);
  FILE *file = fopen(path, "re");
  if (file == NULL) {
    return 0;
  }
  char line[64] = "";
  char *got = fgets(line, sizeof line, file);
  (void)fclose(file);
  long process = got == NULL ? 0 : strtol(line, NULL, 10);
  (void)snprintf(path, sizeof path, "/proc/%ld/cwd", process);
  char works_in[PATH_MAX] = "";
  char data[96];
  (void)snprintf(data, sizeof data, "%s/data", cluster->folder);
  ssize_t length = process > 1 ? readlink(path, works_in, sizeof works_in - 1) : -1;
  return length > 0 && strcmp(works_in, data) == 0 ? (pid_t)process : 0;
}

void cluster_signal(struct cluster *cluster, int signal) {
  pid_t postmaster = cluster->folder[0] == '\0' ? 0 : postmaster_find(cluster);
  if (postmaster <= 0) {
    harness_fail("no PostgreSQL of this program runs");
  }
  (void)kill(postmaster, signal);
}

static void postmaster_end(struct cluster *cluster, int signal) {
  cluster_signal(cluster, signal);
  for (long long end = clock_ms() + GONE_MS_MAX; postmaster_find(cluster) != 0; sleep_ms(5)) {
    if (clock_ms() > end) {
      harness_fail("PostgreSQL did not end within %d ms", GONE_MS_MAX);
    }
  }
}

void cluster_kill(struct cluster *cluster) { postmaster_end(cluster, SIGKILL); }

void cluster_shut(struct cluster *cluster) { postmaster_end(cluster, SIGINT); }

void cluster_restart(struct cluster *cluster) {
  if (cluster->folder[0] == '\0' || postmaster_find(cluster) != 0) {
    harness_fail("only a stopped private PostgreSQL can be started again");
  }
  // The last backends of a killed postmaster may hold its shared memory for a moment.
  struct outcome outcome = {0};
  for (int i = 0; i < START_TRIES; i++) {
    outcome_release(&outcome);
    if (server_start(cluster, &outcome)) {
      outcome_release(&outcome);
      return;
    }
    sleep_ms(250);
  }
  harness_fail("PostgreSQL does not start again: %s", bytes_text(&outcome.err));
}
