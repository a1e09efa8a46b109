// Running other programs with a time limit, and what every part of the harness needs: failing, counts, clocks, ports.
#ifndef XLAD_E2E_PROCESS_H
#define XLAD_E2E_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "bytes.h"

// Inside a running test this fails the test; before and after, it prints the reason and ends the program with 1. What the
// program has started is removed either way (see cluster.h).
_Noreturn void harness_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
// From here on harness_fail fails a test.
void harness_in_tests(bool running);

// XLAD_SOAK asks for the full counts.
int counted(int reduced, int full);

long long clock_ms(void);  // monotonic
void sleep_ms(int milliseconds);

// A free TCP port of 127.0.0.1 that no other program of this harness gets while this one lives. It lies below the
// kernel's ephemeral ports: a client that keeps connecting to a dead server on an ephemeral port may connect to itself.
int port_reserve(void);

// How a program is started.
struct launch {
  const char *const *argv;      // NULL-terminated; [0] is a path, or a name in PATH
  const char *const *settings;  // NULL, or NULL-terminated "NAME=value"; inherited XLAD_ variables are dropped before
  int out;                      // descriptors for stdout and stderr; 0 for this program's own
  int err;
  int death_signal;  // sent to it when this program dies, however it dies
};

// The child's process id; failures to execute show as exit code 127.
pid_t process_start(const struct launch *launch);
// Exit code, 128 + signal, or -1 when it still runs after the time.
int process_wait(pid_t process, int milliseconds);

// What a finished program left; release with outcome_release.
struct outcome {
  int code;  // exit code, or 128 + signal
  struct bytes out;
  struct bytes err;
};

// Runs to the end, or kills and fails after the time. `launch`'s out and err are not used.
void process_run(const struct launch *launch, int seconds, struct outcome *outcome);
void outcome_release(struct outcome *outcome);

#endif
