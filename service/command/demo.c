// xlad demo: writes an invented organisation through the same batches as everything else.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/response_body.h"
#include "api/ticket_body.h"
#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/demo_data.h"
#include "command/options.h"
#include "store/tenant_store.h"

enum { TICKETS_DEFAULT = 6000, DAYS_DEFAULT = 180, SEED_DEFAULT = 1, TICKET_BYTES_MAX = 128 * 1024, CONNECT_MS_MAX = 5000, CONNECT_STEP_MS = 20 };

static const char SLUG[] = "demo";
static const char NAME[] = "Demo organisation (invented data)";
static const char USAGE[] = "xlad demo [--seed N] [--tickets N] [--days N]";
static const char HELP[] =
    "\n"
    "Makes the tenant \"demo\" and writes tickets and responses of an invented organisation, to look at. Where the tenant exists, nothing is done.\n"
    "\n"
    "  --tickets N  how many tickets, 6000; about a third of them have a response\n"
    "  --days N     over how many days until yesterday, 180\n"
    "  --seed N     another number gives another organisation, 1\n";

// A ticket under way, and then its response.
struct slot {
  struct slot *next;  // of the free ones
  struct demo *demo;
  struct arena arena;
  struct demo_ticket made;
  struct ticket_write ticket;
  struct response_write response;
};

struct demo {
  struct connection connection;
  struct tenant tenant;
  struct demo_plan plan;
  struct turn turn;
  size_t number;   // of the next ticket
  size_t writing;  // slots under way
  size_t tickets, responses;
  int64_t connect_until_ms;  // the bulk lane may come up later than the others
  enum err error;            // the first; nothing is begun after it
  struct slot *free;
  struct slot slots[DEMO_TICKETS_IN_FLIGHT_MAX];
};

static void end_slot(struct slot *slot, enum err error) {
  struct demo *demo = slot->demo;
  if (!demo->error) demo->error = error;
  demo->writing--;
  arena_clear(&slot->arena);
  slot->next = demo->free;
  demo->free = slot;
}

static void response_written(struct batch_row *row, enum err error) {
  struct slot *slot = row->owner;
  if (!error && slot->response.outcome == RESPONSE_STORED) slot->demo->responses++;
  end_slot(slot, error);
}

static enum err write_response(struct slot *slot) {
  const struct demo_ticket *made = &slot->made;
  struct issues issues;
  struct text factors[DEMO_FACTORS_MAX];
  for (size_t i = 0; i < made->factors_count; i++)
    factors[i] = text_of(made->factors[i]);
  const struct response_body body = {.ticket = text_of(made->ref),
                                     .answers = made->answers,
                                     .factors = {factors, made->factors_count},
                                     .comment = made->comment[0] ? text_of(made->comment) : TEXT_NONE,
                                     .language = TEXT("en"),
                                     .submitted_at = made->submitted_at,
                                     .create = ABSENT};
  issues_init(&issues, &slot->arena);
  enum err error = response_body_file(&body, TEXT_NONE, &slot->demo->tenant, &slot->arena, &issues, &slot->response);
  if (error) return error;
  slot->response.row.done = response_written;
  slot->response.row.owner = slot;
  return store_write(slot->demo->connection.store, LANE_BULK, &RESPONSE_BATCH, &slot->response.row);
}

static void ticket_written(struct batch_row *row, enum err error) {
  struct slot *slot = row->owner;
  if (!error) slot->demo->tickets++;
  if (!error && slot->made.has_response) {
    error = write_response(slot);
    if (!error) return;
  }
  end_slot(slot, error);
}

static enum err write_ticket(struct slot *slot) {
  const struct demo_ticket *made = &slot->made;
  struct issues issues;
  struct text agents[DEMO_AGENTS_MAX];
  struct text_pair context[DEMO_PAIRS];
  for (size_t i = 0; i < made->agents_count; i++)
    agents[i] = text_of(made->agents[i]);
  for (size_t i = 0; i < DEMO_PAIRS; i++)
    context[i] = (struct text_pair){text_of(made->context[i].dimension), text_of(made->context[i].value)};
  const struct ticket_body body = {
      .facts = made->facts, .requester = text_of(made->requester), .agents = {agents, made->agents_count}, .context = {context, DEMO_PAIRS}};
  issues_init(&issues, &slot->arena);
  enum err error = ticket_body_file(&body, text_of(made->ref), &slot->demo->tenant, &slot->arena, &issues, &slot->ticket);
  if (error) return error;
  slot->ticket.row.done = ticket_written;
  slot->ticket.row.owner = slot;
  return store_write(slot->demo->connection.store, LANE_BULK, &TICKET_BATCH, &slot->ticket.row);
}

// Begins as many tickets as there are free slots.
static int64_t feed(struct turn *turn) {
  struct demo *demo = turn->owner;
  bool began = false;
  while (demo->free && demo->number < demo->plan.tickets && !demo->error) {
    struct slot *slot = demo->free;
    demo->free = slot->next;
    demo->writing++;
    memset(&slot->ticket, 0, sizeof slot->ticket);
    memset(&slot->response, 0, sizeof slot->response);
    demo_make(&demo->plan, demo->number++, &slot->made);
    enum err error = write_ticket(slot);
    if (error == ERR_UNAVAILABLE && demo->number == 1 && clock_ms() < demo->connect_until_ms) {
      demo->number = 0;
      end_slot(slot, ERR_NONE);
      return CONNECT_STEP_MS;
    }
    if (error) end_slot(slot, error);
    began = true;
  }
  if (demo->writing == 0) loop_stop(demo->connection.loop);
  return began ? 0 : -1;
}

static enum err find_tenant(struct connection *connection, bool *found) {
  struct tenant tenant;
  struct job *job = job_new(connection->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return ERR_UNAVAILABLE;
  tenant_ask_find(job, text_of(SLUG));
  enum err error = store_run(connection->store, job);
  *found = !error && tenant_take_found(job, &tenant, NULL);
  job_free(job);
  return error;
}

static enum err make_tenant(struct connection *connection) {
  struct tenant_draft draft = {.slug = text_of(SLUG), .name = text_of(NAME), .time_zone = TEXT("Europe/Oslo"), .currency = TEXT("EUR")};
  uuid_make(&draft.id);
  random_bytes(draft.secret, sizeof draft.secret);
  struct job *job = job_new(connection->store, LANE_WRITE, &draft.id, NULL, NULL);
  if (!job) return ERR_UNAVAILABLE;
  tenant_ask_create(job, &draft);
  enum err error = store_run(connection->store, job);
  job_free(job);
  return error;
}

static void fill(struct demo *demo) {
  for (size_t i = 0; i < DEMO_TICKETS_IN_FLIGHT_MAX; i++) {
    struct slot *slot = &demo->slots[i];
    slot->demo = demo;
    arena_init(&slot->arena, TICKET_BYTES_MAX);
    slot->next = demo->free;
    demo->free = slot;
  }
  demo->connect_until_ms = clock_ms() + CONNECT_MS_MAX;
  demo->turn = (struct turn){.run = feed, .owner = demo};
  loop_add_turn(demo->connection.loop, &demo->turn);
  loop_run(demo->connection.loop);
  for (size_t i = 0; i < DEMO_TICKETS_IN_FLIGHT_MAX; i++)
    arena_release(&demo->slots[i].arena);
}

static int write_demo(struct demo *demo) {
  bool found = false;
  int64_t began_ms = clock_ms();
  enum err error = find_tenant(&demo->connection, &found);
  if (!error && found) {
    fprintf(stderr, "xlad: the tenant \"%s\" exists already; nothing was done\n", SLUG);
    return EXIT_DONE;
  }
  if (!error) error = make_tenant(&demo->connection);
  if (!error) {
    if (!connection_tenant(&demo->connection, SLUG, &demo->tenant)) return EXIT_FAILED;
    fill(demo);
    error = demo->error;
  }
  if (error) {
    fprintf(stderr, "xlad: the demo data could not be written: %s\n", error_fact(error)->title);
    return EXIT_FAILED;
  }
  int64_t tenths = (clock_ms() - began_ms + 50) / 100;
  fprintf(stderr, "tenant %s, invented data: %zu tickets and %zu responses over %d days, %lld.%lld s\n", SLUG, demo->tickets, demo->responses,
          (int)demo->plan.days, (long long)(tenths / 10), (long long)(tenths % 10));
  return EXIT_DONE;
}

// A number within its bounds; false after a complaint.
static bool number_read(const char *value, const char *name, int64_t least, int64_t most, int64_t *number) {
  if (!value || (text_to_int(text_of(value), number) && *number >= least && *number <= most)) return true;
  fprintf(stderr, "xlad: --%s must be a whole number from %lld to %lld\nusage: %s\n", name, (long long)least, (long long)most, USAGE);
  return false;
}

int command_demo(int argc, char **argv) {
  const char *seed_text = NULL, *tickets_text = NULL, *days_text = NULL;
  int64_t seed = SEED_DEFAULT, tickets = TICKETS_DEFAULT, days = DAYS_DEFAULT;
  const struct option_row rows[] = {
      {.name = "seed", .value = &seed_text}, {.name = "tickets", .value = &tickets_text}, {.name = "days", .value = &days_text}, {.name = NULL}};
  int code = options_read(argc, argv, rows, NULL, 0, 0, USAGE, HELP);
  if (code >= 0) return code;
  if (!number_read(seed_text, "seed", 0, INT64_MAX, &seed) || !number_read(tickets_text, "tickets", 1, DEMO_TICKETS_MAX, &tickets) ||
      !number_read(days_text, "days", 1, DEMO_DAYS_MAX, &days)) {
    return EXIT_USAGE;
  }
  struct demo *demo = calloc(1, sizeof *demo);
  if (!demo) return EXIT_FAILED;
  demo_plan_init(&demo->plan, (uint64_t)seed, (size_t)tickets, (int32_t)days, instant_now());
  code = connection_open(&demo->connection);
  if (code == EXIT_DONE) {
    code = write_demo(demo);
    connection_close(&demo->connection);
  }
  free(demo);
  return code;
}
