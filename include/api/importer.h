// Bulk import: takes the bytes of a file as they come, writes its records in batches, and gives an answer line for each in the order of the input.
// Good lines are stored whatever bad ones do. Memory is bounded, however long the file is: at most IMPORT_ROWS_IN_FLIGHT_MAX rows and
// IMPORT_BYTES_IN_FLIGHT_MAX bytes wait for the store, and one line has at most IMPORT_LINE_BYTES_MAX. A database that is away is waited for, at most
// IMPORT_STALL_MS_MAX; from then on lines are answered 503 until it is back.
#ifndef XLAD_API_IMPORTER_H
#define XLAD_API_IMPORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/import_plan.h"
#include "base/loop.h"
#include "store/store.h"

struct importer;

// What became of the records so far.
struct import_counts {
  int64_t lines;     // answered
  int64_t created;   // 201
  int64_t repeated;  // 200: a ticket that was updated, a response that was there already
  int64_t refused;   // 4xx
  int64_t failed;    // 5xx: to be sent again
};

struct import_sink {
  void *owner;
  // One answer line, its line end included; good for the call.
  void (*answer)(void *owner, struct text line, int status);
  // After the importer was full: it takes bytes again. After importer_end: it is done. Called from the loop, never from the functions below.
  void (*moved)(void *owner);
};

// Takes over the checked plan, also when it gives NULL because memory is out. The tenant is copied.
struct importer *importer_new(struct loop *loop, struct store *store, const struct tenant *tenant, struct import_plan *plan,
                              const struct import_sink *sink);
// The sink is not called any more. Rows that the store has are still written; the memory goes with the last of them. NULL is allowed.
void importer_free(struct importer *importer);

// Takes bytes and gives how many it took: all of them, or fewer when it is full; then `moved` follows.
size_t importer_take(struct importer *importer, struct text bytes);
bool importer_full(const struct importer *importer);
// Nothing follows. When it isn't done then, `moved` tells.
void importer_end(struct importer *importer);
bool importer_done(const struct importer *importer);

// Not ERR_NONE: the file as a whole was refused and whatever came after was dropped. ERR_INVALID: for its header, nothing was stored.
// ERR_UNAVAILABLE: memory was out; lines that were answered are stored.
enum err importer_refusal(const struct importer *importer);
const struct issues *importer_issues(const struct importer *importer);
const struct import_counts *importer_counts(const struct importer *importer);

#endif
