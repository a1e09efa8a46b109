// The tickets and responses of the organisations that `xlad demo` invents. Pure: the same plan and number give the same ticket, on every machine and
// in any order.
#ifndef XLAD_COMMAND_DEMO_DATA_H
#define XLAD_COMMAND_DEMO_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "command/demo_organisation.h"
#include "domain/response.h"
#include "domain/ticket.h"

enum { DEMO_AGENTS_MAX = 4, DEMO_FACTORS_MAX = 3, DEMO_NAME_CHARS = 64, DEMO_COMMENT_CHARS = 200 };

// How much of an organisation is invented.
struct demo_size {
  size_t tickets;    // to DEMO_TICKETS_MAX
  size_t responses;  // at most one to a ticket; about as many are made
  int32_t days;      // from 1 to DEMO_DAYS_MAX, until the organisation's yesterday
};

struct demo_plan {
  const struct demo_organisation *organisation;
  uint64_t seed;
  size_t tickets, people;
  unsigned answered;  // of a million settled tickets
  int32_t days;
  int64_t now;  // nothing is later
  int32_t first_day;
  int32_t change_day;                   // from here on services feel as in their `after`
  uint32_t weights[DEMO_DAYS_MAX + 1];  // how busy the days before this one are together
};

// A sent dimension of the context.
struct demo_pair {
  const char *dimension, *value;
};
enum { DEMO_PAIRS = 9 };

struct demo_ticket {
  char ref[DEMO_NAME_CHARS];
  struct ticket_facts facts;
  char requester[DEMO_NAME_CHARS];
  char agents[DEMO_AGENTS_MAX][DEMO_NAME_CHARS];
  size_t agents_count;
  struct demo_pair context[DEMO_PAIRS];
  // What its requester answered.
  bool has_response;
  struct answers answers;
  const char *factors[DEMO_FACTORS_MAX];
  size_t factors_count;
  char comment[DEMO_COMMENT_CHARS];  // "" where there is none
  int64_t submitted_at;
};

void demo_plan_init(struct demo_plan *plan, const struct demo_organisation *organisation, const struct demo_size *size, uint64_t seed, int64_t now);
// The ticket with this number, from 0; later numbers are opened later.
void demo_make(const struct demo_plan *plan, size_t number, struct demo_ticket *ticket);

#endif
