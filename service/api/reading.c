// Puts figures and verdicts together.
#include "api/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "domain/dimension.h"
#include "domain/disclosure.h"
#include "store/answers_store.h"
#include "store/experience_store.h"

// With two dimensions also the answers by each of them alone.
enum { STEP_FIGURES, STEP_ANSWERS, STEP_SIDES };

// What is withheld of one group in one piece.
struct veil {
  struct metric_set counted, excluded;
};

struct reading {
  const struct job *job;
  unsigned step;
  const struct tenant *tenant;
  struct reading_question question;
  struct arena arena;    // what lives as long as the reading
  struct arena scratch;  // of one metric
  int slots[ANSWERS_SLOTS_MAX];
  struct disclosure_question disclosed;
  int32_t *pieces;     // first day of each
  struct veil *veils;  // as disclosure_judge() numbers them
  bool all_hidden;     // too much to look at
  // How far reading_next is.
  size_t at;
  struct text key;
  bool begun;
  struct figures level;  // of stocks, up to the last piece
};

static int compare_slots(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

// In one order, so that a table is judged alike whichever of its dimensions an answer is broken down by.
static size_t collect_slots(const struct tenant *tenant, const struct reading_question *question, int *slots) {
  size_t count = 0;
  bool held = question->by == 0;
  for (size_t i = 0; i < question->scope->count; i++) {
    slots[count++] = tenant_dimension_slot(tenant, question->scope->terms[i].dimension);
    held |= slots[count - 1] == question->by;
  }
  if (!held) slots[count++] = question->by;
  qsort(slots, count, sizeof *slots, compare_slots);
  return count;
}

void reading_ask(struct job *job, const struct tenant *tenant, const struct reading_question *question) {
  struct answers_question answers = {.window = question->window, .interval = question->interval};
  experience_ask(
      job, tenant,
      &(struct experience_question){.scope = question->scope, .window = question->window, .by = question->by, .interval = question->interval});
  answers.slots_count = collect_slots(tenant, question, answers.slots);
  if (question->unseen)
    answers_ask_nothing(job);
  else
    answers_ask(job, tenant, &answers);
  bool table = answers.slots_count == DISCLOSURE_SIDES && !question->unseen;
  for (size_t side = 0; side < DISCLOSURE_SIDES; side++) {
    struct answers_question alone = {.slots = {answers.slots[side]}, .slots_count = 1, .window = question->window, .interval = question->interval};
    if (table)
      answers_ask(job, tenant, &alone);
    else
      answers_ask_nothing(job);
  }
}

static struct text label_of(int slot, struct text value, int64_t code) {
  return slot < 0 && code > 0 ? text_of(DERIVED_DIMENSIONS[-slot - 1].values[code - 1]) : value;
}

static int compare_keys(const void *left, const void *right) {
  const struct text *a = left, *b = right;
  if (!a->at || !b->at) return (a->at == NULL) - (b->at == NULL);
  return text_compare(*a, *b);
}

static bool holds(const struct scope_term *term, struct text key) {
  for (size_t i = 0; i < term->count; i++)
    if (key.at && text_equals(term->values[i], key)) return true;
  return false;
}

static bool tabled(const struct reading *reading) { return reading->disclosed.dimensions == DISCLOSURE_SIDES; }

// A row of one of the steps; `place`: of the key that names the value of the side.
static struct text take_key(const struct reading *reading, unsigned step, size_t at, int side, int place) {
  struct answers_row row;
  answers_take(reading->job, reading->step + step, at, &row);
  return label_of(reading->slots[side], row.keys[place].value, row.keys[place].code);
}

static bool in_scope(const struct reading *reading, int side, struct text key) {
  const struct scope *scope = reading->question.scope;
  for (size_t i = 0; i < scope->count; i++)
    if (tenant_dimension_slot(reading->tenant, scope->terms[i].dimension) == reading->slots[side]) return holds(&scope->terms[i], key);
  return true;
}

// The values of one dimension that occur in the window, and which of them are in the scope.
static bool read_side(struct reading *reading, int side) {
  unsigned alone = STEP_SIDES + (unsigned)side;
  size_t cells = job_rows(reading->job, reading->step + STEP_ANSWERS), rows = cells + job_rows(reading->job, reading->step + alone), count = 0;
  struct text *keys = arena_take_array(&reading->arena, rows + 1, sizeof *keys);
  bool *scoped = arena_take_array(&reading->arena, rows + 1, sizeof *scoped);
  if (!keys || !scoped) return false;
  for (size_t i = 0; i < rows; i++)
    keys[i] = i < cells ? take_key(reading, STEP_ANSWERS, i, side, side) : take_key(reading, alone, i - cells, side, 0);
  qsort(keys, rows, sizeof *keys, compare_keys);
  for (size_t i = 0; i < rows; i++)
    if (count == 0 || compare_keys(&keys[count - 1], &keys[i]) != 0) keys[count++] = keys[i];
  for (size_t i = 0; i < count; i++)
    scoped[i] = in_scope(reading, side, keys[i]);
  reading->disclosed.sides[side] = (struct disclosure_side){keys, scoped, count};
  return true;
}

static bool read_pieces(struct reading *reading) {
  struct window window = reading->question.window;
  size_t count = 0;
  bool cut = reading->question.interval < INTERVAL_COUNT;
  reading->pieces = arena_take_array(&reading->arena, cut ? (size_t)window_days(window) : 1, sizeof *reading->pieces);
  if (!reading->pieces) return false;
  for (int32_t day = window.from; day <= window.to; day = cut ? window_piece(window, reading->question.interval, day).to + 1 : window.to + 1)
    reading->pieces[count++] = day;
  reading->disclosed.pieces = count;
  return true;
}

static int compare_days(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static size_t piece_of(const struct reading *reading, int32_t day) {
  const int32_t *found = bsearch(&day, reading->pieces, reading->disclosed.pieces, sizeof day, compare_days);
  return found ? (size_t)(found - reading->pieces) : 0;
}

// The place of a key among the groups; that of the total where it has no answers.
static size_t find_key(const struct disclosure_side *side, struct text key) {
  const struct text *found = side->count ? bsearch(&key, side->keys, side->count, sizeof key, compare_keys) : NULL;
  return found ? (size_t)(found - side->keys) : side->count;
}

static size_t places_of(const struct reading *reading) { return disclosure_groups(&reading->disclosed) + 1; }

static size_t veils_of(const struct reading *reading) { return (reading->disclosed.pieces + 1) * places_of(reading); }

// Tickets are counted as answered, not people: each has one respondent, and so as many at most.
static void invent_respondents(struct answers_row *row, int64_t *next) {
  for (row->respondents = 0; row->respondents < RESPONDENTS_KEPT && (int64_t)row->respondents < row->n; row->respondents++)
    row->hashes[row->respondents] = (*next)++;
}

// The rows of one metric in one step; rows come by metric.
struct span {
  unsigned step;
  size_t from, to;
};

static int metric_of(const struct reading *reading, unsigned step, size_t at) {
  struct answers_row row;
  answers_take(reading->job, reading->step + step, at, &row);
  return row.metric_id;
}

static struct span find_span(const struct reading *reading, unsigned step, size_t from, int id) {
  size_t rows = job_rows(reading->job, reading->step + step);
  struct span span = {step, from, from};
  while (span.from < rows && metric_of(reading, step, span.from) < id)
    span.from++;
  for (span.to = span.from; span.to < rows && metric_of(reading, step, span.to) == id;)
    span.to++;
  return span;
}

// Finds out where a row of a step belongs; `side`: −1 for cells.
static void place_row(const struct reading *reading, const struct answers_row *taken, int side, struct disclosure_row *row) {
  const struct disclosure_question *disclosed = &reading->disclosed;
  row->piece = piece_of(reading, taken->day);
  if (side >= 0) {
    row->at[0] = (uint32_t)find_key(&disclosed->sides[side], label_of(reading->slots[side], taken->keys[0].value, taken->keys[0].code));
    return;
  }
  for (size_t i = 0; i < disclosed->dimensions && disclosed->dimensions <= DISCLOSURE_SIDES; i++)
    row->at[i] = (uint32_t)find_key(&disclosed->sides[i], label_of(reading->slots[i], taken->keys[i].value, taken->keys[i].code));
}

// NULL when memory is out.
static struct disclosure_row *take_rows(struct reading *reading, struct span span, int side) {
  struct disclosure_row *rows = arena_take_array(&reading->scratch, span.to - span.from + 1, sizeof *rows);
  int64_t invented = 0;
  for (size_t i = span.from; rows && i < span.to; i++) {
    struct answers_row *taken = arena_take(&reading->scratch, sizeof *taken);
    if (!taken) return NULL;
    answers_take(reading->job, reading->step + span.step, i, taken);
    if (taken->respondents == 0) invent_respondents(taken, &invented);
    // Cells of a table tell no more, so that the verdict is one, however many of the responses were read.
    bool enough = side < 0 && reading->disclosed.dimensions > 1 && taken->respondents >= RESPONDENTS_KEPT;
    rows[i - span.from].answers = (struct privacy_answers){enough ? RESPONDENTS_KEPT : taken->n, taken->hashes, taken->respondents};
    place_row(reading, taken, side, &rows[i - span.from]);
  }
  return rows;
}

// False when memory is out.
static bool take_answers(struct reading *reading, struct span span, int id, struct disclosure_answers *answers) {
  *answers = (struct disclosure_answers){.rows = take_rows(reading, span, -1), .count = span.to - span.from};
  for (int side = 0; answers->rows && tabled(reading) && side < DISCLOSURE_SIDES; side++) {
    struct span alone = find_span(reading, STEP_SIDES + (unsigned)side, 0, id);
    if (alone.from == alone.to) continue;
    answers->sides[side] = take_rows(reading, alone, side);
    answers->side_counts[side] = alone.to - alone.from;
    if (!answers->sides[side]) return false;
  }
  return answers->rows != NULL;
}

static bool judge_metric(struct reading *reading, struct span span, int id) {
  bool excluded;
  const struct metric *metric = tenant_metric_by_id(reading->tenant, metric_id_of(id, &excluded));
  size_t count = veils_of(reading);
  bool *hidden = arena_take_array(&reading->scratch, count, sizeof *hidden);
  struct disclosure_answers answers;
  if (!metric) return true;
  if (!hidden || !take_answers(reading, span, id, &answers)) return false;
  if (!disclosure_judge(&reading->disclosed, &answers, hidden, &reading->scratch)) return false;
  for (size_t i = 0; i < count; i++)
    if (hidden[i]) metric_set_add(excluded ? &reading->veils[i].excluded : &reading->veils[i].counted, metric_place(metric));
  return true;
}

static bool judge_all(struct reading *reading) {
  size_t rows = job_rows(reading->job, reading->step + STEP_ANSWERS), at = 0;
  while (at < rows) {
    int id = metric_of(reading, STEP_ANSWERS, at);
    struct span span = find_span(reading, STEP_ANSWERS, at, id);
    if (!judge_metric(reading, span, id)) return false;
    arena_clear(&reading->scratch);
    at = span.to;
  }
  return true;
}

static bool prepare(struct reading *reading) {
  struct disclosure_question *disclosed = &reading->disclosed;
  disclosed->dimensions = collect_slots(reading->tenant, &reading->question, reading->slots);
  disclosed->min = (size_t)reading->tenant->min_group;
  disclosed->by = -1;
  reading->all_hidden = answers_too_many(reading->job, reading->step + STEP_ANSWERS);
  if (reading->all_hidden) return true;
  for (size_t i = 0; i < disclosed->dimensions && disclosed->dimensions <= DISCLOSURE_SIDES; i++) {
    if (reading->slots[i] == reading->question.by) disclosed->by = (int)i;
    if (!read_side(reading, (int)i)) return false;
  }
  if (!read_pieces(reading)) return false;
  reading->veils = arena_take_array(&reading->arena, veils_of(reading), sizeof *reading->veils);
  return reading->veils && judge_all(reading);
}

struct reading *reading_open(const struct job *job, unsigned step, const struct tenant *tenant, const struct reading_question *question) {
  struct reading *reading = calloc(1, sizeof *reading);
  if (!reading) return NULL;
  reading->job = job;
  reading->step = step;
  reading->tenant = tenant;
  reading->question = *question;
  arena_init(&reading->arena, READING_BYTES_MAX);
  arena_init(&reading->scratch, READING_BYTES_MAX);
  if (prepare(reading)) return reading;
  reading_close(reading);
  return NULL;
}

void reading_close(struct reading *reading) {
  if (!reading) return;
  arena_release(&reading->arena);
  arena_release(&reading->scratch);
  free(reading);
}

static void hide_all(struct metric_set *set) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++)
    if (presets[i].source == SOURCE_RESPONSE) metric_set_add(set, i);
}

static void hide_as(struct metric_set *set, const char *follower, const char *leader) {
  if (metric_set_has(set, metric_place(metric_find(text_of(leader))))) metric_set_add(set, metric_place(metric_find(text_of(follower))));
}

// What is told of responses by their number, and of lost time beside its mean, goes with them.
static void hide_followers(const struct reading *reading, struct metric_set *set) {
  // It counts on other days than responses do, and isn't judged in tables.
  if (reading->disclosed.dimensions > 1 && reading->disclosed.min > 1) metric_set_add(set, metric_place(metric_find(TEXT("answered_tickets"))));
  hide_as(set, "answered_tickets", "responses");
  hide_as(set, "ticket_response_share", "answered_tickets");
  hide_as(set, "lost_time_excess", "lost_time");
  hide_as(set, "bare_ratings", "happiness");
}

static void veil_group(const struct reading *reading, size_t piece, size_t place, struct reading_group *group) {
  struct veil veil = {.counted = {{0}}};
  if (reading->all_hidden) {
    hide_all(&veil.counted);
    hide_all(&veil.excluded);
  } else {
    veil = reading->veils[piece * places_of(reading) + place];
  }
  group->excluded_hidden = metric_set_has(&veil.excluded, metric_place(metric_find(TEXT("responses"))));
  group->figures.hidden = veil.counted;
  if (reading->question.excluded) metric_set_join(&group->figures.hidden, &veil.excluded);
  hide_followers(reading, &group->figures.hidden);
}

static bool counts(const struct reading *reading, const struct experience_cell *cell) { return !cell->excluded || reading->question.excluded; }

static void add_cell(const struct reading *reading, struct reading_group *group, const struct experience_cell *cell) {
  if (cell->excluded && text_is(text_of(cell->metric->key), "responses")) group->excluded += cell->tally.n;
  if (counts(reading, cell)) figures_add(&group->figures, cell->metric, &cell->tally);
}

static bool take_cell(const struct reading *reading, size_t at, struct experience_cell *cell) {
  return experience_take_cell(reading->job, reading->tenant, reading->step + STEP_FIGURES, at, cell);
}

static struct text key_of(const struct reading *reading, const struct experience_cell *cell) {
  return label_of(reading->question.by, cell->key, cell->code);
}

// Stocks run on from piece to piece; everything else is a piece's own.
static void carry_stocks(struct reading *reading, struct figures *figures) {
  size_t count;
  const struct metric *presets = metric_presets(&count);
  for (size_t i = 0; i < count; i++) {
    if (presets[i].aggregation != AGGREGATE_STOCK) continue;
    tally_add(&reading->level.tallies[i], &figures->tallies[i]);
    figures->tallies[i] = reading->level.tallies[i];
  }
}

// Cells come by group and piece; in a group those of stocks that lie before the window come first.
bool reading_next(struct reading *reading, struct reading_group *group) {
  size_t rows = experience_cells(reading->job, reading->step + STEP_FIGURES);
  bool cut = reading->question.interval < INTERVAL_COUNT, any = false, found = false;
  struct experience_cell cell;
  memset(group, 0, sizeof *group);
  for (; reading->at < rows; reading->at++) {
    if (!take_cell(reading, reading->at, &cell)) continue;
    struct text key = key_of(reading, &cell);
    bool other = !reading->begun || compare_keys(&key, &reading->key) != 0;
    // The first piece begins where the window does, though its week or month may not.
    int32_t day = !cut || cell.day < reading->question.window.from ? reading->question.window.from : cell.day;
    if (any && (other || day != group->day)) {
      if (found) break;
      // Nothing but excluded responses.
      memset(group, 0, sizeof *group);
      any = false;
    }
    if (other) memset(&reading->level, 0, sizeof reading->level);
    reading->begun = true;
    reading->key = key;
    if (cut && cell.before) {
      figures_add(&reading->level, cell.metric, &cell.tally);
      continue;
    }
    any = true;
    found = found || counts(reading, &cell);
    group->day = day;
    add_cell(reading, group, &cell);
  }
  if (!found) return false;
  group->key = reading->key;
  if (cut) carry_stocks(reading, &group->figures);
  size_t place = reading->disclosed.by < 0 ? places_of(reading) - 1 : find_key(&reading->disclosed.sides[reading->disclosed.by], group->key);
  // Among the groups of one dimension what has no answers shows that, whatever becomes of the total.
  if (reading->disclosed.by >= 0 && reading->disclosed.dimensions == 1 && place == places_of(reading) - 1) return true;
  veil_group(reading, reading->all_hidden || !cut ? 0 : piece_of(reading, group->day), place, group);
  return true;
}

void reading_rewind(struct reading *reading) {
  reading->at = 0;
  reading->begun = false;
}

void reading_total(struct reading *reading, struct reading_group *total) {
  size_t rows = experience_cells(reading->job, reading->step + STEP_FIGURES);
  struct experience_cell cell;
  memset(total, 0, sizeof *total);
  total->day = reading->question.window.from;
  for (size_t i = 0; i < rows; i++)
    if (take_cell(reading, i, &cell)) add_cell(reading, total, &cell);
  veil_group(reading, reading->disclosed.pieces, places_of(reading) - 1, total);
}
