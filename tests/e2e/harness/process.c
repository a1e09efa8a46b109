// Starts programs so that none outlives this one, and waits for them with a limit.
#include "process.h"

#include <check.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PORT_FIRST = 20000, PORT_LAST = 31999, SETTINGS_MAX = 64 };

static bool in_tests;

void harness_in_tests(bool running) { in_tests = running; }

void harness_fail(const char *format, ...) {
  char reason[4096];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  if (in_tests) {
    ck_abort_msg("%s", reason);
  }
  (void)fprintf(stderr, "harness: %s\n", reason);
  exit(EXIT_FAILURE);
}

int counted(int reduced, int full) {
  const char *soak = getenv("XLAD_SOAK");
  return soak == NULL || soak[0] == '\0' || soak[0] == '0' ? reduced : full;
}

long long clock_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(int milliseconds) {
  struct timespec rest = {.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000};
  while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {
  }
}

// An abstract socket's name vanishes with its holder, so a reservation can't be left behind. It is never closed.
static bool port_claim(int port) {
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int length = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "xlad-e2e-port-%d", port);
  int claim = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length);
  if (claim >= 0 && bind(claim, (const struct sockaddr *)&name, size) == 0) {
    return true;  // cppcheck-suppress resourceLeak
  }
  if (claim >= 0) {
    close(claim);
  }
  return false;
}

static bool port_is_free(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int yes = 1;
  (void)setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  bool is_free = probe >= 0 && bind(probe, (const struct sockaddr *)&address, sizeof address) == 0;
  if (probe >= 0) {
    close(probe);
  }
  return is_free;
}

int port_reserve(void) {
  int span = PORT_LAST - PORT_FIRST + 1;
  int start = (int)((long long)getpid() * 37 % span);
  for (int i = 0; i < span; i++) {
    int port = PORT_FIRST + (start + i) % span;
    if (port_is_free(port) && port_claim(port)) {
      return port;
    }
  }
  harness_fail("no port between %d and %d is free", PORT_FIRST, PORT_LAST);
}

static void drop_inherited_settings(void) {
  for (size_t i = 0; environ[i] != NULL;) {
    char name[256];
    const char *end = strchr(environ[i], '=');
    size_t length = end == NULL ? 0 : (size_t)(end - environ[i]);
    if (strncmp(environ[i], "XLAD_", 5) != 0 || length == 0 || length >= sizeof name) {
      i++;
      continue;
    }
    memcpy(name, environ[i], length);
    name[length] = '\0';
    (void)unsetenv(name);
  }
}

static void use_descriptor(int from, int to) {
  if (from > 0 && dup2(from, to) < 0) {
    _exit(127);
  }
}

_Noreturn static void child_main(const struct launch *launch, pid_t parent) {
  (void)signal(SIGPIPE, SIG_DFL);
  drop_inherited_settings();
  for (size_t i = 0; launch->settings != NULL && launch->settings[i] != NULL && i < SETTINGS_MAX; i++) {
    char *copy = strdup(launch->settings[i]);  // putenv keeps it
    if (copy == NULL || putenv(copy) != 0) {
      _exit(127);
    }
  }
  // The parent may have died before it takes effect.
  if (prctl(PR_SET_PDEATHSIG, launch->death_signal) != 0 || getppid() != parent) {
    _exit(127);
  }
  int nothing = open("/dev/null", O_RDONLY);
  use_descriptor(nothing, STDIN_FILENO);
  use_descriptor(launch->out, STDOUT_FILENO);
  use_descriptor(launch->err, STDERR_FILENO);
  execvp(launch->argv[0], (char *const *)(uintptr_t)launch->argv);
  (void)fprintf(stderr, "harness: can't run %s: %s\n", launch->argv[0], strerror(errno));
  _exit(127);
}

pid_t process_start(const struct launch *launch) {
  (void)fflush(NULL);
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) {
    harness_fail("can't fork: %s", strerror(errno));
  }
  if (child == 0) {
    child_main(launch, parent);
  }
  return child;
}

int process_wait(pid_t process, int milliseconds) {
  long long end = clock_ms() + milliseconds;
  for (int pause = 1;; pause = pause < 20 ? pause + 1 : 20) {
    int status = 0;
    pid_t got = waitpid(process, &status, WNOHANG);
    if (got == process) {
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (got < 0 && errno != EINTR) {
      harness_fail("can't wait for process %d: %s", (int)process, strerror(errno));
    }
    if (clock_ms() >= end) {
      return -1;
    }
    sleep_ms(pause);
  }
}

static int capture_open(const char *name) {
  int file = memfd_create(name, MFD_CLOEXEC);
  if (file < 0) {
    harness_fail("can't capture output: %s", strerror(errno));
  }
  return file;
}

static void capture_read(int file, struct bytes *into) {
  off_t size = lseek(file, 0, SEEK_END);
  off_t at = 0;
  while (at < size) {
    char piece[64 * 1024];
    ssize_t got = pread(file, piece, sizeof piece, at);
    if (got <= 0) {
      break;
    }
    bytes_add(into, piece, (size_t)got);
    at += got;
  }
  close(file);
}

void process_run(const struct launch *launch, int seconds, struct outcome *outcome) {
  struct launch captured = *launch;
  captured.out = capture_open("stdout");
  captured.err = capture_open("stderr");
  captured.death_signal = SIGKILL;
  pid_t process = process_start(&captured);
  *outcome = (struct outcome){.code = process_wait(process, seconds * 1000)};
  bool late = outcome->code < 0;
  if (late) {
    (void)kill(process, SIGKILL);
    (void)process_wait(process, 10000);
  }
  capture_read(captured.out, &outcome->out);
  capture_read(captured.err, &outcome->err);
  if (late) {
    harness_fail("%s did not end within %d s; stderr: %s", launch->argv[0], seconds, bytes_text(&outcome->err));
  }
}

void outcome_release(struct outcome *outcome) {
  bytes_release(&outcome->out);
  bytes_release(&outcome->err);
}
