// Daemons under test: `xlad serve` as child processes that never outlive the test program.
#ifndef XLAD_E2E_SERVER_H
#define XLAD_E2E_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

enum { SERVER_SETTINGS_MAX = 32 };

// All zero is a daemon that has never run. It keeps its port and its log over restarts.
struct server {
  pid_t process;  // 0: does not run
  int port;
  char address[64];  // "http://127.0.0.1:PORT"
  int log;           // an unlinked file that all its runs append to; 0: none yet
};

// The binary under test: XLAD_BINARY, or build/xlad.
const char *binary_path(void);

// Starts it on a free port of 127.0.0.1, or on the port it had, and returns at once. `settings`: NULL, or more
// "NAME=value", NULL-terminated.
void server_launch(struct server *server, const char *database_url, const char *const *settings);
// True when GET /readyz answers 200 within the time. False too when the daemon ended.
bool server_ready(struct server *server, int seconds);
// server_launch, then ready within 30 seconds or a failure that shows the log.
void server_start(struct server *server, const char *database_url, const char *const *settings);
// SIGTERM; fails unless the daemon ends with exit code 0 within 30 seconds. Does nothing when it does not run.
void server_stop(struct server *server);
// Waits for its end: exit code, 128 + signal, or -1 when it still runs after the time.
int server_wait(struct server *server, int milliseconds);
// SIGKILL.
void server_kill(struct server *server);
void server_signal(const struct server *server, int signal);

// All it has logged so far; valid until the next call.
const char *server_log(const struct server *server);
// True when the log contains the text within the time.
bool server_logs(const struct server *server, const char *text, int milliseconds);
// The log's last lines on stderr.
void server_show_log(const struct server *server);
// Kills it where it runs and forgets its log.
void server_release(struct server *server);

#endif
