// Checks that nobody can work out a small group's figures: an attacker asks everything there is to ask about small random data sets, and solves for
// the rest.
#include "domain/privacy.h"

#include "base/limits.h"
#include "solver.h"
#include "unit.h"

#include <stdio.h>

enum {
  DIMENSIONS = 3,
  VALUES_MAX = 5,
  ATOMS_MAX = UNKNOWNS_MAX,
  ANSWERS_MAX = 160,
  SETS = 500,
  SETS_SOAK = 5000,
  ARENA_BYTES = 1024 * 1024,
  HASHES_MAX = RESPONDENTS_KEPT,
};

// The module's rules, and weaker ones: an attacker who finds nothing against these finds nothing at all.
enum rule {
  RULE_REAL,
  RULE_ALONE,         // only small groups are hidden
  RULE_TWO,           // two groups at least, however small together
  RULE_SUMMED,        // respondents of several groups are counted once in each
  RULE_BOX_AS_FOUND,  // the box isn't enlarged
  RULE_CELLS_ALONE,   // in a table, only small cells are hidden
  RULE_DIFFERENCES,   // three dimensions: the scope and its differences from the scopes around it aren't small
};

struct answer {
  size_t at[DIMENSIONS];
  int64_t hash;
};

// A data set and the verdicts on it. A dimension of one value isn't there.
struct world {
  enum rule rule;
  uint64_t random;
  size_t sizes[DIMENSIONS];
  size_t atoms, min;
  struct answer answers[ANSWERS_MAX];
  size_t count;
  struct privacy_groups groups[DIMENSIONS];
  struct privacy_table tables[DIMENSIONS];  // without the dimension
  bool whole;                               // the table of all three is answered from
  struct arena arena;
};

// Sets of values, one bit each; FULL: the dimension isn't named.
struct question {
  unsigned masks[DIMENSIONS];
};

static const char *const KEYS[VALUES_MAX] = {NULL, "d", "b", "a", "c"};

static uint64_t draw(struct world *world, uint64_t below) {
  uint64_t z = world->random += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return (z ^ (z >> 31)) % below;
}

static unsigned full(const struct world *world, size_t dimension) { return (1u << world->sizes[dimension]) - 1; }

// Small values are much more frequent.
static size_t draw_value(struct world *world, size_t dimension) {
  uint64_t u = draw(world, 1000), v = draw(world, 1000);
  return (size_t)(world->sizes[dimension] * u * v / 1000000);
}

// People mostly answer from where they belong, some answer often, and of some nobody knows who they are.
static void draw_answers(struct world *world) {
  size_t homes[64][DIMENSIONS];
  size_t people = 3 + draw(world, 61), usual = draw(world, 11);
  for (size_t i = 0; i < people; i++)
    for (size_t d = 0; d < DIMENSIONS; d++)
      homes[i][d] = draw_value(world, d);
  bool nested = draw(world, 3) == 0;
  size_t shift = draw(world, 2);
  world->count = 3 + draw(world, ANSWERS_MAX - 3);
  if (draw(world, 2)) world->count = 3 + world->count / 4;
  for (size_t i = 0; i < world->count; i++) {
    size_t person = draw(world, people);
    if (draw(world, 4) == 0) person = person * draw(world, people) / people;
    for (size_t d = 0; d < DIMENSIONS; d++)
      world->answers[i].at[d] = draw(world, 10) < usual ? homes[person][d] : draw_value(world, d);
    if (nested) world->answers[i].at[1] = world->answers[i].at[0] * world->sizes[1] / world->sizes[0];
    if (nested) world->answers[i].at[2] = (world->answers[i].at[0] + shift) * world->sizes[2] / (world->sizes[0] + shift);
    world->answers[i].hash = draw(world, 20) ? (int64_t)(person + 1) * -7919 : 0;
  }
}

static bool asked(const struct question *question, const struct answer *answer) {
  bool all = true;
  for (size_t d = 0; d < DIMENSIONS; d++)
    all = all && question->masks[d] >> answer->at[d] & 1;
  return all;
}

// The answers asked for; their hashes are kept in `hashes`. With `apart` ≥ 0 everyone counts as another one under each value of that dimension.
static struct privacy_answers gather(const struct world *world, const struct question *question, int64_t *hashes, int apart) {
  struct privacy_answers found = {.hashes = hashes};
  for (size_t i = 0; i < world->count; i++) {
    const struct answer *answer = &world->answers[i];
    int64_t hash = answer->hash * 8 + (apart < 0 ? 0 : (int64_t)answer->at[apart]);
    size_t at = 0;
    if (!asked(question, answer)) continue;
    found.n++;
    while (at < found.respondents && hashes[at] != hash)
      at++;
    if (at == HASHES_MAX) continue;
    hashes[at] = hash;
    found.respondents += at == found.respondents;
  }
  return found;
}

static struct question everything(const struct world *world) {
  struct question question;
  for (size_t d = 0; d < DIMENSIONS; d++)
    question.masks[d] = full(world, d);
  return question;
}

static struct privacy_answers gather_plain(const struct world *world, const struct question *question) {
  static int64_t hashes[HASHES_MAX];
  return gather(world, question, hashes, -1);
}

static bool small(const struct world *world, const struct question *question) {
  return privacy_small(gather_plain(world, question).respondents, world->min);
}

static void weaken_groups(const struct world *world, size_t dimension, struct privacy_groups *groups) {
  struct question question = everything(world);
  for (size_t i = 0; i < groups->count; i++) {
    question.masks[dimension] = 1u << i;
    bool hidden = small(world, &question);
    groups->hidden_count -= groups->hidden[i] && !hidden;
    groups->hidden[i] = hidden;
  }
  for (size_t r = 0; world->rule != RULE_ALONE && r < groups->count && groups->hidden_count == 1; r++) {
    size_t index = groups->order[r];
    if (!groups->filled[index] || groups->hidden[index]) continue;
    groups->hidden[index] = true;
    groups->hidden_count++;
  }
}

static void judge_groups(struct world *world, size_t dimension) {
  int64_t hashes[VALUES_MAX][HASHES_MAX];
  struct privacy_answers answers[VALUES_MAX];
  struct text keys[VALUES_MAX];
  struct question question = everything(world);
  for (size_t i = 0; i < world->sizes[dimension]; i++) {
    question.masks[dimension] = 1u << i;
    answers[i] = gather(world, &question, hashes[i], world->rule == RULE_SUMMED ? (int)dimension : -1);
    keys[i] = text_of(KEYS[i]);
  }
  ck_assert(privacy_groups_init(&world->groups[dimension], keys, answers, world->sizes[dimension], world->min, &world->arena));
  if (world->rule == RULE_ALONE || world->rule == RULE_TWO) weaken_groups(world, dimension, &world->groups[dimension]);
}

static void weaken_table(const struct world *world, const struct privacy_cell *cells, size_t count, struct privacy_table *table) {
  for (int side = 0; side < 2; side++) {
    size_t size = table->sides[side].count;
    memcpy(table->boxed[side], table->sides[side].hidden, size);
    for (size_t i = 0; i < count; i++)
      if (privacy_small(cells[i].answers.respondents, world->min)) table->boxed[side][cells[i].at[side]] = true;
    table->boxed_count[side] = 0;
    for (size_t i = 0; i < size; i++)
      table->boxed_count[side] += table->boxed[side][i];
  }
}

// The two dimensions beside the one left out.
static void beside(size_t left_out, size_t sides[2]) {
  sides[0] = left_out == 0 ? 1 : 0;
  sides[1] = left_out == 2 ? 1 : 2;
}

static void judge_table(struct world *world, size_t left_out) {
  int64_t hashes[VALUES_MAX * VALUES_MAX][HASHES_MAX];
  struct privacy_cell cells[VALUES_MAX * VALUES_MAX];
  struct text keys[VALUES_MAX];
  size_t sides[2], count = 0;
  struct question question = everything(world);
  beside(left_out, sides);
  for (size_t i = 0; i < VALUES_MAX; i++)
    keys[i] = text_of(KEYS[i]);
  for (uint32_t row = 0; row < world->sizes[sides[0]]; row++)
    for (uint32_t column = 0; column < world->sizes[sides[1]]; column++) {
      question.masks[sides[0]] = 1u << row;
      question.masks[sides[1]] = 1u << column;
      struct privacy_answers answers = gather(world, &question, hashes[count], -1);
      cells[count] = (struct privacy_cell){{row, column}, answers};
      count += answers.n > 0 || draw(world, 2);
    }
  struct privacy_keys names = {.keys = {keys, keys}, .counts = {world->sizes[sides[0]], world->sizes[sides[1]]}};
  ck_assert(privacy_table_init(&world->tables[left_out], &names, cells, count, world->min, &world->arena));
  if (world->rule == RULE_BOX_AS_FOUND) weaken_table(world, cells, count, &world->tables[left_out]);
}

// What is hidden in the table is what is hidden without it.
static void compare_verdicts(const struct world *world, size_t left_out) {
  size_t sides[2];
  beside(left_out, sides);
  for (size_t side = 0; side < 2; side++) {
    const struct privacy_groups *alone = &world->groups[sides[side]], *within = &world->tables[left_out].sides[side];
    ck_assert_uint_eq(alone->count, within->count);
    ck_assert_uint_eq(alone->hidden_count, within->hidden_count);
    ck_assert_mem_eq(alone->hidden, within->hidden, alone->count);
  }
}

static void judge_all(struct world *world) {
  struct question question = everything(world);
  arena_clear(&world->arena);
  for (size_t d = 0; d < DIMENSIONS; d++)
    judge_groups(world, d);
  for (size_t d = 0; d < DIMENSIONS; d++) {
    judge_table(world, d);
    if (world->rule == RULE_REAL) compare_verdicts(world, d);
  }
  world->whole = true;
  for (size_t atom = 0; atom < world->atoms; atom++) {
    question.masks[0] = 1u << atom % world->sizes[0];
    question.masks[1] = 1u << atom / world->sizes[0] % world->sizes[1];
    question.masks[2] = 1u << atom / world->sizes[0] / world->sizes[1];
    struct privacy_answers answers = gather_plain(world, &question);
    world->whole = world->whole && privacy_cells_answered(&answers, 1, world->min);
  }
}

static size_t list_of(unsigned mask, size_t *list) {
  size_t count = 0;
  for (size_t i = 0; i < VALUES_MAX; i++)
    if (mask >> i & 1) list[count++] = i;
  return count;
}

static bool answered_rectangle(const struct world *world, const struct question *question, size_t left_out) {
  size_t lists[2][VALUES_MAX], sides[2], counts[2];
  beside(left_out, sides);
  for (size_t side = 0; side < 2; side++)
    counts[side] = list_of(question->masks[sides[side]], lists[side]);
  if (world->rule == RULE_CELLS_ALONE) return !small(world, question);
  return privacy_rectangle_answered(&world->tables[left_out], &(struct privacy_rectangle){{lists[0], lists[1]}, {counts[0], counts[1]}});
}

// The rule that doesn't hold.
static bool answered_by_differences(const struct world *world, const struct question *question) {
  bool safe = !small(world, question);
  for (size_t d = 0; d < DIMENSIONS; d++) {
    struct question rest = *question;
    rest.masks[d] = full(world, d) & ~question->masks[d];
    safe = safe && !small(world, &rest);
  }
  return safe;
}

static bool answered(const struct world *world, const struct question *question) {
  size_t list[VALUES_MAX], named = 0, held = 0, left_out = 0;
  for (size_t d = 0; d < DIMENSIONS; d++) {
    bool is_named = question->masks[d] != full(world, d);
    named += is_named;
    if (is_named)
      held = d;
    else
      left_out = d;
  }
  if (named == 0) return !small(world, question);
  if (named == 1) return privacy_groups_answered(&world->groups[held], list, list_of(question->masks[held], list));
  if (named == 2) return answered_rectangle(world, question, left_out);
  return world->rule == RULE_DIFFERENCES ? answered_by_differences(world, question) : world->whole;
}

static void spell(const struct world *world, const struct question *question, uint8_t *row) {
  for (size_t atom = 0; atom < world->atoms; atom++) {
    struct answer at = {.at = {atom % world->sizes[0], atom / world->sizes[0] % world->sizes[1], atom / world->sizes[0] / world->sizes[1]}};
    row[atom] = asked(question, &at);
  }
}

// The next question; begins and ends with all masks zero. About three dimensions only single values: what is answered adds up to the rest.
static bool next_question(const struct world *world, struct question *question) {
  bool more = true;
  do {
    size_t d = 0, lists = 0, named = 0;
    while (d < DIMENSIONS && question->masks[d] == full(world, d))
      question->masks[d++] = 1;
    if (d == DIMENSIONS) return false;
    question->masks[d]++;
    for (size_t i = 0; i < DIMENSIONS; i++) {
      if (question->masks[i] == 0) question->masks[i] = 1;
      lists += (question->masks[i] & (question->masks[i] - 1)) != 0;
      named += question->masks[i] != full(world, i);
    }
    more = named == DIMENSIONS && lists > 0;
  } while (more);
  return true;
}

static void ask_everything(const struct world *world, struct span *span) {
  uint8_t row[UNKNOWNS_MAX];
  *span = (struct span){.unknowns = world->atoms};
  for (struct question question = {{0}}; next_question(world, &question);) {
    if (!answered(world, &question)) continue;
    spell(world, &question, row);
    span_publish(span, row, gather_plain(world, &question).n);
  }
}

// How many small scopes' sums follow from what is answered.
static size_t solve(const struct world *world, const struct span *span) {
  uint8_t row[UNKNOWNS_MAX];
  size_t found = 0;
  for (struct question question = {{0}}; next_question(world, &question);) {
    spell(world, &question, row);
    found += small(world, &question) && span_holds(span, row);
  }
  return found;
}

static size_t dimensions(const struct world *world) { return (size_t)(world->sizes[0] > 1) + (world->sizes[1] > 1) + (world->sizes[2] > 1); }

// All counts that fit. A hidden group shows that it isn't empty.
static void open_simplex(const struct world *world, const struct span *span, struct simplex *simplex) {
  size_t columns = span->unknowns;
  *simplex = (struct simplex){.rows = span->rank};
  for (size_t d = 0; d < DIMENSIONS; d++)
    columns += world->groups[d].hidden_count;
  simplex->columns = columns;
  for (size_t r = 0; r < span->rank; r++) {
    for (size_t i = 0; i < span->unknowns; i++)
      simplex->at[r][i] = span->rows[r][i];
    simplex->at[r][columns] = (double)span->sums[r];
  }
  size_t slack = span->unknowns;
  for (size_t d = 0; d < DIMENSIONS; d++)
    for (size_t i = 0; i < world->sizes[d]; i++) {
      struct question question = everything(world);
      uint8_t row[UNKNOWNS_MAX];
      double *at = simplex->at[simplex->rows];
      question.masks[d] = 1u << i;
      if (!world->groups[d].hidden[i]) continue;
      spell(world, &question, row);
      for (size_t atom = 0; atom < span->unknowns; atom++)
        at[atom] = row[atom];
      at[slack++] = -1;
      at[columns] = 1;
      simplex->rows++;
    }
  simplex_start(simplex);
}

// Whether every group of some dimension has one answer: their number is known then, and privacy.h promises nothing of it.
static bool one_answer_each(const struct world *world) {
  bool one = false;
  for (size_t d = 0; d < DIMENSIONS; d++)
    one = one || world->groups[d].filled_count == world->count;
  return one;
}

static bool single(const struct world *world, const struct question *question) {
  bool one = true;
  for (size_t d = 0; d < DIMENSIONS; d++)
    one = one && (question->masks[d] == full(world, d) || (question->masks[d] & (question->masks[d] - 1)) == 0);
  return one;
}

// How many small scopes' counts are left one value only. Of three dimensions, single values.
static size_t solve_bounds(const struct world *world, const struct span *span) {
  static struct simplex simplex;
  uint8_t row[UNKNOWNS_MAX];
  size_t found = 0;
  if (one_answer_each(world)) return 0;
  open_simplex(world, span, &simplex);
  for (struct question question = {{0}}; next_question(world, &question);) {
    if (!small(world, &question) || (dimensions(world) > 2 && !single(world, &question))) continue;
    spell(world, &question, row);
    double most = simplex_most(&simplex, row, span->unknowns, 1), least = -simplex_most(&simplex, row, span->unknowns, -1);
    found += isfinite(most) && floor(most + 1e-6) <= ceil(least - 1e-6);
  }
  return found;
}

static void draw_world(struct world *world, uint64_t seed, size_t dimension_count) {
  struct arena arena = world->arena;
  *world = (struct world){.random = seed * 1000003 + dimension_count, .arena = arena, .rule = world->rule};
  world->min = 3 + draw(world, 4);
  world->atoms = 1;
  for (size_t d = 0; d < DIMENSIONS; d++) {
    world->sizes[d] = d < dimension_count ? 2 + draw(world, dimension_count == 3 ? 3 : 4) : 1;
    world->atoms *= world->sizes[d];
  }
  draw_answers(world);
}

struct found {
  size_t sets, sums, bounds;  // sets, and in how many of them something small was determined
};

static struct found attack(enum rule rule, size_t dimension_count, size_t sets, bool bounds) {
  static struct span span;
  struct found found = {.sets = sets};
  struct world world = {.rule = rule};
  arena_init(&world.arena, ARENA_BYTES);
  for (size_t i = 0; i < sets; i++) {
    draw_world(&world, i, dimension_count);
    judge_all(&world);
    ask_everything(&world, &span);
    found.sums += solve(&world, &span) > 0;
    if (bounds) found.bounds += solve_bounds(&world, &span) > 0;
  }
  arena_release(&world.arena);
  if (getenv("XLAD_SOAK"))
    printf("rule %d, %zu dimensions: %zu sets, %zu by sums, %zu by bounds\n", (int)rule, dimension_count, sets, found.sums, found.bounds);
  return found;
}

static size_t set_count(void) { return getenv("XLAD_SOAK") ? SETS_SOAK : SETS; }

START_TEST(sums_about_two_dimensions_determine_no_small_group) {
  struct found found = attack(RULE_REAL, 2, set_count(), true);
  ck_assert_uint_eq(found.sums, 0);
  ck_assert_uint_eq(found.bounds, 0);
}
END_TEST

START_TEST(sums_about_three_dimensions_determine_no_small_group) {
  struct found found = attack(RULE_REAL, 3, set_count(), true);
  ck_assert_uint_eq(found.sums, 0);
  ck_assert_uint_eq(found.bounds, 0);
}
END_TEST

// Against a weaker rule the attacker finds something, or the tests above say nothing.
struct weaker {
  enum rule rule;
  size_t dimensions;
};

static const struct weaker WEAKER[] = {
    {RULE_ALONE, 2}, {RULE_TWO, 2}, {RULE_SUMMED, 2}, {RULE_BOX_AS_FOUND, 2}, {RULE_CELLS_ALONE, 2}, {RULE_DIFFERENCES, 3},
};

START_TEST(weaker_rules_give_small_groups_away) {
  EACH(row, WEAKER) {
    struct found found = attack(row->rule, row->dimensions, SETS, true);
    ck_assert_msg(found.sums > 0, "rule %d withstood", (int)row->rule);
  }
}
END_TEST

int main(void) {
  enum { SECONDS_MAX = 280 };
  Suite *suite = suite_create("privacy attack");
  TCase *tests = tcase_create("privacy attack");
  tcase_set_timeout(tests, SECONDS_MAX);
  tcase_add_test(tests, sums_about_two_dimensions_determine_no_small_group);
  tcase_add_test(tests, sums_about_three_dimensions_determine_no_small_group);
  tcase_add_test(tests, weaker_rules_give_small_groups_away);
  suite_add_tcase(suite, tests);
  return unit_run(suite);
}
