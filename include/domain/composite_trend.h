// How an index of several metrics moves over a window. Pure.
#ifndef XLAD_DOMAIN_COMPOSITE_TREND_H
#define XLAD_DOMAIN_COMPOSITE_TREND_H

#include "base/arena.h"
#include "domain/composite.h"
#include "domain/trend.h"

// The single days of a part, as trend_points() takes them.
struct composite_days {
  const struct tally_day *days;
  size_t count;
};

// The line goes through points as those of a metric: on each day of the window the index of what its parts pool over the trailing seven days; no
// point on a day on which any part has none.
//
// Its significance is judged by the single days on which every part was answered. Such a day's value is Σ wᵢ 100 (valueᵢ − worstᵢ) / (bestᵢ − worstᵢ)
// ÷ Σ wᵢ, not held to 0 to 100: what is linear has the same mean on a day with few answers as on one with many, so that no trend comes from their
// number alone. Its weight is the least n of its parts, as the index's own n is; how parts go together is in what the days leave over from the line,
// and needs no assumption. The index of one part has the trend of that part.
//
// None is claimed where a part has no trend of its own (sums, counts, stocks: their anchors are those of a whole window), or where a point of a part
// lies beyond its anchors: there the index doesn't follow its parts. A metric that is entered once a month has too few days.
//
// False when memory is out: the arena serves for all that is needed meanwhile. Of the parts only metric, anchors and weight are looked at.
bool composite_trend(const struct composite_part *parts, size_t count, struct window window, const struct composite_days *days, struct arena *arena,
                     struct trend *trend) __attribute__((warn_unused_result));

#endif
