// The sub-commands. Each gets the arguments behind its name and gives the exit code: 0 done, 1 failed, 2 wrong usage.
#ifndef XLAD_COMMAND_COMMAND_H
#define XLAD_COMMAND_COMMAND_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

struct command {
  const char *name;
  int (*run)(int argc, char **argv);  // argv[0] is the name
  const char *summary;
};

int command_serve(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_tenant(int argc, char **argv);
int command_key(int argc, char **argv);
int command_import(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_xla(int argc, char **argv);

#endif
