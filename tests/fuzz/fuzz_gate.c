// Fuzzes the gate and what stands behind it: what the gate accepts cJSON must read, and no body may upset the reading of fields.
// Without libFuzzer, define FUZZ_REPLAY: main() then runs the driver over the files that are given as arguments.
#include "base/arena.h"
#include "base/buffer.h"
#include "base/errors.h"
#include "base/limits.h"
#include "json/fields.h"
#include "json/gate.h"
#include "json/number.h"

#include <cjson/cJSON.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sample {
  int64_t happiness;
  int64_t sla_met;
  int64_t opened_at;
  int64_t cost;
  struct text ref;
  int64_t kind;
  struct text_list factors;
  struct text_map context;
};

static const char *const KINDS[] = {"incident", "service_request", NULL};

// Short names, so that a fuzzer hits on them.
static const struct field ROWS[] = {
    {.name = "h", .kind = FIELD_INT, .offset = offsetof(struct sample, happiness), .min = -INT64_MAX, .max = INT64_MAX},
    {.name = "s", .kind = FIELD_BOOL, .offset = offsetof(struct sample, sla_met)},
    {.name = "o", .kind = FIELD_INSTANT, .offset = offsetof(struct sample, opened_at)},
    {.name = "c", .kind = FIELD_MONEY, .offset = offsetof(struct sample, cost), .min = -INT64_MAX, .max = INT64_MAX},
    {.name = "r", .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .offset = offsetof(struct sample, ref), .min = 1, .max = 100},
    {.name = "k", .kind = FIELD_ENUM, .offset = offsetof(struct sample, kind), .choices = KINDS},
    {.name = "f", .kind = FIELD_TEXT_LIST, .offset = offsetof(struct sample, factors), .min = 0, .max = 100, .count_max = 8},
    {.name = "x", .kind = FIELD_TEXT_MAP, .offset = offsetof(struct sample, context), .min = 0, .max = 100, .count_max = 8},
};
static const struct field_table TABLE = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "does not hold: %s\n", what);
  abort();
}

static void check_cjson_reads(struct text body) {
  char *source = malloc(body.length + 1);
  require(source != NULL, "there is memory");
  memcpy(source, body.at, body.length);
  source[body.length] = '\0';
  numbers_tame(source, body.length);
  cJSON *tree = cJSON_ParseWithLengthOpts(source, body.length + 1, NULL, true);
  require(tree != NULL, "what the gate accepts, cJSON reads");
  cJSON_Delete(tree);
  free(source);
}

// What was read is written as JSON that the gate accepts and that reads as the same record.
static void check_round_trip(const struct sample *sample, struct arena *arena) {
  struct buffer first;
  struct buffer second;
  buffer_init(&first, REQUEST_ARENA_BYTES_MAX);
  buffer_init(&second, REQUEST_ARENA_BYTES_MAX);
  fields_canonical(&TABLE, sample, &first);
  require(!first.failed, "the canonical form fits");
  struct sample again;
  struct issues issues;
  issues_init(&issues, arena);
  require(fields_read(&TABLE, buffer_view(&first), &again, NULL, arena, &issues) == ERR_NONE, "the canonical form is read");
  fields_canonical(&TABLE, &again, &second);
  require(text_equals(buffer_view(&first), buffer_view(&second)), "the canonical form is stable");
  buffer_release(&first);
  buffer_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct text body = {(const char *)data, size};
  struct gate_refusal refusal = {.reason = NULL, .offset = 0};
  bool accepted = gate_check(body, &refusal);
  if (accepted)
    check_cjson_reads(body);
  else
    require(refusal.reason != NULL && refusal.offset <= size, "a refusal has a reason and a place");
  struct arena arena;
  struct issues issues;
  struct sample sample;
  arena_init(&arena, REQUEST_ARENA_BYTES_MAX);
  issues_init(&issues, &arena);
  enum err error = fields_read(&TABLE, body, &sample, NULL, &arena, &issues);
  require(accepted != (error == ERR_NOT_JSON), "reading agrees with the gate");
  require((error == ERR_NONE) == (issues.total == 0), "an error has an issue");
  if (error == ERR_NONE) check_round_trip(&sample, &arena);
  arena_release(&arena);
  return 0;
}

#ifdef FUZZ_REPLAY
static int replay(const char *path) {
  static uint8_t data[BODY_BYTES_MAX];
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    return EXIT_FAILURE;
  }
  size_t size = fread(data, 1, sizeof data, file);
  fclose(file);
  // A copy of its exact size shows reads past the end to a sanitizer.
  uint8_t *copy = malloc(size > 0 ? size : 1);
  require(copy != NULL, "there is memory");
  memcpy(copy, data, size);
  LLVMFuzzerTestOneInput(copy, size);
  free(copy);
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  int status = EXIT_SUCCESS;
  for (int i = 1; i < argc; i++)
    if (replay(argv[i]) != EXIT_SUCCESS) status = EXIT_FAILURE;
  return status;
}
#endif
