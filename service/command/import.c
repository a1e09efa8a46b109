// xlad import: loads tickets, responses or measurements from a file, through the same importer as the HTTP interface.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/importer.h"
#include "base/instant.h"
#include "command/command.h"
#include "command/connection.h"
#include "command/options.h"

enum { PROGRESS_MS = 200, SOURCE_WAIT_MS = 20 };

static const char USAGE[] = "xlad import tickets|responses|measurements --tenant SLUG [OPTIONS] FILE";
static const char HELP[] =
    "\n"
    "Loads FILE (- for standard input): CSV with a header line, or NDJSON. A line that is refused stops no other; loading a file again\n"
    "changes nothing, of measurements as far as each has a ref. An answer line for each record goes to standard output, a summary to standard\n"
    "error.\n"
    "\n"
    "  --tenant SLUG          whose they are\n"
    "  --format csv|ndjson    what FILE holds; otherwise its ending tells: .csv, .ndjson, .jsonl\n"
    "  --map MEMBER=COLUMN,…  which column fills which member, such as ref=number,context.service=service; others are ignored. May be repeated.\n"
    "                         Without it the header names members. A backslash takes a comma as part of the name\n"
    "  --set MEMBER=TEXT,…    a member that is the same in each record. May be repeated\n"
    "  --date-format FORMAT   of all times, such as '%d/%m/%Y %H:%M' (UTC without %z); otherwise RFC 3339\n"
    "  --null TEXT            the text that stands for a missing value, besides the empty cell\n"
    "  --answers FILE         where the answer lines go, instead of standard output\n"
    "  --quiet                answer lines of refused records only\n"
    "\n"
    "Exit code: 0 all is stored; 1 a record was refused, or the database failed; 2 wrong usage.\n";

struct arguments {
  const char *tenant, *format, *date_format, *null, *answers;
  const char *map[IMPORT_PAIRS_MAX], *set[IMPORT_PAIRS_MAX];
  size_t map_count, set_count;
  bool quiet, too_many;
  const char *operands[2];  // kind, file
};

// An import under way.
struct loading {
  struct connection connection;
  struct importer *importer;
  struct turn turn;
  int source;
  FILE *answers;
  bool quiet, ended, shows_progress;
  int source_error;
  int64_t began_ms, shown_ms;
  uint64_t bytes, size;  // read; of the whole file, 0: not known
  size_t held, used;     // of `chunk`: read, and taken by the importer
  char chunk[IMPORT_CHUNK_BYTES];
};

static int usage(const char *what, const char *which) {
  fprintf(stderr, "xlad: %s%s\nusage: %s\n", what, which, USAGE);
  return EXIT_USAGE;
}

static void add_map(void *context, const char *value) {
  struct arguments *arguments = context;
  if (arguments->map_count == IMPORT_PAIRS_MAX)
    arguments->too_many = true;
  else
    arguments->map[arguments->map_count++] = value;
}

static void add_set(void *context, const char *value) {
  struct arguments *arguments = context;
  if (arguments->set_count == IMPORT_PAIRS_MAX)
    arguments->too_many = true;
  else
    arguments->set[arguments->set_count++] = value;
}

// An option's name is shown as it is typed.
static void show_issues(const struct issues *issues) {
  for (size_t i = 0; i < issues->count; i++) {
    struct text pointer = issues->list[i].pointer, detail = issues->list[i].detail;
    bool is_option = false;
    for (size_t k = 0; IMPORT_OPTIONS[k]; k++)
      is_option |= text_is(pointer, IMPORT_OPTIONS[k]);
    fprintf(stderr, "xlad: %s", is_option ? "--" : "");
    for (size_t k = 0; k < pointer.length; k++)
      (void)fputc(pointer.at[k] == '_' ? '-' : pointer.at[k], stderr);
    fprintf(stderr, "%s%.*s\n", pointer.length > 0 ? " " : "", (int)detail.length, detail.at);
  }
}

static bool ends_with(const char *name, const char *ending) {
  size_t length = strlen(name), n = strlen(ending);
  return length > n && strcmp(name + length - n, ending) == 0;
}

static bool find_format(const struct arguments *arguments, enum import_format *format) {
  const char *file = arguments->operands[1];
  bool csv = arguments->format ? strcmp(arguments->format, "csv") == 0 : ends_with(file, ".csv");
  bool ndjson = arguments->format ? strcmp(arguments->format, "ndjson") == 0 : ends_with(file, ".ndjson") || ends_with(file, ".jsonl");
  *format = csv ? IMPORT_CSV : IMPORT_NDJSON;
  return csv || ndjson;
}

// The plan with all options; false after they were complained of.
static bool make_plan(struct import_plan *plan, const struct arguments *arguments, enum import_kind kind, enum import_format format,
                      const struct tenant *tenant) {
  struct arena arena;
  struct issues issues;
  arena_init(&arena, REQUEST_ARENA_BYTES_MAX);
  issues_init(&issues, &arena);
  import_plan_init(plan, kind, format);
  for (size_t i = 0; i < arguments->map_count; i++)
    import_plan_option(plan, "map", text_of(arguments->map[i]), &issues);
  for (size_t i = 0; i < arguments->set_count; i++)
    import_plan_option(plan, "set", text_of(arguments->set[i]), &issues);
  if (arguments->date_format) import_plan_option(plan, "date_format", text_of(arguments->date_format), &issues);
  if (arguments->null) import_plan_option(plan, "null", text_of(arguments->null), &issues);
  bool good = import_plan_check(plan, tenant, &issues);
  show_issues(&issues);
  if (!good) import_plan_release(plan);
  arena_release(&arena);
  return good;
}

static void answered(void *owner, struct text line, int status) {
  const struct loading *loading = owner;
  if (!loading->quiet || status >= 400) (void)fwrite(line.at, 1, line.length, loading->answers);
}

// The loop's next turn feeds the importer again, or sees that it is done.
static void moved(void *owner) { (void)owner; }

static void show_progress(struct loading *loading) {
  int64_t now = loop_now_ms(loading->connection.loop);
  if (!loading->shows_progress || now - loading->shown_ms < PROGRESS_MS) return;
  loading->shown_ms = now;
  fprintf(stderr, "\r%lld lines", (long long)importer_counts(loading->importer)->lines);
  if (loading->size > 0) fprintf(stderr, ", %d %% of the file", (int)(loading->bytes * 100 / loading->size));
  fprintf(stderr, "\x1b[K");
}

// Reads more when the last chunk was taken. False: the source has nothing at the moment.
static bool refill(struct loading *loading) {
  if (loading->used < loading->held) return true;
  struct pollfd ready = {.fd = loading->source, .events = POLLIN};
  if (poll(&ready, 1, 0) == 0) return false;
  ssize_t n = read(loading->source, loading->chunk, sizeof loading->chunk);
  if (n < 0 && errno == EINTR) return true;
  if (n < 0) loading->source_error = errno;
  loading->held = n > 0 ? (size_t)n : 0;
  loading->used = 0;
  loading->bytes += loading->held;
  if (n > 0) return true;
  loading->ended = true;
  importer_end(loading->importer);
  return true;
}

// One chunk a round, so that the database is served in between.
static int64_t feed(struct turn *turn) {
  struct loading *loading = turn->owner;
  show_progress(loading);
  if (loading->ended || importer_refusal(loading->importer)) {
    if (importer_done(loading->importer) || importer_refusal(loading->importer)) loop_stop(loading->connection.loop);
    return -1;
  }
  if (importer_full(loading->importer)) return -1;
  if (!refill(loading)) return SOURCE_WAIT_MS;
  loading->used += importer_take(loading->importer, (struct text){loading->chunk + loading->used, loading->held - loading->used});
  return 0;
}

static void show_summary(const struct loading *loading, enum import_kind kind) {
  const struct import_counts *counts = importer_counts(loading->importer);
  int64_t tenths = (clock_ms() - loading->began_ms + 50) / 100;
  if (loading->shows_progress) fprintf(stderr, "\r\x1b[K");
  fprintf(stderr, "%lld lines: %lld created, %lld %s, %lld refused, ", (long long)counts->lines, (long long)counts->created,
          (long long)counts->repeated, kind == IMPORT_TICKETS ? "updated" : "repeated", (long long)counts->refused);
  if (counts->failed > 0) fprintf(stderr, "%lld failed, ", (long long)counts->failed);
  fprintf(stderr, "%lld.%lld s\n", (long long)(tenths / 10), (long long)(tenths % 10));
}

static int load(struct loading *loading, enum import_kind kind) {
  struct stat facts;
  if (fstat(loading->source, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0) loading->size = (uint64_t)facts.st_size;
  loading->shows_progress = isatty(STDERR_FILENO) == 1 && !(loading->answers == stdout && isatty(STDOUT_FILENO) == 1);
  loading->began_ms = clock_ms();
  loading->turn = (struct turn){.run = feed, .owner = loading};
  loop_add_turn(loading->connection.loop, &loading->turn);
  loop_run(loading->connection.loop);
  show_summary(loading, kind);
  const struct import_counts *counts = importer_counts(loading->importer);
  bool good = counts->refused == 0 && counts->failed == 0;
  if (importer_refusal(loading->importer)) {
    show_issues(importer_issues(loading->importer));
    if (importer_refusal(loading->importer) == ERR_UNAVAILABLE) fprintf(stderr, "xlad: memory is out\n");
    good = false;
  }
  if (loading->source_error) {
    fprintf(stderr, "xlad: reading the file: %s\n", strerror(loading->source_error));
    good = false;
  }
  return good ? EXIT_DONE : EXIT_FAILED;
}

// With the files open.
static int run(struct loading *loading, const struct arguments *arguments, enum import_kind kind, enum import_format format) {
  struct tenant tenant;
  struct import_plan plan;
  int code = connection_open(&loading->connection);
  if (code) return code;
  const struct import_sink sink = {.owner = loading, .answer = answered, .moved = moved};
  if (!connection_tenant(&loading->connection, arguments->tenant, &tenant)) {
    code = EXIT_FAILED;
  } else if (!make_plan(&plan, arguments, kind, format, &tenant)) {
    code = EXIT_USAGE;
  } else {
    loading->importer = importer_new(loading->connection.loop, loading->connection.store, &tenant, &plan, &sink);
    code = loading->importer ? load(loading, kind) : EXIT_FAILED;
  }
  importer_free(loading->importer);
  connection_close(&loading->connection);
  return code;
}

static int open_files(struct loading *loading, const struct arguments *arguments) {
  const char *file = arguments->operands[1];
  loading->source = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
  if (loading->source < 0) {
    fprintf(stderr, "xlad: %s: %s\n", file, strerror(errno));
    return EXIT_USAGE;
  }
  loading->quiet = arguments->quiet;
  loading->answers = arguments->answers ? fopen(arguments->answers, "we") : stdout;
  if (loading->answers) return EXIT_DONE;
  fprintf(stderr, "xlad: %s: %s\n", arguments->answers, strerror(errno));
  return EXIT_USAGE;
}

static int close_files(const struct loading *loading, int code) {
  bool failed = ferror(loading->answers) != 0;
  failed |= (loading->answers == stdout ? fflush(stdout) : fclose(loading->answers)) != 0;
  if (loading->source != STDIN_FILENO) close(loading->source);
  if (!failed) return code;
  fprintf(stderr, "xlad: the answer lines could not be written\n");
  return code ? code : EXIT_FAILED;
}

int command_import(int argc, char **argv) {
  struct arguments arguments = {.tenant = NULL};
  const struct option_row rows[] = {{.name = "tenant", .value = &arguments.tenant},
                                    {.name = "format", .value = &arguments.format},
                                    {.name = "map", .each = add_map, .context = &arguments},
                                    {.name = "set", .each = add_set, .context = &arguments},
                                    {.name = "date-format", .value = &arguments.date_format},
                                    {.name = "null", .value = &arguments.null},
                                    {.name = "answers", .value = &arguments.answers},
                                    {.name = "quiet", .flag = &arguments.quiet},
                                    {.name = NULL}};
  int code = options_read(argc, argv, rows, arguments.operands, 2, 2, USAGE, HELP);
  if (code >= 0) return code;
  enum import_format format;
  static const char *const KINDS[] = {[IMPORT_TICKETS] = "tickets", [IMPORT_RESPONSES] = "responses", [IMPORT_MEASUREMENTS] = "measurements", NULL};
  int kind = 0;
  while (KINDS[kind] && strcmp(arguments.operands[0], KINDS[kind]) != 0)
    kind++;
  if (!KINDS[kind]) return usage("tickets, responses or measurements, not ", arguments.operands[0]);
  if (!arguments.tenant) return usage("--tenant is missing", "");
  if (arguments.too_many) return usage("too many of --map or --set", "");
  if (!find_format(&arguments, &format)) return usage("--format must be csv or ndjson", "");
  struct loading loading = {.source = -1};
  code = open_files(&loading, &arguments);
  if (code) return code;
  code = run(&loading, &arguments, (enum import_kind)kind, format);
  return close_files(&loading, code);
}
