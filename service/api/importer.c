// Splits an import's bytes into records, keeps those that the store has in a ring, and answers them in order.
#include "api/importer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/import_row.h"
#include "base/buffer.h"
#include "base/csv.h"
#include "base/instant.h"

enum {
  LINE_END_BYTES_MAX = 2,
  INPUT_BYTES_MAX = IMPORT_LINE_BYTES_MAX + 2 * IMPORT_CHUNK_BYTES,
  SCRATCH_BYTES_MAX = 2 * IMPORT_LINE_BYTES_MAX,  // the cells of one record without their doubled quotes
  BLOCK_BYTES = 24 * 1024,                        // a block is full after the row that reaches this
  BLOCK_BYTES_MAX = BLOCK_BYTES + 3 * IMPORT_LINE_BYTES_MAX,
  ANSWER_BYTES_MAX = 1024 * 1024,
  STALL_STEP_MS = 20,
  RETRY_PART = 4,  // a record that lacked its end is looked at again when a quarter of it was added
};

static const char BOM[] = "\xef\xbb\xbf";

// Memory of a few rows that follow each other; used again when all of them are answered.
struct block {
  struct block *next;
  struct arena arena;
  size_t rows;
  size_t counted;  // bytes in importer->bytes
};

struct row {
  struct import_row import;
  struct block *block;
};

struct importer {
  struct loop *loop;
  struct store *store;
  struct tenant tenant;
  struct import_plan plan;
  struct import_sink sink;
  // The input that is not yet split.
  struct buffer input;
  size_t at;       // what stands before is done with
  size_t scanned;  // bytes behind `at` that hold no whole record
  int64_t line;    // of the byte at `at`, as an editor counts
  bool skipping;   // up to the next line end, behind a record that was too long
  bool bound;      // the CSV header was read
  bool ended, told, abandoned;
  struct arena scratch;
  // Rows that are not yet answered, oldest first.
  struct row *ring[IMPORT_ROWS_IN_FLIGHT_MAX];
  size_t first, count;
  size_t writing;       // how many of them the store has
  struct row *stalled;  // the newest, which the store did not take yet
  struct timer stall;   // after which it is tried again, when no other row's end comes first
  int64_t stalled_ms;   // since when nothing was taken; 0: the last row was
  bool waiting;         // somebody was told that it is full
  struct block *current, *spare;
  size_t bytes;
  struct buffer line_out;
  struct import_counts counts;
  // Why the file was refused as a whole.
  enum err refusal;
  struct arena refusal_arena;
  struct issues issues;
};

static void advance(struct importer *importer);

static void stall_over(struct timer *timer) { advance(timer->owner); }

struct importer *importer_new(struct loop *loop, struct store *store, const struct tenant *tenant, struct import_plan *plan,
                              const struct import_sink *sink) {
  struct importer *importer = calloc(1, sizeof *importer);
  if (!importer) {
    import_plan_release(plan);
    return NULL;
  }
  importer->loop = loop;
  importer->store = store;
  importer->stall = (struct timer){.fire = stall_over, .owner = importer};
  importer->tenant = *tenant;
  importer->plan = *plan;
  importer->sink = *sink;
  importer->line = 1;
  buffer_init(&importer->input, INPUT_BYTES_MAX);
  buffer_init(&importer->line_out, ANSWER_BYTES_MAX);
  arena_init(&importer->scratch, SCRATCH_BYTES_MAX);
  arena_init(&importer->refusal_arena, REQUEST_TARGET_BYTES_MAX * REQUEST_ISSUES_MAX);
  issues_init(&importer->issues, &importer->refusal_arena);
  return importer;
}

static void block_free(struct block *block) {
  if (!block) return;
  arena_release(&block->arena);
  free(block);
}

static void destroy(struct importer *importer) {
  // Each unanswered row's block is freed with the last of its rows.
  for (size_t i = 0; i < importer->count; i++) {
    struct block *block = importer->ring[(importer->first + i) % IMPORT_ROWS_IN_FLIGHT_MAX]->block;
    if (--block->rows == 0 && block != importer->current) block_free(block);
  }
  block_free(importer->current);
  block_free(importer->spare);
  import_plan_release(&importer->plan);
  buffer_release(&importer->input);
  buffer_release(&importer->line_out);
  arena_release(&importer->scratch);
  arena_release(&importer->refusal_arena);
  free(importer);
}

void importer_free(struct importer *importer) {
  if (!importer) return;
  importer->abandoned = true;
  loop_timer_stop(importer->loop, &importer->stall);
  if (importer->writing == 0) destroy(importer);
}

enum err importer_refusal(const struct importer *importer) { return importer->refusal; }

const struct issues *importer_issues(const struct importer *importer) { return &importer->issues; }

const struct import_counts *importer_counts(const struct importer *importer) { return &importer->counts; }

static bool within(const struct importer *importer, size_t part) {
  return !importer->stalled && importer->count < IMPORT_ROWS_IN_FLIGHT_MAX / part && importer->bytes < IMPORT_BYTES_IN_FLIGHT_MAX / part;
}

bool importer_full(const struct importer *importer) { return importer->waiting; }

static size_t input_left(const struct importer *importer) { return importer->input.length - importer->at; }

bool importer_done(const struct importer *importer) { return importer->ended && importer->count == 0 && input_left(importer) == 0; }

// --- Memory of rows

static struct block *block_new(struct importer *importer) {
  struct block *block = importer->spare;
  importer->spare = NULL;
  if (block) return block;
  block = calloc(1, sizeof *block);
  if (block) arena_init(&block->arena, BLOCK_BYTES_MAX);
  return block;
}

static void block_end_row(struct importer *importer, struct block *block) {
  if (--block->rows > 0) return;
  importer->bytes -= block->counted;
  block->counted = 0;
  arena_clear(&block->arena);
  if (block == importer->current) return;
  if (importer->spare) {
    block_free(block);
  } else {
    importer->spare = block;
  }
}

static void block_count(struct importer *importer, struct block *block) {
  importer->bytes += block->arena.used - block->counted;
  block->counted = block->arena.used;
}

static void row_done(struct batch_row *batch_row, enum err error);

// A row at the end of the ring, for the record that begins at this line; NULL when memory is out.
static struct row *row_new(struct importer *importer, int64_t line) {
  assert(importer->count < IMPORT_ROWS_IN_FLIGHT_MAX);
  if (!importer->current || importer->current->arena.used >= BLOCK_BYTES) {
    // Its rows hold it from now on. One without rows was cleared, so this one has some.
    importer->current = block_new(importer);
  }
  struct row *row = importer->current ? arena_take(&importer->current->arena, sizeof *row) : NULL;
  if (!row) return NULL;
  row->import.kind = importer->plan.kind;
  row->import.line = line;
  row->import.owner = importer;
  row->import.write.row.done = row_done;
  row->import.write.row.owner = row;
  row->block = importer->current;
  row->block->rows++;
  importer->ring[(importer->first + importer->count++) % IMPORT_ROWS_IN_FLIGHT_MAX] = row;
  return row;
}

// --- Answers

static void count_answer(struct import_counts *counts, int status) {
  counts->lines++;
  if (status == 201)
    counts->created++;
  else if (status == 200)
    counts->repeated++;
  else if (status < 500)
    counts->refused++;
  else
    counts->failed++;
}

// Answers the rows at the front that are settled.
static void answer_settled(struct importer *importer) {
  while (importer->count > 0 && importer->ring[importer->first]->import.status != 0) {
    struct row *row = importer->ring[importer->first];
    buffer_clear(&importer->line_out);
    import_row_answer(&row->import, &importer->line_out);
    count_answer(&importer->counts, row->import.status);
    importer->sink.answer(importer->sink.owner, buffer_view(&importer->line_out), row->import.status);
    importer->first = (importer->first + 1) % IMPORT_ROWS_IN_FLIGHT_MAX;
    importer->count--;
    block_end_row(importer, row->block);
  }
}

// True when the row is worth another try: others of this import are in the store, so it is busy rather than gone, or the wait has not been too long.
static bool stall(struct importer *importer) {
  if (importer->writing > 0) return true;
  if (importer->stalled_ms == 0) importer->stalled_ms = clock_ms();
  return clock_ms() - importer->stalled_ms < IMPORT_STALL_MS_MAX && loop_timer_start(importer->loop, &importer->stall, STALL_STEP_MS);
}

// Hands a row to the store.
static void row_write(struct importer *importer, struct row *row) {
  enum err error = import_row_write(&row->import, importer->store);
  importer->stalled = NULL;
  if (!error) {
    importer->writing++;
    importer->stalled_ms = 0;
  } else if (stall(importer)) {
    importer->stalled = row;
  } else {
    import_row_settle(&row->import, error, &row->block->arena);
  }
}

// --- Records

static void refuse_file(struct importer *importer, enum err error) {
  importer->refusal = error;
  importer->at = importer->input.length;
}

// The line's text or cells have become a row, or are refused.
static void row_read(struct importer *importer, struct row *row, enum err error, const struct issues *issues) {
  if (error) {
    import_row_refuse(&row->import, error, issues, &row->block->arena);
  } else {
    row_write(importer, row);
  }
  block_count(importer, row->block);
}

// Answers a record that can't be read with one issue.
static void refuse_record(struct importer *importer, int64_t line, enum err error, const char *rule, const char *detail) {
  struct issues issues;
  struct row *row = row_new(importer, line);
  if (!row) {
    refuse_file(importer, ERR_UNAVAILABLE);
    return;
  }
  issues_init(&issues, &row->block->arena);
  issues_add(&issues, TEXT(""), rule, "%s", detail);
  row_read(importer, row, error, &issues);
}

static void refuse_long(struct importer *importer, int64_t line, int64_t lines) {
  char detail[160];
  struct buffer out;
  buffer_init(&out, sizeof detail);
  buffer_format(&out, "must have at most %d bytes", IMPORT_LINE_BYTES_MAX);
  if (lines > 0) {
    buffer_format(&out, "; perhaps a quote was left open: all up to line %lld is skipped", (long long)line + (long long)lines);
  }
  refuse_record(importer, line, ERR_TOO_LARGE, "size", out.failed ? "is too long" : out.bytes);
  buffer_release(&out);
}

static void take_line(struct importer *importer, int64_t number, struct text line) {
  if (number == 1 && text_starts(line, BOM)) line = (struct text){line.at + sizeof BOM - 1, line.length - (sizeof BOM - 1)};
  if (line.length > 0 && line.at[line.length - 1] == '\r') line.length--;
  if (text_trimmed(line).length == 0) return;
  if (line.length > IMPORT_LINE_BYTES_MAX) {
    refuse_long(importer, number, 0);
    return;
  }
  struct issues issues;
  struct row *row = row_new(importer, number);
  if (!row) {
    refuse_file(importer, ERR_UNAVAILABLE);
    return;
  }
  issues_init(&issues, &row->block->arena);
  enum err error = import_row_read_json(&row->import, &importer->tenant, line, &row->block->arena, &issues);
  row_read(importer, row, error, &issues);
}

static void take_header(struct importer *importer, const struct text *cells, size_t count) {
  importer->bound = true;
  if (!import_plan_bind(&importer->plan, &importer->tenant, cells, count, &importer->issues)) refuse_file(importer, ERR_INVALID);
}

static void take_record(struct importer *importer, int64_t number, const struct text *cells, size_t count) {
  struct issues issues;
  if (!importer->bound) {
    take_header(importer, cells, count);
    return;
  }
  struct row *row = row_new(importer, number);
  if (!row) {
    refuse_file(importer, ERR_UNAVAILABLE);
    return;
  }
  enum err error = ERR_INVALID;
  issues_init(&issues, &row->block->arena);
  if (count == importer->plan.cells_count) {
    struct field_cells named = import_plan_cells(&importer->plan, cells);
    error = import_row_read_cells(&row->import, &importer->tenant, &named, &row->block->arena, &issues);
  } else {
    issues_add(&issues, TEXT(""), "columns", "has %zu cells where the header has %zu", count, importer->plan.cells_count);
  }
  row_read(importer, row, error, &issues);
}

// --- Splitting

static void step(struct importer *importer, size_t bytes) {
  importer->at += bytes;
  importer->scanned = 0;
}

static int64_t count_feeds(const char *at, size_t n) {
  int64_t feeds = 0;
  for (const char *feed; n > 0 && (feed = memchr(at, '\n', n)); feeds++) {
    n -= (size_t)(feed + 1 - at);
    at = feed + 1;
  }
  return feeds;
}

// Steps behind the line end that ends a skipped record; false when there is none yet.
static bool skip(struct importer *importer, struct text rest) {
  const char *feed = rest.length > 0 ? memchr(rest.at, '\n', rest.length) : NULL;
  step(importer, feed ? (size_t)(feed + 1 - rest.at) : rest.length);
  if (!feed) return false;
  importer->line++;
  importer->skipping = false;
  return true;
}

// Each takes one record off the input; false when there is no whole one.
static bool split_line(struct importer *importer, struct text rest) {
  const char *feed = memchr(rest.at + importer->scanned, '\n', rest.length - importer->scanned);
  if (!feed && !importer->ended) {
    importer->scanned = rest.length;
    if (rest.length <= IMPORT_LINE_BYTES_MAX + LINE_END_BYTES_MAX) return false;
    step(importer, rest.length);
    importer->skipping = true;
    refuse_long(importer, importer->line, 0);
    return true;
  }
  size_t length = feed ? (size_t)(feed - rest.at) : rest.length;
  step(importer, length + (feed != NULL));
  take_line(importer, importer->line++, (struct text){rest.at, length});
  return true;
}

// A record that makes no sense costs the line it begins in, not those that an open quote would swallow.
static void drop_broken(struct importer *importer, struct text rest, size_t used) {
  const char *feed = memchr(rest.at, '\n', used);
  step(importer, feed ? (size_t)(feed + 1 - rest.at) : used);
  int64_t line = importer->line++;
  if (importer->bound) {
    refuse_record(importer, line, ERR_INVALID, "csv",
                  "is no CSV record: a quote is not closed or stands within a cell without quotes, or there are too many cells");
    return;
  }
  issues_add(&importer->issues, TEXT("header"), "csv", "can't be read as CSV");
  refuse_file(importer, ERR_INVALID);
}

static bool split_record(struct importer *importer, struct text rest) {
  struct text *cells;
  size_t count, used;
  bool grown = rest.length >= importer->scanned + importer->scanned / RETRY_PART || rest.length > IMPORT_LINE_BYTES_MAX;
  if (!grown && !importer->ended) return false;
  arena_clear(&importer->scratch);
  enum csv_result result = csv_read(rest, importer->ended, &importer->scratch, &cells, &count, &used);
  if (result == CSV_BROKEN) {
    drop_broken(importer, rest, used);
    return true;
  }
  if (result == CSV_MORE) {
    importer->scanned = rest.length;
    if (rest.length <= IMPORT_LINE_BYTES_MAX + LINE_END_BYTES_MAX) return false;
    used = rest.length;
    importer->skipping = true;
  }
  int64_t line = importer->line, lines = count_feeds(rest.at, used);
  importer->line += lines;
  step(importer, used);
  if (used > IMPORT_LINE_BYTES_MAX + LINE_END_BYTES_MAX) {
    refuse_long(importer, line, result == CSV_MORE ? lines : 0);
  } else if (count > 0) {
    take_record(importer, line, cells, count);
  }
  return true;
}

static bool take_next(struct importer *importer) {
  struct text rest = {importer->input.bytes + importer->at, input_left(importer)};
  if (rest.length == 0 || importer->refusal) return false;
  if (importer->skipping) return skip(importer, rest);
  return importer->plan.format == IMPORT_CSV ? split_record(importer, rest) : split_line(importer, rest);
}

// Makes rows of the input until there is no whole record, or no room.
static void pump(struct importer *importer) {
  while (within(importer, 1) && take_next(importer))
    answer_settled(importer);
  if (!within(importer, 1)) importer->waiting = true;
  if (importer->refusal) importer->at = importer->input.length;
  buffer_drop(&importer->input, importer->at);
  importer->at = 0;
  if (!importer->ended || importer->input.length > 0 || importer->bound || importer->plan.format != IMPORT_CSV || importer->refusal) return;
  issues_add(&importer->issues, TEXT("header"), "required", "is missing: the first line has to name the columns");
  refuse_file(importer, ERR_INVALID);
}

// After rows have ended: what waited goes on.
static void advance(struct importer *importer) {
  answer_settled(importer);
  if (importer->stalled) {
    row_write(importer, importer->stalled);
    answer_settled(importer);
  }
  bool room = importer->waiting && within(importer, 2);
  if (room) {
    importer->waiting = false;
    pump(importer);
    room = !importer->waiting;
  }
  bool done = importer_done(importer) && !importer->told;
  if (done) importer->told = true;
  if (done || (room && !importer->ended)) importer->sink.moved(importer->sink.owner);
}

static void row_done(struct batch_row *batch_row, enum err error) {
  struct row *row = batch_row->owner;
  struct importer *importer = row->import.owner;
  importer->writing--;
  if (importer->abandoned) {
    if (importer->writing == 0) destroy(importer);
    return;
  }
  import_row_settle(&row->import, error, &row->block->arena);
  advance(importer);
}

size_t importer_take(struct importer *importer, struct text bytes) {
  size_t taken = 0;
  while (taken < bytes.length && !importer->waiting && !importer->refusal) {
    size_t more = bytes.length - taken < IMPORT_CHUNK_BYTES ? bytes.length - taken : IMPORT_CHUNK_BYTES;
    buffer_append(&importer->input, bytes.at + taken, more);
    if (importer->input.failed) refuse_file(importer, ERR_UNAVAILABLE);
    taken += more;
    pump(importer);
  }
  return importer->refusal ? bytes.length : taken;
}

void importer_end(struct importer *importer) {
  importer->ended = true;
  if (!importer->waiting) pump(importer);
  importer->told = importer_done(importer);
}
