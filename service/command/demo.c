// xlad demo: writes the invented organisations through the same batches as everything else.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/response_body.h"
#include "api/ticket_body.h"
#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/demo_agreements.h"
#include "command/demo_data.h"
#include "command/options.h"
#include "store/tenant_store.h"

enum {
  TICKETS_DEFAULT = 60000,
  TICKETS_PER_RESPONSE = 5,
  ANSWERED_PERCENT_MAX = 90,
  DAYS_DEFAULT = 548,
  SEED_DEFAULT = 1,
  TICKET_BYTES_MAX = 128 * 1024,
  LANES = 2
};

static const char USAGE[] = "xlad demo [--seed N] [--tickets N] [--responses N] [--days N]";
static const char HELP[] =
    "\n"
    "Makes the tenants \"demo\" and \"harbour\" and writes tickets and responses of two invented organisations, to look at: a company in Norway has\n"
    "four fifths of them, a smaller one in Australia the others. Each has experience level agreements that began yesterday. Where a tenant exists,\n"
    "nothing is done for it.\n"
    "\n"
    "  --tickets N    how many tickets in all, 60000\n"
    "  --responses N  about how many responses in all, a fifth of the tickets. Nine tickets of ten have one at most: where that needs more than\n"
    "                 60000 tickets, there are as many as it needs, and where --tickets is given too, a greater number is refused\n"
    "  --days N       over how many days until yesterday, 548\n"
    "  --seed N       another number gives other tickets, 1\n";

// A ticket under way, and then its response.
struct slot {
  struct slot *next;  // of the free ones
  struct demo *demo;
  struct part *part;
  size_t lane;
  struct arena arena;
  struct demo_ticket made;
  struct ticket_write ticket;
  struct response_write response;
};

// One organisation of it.
struct part {
  bool exists;  // before, so that nothing is done
  struct tenant tenant;
  struct demo_plan plan;
  size_t number;  // of the next ticket
  size_t tickets, responses;
};

// Both lanes that write are kept busy, each with an organisation of its own as long as it has tickets to come.
static const enum lane_kind LANE[LANES] = {LANE_BULK, LANE_WRITE};

struct demo {
  struct connection connection;
  struct part parts[DEMO_ORGANISATIONS];
  struct turn turn;
  size_t writing;  // slots under way
  enum err error;  // the first; nothing is begun after it
  struct slot *free[LANES];
  struct slot slots[DEMO_TICKETS_IN_FLIGHT_MAX];
};

static void end_slot(struct slot *slot, enum err error) {
  struct demo *demo = slot->demo;
  if (!demo->error) demo->error = error;
  demo->writing--;
  arena_clear(&slot->arena);
  slot->next = demo->free[slot->lane];
  demo->free[slot->lane] = slot;
}

static void response_written(struct batch_row *row, enum err error) {
  struct slot *slot = row->owner;
  if (!error && slot->response.outcome == RESPONSE_STORED) slot->part->responses++;
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
  enum err error = response_body_file(&body, TEXT_NONE, NULL, &slot->part->tenant, &slot->arena, &issues, &slot->response);
  if (error) return error;
  slot->response.row.done = response_written;
  slot->response.row.owner = slot;
  return store_write(slot->demo->connection.store, LANE[slot->lane], &RESPONSE_BATCH, &slot->response.row);
}

static void ticket_written(struct batch_row *row, enum err error) {
  struct slot *slot = row->owner;
  if (!error) slot->part->tickets++;
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
  enum err error = ticket_body_file(&body, text_of(made->ref), &slot->part->tenant, &slot->arena, &issues, &slot->ticket);
  if (error) return error;
  slot->ticket.row.done = ticket_written;
  slot->ticket.row.owner = slot;
  return store_write(slot->demo->connection.store, LANE[slot->lane], &TICKET_BATCH, &slot->ticket.row);
}

static struct part *next_part(struct demo *demo, size_t lane) {
  for (size_t i = 0; i < DEMO_ORGANISATIONS; i++) {
    struct part *part = &demo->parts[(lane + i) % DEMO_ORGANISATIONS];
    if (!part->exists && part->number < part->plan.tickets) return part;
  }
  return NULL;
}

// Begins as many tickets as the lane has free slots.
static bool feed_lane(struct demo *demo, size_t lane) {
  bool began = false;
  struct part *part;
  while (demo->free[lane] && !demo->error && (part = next_part(demo, lane))) {
    struct slot *slot = demo->free[lane];
    demo->free[lane] = slot->next;
    demo->writing++;
    memset(&slot->ticket, 0, sizeof slot->ticket);
    memset(&slot->response, 0, sizeof slot->response);
    slot->part = part;
    demo_make(&part->plan, part->number++, &slot->made);
    enum err error = write_ticket(slot);
    if (error) end_slot(slot, error);
    began = true;
  }
  return began;
}

static int64_t feed(struct turn *turn) {
  struct demo *demo = turn->owner;
  bool began = false;
  for (size_t i = 0; i < LANES; i++)
    began |= feed_lane(demo, i);
  if (demo->writing == 0) loop_stop(demo->connection.loop);
  return began ? 0 : -1;
}

static enum err find_tenant(struct connection *connection, const char *slug, bool *found) {
  struct tenant tenant;
  struct job *job = job_new(connection->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return ERR_UNAVAILABLE;
  tenant_ask_find(job, text_of(slug));
  enum err error = store_run(connection->store, job);
  *found = !error && tenant_take_found(job, &tenant, NULL);
  job_free(job);
  return error;
}

static enum err make_tenant(struct connection *connection, const struct demo_organisation *organisation) {
  struct tenant_draft draft = {.slug = text_of(organisation->slug),
                               .name = text_of(organisation->name),
                               .time_zone = text_of(organisation->time_zone),
                               .currency = text_of(organisation->currency)};
  uuid_make(&draft.id);
  random_bytes(draft.secret, sizeof draft.secret);
  struct job *job = job_new(connection->store, LANE_WRITE, &draft.id, NULL, NULL);
  if (!job) return ERR_UNAVAILABLE;
  tenant_ask_create(job, &draft);
  enum err error = store_run(connection->store, job);
  job_free(job);
  return error;
}

static enum err open_part(struct connection *connection, struct part *part) {
  const struct demo_organisation *organisation = part->plan.organisation;
  enum err error = find_tenant(connection, organisation->slug, &part->exists);
  if (!error && part->exists) fprintf(stderr, "xlad: the tenant \"%s\" exists already; nothing was done\n", organisation->slug);
  if (error || part->exists) return error;
  error = make_tenant(connection, organisation);
  if (error) return error;
  return connection_tenant(connection, organisation->slug, &part->tenant) ? demo_agree(connection, &part->tenant) : ERR_UNAVAILABLE;
}

static void fill(struct demo *demo) {
  for (size_t i = 0; i < DEMO_TICKETS_IN_FLIGHT_MAX; i++) {
    struct slot *slot = &demo->slots[i];
    slot->demo = demo;
    slot->lane = i % LANES;
    arena_init(&slot->arena, TICKET_BYTES_MAX);
    slot->next = demo->free[slot->lane];
    demo->free[slot->lane] = slot;
  }
  demo->turn = (struct turn){.run = feed, .owner = demo};
  loop_add_turn(demo->connection.loop, &demo->turn);
  loop_run(demo->connection.loop);
  for (size_t i = 0; i < DEMO_TICKETS_IN_FLIGHT_MAX; i++)
    arena_release(&demo->slots[i].arena);
}

static void show_summary(const struct demo *demo, int64_t took_ms) {
  size_t tickets = 0, responses = 0;
  for (size_t i = 0; i < DEMO_ORGANISATIONS; i++) {
    const struct part *part = &demo->parts[i];
    if (part->exists) continue;
    fprintf(stderr, "tenant %s, invented data: %zu tickets and %zu responses over %d days\n", part->plan.organisation->slug, part->tickets,
            part->responses, (int)part->plan.days);
    tickets += part->tickets;
    responses += part->responses;
  }
  int64_t tenths = (took_ms + 50) / 100;
  if (tickets > 0)
    fprintf(stderr, "%zu tickets and %zu responses in %lld.%lld s\n", tickets, responses, (long long)(tenths / 10), (long long)(tenths % 10));
}

static int write_demo(struct demo *demo) {
  int64_t began_ms = clock_ms();
  enum err error = ERR_NONE;
  for (size_t i = 0; i < DEMO_ORGANISATIONS && !error; i++)
    error = open_part(&demo->connection, &demo->parts[i]);
  if (!error) {
    fill(demo);
    error = demo->error;
  }
  if (error) {
    fprintf(stderr, "xlad: the demo data could not be written: %s\n", error_fact(error)->title);
    return EXIT_FAILED;
  }
  show_summary(demo, clock_ms() - began_ms);
  return EXIT_DONE;
}

// Each organisation's part of all; the first has what can't be divided.
static void plan_parts(struct part *parts, const struct demo_size *all, uint64_t seed) {
  int64_t now = instant_now();
  struct demo_size left = *all;
  for (size_t i = DEMO_ORGANISATIONS; i-- > 0;) {
    const struct demo_organisation *organisation = &DEMO_ORGANISATION[i];
    struct demo_size size = left;
    if (i > 0) {
      size.tickets = all->tickets * organisation->share / 1000;
      size.responses = all->responses * organisation->share / 1000;
      left.tickets -= size.tickets;
      left.responses -= size.responses;
    }
    demo_plan_init(&parts[i].plan, organisation, &size, seed, now);
  }
}

// A number within its bounds; false after a complaint.
static bool number_read(const char *value, const char *name, int64_t least, int64_t most, int64_t *number) {
  if (!value || (text_to_int(text_of(value), number) && *number >= least && *number <= most)) return true;
  fprintf(stderr, "xlad: --%s must be a whole number from %lld to %lld\nusage: %s\n", name, (long long)least, (long long)most, USAGE);
  return false;
}

// How many tickets and responses, where one or both are not said (ABSENT). False after a complaint.
static bool settle_size(int64_t tickets, int64_t responses, struct demo_size *size) {
  int64_t needed = responses == ABSENT ? 0 : (responses * 100 + ANSWERED_PERCENT_MAX - 1) / ANSWERED_PERCENT_MAX;
  if (tickets != ABSENT && tickets < needed) {
    fprintf(stderr, "xlad: --responses can be nine tenths of --tickets at most\nusage: %s\n", USAGE);
    return false;
  }
  if (tickets == ABSENT) tickets = needed > TICKETS_DEFAULT ? needed : TICKETS_DEFAULT;
  if (responses == ABSENT) responses = tickets / TICKETS_PER_RESPONSE;
  size->tickets = (size_t)tickets;
  size->responses = (size_t)responses;
  return true;
}

int command_demo(int argc, char **argv) {
  const char *seed_text = NULL, *tickets_text = NULL, *responses_text = NULL, *days_text = NULL;
  int64_t seed = SEED_DEFAULT, tickets = ABSENT, responses = ABSENT, days = DAYS_DEFAULT;
  const struct option_row rows[] = {{.name = "seed", .value = &seed_text},
                                    {.name = "tickets", .value = &tickets_text},
                                    {.name = "responses", .value = &responses_text},
                                    {.name = "days", .value = &days_text},
                                    {.name = NULL}};
  int code = options_read(argc, argv, rows, NULL, 0, 0, USAGE, HELP);
  if (code >= 0) return code;
  struct demo_size size;
  if (!number_read(seed_text, "seed", 0, INT64_MAX, &seed) || !number_read(tickets_text, "tickets", 1, DEMO_TICKETS_MAX, &tickets) ||
      !number_read(responses_text, "responses", 0, DEMO_RESPONSES_MAX, &responses) || !number_read(days_text, "days", 1, DEMO_DAYS_MAX, &days) ||
      !settle_size(tickets, responses, &size)) {
    return EXIT_USAGE;
  }
  size.days = (int32_t)days;
  struct demo *demo = calloc(1, sizeof *demo);
  if (!demo) return EXIT_FAILED;
  plan_parts(demo->parts, &size, (uint64_t)seed);
  code = connection_open(&demo->connection);
  if (code == EXIT_DONE) {
    code = write_demo(demo);
    connection_close(&demo->connection);
  }
  free(demo);
  return code;
}
