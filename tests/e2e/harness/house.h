// The fixture of an end-to-end test program: one database, one tenant, three keys and one daemon for all its tests.
//
//   int main(void) {
//     house_start(NULL);
//     Suite *suite = …;
//     return house_run(suite);
//   }
//
// Tests run in one process (Check's no-fork mode), so that they share the house; so each test uses names of its own. A
// failure that needs no test to be named in (no PostgreSQL, no binary) ends the program with 1.
#ifndef XLAD_E2E_HOUSE_H
#define XLAD_E2E_HOUSE_H

#include <check.h>

#include <stdbool.h>

#include "caller.h"
#include "cluster.h"
#include "process.h"
#include "server.h"

enum key { NO_KEY, PORTAL, DASHBOARD, ADMIN, KEY_COUNT };

struct house_plan {
  const char *const *settings;  // NULL, or "NAME=value" for each daemon and command, NULL-terminated
  unsigned cluster_flags;       // CLUSTER_PRIVATE for tests that break PostgreSQL
  bool without_daemon;          // the test starts its own
  bool min_group;               // small groups are withheld, as they are outside; else a figure needs one respondent, so that tests can count few
  int seconds_max;              // the program is ended after that; 0: 900
};

// Lets figures need one respondent only, which is less than any tenant may choose.
#define GROUPS_OF_ONE \
  "alter table tenants drop constraint tenants_min_group_check, alter column min_group set default 1; update tenants set min_group = 1"

// Cluster, `xlad migrate`, tenant acme (Europe/Oslo), three keys, daemon. NULL plans the usual. Ends the program where it fails.
void house_start(const struct house_plan *plan);
// Runs the suite as CK_VERBOSITY says, stops the house, and returns main's exit code.
int house_run(Suite *suite);
// Fails the test unless the daemon ends with exit code 0. house_run calls it.
void house_stop(void);

const char *house_url(void);          // libpq URL of the database, as superuser
const char *house_key(enum key key);  // "xlad_…"; "" for NO_KEY
struct cluster *house_cluster(void);
struct server *house_server(void);
int house_port(void);  // of the daemon

// Stops the daemon in order and starts it with these settings instead; NULL: with the house's own.
void house_restart_with(const char *const *settings);

// Runs the command with the house's database; the outcome is valid until the next call.
#define cli(...) cli_run((const char *const[]){__VA_ARGS__, NULL})
const struct outcome *cli_run(const char *const *arguments);
// The same, and fails unless it ends with 0; stdout without its last line break, valid until the next cli call.
#define cli_text(...) cli_run_text((const char *const[]){__VA_ARGS__, NULL})
const char *cli_run_text(const char *const *arguments);

// One kept-alive connection to the house's daemon. Fails the test when no well-formed answer comes; the answer is valid until
// the next request. `headers`: lines "Name: value" separated by '\n', or NULL; a body is application/json unless they say otherwise.
const struct answer *request(enum key key, const char *method, const char *path, const char *headers, const char *body);
// For bodies that hold NUL bytes, or none at all.
const struct answer *request_bytes(enum key key, const char *method, const char *path, const char *headers, const char *body, size_t length);

// One value as text, as superuser; NULL for null and for no row. Valid until eight more calls. Fails on an SQL error.
const char *sql_text(const char *query);
// A query of one whole number.
long long sql_number(const char *query);
// Any statement without a result.
void sql_run(const char *statement);

#endif
