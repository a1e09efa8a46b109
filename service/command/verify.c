// xlad verify: recomputes what is derived from the raw rows and reports every difference; mends what is summed.
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/options.h"
#include "domain/dimension.h"
#include "store/fold_store.h"
#include "store/tenant_store.h"
#include "store/verify_store.h"

static const char USAGE[] = "xlad verify [--tenant SLUG] [--repair]";
static const char HELP[] = "\n"
                           "Recomputes what is derived from the raw rows, of one tenant or of all: derived dimensions, numbers and contexts of "
                           "resolutions, which resolution a\n"
                           "response belongs to, segments; what each ticket and response counts with; and all sums of that by day, in total and by "
                           "each dimension's values.\n"
                           "Prints a line for each tenant and each difference; ends with 1 when there is any. Daemons may serve meanwhile: each "
                           "comparison is of one moment.\n"
                           "\n"
                           "  --repair  measure and sum anew what differs, then look again; daemons may serve meanwhile\n";

enum { SLUGS_MAX = 100000, FOLDS_MAX = 1000000 };

struct verification {
  struct connection *connection;
  const char *slug;
  struct tenant tenant;
  size_t differences;
  bool cut;  // more of a kind than are listed
  bool failed;
};

// Runs the job; gives NULL after a complaint.
static struct job *run(struct verification *verification, struct job *job) {
  enum err error = job ? store_run(verification->connection->store, job) : ERR_UNAVAILABLE;
  if (!error) return job;
  fprintf(stderr, "xlad: %s could not be verified: %s\n", verification->slug, error_fact(error)->title);
  verification->failed = true;
  job_free(job);
  return NULL;
}

static struct job *run_ask(struct verification *verification, enum lane_kind lane, void (*ask)(struct job *job, const struct uuid *tenant)) {
  struct job *job = job_new(verification->connection->store, lane, &verification->tenant.id, NULL, NULL);
  if (job) ask(job, &verification->tenant.id);
  return run(verification, job);
}

static struct job *run_slot(struct verification *verification, int slot, void (*ask)(struct job *job, const struct uuid *tenant, int slot)) {
  struct job *job = job_new(verification->connection->store, LANE_FOLD, &verification->tenant.id, NULL, NULL);
  if (job) ask(job, &verification->tenant.id, slot);
  return run(verification, job);
}

static void note(struct verification *verification, size_t listed) {
  verification->differences += listed;
  verification->cut = verification->cut || listed >= DIFFERENCES_MAX;
}

static void list_differences(struct verification *verification, const struct job *job) {
  note(verification, verify_differences(job));
  for (size_t i = 0; i < verify_differences(job); i++) {
    struct difference difference;
    verify_take_difference(job, i, &difference);
    printf("%s: %.*s: %.*s\n", verification->slug, (int)difference.subject.length, difference.subject.at, (int)difference.detail.length,
           difference.detail.at);
  }
}

// "sum of service vpn on 2026-03-02, happiness".
static void list_sums(struct verification *verification, const struct job *job, const char *dimension, const char *const *labels) {
  note(verification, job_rows(job, 0));
  for (size_t i = 0; i < job_rows(job, 0); i++) {
    struct sum_difference difference;
    char day[DAY_CHARS];
    int64_t code;
    verify_take_sum(job, &verification->tenant, i, &difference);
    day_format(difference.day, day);
    struct text value = difference.value;
    if (labels && text_to_int(value, &code)) value = code > 0 ? text_of(labels[code - 1]) : TEXT("(missing)");
    printf("%s: sum of %s%s%.*s on %.*s, %s%s%s%.*s: %.*s\n", verification->slug, dimension ? dimension : "all", dimension ? " " : "",
           dimension ? (int)value.length : 0, value.at, DAY_CHARS, day, difference.excluded ? "excluded " : "",
           difference.metric ? difference.metric->key : "an unknown metric", difference.label.length ? " " : "", (int)difference.label.length,
           difference.label.at, (int)difference.detail.length, difference.detail.at);
  }
}

// The total, the tenant's dimensions, the derived ones. False behind the last.
static bool slot_at(const struct tenant *tenant, size_t i, int *slot, const char **dimension, const char *const **labels) {
  *slot = 0;
  *dimension = NULL;
  *labels = NULL;
  if (i == 0) return true;
  if (--i < tenant->dimensions_count) {
    *slot = tenant->dimensions[i].id;
    *dimension = tenant->dimensions[i].name;
    return true;
  }
  i -= tenant->dimensions_count;
  if (i >= DERIVED_COUNT) return false;
  *slot = -1 - (int)i;
  *dimension = DERIVED_DIMENSIONS[i].name;
  *labels = DERIVED_DIMENSIONS[i].values;
  return true;
}

static void compare_sums(struct verification *verification) {
  int slot;
  const char *dimension, *const *labels;
  for (size_t i = 0; slot_at(&verification->tenant, i, &slot, &dimension, &labels) && !verification->failed; i++) {
    struct job *job = run_slot(verification, slot, verify_ask_sums);
    if (job) list_sums(verification, job, dimension, labels);
    job_free(job);
  }
}

static void compare(struct verification *verification) {
  struct verified counts = {0};
  verification->differences = 0;
  verification->cut = false;
  struct job *job = run_ask(verification, LANE_READ, verify_ask);
  if (job) verify_take_counts(job, &counts);
  if (job) list_differences(verification, job);
  job_free(job);
  job = verification->failed ? NULL : run_ask(verification, LANE_FOLD, verify_ask_measured);
  if (job) list_differences(verification, job);
  job_free(job);
  compare_sums(verification);
  if (verification->failed) return;
  printf("%s: %" PRId64 " tickets, %" PRId64 " resolutions, %" PRId64 " responses, %" PRId64 " segments: %zu difference%s%s\n", verification->slug,
         counts.tickets, counts.resolutions, counts.responses, counts.segments, verification->differences, verification->differences == 1 ? "" : "s",
         verification->cut ? " or more" : "");
}

static void ask_fold(struct job *job, const struct uuid *tenant) { fold_ask(job, tenant, FOLD_ROWS_MAX); }

// Sums first, because folding adds to them.
static void repair(struct verification *verification) {
  int slot;
  const char *dimension, *const *labels;
  int64_t sums = 0, tickets = 0, taken = 1;
  for (size_t i = 0; slot_at(&verification->tenant, i, &slot, &dimension, &labels) && !verification->failed; i++) {
    struct job *job = run_slot(verification, slot, repair_ask_sums);
    sums += job ? repair_mended(job) : 0;
    job_free(job);
  }
  struct job *job = verification->failed ? NULL : run_ask(verification, LANE_FOLD, repair_ask_measurements);
  tickets = job ? repair_mended(job) : 0;
  job_free(job);
  for (int i = 0; i < FOLDS_MAX && taken > 0 && !verification->failed; i++) {
    job = run_ask(verification, LANE_FOLD, ask_fold);
    taken = job ? fold_taken(job) : 0;
    job_free(job);
  }
  if (!verification->failed)
    printf("%s: repaired: %" PRId64 " sums replaced, %" PRId64 " tickets measured anew\n", verification->slug, sums, tickets);
}

// 0 when the tenant is sound, 1 when it isn't or could not be looked at.
static int verify(struct connection *connection, const char *slug, bool repairs) {
  struct verification verification = {.connection = connection, .slug = slug};
  if (!connection_tenant(connection, slug, &verification.tenant)) return EXIT_FAILED;
  compare(&verification);
  if (repairs && verification.differences > 0 && !verification.failed) {
    repair(&verification);
    if (!verification.failed) compare(&verification);
  }
  return verification.failed || verification.differences > 0 ? EXIT_FAILED : EXIT_DONE;
}

static int verify_all(struct connection *connection, bool repairs) {
  struct job *job = job_new(connection->store, LANE_READ, NULL, NULL, NULL);
  if (!job) return EXIT_FAILED;
  tenant_ask_list(job);
  int code = store_run(connection->store, job) ? EXIT_FAILED : EXIT_DONE;
  for (size_t i = 0; i < job_rows(job, 0) && i < SLUGS_MAX; i++) {
    char slug[SLUG_CHARS_MAX + 1];
    struct text name = row_text(job, 0, i, 0);
    (void)snprintf(slug, sizeof slug, "%.*s", (int)name.length, name.at);
    if (verify(connection, slug, repairs) != EXIT_DONE) code = EXIT_FAILED;
  }
  job_free(job);
  return code;
}

int command_verify(int argc, char **argv) {
  const char *slug = NULL;
  bool repairs = false;
  const struct option_row rows[] = {{.name = "tenant", .value = &slug}, {.name = "repair", .flag = &repairs}, {.name = NULL}};
  int code = options_read(argc, argv, rows, NULL, 0, 0, USAGE, HELP);
  if (code >= 0) return code;
  // Unless told otherwise, it may take as long as it needs: it looks at every row.
  (void)setenv("XLAD_STATEMENT_SECONDS", "3600", 0);
  struct connection connection;
  code = connection_open(&connection);
  if (code) return code;
  code = slug ? verify(&connection, slug, repairs) : verify_all(&connection, repairs);
  connection_close(&connection);
  return code;
}
