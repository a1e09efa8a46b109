// Checks which groups and cells are withheld, and which questions about several of them are answered.
#include "domain/privacy.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "unit.h"

enum { GROUPS_MAX = 8, CELLS_MAX = GROUPS_MAX * GROUPS_MAX, PEOPLE_MAX = 64, ARENA_BYTES = 16 * 1024 * 1024 };

// One letter for each answer: who gave it; ? is nobody known.
struct group {
  const char *key;
  const char *people;
};

struct groups_case {
  const char *what;
  size_t min;
  const char *hidden;  // first letters of the keys, in the order of `groups`; - for the missing value
  bool everything;
  struct group groups[GROUPS_MAX];  // up to the one without people
};

#define TEN     "0123456789"
#define ELEVEN  "ABCDEFGHIJK"
#define SIXTEEN "ABCDEFGHIJKLMNOP"

static const struct groups_case GROUPS[] = {
    {"four of thirteen", 5, "ST", false, {{"Sales", "abcd"}, {"Technology", "efghijklm"}}},
    {"the next smallest covers", 5, "ST", false, {{"Sales", "abcd"}, {"Other", SIXTEEN}, {"Technology", "efghijklm"}}},
    {"nothing small", 5, "", false, {{"Sales", "abcde"}, {"Technology", "efghijklm"}}},
    {"nobody", 5, "", false, {{"Sales", ""}, {"Technology", ""}}},
    {"equal ones by key", 5, "xa", false, {{"x", "abcd"}, {"b", "efghij"}, {"a", "klmnop"}}},
    {"ten respondents or more by answers", 5, "xb", false, {{"x", "wxyz"}, {"a", SIXTEEN}, {"b", ELEVEN}, {"c", TEN "00"}}},
    {"respondents before answers", 5, "xb", false, {{"x", "wxyz"}, {"a", "abcdef"}, {"b", "ghijkggggggg"}}},
    {"all small", 5, "abc", false, {{"a", "ab"}, {"b", "cd"}, {"c", "ef"}}},
    {"all small together", 5, "ab", true, {{"a", "ab"}, {"b", "cd"}}},
    {"one small group", 5, "a", true, {{"a", "abcd"}}},
    {"one group", 5, "", false, {{"a", "abcde"}}},
    {"empty groups cover nothing", 5, "ac", false, {{"a", "abcd"}, {"b", ""}, {"c", SIXTEEN}}},
    {"a small missing value", 5, "-a", false, {{NULL, "ab"}, {"a", "cdefg"}, {"b", "hijklm"}}},
    {"the missing value comes first", 5, "-x", false, {{NULL, "efghij"}, {"a", "klmnop"}, {"x", "abcd"}}},
    {"the same people", 5, "abc", false, {{"a", "abcd"}, {"b", "abc"}, {"c", "abcdefg"}, {"d", SIXTEEN}}},
    {"people who answer often", 5, "ab", false, {{"a", "abcdabcdabcd"}, {"b", "abcdefgh"}, {"c", SIXTEEN}}},
    {"unknown ones are one", 5, "ab", false, {{"a", "????????"}, {"b", "abcdef"}, {"c", SIXTEEN}}},
    {"unknown ones are one in several groups", 5, "abc", false, {{"a", "?ab"}, {"b", "?ac"}, {"c", "?defg"}, {"d", SIXTEEN}}},
    {"one answer each", 5, "abcdef", false, {{"a", "a"}, {"b", "b"}, {"c", "c"}, {"d", "d"}, {"e", "e"}, {"f", ELEVEN}, {"g", SIXTEEN}}},
    {"a small enough minimum", 3, "", false, {{"a", "abc"}, {"b", "cdef"}}},
    {"a large minimum", 10, "ab", false, {{"a", "abcdefghi"}, {"b", TEN}, {"c", ELEVEN}}},
};

static struct arena arena;

static void open_arena(void) { arena_init(&arena, ARENA_BYTES); }
static void close_arena(void) { arena_release(&arena); }

// Distinct hashes of the people, at most RESPONDENTS_KEPT, from the last to the first.
static struct privacy_answers answers_of(const char *people) {
  struct privacy_answers answers = {.n = (int64_t)strlen(people)};
  int64_t *hashes = arena_take_array(&arena, RESPONDENTS_KEPT, sizeof *hashes);
  ck_assert_ptr_nonnull(hashes);
  for (size_t i = strlen(people); i-- > 0 && answers.respondents < RESPONDENTS_KEPT;)
    if (!strchr(people + i + 1, people[i])) hashes[answers.respondents++] = people[i] == '?' ? 0 : -people[i];
  answers.hashes = hashes;
  return answers;
}

static void judge_turned(const struct groups_case *row, size_t count, size_t turn, struct privacy_groups *verdict) {
  struct privacy_answers answers[GROUPS_MAX];
  struct text keys[GROUPS_MAX];
  for (size_t i = 0; i < count; i++) {
    const struct group *group = &row->groups[(i + turn) % count];
    answers[i] = answers_of(group->people);
    keys[i] = text_of(group->key);
  }
  ck_assert(privacy_groups_init(verdict, keys, answers, count, row->min, &arena));
}

START_TEST(groups_are_hidden_in_whatever_order_they_come) {
  EACH(row, GROUPS) {
    size_t count = 0;
    while (count < GROUPS_MAX && row->groups[count].people)
      count++;
    for (size_t turn = 0; turn < count; turn++) {
      struct privacy_groups verdict;
      char hidden[GROUPS_MAX + 1] = {0};
      judge_turned(row, count, turn, &verdict);
      for (size_t i = 0; i < count; i++) {
        const char *key = row->groups[i].key;
        if (verdict.hidden[(i + count - turn) % count]) hidden[strlen(hidden)] = key ? key[0] : '-';
      }
      ck_assert_msg(strlen(hidden) == strlen(row->hidden) && strspn(hidden, row->hidden) == strlen(hidden), "%s: %s", row->what, hidden);
      ck_assert_msg(verdict.everything == row->everything, "%s: everything", row->what);
      ck_assert_uint_eq(verdict.hidden_count, strlen(row->hidden));
    }
  }
}
END_TEST

START_TEST(lists_take_all_hidden_groups_or_none) {
  const struct groups_case sample = {.min = 5,
                                     .groups = {{"small", "abc"}, {"cover", "defgh"}, {"large", SIXTEEN}, {"empty", ""}, {"larger", SIXTEEN "q"}}};
  struct privacy_groups verdict;
  judge_turned(&sample, 5, 0, &verdict);
  ck_assert(!privacy_groups_answered(&verdict, (size_t[]){0}, 1));
  ck_assert(!privacy_groups_answered(&verdict, (size_t[]){1}, 1));
  ck_assert(!privacy_groups_answered(&verdict, (size_t[]){2, 1, 4, 3}, 4));
  ck_assert(privacy_groups_answered(&verdict, (size_t[]){1, 0}, 2));
  ck_assert(privacy_groups_answered(&verdict, (size_t[]){4, 1, 2, 0}, 4));
  ck_assert(privacy_groups_answered(&verdict, (size_t[]){2, 4}, 2));
  ck_assert(privacy_groups_answered(&verdict, (size_t[]){3}, 1));
  ck_assert(privacy_groups_answered(&verdict, NULL, 0));
}
END_TEST

START_TEST(of_few_respondents_in_all_nothing_is_answered) {
  const struct groups_case sample = {.min = 5, .groups = {{"a", "ab"}, {"b", "cd"}, {"empty", ""}}};
  struct privacy_groups verdict;
  judge_turned(&sample, 3, 0, &verdict);
  ck_assert(!privacy_groups_answered(&verdict, (size_t[]){0, 1}, 2));
  ck_assert(!privacy_groups_answered(&verdict, (size_t[]){0, 1, 2}, 3));
  ck_assert(privacy_groups_answered(&verdict, (size_t[]){2}, 1));
}
END_TEST

// Respondents of each cell, all different people with one answer each. Told backwards, empty cells are told, too. Rows are A, B, …, columns a, b, ….
struct table_case {
  const char *what;
  const char *boxed_rows, *boxed_columns;
  size_t cells[GROUPS_MAX][GROUPS_MAX];
};

static const struct table_case TABLES[] = {
    {"nothing small", "", "", {{5, 0, 9}, {7, 8, 0}}},
    {"one small cell takes the next smallest row and column", "AB", "ab", {{2, 10, 10}, {11, 11, 11}, {12, 12, 12}}},
    {"a small cell in the largest row and column", "AC", "ac", {{10, 10, 10}, {11, 11, 11}, {12, 30, 2}}},
    {"a row's sum is too small", "AB", "abd", {{2, 1, 60, 50}, {20, 20, 60, 9}, {30, 30, 60, 50}}},
    {"a column's sum is too small", "ABC", "ab", {{2, 20}, {1, 20}, {30, 40}, {40, 50}}},
    {"a sum takes the next smallest where there is something", "ABD", "ab", {{2, 20}, {1, 20}, {0, 21}, {30, 40}}},
    {"a hidden row takes its cover along", "ABC", "abc", {{3, 0, 0}, {0, 9, 0}, {20, 20, 20}, {30, 30, 30}}},
    {"what hidden rows leave in the box isn't small", "ABC", "abd", {{4, 0, 0, 0}, {0, 9, 0, 0}, {9, 20, 30, 20}, {30, 40, 40, 20}}},
    {"hidden rows and hidden columns", "AB", "ab", {{1, 2}, {3, 4}}},
    {"all small", "AB", "ab", {{1, 1}, {1, 1}}},
    {"one row", "A", "ab", {{3, 9, 20}}},
    {"one column", "AC", "a", {{4}, {20}, {9}}},
};

static size_t lay_cells(const struct table_case *row, struct privacy_cell *cells, bool backwards) {
  static int64_t people[CELLS_MAX][RESPONDENTS_KEPT];
  size_t count = 0;
  for (size_t i = 0; i < CELLS_MAX; i++) {
    size_t at = backwards ? CELLS_MAX - 1 - i : i, n = row->cells[at / GROUPS_MAX][at % GROUPS_MAX];
    if (n == 0 && !backwards) continue;
    struct privacy_answers answers = {.n = (int64_t)n, .hashes = people[at], .respondents = n < RESPONDENTS_KEPT ? n : RESPONDENTS_KEPT};
    for (size_t person = 0; person < answers.respondents; person++)
      people[at][person] = (int64_t)(at * RESPONDENTS_KEPT + person);
    cells[count++] = (struct privacy_cell){{(uint32_t)(at / GROUPS_MAX), (uint32_t)(at % GROUPS_MAX)}, answers};
  }
  return count;
}

static void judge_table(const struct table_case *row, bool backwards, struct privacy_table *table) {
  static const char *const NAMES[2][GROUPS_MAX] = {{"A", "B", "C", "D", "E", "F", "G", "H"}, {"a", "b", "c", "d", "e", "f", "g", "h"}};
  struct text names[2][GROUPS_MAX];
  struct privacy_cell cells[CELLS_MAX];
  struct privacy_keys keys = {.keys = {names[0], names[1]}, .counts = {GROUPS_MAX, GROUPS_MAX}};
  for (size_t i = 0; i < CELLS_MAX; i++)
    names[i / GROUPS_MAX % 2][i % GROUPS_MAX] = text_of(NAMES[i / GROUPS_MAX % 2][i % GROUPS_MAX]);
  ck_assert(privacy_table_init(table, &keys, cells, lay_cells(row, cells, backwards), 5, &arena));
}

static void assert_boxed(const struct table_case *row, const struct privacy_table *table, int side, char first, const char *expected) {
  char boxed[GROUPS_MAX + 1] = "";
  for (size_t i = 0; i < GROUPS_MAX; i++)
    if (table->boxed[side][i]) boxed[strlen(boxed)] = (char)(first + (char)i);
  ck_assert_msg(strcmp(boxed, expected) == 0, "%s: %s, not %s", row->what, boxed, expected);
  ck_assert_uint_eq(table->boxed_count[side], strlen(expected));
}

START_TEST(boxes_hold_what_tables_must_hide) {
  EACH(row, TABLES) {
    for (int backwards = 0; backwards < 2; backwards++) {
      struct privacy_table table;
      judge_table(row, backwards, &table);
      assert_boxed(row, &table, 0, 'A', row->boxed_rows);
      assert_boxed(row, &table, 1, 'a', row->boxed_columns);
    }
  }
}
END_TEST

struct rectangle_case {
  const char *rows, *columns;
  bool answered;
};

// Asked of the table in which A, B and a, b are boxed.
static const struct rectangle_case RECTANGLES[] = {
    {"A", "a", false},   {"A", "b", false},  {"B", "a", false},   {"AB", "a", false}, {"AC", "abc", true}, {"A", "c", true},
    {"C", "abc", true},  {"C", "a", true},   {"CA", "b", false},  {"AB", "ab", true}, {"AB", "bac", true}, {"ABC", "a", true},
    {"ABC", "ab", true}, {"B", "abc", true}, {"BC", "cb", false}, {"H", "a", true},   {"AH", "c", true},   {"", "a", true},
};

static size_t list_of(const char *letters, char first, size_t *list) {
  for (size_t i = 0; letters[i]; i++)
    list[i] = (size_t)(letters[i] - first);
  return strlen(letters);
}

START_TEST(rectangles_take_all_that_is_withheld_or_none) {
  const struct table_case sample = {.cells = {{2, 10, 10}, {11, 11, 11}, {12, 12, 12}}};
  struct privacy_table table;
  judge_table(&sample, false, &table);
  EACH(row, RECTANGLES) {
    size_t rows[GROUPS_MAX], columns[GROUPS_MAX];
    struct privacy_rectangle asked = {{rows, columns}, {list_of(row->rows, 'A', rows), list_of(row->columns, 'a', columns)}};
    ck_assert_msg(privacy_rectangle_answered(&table, &asked) == row->answered, "%s of %s", row->rows, row->columns);
  }
}
END_TEST

START_TEST(cells_are_hidden_in_the_box_even_when_empty) {
  const struct table_case sample = {.cells = {{2, 10, 10}, {11, 0, 11}, {12, 12, 12}}};
  struct privacy_table table;
  judge_table(&sample, false, &table);
  ck_assert(privacy_cell_hidden(&table, 0, 0));
  ck_assert(privacy_cell_hidden(&table, 1, 1));
  ck_assert(!privacy_cell_hidden(&table, 0, 2));
  ck_assert(!privacy_cell_hidden(&table, 2, 0));
}
END_TEST

START_TEST(of_few_respondents_in_all_no_rectangle_is_answered) {
  const struct table_case sample = {.cells = {{1, 1}, {1, 1}}};
  struct privacy_table table;
  size_t both[] = {0, 1};
  judge_table(&sample, false, &table);
  ck_assert(table.sides[0].everything && table.sides[1].everything);
  ck_assert(!privacy_rectangle_answered(&table, &(struct privacy_rectangle){{both, both}, {2, 2}}));
  ck_assert(!privacy_rectangle_answered(&table, &(struct privacy_rectangle){{both, both}, {1, 1}}));
  ck_assert(!privacy_rectangle_answered(&table, &(struct privacy_rectangle){{both, both}, {2, 1}}));
}
END_TEST

enum { LARGE_ROWS = 2000, LARGE_COLUMNS = 200, LARGE_CELLS = 40000 };

// A large, sparse table with few small cells, in which everybody answers once.
static struct privacy_cell *large_cells(void) {
  struct privacy_cell *cells = arena_take_array(&arena, LARGE_CELLS, sizeof *cells);
  int64_t *hashes = arena_take_array(&arena, (size_t)LARGE_CELLS * RESPONDENTS_KEPT, sizeof *hashes);
  ck_assert(cells && hashes);
  for (uint32_t i = 0; i < LARGE_CELLS; i++) {
    size_t people = i % 997 == 0 ? 1 + i % 3 : 5 + i % 6;
    struct privacy_answers answers = {.n = (int64_t)people, .hashes = &hashes[(size_t)i * RESPONDENTS_KEPT], .respondents = people};
    for (size_t person = 0; person < people; person++)
      hashes[(size_t)i * RESPONDENTS_KEPT + person] = (int64_t)i * RESPONDENTS_KEPT + (int64_t)person;
    cells[i] = (struct privacy_cell){{i / 20, (i * 7 + i / 20 * 31) % LARGE_COLUMNS}, answers};
  }
  return cells;
}

START_TEST(no_sum_of_a_large_table_is_small) {
  static int64_t inside[2][LARGE_ROWS];
  static char names[LARGE_ROWS][16];
  struct text keys[LARGE_ROWS];
  const struct privacy_cell *cells = large_cells();
  struct privacy_table table;
  for (int i = 0; i < LARGE_ROWS; i++) {
    snprintf(names[i], sizeof names[i], "%d", i);
    keys[i] = text_of(names[i]);
  }
  ck_assert(
      privacy_table_init(&table, &(struct privacy_keys){.keys = {keys, keys}, .counts = {LARGE_ROWS, LARGE_COLUMNS}}, cells, LARGE_CELLS, 5, &arena));
  ck_assert_uint_gt(table.boxed_count[0], 1);
  ck_assert_uint_lt(table.boxed_count[0], LARGE_ROWS / 10);
  ck_assert_uint_lt(table.boxed_count[1], LARGE_COLUMNS / 2);
  for (size_t i = 0; i < LARGE_CELLS; i++) {
    bool hidden = privacy_cell_hidden(&table, cells[i].at[0], cells[i].at[1]);
    ck_assert(hidden || cells[i].answers.n >= 5);
    for (size_t side = 0; hidden && side < 2; side++)
      inside[side][cells[i].at[side]] += cells[i].answers.n;
  }
  for (size_t i = 0; i < LARGE_ROWS; i++) {
    ck_assert(inside[0][i] == 0 || inside[0][i] >= 5);
    ck_assert(inside[1][i] == 0 || inside[1][i] >= 5);
  }
}
END_TEST

START_TEST(tables_of_more_dimensions_are_answered_whole_or_not) {
  const struct privacy_answers cells[] = {answers_of(TEN), answers_of(""), answers_of("abcde"), answers_of("abcda")};
  ck_assert(privacy_cells_answered(cells, 3, 5));
  ck_assert(!privacy_cells_answered(cells, 4, 5));
  ck_assert(privacy_cells_answered(cells, 4, 4));
  ck_assert(privacy_cells_answered(NULL, 0, 5));
}
END_TEST

START_TEST(nobody_is_not_small) {
  ck_assert(!privacy_small(0, 5));
  ck_assert(privacy_small(1, 5));
  ck_assert(privacy_small(4, 5));
  ck_assert(!privacy_small(5, 5));
}
END_TEST

// However little memory there is, there is no verdict rather than a wrong one.
START_TEST(lack_of_memory_is_told) {
  const struct text keys[2] = {TEXT_INIT("a"), TEXT_INIT("b")};
  const struct privacy_cell cells[] = {{{0, 0}, answers_of("ab")}, {{1, 1}, answers_of("cdefg")}};
  const struct privacy_keys names = {.keys = {keys, keys}, .counts = {2, 2}};
  size_t refused = 0;
  bool done = false;
  for (size_t bytes = 0; !done && bytes < ARENA_BYTES; bytes += 16) {
    struct arena little;
    struct privacy_table table;
    arena_init(&little, bytes);
    done = privacy_table_init(&table, &names, cells, 2, 5, &little);
    refused += !done;
    ck_assert(!done || table.sides[0].hidden_count == 2);
    arena_release(&little);
  }
  ck_assert(done);
  ck_assert_uint_gt(refused, 20);
}
END_TEST

static Suite *privacy_suite(void) {
  Suite *suite = suite_create("privacy");
  TCase *tests = tcase_create("privacy");
  tcase_add_checked_fixture(tests, open_arena, close_arena);
  tcase_add_test(tests, groups_are_hidden_in_whatever_order_they_come);
  tcase_add_test(tests, lists_take_all_hidden_groups_or_none);
  tcase_add_test(tests, of_few_respondents_in_all_nothing_is_answered);
  tcase_add_test(tests, boxes_hold_what_tables_must_hide);
  tcase_add_test(tests, rectangles_take_all_that_is_withheld_or_none);
  tcase_add_test(tests, cells_are_hidden_in_the_box_even_when_empty);
  tcase_add_test(tests, of_few_respondents_in_all_no_rectangle_is_answered);
  tcase_add_test(tests, no_sum_of_a_large_table_is_small);
  tcase_add_test(tests, tables_of_more_dimensions_are_answered_whole_or_not);
  tcase_add_test(tests, nobody_is_not_small);
  tcase_add_test(tests, lack_of_memory_is_told);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(privacy_suite()); }
