// Checks what Accept-Encoding admits, and which bodies are worth it.
#include "http/encoding.h"

#include "base/limits.h"
#include "unit.h"

enum { LENGTH = 100000 };

START_TEST(sends_gzip_to_who_admits_it) {
  static const struct {
    const char *accepted;  // NULL: no such header
    enum encoding encoding;
  } CASES[] = {
      {NULL, ENCODING_PLAIN},
      {"", ENCODING_PLAIN},
      {" ", ENCODING_PLAIN},
      {"gzip", ENCODING_GZIP},
      {"GZip", ENCODING_GZIP},
      {"x-gzip", ENCODING_GZIP},
      {"gzip, deflate, br, zstd", ENCODING_GZIP},
      {"deflate,br ,\tgzip", ENCODING_GZIP},
      {"deflate", ENCODING_PLAIN},
      {"gzipped", ENCODING_PLAIN},
      {"gzi", ENCODING_PLAIN},
      {"identity", ENCODING_PLAIN},
      // Weights
      {"gzip;q=1", ENCODING_GZIP},
      {"gzip;q=1.000", ENCODING_GZIP},
      {"gzip;q=1.", ENCODING_GZIP},
      {"gzip ; Q=0.001", ENCODING_GZIP},
      {"gzip;q=0", ENCODING_PLAIN},
      {"gzip;q=0.", ENCODING_PLAIN},
      {"gzip;q=0.000", ENCODING_PLAIN},
      {"gzip;q=0, *", ENCODING_PLAIN},
      {"*, gzip;q=0", ENCODING_PLAIN},
      {"br;q=1, gzip;q=0.2", ENCODING_GZIP},
      {"gzip;q=0;q=1", ENCODING_PLAIN},
      // Any
      {"*", ENCODING_GZIP},
      {"*;q=0.1", ENCODING_GZIP},
      {"*;q=0", ENCODING_PLAIN},
      {"*;q=0, gzip", ENCODING_GZIP},
      {"br, *", ENCODING_GZIP},
      // Against plain
      {"identity;q=0", ENCODING_PLAIN},
      {"identity;q=0, *", ENCODING_GZIP},
      {"identity;q=0.5, gzip;q=0.4", ENCODING_PLAIN},
      {"identity;q=0.5, *;q=0.4", ENCODING_PLAIN},
      {"identity;q=0.5, gzip;q=0.5", ENCODING_GZIP},
      {"gzip, identity", ENCODING_GZIP},
      // What is malformed admits nothing
      {"gzip;", ENCODING_PLAIN},
      {"gzip;q", ENCODING_PLAIN},
      {"gzip;q=", ENCODING_PLAIN},
      {"gzip;q=.5", ENCODING_PLAIN},
      {"gzip;q=-1", ENCODING_PLAIN},
      {"gzip;q=1.001", ENCODING_PLAIN},
      {"gzip;q=2", ENCODING_PLAIN},
      {"gzip;q=0.0001", ENCODING_PLAIN},
      {"gzip;q=high", ENCODING_PLAIN},
      {"gzip;level=9", ENCODING_PLAIN},
      {"gzip deflate", ENCODING_PLAIN},
      {",,;,", ENCODING_PLAIN},
      {",,gzip,", ENCODING_GZIP},
  };
  EACH(row, CASES) {
    enum encoding encoding = encoding_choose(text_of(row->accepted), LENGTH);
    ck_assert_msg(encoding == row->encoding, "%s gives %d", row->accepted ? row->accepted : "(absent)", encoding);
  }
}
END_TEST

START_TEST(leaves_bodies_plain_that_are_not_worth_it) {
  static const struct {
    size_t length;
    enum encoding encoding;
  } CASES[] = {
      {0, ENCODING_PLAIN},
      {ENCODED_BYTES_MIN - 1, ENCODING_PLAIN},
      {ENCODED_BYTES_MIN, ENCODING_GZIP},
      {ENCODED_BYTES_MAX, ENCODING_GZIP},
      {ENCODED_BYTES_MAX + 1, ENCODING_PLAIN},
  };
  EACH(row, CASES)
  ck_assert_int_eq(encoding_choose(TEXT("gzip"), row->length), row->encoding);
}
END_TEST

int main(void) {
  return unit_tests("http/encoding", (const TTest *[]){sends_gzip_to_who_admits_it, leaves_bodies_plain_that_are_not_worth_it, NULL});
}
