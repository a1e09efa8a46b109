// The one event loop: epoll over descriptors, timers, and turns. A loop owns all it touches; nothing called from it may block.
#ifndef XLAD_BASE_LOOP_H
#define XLAD_BASE_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"

struct loop;

// A descriptor in the loop. Owned by whoever embeds it; it must be removed before it goes.
struct watch {
  int fd;
  uint32_t events;  // EPOLLIN | EPOLLOUT …
  void (*ready)(struct watch *watch, uint32_t events);
  void *owner;
};

// A one-shot timer. Zero it, set fire and owner, then start it as often as wanted.
struct timer {
  size_t slot;  // place in the heap + 1; 0 when not running
  int64_t due_ms;
  void (*fire)(struct timer *timer);
  void *owner;
};

// Work of every round, in the order of registration, after the descriptors and timers of that round were served.
struct turn {
  struct turn *next;
  // Returns in how many milliseconds it wants to be called at the latest; −1: no wish.
  int64_t (*run)(struct turn *turn);
  void *owner;
};

struct loop *loop_new(void);
void loop_free(struct loop *loop);

bool loop_watch(struct loop *loop, struct watch *watch);
// Changes what is waited for.
bool loop_rewatch(struct loop *loop, struct watch *watch, uint32_t events);
void loop_unwatch(struct loop *loop, struct watch *watch);

// Starts (or restarts) the timer; false when memory is out.
bool loop_timer_start(struct loop *loop, struct timer *timer, int64_t after_ms);
void loop_timer_stop(struct loop *loop, struct timer *timer);

void loop_add_turn(struct loop *loop, struct turn *turn);
void loop_remove_turn(struct loop *loop, struct turn *turn);

// Runs until loop_stop.
void loop_run(struct loop *loop);
// Makes loop_run return at the end of the round.
void loop_stop(struct loop *loop);
// Milliseconds of the monotonic clock at the beginning of the round.
int64_t loop_now_ms(const struct loop *loop);

#endif
