// xlad tenant: makes, lists and revokes tenants.
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/options.h"
#include "store/tenant_store.h"

static const char USAGE[] = "xlad tenant create SLUG --name NAME --time-zone ZONE [--currency EUR] | list | revoke SLUG";
static const char HELP[] =
    "\n"
    "create  makes a tenant. SLUG: a-z, 0-9 and -, at most 63; ZONE: a name such as Europe/Oslo, in which its days are counted\n"
    "list    prints a line for each: slug, state, time zone, name\n"
    "revoke  from now on no key of the tenant works; its data stays\n";

static int create(struct connection *connection, const char *slug, const char *name, const char *zone, const char *currency) {
  struct tenant_draft draft = {.slug = text_of(slug), .name = text_of(name), .time_zone = text_of(zone), .currency = text_of(currency)};
  uuid_make(&draft.id);
  random_bytes(draft.secret, sizeof draft.secret);
  struct job *job = job_new(connection->store, LANE_WRITE, &draft.id, NULL, NULL);
  if (!job) return EXIT_FAILED;
  tenant_ask_create(job, &draft);
  enum err error = store_run(connection->store, job);
  size_t made = job_rows(job, 0);
  job_free(job);
  if (error == ERR_CONFLICT)
    fprintf(stderr, "xlad: there is a tenant \"%s\" already\n", slug);
  else if (error)
    fprintf(stderr, "xlad: the tenant could not be made: %s\n", error_fact(error)->title);
  else if (made == 0)
    fprintf(stderr, "xlad: --time-zone \"%s\" is not known; use a name such as Europe/Oslo\n", zone);
  return !error && made == 1 ? EXIT_DONE : EXIT_FAILED;
}

static int list(struct connection *connection) {
  struct job *job = job_new(connection->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return EXIT_FAILED;
  tenant_ask_list(job);
  enum err error = store_run(connection->store, job);
  for (size_t i = 0; !error && i < job_rows(job, 0); i++) {
    struct text slug = row_text(job, 0, i, 0), name = row_text(job, 0, i, 1), zone = row_text(job, 0, i, 2);
    printf("%.*s\t%s\t%.*s\t%.*s\n", (int)slug.length, slug.at, row_null(job, 0, i, 4) ? "active" : "revoked", (int)zone.length, zone.at,
           (int)name.length, name.at);
  }
  job_free(job);
  return error ? EXIT_FAILED : EXIT_DONE;
}

static int revoke(struct connection *connection, const char *slug) {
  struct job *job = job_new(connection->store, LANE_WRITE, NULL, NULL, NULL);
  if (!job) return EXIT_FAILED;
  tenant_ask_revoke(job, text_of(slug));
  enum err error = store_run(connection->store, job);
  bool done = !error && job_rows(job, 0) == 1;
  job_free(job);
  if (!error && !done) fprintf(stderr, "xlad: there is no active tenant \"%s\"\n", slug);
  return done ? EXIT_DONE : EXIT_FAILED;
}

static int usage(const char *what) {
  fprintf(stderr, "xlad: %s\nusage: %s\n", what, USAGE);
  return EXIT_USAGE;
}

int command_tenant(int argc, char **argv) {
  const char *operands[2] = {NULL, NULL}, *name = NULL, *zone = NULL, *currency = "EUR";
  const struct option_row rows[] = {
      {.name = "name", .value = &name}, {.name = "time-zone", .value = &zone}, {.name = "currency", .value = &currency}, {.name = NULL}};
  int code = options_read(argc, argv, rows, operands, 1, 2, USAGE, HELP);
  if (code >= 0) return code;
  bool wants_create = strcmp(operands[0], "create") == 0, wants_revoke = strcmp(operands[0], "revoke") == 0;
  if (!wants_create && !wants_revoke && strcmp(operands[0], "list") != 0) return usage("create, list or revoke?");
  if ((wants_create || wants_revoke) && (!operands[1] || !tenant_slug_valid(text_of(operands[1]))))
    return usage("SLUG must have 1 to 63 characters of a-z, 0-9 and -, and not begin with -");
  if (wants_create && (!name || !*name || text_chars(text_of(name)) > NAME_CHARS_MAX || !text_is_utf8(text_of(name))))
    return usage("--name must have 1 to 200 characters");
  if (wants_create && !zone) return usage("--time-zone is missing");
  if (wants_create && (strlen(currency) != CURRENCY_CHARS || strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != CURRENCY_CHARS))
    return usage("--currency must be a code of three letters such as EUR");
  struct connection connection;
  code = connection_open(&connection);
  if (code) return code;
  code = wants_create ? create(&connection, operands[1], name, zone, currency) : wants_revoke ? revoke(&connection, operands[1]) : list(&connection);
  connection_close(&connection);
  return code;
}
