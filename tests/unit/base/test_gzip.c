// Checks that what was packed is a gzip stream of the same bytes, and the same stream each time.
#include "base/gzip.h"

#include <string.h>
#include <zlib.h>

#include "unit.h"

enum { BYTES_MAX = 300000, WINDOW_BITS = 15, GZIP_ONLY = 16 };

static char plain[BYTES_MAX], unpacked[BYTES_MAX];

// The whole of one gzip stream; −1 when it is none, or something follows.
static long unpack(char *packed, size_t length) {
  z_stream stream = {.next_in = (Bytef *)packed, .avail_in = (uInt)length, .next_out = (Bytef *)unpacked, .avail_out = BYTES_MAX};
  if (inflateInit2(&stream, WINDOW_BITS + GZIP_ONLY) != Z_OK) return -1;
  int end = inflate(&stream, Z_FINISH);
  long got = end == Z_STREAM_END && stream.avail_in == 0 ? (long)stream.total_out : -1;
  (void)inflateEnd(&stream);
  return got;
}

// Bytes without any order, from a linear congruential generator.
static void fill_noise(size_t length) {
  uint32_t state = 1;
  for (size_t i = 0; i < length; i++) {
    state = state * 1664525 + 1013904223;
    plain[i] = (char)(state >> 24);
  }
}

static size_t round_trip(size_t length) {
  size_t once = 0, twice = 0;
  char *packed = gzip_pack((struct text){plain, length}, &once), *again = gzip_pack((struct text){plain, length}, &twice);
  ck_assert_ptr_nonnull(packed);
  ck_assert_ptr_nonnull(again);
  ck_assert_int_eq(unpack(packed, once), (long)length);
  ck_assert_mem_eq(unpacked, plain, length);
  ck_assert_uint_eq(once, twice);
  ck_assert_mem_eq(packed, again, once);
  free(packed);
  free(again);
  return once;
}

START_TEST(unpacks_to_what_was_packed) {
  static const size_t LENGTHS[] = {0, 1, 2, 1023, 1024, 65535, 65536, BYTES_MAX};
  EACH(length, LENGTHS) {
    fill_noise(*length);
    (void)round_trip(*length);
    memset(plain, '{', *length);
    (void)round_trip(*length);
  }
}
END_TEST

START_TEST(makes_repeated_text_small) {
  for (size_t i = 0; i < BYTES_MAX; i++)
    plain[i] = "\"happiness\":{\"value\":100,\"n\":1},"[i % 32];
  ck_assert_uint_lt(round_trip(BYTES_MAX), BYTES_MAX / 50);
}
END_TEST

int main(void) { return unit_tests("base/gzip", (const TTest *[]){unpacks_to_what_was_packed, makes_repeated_text_small, NULL}); }
