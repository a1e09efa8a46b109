// Every setting of the daemon in one table, which also documents them: environment variable, default, bounds, help.
#ifndef XLAD_BASE_SETTINGS_H
#define XLAD_BASE_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

// name, environment variable, default, help
#define SETTINGS_OF_TEXT(X)                                                                                 \
  X(database_url, "XLAD_DATABASE_URL", "postgresql:///xlad", "where PostgreSQL is: a libpq connection URI") \
  X(listen, "XLAD_LISTEN", "127.0.0.1:8080", "address and port to serve on; [::1]:8080 for IPv6")           \
  X(log_level, "XLAD_LOG_LEVEL", "info", "least level logged: debug, info, warning or error")

// name, environment variable, default, least, most, help
#define SETTINGS_OF_NUMBERS(X)                                                                                               \
  X(analysis_rows, "XLAD_ANALYSIS_ROWS", 1000000, 1, 100000000, "most responses of a window that an insight reads")          \
  X(body_seconds, "XLAD_BODY_SECONDS", 30, 1, 3600, "total time a client has to send an ordinary body")                      \
  X(bulk_bytes_per_second, "XLAD_BULK_BYTES_PER_SECOND", 1024, 1, 1000000000, "least rate at which a bulk body has to come") \
  X(cache_mebibytes, "XLAD_CACHE_MEBIBYTES", 64, 1, 65536, "memory for answers that are kept")                               \
  X(cache_ms, "XLAD_CACHE_MS", 100, 1, 900, "pause between two renewals of the answers that are kept, while data changes")   \
  X(connection_bytes, "XLAD_CONNECTION_BYTES", 8192, 4096, 1048576, "memory per connection; request head has to fit")        \
  X(connections, "XLAD_CONNECTIONS", 16384, 8, 1000000, "connections held at once")                                          \
  X(connections_per_address, "XLAD_CONNECTIONS_PER_ADDRESS", 0, 0, 1000000, "connections of one address; 0: no limit")       \
  X(drain_seconds, "XLAD_DRAIN_SECONDS", 30, 1, 600, "longest time that requests in flight have to end after SIGTERM")       \
  X(header_seconds, "XLAD_HEADER_SECONDS", 10, 1, 600, "total time a client has to send the head of a request")              \
  X(idle_seconds, "XLAD_IDLE_SECONDS", 75, 1, 86400, "time a kept-alive connection may be without a request")                \
  X(read_lanes, "XLAD_READ_LANES", 3, 1, 16, "database connections for reading")                                             \
  X(send_seconds, "XLAD_SEND_SECONDS", 60, 1, 3600, "total time a client has to take an answer")                             \
  X(statement_seconds, "XLAD_STATEMENT_SECONDS", 20, 1, 3600, "longest time of one statement in the database")               \
  X(webhook_seconds, "XLAD_WEBHOOK_SECONDS", 15, 1, 60, "total time a receiver of webhooks has to answer")

// name, environment variable, default, help
#define SETTINGS_OF_SWITCHES(X) X(webhook_private, "XLAD_WEBHOOK_PRIVATE", false, "webhooks may go to private and local addresses, and over http")

struct settings {
#define X(name, ...) const char *name;
  SETTINGS_OF_TEXT(X)
#undef X
#define X(name, ...) int64_t name;
  SETTINGS_OF_NUMBERS(X)
#undef X
#define X(name, ...) bool name;
  SETTINGS_OF_SWITCHES(X)
#undef X
};

// From the environment and the defaults. A value that is out of bounds or no number, or of a switch neither true nor false, is reported on stderr,
// each one, and gives false.
bool settings_load(struct settings *settings);
// One line per setting, for --help and the README.
void settings_print(FILE *out);

#endif
