// xlad verify: recomputes what is derived from the raw rows and reports every difference.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command/command.h"
#include "command/connection.h"
#include "command/options.h"
#include "store/tenant_store.h"
#include "store/verify_store.h"

static const char USAGE[] = "xlad verify [--tenant SLUG]";
static const char HELP[] =
    "\n"
    "Recomputes what is derived (derived dimensions, numbers and contexts of resolutions, which resolution a response belongs to, segments) from "
    "the\n"
    "raw rows, of one tenant or of all, in one snapshot each. Prints a line for each tenant and each difference; ends with 1 when there is any.\n";

enum { SLUGS_MAX = 100000 };

// 0 when the tenant is sound, 1 when it isn't or could not be looked at.
static int verify(struct connection *connection, const char *slug) {
  struct tenant tenant;
  if (!connection_tenant(connection, slug, &tenant)) return EXIT_FAILED;
  struct job *job = job_new(connection->store, LANE_READ, &tenant.id, NULL, NULL);
  if (!job) return EXIT_FAILED;
  verify_ask(job, &tenant.id);
  enum err error = store_run(connection->store, job);
  size_t differences = error ? 0 : verify_differences(job);
  if (error) {
    fprintf(stderr, "xlad: %s could not be verified: %s\n", slug, error_fact(error)->title);
  } else {
    struct verified counts;
    verify_take_counts(job, &counts);
    printf("%s: %" PRId64 " tickets, %" PRId64 " resolutions, %" PRId64 " responses, %" PRId64 " segments: %zu difference%s%s\n", slug,
           counts.tickets, counts.resolutions, counts.responses, counts.segments, differences, differences == 1 ? "" : "s",
           differences >= DIFFERENCES_MAX ? " or more" : "");
  }
  for (size_t i = 0; i < differences; i++) {
    struct difference difference;
    verify_take_difference(job, i, &difference);
    printf("%s: %.*s: %.*s\n", slug, (int)difference.subject.length, difference.subject.at, (int)difference.detail.length, difference.detail.at);
  }
  job_free(job);
  return error || differences > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int verify_all(struct connection *connection) {
  struct job *job = job_new(connection->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return EXIT_FAILED;
  tenant_ask_list(job);
  int code = store_run(connection->store, job) ? EXIT_FAILED : EXIT_DONE;
  for (size_t i = 0; i < job_rows(job, 0) && i < SLUGS_MAX; i++) {
    char slug[SLUG_CHARS_MAX + 1];
    struct text name = row_text(job, 0, i, 0);
    (void)snprintf(slug, sizeof slug, "%.*s", (int)name.length, name.at);
    if (verify(connection, slug) != EXIT_DONE) code = EXIT_FAILED;
  }
  job_free(job);
  return code;
}

int command_verify(int argc, char **argv) {
  const char *slug = NULL;
  const struct option_row rows[] = {{.name = "tenant", .value = &slug}, {.name = NULL}};
  int code = options_read(argc, argv, rows, NULL, 0, 0, USAGE, HELP);
  if (code >= 0) return code;
  // Unless told otherwise, it may take as long as it needs: it looks at every row.
  (void)setenv("XLAD_STATEMENT_SECONDS", "3600", 0);
  struct connection connection;
  code = connection_open(&connection);
  if (code) return code;
  code = slug ? verify(&connection, slug) : verify_all(&connection);
  connection_close(&connection);
  return code;
}
