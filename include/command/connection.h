// What a command needs to talk to the database: settings, a loop, the store.
#ifndef XLAD_COMMAND_CONNECTION_H
#define XLAD_COMMAND_CONNECTION_H

#include <stdbool.h>

#include "base/loop.h"
#include "base/settings.h"
#include "domain/tenant.h"
#include "store/store.h"

struct connection {
  struct tenant_metrics metrics;  // of the tenant that was found last
  struct settings settings;
  struct loop *loop;
  struct store *store;
};

// Connects; tells on stderr what is wrong. Gives an exit code, 0 when it is open.
int connection_open(struct connection *connection);
void connection_close(struct connection *connection);

// Finds the tenant with its dimensions and metrics, which are good until the next one; tells on stderr when there is none.
bool connection_tenant(struct connection *connection, const char *slug, struct tenant *tenant);

#endif
