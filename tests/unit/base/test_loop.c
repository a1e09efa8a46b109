// Checks that timers fire in order, that stopped ones don't, and that descriptors and turns are served.
#include "base/loop.h"

#include <sys/epoll.h>
#include <unistd.h>

#include "unit.h"

enum { TIMERS = 200 };

static struct loop *loop;
static int64_t fired[TIMERS];
static size_t fired_count;

static void note(struct timer *timer) { fired[fired_count++] = timer->due_ms; }

static void stop(struct timer *timer) {
  (void)timer;
  loop_stop(loop);
}

START_TEST(fires_timers_in_order_and_not_stopped_ones) {
  static struct timer timers[TIMERS], last = {.fire = stop};
  loop = loop_new();
  fired_count = 0;
  for (intptr_t i = 0; i < TIMERS; i++) {
    timers[i] = (struct timer){.fire = note};
    ck_assert(loop_timer_start(loop, &timers[i], (i * 37) % TIMERS / 4));
  }
  for (size_t i = 0; i < TIMERS; i += 3)
    loop_timer_stop(loop, &timers[i]);
  loop_timer_stop(loop, &timers[0]);  // twice is fine
  ck_assert(loop_timer_start(loop, &last, TIMERS));
  loop_run(loop);
  ck_assert_uint_eq(fired_count, TIMERS - (TIMERS + 2) / 3);
  for (size_t i = 1; i < fired_count; i++)
    ck_assert_int_le(fired[i - 1], fired[i]);
  loop_free(loop);
}
END_TEST

static int ready_count;

static void ready(struct watch *watch, uint32_t events) {
  char byte;
  ck_assert(events & EPOLLIN);
  ck_assert_int_eq(read(watch->fd, &byte, 1), 1);
  if (++ready_count == 3) loop_stop(loop);
}

static int64_t turned(struct turn *turn) {
  int *count = turn->owner;
  ++*count;
  return -1;
}

START_TEST(serves_descriptors_and_turns) {
  int ends[2], turns = 0, others = 0;
  ck_assert_int_eq(pipe(ends), 0);
  loop = loop_new();
  ready_count = 0;
  struct watch watch = {.fd = ends[0], .events = EPOLLIN, .ready = ready};
  struct turn first = {.run = turned, .owner = &turns}, second = {.run = turned, .owner = &others};
  ck_assert(loop_watch(loop, &watch));
  loop_add_turn(loop, &first);
  loop_add_turn(loop, &second);
  loop_remove_turn(loop, &second);
  ck_assert_int_eq(write(ends[1], "abc", 3), 3);
  loop_run(loop);
  ck_assert_int_eq(ready_count, 3);
  ck_assert_int_ge(turns, 3);
  ck_assert_int_eq(others, 0);
  loop_unwatch(loop, &watch);
  loop_free(loop);
  close(ends[0]);
  close(ends[1]);
}
END_TEST

int main(void) { return unit_tests("base/loop", (const TTest *[]){fires_timers_in_order_and_not_stopped_ones, serves_descriptors_and_turns, NULL}); }
