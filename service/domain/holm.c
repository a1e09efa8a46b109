// Corrects p values for having asked many questions at once.
#include "domain/holm.h"

#include <math.h>
#include <stdlib.h>

// Untested ones come last.
static int by_p(const void *a, const void *b) {
  const struct hypothesis *left = a;
  const struct hypothesis *right = b;
  if (isnan(left->p) || isnan(right->p)) {
    return isnan(left->p) - isnan(right->p);
  }
  return (left->p > right->p) - (left->p < right->p);
}

static int by_place(const void *a, const void *b) {
  const struct hypothesis *left = a;
  const struct hypothesis *right = b;
  return (left->place > right->place) - (left->place < right->place);
}

void holm_adjust(struct hypothesis *hypotheses, size_t count) {
  if (count == 0) {
    return;
  }
  size_t tested = 0;
  for (size_t i = 0; i < count; i++) {
    hypotheses[i].place = i;
    hypotheses[i].adjusted = NAN;
    tested += isnan(hypotheses[i].p) ? 0 : 1;
  }
  qsort(hypotheses, count, sizeof *hypotheses, by_p);
  double largest = 0;
  for (size_t i = 0; i < tested; i++) {
    largest = fmax(largest, (double)(tested - i) * hypotheses[i].p);
    hypotheses[i].adjusted = fmin(largest, 1);
  }
  qsort(hypotheses, count, sizeof *hypotheses, by_place);
}
