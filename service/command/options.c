// Reads options.
#include "command/options.h"

#include <stdio.h>
#include <string.h>

#include "command/command.h"

static int wrong(const char *usage, const char *what, const char *which) {
  fprintf(stderr, "xlad: %s%s\nusage: %s\n", what, which, usage);
  return EXIT_USAGE;
}

static const struct option_row *find_row(const struct option_row *rows, const char *name, size_t length) {
  for (; rows->name; rows++)
    if (strlen(rows->name) == length && memcmp(rows->name, name, length) == 0) return rows;
  return NULL;
}

int options_read(int argc, char **argv, const struct option_row *rows, const char **operands, int least, int most, const char *usage,
                 const char *help) {
  int count = 0;
  bool only_operands = false;
  for (int i = 1; i < argc; i++) {
    const char *argument = argv[i];
    if (only_operands || argument[0] != '-' || argument[1] == '\0') {
      if (count == most) return wrong(usage, "too many arguments: ", argument);
      operands[count++] = argument;
      continue;
    }
    if (strcmp(argument, "--") == 0) {
      only_operands = true;
      continue;
    }
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0) {
      printf("usage: %s\n%s", usage, help);
      return EXIT_DONE;
    }
    const char *name = argument + (argument[1] == '-' ? 2 : 1), *equals = strchr(name, '=');
    const struct option_row *row = find_row(rows, name, equals ? (size_t)(equals - name) : strlen(name));
    if (!row || argument[1] != '-') return wrong(usage, "unknown option ", argument);
    if (row->flag) {
      if (equals) return wrong(usage, "takes no value: ", argument);
      *row->flag = true;
      continue;
    }
    const char *value = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
    if (!value) return wrong(usage, "needs a value: ", argument);
    if (row->each)
      row->each(row->context, value);
    else
      *row->value = value;
  }
  return count < least ? wrong(usage, "an argument is missing", "") : OPTIONS_GOOD;
}
