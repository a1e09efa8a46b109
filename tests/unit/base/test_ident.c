// Checks base/ident.
#include "base/ident.h"

#include "corpus.h"
#include "unit.h"

#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOW_MS INT64_C(4102444800000)  // 2100, so that uuid_make's clock is behind

static int64_t millis_of(const struct uuid *id) {
  int64_t ms = 0;
  for (int i = 0; i < 6; i++) {
    ms = ms << 8 | id->bytes[i];
  }
  return ms;
}

static bool ascends(const struct uuid *a, const struct uuid *b) { return memcmp(a->bytes, b->bytes, UUID_BYTES) < 0; }

static void assert_version_7(const struct uuid *id) {
  ck_assert_uint_eq(id->bytes[6] >> 4, 7);
  ck_assert_uint_eq(id->bytes[8] >> 6, 2);
}

START_TEST(carries_the_clock_in_milliseconds) {
  struct uuid id;
  uuid_make(&id);
  int64_t now = (int64_t)time(NULL) * 1000;
  ck_assert_int_ge(millis_of(&id), now - 5000);
  ck_assert_int_le(millis_of(&id), now + 5000);
  assert_version_7(&id);
  uuid_make_at(&id, NOW_MS);
  ck_assert_int_eq(millis_of(&id), NOW_MS);
  assert_version_7(&id);
}
END_TEST

START_TEST(ascends_when_the_clock_steps_back) {
  static const int64_t STEPS[] = {0, 0, 1, 1, -5, -1000000, 2, 1, 0, -1, 3, 1000, 999, INT64_C(-5000000000000)};
  struct uuid before;
  uuid_make_at(&before, NOW_MS - 1);
  EACH(step, STEPS) {
    struct uuid id;
    uuid_make_at(&id, NOW_MS + *step);
    ck_assert(ascends(&before, &id));
    assert_version_7(&id);
    before = id;
  }
  struct uuid id;
  uuid_make(&id);
  ck_assert(ascends(&before, &id));
}
END_TEST

// The counter has 26 bits and starts in the lower half, so 2^26 ids of one millisecond use it up.
START_TEST(used_up_counter_borrows_from_the_next_millisecond) {
  struct uuid before;
  uuid_make_at(&before, NOW_MS + 5000);
  int64_t ms = millis_of(&before);
  long made = 1;
  for (; millis_of(&before) == ms && made <= 1L << 26; made++) {
    struct uuid id;
    uuid_make_at(&id, ms);
    if (!ascends(&before, &id)) {
      ck_abort_msg("id %ld does not ascend", made);
    }
    before = id;
  }
  ck_assert_int_eq(millis_of(&before), ms + 1);
  ck_assert_int_gt(made, 1L << 25);
  assert_version_7(&before);
  struct uuid id;
  uuid_make_at(&id, ms + 1);
  ck_assert(ascends(&before, &id));
}
END_TEST

// 16 bits of counter and 48 random ones: that a bit is always the same in 2000 ids has a chance of about 2^-1990.
START_TEST(varies_all_random_bits) {
  uint8_t ones[UUID_BYTES] = {0};
  uint8_t zeros[UUID_BYTES] = {0};
  for (int i = 0; i < 2000; i++) {
    struct uuid id;
    uuid_make_at(&id, NOW_MS + 100000 + i);
    for (int j = 0; j < UUID_BYTES; j++) {
      ones[j] |= id.bytes[j];
      zeros[j] |= (uint8_t)~id.bytes[j];
    }
  }
  // The top bit of the counter stays clear at a start.
  ck_assert_uint_eq(ones[6], 0x77);
  ck_assert_uint_eq(zeros[6], 0x8f);
  ck_assert_uint_eq(ones[8] & zeros[8], 0x3f);
  for (int j = 7; j < UUID_BYTES; j++) {
    ck_assert_uint_eq(ones[j] | (j == 8 ? 0x40 : 0), 0xff);
    ck_assert_uint_eq(zeros[j] | (j == 8 ? 0x80 : 0), 0xff);
  }
}
END_TEST

START_TEST(forked_child_does_not_repeat_the_parent) {
  struct uuid id;
  uuid_make_at(&id, NOW_MS + 200000);
  int ends[2];
  ck_assert_int_eq(pipe(ends), 0);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  uuid_make_at(&id, NOW_MS + 200000);
  if (child == 0) {
    _exit(write(ends[1], id.bytes, UUID_BYTES) == UUID_BYTES ? 0 : 1);
  }
  struct uuid other;
  ck_assert_int_eq(read(ends[0], other.bytes, UUID_BYTES), UUID_BYTES);
  waitpid(child, NULL, 0);
  ck_assert(!uuid_equal(&id, &other));
  close(ends[0]);
  close(ends[1]);
}
END_TEST

START_TEST(writes_lower_case_and_reads_it_back) {
  struct uuid id = {{0x01, 0x90, 0xab, 0xcd, 0xef, 0x00, 0x7f, 0xff, 0x80, 0x00, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc}};
  char out[UUID_CHARS + 1];
  out[UUID_CHARS] = '!';
  uuid_write(&id, out);
  ASSERT_TEXT(((struct text){out, UUID_CHARS}), "0190abcd-ef00-7fff-8000-123456789abc");
  ck_assert_int_eq(out[UUID_CHARS], '!');
  struct uuid back;
  ck_assert(uuid_read((struct text){out, UUID_CHARS}, &back));
  ck_assert(uuid_equal(&id, &back));
  ck_assert(uuid_read(TEXT("0190ABCD-EF00-7FFF-8000-123456789ABC"), &back));
  ck_assert(uuid_equal(&id, &back));
}
END_TEST

START_TEST(rejects_what_is_no_uuid) {
  const struct text CASES[] = {
      TEXT_NONE,
      TEXT(""),
      TEXT("00000000-0000-0000-0000-000000000000"),
      TEXT("0190abcd-ef00-7fff-8000-123456789ab"),
      TEXT("0190abcd-ef00-7fff-8000-123456789abcd"),
      TEXT("0190abcdef007fff8000123456789abc"),
      TEXT("{190abcd-ef00-7fff-8000-123456789ab}"),
      TEXT("0190abcd-ef00-7fff-8000-123456789ab "),
      TEXT("0190abcd-ef00-7fff-8000-123456789abg"),
      TEXT("0190abcd-ef00-7fff-8000-123456789ab\0"),
      TEXT("0190abcd+ef00-7fff-8000-123456789abc"),
  };
  EACH(row, CASES) {
    struct uuid id = {{42}};
    ck_assert_msg(!uuid_read(*row, &id), "case %zu", (size_t)(row - CASES));
    ck_assert_uint_eq(id.bytes[0], 42);
  }
}
END_TEST

static void check_corpus_case(struct text value, bool valid) {
  // Valid as a format, but never an id of ours.
  bool nil = text_is(value, "00000000-0000-0000-0000-000000000000");
  struct uuid id;
  ck_assert_msg(uuid_read(value, &id) == (valid && !nil), "%.*s", (int)value.length, value.at);
}

START_TEST(agrees_with_the_json_schema_test_suite) { corpus_each("jsonschema-uuid.json", check_corpus_case); }
END_TEST

START_TEST(fills_all_random_bytes) {
  uint8_t ones[1000] = {0};
  for (int i = 0; i < 20; i++) {
    uint8_t bytes[1000];
    random_bytes(bytes, sizeof bytes);
    for (size_t j = 0; j < sizeof bytes; j++) {
      ones[j] |= bytes[j];
    }
  }
  for (size_t j = 0; j < sizeof ones; j++) {
    ck_assert_uint_ne(ones[j], 0);
  }
  random_bytes(ones, 0);
}
END_TEST

int main(void) {
  return unit_tests("ident", (const TTest *[]){
                                 carries_the_clock_in_milliseconds,
                                 ascends_when_the_clock_steps_back,
                                 used_up_counter_borrows_from_the_next_millisecond,
                                 varies_all_random_bits,
                                 forked_child_does_not_repeat_the_parent,
                                 writes_lower_case_and_reads_it_back,
                                 rejects_what_is_no_uuid,
                                 agrees_with_the_json_schema_test_suite,
                                 fills_all_random_bytes,
                                 NULL,
                             });
}
