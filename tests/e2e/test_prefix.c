// Reads under load: whoever reads while others write sees what stood after one of their commits, all of it, and never less than before.
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  WRITERS_MAX = 4,
  READERS = 2,
  SECONDS_MAX = 800,
  LOST_CAP = 2400,
  NEWS_MIN = 10,
  NOISES_MIN = 3,
  NOISE_TICKETS = 300,
  NOISE_CLIENTS = 16,
  NOISE_PER_SECOND = 500
};

#define WINDOW     "from=2026-03-01&to=2026-03-31&" FIGURES_METRICS
#define JSON_LINES "Content-Type: application/x-ndjson"

static struct server second;
static char other_key[256];  // of the other tenant

// --- The play: what a writer does to each of its tickets, a commit each ---------------------------------------------

// A writer has two services; a ticket is at home in one of them.
enum service { HOME, AWAY, SERVICES };
enum sla { MET, MISSED, UNKNOWN, SLAS };
enum act { PUT, POST, PATCH, DELETE };
enum { RESPONSES = 3, RESOLUTIONS = 2 };

static const struct line {
  enum act act;
  enum service service;
  enum sla sla;
  const char *resolved_at;
  size_t response;
  int happiness, lost_minutes;
  const char *submitted_at;
} PLAY[] = {
    // Opened, answered before it is resolved, and filed anew, together with the answer.
    {PUT, .service = AWAY, .sla = UNKNOWN},
    {POST, .response = 0, .happiness = 9, .lost_minutes = 30, .submitted_at = "08:30"},
    {PUT, .service = HOME, .sla = UNKNOWN},
    // Resolved, which adopts the answer; another answer; the first one is amended.
    {PUT, .service = HOME, .sla = MET, .resolved_at = "09:00"},
    {POST, .response = 1, .happiness = 3, .lost_minutes = LOST_CAP + 100, .submitted_at = "10:00"},
    {PATCH, .response = 0, .happiness = 5, .lost_minutes = 45},
    // Corrected: its answers follow to another sla, but the service is frozen. The second answer is withdrawn.
    {PUT, .service = AWAY, .sla = MISSED, .resolved_at = "09:00"},
    {DELETE, .response = 1},
    // Reopened, and resolved again elsewhere: the first answer stays with the first resolution.
    {PUT, .service = HOME, .sla = UNKNOWN},
    {PUT, .service = AWAY, .sla = MET, .resolved_at = "12:00"},
    {POST, .response = 2, .happiness = 8, .lost_minutes = 5, .submitted_at = "13:00"},
};
enum { LINES = sizeof PLAY / sizeof PLAY[0] };

// Tickets take turns with their home and with their answers, so that each commit is told from its neighbours.
static size_t service_of(const struct line *line, size_t ticket) { return (line->service + ticket) % SERVICES; }
static long happiness_of(const struct line *line, size_t ticket) { return (long)((size_t)line->happiness + ticket) % 11; }
static long lost_minutes_of(const struct line *line, size_t ticket) { return line->lost_minutes + (long)(ticket % 7); }

// --- What has to be seen after each commit --------------------------------------------------------------------------

struct place {
  size_t service;
  enum sla sla;
};

// A ticket as it stands, by the rules of a ticket's life.
struct model {
  bool exists, settled;
  struct place place;
  size_t resolution;                          // 0: before the first
  struct place resolutions[RESOLUTIONS + 1];  // where each counts
  struct {
    bool exists;
    size_t resolution;
    long happiness, lost_minutes;
  } responses[RESPONSES];
};

// Figures of one writer after a number of its commits. All writers play the same.
struct state {
  struct figures services[SERVICES], slas[SLAS];
};

static struct state *states;  // after so many commits

static void put(struct model *model, const struct line *line, size_t ticket) {
  struct place sent = {service_of(line, ticket), line->sla};
  bool settled = line->resolved_at != NULL, corrected = settled && model->settled;
  if (corrected) sent.service = model->place.service;
  if (settled && !corrected) model->resolution++;
  if (settled) model->resolutions[model->resolution] = sent;
  for (size_t i = 0; i < RESPONSES; i++)
    if (settled && model->responses[i].resolution == 0) model->responses[i].resolution = 1;
  model->exists = true;
  model->settled = settled;
  model->place = sent;
}

static void play(struct model *model, const struct line *line, size_t ticket) {
  if (line->act == PUT) {
    put(model, line, ticket);
    return;
  }
  if (line->act == POST) model->responses[line->response].resolution = model->resolution;
  model->responses[line->response].exists = line->act != DELETE;
  model->responses[line->response].happiness = happiness_of(line, ticket);
  model->responses[line->response].lost_minutes = lost_minutes_of(line, ticket);
}

static void count(struct state *state, struct place place, const struct figures *figures) {
  figures_add(&state->services[place.service], figures);
  figures_add(&state->slas[place.sla], figures);
}

static void count_model(struct state *state, const struct model *model) {
  if (!model->exists) return;
  count(state, model->place, &(struct figures){.of = {[VOLUME] = 1, [BACKLOG] = !model->settled, [SLA] = model->settled}});
  for (size_t i = 0; i < RESPONSES; i++) {
    long happiness = model->responses[i].happiness, lost = model->responses[i].lost_minutes;
    size_t resolution = model->responses[i].resolution;
    if (!model->responses[i].exists) continue;
    count(state, resolution == 0 ? model->place : model->resolutions[resolution],
          &(struct figures){.of = {[HAPPINESS] = 1,
                                   [POSITIVE] = happiness >= 9,
                                   [NEUTRAL] = happiness >= 7 && happiness < 9,
                                   [NEGATIVE] = happiness<7, [LOST_TIME] = 1, [LOST_SUM] = lost> LOST_CAP ? LOST_CAP : lost}});
  }
}

static void states_make(size_t tickets) {
  struct state finished = {0};
  free(states);
  states = calloc(tickets * LINES + 1, sizeof *states);
  ck_assert_ptr_nonnull(states);
  for (size_t ticket = 0; ticket < tickets; ticket++) {
    struct model model = {.exists = false};
    for (size_t i = 0; i < LINES; i++) {
      struct state *state = &states[ticket * LINES + i + 1];
      play(&model, &PLAY[i], ticket);
      *state = finished;
      count_model(state, &model);
    }
    finished = states[(ticket + 1) * LINES];
  }
}

// --- Writing --------------------------------------------------------------------------------------------------------

// What writers and readers have in common.
static struct board {
  const char *name;  // of the run: services and tickets begin with it
  size_t writers, tickets;
  _Atomic size_t begun[WRITERS_MAX], acknowledged[WRITERS_MAX];  // commits
  _Atomic size_t noises;                                         // imports of noise
  _Atomic size_t reads[READERS], steps[READERS];                 // answers read, and those that showed something new
} * board;

// One call with the house's ADMIN key; fails unless it is answered with 2xx.
static void call_well(struct caller *caller, const char *method, const char *path, const char *header, const char *body, struct answer *answer) {
  char headers[512];
  const char *why = "";
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\n%s", house_key(ADMIN), header);
  bool answered = caller_call(caller, &(struct call){.method = method, .path = path, .headers = headers, .body = body}, answer, &why);
  if (!answered || answer->status < 200 || answer->status > 299)
    harness_fail("%s %s %s: %d %s%s", method, path, body == NULL ? "" : body, answer->status, why, bytes_text(&answer->body));
}

static void commit(struct caller *caller, size_t writer, size_t ticket, const struct line *line, char ids[RESPONSES][40]) {
  static struct answer answer;
  char ref[64], path[128], body[512], resolved[64] = "null";
  (void)snprintf(ref, sizeof ref, "%s%zu-%zu", board->name, writer, ticket);
  (void)snprintf(path, sizeof path, line->act == PUT ? "/v1/tickets/%s" : "/v1/responses%s%s",
                 line->act == PUT    ? ref
                 : line->act == POST ? ""
                                     : "/",
                 ids[line->response]);
  if (line->resolved_at != NULL) (void)snprintf(resolved, sizeof resolved, "\"2026-03-02T%s:00Z\"", line->resolved_at);
  if (line->act == PUT)
    (void)snprintf(body, sizeof body,
                   "{\"opened_at\": \"2026-03-02T08:00:00Z\", \"resolved_at\": %s, \"sla_met\": %s, \"context\": {\"service\": \"%s%zu-%zu\"}}",
                   resolved,
                   line->sla == UNKNOWN ? "null"
                   : line->sla == MET   ? "true"
                                        : "false",
                   board->name, writer, service_of(line, ticket));
  else
    (void)snprintf(body, sizeof body, "{\"happiness\": %ld, \"lost_minutes\": %ld", happiness_of(line, ticket), lost_minutes_of(line, ticket));
  size_t length = strlen(body);
  if (line->act == POST)
    (void)snprintf(body + length, sizeof body - length, ", \"ticket\": \"%s\", \"respondent\": \"p%zu\", \"submitted_at\": \"2026-03-02T%s:00Z\"}",
                   ref, line->response, line->submitted_at);
  if (line->act == PATCH) (void)snprintf(body + length, sizeof body - length, "}");
  static const char *const METHODS[] = {"PUT", "POST", "PATCH", "DELETE"};
  call_well(caller, METHODS[line->act], path, "Content-Type: application/json", line->act == DELETE ? NULL : body, &answer);
  if (line->act == POST) (void)snprintf(ids[line->response], sizeof ids[0], "%s", answer_text(&answer, "id"));
}

static size_t news(void) {
  size_t steps = 0;
  for (size_t i = 0; i < READERS; i++)
    steps += atomic_load(&board->steps[i]);
  return steps;
}

// However slow readers are, they see news of each of so many parts: the first writer waits for them there.
static void news_wait(struct crew *crew, size_t writer, size_t ticket) {
  size_t part = board->tickets / (NEWS_MIN + 2);
  if (writer != 0 || ticket % part != 0) return;
  while (news() < ticket / part && news() <= NEWS_MIN && !crew_stops(crew))
    sleep_ms(1);
}

static void write_play(struct crew *crew, size_t writer, void *context) {
  (void)context;
  struct caller caller;
  caller_init(&caller, writer % 2 == 0 ? house_port() : second.port);
  for (size_t i = 0; i < board->tickets * LINES && !crew_stops(crew); i++) {
    static char ids[RESPONSES][40];
    if (i % LINES == 0) {
      memset(ids, 0, sizeof ids);
      news_wait(crew, writer, i / LINES);
    }
    atomic_store(&board->begun[writer], i + 1);
    commit(&caller, writer, i / LINES, &PLAY[i % LINES], ids);
    atomic_store(&board->acknowledged[writer], i + 1);
  }
  caller_close(&caller);
}

// --- Reading --------------------------------------------------------------------------------------------------------

enum view { TOTAL, BY_SERVICE, BY_SLA, VIEWS };

// One reader's past, and what it looks at now.
struct reader {
  size_t index;
  struct caller callers[2];
  struct answer answer;
  size_t seen[WRITERS_MAX];
  char path[512];
  struct figures_view shown;
};

static void path_make(struct reader *reader, enum view view, size_t writer) {
  static const char *const PATHS[] = {"/v1/experience?" WINDOW, "/v1/experience/breakdown?by=service&" WINDOW,
                                      "/v1/experience/breakdown?by=sla&" WINDOW};
  char scope[128] = "";  // by service everything is looked at, noise too
  if (view != BY_SERVICE) (void)snprintf(scope, sizeof scope, "&scope=service:%s%zu-0,%s%zu-1", board->name, writer, board->name, writer);
  (void)snprintf(reader->path, sizeof reader->path, "%s%s", PATHS[view], scope);
}

// What an answer would show of a writer after so many commits, in the shape of such an answer.
static void expect_view(enum view view, size_t writer, size_t commits, struct figures_view *expected) {
  static const char *const SLA_KEYS[] = {"met", "missed", "-"};
  const struct state *state = &states[commits];
  *expected = (struct figures_view){.count = view == BY_SERVICE ? SERVICES : view == BY_SLA ? SLAS : 0};
  for (size_t i = 0; i < expected->count; i++) {
    struct figures_row *row = &expected->rows[i];
    row->figures = view == BY_SERVICE ? state->services[i] : state->slas[i];
    if (view == BY_SLA) (void)snprintf(row->key, sizeof row->key, "%s", SLA_KEYS[i]);
    if (view == BY_SERVICE) (void)snprintf(row->key, sizeof row->key, "%s%zu-%zu", board->name, writer, i);
  }
  for (size_t i = 0; view != BY_SERVICE && i < SERVICES; i++)
    figures_add(&expected->total, &state->services[i]);
}

static bool view_shows(enum view view, size_t writer, size_t commits, const struct figures_view *shown) {
  struct figures_view expected;
  expect_view(view, writer, commits, &expected);
  bool same = view == BY_SERVICE || figures_equal(&expected.total, &shown->total);
  for (size_t i = 0; i < expected.count && same; i++) {
    struct figures found = figures_row(shown, expected.rows[i].key);
    same = figures_equal(&expected.rows[i].figures, &found);
  }
  return same;
}

_Noreturn static void report(const struct reader *reader, enum view view, size_t writer, size_t low, size_t high) {
  struct bytes text = {0};
  figures_print_view(&reader->shown, &text);
  for (size_t i = low; i <= high && i < low + 5; i++) {
    struct figures_view expected;
    expect_view(view, writer, i, &expected);
    bytes_format(&text, "--- after %zu commits\n", i);
    figures_print_view(&expected, &text);
  }
  harness_fail("reader %zu: GET %s shows writer %zu after none of %zu to %zu commits, of which it has seen %zu:\n%s", reader->index, reader->path,
               writer, low, high, reader->seen[writer], bytes_text(&text));
}

static void assert_prefix(struct reader *reader, enum view view, size_t writer, size_t acknowledged, size_t begun) {
  size_t low = acknowledged > reader->seen[writer] ? acknowledged : reader->seen[writer], found = low;
  while (found <= begun && !view_shows(view, writer, found, &reader->shown))
    found++;
  if (found > begun) report(reader, view, writer, low, begun);
  if (found > reader->seen[writer]) atomic_fetch_add(&board->steps[reader->index], 1);
  reader->seen[writer] = found;
}

static void assert_adds_up(const struct reader *reader) {
  struct figures sum = {{0}};
  for (size_t i = 0; i < reader->shown.count; i++)
    figures_add(&sum, &reader->shown.rows[i].figures);
  if (reader->shown.count > 0 && !figures_equal(&sum, &reader->shown.total))
    harness_fail("GET %s: rows and total differ: %s", reader->path, bytes_text(&reader->answer.body));
}

static void look(struct reader *reader, size_t turn) {
  enum view view = turn % VIEWS;
  size_t writer = turn / VIEWS % board->writers, acknowledged[WRITERS_MAX] = {0};
  path_make(reader, view, writer);
  for (size_t i = 0; i < board->writers; i++)
    acknowledged[i] = atomic_load(&board->acknowledged[i]);
  call_well(&reader->callers[(turn + reader->index) % 2], "GET", reader->path, "Cache-Control: no-cache", NULL, &reader->answer);
  figures_read(&reader->answer, &reader->shown);
  assert_adds_up(reader);
  for (size_t i = 0; i < board->writers; i++)
    if (view == BY_SERVICE || i == writer) assert_prefix(reader, view, i, acknowledged[i], atomic_load(&board->begun[i]));
  atomic_fetch_add(&board->reads[reader->index], 1);
}

static void read_on(struct crew *crew, size_t index, void *context) {
  (void)context;
  struct reader reader = {.index = index};
  caller_init(&reader.callers[0], house_port());
  caller_init(&reader.callers[1], second.port);
  for (size_t turn = 0; !crew_stops(crew); turn++)
    look(&reader, turn);
  // At rest, nothing is missing in any view of either daemon.
  for (size_t turn = 0; turn < 2 * VIEWS * board->writers; turn++)
    look(&reader, turn);
  for (size_t i = 0; i < board->writers; i++)
    if (reader.seen[i] != board->tickets * LINES) harness_fail("reader %zu ends at commit %zu of writer %zu", index, reader.seen[i], i);
}

// --- Noise ----------------------------------------------------------------------------------------------------------

// The same tenant's: imports that change the same tickets and answer their first resolutions over and over, in a service of their own.
static void make_noise(struct crew *crew, size_t worker, void *context) {
  (void)worker;
  (void)context;
  struct caller caller;
  struct answer answer = {0};
  struct bytes tickets = {0}, responses = {0};
  caller_init(&caller, second.port);
  for (size_t round = 0; !crew_stops(crew); round++) {
    bytes_clear(&tickets);
    bytes_clear(&responses);
    for (size_t i = 0; i < NOISE_TICKETS; i++) {
      bytes_format(&tickets,
                   "{\"ref\": \"NOISE-%zu\", \"opened_at\": \"2026-03-0%zuT08:00:00Z\", \"resolved_at\": %s, \"sla_met\": %s, \"context\": "
                   "{\"service\": \"noise\"}}\n",
                   i, 1 + (round + i) % 9, (round + i) % 3 == 0 ? "null" : "\"2026-03-10T09:00:00Z\"", (round + i) % 2 == 0 ? "true" : "false");
      bytes_format(&responses,
                   "{\"ticket\": \"NOISE-%zu\", \"respondent\": \"p%zu\", \"happiness\": %zu, \"submitted_at\": \"2026-03-10T08:00:00Z\"}\n", i,
                   round % 5, i % 11);
    }
    call_well(&caller, "POST", "/v1/tickets/import", JSON_LINES, bytes_text(&tickets), &answer);
    call_well(&caller, "POST", "/v1/responses/import", JSON_LINES, bytes_text(&responses), &answer);
    atomic_fetch_add(&board->noises, 1);
  }
}

// Until there is some. Plans that were made for empty tables would make each read take long, which is not what is looked at here.
static void noise_wait(struct crew *noise) {
  for (long long end = clock_ms() + 1000LL * SECONDS_MAX; atomic_load(&board->noises) < NOISES_MIN; sleep_ms(10)) {
    crew_check(noise);
    ck_assert_int_lt(clock_ms(), end);
  }
  sql_run("analyze");
}

// The other tenant's: posts, flat out in full.
static void other_make(void *name, size_t item, struct load_request *request) {
  (void)snprintf(request->path, sizeof request->path, "/v1/responses");
  (void)snprintf(
      request->body, sizeof request->body,
      "{\"ticket\": \"%s-%zu\", \"respondent\": \"p%zu\", \"happiness\": %zu, \"create\": true, \"submitted_at\": \"2026-03-02T09:00:00Z\"}",
      (const char *)name, item % 1000, item / 1000, item % 11);
}

static void other_start(struct load *load, char *name) {
  static char headers[400];
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\nContent-Type: application/json", other_key);
  load_start(load, &(struct load_plan){.items = 10 * 1000 * 1000,
                                       .clients = NOISE_CLIENTS,
                                       .ports = {house_port(), second.port},
                                       .ports_count = 2,
                                       .method = "POST",
                                       .headers = headers,
                                       .make = other_make,
                                       .context = name,
                                       .rate = counted(NOISE_PER_SECOND, 0),
                                       .seconds = SECONDS_MAX});
}

// --- Tests ----------------------------------------------------------------------------------------------------------

static void run(char *name, size_t writers, size_t tickets) {
  struct crew writing, reading, noise;
  struct load other;
  size_t reads = 0;
  board = crew_share(sizeof *board);
  board->name = name;
  board->writers = writers;
  board->tickets = tickets;
  states_make(tickets);
  other_start(&other, name);
  crew_start(&noise, 1, make_noise, NULL);
  noise_wait(&noise);
  crew_start(&reading, READERS, read_on, NULL);
  crew_start(&writing, writers, write_play, NULL);
  crew_wait(&writing, SECONDS_MAX);
  crew_stop(&noise, SECONDS_MAX);
  crew_stop(&reading, SECONDS_MAX);
  ck_assert_uint_gt(load_acknowledged(&other), 0);
  load_cut(&other);
  load_release(&other);
  for (size_t i = 0; i < READERS; i++)
    reads += atomic_load(&board->reads[i]);
  size_t steps = news();
  (void)fprintf(stderr, "%s: %zu commits, %zu reads, %zu of them news\n", name, writers * tickets * LINES, reads, steps);
  ck_assert_uint_gt(steps, NEWS_MIN);
  ck_assert_int_eq(cli("verify")->code, 0);
}

START_TEST(shows_what_stood_after_one_of_a_writer_s_commits) {
  char name[] = "alone";
  run(name, 1, (size_t)counted(250, 1500));
}
END_TEST

START_TEST(shows_what_stood_after_one_of_each_of_several_writers_commits) {
  char name[] = "together";
  run(name, WRITERS_MAX, (size_t)counted(60, 500));
}
END_TEST

int main(void) {
  house_start(NULL);
  server_start(&second, house_url(), NULL);
  (void)cli_text("tenant", "create", "other", "--name", "Other", "--time-zone", "UTC");
  (void)snprintf(other_key, sizeof other_key, "%s", cli_text("key", "create", "--tenant", "other", "--role", "portal"));
  Suite *suite = suite_create("prefix");
  TCase *cases = tcase_create("prefix");
  tcase_add_test(cases, shows_what_stood_after_one_of_a_writer_s_commits);
  tcase_add_test(cases, shows_what_stood_after_one_of_each_of_several_writers_commits);
  suite_add_tcase(suite, cases);
  int code = house_run(suite);
  server_release(&second);
  free(states);
  return code;
}
