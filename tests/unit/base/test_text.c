// Checks base/text.
#include "base/text.h"

#include "unit.h"

#include <string.h>

struct yes_no {
  struct text input;
  bool expected;
};

START_TEST(tells_absent_from_empty) {
  ck_assert(!text_equals(TEXT_NONE, TEXT("")));
  ck_assert(text_equals(TEXT_NONE, text_of(NULL)));
  ck_assert(text_is(TEXT_NONE, NULL));
  ck_assert(!text_is(TEXT_NONE, ""));
  ck_assert(text_is(TEXT(""), ""));
  ck_assert(!text_starts(TEXT_NONE, ""));
}
END_TEST

START_TEST(compares_all_bytes) {
  ck_assert(text_equals(TEXT("a\0b"), TEXT("a\0b")));
  ck_assert(!text_equals(TEXT("a\0b"), TEXT("a\0c")));
  ck_assert(!text_is(TEXT("a\0b"), "a"));
  ck_assert(!text_equals(TEXT("a"), TEXT("A")));
  ck_assert(text_starts(TEXT("xlad_key"), "xlad_"));
  ck_assert(!text_starts(TEXT("xla"), "xlad_"));
}
END_TEST

START_TEST(orders_prefix_before_longer) {
  const struct text ASCENDING[] = {TEXT_NONE, TEXT(""), TEXT("\0"), TEXT("a"), TEXT("a\0"), TEXT("ab"), TEXT("b"), TEXT("\xc3\xa4")};
  for (size_t i = 0; i < ROWS(ASCENDING); i++) {
    for (size_t j = 0; j < ROWS(ASCENDING); j++) {
      int order = text_compare(ASCENDING[i], ASCENDING[j]);
      ck_assert_int_eq((order > 0) - (order < 0), (i > j) - (i < j));
    }
  }
}
END_TEST

START_TEST(trims_white_space_at_both_ends_only) {
  ASSERT_TEXT(text_trimmed(TEXT(" \t\r\n a  b\v\f ")), "a  b");
  ASSERT_TEXT(text_trimmed(TEXT(" \n")), "");
  ASSERT_TEXT(text_trimmed(TEXT("")), "");
  ASSERT_TEXT(text_trimmed(TEXT_NONE), NULL);
  ASSERT_TEXT(text_trimmed(TEXT("\xc2\xa0x")), "\xc2\xa0x");
}
END_TEST

START_TEST(cuts_until_nothing_is_left) {
  const struct {
    struct text input;
    const char *pieces[5];
  } CASES[] = {
      {TEXT("a,b,c"), {"a", "b", "c"}}, {TEXT("abc"), {"abc"}},  {TEXT(""), {""}},
      {TEXT(",,"), {"", "", ""}},       {TEXT("a,"), {"a", ""}}, {TEXT_NONE, {NULL}},
  };
  EACH(row, CASES) {
    struct text rest = row->input;
    size_t n = 0;
    while (rest.at != NULL) {
      struct text piece = text_cut(&rest, ',');
      ASSERT_TEXT(piece, row->pieces[n]);
      n++;
    }
    ck_assert_ptr_null(row->pieces[n]);
  }
}
END_TEST

START_TEST(tells_well_formed_utf8) {
  const struct yes_no CASES[] = {
      {TEXT_NONE, true},
      {TEXT(""), true},
      {TEXT("plain ascii that is longer than one stride"), true},
      {TEXT("twelve bytes \xe2\x82\xac behind"), true},
      {TEXT("12345678\x80"), false},
      {TEXT("1234567\xc3"), false},
      {TEXT("a\0b"), true},
      {TEXT("\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), true},
      {TEXT("\xc0\x80"), false},
      {TEXT("\xe0\x9f\xbf"), false},
      {TEXT("\xed\xa0\x80"), false},
      {TEXT("\xf0\x8f\xbf\xbf"), false},
      {TEXT("\xf4\x90\x80\x80"), false},
      {TEXT("\xe2\x82"), false},
      {TEXT("\xff"), false},
  };
  EACH(row, CASES) { ck_assert_msg(text_is_utf8(row->input) == row->expected, "case %zu", (size_t)(row - CASES)); }
}
END_TEST

// RFC 3629 says how many strings of three bytes are well-formed: 128³ of ASCII, 1920 two-byte characters beside one of
// ASCII on either side, and the characters from U+0800 to U+FFFF without 2048 surrogates.
START_TEST(takes_exactly_the_well_formed_triples) {
  unsigned char bytes[3];
  long valid = 0;
  for (unsigned i = 0; i < 1U << 24; i++) {
    bytes[0] = (unsigned char)(i >> 16);
    bytes[1] = (unsigned char)(i >> 8);
    bytes[2] = (unsigned char)i;
    valid += text_is_utf8((struct text){(const char *)bytes, 3});
  }
  ck_assert_int_eq(valid, 128L * 128 * 128 + 2L * 128 * 1920 + (0x10000 - 0x800 - 2048));
}
END_TEST

// 0x100000 characters above U+FFFF are 256 pairs of first and second byte.
START_TEST(takes_exactly_the_well_formed_quadruples) {
  static const unsigned char EDGES[] = {0x7f, 0x80, 0xbf, 0xc0};
  unsigned char bytes[4];
  int valid = 0;
  for (unsigned i = 0; i < 16U * 256 * ROWS(EDGES) * ROWS(EDGES); i++) {
    bytes[0] = (unsigned char)(0xf0 + (i >> 12));
    bytes[1] = (unsigned char)(i >> 4);
    bytes[2] = EDGES[i >> 2 & 3];
    bytes[3] = EDGES[i & 3];
    valid += text_is_utf8((struct text){(const char *)bytes, 4});
  }
  ck_assert_int_eq(valid, 256 * 4);
}
END_TEST

START_TEST(counts_code_points_not_bytes) {
  ck_assert_uint_eq(text_chars(TEXT_NONE), 0);
  ck_assert_uint_eq(text_chars(TEXT("abc")), 3);
  ck_assert_uint_eq(text_chars(TEXT("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 3);
}
END_TEST

START_TEST(finds_control_bytes) {
  const struct yes_no CASES[] = {
      {TEXT("plain"), false}, {TEXT(""), false},    {TEXT("a\tb"), true},   {TEXT("a\0"), true},
      {TEXT("\x1f"), true},   {TEXT("\x7f"), true}, {TEXT("\x20~"), false}, {TEXT("\xc3\xa4"), false},
  };
  EACH(row, CASES) { ck_assert_msg(text_has_control(row->input) == row->expected, "case %zu", (size_t)(row - CASES)); }
}
END_TEST

START_TEST(reads_whole_numbers_up_to_int64) {
  static const struct {
    const char *input;
    int64_t expected;
  } CASES[] = {
      {"0", 0}, {"-0", 0}, {"7", 7}, {"-12", -12}, {"007", 7}, {"9223372036854775807", INT64_MAX}, {"-9223372036854775807", -INT64_MAX},
  };
  EACH(row, CASES) {
    int64_t value = ABSENT;
    ck_assert_msg(text_to_int(text_of(row->input), &value), "%s", row->input);
    ck_assert_int_eq(value, row->expected);
  }
}
END_TEST

START_TEST(rejects_what_is_no_whole_number) {
  const struct text CASES[] = {
      TEXT_NONE,
      TEXT(""),
      TEXT("-"),
      TEXT("+1"),
      TEXT("1 "),
      TEXT(" 1"),
      TEXT("1.0"),
      TEXT("1."),
      TEXT("1e3"),
      TEXT("0x1"),
      TEXT("--1"),
      TEXT("1\0"),
      TEXT("\xd9\xa3"),
      TEXT("9223372036854775808"),
      TEXT("-9223372036854775808"),
      TEXT("99999999999999999999"),
  };
  EACH(row, CASES) {
    int64_t value = 4711;
    ck_assert_msg(!text_to_int(*row, &value), "case %zu", (size_t)(row - CASES));
    ck_assert_int_eq(value, 4711);
  }
}
END_TEST

START_TEST(scales_decimals) {
  static const struct {
    const char *input;
    int decimals;
    bool good;
    int64_t expected;
  } CASES[] = {
      {"17.5", 2, true, 1750},
      {"17", 2, true, 1700},
      {"17.05", 2, true, 1705},
      {"-0.05", 2, true, -5},
      {"-17.50", 2, true, -1750},
      {"0", 6, true, 0},
      {"92233720368547758.07", 2, true, INT64_MAX},
      {"92233720368547758.08", 2, false, 0},
      {"922337203685477580", 2, false, 0},
      {"17.505", 2, false, 0},
      {"17.500", 2, false, 0},
      {"17.", 2, false, 0},
      {".5", 2, false, 0},
      {"-.5", 2, false, 0},
      {"1.-5", 2, false, 0},
      {"1.5.5", 2, false, 0},
      {"1e2", 2, false, 0},
      {"17,5", 2, false, 0},
      {"17.0", 0, false, 0},
  };
  EACH(row, CASES) {
    int64_t value = ABSENT;
    ck_assert_msg(text_to_decimal(text_of(row->input), row->decimals, &value) == row->good, "%s", row->input);
    ck_assert_int_eq(value, row->good ? row->expected : ABSENT);
  }
}
END_TEST

START_TEST(decodes_percent_strictly) {
  const struct {
    struct text input;
    const char *expected;  // NULL: refused
  } CASES[] = {
      {TEXT(""), ""},         {TEXT("a%20b"), "a b"}, {TEXT("a+b"), "a+b"}, {TEXT("%2F%2f"), "//"}, {TEXT("%e2%82%AC"), "\xe2\x82\xac"},
      {TEXT("%25%41"), "%A"}, {TEXT("%"), NULL},      {TEXT("a%2"), NULL},  {TEXT("%zz"), NULL},    {TEXT("%2 "), NULL},
      {TEXT("%00"), NULL},    {TEXT("a\0"), NULL},    {TEXT("%c3"), NULL},  {TEXT("%c0%80"), NULL}, {TEXT("%ed%a0%80"), NULL},
      {TEXT("%-1"), NULL},    {TEXT("%%41"), NULL},
  };
  EACH(row, CASES) {
    char out[32];
    size_t n = 0;
    ck_assert_msg(text_percent_decode(row->input, out, &n) == (row->expected != NULL), "case %zu", (size_t)(row - CASES));
    if (row->expected != NULL) {
      ASSERT_TEXT(((struct text){out, n}), row->expected);
    }
  }
}
END_TEST

START_TEST(looks_no_further_than_the_text_for_an_escape) {
  char out[8];
  size_t n;
  ck_assert(!text_percent_decode((struct text){"%41", 2}, out, &n));
  ck_assert(!text_percent_decode((struct text){"a%41", 2}, out, &n));
}
END_TEST

START_TEST(decodes_percent_in_place) {
  char bytes[] = "a%20b%C3%A4";
  size_t n = 0;
  ck_assert(text_percent_decode(text_of(bytes), bytes, &n));
  ASSERT_TEXT(((struct text){bytes, n}), "a b\xc3\xa4");
}
END_TEST

START_TEST(hexadecimal_survives_the_round_trip) {
  uint8_t bytes[256];
  uint8_t back[256];
  char out[512];
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (uint8_t)i;
  }
  text_hex(bytes, sizeof bytes, out);
  ck_assert(memcmp(out + 2 * 0xa9, "a9", 2) == 0);
  ck_assert(text_unhex((struct text){out, sizeof out}, back, sizeof back));
  ck_assert_mem_eq(bytes, back, sizeof bytes);
}
END_TEST

START_TEST(rejects_bad_hexadecimal) {
  uint8_t bytes[2];
  ck_assert(text_unhex(TEXT("AbCd"), bytes, 2));
  ck_assert_uint_eq(bytes[0], 0xab);
  ck_assert_uint_eq(bytes[1], 0xcd);
  const struct text CASES[] = {TEXT("abc"), TEXT("abcde"), TEXT("abcdef"), TEXT("ab"), TEXT("abcg"), TEXT("ab d"), TEXT(""), TEXT_NONE};
  EACH(row, CASES) { ck_assert_msg(!text_unhex(*row, bytes, 2), "case %zu", (size_t)(row - CASES)); }
  ck_assert(text_unhex(TEXT(""), bytes, 0));
}
END_TEST

int main(void) {
  return unit_tests("text", (const TTest *[]){
                                tells_absent_from_empty,
                                compares_all_bytes,
                                orders_prefix_before_longer,
                                trims_white_space_at_both_ends_only,
                                cuts_until_nothing_is_left,
                                tells_well_formed_utf8,
                                takes_exactly_the_well_formed_triples,
                                takes_exactly_the_well_formed_quadruples,
                                counts_code_points_not_bytes,
                                finds_control_bytes,
                                reads_whole_numbers_up_to_int64,
                                rejects_what_is_no_whole_number,
                                scales_decimals,
                                decodes_percent_strictly,
                                looks_no_further_than_the_text_for_an_escape,
                                decodes_percent_in_place,
                                hexadecimal_survives_the_round_trip,
                                rejects_bad_hexadecimal,
                                NULL,
                            });
}
