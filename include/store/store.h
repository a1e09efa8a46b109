// The store: lanes (asynchronous connections to PostgreSQL) in the loop, jobs that wait for them, and rows that are written together.
#ifndef XLAD_STORE_STORE_H
#define XLAD_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "base/settings.h"
#include "store/job.h"

struct store;

// A row that waits to be written with others of its kind; embedded as the first member of what it carries.
struct batch_row {
  struct batch_row *next;
  const struct uuid *tenant;  // owned by the carrier, valid until done
  uint64_t hash;              // rows of equal hash are never written by the same statement
  unsigned tries;
  // Called once. After ERR_NONE the carrier holds its outcome.
  void (*done)(struct batch_row *row, enum err error);
  void *owner;
};

// How rows of one kind are written: by the steps that `build` adds to a job of one tenant.
struct batch_type {
  const char *name;
  // False when memory is out.
  bool (*build)(struct job *job, struct batch_row **rows, size_t count);
  // After the commit: sets each row's outcome; false for a row that must be tried again because another writer was first.
  bool (*outcome)(const struct job *job, struct batch_row *row, size_t index);
};

// Who wants to know whose data has changed, by this daemon or another one. `tenant` is NULL when anything may have changed unheard.
struct store_watcher {
  void (*changed)(void *context, const struct uuid *tenant);
  void *context;
};

// Starts to connect; lanes come and go by themselves from then on. NULL when memory is out.
struct store *store_open(struct loop *loop, const struct settings *settings);
// Ends all jobs with ERR_UNAVAILABLE, closes the lanes, and takes nothing more; jobs that have ended stay readable.
void store_stop(struct store *store);
// The same, and frees it. No job of it may be left. NULL is allowed.
void store_close(struct store *store);

// True when there is a lane of each kind.
bool store_ready(const struct store *store);
// The database lacks migrations of this binary, so nothing is served; the loop was stopped.
bool store_behind(const struct store *store);
// Calls the watcher after each commit that changed a tenant's data. One at most; it must outlive the store.
void store_watch(struct store *store, const struct store_watcher *watcher);
// Calls the watcher after each commit of this daemon that left something in a tenant's outbox. One at most; it must outlive the store.
void store_watch_outbox(struct store *store, const struct store_watcher *watcher);
// From now on what changes is folded in the background. For daemons.
void store_fold(struct store *store);
// True while other daemons are heard.
bool store_hears(const struct store *store);
// Jobs that have not ended, and changes that other daemons have not been told of.
size_t store_pending(const struct store *store);

// A job to build; NULL when memory is out. `tenant` may be NULL: then only tables without tenant policy are visible.
struct job *job_new(struct store *store, enum lane_kind lane, const struct uuid *tenant, void *owner, void (*done)(struct job *job));
// Drops the rows too. NULL is allowed. Not for a submitted job that has not ended.
void job_free(struct job *job);
// Hands it over until `done`. On an error it is not taken, and `done` is not called.
enum err store_submit(struct job *job) __attribute__((warn_unused_result));

// Writes the row with others of its type, at the latest when the statement that is being committed has ended. On an error it is not taken.
enum err store_write(struct store *store, enum lane_kind lane, const struct batch_type *type, struct batch_row *row)
    __attribute__((warn_unused_result));

// Runs the loop until the job has ended; for the command line. Gives the job's error.
enum err store_run(struct store *store, struct job *job) __attribute__((warn_unused_result));
// Runs the loop until store_ready, at most wait_ms; false when the database could not be reached (or is behind).
bool store_wait_ready(struct store *store, int64_t wait_ms);
// What the last failed connection attempt said; "" when there was none.
const char *store_trouble(const struct store *store);

#endif
