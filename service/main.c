// Picks the sub-command.
#include <stdio.h>
#include <string.h>

#include "base/settings.h"
#include "command/command.h"

static const struct command COMMANDS[] = {
    {"serve", command_serve, "serve the HTTP interface"},
    {"migrate", command_migrate, "bring the database up to date"},
    {"tenant", command_tenant, "make, list and revoke tenants"},
    {"key", command_key, "make, list and revoke keys"},
    {"import", command_import, "load tickets, responses or measurements from a file"},
    {"demo", command_demo, "write two invented organisations to look at"},
    {"verify", command_verify, "recompute what is derived and report differences"},
    {"xla", command_xla, "evaluate experience level agreements"},
};
enum { COMMANDS_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

static void help(FILE *out) {
  fprintf(out, "usage: xlad COMMAND [ARGUMENTS]\n\nThe experience-level daemon.\n\n");
  for (int i = 0; i < COMMANDS_COUNT; i++)
    fprintf(out, "  %-8s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
  fprintf(out, "\n`xlad COMMAND --help` tells more. Settings are read from the environment:\n\n");
  settings_print(out);
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  for (int i = 0; i < COMMANDS_COUNT; i++)
    if (strcmp(name, COMMANDS[i].name) == 0) return COMMANDS[i].run(argc - 1, argv + 1);
  if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
    help(stdout);
    return EXIT_DONE;
  }
  if (*name) fprintf(stderr, "xlad: unknown command \"%s\"\n", name);
  help(stderr);
  return EXIT_USAGE;
}
