// Reads the cases of the JSON Schema test suite's `format` files, where somebody put them beside the repository.
#ifndef XLAD_UNIT_CORPUS_H
#define XLAD_UNIT_CORPUS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "unit.h"

enum { CORPUS_BYTES_MAX = 1024 * 1024 };

// False when there is no such file; XLAD_SHARED overrides where corpora are looked for.
static inline bool corpus_read(const char *name, struct buffer *content) {
  const char *shared = getenv("XLAD_SHARED");
  struct buffer path;
  buffer_init(&path, 4096);
  buffer_format(&path, "%s/corpora/%s", shared == NULL ? "../shared" : shared, name);
  FILE *file = path.failed ? NULL : fopen(path.bytes, "rb");
  buffer_release(&path);
  if (file == NULL) {
    fprintf(stderr, "skipped: no corpus %s\n", name);
    return false;
  }
  char *room = buffer_room(content, CORPUS_BYTES_MAX);
  ck_assert_ptr_nonnull(room);
  content->length = fread(room, 1, CORPUS_BYTES_MAX, file);
  fclose(file);
  return true;
}

// Calls `check` with each string of the corpus and whether it is valid there.
static inline void corpus_each(const char *name, void (*check)(struct text value, bool valid)) {
  struct buffer content;
  buffer_init(&content, CORPUS_BYTES_MAX);
  if (corpus_read(name, &content)) {
    cJSON *groups = cJSON_ParseWithLength(content.bytes, content.length);
    ck_assert_msg(groups != NULL, "%s is no JSON", name);
    int strings = 0;
    const cJSON *group;
    cJSON_ArrayForEach(group, groups) {
      const cJSON *test;
      cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(group, "tests")) {
        const cJSON *data = cJSON_GetObjectItemCaseSensitive(test, "data");
        if (cJSON_IsString(data)) {
          check(text_of(data->valuestring), cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(test, "valid")));
          strings++;
        }
      }
    }
    cJSON_Delete(groups);
    ck_assert_msg(strings > 0, "%s has no strings", name);
  }
  buffer_release(&content);
}

#endif
