// A PostgreSQL for one test program: a private cluster in a temporary folder, or a fresh database in a running cluster.
//
// With XLAD_TEST_CLUSTER_URL (a superuser's libpq URL, as `tests/tools/cluster start DIR` prints) a program makes a database of
// its own there, unless it asks for CLUSTER_PRIVATE because it wants to break the server. Either is removed when the
// program ends, also when it crashes or is killed: a warden process waits for its death and cleans up.
#ifndef XLAD_E2E_CLUSTER_H
#define XLAD_E2E_CLUSTER_H

#include <sys/types.h>

enum cluster_flags {
  CLUSTER_PRIVATE = 1,   // never the shared one: it may be killed
  CLUSTER_NO_FSYNC = 2,  // faster, for tests that lose nothing by it; private clusters only
};

struct cluster {
  char folder[64];       // of a private cluster; "" otherwise
  char server_url[512];  // superuser, database postgres
  char url[512];         // superuser, the program's own database
  char database[64];
  unsigned flags;
  pid_t warden;
  int warden_line;  // its closing tells the warden to clean up
};

// Ready for connections with an empty database on return; ends the program otherwise.
void cluster_start(struct cluster *cluster, unsigned flags);
// Removes everything. May be called twice.
void cluster_stop(struct cluster *cluster);

// Of private clusters only:
// SIGKILL to the postmaster, as the kernel does when memory is short. Returns when it is gone.
void cluster_kill(struct cluster *cluster);
// Orderly: fast shutdown, the data stay.
void cluster_shut(struct cluster *cluster);
// After cluster_kill or cluster_shut: starts at the same address and waits for the recovery's end.
void cluster_restart(struct cluster *cluster);
// A signal to the postmaster, SIGHUP for instance.
void cluster_signal(struct cluster *cluster, int signal);

#endif
