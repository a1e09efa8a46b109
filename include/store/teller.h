// Tells other daemons whose data this one has changed: within the transaction where that is due, or soon after it. Used by the store only.
#ifndef XLAD_STORE_TELLER_H
#define XLAD_STORE_TELLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "store/job.h"

struct store;
struct telling;

struct teller {
  struct store *store;
  struct loop *loop;
  int64_t pause_ms;  // between two tellings of the same tenant
  struct telling *tellings;
  struct timer timer;
  bool announced, stopped;
};

void teller_init(struct teller *teller, struct store *store, struct loop *loop, int64_t pause_ms);
// Tells nothing more. teller_release frees.
void teller_stop(struct teller *teller);
void teller_release(struct teller *teller);

// Once there is a lane: that this daemon is new, and anything may have changed. One that was killed may not have told everything.
void teller_announce(struct teller *teller);
// True when this job, about to be sent, shall tell by itself. Telling costs a transaction a good part of its rate, so the first after a quiet time
// does, and what follows is told once in a pause.
bool teller_claims(struct teller *teller, const struct job *job);
// After a commit that did not tell: it is told when the pause is over, by a transaction that does nothing else.
void teller_later(struct teller *teller, const struct uuid *tenant);
// Tenants with changes that were not told yet.
size_t teller_due(const struct teller *teller);

#endif
