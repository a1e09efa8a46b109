// xlad migrate: brings the database up to date.
#include "store/migrate.h"

#include "base/settings.h"
#include "command/command.h"
#include "command/options.h"

static const char USAGE[] = "xlad migrate";
static const char HELP[] =
    "\n"
    "Applies to the database at XLAD_DATABASE_URL what this version needs and it lacks. Makes the role xlad_app, as which the daemon works.\n"
    "Nothing happens when the database is up to date; several at once do it once.\n";

int command_migrate(int argc, char **argv) {
  const struct option_row rows[] = {{.name = NULL}};
  struct settings settings;
  int code = options_read(argc, argv, rows, NULL, 0, 0, USAGE, HELP);
  if (code >= 0) return code;
  if (!settings_load(&settings)) return EXIT_USAGE;
  return migrate_run(settings.database_url) ? EXIT_DONE : EXIT_FAILED;
}
