// Keeps one connection to PostgreSQL alive and flies jobs over it, never waiting for either.
#include "store/lane.h"

#include <assert.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/embedded.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "store/sqlstate.h"
#include "store/statements.h"

enum { CONNECT_MS_MAX = 5000, ANSWER_GRACE_MS = 5000 };

static const struct statement BEGIN_READ = {"begin_read", "begin isolation level repeatable read read only"};
static const struct statement BEGIN_WRITE = {"begin_write", "begin isolation level read committed read write"};
// Prepared plans are made from the size that tables have at that time, and statistics come late: new ones are made after 1, 2, 4 … jobs, and after a
// minute, so that a plan made for empty tables does not outlive their growth.
enum { PLAN_JOBS_MAX = 4096, PLAN_MS_MAX = 60000 };
static const char DROP_PLANS[] = "discard plans";

// Tells the daemons that listen whose data a transaction has changed: the origin, a blank, the tenant. Delivered with the commit, or not at all.
static const struct statement TELL = {"tell", "select pg_notify('xlad_changes', $1::text)"};
static const char LISTEN[] = "listen xlad_changes";

static const struct statement COMMIT = {"commit", "commit"};

// Where Citus distributes the tables, a statement can be planned only once its tenant is known, and `set local` goes to the workers only when told
// to.
static const char SUIT_CITUS[] = "select set_config('plan_cache_mode', 'auto', false), set_config('citus.propagate_set_commands', 'local', false)"
                                 " from pg_extension where extname = 'citus'";

static void lane_ready(struct watch *watch, uint32_t events);
static void lane_timer(struct timer *timer);

static void set_trouble(struct lane *lane, const char *message) {
  (void)snprintf(lane->trouble, sizeof lane->trouble, "%s", message);
  lane->trouble[strcspn(lane->trouble, "\n")] = '\0';
}

// Forgets the connection, ends what was in flight as lost, and comes back after a pause that doubles and is jittered.
static void lane_lose(struct lane *lane, const char *why) {
  bool was_up = lane_up(lane);
  if (lane->watch.fd >= 0) loop_unwatch(lane->loop, &lane->watch);
  lane->watch.fd = -1;
  set_trouble(lane, why && *why ? why : "connection lost");
  if (lane->connection) PQfinish(lane->connection);
  lane->connection = NULL;
  lane->state = LANE_DOWN;
  struct job *jobs = lane->flight;
  lane->flight = NULL;
  lane->flight_end = &lane->flight;
  if (was_up) {
    lane->backoff_ms = 0;
    telemetry_add(COUNT_LANE_LOSSES, 1);
    telemetry_add(GAUGE_LANES_UP, -1);
    if (!lane->stopping) log_message(LOG_WARNING, "database connection lost: %s", lane->trouble);
  }
  lane->backoff_ms = lane->backoff_ms ? 2 * lane->backoff_ms : LANE_BACKOFF_MS_MIN;
  if (lane->backoff_ms > LANE_BACKOFF_MS_MAX) lane->backoff_ms = LANE_BACKOFF_MS_MAX;
  uint16_t jitter;
  random_bytes(&jitter, sizeof jitter);
  (void)loop_timer_start(lane->loop, &lane->timer, lane->backoff_ms / 2 + jitter % (lane->backoff_ms / 2 + 1));
  while (jobs) {
    struct job *job = jobs;
    jobs = job->next;
    lane->ended(lane, job, true);
  }
  lane->changed(lane);
}

static void quiet_notice(void *context, const struct pg_result *result) {
  (void)context;
  if (log_wanted(LOG_DEBUG)) log_message(LOG_DEBUG, "notice: %s", PQresultErrorMessage(result));
}

// A writing statement finds each row by a key (lateral, or = any of the batch's keys). Planned while its tables were small, a generic plan would scan
// them whole for long after they have grown.
static const char KEYED_PLANS[] = " -c enable_seqscan=off";

// Folding sums many more rows than a planner expects of so small a queue, by hashing, which needs memory; and a plan costs little beside it.
static const char FOLD_PLANS[] = " -c plan_cache_mode=force_custom_plan -c work_mem=64MB -c enable_sort=off";

// An analysis joins and groups a window's rows by hashing, in a way that depends on how many there are.
static const char ANALYSIS_PLANS[] = " -c plan_cache_mode=force_custom_plan -c work_mem=64MB";

static const char *plans_of(enum lane_kind kind) { return kind == LANE_FOLD ? FOLD_PLANS : kind == LANE_ANALYSIS ? ANALYSIS_PLANS : ""; }

static void lane_connect(struct lane *lane) {
  char options[512];
  (void)snprintf(options, sizeof options,
                 "-c TimeZone=UTC -c plan_cache_mode=force_generic_plan -c jit=off -c statement_timeout=%ds -c lock_timeout=%ds"
                 " -c idle_in_transaction_session_timeout=30s -c client_min_messages=warning%s%s",
                 (int)lane->statement_seconds, (int)lane->statement_seconds, lane_kind_reads(lane->kind) ? "" : KEYED_PLANS, plans_of(lane->kind));
  const char *names[] = {"dbname", "options", "fallback_application_name", "client_encoding", "tcp_user_timeout", "keepalives_idle", NULL};
  const char *values[] = {lane->url, options, "xlad", "UTF8", "10000", "10", NULL};
  lane->state = LANE_CONNECTING;
  lane->connection = PQconnectStartParams(names, values, 1);
  if (!lane->connection || PQstatus(lane->connection) == CONNECTION_BAD) {
    lane_lose(lane, lane->connection ? PQerrorMessage(lane->connection) : "out of memory");
    return;
  }
  PQsetNoticeReceiver(lane->connection, quiet_notice, NULL);
  lane->watch.fd = PQsocket(lane->connection);
  lane->watch.events = EPOLLOUT;
  (void)loop_timer_start(lane->loop, &lane->timer, CONNECT_MS_MAX);
  if (!loop_watch(lane->loop, &lane->watch)) lane_lose(lane, "the loop takes no more descriptors");
}

void lane_start(struct lane *lane) {
  lane->flight_end = &lane->flight;
  lane->watch = (struct watch){.fd = -1, .ready = lane_ready, .owner = lane};
  lane->timer = (struct timer){.fire = lane_timer, .owner = lane};
  lane_connect(lane);
}

static void lane_timer(struct timer *timer) {
  struct lane *lane = timer->owner;
  if (lane->state == LANE_DOWN)
    lane_connect(lane);
  else
    lane_lose(lane, lane->state == LANE_BUSY ? "no answer in time" : "connecting took too long");
}

void lane_stop(struct lane *lane) {
  lane->stopping = true;
  lane_lose(lane, "closing");
  loop_timer_stop(lane->loop, &lane->timer);
}

// Sends what libpq has gathered and waits for writing only while something is left.
static bool lane_flush(struct lane *lane) {
  int left = PQflush(lane->connection);
  if (left < 0) return false;
  return loop_rewatch(lane->loop, &lane->watch, left ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void send_check(struct lane *lane) {
  lane->state = LANE_CHECKING;
  PGconn *connection = lane->connection;
  bool good = PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) &&
              PQsendQueryParams(connection, "select coalesce(max(name), '') from schema_migrations", 0, NULL, NULL, NULL, NULL, 0) &&
              PQpipelineSync(connection) && lane_flush(lane);
  if (!good) lane_lose(lane, PQerrorMessage(connection));
}

static void send_preparations(struct lane *lane) {
  lane->state = LANE_PREPARING;
  struct buffer sql;
  buffer_init(&sql, 64 * 1024);
  PGconn *connection = lane->connection;
  bool good = PQsendQueryParams(connection, "set role xlad_app", 0, NULL, NULL, NULL, NULL, 0) != 0 &&
              PQsendQueryParams(connection, SUIT_CITUS, 0, NULL, NULL, NULL, NULL, 0) != 0;
  static const struct statement *const OWN[] = {&BEGIN_READ, &BEGIN_WRITE, &COMMIT, &TELL, NULL};
  for (size_t i = 0; good && OWN[i]; i++)
    good = PQsendPrepare(connection, OWN[i]->name, OWN[i]->sql, 0, NULL);
  for (size_t i = 0; good && STATEMENT_LISTS[i]; i++)
    for (size_t j = 0; good && STATEMENT_LISTS[i][j]; j++) {
      buffer_clear(&sql);
      statement_expand(STATEMENT_LISTS[i][j], &sql);
      good = !sql.failed && PQsendPrepare(connection, STATEMENT_LISTS[i][j]->name, sql.bytes, 0, NULL);
    }
  if (lane->kind == LANE_LISTEN) good = good && PQsendQueryParams(connection, LISTEN, 0, NULL, NULL, NULL, NULL, 0);
  good = good && PQpipelineSync(connection) && lane_flush(lane);
  buffer_release(&sql);
  if (!good) lane_lose(lane, PQerrorMessage(connection));
}

static void poll_connect(struct lane *lane) {
  PostgresPollingStatusType status = PQconnectPoll(lane->connection);
  int fd = PQsocket(lane->connection);
  if (status == PGRES_POLLING_FAILED || fd < 0) {
    lane_lose(lane, PQerrorMessage(lane->connection));
    return;
  }
  // libpq may have opened another socket under the same number, so the old registration is worth nothing.
  loop_unwatch(lane->loop, &lane->watch);
  lane->watch.fd = fd;
  lane->watch.events = status == PGRES_POLLING_WRITING ? EPOLLOUT : EPOLLIN;
  if (!loop_watch(lane->loop, &lane->watch))
    lane_lose(lane, "the loop takes no more descriptors");
  else if (status == PGRES_POLLING_OK)
    send_check(lane);
}

// One result of the check; the sync behind it starts the preparations.
static void take_check(struct lane *lane, const PGresult *result) {
  const char *newest = EMBEDDED_MIGRATIONS[EMBEDDED_MIGRATIONS_COUNT - 1].name, *state;
  switch (PQresultStatus(result)) {
  case PGRES_TUPLES_OK:
    if (strcmp(PQgetvalue(result, 0, 0), newest) < 0) lane->behind(lane);
    break;
  case PGRES_PIPELINE_SYNC:
    send_preparations(lane);
    break;
  default:
    // A connection that is lost gives a result without SQLSTATE.
    state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, "42P01") == 0) lane->behind(lane);
    lane_lose(lane, PQresultErrorMessage(result));
  }
}

static void take_preparation(struct lane *lane, const PGresult *result) {
  switch (PQresultStatus(result)) {
  case PGRES_COMMAND_OK:
  case PGRES_TUPLES_OK:
    break;
  case PGRES_PIPELINE_SYNC:
    lane->state = LANE_IDLE;
    lane->backoff_ms = 0;
    lane->jobs = 0;
    lane->jobs_planned = 1;
    lane->planned_ms = clock_ms();
    lane->trouble[0] = '\0';
    loop_timer_stop(lane->loop, &lane->timer);
    telemetry_add(GAUGE_LANES_UP, 1);
    lane->changed(lane);
    break;
  default:
    log_message(LOG_ERROR, "preparing statements: %s", PQresultErrorMessage(result));
    lane_lose(lane, PQresultErrorMessage(result));
  }
}

static void note_failure(struct job *job, const PGresult *result) {
  if (job->error) return;
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
  (void)snprintf(job->sqlstate, sizeof job->sqlstate, "%s", state ? state : "08006");
  (void)snprintf(job->constraint, sizeof job->constraint, "%s", constraint ? constraint : "");
  job->error = sqlstate_error(job->sqlstate);
  if (job->error == ERR_INTERNAL) log_message(LOG_ERROR, "%s (%s)", PQresultErrorMessage(result), job->sqlstate);
}

// The oldest job in flight: begin, perhaps set local, perhaps discard plans, its steps, perhaps the telling, sync; commit, sync. The commit has a
// sync of its own, because after a failure everything up to the next sync is skipped, and a transaction must not stay open behind it.
static void take_job(struct lane *lane, PGresult *result) {
  struct job *job = lane->flight;
  unsigned steps_from = 1u + job->has_tenant + job->replans;
  ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_PIPELINE_SYNC) {
    PQclear(result);
    if (++job->syncs < 2) return;
    lane->flight = job->next;
    if (!lane->flight) {
      lane->flight_end = &lane->flight;
      lane->state = LANE_IDLE;
    }
    if (!job->error && !job->committed) job->error = ERR_INTERNAL;
    telemetry_add(COUNT_JOBS, 1);
    lane->ended(lane, job, false);
    return;
  }
  if (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE) note_failure(job, result);
  if (job->syncs == 1) {
    job->committed = status == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;
  } else if (job->got >= steps_from && job->got - steps_from < job->steps_count) {
    job->results[job->got++ - steps_from] = result;
    return;
  } else {
    job->got++;
  }
  PQclear(result);
}

static void take_results(struct lane *lane) {
  unsigned nulls = 0;
  while (lane->connection && lane->state != LANE_IDLE && !PQisBusy(lane->connection)) {
    PGresult *result = PQgetResult(lane->connection);
    if (!result) {
      // One NULL ends each statement; two in a row mean that libpq expects nothing while we do.
      if (++nulls < 2) continue;
      if (PQstatus(lane->connection) == CONNECTION_BAD || lane->state == LANE_BUSY) lane_lose(lane, PQerrorMessage(lane->connection));
      return;
    }
    nulls = 0;
    if (lane->state == LANE_BUSY) {
      take_job(lane, result);
      continue;
    }
    if (lane->state == LANE_CHECKING)
      take_check(lane, result);
    else
      take_preparation(lane, result);
    PQclear(result);
  }
}

// The server ends each statement in its time; one that stands still, or is out of reach, sends nothing for longer than that.
static void limit_wait(struct lane *lane) {
  if (lane->state == LANE_BUSY)
    (void)loop_timer_start(lane->loop, &lane->timer, lane->statement_seconds * 1000 + ANSWER_GRACE_MS);
  else if (lane->state == LANE_IDLE)
    loop_timer_stop(lane->loop, &lane->timer);
}

// What this daemon told itself is no news.
static void take_news(struct lane *lane) {
  PGnotify *news;
  while ((news = PQnotifies(lane->connection))) {
    struct text tenant = text_of(news->extra), origin = text_cut(&tenant, ' ');
    if (!text_is(origin, lane->origin)) lane->heard(lane, tenant);
    PQfreemem(news);
  }
}

static void lane_ready(struct watch *watch, uint32_t events) {
  struct lane *lane = watch->owner;
  if (lane->state == LANE_CONNECTING) {
    poll_connect(lane);
    return;
  }
  bool good = true;
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) good = PQconsumeInput(lane->connection) != 0;
  if (good && !lane_flush(lane)) good = false;
  // Results that came before the loss still count, a commit above all.
  take_results(lane);
  limit_wait(lane);
  if (lane->kind == LANE_LISTEN && lane->connection) take_news(lane);
  if (!good && lane->connection) lane_lose(lane, PQerrorMessage(lane->connection));
}

static bool send_prepared(PGconn *connection, const struct statement *statement) {
  return PQsendQueryPrepared(connection, statement->name, 0, NULL, NULL, NULL, 1) != 0;
}

static bool send_step(PGconn *connection, const struct job *job, unsigned step) {
  const char *values[PARAMS_MAX];
  int lengths[PARAMS_MAX], formats[PARAMS_MAX];
  unsigned first = job->steps[step].first, count = job->steps[step].count;
  assert(count <= PARAMS_MAX);
  for (unsigned i = 0; i < count; i++) {
    bool null = job->params[first + i].length < 0;
    values[i] = null ? NULL : job->bytes.bytes ? job->bytes.bytes + job->params[first + i].start : "";
    lengths[i] = null ? 0 : job->params[first + i].length;
    formats[i] = 1;
  }
  return PQsendQueryPrepared(connection, job->steps[step].statement->name, (int)count, values, lengths, formats, 1) != 0;
}

static bool plans_are_old(struct lane *lane) {
  int64_t now = clock_ms();
  if (++lane->jobs <= lane->jobs_planned && now - lane->planned_ms < PLAN_MS_MAX) return false;
  if (lane->jobs > lane->jobs_planned && lane->jobs_planned < PLAN_JOBS_MAX) lane->jobs_planned *= 2;
  lane->jobs = 0;
  lane->planned_ms = now;
  return true;
}

static bool send_tell(const struct lane *lane, const struct job *job) {
  char payload[64];
  const char *values[] = {payload};
  int length = snprintf(payload, sizeof payload - UUID_CHARS, "%s ", lane->origin);
  // Without a tenant: anything may have changed.
  if (job->has_tenant)
    uuid_write(&job->tenant, payload + length);
  else
    payload[length] = '*';
  int lengths[] = {length + (job->has_tenant ? UUID_CHARS : 1)}, formats[] = {1};
  return PQsendQueryPrepared(lane->connection, TELL.name, 1, values, lengths, formats, 1) != 0;
}

static bool send_job(struct lane *lane, struct job *job) {
  PGconn *connection = lane->connection;
  if (!send_prepared(connection, lane_kind_reads(job->lane) ? &BEGIN_READ : &BEGIN_WRITE)) return false;
  if (job->has_tenant) {
    char set[64] = "set local xlad.tenant = '", *end = set + strlen(set);
    uuid_write(&job->tenant, end);
    memcpy(end + UUID_CHARS, "'", 2);
    if (!PQsendQueryParams(connection, set, 0, NULL, NULL, NULL, NULL, 1)) return false;
  }
  job->replans = plans_are_old(lane);
  if (job->replans && !PQsendQueryParams(connection, DROP_PLANS, 0, NULL, NULL, NULL, NULL, 1)) return false;
  for (unsigned step = 0; step < job->steps_count; step++)
    if (!send_step(connection, job, step)) return false;
  if (job->tells && !send_tell(lane, job)) return false;
  return PQpipelineSync(connection) && send_prepared(connection, &COMMIT) && PQpipelineSync(connection);
}

void lane_send(struct lane *lane, struct job *jobs) {
  assert(lane->state == LANE_IDLE || lane->state == LANE_BUSY);
  lane->state = LANE_BUSY;
  for (*lane->flight_end = jobs; *lane->flight_end;)
    lane->flight_end = &(*lane->flight_end)->next;
  bool good = true;
  limit_wait(lane);
  for (struct job *job = jobs; job && good; job = job->next)
    good = send_job(lane, job);
  if (!good || !lane_flush(lane)) lane_lose(lane, PQerrorMessage(lane->connection));
}
