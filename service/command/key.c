// xlad key: makes, lists and revokes a tenant's keys.
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/options.h"
#include "store/key_store.h"

static const char USAGE[] =
    "xlad key create --tenant SLUG --role portal|dashboard|admin [--label TEXT] | list --tenant SLUG | revoke --tenant SLUG ID";
static const char HELP[] = "\n"
                           "create  prints the new key, alone; it can't be shown again\n"
                           "list    prints a line for each: id, role, state, created, label\n"
                           "revoke  within a second the key works nowhere any more\n"
                           "\n"
                           "portal reports tickets and posts responses; dashboard reads; admin may do everything of the tenant\n";

static int create(struct connection *connection, const struct tenant *tenant, int role, const char *label) {
  struct key_draft draft = {.role = role, .label = text_of(label)};
  key_make(&draft);
  struct job *job = job_new(connection->store, LANE_WRITE, &tenant->id, NULL, NULL);
  if (!job) return EXIT_FAILED;
  key_ask_create(job, &tenant->id, &draft, TEXT("command"));
  enum err error = store_run(connection->store, job);
  job_free(job);
  if (error)
    fprintf(stderr, "xlad: the key could not be made: %s\n", error_fact(error)->title);
  else
    printf("%s\n", draft.key);
  return error ? EXIT_FAILED : EXIT_DONE;
}

static int list(struct connection *connection, const struct tenant *tenant) {
  struct job *job = job_new(connection->store, LANE_READ, &tenant->id, NULL, NULL);
  if (!job) return EXIT_FAILED;
  key_ask_list(job, &tenant->id, TEXT_NONE, ABSENT, TEXT_NONE, INT32_MAX);
  enum err error = store_run(connection->store, job);
  for (size_t i = 0; !error && i < job_rows(job, 0); i++) {
    struct key_row key;
    char created[INSTANT_CHARS_MAX];
    key_take_row(job, 0, i, &key);
    size_t length = instant_format(key.created_at, created);
    printf("%.*s\t%.*s\t%s\t%.*s\t%.*s\n", (int)key.id.length, key.id.at, (int)key.role.length, key.role.at,
           key.revoked_at == ABSENT ? "active" : "revoked", (int)length, created, (int)key.label.length, key.label.at ? key.label.at : "");
  }
  job_free(job);
  return error ? EXIT_FAILED : EXIT_DONE;
}

static int revoke(struct connection *connection, const struct tenant *tenant, const char *id) {
  struct job *job = job_new(connection->store, LANE_WRITE, &tenant->id, NULL, NULL);
  if (!job) return EXIT_FAILED;
  key_ask_revoke(job, &tenant->id, text_of(id), TEXT("command"));
  enum err error = store_run(connection->store, job);
  bool known = !error && job_rows(job, 0) == 1;
  job_free(job);
  if (!error && !known) fprintf(stderr, "xlad: the tenant has no key \"%s\"\n", id);
  return known ? EXIT_DONE : EXIT_FAILED;
}

static int usage(const char *what) {
  fprintf(stderr, "xlad: %s\nusage: %s\n", what, USAGE);
  return EXIT_USAGE;
}

static int role_index(const char *name) {
  for (int i = 0; name && ROLE_NAMES[i]; i++)
    if (strcmp(name, ROLE_NAMES[i]) == 0) return i;
  return -1;
}

int command_key(int argc, char **argv) {
  const char *operands[2] = {NULL, NULL}, *slug = NULL, *role = NULL, *label = NULL;
  const struct option_row rows[] = {
      {.name = "tenant", .value = &slug}, {.name = "role", .value = &role}, {.name = "label", .value = &label}, {.name = NULL}};
  int code = options_read(argc, argv, rows, operands, 1, 2, USAGE, HELP);
  if (code >= 0) return code;
  bool wants_create = strcmp(operands[0], "create") == 0, wants_revoke = strcmp(operands[0], "revoke") == 0;
  if (!wants_create && !wants_revoke && strcmp(operands[0], "list") != 0) return usage("create, list or revoke?");
  if (!slug) return usage("--tenant is missing");
  if (wants_create && role_index(role) < 0) return usage("--role must be portal, dashboard or admin");
  if (wants_revoke && !operands[1]) return usage("the key's ID is missing");
  if (label && (!text_is_utf8(text_of(label)) || text_chars(text_of(label)) > NAME_CHARS_MAX))
    return usage("--label must have at most 200 characters");
  struct connection connection;
  struct tenant tenant;
  code = connection_open(&connection);
  if (code) return code;
  if (!connection_tenant(&connection, slug, &tenant))
    code = EXIT_FAILED;
  else
    code = wants_create   ? create(&connection, &tenant, role_index(role), label)
           : wants_revoke ? revoke(&connection, &tenant, operands[1])
                          : list(&connection, &tenant);
  connection_close(&connection);
  return code;
}
