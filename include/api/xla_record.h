// What the history of an agreement knows of the data that its rows rest on, held against what that data is now. A row tells by a digest that its day
// adds something else to the figures than when it was evaluated; one without a row of its version before tells that of all days that it rests on.
#ifndef XLAD_API_XLA_RECORD_H
#define XLAD_API_XLA_RECORD_H

#include "api/figures.h"
#include "api/xla_body.h"
#include "base/arena.h"
#include "base/digest.h"
#include "domain/window.h"
#include "store/job.h"

// What a version demands, and what each day that is read adds to its figures.
struct xla_demand {
  int64_t version;
  struct xla_body body;
  struct scope scope;
  uint8_t (*digests)[DIGEST_BYTES];
};

struct xla_known_row {
  int32_t day;
  int64_t version;
  uint8_t digest[DIGEST_BYTES];
};

struct xla_record {
  // Set by the caller; both have to stay.
  const struct tenant *tenant;
  struct arena *arena;
  int32_t day;  // from which is looked back
  // Taken.
  struct xla_demand *demands;  // of the versions that are checked; the first is in force on the day
  size_t demands_count;
  int32_t valid_from;      // of the version in force
  struct window *periods;  // that are left out
  size_t periods_count;
  struct xla_known_row *known;  // ascending
  size_t known_count;
  struct text before;     // status of the day before; absent: it has no row
  struct window read;     // days of which each demand's figures have to be noted
  int32_t compared_from;  // rows from there to the day are compared
};

// Adds the steps of XLA_OPEN_AGREEMENT and its followers to a job. `compares`: more than the figures of the day itself is wanted.
void xla_record_ask(struct job *job, const struct tenant *tenant, struct text slug, int32_t day, bool compares);
// False when memory is out, or what is stored can't be read.
bool xla_record_take(struct xla_record *record, const struct job *job, bool compares) __attribute__((warn_unused_result));
// A day that has something; others count as they are.
void xla_record_note(struct xla_record *record, const struct xla_demand *demand, int32_t day, const struct figures *figures);

// The digest of a row for the day. After all days are noted, as what follows.
void xla_record_digest(const struct xla_record *record, uint8_t out[DIGEST_BYTES]);
// The digest that a row keeps when it is revised because of this record: of the data as it was noted, though more may have come since, because rows
// behind it have been revised already; what came is noticed the next time. A row that was not compared keeps the digest it has.
void xla_record_digest_seen(const struct xla_record *record, int32_t day, uint8_t out[DIGEST_BYTES]);
// The rows from the first up to the day that rests on other data than it did, to the last that there is. False where there is none.
bool xla_record_outdated(const struct xla_record *record, struct window *rows);

#endif
