// Checks Base64 against the vectors of RFC 4648.
#include "base/base64.h"

#include <string.h>

#include "unit.h"

static const struct {
  const char *bytes, *written;
} VECTORS[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xbf", "+/+/"},
};

START_TEST(writes_the_vectors_of_rfc_4648) {
  EACH(row, VECTORS) {
    char out[16];
    size_t n = base64_write((const uint8_t *)row->bytes, strlen(row->bytes), out);
    ck_assert_uint_eq(n, BASE64_CHARS(strlen(row->bytes)));
    ASSERT_TEXT(((struct text){out, n}), row->written);
  }
}
END_TEST

int main(void) { return unit_tests("base/base64", (const TTest *[]){writes_the_vectors_of_rfc_4648, NULL}); }
