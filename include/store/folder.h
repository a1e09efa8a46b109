// Folds in the background: whose data has changed, in turn and never without pause. Used by the store only.
#ifndef XLAD_STORE_FOLDER_H
#define XLAD_STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/loop.h"
#include "store/job.h"

struct store;
struct foldable;

struct folder {
  struct store *store;
  struct loop *loop;
  struct foldable *tenants, *last;  // `last` was folded last
  struct timer timer, sweep;
  int64_t began_ms, noted_ms;  // when the last fold began, and when a change was last heard of
  bool started, busy;
};

// Does nothing until it is started. Several daemons may fold the same tenants.
void folder_init(struct folder *folder, struct store *store, struct loop *loop);
void folder_start(struct folder *folder);
void folder_stop(struct folder *folder);
void folder_release(struct folder *folder);

// This tenant's data has changed, here or elsewhere.
void folder_note(struct folder *folder, const struct uuid *tenant);
// Any tenant's may have: now that there is a lane, and from time to time for what was left by a daemon that is gone.
void folder_sweep(struct folder *folder);

#endif
