// Checks base/buffer.
#include "base/buffer.h"

#include "unit.h"

#include <string.h>

static struct buffer buffer;

START_TEST(appends_every_kind) {
  buffer_init(&buffer, 1000);
  buffer_append(&buffer, "ab", 2);
  buffer_text(&buffer, TEXT("cd"));
  buffer_text(&buffer, TEXT_NONE);
  buffer_string(&buffer, "ef");
  buffer_string(&buffer, "");
  buffer_char(&buffer, '|');
  buffer_int(&buffer, -42);
  buffer_format(&buffer, "|%s %d", "gh", 7);
  ASSERT_TEXT(buffer_view(&buffer), "abcdef|-42|gh 7");
  ck_assert_str_eq(buffer.bytes, "abcdef|-42|gh 7");
  ck_assert(!buffer.failed);
  buffer_release(&buffer);
}
END_TEST

START_TEST(writes_integers_to_their_limits) {
  static const struct {
    int64_t value;
    const char *expected;
  } CASES[] = {
      {0, "0"}, {9, "9"}, {10, "10"}, {-1, "-1"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"},
  };
  buffer_init(&buffer, 100);
  EACH(row, CASES) {
    buffer_clear(&buffer);
    buffer_int(&buffer, row->value);
    ASSERT_TEXT(buffer_view(&buffer), row->expected);
  }
  buffer_release(&buffer);
}
END_TEST

START_TEST(view_is_empty_not_absent_before_first_append) {
  buffer_init(&buffer, 10);
  ASSERT_TEXT(buffer_view(&buffer), "");
  buffer_release(&buffer);
}
END_TEST

START_TEST(takes_exactly_its_maximum) {
  static const size_t MAXIMA[] = {0, 1, 511, 512, 513, 5000, 70000};
  EACH(bytes_max, MAXIMA) {
    buffer_init(&buffer, *bytes_max);
    for (size_t i = 0; i < *bytes_max; i++) {
      buffer_char(&buffer, 'x');
    }
    ck_assert(!buffer.failed);
    ck_assert_uint_eq(buffer.length, *bytes_max);
    ck_assert_uint_le(buffer.capacity, *bytes_max + 1);
    buffer_char(&buffer, 'x');
    ck_assert(buffer.failed);
    ck_assert_uint_eq(buffer.length, *bytes_max);
    buffer_release(&buffer);
  }
}
END_TEST

START_TEST(failure_sticks_and_nothing_is_appended_any_more) {
  buffer_init(&buffer, 10);
  buffer_string(&buffer, "12345678");
  buffer_string(&buffer, "abc");
  ck_assert(buffer.failed);
  buffer_char(&buffer, 'd');
  buffer_int(&buffer, 1);
  buffer_format(&buffer, "e");
  ck_assert_ptr_null(buffer_room(&buffer, 0));
  ck_assert_str_eq(buffer.bytes, "12345678");
  ASSERT_TEXT(buffer_view(&buffer), "12345678");
  buffer_clear(&buffer);
  ck_assert(!buffer.failed);
  buffer_string(&buffer, "again");
  ASSERT_TEXT(buffer_view(&buffer), "again");
  buffer_release(&buffer);
}
END_TEST

START_TEST(format_that_does_not_fit_leaves_content) {
  buffer_init(&buffer, 600);
  buffer_string(&buffer, "start");
  buffer_format(&buffer, "%700d", 1);
  ck_assert(buffer.failed);
  ck_assert_str_eq(buffer.bytes, "start");
  buffer_release(&buffer);
}
END_TEST

START_TEST(formats_longer_than_the_room_at_hand) {
  buffer_init(&buffer, 100000);
  for (int i = 1; i < 400; i++) {
    buffer_format(&buffer, "%*d", i, i % 10);
    ck_assert_uint_eq(buffer.length, (size_t)(i * (i + 1) / 2));
    ck_assert_int_eq(buffer.bytes[buffer.length - 1], '0' + i % 10);
    ck_assert_int_eq(buffer.bytes[buffer.length], '\0');
  }
  buffer_release(&buffer);
}
END_TEST

START_TEST(grows_geometrically) {
  buffer_init(&buffer, 1 << 24);
  size_t capacity = 0;
  int growths = 0;
  for (int i = 0; i < 1 << 20; i++) {
    buffer_char(&buffer, 'x');
    growths += buffer.capacity != capacity;
    capacity = buffer.capacity;
  }
  ck_assert_int_le(growths, 13);
  buffer_release(&buffer);
}
END_TEST

START_TEST(room_is_written_by_the_caller) {
  buffer_init(&buffer, 2000);
  char *room = buffer_room(&buffer, 2000);
  ck_assert_ptr_nonnull(room);
  memset(room, 'r', 2000);
  buffer.length += 2000;
  ck_assert_uint_eq(strlen(buffer.bytes), 2000);
  ck_assert_ptr_nonnull(buffer_room(&buffer, 0));
  ck_assert_ptr_null(buffer_room(&buffer, SIZE_MAX));
  ck_assert(buffer.failed);
  buffer_release(&buffer);
}
END_TEST

START_TEST(drops_from_the_beginning) {
  buffer_init(&buffer, 100);
  buffer_drop(&buffer, 0);
  buffer_string(&buffer, "head and tail");
  buffer_drop(&buffer, 9);
  ck_assert_str_eq(buffer.bytes, "tail");
  buffer_drop(&buffer, 4);
  ASSERT_TEXT(buffer_view(&buffer), "");
  buffer_release(&buffer);
}
END_TEST

START_TEST(clear_keeps_memory_and_release_gives_it_back) {
  buffer_init(&buffer, 10000);
  buffer_format(&buffer, "%5000d", 1);
  const char *bytes = buffer.bytes;
  buffer_clear(&buffer);
  ck_assert_ptr_eq(buffer.bytes, bytes);
  ASSERT_TEXT(buffer_view(&buffer), "");
  buffer_release(&buffer);
  ck_assert_ptr_null(buffer.bytes);
  ck_assert_uint_eq(buffer.capacity, 0);
  buffer_string(&buffer, "reborn");
  ASSERT_TEXT(buffer_view(&buffer), "reborn");
  buffer_release(&buffer);
}
END_TEST

int main(void) {
  return unit_tests("buffer", (const TTest *[]){
                                  appends_every_kind,
                                  writes_integers_to_their_limits,
                                  view_is_empty_not_absent_before_first_append,
                                  takes_exactly_its_maximum,
                                  failure_sticks_and_nothing_is_appended_any_more,
                                  format_that_does_not_fit_leaves_content,
                                  formats_longer_than_the_room_at_hand,
                                  grows_geometrically,
                                  room_is_written_by_the_caller,
                                  drops_from_the_beginning,
                                  clear_keeps_memory_and_release_gives_it_back,
                                  NULL,
                              });
}
