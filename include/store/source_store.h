// Sources in the database, and the bodies that became nothing.
#ifndef XLAD_STORE_SOURCE_STORE_H
#define XLAD_STORE_SOURCE_STORE_H

#include "base/digest.h"
#include "store/job.h"

extern const struct statement *const SOURCE_STATEMENTS[];

struct source_row {
  struct text name, content;
  int64_t revision, created_at, old_secret_until;
};

// One step: one source, or with an absent name a page of them by name, `limit` at most, behind `after` when it is given.
void source_ask_list(struct job *job, const struct uuid *tenant, struct text name, struct text after, int64_t limit);
// Texts are views into the job.
void source_take_row(const struct job *job, unsigned step, size_t row, struct source_row *source);

// Two steps: makes one. Rows of the second: one; none when the name is taken, or the tenant has SOURCES_MAX already.
enum { SOURCE_MADE_STEP = 1 };
void source_ask_create(struct job *job, const struct uuid *tenant, const struct source_row *source, struct text secret, struct text changes,
                       struct text actor);
// One step: the content, over what the revision says. Rows: one, none when it was changed meanwhile.
void source_ask_change(struct job *job, const struct uuid *tenant, const struct source_row *source, struct text changes, struct text actor);
// One step: a new secret; the one before is taken until `old_until`. Rows: one, none when there is no such source.
void source_ask_secret(struct job *job, const struct uuid *tenant, struct text name, struct text secret, int64_t old_until, struct text actor);
// One step: drops it with what is kept of it. Rows: one, none when there is none.
void source_ask_delete(struct job *job, const struct uuid *tenant, struct text name, struct text actor);

// One step: the rules, the secret, and the one that it replaced while that is still taken. Rows: one, none when there is no such source.
void source_ask_open(struct job *job, const struct uuid *tenant, struct text name);
struct source_opened {
  struct text content, secret, old_secret;
};
void source_take_opened(const struct job *job, unsigned step, struct source_opened *opened);

// One step: whether PostgreSQL knows a time zone.
void source_ask_zone(struct job *job, struct text time_zone);
bool source_take_zone(const struct job *job, unsigned step);
// One step: instants of what clocks in that zone have shown. `shown[i]` takes the clock for one of UTC. Rows: one each, in their order. Where clocks
// are put back, the later instant counts; where they are put forward, what they skip is as much later.
void source_ask_instants(struct job *job, struct text time_zone, const int64_t *shown, size_t count);
int64_t source_take_instant(const struct job *job, unsigned step, size_t i);

// One step: which of these tickets have changed since. Rows: their refs.
void source_ask_newer(struct job *job, const struct uuid *tenant, const struct text *refs, size_t count, int64_t since);
struct text source_take_newer(const struct job *job, unsigned step, size_t row);

// What became nothing.
struct source_failure {
  struct uuid id;
  int64_t received_at, last_at, times, bytes;
  struct text reason, errors, query, body, record;
};

// One step: keeps them, as long as there is room, and counts them all. Rows: (id, body's hash) of those that are kept, with the id of an earlier one
// that had the same body. ERR_CONFLICT: the source is gone.
struct source_keep {
  struct source_failure failure;
  uint8_t hash[DIGEST_BYTES];
  bool kept;  // set by source_take_kept, with failure.id
};
void source_ask_keep(struct job *job, const struct uuid *tenant, struct text name, const struct source_keep *keeps, size_t count);
void source_take_kept(const struct job *job, unsigned step, struct source_keep *keeps, size_t count);

// One step: failures of a source without their bodies, newest first, behind `before` (NULL: from the newest); with an id, that one with its body.
void source_ask_failures(struct job *job, const struct uuid *tenant, struct text name, const struct uuid *id, const struct uuid *before,
                         int64_t limit);
void source_take_failure(const struct job *job, unsigned step, size_t row, struct source_failure *failure);
// One step: how many are kept, have failed, and were dropped. Rows: one, none when there is no such source.
void source_ask_counts(struct job *job, const struct uuid *tenant, struct text name);
struct source_counts {
  int64_t kept, failed, dropped;
};
void source_take_counts(const struct job *job, unsigned step, struct source_counts *counts);

// One step each, after a replay: it became something and goes; or it did not, for another reason perhaps.
void source_ask_mended(struct job *job, const struct uuid *tenant, struct text name, const struct uuid *id, struct text actor);
void source_ask_failed_again(struct job *job, const struct uuid *tenant, struct text name, const struct source_failure *failure);

// One step: drops what came last more than SOURCE_FAILURE_DAYS ago, SOURCE_PURGED_MAX at most.
void source_ask_purge(struct job *job, const struct uuid *tenant);

#endif
