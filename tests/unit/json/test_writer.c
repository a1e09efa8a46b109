// What the writer writes, byte by byte: punctuation, escapes, rounding.
#include "json/writer.h"

#include "../unit.h"
#include "json/gate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { OUT_BYTES_MAX = 64 * 1024 };

struct sheet {
  struct buffer out;
  struct json_writer writer;
};

static void sheet_init(struct sheet *sheet) {
  buffer_init(&sheet->out, OUT_BYTES_MAX);
  json_start(&sheet->writer, &sheet->out);
}

static void assert_written(struct sheet *sheet, const char *expected) {
  ck_assert(!sheet->out.failed);
  ASSERT_TEXT(buffer_view(&sheet->out), expected);
  buffer_release(&sheet->out);
}

START_TEST(puts_commas_where_they_belong) {
  struct sheet sheet;
  sheet_init(&sheet);
  struct json_writer *writer = &sheet.writer;
  json_object(writer);
  json_name(writer, "a");
  json_array(writer);
  json_int(writer, 1);
  json_object(writer);
  json_object_end(writer);
  json_array(writer);
  json_array_end(writer);
  json_null(writer);
  json_bool(writer, true);
  json_bool(writer, false);
  json_array_end(writer);
  json_name_text(writer, TEXT("b\"\n"));
  json_object(writer);
  json_name(writer, "c");
  json_string(writer, "d");
  json_object_end(writer);
  json_name(writer, "e");
  json_decimal(writer, 0.5, 1);
  json_name(writer, "f");
  json_ratio(writer, 1, 3, 2);
  json_object_end(writer);
  assert_written(&sheet, "{\"a\":[1,{},[],null,true,false],\"b\\\"\\n\":{\"c\":\"d\"},\"e\":0.5,\"f\":0.33}");
}
END_TEST

START_TEST(writes_every_absent_value_as_null) {
  struct sheet sheet;
  sheet_init(&sheet);
  json_array(&sheet.writer);
  json_text(&sheet.writer, TEXT_NONE);
  json_string(&sheet.writer, NULL);
  json_int(&sheet.writer, ABSENT);
  json_instant(&sheet.writer, ABSENT);
  json_money(&sheet.writer, ABSENT);
  json_decimal(&sheet.writer, (double)NAN, 2);
  json_decimal(&sheet.writer, -(double)INFINITY, 2);
  json_array_end(&sheet.writer);
  assert_written(&sheet, "[null,null,null,null,null,null,null]");
}
END_TEST

START_TEST(escapes_only_what_must_be_escaped) {
  static const struct {
    struct text value;
    const char *written;
  } CASES[] = {
      {{"", 0}, "\"\""},
      {{"plain / text'", 13}, "\"plain / text'\""},
      {{"\"", 1}, "\"\\\"\""},
      {{"a\\b", 3}, "\"a\\\\b\""},
      {{"\b\f\n\r\t", 5}, "\"\\b\\f\\n\\r\\t\""},
      {{"\0\x01\x1f", 3}, "\"\\u0000\\u0001\\u001f\""},
      {{"\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80", 10}, "\"\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\""},
      {{"0123456\"", 8}, "\"0123456\\\"\""},
      {{"01234567\"9abcdefghijklmno\n", 26}, "\"01234567\\\"9abcdefghijklmno\\n\""},
      {{"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\"\xc3\xa9", 11}, "\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\\\"\xc3\xa9\""},
  };
  EACH(row, CASES) {
    struct sheet sheet;
    sheet_init(&sheet);
    json_text(&sheet.writer, row->value);
    assert_written(&sheet, row->written);
  }
}
END_TEST

START_TEST(escapes_each_byte_at_each_place) {
  for (int c = 1; c < 0x80; c++) {
    for (size_t place = 0; place < 20; place++) {
      char value[20];
      memset(value, 'x', sizeof value);
      value[place] = (char)c;
      struct sheet sheet;
      sheet_init(&sheet);
      json_text(&sheet.writer, (struct text){value, sizeof value});
      bool escaped = c < 0x20 || c == '"' || c == '\\';
      ck_assert_uint_eq(sheet.out.length > sizeof value + 2, escaped);
      struct gate_refusal refusal;
      ck_assert_msg(gate_check(buffer_view(&sheet.out), &refusal), "%s", sheet.out.bytes);
      buffer_release(&sheet.out);
    }
  }
}
END_TEST

START_TEST(writes_whole_numbers_instants_days_and_money) {
  struct sheet sheet;
  sheet_init(&sheet);
  json_array(&sheet.writer);
  json_int(&sheet.writer, INT64_MAX);
  json_int(&sheet.writer, -INT64_MAX);
  json_int(&sheet.writer, 0);
  json_instant(&sheet.writer, INT64_C(1772438460000000));
  json_day(&sheet.writer, 20514);
  json_money(&sheet.writer, 1750);
  json_money(&sheet.writer, -5);
  json_money(&sheet.writer, 0);
  json_money(&sheet.writer, INT64_MAX);
  json_money(&sheet.writer, -INT64_MAX);
  json_array_end(&sheet.writer);
  assert_written(&sheet, "[9223372036854775807,-9223372036854775807,0,\"2026-03-02T08:01:00Z\",\"2026-03-02\",\"17.50\",\"-0.05\",\"0.00\","
                         "\"92233720368547758.07\",\"-92233720368547758.07\"]");
}
END_TEST

START_TEST(rounds_decimals_half_away_from_zero) {
  static const struct {
    double value;
    int decimals;
    const char *written;
  } CASES[] = {
      {52.0, 2, "52"},
      {0.0, 0, "0"},
      {-0.0, 2, "0"},
      {-0.004, 2, "0"},
      {-0.005, 2, "-0.01"},
      {-0.5, 1, "-0.5"},
      {0.5, 0, "1"},
      {1.5, 0, "2"},
      {2.5, 0, "3"},
      {-2.5, 0, "-3"},
      {0.49999999999999994, 0, "0"},
      {16.666666666666668, 2, "16.67"},
      {2.675, 2, "2.68"},
      {1.005, 2, "1.01"},
      {-1.005, 2, "-1.01"},
      {1.0049999999999997, 2, "1"},
      {1.0050000000000001, 2, "1.01"},
      {0.125, 2, "0.13"},
      {8.345, 2, "8.35"},
      {99.995, 2, "100"},
      {99.994999, 2, "99.99"},
      {1.10, 2, "1.1"},
      {100.0, 0, "100"},
      {0.1, 9, "0.1"},
      {1e-9, 9, "0.000000001"},
      {5e-10, 9, "0.000000001"},
      {4.9e-10, 9, "0"},
      {1e-300, 9, "0"},
      {-5e-324, 9, "0"},
      {123456789.123456789, 9, "123456789.12345679"},
      {4503599627370495.5, 0, "4503599627370496"},
      {9007199254740993.0, 2, "9007199254740992"},
      {1e20, 3, "100000000000000000000"},
      {123456789012345680000.0, 3, "123456789012345680000"},
      {1e21, 3, "1e+21"},
      {-1.5e300, 3, "-1.5e+300"},
      {1.7976931348623157e308, 0, "1.7976931348623157e+308"},
  };
  EACH(row, CASES) {
    struct sheet sheet;
    sheet_init(&sheet);
    json_decimal(&sheet.writer, row->value, row->decimals);
    assert_written(&sheet, row->written);
  }
}
END_TEST

#define WIDE_MAX ((((int128)1 << 126) - 1) * 2 + 1)

START_TEST(rounds_ratios_exactly) {
  const struct {
    int128 numerator;
    int128 denominator;
    int decimals;
    const char *written;
  } CASES[] = {
      {0, 1, 0, "0"},
      {1, 3, 2, "0.33"},
      {2, 3, 2, "0.67"},
      {-2, 3, 2, "-0.67"},
      {1, 2, 0, "1"},
      {-1, 2, 0, "-1"},
      {1, 8, 2, "0.13"},
      {-1, 8, 2, "-0.13"},
      {-1, 300, 2, "0"},
      {-1, 200, 2, "-0.01"},
      {50, 3, 2, "16.67"},
      {199, 200, 2, "1"},
      {1995, 1000, 2, "2"},
      {67, 25, 1, "2.7"},
      {2675, 1000, 2, "2.68"},
      {2674999999, 1000000000, 2, "2.67"},
      {100, 1, 9, "100"},
      {1, 7, 9, "0.142857143"},
      {INT64_C(9999999999), INT64_C(10000000000), 9, "1"},
      {WIDE_MAX, 1, 0, "170141183460469231731687303715884105727"},
      {-WIDE_MAX - 1, 1, 9, "-170141183460469231731687303715884105728"},
      {WIDE_MAX - 1, WIDE_MAX, 9, "1"},
      {WIDE_MAX / 3, WIDE_MAX, 9, "0.333333333"},
      {WIDE_MAX / 2, WIDE_MAX, 0, "0"},
      {WIDE_MAX / 2 + 1, WIDE_MAX, 0, "1"},
      {(int128)1 << 125, (int128)1 << 126, 2, "0.5"},
      {WIDE_MAX, 2, 1, "85070591730234615865843651857942052863.5"},
  };
  EACH(row, CASES) {
    struct sheet sheet;
    sheet_init(&sheet);
    json_ratio(&sheet.writer, row->numerator, row->denominator, row->decimals);
    assert_written(&sheet, row->written);
  }
}
END_TEST

START_TEST(agrees_between_decimals_and_ratios) {
  // k / 1000 to two decimals: every tenth is a tie, which the double misses more often than not.
  for (int k = -20000; k <= 20000; k++) {
    struct sheet by_double;
    struct sheet by_ratio;
    sheet_init(&by_double);
    sheet_init(&by_ratio);
    json_decimal(&by_double.writer, k / 1000.0, 2);
    json_ratio(&by_ratio.writer, k, 1000, 2);
    ck_assert_str_eq(by_double.out.bytes, by_ratio.out.bytes);
    buffer_release(&by_double.out);
    buffer_release(&by_ratio.out);
  }
}
END_TEST

START_TEST(fills_a_buffer_to_its_last_byte_and_marks_what_does_not_fit) {
  struct buffer out;
  struct json_writer writer;
  buffer_init(&out, 7);
  json_start(&writer, &out);
  json_object(&writer);
  json_name(&writer, "abc");
  ck_assert(!out.failed);
  ASSERT_TEXT(buffer_view(&out), "{\"abc\":");
  json_int(&writer, 1);
  ck_assert(out.failed);
  buffer_release(&out);
}
END_TEST

int main(void) {
  return unit_tests("writer", (const TTest *[]){
                                  puts_commas_where_they_belong,
                                  writes_every_absent_value_as_null,
                                  escapes_only_what_must_be_escaped,
                                  escapes_each_byte_at_each_place,
                                  writes_whole_numbers_instants_days_and_money,
                                  rounds_decimals_half_away_from_zero,
                                  rounds_ratios_exactly,
                                  agrees_between_decimals_and_ratios,
                                  fills_a_buffer_to_its_last_byte_and_marks_what_does_not_fit,
                                  NULL,
                              });
}
