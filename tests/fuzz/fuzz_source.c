// Fuzzes what hooks do to bodies that nobody has described: whatever a tool sends, each preset makes well-formed tickets and responses of it, or says
// why not; and a pointer leads into the body, or nowhere. The first byte chooses the preset.
// Without libFuzzer, define FUZZ_REPLAY: main() then runs the driver over the files that are given as arguments.
#include "api/source_delivery.h"
#include "base/limits.h"
#include "domain/dimension.h"
#include "json/gate.h"
#include "json/pointer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "does not hold: %s\n", what);
  abort();
}

static struct tenant *tenant(void) {
  static struct tenant made;
  for (size_t i = 0; PRESET_DIMENSIONS[i] && made.dimensions_count <= i; i++) {
    made.dimensions[i].id = (int)i + 1;
    (void)snprintf(made.dimensions[i].name, sizeof made.dimensions[i].name, "%s", PRESET_DIMENSIONS[i]);
    made.dimensions_count = i + 1;
  }
  return &made;
}

// A source by its preset, in a zone that isn't UTC, so that times without one are asked for.
static struct text content_of(const struct source_preset *preset, struct arena *arena) {
  struct source_body source;
  struct issues issues;
  struct text document = arena_format(arena, "{\"name\": \"s\", \"preset\": \"%s\", \"time_zone\": \"Europe/Oslo\"}", preset->name);
  issues_init(&issues, arena);
  require(fields_read(&SOURCE_FIELDS, document, &source, NULL, arena, &issues) == ERR_NONE, "a preset is named");
  require(source_body_settle(&source, tenant(), &issues), "a preset is sound");
  return source_body_text(&source, arena);
}

static void check_item(const struct source_item *item, struct text body) {
  struct gate_refusal refusal;
  bool failed = item->row.status >= 400;
  require(item->raw.at >= body.at && item->raw.at + item->raw.length <= body.at + body.length, "a record is a part of its body");
  require(failed == (item->error != ERR_NONE), "a refusal has an error");
  require(failed || item->ignored || item->body.at, "what is neither refused nor ignored becomes something");
  require(!item->body.at || gate_check(item->body, &refusal), "what it becomes passes the gate");
  require(!failed || gate_check(item->row.errors, &refusal), "what is wrong with it is said in JSON");
}

static void check_pointers(struct text body) {
  struct pointer pointers[] = {{.path = TEXT("")}, {.path = TEXT("/a")}, {.path = TEXT("/a/0/b")}, {.path = TEXT("/~1~0")}, {.path = TEXT("/")}};
  pointers_find(body, pointers, sizeof pointers / sizeof *pointers);
  for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++) {
    struct gate_refusal refusal;
    require(!pointers[i].value.at || gate_check(pointers[i].value, &refusal), "a pointer leads to a value");
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  size_t count;
  struct arena arena;
  struct gate_refusal refusal;
  if (size == 0) return 0;
  (void)source_preset_at(0, &count);
  arena_init(&arena, REQUEST_ARENA_BYTES_MAX);
  struct source_delivery delivery = {
      .tenant = tenant(), .arena = &arena, .body = {(const char *)data + 1, size - 1}, .query = TEXT("{\"ticket\":\"INC1\"}"), .record = ABSENT};
  require(source_delivery_open(&delivery, content_of(source_preset_at(data[0] % count, &count), &arena)), "a source is opened");
  enum err error = source_delivery_read(&delivery);
  if (error == ERR_PENDING) {
    delivery.instants = delivery.shown;
    error = source_delivery_read(&delivery);
  }
  require(error == ERR_NONE || error == ERR_UNAVAILABLE, "a body is read, or memory is out");
  for (size_t i = 0; error == ERR_NONE && i < delivery.count; i++)
    check_item(&delivery.items[i], delivery.body);
  if (gate_check(delivery.body, &refusal)) check_pointers(delivery.body);
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
