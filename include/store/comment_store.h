// Comments of a window: first who wrote them and in which contexts, to know which may be shown; then the texts of one page.
#ifndef XLAD_STORE_COMMENT_STORE_H
#define XLAD_STORE_COMMENT_STORE_H

#include "domain/crowd.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "store/job.h"

extern const struct statement *const COMMENT_STATEMENTS[];

// One step: the newest COMMENTS_WEIGHED_MAX comments of the window, whatever the scope, newest day first; within a day in an order that says nothing.
// Excluded responses are left out.
void comment_ask_weigh(struct job *job, const struct tenant *tenant, const struct scope *scope, struct window window);

// A comment without its text.
struct comment_place {
  struct uuid id;  // of its response
  int32_t day;
  struct text mark;  // tells comments of one day apart, and nothing else: a keyed hash
  bool held;         // by the scope
};
void comment_take_place(const struct job *job, unsigned step, size_t row, struct comment_place *place);
// Their respondents and contexts: by all dimensions of the tenant, then by the derived ones. False when memory is out.
bool comment_take_rows(const struct job *job, unsigned step, const struct tenant *tenant, struct arena *arena, struct crowd_rows *rows);

// One step: the texts of these responses, in this order; those that were withdrawn meanwhile are left out.
void comment_ask_texts(struct job *job, const struct uuid *tenant, const struct uuid *ids, size_t count);
struct comment_row {
  struct uuid id;
  struct text comment, language;
  int64_t happiness;
};
void comment_take_row(const struct job *job, unsigned step, size_t row, struct comment_row *comment);

#endif
