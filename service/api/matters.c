// Collects what matters from readings and factors, and has it ranked.
#include "api/matters.h"

#include <stdlib.h>

#include "domain/dimension.h"
#include "domain/privacy.h"
#include "store/factor_store.h"

static const char *const KEYS[RANKING_METRICS] = {[RANKING_HAPPINESS] = "happiness", [RANKING_LOST_TIME] = "lost_time"};

static size_t place_of(int metric) { return metric_place(metric_find(text_of(KEYS[metric]))); }

static int compare_keys(struct text a, struct text b) {
  if (!a.at || !b.at) return (a.at == NULL) - (b.at == NULL);
  return text_compare(a, b);
}

static int by_key(const void *a, const void *b) { return compare_keys((*(struct matter *const *)a)->key, (*(struct matter *const *)b)->key); }

static struct matter *find(const struct matters *matters, struct text key) {
  size_t low = 0, high = matters->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    int order = compare_keys(matters->by_key[middle]->key, key);
    if (order == 0) return matters->by_key[middle];
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

// False where nobody has answered.
static bool take_group(struct matter *matter, const struct reading_group *group) {
  bool answered = false, shown = false;
  *matter = (struct matter){.key = group->key, .excess = *figures_of(&group->figures, "lost_time_excess")};
  for (int i = 0; i < RANKING_METRICS; i++) {
    matter->tallies[i] = group->figures.tallies[place_of(i)];
    matter->hidden[i] = matter->tallies[i].n > 0 && metric_set_has(&group->figures.hidden, place_of(i));
    answered |= matter->tallies[i].n > 0;
    shown |= matter->tallies[i].n > 0 && !matter->hidden[i];
  }
  matter->withheld = !shown;
  return answered;
}

// The list grows as the reading goes on, so it is made long enough in a first pass.
static size_t count_groups(struct reading *reading, struct reading_group *group) {
  size_t count = 0;
  while (reading_next(reading, group))
    count++;
  reading_rewind(reading);
  return count;
}

bool matters_read(struct matters *matters, struct reading *reading, const struct reading_group *total, struct arena *arena) {
  struct reading_group *group = arena_take(arena, sizeof *group);
  if (!group) return false;
  size_t most = count_groups(reading, group) + 1;
  matters->list = arena_take_array(arena, most, sizeof *matters->list);
  matters->by_key = arena_take_array(arena, most, sizeof *matters->by_key);
  if (!matters->list || !matters->by_key) return false;
  while (reading_next(reading, group))
    if (take_group(&matters->list[matters->count], group)) matters->count++;
  for (size_t i = 0; i < matters->count; i++)
    matters->by_key[i] = &matters->list[i];
  qsort(matters->by_key, matters->count, sizeof *matters->by_key, by_key);
  for (int i = 0; i < RANKING_METRICS; i++)
    if (!metric_set_has(&total->figures.hidden, place_of(i))) matters->question.total[i] = total->figures.tallies[place_of(i)];
  return true;
}

void matters_read_previous(struct matters *matters, struct reading *previous) {
  struct reading_group group;
  while (reading_next(previous, &group)) {
    struct matter *matter = find(matters, group.key);
    for (int i = 0; matter && i < RANKING_METRICS; i++) {
      matter->previous[i] = group.figures.tallies[place_of(i)];
      matter->has_previous[i] = !metric_set_has(&group.figures.hidden, place_of(i));
    }
  }
}

static void add_factor(struct matter *matter, struct matter_factor factor) {
  size_t at = matter->factors_count;
  while (at > 0 && matter->factors[at - 1].n < factor.n)
    at--;
  if (at == MATTER_FACTORS_MAX) return;
  if (matter->factors_count < MATTER_FACTORS_MAX) matter->factors_count++;
  for (size_t i = matter->factors_count - 1; i > at; i--)
    matter->factors[i] = matter->factors[i - 1];
  matter->factors[at] = factor;
}

// Values that ticked one factor.
struct tickers {
  struct factor_row *rows;
  struct text *keys;
  struct privacy_answers *answers;
  size_t count;
};

static bool judge_factor(struct matters *matters, const struct tickers *tickers, size_t min, struct arena *scratch) {
  struct privacy_groups groups;
  for (size_t i = 0; i < tickers->count; i++)
    tickers->answers[i] =
        (struct privacy_answers){.n = tickers->rows[i].n, .hashes = tickers->rows[i].hashes, .respondents = tickers->rows[i].respondents};
  if (!privacy_groups_init(&groups, tickers->keys, tickers->answers, tickers->count, min, scratch)) return false;
  for (size_t i = 0; i < tickers->count; i++) {
    struct matter *matter = groups.hidden[i] ? NULL : find(matters, tickers->keys[i]);
    if (matter && !matter->hidden[RANKING_HAPPINESS]) add_factor(matter, (struct matter_factor){tickers->rows[i].factor, tickers->rows[i].n});
  }
  return true;
}

bool matters_read_factors(struct matters *matters, const struct job *job, unsigned step, int by, const struct tenant *tenant, struct arena *arena) {
  size_t rows = factor_too_many(job, step) ? 0 : job_rows(job, step);
  struct tickers tickers = {.rows = arena_take_array(arena, rows + 1, sizeof *tickers.rows),
                            .keys = arena_take_array(arena, rows + 1, sizeof *tickers.keys),
                            .answers = arena_take_array(arena, rows + 1, sizeof *tickers.answers)};
  struct arena scratch;
  bool good = tickers.rows && tickers.keys && tickers.answers;
  arena_init(&scratch, READING_BYTES_MAX);
  for (size_t i = 0; good && i < rows; i++) {
    struct factor_row row;
    factor_take(job, step, i, &row);
    if (tickers.count > 0 && !text_equals(tickers.rows[0].factor, row.factor)) {
      good = judge_factor(matters, &tickers, (size_t)tenant->min_group, &scratch);
      arena_clear(&scratch);
      tickers.count = 0;
    }
    tickers.rows[tickers.count] = row;
    tickers.keys[tickers.count++] = by < 0 && row.code > 0 ? text_of(DERIVED_DIMENSIONS[-by - 1].values[row.code - 1]) : row.value;
  }
  good = good && judge_factor(matters, &tickers, (size_t)tenant->min_group, &scratch);
  arena_release(&scratch);
  return good;
}

bool matters_rank(struct matters *matters, struct arena *arena) {
  struct hypothesis *hypotheses = arena_take_array(arena, matters->count * RANKING_METRICS + 1, sizeof *hypotheses);
  matters->ranked = arena_take_array(arena, matters->count + 1, sizeof *matters->ranked);
  if (!hypotheses || !matters->ranked) return false;
  for (size_t i = 0; i < matters->count; i++) {
    const struct matter *matter = &matters->list[i];
    if (matter->withheld) continue;
    struct ranking_row *row = &matters->ranked[matters->ranked_count++];
    row->key = i;
    for (int metric = 0; metric < RANKING_METRICS; metric++) {
      bool no_rest = matters->question.reference == RANKING_REST && matters->question.total[metric].n == 0;
      if (!matter->hidden[metric] && !no_rest) row->figures[metric].tally = matter->tallies[metric];
      if (matter->has_previous[metric]) row->figures[metric].previous = &matter->previous[metric];
    }
  }
  ranking_sort(&matters->question, matters->ranked, matters->ranked_count, hypotheses);
  return true;
}
