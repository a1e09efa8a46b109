// Goes from the evaluation of a day to those that are to be revised.
#include "api/xla_catch_up.h"

#include <string.h>

static void begin(struct xla_catch_up *catch_up, int32_t day, enum xla_evaluation_kind kind) {
  catch_up->day = day;
  catch_up->evaluation = xla_evaluation_new(catch_up->tenant, text_of(catch_up->slug), day, kind);
  if (!catch_up->evaluation) catch_up->error = ERR_UNAVAILABLE;
}

void xla_catch_up_start(struct xla_catch_up *catch_up, const struct tenant *tenant, struct text slug, int32_t day, enum xla_evaluation_kind kind) {
  *catch_up = (struct xla_catch_up){.tenant = tenant, .revise_from = day};
  size_t length = slug.length < SLUG_CHARS_MAX ? slug.length : SLUG_CHARS_MAX;
  memcpy(catch_up->slug, slug.at, length);
  catch_up->slug[length] = '\0';
  begin(catch_up, day, kind);
}

void xla_catch_up_stop(struct xla_catch_up *catch_up) {
  xla_evaluation_free(catch_up->evaluation);
  catch_up->evaluation = NULL;
}

// One evaluation has ended. Rows are revised from the last to the first whose data changed, because only that one remembers the change.
static void go_on(struct xla_catch_up *catch_up) {
  enum err error = xla_evaluation_error(catch_up->evaluation);
  bool changed = xla_evaluation_changed(catch_up->evaluation);
  if (!catch_up->revising) (void)xla_evaluation_outdated(catch_up->evaluation, &catch_up->revise_from);
  xla_catch_up_stop(catch_up);
  catch_up->error = error == ERR_CONFLICT ? ERR_NONE : error;
  if (error) return;
  *(catch_up->revising ? &catch_up->revised : &catch_up->evaluated) += changed;
  catch_up->revising = true;
  if (catch_up->day > catch_up->revise_from) begin(catch_up, catch_up->day - 1, XLA_REVISE);
}

struct job *xla_catch_up_next(struct xla_catch_up *catch_up, struct store *store, void *owner, void (*done)(struct job *job)) {
  while (catch_up->evaluation) {
    struct job *job = xla_evaluation_next(catch_up->evaluation, store, owner, done);
    if (job) return job;
    go_on(catch_up);
  }
  return NULL;
}

void xla_catch_up_take(struct xla_catch_up *catch_up, struct job *job) { xla_evaluation_take(catch_up->evaluation, job); }
