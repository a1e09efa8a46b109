// Hands out memory from a few large blocks that are freed together.
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
  struct arena_block *next;
  size_t size;  // of bytes[]
  size_t used;
  alignas(max_align_t) char bytes[];
};

enum {
  BLOCK_BYTES_MIN = 16 * 1024 - (int)sizeof(struct arena_block),
  BLOCK_BYTES_MAX = 256 * 1024 - (int)sizeof(struct arena_block),
  // What is larger than this part of a block gets a block of its own, so that a retired block wastes no more than that.
  BLOCK_PART = 4,
};

void arena_init(struct arena *arena, size_t bytes_max) { *arena = (struct arena){.bytes_max = bytes_max}; }

static void blocks_free(struct arena_block *block) {
  while (block != NULL) {
    struct arena_block *next = block->next;
    free(block);
    block = next;
  }
}

void arena_clear(struct arena *arena) {
  struct arena_block **link = &arena->blocks;
  while (*link != NULL && (*link)->size != BLOCK_BYTES_MIN) {
    link = &(*link)->next;
  }
  struct arena_block *kept = *link;
  if (kept != NULL) {
    *link = kept->next;
    kept->next = NULL;
    kept->used = 0;
  }
  blocks_free(arena->blocks);
  arena->blocks = kept;
  arena->used = 0;
}

void arena_release(struct arena *arena) {
  blocks_free(arena->blocks);
  arena->blocks = NULL;
  arena->used = 0;
}

static struct arena_block *block_new(size_t size) {
  struct arena_block *block = size <= SIZE_MAX - sizeof *block ? malloc(sizeof *block + size) : NULL;
  if (block != NULL) {
    block->next = NULL;
    block->size = size;
    block->used = 0;
  }
  return block;
}

// Puts a new ordinary block in front, larger than the one before.
static struct arena_block *block_push(struct arena *arena) {
  size_t size = BLOCK_BYTES_MIN;
  if (arena->blocks != NULL) {
    size = arena->blocks->size >= BLOCK_BYTES_MAX / 2 ? BLOCK_BYTES_MAX : arena->blocks->size * 2;
  }
  struct arena_block *block = block_new(size);
  if (block != NULL) {
    block->next = arena->blocks;
    arena->blocks = block;
  }
  return block;
}

// A block for one piece alone. It stands behind the newest, whose room is still to be used.
static struct arena_block *block_insert(struct arena *arena, size_t bytes) {
  struct arena_block *block = block_new(bytes);
  if (block != NULL) {
    block->next = arena->blocks->next;
    arena->blocks->next = block;
  }
  return block;
}

// Bytes to skip in the block until `alignment` is met; bytes[] itself has the strictest one.
static size_t padding_of(const struct arena_block *block, size_t alignment) { return -block->used & (alignment - 1); }

static bool block_fits(const struct arena_block *block, size_t bytes, size_t alignment) {
  size_t room = block->size - block->used;
  size_t padding = padding_of(block, alignment);
  return padding <= room && bytes <= room - padding;
}

// A block with room for `bytes`, or NULL when memory is out.
static struct arena_block *block_for(struct arena *arena, size_t bytes, size_t alignment) {
  struct arena_block *block = arena->blocks != NULL ? arena->blocks : block_push(arena);
  if (block == NULL || block_fits(block, bytes, alignment)) {
    return block;
  }
  return bytes > block->size / BLOCK_PART ? block_insert(arena, bytes) : block_push(arena);
}

// Memory as it comes. Padding counts as handed out, or many small pieces would slip under the cap.
static void *take_raw(struct arena *arena, size_t bytes, size_t alignment) {
  if (bytes > arena->bytes_max - arena->used) {
    return NULL;
  }
  struct arena_block *block = block_for(arena, bytes, alignment);
  if (block == NULL) {
    return NULL;
  }
  size_t padding = padding_of(block, alignment);
  if (padding > arena->bytes_max - arena->used - bytes) {
    return NULL;
  }
  char *taken = block->bytes + block->used + padding;
  block->used += padding + bytes;
  arena->used += padding + bytes;
  return taken;
}

void *arena_take(struct arena *arena, size_t bytes) {
  void *taken = take_raw(arena, bytes, alignof(max_align_t));
  return taken == NULL ? NULL : memset(taken, 0, bytes);
}

void *arena_take_array(struct arena *arena, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    return NULL;
  }
  return arena_take(arena, bytes);
}

struct text arena_copy(struct arena *arena, struct text a) {
  char *copy = a.at == NULL || a.length == SIZE_MAX ? NULL : take_raw(arena, a.length + 1, 1);
  if (copy == NULL) {
    return TEXT_NONE;
  }
  memcpy(copy, a.at, a.length);
  copy[a.length] = '\0';
  return (struct text){copy, a.length};
}

struct text arena_format(struct arena *arena, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  struct text formatted = arena_vformat(arena, format, arguments);
  va_end(arguments);
  return formatted;
}

// Most texts fit what is left of the newest block, and are formatted only once.
struct text arena_vformat(struct arena *arena, const char *format, va_list arguments) {
  struct arena_block *block = arena->blocks;
  size_t room = block == NULL ? 0 : block->size - block->used;
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(room == 0 ? NULL : block->bytes + block->used, room, format, arguments);
  struct text formatted = TEXT_NONE;
  char *out = length < 0 ? NULL : take_raw(arena, (size_t)length + 1, 1);
  if (out != NULL) {
    formatted = (struct text){out, (size_t)length};
  }
  if (out != NULL && (size_t)length >= room) {
    int second = vsnprintf(out, (size_t)length + 1, format, again);
    assert(second == length);
    (void)second;
  }
  va_end(again);
  return formatted;
}
