// Memory that lives and dies together, with a hard cap: what belongs to a request is taken from its arena.
#ifndef XLAD_BASE_ARENA_H
#define XLAD_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/text.h"

struct arena_block;

struct arena {
  struct arena_block *blocks;  // newest first
  size_t used;                 // bytes handed out, padding included
  size_t bytes_max;            // cap of used
};

void arena_init(struct arena *arena, size_t bytes_max);
// Frees everything that was taken; the arena can be used again. One small block is kept to save the next allocation.
void arena_clear(struct arena *arena);
void arena_release(struct arena *arena);

// Zeroed memory aligned for any type, or NULL when the cap is reached or memory is out. Never freed singly.
void *arena_take(struct arena *arena, size_t bytes) __attribute__((warn_unused_result));
// count × size with overflow check.
void *arena_take_array(struct arena *arena, size_t count, size_t size) __attribute__((warn_unused_result));
// A NUL-terminated copy; absent on failure (or when a is absent).
struct text arena_copy(struct arena *arena, struct text a);
// printf into the arena; absent on failure. The result is NUL-terminated.
struct text arena_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct text arena_vformat(struct arena *arena, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));

#endif
