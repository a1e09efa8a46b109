// Goes from the evaluation of a day to those that are to be revised.
#include "api/xla_catch_up.h"

#include <string.h>

static void go_on_with(struct xla_catch_up *catch_up, struct xla_evaluation *evaluation) {
  catch_up->evaluation = evaluation;
  if (!evaluation) catch_up->error = ERR_UNAVAILABLE;
}

void xla_catch_up_start(struct xla_catch_up *catch_up, const struct tenant *tenant, struct text slug, int32_t day, enum xla_evaluation_kind kind) {
  *catch_up = (struct xla_catch_up){.tenant = tenant, .rows = {day, kind == XLA_LOOK ? day : day - 1}};
  size_t length = slug.length < SLUG_CHARS_MAX ? slug.length : SLUG_CHARS_MAX;
  memcpy(catch_up->slug, slug.at, length);
  catch_up->slug[length] = '\0';
  go_on_with(catch_up, xla_evaluation_new(tenant, text_of(catch_up->slug), day, kind));
}

void xla_catch_up_stop(struct xla_catch_up *catch_up) {
  xla_evaluation_free(catch_up->evaluation);
  xla_evaluation_free(catch_up->looked);
  catch_up->evaluation = catch_up->looked = NULL;
}

// One evaluation has ended.
static void go_on(struct xla_catch_up *catch_up) {
  struct xla_evaluation *ended = catch_up->evaluation;
  enum err error = xla_evaluation_error(ended);
  bool changed = xla_evaluation_changed(ended);
  catch_up->evaluation = NULL;
  if (catch_up->looked) {
    xla_evaluation_free(ended);
    catch_up->revised += changed;
    catch_up->rows.to--;
  } else {
    catch_up->looked = ended;
    catch_up->evaluated += changed;
    (void)xla_evaluation_outdated(ended, &catch_up->rows);
  }
  catch_up->error = error == ERR_CONFLICT ? ERR_NONE : error;
  if (!error && catch_up->rows.from <= catch_up->rows.to) go_on_with(catch_up, xla_evaluation_new_revision(catch_up->looked, catch_up->rows.to));
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
