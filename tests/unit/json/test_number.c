// Whole numbers are read exactly, and what cJSON reads of a tamed body says the same.
#include "json/number.h"

#include "../unit.h"

#include <cjson/cJSON.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define ZEROS_60 "000000000000000000000000000000000000000000000000000000000000"

static const struct {
  const char *text;
  enum number_kind kind;
  int64_t value;
  bool json;  // also in JSON's grammar
} CASES[] = {
    {"0", NUMBER_WHOLE, 0, true},
    {"-0", NUMBER_WHOLE, 0, true},
    {"-0.000e99", NUMBER_WHOLE, 0, true},
    {"7", NUMBER_WHOLE, 7, true},
    {"-12", NUMBER_WHOLE, -12, true},
    {"1.0", NUMBER_WHOLE, 1, true},
    {"1e2", NUMBER_WHOLE, 100, true},
    {"1.5e1", NUMBER_WHOLE, 15, true},
    {"1200E-2", NUMBER_WHOLE, 12, true},
    {"0.07e+2", NUMBER_WHOLE, 7, true},
    {"1e15", NUMBER_WHOLE, INT64_C(1000000000000000), true},
    {"9007199254740991", NUMBER_WHOLE, NUMBER_WHOLE_MAX - 1, true},
    {"9007199254740992", NUMBER_WHOLE, NUMBER_WHOLE_MAX, true},
    {"-9007199254740992.0", NUMBER_WHOLE, -NUMBER_WHOLE_MAX, true},
    {"9007199254740993", NUMBER_BEYOND, 0, true},
    {"-9007199254740993", NUMBER_BEYOND, 0, true},
    {"1e16", NUMBER_BEYOND, 0, true},
    {"-1e16", NUMBER_BEYOND, 0, true},
    {"1e999", NUMBER_BEYOND, 0, true},
    {"-1e99999999999999999999", NUMBER_BEYOND, 0, true},
    {"99999999999999999999.5", NUMBER_BEYOND, 0, true},
    {"0e99999999999999999999", NUMBER_WHOLE, 0, true},
    {"1e-99999999999999999999", NUMBER_FRACTION, 0, true},
    {"1.5", NUMBER_FRACTION, 0, true},
    {"-0.1", NUMBER_FRACTION, 0, true},
    {"5e-1", NUMBER_FRACTION, 0, true},
    {"5.00000000000000000000000000000001", NUMBER_FRACTION, 0, true},
    {"9007199254740991.4", NUMBER_FRACTION, 0, true},
    {"3." ZEROS_60 ZEROS_60, NUMBER_WHOLE, 3, true},
    {"-3" ZEROS_60 "e-60", NUMBER_WHOLE, -3, true},
    {"3." ZEROS_60 "1", NUMBER_FRACTION, 0, true},
    {"4" ZEROS_60 ZEROS_60, NUMBER_BEYOND, 0, true},
    {"0." ZEROS_60 "42e62", NUMBER_WHOLE, 42, true},
    {"007", NUMBER_WHOLE, 7, false},
    {"", NUMBER_NONE, 0, false},
    {"-", NUMBER_NONE, 0, false},
    {"+1", NUMBER_NONE, 0, false},
    {"1.", NUMBER_NONE, 0, false},
    {".5", NUMBER_NONE, 0, false},
    {"1e", NUMBER_NONE, 0, false},
    {"1e+", NUMBER_NONE, 0, false},
    {"1.2.3", NUMBER_NONE, 0, false},
    {" 1", NUMBER_NONE, 0, false},
    {"1x", NUMBER_NONE, 0, false},
    {"0x10", NUMBER_NONE, 0, false},
    {"4" ZEROS_60 ZEROS_60 "00000000", NUMBER_NONE, 0, false},
};

START_TEST(reads_whole_numbers_exactly) {
  EACH(row, CASES) {
    int64_t value = 0;
    enum number_kind kind = number_read(text_of(row->text), &value);
    ck_assert_msg(kind == row->kind && value == row->value, "%s: kind %d, value %lld", row->text, (int)kind, (long long)value);
  }
}
END_TEST

START_TEST(tames_numbers_for_cjson_without_changing_the_rest) {
  EACH(row, CASES) {
    if (!row->json) continue;
    char body[512];
    int length = snprintf(body, sizeof body, "{\"1.5\\\"1e99\":\"\\\\\",\"n\":[%s,%s],\"x\":\"2.5\"}", row->text, row->text);
    ck_assert_int_lt(length, (int)sizeof body);
    numbers_tame(body, (size_t)length);
    ck_assert_uint_eq(strlen(body), (size_t)length);
    cJSON *tree = cJSON_ParseWithLengthOpts(body, (size_t)length + 1, NULL, true);
    ck_assert_msg(tree != NULL, "%s", body);
    ck_assert_str_eq(cJSON_GetObjectItemCaseSensitive(tree, "1.5\"1e99")->valuestring, "\\");
    ck_assert_str_eq(cJSON_GetObjectItemCaseSensitive(tree, "x")->valuestring, "2.5");
    for (int i = 0; i < 2; i++) {
      double n = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(tree, "n"), i)->valuedouble;
      if (row->kind == NUMBER_WHOLE)
        ck_assert_double_eq(n, (double)row->value);
      else if (row->kind == NUMBER_FRACTION)
        ck_assert_double_ne(n, floor(n));
      else
        ck_assert_double_eq(n, row->text[0] == '-' ? -1e99 : 1e99);
    }
    cJSON_Delete(tree);
  }
}
END_TEST

static const struct {
  const char *text;
  int decimals;
  enum number_kind kind;
  int64_t value;
} DECIMALS[] = {
    {"17.5", 2, NUMBER_WHOLE, 1750},
    {"-0.0001", 4, NUMBER_WHOLE, -1},
    {"0.00001", 4, NUMBER_FRACTION, 0},
    {"1e-4", 4, NUMBER_WHOLE, 1},
    {"1e-5", 4, NUMBER_FRACTION, 0},
    {"99.99", 4, NUMBER_WHOLE, 999900},
    {"0.07", 4, NUMBER_WHOLE, 700},
    {"12345678901.2345", 4, NUMBER_WHOLE, INT64_C(123456789012345)},
    {"1234567890.12345", 4, NUMBER_FRACTION, 0},
    {"99999999999.9999", 4, NUMBER_WHOLE, INT64_C(999999999999999)},
    {"123456789.12345678", 4, NUMBER_FRACTION, 0},
    {"1.00001", 4, NUMBER_FRACTION, 0},
    {"1e-300", 4, NUMBER_FRACTION, 0},
    {"100000000000", 4, NUMBER_WHOLE, INT64_C(1000000000000000)},
    {"9007199254740992", 4, NUMBER_BEYOND, 0},
    {"1e99", 4, NUMBER_BEYOND, 0},
    {"0", 4, NUMBER_WHOLE, 0},
    {"-3", 1, NUMBER_WHOLE, -30},
};

// From its text, and from what cJSON reads of it in a tamed body.
START_TEST(reads_decimals_exactly) {
  EACH(row, DECIMALS) {
    int64_t value = 0, again = 0;
    enum number_kind kind = number_read_scaled(text_of(row->text), row->decimals, &value);
    ck_assert_msg(kind == row->kind && value == row->value, "%s: kind %d, value %lld", row->text, (int)kind, (long long)value);
    char body[64];
    int length = snprintf(body, sizeof body, "[%s]", row->text);
    numbers_tame(body, (size_t)length);
    cJSON *tree = cJSON_ParseWithLengthOpts(body, (size_t)length + 1, NULL, true);
    ck_assert_ptr_nonnull(tree);
    kind = number_of_double(tree->child->valuedouble, row->decimals, &again);
    ck_assert_msg(kind == row->kind && again == row->value, "%s through JSON: kind %d, value %lld", row->text, (int)kind, (long long)again);
    cJSON_Delete(tree);
  }
}
END_TEST

int main(void) {
  return unit_tests("number", (const TTest *[]){
                                  reads_whole_numbers_exactly,
                                  reads_decimals_exactly,
                                  tames_numbers_for_cjson_without_changing_the_rest,
                                  NULL,
                              });
}
