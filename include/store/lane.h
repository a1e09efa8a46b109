// A lane: one asynchronous connection that connects, prepares every statement, flies jobs in pipeline mode, and comes back when it is lost.
// Used by the store only.
#ifndef XLAD_STORE_LANE_H
#define XLAD_STORE_LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/loop.h"
#include "store/job.h"

struct pg_conn;

enum lane_state {
  LANE_DOWN,        // waits for its back-off to pass
  LANE_CONNECTING,  // libpq shakes hands
  LANE_CHECKING,    // asks whether the database has this binary's migrations
  LANE_PREPARING,   // every statement is being prepared
  LANE_IDLE,        // takes a flight
  LANE_BUSY,        // a flight is out
};

struct lane {
  struct loop *loop;
  const char *url;
  int64_t statement_seconds;
  enum lane_kind kind;
  enum lane_state state;
  struct pg_conn *connection;
  struct watch watch;
  struct timer timer;  // back-off, and the limits of connecting and of an answer
  int64_t backoff_ms;
  unsigned jobs, jobs_planned;  // since the plans were dropped, and how many may use the same ones
  int64_t planned_ms;
  bool stopping;
  struct job *flight, **flight_end;  // sent, oldest first
  char trouble[256];                 // why the last attempt failed
  // To the store:
  void (*changed)(struct lane *lane);                            // up or down
  void (*ended)(struct lane *lane, struct job *job, bool lost);  // the lane has forgotten the job
  void (*behind)(struct lane *lane);                             // the database lacks migrations
  void (*heard)(struct lane *lane, struct text tenant);          // another daemon changed this tenant's data; LANE_LISTEN
  const char *origin;                                            // what this daemon's own tellings begin with
  struct store *store;
};

// Begins to connect. The fields up to `kind` and the calls are set by the caller, the rest zero.
void lane_start(struct lane *lane);
// Closes; jobs in flight end as lost.
void lane_stop(struct lane *lane);
static inline bool lane_up(const struct lane *lane) { return lane->state >= LANE_IDLE; }
// Sends a list of jobs, each a transaction of its own, back to back, behind those in flight. Only when LANE_IDLE or LANE_BUSY.
void lane_send(struct lane *lane, struct job *jobs);

#endif
