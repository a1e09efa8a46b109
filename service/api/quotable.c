// Finds out which comments may be shown.
#include "api/quotable.h"

#include "store/comment_store.h"

// Crowds of which the scope does not hold all.
static enum err find_mixed(const struct job *job, unsigned step, const struct tenant *tenant, struct arena *arena, const uint32_t **crowds,
                           size_t *crowds_count, bool **mixed) {
  struct crowd_rows rows;
  struct comment_place place;
  if (!comment_take_rows(job, step, tenant, arena, &rows)) return ERR_UNAVAILABLE;
  uint32_t *found = arena_take_array(arena, rows.count + 1, sizeof *found);
  *mixed = arena_take_array(arena, rows.count + 1, sizeof **mixed);
  if (!found || !*mixed || !crowds_find(&rows, (size_t)tenant->min_group_comments, found, crowds_count, arena)) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < rows.count; i++) {
    comment_take_place(job, step, i, &place);
    (*mixed)[found[i]] |= !place.held;
  }
  *crowds = found;
  return ERR_NONE;
}

const char *comment_band(int64_t happiness) {
  if (happiness == ABSENT) return NULL;
  return happiness >= 9 ? "positive" : happiness >= 7 ? "neutral" : "negative";
}

enum err quotable_find(const struct job *job, unsigned step, const struct tenant *tenant, const struct reading_group *total, struct arena *arena,
                       struct quotable *quotable) {
  const uint32_t *crowds;
  size_t crowds_count = 0;
  bool *mixed;
  enum err error = find_mixed(job, step, tenant, arena, &crowds, &crowds_count, &mixed);
  size_t count = job_rows(job, step);
  bool *shown = arena_take_array(arena, count + 1, sizeof *shown);
  if (error || !shown) return ERR_UNAVAILABLE;
  *quotable = (struct quotable){.shown = shown, .count = count};
  // What figures say nothing about has no comments either.
  bool hidden = metric_set_has(&total->figures.hidden, metric_place(metric_find(TEXT("responses"))));
  for (size_t i = 0; i < count; i++) {
    struct comment_place place;
    comment_take_place(job, step, i, &place);
    shown[i] = !hidden && crowds_count > 0 && !mixed[crowds[i]];
    quotable->held += place.held;
    quotable->listed += shown[i];
  }
  return ERR_NONE;
}
