// Tickets in the database: mirrored by batches, read singly and in pages.
#ifndef XLAD_STORE_TICKET_STORE_H
#define XLAD_STORE_TICKET_STORE_H

#include "base/digest.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "domain/ticket.h"
#include "store/invitation_store.h"
#include "store/store.h"

extern const struct statement *const TICKET_STATEMENTS[];

// A ticket to be written, and after the commit what became of it. Everything it points to must outlive `row.done`.
struct ticket_write {
  struct batch_row row;
  struct text ref;
  struct ticket_facts facts;
  struct text requester;      // PERSON_BYTES, or absent
  struct text agents;         // PERSON_BYTES each, one after the other, or absent
  struct text context;        // as sent: a JSON object, for showing
  const struct text *values;  // the same for counting: values[i] belongs to the dimension with id i + 1; absent where missing
  size_t values_count;
  bool asks;                      // the tenant has surveys of tickets: then
  struct invitation_offer offer;  // what its requester is asked by, if at all
  // Outcome.
  bool created;
  bool context_frozen;  // the sent context differs from the one that counts
  int64_t revision, resolution_no;
  int64_t reopens;  // as sent, else as seen
  int64_t created_at, updated_at;
  struct invitation_told invitation;  // where `asks`
};

// "The life of a ticket": a resolution begins when resolved_at (or closed_at) appears after none; within it the context stays and the facts follow.
extern const struct batch_type TICKET_BATCH;

struct ticket_row {
  struct text ref;
  struct ticket_facts facts;
  struct text requester, agents;  // as above
  struct text context;            // JSON object
  bool context_frozen;
  int64_t revision, resolution_no, created_at, updated_at;
};

void ticket_ask_find(struct job *job, const struct uuid *tenant, struct text ref);

// Filters of a list; absent ones hold for all.
struct ticket_filter {
  int64_t kind;      // index into TICKET_KINDS
  int64_t resolved;  // 1: resolved or closed; 0: open
  int64_t sla_met;
  int64_t from, to;                // days of the resolution (or closure, where none is known), both included; ABSENT
  int64_t opened_from, opened_to;  // likewise
  const struct scope *scope;
  int64_t before_opened_at;  // cursor: newest first, behind (opened_at, ref); tickets that were never opened come last
  struct text before_ref;    // absent: from the beginning
  int64_t limit;
};
// Adds two steps; the rows are the second's.
enum { TICKET_LIST_STEP = 1 };
void ticket_ask_list(struct job *job, const struct tenant *tenant, const struct ticket_filter *filter);
void ticket_take_row(const struct job *job, unsigned step, size_t row, struct ticket_row *ticket);

#endif
