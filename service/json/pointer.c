// Follows JSON pointers into well-formed JSON.
#include "json/pointer.h"

#include <string.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "json/walk.h"

enum { LEVEL_DONE = -1 };

bool pointer_valid(struct text path) {
  if (path.length > 0 && path.at[0] != '/') return false;
  for (size_t i = 0; i < path.length; i++)
    if (path.at[i] == '~' && (i + 1 == path.length || (path.at[i + 1] != '0' && path.at[i + 1] != '1'))) return false;
  return path.at != NULL;
}

enum pointer_shape pointer_shape(struct text value) {
  if (value.length == 0) return POINTER_NOWHERE;
  switch (value.at[0]) {
  case '{':
    return POINTER_OBJECT;
  case '[':
    return POINTER_ARRAY;
  case '"':
    return POINTER_STRING;
  case 't':
  case 'f':
    return POINTER_TRUTH;
  case 'n':
    return POINTER_NULL;
  default:
    return POINTER_NUMBER;
  }
}

// The first step of a path that isn't empty, and what follows it.
static struct text first_step(struct text path, struct text *rest) {
  const char *slash = memchr(path.at + 1, '/', path.length - 1);
  size_t length = slash ? (size_t)(slash - path.at) : path.length;
  *rest = (struct text){path.at + length, path.length - length};
  return (struct text){path.at + 1, length - 1};
}

// Whether a step says this name, "~1" for '/' and "~0" for '~'.
static bool step_is(struct text step, struct text name) {
  size_t used = 0;
  for (size_t i = 0; i < step.length; i++, used++) {
    char c = step.at[i];
    if (c == '~') c = step.at[++i] == '1' ? '/' : '~';
    if (used == name.length || name.at[used] != c) return false;
  }
  return used == name.length;
}

// What is being looked into: the name of its member that the walk is at.
struct place {
  const struct walk *walk;
  struct text name;
  struct buffer unescaped;  // the name's, where it has escapes
};

static void name_place(struct place *place, struct walk *walk) {
  place->walk = walk;
  place->name = walk_name(walk);
  if (!walk->has_names || !memchr(place->name.at, '\\', place->name.length)) return;
  buffer_clear(&place->unescaped);
  walk_text(walk->token, &place->unescaped);
  place->name = buffer_view(&place->unescaped);
}

static void descend(struct text json, struct pointer *pointers, size_t count, int level);

// Takes the pointers of this level that the walk's member is on the way of. Gives how many of them that are.
static size_t follow(const struct place *place, struct pointer *pointers, size_t count, int level) {
  size_t taken = 0, deeper = 0;
  for (size_t i = 0; i < count; i++) {
    struct pointer *pointer = &pointers[i];
    struct text rest;
    if (pointer->level != level || !step_is(first_step(pointer->rest, &rest), place->name)) continue;
    taken++;
    deeper += rest.length > 0;
    pointer->rest = rest;
    pointer->level = rest.length > 0 ? level + 1 : LEVEL_DONE;
    if (rest.length == 0) pointer->value = place->walk->value;
  }
  if (deeper == 0) return taken;
  if (level + 1 < JSON_DEPTH_MAX) descend(place->walk->value, pointers, count, level + 1);
  for (size_t i = 0; i < count; i++)
    if (pointers[i].level == level + 1) pointers[i].level = LEVEL_DONE;
  return taken;
}

// As deep as the body is nested at most.
static void descend(struct text json, struct pointer *pointers, size_t count, int level) {
  struct walk walk;
  struct place place = {.walk = NULL};
  size_t left = 0;
  for (size_t i = 0; i < count; i++)
    left += pointers[i].level == level;
  buffer_init(&place.unescaped, BODY_BYTES_MAX);
  walk_begin(&walk, json);
  while (left > 0 && walk_next(&walk)) {
    name_place(&place, &walk);
    left -= follow(&place, pointers, count, level);
  }
  buffer_release(&place.unescaped);
}

void pointers_find(struct text json, struct pointer *pointers, size_t count) {
  struct text whole = text_trimmed(json);
  for (size_t i = 0; i < count; i++) {
    struct pointer *pointer = &pointers[i];
    pointer->rest = pointer->path;
    pointer->level = pointer->path.length > 0 ? 0 : LEVEL_DONE;
    pointer->value = pointer->path.length > 0 ? TEXT_NONE : whole;
  }
  descend(whole, pointers, count, 0);
}
