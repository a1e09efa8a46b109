// Everything at once: writers, imports, readers and new dimensions of two tenants on three daemons, while daemons and PostgreSQL are killed. In the
// end what was acknowledged is there, `xlad verify` finds nothing, and every daemon's figures are those of the raw rows.
#include "faults/faults.h"

#include <sys/mman.h>
#include <unistd.h>

enum {
  DAEMONS = 3,
  TENANTS = 2,
  WORKERS = 6,
  TICKETS_MAX = 2000,
  RECALLED = 16,         // responses that a worker remembers
  EVENTS_MAX = 2000000,  // of one worker; it stops then
  OWN_DIMENSIONS_MAX = 3,
  IMPORT_LINES_MAX = 120,
  STOP_SECONDS_MAX = 180,
  CLAIM_ROWS = 2000,
};

#define WHOLE "from=2026-01-01&to=2030-12-31"
#define PART  "from=2026-02-03&to=2026-02-24"

static const char *const SLUGS[TENANTS] = {"acme", "west"};
static const char *const SERVICES[] = {"vpn", "mail", "erp", "printing", "it's \\u00e5 \\\"place\\\""};

static struct server others[DAEMONS - 1];

static struct server *daemon_at(size_t i) { return i == 0 ? house_server() : &others[i - 1]; }

// --- What was acknowledged ------------------------------------------------------------------------------------------

enum claim { STORED, AMENDED, DELETED, PERHAPS_DELETED };
static const char *const CLAIMS[] = {"stored", "amended", "deleted", "perhaps deleted"};

struct event {
  char id[37];
  unsigned char claim;
};

// What became of an operation's requests: how often it was done, refused, and left unanswered or failed.
struct tally {
  _Atomic unsigned long done, refused, failed;
};

enum { OPERATIONS = 11 };

static struct board {
  char keys[TENANTS][256];
  unsigned tickets;
  _Atomic int revisions[TENANTS][TICKETS_MAX];  // at least
  _Atomic int dimensions[TENANTS];              // of the workers
  struct tally tallies[OPERATIONS];
  struct {
    size_t count;
    struct event events[EVENTS_MAX];
  } logs[WORKERS];
} * board;

// --- A worker and its calls -----------------------------------------------------------------------------------------

struct worker {
  struct crew *crew;
  size_t index, tenant, daemon, operation;
  struct caller callers[DAEMONS];
  struct answer answer;
  struct bytes body;
  unsigned keys_used;
  char last_key[40];  // with last_body: to be sent again
  struct bytes last_body;
  char recalled[RECALLED][37];
  char dimensions[OWN_DIMENSIONS_MAX][24];
  unsigned dimensions_made;
};

static bool chance(unsigned percent) { return chance_below(100) < percent; }

static void claim(struct worker *worker, const char *id, enum claim what) {
  size_t count = board->logs[worker->index].count;
  if (count == EVENTS_MAX) return;
  struct event *event = &board->logs[worker->index].events[count];
  (void)snprintf(event->id, sizeof event->id, "%s", id);
  event->claim = (unsigned char)what;
  board->logs[worker->index].count = count + 1;
}

static void claim_revision(size_t tenant, const char *ref, int revision) {
  unsigned long number = ref[0] == 'T' ? strtoul(ref + 2, NULL, 10) : TICKETS_MAX;
  if (number >= TICKETS_MAX) harness_fail("an answer names the ticket %s, which nobody sent", ref);
  _Atomic int *kept = &board->revisions[tenant][number];
  for (int before = atomic_load(kept); before < revision && !atomic_compare_exchange_weak(kept, &before, revision);) {
  }
}

static void recall(struct worker *worker, const char *id) {
  (void)snprintf(worker->recalled[chance_below(RECALLED)], sizeof worker->recalled[0], "%s", id);
}

// The answer's status; 0 when none came. Refusals that the story has room for are fine, a wrong request or a fault of the daemon is not.
static int try_call(struct worker *worker, const char *method, const char *path, const char *header, const char *body) {
  static const int FINE[] = {200, 201, 204, 404, 409, 422, 503, 504};
  char headers[512];
  const char *why = "";
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\n%s%s", board->keys[worker->tenant],
                 strstr(header, "Content-Type") == NULL ? "Content-Type: application/json\n" : "", header);
  struct call call = {.method = method, .path = path, .headers = headers, .body = body};
  bool answered = caller_call(&worker->callers[worker->daemon], &call, &worker->answer, &why);
  if (!answered) return 0;
  for (size_t i = 0; i < COUNT_OF(FINE); i++)
    if (FINE[i] == worker->answer.status) return worker->answer.status;
  harness_fail("worker %zu: %s %s answers %d\n%s\nto %.2000s", worker->index, method, path, worker->answer.status, bytes_text(&worker->answer.body),
               body == NULL ? "" : body);
}

// Like a client that tries again elsewhere when nothing came, and gives up sometimes. The last status.
static int call(struct worker *worker, const char *method, const char *path, const char *header, const char *body) {
  struct tally *tally = &board->tallies[worker->operation];
  for (;;) {
    int status = try_call(worker, method, path, header, body);
    bool failed = status == 0 || status >= 500;
    atomic_fetch_add(failed ? &tally->failed : status >= 400 ? &tally->refused : &tally->done, 1);
    if (!failed || chance(20) || crew_stops(worker->crew)) return status;
    worker->daemon = (worker->daemon + 1) % DAEMONS;
    sleep_ms(10 + (int)chance_below(90));
  }
}

static bool is_done(int status) { return status >= 200 && status < 300; }

// --- What is sent ---------------------------------------------------------------------------------------------------

static void add_day(struct bytes *body, unsigned month, unsigned day, unsigned hour) {
  bytes_format(body, "\"2026-%02u-%02uT%02u:%02u:%02uZ\"", month, day, hour, chance_below(60), chance_below(60));
}

// Opened on a day of its own most times, resolved up to a week later, closed, or neither.
static void add_times(struct bytes *body, unsigned ticket) {
  unsigned moved = chance(10) ? chance_below(60) : ticket;
  unsigned month = 1 + moved % 3, day = 1 + moved % 20, hour = moved % 20;
  bytes_add_text(body, "\"opened_at\": ");
  add_day(body, month, day, hour);
  if (chance(30)) return;
  bytes_add_text(body, chance(90) ? ", \"resolved_at\": " : ", \"closed_at\": ");
  add_day(body, month, day + chance_below(8), hour + 1 + chance_below(23 - hour));
}

static void add_context(struct bytes *body, const struct worker *worker) {
  static const char *const PLACES[] = {"oslo", "bergen", "\\u6771\\u4eac"};
  bytes_format(body, ", \"context\": {\"channel\": \"%s\"", chance(50) ? "portal" : "phone");
  if (chance(90)) bytes_format(body, ", \"service\": \"%s\"", SERVICES[chance_below(COUNT_OF(SERVICES))]);
  if (chance(60)) bytes_format(body, ", \"location\": \"%s\"", PLACES[chance_below(COUNT_OF(PLACES))]);
  if (worker->dimensions_made > 0 && chance(50))
    bytes_format(body, ", \"%s\": \"v%u\"", worker->dimensions[chance_below(worker->dimensions_made)], chance_below(4));
  bytes_add_text(body, "}");
}

// `ref` as a member, where the path does not name it.
static void add_ticket(struct bytes *body, const struct worker *worker, unsigned ticket, bool ref) {
  bytes_add_text(body, "{");
  if (ref) bytes_format(body, "\"ref\": \"T-%u\", ", ticket);
  add_times(body, ticket);
  if (chance(80)) bytes_format(body, ", \"sla_met\": %s", chance(50) ? "true" : "false");
  if (chance(80)) bytes_format(body, ", \"reassignments\": %u", chance_below(7));
  if (chance(20)) bytes_format(body, ", \"reopens\": %u", chance_below(3));
  if (chance(20)) bytes_format(body, ", \"kind\": \"%s\"", chance(50) ? "incident" : "request");
  if (chance(30)) bytes_format(body, ", \"handle_minutes\": %u, \"cost\": \"%u.50\"", chance_below(500), chance_below(90));
  if (chance(50)) bytes_format(body, ", \"requester\": \"p-%u\"", chance_below(4));
  if (chance(10)) bytes_format(body, ", \"agents\": [\"p-%u\"]", chance_below(4));
  if (chance(90)) add_context(body, worker);
  bytes_add_text(body, "}");
}

static void add_answers(struct bytes *body) {
  if (chance(90)) bytes_format(body, "\"happiness\": %u, ", chance_below(11));
  if (chance(60)) bytes_format(body, "\"lost_minutes\": %u, ", chance_below(100) < 90 ? chance_below(600) : 2000 + chance_below(3000));
  if (chance(30)) bytes_format(body, "\"csat\": %u, \"nps\": %u, ", 1 + chance_below(5), chance_below(11));
  bytes_format(body, "\"comment\": \"c%u\"", chance_below(1000));
}

static void add_response(struct bytes *body, unsigned ticket) {
  bytes_format(body, "{\"ticket\": \"T-%u\", ", ticket);
  if (chance(80)) bytes_format(body, "\"respondent\": \"p-%u\", ", chance_below(8));
  if (chance(30)) bytes_add_text(body, "\"create\": true, ");
  add_answers(body);
  if (chance(80)) {
    bytes_add_text(body, ", \"submitted_at\": ");
    add_day(body, 1 + chance_below(4), 1 + chance_below(28), chance_below(24));
  }
  bytes_add_text(body, "}");
}

// --- Operations -----------------------------------------------------------------------------------------------------

static void put_ticket(struct worker *worker) {
  char path[64];
  unsigned ticket = chance_below(board->tickets);
  (void)snprintf(path, sizeof path, "/v1/tickets/T-%u", ticket);
  add_ticket(&worker->body, worker, ticket, false);
  if (is_done(call(worker, "PUT", path, "", bytes_text(&worker->body))))
    claim_revision(worker->tenant, path + strlen("/v1/tickets/"), (int)strtol(answer_text(&worker->answer, "revision"), NULL, 10));
}

static void stored(struct worker *worker, int status) {
  if (!is_done(status)) return;
  const char *id = answer_text(&worker->answer, "id");
  claim(worker, id, STORED);
  recall(worker, id);
}

static void post_response(struct worker *worker) {
  add_response(&worker->body, chance_below(board->tickets));
  stored(worker, call(worker, "POST", "/v1/responses", "", bytes_text(&worker->body)));
}

static void post_with_key(struct worker *worker) {
  char header[80];
  add_response(&worker->body, chance_below(board->tickets));
  (void)snprintf(worker->last_key, sizeof worker->last_key, "w%zu-%u", worker->index, worker->keys_used++);
  (void)snprintf(header, sizeof header, "Idempotency-Key: %s", worker->last_key);
  bytes_clear(&worker->last_body);
  bytes_add(&worker->last_body, worker->body.at, worker->body.length);
  stored(worker, call(worker, "POST", "/v1/responses", header, bytes_text(&worker->body)));
}

static void post_again(struct worker *worker) {
  char header[80];
  if (worker->last_key[0] == '\0') return;
  (void)snprintf(header, sizeof header, "Idempotency-Key: %s", worker->last_key);
  if (chance(20)) {  // the same key for another body
    add_response(&worker->body, chance_below(board->tickets));
    stored(worker, call(worker, "POST", "/v1/responses", header, bytes_text(&worker->body)));
    return;
  }
  stored(worker, call(worker, "POST", "/v1/responses", header, bytes_text(&worker->last_body)));
}

static const char *some_response(struct worker *worker, char path[64]) {
  const char *id = worker->recalled[chance_below(RECALLED)];
  (void)snprintf(path, 64, "/v1/responses/%s", id);
  return id[0] == '\0' ? NULL : id;
}

static void patch_response(struct worker *worker) {
  char path[64];
  const char *id = some_response(worker, path);
  if (id == NULL) return;
  bytes_add_text(&worker->body, "{");
  add_answers(&worker->body);
  bytes_add_text(&worker->body, "}");
  if (is_done(call(worker, "PATCH", path, "", bytes_text(&worker->body)))) claim(worker, id, AMENDED);
}

static void delete_response(struct worker *worker) {
  char path[64];
  const char *id = some_response(worker, path);
  if (id == NULL) return;
  claim(worker, id, PERHAPS_DELETED);  // a try without an answer may have done it
  if (is_done(call(worker, "DELETE", path, "", NULL))) claim(worker, id, DELETED);
}

// Each answer line stands for one line sent; those of 2xx are acknowledged as if sent alone.
static void take_lines(struct worker *worker, const char *text, size_t length) {
  struct bytes name = {0};
  for (const char *at = text, *end = text + length, *feed; at < end; at = feed + 1) {
    feed = memchr(at, '\n', (size_t)(end - at));
    if (feed == NULL) harness_fail("worker %zu: an answer line has no end: %s", worker->index, at);
    struct value status, found;
    bool whole = value_find(at, (size_t)(feed - at), "status", &status, &name) == VALUE_FOUND;
    if (!whole || strchr("245", status.at[0]) == NULL || strncmp(status.at, "500", 3) == 0 || strncmp(status.at, "400", 3) == 0)
      harness_fail("worker %zu: an import answers %.*s", worker->index, (int)(feed - at), at);
    if (status.at[0] != '2') continue;
    bool is_ticket = value_find(at, (size_t)(feed - at), "ref", &found, &name) == VALUE_FOUND;
    if (!is_ticket && value_find(at, (size_t)(feed - at), "id", &found, &name) != VALUE_FOUND) harness_fail("no ref and no id: %s", at);
    bytes_clear(&name);
    value_text(found, &name);
    if (is_ticket)
      claim_revision(worker->tenant, bytes_text(&name), 1);
    else
      claim(worker, bytes_text(&name), STORED);
  }
  bytes_release(&name);
}

static void make_lines(struct worker *worker, bool tickets, bool csv) {
  if (csv) bytes_add_text(&worker->body, "ref,opened_at,resolved_at,sla_met,reassignments,context.service\n");
  for (unsigned i = 1 + chance_below(IMPORT_LINES_MAX); i > 0; i--) {
    unsigned ticket = chance_below(board->tickets), month = 1 + ticket % 3, day = 1 + ticket % 20;
    if (csv)
      bytes_format(&worker->body, "T-%u,2026-%02u-%02uT0%u:00:00Z,2026-%02u-%02uT1%u:00:00Z,%s,%u,%s", ticket, month, day, chance_below(10), month,
                   day + chance_below(8), chance_below(10), chance(50) ? "yes" : "", chance_below(7), SERVICES[chance_below(4)]);
    else if (tickets)
      add_ticket(&worker->body, worker, ticket, true);
    else
      add_response(&worker->body, ticket);
    bytes_add_text(&worker->body, "\n");
  }
}

static void import_by_request(struct worker *worker) {
  bool tickets = chance(50), csv = tickets && chance(50);
  make_lines(worker, tickets, csv);
  int status = call(worker, "POST", tickets ? "/v1/tickets/import" : "/v1/responses/import",
                    csv ? "Content-Type: text/csv" : "Content-Type: application/x-ndjson", bytes_text(&worker->body));
  if (is_done(status)) take_lines(worker, bytes_text(&worker->answer.body), worker->answer.body.length);
}

static void import_by_command(struct worker *worker) {
  char path[64];
  bool tickets = chance(50), csv = tickets && chance(50);
  int file = memfd_create("import", MFD_CLOEXEC);
  make_lines(worker, tickets, csv);
  if (file < 0 || write(file, worker->body.at, worker->body.length) != (ssize_t)worker->body.length) harness_fail("can't write a file to import");
  (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)getpid(), file);
  const struct outcome *outcome =
      cli("import", tickets ? "tickets" : "responses", "--tenant", SLUGS[worker->tenant], "--format", csv ? "csv" : "ndjson", path);
  close(file);
  if (outcome->code != 0 && outcome->code != 1) harness_fail("xlad import ended with %d: %s", outcome->code, bytes_text(&outcome->err));
  atomic_fetch_add(outcome->code == 0 ? &board->tallies[worker->operation].done : &board->tallies[worker->operation].refused, 1);
  take_lines(worker, bytes_text(&outcome->out), outcome->out.length);
}

static void make_dimension(struct worker *worker) {
  char body[64], name[24];
  if (worker->dimensions_made == OWN_DIMENSIONS_MAX) return;
  (void)snprintf(name, sizeof name, "w%zu_%u", worker->index, worker->dimensions_made);
  (void)snprintf(body, sizeof body, "{\"name\": \"%s\"}", name);
  int status = call(worker, "POST", "/v1/dimensions", "", body);
  if (!is_done(status) && status != 409) return;  // 409: a try without an answer has made it
  memcpy(worker->dimensions[worker->dimensions_made++], name, sizeof name);
  atomic_fetch_add(&board->dimensions[worker->tenant], 1);
}

static void read_trend(struct worker *worker) {
  static const char *const PATHS[] = {
      "/v1/experience?" WHOLE "&scope=service:vpn,mail;channel:phone&compare=previous",
      "/v1/experience/trend?interval=week&" PART "&scope=sla:missed",
      "/v1/experience/trend?interval=month&from=2025-11-15&to=2026-05-05&scope=service:erp",
      "/v1/experience/distribution?from=2026-02-03&to=2026-02-24",
      "/v1/experience?last=30d&metrics=happiness",
  };
  (void)call(worker, "GET", PATHS[chance_below(COUNT_OF(PATHS))], chance(50) ? "Cache-Control: no-cache" : "", NULL);
}

// Whatever was read, it adds up.
static void read_breakdown(struct worker *worker) {
  static const char *const DIMENSIONS[] = {"service", "sla", "reassignments", "reopened", "resolution_time", "kind", "location"};
  char path[256];
  (void)snprintf(path, sizeof path, "/v1/experience/breakdown?by=%s&%s&" FIGURES_METRICS "%s", DIMENSIONS[chance_below(COUNT_OF(DIMENSIONS))],
                 chance(50) ? WHOLE : PART, chance(30) ? "&scope=channel:portal" : "");
  if (!is_done(call(worker, "GET", path, chance(50) ? "Cache-Control: no-cache" : "", NULL))) return;
  struct figures_view view;
  struct figures sum = {{0}};
  figures_read(&worker->answer, &view);
  for (size_t i = 0; i < view.count; i++)
    figures_add(&sum, &view.rows[i].figures);
  if (!figures_equal(&sum, &view.total)) harness_fail("GET %s: rows and total differ: %s", path, bytes_text(&worker->answer.body));
}

static const struct {
  const char *name;
  unsigned weight;
  void (*run)(struct worker *worker);
} MIX[OPERATIONS] = {
    {"put", 30, put_ticket},
    {"post", 20, post_response},
    {"post with a key", 15, post_with_key},
    {"post again", 5, post_again},
    {"patch", 8, patch_response},
    {"delete", 5, delete_response},
    {"import by request", 3, import_by_request},
    {"import by command", 1, import_by_command},
    {"dimension", 1, make_dimension},
    {"read", 6, read_trend},
    {"breakdown", 6, read_breakdown},
};
enum { WEIGHTS = 100 };

static void work(struct crew *crew, size_t index, void *seed) {
  struct worker worker = {.crew = crew, .index = index, .tenant = index % TENANTS, .daemon = index % DAEMONS};
  chance_seed(*(const unsigned long long *)seed * WORKERS + index);
  for (size_t i = 0; i < DAEMONS; i++)
    caller_init(&worker.callers[i], daemon_at(i)->port);
  while (!crew_stops(crew) && board->logs[index].count < EVENTS_MAX) {
    unsigned drawn = chance_below(WEIGHTS);
    for (worker.operation = 0; drawn >= MIX[worker.operation].weight; worker.operation++)
      drawn -= MIX[worker.operation].weight;
    if (chance(5)) worker.daemon = chance_below(DAEMONS);
    bytes_clear(&worker.body);
    MIX[worker.operation].run(&worker);
  }
}

// --- What strikes ---------------------------------------------------------------------------------------------------

static void daemon_hit(void) {
  struct server *victim = daemon_at(chance_below(DAEMONS));
  server_kill(victim);
  sleep_ms((int)chance_below(300));
  server_start(victim, house_url(), NULL);
}

static void postgres_hit(void) {
  cluster_kill(house_cluster());
  sleep_ms((int)chance_below(500));
  if (chance(30)) server_kill(daemon_at(1));
  cluster_restart(house_cluster());
  if (daemon_at(1)->process == 0) server_start(daemon_at(1), house_url(), NULL);
  for (size_t i = 0; i < DAEMONS; i++)
    wait_for_readiness(daemon_at(i), 200, 30);
}

static void assert_verified(const char *when) {
  const struct outcome *outcome = cli("verify");
  ck_assert_msg(outcome->code == 0, "xlad verify ends with %d %s: %s%s", outcome->code, when, bytes_text(&outcome->out), bytes_text(&outcome->err));
  for (size_t i = 0; i < TENANTS; i++)
    ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), SLUGS[i]));
}

// Kills until the time is over; PostgreSQL at least once, after half of it. What is derived is right at any moment.
static void strike(struct crew *crew, int seconds) {
  long long begun = clock_ms(), end = begun + 1000LL * seconds, next_postgres = begun + 500LL * seconds;
  int daemons = 0, databases = 0;
  while (clock_ms() < end) {
    sleep_ms(300 + (int)chance_below((unsigned)counted(1500, 6000)));
    crew_check(crew);
    sql_run("analyze");  // plans that were made for empty tables would leave time for little but reads
    for (size_t i = 0; i < DAEMONS; i++)
      assert_alive(daemon_at(i));
    if (clock_ms() >= next_postgres) {
      postgres_hit();
      next_postgres = clock_ms() + 20000 + (int)chance_below(40000);
      databases++;
      assert_verified("under load");
    } else {
      daemon_hit();
      daemons++;
    }
  }
  (void)fprintf(stderr, "mixed: %d kills of daemons, %d of PostgreSQL\n", daemons, databases);
  ck_assert_int_gt(databases, 0);
}

// --- Afterwards: what was acknowledged is there ---------------------------------------------------------------------

static void claims_load(void) {
  struct bytes statement = {0};
  sql_run("create temporary table claims (id uuid not null, claim text not null)");
  for (size_t i = 0; i < WORKERS; i++) {
    size_t count = board->logs[i].count;
    for (size_t j = 0; j < count; j++) {
      const struct event *event = &board->logs[i].events[j];
      bytes_format(&statement, "%s('%s', '%s')", statement.length == 0 ? "insert into claims values " : ", ", event->id, CLAIMS[event->claim]);
      if (j + 1 < count && j % CLAIM_ROWS != 0) continue;
      sql_run(bytes_text(&statement));
      bytes_clear(&statement);
    }
  }
  bytes_release(&statement);
}

// `query` finds what must not be.
static void assert_none(const char *what, const char *query) {
  struct bytes first = {0};
  bytes_format(&first, "select string_agg(found, ' ') from (select found from (%s) as f(found) order by 1 limit 20) as first", query);
  const char *found = sql_text(bytes_text(&first));
  bytes_release(&first);
  ck_assert_msg(found == NULL, "%s: %s", what, found);
}

static void assert_responses_kept(void) {
  claims_load();
  ck_assert_int_gt(sql_number("select count(distinct id) from claims where claim = 'stored'"), 0);
  assert_none("acknowledged, and not stored", "select distinct c.id::text from claims c where c.claim = 'stored' and not exists"
                                              " (select from claims d where d.id = c.id and d.claim in ('deleted', 'perhaps deleted'))"
                                              " and not exists (select from responses r where r.response_id = c.id)");
  assert_none("withdrawn, and still stored", "select c.id::text from claims c join responses r on r.response_id = c.id where c.claim = 'deleted'");
  assert_none("amended, and stored as it was",
              "select c.id::text from claims c join responses r on r.response_id = c.id where c.claim = 'amended' and r.amended_at is null");
}

static void assert_tickets_kept(size_t tenant) {
  struct bytes query = {0};
  bytes_format(&query, "select c.ref from (values ('', 0)");
  for (unsigned i = 0; i < board->tickets; i++)
    bytes_format(&query, ", ('T-%u', %d)", i, atomic_load(&board->revisions[tenant][i]));
  bytes_format(&query,
               ") as c(ref, revision) where c.revision > coalesce((select t.revision from tickets t join tenants o using (tenant_id)"
               " where o.slug = '%s' and t.ref = c.ref), 0)",
               SLUGS[tenant]);
  assert_none("tickets that lack an acknowledged write", bytes_text(&query));
  bytes_release(&query);
  ck_assert_int_ge(
      number_of("select count(*) from dimensions d join tenants o using (tenant_id) where o.slug = '%s' and d.name like 'w%%'", SLUGS[tenant]),
      atomic_load(&board->dimensions[tenant]));
}

// --- Afterwards: figures are those of the raw rows ------------------------------------------------------------------

static const struct look {
  const char *path;  // behind /v1/experience
  const char *key;   // of raw_figures
} LOOKS[] = {
    {"?" FIGURES_METRICS, NULL},
    {"/breakdown?by=service&" FIGURES_METRICS, "service"},
    {"/breakdown?by=sla&" FIGURES_METRICS, "sla"},
};

static const struct { const char *question, *from, *to; } WINDOWS[] = {{WHOLE, "2026-01-01", "2030-12-31"}, {PART, "2026-02-03", "2026-02-24"}};

static struct raw_window raw_window_of(size_t tenant, size_t window) {
  return (struct raw_window){.slug = SLUGS[tenant], .from = WINDOWS[window].from, .to = WINDOWS[window].to};
}

static struct answer *ask(size_t daemon, size_t tenant, const char *path) {
  static struct answer answer;
  struct caller caller;
  char headers[400];
  const char *why = "";
  caller_init(&caller, daemon_at(daemon)->port);
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\nCache-Control: no-cache", board->keys[tenant]);
  ck_assert_msg(caller_call(&caller, &(struct call){.method = "GET", .path = path, .headers = headers}, &answer, &why), "%s: %s", path, why);
  ck_assert_msg(answer.status == 200, "%s: %d %s", path, answer.status, bytes_text(&answer.body));
  caller_close(&caller);
  return &answer;
}

static void assert_same(size_t daemon, size_t tenant, const char *path, struct bytes *shown, const char *raw) {
  bool same = strcmp(bytes_text(shown), raw) == 0;
  ck_assert_msg(same, "daemon %zu, %s: %s shows\n%s\n--- the raw rows hold\n%s", daemon, SLUGS[tenant], path, bytes_text(shown), raw);
  bytes_release(shown);
}

static void assert_figures(size_t daemon, size_t tenant, size_t window) {
  for (size_t i = 0; i < COUNT_OF(LOOKS); i++) {
    char path[256];
    struct figures_view view;
    struct bytes shown = {0};
    (void)snprintf(path, sizeof path, "/v1/experience%s&%s", LOOKS[i].path, WINDOWS[window].question);
    figures_read(ask(daemon, tenant, path), &view);
    figures_print_view(&view, &shown);
    assert_same(daemon, tenant, path, &shown, raw_figures(raw_window_of(tenant, window), LOOKS[i].key));
  }
}

// The exact distribution, and so the exact sum.
static void assert_histogram(size_t daemon, size_t tenant, size_t window) {
  char path[128], what[64];
  struct bytes shown = {0};
  (void)snprintf(path, sizeof path, "/v1/experience/distribution?metrics=happiness&%s", WINDOWS[window].question);
  const struct answer *answer = ask(daemon, tenant, path);
  for (int bin = 0; bin <= 10; bin++) {
    (void)snprintf(what, sizeof what, "metrics.happiness.bins.%d.count", bin);
    bytes_format(&shown, "%s%s", bin == 0 ? "" : " ", answer_text(answer, what));
  }
  assert_same(daemon, tenant, path, &shown, raw_histogram(raw_window_of(tenant, window)));
}

// By month, for a window that begins within one; in a trend a backlog is a level, so that it is left out on both sides.
static void assert_trend(size_t daemon, size_t tenant) {
  static const char PATH[] = "/v1/experience/trend?interval=month&" FIGURES_METRICS "&from=2026-01-15&to=2026-12-31";
  struct figures_view view;
  struct bytes shown = {0};
  figures_read(ask(daemon, tenant, PATH), &view);
  for (size_t i = 0; i < view.count; i++) {
    view.rows[i].figures.of[BACKLOG] = 0;
    figures_add(&view.total, &view.rows[i].figures);
  }
  figures_print_view(&view, &shown);
  assert_same(daemon, tenant, PATH, &shown,
              raw_figures((struct raw_window){.slug = SLUGS[tenant], .from = "2026-01-15", .to = "2026-12-31", .no_backlog = true}, "month"));
}

// --- Tests ----------------------------------------------------------------------------------------------------------

static long number_from(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text == NULL || text[0] == '\0' ? otherwise : strtol(text, NULL, 10);
}

static int load_seconds(void) { return counted(18, (int)number_from("XLAD_SOAK_SECONDS", 3600)); }

START_TEST(survives_everything_at_once) {
  struct crew crew;
  unsigned long long seed = (unsigned long long)number_from("XLAD_SEED", (long)(clock_ms() % 1000000));
  (void)fprintf(stderr, "mixed: XLAD_SEED=%llu\n", seed);
  chance_seed(seed);
  crew_start(&crew, WORKERS, work, &seed);
  strike(&crew, load_seconds());
  crew_stop(&crew, STOP_SECONDS_MAX);
  for (size_t i = 0; i < OPERATIONS; i++) {
    struct tally *tally = &board->tallies[i];
    (void)fprintf(stderr, "mixed: %s: %lu done, %lu refused, %lu failed\n", MIX[i].name, atomic_load(&tally->done), atomic_load(&tally->refused),
                  atomic_load(&tally->failed));
    ck_assert_uint_gt(atomic_load(&tally->done) + (MIX[i].run == import_by_command ? atomic_load(&tally->refused) : 0), 0);
  }
}
END_TEST

START_TEST(keeps_all_that_was_acknowledged) {
  assert_responses_kept();
  for (size_t tenant = 0; tenant < TENANTS; tenant++)
    assert_tickets_kept(tenant);
}
END_TEST

START_TEST(verifies_without_a_difference) { assert_verified("in the end"); }
END_TEST

START_TEST(reads_the_same_from_every_daemon_as_from_the_raw_rows) {
  for (size_t daemon = 0; daemon < DAEMONS; daemon++)
    for (size_t tenant = 0; tenant < TENANTS; tenant++) {
      for (size_t window = 0; window < COUNT_OF(WINDOWS); window++) {
        assert_figures(daemon, tenant, window);
        assert_histogram(daemon, tenant, window);
      }
      assert_trend(daemon, tenant);
    }
}
END_TEST

START_TEST(ends_in_order_after_all_that) {
  for (size_t i = 1; i < DAEMONS; i++) {
    server_stop(daemon_at(i));
    server_release(daemon_at(i));
  }
}
END_TEST

int main(void) {
  house_start(&(struct house_plan){.cluster_flags = CLUSTER_PRIVATE, .seconds_max = load_seconds() + counted(400, 1800)});
  board = crew_share(sizeof *board);
  board->tickets = (unsigned)counted(300, TICKETS_MAX);
  (void)cli_text("tenant", "create", SLUGS[1], "--name", "West", "--time-zone", "America/Los_Angeles");
  for (size_t i = 0; i < TENANTS; i++)
    (void)snprintf(board->keys[i], sizeof board->keys[i], "%s", cli_text("key", "create", "--tenant", SLUGS[i], "--role", "admin"));
  for (size_t i = 1; i < DAEMONS; i++)
    server_start(daemon_at(i), house_url(), NULL);
  Suite *suite = suite_create("mixed");
  TCase *mixed = tcase_create("mixed");
  tcase_add_test(mixed, survives_everything_at_once);
  tcase_add_test(mixed, keeps_all_that_was_acknowledged);
  tcase_add_test(mixed, verifies_without_a_difference);
  tcase_add_test(mixed, reads_the_same_from_every_daemon_as_from_the_raw_rows);
  tcase_add_test(mixed, ends_in_order_after_all_that);
  suite_add_tcase(suite, mixed);
  return house_run(suite);
}
