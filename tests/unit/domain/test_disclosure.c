// What a read withholds: groups, tables, pieces of time, and totals.
#include "domain/disclosure.h"

#include "unit.h"

enum { ARENA_BYTES = 1 << 22, PIECES_MAX = 6, PLACES_MAX = 5 };

static struct arena arena;
static const struct text KEYS[] = {TEXT_INIT("a"), TEXT_INIT("b"), TEXT_INIT("c"), TEXT_INIT("d")};
static const bool ALL[] = {true, true, true, true};

static void set_up(void) { arena_init(&arena, ARENA_BYTES); }
static void tear_down(void) { arena_release(&arena); }

// `count` people whom no other row has.
static struct privacy_answers people(int64_t count) {
  static int64_t next;
  int64_t *hashes = arena_take_array(&arena, (size_t)count, sizeof *hashes);
  for (int64_t i = 0; i < count; i++)
    hashes[i] = ++next;
  return (struct privacy_answers){count, hashes, (size_t)count};
}

static struct disclosure_question question_of(size_t dimensions, size_t pieces, size_t values, int by) {
  struct disclosure_side side = {KEYS, ALL, values};
  return (struct disclosure_question){.dimensions = dimensions, .pieces = pieces, .min = 5, .sides = {side, side}, .by = by};
}

// Rows of one dimension: counts[piece * values + value], 0 left out. Gives the verdict as text: one character a place, a space behind each piece.
static const char *judge(const struct disclosure_question *question, const int *counts) {
  static char text[(PIECES_MAX + 1) * (PLACES_MAX + 1) + 1];
  struct disclosure_row rows[64];
  bool hidden[(PIECES_MAX + 1) * PLACES_MAX] = {false};
  size_t cells = question->dimensions == 0 ? 1 : question->sides[0].count * (question->dimensions == 2 ? question->sides[1].count : 1);
  size_t places = disclosure_groups(question) + 1, count = 0, length = 0;
  for (size_t piece = 0; piece < question->pieces; piece++)
    for (size_t cell = 0; cell < cells; cell++) {
      int n = counts[piece * cells + cell];
      size_t columns = question->dimensions == 2 ? question->sides[1].count : 1;
      if (n > 0) rows[count++] = (struct disclosure_row){piece, {(uint32_t)(cell / columns), (uint32_t)(cell % columns)}, people(n)};
    }
  ck_assert(disclosure_judge(question, &(struct disclosure_answers){.rows = rows, .count = count}, hidden, &arena));
  for (size_t piece = 0; piece <= question->pieces; piece++) {
    for (size_t i = 0; i < places; i++)
      text[length++] = hidden[piece * places + i] ? '-' : '+';
    text[length++] = ' ';
  }
  text[length - 1] = '\0';
  return text;
}

START_TEST(everybody_together_is_withheld_below_the_minimum) {
  struct disclosure_question question = question_of(0, 1, 0, -1);
  ck_assert_str_eq(judge(&question, (int[]){4}), "- -");
  ck_assert_str_eq(judge(&question, (int[]){5}), "+ +");
  ck_assert_str_eq(judge(&question, (int[]){0}), "+ +");
}
END_TEST

START_TEST(a_small_group_takes_the_next_smallest_with_it) {
  struct disclosure_question question = question_of(1, 1, 3, 0);
  ck_assert_str_eq(judge(&question, (int[]){4, 9, 20}), "--++ --++");
  ck_assert_str_eq(judge(&question, (int[]){5, 9, 20}), "++++ ++++");
}
END_TEST

START_TEST(a_scope_has_the_verdict_of_its_group) {
  static const bool FIRST[] = {true, false, false}, BOTH[] = {true, true, false}, LAST[] = {false, false, true};
  struct disclosure_question question = question_of(1, 1, 3, -1);
  question.sides[0].in_scope = FIRST;
  ck_assert_str_eq(judge(&question, (int[]){4, 9, 20}), "- -");
  question.sides[0].in_scope = BOTH;
  ck_assert_str_eq(judge(&question, (int[]){4, 9, 20}), "+ +");
  question.sides[0].in_scope = LAST;
  ck_assert_str_eq(judge(&question, (int[]){4, 9, 20}), "+ +");
}
END_TEST

START_TEST(a_table_withholds_its_box_and_shows_its_sums) {
  struct disclosure_question question = question_of(2, 1, 3, 1);
  static const bool FIRST[] = {true, false, false}, THIRD[] = {false, false, true};
  static const int COUNTS[] = {2, 10, 10, 10, 10, 10, 10, 10, 10};
  ck_assert_str_eq(judge(&question, COUNTS), "++++ ++++");
  question.sides[0].in_scope = FIRST;
  ck_assert_str_eq(judge(&question, COUNTS), "--++ --++");
  question.sides[0].in_scope = THIRD;
  ck_assert_str_eq(judge(&question, COUNTS), "++++ ++++");
}
END_TEST

// What is small by itself may have a large neighbour that its cells don't tell from others: the sides do.
START_TEST(a_table_takes_what_is_known_of_its_sides) {
  static const bool SECOND[] = {false, true, false}, THIRD[] = {false, false, true};
  struct disclosure_question question = question_of(2, 1, 3, -1);
  question.sides[1] = (struct disclosure_side){KEYS, ALL, 1};
  struct disclosure_row cells[] = {{0, {0, 0}, people(3)}, {0, {1, 0}, people(10)}, {0, {2, 0}, people(10)}}, side[3];
  for (size_t i = 0; i < 3; i++)
    side[i] = cells[i];
  side[1].answers.n = 500;
  side[2].answers.n = 20;
  struct disclosure_answers answers = {.rows = cells, .count = 3, .sides = {side, NULL}, .side_counts = {3, 0}};
  bool hidden[2] = {false, false};
  question.sides[0].in_scope = SECOND;
  ck_assert(disclosure_judge(&question, &answers, hidden, &arena));
  ck_assert(!hidden[0]);
  question.sides[0].in_scope = THIRD;
  ck_assert(disclosure_judge(&question, &answers, hidden, &arena));
  ck_assert(hidden[0]);
}
END_TEST

START_TEST(more_dimensions_are_answered_as_a_whole_or_not) {
  struct disclosure_question question = question_of(3, 1, 4, -1);
  struct disclosure_row rows[] = {{0, {0, 0}, people(5)}, {0, {0, 0}, people(9)}};
  bool hidden[2] = {false, false};
  ck_assert(disclosure_judge(&question, &(struct disclosure_answers){.rows = rows, .count = 2}, hidden, &arena));
  ck_assert(!hidden[0] && !hidden[1]);
  rows[1].answers = people(4);
  ck_assert(disclosure_judge(&question, &(struct disclosure_answers){.rows = rows, .count = 2}, hidden, &arena));
  ck_assert(hidden[0] && hidden[1]);
}
END_TEST

START_TEST(one_small_piece_takes_another_with_it) {
  struct disclosure_question question = question_of(0, 4, 0, -1);
  ck_assert_str_eq(judge(&question, (int[]){20, 3, 9, 8}), "+ - + - +");
  ck_assert_str_eq(judge(&question, (int[]){20, 3, 0, 2}), "+ - + - +");
  ck_assert_str_eq(judge(&question, (int[]){20, 7, 9, 8}), "+ + + + +");
}
END_TEST

START_TEST(a_withheld_window_withholds_its_pieces) {
  static const bool FIRST[] = {true, false, false};
  struct disclosure_question question = question_of(1, 2, 3, -1);
  question.sides[0].in_scope = FIRST;
  // 3 and 3 people: each piece is small, the window is not, and shows.
  ck_assert_str_eq(judge(&question, (int[]){3, 9, 9, 3, 9, 9}), "- - +");
  // 4 people in all.
  ck_assert_str_eq(judge(&question, (int[]){4, 9, 9, 0, 9, 9}), "- - -");
}
END_TEST

// In each piece the first group is big enough; in the first one it hides beside the small second one.
START_TEST(a_piece_withheld_for_its_table_does_not_follow_from_the_sum) {
  static const bool FIRST[] = {true, false, false};
  struct disclosure_question question = question_of(1, 3, 3, -1);
  question.sides[0].in_scope = FIRST;
  ck_assert_str_eq(judge(&question, (int[]){6, 2, 9, 9, 10, 10, 12, 10, 10}), "- - + +");
}
END_TEST

START_TEST(groups_have_pieces_of_their_own) {
  struct disclosure_question question = question_of(1, 2, 2, 0);
  ck_assert_str_eq(judge(&question, (int[]){9, 9, 9, 9}), "+++ +++ +++");
  ck_assert_str_eq(judge(&question, (int[]){3, 9, 9, 9}), "--+ --+ +++");
}
END_TEST

START_TEST(lack_of_memory_is_told) {
  struct disclosure_question question = question_of(1, 2, 2, 0);
  struct disclosure_row rows[] = {{0, {0, 0}, people(3)}, {0, {1, 0}, people(9)}, {1, {0, 0}, people(9)}, {1, {1, 0}, people(9)}};
  size_t refused = 0;
  bool done = false;
  for (size_t bytes = 0; !done && bytes < ARENA_BYTES; bytes += 16) {
    struct arena little;
    bool hidden[9] = {false};
    arena_init(&little, bytes);
    done = disclosure_judge(&question, &(struct disclosure_answers){.rows = rows, .count = 4}, hidden, &little);
    refused += !done;
    arena_release(&little);
  }
  ck_assert(done);
  ck_assert_uint_gt(refused, 5);
}
END_TEST

static Suite *disclosure_suite(void) {
  Suite *suite = suite_create("disclosure");
  TCase *tests = tcase_create("disclosure");
  tcase_add_checked_fixture(tests, set_up, tear_down);
  tcase_add_test(tests, everybody_together_is_withheld_below_the_minimum);
  tcase_add_test(tests, a_small_group_takes_the_next_smallest_with_it);
  tcase_add_test(tests, a_scope_has_the_verdict_of_its_group);
  tcase_add_test(tests, a_table_withholds_its_box_and_shows_its_sums);
  tcase_add_test(tests, a_table_takes_what_is_known_of_its_sides);
  tcase_add_test(tests, more_dimensions_are_answered_as_a_whole_or_not);
  tcase_add_test(tests, one_small_piece_takes_another_with_it);
  tcase_add_test(tests, a_withheld_window_withholds_its_pieces);
  tcase_add_test(tests, a_piece_withheld_for_its_table_does_not_follow_from_the_sum);
  tcase_add_test(tests, groups_have_pieces_of_their_own);
  tcase_add_test(tests, lack_of_memory_is_told);
  suite_add_tcase(suite, tests);
  return suite;
}

int main(void) { return unit_run(disclosure_suite()); }
