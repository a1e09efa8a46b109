// Reads the settings from the environment by their table.
#include "base/settings.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"

static const char *read_text(const char *variable, const char *otherwise) {
  const char *value = getenv(variable);
  return value && *value ? value : otherwise;
}

static bool read_number(const char *variable, int64_t otherwise, int64_t least, int64_t most, int64_t *value) {
  const char *given = getenv(variable);
  *value = otherwise;
  if (!given || !*given) return true;
  if (text_to_int(text_of(given), value) && *value >= least && *value <= most) return true;
  fprintf(stderr, "xlad: %s is \"%s\"; it must be a whole number from %" PRId64 " to %" PRId64 "\n", variable, given, least, most);
  return false;
}

static bool read_switch(const char *variable, bool otherwise, bool *value) {
  struct text given = text_of(getenv(variable));
  *value = given.length == 0 ? otherwise : text_is(given, "true");
  if (given.length == 0 || *value || text_is(given, "false")) return true;
  fprintf(stderr, "xlad: %s is \"%s\"; it must be true or false\n", variable, given.at);
  return false;
}

bool settings_load(struct settings *settings) {
  bool good = true;
#define X(name, variable, otherwise, help) settings->name = read_text(variable, otherwise);
  SETTINGS_OF_TEXT(X)
#undef X
#define X(name, variable, otherwise, least, most, help) good &= read_number(variable, otherwise, least, most, &settings->name);
  SETTINGS_OF_NUMBERS(X)
#undef X
#define X(name, variable, otherwise, help) good &= read_switch(variable, otherwise, &settings->name);
  SETTINGS_OF_SWITCHES(X)
#undef X
  return good;
}

void settings_print(FILE *out) {
#define X(name, variable, otherwise, help) fprintf(out, "  %-30s %s (default %s)\n", variable, help, otherwise);
  SETTINGS_OF_TEXT(X)
#undef X
#define X(name, variable, otherwise, least, most, help) fprintf(out, "  %-30s %s (default %d, %d to %d)\n", variable, help, otherwise, least, most);
  SETTINGS_OF_NUMBERS(X)
#undef X
#define X(name, variable, otherwise, help) fprintf(out, "  %-30s %s (true or false, default %s)\n", variable, help, (otherwise) ? "true" : "false");
  SETTINGS_OF_SWITCHES(X)
#undef X
}
