// A story as it is told: what was said, what was done, and what became of it.
#ifndef XLAD_API_STORY_JSON_H
#define XLAD_API_STORY_JSON_H

#include "base/arena.h"
#include "domain/tenant.h"
#include "store/comment_store.h"
#include "store/story_store.h"
#include "json/writer.h"

// Comments of a window that may be quoted.
struct story_quotes {
  struct uuid ids[STORY_QUOTES_MAX];
  struct comment_row comments[STORY_QUOTES_MAX];  // those of these that are still there
  size_t count, found;
  bool withheld;  // there are comments, but none may be quoted
};

enum { STORY_BEFORE_QUOTES, STORY_AFTER_QUOTES, STORY_SIDES };

struct story {
  struct story_row row;
  struct story_quotes quotes[STORY_SIDES];
};

void story_write(struct json_writer *json, const struct story *story, const struct tenant *tenant, struct arena *arena);

#endif
