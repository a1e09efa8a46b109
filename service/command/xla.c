// xla: the command line's way to agreements: evaluates days that no daemon has, or looks at them again.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/xla_catch_up.h"
#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/options.h"
#include "store/xla_day_store.h"

static const char USAGE[] = "xlad xla evaluate --tenant SLUG [--xla SLUG] [--day YYYY-MM-DD]";
static const char HELP[] =
    "\n"
    "Evaluates experience level agreements for each complete day up to the given one (yesterday, in the tenant's time zone) that has not been\n"
    "evaluated. Daemons do the same by themselves soon after midnight. An agreement whose given day is there already is looked at again: days whose\n"
    "data came or changed since they were evaluated are revised. Prints how many days were evaluated, and how many revised.\n";

enum { DUE_AT_ONCE = 256 };

struct evaluating {
  struct connection *connection;
  struct tenant tenant;
  int64_t evaluated, revised;
  bool failed;
};

static void run(struct evaluating *evaluating, struct text slug, int32_t day, enum xla_evaluation_kind kind) {
  struct xla_catch_up catch_up;
  struct job *job;
  xla_catch_up_start(&catch_up, &evaluating->tenant, slug, day, kind);
  while ((job = xla_catch_up_next(&catch_up, evaluating->connection->store, NULL, NULL))) {
    enum err error = store_run(evaluating->connection->store, job);
    if (error) job->error = error;
    xla_catch_up_take(&catch_up, job);
  }
  xla_catch_up_stop(&catch_up);
  evaluating->evaluated += catch_up.evaluated;
  evaluating->revised += catch_up.revised;
  if (!catch_up.error) return;
  fprintf(stderr, "xlad: %s could not be evaluated: %s\n", catch_up.slug, error_fact(catch_up.error)->title);
  evaluating->failed = true;
}

// Until nothing is due any more.
static void evaluate_due(struct evaluating *evaluating, struct text slug, int32_t day) {
  size_t rows = 1;
  while (rows > 0 && !evaluating->failed) {
    struct job *job = job_new(evaluating->connection->store, LANE_READ, &evaluating->tenant.id, NULL, NULL);
    if (job) xla_day_ask_due(job, &evaluating->tenant, day, slug, 0, DUE_AT_ONCE);
    evaluating->failed = !job || store_run(evaluating->connection->store, job);
    rows = evaluating->failed ? 0 : job_rows(job, 0);
    for (size_t i = 0; i < rows && !evaluating->failed; i++) {
      struct xla_due due;
      xla_day_take_due(job, 0, i, &due);
      run(evaluating, due.slug, due.day, XLA_EVALUATE);
    }
    job_free(job);
  }
}

static void revise_known(struct evaluating *evaluating, struct text slug, int32_t day) {
  struct job *job = job_new(evaluating->connection->store, LANE_READ, &evaluating->tenant.id, NULL, NULL);
  if (job) xla_day_ask_known(job, &evaluating->tenant.id, slug, day);
  evaluating->failed = !job || store_run(evaluating->connection->store, job);
  for (size_t i = 0; !evaluating->failed && i < job_rows(job, 0); i++)
    run(evaluating, row_text(job, 0, i, 0), day, XLA_LOOK);
  job_free(job);
}

static int evaluate(struct connection *connection, const char *tenant, struct text slug, const char *day) {
  struct evaluating evaluating = {.connection = connection};
  int32_t until;
  if (!connection_tenant(connection, tenant, &evaluating.tenant)) return EXIT_FAILED;
  until = evaluating.tenant.today - 1;
  if (day && (!day_parse(text_of(day), &until) || until >= evaluating.tenant.today)) {
    fprintf(stderr, "xlad: --day must be a day before today, YYYY-MM-DD\n");
    return EXIT_USAGE;
  }
  // What is there already first: what is evaluated now is up to date.
  revise_known(&evaluating, slug, until);
  if (!evaluating.failed) evaluate_due(&evaluating, slug, until);
  printf("%s: %" PRId64 " day%s evaluated, %" PRId64 " revised\n", tenant, evaluating.evaluated, evaluating.evaluated == 1 ? "" : "s",
         evaluating.revised);
  return evaluating.failed ? EXIT_FAILED : EXIT_DONE;
}

int command_xla(int argc, char **argv) {
  const char *tenant = NULL, *slug = NULL, *day = NULL, *what = NULL;
  const struct option_row rows[] = {
      {.name = "tenant", .value = &tenant}, {.name = "xla", .value = &slug}, {.name = "day", .value = &day}, {.name = NULL}};
  int code = options_read(argc, argv, rows, &what, 1, 1, USAGE, HELP);
  if (code >= 0) return code;
  if (strcmp(what, "evaluate") != 0 || !tenant) {
    fprintf(stderr, "usage: %s\n", USAGE);
    return EXIT_USAGE;
  }
  struct connection connection;
  code = connection_open(&connection);
  if (code) return code;
  code = evaluate(&connection, tenant, text_of(slug), day);
  connection_close(&connection);
  return code;
}
