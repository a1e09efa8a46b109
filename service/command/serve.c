// xlad serve: the daemon.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "api/cache.h"
#include "api/directory.h"
#include "api/export.h"
#include "api/priority_keeper.h"
#include "api/routes.h"
#include "api/sender.h"
#include "api/service.h"
#include "api/xla_evaluator.h"
#include "api/xla_gauges.h"
#include "base/instant.h"
#include "base/log.h"
#include "command/command.h"
#include "command/options.h"
#include "http/server.h"

static const char USAGE[] = "xlad serve";
static const char HELP[] =
    "\n"
    "Serves the HTTP interface until SIGTERM or SIGINT; then takes no new connections, answers what is in flight, and ends with 0.\n"
    "The database has to be up to date (xlad migrate). Settings are read from the environment:\n"
    "\n";

enum { DRAIN_LOOK_MS = 20 };

struct daemon {
  struct settings settings;
  struct service service;
  struct server *server;
  struct sender *sender;
  struct xla_evaluator *evaluator;
  struct priority_keeper *keeper;
  struct watch signals;
  struct timer drain;
  struct turn log_turn;
  int64_t drain_until_ms, send_until_ms;
};

static int64_t flush_log(struct turn *turn) {
  (void)turn;
  log_flush();
  return -1;
}

// Looks until all connections have gone, or the time is over.
static void look_at_drain(struct timer *timer) {
  struct daemon *daemon = timer->owner;
  bool sends = sender_pending(daemon->sender) > 0 && clock_ms() < daemon->send_until_ms;
  bool busy = server_connections(daemon->server) > 0 || store_pending(daemon->service.store) > 0 || sends;
  if (!busy || clock_ms() >= daemon->drain_until_ms)
    loop_stop(daemon->service.loop);
  else
    (void)loop_timer_start(daemon->service.loop, timer, DRAIN_LOOK_MS);
}

static void signalled(struct watch *watch, uint32_t events) {
  struct daemon *daemon = watch->owner;
  struct signalfd_siginfo info;
  (void)events;
  if (read(watch->fd, &info, sizeof info) != sizeof info || daemon->service.draining) return;
  log_message(LOG_INFO, "ending: signal %u", info.ssi_signo);
  daemon->service.draining = true;
  daemon->drain_until_ms = clock_ms() + daemon->settings.drain_seconds * 1000;
  daemon->send_until_ms = clock_ms() + SEND_DRAIN_MS_MAX;
  xla_evaluator_stop(daemon->evaluator);
  priority_keeper_stop(daemon->keeper);
  xla_gauges_stop(daemon->service.gauges);
  server_drain(daemon->server);
  sender_drain(daemon->sender);
  daemon->drain = (struct timer){.fire = look_at_drain, .owner = daemon};
  (void)loop_timer_start(daemon->service.loop, &daemon->drain, DRAIN_LOOK_MS);
}

static bool watch_signals(struct daemon *daemon) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  (void)signal(SIGPIPE, SIG_IGN);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return false;
  daemon->signals = (struct watch){.fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), .events = EPOLLIN, .ready = signalled, .owner = daemon};
  return daemon->signals.fd >= 0 && loop_watch(daemon->service.loop, &daemon->signals);
}

// The order of a round: connections first, then the lanes with what the connections have asked, then the log.
static bool open_all(struct daemon *daemon) {
  struct service *service = &daemon->service;
  service->settings = &daemon->settings;
  service->loop = loop_new();
  service->directory = directory_new(service);
  if (!service->loop || !service->directory || !watch_signals(daemon)) return false;
  struct server_config config = {.loop = service->loop,
                                 .settings = &daemon->settings,
                                 .routes = ROUTES,
                                 .routes_count = ROUTES_COUNT,
                                 .authenticate = directory_authenticate,
                                 .media = export_media,
                                 .convert = export_convert,
                                 .context = service};
  daemon->server = server_open(&config);
  if (!daemon->server) return false;
  service->store = store_open(service->loop, &daemon->settings);
  service->cache = service->store ? cache_new(service) : NULL;
  if (!service->cache) return false;
  store_fold(service->store);
  daemon->sender = sender_new(service);
  daemon->evaluator = xla_evaluator_new(service->store, service->loop);
  daemon->keeper = priority_keeper_new(service->store, service->loop);
  service->gauges = xla_gauges_new(service->store, service->loop);
  if (!daemon->evaluator || !daemon->keeper || !service->gauges) return false;
  daemon->log_turn = (struct turn){.run = flush_log};
  loop_add_turn(service->loop, &daemon->log_turn);
  return daemon->sender != NULL;
}

// What is still in flight is answered 503 by the stopped store, and sent before the server closes.
static void end_flight(struct daemon *daemon) {
  struct timer last = {.fire = look_at_drain, .owner = daemon};
  xla_evaluator_stop(daemon->evaluator);
  priority_keeper_stop(daemon->keeper);
  xla_gauges_stop(daemon->service.gauges);
  store_stop(daemon->service.store);
  daemon->drain_until_ms = clock_ms() + 200;
  if (server_connections(daemon->server) > 0 && loop_timer_start(daemon->service.loop, &last, DRAIN_LOOK_MS)) loop_run(daemon->service.loop);
  loop_timer_stop(daemon->service.loop, &last);
}

int command_serve(int argc, char **argv) {
  const struct option_row rows[] = {{.name = NULL}};
  int code = options_read(argc, argv, rows, NULL, 0, 0, USAGE, HELP);
  if (code == EXIT_DONE) settings_print(stdout);
  if (code >= 0) return code;
  static struct daemon daemon;
  if (!settings_load(&daemon.settings)) return EXIT_USAGE;
  if (!log_set_level(daemon.settings.log_level)) {
    fprintf(stderr, "xlad: XLAD_LOG_LEVEL is \"%s\"; it must be debug, info, warning or error\n", daemon.settings.log_level);
    return EXIT_USAGE;
  }
  if (!open_all(&daemon)) return EXIT_FAILED;
  log_message(LOG_INFO, "serving on %s", daemon.settings.listen);
  loop_run(daemon.service.loop);
  bool behind = store_behind(daemon.service.store);
  if (behind) fprintf(stderr, "xlad: the database is behind this version; run `xlad migrate`\n");
  end_flight(&daemon);
  server_close(daemon.server);
  sender_free(daemon.sender);
  cache_free(daemon.service.cache);
  directory_free(daemon.service.directory);
  xla_evaluator_free(daemon.evaluator);
  priority_keeper_free(daemon.keeper);
  xla_gauges_free(daemon.service.gauges);
  store_close(daemon.service.store);
  close(daemon.signals.fd);
  loop_free(daemon.service.loop);
  log_message(LOG_INFO, "ended");
  log_finish();
  return behind ? EXIT_FAILED : EXIT_DONE;
}
