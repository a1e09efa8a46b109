// Checks base/arena, and base/errors' collection of issues, which lives in one.
#include "base/arena.h"

#include "base/errors.h"
#include "unit.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ROOMY = 16 * 1024 * 1024 };

static struct arena arena;

static bool all_are(const char *at, size_t n, char byte) {
  for (size_t i = 0; i < n; i++) {
    if (at[i] != byte) {
      return false;
    }
  }
  return true;
}

START_TEST(gives_zeroed_aligned_separate_pieces) {
  enum { PIECES = 3000 };
  static char *pieces[PIECES];
  arena_init(&arena, ROOMY);
  for (size_t i = 0; i < PIECES; i++) {
    size_t size = i % 97 * 7;
    pieces[i] = arena_take(&arena, size);
    ck_assert_ptr_nonnull(pieces[i]);
    ck_assert_uint_eq((uintptr_t)pieces[i] % alignof(max_align_t), 0);
    ck_assert(all_are(pieces[i], size, 0));
    memset(pieces[i], (int)(i % 127 + 1), size);
  }
  for (size_t i = 0; i < PIECES; i++) {
    ck_assert(all_are(pieces[i], i % 97 * 7, (char)(i % 127 + 1)));
  }
  arena_release(&arena);
}
END_TEST

START_TEST(is_zeroed_again_after_clear) {
  arena_init(&arena, ROOMY);
  for (int round = 0; round < 3; round++) {
    for (size_t size = 1; size < 100000; size *= 3) {
      char *piece = arena_take(&arena, size);
      ck_assert_ptr_nonnull(piece);
      ck_assert(all_are(piece, size, 0));
      memset(piece, 0x55, size);
    }
    arena_clear(&arena);
    ck_assert_uint_eq(arena.used, 0);
  }
  arena_release(&arena);
}
END_TEST

START_TEST(keeps_one_block_over_clear) {
  arena_init(&arena, ROOMY);
  void *first = arena_take(&arena, 64);
  ck_assert_ptr_nonnull(arena_take(&arena, 1000000));
  ck_assert_ptr_nonnull(arena_take(&arena, 15000));
  arena_clear(&arena);
  ck_assert_ptr_eq(arena_take(&arena, 64), first);
  arena_release(&arena);
  ck_assert_ptr_null(arena.blocks);
}
END_TEST

START_TEST(large_piece_leaves_room_of_newest_block) {
  arena_init(&arena, ROOMY);
  char *before = arena_take(&arena, 64);
  ck_assert_ptr_nonnull(arena_take(&arena, 1000000));
  ck_assert_ptr_eq(arena_take(&arena, 64), before + 64);
  arena_release(&arena);
}
END_TEST

START_TEST(refuses_more_than_cap) {
  static const size_t CAPS[] = {0, 1, 100, 20000, 1000000};
  EACH(cap, CAPS) {
    arena_init(&arena, *cap);
    ck_assert_ptr_null(arena_take(&arena, *cap + 1));
    ck_assert_ptr_nonnull(arena_take(&arena, *cap));
    ck_assert_ptr_null(arena_take(&arena, 1));
    arena_clear(&arena);
    ck_assert_ptr_nonnull(arena_take(&arena, *cap));
    arena_release(&arena);
  }
}
END_TEST

START_TEST(counts_small_pieces_against_cap) {
  arena_init(&arena, 100000);
  // The first piece of a block has no padding before it, all others have.
  size_t pieces = 0;
  while (arena_take(&arena, 1) != NULL) {
    pieces++;
    ck_assert_uint_le(arena.used, arena.bytes_max);
  }
  ck_assert_uint_le(pieces, 100000 / (alignof(max_align_t) - 1));
  arena_release(&arena);
}
END_TEST

START_TEST(refuses_sizes_that_overflow) {
  arena_init(&arena, SIZE_MAX);
  ck_assert_ptr_null(arena_take(&arena, SIZE_MAX));
  ck_assert_ptr_null(arena_take(&arena, SIZE_MAX - 8));
  ck_assert_ptr_null(arena_take_array(&arena, SIZE_MAX / 2, 3));
  ck_assert_ptr_null(arena_take_array(&arena, (size_t)1 << 32, (size_t)1 << 32));
  ck_assert_ptr_nonnull(arena_take_array(&arena, 0, 8));
  ck_assert_ptr_nonnull(arena_take_array(&arena, 5, 8));
  arena_release(&arena);
}
END_TEST

START_TEST(copies_with_terminator) {
  arena_init(&arena, 8);
  struct text copy = arena_copy(&arena, TEXT("a\0b"));
  ck_assert(text_equals(copy, TEXT("a\0b")));
  ck_assert_int_eq(copy.at[3], '\0');
  ASSERT_TEXT(arena_copy(&arena, TEXT_NONE), NULL);
  ASSERT_TEXT(arena_copy(&arena, TEXT("")), "");
  ASSERT_TEXT(arena_copy(&arena, TEXT("abc")), NULL);
  ASSERT_TEXT(arena_copy(&arena, TEXT("ab")), "ab");
  arena_release(&arena);
}
END_TEST

START_TEST(formats_across_block_ends) {
  enum { TEXTS = 4000 };
  static struct text texts[TEXTS];
  arena_init(&arena, ROOMY);
  for (int i = 0; i < TEXTS; i++) {
    texts[i] = arena_format(&arena, "%d:%*d", i, i % 300, i);
    ck_assert_ptr_nonnull(texts[i].at);
  }
  for (int i = 0; i < TEXTS; i++) {
    char expected[400];
    snprintf(expected, sizeof expected, "%d:%*d", i, i % 300, i);
    ASSERT_TEXT(texts[i], expected);
    ck_assert_int_eq(texts[i].at[texts[i].length], '\0');
  }
  arena_release(&arena);
}
END_TEST

// The odd byte in front makes a text of one character miss its terminator at the end of each block.
START_TEST(formats_again_when_only_the_terminator_does_not_fit) {
  arena_init(&arena, ROOMY);
  ASSERT_TEXT(arena_copy(&arena, TEXT("")), "");
  for (int i = 0; i < 20000; i++) {
    const char expected[] = {(char)('0' + i % 10), '\0'};
    ASSERT_TEXT(arena_format(&arena, "%d", i % 10), expected);
  }
  arena_release(&arena);
}
END_TEST

START_TEST(format_beyond_cap_is_absent) {
  arena_init(&arena, 10);
  ASSERT_TEXT(arena_format(&arena, "%s", "0123456789"), NULL);
  ASSERT_TEXT(arena_format(&arena, "%s", "012345678"), "012345678");
  ASSERT_TEXT(arena_format(&arena, "%s", ""), NULL);
  arena_release(&arena);
}
END_TEST

START_TEST(every_error_has_facts) {
  for (int error = 0; error < ERR_COUNT; error++) {
    const struct error_fact *fact = error_fact((enum err)error);
    ck_assert_ptr_nonnull(fact->slug);
    ck_assert_ptr_nonnull(fact->title);
    ck_assert(fact->title[strlen(fact->title) - 1] != '.');
    ck_assert(error < 2 ? fact->status < 400 : fact->status >= 400 && fact->status < 600);
  }
  ck_assert_int_eq(error_fact(ERR_TOO_LARGE)->status, 413);
  ck_assert_str_eq(error_fact(ERR_KEY_REUSED)->slug, "idempotency-key-reused");
  ck_assert_int_eq(error_fact(ERR_COUNT)->status, 500);
}
END_TEST

START_TEST(issues_beyond_limit_are_counted_only) {
  struct issues issues;
  arena_init(&arena, ROOMY);
  issues_init(&issues, &arena);
  char pointer[] = "/happiness";
  for (int i = 0; i < REQUEST_ISSUES_MAX + 5; i++) {
    issues_add(&issues, text_of(pointer), "range", "must be at most %d", i);
  }
  memset(pointer, 'x', sizeof pointer - 1);
  ck_assert_uint_eq(issues.count, REQUEST_ISSUES_MAX);
  ck_assert_uint_eq(issues.total, REQUEST_ISSUES_MAX + 5);
  ASSERT_TEXT(issues.list[7].pointer, "/happiness");
  ASSERT_TEXT(issues.list[7].rule, "range");
  ASSERT_TEXT(issues.list[7].detail, "must be at most 7");
  arena_release(&arena);
}
END_TEST

START_TEST(issue_survives_full_arena) {
  struct issues issues;
  arena_init(&arena, 0);
  issues_init(&issues, &arena);
  issues_add(&issues, TEXT("/happiness"), "range", "must be at most %d", 10);
  ck_assert_uint_eq(issues.count, 1);
  ASSERT_TEXT(issues.list[0].rule, "range");
  ck_assert_ptr_nonnull(issues.list[0].pointer.at);
  ck_assert_ptr_nonnull(issues.list[0].detail.at);
  arena_release(&arena);
}
END_TEST

int main(void) {
  return unit_tests("arena", (const TTest *[]){
                                 gives_zeroed_aligned_separate_pieces,
                                 is_zeroed_again_after_clear,
                                 keeps_one_block_over_clear,
                                 large_piece_leaves_room_of_newest_block,
                                 refuses_more_than_cap,
                                 counts_small_pieces_against_cap,
                                 refuses_sizes_that_overflow,
                                 copies_with_terminator,
                                 formats_across_block_ends,
                                 formats_again_when_only_the_terminator_does_not_fit,
                                 format_beyond_cap_is_absent,
                                 every_error_has_facts,
                                 issues_beyond_limit_are_counted_only,
                                 issue_survives_full_arena,
                                 NULL,
                             });
}
