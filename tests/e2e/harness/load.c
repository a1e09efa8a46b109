// Loads daemons from a child process and keeps account of every single item.
#include "load.h"

#include "answer.h"
#include "caller.h"
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 256, RETRY_MS = 20, RETRY_MS_LIMIT = 500, ANSWER_MS_MAX = 30000, TICK_MS = 5 };

struct load_shared {
  _Atomic size_t acknowledged;  // items, each once
  _Atomic size_t finished;
  _Atomic long long began_ms;
  _Atomic long long ended_ms;  // 0: goes on
  struct load_item items[];
};

// CLIENT_IDLE: has no item. CLIENT_PAUSED: has one, and waits for `wake_ms`. CLIENT_BUSY: connected or connecting.
enum client_state { CLIENT_IDLE, CLIENT_PAUSED, CLIENT_BUSY };

struct load_client {
  enum client_state state;
  int socket;
  size_t port;  // index
  size_t item;
  size_t sent;  // bytes of `out`
  int pause_ms;
  long long wake_ms;
  long long begun_us;
  struct bytes out;
  struct bytes in;
  struct answer answer;
};

struct generator {
  const struct load_plan *plan;
  struct load_shared *shared;
  struct load_client *clients;
  struct load_request *request;
  size_t next;  // item
  size_t open;  // items given to clients and not finished
  int poll;
};

static long long clock_us(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void client_disconnect(struct load_client *client) {
  if (client->socket >= 0) {
    close(client->socket);
  }
  client->socket = -1;
  bytes_clear(&client->in);
}

static void item_finish(struct generator *generator, struct load_client *client) {
  client->state = CLIENT_IDLE;
  client->pause_ms = 0;
  generator->open--;
  atomic_fetch_add(&generator->shared->finished, 1);
}

// The item has no usable answer: again later, or never.
static void item_missed(struct generator *generator, struct load_client *client) {
  if (!generator->plan->retry) {
    item_finish(generator, client);
    return;
  }
  client->state = CLIENT_PAUSED;
  client->pause_ms = client->pause_ms == 0 ? RETRY_MS : client->pause_ms * 2;
  if (client->pause_ms > RETRY_MS_LIMIT) {
    client->pause_ms = RETRY_MS_LIMIT;
  }
  client->wake_ms = clock_ms() + client->pause_ms;
}

static void connection_lost(struct generator *generator, struct load_client *client) {
  client_disconnect(client);
  client->port = (client->port + 1) % generator->plan->ports_count;
  item_missed(generator, client);
}

static bool client_connect(struct generator *generator, struct load_client *client) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)generator->plan->ports[client->port])};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (client->socket < 0) {
    return false;
  }
  int yes = 1;
  (void)setsockopt(client->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = client};
  if (connect(client->socket, (const struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
    return false;
  }
  return epoll_ctl(generator->poll, EPOLL_CTL_ADD, client->socket, &event) == 0;
}

static void headers_write(struct bytes *out, const char *headers) {
  for (const char *header = headers; header != NULL && *header != '\0';) {
    size_t length = strcspn(header, "\r\n");
    bytes_add(out, header, length);
    bytes_add_text(out, "\r\n");
    header += length + strspn(header + length, "\r\n");
  }
}

static void request_write(struct generator *generator, struct load_client *client) {
  const struct load_plan *plan = generator->plan;
  generator->request->headers[0] = '\0';
  plan->make(plan->context, client->item, generator->request);
  bytes_clear(&client->out);
  bytes_format(&client->out, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", plan->method, generator->request->path);
  headers_write(&client->out, plan->headers);
  headers_write(&client->out, generator->request->headers);
  bytes_format(&client->out, "Content-Length: %zu\r\n\r\n", strlen(generator->request->body));
  bytes_add_text(&client->out, generator->request->body);
}

static bool client_write(struct load_client *client) {
  while (client->sent < client->out.length) {
    ssize_t sent = send(client->socket, client->out.at + client->sent, client->out.length - client->sent, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
      return true;
    }
    if (sent < 0) {
      return false;
    }
    client->sent += (size_t)sent;
  }
  return true;
}

static void item_send(struct generator *generator, struct load_client *client) {
  client->state = CLIENT_BUSY;
  client->sent = 0;
  client->begun_us = clock_us();
  client->wake_ms = clock_ms() + ANSWER_MS_MAX;
  generator->shared->items[client->item].sent++;
  request_write(generator, client);
  bool connected = client->socket >= 0 || client_connect(generator, client);
  if (!connected || !client_write(client)) {
    connection_lost(generator, client);
  }
}

static void answer_take(struct generator *generator, struct load_client *client) {
  struct load_item *item = &generator->shared->items[client->item];
  item->latency_us = (uint32_t)(clock_us() - client->begun_us);
  atomic_store(&item->status, (uint16_t)client->answer.status);
  if (client->answer.status >= 200 && client->answer.status < 300) {
    item->acknowledged++;
    atomic_fetch_add(&generator->shared->acknowledged, item->acknowledged == 1 ? 1 : 0);
  }
  if (client->answer.closes) {
    client_disconnect(client);
  }
  if (client->answer.status >= 500) {
    item_missed(generator, client);
  } else {
    item_finish(generator, client);
  }
}

// True while the connection lives.
static bool client_read(struct load_client *client) {
  for (;;) {
    enum { PIECE = 16 * 1024 };
    char *room = bytes_room(&client->in, PIECE);
    ssize_t got = recv(client->socket, room, PIECE, 0);
    if (got < 0 && (errno == EAGAIN || errno == ENOTCONN)) {
      return true;
    }
    if (got <= 0) {
      return false;
    }
    client->in.length += (size_t)got;
    client->in.at[client->in.length] = '\0';
  }
}

static void client_event(struct generator *generator, struct load_client *client) {
  if (client->socket < 0) {
    return;
  }
  bool alive = client_read(client);
  if (client->state == CLIENT_BUSY && client->in.length > 0) {
    size_t used = 0;
    enum answer_state state = answer_read(&client->answer, client->in.at, client->in.length, false, !alive, &used);
    if (state == ANSWER_WHOLE) {
      bytes_shift(&client->in, used);
      answer_take(generator, client);
    } else if (state == ANSWER_BROKEN) {
      alive = false;
    }
  }
  alive = alive && client->socket >= 0;
  if (client->state != CLIENT_BUSY) {
    if (!alive) {
      client_disconnect(client);
    }
    return;
  }
  if (!alive || !client_write(client)) {
    connection_lost(generator, client);
  }
}

static bool rate_allows(const struct generator *generator) {
  if (generator->plan->rate == 0) {
    return true;
  }
  long long passed = clock_ms() - atomic_load(&generator->shared->began_ms);
  return (long long)generator->next * 1000 < passed * generator->plan->rate;
}

// Gives waiting items to idle clients, wakes the paused, and drops connections that answer nothing.
static void clients_tend(struct generator *generator) {
  long long now = clock_ms();
  for (size_t i = 0; i < generator->plan->clients; i++) {
    struct load_client *client = &generator->clients[i];
    if (client->state == CLIENT_PAUSED && now >= client->wake_ms) {
      item_send(generator, client);
    } else if (client->state == CLIENT_BUSY && now >= client->wake_ms) {
      connection_lost(generator, client);
    }
    // A connection that is refused at once may finish the item at once.
    if (client->state == CLIENT_IDLE && generator->next < generator->plan->items && rate_allows(generator)) {
      client->item = generator->next++;
      generator->open++;
      item_send(generator, client);
    }
  }
}

_Noreturn static void generator_main(struct load *load, pid_t parent) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  harness_in_tests(false);
  const struct load_plan *plan = &load->plan;
  struct generator generator = {.plan = plan, .shared = load->shared, .poll = epoll_create1(EPOLL_CLOEXEC)};
  generator.clients = calloc(plan->clients, sizeof *generator.clients);
  generator.request = calloc(1, sizeof *generator.request);
  if (generator.clients == NULL || generator.request == NULL || generator.poll < 0 || getppid() != parent) {
    _exit(EXIT_FAILURE);
  }
  for (size_t i = 0; i < plan->clients; i++) {
    generator.clients[i].socket = -1;
    generator.clients[i].port = i % plan->ports_count;
  }
  long long end = clock_ms() + 1000LL * plan->seconds;
  while ((generator.next < plan->items || generator.open > 0) && clock_ms() < end) {
    clients_tend(&generator);
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(generator.poll, events, EVENTS_MAX, TICK_MS);
    for (int i = 0; i < count; i++) {
      client_event(&generator, events[i].data.ptr);
    }
  }
  atomic_store(&load->shared->ended_ms, clock_ms());
  _exit(generator.open == 0 && generator.next == plan->items ? EXIT_SUCCESS : EXIT_FAILURE);
}

static size_t shared_size(const struct load_plan *plan) { return sizeof(struct load_shared) + plan->items * sizeof(struct load_item); }

void load_start(struct load *load, const struct load_plan *plan) {
  if (plan->clients == 0 || plan->clients > LOAD_CLIENTS_MAX || plan->ports_count == 0 || plan->ports_count > LOAD_PORTS_MAX || plan->seconds <= 0) {
    harness_fail("a load needs clients, ports and seconds");
  }
  *load = (struct load){.plan = *plan};
  void *memory = mmap(NULL, shared_size(plan), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    harness_fail("no memory for %zu items: %s", plan->items, strerror(errno));
  }
  load->shared = memory;
  atomic_store(&load->shared->began_ms, clock_ms());
  (void)fflush(NULL);
  pid_t parent = getpid();
  load->process = fork();
  if (load->process < 0) {
    harness_fail("can't fork: %s", strerror(errno));
  }
  if (load->process == 0) {
    generator_main(load, parent);
  }
}

size_t load_acknowledged(const struct load *load) { return atomic_load(&load->shared->acknowledged); }

void load_wait_for(const struct load *load, size_t acknowledged, int seconds) {
  long long end = clock_ms() + 1000LL * seconds;
  while (load_acknowledged(load) < acknowledged) {
    if (atomic_load(&load->shared->ended_ms) != 0 || clock_ms() > end) {
      harness_fail("%zu items acknowledged instead of %zu", load_acknowledged(load), acknowledged);
    }
    sleep_ms(2);
  }
}

void load_finish(struct load *load) {
  int code = process_wait(load->process, (load->plan.seconds + 5) * 1000);
  if (code < 0) {
    load_cut(load);
  }
  load->process = 0;
  if (code != 0) {
    harness_fail("the load ended with %d after %d s: %zu of %zu items finished", code, load->plan.seconds, atomic_load(&load->shared->finished),
                 load->plan.items);
  }
}

void load_cut(struct load *load) {
  if (load->process > 0) {
    (void)kill(load->process, SIGKILL);
    (void)process_wait(load->process, 10000);
    atomic_store(&load->shared->ended_ms, clock_ms());
  }
  load->process = 0;
}

const struct load_item *load_item(const struct load *load, size_t item) { return &load->shared->items[item]; }

size_t load_count(const struct load *load, int low, int high) {
  size_t count = 0;
  for (size_t i = 0; i < load->plan.items; i++) {
    int status = atomic_load(&load->shared->items[i].status);
    count += status >= low && status <= high ? 1 : 0;
  }
  return count;
}

static int latency_compare(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left;
  uint32_t b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

double load_latency_ms(const struct load *load, double share) {
  uint32_t *latencies = calloc(load->plan.items + 1, sizeof *latencies);
  size_t count = 0;
  for (size_t i = 0; latencies != NULL && i < load->plan.items; i++) {
    if (atomic_load(&load->shared->items[i].status) != 0) {
      latencies[count++] = load->shared->items[i].latency_us;
    }
  }
  double latency = NAN;
  if (count > 0) {
    qsort(latencies, count, sizeof *latencies, latency_compare);
    size_t place = (size_t)(share * (double)count);
    latency = (double)latencies[place < count ? place : count - 1] / 1000.0;
  }
  free(latencies);
  return latency;
}

double load_rate(const struct load *load) {
  long long ended = atomic_load(&load->shared->ended_ms);
  long long passed = (ended == 0 ? clock_ms() : ended) - atomic_load(&load->shared->began_ms);
  return (double)atomic_load(&load->shared->finished) * 1000.0 / (double)(passed == 0 ? 1 : passed);
}

void load_report(const struct load *load, const char *name) {
  (void)fprintf(stderr, "%s: %zu items, 2xx %zu, 4xx %zu, 5xx %zu, unanswered %zu; %.0f/s; ms: p50 %.1f, p99 %.1f, max %.1f\n", name,
                load->plan.items, load_count(load, 200, 299), load_count(load, 400, 499), load_count(load, 500, 599), load_count(load, 0, 0),
                load_rate(load), load_latency_ms(load, 0.5), load_latency_ms(load, 0.99), load_latency_ms(load, 1.0));
}

void load_release(struct load *load) {
  load_cut(load);
  if (load->shared != NULL) {
    (void)munmap(load->shared, shared_size(&load->plan));
  }
  *load = (struct load){0};
}
