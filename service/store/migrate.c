// Applies migrations.
#include "store/migrate.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/embedded.h"

#define LOCK_NUMBER "7021464553117"  // of the advisory lock, any constant of our own

static bool execute(PGconn *connection, const char *sql, const char *what) {
  PGresult *result = PQexec(connection, sql);
  ExecStatusType status = PQresultStatus(result);
  bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  if (!good) fprintf(stderr, "xlad: %s: %s", what, PQerrorMessage(connection));
  PQclear(result);
  return good;
}

static void checksum_of(const struct embedded *file, char out[2 * DIGEST_BYTES + 1]) {
  uint8_t digest[DIGEST_BYTES];
  digest_sha256(file->bytes, file->length, digest);
  text_hex(digest, sizeof digest, out);
  out[2 * DIGEST_BYTES] = '\0';
}

static bool begin(PGconn *connection) {
  return execute(
      connection,
      "set client_min_messages = warning; set lock_timeout = '30s'; select pg_advisory_lock(" LOCK_NUMBER ");"
      "create table if not exists schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now());"
      "comment on table schema_migrations is 'Which migrations were applied, and the SHA-256 of each.';"
      "grant select on schema_migrations to public",
      "preparing to migrate");
}

// How many of the embedded migrations are applied; −1 when what is applied doesn't agree with them.
static long count_applied(PGconn *connection) {
  PGresult *result = PQexec(connection, "select name, checksum from schema_migrations order by name collate \"C\"");
  long count = PQntuples(result);
  if (PQresultStatus(result) != PGRES_TUPLES_OK) {
    fprintf(stderr, "xlad: reading what was migrated: %s", PQerrorMessage(connection));
    count = -1;
  }
  for (long i = 0; i < count; i++) {
    const char *name = PQgetvalue(result, (int)i, 0);
    char checksum[2 * DIGEST_BYTES + 1];
    if ((size_t)i >= EMBEDDED_MIGRATIONS_COUNT || strcmp(name, EMBEDDED_MIGRATIONS[i].name) != 0) {
      fprintf(stderr, "xlad: the database has the migration %s, which this version does not have in that place\n", name);
      count = -1;
      break;
    }
    checksum_of(&EMBEDDED_MIGRATIONS[i], checksum);
    if (strcmp(checksum, PQgetvalue(result, (int)i, 1)) != 0) {
      fprintf(stderr, "xlad: the migration %s was applied in another version; an applied migration must not be changed\n", name);
      count = -1;
      break;
    }
  }
  PQclear(result);
  return count;
}

static bool apply(PGconn *connection, const struct embedded *file) {
  char checksum[2 * DIGEST_BYTES + 1];
  checksum_of(file, checksum);
  const char *values[] = {file->name, checksum};
  if (!execute(connection, "begin", file->name)) return false;
  bool good = execute(connection, file->bytes, file->name);
  if (good) {
    PGresult *result = PQexecParams(connection, "insert into schema_migrations (name, checksum) values ($1, $2)", 2, NULL, values, NULL, NULL, 0);
    good = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!good) fprintf(stderr, "xlad: %s: %s", file->name, PQerrorMessage(connection));
    PQclear(result);
  }
  if (!execute(connection, good ? "commit" : "rollback", file->name)) good = false;
  if (good) fprintf(stderr, "xlad: applied %s\n", file->name);
  return good;
}

bool migrate_run(const char *database_url) {
  PGconn *connection = PQconnectdb(database_url);
  bool good = PQstatus(connection) == CONNECTION_OK;
  if (!good) fprintf(stderr, "xlad: can't reach the database: %s", PQerrorMessage(connection));
  good = good && begin(connection);
  long applied = good ? count_applied(connection) : -1;
  good = applied >= 0;
  for (size_t i = good ? (size_t)applied : 0; good && i < EMBEDDED_MIGRATIONS_COUNT; i++)
    good = apply(connection, &EMBEDDED_MIGRATIONS[i]);
  PQfinish(connection);
  return good;
}
