// Workers beside the test: child processes that each run one function until it ends, or until they are told to stop.
#ifndef XLAD_E2E_CREW_H
#define XLAD_E2E_CREW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { CREW_WORKERS_MAX = 32 };

struct crew_board {
  _Atomic bool stopping;
};

struct crew {
  pid_t processes[CREW_WORKERS_MAX];  // 0: ended well
  size_t workers;
  struct crew_board *board;  // shared with them
};

// Zeroed memory that a program has in common with its workers; given back when the last of them ends.
void *crew_share(size_t bytes);

// Begins at once and returns. `work` is told which worker it is; harness_fail in it ends the worker, and so fails the test in the end.
void crew_start(struct crew *crew, size_t workers, void (*work)(struct crew *crew, size_t worker, void *context), void *context);
// For workers: true once they are told to stop.
bool crew_stops(const struct crew *crew);
// Fails the test when a worker has failed by now.
void crew_check(struct crew *crew);
// Waits until all have ended by themselves; fails the test when one fails, or the time is over.
void crew_wait(struct crew *crew, int seconds);
// Tells them to stop, then crew_wait.
void crew_stop(struct crew *crew, int seconds);

#endif
