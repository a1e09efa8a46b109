// All that an end-to-end test uses, from the top: house and commands, step tables, load, workers, and what they stand on.
#ifndef XLAD_E2E_HARNESS_H
#define XLAD_E2E_HARNESS_H

#include "caller.h"    // HTTP and raw sockets
#include "cluster.h"   // PostgreSQL
#include "crew.h"      // workers beside the test
#include "figures.h"   // what reads say
#include "house.h"     // the fixture, cli, request, sql_text
#include "load.h"      // many clients
#include "process.h"   // other programs
#include "raw.h"       // what reads have to say
#include "receiver.h"  // what webhooks are sent
#include "server.h"    // more daemons
#include "steps.h"     // step tables, expectations
#include "value.h"     // JSON

#endif
