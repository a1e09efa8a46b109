// Green outside, red inside: tickets that met their SLA, and what their people say. Pure. "Watermelon" of the rules.
#ifndef XLAD_DOMAIN_WATERMELON_H
#define XLAD_DOMAIN_WATERMELON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/wide.h"
#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/metric.h"

enum sla { SLA_MET, SLA_MISSED, SLA_COUNT };
enum band { BAND_POSITIVE, BAND_NEUTRAL, BAND_NEGATIVE, BAND_COUNT };

// Responses with a happiness answer about tickets with a known SLA outcome.
struct watermelon_cell {
  int64_t n;
  int64_t over;     // of these, lost strictly more than the tenant's threshold; unanswered isn't over it
  int64_t lost_n;   // of these, told their lost time
  int128 lost_sum;  // capped minutes; the mean is lost_sum / lost_n
};

struct watermelon {
  struct watermelon_cell cells[SLA_COUNT][BAND_COUNT];
};

// Adds what a group of responses that are all, or none, over the threshold brings: `n` of them, `lost_n` with `lost_sum` minutes.
void watermelon_add(struct watermelon *watermelon, enum sla sla, enum band band, bool over, int64_t n, int64_t lost_n, int128 lost_sum);

// The share of SLA-met responses that are negative or over the threshold: a metric for estimate_of() and comparison_of(), lower is better. It isn't
// one of the presets and is never stored.
extern const struct metric WATERMELON_SHARE;
// Its tally: n = SLA-met responses.
struct tally watermelon_tally(const struct watermelon *watermelon);

// What decides whether a service is a watermelon.
struct watermelon_signs {
  int64_t sla_met, sla_known;  // its tickets in the window, answered or not
  struct ratio sla_target;     // percent
  bool experience_below;       // its happiness is significantly lower, or its lost time higher, than the rest's
  bool xla_breached;           // an active XLA on happiness or lost time with exactly this scope is
};

// Green outside (the SLA share reaches its target; equality does, and nothing known doesn't) and red inside by either sign.
bool watermelon_is(const struct watermelon_signs *signs);

#endif
