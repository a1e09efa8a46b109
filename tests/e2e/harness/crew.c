// Starts workers, and makes their failures the test's.
#include "crew.h"

#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { KILLED_MS_MAX = 10000, CHECK_MS = 20 };

void *crew_share(size_t bytes) {
  void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    harness_fail("no memory for %zu shared bytes: %s", bytes, strerror(errno));
  }
  return memory;
}

void crew_start(struct crew *crew, size_t workers, void (*work)(struct crew *crew, size_t worker, void *context), void *context) {
  if (workers == 0 || workers > CREW_WORKERS_MAX) {
    harness_fail("a crew has 1 to %d workers", CREW_WORKERS_MAX);
  }
  *crew = (struct crew){.workers = workers, .board = crew_share(sizeof *crew->board)};
  (void)fflush(NULL);
  pid_t parent = getpid();
  for (size_t i = 0; i < workers; i++) {
    crew->processes[i] = fork();
    if (crew->processes[i] < 0) {
      harness_fail("can't fork: %s", strerror(errno));
    }
    if (crew->processes[i] == 0) {
      harness_in_tests(false);
      if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        _exit(EXIT_FAILURE);
      }
      work(crew, i, context);
      _exit(EXIT_SUCCESS);
    }
  }
}

bool crew_stops(const struct crew *crew) { return atomic_load(&crew->board->stopping); }

static void workers_kill(struct crew *crew) {
  for (size_t i = 0; i < crew->workers; i++) {
    if (crew->processes[i] > 0) {
      (void)kill(crew->processes[i], SIGKILL);
      (void)process_wait(crew->processes[i], KILLED_MS_MAX);
    }
    crew->processes[i] = 0;
  }
}

// How many still run.
static size_t workers_left(struct crew *crew) {
  size_t left = 0;
  for (size_t i = 0; i < crew->workers; i++) {
    int code = crew->processes[i] > 0 ? process_wait(crew->processes[i], 0) : 0;
    if (code >= 0) {
      crew->processes[i] = 0;
    }
    if (code > 0) {
      workers_kill(crew);
      harness_fail("worker %zu ended with %d; what it found stands above", i, code);
    }
    left += code < 0 ? 1 : 0;
  }
  return left;
}

void crew_check(struct crew *crew) { (void)workers_left(crew); }

void crew_wait(struct crew *crew, int seconds) {
  for (long long end = clock_ms() + 1000LL * seconds; workers_left(crew) > 0; sleep_ms(CHECK_MS)) {
    if (clock_ms() > end) {
      workers_kill(crew);
      harness_fail("workers did not end within %d s", seconds);
    }
  }
  (void)munmap(crew->board, sizeof *crew->board);
}

void crew_stop(struct crew *crew, int seconds) {
  atomic_store(&crew->board->stopping, true);
  crew_wait(crew, seconds);
}
