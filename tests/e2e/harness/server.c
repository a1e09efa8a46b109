// Starts, stops and kills daemons, and keeps their logs.
#include "server.h"

#include "caller.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { READY_SECONDS_MAX = 30, STOP_MS_MAX = 30000, LOG_SHOWN_BYTES_MAX = 6000 };

const char *binary_path(void) {
  const char *path = getenv("XLAD_BINARY");
  return path == NULL || path[0] == '\0' ? "build/xlad" : path;
}

// Appending, so that a restarted daemon's descriptor and ours never overwrite one another.
static int log_make(void) {
  int log = memfd_create("xlad.log", MFD_CLOEXEC);
  if (log < 0 || fcntl(log, F_SETFL, O_APPEND) != 0) {
    harness_fail("can't make a log: %s", strerror(errno));
  }
  return log;
}

void server_launch(struct server *server, const char *database_url, const char *const *settings) {
  if (server->process > 0) {
    harness_fail("the daemon at %s runs already", server->address);
  }
  if (server->port == 0) {
    server->port = port_reserve();
    server->log = log_make();
    (void)snprintf(server->address, sizeof server->address, "http://127.0.0.1:%d", server->port);
  }
  char listen[64];
  char url[600];
  (void)snprintf(listen, sizeof listen, "XLAD_LISTEN=127.0.0.1:%d", server->port);
  (void)snprintf(url, sizeof url, "XLAD_DATABASE_URL=%s", database_url);
  const char *all[SERVER_SETTINGS_MAX + 3] = {listen, url};
  for (size_t i = 0; settings != NULL && settings[i] != NULL; i++) {
    if (i == SERVER_SETTINGS_MAX) {
      harness_fail("more than %d settings", SERVER_SETTINGS_MAX);
    }
    all[i + 2] = settings[i];
  }
  const char *const argv[] = {binary_path(), "serve", NULL};
  struct launch launch = {.argv = argv, .settings = all, .out = server->log, .err = server->log, .death_signal = SIGKILL};
  server->process = process_start(&launch);
}

int server_wait(struct server *server, int milliseconds) {
  int code = process_wait(server->process, milliseconds);
  if (code >= 0) {
    server->process = 0;
  }
  return code;
}

bool server_ready(struct server *server, int seconds) {
  struct caller caller;
  struct answer answer = {0};
  const char *why = NULL;
  caller_init(&caller, server->port);
  struct call call = {.method = "GET", .path = "/readyz", .milliseconds = 2000};
  bool ready = false;
  for (long long end = clock_ms() + 1000LL * seconds; !ready && clock_ms() < end;) {
    ready = caller_call(&caller, &call, &answer, &why) && answer.status == 200;
    if (!ready && server_wait(server, 20) >= 0) {
      break;
    }
  }
  caller_close(&caller);
  answer_release(&answer);
  return ready;
}

void server_start(struct server *server, const char *database_url, const char *const *settings) {
  server_launch(server, database_url, settings);
  if (!server_ready(server, READY_SECONDS_MAX)) {
    bool ended = server->process == 0;
    server_show_log(server);
    server_kill(server);
    harness_fail("the daemon at %s %s", server->address, ended ? "ended at its start" : "did not become ready");
  }
}

void server_signal(const struct server *server, int signal) {
  if (server->process <= 0) {
    harness_fail("the daemon at %s does not run", server->address);
  }
  (void)kill(server->process, signal);
}

void server_kill(struct server *server) {
  if (server->process > 0) {
    server_signal(server, SIGKILL);
    (void)server_wait(server, STOP_MS_MAX);
  }
}

void server_stop(struct server *server) {
  if (server->process <= 0) {
    return;
  }
  server_signal(server, SIGTERM);
  int code = server_wait(server, STOP_MS_MAX);
  if (code != 0) {
    server_show_log(server);
    server_kill(server);
    harness_fail("the daemon at %s ended with %d after SIGTERM (-1: not at all)", server->address, code);
  }
}

const char *server_log(const struct server *server) {
  static struct bytes log;
  bytes_clear(&log);
  if (server->log > 0) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", server->log);
    bytes_read_file(&log, path);
  }
  return bytes_text(&log);
}

bool server_logs(const struct server *server, const char *text, int milliseconds) {
  long long end = clock_ms() + milliseconds;
  bool found = strstr(server_log(server), text) != NULL;
  while (!found && clock_ms() < end) {
    sleep_ms(10);
    found = strstr(server_log(server), text) != NULL;
  }
  return found;
}

void server_show_log(const struct server *server) {
  const char *log = server_log(server);
  size_t length = strlen(log);
  const char *tail = length > LOG_SHOWN_BYTES_MAX ? strchr(log + length - LOG_SHOWN_BYTES_MAX, '\n') : log;
  (void)fprintf(stderr, "--- the daemon's log\n%s\n---\n", tail == NULL ? "" : tail);
}

void server_release(struct server *server) {
  server_kill(server);
  if (server->log > 0) {
    close(server->log);
  }
  *server = (struct server){0};
}
