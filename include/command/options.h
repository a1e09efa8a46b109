// Command-line options by table: --name VALUE, --name=VALUE, flags, and what stands between them.
#ifndef XLAD_COMMAND_OPTIONS_H
#define XLAD_COMMAND_OPTIONS_H

#include <stdbool.h>

struct option_row {
  const char *name;                                // without the dashes
  const char **value;                              // set to the argument, for an option that takes one
  bool *flag;                                      // set to true, for one that takes none
  void (*each)(void *context, const char *value);  // called for each, for one that may be repeated
  void *context;
};

enum { OPTIONS_GOOD = -1 };

// Reads argv[1…]; what is no option goes to `operands`, of which there must be between least and most. Gives OPTIONS_GOOD, or the exit code with
// which to end: wrong usage was told on stderr, with `usage`; or --help printed `help` on stdout.
int options_read(int argc, char **argv, const struct option_row *rows, const char **operands, int least, int most, const char *usage,
                 const char *help);

#endif
