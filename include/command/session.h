// What a command needs to talk to the database: settings, a loop, the store.
#ifndef XLAD_COMMAND_SESSION_H
#define XLAD_COMMAND_SESSION_H

#include <stdbool.h>

#include "base/loop.h"
#include "base/settings.h"
#include "domain/tenant.h"
#include "store/store.h"

struct session {
  struct settings settings;
  struct loop *loop;
  struct store *store;
};

// Connects; tells on stderr what is wrong. Gives an exit code, 0 when it is open.
int session_open(struct session *session);
void session_close(struct session *session);

// Finds the tenant with its dimensions; tells on stderr when there is none.
bool session_tenant(struct session *session, const char *slug, struct tenant *tenant);

#endif
