// Reads figures out of answers.
#include "figures.h"

#include "process.h"
#include "value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const PATHS[FIGURES] = {
    [HAPPINESS] = "happiness.n",
    [POSITIVE] = "happiness.bands.positive",
    [NEUTRAL] = "happiness.bands.neutral",
    [NEGATIVE] = "happiness.bands.negative",
    [LOST_TIME] = "lost_time.n",
    [LOST_SUM] = "lost_time.sum",
    [VOLUME] = "ticket_volume.n",
    [BACKLOG] = "backlog.n",
    [SLA] = "sla_met.n",
};

static struct value find(struct value within, const char *path) {
  struct value found = {NULL, 0};
  struct bytes count = {0};
  if (within.at == NULL || value_find(within.at, within.length, path, &found, &count) != VALUE_FOUND) {
    found.at = NULL;
  }
  bytes_release(&count);
  return found;
}

static void read_figures(struct value metrics, struct figures *figures) {
  for (size_t i = 0; i < FIGURES; i++) {
    struct value number = find(metrics, PATHS[i]);
    figures->of[i] = number.at == NULL ? 0 : strtoll(number.at, NULL, 10);
  }
}

static void read_row(struct value row, const char *key_path, struct figures_row *into) {
  struct bytes key = {0};
  struct value found = find(row, key_path);
  if (found.at != NULL) {
    value_text(found, &key);
  }
  bool is_null = found.at == NULL || !value_is_string(found);
  (void)snprintf(into->key, sizeof into->key, "%s", is_null ? "-" : bytes_text(&key));
  bytes_release(&key);
  read_figures(find(row, "metrics"), &into->figures);
}

void figures_read(const struct answer *answer, struct figures_view *view) {
  struct value body = {bytes_text(&answer->body), answer->body.length};
  struct value points = find(body, "points");
  struct value rows = points.at == NULL ? find(body, "rows") : points;
  struct value total = find(body, rows.at == NULL ? "metrics" : "total.metrics");
  *view = (struct figures_view){.count = 0};
  if (answer->status != 200 || (points.at == NULL && total.at == NULL)) {
    harness_fail("no figures, but %d: %s", answer->status, body.at);
  }
  read_figures(total, &view->total);
  for (struct value row; rows.at != NULL; view->count++) {
    char index[24];
    (void)snprintf(index, sizeof index, "%zu", view->count);
    row = find(rows, index);
    if (row.at == NULL) {
      break;
    }
    if (view->count == FIGURES_ROWS_MAX) {
      harness_fail("more than %d rows: %s", FIGURES_ROWS_MAX, body.at);
    }
    read_row(row, points.at == NULL ? "key" : "from", &view->rows[view->count]);
  }
}

struct figures figures_row(const struct figures_view *view, const char *key) {
  for (size_t i = 0; i < view->count; i++) {
    if (strcmp(view->rows[i].key, key) == 0) {
      return view->rows[i].figures;
    }
  }
  return (struct figures){{0}};
}

bool figures_equal(const struct figures *left, const struct figures *right) { return memcmp(left, right, sizeof *left) == 0; }

void figures_add(struct figures *sum, const struct figures *more) {
  for (size_t i = 0; i < FIGURES; i++) {
    sum->of[i] += more->of[i];
  }
}

void figures_print(const char *key, const struct figures *figures, struct bytes *text) {
  static const struct figures NOTHING;
  if (figures_equal(figures, &NOTHING)) {
    return;
  }
  const long long *of = figures->of;
  bytes_format(text, "%s: happiness %lld (%lld %lld %lld), lost_time %lld (%lld), volume %lld, backlog %lld, sla %lld\n", key, of[HAPPINESS],
               of[POSITIVE], of[NEUTRAL], of[NEGATIVE], of[LOST_TIME], of[LOST_SUM], of[VOLUME], of[BACKLOG], of[SLA]);
}

void figures_print_view(const struct figures_view *view, struct bytes *text) {
  for (size_t i = 0; i < view->count; i++) {
    figures_print(view->rows[i].key, &view->rows[i].figures, text);
  }
  figures_print("total", &view->total, text);
}
