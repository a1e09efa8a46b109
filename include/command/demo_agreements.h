// Experience level agreements of the invented organisations.
#ifndef XLAD_COMMAND_DEMO_AGREEMENTS_H
#define XLAD_COMMAND_DEMO_AGREEMENTS_H

#include "base/errors.h"
#include "command/connection.h"

// Before today they have begun: each has a state as soon as a daemon has evaluated so many days, of which each costs a second while the queue is
// long.
enum { DEMO_AGREED_DAYS = 1 };

// Makes those of the tenant, which has just been made. No client may date an agreement back; nobody was there to agree on these.
enum err demo_agree(struct connection *connection, const struct tenant *tenant);

#endif
