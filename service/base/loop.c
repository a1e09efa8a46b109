// Waits for descriptors and timers and calls what they belong to, round after round.
#include "base/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/instant.h"

enum { EVENTS_MAX = 256, TIMERS_FIRST = 64 };

struct loop {
  int epoll_fd;
  bool stopped;
  int64_t now_ms;
  struct turn *turns, **turns_end;
  struct timer **heap;  // earliest first
  size_t timers, timers_capacity;
  struct epoll_event events[EVENTS_MAX];
  int events_left;  // of the round being served; entries of removed watches are cleared
};

struct loop *loop_new(void) {
  struct loop *loop = calloc(1, sizeof *loop);
  if (!loop) return NULL;
  loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (loop->epoll_fd < 0) {
    free(loop);
    return NULL;
  }
  loop->turns_end = &loop->turns;
  loop->now_ms = clock_ms();
  return loop;
}

void loop_free(struct loop *loop) {
  if (!loop) return;
  close(loop->epoll_fd);
  free(loop->heap);
  free(loop);
}

bool loop_watch(struct loop *loop, struct watch *watch) {
  struct epoll_event event = {.events = watch->events, .data.ptr = watch};
  return epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

bool loop_rewatch(struct loop *loop, struct watch *watch, uint32_t events) {
  if (watch->events == events) return true;
  watch->events = events;
  struct epoll_event event = {.events = events, .data.ptr = watch};
  return epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) == 0;
}

void loop_unwatch(struct loop *loop, struct watch *watch) {
  // A closed descriptor has left the epoll set by itself; then this fails, and that is fine.
  (void)epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  for (int i = 0; i < loop->events_left; i++)
    if (loop->events[i].data.ptr == watch) loop->events[i].data.ptr = NULL;
}

static void heap_place(struct loop *loop, struct timer *timer, size_t at) {
  loop->heap[at] = timer;
  timer->slot = at + 1;
}

static void heap_up(struct loop *loop, size_t at) {
  struct timer *timer = loop->heap[at];
  for (; at > 0 && loop->heap[(at - 1) / 2]->due_ms > timer->due_ms; at = (at - 1) / 2)
    heap_place(loop, loop->heap[(at - 1) / 2], at);
  heap_place(loop, timer, at);
}

static void heap_down(struct loop *loop, size_t at) {
  struct timer *timer = loop->heap[at];
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= loop->timers) break;
    if (child + 1 < loop->timers && loop->heap[child + 1]->due_ms < loop->heap[child]->due_ms) child++;
    if (loop->heap[child]->due_ms >= timer->due_ms) break;
    heap_place(loop, loop->heap[child], at);
    at = child;
  }
  heap_place(loop, timer, at);
}

bool loop_timer_start(struct loop *loop, struct timer *timer, int64_t after_ms) {
  loop_timer_stop(loop, timer);
  if (loop->timers == loop->timers_capacity) {
    size_t capacity = loop->timers_capacity ? 2 * loop->timers_capacity : TIMERS_FIRST;
    struct timer **heap = realloc(loop->heap, capacity * sizeof *heap);
    if (!heap) return false;
    loop->heap = heap;
    loop->timers_capacity = capacity;
  }
  timer->due_ms = clock_ms() + after_ms;
  heap_place(loop, timer, loop->timers++);
  heap_up(loop, loop->timers - 1);
  return true;
}

void loop_timer_stop(struct loop *loop, struct timer *timer) {
  if (timer->slot == 0) return;
  size_t at = timer->slot - 1;
  timer->slot = 0;
  struct timer *last = loop->heap[--loop->timers];
  if (last == timer) return;
  heap_place(loop, last, at);
  heap_up(loop, at);
  heap_down(loop, last->slot - 1);
}

void loop_add_turn(struct loop *loop, struct turn *turn) {
  turn->next = NULL;
  *loop->turns_end = turn;
  loop->turns_end = &turn->next;
}

void loop_remove_turn(struct loop *loop, struct turn *turn) {
  struct turn **link = &loop->turns;
  while (*link && *link != turn)
    link = &(*link)->next;
  if (*link) *link = turn->next;
  while (*link)
    link = &(*link)->next;
  loop->turns_end = link;
}

void loop_stop(struct loop *loop) { loop->stopped = true; }

int64_t loop_now_ms(const struct loop *loop) { return loop->now_ms; }

static void serve_timers(struct loop *loop) {
  while (loop->timers > 0 && loop->heap[0]->due_ms <= loop->now_ms) {
    struct timer *timer = loop->heap[0];
    loop_timer_stop(loop, timer);
    timer->fire(timer);
  }
}

// How long the next wait may take.
static int wait_ms(struct loop *loop, int64_t wish_ms) {
  if (loop->timers > 0) {
    int64_t until = loop->heap[0]->due_ms - clock_ms();
    if (until < 0) until = 0;
    if (wish_ms < 0 || until < wish_ms) wish_ms = until;
  }
  return wish_ms < 0 ? -1 : wish_ms > 60000 ? 60000 : (int)wish_ms;
}

void loop_run(struct loop *loop) {
  loop->stopped = false;
  while (!loop->stopped) {
    int64_t wish_ms = -1;
    for (struct turn *turn = loop->turns; turn; turn = turn->next) {
      int64_t wish = turn->run(turn);
      if (wish >= 0 && (wish_ms < 0 || wish < wish_ms)) wish_ms = wish;
    }
    if (loop->stopped) break;
    int count = epoll_wait(loop->epoll_fd, loop->events, EVENTS_MAX, wait_ms(loop, wish_ms));
    loop->now_ms = clock_ms();
    loop->events_left = count < 0 ? 0 : count;
    for (int i = 0; i < loop->events_left; i++) {
      struct watch *watch = loop->events[i].data.ptr;
      if (watch) watch->ready(watch, loop->events[i].events);
    }
    loop->events_left = 0;
    serve_timers(loop);
  }
}
