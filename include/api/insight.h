// What the rows of all insights have in common: figures, a sentence that can be repeated, and the tickets behind it.
#ifndef XLAD_API_INSIGHT_H
#define XLAD_API_INSIGHT_H

#include "base/arena.h"
#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/scope.h"
#include "domain/tenant.h"
#include "domain/window.h"
#include "json/writer.h"

// Numbers for sentences: rounded as the answer shows them, "nothing" where there is none, absent when memory is out.
struct text insight_ratio(struct arena *arena, struct ratio ratio);
struct text insight_decimal(struct arena *arena, double value);
struct text insight_value(struct arena *arena, const struct estimate *estimate);
// How a sentence calls the value of a dimension; a missing one too.
struct text insight_name(struct text key);

// The member "sentence".
void insight_write_sentence(struct json_writer *json, struct arena *arena, const char *format, ...) __attribute__((format(printf, 3, 4)));
// A text as printf's "%.*s" takes it.
#define INSIGHT_TEXT(text) (int)(text).length, (text).at ? (text).at : ""

// The member `name`: a figure as an object of its own.
void insight_write_figure(struct json_writer *json, const char *name, const struct metric *metric, const struct tally *tally,
                          const struct tenant *tenant);
// The member `name` for a figure that is withheld; n (for admin keys; else ABSENT) is told all the same.
void insight_write_suppressed(struct json_writer *json, const char *name, int64_t n);
// The members "change", "interval", "p" and whether the change is relative (percent) of a comparison, as one object.
void insight_write_comparison(struct json_writer *json, const char *name, const struct comparison *comparison);

// The member "evidence": the path that lists the tickets behind a row. `narrowed`: terms that the row adds to the scope, each instead of the scope's
// own term of that dimension. A term with an absent value can't be asked for: then the evidence is null.
struct insight_evidence {
  const struct scope *scope;
  struct window window;
  const struct scope_term *narrowed;
  size_t narrowed_count;
};
void insight_write_evidence(struct json_writer *json, struct arena *arena, const struct insight_evidence *evidence);

#endif
