// Checks crowds of comments: how they are cut, and that no lists of them, however put together, leave fewer respondents than the minimum.
#include "domain/crowd.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { MIN = 3, ROWS_MAX = 64, ARENA_BYTES = 1 << 20, DIMENSIONS = 3, VALUES = 3, SETS = 300 };

static struct arena arena;

static void setup(void) { arena_init(&arena, ARENA_BYTES); }

static void teardown(void) { arena_release(&arena); }

// Each word is a comment: its respondent, then its value in each dimension. The crowds as "word word / word", in order of their first comment.
static const struct {
  const char *comments, *crowds;
} CASES[] = {
    {"", ""},
    {"1a 2a", "none"},
    {"1a 1a 1a 2a", "none"},
    {"1a 2a 3a", "1a 2a 3a"},
    {"1a 2a 3b", "1a 2a 3b"},
    {"1a 2a 3a 4b 5b 6b", "1a 2a 3a / 4b 5b 6b"},
    // One respondent with three comments is no crowd; the next smallest goes along.
    {"1a 2a 3a 4b 4b 4b", "1a 2a 3a 4b 4b 4b"},
    {"1a 2a 3a 4b 5c 6c 7c 8c", "1a 2a 3a 4b / 5c 6c 7c 8c"},
    // Small ones that are large enough together.
    {"1a 2a 3a 4b 5b 6c", "1a 2a 3a / 4b 5b 6c"},
    // Not when they are of the same respondents: then the next smallest.
    {"1a 2a 3a 4b 5b 4c 6d 7d 8d 9d", "1a 2a 3a 4b 5b 4c / 6d 7d 8d 9d"},
    // A second dimension cuts each crowd by itself.
    {"1ax 2ax 3ax 4ay 5ay 6ay 7bx 8bx 9by", "1ax 2ax 3ax / 4ay 5ay 6ay / 7bx 8bx 9by"},
    {"1ax 2ay 3bx 4by 5cx 6cy", "1ax 3bx 5cx / 2ay 4by 6cy"},
    {"1ax 2ax 3bx 4by 5cy 6cy", "1ax 2ax 3bx / 4by 5cy 6cy"},
};

static struct crowd_rows rows_of(const char *comments, int64_t *respondents, int64_t *values, const char **words) {
  struct crowd_rows rows = {.respondents = respondents, .values = values};
  for (const char *at = comments; *at; at += *at == ' ') {
    words[rows.count] = at;
    respondents[rows.count++] = (unsigned char)*at++;
    for (rows.dimensions = 0; *at && *at != ' '; rows.dimensions++)
      *values++ = (unsigned char)*at++;
  }
  return rows;
}

static const char *shown(const struct crowd_rows *rows, const char *const *words, const uint32_t *crowds, size_t count) {
  static char out[512];
  bool written[ROWS_MAX] = {false};
  size_t length = 0;
  out[0] = '\0';
  if (count == 0) return rows->count ? "none" : "";
  for (size_t i = 0; i < rows->count; i++) {
    if (written[i]) continue;
    for (size_t k = i; k < rows->count; k++) {
      if (crowds[k] != crowds[i]) continue;
      written[k] = true;
      const char *between = k > i ? " " : i > 0 ? " / " : "";
      length += (size_t)snprintf(out + length, sizeof out - length, "%s%.*s", between, (int)(rows->dimensions + 1), words[k]);
    }
  }
  return out;
}

START_TEST(cuts_into_crowds) {
  int64_t respondents[ROWS_MAX], values[ROWS_MAX * 2];
  const char *words[ROWS_MAX];
  uint32_t crowds[ROWS_MAX];
  size_t count;
  struct crowd_rows rows = rows_of(CASES[_i].comments, respondents, values, words);
  ck_assert(crowds_find(&rows, MIN, crowds, &count, &arena));
  ck_assert_str_eq(shown(&rows, words, crowds, count), CASES[_i].crowds);
}
END_TEST

static uint32_t random_below(uint64_t *state, uint32_t bound) {
  *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (uint32_t)(*state >> 33) % bound;
}

// Sets of values, one bit each: all of them means that the scope doesn't name the dimension.
static bool in_scope(const struct crowd_rows *rows, size_t row, const unsigned *scope) {
  for (size_t d = 0; d < DIMENSIONS; d++)
    if (!(scope[d] >> rows->values[row * DIMENSIONS + d] & 1)) return false;
  return true;
}

// What a list shows: a row is shown when all of its crowd are in the scope.
static uint64_t list_of(const struct crowd_rows *rows, const uint32_t *crowds, const unsigned *scope) {
  uint64_t shown_rows = 0;
  for (size_t i = 0; i < rows->count; i++) {
    bool all = true;
    for (size_t k = 0; all && k < rows->count; k++)
      all = crowds[k] != crowds[i] || in_scope(rows, k, scope);
    shown_rows |= (uint64_t)all << i;
  }
  return shown_rows;
}

static size_t people_in(const struct crowd_rows *rows, uint64_t members) {
  size_t distinct = 0;
  for (size_t i = 0; i < rows->count; i++) {
    bool known = !(members >> i & 1);
    for (size_t k = 0; !known && k < i; k++)
      known = members >> k & 1 && rows->respondents[k] == rows->respondents[i];
    distinct += !known;
  }
  return distinct;
}

// Who has every list over all dimensions and all sets of values can tell two comments apart only when some list shows one of them without the other.
START_TEST(no_lists_put_together_single_anybody_out) {
  uint64_t state = 20261122;
  size_t told_apart = 0;
  for (int set = 0; set < SETS; set++) {
    int64_t respondents[ROWS_MAX], values[ROWS_MAX * DIMENSIONS];
    uint32_t crowds[ROWS_MAX];
    uint64_t alike[ROWS_MAX];
    struct crowd_rows rows = {.count = 1 + random_below(&state, 40), .dimensions = DIMENSIONS, .respondents = respondents, .values = values};
    for (size_t i = 0; i < rows.count; i++) {
      respondents[i] = random_below(&state, 30);
      alike[i] = UINT64_MAX >> (64 - rows.count);
    }
    for (size_t i = 0; i < rows.count * DIMENSIONS; i++)
      values[i] = random_below(&state, 2) ? 0 : random_below(&state, VALUES);
    size_t count;
    ck_assert(crowds_find(&rows, MIN, crowds, &count, &arena));
    uint64_t ever = 0;
    for (unsigned scopes = 0; count > 0 && scopes < 7 * 7 * 7; scopes++) {
      uint64_t list = list_of(&rows, crowds, (const unsigned[]){1 + scopes % 7, 1 + scopes / 7 % 7, 1 + scopes / 49});
      ever |= list;
      for (size_t i = 0; i < rows.count; i++)
        alike[i] &= list >> i & 1 ? list : ~list;
    }
    for (size_t i = 0; i < rows.count; i++)
      if (ever >> i & 1) ck_assert_uint_ge(people_in(&rows, alike[i]), MIN);
    told_apart += count > 1;
    arena_clear(&arena);
  }
  // Most sets have something to tell apart.
  ck_assert_uint_gt(told_apart, SETS / 2);
}
END_TEST

START_TEST(fails_without_memory) {
  struct arena small;
  uint32_t crowds[3];
  size_t count;
  arena_init(&small, 16);
  struct crowd_rows rows = {.count = 3, .dimensions = 1, .respondents = (const int64_t[]){1, 2, 3}, .values = (const int64_t[]){1, 1, 1}};
  ck_assert(!crowds_find(&rows, MIN, crowds, &count, &small));
  arena_release(&small);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("crowd");
  TCase *tests = tcase_create("crowd");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, setup, teardown);
  tcase_add_loop_test(tests, cuts_into_crowds, 0, ROWS(CASES));
  tcase_add_test(tests, no_lists_put_together_single_anybody_out);
  tcase_add_test(tests, fails_without_memory);
  suite_add_tcase(suite, tests);
  return unit_run(suite);
}
